//! Where the links of pages lead, resolved or known from the cache. Building and checking ask
//! here, so that both know the same.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::addresses::{AddressHashes, asked_of, from_root};
use super::images::ImageSizes;
use super::inputs::Inputs;
use super::parsed::{Documents, MadeFrom, ParsedPages, document_of};
use crate::base::{ContentHash, Diagnostic, SourcePath};
use crate::config::Settings;
use crate::markdown::Document;
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

/// Links that were resolved just now, and what they depend on besides the page.
struct Made {
    links: Links,
    /// Those that begin at the root of the host.
    from_root: Vec<String>,
}

/// What the links of a page depend on besides the page and the addresses of the site.
#[derive(Serialize, Deserialize)]
struct Asked {
    /// The pages whose places they name.
    places: Vec<SourcePath>,
    /// Those that begin at the root of the host, where that is not among the addresses.
    from_root: Vec<String>,
    /// What is known of them, where they name no place in another page, as on most pages.
    record: Option<LinksRecord>,
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
    /// The fingerprints of all that can be linked to, but for the places inside the pages.
    pub(super) addresses: AddressHashes,
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
            document_of(path, self.inputs, self.settings, self.root, self.documents.detail)
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
            return self.resolved(id, place).map(|made| made.links);
        }
        let made_from = self.made_from(id)?;
        let asked_key = |addresses: &ContentHash| {
            let mut key = Fingerprint::new("links");
            key.hash(&made_from.document).hash(addresses);
            match place {
                Place::Own => key.text("own"),
                Place::Anywhere => key.text("anywhere"),
                Place::At(path) => key.text("at").text(path.as_str()),
                Place::Print(view) => key.text("print").text(view.path.as_str()).value(&view.pages),
            };
            Key::new(Stage::Links, key.finish())
        };
        let answer_key = |asked_key: &Key, asked: &[SourcePath]| {
            let mut key = Fingerprint::new("links and places");
            key.hash(asked_key.hash());
            for page in asked {
                key.text(page.as_str()).maybe(self.places.get(page));
            }
            Key::new(Stage::Links, key.finish())
        };
        let leads_in = |dest: &String| dest.starts_with(&self.site.base_path);
        let known = |addresses: &ContentHash| -> Option<Links> {
            let asked_key = asked_key(addresses);
            let bytes = self.memo.get(&asked_key)?;
            let Asked { places, from_root, record } = postcard::from_bytes(&bytes).ok()?;
            if from_root.iter().any(leads_in) {
                return None;
            }
            let record = match record {
                Some(record) => record,
                None => {
                    let bytes = self.memo.get(&answer_key(&asked_key, &places))?;
                    postcard::from_bytes(&bytes).ok()?
                }
            };
            Some(Links { record, asked: places, resolved: None })
        };
        let AddressHashes { all, relative, elsewhere } = &self.addresses;
        // Nobody knows yet whether the page has links from the root, and which: each is kept under one
        // key only.
        let known = known(relative).or_else(|| known(elsewhere.as_ref()?)).or_else(|| known(all));
        if known.is_some() {
            return known;
        }
        let Made { links, from_root } = self.resolved(id, place)?;
        let (addresses, from_root) = match elsewhere {
            _ if matches!(place, Place::Anywhere) => (all, Vec::new()),
            _ if from_root.is_empty() => (relative, from_root),
            Some(elsewhere) if !from_root.iter().any(leads_in) => (elsewhere, from_root),
            _ => (all, Vec::new()),
        };
        let asked_key = asked_key(addresses);
        let mut asked = Asked { places: links.asked.clone(), from_root, record: None };
        let mut answer = None;
        if asked.places.is_empty() {
            asked.record = Some(links.record.clone());
        } else {
            answer = postcard::to_allocvec(&links.record).ok();
        }
        if let (Ok(asked), false) = (postcard::to_allocvec(&asked), self.inputs.moved()) {
            self.memo.put(&asked_key, &asked);
            if let Some(answer) = answer {
                self.memo.put(&answer_key(&asked_key, &links.asked), &answer);
            }
        }
        Some(links)
    }

    /// The same, whatever the cache knows of where they lead.
    fn resolved(&self, id: PageId, place: Place<'_>) -> Option<Made> {
        let found;
        let (document, mut resolved) = match self.written(id) {
            Some(written) => {
                found = from_root(written.destinations());
                let image_size = |path: &SourcePath| self.images.get(path);
                let context = ResolveContext { image_size: &image_size };
                (None, self.site.resolve_written(id, &written, place, &context))
            }
            None => {
                let document = self.document(id)?;
                found = from_root(document.links.iter().map(|link| &*link.dest));
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
        Some(Made { links: Links { record, asked, resolved }, from_root: found })
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
