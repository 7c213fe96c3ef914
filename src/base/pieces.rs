//! Where derived text comes from. The text that Markdown is parsed from is not the text of one
//! file: includes are spliced in, variables replaced, front matter and byte order marks cut off.
//! A [`PieceMap`] keeps, for each stretch of the derived text, the source bytes behind it.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::SourcePath;

/// A byte range of a source file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The file.
    pub file: SourcePath,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// A byte range of a file.
    pub fn new(file: SourcePath, range: Range<usize>) -> Self {
        Span { file, start: range.start, end: range.end }
    }

    /// The beginning of a file: for problems of the whole file.
    pub fn start_of(file: SourcePath) -> Self {
        Span { file, start: 0, end: 0 }
    }

    /// The bytes as a range.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Piece {
    /// Where the piece begins in the derived text; it ends where the next one begins.
    start: usize,
    file: u32,
    /// The source bytes behind it.
    source: Range<usize>,
    /// Byte for byte the same as its source; otherwise the piece stands for its whole source
    /// range, as a variable's value stands for `{{ var.name }}`.
    verbatim: bool,
}

/// The sources of a derived text, piece by piece. The pieces cover the text without gaps.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PieceMap {
    files: Vec<SourcePath>,
    pieces: Vec<Piece>,
    len: usize,
}

impl PieceMap {
    /// The map of a text that is, whole and as it is, the content of `file`.
    pub fn identity(file: SourcePath, len: usize) -> Self {
        let mut builder = PieceMapBuilder::default();
        builder.verbatim(&file, 0..len);
        builder.finish()
    }

    /// Length of the derived text in bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the derived text is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The files that the text is made of, in order of first appearance.
    pub fn files(&self) -> &[SourcePath] {
        &self.files
    }

    fn end_of(&self, index: usize) -> usize {
        self.pieces.get(index + 1).map_or(self.len, |next| next.start)
    }

    /// The source ranges behind `range`, in order. Neighbours that touch in one file are joined.
    /// An empty range resolves to one empty span. Empty only where the text has no source at all.
    pub fn resolve(&self, range: Range<usize>) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let first = self.pieces.partition_point(|p| p.start <= range.start).saturating_sub(1);
        for (index, piece) in self.pieces.iter().enumerate().skip(first) {
            let (start, end) = (piece.start, self.end_of(index));
            if start >= range.end && !(range.is_empty() && start == range.start) {
                break;
            }
            let (from, to) = (range.start.clamp(start, end), range.end.clamp(start, end));
            if from == to && !range.is_empty() {
                continue;
            }
            let source = if piece.verbatim {
                piece.source.start + (from - start)..piece.source.start + (to - start)
            } else {
                piece.source.clone()
            };
            let Some(file) = self.files.get(piece.file as usize) else { continue };
            match spans.last_mut() {
                Some(last) if last.file == *file && last.end == source.start => {
                    last.end = source.end;
                }
                _ => spans.push(Span::new(file.clone(), source)),
            }
            if range.is_empty() {
                break;
            }
        }
        spans
    }

    /// The first source range behind `range`: where a diagnostic points.
    pub fn span(&self, range: Range<usize>) -> Option<Span> {
        self.resolve(range).into_iter().next()
    }

    /// Whether `range` is, byte for byte, one stretch of one file, so that an edit of it can
    /// be made there.
    pub fn is_verbatim(&self, range: Range<usize>) -> bool {
        let first = self.pieces.partition_point(|p| p.start <= range.start).saturating_sub(1);
        let last = self.pieces.partition_point(|p| p.start < range.end).max(first + 1);
        self.pieces.get(first..last).is_some_and(|pieces| pieces.iter().all(|p| p.verbatim))
            && self.resolve(range).len() == 1
    }
}

/// Builds a [`PieceMap`] in the order of the derived text.
#[derive(Debug, Default)]
pub struct PieceMapBuilder {
    map: PieceMap,
    last_file: Option<(Arc<str>, u32)>,
}

impl PieceMapBuilder {
    fn file(&mut self, file: &SourcePath) -> u32 {
        if let Some((name, index)) = &self.last_file
            && **name == *file.as_str()
        {
            return *index;
        }
        let index = self.map.files.iter().position(|f| f == file).unwrap_or_else(|| {
            self.map.files.push(file.clone());
            self.map.files.len() - 1
        });
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        self.last_file = Some((Arc::from(file.as_str()), index));
        index
    }

