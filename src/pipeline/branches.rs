//! The branches of the repository, looked at on all threads and kept by their tips.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::history::{
    BranchState, BranchTip, Branches, Conflict, Forecast, Pair, Releases, Undecided, branch_tips,
};
use crate::memo::{BUILD, Fingerprint, Key, Stage, Store};
use crate::review::is_release;

/// The state under which branches are kept.
const STATE: &str = "branches";

/// Branches that one thread looks at in one go.
const CHUNK: usize = 16;

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
        // Releases, which take longest, have names that stand side by side.
        let shares = open.len().div_ceil(CHUNK);
        let share = |first: usize| open.iter().skip(first).step_by(shares).cloned().collect();
        let shares: Vec<Vec<BranchTip>> = (0..shares).map(share).collect();
        let found: Vec<Vec<BranchState>> = shares
            .par_iter()
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

/// Pairs that one thread looks at in one go.
const PAIRS: usize = 32;

/// What git cannot merge of two commits where that is known already.
pub fn known_conflicts(one: &str, other: &str, memo: &Store) -> Option<Vec<Conflict>> {
    let (one, other) = in_order((one, other));
    postcard::from_bytes(&memo.get(&key(one, other))?).ok()
}

/// Looks for conflicts of pairs of commits, on all threads, from the cache where they are known. What
/// is found is kept; what cannot be told is not, as the next fetch may tell. Without `whole` nothing
/// is told of pairs that take long.
///
/// # Errors
/// When there is no repository, or git cannot read it.
pub fn forecasts<'a>(
    dir: &Path,
    base: &str,
    pairs: impl IntoIterator<Item = Pair<'a>>,
    whole: bool,
    memo: &Store,
) -> Result<BTreeMap<Pair<'a>, Forecast>, Undecided> {
    let mut all: BTreeMap<Pair<'a>, Forecast> = BTreeMap::new();
    let mut open: BTreeSet<Pair<'a>> = BTreeSet::new();
    for pair in pairs {
        let pair = in_order(pair);
        match known_conflicts(pair.0, pair.1, memo) {
            Some(conflicts) => drop(all.insert(pair, Ok(conflicts))),
            None => drop(open.insert(pair)),
        }
    }
    if open.is_empty() {
        return Ok(all);
    }
    let tips: BTreeSet<&str> = open.iter().flat_map(|(one, other)| [*one, *other]).collect();
    let tip = |tip: &&str| BranchTip { name: String::new(), tip: (*tip).to_owned() };
    let tips: Vec<BranchTip> = tips.iter().map(tip).collect();
    let branches = Branches::read(dir, base, &tips)?;
    let open: Vec<Pair<'a>> = open.into_iter().collect();
    let found: Vec<Vec<Option<Forecast>>> = open
        .par_chunks(PAIRS)
        .map(|pairs| branches.forecasts(pairs, whole))
        .collect::<Result<_, _>>()?;
    for (pair, forecast) in open.into_iter().zip(found.into_iter().flatten()) {
        let Some(forecast) = forecast else { continue };
        if let Ok(conflicts) = &forecast
            && let Ok(bytes) = postcard::to_allocvec(conflicts)
        {
            memo.put(&key(pair.0, pair.1), &bytes);
        }
        all.insert(pair, forecast);
    }
    Ok(all)
}

/// A pair as it is asked for and kept: both ways round it is one question.
pub fn in_order<'a>((one, other): Pair<'a>) -> Pair<'a> {
    if one <= other { (one, other) } else { (other, one) }
}

fn key(one: &str, other: &str) -> Key {
    let mut key = Fingerprint::new("conflicts");
    key.text(one).text(other);
    Key::new(Stage::Review, key.finish())
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
