//! What one commit did to files: from differing blobs to changes and exact renames.

use std::collections::BTreeMap;

use git2::Oid;

use super::tree::Difference;

/// What a commit did to a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// The file was not there before.
    Added(String),
    /// Its content changed.
    Modified(String),
    /// It is gone.
    Removed(String),
    /// It was renamed, with its content as it was.
    Renamed {
        /// The old path.
        from: String,
        /// The new path.
        to: String,
    },
}

/// The blob of an empty file: it says nothing about where a file came from.
const EMPTY: &str = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

/// Sorts out what the differences between a commit and its parent mean.
///
/// An exact rename is a path that is gone and a path that is new with the same blob. Where several
/// paths share a blob, those of the same file name belong together first; the others follow in the
/// order of their paths.
pub(super) fn changes(differences: Vec<Difference>) -> Vec<Change> {
    let mut changes = Vec::with_capacity(differences.len());
    let mut moved: BTreeMap<Oid, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for Difference { path, old, new } in differences {
        match (old, new) {
            (Some(_), Some(_)) => changes.push(Change::Modified(path)),
            (Some(blob), None) => moved.entry(blob).or_default().0.push(path),
            (None, Some(blob)) => moved.entry(blob).or_default().1.push(path),
            (None, None) => {}
        }
    }
    for (blob, (mut gone, mut come)) in moved {
        gone.sort_unstable();
        come.sort_unstable();
        if !gone.is_empty() && !come.is_empty() && blob.to_string() != EMPTY {
            pair(&mut gone, &mut come, &mut changes);
        }
        changes.extend(gone.into_iter().map(Change::Removed));
        changes.extend(come.into_iter().map(Change::Added));
    }
    changes.sort_unstable();
    changes
}

fn pair(gone: &mut Vec<String>, come: &mut Vec<String>, changes: &mut Vec<Change>) {
    let mut by_name: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in gone.drain(..).rev() {
        by_name.entry(name(&path).to_owned()).or_default().push(path);
    }
    let mut unpaired = Vec::new();
    for to in come.drain(..) {
        match by_name.get_mut(name(&to)).and_then(Vec::pop) {
            Some(from) => changes.push(Change::Renamed { from, to }),
            None => unpaired.push(to),
        }
    }
    gone.extend(by_name.into_values().flatten());
    gone.sort_unstable();
    let both = gone.len().min(unpaired.len());
    for (from, to) in gone.drain(..both).zip(unpaired.drain(..both)) {
        changes.push(Change::Renamed { from, to });
    }
    come.append(&mut unpaired);
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blob(content: u8) -> Option<Oid> {
        (content > 0).then(|| Oid::from_bytes(&[content; 20]).unwrap())
    }

    fn shown(differences: &[(&str, u8, u8)]) -> String {
        let differences = differences.iter().map(|(path, old, new)| Difference {
            path: (*path).to_owned(),
            old: blob(*old),
            new: blob(*new),
        });
        let shown: Vec<String> = changes(differences.collect())
            .into_iter()
            .map(|change| match change {
                Change::Added(path) => format!("+{path}"),
                Change::Modified(path) => format!("~{path}"),
                Change::Removed(path) => format!("-{path}"),
                Change::Renamed { from, to } => format!("{from}>{to}"),
            })
            .collect();
        shown.join(" ")
    }

    #[test]
    fn the_same_content_elsewhere_is_a_rename() {
        assert_eq!(shown(&[("a", 1, 0), ("b", 0, 1), ("c", 1, 2)]), "~c a>b");
        assert_eq!(shown(&[("a", 1, 0), ("b", 0, 2)]), "+b -a");
        // A copy leaves the old one where it was.
        assert_eq!(shown(&[("b", 0, 1)]), "+b");
    }

    #[test]
    fn of_several_those_with_the_same_name_belong_together() {
        let several = [("a/x", 1, 0), ("a/y", 1, 0), ("b/y", 0, 1), ("b/z", 0, 1), ("c/z", 0, 1)];
        assert_eq!(shown(&several), "+c/z a/x>b/z a/y>b/y");
        assert_eq!(shown(&[("a/i", 1, 0), ("b/i", 1, 0), ("c/i", 0, 1)]), "-b/i a/i>c/i");
    }

    #[test]
    fn empty_files_come_from_nowhere() {
        let empty = Oid::from_str(EMPTY).unwrap();
        let gone = Difference { path: "a".to_owned(), old: Some(empty), new: None };
        let come = Difference { path: "b".to_owned(), old: None, new: Some(empty) };
        let expected = [Change::Added("b".to_owned()), Change::Removed("a".to_owned())];
        assert_eq!(changes(vec![gone, come]), expected);
    }
}
