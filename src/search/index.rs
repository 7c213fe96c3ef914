//! The index: one entry for each section, in tantivy, in the order of the pages.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tantivy::postings::{Postings, TermInfo};
use tantivy::query::Bm25Weight;
use tantivy::schema::{Field as TantivyField, IndexRecordOption};
use tantivy::{DocSet, SegmentReader, TERMINATED};

use super::input::Section;
use super::lists::{List, Lists, Places, Stats};
use super::rank::{self, Answer, Ranking};
use super::segment::Segment;
pub(super) use super::segment::{FIELDS, Field, OWN_FIELDS};
pub use super::segment::{IndexError, IndexedPage};
use super::snippet::{Snippet, snippet};
use super::vocabulary::{self, Form};

/// The index of a site.
pub struct SearchIndex {
    segment: Option<SegmentReader>,
    fields: [TantivyField; 5],
    stats: Stats,
    pub(super) forms: Vec<Form>,
    /// For each form where its lists are, by field.
    infos: Vec<[Option<TermInfo>; 5]>,
    /// For each word its forms, in order.
    pub(super) words: Vec<Vec<u32>>,
    pub(super) pages: Vec<IndexedPage>,
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SearchIndex").field("stats", &self.stats).finish_non_exhaustive()
    }
}

impl SearchIndex {
    /// Indexes pages, given in the order of the navigation, in a language as `book.language` has
    /// it.
    ///
    /// # Errors
    /// Where tantivy fails, which it does when memory does.
    pub fn build(mut pages: Vec<IndexedPage>, language: &str) -> Result<Self, IndexError> {
        let segment = Segment::write(pages.iter())?;
        for page in &mut pages {
            // The index has them now; where nobody else holds them, they make room.
            if let Some(input) = Arc::get_mut(&mut page.input) {
                input.forget_tokens();
            }
        }
        let Segment { reader, fields, first_of_page } = segment;
        Self::read(reader, fields, pages, first_of_page, language)
    }

    /// Reads the words of the segment.
    fn read(
        segment: Option<SegmentReader>,
        fields: [TantivyField; 5],
        pages: Vec<IndexedPage>,
        first_of_page: Vec<u32>,
        language: &str,
    ) -> Result<Self, IndexError> {
        let sections = first_of_page.last().copied().unwrap_or_default();
        let mut lengths = [0.0; 4];
        let mut found: BTreeMap<Box<str>, [Option<TermInfo>; 5]> = BTreeMap::new();
        if let Some(segment) = &segment {
            for (at, field) in fields.iter().enumerate() {
                let inverted = segment.inverted_index(*field)?;
                if let Some(length) = lengths.get_mut(at) {
                    *length = inverted.total_num_tokens() as f32 / sections.max(1) as f32;
                }
                let mut terms = inverted.terms().stream()?;
                while let Some((key, info)) = terms.next() {
                    let Ok(text) = std::str::from_utf8(key) else { continue };
                    if !found.contains_key(text) {
                        found.insert(text.into(), Default::default());
                    }
                    let slot = found.get_mut(text).and_then(|infos| infos.get_mut(at));
                    if let Some(slot) = slot {
                        *slot = Some(info.clone());
                    }
                }
            }
        }
        let mut sorted: Vec<(Box<str>, [Option<TermInfo>; 5])> = found.into_iter().collect();
        if sorted.iter().any(|(text, _)| text.chars().any(|c| c > '\u{ffff}')) {
            sorted.sort_by(|(a, _), (b, _)| vocabulary::order(a, b));
        }
        let numbers = vocabulary::words(sorted.iter().map(|(text, _)| &**text), language);
        let count = numbers.iter().max().map_or(0, |last| *last as usize + 1);
        let mut words = vec![Vec::new(); count];
        let (mut forms, mut infos) =
            (Vec::with_capacity(sorted.len()), Vec::with_capacity(sorted.len()));
        for ((text, info), (word, form)) in sorted.into_iter().zip(numbers.into_iter().zip(0u32..))
        {
            let mut number = 0;
            if let Some(forms) = words.get_mut(word as usize) {
                number = u32::try_from(forms.len()).unwrap_or(u32::MAX);
                forms.push(form);
            }
            forms.push(Form { text, word, number, weight: 0 });
            infos.push(info);
        }
        let mut index = SearchIndex {
            segment,
            fields,
            stats: Stats { sections, lengths, first_of_page },
            forms,
            infos,
            words,
            pages,
        };
        for word in 0..u32::try_from(index.words.len()).unwrap_or(u32::MAX) {
            let weight = index.weigh(word)?;
            for form in index.words.get(word as usize).into_iter().flatten() {
                if let Some(form) = index.forms.get_mut(*form as usize) {
                    form.weight = weight;
                }
            }
        }
        Ok(index)
    }

    /// In how many sections a word stands, by field.
    fn weigh(&self, word: u32) -> Result<u32, IndexError> {
        let forms = self.forms_of(word);
        let mut weight = 0;
        for field in OWN_FIELDS {
            let infos: Vec<&TermInfo> =
                forms.iter().filter_map(|form| self.info(*form, field)).collect();
            weight += match infos.as_slice() {
                [] => 0,
                [one] => one.doc_freq,
                _ => u32::try_from(self.entries(word, field)?.len()).unwrap_or(u32::MAX),
            };
        }
        Ok(weight)
    }

