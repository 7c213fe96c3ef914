//! `MD045`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD045",
        severity: Severity::Error,
        summary: "an image has no alternative text",
        explanation: "Who cannot see the image, or has not loaded it, gets nothing in its place.",
        examples: ("![](a.png)\n", "![A pump](a.png)\n"),
    },
    aliases: &["no-alt-text"],
    tags: &["accessibility", "images"],
    fixes: false,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for link in page.links().iter().filter(|link| link.image && link.label.is_empty()) {
        let line = page.line_of(link.range.start);
        if page.line_of(link.range.end) == line {
            findings.at(link.range.clone(), "image without alternative text");
        } else {
            findings.line(line, "image without alternative text");
        }
        findings.help("say what it shows");
    }
    for tag in page.tags() {
        if !tag.close
            && tag.name.eq_ignore_ascii_case("img")
            && tag.attribute(page, "alt").is_none()
            && tag
                .attribute(page, "aria-hidden")
                .is_none_or(|hidden| !hidden.eq_ignore_ascii_case("true"))
        {
            findings.at(tag.first_line(page), "image without alternative text");
            findings.help("say what it shows");
        }
    }
}
