//! `style/placeholder`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::Kind;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::{OptionDefault, OptionSpec};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/placeholder",
        severity: Severity::Warning,
        summary: "a placeholder was left in the text",
        explanation: "`TODO`, `TBD` and `lorem ipsum` are notes to oneself that readers should not see. Write what lacks, or move the note into a comment.",
        examples: ("TODO: describe the flags.\n", "The flags are described below.\n"),
    },
    presets: &["default"],
    options: &[OptionSpec {
        name: "words",
        default: OptionDefault::Texts(&["TODO", "TBD", "FIXME", "TBA", "TBC", "XXX"]),
        doc: "Words in capitals that mark something as unfinished.",
    }],
    check,
};

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    for text in page.texts.iter().filter(|text| text.kind != Kind::Alt) {
        let words = text.words();
        for (index, word) in words.iter().enumerate() {
            let written = text.get(word.range.clone());
            if &*word.lower == "lorem" && words.get(index + 1).is_some_and(|w| &*w.lower == "ipsum")
            {
                findings.text(text, word.range.clone(), "placeholder text was left here");
                findings.help("write what belongs here");
                continue;
            }
            // `TODO:`, `(TBD)`, or all of a cell or an item; elsewhere the word may be talked about.
            let shouted = written.chars().all(|c| c.is_ascii_uppercase());
            if !shouted || !options.lists("words", written) {
                continue;
            }
            let before = text.str().get(..word.range.start).unwrap_or_default();
            let after = text.str().get(word.range.end..).unwrap_or_default();
            let alone = before.trim().is_empty() && after.trim().is_empty();
            let noted = after.starts_with(':')
                && (before.trim().is_empty() || before.trim_end().ends_with(['.', '(', '[']));
            let enclosed = (before.ends_with('(') && after.starts_with(')'))
                || (before.ends_with('[') && after.starts_with(']'));
            if alone || noted || enclosed {
                findings.text(text, word.range.clone(), format!("`{written}` was left here"));
                findings.help("write what lacks, or move the note into a comment");
            }
        }
    }
}
