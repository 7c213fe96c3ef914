//! Who has signed off what: for each page that a merge would change, and each stage of the target's
//! policy, one *cell*. An approval is bound to a digest of what was seen, so that an edit opens the
//! cells again that it touches, and no others.

mod aliases;
mod code_owners;
mod fold;
mod gate;
mod holds;
mod policy;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::event::{Author, Digests, Event, EventId, Subject, SubjectKind};
use super::store::Proof;
use crate::base::{SitePath, SourcePath};
use crate::config::Digest;

pub use aliases::Aliases;
pub use code_owners::{CODE_OWNERS, CodeOwners};
pub use fold::{sign_off, why_not, why_not_approve};
pub use gate::{closers, diagnostics};
pub use policy::{People, Policy};

/// A page that the merge would change, as it would leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageToSign {
    /// What it is.
    pub kind: SubjectKind,
    /// Its file; of one that is gone, where it was.
    pub path: SourcePath,
    /// Its file on the target, where that is another one.
    pub was: Option<SourcePath>,
    /// Its address; none for one that is gone.
    pub url: Option<SitePath>,
    /// Its title.
    pub title: String,
    /// What git calls the bytes of its file.
    pub blob: Option<String>,
    /// Its digests on the target; none for a new page.
    pub before: Option<Digests>,
    /// Its digests as the merge leaves it; of one that is gone, those that it had.
    pub now: Digests,
    /// Who owns it, by its front matter.
    pub owners: Vec<String>,
    /// Who wrote commits of the branch that touch it, with those whom the commits name beside their
    /// authors: addresses in lower case.
    pub writers: BTreeSet<String>,
    /// Whether git cannot merge it.
    pub conflict: bool,
}

impl PageToSign {
    /// Whether its file has another name on the target. One that only got another address is no other
    /// file.
    pub fn is_renamed(&self) -> bool {
        self.was.as_ref().is_some_and(|was| *was != self.path)
    }

    /// What an approval of it is about.
    pub fn subject(&self) -> Subject {
        Subject {
            kind: self.kind,
            path: self.path.clone(),
            url: self.url.clone(),
            blob: self.blob.clone(),
            digests: self.now.clone(),
            after: None,
        }
    }
}

/// What cells are made of.
#[derive(Clone, Copy)]
pub struct SignOffInput<'a> {
    /// The policy of the target.
    pub policy: &'a Policy,
    /// The pages that the merge would change, and what it does to the policy.
    pub pages: &'a [PageToSign],
    /// The events of the branch, in order.
    pub events: &'a [Event],
    /// What the signatures of events are worth; only looked at where the policy asks for them.
    pub proofs: &'a BTreeMap<EventId, Proof>,
    /// The branch that is merged into.
    pub target: &'a str,
    /// Now, in seconds since 1970.
    pub now: i64,
}

/// Who has signed off what.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct SignOff {
    /// Whether nothing is signed, so that anybody who can write to the repository could have said
    /// it in the name of others.
    pub advisory: bool,
    /// The stages.
    pub stages: Vec<StageView>,
    /// The pages, each with a cell for each stage.
    pub pages: Vec<Row>,
    /// What holds the merge up.
    pub holds: Vec<HoldView>,
    /// What was said and does not count.
    pub ignored: Vec<Ignored>,
    /// Stages in which a first response is late.
    pub late: Vec<Late>,
}

/// A stage as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageView {
    /// Its id.
    pub id: String,
    /// What people read.
    pub title: String,
    /// What approvals are bound to.
    pub digest: Digest,
}

/// A page and its cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it is.
    pub kind: SubjectKind,
    /// Its file.
    pub path: SourcePath,
    /// Its file on the target, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<SourcePath>,
    /// Its address.
    pub url: Option<SitePath>,
    /// Its title.
    pub title: String,
    /// Its digests.
    pub digests: Digests,
    /// One for each stage, in their order.
    pub cells: Vec<Cell>,
}

/// A page in a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The stage.
    pub stage: String,
    /// How it stands.
    pub state: CellState,
    /// Why, in a few words.
    pub why: String,
    /// Whose word counts: who approved, rejected, waived, or deferred it.
    pub by: Vec<Voice>,
    /// How many more people must approve it.
    pub missing: u32,
    /// Who can close it, by address; empty for anybody but those who wrote it, where `anyone`.
    pub closers: Vec<String>,
    /// Whether anybody can who did not write it.
    pub anyone: bool,
}

/// How a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellState {
    /// The page does not have the stage, or nothing that the stage looks at differs.
    NotNeeded,
    /// Nobody has said anything that counts.
    Open,
    /// Another stage comes first.
    Waiting,
    /// It was approved or rejected, and the page was edited since then.
    Reopened,
    /// It is approved as soon as suggestions are applied.
    Suggested,
    /// It was rejected.
    Rejected,
    /// It was approved.
    Approved,
    /// It is not needed, as somebody said who may.
    Waived,
    /// It can wait until after the merge, as somebody said who may.
    Deferred,
}

impl CellState {
    /// Whether it does not stand in the way of a merge.
    pub fn is_closed(self) -> bool {
        use CellState::{Approved, Deferred, NotNeeded, Waived};
        matches!(self, NotNeeded | Approved | Waived | Deferred)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            CellState::NotNeeded => "not needed",
            CellState::Open => "open",
            CellState::Waiting => "waiting",
            CellState::Reopened => "reopened",
            CellState::Suggested => "suggestions",
            CellState::Rejected => "rejected",
            CellState::Approved => "approved",
            CellState::Waived => "waived",
            CellState::Deferred => "deferred",
        }
    }
}

/// Somebody said something that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Voice {
    /// Who.
    pub author: Author,
    /// The event.
    pub event: EventId,
    /// When, in seconds since 1970.
    pub time: i64,
    /// What there was to say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Of a stage that can wait, the day until which it must be made up for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// Something holds the merge up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HoldView {
    /// The event.
    pub event: EventId,
    /// Who.
    pub author: Author,
    /// Why.
    pub reason: String,
    /// The day from which it does not any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// Something that was said and does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// The event.
    pub event: EventId,
    /// What it is: `approve`, `waive`.
    pub kind: String,
    /// Who is said to have said it.
    pub author: Author,
    /// Why it does not count.
    pub why: String,
}

/// A first response is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Late {
    /// The stage.
    pub stage: String,
    /// Working days since a review was asked for.
    pub days: u32,
    /// Within how many there should have been one.
    pub within: u32,
}

impl SignOff {
    /// The cells that stand in the way of a merge, with their pages.
    pub fn open_cells(&self) -> impl Iterator<Item = (&Row, &Cell)> {
        self.pages.iter().flat_map(|row| {
            row.cells.iter().filter(|cell| !cell.state.is_closed()).map(move |cell| (row, cell))
        })
    }

    /// Whether everything that must be signed off is, and nothing holds the merge up.
    pub fn is_complete(&self) -> bool {
        self.holds.is_empty() && self.open_cells().next().is_none()
    }

    /// How many cells there are of a state.
    pub fn count(&self, state: CellState) -> usize {
        self.pages.iter().flat_map(|row| &row.cells).filter(|cell| cell.state == state).count()
    }
}

impl Digests {
    /// The digest that approvals of a stage are bound to.
    pub fn of(&self, digest: Digest) -> &str {
        match digest {
            Digest::Prose => &self.prose,
            Digest::Source => &self.source,
            Digest::Render => &self.render,
        }
    }
}
