//! `style/select`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::rules::phrases;
use crate::lint::own::{OptionDefault, OptionSpec};

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
    options: &[OptionSpec {
        name: "allow",
        default: OptionDefault::Texts(&[]),
        doc: "Words of the list that are not reported.",
    }],
    check,
};

const WORDS: &[(&str, &str)] = &[
    ("click on", "select"),
    ("click", "select"),
    ("clicks", "selects"),
    ("clicking", "selecting"),
    ("tap on", "select"),
];

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    phrases(
        page,
        findings,
        WORDS,
        |found| !options.lists("allow", found),
        |found, instead| {
            (format!("`{found}` names one way to do it"), format!("write `{instead}`"))
        },
    );
}
