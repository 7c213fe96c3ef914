//! Two states of a site are compared, page by page, as a reader sees them. Most pages have equal
//! hashes of all that their bodies are made from, and are not looked at; of the others both bodies
//! are rendered, once, and what they have in common is kept.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::build::known_inputs;
use super::change_look::add_looks;
use super::check::{CheckInput, keep_hashes};
use super::highlights::Highlights;
use super::inputs::{Answer, Asked, Inputs};
use super::prepare::BuildError;
use super::whole::Whole;
use super::{build, extras, parsed};
use crate::base::{ContentHash, SourcePath};
use crate::history::FileChange;
use crate::markdown::{self, Detail, Document, LinkKind, RenderInput, Target, Words};
use crate::memo::{BUILD, Fingerprint, Key, Stage, fingerprint_of};
use crate::output;
use crate::review::difference::{self, Difference, difference};
use crate::review::{
    Change, PageChange, PagePair, PagePlace, PageState, PairFacts, SiteState, pair_pages,
};
use crate::site::{Destination, NavKind, Page, PageId, Place, Site};
use crate::theme::Theme;

/// The state under which that of a folder is kept.
const LAST: &str = "review";

/// What is compared.
#[derive(Clone)]
pub struct ChangeInput<'a> {
    /// The site as it was, where the branch parted from its base.
    pub old: CheckInput<'a>,
    /// The site as it is.
    pub new: CheckInput<'a>,
    /// The files that differ.
    pub files: &'a [FileChange],
    /// Build the changed side with its own theme, too. Otherwise only that of the old one is used.
    pub trust_theme: bool,
}

/// Two states of a site and what lies between them.
#[derive(Debug, Clone)]
pub struct Compared {
    /// What a reader sees differently.
    pub change: Change,
    /// Whether addresses of the new site end in `/` instead of `/index.html`.
    pub clean_urls: bool,
}

/// Compares two states of a site.
///
/// # Errors
/// Where `book.toml` of either cannot be understood, or a source cannot be listed.
pub fn compare(input: &ChangeInput<'_>) -> Result<Compared, BuildError> {
    let memo = input.new.memo;
    let (old_inputs, new_inputs) =
        (known_inputs(input.old.source, memo), known_inputs(input.new.source, memo));
    let old = Side::new(&input.old, &old_inputs);
    let new = Side::new(&input.new, &new_inputs);
    let compared = compare_sides(&old, &new, input.files).and_then(|mut compared| {
        add_looks(input, &mut compared.change)?;
        Ok(compared)
    });
    keep_hashes(&old_inputs, memo);
    keep_hashes(&new_inputs, memo);
    compared
}

/// The same with sides that are open.
pub(super) fn compare_sides(
    old: &Side<'_>,
    new: &Side<'_>,
    files: &[FileChange],
) -> Result<Compared, BuildError> {
    let (old_state, new_state) = rayon::join(|| old.state(), || new.state());
    let (old_state, new_state) = (old_state?, new_state?);
    let pairs = pair_pages(&old_state.site, &new_state.site, files);
    let facts = pair_facts(old, new, &pairs)?;
    let change = Change::new(&old_state.site, &new_state.site, &pairs, &facts, files);
    Ok(Compared { change, clean_urls: new_state.clean_urls })
}

/// What differs on a page.
#[derive(Debug, Clone, Serialize)]
pub struct PageDifference {
    /// The page.
    #[serde(flatten)]
    pub page: PageChange,
    /// What differs in its text.
    pub difference: Difference,
}

/// What differs on each page that a reader sees differently; of pages only, whose files are wanted.
///
/// # Errors
/// As [`compare`].
pub fn differences(
    input: &ChangeInput<'_>,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<Vec<PageDifference>, BuildError> {
    let memo = input.new.memo;
    let (old_inputs, new_inputs) =
        (known_inputs(input.old.source, memo), known_inputs(input.new.source, memo));
    let old = Side::new(&input.old, &old_inputs);
    let new = Side::new(&input.new, &new_inputs);
    let mut pages = compare_sides(&old, &new, input.files)?.change.pages;
    pages.retain(|page| page.place().is_some_and(|place| wanted(place.source.as_str())));
    let (old, new) = rayon::join(|| old.required(), || new.required());
    let (old, new) = (old?, new?);
    let found = pages.into_par_iter().map(|page| {
        let (before, after) = (Read::at(old, &page.old), Read::at(new, &page.new));
        let difference = difference(&before.side(), &after.side());
        PageDifference { page, difference }
    });
    let found = found.collect();
    keep_hashes(&old_inputs, memo);
    keep_hashes(&new_inputs, memo);
    Ok(found)
}

