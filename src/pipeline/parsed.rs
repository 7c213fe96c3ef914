//! The pages, parsed or known from the cache.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::inputs::{Answer, Inputs, Reads};
use crate::base::{ContentHash, Diagnostic, SourcePath};
use crate::config::Settings;
use crate::markdown::{self, Detail, Document, Outline, ParseInput};
use crate::memo::{Fingerprint, Key, Stage, Store, fingerprint_of};
use crate::source::SourceError;

/// What parsing pages needs.
#[derive(Clone, Copy)]
pub(super) struct Parser<'a> {
    pub(super) inputs: &'a Inputs<'a>,
    pub(super) memo: &'a Store,
    pub(super) settings: &'a Settings,
    pub(super) root: &'a SourcePath,
    /// The fingerprint of the settings that parsing depends on.
    pub(super) fingerprint: ContentHash,
    /// The pages of the build before, where this process made it.
    pub(super) before: Option<&'a ParsedPages>,
    /// How much of a page its document holds.
    pub(super) detail: Detail,
}

/// A page as the site needs it.
pub(super) struct ParsedPage {
    pub(super) outline: Arc<Outline>,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The fingerprint of its links as they are written.
    pub(super) links: ContentHash,
    /// What it was made from.
    pub(super) made_from: MadeFrom,
}

/// A page, and its document where it was parsed just now.
pub(super) struct Parsed {
    pub(super) page: Arc<ParsedPage>,
    pub(super) document: Option<Document>,
}

/// The pages of a build, by source.
#[derive(Clone)]
pub(super) struct ParsedPages {
    /// The fingerprint of the settings that they were parsed by.
    pub(super) fingerprint: ContentHash,
    pub(super) pages: HashMap<SourcePath, Arc<ParsedPage>>,
}

/// Hashes of what a page was made from.
#[derive(Debug, Clone)]
pub(super) struct MadeFrom {
    /// Of its file.
    pub(super) source: ContentHash,
    /// Of the file, of all that it includes and of the settings: of the document with the places
    /// of everything in it.
    pub(super) document: ContentHash,
    /// Of what readers get to see: the text after includes and variables, and the front matter.
    pub(super) text: ContentHash,
    /// The files that it includes, and what stood there.
    pub(super) includes: Vec<(SourcePath, Answer)>,
}

/// What the cache knows of a file's bytes: an answer that holds as long as the files that it asked
/// for are the same.
#[derive(Serialize, Deserialize)]
struct Record {
    asked: Vec<(SourcePath, Answer)>,
    outline: Outline,
    diagnostics: Vec<Diagnostic>,
    text: ContentHash,
    links: ContentHash,
}

/// The fingerprint of the settings that parsing depends on: all that Markdown is read and
/// rendered by, what variables stand for, and what a glossary lists.
pub(super) fn settings_fingerprint(settings: &Settings, root: &SourcePath) -> ContentHash {
    let mut fingerprint = Fingerprint::new("parse settings");
    fingerprint.text(root.as_str()).hash(&markdown_fingerprint(settings));
    fingerprint.value(&(&settings.vars, &settings.terms));
    fingerprint.finish()
}

/// The fingerprint of the settings that rendering Markdown depends on. Of `[output.html]`
/// everything counts but what has its effect on the site or the theme.
pub(super) fn markdown_fingerprint(settings: &Settings) -> ContentHash {
    let mut html = settings.html.clone();
    html.redirects.clear();
    html.additional_css.clear();
    html.additional_js.clear();
    html.cname = None;
    html.input_404 = None;
    html.default_theme = None;
    html.preferred_dark_theme = None;
    html.fold = None;
    fingerprint_of(&(&settings.markdown, html))
}

impl<'a> Parser<'a> {
    /// A page, from the cache where it and all that it includes are what they were.
    pub(super) fn page(&self, path: &SourcePath) -> Result<Parsed, SourceError> {
        let known = self.inputs.known_hash(path);
        let read = match known {
            Some(_) => None,
            None => Some(self.inputs.read_hashed(path)?),
        };
        let Some(known) = known.or(read.as_ref().map(|(_, hash)| *hash)) else {
            return Err(SourceError::Missing(path.clone()));
        };
        if let Some(page) = self.unchanged(path, known) {
            return Ok(Parsed { page, document: None });
        }
        let key = self.key(path, &known);
        if let Some(parsed) = self.recall(&key, known) {
            return Ok(parsed);
        }
        let (bytes, source) = match read {
            Some(read) => read,
            None => self.inputs.read_hashed(path)?,
        };
        let reads = Reads::new(self.inputs);
        let input = ParseInput {
            path,
            bytes: &bytes,
            settings: self.settings,
            source: &reads,
            root: self.root,
        };
        let (document, diagnostics) = markdown::parse_detail(&input, self.detail);
        let text = self.text(&document);
        let record = Record {
            asked: reads.asked(),
            outline: Outline::clone(&document.outline),
            diagnostics,
            text,
            links: written_links(&document),
        };
        if self.memo.writable().is_some()
            && !self.inputs.moved()
            && let Ok(bytes) = postcard::to_allocvec(&record)
        {
            self.memo.put(&self.key(path, &source), &bytes);
        }
        let outline = Arc::clone(&document.outline);
        Ok(self.parsed(path, source, record, outline, Some(document)))
    }

