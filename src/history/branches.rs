//! Every branch against the base: how far it is, what it touches, and whether its content has come
//! there. Commits are read once for all branches, and counted in memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use git2::{BranchType, ObjectType, Odb, Oid, Repository};
use serde::{Deserialize, Serialize};

use super::commit::RawCommit;
use super::landed::{Landed, MOST_PATCHES, Sought, unread};
use super::patches::{self, Patches};
use super::places::Places;
use super::range::Undecided;
use super::three_way::{Base, Joiner, nothing_left};
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
    pub(super) git_dir: PathBuf,
    base: u32,
    pub(super) index: HashMap<Oid, u32>,
    pub(super) commits: Vec<Node>,
    /// Which of them the base has, and how many these are.
    on_base: Vec<bool>,
    base_count: usize,
    /// What those of the base did that may have brought a branch: by a file and what it became.
    brought: HashMap<(String, Option<Oid>), Vec<u32>>,
    /// The same by the files that they touch.
    touching: HashMap<Vec<String>, Vec<u32>>,
    /// What each of them did.
    steps: HashMap<u32, Vec<Difference>>,
    /// The text files of the base, read where they are asked for; none where they cannot be read.
    texts: OnceLock<Option<Vec<Vec<u8>>>>,
    patches: patches::Known,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) id: Oid,
    pub(super) tree: Oid,
    pub(super) parents: Vec<u32>,
    time: i64,
    author: String,
    /// A parent is not here.
    pub(super) cut: bool,
}

/// What a commit of the base did.
#[derive(Debug)]
pub struct Step {
    commit: u32,
    changes: Vec<Difference>,
}

/// Commits that one thread looks at in one go.
const SHARD: usize = 512;

