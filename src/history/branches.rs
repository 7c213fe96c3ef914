//! Every branch against the base: how far it is, what it touches, and whether its content has come
//! there. Commits are read once for all branches, and counted in memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use git2::{BranchType, ObjectType, Odb, Oid, Repository};
use serde::{Deserialize, Serialize};

use super::commit::RawCommit;
use super::landed::{Landed, Sought, patch_id};
use super::merge::in_memory;
use super::places::Places;
use super::range::Undecided;
use super::tree::{Difference, Trees};
use crate::source::discover;

/// A branch of the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BranchTip {
    /// Its name, without that of a remote.
    pub name: String,
    /// Its commit.
    pub tip: String,
}

/// A branch against its base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchState {
    /// Its name, without that of a remote.
    pub name: String,
    /// Its commit.
    pub tip: String,
    /// When that was made, in seconds since 1970.
    pub time: i64,
    /// Who made it.
    pub author: String,
    /// Where it parted from the base; none where the history that is here does not tell.
    pub merge_base: Option<String>,
    /// Commits that the base lacks.
    pub ahead: Option<usize>,
    /// Commits of the base that it lacks.
    pub behind: Option<usize>,
    /// How its content has come to the base, where it has.
    pub landed: Option<Landed>,
    /// The files that it changes, sorted.
    pub files: Vec<String>,
    /// For a release branch: commits of the base that it does not have, the latest first, at most
    /// [`MOST_UNCARRIED`]; only those that touch a file which the release has too.
    pub uncarried: Vec<Uncarried>,
    /// How many of these there are.
    pub uncarried_count: usize,
    /// Why it cannot be told.
    pub unknown: Option<String>,
}

/// A commit of the base that a release branch does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncarried {
    /// Its id.
    pub commit: String,
    /// The first line of its message.
    pub subject: String,
    /// When it was made, in seconds since 1970.
    pub time: i64,
}

/// Commits that a release lacks, of which more is said than how many there are.
pub const MOST_UNCARRIED: usize = 20;

/// What makes a branch a release, and where its content lies.
#[derive(Clone, Copy)]
pub struct Releases<'a> {
    /// Whether a branch of this name is one.
    pub is_release: &'a (dyn Fn(&str) -> bool + Sync),
    /// Whether a file belongs to the content.
    pub is_content: &'a (dyn Fn(&str) -> bool + Sync),
}

/// The branches of the repository that holds `dir`, by name. A branch that a remote has too counts
/// once, as it is here.
///
/// # Errors
/// When there is no repository, or git cannot read it.
pub fn branch_tips(dir: &Path) -> Result<Vec<BranchTip>, Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let mut tips: BTreeMap<String, String> = BTreeMap::new();
    for kind in [BranchType::Local, BranchType::Remote] {
        for branch in repository.branches(Some(kind))? {
            let (branch, _) = branch?;
            let reference = branch.into_reference();
            // `origin/HEAD` is another name for a branch that is listed.
            if reference.symbolic_target_bytes().is_some() {
                continue;
            }
            let Some(tip) = reference.target() else { continue };
            let Ok(full) = reference.name() else { continue };
            let name = match kind {
                BranchType::Local => full.strip_prefix("refs/heads/").unwrap_or(full),
                BranchType::Remote => {
                    let below = full.strip_prefix("refs/remotes/").unwrap_or(full);
                    below.split_once('/').map_or(below, |(_, name)| name)
                }
            };
            tips.entry(name.to_owned()).or_insert_with(|| tip.to_string());
        }
    }
    Ok(tips.into_iter().map(|(name, tip)| BranchTip { name, tip }).collect())
}

/// The commits of some branches and of their base.
#[derive(Debug)]
pub struct Branches {
    git_dir: PathBuf,
    base: u32,
    index: HashMap<Oid, u32>,
    commits: Vec<Node>,
    /// Which of them the base has, and how many these are.
    on_base: Vec<bool>,
    base_count: usize,
    /// What those of the base did that may have brought a branch: by a file and what it became.
    brought: HashMap<(String, Option<Oid>), Vec<u32>>,
    /// The same by the files that they touch.
    touching: HashMap<Vec<String>, Vec<u32>>,
    /// What each of them did.
    steps: HashMap<u32, Vec<Difference>>,
}

