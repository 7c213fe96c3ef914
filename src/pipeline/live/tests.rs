//! After any changes, a site that lives on gives the files that a new one would.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::{Answer, Changed, Live, Served, Taken, UpdateError};
use crate::base::{Diagnostic, SitePath, SourcePath};
use crate::config::Overrides;
use crate::history::RepositoryFacts;
use crate::memo::Store;
use crate::output::{self, Entry};
use crate::pipeline::{BuildInput, Silent, prepare};
use crate::report;
use crate::source::{FolderSource, Source};

fn input<'a>(source: &'a dyn Source, memo: &'a Store) -> BuildInput<'a> {
    BuildInput {
        source,
        root: SourcePath::root(),
        variables: Vec::new(),
        overrides: Overrides::default(),
        facts: RepositoryFacts::default(),
        repository: None,
        drafts: false,
        except: Vec::new(),
        memo,
        progress: &Silent,
        version: None,
        beside_versions: false,
    }
}

/// Every file of a site, and everything that is said about it.
type Whole = (BTreeMap<String, Vec<u8>>, Vec<Diagnostic>);

/// The site as `build` makes it.
fn clean(folder: &Path) -> Option<Whole> {
    let (source, _) = FolderSource::open(folder).unwrap();
    let memo = Store::off();
    let prepared = prepare(input(&source, &memo)).ok()?;
    let mut files = BTreeMap::new();
    let mut diagnostics = prepared.diagnostics();
    for (path, entry) in prepared.tree() {
        let bytes = match entry {
            Entry::Bytes(bytes) => bytes.to_vec(),
            Entry::Copy(source) => prepared.inputs.read(&source).unwrap().to_vec(),
            Entry::Page(page) => {
                let rendered = prepared.render(page);
                if !matches!(page, output::PageRef::Print(_)) {
                    diagnostics.extend(rendered.diagnostics);
                }
                rendered.bytes
            }
        };
        files.insert(path.to_string(), bytes);
    }
    report::sort(&mut diagnostics);
    Some((files, diagnostics))
}

/// Files as they were served before a change.
type Kept = BTreeMap<String, Served>;

/// The site as the preview serves it: in another order, some of it looked at in the background,
/// and what has not become another one since it was served `before`, not asked for again.
fn served(live: &mut Live<'_>, paths: &BTreeSet<String>, before: &mut Kept) -> Whole {
    let search = live.search_task().run();
    live.set_search(search);
    let mut files = BTreeMap::new();
    for path in paths.iter().rev() {
        match live.file(&SitePath::new(path).unwrap()) {
            Answer::File(file) => {
                let kept = before.entry(path.clone()).or_insert(file);
                files.insert(path.clone(), kept.bytes.to_vec());
            }
            other => panic!("{path}: {other:?}"),
        }
    }
    while live.work() {}
    let mut diagnostics: Vec<_> = live.found().cloned().collect();
    report::sort(&mut diagnostics);
    (files, diagnostics)
}

/// Files, and what they may hold. What is empty is not there.
const FILES: [(&str, &[&str]); 12] = [
    (
        "docs/index.md",
        &[
            "# Home\n\n[a](a.md) and [part](guide/b.md#two)\n",
            "# Home\n\nOther words, [b](guide/b.md#one)\n",
            "# Start\n\n![x](x.svg)\n",
            "---\ntitle: Said\nweight: 3\n---\n\n# Home\n",
        ],
    ),
    (
        "docs/a.md",
        &[
            "# A\n\n## One\n\ntext\n",
            "# A\n\n## One\n\nother text, {{#include ../part.md}}\n",
            "# A\n\n## Two\n\n[home](index.md#nowhere)\n",
            "---\naliases: [old.html]\n---\n# A\n\n```rust\nfn main() {}\n```\n",
            "",
        ],
    ),
    (
        "docs/guide/b.md",
        &[
            "# B\n\n## One\n\n## Two\n\n{{#include ../../part.md}}\n",
            "# B\n\n## Two\n\nwords\n",
            "# B\n\n## One\n\n[a](../a.md#one) [gone](../c.md)\n",
            "",
        ],
    ),
    ("docs/guide/index.md", &["# Guide\n", "# Guide\n\nmore\n", ""]),
    ("docs/c.md", &["---\ndraft: true\n---\n# C\n", "# C\n\n$x$\n", "# C\n\n[a](a.md)\n", ""]),
    ("docs/SUMMARY.md", &["", "# Summary\n\n- [Home](index.md)\n- [A](a.md)\n", ""]),
    ("part.md", &["included\n", "included *otherwise*\n\n[a](docs/a.md)\n", ""]),
    (
        "docs/x.svg",
        &[
            "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>",
            "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'/>",
            "",
        ],
    ),
    ("docs/data.csv", &["1,2\n", "3,4\n", ""]),
    (
        "book.toml",
        &[
            "[book]\ntitle = \"T\"\n",
            "[book]\ntitle = \"U\"\n[site]\nbase-url = \"/x/\"\n",
            "[site]\nbanner = \"{{#include part.md}}\"\nclean-urls = true\n",
            "[output.html.redirect]\n\"/gone.html\" = \"a.html#one\"\n",
            "[book\n",
        ],
    ),
    ("theme/footer.html", &["", "<p>{{ page.title }}</p>\n", "{% if %}", ""]),
    ("theme/extra.css", &["", "a { color: red }\n", "a { color: blue }\n"]),
];

