//! `repetition`: the the same word twice.

use super::super::rule_file::{Build, Problem};
use super::super::vocabulary::Exceptions;
use super::{Alert, Check, RuleState, View};
use crate::lint::pattern::{Pattern, Runs};
use crate::lint::prose::sentences;

#[derive(Debug)]
struct Repetition {
    tokens: Pattern,
    /// The tokens where they are mere runs of characters, as they mostly are.
    runs: Option<Runs>,
    max: usize,
    ignore_case: bool,
    alpha: bool,
    exceptions: Exceptions,
}

pub(super) fn build(build: &mut Build) -> Result<Box<dyn Check>, Problem> {
    let tokens = build.list("tokens")?;
    let ignore_case = build.truth("ignorecase")?.unwrap_or(false);
    for token in &tokens {
        Pattern::new(&token.text).map_err(|why| build.bad_pattern_at(&token.at, &why))?;
    }
    let list: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    let flag = if ignore_case { "(?i)" } else { "" };
    let joined = format!("{flag}({})", list.join("|"));
    let tokens = Pattern::new(&joined).map_err(|why| build.bad_pattern("tokens", &why))?;
    Ok(Box::new(Repetition {
        tokens,
        runs: Runs::new(&joined),
        max: build.count("max")?.unwrap_or(0),
        ignore_case,
        alpha: build.truth("alpha")?.unwrap_or(false),
        exceptions: build.exceptions(true)?,
    }))
}

/// Whether two words are the same but for their case.
fn is_alike(first: &str, second: &str) -> bool {
    first.eq_ignore_ascii_case(second)
        || (!(first.is_ascii() && second.is_ascii())
            && first.to_lowercase() == second.to_lowercase())
}

impl Check for Repetition {
    fn run(&self, view: &View, state: &mut RuleState) -> Vec<Alert> {
        if !self.tokens.possible(view.makeup) {
            return Vec::new();
        }
        let found = match &self.runs {
            Some(runs) => Ok(runs.find_all(view.text)),
            None => self.tokens.find_all(view.text),
        };
        let Ok(found) = found else {
            state.stopped = true;
            return Vec::new();
        };
        let mut alerts = Vec::new();
        let mut count = 0;
        // The first pair of the run that is being counted.
        let mut first_pair = 0..0;
        for pair in found.windows(2) {
            let [before, now] = pair else { continue };
            let (Some(first), Some(second)) =
                (view.text.get(before.clone()), view.text.get(now.clone()))
            else {
                continue;
            };
            let (first, second) = (first.trim(), second.trim());
            let same = if self.ignore_case { is_alike(first, second) } else { first == second };
            if !same {
                count = 0;
                continue;
            }
            let between = view.text.get(before.end..now.start).unwrap_or_default();
            let hit = !second.is_empty()
                // Code was masked.
                && !second.chars().all(|c| c == '*')
                && (!self.alpha || second.chars().all(char::is_alphabetic))
                && between.chars().all(|c| !c.is_alphanumeric());
            if !hit {
                count = 0;
                continue;
            }
            if count == 0 {
                first_pair = before.start..now.end;
            }
            count += 1;
            if count <= self.max {
                continue;
            }
            let range = first_pair.clone();
            let whole = view.text.get(range.clone()).unwrap_or_default();
            // Two sentences may well end and begin with one word.
            if sentences(whole).len() == 1 && !self.exceptions.cover(view.text, &range) {
                alerts.push(Alert::at(range).with(vec![second.to_owned()]));
                count = 0;
            }
        }
        alerts
    }
}
