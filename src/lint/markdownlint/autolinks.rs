//! Addresses that GitHub makes links of although they stand in the text as they are. The grammar is
//! that of the specification of GitHub Flavored Markdown, "Autolinks (extension)".

use std::ops::Range;

use super::page::Page;
use super::patterns::Patterns;
use crate::markdown::{FormKind, form};

/// An address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bare {
    pub range: Range<usize>,
    /// The text that it stands in.
    pub node: usize,
}

/// The addresses in a text that is read by itself.
pub(super) fn alone(text: &str, patterns: &Patterns) -> Vec<Range<usize>> {
    let form = may_hold(text).then(|| form(text)).flatten();
    let found = form.map(|form| bare(&Page::new(text, text, "", &form, patterns)));
    found.into_iter().flatten().map(|one| one.range).collect()
}

/// Whether a text may hold addresses.
fn may_hold(text: &str) -> bool {
    let is = |mark: &str| memchr::memmem::find(text.as_bytes(), mark.as_bytes()).is_some();
    is("://") || is("@") || is("www.") || is("WWW.")
}

pub(super) fn bare(page: &Page<'_>) -> Vec<Bare> {
    let mut found = Vec::new();
    if !may_hold(page.text) {
        return found;
    }
    let nodes = &page.form.nodes;
    // Brackets that are open: in them no address is a link.
    let mut depth = 0usize;
    let mut index = 0;
    let mut reached = 0;
    while let Some(node) = nodes.get(index) {
        match node.kind {
            FormKind::Link(_) | FormKind::Image(_) => {
                index = node.end;
                continue;
            }
            FormKind::Text => {
                // Text comes in pieces; what touches belongs together.
                let start = node.range.start;
                let mut end = node.range.end;
                let first = index;
                while let Some(next) = nodes.get(index + 1)
                    && next.kind == FormKind::Text
                    && next.parent == node.parent
                    && next.range.start == end
                {
                    end = next.range.end;
                    index += 1;
                }
                if end > reached {
                    run(page, start.max(reached)..end, first, &mut depth, &mut found);
                    reached = reached.max(end);
                }
            }
            kind if !kind.is_inline() => depth = 0,
            _ => {}
        }
        index += 1;
    }
    found
}

