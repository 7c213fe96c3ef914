//! Which files make the site: the content folder, its pages, its other files, and what
//! `SUMMARY.md` says about them.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use crate::base::{Diagnostic, SourcePath};
use crate::config::Settings;
use crate::markdown::Document;
use crate::source::FileEntry;

use super::files::FileIndex;
use super::summary::{self, Summary};

/// The folders that are looked into where `book.src` is not set, in this order.
const USUAL_FOLDERS: [&str; 3] = ["content", "src", "docs"];

/// What makes a site, before its pages are parsed.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The content folder.
    pub content: SourcePath,
    /// What `SUMMARY.md` says, where it rules the navigation.
    pub summary: Option<Summary>,
    /// The Markdown files, sorted: all are parsed, because front matter has a say in whether
    /// they are published.
    pub pages: Vec<SourcePath>,
    /// The other files, which are published as they are; sorted.
    pub assets: Vec<SourcePath>,
    /// Everything below the content folder that is not hidden.
    pub(super) files: Arc<FileIndex>,
    /// Hidden files of the content folder, and the files outside of it.
    pub(super) others: Arc<HashSet<SourcePath>>,
    /// The folders that those lie in.
    pub(super) other_folders: Arc<HashSet<SourcePath>>,
}

/// What [`scan`] looks at.
#[derive(Debug, Clone, Copy)]
pub struct ScanInput<'a> {
    /// The settings.
    pub settings: &'a Settings,
    /// The folder of `book.toml`, or the folder that was opened.
    pub root: &'a SourcePath,
    /// The content folder, from [`content_root`].
    pub content: &'a SourcePath,
    /// The files below `root` (and below `content`, should that lie elsewhere).
    pub files: &'a [FileEntry],
    /// The parsed file that [`summary_path`] names, where it names one.
    pub summary: Option<&'a Document>,
}

/// The content folder: `book.src` where it is set; else the first of `content`, `src` and `docs`
/// below `root` that holds Markdown; else `root` itself.
pub fn content_root(settings: &Settings, root: &SourcePath, files: &[FileEntry]) -> SourcePath {
    if let Some(src) = &settings.book.src {
        return src.value.clone();
    }
    USUAL_FOLDERS
        .iter()
        .filter_map(|name| root.join(name).ok())
        .find(|folder| {
            files.iter().any(|file| {
                is_markdown(&file.path)
                    && file.path.strip_prefix(folder).is_some_and(|rest| !is_hidden(&rest))
            })
        })
        .unwrap_or_else(|| root.clone())
}

/// The `SUMMARY.md` that rules the navigation, where there is one and `[nav] summary` allows it.
pub fn summary_path(
    settings: &Settings,
    content: &SourcePath,
    files: &[FileEntry],
) -> Option<SourcePath> {
    let path = content.join("SUMMARY.md").ok()?;
    let found = settings.nav.summary && files.iter().any(|file| file.path == path);
    found.then_some(path)
}

/// Sorts the files below the content folder into pages and assets and reads `SUMMARY.md`.
/// Left out are hidden files and folders (but for `.well-known` and `.gitbook`), `SUMMARY.md`, `book.toml` and
/// the theme's folder.
pub fn scan(input: ScanInput<'_>) -> (Plan, Vec<Diagnostic>) {
    let ScanInput { settings, root, content, files, summary } = input;
    let theme = theme_folder(settings, root, content, files);
    let book_toml = root.join("book.toml").ok();
    let summary_file = content.join("SUMMARY.md").ok();
    let mut pages = BTreeSet::new();
    let mut assets = BTreeSet::new();
    let mut all = Vec::new();
    let mut others = HashSet::new();
    for FileEntry { path, .. } in files {
        let inside = path.strip_prefix(content).filter(|inside| !is_hidden(inside));
        let Some(inside) = inside else {
            others.insert(path.clone());
            continue;
        };
        if inside.is_root() {
            continue;
        }
        all.push(path.clone());
        let ours = Some(path) == book_toml.as_ref()
            || Some(path) == summary_file.as_ref()
            || theme.as_ref().is_some_and(|folder| path.starts_with(folder));
        if ours {
            continue;
        }
        if is_markdown(path) {
            pages.insert(path.clone());
        } else {
            assets.insert(path.clone());
        }
    }
    let mut other_folders = HashSet::new();
    for path in &others {
        let mut folder = path.parent();
        while other_folders.insert(folder.clone()) && !folder.is_root() {
            folder = folder.parent();
        }
    }
    let files = Arc::new(FileIndex::new(all));
    let mut diagnostics = Vec::new();
    let summary =
        summary.map(|document| summary::read(document, content, &files, &mut diagnostics));
    // mdBook takes any file for a chapter that it is told to, such as `LICENSE`.
    for path in summary.iter().flat_map(Summary::chapters) {
        assets.remove(path);
        pages.insert(path.clone());
    }
    let plan = Plan {
        content: content.clone(),
        summary,
        pages: pages.into_iter().collect(),
        assets: assets.into_iter().collect(),
        files,
        others: Arc::new(others),
        other_folders: Arc::new(other_folders),
    };
    (plan, diagnostics)
}

