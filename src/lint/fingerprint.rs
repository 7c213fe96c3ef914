//! What makes two findings the same one in two states of a site: of a branch and of what it began
//! with, or of today and of the day on which a baseline was written.
//!
//! A finding is told by its code, its file, the headings over it, and the text of its block with the
//! place marked in it. Line numbers do not count, nor where lines break, so that findings stay what
//! they are while text around them comes and goes. Findings are compared as multisets, because one
//! block can hold several that are alike. What is left on both sides is compared once more without
//! file and headings: a text that moved takes its findings along.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::blocks::{Blocks, Place};
use crate::base::{ContentHash, Diagnostic, SourcePath};
use crate::memo::Fingerprint;

/// What tells a finding from others: halves of blake3 hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FindingKey {
    /// Of code, file, headings, and block.
    pub exact: u128,
    /// Of code and block alone. None for a finding that has no text to move with: one about the
    /// file as a whole, or one without a place.
    pub moved: Option<u128>,
}

impl FindingKey {
    /// As 32 hexadecimal digits, for reports.
    pub fn digits(&self) -> String {
        format!("{:032x}", self.exact)
    }
}

/// The keys of findings in one file, in the order of the findings. `bytes` is the content of the
/// file, none where it cannot be had; `path` is what the file is called, which may be another name
/// than it has in the findings, where it was renamed since.
pub fn finding_keys(
    path: &SourcePath,
    bytes: Option<&[u8]>,
    findings: &[&Diagnostic],
) -> Vec<FindingKey> {
    let blocks = Blocks::of(path, bytes.unwrap_or_default());
    let key = |finding: &&Diagnostic| match finding.span() {
        Some(span) => placed(path, &finding.code, &blocks.place(span.range())),
        None => FindingKey {
            exact: hash("finding without a place", &finding.code, [finding.message.as_str()]),
            moved: None,
        },
    };
    findings.iter().map(key).collect()
}

fn placed(path: &SourcePath, code: &str, place: &Place) -> FindingKey {
    let block = place.block.as_deref();
    let parts = std::iter::once(path.as_str())
        .chain(place.headings.iter().copied())
        .chain(std::iter::once(block.unwrap_or_default()));
    FindingKey {
        exact: hash("finding", code, parts),
        moved: block.map(|block| hash("finding that moves", code, [block])),
    }
}

/// Part of the format of baseline files: what is hashed here must stay as it is.
fn hash<'a>(purpose: &str, code: &str, parts: impl IntoIterator<Item = &'a str>) -> u128 {
    let mut fingerprint = Fingerprint::new(purpose);
    fingerprint.text(code);
    for part in parts {
        fingerprint.text(part);
    }
    half(&fingerprint.finish())
}

fn half(hash: &ContentHash) -> u128 {
    hash.as_bytes().iter().take(16).fold(0, |all, byte| (all << 8) | u128::from(*byte))
}

/// What is on one side alone, as positions in the lists that were compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyChanges {
    /// Findings that were not there before.
    pub come: Vec<usize>,
    /// Findings that are not there any more.
    pub gone: Vec<usize>,
}

/// Compares findings as multisets: those that are the same, then those whose text moved.
pub fn compare_keys(before: &[FindingKey], after: &[FindingKey]) -> KeyChanges {
    let mut changes =
        KeyChanges { come: (0..after.len()).collect(), gone: (0..before.len()).collect() };
    pair(before, after, &mut changes, |key| Some(key.exact));
    pair(before, after, &mut changes, |key| key.moved);
    changes
}

