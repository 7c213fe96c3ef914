//! Which branches will conflict with each other. Of two branches only the files are merged that
//! both changed; everything is merged only where a file has no longer its name.

use std::collections::HashMap;
use std::rc::Rc;

use git2::{Oid, Repository};

use super::branches::{Branches, Node};
use super::landed::unread;
use super::merge::{Conflict, in_memory};
use super::places::Places;
use super::range::Undecided;
use super::three_way::{Joined, Joiner};
use super::tree::{Difference, Kind, Trees};

/// Two branches, by their tips.
pub type Pair<'a> = (&'a str, &'a str);

/// What git cannot merge of two branches, or why that cannot be told.
pub type Forecast = Result<Vec<Conflict>, String>;

impl Branches {
    /// What git cannot merge of each pair. The first one of a pair is the base of the merge. Quick
    /// where pairs with the same first one follow each other. Without `whole` nothing is told of
    /// pairs of which everything would have to be merged, which can take half a second.
    ///
    /// # Errors
    /// When the repository cannot be opened.
    pub fn forecasts(
        &self,
        pairs: &[Pair<'_>],
        whole: bool,
    ) -> Result<Vec<Option<Forecast>>, Undecided> {
        let repository = Repository::open_bare(&self.git_dir)?;
        let odb = repository.odb()?;
        let mut forecaster = Forecaster {
            branches: self,
            repository: &repository,
            trees: Trees::new(&odb),
            joiner: Joiner::new(&repository),
            changes: HashMap::new(),
            before: HashMap::new(),
            whole,
        };
        let told = |error: git2::Error| error.message().to_owned();
        let forecasts = pairs.iter().map(|pair| forecaster.forecast(*pair).transpose());
        Ok(forecasts.map(|forecast| Some(forecast?.map_err(told))).collect())
    }
}

struct Forecaster<'r> {
    branches: &'r Branches,
    repository: &'r Repository,
    trees: Trees<'r>,
    joiner: Joiner<'r>,
    /// What differs between two trees.
    changes: HashMap<(Oid, Oid), Rc<Vec<Difference>>>,
    /// Of a commit, itself and all before it, and how many these are.
    before: HashMap<u32, Rc<(Vec<bool>, usize)>>,
    /// Whether to merge everything where files do not tell.
    whole: bool,
}

/// Commits, and pairs of trees, of which is kept what was found.
const KEPT: usize = 512;

