//! `style/doubled-word`

use crate::base::Applicability;
use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::Kind;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::{OptionDefault, OptionSpec};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/doubled-word",
        severity: Severity::Warning,
        summary: "a word stands twice",
        explanation: "The eye skips a word that is repeated, most of all over the end of a line. Where both are meant, as in `that that`, list the word in `allow`.",
        examples: ("Open the the file.\n", "Open the file.\n"),
    },
    presets: &["default"],
    options: &[OptionSpec {
        name: "allow",
        default: OptionDefault::Texts(&[
            "that", "had", "blah", "very", "no", "ha", "bye", "knock", "do", "is", "surprise",
        ]),
        doc: "Words that may stand twice.",
    }],
    check,
};

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    for text in page.texts.iter().filter(|text| text.kind != Kind::Cell) {
        for pair in text.words().windows(2) {
            let [first, second] = pair else { continue };
            if first.lower != second.lower || !first.lower.chars().all(char::is_alphabetic) {
                continue;
            }
            let gap = text.get(first.range.end..second.range.start);
            let same = text.get(first.range.clone());
            // `New York, New York`, `Pago Pago`, `A a`: names and letters.
            let name = same.starts_with(char::is_uppercase)
                && text.get(second.range.clone()).starts_with(char::is_uppercase);
            // `AND and OR`, `certificate Certificate Authority`: only at the beginning of a
            // sentence may the first differ by its capital.
            let other = text.get(second.range.clone());
            let cased = same != other
                && !(same.chars().skip(1).eq(other.chars().skip(1))
                    && other.starts_with(char::is_lowercase));
            let single = same.chars().count() == 1 && !matches!(same, "a" | "A");
            let whole = text.source(first.range.start..second.range.end);
            let written = page.written(whole.clone());
            // Markup between the two: a link, code, emphasis. They may be separate things.
            let plain = written.chars().all(|c| c.is_alphabetic() || c.is_whitespace() || c == '>');
            if !gap.chars().all(char::is_whitespace)
                || name
                || cased
                || single
                || !plain
                || options.lists("allow", same)
            {
                continue;
            }
            findings.text(
                text,
                first.range.start..second.range.end,
                format!("`{same}` stands twice"),
            );
            findings.help("remove one");
            let rest = text.source(first.range.end..second.range.end);
            if !page.written(rest.clone()).contains('\n') {
                findings.replace(rest, "", Applicability::Suggested);
            }
        }
    }
}
