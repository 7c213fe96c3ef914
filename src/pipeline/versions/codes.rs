//! What can be wrong with versions. None of it keeps the others from being built.

use crate::base::{Code, Severity};

/// Every code of versions, sorted by id.
pub static CODES: &[&Code] = &[
    &BAD_NAME,
    &KEPT,
    &MISSING_ANCHOR,
    &MISSING_PAGE,
    &NO_BOOK,
    &NO_MATCH,
    &NOT_BUILT,
    &OUTDATED,
    &PATH_CLASH,
    &SAME_NAME,
    &UNKNOWN_NAME,
    &UNREADABLE_REF,
];

/// `versions/bad-name`
pub static BAD_NAME: Code = Code {
    id: "versions/bad-name",
    severity: Severity::Error,
    summary: "a version has a name that cannot be a folder",
    explanation: "A version is published in the folder of its name, so the name must be that of \
                  one portable folder: no `/`, no `..`, no `_` or `.` at the beginning. The version \
                  is left out, and the others are built. Give the branch or tag another name in \
                  `[versions.names]`, or choose a pattern whose `*` stands for a shorter text.",
    examples: ("[versions.names]\n\"v1\" = \"../v1\"\n", "[versions.names]\n\"v1\" = \"1.0\"\n"),
};

/// `versions/kept`
pub static KEPT: Code = Code {
    id: "versions/kept",
    severity: Severity::Warning,
    summary: "the site has a version that no pattern selects any more",
    explanation: "The version was published before, and its branch or tag is not there, or no \
                  pattern matches it. Most often tags were not fetched. So it stays as it is, and \
                  menus show it. To remove it, delete its folder from the site and build again.",
    examples: ("", ""),
};

/// `versions/missing-anchor`
pub static MISSING_ANCHOR: Code = Code {
    id: "versions/missing-anchor",
    severity: Severity::Error,
    summary: "a link to a heading or id that a page of another version does not have",
    explanation: "The link leads to a page of another version of the site, and that page has no \
                  heading or id of this name there. Headings have other words from version to \
                  version. Link to a heading that the page has in that version, or to the page.",
    examples: (
        "See [1.0](https://docs.example.com/1.0/install.html#instal).\n",
        "See [1.0](https://docs.example.com/1.0/install.html#install).\n",
    ),
};

/// `versions/missing-page`
pub static MISSING_PAGE: Code = Code {
    id: "versions/missing-page",
    severity: Severity::Error,
    summary: "a link to a page that another version does not have",
    explanation: "The link leads into the folder of another version of the site, by the whole \
                  address or relative to where this version stands, and that version has nothing \
                  there: the page had another name then, came later, or was removed. Correct the \
                  address, or link to a version that has the page.",
    examples: (
        "See [1.0](https://docs.example.com/1.0/instal.html).\n",
        "See [1.0](https://docs.example.com/1.0/install.html).\n",
    ),
};

/// `versions/no-book`
pub static NO_BOOK: Code = Code {
    id: "versions/no-book",
    severity: Severity::Error,
    summary: "a branch or tag has no `book.toml`",
    explanation: "The branch or tag matches a pattern, but it holds no `book.toml` where the base \
                  branch has one: it is older than the site, or its documentation stood elsewhere. \
                  The version is left out, and the others are built. Choose patterns that do not \
                  match it, or name it in `exclude`.",
    examples: (
        "[versions]\ntags = [\"v*\"]\n",
        "[versions]\ntags = [\"v*\"]\nexclude = [\"0.*\"]\n",
    ),
};

/// `versions/no-match`
pub static NO_MATCH: Code = Code {
    id: "versions/no-match",
    severity: Severity::Warning,
    summary: "a pattern of versions matches no branch or tag",
    explanation: "The pattern is misspelt, or the clone does not have what it stands for: CI \
                  systems often fetch one branch and no tags. `git branch -a` and `git tag` say \
                  what is there.",
    examples: ("[versions]\ntags = [\"verson-*\"]\n", "[versions]\ntags = [\"version-*\"]\n"),
};

/// `versions/not-built`
pub static NOT_BUILT: Code = Code {
    id: "versions/not-built",
    severity: Severity::Error,
    summary: "a version could not be built",
    explanation: "Its `book.toml` cannot be understood, git cannot read its files, or its folder \
                  cannot be written. What the site had of it stays as it was, and the other versions \
                  are built.",
    examples: ("", ""),
};

/// `versions/outdated`
pub static OUTDATED: Code = Code {
    id: "versions/outdated",
    severity: Severity::Advice,
    summary: "other versions were published against another current version",
    explanation: "With `--only-version` the pages of other versions stay as they are. Their menus \
                  and banners know what is current now, because these come from shared files. \
                  Canonical links stand in the pages: they still lead where the current version had \
                  a page when the version was built. `build --versions` brings them up to date.",
    examples: ("", ""),
};

/// `versions/path-clash`
pub static PATH_CLASH: Code = Code {
    id: "versions/path-clash",
    severity: Severity::Error,
    summary: "a page of the current version stands where another version is published",
    explanation: "With `layout = \"root\"`, the current version stands at the root of the site, and \
                  the others in folders beside its pages. A folder of the content has the name of a \
                  version. Its files are left out. Rename the folder or the version, or set `layout \
                  = \"named\"`.",
    examples: ("", ""),
};

/// `versions/same-name`
pub static SAME_NAME: Code = Code {
    id: "versions/same-name",
    severity: Severity::Error,
    summary: "two branches or tags are versions of one name",
    explanation: "Both would be published in the same folder. A branch goes before a tag, and an \
                  earlier pattern before a later one; the other one is left out. Make patterns \
                  narrower, or give one of the two another name in `[versions.names]`.",
    examples: (
        "[versions]\nbranches = [\"v*\"]\ntags = [\"v*\"]\n",
        "[versions]\nbranches = [\"release/*\"]\ntags = [\"v*\"]\n",
    ),
};

/// `versions/unknown-name`
pub static UNKNOWN_NAME: Code = Code {
    id: "versions/unknown-name",
    severity: Severity::Warning,
    summary: "a setting names a version that does not exist",
    explanation: "`current`, `list`, `[versions.titles]` and `[versions.aliases]` name versions as \
                  they are published, and `[versions.names]` names branches and tags. Nothing has \
                  this name, so the setting has no effect.",
    examples: (
        "[versions]\ntags = [\"v*\"]\ncurrent = \"v2.0\"\n",
        "[versions]\ntags = [\"v*\"]\ncurrent = \"2.0\"\n",
    ),
};

/// `versions/unreadable-ref`
pub static UNREADABLE_REF: Code = Code {
    id: "versions/unreadable-ref",
    severity: Severity::Error,
    summary: "a branch or tag leads to no commit that can be read",
    explanation: "The reference is damaged, leads to something that is no commit, or its commit is \
                  not in this clone. The version is left out, what the site had of it stays, and \
                  the others are built. `git fsck` says what is damaged; `git fetch` brings what is \
                  missing.",
    examples: ("", ""),
};
