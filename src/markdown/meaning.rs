//! Whether edits of a page change more than they say: both versions are parsed, and what lies
//! outside of the edits must have stayed what it was.

use std::ops::Range;

use super::parse::{
    Entry, Mapped, ValueKind, WrittenFrontMatter, decode, front_matter_texts, parse_body,
    read_front_matter,
};
use super::{Document, Node, NodeId, NodeKind};
use crate::base::{Edit, SourcePath, edited_ranges};
use crate::config::Settings;

/// How much an edit may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Latitude {
    /// Words, marks and addresses within the edits: every block stays what it is, and every id.
    Edits,
    /// The blocks that hold an edit may become others; all others stay.
    Blocks,
}

/// What edits would change besides what they are for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unmeant {
    /// As the end of a sentence: "it would change the anchor `x`".
    pub why: String,
    /// Where that begins, in the bytes of the file before; none where it is no place.
    pub at: Option<usize>,
    /// Where the blocks of the page begin that lie in no other one, in order.
    pub tops: Vec<usize>,
}

impl From<&str> for Unmeant {
    fn from(why: &str) -> Unmeant {
        Unmeant::from(why.to_owned())
    }
}

impl From<String> for Unmeant {
    fn from(why: String) -> Unmeant {
        Unmeant { why, ..Unmeant::default() }
    }
}

/// Says what edits would change besides what they are for; none where that is nothing. `edits`
/// stand in order in the bytes `before`, and make them `after`. Includes and variables are looked
/// at as they are written. How far items of a list stand apart, and whether two lists without
/// numbers that follow each other are one, is no matter.
///
/// # Errors
/// What would change.
pub fn check_meaning(
    path: &SourcePath,
    (before, after): (&[u8], &[u8]),
    edits: &[Edit],
    latitude: Latitude,
    settings: &Settings,
) -> Result<(), Unmeant> {
    let old: Vec<Range<usize>> = edits.iter().map(|edit| edit.span.range()).collect();
    let before = Version::of(path, before, old, settings)?;
    let after = Version::of(path, after, edited_ranges(edits), settings)?;
    before.same_front_matter(&after, latitude)?;
    before.no_machinery()?;
    let (old, new) = (before.blocks(), after.blocks());
    let tops = old.iter().filter(|block| block.way.len() == 1).map(|block| block.start).collect();
    let placed = |(why, at): (String, Option<usize>)| Unmeant { why, at, tops };
    match latitude {
        Latitude::Edits => {
            same_blocks(&old, &new).map_err(placed)?;
            let ids = |version: &Version| -> Vec<String> {
                version.document.anchors.iter().map(|anchor| anchor.id.clone()).collect()
            };
            if ids(&before) != ids(&after) {
                return Err("it would change an anchor".into());
            }
            Ok(())
        }
        Latitude::Blocks => {
            // What an edit wraps up may stand in a new block, and no longer be touched itself.
            let untouched: Vec<Block> = old.into_iter().filter(|block| !block.touched).collect();
            let mut kept = Vec::new();
            for block in new {
                let next = untouched.get(kept.len());
                if next.is_some_and(|next| next.same(&block)) || !(block.touched || block.wrapped) {
                    kept.push(block);
                }
            }
            same_blocks(&untouched, &kept).map_err(placed)
        }
    }
}

/// A page with edits, in the bytes of its body.
struct Version {
    whole: Mapped,
    document: Document,
    /// Where the body begins in the text of the file.
    start: usize,
    /// How long the byte order mark is.
    mark: usize,
    /// In the text of the file.
    edited: Vec<Range<usize>>,
    problems: usize,
}

/// A block as it must stay.
#[derive(Debug, Clone)]
struct Block {
    /// Where it begins, in the bytes of the file.
    start: usize,
    /// What it lies in, from the top, and what it is.
    way: Vec<&'static str>,
    /// What else its marks say, unless they are edited.
    detail: Option<String>,
    /// The id of a heading.
    id: Option<String>,
    /// Its inlines without what is edited.
    inline: String,
    /// An edit lies in it.
    touched: bool,
    /// An edit makes one of the blocks that it lies in.
    wrapped: bool,
}

