//! What a repository says about itself: its commit, branch and tag.

use std::path::Path;

use git2::{Commit, ErrorCode, Repository};
use serde::{Deserialize, Serialize};

use super::codes::{
    DETACHED_HEAD, NO_COMMITS, NO_REPOSITORY, SHALLOW_CLONE, UNREADABLE_REPOSITORY,
};
use crate::base::Diagnostic;
use crate::source::{discover, find_commit};

/// What is known of the commit that a site is built from. All is unknown where there is no
/// repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryFacts {
    /// The id of the commit.
    pub commit: Option<String>,
    /// The branch, without the name of a remote. None on no branch.
    pub branch: Option<String>,
    /// Whether a commit is checked out, or asked for, and not a branch.
    pub detached: bool,
    /// Whether the repository holds only a part of its history.
    pub shallow: bool,
    /// When the commit was made, in seconds since 1970, UTC.
    pub commit_time: Option<i64>,
    /// A tag at this very commit; of several, an annotated one, and of these the last by name.
    pub tag: Option<String>,
}

/// The facts about what is checked out in the repository that holds `dir`, or about the revision
/// `rev` of it. Everything that is unusual but no fault (no repository, no commits, no branch, a
/// shallow clone) is advice, as is a repository that cannot be read.
pub fn facts(dir: &Path, rev: Option<&str>) -> (RepositoryFacts, Vec<Diagnostic>) {
    let mut facts = RepositoryFacts::default();
    let mut advice = Vec::new();
    match discover(dir) {
        Ok(Some(repository)) => {
            if let Err(error) = read(&repository, rev, &mut facts, &mut advice) {
                advice.push(unreadable(&error));
            }
        }
        Ok(None) => {
            let message = "the folder is in no git repository";
            let help = "dates, authors and edit links are left out; `git init` begins a repository";
            advice.push(Diagnostic::new(&NO_REPOSITORY, message).help(help));
        }
        Err(error) => advice.push(unreadable(&error)),
    }
    advice.sort();
    (facts, advice)
}

fn unreadable(error: &git2::Error) -> Diagnostic {
    let message = format!("the git repository cannot be read: {}", error.message());
    Diagnostic::new(&UNREADABLE_REPOSITORY, message)
        .help("dates, authors and edit links are unknown; `git fsck` says what is damaged")
}

fn read(
    repository: &Repository,
    rev: Option<&str>,
    facts: &mut RepositoryFacts,
    advice: &mut Vec<Diagnostic>,
) -> Result<(), git2::Error> {
    facts.shallow = repository.is_shallow();
    if facts.shallow {
        let message = "the repository is a shallow clone";
        let help = "dates and authors may be unknown: run `git fetch --unshallow`, or in CI ask \
                    for the whole history (`fetch-depth: 0`, `GIT_DEPTH: 0`)";
        advice.push(Diagnostic::new(&SHALLOW_CLONE, message).help(help));
    }
    let commit = match rev {
        Some(rev) => {
            // What does not exist is told by whoever opens the source.
            let Some(commit) = find_commit(repository, rev)? else { return Ok(()) };
            facts.branch = branch_of(repository, rev, &commit);
            facts.detached = facts.branch.is_none();
            commit
        }
        None => match repository.head() {
            Ok(head) => {
                facts.branch =
                    if head.is_branch() { head.shorthand().ok().map(str::to_owned) } else { None };
                facts.detached = facts.branch.is_none();
                let commit = head.peel_to_commit()?;
                if facts.detached {
                    let message = format!("commit `{}` is on no branch", short(&commit));
                    let help = "this is usual in CI; to work on the content, run `git switch` and \
                                the name of a branch";
                    advice.push(Diagnostic::new(&DETACHED_HEAD, message).help(help));
                }
                commit
            }
            Err(error) if error.code() == ErrorCode::UnbornBranch => {
                facts.branch = unborn_branch(repository);
                let message = match &facts.branch {
                    Some(branch) => format!("the branch `{branch}` has no commits yet"),
                    None => "the repository has no commits yet".to_owned(),
                };
                let help = "dates and authors are known once there is a commit";
                advice.push(Diagnostic::new(&NO_COMMITS, message).help(help));
                return Ok(());
            }
            Err(error) => return Err(error),
        },
    };
    facts.commit = Some(commit.id().to_string());
    facts.commit_time = Some(commit.time().seconds());
    facts.tag = tag_of(repository, &commit)?;
    Ok(())
}

fn short(commit: &Commit<'_>) -> String {
    commit.id().to_string().chars().take(7).collect()
}

fn unborn_branch(repository: &Repository) -> Option<String> {
    let head = repository.find_reference("HEAD").ok()?;
    let target = head.symbolic_target().ok().flatten()?;
    target.strip_prefix("refs/heads/").map(str::to_owned)
}

/// The branch that `rev` names, if it names one.
fn branch_of(repository: &Repository, rev: &str, commit: &Commit<'_>) -> Option<String> {
    let Ok((_, reference)) = repository.revparse_ext(rev) else {
        // Found as the branch of a remote.
        return Some(rev.to_owned());
    };
    let reference = reference?.resolve().ok()?;
    let name = reference.shorthand().ok()?.to_owned();
    if reference.is_branch() {
        return Some(name);
    }
    if reference.is_remote() && reference.target() == Some(commit.id()) {
        // A remote's name may hold slashes itself.
        let remote = repository.branch_remote_name(reference.name().ok()?).ok()?;
        let prefix = format!("{}/", std::str::from_utf8(&remote).ok()?);
        return name.strip_prefix(&prefix).map(str::to_owned);
    }
    None
}

fn tag_of(repository: &Repository, commit: &Commit<'_>) -> Result<Option<String>, git2::Error> {
    let mut best: Option<(bool, String)> = None;
    for reference in repository.references_glob("refs/tags/*")? {
        // One that is damaged hides no other.
        let Ok(reference) = reference else { continue };
        let Ok(name) = reference.shorthand().map(str::to_owned) else { continue };
        let annotated = reference.target() != Some(commit.id());
        let is_at = match reference.target_peel() {
            _ if !annotated => true,
            // Packed references know it without a look at the tag.
            Some(at) => at == commit.id(),
            None => reference.peel_to_commit().is_ok_and(|at| at.id() == commit.id()),
        };
        if is_at {
            best = best.max(Some((annotated, name)));
        }
    }
    Ok(best.map(|(_, name)| name))
}

#[cfg(test)]
mod tests;
