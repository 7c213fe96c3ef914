//! `copydesk review sync`: what was said comes and goes.

use std::path::PathBuf;

use super::desk::{cannot, now};
use super::side::folder;
use crate::cli::{Exit, Terminal};
use crate::report::{harmless, harmless_json};
use crate::review::event::Author;
use crate::review::store::{Store, StoreError};

/// Exchanges what was said about changes with a remote, with the installed git.
///
/// Both sides then have what either had; nothing is ever taken away. What a remote has lost since the
/// last time is put back, and said.
#[derive(Debug, clap::Args)]
pub(crate) struct SyncArguments {
    /// The remote [default: `origin`, else the only one]
    #[arg(value_name = "REMOTE")]
    remote: Option<String>,
    /// The folder of `book.toml`, or a folder of Markdown files [default: the nearest folder above
    /// the working directory that holds a `book.toml`]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    root: Option<PathBuf>,
    /// Only fetch, as in CI
    #[arg(long)]
    fetch_only: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &SyncArguments, terminal: &mut Terminal) -> Exit {
    let Some(folder) = folder(arguments.root.as_deref(), terminal) else { return Exit::Failed };
    let synced = Store::open(&folder).and_then(|store| {
        let remote = match &arguments.remote {
            Some(remote) => remote.clone(),
            None => store.remotes()?.into_iter().next().ok_or(StoreError::NoRemote)?,
        };
        // Who only fetches needs no name.
        let author = match (store.author(), arguments.fetch_only) {
            (Err(_), true) => Author::default(),
            (author, _) => author?,
        };
        store.sync(&remote, &author, now(), !arguments.fetch_only)
    });
    let synced = match synced {
        Ok(synced) => synced,
        Err(error) => {
            cannot::<()>(&error, terminal);
            return Exit::Failed;
        }
    };
    for (changes, what) in [
        (&synced.put_back, "the remote had lost events that it had before; they were put back"),
        (&synced.restored, "events that had been here were gone; they were put back"),
    ] {
        for change in changes {
            terminal.say(&format!("change {}: {what}", change.short()));
        }
    }
    if arguments.json {
        let Ok(json) = serde_json::to_string_pretty(&synced) else { return Exit::Failed };
        return match terminal.out(format!("{}\n", harmless_json(json)).as_bytes()) {
            Ok(()) => Exit::Clean,
            Err(error) => terminal.output_failed(&error),
        };
    }
    let remote = harmless(&synced.remote).into_owned();
    let events = |count: usize| format!("{count} event{}", if count == 1 { "" } else { "s" });
    terminal.say(&match (synced.received, synced.sent) {
        (0, 0) => format!("{remote} and this clone have the same events"),
        (received, sent) => {
            format!("{} from {remote}, {} to it", events(received), events(sent))
        }
    });
    Exit::Clean
}
