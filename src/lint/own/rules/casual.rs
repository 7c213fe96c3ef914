//! `style/casual`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::rules::phrases::{ALLOW, Phrases};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/casual",
        severity: Severity::Advice,
        summary: "a word is casual or judges for the reader",
        explanation: "`simply`, `just` and `easy` tell a reader who struggles that it is their fault; `awesome` says nothing. The sentence is better without it.",
        examples: ("Simply run the script.\n", "Run the script.\n"),
    },
    presets: &["style"],
    options: &[ALLOW],
    check: |page, options, findings| PHRASES.check(page, options, findings),
};

static PHRASES: Phrases = Phrases::new(
    &[
        ("awesome", ""),
        ("super easy", ""),
        ("simply", ""),
        ("obviously", ""),
        ("of course", ""),
        ("easily", ""),
        ("gonna", "going to"),
        ("wanna", "want to"),
        ("a bunch of", "several"),
        ("kind of like", "like"),
        ("tons of", "many"),
        ("no-brainer", ""),
        ("piece of cake", ""),
    ],
    |found, instead| match instead {
        "" => (format!("`{found}` does not help the reader"), "leave it out".to_owned()),
        _ => (format!("`{found}` is casual"), format!("write `{instead}`")),
    },
);
