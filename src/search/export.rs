//! The index as files that readers fetch: walked out of the index itself, in pieces that can be
//! made side by side. `content/reference/search-format.md` describes the files.

use std::collections::HashSet;
use std::ops::Range;

use serde::Serialize;

use super::index::{FIELDS, IndexError, SearchIndex};
use super::numbers::push;
use super::rank::Ranking;
use super::vocabulary::Form;
use crate::base::ContentHash;

/// The version of the format.
const VERSION: u32 = 1;
/// How long the text of a shard of words may be, in bytes.
const VOCABULARY: usize = 3_500;
/// How long the records of a shard of postings may be, in bytes: the more of them, the longer, so
/// that the list of their names stays short.
const POSTINGS: [usize; 2] = [2_000, 7_000];
/// The number of shards from which on they are longer.
const SHARDS: usize = 400;
/// How much text of a page is fetched at once, in bytes.
const FRAGMENT: usize = 4_000;
/// How much text of one section is kept for results, in bytes.
const SECTION: usize = 8_000;
/// How many names of fragments stand in a table; with no more, they stand in the entry file.
pub(super) const TABLE: usize = 256;
/// The digits of a hash in a name: enough to tell two states of one shard apart.
pub(super) const HASH: usize = 6;
/// The lists of text and code of a word in more sections are in a file of their own.
const MOST_SECTIONS: u32 = 2_000;
/// The bit of a record whose lists of text and code are in a file of their own.
pub(super) const LONG: u32 = 16;

/// A file of the export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFile {
    /// Its name, below the folder of the search.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// What is set for readers' searches.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportOptions {
    /// How results are ranked.
    pub ranking: Ranking,
    /// How many words of a result are shown.
    pub teaser: usize,
}

/// The work of an export: each piece can be made on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// The records of some words.
    Words(Range<u32>),
    /// The fragments of some pages.
    Pages(Range<usize>),
}

/// What came of a piece.
#[derive(Debug)]
pub struct Made {
    records: Vec<(String, String)>,
    files: Vec<ExportFile>,
    fragments: Vec<(u32, String)>,
}

/// The pieces of an index, in order.
pub fn pieces(index: &SearchIndex) -> Vec<Piece> {
    let words = u32::try_from(index.words.len()).unwrap_or(u32::MAX);
    let by_words =
        (0..words).step_by(1_000).map(|start| Piece::Words(start..(start + 1_000).min(words)));
    let pages = index.pages.len();
    let by_pages = (0..pages).step_by(100).map(|at| Piece::Pages(at..(at + 100).min(pages)));
    by_words.chain(by_pages).collect()
}

/// Makes a piece.
///
/// # Errors
/// Where the index cannot be read.
pub fn make(index: &SearchIndex, piece: &Piece) -> Result<Made, IndexError> {
    let mut made = Made { records: Vec::new(), files: Vec::new(), fragments: Vec::new() };
    match piece {
        Piece::Words(words) => {
            for word in words.clone() {
                record(index, word, &mut made)?;
            }
        }
        Piece::Pages(pages) => {
            for page in index.pages.get(pages.clone()).unwrap_or_default() {
                fragments(page, &mut made);
            }
        }
    }
    Ok(made)
}

