//! `markdown/stray-backtick`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::NodeKind;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "markdown/stray-backtick",
        severity: Severity::Warning,
        summary: "a backtick has no partner",
        explanation: "Inline code begins and ends with the same number of backticks. Without its partner a backtick is shown, and what was meant as code is not. Add the partner, or write a backslash before it where a backtick is meant.",
        examples: ("Run `copydesk build to publish.\n", "Run `copydesk build` to publish.\n"),
    },
    presets: &["default"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    let mut code_ends = 0;
    for (index, node) in page.document.nodes.iter().enumerate() {
        if matches!(node.kind, NodeKind::CodeBlock(_)) {
            code_ends = node.end as usize;
        }
        let NodeKind::Text(text) = &node.kind else { continue };
        if index < code_ends || !text.contains('`') {
            continue;
        }
        let range = node.range.start as usize..node.range.end as usize;
        let written = page.written(range.clone());
        let Some(at) = written.find('`') else { continue };
        let start = range.start + at;
        // An escape, an entity, a quote in the manner of TeX (``so'').
        let escaped = page.written(start.saturating_sub(1)..start) == "\\";
        if escaped || written.starts_with('&') || written.contains("``") {
            continue;
        }
        findings.at(start..start + 1, "this backtick has no partner");
        findings.help("close the code, or write a backslash before it");
        return;
    }
}
