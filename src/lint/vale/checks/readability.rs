//! `readability`: the mean of the usual grades.

use super::super::rule_file::{Build, Problem};
use super::{Alert, Check, RuleState, View};
use crate::lint::prose::Statistics;

type Grade = fn(&Statistics) -> f64;

const GRADES: [(&str, Grade); 5] = [
    ("Gunning Fog", Statistics::gunning_fog),
    ("Coleman-Liau", Statistics::coleman_liau),
    ("Flesch-Kincaid", Statistics::flesch_kincaid),
    ("SMOG", Statistics::smog),
    ("Automated Readability", Statistics::automated_readability),
];

#[derive(Debug)]
struct Readability {
    grades: Vec<Grade>,
    limit: f64,
}

pub(super) fn build(build: &mut Build) -> Result<Box<dyn Check>, Problem> {
    let mut grades = Vec::new();
    for metric in build.list("metrics")? {
        match GRADES.iter().find(|(name, _)| *name == metric.text) {
            Some((_, grade)) => grades.push(*grade),
            None => {
                let known: Vec<&str> = GRADES.iter().map(|(name, _)| *name).collect();
                let message =
                    format!("there is no metric `{}`: write {}", metric.text, known.join(", "));
                return Err(build.problem_at(&metric.at, message));
            }
        }
    }
    if grades.is_empty() {
        return Err(build.problem("metrics", "`metrics` names none".to_owned()));
    }
    Ok(Box::new(Readability { grades, limit: build.number("grade")?.unwrap_or(0.0) }))
}

impl Check for Readability {
    #[allow(clippy::cast_precision_loss)] // five at most
    fn run(&self, view: &View, _: &mut RuleState) -> Vec<Alert> {
        let Some(page) = view.page.filter(|page| page.statistics.words > 0.0) else {
            return Vec::new();
        };
        let sum: f64 = self.grades.iter().map(|grade| grade(&page.statistics)).sum();
        let mean = sum / self.grades.len() as f64;
        if mean > self.limit { vec![Alert::page(vec![format!("{mean:.2}")])] } else { Vec::new() }
    }
}
