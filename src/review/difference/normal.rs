//! A document becomes parts.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::Side;
use super::part::{Form, Kind, Mark, Part, Run, RunKind, push_run};
use crate::markdown::{
    AlertKind, Alignment, Attributes, Document, FrontMatter, LinkKind, Node, NodeId, NodeKind,
    source_of,
};

/// Blocks that lie deeper are compared as their source.
const MAX_DEPTH: usize = 40;

/// A table with more columns is compared as its source: what columns cost grows with their square.
const MAX_COLUMNS: usize = 200;

/// Elements of raw HTML that only mark the words in them.
const MARKING: &[&str] = &[
    "abbr", "b", "bdi", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s",
    "samp", "small", "span", "strong", "sub", "sup", "u", "var",
];

/// The parts of a page: front matter, then its blocks.
pub(super) fn parts_of(side: &Side<'_>) -> Vec<Arc<Part>> {
    let Some(doc) = side.document else { return Vec::new() };
    let mut parts = Vec::new();
    parts.extend(front_matter(&doc.front_matter));
    if doc.unparsed {
        parts.push(Part::of(Kind::Source, lines(&doc.text)));
    } else {
        let reader = Reader {
            doc,
            side,
            ids: doc.headings.iter().map(|heading| heading.id.as_str()).collect(),
            pairs: pairs(doc),
            attributes: attributes(doc),
        };
        let end = NodeId::try_from(doc.nodes.len()).unwrap_or(NodeId::MAX);
        parts.extend(reader.blocks(0..end, 0));
    }
    parts.into_iter().map(Arc::new).collect()
}

struct Reader<'a> {
    doc: &'a Document,
    side: &'a Side<'a>,
    /// The ids of headings.
    ids: HashSet<&'a str>,
    /// Start tags in raw HTML that have an end tag beside them, and those end tags.
    pairs: BTreeMap<NodeId, NodeId>,
    /// The addresses in raw HTML by node: place in its text, entry in the links.
    attributes: BTreeMap<NodeId, Vec<(Range<usize>, usize)>>,
}

