//! `markdown/conflict-marker`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::NodeKind;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "markdown/conflict-marker",
        severity: Severity::Error,
        summary: "a merge conflict was not resolved",
        explanation: "The lines with `<<<<<<<` and `>>>>>>>` are what git leaves where two branches changed the same lines. Both versions, and the marks, are published. Decide which one is right. Conflicts that are shown as an example stand in a code block.",
        examples: ("<<<<<<< HEAD\nPort 80\n=======\nPort 8080\n>>>>>>> main\n", "Port 8080\n"),
    },
    presets: &["default"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    let text = &page.document.text;
    if !text.contains("<<<<<<< ") || !text.contains(">>>>>>>") {
        return;
    }
    let code: Vec<_> = page
        .document
        .nodes
        .iter()
        .filter(|node| matches!(node.kind, NodeKind::CodeBlock(_) | NodeKind::HtmlBlock))
        .map(|node| node.range.start as usize..node.range.end as usize)
        .collect();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let range = at..at + line.trim_end().len();
        at += line.len();
        if line.starts_with("<<<<<<< ") && !code.iter().any(|code| code.contains(&range.start)) {
            findings.at(range, "a merge conflict was not resolved");
            findings.help("keep the right version, and remove the lines with `<<<<<<<`, `=======` and `>>>>>>>`");
        }
    }
}
