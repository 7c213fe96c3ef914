//! Commands of GitHub's workflows, which become annotations. It shows ten of each kind in a step,
//! so that the gravest come first.

use std::cmp::Reverse;
use std::io;
use std::sync::Arc;

use super::harmless::harmless;
use super::order::compare;
use super::spot::Spots;
use super::{Options, Report};
use crate::base::{Diagnostic, Severity, SourcePath};

struct Github<'a> {
    options: Options<'a>,
}

pub(super) fn report(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(Github { options })
}

impl Report for Github<'_> {
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
        for diagnostic in sorted {
            let kind = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Advice => "notice",
            };
            let mut properties = Vec::new();
            if let Some(spot) = spots.primary(diagnostic) {
                let (start, end) = (spot.start(), spot.end());
                properties.push(format!("file={}", property(&spot.path)));
                properties.push(format!("line={}", start.line));
                properties.push(format!("endLine={}", end.line));
                // Columns only count within one line.
                if start.line == end.line {
                    properties.push(format!("col={}", start.column));
                    properties.push(format!("endColumn={}", end.column));
                }
            }
            properties.push(format!("title={}", property(&diagnostic.code)));
            let mut message = diagnostic.message.clone();
            if let Some(help) = &diagnostic.help {
                message.push('\n');
                message.push_str(help);
            }
            writeln!(out, "::{kind} {}::{}", properties.join(","), data(&message))?;
        }
        Ok(())
    }
}

/// What stands behind the second `::`. The log shows colours, and whatever turns text round.
fn data(text: &str) -> String {
    let text: Vec<_> = text.split('\n').map(harmless).collect();
    text.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands in a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
