//! Suggestions: edits of a file become suggestions, and suggestions become edits.

use std::collections::BTreeMap;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::{PlacedThread, Thread};
use crate::base::{Applicability, Edit, EditPlan, Fix, LineIndex, SourcePath, Span, apply_edits};
use crate::review::anchor::How;
use crate::review::event::EventId;

/// An edit of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditOf {
    /// What is replaced; neither begins nor ends with white space, and is not empty.
    pub range: Range<usize>,
    /// What is to stand there.
    pub replacement: String,
}

/// What suggestions make of files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Planned {
    /// The files with what they hold now and what they will hold.
    pub files: BTreeMap<SourcePath, (Vec<u8>, Vec<u8>)>,
    /// The suggestions that are applied.
    pub applied: Vec<EventId>,
    /// Those that cannot be, and why.
    pub refused: Vec<(EventId, Refused)>,
}

/// Why a suggestion cannot be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no suggestion.
    #[error("it suggests no text")]
    NoSuggestion,
    /// It was applied, or is settled.
    #[error("it is settled")]
    Settled,
    /// Its text is nowhere to be found.
    #[error("its text is not there any more")]
    Gone,
    /// Its text is not what it was.
    #[error("the text has changed since it was made")]
    Changed,
    /// It changes the same text as another one.
    #[error("it changes the same text as another suggestion")]
    Overlaps,
    /// The text stands so already.
    #[error("the text stands so already")]
    Done,
}

/// What applying some threads makes of files. `read` gives the bytes of a file in which the threads were
/// found. Nothing is applied that was made for another text.
pub fn plan(threads: &[&PlacedThread], read: &dyn Fn(&SourcePath) -> Option<Vec<u8>>) -> Planned {
    let mut edits = EditPlan::default();
    let mut planned = Planned::default();
    for placed in threads {
        let id = placed.thread.id;
        match edit(placed, read) {
            Ok(edit) => {
                let fix = Fix {
                    title: String::new(),
                    applicability: Applicability::Suggested,
                    edits: vec![edit],
                };
                match edits.add(&fix) {
                    true => planned.applied.push(id),
                    false => planned.refused.push((id, Refused::Overlaps)),
                }
            }
            Err(why) => planned.refused.push((id, why)),
        }
    }
    for (path, edits) in edits.files() {
        let made = read(path).and_then(|before| {
            let after = apply_edits(&before, edits)?;
            Some((before, after))
        });
        if let Some(made) = made {
            planned.files.insert(path.clone(), made);
        }
    }
    planned
}

fn edit(
    placed: &PlacedThread,
    read: &dyn Fn(&SourcePath) -> Option<Vec<u8>>,
) -> Result<Edit, Refused> {
    let Thread { anchor, replacement, .. } = &placed.thread;
    let (Some(anchor), Some(replacement)) = (anchor, replacement) else {
        return Err(Refused::NoSuggestion);
    };
    if !placed.thread.is_open() {
        return Err(Refused::Settled);
    }
    let (Some(path), Some(place)) = (&placed.path, &placed.place) else {
        return Err(Refused::Gone);
    };
    let Some(range) = place.range.clone() else { return Err(Refused::Gone) };
    let bytes = read(path).ok_or(Refused::Gone)?;
    let there = bytes.get(range.clone()).ok_or(Refused::Gone)?;
    if there == replacement.as_bytes() && there != anchor.quote.exact.as_bytes() {
        return Err(Refused::Done);
    }
    let certain = matches!(place.how, How::Same | How::Moved);
    if !certain || there != anchor.quote.exact.as_bytes() {
        return Err(Refused::Changed);
    }
    Ok(Edit { span: Span::new(path.clone(), range), text: replacement.clone() })
}

/// The edits that make one text of another one, each of whole lines. Made in order, they give the other
/// text, but for white space at both its ends.
pub fn edits_of(old: &str, new: &str) -> Vec<EditOf> {
    let (a, b) = (Lines::new(old), Lines::new(new));
    let mut hunks: Vec<Hunk> = capture_diff_slices(Algorithm::Histogram, &a.texts, &b.texts)
        .into_iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| Hunk { old: op.old_range(), new: op.new_range() })
        .collect();
    // Where nothing stood, or where it would begin or end with other white space, the line before or
    // behind it, which is the same on both sides, comes in.
    let mut at = 0;
    while let Some(hunk) = hunks.get(at) {
        let before = at.checked_sub(1).and_then(|at| hunks.get(at));
        let behind = hunks.get(at + 1);
        let (from, to) = (a.text(&hunk.old), b.text(&hunk.new));
        let empty = from.trim().is_empty();
        let head = empty || leading(from) != leading(to);
        let tail = empty || trailing(from) != trailing(to);
        if head && hunk.old.start > 0 {
            match before.map_or(0, |before| before.old.end) < hunk.old.start {
                true => hunks.get_mut(at).into_iter().for_each(Hunk::take_line_before),
                false => {
                    join(&mut hunks, at - 1);
                    at -= 1;
                }
            }
        } else if tail && hunk.old.end < a.texts.len() {
            match hunk.old.end < behind.map_or(a.texts.len(), |behind| behind.old.start) {
                true => hunks.get_mut(at).into_iter().for_each(Hunk::take_line_behind),
                false => join(&mut hunks, at),
            }
        } else {
            at += 1;
        }
    }
    // Lines that came in may have come near to the next ones.
    let edits = hunks.into_iter().filter_map(|hunk| {
        let (from, to) = (a.text(&hunk.old), b.text(&hunk.new));
        let start = a.start(hunk.old.start) + leading(from).len();
        let text = from.trim();
        (!text.is_empty() && text != to.trim())
            .then(|| EditOf { range: start..start + text.len(), replacement: to.trim().to_owned() })
    });
    edits.collect()
}

/// Lines that differ.
#[derive(Debug, Clone)]
struct Hunk {
    old: Range<usize>,
    new: Range<usize>,
}

impl Hunk {
    fn take_line_before(&mut self) {
        (self.old.start, self.new.start) = (self.old.start - 1, self.new.start - 1);
    }

    fn take_line_behind(&mut self) {
        (self.old.end, self.new.end) = (self.old.end + 1, self.new.end + 1);
    }
}

/// Makes one of a hunk and the next one.
fn join(hunks: &mut Vec<Hunk>, at: usize) {
    if at + 1 < hunks.len() {
        let next = hunks.remove(at + 1);
        if let Some(hunk) = hunks.get_mut(at) {
            (hunk.old.end, hunk.new.end) = (next.old.end, next.new.end);
        }
    }
}

struct Lines<'a> {
    text: &'a str,
    index: LineIndex,
    texts: Vec<&'a str>,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Lines { text, index: LineIndex::new(text), texts: text.split_inclusive('\n').collect() }
    }

    fn start(&self, line: usize) -> usize {
        self.index.line_range(line).start
    }

    fn text(&self, lines: &Range<usize>) -> &'a str {
        let end =
            if lines.end < self.texts.len() { self.start(lines.end) } else { self.text.len() };
        self.text.get(self.start(lines.start).min(end)..end).unwrap_or_default()
    }
}

fn leading(text: &str) -> &str {
    text.get(..text.len() - text.trim_start().len()).unwrap_or_default()
}

fn trailing(text: &str) -> &str {
    text.get(text.trim_end().len()..).unwrap_or_default()
}
