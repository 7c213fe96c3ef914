//! Repositories for tests, made without the `git` command and without anybody's settings.

use std::fs;
use std::path::{Path, PathBuf};

use git2::{Oid, Repository, RepositoryInitOptions, Signature, Time};
use tempfile::TempDir;

/// A repository in a folder of its own.
pub(crate) struct Fixture {
    dir: TempDir,
    pub(crate) repository: Repository,
}

impl Fixture {
    /// An empty repository whose branch is `main`.
    pub(crate) fn new() -> Self {
        Self::init(false)
    }

    /// The same without a working tree.
    pub(crate) fn bare() -> Self {
        Self::init(true)
    }

    fn init(bare: bool) -> Self {
        let dir = TempDir::new().unwrap();
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main").external_template(false).bare(bare);
        let repository = Repository::init_opts(dir.path(), &options).unwrap();
        Fixture { dir, repository }
    }

    /// The folder.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    /// Writes files into the working tree.
    pub(crate) fn write(&self, files: &[(&str, &str)]) {
        for (name, text) in files {
            write(&self.dir.path().join(name), text);
        }
    }

    /// Adds files of the working tree to the index, ignored or not.
    pub(crate) fn add(&self, names: &[&str]) {
        let mut index = self.repository.index().unwrap();
        for name in names {
            index.add_path(Path::new(name)).unwrap();
        }
        index.write().unwrap();
    }

    /// Adds a submodule to the index, as it is when nobody has checked it out.
    pub(crate) fn add_gitlink(&self, name: &str, commit: Oid) {
        let mut index = self.repository.index().unwrap();
        let zero = git2::IndexTime::new(0, 0);
        let entry = git2::IndexEntry {
            ctime: zero,
            mtime: zero,
            dev: 0,
            ino: 0,
            mode: 0o160_000,
            uid: 0,
            gid: 0,
            file_size: 0,
            id: commit,
            flags: 0,
            flags_extended: 0,
            path: name.as_bytes().to_vec(),
        };
        index.add(&entry).unwrap();
        index.write().unwrap();
    }

    /// Commits what is in the index.
    pub(crate) fn commit(&self, message: &str) -> Oid {
        let tree = self.repository.index().unwrap().write_tree().unwrap();
        self.commit_tree(message, tree)
    }

    /// Commits everything in the working tree that is not ignored.
    pub(crate) fn commit_all(&self, message: &str) -> Oid {
        let mut index = self.repository.index().unwrap();
        index.add_all(["*"], git2::IndexAddOption::DEFAULT, None).unwrap();
        index.update_all(["*"], None).unwrap();
        index.write().unwrap();
        self.commit(message)
    }

    /// Commits a tree on what is checked out.
    pub(crate) fn commit_tree(&self, message: &str, tree: Oid) -> Oid {
        let tree = self.repository.find_tree(tree).unwrap();
        let parent = self.repository.head().ok().and_then(|head| head.peel_to_commit().ok());
        let parents: Vec<&git2::Commit<'_>> = parent.iter().collect();
        let who = signature();
        self.repository.commit(Some("HEAD"), &who, &who, message, &tree, &parents).unwrap()
    }
}

/// Somebody at some time.
pub(crate) fn signature() -> Signature<'static> {
    Signature::new("Ada", "ada@example.org", &Time::new(1_700_000_000, 0)).unwrap()
}

/// Writes a file and the folders above it.
pub(crate) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
