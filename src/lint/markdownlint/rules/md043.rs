//! `MD043`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD043",
        severity: Severity::Error,
        summary: "the headings of a page are not those that are asked for",
        explanation: "Pages of one kind are easier to read where they are built alike. `*` stands for any number of headings, `+` for one or more, `?` for one.",
        examples: ("# B\n", "# A\n"),
    },
    aliases: &["required-headings"],
    tags: &["headings"],
    fixes: false,
    suggested: false,
    params: &[
        Param {
            name: "headings",
            default: ParamDefault::Texts(&[]),
            doc: "The headings with their `#`.",
        },
        Param {
            name: "match_case",
            default: ParamDefault::Bool(false),
            doc: "Whether case counts.",
        },
    ],
    config: "{ \"headings\": [\"# A\"] }",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    if !params.is_set("headings") {
        return;
    }
    let wanted = params.texts("headings");
    let case = params.flag("match_case");
    let fold = |text: &str| if case { text.to_owned() } else { text.to_lowercase() };
    let mut at = 0;
    let mut any = false;
    let mut wrong = false;
    let all_any = wanted.iter().all(|heading| *heading == "*");
    for heading in page.headings() {
        let text = page.heading_text(heading);
        let actual = format!("{} {}", "#".repeat(heading.level), text);
        let next = |at: &mut usize| {
            let heading = wanted.get(*at).copied().unwrap_or("[None]");
            *at += 1;
            heading
        };
        let expected = next(&mut at);
        match expected {
            "*" => {
                let following = next(&mut at);
                if fold(following) != fold(&actual) {
                    any = true;
                    at -= 1;
                }
            }
            "+" => any = true,
            "?" => {}
            _ if fold(expected) == fold(&actual) => any = false,
            _ if any => at -= 1,
            _ => {
                findings.line(heading.lines.0, format!("heading `{actual}`"));
                findings.help(format!("`{expected}` is expected here"));
                wrong = true;
                break;
            }
        }
    }
    let left = wanted.len().saturating_sub(at);
    let missing = left > 1 || (left == 1 && wanted.get(at) != Some(&"*"));
    let none = page.headings().is_empty() && all_any;
    if !wrong && !none && missing {
        let expected = wanted.get(at).copied().unwrap_or_default();
        findings.line(page.lines.len() - 1, format!("there is no heading `{expected}`"));
    }
}
