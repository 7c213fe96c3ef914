//! Lines: what stands alone on one, how far it is indented, and which are in fenced code.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Part;

/// What is cut from the beginnings of lines: where each begins, and where what stays begins.
pub(super) type Cuts = BTreeMap<usize, usize>;

/// Where the line begins that holds a position.
pub(super) fn start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// Where the line ends that holds a position, before its newline.
pub(super) fn end(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| at + length)
}

/// What a further line has to begin with to stand in the same list item or quote as the line that
/// holds a position, where some of it may be cut.
pub(super) fn indent(text: &str, at: usize, cuts: &Cuts) -> String {
    let begin = start(text, at);
    let begin = cuts.get(&begin).copied().unwrap_or(begin);
    let line = text.get(begin..at).unwrap_or_default();
    let mut out = String::new();
    let mut rest = line;
    loop {
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        out.push_str(rest.get(..blank).unwrap_or_default());
        rest = rest.get(blank..).unwrap_or_default();
        let marker = if rest.starts_with('>') { 1 } else { marker(rest) };
        let Some((before, after)) = rest.split_at_checked(marker).filter(|_| marker > 0) else {
            return out;
        };
        if before == ">" {
            out.push('>');
        } else {
            out.push_str(&" ".repeat(marker));
        }
        rest = after;
    }
}

/// The length of the marker of a list at the beginning of a text.
fn marker(text: &str) -> usize {
    let digits = text.bytes().take(9).take_while(u8::is_ascii_digit).count();
    let rest = text.get(digits..).unwrap_or_default();
    let ends = |length: usize| {
        let after = text.as_bytes().get(length);
        after.is_none_or(|b| *b == b' ' || *b == b'\t')
    };
    let length = match (digits, rest.bytes().next()) {
        (0, Some(b'-' | b'*' | b'+')) => 1,
        (1.., Some(b'.' | b')')) => digits + 1,
        _ => return 0,
    };
    if ends(length) { length } else { 0 }
}

/// What stands for a range, on a line of its own.
pub(super) fn alone(
    text: &str,
    range: &Range<usize>,
    mut parts: Vec<Part>,
    cuts: &Cuts,
) -> Vec<Part> {
    if parts.is_empty() {
        return parts;
    }
    let indent = indent(text, range.start, cuts);
    let begin = start(text, range.start);
    let begin = cuts.get(&begin).copied().unwrap_or(begin);
    let before = text.get(begin..range.start).unwrap_or_default();
    let after = text.get(range.end..end(text, range.end)).unwrap_or_default();
    // All that stands before is markers of lists and quotes, or there is nothing.
    let begins = before.len() == indent.len();
    if !begins {
        parts.insert(0, Part::Text(format!("\n{indent}")));
    }
    if !after.trim().is_empty() {
        parts.push(Part::Text(format!("\n{indent}")));
    }
    parts
}

/// Whether a mark may become a block: not in a row of a table.
pub(super) fn can_hold_block(text: &str, at: usize) -> bool {
    !text.get(start(text, at)..at).unwrap_or_default().trim_start().starts_with('|')
}

/// Lines with their places, without line ends; those in fenced code are left out, as are their
/// fences. The fences of MyST's directives are no code.
pub(super) fn of(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    let mut fence: Option<(u8, usize)> = None;
    std::iter::from_fn(move || {
        loop {
            if at >= text.len() {
                return None;
            }
            let line = at..end(text, at);
            at = line.end + 1;
            let content = text.get(line.clone())?.trim_start_matches([' ', '\t', '>']);
            let mark = content.bytes().next().filter(|b| matches!(b, b'`' | b'~'));
            let length = content.bytes().take_while(|b| Some(*b) == mark).count();
            let info = content.get(length..).unwrap_or_default().trim();
            match (fence, mark) {
                (None, Some(mark)) if length >= 3 && !(mark == b'`' && info.contains('`')) => {
                    fence = Some((mark, length));
                }
                (None, _) => return Some(line),
                (Some((open, least)), Some(mark)) => {
                    if mark == open && length >= least && info.is_empty() {
                        fence = None;
                    }
                }
                (Some(_), None) => {}
            }
        }
    })
}

/// The spaces that a line begins with, tabs counted as four.
pub(super) fn width(line: &str) -> usize {
    let blank = line.bytes().take_while(|b| matches!(b, b' ' | b'\t'));
    blank.map(|b| if b == b'\t' { 4 } else { 1 }).sum()
}

/// The lines between two marks that are not blank.
fn between<'a>(
    text: &'a str,
    open: &Range<usize>,
    close: &Range<usize>,
) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut at = end(text, open.end) + 1;
    let last = start(text, close.start);
    std::iter::from_fn(move || {
        let line = (at < last).then(|| at..end(text, at))?;
        at = line.end + 1;
        Some(line)
    })
    .filter(|line| text.get(line.clone()).is_some_and(|line| !line.trim().is_empty()))
}

/// Cuts from each line between two marks what it is indented more than the first of them: in MDX
/// indentation means nothing.
pub(super) fn dedent(text: &str, open: &Range<usize>, close: &Range<usize>, cuts: &mut Cuts) {
    let opened = width(text.get(start(text, open.start)..open.start).unwrap_or_default());
    let widths = between(text, open, close).map(|line| width(text.get(line).unwrap_or_default()));
    let too_much = widths.min().unwrap_or_default().saturating_sub(opened);
    if too_much > 0 {
        between(text, open, close).for_each(|line| cut(text, line.start, too_much, cuts));
    }
}

/// Indents lines between two marks that are indented less than the first of them: for other tools
/// they belong to the item of a list that the mark stands in.
pub(super) fn keep_inside(
    text: &str,
    open: &Range<usize>,
    close: &Range<usize>,
    cuts: &Cuts,
    indents: &mut BTreeMap<usize, usize>,
) {
    let before = text.get(start(text, open.start)..open.start).unwrap_or_default();
    let wanted = width(before);
    if wanted == 0 || !before.trim().is_empty() || cuts.contains_key(&start(text, open.start)) {
        return;
    }
    for line in between(text, open, close) {
        let least = width(text.get(line.clone()).unwrap_or_default());
        if least < wanted {
            let more = indents.entry(line.start).or_default();
            *more = (*more).max(wanted - least);
        }
    }
}

/// Cuts some columns more from the beginning of a line.
pub(super) fn cut(text: &str, line: usize, columns: usize, cuts: &mut Cuts) {
    let end = cuts.entry(line).or_insert(line);
    let mut done = 0;
    while done < columns {
        match text.as_bytes().get(*end) {
            Some(b' ') => done += 1,
            Some(b'\t') => done += 4,
            _ => break,
        }
        *end += 1;
    }
}
