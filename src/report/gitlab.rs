//! GitLab's report of code quality, which merge requests show.

use std::io;
use std::sync::Arc;

use serde::Serialize;

use super::json::escape;
use super::spot::{Spots, with_fingerprints};
use super::{Options, Report};
use crate::base::{Diagnostic, Severity, SourcePath};

struct Gitlab<'a> {
    options: Options<'a>,
}

pub(super) fn report(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(Gitlab { options })
}

#[derive(Serialize)]
struct Issue<'a> {
    description: &'a str,
    check_name: &'a str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

impl Report for Gitlab<'_> {
    fn write(
        &self,
        diagnostics: &[Diagnostic],
        sources: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let spots = Spots::new(self.options, sources);
        let issues: Vec<Issue> = with_fingerprints(diagnostics, self.options, &spots)
            .into_iter()
            .map(|(diagnostic, fingerprint)| {
                let spot = spots.primary(diagnostic);
                let lines = spot.as_ref().map_or(Lines { begin: 1, end: 1 }, |spot| Lines {
                    begin: spot.start().line,
                    end: spot.end().line,
                });
                Issue {
                    description: &diagnostic.message,
                    check_name: &diagnostic.code,
                    fingerprint,
                    severity: match diagnostic.severity {
                        Severity::Error => "major",
                        Severity::Warning => "minor",
                        Severity::Advice => "info",
                    },
                    location: Location { path: spot.map_or_else(String::new, |s| s.path), lines },
                }
            })
            .collect();
        let json = serde_json::to_string_pretty(&issues).map_err(io::Error::from)?;
        out.write_all(escape(json).as_bytes())?;
        out.write_all(b"\n")
    }
}
