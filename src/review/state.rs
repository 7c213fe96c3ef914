//! A state of a site as a review compares it with another one.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::base::{ContentHash, SitePath, SourcePath};
use crate::history::FileChange;

/// What a review must know of one state of a site. It is kept under the id of a tree, so that a
/// state is looked at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteState {
    /// The pages, in the order of the site.
    pub pages: Vec<PageState>,
    /// The content folder.
    pub content: SourcePath,
    /// The folder of the theme, where there is one.
    pub theme: Option<SourcePath>,
    /// `book.toml`, whether it exists or not.
    pub settings: SourcePath,
}

/// A page in one state of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageState {
    /// Its file.
    pub source: SourcePath,
    /// Its address.
    pub path: SitePath,
    /// Its title.
    pub title: String,
    /// Of its file.
    pub file: ContentHash,
    /// The files that it includes, with the hashes of those that are there.
    pub includes: Vec<(SourcePath, Option<ContentHash>)>,
    /// Of what is written on it, after includes and variables, with its front matter.
    pub text: ContentHash,
    /// Of where its links lead.
    pub links: ContentHash,
    /// Of everything that its body is made from: equal hashes, equal bodies.
    pub body: ContentHash,
    /// Of the navigation that it shows.
    pub navigation: ContentHash,
    /// The words of its prose.
    pub words: usize,
}

/// What two bodies of a page have in common, found by rendering both.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PairFacts {
    /// Whether a reader sees something else.
    pub differs: bool,
    /// Words that the old page does not have.
    pub inserted: usize,
    /// Words that the new page does not have.
    pub deleted: usize,
    /// Links that are written as they were and lead elsewhere, as they are written.
    pub moved_links: Vec<String>,
}

/// A page in two states.
#[derive(Debug, Clone, Copy)]
pub struct PagePair<'a> {
    /// As it was; none for a new page.
    pub old: Option<&'a PageState>,
    /// As it is; none for one that is gone.
    pub new: Option<&'a PageState>,
}

impl PagePair<'_> {
    /// Whether both bodies must be rendered to know whether they differ.
    pub fn is_open(&self) -> bool {
        matches!((self.old, self.new), (Some(old), Some(new)) if old.body != new.body)
    }
}

/// Finds each page of one state in the other: by its file, by the rename that git tells, else, of
/// pages that have gone and come, by equal text. New pages stand in the order of the site, those
/// that are gone behind them.
pub fn pair_pages<'a>(
    old: &'a SiteState,
    new: &'a SiteState,
    changes: &[FileChange],
) -> Vec<PagePair<'a>> {
    let renamed: HashMap<&SourcePath, &SourcePath> = changes
        .iter()
        .filter_map(|change| Some((change.after.as_ref()?, change.before.as_ref()?)))
        .filter(|(after, before)| after != before)
        .collect();
    let by_source: HashMap<&SourcePath, &PageState> =
        old.pages.iter().map(|page| (&page.source, page)).collect();
    let mut taken: HashSet<&SourcePath> = HashSet::new();
    let mut pairs: Vec<PagePair<'a>> = Vec::with_capacity(new.pages.len());
    for page in &new.pages {
        let before = by_source.get(&page.source).copied();
        if let Some(before) = before {
            taken.insert(&before.source);
        }
        pairs.push(PagePair { old: before, new: Some(page) });
    }
    for pair in &mut pairs {
        let (None, Some(page)) = (pair.old, pair.new) else { continue };
        let before = renamed.get(&page.source).and_then(|before| by_source.get(*before)).copied();
        pair.old = before.filter(|before| taken.insert(&before.source));
    }
    let mut by_text: BTreeMap<ContentHash, Vec<&'a PageState>> = BTreeMap::new();
    for page in old.pages.iter().rev().filter(|page| !taken.contains(&page.source)) {
        by_text.entry(page.text).or_default().push(page);
    }
    for pair in &mut pairs {
        let (None, Some(page)) = (pair.old, pair.new) else { continue };
        pair.old = by_text.get_mut(&page.text).and_then(Vec::pop);
        if let Some(before) = pair.old {
            taken.insert(&before.source);
        }
    }
    let gone = old.pages.iter().filter(|page| !taken.contains(&page.source));
    pairs.extend(gone.map(|page| PagePair { old: Some(page), new: None }));
    pairs
}
