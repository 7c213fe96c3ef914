//! The pages themselves, generated section pages, the theme's files and the user's.

use std::sync::Arc;

use super::page_view::{self, Here};
use super::{Entries, Format};
use crate::base::{Diagnostic, SitePath, Span};
use crate::markdown::{self, RenderInput};
use crate::output::{Entry, PageRef, Rendered, SiteContext};
use crate::site::{PageId, Place, Section};
use crate::theme::views::{self, PageInfo, PageView};

/// Every page as HTML, and what its pages need.
pub(super) static HTML: Format = Format {
    name: "html",
    summary: "a page for each Markdown file, section pages, `404.html`, the theme's files, and \
              every other file of the content folder as it is",
    entries,
};

fn entries(cx: &SiteContext<'_>) -> Entries {
    let mut entries = Vec::new();
    for (id, page) in cx.site.iter() {
        entries.push((page.path.clone(), Entry::Page(PageRef::Page(id))));
    }
    if let Some(id) = cx.site.first_page
        && let Ok(index) = SitePath::new("index.html")
    {
        entries.push((index, Entry::Page(PageRef::First(id))));
    }
    for section in cx.site.sections.iter().filter(|section| section.page.is_none()) {
        entries.push((section.path.clone(), Entry::Page(PageRef::Section(section.item))));
    }
    if cx.site.not_found.is_none()
        && let Ok(path) = SitePath::new("404.html")
    {
        entries.push((path, Entry::Page(PageRef::NotFound)));
    }
    for asset in &cx.site.assets {
        entries.push((asset.path.clone(), Entry::Copy(asset.source.clone())));
    }
    for (source, path) in cx.extra {
        entries.push((path.clone(), Entry::Copy(source.clone())));
    }
    for asset in cx.theme.assets() {
        entries.push((asset.path.clone(), Entry::Bytes(Arc::clone(&asset.bytes))));
    }
    for (path, bytes) in cx.nav_scripts.scripts() {
        entries.push((path.clone(), Entry::Bytes(Arc::clone(bytes))));
    }
    entries
}

/// Renders a page; `at_index` for the copy of the first page that stands at `index.html`.
pub(super) fn page(cx: &SiteContext<'_>, id: PageId, at_index: bool) -> Rendered {
    let (Some(page), Some(document)) = (cx.site.page(id), (cx.document)(id)) else {
        return Rendered::default();
    };
    let is_404 = cx.site.not_found == Some(id);
    let index = SitePath::new("index.html").unwrap_or_else(|_| SitePath::root());
    let (here, place) = if is_404 {
        (Here::Anywhere, Place::Anywhere)
    } else if at_index {
        (Here::At(index.clone()), Place::At(&index))
    } else {
        (Here::At(page.path.clone()), Place::Own)
    };
    let resolved = cx.resolve(id, &document, place);
    // The copy of a page tells nothing that the page itself does not tell.
    let mut diagnostics = if at_index { Vec::new() } else { resolved.diagnostics };
    let body = markdown::render(&RenderInput {
        doc: &document,
        targets: &resolved.targets,
        highlight: cx.highlight,
        settings: cx.settings,
        id_prefix: "",
        words: cx.words,
    });
    let Some(mut view) = page_view::of_page(cx, id, &here, body) else {
        return Rendered::default();
    };
    if at_index {
        view.page.canonical = cx.absolute(&page.path);
    }
    let template = template(cx, id, is_404, at_index, &mut diagnostics);
    finish(cx, &template, &view, diagnostics)
}

/// The template that front matter asks for, or the usual one.
fn template(
    cx: &SiteContext<'_>,
    id: PageId,
    is_404: bool,
    quiet: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    let usual = if is_404 { "404.html" } else { "page.html" };
    let Some(page) = cx.site.page(id) else { return usual.to_owned() };
    let Some(wanted) = &page.outline.front_matter.template else { return usual.to_owned() };
    match cx.theme.template(&wanted.value) {
        Ok(name) => name,
        Err(diagnostic) => {
            if !quiet {
                let place =
                    wanted.span.clone().unwrap_or_else(|| Span::start_of(page.source.clone()));
                diagnostics.push(diagnostic.at(place));
            }
            usual.to_owned()
        }
    }
}

/// Renders a generated section page.
pub(super) fn section(cx: &SiteContext<'_>, section: &Section) -> Rendered {
    let here = Here::At(section.path.clone());
    let view = PageView {
        version: views::VERSION,
        site: cx.view,
        here: page_view::here_view(cx, &here),
        nav: page_view::nav_view(cx, section.item, &here),
        page: PageInfo {
            kind: "section".to_owned(),
            title: section.title.clone(),
            path: section.path.to_string(),
            canonical: cx.absolute(&section.path),
            breadcrumbs: page_view::breadcrumbs(cx, section.item, &here),
            children: page_view::children(cx, section.item, &here),
            ..PageInfo::default()
        },
    };
    finish(cx, "section.html", &view, Vec::new())
}

/// Renders the `404.html` of a site that has no page for it.
pub(super) fn not_found(cx: &SiteContext<'_>) -> Rendered {
    let here = Here::Anywhere;
    let view = PageView {
        version: views::VERSION,
        site: cx.view,
        here: page_view::here_view(cx, &here),
        nav: page_view::nav_view(cx, None, &here),
        page: PageInfo {
            kind: "404".to_owned(),
            title: cx.view.strings.get("not_found").cloned().unwrap_or_default(),
            path: "404.html".to_owned(),
            ..PageInfo::default()
        },
    };
    finish(cx, "404.html", &view, Vec::new())
}

pub(super) fn finish(
    cx: &SiteContext<'_>,
    template: &str,
    view: &PageView<'_>,
    mut diagnostics: Vec<Diagnostic>,
) -> Rendered {
    match cx.theme.render_page(template, view) {
        Ok(html) => Rendered { bytes: html.into_bytes(), diagnostics },
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            // The author's template fails: the page is published with the text it has, so that
            // nothing is lost.
            let html = cx.theme.render_builtin(template, view);
            Rendered { bytes: html.into_bytes(), diagnostics }
        }
    }
}
