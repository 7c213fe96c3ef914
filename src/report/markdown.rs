//! A table in Markdown, for comments and summaries of CI jobs.

use std::cmp::Reverse;
use std::io;
use std::sync::Arc;

use super::harmless::short;
use super::order::{Counts, compare};
use super::spot::Spots;
use super::{Options, Report};
use crate::base::{Diagnostic, SourcePath};

/// Rows that are shown; a job's summary must stay below a megabyte.
const MAX_ROWS: usize = 1000;
/// Characters of a cell.
const MAX_CELL: usize = 300;

struct Markdown<'a> {
    options: Options<'a>,
}

pub(super) fn report(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(Markdown { options })
}

impl Report for Markdown<'_> {
    fn write(
        &self,
        diagnostics: &[Diagnostic],
        sources: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
        sorted.sort_by(|a, b| {
            Reverse(a.severity).cmp(&Reverse(b.severity)).then_with(|| compare(a, b))
        });
        let spots = Spots::new(self.options, sources);
        writeln!(out, "**{}**", Counts::of(sorted.iter().copied()))?;
        if sorted.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n| Severity | Place | Rule | Message |\n|---|---|---|---|")?;
        for diagnostic in sorted.iter().take(MAX_ROWS) {
            let place = spots.primary(diagnostic).map_or_else(String::new, |spot| {
                let start = spot.start();
                format!("{}:{}:{}", spot.path, start.line, start.column)
            });
            let rule = match &diagnostic.docs {
                Some(docs) if is_address(docs) => format!("[{}]({docs})", cell(&diagnostic.code)),
                _ => cell(&diagnostic.code),
            };
            let (severity, place) = (diagnostic.severity.word(), cell(&place));
            writeln!(out, "| {severity} | {place} | {rule} | {} |", cell(&diagnostic.message))?;
        }
        if sorted.len() > MAX_ROWS {
            writeln!(out, "\n… and {} more", sorted.len() - MAX_ROWS)?;
        }
        Ok(())
    }
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://")
        && !text.contains(|c: char| c.is_whitespace() || "()<>|".contains(c))
}

/// Text that stays text in a cell, but for code in backticks.
fn cell(text: &str) -> String {
    let text = short(text, MAX_CELL);
    let mut out = String::with_capacity(text.len() + 8);
    // An odd backtick would open code that never ends.
    let code = text.matches('`').count().is_multiple_of(2);
    let mut inside = false;
    for c in text.chars() {
        match c {
            '`' if code => {
                inside = !inside;
                out.push('`');
            }
            '|' => out.push_str("\\|"),
            '\n' => out.push(' '),
            '`' | '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '~' | '@' if !inside => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}