fn run(
    page: &Page<'_>,
    range: Range<usize>,
    node: usize,
    depth: &mut usize,
    found: &mut Vec<Bare>,
) {
    let text = page.get(range.clone());
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = at == 0 && page.get(range.start.saturating_sub(1)..range.start) == "\\";
        match byte {
            b'[' if !escaped => *depth += 1,
            b']' if !escaped => *depth = depth.saturating_sub(1),
            _ if *depth > 0 => {}
            // No address begins within a word.
            _ if at
                .checked_sub(1)
                .and_then(|before| bytes.get(before))
                .is_some_and(u8::is_ascii_alphabetic) => {}
            b'h'
            | b'H'
            | b'w'
            | b'W'
            | b'0'..=b'9'
            | b'a'..=b'z'
            | b'A'..=b'Z'
            | b'+'
            | b'-'
            | b'.'
            | b'_' => {
                let before = match at {
                    0 => page.get(page.line_start(range.start)..range.start).chars().next_back(),
                    _ => text.get(..at).and_then(|before| before.chars().next_back()),
                };
                let rest = text.get(at..).unwrap_or_default();
                let len = protocol(rest, before)
                    .or_else(|| www(rest, before))
                    .or_else(|| email(rest, before));
                if let Some(len) = len.filter(|len| *len > 0) {
                    let start = range.start + at;
                    found.push(Bare { range: start..start + len, node });
                    at += len;
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
}

fn starts(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || (!c.is_ascii() && !c.is_alphanumeric() && !c.is_whitespace())
}

fn protocol(text: &str, before: Option<char>) -> Option<usize> {
    let prefix = ["https://", "http://"].into_iter().find(|prefix| starts(text, prefix))?;
    if before.is_some_and(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    let rest = text.get(prefix.len()..)?;
    let first = rest.chars().next()?;
    if first.is_control() || first.is_whitespace() || is_punctuation(first) {
        return None;
    }
    let domain = domain(rest)?;
    Some(prefix.len() + domain + path(rest.get(domain..)?))
}

fn www(text: &str, before: Option<char>) -> Option<usize> {
    if !starts(text, "www.") {
        return None;
    }
    if before.is_some_and(|c| !c.is_whitespace() && !"(*_[]~".contains(c)) {
        return None;
    }
    // `www` itself is the first part of the domain.
    let domain = domain(text)?;
    Some(domain + path(text.get(domain..)?))
}

/// The length of a domain; none where one of its last two parts holds `_`.
fn domain(text: &str) -> Option<usize> {
    let (mut last, mut before_last, mut seen) = (false, false, false);
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        match c {
            '.' | '_' => {
                if trails(text.get(at..)?) {
                    end = at;
                    break;
                }
                if c == '_' {
                    last = true;
                } else {
                    before_last = last;
                    last = false;
                }
            }
            '-' => seen = true,
            c if c.is_whitespace() || c.is_control() || is_punctuation(c) => {
                end = at;
                break;
            }
            _ => seen = true,
        }
    }
    (seen && !last && !before_last).then_some(end)
}

fn path(text: &str) -> usize {
    let (mut open, mut close) = (0usize, 0usize);
    for (at, c) in text.char_indices() {
        match c {
            '(' => open += 1,
            ')' if close < open => close += 1,
            '!' | '"' | '&' | '\'' | ')' | '*' | ',' | '.' | ':' | ';' | '<' | '?' | ']' | '_'
            | '~' => {
                if trails(text.get(at..).unwrap_or_default()) {
                    return at;
                }
                if c == ')' {
                    close += 1;
                }
            }
            c if c.is_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}

/// Whether nothing but punctuation follows up to a space, which is then no part of an address.
fn trails(text: &str) -> bool {
    let mut rest = text;
    loop {
        let Some(c) = rest.chars().next() else { return true };
        match c {
            '<' => return true,
            c if c.is_whitespace() => return true,
            '!' | '"' | '\'' | ')' | '*' | ',' | '.' | ':' | ';' | '?' | '_' | '~' => {
                rest = rest.get(1..).unwrap_or_default();
            }
            '&' => {
                let name = rest.get(1..).unwrap_or_default();
                let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
                if letters == 0 || !name.get(letters..).unwrap_or_default().starts_with(';') {
                    return false;
                }
                rest = name.get(letters + 1..).unwrap_or_default();
            }
            ']' => {
                rest = rest.get(1..).unwrap_or_default();
                if rest.chars().next().is_none_or(|c| c.is_whitespace() || "([".contains(c)) {
                    return true;
                }
            }
            _ => return false,
        }
    }
}

fn email(text: &str, before: Option<char>) -> Option<usize> {
    let atom = |c: char| c.is_ascii_alphanumeric() || "+-._".contains(c);
    if before.is_some_and(|c| c == '/' || atom(c)) {
        return None;
    }
    let user = text.find(|c: char| !atom(c))?;
    let rest = text.get(user..)?.strip_prefix('@')?;
    if user == 0 {
        return None;
    }
    let (mut dot, mut data, mut end) = (false, false, rest.len());
    let bytes = rest.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'.' if bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) => dot = true,
            b'-' | b'_' => data = true,
            byte if byte.is_ascii_alphanumeric() => data = true,
            _ => {
                end = at;
                break;
            }
        }
    }
    let last = bytes.get(end.checked_sub(1)?)?;
    (data && dot && last.is_ascii_alphabetic()).then_some(user + 1 + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_before_punctuation() {
        assert_eq!(protocol("https://a.b/c_d). x", None), Some("https://a.b/c_d".len()));
        assert_eq!(protocol("http://a.b/(c)) x", None), Some("http://a.b/(c)".len()));
        assert_eq!(protocol("http://a_b.c", None), None);
        assert_eq!(protocol("http://a.b&amp; x", None), Some("http://a.b".len()));
        assert_eq!(www("www.a.b, x", Some('(')), Some("www.a.b".len()));
        assert_eq!(www("www.a.b", Some('x')), None);
        assert_eq!(email("a@b.c.", None), Some(5));
        assert_eq!(email("a@b", None), None);
    }
}
