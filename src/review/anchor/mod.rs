//! Where a comment stands in a text, and where that is in a later version of it.
//!
//! An [`Anchor`] says so in several ways, of which some hold longer than others: the bytes of one
//! version of a file, the words with what stands around them, the headings above, and roughly how far
//! down the page. [`Tracker`] finds it in another version.
//!
//! | step | how the text is found | [`How`] |
//! |---|---|---|
//! | the file has the same bytes | by its place | `same` |
//! | its lines are the same, and one beside them is, or they stand once | by comparing lines | `moved` |
//! | its words stand once, and once before | by the words | `moved` |
//! | its words stand more often, once with the same around them | by words and context | `moved` |
//! | nearly its words stand where it stood, or nearly its words elsewhere | letter by letter | `edited` |
//! | nothing of this | | `orphan` |
//!
//! What is `same` or `moved` is what was commented on, and is shown without a word. So these are given
//! only where that is certain; whatever is likely only is `edited`, which every reader is told.

mod flat;
mod place;
mod search;
mod selection;
#[cfg(test)]
mod tests;

use std::ops::Range;

use self::flat::Flat;
use crate::base::{LineIndex, SourcePath, Span};
use crate::markdown::Document;
use crate::review::difference::{Part, Side, kind_name, parts};
use crate::review::event::{Anchor, Quote};

pub use place::{How, Place, Tracker};
pub use selection::{NoText, Selection};

/// More bytes are no place but a page.
pub const MAX_QUOTE: usize = 16 << 10;

/// So many characters of what stands before and behind a quote are kept with it.
const CONTEXT: usize = 64;

impl Anchor {
    /// Makes an anchor of some bytes of a file. `document` is the file as it is read, for the headings
    /// above and the block around.
    pub fn new(
        path: &SourcePath,
        blob: &str,
        text: &str,
        range: Range<usize>,
        document: Option<&Document>,
    ) -> Anchor {
        let flat = Flat::new(text);
        let place = flat.range(&range);
        let before = flat.before(place.start, CONTEXT).trim_start();
        let behind = flat.behind(place.end, CONTEXT).trim_end();
        Anchor {
            path: path.clone(),
            blob: blob.to_owned(),
            start: range.start,
            end: range.end,
            line: LineIndex::new(text).line(range.start) + 1,
            headings: document
                .map_or_else(Vec::new, |document| headings_above(document, path, range.start)),
            block: document
                .and_then(|document| block_of(document, path, &range))
                .unwrap_or_default()
                .to_owned(),
            quote: Quote {
                exact: text.get(range).unwrap_or_default().to_owned(),
                prefix: before.to_owned(),
                suffix: behind.to_owned(),
                times: flat.occurrences(flat.text.get(place).unwrap_or_default(), usize::MAX).len(),
            },
        }
    }
}

/// The headings above a place of a file, the first level first. A heading stands not above itself.
pub fn headings_above(document: &Document, path: &SourcePath, at: usize) -> Vec<String> {
    let mut above: Vec<(u8, &str)> = Vec::new();
    for heading in &document.headings {
        let span = document.span(&heading.range);
        if span.file != *path || span.end > at {
            continue;
        }
        while above.last().is_some_and(|(level, _)| *level >= heading.level) {
            above.pop();
        }
        above.push((heading.level, &heading.text));
    }
    above.into_iter().map(|(_, text)| text.to_owned()).collect()
}

/// What the innermost block that holds some bytes is called.
fn block_of(document: &Document, path: &SourcePath, range: &Range<usize>) -> Option<&'static str> {
    let parts = parts(&Side { document: Some(document), ..Side::default() });
    let mut found = None;
    let mut level: &[std::sync::Arc<Part>] = &parts;
    while let Some(part) =
        level.iter().find(|part| part.span.as_ref().is_some_and(|span| holds(span, path, range)))
    {
        found = Some(kind_name(part.kind));
        level = &part.parts;
    }
    found
}

fn holds(span: &Span, path: &SourcePath, range: &Range<usize>) -> bool {
    span.file == *path && span.start <= range.start && range.end <= span.end
}
