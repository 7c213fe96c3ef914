//! Where pages and files stand in the published site, and who stands where.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use crate::base::{Diagnostic, SitePath, SourcePath, Span};
use crate::config::Settings;
use crate::markdown::Outline;

use super::codes::SITE_BAD_SLUG;
use super::content::{is_index_like, is_markdown};
use super::model::{AssetId, PageId};
use super::navigation::NavId;

/// What stands at a path of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Owner {
    /// A page.
    Page(PageId),
    /// The first page once more, because no page has the address `index.html`.
    FirstPage(PageId),
    /// The generated page of a section; none for that of the whole site.
    Section(Option<NavId>),
    /// A file that is published as it is.
    Asset(AssetId),
    /// A page that sends readers on: its position in [`super::Site::redirects`].
    Redirect(u32),
    /// A file that Copydesk writes itself.
    Ours,
}

/// Whether Copydesk writes a file of this name itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reserved {
    /// Always.
    Always,
    /// Unless the content folder has such a file.
    UnlessGiven,
}

/// The files that Copydesk writes itself and that authors may link to.
pub(super) const OUR_FILES: [&str; 9] = [
    "404.html",
    "CNAME",
    "_redirects",
    "build.json",
    "feed.xml",
    "llms.txt",
    "print.html",
    "robots.txt",
    "sitemap.xml",
];

/// Which of our own files stands at a path.
pub(super) fn reserved(path: &SitePath, settings: &Settings) -> Option<Reserved> {
    let first = path.components().next().unwrap_or_default();
    if first.eq_ignore_ascii_case("_copydesk") {
        return Some(Reserved::Always);
    }
    match path.as_str() {
        "build.json" => Some(Reserved::Always),
        "print.html" if settings.html.print => Some(Reserved::Always),
        "CNAME" if settings.html.cname.is_none() => None,
        "404.html" | "sitemap.xml" | "robots.txt" | "llms.txt" | "feed.xml" | ".nojekyll"
        | "CNAME" | "_redirects" => Some(Reserved::UnlessGiven),
        _ => None,
    }
}

/// The page that `404.html` is made of, where it exists.
pub(super) fn not_found_source(settings: &Settings, content: &SourcePath) -> Option<SourcePath> {
    let name = settings.html.input_404.as_ref().map_or("404.md", |set| set.value.as_str());
    if name.is_empty() {
        return None;
    }
    content.join(name.trim_start_matches('/')).ok()
}

/// The path of a page in the site.
pub(super) fn page_path(
    outline: &Outline,
    content: &SourcePath,
    clean: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> SitePath {
    let path = &outline.source;
    let mut name = None;
    if let Some(slug) = &outline.front_matter.slug {
        let text = slug.value.trim();
        let text = text.strip_suffix(".html").unwrap_or(text);
        let problem = if is_index_like(path) {
            Some(format!("`slug` has no effect on `{path}`, the page of a section"))
        } else if is_name(text) {
            name = Some(text);
            None
        } else {
            Some(format!("`{}` cannot be part of an address", slug.value))
        };
        if let Some(message) = problem {
            let span = slug.span.clone().or_else(|| outline.front_matter.span.clone());
            diagnostics.push(
                Diagnostic::new(&SITE_BAD_SLUG, message)
                    .at(span.unwrap_or_else(|| Span::start_of(path.clone())))
                    .help("write one name without `/` and spaces, or remove `slug`"),
            );
        }
    }
    path_of_source(path, content, clean, name)
}

/// The path that a source file has as a page, with `name` instead of the file's where it is given.
pub(super) fn path_of_source(
    path: &SourcePath,
    content: &SourcePath,
    clean: bool,
    name: Option<&str>,
) -> SitePath {
    let stem = name.unwrap_or_else(|| {
        if is_markdown(path) || path.extension() == Some("txt") {
            path.file_stem()
        } else {
            path.file_name()
        }
    });
    let file = if is_index_like(path) {
        "index.html".to_owned()
    } else if clean {
        format!("{stem}/index.html")
    } else {
        format!("{stem}.html")
    };
    let folder = path.parent_str();
    let inside = match folder.strip_prefix(content.as_str()) {
        Some(rest) if content.is_root() || rest.is_empty() => rest,
        Some(rest) => rest.strip_prefix('/').unwrap_or(folder),
        None => folder,
    };
    if inside.is_empty() {
        return SitePath::new(&file).unwrap_or_else(|_| joined(inside, &file));
    }
    SitePath::new(format!("{inside}/{file}")).unwrap_or_else(|_| joined(inside, &file))
}

/// The same for names that are no plain ones.
fn joined(folder: &str, file: &str) -> SitePath {
    let folder = SitePath::new(folder).unwrap_or_else(|_| SitePath::root());
    folder.join(file).unwrap_or(folder)
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text != "."
        && text != ".."
        && !text
            .contains(|c: char| c.is_whitespace() || c.is_control() || "/\\?#%:*\"<>|".contains(c))
}

/// The paths of the site and what stands there. Maps are only looked up, never walked.
#[derive(Debug, Clone, Default)]
pub(super) struct UrlTable {
    owners: HashMap<SitePath, Owner, RandomState>,
    /// Every folder that holds something.
    folders: HashSet<SitePath, RandomState>,
    /// Paths by their lower-case form.
    folded: HashMap<String, SitePath, RandomState>,
}

/// Why a path cannot be had.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    /// The path in the way: the same, or one that is a file where a folder is needed.
    pub(super) path: SitePath,
    pub(super) owner: Option<Owner>,
}

impl UrlTable {
    /// A table to look up paths in: what else is taken, it does not know.
    pub(super) fn of_owners(owners: impl IntoIterator<Item = (SitePath, Owner)>) -> Self {
        UrlTable { owners: owners.into_iter().collect(), ..UrlTable::default() }
    }

    /// The paths with what stands there; sorted.
    pub(super) fn owners(&self) -> Vec<(SitePath, Owner)> {
        let mut owners: Vec<_> =
            self.owners.iter().map(|(path, owner)| (path.clone(), *owner)).collect();
        owners.sort_unstable();
        owners
    }

    pub(super) fn get(&self, path: &SitePath) -> Option<Owner> {
        self.owners.get(path).copied()
    }

    /// What is in the way of a file at `path`: another one there, a folder, or a file where a
    /// folder would have to be.
    pub(super) fn taken(&self, path: &SitePath) -> Option<Taken> {
        if let Some(owner) = self.get(path) {
            return Some(Taken { path: path.clone(), owner: Some(owner) });
        }
        if path.is_root() || self.folders.contains(path) {
            return Some(Taken { path: path.clone(), owner: None });
        }
        let mut above = path.parent();
        while !above.is_root() {
            if let Some(owner) = self.get(&above) {
                return Some(Taken { path: above, owner: Some(owner) });
            }
            above = above.parent();
        }
        None
    }

    /// Puts something at a path. The answer is a path that differs from it in case alone.
    pub(super) fn claim(
        &mut self,
        path: &SitePath,
        owner: Owner,
    ) -> Result<Option<SitePath>, Taken> {
        if let Some(taken) = self.taken(path) {
            return Err(taken);
        }
        self.owners.insert(path.clone(), owner);
        let mut above = path.parent();
        while !above.is_root() && self.folders.insert(above.clone()) {
            above = above.parent();
        }
        let folded = path.as_str().to_lowercase();
        if let Some(twin) = self.folded.get(&folded) {
            return Ok(Some(twin.clone()));
        }
        self.folded.insert(folded, path.clone());
        Ok(None)
    }
}
