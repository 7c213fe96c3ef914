//! What people say about a change, as it is kept: events. An event is JSON that is never changed,
//! known by the SHA-256 of its bytes, so that two clones can put theirs together and lose nothing.
//! [`content/reference/review-events.md`] documents it with an example of each kind.
//!
//! [`content/reference/review-events.md`]: ../../../content/reference/review-events.md

mod anchor;
mod body;
mod id;
mod subject;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use anchor::{Anchor, Quote};
pub use body::{
    Apply, Approve, Body, Comment, Defer, Hold, Land, LandedPage, Landing, Open, Reject, Release,
    Request, Resolve, Suggest, Waive,
};
pub use id::{EventId, NotAnId};
pub use subject::{Digests, Subject, SubjectKind};

/// The version of the form of events that this program writes, and the latest that it reads.
pub const VERSION: u32 = 1;

/// The largest event that is read or written, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Author {
    /// The name, as git has it in `user.name`.
    pub name: String,
    /// The address, as git has it in `user.email`: what tells people apart.
    pub email: String,
}

impl Author {
    /// What tells people apart: the address, whatever the case of its letters.
    pub fn key(&self) -> String {
        self.email.trim().to_lowercase()
    }

    /// The same as git can write it: one line each, without the marks that git puts around addresses.
    pub fn plain(&self) -> Author {
        let plain = |text: &str| -> String {
            let kept: String =
                text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect();
            match kept.trim() {
                "" => "unknown".to_owned(),
                kept => kept.to_owned(),
            }
        };
        Author { name: plain(&self.name), email: plain(&self.email) }
    }
}

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The SHA-256 of the bytes that are kept.
    pub id: EventId,
    /// The change: the id of the event that opened it. That event's own id for itself.
    pub change: EventId,
    /// The branch that the change is to be merged into, as `main`: what is said of a merge into one
    /// branch is not said of a merge into another.
    pub target: String,
    /// Who.
    pub author: Author,
    /// When, in seconds since 1970, UTC, by the clock of the author.
    pub time: i64,
    /// A number greater than those of all events that the author had seen.
    pub lamport: u64,
    /// The last events that the author had seen: those that no other one had seen. Where one is not
    /// there, somebody has taken it away.
    pub seen: Vec<EventId>,
    /// What.
    pub body: Body,
}

/// An event before it has an id: what its author says.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The branch that the change is to be merged into.
    pub target: String,
    /// Who.
    pub author: Author,
    /// When, in seconds since 1970, UTC.
    pub time: i64,
    /// What.
    pub body: Body,
}

/// Why bytes are no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// They are no JSON of the form that is documented.
    #[error("it cannot be read: {0}")]
    Form(String),
    /// A later version of Copydesk wrote it.
    #[error("it has version {0} of the form, and this program knows {VERSION}")]
    Version(u32),
    /// A later version of Copydesk wrote it.
    #[error("it is of a kind that this program does not know: `{0}`")]
    Kind(String),
    /// It is larger than an event may be.
    #[error("it has more than {MAX_BYTES} bytes")]
    Size,
}

/// The form in which an event is kept. The order of the fields is that of the bytes.
#[derive(Serialize, Deserialize)]
struct Kept {
    v: u32,
    kind: String,
    /// Not in the event that opens a change: its id is not known before it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<EventId>,
    target: String,
    author: Author,
    time: i64,
    lamport: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    seen: Vec<EventId>,
    body: Map<String, Value>,
}

impl Event {
    /// Reads an event from the bytes that are kept.
    ///
    /// # Errors
    /// Why they are none. What a later version wrote is an error and not a guess: nothing can be
    /// decided without it.
    pub fn read(bytes: &[u8]) -> Result<Event, EventError> {
        if bytes.len() > MAX_BYTES {
            return Err(EventError::Size);
        }
        #[derive(Deserialize)]
        struct Versioned {
            v: u32,
        }
        let form = |error: serde_json::Error| EventError::Form(error.to_string());
        let version = serde_json::from_slice::<Versioned>(bytes).map_err(form)?.v;
        if version != VERSION {
            return Err(EventError::Version(version));
        }
        let kept: Kept = serde_json::from_slice(bytes).map_err(form)?;
        let body = Body::read(&kept.kind, kept.body)?;
        let id = EventId::of(bytes);
        let change = match (&body, kept.change) {
            (Body::Open(_), None) => id,
            (Body::Open(_), Some(_)) => {
                return Err(EventError::Form("`open` names a change".to_owned()));
            }
            (_, Some(change)) => change,
            (_, None) => return Err(EventError::Form("it names no change".to_owned())),
        };
        Ok(Event {
            id,
            change,
            target: kept.target,
            author: kept.author,
            time: kept.time,
            lamport: kept.lamport,
            seen: kept.seen,
            body,
        })
    }

    /// What stands before and behind others: by their numbers, then by id.
    pub fn order(&self) -> (u64, EventId) {
        (self.lamport, self.id)
    }
}

impl Draft {
    /// The event that opens a change, as the bytes to keep.
    ///
    /// # Errors
    /// Where it is too large.
    pub fn first(&self) -> Result<Vec<u8>, EventError> {
        self.bytes(None, 1, Vec::new())
    }

    /// An event of a change that its author has seen: `events` are all of its events, in any order.
    ///
    /// # Errors
    /// Where it is too large.
    pub fn next(&self, change: EventId, events: &[Event]) -> Result<Vec<u8>, EventError> {
        self.after(change, events, 0)
    }

    /// The same with a number greater than `last`, where the author has seen events of other changes too.
    ///
    /// # Errors
    /// Where it is too large.
    pub fn after(
        &self,
        change: EventId,
        events: &[Event],
        last: u64,
    ) -> Result<Vec<u8>, EventError> {
        let own = events.iter().map(|event| event.lamport).max().unwrap_or(0);
        self.bytes(Some(change), own.max(last).saturating_add(1), heads(events))
    }

    fn bytes(
        &self,
        change: Option<EventId>,
        lamport: u64,
        seen: Vec<EventId>,
    ) -> Result<Vec<u8>, EventError> {
        let kept = Kept {
            v: VERSION,
            kind: self.body.kind().to_owned(),
            change,
            target: self.target.clone(),
            author: self.author.clone(),
            time: self.time,
            lamport,
            seen,
            body: self.body.fields()?,
        };
        let mut bytes =
            serde_json::to_vec(&kept).map_err(|error| EventError::Form(error.to_string()))?;
        bytes.push(b'\n');
        if bytes.len() > MAX_BYTES {
            return Err(EventError::Size);
        }
        Ok(bytes)
    }
}

/// The events that no other one had seen, sorted.
pub fn heads(events: &[Event]) -> Vec<EventId> {
    let seen: BTreeSet<EventId> =
        events.iter().flat_map(|event| event.seen.iter().copied()).collect();
    let ids: BTreeSet<EventId> = events.iter().map(|event| event.id).collect();
    ids.difference(&seen).copied().collect()
}
