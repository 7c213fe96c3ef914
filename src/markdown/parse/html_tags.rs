//! The tags of a document's raw HTML.

use std::ops::Range;

use super::super::{Document, NodeId, NodeKind};
use super::entity::unescape;
use super::html_text::Html;
use super::raw_html::{self, Token};

/// A tag in raw HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HtmlTag {
    /// The name of the element, in lower case.
    pub name: String,
    /// Whether it ends an element.
    pub closing: bool,
    /// Where it stands in the text of the document.
    pub range: Range<usize>,
    /// Its attributes in order: their names in lower case, and their values, entities resolved;
    /// nothing for one without a value.
    pub attributes: Vec<(String, String)>,
}

impl HtmlTag {
    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The tags of a document, in order.
pub fn html_tags(document: &Document) -> Vec<HtmlTag> {
    let mut tags = Vec::new();
    let mut at: NodeId = 0;
    while let Some(node) = document.nodes.get(at as usize) {
        // A tag may run over the lines of a block, each of which is a node.
        let end = match node.kind {
            NodeKind::HtmlBlock => node.end.max(at + 1),
            NodeKind::Html(_) => at + 1,
            _ => {
                at += 1;
                continue;
            }
        };
        let html = Html::of(&document.nodes, at..end, &document.text);
        at = end;
        for token in raw_html::tokens(&html.text) {
            let Token::Tag(tag) = token else { continue };
            let Some(range) = html.outer(&tag.range) else { continue };
            let value = |range: Range<usize>| {
                unescape(html.text.get(range).unwrap_or_default()).into_owned()
            };
            let attributes = tag.attributes.into_iter().map(|one| (one.name, value(one.value)));
            tags.push(HtmlTag {
                name: tag.name.to_ascii_lowercase(),
                closing: tag.closing,
                range,
                attributes: attributes.collect(),
            });
        }
    }
    tags
}
