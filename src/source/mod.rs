//! Where files come from: a folder, a git revision, memory. One trait, so that everything after
//! it is the same for all of them.

mod codes;
mod folder;
mod ignored;
mod memory;
mod overlay;
mod replace;
mod repository;
mod revision;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod walk;

use std::sync::Arc;

use crate::base::{Diagnostic, SourcePath};
use crate::memo::Stamp;

pub use codes::CODES;
pub use folder::FolderSource;
pub use memory::MemorySource;
pub use overlay::OverlaySource;
pub use replace::ReplaceError;
pub use repository::{discover, is_ignored, shallow_ends};
pub use revision::{RevisionSource, find_commit};
pub use walk::NEVER;

/// The id of an object of git.
pub type ObjectId = [u8; 20];

/// A tree of files, seen from its top: the repository's top where there is a repository, else
/// the folder that was opened.
pub trait Source: Sync + Send {
    /// The files below `folder`, sorted by path: tracked ones always, untracked ones unless git
    /// ignores them, never `.git`, `.copydesk`, `node_modules` or a folder in `except` (the
    /// output folder). A symbolic link is followed where it stays inside the top, else it is a
    /// diagnostic and not listed. A folder that does not exist has no files. Where `folder`
    /// itself is ignored by git, being asked for counts more: its files are listed.
    ///
    /// # Errors
    /// When the environment fails: a folder that cannot be read, a damaged repository.
    fn list(&self, folder: &SourcePath, except: &[SourcePath]) -> Result<Listing, SourceError>;

    /// The bytes of a file.
    ///
    /// # Errors
    /// [`SourceError::Missing`] where there is none, [`SourceError::Outside`] where a symbolic
    /// link leads out of the top, else what the environment says.
    fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, SourceError>;

    /// Whether there is a file (not a folder) of this path, exact in case.
    fn is_file(&self, path: &SourcePath) -> bool;

    /// What the system says of a file without reading it, to tell later whether it has changed.
    /// None where it cannot be told: no such file, one that links lead to, a source that is no
    /// folder.
    fn stamp(&self, path: &SourcePath) -> Option<Stamp> {
        let _ = path;
        None
    }

    /// Whether [`Source::stamp`] has an answer for files in general.
    fn has_stamps(&self) -> bool {
        self.folder().is_some()
    }

    /// The id of what git keeps of a file's bytes: two files of one id have the same bytes. None
    /// where the file comes from elsewhere.
    fn object(&self, path: &SourcePath) -> Option<ObjectId> {
        let _ = path;
        None
    }

    /// The id of all that the source holds, where that can never change: of a git tree.
    fn tree(&self) -> Option<String> {
        None
    }

    /// The files that differ from those of another tree of git, by the id of that tree; none where
    /// it cannot be told, or more differs than the bytes of files.
    fn differs_from(&self, tree: &str) -> Option<Vec<Difference>> {
        let _ = tree;
        None
    }

    /// What this source is but for the bytes of some files, where that is a tree of git.
    fn laid_over(&self) -> Option<LaidOver<'_>> {
        None
    }

    /// Forgets what it remembers of the file system. A source that outlives a build is told so
    /// before each further one.
    fn refresh(&self) {}

    /// Whether paths of this source are those of a repository's commits.
    fn in_repository(&self) -> bool {
        false
    }

    /// What files of the operating system this source reads, where it does: the folder at its
    /// top. Copies of large assets and file watching use it.
    fn folder(&self) -> Option<&std::path::Path> {
        None
    }
}

/// A file that is another one in another tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its path.
    pub path: SourcePath,
    /// Whether both have such a file: it has not come or gone.
    pub stays: bool,
}

/// A tree of git, in which some files are other ones.
pub struct LaidOver<'a> {
    /// The tree.
    pub under: &'a dyn Source,
    /// Its id.
    pub tree: String,
    /// The files that are.
    pub files: Vec<Difference>,
}

/// What [`Source::list`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The files, sorted by path.
    pub files: Vec<FileEntry>,
    /// What was left out and why: links that lead out, names that are not Unicode.
    pub diagnostics: Vec<Diagnostic>,
}

/// A file of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Its path.
    pub path: SourcePath,
}

/// Why a source could not answer.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// There is no such file.
    #[error("there is no file `{0}`")]
    Missing(SourcePath),
    /// A symbolic link leads out of the source.
    #[error("`{0}` is a symbolic link that leads out of the folder")]
    Outside(SourcePath),
    /// The operating system says no.
    #[error("cannot read `{path}`: {error}")]
    Io {
        /// What was to be read.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// git says no.
    #[error("cannot read the repository at `{path}`: {message}")]
    Git {
        /// The repository.
        path: String,
        /// What git said.
        message: String,
    },
    /// A revision that does not exist.
    #[error("there is no revision `{0}`")]
    Revision(String),
    /// A file that is there in name only, so that what depends on it cannot be told.
    #[error("`{path}` cannot be read: {why}")]
    Unreadable {
        /// The file.
        path: SourcePath,
        /// Why.
        why: String,
    },
}

impl SourceError {
    /// What to do about it, where that can be told.
    pub fn help(&self) -> Option<&'static str> {
        let text = match self {
            SourceError::Git { message, .. } => message,
            SourceError::Unreadable { why, .. } => why,
            _ => return None,
        };
        text.contains("object not found").then_some(LACKS_OBJECTS)
    }
}

/// What to do where git knows of an object and does not have it.
pub const LACKS_OBJECTS: &str = "the clone lacks objects: clone without `--filter`";
