//! A difference as HTML: the page itself, with what is new and what is gone in it.
//!
//! | what | how it is written |
//! |---|---|
//! | the whole | `<div class="difference inline body">`, or `sides` |
//! | a change | `<div class="change KIND" id="change-3" data-change="3" role="group" aria-label="..." tabindex="-1">`; an item, row, or term is its own element with these |
//! | a block that is new, gone, came, or went | `<div class="came">`, `gone`, `here`, `away` in it |
//! | words that are new or gone | `<ins>`, `<del>`, with a word for screen readers |
//! | words with other marks | `<span class="reformatted">` |
//! | what else differs | `<p class="change-note">` |
//! | a stretch that is the same | `<details class="unchanged">`, a block at each end of it stays open |
//! | beside each other | `<div class="pair"><div class="old">...</div><div class="new">...</div></div>` |
//!
//! Kinds are `inserted`, `deleted`, `changed`, `reformatted`, `moved-here`, and `moved-away`.
//! `themes/default/css/review.css` makes it look like proofreading.
//!
//! No id, name, class, or style of the content is written, and no address that was not asked for.
//! Marks that turn text round or cannot be seen are shown as what they are.

mod blocks;
mod lines;
mod lists;
mod notes;
mod sanitize;
mod tables;
#[cfg(test)]
mod tests;
mod text;
mod wording;

use std::sync::Arc;

use super::edit::{ChangeId, Edit};
use super::{ChangeKind, Difference, Part};
use crate::markdown;
use blocks::Writer;

pub use notes::Note;
pub use wording::Wording;

/// The old or the new version of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// The old one.
    Old,
    /// The new one.
    New,
}

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Use {
    /// A link that a reader may follow.
    Link,
    /// An image that is shown.
    Image,
}

/// How a difference is shown.
pub struct HtmlOptions<'a> {
    /// The words around it.
    pub wording: &'a Wording,
    /// The words of pages: titles of alerts and the like.
    pub words: &'a markdown::Words,
    /// Where an address of the page, as [`super::Side::targets`] or the author wrote it, is found from the
    /// review. None for a link that is shown as text, and for an image that is shown as its words.
    pub address: &'a dyn Fn(Version, Use, &str) -> Option<String>,
    /// How many bytes of HTML are written at most, about: what follows is left out, and that is said.
    pub max_bytes: usize,
}

impl std::fmt::Debug for HtmlOptions<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HtmlOptions").field("max_bytes", &self.max_bytes).finish_non_exhaustive()
    }
}

/// What a writer shows of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Both,
    Old,
    New,
}

/// The page with its changes in the text.
pub fn inline_html(difference: &Difference, options: &HtmlOptions<'_>) -> String {
    inline_html_with(difference, options, &[])
}

/// The page with its changes in the text, and with what is said about it.
pub fn inline_html_with(
    difference: &Difference,
    options: &HtmlOptions<'_>,
    notes: &[Note],
) -> String {
    let mut writer = Writer::new(difference, options, View::Both);
    writer.notes = notes;
    writer.out.push_str("<div class=\"difference inline body\">\n");
    writer.preface();
    let top = writer.out.len();
    writer.row(&difference.edits);
    writer.write_other_notes(top);
    writer.out.push_str("</div>\n");
    writer.out
}

/// The old page beside the new one.
pub fn side_by_side_html(difference: &Difference, options: &HtmlOptions<'_>) -> String {
    side_by_side_html_with(difference, options, &[])
}

/// The old page beside the new one, with what is said about it.
pub fn side_by_side_html_with(
    difference: &Difference,
    options: &HtmlOptions<'_>,
    notes: &[Note],
) -> String {
    let mut writer = Writer::new(difference, options, View::New);
    writer.notes = notes;
    writer.out.push_str("<div class=\"difference sides body\">\n");
    writer.preface();
    let top = writer.out.len();
    if !difference.is_empty() {
        writer.out.push_str("<div class=\"pair heads\"><p class=\"old\">");
        writer.word(|wording| &wording.before);
        writer.out.push_str("</p><p class=\"new\">");
        writer.word(|wording| &wording.after);
        writer.out.push_str("</p></div>\n");
    }
    sides(&mut writer, &difference.edits);
    writer.write_other_notes(top);
    writer.out.push_str("</div>\n");
    writer.out
}

