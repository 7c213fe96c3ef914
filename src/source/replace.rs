//! Writing into a folder that is a source: the one way in which fixes change the files of an
//! author. A file is replaced at once or not at all, and only while it still is what the
//! change was made for.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::walk::real_file;
use super::{FolderSource, SourceError};
use crate::base::SourcePath;

/// Why a file was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// Somebody else has changed it meanwhile.
    #[error("`{0}` has changed meanwhile and was left as it is")]
    Changed(SourcePath),
    /// Its permissions say that nobody is to write to it.
    #[error("`{0}` is read-only and was left as it is")]
    ReadOnly(SourcePath),
    /// It cannot be found or read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The system says no.
    #[error("cannot write `{path}`: {error}")]
    Io {
        /// What was to be written.
        path: SourcePath,
        /// What the system said.
        error: io::Error,
    },
}

/// Tells the temporary files of one process apart.
static COUNT: AtomicU32 = AtomicU32::new(0);

impl FolderSource {
    /// Replaces the bytes of a file that are still `before` by `after`. Where a symbolic link
    /// leads to the file inside the source, the file behind it is replaced. Permissions stay.
    /// Interrupted at any moment, the file holds the one or the other.
    ///
    /// # Errors
    /// When the file has changed, is read-only or lies outside, or the system says no; it is then
    /// as it was.
    pub fn replace(
        &self,
        path: &SourcePath,
        before: &[u8],
        after: &[u8],
    ) -> Result<(), ReplaceError> {
        let file = self.os_path(&real_file(self, path)?);
        let io = |error| ReplaceError::Io { path: path.clone(), error };
        let permissions = fs::metadata(&file).map_err(io)?.permissions();
        if permissions.readonly() {
            return Err(ReplaceError::ReadOnly(path.clone()));
        }
        let temporary = Temporary::new(&file, after, permissions).map_err(io)?;
        // As late as can be: what somebody writes from here on to the rename is lost.
        if fs::read(&file).map_err(io)? != before {
            return Err(ReplaceError::Changed(path.clone()));
        }
        temporary.rename(&file).map_err(io)
    }
}

impl FolderSource {
    /// Writes a file that does not exist yet, with the permissions of another one, and the folders
    /// above it.
    ///
    /// # Errors
    /// When there is something, a link leads there, or the system says no.
    pub fn create(
        &self,
        path: &SourcePath,
        bytes: &[u8],
        like: &SourcePath,
    ) -> Result<(), ReplaceError> {
        let io = |error| ReplaceError::Io { path: path.clone(), error };
        let file = self.os_path(path);
        let folder = file.parent().unwrap_or(Path::new(""));
        fs::create_dir_all(folder).map_err(io)?;
        let top = self.os_path(&SourcePath::root()).canonicalize().map_err(io)?;
        if !folder.canonicalize().map_err(io)?.starts_with(top) {
            return Err(SourceError::Outside(path.clone()).into());
        }
        let like = self.os_path(&real_file(self, like)?);
        let permissions = fs::metadata(like).map_err(io)?.permissions();
        let temporary = Temporary::new(&file, bytes, permissions).map_err(io)?;
        if file.symlink_metadata().is_ok() {
            return Err(ReplaceError::Changed(path.clone()));
        }
        temporary.rename(&file).map_err(io)
    }

    /// Removes a file whose bytes are still `before`, and the folders above it that are then
    /// empty.
    ///
    /// # Errors
    /// When the file has changed, or the system says no.
    pub fn remove(&self, path: &SourcePath, before: &[u8]) -> Result<(), ReplaceError> {
        let io = |error| ReplaceError::Io { path: path.clone(), error };
        let file = self.os_path(path);
        if fs::read(&file).map_err(io)? != before {
            return Err(ReplaceError::Changed(path.clone()));
        }
        fs::remove_file(&file).map_err(io)?;
        let mut folder = path.parent();
        // A folder that holds something stays, which is what the system says then.
        while !folder.is_root() && fs::remove_dir(self.os_path(&folder)).is_ok() {
            folder = folder.parent();
        }
        Ok(())
    }
}

/// A file beside another one, which is removed unless it takes its place.
struct Temporary {
    path: PathBuf,
    placed: bool,
}

impl Temporary {
    fn new(beside: &Path, bytes: &[u8], permissions: fs::Permissions) -> io::Result<Temporary> {
        let folder = beside.parent().unwrap_or(Path::new(""));
        let mut number = COUNT.fetch_add(1, Ordering::Relaxed);
        loop {
            let path = folder.join(format!(".copydesk-{}-{number}.tmp", std::process::id()));
            let mut file = match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => file,
                // Left by a process of this number that was ended.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    number = COUNT.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let temporary = Temporary { path, placed: false };
            file.write_all(bytes)?;
            file.set_permissions(permissions)?;
            file.sync_all()?;
            return Ok(temporary);
        }
    }

    fn rename(mut self, to: &Path) -> io::Result<()> {
        fs::rename(&self.path, to)?;
        self.placed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.placed {
            // Nothing can be done about one that stays.
            drop(fs::remove_file(&self.path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SourcePath {
        SourcePath::new(text).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_changed_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.md"), "old").unwrap();
        let (source, _) = FolderSource::open(folder.path()).unwrap();
        source.replace(&path("a.md"), b"old", b"new").unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("a.md")).unwrap(), "new");
        let refused = source.replace(&path("a.md"), b"old", b"newer");
        assert!(matches!(refused, Err(ReplaceError::Changed(_))), "{refused:?}");
        assert_eq!(fs::read_to_string(folder.path().join("a.md")).unwrap(), "new");
        assert_eq!(names(folder.path()), ["a.md"], "nothing stays behind");
        assert!(matches!(source.replace(&path("b.md"), b"", b""), Err(ReplaceError::Source(_))));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_permissions() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(outside.path().join("o.md"), "out").unwrap();
        fs::write(at("real.md"), "in").unwrap();
        fs::set_permissions(at("real.md"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink(outside.path().join("o.md"), at("out.md")).unwrap();
        symlink("real.md", at("in.md")).unwrap();
        let (source, _) = FolderSource::open(folder.path()).unwrap();
        assert!(source.replace(&path("out.md"), b"out", b"x").is_err());
        assert_eq!(fs::read_to_string(outside.path().join("o.md")).unwrap(), "out");
        source.replace(&path("in.md"), b"in", b"inside").unwrap();
        assert!(at("in.md").symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read_to_string(at("real.md")).unwrap(), "inside");
        assert_eq!(at("real.md").metadata().unwrap().permissions().mode() & 0o777, 0o640);
        fs::set_permissions(at("real.md"), fs::Permissions::from_mode(0o444)).unwrap();
        let refused = source.replace(&path("real.md"), b"inside", b"x");
        assert!(matches!(refused, Err(ReplaceError::ReadOnly(_))));
    }
}
