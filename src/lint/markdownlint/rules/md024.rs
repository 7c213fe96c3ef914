//! `MD024`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD024",
        severity: Severity::Error,
        summary: "two headings say the same",
        explanation: "Links to headings are made of what they say, so that only the first one of several is easy to link to. In lists of changes, `siblings_only` allows for the same headings below different ones.",
        examples: ("# A\n\n## B\n\n## B\n", "# A\n\n## B\n\n## C\n"),
    },
    aliases: &["no-duplicate-heading"],
    tags: &["headings"],
    fixes: false,
    suggested: false,
    params: &[Param {
        name: "siblings_only",
        default: ParamDefault::Bool(false),
        doc: "Whether headings may say the same below different headings.",
    }],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let siblings = params.flag("siblings_only");
    let mut known: Vec<Vec<String>> = vec![Vec::new(); 8];
    let mut last = 1;
    for heading in page.headings() {
        let text = page.heading_text(heading);
        let mut at = 1;
        if siblings {
            at = heading.level;
            while last < at {
                last += 1;
                if let Some(known) = known.get_mut(last) {
                    known.clear();
                }
            }
            while last > at {
                if let Some(known) = known.get_mut(last) {
                    known.clear();
                }
                last -= 1;
            }
        }
        let Some(known) = known.get_mut(at) else { continue };
        if known.contains(&text) {
            findings.line(heading.lines.0, format!("another heading says `{}`, too", text.trim()));
        } else {
            known.push(text);
        }
    }
}
