//! `metric`: a formula over the counts of a page.

use super::super::formula::{self, Formula};
use super::super::rule_file::{Build, Problem};
use super::{Alert, Check, RuleState, View};

#[derive(Debug)]
struct Metric {
    formula: Formula,
    /// The condition, with the result as its left side.
    condition: String,
}

pub(super) fn build(build: &mut Build) -> Result<Box<dyn Check>, Problem> {
    let written = build.text("formula")?.unwrap_or_default();
    let formula = formula::parse(&written)
        .map_err(|why| build.problem("formula", format!("the formula cannot be read: {why}")))?;
    let condition = build.text("condition")?.unwrap_or_default();
    formula::parse(&format!("0 {condition}")).map_err(|why| {
        build.problem("condition", format!("the condition cannot be read: {why}"))
    })?;
    Ok(Box::new(Metric { formula, condition }))
}

impl Check for Metric {
    fn run(&self, view: &View, _: &mut RuleState) -> Vec<Alert> {
        let Some(page) = view.page.filter(|page| page.statistics.words > 0.0) else {
            return Vec::new();
        };
        let result = self.formula.value(&page.counts);
        if !result.is_finite() {
            return Vec::new();
        }
        let holds = formula::parse(&format!("({result:.6}) {}", self.condition))
            .is_ok_and(|condition| condition.value(&page.counts) != 0.0);
        if holds { vec![Alert::page(vec![format!("{result:.2}")])] } else { Vec::new() }
    }
}
