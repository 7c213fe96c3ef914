//! The records of words: their lists and places as the export has them.

use std::ops::Range;

use super::batch::Part;
use super::export::{ExportFile, LONG, json_of, script_of};
use super::join::{FormPart, Words};
use super::numbers::{Numbers, push};
use super::segment::{FIELDS, Field, OWN_FIELDS};

/// The lists of text and code of a word in more sections are in a file of their own.
const MOST_SECTIONS: u32 = if cfg!(test) { 4 } else { 2_000 };

/// The records of words in a row.
#[derive(Debug, Default)]
pub struct Records {
    postings: String,
    places: String,
    /// Where in both texts each record ends.
    ends: Vec<(usize, usize)>,
    /// In how many sections each word stands, those of each field of the pages' own counted for
    /// themselves.
    pub(super) weights: Vec<u32>,
}

impl Records {
    /// The records of some words, and the files of those whose lists are long.
    pub(super) fn of(words: &Words<'_>, range: Range<u32>) -> (Records, Vec<ExportFile>) {
        let mut records = Records::default();
        let mut files = Vec::new();
        let mut writer = Writer::default();
        for word in range {
            writer.read(words, word);
            writer.record(word, &mut records, &mut files);
            records.ends.push((records.postings.len(), records.places.len()));
        }
        (records, files)
    }

    /// The number of records.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Lists and places of a word.
    pub(super) fn get(&self, at: usize) -> (&str, &str) {
        let ends = |at: usize| self.ends.get(at).copied().unwrap_or_default();
        let (start, end) = (at.checked_sub(1).map_or((0, 0), ends), ends(at));
        (
            self.postings.get(start.0..end.0).unwrap_or_default(),
            self.places.get(start.1..end.1).unwrap_or_default(),
        )
    }
}

/// The list of a word in a field.
#[derive(Default)]
struct ListText {
    count: u32,
    last: u32,
    steps: String,
    times: String,
    lengths: String,
}

impl ListText {
    fn clear(&mut self) {
        (self.count, self.last) = (0, 0);
        self.steps.clear();
        self.times.clear();
        self.lengths.clear();
    }

    fn section(&mut self, section: u32) {
        push(&mut self.steps, section - self.last);
        self.last = section;
        self.count += 1;
    }

    /// Appends the list of the only form of the word in a batch.
    fn copy(&mut self, first_section: u32, part: &Part<'_>) {
        self.section(first_section + part.first);
        self.steps.push_str(part.steps);
        self.times.push_str(part.times);
        self.lengths.push_str(part.lengths);
        self.last = first_section + part.last;
        self.count += part.count - 1;
    }

    fn write(&self, field: Field, out: &mut String) {
        push(out, self.count);
        out.push_str(&self.steps);
        if field.has_times() {
            out.push_str(&self.times);
            out.push_str(&self.lengths);
        }
    }
}

/// A form of a word in a batch, section by section.
struct Cursor<'a> {
    /// The section; none behind the last one.
    section: Option<u32>,
    form: u32,
    steps: Numbers<'a>,
    times: Numbers<'a>,
    lengths: Numbers<'a>,
    places: Numbers<'a>,
}

impl<'a> Cursor<'a> {
    fn of(part: &FormPart<'a>) -> Self {
        Cursor {
            section: Some(part.first_section + part.part.first),
            form: part.form,
            steps: Numbers::of(part.part.steps),
            times: Numbers::of(part.part.times),
            lengths: Numbers::of(part.part.lengths),
            places: Numbers::of(part.part.places),
        }
    }

    fn advance(&mut self) {
        self.section =
            self.section.and_then(|section| self.steps.next().map(|step| section + step));
    }
}

/// Writes records, one after the other.
#[derive(Default)]
struct Writer<'a> {
    parts: [Vec<FormPart<'a>>; 5],
    lists: [ListText; 5],
    /// The places of the only form, by field.
    of_fields: [String; 5],
    places: String,
    numbers: String,
    inflected: bool,
    /// The places in a section with their forms.
    at: Vec<(u32, u32)>,
}

impl<'a> Writer<'a> {
    /// Puts the lists of a word together.
    fn read(&mut self, words: &Words<'a>, word: u32) {
        match words.only_form(word) {
            Some(form) => self.read_form(words, form),
            None => self.read_forms(words, word),
        }
    }

