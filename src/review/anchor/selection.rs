//! What somebody points at: `FILE`, `FILE:LINE`, `FILE:LINE-LINE`, `FILE:LINE:COLUMN-COLUMN`.

use std::fmt;
use std::ops::Range;

use super::MAX_QUOTE;
use super::flat::is_space;
use crate::base::LineIndex;

/// A stretch of a file as people name it. All numbers count from 1, and the last one is meant too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The file as it was written.
    pub file: String,
    /// The lines; none for the file as a whole.
    pub lines: Option<(usize, usize)>,
    /// The characters of the one line; none for the whole line.
    pub columns: Option<(usize, usize)>,
}

impl Selection {
    /// Reads what was written. What is no number of a line belongs to the name of the file.
    pub fn new(text: &str) -> Selection {
        let whole = |file: &str| Selection { file: file.to_owned(), lines: None, columns: None };
        let Some((before, last)) = text.rsplit_once(':') else { return whole(text) };
        if let Some((file, line)) = before.rsplit_once(':')
            && let (Some(columns), Some(line)) = (range(last), number(line))
            && last.contains('-')
        {
            let lines = Some((line, line));
            return Selection { file: file.to_owned(), lines, columns: Some(columns) };
        }
        match range(last) {
            Some(lines) => Selection { file: before.to_owned(), lines: Some(lines), columns: None },
            None => whole(text),
        }
    }

    /// The bytes that are meant, without white space at their ends; none for the file as a whole.
    ///
    /// # Errors
    /// There is no text there, or too much of it.
    pub fn bytes(&self, text: &str) -> Result<Option<Range<usize>>, NoText> {
        let Some((first, last)) = self.lines else { return Ok(None) };
        let index = LineIndex::new(text);
        let lines = match text.ends_with('\n') {
            true => index.lines() - 1,
            false => index.lines(),
        };
        if first == 0 || last < first || last > lines {
            return Err(NoText::Line { line: last.max(first), lines });
        }
        let mut range =
            index.line_range(first - 1).start..index.line_range(last - 1).end.min(text.len());
        if let Some((from, to)) = self.columns {
            let line = text.get(range.clone()).unwrap_or_default();
            let line = line.trim_end_matches(['\n', '\r']);
            let skipped = if line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            let line = line.get(skipped..).unwrap_or_default();
            let length = line.chars().count();
            if from == 0 || to < from || to > length {
                return Err(NoText::Columns { line: first, length });
            }
            let at =
                |column: usize| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
            let start = range.start + skipped;
            range = start + at(from - 1)..start + at(to);
        }
        let chosen = text.get(range.clone()).unwrap_or_default();
        let start = range.start + chosen.len() - chosen.trim_start_matches(is_space).len();
        let end = range.end - (chosen.len() - chosen.trim_end_matches(is_space).len());
        if start >= end {
            return Err(NoText::Empty { line: first });
        }
        if end - start > MAX_QUOTE {
            return Err(NoText::TooLong { bytes: end - start });
        }
        Ok(Some(start..end))
    }
}

fn number(text: &str) -> Option<usize> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// `7` or `7-9`.
fn range(text: &str) -> Option<(usize, usize)> {
    match text.split_once('-') {
        Some((first, last)) => Some((number(first)?, number(last)?)),
        None => number(text).map(|number| (number, number)),
    }
}

/// Why nothing can be pointed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoText {
    /// The file has no such line.
    Line {
        /// The line that was asked for.
        line: usize,
        /// How many there are.
        lines: usize,
    },
    /// The line has no such characters.
    Columns {
        /// The line.
        line: usize,
        /// How many characters it has.
        length: usize,
    },
    /// There is only white space.
    Empty {
        /// The line.
        line: usize,
    },
    /// There is more than a comment can be about.
    TooLong {
        /// How much.
        bytes: usize,
    },
}

impl std::error::Error for NoText {}

impl fmt::Display for NoText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoText::Line { line, lines: 1 } => write!(f, "there is no line {line}, only one line"),
            NoText::Line { line, lines } => {
                write!(f, "there is no line {line}, only {lines} lines")
            }
            NoText::Columns { line, length } => {
                write!(f, "line {line} has {length} characters, and none where you point")
            }
            NoText::Empty { line } => write!(f, "line {line} has no text where you point"),
            NoText::TooLong { bytes } => {
                write!(f, "{bytes} bytes are too many for one place; {MAX_QUOTE} are the most")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_from_behind() {
        let read = |text| {
            let Selection { file, lines, columns } = Selection::new(text);
            (file, lines, columns)
        };
        let named = |file: &str, lines, columns| (file.to_owned(), lines, columns);
        assert_eq!(read("a.md"), named("a.md", None, None));
        assert_eq!(read("a.md:7"), named("a.md", Some((7, 7)), None));
        assert_eq!(read("a.md:7-9"), named("a.md", Some((7, 9)), None));
        assert_eq!(read("a.md:7:1-4"), named("a.md", Some((7, 7)), Some((1, 4))));
        assert_eq!(read("a:b.md:7"), named("a:b.md", Some((7, 7)), None));
        assert_eq!(read("a:b.md"), named("a:b.md", None, None));
        assert_eq!(read("a.md:+7"), named("a.md:+7", None, None));
        assert_eq!(read("a.md:7:x"), named("a.md:7:x", None, None));
    }

    #[test]
    fn bytes_are_those_of_the_text() {
        let text = "\u{feff}# Ä pump\r\n\r\n  two words  \nlast";
        let bytes = |place: &str| {
            Selection::new(place).bytes(text).map(|range| range.map(|range| &text[range]))
        };
        assert_eq!(bytes("a"), Ok(None));
        assert_eq!(bytes("a:1"), Ok(Some("# Ä pump")));
        assert_eq!(bytes("a:1:3-3"), Ok(Some("Ä")));
        assert_eq!(bytes("a:1:5-8"), Ok(Some("pump")));
        assert_eq!(bytes("a:3"), Ok(Some("two words")));
        assert_eq!(bytes("a:3-4"), Ok(Some("two words  \nlast")));
        assert_eq!(bytes("a:4"), Ok(Some("last")));
        assert_eq!(bytes("a:2"), Err(NoText::Empty { line: 2 }));
        assert_eq!(bytes("a:5"), Err(NoText::Line { line: 5, lines: 4 }));
        assert_eq!(bytes("a:0"), Err(NoText::Line { line: 0, lines: 4 }));
        assert_eq!(bytes("a:4:2-9"), Err(NoText::Columns { line: 4, length: 4 }));
        assert_eq!(bytes("a:3:1-2"), Err(NoText::Empty { line: 3 }));
    }
}
