//! Where the content of a branch came to its target: the commits that brought it, in the line of commits
//! that the target itself took, and what stood there before.

use std::collections::BTreeSet;
use std::path::Path;

use git2::{Commit, Oid, Repository};
use serde::{Deserialize, Serialize};

use super::commit::RawCommit;
use super::ends::commit_of;
use super::landed::{Sought, same_paths, unread};
use super::patches::{self, Patches};
use super::places::Places;
use super::range::{self, FileChange, Undecided};
use super::tree::Trees;
use crate::base::SourcePath;
use crate::source::{discover, shallow_ends};

/// Commits of the target that are looked at, the newest first.
const MOST_COMMITS: usize = 5_000;

/// Commits that a branch can have come as, one by one.
const MOST_STEPS: usize = 200;

/// A stretch of the target's line of commits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// The commit of the target that stood there before.
    pub before: String,
    /// Its last commit.
    pub commit: String,
}

/// How the content of a branch came to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Brought {
    /// The commits of the branch are there.
    Merged,
    /// Every file that the branch changes is left as the branch has it.
    SameFiles,
    /// The same change was made.
    SamePatch,
    /// The pages are there as they were approved; of the branch nothing is known.
    SamePages,
    /// Somebody named the commits.
    Named,
}

impl Brought {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Brought::Merged => "merged",
            Brought::SameFiles => "same-files",
            Brought::SamePatch => "same-patch",
            Brought::SamePages => "same-pages",
            Brought::Named => "named",
        }
    }
}

/// Where the content of a branch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// These commits brought it.
    Landed(Brought, Stretch),
    /// The target was moved on to the commits of the branch, so that nothing tells where it stood
    /// before.
    FastForward,
    /// It has not come to the target, or in other words.
    Nowhere,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitFacts {
    /// Its id.
    pub id: String,
    /// That of its tree.
    pub tree: String,
    /// The commit that it follows, the first one of a merge; none where it is the first one.
    pub parent: Option<String>,
    /// The first line of what it says.
    pub subject: String,
    /// When it was committed, in seconds since 1970, UTC.
    pub time: i64,
}

/// Finds what brought the branch at `tip` to the `target`, both of which are revisions of the repository
/// that holds `dir`. The first commit that did counts.
///
/// # Errors
/// Why it cannot be told.
pub fn whereabouts(dir: &Path, target: &str, tip: &str) -> Result<Whereabouts, Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let (from, tip) = (commit_of(&repository, target)?.id(), commit_of(&repository, tip)?.id());
    let bases = range::merge_bases(&repository, tip, from, target)?;
    let Some(merge_base) = bases.first().copied() else { return Ok(Whereabouts::Nowhere) };
    let line = line_of(&repository, from)?;
    // Commits that have something in their past come first.
    let later = |past: Oid| {
        line.partition_point(|id| {
            *id != past && repository.graph_descendant_of(*id, past).unwrap_or(false)
        })
    };
    if merge_base != tip {
        let line = line.get(..=later(merge_base)).unwrap_or(&line);
        return brought(&repository, line, merge_base, tip);
    }
    let count = later(tip);
    if line.get(count) == Some(&tip) {
        return Ok(Whereabouts::FastForward);
    }
    let (Some(at), Some(before)) =
        (count.checked_sub(1).and_then(|at| line.get(at)), line.get(count))
    else {
        return Ok(Whereabouts::Nowhere);
    };
    Ok(Whereabouts::Landed(Brought::Merged, stretch(*before, *at)))
}

fn stretch(before: Oid, commit: Oid) -> Stretch {
    Stretch { before: before.to_string(), commit: commit.to_string() }
}

/// The line of commits that a branch itself took, the newest first: of a merge the side that was
/// merged into.
fn line_of(repository: &Repository, from: Oid) -> Result<Vec<Oid>, git2::Error> {
    let mut walk = repository.revwalk()?;
    walk.simplify_first_parent()?;
    walk.push(from)?;
    walk.take(MOST_COMMITS).collect()
}

