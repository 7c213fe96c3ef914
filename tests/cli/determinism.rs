//! The same input gives the same bytes, and the size of the site is not in its pages.

use std::fmt::Write as _;

use crate::sandbox::{Outcome, Sandbox, same_trees, tree};

/// A site with enough pages that threads can race, and something of everything in them.
fn varied(pages: usize) -> String {
    let mut files = "-- index.md --\n# Home\n".to_owned();
    for page in 0..pages {
        let (folder, next) = (page % 7, (page + 1) % pages);
        write!(
            files,
            "-- part-{folder}/page-{page:03}.md --
---
title: Page {page}
tags: [b, a, c]
---

# Page {page}

On to [the next](../part-{next_folder}/page-{next:03}.md#code). A note.[^n]

> [!NOTE]
> Number {page}.

## Code

```rust
fn page() -> usize {{ {page} }}
```

| a | b |
|---|--:|
| {page} | {next} |

[^n]: The note of {page}.
",
            next_folder = next % 7,
        )
        .unwrap();
    }
    files
}

#[test]
fn threads_folders_and_the_environment_leave_no_trace() {
    let files = varied(60);
    let build = |variables: &[(&str, &str)]| {
        let sandbox = Sandbox::new(&files);
        let mut command = sandbox.command();
        command.args(["build", "--out", "../out"]).envs(variables.iter().copied());
        Outcome::of(&mut command).ends(0);
        tree(&sandbox.path("out"))
    };
    let first = build(&[("RAYON_NUM_THREADS", "1")]);
    assert!(first.len() > 60);
    same_trees(&first, &build(&[("RAYON_NUM_THREADS", "2")]));
    same_trees(&first, &build(&[("RAYON_NUM_THREADS", "7")]));
    same_trees(&first, &build(&[("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8")]));
    same_trees(&first, &build(&[("TZ", "Pacific/Kiritimati"), ("SOURCE_DATE_EPOCH", "1")]));
}

#[test]
fn building_again_or_after_a_detour_gives_the_same() {
    let sandbox = Sandbox::new(&varied(20));
    sandbox.build(&[]).ends(0);
    let first = tree(&sandbox.path("out"));
    sandbox.build(&[]).ends(0);
    same_trees(&first, &tree(&sandbox.path("out")));
    let page = std::fs::read(sandbox.site("part-1/page-001.md")).unwrap();
    sandbox.add("-- part-1/page-001.md --\n# Changed\n-- part-9/new.md --\n# New\n");
    sandbox.build(&[]).says("page-001.md"); // a link to its heading is broken now
    assert_ne!(first, tree(&sandbox.path("out")));
    sandbox.write("part-1/page-001.md", page);
    std::fs::remove_dir_all(sandbox.site("part-9")).unwrap();
    sandbox.build(&[]).ends(0);
    same_trees(&first, &tree(&sandbox.path("out")));
}

#[test]
fn the_order_in_which_files_were_made_does_not_count() {
    let files = varied(12);
    let forward = Sandbox::new(&files);
    let backward = Sandbox::new("");
    let mut parts: Vec<String> =
        files.split("-- ").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    // Each part of the text is `path --`, a line break and the file; put the beginning back.
    parts.reverse();
    for part in parts {
        backward.add(&format!("-- {part}"));
    }
    forward.build(&[]).ends(0);
    backward.build(&[]).ends(0);
    same_trees(&tree(&forward.path("out")), &tree(&backward.path("out")));
}

#[test]
fn a_page_does_not_grow_with_the_site() {
    let sizes = |pages: usize| {
        let sandbox = Sandbox::new("-- index.md --\n# Home\n");
        for page in 0..pages {
            sandbox.write(&format!("page-{page:04}.md"), format!("# Page {page:04}\n\nText.\n"));
        }
        sandbox.build(&[]).ends(0);
        ["page-0050.html", "page-0120.html", "404.html"]
            .map(|page| std::fs::metadata(sandbox.path("out").join(page)).unwrap().len())
    };
    // Both are beyond the size for which there is a print view to link to.
    let (small, large) = (sizes(600), sizes(2_000));
    for (small, large) in small.into_iter().zip(large) {
        // "All 600 pages" and "All 2,000 pages" differ by their digits, wherever that is said.
        assert!(small.abs_diff(large) <= 16, "{small} bytes of 600 pages, {large} of 2,000");
    }
}

#[test]
fn the_navigation_is_the_same_made_ready_and_made_of_items() {
    let mut files = "-- docs/index.md --\n# Home\n-- docs/l'a & b/c's/d&e.md --\n# <D> & 'E'\n\
                     -- docs/l'a & b/index.md --\n# L\n"
        .to_owned();
    for page in 0..120 {
        write!(files, "-- docs/page-{page}.md --\n# A_long_identifier::of::{page}\n").unwrap();
        write!(files, "-- docs/many/deep/page-{page}.md --\n# {page}\n").unwrap();
    }
    let nav = include_str!("../../themes/default/templates/nav.html");
    for settings in ["", "[site]\nclean-urls = true\n"] {
        let sandbox = Sandbox::new(&files);
        sandbox.write("book.toml", settings);
        sandbox.build(&[]).ends(0);
        let ready = tree(&sandbox.path("out"));
        // The very template, but now the site's own: it gets items.
        sandbox.write("theme/nav.html", nav);
        sandbox.build(&[]).ends(0);
        same_trees(&ready, &tree(&sandbox.path("out")));
    }
    let book = Sandbox::new(
        "-- book.toml --\n-- src/SUMMARY.md --\n# Summary\n\n[Home](home.md)\n\n# Part & more\n\n\
         - [One](one.md)\n  - [Two](two.md)\n    - [Draft]()\n\n---\n\n- [Three](three.md)\n\
         -- src/home.md --\n# H\n-- src/one.md --\n# 1\n-- src/two.md --\n# 2\n\
         -- src/three.md --\n# 3\n",
    );
    book.build(&[]).ends(0);
    let ready = tree(&book.path("out"));
    book.write("theme/nav.html", nav);
    book.build(&[]).ends(0);
    same_trees(&ready, &tree(&book.path("out")));
}
