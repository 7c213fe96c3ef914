//! Where the links of a document lead, as the site resolved them: what rendering is given.

use serde::{Deserialize, Serialize};

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Target {
    /// What goes into `href` or `src`, percent-encoded where needed, not yet HTML-escaped.
    pub url: String,
    /// The link leads nowhere; the page shows it as broken.
    pub broken: bool,
    /// Width and height of an image in CSS pixels, where known.
    pub size: Option<(u32, u32)>,
}
