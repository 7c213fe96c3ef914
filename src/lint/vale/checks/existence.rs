//! `existence`: something that must not be there.

use super::super::rule_file::{Build, Problem};
use super::super::vocabulary::Exceptions;
use super::{Alert, Check, RuleState, View};
use crate::lint::pattern::TokenSet;

#[derive(Debug)]
struct Existence {
    tokens: TokenSet,
    exceptions: Exceptions,
}

pub(super) fn build(build: &mut Build) -> Result<Box<dyn Check>, Problem> {
    let tokens = build.list("tokens")?;
    let raw = build.list("raw")?;
    let nonword = build.truth("nonword")?.unwrap_or(false);
    let ignore_case = build.truth("ignorecase")?.unwrap_or(false);
    let append = build.truth("append")?.unwrap_or(false);
    let exceptions = build.exceptions(!nonword)?;
    let tokens: Vec<_> = tokens.into_iter().filter(|token| !token.text.trim().is_empty()).collect();
    let words = !nonword && !tokens.is_empty();
    let tokens = if raw.is_empty() {
        build.token_set(&tokens, ignore_case, words, false)?
    } else {
        // Everything is one pattern, in which `raw` comes first or last.
        let list: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
        let joined = list.join("|");
        let body = if words {
            build.word_template().replacen("%s", &joined, 1)
        } else {
            format!("(?m)(?:{joined})")
        };
        let raw_text: String = raw.iter().map(|part| part.text.as_str()).collect();
        let flag = if ignore_case { "(?i)" } else { "" };
        let whole = if append {
            format!("{flag}{body}{raw_text}")
        } else {
            format!("{flag}{raw_text}{body}")
        };
        TokenSet::single(&whole).map_err(|why| build.bad_pattern("raw", &why))?
    };
    Ok(Box::new(Existence { tokens, exceptions }))
}

impl Check for Existence {
    fn tokens(&self) -> Option<&TokenSet> {
        Some(&self.tokens)
    }

    fn run(&self, view: &View, state: &mut RuleState) -> Vec<Alert> {
        let (found, stopped) = self.tokens.find(view.text, view.hits, view.base, view.makeup);
        state.stopped |= stopped;
        found
            .into_iter()
            .filter(|found| !self.exceptions.cover(view.text, &found.range))
            .map(|found| Alert::at(found.range))
            .collect()
    }
}
