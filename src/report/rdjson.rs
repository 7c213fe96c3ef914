//! reviewdog's diagnostic format, as one document or a line for each. Columns are bytes of UTF-8
//! from 1, and an end is exclusive.

use std::io;
use std::sync::Arc;

use serde::Serialize;

use super::json::escape;
use super::order::compare;
use super::spot::{At, Spot, Spots};
use super::{Options, Report};
use crate::base::{Diagnostic, Severity, SourcePath};

struct Rdjson<'a> {
    options: Options<'a>,
    lines: bool,
}

pub(super) fn report(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(Rdjson { options, lines: false })
}

pub(super) fn lines(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(Rdjson { options, lines: true })
}

#[derive(Serialize)]
struct Document<'a> {
    source: Source,
    diagnostics: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Finding<'a> {
    message: String,
    location: Location,
    severity: &'static str,
    source: Source,
    code: Code<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggestions: Vec<Suggestion<'a>>,
}

#[derive(Serialize)]
struct Location {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Code<'a> {
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Suggestion<'a> {
    range: Range,
    text: &'a str,
}

const SOURCE: Source = Source { name: "copydesk" };

fn range(spot: &Spot) -> Range {
    let position = |at: At| Position { line: at.line, column: at.column };
    let (start, end) = spot.bytes();
    Range { start: position(start), end: position(end) }
}

fn finding<'d>(diagnostic: &'d Diagnostic, spots: &Spots) -> Finding<'d> {
    let spot = spots.primary(diagnostic);
    let mut message = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        message.push('\n');
        message.push_str(help);
    }
    // A suggestion is for one place; a change in several files is none.
    let file = diagnostic.span().map(|span| &span.file);
    let suggestions = diagnostic.fix.iter().flat_map(|fix| match fix.edits.as_slice() {
        [edit] if Some(&edit.span.file) == file => {
            Some(Suggestion { range: range(&spots.of(&edit.span)), text: &edit.text })
        }
        _ => None,
    });
    Finding {
        message,
        location: Location {
            path: spot.as_ref().map_or_else(String::new, |spot| spot.path.clone()),
            range: spot.as_ref().map(range),
        },
        severity: match diagnostic.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Advice => "INFO",
        },
        source: SOURCE,
        code: Code { value: &diagnostic.code, url: diagnostic.docs.as_deref() },
        suggestions: suggestions.collect(),
    }
}

impl Report for Rdjson<'_> {
    fn write(
        &self,
        diagnostics: &[Diagnostic],
        sources: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
        sorted.sort_by(|a, b| compare(a, b));
        let spots = Spots::new(self.options, sources);
        if self.lines {
            for diagnostic in sorted {
                let json = serde_json::to_string(&finding(diagnostic, &spots));
                writeln!(out, "{}", escape(json.map_err(io::Error::from)?))?;
            }
            return Ok(());
        }
        let diagnostics =
            sorted.into_iter().map(|diagnostic| finding(diagnostic, &spots)).collect();
        let document = Document { source: SOURCE, diagnostics };
        let json = serde_json::to_string_pretty(&document).map_err(io::Error::from)?;
        writeln!(out, "{}", escape(json))
    }
}
