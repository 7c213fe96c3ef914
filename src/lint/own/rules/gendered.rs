//! `style/gendered`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::rules::phrases;
use crate::lint::own::{OptionDefault, OptionSpec};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/gendered",
        severity: Severity::Advice,
        summary: "a pair of pronouns can be one",
        explanation: "`they` and `their` are shorter than a pair and mean everybody.",
        examples: ("Each user has his or her own key.\n", "Each user has their own key.\n"),
    },
    presets: &["inclusive"],
    options: &[OptionSpec {
        name: "allow",
        default: OptionDefault::Texts(&[]),
        doc: "Words of the list that are not reported.",
    }],
    check,
};

const WORDS: &[(&str, &str)] = &[
    ("he or she", "they"),
    ("she or he", "they"),
    ("he/she", "they"),
    ("s/he", "they"),
    ("his or her", "their"),
    ("her or his", "their"),
    ("his/her", "their"),
    ("him or her", "them"),
    ("him/her", "them"),
    ("himself or herself", "themselves"),
    ("his/hers", "theirs"),
];

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    phrases(
        page,
        findings,
        WORDS,
        |found| !options.lists("allow", found),
        |found, instead| (format!("`{found}` can be `{instead}`"), format!("write `{instead}`")),
    );
}
