//! The desk of a branch: what was said about it, and the way to say more. A branch can have been opened
//! for review twice, on two clones at the same time; what was said of either counts.

use std::path::Path;

use super::event::{Author, Body, Draft, Event, EventId, Land, Open};
use super::store::{Damage, Entry, Loaded, Signer, Store, StoreError};

/// What was said about a branch.
pub struct Desk {
    /// Where it is kept.
    pub store: Store,
    /// The branch.
    pub branch: String,
    /// What it is to be merged into.
    pub target: String,
    /// Its changes that have not landed, with their events; sorted by id.
    pub changes: Vec<Loaded>,
    /// Changes of this branch that have landed, the last one last.
    pub landed: Vec<Loaded>,
    /// Every event of `changes`, by number and id.
    pub events: Vec<Event>,
    /// Why nothing can be decided by the events; empty where all is well.
    pub problems: Vec<Damage>,
    /// A tip that a change must have in its past, as somebody named it.
    expected: Option<String>,
}

/// Which change is meant.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeskInput<'a> {
    /// The branch.
    pub branch: &'a str,
    /// What it is to be merged into.
    pub target: &'a str,
    /// The beginning of the id of a change, where one is meant and not all of the branch.
    pub change: Option<&'a str>,
    /// A tip that the change must have in its past.
    pub expect_tip: Option<&'a str>,
}

/// Every change that is here, whatever its branch and target, sorted by id. What is wrong with one is
/// among its damage, a ref that was rolled back too.
///
/// # Errors
/// When git cannot read what is kept.
pub fn all_changes(store: &Store) -> Result<Vec<Loaded>, StoreError> {
    let mut all = Vec::new();
    for change in store.changes()? {
        // What is written in between comes from what was seen before it.
        let seen = store.seen(change)?;
        let mut loaded = store.load(change)?;
        let missed = missed(store, change, &loaded, seen.as_deref())?;
        loaded.damage.extend(missed);
        all.push(loaded);
    }
    Ok(all)
}

/// What is not there any more of what was seen.
fn missed(
    store: &Store,
    change: EventId,
    loaded: &Loaded,
    seen: Option<&str>,
) -> Result<Vec<Damage>, StoreError> {
    if let Some(before) = seen
        && !store.is_past_of(before, &loaded.tip)
    {
        let before = before.chars().take(10).collect();
        return Ok(vec![Damage::RolledBack { change, before }]);
    }
    store.dropped(&loaded.tip, seen)
}

/// What is said.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// Who.
    pub author: &'a Author,
    /// When, in seconds since 1970, UTC.
    pub time: i64,
    /// What git keeps for it: ids of blobs.
    pub keep: &'a [String],
    /// Signs it.
    pub signer: Option<&'a Signer>,
}

impl Desk {
    /// Opens the desk of a branch of the repository that holds `dir`.
    ///
    /// # Errors
    /// When git cannot read what is kept, or there is no such change.
    pub fn open(dir: &Path, input: &DeskInput<'_>) -> Result<Desk, StoreError> {
        let store = Store::open(dir)?;
        let mut desk = Desk {
            store,
            branch: input.branch.to_owned(),
            target: input.target.to_owned(),
            changes: Vec::new(),
            landed: Vec::new(),
            events: Vec::new(),
            problems: Vec::new(),
            expected: input.expect_tip.map(str::to_owned),
        };
        let wanted = input.change.map(|prefix| desk.store.find(prefix)).transpose()?;
        let (mut direct, mut others, mut lost) = (Vec::new(), Vec::new(), Vec::new());
        match wanted {
            Some(change) => direct.push(change),
            None => {
                for change in desk.store.changes()? {
                    match desk.store.may_be_of(change, input.branch, input.target) {
                        Some(true) => direct.push(change),
                        Some(false) => {}
                        None if desk.store.has_opening(change) => others.push(change),
                        None => lost.push(change),
                    }
                }
            }
        }
        // Most changes are of other branches. That one of them is of a branch which got another name
        // is looked for only where nothing else is found.
        for changes in [direct, others] {
            for change in changes {
                // Others write meanwhile: what is loaded must not be older than what was seen.
                let seen = desk.store.seen(change)?;
                let loaded = desk.store.load(change)?;
                let of_it = loaded.is_of(input.branch)
                    && loaded.events.first().is_some_and(|event| event.target == input.target);
                if wanted.is_none() && !of_it {
                    continue;
                }
                desk.check(change, &loaded, seen)?;
                match loaded.is_landed() {
                    true => desk.landed.push(loaded),
                    false => desk.changes.push(loaded),
                }
            }
            if !desk.changes.is_empty() || !desk.landed.is_empty() {
                break;
            }
        }
        // Which branch a change is of, the event that opens it says. Without it, it may be this one.
        for change in lost {
            let loaded = desk.store.load(change)?;
            let is_other = loaded.branch().is_some_and(|branch| branch != input.branch)
                || loaded.events.iter().any(|event| event.target != input.target);
            if !is_other && !loaded.is_landed() {
                desk.problems.extend(loaded.damage);
            }
        }
        desk.landed.sort_by_key(|loaded| loaded.events.last().map(|event| event.time));
        if let Some(expected) = input.expect_tip {
            let of = |loaded: &Loaded| desk.store.is_past_of(expected, &loaded.tip);
            if !desk.changes.iter().chain(&desk.landed).any(of) {
                let before = expected.chars().take(10).collect();
                desk.problems.push(Damage::NotExpected { before });
            }
        }
        desk.gather();
        Ok(desk)
    }

    /// Notes what is wrong with a change.
    fn check(
        &mut self,
        change: EventId,
        loaded: &Loaded,
        seen: Option<String>,
    ) -> Result<(), StoreError> {
        self.problems.extend(loaded.damage.iter().cloned());
        self.problems.extend(missed(&self.store, change, loaded, seen.as_deref())?);
        Ok(())
    }

