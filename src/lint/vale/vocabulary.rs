//! The project's own words: what is accepted everywhere, and what is not.

use std::ops::Range;
use std::sync::OnceLock;

use crate::lint::pattern::{Pattern, next_char};

/// Accepted and rejected terms; each is a pattern.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// Accepted ones, in the order of the files.
    pub accepted: Vec<String>,
    /// Rejected ones.
    pub rejected: Vec<String>,
    words: OnceLock<Option<Pattern>>,
    phrases: OnceLock<Option<Pattern>>,
    spellings: OnceLock<Option<Pattern>>,
}

impl Vocabulary {
    /// From terms that were tried one by one.
    pub(crate) fn new(accepted: Vec<String>, rejected: Vec<String>) -> Self {
        Vocabulary { accepted, rejected, ..Vocabulary::default() }
    }

    /// Whether an accepted term stands in a text.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        let words = self.words.get_or_init(|| joined("(?m)", self.accepted.iter()));
        words.as_ref().is_some_and(|words| words.is_match(text))
    }

    /// Whether a part of a text lies in an accepted phrase.
    pub(crate) fn covers(&self, text: &str, range: &Range<usize>) -> bool {
        within(self.phrases(), text, range)
    }

    /// Where accepted phrases stand in a text.
    pub(crate) fn phrases_in(&self, text: &str) -> Vec<Range<usize>> {
        self.phrases().and_then(|phrases| phrases.find_all(text).ok()).unwrap_or_default()
    }

    fn phrases(&self) -> Option<&Pattern> {
        let phrases = || joined("(?i)", self.accepted.iter().filter(|term| is_phrase(term)));
        self.phrases.get_or_init(phrases).as_ref()
    }

    /// Whether a word is accepted as it is spelled, in any case.
    pub(crate) fn accepts(&self, word: &str) -> bool {
        let spellings = self.spellings.get_or_init(|| joined("(?i)", self.accepted.iter()));
        spellings.as_ref().is_some_and(|spellings| spellings.is_match(word))
    }
}

/// What a rule does not complain about: its own list, and the vocabulary.
#[derive(Debug, Default)]
pub(crate) struct Exceptions {
    words: Option<Pattern>,
    phrases: Option<Pattern>,
    vocabulary: Option<std::sync::Arc<Vocabulary>>,
}

impl Exceptions {
    /// From a rule's list, each of which was tried, and the vocabulary where the rule minds it.
    pub(crate) fn new(
        list: &[String],
        vocabulary: Option<std::sync::Arc<Vocabulary>>,
    ) -> Exceptions {
        Exceptions {
            words: joined("(?m)", list.iter()),
            phrases: joined("", list.iter().filter(|term| is_phrase(term))),
            vocabulary: vocabulary.filter(|vocabulary| !vocabulary.accepted.is_empty()),
        }
    }

    /// Whether an exception stands in a text.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.words.as_ref().is_some_and(|words| words.is_match(text))
            || self.vocabulary.as_ref().is_some_and(|vocabulary| vocabulary.is_in(text))
    }

    /// Whether a match is excepted: an exception stands in it, or it stands in a phrase.
    pub(crate) fn cover(&self, text: &str, range: &Range<usize>) -> bool {
        let found = text.get(range.clone()).unwrap_or_default();
        self.is_in(found.trim())
            || within(self.phrases.as_ref(), text, range)
            || self.vocabulary.as_ref().is_some_and(|vocabulary| vocabulary.covers(text, range))
    }
}

fn within(phrases: Option<&Pattern>, text: &str, range: &Range<usize>) -> bool {
    let Some(phrases) = phrases else { return false };
    let mut at = 0;
    // Phrases stand one behind the other, and the last that can hold the match begins before it.
    while at <= range.start {
        let Ok(Some(phrase)) = phrases.find_at(text, at) else { return false };
        if phrase.start <= range.start && range.end <= phrase.end {
            return true;
        }
        at = phrase.end.max(next_char(text, phrase.start));
    }
    false
}

fn is_phrase(term: &str) -> bool {
    term.contains([' ', '\t']) || term.contains("\\s")
}

/// Terms as one pattern of whole words, the longest first.
fn joined<'t>(flags: &str, terms: impl Iterator<Item = &'t String>) -> Option<Pattern> {
    let mut terms: Vec<&str> = terms.map(String::as_str).collect();
    if terms.is_empty() {
        return None;
    }
    terms.sort_by_key(|term| std::cmp::Reverse(term.len()));
    let terms: Vec<String> = terms.into_iter().map(|term| format!("(?:{term})")).collect();
    Pattern::new(&format!(r"{flags}\b(?:{})\b", terms.join("|"))).ok()
}

/// The terms of a list: one a line, `# ` begins a comment.
pub(crate) fn terms(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let term = line.trim().trim_start_matches('\u{feff}');
        (!term.is_empty() && term != "#" && !term.starts_with("# "))
            .then_some((start..start + term.len(), term))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_comments() {
        let found: Vec<_> = terms("# names\nGraphBox\n\n  kubectl \r\n#hash\n").collect();
        assert_eq!(found, [(8..16, "GraphBox"), (20..27, "kubectl"), (30..35, "#hash")]);
    }

    #[test]
    fn phrases_cover_words_only_inside_of_them() {
        let exceptions = Exceptions::new(&["master class".to_owned()], None);
        let text = "A master class has a master.";
        assert!(exceptions.cover(text, &(2..8)));
        assert!(!exceptions.cover(text, &(21..27)));
        assert!(!exceptions.is_in("master"));
    }
}
