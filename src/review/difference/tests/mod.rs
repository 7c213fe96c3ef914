//! Pairs of pages with the difference that a person expects, and what holds for all pages.

mod notation;
mod properties;

use std::fmt::Write as _;

use super::*;
use crate::base::SourcePath;
use crate::config::Settings;
use crate::markdown::{ParseInput, parse};
use crate::source::MemorySource;

/// A page of some text.
pub(in crate::review::difference) fn page(text: &str) -> Document {
    let mut settings = Settings::default();
    settings.markdown.math = true;
    let (document, _) = parse(&ParseInput {
        path: &SourcePath::new("docs/page.md").unwrap(),
        bytes: text.as_bytes(),
        settings: &settings,
        root: &SourcePath::root(),
        source: &MemorySource::new([] as [(SourcePath, Vec<u8>); 0]),
    });
    document
}

pub(in crate::review::difference) fn side(document: &Document) -> Side<'_> {
    Side { document: Some(document), ..Side::default() }
}

/// The difference of two texts, once it was shown that it makes the one of the other.
pub(in crate::review::difference) fn differ(old: &str, new: &str) -> Difference {
    let (old, new) = (page(old), page(new));
    let (old, new) = (side(&old), side(&new));
    let difference = difference(&old, &new);
    assert_eq!(difference.apply(&parts(&old)), Ok(parts(&new)));
    difference
}

pub(in crate::review::difference) struct Pair<'a> {
    pub name: &'a str,
    pub old: &'a str,
    pub new: &'a str,
    pub expected: &'a str,
}

/// `pairs.txt` holds for each pair `@@@ name`, the old page, `@@@ new`, the new page, `@@@ is`, and the
/// difference as `notation.rs` writes it.
pub(in crate::review::difference) fn pairs(text: &str) -> Vec<Pair<'_>> {
    let mut blocks = text.split("@@@ ").skip(1).map(|block| block.split_once('\n').unwrap());
    let mut pairs = Vec::new();
    while let Some((name, old)) = blocks.next() {
        let (Some(("new", new)), Some(("is", expected))) = (blocks.next(), blocks.next()) else {
            panic!("`{name}` lacks a part");
        };
        pairs.push(Pair { name, old, new, expected });
    }
    pairs
}

#[test]
fn pairs_differ_as_people_expect() {
    let text = include_str!("pairs.txt");
    let pairs = pairs(text);
    assert!(pairs.len() >= 60);
    let mut written = String::new();
    let mut wrong = Vec::new();
    for Pair { name, old, new, expected } in pairs {
        let found = notation::write(&differ(old, new));
        if found.trim() != expected.trim() {
            wrong.push(format!("{name}\n{found}\ninstead of\n{expected}"));
        }
        write!(written, "@@@ {name}\n{old}@@@ new\n{new}@@@ is\n{}\n\n", found.trim()).unwrap();
    }
    if std::env::var_os("COPYDESK_UPDATE_PAIRS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/review/difference/tests/pairs.txt");
        std::fs::write(path, written).unwrap();
        return;
    }
    assert!(wrong.is_empty(), "{} pairs:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn people_read_words_in_their_places() {
    let old = "# Guide\n\n## Install\n\nStart the server with the command line before you log in.\n\n\
               - One\n- Two\n\nSee [more](a.md).\n";
    let new = "# Guide\n\n## Install\n\nStart the server from your desktop before you log in.\n\n\
               - One\n- Two\n- Three\u{1b}[2J\n\nSee [more](b.md).\n";
    let difference = differ(old, new);
    assert_eq!(
        human(&difference, false),
        "Guide > Install\n  change-1  paragraph\n    Start the server \
         [-with the command line-]{+from your desktop+} before you log in.\n  \
         change-2  item, inserted\n    {+- Three\u{241b}[2J+}\n  change-3  paragraph\n    \
         See {=more=}.\n    link: [-a.md-] {+b.md+}\n"
    );
    let colored = human(&difference, true);
    assert!(colored.contains("\u{1b}[31;9mwith the command line\u{1b}[0m"), "{colored}");
    assert!(!colored.contains("[-") && !colored.contains("\u{1b}[2J"));
}

#[test]
fn changes_know_their_places() {
    let difference = differ(
        "# Guide {#guide}\n\nText of it.\n\n## Old {#old}\n\nGone with it, all these words.\n",
        "# Guide {#guide}\n\nNew text of it.\n\n## Other {#other}\n\n### Deep\n\nNothing else.\n",
    );
    let places: Vec<(u32, &str, Option<&str>)> = difference
        .changes
        .iter()
        .map(|change| {
            let last = change.headings.last().map_or("", String::as_str);
            (change.id.0, last, change.anchor.as_deref())
        })
        .collect();
    assert_eq!(places[0], (1, "Guide", Some("guide")));
    let json = serde_json::to_value(&difference.changes[0]).unwrap();
    assert_eq!(json["id"], "change-1");
    assert_eq!(json["words"]["inserted"], 2);
    assert_eq!(json["span"]["file"], "docs/page.md");
}
