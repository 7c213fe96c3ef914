//! How the cells of a branch stand, for the commands that ask.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::desk::now;
use super::side::{OpenChange, tell};
use crate::cli::Terminal;
use crate::history::{self, Merge};
use crate::pipeline::{self, BuildError, Judge, SignOffError, ToSignInput, laid_over};
use crate::report::harmless;
use crate::review::Desk;
use crate::review::event::SubjectKind;
use crate::review::sign_off::{CellState, Ignored, PageToSign, Row, SignOff, closers};
use crate::source::{RevisionSource, Source};

/// Rows that a person is shown one by one.
const MOST_ROWS: usize = 60;

/// Who has signed off what, and by what that is judged.
pub(super) struct Signed {
    pub(super) judge: Judge,
    /// The pages that the merge would change; none where the target has no stages.
    pub(super) pages: Vec<PageToSign>,
    /// How every cell stands.
    pub(super) sign_off: SignOff,
}

/// By what the events of a branch are judged; none where that failed, which has then been said.
pub(super) fn judge(open: &OpenChange, desk: &Desk, terminal: &mut Terminal) -> Option<Judge> {
    let target = match RevisionSource::open(&open.folder, &open.ends.base_commit) {
        Ok((target, _)) => target,
        Err(error) => {
            terminal.error(&format!("cannot decide: {error}"), None);
            return None;
        }
    };
    let temporary = std::env::temp_dir();
    let judge = Judge::new(&open.side(&target), &desk.changes, &desk.target, now(), &temporary);
    judge.map_err(|error| cannot_decide(&error, &target, terminal)).ok()
}

/// Finds out how every cell stands; none where that failed, which has then been said. What is not
/// committed is not looked at. `merge` is that of the branch into its target, where it is known.
pub(super) fn signed(
    open: &OpenChange,
    desk: &Desk,
    merge: Option<&Merge>,
    terminal: &mut Terminal,
) -> Option<Signed> {
    let judge = judge(open, desk, terminal)?;
    let pages = match judge.policy.has_stages() {
        true => pages(open, desk, &judge, merge, terminal)?,
        false => Vec::new(),
    };
    let sign_off = judge.sign_off(&pages, &desk.events, now());
    Some(Signed { judge, pages, sign_off })
}

fn pages(
    open: &OpenChange,
    desk: &Desk,
    judge: &Judge,
    merge: Option<&Merge>,
    terminal: &mut Terminal,
) -> Option<Vec<PageToSign>> {
    let (folder, ends) = (&open.folder, &open.ends);
    let facts = match merge {
        Some(merge) => Ok(Cow::Borrowed(merge)),
        None => history::merge(folder, &ends.base_commit, &ends.head_commit).map(Cow::Owned),
    };
    let facts = facts.and_then(|merge| {
        let suggested =
            |message: &str, address: &str| judge.only_suggested(&desk.events, message, address);
        let (base, head) = (&ends.merge_base, &ends.head_commit);
        Ok((merge, history::writers(folder, base, head, &suggested)?))
    });
    let (merge, writers) = match facts {
        Ok(facts) => facts,
        Err(why) => {
            terminal.error(&format!("cannot decide: {why}"), why.help().as_deref());
            return None;
        }
    };
    let opened = RevisionSource::open(folder, &ends.base_commit).and_then(|(target, _)| {
        // Of a tree of git, all is known that was found before.
        let whole = match ends.merge_base == ends.base_commit {
            true => Some(RevisionSource::open(folder, &ends.head_commit)?.0),
            false => None,
        };
        Ok((target, whole))
    });
    let (target, whole) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            terminal.error(&format!("cannot decide: {error}"), None);
            return None;
        }
    };
    let over = laid_over(&target, &merge);
    let merged: &dyn Source = match &whole {
        Some(whole) => whole,
        None => &over,
    };
    let input =
        ToSignInput { target: open.side(&target), merged, merge: &merge, writers: &writers };
    let pages = pipeline::pages_to_sign(&input, judge);
    pages.map_err(|error| cannot_decide(&error, merged, terminal)).ok()
}

fn cannot_decide(error: &SignOffError, source: &dyn Source, terminal: &mut Terminal) {
    let problems = match error {
        SignOffError::Target(BuildError::Config(problems))
        | SignOffError::Merged(BuildError::Config(problems)) => problems.as_slice(),
        _ => &[],
    };
    tell(problems, source, terminal);
    terminal.error(&format!("cannot decide: {}", harmless(&error.to_string())), None);
}

/// Says what is wrong with the events, and whether anything is.
pub(super) fn damaged(desk: &Desk, terminal: &mut Terminal) -> bool {
    let Some(first) = desk.problems.first() else { return false };
    let more = match desk.problems.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more like this)"),
    };
    let message = format!("cannot decide: {}{more}", harmless(&first.to_string()));
    let help = "`copydesk review sync` puts back what is still known here, or on the remote";
    terminal.error(&message, Some(help));
    true
}

