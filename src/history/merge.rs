//! Merges in memory: what a merge would make, without a working tree, and without writing anything.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use git2::build::TreeUpdateBuilder;
use git2::{Commit, Delta, DiffOptions, FileMode, IndexConflict, IndexEntry, Oid, Repository};
use serde::{Deserialize, Serialize};

use super::ends::commit_of;
use super::range::{self, FileChange, Undecided};
use super::three_way::conflicting;
use crate::base::SourcePath;
use crate::source::discover;

/// Above the object database of the disk, so that what a merge writes stays in memory.
const ABOVE_ALL: i32 = 1_000;

/// What merging makes of the base.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merge {
    /// The files that differ from the base, with their bytes; none for one that is gone. A file
    /// with a conflict is not among them.
    pub files: Vec<(SourcePath, Option<Arc<[u8]>>)>,
    /// The same with renames, as they look from the base.
    pub changes: Vec<FileChange>,
    /// What git cannot merge, by path.
    pub conflicts: Vec<Conflict>,
    /// Where in the file of the base each conflict of lines stands, by path.
    pub places: BTreeMap<String, Vec<Range<usize>>>,
    /// Submodules that come, go, or stand at another commit. Their files are not in the repository.
    pub modules: Vec<SourcePath>,
}

/// A file that both sides changed so that git cannot tell what it is to be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Conflict {
    /// The file.
    pub path: String,
    /// What both sides did.
    pub kind: ConflictKind,
}

/// What the two sides of a conflict did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictKind {
    /// Both changed the same lines.
    BothChanged,
    /// Both added a file of this name.
    BothAdded,
    /// The base removed what the branch changed.
    RemovedOnBase,
    /// The branch removed what the base changed.
    RemovedOnBranch,
}

impl ConflictKind {
    /// What happened, as the end of a sentence about the file.
    pub fn text(self) -> &'static str {
        match self {
            ConflictKind::BothChanged => "the branch and its base changed the same lines",
            ConflictKind::BothAdded => "the branch and its base both added it",
            ConflictKind::RemovedOnBase => "the base removed it, and the branch changed it",
            ConflictKind::RemovedOnBranch => "the branch removed it, and the base changed it",
        }
    }
}

/// Merges the commit `head` into the commit `base` of the repository that holds `dir`.
///
/// # Errors
/// When git cannot: no such commits, objects that are missing.
pub fn merge(dir: &Path, base: &str, head: &str) -> Result<Merge, Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let ids = (commit_of(&repository, base)?.id(), commit_of(&repository, head)?.id());
    Ok(in_memory(&repository, ids.0, ids.1)?)
}

/// The same as if files of `head`, all of which are there, had other bytes.
///
/// # Errors
/// As [`merge`].
pub fn merge_edited(
    dir: &Path,
    base: &str,
    head: &str,
    edits: &[(&SourcePath, &[u8])],
) -> Result<Merge, Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let ids = (commit_of(&repository, base)?.id(), commit_of(&repository, head)?.id());
    Ok(in_memory_edited(&repository, ids.0, ids.1, edits)?)
}

/// The same with a repository. New objects stay in the memory of another one, which is gone then.
pub(super) fn in_memory(
    repository: &Repository,
    base: Oid,
    head: Oid,
) -> Result<Merge, git2::Error> {
    in_memory_edited(repository, base, head, &[])
}

