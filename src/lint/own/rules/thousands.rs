//! `style/thousands`

use crate::base::Applicability;
use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/thousands",
        severity: Severity::Advice,
        summary: "a large number has no separators",
        explanation: "Commas between groups of three digits make a number readable. Numbers with a label, such as ports, years and ids, have none.",
        examples: ("It holds 2300097 posts.\n", "It holds 2,300,097 posts.\n"),
    },
    presets: &["style"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for text in &page.texts {
        for pair in text.words().windows(2) {
            let [number, noun] = pair else { continue };
            let digits = number.lower.chars().all(|c| c.is_ascii_digit());
            let counted = noun.lower.ends_with('s') && noun.lower.chars().all(char::is_alphabetic);
            let gap = text.get(number.range.end..noun.range.start);
            if !digits || !(5..=12).contains(&number.lower.len()) || !counted || gap != " " {
                continue;
            }
            let mut grouped = String::new();
            for (index, c) in number.lower.chars().enumerate() {
                if index > 0 && (number.lower.len() - index).is_multiple_of(3) {
                    grouped.push(',');
                }
                grouped.push(c);
            }
            findings.text(
                text,
                number.range.clone(),
                format!("`{}` is hard to read", number.lower),
            );
            findings.help(format!("write `{grouped}`"));
            findings.replace(text.source(number.range.clone()), &grouped, Applicability::Suggested);
        }
    }
}