/// Whether a place lies in one of some ranges, which are in the order of their beginnings.
fn holds(ranges: &[Range<usize>], at: usize) -> bool {
    let before = ranges.partition_point(|range| range.start <= at);
    ranges.get(..before).unwrap_or_default().iter().rev().take(2).any(|range| range.contains(&at))
}

impl Block {
    fn same(&self, other: &Block) -> bool {
        self.way == other.way && self.inline == other.inline && self.id == other.id
    }
}

impl Version {
    fn of(
        path: &SourcePath,
        bytes: &[u8],
        edited: Vec<Range<usize>>,
        settings: &Settings,
    ) -> Result<Version, String> {
        let mut problems = Vec::new();
        let whole = decode(path, bytes, &mut problems);
        if !problems.is_empty() {
            return Err("the file is not clean UTF-8".to_owned());
        }
        let mark = bytes.len() - whole.text.len();
        let edited: Option<Vec<Range<usize>>> = edited
            .into_iter()
            .map(|range| Some(range.start.checked_sub(mark)?..range.end.checked_sub(mark)?))
            .collect();
        let edited = edited.ok_or("it would change the byte order mark")?;
        let (_, start) = front_matter_texts(&whole, &mut problems);
        let problems = problems.len();
        let (document, _) = parse_body(whole.slice(start..whole.text.len()), settings);
        if document.unparsed {
            return Err("the page is too large or nested too deeply to be checked".to_owned());
        }
        Ok(Version { whole, document, start, mark, edited, problems })
    }

    /// What front matter says stays, but for the values that are edited. With more latitude, keys
    /// may come, go, and change, and all others stay.
    fn same_front_matter(&self, after: &Version, latitude: Latitude) -> Result<(), String> {
        let moved = "it would change the front matter";
        let inside =
            |version: &Version| version.edited.iter().any(|edit| edit.start < version.start);
        if !inside(self) && !inside(after) {
            let text =
                |version: &Version| version.whole.text.get(..version.start).map(str::to_owned);
            return if text(self) == text(after) { Ok(()) } else { Err(moved.to_owned()) };
        }
        if latitude == Latitude::Blocks {
            let same = after.problems <= self.problems && self.other_keys() == after.other_keys();
            return if same { Ok(()) } else { Err(moved.to_owned()) };
        }
        let mut ignored = Vec::new();
        let texts = |version: &Version, ignored: &mut Vec<_>| {
            let (texts, _) = front_matter_texts(&version.whole, ignored);
            texts
        };
        let (old, new) = (texts(self, &mut ignored), texts(after, &mut ignored));
        let (facts, _) = read_front_matter(&self.whole, &mut ignored);
        let (new_facts, _) = read_front_matter(&after.whole, &mut ignored);
        let plain = |facts: &super::FrontMatter| {
            let keys: Vec<String> = facts.extra.keys().cloned().collect();
            (facts.weight.map(f64::to_bits), facts.nav, facts.draft, facts.toc, facts.search, keys)
        };
        let same = old.len() == new.len()
            && after.problems <= self.problems
            && plain(&facts) == plain(&new_facts)
            && old.iter().zip(&new).all(|(old, new)| {
                old.key == new.key && (touches(&self.edited, &old.range) || old.text == new.text)
            });
        if same { Ok(()) } else { Err(moved.to_owned()) }
    }

