//! `MD058`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD058",
        severity: Severity::Error,
        summary: "a table has no blank line before or behind it",
        explanation: "Some programs do not read a table as one that touches other text.",
        examples: ("# A\n| a |\n|---|\n", "# A\n\n| a |\n|---|\n"),
    },
    aliases: &["blanks-around-tables"],
    tags: &["table"],
    fixes: true,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for table in page.tables() {
        let (first, last) = table.lines;
        if first > 0 && !page.is_blank(first - 1) {
            findings.line(first, "no blank line before the table");
            let at = page.line_range(first).start;
            findings.replace(at..at, page.quoted(first));
        }
        if !page.is_blank(last + 1) {
            findings.line(last, "no blank line behind the table");
            let at = page.line_range(last + 1).start;
            findings.replace(at..at, page.quoted(last));
        }
    }
}
