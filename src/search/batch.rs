//! A batch: pages in a row that are indexed together, so that the index of the others is kept
//! when one of them changes. What a batch gives to the export is walked out of its segment in
//! tantivy once, with all numbers written as the export writes them: those of words with one form
//! are then copied, not written again.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, SegmentReader, TERMINATED};

use super::fragments::{Fragment, FragmentName, fragments};
use super::numbers::{Numbers, push};
use super::segment::{FIELDS, Field, IndexError, IndexedPage, Segment};

/// How many pages are indexed together. What is exported does not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchSize {
    /// How many a batch has at least, unless there are no more.
    least: usize,
    /// How many more it has on average.
    more: u32,
    /// How many it has at most.
    most: usize,
}

impl BatchSize {
    /// For a site of which most pages are unknown, or stay as they are: a batch takes some time
    /// besides what its pages take.
    pub const LARGE: BatchSize = BatchSize { least: 128, more: 128, most: 512 };
    /// For a site that differs from a known one in a page here and there, as versions do: with a
    /// page, its whole batch is indexed, so each page is one. Many batches share a segment then; see
    /// [`Batch::of_each`].
    pub const SMALL: BatchSize = BatchSize { least: 1, more: 1, most: 1 };
}

/// Cuts pages, given by their addresses in order, into batches. Where a batch ends depends on the
/// addresses at its end, so that a page more or less in the middle of a site changes one batch or
/// two.
pub fn batches<'a>(size: BatchSize, urls: impl Iterator<Item = &'a str>) -> Vec<Range<usize>> {
    let BatchSize { least, more, most } = size;
    let mut batches = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for url in urls {
        end += 1;
        let size = end - start;
        if size >= least && (checksum(url).is_multiple_of(more) || size >= most) {
            batches.push(start..end);
            start = end;
        }
    }
    if start < end {
        batches.push(start..end);
    }
    batches
}

/// FNV-1a, mixed once more so that its last bits depend on all of the text.
fn checksum(text: &str) -> u32 {
    let hash = text
        .bytes()
        .fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash.wrapping_mul(0x9e37_79b1) >> 16
}

/// What a batch of pages gives to the export. It depends on its pages alone, and not on where
/// they stand in the site.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Batch {
    /// The number of sections.
    pub(super) sections: u32,
    /// The number of tokens in each field of the pages' own.
    pub(super) tokens: [u64; 4],
    /// The fragments of its pages.
    pub(super) fragments: Vec<FragmentName>,
    /// The forms that stand in it, a space behind each.
    forms: String,
    /// Their lists: see [`Part`].
    lists: String,
    /// How long the lists of each form are.
    sizes: Vec<u32>,
}

/// Where in a batch the lists of a form begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ListsAt {
    start: u32,
    end: u32,
}

/// The list of a form in a field of a batch. Sections count from the first one of the batch.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Part<'a> {
    /// In how many sections it stands.
    pub(super) count: u32,
    /// The first and the last one.
    pub(super) first: u32,
    pub(super) last: u32,
    /// The steps from each section to the next.
    pub(super) steps: &'a str,
    /// How often, less one, it stands in each.
    pub(super) times: &'a str,
    /// The ids of the lengths of the field there.
    pub(super) lengths: &'a str,
    /// How many places there are.
    pub(super) place_count: u32,
    /// The places: in each section the first one, and the steps from each to the next.
    pub(super) places: &'a str,
}

impl Batch {
    /// Indexes pages, and makes the fragments that show them.
    ///
    /// # Errors
    /// Where tantivy fails, which it does when memory does.
    pub fn of(pages: &[IndexedPage]) -> Result<(Batch, Vec<Fragment>), IndexError> {
        Ok(Batch::of_each(&[pages])?.pop().unwrap_or_default())
    }

