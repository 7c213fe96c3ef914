//! A check tells what a build tells, from wherever the files come.

use std::fs;
use std::sync::Arc;

use super::{CheckInput, Checked, check, lint_site, missing_redirects};
use crate::base::{Diagnostic, SourcePath};
use crate::config::Overrides;
use crate::history::RepositoryFacts;
use crate::lint::{LoadInput, load};
use crate::memo::{Stage, Store};
use crate::output::Entry;
use crate::pipeline::{BuildInput, LintInput, Silent, Wanted, prepare};
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
        versions: None,
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
        version: None,
        beside_versions: false,
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

const EDITED: &str = "\
-- book.toml --
[output.html.redirect]
\"/old.html\" = \"a.html#one\"
-- index.md --
# Home

[a](a.md#one) ![i](i.svg) {{#include part.txt}}
-- a.md --
---
title: A
---
## One

[b](b.md) and :::nothing{=} text.
-- b.md --
# B

[gone](gone.md) text
-- c.md --
# A
-- i.svg --
<svg width=\"1\" height=\"1\"></svg>
-- part.txt --
[b](b.md)
-- other.txt --
other
";

/// An edit of a file of [`EDITED`], and whether it is told without a look at all pages.
const EDITS: &[(&str, &str, bool)] = &[
    ("index.md", "# Home\n\nMore words. [a](a.md#one) ![i](i.svg) {{#include part.txt}}\n", true),
    ("a.md", "---\ntitle: A\n---\n\n## One\n\n[b](b.md) and :::nothing{=} text.\n", true),
    ("a.md", "---\ntitle: A\n---\n## One\n\n[b](b.md) and other text.\n", true),
    ("c.md", "Text.\n\n# A\n", true),
    ("c.md", "# C\n", false),
    ("index.md", "# Home\n\nWords. [a](a.md#two) ![i](i.svg) {{#include part.txt}}\n", true),
    ("index.md", "# Home\n\nWords. [a](a.md#one) ![i](i.svg)\n", false),
    ("index.md", "# Home\n\n{{#include no.txt}} [a](a.md#one) ![i](i.svg) [b](b.md)\n", false),
    ("b.md", "# B\n\nMoved. [gone](gone.md) text\n", true),
    ("b.md", "# B\n\ntext\n", true),
    ("b.md", "# B\n\n## More\n\n[gone](gone.md) text\n", false),
    ("a.md", "---\ntags: [x]\ntitle: A\n---\n## One\n\n[b](b.md)\n", true),
    ("a.md", "---\ntitle: A\naliases: [/x.html]\n---\n## One\n\n[b](b.md)\n", false),
    ("part.txt", "[b](b.md) [gone](gone.md)\n", false),
    ("i.svg", "<svg width=\"2\" height=\"1\"></svg>\n", false),
    ("book.toml", "[book]\ntitle = \"T\"\n", false),
    ("other.txt", "another\n", true),
];

/// What is told of a state: everything, in an order.
fn sorted(mut checked: Checked) -> Checked {
    report::sort(&mut checked.diagnostics);
    checked
}

/// Checks, and says whether links of the whole site were looked at.
fn watched(source: &dyn Source, cache: &std::path::Path) -> (Checked, bool) {
    let memo = Store::open(cache);
    let checked = check(&input(source, &memo)).unwrap();
    let links = memo.counts().into_iter().find(|count| count.stage == Stage::Links);
    let whole = links.is_some_and(|count| count.hits + count.misses > 0);
    memo.close();
    (sorted(checked), whole)
}

#[test]
fn an_edit_that_no_other_page_can_see_is_checked_alone() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let site = MemorySource::site(EDITED);
    let files = site.list(&SourcePath::root(), &[]).unwrap().files;
    let text = |name: &str| String::from_utf8(site.read(&path(name)).unwrap().to_vec()).unwrap();
    for (name, edit, alone) in EDITS {
        let cache = tempfile::tempdir().unwrap();
        for file in &files {
            write(file.path.as_str(), &text(file.path.as_str()));
        }
        let run = || {
            let (source, _) = FolderSource::open(folder.path()).unwrap();
            let (checked, whole) = watched(&source, cache.path());
            assert_eq!(checked, sorted(check(&input(&source, &Store::off())).unwrap()), "{edit}");
            whole
        };
        assert!(run(), "the first time");
        assert!(!run(), "nothing has changed");
        write(name, edit);
        assert_eq!(run(), !alone, "{name}: {edit}");
        // Once more from there.
        run();
        write("c.md", "# A\n\nOther words.\n");
        run();
        write("new.md", "# New\n");
        assert!(run(), "a new page");
        fs::remove_file(folder.path().join("new.md")).unwrap();
    }
}

#[test]
fn pages_whose_links_were_resolved_anew_are_checked_alone_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    let site = MemorySource::site(EDITED);
    for file in site.list(&SourcePath::root(), &[]).unwrap().files {
        write(file.path.as_str(), &site.read(&file.path).unwrap());
    }
    let cache = tempfile::tempdir().unwrap();
    let run = || {
        let (source, _) = FolderSource::open(folder.path()).unwrap();
        watched(&source, cache.path()).1
    };
    run();
    write("new.md", b"# New\n");
    assert!(run(), "all addresses are looked at");
    let (name, edit, _) = EDITS[0];
    write(name, edit.as_bytes());
    assert!(!run());
}

