//! The index, the plan on it, and the export that must say the same.

use std::sync::Arc;

use proptest::prelude::*;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{Searcher, Term};

use super::index::OWN_FIELDS;
use super::lists::Lists;
use super::*;
use crate::base::SourcePath;
use crate::config::Settings;
use crate::markdown::{ParseInput, parse};
use crate::source::MemorySource;

fn page(name: &str, trail: &[&str], text: &str) -> IndexedPage {
    let path = SourcePath::new(format!("{name}.md")).unwrap();
    let source = MemorySource::new([(path.clone(), text.as_bytes())]);
    let (document, _) = parse(&ParseInput {
        path: &path,
        bytes: text.as_bytes(),
        settings: &Settings::default(),
        source: &source,
        root: &SourcePath::root(),
    });
    IndexedPage {
        url: format!("{name}.html"),
        title: document.title().unwrap_or(name).to_owned(),
        trail: trail.iter().map(|text| (*text).to_owned()).collect(),
        also: Vec::new(),
        link_texts: Vec::new(),
        input: Arc::new(input(&document, 3)),
    }
}

const BOOK: &[(&str, &str)] = &[
    ("intro", "# Introduction\n\nWelcome to the guide. It tells about installing and running.\n"),
    (
        "install",
        "# Installation\n\nDownload the archive and unpack it.\n\n## On Linux\n\nRun `./install.sh --prefix /opt`.\n\n\
         ```sh\nexport PATH_HOME=/opt/bin\n```\n\n## On Windows\n\nStart the installer.\n",
    ),
    (
        "maps",
        "# Hash maps\n\nThe type `HashMap<K, V>` stores keys.\n\n## Creating a new hash map\n\n\
         Call `HashMap::new` and then insert values. Installed maps are maps.\n\n\
         ## Hashing functions\n\nSipHash resists attacks. A map of hash values.\n",
    ),
    ("cafe", "# Café\n\nThe café in C++ and 所有権 is explained.\n"),
    (
        "code",
        "# Code\n\n```rust\nfn parse_header(input: &str) -> Result<Header, ParseError> { todo!() }\n```\n",
    ),
];

fn pages() -> Vec<IndexedPage> {
    BOOK.iter().map(|(name, text)| page(name, &[], text)).collect()
}

fn book() -> SearchIndex {
    SearchIndex::build(pages(), "en").unwrap()
}

/// The export of pages that are indexed in batches of some size.
fn exported(pages: &[IndexedPage], size: usize, language: &str) -> Vec<ExportFile> {
    let options = ExportOptions { ranking: Ranking::default(), teaser: 30 };
    let kept = |(batch, fragments): (Batch, Vec<Fragment>)| {
        (Batch::from_bytes(&batch.to_bytes().unwrap()).unwrap(), fragments)
    };
    let batches: Vec<(Batch, Vec<Fragment>)> =
        pages.chunks(size).map(|pages| kept(Batch::of(pages).unwrap())).collect();
    export(&batches, language, &options)
}

fn found(index: &SearchIndex, query: &str) -> String {
    let answer = index.answer(query, &Ranking::default()).unwrap();
    let mut out: Vec<String> = answer
        .pages
        .iter()
        .map(|hit| {
            let (page, section) = index.section(hit.sections[0].0).unwrap();
            let missing: String = hit.missing.iter().map(|word| format!(" -{word}")).collect();
            let id = if section.id.is_empty() { String::new() } else { format!("#{}", section.id) };
            format!("{}{id}{missing}", page.url.trim_end_matches(".html"))
        })
        .collect();
    out.extend(answer.instead.iter().map(|(typed, found)| format!("({typed}: {found})")));
    out.extend(answer.unquoted.iter().map(|words| format!("\"{words}\"")));
    out.join(", ")
}

#[test]
fn queries_are_answered() {
    let index = book();
    assert_eq!(found(&index, "installation"), "install, intro, maps#creating-a-new-hash-map");
    assert_eq!(found(&index, "linux"), "install#on-linux");
    assert_eq!(found(&index, "windo"), "install#on-windows");
    assert_eq!(found(&index, "cafe"), "cafe");
    assert_eq!(found(&index, "c++"), "cafe");
    assert_eq!(found(&index, "所有権"), "cafe");
    assert_eq!(found(&index, "HashMap::new"), "maps#creating-a-new-hash-map");
    assert_eq!(found(&index, "parse_header"), "code");
    assert_eq!(found(&index, "--prefix"), "install#on-linux");
    assert_eq!(found(&index, "path_home "), "install#on-linux");
    assert_eq!(found(&index, ""), "");
}

