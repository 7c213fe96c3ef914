//! A check tells what a build tells, from wherever the files come.

use std::fs;
use std::sync::Arc;

use super::{CheckInput, Checked, check, missing_redirects};
use crate::base::{Diagnostic, SourcePath};
use crate::config::Overrides;
use crate::history::RepositoryFacts;
use crate::memo::{Stage, Store};
use crate::output::Entry;
use crate::pipeline::{BuildInput, Silent, prepare};
use crate::report;
use crate::source::testing::Fixture;
use crate::source::{FolderSource, MemorySource, OverlaySource, RevisionSource, Source};

const SITE: &str = "\
-- book.toml --
[output.html.redirect]
\"/old.html\" = \"a.html\"
\"/older.html\" = \"old.html\"
\"/b.html\" = \"a.html\"
\"/dead.html\" = \"nowhere.html\"
-- content/index.md --
# Home

[a](a.md#gone) [x](x.md) ![i](i.png) [old](old.html) [hidden](hidden.md) {{#include no.md}}
-- content/a.md --
# Same
-- content/b.md --
---
title: same
---
[a](a.md) [here](#nope)
-- content/hidden.md --
---
nav: false
---
# Hidden
-- content/alone.md --
---
nav: false
---
# Alone
-- content/404.md --
[a](/a.md) [x](/x.md)
";

fn input<'a>(source: &'a dyn Source, memo: &'a Store) -> CheckInput<'a> {
    CheckInput {
        source,
        root: SourcePath::root(),
        variables: Vec::new(),
        overrides: Overrides::default(),
        drafts: false,
        except: Vec::new(),
        memo,
    }
}

fn checked(source: &dyn Source) -> Checked {
    check(&input(source, &Store::off())).unwrap()
}

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

/// `a.md:3 link/missing-page`, sorted.
fn shown(diagnostics: &[Diagnostic], source: &dyn Source) -> Vec<String> {
    let mut shown: Vec<String> = diagnostics
        .iter()
        .map(|found| {
            let place = found.span().map(|span| {
                let bytes = source.read(&span.file).unwrap_or_default();
                let before = bytes.get(..span.start).unwrap_or_default();
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                format!("{}:{line}", span.file)
            });
            format!("{} {}", place.unwrap_or_default(), found.code)
        })
        .collect();
    shown.sort();
    shown
}

#[test]
fn a_check_tells_what_a_build_tells_and_what_needs_all_pages() {
    let source = MemorySource::site(SITE);
    let mut found = checked(&source).diagnostics;
    assert_eq!(
        shown(&found, &source),
        [
            "book.toml:3 redirect/chain",
            "book.toml:4 redirect/shadows-page",
            "book.toml:5 redirect/dead-target",
            "content/404.md:1 link/missing-page",
            "content/alone.md:1 nav/orphan",
            "content/b.md:2 site/duplicate-title",
            "content/b.md:4 link/missing-anchor",
            "content/index.md:3 include/missing-file",
            "content/index.md:3 link/missing-anchor",
            "content/index.md:3 link/missing-image",
            "content/index.md:3 link/missing-page",
            "content/index.md:3 link/through-redirect",
        ]
    );
    found.retain(|found| !["nav/orphan", "site/duplicate-title"].contains(&found.code.as_ref()));
    report::sort(&mut found);

    let memo = Store::off();
    let prepared = prepare(BuildInput {
        source: &source,
        root: SourcePath::root(),
        variables: Vec::new(),
        overrides: Overrides::default(),
        facts: RepositoryFacts::default(),
        repository: None,
        drafts: false,
        except: Vec::new(),
        memo: &memo,
        progress: &Silent,
    })
    .unwrap();
    let mut built = prepared.diagnostics();
    for (path, entry) in prepared.tree() {
        if let Entry::Page(page) = entry
            && path.as_str() != "print.html"
        {
            built.extend(prepared.render(page).diagnostics);
        }
    }
    report::sort(&mut built);
    assert_eq!(found, built);
}

#[test]
fn changes_that_nobody_has_written_are_checked() {
    let under = MemorySource::site("-- a.md --\n[b](b.md)\n-- b.md --\n# B\n");
    assert_eq!(shown(&checked(&under).diagnostics, &under), [""; 0]);
    let mut source = OverlaySource::new(&under);
    source.remove(path("b.md"));
    assert_eq!(shown(&checked(&source).diagnostics, &source), ["a.md:1 link/missing-page"]);
    source.set(path("a.md"), Arc::from(*b"# A\n"));
    assert_eq!(shown(&checked(&source).diagnostics, &source), [""; 0]);
}

#[test]
fn a_revision_is_checked_once() {
    let fixture = Fixture::new();
    fixture.write(&[("a.md", "[b](b.md)\n")]);
    fixture.commit_all("one");
    let cache = tempfile::tempdir().unwrap();
    let run = || {
        let (source, _) = RevisionSource::open(&fixture.path(), "HEAD").unwrap();
        let memo = Store::open(&cache.path().join("cache"));
        let checked = check(&input(&source, &memo)).unwrap();
        let parsed = memo.counts().into_iter().find(|count| count.stage == Stage::Parse);
        memo.close();
        (shown(&checked.diagnostics, &source), parsed.map_or(0, |count| count.misses))
    };
    assert_eq!(run(), (vec!["a.md:1 link/missing-page".to_owned()], 1));
    assert_eq!(run(), (vec!["a.md:1 link/missing-page".to_owned()], 0));
    fixture.write(&[("b.md", "# B\n")]);
    fixture.commit_all("two");
    assert_eq!(run().0, [""; 0]);
}

#[test]
fn what_is_kept_of_a_folder_is_found_out_anew_after_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("a.md"), "[b](b.md#x)\n").unwrap();
    fs::write(at("b.md"), "# B\n\n## X\n").unwrap();
    let run = || {
        let (source, _) = FolderSource::open(folder.path()).unwrap();
        let memo = Store::open(&at(".copydesk"));
        let checked = check(&input(&source, &memo)).unwrap();
        memo.close();
        assert_eq!(checked, check(&input(&source, &Store::off())).unwrap());
        shown(&checked.diagnostics, &source)
    };
    assert_eq!(run(), [""; 0]);
    assert_eq!(run(), [""; 0]);
    fs::write(at("b.md"), "# B\n\n## Y\n").unwrap();
    assert_eq!(run(), ["a.md:1 link/missing-anchor"]);
    fs::remove_file(at("b.md")).unwrap();
    assert_eq!(run(), ["a.md:1 link/missing-page"]);
    fs::write(at("b.md"), "# B\n\n## X\n").unwrap();
    assert_eq!(run(), [""; 0]);
}