/// Puts the pieces together: all files, the one that readers begin with first.
pub fn finish(index: &SearchIndex, made: Vec<Made>, options: &ExportOptions) -> Vec<ExportFile> {
    let mut files = vec![ExportFile { name: "index.js".to_owned(), text: String::new() }];
    let mut records: Vec<(String, String)> = Vec::new();
    let mut fragments: Vec<(u32, String)> = Vec::new();
    for part in made {
        records.extend(part.records);
        files.extend(part.files);
        fragments.extend(part.fragments);
    }
    let stats = super::lists::Lists::stats(index);
    let mut entry = Entry {
        version: VERSION,
        sections: stats.sections,
        lengths: stats.lengths,
        boosts: options.ranking.boosts,
        expand: options.ranking.expand,
        limit: options.ranking.limit,
        teaser: options.teaser,
        forms: index.forms.len(),
        ..Entry::default()
    };
    vocabulary(&index.forms, &mut entry, &mut files);

    let total: usize = records.iter().map(|(postings, _)| postings.len()).sum();
    let [least, most] = POSTINGS;
    let limit = (total / SHARDS).clamp(least, most);
    let mut start = 0;
    let mut number = 0;
    while start < records.len() {
        let mut size = 0;
        let rest = records.get(start..).unwrap_or_default();
        let count = rest
            .iter()
            .position(|(postings, places)| {
                size += postings.len().max(places.len() / 2) + 3;
                size > limit
            })
            .unwrap_or(rest.len())
            .max(1);
        let shard = rest.get(..count).unwrap_or_default();
        let postings: Vec<&str> = shard.iter().map(|(postings, _)| postings.as_str()).collect();
        let places: Vec<&str> = shard.iter().map(|(_, places)| places.as_str()).collect();
        push(&mut entry.words_in_shard, u32::try_from(count).unwrap_or(u32::MAX));
        let [postings, places] =
            [postings, places].map(|records| serde_json::to_string(&records).unwrap_or_default());
        // Both files of a shard carry the hash of both, so that it stands in the entry file once.
        let hash = hash_of(&format!("{postings}{places}"));
        files.push(script_named(&format!("p{number}-{hash}"), &postings));
        files.push(script_named(&format!("x{number}-{hash}"), &places));
        entry.records.push_str(&hash);
        start += count;
        number += 1;
    }

    let mut names: Vec<String> = Vec::new();
    for (at, (sections, text)) in fragments.into_iter().enumerate() {
        push(&mut entry.fragments, sections);
        let (hash, file) = script(&format!("f{at}"), &text);
        names.push(hash);
        files.push(file);
    }
    if names.len() <= TABLE {
        entry.names = names.concat();
    } else {
        for (number, table) in names.chunks(TABLE).enumerate() {
            entry.tables.push_str(&shard_file(&mut files, "t", number, &table.concat()));
        }
    }
    let json = serde_json::to_string(&entry).unwrap_or_default();
    if let Some(first) = files.first_mut() {
        first.text = format!("copydesk.searchIndex({json});\n");
    }
    files
}

/// What `index.js` holds.
#[derive(Debug, Default, Serialize)]
struct Entry {
    version: u32,
    sections: u32,
    lengths: [f32; 4],
    boosts: [f64; 4],
    expand: bool,
    limit: usize,
    teaser: usize,
    forms: usize,
    /// The first form of each shard of the vocabulary, a space behind each.
    first_forms: String,
    /// For each shard of the vocabulary how many words begin in it.
    new_words: String,
    vocabulary: String,
    words_in_shard: String,
    records: String,
    /// For each fragment twice the number of its sections, and one more where a page begins.
    fragments: String,
    names: String,
    tables: String,
}

fn vocabulary(forms: &[Form], entry: &mut Entry, files: &mut Vec<ExportFile>) {
    let mut start = 0;
    let mut number = 0;
    let mut next_word = 0;
    while start < forms.len() {
        let (mut texts, mut words, mut weights) = (String::new(), String::new(), String::new());
        let mut before: &str = "";
        let mut seen: HashSet<u32> = HashSet::new();
        let mut begun = 0;
        let first = forms.get(start).map_or("", |form| &form.text);
        for form in forms.get(start..).unwrap_or_default() {
            if texts.len() > VOCABULARY {
                break;
            }
            let shared = form.text.chars().zip(before.chars()).take_while(|(a, b)| a == b);
            let (count, bytes) =
                shared.fold((0, 0), |(count, bytes), (c, _)| (count + 1, bytes + c.len_utf8()));
            push(&mut texts, count);
            texts.push_str(form.text.get(bytes..).unwrap_or_default());
            texts.push(' ');
            before = &form.text;
            push(&mut words, next_word - form.word);
            if form.word == next_word {
                next_word += 1;
                begun += 1;
            } else {
                push(&mut words, form.number);
            }
            if seen.insert(form.word) {
                push(&mut weights, form.weight);
            }
            start += 1;
        }
        entry.first_forms.push_str(first);
        entry.first_forms.push(' ');
        push(&mut entry.new_words, begun);
        entry.vocabulary.push_str(&shard_file(files, "v", number, &[texts, words, weights]));
        number += 1;
    }
}

