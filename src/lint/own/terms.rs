//! The words of the project, from `[terms]`: one table for rules and for the glossary.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::words::words;
use crate::config::Term;

/// A way to write a term that is not wanted.
#[derive(Debug)]
pub(crate) struct Avoided {
    /// Its words, in lower case.
    pub words: Vec<String>,
    /// As it is written in the table.
    pub written: String,
    /// What to write.
    pub preferred: String,
}

/// The terms, ready to be looked up by the first word.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    /// By the first word: what is not wanted, the longest first.
    pub avoided: HashMap<String, Vec<Avoided>>,
    /// By its lower case: names of one or more words whose capitals matter.
    pub cased: HashMap<String, Vec<Avoided>>,
    /// Acronym and what it stands for.
    pub acronyms: BTreeMap<String, String>,
    /// Words with capitals in any term, for headings.
    pub proper: BTreeSet<String>,
}

impl Terms {
    pub(crate) fn new(terms: &BTreeMap<String, Term>) -> Terms {
        let mut all = Terms::default();
        for (name, term) in terms {
            for avoid in &term.avoid {
                add(&mut all.avoided, avoid, name);
            }
            if term.case {
                add(&mut all.cased, name, name);
            }
            if let Some(long) = &term.expands {
                all.acronyms.insert(name.clone(), long.clone());
            }
            for word in words(name) {
                let written = name.get(word.range.clone()).unwrap_or_default();
                if written.chars().any(char::is_uppercase) {
                    all.proper.insert(written.to_owned());
                }
            }
        }
        for list in all.avoided.values_mut().chain(all.cased.values_mut()) {
            list.sort_by(|a, b| b.words.len().cmp(&a.words.len()).then(a.written.cmp(&b.written)));
        }
        all
    }
}

fn add(map: &mut HashMap<String, Vec<Avoided>>, written: &str, preferred: &str) {
    let words: Vec<String> = words(written).iter().map(|word| word.lower.to_string()).collect();
    if let Some(first) = words.first() {
        map.entry(first.clone()).or_default().push(Avoided {
            words,
            written: written.to_owned(),
            preferred: preferred.to_owned(),
        });
    }
}
