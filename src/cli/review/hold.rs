//! `copydesk review hold` and `release`: not to be merged for now.

use super::desk::DeskArguments;
use crate::cli::{Exit, Terminal};
use crate::history::is_day;
use crate::report::harmless;
use crate::review::event::{Body, Event, Hold, Release};

/// Holds the merge up, whatever is approved.
#[derive(Debug, clap::Args)]
pub(crate) struct HoldArguments {
    #[command(flatten)]
    desk: DeskArguments,
    /// Why
    #[arg(long, short = 'm', value_name = "TEXT", allow_hyphen_values = true)]
    message: String,
    /// The day from which it may be merged all the same, as `2026-12-24`
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
}

/// Ends a hold: your own, or any where `waive` below `[review]` names you.
#[derive(Debug, clap::Args)]
pub(crate) struct ReleaseArguments {
    /// The hold, by the beginning of its id [default: the only one]
    #[arg(value_name = "ID")]
    hold: Option<String>,
    #[command(flatten)]
    desk: DeskArguments,
    /// What there is to say
    #[arg(long, short = 'm', value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,
}

pub(crate) fn hold(arguments: &HoldArguments, terminal: &mut Terminal) -> Exit {
    if arguments.until.as_ref().is_some_and(|day| !is_day(day)) {
        terminal.error("`--until` is no day", Some("write it as `2026-12-24`"));
        return Exit::Failed;
    }
    let Some(mut at) = arguments.desk.open(terminal) else { return Exit::Failed };
    let hold = Hold { reason: arguments.message.clone(), until: arguments.until.clone() };
    let Some(event) = at.say(Body::Hold(hold), &[], terminal) else { return Exit::Failed };
    let (branch, target) = at.names();
    terminal.say(&format!(
        "{branch} is not to be merged into {target} for now; `copydesk review release {}` ends that",
        event.id.short()
    ));
    Exit::Clean
}

pub(crate) fn release(arguments: &ReleaseArguments, terminal: &mut Terminal) -> Exit {
    let Some(mut at) = arguments.desk.open(terminal) else { return Exit::Failed };
    let over: Vec<_> = at
        .desk
        .events
        .iter()
        .filter_map(|event| match &event.body {
            Body::Release(release) => Some(release.hold),
            _ => None,
        })
        .collect();
    let is_open = |event: &&Event| {
        let named = arguments.hold.as_ref().is_some_and(|id| event.id.to_string().starts_with(id));
        matches!(event.body, Body::Hold(_))
            && (named || (arguments.hold.is_none() && !over.contains(&event.id)))
    };
    let holds: Vec<_> = at.desk.events.iter().filter(is_open).map(|event| event.id).collect();
    let [hold] = holds.as_slice() else {
        let message = match holds.len() {
            0 => "there is no such hold",
            _ => "more than one hold is meant",
        };
        terminal.error(message, Some("`copydesk review status` lists the holds with their ids"));
        return Exit::Failed;
    };
    let note = arguments.message.clone().unwrap_or_default();
    let release = Release { hold: *hold, note };
    if at.say(Body::Release(release), &[], terminal).is_none() {
        return Exit::Failed;
    }
    terminal.say(&harmless(&format!("released {}", hold.short())));
    Exit::Clean
}
