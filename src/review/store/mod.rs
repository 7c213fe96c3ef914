//! Where events are kept: git itself. Each change has a ref, `refs/copydesk/changes/<id>`, whose commit
//! holds a tree with one blob per event, under the SHA-256 of its bytes:
//!
//! ```text
//! events/5f/5f2c….json          the event, byte for byte
//! events/5f/5f2c….9ab1….sig     a signature of these bytes; the middle names the signature
//! blobs/8a/8ab6…                what the event speaks of: git's clean-up must not take it away
//! ```
//!
//! Nothing in the tree ever changes or goes, so two trees are put together by union, and never
//! conflict. The commits behind the ref tell whether one tip has come from another:
//! `refs/copydesk/seen/<id>` keeps the last one that was seen here, and a tip that does not have it
//! in its past has lost something.

mod blobs;
mod commit;
mod load;
mod lock;
mod losses;
mod signing;
mod sync;
#[cfg(test)]
mod tests;
mod tree;

use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Oid, Reference, Repository, Signature, Time};

use super::event::{Author, Draft, Event, EventError, EventId};
use crate::source::discover;
use lock::Lock;

pub use commit::{CheckedOut, CommitInput};
pub use load::{Damage, Loaded, SignatureOf};
pub use signing::{NAMESPACE, Proof, Signer, SigningError, Verdict, Verifier};
pub use sync::Synced;

/// Where the refs of changes stand.
pub const CHANGES: &str = "refs/copydesk/changes/";

/// Where the last tips stand that were seen here.
pub const SEEN: &str = "refs/copydesk/seen/";

/// Where tips stand that this clone did not only hear of: it opened the change, or somebody named a
/// tip that must be in its past.
pub const KNOWN: &str = "refs/copydesk/known/";

/// How often it is tried again when something else moves a ref at the same moment.
const MOST_TRIES: usize = 400;

/// The store of a repository.
pub struct Store {
    repository: Repository,
}

/// Why the store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no repository.
    #[error("there is no git repository here")]
    NoRepository,
    /// There is no such change.
    #[error("there is no change `{0}` here")]
    NoChange(String),
    /// An event cannot be written.
    #[error("the event cannot be written: {0}")]
    Event(#[from] EventError),
    /// The operating system says no.
    #[error("cannot use `{path}`: {error}")]
    Io {
        /// What was to be read or written.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Something else holds the ref.
    #[error("`{0}` is held by another program")]
    Held(String),
    /// Git says no.
    #[error("git says: {0}")]
    Git(String),
    /// Something is wrong with the events that are there.
    #[error("the events of the branch cannot be relied on: {0}")]
    Damaged(String),
    /// The branch was not opened for review.
    #[error("`{0}` was not opened for review")]
    NotOpen(String),
    /// There is no remote.
    #[error("the repository has no remote")]
    NoRemote,
    /// It could not be signed.
    #[error(transparent)]
    Signing(SigningError),
    /// A branch stands elsewhere than it did.
    #[error("`{0}` has moved meanwhile")]
    Moved(String),
    /// Who writes is not known.
    #[error("git does not know who you are")]
    NoAuthor,
}

impl StoreError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            StoreError::NoRepository => "run it in a clone of the repository",
            StoreError::NoChange(_) => {
                "fetch it with `copydesk review sync`, or begin one with `copydesk review open`"
            }
            StoreError::Moved(_) => "run the command again",
            StoreError::NoAuthor => {
                "say it with `git config user.name` and `git config user.email`"
            }
            StoreError::Held(_) => "try again; if no other program runs, delete its `.lock` file",
            StoreError::Damaged(_) => {
                "`copydesk review sync` puts back what is still known here, or on the remote"
            }
            StoreError::NotOpen(_) => {
                "open it with `copydesk review open`, or fetch what others said with \
                 `copydesk review sync`"
            }
            StoreError::NoRemote => "add one with `git remote add origin URL`",
            StoreError::Signing(_) => {
                "`git config user.signingKey` names the key, where `gpg.format` is `ssh`"
            }
            StoreError::Event(_) | StoreError::Io { .. } | StoreError::Git(_) => return None,
        })
    }
}

