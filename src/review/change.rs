//! What a change does to a site: the pages that a reader sees differently, and why.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;

use super::state::{PagePair, PageState, PairFacts, SiteState};
use crate::base::{SitePath, SourcePath};
use crate::history::FileChange;

/// Words that a reviewer reads in a minute, with care.
const WORDS_PER_MINUTE: usize = 120;

/// Seconds to open a page and to find one's way in it.
const SECONDS_PER_PAGE: usize = 30;

/// What a change does to a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The pages whose body a reader sees differently, in the order in which they are best read:
    /// that of the navigation, pages that are gone last.
    pub pages: Vec<PageChange>,
    /// Files of pages that differ without any difference in what is rendered.
    pub unrendered: Vec<SourcePath>,
    /// Other files of the site that are new, that differ, or that are gone.
    pub files: Vec<SourcePath>,
    /// Pages of which only the navigation differs.
    pub navigation: Group,
    /// Files of the theme that differ, and so how all pages look.
    pub theme: Vec<SourcePath>,
    /// Pages that the theme makes look different, where it is trusted. The one to look at is among
    /// `pages`.
    pub look: Group,
    /// Whether `book.toml` differs.
    pub settings: bool,
    /// What it takes to read it.
    pub effort: Effort,
}

/// Pages that differ for one reason: how many, and one to look at.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Group {
    /// How many there are.
    pub pages: usize,
    /// One of them.
    pub sample: Option<PagePlace>,
}

/// Pages that are shown together.
#[derive(Debug, Clone)]
pub struct PageGroup<'a> {
    /// What they have in common.
    pub reason: Reason<'a>,
    /// The pages.
    pub pages: Vec<&'a PageChange>,
}

/// What pages have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason<'a> {
    /// What happened to each.
    Kind(ChangeKind),
    /// The one thing that made all of them differ.
    Cause(&'a Cause),
}

/// Pages of one cause that are shown; the others are counted.
const MOST_OF_A_CAUSE: usize = 5;

impl PageGroup<'_> {
    /// How many of its pages are shown: all that were touched themselves, and a few of those that
    /// differ for one cause.
    pub fn shown(&self) -> usize {
        match self.reason {
            Reason::Kind(_) => self.pages.len(),
            Reason::Cause(_) => self.pages.len().min(MOST_OF_A_CAUSE),
        }
    }
}

/// What reading a change takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Effort {
    /// Words that are new or gone.
    pub words: usize,
    /// Minutes, for somebody who reads with care.
    pub minutes: usize,
}

/// Where a page stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PagePlace {
    /// Its file.
    pub source: SourcePath,
    /// Its address.
    pub path: SitePath,
    /// Its title.
    pub title: String,
}

/// What happened to a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It says something else.
    Edited,
    /// It is new.
    Added,
    /// It stands at another address or in another file; it may say something else too.
    Moved,
    /// It is gone.
    Deleted,
}

impl ChangeKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            ChangeKind::Edited => "edited",
            ChangeKind::Added => "added",
            ChangeKind::Moved => "moved",
            ChangeKind::Deleted => "deleted",
        }
    }
}

/// Why a page differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "why", content = "what", rename_all = "kebab-case")]
pub enum Cause {
    /// Its file was edited.
    Source,
    /// A file that it includes was edited.
    Include(SourcePath),
    /// A setting differs: of Markdown, of a variable, of a term.
    Settings,
    /// A link, written as it was, leads elsewhere.
    LinkTarget(String),
    /// The theme, which is trusted, makes it look different.
    Theme,
}

/// A page that a change touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageChange {
    /// What happened to it.
    pub kind: ChangeKind,
    /// Where it was; none for a new one.
    pub old: Option<PagePlace>,
    /// Where it is; none for one that is gone.
    pub new: Option<PagePlace>,
    /// Why; empty for pages that come and go.
    pub causes: Vec<Cause>,
    /// Words that are new.
    pub inserted: usize,
    /// Words that are gone.
    pub deleted: usize,
}

impl PageChange {
    /// Whether its file is this one.
    pub fn is_at(&self, source: &SourcePath) -> bool {
        self.new.as_ref().is_some_and(|place| place.source == *source)
    }

    /// Where it is, or where it was.
    pub fn place(&self) -> Option<&PagePlace> {
        self.new.as_ref().or(self.old.as_ref())
    }

    /// The cause that pages of one group share; none where the page itself was touched.
    pub fn group(&self) -> Option<&Cause> {
        let own = self.kind != ChangeKind::Edited || self.causes.contains(&Cause::Source);
        if own { None } else { self.causes.first() }
    }
}

