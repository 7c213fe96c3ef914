//! What the command line promises: options, exit codes, where words go.

use std::process::Stdio;

use snapbox::{assert_data_eq, str};

use crate::sandbox::{Outcome, Sandbox, same_trees, tree};

const SMALL: &str = "
-- index.md --
# Home

To the [guide](guide/first.md).
-- guide/first.md --
# First

Back [home](../index.md).
";

#[test]
fn a_folder_of_markdown_builds_without_any_configuration() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.run(&["build"]).ends(0);
    assert!(sandbox.read("site/book/index.html").contains("href=\"guide/first.html\""));
    assert!(sandbox.read("site/book/guide/first.html").contains("href=\"../index.html\""));
}

#[test]
fn the_content_folder_is_found() {
    for folder in ["content", "src", "docs"] {
        let sandbox = Sandbox::new("-- README.md --\n# The project, not its manual\n");
        sandbox.write(&format!("{folder}/index.md"), "# Manual\n");
        sandbox.run(&["build"]).ends(0);
        assert!(sandbox.read("site/book/index.html").contains("Manual"), "{folder}");
    }
}

#[test]
fn the_root_is_the_nearest_folder_with_a_book_toml() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add("-- book.toml --\n[book]\ntitle = \"Nearest\"\nsrc = \".\"\n");
    Outcome::of(sandbox.command().arg("build").current_dir(sandbox.site("guide"))).ends(0);
    assert!(sandbox.read("site/book/guide/first.html").contains("Nearest"));
}

#[test]
fn a_book_toml_that_cannot_be_read_ends_2_and_touches_nothing() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add("-- book.toml --\n[book]\ntitle = \"no end\n");
    let before = tree(&sandbox.path(""));
    sandbox.run(&["build"]).ends(2).says("book.toml:2");
    same_trees(&before, &tree(&sandbox.path("")));
}

#[test]
fn a_book_toml_that_breaks_leaves_the_published_site_as_it_was() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.build(&[]).ends(0);
    let before = tree(&sandbox.path("out"));
    sandbox.add("-- book.toml --\n[book\n-- index.md --\n# Changed\n");
    sandbox.build(&[]).ends(2);
    same_trees(&before, &tree(&sandbox.path("out")));
}

#[test]
fn a_value_of_the_wrong_type_is_told_with_its_place() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add("-- book.toml --\n[book]\n\ntitle = 1\n");
    let outcome = sandbox.build(&[]).says("book.toml:3").says("`book.title`");
    assert_ne!(outcome.code, 0, "{outcome}");
}

#[test]
fn a_broken_link_ends_1_and_the_site_is_published() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add("-- index.md --\n# Home\n\nTo the [guide](guide/frist.md).\n");
    sandbox
        .build(&[])
        .ends(1)
        .says("link/missing-page")
        .says("index.md:3")
        .says("`guide/frist.md`")
        .says("first.md");
    assert!(sandbox.read("out/index.html").contains("To the"));
    assert!(sandbox.path("out/guide/first.html").exists());
}

#[test]
fn a_broken_anchor_ends_1() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add("-- index.md --\n# Home\n\n## A part\n\nTo [a part](#a-prat).\n");
    sandbox.build(&[]).ends(1).says("index.md:5").says("a-part");
}

#[test]
fn warnings_fail_only_with_strict() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add("-- book.toml --\n[book]\nsrc = \".\"\ntitel = \"x\"\n");
    sandbox.build(&[]).ends(0).says("config/unknown-key").says("book.toml:3").says("`title`");
    sandbox.build(&["--strict"]).ends(1).says("config/unknown-key");
    assert!(sandbox.path("out/index.html").exists(), "published all the same");
}

#[test]
fn a_folder_that_is_not_ours_is_refused() {
    let sandbox = Sandbox::new(SMALL);
    std::fs::create_dir(sandbox.path("out")).unwrap();
    std::fs::write(sandbox.path("out/precious.txt"), "keep").unwrap();
    sandbox.build(&[]).ends(2).says("out");
    assert_eq!(tree(&sandbox.path("out")).len(), 1);
    assert_eq!(sandbox.read("out/precious.txt"), "keep");
}

#[test]
fn an_empty_folder_is_taken() {
    let sandbox = Sandbox::new(SMALL);
    std::fs::create_dir(sandbox.path("out")).unwrap();
    sandbox.build(&[]).ends(0);
    assert!(sandbox.path("out/index.html").exists());
}

#[test]
fn an_output_that_cannot_be_written_ends_2() {
    // Below a file there can be no folder, for root neither.
    let sandbox = Sandbox::new(SMALL);
    std::fs::write(sandbox.path("file"), "").unwrap();
    sandbox.run(&["build", "--out", "../file/out"]).ends(2).says("file");
    sandbox.run(&["build", "--out", "../file"]).ends(2).says("file");
    assert_eq!(sandbox.read("file"), "");
}

#[test]
fn the_output_is_no_source() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.run(&["build"]).ends(0);
    let first = tree(&sandbox.site("book"));
    sandbox.run(&["build"]).ends(0);
    same_trees(&first, &tree(&sandbox.site("book")));
    assert!(!first.keys().any(|name| name.starts_with("book/")));
}

