//! Where the links of pages lead, resolved or known from the cache. Building and checking ask
//! here, so that both know the same.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::addresses::asked_of;
use super::images::ImageSizes;
use super::inputs::Inputs;
use super::parsed::{Documents, MadeFrom, ParsedPages};
use crate::base::{ContentHash, Diagnostic, SourcePath};
use crate::config::Settings;
use crate::markdown::{self, Document, ParseInput};
use crate::memo::{Fingerprint, Key, Stage, Store, fingerprint_of};
use crate::site::{Dependency, PageId, Place, ResolveContext, Resolved, Site, WrittenLinks};
use crate::source::Source as _;

/// What the cache knows of the links of a page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LinksRecord {
    /// Where they lead.
    pub(super) targets: ContentHash,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The pages among those that they lead to that the navigation does not list.
    pub(super) unlisted: Vec<SourcePath>,
}

/// The links of a page, resolved or known from the cache.
pub(super) struct Links {
    pub(super) record: LinksRecord,
    /// The pages whose places they name.
    pub(super) asked: Vec<SourcePath>,
    /// The links themselves with the document, where they were resolved just now.
    pub(super) resolved: Option<(Arc<Document>, Resolved)>,
}

/// What links are resolved with.
pub(super) struct Linking<'p> {
    pub(super) inputs: &'p Inputs<'p>,
    pub(super) memo: &'p Store,
    pub(super) settings: &'p Settings,
    pub(super) root: &'p SourcePath,
    pub(super) site: &'p Site,
    pub(super) parsed: &'p ParsedPages,
    pub(super) documents: &'p Documents,
    pub(super) places: &'p HashMap<SourcePath, ContentHash>,
    pub(super) images: &'p ImageSizes,
    /// The fingerprint of all that can be linked to, but for the places inside the pages.
    pub(super) addresses: ContentHash,
}

impl Linking<'_> {
    /// What a page was made from.
    pub(super) fn made_from(&self, id: PageId) -> Option<&MadeFrom> {
        Some(&self.parsed.pages.get(&self.site.page(id)?.source)?.made_from)
    }

    /// The document of a page.
    pub(super) fn document(&self, id: PageId) -> Option<Arc<Document>> {
        let path = &self.site.page(id)?.source;
        self.documents.get(path, || {
            // As a page, and not as a file of the site.
            let (bytes, _) = self.inputs.read_hashed(path).ok()?;
            let input = ParseInput {
                path,
                bytes: &bytes,
                settings: self.settings,
                source: self.inputs,
                root: self.root,
            };
            Some(markdown::parse_detail(&input, self.documents.detail).0)
        })
    }

    /// The links of a page, resolved for a place.
    pub(super) fn resolve(&self, id: PageId, document: &Document, place: Place<'_>) -> Resolved {
        let image_size = |path: &SourcePath| self.images.get(path);
        self.site.resolve(id, document, place, &ResolveContext { image_size: &image_size })
    }

    /// The links of a page, resolved for a place. What they lead to depends on the page, on all
    /// addresses of the site, and on the places in those pages that the links name.
    pub(super) fn links(&self, id: PageId, place: Place<'_>) -> Option<Links> {
        if self.memo.folder().is_none() {
            // Nothing is known, and nothing is kept.
            return self.resolved(id, place);
        }
        let made_from = self.made_from(id)?;
        let mut asked_key = Fingerprint::new("links");
        asked_key.hash(&made_from.document).hash(&self.addresses);
        match place {
            Place::Own => asked_key.text("own"),
            Place::Anywhere => asked_key.text("anywhere"),
            Place::At(path) => asked_key.text("at").text(path.as_str()),
            Place::Print(view) => {
                asked_key.text("print").text(view.path.as_str()).value(&view.pages)
            }
        };
        let asked_key = asked_key.finish();
        let answer_key = |asked: &[SourcePath]| {
            let mut key = Fingerprint::new("links and places");
            key.hash(&asked_key);
            for page in asked {
                key.text(page.as_str()).maybe(self.places.get(page));
            }
            Key::new(Stage::Links, key.finish())
        };
        let asked_key = Key::new(Stage::Links, asked_key);
        let known = || -> Option<Links> {
            let asked: Vec<SourcePath> = postcard::from_bytes(&self.memo.get(&asked_key)?).ok()?;
            let record = postcard::from_bytes(&self.memo.get(&answer_key(&asked))?).ok()?;
            Some(Links { record, asked, resolved: None })
        };
        if let Some(links) = known() {
            return Some(links);
        }
        let links = self.resolved(id, place)?;
        if let (Ok(pages), Ok(bytes), false) = (
            postcard::to_allocvec(&links.asked),
            postcard::to_allocvec(&links.record),
            self.inputs.moved(),
        ) {
            self.memo.put(&asked_key, &pages);
            self.memo.put(&answer_key(&links.asked), &bytes);
        }
        Some(links)
    }

    /// The same, whatever the cache knows of where they lead.
    fn resolved(&self, id: PageId, place: Place<'_>) -> Option<Links> {
        let (document, mut resolved) = match self.written(id) {
            Some(written) => {
                let image_size = |path: &SourcePath| self.images.get(path);
                let context = ResolveContext { image_size: &image_size };
                (None, self.site.resolve_written(id, &written, place, &context))
            }
            None => {
                let document = self.document(id)?;
                let resolved = self.resolve(id, &document, place);
                self.keep_written(id, &document);
                (Some(document), resolved)
            }
        };
        let record = LinksRecord {
            targets: fingerprint_of(&(&resolved.targets, &resolved.destinations)),
            diagnostics: std::mem::take(&mut resolved.diagnostics),
            unlisted: unlisted(self.site, &resolved.dependencies),
        };
        let asked = asked_of(&resolved.dependencies);
        let resolved = document.map(|document| (document, resolved));
        Some(Links { record, asked, resolved })
    }

    /// Under which the links of a page are kept as they are written; none where they are not. Where
    /// pages come from git, they are most often those of another revision too, which has other pages
    /// beside them.
    fn written_key(&self, id: PageId) -> Option<Key> {
        if self.inputs.has_stamps() || self.memo.folder().is_none() {
            return None;
        }
        let mut key = Fingerprint::new("written links");
        key.hash(&self.made_from(id)?.document);
        Some(Key::new(Stage::Links, key.finish()))
    }

    fn written(&self, id: PageId) -> Option<WrittenLinks> {
        let bytes = self.memo.get(&self.written_key(id)?)?;
        postcard::from_bytes(&bytes).ok()
    }

    fn keep_written(&self, id: PageId, document: &Document) {
        if let (Some(key), false) = (self.written_key(id), self.inputs.moved())
            && let Ok(bytes) = postcard::to_allocvec(&WrittenLinks::of(document))
        {
            self.memo.put(&key, &bytes);
        }
    }
}

/// The pages among those that are linked to that the navigation does not list.
pub(super) fn unlisted(site: &Site, dependencies: &[Dependency]) -> Vec<SourcePath> {
    let is_unlisted = |path: &SourcePath| {
        let page = site.page_of(path).and_then(|id| site.page(id));
        page.is_some_and(|page| !page.listed())
    };
    let pages = dependencies.iter().filter_map(|dependency| match dependency {
        Dependency::Page(path) if is_unlisted(path) => Some(path.clone()),
        _ => None,
    });
    pages.collect()
}
