//! `MD014`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD014",
        severity: Severity::Error,
        summary: "every command has a dollar sign, and none shows what it prints",
        explanation: "Dollar signs tell commands from what they print. Where nothing is printed, they only get copied along.",
        examples: ("```sh\n$ ls\n$ pwd\n```\n", "```sh\nls\npwd\n```\n"),
    },
    aliases: &["commands-show-output"],
    tags: &["code"],
    fixes: true,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for (index, node) in page.of_kind(|kind| matches!(kind, FormKind::CodeBlock { .. })) {
        let fenced = node.kind == FormKind::CodeBlock { fenced: true };
        let mut dollars = Vec::new();
        let mut other = false;
        for (line, range) in page.code_lines(index, fenced) {
            let text = page.get(range.clone());
            if text.is_empty() {
                continue;
            }
            let trimmed = text.trim_start();
            let behind = trimmed.strip_prefix('$').unwrap_or_default();
            let space = behind.len() - behind.trim_start().len();
            if space == 0 {
                other = true;
                break;
            }
            let start = range.start + (text.len() - trimmed.len());
            dollars.push((line, start..start + 1 + space));
        }
        if other {
            continue;
        }
        for (_, place) in dollars {
            findings.at(place.clone(), "dollar sign before a command whose output is not shown");
            findings.replace(place, "");
        }
    }
}
