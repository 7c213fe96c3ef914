//! `MD004`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD004",
        severity: Severity::Error,
        summary: "items of lists begin with different marks",
        explanation: "Lists are made with `*`, `+`, and `-`. Another mark begins another list, so that items that belong together may be torn apart.",
        examples: ("* A\n\ntext\n\n- B\n", "* A\n\ntext\n\n* B\n"),
    },
    aliases: &["ul-style"],
    tags: &["bullet", "ul"],
    fixes: true,
    suggested: false,
    params: &[Param {
        name: "style",
        default: ParamDefault::Word(&["consistent", "asterisk", "plus", "dash", "sublist"]),
        doc: "The mark; `sublist` wants another one than in the list around.",
    }],
    config: "",
    check,
};

/// The mark of a list within a list.
fn other(mark: &str) -> &'static str {
    match mark {
        "-" => "+",
        "+" => "*",
        _ => "-",
    }
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let style = params.text("style");
    let mut wanted = match style {
        "asterisk" => "*",
        "dash" => "-",
        "plus" => "+",
        _ => "",
    };
    let mut nested: Vec<&str> = Vec::new();
    for (list, node) in page.of_kind(|kind| kind == FormKind::List { ordered: false }) {
        let depth =
            page.above(list).filter(|(_, n)| matches!(n.kind, FormKind::List { .. })).count();
        for marker in page.items(list, node.end) {
            let actual = page.get(marker.mark.clone());
            if style == "sublist" {
                while nested.len() < depth {
                    nested.push("");
                }
                if nested.len() == depth || nested.get(depth).is_some_and(|mark| mark.is_empty()) {
                    let outer = depth.checked_sub(1).and_then(|at| nested.get(at)).copied();
                    let mark = if outer == Some(actual) { other(actual) } else { actual };
                    nested.truncate(depth);
                    nested.push(mark);
                }
                wanted = nested.get(depth).copied().unwrap_or(actual);
            } else if wanted.is_empty() {
                wanted = actual;
            }
            if actual != wanted {
                findings.at(marker.mark.clone(), format!("item with `{actual}`"));
                findings.help(format!("begin it with `{wanted}`"));
                findings.replace(marker.mark.clone(), wanted);
            }
        }
    }
}
