//! Sites in repositories, and in what is not quite one.

use crate::sandbox::{Outcome, Sandbox, same_trees, tree};

const SMALL: &str = "
-- index.md --
# Home

To the [guide](guide/first.md).
-- guide/first.md --
# First
";

#[test]
fn no_repository_and_no_commit_are_no_errors() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.build(&["--strict"]).ends(0);
    sandbox.git(&["init", "--quiet"]);
    sandbox.build(&["--strict"]).ends(0);
    sandbox.git(&["add", "index.md"]);
    sandbox.build(&["--strict"]).ends(0);
    assert!(sandbox.read("out/index.html").contains("Home"));
}

#[test]
fn a_detached_head_is_no_error() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.commit_all();
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    sandbox.build(&["--strict"]).ends(0);
    assert!(sandbox.read("out/index.html").contains("Home"));
}

#[test]
fn a_shallow_clone_is_no_error() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.commit_all();
    sandbox.add("-- index.md --\n# Home, changed\n");
    sandbox.git(&["commit", "--quiet", "--all", "--message", "Change"]);
    let from = format!("file://{}", sandbox.path("site").display());
    let clone = sandbox.path("clone").display().to_string();
    sandbox.git(&["clone", "--quiet", "--depth", "1", &from, &clone]);
    sandbox.run(&["build", &clone, "--out", "../out", "--strict"]).ends(0);
    assert!(sandbox.read("out/index.html").contains("changed"));
}

#[test]
fn a_worktree_is_a_repository() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.commit_all();
    let other = sandbox.path("other").display().to_string();
    sandbox.git(&["worktree", "add", "--quiet", "-b", "topic", &other]);
    sandbox.run(&["build", &other, "--out", "../out", "--strict"]).ends(0);
    assert!(sandbox.path("out/index.html").exists());
}

#[test]
fn a_damaged_repository_is_told_and_survived() {
    for file in ["HEAD", "index", "config"] {
        let sandbox = Sandbox::new(SMALL);
        sandbox.commit_all();
        std::fs::write(sandbox.site(".git").join(file), b"\0garbage\xff").unwrap();
        let outcome = sandbox.build(&[]);
        // Either it can be done without what is damaged, or it says what is.
        let published = sandbox.path("out/index.html").exists();
        assert!(published != (outcome.code == 2), "{file}: {outcome}");
        assert!(!outcome.stderr.is_empty(), "{file}: {outcome}");
    }
}

#[test]
fn a_revision_is_built_as_its_checkout_is() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add("-- picture.svg --\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n");
    sandbox.add("-- .gitignore --\n*.log\n");
    sandbox.commit_all();
    let checkout = sandbox.path("checkout").display().to_string();
    sandbox.git(&["clone", "--quiet", ".", &checkout]);
    sandbox.run(&["build", &checkout, "--out", "../from-checkout"]).ends(0);
    // What is not committed must not be seen.
    sandbox.add("-- index.md --\n# Changed\n-- new.md --\n# New\n-- noise.log --\nnoise\n");
    std::fs::remove_file(sandbox.site("picture.svg")).unwrap();
    sandbox.run(&["build", "--rev", "HEAD", "--out", "../from-revision"]).ends(0);
    let checkout = tree(&sandbox.path("from-checkout"));
    let revision = tree(&sandbox.path("from-revision"));
    assert!(revision.contains_key("picture.svg") && !revision.contains_key("new.html"));
    same_trees(&checkout, &revision);
}

#[test]
fn a_folder_of_a_revision_need_not_exist_on_disk() {
    let sandbox = Sandbox::new("-- guide/book/index.md --\n# Guide\n");
    sandbox.commit_all();
    let bare = sandbox.path("bare.git").display().to_string();
    sandbox.git(&["clone", "--quiet", "--bare", ".", &bare]);
    let in_bare = format!("{bare}/guide/book");
    sandbox.run(&["build", &in_bare, "--rev", "HEAD", "--out", "../from-bare"]).ends(0);
    std::fs::remove_dir_all(sandbox.site("guide")).unwrap();
    sandbox.run(&["build", "guide/book", "--rev", "HEAD", "--out", "../from-revision"]).ends(0);
    let (bare, revision) = (tree(&sandbox.path("from-bare")), tree(&sandbox.path("from-revision")));
    assert!(revision.contains_key("index.html"));
    same_trees(&bare, &revision);
}

