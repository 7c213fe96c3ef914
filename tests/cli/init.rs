//! `copydesk init`: a new site works at once, and nothing that exists is changed.

use crate::sandbox::{Sandbox, tree};

#[test]
fn a_new_site_builds_and_lints_clean() {
    let sandbox = Sandbox::new("");
    let made = sandbox.run(&["init", "user-guide"]).ends(0);
    assert_eq!(
        made.stdout,
        "wrote book.toml\nwrote content/index.md\nwrote content/get-started.md\nwrote .gitignore\n"
    );
    assert!(made.stderr.contains("next: copydesk serve user-guide --open"), "{made}");
    assert!(sandbox.read("site/user-guide/book.toml").contains("title = \"User guide\""));
    assert!(sandbox.read("site/user-guide/content/index.md").starts_with("# User guide\n"));
    sandbox.run(&["build", "user-guide", "--strict"]).ends(0).keeps_quiet_about("warning");
    let linted = sandbox.run(&["lint", "--fail-on", "advice", "user-guide"]).ends(0);
    assert_eq!(linted.stdout, "");
    let again = sandbox.run(&["init", "user-guide"]).ends(0);
    assert_eq!(
        again.stdout,
        "kept book.toml\nkept 2 Markdown files in content\nkept .gitignore\nnothing is missing\n"
    );
}

#[test]
fn in_a_repository_the_output_is_ignored() {
    let sandbox = Sandbox::new("-- docs/.keep --\n");
    sandbox.git(&["init", "--quiet"]);
    sandbox.run(&["init"]).ends(0).says("wrote .gitignore");
    sandbox.run(&["build", "--strict"]).ends(0);
    let status = sandbox.git(&["status", "--porcelain", "--untracked-files=all"]);
    assert!(!status.contains("book/"), "{status}");
    // What the repository's own list covers is not said again.
    sandbox.write(".gitignore", "book\n");
    let made = sandbox.run(&["init", "second"]).ends(0);
    sandbox.run(&["init", "second"]).ends(0).keeps_quiet_about("note");
    assert!(made.stdout.contains("wrote book.toml"), "{made}");
}

#[test]
fn titles_are_text() {
    let sandbox = Sandbox::new("");
    sandbox.run(&["init", "a", "--title", "C \"and\" *D* <E> [f]"]).ends(0);
    sandbox.run(&["build", "a", "--strict", "--out", "../out"]).ends(0);
    let page = sandbox.read("out/index.html");
    assert!(
        page.contains("*D* &lt;E&gt; [f]</h1>") || page.contains("*D* &lt;E&gt; [f]"),
        "{page}"
    );
    assert!(!page.contains("<em>D"), "{page}");
}

#[test]
fn a_folder_of_markdown_gets_what_it_lacks() {
    let sandbox = Sandbox::new(
        "-- docs/README.md --\n# The pump\n\n[Use](use/a.md)\n-- docs/use/a.md --\n# Use\n\
         -- main.c --\nint main;\n",
    );
    let before = tree(&sandbox.path("site"));
    let dry = sandbox.run(&["init", "--dry-run"]).ends(0);
    assert_eq!(
        dry.stdout,
        "would write book.toml\nwould write .gitignore\nkept 2 Markdown files in docs\n"
    );
    assert_eq!(tree(&sandbox.path("site")), before, "nothing was written");
    sandbox.run(&["init"]).ends(0);
    let after = tree(&sandbox.path("site"));
    assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)));
    let book = sandbox.read("site/book.toml");
    assert!(book.contains("title = \"The pump\"\nsrc = \"docs\"\n"), "{book}");
    sandbox.run(&["build", "--strict"]).ends(0).says("built 2 pages");
}

#[test]
fn a_book_is_kept_as_it_is() {
    let sandbox = Sandbox::new(
        "-- book.toml --\n[book]\ntitle = \"Book\"\nsrc = \"src\"\n[build]\nbuild-dir = \"out\"\n\
         -- src/SUMMARY.md --\n# Summary\n\n- [One](one.md)\n-- src/one.md --\n# One\n\
         -- .gitignore --\n*.log\n-- out/index.html --\n<p>by another tool\n",
    );
    let before = tree(&sandbox.path("site"));
    let made = sandbox.run(&["init"]).ends(0);
    assert_eq!(tree(&sandbox.path("site")), before);
    assert!(made.stdout.ends_with("nothing is missing\n"), "{made}");
    let made = made.says("add the line `/out/`").says("remove the folder, or build with `--out`");
    drop(made);
}

#[test]
fn what_stands_in_the_way_is_named() {
    let sandbox = Sandbox::new("-- content --\na file\n-- x.md/.keep --\n");
    let before = tree(&sandbox.path("site"));
    sandbox.run(&["init"]).ends(2).says("`content` is no folder");
    assert_eq!(tree(&sandbox.path("site")), before);
    sandbox.run(&["init", "content"]).ends(2).says("is a file");
    sandbox.write("broken/book.toml", "[book\n");
    sandbox.run(&["init", "broken"]).ends(2).says("config/syntax");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let sandbox = Sandbox::new("");
    std::fs::create_dir(sandbox.path("elsewhere")).unwrap();
    std::os::unix::fs::symlink(sandbox.path("elsewhere"), sandbox.site("content")).unwrap();
    sandbox.run(&["init"]).ends(2).says("`content` is no folder");
    assert!(tree(&sandbox.path("elsewhere")).is_empty());
}
