//! `copydesk mv` as a process: what it writes, and that it changes all or nothing.

use super::sandbox::{Sandbox, tree};

const SITE: &str = "\
-- book.toml --
[book]
title = \"T\"
-- content/index.md --
# Home

[the guide](guide.md)
-- content/guide.md --
# Guide

[home](index.md)
";

#[test]
fn a_page_moves_and_the_site_stays_whole() {
    let sandbox = Sandbox::new(SITE);
    assert_eq!(sandbox.build(&["--strict"]).code, 0);
    let before = sandbox.read("site/content/index.md");
    let diff = sandbox.run(&["mv", "--dry-run", "content/guide.md", "content/how/guide.md"]);
    assert_eq!(diff.code, 0);
    assert!(
        diff.stdout.contains("rename from content/guide.md\nrename to content/how/guide.md\n")
            && diff.stdout.contains("-[the guide](guide.md)\n+[the guide](how/guide.md)\n"),
        "{}",
        diff.stdout
    );
    assert_eq!(sandbox.read("site/content/index.md"), before);

    let moved = sandbox.run(&["mv", "content/guide.md", "content/how/guide.md"]);
    assert_eq!(moved.code, 0, "{}", moved.stderr);
    assert!(moved.stderr.contains("moved 1 file: 2 links rewritten, 1 redirect left"));
    assert!(!sandbox.site("content/guide.md").exists());
    assert!(sandbox.read("site/content/index.md").contains("[the guide](how/guide.md)"));
    assert!(sandbox.read("site/content/how/guide.md").contains("[home](../index.md)"));
    assert_eq!(sandbox.build(&["--strict"]).code, 0);
    assert!(sandbox.read("out/guide.html").contains("how/guide.html"));

    // And back, into a folder that exists; the empty one goes.
    let back = sandbox.run(&["mv", "content/how/guide.md", "content"]);
    assert_eq!(back.code, 0, "{}", back.stderr);
    assert!(!sandbox.site("content/how").exists());
    assert_eq!(sandbox.build(&["--strict"]).code, 0);
}

#[test]
fn what_cannot_be_done_changes_nothing() {
    let sandbox = Sandbox::new(SITE);
    sandbox.run(&["lint"]);
    let before = tree(&sandbox.site("content"));
    for arguments in [
        ["content/none.md", "content/x.md"],
        ["content/guide.md", "content/index.md"],
        ["content/guide.md", "../elsewhere.md"],
        ["content/guide.md", "book.md"],
        ["book.toml", "content/book.toml"],
    ] {
        let run = sandbox.run(&[&["mv"], &arguments[..]].concat());
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        assert_eq!(tree(&sandbox.site("content")), before, "{arguments:?}");
    }
}
