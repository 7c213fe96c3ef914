//! `sitemap.xml`: the published pages, for search engines. Format: sitemaps.org, version 0.9.

use std::fmt::Write as _;

use super::{Entries, Format, entry_of};
use crate::base::SitePath;
use crate::history::FileCommit;
use crate::output::SiteContext;

/// Written where scheme and host of the site are known, as the format wants absolute URLs.
pub(super) static SITEMAP: Format =
    Format { name: "sitemap", summary: "`sitemap.xml`, where `base-url` is absolute", entries };

/// What the format allows in one file. Larger sites get an index of several.
const MAX_URLS: usize = 50_000;

fn entries(cx: &SiteContext<'_>) -> Entries {
    if cx.settings.site.noindex {
        return Vec::new();
    }
    let urls: Vec<Url> = cx
        .pages()
        .filter_map(|(_, page)| {
            let fact = cx.history.files.get(&page.source);
            let changed = fact.and_then(|fact| fact.last).map(FileCommit::day);
            Some(Url { address: cx.absolute(&page.path)?, changed })
        })
        .collect();
    if urls.len() <= MAX_URLS {
        return if urls.is_empty() {
            Vec::new()
        } else {
            vec![entry_of("sitemap.xml", url_set(&urls))]
        };
    }
    let mut entries = Vec::new();
    let mut index = String::from(HEAD);
    index.push_str("<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (number, urls) in urls.chunks(MAX_URLS).enumerate() {
        let name = format!("sitemap-{}.xml", number + 1);
        if let Ok(path) = SitePath::new(&name)
            && let Some(url) = cx.absolute(&path)
        {
            let _ = writeln!(index, "<sitemap><loc>{}</loc></sitemap>", escape(&url));
        }
        entries.push(entry_of(&name, url_set(urls)));
    }
    index.push_str("</sitemapindex>\n");
    entries.push(entry_of("sitemap.xml", index));
    entries
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A page, and when it was last changed.
struct Url {
    address: String,
    changed: Option<String>,
}

fn url_set(urls: &[Url]) -> String {
    let mut xml = String::from(HEAD);
    xml.push_str("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for url in urls {
        let _ = write!(xml, "<url><loc>{}</loc>", escape(&url.address));
        if let Some(changed) = &url.changed {
            let _ = write!(xml, "<lastmod>{changed}</lastmod>");
        }
        xml.push_str("</url>\n");
    }
    xml.push_str("</urlset>\n");
    xml
}

fn escape(url: &str) -> String {
    url.replace('&', "&amp;").replace('\'', "&apos;")
}
