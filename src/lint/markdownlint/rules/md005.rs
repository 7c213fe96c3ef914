//! `MD005`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD005",
        severity: Severity::Error,
        summary: "items of a list are not indented alike",
        explanation: "An item that is indented a little more or less than its neighbors looks like part of another list, and some programs read it so. Numbers may be aligned left or right.",
        examples: ("- A\n - B\n", "- A\n- B\n"),
    },
    aliases: &["list-indent"],
    tags: &["bullet", "indentation", "ul"],
    fixes: true,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for (list, node) in page.of_kind(|kind| matches!(kind, FormKind::List { .. })) {
        let ordered = node.kind == FormKind::List { ordered: true };
        let markers = page.items(list, node.end);
        let column = |at: usize| at - page.line_start(at);
        let Some(expected) = markers.first().map(|marker| column(marker.mark.start)) else {
            continue;
        };
        let mut end = 0;
        let mut right = false;
        for marker in markers {
            let actual = column(marker.mark.start);
            let range = page.line_start(marker.mark.start)..marker.end;
            if !ordered {
                if actual != expected {
                    findings.at(range, format!("item indented by {actual}, not by {expected}"));
                }
                continue;
            }
            let actual_end = column(marker.mark.end);
            if end == 0 {
                end = actual_end;
            }
            if actual == expected && !right {
                continue;
            }
            if actual_end == end {
                right = true;
                continue;
            }
            findings.at(
                range,
                match right {
                    true => format!("number ends at column {actual_end}, not at {end}"),
                    false => format!("item indented by {actual}, not by {expected}"),
                },
            );
            let start = page.line_start(marker.mark.start) + actual.min(expected);
            let spaces = " ".repeat(expected.saturating_sub(actual));
            findings.replace(start..start + actual.saturating_sub(expected), spaces);
        }
    }
}
