//! Events come and go with the installed git, which knows the ways of all remotes.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use git2::{ErrorCode, Oid};

use super::lock::{self, Lock};
use super::{CHANGES, SEEN, Store, StoreError, tree};
use crate::review::event::{Author, EventId};

/// How often it is tried again when a remote moved at the same moment.
const MOST_ROUNDS: u32 = 50;

/// The longest wait before the second try; it doubles with each try, up to the sixth, so that even
/// ten who meet at one remote are soon apart.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// What a synchronization did.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Synced {
    /// The remote.
    pub remote: String,
    /// Events that are new here.
    pub received: usize,
    /// Events that are new there.
    pub sent: usize,
    /// Changes of which the remote had lost something that it had before, and which were put back.
    pub put_back: Vec<EventId>,
    /// Changes of which something had been lost here, and which were put back.
    pub restored: Vec<EventId>,
}

impl Store {
    /// The remotes, `origin` first.
    ///
    /// # Errors
    /// When git cannot list them.
    pub fn remotes(&self) -> Result<Vec<String>, StoreError> {
        let remotes = self.repository.remotes()?;
        let mut names: Vec<String> =
            remotes.iter().filter_map(|name| Some(name.ok()??.to_owned())).collect();
        names.sort_by_key(|name| name != "origin");
        Ok(names)
    }

    /// Puts together what is here with what a remote has, and sends it what it lacks. Where the
    /// remote moves in the meantime, that is begun anew. `send` is false where it is only asked.
    ///
    /// # Errors
    /// What git said.
    pub fn sync(
        &self,
        remote: &str,
        author: &Author,
        time: i64,
        send: bool,
    ) -> Result<Synced, StoreError> {
        let _turn = Lock::take_exchange(self.repository.commondir());
        let mut synced = Synced { remote: remote.to_owned(), ..Synced::default() };
        let known = self.remote_tips(remote)?;
        for change in self.all_seen()? {
            // What was here and is not any more comes back first.
            if let Some(seen) = self.seen(change)? {
                let tip = self.tip(change)?;
                if tip.is_none_or(|tip| !self.is_past_of(&seen, &tip)) {
                    self.join(change, &seen, author, time)?;
                    synced.restored.push(change);
                }
            }
        }
        let mut refused = String::new();
        for round in 0..MOST_ROUNDS {
            self.fetch(remote)?;
            let there = self.remote_tips(remote)?;
            for (change, tip) in &there {
                synced.received += self.received(*change, tip, author, time)?;
            }
            if round == 0 {
                for (change, before) in &known {
                    let lost = there.get(change).is_none_or(|now| !self.is_past_of(before, now));
                    if lost {
                        synced.put_back.push(*change);
                        self.join(*change, before, author, time)?;
                    }
                }
            }
            let mut open = Vec::new();
            for change in self.changes()? {
                if self.put_back(change, author, time)? && !synced.put_back.contains(&change) {
                    synced.put_back.push(change);
                }
                self.mark_seen(change)?;
                let tip = self.tip(change)?;
                if tip.as_ref() != there.get(&change) {
                    open.push((change, there.get(&change).cloned(), tip));
                }
            }
            if open.is_empty() || !send {
                return Ok(synced);
            }
            let mut sent = 0;
            for (change, there, _) in &open {
                let all = self.count(*change, None)?;
                let there = match there {
                    Some(there) => self.count(*change, Some(there))?,
                    None => 0,
                };
                sent += all.saturating_sub(there);
            }
            match self.push(remote, open.iter().map(|(change, ..)| *change)) {
                Ok(()) => {
                    // What a remote was given, it must have the next time.
                    for (change, _, tip) in &open {
                        let Some(tip) = tip else { continue };
                        self.track(&format!("{}{change}", tracking(remote)), tip)?;
                    }
                    synced.sent += sent;
                    return Ok(synced);
                }
                Err(StoreError::Git(why)) => refused = why,
                Err(error) => return Err(error),
            }
            // Somebody else was quicker.
            thread::park_timeout(chance(FIRST_WAIT * (1 << round.min(5))));
        }
        Err(StoreError::Git(refused))
    }