/// Takes pairs of the same finding out of what is left on both sides, the first ones first.
fn pair(
    before: &[FindingKey],
    after: &[FindingKey],
    left: &mut KeyChanges,
    part: impl Fn(&FindingKey) -> Option<u128>,
) {
    let of = |keys: &[FindingKey], at: usize| keys.get(at).and_then(&part);
    let mut counts: HashMap<u128, usize> = HashMap::new();
    for key in left.gone.iter().filter_map(|at| of(before, *at)) {
        *counts.entry(key).or_default() += 1;
    }
    let mut paired: HashMap<u128, usize> = HashMap::new();
    left.come.retain(|at| {
        let Some(key) = of(after, *at) else { return true };
        match counts.get_mut(&key).filter(|count| **count > 0) {
            Some(count) => {
                *count -= 1;
                *paired.entry(key).or_default() += 1;
                false
            }
            None => true,
        }
    });
    left.gone.retain(|at| {
        let count = of(before, *at).and_then(|key| paired.get_mut(&key));
        match count.filter(|count| **count > 0) {
            Some(count) => {
                *count -= 1;
                false
            }
            None => true,
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Label, Severity, Span};

    fn path(text: &str) -> SourcePath {
        SourcePath::new(text).unwrap()
    }

    /// A finding at each `pump`, and one about a file that holds no `#`.
    fn keys(file: &str, text: &str) -> Vec<FindingKey> {
        let finding = |code: &'static str, span: std::ops::Range<usize>| Diagnostic {
            labels: vec![Label { span: Span::new(path("x.md"), span), text: String::new() }],
            code: code.into(),
            severity: Severity::Warning,
            message: "m".to_owned(),
            help: None,
            fix: None,
            docs: None,
            foreign: None,
        };
        let mut found: Vec<Diagnostic> =
            text.match_indices("pump").map(|(at, _)| finding("a/pump", at..at + 4)).collect();
        if !text.contains('#') {
            found.push(finding("a/title", 0..0));
        }
        let found: Vec<&Diagnostic> = found.iter().collect();
        finding_keys(&path(file), Some(text.as_bytes()), &found)
    }

    fn counts(before: &[(&str, &str)], after: &[(&str, &str)]) -> (usize, usize) {
        let all = |files: &[(&str, &str)]| -> Vec<FindingKey> {
            files.iter().flat_map(|(file, text)| keys(file, text)).collect()
        };
        let changes = compare_keys(&all(before), &all(after));
        (changes.come.len(), changes.gone.len())
    }

    #[test]
    fn text_around_a_finding_does_not_count() {
        let before = "# A\n\nThe pump\nis a pump.\n\n## B\n\n1. x\n2. a pump\n\n> the\n> pump\n";
        let same = [
            // Other blocks.
            "# A\n\nNew.\n\nThe pump\nis a pump.\n\n## B\n\n1. w\n1. x\n3. a pump\n\n> the\n> pump\n",
            // Lines that break elsewhere, and other ends of lines.
            "# A\n\nThe\npump is a\npump.\n\n## B\n\n* x\n* a\n  pump\n\n> the pump\n",
            "# A\r\n\r\nThe pump\r\nis a pump.\r\n\r\n## B\r\n\r\n1. x\r\n2. a pump\r\n\r\n> the\r\n> pump\r\n",
        ];
        for after in same {
            assert_eq!(counts(&[("a.md", before)], &[("a.md", after)]), (0, 0), "{after}");
        }
        // The place in the block counts, and so does the block.
        assert_eq!(counts(&[("a.md", "# pump a pump")], &[("a.md", "# a pump")]), (1, 2));
        assert_eq!(
            counts(&[("a.md", "# A\n\na pump\n")], &[("a.md", "# A\n\nthe pump\n")]),
            (1, 1)
        );
    }

    #[test]
    fn repeated_findings_are_counted() {
        let (one, two) = ("# A\n\n- a pump\n", "# A\n\n- a pump\n- a pump\n");
        assert_eq!(counts(&[("a.md", one)], &[("a.md", two)]), (1, 0));
        assert_eq!(counts(&[("a.md", two)], &[("a.md", one)]), (0, 1));
        assert_eq!(counts(&[("a.md", two)], &[("a.md", two)]), (0, 0));
        // Of text that is alike, no more goes along than was there.
        assert_eq!(counts(&[("a.md", one)], &[("a.md", two), ("b.md", one)]), (2, 0));
    }

    #[test]
    fn text_that_moves_takes_its_findings_along() {
        let before = "# A\n\na pump\n\n# B\n";
        assert_eq!(counts(&[("a.md", before)], &[("a.md", "# A\n\n# B\n\na pump\n")]), (0, 0));
        assert_eq!(counts(&[("a.md", before)], &[("b.md", "# C\n\na pump\n")]), (0, 0));
        assert_eq!(counts(&[("a.md", "## A pump\n")], &[("a.md", "### A pump\n")]), (0, 0));
        // The same finding stays where it was before another one takes it for moved.
        let twice = [("a.md", before), ("b.md", "# C\n\na pump\n")];
        assert_eq!(counts(&[("a.md", before)], &twice), (1, 0));
        // What is said of a file does not move to another one.
        assert_eq!(counts(&[("a.md", "x\n")], &[("b.md", "x\n")]), (1, 1));
    }

    #[test]
    fn a_line_is_the_block_where_lines_do_not_flow() {
        let code = |line: &str| format!("# A\n\n```\nx\nthe pump\n{line}\n```\n");
        assert_eq!(counts(&[("a.md", &code("y"))], &[("a.md", &code("z"))]), (0, 0));
        let table = |row: &str| format!("# A\n\n| a |\n|---|\n| pump |\n| {row} |\n");
        assert_eq!(counts(&[("a.md", &table("y"))], &[("a.md", &table("z"))]), (0, 0));
        let matter = |line: &str| format!("---\ntitle: pump\nx: {line}\n---\n# A\n");
        assert_eq!(counts(&[("a.md", &matter("y"))], &[("a.md", &matter("z"))]), (0, 0));
    }
}
