//! `front-matter/missing-key`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::rules::front_matter_schema::tell;
use crate::lint::schema::Kind;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "front-matter/missing-key",
        severity: Severity::Error,
        summary: "front matter lacks a key that its schema asks for",
        explanation: "A schema of `[[lint.front-matter]]` is for this page, and `required` lists the key. Add it. Where the schema has a default for it, `--fix --suggested` adds that.",
        examples: (
            "---\ntitle: Install\n---\n\nText.\n",
            "---\ntitle: Install\nowners: [docs]\n---\n\nText.\n",
        ),
    },
    presets: &[],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    tell(page, Kind::Missing, findings);
}
