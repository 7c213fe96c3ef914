//! Words of a text with their places.

use std::ops::Range;

/// A word: letters and digits, with apostrophes, hyphens and full stops inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub range: Range<usize>,
    /// In lower case, with a straight apostrophe.
    pub lower: Box<str>,
}

/// The words of a text. Masked parts are words of asterisks, so that nothing is joined across
/// them.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut start = None;
    let mut chars = text.char_indices().peekable();
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '*');
    while let Some((at, c)) = chars.next() {
        if inside(c) {
            start.get_or_insert(at);
            continue;
        }
        let joins = matches!(c, '\'' | '’' | '-' | '.' | '/' | '@' | '#' | '+')
            && start.is_some()
            && chars.peek().is_some_and(|(_, next)| inside(*next));
        if !joins && let Some(from) = start.take() {
            push(text, from..at, &mut found);
        }
    }
    if let Some(from) = start {
        push(text, from..text.len(), &mut found);
    }
    found
}

fn push(text: &str, range: Range<usize>, found: &mut Vec<Word>) {
    let lower = text.get(range.clone()).unwrap_or_default().to_lowercase().replace('’', "'");
    found.push(Word { range, lower: lower.into_boxed_str() });
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_hold_together_and_masks_stand_between() {
        let text = "Don’t re-use a.b, ***: it's C++";
        let found: Vec<String> = words(text).iter().map(|word| word.lower.to_string()).collect();
        assert_eq!(found, ["don't", "re-use", "a.b", "***", "it's", "c"]);
    }
}
