//! `MD026`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD026",
        severity: Severity::Error,
        summary: "a heading ends with punctuation",
        explanation: "A heading is no sentence. Question marks are left alone, as headings of answers often are questions.",
        examples: ("# A.\n", "# A\n"),
    },
    aliases: &["no-trailing-punctuation"],
    tags: &["headings"],
    fixes: true,
    suggested: false,
    params: &[Param {
        name: "punctuation",
        default: ParamDefault::Text(".,;:!。，；：！"),
        doc: "The characters that count as punctuation.",
    }],
    config: "",
    check,
};

/// Whether a text ends with a character reference: `&copy;`.
fn is_reference(text: &str) -> bool {
    let Some((before, name)) = text.strip_suffix(';').and_then(|text| text.rsplit_once('&')) else {
        return false;
    };
    let _ = before;
    let digits =
        |text: &str, radix: u32| !text.is_empty() && text.chars().all(|c| c.is_digit(radix));
    match name.strip_prefix('#') {
        Some(number) => {
            digits(number, 10) || number.strip_prefix(['x', 'X']).is_some_and(|n| digits(n, 16))
        }
        None => name.len() >= 2 && name.chars().all(|c| c.is_ascii_alphanumeric()),
    }
}

/// Whether a text ends with the name of an emoji: `:smile:`.
fn is_emoji(text: &str) -> bool {
    let Some((_, name)) = text.strip_suffix(':').and_then(|text| text.rsplit_once(':')) else {
        return false;
    };
    let part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_+-".contains(c);
    !name.is_empty() && name.chars().all(part)
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let marks = params.text("punctuation");
    for heading in page.headings() {
        let text = page.get(heading.content.clone());
        let kept = text.trim_end_matches(|c| marks.contains(c));
        if kept.len() == text.len() || is_reference(text) || is_emoji(text) {
            continue;
        }
        let kept = kept.trim_end();
        let place = heading.content.start + kept.len()..heading.content.end;
        findings.at(
            place.clone(),
            format!("heading that ends with `{}`", page.get(place.clone()).trim()),
        );
        findings.replace(place, "");
    }
}
