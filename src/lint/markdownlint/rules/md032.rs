//! `MD032`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD032",
        severity: Severity::Error,
        summary: "a list has no blank line before or behind it",
        explanation: "Some programs do not read a list as one that touches a paragraph.",
        examples: ("text\n- A\n", "text\n\n- A\n"),
    },
    aliases: &["blanks-around-lists"],
    tags: &["blank_lines", "bullet", "ol", "ul"],
    fixes: true,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for (list, _) in page.of_kind(|kind| matches!(kind, FormKind::List { .. })) {
        if page.in_list(list) {
            continue;
        }
        let first = page.block_lines(list).0;
        if first > 0 && !page.is_blank(first - 1) {
            findings.line(first, "no blank line before the list");
            let at = page.line_range(first).start;
            findings.replace(at..at, page.quoted(first));
        }
        let last = page.last_line(list);
        // Blank lines of a fence that nothing closes are behind it all the same.
        if !page.is_blank(last + 1) && !page.is_blank(last) {
            findings.line(last, "no blank line behind the list");
            let at = page.line_range(last + 1).start;
            findings.replace(at..at, page.quoted(last));
        }
    }
}
