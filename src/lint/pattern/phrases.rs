//! The words of a heading, where some phrases are one word each, without an engine.

use std::ops::Range;

use super::Pattern;
use super::tokens::is_edge;

/// What `\b(?:one phrase|another)\b|[\p{N}\p{L}*]+[^\s]*` finds: the phrases of a list as whole
/// words, the longest first, and between them runs up to white space.
#[derive(Debug)]
pub(crate) struct Phrases {
    /// For texts and lists that cannot be compared byte by byte; none where it is no pattern.
    engine: Option<Pattern>,
    /// The phrases by their first byte in lower case, the longest first; none where one of them is
    /// a pattern.
    plain: Option<Vec<Vec<String>>>,
    ignore_case: bool,
}

impl Phrases {
    /// From a list of patterns, most of which are plain words.
    pub(crate) fn new(list: &[String], ignore_case: bool) -> Phrases {
        let mut sorted: Vec<&str> = list.iter().map(String::as_str).collect();
        sorted.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
        let listed: Vec<String> = sorted.iter().map(|phrase| format!("(?:{phrase})")).collect();
        let listed = match listed.is_empty() {
            true => String::new(),
            false => format!(r"\b(?:{})\b|", listed.join("|")),
        };
        let flags = if ignore_case { "(?i)" } else { "" };
        let engine = Pattern::new(&format!(r"{flags}{listed}[\p{{N}}\p{{L}}*]+[^\s]*")).ok();
        let mut plain = engine.is_some().then(|| vec![Vec::new(); 128]);
        for phrase in sorted {
            let first = phrase.bytes().next().unwrap_or_default().to_ascii_lowercase();
            match plain.as_mut().and_then(|plain| plain.get_mut(usize::from(first))) {
                Some(bucket) if is_plain(phrase) => bucket.push(phrase.to_owned()),
                _ => plain = None,
            }
        }
        Phrases { engine, plain, ignore_case }
    }

    /// All words of a text, one behind the other.
    pub(crate) fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        // Beyond ASCII two letters may be the same in another case.
        match &self.plain {
            Some(plain) if text.is_ascii() => self.find_plain(plain, text),
            _ => {
                let found = self.engine.as_ref().and_then(|engine| engine.find_all(text).ok());
                found.unwrap_or_default()
            }
        }
    }

    fn find_plain(&self, plain: &[Vec<String>], text: &str) -> Vec<Range<usize>> {
        let bytes = text.as_bytes();
        let mut all = Vec::new();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            if !byte.is_ascii_alphanumeric() && *byte != b'*' {
                at += 1;
                continue;
            }
            let bucket = plain.get(usize::from(byte.to_ascii_lowercase()));
            let phrase = bucket.filter(|bucket| !bucket.is_empty() && is_edge(text, at));
            let phrase = phrase.and_then(|bucket| {
                bucket.iter().find(|phrase| self.stands_at(phrase, text, at)).map(String::len)
            });
            let rest = || bytes.iter().skip(at).position(|byte| is_space(*byte));
            let len = phrase.or_else(rest).unwrap_or(bytes.len() - at);
            all.push(at..at + len);
            at += len;
        }
        all
    }

    fn stands_at(&self, phrase: &str, text: &str, at: usize) -> bool {
        let end = at + phrase.len();
        let Some(found) = text.get(at..end) else { return false };
        let same = found.bytes().zip(phrase.bytes()).all(|(found, wanted)| match wanted {
            b'.' => found != b'\n',
            _ if self.ignore_case => found.eq_ignore_ascii_case(&wanted),
            _ => found == wanted,
        });
        same && is_edge(text, end)
    }
}

/// White space of ASCII, as `\s` has it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Whether a phrase begins as a word does and is compared byte by byte, a dot with any.
fn is_plain(phrase: &str) -> bool {
    phrase.is_ascii()
        && phrase.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !phrase.contains(|c: char| c.is_ascii_control() || r"\*+?()|[]{}^$".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts<'t>(phrases: &Phrases, text: &'t str) -> Vec<&'t str> {
        phrases.find_all(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn phrases_are_one_word() {
        let list = ["Boat".to_owned(), "Boat Hub".to_owned()];
        let phrases = Phrases::new(&list, true);
        assert_eq!(texts(&phrases, "(the boat hub) of boats"), ["the", "boat hub", "of", "boats"]);
        assert_eq!(texts(&Phrases::new(&list, false), "boat hub"), ["boat", "hub"]);
        assert_eq!(texts(&Phrases::new(&[r"C\+\+".to_owned()], true), "C++ code"), ["C++", "code"]);
    }

    proptest! {
        #[test]
        fn agrees_with_the_engine(
            list in proptest::collection::vec("[abAB][abAB.-]{0,3}|a b|a[+]|k|s", 0..6),
            text in "[aAbBkKsS _*.é\u{212a}\u{17f}-]{0,20}",
            ignore_case: bool,
        ) {
            let phrases = Phrases::new(&list, ignore_case);
            let engine = phrases.engine.as_ref().unwrap();
            prop_assert_eq!(phrases.find_all(&text), engine.find_all(&text).unwrap());
        }
    }
}