#[derive(Debug)]
struct Node {
    id: Oid,
    tree: Oid,
    parents: Vec<u32>,
    time: i64,
    author: String,
    /// A parent is not here.
    cut: bool,
}

/// What a commit of the base did.
#[derive(Debug)]
pub struct Step {
    commit: u32,
    changes: Vec<Difference>,
}

/// Commits that one thread looks at in one go.
const SHARD: usize = 512;

impl Branches {
    /// Reads the commits.
    ///
    /// # Errors
    /// When there is no repository, or the base is not in it.
    pub fn read(dir: &Path, base: &str, tips: &[BranchTip]) -> Result<Branches, Undecided> {
        let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
        // git does not hash what it reads either; it takes longer than all the rest.
        git2::opts::strict_hash_verification(false);
        let odb = repository.odb()?;
        let mut all = Branches {
            git_dir: repository.path().to_owned(),
            base: 0,
            index: HashMap::new(),
            commits: Vec::new(),
            on_base: Vec::new(),
            base_count: 0,
            brought: HashMap::new(),
            touching: HashMap::new(),
            steps: HashMap::new(),
        };
        let base_id = Oid::from_str(base)?;
        all.enter(&odb, base_id);
        all.base =
            *all.index.get(&base_id).ok_or_else(|| Undecided::NoRevision(base.to_owned()))?;
        all.base_count = all.commits.len();
        for tip in tips {
            if let Ok(tip) = Oid::from_str(&tip.tip) {
                all.enter(&odb, tip);
            }
        }
        all.on_base = (0..all.commits.len()).map(|at| at < all.base_count).collect();
        Ok(all)
    }

    /// Reads a commit and all before it.
    fn enter(&mut self, odb: &Odb<'_>, tip: Oid) {
        // A parent is named before it is read; where it cannot be, the name is taken back.
        let mut open = vec![tip];
        let mut parents_of: Vec<(u32, Vec<Oid>)> = Vec::new();
        while let Some(id) = open.pop() {
            if self.index.contains_key(&id) {
                continue;
            }
            let read = odb.read(id).ok().filter(|object| object.kind() == ObjectType::Commit);
            let Some(commit) = read.and_then(|object| RawCommit::parse(object.data())) else {
                continue;
            };
            let at = u32::try_from(self.commits.len()).unwrap_or(u32::MAX);
            self.index.insert(id, at);
            self.commits.push(Node {
                id,
                tree: commit.tree,
                parents: Vec::new(),
                time: commit.time,
                author: commit.author.name,
                cut: false,
            });
            open.extend(&commit.parents);
            parents_of.push((at, commit.parents));
        }
        for (at, parents) in parents_of {
            let found: Vec<u32> =
                parents.iter().filter_map(|id| self.index.get(id).copied()).collect();
            if let Some(node) = self.commits.get_mut(at as usize) {
                node.cut = found.len() < parents.len();
                node.parents = found;
            }
        }
    }

    /// How many shards of commits of the base there are to look at.
    pub fn shards(&self) -> usize {
        self.base_count.div_ceil(SHARD)
    }

    /// What the commits of a shard did.
    ///
    /// # Errors
    /// When the repository cannot be opened.
    pub fn steps(&self, shard: usize) -> Result<Vec<Step>, Undecided> {
        let repository = Repository::open_bare(&self.git_dir)?;
        let odb = repository.odb()?;
        let mut trees = Trees::new(&odb);
        let everywhere = Places::new(&[String::new()], []);
        let range = shard * SHARD..((shard + 1) * SHARD).min(self.base_count);
        let mut steps = Vec::new();
        for (node, at) in self.commits.get(range.clone()).unwrap_or_default().iter().zip(range) {
            let [parent] = node.parents.as_slice() else { continue };
            let Some(parent) = self.commits.get(*parent as usize) else { continue };
            // What cannot be read has brought nothing that anybody could tell.
            let Ok(changes) = trees.compare(Some(parent.tree), Some(node.tree), &everywhere) else {
                continue;
            };
            let commit = u32::try_from(at).unwrap_or(u32::MAX);
            steps.push(Step { commit, changes });
        }
        Ok(steps)
    }

