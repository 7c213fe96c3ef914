//! The events of a change, read and checked.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use git2::{ObjectType, Oid};

use super::{CHANGES, Store, StoreError};
use crate::review::event::{Body, Event, EventError, EventId, MAX_BYTES};

/// The events of a change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Loaded {
    /// The commit that they were read from.
    pub tip: String,
    /// The events, by number and id.
    pub events: Vec<Event>,
    /// The bytes of each, in the same order: what is signed.
    pub bytes: Vec<Vec<u8>>,
    /// The signatures of events.
    pub signatures: BTreeMap<EventId, Vec<SignatureOf>>,
    /// What is wrong with them. Where anything is, nothing can be decided.
    pub damage: Vec<Damage>,
}

/// A signature of an event, as `ssh-keygen` writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureOf {
    /// Its text.
    pub text: Vec<u8>,
}

impl SignatureOf {
    /// The SHA-256 of its text.
    pub fn digest(&self) -> String {
        EventId::of(&self.text).to_string()
    }
}

/// What is wrong with the events of a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// Its bytes are not those that it is named for.
    #[error("the event `{}` was changed after it was written", .0.short())]
    Altered(EventId),
    /// An event that others had seen is not there.
    #[error("the event `{}` is missing: `{}` was written by somebody who had seen it", .missing.short(), .by.short())]
    Missing {
        /// The event that is missing.
        missing: EventId,
        /// One that names it.
        by: EventId,
    },
    /// It belongs to another change.
    #[error("the event `{}` was written for another change, `{}`", .event.short(), .change.short())]
    Foreign {
        /// The event.
        event: EventId,
        /// The change that it names.
        change: EventId,
    },
    /// It cannot be read.
    #[error("the event `{}`: {why}", .event.short())]
    Unreadable {
        /// The event.
        event: EventId,
        /// Why.
        why: EventError,
    },
    /// An event, or a signature of it, was there once and is not any more.
    #[error("the event `{}`, or a signature of it, was taken away", .0.short())]
    Dropped(EventId),
    /// What was seen here before, or was expected, is not in its past.
    #[error("the change `{}` does not come from `{before}`, where it stood before: something was taken away", .change.short())]
    RolledBack {
        /// The change.
        change: EventId,
        /// The commit that its tip should come from.
        before: String,
    },
    /// No change of the branch comes from the tip that was expected.
    #[error(
        "no change of the branch comes from `{before}`, which was expected: something was taken away"
    )]
    NotExpected {
        /// The commit that was expected.
        before: String,
    },
    /// The event that opens the change is not there.
    #[error("the event that opens the change is missing")]
    NoOpening,
}

impl Store {
    /// The events of a change.
    ///
    /// # Errors
    /// Where the change is not here, or git cannot read it.
    pub fn load(&self, change: EventId) -> Result<Loaded, StoreError> {
        let tip = self.target(&format!("{CHANGES}{change}"))?;
        let tip = tip.ok_or_else(|| StoreError::NoChange(change.short()))?;
        self.load_at(change, tip)
    }

    /// Whether a change can be of a branch, by the event that opens it. None where only all of its
    /// events tell: a branch can get another name.
    pub(in crate::review) fn may_be_of(
        &self,
        change: EventId,
        branch: &str,
        target: &str,
    ) -> Option<bool> {
        let event = self.opening(change)?;
        if event.target != target {
            return Some(false);
        }
        match event.body {
            Body::Open(open) if open.branch == branch => Some(true),
            _ => None,
        }
    }

    /// Whether the event that opens a change is there, and can be read.
    pub(in crate::review) fn has_opening(&self, change: EventId) -> bool {
        self.opening(change).is_some()
    }

    fn opening(&self, change: EventId) -> Option<Event> {
        let tip = self.target(&format!("{CHANGES}{change}")).ok()??;
        let root = self.repository.find_commit(tip).ok()?.tree().ok()?;
        let [events, two, name] = super::tree::event_path(change);
        let entry = root.get_path(Path::new(&format!("{events}/{two}/{name}"))).ok()?;
        let blob = self.repository.find_blob(entry.id()).ok()?;
        Event::read(blob.content()).ok()
    }

    /// The events of a change as a commit has them.
    ///
    /// # Errors
    /// Where git cannot read it.
    pub fn load_from(&self, change: EventId, commit: &str) -> Result<Loaded, StoreError> {
        self.load_at(change, Oid::from_str(commit)?)
    }

