//! Tags, those in lines of text and those in blocks of HTML.

use std::ops::Range;

use super::page::Page;
use crate::markdown::FormKind;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Where it stands.
    pub range: Range<usize>,
    /// The name of the element, as it is written; empty for comments and the like.
    pub name: String,
    /// Whether it ends an element.
    pub close: bool,
    /// Whether it is part of a block of HTML.
    pub flow: bool,
    /// The node that it is or lies in.
    pub node: usize,
}

impl Tag {
    /// The value of an attribute; none where the tag has none of this name, or none with a value.
    pub(crate) fn attribute<'a>(&self, page: &Page<'a>, name: &str) -> Option<&'a str> {
        attribute(page.get(self.range.clone()), name)
    }

    /// Where it stands on its first line.
    pub(crate) fn first_line(&self, page: &Page<'_>) -> Range<usize> {
        let text = page.get(self.range.clone());
        self.range.start..self.range.start + text.lines().next().map_or(0, str::len)
    }
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let space = |c: char| c.is_ascii_whitespace();
    let mut rest = tag.get(tag.find(space)?..)?;
    loop {
        rest = rest.trim_start_matches(|c: char| space(c) || c == '/');
        let end = rest.find(|c: char| space(c) || matches!(c, '=' | '>' | '/'));
        let end = end.unwrap_or(rest.len());
        let (key, behind) = rest.split_at(end);
        if key.is_empty() {
            return None;
        }
        let after = behind.trim_start_matches(space);
        let Some(value) = after.strip_prefix('=') else {
            rest = behind;
            continue;
        };
        let value = value.trim_start_matches(space);
        let (value, behind) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = value.get(1..)?;
                let close = inner.find(quote).unwrap_or(inner.len());
                (inner.get(..close)?, inner.get(close + 1..).unwrap_or_default())
            }
            _ => {
                let end = value.find(|c: char| space(c) || c == '>').unwrap_or(value.len());
                value.split_at(end)
            }
        };
        if key.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = behind;
    }
}

pub(super) fn tags(page: &Page<'_>) -> Vec<Tag> {
    let mut found = Vec::new();
    for (index, node) in page.nodes() {
        match node.kind {
            FormKind::Html => found.extend(tag(page, node.range.clone(), false, index)),
            FormKind::HtmlBlock => {
                for range in elements(page, &page.block(index)) {
                    found.extend(tag(page, range, true, index));
                }
            }
            _ => {}
        }
    }
    found
}

fn tag(page: &Page<'_>, range: Range<usize>, flow: bool, node: usize) -> Option<Tag> {
    let text = page.get(range.clone()).strip_prefix('<')?;
    let (close, text) = match text.strip_prefix('/') {
        Some(text) => (true, text),
        None => (false, text),
    };
    if text.starts_with(['!', '>']) {
        return None;
    }
    let end = text.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>'));
    let name = text.get(..end.unwrap_or(text.len()))?.to_owned();
    Some(Tag { range, name, close, flow, node })
}

/// Where the tags and the comments of a block of HTML stand.
pub(super) fn elements(page: &Page<'_>, block: &Range<usize>) -> Vec<Range<usize>> {
    let found = in_block(page.get(block.clone())).into_iter();
    found.map(|range| block.start + range.start..block.start + range.end).collect()
}

/// The tags and the like in a block of HTML, read as if it were text.
fn in_block(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut fence: Option<(u8, usize)> = None;
    let mut line_start = true;
    while let Some(&byte) = bytes.get(at) {
        if line_start {
            line_start = false;
            let rest = text.get(at..).unwrap_or_default();
            let line = rest.lines().next().unwrap_or_default();
            let trimmed = line.trim_start_matches(' ');
            let mark = trimmed.bytes().next().unwrap_or(0);
            let count = trimmed.bytes().take_while(|b| *b == mark).count();
            let is_fence = matches!(mark, b'`' | b'~') && count >= 3;
            let behind = trimmed.get(count..).unwrap_or_default();
            match fence {
                Some((open, long)) => {
                    if is_fence && mark == open && count >= long && behind.trim().is_empty() {
                        fence = None;
                    }
                    at += line.len() + 1;
                    line_start = true;
                    continue;
                }
                None if is_fence && !(mark == b'`' && behind.contains('`')) => {
                    fence = Some((mark, count));
                    at += line.len() + 1;
                    line_start = true;
                    continue;
                }
                None => {}
            }
        }
        match byte {
            b'\n' => {
                line_start = true;
                at += 1;
            }
            b'\\' => {
                at += if bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation) { 2 } else { 1 }
            }
            b'`' => {
                let rest = text.get(at..).unwrap_or_default();
                let count = rest.bytes().take_while(|b| *b == b'`').count();
                let paragraph =
                    rest.find("\n\n").map_or(rest, |end| rest.get(..end).unwrap_or(rest));
                at += closing(paragraph, count).unwrap_or(count);
            }
            b'<' => match inline(text.get(at..).unwrap_or_default()) {
                Some(len) => {
                    found.push(at..at + len);
                    at += len;
                }
                None => at += 1,
            },
            _ => at += 1,
        }
    }
    found
}

