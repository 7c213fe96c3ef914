//! The words of all batches together: which forms there are, which of them belong to one word,
//! and where their lists stand.

use std::borrow::Cow;
use std::ops::Range;

use super::batch::{Batch, Part};
use super::vocabulary::{self, Stems};

/// How many ranges the forms are cut into, at most.
const RANGES: usize = 16;

/// A range of the forms: in each batch those that stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRange(Vec<Range<usize>>);

/// The forms of a range of all batches.
#[derive(Debug)]
pub struct JoinedForms<'a> {
    /// Each form with its stem, and how many batches have it.
    forms: Vec<(&'a str, Cow<'a, str>, u32)>,
    /// Batch and place of each form in the batches that have it.
    homes: Vec<(u32, u32)>,
}

/// Cuts the forms of all batches into ranges that can be joined side by side.
pub fn ranges(batches: &[&Batch]) -> Vec<FormRange> {
    let Some(most) = batches.iter().max_by_key(|batch| batch.form_count()) else {
        return Vec::new();
    };
    let step = most.form_count().div_ceil(RANGES).max(1);
    let mut starts = vec![0; batches.len()];
    let mut ranges = Vec::with_capacity(RANGES);
    for cut in (step..most.form_count()).step_by(step) {
        let form = most.form(cut);
        let ends: Vec<usize> = batches.iter().map(|batch| batch.find(form)).collect();
        let range = starts.iter().zip(&ends).map(|(start, end)| *start..*end).collect();
        ranges.push(FormRange(range));
        starts = ends;
    }
    let last = starts.iter().zip(batches).map(|(start, batch)| *start..batch.form_count());
    ranges.push(FormRange(last.collect()));
    ranges
}

/// Joins the forms of a range, for a language as `book.language` has it.
pub fn join<'a>(batches: &[&'a Batch], range: &FormRange, language: &str) -> JoinedForms<'a> {
    let mut all: Vec<(u64, &str, u32, u32)> =
        Vec::with_capacity(range.0.iter().map(Range::len).sum());
    for ((batch, range), number) in batches.iter().zip(&range.0).zip(0u32..) {
        let at = range.clone().zip(u32::try_from(range.start).unwrap_or(u32::MAX)..);
        all.extend(at.map(|(at, place)| {
            let form = batch.form(at);
            (vocabulary::head(form), form, number, place)
        }));
    }
    // A stable sort finds the runs that are sorted already, and merges them. Heads stand side by
    // side in memory; forms do not.
    all.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| vocabulary::order(a.1, b.1)));
    let stems = Stems::of(language);
    let mut forms: Vec<(&str, Cow<'_, str>, u32)> = Vec::new();
    let mut homes = Vec::with_capacity(all.len());
    for (_, form, batch, at) in all {
        homes.push((batch, at));
        match forms.last_mut() {
            Some((last, _, count)) if *last == form => *count += 1,
            _ => forms.push((form, stems.stem(form), 1)),
        }
    }
    JoinedForms { forms, homes }
}

/// A form in all batches.
#[derive(Debug, Clone, Copy)]
pub(super) struct WordForm<'a> {
    pub(super) text: &'a str,
    /// The word that it is a form of.
    pub(super) word: u32,
    /// Its number among the forms of its word.
    pub(super) number: u32,
    /// The first of its homes.
    homes: u32,
}

/// The forms and words of a site.
#[derive(Debug)]
pub(super) struct Words<'a> {
    batches: Vec<&'a Batch>,
    /// The first section of each batch, and behind them the number of sections.
    first_sections: Vec<u32>,
    forms: Vec<WordForm<'a>>,
    homes: Vec<(u32, u32)>,
    /// The forms of all words, one word after the other.
    forms_of_words: Vec<u32>,
    /// Where among them each word begins, and behind them their number.
    starts: Vec<u32>,
}

impl<'a> Words<'a> {
    /// Numbers the words of all ranges.
    pub(super) fn of(batches: &[&'a Batch], joined: &[JoinedForms<'a>]) -> Self {
        let stems = joined.iter().flat_map(|range| &range.forms).map(|(_, stem, _)| &**stem);
        let numbers = vocabulary::number(stems);
        let count = numbers.iter().max().map_or(0, |last| *last as usize + 1);
        let mut sizes = vec![0u32; count];
        let mut forms = Vec::with_capacity(numbers.len());
        let mut home = 0;
        let all = joined.iter().flat_map(|range| &range.forms);
        for ((text, _, homes), word) in all.zip(&numbers) {
            let mut number = 0;
            if let Some(size) = sizes.get_mut(*word as usize) {
                number = *size;
                *size += 1;
            }
            forms.push(WordForm { text, word: *word, number, homes: home });
            home += homes;
        }
        let starts = running_total(sizes.into_iter());
        let mut forms_of_words = vec![0; forms.len()];
        for (form, at) in forms.iter().zip(0u32..) {
            let start = starts.get(form.word as usize).copied().unwrap_or_default();
            if let Some(slot) = forms_of_words.get_mut((start + form.number) as usize) {
                *slot = at;
            }
        }
        Words {
            batches: batches.to_vec(),
            first_sections: running_total(batches.iter().map(|batch| batch.sections)),
            forms,
            homes: joined.iter().flat_map(|range| range.homes.iter().copied()).collect(),
            forms_of_words,
            starts,
        }
    }

    /// The number of words.
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.starts.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The number of sections.
    pub(super) fn sections(&self) -> u32 {
        self.first_sections.last().copied().unwrap_or_default()
    }

    /// The forms, in order.
    pub(super) fn forms(&self) -> &[WordForm<'a>] {
        &self.forms
    }

    /// How many forms a word has.
    pub(super) fn form_count(&self, word: u32) -> usize {
        self.forms_of(word).len()
    }

    fn forms_of(&self, word: u32) -> &[u32] {
        let at = |word: usize| self.starts.get(word).copied().unwrap_or_default() as usize;
        let (start, end) = (at(word as usize), at(word as usize + 1));
        self.forms_of_words.get(start..end).unwrap_or_default()
    }

    /// Collects the lists of a word, by field, in the order of batches and in each of forms.
    pub(super) fn parts(&self, word: u32, out: &mut [Vec<FormPart<'a>>; 4]) {
        out.iter_mut().for_each(Vec::clear);
        for at in self.forms_of(word) {
            let Some(form) = self.forms.get(*at as usize) else { continue };
            let next =
                self.forms.get(*at as usize + 1).map_or(self.homes.len(), |f| f.homes as usize);
            let homes = self.homes.get(form.homes as usize..next).unwrap_or_default();
            for (batch, at) in homes {
                let (Some(of), Some(first)) =
                    (self.batches.get(*batch as usize), self.first_sections.get(*batch as usize))
                else {
                    continue;
                };
                for (part, out) in of.parts(*at as usize).into_iter().zip(&mut *out) {
                    out.extend(part.map(|part| FormPart {
                        first_section: *first,
                        form: form.number,
                        part,
                    }));
                }
            }
        }
        if self.form_count(word) > 1 {
            for parts in out {
                parts.sort_by_key(|part| part.first_section);
            }
        }
    }
}

/// The list of a form in a field of a batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct FormPart<'a> {
    /// The first section of the batch.
    pub(super) first_section: u32,
    /// The number of the form among those of its word.
    pub(super) form: u32,
    pub(super) part: Part<'a>,
}

/// 0, and behind each number the sum of all up to it.
fn running_total(numbers: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut total = 0;
    let sums = numbers.map(|number| {
        total += number;
        total
    });
    std::iter::once(0).chain(sums).collect()
}
