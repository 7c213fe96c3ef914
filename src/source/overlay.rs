//! A source in which some files have other bytes, or are gone: what a change would make of it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{Difference, FileEntry, LaidOver, Listing, ObjectId, Source, SourceError};
use crate::base::SourcePath;
use crate::memo::Stamp;

/// A source with changes that nobody has written.
#[derive(Clone)]
pub struct OverlaySource<'a> {
    under: &'a dyn Source,
    /// The bytes of a file; none for one that is gone.
    changed: BTreeMap<SourcePath, Option<Arc<[u8]>>>,
}

impl fmt::Debug for OverlaySource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OverlaySource").field("changed", &self.changed.keys()).finish()
    }
}

impl<'a> OverlaySource<'a> {
    /// A source without any change yet.
    pub fn new(under: &'a dyn Source) -> Self {
        OverlaySource { under, changed: BTreeMap::new() }
    }

    /// Gives a file other bytes; it need not exist.
    pub fn set(&mut self, path: SourcePath, bytes: Arc<[u8]>) {
        self.changed.insert(path, Some(bytes));
    }

    /// Takes a file away.
    pub fn remove(&mut self, path: SourcePath) {
        self.changed.insert(path, None);
    }
}

impl Source for OverlaySource<'_> {
    fn list(&self, folder: &SourcePath, except: &[SourcePath]) -> Result<Listing, SourceError> {
        let mut listing = self.under.list(folder, except)?;
        if self.changed.is_empty() {
            return Ok(listing);
        }
        listing.files.retain(|file| !self.changed.contains_key(&file.path));
        let added = self.changed.iter().filter_map(|(path, bytes)| {
            bytes.as_ref()?;
            let inside = path.starts_with(folder) && !except.iter().any(|e| path.starts_with(e));
            inside.then(|| FileEntry { path: path.clone() })
        });
        listing.files.extend(added);
        listing.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(listing)
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
        match self.changed.get(path) {
            Some(Some(bytes)) => Ok(Arc::clone(bytes)),
            Some(None) => Err(SourceError::Missing(path.clone())),
            None => self.under.read(path),
        }
    }

    fn is_file(&self, path: &SourcePath) -> bool {
        match self.changed.get(path) {
            Some(bytes) => bytes.is_some(),
            None => self.under.is_file(path),
        }
    }

    fn stamp(&self, path: &SourcePath) -> Option<Stamp> {
        if self.changed.contains_key(path) { None } else { self.under.stamp(path) }
    }

    fn has_stamps(&self) -> bool {
        self.under.has_stamps()
    }

    fn object(&self, path: &SourcePath) -> Option<ObjectId> {
        if self.changed.contains_key(path) { None } else { self.under.object(path) }
    }

    fn tree(&self) -> Option<String> {
        if self.changed.is_empty() { self.under.tree() } else { None }
    }

    fn laid_over(&self) -> Option<LaidOver<'_>> {
        let tree = self.under.tree()?;
        let file = |(path, bytes): (&SourcePath, &Option<_>)| Difference {
            path: path.clone(),
            stays: self.under.is_file(path) == bytes.is_some(),
        };
        Some(LaidOver { under: self.under, tree, files: self.changed.iter().map(file).collect() })
    }

    fn folder(&self) -> Option<&std::path::Path> {
        if self.changed.is_empty() { self.under.folder() } else { None }
    }

    fn in_repository(&self) -> bool {
        self.under.in_repository()
    }
}

#[cfg(test)]
mod tests {
    use super::super::MemorySource;
    use super::*;

    fn path(text: &str) -> SourcePath {
        SourcePath::new(text).unwrap()
    }

    #[test]
    fn changes_lie_over_the_source() {
        let under = MemorySource::site("-- a/b.md --\nold\n-- a/c.md --\nc\n-- d.md --\nd\n");
        let mut source = OverlaySource::new(&under);
        source.set(path("a/b.md"), Arc::from(*b"new!"));
        source.set(path("a/x.md"), Arc::from(*b""));
        source.remove(path("a/c.md"));
        let listed = source.list(&path("a"), &[]).unwrap().files;
        let shown: Vec<_> = listed.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(shown, ["a/b.md", "a/x.md"]);
        assert_eq!(&*source.read(&path("a/b.md")).unwrap(), b"new!");
        assert_eq!(&*source.read(&path("d.md")).unwrap(), b"d\n");
        assert!(source.read(&path("a/c.md")).is_err() && !source.is_file(&path("a/c.md")));
        assert!(source.is_file(&path("a/x.md")));
    }
}