impl Reader<'_> {
    fn node(&self, id: NodeId) -> Option<&Node> {
        self.doc.nodes.get(id as usize)
    }

    fn blocks(&self, nodes: Range<NodeId>, depth: usize) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut at = nodes.start;
        while at < nodes.end {
            let Some(node) = self.node(at) else { break };
            if is_inline(&node.kind) {
                // A tight item holds its inlines itself.
                let start = at;
                while at < nodes.end
                    && let Some(node) = self.node(at)
                    && is_inline(&node.kind)
                {
                    at = node.end.max(at + 1);
                }
                let mut part = Part::leaf(Kind::Paragraph, self.runs(start..at));
                let range = self.node(start).map_or(0, |node| node.range.start);
                let end = self.node(at.saturating_sub(1)).map_or(range, |node| node.range.end);
                part.span = Some(self.doc.span(&(range..end.max(range))));
                if !part.runs.is_empty() {
                    parts.push(part);
                }
            } else {
                parts.push(self.block(at, node, depth));
                at = node.end.max(at + 1);
            }
        }
        parts
    }

    fn block(&self, id: NodeId, node: &Node, depth: usize) -> Part {
        let inside = id + 1..node.end;
        let mut part = if depth >= MAX_DEPTH {
            self.source(node)
        } else {
            self.whole_block(id, node, inside, depth)
        };
        if part.anchor.is_none() {
            part.anchor = part.form.get("id").cloned();
        }
        part.span = Some(self.doc.span(&node.range));
        part
    }

    fn source(&self, node: &Node) -> Part {
        let range = node.range.start as usize..node.range.end as usize;
        Part::of(Kind::Source, lines(self.doc.text.get(range).unwrap_or_default()))
    }

    fn whole_block(&self, id: NodeId, node: &Node, inside: Range<NodeId>, depth: usize) -> Part {
        let leaf = |kind| Part::leaf(kind, self.runs(inside.clone()));
        let holds = |kind| Part::of(kind, self.blocks(inside.clone(), depth + 1));
        match &node.kind {
            NodeKind::Heading(index) => {
                let mut part = leaf(Kind::Heading);
                if let Some(heading) = self.doc.headings.get(*index as usize) {
                    part = part.with("level", heading.level.to_string());
                    part.anchor = Some(heading.id.clone());
                    part = part.with("id", self.without_number(&heading.id));
                    if !heading.classes.is_empty() {
                        part = part.with("class", heading.classes.join(" "));
                    }
                    for (key, value) in &heading.attributes {
                        part = part.with(key, value.clone().unwrap_or_default());
                    }
                }
                part
            }
            NodeKind::BlockQuote => holds(Kind::Quote),
            NodeKind::Alert(alert) => {
                let mut part = holds(Kind::Alert).with("alert", alert_name(alert.kind));
                write_attributes(&alert.attributes, &mut part.form);
                part
            }
            NodeKind::List(start) => {
                let mut part = holds(Kind::List);
                if self.is_loose(id) {
                    part = part.with("loose", "");
                }
                match start {
                    Some(start) => part.with("start", start.to_string()),
                    None => part,
                }
            }
            NodeKind::Item(task) => {
                let part = holds(Kind::Item);
                match task {
                    Some(true) => part.with("task", "done"),
                    Some(false) => part.with("task", "open"),
                    None => part,
                }
            }
            NodeKind::CodeBlock(block) => {
                let part = Part::of(Kind::Code, lines(source_of(block)));
                match block.info.as_deref().map(str::trim) {
                    Some(info) if !info.is_empty() => part.with("info", info),
                    _ => part,
                }
            }
            NodeKind::HtmlBlock => {
                let mut html = String::new();
                for child in inside {
                    if let Some(NodeKind::Html(piece)) = self.node(child).map(|node| &node.kind) {
                        html.push_str(&self.html(child, piece));
                    }
                }
                Part::of(Kind::Html, lines(&html))
            }
            NodeKind::Table(columns) if columns.len() > MAX_COLUMNS => self.source(node),
            NodeKind::Table(columns) => {
                holds(Kind::Table).with("align", columns.iter().map(letter).collect::<String>())
            }
            NodeKind::TableHead => holds(Kind::Row).with("head", ""),
            NodeKind::TableRow => holds(Kind::Row),
            NodeKind::TableCell => leaf(Kind::Cell),
            NodeKind::ThematicBreak => Part::new(Kind::Break),
            NodeKind::FootnoteDefinition(label) => holds(Kind::Footnote).with("label", &**label),
            NodeKind::DefinitionList => holds(Kind::Definitions),
            NodeKind::DefinitionTerm(anchor) => {
                let id = self.doc.anchors.get(*anchor as usize).map(|anchor| &*anchor.id);
                let mut part = leaf(Kind::Term).with("id", id.unwrap_or_default());
                part.anchor = id.map(str::to_owned);
                part
            }
            NodeKind::DefinitionDetails => holds(Kind::Definition),
            NodeKind::Directive(directive) => {
                let mut part = holds(Kind::Directive).with("name", &directive.name);
                write_attributes(&directive.attributes, &mut part.form);
                part
            }
            NodeKind::DirectiveLabel => leaf(Kind::Label),
            // A paragraph; inlines do not come here.
            _ => leaf(Kind::Paragraph),
        }
    }

    /// An id without the number that tells headings of the same text apart: it changes whenever
    /// another one comes before them.
    fn without_number<'b>(&self, id: &'b str) -> &'b str {
        let number = |c: char| c.is_ascii_digit();
        let base = id.trim_end_matches(number).strip_suffix('-');
        match base.filter(|base| id.ends_with(number) && self.ids.contains(base)) {
            Some(base) => base,
            None => id,
        }
    }

    /// Whether the items of a list hold paragraphs of their own.
    fn is_loose(&self, list: NodeId) -> bool {
        self.doc.children(list).any(|item| {
            let first = self.doc.children(item).next().and_then(|first| self.node(first));
            first.is_some_and(|first| first.kind == NodeKind::Paragraph)
        })
    }

    /// Where a link leads: as it was resolved, else as it is written.
    fn address(&self, index: usize) -> String {
        let resolved = self.side.targets.get(index).filter(|target| !target.is_empty());
        let written = || self.doc.links.get(index).map(|link| &link.dest);
        resolved.or_else(written).cloned().unwrap_or_default()
    }

    /// A piece of raw HTML with its addresses resolved.
    fn html(&self, id: NodeId, piece: &str) -> String {
        let Some(places) = self.attributes.get(&id) else { return piece.to_owned() };
        let mut out = String::new();
        let mut done = 0;
        for (place, index) in places {
            let resolved = self.side.targets.get(*index).filter(|target| !target.is_empty());
            let Some(resolved) = resolved else { continue };
            let Some(before) = piece.get(done..place.start) else { continue };
            if piece.get(place.clone()).is_none() {
                continue;
            }
            out.push_str(before);
            crate::markdown::escape_attribute(&mut out, &resolved.replace('\'', "%27"));
            done = place.end;
        }
        out.push_str(piece.get(done..).unwrap_or_default());
        out
    }

    /// The inlines among some nodes as runs, without white space at both ends.
    fn runs(&self, nodes: Range<NodeId>) -> Vec<Run> {
        let mut out = Runs::default();
        let mut open: Vec<NodeId> = Vec::new();
        let mut tags: Vec<NodeId> = Vec::new();
        let mut at = nodes.start;
        while at < nodes.end {
            while open.last().is_some_and(|&end| end <= at) {
                open.pop();
                out.marks.pop();
            }
            let Some(node) = self.node(at) else { break };
            let mark = match &node.kind {
                NodeKind::Emphasis => Some(Mark::Emphasis),
                NodeKind::Strong => Some(Mark::Strong),
                NodeKind::Strikethrough => Some(Mark::Strikethrough),
                NodeKind::Link(index) => {
                    let title = self.doc.links.get(*index as usize).map(|link| link.title.clone());
                    Some(Mark::Link {
                        to: self.address(*index as usize),
                        title: title.unwrap_or_default(),
                    })
                }
                _ => None,
            };
            if let Some(mark) = mark {
                out.marks.push(mark);
                open.push(node.end);
                at += 1;
                continue;
            }
            match &node.kind {
                NodeKind::Text(text) => out.text(text),
                NodeKind::Code(code) => {
                    out.marks.push(Mark::Code);
                    out.text(code);
                    out.marks.pop();
                }
                NodeKind::SoftBreak => out.text(" "),
                NodeKind::HardBreak => out.atom(RunKind::Break, ""),
                NodeKind::Image(index) => {
                    out.atom(self.image(*index as usize), &self.alternative(at + 1..node.end));
                    at = node.end.max(at + 1);
                    continue;
                }
                NodeKind::FootnoteReference(label) => out.atom(RunKind::Footnote, label),
                NodeKind::Math(display, tex) => {
                    out.atom(RunKind::Math { display: *display }, tex);
                }
                NodeKind::Html(tag) => match self.pairs.get(&at) {
                    Some(&partner) if partner > at => {
                        out.marks.push(Mark::Html(tag.to_string()));
                        tags.push(partner);
                    }
                    // The start tag lies in these runs too, as both have one parent.
                    Some(_) if tags.last() == Some(&at) => {
                        tags.pop();
                        out.marks.pop();
                    }
                    _ => out.atom(RunKind::Html, &self.html(at, tag)),
                },
                // Blocks in a leaf: there are none.
                _ => {}
            }
            at += 1;
        }
        out.finish()
    }

    fn image(&self, index: usize) -> RunKind {
        RunKind::Image {
            to: self.address(index),
            title: self.doc.links.get(index).map(|link| link.title.clone()).unwrap_or_default(),
            content: self
                .side
                .contents
                .get(index)
                .and_then(|content| content.as_ref())
                .map(|hash| hash.short()),
        }
    }

    fn alternative(&self, nodes: Range<NodeId>) -> String {
        crate::markdown::text_of(self.doc, nodes)
    }
}

