//! `style/future`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::rules::phrases::{ALLOW, Phrases};

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
    options: &[ALLOW],
    check: |page, options, findings| PHRASES.check(page, options, findings),
};

static PHRASES: Phrases = Phrases::new(
    &[("will", ""), ("won't", ""), ("we'll", ""), ("you'll", ""), ("it'll", "")],
    |found, _| {
        (format!("`{found}` speaks of the future"), "write it in the present tense".to_owned())
    },
);
