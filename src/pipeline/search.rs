//! The search of a site: what its pages give to the index, the index, and the files of the export,
//! made side by side.

use std::sync::{Arc, PoisonError};

use rayon::prelude::*;

use super::Prepared;
use crate::base::{Code, Diagnostic, Severity, SitePath};
use crate::config::{self, Settings};
use crate::markdown::Document;
use crate::memo::{Fingerprint, Key, Stage};
use crate::search::{
    self, ExportFile, ExportOptions, IndexError, IndexedPage, Made, Ranking, SearchIndex,
    SearchInput,
};
use crate::site::{NavKind, Page, PageId, Site};

/// The diagnostics of the search.
pub static CODES: &[&Code] = &[&NO_INDEX];

/// The index could not be made.
pub static NO_INDEX: Code = Code {
    id: "search/no-index",
    severity: Severity::Error,
    summary: "the search index cannot be made",
    explanation: "Something outside of the pages failed while they were indexed, most often \
                  memory. The site is published without a search index, so readers find nothing. \
                  Build again with more memory, or switch the search off with `[search] enable = \
                  false`.",
    examples: ("", ""),
};

/// How results are ranked, as the settings say.
pub fn ranking(settings: &config::Search) -> Ranking {
    let [title, trail, body, code] = Ranking::default().boosts;
    Ranking {
        boosts: [
            title * settings.boost_title as f64 / 2.0,
            trail * settings.boost_hierarchy as f64,
            body * settings.boost_paragraph as f64,
            code * settings.boost_code as f64,
        ],
        expand: settings.expand,
        limit: settings.limit,
    }
}

/// The index of a site. `input` gives what a page gives to it; none for a page that cannot be
/// read.
///
/// # Errors
/// Where there is not enough memory.
fn index(
    site: &Site,
    settings: &Settings,
    input: &(dyn Fn(PageId) -> Option<Arc<SearchInput>> + Sync),
) -> Result<SearchIndex, IndexError> {
    let found: Vec<(PageId, &Page)> = site
        .iter()
        .filter(|(id, page)| {
            let path = page.source.strip_prefix(&site.content);
            let path = path.as_ref().unwrap_or(&page.source).as_str();
            site.not_found != Some(*id)
                && page.outline.front_matter.search != Some(false)
                && settings.search.finds(path)
        })
        .collect();
    let pages: Vec<IndexedPage> =
        found.par_iter().filter_map(|(id, page)| Some(indexed(site, page, input(*id)?))).collect();
    SearchIndex::build(pages, &settings.book.language)
}

fn indexed(site: &Site, page: &Page, input: Arc<SearchInput>) -> IndexedPage {
    let trail = page.nav.map(|nav| site.breadcrumbs(nav)).unwrap_or_default();
    let item = page.nav.and_then(|nav| site.nav.get(nav));
    let listed_as = item
        .filter(|item| matches!(item.kind, NavKind::Page(_)) && item.title != page.title)
        .map(|item| item.title.clone());
    IndexedPage {
        url: site.url(&SitePath::root(), &page.path),
        title: page.title.clone(),
        trail: trail.into_iter().map(|(_, item)| item.title.clone()).collect(),
        also: listed_as.into_iter().chain(page.outline.front_matter.tags.iter().cloned()).collect(),
        input,
    }
}

/// The files that readers search in.
///
/// # Errors
/// Where the index cannot be read.
fn export(index: &SearchIndex, settings: &Settings) -> Result<Vec<ExportFile>, IndexError> {
    let pieces = search::pieces(index);
    let made: Result<Vec<Made>, IndexError> =
        pieces.par_iter().map(|piece| search::make(index, piece)).collect();
    let options =
        ExportOptions { ranking: ranking(&settings.search), teaser: settings.search.teaser };
    Ok(search::finish(index, made?, &options))
}

/// The files of the export, and why there are none.
#[derive(Debug, Default)]
pub(super) struct SearchFiles {
    files: Vec<ExportFile>,
    problem: Option<Diagnostic>,
}

impl Prepared<'_> {
    /// The search index of the site.
    ///
    /// # Errors
    /// Where there is not enough memory.
    pub fn search_index(&self) -> Result<SearchIndex, IndexError> {
        index(&self.site, self.settings(), &|id| self.search_input(id))
    }

    /// The files that readers search in; none where the search is off. They are made once.
    pub(super) fn search_files(&self) -> &[ExportFile] {
        let made = self.search.get_or_init(|| {
            if !self.settings().search.enable {
                return SearchFiles::default();
            }
            match self.search_index().and_then(|index| export(&index, self.settings())) {
                Ok(files) => SearchFiles { files, problem: None },
                Err(error) => {
                    let problem = Diagnostic::new(&NO_INDEX, error.to_string())
                        .help("build with more memory, or set `enable = false` in `[search]`");
                    SearchFiles { files: Vec::new(), problem: Some(problem) }
                }
            }
        });
        &made.files
    }

    /// Why the site is published without a search index.
    pub(super) fn search_problem(&self) -> Option<&Diagnostic> {
        self.search.get()?.problem.as_ref()
    }

    /// What a page gives to the search: a function of its document and of
    /// `heading-split-level`, and nothing else.
    fn search_input(&self, id: PageId) -> Option<Arc<SearchInput>> {
        let slot = self.search_inputs.get(id.0 as usize)?;
        if let Some(input) = slot.lock().unwrap_or_else(PoisonError::into_inner).take() {
            return Some(input);
        }
        let key = self.search_key(id)?;
        let known = self.memo.get(&key).and_then(|bytes| postcard::from_bytes(&bytes).ok());
        if let Some(known) = known {
            return Some(Arc::new(known));
        }
        let document = self.document(id)?;
        Some(Arc::new(self.make_search_input(&key, &document)))
    }

    /// Takes what a page gives to the search while its document is at hand.
    pub(super) fn gather_search_input(&self, id: PageId, document: &Document) {
        if !self.settings().search.enable {
            return;
        }
        let (Some(key), Some(slot)) = (self.search_key(id), self.search_inputs.get(id.0 as usize))
        else {
            return;
        };
        let input = self.make_search_input(&key, document);
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(input));
    }

    fn search_key(&self, id: PageId) -> Option<Key> {
        let mut key = Fingerprint::new("search input");
        key.hash(&self.made_from(id)?.document).bytes(&[self.search_split()]);
        Some(Key::new(Stage::Search, key.finish()))
    }

    fn search_split(&self) -> u8 {
        u8::try_from(self.settings().search.split).unwrap_or(u8::MAX)
    }

    fn make_search_input(&self, key: &Key, document: &Document) -> SearchInput {
        let input = search::input(document, self.search_split());
        if let (Ok(bytes), false) = (postcard::to_allocvec(&input), self.inputs.moved()) {
            self.memo.put(key, &bytes);
        }
        input
    }
}
