//! What a rule sees of a file, made once for all rules.

use std::cell::OnceCell;
use std::ops::Range;

use super::autolinks::{self, Bare};
use super::containers::{Containers, Marker, containers};
use super::html::{Tag, tags};
use super::patterns::Patterns;
use super::references::{Defined, Written, definitions, normalized, written};
use super::tables::{Table, tables};
use crate::markdown::{Form, FormKind, FormNode};

/// A heading.
#[derive(Debug, Clone)]
pub(crate) struct Heading {
    /// Its node.
    pub node: usize,
    pub level: usize,
    pub setext: bool,
    /// Its first and its last line.
    pub lines: (usize, usize),
    /// What it says, as it is written, without `#`.
    pub content: Range<usize>,
}

/// A file behind its front matter. Lines are counted from 0.
pub(crate) struct Page<'a> {
    /// The text, in which comments hold nothing but dots.
    pub text: &'a str,
    /// The text as it is written.
    pub raw: &'a str,
    /// The front matter.
    pub front: &'a str,
    pub form: &'a Form,
    /// The lines, without their ends.
    pub lines: Vec<Range<usize>>,
    pub patterns: &'a Patterns,
    /// By line, whether it is part of fenced code and of indented code.
    pub fenced: Vec<bool>,
    pub indented: Vec<bool>,
    pub html: Vec<bool>,
    headings: Vec<Heading>,
    containers: OnceCell<Containers>,
    tags: OnceCell<Vec<Tag>>,
    tables: OnceCell<Vec<Table>>,
    bare: OnceCell<Vec<Bare>>,
    written: OnceCell<Vec<Written>>,
    fences: OnceCell<Vec<usize>>,
    defined: OnceCell<Vec<Defined>>,
}

