//! What the commands have in common that speak of threads: where they stand, and how they are told.

use std::fmt::Write as _;
use std::sync::Arc;

use super::desk::{EventsArguments, branch_of, desk_of};
use super::side::OpenChange;
use super::signed::{damaged, judge};
use crate::base::{Diagnostic, SourcePath, Span};
use crate::cli::Terminal;
use crate::history::day_of;
use crate::pipeline::Judge;
use crate::report::harmless;
use crate::review::anchor::How;
use crate::review::event::{Author, Event};
use crate::review::threads::{PlaceInput, PlacedThread, Rules, ThreadState, place_threads};
use crate::review::{Desk, codes};
use crate::source::Source;

/// Characters of a text that are shown in a line.
const SHOWN: usize = 72;

/// The threads of a branch with their places in the files of `source`. What counts and who settles what
/// blocks, the policy of the target says.
pub(super) fn placed(
    open: &OpenChange,
    desk: &Desk,
    judge: &Judge,
    source: &dyn Source,
) -> Vec<PlacedThread> {
    let waivers = judge.policy.may_waive();
    let rules = Rules {
        counts: &|event: &Event| judge.why_not(event).is_none(),
        may_settle: &|who: &str| waivers.has(who),
    };
    place_threads(&PlaceInput {
        events: &desk.events,
        rules: &rules,
        files: &open.ends.files,
        read: &|path: &SourcePath| -> Option<Arc<[u8]>> { source.read(path).ok() },
        blob: &|id: &str| desk.store.blob(id),
    })
}

/// The threads of a branch where there are any: none is of no branch. None where that failed, which has
/// then been said.
pub(super) fn known(
    open: &OpenChange,
    events: &EventsArguments,
    terminal: &mut Terminal,
) -> Option<Vec<PlacedThread>> {
    if branch_of(&open.ends).is_none() && !events.is_set() {
        return Some(Vec::new());
    }
    let desk = desk_of(open, events, terminal)?;
    if damaged(&desk, terminal) {
        return None;
    }
    desk.mark_seen();
    if desk.events.is_empty() {
        return Some(Vec::new());
    }
    let judge = judge(open, &desk, terminal)?;
    Some(placed(open, &desk, &judge, open.new.as_ref()))
}

/// Threads that stand in the way of a merge.
pub(super) fn blocking(threads: &[PlacedThread]) -> Vec<Diagnostic> {
    let blocking = threads.iter().filter(|placed| placed.thread.blocks());
    let found = blocking.map(|placed| {
        let thread = &placed.thread;
        let what = if thread.is_suggestion() { "suggestion" } else { "comment" };
        let said = match first_line(&thread.text) {
            text if text.is_empty() => String::new(),
            text => format!(": {text}"),
        };
        let message = format!("a blocking {what} of {} is open{said}", thread.author.name);
        let id = thread.id.short();
        let help = match (&thread.state, thread.is_suggestion()) {
            (ThreadState::Proposed { by }, _) => format!(
                "{} says that it is settled; {} decides, with `copydesk review resolve {id}`",
                by.name, thread.author.name
            ),
            (_, true) => format!("apply it with `copydesk review apply {id}`, or settle it"),
            (_, false) => format!("answer it, and let {} resolve `{id}`", thread.author.name),
        };
        let found = Diagnostic::new(&codes::OPEN_THREAD, message).help(help);
        match (&placed.path, &placed.place) {
            (Some(path), Some(place)) => {
                let range = place.range.clone().unwrap_or(place.near..place.near);
                found.at(Span::new(path.clone(), range))
            }
            (Some(path), None) => found.at(Span::start_of(path.clone())),
            (None, _) => found,
        }
    });
    found.collect()
}

/// The threads that are open, for a person.
pub(super) fn told(threads: &[PlacedThread], color: bool) -> String {
    let paint = |code: &str, text: &str| match color {
        true => format!("\x1b[{code}m{text}\x1b[0m"),
        false => text.to_owned(),
    };
    let open: Vec<&PlacedThread> =
        threads.iter().filter(|placed| placed.thread.is_open()).collect();
    let settled = threads.len() - open.len();
    if threads.is_empty() {
        return String::new();
    }
    let blocking = open.iter().filter(|placed| placed.thread.blocks()).count();
    let mut title = format!("threads: {} open", open.len());
    if blocking > 0 {
        let _ = write!(title, ", {blocking} blocking");
    }
    if settled > 0 {
        let _ = write!(title, ", {settled} settled");
    }
    let mut out = format!("\n{}\n", paint("1", &title));
    // What has lost its place comes first: nobody meets it on a page.
    let (lost, rest): (Vec<&PlacedThread>, Vec<&PlacedThread>) =
        open.into_iter().partition(|placed| placed.is_orphan());
    for placed in lost.into_iter().chain(rest) {
        let thread = &placed.thread;
        let place = match (&placed.path, placed.line) {
            (Some(path), Some(line)) if !placed.is_orphan() => format!("{path}:{line}"),
            (Some(path), _) => path.to_string(),
            (None, _) => "the change".to_owned(),
        };
        let mut marks = vec![thread.author.name.clone(), day_of(thread.time)];
        if thread.blocks() {
            marks.push("blocking".to_owned());
        }
        marks.extend(how(placed).map(str::to_owned));
        if let ThreadState::Proposed { by } = &thread.state {
            marks.push(format!("settled, says {}", by.name));
        }
        let _ = writeln!(
            out,
            "  {}  {}  {}",
            thread.id.short(),
            harmless(&place),
            paint("2", &harmless(&marks.join(", ")))
        );
        if let Some(anchor) = &thread.anchor
            && !anchor.quote.exact.is_empty()
        {
            let _ = writeln!(out, "    | {}", harmless(&first_line(&anchor.quote.exact)));
        }
        if let Some(replacement) = &thread.replacement {
            let line = match replacement.trim().is_empty() {
                true => "(nothing)".to_owned(),
                false => first_line(replacement),
            };
            let _ = writeln!(out, "    > {}", harmless(&line));
        }
        for (who, text) in said(placed) {
            for (at, line) in text.lines().enumerate() {
                let who = if at == 0 { format!("{}: ", who.name) } else { "  ".to_owned() };
                let _ = writeln!(out, "    {}{}", harmless(&who), harmless(line));
            }
        }
    }
    out
}

fn said(placed: &PlacedThread) -> Vec<(&Author, &str)> {
    let thread = &placed.thread;
    let first = (&thread.author, thread.text.as_str());
    let answers = thread.answered.iter().map(|answer| (&answer.author, answer.text.as_str()));
    std::iter::once(first).chain(answers).filter(|(_, text)| !text.trim().is_empty()).collect()
}

/// What must be said about how a place was found.
fn how(placed: &PlacedThread) -> Option<&'static str> {
    match placed.place.as_ref()?.how {
        How::Same | How::Moved => None,
        How::Edited => Some("edited since"),
        How::Orphan => Some("its text is gone"),
    }
}

fn first_line(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let more = line.chars().count() > SHOWN || text.trim().lines().count() > 1;
    let mut shown: String = line.chars().take(SHOWN).collect();
    if more {
        shown.push('…');
    }
    shown
}

/// The thread that an id names: that of the event which began it or answered in it.
pub(super) fn root_of(threads: &[PlacedThread], event: &Event) -> Option<usize> {
    threads.iter().position(|placed| {
        placed.thread.id == event.id
            || placed.thread.answered.iter().any(|answer| answer.id == event.id)
    })
}
