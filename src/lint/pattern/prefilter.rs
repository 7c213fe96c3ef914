//! One pass over a text for what thousands of tokens need.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// Collects the texts.
#[derive(Debug, Default)]
pub(crate) struct PrefilterBuilder {
    texts: BTreeMap<String, Vec<(u32, u32)>>,
}

impl PrefilterBuilder {
    /// A token of an owner needs this text.
    pub(super) fn add(&mut self, owner: u32, token: usize, text: &str) {
        let token = u32::try_from(token).unwrap_or(u32::MAX);
        self.texts.entry(text.to_ascii_lowercase()).or_default().push((owner, token));
    }

    /// The automaton.
    pub(crate) fn build(self) -> Prefilter {
        let (texts, targets): (Vec<String>, Vec<Vec<(u32, u32)>>) = self.texts.into_iter().unzip();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&texts)
            .ok();
        Prefilter { automaton, targets }
    }
}

/// The texts of all tokens.
#[derive(Debug)]
pub(crate) struct Prefilter {
    automaton: Option<AhoCorasick>,
    targets: Vec<Vec<(u32, u32)>>,
}

impl Prefilter {
    /// Notes for each owner which of its tokens may match in a text, and where.
    pub(crate) fn scan(&self, text: &str, hits: &mut Hits) {
        hits.clear();
        let Some(automaton) = &self.automaton else { return };
        let Ok(found) = automaton.try_find_overlapping_iter(text) else { return };
        for found in found {
            let start = u32::try_from(found.start()).unwrap_or(u32::MAX);
            let end = u32::try_from(found.end()).unwrap_or(u32::MAX);
            let Some(targets) = self.targets.get(found.pattern().as_usize()) else { continue };
            for (owner, token) in targets {
                hits.add(*owner, Hit { token: *token, start, end });
            }
        }
    }
}

/// A text that a token needs, where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub token: u32,
    pub start: u32,
    pub end: u32,
}

/// What a scan found, by owner; kept from text to text, so that nothing is allocated anew.
#[derive(Debug)]
pub(crate) struct Hits {
    by_owner: Vec<Vec<Hit>>,
    touched: Vec<u32>,
}

impl Hits {
    /// Room for so many owners.
    pub(crate) fn new(owners: usize) -> Hits {
        Hits { by_owner: vec![Vec::new(); owners], touched: Vec::new() }
    }

    fn clear(&mut self) {
        for owner in self.touched.drain(..) {
            if let Some(hits) = self.by_owner.get_mut(owner as usize) {
                hits.clear();
            }
        }
    }

    fn add(&mut self, owner: u32, hit: Hit) {
        let Some(hits) = self.by_owner.get_mut(owner as usize) else { return };
        if hits.is_empty() {
            self.touched.push(owner);
        }
        hits.push(hit);
    }

    /// Tokens and places for one owner.
    pub(crate) fn of(&self, owner: u32) -> &[Hit] {
        self.by_owner.get(owner as usize).map_or(&[], Vec::as_slice)
    }
}
