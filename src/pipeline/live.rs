//! A site that lives on while its files change. What a change does not touch is kept, and every
//! file that is asked for is made as `build` makes it: the same stages, the same keys.
//!
//! One thread owns it. A change of pages alone, the usual one, is taken into the site as it
//! stands; any other joins the site anew from pages that are not parsed again.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::Prepared;
use super::images::is_image;
use super::parsed::{Parsed, Parser};
use super::prepare::{Before, BuildError, BuildInput, prepare_from};
use crate::base::{Diagnostic, SitePath, SourcePath};
use crate::history::{self, RepositoryFacts, SiteHistory};
use crate::markdown::Detail;
use crate::output::{self, Entry, OutputTree, PageRef};
use crate::site::is_markdown;
use crate::source::SourceError;
use crate::theme;

/// What has changed since the last look.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// Files, as paths of the source.
    pub files: BTreeSet<SourcePath>,
    /// What git says of the repository now, where something in it has changed.
    pub repository: Option<RepositoryFacts>,
    /// Something else may have changed, too: every file is looked at.
    pub anything: bool,
}

/// A file of the site, made for somebody who asked for it.
#[derive(Debug, Clone)]
pub struct Served {
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// It is a page of the theme, for people to look at.
    pub page: bool,
    /// The page whose text it shows, where it stays what it is while only other pages get another
    /// text.
    pub of: Option<SourcePath>,
}

impl Served {
    /// A file that may be another one after any change.
    pub fn new(bytes: Arc<[u8]>, page: bool) -> Served {
        Served { bytes, page, of: None }
    }
}

/// What came of the question for a file.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The file.
    File(Served),
    /// The site has none of that path.
    Absent,
    /// It belongs to the search, whose files have not been made yet.
    Search,
    /// Something has changed that nobody has told yet: look at everything, and ask again.
    Moved,
}

/// The files of the search, of one state of the site.
#[derive(Debug, Default)]
pub struct SearchExport {
    files: HashMap<SitePath, Arc<[u8]>>,
}

/// The making of the files of the search, for a thread of its own.
pub struct SearchTask<'a>(Arc<Prepared<'a>>);

impl SearchTask<'_> {
    /// Makes them.
    pub fn run(self) -> SearchExport {
        let files = self.0.search_files().iter().filter_map(|file| {
            Some((output::search_path(&file.name)?, Arc::from(file.text.as_bytes())))
        });
        SearchExport { files: files.collect() }
    }
}

/// How a change was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Pages have another text, and nothing else has changed. Where they are named, no file of
    /// another page ([`Served::of`]) has become another one.
    Pages(Option<BTreeSet<SourcePath>>),
    /// The theme has changed, and nothing else.
    Theme,
    /// The site was joined anew.
    Site,
}

/// Why a change was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// There is nothing to build.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Pages cannot be made with the site's own templates, and could be before.
    #[error("a template cannot be used")]
    Theme(Vec<Diagnostic>),
}

/// The site.
pub struct Live<'a> {
    input: BuildInput<'a>,
    prepared: Arc<Prepared<'a>>,
    tree: OutputTree<PageRef>,
    /// What stands in the tree as bytes may be out of date.
    stale: bool,
    /// Some change could not be taken in.
    doubtful: bool,
    /// What rendering files has told, by file.
    found: HashMap<SitePath, Vec<Diagnostic>>,
    /// Files that nobody has looked at since the last change.
    waiting: Vec<SitePath>,
    /// The file of the page that somebody has asked for last.
    shown: Option<SourcePath>,
    /// The files of the search, and those of the state before, which somebody may still read.
    search: [Arc<SearchExport>; 2],
    searched: bool,
}

/// So many files are made at once in the background, before somebody who asks is heard.
const BATCH: usize = 24;

/// Of more changed files than this git is asked about all.
const MOST_ASKED: usize = 64;

impl<'a> Live<'a> {
    /// The site as it stands now.
    ///
    /// # Errors
    /// Where there is nothing to build.
    pub fn start(input: BuildInput<'a>) -> Result<Live<'a>, BuildError> {
        let again = input.clone();
        let inputs = again.inputs();
        let prepared = prepare_from(again, inputs, Before::default())?;
        let mut live = Live {
            input,
            prepared: Arc::new(prepared),
            tree: OutputTree::new(),
            stale: true,
            doubtful: false,
            found: HashMap::new(),
            waiting: Vec::new(),
            shown: None,
            search: Default::default(),
            searched: false,
        };
        live.list();
        live.waiting = live.pages().collect();
        Ok(live)
    }

    /// The site of the last successful update.
    pub fn prepared(&self) -> &Prepared<'a> {
        &self.prepared
    }

