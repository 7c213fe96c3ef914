//! A stretch of prose as rules see it, and the way back to the bytes of the file.

use std::ops::Range;
use std::sync::Arc;

use super::controls::Controls;

/// Which text the places of a block count in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The whole file.
    File,
    /// The body behind front matter, after what is ignored was masked.
    Body,
}

/// A part of a block's text and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// Where it begins in the block's text; it ends where the next one begins.
    start: usize,
    source: Range<usize>,
    /// Byte for byte the same as its source; else it stands for all of it.
    verbatim: bool,
}

/// Text that was put together from parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PieceText {
    pub text: String,
    pieces: Vec<Piece>,
}

impl PieceText {
    /// A text that is its source from `at` on.
    pub(crate) fn verbatim(text: &str, at: usize) -> PieceText {
        let mut whole = PieceText::default();
        whole.push(text, at..at + text.len(), true);
        whole
    }

    /// Appends text. With `verbatim`, `source` has its length.
    pub(crate) fn push(&mut self, text: &str, source: Range<usize>, verbatim: bool) {
        if text.is_empty() {
            return;
        }
        let start = self.text.len();
        self.text.push_str(text);
        if let Some(last) = self.pieces.last_mut()
            && last.verbatim
            && verbatim
            && last.source.end == source.start
        {
            last.source.end = source.end;
            return;
        }
        self.pieces.push(Piece { start, source, verbatim });
    }

    /// Appends a part of another text.
    pub(crate) fn copy(&mut self, from: &PieceText, range: Range<usize>) {
        let first = from.pieces.partition_point(|p| p.start <= range.start).saturating_sub(1);
        for (index, piece) in from.pieces.iter().enumerate().skip(first) {
            let end = from.end_of(index);
            if piece.start >= range.end {
                break;
            }
            let (a, b) = (range.start.max(piece.start), range.end.min(end));
            let Some(text) = from.text.get(a..b) else { continue };
            let source = if piece.verbatim {
                let offset = piece.source.start;
                offset + (a - piece.start)..offset + (b - piece.start)
            } else {
                piece.source.clone()
            };
            self.push(text, source, piece.verbatim);
        }
    }

    /// The part of it.
    pub(crate) fn slice(&self, range: Range<usize>) -> PieceText {
        let mut part = PieceText::default();
        part.copy(self, range);
        part
    }

    /// Replaces the characters of a part by asterisks, all but line breaks. What they stand for
    /// stays.
    pub(crate) fn mask(&mut self, range: Range<usize>) {
        let Some(masked) = self.text.get(range.clone()).map(asterisks) else { return };
        let mut out = self.slice(0..range.start);
        if let Some(source) = self.source(range.clone()) {
            out.push(&masked, source, false);
        }
        out.copy(self, range.end..self.text.len());
        *self = out;
    }

    fn end_of(&self, index: usize) -> usize {
        self.pieces.get(index + 1).map_or(self.text.len(), |next| next.start)
    }

    fn piece_at(&self, at: usize) -> Option<&Piece> {
        self.pieces.get(self.pieces.partition_point(|p| p.start <= at).checked_sub(1)?)
    }

    /// Where a part comes from, from the beginning of its first character to the end of its last.
    pub(crate) fn source(&self, range: Range<usize>) -> Option<Range<usize>> {
        self.source_within(range, &(0..self.text.len()))
    }

    /// The same for a part of a part, at whose end an empty range belongs to what is before it.
    pub(crate) fn source_within(
        &self,
        range: Range<usize>,
        part: &Range<usize>,
    ) -> Option<Range<usize>> {
        if part.is_empty() && !self.text.is_empty() {
            return None;
        }
        let last = part.end.saturating_sub(1);
        let first = self.piece_at(range.start.min(last))?;
        let start = if first.verbatim {
            first.source.start + (range.start - first.start)
        } else {
            first.source.start
        };
        if range.is_empty() {
            return Some(start..start);
        }
        let last = self.piece_at(range.end - 1)?;
        let end = if last.verbatim {
            last.source.start + (range.end - last.start)
        } else {
            last.source.end
        };
        Some(start..end.max(start))
    }
}

/// Asterisks in place of all characters but line breaks.
pub(crate) fn asterisks(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { c } else { '*' }).collect()
}

/// A stretch of prose.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// What rules read.
    pub text: PieceText,
    /// What it is: `text.heading.h1.md`.
    pub scope: Arc<str>,
    /// What its places count in.
    pub origin: Origin,
    /// Whether it is body text, which is looked at by paragraph and sentence too.
    pub body: bool,
    /// Which rules are switched off in it.
    pub controls: Arc<Controls>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lead_back_to_their_source() {
        // `A &amp; *b* code`
        let mut text = PieceText::default();
        text.push("A ", 0..2, true);
        text.push("&", 2..7, false);
        text.push(" ", 7..8, true);
        text.push("b", 9..10, true);
        assert_eq!(text.text, "A & b");
        assert_eq!(text.source(0..1), Some(0..1));
        assert_eq!(text.source(2..3), Some(2..7));
        assert_eq!(text.source(2..5), Some(2..10));
        assert_eq!(text.source(4..5), Some(9..10));
        assert_eq!(text.source(5..5), Some(10..10));
        assert_eq!(text.slice(2..5).source(2..3), Some(9..10));
        text.mask(2..4);
        assert_eq!(text.text, "A **b");
        assert_eq!(text.source(2..4), Some(2..8));
        assert_eq!(text.source(4..5), Some(9..10));
    }
}
