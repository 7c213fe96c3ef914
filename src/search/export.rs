//! The index as files that readers fetch: put together from batches, in pieces that can be made
//! side by side. `content/reference/search-format.md` describes the files.

use std::collections::HashSet;
use std::ops::Range;

use serde::Serialize;

use super::batch::Batch;
use super::forms::{FormNumbers, Forms};
use super::fragments::{Fragment, FragmentName};
use super::join::Words;
use super::numbers::push;
use super::rank::Ranking;
use super::records::Records;
use crate::base::ContentHash;

/// The version of the format.
const VERSION: u32 = 2;
/// How long the text of a shard of words may be, in bytes.
const VOCABULARY: usize = 3_500;
/// How long the records of a shard of postings may be, in bytes: the more of them, the longer, so
/// that the list of their names stays short.
const POSTINGS: [usize; 2] = [4_000, 7_000];
/// The number of shards from which on they are longer.
const SHARDS: usize = 400;
/// How many words' records are made in one piece.
const PIECE: u32 = 1_000;
/// How many names of fragments stand in a table; with no more, they stand in the entry file.
pub(super) const TABLE: usize = 256;
/// The digits of a hash in a name: enough to tell two states of one shard apart.
pub(super) const HASH: usize = 6;
/// The bit of a record whose lists of text and code are in a file of their own.
pub(super) const LONG: u32 = 32;

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

/// The export of a site, without its fragments. What its methods make comes in the order
/// [`Export::records`], [`Export::shards`] and [`Export::vocabulary`], [`Export::entry`].
#[derive(Debug)]
pub struct Export<'a> {
    words: Words<'a>,
    /// The number of tokens in each field of pages' own.
    tokens: [u64; 4],
    fragments: Vec<&'a FragmentName>,
}

/// The files of one shard of records.
#[derive(Debug)]
pub struct Shard {
    words: u32,
    hash: String,
}

/// The files of the vocabulary, and what the entry file says of them.
#[derive(Debug, Default)]
pub struct VocabularyFiles {
    first_forms: String,
    new_words: String,
    hashes: String,
    /// The files.
    pub files: Vec<ExportFile>,
}

