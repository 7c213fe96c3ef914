//! `consistency`: one of two spellings, not both.

use super::super::rule_file::{Build, Problem};
use super::{Alert, Check, RuleState, View};
use crate::lint::pattern::{Pattern, Stopped};

#[derive(Debug)]
struct Consistency {
    pairs: Vec<Pattern>,
}

pub(super) fn build(build: &mut Build) -> Result<Box<dyn Check>, Problem> {
    let either = build.pairs("either")?;
    let ignore_case = build.truth("ignorecase")?.unwrap_or(false);
    let nonword = build.truth("nonword")?.unwrap_or(false);
    let flag = if ignore_case { "(?i)" } else { "" };
    let template = if nonword { "(?m)(?:%s)".to_owned() } else { build.word_template() };
    let mut pairs = Vec::new();
    for (one, other) in either {
        for side in [&one.text, &other] {
            Pattern::new(side).map_err(|why| build.bad_pattern_at(&one.at, &why))?;
        }
        let both = format!("(?P<one>{})|(?P<other>{other})", one.text);
        let pattern = Pattern::new(&format!("{flag}{}", template.replacen("%s", &both, 1)))
            .map_err(|why| build.bad_pattern_at(&one.at, &why))?;
        pairs.push(pattern);
    }
    Ok(Box::new(Consistency { pairs }))
}

impl Check for Consistency {
    fn run(&self, view: &View, state: &mut RuleState) -> Vec<Alert> {
        let mut alerts = Vec::new();
        for (index, pair) in self.pairs.iter().enumerate() {
            if !pair.possible(view.makeup) {
                continue;
            }
            let found = match pair.find_at(view.text, 0) {
                Ok(None) => continue,
                Ok(Some(_)) => pair.captures_all(view.text),
                Err(Stopped) => Err(Stopped),
            };
            let found = match found {
                Ok(found) => found,
                Err(Stopped) => {
                    state.stopped = true;
                    continue;
                }
            };
            let Some(last) = found.last().and_then(|groups| groups.first().cloned().flatten())
            else {
                continue;
            };
            for groups in &found {
                // The first group inside of a match is the side that matched.
                let one = groups.get(1).is_some_and(Option::is_some);
                state.seen.insert(format!("{index}{}", if one { 'a' } else { 'b' }));
            }
            let both = ['a', 'b'].iter().all(|side| state.seen.contains(&format!("{index}{side}")));
            if both {
                alerts.push(Alert::at(last));
            }
        }
        alerts
    }
}