    /// The keys of front matter that no edit touches, with their values, in order.
    fn other_keys(&self) -> Vec<(String, serde_json::Value)> {
        let Some(written) = WrittenFrontMatter::read(&self.whole) else { return Vec::new() };
        let placed = |entry: &Entry| {
            written.placed(&(entry.at.start..entry.value.range.end.max(entry.at.end)))
        };
        let ValueKind::Map(entries) = &written.value.kind else { return Vec::new() };
        // What is inserted between two keys touches neither.
        let touched = |range: Range<usize>| {
            self.edited.iter().any(|edit| edit.start < range.end && edit.end > range.start)
        };
        let untouched = entries.iter().filter(|entry| !touched(placed(entry)));
        untouched.map(|entry| (entry.key.clone(), entry.value.clone().into_json())).collect()
    }

    /// Comments, and what is replaced when the site is built, are nobody's prose.
    fn no_machinery(&self) -> Result<(), String> {
        let text = self.whole.text.as_str();
        for (open, close, what) in
            [("<!--", "-->", "a comment"), ("{{", "}}", "an include or a variable")]
        {
            // What the parser does not see as HTML is text, such as a comment without an end.
            let html: Vec<Range<usize>> = match open {
                "<!--" => self.html(),
                _ => Vec::new(),
            };
            let mut at = self.start;
            while let Some(found) = text.get(at..).and_then(|rest| rest.find(open)) {
                let start = at + found;
                if open == "<!--" && !self.document.unparsed && !holds(&html, start) {
                    at = start + open.len();
                    continue;
                }
                let rest = text.get(start..).unwrap_or_default();
                // Braces are machinery within one line only.
                let end = match rest.find(close) {
                    Some(end)
                        if open == "<!--" || !rest.get(..end).unwrap_or("").contains('\n') =>
                    {
                        start + end + close.len()
                    }
                    _ => start + open.len(),
                };
                let cuts = |edit: &Range<usize>| {
                    edit.start < end
                        && edit.end > start
                        && !(edit.start <= start && edit.end >= end && open == "<!--")
                };
                if end > start + open.len() && self.edited.iter().any(cuts) {
                    return Err(format!("it would change {what}"));
                }
                at = end;
            }
        }
        Ok(())
    }

    /// Where HTML stands in the text of the file, in order.
    fn html(&self) -> Vec<Range<usize>> {
        let nodes = self.document.nodes.iter();
        let html =
            nodes.filter(|node| matches!(node.kind, NodeKind::Html(_) | NodeKind::HtmlBlock));
        html.map(|node| self.placed(&node.range)).collect()
    }

    /// A range of the document in the text of the file.
    fn placed(&self, range: &Range<u32>) -> Range<usize> {
        range.start as usize + self.start..range.end as usize + self.start
    }

    /// The text of a range without what is edited.
    fn kept(&self, range: Range<usize>) -> String {
        let mut out = String::new();
        let mut at = range.start;
        for edit in self.edited.iter().filter(|e| e.end > range.start && e.start < range.end) {
            out.push_str(self.whole.text.get(at..edit.start.max(at)).unwrap_or_default());
            at = edit.end.clamp(at, range.end);
        }
        out.push_str(self.whole.text.get(at..range.end).unwrap_or_default());
        out
    }

    /// Whether every byte of a range is edited; false for one without bytes.
    fn is_edited(&self, range: &Range<usize>) -> bool {
        !range.is_empty()
            && self.edited.iter().any(|edit| edit.start <= range.start && edit.end >= range.end)
    }

    /// What of a node is its own: what stands before, between and behind its children.
    fn marks(&self, id: NodeId, node: &Node) -> Vec<Range<usize>> {
        let whole = self.placed(&node.range);
        if let NodeKind::Code(_) = node.kind {
            let text = self.whole.text.get(whole.clone()).unwrap_or_default();
            let ticks = text.len() - text.trim_start_matches('`').len();
            return vec![whole.start..whole.start + ticks, whole.end - ticks..whole.end];
        }
        let mut marks = Vec::new();
        let mut at = whole.start;
        for child in self.document.children(id) {
            let Some(child) = self.document.nodes.get(child as usize) else { continue };
            let child = self.placed(&child.range);
            if child.start > at {
                marks.push(at..child.start);
            }
            at = at.max(child.end);
        }
        if whole.end > at {
            marks.push(at..whole.end);
        }
        marks
    }

