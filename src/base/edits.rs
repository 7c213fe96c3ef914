//! Edits on bytes: which of many can be made together, and what they make of a file.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Edit, Fix, SourcePath};

/// The edits of fixes that can be made together, by file and in order of position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditPlan {
    files: BTreeMap<SourcePath, Vec<Edit>>,
}

impl EditPlan {
    /// Takes a fix in as a whole where none of its edits touches what is planned already, and says
    /// whether it did. A fix that is planned already is taken in without any change.
    pub fn add(&mut self, fix: &Fix) -> bool {
        let planned =
            |edit: &Edit| self.files.get(&edit.span.file).is_some_and(|edits| edits.contains(edit));
        let fits = |edit: &Edit| {
            let others = self.files.get(&edit.span.file).map(Vec::as_slice).unwrap_or_default();
            others.iter().all(|other| !conflict(&edit.span.range(), &other.span.range()))
        };
        if fix.edits.iter().all(planned) {
            return true;
        }
        let within = fix.edits.iter().enumerate().all(|(index, edit)| {
            fix.edits.iter().skip(index + 1).all(|other| {
                other.span.file != edit.span.file
                    || !conflict(&edit.span.range(), &other.span.range())
            })
        });
        if !within || !fix.edits.iter().all(fits) {
            return false;
        }
        for edit in &fix.edits {
            let edits = self.files.entry(edit.span.file.clone()).or_default();
            let at = edits.partition_point(|other| other.span.start < edit.span.start);
            edits.insert(at, edit.clone());
        }
        true
    }

    /// The files with their edits.
    pub fn files(&self) -> impl Iterator<Item = (&SourcePath, &[Edit])> {
        self.files.iter().map(|(path, edits)| (path, edits.as_slice()))
    }

    /// Whether nothing is planned.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// Whether two edits cannot be made together: they overlap, or one inserts where the other one
/// begins or ends, so that the order of their texts would be a guess.
fn conflict(a: &Range<usize>, b: &Range<usize>) -> bool {
    if a.is_empty() || b.is_empty() {
        a.start <= b.end && b.start <= a.end
    } else {
        a.start < b.end && b.start < a.end
    }
}

/// The bytes with edits made that stand in order and do not overlap; none where they do, or lie
/// beyond the end.
pub fn apply_edits(bytes: &[u8], edits: &[Edit]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for edit in edits {
        out.extend_from_slice(bytes.get(at..edit.span.start)?);
        out.extend_from_slice(edit.text.as_bytes());
        at = edit.span.end.max(edit.span.start);
    }
    out.extend_from_slice(bytes.get(at..)?);
    Some(out)
}

/// Where the texts of edits stand once [`apply_edits`] has made them.
pub fn edited_ranges(edits: &[Edit]) -> Vec<Range<usize>> {
    let (mut added, mut removed) = (0, 0);
    edits
        .iter()
        .map(|edit| {
            let start = edit.span.start + added - removed;
            added += edit.text.len();
            removed += edit.span.end.saturating_sub(edit.span.start);
            start..start + edit.text.len()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Applicability, Span};
    use super::*;

    fn edit(file: &str, range: Range<usize>, text: &str) -> Edit {
        Edit { span: Span::new(SourcePath::new(file).unwrap(), range), text: text.to_owned() }
    }

    fn fix(edits: &[Edit]) -> Fix {
        let edits = edits.to_vec();
        Fix { title: "x".to_owned(), applicability: Applicability::Safe, edits }
    }

    #[test]
    fn the_first_of_two_that_overlap_is_made() {
        let mut plan = EditPlan::default();
        assert!(plan.add(&fix(&[edit("a", 2..4, "X")])));
        assert!(!plan.add(&fix(&[edit("a", 3..5, "Y")])));
        assert!(!plan.add(&fix(&[edit("a", 4..4, "Y")])), "an order would be a guess");
        assert!(plan.add(&fix(&[edit("a", 2..4, "X")])), "the same again");
        assert!(plan.add(&fix(&[edit("a", 4..5, "Y"), edit("b", 0..1, "")])));
        assert!(!plan.add(&fix(&[edit("a", 6..7, ""), edit("b", 0..1, "Z")])), "all or nothing");
        assert!(!plan.add(&fix(&[edit("a", 8..9, ""), edit("a", 8..9, "Z")])), "fights itself");
        let made: Vec<_> = plan.files().map(|(_, edits)| apply_edits(b"0123456", edits)).collect();
        assert_eq!(made, [Some(b"01XY56".to_vec()), Some(b"123456".to_vec())]);
        let (_, edits) = plan.files().next().unwrap();
        assert_eq!(edited_ranges(edits), [2..3, 3..4]);
    }

    #[test]
    fn edits_beyond_the_end_are_not_made() {
        assert_eq!(apply_edits(b"ab", &[edit("a", 1..3, "")]), None);
        assert_eq!(apply_edits(b"ab", &[edit("a", 1..2, ""), edit("a", 0..1, "")]), None);
    }
}
