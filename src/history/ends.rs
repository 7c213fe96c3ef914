//! The two ends of a change: a branch, or the working tree, and the place where it parted from its
//! base. A review decides on it, so nothing is guessed, as in `range`.

use std::path::Path;

use git2::{Commit, Oid, Repository};
use serde::Serialize;

use super::branch::{BaseNames, find_base};
use super::landed::{Landed, landed};
use super::range::{self, FileChange, Undecided};
use crate::base::SourcePath;
use crate::source::{discover, find_commit};

/// A change: what a branch, or the working tree, makes of the commit where it parted from its base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ends {
    /// The base, as a branch without the name of a remote, or as it was named.
    pub base: String,
    /// The commit of the base.
    pub base_commit: String,
    /// The branch, or the revision that was named; none for a detached `HEAD`.
    pub head: Option<String>,
    /// The commit of the branch.
    pub head_commit: String,
    /// Whether the files are those of the working tree, with all that is not committed.
    pub work_tree: bool,
    /// The commit where both parted. Everything is compared with it, however far the base has gone.
    pub merge_base: String,
    /// How many commits the branch has that the base lacks.
    pub ahead: usize,
    /// How many commits the base has that the branch lacks.
    pub behind: usize,
    /// How the content of the branch has come to the base, where it has.
    pub landed: Option<Landed>,
    /// The files that differ between the merge base and the head, sorted.
    #[serde(skip)]
    pub files: Vec<FileChange>,
    /// Whether there is anything that is not committed; only asked of a working tree.
    pub uncommitted: bool,
}

/// Finds the ends of a change in the repository that holds `dir`. `head` names a revision; without
/// one it is the working tree. Only files below `roots` are looked at; all where there are none.
///
/// # Errors
/// Why they cannot be told.
pub fn ends(
    dir: &Path,
    names: &BaseNames,
    head: Option<&str>,
    roots: &[SourcePath],
) -> Result<Ends, Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let tip = match head {
        Some(name) => commit_of(&repository, name)?.id(),
        None => range::head(&repository)?.ok_or(Undecided::NoCommit)?,
    };
    let (base_name, base) = base_of(&repository, names)?;
    let merge_base = first(range::merge_bases(&repository, tip, base, &base_name)?)?;
    let (ahead, behind) = match tip == base {
        true => (0, 0),
        false => repository.graph_ahead_behind(tip, base)?,
    };
    let old = repository.find_commit(merge_base)?.tree()?;
    let files = match head {
        Some(_) => {
            let new = repository.find_commit(tip)?.tree()?;
            range::files(&|| {
                let mut options = range::options(roots);
                repository.diff_tree_to_tree(Some(&old), Some(&new), Some(&mut options))
            })?
        }
        None => range::files(&|| {
            let mut options = range::options(roots);
            options.include_untracked(true).recurse_untracked_dirs(true).update_index(false);
            repository.diff_tree_to_workdir_with_index(Some(&old), Some(&mut options))
        })?,
    };
    let uncommitted = head.is_none() && {
        let tree = repository.find_commit(tip)?.tree()?;
        let mut options = range::options(roots);
        options.include_untracked(true).recurse_untracked_dirs(true).update_index(false);
        let diff = repository.diff_tree_to_workdir_with_index(Some(&tree), Some(&mut options))?;
        diff.deltas().len() > 0
    };
    let landed = match ahead > 0 && !uncommitted {
        true => landed(&repository, merge_base, tip, base)?,
        false => None,
    };
    Ok(Ends {
        base: base_name,
        base_commit: base.to_string(),
        head: head.map(str::to_owned).or_else(|| branch_of(&repository)),
        head_commit: tip.to_string(),
        work_tree: head.is_none(),
        merge_base: merge_base.to_string(),
        ahead,
        behind,
        landed,
        files,
        uncommitted,
    })
}

/// The base that names stand for in the repository that holds `dir`, and its commit.
///
/// # Errors
/// Why it cannot be told.
pub fn base(dir: &Path, names: &BaseNames) -> Result<(String, String), Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let (name, commit) = base_of(&repository, names)?;
    Ok((name, commit.to_string()))
}

/// The base that names stand for. Unlike for a note on a page, one that was asked for must be there.
pub(super) fn base_of(
    repository: &Repository,
    names: &BaseNames,
) -> Result<(String, Oid), Undecided> {
    let mut missing = Vec::new();
    let found = find_base(repository, names, &mut missing);
    let asked = [&names.asked, &names.ci, &names.setting].into_iter().flatten();
    if let (false, Some(name)) = (missing.is_empty(), asked.clone().find(|name| !name.is_empty())) {
        return Err(Undecided::NoRevision(name.clone()));
    }
    found.ok_or(Undecided::NoBase)
}

pub(super) fn commit_of<'r>(
    repository: &'r Repository,
    name: &str,
) -> Result<Commit<'r>, Undecided> {
    find_commit(repository, name)?.ok_or_else(|| Undecided::NoRevision(name.to_owned()))
}

fn first(bases: Vec<Oid>) -> Result<Oid, Undecided> {
    bases.into_iter().next().ok_or_else(|| Undecided::Git("there is no merge base".to_owned()))
}

fn branch_of(repository: &Repository) -> Option<String> {
    let head = repository.head().ok().filter(git2::Reference::is_branch)?;
    head.shorthand().ok().map(str::to_owned)
}