/// What is kept of a state.
#[derive(Serialize, Deserialize)]
struct State {
    site: SiteState,
    clean_urls: bool,
}

/// What is kept of a folder.
#[derive(Serialize, Deserialize)]
struct Last {
    program: String,
    arguments: ContentHash,
    asked: Asked,
    state: State,
}

/// A state of a site, joined only where what is kept of it does not do.
pub(super) struct Side<'a> {
    input: &'a CheckInput<'a>,
    inputs: &'a Inputs<'a>,
    whole: OnceLock<Result<Whole<'a>, BuildError>>,
}

impl<'a> Side<'a> {
    pub(super) fn new(input: &'a CheckInput<'a>, inputs: &'a Inputs<'a>) -> Self {
        Side { input, inputs, whole: OnceLock::new() }
    }

    /// The whole site.
    pub(super) fn whole(&self) -> Option<&Whole<'a>> {
        self.whole.get_or_init(|| Whole::new(self.input, self.inputs, Detail::Whole)).as_ref().ok()
    }

    /// The whole site, or why it cannot be joined.
    pub(super) fn required(&self) -> Result<&Whole<'a>, BuildError> {
        match self.whole() {
            Some(whole) => Ok(whole),
            None => {
                // It is made once more for its error.
                Whole::new(self.input, self.inputs, Detail::Whole)?;
                Err(BuildError::Config(Vec::new()))
            }
        }
    }

    /// What a review must know of the pages.
    pub(super) fn site_state(&self) -> Result<SiteState, BuildError> {
        Ok(self.state()?.site)
    }

    /// What a review must know of it, from the cache where that is known.
    fn state(&self) -> Result<State, BuildError> {
        let memo = self.input.memo;
        let arguments = self.input.arguments();
        let key = self.input.source.tree().map(|tree| {
            let mut key = Fingerprint::new("state of a site");
            key.hash(&arguments).text(&tree);
            Key::new(Stage::Review, key.finish())
        });
        if let Some(key) = &key {
            let known = memo.get(key).and_then(|bytes| postcard::from_bytes(&bytes).ok());
            if let Some(state) = known {
                return Ok(state);
            }
        } else if self.input.source.folder().is_some()
            && let Some(bytes) = memo.state(LAST)
            && let Ok(last) = postcard::from_bytes::<Last>(&bytes)
            && last.program == BUILD
            && last.arguments == arguments
            && build::holds(self.inputs, &last.asked)
        {
            return Ok(last.state);
        }
        let whole = self.required()?;
        whole.readable(self.input)?;
        let state = State { site: whole.site_state(), clean_urls: whole.site.clean_urls };
        if self.inputs.moved() {
            return Ok(state);
        }
        if let Some(key) = &key {
            if let Ok(bytes) = postcard::to_allocvec(&state) {
                memo.put(key, &bytes);
            }
            return Ok(state);
        }
        if self.input.source.folder().is_none() || memo.folder().is_none() {
            return Ok(state);
        }
        let asked = self.inputs.asked();
        let last = Last { program: BUILD.to_owned(), arguments, asked, state };
        if let Ok(bytes) = postcard::to_allocvec(&last) {
            memo.set_state(LAST, &bytes);
        }
        Ok(last.state)
    }
}

