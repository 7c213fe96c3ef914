//! Finding the repository that a folder belongs to.

use std::path::{Path, PathBuf};

use git2::{ErrorCode, Repository};

/// The repository that holds `dir`, or none where there is none.
///
/// A repository that belongs to another user is opened all the same, as in a container that
/// mounts it: git refuses it because its configuration could name programs to run, and nothing
/// is ever run here.
///
/// # Errors
/// When there is one that cannot be opened: damaged, or of a format that is not known.
pub fn discover(dir: &Path) -> Result<Option<Repository>, git2::Error> {
    let none: [&Path; 0] = [];
    let git_dir = match Repository::discover_path(dir, none) {
        Ok(git_dir) => git_dir,
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    match Repository::open(&git_dir) {
        Ok(repository) => Ok(Some(repository)),
        Err(error) if error.code() == ErrorCode::Owner => {
            let repository = Repository::open_bare(&git_dir)?;
            if let Some(top) = top_of(dir) {
                repository.set_workdir(&top, false)?;
            }
            Ok(Some(repository))
        }
        Err(error) => Err(error),
    }
}

/// Whether git ignores a file or a folder that may not exist. False where there is no repository.
pub fn is_ignored(path: &Path) -> bool {
    let Some(folder) = path.ancestors().skip(1).find(|folder| folder.is_dir()) else {
        return false;
    };
    let Ok(Some(repository)) = discover(folder) else { return false };
    let (Some(top), Ok(folder)) = (repository.workdir(), folder.canonicalize()) else {
        return false;
    };
    let rest = path.file_name().map(|name| folder.join(name).join(""));
    let top = top.canonicalize().unwrap_or_else(|_| top.to_owned());
    let below = rest.as_deref().and_then(|path| path.strip_prefix(&top).ok());
    below.is_some_and(|below| repository.is_path_ignored(below).unwrap_or(false))
}

/// Where the history of a shallow clone ends, as git keeps it: ids of commits. Empty elsewhere.
pub fn shallow_ends(repository: &Repository) -> Vec<u8> {
    std::fs::read(repository.commondir().join("shallow")).unwrap_or_default()
}

/// The nearest folder at or above `dir` that has a `.git`.
pub(super) fn top_of(dir: &Path) -> Option<PathBuf> {
    dir.ancestors()
        .find(|folder| folder.join(".git").symlink_metadata().is_ok())
        .map(Path::to_owned)
}
