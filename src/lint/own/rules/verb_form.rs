//! `style/verb-form`

use crate::base::Applicability;
use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/verb-form",
        severity: Severity::Warning,
        summary: "a noun is written where a verb is meant",
        explanation: "`setup`, `login` and `backup` are nouns. The verbs are two words: `to set up`, `to log in`, `to back up`.",
        examples: (
            "You need to login to setup the server.\n",
            "You need to log in to set up the server.\n",
        ),
    },
    presets: &["default"],
    options: &[],
    check,
};

/// Words after which a verb follows.
const BEFORE: [&str; 12] = [
    "to", "can", "must", "will", "should", "could", "cannot", "please", "you'll", "can't", "we'll",
    "then",
];
const NOUNS: [(&str, &str); 11] = [
    ("setup", "set up"),
    ("login", "log in"),
    ("logout", "log out"),
    ("signup", "sign up"),
    ("backup", "back up"),
    ("checkout", "check out"),
    ("rollback", "roll back"),
    ("shutdown", "shut down"),
    ("startup", "start up"),
    ("cleanup", "clean up"),
    ("logon", "log on"),
];
/// Words behind which the noun is one after all: `to setup scripts`, `to login pages`.
const DETERMINERS: [&str; 24] = [
    "a", "an", "the", "your", "their", "our", "this", "that", "these", "those", "to", "and", "it",
    "them", "you", "in", "with", "for", "on", "via", "using", "its", "new", "all",
];

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for text in &page.texts {
        let words = text.words();
        for (index, word) in words.iter().enumerate().skip(1) {
            let Some((_, right)) = NOUNS.iter().find(|(noun, _)| *noun == &*word.lower) else {
                continue;
            };
            let (Some(before), next) = (words.get(index - 1), words.get(index + 1)) else {
                continue;
            };
            let gap = text.get(before.range.end..word.range.start);
            let certain = next.is_some_and(|next| {
                let gap = text.get(word.range.end..next.range.start);
                DETERMINERS.contains(&&*next.lower) && gap.trim().is_empty()
            });
            if !BEFORE.contains(&&*before.lower) || !gap.trim().is_empty() || !certain {
                continue;
            }
            // `to` may be the preposition: `changes to login and setup`, `go to setup in`.
            let leads = index.checked_sub(2).and_then(|i| words.get(i)).map_or("", |w| &*w.lower);
            let next = next.map_or("", |next| &*next.lower);
            let verb_like = [
                "a", "an", "the", "your", "their", "our", "this", "these", "it", "its", "all",
                "new",
            ];
            let is_object =
                verb_like.contains(&next) || (word.lower.starts_with("log") && next == "to");
            if before.lower.as_ref() == "to" && !is_object && !LEADS.contains(&leads) {
                continue;
            }
            let written = text.get(word.range.clone());
            if written != &*word.lower {
                continue;
            }
            findings.text(text, word.range.clone(), format!("`{written}` is a noun"));
            findings.help(format!("the verb is `{right}`"));
            findings.replace(text.source(word.range.clone()), right, Applicability::Suggested);
        }
    }
}

/// Words after which `to` begins an infinitive.
const LEADS: [&str; 16] = [
    "how", "need", "needs", "want", "able", "have", "has", "used", "order", "required", "allowed",
    "try", "trying", "like", "going", "ability",
];
