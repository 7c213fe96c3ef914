//! `terms/preferred`

use crate::base::Applicability;
use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::words::Word;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "terms/preferred",
        severity: Severity::Error,
        summary: "a word is used that the project avoids",
        explanation: "`[terms]` in `book.toml` says what the project calls things, and what it does not. One thing has one name: readers take two names for two things.",
        examples: ("", ""),
    },
    presets: &["default"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    if page.terms.avoided.is_empty() {
        return;
    }
    for text in &page.texts {
        let words = text.words();
        let mut behind = 0;
        for (index, word) in words.iter().enumerate() {
            let Some(list) = page.terms.avoided.get(&*word.lower) else { continue };
            let fits = |words: &&[Word], wanted: &[String]| {
                words.len() >= wanted.len()
                    && words.iter().zip(wanted).all(|(word, wanted)| *word.lower == **wanted)
            };
            let rest = words.get(index..).unwrap_or_default();
            let found = list.iter().find(|term| fits(&rest, &term.words));
            let Some(term) = found.filter(|_| index >= behind) else { continue };
            let Some(last) = rest.get(term.words.len() - 1) else { continue };
            let range = word.range.start..last.range.end;
            let written = text.get(range.clone()).to_owned();
            // Two ways to write that differ in capitals only.
            if written == term.preferred {
                continue;
            }
            let preferred = &term.preferred;
            behind = index + term.words.len();
            findings.text(text, range.clone(), format!("`{written}` is `{preferred}` here"));
            findings.help(format!("write `{preferred}`"));
            let capital = written.starts_with(char::is_uppercase)
                && preferred.starts_with(char::is_lowercase);
            let instead = match (capital, preferred.chars().next()) {
                (true, Some(c)) => {
                    c.to_uppercase().collect::<String>()
                        + preferred.get(c.len_utf8()..).unwrap_or_default()
                }
                _ => preferred.clone(),
            };
            findings.replace(text.source(range), &instead, Applicability::Suggested);
        }
    }
}