fn write(folder: &Path, file: usize, text: usize) -> SourcePath {
    let (path, texts) = FILES[file % FILES.len()];
    let text = texts[text % texts.len()];
    let full = folder.join(path);
    if text.is_empty() {
        drop(fs::remove_file(full));
    } else {
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }
    SourcePath::new(path).unwrap()
}

fn check(live: &mut Live<'_>, folder: &Path, kept: &mut Kept, when: &str) {
    let wanted = clean(folder).expect("settings that can be read");
    let paths = wanted.0.keys().cloned().collect();
    let found = served(live, &paths, kept);
    for (path, bytes) in &wanted.0 {
        let found = String::from_utf8_lossy(&found.0[path]);
        assert_eq!(found, String::from_utf8_lossy(bytes), "{path} after {when}");
    }
    assert_eq!(found.1, wanted.1, "findings after {when}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_living_site_is_a_clean_one(
        steps in prop::collection::vec(
            (prop::collection::vec((0..FILES.len(), 0..5usize), 1..4), prop::bool::weighted(0.15)),
            1..8,
        )
    ) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for file in 0..FILES.len() {
            write(folder, file, 0);
        }
        let (source, _) = FolderSource::open(folder).unwrap();
        let memo = Store::open(&folder.join(".copydesk"));
        let mut live = Live::start(input(&source, &memo)).unwrap();
        let mut kept = Kept::new();
        check(&mut live, folder, &mut kept, "the start");
        for (number, (edits, anything)) in steps.into_iter().enumerate() {
            let mut changed = Changed { anything, ..Changed::default() };
            for (file, text) in &edits {
                changed.files.insert(write(folder, *file, *text));
            }
            if anything {
                // Whatever has changed, nobody says what.
                changed.files.clear();
            }
            match live.update(&changed) {
                Ok(taken) => {
                    kept.retain(|_, file| match (&taken, &file.of) {
                        (Taken::Pages(Some(changed)), Some(page)) => !changed.contains(page),
                        _ => false,
                    });
                    check(&mut live, folder, &mut kept, &format!("step {number}: {edits:?}"));
                }
                Err(UpdateError::Theme(_)) => live.doubt(),
                Err(_) => {
                    prop_assert!(clean(folder).is_none());
                    live.doubt();
                }
            }
        }
    }
}

#[test]
fn a_template_that_fails_is_not_taken_in() {
    let footer = |text| {
        let folder = tempfile::tempdir().unwrap();
        (0..FILES.len()).for_each(|file| drop(write(folder.path(), file, 0)));
        write(folder.path(), 10, text);
        folder
    };
    let broken = Changed { anything: true, ..Changed::default() };
    for start in [1, 2] {
        let folder = footer(start);
        let folder = folder.path();
        let (source, _) = FolderSource::open(folder).unwrap();
        let memo = Store::off();
        let mut live = Live::start(input(&source, &memo)).unwrap();
        write(folder, 10, 2);
        write(folder, 1, 1);
        let taken = live.update(&broken);
        // A site that begins with a broken template goes on with the built-in one.
        assert_eq!(taken.is_err(), start == 1, "{taken:?}");
        live.doubt();
        write(folder, 10, 1);
        live.update(&Changed { files: BTreeSet::new(), ..Changed::default() }).unwrap();
        check(&mut live, folder, &mut Kept::new(), "the template is mended");
    }
}

#[test]
fn what_changes_unseen_is_not_mixed_in() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for file in 0..FILES.len() {
        write(folder, file, 0);
    }
    let (source, _) = FolderSource::open(folder).unwrap();
    let memo = Store::off();
    let mut live = Live::start(input(&source, &memo)).unwrap();
    let page = SitePath::new("a.html").unwrap();
    assert!(matches!(live.file(&page), Answer::File(_)));
    write(folder, 1, 2);
    assert!(matches!(live.file(&page), Answer::Moved));
    // Whoever tells of another file has not told of this one.
    let other = BTreeSet::from([write(folder, 2, 1)]);
    let taken = live.update(&Changed { files: other, ..Changed::default() }).unwrap();
    assert_eq!(taken, Taken::Site);
    check(&mut live, folder, &mut Kept::new(), "another look");
}
