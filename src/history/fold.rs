//! From what every commit did to what is known of each file, in the meaning that
//! [`FileFacts`] describes.

use std::collections::{HashMap, HashSet};

use super::files::{FileCommit, FileFacts, Person, Record};
use super::log::{Log, LogChange, place};
use super::people::{self, Known};

/// What has been seen of a file so far.
#[derive(Debug, Clone)]
struct Seen {
    first: u32,
    last: u32,
    commits: u32,
    /// Who, and in how many commits; in the order in which they first came.
    people: Vec<(u32, u32)>,
}

/// The files that have been seen, by path.
struct Files {
    seen: Vec<Option<Seen>>,
    /// Where the file that was at a path has gone.
    gone: Vec<Option<u32>>,
}

impl Files {
    /// Where the file that once was at `path` is now.
    fn now(&self, path: u32) -> u32 {
        let mut at = path;
        while let Some(next) = self.gone.get(at as usize).copied().flatten() {
            at = next;
        }
        at
    }

    fn rename(&mut self, from: u32, to: u32) {
        let from = self.now(from);
        if from == to {
            return;
        }
        // What was seen stays at the old path, too: a merge may keep the file there.
        let moved = self.seen.get(from as usize).cloned().flatten();
        if let (Some(seen), Some(gone)) =
            (self.seen.get_mut(to as usize), self.gone.get_mut(to as usize))
        {
            *seen = moved;
            *gone = None;
        }
        if let Some(gone) = self.gone.get_mut(from as usize) {
            *gone = Some(to);
        }
    }

    /// A file is new at a path: another one, where the one that was there has been renamed.
    fn begin(&mut self, path: u32) {
        let gone = self.gone.get_mut(path as usize).and_then(Option::take);
        if gone.is_some()
            && let Some(seen) = self.seen.get_mut(path as usize)
        {
            *seen = None;
        }
    }

    fn touch(&mut self, path: u32, commit: u32, who: &[u32]) {
        let Some(slot) = self.seen.get_mut(path as usize) else { return };
        let seen = slot.get_or_insert_with(|| Seen {
            first: commit,
            last: commit,
            commits: 0,
            people: Vec::new(),
        });
        seen.last = commit;
        seen.commits += 1;
        for person in who {
            match seen.people.iter_mut().find(|(known, _)| known == person) {
                Some((_, commits)) => *commits += 1,
                None => seen.people.push((*person, 1)),
            }
        }
    }
}

/// The facts of the files that the tip has.
pub(super) fn fold(
    log: &Log,
    tip_files: &[String],
    mailmap: Option<&[u8]>,
    ignored: &HashSet<[u8; 20]>,
) -> FileFacts {
    let order = log.order();
    let known = people::known(log, &order, mailmap);
    let mut files = Files { seen: vec![None; log.paths.len()], gone: vec![None; log.paths.len()] };
    let mut who: Vec<u32> = Vec::new();
    for (_, at) in &order {
        let Some(commit) = log.commits.get(*at as usize) else { continue };
        if commit.changes.is_empty() {
            continue;
        }
        who.clear();
        for raw in std::iter::once(&commit.author).chain(&commit.co_authors) {
            if let Some(person) = known.of.get(*raw as usize)
                && !who.contains(person)
                && !is_program(&known, *person)
            {
                who.push(*person);
            }
        }
        // Renames first: what else the commit did, it did to the files where they are then.
        let renames: Vec<(u32, u32)> = commit
            .changes
            .iter()
            .filter_map(|change| match change {
                LogChange::Renamed(from, to) => Some((*from, *to)),
                _ => None,
            })
            .collect();
        for (from, to) in renames {
            files.rename(from, to);
        }
        let is_ignored = ignored.contains(&commit.id);
        for change in &commit.changes {
            match *change {
                LogChange::Added(path) => {
                    files.begin(path);
                    files.touch(path, *at, &who);
                }
                LogChange::Modified(path) if !is_ignored => {
                    files.touch(path, *at, &who);
                    let now = files.now(path);
                    if now != path {
                        files.touch(now, *at, &who);
                    }
                }
                _ => {}
            }
        }
    }
    table(log, &order, &known, &files, tip_files)
}

/// Accounts of programs on GitHub, as `dependabot[bot]`.
fn is_program(known: &Known, person: u32) -> bool {
    known.people.get(person as usize).is_some_and(|person| person.name.ends_with("[bot]"))
}

/// Writes the facts down, with each commit and person once, in the order in which the files name
/// them: the same facts are the same bytes.
fn table(
    log: &Log,
    order: &[(i64, u32)],
    known: &Known,
    files: &Files,
    tip_files: &[String],
) -> FileFacts {
    let mut ranks = vec![0_u32; log.commits.len()];
    for (rank, (_, at)) in order.iter().enumerate() {
        if let Some(slot) = ranks.get_mut(*at as usize) {
            *slot = place(rank);
        }
    }
    let rank = |at: u32| ranks.get(at as usize).copied().unwrap_or_default();
    let blind = log
        .commits
        .iter()
        .enumerate()
        .filter(|(_, commit)| commit.blind)
        .map(|(at, _)| rank(place(at)))
        .max();
    let paths: HashMap<&str, u32> =
        log.paths.iter().enumerate().map(|(at, path)| (path.as_str(), place(at))).collect();

    let mut facts = FileFacts { complete: blind.is_none(), ..FileFacts::default() };
    let mut people_places: HashMap<u32, u32> = HashMap::new();
    let mut commit_places: HashMap<u32, u32> = HashMap::new();
    for path in tip_files {
        let seen = paths
            .get(path.as_str())
            .and_then(|at| files.seen.get(*at as usize).and_then(Option::as_ref));
        let mut record = Record::default();
        if let Some(seen) = seen {
            let mut person = |at: u32, people: &mut Vec<Person>| {
                *people_places.entry(at).or_insert_with(|| {
                    people.extend(known.people.get(at as usize).cloned());
                    place(people.len().saturating_sub(1))
                })
            };
            let mut commit = |at: u32, facts: &mut FileFacts| {
                if let Some(known) = commit_places.get(&at) {
                    return Some(*known);
                }
                let commit = log.commits.get(at as usize)?;
                let author = *known.of.get(commit.author as usize)?;
                let author = person(author, &mut facts.people);
                facts.commits.push(FileCommit { id: commit.id, time: commit.time, author });
                let place = place(facts.commits.len() - 1);
                commit_places.insert(at, place);
                Some(place)
            };
            if blind.is_none_or(|blind| rank(seen.last) > blind) {
                record.last = commit(seen.last, &mut facts);
            }
            if blind.is_none() {
                record.first = commit(seen.first, &mut facts);
                record.commits = Some(seen.commits);
                let mut contributors = seen.people.clone();
                // Stable: equals stay in the order in which they came.
                contributors.sort_by_key(|(_, commits)| std::cmp::Reverse(*commits));
                record.contributors =
                    contributors.into_iter().map(|(at, _)| person(at, &mut facts.people)).collect();
            }
        }
        facts.files.push((path.clone(), record));
    }
    facts
}
