//! Rules that are a list of phrases, each with what to write instead.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::base::Applicability;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::{OptionDefault, OptionSpec};

/// A phrase, and what to write instead; nothing where there is no one thing to write.
type Entry = (&'static str, &'static str);

/// The option of every such rule.
pub(super) const ALLOW: OptionSpec = OptionSpec {
    name: "allow",
    default: OptionDefault::Texts(&[]),
    doc: "Words of the list that are not reported.",
};

/// A list of phrases in small letters.
#[derive(Debug)]
pub(super) struct Phrases {
    list: &'static [Entry],
    /// Message and help for what is written and what to write instead.
    told: fn(&str, &str) -> (String, String),
    /// The list by first words, so that a text costs its words and not the list.
    by_first: OnceLock<HashMap<&'static str, Vec<&'static Entry>>>,
}

impl Phrases {
    pub(super) const fn new(
        list: &'static [Entry],
        told: fn(&str, &str) -> (String, String),
    ) -> Phrases {
        Phrases { list, told, by_first: OnceLock::new() }
    }

    fn by_first(&self) -> &HashMap<&'static str, Vec<&'static Entry>> {
        self.by_first.get_or_init(|| {
            let mut by_first: HashMap<&str, Vec<&Entry>> = HashMap::new();
            for entry in self.list {
                let first = entry.0.split(' ').next().unwrap_or_default();
                by_first.entry(first).or_default().push(entry);
            }
            by_first
        })
    }

    /// Reports the phrases of a page, without those that [`ALLOW`] names.
    pub(super) fn check(
        &self,
        page: &Page<'_>,
        options: &Options<'_>,
        findings: &mut Findings<'_>,
    ) {
        let by_first = self.by_first();
        for text in &page.texts {
            let all = text.words();
            let mut behind = 0;
            for (index, word) in all.iter().enumerate() {
                let Some(entries) = by_first.get(&*word.lower).filter(|_| index >= behind) else {
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
                let words = all.get(index..index + count).unwrap_or_default();
                let Some(last) = words.last() else { continue };
                // `could, of course`: a phrase has nothing but space between its words.
                let parted = words.windows(2).any(|pair| {
                    let [first, second] = pair else { return false };
                    let between = first.range.end..second.range.start;
                    !text.get(between).chars().all(char::is_whitespace)
                });
                let range = word.range.start..last.range.end;
                let written = text.get(range.clone());
                // What is shouted, or a name with capitals inside, is something else.
                let inner = written.chars().skip(1).any(char::is_uppercase);
                if parted || inner || options.lists(ALLOW.name, written) {
                    continue;
                }
                behind = index + count;
                let instead = match written.starts_with(char::is_uppercase) {
                    true => capitalized(instead),
                    false => (*instead).to_owned(),
                };
                let (message, help) = (self.told)(written, &instead);
                findings.text(text, range.clone(), message);
                findings.help(help);
                if !instead.is_empty() {
                    findings.replace(text.source(range), &instead, Applicability::Suggested);
                }
            }
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}
