//! The rules, one file each.

mod article;
mod broken_emphasis;
mod casual;
mod code_language;
mod conflict_marker;
mod doubled_word;
mod future;
mod gendered;
mod heading_empty;
mod heading_level_jump;
mod heading_punctuation;
mod heading_repeated;
mod heading_sentence_case;
mod heading_several_titles;
mod image_alt;
mod inclusive;
mod link_url_text;
mod link_vague_text;
mod long_sentence;
mod misspelling;
mod passive;
mod placeholder;
mod readability;
mod reversed_link;
mod select;
mod serial_comma;
mod small_number;
mod spaced_link;
mod stray_backtick;
mod term_acronym;
mod term_preferred;
mod term_product_case;
mod thousands;
mod ui_label;
mod verb_form;

use std::collections::HashMap;

use super::OwnRule;
use super::page::{Findings, Page};
use crate::base::Applicability;

/// Every rule, sorted by code.
pub static RULES: &[&OwnRule] = &[
    &heading_empty::RULE,
    &heading_level_jump::RULE,
    &heading_punctuation::RULE,
    &heading_repeated::RULE,
    &heading_sentence_case::RULE,
    &heading_several_titles::RULE,
    &image_alt::RULE,
    &link_url_text::RULE,
    &link_vague_text::RULE,
    &broken_emphasis::RULE,
    &code_language::RULE,
    &conflict_marker::RULE,
    &reversed_link::RULE,
    &spaced_link::RULE,
    &stray_backtick::RULE,
    &article::RULE,
    &casual::RULE,
    &doubled_word::RULE,
    &future::RULE,
    &gendered::RULE,
    &inclusive::RULE,
    &long_sentence::RULE,
    &misspelling::RULE,
    &passive::RULE,
    &placeholder::RULE,
    &readability::RULE,
    &select::RULE,
    &serial_comma::RULE,
    &small_number::RULE,
    &thousands::RULE,
    &ui_label::RULE,
    &verb_form::RULE,
    &term_acronym::RULE,
    &term_preferred::RULE,
    &term_product_case::RULE,
];

/// Phrases of a list: each with what to write instead. `wanted` decides whether one is reported,
/// `words` gives message and help.
fn phrases(
    page: &Page<'_>,
    findings: &mut Findings<'_>,
    list: &[(&str, &str)],
    wanted: impl Fn(&str) -> bool,
    words: impl Fn(&str, &str) -> (String, String),
) {
    // By the first word, so that a text costs its words and not the list.
    let mut first: HashMap<&str, Vec<&(&str, &str)>> = HashMap::new();
    for entry in list {
        first.entry(entry.0.split(' ').next().unwrap_or_default()).or_default().push(entry);
    }
    for text in &page.texts {
        let all = text.words();
        let mut behind = 0;
        for (index, word) in all.iter().enumerate() {
            let Some(entries) = first.get(&*word.lower).filter(|_| index >= behind) else {
                continue;
            };
            let fitting = entries.iter().find(|(phrase, _)| {
                let parts = phrase.split(' ');
                let rest = all.get(index..).unwrap_or_default();
                rest.len() >= parts.clone().count()
                    && parts.zip(rest).all(|(part, word)| *word.lower == *part)
            });
            let Some((phrase, instead)) = fitting else { continue };
            let count = phrase.split(' ').count();
            let Some(last) = all.get(index + count - 1) else { continue };
            // `could, of course`: a phrase has nothing but space between its words.
            let parted = all.get(index..index + count).unwrap_or_default().windows(2).any(|pair| {
                let [first, second] = pair else { return false };
                !text.get(first.range.end..second.range.start).chars().all(char::is_whitespace)
            });
            if parted {
                continue;
            }
            let range = word.range.start..last.range.end;
            let written = text.get(range.clone()).to_owned();
            // What is shouted, or a name with capitals inside, is something else.
            let inner = written.chars().skip(1).any(char::is_uppercase);
            if inner || !wanted(&written) {
                continue;
            }
            behind = index + count;
            let (message, help) = words(&written, instead);
            findings.text(text, range.clone(), message);
            findings.help(help);
            if !instead.is_empty() {
                let instead = match written.starts_with(char::is_uppercase) {
                    true => capitalized(instead),
                    false => (*instead).to_owned(),
                };
                findings.replace(text.source(range), &instead, Applicability::Suggested);
            }
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}
