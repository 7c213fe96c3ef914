//! `style/ui-path`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::NodeKind;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/ui-path",
        severity: Severity::Advice,
        summary: "steps through menus are joined by an arrow",
        explanation: "A way through menus is written with `>` between its steps, as most products and style guides do. Screen readers say arrows made of two characters as what they are: hyphen, greater than.",
        examples: (
            "Go to **System Console** -> **Users**.\n",
            "Go to **System Console > Users**.\n",
        ),
    },
    presets: &["style"],
    options: &[],
    check,
};

const ARROWS: [&str; 6] = ["->", "-->", "=>", "→", "⇒", "»"];

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    let nodes = &page.document.nodes;
    for step in nodes.iter().filter(|node| matches!(node.kind, NodeKind::Strong)) {
        let Some(between) = nodes.get(step.end as usize) else { continue };
        let Some(next) = nodes.get(between.end as usize) else { continue };
        let NodeKind::Text(text) = &between.kind else { continue };
        // They stand beside each other, with nothing between them but the arrow.
        let beside = between.range.start == step.range.end && next.range.start == between.range.end;
        if beside && matches!(next.kind, NodeKind::Strong) && ARROWS.contains(&text.trim()) {
            let range = between.range.start as usize..between.range.end as usize;
            let written = page.written(range.clone());
            let start = range.start + (written.len() - written.trim_start().len());
            let arrow = text.trim();
            findings.at(start..start + arrow.len(), format!("`{arrow}` joins steps through menus"));
            findings.help("write `**A > B**`, or `>` between the bold steps");
        }
    }
}
