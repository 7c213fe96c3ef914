//! The links of a few pages, resolved again after an edit, while the rest of the site is not even
//! read: those of the pages that were edited, and those that name places in them.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::addresses::asked_of;
use super::found::Found;
use super::links::unlisted;
use super::parsed::{ParsedPage, Parser};
use super::recheck::Edit;
use crate::base::{Diagnostic, SourcePath};
use crate::markdown::Document;
use crate::site::{
    Dependencies, Dependency, LinkTable, NAV_ORPHAN, PageId, Place, ResolveContext, Resolved, Site,
    same_ids,
};

/// Where the links of more pages than these are to be resolved again, the site is checked as a
/// whole.
const MOST_LINKING: usize = 512;

/// Tells of links what is to be told after edits. `table` gives what they are resolved with. None
/// where the whole site must be looked at.
pub(super) fn relink(
    found: &mut Found,
    edits: &[Edit<'_>],
    parser: &Parser<'_>,
    table: impl FnOnce() -> Option<LinkTable>,
) -> Option<()> {
    let moved: HashSet<&SourcePath> =
        edits.iter().filter(|edit| !same_places(edit)).map(|edit| edit.path).collect();
    let own = edits.iter().filter(|edit| {
        moved.contains(edit.path)
            || edit.before.links != edit.now.links
            // What is wrong with them is told of places in the page.
            || found.of(edit.path).is_some_and(|page| !page.linked.is_empty())
    });
    let mut pages: BTreeSet<SourcePath> = own.map(|edit| edit.path.clone()).collect();
    if !moved.is_empty() {
        let asks = found.pages.iter().filter(|(_, of)| of.asked.iter().any(|p| moved.contains(p)));
        pages.extend(asks.map(|(page, _)| page.clone()));
    }
    if pages.is_empty() {
        return Some(());
    }
    if pages.len() > MOST_LINKING {
        return None;
    }
    let mut site = table()?.site();
    let pages: Vec<(PageId, Arc<Document>)> = pages
        .into_par_iter()
        .map(|path| Some((site.page_of(&path)?, Arc::new(parser.document(&path)?))))
        .collect::<Option<_>>()?;
    // The pages are empty as yet: only which of them links name is told right.
    let asked = |(id, document): &(PageId, Arc<Document>)| {
        asked_of(&resolve(&site, *id, document).dependencies)
    };
    let named: BTreeSet<SourcePath> = pages.par_iter().flat_map_iter(asked).collect();
    let named: Vec<Arc<ParsedPage>> =
        named.par_iter().map(|path| read(parser, path)).collect::<Option<_>>()?;
    for page in named {
        site.take(Arc::clone(&page.outline));
    }
    for (_, document) in &pages {
        site.take(Arc::clone(&document.outline));
    }
    let linked: Vec<(PageId, Resolved)> =
        pages.par_iter().map(|(id, document)| (*id, resolve(&site, *id, document))).collect();
    let mut leads_elsewhere = false;
    for (id, resolved) in linked {
        let path = &site.page(id)?.source;
        let unlisted = unlisted(&site, &resolved.dependencies);
        found.set(path, |page| {
            leads_elsewhere |= page.unlisted != unlisted;
            page.linked = resolved.diagnostics;
            page.asked = asked_of(&resolved.dependencies);
            page.unlisted = unlisted;
        });
    }
    if leads_elsewhere {
        let orphans = orphans(found, &mut site, parser)?;
        found.site.retain(|known| known.code != NAV_ORPHAN.id);
        found.site.extend(orphans);
    }
    Some(())
}

/// Whether all places in a page that links can name are what they were, and the words of these.
fn same_places(edit: &Edit<'_>) -> bool {
    let (before, now) = (&edit.before.outline, &edit.now.outline);
    let mut texts = before.headings.iter().zip(&now.headings);
    before.headings.len() == now.headings.len()
        && same_ids(before, now)
        && texts.all(|(before, now)| before.text == now.text)
}

fn read(parser: &Parser<'_>, path: &SourcePath) -> Option<Arc<ParsedPage>> {
    parser.page(path).ok().map(|parsed| parsed.page)
}

fn resolve(site: &Site, id: PageId, document: &Document) -> Resolved {
    let place = if site.not_found == Some(id) { Place::Anywhere } else { Place::Own };
    // How large an image is, is told to readers only.
    site.resolve(id, document, place, &ResolveContext { image_size: &|_| None })
}

/// The pages that nothing leads to.
fn orphans(found: &Found, site: &mut Site, parser: &Parser<'_>) -> Option<Vec<Diagnostic>> {
    let alone: Vec<SourcePath> = site
        .iter()
        .filter(|(_, page)| !page.listed())
        .map(|(_, page)| page.source.clone())
        .collect();
    let alone: Vec<Arc<ParsedPage>> =
        alone.par_iter().map(|path| read(parser, path)).collect::<Option<_>>()?;
    for page in alone {
        site.take(Arc::clone(&page.outline));
    }
    let leading = found.pages.iter().map(|(path, page)| {
        (path.clone(), page.unlisted.iter().cloned().map(Dependency::Page).collect())
    });
    Some(site.orphans(&Dependencies::new(leading)))
}
