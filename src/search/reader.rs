//! Reads the export as the client does. It shows, in tests, that what readers get ranks as the
//! index does.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::bm25::Weight;
use super::export::{ExportFile, HASH, LONG, TABLE};
use super::index::{Entries, FIELDS, Field};
use super::lists::{List, Lists, Places, Stats};
use super::numbers::Numbers;
use super::rank::{self, Answer, Ranking};
use super::vocabulary::Form;

/// Why an export cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReadError {
    /// A file is not there.
    #[error("there is no file `{0}`")]
    Missing(String),
    /// A file does not hold what it should.
    #[error("`{0}` cannot be understood")]
    Damaged(String),
}

#[derive(Debug, Deserialize)]
struct Entry {
    sections: u32,
    lengths: [f32; 4],
    boosts: [f64; 4],
    expand: bool,
    limit: usize,
    forms: usize,
    first_forms: String,
    new_words: String,
    vocabulary: String,
    words_in_shard: String,
    records: String,
    fragments: String,
    names: String,
    tables: String,
}

/// An export that is read.
#[derive(Debug)]
pub struct ExportReader {
    files: BTreeMap<String, String>,
    entry: Entry,
    stats: Stats,
    /// For each fragment its first section.
    fragments: Vec<u32>,
}

/// A section as results show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownSection {
    /// The address of its page.
    pub url: String,
    /// The title of its page.
    pub page: String,
    /// Its id.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Its text.
    pub text: String,
}

impl ExportReader {
    /// Reads the entry file.
    ///
    /// # Errors
    /// Where it is missing or damaged.
    pub fn open(files: Vec<ExportFile>) -> Result<Self, ReadError> {
        let files: BTreeMap<String, String> =
            files.into_iter().map(|file| (file.name, file.text)).collect();
        let name = "index.js".to_owned();
        let text = files.get(&name).ok_or_else(|| ReadError::Missing(name.clone()))?;
        let json =
            text.strip_prefix("copydesk.searchIndex(").and_then(|text| text.strip_suffix(");\n"));
        let entry: Entry = json
            .and_then(|json| serde_json::from_str(json).ok())
            .ok_or_else(|| ReadError::Damaged(name.clone()))?;
        let mut first_of_page = Vec::new();
        let mut fragments = Vec::new();
        let mut section = 0;
        for code in Numbers::of(&entry.fragments) {
            if code % 2 == 1 {
                first_of_page.push(section);
            }
            fragments.push(section);
            section += code / 2;
        }
        first_of_page.push(section);
        if section != entry.sections {
            return Err(ReadError::Damaged(name));
        }
        let stats = Stats { sections: entry.sections, lengths: entry.lengths, first_of_page };
        Ok(ExportReader { files, entry, stats, fragments })
    }

    /// Answers a query as the client does.
    ///
    /// # Errors
    /// Where a shard is missing or damaged.
    pub fn answer(&self, query: &str) -> Result<Answer, ReadError> {
        let ranking = Ranking {
            boosts: self.entry.boosts,
            expand: self.entry.expand,
            limit: self.entry.limit,
        };
        rank::answer(self, query, &ranking)
    }

    /// What is shown of a section.
    ///
    /// # Errors
    /// Where its fragment is missing or damaged.
    pub fn section(&self, section: u32) -> Result<ShownSection, ReadError> {
        let at = self.fragments.partition_point(|first| *first <= section).saturating_sub(1);
        let hash = if self.entry.tables.is_empty() {
            nth_hash(&self.entry.names, at).to_owned()
        } else {
            let table = at / TABLE;
            let names: String =
                self.shard(&format!("t{table}-{}", nth_hash(&self.entry.tables, table)))?;
            nth_hash(&names, at % TABLE).to_owned()
        };
        let name = format!("f{at}-{hash}");
        #[allow(clippy::type_complexity)] // the shape of the file
        let (url, page, _, sections): (
            String,
            String,
            Vec<String>,
            Vec<(String, String, String)>,
        ) = self.shard(&name)?;
        let first = self.fragments.get(at).copied().unwrap_or_default();
        let (id, title, text) = sections
            .into_iter()
            .nth(section.saturating_sub(first) as usize)
            .ok_or(ReadError::Damaged(name))?;
        Ok(ShownSection { url, page, id, title, text })
    }

