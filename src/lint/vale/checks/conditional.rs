//! `conditional`: what is used must have been explained.

use super::super::rule_file::{Build, Problem};
use super::super::vocabulary::Exceptions;
use super::{Alert, Check, RuleState, View};
use crate::lint::pattern::{Pattern, Stopped};

#[derive(Debug)]
struct Conditional {
    first: Pattern,
    second: Pattern,
    /// Whether `second` says what it explains; else it must merely stand in the same block.
    names: bool,
    exceptions: Exceptions,
}

pub(super) fn build(build: &mut Build) -> Result<Box<dyn Check>, Problem> {
    let flag = if build.truth("ignorecase")?.unwrap_or(false) { "(?i)" } else { "" };
    let second = build.text("second")?.unwrap_or_default();
    let first = build.text("first")?.unwrap_or_default();
    let names = has_group(&second);
    let second = Pattern::new(&format!("{flag}{second}"))
        .map_err(|why| build.bad_pattern("second", &why))?;
    let first =
        Pattern::new(&format!("{flag}{first}")).map_err(|why| build.bad_pattern("first", &why))?;
    Ok(Box::new(Conditional { first, second, names, exceptions: build.exceptions(true)? }))
}

/// Whether a pattern has a group that is counted.
fn has_group(pattern: &str) -> bool {
    let groups = pattern.matches('(').count();
    groups > pattern.matches("(?").count() + pattern.matches("\\(").count()
}

impl Check for Conditional {
    fn run(&self, view: &View, state: &mut RuleState) -> Vec<Alert> {
        match self.look(view, state) {
            Ok(alerts) => alerts,
            Err(Stopped) => {
                state.stopped = true;
                Vec::new()
            }
        }
    }
}

impl Conditional {
    fn look(&self, view: &View, state: &mut RuleState) -> Result<Vec<Alert>, Stopped> {
        let text = view.text;
        if !self.names {
            if self.second.possible(view.makeup) && self.second.find_at(text, 0)?.is_some() {
                return Ok(Vec::new());
            }
        } else if self.second.possible(view.makeup) {
            let explains = self.second.find_at(text, 0)?.is_some();
            let found = if explains { self.second.captures_all(text)? } else { Vec::new() };
            for groups in found {
                for group in groups.into_iter().skip(1).flatten() {
                    let explained = text.get(group).unwrap_or_default();
                    if !explained.is_empty() && !state.seen.contains(explained) {
                        state.seen.insert(explained.to_owned());
                    }
                }
            }
        }
        if !self.first.possible(view.makeup) {
            return Ok(Vec::new());
        }
        let alerts = self.first.find_all(text)?.into_iter().filter(|range| {
            let used = text.get(range.clone()).unwrap_or_default();
            let explained = self.names && state.seen.contains(used);
            !explained && !self.exceptions.cover(text, range)
        });
        Ok(alerts.map(Alert::at).collect())
    }
}