/// The cells for a person: a table, then why each cell is open and who can close it.
pub(super) fn human(found: &SignOff, desk: &Desk, color: bool) -> String {
    let paint = |code: &str, text: &str| match color {
        true => format!("\x1b[{code}m{text}\x1b[0m"),
        false => text.to_owned(),
    };
    let mut out = String::new();
    let trust = if found.advisory { "advisory, as nothing is signed" } else { "signed" };
    let landed = desk.landed.last().and_then(|loaded| loaded.events.first());
    let opened = match (desk.change(), landed) {
        (Some(change), _) => format!("change {}", change.short()),
        (None, Some(event)) => format!("change {} has landed", event.change.short()),
        (None, None) => "not opened: `copydesk review open` does".to_owned(),
    };
    let _ = writeln!(out, "\n{} ({trust}; {opened})", paint("1", "sign-off"));
    let shown: Vec<&Row> = found
        .pages
        .iter()
        .filter(|row| row.cells.iter().any(|cell| cell.state != CellState::NotNeeded))
        .collect();
    if shown.is_empty() {
        out.push_str("nothing has to be signed off\n");
    }
    let names: Vec<String> =
        shown.iter().take(MOST_ROWS).map(|row| harmless(&name(row)).into_owned()).collect();
    let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let first = width(&mut names.iter().map(|name| name.chars().count())).min(60);
    let titles: Vec<String> =
        found.stages.iter().map(|stage| harmless(&stage.title).into_owned()).collect();
    let widths: Vec<usize> = titles.iter().map(|title| title.chars().count().max(11)).collect();
    if !shown.is_empty() {
        let mut head = format!("  {:first$}", "");
        for (title, width) in titles.iter().zip(&widths) {
            let _ = write!(head, "  {title:<width$}");
        }
        let _ = writeln!(out, "{}", head.trim_end());
    }
    for (row, name) in shown.iter().zip(&names) {
        let mut line = format!("  {name:<first$}");
        for (at, width) in widths.iter().enumerate() {
            let state = row.cells.get(at).map_or(CellState::NotNeeded, |cell| cell.state);
            let word = if state == CellState::NotNeeded { "-" } else { state.word() };
            let code = match state {
                CellState::NotNeeded => "2",
                CellState::Rejected => "31",
                state if state.is_closed() => "32",
                _ => "33",
            };
            let gap = " ".repeat(width.saturating_sub(word.chars().count()));
            let _ = write!(line, "  {}{gap}", paint(code, word));
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    if shown.len() > names.len() {
        let _ = writeln!(out, "  and {} more; --json lists every one", shown.len() - names.len());
    }
    why_open(found, &mut out, &paint);
    out
}

/// Pages with the same reason stand in one line.
fn why_open(found: &SignOff, out: &mut String, paint: &dyn Fn(&str, &str) -> String) {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (row, cell) in found.open_cells().filter(|(_, cell)| cell.state != CellState::Waiting) {
        let title = found.stages.iter().find(|stage| stage.id == cell.stage);
        let title = title.map_or(cell.stage.as_str(), |stage| stage.title.as_str());
        let by = match (cell.state, cell.by.first()) {
            (CellState::Rejected, Some(voice)) => format!(" by {}", voice.author.name),
            _ => String::new(),
        };
        let why = match cell.why.is_empty() {
            true => String::new(),
            false => format!(": {}", cell.why),
        };
        let who = closers(cell).unwrap_or_else(|| "nobody".to_owned());
        let line = format!("{title}, {}{by}{why}; {who} can close it", cell.state.word());
        match groups.iter_mut().find(|(known, _)| *known == line) {
            Some((_, pages)) => pages.push(name(row)),
            None => groups.push((line, vec![name(row)])),
        }
    }
    if !groups.is_empty() {
        let _ = writeln!(out, "\n{}", paint("1", "open"));
    }
    for (line, pages) in &groups {
        let _ = writeln!(out, "  {}", harmless(line));
        let names: Vec<&str> = pages.iter().take(3).map(String::as_str).collect();
        let more = match pages.len() - names.len() {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let _ = writeln!(out, "    {}{more}", harmless(&names.join(", ")));
    }
    let mut notes = Vec::new();
    for hold in &found.holds {
        let until = hold.until.as_ref().map_or(String::new(), |day| format!(" until {day}"));
        notes.push(format!(
            "held by {}{until}: {} ({})",
            hold.author.name,
            hold.reason,
            hold.event.short()
        ));
    }
    for late in &found.late {
        let (stage, days, within) = (&late.stage, late.days, late.within);
        notes.push(format!(
            "{stage} has not answered for {days} working days; {within} were agreed on"
        ));
    }
    for ignored in &found.ignored {
        let Ignored { kind, author, why, event } = ignored;
        let who = format!("{} <{}>", author.name, author.email);
        notes.push(format!("does not count: {kind} by {who} ({}): {why}", event.short()));
    }
    for state in [CellState::Waived, CellState::Deferred] {
        let count = found.count(state);
        if count > 0 {
            let cells = if count == 1 { "cell" } else { "cells" };
            notes.push(format!("{count} {cells} {}", state.word()));
        }
    }
    if !notes.is_empty() {
        out.push('\n');
    }
    for note in notes {
        let _ = writeln!(out, "{}", harmless(&note));
    }
    if found.is_complete() && !found.pages.is_empty() {
        let _ = writeln!(out, "\n{}", paint("32", "reviews complete"));
    }
}

/// A row's name: what is gone, and what moved, says so.
pub(super) fn name(row: &Row) -> String {
    match (row.kind, &row.was) {
        (SubjectKind::Policy, _) => format!("policy: {}", row.title),
        (SubjectKind::Deleted, _) => format!("{} (deleted)", row.path),
        (_, Some(was)) if *was != row.path => format!("{was} -> {}", row.path),
        _ => row.path.to_string(),
    }
}
