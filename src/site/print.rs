//! Print views: pages in reading order on one page, so ids get the page's own in front. A site that
//! is not too long for one has one view of all that is listed; a longer one has a view for each
//! part, where its settings ask for that.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::ops::Range;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::model::{PageId, Site};
use super::navigation::{NavId, NavKind};
use crate::base::SitePath;
use crate::config::Settings;

/// What must not stand as it is in a fragment.
const FRAGMENT: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'%').add(b'#').add(b'\\');

/// Beyond this no browser shows a page with pleasure, and nobody prints it.
pub const MOST_PRINTED: usize = 500;

/// A print view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintView {
    /// Where it stands.
    pub path: SitePath,
    /// Its title; empty for that of the whole site.
    pub title: String,
    /// The positions of its pages in [`Site::pages`], which are in reading order.
    pub pages: Range<u32>,
}

impl PrintView {
    /// Whether a page stands in it.
    pub fn holds(&self, page: PageId) -> bool {
        self.pages.contains(&page.0)
    }
}

/// The print views of a site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrintViews {
    /// The views, in reading order; no page stands in two.
    pub views: Vec<PrintView>,
    /// The page that lists them, where there is one for each part of the site.
    pub list: Option<SitePath>,
}

impl PrintViews {
    /// The view that a page stands in.
    pub fn of(&self, page: PageId) -> Option<&PrintView> {
        let after = self.views.partition_point(|view| view.pages.start <= page.0);
        self.views.get(after.checked_sub(1)?).filter(|view| view.holds(page))
    }
}

impl Site {
    /// The print views that the settings ask for.
    pub fn print_views(&self, settings: &Settings) -> PrintViews {
        self.print_views_of(settings, MOST_PRINTED)
    }

    pub(super) fn print_views_of(&self, settings: &Settings, most: usize) -> PrintViews {
        let listed = self.listed().count();
        let Ok(path) = SitePath::new("print.html") else { return PrintViews::default() };
        if !settings.html.print || listed == 0 {
            return PrintViews::default();
        }
        if listed <= most {
            let pages = 0..u32::try_from(listed).unwrap_or(u32::MAX);
            let view = PrintView { path, title: String::new(), pages };
            return PrintViews { views: vec![view], list: None };
        }
        if !settings.site.print_parts {
            return PrintViews::default();
        }
        let title = match (settings.book.title.as_str(), self.page(PageId(0))) {
            ("", Some(first)) => first.title.as_str(),
            (title, _) => title,
        };
        let mut parts = Vec::new();
        self.part(None, title, most, &mut parts);
        PrintViews { views: views_of(parts, most), list: Some(path) }
    }

    /// Parts what stands below an item, or at the top. What is not too long for one view stays
    /// together; pages that stand side by side are one part with what they stand below; a heading
    /// of parts keeps together what stands below it, while there is room.
    fn part(&self, item: Option<NavId>, title: &str, most: usize, parts: &mut Vec<Part>) {
        let mut title = title;
        let mut open = item.and_then(|item| self.page_of_item(item)).map(|page| page.0..page.0 + 1);
        let close = |title: &str, open: &mut Option<Range<u32>>, parts: &mut Vec<Part>| {
            parts.extend(open.take().map(|pages| Part { title: title.to_owned(), pages }));
        };
        let has_headings = item.is_none() && self.has_parts();
        for child in self.nav.children(item) {
            let Some(of) = self.nav.get(*child) else { continue };
            if of.kind == NavKind::Part {
                close(title, &mut open, parts);
                title = &of.title;
                continue;
            }
            let Some(pages) = self.printed_below(*child) else { continue };
            let is_section = !self.nav.children(Some(*child)).is_empty();
            if is_section && !(has_headings && pages.len() <= most) {
                close(title, &mut open, parts);
                if pages.len() <= most {
                    parts.push(Part { title: of.title.clone(), pages });
                } else {
                    self.part(Some(*child), &of.title, most, parts);
                }
                continue;
            }
            if is_section && open.as_ref().map_or(0, ExactSizeIterator::len) + pages.len() > most {
                close(title, &mut open, parts);
            }
            let begin = open.as_ref().map_or(pages.start, |open| open.start);
            open = Some(begin..pages.end);
        }
        close(title, &mut open, parts);
    }

