//! `style/ui-label`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/ui-label",
        severity: Severity::Advice,
        summary: "a label of the interface stands in quotes",
        explanation: "Labels of buttons, menus and fields are bold: `Select **Save**`. Quotes look as if they were to be typed.",
        examples: ("Select \"Save\".\n", "Select **Save**.\n"),
    },
    presets: &["style"],
    options: &[],
    check,
};

const VERBS: [&str; 8] = ["select", "choose", "click", "press", "tap", "open", "check", "clear"];

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for text in &page.texts {
        let words = text.words();
        for pair in words.windows(2) {
            let [verb, label] = pair else { continue };
            let gap = text.get(verb.range.end..label.range.start).trim_start();
            let close = match gap {
                "\"" => '"',
                "“" => '”',
                _ => continue,
            };
            let rest = text.str().get(label.range.start..).unwrap_or_default();
            let Some(end) = rest.find(close).filter(|end| *end <= 40) else { continue };
            let capital = rest.starts_with(char::is_uppercase);
            if VERBS.contains(&&*verb.lower) && capital {
                let range = label.range.start..label.range.start + end;
                let shown = text.get(range.clone()).to_owned();
                findings.text(text, range, format!("the label `{shown}` stands in quotes"));
                findings.help(format!("write `**{shown}**`"));
            }
        }
    }
}