    fn shard<T: DeserializeOwned>(&self, name: &str) -> Result<T, ReadError> {
        let file = format!("{name}.js");
        let text = self.files.get(&file).ok_or_else(|| ReadError::Missing(file.clone()))?;
        text.strip_prefix(&format!("copydesk.searchShard(\"{name}\","))
            .and_then(|text| text.strip_suffix(");\n"))
            .and_then(|json| serde_json::from_str(json).ok())
            .ok_or(ReadError::Damaged(file))
    }

    /// The forms of a shard of the vocabulary, whose first new word is `next`.
    fn forms(&self, shard: usize, mut next: u32) -> Result<Vec<Form>, ReadError> {
        let name = format!("v{shard}-{}", nth_hash(&self.entry.vocabulary, shard));
        let [texts, words, weights]: [String; 3] = self.shard(&name)?;
        let damaged = || ReadError::Damaged(name.clone());
        let (mut words, mut weights) = (Numbers::of(&words), Numbers::of(&weights));
        let mut weight_of: BTreeMap<u32, u32> = BTreeMap::new();
        let mut forms: Vec<Form> = Vec::new();
        for item in texts.split_terminator(' ') {
            let mut numbers = Numbers::of(item);
            let shared = numbers.next().ok_or_else(damaged)?;
            let mut text: String = forms
                .last()
                .map(|form| form.text.chars().take(shared as usize).collect())
                .unwrap_or_default();
            text.push_str(numbers.rest());
            let back = words.next().ok_or_else(damaged)?;
            let word = next.checked_sub(back).ok_or_else(damaged)?;
            let number = if back == 0 {
                next += 1;
                0
            } else {
                words.next().ok_or_else(damaged)?
            };
            let weight = match weight_of.get(&word) {
                Some(weight) => *weight,
                None => {
                    let weight = weights.next().ok_or_else(damaged)?;
                    weight_of.insert(word, weight);
                    weight
                }
            };
            forms.push(Form { text: text.into(), word, number, weight });
        }
        Ok(forms)
    }

    /// The record of a word among shards of one kind.
    fn record(&self, kind: &str, word: u32) -> Result<String, ReadError> {
        let mut first = 0;
        for (shard, count) in Numbers::of(&self.entry.words_in_shard).enumerate() {
            if word < first + count {
                let name = format!("{kind}{shard}-{}", nth_hash(&self.entry.records, shard));
                let records: Vec<String> = self.shard(&name)?;
                let record = records.into_iter().nth((word - first) as usize);
                return record.ok_or(ReadError::Damaged(name));
            }
            first += count;
        }
        Err(ReadError::Damaged("index.js".to_owned()))
    }

    /// The entries of a word by field: section, times, id of the length.
    fn entries(&self, word: u32) -> Result<[Entries; 5], ReadError> {
        let record = self.record("p", word)?;
        let damaged = || ReadError::Damaged(format!("the record of word {word}"));
        let mut numbers = Numbers::of(&record);
        let mask = numbers.next().ok_or_else(damaged)?;
        let mut fields: [Entries; 5] = Default::default();
        let is_long = |field: Field| mask & LONG != 0 && matches!(field, Field::Body | Field::Code);
        let has = |field: Field| mask & (1 << field as u32) != 0;
        for (field, entries) in FIELDS.into_iter().zip(&mut fields) {
            if has(field) && !is_long(field) {
                *entries = list(field, &mut numbers).ok_or_else(damaged)?;
            }
        }
        if mask & LONG != 0 {
            // Both long lists stand in one file, one behind the other.
            let text: String = self.shard(&format!("l{word}-{}", numbers.rest()))?;
            let mut numbers = Numbers::of(&text);
            for (field, entries) in FIELDS.into_iter().zip(&mut fields) {
                if has(field) && is_long(field) {
                    *entries = list(field, &mut numbers).ok_or_else(damaged)?;
                }
            }
        }
        Ok(fields)
    }
}

