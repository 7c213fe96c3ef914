//! What speaks against a merge, as diagnostics.

use super::{Cell, CellState, Row, SignOff};
use crate::base::{Diagnostic, Severity, Span};
use crate::review::codes::{ADVISORY, HELD, IGNORED, LATE, NOT_SIGNED_OFF};
use crate::review::event::SubjectKind;

/// One diagnostic for each cell that is open, each hold, and what there is to know besides.
pub fn diagnostics(found: &SignOff) -> Vec<Diagnostic> {
    let mut all: Vec<Diagnostic> =
        found.open_cells().map(|(row, cell)| of_cell(found, row, cell)).collect();
    for hold in &found.holds {
        let until = hold.until.as_ref().map_or(String::new(), |day| format!(" until {day}"));
        let message = format!("{} holds the merge up{until}: {}", hold.author.name, hold.reason);
        let help = format!("`copydesk review release {}` ends it", hold.event.short());
        all.push(Diagnostic::new(&HELD, message).help(help));
    }
    for ignored in &found.ignored {
        let message = format!(
            "`{}` by {} ({}) does not count: {}",
            ignored.kind,
            ignored.author.name,
            ignored.event.short(),
            ignored.why
        );
        all.push(Diagnostic::new(&IGNORED, message));
    }
    for late in &found.late {
        let message = format!(
            "nobody has answered in the stage `{}` for {} working days, {} were agreed on",
            late.stage, late.days, late.within
        );
        all.push(Diagnostic::new(&LATE, message));
    }
    let anything = found.pages.iter().flat_map(|row| &row.cells);
    if found.advisory && anything.clone().any(|cell| cell.state != CellState::NotNeeded) {
        let message = "sign-offs are advisory: nothing is signed";
        all.push(Diagnostic::new(&ADVISORY, message).severity(Severity::Advice));
    }
    all
}

fn of_cell(found: &SignOff, row: &Row, cell: &Cell) -> Diagnostic {
    let stage = found.stages.iter().find(|stage| stage.id == cell.stage);
    let stage = stage.map_or(cell.stage.as_str(), |stage| stage.title.as_str());
    let what = match row.kind {
        SubjectKind::Page => format!("`{}`", row.path),
        SubjectKind::Deleted => format!("the deletion of `{}`", row.path),
        SubjectKind::Policy => format!("what reviews are decided by ({})", row.title),
    };
    let why = match cell.why.is_empty() {
        true => String::new(),
        false => format!(": {}", cell.why),
    };
    let message = match cell.state {
        CellState::Rejected => {
            let by = cell.by.first().map_or("somebody", |voice| voice.author.name.as_str());
            format!("{what} was rejected by {by} in {stage}{why}")
        }
        _ => format!("{what} is not signed off in {stage}{why}"),
    };
    let mut found = Diagnostic::new(&NOT_SIGNED_OFF, message);
    if row.kind != SubjectKind::Deleted {
        found = found.at(Span::start_of(row.path.clone()));
    }
    match closers(cell) {
        Some(closers) => found.help(format!("{closers} can close it")),
        None => found.help("change `[review]` of the target, or let somebody waive it who may"),
    }
}

/// Who can close a cell, for people; none where nobody can.
pub fn closers(cell: &Cell) -> Option<String> {
    if cell.anyone {
        return Some("anybody who did not write it".to_owned());
    }
    match cell.closers.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        [first, second] => Some(format!("{first} or {second}")),
        [first, second, rest @ ..] => Some(format!("{first}, {second}, or {} others", rest.len())),
    }
}
