//! The words of all batches together: which forms there are, which of them belong to one word,
//! and where their lists stand.

use super::batch::{Batch, ListsAt, Part};
use super::forms::{FormNumbers, Forms};

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

/// A batch that has a form, and where the form's lists are in it.
#[derive(Debug, Clone, Copy, Default)]
struct Home {
    batch: u32,
    lists: ListsAt,
}

/// The forms and words of a site.
#[derive(Debug)]
pub(super) struct Words<'a> {
    batches: Vec<&'a Batch>,
    /// The first section of each batch, and behind them the number of sections.
    first_sections: Vec<u32>,
    forms: Vec<WordForm<'a>>,
    /// The homes of all forms, one form after the other, in the order of batches.
    homes: Vec<Home>,
    /// The forms of all words, one word after the other.
    forms_of_words: Vec<u32>,
    /// Where among them each word begins, and behind them their number.
    starts: Vec<u32>,
}

impl<'a> Words<'a> {
    /// Joins batches whose forms are numbered. Words are numbered in the order of their first forms.
    pub(super) fn of(batches: &[(&'a Batch, FormNumbers)], table: &'a Forms) -> Self {
        let mut counts = vec![0u32; table.len()];
        for number in batches.iter().flat_map(|(_, of)| of.numbers.iter()) {
            if let Some(count) = counts.get_mut(*number as usize) {
                *count += 1;
            }
        }
        let mut words = vec![None; table.stem_count()];
        let mut sizes: Vec<u32> = Vec::new();
        let mut forms = Vec::new();
        let mut home = 0;
        // From here on each is where the next home of its form goes.
        let mut next = counts;
        for (number, text, stem) in table.sorted() {
            let (Some(place), Some(word)) =
                (next.get_mut(number as usize), words.get_mut(stem as usize))
            else {
                continue;
            };
            let count = std::mem::replace(place, home);
            if count == 0 {
                continue;
            }
            let word = *word.get_or_insert_with(|| {
                sizes.push(0);
                u32::try_from(sizes.len() - 1).unwrap_or(u32::MAX)
            });
            if let Some(size) = sizes.get_mut(word as usize) {
                forms.push(WordForm { text, word, number: *size, homes: home });
                *size += 1;
            }
            home += count;
        }
        let mut homes = vec![Home::default(); home as usize];
        for ((batch, of), at) in batches.iter().zip(0u32..) {
            for (number, lists) in of.numbers.iter().zip(batch.lists()) {
                let Some(place) = next.get_mut(*number as usize) else { continue };
                if let Some(home) = homes.get_mut(*place as usize) {
                    *home = Home { batch: at, lists };
                }
                *place += 1;
            }
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
            batches: batches.iter().map(|(batch, _)| *batch).collect(),
            first_sections: running_total(batches.iter().map(|(batch, _)| batch.sections)),
            forms,
            homes,
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

    /// The homes of a form.
    fn homes_of(&self, form: u32) -> &[Home] {
        let begin = |form: u32| self.forms.get(form as usize).map(|form| form.homes as usize);
        let Some(start) = begin(form) else { return &[] };
        self.homes.get(start..begin(form + 1).unwrap_or(self.homes.len())).unwrap_or_default()
    }

    /// The only form of a word; none where there are several.
    pub(super) fn only_form(&self, word: u32) -> Option<u32> {
        match self.forms_of(word) {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// The lists of a form: in the order of batches, each with the first section of its batch, by field.
    pub(super) fn parts_of(&self, form: u32) -> impl Iterator<Item = (u32, [Option<Part<'a>>; 5])> {
        self.homes_of(form).iter().filter_map(|home| {
            let batch = self.batches.get(home.batch as usize)?;
            let first = self.first_sections.get(home.batch as usize)?;
            Some((*first, batch.parts(home.lists)))
        })
    }

    /// Collects the lists of a word, by field, in the order of batches and in each of forms.
    pub(super) fn parts(&self, word: u32, out: &mut [Vec<FormPart<'a>>; 5]) {
        out.iter_mut().for_each(Vec::clear);
        for at in self.forms_of(word) {
            let Some(form) = self.forms.get(*at as usize) else { continue };
            for (first_section, parts) in self.parts_of(*at) {
                for (part, out) in parts.into_iter().zip(&mut *out) {
                    out.extend(part.map(|part| FormPart {
                        first_section,
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
