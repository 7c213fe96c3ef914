//! What is known of a site once a few pages have other words than when it was checked.
//!
//! Most edits change little that another page can see: no address, and no place in the navigation. All that was found is then found again, but for what reading those pages tells, and
//! what is wrong with their links, or with links to them. Where an edit changes more, the site is
//! checked as a whole.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::check::{CheckInput, Checked};
use super::found::{Found, place_of_title};
use super::inputs::{Answer, Asked, Inputs};
use super::parsed::{self, ParsedPage, Parser};
use super::reading;
use super::relink::relink;
use super::whole::Whole;
use crate::base::{ContentHash, Diagnostic, SourcePath, Span};
use crate::markdown::Detail;
use crate::memo::{BUILD, Fingerprint, Key, Stage, Store};
use crate::site::{
    Addresses, LinkTable, NavId, PageAddress, SITE_DUPLICATE_TITLE, duplicate_title, own_title,
    same_ids, same_titles, stands_alike,
};

/// With more pages than these, the site is checked as a whole.
pub(super) const MOST_PAGES: usize = 32;

/// Where more pages than these are called as another one is, the site is checked as a whole once a
/// title changes.
const MOST_TWINS: usize = 256;

/// What is kept of a check for the next one.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Last {
    program: String,
    /// Everything that does not come from the source.
    arguments: ContentHash,
    asked: Asked,
    /// Files that were read as more than a page: included ones, and those that make the site.
    shared: Vec<SourcePath>,
    found: Found,
    addresses: Addresses,
    /// Under which it is kept what links are resolved with.
    links: ContentHash,
    settings: SourcePath,
    /// Below which entries of the navigation those pages stand that it lists, which are the first
    /// ones; none where it is written by hand.
    parents: Option<Vec<Option<NavId>>>,
    /// Whether redirects name places in pages.
    names_places: bool,
}

/// A page that has other words.
pub(super) struct Edit<'p> {
    pub(super) path: &'p SourcePath,
    pub(super) before: Arc<ParsedPage>,
    pub(super) now: Arc<ParsedPage>,
}

impl Last {
    /// What is kept of a site that was checked as a whole.
    pub(super) fn of(whole: &Whole<'_>, arguments: ContentHash) -> Last {
        let mut shared: BTreeSet<SourcePath> = whole.inputs.read_for_site();
        shared.extend(whole.included());
        let mut links = Fingerprint::new("link table");
        links.hash(&arguments).hash(&whole.addresses());
        let last = Last {
            program: BUILD.to_owned(),
            arguments,
            asked: whole.inputs.asked(),
            shared: shared.into_iter().collect(),
            found: whole.found(),
            addresses: whole.standing(),
            links: links.finish(),
            settings: whole.settings_path(),
            parents: whole.site.parents(&whole.plan),
            names_places: whole.site.names_places,
        };
        last.keep_links(whole);
        last
    }

    /// What was kept, where it is of this program and these arguments.
    pub(super) fn read(bytes: Option<Vec<u8>>, arguments: &ContentHash) -> Option<Last> {
        let last: Last = postcard::from_bytes(&bytes?).ok()?;
        (last.program == BUILD && last.arguments == *arguments).then_some(last)
    }

    /// What is known of the site.
    pub(super) fn checked(&self) -> Checked {
        Checked {
            diagnostics: self.found.diagnostics(),
            addresses: self.addresses.clone(),
            settings: self.settings.clone(),
        }
    }

    /// What is known now; none where the whole site must be looked at.
    pub(super) fn now(self, input: &CheckInput<'_>, inputs: &Inputs<'_>) -> Option<Last> {
        if !inputs.same_listings(&self.asked) {
            return None;
        }
        let differs = |(path, before): &&(SourcePath, Answer)| !inputs.holds(path, *before);
        let changed: Vec<SourcePath> =
            self.asked.files().par_iter().filter(differs).map(|(path, _)| path.clone()).collect();
        self.after(input, inputs, &changed)
    }

