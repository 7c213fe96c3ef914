//! `spelling`: words that no dictionary has.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use foldhash::fast::RandomState;
use regex::{Regex, RegexSet};

use super::super::rule_file::{Build, Problem};
use super::super::vocabulary::Vocabulary;
use super::{Alert, Check, RuleState, View};
use crate::lint::prose::words;
use crate::lint::spelling::Dictionary;

/// Words that are remembered; a language has fewer.
const MAX_KNOWN: usize = 200_000;

/// Words that are no prose: `CamelCase`, capitals at the end, anything but plain letters.
const DEFAULT_FILTERS: [&str; 3] = ["[A-Z]{1}[a-z]+[A-Z]+[0-9A-Za-z_]+", "[A-Z]+$", "[^a-zA-Z_']"];

/// Whether words are right.
type Known = HashMap<Box<str>, bool, RandomState>;

/// So many rules are remembered by each thread: those of one set, and some of the set before.
const MAX_RULES: usize = 8;

thread_local! {
    /// Words that a thread has looked up, by rule, the rule that was used last in front: pages
    /// share most of their words, and so no other thread has to be waited for.
    static THREAD: RefCell<Vec<(u64, Known)>> = const { RefCell::new(Vec::new()) };
}

#[derive(Debug)]
struct Spelling {
    /// No other rule of this process has this number.
    number: u64,
    dictionaries: Vec<Arc<Dictionary>>,
    /// Words of the project, in lower case.
    own: BTreeSet<String>,
    filters: RegexSet,
    /// Words that were looked up, whatever file they were in.
    known: RwLock<Known>,
    vocabulary: Arc<Vocabulary>,
}

pub(super) fn build(build: &mut Build) -> Result<Box<dyn Check>, Problem> {
    let mut filters = Vec::new();
    for filter in build.list("filters")? {
        let pattern = go_pattern(&filter.text);
        if Regex::new(&pattern).is_err() {
            let message = format!("the filter `{}` is no pattern", filter.text);
            return Err(build.problem_at(&filter.at, message));
        }
        filters.push(pattern);
    }
    if !build.truth("custom")?.unwrap_or(false) {
        filters.extend(DEFAULT_FILTERS.iter().map(|filter| (*filter).to_owned()));
    }
    let filters = RegexSet::new(&filters)
        .map_err(|_| build.problem("filters", "the filters are too large".to_owned()))?;
    let dictionaries = build.dictionaries()?;
    let own = build.word_lists()?;
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let (known, vocabulary) = (RwLock::default(), build.vocabulary());
    Ok(Box::new(Spelling { number, dictionaries, own, filters, known, vocabulary }))
}

/// Filters are patterns of Go's `regexp`, whose classes know ASCII only.
fn go_pattern(source: &str) -> String {
    let mut out = String::new();
    let mut chars = source.chars();
    let mut in_class = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' => match (chars.next(), in_class) {
                (Some('w'), true) => out.push_str("0-9A-Za-z_"),
                (Some('w'), false) => out.push_str("[0-9A-Za-z_]"),
                (Some('W'), false) => out.push_str("[^0-9A-Za-z_]"),
                (Some('d'), true) => out.push_str("0-9"),
                (Some('d'), false) => out.push_str("[0-9]"),
                (Some('D'), false) => out.push_str("[^0-9]"),
                (Some('b'), false) => out.push_str("(?-u:\\b)"),
                (Some(other), _) => {
                    out.push('\\');
                    out.push(other);
                }
                (None, _) => out.push('\\'),
            },
            '[' => {
                in_class = true;
                out.push('[');
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            c => out.push(c),
        }
    }
    out
}

impl Spelling {
    fn is_right(&self, word: &str) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).get(word).copied();
        if let Some(known) = known {
            return known;
        }
        let right = self.look_up(word);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MAX_KNOWN {
            known.insert(Box::from(word), right);
        }
        right
    }

    /// Calls with what this thread knows of words.
    fn with_known<T>(&self, call: impl FnOnce(&mut Known) -> T) -> T {
        THREAD.with_borrow_mut(|rules| {
            let at = rules.iter().position(|(number, _)| *number == self.number);
            let at = at.unwrap_or_else(|| {
                rules.truncate(MAX_RULES - 1);
                rules.insert(0, (self.number, Known::default()));
                0
            });
            match rules.get_mut(at) {
                Some((_, known)) => call(known),
                None => call(&mut Known::default()),
            }
        })
    }

    fn look_up(&self, word: &str) -> bool {
        self.filters.is_match(word)
            || self.dictionaries.iter().any(|dictionary| dictionary.has(word))
            || self.own.contains(&word.to_lowercase())
            || self.vocabulary.accepts(word)
    }
}

impl Check for Spelling {
    fn run(&self, view: &View, _: &mut RuleState) -> Vec<Alert> {
        let mut phrases = None;
        let mut alerts = Vec::new();
        self.with_known(|known| {
            for range in words(view.text) {
                let word = view.text.get(range.clone()).unwrap_or_default();
                let plain = if word.contains(['‘', '’']) {
                    Cow::Owned(word.replace(['‘', '’'], "'"))
                } else {
                    Cow::Borrowed(word)
                };
                let right = known.get(&*plain).copied().unwrap_or_else(|| {
                    let right = self.is_right(&plain);
                    if known.len() < MAX_KNOWN {
                        known.insert(Box::from(&*plain), right);
                    }
                    right
                });
                if right {
                    continue;
                }
                let phrases = phrases.get_or_insert_with(|| self.vocabulary.phrases_in(view.text));
                let mut phrases = phrases.iter();
                if !phrases.any(|phrase| phrase.start <= range.start && range.end <= phrase.end) {
                    alerts.push(Alert::at(range).with(vec![plain.into_owned()]));
                }
            }
        });
        alerts
    }

    fn suggest(&self, word: &str) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for dictionary in &self.dictionaries {
            for suggestion in dictionary.suggest(word) {
                if !all.contains(&suggestion) {
                    all.push(suggestion);
                }
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::go_pattern;

    #[test]
    fn classes_of_filters_are_ascii() {
        let pattern = regex::Regex::new(&go_pattern(r"^x\w+[\w.]\b")).unwrap();
        assert!(pattern.is_match("xab."));
        assert!(!pattern.is_match("xé."));
    }
}