    fn load_at(&self, change: EventId, tip: Oid) -> Result<Loaded, StoreError> {
        let mut loaded = Loaded { tip: tip.to_string(), ..Loaded::default() };
        let mut found: Vec<(Event, Vec<u8>)> = Vec::new();
        let root = self.repository.find_commit(tip)?.tree()?;
        if let Some(events) = root.get_name("events")
            && events.kind() == Some(ObjectType::Tree)
        {
            for folder in &self.repository.find_tree(events.id())? {
                if folder.kind() != Some(ObjectType::Tree) {
                    continue;
                }
                for entry in &self.repository.find_tree(folder.id())? {
                    let (Ok(name), Some(ObjectType::Blob)) = (entry.name(), entry.kind()) else {
                        continue;
                    };
                    self.take(change, name, entry.id(), &mut loaded, &mut found)?;
                }
            }
        }
        found.sort_by_key(|(event, _)| event.order());
        let ids: BTreeSet<EventId> = found.iter().map(|(event, _)| event.id).collect();
        let known = |id: &EventId, damage: &[Damage]| {
            // What is there and cannot be read is told once.
            ids.contains(id)
                || damage.iter().any(|damage| match damage {
                    Damage::Altered(event)
                    | Damage::Unreadable { event, .. }
                    | Damage::Foreign { event, .. } => event == id,
                    Damage::Missing { missing, .. } => missing == id,
                    Damage::NoOpening
                    | Damage::Dropped(_)
                    | Damage::RolledBack { .. }
                    | Damage::NotExpected { .. } => false,
                })
        };
        for (event, _) in &found {
            for id in &event.seen {
                if !known(id, &loaded.damage) {
                    loaded.damage.push(Damage::Missing { missing: *id, by: event.id });
                }
            }
        }
        if !known(&change, &loaded.damage) {
            loaded.damage.push(Damage::NoOpening);
        }
        (loaded.events, loaded.bytes) = found.into_iter().unzip();
        Ok(loaded)
    }

    /// Takes in one file of a tree.
    fn take(
        &self,
        change: EventId,
        name: &str,
        blob: Oid,
        loaded: &mut Loaded,
        found: &mut Vec<(Event, Vec<u8>)>,
    ) -> Result<(), StoreError> {
        let Some((id, rest)) = name.split_once('.') else { return Ok(()) };
        let Ok(id) = id.parse::<EventId>() else { return Ok(()) };
        let blob = self.repository.find_blob(blob)?;
        let bytes = blob.content();
        if rest != "json" {
            // What is no signature proves nothing, and does no harm.
            if rest.ends_with("sig") && bytes.len() <= MAX_BYTES {
                let signature = SignatureOf { text: bytes.to_vec() };
                loaded.signatures.entry(id).or_default().push(signature);
            }
            return Ok(());
        }
        if EventId::of(bytes) != id {
            loaded.damage.push(Damage::Altered(id));
            return Ok(());
        }
        match Event::read(bytes) {
            Ok(event) if event.change != change => {
                loaded.damage.push(Damage::Foreign { event: id, change: event.change });
            }
            Ok(event) => found.push((event, bytes.to_vec())),
            Err(why) => loaded.damage.push(Damage::Unreadable { event: id, why }),
        }
        Ok(())
    }
}

impl Loaded {
    /// Whether these are the events of a change.
    pub fn tip_of(&self, change: EventId) -> bool {
        self.events.iter().any(|event| event.change == change)
    }

    /// The branch that it is about: as it was opened, or as it was named last.
    pub fn branch(&self) -> Option<&str> {
        self.events.iter().rev().find_map(|event| match &event.body {
            Body::Open(open) => Some(open.branch.as_str()),
            Body::Request(request) => request.branch.as_deref(),
            _ => None,
        })
    }

    /// Whether it is about a branch: it was opened as that, or was named so at some time. Whoever says
    /// that it has another name takes it away from nobody.
    pub fn is_of(&self, branch: &str) -> bool {
        self.events.iter().any(|event| match &event.body {
            Body::Open(open) => open.branch == branch,
            Body::Request(request) => request.branch.as_deref() == Some(branch),
            _ => false,
        })
    }

    /// The events that say that it was merged.
    pub fn landings(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|event| matches!(event.body, Body::Land(_)))
    }

    /// Whether somebody says that it was merged.
    pub fn is_landed(&self) -> bool {
        self.landings().next().is_some()
    }
}
