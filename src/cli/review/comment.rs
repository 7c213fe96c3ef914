//! `copydesk review comment` and `resolve`: remarks on the text, and that they are settled.

use std::io::{IsTerminal as _, Read as _};
use std::process::Command;

use super::desk::{DeskArguments, OpenDesk, cannot};
use super::signed::judge;
use super::threads;
use crate::base::SourcePath;
use crate::cli::{Exit, Terminal};
use crate::markdown::{ParseInput, parse};
use crate::report::harmless;
use crate::review::anchor::Selection;
use crate::review::event::{Anchor, Body, Comment, Event, EventId, Quote, Resolve};
use crate::review::store::StoreError;
use crate::source::{FolderSource, RevisionSource, Source, SourceError};

/// A remark has at most so many bytes.
const MAX_TEXT: usize = 64 << 10;

/// Comments on a place of a page, on a page, or on the change as a whole.
///
/// The comment keeps to its text: when lines come and go, it is shown where the text stands then; when
/// the text itself is edited, it says so; when the text is gone, it is listed above the page.
#[derive(Debug, clap::Args)]
pub(crate) struct CommentArguments {
    /// The place: `FILE:LINE`, `FILE:LINE-LINE`, `FILE:LINE:COLUMN-COLUMN`, or `FILE` for the page; without it
    /// the change as a whole. Numbers count from 1, columns count characters, and the last one is meant
    /// too
    #[arg(value_name = "PLACE")]
    place: Option<String>,
    /// What there is to say, in Markdown [default: standard input where that is no terminal, else an
    /// editor]
    #[arg(long, short = 'm', value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,
    /// The change must not be merged before this is settled
    #[arg(long)]
    blocking: bool,
    /// The comment or suggestion that is answered, by the beginning of its id
    #[arg(long, value_name = "ID", conflicts_with_all = ["place", "blocking"])]
    reply: Option<String>,
    #[command(flatten)]
    desk: DeskArguments,
}

pub(crate) fn comment(arguments: &CommentArguments, terminal: &mut Terminal) -> Exit {
    let Some(mut at) = arguments.desk.open(terminal) else { return Exit::Failed };
    let Ok(parent) = parent(&at, arguments.reply.as_deref(), terminal) else { return Exit::Failed };
    let anchor = match &arguments.place {
        Some(place) => match anchor_at(&at, &Selection::new(place), terminal) {
            Some(anchor) => Some(anchor),
            None => return Exit::Failed,
        },
        None => None,
    };
    let Some(text) = message(arguments.message.as_deref(), &at, terminal) else {
        return Exit::Failed;
    };
    let keep: Vec<String> = anchor.iter().map(|anchor| anchor.blob.clone()).collect();
    let comment = Comment { anchor, parent, text, blocking: arguments.blocking };
    let said = at.say(Body::Comment(comment), &keep, terminal);
    finished(at, said, "said", terminal)
}

/// Settles a thread, or opens it again.
///
/// A thread that blocks the merge is settled by whoever began it, and by those who may waive.
#[derive(Debug, clap::Args)]
pub(crate) struct ResolveArguments {
    /// The comment or suggestion, by the beginning of its id
    #[arg(value_name = "ID")]
    id: String,
    /// Open it again
    #[arg(long)]
    reopen: bool,
    /// What there is to say about it
    #[arg(long, short = 'm', value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,
    #[command(flatten)]
    desk: DeskArguments,
}

pub(crate) fn resolve(arguments: &ResolveArguments, terminal: &mut Terminal) -> Exit {
    let Some(mut at) = arguments.desk.open(terminal) else { return Exit::Failed };
    let Some(event) = spoken_of(&at, &arguments.id, terminal) else { return Exit::Failed };
    let Some(judge) = judge(&at.open, &at.desk, terminal) else { return Exit::Failed };
    let threads = threads::placed(&at.open, &at.desk, &judge, at.open.new.as_ref());
    let root = threads::root_of(&threads, &event).and_then(|at| threads.get(at));
    let Some(thread) = root.map(|placed| placed.thread.clone()) else { return Exit::Failed };
    if thread.is_open() == arguments.reopen {
        terminal.say(if arguments.reopen { "it is open" } else { "it is settled already" });
        return Exit::Clean;
    }
    let resolve = Resolve {
        comment: thread.id,
        reopen: arguments.reopen,
        note: arguments.message.clone().unwrap_or_default(),
    };
    let who = at.author.key();
    let settles = who == thread.author.key() || judge.policy.may_waive().has(&who);
    if thread.blocks() && !arguments.reopen && !settles {
        let name = harmless(&thread.author.name).into_owned();
        terminal
            .say(&format!("it blocks the merge until {name} agrees, or somebody who may waive"));
    }
    let said = at.say(Body::Resolve(resolve), &[], terminal);
    let word = if arguments.reopen { "opened again" } else { "settled" };
    finished(at, said, word, terminal)
}

/// The event that is answered, where one is named. An error has been said.
pub(super) fn parent(
    at: &OpenDesk,
    reply: Option<&str>,
    terminal: &mut Terminal,
) -> Result<Option<EventId>, ()> {
    let Some(prefix) = reply else { return Ok(None) };
    spoken_of(at, prefix, terminal).map(|event| Some(event.id)).ok_or(())
}

