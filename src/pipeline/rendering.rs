//! The files of the site, rendered or known from the cache.

use std::sync::{Arc, PoisonError};

use serde::{Deserialize, Serialize};

use super::Prepared;
use super::addresses::AddressHashes;
use super::links::{Links, LinksRecord};
use super::versions::Twins;
use crate::base::{ContentHash, Diagnostic};
use crate::memo::{BUILD, Fingerprint, Key, Part, Stage, Trace, fingerprint_of};
use crate::output::{self, FileRecord, Frame, PageRef, Rendered, SiteContext};
use crate::site::{PageId, Place, PrintView};

/// Hashes of what is the same for every page.
#[derive(Debug, Clone)]
pub(super) struct Common {
    /// The view of the site.
    pub(super) site: ContentHash,
    /// The settings that Markdown is rendered by.
    pub(super) markdown: ContentHash,
    /// What links are resolved against.
    pub(super) addresses: AddressHashes,
}

/// What the cache knows of a rendered file: everything but its bytes. These stand in the output
/// folder; to keep them twice would make the cache many times larger, and a build that begins
/// without output waits less for rendering than CI does for such a cache.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) file: FileRecord,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A file of the site that is about to be rendered.
pub(super) struct Job<'a> {
    page: PageRef,
    /// Under which its record is kept; none for what is rendered each time.
    key: Option<Key>,
    frame: Option<Frame<'a>>,
    links: Option<Links>,
    /// What it is made from.
    pub(super) trace: Option<Trace>,
    /// What the cache knows of it.
    pub(super) record: Option<Record>,
}

impl Job<'_> {
    /// A file of which nothing is known beforehand: it is rendered each time.
    fn unknown(page: PageRef) -> Self {
        Job { page, key: None, frame: None, links: None, trace: None, record: None }
    }
}

