//! What was perhaps meant by misspelled words.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::{Applicability, Diagnostic, Edit, Fix, SourcePath};
use crate::lint::RuleSet;
use crate::memo::{Fingerprint, Key, Stage, Store};

/// Misspelled words that suggestions are sought for; each takes some milliseconds. Where there are
/// more, they are words of a trade that a dictionary lacks, and nothing better is known for them.
const MOST_WORDS: usize = 40;

/// Suggestions that are told for a word.
const MOST_TOLD: usize = 5;

/// Whether any of the findings is of a misspelled word.
pub fn has_misspelled(rules: &RuleSet, diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| rules.suggests(&diagnostic.code))
}

/// Adds what was perhaps meant to misspelled words, the first of them where there are many.
/// It takes long, so the cache keeps it.
pub fn suggest(
    rules: &RuleSet,
    diagnostics: &mut [Diagnostic],
    text: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
    memo: &Store,
) {
    let mut texts: BTreeMap<SourcePath, Option<Arc<str>>> = BTreeMap::new();
    // By code and word, which finding it is of.
    let mut words: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (index, diagnostic) in diagnostics.iter().enumerate() {
        let Some(span) = diagnostic.span() else { continue };
        if !rules.suggests(&diagnostic.code) {
            continue;
        }
        let text = texts.entry(span.file.clone()).or_insert_with(|| text(&span.file));
        let Some(word) = text.as_deref().and_then(|text| text.get(span.range())) else { continue };
        let key = (diagnostic.code.to_string(), word.to_owned());
        if words.len() < MOST_WORDS || words.contains_key(&key) {
            words.entry(key).or_default().push(index);
        }
    }
    let words: Vec<_> = words.into_iter().collect();
    let suggestions: Vec<Vec<String>> =
        words.par_iter().map(|((code, word), _)| remembered(rules, code, word, memo)).collect();
    for ((_, indices), suggestions) in words.iter().zip(suggestions) {
        let Some(first) = suggestions.first() else { continue };
        let quoted: Vec<String> = suggestions.iter().map(|s| format!("`{s}`")).collect();
        for index in indices {
            let Some(diagnostic) = diagnostics.get_mut(*index) else { continue };
            let Some(span) = diagnostic.span().cloned() else { continue };
            diagnostic.help = Some(format!("did you mean {}?", quoted.join(", ")));
            diagnostic.fix = Some(Fix {
                title: format!("write `{first}`"),
                applicability: Applicability::Suggested,
                edits: vec![Edit { span, text: first.clone() }],
            });
        }
    }
}

fn remembered(rules: &RuleSet, code: &str, word: &str, memo: &Store) -> Vec<String> {
    let mut fingerprint = Fingerprint::new("lint suggestions");
    fingerprint.hash(&rules.hash()).text(code).text(word);
    let key = Key::new(Stage::Lint, fingerprint.finish());
    if let Some(kept) = memo.get(&key).and_then(|bytes| postcard::from_bytes(&bytes).ok()) {
        return kept;
    }
    let mut suggestions = rules.suggestions(code, word);
    suggestions.truncate(MOST_TOLD);
    if let Ok(bytes) = postcard::to_stdvec(&suggestions) {
        memo.put(&key, &bytes);
    }
    suggestions
}
