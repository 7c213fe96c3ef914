//! The published site as a value: a sorted map of path to entry.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{SitePath, SourcePath};

/// What stands at a path of the site. `P` names a page that is rendered when it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry<P> {
    /// These bytes.
    Bytes(Arc<[u8]>),
    /// The bytes of a file of the source.
    Copy(SourcePath),
    /// A page, rendered when asked for.
    Page(P),
}

/// The published site.
pub type OutputTree<P> = BTreeMap<SitePath, Entry<P>>;
