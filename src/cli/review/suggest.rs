//! `copydesk review suggest`: another text for a place, or the edits of a file as suggestions.

use super::comment::{anchor_at, anchor_in, committed, file_at, finished, parent};
use super::desk::{DeskArguments, OpenDesk, cannot};
use crate::cli::{Exit, Terminal};
use crate::report::harmless;
use crate::review::anchor::Selection;
use crate::review::event::{Body, Event, EventId, Suggest};
use crate::review::threads::edits_of;

/// Suggests another text for a place; or, of a file that you have edited, your edits.
///
/// Without `--replace`, what you have changed in the file and not committed becomes suggestions, one for each
/// stretch of lines. The file stays as it is; `git restore FILE` takes your edits back.
#[derive(Debug, clap::Args)]
pub(crate) struct SuggestArguments {
    /// The place: `FILE:LINE`, `FILE:LINE-LINE`, or `FILE:LINE:COLUMN-COLUMN`; `FILE` for edits that are not
    /// committed
    #[arg(value_name = "PLACE")]
    place: String,
    /// What is to stand there
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    replace: Option<String>,
    /// Why, in Markdown
    #[arg(long, short = 'm', value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,
    /// The change must not be merged before this is applied or settled
    #[arg(long)]
    blocking: bool,
    /// The comment that is answered, by the beginning of its id
    #[arg(long, value_name = "ID")]
    reply: Option<String>,
    #[command(flatten)]
    desk: DeskArguments,
}

pub(crate) fn run(arguments: &SuggestArguments, terminal: &mut Terminal) -> Exit {
    let Some(mut at) = arguments.desk.open(terminal) else { return Exit::Failed };
    let Ok(parent) = parent(&at, arguments.reply.as_deref(), terminal) else { return Exit::Failed };
    let selection = Selection::new(&arguments.place);
    match (&arguments.replace, selection.lines) {
        (Some(replacement), Some(_)) => {
            let Some(anchor) = anchor_at(&at, &selection, terminal) else { return Exit::Failed };
            let keep = [anchor.blob.clone()];
            let suggest = Suggest {
                anchor,
                replacement: replacement.clone(),
                text: arguments.message.clone().unwrap_or_default(),
                blocking: arguments.blocking,
                parent,
            };
            let said = at.say(Body::Suggest(suggest), &keep, terminal);
            finished(at, said, "suggested", terminal)
        }
        (None, None) => {
            let Some(said) = edits(&mut at, arguments, &selection.file, parent, terminal) else {
                return Exit::Failed;
            };
            told(at, &said, terminal)
        }
        (Some(_), None) => {
            let help = "give it as `FILE:LINE` or `FILE:LINE:COLUMN-COLUMN`";
            terminal.error("the place that is to be replaced is missing", Some(help));
            Exit::Failed
        }
        (None, Some(_)) => {
            let help = "give it with `--replace`, or name the file alone for your edits of it";
            terminal.error("what is to stand there is missing", Some(help));
            Exit::Failed
        }
    }
}

/// Suggests what was edited and not committed.
fn edits(
    at: &mut OpenDesk,
    arguments: &SuggestArguments,
    file: &str,
    parent: Option<EventId>,
    terminal: &mut Terminal,
) -> Option<Vec<Event>> {
    if !at.open.ends.work_tree {
        let help = "check the branch out and edit the file, or say what with `--replace`";
        terminal.error("a branch that is not checked out has no edits", Some(help));
        return None;
    }
    let source = match committed(at) {
        Ok(source) => source,
        Err(error) => {
            terminal.error(&error.to_string(), None);
            return None;
        }
    };
    let (path, before) = file_at(at, file, &source, terminal)?;
    let (_, after) = file_at(at, file, at.open.new.as_ref(), terminal)?;
    let (Ok(before), Ok(after)) = (String::from_utf8(before), String::from_utf8(after)) else {
        terminal.error(&format!("`{}` is no text in UTF-8", harmless(path.as_str())), None);
        return None;
    };
    let edits = edits_of(&before, &after);
    if edits.is_empty() {
        let message = format!("`{}` has no edits that are not committed", harmless(path.as_str()));
        terminal.error(&message, Some("edit the file first"));
        return None;
    }
    let blob = match at.desk.store.keep(before.as_bytes()) {
        Ok(blob) => blob,
        Err(error) => return cannot(&error, terminal),
    };
    let mut said = Vec::new();
    for edit in edits {
        let anchor = anchor_in(at, &source, &path, &blob, &before, edit.range);
        let suggest = Suggest {
            anchor,
            replacement: edit.replacement,
            text: arguments.message.clone().unwrap_or_default(),
            blocking: arguments.blocking,
            parent,
        };
        said.push(at.say(Body::Suggest(suggest), std::slice::from_ref(&blob), terminal)?);
    }
    Some(said)
}

fn told(at: OpenDesk, said: &[Event], terminal: &mut Terminal) -> Exit {
    at.open.memo.close();
    let ids: String = said.iter().map(|event| format!("{}\n", event.id)).collect();
    let count = said.len();
    let plural = if count == 1 { "" } else { "s" };
    terminal.say(&format!(
        "{count} suggestion{plural}; the file stays as it is; `copydesk review sync` sends them to the \
         others"
    ));
    match terminal.out(ids.as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => terminal.output_failed(&error),
    }
}
