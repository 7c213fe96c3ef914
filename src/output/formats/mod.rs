//! The output formats: one file each, one line in [`FORMATS`]. A format lists entries; it reads
//! no sources and writes nothing.

mod build_json;
mod feed;
mod html;
mod llms;
mod markers;
mod nav;
mod page_view;
mod pages_json;
mod print;
mod redirects;
mod robots;
mod search;
mod sitemap;
mod version;

use std::sync::Arc;

pub use html::Frame;
pub use nav::NavScripts;
pub use page_view::{branch_note, shows_title};
pub use search::SEARCH_FOLDER;
pub use sitemap::{SiteMapUrl, site_map_files};
pub use version::record as version_record;

use super::{Entry, OutputTree, PageRef, Rendered, SiteContext};
use crate::base::SitePath;
use crate::markdown::{Document, Target};
use crate::site::{PageId, Place, Resolved};

/// What a format publishes: paths, and what stands there.
pub type Entries = Vec<(SitePath, Entry<PageRef>)>;

/// An output format.
#[derive(Debug)]
pub struct Format {
    /// Its name.
    pub name: &'static str,
    /// What it publishes, for the manual.
    pub summary: &'static str,
    /// Lists what it publishes.
    pub entries: fn(&SiteContext<'_>) -> Entries,
}

/// Every format. Where two list the same path the first wins.
pub static FORMATS: &[&Format] = &[
    &html::HTML,
    &print::PRINT,
    &redirects::REDIRECTS,
    &llms::LLMS,
    &sitemap::SITEMAP,
    &feed::FEED,
    &robots::ROBOTS,
    &markers::MARKERS,
    &search::SEARCH,
    &pages_json::PAGES_JSON,
    &build_json::BUILD_JSON,
    &version::VERSION,
];

/// A file of ours under a path known to be in form.
fn entry_of(path: &str, text: impl Into<Vec<u8>>) -> (SitePath, Entry<PageRef>) {
    let path = SitePath::new(path).unwrap_or_else(|_| SitePath::root());
    (path, Entry::Bytes(Arc::from(text.into())))
}

/// Lists the whole site.
pub fn tree(cx: &SiteContext<'_>) -> OutputTree<PageRef> {
    joined(FORMATS.iter().map(|format| (format.entries)(cx)).collect())
}

/// Joins what the formats list, in their order.
pub fn joined(listed: Vec<Entries>) -> OutputTree<PageRef> {
    let mut tree = OutputTree::new();
    for (path, entry) in listed.into_iter().flatten() {
        tree.entry(path).or_insert(entry);
    }
    tree
}

/// The frame of a page that the tree names; none for what is made in another way.
pub fn frame<'a>(cx: &'a SiteContext<'_>, page: PageRef) -> Option<Frame<'a>> {
    match page {
        PageRef::Page(id) => html::page_frame(cx, id, false),
        PageRef::First(id) => html::page_frame(cx, id, true),
        PageRef::Section(item) => {
            cx.site.section(item).map(|section| html::section_frame(cx, section))
        }
        PageRef::NotFound => Some(html::not_found_frame(cx)),
        PageRef::Search => search::frame(cx),
        PageRef::Print(view) => print::frame(cx, view),
        PageRef::PrintList => print::list_frame(cx),
        PageRef::Redirect(_) | PageRef::Markdown(_) => None,
    }
}

/// The body of a page, from its document and its links, resolved for the place of its frame. It
/// depends on nothing else but settings and the words of the theme.
pub fn body(cx: &SiteContext<'_>, document: &Document, targets: &[Target]) -> String {
    html::body(cx, document, targets)
}

/// Renders a frame with this body; an empty one for a page without a document.
pub fn fill(cx: &SiteContext<'_>, frame: Frame<'_>, body: String) -> Rendered {
    html::fill(cx, frame, body)
}

/// The Markdown copy of a page, from its document and its links resolved for its own place.
pub fn markdown_copy(
    cx: &SiteContext<'_>,
    page: PageId,
    document: &Document,
    resolved: &Resolved,
) -> Rendered {
    llms::copy(cx, page, document, resolved)
}

/// Where a file of the search index stands, by its name.
pub fn search_path(name: &str) -> Option<SitePath> {
    search::file_path(name)
}

/// Renders a page that the tree names.
pub fn render(cx: &SiteContext<'_>, page: PageRef) -> Rendered {
    match page {
        PageRef::Redirect(index) => {
            let redirect = cx.site.redirects.get(index);
            redirect.map(|redirect| redirects::render(cx, redirect)).unwrap_or_default()
        }
        PageRef::Markdown(id) => match (cx.document)(id) {
            Some(document) => {
                markdown_copy(cx, id, &document, &cx.resolve(id, &document, Place::Own))
            }
            None => Rendered::default(),
        },
        PageRef::Print(view) => print::render(cx, view),
        PageRef::Page(_)
        | PageRef::First(_)
        | PageRef::Section(_)
        | PageRef::NotFound
        | PageRef::PrintList
        | PageRef::Search => {
            let Some(mut frame) = frame(cx, page) else { return Rendered::default() };
            let Some(id) = frame.page else { return fill(cx, frame, String::new()) };
            let Some(document) = (cx.document)(id) else { return Rendered::default() };
            let resolved = cx.resolve(id, &document, frame.place());
            if !matches!(page, PageRef::First(_)) {
                // The copy of a page tells nothing that the page itself does not tell.
                frame.diagnostics.extend(resolved.diagnostics);
            }
            fill(cx, frame, body(cx, &document, &resolved.targets))
        }
    }
}
