//! `front-matter/forbidden-key`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::rules::front_matter_schema::tell;
use crate::lint::schema::Kind;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "front-matter/forbidden-key",
        severity: Severity::Error,
        summary: "front matter has a key that its schema does not allow",
        explanation: "A schema of `[[lint.front-matter]]` is for this page, and with `additionalProperties = false` it allows no keys but those that it lists. Most often the key is misspelled, so that nothing reads it. Correct its name, remove it, or add it to the schema.",
        examples: (
            "---\ntitle: Install\nowners: [docs]\nstate: draft\n---\n\nText.\n",
            "---\ntitle: Install\nowners: [docs]\nstatus: draft\n---\n\nText.\n",
        ),
    },
    presets: &[],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    tell(page, Kind::Forbidden, findings);
}
