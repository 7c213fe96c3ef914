//! `llms.txt` and a Markdown copy of each page, for language models and everybody else who
//! prefers text. Format: llmstxt.org.

use std::fmt::Write as _;

use super::{Entries, Format, entry_of};
use crate::markdown::Document;
use crate::output::{Entry, PageRef, Rendered, SiteContext};
use crate::site::{Destination, NavKind, PageId, Resolved};

/// The list of pages and the pages as Markdown.
pub(super) static LLMS: Format = Format {
    name: "llms",
    summary: "`llms.txt`, and beside each page its Markdown with includes spliced in",
    entries,
};

fn entries(cx: &SiteContext<'_>) -> Entries {
    let mut entries: Vec<_> = cx
        .pages()
        .map(|(id, page)| (page.markdown_path(), Entry::Page(PageRef::Markdown(id))))
        .collect();
    entries.push(entry_of("llms.txt", index(cx)));
    entries
}

/// The pages in the order of the navigation; what stands at its top becomes a section of the
/// list, unless it is a page alone.
fn index(cx: &SiteContext<'_>) -> String {
    let title = &cx.settings.book.title;
    let mut text = format!("# {}\n", if title.is_empty() { "Documentation" } else { title });
    if !cx.settings.book.description.is_empty() {
        let _ = write!(text, "\n> {}\n", one_line(&cx.settings.book.description));
    }
    let mut in_list = false;
    for (id, item) in cx.site.nav.iter() {
        let heads = match item.kind {
            NavKind::Part => true,
            _ => item.depth == 0 && !cx.site.nav.children(Some(id)).is_empty(),
        };
        if heads {
            let _ = write!(text, "\n## {}\n\n", one_line(&item.title));
            in_list = true;
        }
        if let NavKind::Page(page) = item.kind
            && let Some(page) = cx.site.page(page)
        {
            if !in_list {
                text.push('\n');
                in_list = true;
            }
            let path = page.markdown_path();
            let url = cx.absolute(&path).unwrap_or_else(|| crate::base::encode_path(path.as_str()));
            let _ = write!(text, "- [{}]({url})", one_line(&page.title).replace(']', "\\]"));
            if !page.description.is_empty() {
                let _ = write!(text, ": {}", one_line(&page.description));
            }
            text.push('\n');
        }
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The Markdown copy of a page: the text that was parsed, its links leading to other copies.
pub(super) fn copy(
    cx: &SiteContext<'_>,
    id: PageId,
    document: &Document,
    resolved: &Resolved,
) -> Rendered {
    let Some(page) = cx.site.page(id) else { return Rendered::default() };
    // Each destination that leads to a page, once, in the order of the text: several links may
    // share the destination of one reference definition.
    let mut edits: Vec<(std::ops::Range<usize>, String)> = document
        .links
        .iter()
        .zip(resolved.targets.iter().zip(&resolved.destinations))
        .filter(|(link, (_, to))| link.attribute.is_none() && matches!(to, Destination::Page(..)))
        .filter_map(|(link, (target, _))| {
            let range = link.dest_range.as_ref()?;
            Some((range.start as usize..range.end as usize, markdown_url(&target.url)?))
        })
        .collect();
    edits.sort_by_key(|(range, _)| range.start);
    let mut text = String::with_capacity(document.text.len() + 64);
    if !super::page_view::shows_title(&page.outline, &page.title) {
        let _ = write!(text, "# {}\n\n", page.title);
    }
    let mut at = 0;
    for (range, url) in edits {
        if range.start >= at
            && let Some(before) = document.text.get(at..range.start)
        {
            text.push_str(before);
            text.push_str(&url);
            at = range.end;
        }
    }
    text.push_str(document.text.get(at..).unwrap_or_default());
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Rendered { bytes: text.into_bytes(), diagnostics: Vec::new() }
}

/// The URL of the Markdown copy of the page at `url`; none for a place in the same page.
fn markdown_url(url: &str) -> Option<String> {
    let at = url.find(['?', '#']).unwrap_or(url.len());
    let (path, rest) = url.split_at(at);
    match path.strip_suffix(".html") {
        Some(stem) => Some(format!("{stem}.md{rest}")),
        None if path.ends_with('/') => Some(format!("{path}index.md{rest}")),
        None => None,
    }
}
