//! `copydesk review open`: a branch is ready to be reviewed.

use super::desk::{DeskArguments, cannot};
use crate::cli::{Exit, Terminal};
use crate::report::harmless;
use crate::review::Said;
use crate::review::event::{Body, Request};

/// Opens the branch for review, or asks for a review of one that is open.
///
/// What is said of a branch is kept in the repository, below `refs/copydesk`; `copydesk review sync`
/// exchanges it with others.
#[derive(Debug, clap::Args)]
pub(crate) struct OpenArguments {
    #[command(flatten)]
    desk: DeskArguments,
    /// What the change is about, in a line [default: the name of the branch]
    #[arg(long, short, value_name = "TEXT")]
    title: Option<String>,
    /// A stage that is ready to be reviewed; can be given more than once [default: all]
    #[arg(long, value_name = "STAGE")]
    stage: Vec<String>,
    /// The address of somebody who is asked; can be given more than once
    #[arg(long, value_name = "EMAIL")]
    request: Vec<String>,
    /// What reviewers should know
    #[arg(long, short = 'm', value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,
}

pub(crate) fn run(arguments: &OpenArguments, terminal: &mut Terminal) -> Exit {
    let Some(mut at) = arguments.desk.open(terminal) else { return Exit::Failed };
    let was_open = at.desk.change().is_some();
    let said = Said { author: &at.author, time: at.time, keep: &[], signer: at.signer.as_ref() };
    let title = arguments.title.clone().unwrap_or_default();
    let change = match at.desk.begin(&said, &title) {
        Ok(change) => change,
        Err(error) => {
            cannot::<()>(&error, terminal);
            return Exit::Failed;
        }
    };
    // Another name of the branch is worth saying too.
    let renamed = arguments.desk.events.change.is_some()
        && at.desk.changes.iter().all(|loaded| loaded.branch() != Some(at.desk.branch.as_str()));
    let asks = !arguments.stage.is_empty()
        || !arguments.request.is_empty()
        || arguments.message.is_some()
        || renamed;
    if asks {
        let request = Request {
            stages: arguments.stage.clone(),
            people: arguments.request.clone(),
            branch: renamed.then(|| at.desk.branch.clone()),
            note: arguments.message.clone().unwrap_or_default(),
        };
        if at.say(Body::Request(request), &[], terminal).is_none() {
            return Exit::Failed;
        }
    }
    let (branch, target) = at.names();
    at.open.memo.close();
    let id = change.short();
    let line = match (was_open, asks) {
        (false, _) => format!("opened {branch} into {target} for review, as change {id}"),
        (true, true) => format!("asked for a review of {branch} into {target}, change {id}"),
        (true, false) => format!("{branch} into {target} is open for review, as change {id}"),
    };
    terminal.say(&harmless(&line));
    terminal.say("`copydesk review sync` sends it to the others");
    Exit::Clean
}
