//! `front-matter/schema`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::lint::schema::Kind;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "front-matter/schema",
        severity: Severity::Error,
        summary: "a value of front matter is not what its schema asks for",
        explanation: "A schema of `[[lint.front-matter]]` is for this page, and says which type the value must have, which values are allowed, or which pattern it must match. The second place of the finding is where the schema asks for it. Change the value, or the schema.",
        examples: (
            "---\ntitle: Install\nowners: [docs]\nstatus: dratf\n---\n\nText.\n",
            "---\ntitle: Install\nowners: [docs]\nstatus: draft\n---\n\nText.\n",
        ),
    },
    presets: &[],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    tell(page, Kind::Value, findings);
}

/// Tells what schemas say of one kind. They are asked once for all kinds.
pub(super) fn tell(page: &Page<'_>, kind: Kind, findings: &mut Findings<'_>) {
    for violation in page.violations().iter().filter(|violation| violation.kind == kind) {
        findings.whole(violation.at.clone(), violation.message.clone());
        findings.help(violation.help.clone());
        if let Some((title, range, text)) = &violation.fix {
            findings.replace_whole(title, range.clone(), text);
        }
        if let Some(asked) = &violation.asked {
            findings.label_at(asked.clone(), "asked for here");
        }
    }
}
