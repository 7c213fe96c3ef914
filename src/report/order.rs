//! The order of reports, and what stands below them.

use std::cmp::Reverse;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::{Diagnostic, Severity};

/// Sorts by path and position, then the gravest first. What has no place comes before all.
/// Nothing is left to the order in which things were found.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(compare);
}

/// Keeps the gravest, the first of those that are alike, in their order.
pub fn keep_gravest(diagnostics: &mut Vec<Diagnostic>, most: usize) {
    if diagnostics.len() > most {
        // Equal ones are the same in all, so that it does not matter which of them stay.
        diagnostics.select_nth_unstable_by(most, |a, b| {
            b.severity.cmp(&a.severity).then_with(|| compare(a, b))
        });
        diagnostics.truncate(most);
    }
    sort(diagnostics);
}

/// The severity below which nothing more is among so many of the gravest; none while there are
/// fewer.
pub fn least_grave(diagnostics: &[Diagnostic], most: usize) -> Option<Severity> {
    let least = diagnostics.iter().map(|diagnostic| diagnostic.severity).min();
    least.filter(|_| diagnostics.len() >= most)
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

/// How many problems there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Pieces of advice.
    pub advice: usize,
}

impl Counts {
    /// Those of some diagnostics.
    pub fn of<'a>(diagnostics: impl IntoIterator<Item = &'a Diagnostic>) -> Counts {
        let mut counts = Counts::default();
        for diagnostic in diagnostics {
            *counts.slot(diagnostic.severity) += 1;
        }
        counts
    }

    fn slot(&mut self, severity: Severity) -> &mut usize {
        match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Advice => &mut self.advice,
        }
    }

    /// How many are of a severity.
    pub fn get(mut self, severity: Severity) -> usize {
        *self.slot(severity)
    }

    /// All of them.
    pub fn total(self) -> usize {
        self.errors + self.warnings + self.advice
    }

    /// Adds others.
    pub fn add(&mut self, others: Counts) {
        self.errors += others.errors;
        self.warnings += others.warnings;
        self.advice += others.advice;
    }

    /// Those that are at least so grave.
    #[must_use]
    pub fn from(mut self, least: Severity) -> Counts {
        for severity in [Severity::Advice, Severity::Warning, Severity::Error] {
            if severity < least {
                *self.slot(severity) = 0;
            }
        }
        self
    }

    /// Those that are not among others.
    #[must_use]
    pub fn without(self, others: Counts) -> Counts {
        Counts {
            errors: self.errors.saturating_sub(others.errors),
            warnings: self.warnings.saturating_sub(others.warnings),
            advice: self.advice.saturating_sub(others.advice),
        }
    }
}

/// `2 errors, 1 warning`
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [
            (self.errors, "error", "errors"),
            (self.warnings, "warning", "warnings"),
            (self.advice, "piece of advice", "pieces of advice"),
        ];
        let parts: Vec<String> = words
            .iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many }))
            .collect();
        if parts.is_empty() { f.write_str("no problems") } else { f.write_str(&parts.join(", ")) }
    }
}

/// How many there are: `2 errors, 1 warning`.
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    Counts::of(diagnostics).to_string()
}
