//! `style/casual`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::rules::phrases;
use crate::lint::own::{OptionDefault, OptionSpec};

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
    options: &[OptionSpec {
        name: "allow",
        default: OptionDefault::Texts(&[]),
        doc: "Words of the list that are not reported.",
    }],
    check,
};

const WORDS: &[(&str, &str)] = &[
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
];

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    phrases(
        page,
        findings,
        WORDS,
        |found| !options.lists("allow", found),
        |found, instead| match instead {
            "" => (format!("`{found}` does not help the reader"), "leave it out".to_owned()),
            _ => (format!("`{found}` is casual"), format!("write `{instead}`")),
        },
    );
}
