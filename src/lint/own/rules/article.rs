//! `style/article`

use crate::base::Applicability;
use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/article",
        severity: Severity::Warning,
        summary: "`a` and `an` are mixed up",
        explanation: "`an` stands before a vowel that is spoken, `a` before a consonant: `an hour`, `a user`. Only words whose sound is certain are looked at.",
        examples: ("Create an user with a account.\n", "Create a user with an account.\n"),
    },
    presets: &["default"],
    options: &[],
    check,
};

/// Words with a vowel that is spoken as a consonant.
const CONSONANT: [&str; 22] = [
    "user",
    "users",
    "unique",
    "unit",
    "universal",
    "university",
    "uniform",
    "union",
    "unified",
    "useful",
    "usual",
    "utility",
    "uuid",
    "url",
    "uri",
    "one",
    "once",
    "european",
    "usb",
    "usage",
    "united",
    "user-defined",
];
/// Words with a vowel sound, common enough in manuals, none of which is also a letter's name.
const VOWEL: [&str; 58] = [
    "account",
    "action",
    "active",
    "additional",
    "address",
    "admin",
    "administrator",
    "agent",
    "alert",
    "alias",
    "alternative",
    "app",
    "application",
    "area",
    "argument",
    "array",
    "article",
    "attribute",
    "automatic",
    "email",
    "empty",
    "end",
    "endpoint",
    "entry",
    "environment",
    "error",
    "event",
    "example",
    "exception",
    "executable",
    "existing",
    "explicit",
    "expression",
    "extension",
    "external",
    "icon",
    "image",
    "incoming",
    "index",
    "individual",
    "initial",
    "input",
    "instance",
    "integer",
    "integration",
    "interface",
    "internal",
    "invalid",
    "issue",
    "item",
    "object",
    "old",
    "open",
    "operation",
    "option",
    "optional",
    "order",
    "hour",
];

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for text in &page.texts {
        for pair in text.words().windows(2) {
            let [article, word] = pair else { continue };
            let right = match &*article.lower {
                "an" if CONSONANT.contains(&&*word.lower) => "a",
                "a" if VOWEL.contains(&&*word.lower) => "an",
                _ => continue,
            };
            // One space between: no dot, slash or quote. `A` may name something.
            let between = text.get(article.range.end..word.range.start);
            let written = text.get(article.range.clone());
            let begins = article.range.start == 0
                || text
                    .str()
                    .get(..article.range.start)
                    .is_some_and(|b| b.trim_end().ends_with('.'));
            if !between.trim().is_empty() || (written == "A" && !begins) {
                continue;
            }
            let noun = text.get(word.range.clone());
            findings.text(
                text,
                article.range.start..word.range.end,
                format!("`{written} {noun}` should be `{right} {noun}`"),
            );
            let right = match written.starts_with('A') {
                true => right.replacen('a', "A", 1),
                false => right.to_owned(),
            };
            findings.help(format!("write `{right} {noun}`"));
            findings.replace(text.source(article.range.clone()), &right, Applicability::Suggested);
        }
    }
}
