//! `copydesk review site`: the change as a folder of pages, for people who never read a diff.

use std::path::PathBuf;
use std::time::Instant;

use super::desk::EventsArguments;
use super::side::{ChangeArguments, Failure};
use crate::cli::lint::{shown, today};
use crate::cli::{Exit, Terminal, build};
use crate::pipeline::{ChangeInput, ReviewSiteError, ReviewSiteInput, review_site};
use crate::report::Counts;

/// Writes the change as a folder of pages: an overview, and what differs on each page, in the text
/// and side by side.
///
/// The folder needs no server. Nothing that a branch says is run in it: raw HTML is sanitized, and
/// the look is always the built-in one.
#[derive(Debug, clap::Args)]
pub(crate) struct SiteArguments {
    #[command(flatten)]
    change: ChangeArguments,
    #[command(flatten)]
    events: EventsArguments,
    /// The folder to write; what is in it must be a review or nothing
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    out: PathBuf,
    /// Where the changed site can be seen, for links to pages that have not changed
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

pub(crate) fn run(arguments: &SiteArguments, terminal: &mut Terminal) -> Exit {
    let started = Instant::now();
    let Some(open) = arguments.change.open(terminal) else { return Exit::Failed };
    let preview = arguments.base_url.as_ref().map(|url| format!("{}/", url.trim_end_matches('/')));
    let today = today();
    let Some(threads) = super::threads::known(&open, &arguments.events, terminal) else {
        return Exit::Failed;
    };
    let input = ReviewSiteInput {
        change: ChangeInput {
            old: open.side(open.old.as_ref()),
            new: open.side(open.new.as_ref()),
            files: &open.ends.files,
            trust_theme: open.trust_theme,
        },
        ends: &open.ends,
        preview: preview.as_deref(),
        live: false,
        today: &today,
        threads: &threads,
        notes: &[],
    };
    let made = match review_site(&input, &arguments.out) {
        Ok(made) => made,
        Err(ReviewSiteError::Write(error)) => {
            terminal.error(&error.to_string(), error.help());
            return Exit::Failed;
        }
        Err(ReviewSiteError::Build(error)) => {
            Failure::Site(error).tell(Some(open.new.as_ref()), terminal);
            return Exit::Failed;
        }
        Err(error) => {
            terminal.error(&error.to_string(), None);
            return Exit::Failed;
        }
    };
    open.memo.close();
    let counts = Counts::of(&made.findings);
    let found = match counts.total() {
        0 => String::new(),
        _ => format!("; new: {counts}"),
    };
    let pages = made.change.pages.len();
    terminal.say(&format!(
        "review of {pages} page{} into {} in {}{found}",
        if pages == 1 { "" } else { "s" },
        shown(&arguments.out.join("index.html")),
        build::seconds(started.elapsed()),
    ));
    Exit::Clean
}
