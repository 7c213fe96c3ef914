//! `MD046`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD046",
        severity: Severity::Error,
        summary: "blocks of code are written in different styles",
        explanation: "Fences can name a language and are easier to see than an indentation. One style throughout a page is easier to read.",
        examples: ("```sh\nls\n```\n\ntext\n\n    ls\n", "```sh\nls\n```\n"),
    },
    aliases: &["code-block-style"],
    tags: &["code"],
    fixes: false,
    suggested: false,
    params: &[Param {
        name: "style",
        default: ParamDefault::Word(&["consistent", "fenced", "indented"]),
        doc: "The style; `consistent` is that of the first block.",
    }],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let mut style = params.text("style");
    for (index, node) in page.of_kind(|kind| matches!(kind, FormKind::CodeBlock { .. })) {
        let fenced = node.kind == FormKind::CodeBlock { fenced: true };
        let actual = if fenced { "fenced" } else { "indented" };
        if style == "consistent" {
            style = actual;
        }
        if actual != style {
            findings.line(page.block_lines(index).0, format!("code that is {actual}"));
            findings.help(format!("write it {style}"));
        }
    }
}