#[test]
fn what_cannot_be_done_ends_2() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.run(&["build", "--no-such-option"]).ends(2).says("--no-such-option");
    sandbox.run(&["bild"]).ends(2).says("build");
    sandbox.run(&["build", "no/such/folder"]).ends(2).says("no/such/folder");
    sandbox.run(&["build", "--rev", "no-such-revision"]).ends(2);
    assert!(!sandbox.site("book").exists());
}

#[test]
fn explain_says_what_a_code_means() {
    let sandbox = Sandbox::new("");
    let outcome = sandbox.run(&["explain", "link/missing-page"]).ends(0);
    assert!(outcome.stdout.contains("link/missing-page"), "on standard output: {outcome}");
    assert!(outcome.stdout.lines().count() > 3, "{outcome}");
    assert_eq!(outcome.stderr, "");
    sandbox.run(&["explain", "link/mising-page"]).ends(2).says("link/missing-page");
}

#[test]
fn help_and_version_go_to_standard_output() {
    let sandbox = Sandbox::new("");
    let version = sandbox.run(&["--version"]).ends(0);
    assert_data_eq!(version.stdout, str!["copydesk [..]\n"]);
    let help = sandbox.run(&["build", "--help"]).ends(0);
    for option in ["--out", "--rev", "--base-url", "--strict", "--drafts", "--timings", "--format"]
    {
        assert!(help.stdout.contains(option), "{option}: {help}");
    }
    assert_eq!(help.stderr, "");
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let sandbox = Sandbox::new("");
    assert_ne!(sandbox.run(&["build", "--help"]).ends(0).stdout, "", "there is something to write");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = sandbox
        .command()
        .args(["build", "--help"])
        .stdout(Stdio::from(writer))
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn there_is_no_colour_where_there_is_no_terminal() {
    let sandbox = Sandbox::new("-- index.md --\n[x](nothing.md)\n");
    for arguments in [&["build"][..], &["build", "--color", "never"], &["--help"]] {
        sandbox.run(arguments).keeps_quiet_about("\u{1b}");
    }
    let coloured = sandbox.run(&["build", "--color", "always"]).ends(1);
    assert!(coloured.stderr.contains('\u{1b}'), "{coloured}");
}

#[test]
fn quiet_says_nothing_when_nothing_is_wrong() {
    let sandbox = Sandbox::new(SMALL);
    let outcome = sandbox.build(&["--quiet"]).ends(0);
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("", ""));
    sandbox.add("-- index.md --\n[x](nothing.md)\n");
    sandbox.build(&["--quiet"]).ends(1).says("index.md:1");
}

#[test]
fn json_is_json_and_alone_on_standard_output() {
    let sandbox = Sandbox::new("-- index.md --\n# Home\n\n[x](nothing.md)\n");
    let outcome = sandbox.build(&["--format", "json"]).ends(1);
    let value: serde_json::Value = serde_json::from_str(&outcome.stdout).expect("JSON");
    let text = value.to_string();
    assert!(text.contains("link/missing-page") && text.contains("index.md"), "{text}");
    // Without findings it is JSON too.
    sandbox.add("-- index.md --\n# Home\n");
    let outcome = sandbox.build(&["--format", "json"]).ends(0);
    serde_json::from_str::<serde_json::Value>(&outcome.stdout).expect("JSON");
}

#[test]
fn drafts_are_built_on_request() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add("-- later.md --\n---\ndraft: true\n---\n# Later\n");
    sandbox.build(&[]).ends(0);
    assert!(!sandbox.path("out/later.html").exists());
    sandbox.build(&["--drafts"]).ends(0);
    assert!(sandbox.path("out/later.html").exists());
    sandbox.build(&[]).ends(0);
    assert!(!sandbox.path("out/later.html").exists(), "and removed again");
}

#[test]
fn the_base_url_is_in_what_must_be_absolute() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.build(&["--base-url", "https://docs.example.org/manual/"]).ends(0);
    assert!(sandbox.read("out/404.html").contains("\"/manual/"));
    let page = sandbox.read("out/guide/first.html");
    assert!(page.contains("https://docs.example.org/manual/guide/first.html"), "canonical");
    assert!(!page.contains("\"/manual/"), "the links of pages are relative");
}

#[test]
fn timings_change_nothing_that_is_published() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.build(&[]).ends(0);
    let before = tree(&sandbox.path("out"));
    let outcome = sandbox.build(&["--timings"]).ends(0);
    assert!(!outcome.stderr.is_empty(), "{outcome}");
    same_trees(&before, &tree(&sandbox.path("out")));
}

#[test]
fn a_plugin_is_named_and_never_run() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add(
        "-- book.toml --
[book]
src = \".\"

[preprocessor.touch]
command = \"touch ran-preprocessor\"

[output.html]

[output.touch]
command = \"touch ran-renderer\"
",
    );
    sandbox.build(&[]).ends(0).says("book.toml:4").says("touch").says("book.toml:9");
    assert!(!sandbox.site("ran-preprocessor").exists());
    assert!(!sandbox.site("ran-renderer").exists());
}
