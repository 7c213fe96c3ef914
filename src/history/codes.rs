//! The states of a repository that a writer may want to know of. None of them is an error.

use crate::base::{Code, Severity};

/// HEAD is not on a branch.
pub(super) static DETACHED_HEAD: Code = Code {
    id: "git/detached-head",
    severity: Severity::Advice,
    summary: "the commit that is checked out is on no branch",
    explanation: "A commit or tag was checked out directly, as CI systems do, so it is not known \
                  which branch the site shows. The site is built all the same. To work on the \
                  content, switch to a branch first, or commits that you make are easily lost.",
    examples: ("git checkout 1a2b3c4", "git switch main"),
};

/// A repository without any commit.
pub(super) static NO_COMMITS: Code = Code {
    id: "git/no-commits",
    severity: Severity::Advice,
    summary: "the branch has no commits yet",
    explanation: "Dates, authors and edit links come from git's history, and there is none yet. \
                  The site is built without them. They appear with the first commit.",
    examples: ("git init", "git init\ngit add .\ngit commit -m \"Begin the manual\""),
};

/// No repository at all.
pub(super) static NO_REPOSITORY: Code = Code {
    id: "git/no-repository",
    severity: Severity::Advice,
    summary: "the folder is in no git repository",
    explanation: "Dates, authors, edit links and reviews come from git. Without a repository the \
                  site is built without them, and every file of the content folder counts as \
                  content, as there is nobody to say what is ignored.",
    examples: ("", "git init"),
};

/// A clone without its whole history.
pub(super) static SHALLOW_CLONE: Code = Code {
    id: "git/shallow-clone",
    severity: Severity::Advice,
    summary: "the repository holds only a part of its history",
    explanation: "A shallow clone ends at some commit as if everything had been written in it. \
                  Dates and authors that would come from there are shown as unknown instead of \
                  wrong. Fetch the whole history with `git fetch --unshallow`. In GitHub Actions \
                  set `fetch-depth: 0` for `actions/checkout`; in GitLab CI set the variable \
                  `GIT_DEPTH: 0`.",
    examples: ("git clone --depth 1 URL", "git clone URL"),
};

/// A repository that cannot be read.
pub(super) static UNREADABLE_REPOSITORY: Code = Code {
    id: "git/unreadable-repository",
    severity: Severity::Advice,
    summary: "the git repository cannot be read",
    explanation: "There is a repository, but it is damaged, incomplete, or of a format that is \
                  not known here. The site is built as if there were none: without dates, \
                  authors and edit links, and without knowing what git ignores. `git fsck` says \
                  what is damaged; a fresh clone usually mends it.",
    examples: ("", ""),
};

/// Every code of this room, sorted.
pub static CODES: &[&Code] =
    &[&DETACHED_HEAD, &NO_COMMITS, &NO_REPOSITORY, &SHALLOW_CLONE, &UNREADABLE_REPOSITORY];
