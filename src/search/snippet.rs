//! The part of a text that shows why it was found.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use super::tokens;

/// Part of a text with the words that were looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The part, with `…` where it is cut.
    pub text: String,
    /// The words that were looked for, as bytes of the part.
    pub marks: Vec<Range<usize>>,
}

/// The part of about `length` words that holds most of the words that were looked for. `words`
/// gives the word of a form.
pub fn snippet(text: &str, words: &HashMap<&str, u32>, length: usize) -> Snippet {
    let mut all: Vec<(usize, usize, Option<u32>)> = Vec::new();
    tokens::tokens(text, |token| {
        let word = words.get(token.text).copied();
        match all.last_mut() {
            // Several tokens of one place: the longest that was looked for.
            Some(last) if last.1 > token.start => {
                if last.2.is_none() && word.is_some() {
                    *last = (token.start, token.end, word);
                }
            }
            _ => all.push((token.start, token.end, word)),
        }
    });
    let mut best = (0, 0);
    for (at, (_, _, word)) in all.iter().enumerate() {
        if word.is_none() {
            continue;
        }
        let window = all.get(at..(at + length).min(all.len())).unwrap_or_default();
        let distinct: BTreeSet<u32> = window.iter().filter_map(|(_, _, word)| *word).collect();
        if distinct.len() > best.0 {
            best = (distinct.len(), at);
        }
    }
    let from = best.1.saturating_sub(length / 4);
    let line =
        |at: usize| text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    // From the beginning of the line, if that is near; else from some words before.
    let first = all.get(best.1).map_or(0, |(start, ..)| *start);
    let start = match all.get(from) {
        Some((start, ..)) if from > 0 => (*start).max(line(first)),
        _ => line(first).min(first),
    };
    let start = if best.0 == 0 { 0 } else { start };
    let shown = all.iter().filter(|(token, ..)| *token >= start).nth(length.saturating_sub(1));
    let end = shown.map_or(text.len(), |(_, end, _)| *end);
    let mut out = Snippet::default();
    if start > 0 {
        out.text.push('…');
    }
    let shift = out.text.len();
    let part = text.get(start..end).unwrap_or_default();
    out.text.push_str(&part.replace('\n', " "));
    if end < text.len() {
        out.text.push('…');
    }
    out.marks = all
        .iter()
        .filter(|(from, to, word)| word.is_some() && *from >= start && *to <= end)
        .map(|(from, to, _)| from - start + shift..to - start + shift)
        .collect();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, words: &[&str], length: usize) -> String {
        let words = words.iter().copied().zip(0..).collect();
        let found = snippet(text, &words, length);
        let mut out = found.text.clone();
        for mark in found.marks.iter().rev() {
            out.insert(mark.end, ']');
            out.insert(mark.start, '[');
        }
        out
    }

    #[test]
    fn shows_where_the_words_stand() {
        let text = "First line of text.\nOwnership is a set of rules that govern how a program \
                    manages memory, and borrowing is another thing.";
        assert_eq!(
            marked(text, &["memory", "borrowing"], 8),
            "…program manages [memory], and [borrowing] is another thing…"
        );
        assert_eq!(marked(text, &["ownership"], 4), "…[Ownership] is a set…");
        assert_eq!(marked(text, &["nothing"], 3), "First line of…");
        assert_eq!(marked("", &["x"], 3), "");
        assert_eq!(marked("Use HashMap::new", &["hash", "new"], 9), "Use [Hash]Map::[new]");
    }
}
