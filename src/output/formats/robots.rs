//! `robots.txt`: what search engines may read. Format: RFC 9309.

use super::{Entries, Format, entry_of};
use crate::base::SitePath;
use crate::output::SiteContext;

/// Names the sitemap, or asks search engines to stay away.
pub(super) static ROBOTS: Format = Format { name: "robots", summary: "`robots.txt`", entries };

fn entries(cx: &SiteContext<'_>) -> Entries {
    if cx.version.is_some() {
        return Vec::new();
    }
    let mut text = String::from("User-agent: *\n");
    text.push_str(if cx.settings.site.noindex { "Disallow: /\n" } else { "Allow: /\n" });
    if !cx.settings.site.noindex
        && let Ok(sitemap) = SitePath::new("sitemap.xml")
        && let Some(url) = cx.absolute(&sitemap)
    {
        text.push_str(&format!("\nSitemap: {url}\n"));
    }
    vec![entry_of("robots.txt", text)]
}
