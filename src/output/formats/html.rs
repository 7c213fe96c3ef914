//! The pages themselves, generated section pages, the theme's files and the user's.

use std::sync::Arc;

use super::page_view::{self, Here};
use super::{Entries, Format};
use crate::base::{Diagnostic, SitePath, Span};
use crate::markdown::{self, Document, RenderInput, Target};
use crate::output::{Entry, PageRef, Rendered, SiteContext};
use crate::site::{NavId, PageId, Place, Section};
use crate::theme::views::{self, NavView, PageInfo, PageView};

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

/// A page before it is rendered: what its template will see, without navigation and body.
#[derive(Debug)]
pub struct Frame<'a> {
    /// The view; navigation and body are still empty.
    pub view: PageView<'a>,
    /// The template.
    pub template: String,
    /// The page whose document becomes the body, where there is one.
    pub page: Option<PageId>,
    /// What is wrong so far.
    pub diagnostics: Vec<Diagnostic>,
    item: Option<NavId>,
    here: Here,
    /// The page is shown at another place than its own.
    elsewhere: bool,
}

impl Frame<'_> {
    /// Where the page is shown, for the resolution of its links.
    pub fn place(&self) -> Place<'_> {
        match &self.here {
            Here::Anywhere => Place::Anywhere,
            Here::At(_) if !self.elsewhere => Place::Own,
            Here::At(path) => Place::At(path),
        }
    }

    /// All that the navigation of the page is made of, as bytes: equal bytes, equal navigations.
    pub fn nav_shown(&self, cx: &SiteContext<'_>) -> Vec<u8> {
        page_view::nav_shown(cx, self.item, &self.here)
    }
}

/// The frame of a page; `at_index` for the copy of the first page that stands at `index.html`.
pub(super) fn page_frame<'a>(
    cx: &'a SiteContext<'_>,
    id: PageId,
    at_index: bool,
) -> Option<Frame<'a>> {
    let page = cx.site.page(id)?;
    let is_404 = cx.site.not_found == Some(id);
    let here = if is_404 {
        Here::Anywhere
    } else if at_index {
        Here::At(SitePath::new("index.html").ok()?)
    } else {
        Here::At(page.path.clone())
    };
    let mut diagnostics = Vec::new();
    let mut view = page_view::of_page(cx, id, &here)?;
    if at_index {
        view.page.canonical = cx.canonical(page);
    }
    if let (Err(problem), false) = (cx.site.card_image(page), at_index) {
        diagnostics.push(*problem);
    }
    let template = template(cx, id, is_404, at_index, &mut diagnostics);
    Some(Frame {
        view,
        template,
        page: Some(id),
        diagnostics,
        item: page.nav,
        here,
        elsewhere: at_index,
    })
}

/// The body of a page, from its document and its links, resolved for the place where it is shown.
pub(super) fn body(cx: &SiteContext<'_>, doc: &Document, targets: &[Target]) -> String {
    markdown::render(&RenderInput {
        doc,
        targets,
        highlight: cx.highlight,
        settings: cx.settings,
        id_prefix: "",
        words: cx.words,
    })
}

/// Renders a frame with this body.
pub(super) fn fill(cx: &SiteContext<'_>, mut frame: Frame<'_>, body: String) -> Rendered {
    frame.view.page.body = body;
    frame.view.nav = page_view::nav_view(cx, frame.item, &frame.here);
    finish(cx, &frame.template, &frame.view, frame.diagnostics)
}

/// Stands for the body while a frame is rendered around it.
const HOLE: &str = "\u{0}body\u{0}";

/// Renders a frame with a long body, which comes in pieces: a template hands it on several times, and
/// copies it each time.
pub(super) fn fill_long(cx: &SiteContext<'_>, mut frame: Frame<'_>, body: &[Arc<str>]) -> Rendered {
    // A template of the site may look into the body.
    if !cx.theme.is_builtin(&frame.template) {
        return fill(cx, frame, body.concat());
    }
    frame.view.page.body = HOLE.to_owned();
    frame.view.nav = page_view::nav_view(cx, frame.item, &frame.here);
    let around = cx.theme.render_page(&frame.template, &frame.view).unwrap_or_default();
    match around.split_once(HOLE) {
        Some((before, after)) if !after.contains(HOLE) => {
            let size = around.len() + body.iter().map(|piece| piece.len()).sum::<usize>();
            let mut bytes = Vec::with_capacity(size);
            bytes.extend_from_slice(before.as_bytes());
            body.iter().for_each(|piece| bytes.extend_from_slice(piece.as_bytes()));
            bytes.extend_from_slice(after.as_bytes());
            Rendered { bytes, diagnostics: frame.diagnostics }
        }
        _ => fill(cx, frame, body.concat()),
    }
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

/// The frame of a generated section page.
pub(super) fn section_frame<'a>(cx: &'a SiteContext<'_>, section: &Section) -> Frame<'a> {
    let here = Here::At(section.path.clone());
    let page = PageInfo {
        kind: "section".to_owned(),
        title: section.title.clone(),
        path: section.path.to_string(),
        canonical: cx.canonical_section(&section.path),
        image: page_view::card(cx, None),
        breadcrumbs: page_view::breadcrumbs(cx, section.item, &here),
        children: page_view::children(cx, section.item, &here),
        ..PageInfo::default()
    };
    generated(cx, "section.html", page, section.item, here)
}

/// The frame of the `404.html` of a site that has no page for it.
pub(super) fn not_found_frame<'a>(cx: &'a SiteContext<'_>) -> Frame<'a> {
    let page = PageInfo {
        kind: "404".to_owned(),
        title: cx.view.strings.get("not_found").cloned().unwrap_or_default(),
        path: "404.html".to_owned(),
        ..PageInfo::default()
    };
    generated(cx, "404.html", page, None, Here::Anywhere)
}

/// The frame of a page that has no document.
pub(super) fn generated<'a>(
    cx: &'a SiteContext<'_>,
    template: &str,
    page: PageInfo,
    item: Option<NavId>,
    here: Here,
) -> Frame<'a> {
    let view = PageView {
        version: views::VERSION,
        site: cx.view,
        here: page_view::here_view(cx, &here),
        nav: NavView::default(),
        page,
    };
    Frame {
        view,
        template: template.to_owned(),
        page: None,
        diagnostics: Vec::new(),
        item,
        here,
        elsewhere: false,
    }
}

fn finish(
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
