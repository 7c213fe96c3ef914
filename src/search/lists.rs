//! What the query plan reads: the same from tantivy's index and from the export.

use super::index::Field;
use super::vocabulary::Form;

/// What is known of the whole index.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Stats {
    /// The number of sections.
    pub(super) sections: u32,
    /// The average number of tokens of each field of the pages' own.
    pub(super) lengths: [f32; 4],
    /// The first section of each page, and behind them the number of sections.
    pub(super) first_of_page: Vec<u32>,
}

impl Stats {
    /// The average number of tokens of a field.
    pub(super) fn length(&self, field: Field) -> f32 {
        self.lengths.get(field as usize).copied().unwrap_or_default()
    }

    /// The page of a section.
    pub(super) fn page_of(&self, section: u32) -> u32 {
        let after = self.first_of_page.partition_point(|first| *first <= section);
        u32::try_from(after.saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The first section of a page.
    pub(super) fn first_of(&self, page: u32) -> u32 {
        self.first_of_page.get(page as usize).copied().unwrap_or(self.sections)
    }
}

/// The sections of a word in a field: section, BM25, id of the field's length there.
pub(super) type List = Vec<(u32, f32, u8)>;

/// Where a word stands in the sections of a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// Sections in order, each with where its places begin.
    sections: Vec<(u32, usize)>,
    /// Position and number of the form, in order in each section.
    places: Vec<(u32, u32)>,
}

impl Places {
    /// From section, position and form, sorted.
    pub(super) fn of(found: Vec<(u32, u32, u32)>) -> Self {
        let mut places = Places::default();
        for (section, position, form) in found {
            if places.sections.last().is_none_or(|(last, _)| *last != section) {
                places.sections.push((section, places.places.len()));
            }
            places.places.push((position, form));
        }
        places
    }

    /// The sections, in order, with their places.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &[(u32, u32)])> {
        self.sections.iter().map(|(section, _)| (*section, self.in_section(*section)))
    }

    /// The places in a section.
    pub(super) fn in_section(&self, section: u32) -> &[(u32, u32)] {
        let Ok(at) = self.sections.binary_search_by_key(&section, |(section, _)| *section) else {
            return &[];
        };
        let start = self.sections.get(at).map_or(0, |(_, start)| *start);
        let end = self.sections.get(at + 1).map_or(self.places.len(), |(_, start)| *start);
        self.places.get(start..end).unwrap_or_default()
    }
}

/// An index that the plan can be run on.
pub(super) trait Lists {
    /// Why it cannot be read.
    type Error;

    /// What is known of the whole.
    fn stats(&self) -> &Stats;
    /// The number of forms.
    fn form_count(&self) -> usize;
    /// The forms that begin with a text, in order.
    fn beginning(&self, prefix: &str) -> Result<Vec<Form>, Self::Error>;
    /// The sections of a word in a field, in order.
    fn list(&self, word: u32, field: Field) -> Result<List, Self::Error>;
    /// The first sections of the pages that links in other pages call by a word, in order.
    fn linked(&self, word: u32) -> Result<Vec<u32>, Self::Error>;
    /// The places of a word in a field that has them.
    fn places(&self, word: u32, field: Field) -> Result<Places, Self::Error>;
}
