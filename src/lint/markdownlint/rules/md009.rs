//! `MD009`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD009",
        severity: Severity::Error,
        summary: "a line ends with spaces",
        explanation: "Spaces at the end of a line are invisible, and two of them break the line. Where that is wanted, two are left alone.",
        examples: ("text \nmore\n", "text\nmore\n"),
    },
    aliases: &["no-trailing-spaces"],
    tags: &["whitespace"],
    fixes: true,
    suggested: false,
    params: &[
        Param {
            name: "br_spaces",
            default: ParamDefault::Whole(2),
            doc: "So many spaces break a line and are left alone; below 2, none are.",
        },
        Param {
            name: "code_blocks",
            default: ParamDefault::Bool(false),
            doc: "Whether to look at code, too.",
        },
        Param {
            name: "list_item_empty_lines",
            default: ParamDefault::Bool(false),
            doc: "Whether lines of lists may end with spaces.",
        },
        Param {
            name: "strict",
            default: ParamDefault::Bool(false),
            doc: "Whether to report spaces that would break a line but do not.",
        },
    ],
    config: "",
    check,
};

/// The lines of lists. markdownlint leaves all of them alone, not just empty ones.
fn in_lists(page: &Page<'_>) -> Vec<bool> {
    let mut lines = vec![false; page.lines.len()];
    for (list, _) in page.of_kind(|kind| matches!(kind, FormKind::List { .. })) {
        let first = page.block_lines(list).0;
        let last = page.last_line(list);
        lines.iter_mut().take(last + 1).skip(first).for_each(|mark| *mark = true);
    }
    lines
}

/// The lines within paragraphs, whose end can break a line.
fn inner_lines(page: &Page<'_>) -> Vec<bool> {
    let mut lines = vec![false; page.lines.len()];
    for (paragraph, _) in page.of_kind(|kind| kind == FormKind::Paragraph) {
        let (first, last) = page.block_lines(paragraph);
        lines.iter_mut().take(last).skip(first).for_each(|mark| *mark = true);
    }
    for (_, code) in page.of_kind(|kind| kind == FormKind::Code) {
        let (first, last) = (page.line_of(code.range.start), page.line_of(code.range.end));
        lines.iter_mut().take(last).skip(first).for_each(|mark| *mark = false);
    }
    lines
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let breaks = params.whole("br_spaces");
    let expected = if breaks < 2 { 0 } else { breaks };
    let strict = params.flag("strict");
    let code = params.flag("code_blocks");
    let ends = |line: &str| line.ends_with(char::is_whitespace);
    if !page.lines.iter().any(|line| ends(page.get(line.clone()))) {
        return;
    }
    let empty = params.flag("list_item_empty_lines").then(|| in_lists(page));
    let broken = strict.then(|| inner_lines(page));
    for (number, range) in page.lines.iter().enumerate() {
        let line = page.get(range.clone());
        let count = line.chars().rev().take_while(|c| c.is_whitespace()).count();
        let listed = empty.as_ref().and_then(|lines| lines.get(number)).copied().unwrap_or(false);
        if count == 0 || listed || (!code && page.in_code(number) && !page.is_fence(number)) {
            continue;
        }
        let breaks = broken.as_ref().is_none_or(|l| l.get(number).copied().unwrap_or(false));
        if count != expected || !breaks {
            let trimmed = line.trim_end();
            let place = range.start + trimmed.len()..range.end;
            findings.at(place.clone(), "spaces at the end of the line");
            findings.replace(place, "");
        }
    }
}