/// What the bodies of each pair have in common.
fn pair_facts(
    old: &Side<'_>,
    new: &Side<'_>,
    pairs: &[PagePair<'_>],
) -> Result<Vec<PairFacts>, BuildError> {
    let memo = new.input.memo;
    let mut facts = vec![PairFacts::default(); pairs.len()];
    let mut open: Vec<(usize, Key, &PageState, &PageState)> = Vec::new();
    for (at, pair) in pairs.iter().enumerate() {
        let (true, Some(before), Some(after)) = (pair.is_open(), pair.old, pair.new) else {
            continue;
        };
        let mut key = Fingerprint::new("pair of pages");
        // Where a page stands decides how its links are written.
        key.hash(&before.body).hash(&after.body);
        let key = Key::new(Stage::Review, key.finish());
        match memo.get(&key).and_then(|bytes| postcard::from_bytes(&bytes).ok()) {
            Some(known) => {
                if let Some(slot) = facts.get_mut(at) {
                    *slot = known;
                }
            }
            None => open.push((at, key, before, after)),
        }
    }
    if open.is_empty() {
        return Ok(facts);
    }
    let (old_whole, new_whole) = rayon::join(|| old.required(), || new.required());
    let (old_whole, new_whole) = (old_whole?, new_whole?);
    let words = old_whole.words()?;
    let highlights = Highlights::new(memo);
    let found: Vec<(usize, Key, PairFacts)> = open
        .into_par_iter()
        .map(|(at, key, before, after)| {
            let old = old_whole.body(&before.source, &words, &highlights);
            let new = new_whole.body(&after.source, &words, &highlights);
            (at, key, compared(old.as_ref(), new.as_ref()))
        })
        .collect();
    let moved = old.inputs.moved() || new.inputs.moved();
    for (at, key, found) in found {
        if let (false, Ok(bytes)) = (moved, postcard::to_allocvec(&found)) {
            memo.put(&key, &bytes);
        }
        if let Some(slot) = facts.get_mut(at) {
            *slot = found;
        }
    }
    Ok(facts)
}

/// The body of a page.
struct Body {
    /// The title where the template shows it, then the text.
    html: String,
    /// The text, ready to be compared.
    read: Read,
    /// The links as they are written, and where they lead.
    links: Vec<(String, Target)>,
}

fn compared(old: Option<&Body>, new: Option<&Body>) -> PairFacts {
    let (Some(old), Some(new)) = (old, new) else {
        return PairFacts { differs: old.is_some() != new.is_some(), ..PairFacts::default() };
    };
    if old.html == new.html {
        return PairFacts::default();
    }
    let words = difference(&old.read.side(), &new.read.side()).words;
    let before: HashMap<&str, &Target> =
        old.links.iter().map(|(written, target)| (written.as_str(), target)).collect();
    let mut moved_links: Vec<String> = new
        .links
        .iter()
        .filter(|(link, target)| before.get(link.as_str()).is_some_and(|was| *was != target))
        .map(|(link, _)| link.clone())
        .collect();
    moved_links.sort();
    moved_links.dedup();
    PairFacts { differs: true, inserted: words.inserted, deleted: words.deleted, moved_links }
}

/// One version of a page, ready to be compared.
#[derive(Default)]
pub(super) struct Read {
    document: Option<Arc<Document>>,
    targets: Vec<String>,
    /// What each link leads to.
    destinations: Vec<Destination>,
    contents: Vec<Option<ContentHash>>,
}

impl Read {
    /// The page at a place; nothing where there is none.
    pub(super) fn at(whole: &Whole<'_>, place: &Option<PagePlace>) -> Read {
        place.as_ref().map(|place| Read::of(whole, &place.source)).unwrap_or_default()
    }

    pub(super) fn of(whole: &Whole<'_>, source: &SourcePath) -> Read {
        let read = || {
            let id = whole.site.page_of(source)?;
            let linking = whole.linking();
            let document = linking.document(id)?;
            let resolved = linking.resolve(id, &document, Place::Own);
            let (mut targets, mut contents) = (Vec::new(), Vec::new());
            for (link, destination) in document.links.iter().zip(&resolved.destinations) {
                let (target, content) = match destination {
                    Destination::Page(page, None) => (page.to_string(), None),
                    Destination::Page(page, Some(id)) => (format!("{page}#{id}"), None),
                    Destination::Asset(asset) => (asset.to_string(), whole.inputs.hash(asset).ok()),
                    Destination::Generated(path) => (format!("/{path}"), None),
                    Destination::External | Destination::Broken => (link.dest.clone(), None),
                };
                targets.push(target);
                contents.push(content);
            }
            let destinations = resolved.destinations;
            Some(Read { document: Some(document), targets, destinations, contents })
        };
        read().unwrap_or_default()
    }

    /// The same with links to the addresses of pages, as readers follow them, and not to their files; an
    /// image in raw HTML is what it shows, as one in Markdown is.
    pub(super) fn with_addresses(mut self, whole: &Whole<'_>) -> Read {
        let links = self.document.iter().flat_map(|document| &document.links);
        let all = self.targets.iter_mut().zip(&self.destinations).zip(&self.contents).zip(links);
        for (((target, destination), content), link) in all {
            if let (Some(content), true, LinkKind::Image) =
                (content, link.attribute.is_some(), link.kind)
            {
                *target = content.to_string();
            }
            let Destination::Page(page, id) = destination else { continue };
            let page = whole.site.page_of(page).and_then(|page| whole.site.page(page));
            let Some(page) = page else { continue };
            *target = match id {
                Some(id) => format!("/{}#{id}", page.path),
                None => format!("/{}", page.path),
            };
        }
        self
    }

    pub(super) fn side(&self) -> difference::Side<'_> {
        difference::Side {
            document: self.document.as_deref(),
            targets: &self.targets,
            contents: &self.contents,
        }
    }
}

