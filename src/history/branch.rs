//! A branch against its base: what it is compared with, how far they are apart, and which files
//! it changes.

use std::path::Path;

use git2::{Oid, Repository, Status, StatusOptions};
use serde::{Deserialize, Serialize};

use super::changes::{Change, changes};
use super::codes::UNKNOWN_BASE;
use super::places::Places;
use super::tree::Trees;
use crate::base::{ContentHash, Diagnostic, SourcePath};
use crate::source::{discover, find_commit, shallow_ends};

/// What names the base of a branch, the first that is there first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseNames {
    /// What the user asks for.
    pub asked: Option<String>,
    /// What the CI system says that a change is to be merged into.
    pub ci: Option<String>,
    /// `[git] base`
    pub setting: Option<String>,
}

/// A branch and its base. Unknown is what the repository cannot tell: in a shallow clone often
/// all but the name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchFacts {
    /// The base, as a branch without the name of a remote, or as it was named.
    pub base: Option<String>,
    /// Its commit.
    pub base_commit: Option<String>,
    /// The best commit that both have.
    pub merge_base: Option<String>,
    /// How many commits the branch has that the base lacks.
    pub ahead: Option<usize>,
    /// How many commits the base has that the branch lacks.
    pub behind: Option<usize>,
    /// The files that the branch changes below the content roots, as seen from the merge base,
    /// sorted by path; none where there is no merge base.
    pub changed: Vec<ChangedFile>,
}

/// A file that a branch changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChangedFile {
    /// Where it is on the branch; where it was, for one that the branch removes.
    pub path: String,
    /// What happened to it.
    pub how: HowChanged,
}

/// What a branch does to a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HowChanged {
    /// It is new.
    Added,
    /// Its content is another.
    Modified,
    /// It is gone.
    Removed,
    /// It was renamed, with its content as it was.
    Renamed {
        /// Its path on the base.
        from: String,
    },
}

impl BranchFacts {
    /// Whether the branch adds or changes a file, or renames it.
    pub fn changes(&self, path: &SourcePath) -> bool {
        let at = self.changed.binary_search_by(|file| file.path.as_str().cmp(path.as_str()));
        let file = at.ok().and_then(|at| self.changed.get(at));
        file.is_some_and(|file| file.how != HowChanged::Removed)
    }
}

/// Compares the commit `tip` of the repository that holds `dir` with its base. Where nothing names
/// one, it is the branch that `origin/HEAD` stands for, else `main`, else `master`.
///
/// A base that is named and does not exist is advice; the other names then count.
pub fn branch_facts(
    dir: &Path,
    tip: &str,
    names: &BaseNames,
    roots: &[SourcePath],
) -> (BranchFacts, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let mut facts = BranchFacts::default();
    if let Ok(Some(repository)) = discover(dir)
        && let Ok(tip) = Oid::from_str(tip)
        && let Some((name, base)) = find_base(&repository, names, &mut diagnostics)
    {
        facts.base = Some(name);
        facts.base_commit = Some(base.to_string());
        // What is not there is not known; that a clone is incomplete is told elsewhere.
        drop(compare(&repository, tip, base, roots, &mut facts));
    }
    (facts, diagnostics)
}

/// Whether something in the repository that holds `dir` has this name.
pub fn is_revision(dir: &Path, name: &str) -> bool {
    let Ok(Some(repository)) = discover(dir) else { return false };
    find_commit(&repository, name).is_ok_and(|commit| commit.is_some())
}

/// A hash of what can change in the repository that holds `dir` while its commit stays: where its
/// branches are, and how much of the history is there.
pub fn surroundings(dir: &Path) -> ContentHash {
    let mut bytes = Vec::new();
    if let Ok(Some(repository)) = discover(dir) {
        for glob in ["refs/heads/*", "refs/remotes/*"] {
            let Ok(references) = repository.references_glob(glob) else { continue };
            for reference in references.flatten() {
                bytes.extend_from_slice(reference.name_bytes());
                bytes.push(0);
                match reference.target() {
                    Some(id) => bytes.extend_from_slice(id.as_bytes()),
                    None => bytes
                        .extend_from_slice(reference.symbolic_target_bytes().unwrap_or_default()),
                }
                bytes.push(0);
            }
        }
        bytes.extend(shallow_ends(&repository));
    }
    ContentHash::of(&bytes)
}