    /// Answers a query.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn answer(&self, query: &str, ranking: &Ranking) -> Result<Answer, IndexError> {
        rank::answer(self, query, ranking)
    }

    /// The pages, in order.
    pub fn pages(&self) -> &[IndexedPage] {
        &self.pages
    }

    /// The page of an answer.
    pub fn page(&self, page: u32) -> Option<&IndexedPage> {
        self.pages.get(page as usize)
    }

    /// A section of an answer with its page.
    pub fn section(&self, section: u32) -> Option<(&IndexedPage, &Section)> {
        let page = self.stats.page_of(section);
        let at = section.checked_sub(self.stats.first_of(page))?;
        let page = self.page(page)?;
        Some((page, page.input.sections.get(at as usize)?))
    }

    /// The part of a section that shows why it answers.
    pub fn snippet(&self, section: u32, answer: &Answer, length: usize) -> Snippet {
        let forms = answer.words.iter().flat_map(|word| {
            let forms = self.forms_of(*word).iter();
            forms.filter_map(|form| self.forms.get(*form as usize)).map(|form| (&*form.text, *word))
        });
        let words: HashMap<&str, u32> = forms.collect();
        let text = self.section(section).map_or("", |(_, section)| section.text.as_str());
        snippet(text, &words, length)
    }

    pub(super) fn forms_of(&self, word: u32) -> &[u32] {
        self.words.get(word as usize).map(Vec::as_slice).unwrap_or_default()
    }

    fn info(&self, form: u32, field: Field) -> Option<&TermInfo> {
        self.infos.get(form as usize)?.get(field as usize)?.as_ref()
    }

    /// The sections that have a word in a field, and how often each has it.
    fn entries(&self, word: u32, field: Field) -> Result<Vec<(u32, u32)>, IndexError> {
        let mut entries: Vec<(u32, u32)> = Vec::new();
        let (Some(segment), Some(name)) = (&self.segment, self.fields.get(field as usize)) else {
            return Ok(entries);
        };
        let inverted = segment.inverted_index(*name)?;
        let mut lists = 0;
        for form in self.forms_of(word) {
            let Some(info) = self.info(*form, field) else { continue };
            let mut postings =
                inverted.read_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?;
            let mut doc = postings.doc();
            while doc != TERMINATED {
                entries.push((doc, postings.term_freq()));
                doc = postings.advance();
            }
            lists += 1;
        }
        if lists > 1 {
            entries.sort_unstable();
            entries.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 += next.1;
                }
                same
            });
        }
        Ok(entries)
    }

    /// The sections of a word in a field with their lengths, for the export.
    pub(super) fn postings(&self, word: u32, field: Field) -> Result<Entries, IndexError> {
        let entries = self.entries(word, field)?;
        let norms = match (&self.segment, self.fields.get(field as usize)) {
            (Some(segment), Some(name)) if !entries.is_empty() => {
                Some(segment.get_fieldnorms_reader(*name)?)
            }
            _ => None,
        };
        Ok(entries
            .into_iter()
            .map(|(doc, times)| {
                (doc, times, norms.as_ref().map_or(0, |norms| norms.fieldnorm_id(doc)))
            })
            .collect())
    }

    /// Where a word stands in the sections of a field: for each section places and forms.
    pub(super) fn places(&self, word: u32, field: Field) -> Result<Places, IndexError> {
        let mut found: Vec<(u32, u32, u32)> = Vec::new();
        let (Some(segment), Some(name)) = (&self.segment, self.fields.get(field as usize)) else {
            return Ok(Places::default());
        };
        let inverted = segment.inverted_index(*name)?;
        let mut at = Vec::new();
        for (form, number) in self.forms_of(word).iter().zip(0u32..) {
            let Some(info) = self.info(*form, field) else { continue };
            let option = IndexRecordOption::WithFreqsAndPositions;
            let mut postings = inverted.read_postings_from_terminfo(info, option)?;
            let mut doc = postings.doc();
            while doc != TERMINATED {
                postings.positions(&mut at);
                found.extend(at.iter().map(|place| (doc, *place, number)));
                doc = postings.advance();
            }
        }
        found.sort_unstable();
        Ok(Places::of(found))
    }
}

#[cfg(test)]
impl SearchIndex {
    /// What runs tantivy's own queries.
    pub(super) fn searcher(&self) -> tantivy::Searcher {
        self.segment.as_ref().unwrap().index().reader().unwrap().searcher()
    }

    pub(super) fn tantivy_field(&self, field: Field) -> TantivyField {
        self.fields[field as usize]
    }
}

/// Section, times, and the id of the field's length.
pub(super) type Entries = Vec<(u32, u32, u8)>;

impl Lists for SearchIndex {
    type Error = IndexError;

    fn stats(&self) -> &Stats {
        &self.stats
    }

    fn beginning(&self, prefix: &str) -> Result<Vec<Form>, IndexError> {
        Ok(vocabulary::beginning(&self.forms, prefix).to_vec())
    }

    fn form_count(&self) -> usize {
        self.forms.len()
    }

    fn linked(&self, word: u32) -> Result<Vec<u32>, IndexError> {
        Ok(self.entries(word, Field::Links)?.into_iter().map(|(section, _)| section).collect())
    }

    fn list(&self, word: u32, field: Field) -> Result<List, IndexError> {
        let postings = self.postings(word, field)?;
        let count = postings.len() as u64;
        let average = self.stats.length(field);
        let weight = Bm25Weight::for_one_term(count, u64::from(self.stats.sections), average);
        Ok(postings
            .into_iter()
            .map(|(section, times, length)| (section, weight.score(length, times), length))
            .collect())
    }

    fn places(&self, word: u32, field: Field) -> Result<Places, IndexError> {
        SearchIndex::places(self, word, field)
    }
}