    /// Indexes the pages of several batches at once, which takes less time than one after the other:
    /// a segment costs something besides what its pages cost.
    ///
    /// # Errors
    /// Where tantivy fails, which it does when memory does.
    pub fn of_each(
        batches: &[impl AsRef<[IndexedPage]>],
    ) -> Result<Vec<(Batch, Vec<Fragment>)>, IndexError> {
        let segment = Segment::write(batches.iter().flat_map(AsRef::as_ref))?;
        let (mut found, mut first, mut page) = (Vec::with_capacity(batches.len()), 0, 0);
        for pages in batches.iter().map(AsRef::as_ref) {
            page += pages.len();
            let end = segment.first_of_page.get(page).copied().unwrap_or(first);
            let fragments = fragments(pages);
            let names = fragments.iter().map(|fragment| fragment.name.clone()).collect();
            let batch = Batch { sections: end - first, fragments: names, ..Batch::default() };
            found.push((batch, fragments));
            first = end;
        }
        if let Some(reader) = &segment.reader {
            walk(reader, &segment, &mut found)?;
        }
        Ok(found)
    }

    /// A batch that has forms, and nothing of them.
    #[cfg(test)]
    pub(super) fn of_forms(forms: &std::collections::BTreeSet<String>) -> Batch {
        let sizes = vec![0; forms.len()];
        let forms = forms.iter().flat_map(|form| [form, " "]).collect();
        Batch { forms, sizes, ..Batch::default() }
    }

    /// The fragments of its pages, in order.
    pub fn fragments(&self) -> &[FragmentName] {
        &self.fragments
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        self.forms.len() + self.lists.len() + self.sizes.len() * size_of::<u32>()
    }

    /// Takes a batch back from a cache; none where the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Batch> {
        postcard::from_bytes(bytes).ok()
    }

    /// The batch as bytes for a cache; none where there is no room for them.
    pub fn to_bytes(&self) -> Option<Vec<u8>> {
        postcard::to_allocvec(self).ok()
    }

    /// The forms.
    pub(super) fn forms(&self) -> impl Iterator<Item = &str> {
        self.forms.split_terminator(' ')
    }

    /// Where the lists of each form are.
    pub(super) fn lists(&self) -> impl Iterator<Item = ListsAt> {
        let mut end = 0u32;
        self.sizes.iter().map(move |size| {
            let start = end;
            end = end.saturating_add(*size);
            ListsAt { start, end }
        })
    }

    /// The lists of a form, by field.
    pub(super) fn parts(&self, at: ListsAt) -> [Option<Part<'_>>; 5] {
        let lists = self.lists.get(at.start as usize..at.end as usize).unwrap_or_default();
        let mut numbers = Numbers::of(lists);
        let mask = numbers.next().unwrap_or_default();
        FIELDS.map(|field| (mask & 1 << field as u32 != 0).then(|| Part::read(&mut numbers, field)))
    }
}

/// The lists of the form at hand that one batch has.
#[derive(Default)]
struct Share {
    /// The fields that it stands in.
    mask: u32,
    lists: String,
}