/// Looks for the content of a branch in the commits of a line, the last of which lies before all that
/// can have brought it.
fn brought(
    repository: &Repository,
    line: &[Oid],
    merge_base: Oid,
    tip: Oid,
) -> Result<Whereabouts, Undecided> {
    let odb = repository.odb()?;
    let mut trees = Trees::new(&odb);
    let everywhere = Places::new(&[String::new()], []);
    let tree = |id: Oid| {
        let object = odb.read(id)?;
        let commit = RawCommit::parse(object.data());
        commit.map(|commit| commit.tree).ok_or_else(|| git2::Error::from_str("no commit"))
    };
    let (old, new) = (tree(merge_base)?, tree(tip)?);
    let mut changed = trees.compare(Some(old), Some(new), &everywhere).map_err(unread)?;
    changed.sort();
    if changed.is_empty() {
        return Ok(Whereabouts::Nowhere);
    }
    let mut walk = repository.revwalk()?;
    walk.push(tip)?;
    walk.hide(merge_base)?;
    let steps = walk.take(MOST_STEPS).count();
    let sought = Sought::new(&changed);
    let known = patches::Known::default();
    let patches = Patches::new(repository, &known);
    for (at, pair) in line.windows(2).enumerate().rev() {
        let [commit, parent] = pair else { continue };
        let (after, before) = (tree(*commit)?, tree(*parent)?);
        let touched = changed.iter().any(|change| {
            trees.file(before, &change.path).ok() != trees.file(after, &change.path).ok()
        });
        if !touched {
            continue;
        }
        let stands = sought.stands_in(&mut trees, after);
        // A branch of several commits can have come as one, or one by one.
        for earlier in line.iter().skip(at + 1).take(steps) {
            let from = tree(*earlier)?;
            let Ok(mut made) = trees.compare(Some(from), Some(after), &everywhere) else { break };
            made.sort();
            let foreign = made
                .iter()
                .any(|one| changed.binary_search_by(|other| other.path.cmp(&one.path)).is_err());
            if foreign {
                break;
            }
            if same_paths(&made, &changed) && patches.same(&made, &changed)? {
                let how = if stands { Brought::SameFiles } else { Brought::SamePatch };
                return Ok(Whereabouts::Landed(how, stretch(*earlier, *commit)));
            }
        }
        if stands {
            return Ok(Whereabouts::Landed(Brought::SameFiles, stretch(*parent, *commit)));
        }
    }
    Ok(Whereabouts::Nowhere)
}

/// The first commit in the line of `target` after which all of some files stood as they do still: each
/// with the id of its bytes, or none where it is gone.
///
/// # Errors
/// Why it cannot be told.
pub fn first_with(
    dir: &Path,
    target: &str,
    files: &[(SourcePath, Option<String>)],
) -> Result<Option<Stretch>, Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let from = commit_of(&repository, target)?.id();
    let odb = repository.odb()?;
    let mut trees = Trees::new(&odb);
    let mut stand = |id: Oid| -> Result<bool, git2::Error> {
        let tree = repository.find_commit(id)?.tree_id();
        Ok(files.iter().all(|(path, blob)| {
            let there = trees.file(tree, path.as_str()).ok().flatten();
            there.map(|id| id.to_string()) == *blob
        }))
    };
    let mut last: Option<Oid> = None;
    for id in line_of(&repository, from)? {
        if !stand(id)? {
            return Ok(last.map(|last| stretch(id, last)));
        }
        last = Some(id);
    }
    Ok(None)
}

/// What two commits of the repository that holds `dir` have between them: the files that differ.
///
/// # Errors
/// Why it cannot be told.
pub fn files_between(dir: &Path, old: &str, new: &str) -> Result<Vec<FileChange>, Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let old = commit_of(&repository, old)?.tree()?;
    let new = commit_of(&repository, new)?.tree()?;
    Ok(range::files(&|| {
        let mut options = range::options(&[]);
        repository.diff_tree_to_tree(Some(&old), Some(&new), Some(&mut options))
    })?)
}

/// A commit of the repository that holds `dir`.
///
/// # Errors
/// Where there is none of this name, or the clone ends with it.
pub fn commit_facts(dir: &Path, name: &str) -> Result<CommitFacts, Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let commit = commit_of(&repository, name)?;
    facts_of(&commit, &ends_of(&repository), name)
}

