//! `MD028`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD028",
        severity: Severity::Error,
        summary: "nothing but blank lines stands between two quotes",
        explanation: "Some programs make one quote of them, others two. Write `>` on the blank lines, or put text between the quotes.",
        examples: ("> a\n\n> b\n", "> a\n>\n> b\n"),
    },
    aliases: &["no-blanks-blockquote"],
    tags: &["blockquote", "whitespace"],
    fixes: false,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    let nodes: Vec<usize> =
        page.of_kind(|kind| kind == FormKind::BlockQuote).map(|(at, _)| at).collect();
    for quote in nodes {
        let Some(node) = page.node(quote) else { continue };
        let Some(next) = page.node(node.end) else { continue };
        if next.kind != FormKind::BlockQuote || next.parent != node.parent {
            continue;
        }
        let from = page.last_line(quote) + 1;
        let to = page.block_lines(node.end).0;
        if (from..to).all(|line| {
            page.line(line)
                .get(page.containers().content(line) - page.line_range(line).start..)
                .unwrap_or_default()
                .trim()
                .is_empty()
        }) {
            for line in from..to {
                findings.line(line, "blank line between two quotes");
            }
        }
    }
}
