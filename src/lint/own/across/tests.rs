use super::super::{OwnInput, OwnRules, RULES};
use super::*;
use crate::config::{ConfigInput, Overrides};
use crate::lint::SchemaFiles;
use crate::source::{MemorySource, Source as _};

/// `code file: message` for each finding of a rule in some files.
fn found(code: &str, more: &str, site: &str) -> Vec<String> {
    let overrides = Overrides::default();
    let book = SourcePath::new("book.toml").unwrap();
    let text = format!("[lint]\nextends = []\n[lint.rules]\n\"{code}\" = {more}\n");
    let input =
        ConfigInput { path: &book, text: Some(&text), variables: &[], overrides: &overrides };
    let (settings, problems) = crate::config::load(input);
    assert!(problems.is_empty(), "{problems:?}");
    let (own, problems) = OwnRules::new(&OwnInput {
        lint: &settings.lint,
        terms: &settings.terms,
        home: SourcePath::root(),
        others: &[],
        schemas: &SchemaFiles::new(),
        base_url: None,
    });
    assert!(problems.is_empty(), "{problems:?}");
    let source = MemorySource::site(site);
    let listed = source.list(&SourcePath::root(), &[]).unwrap().files;
    let files: Vec<SourcePath> = listed.into_iter().map(|file| file.path).collect();
    let runs = own.across();
    assert_eq!(runs.len(), 1, "{code}");
    let pages: Vec<(SourcePath, Vec<Fact>)> = files
        .iter()
        .filter(|path| path.extension() == Some("md"))
        .map(|path| {
            let facts = gather(&runs, path, &source.read(path).unwrap()).remove(0);
            (path.clone(), facts)
        })
        .collect();
    let read = |path: &SourcePath| source.read(path).ok();
    let across = Across { pages: &pages, files: &files, read: &read };
    let show = |found: Diagnostic| {
        let file = found.span().map(|span| span.file.to_string()).unwrap_or_default();
        format!("{file}: {}", found.message)
    };
    runs[0].judge(&across).into_iter().map(show).collect()
}

#[test]
fn every_rule_finds_its_bad_example_and_not_its_good_one() {
    let ids: Vec<&str> = ACROSS.iter().map(|across| across.rule.code.id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    for across in ACROSS {
        assert!(RULES.iter().any(|rule| std::ptr::eq(*rule, across.rule)));
        let (code, (bad, good)) = (across.rule.code.id, across.rule.code.examples);
        if bad.is_empty() {
            continue;
        }
        assert!(
            !found(code, "\"warning\"", bad).is_empty(),
            "{code} does not find its bad example"
        );
        let none = Vec::<String>::new();
        assert_eq!(found(code, "\"warning\"", good), none, "{code} finds its good example");
    }
}

#[test]
fn paragraphs_that_are_nearly_the_same_are_told_once() {
    let long = "Before you install the server, make sure that the machine has four processors, \
                sixteen gibibytes of memory, and a disk that is fast enough for the log.";
    let changed = long.replace("sixteen", "eight");
    let other = "Nothing here has anything to do with what the other pages say about machines, \
                 processors, memory, and disks, although some of the words are the same.";
    let site = format!(
        "-- a.md --\n{long}\n\n{other}\n-- b.md --\n# B\n\n{changed}\n-- c.md --\n{long}\n\n{long}\n"
    );
    assert_eq!(
        found("text/near-duplicate", "{ words = 20 }", &site),
        [
            "b.md: `a.md` says nearly the same in a paragraph",
            "c.md: `a.md` says the same in a paragraph",
            "c.md: `a.md` says the same in a paragraph",
        ]
    );
    assert!(found("text/near-duplicate", "{ words = 60 }", &site).is_empty());
}

#[test]
fn assets_are_used_by_pages_styles_and_absolute_addresses() {
    let site = "-- docs/a.md --\n![A diagram](img/a%20b.png)\n\n<img src=\"/img/c.png\" alt=\"\">\n\n\
                [d](img/d.svg?x#y)\n-- docs/img/a b.png --\nx\n-- docs/img/c.png --\nx\n\
                -- docs/img/d.svg --\nx\n-- docs/img/e.png --\nx\n-- docs/img/f.png --\nx\n\
                -- docs/style.css --\nbody { background: url(img/e.png) }\n-- top.png --\nx\n\
                -- docs/favicon.png --\nx\n";
    assert_eq!(
        found("assets/unused", "\"advice\"", site),
        ["docs/img/f.png: no page shows or links to `docs/img/f.png`"]
    );
    let large = "x".repeat(3000);
    let site = format!("-- a.md --\n![A](a.png) ![A](a.png)\n-- a.png --\n{large}\n");
    assert_eq!(found("assets/oversized", "{ kilobytes = 2 }", &site), ["a.md: `a.png` has 3 kB"]);
}

#[test]
fn the_usual_way_to_write_a_label_is_right() {
    let tabs = |label: &str| format!("::::tabs\n:::tab[{label}]\nx\n:::\n::::\n");
    let (right, wrong) = (tabs("macOS"), tabs("Mac OS"));
    let site = format!("-- a.md --\n{wrong}\n-- b.md --\n{right}\n-- c.md --\n{right}\n");
    assert_eq!(
        found("directives/tab-label", "\"warning\"", &site),
        ["a.md: the tab `Mac OS` is called `macOS` elsewhere"]
    );
}
