//! The one walk over all commits. Which commits there are is found on one thread; what they did is
//! found in shards that any thread can take, each with a repository of its own.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::path::PathBuf;

use git2::{ObjectType, Odb, Oid, Repository};

use super::changes::{Change, changes};
use super::commit::RawCommit;
use super::log::{Log, LogCommit, People, place, raw_id};
use super::places::Places;
use super::tree::{Absent, Difference, Trees, Unread};

/// Commits that one thread compares with their parents in one go.
const SHARD: usize = if cfg!(test) { 3 } else { 512 };

/// A walk whose commits are known and not yet compared with their parents.
#[derive(Debug)]
pub struct Walk {
    git_dir: PathBuf,
    /// What is looked at in this pass.
    places: Places,
    /// What is looked at in all passes.
    looked_at: Places,
    log: Log,
    /// The commits that are new to the log, latest first; no merges.
    steps: Vec<Step>,
    absent: Vec<Oid>,
}

/// A commit to compare with its parent.
#[derive(Debug, Clone, Copy)]
struct Step {
    commit: u32,
    tree: Oid,
    /// None for the first of all commits.
    old: Option<Oid>,
}

/// What the commits of a shard did.
#[derive(Debug, Default)]
pub struct Shard {
    found: Vec<(u32, Option<Vec<Change>>)>,
    absent: Vec<Oid>,
    /// Files that are not looked at and were renamed to where they are.
    elsewhere: BTreeSet<String>,
}

fn read(odb: &Odb<'_>, id: Oid) -> Result<RawCommit, Absent> {
    let object = odb.read(id).map_err(|_| Absent(id))?;
    if object.kind() != ObjectType::Commit {
        return Err(Absent(id));
    }
    RawCommit::parse(object.data()).ok_or(Absent(id))
}

impl Walk {
    /// Finds the commits reachable from `tip`. Those that `log` has are taken from there, and
    /// those of it that are no longer reachable are dropped.
    pub(super) fn begin(
        repository: &Repository,
        tip: Oid,
        places: Places,
        mut log: Log,
        mut absent: Vec<Oid>,
    ) -> Result<Walk, git2::Error> {
        // git does not hash what it reads either; it takes longer than all the rest.
        git2::opts::strict_hash_verification(false);
        let odb = repository.odb()?;
        let mut index = log.index();
        let known = log.commits.len();
        let mut reached = vec![false; known];
        let mut people = People::of(&log);
        // Of the new commits: tree and parents.
        let mut read_now: Vec<(Oid, Vec<Oid>)> = Vec::new();
        let mut open = vec![tip];
        while let Some(id) = open.pop() {
            let at = match index.get(&raw_id(id)) {
                Some(at) => *at as usize,
                None => {
                    let Ok(commit) = read(&odb, id) else {
                        absent.push(id);
                        continue;
                    };
                    let author = people.get(commit.author, &mut log);
                    let co_authors = commit.co_authors.into_iter();
                    let co_authors = co_authors.map(|p| people.get(p, &mut log)).collect();
                    let at = log.commits.len();
                    log.commits.push(LogCommit {
                        id: raw_id(id),
                        parents: Vec::new(),
                        time: commit.time,
                        author,
                        co_authors,
                        blind: false,
                        changes: Vec::new(),
                    });
                    reached.push(false);
                    index.insert(raw_id(id), place(at));
                    read_now.push((commit.tree, commit.parents));
                    at
                }
            };
            let Some(reached) = reached.get_mut(at).filter(|reached| !**reached) else { continue };
            *reached = true;
            match at.checked_sub(known).and_then(|new| read_now.get(new)) {
                Some((_, parents)) => open.extend(parents),
                None => {
                    let parents = log.commits.get(at).map(|commit| commit.parents.as_slice());
                    for parent in parents.unwrap_or_default() {
                        open.extend(Oid::from_bytes(&log.id(*parent)).ok());
                    }
                }
            }
        }

        let mut steps = Vec::new();
        for (new, (tree, parents)) in read_now.iter().enumerate() {
            let at = known + new;
            let places: Vec<u32> =
                parents.iter().filter_map(|id| index.get(&raw_id(*id)).copied()).collect();
            let whole = places.len() == parents.len();
            let mut blind = !whole;
            if whole && parents.len() < 2 {
                let old = match (parents.first(), places.first()) {
                    (Some(id), Some(place)) => match (*place as usize).checked_sub(known) {
                        Some(new) => read_now.get(new).map(|(tree, _)| *tree),
                        None => read(&odb, *id).map(|commit| commit.tree).ok(),
                    },
                    _ => None,
                };
                blind = old.is_none() && !parents.is_empty();
                if !blind {
                    steps.push(Step { commit: place(at), tree: *tree, old });
                }
            }
            if let Some(commit) = log.commits.get_mut(at) {
                commit.parents = places;
                commit.blind = blind;
            }
        }
        // Commits that follow each other share trees, and lie side by side in packs.
        let time = |step: &Step| log.commits.get(step.commit as usize).map(|commit| commit.time);
        steps.sort_by_key(|step| std::cmp::Reverse(time(step)));
        if reached.iter().any(|reached| !*reached) {
            let mut moved: HashMap<u32, u32> = HashMap::new();
            let stay = reached.iter().enumerate().filter(|(_, reached)| **reached);
            for (next, (at, _)) in stay.enumerate() {
                moved.insert(place(at), place(next));
            }
            log.retain(&reached);
            for step in &mut steps {
                step.commit = moved.get(&step.commit).copied().unwrap_or(u32::MAX);
            }
        }
        Ok(Walk {
            git_dir: repository.path().to_owned(),
            looked_at: places.clone(),
            places,
            log,
            steps,
            absent,
        })
    }

