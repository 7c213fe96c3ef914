//! `MD012`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD012",
        severity: Severity::Error,
        summary: "several blank lines follow each other",
        explanation: "One blank line divides as well as several.",
        examples: ("a\n\n\nb\n", "a\n\nb\n"),
    },
    aliases: &["no-multiple-blanks"],
    tags: &["blank_lines", "whitespace"],
    fixes: true,
    suggested: false,
    params: &[Param {
        name: "maximum",
        default: ParamDefault::Whole(1),
        doc: "So many blank lines may follow each other.",
    }],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let most = params.whole("maximum");
    let mut count = 0;
    for (number, range) in page.lines.iter().enumerate() {
        let blank = page.get(range.clone()).trim().is_empty() && !page.in_code(number);
        count = if blank { count + 1 } else { 0 };
        if count > most {
            findings.line(number, format!("{count} blank lines"));
            findings.help(format!("leave {most}"));
            findings.delete_line(number);
        }
    }
}
