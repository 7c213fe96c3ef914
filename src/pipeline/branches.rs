//! The branches of the repository, looked at on all threads and kept by their tips.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::history::{
    BranchState, BranchTip, Branches, Conflict, Forecast, Pair, Releases, Undecided, branch_tips,
};
use crate::memo::{BUILD, Store};
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

/// Pairs that one thread looks at in one go, before it looks at the time.
const PAIRS: usize = 16;

/// How far to look for conflicts.
#[derive(Clone, Copy)]
pub enum Effort<'t> {
    /// All pairs are told, those too of which everything has to be merged.
    Whole,
    /// Nothing is told of pairs that take long, and none is begun any more when there is no time left;
    /// the next look goes on where this one ended.
    Quick {
        /// Whether there is time left.
        has_time: &'t (dyn Fn() -> bool + Sync),
    },
}

/// The state under which forecasts are kept: one for all pairs, as a board asks for thousands.
const FORECASTS: &str = "forecasts";

/// Forecasts that are kept. Where there would be more, those are let go that nobody asked for.
const MOST_FORECASTS: usize = 20_000;

/// By two commits in order.
type KnownPairs = BTreeMap<(String, String), Known>;

/// What is known of pairs of commits.
#[derive(Debug, Default)]
pub struct KnownForecasts {
    pairs: KnownPairs,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Known {
    /// What git cannot merge.
    Conflicts(Vec<Conflict>),
    /// Only a merge of everything can tell.
    TakesLong,
}

impl KnownForecasts {
    /// What was found before.
    pub fn read(memo: &Store) -> KnownForecasts {
        let kept = memo.state(FORECASTS);
        let kept: Option<(String, KnownPairs)> =
            kept.and_then(|bytes| postcard::from_bytes(&bytes).ok());
        let pairs = kept.filter(|(program, _)| program == BUILD).map(|(_, pairs)| pairs);
        KnownForecasts { pairs: pairs.unwrap_or_default() }
    }

    fn write(&self, memo: &Store) {
        if let Ok(bytes) = postcard::to_allocvec(&(BUILD, &self.pairs)) {
            memo.set_state(FORECASTS, &bytes);
        }
    }

    fn find(&self, (one, other): Pair<'_>) -> Option<&Known> {
        let (one, other) = in_order((one, other));
        self.pairs.get(&(one.to_owned(), other.to_owned()))
    }

    /// What git cannot merge of two commits, where that is known.
    pub fn conflicts(&self, pair: Pair<'_>) -> Option<&[Conflict]> {
        match self.find(pair)? {
            Known::Conflicts(conflicts) => Some(conflicts),
            Known::TakesLong => None,
        }
    }

    /// Whether it is known that only a merge of everything can tell.
    pub fn takes_long(&self, pair: Pair<'_>) -> bool {
        matches!(self.find(pair), Some(Known::TakesLong))
    }

    /// Looks for conflicts of pairs of commits, on all threads, where they are not known. What is found is
    /// kept; what cannot be told is not, as the next fetch may tell.
    ///
    /// # Errors
    /// When there is no repository, or git cannot read it.
    pub fn look<'a>(
        &mut self,
        dir: &Path,
        base: &str,
        pairs: impl IntoIterator<Item = Pair<'a>>,
        effort: Effort<'_>,
        memo: &Store,
    ) -> Result<BTreeMap<Pair<'a>, Forecast>, Undecided> {
        let whole = matches!(effort, Effort::Whole);
        let mut all: BTreeMap<Pair<'a>, Forecast> = BTreeMap::new();
        let mut open: BTreeSet<Pair<'a>> = BTreeSet::new();
        for pair in pairs.into_iter().map(in_order) {
            match self.conflicts(pair) {
                Some(conflicts) => drop(all.insert(pair, Ok(conflicts.to_vec()))),
                None if whole || !self.takes_long(pair) => drop(open.insert(pair)),
                None => {}
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
        let has_time = |_: &&[Pair<'a>]| match effort {
            Effort::Whole => true,
            Effort::Quick { has_time } => has_time(),
        };
        let found: Vec<(&[Pair<'a>], Vec<Option<Forecast>>)> = open
            .par_chunks(PAIRS)
            .filter(has_time)
            .map(|pairs| Ok((pairs, branches.forecasts(pairs, whole)?)))
            .collect::<Result<_, Undecided>>()?;
        if self.pairs.len() + open.len() > MOST_FORECASTS {
            self.pairs.retain(|(one, other), _| all.contains_key(&(one.as_str(), other.as_str())));
        }
        let found = found.into_iter().flat_map(|(pairs, found)| pairs.iter().copied().zip(found));
        for (pair, forecast) in found {
            let known = match &forecast {
                Some(Ok(conflicts)) => Some(Known::Conflicts(conflicts.clone())),
                Some(Err(_)) => None,
                None => Some(Known::TakesLong),
            };
            if let Some(known) = known {
                self.pairs.insert((pair.0.to_owned(), pair.1.to_owned()), known);
            }
            all.extend(forecast.map(|forecast| (pair, forecast)));
        }
        self.write(memo);
        Ok(all)
    }
}

/// A pair as it is asked for and kept: both ways round it is one question.
pub fn in_order<'a>((one, other): Pair<'a>) -> Pair<'a> {
    if one <= other { (one, other) } else { (other, one) }
}

#[cfg(test)]
mod tests {
    use super::{BranchesAbout, Effort, KnownForecasts, STATE, branch_states};
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

    #[test]
    fn what_was_found_of_pairs_is_kept() {
        let fixture = Fixture::new();
        fixture.write(&[("a.md", "# A\n"), ("b.md", "1\n2\n3\n4\n5\n")]);
        let start = fixture.commit_all("start");
        fixture.write(&[("a.md", "# B\n")]);
        let one = fixture.commit_all("one").to_string();
        let repository = git2::Repository::open(fixture.path()).unwrap();
        let aside = |change: &dyn Fn()| {
            repository
                .reset(
                    repository.find_commit(start).unwrap().as_object(),
                    git2::ResetType::Hard,
                    None,
                )
                .unwrap();
            change();
            fixture.commit_all("aside").to_string()
        };
        let other = aside(&|| fixture.write(&[("a.md", "# C\n")]));
        // A file has another name on one side only: everything has to be merged.
        let renamed = aside(&|| {
            std::fs::remove_file(fixture.path().join("a.md")).unwrap();
            fixture.write(&[("c.md", "# A\n")]);
        });
        let cache = tempfile::tempdir().unwrap();
        let memo = Store::open(&cache.path().join("cache"));
        let (pair, long) = ((one.as_str(), other.as_str()), (one.as_str(), renamed.as_str()));
        let base = start.to_string();
        let mut known = KnownForecasts::read(&memo);
        let none = Effort::Quick { has_time: &|| false };
        let found = known.look(&fixture.path(), &base, [pair, long], none, &memo).unwrap();
        assert!(found.is_empty() && !known.takes_long(long), "there is no time: {found:?}");
        let quick = Effort::Quick { has_time: &|| true };
        let found = known.look(&fixture.path(), &base, [pair, long], quick, &memo).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        let mut again = KnownForecasts::read(&memo);
        assert_eq!(again.conflicts(pair).unwrap()[0].path, "a.md");
        assert_eq!(again.conflicts((pair.1, pair.0)), again.conflicts(pair));
        assert!(again.takes_long(long) && again.conflicts(long).is_none());
        let found = again.look(&fixture.path(), &base, [long], Effort::Whole, &memo).unwrap();
        assert_eq!(found.len(), 1);
        assert!(!KnownForecasts::read(&memo).takes_long(long));
    }
}
