//! The blocks of a file as fingerprints and suppressions need them: which one holds a place, what
//! it says, and which headings stand over it.

use std::ops::Range;
use std::sync::LazyLock;

use crate::base::SourcePath;
use crate::config::Settings;
use crate::lint::formats::{Format, format};
use crate::markdown::{Document, NodeKind, decode, front_matter_texts, parse_body};

/// How Markdown is parsed: punctuation stays as it is written, and the mark of an alert is text.
pub(super) static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let mut settings = Settings::default();
    settings.html.smart_punctuation = false;
    settings.html.admonitions = false;
    settings
});

/// The marks around a place. They cannot be told from themselves in a text that holds them, which
/// does no harm.
const MARKS: [&str; 2] = ["\u{1}", "\u{2}"];

/// What a place in a file is known by.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place<'a> {
    /// The headings over it, the outermost first.
    pub headings: Vec<&'a str>,
    /// The words of its block with the place marked; none where the file as a whole is meant.
    pub block: Option<String>,
}

/// A node that makes a block.
#[derive(Debug)]
pub(super) struct Block {
    /// In bytes of the file.
    pub range: Range<usize>,
    /// Its position in the list of the block that it lies in.
    parent: Option<usize>,
    /// Whether text flows in it. Of others a line is the block.
    flows: bool,
    /// Whether it begins with a mark of its own: `##`, `-`, `1.`
    marked: bool,
    /// How many headings begin before it.
    headings: usize,
}

/// The blocks of a file.
#[derive(Debug)]
pub(super) struct Blocks<'a> {
    text: std::borrow::Cow<'a, str>,
    /// Where text is no Markdown: whether it flows.
    plain: Option<bool>,
    /// In the order of their beginnings, outer ones first.
    blocks: Vec<Block>,
    /// Level and text.
    headings: Vec<(u8, String)>,
}

impl<'a> Blocks<'a> {
    pub(super) fn of(path: &SourcePath, bytes: &'a [u8]) -> Blocks<'a> {
        let text = String::from_utf8_lossy(bytes);
        let kind = format(path.extension().unwrap_or_default(), &Default::default());
        let mut blocks = Blocks { text, plain: None, blocks: Vec::new(), headings: Vec::new() };
        match kind {
            Format::Markdown => {
                let whole = decode(path, bytes, &mut Vec::new());
                let (_, start) = front_matter_texts(&whole, &mut Vec::new());
                let (document, _) = parse_body(whole.slice(start..whole.text.len()), &SETTINGS);
                blocks.read(&document);
            }
            Format::Html | Format::Text => blocks.plain = Some(true),
            Format::Lines | Format::Unread => blocks.plain = Some(false),
        }
        blocks
    }

    /// Takes the blocks of a document.
    pub(super) fn read(&mut self, document: &Document) {
        let mut open: Vec<(u32, usize)> = Vec::new();
        let mut headings = document.headings.iter().peekable();
        for (id, node) in (0u32..).zip(&document.nodes) {
            open.retain(|(end, _)| *end > id);
            while let Some(heading) = headings.next_if(|heading| heading.node < id) {
                self.headings.push((heading.level, words(&heading.text)));
            }
            let (flows, marked) = match &node.kind {
                NodeKind::Paragraph
                | NodeKind::DefinitionTerm(_)
                | NodeKind::DefinitionDetails
                | NodeKind::FootnoteDefinition(_)
                | NodeKind::DirectiveLabel
                | NodeKind::BlockQuote
                | NodeKind::Alert(_)
                | NodeKind::Directive(_) => (true, false),
                NodeKind::Heading(_) | NodeKind::Item(_) => (true, true),
                NodeKind::List(_)
                | NodeKind::CodeBlock(_)
                | NodeKind::HtmlBlock
                | NodeKind::Table(_) => (false, false),
                _ => continue,
            };
            let range = document.span(&node.range).range();
            let parent = open.last().map(|(_, block)| *block);
            open.push((node.end, self.blocks.len()));
            let headings = self.headings.len();
            self.blocks.push(Block { range, parent, flows, marked, headings });
        }
        self.headings.extend(headings.map(|heading| (heading.level, words(&heading.text))));
    }

    /// The innermost block that holds a place.
    pub(super) fn at(&self, offset: usize) -> Option<usize> {
        let behind = self.blocks.partition_point(|block| block.range.start <= offset);
        let mut at = behind.checked_sub(1);
        while let Some(block) = at.and_then(|at| self.blocks.get(at)) {
            if offset < block.range.end {
                return at;
            }
            at = block.parent;
        }
        None
    }

    /// What a place is known by.
    pub(super) fn place(&self, span: Range<usize>) -> Place<'_> {
        if span == (0..0) {
            return Place { headings: Vec::new(), block: None };
        }
        // A place at the end of a text belongs to what stands before it.
        let offset = span.start.min(self.text.len().saturating_sub(1));
        let at = self.at(offset);
        let block = at.and_then(|at| self.blocks.get(at));
        let headings = match block {
            Some(block) => block.headings,
            None => self.blocks.partition_point(|block| block.range.start <= offset),
        };
        let headings = match block {
            Some(_) => self.over(headings),
            None => {
                let before = headings.checked_sub(1).and_then(|before| self.blocks.get(before));
                self.over(before.map_or(0, |block| block.headings))
            }
        };
        let text = match (block, self.plain) {
            (Some(block), _) if block.flows => {
                marked(&self.text, self.own_text(at, block, offset), &span, block.marked)
            }
            (None, Some(true)) => marked(&self.text, self.paragraph(offset), &span, false),
            _ => marked(&self.text, self.line(offset), &span, false),
        };
        Place { headings, block: Some(text) }
    }

