//! A document as plain text.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, TagEnd};

use crate::markdown::{Document, NodeId, NodeKind};

/// How long a description may be, in characters.
const DESCRIPTION: usize = 160;

/// The text of some nodes without markup: what a reader sees, alternative text for images,
/// nothing for footnotes' marks and raw HTML. Blocks and breaks are separated by a space.
pub fn text_of(doc: &Document, nodes: Range<NodeId>) -> String {
    let mut text = String::new();
    let slice = doc.nodes.get(nodes.start as usize..).unwrap_or_default();
    let slice = slice.get(..(nodes.end.saturating_sub(nodes.start)) as usize).unwrap_or(slice);
    // The code of a block stands in the block; its children are the bytes it was read from.
    let mut skip_until = nodes.start;
    for (node, id) in slice.iter().zip(nodes.start..) {
        if id < skip_until {
            continue;
        }
        match &node.kind {
            NodeKind::Text(part) | NodeKind::Code(part) | NodeKind::Math(_, part) => {
                text.push_str(part);
            }
            NodeKind::SoftBreak | NodeKind::HardBreak => text.push(' '),
            NodeKind::CodeBlock(block) => {
                separate(&mut text);
                text.push_str(&block.code);
                skip_until = node.end;
            }
            NodeKind::Html(_) | NodeKind::FootnoteReference(_) => {}
            NodeKind::Emphasis
            | NodeKind::Strong
            | NodeKind::Strikethrough
            | NodeKind::Link(_)
            | NodeKind::Image(_) => {}
            NodeKind::Paragraph
            | NodeKind::Heading(_)
            | NodeKind::BlockQuote
            | NodeKind::Alert(_)
            | NodeKind::List(_)
            | NodeKind::Item(_)
            | NodeKind::HtmlBlock
            | NodeKind::Table(_)
            | NodeKind::TableHead
            | NodeKind::TableRow
            | NodeKind::TableCell
            | NodeKind::ThematicBreak
            | NodeKind::FootnoteDefinition(_)
            | NodeKind::DefinitionList
            | NodeKind::DefinitionTerm(_)
            | NodeKind::DefinitionDetails
            | NodeKind::Directive(_)
            | NodeKind::DirectiveLabel => separate(&mut text),
        }
    }
    text.truncate(text.trim_end().len());
    text
}

fn separate(text: &mut String) {
    if !text.is_empty() && !text.ends_with(char::is_whitespace) {
        text.push(' ');
    }
}

/// What a page is about where it does not say so itself: its first paragraph that has words of
/// its own (a row of badges has none), cut between two words at about 160 characters.
pub fn description(doc: &Document) -> String {
    let mut skip_until = 0;
    for (node, id) in doc.nodes.iter().zip(0..) {
        if id < skip_until {
            continue;
        }
        match node.kind {
            NodeKind::FootnoteDefinition(_) | NodeKind::HtmlBlock => skip_until = node.end,
            NodeKind::Paragraph if has_words(doc, id + 1..node.end) => {
                let text = text_of(doc, id..node.end);
                return shorten(&text.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            _ => {}
        }
    }
    String::new()
}

/// Whether there is text outside images.
fn has_words(doc: &Document, nodes: Range<NodeId>) -> bool {
    let mut skip_until = nodes.start;
    for id in nodes {
        let Some(node) = doc.nodes.get(id as usize) else { return false };
        if id < skip_until {
            continue;
        }
        match &node.kind {
            NodeKind::Image(_) => skip_until = node.end,
            NodeKind::Text(text) | NodeKind::Code(text) if !text.trim().is_empty() => return true,
            _ => {}
        }
    }
    false
}

fn shorten(text: &str) -> String {
    let Some((limit, _)) = text.char_indices().nth(DESCRIPTION) else { return text.to_owned() };
    let head = text.get(..limit).unwrap_or(text);
    // Scripts without spaces are cut where the limit falls, as is a first word without end.
    let cut = match text.get(limit..).unwrap_or_default().starts_with(' ') {
        true => head.len(),
        false => head.rfind(' ').filter(|&at| at > limit / 2).unwrap_or(head.len()),
    };
    let head = head.get(..cut).unwrap_or(head);
    let head = head.trim_end_matches(|c: char| c.is_whitespace() || ",;:-–—(".contains(c));
    format!("{head}…")
}

/// The words of a short text in Markdown.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::new();
    for event in Parser::new(text) {
        match event {
            Event::Text(part) | Event::Code(part) => out.push_str(&part),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph | TagEnd::Item) => {
                out.push(' ');
            }
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_between_words() {
        let word = "word ".repeat(40);
        let short = shorten(word.trim());
        assert!(short.ends_with("word…") && short.chars().count() <= DESCRIPTION + 1, "{short}");
        assert_eq!(shorten("short"), "short");
        assert_eq!(shorten(&"字".repeat(161)), format!("{}…", "字".repeat(160)));
        let exact = "a".repeat(160);
        assert_eq!(shorten(&exact), exact);
        assert_eq!(shorten(&format!("{exact} b")), format!("{exact}…"));
    }
}
