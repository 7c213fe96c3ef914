//! JUnit's XML: a test suite for each file, a failed test for each finding.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::order::compare;
use super::spot::Spots;
use super::{Options, Report, xml};
use crate::base::{Diagnostic, SourcePath};

struct Junit<'a> {
    options: Options<'a>,
}

pub(super) fn report(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(Junit { options })
}

impl Report for Junit<'_> {
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
        for diagnostic in &sorted {
            let spot = spots.primary(diagnostic);
            let (path, place) = match &spot {
                Some(spot) => {
                    let start = spot.start();
                    (spot.path.clone(), format!("{}:{}", start.line, start.column))
                }
                None => ("copydesk".to_owned(), "1:1".to_owned()),
            };
            let name = format!("{} {place}", diagnostic.code);
            let mut body = format!("{path}:{place}: {}", diagnostic.message);
            if let Some(help) = &diagnostic.help {
                body.push('\n');
                body.push_str(help);
            }
            let case = format!(
                "    <testcase name=\"{}\" classname=\"{}\">\n      <failure type=\"{}\" \
                 message=\"{}\">{}</failure>\n    </testcase>\n",
                xml::text(&name),
                xml::text(&path),
                diagnostic.severity.word(),
                xml::text(&diagnostic.message),
                xml::text(&body),
            );
            files.entry(path).or_default().push(case);
        }
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        let count = sorted.len();
        // Consumers take a report without tests for a failure of the run.
        let tests = count.max(1);
        writeln!(out, "<testsuites name=\"copydesk\" tests=\"{tests}\" failures=\"{count}\">")?;
        if files.is_empty() {
            writeln!(out, "  <testsuite name=\"copydesk\" tests=\"1\" failures=\"0\">")?;
            writeln!(out, "    <testcase name=\"no findings\" classname=\"copydesk\"/>")?;
            writeln!(out, "  </testsuite>")?;
        }
        for (path, cases) in files {
            let (path, count) = (xml::text(&path), cases.len());
            writeln!(out, "  <testsuite name=\"{path}\" tests=\"{count}\" failures=\"{count}\">")?;
            out.write_all(cases.concat().as_bytes())?;
            writeln!(out, "  </testsuite>")?;
        }
        writeln!(out, "</testsuites>")
    }
}
