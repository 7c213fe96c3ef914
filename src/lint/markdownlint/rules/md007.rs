//! `MD007`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD007",
        severity: Severity::Error,
        summary: "items of a list are indented by another width than agreed on",
        explanation: "With two spaces, items of a list within a list stand below the text of the item around. Lists in numbered lists are left alone.",
        examples: ("- A\n   - B\n", "- A\n  - B\n"),
    },
    aliases: &["ul-indent"],
    tags: &["bullet", "indentation", "ul"],
    fixes: true,
    suggested: false,
    params: &[
        Param { name: "indent", default: ParamDefault::Whole(2), doc: "Spaces for each level." },
        Param {
            name: "start_indented",
            default: ParamDefault::Bool(false),
            doc: "Whether items of the first level are indented, too.",
        },
        Param {
            name: "start_indent",
            default: ParamDefault::Whole(2),
            doc: "Spaces for the first level; where it is not set, those of `indent`.",
        },
    ],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let indent = params.whole("indent").max(1);
    let first = match (params.flag("start_indented"), params.is_set("start_indent")) {
        (true, true) => params.whole("start_indent"),
        (true, false) => indent,
        _ => 0,
    };
    for (list, node) in page.of_kind(|kind| kind == FormKind::List { ordered: false }) {
        let mut nesting = Some(0);
        for (_, above) in page.above(list) {
            match above.kind {
                FormKind::List { ordered: false } => {
                    nesting = nesting.map(|count: usize| count + 1)
                }
                FormKind::List { ordered: true } => {
                    nesting = None;
                    break;
                }
                FormKind::BlockQuote => break,
                _ => {}
            }
        }
        let Some(nesting) = nesting else { continue };
        let expected = first + nesting * indent;
        for marker in page.items(list, node.end) {
            let line = page.line_start(marker.mark.start);
            let quotes = page.containers().quotes(marker.line);
            let quote = quotes.iter().rev().find(|quote| quote.end <= marker.mark.start);
            let from = quote.map_or(line, |quote| quote.end);
            let actual = marker.mark.start - from;
            if actual != expected {
                let message = format!("item indented by {actual}, not by {expected}");
                findings.at(line..marker.end, message);
                let spaces = " ".repeat(expected.saturating_sub(actual));
                findings.replace(from..from + actual.saturating_sub(expected), spaces);
            }
        }
    }
}
