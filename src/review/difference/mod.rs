//! The difference between two versions of a page, as a reader sees it: block by block and word by
//! word.
//!
//! What is compared are parsed pages, after includes and variables. What no reader sees, such as where
//! a line of the source ends or which character makes a list, is no difference; nothing on which two
//! builds of the same text differ (dates, commits) is in a parsed page at all.
//!
//! | step | where |
//! |---|---|
//! | a document becomes parts: blocks, rows, cells, lines | `normal.rs` |
//! | parts that are the same, or alike, are found | `compare.rs` |
//! | text is compared word by word | `words.rs` |
//! | what is gone here and new there has moved | `moves.rs` |
//! | changes get numbers, places, and sizes | `changes.rs` |
//!
//! [`Difference::apply`] makes the new page of the old one, and thereby shows that nothing is left
//! out. [`human`] prints a difference, [`inline_html`] and [`side_by_side_html`] show it as the page
//! itself. Text of a branch is data from a stranger: raw HTML in it is sanitized, and no id, name,
//! class, or style of it gets into a review.

mod apply;
mod changes;
mod compare;
mod edit;
mod html;
mod human;
mod moves;
mod normal;
mod part;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::ContentHash;
use crate::markdown::Document;

pub use apply::Mismatch;
pub use changes::{Change, ChangeKind, Words};
pub use edit::{ChangeId, Changed, Edit, Inner, Shell};
pub use html::{
    HtmlOptions, Note, Use, Version, Wording, inline_html, inline_html_with, parts_html,
    plain_html, side_by_side_html, side_by_side_html_with, source_html,
};
pub use human::{human, kind_name};
pub use part::{Form, Kind, Mark, Part, Run, RunKind, plain};
pub use words::Piece;

/// One version of a page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Side<'a> {
    /// The page; none where there is none, because the page is new or is gone.
    pub document: Option<&'a Document>,
    /// Where each of the document's links leads, as people read it: `guide/install.md#linux`. May be
    /// shorter, and a link without a text keeps its destination as written.
    pub targets: &'a [String],
    /// What the file behind each of the document's links holds, where it is an image whose bytes
    /// count. May be shorter.
    pub contents: &'a [Option<ContentHash>],
}

/// What has changed on a page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Difference {
    /// How many words.
    pub words: Words,
    /// A stretch was too large to be compared block by block: it is shown as deleted and inserted as
    /// a whole, and what moved out of it or into it may not be seen.
    pub coarse: bool,
    /// The changes in order.
    pub changes: Vec<Change>,
    /// What became of every block, in order.
    pub edits: Vec<Edit>,
}

/// Compares two versions of a page.
pub fn difference(old: &Side<'_>, new: &Side<'_>) -> Difference {
    difference_of(&normal::parts_of(old), &normal::parts_of(new))
}

/// Compares the parts of two versions.
pub fn difference_of(old: &[Arc<Part>], new: &[Arc<Part>]) -> Difference {
    let compare::Outcome { mut edits, coarse } = compare::compare_parts(old, new);
    moves::find_moves(&mut edits);
    let (changes, words) = changes::number(&mut edits);
    Difference { words, coarse, changes, edits }
}

/// The parts of a page that are compared: what [`Difference::apply`] takes and gives.
pub fn parts(side: &Side<'_>) -> Vec<Arc<Part>> {
    normal::parts_of(side)
}

impl Difference {
    /// Whether nothing has changed that a reader could see.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Makes the parts of the new page of those of the old one.
    ///
    /// # Errors
    /// The difference was made from another page.
    pub fn apply(&self, old: &[Arc<Part>]) -> Result<Vec<Arc<Part>>, Mismatch> {
        apply::apply(old, &self.edits)
    }
}
