//! `::: package.module.Name` of mkdocstrings, which stands for documentation that it makes from
//! Python code. No code is run or read here, so what stays is the name, as code: readers see what
//! the page is about, and the author is told what is missing.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::fence;
use super::super::mapped::Mapped;
use super::{Mark, Part, lines};
use crate::base::Diagnostic;
use crate::markdown::codes;

/// Finds them, and tells of each name once.
pub(super) fn find(text: &Mapped, marks: &mut Vec<Mark>, diagnostics: &mut Vec<Diagnostic>) {
    let mut told = BTreeSet::new();
    for line in lines::of(&text.text) {
        let content = text.text.get(line.clone()).unwrap_or_default();
        let Some(name) = name(content, line.start) else { continue };
        let written = text.text.get(name.clone()).unwrap_or_default();
        if told.insert(written.to_owned()) {
            diagnostics.push(report(written).at(text.span(name.clone())));
        }
        // In a heading, the colons go; the number signs are Markdown's own.
        let begin = line.start + content.find(":::").unwrap_or_default();
        let end = options_end(&text.text, line.end);
        let parts = vec![Part::text("`"), Part::Copy(name), Part::text("`")];
        marks.push(Mark::replace(begin..end, parts));
    }
}

/// Whether a line is one.
pub(super) fn is_one(line: &str) -> bool {
    name(line, 0).is_some()
}

/// What is told of a name.
pub(in crate::markdown::parse) fn report(name: &str) -> Diagnostic {
    let message =
        format!("`::: {name}` of mkdocstrings stands for documentation that is made from code");
    Diagnostic::new(&codes::MKDOCSTRINGS, message)
        .help("write what readers need to know of it; code is not read, and only the name is shown")
}

/// Where the name stands in a line `::: package.name`, which may be a heading too.
fn name(line: &str, start: usize) -> Option<Range<usize>> {
    // Four blanks make code.
    if lines::width(line) >= 4 {
        return None;
    }
    let rest = line.trim_start();
    let rest = match rest.trim_start_matches('#') {
        text if text.len() == rest.len() => text,
        text if rest.len() - text.len() <= 6 => text.trim_start_matches(' '),
        _ => return None,
    };
    let rest = rest.strip_prefix("::: ").or_else(|| rest.strip_prefix(":::"))?;
    let rest = rest.trim_start();
    let name = rest.trim_end();
    let at = start + line.len() - rest.len();
    fence::is_python_path(name).then(|| at..at + name.len())
}

/// Where the options end that follow a line, indented like code.
fn options_end(text: &str, mut end: usize) -> usize {
    while let Some(rest) = text.get(end + 1..) {
        let line = rest.lines().next().unwrap_or_default();
        if line.trim().is_empty() || lines::width(line) < 4 {
            break;
        }
        end += 1 + line.len();
    }
    end
}
