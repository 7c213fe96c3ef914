//! A folder of the file system.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use foldhash::fast::RandomState;
use git2::Repository;

use super::ignored::WorkTree;
use super::repository::{discover, top_of};
use super::walk::{self, Everything, Filter, Kind, Tree};
use super::{Listing, Source, SourceError};
use crate::base::SourcePath;
use crate::memo::Stamp;

/// The working tree of a repository, or a plain folder.
pub struct FolderSource {
    top: PathBuf,
    repository: Option<Mutex<Repository>>,
    /// The names in folders that were asked for, as the file system spells them.
    names: RwLock<HashMap<SourcePath, Arc<Names>, RandomState>>,
    /// Folders that were asked for, and whether no link leads to them.
    real: RwLock<HashMap<SourcePath, bool, RandomState>>,
}

/// The names in a folder.
type Names = HashSet<OsString, RandomState>;

impl fmt::Debug for FolderSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FolderSource").field("top", &self.top).finish_non_exhaustive()
    }
}

impl FolderSource {
    /// Opens the folder `dir`, and says where it lies in its source. The top of the source is
    /// that of the repository that holds `dir`. It is `dir` itself where there is none, where
    /// the repository is bare, and where it ignores the whole of `dir`. A repository that cannot
    /// be read only gives the top; `history` tells the user about it.
    ///
    /// # Errors
    /// When `dir` is not a folder that can be read, or has no portable name in the repository.
    pub fn open(dir: &Path) -> Result<(FolderSource, SourcePath), SourceError> {
        let dir = dir.canonicalize().map_err(|error| io_error(dir, error))?;
        if !dir.is_dir() {
            return Err(io_error(&dir, ErrorKind::NotADirectory.into()));
        }
        let (top, repository) = match discover(&dir) {
            Ok(Some(repository)) => {
                let top = repository.workdir().and_then(|top| top.canonicalize().ok());
                match top {
                    Some(top) => (top, Some(repository)),
                    None => (dir.clone(), None),
                }
            }
            Ok(None) => (dir.clone(), None),
            Err(_) => (top_of(&dir).unwrap_or_else(|| dir.clone()), None),
        };
        // Inside `.git`, or beside a working tree that the configuration moved elsewhere.
        let (top, repository) =
            if dir.starts_with(&top) { (top, repository) } else { (dir.clone(), None) };
        let seen = dir.strip_prefix(&top).unwrap_or(Path::new(""));
        let seen = source_path(seen).ok_or_else(|| {
            io_error(&dir, io::Error::new(ErrorKind::InvalidInput, "not a portable path"))
        })?;
        if let Some(repository) = &repository
            && WorkTree::new(&top, repository).ignores_all(&seen)
        {
            return Ok((FolderSource::new(dir, None), SourcePath::root()));
        }
        Ok((FolderSource::new(top, repository), seen))
    }

    fn new(top: PathBuf, repository: Option<Repository>) -> Self {
        let repository = repository.map(Mutex::new);
        FolderSource { top, repository, names: RwLock::default(), real: RwLock::default() }
    }

    pub(super) fn os_path(&self, path: &SourcePath) -> PathBuf {
        if path.is_root() { self.top.clone() } else { self.top.join(path.as_str()) }
    }

    /// Whether a folder is one and no link leads to it.
    pub(super) fn is_real(&self, folder: &SourcePath) -> bool {
        if folder.is_root() {
            return true;
        }
        let known = self.real.read().unwrap_or_else(PoisonError::into_inner).get(folder).copied();
        if let Some(known) = known {
            return known;
        }
        let real = self.is_real(&folder.parent())
            && self.os_path(folder).symlink_metadata().is_ok_and(|meta| meta.is_dir())
            && self.spells(folder).unwrap_or(false);
        self.real.write().unwrap_or_else(PoisonError::into_inner).insert(folder.clone(), real);
        real
    }

    /// Whether the file system spells a name of a folder just so. It may find `a.md` when asked
    /// for `A.md`; git and web servers do not.
    fn spells(&self, path: &SourcePath) -> Result<bool, SourceError> {
        self.spells_in(path.parent(), path.file_name())
    }

    fn spells_in(&self, folder: SourcePath, name: &str) -> Result<bool, SourceError> {
        let name = std::ffi::OsStr::new(name);
        let known = self.names.read().unwrap_or_else(PoisonError::into_inner).get(&folder).cloned();
        // A source lives as long as a build does: what was found once is not looked for again.
        if known.is_some_and(|names| names.contains(name)) {
            return Ok(true);
        }
        let os_folder = self.os_path(&folder);
        // Not known, or younger than what is known.
        let mut names = HashSet::default();
        for entry in fs::read_dir(&os_folder).map_err(|error| io_error(&os_folder, error))? {
            names.insert(entry.map_err(|error| io_error(&os_folder, error))?.file_name());
        }
        let found = names.contains(name);
        self.names.write().unwrap_or_else(PoisonError::into_inner).insert(folder, Arc::new(names));
        Ok(found)
    }
}

