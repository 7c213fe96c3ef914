//! `build.json`: what was built from what. Everything that changes with each commit stands here
//! and in no page, so that pages keep their bytes.

use serde::Serialize;

use super::{Entries, Format, entry_of};
use crate::output::SiteContext;

/// The manifest of the build.
pub(super) static BUILD_JSON: Format = Format {
    name: "build-json",
    summary: "`build.json`: generator, commit, branch and base, number of pages",
    entries,
};

#[derive(Serialize)]
struct Manifest<'a> {
    generator: String,
    title: &'a str,
    pages: usize,
    words: usize,
    commit: Option<&'a str>,
    branch: Option<&'a str>,
    commit_time: Option<i64>,
    base: Option<&'a str>,
    merge_base: Option<&'a str>,
    ahead: Option<usize>,
    behind: Option<usize>,
}

fn entries(cx: &SiteContext<'_>) -> Entries {
    let manifest = Manifest {
        generator: format!("copydesk {}", env!("CARGO_PKG_VERSION")),
        title: &cx.settings.book.title,
        pages: cx.pages().count(),
        words: cx.pages().map(|(_, page)| page.outline.words).sum(),
        commit: cx.facts.commit.as_deref(),
        branch: cx.facts.branch.as_deref(),
        commit_time: cx.facts.commit_time,
        base: cx.history.branch.base.as_deref(),
        merge_base: cx.history.branch.merge_base.as_deref(),
        ahead: cx.history.branch.ahead,
        behind: cx.history.branch.behind,
    };
    let mut json = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    json.push('\n');
    vec![entry_of("build.json", json)]
}
