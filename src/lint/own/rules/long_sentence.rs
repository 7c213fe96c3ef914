//! `style/long-sentence`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::Kind;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::{OptionDefault, OptionSpec};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/long-sentence",
        severity: Severity::Advice,
        summary: "a sentence is long",
        explanation: "A sentence of more than about 35 words is hard to follow. Split it, or make a list of its parts.",
        examples: (
            "The server that the administrator has installed before the meeting reads the file which the script has written into the folder that the user has named in the settings of the program before the program was started again by the service.\n",
            "The server reads the file. The script writes it into a folder. The settings name the folder.\n",
        ),
    },
    presets: &["style"],
    options: &[OptionSpec {
        name: "words",
        default: OptionDefault::Whole(35),
        doc: "The most words in a sentence.",
    }],
    check,
};

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    let limit = options.whole("words");
    let prose = |kind| matches!(kind, Kind::Body | Kind::List | Kind::Quote);
    for text in page.texts.iter().filter(|text| prose(text.kind)) {
        if text.words().len() <= limit {
            continue;
        }
        for sentence in text.sentences() {
            let words = text.words();
            let first = words.partition_point(|word| word.range.start < sentence.start);
            let last = words.partition_point(|word| word.range.start < sentence.end);
            let count = last.saturating_sub(first);
            if count > limit {
                findings.text(text, sentence.clone(), format!("this sentence has {count} words"));
                findings.help(format!("split it: up to {limit} words are easy to follow"));
            }
        }
    }
}
