//! The texts that diagnostics point into, each fetched and indexed once.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use crate::base::{LineIndex, Position, SourcePath};

/// A file's text, with its lines.
pub(super) struct Text {
    pub text: Arc<str>,
    pub lines: LineIndex,
    /// The last position that was asked for, with its offset: the next one in the same line is
    /// counted from there, so that many findings in one long line do not count it anew each.
    mark: Cell<Option<(usize, Position)>>,
}

impl Text {
    fn new(text: Arc<str>) -> Self {
        let lines = LineIndex::new(&text);
        Text { text, lines, mark: Cell::new(None) }
    }

    /// The nearest offset at or before this one that lies in the text and between characters.
    pub(super) fn floor(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }

    /// A range made to lie in the text and between characters.
    pub(super) fn range(&self, range: Range<usize>) -> Range<usize> {
        let start = self.floor(range.start);
        let mut end = range.end.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        start..end.max(start)
    }

    /// Line and column. Positions asked for in ascending order cost a single pass.
    pub(super) fn position(&self, offset: usize) -> Position {
        let position = self.count(offset);
        self.mark.set(Some((self.floor(offset), position)));
        position
    }

    /// Line and column of an offset at or after the last one given to [`Text::position`].
    pub(super) fn position_after(&self, offset: usize) -> Position {
        self.count(offset)
    }

    fn count(&self, offset: usize) -> Position {
        let offset = self.floor(offset);
        let line = self.lines.line(offset);
        match self.mark.get() {
            Some((from, mark)) if mark.line == line + 1 && from <= offset && from > 0 => {
                let between = self.text.get(from..offset).unwrap_or_default();
                Position { line: mark.line, column: mark.column + between.chars().count() }
            }
            _ => self.lines.position(&self.text, offset),
        }
    }

    /// A line, from 0, without its ending and without a byte order mark.
    pub(super) fn content(&self, line: usize) -> Range<usize> {
        let mut range = self.lines.line_range(line);
        let text = self.text.get(range.clone()).unwrap_or_default();
        range.end = range.start + text.trim_end_matches(['\n', '\r']).len();
        if line == 0 && text.starts_with('\u{feff}') {
            range.start = '\u{feff}'.len_utf8().min(range.end);
        }
        range
    }
}

/// Texts by file.
pub(super) struct Texts<'a> {
    sources: &'a dyn Fn(&SourcePath) -> Option<Arc<str>>,
    known: RefCell<BTreeMap<SourcePath, Option<Rc<Text>>>>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(sources: &'a dyn Fn(&SourcePath) -> Option<Arc<str>>) -> Self {
        Texts { sources, known: RefCell::default() }
    }

    /// The text of a file, where it can be had.
    pub(super) fn get(&self, file: &SourcePath) -> Option<Rc<Text>> {
        if let Some(known) = self.known.borrow().get(file) {
            return known.clone();
        }
        let text = (self.sources)(file).map(|text| Rc::new(Text::new(text)));
        self.known.borrow_mut().insert(file.clone(), text.clone());
        text
    }
}