    fn received(
        &self,
        change: EventId,
        there: &str,
        author: &Author,
        time: i64,
    ) -> Result<usize, StoreError> {
        let before = match self.tip(change)? {
            Some(tip) if self.is_past_of(there, &tip) => return Ok(0),
            Some(_) => self.count(change, None)?,
            None => 0,
        };
        self.join(change, there, author, time)?;
        Ok(self.count(change, None)?.saturating_sub(before))
    }

    /// Notes where a remote stands.
    fn track(&self, name: &str, tip: &str) -> Result<(), StoreError> {
        let mut tries = 0;
        loop {
            match self.repository.reference(name, Oid::from_str(tip)?, true, "sent") {
                Err(error) if error.code() == ErrorCode::Locked => {
                    tries += 1;
                    if !lock::wait(self.repository.commondir(), name, tries) {
                        return Err(StoreError::Held(name.to_owned()));
                    }
                }
                set => return Ok(set.map(drop)?),
            }
        }
    }

    /// How many events there are, here or at a commit.
    fn count(&self, change: EventId, at: Option<&str>) -> Result<usize, StoreError> {
        let commit = match at {
            Some(commit) => Oid::from_str(commit)?,
            None => match self.target(&format!("{CHANGES}{change}"))? {
                Some(tip) => tip,
                None => return Ok(0),
            },
        };
        tree::count(&self.repository, &self.repository.find_commit(commit)?.tree()?)
    }

    fn all_seen(&self) -> Result<Vec<EventId>, StoreError> {
        let mut references = self.repository.references_glob(&format!("{SEEN}*"))?;
        let mut found = Vec::new();
        for name in references.names() {
            found.extend(name?.strip_prefix(SEEN).and_then(|id| id.parse::<EventId>().ok()));
        }
        Ok(found)
    }

    fn remote_tips(&self, remote: &str) -> Result<BTreeMap<EventId, String>, StoreError> {
        let prefix = tracking(remote);
        let mut references = self.repository.references_glob(&format!("{prefix}*"))?;
        let mut names = Vec::new();
        for name in references.names() {
            names.push(name?.to_owned());
        }
        let mut found = BTreeMap::new();
        for name in names {
            let Some(Ok(change)) = name.strip_prefix(&prefix).map(str::parse::<EventId>) else {
                continue;
            };
            found.extend(self.target(&name)?.map(|tip| (change, tip.to_string())));
        }
        Ok(found)
    }

    fn fetch(&self, remote: &str) -> Result<(), StoreError> {
        let tracking = tracking(remote);
        let refs = format!("+{CHANGES}*:{tracking}*");
        let quiet = ["fetch", "--quiet", "--no-tags", "--prune", "--no-write-fetch-head"];
        let arguments = [quiet.as_slice(), &[remote, &refs]].concat();
        let mut tries = 0;
        loop {
            match self.git(&arguments) {
                // A git that outlived a copydesk which was ended is still at it, or was ended too.
                Err(StoreError::Git(why)) if why.contains("cannot lock ref") => {
                    tries += 1;
                    if !lock::wait_for_fetch(self.repository.commondir(), &tracking, tries) {
                        return Err(StoreError::Git(why));
                    }
                }
                done => return done,
            }
        }
    }

    fn push(&self, remote: &str, changes: impl Iterator<Item = EventId>) -> Result<(), StoreError> {
        let refs: Vec<String> =
            changes.map(|change| format!("{CHANGES}{change}:{CHANGES}{change}")).collect();
        let mut arguments = vec!["push", "--quiet", "--no-verify", remote];
        arguments.extend(refs.iter().map(String::as_str));
        self.git(&arguments)
    }

    fn git(&self, arguments: &[&str]) -> Result<(), StoreError> {
        let mut command = Command::new("git");
        command.arg("--git-dir").arg(self.repository.path());
        command.args(arguments).stdin(Stdio::null());
        let output = command
            .output()
            .map_err(|error| StoreError::Git(format!("`git` cannot be run: {error}")))?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let lines =
            said.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("hint"));
        let said: Vec<&str> = lines.take(3).map(str::trim).collect();
        Err(StoreError::Git(said.join("; ")))
    }
}

/// A random part of a time. The state of a hash map is random in each process and for each map.
fn chance(most: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    most.mul_f64(random as f64 / u64::MAX as f64)
}

/// Where the tips stand that a remote had last.
fn tracking(remote: &str) -> String {
    format!("refs/copydesk/remotes/{remote}/")
}