/// Runs as they are gathered: white space is one space, and none stands at the ends.
#[derive(Default)]
struct Runs {
    runs: Vec<Run>,
    marks: Vec<Mark>,
}

impl Runs {
    fn text(&mut self, text: &str) {
        let mut out = String::with_capacity(text.len());
        let mut space = self.runs.last().is_none_or(|run| match run.kind {
            RunKind::Text => run.text.ends_with(' '),
            RunKind::Break => true,
            _ => false,
        });
        for c in text.chars() {
            // A space that does not break says that it must not.
            let white = c.is_whitespace() && c != '\u{a0}' && c != '\u{202f}';
            if !white {
                out.push(c);
            } else if !space {
                out.push(' ');
            }
            space = white;
        }
        let run = Run { kind: RunKind::Text, text: out, marks: self.marks.clone() };
        push_run(&mut self.runs, run);
    }

    fn atom(&mut self, kind: RunKind, text: &str) {
        if kind == RunKind::Break {
            self.trim_end();
        }
        self.runs.push(Run { kind, text: text.to_owned(), marks: self.marks.clone() });
    }

    fn trim_end(&mut self) {
        while let Some(last) = self.runs.last_mut()
            && last.kind == RunKind::Text
        {
            last.text.truncate(last.text.trim_end_matches(' ').len());
            if !last.text.is_empty() {
                break;
            }
            self.runs.pop();
        }
    }