impl From<git2::Error> for StoreError {
    fn from(error: git2::Error) -> Self {
        StoreError::Git(error.message().to_owned())
    }
}

/// Where a ref goes from where it stands.
enum Next<'s> {
    /// Nowhere.
    Stay,
    /// To a commit that is there.
    To(Oid),
    /// To a new commit.
    Commit { tree: Oid, message: String, parents: Vec<Oid>, by: &'s Signature<'static> },
}

/// What is put into the store.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The event, as it is kept.
    pub bytes: &'a [u8],
    /// A signature of these bytes.
    pub signature: Option<&'a [u8]>,
    /// What the event speaks of: git's ids of blobs. Those that are not there are left out.
    pub keep: &'a [String],
}

impl Store {
    /// The store of the repository that holds `dir`.
    ///
    /// # Errors
    /// Where there is no repository, or one that git cannot open.
    pub fn open(dir: &Path) -> Result<Store, StoreError> {
        let repository = discover(dir)?.ok_or(StoreError::NoRepository)?;
        Ok(Store { repository })
    }

    /// Who works here, as git has it.
    ///
    /// # Errors
    /// Where git does not know it.
    pub fn author(&self) -> Result<Author, StoreError> {
        let config = self.repository.config()?;
        let of = |name: &str| config.get_string(name).ok().filter(|value| !value.trim().is_empty());
        match (of("user.name"), of("user.email")) {
            (Some(name), Some(email)) => Ok(Author { name, email }),
            _ => Err(StoreError::NoAuthor),
        }
    }

    /// A setting of git.
    pub fn git_setting(&self, name: &str) -> Option<String> {
        let value = self.repository.config().ok()?.get_string(name).ok()?;
        Some(value).filter(|value| !value.is_empty())
    }

    /// The folder in which git keeps what all working trees of the repository have in common.
    pub fn git_folder(&self) -> &Path {
        self.repository.commondir()
    }

