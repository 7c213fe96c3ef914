//! From byte offsets to lines and columns. Positions are kept as bytes everywhere and
//! converted here, at the edge, when somebody is to read them.

/// A place as people and editors count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in Unicode scalar values, from 1.
    pub column: usize,
}

/// Where the lines of a text begin.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<usize>,
    len: usize,
}

impl LineIndex {
    /// Indexes `text`. Lines end with `\n`; a `\r` before it belongs to the line's end.
    pub fn new(text: &str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    /// Indexes bytes that need not be UTF-8.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let starts = std::iter::once(0)
            .chain(bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(i, _)| i + 1))
            .collect();
        LineIndex { starts, len: bytes.len() }
    }

    /// The line, from 0, that holds the byte at `offset`; the last one for offsets past the end.
    pub fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The byte range of a line, from 0, with its line ending.
    pub fn line_range(&self, line: usize) -> std::ops::Range<usize> {
        let start = self.starts.get(line).copied().unwrap_or(self.len);
        let end = self.starts.get(line + 1).copied().unwrap_or(self.len);
        start..end
    }

    /// How many lines there are; a text that ends with `\n` has an empty last one.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// Line and column of the byte at `offset` in `text`, the text that was indexed. An offset
    /// inside a character counts as the character's start, one past the end as the end. A byte
    /// order mark is not counted.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line(offset);
        let before = text.get(self.line_range(line).start..offset).unwrap_or_default();
        let before = if line == 0 { before.trim_start_matches('\u{feff}') } else { before };
        Position { line: line + 1, column: before.chars().count() + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_skip_the_byte_order_mark() {
        let text = "\u{feff}äb\r\n\ncd";
        let index = LineIndex::new(text);
        let at = |offset| {
            let p = index.position(text, offset);
            (p.line, p.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (1, 1));
        assert_eq!(at(4), (1, 1), "inside `ä` is the start of `ä`");
        assert_eq!(at(5), (1, 2));
        assert_eq!(at(8), (2, 1));
        assert_eq!(at(10), (3, 2));
        assert_eq!(at(99), (3, 3));
        assert_eq!(index.lines(), 3);
        assert_eq!(&text[index.line_range(2)], "cd");
    }
}
