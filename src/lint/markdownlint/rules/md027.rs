//! `MD027`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::lint::markdownlint::tables::Table;
use std::ops::Range;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD027",
        severity: Severity::Error,
        summary: "several spaces follow the `>` of a quote",
        explanation: "One space divides as well as several.",
        examples: (">  a\n", "> a\n"),
    },
    aliases: &["no-multiple-space-blockquote"],
    tags: &["blockquote", "indentation", "whitespace"],
    fixes: true,
    suggested: false,
    params: &[Param {
        name: "list_items",
        default: ParamDefault::Bool(true),
        doc: "Whether to look at items of lists.",
    }],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let items = params.flag("list_items");
    let report = |findings: &mut Findings<'_>, place: Range<usize>| {
        findings.at(place.clone(), "several spaces behind `>`");
        findings.replace(place, "");
    };
    for (_, place, listed) in &page.containers().gaps {
        if items || !listed {
            report(findings, place.clone());
        }
    }
    for (number, range) in page.lines.iter().enumerate() {
        if !page.containers().behind_quote(number) || page.in_html(number) {
            continue;
        }
        let start = page.containers().content(number);
        let rest = page.get(start..range.end);
        let mut count = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if count == 0 {
            continue;
        }
        if page.in_code(number) && !page.is_fence(number) {
            // What the fence is indented by is no part of the code.
            count = count.min(page.fence_indent(number));
        }
        let row = |table: &Table| table.lines.0 + 1 == number;
        if count > 0 && !page.is_closing(number) && !page.tables().iter().any(row) {
            report(findings, start..start + count);
        }
    }
}
