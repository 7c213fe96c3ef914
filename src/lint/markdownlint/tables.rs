//! Tables, row by row, as they are written.

use std::ops::Range;

use super::page::Page;
use crate::markdown::FormKind;

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub line: usize,
    /// Without space around it.
    pub range: Range<usize>,
    /// Where its pipes stand.
    pub pipes: Vec<usize>,
    /// Whether it divides the head from the rest.
    pub delimiter: bool,
}

impl Row {
    /// Whether a pipe begins it.
    pub(crate) fn leading(&self) -> bool {
        self.pipes.first() == Some(&self.range.start)
    }

    /// Whether a pipe ends it; a pipe alone begins and ends it.
    pub(crate) fn trailing(&self) -> bool {
        self.pipes.last().is_some_and(|pipe| pipe + 1 == self.range.end)
    }

    /// The cells between pipes.
    pub(crate) fn cells(&self) -> Vec<Range<usize>> {
        let mut cells = Vec::new();
        let mut from = self.range.start;
        for (index, pipe) in self.pipes.iter().enumerate() {
            if index > 0 || !self.leading() {
                cells.push(from..*pipe);
            }
            from = pipe + 1;
        }
        if from < self.range.end {
            cells.push(from..self.range.end);
        }
        cells
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub node: usize,
    pub rows: Vec<Row>,
    /// Its first and its last line.
    pub lines: (usize, usize),
}

pub(super) fn tables(page: &Page<'_>) -> Vec<Table> {
    let mut found = Vec::new();
    for (index, _) in page.of_kind(|kind| kind == FormKind::Table) {
        let lines = page.block_lines(index);
        let mut rows = Vec::new();
        for line in lines.0..=lines.1 {
            let range = page.line_range(line);
            let start = page.containers().content(line).max(range.start);
            let text = page.get(start..range.end);
            let trimmed = text.trim();
            let start = start + (text.len() - text.trim_start().len());
            let range = start..start + trimmed.len();
            let mut pipes = Vec::new();
            let bytes = trimmed.as_bytes();
            let mut at = 0;
            while let Some(byte) = bytes.get(at) {
                match byte {
                    b'\\' => at += 1,
                    b'|' => pipes.push(start + at),
                    _ => {}
                }
                at += 1;
            }
            rows.push(Row { line, range, pipes, delimiter: line == lines.0 + 1 });
        }
        found.push(Table { node: index, rows, lines });
    }
    found
}
