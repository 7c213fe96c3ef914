//! Where styles, vocabularies and dictionaries are read from.

use std::cell::RefCell;
use std::sync::Arc;

use crate::base::{ContentHash, SourcePath};
use crate::source::Source;

/// A folder in a source.
#[derive(Clone)]
pub struct Folder<'a> {
    /// The source.
    pub source: &'a dyn Source,
    /// The folder in it.
    pub path: SourcePath,
}

impl std::fmt::Debug for Folder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Folder").field("path", &self.path).finish_non_exhaustive()
    }
}

/// A file that was read.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub path: SourcePath,
    pub bytes: Arc<[u8]>,
}

impl Read {
    /// Its text; what is no UTF-8 is replaced.
    pub(crate) fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
    }
}

/// The styles folders, in the order in which they are searched, and all that was read in them.
#[derive(Debug, Default)]
pub(crate) struct Library<'a> {
    pub folders: Vec<Folder<'a>>,
    read: RefCell<Vec<(String, ContentHash)>>,
}

impl<'a> Library<'a> {
    /// Reads a file of a folder.
    pub(crate) fn read_in(&self, folder: &Folder<'a>, relative: &str) -> Option<Read> {
        let path = folder.path.join(relative).ok()?;
        self.read(folder.source, path)
    }

    /// Reads a file of a source and remembers what it held.
    pub(crate) fn read(&self, source: &dyn Source, path: SourcePath) -> Option<Read> {
        if path.is_root() || !source.is_file(&path) {
            return None;
        }
        let bytes = source.read(&path).ok()?;
        self.read.borrow_mut().push((path.to_string(), ContentHash::of(&bytes)));
        Some(Read { path, bytes })
    }

    /// The first folder's file of this name.
    pub(crate) fn find(&self, relative: &str) -> Option<Read> {
        self.folders.iter().find_map(|folder| self.read_in(folder, relative))
    }

    /// The files below a folder, sorted; empty where there is no such folder.
    pub(crate) fn list(&self, folder: &Folder<'a>, relative: &str) -> Vec<SourcePath> {
        let Ok(path) = folder.path.join(relative) else { return Vec::new() };
        let listed = folder.source.list(&path, &[]).unwrap_or_default();
        listed.files.into_iter().map(|file| file.path).collect()
    }

    /// What was read, as one hash.
    pub(crate) fn hash(&self) -> ContentHash {
        let read = self.read.borrow();
        let mut all: Vec<String> =
            read.iter().map(|(path, hash)| format!("{path}\0{hash}\n")).collect();
        all.sort();
        all.dedup();
        ContentHash::of(all.concat().as_bytes())
    }
}
