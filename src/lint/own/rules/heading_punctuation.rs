//! `headings/punctuation`

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
        id: "headings/punctuation",
        severity: Severity::Warning,
        summary: "a heading ends with punctuation",
        explanation: "A heading is a label, not a sentence: it ends without full stop, colon, comma or semicolon. Question and exclamation marks may be part of it. Set `marks` for others.",
        examples: ("## Next steps:\n", "## Next steps\n"),
    },
    presets: &["default"],
    options: &[OptionSpec {
        name: "marks",
        default: OptionDefault::Texts(&[".", ":", ";", ",", "。", "：", "，", "；"]),
        doc: "The marks that end no heading.",
    }],
    check,
};

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    for text in page.texts.iter().filter(|text| text.kind == Kind::Heading) {
        let shown = text.str().trim_end();
        let Some(mark) = shown.chars().next_back() else { continue };
        if !options.lists("marks", &mark.to_string()) {
            continue;
        }
        let before = shown.get(..shown.len() - mark.len_utf8()).unwrap_or_default();
        let last = before.rsplit(char::is_whitespace).next().unwrap_or_default();
        // An ellipsis, an abbreviation (`etc.`, `Inc.`, `U.S.`), an initial.
        let lower = last.to_lowercase();
        let shortened = last.contains('.')
            || ["etc", "inc", "ltd", "co", "jr", "sr", "vs", "al", "corp"]
                .contains(&lower.as_str())
            || last.chars().count() <= 1;
        if mark == '.' && shortened {
            continue;
        }
        let at = before.len()..shown.len();
        findings.text(text, at.clone(), format!("this heading ends with `{mark}`"));
        findings.help("remove it: a heading is a label");
        findings.replace(text.source(at), "", Applicability::Suggested);
    }
}
