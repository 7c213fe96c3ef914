//! `sitemap.xml`: the published pages, for search engines. Format: sitemaps.org, version 0.9.

use std::fmt::Write as _;
use std::sync::Arc;

use super::{Entries, Format};
use crate::base::SitePath;
use crate::history::FileCommit;
use crate::output::{Entry, SiteContext};

/// Written where scheme and host of the site are known, as the format wants absolute URLs.
pub(super) static SITEMAP: Format =
    Format { name: "sitemap", summary: "`sitemap.xml`, where `base-url` is absolute", entries };

/// What the format allows in one file. Larger sites get an index of several.
const MAX_URLS: usize = 50_000;

fn entries(cx: &SiteContext<'_>) -> Entries {
    // That of several versions lists the pages of all.
    if cx.settings.site.noindex || cx.version.is_some() {
        return Vec::new();
    }
    let urls = cx.pages().filter_map(|(_, page)| {
        let fact = cx.history.files.get(&page.source);
        let changed = fact.and_then(|fact| fact.last).map(FileCommit::day);
        Some(SiteMapUrl { address: cx.absolute(&page.path)?, changed })
    });
    let urls: Vec<SiteMapUrl> = urls.collect();
    let base = cx.settings.site.base_url.as_ref().map_or("", |url| url.value.as_str());
    let files = site_map_files(&urls, base).into_iter();
    files.map(|(path, text)| (path, Entry::Bytes(Arc::from(text)))).collect()
}

/// The files of the site map of these pages; `base` is the absolute URL of the site. None for no
/// pages.
pub fn site_map_files(urls: &[SiteMapUrl], base: &str) -> Vec<(SitePath, Vec<u8>)> {
    let file = |name: &str, text: String| {
        (SitePath::new(name).unwrap_or_else(|_| SitePath::root()), text.into_bytes())
    };
    if urls.len() <= MAX_URLS {
        return match urls {
            [] => Vec::new(),
            urls => vec![file("sitemap.xml", url_set(urls))],
        };
    }
    let mut files = Vec::new();
    let mut index = String::from(HEAD);
    index.push_str("<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    for (number, urls) in urls.chunks(MAX_URLS).enumerate() {
        let name = format!("sitemap-{}.xml", number + 1);
        let _ =
            writeln!(index, "<sitemap><loc>{}</loc></sitemap>", escape(&format!("{base}{name}")));
        files.push(file(&name, url_set(urls)));
    }
    index.push_str("</sitemapindex>\n");
    files.push(file("sitemap.xml", index));
    files
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A page in the site map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteMapUrl {
    /// Its absolute URL.
    pub address: String,
    /// The day of its last change, where that is known.
    pub changed: Option<String>,
}

fn url_set(urls: &[SiteMapUrl]) -> String {
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
