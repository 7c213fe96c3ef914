//! Which files a walk looks at.

use std::collections::{BTreeSet, HashSet};

/// Folders whose files are looked at, and single files elsewhere.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    roots: Vec<String>,
    files: HashSet<String>,
    /// The folders above all of them.
    above: HashSet<String>,
}

impl Places {
    /// Everything below these folders, and these files.
    pub(super) fn new(roots: &[String], files: impl IntoIterator<Item = String>) -> Self {
        let mut places = Places { roots: roots.to_vec(), ..Places::default() };
        for root in roots {
            places.add_above(root);
        }
        places.add(files);
        places
    }

    /// Looks at these files, too; at everything where there is the empty path.
    pub(super) fn add(&mut self, files: impl IntoIterator<Item = String>) {
        for file in files {
            self.add_above(&file);
            if file.is_empty() {
                self.roots.push(String::new());
            }
            self.files.insert(file);
        }
    }

    fn add_above(&mut self, path: &str) {
        let mut above = path;
        while let Some((folder, _)) = above.rsplit_once('/') {
            if !self.above.insert(folder.to_owned()) {
                break;
            }
            above = folder;
        }
    }

    /// Whether the file at a path is looked at.
    pub(super) fn has(&self, path: &str) -> bool {
        self.below(path) || self.files.contains(path)
    }

    /// Whether there is something to look at in the folder at a path.
    pub(super) fn has_in(&self, path: &str) -> bool {
        self.below(path) || self.above.contains(path)
    }

    /// Whether everything is looked at.
    pub(super) fn is_everything(&self) -> bool {
        self.roots.iter().any(String::is_empty)
    }

    fn below(&self, path: &str) -> bool {
        self.roots.iter().any(|root| {
            root.is_empty()
                || path
                    .strip_prefix(root.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The single files; the empty path for everything.
    pub(super) fn files(&self) -> BTreeSet<String> {
        self.files.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_files_are_told_apart() {
        let roots = ["a/docs".to_owned()];
        let places = Places::new(&roots, ["b/c/d.md".to_owned(), "README.md".to_owned()]);
        let has = |path: &str| (places.has(path), places.has_in(path));
        assert_eq!(has("a/docs/x/y.md"), (true, true));
        assert_eq!(has("a/docs2"), (false, false));
        assert_eq!(has("a"), (false, true));
        assert_eq!(has("b/c"), (false, true));
        assert_eq!(has("b/c/d.md"), (true, false));
        assert_eq!(has("b/c/e.md"), (false, false));
        assert!(places.has("README.md") && !places.is_everything());
        let all = Places::new(&[String::new()], []);
        assert!(Places::new(&roots, [String::new()]).is_everything());
        assert!(all.has("x") && all.has_in("x/y") && all.is_everything());
    }
}