#[test]
fn what_is_missing_is_said() {
    let index = book();
    assert_eq!(
        found(&index, "linux attacks"),
        "install#on-linux -attacks, maps#hashing-functions -linux"
    );
    assert_eq!(found(&index, "zzzz linux"), "install#on-linux -zzzz");
    assert_eq!(found(&index, "zzzz"), "");
}

#[test]
fn words_that_say_little_do_not_put_a_page_behind() {
    let filler = "This chapter is short. ";
    let mut texts: Vec<(String, String)> = (0..12)
        .map(|at| (format!("p{at}"), format!("# Page {at}\n\n{filler}It is about nothing.\n")))
        .collect();
    texts.push(("build".into(), "# Configuration\n\nEvery key of the configuration.\n".into()));
    texts.push(("plugins".into(), format!("# Plugins\n\n{filler}Their configuration is old.\n")));
    let pages: Vec<IndexedPage> = texts.iter().map(|(name, text)| page(name, &[], text)).collect();
    let index = SearchIndex::build(pages, "en").unwrap();
    assert_eq!(found(&index, "configuration chapter"), "build, plugins");
    assert_eq!(found(&index, "configuration plugins"), "plugins, build -plugins");
    assert_eq!(found(&index, "keys nothing").split(", ").next(), Some("build"));
}

#[test]
fn typos_are_corrected() {
    let index = book();
    assert_eq!(found(&index, "lniux"), "install#on-linux, (lniux: linux)");
    assert_eq!(found(&index, "archve"), "install, (archve: archive)");
    assert_eq!(found(&index, "functional "), "maps#hashing-functions, (functional: functions)");
}

#[test]
fn quotes_and_exclusion() {
    let index = book();
    assert_eq!(found(&index, "\"hash map\""), "maps#creating-a-new-hash-map");
    // Nowhere word for word: the words, with a typo too.
    assert_eq!(found(&index, "\"map hash\""), found(&index, "map hash") + ", \"map hash\"");
    assert_eq!(found(&index, "\"hsah\""), "maps#hashing-functions, (hsah: hash), \"hsah\"");
    assert_eq!(
        found(&index, "linux \"hash map\""),
        "maps#creating-a-new-hash-map -linux, install#on-linux -\"hash map\""
    );
    assert_eq!(found(&index, "installing -archive"), "intro, maps#creating-a-new-hash-map");
}

/// The book with what links in other pages call some of its pages.
fn linked() -> Vec<IndexedPage> {
    let mut pages = pages();
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    pages[1].link_texts = texts(&["the SOP page", "first steps"]);
    pages[4].link_texts = texts(&["parsing of headers", "a guide to unpacking"]);
    pages
}

#[test]
fn a_page_is_found_by_what_links_call_it() {
    let index = SearchIndex::build(linked(), "en").unwrap();
    // None of its sections has a word: the page is shown from its beginning.
    assert_eq!(found(&index, "SOP"), "install");
    assert_eq!(found(&index, "sop page"), "install");
    assert_eq!(found(&index, "first stpes"), "install, (stpes: steps)");
    // What links say counts as a whole: one word of several makes little of a page.
    assert_eq!(found(&index, "unpack the archive"), "install, code -archive");
    // The word is not on the page.
    assert_eq!(found(&index, "archive -sop"), "install");
    assert_eq!(found(&book(), "SOP"), "");
}

/// Both indexes answer alike: lists bit for bit, places, forms, and pages.
fn assert_same(index: &SearchIndex, reader: &ExportReader, queries: &[String]) {
    assert_eq!(Lists::stats(index), reader.stats());
    assert_eq!(index.beginning("").unwrap(), reader.beginning("").unwrap());
    for word in 0..u32::try_from(index.words.len()).unwrap() {
        assert_eq!(index.linked(word).unwrap(), reader.linked(word).unwrap());
        for field in OWN_FIELDS {
            assert_eq!(index.list(word, field).unwrap(), reader.list(word, field).unwrap());
            if field.has_places() {
                assert_eq!(
                    Lists::places(index, word, field).unwrap(),
                    reader.places(word, field).unwrap()
                );
            }
        }
    }
    for query in queries {
        let ours = index.answer(query, &Ranking::default()).unwrap();
        assert_eq!(ours, reader.answer(query).unwrap(), "{query}");
    }
}