    /// Puts the lists of a word with one form together, as most words are.
    fn read_form(&mut self, words: &Words<'a>, form: u32) {
        self.lists.iter_mut().for_each(ListText::clear);
        self.of_fields.iter_mut().for_each(String::clear);
        for (first, parts) in words.parts_of(form) {
            let texts = self.lists.iter_mut().zip(&mut self.of_fields);
            for (part, (list, places)) in parts.iter().zip(texts) {
                if let Some(part) = part {
                    list.copy(first, part);
                    places.push_str(part.places);
                }
            }
        }
        self.places.clear();
        self.of_fields.iter().for_each(|places| self.places.push_str(places));
        self.numbers.clear();
        self.inflected = false;
    }

    /// Puts the lists of a word with several forms together.
    fn read_forms(&mut self, words: &Words<'a>, word: u32) {
        let mut parts = std::mem::take(&mut self.parts);
        words.parts(word, &mut parts);
        self.places.clear();
        self.numbers.clear();
        self.inflected = false;
        let mut lists = std::mem::take(&mut self.lists);
        for ((field, parts), list) in FIELDS.into_iter().zip(&parts).zip(&mut lists) {
            list.clear();
            for batch in parts.chunk_by(|a, b| a.first_section == b.first_section) {
                match batch {
                    [only] => {
                        list.copy(only.first_section, &only.part);
                        if field.has_places() {
                            self.places.push_str(only.part.places);
                            self.inflected |= only.form > 0 && only.part.place_count > 0;
                            for _ in 0..only.part.place_count {
                                push(&mut self.numbers, only.form);
                            }
                        }
                    }
                    several => self.merge(field, several, list),
                }
            }
        }
        self.lists = lists;
        self.parts = parts;
    }

    /// Merges the lists of several forms in a batch.
    fn merge(&mut self, field: Field, parts: &[FormPart<'_>], list: &mut ListText) {
        let mut cursors: Vec<Cursor<'_>> = parts.iter().map(Cursor::of).collect();
        while let Some(section) = cursors.iter().filter_map(|cursor| cursor.section).min() {
            let (mut times, mut length) = (0, 0);
            self.at.clear();
            for cursor in cursors.iter_mut().filter(|cursor| cursor.section == Some(section)) {
                let here = cursor.times.next().unwrap_or_default() + 1;
                times += here;
                length = cursor.lengths.next().unwrap_or_default();
                if field.has_places() {
                    let mut place = 0;
                    for step in cursor.places.by_ref().take(here as usize) {
                        place += step;
                        self.at.push((place, cursor.form));
                    }
                }
                cursor.advance();
            }
            list.section(section);
            push(&mut list.times, times - 1);
            push(&mut list.lengths, length);
            self.at.sort_unstable();
            let mut last = 0;
            for (place, form) in &self.at {
                push(&mut self.places, place - last);
                last = *place;
                push(&mut self.numbers, *form);
                self.inflected |= *form > 0;
            }
        }
    }

    /// Writes the record of the word that was read.
    fn record(&mut self, word: u32, records: &mut Records, files: &mut Vec<ExportFile>) {
        let own = self.lists.iter().take(OWN_FIELDS.len());
        let weight = own.map(|list| list.count).sum();
        let is_long = weight > MOST_SECTIONS;
        let fields = || FIELDS.into_iter().zip(&self.lists).filter(|(_, list)| list.count > 0);
        let mask = fields().fold(0, |mask, (field, _)| mask | 1 << field as u32);
        push(&mut records.postings, if is_long { mask | LONG } else { mask });
        let mut long = String::new();
        for (field, list) in fields() {
            let out = match field {
                Field::Body | Field::Code if is_long => &mut long,
                _ => &mut records.postings,
            };
            list.write(field, out);
        }
        records.weights.push(weight);
        if self.inflected {
            self.places.push_str(&self.numbers);
        }
        if !is_long {
            records.places.push_str(&self.places);
            return;
        }
        for (kind, text, out) in
            [("l", &long, &mut records.postings), ("y", &self.places, &mut records.places)]
        {
            let (hash, file) = script_of(&format!("{kind}{word}"), &json_of(text));
            out.push_str(&hash);
            files.push(file);
        }
    }
}