impl Change {
    /// Compares two states. `facts` are those of each pair, in the same order; `changes` are the
    /// files that differ.
    pub fn new(
        old: &SiteState,
        new: &SiteState,
        pairs: &[PagePair<'_>],
        facts: &[PairFacts],
        changes: &[FileChange],
    ) -> Change {
        let mut pages = Vec::new();
        let mut unrendered = BTreeSet::new();
        let mut navigation = Group::default();
        for (pair, facts) in pairs.iter().zip(facts) {
            if let Some(page) = of_pair(*pair, facts) {
                pages.push(page);
                continue;
            }
            let (Some(before), Some(after)) = (pair.old, pair.new) else { continue };
            if before.file != after.file {
                unrendered.insert(after.source.clone());
            }
            if before.navigation != after.navigation {
                navigation.pages += 1;
                navigation.sample.get_or_insert_with(|| place(after));
            }
        }
        let (mut files, mut theme) = (BTreeSet::new(), BTreeSet::new());
        let mut settings = false;
        let is_page: HashSet<&SourcePath> =
            [old, new].iter().flat_map(|state| &state.pages).map(|page| &page.source).collect();
        for path in changes.iter().flat_map(|change| [&change.before, &change.after]).flatten() {
            let within = |folder: &Option<SourcePath>| {
                folder.as_ref().is_some_and(|folder| path.starts_with(folder))
            };
            if *path == old.settings || *path == new.settings {
                settings = true;
            } else if within(&old.theme) || within(&new.theme) {
                theme.insert(path.clone());
            } else if !is_page.contains(path)
                && (path.starts_with(&old.content) || path.starts_with(&new.content))
            {
                files.insert(path.clone());
            }
        }
        let words = pages.iter().map(|page| page.inserted + page.deleted).sum();
        let seconds = pages.len() * SECONDS_PER_PAGE + words * 60 / WORDS_PER_MINUTE;
        Change {
            unrendered: unrendered.into_iter().collect(),
            files: files.into_iter().collect(),
            navigation,
            theme: theme.into_iter().collect(),
            look: Group::default(),
            settings,
            effort: Effort { words, minutes: seconds.div_ceil(60) },
            pages,
        }
    }

    /// Notes how many pages the theme makes look different, and one of them.
    pub fn set_look(&mut self, pages: usize, sample: Option<PagePlace>) {
        if let Some(place) = &sample {
            match self.pages.iter_mut().find(|page| page.is_at(&place.source)) {
                Some(page) => page.causes.push(Cause::Theme),
                None => self.pages.push(PageChange {
                    kind: ChangeKind::Edited,
                    old: Some(place.clone()),
                    new: Some(place.clone()),
                    causes: vec![Cause::Theme],
                    inserted: 0,
                    deleted: 0,
                }),
            }
        }
        self.look = Group { pages, sample };
    }

    /// How many pages there are of each kind, in the order of [`ChangeKind`].
    pub fn counts(&self) -> BTreeMap<ChangeKind, usize> {
        let mut counts = BTreeMap::new();
        for page in &self.pages {
            *counts.entry(page.kind).or_default() += 1;
        }
        counts
    }

    /// The pages as they are best shown: by what happened to them, then those that differ for one
    /// reason outside of them. No group is empty.
    pub fn groups(&self) -> Vec<PageGroup<'_>> {
        let kinds = [ChangeKind::Edited, ChangeKind::Added, ChangeKind::Moved, ChangeKind::Deleted];
        let mut groups: Vec<PageGroup<'_>> = kinds
            .into_iter()
            .map(|kind| {
                let own = |page: &&PageChange| page.kind == kind && page.group().is_none();
                let pages = self.pages.iter().filter(own).collect();
                PageGroup { reason: Reason::Kind(kind), pages }
            })
            .collect();
        for page in &self.pages {
            let Some(cause) = page.group() else { continue };
            match groups.iter_mut().find(|group| group.reason == Reason::Cause(cause)) {
                Some(group) => group.pages.push(page),
                None => {
                    groups.push(PageGroup { reason: Reason::Cause(cause), pages: vec![page] });
                }
            }
        }
        groups.retain(|group| !group.pages.is_empty());
        groups
    }

    /// Whether no reader would notice it.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
            && self.navigation.pages == 0
            && self.theme.is_empty()
            && self.files.is_empty()
    }
}

fn of_pair(pair: PagePair<'_>, facts: &PairFacts) -> Option<PageChange> {
    let (old, new) = (pair.old.map(place), pair.new.map(place));
    let page = |kind, causes, inserted, deleted| {
        Some(PageChange { kind, old: old.clone(), new: new.clone(), causes, inserted, deleted })
    };
    match (pair.old, pair.new) {
        (Some(before), Some(after)) => {
            let moved = before.path != after.path || before.source != after.source;
            if !moved && !facts.differs {
                return None;
            }
            let causes = if facts.differs { causes(before, after, facts) } else { Vec::new() };
            let kind = if moved { ChangeKind::Moved } else { ChangeKind::Edited };
            page(kind, causes, facts.inserted, facts.deleted)
        }
        (None, Some(after)) => page(ChangeKind::Added, Vec::new(), after.words, 0),
        (Some(before), None) => page(ChangeKind::Deleted, Vec::new(), 0, before.words),
        (None, None) => None,
    }
}

fn place(page: &PageState) -> PagePlace {
    PagePlace { source: page.source.clone(), path: page.path.clone(), title: page.title.clone() }
}

/// Why the bodies of a page differ.
fn causes(before: &PageState, after: &PageState, facts: &PairFacts) -> Vec<Cause> {
    let mut causes = Vec::new();
    if before.file != after.file {
        causes.push(Cause::Source);
    }
    let was = |path: &SourcePath| before.includes.iter().find(|(known, _)| known == path);
    for (path, hash) in &after.includes {
        if was(path).is_some_and(|(_, before)| before != hash) {
            causes.push(Cause::Include(path.clone()));
        }
    }
    if before.text != after.text && causes.is_empty() {
        causes.push(Cause::Settings);
    }
    if before.links != after.links {
        causes.extend(facts.moved_links.iter().cloned().map(Cause::LinkTarget));
    }
    if causes.is_empty() {
        causes.push(Cause::Settings);
    }
    causes
}
