//! `MD033`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD033",
        severity: Severity::Error,
        summary: "HTML is used",
        explanation: "Markdown without HTML can be shown in many ways, and is easier to keep alike across pages.",
        examples: ("a <b>b</b>\n", "a **b**\n"),
    },
    aliases: &["no-inline-html"],
    tags: &["html"],
    fixes: false,
    suggested: false,
    params: &[
        Param {
            name: "allowed_elements",
            default: ParamDefault::Texts(&[]),
            doc: "Elements that may be used.",
        },
        Param {
            name: "table_allowed_elements",
            default: ParamDefault::Texts(&[]),
            doc: "Elements that may be used in tables; where it is not set, those of `allowed_elements`.",
        },
    ],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let lower = |name: &str| -> Vec<String> {
        params.texts(name).iter().map(|one| one.to_lowercase()).collect()
    };
    let allowed = lower("allowed_elements");
    let in_tables = match params.is_set("table_allowed_elements") {
        true => lower("table_allowed_elements"),
        false => allowed.clone(),
    };
    for tag in page.tags() {
        if tag.close {
            continue;
        }
        let name = tag.name.to_lowercase();
        let in_table = || page.above(tag.node).any(|(_, node)| node.kind == FormKind::Table);
        let fine = if in_table() { in_tables.contains(&name) } else { allowed.contains(&name) };
        if !fine {
            findings.at(tag.first_line(page), format!("element `{}`", tag.name));
        }
    }
}
