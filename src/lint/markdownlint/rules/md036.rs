//! `MD036`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;
use std::ops::Range;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD036",
        severity: Severity::Error,
        summary: "a line of emphasis stands in for a heading",
        explanation: "A line in bold looks like a heading, but is in no outline and has no link.",
        examples: ("**A title**\n\ntext\n", "## A title\n\ntext\n"),
    },
    aliases: &["no-emphasis-as-heading"],
    tags: &["emphasis", "headings"],
    fixes: false,
    suggested: false,
    params: &[Param {
        name: "punctuation",
        default: ParamDefault::Text(".,;:!?。，；：！？"),
        doc: "A line that ends with one of these is no heading.",
    }],
    config: "",
    check,
};

/// What is emphasized in a line of HTML, where that is nothing but characters.
fn in_html(page: &Page<'_>, index: usize) -> Option<String> {
    let block = page.block(index);
    let mut text = String::new();
    let mut at = block.start;
    for tag in page.tags().iter().filter(|tag| tag.node == index) {
        text.push_str(page.get(at..tag.range.start.max(at)));
        at = tag.range.end;
    }
    text.push_str(page.get(at..block.end.max(at)));
    let text = text.trim();
    let mark = ["**", "__", "*", "_"].into_iter().find(|mark| text.starts_with(mark))?;
    let inner = text.strip_prefix(mark)?.strip_suffix(mark)?;
    let plain = !inner.is_empty() && !inner.contains(['*', '_', '[', '`', '<', '&', '\\']);
    (plain && inner.trim().len() == inner.len()).then(|| inner.to_owned())
}

/// What is emphasized, where that is nothing but characters.
fn plain(page: &Page<'_>, emphasis: usize) -> Option<Range<usize>> {
    let mut range: Option<Range<usize>> = None;
    for (_, inner) in page.children(emphasis) {
        if inner.kind != FormKind::Text {
            return None;
        }
        range = match range {
            None => Some(inner.range.clone()),
            Some(before) if before.end == inner.range.start => Some(before.start..inner.range.end),
            Some(_) => return None,
        };
    }
    let range = range?;
    let text = page.get(range.clone());
    let escaped = page.get(range.start.saturating_sub(1)..range.start) == "\\";
    let reference = text.contains('&') && {
        let after = text.split('&').skip(1);
        after.into_iter().any(|rest| {
            rest.split(';').next().is_some_and(|name| {
                rest.len() > name.len()
                    && !name.is_empty()
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
            })
        })
    };
    let address = page.bare_addresses().iter().any(|one| range.contains(&one.range.start));
    let escape =
        text.split('\\').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_punctuation()));
    let plain = !text.contains(['[', '\n']) && !escape && !escaped && !reference && !address;
    plain.then_some(range)
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let marks = params.text("punctuation");
    for (index, node) in page.of_kind(|kind| kind == FormKind::HtmlBlock) {
        let (line, last) = page.block_lines(index);
        if node.parent.is_none()
            && line == last
            && let Some(text) = in_html(page, index)
            && !text.ends_with(|c| marks.contains(c))
        {
            findings.line(line, "emphasis in place of a heading");
            findings.help("make it a heading");
        }
    }
    for (index, node) in page.of_kind(|kind| kind == FormKind::Paragraph) {
        if node.parent.is_some() {
            continue;
        }
        let mut only = None;
        let mut several = false;
        for (child, inner) in page.children(index) {
            let text = page.get(inner.range.clone());
            let idle = inner.kind == FormKind::Html
                || (inner.kind == FormKind::Text && text.trim().is_empty());
            if !idle {
                several |= only.replace((child, inner.kind)).is_some();
            }
        }
        let Some((child, FormKind::Emphasis | FormKind::Strong)) = only.filter(|_| !several) else {
            continue;
        };
        let Some(range) = plain(page, child) else { continue };
        if !page.get(range.clone()).ends_with(|c| marks.contains(c)) {
            findings.line(page.line_of(range.start), "emphasis in place of a heading");
            findings.help("make it a heading");
        }
    }
}
