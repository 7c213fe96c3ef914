//! `MD022`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD022",
        severity: Severity::Error,
        summary: "a heading has no blank line before or behind it",
        explanation: "Some programs do not read a heading without blank lines around it as one.",
        examples: ("# A\ntext\n", "# A\n\ntext\n"),
    },
    aliases: &["blanks-around-headings"],
    tags: &["blank_lines", "headings"],
    fixes: true,
    suggested: false,
    params: &[
        Param {
            name: "lines_above",
            default: ParamDefault::Wholes(1),
            doc: "So many blank lines above; -1 for any number; a list has one number for each level.",
        },
        Param { name: "lines_below", default: ParamDefault::Wholes(1), doc: "The same below." },
        Param {
            name: "include_front_matter",
            default: ParamDefault::Bool(false),
            doc: "Whether there must be as many between front matter and a heading, too.",
        },
    ],
    config: "",
    check,
};

/// A blank line in the quotes that a heading and the line beside it both lie in: in a quote that
/// follows, it would come before the mark of a note.
fn blank(page: &Page<'_>, heading: usize, beside: usize) -> String {
    let (own, other) = (page.quoted(heading), page.quoted(beside));
    if own.matches('>').count() < other.matches('>').count() { own } else { other }
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    // Its lines, from the last one.
    let front: Vec<&str> = match params.flag("include_front_matter") {
        true => page.front.lines().rev().collect(),
        false => Vec::new(),
    };
    for heading in page.headings() {
        let (first, last) = heading.lines;
        let above = params.number("lines_above", heading.level);
        let below = params.number("lines_below", heading.level);
        let count = |expected: i64, blank: &dyn Fn(usize) -> bool| {
            let blank = |at: &i64| blank(usize::try_from(*at).unwrap_or(0));
            i64::try_from((0..expected).take_while(blank).count()).unwrap_or(0)
        };
        let up = |back: usize| match first.checked_sub(1 + back) {
            Some(line) => page.is_blank(line),
            None => front.get(back - first).is_none_or(|line| line.trim().is_empty()),
        };
        let down = |on: usize| page.is_blank(last + 1 + on);
        let found = count(above, &up);
        if above >= 0 && found < above {
            findings.line(first, format!("{found} blank lines above the heading, not {above}"));
            let missing = usize::try_from(above - found).unwrap_or(0);
            let start = page.line_range(first).start;
            findings
                .replace(start..start, blank(page, first, first.saturating_sub(1)).repeat(missing));
        }
        let found = count(below, &down);
        if below >= 0 && found < below {
            findings.line(first, format!("{found} blank lines below the heading, not {below}"));
            let missing = usize::try_from(below - found).unwrap_or(0);
            let start = page.line_range(last + 1).start;
            findings.replace(start..start, blank(page, first, last + 1).repeat(missing));
        }
    }
}