    /// Whether it is known, and not only heard from a remote just now, which events there must be: each
    /// change was opened here, or somebody named a tip of its past, now or earlier.
    pub fn is_known(&self) -> bool {
        self.changes.iter().all(|loaded| {
            self.is_expected(loaded)
                || loaded
                    .events
                    .first()
                    .is_some_and(|event| self.store.is_known(event.change).unwrap_or(false))
        })
    }

    fn is_expected(&self, loaded: &Loaded) -> bool {
        let expected = self.expected.as_ref();
        expected.is_some_and(|expected| self.store.is_past_of(expected, &loaded.tip))
    }

    fn gather(&mut self) {
        self.events = self.changes.iter().flat_map(|loaded| &loaded.events).cloned().collect();
        self.events.sort_by_key(Event::order);
    }

    /// The change that new events go to; none where the branch was not opened.
    pub fn change(&self) -> Option<EventId> {
        self.changes
            .iter()
            .filter_map(|loaded| loaded.events.first())
            .map(|event| event.change)
            .min()
    }

    /// Remembers what was seen. That it cannot be remembered, as in a repository that cannot be
    /// written to, is no failure.
    pub fn mark_seen(&self) {
        for loaded in &self.changes {
            let Some(change) = loaded.events.first().map(|event| event.change) else { continue };
            drop(self.store.mark_seen(change));
            if self.is_expected(loaded) {
                drop(self.store.mark_known(change));
            }
        }
    }

    /// The event whose id begins with a text.
    pub fn find(&self, prefix: &str) -> Option<&Event> {
        let mut fitting =
            self.events.iter().filter(|event| event.id.to_string().starts_with(prefix));
        let first = fitting.next().filter(|_| !prefix.is_empty());
        first.filter(|_| fitting.next().is_none())
    }

    /// Opens the branch for review. Where that was done before, nothing happens.
    ///
    /// # Errors
    /// When it cannot be written or signed.
    pub fn begin(&mut self, said: &Said<'_>, title: &str) -> Result<EventId, StoreError> {
        if let Some(change) = self.change() {
            return Ok(change);
        }
        let open = Open { branch: self.branch.clone(), title: title.to_owned() };
        let draft = self.draft(said, Body::Open(open));
        let bytes = draft.first()?;
        self.write(said, &draft, &bytes)?;
        self.change().ok_or_else(|| StoreError::NoChange(self.branch.clone()))
    }

    /// Says something about the branch.
    ///
    /// # Errors
    /// Where the branch was not opened, where something is wrong with its events, and when it cannot be
    /// written or signed.
    pub fn say(&mut self, said: &Said<'_>, body: Body) -> Result<Event, StoreError> {
        if let Some(problem) = self.problems.first() {
            return Err(StoreError::Damaged(problem.to_string()));
        }
        let change = self.change().ok_or_else(|| StoreError::NotOpen(self.branch.clone()))?;
        self.say_of(change, said, body)
    }

    /// Says that the changes of the branch have landed: of each, what is to be said of it.
    ///
    /// # Errors
    /// As [`Desk::say`].
    pub fn land(
        &mut self,
        said: &Said<'_>,
        landings: Vec<(EventId, Land)>,
    ) -> Result<Vec<Event>, StoreError> {
        if let Some(problem) = self.problems.first() {
            return Err(StoreError::Damaged(problem.to_string()));
        }
        let write = |(change, land)| self.say_of(change, said, Body::Land(land));
        landings.into_iter().map(write).collect()
    }

    fn say_of(
        &mut self,
        change: EventId,
        said: &Said<'_>,
        body: Body,
    ) -> Result<Event, StoreError> {
        let draft = self.draft(said, body);
        // Numbers go on over all changes of the branch; what was seen are events of the one.
        let own = self.changes.iter().find(|loaded| loaded.tip_of(change));
        let own = own.map_or(&[][..], |loaded| loaded.events.as_slice());
        let last = self.events.iter().map(|event| event.lamport).max().unwrap_or(0);
        let bytes = draft.after(change, own, last)?;
        self.write(said, &draft, &bytes)
    }

    /// Takes a change for landed only where one of its landings counts. `counts` tells it.
    pub fn judge_landings(&mut self, counts: &dyn Fn(&Loaded, &Event) -> bool) {
        let is_landed = |loaded: &Loaded| loaded.landings().any(|event| counts(loaded, event));
        let landed = std::mem::take(&mut self.landed);
        let (landed, open): (Vec<Loaded>, Vec<Loaded>) = landed.into_iter().partition(is_landed);
        self.landed = landed;
        self.changes.extend(open);
        self.changes.sort_by_key(|loaded| loaded.events.first().map(|event| event.change));
        self.gather();
    }

    fn draft(&self, said: &Said<'_>, body: Body) -> Draft {
        Draft { target: self.target.clone(), author: said.author.clone(), time: said.time, body }
    }

    fn write(&mut self, said: &Said<'_>, draft: &Draft, bytes: &[u8]) -> Result<Event, StoreError> {
        let signature = said.signer.map(|signer| signer.sign(bytes)).transpose()?;
        let entry = Entry { bytes, signature: signature.as_deref(), keep: said.keep };
        let event = match draft.body {
            Body::Open(_) => self.store.start(draft, entry)?,
            _ => self.store.append(draft, entry)?,
        };
        let loaded = self.store.load(event.change)?;
        match self.changes.iter_mut().find(|known| known.tip_of(event.change)) {
            Some(known) => *known = loaded,
            None => self.changes.push(loaded),
        }
        self.gather();
        Ok(event)
    }
}
