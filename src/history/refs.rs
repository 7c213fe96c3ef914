//! The branches and tags of a repository, and which files were renamed between two commits.

use std::collections::BTreeMap;
use std::path::Path;

use git2::{Delta, DiffFindOptions, DiffOptions, Oid, Repository};

use super::branch::find_base;
use super::{BaseNames, RepositoryFacts};
use crate::base::{Diagnostic, SourcePath};
use crate::source::{discover, find_commit};

/// A branch or a tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref {
    /// Its name, without that of a remote.
    pub name: String,
    /// Whether it is a tag.
    pub is_tag: bool,
    /// Its commit, or why it has none that can be read.
    pub commit: Result<RefCommit, String>,
}

/// The commit of a branch or a tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefCommit {
    /// Its id, in hexadecimal.
    pub id: String,
    /// When it was made, in seconds since 1970, UTC.
    pub time: i64,
}

/// The branches and tags of the repository that holds `dir`, each once, sorted. A branch that only
/// a remote has counts as one, as for [`find_commit`]. None where there is no repository.
pub fn refs(dir: &Path) -> Option<Vec<Ref>> {
    let repository = discover(dir).ok().flatten()?;
    let mut found: BTreeMap<(bool, String), Ref> = BTreeMap::new();
    let mut add = |name: String, is_tag: bool, commit: Result<RefCommit, String>| {
        found.entry((is_tag, name.clone())).or_insert(Ref { name, is_tag, commit });
    };
    for (glob, is_tag) in [("refs/heads/*", false), ("refs/tags/*", true)] {
        for name in names(&repository, glob) {
            let prefix = glob.trim_end_matches('*');
            let Some(short) = name.strip_prefix(prefix).map(str::to_owned) else { continue };
            add(short, is_tag, commit_of(&repository, &name));
        }
    }
    // Of several remotes, `origin` goes first.
    let remotes = repository.remotes().ok()?;
    let mut remotes: Vec<String> =
        remotes.iter().filter_map(|name| Some(name.ok()??.to_owned())).collect();
    remotes.sort_by_key(|name| name != "origin");
    for remote in remotes {
        let prefix = format!("refs/remotes/{remote}/");
        for name in names(&repository, &format!("{prefix}*")) {
            match name.strip_prefix(&prefix) {
                Some(short) if short != "HEAD" => {
                    add(short.to_owned(), false, commit_of(&repository, &name));
                }
                _ => {}
            }
        }
    }
    Some(found.into_values().collect())
}

/// The names of references, also of those that lead nowhere.
fn names(repository: &Repository, glob: &str) -> Vec<String> {
    let Ok(mut references) = repository.references_glob(glob) else { return Vec::new() };
    let names = references.names();
    names.filter_map(|name| Some(name.ok()?.to_owned())).collect()
}

fn commit_of(repository: &Repository, name: &str) -> Result<RefCommit, String> {
    let commit = repository
        .find_reference(name)
        .and_then(|reference| reference.peel_to_commit())
        .map_err(|error| error.message().to_owned())?;
    Ok(RefCommit { id: commit.id().to_string(), time: commit.time().seconds() })
}

/// The branch that others are compared with, and its commit, as for
/// [`branch_facts`](super::branch_facts); what is checked out where there is none.
pub fn base_branch(
    dir: &Path,
    names: &BaseNames,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(String, String)> {
    let repository = discover(dir).ok().flatten()?;
    if let Some((name, commit)) = find_base(&repository, names, diagnostics) {
        return Some((name, commit.to_string()));
    }
    let commit = find_commit(&repository, "HEAD").ok().flatten()?;
    Some(("HEAD".to_owned(), commit.id().to_string()))
}

/// What is known of a version's commit.
pub fn facts_of(dir: &Path, of: &Ref) -> RepositoryFacts {
    let shallow = discover(dir).ok().flatten().is_some_and(|repository| repository.is_shallow());
    let commit = of.commit.as_ref().ok();
    RepositoryFacts {
        commit: commit.map(|commit| commit.id.clone()),
        branch: (!of.is_tag).then(|| of.name.clone()),
        detached: of.is_tag,
        shallow,
        commit_time: commit.map(|commit| commit.time),
        tag: of.is_tag.then(|| of.name.clone()),
    }
}

/// Files that are looked at as the other end of a rename, for each one.
const MOST_RENAMES: usize = 1000;

/// The files below `root` that have another path in the commit `to` than in `from`, by the old
/// path: those whose content is at least half of what it was. Empty where git cannot tell.
pub fn renames(
    dir: &Path,
    from: &str,
    to: &str,
    root: &SourcePath,
) -> BTreeMap<SourcePath, SourcePath> {
    let Ok(Some(repository)) = discover(dir) else { return BTreeMap::new() };
    renamed(&repository, from, to, root).unwrap_or_default()
}

fn renamed(
    repository: &Repository,
    from: &str,
    to: &str,
    root: &SourcePath,
) -> Result<BTreeMap<SourcePath, SourcePath>, git2::Error> {
    let tree = |id: &str| repository.find_commit(Oid::from_str(id)?)?.tree();
    let (from, to) = (tree(from)?, tree(to)?);
    let mut options = DiffOptions::new();
    options.ignore_submodules(true).disable_pathspec_match(true);
    if !root.is_root() {
        options.pathspec(root.as_str());
    }
    let mut diff = repository.diff_tree_to_tree(Some(&from), Some(&to), Some(&mut options))?;
    let mut similar = DiffFindOptions::new();
    similar.renames(true).rename_limit(MOST_RENAMES);
    diff.find_similar(Some(&mut similar))?;
    let path = |file: git2::DiffFile<'_>| SourcePath::new(file.path()?.to_str()?).ok();
    Ok(diff
        .deltas()
        .filter(|delta| delta.status() == Delta::Renamed)
        .filter_map(|delta| Some((path(delta.old_file())?, path(delta.new_file())?)))
        .collect())
}
