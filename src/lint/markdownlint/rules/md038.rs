//! `MD038`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD038",
        severity: Severity::Error,
        summary: "spaces stand at the ends of code in a line",
        explanation: "Spaces at the ends of code are shown or not, depending on how many there are. One on each side is left alone, as code that holds backticks needs it.",
        examples: ("a ` b` c\n", "a `b` c\n"),
    },
    aliases: &["no-space-in-code"],
    tags: &["code", "whitespace"],
    fixes: true,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for (_, node) in page.of_kind(|kind| kind == FormKind::Code) {
        let whole = page.get(node.range.clone());
        let ticks = whole.len() - whole.trim_start_matches('`').len();
        let inner = node.range.start + ticks
            ..node.range.end.saturating_sub(ticks).max(node.range.start + ticks);
        let text = page.get(inner.clone());
        let trimmed = text.trim();
        if trimmed.is_empty() {
            continue;
        }
        let space = |c: char| c == ' ' || c == '\n';
        let padded = text.starts_with(space) && text.ends_with(space);
        let pad = usize::from(padded);
        let (start, end) =
            (text.len() - text.trim_start().len(), text.len() - text.trim_end().len());
        let (more_start, more_end) = (start - pad.min(start), end - pad.min(end));
        let ticks = trimmed.starts_with('`') || trimmed.ends_with('`');
        let kept = if more_start > 0 && more_end > 0 && !ticks { 0 } else { pad };
        if more_start == 0 && more_end == 0 {
            continue;
        }
        if more_start > 0 {
            let place = inner.start + kept..inner.start + start;
            findings.at(place.clone(), "spaces at the beginning of code");
            findings.replace(place, "");
        }
        if more_end > 0 {
            let place = inner.end - end..inner.end - kept;
            findings.at(place.clone(), "spaces at the end of code");
            findings.replace(place, "");
        }
    }
}
