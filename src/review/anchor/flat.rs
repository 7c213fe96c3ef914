//! A text as it is searched: every stretch of white space is one space, so that it makes no
//! difference where lines break.

use std::ops::Range;

/// A text with its white space evened out, and where each of its bytes comes from.
#[derive(Debug, Clone, Default)]
pub(super) struct Flat {
    pub text: String,
    /// For each byte of the text, where it stands in what it was made of.
    at: Vec<u32>,
    /// The length of what it was made of.
    len: usize,
}

impl Flat {
    /// Evens out a text; white space at its ends goes.
    pub fn new(text: &str) -> Flat {
        let mut flat = Flat { text: String::new(), at: Vec::new(), len: text.len() };
        let mut space = None;
        for (at, c) in text.char_indices() {
            if is_space(c) {
                space.get_or_insert(at);
                continue;
            }
            if let Some(at) = space.take()
                && !flat.text.is_empty()
            {
                flat.text.push(' ');
                flat.at.push(u32::try_from(at).unwrap_or(u32::MAX));
            }
            flat.text.push(c);
            flat.at.extend((at..at + c.len_utf8()).map(|at| u32::try_from(at).unwrap_or(u32::MAX)));
        }
        flat
    }

    /// The place of a stretch in what the text was made of, without white space at its ends.
    pub fn source(&self, range: &Range<usize>) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let mut range = range.clone();
        while range.start < range.end && bytes.get(range.start) == Some(&b' ') {
            range.start += 1;
        }
        while range.end > range.start && bytes.get(range.end - 1) == Some(&b' ') {
            range.end -= 1;
        }
        let start = self.at.get(range.start).map_or(self.len, |at| *at as usize);
        match range.end.checked_sub(1).filter(|last| *last >= range.start) {
            Some(last) => start..self.at.get(last).map_or(self.len, |at| *at as usize + 1),
            None => start..start,
        }
    }

    /// Where a place in what the text was made of stands in it, or what follows there.
    pub fn offset(&self, source: usize) -> usize {
        let mut at = self.at.partition_point(|at| (*at as usize) < source);
        while !self.text.is_char_boundary(at) {
            at += 1;
        }
        at
    }

    /// The stretch that stands for some bytes of what the text was made of.
    pub fn range(&self, source: &Range<usize>) -> Range<usize> {
        let start = self.offset(source.start);
        let mut end = self.offset(source.end).max(start);
        // A stretch ends behind its last word, not behind the space that follows.
        if end > start && self.text.as_bytes().get(end - 1) == Some(&b' ') {
            end -= 1;
        }
        start..end
    }

    /// At most `count` characters before a place.
    pub fn before(&self, at: usize, count: usize) -> &str {
        let text = self.text.get(..at).unwrap_or_default();
        let start = text.char_indices().rev().nth(count.saturating_sub(1)).map_or(0, |(at, _)| at);
        text.get(start..).unwrap_or_default()
    }

    /// At most `count` characters behind a place.
    pub fn behind(&self, at: usize, count: usize) -> &str {
        let text = self.text.get(at..).unwrap_or_default();
        let end = text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
        text.get(..end).unwrap_or_default()
    }

    /// Where a text stands, each time, where it begins and ends as words do; at most `most` times.
    pub fn occurrences(&self, wanted: &str, most: usize) -> Vec<Range<usize>> {
        if wanted.is_empty() {
            return Vec::new();
        }
        self.text
            .match_indices(wanted)
            .map(|(at, found)| at..at + found.len())
            .filter(|range| self.is_word_like(range))
            .take(most)
            .collect()
    }

    /// Whether a stretch cuts no word in two.
    fn is_word_like(&self, range: &Range<usize>) -> bool {
        let cuts = |at: usize| {
            let (before, behind) = self.text.split_at_checked(at).unwrap_or_default();
            let (before, behind) = (before.chars().next_back(), behind.chars().next());
            matches!((before, behind), (Some(a), Some(b)) if is_word(a) && is_word(b))
        };
        !cuts(range.start) && !cuts(range.end)
    }

    /// A stretch with the words that it cuts.
    pub fn whole_words(&self, range: Range<usize>) -> Range<usize> {
        let before = self.text.get(..range.start).unwrap_or_default();
        let behind = self.text.get(range.end..).unwrap_or_default();
        let inside = self.text.get(range.clone()).unwrap_or_default();
        let (mut start, mut end) = (range.start, range.end);
        if inside.starts_with(is_word) {
            start = before.trim_end_matches(is_word).len();
        }
        if inside.ends_with(is_word) {
            end += behind.len() - behind.trim_start_matches(is_word).len();
        }
        start..end
    }
}

/// White space, and what Windows and Unicode have besides.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The words of a text, marks by themselves, with their places.
pub(super) fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if is_space(c) {
            continue;
        }
        let mut end = start + c.len_utf8();
        if is_word(c) {
            while let Some((at, c)) = chars.next_if(|(_, c)| is_word(*c)) {
                end = at + c.len_utf8();
            }
        }
        words.push((start, text.get(start..end).unwrap_or_default()));
    }
    words
}