/// Says what was written.
pub(super) fn finished(
    at: OpenDesk,
    said: Option<Event>,
    word: &str,
    terminal: &mut Terminal,
) -> Exit {
    let Some(event) = said else { return Exit::Failed };
    let (branch, _) = at.names();
    at.open.memo.close();
    terminal.say(&format!("{word} on {branch}; `copydesk review sync` sends it to the others"));
    match terminal.out(format!("{}\n", event.id).as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}

/// The comment or suggestion that an id names; none where there is none, which has then been said.
pub(super) fn spoken_of(at: &OpenDesk, prefix: &str, terminal: &mut Terminal) -> Option<Event> {
    let event = at.desk.find(prefix);
    let event =
        event.filter(|event| matches!(event.body, Body::Comment(_) | Body::Suggest(_))).cloned();
    if event.is_none() {
        let prefix = harmless(prefix);
        let message =
            format!("there is no comment, or more than one, whose id begins with `{prefix}`");
        terminal.error(&message, Some("`copydesk review status` lists them"));
    }
    event
}

/// The file that is meant, and its bytes: seen from the working directory, the folder of `book.toml`, or the
/// content folder.
pub(super) fn file_at(
    at: &OpenDesk,
    name: &str,
    source: &dyn Source,
    terminal: &mut Terminal,
) -> Option<(SourcePath, Vec<u8>)> {
    let here = std::env::current_dir().ok().and_then(|dir| match FolderSource::open(&dir) {
        Ok((_, seen)) => Some(seen),
        Err(_) => None,
    });
    let folders = [here, Some(at.open.root.clone()), Some(at.open.content.clone())];
    let paths = folders.into_iter().flatten().filter_map(|folder| folder.join(name).ok());
    let found = paths.into_iter().find(|path| source.is_file(path));
    let read = found.and_then(|path| Some((path.clone(), source.read(&path).ok()?.to_vec())));
    if read.is_none() {
        let branch = harmless(&at.desk.branch).into_owned();
        let message = format!("there is no file `{}` on {branch}", harmless(name));
        terminal.error(&message, Some("name a file of the branch, as in `docs/page.md:12`"));
    }
    read
}

/// The place that is meant; none where there is no text, which has then been said.
pub(super) fn anchor_at(
    at: &OpenDesk,
    selection: &Selection,
    terminal: &mut Terminal,
) -> Option<Anchor> {
    let source = at.open.new.as_ref();
    let (path, bytes) = file_at(at, &selection.file, source, terminal)?;
    let Ok(text) = std::str::from_utf8(&bytes) else {
        let message = format!("`{}` is no text in UTF-8", harmless(path.as_str()));
        terminal.error(&message, None);
        return None;
    };
    let range = match selection.bytes(text) {
        Ok(range) => range,
        Err(error) => {
            let file = harmless(path.as_str());
            let help = "give a place as `FILE:LINE` or `FILE:LINE:COLUMN-COLUMN`";
            terminal.error(&format!("{file}: {error}"), Some(help));
            return None;
        }
    };
    let blob = match at.desk.store.keep(&bytes) {
        Ok(blob) => blob,
        Err(error) => return cannot(&error, terminal),
    };
    let Some(range) = range else {
        return Some(Anchor {
            path,
            blob,
            start: 0,
            end: 0,
            line: 1,
            headings: Vec::new(),
            block: String::new(),
            quote: Quote { times: 1, ..Quote::default() },
        });
    };
    Some(anchor_in(at, source, &path, &blob, text, range))
}

/// An anchor in a text that is kept.
pub(super) fn anchor_in(
    at: &OpenDesk,
    source: &dyn Source,
    path: &SourcePath,
    blob: &str,
    text: &str,
    range: std::ops::Range<usize>,
) -> Anchor {
    let input = ParseInput {
        path,
        bytes: text.as_bytes(),
        settings: &at.open.settings,
        root: &at.open.root,
        source,
    };
    let document = parse(&input).0;
    Anchor::new(path, blob, text, range, Some(&document))
}

/// The files of the branch as they are committed.
pub(super) fn committed(at: &OpenDesk) -> Result<RevisionSource, SourceError> {
    RevisionSource::open(&at.open.folder, &at.open.ends.head_commit).map(|(source, _)| source)
}

/// What there is to say; none where there is nothing, which has then been said.
fn message(given: Option<&str>, at: &OpenDesk, terminal: &mut Terminal) -> Option<String> {
    let text = match given {
        Some(text) => Ok(text.to_owned()),
        None if !std::io::stdin().is_terminal() => {
            let mut text = String::new();
            let limit = u64::try_from(MAX_TEXT).unwrap_or(u64::MAX) + 1;
            std::io::stdin().lock().take(limit).read_to_string(&mut text).map(|_| text)
        }
        None => edited(at),
    };
    let text = match text {
        Ok(text) => text.trim().to_owned(),
        Err(error) => {
            terminal.error(&format!("cannot read the comment: {error}"), Some("say it with `-m`"));
            return None;
        }
    };
    if text.is_empty() {
        terminal.error("there is nothing to say", Some("say it with `-m`"));
        return None;
    }
    if text.len() > MAX_TEXT {
        terminal.error(&format!("a comment has at most {MAX_TEXT} bytes"), None);
        return None;
    }
    Some(text)
}

/// What somebody writes in the editor that git uses.
fn edited(at: &OpenDesk) -> std::io::Result<String> {
    let editor = Command::new("git").args(["var", "GIT_EDITOR"]).output()?;
    let editor = String::from_utf8_lossy(&editor.stdout).trim().to_owned();
    let file = at.desk.store.git_folder().join("COPYDESK_COMMENT.md");
    std::fs::write(&file, "")?;
    let ended = Command::new("sh")
        .arg("-c")
        .arg(format!("{editor} \"$@\""))
        .arg(&editor)
        .arg(&file)
        .status()?;
    let text = std::fs::read_to_string(&file)?;
    std::fs::remove_file(&file)?;
    match ended.success() {
        true => Ok(text),
        false => Err(std::io::Error::other(StoreError::Git("the editor failed".to_owned()))),
    }
}
