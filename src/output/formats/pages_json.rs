//! `_copydesk/pages.json`: every page with its address, source and title, for tools.

use serde::Serialize;

use super::{Entries, Format, entry_of};
use crate::output::SiteContext;

/// The list of pages.
pub(super) static PAGES_JSON: Format = Format {
    name: "pages-json",
    summary: "`_copydesk/pages.json`: every page with its address, source and title",
    entries,
};

#[derive(Serialize)]
struct Pages<'a> {
    version: u32,
    pages: Vec<PageEntry<'a>>,
}

#[derive(Serialize)]
struct PageEntry<'a> {
    path: &'a str,
    source: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    words: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    owners: Vec<&'a str>,
    listed: bool,
}

fn entries(cx: &SiteContext<'_>) -> Entries {
    let pages = cx
        .pages()
        .map(|(_, page)| PageEntry {
            path: page.path.as_str(),
            source: page.source.as_str(),
            title: &page.title,
            description: &page.description,
            words: page.outline.words,
            tags: page.outline.front_matter.tags.iter().map(String::as_str).collect(),
            owners: page.outline.front_matter.owners.iter().map(String::as_str).collect(),
            listed: page.listed(),
        })
        .collect();
    let mut json = serde_json::to_string(&Pages { version: 1, pages }).unwrap_or_default();
    json.push('\n');
    vec![entry_of("_copydesk/pages.json", json)]
}