/// Blocks by themselves, such as what somebody says about a page. They are as safe as a page is.
pub fn parts_html(parts: &[Arc<Part>], options: &HtmlOptions<'_>) -> String {
    let nothing = Difference::default();
    let mut writer = Writer::new(&nothing, options, View::New);
    for part in parts {
        if !writer.is_full() {
            writer.part(part, blocks::Tone::Same);
        }
    }
    writer.out
}

/// Two texts as they are written in the source, word by word.
pub fn source_html(old: &str, new: &str, options: &HtmlOptions<'_>) -> String {
    let nothing = Difference::default();
    let mut writer = Writer::new(&nothing, options, View::Both);
    writer.source_words(old, new);
    writer.out
}

/// A text with what cannot be seen in it written out.
pub fn plain_html(source: &str) -> String {
    let mut out = String::new();
    text::text(&mut out, source);
    out
}

fn sides(writer: &mut Writer<'_>, edits: &[Edit]) {
    let mut at = 0;
    while at < edits.len() {
        if writer.is_full() {
            return;
        }
        let rest = edits.get(at..).unwrap_or_default();
        let same = rest.iter().take_while(|edit| writer.is_quiet(edit)).count();
        if same > 0 {
            let run = rest.get(..same).unwrap_or_default();
            let (before, hidden, after) = blocks::fold(run, at > 0, same < rest.len());
            for edit in run.get(..before).unwrap_or_default() {
                pair(writer, std::slice::from_ref(edit), None);
            }
            if hidden > 0 {
                writer.open_fold(hidden, |wording| &wording.unchanged);
                for edit in run.get(before..before + hidden).unwrap_or_default() {
                    pair(writer, std::slice::from_ref(edit), None);
                }
                writer.out.push_str("</details>\n");
            }
            for edit in run.get(same - after..).unwrap_or_default() {
                pair(writer, std::slice::from_ref(edit), None);
            }
            at += same;
            continue;
        }
        let id = blocks::change_of(rest.first());
        // Blocks that belong to one change stand in one pair.
        let count = match id {
            None => 1,
            Some(_) => rest.iter().take_while(|edit| blocks::change_of(Some(edit)) == id).count(),
        };
        pair(writer, rest.get(..count.max(1)).unwrap_or_default(), id);
        at += count.max(1);
    }
}

fn pair(writer: &mut Writer<'_>, edits: &[Edit], id: Option<ChangeId>) {
    match id {
        Some(id) => writer.open_change("div", "pair ", id),
        None => writer.out.push_str("<div class=\"pair\">\n"),
    }
    for (view, class) in [(View::Old, "old"), (View::New, "new")] {
        writer.view = view;
        let start = writer.out.len();
        writer.out.push_str("<div class=\"");
        writer.out.push_str(class);
        writer.out.push_str("\">\n");
        let empty = writer.out.len();
        writer.inside = id;
        writer.flow_all(edits);
        writer.inside = None;
        if writer.out.len() == empty {
            writer.out.truncate(start);
            writer.out.push_str("<div class=\"");
            writer.out.push_str(class);
            writer.out.push_str(" empty\">");
        }
        writer.out.push_str("</div>\n");
    }
    writer.out.push_str("</div>\n");
}

/// The class of a kind of change.
fn class(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Inserted => "inserted",
        ChangeKind::Deleted => "deleted",
        ChangeKind::Changed => "changed",
        ChangeKind::Reformatted => "reformatted",
        ChangeKind::MovedHere => "moved-here",
        ChangeKind::MovedAway => "moved-away",
    }
}
