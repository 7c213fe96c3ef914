//! After a merge: what came of a change, whether that is what was signed off, and who did. Everything is
//! found again in the commits of the target: the policy as it stood before the merge, the pages that the
//! merge changed with their digests, and the events that a landing pins. A squash leaves nothing else.

mod due;
mod verify;

use std::collections::BTreeMap;
use std::path::Path;

use super::check::CheckInput;
use super::proofs::At;
use super::sign_off::{Judge, Keys, SignOffError, ToSignInput, laid_over, pages_to_sign};
use crate::base::SourcePath;
use crate::config::Overrides;
use crate::history::{self, Brought, CommitFacts, Merge, Stretch, Undecided, Whereabouts, Writers};
use crate::memo::Store;
use crate::review::event::{Body, Digests, Event, EventId, Land, Landing, SubjectKind};
use crate::review::sign_off::{PageToSign, SignOff};
use crate::review::store::{Damage, Loaded};
use crate::review::threads::{Rules, Thread, threads};
use crate::review::{landed_page, set_of};
use crate::source::{RevisionSource, Source, SourceError};

pub use verify::{LandedBy, Uncovered, Verification, VerifiedLanding};

/// The target that changes came to.
#[derive(Clone)]
pub struct ReviewTarget<'a> {
    /// The folder of `book.toml` in the file system.
    pub folder: &'a Path,
    /// Environment variables that settings can come from.
    pub variables: Vec<(String, String)>,
    /// What was made before.
    pub memo: &'a Store,
    /// A folder for files that live as long as a call.
    pub temporary: &'a Path,
    /// The branch.
    pub name: &'a str,
    /// Its commit.
    pub commit: &'a str,
}

/// Why it cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum LandingError {
    /// The history does not tell.
    #[error(transparent)]
    Undecided(#[from] Undecided),
    /// A commit cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The policy, the pages, or the signatures.
    #[error("{why}, at {commit}")]
    SignOff {
        /// What.
        why: SignOffError,
        /// The commit that brought the change.
        commit: String,
    },
    /// The events cannot be relied on.
    #[error("{0}")]
    Damaged(Damage),
    /// No events are here.
    #[error("no events are here")]
    NoEvents,
}

impl LandingError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            LandingError::Undecided(why) => why.help(),
            LandingError::Source(SourceError::Revision(name)) => {
                Undecided::NoRevision(name.clone()).help()
            }
            LandingError::Damaged(_) => Some(
                "`copydesk review sync` puts back what is still known here, or on the remote"
                    .to_owned(),
            ),
            LandingError::NoEvents => Some(
                "fetch them with `copydesk review sync --fetch-only`, or with `git fetch origin \
                 'refs/copydesk/changes/*:refs/copydesk/changes/*'`"
                    .to_owned(),
            ),
            LandingError::Source(_) | LandingError::SignOff { .. } => None,
        }
    }
}

/// What is to be landed.
#[derive(Debug, Clone, Copy)]
pub struct LandInput<'a> {
    /// The changes of one branch, with their events.
    pub changes: &'a [Loaded],
    /// The commit of the branch; none where it is not there any more.
    pub tip: Option<&'a str>,
    /// How it came to the target.
    pub how: Brought,
    /// The commits that brought it.
    pub stretch: &'a Stretch,
    /// Now, in seconds since 1970.
    pub now: i64,
}

/// What a change has come to.
#[derive(Debug)]
pub struct ToLand {
    /// How every cell of the pages stands, as they landed.
    pub sign_off: SignOff,
    /// Threads that block the merge, and are open.
    pub blocking: Vec<Thread>,
    /// What is to be said of each change.
    pub events: Vec<(EventId, Land)>,
}

impl ToLand {
    /// Whether what landed is what was signed off.
    pub fn is_complete(&self) -> bool {
        self.sign_off.is_complete() && self.blocking.is_empty()
    }
}

/// What is known of commits that brought something.
struct Found<'a> {
    stretch: &'a Stretch,
    landed: &'a CommitFacts,
    changes: &'a [Loaded],
    writers: &'a Writers,
    pages: &'a [PageToSign],
}

/// The pages as merging a branch had to leave them.
#[derive(Debug, Default)]
struct Approved {
    digests: BTreeMap<(SubjectKind, SourcePath), Digests>,
    /// Files that landed otherwise.
    differing: Vec<SourcePath>,
}

