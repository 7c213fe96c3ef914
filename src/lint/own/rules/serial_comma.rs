//! `style/serial-comma`

use crate::base::Applicability;
use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/serial-comma",
        severity: Severity::Advice,
        summary: "a list of three lacks its last comma",
        explanation: "In `a, b, and c` the comma before `and` keeps the last two from being read as one.",
        examples: ("It builds, checks and publishes.\n", "It builds, checks, and publishes.\n"),
    },
    presets: &["style"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for text in &page.texts {
        for four in text.words().windows(4) {
            let [a, b, and, c] = four else { continue };
            // Single words only: of longer parts it cannot be told where they begin.
            let comma = text.get(a.range.end..b.range.start) == ", ";
            let joined = text.get(b.range.end..and.range.start) == " "
                && text.get(and.range.end..c.range.start) == " ";
            let after = text.str().get(c.range.end..).unwrap_or_default();
            let ends = after.is_empty() || after.starts_with(['.', ';', ':', ')']);
            if comma && joined && ends && matches!(&*and.lower, "and" | "or") {
                let (word, join) = (text.get(b.range.clone()), &and.lower);
                findings.text(
                    text,
                    b.range.start..and.range.end,
                    format!("`{word} {join}` lacks the comma of a list"),
                );
                findings.help(format!("write `{word}, {join}`"));
                let at = text.source(b.range.end..b.range.end + 1);
                findings.replace(at, ", ", Applicability::Suggested);
            }
        }
    }
}