impl<'a> Page<'a> {
    pub(super) fn new(
        text: &'a str,
        raw: &'a str,
        front: &'a str,
        form: &'a Form,
        patterns: &'a Patterns,
    ) -> Page<'a> {
        let mut lines = Vec::new();
        let mut at = 0;
        for line in text.split('\n') {
            lines.push(at..at + line.len());
            at += line.len() + 1;
        }
        let count = lines.len();
        let mut page = Page {
            text,
            raw,
            front,
            form,
            lines,
            patterns,
            fenced: vec![false; count],
            indented: vec![false; count],
            html: vec![false; count],
            headings: Vec::new(),
            containers: OnceCell::new(),
            tags: OnceCell::new(),
            tables: OnceCell::new(),
            bare: OnceCell::new(),
            written: OnceCell::new(),
            fences: OnceCell::new(),
            defined: OnceCell::new(),
        };
        for (index, node) in form.nodes.iter().enumerate() {
            match node.kind {
                FormKind::CodeBlock { fenced } => {
                    let (first, last) = page.block_lines(index);
                    let marks = if fenced { &mut page.fenced } else { &mut page.indented };
                    marks.iter_mut().take(last + 1).skip(first).for_each(|mark| *mark = true);
                }
                FormKind::HtmlBlock => {
                    let (first, last) = page.block_lines(index);
                    page.html.iter_mut().take(last + 1).skip(first).for_each(|mark| *mark = true);
                }
                FormKind::Heading { level, setext } => {
                    let heading = page.heading(index, usize::from(level), setext);
                    page.headings.push(heading);
                }
                _ => {}
            }
        }
        page
    }

    /// A part of the text.
    pub(crate) fn get(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    /// What a line says; nothing where there is none.
    pub(crate) fn line(&self, line: usize) -> &'a str {
        self.lines.get(line).map_or("", |range| self.get(range.clone()))
    }

    /// Where a line stands.
    pub(crate) fn line_range(&self, line: usize) -> Range<usize> {
        self.lines.get(line).cloned().unwrap_or(self.text.len()..self.text.len())
    }

    /// The line of a place.
    pub(crate) fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.start <= at).saturating_sub(1)
    }

    /// Where the line of a place begins.
    pub(crate) fn line_start(&self, at: usize) -> usize {
        self.line_range(self.line_of(at)).start
    }

    pub(crate) fn node(&self, at: usize) -> Option<&'a FormNode> {
        self.form.nodes.get(at)
    }

    /// The nodes, with their indices.
    pub(crate) fn nodes(
        &self,
    ) -> impl DoubleEndedIterator<Item = (usize, &'a FormNode)> + ExactSizeIterator + use<'a> {
        self.form.nodes.iter().enumerate()
    }

    /// The nodes of a kind.
    pub(crate) fn of_kind(
        &self,
        is: impl Fn(FormKind) -> bool,
    ) -> impl Iterator<Item = (usize, &'a FormNode)> {
        self.nodes().filter(move |(_, node)| is(node.kind))
    }

    /// What lies directly in a node.
    pub(crate) fn children(&self, at: usize) -> impl Iterator<Item = (usize, &'a FormNode)> + '_ {
        let end = self.node(at).map_or(0, |node| node.end);
        let mut next = at + 1;
        std::iter::from_fn(move || {
            let node = (next < end).then(|| self.node(next)).flatten()?;
            let index = next;
            next = node.end.max(next + 1);
            Some((index, node))
        })
    }

    /// What a node lies in, from the inside.
    pub(crate) fn above(&self, at: usize) -> impl Iterator<Item = (usize, &'a FormNode)> + '_ {
        let mut next = self.node(at).and_then(|node| node.parent);
        std::iter::from_fn(move || {
            let index = next?;
            let node = self.node(index)?;
            next = node.parent;
            Some((index, node))
        })
    }

    /// Whether a node lies in a list.
    pub(crate) fn in_list(&self, at: usize) -> bool {
        self.above(at).any(|(_, node)| matches!(node.kind, FormKind::List { .. }))
    }

    /// Where a block stands, without the spaces before it and the blank lines behind it.
    pub(crate) fn block(&self, at: usize) -> Range<usize> {
        let Some(node) = self.node(at) else { return 0..0 };
        let whole = self.get(node.range.clone());
        let start = node.range.start + (whole.len() - whole.trim_start().len());
        let fenced = matches!(node.kind, FormKind::CodeBlock { fenced: true });
        let kept = match fenced {
            true => whole.strip_suffix('\n').unwrap_or(whole),
            false => whole.trim_end(),
        };
        start..(node.range.start + kept.len()).max(start)
    }

    /// The first and the last line of a block.
    pub(crate) fn block_lines(&self, at: usize) -> (usize, usize) {
        let block = self.block(at);
        (self.line_of(block.start), self.line_of(block.end))
    }

    /// The last line of a list, a quote, or an item: that of the last thing in it.
    pub(crate) fn last_line(&self, at: usize) -> usize {
        let Some(node) = self.node(at) else { return 0 };
        let mut last = self.line_of(self.block(at).start);
        let mut index = at + 1;
        while index < node.end {
            let Some(inner) = self.node(index) else { break };
            let holds = matches!(
                inner.kind,
                FormKind::List { .. }
                    | FormKind::Item
                    | FormKind::BlockQuote
                    | FormKind::FootnoteDefinition
            );
            if holds {
                let start = self.line_of(self.block(index).start);
                let end = if inner.kind == FormKind::BlockQuote {
                    self.block_lines(index).1
                } else {
                    start
                };
                last = last.max(end);
                index += 1;
            } else {
                last = last.max(self.block_lines(index).1);
                index = inner.end.max(index + 1);
            }
        }
        last
    }

    /// The headings in order.
    pub(crate) fn headings(&self) -> &[Heading] {
        &self.headings
    }

    fn heading(&self, node: usize, level: usize, setext: bool) -> Heading {
        let block = self.block(node);
        let (first, last) = (self.line_of(block.start), self.line_of(block.end));
        let content = if setext {
            let end = self.line_range(last.saturating_sub(1)).end;
            let text = self.get(block.start..end);
            block.start..block.start + text.trim_end().len()
        } else {
            atx(self.get(block.clone())).content(block.start)
        };
        Heading { node, level, setext, lines: (first, last), content }
    }

    /// The marks of a heading with `#`.
    pub(crate) fn atx(&self, heading: &Heading) -> Atx {
        atx(self.get(self.block(heading.node)))
    }

    /// What a heading says, as it is written, without HTML.
    pub(crate) fn heading_text(&self, heading: &Heading) -> String {
        let mut text = String::new();
        let mut at = heading.content.start;
        let end = self.node(heading.node).map_or(0, |node| node.end);
        for inner in self.form.nodes.get(heading.node + 1..end).unwrap_or_default() {
            if inner.kind == FormKind::Html && inner.range.start >= at {
                text.push_str(self.get(at..inner.range.start));
                at = inner.range.end;
            }
        }
        text.push_str(self.get(at..heading.content.end.max(at)));
        if text.contains('\n') { text.replace('\n', " ") } else { text }
    }

    /// Whether a line is blank: nothing but spaces, marks of quotes, and comments.
    pub(crate) fn is_blank(&self, line: usize) -> bool {
        let Some(range) = self.lines.get(line) else { return true };
        let text = self.get(range.clone());
        if text.trim().is_empty() {
            return true;
        }
        if !text.contains("<!--") && !text.contains("-->") {
            return text.chars().all(|c| c == '>' || c.is_whitespace());
        }
        let mut rest = text.to_owned();
        loop {
            match (rest.find("<!--"), rest.find("-->")) {
                (start, Some(end)) if start.is_none_or(|start| end < start) => {
                    rest.replace_range(..end + 3, "");
                }
                (Some(start), Some(end)) => rest.replace_range(start..end + 3, ""),
                (Some(start), None) => rest.truncate(start),
                _ => break,
            }
        }
        rest.chars().all(|c| c == '>' || c.is_whitespace())
    }

    /// Whether a line is code.
    pub(crate) fn in_code(&self, line: usize) -> bool {
        let is = |marks: &[bool]| marks.get(line).copied().unwrap_or(false);
        is(&self.fenced) || is(&self.indented)
    }

    /// Whether a line is a fence of code, not code itself.
    pub(crate) fn is_fence(&self, line: usize) -> bool {
        let is = |line: usize| self.fenced.get(line).copied().unwrap_or(false);
        is(line) && self.fences().contains(&line)
    }

    fn fences(&self) -> &[usize] {
        self.fences.get_or_init(|| {
            let mut lines = Vec::new();
            for (index, _) in self.of_kind(|kind| kind == FormKind::CodeBlock { fenced: true }) {
                let (first, last) = self.block_lines(index);
                lines.extend([first, last]);
            }
            lines
        })
    }

    /// Whether a line is the fence at the end of code.
    pub(crate) fn is_closing(&self, line: usize) -> bool {
        self.is_fence(line) && line.checked_sub(1).is_some_and(|before| self.in_code(before))
    }

    /// How far the fence of a line of code is indented; 0 for other code.
    pub(crate) fn fence_indent(&self, line: usize) -> usize {
        let mut fenced = self.of_kind(|kind| kind == FormKind::CodeBlock { fenced: true });
        let block = fenced.find(|(index, _)| {
            let (first, last) = self.block_lines(*index);
            first <= line && line <= last
        });
        block.map_or(0, |(index, _)| {
            let start = self.block(index).start;
            start - self.containers().content(self.line_of(start)).min(start)
        })
    }

    /// The marks of the items of a list, whose node ends at an index.
    pub(crate) fn items(&self, list: usize, end: usize) -> Vec<&Marker> {
        let markers = &self.containers().markers;
        let from = markers.partition_point(|marker| marker.item <= list);
        let rest = markers.iter().skip(from).take_while(|marker| marker.item < end);
        rest.filter(|marker| marker.list == list).collect()
    }

    /// The language of fenced code.
    pub(crate) fn info(&self, at: usize) -> &'a str {
        self.info_line(at).split_whitespace().next().unwrap_or_default()
    }

    /// What stands behind a fence.
    pub(crate) fn info_line(&self, at: usize) -> &'a str {
        let line = self.get(self.block(at)).lines().next().unwrap_or_default();
        line.trim_start_matches(['`', '~'])
    }

    /// The lines of code of a block, without indentation that is no part of it.
    pub(crate) fn code_lines(&self, at: usize, fenced: bool) -> Vec<(usize, Range<usize>)> {
        let block = self.block(at);
        let (first, last) = self.block_lines(at);
        let mut lines = Vec::new();
        let open = block.start - self.containers().content(first).min(block.start);
        let closes = fenced && last > first && {
            let mark = self.get(block.start..block.start + 1);
            let line = self.get(self.containers().content(last)..self.line_range(last).end);
            let trimmed = line.trim();
            trimmed.len() >= 3 && trimmed.chars().all(|c| mark.contains(c))
        };
        let from = first + usize::from(fenced);
        let to = if closes { last } else { last + 1 };
        for line in from..to {
            let start = self.containers().content(line);
            let end = self.line_range(line).end;
            let text = self.get(start..end);
            let spaces = text.len() - text.trim_start_matches(' ').len();
            let skipped = if fenced {
                spaces.min(open)
            } else if text.starts_with('\t') {
                1
            } else {
                spaces.min(4)
            };
            lines.push((line, start + skipped..end));
        }
        lines
    }

    /// How long a line is as written, in units of UTF-16.
    pub(crate) fn units(&self, line: usize) -> usize {
        let text = self.raw.get(self.line_range(line)).unwrap_or_default();
        text.chars().map(char::len_utf16).sum()
    }

    /// The place in a line behind so many units of UTF-16, before the character where that is the
    /// middle of one; none where it is not longer.
    pub(crate) fn unit(&self, line: usize, count: usize) -> Option<usize> {
        let range = self.line_range(line);
        let text = self.raw.get(range.clone()).unwrap_or_default();
        let mut left = count;
        for (at, c) in text.char_indices() {
            let Some(rest) = left.checked_sub(c.len_utf16()) else {
                return Some(range.start + at);
            };
            left = rest;
        }
        None
    }

    /// The target that a reference leads to.
    pub(crate) fn target(&self, link: &Written) -> Option<String> {
        let label = link.reference.clone().unwrap_or_else(|| link.label.clone());
        let label = normalized(&self.label(label));
        self.defined()
            .iter()
            .find(|one| one.label == label)
            .map(|one| self.get(one.target.clone()).to_owned())
    }

    /// A label that may reach over lines, without the marks of quotes.
    pub(crate) fn label(&self, range: Range<usize>) -> String {
        let text = self.get(range);
        if !text.contains('\n') {
            return text.to_owned();
        }
        let line = |(at, line): (usize, &str)| match at {
            0 => line.to_owned(),
            _ => line.trim_start_matches([' ', '\t', '>']).to_owned(),
        };
        text.split('\n').enumerate().map(line).collect::<Vec<_>>().join(" ")
    }

    /// The definitions of references and footnotes.
    pub(crate) fn defined(&self) -> &[Defined] {
        self.defined.get_or_init(|| definitions(self))
    }

    /// Whether a line is part of HTML.
    pub(crate) fn in_html(&self, line: usize) -> bool {
        self.html.get(line).copied().unwrap_or(false)
    }

    /// The quotes and lists that lines lie in.
    pub(crate) fn containers(&self) -> &Containers {
        self.containers.get_or_init(|| containers(self))
    }

    /// What stands at the beginning of a line that is added to the quotes of another one, with its
    /// end.
    pub(crate) fn quoted(&self, line: usize) -> String {
        let mut text = String::new();
        for prefix in self.containers().quotes(line) {
            text.push_str(self.get(prefix.clone()));
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        text
    }

    /// The tags, also those in blocks of HTML.
    pub(crate) fn tags(&self) -> &[Tag] {
        self.tags.get_or_init(|| tags(self))
    }

    /// The tables.
    pub(crate) fn tables(&self) -> &[Table] {
        self.tables.get_or_init(|| tables(self))
    }

    /// The addresses that stand in the text without brackets.
    pub(crate) fn bare_addresses(&self) -> &[Bare] {
        self.bare.get_or_init(|| autolinks::bare(self))
    }

    /// The links and images with their parts.
    pub(crate) fn links(&self) -> &[Written] {
        self.written.get_or_init(|| written(self))
    }

    /// Whether front matter gives a title, as a pattern says.
    pub(crate) fn front_title(&self, pattern: &str) -> bool {
        if pattern.is_empty() || self.front.is_empty() {
            return false;
        }
        let Some(pattern) = self.patterns.get(&format!("(?i){pattern}")) else { return false };
        self.front.lines().any(|line| pattern.is_match(line))
    }

    /// Whether nothing but comments and blank lines stands before a node at the top.
    pub(crate) fn is_first(&self, at: usize) -> bool {
        let tops = self.nodes().take(at).filter(|(_, node)| node.parent.is_none());
        let mut before = tops.map(|(index, _)| index);
        self.node(at).is_some_and(|node| node.parent.is_none())
            && before.all(|index| self.is_comment(index))
    }

    /// Whether a node is a block of HTML that is a comment.
    pub(crate) fn is_comment(&self, at: usize) -> bool {
        self.node(at).is_some_and(|node| node.kind == FormKind::HtmlBlock) && {
            let text = self.get(self.block(at));
            text.starts_with("<!--") && text.ends_with("-->")
        }
    }
}

/// The parts of a heading with `#`, as lengths in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Atx {
    /// The opening sequence.
    pub open: usize,
    /// The space behind it.
    pub space: usize,
    /// The text.
    pub text: usize,
    /// The space before the closing sequence.
    pub closing_space: usize,
    /// The closing sequence; 0 where there is none.
    pub close: usize,
}

impl Atx {
    fn content(&self, start: usize) -> Range<usize> {
        let from = start + self.open + self.space;
        from..from + self.text
    }
}

fn atx(line: &str) -> Atx {
    let line = line.lines().next().unwrap_or_default().trim_end_matches([' ', '\t']);
    let open = line.len() - line.trim_start_matches('#').len();
    let rest = line.get(open..).unwrap_or_default();
    let text = rest.trim_start_matches([' ', '\t']);
    let space = rest.len() - text.len();
    let before = text.trim_end_matches('#');
    let close = text.len() - before.len();
    let trimmed = before.trim_end_matches([' ', '\t']);
    let closing_space = before.len() - trimmed.len();
    if close == 0 || (closing_space == 0 && !before.is_empty()) {
        return Atx { open, space, text: text.len(), closing_space: 0, close: 0 };
    }
    Atx { open, space, text: trimmed.len(), closing_space, close }
}