fn facts_of(
    commit: &Commit<'_>,
    ends: &BTreeSet<Oid>,
    name: &str,
) -> Result<CommitFacts, Undecided> {
    // What a commit at the end of a shallow clone did cannot be told.
    if ends.contains(&commit.id()) {
        return Err(Undecided::Shallow(name.to_owned()));
    }
    Ok(CommitFacts {
        id: commit.id().to_string(),
        tree: commit.tree_id().to_string(),
        parent: commit.parent_ids().next().map(|id| id.to_string()),
        subject: String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned(),
        time: commit.time().seconds(),
    })
}

fn ends_of(repository: &Repository) -> BTreeSet<Oid> {
    let ends = String::from_utf8_lossy(&shallow_ends(repository)).into_owned();
    ends.lines().filter_map(|line| Oid::from_str(line).ok()).collect()
}

/// The commits in the line of `to` that `from` does not have, the oldest first.
///
/// # Errors
/// Where there are no such commits, or the clone ends in between.
pub fn line_between(dir: &Path, from: &str, to: &str) -> Result<Vec<CommitFacts>, Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let (start, end) = (commit_of(&repository, from)?.id(), commit_of(&repository, to)?.id());
    let ends = ends_of(&repository);
    let mut found = Vec::new();
    for id in line_of(&repository, end)? {
        if id == start || repository.graph_descendant_of(start, id)? {
            break;
        }
        found.push(facts_of(&repository.find_commit(id)?, &ends, to)?);
    }
    found.reverse();
    Ok(found)
}

/// Whether the commit `old` is `new`, or lies in its past, in the repository that holds `dir`. What is
/// not there does not.
pub fn is_past_of(dir: &Path, old: &str, new: &str) -> bool {
    let Ok(Some(repository)) = discover(dir) else { return false };
    match (Oid::from_str(old), Oid::from_str(new)) {
        (Ok(old), Ok(new)) => {
            let there = repository.find_commit(old).is_ok();
            there && (old == new || repository.graph_descendant_of(new, old).unwrap_or(false))
        }
        _ => false,
    }
}

