//! The problems that a tree of files can have.

use crate::base::{Code, Severity};

/// A file name that no site can publish.
pub(super) static FILE_NAME: Code = Code {
    id: "source/file-name",
    severity: Severity::Error,
    summary: "the name of a file cannot be published",
    explanation: "The name of the file is not valid Unicode, holds a backslash, or its path is \
                  longer than 4096 bytes. Such a name cannot be written in a link and does not \
                  survive a checkout on another operating system, so the file is left out. Give \
                  it another name.",
    examples: ("images\\chart.png", "images/chart.png"),
};

/// A file that git LFS has not fetched.
pub(super) static LFS_POINTER: Code = Code {
    id: "source/lfs-pointer",
    severity: Severity::Warning,
    summary: "a file is a git LFS pointer, not its content",
    explanation: "The repository keeps this file in git LFS, and what stands here is the small \
                  text that points at it. It is published as it is, so that readers see a broken \
                  image or download. Fetch the content with `git lfs pull` before the build; in \
                  CI, ask the checkout step for LFS files. A build of a revision (`--rev`) never \
                  sees LFS content: check the revision out instead.",
    examples: ("", ""),
};

/// Another repository inside this one.
pub(super) static NESTED_REPOSITORY: Code = Code {
    id: "source/nested-repository",
    severity: Severity::Advice,
    summary: "a folder is a git repository of its own and is left out",
    explanation: "The folder holds a clone or a work tree of its own and is not registered as a \
                  submodule, so git does not keep its files, and nobody else who builds the site \
                  has them. They are left out. Register the folder as a submodule to publish it, \
                  or move it out of the content.",
    examples: ("", ""),
};

/// A submodule whose files are not there.
pub(super) static SUBMODULE_MISSING: Code = Code {
    id: "source/submodule-missing",
    severity: Severity::Warning,
    summary: "the files of a submodule are not there",
    explanation: "A folder of the content is a git submodule, and its files are not checked out, \
                  so they are missing from the site. Run `git submodule update --init`; in CI, \
                  ask the checkout step for submodules. A build of a revision (`--rev`) cannot \
                  see into submodules, since their files belong to another repository.",
    examples: ("", ""),
};

/// A symbolic link to nothing.
pub(super) static SYMLINK_BROKEN: Code = Code {
    id: "source/symlink-broken",
    severity: Severity::Warning,
    summary: "a symbolic link leads nowhere",
    explanation: "The target of the link does not exist, or the link leads back to itself or to \
                  a folder that it stands in, so that there would be no end to its files. It is \
                  left out. Correct its target or delete it.",
    examples: ("guide/latest -> ../guide", "guide/latest -> v2"),
};

/// A symbolic link out of the tree.
pub(super) static SYMLINK_OUTSIDE: Code = Code {
    id: "source/symlink-outside",
    severity: Severity::Error,
    summary: "a symbolic link leads out of the repository",
    explanation: "Only files of the repository are published (of the site's folder, where there \
                  is no repository), so that building somebody's branch cannot publish files of \
                  your machine. A link with an absolute target, one that climbs above the top, \
                  and one into `.git` are left out. Point the link, by a relative path, at a file \
                  of the repository, or replace it by a copy.",
    examples: ("logo.svg -> /home/me/logo.svg", "logo.svg -> ../brand/logo.svg"),
};

/// Every code of this room, sorted.
pub static CODES: &[&Code] = &[
    &FILE_NAME,
    &LFS_POINTER,
    &NESTED_REPOSITORY,
    &SUBMODULE_MISSING,
    &SYMLINK_BROKEN,
    &SYMLINK_OUTSIDE,
];
