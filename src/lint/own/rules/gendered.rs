//! `style/gendered`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::rules::phrases::{ALLOW, Phrases};

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
    options: &[ALLOW],
    check: |page, options, findings| PHRASES.check(page, options, findings),
};

static PHRASES: Phrases = Phrases::new(
    &[
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
    ],
    |found, instead| (format!("`{found}` can be `{instead}`"), format!("write `{instead}`")),
);
