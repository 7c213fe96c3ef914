//! `assets/unused`

use std::collections::{BTreeSet, HashSet};

use aho_corasick::AhoCorasick;

use crate::base::{Code, Diagnostic, Severity, SourcePath, Span};
use crate::lint::own::OwnRule;
use crate::lint::own::across::{Across, AcrossRule, Fact, linked_file, nothing};
use crate::lint::own::options::Options;
use crate::markdown::Document;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "assets/unused",
        severity: Severity::Advice,
        summary: "no page shows or links to an image or a video",
        explanation: "Pictures stay behind when pages go: the repository grows, and the next one who looks for a picture finds one of an old version. A file counts as used where a page names it, or where its name stands in a style sheet, a script, a template, or a file of settings. Only files in folders of pages, and below them, are looked at.",
        examples: (
            "-- docs/a.md --\nText.\n-- docs/images/old.png --\nx\n",
            "-- docs/a.md --\n![The form](images/old.png)\n-- docs/images/old.png --\nx\n",
        ),
    },
    presets: &["strict"],
    options: &[],
    check: nothing,
};

/// The same for all pages.
pub(super) static ACROSS: AcrossRule = AcrossRule { rule: &RULE, gather, judge };

const MEDIA: [&str; 12] =
    ["png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "bmp", "mp4", "webm", "mp3", "ogg"];
/// Files in which names of others stand.
const TEXTS: [&str; 14] = [
    "css",
    "scss",
    "html",
    "htm",
    "js",
    "mjs",
    "ts",
    "json",
    "toml",
    "yaml",
    "yml",
    "xml",
    "svg",
    "webmanifest",
];
/// What browsers and shops ask for by themselves.
const WELL_KNOWN: [&str; 3] = ["favicon", "apple-touch-icon", "android-chrome"];

fn gather(document: &Document, _: &Options<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    for link in &document.links {
        let Some((text, absolute)) = linked_file(&document.source, &link.dest) else { continue };
        let numbers = if absolute { vec![1] } else { Vec::new() };
        facts.push(Fact { span: document.span(&link.range), text, numbers });
    }
    facts
}

fn has(path: &SourcePath, endings: &[&str]) -> bool {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    endings.contains(&ending.as_str())
}

fn judge(across: &Across<'_>, _: &Options<'_>) -> Vec<Diagnostic> {
    let folders: HashSet<SourcePath> = across.pages.iter().map(|(path, _)| path.parent()).collect();
    // The top of the repository holds more than pages.
    let beside_pages = |path: &SourcePath| {
        let mut at = path.parent();
        loop {
            if folders.contains(&at) && (!at.is_root() || path.parent().is_root()) {
                return true;
            }
            if at.is_root() {
                return false;
            }
            at = at.parent();
        }
    };
    let named: HashSet<&str> = across
        .facts()
        .filter(|(_, fact)| fact.numbers.is_empty())
        .map(|(_, fact)| fact.text.as_str())
        .collect();
    let absolute: BTreeSet<&str> = across
        .facts()
        .filter(|(_, fact)| !fact.numbers.is_empty())
        .map(|(_, fact)| fact.text.as_str())
        .collect();
    // What is asked for from the top of the site stands in some folder of the repository.
    let is_absolute = |path: &SourcePath| {
        let path = path.as_str();
        let ends = path.match_indices('/').map(|(at, _)| path.get(at + 1..).unwrap_or_default());
        ends.chain([path]).any(|end| absolute.contains(end))
    };
    let is_well_known =
        |path: &SourcePath| WELL_KNOWN.iter().any(|name| path.file_name().starts_with(name));
    let mut unused: Vec<&SourcePath> = across
        .files
        .iter()
        .filter(|path| has(path, &MEDIA) && !named.contains(path.as_str()))
        .filter(|path| !is_absolute(path) && !is_well_known(path) && beside_pages(path))
        .collect();
    if unused.is_empty() {
        return Vec::new();
    }
    let names: Vec<&str> = unused.iter().map(|path| path.file_name()).collect();
    if let Ok(searcher) = AhoCorasick::new(&names) {
        let mut mentioned: HashSet<&str> = HashSet::new();
        for path in across.files.iter().filter(|path| has(path, &TEXTS)) {
            let Some(bytes) = (across.read)(path) else { continue };
            for found in searcher.find_overlapping_iter(&bytes[..]) {
                // A picture is no use of itself.
                mentioned.extend(
                    names.get(found.pattern().as_usize()).filter(|name| **name != path.file_name()),
                );
            }
        }
        unused.retain(|path| !mentioned.contains(path.file_name()));
    }
    let told = |path: &SourcePath| {
        let message = format!("no page shows or links to `{path}`");
        let said = Diagnostic::new(&RULE.code, message).at(Span::start_of(path.clone()));
        said.help("remove it, or show it where it is needed")
    };
    unused.into_iter().map(told).collect()
}
