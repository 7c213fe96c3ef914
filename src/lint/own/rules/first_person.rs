//! `style/first-person`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::rules::phrases::{ALLOW, Phrases};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/first-person",
        severity: Severity::Advice,
        summary: "the writer speaks of \"we\"",
        explanation: "Instructions are about what readers do: say \"you\", or just what to do. \"We\" leaves open who is meant: writer and reader, the company, or the software.",
        examples: ("Next, we'll open the console.\n", "Next, open the console.\n"),
    },
    presets: &["strict"],
    options: &[ALLOW],
    check: |page, options, findings| PHRASES.check(page, options, findings),
};

static PHRASES: Phrases = Phrases::new(
    &[
        ("we", ""),
        ("we'd", ""),
        ("we'll", ""),
        ("we're", ""),
        ("we've", ""),
        ("let's", ""),
        ("let us", ""),
    ],
    |found, _| {
        (
            format!("`{found}` leaves open who is meant"),
            "say what readers do: `you`, or no subject at all".to_owned(),
        )
    },
);
