//! `copydesk review apply`: suggestions become one commit on the branch.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::comment::{committed, spoken_of};
use super::desk::{DeskArguments, OpenDesk, cannot};
use super::signed::judge;
use super::threads;
use crate::base::SourcePath;
use crate::cli::{Exit, Terminal};
use crate::report::harmless;
use crate::review::event::{Apply, Author, Body, EventId};
use crate::review::store::{CheckedOut, CommitInput, StoreError};
use crate::review::threads::{PlacedThread, Planned, plan};
use crate::source::{FolderSource, Source as _};

/// Applies suggestions: one commit on the branch that names whoever made them.
///
/// A suggestion is applied only where the text is what it was made for. Files with changes that are not
/// committed are left alone, and so is everything else in the working tree and in the index.
#[derive(Debug, clap::Args)]
pub(crate) struct ApplyArguments {
    /// The suggestions, by the beginnings of their ids; all of them are applied, or none
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    ids: Vec<String>,
    /// All that are open and can be applied
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    desk: DeskArguments,
}

pub(crate) fn run(arguments: &ApplyArguments, terminal: &mut Terminal) -> Exit {
    let Some(mut at) = arguments.desk.open(terminal) else { return Exit::Failed };
    let source = match committed(&at) {
        Ok(source) => source,
        Err(error) => {
            terminal.error(&error.to_string(), None);
            return Exit::Failed;
        }
    };
    let Some(judge) = judge(&at.open, &at.desk, terminal) else { return Exit::Failed };
    let threads = threads::placed(&at.open, &at.desk, &judge, &source);
    let mut chosen: Vec<&PlacedThread> = Vec::new();
    for prefix in &arguments.ids {
        let Some(event) = spoken_of(&at, prefix, terminal) else { return Exit::Failed };
        chosen.extend(threads.iter().find(|placed| placed.thread.id == event.id));
    }
    if arguments.all {
        chosen = threads
            .iter()
            .filter(|placed| placed.thread.is_suggestion() && placed.thread.is_open())
            .collect();
        if chosen.is_empty() {
            terminal.say("no suggestion is open");
            return Exit::Clean;
        }
    }
    let planned =
        plan(&chosen, &|path: &SourcePath| source.read(path).ok().map(|bytes| bytes.to_vec()));
    for (id, why) in &planned.refused {
        terminal.error(&format!("`{}` is not applied: {why}", id.short()), None);
    }
    if planned.applied.is_empty() || (!arguments.all && !planned.refused.is_empty()) {
        terminal.error("nothing was applied", None);
        return Exit::Failed;
    }
    let Some(commit) = commit(&at, &planned, &threads, terminal) else { return Exit::Failed };
    let apply = Apply { suggestions: planned.applied.clone(), commit: commit.clone() };
    if at.say(Body::Apply(apply), &[], terminal).is_none() {
        return Exit::Failed;
    }
    let (branch, _) = at.names();
    at.open.memo.close();
    let count = planned.applied.len();
    let plural = if count == 1 { "" } else { "s" };
    terminal.say(&format!("applied {count} suggestion{plural} to {branch}"));
    match terminal.out(format!("{commit}\n").as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}

/// Makes the commit; none where that failed, which has then been said.
fn commit(
    at: &OpenDesk,
    planned: &Planned,
    threads: &[PlacedThread],
    terminal: &mut Terminal,
) -> Option<String> {
    let (store, tip) = (&at.desk.store, at.open.ends.head_commit.as_str());
    let here = match store.checked_out(&at.desk.branch) {
        CheckedOut::Here => true,
        CheckedOut::Nowhere => false,
        CheckedOut::Elsewhere => {
            let branch = harmless(&at.desk.branch).into_owned();
            let message = format!("{branch} is checked out in another working tree");
            terminal.error(&message, Some("run the command there"));
            return None;
        }
    };
    if here {
        for path in planned.files.keys() {
            match store.is_untouched(tip, path) {
                Ok(true) => {}
                Ok(false) => {
                    let path = harmless(path.as_str());
                    let message = format!("`{path}` has changes that are not committed");
                    terminal.error(&message, Some("commit them or put them aside, and try again"));
                    return None;
                }
                Err(error) => return cannot(&error, terminal),
            }
        }
    }
    let files: Vec<(&SourcePath, &[u8])> =
        planned.files.iter().map(|(path, (_, after))| (path, after.as_slice())).collect();
    let message = message(planned, threads, &at.author);
    if here && !write(at, planned, terminal) {
        return None;
    }
    let input = CommitInput {
        branch: &at.desk.branch,
        tip,
        files: &files,
        author: &at.author,
        time: at.time,
        message: &message,
    };
    let made = store.commit(&input).and_then(|commit| {
        if here {
            let paths: Vec<&SourcePath> = planned.files.keys().collect();
            store.stage(&paths)?;
        }
        Ok(commit)
    });
    match made {
        Ok(commit) => Some(commit),
        Err(error) => {
            if here && matches!(error, StoreError::Moved(_)) {
                take_back(at, planned);
            }
            cannot(&error, terminal)
        }
    }
}

/// Writes the files of the working tree: all or none.
fn write(at: &OpenDesk, planned: &Planned, terminal: &mut Terminal) -> bool {
    let source = match FolderSource::open(&at.open.folder) {
        Ok((source, _)) => source,
        Err(error) => {
            terminal.error(&error.to_string(), None);
            return false;
        }
    };
    for (path, (before, after)) in &planned.files {
        if let Err(error) = source.replace(path, before, after) {
            take_back(at, planned);
            terminal.error(&error.to_string(), Some("run the command again"));
            return false;
        }
    }
    true
}

/// Puts back what was written; a file that was not, or that somebody has changed since, stays.
fn take_back(at: &OpenDesk, planned: &Planned) {
    if let Ok((source, _)) = FolderSource::open(&at.open.folder) {
        for (path, (before, after)) in &planned.files {
            drop(source.replace(path, after, before));
        }
    }
}

/// What the commit says: what was applied, and who made it.
fn message(planned: &Planned, threads: &[PlacedThread], by: &Author) -> String {
    let applied: Vec<&PlacedThread> =
        threads.iter().filter(|placed| planned.applied.contains(&placed.thread.id)).collect();
    let mut names: Vec<String> = planned.files.keys().map(ToString::to_string).collect();
    names.sort();
    let subject = match (applied.len(), names.as_slice()) {
        (1, [name]) => format!("Apply a suggestion to {name}"),
        (count, [name]) => format!("Apply {count} suggestions to {name}"),
        (count, names) => format!("Apply {count} suggestions to {} files", names.len()),
    };
    let mut text = format!("{subject}\n\n");
    for placed in &applied {
        let place = placed.path.as_ref().map(ToString::to_string).unwrap_or_default();
        let line = placed.line.unwrap_or(1);
        let id: EventId = placed.thread.id;
        let _ = writeln!(text, "- {place}:{line}: {}", id.short());
    }
    let mut people: BTreeMap<String, &Author> = BTreeMap::new();
    for placed in &applied {
        if placed.thread.author.key() != by.key() {
            people.insert(placed.thread.author.key(), &placed.thread.author);
        }
    }
    if !people.is_empty() {
        text.push('\n');
    }
    // A name of a stranger is one line, and no other trailer.
    for author in people.values() {
        let Author { name, email } = author.plain();
        let (name, email) = (harmless(&name), harmless(&email));
        let _ = writeln!(text, "Co-authored-by: {name} <{email}>");
    }
    text
}
