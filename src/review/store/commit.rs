//! One commit on a branch: the one thing that a review changes besides its events.

use std::fs;
use std::path::Path;

use git2::build::TreeUpdateBuilder;
use git2::{ErrorCode, FileMode, Oid};

use super::{Author, Store, StoreError, signature_of};
use crate::base::SourcePath;

/// What is committed.
#[derive(Debug, Clone, Copy)]
pub struct CommitInput<'a> {
    /// The branch.
    pub branch: &'a str,
    /// Where it stands; where it stands elsewhere by now, nothing is done.
    pub tip: &'a str,
    /// The files with their new bytes. They must be there.
    pub files: &'a [(&'a SourcePath, &'a [u8])],
    /// Who commits.
    pub author: &'a Author,
    /// When, in seconds since 1970, UTC.
    pub time: i64,
    /// What is said about it.
    pub message: &'a str,
}

/// Where a branch is checked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckedOut {
    /// Nowhere.
    Nowhere,
    /// In the working tree of this repository.
    Here,
    /// In another working tree.
    Elsewhere,
}

impl Store {
    /// Where a branch is checked out.
    pub fn checked_out(&self, branch: &str) -> CheckedOut {
        let is = |folder: &Path| {
            fs::read_to_string(folder.join("HEAD"))
                .is_ok_and(|head| head.trim_end() == format!("ref: refs/heads/{branch}"))
        };
        let common = self.repository.commondir();
        if !self.repository.is_bare() && is(self.repository.path()) {
            return CheckedOut::Here;
        }
        let linked = fs::read_dir(common.join("worktrees")).into_iter().flatten().flatten();
        let main = self.repository.path() != common && is(common);
        match main || linked.into_iter().any(|entry| is(&entry.path())) {
            true => CheckedOut::Elsewhere,
            false => CheckedOut::Nowhere,
        }
    }

    /// Whether a file stands in the index and in the working tree as a commit has it.
    ///
    /// # Errors
    /// When git cannot read them.
    pub fn is_untouched(&self, tip: &str, path: &SourcePath) -> Result<bool, StoreError> {
        let path = Path::new(path.as_str());
        let tree = self.repository.find_commit(Oid::from_str(tip)?)?.tree()?;
        let committed = tree.get_path(path)?.id();
        let mut index = self.repository.index()?;
        index.read(false)?;
        let staged = index.get_path(path, 0).is_some_and(|entry| entry.id == committed);
        let bytes = self.repository.workdir().and_then(|top| fs::read(top.join(path)).ok());
        let there = bytes.is_some_and(|bytes| {
            self.repository.find_blob(committed).is_ok_and(|blob| blob.content() == bytes)
        });
        Ok(staged && there)
    }

    /// Makes a commit and moves the branch to it. Neither index nor working tree is touched.
    ///
    /// # Errors
    /// [`StoreError::Moved`] where the branch stands elsewhere by now; else what git says.
    pub fn commit(&self, input: &CommitInput<'_>) -> Result<String, StoreError> {
        let parent = self.repository.find_commit(Oid::from_str(input.tip)?)?;
        let base = parent.tree()?;
        let mut update = TreeUpdateBuilder::new();
        for (path, bytes) in input.files {
            let mode = match base.get_path(Path::new(path.as_str()))?.filemode() {
                mode if mode == i32::from(FileMode::BlobExecutable) => FileMode::BlobExecutable,
                _ => FileMode::Blob,
            };
            update.upsert(path.as_str(), self.repository.blob(bytes)?, mode);
        }
        let tree = update.create_updated(&self.repository, &base)?;
        let tree = self.repository.find_tree(tree)?;
        let by = signature_of(input.author, input.time)?;
        let commit = self.repository.commit(None, &by, &by, input.message, &tree, &[&parent])?;
        let name = format!("refs/heads/{}", input.branch);
        let subject = input.message.lines().next().unwrap_or_default();
        let log = format!("commit: {subject}");
        match self.repository.reference_matching(&name, commit, true, parent.id(), &log) {
            Ok(_) => Ok(commit.to_string()),
            Err(error) if matches!(error.code(), ErrorCode::Modified | ErrorCode::NotFound) => {
                Err(StoreError::Moved(input.branch.to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Tells the index that files of the working tree are what was committed.
    ///
    /// # Errors
    /// When git cannot write it.
    pub fn stage(&self, paths: &[&SourcePath]) -> Result<(), StoreError> {
        let mut index = self.repository.index()?;
        index.read(false)?;
        for path in paths {
            index.add_path(Path::new(path.as_str()))?;
        }
        Ok(index.write()?)
    }
}
