//! `MD047`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD047",
        severity: Severity::Error,
        summary: "a file does not end with a line ending",
        explanation: "Some programs do not show the last line then, and what is appended lands on it.",
        examples: ("a", "a\n"),
    },
    aliases: &["single-trailing-newline"],
    tags: &["blank_lines"],
    fixes: true,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    let last = page.lines.len() - 1;
    if page.is_blank(last) {
        return;
    }
    let range = page.line_range(last);
    let text = page.get(range.clone());
    let width = text.chars().next_back().map_or(0, char::len_utf8);
    findings.at(range.end - width..range.end, "no line ending at the end of the file");
    findings.replace(range.end..range.end, "\n");
}
