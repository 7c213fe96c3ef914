//! Who has signed off what in commits of the target, from nothing but the commits and the events.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Found, LandingError, ReviewTarget};
use crate::base::SourcePath;
use crate::history::{self, CommitFacts, Stretch, Writers};
use crate::pipeline::sign_off::Judge;
use crate::review::event::{Author, Body, Event, EventId, Land, Landing};
use crate::review::sign_off::{CellState, SignOff};
use crate::review::store::Loaded;
use crate::review::threads::Thread;
use crate::review::{contradictions, pinned, set_of};

/// What is known of who has signed off some commits.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {
    /// The target.
    pub target: String,
    /// The commit before the first one that was looked at; none where there is none before it.
    pub from: Option<String>,
    /// The last commit that was looked at.
    pub to: String,
    /// Whether all that had to be signed off was.
    pub proved: bool,
    /// What landed with these commits.
    pub landings: Vec<VerifiedLanding>,
    /// Commits of which no landing is known, and that change pages which had to be signed off.
    pub uncovered: Vec<Uncovered>,
}

/// Commits that a landing names, looked at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VerifiedLanding {
    /// The commit of the target as it stood before.
    pub before: Landing,
    /// The commit that brought the change.
    pub landed: Landing,
    /// The commit of the branch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approved: Option<Landing>,
    /// How the content came there.
    pub how: String,
    /// Who says that it landed, of which change.
    pub by: Vec<LandedBy>,
    /// Whether every page that had to be was signed off, and is what was.
    pub proved: bool,
    /// What is not as it should be.
    pub problems: Vec<String>,
    /// Files that landed with other bytes than the branch had.
    pub differing: Vec<SourcePath>,
    /// Events that were not known when it landed, and do not count for it.
    pub later: usize,
    /// How every cell stands, with digests made of the commit.
    pub sign_off: SignOff,
    /// Threads that had to be settled.
    pub threads: Vec<Thread>,
}

/// Somebody says that a change has landed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LandedBy {
    /// The event.
    pub land: EventId,
    /// The change.
    pub change: EventId,
    /// Its branch.
    pub branch: String,
    /// Who says it.
    pub author: Author,
    /// When, in seconds since 1970.
    pub time: i64,
    /// How many events it pins.
    pub events: usize,
}

/// A commit of which no landing is known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Uncovered {
    /// Its id.
    pub commit: String,
    /// The first line of what it says.
    pub subject: String,
    /// The pages of it that had to be signed off.
    pub pages: Vec<SourcePath>,
}

/// The landings that name the same commits.
pub(super) struct Group<'a> {
    pub(super) stretch: Stretch,
    pub(super) landings: Vec<(&'a Loaded, &'a Event, &'a Land)>,
}

