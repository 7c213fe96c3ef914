//! Every change that the writer makes to the file system, one method each: so that the tests can
//! let any of them fail, or be the last one before the machine stops.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use super::FileRecord;

/// How much of a file is held in memory at once.
pub(super) const CHUNK: usize = 128 * 1024;

/// What became of an attempt to take a lock.
#[derive(Debug)]
pub(super) enum Claim {
    /// It is taken while this is held. Empty where the file system knows no locks.
    Taken(#[allow(dead_code, reason = "held, not read")] Option<File>),
    /// Another process has it.
    Busy,
    /// Its file was removed meanwhile by the process that had it.
    Gone,
}

/// A file system, as the writer changes it.
pub(super) trait Disk: Send + Sync {
    /// Creates a folder; it is no error that it exists.
    fn create_folder(&self, path: &Path) -> io::Result<()>;
    /// Creates a folder and those above it.
    fn create_folders(&self, path: &Path) -> io::Result<()>;
    /// Writes a file that need not exist.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Copies the bytes of a file, and says what it copied.
    fn copy(&self, from: &Path, to: &Path) -> io::Result<FileRecord>;
    /// Puts a file in the place of another one, at once.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;
    /// Removes an empty folder.
    fn remove_folder(&self, path: &Path) -> io::Result<()>;
    /// Removes a folder and all that is in it; links are removed, not followed.
    fn remove_tree(&self, path: &Path) -> io::Result<()>;
    /// Takes the lock whose file is `path`, without waiting.
    fn claim(&self, path: &Path) -> io::Result<Claim>;
}

/// The real one.
pub(super) struct RealDisk;

impl Disk for RealDisk {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        match fs::create_dir(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
            result => result,
        }
    }

    fn create_folders(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::write(path, bytes)
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<FileRecord> {
        let mut from = File::open(from)?;
        let mut to = File::create(to)?;
        let mut hasher = blake3::Hasher::new();
        let mut size = 0;
        let mut buffer = vec![0; CHUNK];
        loop {
            let bytes = match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => buffer.get(..read).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            to.write_all(bytes)?;
            hasher.update(bytes);
            size += bytes.len() as u64;
        }
        Ok(FileRecord { size, hash: hasher.finalize().into() })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)
    }

    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir_all(path)
    }

    fn claim(&self, path: &Path) -> io::Result<Claim> {
        let options = OpenOptions::new().write(true).create(true).truncate(false).open(path);
        let mut file = match options {
            Ok(file) => file,
            // The folder of the lock was removed by the process that had it.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Claim::Gone),
            Err(error) => return Err(error),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Claim::Busy),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                return Ok(Claim::Taken(None));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // The lock may be that of a file which its last holder removed between the two steps
        // above, and which no other process will ever see. What is written into it tells.
        let token = format!("{} {:x}\n", std::process::id(), RandomState::new().hash_one(0));
        file.set_len(0)?;
        file.write_all(token.as_bytes())?;
        match fs::read(path) {
            Ok(found) if found == token.as_bytes() => Ok(Claim::Taken(Some(file))),
            Ok(_) => Ok(Claim::Gone),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Claim::Gone),
            // Windows lets nobody read a locked file, not even its owner.
            Err(_) => Ok(Claim::Taken(Some(file))),
        }
    }
}