    /// Whether the site has been found to be made from files that are no longer what they were.
    pub fn moved(&self) -> bool {
        self.prepared.inputs.differs()
    }

    /// From now on nothing is believed to be what it was: what was told last could not be taken in.
    pub fn doubt(&mut self) {
        self.doubtful = true;
    }

    /// Takes in what has changed.
    ///
    /// # Errors
    /// Where there is nothing to build, or templates do not work any more; the site stays what it
    /// was.
    pub fn update(&mut self, changed: &Changed) -> Result<Taken, UpdateError> {
        self.input.source.refresh();
        let told = !changed.anything
            && changed.repository.is_none()
            && self.prepared.inputs.differs_only_in(&changed.files)
            && !self.doubtful;
        if told && let Some(taken) = self.replace_pages(&changed.files) {
            return Ok(taken);
        }
        if told && self.replace_theme(&changed.files)? {
            return Ok(Taken::Theme);
        }
        if let Some(facts) = &changed.repository {
            self.input.facts = facts.clone();
        }
        let before = &*self.prepared;
        let inputs = match told {
            true => before.inputs.after(&changed.files),
            false => before.inputs.afresh(self.input.memo.clock()),
        };
        let known = told && changed.files.is_disjoint(&before.read_for_site);
        let history = known.then(|| SiteHistory {
            uncommitted: self.uncommitted(&changed.files),
            ..before.history.clone()
        });
        let told_before = before.history_diagnostics.clone();
        let before = Before {
            parsed: Some(&before.parsed),
            history: history.as_ref().map(|history| (history, told_before.as_slice())),
        };
        let mut prepared = prepare_from(self.input.clone(), inputs, before)?;
        if history.is_some() && prepared.site.content != self.prepared.site.content {
            // Git knows other things of another folder.
            let inputs = prepared.inputs.after(&BTreeSet::new());
            let before = Before { history: None, parsed: Some(&prepared.parsed) };
            prepared = prepare_from(self.input.clone(), inputs, before)?;
        }
        if template_problems(&self.prepared, self.shown.as_ref()).is_empty() {
            let problems = template_problems(&prepared, self.shown.as_ref());
            if !problems.is_empty() {
                return Err(UpdateError::Theme(problems));
            }
        }
        self.prepared = Arc::new(prepared);
        self.doubtful = false;
        self.begin_again();
        Ok(Taken::Site)
    }

    /// Takes pages with another text into the site as it stands; none where more than that has
    /// changed.
    fn replace_pages(&mut self, changed: &BTreeSet<SourcePath>) -> Option<Taken> {
        let before = &*self.prepared;
        let site = &before.site;
        let mut pages: BTreeSet<&SourcePath> = BTreeSet::new();
        let mut pages_alone = changed.len() <= MOST_ASKED;
        for path in changed {
            let is_page = before.parsed.pages.contains_key(path);
            let others = before.parsed.pages.iter().filter(|(_, page)| {
                page.made_from.includes.iter().any(|(included, _)| included == path)
            });
            let count = pages.len();
            pages.extend(others.map(|(other, _)| other));
            pages.extend(is_page.then_some(path));
            let is_asset = site.asset_path(path).is_some();
            let is_known = pages.len() > count || is_asset || is_page;
            pages_alone &= !is_asset;
            if !is_known
                || is_image(path)
                || before.read_for_site.contains(path)
                || !self.input.source.is_file(path)
            {
                return None;
            }
        }
        let inputs = before.inputs.after(changed);
        let parser = Parser {
            inputs: &inputs,
            memo: self.input.memo,
            settings: before.settings(),
            root: &self.input.root,
            fingerprint: before.parsed.fingerprint,
            before: None,
            detail: Detail::Whole,
        };
        let mut parsed: Vec<Parsed> = Vec::with_capacity(pages.len());
        for path in &pages {
            match parser.page(path) {
                Ok(page) if site.takes(&page.page.outline) => parsed.push(page),
                _ => return None,
            }
        }
        let replaced: BTreeSet<SourcePath> = pages.into_iter().cloned().collect();
        let uncommitted = self.uncommitted(changed);
        // Whoever still makes the files of the search needs the site as it was.
        let prepared = Arc::get_mut(&mut self.prepared)?;
        prepared.inputs = inputs;
        prepared.history.uncommitted = uncommitted;
        let mut places = false;
        let mut paths = Vec::new();
        for Parsed { page, document } in parsed {
            places |= prepared.replace(page, document, &mut paths);
        }
        prepared.forget_search();
        self.stale = true;
        self.waiting = match places {
            // Links may lead to what has come or gone.
            true => self.pages().collect(),
            false => {
                let mut waiting = std::mem::take(&mut self.waiting);
                waiting.extend(paths);
                waiting
            }
        };
        Some(Taken::Pages((pages_alone && !places).then_some(replaced)))
    }