impl Prepared<'_> {
    /// Finds out what a file is made from, and whether the cache knows it.
    pub(super) fn job<'a>(&self, cx: &'a SiteContext<'_>, page: PageRef) -> Job<'a> {
        match page {
            PageRef::Markdown(id) => self.copy_job(page, id),
            PageRef::Redirect(_) => Job::unknown(page),
            PageRef::Print(view) => self.print_job(cx, view),
            PageRef::Page(_)
            | PageRef::First(_)
            | PageRef::Section(_)
            | PageRef::NotFound
            | PageRef::PrintList
            | PageRef::Search => self.page_job(cx, page),
        }
    }

    fn page_job<'a>(&self, cx: &'a SiteContext<'_>, page: PageRef) -> Job<'a> {
        let Some(mut frame) = output::frame(cx, page) else { return Job::unknown(page) };
        let links = match frame.page.map(|id| self.linking().links(id, frame.place())) {
            Some(None) => return Job::unknown(page),
            links => links.flatten(),
        };
        if let (Some(links), false) = (&links, matches!(page, PageRef::First(_))) {
            // The copy of a page tells nothing that the page itself does not tell.
            frame.diagnostics.extend(links.record.diagnostics.iter().cloned());
        }
        if let (PageRef::Page(id), Some(links), Place::Own) = (page, &links, frame.place()) {
            let targets = links.record.targets;
            let record = LinksRecord { targets, diagnostics: Vec::new(), unlisted: Vec::new() };
            self.put_left(id, Links { record, asked: Vec::new(), resolved: None });
        }
        let trace = self.trace(cx, &frame, links.as_ref());
        let mut key = Fingerprint::new("page");
        key.text(&frame.template).value(&frame.diagnostics);
        for (part, hash) in &trace.parts {
            if !matches!(part, Part::Source | Part::Include(_)) {
                key.hash(hash);
            }
        }
        let key = Key::new(Stage::Render, key.finish());
        let record = self.recall(&key);
        Job { page, key: Some(key), frame: Some(frame), links, trace: Some(trace), record }
    }

    /// A print view shows many pages, with their links led to each other.
    fn print_job<'a>(&self, cx: &'a SiteContext<'_>, view: usize) -> Job<'a> {
        let page = PageRef::Print(view);
        let frame = output::frame(cx, page);
        let (Some(frame), Some(view)) = (frame, self.print.views.get(view)) else {
            return Job::unknown(page);
        };
        let mut pages = Fingerprint::new("pages");
        pages.hash(&self.common.addresses.all);
        for id in view.pages.clone().map(PageId) {
            let Some(of) = self.site.page(id) else { continue };
            // The document tells the places in a page, too, that links can lead to.
            let made_from = self.made_from(id).map(|made_from| &made_from.document);
            pages.text(of.path.as_str()).text(&of.title).maybe(made_from);
        }
        let mut trace = self.trace(cx, &frame, None);
        trace.parts.push((Part::Pages, pages.finish()));
        let mut key = Fingerprint::new("print view");
        for (_, hash) in &trace.parts {
            key.hash(hash);
        }
        let key = Key::new(Stage::Render, key.finish());
        let record = self.recall(&key);
        Job { page, key: Some(key), frame: None, links: None, trace: Some(trace), record }
    }

    /// What a page is in the print view. A version takes it from another one, where it is the same
    /// there.
    pub(super) fn print_part(
        &self,
        id: PageId,
        view: &PrintView,
        make: &dyn Fn() -> String,
    ) -> Arc<str> {
        let key = self.version.and_then(|version| {
            let (of, made_from) = (self.site.page(id)?, self.made_from(id)?);
            let links = self.linking().links(id, Place::Print(view))?;
            let mut key = Fingerprint::new("print part");
            key.hash(&made_from.text).hash(&links.record.targets);
            key.hash(&self.common.site).hash(&self.common.markdown);
            key.text(of.path.as_str()).text(&of.title);
            Some((version, key.finish()))
        });
        match key {
            Some((version, key)) => version.twins.part(key, make),
            None => Arc::from(make()),
        }
    }

    /// Under which the body of a page is shared with other versions; none where it is not. A page
    /// more or less changes the navigation of most pages, and nothing else of them.
    fn body_key(&self, id: PageId, links: &Links) -> Option<(&Twins, ContentHash)> {
        let twins = self.version?.twins;
        let mut key = Fingerprint::new("body");
        key.hash(&self.made_from(id)?.text).hash(&links.record.targets);
        key.hash(&self.common.site).hash(&self.common.markdown);
        twins.keeps().then(|| (twins, key.finish()))
    }

    /// What a page is made from, part by part.
    fn trace(&self, cx: &SiteContext<'_>, frame: &Frame<'_>, links: Option<&Links>) -> Trace {
        let view = fingerprint_of(&(&frame.view.here, &frame.view.page));
        // Most pages have all parts, and few include a file.
        let mut parts = Vec::with_capacity(8);
        parts.extend([
            (Part::Navigation, ContentHash::of(&frame.nav_shown(cx))),
            (Part::View, view),
            (Part::Site, self.common.site),
            (Part::Templates, self.templates(&frame.template)),
            (Part::Settings, self.common.markdown),
        ]);
        if let Some(made_from) = frame.page.and_then(|id| self.made_from(id)) {
            parts.push((Part::Source, made_from.source));
            parts.push((Part::Text, made_from.text));
            for (path, answer) in &made_from.includes {
                parts.push((Part::Include(path.clone()), fingerprint_of(answer)));
            }
        }
        if let Some(links) = links {
            parts.push((Part::Links, links.record.targets));
        }
        Trace { program: BUILD.into(), parts }
    }

    /// The fingerprint of the site's own templates that rendering with one of them can reach.
    fn templates(&self, template: &str) -> ContentHash {
        let known = self.templates.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(hash) = known.get(template) {
            return *hash;
        }
        drop(known);
        let hash = fingerprint_of(&self.theme.reached(template));
        let mut known = self.templates.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(template.to_owned(), hash);
        hash
    }

    fn copy_job<'a>(&self, page: PageRef, id: PageId) -> Job<'a> {
        let links = self.left(id).or_else(|| self.linking().links(id, Place::Own));
        let parts = (self.site.page(id), self.made_from(id), &links);
        let (Some(of), Some(made_from), Some(found)) = parts else {
            return Job { links, ..Job::unknown(page) };
        };
        let mut key = Fingerprint::new("markdown copy");
        key.hash(&made_from.text).hash(&found.record.targets).text(&of.title);
        let key = Key::new(Stage::Render, key.finish());
        let record = self.recall(&key);
        Job { page, key: Some(key), frame: None, links, trace: None, record }
    }

    /// Leaves the links of a page to its Markdown copy, which follows it.
    fn put_left(&self, id: PageId, links: Links) {
        if let Some(slot) = self.left.get(id.0 as usize) {
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(links);
        }
    }

    /// Changes what a page has left to its Markdown copy.
    fn leave(&self, id: PageId, change: impl FnOnce(&mut Links)) {
        if let Some(slot) = self.left.get(id.0 as usize) {
            slot.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(change);
        }
    }

    /// What a page has left to its Markdown copy.
    fn left(&self, id: PageId) -> Option<Links> {
        self.left.get(id.0 as usize)?.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn recall(&self, key: &Key) -> Option<Record> {
        postcard::from_bytes(&self.memo.get(key)?).ok()
    }

    /// Renders a file.
    pub(super) fn finish(&self, cx: &SiteContext<'_>, job: Job<'_>) -> Rendered {
        self.finish_hashed(cx, job).0
    }

    /// Renders a file, and says what it is where the cache was told so.
    pub(super) fn finish_hashed(
        &self,
        cx: &SiteContext<'_>,
        job: Job<'_>,
    ) -> (Rendered, Option<FileRecord>) {
        let key = job.key;
        let (rendered, whole) = self.make(cx, job);
        let (Some(key), true, false) = (key, whole, self.inputs.moved()) else {
            return (rendered, None);
        };
        let file = FileRecord::of(&rendered.bytes);
        let record = Record { file, diagnostics: rendered.diagnostics.clone() };
        if let Ok(bytes) = postcard::to_allocvec(&record) {
            self.memo.put(&key, &bytes);
        }
        (rendered, Some(file))
    }

    /// A rendered file, and whether it would be the same another time.
    fn make(&self, cx: &SiteContext<'_>, job: Job<'_>) -> (Rendered, bool) {
        let Job { page, frame, links, .. } = job;
        let id = match page {
            PageRef::Page(id) | PageRef::First(id) | PageRef::Markdown(id) => id,
            PageRef::Section(_) | PageRef::NotFound | PageRef::PrintList | PageRef::Search => {
                let rendered = frame.map(|frame| output::fill(cx, frame, String::new()));
                return (rendered.unwrap_or_default(), true);
            }
            PageRef::Redirect(_) => return (output::render(cx, page), false),
            PageRef::Print(_) => return (output::render(cx, page), true),
        };
        let shared = frame.is_some().then(|| self.body_key(id, links.as_ref()?)).flatten();
        let frame = match (frame, &shared) {
            (Some(frame), Some((twins, key))) => match twins.known(key) {
                Some(body) => return (output::fill(cx, frame, body.to_string()), true),
                None => Some(frame),
            },
            (frame, _) => frame,
        };
        let resolved = links.and_then(|links| links.resolved).or_else(|| {
            let document = self.document(id)?;
            let place = match &frame {
                Some(frame) => frame.place(),
                None => Place::Own,
            };
            let resolved = self.resolve(id, &document, place);
            Some((document, resolved))
        });
        let Some((document, resolved)) = resolved else { return (Rendered::default(), false) };
        match frame {
            Some(frame) => {
                let body = output::body(cx, &document, &resolved.targets);
                if let Some((twins, key)) = shared {
                    twins.keep_text(key, &body);
                }
                let rendered = output::fill(cx, frame, body);
                if matches!(page, PageRef::Page(_)) {
                    self.gather_search_input(id, &document);
                    self.leave(id, |left| left.resolved = Some((document, resolved)));
                }
                (rendered, true)
            }
            None => {
                let rendered = output::markdown_copy(cx, id, &document, &resolved);
                self.release(id);
                (rendered, true)
            }
        }
    }
}
