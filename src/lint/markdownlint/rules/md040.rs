//! `MD040`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD040",
        severity: Severity::Error,
        summary: "fenced code does not say its language",
        explanation: "The language decides how code is highlighted. Write `text` for what is no code.",
        examples: ("```\nls\n```\n", "```sh\nls\n```\n"),
    },
    aliases: &["fenced-code-language"],
    tags: &["code", "language"],
    fixes: false,
    suggested: false,
    params: &[
        Param {
            name: "allowed_languages",
            default: ParamDefault::Texts(&[]),
            doc: "The languages that may be used; none for all.",
        },
        Param {
            name: "language_only",
            default: ParamDefault::Bool(false),
            doc: "Whether nothing else may stand behind the fence.",
        },
    ],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let allowed = params.texts("allowed_languages");
    for (index, _) in page.of_kind(|kind| kind == FormKind::CodeBlock { fenced: true }) {
        let line = page.block_lines(index).0;
        let language = page.info(index);
        if language.is_empty() {
            findings.line(line, "code without a language");
            findings.help("write it behind the fence, `text` for what is no code");
        } else if !allowed.is_empty() && !allowed.contains(&language) {
            findings.line(line, format!("`{language}` is no language that is allowed"));
            findings.help(format!("allowed are `{}`", allowed.join("`, `")));
        }
        if params.flag("language_only") && page.info_line(index).trim() != language {
            findings.line(line, "more than a language stands behind the fence");
        }
    }
}
