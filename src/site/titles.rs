//! What a page is called where it does not say so itself.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;

use crate::base::{Diagnostic, SourcePath, Span};
use crate::markdown::Outline;

use super::codes::SITE_DUPLICATE_TITLE;
use super::content::{Plan, is_index_like};
use super::model::{PageId, Site};
use super::navigation::{NavId, NavItem, NavKind};

impl Site {
    /// Reports pages that stand below one entry of the navigation, and in one part of it, and are
    /// called the same. `place` says where a page says what it is called.
    pub fn duplicate_titles(&self, place: &dyn Fn(PageId) -> Span) -> Vec<Diagnostic> {
        let mut part = 0;
        let mut rows: Vec<((usize, Option<NavId>), PageId)> = Vec::new();
        for item in self.nav.items() {
            part += usize::from(item.kind == NavKind::Part);
            let NavKind::Page(id) = item.kind else { continue };
            let Some(page) = self.page(id) else { continue };
            // What the navigation calls otherwise can be told apart there.
            if item.title.to_lowercase() == page.title.to_lowercase() {
                rows.push(((part, item.parent), id));
            }
        }
        let title = |id: PageId| self.page(id).map_or("", |page| page.title.as_str());
        let twins = same_titles(rows.iter().map(|(place, id)| (*place, title(*id))));
        let found = twins.into_iter().filter_map(|(at, first)| {
            let ((_, id), (_, first)) = (rows.get(at)?, rows.get(first)?);
            let other = &self.page(*first)?.source;
            Some(duplicate_title(title(*id), place(*id), other, place(*first)))
        });
        found.collect()
    }

    /// For each page that the navigation lists, in its order, the entry that it stands below; none
    /// where the navigation is written by hand, and may call pages otherwise than they do.
    pub fn parents(&self, plan: &Plan) -> Option<Vec<Option<NavId>>> {
        let is_page = |item: &&NavItem| matches!(item.kind, NavKind::Page(_));
        let parents = || self.nav.items().iter().filter(is_page).map(|item| item.parent).collect();
        plan.summary.is_none().then(parents)
    }
}

/// The positions of those that are called the same as another one in the same place, each with that
/// of the first one.
pub fn same_titles<'t, P: Copy + Eq + Hash>(
    rows: impl Iterator<Item = (P, &'t str)>,
) -> Vec<(usize, usize)> {
    let mut first: HashMap<(P, String), usize> = HashMap::new();
    let mut found = Vec::new();
    for (at, (place, title)) in rows.enumerate() {
        match first.entry((place, title.to_lowercase())) {
            Entry::Vacant(entry) => {
                entry.insert(at);
            }
            Entry::Occupied(entry) => found.push((at, *entry.get())),
        }
    }
    found
}

/// Reports a page that is called as another one is.
pub fn duplicate_title(title: &str, place: Span, other: &SourcePath, there: Span) -> Diagnostic {
    Diagnostic::new(&SITE_DUPLICATE_TITLE, format!("`{title}` is the title of `{other}`, too"))
        .at(place)
        .label(there, "the other one")
        .help("say in the title what this page is about")
}

/// The title that a page gives itself: its front matter's, else its first heading of level 1.
pub fn own_title(outline: &Outline) -> Option<&str> {
    let said = outline.front_matter.title.as_ref().map(|title| title.value.trim());
    let heading = || {
        let first = outline.headings.iter().find(|heading| heading.level == 1);
        first.map(|heading| heading.text.trim())
    };
    said.filter(|title| !title.is_empty()).or_else(heading).filter(|title| !title.is_empty())
}

/// The title of a page that has none: its file's name made readable; for the page of a section
/// the folder's, for the page at the top that of the site.
pub(super) fn title_of_path(path: &SourcePath, content: &SourcePath, site: &str) -> String {
    if !is_index_like(path) {
        return readable(path.file_stem());
    }
    let folder = path.parent();
    if folder == *content {
        return if site.is_empty() { "Home".to_owned() } else { site.to_owned() };
    }
    readable(folder.file_name())
}

/// A file or folder name as a title: `01-getting-started` -> "Getting started".
pub(super) fn readable(name: &str) -> String {
    // Numbers in front only order files; a name that is nothing but a number keeps it.
    let unnumbered =
        name.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['-', '_', ' ']);
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    // Four digits are a year.
    let numbered = (1..=3).contains(&digits)
        && !unnumbered.is_empty()
        && name.get(digits..).is_some_and(|rest| rest.starts_with(['-', '_', ' ']));
    let name = if numbered { unnumbered } else { name };
    let words: Vec<&str> = name.split(['-', '_', ' ']).filter(|word| !word.is_empty()).collect();
    let text = words.join(" ");
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn names_become_titles() {
        assert_eq!(readable("getting-started"), "Getting started");
        assert_eq!(readable("01-getting_started"), "Getting started");
        assert_eq!(readable("2024"), "2024");
        assert_eq!(readable("2024-01-release"), "2024 01 release");
        assert_eq!(readable("3d-models"), "3d models");
        assert_eq!(readable("API"), "API");
        assert_eq!(readable("---"), "---");
        assert_eq!(readable("über-uns"), "Über uns");
    }
}
