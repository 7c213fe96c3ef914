//! The tree of a commit, read from the object database: no checkout, and none of the changes
//! that attributes and settings make on checkout.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use git2::{BranchType, Commit, Delta, DiffDelta, DiffFile, ErrorCode, FileMode, Oid, Repository};

use super::repository::discover;
use super::walk::{self, Everything, Kind, Tree};
use super::{Difference, Listing, ObjectId, Source, SourceError};
use crate::base::SourcePath;

/// A folder of the tree by name.
type Entries = BTreeMap<Vec<u8>, (Kind, Oid)>;

/// The tree of a revision.
pub struct RevisionSource {
    /// The folder of git's own files.
    git_dir: PathBuf,
    commit: Oid,
    tree: Oid,
    /// Repositories that no thread uses just now: libgit2 lets only one thread at a time use one.
    pool: Mutex<Vec<Repository>>,
    folders: RwLock<HashMap<SourcePath, Arc<Entries>>>,
}

impl fmt::Debug for RevisionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevisionSource")
            .field("git_dir", &self.git_dir)
            .field("commit", &self.commit)
            .finish_non_exhaustive()
    }
}

impl RevisionSource {
    /// Opens what `rev` (a branch, a remote's branch, a tag, a commit id, `HEAD~2`) names in the
    /// repository that holds the folder `dir`, and says where `dir` lies in its tree. The folder
    /// need not exist in that tree.
    ///
    /// # Errors
    /// When there is no repository, no such revision, or git cannot read it.
    pub fn open(dir: &Path, rev: &str) -> Result<(RevisionSource, SourcePath), SourceError> {
        let dir = dir
            .canonicalize()
            .map_err(|error| SourceError::Io { path: dir.display().to_string(), error })?;
        let repository =
            discover(&dir).map_err(|error| git_error(&dir, &error))?.ok_or_else(|| {
                SourceError::Git {
                    path: dir.display().to_string(),
                    message: "there is no repository here or above".to_owned(),
                }
            })?;
        // So is one that is named by the folder of git's own files.
        let inside = repository.path().canonicalize().is_ok_and(|git| dir.starts_with(git));
        let seen = repository
            .workdir()
            .filter(|_| !inside)
            .and_then(|top| top.canonicalize().ok())
            .and_then(|top| Some(dir.strip_prefix(top).ok()?.to_owned()));
        // A bare repository is seen from the top of its tree.
        let seen = match seen {
            Some(seen) => {
                let parts: Option<Vec<&str>> =
                    seen.components().map(|part| part.as_os_str().to_str()).collect();
                parts.and_then(|parts| SourcePath::new(parts.join("/")).ok()).ok_or_else(|| {
                    SourceError::Git {
                        path: dir.display().to_string(),
                        message: "the folder has no portable name in the repository".to_owned(),
                    }
                })?
            }
            None => SourcePath::root(),
        };
        let (commit, tree) = {
            let commit = find_commit(&repository, rev)
                .map_err(|error| git_error(repository.path(), &error))?
                .ok_or_else(|| SourceError::Revision(rev.to_owned()))?;
            (commit.id(), commit.tree_id())
        };
        let source = RevisionSource {
            git_dir: repository.path().to_owned(),
            commit,
            tree,
            pool: Mutex::new(vec![repository]),
            folders: RwLock::default(),
        };
        Ok((source, seen))
    }

    /// The id of the commit.
    pub fn commit(&self) -> String {
        self.commit.to_string()
    }

    /// Lends a repository to this thread.
    fn with<T>(
        &self,
        f: impl FnOnce(&Repository) -> Result<T, git2::Error>,
    ) -> Result<T, SourceError> {
        let pooled = self.pool.lock().unwrap_or_else(PoisonError::into_inner).pop();
        // Opened as a bare one, it does not ask whose it is; the first opening decided that.
        let repository = match pooled {
            Some(repository) => repository,
            None => Repository::open_bare(&self.git_dir)
                .map_err(|error| git_error(&self.git_dir, &error))?,
        };
        let result = f(&repository).map_err(|error| git_error(&self.git_dir, &error));
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).push(repository);
        result
    }

    /// The entries of a folder; none where there is no such folder.
    fn entries(&self, folder: &SourcePath) -> Result<Option<Arc<Entries>>, SourceError> {
        let known =
            self.folders.read().unwrap_or_else(PoisonError::into_inner).get(folder).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let mut path = SourcePath::root();
        let mut entries = self.read_entries(&path, self.tree)?;
        for name in folder.components() {
            let Some((Kind::Folder, id)) = entries.get(name.as_bytes()).copied() else {
                return Ok(None);
            };
            path = path.join(name).map_err(|_| SourceError::Missing(folder.clone()))?;
            entries = self.read_entries(&path, id)?;
        }
        Ok(Some(entries))
    }

    fn read_entries(&self, folder: &SourcePath, id: Oid) -> Result<Arc<Entries>, SourceError> {
        let known =
            self.folders.read().unwrap_or_else(PoisonError::into_inner).get(folder).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let entries = Arc::new(self.with(|repository| {
            let tree = repository.find_tree(id)?;
            Ok(tree
                .iter()
                .map(|entry| (entry.name_bytes().to_vec(), (kind_of(entry.filemode()), entry.id())))
                .collect::<Entries>())
        })?);
        self.folders
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(folder.clone(), Arc::clone(&entries));
        Ok(entries)
    }

    fn entry(&self, path: &SourcePath) -> Result<Option<(Kind, Oid)>, SourceError> {
        let entries = self.entries(&path.parent())?;
        Ok(entries.and_then(|entries| entries.get(path.file_name().as_bytes()).copied()))
    }

    fn blob(&self, path: &SourcePath) -> Result<Oid, SourceError> {
        match self.entry(path)? {
            Some((Kind::File | Kind::Link, id)) => Ok(id),
            _ => Err(SourceError::Missing(path.clone())),
        }
    }
}