fn in_memory_edited(
    repository: &Repository,
    base: Oid,
    head: Oid,
    edits: &[(&SourcePath, &[u8])],
) -> Result<Merge, git2::Error> {
    let repository = Repository::open_bare(repository.path())?;
    let odb = repository.odb()?;
    let _objects = odb.add_new_mempack_backend(ABOVE_ALL)?;
    let ours = repository.find_commit(base)?;
    let mut theirs = repository.find_commit(head)?;
    if !edits.is_empty() {
        theirs = edited(&repository, &theirs, edits)?;
    }
    let index = repository.merge_commits(&ours, &theirs, None)?;
    let mut merge = Merge::default();
    if index.has_conflicts() {
        for conflict in index.conflicts()? {
            let conflict = conflict?;
            if let Some(named) = named(&conflict) {
                let places = places(&repository, &conflict);
                if !places.is_empty() {
                    merge.places.insert(named.path.clone(), places);
                }
                merge.conflicts.push(named);
            }
        }
        merge.conflicts.sort();
        merge.conflicts.dedup();
    }
    let mut options = DiffOptions::new();
    options.ignore_submodules(false);
    let tree = ours.tree()?;
    let diff = repository.diff_tree_to_index(Some(&tree), Some(&index), Some(&mut options))?;
    for delta in diff.deltas() {
        let file = delta.new_file();
        let path = file.path().or_else(|| delta.old_file().path());
        let path = path.and_then(Path::to_str).and_then(|path| SourcePath::new(path).ok());
        let Some(path) = path else { continue };
        if [delta.old_file(), delta.new_file()].iter().any(|file| file.mode() == FileMode::Commit) {
            merge.modules.push(path);
            continue;
        }
        match delta.status() {
            Delta::Conflicted => {}
            Delta::Deleted => {
                if merge.conflicts.iter().all(|conflict| conflict.path != path.as_str()) {
                    merge.files.push((path, None));
                }
            }
            _ => {
                let blob = repository.find_blob(file.id())?;
                merge.files.push((path, Some(Arc::from(blob.content()))));
            }
        }
    }
    merge.files.sort();
    if !merge.files.is_empty() {
        merge.changes = range::files(&|| {
            let mut options = range::options(&[]);
            repository.diff_tree_to_index(Some(&tree), Some(&index), Some(&mut options))
        })?;
        let known = |path: &Option<SourcePath>| {
            let conflicts = |path: &SourcePath| {
                merge.conflicts.iter().any(|conflict| conflict.path == path.as_str())
            };
            path.as_ref().is_some_and(conflicts)
        };
        let those = |change: &FileChange| known(&change.before) || known(&change.after);
        let kept = merge.changes.iter().filter(|change| !those(change)).cloned().collect();
        merge.changes = kept;
    }
    Ok(merge)
}

/// A commit behind another one, in which files have other bytes.
fn edited<'r>(
    repository: &'r Repository,
    head: &Commit<'_>,
    edits: &[(&SourcePath, &[u8])],
) -> Result<Commit<'r>, git2::Error> {
    let base = head.tree()?;
    let mut update = TreeUpdateBuilder::new();
    for (path, bytes) in edits {
        let executable = i32::from(FileMode::BlobExecutable);
        let mode = match base.get_path(Path::new(path.as_str()))?.filemode() == executable {
            true => FileMode::BlobExecutable,
            false => FileMode::Blob,
        };
        update.upsert(path.as_str(), repository.blob(bytes)?, mode);
    }
    let tree = repository.find_tree(update.create_updated(repository, &base)?)?;
    let by = head.author();
    let id = repository.commit(None, &by, &by, "", &tree, &[head])?;
    repository.find_commit(id)
}

/// Where the lines of a conflict stand in our file.
fn places(repository: &Repository, conflict: &IndexConflict) -> Vec<Range<usize>> {
    let (Some(ours), Some(theirs)) = (&conflict.our, &conflict.their) else { return Vec::new() };
    let read = |entry: &IndexEntry| repository.find_blob(entry.id).ok();
    let (Some(ours), Some(theirs)) = (read(ours), read(theirs)) else { return Vec::new() };
    let before = conflict.ancestor.as_ref().and_then(read);
    let before = before.as_ref().map_or(&[][..], |blob| blob.content());
    conflicting(before, ours.content(), theirs.content())
}

fn named(conflict: &IndexConflict) -> Option<Conflict> {
    let (ancestor, our, their) = (&conflict.ancestor, &conflict.our, &conflict.their);
    let entry = our.as_ref().or(their.as_ref()).or(ancestor.as_ref())?;
    let kind = match (ancestor.is_some(), our.is_some(), their.is_some()) {
        (true, true, false) => ConflictKind::RemovedOnBranch,
        (true, false, true) => ConflictKind::RemovedOnBase,
        (false, ..) => ConflictKind::BothAdded,
        _ => ConflictKind::BothChanged,
    };
    Some(Conflict { path: String::from_utf8_lossy(&entry.path).into_owned(), kind })
}
