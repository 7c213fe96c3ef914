//! Whether what a branch says has come to its base. Where a team squashes what it merges, the
//! commits of a branch never come there, and counting them says for ever that it lies behind.

use std::collections::BTreeMap;

use git2::{DiffOptions, Oid, Repository, Tree};
use serde::{Deserialize, Serialize};

use super::merge::in_memory;
use super::tree::{Difference, Trees};

/// Commits of the base that are looked at, the newest first.
const MOST_COMMITS: usize = 5_000;

/// Commits whose difference is compared as a patch.
const MOST_PATCHES: usize = 50;

/// How the content of a branch has come to its base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Landed {
    /// All its commits are on the base.
    Merged,
    /// A commit of the base left every file that the branch changes as the branch has it.
    SameFiles(String),
    /// A commit of the base made the same change.
    SamePatch(String),
    /// To merge it would change nothing.
    NothingLeft,
}

impl Landed {
    /// The commit of the base that brought it, where one did.
    pub fn commit(&self) -> Option<&str> {
        match self {
            Landed::SameFiles(commit) | Landed::SamePatch(commit) => Some(commit),
            Landed::Merged | Landed::NothingLeft => None,
        }
    }
}

/// What a branch left of the files that it changes, to be found again in other trees.
pub(super) struct Sought<'c> {
    changed: &'c [Difference],
}

impl<'c> Sought<'c> {
    pub(super) fn new(changed: &'c [Difference]) -> Self {
        Sought { changed }
    }

    /// Whether all these files stand in a tree as the branch has them.
    pub(super) fn stands_in(&self, trees: &mut Trees<'_>, tree: Oid) -> bool {
        self.changed.iter().all(|change| {
            let there = trees.find(tree, &change.path);
            there.is_ok_and(|place| place.map(|place| place.id) == change.new)
        })
    }
}

/// Whether the content of the branch at `tip` is on `base`, both of which parted at `merge_base`.
pub(super) fn landed(
    repository: &Repository,
    merge_base: Oid,
    tip: Oid,
    base: Oid,
) -> Result<Option<Landed>, git2::Error> {
    if merge_base == tip {
        return Ok(Some(Landed::Merged));
    }
    let tree = |commit: Oid| repository.find_commit(commit)?.tree();
    let (old, new) = (tree(merge_base)?, tree(tip)?);
    let changed = changed(repository, &old, &new)?;
    if changed.is_empty() {
        return Ok(Some(Landed::NothingLeft));
    }
    let mut walk = repository.revwalk()?;
    walk.push(base)?;
    walk.hide(merge_base)?;
    let mut alike = Vec::new();
    for commit in walk.take(MOST_COMMITS) {
        let commit = repository.find_commit(commit?)?;
        if commit.parent_count() != 1 {
            continue;
        }
        let parent = commit.parent(0)?.tree()?;
        let now = commit.tree()?;
        let Some(first) = changed.keys().next() else { break };
        // Most commits touch none of the files: one look tells.
        if entry(&parent, first) == entry(&now, first) {
            continue;
        }
        if changed.iter().all(|(path, id)| entry(&now, path) == *id) {
            return Ok(Some(Landed::SameFiles(commit.id().to_string())));
        }
        if alike.len() < MOST_PATCHES {
            alike.push((commit.id(), parent, now));
        }
    }
    if !alike.is_empty() {
        let ours = patch_id(repository, &old, &new)?;
        for (id, parent, now) in alike {
            if patch_id(repository, &parent, &now)? == ours {
                return Ok(Some(Landed::SamePatch(id.to_string())));
            }
        }
    }
    let merged = in_memory(repository, base, tip)?;
    Ok((merged.files.is_empty() && merged.conflicts.is_empty()).then_some(Landed::NothingLeft))
}

/// The files that differ, with what stands there now.
fn changed(
    repository: &Repository,
    old: &Tree<'_>,
    new: &Tree<'_>,
) -> Result<BTreeMap<Vec<u8>, Option<Oid>>, git2::Error> {
    let mut options = DiffOptions::new();
    options.ignore_submodules(true);
    let diff = repository.diff_tree_to_tree(Some(old), Some(new), Some(&mut options))?;
    let mut changed = BTreeMap::new();
    for delta in diff.deltas() {
        for file in [delta.old_file(), delta.new_file()] {
            if let Some(path) = file.path_bytes() {
                changed.insert(path.to_vec(), None);
            }
        }
        let file = delta.new_file();
        if let (Some(path), false) = (file.path_bytes(), file.id().is_zero()) {
            changed.insert(path.to_vec(), Some(file.id()));
        }
    }
    Ok(changed)
}

/// What stands at a path of a tree.
fn entry(tree: &Tree<'_>, path: &[u8]) -> Option<Oid> {
    let path = std::str::from_utf8(path).ok()?;
    tree.get_path(std::path::Path::new(path)).ok().map(|entry| entry.id())
}

/// The id of a change as git gives it to a patch: it counts neither lines nor blanks.
pub(super) fn patch_id(
    repository: &Repository,
    old: &Tree<'_>,
    new: &Tree<'_>,
) -> Result<Oid, git2::Error> {
    let mut options = DiffOptions::new();
    options.ignore_submodules(true);
    repository.diff_tree_to_tree(Some(old), Some(new), Some(&mut options))?.patchid(None)
}
