//! What a change is said to do to a site.

use std::fmt::Write as _;

use super::{ChangeInput, compare};
use crate::base::SourcePath;
use crate::config::Overrides;
use crate::history::FileChange;
use crate::memo::Store;
use crate::pipeline::CheckInput;
use crate::review::{Cause, Change, PageChange};
use crate::source::{MemorySource, Source};

const SITE: &str = "\
-- book.toml --
[vars]
product = \"Desk\"
-- content/index.md --
# Home

[b](b.md#part) {{#include part.txt}}
-- content/a.md --
# A

A word of {{ var.product }}.
-- content/b.md --
# B

## Part

Text.
-- content/part.txt --
included
";

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

fn side<'a>(source: &'a dyn Source, memo: &'a Store) -> CheckInput<'a> {
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

/// The files that differ, as git would tell them; `renames` are those that it finds alike.
fn changes(old: &dyn Source, new: &dyn Source, renames: &[(&str, &str)]) -> Vec<FileChange> {
    let list = |source: &dyn Source| source.list(&SourcePath::root(), &[]).unwrap().files;
    let mut all: Vec<FileChange> = Vec::new();
    let renamed =
        |path: &SourcePath| renames.iter().any(|(a, b)| *a == path.as_str() || *b == path.as_str());
    for file in list(old) {
        let after = new.read(&file.path).ok();
        if after.is_some() && after == old.read(&file.path).ok() || renamed(&file.path) {
            continue;
        }
        let after = after.map(|_| file.path.clone());
        all.push(FileChange { before: Some(file.path), after });
    }
    for file in list(new) {
        if !old.is_file(&file.path) && !renamed(&file.path) {
            all.push(FileChange { before: None, after: Some(file.path) });
        }
    }
    for (before, after) in renames {
        all.push(FileChange { before: Some(path(before)), after: Some(path(after)) });
    }
    all.sort();
    all
}

/// The site with other files; an empty text takes a file away.
fn with(edits: &[(&str, &str)]) -> MemorySource {
    let site = MemorySource::site(SITE);
    let mut text = String::new();
    let files = site.list(&SourcePath::root(), &[]).unwrap().files;
    for file in files {
        if edits.iter().all(|(name, _)| *name != file.path.as_str()) {
            let bytes = site.read(&file.path).unwrap();
            let _ = write!(text, "-- {} --\n{}", file.path, String::from_utf8_lossy(&bytes));
        }
    }
    for (name, edit) in edits.iter().filter(|(_, edit)| !edit.is_empty()) {
        let _ = write!(text, "-- {name} --\n{edit}");
    }
    MemorySource::site(&text)
}

fn changed(edits: &[(&str, &str)], renames: &[(&str, &str)]) -> Change {
    let (old, new) = (MemorySource::site(SITE), with(edits));
    let files = changes(&old, &new, renames);
    let memo = Store::off();
    let input = ChangeInput {
        old: side(&old, &memo),
        new: side(&new, &memo),
        files: &files,
        trust_theme: false,
    };
    compare(&input).unwrap().change
}

fn shown(change: &Change) -> String {
    let page = |page: &PageChange| {
        let mut text = format!("{} {}", page.kind.word(), page.place().unwrap().source);
        for cause in &page.causes {
            let _ = match cause {
                Cause::Source => write!(text, " source"),
                Cause::Include(path) => write!(text, " include:{path}"),
                Cause::Settings => write!(text, " settings"),
                Cause::LinkTarget(link) => write!(text, " link:{link}"),
                Cause::Theme => write!(text, " theme"),
            };
        }
        let _ = write!(text, " +{} -{}", page.inserted, page.deleted);
        text
    };
    let mut lines: Vec<String> = change.pages.iter().map(page).collect();
    lines.extend(change.unrendered.iter().map(|path| format!("unrendered {path}")));
    lines.extend(change.files.iter().map(|path| format!("file {path}")));
    lines.extend(change.theme.iter().map(|path| format!("theme {path}")));
    if change.settings {
        lines.push("settings".to_owned());
    }
    if change.navigation.pages > 0 {
        lines.push(format!("navigation {}", change.navigation.pages));
    }
    lines.join("\n")
}

#[test]
fn a_page_counts_where_a_reader_sees_something_else() {
    type Names<'a> = &'a [(&'a str, &'a str)];
    let cases: &[(Names<'_>, Names<'_>, &str)] = &[
        (&[], &[], ""),
        (
            &[("content/b.md", "# B\n\n## Part\n\nOther text.\n")],
            &[],
            "edited content/b.md source +2 -1",
        ),
        (&[("content/b.md", "# B\n\n## Part\nText.\n")], &[], "unrendered content/b.md"),
        (
            &[("content/b.md", "---\nslug: c\n---\n# B\n\n## Part\n\nText.\n")],
            &[],
            "edited content/index.md link:b.md#part +0 -0\nmoved content/b.md +0 -0\nnavigation 1",
        ),
        (
            &[("content/part.txt", "spliced\n")],
            &[],
            "edited content/index.md include:content/part.txt +1 -1\nfile content/part.txt",
        ),
        (
            &[("book.toml", "[vars]\nproduct = \"Table\"\n")],
            &[],
            "edited content/a.md settings +1 -1\nsettings",
        ),
        (&[("content/c.md", "# C\n\nNew words.\n")], &[], "added content/c.md +3 -0\nnavigation 3"),
        (&[("content/a.md", "")], &[], "deleted content/a.md +0 -5\nnavigation 2"),
        (
            &[("content/a.md", ""), ("content/z.md", "# A\n\nA word of {{ var.product }}.\n")],
            &[],
            "moved content/z.md +0 -0\nnavigation 2",
        ),
        (
            &[("content/a.md", ""), ("content/z.md", "# A\n\nA word of ours.\n")],
            &[("content/a.md", "content/z.md")],
            "moved content/z.md source +1 -1\nnavigation 2",
        ),
        (&[("theme/extra.css", "p {}\n")], &[], "theme theme/extra.css"),
        (
            &[("content/b.md", "---\nweight: 1\n---\n# B\n\n## Part\n\nText.\n")],
            &[],
            "unrendered content/b.md\nnavigation 3",
        ),
    ];
    for (edits, renames, expected) in cases {
        assert_eq!(shown(&changed(edits, renames)), *expected, "{edits:?}");
    }
}

#[test]
fn what_is_kept_says_the_same() {
    let cache = tempfile::tempdir().unwrap();
    let (old, new) = (MemorySource::site(SITE), with(&[("content/b.md", "# B\n\nText.\n")]));
    let files = changes(&old, &new, &[]);
    let run = || {
        let memo = Store::open(&cache.path().join("cache"));
        let input = ChangeInput {
            old: side(&old, &memo),
            new: side(&new, &memo),
            files: &files,
            trust_theme: false,
        };
        let change = compare(&input).unwrap().change;
        memo.close();
        shown(&change)
    };
    let first = run();
    assert!(first.contains("edited content/b.md"), "{first}");
    assert_eq!(run(), first);
}
