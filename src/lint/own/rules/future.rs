//! `style/future`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::rules::phrases;
use crate::lint::own::{OptionDefault, OptionSpec};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/future",
        severity: Severity::Advice,
        summary: "the future tense is used for what happens now",
        explanation: "A manual describes what a program does: `the server returns`, not `the server will return`. The present tense is shorter and always true.",
        examples: ("The server will return an error.\n", "The server returns an error.\n"),
    },
    presets: &["style"],
    options: &[OptionSpec {
        name: "allow",
        default: OptionDefault::Texts(&[]),
        doc: "Words of the list that are not reported.",
    }],
    check,
};

const WORDS: &[(&str, &str)] =
    &[("will", ""), ("won't", ""), ("we'll", ""), ("you'll", ""), ("it'll", "")];

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    phrases(
        page,
        findings,
        WORDS,
        |found| !options.lists("allow", found),
        |found, instead| {
            let _ = instead;
            (format!("`{found}` speaks of the future"), "write it in the present tense".to_owned())
        },
    );
}
