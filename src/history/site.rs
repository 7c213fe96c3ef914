//! What git knows of a site, for those that show it.

use serde::{Deserialize, Serialize};

use super::branch::BranchFacts;
use super::files::FileFacts;
use crate::base::SourcePath;

/// What git knows of a site beside the commit that it is built from. Empty where there is nothing
/// to know or nobody asks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteHistory {
    /// The files of the content.
    pub files: FileFacts,
    /// The branch against its base.
    pub branch: BranchFacts,
    /// The files of the content that are not committed as they are, sorted.
    pub uncommitted: Vec<SourcePath>,
}

impl SiteHistory {
    /// Whether a file is not committed as it is.
    pub fn is_uncommitted(&self, path: &SourcePath) -> bool {
        self.uncommitted.binary_search(path).is_ok()
    }
}
