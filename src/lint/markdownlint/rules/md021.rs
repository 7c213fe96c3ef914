//! `MD021`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD021",
        severity: Severity::Error,
        summary: "several spaces stand within the `#` around a heading",
        explanation: "One space divides as well as several.",
        examples: ("#  A #\n", "# A #\n"),
    },
    aliases: &["no-multiple-space-closed-atx"],
    tags: &["atx_closed", "headings", "spaces"],
    fixes: true,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for heading in page.headings().iter().filter(|heading| !heading.setext) {
        let atx = page.atx(heading);
        if atx.close == 0 {
            continue;
        }
        let start = page.block(heading.node).start;
        let ends = start + atx.open + atx.space + atx.text;
        let mut spaces = vec![(start + atx.open, atx.space)];
        if atx.text > 0 {
            spaces.push((ends, atx.closing_space));
        }
        for (at, count) in spaces {
            if count > 1 {
                findings.at(at + 1..at + count, "several spaces within the `#` of the heading");
                findings.replace(at + 1..at + count, "");
            }
        }
    }
}
