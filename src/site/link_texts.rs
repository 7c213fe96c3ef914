//! What the pages of a site call each other: the texts of the links between them.

use crate::base::split_link;

use super::links::{Found, Located};
use super::model::{PageId, Site};
use super::redirects::RedirectTarget;

/// The text of a link from one page to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Called<'a> {
    /// The page that it leads to.
    pub page: PageId,
    /// The text.
    pub text: &'a str,
}

impl Site {
    /// What a page calls those that it links to, in the order of its links. A link to a former
    /// address counts for the page that the address redirects to.
    pub fn called_by(&self, page: PageId) -> impl Iterator<Item = Called<'_>> {
        let of = self.page(page);
        of.into_iter().flat_map(move |of| {
            of.outline.link_texts.iter().filter_map(move |link| {
                let (address, _, _) = split_link(link.dest.trim());
                let to = match self.locate(of, address) {
                    Located::Found(Found::Page(to))
                    | Located::OtherCase(Found::Page(to), _)
                    | Located::Moved(_, RedirectTarget::Internal { page: Some(to), .. }) => to,
                    _ => return None,
                };
                (to != page).then_some(Called { page: to, text: &link.text })
            })
        })
    }
}
