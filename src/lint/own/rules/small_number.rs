//! `style/small-number`

use crate::base::Applicability;
use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::Kind;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/small-number",
        severity: Severity::Advice,
        summary: "a small number is written in digits",
        explanation: "Numbers up to nine are words in running text; digits are for measures, versions, and larger numbers.",
        examples: ("Start 3 servers.\n", "Start three servers.\n"),
    },
    presets: &["style"],
    options: &[],
    check,
};

const NAMES: [&str; 8] = ["two", "three", "four", "five", "six", "seven", "eight", "nine"];
/// What is counted in words; units keep digits.
const COUNTED: [&str; 20] = [
    "servers", "nodes", "users", "files", "pages", "steps", "options", "ways", "people", "types",
    "parts", "fields", "sections", "teams", "channels", "commands", "things", "reasons", "rules",
    "kinds",
];

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for text in page.texts.iter().filter(|text| text.kind != Kind::Cell) {
        for pair in text.words().windows(2) {
            let [number, noun] = pair else { continue };
            let Some(name) = number
                .lower
                .parse::<usize>()
                .ok()
                .and_then(|value| value.checked_sub(2))
                .and_then(|index| NAMES.get(index))
            else {
                continue;
            };
            let gap = text.get(number.range.end..noun.range.start);
            if gap == " " && COUNTED.contains(&&*noun.lower) {
                let digits = &number.lower;
                findings.text(text, number.range.clone(), format!("`{digits}` is a small number"));
                findings.help(format!("write `{name}`"));
                findings.replace(text.source(number.range.clone()), name, Applicability::Suggested);
            }
        }
    }
}