#[test]
fn the_export_says_what_the_index_says() {
    let index = book();
    let reader = ExportReader::open(exported(&pages(), 2, "en")).unwrap();
    let queries = ["installation", "hash map new", "\"hash map\"", "lniux cafe", "h", "c++ -map"];
    assert_same(&index, &reader, &queries.map(str::to_owned));
    let shown = reader.section(2).unwrap();
    assert_eq!((shown.url.as_str(), shown.title.as_str()), ("install.html", "On Linux"));
    assert!(shown.text.contains("export PATH_HOME=/opt/bin"));
}

#[test]
fn damaged_exports_are_told() {
    let files = exported(&pages(), 2, "en");
    assert_eq!(ExportReader::open(Vec::new()).unwrap_err(), ReadError::Missing("index.js".into()));
    let mut cut = files.clone();
    let entry = cut.iter_mut().find(|file| file.name == "index.js").unwrap();
    entry.text.truncate(40);
    assert_eq!(ExportReader::open(cut).unwrap_err(), ReadError::Damaged("index.js".into()));
    let less: Vec<ExportFile> =
        files.into_iter().filter(|file| !file.name.starts_with('p')).collect();
    let reader = ExportReader::open(less).unwrap();
    assert!(
        matches!(reader.answer("linux"), Err(ReadError::Missing(name)) if name.starts_with("p0-"))
    );
}

#[test]
fn the_same_site_gives_the_same_bytes_however_it_is_cut() {
    let sorted = |size| {
        let mut files = exported(&pages(), size, "en");
        files.sort_by(|a, b| a.name.cmp(&b.name));
        files
    };
    assert_eq!(sorted(5), sorted(5));
    assert_eq!(sorted(5), sorted(1));
    assert_eq!(sorted(5), sorted(3));
}

#[test]
fn batches_are_cut_where_they_were() {
    let urls: Vec<String> = (0..3_000).map(|at| format!("a/page-{at}.html")).collect();
    let cut = |urls: &[String]| -> Vec<Vec<String>> {
        let ranges = batches(BatchSize::LARGE, urls.iter().map(String::as_str));
        assert_eq!(ranges.iter().map(|range| range.len()).sum::<usize>(), urls.len());
        assert!(ranges.iter().rev().skip(1).all(|range| (128..=512).contains(&range.len())));
        ranges.into_iter().map(|range| urls[range].to_vec()).collect()
    };
    let before = cut(&urls);
    assert!((8..=16).contains(&before.len()), "{}", before.len());
    let mut urls = urls;
    urls.remove(700);
    urls.insert(1_900, "a/new.html".to_owned());
    let changed = cut(&urls).iter().filter(|batch| !before.contains(batch)).count();
    assert!((1..=6).contains(&changed), "{changed}");
    assert_eq!(cut(&[]), [[""; 0]; 0]);
}

#[test]
fn an_empty_site_has_an_index() {
    let index = SearchIndex::build(Vec::new(), "en").unwrap();
    assert_eq!(found(&index, "anything"), "");
    let reader = ExportReader::open(exported(&[], 1, "en")).unwrap();
    assert_eq!(reader.answer("anything").unwrap().pages, []);
}

