//! What git knows of the site, found on all threads.

use std::path::PathBuf;

use rayon::prelude::*;

use super::extras::missing;
use crate::base::{ContentHash, Diagnostic, SourcePath};
use crate::config::Settings;
use crate::history::{
    self, BaseNames, FilesInput, FilesOutput, IgnoredRevisions, RepositoryFacts, SiteHistory,
};
use crate::memo::{Fingerprint, Store};
use crate::source::Source;

/// Where the cache keeps what was found, for the next build of this site at whatever commit.
const STATE: &str = "history";

/// Where the history of a site is found.
#[derive(Debug, Clone)]
pub struct RepositoryInput {
    /// A folder in the repository.
    pub dir: PathBuf,
    /// What names the base of the branch; `[git] base` is added here.
    pub base: BaseNames,
    /// Whether the files come from the working tree, which may differ from the commit.
    pub work_tree: bool,
}

impl RepositoryInput {
    /// Enters all that can change what is found while the commit and the files stay.
    pub(super) fn enter(&self, fingerprint: &mut Fingerprint) {
        fingerprint.value(&self.base).value(&self.work_tree);
        fingerprint.hash(&history::surroundings(&self.dir));
    }
}

/// What the history of a site is found from.
pub(super) struct HistoryInput<'a> {
    pub(super) repository: Option<&'a RepositoryInput>,
    pub(super) facts: &'a RepositoryFacts,
    pub(super) source: &'a dyn Source,
    pub(super) settings: &'a Settings,
    /// The folder of the content, seen from the repository's top.
    pub(super) content: &'a SourcePath,
    pub(super) memo: &'a Store,
    /// The name of the version, where the site is one of several.
    pub(super) version: Option<&'a str>,
}

/// The name of the state in which it is kept.
fn state_of(version: Option<&str>) -> String {
    match version {
        None => STATE.to_owned(),
        Some(name) => format!("{STATE}-{}", ContentHash::of(name.as_bytes()).short()),
    }
}

/// Finds what git knows of a site. Empty without a repository, without a commit, and with `[git] facts = false`.
pub(super) fn site_history(
    input: &HistoryInput<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> SiteHistory {
    let git = &input.settings.git;
    let (Some(repository), true) = (input.repository, git.facts) else { return Default::default() };
    let Some(tip) = input.facts.commit.as_deref() else { return Default::default() };
    let roots = std::slice::from_ref(input.content);
    let ignored = ignored(input, diagnostics);
    let state = state_of(input.version);
    let files = || {
        // Of another version most is known of this one too.
        let previous = input.memo.state(&state).or_else(|| input.memo.state(STATE));
        file_facts(FilesInput {
            dir: &repository.dir,
            tip,
            roots,
            ignored: &ignored,
            previous: previous.as_deref(),
        })
    };
    let names = BaseNames { setting: git.base.clone(), ..repository.base.clone() };
    let branch = || {
        if input.version.is_some() {
            // A version is compared with none: what others do must not change its files.
            return Default::default();
        }
        let branch = history::branch_facts(&repository.dir, tip, &names, roots);
        let uncommitted = match repository.work_tree {
            true => history::uncommitted(&repository.dir, roots),
            false => Vec::new(),
        };
        (branch, uncommitted)
    };
    let (found, ((branch, told), uncommitted)) = rayon::join(files, branch);
    if let Some(keep) = &found.keep {
        input.memo.set_state(&state, keep);
        if input.version.is_some() {
            input.memo.set_state(STATE, keep);
        }
    }
    diagnostics.extend(found.diagnostics);
    diagnostics.extend(told);
    SiteHistory { files: found.facts, branch, uncommitted }
}

/// The facts of files, as [`history::file_facts`] finds them.
pub fn file_facts(input: FilesInput<'_>) -> FilesOutput {
    history::file_facts(input, &|walk| {
        (0..walk.shards()).into_par_iter().map(|shard| walk.read(shard)).collect()
    })
}

/// The commits that do not count: those of the file that `[git] ignore-revs` names, else those of
/// the file that forges read, where there is one.
fn ignored(input: &HistoryInput<'_>, diagnostics: &mut Vec<Diagnostic>) -> IgnoredRevisions {
    let named = input.settings.git.ignore_revs.as_ref();
    let path = match named {
        Some(named) => Ok(named.value.clone()),
        None => SourcePath::new(".git-blame-ignore-revs"),
    };
    let Ok(path) = path else { return IgnoredRevisions::default() };
    match (input.source.read(&path), named) {
        (Ok(bytes), _) => {
            let (ignored, told) = IgnoredRevisions::parse(&path, &bytes);
            diagnostics.extend(told);
            ignored
        }
        (Err(_), Some(named)) => {
            diagnostics.push(missing(input.source, named));
            IgnoredRevisions::default()
        }
        (Err(_), None) => IgnoredRevisions::default(),
    }
}
