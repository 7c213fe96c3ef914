//! `MD048`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD048",
        severity: Severity::Error,
        summary: "fences are written in different styles",
        explanation: "One style throughout a page is easier to read.",
        examples: ("```sh\nls\n```\n\n~~~sh\nls\n~~~\n", "```sh\nls\n```\n"),
    },
    aliases: &["code-fence-style"],
    tags: &["code"],
    fixes: false,
    suggested: false,
    params: &[Param {
        name: "style",
        default: ParamDefault::Word(&["consistent", "backtick", "tilde"]),
        doc: "The style; `consistent` is that of the first fence.",
    }],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let mut style = params.text("style");
    for (index, _) in page.of_kind(|kind| kind == FormKind::CodeBlock { fenced: true }) {
        let block = page.block(index);
        let tilde = page.get(block.clone()).starts_with('~');
        let actual = if tilde { "tilde" } else { "backtick" };
        if style == "consistent" {
            style = actual;
        }
        if actual != style {
            findings.line(page.line_of(block.start), format!("fence of style `{actual}`"));
            findings.help(format!("write it in style `{style}`"));
        }
    }
}