/// What is told of a change of a site: `place message`.
fn told(before: &str, after: &str, renames: &[(&str, &str)]) -> Vec<String> {
    let [before, after] = [before, after].map(|text| checked(&MemorySource::site(text)));
    let renamed = |old: &SourcePath| {
        renames.iter().find(|(from, _)| *from == old.as_str()).map(|(_, to)| path(to))
    };
    missing_redirects(&before, &after, &renamed)
        .into_iter()
        .map(|found| format!("{} {}", found.span().unwrap().file, found.message))
        .collect()
}

#[test]
fn pages_that_are_gone_need_a_redirect() {
    let before = "-- a.md --\n# A\n-- b.md --\n# B\n";
    assert_eq!(told(before, before, &[]), [""; 0]);
    assert_eq!(
        told(before, "-- a.md --\n# A\n", &[]),
        ["book.toml `/b.html` is gone, which was `b.md`"]
    );
    let moved = "`/b.html` is gone: the page stands at `/c/d.html` now";
    let same_text = "-- a.md --\n# A\n-- c/d.md --\n# B\n";
    assert_eq!(told(before, same_text, &[]), [format!("c/d.md {moved}")]);
    let same_title = "-- a.md --\n# A\n-- c/d.md --\n# B\n\nOther text.\n";
    assert_eq!(told(before, same_title, &[]), [format!("c/d.md {moved}")]);
    let other = "-- a.md --\n# A\n-- c/d.md --\n# D\n";
    assert_eq!(told(before, other, &[]).len(), 1);
    assert_eq!(told(before, other, &[("b.md", "c/d.md")]), [format!("c/d.md {moved}")]);

    let alias = "-- a.md --\n# A\n-- c/d.md --\n---\naliases: [/b.html]\n---\n# B\n";
    assert_eq!(told(before, alias, &[]), [""; 0]);
    let line =
        "-- book.toml --\n[output.html.redirect]\n\"/b.html\" = \"a.html\"\n-- a.md --\n# A\n";
    assert_eq!(told(before, line, &[]), [""; 0]);
    let slug = "-- a.md --\n# A\n-- b.md --\n---\nslug: c\n---\n# B\n";
    assert_eq!(
        told(before, slug, &[]),
        ["b.md `/b.html` is gone: the page stands at `/c.html` now"]
    );
    let clean = "-- book.toml --\n[site]\nclean-urls = true\n-- a.md --\n# A\n-- b.md --\n# B\n";
    assert_eq!(told(before, clean, &[]), ["book.toml `clean-urls` gives 2 pages another address"]);
}
