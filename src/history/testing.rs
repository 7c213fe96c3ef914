//! Histories for tests, and a slow way to find the facts of files that is easy to believe.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use git2::{ObjectType, Oid, Repository, Signature, Time, TreeWalkMode, TreeWalkResult};
use tempfile::TempDir;

use super::{FileFacts, FilesInput, FilesOutput, IgnoredRevisions, file_facts};
use crate::base::SourcePath;

/// Files by path.
pub(super) type Files = BTreeMap<String, String>;

/// Files from `path=content` words.
pub(super) fn files(text: &str) -> Files {
    text.split_whitespace()
        .filter_map(|word| word.split_once('='))
        .map(|(path, content)| (path.to_owned(), content.to_owned()))
        .collect()
}

/// A bare repository in a folder of its own.
pub(super) struct History {
    dir: TempDir,
    pub(super) repository: Repository,
}

impl History {
    pub(super) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let repository = Repository::init_bare(dir.path()).unwrap();
        History { dir, repository }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.dir.path().to_owned()
    }

    fn tree(&self, files: &Files) -> Oid {
        let mut builder = self.repository.treebuilder(None).unwrap();
        let mut folders: BTreeMap<&str, Files> = BTreeMap::new();
        for (path, content) in files {
            match path.split_once('/') {
                Some((folder, rest)) => {
                    let folder = folders.entry(folder).or_default();
                    folder.insert(rest.to_owned(), content.clone());
                }
                None => {
                    let blob = self.repository.blob(content.as_bytes()).unwrap();
                    builder.insert(path, blob, 0o100_644).unwrap();
                }
            }
        }
        for (name, files) in folders {
            builder.insert(name, self.tree(&files), 0o040_000).unwrap();
        }
        builder.write().unwrap()
    }

    /// A commit of these files, by somebody, at a time in seconds.
    pub(super) fn commit(
        &self,
        parents: &[Oid],
        files: &Files,
        time: i64,
        author: &str,
        message: &str,
    ) -> Oid {
        let tree = self.repository.find_tree(self.tree(files)).unwrap();
        let parents: Vec<_> =
            parents.iter().map(|id| self.repository.find_commit(*id).unwrap()).collect();
        let email = format!("{}@example.org", author.to_lowercase().replace(' ', "."));
        let who = Signature::new(author, &email, &Time::new(time, 0)).unwrap();
        let parents: Vec<&git2::Commit<'_>> = parents.iter().collect();
        self.repository.commit(None, &who, &who, message, &tree, &parents).unwrap()
    }

    /// Commits one after the other, a minute apart, each by somebody with files.
    pub(super) fn line(&self, commits: &[(&str, &str)]) -> Vec<Oid> {
        let mut line: Vec<Oid> = Vec::new();
        for (at, (author, text)) in commits.iter().enumerate() {
            let parents: Vec<Oid> = line.last().copied().into_iter().collect();
            let time = 1_700_000_000 + 60 * i64::try_from(at).unwrap();
            line.push(self.commit(&parents, &files(text), time, author, "Message"));
        }
        line
    }

    pub(super) fn find(
        &self,
        tip: Oid,
        roots: &[&str],
        ignored: &[Oid],
        previous: Option<&[u8]>,
    ) -> FilesOutput {
        let text: String = ignored.iter().map(|id| format!("{id}\n")).collect();
        let (ignored, told) = IgnoredRevisions::parse(&SourcePath::root(), text.as_bytes());
        assert!(told.is_empty());
        let roots: Vec<SourcePath> =
            roots.iter().map(|root| SourcePath::new(root).unwrap()).collect();
        let input = FilesInput {
            dir: self.dir.path(),
            tip: &tip.to_string(),
            roots: &roots,
            ignored: &ignored,
            previous,
        };
        // The order of shards makes no difference.
        file_facts(input, &|walk| (0..walk.shards()).rev().map(|shard| walk.read(shard)).collect())
    }

    pub(super) fn facts(&self, tip: Oid, roots: &[&str]) -> FileFacts {
        self.find(tip, roots, &[], None).facts
    }
}

/// What is known of a file, spelled out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) first: Option<Oid>,
    pub(super) last: Option<Oid>,
    pub(super) author: Option<String>,
    pub(super) commits: Option<u32>,
    pub(super) contributors: Vec<String>,
}

/// The facts, spelled out.
pub(super) fn spelled(facts: &FileFacts) -> BTreeMap<String, Known> {
    let id = |commit: Option<&super::FileCommit>| {
        commit.map(|commit| Oid::from_str(&commit.id()).unwrap())
    };
    facts
        .iter()
        .map(|(path, fact)| {
            let known = Known {
                first: id(fact.first),
                last: id(fact.last),
                author: fact.author.map(|person| person.name.clone()),
                commits: fact.commits,
                contributors: fact.contributors.iter().map(|p| p.name.clone()).collect(),
            };
            (path.to_owned(), known)
        })
        .collect()
}

/// A commit, read in full.
struct Read {
    parents: Vec<Oid>,
    time: i64,
    people: Vec<String>,
    blobs: BTreeMap<String, Oid>,
}

