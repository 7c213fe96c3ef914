//! Raw HTML that readers do not see: comments, and empty anchors that keep old links alive.

use super::{Node, NodeId, NodeKind};

/// Whether raw HTML is comments and the tags of anchors alone.
fn is_unseen(html: &str) -> bool {
    let mut rest = html.trim_start();
    while !rest.is_empty() {
        let end = if rest.starts_with("<!--") {
            rest.find("-->").map(|at| at + 3)
        } else if rest.starts_with("</a>") {
            Some(4)
        } else if rest.starts_with("<a ") {
            let tag = rest.split_inclusive('>').next().unwrap_or_default();
            let is_anchor =
                !tag.contains("href=") && (tag.contains("id=") || tag.contains("name="));
            is_anchor.then_some(tag.len())
        } else {
            None
        };
        let Some(after) = end.and_then(|end| rest.get(end..)) else { return false };
        rest = after.trim_start();
    }
    true
}

/// Whether readers see nothing of some nodes, which follow each other and hold no others than
/// these.
fn are_unseen(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| match &node.kind {
        NodeKind::Paragraph | NodeKind::HtmlBlock | NodeKind::SoftBreak => true,
        NodeKind::Html(html) => is_unseen(html),
        _ => false,
    })
}

/// Whether readers see nothing before a node.
pub(super) fn leads(nodes: &[Node], node: NodeId) -> bool {
    nodes.get(..node as usize).is_some_and(are_unseen)
}

/// Whether a paragraph holds anchors and nothing that readers see.
pub(super) fn is_spot(nodes: &[Node], paragraph: NodeId) -> bool {
    let end = nodes.get(paragraph as usize).map_or(0, |node| node.end);
    let inside = nodes.get(paragraph as usize + 1..end as usize).unwrap_or_default();
    // Most paragraphs begin with text.
    matches!(inside.first().map(|node| &node.kind), Some(NodeKind::Html(_))) && are_unseen(inside)
}

#[cfg(test)]
mod tests {
    use super::is_unseen;

    #[test]
    fn comments_and_anchors_are_unseen() {
        for html in [
            "",
            "<!-- a -->\n",
            "<a id=\"x\"></a>",
            "<a name=x>",
            "</a>",
            " <!-- a --> <a id=y></a>\n",
        ] {
            assert!(is_unseen(html), "{html}");
        }
        for html in
            ["<b>", "<a href=\"x\">", "<a id=\"x\">y</a>", "<!-- open", "<img src=x>", "<a "]
        {
            assert!(!is_unseen(html), "{html}");
        }
    }
}
