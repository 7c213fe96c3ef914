//! What the commands have in common that say something about a branch: which branch is meant, who
//! speaks, and when.

use std::path::PathBuf;
use std::time::SystemTime;

use super::side::{ChangeArguments, OpenChange};
use crate::cli::ci::Ci;
use crate::cli::{Terminal, input};
use crate::history::Ends;
use crate::pipeline::ReviewTarget;
use crate::report::harmless;
use crate::review::event::{Author, Body, Event};
use crate::review::store::{Loaded, Signer, StoreError};
use crate::review::{Desk, DeskInput, Said};

/// Which branch is spoken of.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DeskArguments {
    /// The branch, read from the repository without a checkout [default: the branch that is checked
    /// out, as it is committed]
    #[arg(long, value_name = "REV")]
    pub(super) branch: Option<String>,
    /// What the branch is to be merged into [default: what the CI system says, `base` below
    /// `[git]`, the default branch of `origin`, `main` or `master`]
    #[arg(long, value_name = "REV")]
    pub(super) base: Option<String>,
    /// The folder of `book.toml`, or a folder of Markdown files [default: the nearest folder above
    /// the working directory that holds a `book.toml`]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(super) root: Option<PathBuf>,
    #[command(flatten)]
    pub(super) events: EventsArguments,
    /// Neither read nor write the cache
    #[arg(long)]
    pub(super) no_cache: bool,
}

/// Which events count.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct EventsArguments {
    /// The change, by the beginning of its id [default: the one that the branch was opened as]
    #[arg(long, value_name = "ID")]
    pub(super) change: Option<String>,
    /// A commit of the change's ref that must be in its past, as a CI system kept it from its last run
    #[arg(long, value_name = "COMMIT")]
    pub(super) expect_tip: Option<String>,
}

impl EventsArguments {
    /// Whether anything is asked for.
    pub(super) fn is_set(&self) -> bool {
        self.change.is_some() || self.expect_tip.is_some()
    }
}

/// A branch that is open, and what was said about it.
pub(crate) struct OpenDesk {
    pub(super) open: OpenChange,
    pub(super) desk: Desk,
    /// Who speaks.
    pub(super) author: Author,
    /// Now, in seconds since 1970.
    pub(super) time: i64,
    pub(super) signer: Option<Signer>,
    /// Whether it was said that what is not signed does not count.
    warned: bool,
}

impl DeskArguments {
    /// Opens branch and desk; none where that failed, which has then been said.
    pub(super) fn open(&self, terminal: &mut Terminal) -> Option<OpenDesk> {
        let change = ChangeArguments {
            head: self.branch.clone(),
            base: self.base.clone(),
            root: self.root.clone(),
            trust_theme: false,
            no_cache: self.no_cache,
        };
        let open = change.open(terminal)?;
        let desk = desk_of(&open, &self.events, terminal)?;
        let author = match desk.store.author() {
            Ok(author) => author,
            Err(error) => return cannot(&error, terminal),
        };
        let signer = Signer::of(&desk.store);
        Some(OpenDesk { open, desk, author, time: now(), signer, warned: false })
    }
}

impl OpenDesk {
    /// Writes an event; none where that failed, which has then been said. `keep` are ids of blobs
    /// that the event speaks of.
    pub(super) fn say(
        &mut self,
        body: Body,
        keep: &[String],
        terminal: &mut Terminal,
    ) -> Option<Event> {
        let said =
            Said { author: &self.author, time: self.time, keep, signer: self.signer.as_ref() };
        let event = match self.desk.say(&said, body) {
            Ok(event) => event,
            Err(error) => return cannot(&error, terminal),
        };
        let signed = || self.open.target_review().is_some_and(|it| it.allowed_signers.is_some());
        if self.signer.is_none() && !self.warned && signed() {
            self.warned = true;
            let (_, target) = self.names();
            terminal.say(&format!(
                "git has no key of yours, and {target} counts only what is signed: set \
                 `user.signingKey`, and `gpg.format` to `ssh`"
            ));
        }
        Some(event)
    }

    /// As people read the names of both branches.
    pub(super) fn names(&self) -> (String, String) {
        (harmless(&self.desk.branch).into_owned(), harmless(&self.desk.target).into_owned())
    }
}

/// Opens what was said about a branch; none where that failed, which has then been said.
pub(super) fn desk_of(
    open: &OpenChange,
    events: &EventsArguments,
    terminal: &mut Terminal,
) -> Option<Desk> {
    let Some(branch) = branch_of(&open.ends) else {
        let help = "name it with `--branch`";
        terminal.error("no branch is checked out", Some(help));
        return None;
    };
    let input = DeskInput {
        branch: &branch,
        target: &open.ends.base,
        change: events.change.as_deref(),
        expect_tip: events.expect_tip.as_deref(),
    };
    let mut desk = match Desk::open(&open.folder, &input) {
        Ok(desk) => desk,
        Err(error) => return cannot(&error, terminal),
    };
    if !desk.landed.is_empty() {
        // Whoever can write to the repository could say that a change has landed, and so end its review.
        let temporary = std::env::temp_dir();
        let target = ReviewTarget {
            folder: &open.folder,
            variables: input::variables(),
            memo: &open.memo,
            temporary: &temporary,
            name: &open.ends.base,
            commit: &open.ends.base_commit,
        };
        desk.judge_landings(&|loaded: &Loaded, event: &Event| {
            target.counts(loaded, event).unwrap_or(true)
        });
    }
    Some(desk)
}

/// The branch that is meant. CI systems check out commits, and say which branch they are of.
pub(super) fn branch_of(ends: &Ends) -> Option<String> {
    let named = ends.head.as_deref().map(|name| {
        let name = name.strip_prefix("refs/heads/").unwrap_or(name);
        name.strip_prefix("refs/remotes/")
            .and_then(|rest| Some(rest.split_once('/')?.1))
            .unwrap_or(name.strip_prefix("origin/").unwrap_or(name))
    });
    named
        .filter(|name| *name != "HEAD")
        .map(str::to_owned)
        .or_else(|| Ci::of(|name| std::env::var(name).ok()).branch)
}

/// Says why the store could not answer.
pub(super) fn cannot<T>(error: &StoreError, terminal: &mut Terminal) -> Option<T> {
    terminal.error(&harmless(&error.to_string()), error.help());
    None
}

/// Now, in seconds since 1970; what `SOURCE_DATE_EPOCH` says where it is set.
pub(super) fn now() -> i64 {
    let set = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.trim().parse().ok());
    set.unwrap_or_else(|| {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}
