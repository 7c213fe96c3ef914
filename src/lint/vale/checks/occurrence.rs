//! `occurrence`: too many or too few.

use super::super::rule_file::{Build, Problem};
use super::{Alert, Check, RuleState, View};
use crate::lint::pattern::{Pattern, Runs, Stopped};

#[derive(Debug)]
struct Occurrence {
    token: Pattern,
    /// The token where it is a mere run of characters, such as a word.
    runs: Option<Runs>,
    max: usize,
    min: usize,
}

pub(super) fn build(build: &mut Build) -> Result<Box<dyn Check>, Problem> {
    let token = build.text("token")?.unwrap_or_default();
    let flag = if build.truth("ignorecase")?.unwrap_or(false) { "(?i)" } else { "" };
    // By itself first, so that a mistake in it is not hidden by the group.
    Pattern::new(&token).map_err(|why| build.bad_pattern("token", &why))?;
    let whole = format!("{flag}(?:{token})");
    let token = Pattern::new(&whole).map_err(|why| build.bad_pattern("token", &why))?;
    let runs = Runs::new(&whole);
    let max = build.count("max")?.unwrap_or(0);
    let min = build.count("min")?.unwrap_or(0);
    Ok(Box::new(Occurrence { token, runs, max, min }))
}

impl Check for Occurrence {
    fn run(&self, view: &View, state: &mut RuleState) -> Vec<Alert> {
        let found = if self.min == 0 && view.text.len() <= self.max {
            // There is no room for so many.
            Vec::new()
        } else if let Some(runs) = &self.runs {
            runs.find_all(view.text)
        } else if self.token.possible(view.makeup) {
            match self.token.find_all(view.text) {
                Ok(found) => found,
                Err(Stopped) => {
                    state.stopped = true;
                    return Vec::new();
                }
            }
        } else {
            Vec::new()
        };
        let count = found.len();
        let wrong = (self.max > 0 && count > self.max) || (self.min > 0 && count < self.min);
        if !wrong {
            return Vec::new();
        }
        let arguments = vec![count.to_string()];
        if found.is_empty() {
            return vec![Alert::page(arguments)];
        }
        // The first one that is prose: code was masked.
        let prose = found.into_iter().find(|range| {
            let text = view.text.get(range.clone()).unwrap_or_default();
            !text.trim().is_empty() && !text.chars().all(|c| c == '*')
        });
        prose.into_iter().map(|range| Alert::at(range).with(arguments.clone())).collect()
    }
}