    /// Takes in what the commits of the base did.
    pub fn take(&mut self, steps: Vec<Step>) {
        for Step { commit, mut changes } in steps {
            changes.sort();
            let paths: Vec<String> = changes.iter().map(|change| change.path.clone()).collect();
            if let Some(first) = changes.first() {
                let key = (first.path.clone(), first.new);
                self.brought.entry(key).or_default().push(commit);
            }
            for change in changes.iter().skip(1) {
                let key = (change.path.clone(), change.new);
                self.brought.entry(key).or_default().push(commit);
            }
            self.touching.entry(paths).or_default().push(commit);
            self.steps.insert(commit, changes);
        }
    }

    /// What there is to say of branches.
    ///
    /// # Errors
    /// When the repository cannot be opened.
    pub fn states(
        &self,
        tips: &[BranchTip],
        releases: Releases<'_>,
    ) -> Result<Vec<BranchState>, Undecided> {
        let repository = Repository::open_bare(&self.git_dir)?;
        let odb = repository.odb()?;
        let mut trees = Trees::new(&odb);
        Ok(tips.iter().map(|tip| self.state(&repository, &mut trees, tip, releases)).collect())
    }

    fn state(
        &self,
        repository: &Repository,
        trees: &mut Trees<'_>,
        branch: &BranchTip,
        releases: Releases<'_>,
    ) -> BranchState {
        let mut state = BranchState {
            name: branch.name.clone(),
            tip: branch.tip.clone(),
            time: 0,
            author: String::new(),
            merge_base: None,
            ahead: None,
            behind: None,
            landed: None,
            files: Vec::new(),
            uncarried: Vec::new(),
            uncarried_count: 0,
            unknown: None,
        };
        let at = Oid::from_str(&branch.tip).ok().and_then(|tip| self.index.get(&tip).copied());
        let node = at.and_then(|at| Some((at, self.commits.get(at as usize)?)));
        let Some((at, node)) = node else {
            state.unknown = Some("its commit cannot be read".to_owned());
            return state;
        };
        state.time = node.time;
        state.author.clone_from(&node.author);
        let Walked { own, frontier, shared, cut } = self.walk(at);
        if !cut {
            state.ahead = Some(own);
            state.behind = Some(self.base_count - shared);
        }
        let base = match frontier.as_slice() {
            [] => None,
            [one] => Some(*one),
            _ => {
                let base = self.commits.get(self.base as usize).map(|base| base.id);
                let best = base.and_then(|base| repository.merge_base(node.id, base).ok());
                best.and_then(|best| self.index.get(&best).copied())
            }
        };
        let Some(base) = base.and_then(|base| self.commits.get(base as usize)) else {
            state.unknown = Some(match cut {
                true => "the history that is here does not tell where it parted".to_owned(),
                false => "it has no commit in common with the base".to_owned(),
            });
            return state;
        };
        state.merge_base = Some(base.id.to_string());
        if (releases.is_release)(&branch.name)
            && let Err(error) = self.uncarried(repository, trees, at, base, releases, &mut state)
        {
            state.unknown = Some(error.message().to_owned());
        }
        if own == 0 {
            state.landed = Some(Landed::Merged);
            return state;
        }
        let everywhere = Places::new(&[String::new()], []);
        let Ok(mut changed) = trees.compare(Some(base.tree), Some(node.tree), &everywhere) else {
            state.unknown = Some("its files cannot be read".to_owned());
            return state;
        };
        changed.sort();
        state.files = changed.iter().map(|change| change.path.clone()).collect();
        match self.landed(repository, trees, base, node, &changed) {
            Ok(landed) => state.landed = landed,
            Err(error) => state.unknown = Some(error.message().to_owned()),
        }
        state
    }