impl<'a> Export<'a> {
    /// Begins an export of batches, with a table in which their forms have these numbers.
    pub fn new(batches: &[(&'a Batch, FormNumbers)], forms: &'a Forms) -> Self {
        let mut tokens = [0; 4];
        for (batch, _) in batches {
            tokens.iter_mut().zip(batch.tokens).for_each(|(total, own)| *total += own);
        }
        let fragments = batches.iter().flat_map(|(batch, _)| &batch.fragments).collect();
        Export { words: Words::of(batches, forms), tokens, fragments }
    }

    /// The words in pieces.
    pub fn pieces(&self) -> Vec<Range<u32>> {
        let words = self.words.len();
        (0..words).step_by(PIECE as usize).map(|at| at..(at + PIECE).min(words)).collect()
    }

    /// The records of the words of a piece, and the files of those that are long.
    pub fn records(&self, piece: Range<u32>) -> (Records, Vec<ExportFile>) {
        Records::of(&self.words, piece)
    }

    /// Cuts all words into shards.
    pub fn cut(records: &[Records]) -> Vec<Range<usize>> {
        let sizes = records
            .iter()
            .flat_map(|piece| (0..piece.len()).map(|at| piece.get(at)))
            .map(|(postings, places)| (postings.len(), places.len()));
        let total: usize = sizes.clone().map(|(postings, _)| postings).sum();
        let [least, most] = POSTINGS;
        let limit = (total / SHARDS).clamp(least, most);
        let mut shards = Vec::new();
        let (mut start, mut size) = (0, 0);
        for (at, (postings, places)) in sizes.enumerate() {
            let own = postings.max(places / 2) + 3;
            size += own;
            if size > limit && at > start {
                shards.push(start..at);
                (start, size) = (at, own);
            }
        }
        let count: usize = records.iter().map(Records::len).sum();
        if start < count {
            shards.push(start..count);
        }
        shards
    }

    /// Makes a shard of the records: its place in the entry file, and its two files.
    pub fn shard(
        number: usize,
        words: &Range<usize>,
        records: &[Records],
    ) -> (Shard, [ExportFile; 2]) {
        let (postings, places): (Vec<&str>, Vec<&str>) = words
            .clone()
            .filter_map(|word| Some(records.get(word / PIECE as usize)?.get(word % PIECE as usize)))
            .unzip();
        let [postings, places] = [json_of(&postings), json_of(&places)];
        // Both files of a shard carry the hash of both, so that it stands in the entry file once.
        let hash = hash_of(&[&postings, &places]);
        let files = [("p", postings), ("x", places)]
            .map(|(kind, json)| script_named(&format!("{kind}{number}-{hash}"), &json));
        (Shard { words: u32::try_from(words.len()).unwrap_or(u32::MAX), hash }, files)
    }

    /// The shards of the vocabulary.
    pub fn vocabulary(&self, records: &[Records]) -> VocabularyFiles {
        let weight = |word: u32| {
            let piece = records.get((word / PIECE) as usize);
            piece
                .and_then(|piece| piece.weights.get((word % PIECE) as usize))
                .copied()
                .unwrap_or_default()
        };
        let forms = self.words.forms();
        let mut made = VocabularyFiles::default();
        let mut start = 0;
        let mut number = 0;
        let mut next_word = 0;
        while start < forms.len() {
            let (mut texts, mut words, mut weights) = (String::new(), String::new(), String::new());
            let mut before: &str = "";
            let mut seen: HashSet<u32> = HashSet::new();
            let mut begun = 0;
            let first = forms.get(start).map_or("", |form| form.text);
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
                before = form.text;
                push(&mut words, next_word - form.word);
                if form.word == next_word {
                    next_word += 1;
                    begun += 1;
                } else {
                    push(&mut words, form.number);
                }
                if seen.insert(form.word) {
                    push(&mut weights, weight(form.word));
                }
                start += 1;
            }
            made.first_forms.push_str(first);
            made.first_forms.push(' ');
            push(&mut made.new_words, begun);
            let (hash, file) = script_of(&format!("v{number}"), &json_of(&[texts, words, weights]));
            made.hashes.push_str(&hash);
            made.files.push(file);
            number += 1;
        }
        made
    }

    /// The tables of fragments' names, and the file that readers begin with, which is the last
    /// one here.
    pub fn entry(
        &self,
        shards: &[Shard],
        vocabulary: &VocabularyFiles,
        options: &ExportOptions,
    ) -> Vec<ExportFile> {
        let sections = self.words.sections();
        let mut entry = Entry {
            version: VERSION,
            sections,
            lengths: self.tokens.map(|tokens| tokens as f32 / sections.max(1) as f32),
            boosts: options.ranking.boosts,
            expand: options.ranking.expand,
            limit: options.ranking.limit,
            teaser: options.teaser,
            forms: self.words.forms().len(),
            first_forms: &vocabulary.first_forms,
            new_words: &vocabulary.new_words,
            vocabulary: &vocabulary.hashes,
            words_in_shard: String::new(),
            records: String::new(),
            fragments: String::new(),
            names: String::new(),
            tables: String::new(),
        };
        for shard in shards {
            push(&mut entry.words_in_shard, shard.words);
            entry.records.push_str(&shard.hash);
        }
        self.fragments.iter().for_each(|fragment| push(&mut entry.fragments, fragment.code));
        let names: Vec<&str> = self.fragments.iter().map(|name| name.hash.as_str()).collect();
        let mut files = Vec::new();
        if names.len() <= TABLE {
            entry.names = names.concat();
        } else {
            for (number, table) in names.chunks(TABLE).enumerate() {
                let (hash, file) = script_of(&format!("t{number}"), &json_of(&table.concat()));
                entry.tables.push_str(&hash);
                files.push(file);
            }
        }
        let text = format!("copydesk.searchIndex({});\n", json_of(&entry));
        files.push(ExportFile { name: "index.js".to_owned(), text });
        files
    }
}

/// All files of a site's export, made one after the other, the one that readers begin with last.
pub fn export(
    batches: &[(Batch, Vec<Fragment>)],
    language: &str,
    options: &ExportOptions,
) -> Vec<ExportFile> {
    let fragments = batches.iter().flat_map(|(_, fragments)| fragments).enumerate();
    let mut files: Vec<ExportFile> =
        fragments.map(|(number, fragment)| fragment.file(number)).collect();
    let mut forms = Forms::of(language);
    let batches: Vec<(&Batch, FormNumbers)> =
        batches.iter().map(|(batch, _)| (batch, forms.number(batch))).collect();
    let pieces = forms.pieces().into_iter().map(|piece| forms.piece(piece)).collect();
    forms.settle(pieces);
    let export = Export::new(&batches, &forms);
    let mut records = Vec::new();
    for piece in export.pieces() {
        let (made, long) = export.records(piece);
        records.push(made);
        files.extend(long);
    }
    let mut shards = Vec::new();
    for (number, words) in Export::cut(&records).iter().enumerate() {
        let (shard, of_shard) = Export::shard(number, words, &records);
        shards.push(shard);
        files.extend(of_shard);
    }
    let vocabulary = export.vocabulary(&records);
    files.extend(export.entry(&shards, &vocabulary, options));
    files.extend(vocabulary.files);
    files
}

/// What `index.js` holds.
#[derive(Debug, Serialize)]
struct Entry<'a> {
    version: u32,
    sections: u32,
    lengths: [f32; 4],
    boosts: [f64; 4],
    expand: bool,
    limit: usize,
    teaser: usize,
    forms: usize,
    /// The first form of each shard of the vocabulary, a space behind each.
    first_forms: &'a str,
    /// For each shard of the vocabulary how many words begin in it.
    new_words: &'a str,
    vocabulary: &'a str,
    words_in_shard: String,
    records: String,
    /// For each fragment twice the number of its sections, and one more where a page begins.
    fragments: String,
    names: String,
    tables: String,
}

/// A value as JSON.
pub(super) fn json_of(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A file that holds JSON, and the hash in its name.
pub(super) fn script_of(name: &str, json: &str) -> (String, ExportFile) {
    let hash = hash_of(&[json]);
    let file = script_named(&format!("{name}-{hash}"), json);
    (hash, file)
}

pub(super) fn script_named(name: &str, json: &str) -> ExportFile {
    let text = ["copydesk.searchShard(\"", name, "\",", json, ");\n"].concat();
    ExportFile { name: format!("{name}.js"), text }
}

/// The hash of a text that comes in parts, as it stands in names.
pub(super) fn hash_of(parts: &[&str]) -> String {
    let mut hash = match parts {
        [text] => ContentHash::of(text.as_bytes()),
        parts => ContentHash::of(parts.concat().as_bytes()),
    }
    .short();
    hash.truncate(HASH);
    hash
}