    fn finish(mut self) -> Vec<Run> {
        self.trim_end();
        self.runs
    }
}

/// Start and end tags of marking elements in raw HTML that stand beside each other, both ways.
fn pairs(doc: &Document) -> BTreeMap<NodeId, NodeId> {
    /// How many open elements are looked through for the one that is closed.
    const OPEN: usize = 16;
    let mut pairs = BTreeMap::new();
    // Of each open node: its end, and the start tags in it.
    let mut stack: Vec<(NodeId, Vec<(&str, NodeId)>)> = vec![(NodeId::MAX, Vec::new())];
    for (node, id) in doc.nodes.iter().zip(0..) {
        while stack.len() > 1 && stack.last().is_some_and(|(end, _)| *end <= id) {
            stack.pop();
        }
        if let NodeKind::Html(tag) = &node.kind
            && let Some((name, closes)) = tag_name(tag)
            && MARKING.contains(&name)
            && let Some((_, tags)) = stack.last_mut()
        {
            if !closes {
                tags.push((name, id));
            } else if let Some(at) =
                tags.iter().rev().take(OPEN).position(|(open, _)| *open == name)
            {
                let at = tags.len() - 1 - at;
                // What was opened in between stays open: it is shown as it is written.
                if at + 1 == tags.len()
                    && let Some((_, start)) = tags.pop()
                {
                    pairs.insert(start, id);
                    pairs.insert(id, start);
                } else {
                    tags.truncate(at);
                }
            }
        } else if !is_inline(&node.kind)
            && let Some((_, tags)) = stack.last_mut()
        {
            tags.clear();
        }
        if node.end > id + 1 {
            stack.push((node.end, Vec::new()));
        }
    }
    pairs
}

/// The name of a tag, and whether it closes.
fn tag_name(tag: &str) -> Option<(&str, bool)> {
    let inside = tag.strip_prefix('<')?.strip_suffix('>')?;
    let (inside, closes) = match inside.strip_prefix('/') {
        Some(inside) => (inside, true),
        None => (inside, false),
    };
    if inside.ends_with('/') {
        return None;
    }
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len());
    Some((inside.get(..end)?, closes))
}

fn attributes(doc: &Document) -> BTreeMap<NodeId, Vec<(Range<usize>, usize)>> {
    let mut places: BTreeMap<NodeId, Vec<_>> = BTreeMap::new();
    for (link, index) in doc.links.iter().zip(0..) {
        if let Some(place) = &link.attribute
            && link.kind != LinkKind::Resource
        {
            let place = place.start as usize..place.end as usize;
            places.entry(link.node).or_default().push((place, index));
        }
    }
    for places in places.values_mut() {
        places.sort_by_key(|(place, _)| place.start);
    }
    places
}

