//! `MD019`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD019",
        severity: Severity::Error,
        summary: "several spaces follow the `#` of a heading",
        explanation: "One space divides as well as several.",
        examples: ("#  A\n", "# A\n"),
    },
    aliases: &["no-multiple-space-atx"],
    tags: &["atx", "headings", "spaces"],
    fixes: true,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for heading in page.headings().iter().filter(|heading| !heading.setext) {
        let atx = page.atx(heading);
        if atx.close == 0 && atx.space > 1 && atx.text > 0 {
            let start = page.block(heading.node).start + atx.open;
            findings.at(start + 1..start + atx.space, "several spaces behind `#`");
            findings.replace(start + 1..start + atx.space, "");
        }
    }
}