    /// What is known of the source with other bytes in some of these files, and to be kept in its
    /// turn; none where the whole site must be looked at.
    pub(super) fn after<'p>(
        mut self,
        input: &CheckInput<'_>,
        inputs: &Inputs<'_>,
        changed: impl IntoIterator<Item = &'p SourcePath>,
    ) -> Option<Last> {
        let mut answers: Vec<(&SourcePath, Answer, Answer)> = Vec::new();
        for path in changed {
            // What nobody asked for is no part of the site.
            let Some(before) = self.asked.answer(path) else { continue };
            let now = inputs.answer(path, before);
            if !before.holds(now) {
                answers.push((path, before, now));
            }
            if answers.len() > MOST_PAGES {
                return None;
            }
        }
        if answers.is_empty() {
            return Some(self);
        }
        let (variables, overrides) = (&input.variables, &input.overrides);
        let (settings, _) = reading::settings(inputs, &input.root, variables, overrides).ok()?;
        let parser = Parser {
            inputs,
            memo: input.memo,
            settings: &settings,
            root: &input.root,
            fingerprint: parsed::settings_fingerprint(&settings, &input.root),
            before: None,
            detail: Detail::Links,
        };
        let edits: Vec<Edit<'_>> = answers
            .par_iter()
            .map(|(path, before, now)| self.edit(&parser, path, *before, *now))
            .collect::<Option<_>>()?;
        for (path, _, now) in &answers {
            self.asked.set(path, *now);
        }
        for Edit { path, before, now } in &edits {
            let page = self.addresses.pages.iter_mut().find(|page| page.source == **path)?;
            page.text = Some(now.made_from.text);
            page.front_matter.clone_from(&now.outline.front_matter.span);
            self.found.moved(before, now, &|| parser.document(path).map(Arc::new))?;
            self.found.set(path, |page| page.read.clone_from(&now.diagnostics));
        }
        self.rename(&edits, &parser)?;
        let key = Key::new(Stage::Check, self.links);
        let table = || -> Option<LinkTable> { postcard::from_bytes(&input.memo.get(&key)?).ok() };
        relink(&mut self.found, &edits, &parser, table)?;
        // It is needed as long as this is.
        input.memo.keep(&key);
        Some(self)
    }

    /// What has become of a page; none where the site has become another one with it.
    fn edit<'p>(
        &self,
        parser: &Parser<'_>,
        path: &'p SourcePath,
        before: Answer,
        now: Answer,
    ) -> Option<Edit<'p>> {
        // A file that has come or gone changes more.
        let (Answer::Bytes(before), Answer::Bytes(_)) = (before, now) else { return None };
        if self.shared.binary_search(path).is_ok() {
            return None;
        }
        let before = parser.recall(&parser.key(path, &before), before)?.page;
        let now = parser.page(path).ok()?.page;
        let is_alike = stands_alike(&before.outline, &now.outline)
            && (!self.names_places || same_ids(&before.outline, &now.outline))
            && before.made_from.includes == now.made_from.includes;
        is_alike.then_some(Edit { path, before, now })
    }

    /// Gives pages the titles that they give themselves now.
    fn rename(&mut self, edits: &[Edit<'_>], parser: &Parser<'_>) -> Option<()> {
        let title_of = |page: &'_ ParsedPage| own_title(&page.outline).map(str::to_owned);
        let renamed: Vec<&Edit<'_>> =
            edits.iter().filter(|edit| title_of(&edit.before) != title_of(&edit.now)).collect();
        if renamed.is_empty() {
            return Some(());
        }
        let parents = self.parents.as_ref()?;
        let pages = &mut self.addresses.pages;
        for Edit { path, now, .. } in renamed {
            // One that has none gets its file's name.
            pages.iter_mut().find(|page| page.source == **path)?.title = title_of(now)?;
        }
        let rows = parents.iter().zip(&*pages).map(|(parent, page)| (*parent, page.title.as_str()));
        let twins = same_titles(rows);
        if twins.len() > MOST_TWINS {
            return None;
        }
        let place = |page: &PageAddress| -> Option<Span> {
            let outline = &parser.page(&page.source).ok()?.page.outline;
            Some(place_of_title(outline, &|| parser.document(&page.source).map(Arc::new)))
        };
        let duplicate = |(at, first): &(usize, usize)| -> Option<Diagnostic> {
            let (page, first) = (pages.get(*at)?, pages.get(*first)?);
            Some(duplicate_title(&page.title, place(page)?, &first.source, place(first)?))
        };
        let found: Vec<Diagnostic> = twins.par_iter().map(duplicate).collect::<Option<_>>()?;
        self.found.site.retain(|known| known.code != SITE_DUPLICATE_TITLE.id);
        self.found.site.extend(found);
        Some(())
    }

    /// Keeps what links are resolved with: as long as no address changes, many states of the site
    /// have it in common.
    fn keep_links(&self, whole: &Whole<'_>) {
        let memo: &Store = whole.memo();
        let key = Key::new(Stage::Check, self.links);
        if memo.writable().is_some()
            && !whole.inputs.moved()
            && !memo.keep(&key)
            && let Ok(bytes) = postcard::to_allocvec(&whole.site.link_table())
        {
            memo.put(&key, &bytes);
        }
    }
}

#[cfg(test)]
mod tests;
