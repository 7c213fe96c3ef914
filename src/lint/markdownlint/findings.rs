//! Where rules put what they find.

use std::ops::Range;

use super::page::Page;

/// What was found, with places in the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The line that it is told of, from 0.
    pub line: usize,
    pub range: Range<usize>,
    pub message: String,
    pub help: Option<String>,
    pub edits: Vec<(Range<usize>, String)>,
}

/// The findings of a rule.
pub(crate) struct Findings<'a> {
    page: &'a Page<'a>,
    pub(super) found: Vec<Found>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(page: &'a Page<'a>) -> Findings<'a> {
        Findings { page, found: Vec::new() }
    }

    /// A finding of a line as a whole.
    pub(crate) fn line(&mut self, line: usize, message: impl Into<String>) {
        let range = self.page.line_range(line);
        let text = self.page.get(range.clone());
        let start = range.start + (text.len() - text.trim_start().len());
        self.push(line, start..start + text.trim().len(), message.into());
    }

    /// A finding of a place.
    pub(crate) fn at(&mut self, range: Range<usize>, message: impl Into<String>) {
        self.push(self.page.line_of(range.start), range, message.into());
    }

    fn push(&mut self, line: usize, range: Range<usize>, message: String) {
        self.found.push(Found { line, range, message, help: None, edits: Vec::new() });
    }

    /// What to do about the finding before.
    pub(crate) fn help(&mut self, help: impl Into<String>) {
        if let Some(last) = self.found.last_mut() {
            last.help = Some(help.into());
        }
    }

    /// The fix of the finding before.
    pub(crate) fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        if let Some(last) = self.found.last_mut() {
            last.edits.push((range, text.into()));
        }
    }

    /// The fix of the finding before: a line goes, with its end.
    pub(crate) fn delete_line(&mut self, line: usize) {
        let range = self.page.line_range(line);
        let range = if range.end < self.page.text.len() {
            range.start..range.end + 1
        } else {
            range.start.saturating_sub(1)..range.end
        };
        self.replace(range, "");
    }
}
