//! What a page is called where it does not say so itself.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::base::{Diagnostic, SourcePath, Span};
use crate::markdown::Outline;

use super::codes::SITE_DUPLICATE_TITLE;
use super::content::is_index_like;
use super::model::{PageId, Site};
use super::navigation::{NavId, NavKind};

impl Site {
    /// Reports pages that stand below one entry of the navigation, and in one part of it, and are
    /// called the same. `place` says where a page says what it is called.
    pub fn duplicate_titles(&self, place: &dyn Fn(PageId) -> Span) -> Vec<Diagnostic> {
        let mut first: HashMap<(usize, Option<NavId>, String), PageId> = HashMap::new();
        let mut found = Vec::new();
        let mut part = 0;
        for item in self.nav.items() {
            part += usize::from(item.kind == NavKind::Part);
            let NavKind::Page(id) = item.kind else { continue };
            let Some(page) = self.page(id) else { continue };
            // What the navigation calls otherwise can be told apart there.
            let title = page.title.to_lowercase();
            if item.title.to_lowercase() != title {
                continue;
            }
            let other = match first.entry((part, item.parent, title)) {
                Entry::Vacant(entry) => {
                    entry.insert(id);
                    continue;
                }
                Entry::Occupied(entry) => *entry.get(),
            };
            let Some(source) = self.page(other).map(|page| &page.source) else { continue };
            let message = format!("`{}` is the title of `{source}`, too", page.title);
            found.push(
                Diagnostic::new(&SITE_DUPLICATE_TITLE, message)
                    .at(place(id))
                    .label(place(other), "the other one")
                    .help("say in the title what this page is about"),
            );
        }
        found
    }
}

/// The title that a page gives itself: its front matter's, else its first heading of level 1.
pub(super) fn own_title(outline: &Outline) -> Option<&str> {
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
