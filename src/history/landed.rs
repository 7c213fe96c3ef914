//! Whether what a branch says has come to its base. Where a team squashes what it merges, the
//! commits of a branch never come there, and counting them says for ever that it lies behind.

use git2::{Oid, Repository};
use serde::{Deserialize, Serialize};

use super::commit::RawCommit;
use super::patches::{self, Patches};
use super::places::Places;
use super::three_way::{Base, Joiner, nothing_left};
use super::tree::{Difference, Trees, Unread};

/// Commits of the base that are looked at, the newest first.
const MOST_COMMITS: usize = 5_000;

/// Commits that touch the very files that a branch does, and whose difference is compared as a
/// patch, the newest first.
pub(super) const MOST_PATCHES: usize = 50;

/// How the content of a branch has come to its base.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Landed {
    /// All its commits are on the base.
    Merged,
    /// A commit of the base left every file that the branch changes as the branch has it.
    SameFiles(String),
    /// A commit of the base made the same change.
    SamePatch(String),
    /// To merge it would change nothing.
    NothingLeft,
}

impl Landed {
    /// The commit of the base that brought it, where one did.
    pub fn commit(&self) -> Option<&str> {
        match self {
            Landed::SameFiles(commit) | Landed::SamePatch(commit) => Some(commit),
            Landed::Merged | Landed::NothingLeft => None,
        }
    }
}

/// What a branch left of the files that it changes, to be found again in other trees.
pub(super) struct Sought<'c> {
    changed: &'c [Difference],
}

impl<'c> Sought<'c> {
    pub(super) fn new(changed: &'c [Difference]) -> Self {
        Sought { changed }
    }

    /// Whether all these files stand in a tree as the branch has them.
    pub(super) fn stands_in(&self, trees: &mut Trees<'_>, tree: Oid) -> bool {
        self.changed
            .iter()
            .all(|change| trees.file(tree, &change.path).is_ok_and(|there| there == change.new))
    }
}

/// Whether the content of the branch at `tip` is on `base`, both of which parted at `merge_base`.
/// [`super::Branches`] tells the same of all branches at once.
///
/// # Errors
/// When what would decide is not there.
pub(super) fn landed(
    repository: &Repository,
    merge_base: Oid,
    tip: Oid,
    base: Oid,
) -> Result<Option<Landed>, git2::Error> {
    if merge_base == tip {
        return Ok(Some(Landed::Merged));
    }
    let odb = repository.odb()?;
    let mut trees = Trees::new(&odb);
    let everywhere = Places::new(&[String::new()], []);
    let commit = |id: Oid| {
        let object = odb.read(id)?;
        RawCommit::parse(object.data()).ok_or_else(|| git2::Error::from_str("no commit"))
    };
    let (old, new) = (commit(merge_base)?.tree, commit(tip)?.tree);
    let mut changed = trees.compare(Some(old), Some(new), &everywhere).map_err(unread)?;
    changed.sort();
    let Some(first) = changed.first() else { return Ok(Some(Landed::NothingLeft)) };
    let mut walk = repository.revwalk()?;
    walk.set_sorting(git2::Sort::TIME)?;
    walk.push(base)?;
    walk.hide(merge_base)?;
    let mut later = Vec::new();
    for id in walk.take(MOST_COMMITS) {
        let id = id?;
        later.push((id, commit(id)?));
    }
    // Commits of one second come in an order that is the same for everybody.
    later.sort_unstable_by_key(|(id, commit)| std::cmp::Reverse((commit.time, *id)));
    let sought = Sought::new(&changed);
    let mut alike = Vec::new();
    for (id, after) in later {
        let [parent] = after.parents.as_slice() else { continue };
        let before = commit(*parent)?.tree;
        let blob = |trees: &mut Trees<'_>, tree: Oid| trees.file(tree, &first.path).ok();
        // Most commits touch none of the files: one look tells.
        if blob(&mut trees, before) == blob(&mut trees, after.tree) {
            continue;
        }
        if sought.stands_in(&mut trees, after.tree) {
            return Ok(Some(Landed::SameFiles(id.to_string())));
        }
        let Ok(mut changes) = trees.compare(Some(before), Some(after.tree), &everywhere) else {
            continue;
        };
        changes.sort();
        if alike.len() < MOST_PATCHES && same_paths(&changes, &changed) {
            alike.push((id, changes));
        }
    }
    let known = patches::Known::default();
    let patches = Patches::new(repository, &known);
    for (id, changes) in alike {
        if patches.same(&changes, &changed)? {
            return Ok(Some(Landed::SamePatch(id.to_string())));
        }
    }
    let base = Base { commit: base, tree: commit(base)?.tree };
    let mut joiner = Joiner::new(repository);
    let holds = |_: &[u8]| true;
    let nothing = nothing_left(repository, &mut trees, &mut joiner, base, tip, &changed, &holds)?;
    Ok(nothing.then_some(Landed::NothingLeft))
}

/// Whether two changes, each sorted, are of the same files.
pub(super) fn same_paths(one: &[Difference], other: &[Difference]) -> bool {
    one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.path == b.path)
}

/// Why trees could not be compared, as git would say it.
pub(super) fn unread(why: Unread) -> git2::Error {
    git2::Error::from_str(&match why {
        Unread::Absent(absent) => format!("object not found: {}", absent.0),
        Unread::TooMany => "more files differ than can be compared".to_owned(),
    })
}
