//! [`Diagnostic`] becomes text, one file per format. A report prints nothing by itself: it writes
//! to what it is given, and asks for the text of files and for the paths to show.

mod checkstyle;
mod excerpt;
mod explain;
mod github;
mod gitlab;
mod harmless;
mod human;
mod json;
mod junit;
mod line;
mod markdown;
mod order;
mod rdjson;
mod sarif;
mod spot;
mod text;
mod vale_json;
mod xml;

#[cfg(test)]
mod consumer_tests;
#[cfg(test)]
mod format_tests;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;

use crate::base::{Diagnostic, SourcePath};

pub use explain::{explain, reference_markdown};
pub use harmless::harmless;
pub use human::Human;
pub use json::Json;
pub use json::escape as harmless_json;
pub use order::{Counts, keep_gravest, least_grave, sort, summary};

/// Turns diagnostics into text of one format.
pub trait Report {
    /// Writes the diagnostics, in the order of [`sort`] whatever order they come in. `sources`
    /// gives the text of a file, where it can be had.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    fn write(
        &self,
        diagnostics: &[Diagnostic],
        sources: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
        out: &mut dyn io::Write,
    ) -> io::Result<()>;
}

/// How a report is to look. Each format takes what makes sense for it.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Whether colours are wanted.
    pub color: bool,
    /// The width of the terminal in columns.
    pub width: usize,
    /// How many diagnostics a person wants to see; the gravest are shown. Formats for programs
    /// always hold all.
    pub max: Option<usize>,
    /// How many there are in all, where the report gets only those that are shown.
    pub counts: Option<Counts>,
    /// The path to show for a file, such as that from the working directory.
    pub display: &'a dyn Fn(&SourcePath) -> String,
    /// What tells each diagnostic from others in every run, in their order; formats that have such
    /// a thing take it from their lines where it is not given.
    pub fingerprints: Option<&'a [String]>,
}

/// A report format.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// Makes a report of this format.
    pub report: for<'a> fn(Options<'a>) -> Box<dyn Report + 'a>,
}

/// Every format, the default one first.
pub static FORMATS: &[Format] = &[
    Format { name: "human", about: "excerpts for people", report: human::report },
    Format { name: "json", about: "one JSON document", report: json::report },
    Format { name: "jsonl", about: "a line of JSON for each", report: json::lines },
    Format { name: "line", about: "`path:line:column:code:message`", report: line::report },
    Format { name: "vale-json", about: "JSON as Vale prints it", report: vale_json::report },
    Format { name: "sarif", about: "SARIF 2.1.0, for code scanning", report: sarif::report },
    Format { name: "github", about: "annotations of GitHub's workflows", report: github::report },
    Format { name: "gitlab", about: "GitLab's report of code quality", report: gitlab::report },
    Format { name: "junit", about: "JUnit's XML", report: junit::report },
    Format { name: "checkstyle", about: "Checkstyle's XML", report: checkstyle::report },
    Format { name: "rdjson", about: "reviewdog's JSON", report: rdjson::report },
    Format { name: "rdjsonl", about: "reviewdog's JSON, a line for each", report: rdjson::lines },
    Format { name: "markdown", about: "a table in Markdown", report: markdown::report },
];

/// The format of this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
