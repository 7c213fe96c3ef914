//! Raw HTML that the parser cut into nodes, as one text in which every part has its place.

use std::ops::Range;

use super::super::{Node, NodeId, NodeKind};
use super::tree::range_of;

/// The HTML of several nodes as one text.
#[derive(Default)]
pub(super) struct Html {
    /// The text.
    pub(super) text: String,
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
pub(super) struct Place {
    /// The node.
    pub(super) node: NodeId,
    /// In the text of the node.
    pub(super) inner: Range<usize>,
    /// In the document.
    pub(super) outer: Range<usize>,
}

impl Html {
    /// The HTML of some nodes of a document of this text.
    pub(super) fn of(nodes: &[Node], some: impl Iterator<Item = NodeId>, document: &str) -> Html {
        let mut html = Html::default();
        for id in some {
            let Some(node) = nodes.get(id as usize) else { continue };
            let NodeKind::Html(text) = &node.kind else { continue };
            let range = range_of(node);
            let written = document.get(range.clone()).unwrap_or_default();
            let jumps = jumps(text, written);
            html.pieces.push(Piece { start: html.text.len(), node: id, range, jumps });
            html.text.push_str(text);
        }
        html
    }

    /// The place in the document from the beginning of a range to its end, which may lie in
    /// another node.
    pub(super) fn outer(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let start = self.piece(range.start)?;
        let last = range.end.checked_sub(1).filter(|last| *last >= range.start)?;
        let end = self.piece(last)?;
        Some(start.outer(range.start - start.start)..end.outer(last - end.start) + 1)
    }

    fn piece(&self, at: usize) -> Option<&Piece> {
        let index = self.pieces.partition_point(|piece| piece.start <= at);
        self.pieces.get(index.checked_sub(1)?)
    }

    /// The place of a range that lies in one node; none where it runs across two.
    pub(super) fn place(&self, range: &Range<usize>) -> Option<Place> {
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
