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

/// A line of the list of ignored revisions that is none.
pub(super) static IGNORED_REVISION: Code = Code {
    id: "git/ignored-revision",
    severity: Severity::Warning,
    summary: "a line in the list of ignored revisions is no commit id",
    explanation: "The file that `[git] ignore-revs` names lists commits that do not count as \
                  changes of a page, such as a new format of all files. It has the format of `git \
                  blame --ignore-revs-file`: one whole commit id of 40 digits on each line, and \
                  comments behind `#`. This line is left out, so that its commit counts.",
    examples: ("1a2b3c4", "# Format all pages\n1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b"),
};

/// Objects that are not there.
pub(super) static INCOMPLETE_HISTORY: Code = Code {
    id: "git/incomplete-history",
    severity: Severity::Advice,
    summary: "a part of the history cannot be read",
    explanation: "Some commits cannot be compared with their parents, because objects are missing \
                  in the repository: it is damaged, or a partial clone without trees. Dates and \
                  authors that would come from there are shown as unknown instead of wrong. `git \
                  fsck` says what is missing. A partial clone made with `git clone \
                  --filter=blob:none` has all that is needed.",
    examples: ("git clone --filter=tree:0 URL", "git clone --filter=blob:none URL"),
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

/// A base branch that does not exist.
pub(super) static UNKNOWN_BASE: Code = Code {
    id: "git/unknown-base",
    severity: Severity::Advice,
    summary: "the branch to compare with does not exist here",
    explanation: "What a branch changes is seen by comparing it with its base. `--base`, the CI \
                  system, or `[git] base` names one that this clone does not have, so it is not \
                  known which pages the branch changes. CI systems often fetch one branch alone: \
                  fetch the base, too, with `git fetch origin main`, or ask the checkout step for \
                  the whole history. Otherwise correct the name.",
    examples: ("[git]\nbase = \"mian\"", "[git]\nbase = \"main\""),
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
pub static CODES: &[&Code] = &[
    &DETACHED_HEAD,
    &IGNORED_REVISION,
    &INCOMPLETE_HISTORY,
    &NO_COMMITS,
    &NO_REPOSITORY,
    &SHALLOW_CLONE,
    &UNKNOWN_BASE,
    &UNREADABLE_REPOSITORY,
];
