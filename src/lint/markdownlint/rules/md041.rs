//! `MD041`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD041",
        severity: Severity::Error,
        summary: "a page does not begin with a heading of the first level",
        explanation: "The first heading is the title of the page. A title in front matter counts.",
        examples: ("text\n", "# A\n\ntext\n"),
    },
    aliases: &["first-line-heading", "first-line-h1"],
    tags: &["headings"],
    fixes: false,
    suggested: false,
    params: &[
        Param {
            name: "allow_preamble",
            default: ParamDefault::Bool(false),
            doc: "Whether other text may stand before the title.",
        },
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
    if page.front_title(params.text("front_matter_title")) {
        return;
    }
    let level = params.whole("level");
    let preamble = params.flag("allow_preamble");
    let tell = |line: usize, findings: &mut Findings<'_>| {
        findings.line(line, "the page does not begin with its title");
        findings.help(format!("begin it with a heading of level {level}"));
    };
    // A definition is no title either.
    let defined = page.defined().iter().find(|_| !preamble);
    for (index, node) in page.nodes().filter(|(_, node)| node.parent.is_none()) {
        if page.is_comment(index) {
            continue;
        }
        if let Some(first) = defined.filter(|first| first.start < page.block(index).start) {
            tell(first.line, findings);
            return;
        }
        let fine = match node.kind {
            FormKind::Heading { level: actual, .. } => Some(usize::from(actual) == level),
            FormKind::HtmlBlock => {
                let text = page.get(page.block(index)).to_lowercase();
                let digit = text.strip_prefix("<h").and_then(|rest| rest.chars().next());
                match digit.and_then(|digit| digit.to_digit(10)) {
                    Some(actual) if (1..=6).contains(&actual) => Some(actual as usize == level),
                    _ => (!preamble).then_some(false),
                }
            }
            _ => (!preamble).then_some(false),
        };
        match fine {
            None => {}
            Some(true) => return,
            Some(false) => {
                tell(page.block_lines(index).0, findings);
                return;
            }
        }
    }
    if let Some(first) = defined {
        tell(first.line, findings);
    }
}