    /// Takes another theme into the site as it stands; false where more than that has changed.
    fn replace_theme(&mut self, changed: &BTreeSet<SourcePath>) -> Result<bool, UpdateError> {
        let before = &*self.prepared;
        if !before.are_of_theme(changed) || !changed.iter().all(|f| self.input.source.is_file(f)) {
            return Ok(false);
        }
        let Ok(look) = before.other_look(before.inputs.after(changed)) else { return Ok(false) };
        let worked = template_problems(before, self.shown.as_ref()).is_empty();
        // Whoever still makes the files of the search needs the site as it was.
        let Some(prepared) = Arc::get_mut(&mut self.prepared) else { return Ok(false) };
        let look = prepared.put_look(look);
        if worked {
            let problems = template_problems(prepared, self.shown.as_ref());
            if !problems.is_empty() {
                drop(prepared.put_look(look));
                return Err(UpdateError::Theme(problems));
            }
        }
        self.begin_again();
        Ok(true)
    }

    /// Lists the site anew, and looks at all of it.
    fn begin_again(&mut self) {
        self.stale = true;
        self.list();
        self.waiting = self.pages().collect();
        let tree = &self.tree;
        self.found.retain(|path, _| tree.contains_key(path));
    }

    /// The files that are not committed, now that these have changed.
    fn uncommitted(&self, changed: &BTreeSet<SourcePath>) -> Vec<SourcePath> {
        let mut uncommitted = self.prepared.history.uncommitted.clone();
        let Some(repository) = &self.input.repository else { return uncommitted };
        let asks = self.prepared.settings().git.facts
            && self.input.facts.commit.is_some()
            && repository.work_tree;
        if !asks {
            return uncommitted;
        }
        let content = &self.prepared.site.content;
        if changed.len() > MOST_ASKED {
            return history::uncommitted(&repository.dir, std::slice::from_ref(content));
        }
        let paths: Vec<SourcePath> =
            changed.iter().filter(|path| path.starts_with(content)).cloned().collect();
        uncommitted.retain(|path| !changed.contains(path));
        uncommitted.extend(history::uncommitted(&repository.dir, &paths));
        uncommitted.sort();
        uncommitted.dedup();
        uncommitted
    }

    fn list(&mut self) {
        if self.stale {
            self.tree = self.prepared.without_index(output::tree);
            self.stale = false;
        }
    }

    /// The files that are rendered.
    fn pages(&self) -> impl Iterator<Item = SitePath> {
        let pages = self.tree.iter().filter(|(_, entry)| match entry {
            // Many pages on one are made for those who ask.
            Entry::Page(page) => !matches!(page, PageRef::Print(_)),
            _ => false,
        });
        pages.map(|(path, _)| path.clone()).rev()
    }

    /// A file of the site.
    pub fn file(&mut self, path: &SitePath) -> Answer {
        if self.moved() {
            return Answer::Moved;
        }
        if let Some(Entry::Bytes(_)) | None = self.tree.get(path) {
            self.list();
        }
        let served = match self.tree.get(path) {
            Some(Entry::Bytes(bytes)) => Served::new(Arc::clone(bytes), false),
            Some(Entry::Copy(source)) => match self.prepared.inputs.read_hashed(source) {
                Ok((bytes, _)) => Served::new(bytes, false),
                Err(SourceError::Missing(_)) => return Answer::Moved,
                Err(_) => return Answer::Absent,
            },
            Some(Entry::Page(page)) => {
                let page = *page;
                let of = match page {
                    PageRef::Page(id) | PageRef::First(id) | PageRef::Markdown(id) => {
                        self.prepared.site.page(id).map(|page| page.source.clone())
                    }
                    _ => None,
                };
                if let (PageRef::Page(_) | PageRef::First(_), Some(of)) = (page, &of) {
                    self.shown = Some(of.clone());
                }
                let rendered = self.prepared.without_index(|cx| {
                    let job = self.prepared.job(cx, page);
                    let rendered = self.prepared.finish(cx, job);
                    self.prepared.let_go(page);
                    rendered
                });
                self.found.insert(path.clone(), rendered.diagnostics);
                let page = !matches!(page, PageRef::Redirect(_) | PageRef::Markdown(_));
                Served { bytes: rendered.bytes.into(), page, of }
            }
            None => return self.search_file(path),
        };
        if self.moved() { Answer::Moved } else { Answer::File(served) }
    }

