//! `copydesk review verify`: who has signed off what was merged.

use std::fmt::Write as _;

use serde::Serialize;

use super::signed;
use super::target::{TargetArguments, undecided};
use crate::cli::{Exit, Terminal};
use crate::history::day_of;
use crate::pipeline::{Uncovered, Verification, VerifiedLanding};
use crate::report::{harmless, harmless_json};
use crate::review::sign_off::{Cell, CellState, Row, SignOff};
use crate::review::threads::Thread;

/// Proves who has signed off what in a commit of the target, from nothing but the repository.
///
/// Pages and digests are made anew from the commits, the policy is that of the target before the merge,
/// and only those events count that were known when it landed. Ends 0 where all that had to be signed
/// off was, 1 where it was not or no landing is known, and 2 where it cannot be decided.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArguments {
    /// A commit of the target, or a range of them, `FROM..TO` [default: the tip of the target]
    #[arg(value_name = "REV")]
    rev: Option<String>,
    #[command(flatten)]
    target: TargetArguments,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct VerificationJson<'a> {
    version: u32,
    #[serde(flatten)]
    found: &'a Verification,
}

pub(crate) fn run(arguments: &VerifyArguments, terminal: &mut Terminal) -> Exit {
    let Some(at) = arguments.target.open(terminal) else { return Exit::Failed };
    let Some(changes) = at.changes(terminal) else { return Exit::Failed };
    let rev = arguments.rev.as_deref().unwrap_or(&at.commit);
    let found = match at.target().verify(&changes, rev) {
        Ok(found) => found,
        Err(error) => {
            undecided(&error, terminal);
            return Exit::Failed;
        }
    };
    at.mark_seen(&changes);
    at.site.memo.close();
    let text = match arguments.json {
        true => {
            let json = VerificationJson { version: 1, found: &found };
            match serde_json::to_string_pretty(&json) {
                Ok(json) => harmless_json(json) + "\n",
                Err(error) => {
                    terminal.error(&format!("cannot write what was found: {error}"), None);
                    return Exit::Failed;
                }
            }
        }
        false => human(&found, terminal.color_out()),
    };
    if let Err(error) = terminal.out(text.as_bytes()) {
        return terminal.output_failed(&error);
    }
    if found.proved { Exit::Clean } else { Exit::Findings }
}

