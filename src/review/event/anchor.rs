//! A place in the text of a file, kept so that it can be found again after edits: the terms are those
//! of the W3C's Web Annotation (`TextQuoteSelector`, `TextPositionSelector`).

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::base::SourcePath;

/// A place in the text of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The file, seen from the top of the repository.
    pub path: SourcePath,
    /// What git calls the bytes of the file that the place was chosen in: the id of the blob, in
    /// hexadecimal. The blob is kept beside the events.
    pub blob: String,
    /// The first byte of the place in these bytes.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
    /// The line that it begins in, from 1: for people, and a hint where it is looked for.
    pub line: usize,
    /// The text of the headings above it, the outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headings: Vec<String>,
    /// What kind of block it stands in, such as `paragraph` or `table`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub block: String,
    /// What is written there.
    pub quote: Quote,
}

/// What is written at a place, and around it, as it stands in the source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Quote {
    /// The text itself, byte for byte.
    pub exact: String,
    /// What stands before it, every stretch of white space one space.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// What stands behind it, likewise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suffix: String,
    /// How often the text stands in the file, whatever its white space.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub times: usize,
}

fn once() -> usize {
    1
}

fn is_once(times: &usize) -> bool {
    *times == 1
}

impl Anchor {
    /// The bytes of the place.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}
