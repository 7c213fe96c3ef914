//! `MD020`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD020",
        severity: Severity::Error,
        summary: "a space is missing within the `#` around a heading",
        explanation: "Without the first space it is no heading, without the second one the `#` at the end are part of it.",
        examples: ("# A#\n", "# A #\n"),
    },
    aliases: &["no-missing-space-closed-atx"],
    tags: &["atx_closed", "headings", "spaces"],
    fixes: true,
    suggested: true,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for (number, range) in page.lines.iter().enumerate() {
        let line = page.get(range.clone());
        if !line.starts_with('#') || page.in_code(number) || page.in_html(number) {
            continue;
        }
        let trimmed = line.trim_end();
        let behind = trimmed.trim_start_matches('#');
        let before = behind.trim_end_matches('#');
        let (open, close) = (trimmed.len() - behind.len(), behind.len() - before.len());
        if before.is_empty() || close == 0 {
            continue;
        }
        let (before, escape) = match before.strip_suffix('\\') {
            Some(before) if close == 1 => {
                // `\#` is no mark of its own.
                let _ = before;
                continue;
            }
            Some(before) => (before, true),
            None => (before, false),
        };
        let close = close - usize::from(escape);
        let text = before.trim_start_matches([' ', '\t']);
        let left = text.len() == before.len();
        let content = text.trim_end_matches([' ', '\t']);
        let right = content.len() == text.len() || escape;
        if content.is_empty() || content.ends_with('\\') || content.contains('#') {
            continue;
        }
        if left || right {
            let place = if left {
                let first = content.chars().next().map_or(0, char::len_utf8);
                range.start..range.start + open + first
            } else {
                let end = range.start + trimmed.len();
                let last = line.get(..trimmed.len() - close).and_then(|l| l.chars().next_back());
                end - close - last.map_or(0, char::len_utf8)..end
            };
            findings.at(place, "a space is missing within the `#` of the heading");
            let marks = |count: usize| "#".repeat(count);
            let kept = if escape { "\\# " } else { "" };
            let text = format!("{} {content} {kept}{}", marks(open), marks(close));
            findings.replace(range.clone(), text);
        }
    }
}
