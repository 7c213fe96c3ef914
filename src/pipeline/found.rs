//! What was found in a site, by the pages that it was found in: so that it is told anew of a few of
//! them, and the others are not looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::parsed::ParsedPage;
use crate::base::{Diagnostic, SourcePath, Span};
use crate::markdown::{Document, Outline};
use crate::site::{NAV_ORPHAN, SITE_DUPLICATE_TITLE};

/// What was found in a site.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Found {
    /// In the site as a whole, and in files that are no pages of it.
    pub(super) site: Vec<Diagnostic>,
    /// In pages. One of which nothing is to be told may be left out.
    pub(super) pages: BTreeMap<SourcePath, OfPage>,
}

/// What was found in a page, and what it was found out from beside the page itself.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct OfPage {
    /// By reading it.
    pub(super) read: Vec<Diagnostic>,
    /// By resolving its links.
    pub(super) linked: Vec<Diagnostic>,
    /// The pages whose places its links name.
    pub(super) asked: Vec<SourcePath>,
    /// The pages that it links to and that the navigation does not list.
    pub(super) unlisted: Vec<SourcePath>,
}

impl OfPage {
    /// Whether there is nothing to be told of it.
    pub(super) fn is_empty(&self) -> bool {
        *self == OfPage::default()
    }
}

impl Found {
    /// All of it, in no order.
    pub(super) fn diagnostics(&self) -> Vec<Diagnostic> {
        let pages = self.pages.values().flat_map(|page| page.read.iter().chain(&page.linked));
        self.site.iter().chain(pages).cloned().collect()
    }

    /// What was found in a page; nothing for one that is left out.
    pub(super) fn of(&self, page: &SourcePath) -> Option<&OfPage> {
        self.pages.get(page)
    }

    /// Notes what is found in a page now.
    pub(super) fn set(&mut self, page: &SourcePath, change: impl FnOnce(&mut OfPage)) {
        let mut of_page = self.pages.remove(page).unwrap_or_default();
        change(&mut of_page);
        if !of_page.is_empty() {
            self.pages.insert(page.clone(), of_page);
        }
    }

    /// Moves what was found in the site as a whole, and is told of places in a page, to where these
    /// stand now that the page has other words. None where that cannot be told.
    pub(super) fn moved(
        &mut self,
        before: &ParsedPage,
        now: &ParsedPage,
        document: &dyn Fn() -> Option<Arc<Document>>,
    ) -> Option<()> {
        let path = &now.outline.source;
        let front_matter = &now.outline.front_matter;
        // What stands there, and says what it said, is where it was.
        let stays = front_matter == &before.outline.front_matter;
        let front = front_matter.span.clone().unwrap_or_else(|| Span::start_of(path.clone()));
        for found in &mut self.site {
            let is_title = found.code == SITE_DUPLICATE_TITLE.id;
            if !is_title && found.code != NAV_ORPHAN.id {
                let spans = found.labels.iter().map(|label| &label.span);
                let edits = found.fix.iter().flat_map(|fix| &fix.edits).map(|edit| &edit.span);
                let has_moved =
                    |span: &Span| span.file == *path && !(stays && span.end <= front.end);
                if spans.chain(edits).any(has_moved) {
                    return None;
                }
                continue;
            }
            for label in &mut found.labels {
                let file = &label.span.file;
                if file == path {
                    label.span = match is_title {
                        true => place_of_title(&now.outline, document),
                        false => front.clone(),
                    };
                } else if now.outline.includes.contains(file) {
                    // It may be this page's title, or that of another page with the same part.
                    return None;
                }
            }
        }
        Some(())
    }
}

/// Where a page says what it is called; its beginning where it does not.
pub(super) fn place_of_title(
    outline: &Outline,
    document: &dyn Fn() -> Option<Arc<Document>>,
) -> Span {
    let said = outline.front_matter.title.as_ref();
    if let Some(span) = said.and_then(|title| title.span.clone()) {
        return span;
    }
    let heading = outline.headings.iter().find(|heading| heading.level == 1);
    let heading = heading.and_then(|heading| Some(document()?.span(&heading.range)));
    heading.unwrap_or_else(|| Span::start_of(outline.source.clone()))
}