/// Extensions of files that hold no lines, and are large.
const NO_TEXT: [&str; 18] = [
    "png", "jpg", "jpeg", "gif", "webp", "avif", "ico", "bmp", "pdf", "zip", "gz", "mp4", "webm",
    "mov", "woff", "woff2", "ttf", "otf",
];

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
            texts: OnceLock::new(),
            patches: patches::Known::default(),
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
            for change in &changes {
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
        let mut reader = Reader {
            repository: &repository,
            trees: Trees::new(&odb),
            joiner: Joiner::new(&repository),
            patches: Patches::new(&repository, &self.patches),
        };
        Ok(tips.iter().map(|tip| self.state(&mut reader, tip, releases)).collect())
    }

    fn state(
        &self,
        reader: &mut Reader<'_>,
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
                let best = base.and_then(|base| reader.repository.merge_base(node.id, base).ok());
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
            && let Err(error) = self.uncarried(reader, at, base, releases, &mut state)
        {
            state.unknown = Some(error.message().to_owned());
        }
        if own == 0 {
            state.landed = Some(Landed::Merged);
            return state;
        }
        let everywhere = Places::new(&[String::new()], []);
        let changed = reader.trees.compare(Some(base.tree), Some(node.tree), &everywhere);
        let Ok(mut changed) = changed else {
            state.unknown = Some("its files cannot be read".to_owned());
            return state;
        };
        changed.sort();
        state.files = changed.iter().map(|change| change.path.clone()).collect();
        match self.landed(reader, base, node, &changed) {
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
        reader: &mut Reader<'_>,
        base: &Node,
        node: &Node,
        changed: &[Difference],
    ) -> Result<Option<Landed>, git2::Error> {
        let Some(first) = changed.first() else { return Ok(Some(Landed::NothingLeft)) };
        let sought = Sought::new(changed);
        let behind = self.ancestors(base.id);
        let newest_first = |commits: Option<&Vec<u32>>| {
            let later = commits.into_iter().flatten().copied();
            let later = later.filter(|at| behind.get(*at as usize) == Some(&false));
            let mut later: Vec<(u32, &Node)> =
                later.filter_map(|at| Some((at, self.commits.get(at as usize)?))).collect();
            later.sort_unstable_by_key(|(_, commit)| std::cmp::Reverse((commit.time, commit.id)));
            later
        };
        for (_, commit) in newest_first(self.brought.get(&(first.path.clone(), first.new))) {
            if sought.stands_in(&mut reader.trees, commit.tree) {
                return Ok(Some(Landed::SameFiles(commit.id.to_string())));
            }
        }
        let paths: Vec<String> = changed.iter().map(|change| change.path.clone()).collect();
        for (at, commit) in newest_first(self.touching.get(&paths)).into_iter().take(MOST_PATCHES) {
            let Some(changes) = self.steps.get(&at) else { continue };
            if reader.patches.same(changes, changed)? {
                return Ok(Some(Landed::SamePatch(commit.id.to_string())));
            }
        }
        let Some(tip) = self.commits.get(self.base as usize) else { return Ok(None) };
        let Reader { repository, trees, joiner, .. } = reader;
        let base = Base { commit: tip.id, tree: tip.tree };
        let holds = |line: &[u8]| self.base_holds(line);
        let nothing = nothing_left(repository, trees, joiner, base, node.id, changed, &holds)?;
        Ok(nothing.then_some(Landed::NothingLeft))
    }

    /// Whether a text file of the base may hold a line.
    fn base_holds(&self, line: &[u8]) -> bool {
        let texts = self.texts.get_or_init(|| self.read_texts().ok());
        let finder = memchr::memmem::Finder::new(line);
        texts.as_ref().is_none_or(|texts| texts.iter().any(|text| finder.find(text).is_some()))
    }

    /// The text files of the base.
    fn read_texts(&self) -> Result<Vec<Vec<u8>>, git2::Error> {
        let repository = Repository::open_bare(&self.git_dir)?;
        let odb = repository.odb()?;
        let Some(base) = self.commits.get(self.base as usize) else { return Ok(Vec::new()) };
        let everywhere = Places::new(&[String::new()], []);
        let files = Trees::new(&odb).compare(None, Some(base.tree), &everywhere);
        let mut texts = Vec::new();
        for file in files.map_err(unread)? {
            let (_, extension) = file.path.rsplit_once('.').unwrap_or_default();
            if NO_TEXT.iter().any(|other| other.eq_ignore_ascii_case(extension)) {
                continue;
            }
            if let Some(id) = file.new {
                texts.push(odb.read(id)?.data().to_vec());
            }
        }
        Ok(texts)
    }

    /// Finds the commits of the base, since a release parted from it, whose change the release
    /// does not have: neither as a commit of its own that makes the same patch, nor because its
    /// files are what that commit made of them.
    fn uncarried(
        &self,
        reader: &mut Reader<'_>,
        tip: u32,
        base: &Node,
        releases: Releases<'_>,
        state: &mut BranchState,
    ) -> Result<(), git2::Error> {
        let Some(node) = self.commits.get(tip as usize) else { return Ok(()) };
        let everywhere = Places::new(&[String::new()], []);
        // Read as a whole once, instead of looked into for each change of the base.
        let files = reader.trees.compare(None, Some(node.tree), &everywhere).map_err(unread)?;
        let there: HashMap<&str, Oid> =
            files.iter().filter_map(|file| Some((file.path.as_str(), file.new?))).collect();
        let before = self.ancestors(base.id);
        let mut lacking: Vec<(i64, Oid, u32)> = Vec::new();
        for (at, changes) in &self.steps {
            if before.get(*at as usize) != Some(&false) {
                continue;
            }
            let (mut has_file, mut same) = (false, true);
            for change in changes.iter().filter(|change| (releases.is_content)(&change.path)) {
                let there = there.get(change.path.as_str()).copied();
                has_file |= there.is_some();
                same &= there == change.new;
            }
            if has_file && !same {
                let Some(commit) = self.commits.get(*at as usize) else { continue };
                lacking.push((commit.time, commit.id, *at));
            }
        }
        // Of the commits that the release made itself, what they did, by the files that they touch.
        let mut carried: HashMap<Vec<String>, Vec<Vec<Difference>>> = HashMap::new();
        for own in self.own(tip) {
            let Some(commit) = self.commits.get(own as usize) else { continue };
            let [parent] = commit.parents.as_slice() else { continue };
            let Some(parent) = self.commits.get(*parent as usize) else { continue };
            let changes = reader.trees.compare(Some(parent.tree), Some(commit.tree), &everywhere);
            let mut changes = changes.map_err(unread)?;
            changes.sort();
            let paths = changes.iter().map(|change| change.path.clone()).collect();
            carried.entry(paths).or_default().push(changes);
        }
        lacking.sort_unstable_by(|a, b| b.cmp(a));
        for (time, id, at) in lacking {
            if let Some(changes) = self.steps.get(&at).filter(|_| !carried.is_empty()) {
                let paths: Vec<String> = changes.iter().map(|change| change.path.clone()).collect();
                let mut is_carried = false;
                for own in carried.get(&paths).into_iter().flatten() {
                    is_carried = is_carried || reader.patches.same(own, changes)?;
                }
                if is_carried {
                    continue;
                }
            }
            state.uncarried_count += 1;
            if state.uncarried.len() < MOST_UNCARRIED {
                let found = reader.repository.find_commit(id)?;
                let subject = found.summary_bytes().unwrap_or_default();
                state.uncarried.push(Uncarried {
                    commit: id.to_string(),
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

/// What a thread reads with, and what it has read.
struct Reader<'r> {
    repository: &'r Repository,
    trees: Trees<'r>,
    joiner: Joiner<'r>,
    patches: Patches<'r>,
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