    fn blocks(&self) -> Vec<Block> {
        let nodes = &self.document.nodes;
        let mut blocks: Vec<Block> = Vec::new();
        // The nodes that are open: where they end, the block they are, what closes them.
        let mut open: Vec<(NodeId, Option<usize>, &'static str)> = Vec::new();
        // The paragraph of a tight list, which is no node.
        let mut tight: Option<usize> = None;
        let mut index: NodeId = 0;
        while let Some(node) = nodes.get(index as usize) {
            let mut ended = None;
            while open.last().is_some_and(|(end, ..)| *end <= index) {
                ended = open.last().and_then(|(_, block, _)| *block);
                self.close(&mut open, &mut blocks);
            }
            let marks = self.marks(index, node);
            let whole = self.placed(&node.range);
            let start = whole.start + self.mark;
            if let Some(name) = block_name(&node.kind) {
                if tight.is_some() && open.last().is_some_and(|(_, block, _)| *block == tight) {
                    open.pop();
                    // What a list follows that ended here is what its items hold.
                    ended = None;
                }
                let edited = marks.iter().any(|mark| touches(&self.edited, mark));
                let touched = touches(&self.edited, &whole);
                let before = ended.and_then(|at| blocks.get_mut(at));
                if let (NodeKind::List(None), Some(list), Some(at)) = (&node.kind, before, ended)
                    && list.way.last() == Some(&"list")
                {
                    list.touched |= touched;
                    list.detail = list.detail.take().filter(|_| !edited);
                    open.push((node.end, Some(at), ""));
                    index += 1;
                    continue;
                }
                let mut way: Vec<&'static str> = open
                    .iter()
                    .filter_map(|(_, block, _)| blocks.get((*block)?)?.way.last().copied())
                    .collect();
                way.push(name);
                blocks.push(Block {
                    start,
                    way,
                    detail: (!edited).then(|| self.detail(&node.kind)),
                    id: match &node.kind {
                        NodeKind::Heading(at) => {
                            self.document.headings.get(*at as usize).map(|h| h.id.clone())
                        }
                        _ => None,
                    },
                    inline: String::new(),
                    touched,
                    wrapped: is_wrapped(&open, &blocks),
                });
                open.push((node.end, Some(blocks.len() - 1), ""));
            } else {
                let holder = open.last().and_then(|(end, at, _)| Some((*end, blocks.get((*at)?)?)));
                if let Some((end, holder)) = holder
                    && holder.way.last().is_some_and(|name| TIGHT.contains(name))
                {
                    let mut way = holder.way.clone();
                    way.push("paragraph");
                    blocks.push(Block {
                        start,
                        way,
                        detail: Some(String::new()),
                        id: None,
                        inline: String::new(),
                        touched: false,
                        wrapped: is_wrapped(&open, &blocks),
                    });
                    tight = Some(blocks.len() - 1);
                    open.push((end, tight, ""));
                }
                let inside =
                    tight.filter(|at| open.iter().any(|(_, block, _)| *block == Some(*at)));
                if let Some(paragraph) = inside.and_then(|at| blocks.get_mut(at)) {
                    paragraph.touched |= touches(&self.edited, &whole);
                }
                let block = open.iter().rev().find_map(|(_, block, _)| *block);
                let closing = self.inline(node, &marks, block.and_then(|at| blocks.get_mut(at)));
                open.push((node.end, None, closing));
            }
            index += 1;
        }
        while !open.is_empty() {
            self.close(&mut open, &mut blocks);
        }
        for block in &mut blocks {
            if block.way.last() != Some(&"code block") {
                let words: Vec<&str> = block.inline.split_whitespace().collect();
                block.inline = words.join(" ");
            }
        }
        blocks
    }

    fn close(&self, open: &mut Vec<(NodeId, Option<usize>, &'static str)>, blocks: &mut [Block]) {
        let Some((_, None, closing)) = open.pop() else { return };
        let block = open.iter().rev().find_map(|(_, block, _)| *block);
        if let Some(block) = block.and_then(|at| blocks.get_mut(at)) {
            block.inline.push_str(closing);
        }
    }

    /// Adds an inline to its block, and says what closes it.
    fn inline(
        &self,
        node: &Node,
        marks: &[Range<usize>],
        block: Option<&mut Block>,
    ) -> &'static str {
        let Some(block) = block else { return "" };
        let out = &mut block.inline;
        let whole = self.placed(&node.range);
        if !marks.is_empty()
            && marks.iter().all(|mark| self.is_edited(mark))
            && !matches!(node.kind, NodeKind::Text(_) | NodeKind::HardBreak)
        {
            // Marks that an edit makes or takes away are what the edit is for.
            if let NodeKind::Code(_) = node.kind {
                out.push_str(&self.kept(whole));
            }
            return "";
        }
        let (name, closing) = match &node.kind {
            NodeKind::Text(_) => {
                out.push_str(&self.kept(whole));
                return "";
            }
            NodeKind::SoftBreak => {
                out.push(' ');
                return "";
            }
            NodeKind::HardBreak => {
                out.push_str("\u{1}break\u{2}");
                return "";
            }
            NodeKind::Emphasis => ("emphasis", "\u{1}/emphasis\u{2}"),
            NodeKind::Strong => ("strong", "\u{1}/strong\u{2}"),
            NodeKind::Strikethrough => ("struck", "\u{1}/struck\u{2}"),
            NodeKind::Link(link) | NodeKind::Image(link) => {
                let is_link = matches!(node.kind, NodeKind::Link(_));
                out.push_str(if is_link { "\u{1}link " } else { "\u{1}image " });
                // What is added or removed at its ends is no part of it.
                let ends = [whole.start, whole.end];
                let beside = |edit: &Range<usize>| edit.is_empty() && ends.contains(&edit.start);
                let inner: Vec<Range<usize>> =
                    self.edited.iter().filter(|edit| !beside(edit)).cloned().collect();
                let edited = marks.iter().any(|mark| overlaps(&inner, mark));
                let link = self.document.links.get(*link as usize);
                let dest = link.and_then(|link| link.dest_range.as_ref()).map(|r| self.placed(r));
                let edited = edited || dest.is_some_and(|dest| overlaps(&self.edited, &dest));
                if let Some(link) = link.filter(|_| !edited) {
                    out.push_str(&format!("{} {}", link.dest, link.title));
                }
                out.push('\u{2}');
                return if is_link { "\u{1}/link\u{2}" } else { "\u{1}/image\u{2}" };
            }
            // What is nothing but marks.
            NodeKind::Code(_) => ("code", ""),
            NodeKind::Html(_) => ("html", ""),
            NodeKind::FootnoteReference(_) => ("footnote", ""),
            NodeKind::Math(..) => ("math", ""),
            _ => ("", ""),
        };
        out.push('\u{1}');
        out.push_str(name);
        out.push('\u{2}');
        if closing.is_empty() {
            out.push_str(&self.kept(whole.clone()));
            if let NodeKind::Html(_) = node.kind {
                let text = self.whole.text.get(whole).unwrap_or_default();
                // An address may be another one; tags and quotes stay.
                out.extend(text.chars().filter(|c| "<>\"'".contains(*c)));
            }
            out.push_str("\u{1}/\u{2}");
        }
        closing
    }

    /// What the marks of a block say besides its kind.
    fn detail(&self, kind: &NodeKind) -> String {
        match kind {
            NodeKind::Heading(at) => match self.document.headings.get(*at as usize) {
                Some(heading) => {
                    format!("{} {:?} {:?}", heading.level, heading.classes, heading.attributes)
                }
                None => String::new(),
            },
            NodeKind::Alert(alert) => format!("{alert:?}"),
            NodeKind::List(start) => format!("{start:?}"),
            NodeKind::Item(done) => format!("{done:?}"),
            NodeKind::CodeBlock(code) => format!("{:?}", code.info),
            NodeKind::Table(alignments) => format!("{alignments:?}"),
            NodeKind::FootnoteDefinition(name) => name.to_string(),
            NodeKind::Directive(directive) => format!("{directive:?}"),
            _ => String::new(),
        }
    }
}

/// What holds text without a paragraph around it where it is tight.
const TIGHT: [&str; 3] = ["list item", "footnote", "definition"];

/// Whether an edit makes one of the blocks that are open.
fn is_wrapped(open: &[(NodeId, Option<usize>, &'static str)], blocks: &[Block]) -> bool {
    open.iter().any(|(_, block, _)| {
        let block = block.and_then(|at| blocks.get(at));
        block.is_some_and(|block| block.wrapped || block.detail.is_none())
    })
}

fn touches(edits: &[Range<usize>], range: &Range<usize>) -> bool {
    edits.iter().any(|edit| {
        if edit.is_empty() || range.is_empty() {
            edit.start <= range.end && edit.end >= range.start
        } else {
            edit.start < range.end && edit.end > range.start
        }
    })
}

/// Like [`touches`], but what is added or taken away at the ends of a range leaves it alone.
fn overlaps(edits: &[Range<usize>], range: &Range<usize>) -> bool {
    edits.iter().any(|edit| edit.start < range.end && edit.end > range.start)
}

fn same_blocks(old: &[Block], new: &[Block]) -> Result<(), (String, Option<usize>)> {
    for (old, new) in old.iter().zip(new) {
        let (was, is) = (name(old), name(new));
        if old.way != new.way {
            let why = if was == is {
                format!("it would move a {was} into or out of another block")
            } else {
                format!("it would turn a {was} into a {is}")
            };
            return Err((why, Some(old.start)));
        }
    }
    match (old.get(new.len()), new.get(old.len())) {
        (Some(lost), _) => {
            return Err((format!("it would remove a {}", name(lost)), Some(lost.start)));
        }
        (_, Some(made)) => return Err((format!("it would make a {}", name(made)), None)),
        _ => {}
    }
    for (old, new) in old.iter().zip(new) {
        let was = name(old);
        if let (Some(id), Some(other)) = (&old.id, &new.id)
            && id != other
        {
            return Err((format!("it would change the anchor `{id}`"), Some(old.start)));
        }
        if let (Some(detail), Some(other)) = (&old.detail, &new.detail)
            && detail != other
        {
            return Err((format!("it would change a {was}"), Some(old.start)));
        }
        if old.inline != new.inline {
            return Err((format!("it would change the markup of a {was}"), Some(old.start)));
        }
    }
    Ok(())
}

fn name(block: &Block) -> &'static str {
    block.way.last().copied().unwrap_or("block")
}

/// What a block is called; none for an inline.
fn block_name(kind: &NodeKind) -> Option<&'static str> {
    Some(match kind {
        NodeKind::Paragraph => "paragraph",
        NodeKind::Heading(_) => "heading",
        NodeKind::BlockQuote => "quote",
        NodeKind::Alert(_) => "note",
        NodeKind::List(None) => "list",
        NodeKind::List(Some(_)) => "numbered list",
        NodeKind::Item(_) => "list item",
        NodeKind::CodeBlock(_) => "code block",
        NodeKind::HtmlBlock => "block of HTML",
        NodeKind::Table(_) => "table",
        NodeKind::TableHead => "table head",
        NodeKind::TableRow => "table row",
        NodeKind::TableCell => "table cell",
        NodeKind::ThematicBreak => "thematic break",
        NodeKind::FootnoteDefinition(_) => "footnote",
        NodeKind::DefinitionList => "definition list",
        NodeKind::DefinitionTerm(_) => "term",
        NodeKind::DefinitionDetails => "definition",
        NodeKind::Directive(_) => "directive",
        NodeKind::DirectiveLabel => "label",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
