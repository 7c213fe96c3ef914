//! Patterns that configurations write, compiled once.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

/// Steps that a pattern may go back at one place before it counts as not found.
const BACKTRACK_LIMIT: usize = 200_000;

/// The patterns of a set of rules.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    known: RwLock<HashMap<String, Option<Arc<Pattern>>>>,
}

/// A pattern in the dialect of JavaScript, as far as both dialects agree.
#[derive(Debug)]
pub(crate) struct Pattern(fancy_regex::Regex);

impl Patterns {
    /// The pattern of a text; none where it cannot be read.
    pub(crate) fn get(&self, text: &str) -> Option<Arc<Pattern>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
        if let Some(known) = known {
            return known;
        }
        let made = Pattern::new(text).map(Arc::new);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // Comments in files can hold patterns, too.
        if known.len() < 1000 {
            known.insert(text.to_owned(), made.clone());
        }
        made
    }
}

impl Pattern {
    /// Reads a pattern; none where it cannot be read.
    pub(crate) fn new(text: &str) -> Option<Pattern> {
        let text = text.replace("[^]", r"[\s\S]");
        let built = fancy_regex::RegexBuilder::new(&text).backtrack_limit(BACKTRACK_LIMIT).build();
        built.ok().map(Pattern)
    }

    /// Whether it is found in a text.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text).unwrap_or(false)
    }

    /// Where it is found first.
    pub(crate) fn find(&self, text: &str) -> Option<Range<usize>> {
        self.0.find(text).ok().flatten().map(|found| found.range())
    }

    /// Where a group of it is found, and the whole of it.
    pub(crate) fn groups(&self, text: &str, group: usize) -> Vec<(Range<usize>, Range<usize>)> {
        let found = self.0.captures_iter(text).filter_map(Result::ok);
        found.filter_map(|found| Some((found.get(0)?.range(), found.get(group)?.range()))).collect()
    }
}