    /// The part of a block around a place that no inner block holds.
    fn own_text(&self, at: Option<usize>, block: &Block, offset: usize) -> Range<usize> {
        let mut range = block.range.clone();
        let later = self.blocks.get(at.map_or(0, |at| at + 1)..).unwrap_or_default();
        for inner in later.iter().take_while(|inner| inner.range.start < block.range.end) {
            if inner.parent != at {
                continue;
            }
            if inner.range.end <= offset {
                range.start = range.start.max(inner.range.end);
            } else {
                range.end = range.end.min(inner.range.start.max(range.start));
                break;
            }
        }
        range
    }

    fn line(&self, offset: usize) -> Range<usize> {
        let (before, after) = split(&self.text, offset);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        start..after.find('\n').map_or(self.text.len(), |at| before.len() + at)
    }

    fn paragraph(&self, offset: usize) -> Range<usize> {
        let (before, after) = split(&self.text, offset);
        let start = before.rfind("\n\n").map_or(0, |at| at + 2);
        start..after.find("\n\n").map_or(self.text.len(), |at| before.len() + at)
    }

    /// The headings over a place behind the first `count`.
    fn over(&self, count: usize) -> Vec<&str> {
        let mut over: Vec<&str> = Vec::new();
        let mut level = u8::MAX;
        for (deep, text) in self.headings.get(..count).unwrap_or_default().iter().rev() {
            if *deep < level {
                level = *deep;
                over.push(text);
            }
        }
        over.reverse();
        over
    }
}

fn split(text: &str, offset: usize) -> (&str, &str) {
    let offset = floor(text, offset);
    text.split_at_checked(offset).unwrap_or((text, ""))
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words of a part of a text with a place marked, without the marks of quotes before its lines
/// and, where `begun` says so, without the mark that the block begins with.
fn marked(text: &str, block: Range<usize>, span: &Range<usize>, begun: bool) -> String {
    let said = text.get(floor(text, block.start)..floor(text, block.end)).unwrap_or_default();
    let block = block.start..block.start + said.trim_end().len();
    let within = |at: usize| floor(text, at.clamp(block.start, block.end));
    let (start, end) = (within(block.start), within(block.end));
    let (from, to) = (within(span.start), within(span.end.max(span.start)));
    let part = |range: Range<usize>| text.get(range).unwrap_or_default();
    let [open, close] = MARKS;
    let raw = [part(start..from), open, part(from..to), close, part(to..end)].concat();
    let mut out = String::with_capacity(raw.len());
    for line in raw.lines() {
        let line = line.trim_start_matches(|c: char| c == '>' || c.is_whitespace());
        for word in line.split_whitespace() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    if begun {
        let mark = out.split(' ').next().unwrap_or_default();
        let digits = mark.trim_end_matches(['.', ')']);
        let numbered = mark.len() == digits.len() + 1 && digits.bytes().all(|b| b.is_ascii_digit());
        let heading = !mark.is_empty() && mark.bytes().all(|b| b == b'#');
        if numbered || heading || ["-", "*", "+"].contains(&mark) {
            out = out.get(mark.len()..).unwrap_or_default().trim_start().to_owned();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the place of the first `|x|` is known by, after the bars are taken out.
    fn known(text: &str) -> String {
        let start = text.find('|').unwrap();
        let text = text.replacen('|', "", 1);
        let end = text.find('|').unwrap();
        let text = text.replacen('|', "", 1);
        let path = SourcePath::new("a.md").unwrap();
        let blocks = Blocks::of(&path, text.as_bytes());
        let place = blocks.place(start..end);
        let block = place.block.unwrap_or_default().replace('\u{1}', "[").replace('\u{2}', "]");
        format!("{} / {block}", place.headings.join(" > "))
    }

    #[test]
    fn a_place_is_known_by_its_block_and_the_headings_over_it() {
        assert_eq!(known("# A\n\n## B *c*\n\n# D\n\n### E\n\na |b|\nc\n"), "D > E / a [b] c");
        assert_eq!(known("# A\n\n## |B|\n\nx\n"), "A / [B]");
        assert_eq!(known("A |b|\n===\n\nx\n"), " / A [b] ===");
        assert_eq!(known("# A\n\n- x |y|\n  z\n  - inner\n- w\n"), "A / x [y] z");
        assert_eq!(known("# A\n\n- x\n  - inner |y|\n- w\n"), "A / inner [y]");
        assert_eq!(known("# A\n\n1. x\n\n   in |y|\n"), "A / in [y]");
        assert_eq!(known("# A\n\n> x\n> > y\n> > |z|\n"), "A / y [z]");
        assert_eq!(known("# A\n\n```\nx\ny |z|\n```\n"), "A / y [z]");
        assert_eq!(known("# A\n\nx\n\n[a]: |b|\n"), "A / [a]: [b]");
        assert_eq!(known("---\ntitle: |b|\n---\n# A\n"), " / title: [b]");
        assert_eq!(known("# A\n\nx ü|\u{e9}|\n"), "A / x ü[\u{e9}]");
        // A match that is longer than its block.
        assert_eq!(known("# A\n\nx |y\n\nz| w\n"), "A / x [y]");
        assert_eq!(known("# A\n\nx y||"), "A / x y[]");
    }
}
