//! What every commit did, as it is kept from one build to the next: enough to find the facts
//! again without reading a tree twice.

use std::collections::{HashMap, HashSet};

use git2::Oid;
use serde::{Deserialize, Serialize};

use super::changes::Change;
use super::commit::RawPerson;

/// The commits reachable from a tip, in no order, and what they did below the content roots.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Log {
    /// Names and addresses as the commits say them.
    pub(super) people: Vec<(String, String)>,
    pub(super) paths: Vec<String>,
    pub(super) commits: Vec<LogCommit>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct LogCommit {
    pub(super) id: [u8; 20],
    /// Places in [`Log::commits`] of those parents that are there.
    pub(super) parents: Vec<u32>,
    /// In seconds since 1970, UTC.
    pub(super) time: i64,
    pub(super) author: u32,
    pub(super) co_authors: Vec<u32>,
    /// What it did cannot be known: a parent or a tree is not there.
    pub(super) blind: bool,
    pub(super) changes: Vec<LogChange>,
}

/// [`Change`] with places in [`Log::paths`]. Removals tell nothing about the files that are
/// there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum LogChange {
    Added(u32),
    Modified(u32),
    Renamed(u32, u32),
}

/// The place of a thing in a table that is being filled.
pub(super) fn place(len: usize) -> u32 {
    // Tables of more than four billion entries do not fit in memory.
    u32::try_from(len).unwrap_or(u32::MAX)
}

pub(super) fn raw_id(id: Oid) -> [u8; 20] {
    id.as_bytes().try_into().unwrap_or_default()
}

/// Gives each text or person of a table one place.
pub(super) struct Places<T>(HashMap<T, u32>);

impl<T: Eq + std::hash::Hash + Clone> Places<T> {
    pub(super) fn of(known: impl IntoIterator<Item = T>) -> Self {
        Places(known.into_iter().enumerate().map(|(at, item)| (item, place(at))).collect())
    }

    pub(super) fn get(&mut self, item: T, table: &mut Vec<T>) -> u32 {
        *self.0.entry(item).or_insert_with_key(|item| {
            table.push(item.clone());
            place(table.len() - 1)
        })
    }
}

impl Log {
    /// The commits by id.
    pub(super) fn index(&self) -> HashMap<[u8; 20], u32> {
        self.commits.iter().enumerate().map(|(at, commit)| (commit.id, place(at))).collect()
    }

    /// Enters what commits did, beside what is known of them.
    pub(super) fn enter(&mut self, found: Vec<(u32, Option<Vec<Change>>)>) {
        let mut places = Places::of(self.paths.iter().cloned());
        for (at, changes) in found {
            let Some(commit) = self.commits.get_mut(at as usize) else { continue };
            let Some(changes) = changes else {
                commit.blind = true;
                continue;
            };
            let mut place = |path: String| places.get(path, &mut self.paths);
            commit.changes.extend(changes.into_iter().filter_map(|change| match change {
                Change::Added(path) => Some(LogChange::Added(place(path))),
                Change::Modified(path) => Some(LogChange::Modified(place(path))),
                Change::Removed(_) => None,
                Change::Renamed { from, to } => Some(LogChange::Renamed(place(from), place(to))),
            }));
            // Found a second time from the other end.
            let mut seen = HashSet::new();
            commit.changes.retain(|change| seen.insert(*change));
        }
    }

    /// The paths that files were renamed to, where a path was renamed to several: on two lines
    /// of history, so that what became of the file on one of them counts on the other. None
    /// otherwise.
    pub(super) fn renamed_apart(&self) -> Vec<&str> {
        let renames = || {
            self.commits.iter().flat_map(|commit| &commit.changes).filter_map(|change| match change
            {
                LogChange::Renamed(from, to) => Some((*from, *to)),
                _ => None,
            })
        };
        let mut known: HashMap<u32, u32> = HashMap::new();
        if renames().all(|(from, to)| *known.entry(from).or_insert(to) == to) {
            return Vec::new();
        }
        renames().filter_map(|(_, to)| self.paths.get(to as usize).map(String::as_str)).collect()
    }

    /// Drops the commits that are not wanted.
    pub(super) fn retain(&mut self, wanted: &[bool]) {
        if wanted.iter().all(|wanted| *wanted) {
            return;
        }
        let mut moved = Vec::with_capacity(wanted.len());
        let mut next = 0_usize;
        for wanted in wanted {
            moved.push(wanted.then(|| place(next)));
            next += usize::from(*wanted);
        }
        let mut at = 0;
        self.commits.retain_mut(|commit| {
            let stays = wanted.get(at).copied().unwrap_or(false);
            at += 1;
            commit.parents = commit
                .parents
                .iter()
                .filter_map(|parent| moved.get(*parent as usize).copied().flatten())
                .collect();
            stays
        });
    }

    /// The commits from the oldest to the youngest: by time, where each is at least a second
    /// later than its parents; then by id. No order of a clock that went wrong, and no choice of
    /// the tip, changes the order of two commits.
    pub(super) fn order(&self) -> Vec<(i64, u32)> {
        let mut times: Vec<Option<i64>> = vec![None; self.commits.len()];
        let mut open: Vec<u32> = Vec::new();
        for start in 0..self.commits.len() {
            open.push(place(start));
            while let Some(at) = open.last().copied() {
                let at = at as usize;
                let Some(commit) = self.commits.get(at) else {
                    open.pop();
                    continue;
                };
                if times.get(at).is_none_or(Option::is_some) {
                    open.pop();
                    continue;
                }
                let time_of = |parent: &u32| times.get(*parent as usize).copied().flatten();
                let before = open.len();
                open.extend(commit.parents.iter().filter(|parent| time_of(parent).is_none()));
                if open.len() == before {
                    let after = commit.parents.iter().filter_map(time_of).max();
                    let time =
                        after.map_or(commit.time, |time| commit.time.max(time.saturating_add(1)));
                    if let Some(slot) = times.get_mut(at) {
                        *slot = Some(time);
                    }
                    open.pop();
                }
            }
        }
        let mut order: Vec<(i64, u32)> = times
            .iter()
            .enumerate()
            .map(|(at, time)| (time.unwrap_or_default(), place(at)))
            .collect();
        order.sort_unstable_by_key(|(time, at)| (*time, self.id(*at)));
        order
    }

    pub(super) fn id(&self, at: u32) -> [u8; 20] {
        self.commits.get(at as usize).map(|commit| commit.id).unwrap_or_default()
    }
}

/// The people of a log, while commits are added to it.
pub(super) struct People(Places<(String, String)>);

impl People {
    pub(super) fn of(log: &Log) -> Self {
        People(Places::of(log.people.iter().cloned()))
    }

    pub(super) fn get(&mut self, person: RawPerson, log: &mut Log) -> u32 {
        self.0.get((person.name, person.email), &mut log.people)
    }
}
