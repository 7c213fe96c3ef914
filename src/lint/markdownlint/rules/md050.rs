//! `MD050`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::emphasis::emphasis;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD050",
        severity: Severity::Error,
        summary: "strong emphasis is written in different styles",
        explanation: "One style throughout a page is easier to read. Within words, only `*` makes emphasis.",
        examples: ("**a** __b__\n", "**a** **b**\n"),
    },
    aliases: &["strong-style"],
    tags: &["emphasis"],
    fixes: true,
    suggested: false,
    params: &[Param {
        name: "style",
        default: ParamDefault::Word(&["consistent", "asterisk", "underscore"]),
        doc: "The style; `consistent` is that of the first one.",
    }],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    emphasis(page, params.text("style"), FormKind::Strong, 2, findings);
}