fn paint(color: bool, code: &str, text: &str) -> String {
    if color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

fn human(found: &Verification, color: bool) -> String {
    let mut out = String::new();
    for landing in &found.landings {
        of_landing(landing, found, color, &mut out);
    }
    for commit in &found.uncovered {
        of_uncovered(commit, color, &mut out);
    }
    let rows = found.landings.iter().flat_map(|landing| &landing.sign_off.pages);
    let count = rows.filter(|row| needed(row)).count();
    let verdict = match (found.proved, count) {
        (true, 0) => paint(color, "32", "nothing in it had to be signed off"),
        (true, count) => {
            let advisory = found.landings.iter().any(|landing| landing.sign_off.advisory);
            let trust = if advisory { "; advisory, as nothing is signed" } else { ", and signed" };
            let line = format!("proved: {} as signed off{trust}", counted(count, "page"));
            paint(color, "32", &line)
        }
        (false, _) => paint(color, "31", "not proved"),
    };
    let _ = writeln!(out, "{verdict}");
    out
}

fn of_landing(landing: &VerifiedLanding, found: &Verification, color: bool, out: &mut String) {
    let short = |commit: &str| commit.chars().take(10).collect::<String>();
    let head = format!(
        "{} on {}, after {} ({})",
        short(&landing.landed.commit),
        found.target,
        short(&landing.before.commit),
        landing.how
    );
    let _ = writeln!(out, "{}", paint(color, "1", &harmless(&head)));
    for by in &landing.by {
        let line = format!(
            "  change {} ({}), landed by {} on {}, with {}",
            by.change.short(),
            by.branch,
            by.author.name,
            day_of(by.time),
            counted(by.events, "event")
        );
        let _ = writeln!(out, "{}", harmless(&line));
    }
    out.push_str(&pages(&landing.sign_off, &landing.threads, color));
    let mut notes: Vec<String> = landing.problems.clone();
    if !landing.differing.is_empty() {
        let names: Vec<String> =
            landing.differing.iter().take(5).map(ToString::to_string).collect();
        let more = match landing.differing.len() - names.len() {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        notes.push(format!(
            "landed with other bytes than the branch had: {}{more}",
            names.join(", ")
        ));
    }
    if landing.later > 0 {
        let later = counted(landing.later, "event");
        notes.push(format!("{later} came after it had landed, and did not count"));
    }
    for note in notes {
        let _ = writeln!(out, "  {}", harmless(&note));
    }
    out.push('\n');
}

/// The pages with their cells, and what else there is to say, for a person.
pub(super) fn pages(found: &SignOff, threads: &[Thread], color: bool) -> String {
    let mut out = String::new();
    let rows: Vec<&Row> = found.pages.iter().filter(|row| needed(row)).collect();
    if rows.is_empty() {
        out.push_str("  nothing had to be signed off\n");
    }
    for row in &rows {
        let _ = writeln!(out, "  {}", harmless(&signed::name(row)));
        for cell in row.cells.iter().filter(|cell| cell.state != CellState::NotNeeded) {
            let title = found.stages.iter().find(|stage| stage.id == cell.stage);
            let title = title.map_or(cell.stage.as_str(), |stage| stage.title.as_str());
            let line = format!("{title}: {}", said(cell));
            let code = if cell.state.is_closed() { "32" } else { "31" };
            let _ = writeln!(out, "    {}", paint(color, code, &harmless(&line)));
        }
    }
    let mut notes = Vec::new();
    for hold in &found.holds {
        notes.push(format!("{} held the merge up: {}", hold.author.name, hold.reason));
    }
    for thread in threads {
        let said = thread.text.lines().next().unwrap_or_default();
        notes.push(format!("a comment of {} was to be settled: {said}", thread.author.name));
    }
    for ignored in &found.ignored {
        notes.push(format!(
            "does not count: {} by {} ({}): {}",
            ignored.kind,
            ignored.author.name,
            ignored.event.short(),
            ignored.why
        ));
    }
    for note in notes {
        let _ = writeln!(out, "  {}", harmless(&note));
    }
    out
}

fn of_uncovered(commit: &Uncovered, color: bool, out: &mut String) {
    let head = format!("{} {}", commit.commit.get(..10).unwrap_or(&commit.commit), commit.subject);
    let _ = writeln!(out, "{}", paint(color, "1", &harmless(&head)));
    let _ = writeln!(out, "  no landing of it is known here, and it changes");
    for page in commit.pages.iter().take(20) {
        let _ = writeln!(out, "    {}", harmless(page.as_str()));
    }
    if let Some(more) = commit.pages.len().checked_sub(20).filter(|more| *more > 0) {
        let _ = writeln!(out, "    and {more} more");
    }
    let _ = writeln!(
        out,
        "  `copydesk review sync --fetch-only` fetches what others have recorded, and `copydesk review \
         land` records what was merged\n"
    );
}

fn needed(row: &Row) -> bool {
    row.cells.iter().any(|cell| cell.state != CellState::NotNeeded)
}

/// `approved by Eve on 2026-11-30`.
fn said(cell: &Cell) -> String {
    let by: Vec<String> = cell
        .by
        .iter()
        .map(|voice| {
            let (name, email) = (&voice.author.name, &voice.author.email);
            format!("{name} <{email}> on {}", day_of(voice.time))
        })
        .collect();
    let why = match cell.why.is_empty() {
        true => String::new(),
        false => format!(": {}", cell.why),
    };
    match by.is_empty() {
        true => format!("{}{why}", cell.state.word()),
        false => format!("{} by {}{why}", cell.state.word(), by.join(", ")),
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
