//! `markdown/broken-emphasis`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::{Node, NodeKind};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "markdown/broken-emphasis",
        severity: Severity::Warning,
        summary: "asterisks are shown because the emphasis is not closed or has a space inside",
        explanation: "`**` makes text bold only where it stands directly at the first and behind the last word. With a space inside, or without its partner, the asterisks are shown to readers. Remove the space, add the partner, or write `\\\\*\\\\*` where asterisks are meant.",
        examples: ("This is **important **text.\n", "This is **important** text.\n"),
    },
    presets: &["default"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    let nodes = &page.document.nodes;
    let mut code_ends = 0;
    // Text that follows text is one text that an entity or an escape has cut.
    for (index, node) in nodes.iter().enumerate() {
        if matches!(node.kind, NodeKind::CodeBlock(_)) {
            code_ends = node.end as usize;
        }
        let is_text = |node: &Node| matches!(node.kind, NodeKind::Text(_));
        // Nothing but the mark of an escape lies between parts of one text; between texts of
        // different nodes there is markup.
        let goes_on = |(before, after): (&Node, &Node)| {
            let between = before.range.end as usize..after.range.start as usize;
            let adjoin = between.is_empty() || page.written(between) == "\\";
            is_text(before) && is_text(after) && adjoin
        };
        let before = index.checked_sub(1).and_then(|before| nodes.get(before));
        if index < code_ends || !is_text(node) || before.is_some_and(|it| goes_on((it, node))) {
            continue;
        }
        let rest = nodes.get(index..).unwrap_or_default();
        let pairs = rest.iter().zip(rest.iter().skip(1));
        let last = pairs.take_while(|(a, b)| goes_on((a, b))).last();
        let end = last.map_or(node.range.end, |(_, last)| last.range.end);
        let range = node.range.start as usize..end as usize;
        let written = page.written(range.clone());
        let Some(at) = written.find("**") else { continue };
        let start = range.start + at;
        let mark = start..start + 2;
        let before = page.written(start.saturating_sub(1)..start);
        let around =
            page.written(start.saturating_sub(1)..(start + 3).min(page.document.text.len()));
        // Globs (`**/*.md`), powers (`2**8`), escapes, masks (`****`), rows of asterisks.
        let glob = around.contains('/') || around.contains("***") || before == "\\";
        let digit = |c: char| c.is_ascii_digit();
        let power = before.ends_with(digit) && around.ends_with(digit);
        if glob || power || written.contains("/**") || written.contains("**/") {
            continue;
        }
        findings.at(mark, "these asterisks are shown as they are");
        findings.help("close the emphasis, and leave no space between `**` and the words");
    }
}