/// The folder of the theme, whose files are no content. The default folder counts only where it
/// is no chapter: outside the content folder, or without Markdown.
pub fn theme_folder(
    settings: &Settings,
    root: &SourcePath,
    content: &SourcePath,
    files: &[FileEntry],
) -> Option<SourcePath> {
    if let Some(dir) = &settings.theme.dir {
        return Some(dir.value.clone()).filter(|dir| !dir.is_root());
    }
    let folder = root.join("theme").ok()?;
    let is_chapter = |f: &FileEntry| is_markdown(&f.path) && f.path.starts_with(&folder);
    let is_content = folder.starts_with(content) && files.iter().any(is_chapter);
    (!is_content).then_some(folder)
}

/// Whether a file is read as Markdown.
pub fn is_markdown(path: &SourcePath) -> bool {
    path.extension().is_some_and(|extension| {
        ["md", "markdown", "mdx"].iter().any(|known| extension.eq_ignore_ascii_case(known))
    })
}

/// Whether a file is the page of the folder it lies in.
pub fn is_index_like(path: &SourcePath) -> bool {
    index_rank(path).is_some()
}

/// The precedence of the names that make a file its folder's page; the least comes first.
pub(super) fn index_rank(path: &SourcePath) -> Option<usize> {
    // mdBook takes `README` without extension for one too.
    if !is_markdown(path) && path.extension().is_some() {
        return None;
    }
    let stem = path.file_stem();
    ["index", "_index", "readme"].iter().position(|known| stem.eq_ignore_ascii_case(known))
}

/// Whether a path, seen from the content folder, is hidden. `.gitbook` is where GitBook keeps
/// the images of a book.
fn is_hidden(inside: &SourcePath) -> bool {
    inside
        .components()
        .any(|part| part.starts_with('.') && part != ".well-known" && part != ".gitbook")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Set;

    fn path(text: &str) -> SourcePath {
        SourcePath::new(text).unwrap()
    }

    fn entries(paths: &[&str]) -> Vec<FileEntry> {
        paths.iter().map(|text| FileEntry { path: path(text) }).collect()
    }

    fn found(root: &str, paths: &[&str]) -> String {
        content_root(&Settings::default(), &path(root), &entries(paths)).to_string()
    }

    #[test]
    fn the_content_folder_is_the_first_usual_one_with_markdown() {
        assert_eq!(found("", &["content/a.txt", "docs/a.md", "src/a.md"]), "src");
        assert_eq!(found("x", &["x/docs/.git/a.md", "x/a.md", "docs/a.md"]), "x");
        assert_eq!(found("x", &["x/docs/y/a.markdown"]), "x/docs");
        let mut settings = Settings::default();
        settings.book.src = Some(Set { value: path("book"), span: None });
        assert_eq!(content_root(&settings, &path(""), &entries(&["src/a.md"])), path("book"));
    }

    #[test]
    fn files_are_pages_assets_or_neither() {
        let settings = Settings::default();
        let (root, content) = (path("x"), path("x"));
        let files = entries(&[
            "x/.hidden/a.md",
            "x/.nojekyll",
            "x/.well-known/security.txt",
            "x/A.MD",
            "x/SUMMARY.md",
            "x/a/SUMMARY.md",
            "x/a/c.mdx",
            "x/a/logo.png",
            "x/book.toml",
            "x/theme/extra.css",
            "y/b.md",
        ]);
        let input = ScanInput {
            settings: &settings,
            root: &root,
            content: &content,
            files: &files,
            summary: None,
        };
        let (plan, diagnostics) = scan(input);
        assert_eq!(plan.pages, ["x/A.MD", "x/a/SUMMARY.md", "x/a/c.mdx"].map(path));
        assert_eq!(plan.assets, ["x/.well-known/security.txt", "x/a/logo.png"].map(path));
        assert!(diagnostics.is_empty());
        assert_eq!(summary_path(&settings, &content, &files), Some(path("x/SUMMARY.md")));
    }

    #[test]
    fn the_names_of_section_pages() {
        for (name, rank) in [
            ("a/index.md", Some(0)),
            ("_index.md", Some(1)),
            ("a/ReadMe.markdown", Some(2)),
            ("README", Some(2)),
            ("README.txt", None),
            ("README-README.md", None),
            ("indexes.md", None),
        ] {
            assert_eq!(index_rank(&path(name)), rank, "{name}");
        }
    }
}
