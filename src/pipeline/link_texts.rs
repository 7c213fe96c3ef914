//! What links in other pages call each page: readers look for it by these words, too.

use rayon::prelude::*;

use super::Prepared;
use crate::site::{Called, PageId};

impl Prepared<'_> {
    /// What links in other pages call a page, each text once, in alphabetical order.
    pub(super) fn link_texts(&self, id: PageId) -> &[String] {
        let all = self.link_texts.get_or_init(|| self.all_link_texts());
        all.get(id.0 as usize).map_or(&[], Vec::as_slice)
    }

    fn all_link_texts(&self) -> Vec<Vec<String>> {
        let site = &self.site;
        let ids: Vec<PageId> = site.iter().map(|(id, _)| id).collect();
        let found: Vec<Vec<Called<'_>>> =
            ids.into_par_iter().map(|id| site.called_by(id).collect()).collect();
        let mut texts: Vec<Vec<&str>> = site.pages.iter().map(|_| Vec::new()).collect();
        for Called { page, text } in found.into_iter().flatten() {
            if let Some(texts) = texts.get_mut(page.0 as usize) {
                texts.push(text);
            }
        }
        texts
            .into_par_iter()
            .map(|mut texts| {
                texts.sort_unstable();
                texts.dedup();
                texts.into_iter().map(str::to_owned).collect()
            })
            .collect()
    }
}
