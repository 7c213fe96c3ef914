//! One line for each: `path:line:column:code:message`, as Vale and compilers print.

use std::io;
use std::sync::Arc;

use super::harmless::short;
use super::order::compare;
use super::spot::Spots;
use super::{Options, Report};
use crate::base::{Diagnostic, SourcePath};

struct Line<'a> {
    options: Options<'a>,
}

pub(super) fn report(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(Line { options })
}

impl Report for Line<'_> {
    fn write(
        &self,
        diagnostics: &[Diagnostic],
        sources: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
        sorted.sort_by(|a, b| compare(a, b));
        let spots = Spots::new(self.options, sources);
        for diagnostic in sorted {
            let place = match spots.primary(diagnostic) {
                Some(spot) => {
                    let start = spot.start();
                    let path = short(&spot.path, usize::MAX);
                    format!("{path}:{}:{}", start.line, start.column)
                }
                None => ":1:1".to_owned(),
            };
            let message = short(&diagnostic.message, usize::MAX);
            writeln!(out, "{place}:{}:{message}", short(&diagnostic.code, usize::MAX))?;
        }
        Ok(())
    }
}
