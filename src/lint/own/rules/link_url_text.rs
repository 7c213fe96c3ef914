//! `links/url-text`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::NodeKind;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "links/url-text",
        severity: Severity::Advice,
        summary: "a link shows its address instead of words",
        explanation: "An address is hard to read, and a screen reader spells it out. Say where the link leads.",
        examples: (
            "See [https://example.org/a/b](https://example.org/a/b).\n",
            "See [the guide to webhooks](https://example.org/a/b).\n",
        ),
    },
    presets: &["strict"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for (index, node) in page.document.nodes.iter().enumerate() {
        if !matches!(node.kind, NodeKind::Link(_)) {
            continue;
        }
        let text = page.document.plain_text(u32::try_from(index).unwrap_or(u32::MAX));
        let text = text.trim();
        let is_url = text.starts_with("http://") || text.starts_with("https://");
        if is_url && !text.contains(char::is_whitespace) {
            let range = node.range.start as usize..node.range.end as usize;
            // `<https://...>` shows its address on purpose.
            if !page.written(range.clone()).starts_with('[') {
                continue;
            }
            findings.at(range, "this link shows its address");
            findings.help("say in words where it leads");
        }
    }
}