#[test]
fn an_edit_of_a_revision_is_checked_alone() {
    let fixture = Fixture::new();
    let site = MemorySource::site(EDITED);
    let files = site.list(&SourcePath::root(), &[]).unwrap().files;
    for file in &files {
        let text = String::from_utf8(site.read(&file.path).unwrap().to_vec()).unwrap();
        fixture.write(&[(file.path.as_str(), text.as_str())]);
    }
    fixture.commit_all("one");
    let cache = tempfile::tempdir().unwrap();
    let (revision, _) = RevisionSource::open(&fixture.path(), "HEAD").unwrap();
    assert!(watched(&revision, cache.path()).1);
    for (name, edit, alone) in EDITS {
        let mut source = OverlaySource::new(&revision);
        source.set(path(name), Arc::from(edit.as_bytes()));
        let (checked, whole) = watched(&source, cache.path());
        assert_eq!(checked, sorted(check(&input(&source, &Store::off())).unwrap()), "{edit}");
        assert_eq!(whole, !alone, "{name}: {edit}");
        source.set(path("new.md"), Arc::from(*b"# New\n"));
        assert!(watched(&source, cache.path()).1);
    }
}

#[test]
fn a_commit_is_checked_from_what_is_known_of_the_one_before() {
    let fixture = Fixture::new();
    let site = MemorySource::site(EDITED);
    let files = site.list(&SourcePath::root(), &[]).unwrap().files;
    let text = |name: &str| String::from_utf8(site.read(&path(name)).unwrap().to_vec()).unwrap();
    for file in &files {
        fixture.write(&[(file.path.as_str(), text(file.path.as_str()).as_str())]);
    }
    fixture.commit_all("one");
    let cache = tempfile::tempdir().unwrap();
    let head = || RevisionSource::open(&fixture.path(), "HEAD").unwrap().0;
    assert!(watched(&head(), cache.path()).1);
    for (name, edit, alone) in EDITS {
        fixture.write(&[(name, edit)]);
        fixture.commit_all("edit");
        let (checked, whole) = watched(&head(), cache.path());
        assert_eq!(checked, sorted(check(&input(&head(), &Store::off())).unwrap()), "{edit}");
        // Another commit that is known may be closer than the one before.
        assert!(!whole || !alone, "{name}: {edit}");
        // What was found that way is the beginning of what follows.
        fixture.write(&[("index.md", "# Home\n\nOther words. [a](a.md#one) ![i](i.svg)\n")]);
        fixture.commit_all("more");
        let checked = watched(&head(), cache.path()).0;
        assert_eq!(checked, sorted(check(&input(&head(), &Store::off())).unwrap()), "{edit}");
        fixture.write(&[(name, text(name).as_str()), ("index.md", text("index.md").as_str())]);
        fixture.commit_all("back");
        assert!(!watched(&head(), cache.path()).1, "it was known");
    }
    fixture.write(&[("new.md", "# New\n")]);
    fixture.commit_all("new");
    assert!(watched(&head(), cache.path()).1, "a page has come");
}

#[test]
fn what_was_staged_is_known_once_it_is_committed() {
    let fixture = Fixture::new();
    fixture.write(&[("a.md", "# A\n\n[b](b.md)\n"), ("c.md", "# C\n")]);
    fixture.commit_all("one");
    let cache = tempfile::tempdir().unwrap();
    let head = || RevisionSource::open(&fixture.path(), "HEAD").unwrap().0;
    assert!(watched(&head(), cache.path()).1);
    let under = head();
    let mut staged = OverlaySource::new(&under);
    staged.set(path("b.md"), Arc::from(*b"# B\n"));
    staged.remove(path("c.md"));
    let (checked, whole) = watched(&staged, cache.path());
    assert!(whole, "a page has come");
    fixture.write(&[("b.md", "# B\n")]);
    fs::remove_file(fixture.path().join("c.md")).unwrap();
    fixture.commit_all("two");
    assert_eq!(watched(&head(), cache.path()), (checked, false));
    // Another commit of the same files is not taken for it.
    fixture.write(&[("b.md", "# Another\n")]);
    fixture.commit_all("three");
    let found = watched(&head(), cache.path()).0;
    assert_eq!(found, sorted(check(&input(&head(), &Store::off())).unwrap()));
}

#[test]
fn what_rules_and_site_both_tell_counts_once() {
    let source = MemorySource::site(
        "-- .vale.ini --\nStylesPath = styles\n[*.md]\nBasedOnStyles = House\n\
         -- styles/House/R.yml --\nextends: existence\nmessage: \"'%s'\"\ntokens: [pump]\n\
         -- a.md --\n---\ntitle: [\n---\n# A\n-- b.md --\n# B\n\nA pump. [gone](gone.md)\n",
    );
    let config = path(".vale.ini");
    let rules = load(&LoadInput { source: &source, config, open: &|_| None }).unwrap();
    let memo = Store::off();
    let lint = LintInput { rules: &rules, today: "2026-11-29", memo: &memo };
    let files = [path("a.md"), path("b.md")];
    let site = input(&source, &memo);
    let run = |wanted| lint_site(lint, &files, true, wanted, &site).unwrap();
    let all = run(Wanted::All);
    assert_eq!(
        shown(&all.diagnostics, &source),
        ["a.md:3 front-matter/malformed", "b.md:3 House.R", "b.md:3 link/missing-page"]
    );
    for most in 0..4 {
        let gravest = run(Wanted::Gravest(most));
        assert_eq!((gravest.counts, gravest.diagnostics.len()), (all.counts, most.min(3)));
    }
}
