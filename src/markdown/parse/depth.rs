//! A page that is nested absurdly deep is found before the parser sees it, because the time that
//! the parser needs for a line grows with the depth at which the line stands.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

/// Suspicious lines that are looked at more closely; a page with more is refused.
const CLOSER_LOOKS: usize = 8;

/// Whether a tag counts as a level of nesting. A list is not counted, its items are.
pub fn counts(tag: &Tag) -> bool {
    !matches!(
        tag,
        Tag::List(_)
            | Tag::Table(_)
            | Tag::TableHead
            | Tag::TableRow
            | Tag::DefinitionList
            | Tag::Paragraph
    )
}

/// A line that nests blocks so deeply that the page cannot be parsed in good time.
pub fn hopeless(text: &str, limit: usize, options: Options) -> Option<Range<usize>> {
    // Well above the limit itself, which is checked exactly while the tree is built.
    let bound = limit.max(100) * 4;
    let mut looks = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let range = at..at + line.len();
        at = range.end;
        if line.len() <= bound || levels(line, bound) <= bound {
            continue;
        }
        looks += 1;
        if looks > CLOSER_LOOKS || reaches(text.get(..at)?, limit, options) {
            return Some(range.start..range.start + line.trim_end().len().min(80));
        }
    }
    None
}

/// An upper bound for the depth of blocks in which the content of a line stands.
fn levels(line: &str, enough: usize) -> usize {
    let mut columns = 0;
    let mut markers = 0;
    let mut bytes = line.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b' ' | b'0'..=b'9' => columns += 1,
            b'\t' => columns += 4,
            b'>' => markers += 1,
            b'-' | b'*' | b'+' | b':' | b'.' | b')'
                if bytes.peek().is_some_and(u8::is_ascii_whitespace) =>
            {
                markers += 1;
            }
            _ => break,
        }
        if markers > enough {
            break;
        }
    }
    if markers == 0 { 0 } else { markers + columns / 2 }
}

fn reaches(text: &str, limit: usize, options: Options) -> bool {
    let mut depth = 0usize;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(tag) if counts(&tag) => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            Event::End(tag) if !is_uncounted(tag) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

fn is_uncounted(tag: pulldown_cmark::TagEnd) -> bool {
    use pulldown_cmark::TagEnd;
    matches!(
        tag,
        TagEnd::List(_)
            | TagEnd::Table
            | TagEnd::TableHead
            | TagEnd::TableRow
            | TagEnd::DefinitionList
            | TagEnd::Paragraph
    )
}
