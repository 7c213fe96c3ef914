//! The search of the program, for comparisons: answers to many queries, and how long its parts
//! take.
//!
//!     cargo run --release --example search -- answers ROOT < QUERIES
//!     cargo run --release --example search -- time ROOT
//!     cargo run --release --example search -- hold-out ROOT FOLDER PARTS
//!
//! `hold-out` makes the search PARTS times, each time without those texts of links that belong to one
//! part, into FOLDER/0, FOLDER/1, and so on: `quality.mjs --held-out` then looks for each text in a
//! search that has not been told of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a tool for developers
#![allow(clippy::print_stdout, clippy::print_stderr)] // its product

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use copydesk::config::Overrides;
use copydesk::history::RepositoryFacts;
use copydesk::memo::Store;
use copydesk::pipeline::{self, BuildInput, Prepared, Silent};
use copydesk::search::{self, Batch, BatchSize, ExportOptions, IndexedPage, SearchIndex};
use copydesk::source::FolderSource;
use tantivy::schema::{STRING, Schema, TEXT};
use tantivy::{TantivyDocument, doc};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (mode, root) = (arguments.next().unwrap_or_default(), arguments.next().expect("ROOT"));
    let (source, root) = FolderSource::open(Path::new(&root)).expect("a folder");
    let memo = Store::off();
    let prepared = pipeline::prepare(BuildInput {
        source: &source,
        root,
        variables: Vec::new(),
        overrides: Overrides::default(),
        facts: RepositoryFacts::default(),
        repository: None,
        drafts: false,
        except: Vec::new(),
        memo: &memo,
        progress: &Silent,
        version: None,
        beside_versions: false,
    })
    .expect("a site");
    match mode.as_str() {
        "answers" => answers(&prepared),
        "time" => time(&prepared),
        "hold-out" => {
            let folder = PathBuf::from(arguments.next().expect("FOLDER"));
            let parts = arguments.next().expect("PARTS").parse().expect("a number");
            (0..parts).for_each(|part| hold_out(&prepared, &folder, part, parts));
        }
        mode => panic!("there is no mode `{mode}`"),
    }
}

/// One line of JSON for each query: page, score, and missing words of each result.
fn answers(prepared: &Prepared<'_>) {
    let index = prepared.search_index().expect("an index");
    let ranking = pipeline::search::ranking(&prepared.settings().search);
    let mut out = std::io::stdout().lock();
    for query in std::io::stdin().lock().lines() {
        let answer = index.answer(&query.unwrap(), &ranking).expect("an answer");
        let hits: Vec<_> = answer
            .pages
            .iter()
            .map(|hit| (hit.page, hit.score, hit.missing.join(" "), hit.sections[0].0))
            .collect();
        writeln!(out, "{}", serde_json::to_string(&hits).unwrap()).unwrap();
    }
}

/// The best of several runs.
fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    (0..5)
        .map(|_| {
            let begun = Instant::now();
            std::hint::black_box(work());
            begun.elapsed()
        })
        .min()
        .unwrap()
}

fn time(prepared: &Prepared<'_>) {
    let begun = Instant::now();
    let pages = prepared.search_pages();
    let apart = begun.elapsed();
    let language = prepared.settings().book.language.clone();
    let ranking = pipeline::search::ranking(&prepared.settings().search);
    let options = ExportOptions { ranking, teaser: 30 };
    let one = best(|| SearchIndex::build(pages.clone(), &language).unwrap());
    let index = || -> Vec<_> {
        search::batches(BatchSize::LARGE, pages.iter().map(|page| page.url.as_str()))
            .into_iter()
            .map(|range| Batch::of(&pages[range]).unwrap())
            .collect()
    };
    let batches = index();
    let (indexing, export) = (best(index), best(|| search::export(&batches, &language, &options)));
    let alone = best(|| tantivy_alone(&pages));
    println!(
        "{} pages, {} sections in {} batches, one thread: index {indexing:?}, export {export:?}, \
         together {:.2} times tantivy alone ({alone:?}); one index for queries {one:?}; \
         taking apart, all threads {apart:?}",
        pages.len(),
        pages.iter().map(|page| page.input.sections.len()).sum::<usize>(),
        batches.len(),
        (indexing + export).as_secs_f64() / alone.as_secs_f64(),
    );
}

/// The part that the text of a link belongs to, by the rules of `queries.mjs`: case, articles, and
/// punctuation do not count.
fn part_of(text: &str, parts: u32) -> u32 {
    let words = text.to_lowercase();
    let words: Vec<&str> = words
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty() && !matches!(*word, "a" | "an" | "the"))
        .collect();
    let hash = words
        .join(" ")
        .chars()
        .fold(2_166_136_261u32, |hash, c| (hash ^ u32::from(c)).wrapping_mul(16_777_619));
    hash % parts
}

/// Writes the search without the texts of links that belong to a part.
fn hold_out(prepared: &Prepared<'_>, folder: &Path, part: u32, parts: u32) {
    let mut pages = prepared.search_pages();
    for page in &mut pages {
        page.link_texts.retain(|text| part_of(text, parts) != part);
    }
    let ranking = pipeline::search::ranking(&prepared.settings().search);
    let options = ExportOptions { ranking, teaser: 30 };
    let (batch, fragments) = Batch::of(&pages).unwrap();
    let files = search::export(&[(batch, fragments)], &prepared.settings().book.language, &options);
    let folder = folder.join(part.to_string()).join("_copydesk/search");
    std::fs::create_dir_all(&folder).unwrap();
    for file in files {
        std::fs::write(folder.join(file.name), file.text).unwrap();
    }
}

/// The same texts in tantivy with the tokenizer that it brings along.
fn tantivy_alone(pages: &[IndexedPage]) -> tantivy::Index {
    let mut schema = Schema::builder();
    let title = schema.add_text_field("title", TEXT);
    let trail = schema.add_text_field("trail", TEXT);
    let text = schema.add_text_field("text", TEXT);
    let url = schema.add_text_field("url", STRING);
    let directory = tantivy::directory::RamDirectory::create();
    let mut writer = tantivy::Index::builder()
        .schema(schema.build())
        .single_segment_index_writer::<TantivyDocument>(directory, 64 << 20)
        .unwrap();
    for page in pages {
        for section in &page.input.sections {
            let name = if section.id.is_empty() { &page.title } else { &section.title };
            let document = doc!(
                title => name.as_str(), trail => page.trail.join(" "),
                text => section.text.as_str(), url => page.url.as_str()
            );
            writer.add_document(document).unwrap();
        }
    }
    writer.finalize().unwrap()
}
