//! `MD010`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD010",
        severity: Severity::Error,
        summary: "a line holds a tab",
        explanation: "How wide a tab is differs from program to program, so that what looks aligned for one reader does not for another one.",
        examples: ("a\tb\n", "a b\n"),
    },
    aliases: &["no-hard-tabs"],
    tags: &["hard_tab", "whitespace"],
    fixes: true,
    suggested: false,
    params: &[
        Param {
            name: "code_blocks",
            default: ParamDefault::Bool(true),
            doc: "Whether to look at code, too.",
        },
        Param {
            name: "ignore_code_languages",
            default: ParamDefault::Texts(&[]),
            doc: "Languages of code whose tabs are left alone.",
        },
        Param {
            name: "spaces_per_tab",
            default: ParamDefault::Whole(1),
            doc: "So many spaces stand for a tab in fixes.",
        },
    ],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    if !page.text.contains('\t') {
        return;
    }
    let width = params.whole("spaces_per_tab");
    let languages: Vec<String> =
        params.texts("ignore_code_languages").iter().map(|one| one.to_lowercase()).collect();
    let mut left: Vec<std::ops::Range<usize>> = Vec::new();
    for (index, node) in page.nodes() {
        match node.kind {
            FormKind::CodeBlock { fenced } if params.flag("code_blocks") => {
                let language = page.info(index).to_lowercase();
                if fenced && languages.contains(&language) {
                    left.push(page.block(index));
                }
            }
            FormKind::CodeBlock { .. } => {
                let block = page.block(index);
                left.push(page.line_start(block.start)..block.end);
            }
            FormKind::Code if !params.flag("code_blocks") => left.push(node.range.clone()),
            _ => {}
        }
    }
    for range in &page.lines {
        let line = page.get(range.clone());
        let mut at = 0;
        while let Some(found) = line.get(at..).and_then(|rest| rest.find('\t')) {
            let start = at + found;
            let rest = line.get(start..).unwrap_or_default();
            let count = rest.len() - rest.trim_start_matches('\t').len();
            at = start + count;
            let place = range.start + start..range.start + at;
            if left.iter().any(|code| code.start < place.end && place.start < code.end) {
                continue;
            }
            findings.at(place.clone(), "tab");
            findings.help("write spaces");
            findings.replace(place, " ".repeat(count * width));
        }
    }
}
