//! `MD039`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;
use crate::markdown::LinkForm;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD039",
        severity: Severity::Error,
        summary: "spaces stand at the ends of the text of a link",
        explanation: "They are shown underlined.",
        examples: ("[ a](https://example.org/)\n", "[a](https://example.org/)\n"),
    },
    aliases: &["no-space-in-links"],
    tags: &["links", "whitespace"],
    fixes: true,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for link in page.links().iter().filter(|link| !link.image && link.form != LinkForm::Autolink) {
        let text = page.get(link.label.clone());
        let trimmed = text.trim_start();
        let space = |c: char| c.is_whitespace() && c != '\n' && c != '\r';
        if trimmed.len() < text.len() {
            let kept = text.trim_start_matches(space);
            let place = link.label.start..link.label.start + (text.len() - kept.len());
            if place.is_empty() {
                findings.line(
                    page.line_of(link.label.start) + 1,
                    "line break at the beginning of the text of a link",
                );
            } else {
                findings.at(place.clone(), "spaces at the beginning of the text of a link");
                findings.replace(place, "");
            }
        }
        if text.trim_end().len() < text.len() {
            let kept = text.trim_end_matches(space);
            let place = link.label.start + kept.len()..link.label.end;
            if place.is_empty() {
                findings.line(
                    page.line_of(link.label.end).saturating_sub(1),
                    "line break at the end of the text of a link",
                );
            } else {
                findings.at(place.clone(), "spaces at the end of the text of a link");
                findings.replace(place, "");
            }
        }
    }
}