#[test]
fn a_branch_and_a_tag_are_revisions() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.commit_all();
    sandbox.git(&["tag", "v1"]);
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    sandbox.add("-- index.md --\n# Topic\n");
    sandbox.git(&["commit", "--quiet", "--all", "--message", "Topic"]);
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.build(&["--rev", "topic"]).ends(0);
    assert!(sandbox.read("out/index.html").contains("Topic"));
    sandbox.build(&["--rev", "v1"]).ends(0);
    assert!(sandbox.read("out/index.html").contains("Home"));
}

#[test]
fn ignored_files_are_no_sources_unless_they_are_tracked() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add("-- .gitignore --\nignored/\n");
    sandbox.add("-- ignored/tracked.md --\n# Tracked\n-- ignored/other.md --\n# Other\n");
    sandbox.git(&["init", "--quiet"]);
    sandbox.git(&["add", "--force", ".gitignore", "index.md", "ignored/tracked.md"]);
    sandbox.build(&[]).ends(0);
    assert!(sandbox.path("out/ignored/tracked.html").exists());
    assert!(!sandbox.path("out/ignored/other.html").exists());
    assert!(sandbox.path("out/guide/first.html").exists(), "untracked, but not ignored");
}

#[test]
fn an_include_may_reach_to_the_top_of_the_repository_but_not_above() {
    let sandbox = Sandbox::new(
        "
-- code/lib.rs --
fn at_the_top() {}
-- docs/book.toml --
[book]
src = \"src\"
-- docs/src/index.md --
# Home

{{#include ../../code/lib.rs}}
-- docs/src/other.md --
# Other

{{#include ../../../secret.txt}}
",
    );
    std::fs::write(sandbox.path("secret.txt"), "the secret").unwrap();
    sandbox.commit_all();
    let docs = sandbox.site("docs");
    let mut command = sandbox.command();
    Outcome::of(command.args(["build", "--out", "../../out"]).current_dir(docs))
        .ends(1)
        .says("other.md:3")
        .keeps_quiet_about("index.md:3");
    assert!(sandbox.read("out/index.html").contains("at_the_top"));
    assert!(!sandbox.read("out/other.html").contains("the secret"));
}

#[test]
fn a_commit_that_changes_nothing_changes_no_page() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.commit_all();
    sandbox.build(&[]).ends(0);
    let mut before = tree(&sandbox.path("out"));
    sandbox.git(&["commit", "--quiet", "--allow-empty", "--message", "Nothing"]);
    sandbox.build(&[]).ends(0);
    let mut after = tree(&sandbox.path("out"));
    // The manifest holds the hash of `build.json`, and is never published.
    for name in ["build.json", ".copydesk-manifest.json"] {
        before.remove(name);
        after.remove(name);
    }
    same_trees(&before, &after);
}

#[test]
fn the_repositorys_hooks_and_filters_are_never_run() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add("-- .gitattributes --\n*.md filter=evil diff=evil\n");
    sandbox.commit_all();
    let marker = sandbox.path("ran").display().to_string();
    for key in ["filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "core.fsmonitor"] {
        sandbox.git(&["config", key, &format!("touch {marker}")]);
    }
    sandbox.build(&[]).ends(0);
    sandbox.run(&["build", "--rev", "HEAD", "--out", "../revision"]).ends(0);
    assert!(sandbox.path("out/index.html").exists());
    assert!(sandbox.path("revision/index.html").exists());
    assert!(!sandbox.path("ran").exists());
}

#[test]
fn an_object_that_is_absent_costs_its_own_file_alone() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add("-- picture.svg --\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n");
    sandbox.commit_all();
    let blob = sandbox.git(&["rev-parse", "HEAD:picture.svg"]);
    let (folder, name) = blob.trim().split_at(2);
    std::fs::remove_file(sandbox.site(&format!(".git/objects/{folder}/{name}"))).unwrap();
    let outcome = sandbox.build(&["--rev", "HEAD"]).ends(1);
    outcome.says("source/unreadable").says("picture.svg");
    assert!(sandbox.path("out/index.html").exists());
}

/// A site of two pages with three commits by two people, on `main`.
fn with_history() -> Sandbox {
    let sandbox = Sandbox::new(SMALL);
    sandbox.add("-- .gitignore --\nbook/\n");
    sandbox.commit_all();
    sandbox.add("-- index.md --\n# Home, changed\n");
    let message = "Change\n\nCo-authored-by: Grace <grace@example.org>";
    sandbox.git(&["commit", "--quiet", "--all", "--message", message]);
    std::fs::rename(sandbox.site("guide/first.md"), sandbox.site("guide/second.md")).unwrap();
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message", "Rename"]);
    sandbox
}

fn page_of(sandbox: &Sandbox, source: &str) -> String {
    let pages = sandbox.read("out/_copydesk/pages.json");
    let start = pages.find(&format!("\"source\":\"{source}\"")).expect(source);
    pages[start..].split_once('}').unwrap().0.to_owned()
}

#[test]
fn pages_say_when_and_by_whom_they_were_changed() {
    let sandbox = with_history();
    sandbox.build(&["--strict"]).ends(0);
    let home = sandbox.read("out/index.html");
    assert!(home.contains("<time datetime=\"2026-01-02\">"), "{home}");
    assert!(home.contains("Ada, Grace") && !home.contains("Not committed"), "{home}");
    assert!(!home.contains("Preview of branch"), "{home}");
    let page = page_of(&sandbox, "guide/second.md");
    assert!(page.contains("\"commits\":1,\"contributors\":[\"Ada\"]"), "{page}");
    let from_revision = sandbox.run(&["build", "--rev", "HEAD", "--out", "../revision"]).ends(0);
    from_revision.keeps_quiet_about("git/");
    same_trees(&tree(&sandbox.path("out")), &tree(&sandbox.path("revision")));
    // What is not committed has the date of its last commit, and says so.
    sandbox.add("-- index.md --\n# Home, not committed\n-- new.md --\n# New\n");
    sandbox.build(&[]).ends(0);
    let home = sandbox.read("out/index.html");
    assert!(home.contains("Not committed") && home.contains("2026-01-02"), "{home}");
    assert!(page_of(&sandbox, "index.md").contains("\"uncommitted\":true"));
    let new = sandbox.read("out/new.html");
    assert!(new.contains("Not committed") && !new.contains("2026-01-02"), "{new}");
    // And nothing at all where nobody wants to know.
    sandbox.add("-- book.toml --\n[git]\nfacts = false\n");
    sandbox.build(&[]).ends(0);
    let home = sandbox.read("out/index.html");
    assert!(!home.contains("Not committed") && !home.contains("2026-01-02"), "{home}");
}

#[test]
fn a_branch_says_that_it_is_one_and_what_it_changes() {
    let sandbox = with_history();
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    sandbox.add("-- guide/second.md --\n# Second\n");
    sandbox.git(&["commit", "--quiet", "--all", "--message", "Topic"]);
    sandbox.build(&["--strict"]).ends(0);
    let (home, second) = (sandbox.read("out/index.html"), sandbox.read("out/guide/second.html"));
    assert!(home.contains("Preview of branch <b>topic</b></span>"), "{home}");
    assert!(second.contains("<b>topic</b> (changed here)"), "{second}");
    let build = sandbox.read("out/build.json");
    assert!(build.contains("\"base\": \"main\"") && build.contains("\"ahead\": 1"), "{build}");
    assert!(page_of(&sandbox, "guide/second.md").contains("\"changed_on_branch\":true"));
    // Another base, asked for.
    sandbox.build(&["--base", "HEAD~1"]).ends(0);
    assert!(sandbox.read("out/build.json").contains("\"ahead\": 1"));
    sandbox.build(&["--base", "nothing"]).ends(2).says("there is no revision `nothing`");
    // A name that settings have wrong is advice, and `main` counts.
    sandbox.add("-- book.toml --\n[git]\nbase = \"mian\"\nbranch-note = false\n");
    sandbox.build(&["--strict"]).ends(0).says("git/unknown-base");
    assert!(sandbox.read("out/build.json").contains("\"base\": \"main\""));
    assert!(!sandbox.read("out/index.html").contains("Preview of branch"));
}

#[test]
fn a_ci_system_names_branch_and_base() {
    let sandbox = with_history();
    sandbox.git(&["branch", "release"]);
    sandbox.git(&["checkout", "--quiet", "--detach"]);
    let mut command = sandbox.command();
    command.args(["build", "--out", "../out"]);
    command.env("GITHUB_HEAD_REF", "topic").env("GITHUB_BASE_REF", "release");
    Outcome::of(&mut command).ends(0);
    assert!(sandbox.read("out/index.html").contains("Preview of branch <b>topic</b>"));
    assert!(sandbox.read("out/build.json").contains("\"base\": \"release\""));
}

#[test]
fn ignored_revisions_are_told_where_they_are_wrong() {
    let sandbox = with_history();
    let change = sandbox.git(&["rev-parse", "HEAD~1"]);
    sandbox.write(".git-blame-ignore-revs", format!("# Format\n{}\nabc\n", change.trim()));
    let outcome = sandbox.build(&[]).ends(0);
    outcome.says("git/ignored-revision").says(".git-blame-ignore-revs:3");
    assert!(page_of(&sandbox, "index.md").contains("\"commits\":1,"));
    sandbox.add("-- book.toml --\n[git]\nignore-revs = \"none.txt\"\n");
    sandbox.build(&[]).ends(1).says("config/missing-file");
}

#[test]
fn clones_of_all_kinds_know_what_they_can() {
    let sandbox = with_history();
    let from = format!("file://{}", sandbox.path("site").display());
    let clone = |name: &str, how: &[&str]| {
        let to = sandbox.path(name).display().to_string();
        sandbox.git(&[&["clone", "--quiet"], how, &[&from, &to]].concat());
        sandbox.run(&["build", &to, "--rev", "HEAD", "--out", "../out"]).ends(0);
        page_of(&sandbox, "index.md")
    };
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    let whole = clone("whole", &["--bare"]);
    assert!(whole.contains("\"commits\":2"), "{whole}");
    // Objects that are missing are no hindrance where they are no trees.
    assert_eq!(clone("blobless", &["--filter=blob:none"]), whole);
    // The last commit is the end of the clone: not a word of it.
    let shallow = clone("shallow", &["--depth", "1"]);
    assert!(!shallow.contains("\"changed\":"), "{shallow}");
    // The end lies before the last change.
    let deeper = clone("deeper", &["--depth", "2"]);
    assert!(!deeper.contains("\"changed\":"), "{deeper}");
    let enough = clone("enough", &["--depth", "3"]);
    assert_eq!(enough, whole);
}

#[test]
fn the_feed_tells_what_changed_last() {
    let sandbox = Sandbox::new(SMALL);
    sandbox.commit_all();
    let feed = |args: &[&str]| {
        sandbox.build(args).ends(0);
        std::fs::read_to_string(sandbox.path("out/feed.xml")).ok()
    };
    assert_eq!(feed(&[]), None, "without an address there is none");
    let home = sandbox.read("out/index.html");
    assert!(!home.contains("feed.xml"));
    sandbox.add("-- guide/first.md --\n---\ndescription: A < B\n---\n\n# First & foremost\n");
    sandbox.git(&["commit", "--quiet", "--all", "--message", "Change"]);
    let xml = feed(&["--base-url", "https://a.example/docs/"]).unwrap();
    let document = roxmltree::Document::parse(&xml).unwrap();
    let names = ["entry", "id", "updated", "title", "name", "summary"];
    let counts = names.map(|name| {
        let atom = "http://www.w3.org/2005/Atom";
        document.descendants().filter(|node| node.has_tag_name((atom, name))).count()
    });
    assert_eq!(counts, [2, 3, 3, 3, 2, 1], "{xml}");
    assert!(xml.contains("<id>https://a.example/docs/guide/first.html</id>"), "{xml}");
    assert!(xml.contains("A &lt; B") && xml.contains("First &amp; foremost"), "{xml}");
    assert!(sandbox.read("out/guide/first.html").contains("href=\"../feed.xml\""));
    assert!(sandbox.read("out/index.html").contains("href=\"feed.xml\""));
}
