//! One pass over a text for what thousands of tokens need.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// Bytes after which a larger automaton, which is quicker, is worth the time to make it.
const MANY_BYTES: usize = 128 << 10;

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
        Prefilter { texts, targets, ..Prefilter::default() }
    }
}

fn automaton(texts: &[String], kind: AhoCorasickKind) -> Option<AhoCorasick> {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(kind))
        .build(texts)
        .ok()
}

/// The texts of all tokens.
#[derive(Debug, Default)]
pub(crate) struct Prefilter {
    texts: Vec<String>,
    /// Made when the first text is scanned.
    small: OnceLock<Option<AhoCorasick>>,
    /// Made once so much was scanned that it pays.
    large: OnceLock<Option<AhoCorasick>>,
    scanned: AtomicUsize,
    targets: Vec<Vec<(u32, u32)>>,
}

impl Prefilter {
    /// Notes for each owner which of its tokens may match in a text, and where.
    pub(crate) fn scan(&self, text: &str, hits: &mut Hits) {
        hits.clear();
        let Some(automaton) = self.automaton(text.len()) else { return };
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

    fn automaton(&self, bytes: usize) -> Option<&AhoCorasick> {
        let scanned = self.scanned.fetch_add(bytes, Ordering::Relaxed);
        let (slot, kind) = match scanned < MANY_BYTES {
            true => (&self.small, AhoCorasickKind::NoncontiguousNFA),
            false => (&self.large, AhoCorasickKind::DFA),
        };
        slot.get_or_init(|| automaton(&self.texts, kind)).as_ref()
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

    /// The owners of which something was found.
    pub(crate) fn owners(&self) -> &[u32] {
        &self.touched
    }

    /// Tokens and places for one owner in a part of the text, in the order in which they end.
    /// Some of them begin before it.
    pub(crate) fn of(&self, owner: u32, part: &Range<usize>) -> &[Hit] {
        let all = self.by_owner.get(owner as usize).map_or(&[] as &[Hit], Vec::as_slice);
        if all.is_empty() {
            return all;
        }
        let first = all.partition_point(|hit| hit.end as usize <= part.start);
        let all = all.get(first..).unwrap_or_default();
        let end = all.partition_point(|hit| hit.end as usize <= part.end);
        all.get(..end).unwrap_or_default()
    }
}