    /// Goes back from a commit to those that the base has.
    fn walk(&self, tip: u32) -> Walked {
        let mut walked = Walked::default();
        let mut seen = vec![false; self.commits.len()];
        let mut open = vec![tip];
        let mut frontier = Vec::new();
        while let Some(at) = open.pop() {
            let Some(seen) = seen.get_mut(at as usize).filter(|seen| !**seen) else { continue };
            *seen = true;
            if self.on_base.get(at as usize) == Some(&true) {
                frontier.push(at);
                continue;
            }
            walked.own += 1;
            if let Some(node) = self.commits.get(at as usize) {
                walked.cut |= node.cut;
                open.extend(&node.parents);
            }
        }
        // What lies behind a place where they meet is no better one.
        let mut behind = vec![false; self.commits.len()];
        let mut open: Vec<u32> = frontier
            .iter()
            .filter_map(|at| self.commits.get(*at as usize))
            .flat_map(|node| node.parents.iter().copied())
            .collect();
        while let Some(at) = open.pop() {
            let Some(seen) = behind.get_mut(at as usize).filter(|seen| !**seen) else { continue };
            *seen = true;
            walked.shared += 1;
            if let Some(node) = self.commits.get(at as usize) {
                walked.cut |= node.cut;
                open.extend(&node.parents);
            }
        }
        frontier.retain(|at| behind.get(*at as usize) == Some(&false));
        walked.shared += frontier.len();
        walked.frontier = frontier;
        walked
    }

    /// How the content of a branch has come to the base: [`super::landed::landed`], with the commits
    /// that may have brought it looked up instead of looked at one by one.
    fn landed(
        &self,
        repository: &Repository,
        trees: &mut Trees<'_>,
        base: &Node,
        node: &Node,
        changed: &[Difference],
    ) -> Result<Option<Landed>, git2::Error> {
        let Some(first) = changed.first() else { return Ok(Some(Landed::NothingLeft)) };
        let sought = Sought::new(changed);
        let behind = self.ancestors(base.id);
        let later = |at: &&u32| behind.get(**at as usize) == Some(&false);
        let brought = self.brought.get(&(first.path.clone(), first.new));
        for at in brought.into_iter().flatten().filter(later) {
            let Some(commit) = self.commits.get(*at as usize) else { continue };
            if sought.stands_in(trees, commit.tree) {
                return Ok(Some(Landed::SameFiles(commit.id.to_string())));
            }
        }
        let paths: Vec<String> = changed.iter().map(|change| change.path.clone()).collect();
        let alike: Vec<&u32> =
            self.touching.get(&paths).into_iter().flatten().filter(later).collect();
        if !alike.is_empty() {
            let tree = |id: Oid| repository.find_tree(id);
            let ours = patch_id(repository, &tree(base.tree)?, &tree(node.tree)?)?;
            for at in alike {
                let Some(commit) = self.commits.get(*at as usize) else { continue };
                let parent = commit.parents.first().and_then(|at| self.commits.get(*at as usize));
                let Some(parent) = parent else { continue };
                if patch_id(repository, &tree(parent.tree)?, &tree(commit.tree)?)? == ours {
                    return Ok(Some(Landed::SamePatch(commit.id.to_string())));
                }
            }
        }
        let Some(tip) = self.commits.get(self.base as usize) else { return Ok(None) };
        // A file that the base has as it was where both parted, and the branch has otherwise, is
        // something left.
        let mut merged = false;
        for change in changed {
            let now = trees.find(tip.tree, &change.path).ok().flatten().map(|place| place.id);
            if now == change.new {
                continue;
            }
            if now == change.old {
                return Ok(None);
            }
            merged = true;
        }
        if !merged {
            return Ok(Some(Landed::NothingLeft));
        }
        let merge = in_memory(repository, tip.id, node.id)?;
        let nothing = merge.files.is_empty() && merge.conflicts.is_empty();
        Ok(nothing.then_some(Landed::NothingLeft))
    }

