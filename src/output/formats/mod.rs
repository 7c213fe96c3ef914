//! The output formats: one file each, one line in [`FORMATS`]. A format lists entries; it reads
//! no sources and writes nothing.

mod build_json;
mod html;
mod llms;
mod markers;
mod nav;
mod page_view;
mod pages_json;
mod print;
mod redirects;
mod robots;
mod sitemap;

use std::sync::Arc;

pub use nav::NavScripts;

use super::{Entry, OutputTree, PageRef, Rendered, SiteContext};
use crate::base::SitePath;

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
    &robots::ROBOTS,
    &markers::MARKERS,
    &pages_json::PAGES_JSON,
    &build_json::BUILD_JSON,
];

/// A file of ours under a path known to be in form.
fn entry_of(path: &str, text: impl Into<Vec<u8>>) -> (SitePath, Entry<PageRef>) {
    let path = SitePath::new(path).unwrap_or_else(|_| SitePath::root());
    (path, Entry::Bytes(Arc::from(text.into())))
}

/// Lists the whole site.
pub fn tree(cx: &SiteContext<'_>) -> OutputTree<PageRef> {
    let mut tree = OutputTree::new();
    for format in FORMATS {
        for (path, entry) in (format.entries)(cx) {
            tree.entry(path).or_insert(entry);
        }
    }
    tree
}

/// Renders a page that the tree names.
pub fn render(cx: &SiteContext<'_>, page: PageRef) -> Rendered {
    match page {
        PageRef::Page(id) => html::page(cx, id, false),
        PageRef::First(id) => html::page(cx, id, true),
        PageRef::Section(item) => {
            cx.site.section(item).map(|section| html::section(cx, section)).unwrap_or_default()
        }
        PageRef::Redirect(index) => {
            let redirect = cx.site.redirects.get(index);
            redirect.map(|redirect| redirects::render(cx, redirect)).unwrap_or_default()
        }
        PageRef::Markdown(id) => llms::copy(cx, id),
        PageRef::NotFound => html::not_found(cx),
        PageRef::Print => print::render(cx),
    }
}
