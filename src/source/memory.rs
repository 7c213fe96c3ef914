//! Files in memory: for tests, and for texts that have no file.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::walk::{is_never, is_private};
use super::{FileEntry, Listing, Source, SourceError};
use crate::base::SourcePath;

/// Files in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemorySource {
    files: BTreeMap<SourcePath, Arc<[u8]>>,
}

impl MemorySource {
    /// A source of these files. Of two files of one path the later one counts.
    pub fn new<B: Into<Arc<[u8]>>>(files: impl IntoIterator<Item = (SourcePath, B)>) -> Self {
        let files = files.into_iter().map(|(path, bytes)| (path, bytes.into())).collect();
        MemorySource { files }
    }

    /// A whole site in one text: each file begins with a line `-- path --`, and what follows is
    /// its content, up to the next such line. What stands before the first one is a comment.
    pub fn site(text: &str) -> Self {
        let mut files: BTreeMap<SourcePath, String> = BTreeMap::new();
        let mut current: Option<SourcePath> = None;
        for line in text.split_inclusive('\n') {
            let header = line
                .trim_end()
                .strip_prefix("-- ")
                .and_then(|rest| rest.strip_suffix(" --"))
                .and_then(|path| SourcePath::new(path.trim()).ok())
                .filter(|path| !path.is_root());
            if let Some(path) = header {
                files.insert(path.clone(), String::new());
                current = Some(path);
            } else if let Some(content) = current.as_ref().and_then(|path| files.get_mut(path)) {
                content.push_str(line);
            }
        }
        MemorySource::new(files.into_iter().map(|(path, text)| (path, text.into_bytes())))
    }

    /// The same source with one more file, or another content of a file.
    #[must_use]
    pub fn with(mut self, path: SourcePath, bytes: impl Into<Arc<[u8]>>) -> Self {
        self.files.insert(path, bytes.into());
        self
    }

    /// The same source without a file.
    #[must_use]
    pub fn without(mut self, path: &SourcePath) -> Self {
        self.files.remove(path);
        self
    }
}

impl Source for MemorySource {
    fn list(&self, folder: &SourcePath, except: &[SourcePath]) -> Result<Listing, SourceError> {
        let is_listed = |path: &SourcePath| {
            path.strip_prefix(folder).is_some_and(|rest| !rest.components().any(is_never))
                && !except.iter().any(|except| path.starts_with(except))
        };
        let files = self
            .files
            .range(folder..)
            .take_while(|(path, _)| path.as_str().starts_with(folder.as_str()))
            .filter(|(path, _)| *path != folder && is_listed(path))
            .map(|(path, _)| FileEntry { path: path.clone() })
            .collect();
        Ok(Listing { files, diagnostics: Vec::new() })
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
        match self.files.get(path) {
            Some(bytes) if !path.components().any(is_private) => Ok(Arc::clone(bytes)),
            _ => Err(SourceError::Missing(path.clone())),
        }
    }

    fn is_file(&self, path: &SourcePath) -> bool {
        self.read(path).is_ok()
    }
}
