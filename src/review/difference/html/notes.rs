//! What is said about places of the new page, beside the blocks that it is about.

use super::View;
use super::blocks::{Tone, Writer};
use super::text::text;
use crate::base::{SourcePath, Span};
use crate::review::difference::edit::Edit;

/// Something that is said about a place of the new page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The file.
    pub file: SourcePath,
    /// Where it begins.
    pub at: usize,
    /// What stands below the block that holds the place, as HTML that is safe.
    pub html: String,
}

impl Note {
    fn is_in(&self, span: &Span) -> bool {
        self.file == span.file && span.start <= self.at && self.at < span.end.max(span.start + 1)
    }
}

/// Where a block stands in the new page.
fn span_of(edit: &Edit) -> Option<&Span> {
    match edit {
        Edit::Equal { block } | Edit::Inserted { block, .. } => block.span.as_ref(),
        Edit::Changed(changed) => changed.new.span.as_ref(),
        Edit::MovedHere { edit, .. } => span_of(edit),
        Edit::Wrapped { block, .. } => block.span.as_ref(),
        Edit::Deleted { .. } | Edit::MovedAway { .. } | Edit::Unwrapped { .. } => None,
    }
}

impl Writer<'_> {
    /// Whether a block is the same and nothing is said about it, so that it can be folded.
    pub(super) fn is_quiet(&self, edit: &Edit) -> bool {
        let said = || {
            span_of(edit).is_some_and(|span| {
                let notes = self.notes.iter().enumerate();
                notes.into_iter().any(|(at, note)| note.is_in(span) && !self.noted.contains(&at))
            })
        };
        matches!(edit, Edit::Equal { .. }) && !said()
    }

    /// What is said about a block that was just written, and has not been written yet.
    pub(super) fn write_notes(&mut self, edit: &Edit) {
        let (Some(span), false) = (span_of(edit), self.view == View::Old) else { return };
        for (at, note) in self.notes.iter().enumerate() {
            if note.is_in(span) && self.noted.insert(at) {
                self.out.push_str(&note.html);
            }
        }
    }

    /// What was not said, as it stands in no block, at a place further up.
    pub(super) fn write_other_notes(&mut self, place: usize) {
        let mut html = String::new();
        for (at, note) in self.notes.iter().enumerate() {
            if self.noted.insert(at) {
                html.push_str(&note.html);
            }
        }
        self.out.insert_str(place.min(self.out.len()), &html);
    }

    /// One text as another one, word by word, as it is written in the source.
    pub(super) fn source_words(&mut self, old: &str, new: &str) {
        let diff = similar::TextDiff::from_words(old, new);
        // Words of one kind that stand in a row are told as one.
        let mut pieces: Vec<(Tone, String)> = Vec::new();
        for change in diff.iter_all_changes() {
            let tone = match change.tag() {
                similar::ChangeTag::Equal => Tone::Same,
                similar::ChangeTag::Insert => Tone::Came,
                similar::ChangeTag::Delete => Tone::Gone,
            };
            match pieces.last_mut() {
                Some((last, text)) if *last == tone => text.push_str(change.value()),
                _ => pieces.push((tone, change.value().to_owned())),
            }
        }
        for (tone, words) in pieces {
            let (start, end) = match tone {
                Tone::Came => ("<ins>", "</ins>"),
                Tone::Gone => ("<del>", "</del>"),
                Tone::Same | Tone::Moved => ("", ""),
            };
            self.out.push_str(start);
            if tone == Tone::Came || tone == Tone::Gone {
                self.out.push_str("<span class=\"visually-hidden\">");
                match tone {
                    Tone::Came => self.word(|wording| &wording.inserted),
                    _ => self.word(|wording| &wording.deleted),
                }
                self.out.push_str(": </span>");
            }
            text(&mut self.out, &words);
            self.out.push_str(end);
        }
    }
}
