//! `MD052`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::lint::markdownlint::references::normalized;
use crate::markdown::{FormKind, LinkForm};
use std::ops::Range;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD052",
        severity: Severity::Error,
        summary: "a reference has no definition",
        explanation: "It is shown with its brackets. References of the form `[label]` are only looked at where `shortcut_syntax` says so, as they may just be text in brackets.",
        examples: ("[a][b]\n", "[a][b]\n\n[b]: https://example.org/\n"),
    },
    aliases: &["reference-links-images"],
    tags: &["images", "links"],
    fixes: false,
    suggested: false,
    params: &[
        Param {
            name: "ignored_labels",
            default: ParamDefault::Texts(&["x"]),
            doc: "Labels that are left alone.",
        },
        Param {
            name: "shortcut_syntax",
            default: ParamDefault::Bool(false),
            doc: "Whether to look at `[label]`, too.",
        },
    ],
    config: "",
    check,
};

/// Whether characters stand in a range that are text, neither code nor an entity.
fn says(page: &Page<'_>, range: Range<usize>) -> bool {
    let mut nodes = page.form.nodes.iter().filter(|node| {
        node.kind == FormKind::Text
            && range.start <= node.range.start
            && node.range.end <= range.end
    });
    nodes.any(|node| {
        let text = page.get(node.range.clone());
        let entity = text.starts_with('&') && text.ends_with(';');
        !entity && !text.trim().is_empty()
    })
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let ignored: Vec<String> =
        params.texts("ignored_labels").iter().map(|one| normalized(one)).collect();
    let shortcuts = params.flag("shortcut_syntax");
    for one in &page.form.undefined {
        let label = normalized(&one.label);
        if (one.form == LinkForm::Shortcut && !shortcuts) || ignored.contains(&label) {
            continue;
        }
        // markdownlint sees only those whose text holds characters, not code alone.
        let written = page.get(one.range.clone());
        let close = one.range.start
            + written.rfind("][").unwrap_or_else(|| written.len().saturating_sub(1));
        if !says(page, one.range.start + 1..close) {
            let behind = close + 2..one.range.end.saturating_sub(1);
            if shortcuts && one.form == LinkForm::Full && says(page, behind) {
                findings
                    .at(close + 1..one.range.end, format!("there is no definition of `{label}`"));
            }
            continue;
        }
        let mut stop = one.range.end;
        if one.form == LinkForm::Collapsed && page.get(stop..page.text.len()).starts_with("[]") {
            stop += 2;
        }
        let end = page.line_range(page.line_of(one.range.start)).end;
        findings.at(one.range.start..stop.min(end), format!("there is no definition of `{label}`"));
        findings.help(format!("add a line `[{label}]: target`"));
    }
}
