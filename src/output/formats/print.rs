//! `print.html`: the whole site on one page, to print or to search in.

use super::page_view::{self, Here};
use super::{Entries, Format, Frame, html};
use crate::base::SitePath;
use crate::markdown::{self, RenderInput};
use crate::output::{Entry, PageRef, Rendered, SiteContext};
use crate::site::Place;
use crate::theme::views::PageInfo;

/// The print view.
pub(super) static PRINT: Format = Format {
    name: "print",
    summary: "`print.html`: every listed page on one, for sites of up to 500 pages",
    entries,
};

/// Beyond this no browser shows the page with pleasure, and nobody prints it.
const MOST_PAGES: usize = 500;

/// Where the print view stands, where there is one.
pub(super) fn path(cx: &SiteContext<'_>) -> Option<SitePath> {
    let fits = cx.settings.html.print
        && cx.site.pages.first().is_some_and(|page| page.listed())
        && cx.site.pages.get(MOST_PAGES).is_none_or(|page| !page.listed());
    if fits { SitePath::new("print.html").ok() } else { None }
}

fn entries(cx: &SiteContext<'_>) -> Entries {
    path(cx).map(|path| (path, Entry::Page(PageRef::Print))).into_iter().collect()
}

/// The frame of the print view.
pub(super) fn frame<'a>(cx: &'a SiteContext<'_>) -> Option<Frame<'a>> {
    let path = path(cx)?;
    let page = PageInfo {
        kind: "print".to_owned(),
        title: cx.settings.book.title.clone(),
        has_h1: true,
        path: path.to_string(),
        ..PageInfo::default()
    };
    Some(html::generated(cx, "print.html", page, None, Here::At(path)))
}

pub(super) fn render(cx: &SiteContext<'_>) -> Rendered {
    let (Some(path), Some(mut frame)) = (path(cx), frame(cx)) else { return Rendered::default() };
    let mut body = String::new();
    for (id, page) in cx.site.listed() {
        let Some(document) = (cx.document)(id) else { continue };
        let anchor = cx.site.print_id(id);
        let targets = cx.resolve(id, &document, Place::Print(&path)).targets;
        body.push_str(&format!("<section class=\"chapter\" id=\"{anchor}\">\n"));
        if !page_view::shows_title(&page.outline, &page.title) {
            body.push_str("<h1>");
            markdown::escape_text(&mut body, &page.title);
            body.push_str("</h1>\n");
        }
        body.push_str(&markdown::render(&RenderInput {
            doc: &document,
            targets: &targets,
            highlight: cx.highlight,
            settings: cx.settings,
            id_prefix: &format!("{anchor}-"),
            words: cx.words,
        }));
        body.push_str("</section>\n");
    }
    frame.view.page.body = body;
    // Problems of links were told with the pages themselves.
    html::fill(cx, frame, None)
}