/// With a language that has no stemmer, what words score in sections is what a query of tantivy's
/// own scores, and its order is theirs.
#[test]
fn scores_are_those_of_tantivys_queries() {
    let pages: Vec<IndexedPage> =
        BOOK.iter().map(|(name, text)| page(name, &["Guide"], text)).collect();
    let reader = ExportReader::open(exported(&pages, 2, "xx")).unwrap();
    let index = SearchIndex::build(pages, "xx").unwrap();
    let searcher: Searcher = index.searcher();
    for words in [&["hash"][..], &["maps"], &["the", "and"], &["hash", "values"], &["hash", "the"]]
    {
        let scored = |word: &&str, field, boost: f64| {
            let term = Term::from_field_text(index.tantivy_field(field), word);
            let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
            let query = BoostQuery::new(Box::new(query), boost as f32);
            (Occur::Should, Box::new(query) as Box<dyn Query>)
        };
        let boosted = || OWN_FIELDS.into_iter().zip(Ranking::default().boosts);
        let required = words.iter().map(|word| {
            let fields = boosted().map(|(field, boost)| scored(word, field, boost)).collect();
            (Occur::Must, Box::new(BooleanQuery::new(fields)) as Box<dyn Query>)
        });
        let query = BooleanQuery::new(required.collect());
        let theirs = searcher.search(&query, &TopDocs::with_limit(50).order_by_score()).unwrap();

        let mut ours: Vec<(f32, u32)> = Vec::new();
        for section in 0..reader.stats().sections {
            let of_words = words.iter().map(|word| {
                let form = &reader.beginning(word).unwrap()[0];
                let of_fields = boosted().map(|(field, boost)| {
                    let list = reader.list(form.word, field).unwrap();
                    let found = list.iter().find(|(found, ..)| *found == section);
                    found.map_or(0.0, |(_, score, _)| boost as f32 * score)
                });
                of_fields.sum::<f32>()
            });
            let of_words: Vec<f32> = of_words.collect();
            if of_words.iter().all(|score| *score > 0.0) {
                ours.push((of_words.iter().sum(), section));
            }
        }
        ours.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        assert!(!ours.is_empty() && ours.len() == theirs.len(), "{words:?}");
        for ((score, section), (expected, address)) in ours.iter().zip(&theirs) {
            assert_eq!(*section, address.doc_id, "{words:?}");
            assert!((score - expected).abs() < 1e-5, "{words:?}: {score} {expected}");
        }
    }
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    let word = prop_oneof![
        prop::sample::select(vec![
            "map",
            "maps",
            "mapped",
            "hash",
            "HashMap",
            "snake_case",
            "a.b",
            "--flag",
            "C++",
            "所有権",
            "café",
            "run",
            "running",
            "the",
            "the",
            "𝒳y",
            "\u{f900}ｙ",
            "of",
            "x",
        ])
        .prop_map(str::to_owned),
        "[a-e]{1,4}",
    ];
    let text = prop::collection::vec(word, 1..40).prop_map(|words| {
        let mut text = String::new();
        for (at, word) in words.iter().enumerate() {
            text.push_str(match at % 11 {
                0 => "\n\n## ",
                3 | 7 => "\n\n",
                _ => " ",
            });
            text.push_str(word);
        }
        text
    });
    prop::collection::vec(text, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_export_of_any_site_answers_as_its_index(
        texts in texts(),
        size in 1usize..6,
        link_texts in prop::collection::vec(prop::option::of("(map|hash|links|[a-e]{1,3})( (the|running|caffe|[a-e]{1,3})){0,2}"), 0..6),
        queries in prop::collection::vec("(map|hash|the|run|[a-e]{1,3}|\"the map\"|snake_case|所有)( (maps|x|of|caffe|[a-e]{1,3}|-run)){0,3}", 6),
    ) {
        let names: Vec<String> = (0..texts.len()).map(|at| format!("p{at}")).collect();
        let mut pages: Vec<IndexedPage> =
            texts.iter().zip(&names).map(|(text, name)| page(name, &["Up"], text)).collect();
        for (page, text) in pages.iter_mut().zip(link_texts) {
            page.link_texts.extend(text);
        }
        let reader = ExportReader::open(exported(&pages, size, "en")).unwrap();
        let index = SearchIndex::build(pages, "en").unwrap();
        assert_same(&index, &reader, &queries);
    }
}

#[test]
fn batches_that_share_a_segment_are_as_if_each_had_its_own() {
    let pages = pages();
    for size in [1, 2, 3] {
        let mut parts: Vec<&[IndexedPage]> = pages.chunks(size).collect();
        parts.insert(1, &[]);
        let together = Batch::of_each(&parts).unwrap();
        assert_eq!(together.len(), parts.len());
        for ((batch, fragments), part) in together.iter().zip(parts) {
            let (alone, its_own) = Batch::of(part).unwrap();
            assert_eq!(*batch, alone);
            assert_eq!(fragments.len(), its_own.len());
        }
    }
}
