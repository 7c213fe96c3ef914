//! `MD031`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD031",
        severity: Severity::Error,
        summary: "fenced code has no blank line before or behind it",
        explanation: "Some programs do not read fences as such that touch a paragraph.",
        examples: ("text\n```sh\nls\n```\n", "text\n\n```sh\nls\n```\n"),
    },
    aliases: &["blanks-around-fences"],
    tags: &["blank_lines", "code"],
    fixes: true,
    suggested: false,
    params: &[Param {
        name: "list_items",
        default: ParamDefault::Bool(true),
        doc: "Whether to look at fences in lists.",
    }],
    config: "",
    check,
};

fn mend(page: &Page<'_>, findings: &mut Findings<'_>, line: usize, before: usize) {
    let Some(fence) = page.line(line).find(['`', '~']) else { return };
    let prefix = page.line(line).get(..fence).unwrap_or_default();
    let marks: String = prefix.chars().map(|c| if c == '>' { '>' } else { ' ' }).collect();
    let at = page.line_range(before).start;
    // The mark of a quote stays where it is: further left it would end the item around it.
    findings.replace(at..at, format!("{}\n", marks.trim_end()));
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let items = params.flag("list_items");
    for (index, _) in page.of_kind(|kind| kind == FormKind::CodeBlock { fenced: true }) {
        if !items && page.in_list(index) {
            continue;
        }
        let (first, last) = page.block_lines(index);
        if first > 0 && !page.is_blank(first - 1) {
            findings.line(first, "no blank line before the fence");
            mend(page, findings, first, first);
        }
        if !page.is_blank(last + 1) && !page.is_blank(last) {
            findings.line(last, "no blank line behind the fence");
            mend(page, findings, last, last + 1);
        }
    }
}