impl Whole<'_> {
    /// What a review must know of the site.
    fn site_state(&self) -> SiteState {
        let (linking, site) = (self.linking(), &self.site);
        let markdown = parsed::markdown_fingerprint(&self.settings);
        let pages = (0..site.pages.len()).into_par_iter().filter_map(|index| {
            let id = PageId(u32::try_from(index).ok()?);
            let page = site.page(id)?;
            let place = if site.not_found == Some(id) { Place::Anywhere } else { Place::Own };
            let links = linking.links(id, place)?.record.targets;
            let made_from = linking.made_from(id)?;
            let (text, file) = (made_from.text, made_from.source);
            let includes = made_from.includes.iter().map(|(path, answer)| {
                let hash = match answer {
                    Answer::Bytes(hash) => Some(*hash),
                    Answer::Absent | Answer::Present => None,
                };
                (path.clone(), hash)
            });
            let includes = includes.collect();
            self.documents.release(&page.source);
            let mut body = Fingerprint::new("body");
            body.hash(&text).hash(&links).hash(&markdown).text(&above(page));
            Some(PageState {
                source: page.source.clone(),
                path: page.path.clone(),
                title: page.title.clone(),
                file,
                includes,
                text,
                links,
                body: body.finish(),
                navigation: navigation(site, page),
                words: page.outline.words,
            })
        });
        let content = &self.plan.content;
        SiteState {
            pages: pages.collect(),
            content: content.clone(),
            theme: crate::site::theme_folder(&self.settings, self.root(), content, &self.files),
            settings: self.root().join("book.toml").unwrap_or_else(|_| self.root().clone()),
        }
    }

    /// Who owns a page, by its front matter.
    pub(super) fn page_owners(&self, source: &SourcePath) -> Vec<String> {
        let page = self.site.page_of(source).and_then(|id| self.site.page(id));
        page.map(|page| page.outline.front_matter.owners.clone()).unwrap_or_default()
    }

    /// The words that rendering puts into bodies.
    fn words(&self) -> Result<Words, BuildError> {
        let (settings, content) = (&self.settings, &self.plan.content);
        let files = extras::theme_files(self.inputs, settings, self.root(), &self.files, content)?;
        let (theme, _) = Theme::load(&files, settings);
        Ok(extras::words(&theme))
    }

    /// The body of a page; none for one that cannot be read any more.
    fn body(
        &self,
        source: &SourcePath,
        words: &Words,
        highlights: &Highlights<'_>,
    ) -> Option<Body> {
        let id = self.site.page_of(source)?;
        let page = self.site.page(id)?;
        let linking = self.linking();
        let document = linking.document(id)?;
        let place = if self.site.not_found == Some(id) { Place::Anywhere } else { Place::Own };
        let resolved = linking.resolve(id, &document, place);
        let highlight = |language: &str, code: &str| highlights.get(language, code);
        let mut html = above(page);
        html.push_str(&markdown::render(&RenderInput {
            doc: &document,
            targets: &resolved.targets,
            highlight: &highlight,
            settings: &self.settings,
            id_prefix: "",
            words,
        }));
        let written = document.links.iter().map(|link| link.dest.clone());
        let links = written.zip(resolved.targets).collect();
        let read = Read::of(self, source);
        self.documents.release(source);
        Some(Body { html, read, links })
    }
}

/// What the template shows of a page above its text: its title where the text does not show it, and
/// what its front matter says to readers.
fn above(page: &Page) -> String {
    let matter = &page.outline.front_matter;
    let shows_title = output::shows_title(&page.outline, &page.title);
    let title = if shows_title { "" } else { page.title.as_str() };
    format!("{title}\n{:?} {:?} {:?}\n", matter.status, matter.date, matter.tags)
}

/// A hash of the navigation that a page shows: what stands around it, before and behind it.
fn navigation(site: &Site, page: &Page) -> ContentHash {
    let mut hash = Fingerprint::new("navigation");
    for row in site.around(page.nav).rows {
        let Some(item) = site.nav.get(row.item) else { continue };
        hash.text(&item.title).value(&row.depth).value(&(row.current, row.active, row.open));
        hash.value(&item.path.as_ref().map(|path| path.as_str()));
        if let NavKind::Page(_) = item.kind {
            hash.text("page");
        }
    }
    for id in [page.previous, page.next] {
        let other = id.and_then(|id| site.page(id));
        hash.hash(&fingerprint_of(&other.map(|page| (page.title.as_str(), page.path.as_str()))));
    }
    hash.finish()
}

#[cfg(test)]
mod tests;