    /// The next bytes of the text are those of `source` in `file`.
    pub fn verbatim(&mut self, file: &SourcePath, source: Range<usize>) {
        if source.is_empty() {
            return;
        }
        let index = self.file(file);
        let len = source.len();
        if let Some(last) = self.map.pieces.last_mut()
            && last.verbatim
            && last.file == index
            && last.source.end == source.start
        {
            last.source.end = source.end;
        } else {
            let start = self.map.len;
            self.map.pieces.push(Piece { start, file: index, source, verbatim: true });
        }
        self.map.len += len;
    }

    /// The next `len` bytes of the text stand for `source` in `file`.
    pub fn replaced(&mut self, len: usize, file: &SourcePath, source: Range<usize>) {
        if len == 0 {
            return;
        }
        let index = self.file(file);
        let start = self.map.len;
        self.map.pieces.push(Piece { start, file: index, source, verbatim: false });
        self.map.len += len;
    }

    /// The next bytes of the text are those of `range` in another derived text.
    pub fn derived(&mut self, from: &PieceMap, range: Range<usize>) {
        let first = from.pieces.partition_point(|p| p.start <= range.start).saturating_sub(1);
        for (index, piece) in from.pieces.iter().enumerate().skip(first) {
            let (start, end) = (piece.start, from.end_of(index));
            if start >= range.end {
                break;
            }
            let (a, b) = (range.start.clamp(start, end), range.end.clamp(start, end));
            let Some(file) = from.files.get(piece.file as usize) else { continue };
            if piece.verbatim {
                let offset = piece.source.start;
                self.verbatim(file, offset + (a - start)..offset + (b - start));
            } else {
                self.replaced(b - a, file, piece.source.clone());
            }
        }
    }

    /// The length of the text so far.
    pub fn len(&self) -> usize {
        self.map.len
    }

    /// Whether nothing was added yet.
    pub fn is_empty(&self) -> bool {
        self.map.len == 0
    }

    /// The finished map.
    pub fn finish(self) -> PieceMap {
        self.map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SourcePath {
        SourcePath::new(text).unwrap()
    }

    fn shown(spans: Vec<Span>) -> Vec<String> {
        spans.iter().map(|s| format!("{}:{}..{}", s.file, s.start, s.end)).collect()
    }

    #[test]
    fn resolves_through_includes_and_replacements() {
        let (a, b) = (path("a.md"), path("b.md"));
        let mut builder = PieceMapBuilder::default();
        builder.verbatim(&a, 10..14); // text 0..4
        builder.verbatim(&b, 0..6); // text 4..10
        builder.replaced(2, &a, 20..40); // text 10..12
        builder.verbatim(&a, 40..50); // text 12..22
        let map = builder.finish();
        assert_eq!(map.len(), 22);
        assert_eq!(shown(map.resolve(1..3)), ["a.md:11..13"]);
        assert_eq!(shown(map.resolve(2..6)), ["a.md:12..14", "b.md:0..2"]);
        assert_eq!(shown(map.resolve(11..11)), ["a.md:20..40"]);
        assert_eq!(shown(map.resolve(11..14)), ["a.md:20..42"]);
        assert_eq!(shown(map.resolve(22..22)), ["a.md:50..50"]);
        assert!(map.is_verbatim(4..10));
        assert!(!map.is_verbatim(2..6));
        assert!(!map.is_verbatim(11..14));

        let mut builder = PieceMapBuilder::default();
        builder.derived(&map, 2..13);
        let slice = builder.finish();
        assert_eq!(slice.len(), 11);
        assert_eq!(slice.resolve(0..11), map.resolve(2..13));
    }

    #[test]
    fn joined_neighbours_are_one_piece() {
        let a = path("a.md");
        let mut builder = PieceMapBuilder::default();
        builder.verbatim(&a, 0..5);
        builder.verbatim(&a, 5..9);
        assert_eq!(builder.finish(), PieceMap::identity(a, 9));
    }

    #[test]
    fn an_empty_text_has_no_source() {
        assert!(PieceMap::default().resolve(0..0).is_empty());
    }
}
