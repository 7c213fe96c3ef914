//! `MD037`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;
use crate::markdown::FormKind;
use std::collections::BTreeMap;
use std::ops::Range;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD037",
        severity: Severity::Error,
        summary: "spaces within the marks of emphasis keep it from being one",
        explanation: "Emphasis is only read as such where its marks touch the words. With spaces, the marks are shown.",
        examples: ("a ** b ** c\n", "a **b** c\n"),
    },
    aliases: &["no-space-in-emphasis"],
    tags: &["emphasis", "whitespace"],
    fixes: true,
    suggested: true,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    let mut by_parent: BTreeMap<Option<usize>, Vec<Range<usize>>> = BTreeMap::new();
    for (index, node) in page.of_kind(|kind| kind == FormKind::Text) {
        let text = page.get(node.range.clone());
        // Texts of links are one piece to markdownlint.
        let linked = |kind| matches!(kind, FormKind::Link(_) | FormKind::Image(_));
        if !text.contains(['*', '_']) || page.above(index).any(|(_, above)| linked(above.kind)) {
            continue;
        }
        let runs = by_parent.entry(node.parent).or_default();
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|rest| rest.find(['*', '_'])) {
            let start = at + found;
            let rest = text.get(start..).unwrap_or_default();
            let mark = rest.chars().next().unwrap_or('*');
            let count = rest.len() - rest.trim_start_matches(mark).len();
            at = start + count;
            let mut place = node.range.start + start..node.range.start + at;
            let slashes = page.get(0..place.start);
            let slashes = slashes.len() - slashes.trim_end_matches('\\').len();
            if slashes % 2 == 1 {
                place.start += 1;
            }
            match runs.last_mut() {
                // A run that the parser has cut.
                Some(last) if last.end == place.start && page.get(last.clone()).ends_with(mark) => {
                    last.end = place.end;
                }
                _ if !place.is_empty() => runs.push(place),
                _ => {}
            }
        }
    }
    let addresses = page.bare_addresses();
    for runs in by_parent.values() {
        for mark in ["_", "__", "___", "*", "**", "***"] {
            let bare = |run: &&Range<usize>| {
                page.get((*run).clone()) == mark
                    && !addresses.iter().any(|a| a.range.contains(&run.start))
            };
            let runs: Vec<&Range<usize>> = runs.iter().filter(bare).collect();
            for pair in runs.chunks_exact(2) {
                let [open, close] = pair else { continue };
                let line = page.line_range(page.line_of(open.start));
                let behind = page.get(open.end..line.end);
                let spaces = behind.len() - behind.trim_start().len();
                if spaces > 0 && spaces < behind.len() {
                    findings.at(open.end..open.end + spaces, "spaces behind a mark of emphasis");
                    findings.replace(open.end..open.end + spaces, "");
                }
                let line = page.line_range(page.line_of(close.start));
                let before = page.get(line.start..close.start);
                let spaces = before.len() - before.trim_end().len();
                if spaces > 0 && spaces < before.len() {
                    findings
                        .at(close.start - spaces..close.start, "spaces before a mark of emphasis");
                    findings.replace(close.start - spaces..close.start, "");
                }
            }
        }
    }
}
