//! What git knows of each file, as a value that can be kept.

use serde::{Deserialize, Serialize};

use crate::base::SourcePath;

/// Somebody who wrote, as the mailmap names them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The address; may be empty.
    pub email: String,
}

/// A commit that changed a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCommit {
    pub(super) id: [u8; 20],
    /// When it was committed, in seconds since 1970, UTC.
    pub time: i64,
    pub(super) author: u32,
}

impl FileCommit {
    /// Its id in hexadecimal.
    pub fn id(&self) -> String {
        self.id.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The day on which it was committed, in UTC: `2026-11-23`.
    pub fn day(&self) -> String {
        super::day::of(self.time)
    }
}

/// What is kept of a file: places in the tables of [`FileFacts`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) last: Option<u32>,
    pub(super) first: Option<u32>,
    pub(super) commits: Option<u32>,
    pub(super) contributors: Vec<u32>,
}

/// What git knows of the files below the content roots, at one commit.
///
/// The commits that count are those reachable from that commit, but no merges. They are ordered by
/// the time of the commit, where each is at least a second later than its parents, whatever the
/// clocks said; of two at the same second the one of the larger id is later. Read in that order,
/// a commit
///
/// - **changes** a file where the blob at its path is another than in its parent, or where its
///   path is new. Other rights alone change nothing, nor does a removal.
/// - **renames** a file where a path is gone and another path is new with the same blob (not the
///   empty one), anywhere in the repository. The file keeps its history, and the rename itself is
///   no change. Where several paths have the same blob, those of the same file name belong
///   together, then the others in the order of their paths. What another line of history still
///   changes at the old path is a change of the renamed file, until something new is added at the
///   old path; where a merge keeps the file at both paths, each has the history before.
/// - Where a file that was removed comes back at its path, it has its old history, too.
/// - A commit in the list of ignored revisions changes no file that was there before; its renames
///   and additions count.
///
/// The last change is the latest such commit, the first the earliest; contributors are the authors
/// of all of them, and whom `Co-authored-by:` names, after the mailmap of the commit, with the most
/// frequent first and the earliest first among equals. Those with one address or one name are one
/// person. Accounts of programs (`name[bot]`) are no
/// contributors.
///
/// Where a part of the history is not there (a shallow clone, absent objects), only a last change
/// that is later than every commit that could not be compared with its parent is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    pub(super) people: Vec<Person>,
    pub(super) commits: Vec<FileCommit>,
    /// Sorted by path.
    pub(super) files: Vec<(String, Record)>,
    pub(super) complete: bool,
}

/// What git knows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFact<'a> {
    /// The last change; none where it is not known.
    pub last: Option<&'a FileCommit>,
    /// Who made it.
    pub author: Option<&'a Person>,
    /// The first commit; none where it is not known.
    pub first: Option<&'a FileCommit>,
    /// In how many commits it changed; none where it is not known.
    pub commits: Option<u32>,
    /// Who wrote it, the most frequent first; empty where it is not known.
    pub contributors: Vec<&'a Person>,
}

impl FileFacts {
    /// What is known of a file; none where it is not in the commit.
    pub fn get(&self, path: &SourcePath) -> Option<FileFact<'_>> {
        let at = self.files.binary_search_by(|(file, _)| file.as_str().cmp(path.as_str())).ok()?;
        self.files.get(at).map(|(_, record)| self.fact(record))
    }

    /// Every file of the commit, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, FileFact<'_>)> {
        self.files.iter().map(|(path, record)| (path.as_str(), self.fact(record)))
    }

    /// Whether all of the history was there.
    pub fn complete(&self) -> bool {
        self.complete
    }

    fn fact<'a>(&'a self, record: &Record) -> FileFact<'a> {
        let commit = |at: Option<u32>| at.and_then(|at| self.commits.get(at as usize));
        let last = commit(record.last);
        FileFact {
            last,
            author: last.and_then(|commit| self.people.get(commit.author as usize)),
            first: commit(record.first),
            commits: record.commits,
            contributors: record
                .contributors
                .iter()
                .filter_map(|at| self.people.get(*at as usize))
                .collect(),
        }
    }
}
