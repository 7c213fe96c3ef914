//! `MD035`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD035",
        severity: Severity::Error,
        summary: "rules across the page are written in different styles",
        explanation: "One style throughout a page is easier to read and to search for.",
        examples: ("---\n\n***\n", "---\n\n---\n"),
    },
    aliases: &["hr-style"],
    tags: &["hr"],
    fixes: false,
    suggested: false,
    params: &[Param {
        name: "style",
        default: ParamDefault::Text("consistent"),
        doc: "How rules are written; `consistent` is as the first one.",
    }],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let mut style = params.text("style").trim().to_owned();
    for (index, _) in page.of_kind(|kind| kind == FormKind::Rule) {
        let block = page.block(index);
        let text = page.get(block.clone());
        if style == "consistent" {
            text.clone_into(&mut style);
        }
        if text != style {
            findings.line(page.line_of(block.start), format!("rule of style `{text}`"));
            findings.help(format!("write `{style}`"));
        }
    }
}
