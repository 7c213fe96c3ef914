//! `MD034`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::html::Tag;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;
use std::ops::Range;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD034",
        severity: Severity::Error,
        summary: "an address stands in the text without brackets",
        explanation: "Some programs make no link of it.",
        examples: (
            "See https://example.org/ for more.\n",
            "See <https://example.org/> for more.\n",
        ),
    },
    aliases: &["no-bare-urls"],
    tags: &["links", "url"],
    fixes: true,
    suggested: false,
    params: &[],
    config: "",
    check,
};

/// What stands between the tags of an element.
fn elements(page: &Page<'_>) -> Vec<Range<usize>> {
    let tags: Vec<&Tag> = page.tags().iter().filter(|tag| !tag.flow).collect();
    let parent = |tag: &Tag| page.node(tag.node).and_then(|node| node.parent);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = tags.get(at) {
        at += 1;
        if open.close {
            continue;
        }
        let mut depth = 1;
        for (index, tag) in tags.iter().enumerate().skip(at) {
            if parent(tag) != parent(open) {
                continue;
            }
            if tag.name == open.name {
                depth = if tag.close { depth - 1 } else { depth + 1 };
            }
            if depth == 0 {
                found.push(open.range.end..tag.range.start);
                at = index + 1;
                break;
            }
        }
    }
    found
}

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    let mut hidden: Option<Vec<Range<usize>>> = None;
    for bare in page.bare_addresses() {
        let before = page.get(0..bare.range.start).ends_with('<');
        let after = page.text.get(bare.range.end..).is_some_and(|rest| rest.starts_with('>'));
        let hidden = hidden.get_or_insert_with(|| elements(page));
        if (before && after) || hidden.iter().any(|one| one.contains(&bare.range.start)) {
            continue;
        }
        findings.at(bare.range.clone(), "address without brackets");
        findings.replace(bare.range.clone(), format!("<{}>", page.get(bare.range.clone())));
    }
}
