//! Links, anchors and headings that are written in raw HTML.

use std::ops::Range;

use super::super::{Anchor, Heading, Link, LinkKind, NodeId, NodeKind};
use super::entity::unescape;
use super::raw_html::{self, Tag, Token};
use super::tree::{Builder, narrow, range_of};

/// Reads the HTML of some nodes, which a tag may run across.
pub(super) fn read(builder: &mut Builder, nodes: &[NodeId]) {
    let mut html = Html::default();
    for id in nodes {
        let Some(node) = builder.tree.nodes.get(*id as usize) else { continue };
        let NodeKind::Html(text) = &node.kind else { continue };
        let range = range_of(node);
        let written = builder.text.text.get(range.clone()).unwrap_or_default();
        let jumps = jumps(text, written);
        html.pieces.push(Piece { start: html.text.len(), node: *id, range, jumps });
        html.text.push_str(text);
    }
    for token in raw_html::tokens(&html.text) {
        match token {
            Token::Text(range) => {
                if builder.raw_heading.is_some() {
                    let text = html.text.get(range).unwrap_or_default();
                    builder.raw_heading_text(&unescape(text));
                }
            }
            Token::Tag(tag) => read_tag(builder, &html, &tag),
        }
    }
}

/// The HTML of several nodes as one text.
#[derive(Default)]
struct Html {
    text: String,
    pieces: Vec<Piece>,
}

struct Piece {
    start: usize,
    node: NodeId,
    range: Range<usize>,
    /// Where bytes of the range were left out of the node's text: from which byte of the text
    /// on, and how many so far.
    jumps: Vec<(usize, usize)>,
}

impl Piece {
    /// Where a byte of the node's text stands in the document.
    fn outer(&self, inner: usize) -> usize {
        let index = self.jumps.partition_point(|(at, _)| *at <= inner);
        let left_out = index.checked_sub(1).and_then(|i| self.jumps.get(i)).map_or(0, |j| j.1);
        self.range.start + inner + left_out
    }
}

/// A place in one node.
struct Place {
    node: NodeId,
    /// In the text of the node.
    inner: Range<usize>,
    /// In the document.
    outer: Range<usize>,
}

impl Html {
    fn piece(&self, at: usize) -> Option<&Piece> {
        let index = self.pieces.partition_point(|piece| piece.start <= at);
        self.pieces.get(index.checked_sub(1)?)
    }

    /// The place of a range that lies in one node; none where it runs across two.
    fn place(&self, range: &Range<usize>) -> Option<Place> {
        let piece = self.piece(range.start)?;
        let inner = range.start - piece.start..range.end - piece.start;
        let outer = if inner.is_empty() {
            piece.outer(inner.start)..piece.outer(inner.start)
        } else {
            piece.outer(inner.start)..piece.outer(inner.end - 1) + 1
        };
        (outer.end <= piece.range.end).then_some(Place { node: piece.node, inner, outer })
    }
}

/// Where parts of what is written were left out of a text: what marks a quote, at the beginning
/// of lines.
fn jumps(text: &str, written: &str) -> Vec<(usize, usize)> {
    let mut jumps = Vec::new();
    if text == written {
        return jumps;
    }
    let written = written.as_bytes();
    let mut left_out = 0;
    for (at, byte) in text.bytes().enumerate() {
        let before = left_out;
        while written.get(at + left_out).is_some_and(|found| *found != byte) {
            left_out += 1;
        }
        if left_out > before {
            jumps.push((at, left_out));
        }
    }
    jumps
}

fn read_tag(builder: &mut Builder, html: &Html, tag: &Tag) {
    let name = tag.name.to_ascii_lowercase();
    let whole = html.place(&tag.range);
    if is_component(&tag.name)
        && !tag.closing
        && let Some(place) = &whole
    {
        builder.tree.components.push((tag.name.clone(), place.outer.clone()));
    }
    if let Some(level) = heading_level(&name) {
        if tag.closing {
            if let Some(index) = builder.raw_heading.take()
                && let Some(heading) = builder.tree.headings.get_mut(index)
                && let Some(place) = &whole
            {
                heading.range.end = heading.range.end.max(narrow(&place.outer).end);
            }
        } else if let Some(place) = &whole {
            let value = |key: &str| attribute(html, tag, key).map(|v| unescape(v).into_owned());
            let classes = value("class").unwrap_or_default();
            builder.raw_heading = Some(builder.tree.headings.len());
            builder.tree.headings.push(Heading {
                node: place.node,
                level,
                id: value("id").unwrap_or_default(),
                classes: classes.split_ascii_whitespace().map(str::to_owned).collect(),
                attributes: Vec::new(),
                text: String::new(),
                range: narrow(&place.outer),
            });
        }
    }
    if tag.closing {
        return;
    }
    let title = attribute(html, tag, "title").map(|t| unescape(t).into_owned());
    for attribute in &tag.attributes {
        let value = html.text.get(attribute.value.clone()).unwrap_or_default();
        let is_anchor = match attribute.name.as_str() {
            "id" => heading_level(&name).is_none(),
            "name" => name == "a",
            _ => false,
        };
        if is_anchor
            && !value.trim().is_empty()
            && let Some(place) = html.place(&attribute.value)
        {
            let id = unescape(value).into_owned();
            builder.tree.anchors.push(Anchor { id, range: narrow(&place.outer) });
        }
        let Some(kind) = link_kind(&name, &attribute.name) else { continue };
        let start = attribute.value.start;
        let urls = if attribute.name == "srcset" {
            raw_html::srcset(value)
        } else {
            let before = value.len() - value.trim_start().len();
            let url = before..before + value.trim().len();
            if url.is_empty() { Vec::new() } else { vec![url] }
        };
        for url in urls {
            let at = start + url.start..start + url.end;
            let Some(place) = html.place(&at) else { continue };
            let range = narrow(&place.outer);
            builder.tree.links.push(Link {
                node: place.node,
                kind,
                dest: unescape(html.text.get(at).unwrap_or_default()).into_owned(),
                title: title.clone().unwrap_or_default(),
                range: range.clone(),
                dest_range: Some(range),
                attribute: Some(narrow(&place.inner)),
            });
        }
    }
}

fn attribute<'a>(html: &'a Html, tag: &Tag, key: &str) -> Option<&'a str> {
    let found = tag.attributes.iter().find(|attribute| attribute.name == key)?;
    html.text.get(found.value.clone())
}

fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

/// What an attribute points at, where it points at something.
fn link_kind(element: &str, attribute: &str) -> Option<LinkKind> {
    Some(match (element, attribute) {
        ("link", "href") => LinkKind::Resource,
        // A base address and a symbol of a drawing are no links.
        ("base" | "use", _) => return None,
        (_, "href") => LinkKind::Link,
        ("img" | "input" | "image", "src") => LinkKind::Image,
        ("img" | "source", "srcset") | ("video", "poster") => LinkKind::Image,
        (_, "src") | ("object", "data") => LinkKind::Resource,
        _ => return None,
    })
}

/// Elements that people write with a capital and mean as HTML, which takes any case.
const CAPITALISED: [&str; 32] = [
    "a",
    "b",
    "blockquote",
    "br",
    "center",
    "code",
    "details",
    "div",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "img",
    "kbd",
    "li",
    "ol",
    "p",
    "pre",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "td",
    "th",
    "tr",
    "ul",
];

/// A tag with a capital that is not just HTML written large.
fn is_component(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.contains(|c: char| c.is_ascii_lowercase())
        && !CAPITALISED.contains(&name.to_ascii_lowercase().as_str())
}