    /// Whether headings part what stands at the top of the navigation.
    fn has_parts(&self) -> bool {
        let is_part = |id: &NavId| self.nav.get(*id).is_some_and(|item| item.kind == NavKind::Part);
        self.nav.top().iter().any(is_part)
    }

    /// The pages of an item and of all below it.
    fn printed_below(&self, item: NavId) -> Option<Range<u32>> {
        let below = self.nav.below(item).map(NavId);
        let mut pages = std::iter::once(item).chain(below).filter_map(|id| self.page_of_item(id));
        let first = pages.next()?.0;
        Some(first..pages.next_back().map_or(first, |last| last.0) + 1)
    }

    /// The id of a page in a print view; an id of the page follows behind `-`.
    pub fn print_id(&self, page: PageId) -> String {
        self.page(page).map(|page| id_of(&page.path)).unwrap_or_default()
    }
}

/// Pages that stand together, however many.
struct Part {
    title: String,
    pages: Range<u32>,
}

/// A view for each part, several for one that is too long; each with a path and a title of its own.
fn views_of(parts: Vec<Part>, most: usize) -> Vec<PrintView> {
    let mut pieces = Vec::new();
    for Part { title, pages } in parts {
        for start in pages.clone().step_by(most.max(1)) {
            let end = pages.end.min(start.saturating_add(u32::try_from(most).unwrap_or(u32::MAX)));
            pieces.push(Part { title: title.clone(), pages: start..end });
        }
    }
    let mut counts: HashMap<String, (usize, usize)> = HashMap::new();
    for piece in &pieces {
        counts.entry(piece.title.clone()).or_default().1 += 1;
    }
    let mut taken = HashSet::new();
    let numbered = pieces.into_iter().filter_map(|Part { title, pages }| {
        let title = match counts.get_mut(&title) {
            Some((number, count)) if *count > 1 => {
                *number += 1;
                format!("{title} ({number} / {count})")
            }
            _ => title,
        };
        Some(PrintView { path: path_of(&title, &mut taken)?, title, pages })
    });
    numbered.collect()
}

/// A path that is made of a title, and not taken.
fn path_of(title: &str, taken: &mut HashSet<String>) -> Option<SitePath> {
    let words: Vec<String> = title
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let name: String = words.join("-").chars().take(60).collect();
    let name = if name.is_empty() { "part".to_owned() } else { name };
    let mut free = name.clone();
    let mut count = 1;
    while !taken.insert(free.clone()) {
        count += 1;
        free = format!("{name}-{count}");
    }
    SitePath::new(format!("_copydesk/print/{free}.html")).ok()
}

/// No two pages have the same id, and none holds a `-`, so that no two places have the same
/// either.
pub(super) fn id_of(path: &SitePath) -> String {
    let path = path.as_str();
    let mut id = String::new();
    for character in path.strip_suffix(".html").unwrap_or(path).chars() {
        match character {
            '-' => id.push('.'),
            '/' | '_' => id.push(character),
            c if c.is_alphanumeric() => id.push(c),
            c => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    // Writing to a string cannot fail.
                    let _ = write!(id, "~{byte:02x}");
                }
            }
        }
    }
    id
}

pub(super) fn encode_fragment(text: &str) -> String {
    utf8_percent_encode(text, FRAGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_pages_share_an_id() {
        let id = |text: &str| id_of(&SitePath::new(text).unwrap());
        assert_eq!(id("getting-started/install.html"), "getting.started/install");
        assert_eq!(id("über uns.html"), "über~20uns");
        let paths = ["a-b.html", "a.b.html", "a/b.html", "a_b.html", "a~2eb.html", "a b.html"];
        let mut ids: Vec<String> = paths.iter().map(|path| id(path)).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), paths.len());
        assert!(ids.iter().all(|id| !id.contains('-')));
    }
}