/// Where the error says that there is nothing.
fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename
    )
}

fn io_error(path: &Path, error: io::Error) -> SourceError {
    SourceError::Io { path: path.display().to_string(), error }
}

/// A relative path of the operating system as a checked one.
fn source_path(path: &Path) -> Option<SourcePath> {
    let parts: Option<Vec<&str>> =
        path.components().map(|component| component.as_os_str().to_str()).collect();
    SourcePath::new(parts?.join("/")).ok()
}

fn kind_of(file_type: fs::FileType) -> Kind {
    if file_type.is_symlink() {
        Kind::Link
    } else if file_type.is_dir() {
        Kind::Folder
    } else if file_type.is_file() {
        Kind::File
    } else {
        Kind::Other
    }
}

impl Tree for FolderSource {
    fn children(&self, folder: &SourcePath) -> Result<Vec<(Vec<u8>, Kind)>, SourceError> {
        let folder = self.os_path(folder);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            // Deleted while the tree is listed.
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            Err(error) => return Err(io_error(&folder, error)),
        };
        let mut children = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| io_error(&folder, error))?;
            match entry.file_type() {
                Ok(file_type) => {
                    let name = entry.file_name().into_encoded_bytes();
                    children.push((name, kind_of(file_type)));
                }
                Err(error) if is_absent(&error) => {}
                Err(error) => return Err(io_error(&entry.path(), error)),
            }
        }
        children.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ok(children)
    }

    fn kind(&self, path: &SourcePath) -> Result<Option<Kind>, SourceError> {
        let os_path = self.os_path(path);
        match os_path.symlink_metadata() {
            Ok(meta) if self.spells(path)? => Ok(Some(kind_of(meta.file_type()))),
            Ok(_) => Ok(None),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(io_error(&os_path, error)),
        }
    }

    fn target(&self, link: &SourcePath) -> Result<Vec<u8>, SourceError> {
        let link = self.os_path(link);
        let target = fs::read_link(&link).map_err(|error| io_error(&link, error))?;
        let mut target = target.into_os_string().into_encoded_bytes();
        if cfg!(windows) {
            target.iter_mut().filter(|byte| **byte == b'\\').for_each(|byte| *byte = b'/');
        }
        Ok(target)
    }

    fn len(&self, file: &SourcePath) -> Result<Option<u64>, SourceError> {
        let file = self.os_path(file);
        match file.symlink_metadata() {
            Ok(meta) => Ok(Some(meta.len())),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(io_error(&file, error)),
        }
    }

    fn bytes(&self, file: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
        let os_path = self.os_path(file);
        match fs::read(&os_path) {
            Ok(bytes) => Ok(Arc::from(bytes)),
            Err(error) if is_absent(&error) => Err(SourceError::Missing(file.clone())),
            Err(error) => Err(io_error(&os_path, error)),
        }
    }

    fn module_help(&self, module: &SourcePath) -> String {
        format!("check it out with `git submodule update --init {module}`")
    }
}

impl Source for FolderSource {
    fn list(&self, folder: &SourcePath, except: &[SourcePath]) -> Result<Listing, SourceError> {
        match &self.repository {
            Some(repository) => {
                let repository = repository.lock().unwrap_or_else(PoisonError::into_inner);
                let mut rules: Box<dyn Filter> = Box::new(WorkTree::new(&self.top, &repository));
                walk::walk(self, &mut *rules, folder, except)
            }
            None => walk::walk(self, &mut Everything, folder, except),
        }
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
        self.bytes(&walk::real_file(self, path)?).map_err(|error| match error {
            SourceError::Missing(_) => SourceError::Missing(path.clone()),
            error => error,
        })
    }

    fn is_file(&self, path: &SourcePath) -> bool {
        walk::real_file(self, path).is_ok()
    }

    fn stamp(&self, path: &SourcePath) -> Option<Stamp> {
        let folder = path.parent();
        if !self.is_real(&folder) {
            return None;
        }
        let stamp = Stamp::of(&self.os_path(path).symlink_metadata().ok()?)?;
        self.spells_in(folder, path.file_name()).ok()?.then_some(stamp)
    }

    fn refresh(&self) {
        self.names.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.real.write().unwrap_or_else(PoisonError::into_inner).clear();
        if let (Some(repository), Ok(Some(again))) = (&self.repository, discover(&self.top)) {
            // What git says is read again: its index, its rules of ignoring.
            *repository.lock().unwrap_or_else(PoisonError::into_inner) = again;
        }
    }

    fn in_repository(&self) -> bool {
        self.repository.is_some()
    }

    fn folder(&self) -> Option<&Path> {
        Some(&self.top)
    }
}
