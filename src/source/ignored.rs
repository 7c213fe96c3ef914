//! Which files of a working tree git keeps: those of its index, and untracked ones that it does
//! not ignore. A submodule is asked about its own files.

use std::path::Path;

use git2::Repository;

use super::walk::{Filter, Verdict};
use crate::base::SourcePath;

/// The mode of a submodule in an index.
const GITLINK: u32 = 0o160_000;

/// A repository and the part of the tree that it rules.
struct Scope<'a> {
    /// Its top, seen from the top of the tree.
    top: SourcePath,
    repository: Opened<'a>,
    /// The paths of its index, sorted.
    tracked: Vec<String>,
    /// Those of its submodules, sorted.
    modules: Vec<String>,
}

enum Opened<'a> {
    Shared(&'a Repository),
    Own(Repository),
}

impl<'a> Scope<'a> {
    fn new(top: SourcePath, repository: Opened<'a>) -> Self {
        let (mut tracked, mut modules) = (Vec::new(), Vec::new());
        // An index that libgit2 cannot read (sparse, split) leaves the rules of ignoring.
        if let Ok(mut index) = repository.get().index()
            && index.read(false).is_ok()
        {
            for entry in index.iter() {
                let Ok(path) = String::from_utf8(entry.path) else { continue };
                if entry.mode == GITLINK {
                    modules.push(path.clone());
                }
                tracked.push(path);
            }
        }
        // Where case does not count, git sorts otherwise.
        tracked.sort_unstable();
        modules.sort_unstable();
        Scope { top, repository, tracked, modules }
    }

    fn is_tracked(&self, path: &str) -> bool {
        self.tracked.binary_search_by(|tracked| tracked.as_str().cmp(path)).is_ok()
    }

    fn tracks_below(&self, folder: &str) -> bool {
        let prefix = format!("{folder}/");
        let at = self.tracked.partition_point(|tracked| *tracked < prefix);
        self.tracked.get(at).is_some_and(|tracked| tracked.starts_with(&prefix))
    }

    fn is_module(&self, folder: &str) -> bool {
        self.modules.binary_search_by(|module| module.as_str().cmp(folder)).is_ok()
    }

    /// `path` as git wants it: a folder ends with a slash.
    fn ignores(&self, path: &str) -> bool {
        self.repository.get().status_should_ignore(Path::new(path)).unwrap_or(false)
    }
}

impl Opened<'_> {
    fn get(&self) -> &Repository {
        match self {
            Opened::Shared(repository) => repository,
            Opened::Own(repository) => repository,
        }
    }
}

/// The rules of a working tree.
pub(super) struct WorkTree<'a> {
    /// Where the tree stands.
    folder: &'a Path,
    /// The outer repository first, then the submodules that were met.
    scopes: Vec<Scope<'a>>,
}

impl<'a> WorkTree<'a> {
    /// The rules of `repository`, whose working tree is `folder`.
    pub(super) fn new(folder: &'a Path, repository: &'a Repository) -> Self {
        let scope = Scope::new(SourcePath::root(), Opened::Shared(repository));
        WorkTree { folder, scopes: vec![scope] }
    }

    /// Whether git keeps nothing of a folder that is asked for.
    pub(super) fn ignores_all(&mut self, folder: &SourcePath) -> bool {
        self.folder(folder) == Verdict::Skip
    }

    /// The innermost repository that rules a path, and the path seen from its top. The tops of
    /// submodules that nest are met from the outside in, so the last match is the innermost.
    fn scope(&self, path: &SourcePath) -> Option<(&Scope<'a>, SourcePath)> {
        self.scopes.iter().rev().find_map(|scope| Some((scope, path.strip_prefix(&scope.top)?)))
    }

    /// Opens the submodules between the top and `folder`. Whether `folder` itself is one.
    fn open_modules(&mut self, folder: &SourcePath) -> bool {
        let mut is_module = false;
        let mut path = SourcePath::root();
        for name in folder.components() {
            let Ok(next) = path.join(name) else { return false };
            path = next;
            is_module = self.scopes.iter().any(|scope| scope.top == path);
            if is_module {
                continue;
            }
            let Some((scope, rest)) = self.scope(&path) else { continue };
            if scope.is_module(rest.as_str()) {
                is_module = true;
                if let Ok(repository) = Repository::open(self.folder.join(path.as_str())) {
                    self.scopes.push(Scope::new(path.clone(), Opened::Own(repository)));
                }
            }
        }
        is_module
    }
}

impl Filter for WorkTree<'_> {
    fn folder(&mut self, folder: &SourcePath) -> Verdict {
        if folder.is_root() {
            return Verdict::Ask;
        }
        if self.open_modules(folder) {
            return Verdict::Module;
        }
        let Some((scope, path)) = self.scope(folder) else { return Verdict::All };
        // A submodule whose repository cannot be opened is kept whole.
        if scope.modules.iter().any(|module| is_below(path.as_str(), module)) {
            return Verdict::All;
        }
        let ignored = scope.ignores(&format!("{path}/"));
        match (ignored, scope.tracks_below(path.as_str())) {
            (true, false) => Verdict::Skip,
            (true, true) => Verdict::Tracked,
            (false, true) => Verdict::Ask,
            (false, false) => {
                let is_repository =
                    self.folder.join(folder.as_str()).join(".git").symlink_metadata().is_ok();
                if is_repository { Verdict::Nested } else { Verdict::Ask }
            }
        }
    }

    fn file(&mut self, file: &SourcePath, folder: Verdict) -> bool {
        let Some((scope, path)) = self.scope(file) else { return true };
        match folder {
            Verdict::All => true,
            Verdict::Skip | Verdict::Nested => false,
            Verdict::Tracked => scope.is_tracked(path.as_str()),
            Verdict::Ask | Verdict::Module => {
                scope.is_tracked(path.as_str()) || !scope.ignores(path.as_str())
            }
        }
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}
