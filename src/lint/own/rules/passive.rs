//! `style/passive`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/passive",
        severity: Severity::Advice,
        summary: "a sentence hides who does it",
        explanation: "The passive with `by` names the actor last. The active voice is shorter and clearer: `the server opens the file`.",
        examples: ("The file is opened by the server.\n", "The server opens the file.\n"),
    },
    presets: &["style"],
    options: &[],
    check,
};

const BE: [&str; 8] = ["is", "are", "was", "were", "be", "been", "being", "get"];
const IRREGULAR: [&str; 22] = [
    "written", "read", "sent", "made", "built", "kept", "held", "shown", "given", "taken", "done",
    "found", "run", "set", "put", "chosen", "known", "seen", "begun", "driven", "drawn", "broken",
];

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    for text in &page.texts {
        for three in text.words().windows(3) {
            let [be, verb, by] = three else { continue };
            let participle = verb.lower.ends_with("ed") || IRREGULAR.contains(&&*verb.lower);
            if BE.contains(&&*be.lower) && participle && &*by.lower == "by" {
                let range = be.range.start..by.range.end;
                let shown = text.get(range.clone()).to_owned();
                findings.text(text, range, format!("`{shown}` puts the actor last"));
                findings.help("name who does it first");
            }
        }
    }
}