fn is_inline(kind: &NodeKind) -> bool {
    matches!(
        kind,
        NodeKind::Text(_)
            | NodeKind::Code(_)
            | NodeKind::Html(_)
            | NodeKind::Emphasis
            | NodeKind::Strong
            | NodeKind::Strikethrough
            | NodeKind::Link(_)
            | NodeKind::Image(_)
            | NodeKind::FootnoteReference(_)
            | NodeKind::Math(..)
            | NodeKind::SoftBreak
            | NodeKind::HardBreak
    )
}

fn lines(text: &str) -> Vec<Part> {
    let line = |line: &str| {
        let runs = if line.is_empty() { Vec::new() } else { vec![Run::text(line)] };
        Part::leaf(Kind::Line, runs)
    };
    text.lines().map(line).collect()
}

fn letter(alignment: &Alignment) -> char {
    match alignment {
        Alignment::None => '-',
        Alignment::Left => 'l',
        Alignment::Center => 'c',
        Alignment::Right => 'r',
    }
}

fn alert_name(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Note => "note",
        AlertKind::Tip => "tip",
        AlertKind::Important => "important",
        AlertKind::Warning => "warning",
        AlertKind::Caution => "caution",
    }
}

fn write_attributes(attributes: &Attributes, form: &mut Form) {
    if let Some(id) = &attributes.id {
        form.insert("id".to_owned(), id.clone());
    }
    if !attributes.classes.is_empty() {
        form.insert("class".to_owned(), attributes.classes.join(" "));
    }
    for (key, value) in &attributes.pairs {
        // A key of the author's must not hide one of ours.
        let key = match key.as_str() {
            "alert" | "name" => format!("{key}="),
            _ => key.clone(),
        };
        form.insert(key, value.clone().unwrap_or_default());
    }
}

/// The fields of a page's front matter, in the order in which people write them.
fn front_matter(said: &FrontMatter) -> Option<Part> {
    let mut fields: Vec<(&str, String)> = Vec::new();
    let mut add = |name, value: Option<String>| fields.extend(value.map(|value| (name, value)));
    let list = |values: Vec<String>| (!values.is_empty()).then(|| values.join(", "));
    let set = |value: &Option<crate::config::Set<String>>| {
        value.as_ref().map(|value| value.value.clone())
    };
    let yes = |value: Option<bool>| value.map(|value| value.to_string());
    add("title", set(&said.title));
    add("description", said.description.clone());
    add("slug", set(&said.slug));
    add("weight", said.weight.map(|weight| weight.to_string()));
    add("nav", yes(said.nav));
    add("draft", said.draft.then(|| "true".to_owned()));
    add("date", said.date.clone());
    add("aliases", list(said.aliases.iter().map(|alias| alias.value.clone()).collect()));
    add("tags", list(said.tags.clone()));
    add("owners", list(said.owners.clone()));
    add("review-by", set(&said.review_by));
    add("status", said.status.clone());
    add("template", set(&said.template));
    add("toc", yes(said.toc));
    add("search", yes(said.search));
    let mut parts: Vec<Part> =
        fields.into_iter().map(|(name, value)| field(name, &value)).collect();
    parts.extend(said.extra.iter().map(|(name, value)| field(name, &json_text(value))));
    if parts.is_empty() {
        return None;
    }
    let mut part = Part::of(Kind::FrontMatter, parts);
    part.span = said.span.clone();
    Some(part)
}

fn field(name: &str, value: &str) -> Part {
    let mut runs = Runs::default();
    runs.text(value);
    Part::leaf(Kind::Field, runs.finish()).with("name", name)
}

/// A value as people read it.
fn json_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) if values.iter().all(|v| !v.is_array() && !v.is_object()) => {
            values.iter().map(json_text).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
