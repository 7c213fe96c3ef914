//! What an approval is about.

use serde::{Deserialize, Serialize};

use crate::base::{SitePath, SourcePath};

/// A page as somebody saw it when they decided on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What it is.
    #[serde(default, skip_serializing_if = "SubjectKind::is_page")]
    pub kind: SubjectKind,
    /// The file of the page, seen from the top of the repository. For what decides on reviews it is
    /// `book.toml`, whatever the files are.
    pub path: SourcePath,
    /// The address of the page; none for one that is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<SitePath>,
    /// What git calls the bytes of the file; none for one that is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// What was seen.
    pub digests: Digests,
    /// What is to be seen once the suggestions of an approval are applied. Where it is there, the
    /// approval is of this, not of `digests`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Digests>,
}

/// What a subject is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// A page as the merge leaves it.
    #[default]
    Page,
    /// A page that the merge takes away. The digests are those of the page as it was.
    Deleted,
    /// What the change does to that which decides on reviews: rules, words, terms, policy, theme.
    Policy,
}

impl SubjectKind {
    pub(super) fn is_page(&self) -> bool {
        *self == SubjectKind::Page
    }
}

/// Three digests of a page. Each has the name and the version of what it is made from before it, as
/// `prose-2:5f2c…`: digests of different versions say nothing of each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Digests {
    /// Of the words, after includes and variables.
    pub prose: String,
    /// Of the bytes of the file and of what it includes.
    pub source: String,
    /// Of all that a reader can see on the page.
    pub render: String,
}
