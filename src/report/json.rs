//! JSON for programs: one document, or a line for each diagnostic.

use std::io;
use std::sync::Arc;

use serde::Serialize;

use super::harmless::stand_in;
use super::order::{Counts, compare};
use super::text::Texts;
use super::{Options, Report};
use crate::base::{Applicability, Diagnostic, Position, SourcePath, Span};

/// The version of the document; a change of meaning raises it.
const VERSION: u32 = 1;

/// The `json` format.
pub struct Json<'a> {
    options: Options<'a>,
    /// A line for each diagnostic in place of one document.
    lines: bool,
}

pub(super) fn report(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(Json { options, lines: false })
}

pub(super) fn lines(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(Json { options, lines: true })
}

#[derive(Serialize)]
struct DocumentJson<'a> {
    version: u32,
    diagnostics: Vec<DiagnosticJson<'a>>,
    summary: SummaryJson,
}

#[derive(Serialize)]
struct SummaryJson {
    errors: usize,
    warnings: usize,
    advice: usize,
}

#[derive(Serialize)]
struct DiagnosticJson<'a> {
    code: &'a str,
    severity: &'static str,
    message: &'a str,
    /// Where the problem is; null where it has no place.
    location: Option<LocationJson>,
    /// What the label there says.
    label: Option<&'a str>,
    /// Other places that explain it.
    related: Vec<LabelJson<'a>>,
    help: Option<&'a str>,
    fix: Option<FixJson<'a>>,
    docs: Option<&'a str>,
}

#[derive(Serialize)]
struct LabelJson<'a> {
    location: LocationJson,
    label: &'a str,
}

#[derive(Serialize)]
struct LocationJson {
    file: String,
    start: PlaceJson,
    end: PlaceJson,
}

/// Lines and columns count from 1, columns in characters; null where the text is not at hand.
/// Bytes count from 0.
#[derive(Serialize)]
struct PlaceJson {
    line: Option<usize>,
    column: Option<usize>,
    byte: usize,
}

#[derive(Serialize)]
struct FixJson<'a> {
    title: &'a str,
    applicability: Applicability,
    edits: Vec<EditJson<'a>>,
}

#[derive(Serialize)]
struct EditJson<'a> {
    location: LocationJson,
    text: &'a str,
}

impl Report for Json<'_> {
    fn write(
        &self,
        diagnostics: &[Diagnostic],
        sources: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
        sorted.sort_by(|a, b| compare(a, b));
        let texts = Texts::new(sources);
        if self.lines {
            for diagnostic in sorted {
                let json = serde_json::to_string(&self.diagnostic(diagnostic, &texts));
                writeln!(out, "{}", escape(json.map_err(io::Error::from)?))?;
            }
            return Ok(());
        }
        let Counts { errors, warnings, advice } = Counts::of(diagnostics);
        let document = DocumentJson {
            version: VERSION,
            diagnostics: sorted.into_iter().map(|d| self.diagnostic(d, &texts)).collect(),
            summary: SummaryJson { errors, warnings, advice },
        };
        let json = serde_json::to_string_pretty(&document).map_err(io::Error::from)?;
        out.write_all(escape(json).as_bytes())?;
        out.write_all(b"\n")
    }
}

impl Json<'_> {
    fn diagnostic<'d>(&self, d: &'d Diagnostic, texts: &Texts<'_>) -> DiagnosticJson<'d> {
        let first = d.labels.first();
        DiagnosticJson {
            code: &d.code,
            severity: d.severity.word(),
            message: &d.message,
            location: first.map(|label| self.location(&label.span, texts)),
            label: first.map(|label| label.text.as_str()).filter(|text| !text.is_empty()),
            related: d
                .labels
                .iter()
                .skip(1)
                .map(|label| LabelJson {
                    location: self.location(&label.span, texts),
                    label: &label.text,
                })
                .collect(),
            help: d.help.as_deref(),
            fix: d.fix.as_ref().map(|fix| FixJson {
                title: &fix.title,
                applicability: fix.applicability,
                edits: fix
                    .edits
                    .iter()
                    .map(|edit| EditJson {
                        location: self.location(&edit.span, texts),
                        text: &edit.text,
                    })
                    .collect(),
            }),
            docs: d.docs.as_deref(),
        }
    }

    fn location(&self, span: &Span, texts: &Texts<'_>) -> LocationJson {
        let text = texts.get(&span.file);
        let place = |position: Option<Position>, byte| PlaceJson {
            line: position.map(|p| p.line),
            column: position.map(|p| p.column),
            byte,
        };
        let start = text.as_ref().map(|text| text.position(span.start));
        let end = text.as_ref().map(|text| text.position_after(span.end.max(span.start)));
        LocationJson {
            file: (self.options.display)(&span.file),
            start: place(start, span.start),
            end: place(end, span.end),
        }
    }
}

/// JSON may hold any character but the C0 controls; escaped, the rest of those that a terminal
/// obeys does no harm either, should somebody look at it there. They can stand in strings only.
pub fn escape(json: String) -> String {
    let is_harmful = |c: char| c != '\n' && stand_in(c).is_some();
    if !json.contains(is_harmful) {
        return json;
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_harmful(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}
