//! `headings/empty`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "headings/empty",
        severity: Severity::Warning,
        summary: "a heading has no text",
        explanation: "An empty heading is announced by screen readers and stands in the table of contents with nothing to read. Write its text, or remove it.",
        examples: ("##\n\nText.\n", "## Install\n\nText.\n"),
    },
    presets: &["default"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for heading in &page.document.headings {
        let range = heading.range.start as usize..heading.range.end as usize;
        let is_html = page.written(range.clone()).starts_with('<');
        if heading.text.trim().is_empty() && !is_html && !has_image(page, heading.node) {
            findings.at(range, "this heading is empty");
            findings.help("write its text, or remove it");
        }
    }
}

/// A picture may be all of a heading, such as a logo; raw HTML may be one too.
fn has_image(page: &Page<'_>, node: u32) -> bool {
    let nodes = &page.document.nodes;
    let end = nodes.get(node as usize).map_or(node, |n| n.end);
    nodes.get(node as usize + 1..end as usize).is_some_and(|nodes| !nodes.is_empty())
}