/// The commit that `rev` names, as git's own commands read it. A name that only a remote has as
/// a branch is that branch, as for `git switch`: a CI system's clone often has no other.
///
/// # Errors
/// When git cannot read the repository; a name that nothing has is none.
pub fn find_commit<'r>(
    repository: &'r Repository,
    rev: &str,
) -> Result<Option<Commit<'r>>, git2::Error> {
    let unknown = |error: &git2::Error| {
        matches!(
            error.code(),
            ErrorCode::NotFound | ErrorCode::InvalidSpec | ErrorCode::Ambiguous | ErrorCode::Peel
        )
    };
    match repository.revparse_single(rev).and_then(|object| object.peel_to_commit()) {
        Ok(commit) => return Ok(Some(commit)),
        Err(error) if unknown(&error) => {}
        Err(error) => return Err(error),
    }
    let mut found = None;
    let remotes = repository.remotes()?;
    for remote in remotes.iter().filter_map(|remote| remote.ok().flatten()) {
        let name = format!("{remote}/{rev}");
        if let Ok(branch) = repository.find_branch(&name, BranchType::Remote)
            && let Ok(commit) = branch.into_reference().peel_to_commit()
        {
            if remote == "origin" {
                return Ok(Some(commit));
            }
            found = found.or(Some(commit));
        }
    }
    Ok(found)
}

fn git_error(path: &Path, error: &git2::Error) -> SourceError {
    SourceError::Git { path: path.display().to_string(), message: error.message().to_owned() }
}

/// A file that has other bytes, has come, or has gone; none for any other difference.
fn difference(delta: &DiffDelta<'_>) -> Option<Difference> {
    let (old, new) = (delta.old_file(), delta.new_file());
    let is_file =
        |file: &DiffFile<'_>| [FileMode::Blob, FileMode::BlobExecutable].contains(&file.mode());
    let (file, stays) = match delta.status() {
        Delta::Modified if is_file(&new) && old.mode() == new.mode() => (new, true),
        Delta::Added if is_file(&new) => (new, false),
        Delta::Deleted if is_file(&old) => (old, false),
        _ => return None,
    };
    let path = SourcePath::new(std::str::from_utf8(file.path_bytes()?).ok()?).ok()?;
    Some(Difference { path, stays })
}

fn kind_of(mode: i32) -> Kind {
    match mode & 0o170_000 {
        0o040_000 => Kind::Folder,
        0o120_000 => Kind::Link,
        0o160_000 => Kind::Module,
        _ => Kind::File,
    }
}

impl Tree for RevisionSource {
    fn children(&self, folder: &SourcePath) -> Result<Vec<(Vec<u8>, Kind)>, SourceError> {
        let entries = self.entries(folder)?;
        Ok(entries
            .iter()
            .flat_map(|entries| entries.iter())
            .map(|(name, (kind, _))| (name.clone(), *kind))
            .collect())
    }

    fn kind(&self, path: &SourcePath) -> Result<Option<Kind>, SourceError> {
        Ok(self.entry(path)?.map(|(kind, _)| kind))
    }

    fn target(&self, link: &SourcePath) -> Result<Vec<u8>, SourceError> {
        Ok(self.bytes(link)?.to_vec())
    }

    fn len(&self, file: &SourcePath) -> Result<Option<u64>, SourceError> {
        let id = self.blob(file)?;
        // A partial clone lacks objects: the file is listed, and told when it is to be read.
        let len = self.with(|repository| match repository.odb()?.read_header(id) {
            Ok((len, _)) => Ok(len as u64),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(0),
            Err(error) => Err(error),
        })?;
        Ok(Some(len))
    }

    fn bytes(&self, file: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
        let id = self.blob(file)?;
        self.with(|repository| Ok(Arc::from(repository.find_blob(id)?.content())))
    }

    fn module_help(&self, _: &SourcePath) -> String {
        "a revision does not hold the files of its submodules: check it out with its submodules \
         and build that folder"
            .to_owned()
    }
}

impl Source for RevisionSource {
    fn list(&self, folder: &SourcePath, except: &[SourcePath]) -> Result<Listing, SourceError> {
        walk::walk(self, &mut Everything, folder, except)
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
        self.bytes(&walk::real_file(self, path)?)
    }

    fn object(&self, path: &SourcePath) -> Option<ObjectId> {
        let id = self.blob(&walk::real_file(self, path).ok()?).ok()?;
        id.as_bytes().try_into().ok()
    }

    fn tree(&self) -> Option<String> {
        Some(self.tree.to_string())
    }

    fn differs_from(&self, tree: &str) -> Option<Vec<Difference>> {
        let before = Oid::from_str(tree).ok()?;
        let differing = |repository: &Repository| {
            let (before, now) = (repository.find_tree(before)?, repository.find_tree(self.tree)?);
            let diff = repository.diff_tree_to_tree(Some(&before), Some(&now), None)?;
            Ok(diff.deltas().map(|delta| difference(&delta)).collect())
        };
        self.with(differing).ok()?
    }

    fn in_repository(&self) -> bool {
        true
    }

    fn is_file(&self, path: &SourcePath) -> bool {
        walk::real_file(self, path).is_ok()
    }
}