impl ReviewTarget<'_> {
    /// Proves who has signed off what in a commit of the target, or in those of a range, `FROM..TO`.
    /// `changes` are all that are here.
    ///
    /// # Errors
    /// Why it cannot be told: history, files, keys, or events are missing.
    pub fn verify(&self, changes: &[Loaded], rev: &str) -> Result<Verification, LandingError> {
        let (from, commits) = self.commits(rev)?;
        let groups = self.groups(changes);
        let mut known: BTreeMap<Stretch, VerifiedLanding> = BTreeMap::new();
        let mut uncovered = Vec::new();
        let mut proved = true;
        let mut shown: BTreeSet<Stretch> = BTreeSet::new();
        for commit in &commits {
            let covering: Vec<&Group<'_>> =
                groups.iter().filter(|group| self.covers(group, commit)).collect();
            for group in &covering {
                if let Entry::Vacant(slot) = known.entry(group.stretch.clone()) {
                    slot.insert(self.verify_group(group)?);
                }
            }
            let is_proved = |group: &&&Group<'_>| {
                known.get(&group.stretch).is_some_and(|landing| landing.proved)
            };
            match covering.iter().find(is_proved) {
                Some(group) => {
                    shown.insert(group.stretch.clone());
                }
                None if covering.is_empty() => {
                    if let Some(open) = self.uncovered(commit)? {
                        if changes.is_empty() {
                            return Err(LandingError::NoEvents);
                        }
                        proved = false;
                        uncovered.push(open);
                    }
                }
                None => {
                    proved = false;
                    shown.extend(covering.iter().map(|group| group.stretch.clone()));
                }
            }
        }
        let order = |landing: &VerifiedLanding| {
            commits.iter().position(|commit| commit.id == landing.landed.commit)
        };
        let mut landings: Vec<VerifiedLanding> =
            shown.iter().filter_map(|stretch| known.remove(stretch)).collect();
        landings.sort_by_key(order);
        let to = commits.last().map_or_else(|| rev.to_owned(), |commit| commit.id.clone());
        Ok(Verification { target: self.name.to_owned(), from, to, proved, landings, uncovered })
    }

    /// The commits that are meant, and the one before them.
    fn commits(&self, rev: &str) -> Result<(Option<String>, Vec<CommitFacts>), LandingError> {
        match rev.split_once("..") {
            Some((from, to)) => {
                let to = if to.is_empty() { self.commit } else { to };
                let start = self.facts(from)?.id;
                let commits = history::line_between(self.folder, &start, to)?;
                Ok((Some(start), commits))
            }
            None => {
                let commit = self.facts(rev)?;
                Ok((commit.parent.clone(), vec![commit]))
            }
        }
    }

    /// What is said of landings on the target, by the commits that are named. One that names commits
    /// which are not there, or not on the target, says nothing.
    pub(super) fn groups<'c>(&self, changes: &'c [Loaded]) -> Vec<Group<'c>> {
        let mut groups: BTreeMap<Stretch, Vec<_>> = BTreeMap::new();
        for loaded in changes {
            for event in loaded.landings().filter(|event| event.target == self.name) {
                let Body::Land(land) = &event.body else { continue };
                let stretch = Stretch {
                    before: land.before.commit.clone(),
                    commit: land.landed.commit.clone(),
                };
                let is_past = |old: &str, new: &str| history::is_past_of(self.folder, old, new);
                if stretch.before != stretch.commit
                    && is_past(&stretch.commit, self.commit)
                    && is_past(&stretch.before, &stretch.commit)
                {
                    groups.entry(stretch).or_default().push((loaded, event, land));
                }
            }
        }
        groups.into_iter().map(|(stretch, landings)| Group { stretch, landings }).collect()
    }

    fn covers(&self, group: &Group<'_>, commit: &CommitFacts) -> bool {
        let is_past = |old: &str, new: &str| history::is_past_of(self.folder, old, new);
        is_past(&commit.id, &group.stretch.commit) && !is_past(&commit.id, &group.stretch.before)
    }

    /// Looks at commits that landings name.
    pub(super) fn verify_group(&self, group: &Group<'_>) -> Result<VerifiedLanding, LandingError> {
        let Group { stretch, landings } = group;
        for (loaded, ..) in landings {
            if let Some(damage) = loaded.damage.first() {
                return Err(LandingError::Damaged(damage.clone()));
            }
        }
        let (before, landed) = (self.facts(&stretch.before)?, self.facts(&stretch.commit)?);
        let mut changes: Vec<Loaded> = Vec::new();
        for (loaded, ..) in landings {
            if !changes.iter().any(|known| known.tip == loaded.tip) {
                changes.push((*loaded).clone());
            }
        }
        let judge = self.judge(stretch, &landed, &changes)?;
        let mut problems = Vec::new();
        let mut refuse = |event: &Event, why: &str| {
            problems.push(format!("the landing by {} does not count: {why}", event.author.name));
        };
        let mut open: Vec<(&Loaded, &Event, &Land)> = Vec::new();
        for &(loaded, event, land) in landings {
            if let Some(why) = judge.why_not(event) {
                refuse(event, &why);
            } else if set_of(&pinned(&loaded.events, event)) != (land.events, land.set) {
                refuse(event, "it does not pin the events that it had seen");
            } else if land.before.tree != before.tree || land.landed.tree != landed.tree {
                refuse(event, "it names other trees than those of its commits");
            } else {
                open.push((loaded, event, land));
            }
        }
        let writers = self.writers_of(stretch, &judge, &open)?;
        let pages = self.pages(stretch, &judge, &writers)?;
        // Of several landings one is enough: whoever adds a wrong one must not be able to spoil it.
        open.retain(|(_, event, land)| {
            let said = contradictions(land, &pages);
            if let Some(first) = said.first() {
                let more = match said.len() {
                    1 => String::new(),
                    count => format!(" (and {} more like this)", count - 1),
                };
                refuse(event, &format!("{first}{more}"));
            }
            said.is_empty()
        });
        let events: BTreeMap<EventId, Event> = open
            .iter()
            .flat_map(|(loaded, event, _)| pinned(&loaded.events, event))
            .map(|event| (event.id, event))
            .collect();
        let mut events: Vec<Event> = events.into_values().collect();
        events.sort_by_key(Event::order);
        let now = open.iter().map(|(_, event, _)| event.time).max().unwrap_or(landed.time);
        let found =
            Found { stretch, landed: &landed, changes: &changes, writers: &writers, pages: &pages };
        let (sign_off, threads) = self.sign_off(&judge, &found, &events, now)?;
        let proved = !open.is_empty() && sign_off.is_complete() && threads.is_empty();
        let known: BTreeSet<EventId> = events.iter().map(|event| event.id).collect();
        let later = changes
            .iter()
            .flat_map(|loaded| &loaded.events)
            .filter(|event| !known.contains(&event.id) && !matches!(event.body, Body::Land(_)));
        let of = if open.is_empty() { landings } else { &open };
        let first = of.first().map(|(_, _, land)| *land);
        let by = of.iter().map(|(loaded, event, land)| LandedBy {
            land: event.id,
            change: event.change,
            branch: loaded.branch().unwrap_or_default().to_owned(),
            author: event.author.clone(),
            time: event.time,
            events: land.events,
        });
        Ok(VerifiedLanding {
            before: Landing { commit: before.id, tree: before.tree },
            landed: Landing { commit: landed.id, tree: landed.tree },
            approved: first.and_then(|land| land.approved.clone()),
            how: first.map(|land| land.how.clone()).unwrap_or_default(),
            by: by.collect(),
            proved,
            problems,
            differing: first.map(|land| land.differing.clone()).unwrap_or_default(),
            later: later.count(),
            sign_off,
            threads,
        })
    }

    /// Who wrote what: by the branch, where it is here, and by what landings say. A squash names
    /// whoever merged.
    fn writers_of(
        &self,
        stretch: &Stretch,
        judge: &Judge,
        landings: &[(&Loaded, &Event, &Land)],
    ) -> Result<Writers, LandingError> {
        let mut writers = Writers::new();
        let events: Vec<Event> =
            landings.iter().flat_map(|(loaded, ..)| &loaded.events).cloned().collect();
        let mut looked_at = BTreeSet::new();
        for (_, _, land) in landings {
            let tip = land.approved.as_ref().map(|approved| approved.commit.as_str());
            // The commits of a branch that was squashed are seldom here.
            let there = tip.is_none_or(|tip| self.facts(tip).is_ok());
            if there && looked_at.insert(tip) {
                for (path, who) in self.writers(stretch, tip, judge, &events)? {
                    writers.entry(path).or_default().extend(who);
                }
            }
            for page in &land.pages {
                let who = page.writers.iter().map(|who| who.trim().to_lowercase());
                writers.entry(page.path.clone()).or_default().extend(who);
            }
        }
        Ok(writers)
    }

    /// A commit that no landing names: the pages of it that had to be signed off, where there are any.
    fn uncovered(&self, commit: &CommitFacts) -> Result<Option<Uncovered>, LandingError> {
        // Before the first commit there is nobody who wants anything.
        let Some(parent) = &commit.parent else { return Ok(None) };
        let stretch = Stretch { before: parent.clone(), commit: commit.id.clone() };
        let judge = self.judge(&stretch, commit, &[])?;
        if !judge.policy.has_stages() {
            return Ok(None);
        }
        let pages = self.pages(&stretch, &judge, &Writers::new())?;
        let sign_off = judge.sign_off(&pages, &[], commit.time);
        let needed = sign_off
            .pages
            .iter()
            .filter(|row| row.cells.iter().any(|cell| cell.state != CellState::NotNeeded));
        let pages: Vec<SourcePath> = needed.map(|row| row.path.clone()).collect();
        Ok((!pages.is_empty()).then(|| Uncovered {
            commit: commit.id.clone(),
            subject: commit.subject.clone(),
            pages,
        }))
    }
}