impl Forecaster<'_> {
    fn forecast(&mut self, (one, other): Pair<'_>) -> Result<Option<Vec<Conflict>>, git2::Error> {
        let find = |tip: &str| -> Option<(u32, &Node)> {
            let at = *self.branches.index.get(&Oid::from_str(tip).ok()?)?;
            Some((at, self.branches.commits.get(at as usize)?))
        };
        let (Some((one_at, one)), Some((other_at, other))) = (find(one), find(other)) else {
            return Err(git2::Error::from_str("a commit cannot be read"));
        };
        let (ours, theirs) = (self.before(one_at), self.before(other_at));
        let Meeting { bases, cut } = self.meeting(other_at, &ours.0);
        if bases.is_empty() || cut {
            return Err(git2::Error::from_str(match cut {
                true => "the history that is here does not tell where they part",
                false => "they have no commit in common",
            }));
        }
        if let [base] = bases.as_slice()
            && let Some(node) = self.branches.commits.get(*base as usize)
        {
            let (ours, theirs) = match ours.1 <= theirs.1 {
                // The side with less of its own says which files are worth a look.
                true => (Side { node: one, is_ours: true }, Side { node: other, is_ours: false }),
                false => (Side { node: other, is_ours: false }, Side { node: one, is_ours: true }),
            };
            if let Some(conflicts) = self.by_file(node, ours, theirs)? {
                return Ok(Some(conflicts));
            }
        }
        match self.whole {
            true => Ok(Some(in_memory(self.repository, one.id, other.id)?.conflicts)),
            false => Ok(None),
        }
    }

    /// A commit and all before it.
    fn before(&mut self, tip: u32) -> Rc<(Vec<bool>, usize)> {
        if let Some(known) = self.before.get(&tip) {
            return Rc::clone(known);
        }
        let mut seen = vec![false; self.branches.commits.len()];
        let mut count = 0;
        let mut open = vec![tip];
        while let Some(at) = open.pop() {
            let Some(seen) = seen.get_mut(at as usize).filter(|seen| !**seen) else { continue };
            *seen = true;
            count += 1;
            open.extend(self.parents(at));
        }
        let found = Rc::new((seen, count));
        if self.before.len() >= KEPT {
            self.before.clear();
        }
        self.before.insert(tip, Rc::clone(&found));
        found
    }

    fn parents(&self, at: u32) -> &[u32] {
        self.branches.commits.get(at as usize).map_or(&[], |node| &node.parents)
    }

    /// Where a commit meets what is before another one: of all that both have, what is before no
    /// other.
    fn meeting(&self, tip: u32, before: &[bool]) -> Meeting {
        let mut meeting = Meeting::default();
        let mut seen = vec![false; self.branches.commits.len()];
        let mut open = vec![tip];
        while let Some(at) = open.pop() {
            let Some(seen) = seen.get_mut(at as usize).filter(|seen| !**seen) else { continue };
            *seen = true;
            match before.get(at as usize) {
                Some(true) => meeting.bases.push(at),
                _ => {
                    let node = self.branches.commits.get(at as usize);
                    meeting.cut |= node.is_some_and(|node| node.cut);
                    open.extend(self.parents(at));
                }
            }
        }
        if meeting.bases.len() > 1 {
            let mut behind = vec![false; self.branches.commits.len()];
            let mut open: Vec<u32> =
                meeting.bases.iter().flat_map(|at| self.parents(*at).iter().copied()).collect();
            while let Some(at) = open.pop() {
                let Some(seen) = behind.get_mut(at as usize).filter(|seen| !**seen) else {
                    continue;
                };
                *seen = true;
                open.extend(self.parents(at));
            }
            meeting.bases.retain(|at| behind.get(*at as usize) == Some(&false));
        }
        meeting
    }

    fn changes(&mut self, old: Oid, new: Oid) -> Result<Rc<Vec<Difference>>, git2::Error> {
        if let Some(known) = self.changes.get(&(old, new)) {
            return Ok(Rc::clone(known));
        }
        let everywhere = Places::new(&[String::new()], []);
        let found = self.trees.compare(Some(old), Some(new), &everywhere).map_err(unread)?;
        let found = Rc::new(found);
        if self.changes.len() >= KEPT {
            self.changes.clear();
        }
        self.changes.insert((old, new), Rc::clone(&found));
        Ok(found)
    }

    /// What cannot be merged, told from the files that one side changed; none where only a merge of
    /// everything can tell.
    fn by_file(
        &mut self,
        base: &Node,
        side: Side<'_>,
        other: Side<'_>,
    ) -> Result<Option<Vec<Conflict>>, git2::Error> {
        let changes = self.changes(base.tree, side.node.tree)?;
        let adds = changes.iter().any(|change| change.old.is_none());
        let (mut conflicts, mut both_removed) = (Vec::new(), false);
        for change in changes.iter() {
            let there = self.trees.find(other.node.tree, &change.path);
            let there = there.map_err(|absent| unread(absent.into()))?;
            if there.is_some_and(|place| place.kind != Kind::File) {
                return Ok(None);
            }
            let there = there.map(|place| place.id);
            if there == change.new {
                both_removed |= there.is_none();
                continue;
            }
            if there == change.old {
                // A new file below what is a file on the other side.
                if change.old.is_none() && self.is_below_a_file(other.node.tree, &change.path)? {
                    return Ok(None);
                }
                continue;
            }
            match (change.new, there) {
                // Gone on the other side, perhaps to another name.
                (Some(_), None) => return Ok(None),
                // Gone on this side, perhaps to another name.
                (None, Some(_)) if adds => return Ok(None),
                _ => {}
            }
            let (ours, theirs) = match side.is_ours {
                true => (change.new, there),
                false => (there, change.new),
            };
            if let Joined::Conflict(kind) = self.joiner.join(change.old, ours, theirs)? {
                conflicts.push(Conflict { path: change.path.clone(), kind });
            }
        }
        // What both removed may have been renamed by one of them, or by both.
        if both_removed {
            let theirs = self.changes(base.tree, other.node.tree)?;
            if adds || theirs.iter().any(|change| change.old.is_none()) {
                return Ok(None);
            }
        }
        conflicts.sort();
        Ok(Some(conflicts))
    }

    fn is_below_a_file(&mut self, tree: Oid, path: &str) -> Result<bool, git2::Error> {
        let mut above = path;
        while let Some((folder, _)) = above.rsplit_once('/') {
            let place = self.trees.find(tree, folder);
            match place.map_err(|absent| unread(absent.into()))? {
                Some(place) => return Ok(place.kind != Kind::Tree),
                None => above = folder,
            }
        }
        Ok(false)
    }
}

/// One of two branches.
#[derive(Clone, Copy)]
struct Side<'a> {
    node: &'a Node,
    /// Whether it is the base of the merge.
    is_ours: bool,
}

/// Where two branches meet.
#[derive(Default)]
struct Meeting {
    bases: Vec<u32>,
    /// History is missing, so that there may be a better place.
    cut: bool,
}

#[cfg(test)]
mod tests;
