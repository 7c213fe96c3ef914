//! Print views: many pages on one, to print or to search in. `print.html` has the whole site, or
//! lists the views of its parts.

use std::sync::Arc;

use super::page_view::{self, Here};
use super::{Entries, Format, Frame, html};
use crate::base::SitePath;
use crate::markdown::{self, RenderInput};
use crate::output::{Entry, PageRef, Rendered, SiteContext};
use crate::site::{PageId, Place, PrintView};
use crate::theme::views::{PageInfo, PageLink};

/// The print views.
pub(super) static PRINT: Format = Format {
    name: "print",
    summary: "`print.html`: every listed page on one, for sites of up to 500 pages; of larger ones, \
              where `[site] print-parts` is on, the list of `_copydesk/print/`, which has a page for \
              each part",
    entries,
};

fn entries(cx: &SiteContext<'_>) -> Entries {
    let views = cx.print.views.iter().zip(0..);
    let views = views.map(|(view, at)| (view.path.clone(), Entry::Page(PageRef::Print(at))));
    let list = cx.print.list.iter().map(|path| (path.clone(), Entry::Page(PageRef::PrintList)));
    views.chain(list).collect()
}

/// Where those go who ask for the print view of a page, or of none in particular.
pub(super) fn path<'a>(cx: &SiteContext<'a>, page: Option<PageId>) -> Option<&'a SitePath> {
    let own = page.and_then(|page| cx.print.of(page)).map(|view| &view.path);
    own.or(cx.print.list.as_ref()).or_else(|| cx.print.views.first().map(|view| &view.path))
}

/// The frame of a print view.
pub(super) fn frame<'a>(cx: &'a SiteContext<'_>, view: usize) -> Option<Frame<'a>> {
    let view = cx.print.views.get(view)?;
    let title = if view.title.is_empty() { &cx.settings.book.title } else { &view.title };
    let page = PageInfo {
        kind: "print".to_owned(),
        title: title.clone(),
        has_h1: true,
        path: view.path.to_string(),
        ..PageInfo::default()
    };
    Some(html::generated(cx, "print.html", page, None, Here::At(view.path.clone())))
}

/// The frame of the page that lists the views.
pub(super) fn list_frame<'a>(cx: &'a SiteContext<'_>) -> Option<Frame<'a>> {
    let path = cx.print.list.clone()?;
    let link = |view: &PrintView| PageLink {
        title: view.title.clone(),
        url: Some(cx.site.url(&path, &view.path)),
        description: String::new(),
    };
    let page = PageInfo {
        kind: "section".to_owned(),
        title: cx.view.strings.get("print_list").cloned().unwrap_or_default(),
        path: path.to_string(),
        children: cx.print.views.iter().map(link).collect(),
        ..PageInfo::default()
    };
    Some(html::generated(cx, "section.html", page, None, Here::At(path)))
}

pub(super) fn render(cx: &SiteContext<'_>, view: usize) -> Rendered {
    let (Some(of), Some(frame)) = (cx.print.views.get(view), frame(cx, view)) else {
        return Rendered::default();
    };
    let pages = of.pages.clone().map(PageId);
    let parts: Vec<Arc<str>> =
        pages.map(|id| (cx.print_part)(id, of, &|| part(cx, id, of))).collect();
    // Problems of links were told with the pages themselves.
    html::fill_long(cx, frame, &parts)
}

/// What a page is in the print view: a function of its document, its title, its address, and its links.
fn part(cx: &SiteContext<'_>, id: PageId, view: &PrintView) -> String {
    let (Some(page), Some(document)) = (cx.site.page(id), (cx.document)(id)) else {
        return String::new();
    };
    let anchor = cx.site.print_id(id);
    let targets = cx.resolve(id, &document, Place::Print(view)).targets;
    let mut body = format!("<section class=\"chapter\" id=\"{anchor}\">\n");
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
    body
}