impl ReviewTarget<'_> {
    /// Finds the commits that brought some changes of one branch, looking back from the revision `from`
    /// of the target; and the commit of the branch. `branch` names it, or a commit of it. Where it is
    /// gone, or is used for something else by now, the pages that were approved are looked for.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub fn find(
        &self,
        changes: &[Loaded],
        branch: &str,
        from: &str,
    ) -> Result<(Whereabouts, Option<String>), LandingError> {
        let mut moved_on = false;
        let tips = self.tips(branch)?;
        for tip in &tips {
            match history::whereabouts(self.folder, from, tip) {
                Ok(found @ Whereabouts::Landed(..)) => return Ok((found, Some(tip.clone()))),
                Ok(Whereabouts::FastForward) => moved_on = true,
                Ok(Whereabouts::Nowhere) | Err(Undecided::Unrelated(_)) => {}
                Err(why) => return Err(why.into()),
            }
        }
        let files = approved_files(changes);
        if moved_on {
            // A branch of which nothing was said may not have begun.
            let found =
                if files.is_empty() { Whereabouts::Nowhere } else { Whereabouts::FastForward };
            return Ok((found, tips.into_iter().next()));
        }
        let found = match files.is_empty() {
            true => None,
            false => history::first_with(self.folder, from, &files)?,
        };
        Ok(match found {
            Some(stretch) => (Whereabouts::Landed(Brought::SamePages, stretch), None),
            None => (Whereabouts::Nowhere, tips.into_iter().next()),
        })
    }

    /// The commits that the name of a branch stands for: here, and on the remote.
    ///
    /// # Errors
    /// Where one of them cannot be read.
    pub fn tips(&self, branch: &str) -> Result<Vec<String>, LandingError> {
        let mut tips = Vec::new();
        for name in [branch.to_owned(), format!("origin/{branch}")] {
            match history::commit_facts(self.folder, &name) {
                Ok(commit) if !tips.contains(&commit.id) => tips.push(commit.id),
                Ok(_) | Err(Undecided::NoRevision(_)) => {}
                Err(why) => return Err(why.into()),
            }
        }
        Ok(tips)
    }

    /// The commits that a range, `BEFORE..COMMIT`, names.
    ///
    /// # Errors
    /// Where there are none, or the first is not in the past of the last.
    pub fn named(&self, before: &str, commit: &str) -> Result<Stretch, LandingError> {
        let (before, commit) = (self.facts(before)?.id, self.facts(commit)?.id);
        match before != commit && history::is_past_of(self.folder, &before, &commit) {
            true => Ok(Stretch { before, commit }),
            false => Err(Undecided::Unrelated(before).into()),
        }
    }

    /// Whether an event that says that its change landed counts. `loaded` is the change. Where the commits
    /// are not here that it names, it is believed.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub fn counts(&self, loaded: &Loaded, event: &Event) -> Result<bool, LandingError> {
        let Body::Land(land) = &event.body else { return Ok(false) };
        let stretch =
            Stretch { before: land.before.commit.clone(), commit: land.landed.commit.clone() };
        let (Ok(_), Ok(landed)) = (self.facts(&stretch.before), self.facts(&stretch.commit)) else {
            return Ok(true);
        };
        let judge = self.judge(&stretch, &landed, std::slice::from_ref(loaded))?;
        Ok(judge.why_not(event).is_none())
    }

    /// Compares what landed with what was signed off.
    ///
    /// # Errors
    /// Why that cannot be told.
    pub fn land(&self, input: &LandInput<'_>) -> Result<ToLand, LandingError> {
        let LandInput { changes, stretch, .. } = input;
        let (before, landed) = (self.facts(&stretch.before)?, self.facts(&stretch.commit)?);
        let judge = self.judge(stretch, &landed, changes)?;
        let mut events: Vec<Event> =
            changes.iter().flat_map(|loaded| &loaded.events).cloned().collect();
        events.sort_by_key(Event::order);
        let writers = self.writers(stretch, input.tip, &judge, &events)?;
        let pages = self.pages(stretch, &judge, &writers)?;
        let found = Found { stretch, landed: &landed, changes, writers: &writers, pages: &pages };
        let (sign_off, blocking) = self.sign_off(&judge, &found, &events, input.now)?;
        let approved = match input.tip {
            Some(tip) => self.approved(stretch, tip, &judge, &writers)?,
            None => Approved::default(),
        };
        let tip = input.tip.map(|tip| self.facts(tip)).transpose()?;
        let at =
            |commit: &CommitFacts| Landing { commit: commit.id.clone(), tree: commit.tree.clone() };
        let of = |page: &PageToSign| {
            landed_page(page, approved.digests.get(&(page.kind, page.path.clone())))
        };
        let of_change = |loaded: &Loaded| {
            let (count, set) = set_of(&loaded.events);
            let land = Land {
                approved: tip.as_ref().map(at),
                before: at(&before),
                landed: at(&landed),
                how: input.how.word().to_owned(),
                pages: pages.iter().map(of).collect(),
                events: count,
                set,
                differing: approved.differing.clone(),
            };
            Some((loaded.events.first()?.change, land))
        };
        let events = changes.iter().filter_map(of_change).collect();
        Ok(ToLand { sign_off, blocking, events })
    }

    /// The pages as merging the branch had to leave them, and the files that landed otherwise.
    fn approved(
        &self,
        stretch: &Stretch,
        tip: &str,
        judge: &Judge,
        writers: &Writers,
    ) -> Result<Approved, LandingError> {
        let merge = history::merge(self.folder, &stretch.before, tip)?;
        let (before, root) = self.open(&stretch.before)?;
        let (landed, _) = self.open(&stretch.commit)?;
        let merged = laid_over(&before, &merge);
        let input = ToSignInput {
            target: self.side(&before, &root),
            merged: &merged,
            merge: &merge,
            writers,
        };
        let pages = pages_to_sign(&input, judge).map_err(|why| self.failed(why, stretch))?;
        let digests = pages.into_iter().map(|page| ((page.kind, page.path), page.now)).collect();
        let between = history::files_between(self.folder, &stretch.before, &stretch.commit)?;
        let names = between.into_iter().flat_map(|change| [change.before, change.after]).flatten();
        let mut names: Vec<SourcePath> =
            names.chain(merge.files.iter().map(|(path, _)| path.clone())).collect();
        names.sort();
        names.dedup();
        names.retain(|path| landed.read(path).ok() != merged.read(path).ok());
        Ok(Approved { digests, differing: names })
    }

    fn facts(&self, commit: &str) -> Result<CommitFacts, LandingError> {
        Ok(history::commit_facts(self.folder, commit)?)
    }

    fn open(&self, commit: &str) -> Result<(RevisionSource, SourcePath), LandingError> {
        Ok(RevisionSource::open(self.folder, commit)?)
    }

    fn side<'s>(&'s self, source: &'s dyn Source, root: &SourcePath) -> CheckInput<'s> {
        CheckInput {
            source,
            root: root.clone(),
            variables: self.variables.clone(),
            overrides: Overrides::default(),
            drafts: false,
            except: Vec::new(),
            memo: self.memo,
            versions: None,
        }
    }

    fn failed(&self, why: SignOffError, stretch: &Stretch) -> LandingError {
        let commit = stretch.commit.chars().take(10).collect();
        LandingError::SignOff { why, commit }
    }

    /// By what the events of changes are judged that some commits brought. The policy is that of the
    /// target before them. Keys are those of the target as it is now, so that one that was revoked since
    /// then counts nowhere; whether anything has to be signed is told by the commits before the last one,
    /// as whoever writes a landing chooses which commits it names.
    fn judge(
        &self,
        stretch: &Stretch,
        landed: &CommitFacts,
        changes: &[Loaded],
    ) -> Result<Judge, LandingError> {
        self.judge_at(&stretch.before, stretch, landed, changes)
    }

    fn judge_at(
        &self,
        policy: &str,
        stretch: &Stretch,
        landed: &CommitFacts,
        changes: &[Loaded],
    ) -> Result<Judge, LandingError> {
        let (source, root) = self.open(policy)?;
        let keys = self.keys(stretch, landed)?;
        let at = At::Merged(landed.time);
        let side = self.side(&source, &root);
        Judge::by(&side, &keys, changes, self.name, at, self.temporary)
            .map_err(|why| self.failed(why, stretch))
    }

    /// How the cells stand of what landed, and the threads that are open and block. Where it came in
    /// several commits, the policy before the last one must be content too: else who writes a landing
    /// could name a commit from before there was any.
    fn sign_off(
        &self,
        judge: &Judge,
        found: &Found<'_>,
        events: &[Event],
        now: i64,
    ) -> Result<(SignOff, Vec<Thread>), LandingError> {
        let Found { stretch, landed, changes, writers, pages } = found;
        let first = (judge.sign_off(pages, events, now), blocking(judge, events));
        let is_complete = first.0.is_complete() && first.1.is_empty();
        let last = landed.parent.as_ref().filter(|parent| **parent != stretch.before);
        let (true, Some(parent)) = (is_complete, last) else { return Ok(first) };
        let judge = self.judge_at(parent, stretch, landed, changes)?;
        let pages = self.pages(stretch, &judge, writers)?;
        let second = (judge.sign_off(&pages, events, now), blocking(&judge, events));
        Ok(if second.0.is_complete() && second.1.is_empty() { first } else { second })
    }

    fn keys(&self, stretch: &Stretch, landed: &CommitFacts) -> Result<Keys, LandingError> {
        let of = |commit: &str| {
            let (source, root) = self.open(commit)?;
            let keys = Keys::of(&self.side(&source, &root));
            keys.map_err(|why| self.failed(why, stretch))
        };
        let mut then = of(&stretch.before)?;
        if let Some(parent) = landed.parent.as_ref().filter(|parent| **parent != stretch.before)
            && then.allowed.is_none()
        {
            then = of(parent)?;
        }
        if then.allowed.is_none() {
            return Ok(then);
        }
        let now = of(self.commit)?;
        Ok(if now.allowed.is_some() { now } else { then })
    }

    /// Who wrote what: on the branch, where it is known.
    fn writers(
        &self,
        stretch: &Stretch,
        tip: Option<&str>,
        judge: &Judge,
        events: &[Event],
    ) -> Result<Writers, LandingError> {
        let head = tip.unwrap_or(&stretch.commit);
        let head = self.facts(head)?.id;
        let suggested =
            |message: &str, address: &str| judge.only_suggested(events, message, address);
        Ok(history::writers(self.folder, &stretch.before, &head, &suggested)?)
    }

    /// The pages that some commits changed, as they left them.
    fn pages(
        &self,
        stretch: &Stretch,
        judge: &Judge,
        writers: &Writers,
    ) -> Result<Vec<PageToSign>, LandingError> {
        let (before, root) = self.open(&stretch.before)?;
        let (landed, _) = self.open(&stretch.commit)?;
        let changes = history::files_between(self.folder, &stretch.before, &stretch.commit)?;
        let merge = Merge { changes, ..Merge::default() };
        let input = ToSignInput {
            target: self.side(&before, &root),
            merged: &landed,
            merge: &merge,
            writers,
        };
        pages_to_sign(&input, judge).map_err(|why| self.failed(why, stretch))
    }
}