    /// The changes that are here, sorted.
    ///
    /// # Errors
    /// When git cannot list its refs.
    pub fn changes(&self) -> Result<Vec<EventId>, StoreError> {
        let mut found = Vec::new();
        let mut references = self.repository.references_glob(&format!("{CHANGES}*"))?;
        for name in references.names() {
            let name = name?;
            found.extend(name.strip_prefix(CHANGES).and_then(|id| id.parse::<EventId>().ok()));
        }
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// The change whose id begins with a text.
    ///
    /// # Errors
    /// Where there is none, or more than one.
    pub fn find(&self, prefix: &str) -> Result<EventId, StoreError> {
        let changes = self.changes()?;
        let mut fitting = changes.iter().filter(|id| id.to_string().starts_with(prefix));
        match (fitting.next(), fitting.next()) {
            (Some(id), None) if !prefix.is_empty() => Ok(*id),
            _ => Err(StoreError::NoChange(prefix.to_owned())),
        }
    }

    /// The commit at the tip of a change; none where it is not here.
    ///
    /// # Errors
    /// When git cannot read it.
    pub fn tip(&self, change: EventId) -> Result<Option<String>, StoreError> {
        Ok(self.target(&format!("{CHANGES}{change}"))?.map(|id| id.to_string()))
    }

    /// The last tip of a change that was seen here.
    ///
    /// # Errors
    /// When git cannot read it.
    pub fn seen(&self, change: EventId) -> Result<Option<String>, StoreError> {
        Ok(self.target(&format!("{SEEN}{change}"))?.map(|id| id.to_string()))
    }

    /// Remembers the tip of a change as seen, where it has come from the one seen before.
    ///
    /// # Errors
    /// When git cannot write it.
    pub fn mark_seen(&self, change: EventId) -> Result<(), StoreError> {
        let Some(tip) = self.target(&format!("{CHANGES}{change}"))? else { return Ok(()) };
        let name = format!("{SEEN}{change}");
        let seen = self.target(&name)?;
        if seen == Some(tip) || seen.is_some_and(|seen| !self.is_past(seen, tip)) {
            return Ok(());
        }
        match self.point(&name, seen, tip, "seen") {
            // Somebody else has seen it at the same moment.
            Ok(_) | Err(StoreError::Held(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether it is known here which events a change must have, and not only heard from a remote the
    /// first time that it was asked.
    ///
    /// # Errors
    /// When git cannot read it.
    pub fn is_known(&self, change: EventId) -> Result<bool, StoreError> {
        Ok(self.target(&format!("{KNOWN}{change}"))?.is_some())
    }

    /// Remembers that it is known which events a change must have.
    ///
    /// # Errors
    /// When git cannot write it.
    pub fn mark_known(&self, change: EventId) -> Result<(), StoreError> {
        let name = format!("{KNOWN}{change}");
        if let (Some(tip), None) =
            (self.target(&format!("{CHANGES}{change}"))?, self.target(&name)?)
        {
            self.point(&name, None, tip, "known")?;
        }
        Ok(())
    }

    /// Whether the commit `old` is `new`, or lies in its past. An `old` that is not here does not.
    pub fn is_past_of(&self, old: &str, new: &str) -> bool {
        match (Oid::from_str(old), Oid::from_str(new)) {
            (Ok(old), Ok(new)) => self.is_past(old, new),
            _ => false,
        }
    }

    fn is_past(&self, old: Oid, new: Oid) -> bool {
        old == new || self.repository.graph_descendant_of(new, old).unwrap_or(false)
    }

    /// Opens a change. What was opened with the same bytes is the same change.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn start(&self, draft: &Draft, entry: Entry<'_>) -> Result<Event, StoreError> {
        let event = Event::read(entry.bytes)?;
        let is_new = self.tip(event.id)?.is_none();
        let event = self.put(event, entry, draft)?;
        if is_new {
            drop(self.mark_known(event.id));
        }
        Ok(event)
    }

    /// Adds an event to its change. `entry.bytes` are those that [`Draft::next`] made; others may have
    /// written in the meantime, and nothing of it is lost.
    ///
    /// # Errors
    /// When it cannot be written, or when its change is not here.
    pub fn append(&self, draft: &Draft, entry: Entry<'_>) -> Result<Event, StoreError> {
        let event = Event::read(entry.bytes)?;
        if self.tip(event.change)?.is_none() {
            return Err(StoreError::NoChange(event.change.short()));
        }
        self.put(event, entry, draft)
    }

    fn put(&self, event: Event, entry: Entry<'_>, draft: &Draft) -> Result<Event, StoreError> {
        let name = format!("{CHANGES}{}", event.change);
        let mut files = vec![(tree::event_path(event.id), self.repository.blob(entry.bytes)?)];
        if let Some(signature) = entry.signature {
            let path = tree::signature_path(event.id, EventId::of(signature));
            files.push((path, self.repository.blob(signature)?));
        }
        for blob in entry.keep {
            let Ok(id) = Oid::from_str(blob) else { continue };
            if self
                .repository
                .odb()?
                .read_header(id)
                .is_ok_and(|(_, kind)| kind == ObjectType::Blob)
            {
                files.push((tree::blob_path(id), id));
            }
        }
        let message = format!("{} by {}\n", event.body.kind(), draft.author.name);
        let by = signature_of(&draft.author, draft.time)?;
        let _lock = Lock::take(self.repository.commondir());
        self.moved(&name, |tip| {
            let base = tip.map(|tip| self.repository.find_commit(tip)?.tree()).transpose()?;
            let tree = tree::with(&self.repository, base.as_ref(), &files)?;
            if base.is_some_and(|base| base.id() == tree) {
                return Ok(Next::Stay);
            }
            let (message, parents) = (message.clone(), tip.into_iter().collect());
            Ok(Next::Commit { tree, message, parents, by: &by })
        })?;
        // What cannot be marked is no reason to say that the event was not written.
        drop(self.mark_seen(event.change));
        Ok(event)
    }

    /// Puts together what is here of a change with what stands at another commit, such as that of a
    /// remote. Gives the tip.
    ///
    /// # Errors
    /// When git cannot read or write.
    pub fn join(
        &self,
        change: EventId,
        other: &str,
        author: &Author,
        time: i64,
    ) -> Result<String, StoreError> {
        let name = format!("{CHANGES}{change}");
        let other = Oid::from_str(other)?;
        let by = signature_of(author, time)?;
        let _lock = Lock::take(self.repository.commondir());
        if self.target(&name)?.is_none() {
            self.point(&name, None, other, "joined")?;
        }
        self.moved(&name, |tip| {
            let Some(tip) = tip else { return Ok(Next::Stay) };
            if self.is_past(other, tip) {
                return Ok(Next::Stay);
            }
            let tree = |commit| self.repository.find_commit(commit)?.tree();
            let (ours, theirs) = (tree(tip)?, tree(other)?);
            // A tip that comes from ours has all that ours has, unless somebody took something away.
            let ahead = self.is_past(tip, other);
            if ahead && tree::union(&self.repository, &theirs, &ours)? == theirs.id() {
                return Ok(Next::To(other));
            }
            let tree = tree::union(&self.repository, &ours, &theirs)?;
            let parents = if ahead { vec![other] } else { vec![tip, other] };
            Ok(Next::Commit { tree, message: "joined\n".to_owned(), parents, by: &by })
        })?;
        self.tip(change)?.ok_or_else(|| StoreError::NoChange(change.short()))
    }

    /// Moves a ref on: `next` says from the commit where it stands what the next one is made of, and
    /// is asked again where something else moved the ref at the same moment.
    fn moved<'s>(
        &self,
        name: &str,
        next: impl Fn(Option<Oid>) -> Result<Next<'s>, StoreError>,
    ) -> Result<(), StoreError> {
        for _ in 0..MOST_TRIES {
            let tip = self.target(name)?;
            let (commit, message) = match next(tip)? {
                Next::Stay => return Ok(()),
                Next::To(commit) => (commit, "joined".to_owned()),
                Next::Commit { tree, message, parents, by } => {
                    let tree = self.repository.find_tree(tree)?;
                    let parents: Vec<_> = parents
                        .into_iter()
                        .map(|id| self.repository.find_commit(id))
                        .collect::<Result<_, _>>()?;
                    let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
                    let commit = self.repository.commit(None, by, by, &message, &tree, &parents)?;
                    (commit, message)
                }
            };
            if self.point(name, tip, commit, message.trim_end())? {
                return Ok(());
            }
        }
        Err(StoreError::Held(name.to_owned()))
    }

    /// Sets a ref that stands at `old`, or is not there; false where it stands elsewhere by now.
    fn point(
        &self,
        name: &str,
        old: Option<Oid>,
        new: Oid,
        message: &str,
    ) -> Result<bool, StoreError> {
        let mut tries = 0;
        loop {
            let set = match old {
                Some(old) => self.repository.reference_matching(name, new, true, old, message),
                None => self.repository.reference(name, new, false, message),
            };
            match set {
                Ok(_) => return Ok(true),
                Err(error) if matches!(error.code(), ErrorCode::Modified | ErrorCode::Exists) => {
                    return Ok(false);
                }
                Err(error) if error.code() == ErrorCode::Locked => {
                    tries += 1;
                    if !lock::wait(self.repository.commondir(), name, tries) {
                        return Err(StoreError::Held(name.to_owned()));
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn target(&self, name: &str) -> Result<Option<Oid>, StoreError> {
        match self.repository.find_reference(name) {
            Ok(reference) => Ok(Reference::target(&reference)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// What git calls some bytes, as a blob.
pub fn blob_id(bytes: &[u8]) -> Option<String> {
    Oid::hash_object(ObjectType::Blob, bytes).ok().map(|id| id.to_string())
}

fn signature_of(author: &Author, time: i64) -> Result<Signature<'static>, StoreError> {
    // A name in which git's marks stand would make a commit that cannot be read.
    let Author { name, email } = author.plain();
    Ok(Signature::new(&name, &email, &Time::new(time, 0))?)
}
