//! What a branch, or the next commit, changes: from which commits, and which files. A gate decides
//! on it, so nothing is guessed: where the history that is there does not tell, that is an error
//! with its remedy.

use std::collections::BTreeSet;
use std::path::Path;

use git2::{
    Delta, Diff, DiffFindOptions, DiffOptions, ErrorCode, Index, Oid, Repository, RepositoryState,
};

use crate::base::SourcePath;
use crate::source::{LACKS_OBJECTS, discover, find_commit, shallow_ends};

/// Files that are looked at as the other end of a rename, for each one.
const MOST_RENAMES: usize = 1000;

/// A commit that changes are counted from, and the changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BaseChanges {
    /// The commit; none where there is no commit yet, so that everything is new.
    pub commit: Option<String>,
    /// The files that differ, sorted.
    pub files: Vec<FileChange>,
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileChange {
    /// Where it was; none for a new one.
    pub before: Option<SourcePath>,
    /// Where it is; none for one that is gone. A rename is told where the content is at least half
    /// of what it was.
    pub after: Option<SourcePath>,
}

/// Changes from one commit, or from several of which each has a right to its own: the parents of a
/// merge, and the best common commits of two branches that were merged crosswise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// At least one.
    pub bases: Vec<BaseChanges>,
    /// Symbolic links among the files: what they show can change without them.
    pub links: Vec<SourcePath>,
}

/// Why it cannot be told what has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undecided {
    /// There is no repository.
    #[error("there is no git repository here")]
    NoRepository,
    /// The branch has no commit.
    #[error("there is no commit yet")]
    NoCommit,
    /// Nothing says what the branch is compared with.
    #[error("nothing says what the branch is to be merged into")]
    NoBase,
    /// There is no such commit.
    #[error("there is no revision `{0}`")]
    NoRevision(String),
    /// Where the branches part lies beyond the end of a shallow clone.
    #[error("the history that is here does not tell where `{0}` and the branch part")]
    Shallow(String),
    /// They never met.
    #[error("`{0}` and the branch have no commit in common")]
    Unrelated(String),
    /// A merge has conflicts.
    #[error("a merge is not finished: `{0}` has conflicts")]
    Conflict(String),
    /// Git says no.
    #[error("git cannot tell what has changed: {0}")]
    Git(String),
}

impl Undecided {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        Some(match self {
            Undecided::NoRepository => "run it in a clone of the repository".to_owned(),
            Undecided::Git(why) if why.contains("object not found") => LACKS_OBJECTS.to_owned(),
            Undecided::NoBase => {
                "name it with `--base`, or as `base` below `[git]` in `book.toml`".to_owned()
            }
            Undecided::NoCommit | Undecided::Git(_) => return None,
            Undecided::NoRevision(name) => format!(
                "fetch it with `git fetch origin {name}`, or correct the name; in GitHub Actions \
                 set `fetch-depth: 0` for `actions/checkout`, in GitLab CI set `GIT_DEPTH: 0`"
            ),
            Undecided::Shallow(_) => "fetch the whole history with `git fetch --unshallow`; in \
                                      GitHub Actions set `fetch-depth: 0` for \
                                      `actions/checkout`, in GitLab CI set `GIT_DEPTH: 0`"
                .to_owned(),
            Undecided::Unrelated(_) => "name the branch that this one began on".to_owned(),
            Undecided::Conflict(_) => "settle the conflicts and add the files".to_owned(),
        })
    }
}

impl From<git2::Error> for Undecided {
    fn from(error: git2::Error) -> Self {
        Undecided::Git(error.message().to_owned())
    }
}

/// What the working tree that holds `dir`, with all that is not committed, changes since its branch
/// and `revision` parted. Only files below `roots` are looked at.
///
/// # Errors
/// Why that cannot be told.
pub fn changes_since(
    dir: &Path,
    revision: &str,
    roots: &[SourcePath],
) -> Result<Changes, Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let head = head(&repository)?.ok_or(Undecided::NoCommit)?;
    let base = find_commit(&repository, revision)?.map(|commit| commit.id());
    let base = base.ok_or_else(|| Undecided::NoRevision(revision.to_owned()))?;
    let mut changes = Changes { bases: Vec::new(), links: links(&repository.index()?, roots) };
    for base in merge_bases(&repository, head, base, revision)? {
        let tree = repository.find_commit(base)?.tree()?;
        let files = files(&|| {
            let mut options = options(roots);
            options.include_untracked(true).recurse_untracked_dirs(true).update_index(false);
            repository.diff_tree_to_workdir_with_index(Some(&tree), Some(&mut options))
        })?;
        changes.bases.push(BaseChanges { commit: Some(base.to_string()), files });
    }
    Ok(changes)
}

/// What the index of the repository that holds `dir` changes, as seen from the last commit and, in
/// a merge, from each of those that are merged. `index` is the file of the index where it is not
/// the usual one: git gives hooks another one when only some files are committed.
///
/// # Errors
/// Why that cannot be told.
pub fn staged_changes(
    dir: &Path,
    index: Option<&Path>,
    roots: &[SourcePath],
) -> Result<Changes, Undecided> {
    let mut repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let mut parents: Vec<Option<Oid>> = vec![head(&repository)?];
    if repository.state() == RepositoryState::Merge {
        repository.mergehead_foreach(|id| {
            parents.push(Some(*id));
            true
        })?;
    }
    let index = opened(&repository, index)?;
    if index.has_conflicts() {
        let path = index.conflicts()?.find_map(|conflict| {
            let conflict = conflict.ok()?;
            let entry = conflict.our.or(conflict.their).or(conflict.ancestor)?;
            Some(String::from_utf8_lossy(&entry.path).into_owned())
        });
        return Err(Undecided::Conflict(path.unwrap_or_default()));
    }
    let mut changes = Changes { bases: Vec::new(), links: links(&index, roots) };
    for parent in parents {
        let tree = parent.map(|id| repository.find_commit(id)?.tree()).transpose()?;
        let files = files(&|| {
            let mut options = options(roots);
            repository.diff_tree_to_index(tree.as_ref(), Some(&index), Some(&mut options))
        })?;
        changes.bases.push(BaseChanges { commit: parent.map(|id| id.to_string()), files });
    }
    Ok(changes)
}

