//! `headings/level-jump`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "headings/level-jump",
        severity: Severity::Warning,
        summary: "a heading skips a level",
        explanation: "The levels of headings are the outline that readers and screen readers go by. A jump from `##` to `####` looks as if a section were missing. Use the next level.",
        examples: ("## Install\n\n#### On Linux\n", "## Install\n\n### On Linux\n"),
    },
    presets: &["default"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    let mut before: Option<&crate::markdown::Heading> = None;
    for heading in page.outline() {
        if let Some(above) = before
            && heading.level > above.level + 1
        {
            let wanted = "#".repeat(usize::from(above.level) + 1);
            let (level, last) = (heading.level, above.level);
            let range = heading.range.start as usize..heading.range.end as usize;
            findings.at(range, format!("a heading of level {level} follows one of level {last}"));
            findings.help(format!("write it with `{wanted}`"));
            findings.label(&above.range, "the heading above");
        }
        before = Some(heading);
    }
}
