//! `feed.xml`: the pages that changed last, for readers of feeds. Format: Atom, RFC 4287.

use std::cmp::Reverse;
use std::fmt::Write as _;

use super::{Entries, Format, entry_of};
use crate::base::SitePath;
use crate::history::day_and_time;
use crate::markdown::escape_text;
use crate::output::SiteContext;

/// Written where the site's address is known, as the format wants absolute URLs, and git knows
/// when pages changed.
pub(super) static FEED: Format = Format {
    name: "feed",
    summary: "`feed.xml`: the pages that changed last, where `base-url` is absolute",
    entries,
};

/// How many pages it lists.
const MOST: usize = 50;

/// Where the feed stands, where there is one.
pub(super) fn path(cx: &SiteContext<'_>) -> Option<SitePath> {
    let wanted = !cx.settings.site.noindex && cx.facts.commit.is_some();
    let path = SitePath::new("feed.xml").ok().filter(|_| wanted)?;
    cx.absolute(&path).map(|_| path)
}

fn entries(cx: &SiteContext<'_>) -> Entries {
    let Some(path) = path(cx) else { return Vec::new() };
    let mut pages: Vec<_> = cx
        .pages()
        .filter(|(_, page)| page.listed())
        .filter_map(|(_, page)| {
            let fact = cx.history.files.get(&page.source)?;
            Some((fact.last?.time, page, fact.author))
        })
        .collect();
    pages.sort_by_key(|(time, page, _)| (Reverse(*time), page.path.clone()));
    pages.truncate(MOST);
    let newest = pages.first().map(|(time, ..)| *time).or(cx.facts.commit_time).unwrap_or_default();
    let own = cx.absolute(&path).unwrap_or_default();
    let home = cx.absolute(&cx.site.home).unwrap_or_default();

    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">",
        escaped(&cx.view.language)
    );
    let _ = writeln!(xml, "<title>{}</title>", escaped(&cx.view.title));
    if !cx.view.description.is_empty() {
        let _ = writeln!(xml, "<subtitle>{}</subtitle>", escaped(&cx.view.description));
    }
    let _ = writeln!(xml, "<id>{}</id>", escaped(&home));
    let _ = writeln!(xml, "<link rel=\"self\" href=\"{}\"/>", escaped(&own));
    let _ = writeln!(xml, "<link rel=\"alternate\" href=\"{}\"/>", escaped(&home));
    let _ = writeln!(xml, "<updated>{}</updated>", day_and_time(newest));
    for (time, page, author) in pages {
        let url = escaped(&cx.absolute(&page.path).unwrap_or_default());
        let author = author.map_or_else(|| cx.view.title.clone(), |author| author.name.clone());
        let _ = writeln!(
            xml,
            "<entry><title>{}</title><id>{url}</id><link rel=\"alternate\" href=\"{url}\"/>\
             <updated>{}</updated><author><name>{}</name></author>",
            escaped(&page.title),
            day_and_time(time),
            escaped(if author.is_empty() { "?" } else { &author }),
        );
        if !page.description.is_empty() {
            let _ = write!(xml, "<summary>{}</summary>", escaped(&page.description));
        }
        xml.push_str("</entry>\n");
    }
    xml.push_str("</feed>\n");
    vec![entry_of("feed.xml", xml)]
}

/// Text for XML, which knows no other control characters than white space.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let plain: String = text.chars().filter(|c| !c.is_control() || c.is_whitespace()).collect();
    escape_text(&mut out, &plain);
    out.replace('"', "&quot;")
}
