//! Pages that are rendered when they are asked for.

use crate::base::Diagnostic;
use crate::site::{NavId, PageId};

/// Names a page that is rendered when it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageRef {
    /// A page of the site.
    Page(PageId),
    /// The copy of the first page that stands at `index.html`.
    First(PageId),
    /// A generated section page; none for that of the whole site.
    Section(Option<NavId>),
    /// A redirect, by its position in the site's list.
    Redirect(usize),
    /// The Markdown copy of a page.
    Markdown(PageId),
    /// `404.html` of a site that has no page for it.
    NotFound,
    /// A print view, by its position among those of the site.
    Print(usize),
    /// The list of print views.
    PrintList,
    /// The page of the search's results.
    Search,
}

/// A rendered page, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The file.
    pub bytes: Vec<u8>,
    /// Broken links, failing templates.
    pub diagnostics: Vec<Diagnostic>,
}
