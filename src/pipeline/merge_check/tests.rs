//! What speaks against a merge.

use super::{MergeCheckInput, merge_check};
use crate::base::SourcePath;
use crate::config::Overrides;
use crate::history::merge;
use crate::memo::Store;
use crate::pipeline::CheckInput;
use crate::source::testing::Fixture;
use crate::source::{OverlaySource, RevisionSource};

const SITE: &[(&str, &str)] = &[
    ("book.toml", "[book]\ntitle = \"T\"\n"),
    ("content/index.md", "# Home\n\nThe first page. See [a](a.md#part).\n"),
    ("content/a.md", "# A\n\n## Part\n\nOne.\n\nTwo.\n\nThree.\n"),
    ("content/b.md", "# B\n\nText of the page.\n"),
];

/// `place code` of all that speaks against merging `branch` into a site on which `base` was done
/// meanwhile; an empty text takes a file away.
fn found(base: &[(&str, &str)], branch: &[(&str, &str)]) -> Vec<String> {
    let fixture = Fixture::new();
    let repository = git2::Repository::open(fixture.path()).unwrap();
    let edit = |edits: &[(&str, &str)], message: &str| {
        for (name, text) in edits {
            match text.is_empty() {
                true => std::fs::remove_file(fixture.path().join(name)).unwrap(),
                false => fixture.write(&[(name, text)]),
            }
        }
        fixture.commit_all(message)
    };
    let start = edit(SITE, "start");
    let head = edit(branch, "branch");
    let commit = repository.find_commit(start).unwrap();
    repository.reset(commit.as_object(), git2::ResetType::Hard, None).unwrap();
    let base = edit(base, "base");
    let (base, head) = (base.to_string(), head.to_string());
    let merged = merge(&fixture.path(), &base, &head).unwrap();
    let (target, root) = RevisionSource::open(&fixture.path(), &base).unwrap();
    let mut overlay = OverlaySource::new(&target);
    for (path, bytes) in &merged.files {
        match bytes {
            Some(bytes) => overlay.set(path.clone(), bytes.clone()),
            None => overlay.remove(path.clone()),
        }
    }
    let memo = Store::off();
    let input = MergeCheckInput {
        target: CheckInput {
            source: &target,
            root,
            variables: Vec::new(),
            overrides: Overrides::default(),
            drafts: false,
            except: Vec::new(),
            memo: &memo,
            versions: None,
        },
        merged: &overlay,
        merge: &merged,
        today: "2026-11-30",
        trust_theme: false,
    };
    let mut found: Vec<String> = merge_check(&input)
        .unwrap()
        .iter()
        .map(|found| {
            let file = found.span().map_or_else(SourcePath::root, |span| span.file.clone());
            format!("{file} {}", found.code)
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_merge_is_stopped_by_what_it_makes_worse() {
    let none: [&str; 0] = [];
    // Nothing, and what the target has already.
    assert_eq!(found(&[], &[("content/b.md", "# B\n\nOther text.\n")]), none);
    assert_eq!(
        found(&[("content/b.md", "# B\n\n[x](x.md)\n")], &[("content/c.md", "# C\n\nText.\n")]),
        none
    );
    // Either side is fine, and both together are not.
    assert_eq!(
        found(
            &[
                ("content/a.md", "# A\n\n## Renamed\n\nOne.\n\nTwo.\n\nThree.\n"),
                ("content/index.md", "# Home\n\nThe first page.\n")
            ],
            &[("content/b.md", "# B\n\nText of the page. [a](a.md#part)\n")],
        ),
        ["content/b.md link/missing-anchor"]
    );
    // Links of pages that nobody touched.
    assert_eq!(
        found(&[], &[("content/a.md", "# A\n\n## Other\n\nOne.\n\nTwo.\n\nThree.\n")]),
        ["content/index.md link/missing-anchor"]
    );
    assert_eq!(found(&[], &[("content/b.md", "")]), ["book.toml redirect/missing"]);
    // What git cannot merge.
    assert_eq!(
        found(
            &[("content/b.md", "# B\n\nText of the base.\n")],
            &[("content/b.md", "# B\n\nText of the branch.\n")],
        ),
        ["content/b.md review/conflict"]
    );
    assert_eq!(
        found(&[("content/b.md", "")], &[("content/b.md", "# B\n\nText of the branch.\n")]),
        ["content/b.md review/conflict"]
    );
    // Settings that cannot be read.
    let broken = found(&[], &[("book.toml", "[book\n")]);
    assert!(broken.contains(&"book.toml config/syntax".to_owned()), "{broken:?}");
    // The rules are those of the target.
    let rules = "[book]\ntitle = \"T\"\n[lint.rules]\n\"link/missing-page\" = \"off\"\n";
    assert_eq!(
        found(&[], &[("book.toml", rules), ("content/b.md", "# B\n\n[x](x.md)\n")]),
        ["book.toml review/changed-policy", "content/b.md link/missing-page"]
    );
}
