//! The order of reports, and what stands below them.

use std::cmp::Reverse;

use crate::base::{Diagnostic, Severity};

/// Sorts by path and position, then the gravest first. What has no place comes before all.
/// Nothing is left to the order in which things were found.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(compare);
}

pub(super) fn compare(a: &Diagnostic, b: &Diagnostic) -> std::cmp::Ordering {
    fn file(diagnostic: &Diagnostic) -> Option<&crate::base::SourcePath> {
        diagnostic.span().map(|span| &span.file)
    }
    let place = |d: &Diagnostic| d.span().map(|span| (span.start, span.end));
    file(a)
        .cmp(&file(b))
        .then_with(|| place(a).cmp(&place(b)))
        .then_with(|| Reverse(a.severity).cmp(&Reverse(b.severity)))
        .then_with(|| a.code.cmp(&b.code))
        .then_with(|| a.message.cmp(&b.message))
        .then_with(|| a.cmp(b))
}

/// The counts of errors, warnings and advice.
pub(super) fn counts<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> [usize; 3] {
    let mut counts = [0; 3];
    for diagnostic in diagnostics {
        let slot = match diagnostic.severity {
            Severity::Error => &mut counts[0],
            Severity::Warning => &mut counts[1],
            Severity::Advice => &mut counts[2],
        };
        *slot += 1;
    }
    counts
}

/// How many there are: `2 errors, 1 warning`.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    counted(counts(diagnostics))
}

pub(super) fn counted(counts: [usize; 3]) -> String {
    let words =
        [("error", "errors"), ("warning", "warnings"), ("piece of advice", "pieces of advice")];
    let parts: Vec<String> = counts
        .iter()
        .zip(words)
        .filter(|(count, _)| **count > 0)
        .map(|(count, (one, many))| format!("{count} {}", if *count == 1 { one } else { many }))
        .collect();
    if parts.is_empty() { "no problems".to_owned() } else { parts.join(", ") }
}
