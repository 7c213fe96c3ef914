//! `markdown/code-language`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::NodeKind;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "markdown/code-language",
        severity: Severity::Advice,
        summary: "a code block does not say its language",
        explanation: "The language decides how code is highlighted, and tools check and copy it by that. Write `text` for what is no code.",
        examples: ("```\nls -l\n```\n", "```sh\nls -l\n```\n"),
    },
    presets: &["strict"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for node in &page.document.nodes {
        let NodeKind::CodeBlock(block) = &node.kind else { continue };
        if block.info.is_some() && block.language.is_empty() {
            let start = node.range.start as usize;
            let line =
                page.written(start..node.range.end as usize).lines().next().map_or(0, str::len);
            findings.at(start..start + line, "this code block does not say its language");
            findings.help("write it behind the fence, `text` for what is no code");
        }
    }
}
