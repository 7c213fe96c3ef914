//! The files of the content folder, indexed so that a look-up, also that of a name that does not
//! exist, costs the same in a large site as in a small one.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::base::{SourcePath, nearest};

use super::content::is_markdown;

/// How many names a "did you mean" compares at most.
const MOST_COMPARED: usize = 200;

/// The files below the content folder. Maps are only looked up, never walked, so that nothing
/// depends on their order.
#[derive(Debug, Clone, Default)]
pub struct FileIndex {
    /// Sorted.
    paths: Vec<SourcePath>,
    /// Made once somebody looks for what does not exist.
    names: OnceLock<Names>,
}

/// What misspelled names are looked up in.
#[derive(Debug, Clone, Default)]
struct Names {
    folders: HashMap<SourcePath, Folder>,
    /// Files by lower-case path.
    folded: HashMap<String, u32>,
    /// Files by lower-case name without extension.
    stems: HashMap<String, Vec<u32>>,
}

#[derive(Debug, Clone, Default)]
struct Folder {
    files: Vec<u32>,
    folders: Vec<SourcePath>,
}

/// What a name that does not exist was probably meant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suggestion {
    /// A file, or a folder where a folder was looked for.
    pub(super) path: SourcePath,
    /// Nothing else is as likely.
    pub(super) certain: bool,
}

impl Names {
    fn of(paths: &[SourcePath]) -> Names {
        let mut index = Names::default();
        index.folders.insert(SourcePath::root(), Folder::default());
        for (position, path) in paths.iter().enumerate() {
            let id = u32::try_from(position).unwrap_or(u32::MAX);
            index.folded.entry(path.as_str().to_lowercase()).or_insert(id);
            index.stems.entry(path.file_stem().to_lowercase()).or_default().push(id);
            let folder = path.parent();
            if let Some(known) = index.folders.get_mut(&folder) {
                known.files.push(id);
                continue;
            }
            index.folders.insert(folder.clone(), Folder { files: vec![id], folders: Vec::new() });
            let mut below = folder;
            while !below.is_root() {
                let above = below.parent();
                let known = index.folders.contains_key(&above);
                index.folders.entry(above.clone()).or_default().folders.push(below);
                if known {
                    break;
                }
                below = above;
            }
        }
        index
    }
}

impl FileIndex {
    /// Indexes files.
    pub fn new(mut paths: Vec<SourcePath>) -> Self {
        paths.sort();
        paths.dedup();
        FileIndex { paths, names: OnceLock::new() }
    }

    fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::of(&self.paths))
    }

    /// Every file, sorted.
    pub fn paths(&self) -> &[SourcePath] {
        &self.paths
    }

    /// Whether there is such a file, exact in case.
    pub fn is_file(&self, path: &SourcePath) -> bool {
        self.paths.binary_search(path).is_ok()
    }

    /// Whether there is such a folder, exact in case.
    pub fn is_folder(&self, path: &SourcePath) -> bool {
        self.names().folders.contains_key(path)
    }

    /// The file whose path differs in case alone.
    pub(super) fn other_case(&self, path: &SourcePath) -> Option<&SourcePath> {
        let id = self.names().folded.get(&path.as_str().to_lowercase())?;
        self.paths.get(*id as usize).filter(|found| *found != path)
    }

    fn path(&self, id: u32) -> Option<&SourcePath> {
        self.paths.get(id as usize)
    }

    /// The file that `path`, which does not exist, was meant to be, among those that `fits`
    /// accepts: one of another case, one of a similar name beside it, else one of the same name
    /// in another folder. At most [`MOST_COMPARED`] files are looked at.
    pub(super) fn suggest<'a>(
        &'a self,
        path: &SourcePath,
        fits: impl Fn(&SourcePath) -> bool,
    ) -> Option<Suggestion> {
        if let Some(found) = self.other_case(path).filter(|found| fits(found)) {
            return Some(Suggestion { path: found.clone(), certain: true });
        }
        // A page is no guess for an image, nor the other way round; among pages only the names
        // count, since `b` and `b.html` may stand for `b.md`.
        let stem = path.file_stem();
        let page = path
            .extension()
            .is_none_or(|extension| is_markdown(path) || extension.eq_ignore_ascii_case("html"));
        let fits = |file: &SourcePath| is_markdown(file) == page && fits(file);
        if let Some(folder) = self.names().folders.get(&path.parent()) {
            let files: Vec<&SourcePath> = folder
                .files
                .iter()
                .take(MOST_COMPARED)
                .filter_map(|id| self.path(*id))
                .filter(|file| fits(file))
                .collect();
            let name =
                |file: &'a SourcePath| if page { file.file_stem() } else { file.file_name() };
            let wanted = if page { stem } else { path.file_name() };
            if let Some(near) = nearest(wanted, files.iter().map(|file| name(file))) {
                return files
                    .iter()
                    .find(|file| name(file) == near)
                    .map(|file| Suggestion { path: (*file).clone(), certain: true });
            }
        }
        let same: Vec<&SourcePath> = self
            .names()
            .stems
            .get(&stem.to_lowercase())?
            .iter()
            .take(MOST_COMPARED)
            .filter_map(|id| self.path(*id))
            .filter(|file| fits(file) && (page || file.extension() == path.extension()))
            .collect();
        let shared = |file: &SourcePath| {
            file.components().zip(path.components()).take_while(|(a, b)| a == b).count()
        };
        // The nearest one in the tree; the first in order among equals.
        let mut best: Option<(usize, &SourcePath)> = None;
        for file in &same {
            let count = shared(file);
            if best.is_none_or(|(most, _)| count > most) {
                best = Some((count, file));
            }
        }
        best.map(|(_, file)| Suggestion { path: file.clone(), certain: same.len() == 1 })
    }

    /// The folder that `path`, which does not exist, was meant to be: one of a similar name
    /// beside it.
    pub(super) fn suggest_folder(&self, path: &SourcePath) -> Option<Suggestion> {
        let beside = &self.names().folders.get(&path.parent())?.folders;
        let names = beside.iter().take(MOST_COMPARED).map(SourcePath::file_name);
        let name = nearest(path.file_name(), names)?;
        let found = beside.iter().find(|folder| folder.file_name() == name)?;
        Some(Suggestion { path: found.clone(), certain: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SourcePath {
        SourcePath::new(text).unwrap()
    }

    fn suggested(index: &FileIndex, text: &str) -> Option<(String, bool)> {
        index.suggest(&path(text), |_| true).map(|s| (s.path.to_string(), s.certain))
    }

    #[test]
    fn guesses_case_then_neighbours_then_the_same_name_elsewhere() {
        let files = ["a/Install.md", "a/upgrade.md", "b/c/setup.md", "b/d/logo.png", "e/setup.md"];
        let index = FileIndex::new(files.map(path).to_vec());
        let some = |text: &str, certain| Some((text.to_owned(), certain));
        assert_eq!(suggested(&index, "a/install.md"), some("a/Install.md", true));
        assert_eq!(suggested(&index, "a/upgarde.md"), some("a/upgrade.md", true));
        assert_eq!(suggested(&index, "a/upgarde.html"), some("a/upgrade.md", true));
        assert_eq!(suggested(&index, "x/upgrade.md"), some("a/upgrade.md", true));
        assert_eq!(suggested(&index, "b/setup.md"), some("b/c/setup.md", false));
        assert_eq!(suggested(&index, "b/d/logo.svg"), some("b/d/logo.png", true));
        assert_eq!(suggested(&index, "x/upgrade.png"), None);
        assert_eq!(suggested(&index, "zzz"), None);
    }

    #[test]
    fn knows_folders_and_those_between() {
        let index = FileIndex::new(vec![path("a/b/c/d.md"), path("a/x.md")]);
        for folder in ["", "a", "a/b", "a/b/c"] {
            assert!(index.is_folder(&path(folder)), "{folder}");
        }
        assert!(!index.is_folder(&path("a/x.md")));
        let found = index.suggest_folder(&path("a/B")).map(|s| s.path);
        assert_eq!(found, Some(path("a/b")));
    }
}
