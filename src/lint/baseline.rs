//! The baseline: findings that were there when the rules came. They are not reported, and the list
//! of them may only get shorter.
//!
//! It is a text file, so that two branches that mend different pages merge: a line for each finding,
//! sorted by file, with its key. File and rule are for people; the keys decide.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::fingerprint::{FindingKey, KeyChanges, compare_keys};

/// The first line.
const HEAD: &str = "copydesk-baseline 1";
const ABOUT: &str = "# Known findings, which `copydesk lint` does not report. Do not add lines:\n\
                     # `copydesk lint baseline` takes out those that are gone.\n";

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct BaselineEntry {
    /// The file.
    pub path: String,
    /// The rule.
    pub code: String,
    /// What tells it from others.
    pub key: FindingKey,
}

/// The findings that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: Vec<BaselineEntry>,
    /// The line of each in the text that was read.
    lines: Vec<Range<usize>>,
}

impl Baseline {
    /// A baseline of findings.
    pub fn new(mut entries: Vec<BaselineEntry>) -> Baseline {
        entries.sort();
        Baseline { entries, lines: Vec::new() }
    }

    /// Reads a file of a baseline.
    ///
    /// # Errors
    /// The number of the first line that means nothing, from 1, and why.
    pub fn read(text: &str) -> Result<Baseline, (usize, String)> {
        let mut baseline = Baseline::default();
        let mut at = 0;
        for (index, whole) in text.split_inclusive('\n').enumerate() {
            let range = at..at + whole.trim_end().len();
            at += whole.len();
            let line = whole.trim_end();
            if index == 0 {
                if line != HEAD {
                    return Err((1, format!("a baseline begins with `{HEAD}`")));
                }
                continue;
            }
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let entry = entry(line).ok_or((index + 1, "this is no entry".to_owned()))?;
            baseline.entries.push(entry);
            baseline.lines.push(range);
        }
        if at == 0 {
            return Err((1, format!("a baseline begins with `{HEAD}`")));
        }
        Ok(baseline)
    }

    /// The text of the file.
    pub fn text(&self) -> String {
        let mut out = format!("{HEAD}\n{ABOUT}");
        for BaselineEntry { path, code, key } in &self.entries {
            let moved = key.moved.map_or_else(|| "-".to_owned(), |moved| format!("{moved:032x}"));
            // Writing to a text cannot fail.
            let _ = writeln!(out, "{:032x} {moved} {code} {path}", key.exact);
        }
        out
    }

    /// The findings that are known.
    pub fn entries(&self) -> &[BaselineEntry] {
        &self.entries
    }

    /// How many findings are known.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The place of an entry in the text that was read.
    pub fn line(&self, at: usize) -> Range<usize> {
        self.lines.get(at).cloned().unwrap_or(0..0)
    }

    /// Compares with what is found: what is not known, and which entries are gone.
    pub fn compare(&self, found: &[FindingKey]) -> KeyChanges {
        let known: Vec<FindingKey> = self.entries.iter().map(|entry| entry.key).collect();
        compare_keys(&known, found)
    }

    /// The same with what is found now, and without what is gone: the keys are those of today.
    #[must_use]
    pub fn without(&self, gone: &[usize]) -> Baseline {
        let mut gone = gone.iter().peekable();
        let left = self.entries.iter().enumerate();
        let left = left.filter(|(at, _)| gone.next_if(|next| *next == at).is_none());
        Baseline::new(left.map(|(_, entry)| entry.clone()).collect())
    }

    /// The entries that an older baseline does not have.
    pub fn added_to(&self, older: &Baseline) -> Vec<usize> {
        let mut known: HashMap<FindingKey, usize> = HashMap::new();
        for entry in &older.entries {
            *known.entry(entry.key).or_default() += 1;
        }
        let added = self.entries.iter().enumerate().filter(|(_, entry)| {
            match known.get_mut(&entry.key).filter(|count| **count > 0) {
                Some(count) => {
                    *count -= 1;
                    false
                }
                None => true,
            }
        });
        added.map(|(at, _)| at).collect()
    }
}

fn entry(line: &str) -> Option<BaselineEntry> {
    let mut parts = line.splitn(4, ' ');
    let hex = |text: &str| -> Option<u128> {
        if text.len() == 32 { u128::from_str_radix(text, 16).ok() } else { None }
    };
    let exact = hex(parts.next()?)?;
    let moved = match parts.next()? {
        "-" => None,
        moved => Some(hex(moved)?),
    };
    let (code, path) = (parts.next()?.to_owned(), parts.next()?.to_owned());
    Some(BaselineEntry { path, code, key: FindingKey { exact, moved } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, exact: u128, moved: u128) -> BaselineEntry {
        let key = FindingKey { exact, moved: (moved > 0).then_some(moved) };
        BaselineEntry { path: path.to_owned(), code: "a/b".to_owned(), key }
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        let baseline = Baseline::new(vec![entry("b c.md", 7, 0), entry("a.md", 1 << 127, 5)]);
        let text = baseline.text();
        assert!(text.find("a.md") < text.find("b c.md"), "{text}");
        let read = Baseline::read(&text).unwrap();
        assert_eq!(read.entries, baseline.entries);
        assert!(text[read.line(1)].ends_with(" - a/b b c.md"));
        assert_eq!(Baseline::read(&text.replace('\n', "\r\n")).unwrap().entries, read.entries);
        assert_eq!(Baseline::read("").unwrap_err().0, 1);
        assert_eq!(Baseline::read("copydesk-baseline 1\n<<<<<<< HEAD\n").unwrap_err().0, 2);
        assert_eq!(Baseline::read("copydesk-baseline 2\n").unwrap_err().0, 1);
    }

    #[test]
    fn what_is_known_is_told_from_what_is_new_and_gone() {
        let known = Baseline::new(vec![entry("a.md", 1, 11), entry("b.md", 2, 12)]);
        let keys = [entry("c.md", 9, 12).key, entry("c.md", 3, 13).key];
        let changes = known.compare(&keys);
        assert_eq!((changes.come, changes.gone.clone()), (vec![1], vec![0]));
        assert_eq!(known.without(&changes.gone).len(), 1);
        let grown = Baseline::new(vec![entry("a.md", 1, 11), entry("a.md", 1, 11)]);
        assert_eq!(grown.added_to(&known), [1]);
        assert!(known.without(&[0]).added_to(&known).is_empty());
    }
}