    /// Finds the commits of the base, since a release parted from it, whose change the release
    /// does not have: neither as a commit of its own that makes the same patch, nor because its
    /// files are what that commit made of them.
    fn uncarried(
        &self,
        repository: &Repository,
        trees: &mut Trees<'_>,
        tip: u32,
        base: &Node,
        releases: Releases<'_>,
        state: &mut BranchState,
    ) -> Result<(), git2::Error> {
        let Some(node) = self.commits.get(tip as usize) else { return Ok(()) };
        let before = self.ancestors(base.id);
        let mut lacking: Vec<(i64, u32)> = Vec::new();
        for (commit, changes) in &self.steps {
            if before.get(*commit as usize) != Some(&false) {
                continue;
            }
            let content: Vec<&Difference> =
                changes.iter().filter(|change| (releases.is_content)(&change.path)).collect();
            let mut has_file = false;
            let mut same = true;
            for change in &content {
                let there = trees.find(node.tree, &change.path).ok().flatten();
                has_file |= there.is_some();
                same &= there.map(|place| place.id) == change.new;
            }
            if has_file && !same {
                let time = self.commits.get(*commit as usize).map_or(0, |commit| commit.time);
                lacking.push((time, *commit));
            }
        }
        // Of the commits that the release made itself, what they did as patches.
        let mut carried = HashSet::new();
        for own in self.own(tip) {
            let Some(commit) = self.commits.get(own as usize) else { continue };
            let [parent] = commit.parents.as_slice() else { continue };
            let Some(parent) = self.commits.get(*parent as usize) else { continue };
            let (old, new) =
                (repository.find_tree(parent.tree)?, repository.find_tree(commit.tree)?);
            carried.insert(patch_id(repository, &old, &new)?);
        }
        lacking.sort_unstable_by(|a, b| b.cmp(a));
        for (time, at) in lacking {
            let Some(commit) = self.commits.get(at as usize) else { continue };
            if !carried.is_empty()
                && let Some(parent) =
                    commit.parents.first().and_then(|at| self.commits.get(*at as usize))
            {
                let (old, new) =
                    (repository.find_tree(parent.tree)?, repository.find_tree(commit.tree)?);
                if carried.contains(&patch_id(repository, &old, &new)?) {
                    continue;
                }
            }
            state.uncarried_count += 1;
            if state.uncarried.len() < MOST_UNCARRIED {
                let found = repository.find_commit(commit.id)?;
                let subject = found.summary_bytes().unwrap_or_default();
                state.uncarried.push(Uncarried {
                    commit: commit.id.to_string(),
                    subject: String::from_utf8_lossy(subject).into_owned(),
                    time,
                });
            }
        }
        Ok(())
    }

    /// The commits of a branch that the base lacks.
    fn own(&self, tip: u32) -> Vec<u32> {
        let mut seen = HashSet::new();
        let mut open = vec![tip];
        let mut own = Vec::new();
        while let Some(at) = open.pop() {
            if self.on_base.get(at as usize) == Some(&true) || !seen.insert(at) {
                continue;
            }
            own.push(at);
            open.extend(self.commits.get(at as usize).iter().flat_map(|node| &node.parents));
        }
        own
    }

    fn ancestors(&self, tip: Oid) -> Vec<bool> {
        let mut seen = vec![false; self.commits.len()];
        let mut open: Vec<u32> = self.index.get(&tip).copied().into_iter().collect();
        while let Some(at) = open.pop() {
            let Some(seen) = seen.get_mut(at as usize).filter(|seen| !**seen) else { continue };
            *seen = true;
            if let Some(node) = self.commits.get(at as usize) {
                open.extend(&node.parents);
            }
        }
        seen
    }
}

/// What lies between a branch and its base.
#[derive(Debug, Default)]
struct Walked {
    /// Commits that the base lacks.
    own: usize,
    /// Where both meet.
    frontier: Vec<u32>,
    /// Commits that both have.
    shared: usize,
    /// History is missing.
    cut: bool,
}

/// What git cannot merge of two commits, each as good as the other.
///
/// # Errors
/// When git cannot tell.
pub fn conflicts(dir: &Path, one: &str, other: &str) -> Result<Vec<super::Conflict>, Undecided> {
    Ok(super::merge(dir, one, other)?.conflicts)
}
