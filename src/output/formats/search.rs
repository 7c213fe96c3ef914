//! The search: the index as files under `_copydesk/search/`, and the page of results.

use std::sync::Arc;

use super::html::{self, Frame};
use super::page_view::Here;
use super::{Entries, Format};
use crate::base::SitePath;
use crate::output::{Entry, PageRef, SiteContext};
use crate::theme::views::PageInfo;

/// The files that readers search in.
pub(super) static SEARCH: Format = Format {
    name: "search",
    summary: "`_copydesk/search/`: the search index, in parts that are fetched as they are \
              needed, and `_copydesk/search.html`, the page of results",
    entries,
};

fn entries(cx: &SiteContext<'_>) -> Entries {
    let mut entries: Entries = (cx.search)()
        .iter()
        .filter_map(|file| {
            Some((file_path(&file.name)?, Entry::Bytes(Arc::from(file.text.as_bytes()))))
        })
        .collect();
    if cx.settings.search.enable {
        entries.extend(path().map(|path| (path, Entry::Page(PageRef::Search))));
    }
    entries
}

/// The folder of the index.
pub const SEARCH_FOLDER: &str = "_copydesk/search/";

/// Where a file of the index stands.
pub(super) fn file_path(name: &str) -> Option<SitePath> {
    SitePath::new(format!("{SEARCH_FOLDER}{name}")).ok()
}

/// Where the page of results stands.
pub(super) fn path() -> Option<SitePath> {
    SitePath::new("_copydesk/search.html").ok()
}

/// The frame of the page of results.
pub(super) fn frame<'a>(cx: &'a SiteContext<'_>) -> Option<Frame<'a>> {
    let path = path()?;
    let page = PageInfo {
        kind: "search".to_owned(),
        title: cx.view.strings.get("search").cloned().unwrap_or_default(),
        path: path.to_string(),
        ..PageInfo::default()
    };
    let mut frame = html::generated(cx, "search.html", page, None, Here::At(path));
    // Here the script is wanted from the beginning.
    let script = frame.view.here.search.clone();
    frame.view.here.scripts.extend(script);
    Some(frame)
}
