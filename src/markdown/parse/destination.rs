//! Where the destination of a link is written. The parser says what it is, not where.

use std::ops::Range;

/// The destination of `[text](destination "title")`, whose text ends at `text_end` and which
/// itself ends at `end`.
pub fn inline(text: &str, text_end: usize, end: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = text_end;
    while *bytes.get(at)? != b']' || bytes.get(at + 1) != Some(&b'(') {
        at += 1;
        if at >= end {
            return None;
        }
    }
    let start = skip_space(bytes, at + 2, end);
    let found = destination(bytes, start, end)?;
    (found.end < end).then_some(found)
}

/// The destination of `[label]: destination "title"` at a range.
pub fn definition(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = range.start;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b']' => break,
            _ => at += 1,
        }
        if at >= range.end {
            return None;
        }
    }
    if bytes.get(at + 1) != Some(&b':') {
        return None;
    }
    let start = skip_space(bytes, at + 2, range.end);
    destination(bytes, start, range.end)
}

/// Skips white space; after a line break also what marks a quote.
fn skip_space(bytes: &[u8], mut at: usize, end: usize) -> usize {
    let mut new_line = false;
    while at < end {
        match bytes.get(at) {
            Some(b'\n' | b'\r') => new_line = true,
            Some(b' ' | b'\t') => {}
            Some(b'>') if new_line => {}
            _ => break,
        }
        at += 1;
    }
    at
}

fn destination(bytes: &[u8], start: usize, end: usize) -> Option<Range<usize>> {
    let mut at = start;
    if bytes.get(at) == Some(&b'<') {
        at += 1;
        while at < end {
            match bytes.get(at)? {
                b'\\' => at += 2,
                b'>' => return Some(start + 1..at),
                b'\n' => return None,
                _ => at += 1,
            }
        }
        return None;
    }
    let mut depth = 0usize;
    while at < end {
        match bytes.get(at)? {
            b'\\' if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) => at += 1,
            b'(' => depth += 1,
            b')' if depth == 0 => break,
            b')' => depth -= 1,
            byte if byte.is_ascii_whitespace() || byte.is_ascii_control() => break,
            _ => {}
        }
        at += 1;
    }
    Some(start..at.min(end))
}

/// Whether `written` can be what a destination is made of: exactly, unless entities or
/// backslashes had to be resolved.
pub fn agrees(written: &str, destination: &str) -> bool {
    if written.contains(['&', '\\']) { true } else { written == destination }
}
