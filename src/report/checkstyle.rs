//! Checkstyle's XML: errors by file.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::order::compare;
use super::spot::Spots;
use super::{Options, Report, xml};
use crate::base::{Diagnostic, Severity, SourcePath};

struct Checkstyle<'a> {
    options: Options<'a>,
}

pub(super) fn report(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(Checkstyle { options })
}

impl Report for Checkstyle<'_> {
    fn write(
        &self,
        diagnostics: &[Diagnostic],
        sources: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
        sorted.sort_by(|a, b| compare(a, b));
        let spots = Spots::new(self.options, sources);
        let mut files: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for diagnostic in sorted {
            let spot = spots.primary(diagnostic);
            let (line, column) = spot.as_ref().map_or((1, 1), |spot| {
                let start = spot.start();
                (start.line, start.column)
            });
            let severity = match diagnostic.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Advice => "info",
            };
            let error = format!(
                "    <error line=\"{line}\" column=\"{column}\" severity=\"{severity}\" \
                 message=\"{}\" source=\"copydesk.{}\"/>\n",
                xml::text(&diagnostic.message),
                xml::text(&diagnostic.code),
            );
            let path = spot.map_or_else(String::new, |spot| spot.path);
            files.entry(path).or_default().push(error);
        }
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(out, "<checkstyle version=\"4.3\">")?;
        for (path, errors) in files {
            writeln!(out, "  <file name=\"{}\">", xml::text(&path))?;
            out.write_all(errors.concat().as_bytes())?;
            writeln!(out, "  </file>")?;
        }
        writeln!(out, "</checkstyle>")
    }
}