    /// The number of shards. None where the walk needs to read nothing more.
    pub fn shards(&self) -> usize {
        self.steps.len().div_ceil(SHARD)
    }

    /// Compares the commits of a shard with their parents. Shards are independent of each other.
    pub fn read(&self, shard: usize) -> Shard {
        let start = shard.saturating_mul(SHARD).min(self.steps.len());
        let steps = start..start.saturating_add(SHARD).min(self.steps.len());
        // Opened as a bare one, it does not ask whose it is; the first opening decided that.
        let found = Repository::open_bare(&self.git_dir).and_then(|repository| {
            let odb = repository.odb()?;
            Ok(self.compare(&mut Trees::new(&odb), steps.clone()))
        });
        found.unwrap_or_else(|_| Shard {
            found: self.steps(steps).map(|step| (step.commit, None)).collect(),
            ..Shard::default()
        })
    }

    fn steps(&self, range: Range<usize>) -> impl Iterator<Item = &Step> {
        self.steps.get(range).unwrap_or_default().iter()
    }

    fn compare(&self, trees: &mut Trees<'_>, steps: Range<usize>) -> Shard {
        let mut shard = Shard::default();
        for step in self.steps(steps) {
            match self.step(trees, *step) {
                Ok(changes) if changes.is_empty() => {}
                Ok(changes) => {
                    for change in &changes {
                        if let Change::Renamed { from, to } = change
                            && self.places.has(to)
                            && !self.looked_at.has(from)
                        {
                            shard.elsewhere.insert(from.clone());
                        }
                    }
                    shard.found.push((step.commit, Some(changes)));
                }
                Err(unread) => {
                    if let Unread::Absent(Absent(id)) = unread {
                        shard.absent.push(id);
                    }
                    shard.found.push((step.commit, None));
                }
            }
        }
        shard
    }

    fn step(&self, trees: &mut Trees<'_>, step: Step) -> Result<Vec<Change>, Unread> {
        let differences = trees.compare(step.old, Some(step.tree), &self.places)?;
        let come_or_gone =
            |difference: &Difference| difference.old.is_none() || difference.new.is_none();
        if self.places.is_everything() || !differences.iter().any(come_or_gone) {
            return Ok(changes(differences));
        }
        // What came here may have been elsewhere before, and what is gone may be elsewhere now.
        let everything = Places::new(&[String::new()], []);
        let mut changes = changes(trees.compare(step.old, Some(step.tree), &everything)?);
        changes.retain(|change| match change {
            Change::Added(path) | Change::Modified(path) | Change::Removed(path) => {
                self.places.has(path)
            }
            Change::Renamed { from, to } => self.places.has(from) || self.places.has(to),
        });
        Ok(changes)
    }

    /// Enters what the shards found into the log. Gives the files that are still to be looked
    /// at: what is looked at was there before, or went there on another line of history.
    pub(super) fn enter(&mut self, shards: Vec<Shard>) -> BTreeSet<String> {
        let (mut found, mut elsewhere) = (Vec::new(), BTreeSet::new());
        for shard in shards {
            found.extend(shard.found);
            self.absent.extend(shard.absent);
            elsewhere.extend(shard.elsewhere);
        }
        self.log.enter(found);
        let apart = self.log.renamed_apart().into_iter().filter(|to| !self.looked_at.has(to));
        elsewhere.extend(apart.map(str::to_owned));
        elsewhere
    }

    /// Looks at these files of the same commits in the next pass, or, with the empty path, at
    /// everything.
    pub(super) fn look_at(&mut self, files: BTreeSet<String>) {
        self.looked_at.add(files.iter().cloned());
        self.places = Places::new(&[], files);
    }

    /// The log, the objects that were not there, and the files that were looked at beside the
    /// roots.
    pub(super) fn finish(self) -> (Log, Vec<Oid>, BTreeSet<String>) {
        let Walk { log, mut absent, looked_at, .. } = self;
        absent.sort_unstable();
        absent.dedup();
        (log, absent, looked_at.files())
    }
}