/// Shares out all words of a segment among the batches whose pages stand in it one after the other.
fn walk(
    reader: &SegmentReader,
    segment: &Segment,
    batches: &mut [(Batch, Vec<Fragment>)],
) -> Result<(), IndexError> {
    let mut inverted = Vec::with_capacity(FIELDS.len());
    let mut lengths = Vec::with_capacity(FIELDS.len());
    let mut terms = Vec::with_capacity(FIELDS.len());
    for field in segment.fields {
        inverted.push(reader.inverted_index(field)?);
        lengths.push(reader.get_fieldnorms_reader(field)?);
    }
    for of_field in &inverted {
        let mut stream = of_field.terms().stream()?;
        let more = stream.advance();
        terms.push((stream, more));
    }
    let mut end = 0;
    // Behind the last section of each batch.
    let ends: Vec<u32> = batches
        .iter()
        .map(|(batch, _)| {
            end += batch.sections;
            end
        })
        .collect();
    let mut shares: Vec<Share> = batches.iter().map(|_| Share::default()).collect();
    let mut touched: Vec<usize> = Vec::new();
    let mut out = ListWriter::default();
    loop {
        let next = terms.iter().filter(|(_, more)| *more).map(|(stream, _)| stream.key());
        let Some(form) = next.min().map(<[u8]>::to_vec) else { break };
        let of_fields = terms.iter_mut().zip(&inverted).zip(&lengths).zip(FIELDS);
        for (((of_field, inverted), lengths), field) in of_fields {
            let (stream, more) = of_field;
            if !*more || stream.key() != form {
                continue;
            }
            let option = if field.has_places() {
                IndexRecordOption::WithFreqsAndPositions
            } else {
                IndexRecordOption::WithFreqs
            };
            let mut postings = inverted.read_postings_from_terminfo(stream.value(), option)?;
            let mut doc = postings.doc();
            while doc != TERMINATED {
                let at = ends.partition_point(|end| *end <= doc);
                let (Some((batch, _)), Some(share), Some(end)) =
                    (batches.get_mut(at), shares.get_mut(at), ends.get(at))
                else {
                    break;
                };
                let first = end - batch.sections;
                let mut tokens = 0;
                out.clear();
                while doc < *end {
                    let times = postings.term_freq();
                    tokens += u64::from(times);
                    out.section(doc - first, times, lengths.fieldnorm_id(doc));
                    if field.has_places() {
                        postings.positions(&mut out.at);
                        out.places();
                    }
                    doc = postings.advance();
                }
                if share.mask == 0 {
                    touched.push(at);
                }
                share.mask |= 1 << field as u32;
                out.finish(field, &mut share.lists);
                if let Some(total) = batch.tokens.get_mut(field as usize) {
                    *total += tokens;
                }
            }
            *more = stream.advance();
        }
        // Tokens are text; the readers of the export take them to be.
        let form = std::str::from_utf8(&form).ok();
        for at in touched.drain(..) {
            let (Some((batch, _)), Some(share)) = (batches.get_mut(at), shares.get_mut(at)) else {
                continue;
            };
            let Share { mask, lists } = std::mem::take(share);
            let Some(form) = form else { continue };
            let begun = batch.lists.len();
            push(&mut batch.lists, mask);
            batch.lists.push_str(&lists);
            batch.forms.push_str(form);
            batch.forms.push(' ');
            batch.sizes.push(u32::try_from(batch.lists.len() - begun).unwrap_or(u32::MAX));
            share.lists = lists;
            share.lists.clear();
        }
    }
    Ok(())
}

impl<'a> Part<'a> {
    fn read(numbers: &mut Numbers<'a>, field: Field) -> Part<'a> {
        let mut number = || numbers.next().unwrap_or_default();
        let (count, first) = (number(), number());
        let [span, steps, times, lengths] = match count {
            1 => [0; 4],
            _ => [number(), number(), number(), number()],
        };
        let [place_count, places] = if field.has_places() { [number(), number()] } else { [0; 2] };
        let mut part = Part { count, first, last: first + span, place_count, ..Part::default() };
        if count == 1 {
            part.times = numbers.take_number();
            part.lengths = numbers.take_number();
        } else {
            part.steps = numbers.take_bytes(steps);
            part.times = numbers.take_bytes(times);
            part.lengths = numbers.take_bytes(lengths);
        }
        part.places = numbers.take_bytes(places);
        part
    }
}

/// Writes the list of a form in a field.
#[derive(Default)]
struct ListWriter {
    count: u32,
    first: u32,
    last: u32,
    steps: String,
    times: String,
    lengths: String,
    place_count: u32,
    places: String,
    /// The places in the section at hand.
    at: Vec<u32>,
}

impl ListWriter {
    fn clear(&mut self) {
        (self.count, self.place_count) = (0, 0);
        for text in [&mut self.steps, &mut self.times, &mut self.lengths, &mut self.places] {
            text.clear();
        }
    }

    fn section(&mut self, section: u32, times: u32, length: u8) {
        if self.count == 0 {
            self.first = section;
        } else {
            push(&mut self.steps, section - self.last);
        }
        self.last = section;
        self.count += 1;
        push(&mut self.times, times.saturating_sub(1));
        push(&mut self.lengths, u32::from(length));
    }

    fn places(&mut self) {
        let mut last = 0;
        for place in &self.at {
            push(&mut self.places, place - last);
            last = *place;
            self.place_count += 1;
        }
    }

    fn finish(&self, field: Field, out: &mut String) {
        push(out, self.count);
        push(out, self.first);
        let size = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
        if self.count != 1 {
            push(out, self.last - self.first);
            for text in [&self.steps, &self.times, &self.lengths] {
                push(out, size(text));
            }
        }
        if field.has_places() {
            push(out, self.place_count);
            push(out, size(&self.places));
        }
        for text in [&self.steps, &self.times, &self.lengths, &self.places] {
            out.push_str(text);
        }
    }
}
