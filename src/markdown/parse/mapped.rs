//! Text with its sources, while it is being made.

use std::ops::Range;

use crate::base::{PieceMap, PieceMapBuilder, SourcePath, Span};

/// A text and where each byte of it comes from.
#[derive(Debug, Clone)]
pub struct Mapped {
    /// The file that is read; diagnostics of an empty text point at it.
    pub file: SourcePath,
    /// The text.
    pub text: String,
    /// Its sources.
    pub pieces: PieceMap,
}

impl Mapped {
    /// The place in a source file of a range of the text.
    pub fn span(&self, range: Range<usize>) -> Span {
        self.pieces.span(range).unwrap_or_else(|| Span::start_of(self.file.clone()))
    }

    /// A part of the text.
    pub fn slice(&self, range: Range<usize>) -> Mapped {
        let mut builder = MappedBuilder::default();
        builder.copy(self, range);
        builder.finish(self.file.clone())
    }
}

/// Builds a [`Mapped`].
#[derive(Debug, Default)]
pub struct MappedBuilder {
    text: String,
    pieces: PieceMapBuilder,
}

impl MappedBuilder {
    /// Appends a part of another text.
    pub fn copy(&mut self, from: &Mapped, range: Range<usize>) {
        if let Some(part) = from.text.get(range.clone()) {
            self.text.push_str(part);
            self.pieces.derived(&from.pieces, range);
        }
    }

    /// Appends bytes of a file as they are.
    pub fn verbatim(&mut self, text: &str, file: &SourcePath, source: Range<usize>) {
        self.text.push_str(text);
        self.pieces.verbatim(file, source);
    }

    /// Appends text that stands for a place in a file.
    pub fn stand_in(&mut self, text: &str, place: &Span) {
        self.text.push_str(text);
        self.pieces.replaced(text.len(), &place.file, place.range());
    }

    /// The length so far.
    pub fn len(&self) -> usize {
        self.text.len()
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The finished text.
    pub fn finish(self, file: SourcePath) -> Mapped {
        Mapped { file, text: self.text, pieces: self.pieces.finish() }
    }
}