/// A list: the number of sections, their distances, and, where the field has them, times less one
/// and ids of lengths.
fn list(field: Field, numbers: &mut Numbers<'_>) -> Option<Entries> {
    let count = numbers.next()? as usize;
    let mut entries = Vec::new();
    let mut last = 0;
    for _ in 0..count {
        last += numbers.next()?;
        entries.push((last, 0, 0));
    }
    if !field.has_times() {
        return Some(entries);
    }
    for entry in &mut entries {
        entry.1 = numbers.next()? + 1;
    }
    for entry in &mut entries {
        entry.2 = u8::try_from(numbers.next()?).ok()?;
    }
    Some(entries)
}

fn nth_hash(hashes: &str, at: usize) -> &str {
    hashes.get(at * HASH..(at + 1) * HASH).unwrap_or_default()
}

impl Lists for ExportReader {
    type Error = ReadError;

    fn stats(&self) -> &Stats {
        &self.stats
    }

    fn form_count(&self) -> usize {
        self.entry.forms
    }

    fn beginning(&self, prefix: &str) -> Result<Vec<Form>, ReadError> {
        let firsts: Vec<&str> = self.entry.first_forms.split_terminator(' ').collect();
        let mut found = Vec::new();
        let mut next = 0;
        for (shard, (first, new)) in
            firsts.iter().zip(Numbers::of(&self.entry.new_words)).enumerate()
        {
            let begins_before = super::vocabulary::order(first, prefix).is_le();
            let after = firsts.get(shard + 1);
            let ends_before =
                after.is_some_and(|after| super::vocabulary::order(after, prefix).is_le());
            if (begins_before && !ends_before) || (!begins_before && first.starts_with(prefix)) {
                let forms = self.forms(shard, next)?;
                found.extend(forms.into_iter().filter(|form| form.text.starts_with(prefix)));
            }
            next += new;
        }
        Ok(found)
    }

    fn list(&self, word: u32, field: Field) -> Result<List, ReadError> {
        let fields = self.entries(word)?;
        let Some(entries) = fields.get(field as usize) else { return Ok(List::new()) };
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        let weight = Weight::new(count, self.stats.sections, self.stats.length(field));
        Ok(entries
            .iter()
            .map(|(section, times, length)| (*section, weight.score(*length, *times), *length))
            .collect())
    }

    fn linked(&self, word: u32) -> Result<Vec<u32>, ReadError> {
        let [.., links] = self.entries(word)?;
        Ok(links.into_iter().map(|(section, ..)| section).collect())
    }

    fn places(&self, word: u32, field: Field) -> Result<Places, ReadError> {
        let fields = self.entries(word)?;
        let mask: u32 = self
            .record("p", word)?
            .chars()
            .next()
            .and_then(|first| Numbers::of(first.encode_utf8(&mut [0; 4])).next())
            .unwrap_or_default();
        let mut record = self.record("x", word)?;
        if mask & LONG != 0 {
            record = self.shard(&format!("y{word}-{record}"))?;
        }
        let damaged = || ReadError::Damaged(format!("the places of word {word}"));
        let mut numbers = Numbers::of(&record);
        let mut found: [Vec<(u32, u32, u32)>; 5] = Default::default();
        for (field, (entries, found)) in FIELDS.into_iter().zip(fields.iter().zip(&mut found)) {
            if !field.has_places() {
                continue;
            }
            for (section, times, _) in entries {
                let mut last = 0;
                for _ in 0..*times {
                    last += numbers.next().ok_or_else(damaged)?;
                    found.push((*section, last, 0));
                }
            }
        }
        // The numbers of the forms follow where there is more than one form.
        if !numbers.rest().is_empty() {
            for place in found.iter_mut().flatten() {
                place.2 = numbers.next().ok_or_else(damaged)?;
            }
        }
        Ok(Places::of(std::mem::take(found.get_mut(field as usize).ok_or_else(damaged)?)))
    }
}