fn read(repository: &Repository, id: Oid) -> Read {
    let commit = repository.find_commit(id).unwrap();
    let mut blobs = BTreeMap::new();
    let walked = commit.tree().unwrap().walk(TreeWalkMode::PreOrder, |folder, entry| {
        if entry.kind() == Some(ObjectType::Blob) {
            blobs.insert(format!("{folder}{}", entry.name().unwrap()), entry.id());
        }
        TreeWalkResult::Ok
    });
    walked.unwrap();
    let mut people = vec![commit.author().name().unwrap().to_owned()];
    for line in commit.message().unwrap().lines() {
        if let Some(who) = line.strip_prefix("Co-authored-by: ") {
            people.push(who.split(" <").next().unwrap().to_owned());
        }
    }
    let mut seen = BTreeSet::new();
    people.retain(|name| seen.insert(name.clone()));
    Read { parents: commit.parent_ids().collect(), time: commit.time().seconds(), people, blobs }
}

/// The stated meaning, word for word and with no thought of speed: every commit is read in full,
/// and every file of the repository is followed.
pub(super) fn slowly(
    repository: &Repository,
    tip: Oid,
    root: &str,
    ignored: &[Oid],
) -> BTreeMap<String, Known> {
    let mut commits: HashMap<Oid, Read> = HashMap::new();
    let mut open = vec![tip];
    while let Some(id) = open.pop() {
        commits.entry(id).or_insert_with(|| {
            let commit = read(repository, id);
            open.extend(&commit.parents);
            commit
        });
    }
    let mut times: HashMap<Oid, i64> = HashMap::new();
    fn time(id: Oid, commits: &HashMap<Oid, Read>, times: &mut HashMap<Oid, i64>) -> i64 {
        if let Some(time) = times.get(&id) {
            return *time;
        }
        let commit = &commits[&id];
        let after = commit.parents.iter().map(|parent| time(*parent, commits, times) + 1).max();
        let time = commit.time.max(after.unwrap_or(i64::MIN));
        times.insert(id, time);
        time
    }
    let mut order: Vec<(i64, Oid)> =
        commits.keys().map(|id| (time(*id, &commits, &mut times), *id)).collect();
    order.sort();

    // Of each path, the commits that changed the file that is there, in order.
    let mut touches: BTreeMap<String, Vec<Oid>> = BTreeMap::new();
    let mut gone: HashMap<String, String> = HashMap::new();
    let now = |path: &str, gone: &HashMap<String, String>| {
        let mut path = path.to_owned();
        while let Some(next) = gone.get(&path) {
            path.clone_from(next);
        }
        path
    };
    for (_, id) in order {
        let commit = &commits[&id];
        if commit.parents.len() > 1 {
            continue;
        }
        let empty = BTreeMap::new();
        let before = commit.parents.first().map_or(&empty, |parent| &commits[parent].blobs);
        let after = &commit.blobs;
        let mut removed: Vec<(&String, &Oid)> =
            before.iter().filter(|(path, _)| !after.contains_key(*path)).collect();
        let mut added: Vec<(&String, &Oid)> =
            after.iter().filter(|(path, _)| !before.contains_key(*path)).collect();
        let mut renames: Vec<(&String, &String)> = Vec::new();
        let name = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        for same_name in [true, false] {
            added.retain(|(to, blob)| {
                let found = removed.iter().position(|(from, old)| {
                    old == blob
                        && repository.find_blob(**blob).unwrap().size() > 0
                        && (!same_name || name(from) == name(to))
                });
                if let Some(at) = found {
                    renames.push((removed.remove(at).0, to));
                }
                found.is_none()
            });
        }
        renames.sort();
        for (from, to) in renames {
            let from = now(from, &gone);
            if from != *to {
                match touches.get(&from).cloned() {
                    Some(history) => touches.insert(to.clone(), history),
                    None => touches.remove(to),
                };
                gone.remove(to);
                gone.insert(from, to.clone());
            }
        }
        for (path, _) in added {
            if gone.remove(path).is_some() {
                touches.remove(path);
            }
            touches.entry(path.clone()).or_default().push(id);
        }
        for (path, blob) in after {
            if before.get(path).is_some_and(|old| old != blob) && !ignored.contains(&id) {
                let both = BTreeSet::from([path.clone(), now(path, &gone)]);
                for path in both {
                    touches.entry(path).or_default().push(id);
                }
            }
        }
    }

    let below = format!("{root}/");
    let tip_files = commits[&tip].blobs.keys();
    tip_files
        .filter(|path| root.is_empty() || path.starts_with(&below))
        .map(|path| {
            let Some(history) = touches.get(path) else { return (path.clone(), Known::default()) };
            let mut counts: Vec<(String, usize)> = Vec::new();
            for person in history.iter().flat_map(|id| &commits[id].people) {
                match counts.iter_mut().find(|(name, _)| name == person) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((person.clone(), 1)),
                }
            }
            counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let last = history.last().copied();
            let known = Known {
                first: history.first().copied(),
                last,
                author: last.map(|id| commits[&id].people[0].clone()),
                commits: u32::try_from(history.len()).ok(),
                contributors: counts.into_iter().map(|(name, _)| name).collect(),
            };
            (path.clone(), known)
        })
        .collect()
}
