//! `MD001`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD001",
        severity: Severity::Error,
        summary: "the level of a heading is more than one below that of the heading before",
        explanation: "Readers, and programs that read aloud, take the levels of headings for the outline of a page. A level that is skipped looks as if something were missing. A title in front matter counts as a first level.",
        examples: ("# A\n\n### B\n", "# A\n\n## B\n"),
    },
    aliases: &["heading-increment"],
    tags: &["headings"],
    fixes: false,
    suggested: false,
    params: &[Param {
        name: "front_matter_title",
        default: ParamDefault::Text(r"^\s*title\s*[:=]"),
        doc: "A pattern for the line of front matter that holds the title; empty for none.",
    }],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let titled = page.front_title(params.text("front_matter_title"));
    let mut last = usize::from(titled);
    for heading in page.headings() {
        if last > 0 && heading.level > last + 1 {
            let message = format!("heading of level {} behind one of level {last}", heading.level);
            findings.line(heading.lines.0, message);
            findings.help(format!("make it a heading of level {}", last + 1));
        }
        last = heading.level;
    }
}
