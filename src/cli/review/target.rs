//! What the commands have in common that look at the target of merges and not at a branch.

use std::path::PathBuf;

use super::desk::cannot;
use super::side::{Failure, Site, base_names};
use crate::cli::{Terminal, input};
use crate::history;
use crate::pipeline::{LandingError, ReviewTarget};
use crate::report::harmless;
use crate::review::all_changes;
use crate::review::store::{Loaded, Store};

/// Which target is meant.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct TargetArguments {
    /// The branch that others are merged into [default: `base` below `[git]`, the default branch of
    /// `origin`, `main` or `master`; where it is checked out, as it is here]
    #[arg(long, value_name = "REV")]
    pub(super) base: Option<String>,
    /// The folder of `book.toml`, or a folder of Markdown files [default: the nearest folder above
    /// the working directory that holds a `book.toml`]
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(super) root: Option<PathBuf>,
    /// Neither read nor write the cache
    #[arg(long)]
    pub(super) no_cache: bool,
}

/// A target that is open.
pub(super) struct OpenTarget {
    pub(super) site: Site,
    pub(super) store: Store,
    /// The branch.
    pub(super) name: String,
    /// Its commit.
    pub(super) commit: String,
    temporary: PathBuf,
}

impl TargetArguments {
    /// Opens it; none where that failed, which has then been said.
    pub(super) fn open(&self, terminal: &mut Terminal) -> Option<OpenTarget> {
        let site = Site::open(self.root.as_deref(), self.no_cache, terminal)?;
        let names = base_names(self.base.as_deref(), &site.folder, &site.settings);
        let found =
            names.and_then(|names| history::base(&site.folder, &names).map_err(Failure::Undecided));
        let (name, commit) = match found {
            Ok(found) => found,
            Err(failure) => {
                failure.tell(None, terminal);
                return None;
            }
        };
        // What was merged here a moment ago is not on the remote yet.
        let here = match self.base {
            Some(_) => None,
            None => history::checked_out_tip(&site.folder, &name),
        };
        let store = match Store::open(&site.folder) {
            Ok(store) => store,
            Err(error) => return cannot(&error, terminal),
        };
        let commit = here.unwrap_or(commit);
        Some(OpenTarget { site, store, name, commit, temporary: std::env::temp_dir() })
    }
}

impl OpenTarget {
    /// The same as the library takes it.
    pub(super) fn target(&self) -> ReviewTarget<'_> {
        ReviewTarget {
            folder: &self.site.folder,
            variables: input::variables(),
            memo: &self.site.memo,
            temporary: &self.temporary,
            name: &self.name,
            commit: &self.commit,
        }
    }

    /// All changes that are here; none where they cannot be read, which has then been said.
    pub(super) fn changes(&self, terminal: &mut Terminal) -> Option<Vec<Loaded>> {
        match all_changes(&self.store) {
            Ok(changes) => Some(changes),
            Err(error) => cannot(&error, terminal),
        }
    }

    /// Remembers which events are here, as whoever looks at them wants to find them again.
    pub(super) fn mark_seen(&self, changes: &[Loaded]) {
        for change in changes.iter().filter_map(|loaded| loaded.events.first()) {
            drop(self.store.mark_seen(change.change));
        }
    }
}

/// Says why it cannot be told.
pub(super) fn undecided(error: &LandingError, terminal: &mut Terminal) {
    let message = format!("cannot decide: {}", harmless(&error.to_string()));
    terminal.error(&message, error.help().as_deref());
}
