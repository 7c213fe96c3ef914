//! `MD025`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Heading;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD025",
        severity: Severity::Error,
        summary: "a page has several titles",
        explanation: "A heading of the first level at the beginning is the title of the page. Others of this level then look as if more pages began.",
        examples: ("# A\n\n# B\n", "# A\n\n## B\n"),
    },
    aliases: &["single-title", "single-h1"],
    tags: &["headings"],
    fixes: false,
    suggested: false,
    params: &[
        Param { name: "level", default: ParamDefault::Whole(1), doc: "The level of the title." },
        Param {
            name: "front_matter_title",
            default: ParamDefault::Text(r"^\s*title\s*[:=]"),
            doc: "A pattern for the line of front matter that holds the title; empty for none.",
        },
    ],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let level = params.whole("level");
    let titled = page.front_title(params.text("front_matter_title"));
    let docfx = |text: &str| text.starts_with('[') && text.contains("](#tab/");
    let headings: Vec<&Heading> = page
        .headings()
        .iter()
        .filter(|heading| heading.level == level && !docfx(page.get(heading.content.clone())))
        .collect();
    let Some(first) = headings.first() else { return };
    if titled || page.is_first(first.node) {
        for heading in headings.iter().skip(usize::from(!titled)) {
            findings.line(heading.lines.0, "another title of the page");
            findings.help("make it a heading of a lower level");
        }
    }
}
