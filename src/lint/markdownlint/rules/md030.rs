//! `MD030`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD030",
        severity: Severity::Error,
        summary: "another number of spaces follows the mark of an item than agreed on",
        explanation: "How far the text of an item stands from its mark decides how far the other paragraphs of the item must be indented.",
        examples: ("-   A\n", "- A\n"),
    },
    aliases: &["list-marker-space"],
    tags: &["ol", "ul", "whitespace"],
    fixes: true,
    suggested: false,
    params: &[
        Param {
            name: "ul_single",
            default: ParamDefault::Whole(1),
            doc: "Spaces in lists whose items are of one line each.",
        },
        Param {
            name: "ol_single",
            default: ParamDefault::Whole(1),
            doc: "The same in numbered lists.",
        },
        Param { name: "ul_multi", default: ParamDefault::Whole(1), doc: "Spaces in other lists." },
        Param {
            name: "ol_multi",
            default: ParamDefault::Whole(1),
            doc: "The same in numbered lists.",
        },
    ],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    for (list, node) in page.of_kind(|kind| matches!(kind, FormKind::List { .. })) {
        let ordered = node.kind == FormKind::List { ordered: true };
        let markers = page.items(list, node.end);
        let lines = page.last_line(list) + 1 - page.block_lines(list).0;
        let single = markers.len() == lines;
        let expected = params.whole(match (ordered, single) {
            (false, true) => "ul_single",
            (false, false) => "ul_multi",
            (true, true) => "ol_single",
            (true, false) => "ol_multi",
        });
        for marker in markers {
            let actual = marker.end - marker.mark.end;
            if actual == expected || marker.empty {
                continue;
            }
            findings.at(
                marker.mark.start..marker.end,
                format!("{actual} spaces behind the mark, not {expected}"),
            );
            findings.replace(marker.mark.end..marker.end, " ".repeat(expected));
        }
    }
}