    /// The document of a page; none where it cannot be read.
    pub(super) fn document(&self, path: &SourcePath) -> Option<Document> {
        document_of(path, self.inputs, self.settings, self.root, self.detail)
    }

    /// The page of the build before, where it would be the same now.
    fn unchanged(&self, path: &SourcePath, source: ContentHash) -> Option<Arc<ParsedPage>> {
        let before = self.before.filter(|before| before.fingerprint == self.fingerprint)?;
        let page = before.pages.get(path).filter(|page| page.made_from.source == source)?;
        let mut asked = page.made_from.includes.iter();
        asked.all(|(path, answer)| self.inputs.holds(path, *answer)).then(|| Arc::clone(page))
    }

    pub(super) fn key(&self, path: &SourcePath, source: &ContentHash) -> Key {
        let mut inputs = Fingerprint::new("parse");
        inputs.hash(&self.fingerprint).text(path.as_str()).hash(source);
        Key::new(Stage::Parse, inputs.finish())
    }

    /// The page that a file of this hash made, where the cache knows it.
    pub(super) fn recall(&self, key: &Key, source: ContentHash) -> Option<Parsed> {
        let bytes = self.memo.get(key)?;
        let mut record: Record = postcard::from_bytes(&bytes).ok()?;
        if !record.asked.iter().all(|(path, answer)| self.inputs.holds(path, *answer)) {
            return None;
        }
        let path = record.outline.source.clone();
        let outline =
            Arc::new(std::mem::replace(&mut record.outline, Outline::empty(path.clone())));
        Some(self.parsed(&path, source, record, outline, None))
    }

    fn parsed(
        &self,
        path: &SourcePath,
        source: ContentHash,
        record: Record,
        outline: Arc<Outline>,
        document: Option<Document>,
    ) -> Parsed {
        let mut whole = Fingerprint::new("document");
        whole.hash(&self.fingerprint).text(path.as_str()).hash(&source).value(&record.asked);
        let page = ParsedPage {
            outline,
            diagnostics: record.diagnostics,
            links: record.links,
            made_from: MadeFrom {
                source,
                document: whole.finish(),
                text: record.text,
                includes: record.asked,
            },
        };
        Parsed { page: Arc::new(page), document }
    }

    fn text(&self, document: &Document) -> ContentHash {
        let mut text = Fingerprint::new("text");
        text.hash(&markdown_fingerprint(self.settings))
            .text(&document.text)
            .value(&document.front_matter);
        text.finish()
    }
}

/// The links of a document, as far as anything but their place in it is concerned.
fn written_links(document: &Document) -> ContentHash {
    let mut links = Fingerprint::new("written links");
    for link in &document.links {
        links
            .value(&(link.kind, link.attribute.is_some(), link.dest_range.is_some()))
            .text(&link.dest)
            .text(document.span(&link.range).file.as_str());
    }
    links.finish()
}

/// The document of a page; none where it cannot be read.
pub(super) fn document_of(
    path: &SourcePath,
    inputs: &Inputs<'_>,
    settings: &Settings,
    root: &SourcePath,
    detail: Detail,
) -> Option<Document> {
    // As a page, and not as a file of the site.
    let (bytes, _) = inputs.read_hashed(path).ok()?;
    let input = ParseInput { path, bytes: &bytes, settings, source: inputs, root };
    Some(markdown::parse_detail(&input, detail).0)
}

/// The documents of the pages. What was not parsed because the cache knew its outline is parsed
/// when somebody needs its text.
pub(super) struct Documents {
    /// How much of a page they hold.
    pub(super) detail: Detail,
    slots: HashMap<SourcePath, Mutex<Slot>>,
}

/// A document.
enum Slot {
    /// Not parsed, or let go.
    Unread,
    /// Parsed; none where the file could not be read any more.
    Read(Option<Arc<Document>>),
}

impl Documents {
    pub(super) fn new(
        detail: Detail,
        pages: impl IntoIterator<Item = (SourcePath, Option<Document>)>,
    ) -> Self {
        let slots = pages
            .into_iter()
            .map(|(path, document)| {
                let slot = match document {
                    Some(document) => Slot::Read(Some(Arc::new(document))),
                    None => Slot::Unread,
                };
                (path, Mutex::new(slot))
            })
            .collect();
        Documents { detail, slots }
    }

    /// A document; none for what is no page, and for a file that cannot be read any more.
    pub(super) fn get(
        &self,
        path: &SourcePath,
        read: impl FnOnce() -> Option<Document>,
    ) -> Option<Arc<Document>> {
        let mut slot = self.slots.get(path)?.lock().unwrap_or_else(PoisonError::into_inner);
        if let Slot::Read(document) = &*slot {
            return document.clone();
        }
        let document = read().map(Arc::new);
        *slot = Slot::Read(document.clone());
        document
    }

    /// Puts another document in the place of that of a page.
    pub(super) fn replace(&self, path: &SourcePath, document: Option<Document>) {
        if let Some(slot) = self.slots.get(path) {
            let slot = &mut *slot.lock().unwrap_or_else(PoisonError::into_inner);
            *slot = document.map_or(Slot::Unread, |document| Slot::Read(Some(Arc::new(document))));
        }
    }

    /// Lets a document go that nobody is expected to need again, to make room.
    pub(super) fn release(&self, path: &SourcePath) {
        if let Some(slot) = self.slots.get(path) {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Slot::Unread;
        }
    }
}