/// The bytes of files in the index of the repository that holds `dir`, in the order of `paths`; none
/// for what is no file there.
///
/// # Errors
/// When git cannot read it.
pub fn staged_files(
    dir: &Path,
    index: Option<&Path>,
    paths: &[SourcePath],
) -> Result<Vec<Option<Vec<u8>>>, Undecided> {
    let repository = discover(dir)?.ok_or(Undecided::NoRepository)?;
    let index = opened(&repository, index)?;
    let mut all = Vec::with_capacity(paths.len());
    for path in paths {
        let entry = index.get_path(Path::new(path.as_str()), 0).filter(|e| is_file(e.mode));
        let bytes = entry.map(|entry| repository.find_blob(entry.id)).transpose()?;
        all.push(bytes.map(|blob| blob.content().to_vec()));
    }
    Ok(all)
}

fn opened(repository: &Repository, index: Option<&Path>) -> Result<Index, git2::Error> {
    match index {
        Some(path) => Index::open(path),
        None => repository.index(),
    }
}

fn is_file(mode: u32) -> bool {
    mode & 0o170_000 == 0o100_000
}

pub(super) fn head(repository: &Repository) -> Result<Option<Oid>, git2::Error> {
    match repository.head() {
        Ok(head) => Ok(Some(head.peel_to_commit()?.id())),
        Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Where two commits part. In a shallow clone a common commit can be found that is not the best one,
/// because the way to the best one is cut; it counts only where nothing behind it is.
pub(super) fn merge_bases(
    repository: &Repository,
    head: Oid,
    base: Oid,
    name: &str,
) -> Result<Vec<Oid>, Undecided> {
    if head == base {
        return Ok(vec![head]);
    }
    let ends = String::from_utf8_lossy(&shallow_ends(repository)).into_owned();
    let ends: BTreeSet<Oid> = ends.lines().filter_map(|line| Oid::from_str(line).ok()).collect();
    let bases = match repository.merge_bases(head, base) {
        Ok(bases) => bases.to_vec(),
        Err(error) if error.code() == ErrorCode::NotFound => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    if bases.is_empty() {
        return Err(match ends.is_empty() {
            true => Undecided::Unrelated(name.to_owned()),
            false => Undecided::Shallow(name.to_owned()),
        });
    }
    if !ends.is_empty() {
        let mut walk = repository.revwalk()?;
        walk.push(head)?;
        walk.push(base)?;
        for base in &bases {
            walk.hide(*base)?;
        }
        for commit in walk {
            if ends.contains(&commit?) {
                return Err(Undecided::Shallow(name.to_owned()));
            }
        }
    }
    Ok(bases)
}

pub(super) fn options(roots: &[SourcePath]) -> DiffOptions {
    let mut options = DiffOptions::new();
    options.ignore_submodules(true).disable_pathspec_match(true).include_typechange(true);
    for root in roots.iter().filter(|_| !roots.iter().any(SourcePath::is_root)) {
        options.pathspec(root.as_str());
    }
    options
}

pub(super) fn files<'r>(
    compare: &dyn Fn() -> Result<Diff<'r>, git2::Error>,
) -> Result<Vec<FileChange>, git2::Error> {
    let renamed = |exact: bool| {
        let mut diff = compare()?;
        let mut find = DiffFindOptions::new();
        find.renames(true).for_untracked(true).rename_limit(MOST_RENAMES);
        diff.find_similar(Some(find.exact_match_only(exact)))?;
        Ok::<_, git2::Error>(diff)
    };
    // A partial clone can lack what is only needed to see how similar files are, such as images.
    let diff = match renamed(false) {
        Err(error) if error.code() == ErrorCode::NotFound => renamed(true)?,
        other => other?,
    };
    let mut files: Vec<FileChange> = Vec::new();
    for delta in diff.deltas() {
        let path = |file: git2::DiffFile<'_>| SourcePath::new(file.path()?.to_str()?).ok();
        let (before, after) = (path(delta.old_file()), path(delta.new_file()));
        let change = match delta.status() {
            Delta::Added | Delta::Untracked | Delta::Copied => FileChange { before: None, after },
            Delta::Deleted => FileChange { before, after: None },
            Delta::Unmodified | Delta::Ignored => continue,
            _ => FileChange { after: after.or_else(|| before.clone()), before },
        };
        if change.before.is_some() || change.after.is_some() {
            files.push(change);
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// The symbolic links below some folders.
fn links(index: &Index, roots: &[SourcePath]) -> Vec<SourcePath> {
    index
        .iter()
        .filter(|entry| entry.mode & 0o170_000 == 0o120_000)
        .filter_map(|entry| SourcePath::new(std::str::from_utf8(&entry.path).ok()?).ok())
        .filter(|path| roots.iter().any(|root| path.starts_with(root)))
        .collect()
}