/// The threads that block a merge and are open.
fn blocking(judge: &Judge, events: &[Event]) -> Vec<Thread> {
    let waivers = judge.policy.may_waive();
    let rules = Rules {
        counts: &|event: &Event| judge.why_not(event).is_none(),
        may_settle: &|who: &str| waivers.has(who),
    };
    threads(events, &rules).into_iter().filter(Thread::blocks).collect()
}

/// The files of pages as they were approved last, each with git's id of its bytes.
fn approved_files(changes: &[Loaded]) -> Vec<(SourcePath, Option<String>)> {
    let mut events: Vec<&Event> = changes.iter().flat_map(|loaded| &loaded.events).collect();
    events.sort_by_key(|event| event.order());
    let mut files: BTreeMap<SourcePath, Option<String>> = BTreeMap::new();
    for event in events {
        let Body::Approve(approve) = &event.body else { continue };
        // What is only approved once suggestions are applied has other bytes then.
        for page in approve.pages.iter().filter(|page| page.after.is_none()) {
            match page.kind {
                SubjectKind::Page => files.insert(page.path.clone(), page.blob.clone()),
                SubjectKind::Deleted => files.insert(page.path.clone(), None),
                SubjectKind::Policy => None,
            };
        }
    }
    files.into_iter().collect()
}