pub(super) fn find_base(
    repository: &Repository,
    names: &BaseNames,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<(String, Oid)> {
    let named = [
        (&names.asked, "`--base` names"),
        (&names.ci, "the CI system names"),
        (&names.setting, "`[git] base` names"),
    ];
    for (name, who) in named {
        let Some(name) = name.as_deref().filter(|name| !name.is_empty()) else { continue };
        if let Ok(Some(commit)) = find_commit(repository, name) {
            return Some((branch_name(repository, name), commit.id()));
        }
        let message = format!("{who} the base `{name}`, which does not exist here");
        let help = format!("fetch it with `git fetch origin {name}`, or correct the name");
        diagnostics.push(Diagnostic::new(&UNKNOWN_BASE, message).help(help));
    }
    let remote = repository.find_reference("refs/remotes/origin/HEAD").ok().and_then(|head| {
        let head = head.resolve().ok()?;
        let name = branch_name(repository, head.shorthand().ok()?);
        Some((name, head.peel_to_commit().ok()?.id()))
    });
    remote.or_else(|| {
        ["main", "master"].into_iter().find_map(|name| {
            let commit = find_commit(repository, name).ok()??;
            Some((name.to_owned(), commit.id()))
        })
    })
}

/// The name without that of a remote, where it is the branch of one.
fn branch_name(repository: &Repository, name: &str) -> String {
    let short = || {
        let (_, reference) = repository.revparse_ext(name).ok()?;
        let reference = reference?;
        let full = reference.name().ok()?.to_owned();
        if !reference.is_remote() {
            return full.strip_prefix("refs/heads/").map(str::to_owned);
        }
        let remote = repository.branch_remote_name(&full).ok()?;
        let prefix = format!("refs/remotes/{}/", std::str::from_utf8(&remote).ok()?);
        full.strip_prefix(&prefix).map(str::to_owned)
    };
    short().unwrap_or_else(|| name.to_owned())
}

fn compare(
    repository: &Repository,
    tip: Oid,
    base: Oid,
    roots: &[SourcePath],
    facts: &mut BranchFacts,
) -> Result<(), git2::Error> {
    let merge_base = match tip == base {
        true => tip,
        false => repository.merge_base(tip, base)?,
    };
    facts.merge_base = Some(merge_base.to_string());
    let (ahead, behind) = match tip == base {
        true => (0, 0),
        false => repository.graph_ahead_behind(tip, base)?,
    };
    // Beyond the end of a shallow clone nobody can count.
    if !repository.is_shallow() || ahead + behind == 0 {
        (facts.ahead, facts.behind) = (Some(ahead), Some(behind));
    }
    let tree = |commit: Oid| Ok::<Oid, git2::Error>(repository.find_commit(commit)?.tree_id());
    let (old, new) = (tree(merge_base)?, tree(tip)?);
    let odb = repository.odb()?;
    let roots: Vec<String> = roots.iter().map(ToString::to_string).collect();
    let differences = Trees::new(&odb).compare(Some(old), Some(new), &Places::new(&roots, []));
    let changed = changes(differences.unwrap_or_default());
    facts.changed = changed
        .into_iter()
        .map(|change| match change {
            Change::Added(path) => ChangedFile { path, how: HowChanged::Added },
            Change::Modified(path) => ChangedFile { path, how: HowChanged::Modified },
            Change::Removed(path) => ChangedFile { path, how: HowChanged::Removed },
            Change::Renamed { from, to } => {
                ChangedFile { path: to, how: HowChanged::Renamed { from } }
            }
        })
        .collect();
    facts.changed.sort_unstable();
    Ok(())
}

/// The files below the content roots, in the working tree of the repository that holds `dir`, that
/// differ from what is committed, sorted: changed, added, removed, and not tracked but not ignored
/// either. None in a bare repository.
pub fn uncommitted(dir: &Path, roots: &[SourcePath]) -> Vec<SourcePath> {
    let Ok(Some(repository)) = discover(dir) else { return Vec::new() };
    if repository.is_bare() {
        return Vec::new();
    }
    let mut options = StatusOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .exclude_submodules(true)
        .disable_pathspec_match(true)
        .no_refresh(true)
        .update_index(false);
    for root in roots.iter().filter(|root| !root.is_root()) {
        options.pathspec(root.as_str());
    }
    if roots.is_empty() {
        return Vec::new();
    }
    let Ok(statuses) = repository.statuses(Some(&mut options)) else { return Vec::new() };
    let mut files: Vec<SourcePath> = statuses
        .iter()
        .filter(|entry| !entry.status().intersects(Status::IGNORED | Status::CURRENT))
        .filter_map(|entry| SourcePath::new(entry.path().ok()?).ok())
        .collect();
    files.sort();
    files.dedup();
    files
}
