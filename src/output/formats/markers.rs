//! Files that hosts look for: `.nojekyll` and `CNAME`.

use super::{Entries, Format, entry_of};
use crate::output::SiteContext;

/// `.nojekyll` keeps GitHub Pages from dropping `_copydesk`; `CNAME` tells it the domain.
pub(super) static MARKERS: Format =
    Format { name: "markers", summary: "`.nojekyll`, and `CNAME` where `cname` is set", entries };

fn entries(cx: &SiteContext<'_>) -> Entries {
    if cx.version.is_some() {
        return Vec::new();
    }
    let mut entries = vec![entry_of(".nojekyll", String::new())];
    if let Some(name) = &cx.settings.html.cname {
        entries.push(entry_of("CNAME", format!("{name}\n")));
    }
    entries
}