/// The commit at which the working tree that holds `dir` stands, where the branch `name` is checked out.
pub fn checked_out_tip(dir: &Path, name: &str) -> Option<String> {
    let repository = discover(dir).ok()??;
    let head = repository.head().ok().filter(git2::Reference::is_branch)?;
    let is_it = head.shorthand().is_ok_and(|known| known == name);
    let commit = is_it.then(|| head.peel_to_commit().ok())??;
    Some(commit.id().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::testing::{Files, History, files};

    /// A history whose commits are named by their places in it.
    struct Line {
        history: History,
        commits: Vec<Oid>,
    }

    impl Line {
        fn new(first: &Files) -> Line {
            let mut line = Line { history: History::new(), commits: Vec::new() };
            line.add(&[], first);
            line
        }

        fn add(&mut self, parents: &[usize], files: &Files) -> usize {
            let parents: Vec<Oid> = parents.iter().map(|at| self.commits[*at]).collect();
            let at = self.commits.len();
            let time = 1_700_000_000 + i64::try_from(at).unwrap();
            self.commits.push(self.history.commit(&parents, files, time, "Ada", "Message"));
            at
        }

        fn id(&self, at: usize) -> String {
            self.commits[at].to_string()
        }

        fn find(&self, target: usize, tip: usize) -> String {
            let at = |id: &str| self.commits.iter().position(|known| known.to_string() == id);
            match whereabouts(&self.history.path(), &self.id(target), &self.id(tip)).unwrap() {
                Whereabouts::Landed(how, Stretch { before, commit }) => {
                    format!("{} {}..{}", how.word(), at(&before).unwrap(), at(&commit).unwrap())
                }
                Whereabouts::FastForward => "fast-forward".to_owned(),
                Whereabouts::Nowhere => "nowhere".to_owned(),
            }
        }
    }

    #[test]
    fn a_merge_is_found_by_its_commits() {
        let mut line = Line::new(&files("a=1 b=1"));
        let tip = line.add(&[0], &files("a=2 b=1"));
        assert_eq!(line.find(0, tip), "nowhere");
        let target = line.add(&[0], &files("a=1 b=2"));
        let merge = line.add(&[target, tip], &files("a=2 b=2"));
        let later = line.add(&[merge], &files("a=3 b=2"));
        assert_eq!(line.find(later, tip), format!("merged {target}..{merge}"));
        // The branch took the target in, and the target was moved on to it.
        let joined = line.add(&[tip, target], &files("a=2 b=2"));
        assert_eq!(line.find(joined, joined), "fast-forward");
    }

    #[test]
    fn one_commit_or_as_many_as_the_branch_has() {
        let mut line = Line::new(&files("a=1 b=1 c=1"));
        let one = line.add(&[0], &files("a=2 b=1 c=1"));
        let two = line.add(&[one], &files("a=3 b=1 c=1"));
        let tip = line.add(&[two], &files("a=4 b=2 c=1"));
        let target = line.add(&[0], &files("a=1 b=1 c=2"));
        let squash = line.add(&[target], &files("a=4 b=2 c=2"));
        assert_eq!(line.find(squash, tip), format!("same-files {target}..{squash}"));
        // What is edited later changes nothing, nor that the same comes again.
        let edited = line.add(&[squash], &files("a=5 b=2 c=2"));
        let again = line.add(&[edited], &files("a=4 b=2 c=2"));
        assert_eq!(line.find(again, tip), format!("same-files {target}..{squash}"));
        let first = line.add(&[target], &files("a=2 b=1 c=2"));
        let second = line.add(&[first], &files("a=3 b=1 c=2"));
        let third = line.add(&[second], &files("a=4 b=2 c=2"));
        assert_eq!(line.find(third, tip), format!("same-files {target}..{third}"));
        assert_eq!(line.find(second, tip), "nowhere");
    }

    #[test]
    fn a_branch_is_known_again_in_files_that_went_on() {
        let text = |first: &str, last: &str| -> Files {
            let middle = "\n-".repeat(60);
            Files::from([("a".to_owned(), format!("{first}{middle}\n{last}\n"))])
        };
        let mut line = Line::new(&text("1", "1"));
        let one = line.add(&[0], &text("2", "1"));
        let tip = line.add(&[one], &text("3", "1"));
        let target = line.add(&[0], &text("1", "2"));
        let squash = line.add(&[target], &text("3", "2"));
        assert_eq!(line.find(squash, tip), format!("same-patch {target}..{squash}"));
        let first = line.add(&[target], &text("2", "2"));
        let second = line.add(&[first], &text("3", "2"));
        assert_eq!(line.find(second, tip), format!("same-patch {target}..{second}"));
        // Other words are nobody's change.
        let other = line.add(&[target], &text("4", "2"));
        assert_eq!(line.find(other, tip), "nowhere");
    }

    #[test]
    fn files_are_found_where_they_came_together() {
        let mut line = Line::new(&files("a=1 b=1"));
        let squash = line.add(&[0], &files("a=2"));
        let later = line.add(&[squash], &files("a=2 c=1"));
        let blob = Oid::hash_object(git2::ObjectType::Blob, b"2").unwrap().to_string();
        let path = |path: &str| SourcePath::new(path).unwrap();
        let wanted = [(path("a"), Some(blob)), (path("b"), None)];
        let found = first_with(&line.history.path(), &line.id(later), &wanted).unwrap();
        assert_eq!(found, Some(Stretch { before: line.id(0), commit: line.id(squash) }));
        let edited = line.add(&[later], &files("a=3 c=1"));
        assert_eq!(first_with(&line.history.path(), &line.id(edited), &wanted), Ok(None));
    }

    #[test]
    fn a_line_goes_past_what_was_merged_into_it() {
        let mut line = Line::new(&files("a=1"));
        let side = line.add(&[0], &files("a=2"));
        let merge = line.add(&[0, side], &files("a=2"));
        let last = line.add(&[merge], &files("a=3"));
        let dir = line.history.path();
        let found = line_between(&dir, &line.id(0), &line.id(last)).unwrap();
        let ids: Vec<&String> = found.iter().map(|commit| &commit.id).collect();
        assert_eq!(ids, [&line.id(merge), &line.id(last)]);
        assert!(is_past_of(&dir, &line.id(side), &line.id(last)));
        assert!(!is_past_of(&dir, &line.id(last), &line.id(side)));
        let changed = files_between(&dir, &line.id(0), &line.id(last)).unwrap();
        assert_eq!(changed.len(), 1);
    }
}
