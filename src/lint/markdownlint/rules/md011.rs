//! `MD011`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD011",
        severity: Severity::Error,
        summary: "the brackets of a link are the wrong way round",
        explanation: "A link is written `[text](address)`. With the brackets exchanged, both parts are shown as they are.",
        examples: (
            "See (the guide)[https://example.org/].\n",
            "See [the guide](https://example.org/).\n",
        ),
    },
    aliases: &["no-reversed-links"],
    tags: &["links"],
    fixes: true,
    suggested: true,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    if !page.text.contains(")[") {
        return;
    }
    let mut left: Vec<std::ops::Range<usize>> = Vec::new();
    for (_, node) in page.of_kind(|kind| kind == FormKind::Code) {
        left.push(node.range.clone());
    }
    let Some(pattern) = page.patterns.get(r"(?:^|[^\\])(\(([^()]+)\)\[([^\]^][^\]]*)\])(?!\()")
    else {
        return;
    };
    for (number, range) in page.lines.iter().enumerate() {
        let line = page.get(range.clone());
        if !line.contains(")[") || page.in_code(number) || page.in_html(number) {
            continue;
        }
        for (_, found) in pattern.groups(line, 1) {
            let place = range.start + found.start..range.start + found.end;
            let written = page.get(place.clone());
            let Some((text, target)) = written.split_once(")[") else { continue };
            let text = text.trim_start_matches('(');
            let target = target.trim_end_matches(']');
            if text.ends_with('\\') || target.ends_with('\\') {
                continue;
            }
            if left.iter().any(|code| code.start < place.end && place.start < code.end) {
                continue;
            }
            findings.at(place.clone(), "text in parentheses and address in brackets");
            findings.help("write `[text](address)`");
            findings.replace(place, format!("[{text}]({target})"));
        }
    }
}