/// The length of a span of code that begins with so many backticks.
fn closing(text: &str, count: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = count;
    while at < bytes.len() {
        let run = bytes.get(at..)?.iter().take_while(|b| **b == b'`').count();
        if run == count {
            return Some(at + run);
        }
        at += run.max(1);
    }
    None
}

/// The length of the raw HTML that a text begins with, as CommonMark reads it within lines.
fn inline(text: &str) -> Option<usize> {
    let blank = text.find("\n\n").unwrap_or(text.len());
    let text = text.get(..blank)?;
    if text.starts_with("<!-->") {
        return Some(5);
    }
    if text.starts_with("<!--->") {
        return Some(6);
    }
    for (open, close) in [("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")] {
        if text.starts_with(open) {
            return text.get(open.len()..)?.find(close).map(|at| open.len() + at + close.len());
        }
    }
    if let Some(rest) = text.strip_prefix("<!") {
        return rest
            .starts_with(|c: char| c.is_ascii_alphabetic())
            .then(|| rest.find('>').map(|at| at + 3))?;
    }
    let space = |text: &str| text.len() - text.trim_start_matches([' ', '\t', '\n']).len();
    let (close, start) = if text.starts_with("</") { (true, 2) } else { (false, 1) };
    let name = text.get(start..)?;
    let len = name.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut at = start + len;
    if close {
        at += space(text.get(at..)?);
        return text.get(at..)?.starts_with('>').then_some(at + 1);
    }
    loop {
        let rest = text.get(at..)?;
        let gap = space(rest);
        let rest = rest.get(gap..)?;
        at += gap;
        if rest.starts_with("/>") {
            return Some(at + 2);
        }
        if rest.starts_with('>') {
            return Some(at + 1);
        }
        if gap == 0 || !rest.starts_with(|c: char| c.is_ascii_alphabetic() || "_:".contains(c)) {
            return None;
        }
        let name = |b: &u8| b.is_ascii_alphanumeric() || b"_.:-".contains(b);
        at += rest.bytes().take_while(name).count();
        let rest = text.get(at..)?;
        let gap = space(rest);
        let Some(value) = rest.get(gap..)?.strip_prefix('=') else { continue };
        let value_gap = space(value);
        let value = value.get(value_gap..)?;
        let mut chars = value.chars();
        let taken = match chars.next()? {
            quote @ ('"' | '\'') => value.get(1..)?.find(quote)? + 2,
            _ => {
                let end = value.find(|c: char| c.is_ascii_whitespace() || "\"'=<>`".contains(c));
                end.filter(|end| *end > 0)?
            }
        };
        at += gap + 1 + value_gap + taken;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_tags_outside_of_code() {
        let text = "<div\n a='>'>\n`<p>` \\<b> <i>\n```\n<u>\n```\n</div><a href=x/>";
        let found: Vec<&str> = in_block(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["<div\n a='>'>", "<i>", "</div>", "<a href=x/>"]);
    }

    #[test]
    fn attributes_are_found() {
        assert_eq!(attribute("<img alt='a b' src=x />", "alt"), Some("a b"));
        assert_eq!(attribute("<img alt src=x>", "alt"), None);
        assert_eq!(attribute("<img alt='' src=x>", "alt"), Some(""));
        assert_eq!(attribute("<a id=x>", "ID"), Some("x"));
        assert_eq!(attribute("<a data-id=x>", "id"), None);
    }
}
