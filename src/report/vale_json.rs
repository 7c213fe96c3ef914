//! Vale's JSON: alerts by file, for tools that read its output.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use serde::Serialize;

use super::json::escape;
use super::order::compare;
use super::spot::{Spot, Spots};
use super::{Options, Report};
use crate::base::{Diagnostic, Severity, SourcePath};

struct ValeJson<'a> {
    options: Options<'a>,
}

pub(super) fn report(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(ValeJson { options })
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Alert<'a> {
    action: Action<'a>,
    span: [usize; 2],
    check: &'a str,
    description: &'a str,
    link: &'a str,
    message: &'a str,
    severity: &'static str,
    #[serde(rename = "Match")]
    found: String,
    line: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Action<'a> {
    name: &'a str,
    params: &'a [String],
}

impl Report for ValeJson<'_> {
    fn write(
        &self,
        diagnostics: &[Diagnostic],
        sources: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
        sorted.sort_by(|a, b| compare(a, b));
        let spots = Spots::new(self.options, sources);
        let mut files: BTreeMap<String, Vec<Alert>> = BTreeMap::new();
        for diagnostic in sorted {
            let spot = spots.primary(diagnostic);
            let alert = alert(diagnostic, spot.as_ref());
            let path = spot.map_or_else(String::new, |spot| spot.path);
            files.entry(path).or_default().push(alert);
        }
        let json = serde_json::to_string_pretty(&files).map_err(io::Error::from)?;
        out.write_all(escape(json).as_bytes())?;
        out.write_all(b"\n")
    }
}

fn alert<'d>(diagnostic: &'d Diagnostic, spot: Option<&Spot>) -> Alert<'d> {
    let foreign = diagnostic.foreign.as_deref();
    let (line, span) = spot.map_or((1, [1, 1]), |spot| {
        let (start, end) = (spot.start(), spot.end());
        // Both ends are in the span, which does not leave its line: where the match goes on, it
        // ends on the line break.
        let last = if end.line == start.line { end.column - 1 } else { spot.line_length() + 1 };
        (start.line, [start.column, last.max(start.column)])
    });
    Alert {
        action: Action {
            name: foreign.map_or("", |foreign| &foreign.action),
            params: foreign.map_or(&[], |foreign| &foreign.parameters),
        },
        span,
        check: &diagnostic.code,
        description: match foreign {
            Some(foreign) => &foreign.description,
            // What we have to say about problems of our own; suggestions are none of Vale's.
            None if diagnostic.code.contains('/') => diagnostic.help.as_deref().unwrap_or_default(),
            None => "",
        },
        link: diagnostic.docs.as_deref().unwrap_or_default(),
        message: &diagnostic.message,
        severity: match diagnostic.severity {
            Severity::Advice => "suggestion",
            Severity::Warning => "warning",
            Severity::Error => "error",
        },
        found: spot.map_or_else(String::new, |spot| spot.found().to_owned()),
        line,
    }
}
