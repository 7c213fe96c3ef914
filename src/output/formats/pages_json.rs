//! `_copydesk/pages.json`: every page with its address, source, title, and what git knows of
//! it, for tools.

use serde::Serialize;

use super::{Entries, Format, entry_of};
use crate::base::SourcePath;
use crate::history::FileCommit;
use crate::output::SiteContext;

/// The list of pages.
pub(super) static PAGES_JSON: Format = Format {
    name: "pages-json",
    summary: "`_copydesk/pages.json`: every page with its address, source, title, and what git \
              knows of it",
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
    #[serde(flatten)]
    history: PageHistory<'a>,
}

/// What git knows of a page's source; what it does not know is left out.
#[derive(Default, Serialize)]
struct PageHistory<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commits: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contributors: Vec<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    changed_on_branch: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    uncommitted: bool,
}

fn history<'a>(cx: &SiteContext<'a>, source: &SourcePath) -> PageHistory<'a> {
    let known = PageHistory {
        changed_on_branch: cx.history.branch.changes(source),
        uncommitted: cx.history.is_uncommitted(source),
        ..PageHistory::default()
    };
    let Some(fact) = cx.history.files.get(source) else { return known };
    PageHistory {
        created: fact.first.map(FileCommit::day),
        changed: fact.last.map(FileCommit::day),
        changed_by: fact.author.map(|person| person.name.as_str()),
        commits: fact.commits,
        contributors: fact.contributors.iter().map(|person| person.name.as_str()).collect(),
        ..known
    }
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
            history: history(cx, &page.source),
        })
        .collect();
    let mut json = serde_json::to_string(&Pages { version: 1, pages }).unwrap_or_default();
    json.push('\n');
    vec![entry_of("_copydesk/pages.json", json)]
}