    fn search_file(&self, path: &SitePath) -> Answer {
        if !path.as_str().starts_with(output::SEARCH_FOLDER)
            || !self.prepared.settings().search.enable
        {
            return Answer::Absent;
        }
        let [now, before] = &self.search;
        match now.files.get(path).or_else(|| before.files.get(path)) {
            Some(bytes) => Answer::File(Served::new(Arc::clone(bytes), false)),
            None if !self.searched => Answer::Search,
            None => Answer::Absent,
        }
    }

    /// The making of the search as the site is now.
    pub fn search_task(&self) -> SearchTask<'a> {
        SearchTask(Arc::clone(&self.prepared))
    }

    /// Takes in the files of the search.
    pub fn set_search(&mut self, made: SearchExport) {
        self.search.swap(0, 1);
        self.search[0] = Arc::new(made);
        self.searched = true;
    }

    /// Looks at some of the files that nobody has asked for since they have changed: what is not
    /// known from the cache is rendered, so that its problems are known. False once there is
    /// nothing left to do.
    pub fn work(&mut self) -> bool {
        if self.waiting.is_empty() {
            return false;
        }
        let from = self.waiting.len().saturating_sub(BATCH);
        let some = self.waiting.split_off(from);
        let prepared = &*self.prepared;
        let tree = &self.tree;
        let found: Vec<(SitePath, Vec<Diagnostic>)> = prepared.without_index(|cx| {
            some.into_par_iter()
                .filter_map(|path| {
                    let Some(Entry::Page(page)) = tree.get(&path) else { return None };
                    let mut job = prepared.job(cx, *page);
                    let known = job.record.take();
                    let diagnostics = match known {
                        Some(record) => record.diagnostics,
                        None => prepared.finish(cx, job).diagnostics,
                    };
                    prepared.let_go(*page);
                    Some((path, diagnostics))
                })
                .collect()
        });
        self.found.extend(found);
        if self.waiting.is_empty() {
            prepared.highlights.release();
        }
        true
    }

    /// How many files have not been looked at since the last change.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Everything that has been found in the site so far, in no order.
    pub fn found(&self) -> impl Iterator<Item = &Diagnostic> {
        self.prepared.found().chain(self.found.values().flatten())
    }

    /// The Markdown files that make the pages of the site.
    pub fn files(&self) -> BTreeSet<SourcePath> {
        let pages = self.prepared.site.pages.iter();
        let files = pages.flat_map(|page| {
            let included = page.outline.includes.iter().filter(|path| is_markdown(path));
            std::iter::once(&page.source).chain(included)
        });
        files.cloned().collect()
    }
}

/// What is wrong with the site's own templates: those that cannot be read, and those that fail on
/// the page that somebody looks at.
fn template_problems(prepared: &Prepared<'_>, shown: Option<&SourcePath>) -> Vec<Diagnostic> {
    let is_of_template =
        |found: &Diagnostic| [theme::SYNTAX.id, theme::RENDER.id].contains(&&*found.code);
    let problems: Vec<Diagnostic> =
        prepared.found().filter(|found| is_of_template(found)).cloned().collect();
    let page = shown.and_then(|path| prepared.site.page_of(path));
    let (Some(page), true) = (page, problems.is_empty()) else { return problems };
    let mut found = prepared.without_index(|cx| {
        let job = prepared.job(cx, PageRef::Page(page));
        prepared.finish(cx, job).diagnostics
    });
    prepared.let_go(PageRef::Page(page));
    found.retain(is_of_template);
    found
}

#[cfg(test)]
mod tests;
