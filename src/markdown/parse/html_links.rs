//! Links, anchors and headings that are written in raw HTML.

use super::super::{Anchor, Heading, Link, LinkKind, NodeId};
use super::entity::unescape;
use super::html_text::Html;
use super::raw_html::{self, Tag, Token};
use super::tree::{Builder, narrow};

/// Reads the HTML of some nodes, which a tag may run across.
pub(super) fn read(builder: &mut Builder, nodes: &[NodeId]) {
    let html = Html::of(&builder.tree.nodes, nodes.iter().copied(), &builder.text.text);
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
