//! `MD023`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD023",
        severity: Severity::Error,
        summary: "a heading is indented",
        explanation: "Some programs do not read a heading as one that does not begin its line.",
        examples: ("text\n\n  # A\n", "text\n\n# A\n"),
    },
    aliases: &["heading-start-left"],
    tags: &["headings", "spaces"],
    fixes: true,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for heading in page.headings() {
        let start = page.block(heading.node).start;
        let content = page.containers().content(heading.lines.0);
        if start > content {
            findings.at(content..start, "indented heading");
            findings.replace(content..start, "");
        }
    }
}
