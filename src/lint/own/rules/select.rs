//! `style/select`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::rules::phrases::{ALLOW, Phrases};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/select",
        severity: Severity::Advice,
        summary: "`click` names one way to do it",
        explanation: "Not everybody has a mouse: `select` is right for keyboards, fingers and voices too.",
        examples: ("Click **Save**.\n", "Select **Save**.\n"),
    },
    presets: &["style"],
    options: &[ALLOW],
    check: |page, options, findings| PHRASES.check(page, options, findings),
};

static PHRASES: Phrases = Phrases::new(
    &[
        ("click on", "select"),
        ("click", "select"),
        ("clicks", "selects"),
        ("clicking", "selecting"),
        ("tap on", "select"),
    ],
    |found, instead| (format!("`{found}` names one way to do it"), format!("write `{instead}`")),
);
