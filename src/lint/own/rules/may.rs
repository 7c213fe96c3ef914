//! `style/may`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/may",
        severity: Severity::Advice,
        summary: "`may` has two meanings",
        explanation: "\"Guests may post\" says that they are allowed to, or that it happens now and then. Write `can` for the one and `might` for the other.",
        examples: ("The upload may fail.\n", "The upload might fail.\n"),
    },
    presets: &["strict"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for text in &page.texts {
        // With a capital letter it is the month.
        for word in text.words().iter().filter(|word| text.get(word.range.clone()) == "may") {
            findings.text(text, word.range.clone(), "`may` can mean two things");
            findings.help("write `can` where it is allowed or possible, `might` where it happens now and then");
        }
    }
}
