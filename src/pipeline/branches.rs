//! The branches of the repository, looked at on all threads and kept by their tips.

use std::collections::HashMap;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::history::{
    self, BranchState, BranchTip, Branches, Conflict, Releases, Undecided, branch_tips,
};
use crate::memo::{BUILD, Fingerprint, Key, Stage, Store};
use crate::review::{Board, is_release};

/// The state under which branches are kept.
const STATE: &str = "branches";

/// Branches that one thread looks at in one go.
const CHUNK: usize = 8;

/// What is kept of the branches.
#[derive(Serialize, Deserialize)]
struct Last {
    program: String,
    base: String,
    /// What makes a branch a release, and where the content lies.
    about: BranchesAbout,
    states: Vec<BranchState>,
}

/// What is asked of the branches.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BranchesAbout {
    /// Names of release branches, with `*` for anything.
    pub releases: Vec<String>,
    /// The content folder, seen from the repository's top.
    pub content: String,
}

impl BranchesAbout {
    /// Whether a file belongs to the content.
    pub fn is_content(&self, path: &str) -> bool {
        let below = path.strip_prefix(self.content.as_str());
        self.content.is_empty() || below.is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Every branch of the repository that holds `dir` against the commit `base`, by name; from the
/// cache where neither has moved.
///
/// # Errors
/// When there is no repository, or git cannot read it.
pub fn branch_states(
    dir: &Path,
    base: &str,
    about: &BranchesAbout,
    memo: &Store,
) -> Result<Vec<BranchState>, Undecided> {
    let tips = branch_tips(dir)?;
    let last = memo.state(STATE).and_then(|bytes| postcard::from_bytes::<Last>(&bytes).ok());
    let last =
        last.filter(|last| last.program == BUILD && last.base == base && last.about == *about);
    let mut known: HashMap<BranchTip, BranchState> = HashMap::new();
    for state in last.map(|last| last.states).unwrap_or_default() {
        known.insert(BranchTip { name: state.name.clone(), tip: state.tip.clone() }, state);
    }
    let (mut states, mut open) = (Vec::with_capacity(tips.len()), Vec::new());
    let count = known.len();
    for tip in tips {
        match known.remove(&tip) {
            Some(state) => states.push(state),
            None => open.push(tip),
        }
    }
    if open.is_empty() && states.len() == count {
        return Ok(states);
    }
    if !open.is_empty() {
        let is_release = |name: &str| is_release(name, &about.releases);
        let is_content = |path: &str| about.is_content(path);
        let releases = Releases { is_release: &is_release, is_content: &is_content };
        let mut branches = Branches::read(dir, base, &open)?;
        let steps: Vec<_> = (0..branches.shards())
            .into_par_iter()
            .map(|shard| branches.steps(shard))
            .collect::<Result<_, _>>()?;
        for steps in steps {
            branches.take(steps);
        }
        let found: Vec<Vec<BranchState>> = open
            .par_chunks(CHUNK)
            .map(|tips| branches.states(tips, releases))
            .collect::<Result<_, _>>()?;
        states.extend(found.into_iter().flatten());
        states.sort_by(|a, b| a.name.cmp(&b.name));
    }
    let last =
        Last { program: BUILD.to_owned(), base: base.to_owned(), about: about.clone(), states };
    if let Ok(bytes) = postcard::to_allocvec(&last) {
        memo.set_state(STATE, &bytes);
    }
    Ok(last.states)
}

/// The branches that have something that the base lacks; none where that cannot be told.
pub fn open_branches(
    dir: &Path,
    base: &str,
    about: &BranchesAbout,
    memo: &Store,
) -> Vec<BranchState> {
    let mut states = branch_states(dir, base, about, memo).unwrap_or_default();
    states.retain(|state| state.landed.is_none() && state.unknown.is_none());
    states
}

/// What git cannot merge of two commits where that is known already.
pub fn known_conflicts(one: &str, other: &str, memo: &Store) -> Option<Vec<Conflict>> {
    postcard::from_bytes(&memo.get(&key(one, other))?).ok()
}

/// What git cannot merge of two commits, from the cache where that is known.
///
/// # Errors
/// When git cannot tell.
pub fn conflicts_between(
    dir: &Path,
    one: &str,
    other: &str,
    memo: &Store,
) -> Result<Vec<Conflict>, Undecided> {
    if let Some(known) = known_conflicts(one, other, memo) {
        return Ok(known);
    }
    let found = history::conflicts(dir, one, other)?;
    if let Ok(bytes) = postcard::to_allocvec(&found) {
        memo.put(&key(one, other), &bytes);
    }
    Ok(found)
}

fn key(one: &str, other: &str) -> Key {
    let mut key = Fingerprint::new("conflicts");
    key.text(one).text(other);
    Key::new(Stage::Review, key.finish())
}

/// Looks for conflicts of open branches that touch the same files, on all threads; what is found is
/// kept. A pair that cannot be merged at all stays unknown.
pub fn look_for_conflicts(dir: &Path, board: &Board, memo: &Store) {
    let tips: HashMap<&str, &str> =
        board.open.iter().map(|row| (row.name.as_str(), row.tip.as_str())).collect();
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for row in &board.open {
        for overlap in row.overlaps.iter().filter(|overlap| overlap.conflicts.is_none()) {
            if row.name < overlap.branch
                && let Some(other) = tips.get(overlap.branch.as_str())
            {
                pairs.push((row.tip.as_str(), other));
            }
        }
    }
    pairs.into_par_iter().for_each(|(one, other)| {
        drop(conflicts_between(dir, one, other, memo));
    });
}

#[cfg(test)]
mod tests {
    use super::{BranchesAbout, STATE, branch_states};
    use crate::history::Landed;
    use crate::memo::Store;
    use crate::source::testing::Fixture;

    #[test]
    fn what_was_found_of_branches_is_kept() {
        let fixture = Fixture::new();
        fixture.write(&[("a.md", "# A\n")]);
        let start = fixture.commit_all("start");
        let repository = git2::Repository::open(fixture.path()).unwrap();
        let commit = repository.find_commit(start).unwrap();
        repository.branch("done", &commit, false).unwrap();
        fixture.write(&[("a.md", "# B\n")]);
        let base = fixture.commit_all("base").to_string();
        let cache = tempfile::tempdir().unwrap();
        let memo = Store::open(&cache.path().join("cache"));
        let about = BranchesAbout::default();
        let first = branch_states(&fixture.path(), &base, &about, &memo).unwrap();
        assert!(first.iter().any(|state| state.landed == Some(Landed::Merged)), "{first:?}");
        let kept: super::Last = postcard::from_bytes(&memo.state(STATE).unwrap()).unwrap();
        assert_eq!(kept.states, first);
    }
}