/// The records of a word: its lists, and its places.
fn record(index: &SearchIndex, word: u32, made: &mut Made) -> Result<(), IndexError> {
    let mut lists = Vec::new();
    let mut mask = 0;
    let mut weight = 0;
    for field in FIELDS {
        let entries = index.postings(word, field)?;
        if !entries.is_empty() {
            mask |= 1 << field as u32;
            weight += u32::try_from(entries.len()).unwrap_or(u32::MAX);
            lists.push((field, entries));
        }
    }
    let is_long = weight > MOST_SECTIONS;
    let mut postings = String::new();
    push(&mut postings, if is_long { mask | LONG } else { mask });
    let mut long = String::new();
    let mut places = String::new();
    let mut numbers = String::new();
    let mut inflected = false;
    for (field, entries) in &lists {
        let out = match field {
            super::index::Field::Body | super::index::Field::Code if is_long => &mut long,
            _ => &mut postings,
        };
        push(out, u32::try_from(entries.len()).unwrap_or(u32::MAX));
        let mut last = 0;
        for (section, ..) in entries {
            push(out, section - last);
            last = *section;
        }
        for (_, times, _) in entries {
            push(out, times - 1);
        }
        for (.., length) in entries {
            push(out, u32::from(*length));
        }
        if field.has_places() {
            for (_, at) in index.places(word, *field)?.iter() {
                let mut last = 0;
                for (place, number) in at {
                    push(&mut places, place - last);
                    last = *place;
                    push(&mut numbers, *number);
                    inflected |= *number > 0;
                }
            }
        }
    }
    if inflected {
        places.push_str(&numbers);
    }
    if is_long {
        let (hash, file) = script(&format!("l{word}"), &long);
        postings.push_str(&hash);
        made.files.push(file);
        let (hash, file) = script(&format!("y{word}"), &places);
        places = hash;
        made.files.push(file);
    }
    made.records.push((postings, places));
    Ok(())
}

/// The text of a page, in one piece or, at sections, in several.
fn fragments(page: &super::index::IndexedPage, made: &mut Made) {
    let sections: Vec<(&str, &str, &str)> = page
        .input
        .sections
        .iter()
        .map(|section| {
            let end = section.text.floor_char_boundary(SECTION.min(section.text.len()));
            let text = section.text.get(..end).unwrap_or_default();
            (section.id.as_str(), section.title.as_str(), text)
        })
        .collect();
    let mut rest = sections.as_slice();
    let mut begins = 1;
    while !rest.is_empty() {
        let mut size = 0;
        let fits = rest.iter().position(|(_, title, text)| {
            let before = size;
            size += title.len() + text.len();
            before > 0 && size > FRAGMENT
        });
        let (part, after) = rest.split_at(fits.unwrap_or(rest.len()));
        rest = after;
        let text = serde_json::to_string(&(&page.url, &page.title, &page.trail, part));
        let count = u32::try_from(part.len()).unwrap_or(u32::MAX);
        made.fragments.push((count * 2 + begins, text.unwrap_or_default()));
        begins = 0;
    }
}

fn shard_file(
    files: &mut Vec<ExportFile>,
    kind: &str,
    number: usize,
    value: &(impl Serialize + ?Sized),
) -> String {
    let json = serde_json::to_string(value).unwrap_or_default();
    let (hash, file) = script_of(&format!("{kind}{number}"), &json);
    files.push(file);
    hash
}

/// A file that holds a text, or, for fragments, JSON that is written already.
fn script(name: &str, text: &str) -> (String, ExportFile) {
    if name.starts_with('f') {
        return script_of(name, text);
    }
    script_of(name, &serde_json::to_string(text).unwrap_or_default())
}

fn script_of(name: &str, json: &str) -> (String, ExportFile) {
    let hash = hash_of(json);
    let file = script_named(&format!("{name}-{hash}"), json);
    (hash, file)
}

fn script_named(name: &str, json: &str) -> ExportFile {
    let text = format!("copydesk.searchShard(\"{name}\",{json});\n");
    ExportFile { name: format!("{name}.js"), text }
}

fn hash_of(text: &str) -> String {
    let mut hash = ContentHash::of(text.as_bytes()).short();
    hash.truncate(HASH);
    hash
}
