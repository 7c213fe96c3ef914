//! `MD018`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD018",
        severity: Severity::Error,
        summary: "no space follows the `#` of a heading",
        explanation: "Without a space, it is no heading but text that begins with `#`.",
        examples: ("#A\n", "# A\n"),
    },
    aliases: &["no-missing-space-atx"],
    tags: &["atx", "headings", "spaces"],
    fixes: true,
    suggested: true,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for (number, range) in page.lines.iter().enumerate() {
        let line = page.get(range.clone());
        if !line.starts_with('#') || page.in_code(number) || page.in_html(number) {
            continue;
        }
        let behind = line.trim_start_matches('#');
        if behind.is_empty() || behind.starts_with([' ', '\t']) {
            continue;
        }
        if line.trim_end().ends_with('#') || line.starts_with("#\u{fe0f}\u{20e3}") {
            continue;
        }
        let count = line.len() - behind.len();
        let first = behind.chars().next().map_or(0, char::len_utf8);
        findings.at(range.start..range.start + count + first, "no space behind `#`");
        findings.replace(range.start + count..range.start + count, " ");
    }
}
