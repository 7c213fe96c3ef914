//! `copydesk review` as a process: what a branch changes, whether it may be merged, and what
//! cannot be decided.

use super::sandbox::{Outcome, Sandbox};

const SITE: &str = "\
-- book.toml --
[book]
title = \"Pumps\"
[review]
releases = [\"v*-documentation\"]
-- docs/index.md --
# Home

The first page. It leads to [the pumps](pumps.md#big).
-- docs/pumps.md --
# Pumps

## Big

A big pump moves much water.

## Small

A small pump moves little water.
-- docs/valves.md --
# Valves

A valve lets water pass, or does not.
-- docs/part.txt --
Read the notes first.
-- docs/notes.md --
# Notes

{{#include part.txt}}
";

/// The site, on a branch `topic` that has begun on `main`.
fn site() -> Sandbox {
    let sandbox = Sandbox::new(SITE);
    sandbox.commit_all();
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    sandbox
}

fn commit(sandbox: &Sandbox, files: &str, message: &str) {
    sandbox.add(files);
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "-m", message]);
}

fn json(outcome: &Outcome) -> serde_json::Value {
    assert_eq!(outcome.code, 0, "{outcome}");
    serde_json::from_str(&outcome.stdout).unwrap()
}

const EDIT: &str = "-- docs/valves.md --\n# Valves\n\nA valve lets water pass, mostly.\n";

#[test]
fn status_tells_pages_and_why_they_differ() {
    let sandbox = site();
    let clean = sandbox.run(&["review", "status"]);
    assert!(clean.stdout.contains("no page says anything else"), "{clean}");

    commit(&sandbox, EDIT, "edit");
    sandbox.add("-- docs/part.txt --\nRead the notes last.\n-- docs/new.md --\n# New\n\nWords.\n");
    let told = sandbox.run(&["review", "status"]);
    let expected = "\
3 pages, about 2 minutes to read

edited
  docs/valves.md  +1 -3

added
  docs/new.md  +2

through the included file docs/part.txt
  docs/notes.md  +1 -1
";
    assert!(told.stdout.starts_with("topic into main\nparted at "), "{told}");
    assert!(told.stdout.contains("1 ahead, with changes that are not committed"), "{told}");
    assert!(told.stdout.contains(expected), "{told}");

    // Of the branch as it is committed.
    let status = json(&sandbox.run(&["review", "status", "topic", "--json"]));
    assert_eq!(status["pages"].as_array().unwrap().len(), 1);
    assert_eq!(status["pages"][0]["kind"], "edited");
    assert_eq!(status["pages"][0]["new"]["source"], "docs/valves.md");
    assert_eq!(status["ahead"], 1);
    // The second time it is known, and the same is said.
    assert_eq!(json(&sandbox.run(&["review", "status", "topic", "--json"])), status);
    let uncached = sandbox.run(&["review", "status", "topic", "--json", "--no-cache"]);
    assert_eq!(json(&uncached), status);
}

#[test]
fn the_outline_links_to_the_preview() {
    let sandbox = site();
    commit(&sandbox, EDIT, "edit");
    sandbox.git(&["mv", "docs/pumps.md", "docs/all [pumps].md"]);
    sandbox.git(&["commit", "--quiet", "-m", "move"]);
    let outline = sandbox.run(&["review", "outline", "--base-url", "https://preview.example/7"]);
    assert_eq!(outline.code, 0, "{outline}");
    for line in [
        "- [Valves](https://preview.example/7/valves.html) (`docs/valves.md`, +1 −3 words)",
        "- [Pumps](https://preview.example/7/all%20%5Bpumps%5D.html) (`docs/all [pumps].md`, was `docs/pumps.md`)",
    ] {
        assert!(outline.stdout.contains(line), "{outline}");
    }
}

#[test]
fn a_merge_passes_is_stopped_or_cannot_be_decided() {
    let sandbox = site();
    commit(&sandbox, EDIT, "edit");
    let passes = sandbox.run(&["review", "merge-check"]);
    assert_eq!(passes.code, 0, "{passes}");
    assert!(passes.stderr.contains("topic can be merged into main"), "{passes}");

    // The base renames what the branch begins to link to.
    commit(&sandbox, "-- docs/notes.md --\n# Notes\n\n[small ones](pumps.md#small)\n", "link");
    sandbox.git(&["checkout", "--quiet", "main"]);
    commit(
        &sandbox,
        "-- docs/pumps.md --\n# Pumps\n\n## Big\n\nA big pump moves much water.\n\n## Tiny\n\n\
         A small pump moves little water.\n",
        "rename",
    );
    let stopped = sandbox.run(&["review", "merge-check", "topic", "--format", "line"]);
    assert_eq!(stopped.code, 1, "{stopped}");
    assert!(stopped.stdout.starts_with("docs/notes.md:3:14:link/missing-anchor:"), "{stopped}");
    assert_eq!(stopped.stdout.lines().count(), 1, "{stopped}");
    for format in ["json", "sarif", "rdjsonl", "junit", "github", "markdown"] {
        let told = sandbox.run(&["review", "merge-check", "topic", "--format", format]);
        assert_eq!(told.code, 1, "{told}");
        assert!(told.stdout.contains("docs/notes.md"), "{told}");
    }

    // Lines that both change.
    commit(&sandbox, "-- docs/valves.md --\n# Valves\n\nA valve is a valve.\n", "conflict");
    let conflict = sandbox.run(&["review", "merge-check", "topic", "--format", "line"]);
    assert_eq!(conflict.code, 1, "{conflict}");
    assert!(conflict.stdout.contains("docs/valves.md:3:1:review/conflict:"), "{conflict}");

    // Nothing is written but the cache.
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_branch_that_was_squashed_has_landed() {
    let sandbox = site();
    commit(&sandbox, EDIT, "one");
    commit(&sandbox, "-- docs/new.md --\n# New\n\nWords.\n", "two");
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.git(&["merge", "--quiet", "--squash", "topic"]);
    sandbox.git(&["commit", "--quiet", "-m", "All of it (#1)"]);
    commit(&sandbox, "-- docs/index.md --\n# Home\n\nSomething else.\n", "later");
    let status = json(&sandbox.run(&["review", "status", "topic", "--json"]));
    assert!(status["landed"]["same-files"].is_string(), "{status}");
    let told = sandbox.run(&["review", "status", "topic"]);
    assert!(told.stdout.contains("landed on main as "), "{told}");
    // Later work on the same lines does not take it back.
    commit(&sandbox, "-- docs/valves.md --\n# Valves\n\nNobody needs a valve.\n", "again");
    let status = json(&sandbox.run(&["review", "status", "topic", "--json"]));
    assert!(status["landed"]["same-files"].is_string(), "{status}");
}

#[test]
fn the_board_shows_branches_that_will_meet() {
    let sandbox = site();
    commit(&sandbox, EDIT, "edit");
    sandbox.git(&["checkout", "--quiet", "-b", "other", "main"]);
    commit(&sandbox, "-- docs/valves.md --\n# Valves\n\nA valve lets oil pass.\n", "other");
    sandbox.git(&["checkout", "--quiet", "-b", "v1-documentation", "main"]);
    commit(&sandbox, "-- docs/pumps.md --\n# Pumps\n\n## Big\n\nOf version 1.\n", "one");
    sandbox.git(&["checkout", "--quiet", "-b", "done", "main"]);
    sandbox.git(&["checkout", "--quiet", "main"]);
    commit(&sandbox, "-- docs/index.md --\n# Home\n\nA mended page.\n", "A fix of the base");

    let board = json(&sandbox.run(&["review", "branches", "--json"]));
    let names = |list: &str| -> Vec<String> {
        let rows = board[list].as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("open"), ["other", "topic"], "{board}");
    assert_eq!(names("landed"), ["done"], "{board}");
    assert_eq!(names("releases"), ["v1-documentation"], "{board}");
    let overlap = &board["open"][0]["overlaps"][0];
    assert_eq!(overlap["branch"], "topic");
    assert_eq!(overlap["conflicts"][0]["path"], "docs/valves.md", "{board}");
    let release = &board["releases"][0];
    assert_eq!(release["waiting"], serde_json::json!(["docs/pumps.md"]));
    assert_eq!(release["not_carried"][0]["subject"], "A fix of the base", "{board}");

    let told = sandbox.run(&["review", "branches"]);
    assert!(told.stdout.contains("topic (conflict)"), "{told}");
    // A conflict that is ahead is told when a merge is checked, and does not stop it.
    let check = sandbox.run(&["review", "merge-check", "topic", "--format", "line"]);
    assert_eq!(check.code, 0, "{check}");
    assert!(check.stdout.contains("review/conflict-ahead"), "{check}");
    // The fix is carried over under another id.
    sandbox.git(&["checkout", "--quiet", "v1-documentation"]);
    sandbox.git(&["cherry-pick", "main"]);
    let board = json(&sandbox.run(&["review", "branches", "--json"]));
    assert_eq!(board["releases"][0]["not_carried_count"], 0, "{board}");
}

#[test]
fn the_difference_of_pages_is_told_word_by_word() {
    let sandbox = site();
    commit(
        &sandbox,
        "-- docs/valves.md --\n# Valves\n\nA valve lets\nwater pass, or mostly does not.\n",
        "edit",
    );
    commit(&sandbox, "-- docs/new.md --\n# New\n\nWords.\n", "new");
    let told = sandbox.run(&["review", "diff", "--page", "docs/valves.md"]);
    assert_eq!(told.code, 0, "{told}");
    assert!(told.stdout.starts_with("docs/valves.md (edited, "), "{told}");
    assert!(told.stdout.contains("mostly"), "{told}");
    assert!(!told.stdout.contains("new.md"), "{told}");
    let json = json(&sandbox.run(&["review", "diff", "--json"]));
    let pages = json["pages"].as_array().unwrap();
    assert_eq!(pages.len(), 2, "{json}");
    assert_eq!(json["pages"][1]["difference"]["words"]["inserted"], 1, "{json}");
}

#[test]
fn the_review_is_a_folder_that_runs_nothing_of_the_branch() {
    let sandbox = site();
    let attack = "-- docs/valves.md --
# Valves <script>alert(1)</script>

A valve lets water pass. <img src=x onerror=\"alert(2)\">

[a](javascript:alert(3)) <a href=\"javascript:alert(4)\" onclick=\"alert(5)\">b</a>

<iframe src=\"https://example.com\"></iframe>
<meta http-equiv=\"refresh\" content=\"0\">
<form action=\"https://example.com\"><input name=\"x\"></form>
<style>body { display: none }</style>
<div id=\"main\" class=\"review-bar\" style=\"position: fixed\">approved</div>

![up](../../secret.svg) ![in](evil.svg)
-- docs/evil.svg --
<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(6)\"><script>alert(7)</script></svg>
";
    commit(&sandbox, attack, "attack");
    let outcome = sandbox.run(&["review", "site", "--out", "../review"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    let index = sandbox.read("review/index.html");
    assert!(index.contains("pages/docs/valves.md.html"), "{index}");
    for page in ["review/pages/docs/valves.md.html", "review/pages/docs/valves.md.sides.html"] {
        let html = sandbox.read(page);
        // What is shown as text is no markup.
        let text = html.split_once("<article").unwrap().1;
        let text: String = text
            .split("&lt;")
            .enumerate()
            .map(|(at, part)| match at {
                0 => part,
                _ => part.split_once("&gt;").map_or("", |(_, rest)| rest),
            })
            .collect();
        for bad in [
            "<script",
            "<iframe",
            "<meta",
            "<form",
            "<input",
            "<style",
            "style=",
            "href=\"javascript",
            " onclick=",
            " onerror=",
            "id=\"main\"",
            "class=\"review-bar\"",
            "secret.svg\"",
            "<svg",
        ] {
            assert!(!text.contains(bad), "{bad}\n{text}");
        }
        assert!(html.contains("default-src 'none'"));
    }
    // A second time nothing is written anew; another folder is never touched.
    let again = sandbox.run(&["review", "site", "--out", "../review"]);
    assert_eq!(again.code, 0, "{again}");
    let foreign = sandbox.run(&["review", "site", "--out", "../home/../site/docs"]);
    assert_eq!(foreign.code, 2, "{foreign}");
}

#[test]
fn diff_tells_words_in_their_places() {
    let sandbox = site();
    commit(&sandbox, EDIT, "valves");
    let outcome = sandbox.run(&["review", "diff", "--base", "main"]);
    assert_eq!(outcome.code, 0, "{outcome}");
    assert_eq!(
        outcome.stdout,
        "docs/valves.md (edited, 1 inserted, 3 deleted)\n\n\
         Valves\n  change-1  paragraph\n    \
         A valve lets water pass, [-or does not-]{+mostly+}.\n"
    );
    let arguments = ["review", "diff", "--base", "main", "--json", "--page", "docs/valves.md"];
    let report = json(&sandbox.run(&arguments));
    assert_eq!(report["pages"][0]["difference"]["changes"][0]["id"], "change-1");
    let other = sandbox.run(&["review", "diff", "--base", "main", "--page", "docs/pumps.md"]);
    assert_eq!(other.stdout, "no page says anything else\n");
}

#[test]
fn a_branch_does_not_choose_what_it_is_compared_with() {
    let sandbox = site();
    let own = "-- book.toml --\n[book]\ntitle = \"Pumps\"\n[git]\nbase = \"topic\"\n\
               -- docs/valves.md --\n# Valves\n\n[gone](gone.md)\n";
    commit(&sandbox, own, "own base");
    let check = sandbox.run(&["review", "merge-check", "--format", "line"]);
    assert_eq!(check.code, 1, "{check}");
    assert!(check.stdout.contains("link/missing-page"), "{check}");
    // What the base says of itself counts.
    sandbox.git(&["branch", "--quiet", "next", "main"]);
    sandbox.git(&["checkout", "--quiet", "main"]);
    commit(
        &sandbox,
        "-- book.toml --\n[book]\ntitle = \"Pumps\"\n[git]\nbase = \"next\"\n",
        "base",
    );
    sandbox.git(&["checkout", "--quiet", "topic"]);
    let status = json(&sandbox.run(&["review", "status", "--json"]));
    assert_eq!(status["base"], "next", "{status}");
}

#[test]
fn the_theme_of_a_branch_is_used_only_where_it_is_trusted() {
    let sandbox = Sandbox::new(SITE);
    sandbox.add("-- theme/footer.html --\n<footer>old footer</footer>\n");
    sandbox.commit_all();
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    commit(
        &sandbox,
        "-- theme/footer.html --\n<footer>of {{ page.title }}, <b>new</b> footer</footer>\n",
        "theme",
    );
    let site = |out: &str, more: &[&str]| {
        sandbox.run(&[&["review", "site", "--out", out], more].concat()).ends(0);
        let files = super::sandbox::tree(&sandbox.path(out.trim_start_matches("../")));
        let pages = files.into_iter().filter(|(path, _)| path.ends_with(".html"));
        pages.map(|(_, bytes)| String::from_utf8(bytes).unwrap()).collect::<String>()
    };
    let status = json(&sandbox.run(&["review", "status", "--json"]));
    assert_eq!(status["pages"], serde_json::json!([]), "{status}");
    assert_eq!(status["look"]["pages"], 0, "{status}");
    assert_eq!(status["theme"], serde_json::json!(["theme/footer.html"]), "{status}");
    assert!(!site("../plain", &[]).contains("footer&lt;"), "a template of the branch ran");

    let status = json(&sandbox.run(&["review", "status", "--json", "--trust-theme"]));
    assert_eq!(status["look"]["pages"], 4, "{status}");
    let pages = status["pages"].as_array().unwrap();
    assert_eq!(pages.len(), 1, "one to look at: {status}");
    assert_eq!(pages[0]["causes"], serde_json::json!([{ "why": "theme" }]), "{status}");
    sandbox
        .run(&["review", "status", "--trust-theme"])
        .ends(0)
        .says("through the theme\n")
        .says("the theme makes 4 pages look different");
    let shown = site("../trusted", &["--trust-theme"]);
    // It is shown as text, and runs nowhere.
    assert!(shown.contains("of Home, &lt;b&gt;new&lt;/b&gt; footer"), "{shown}");
    assert!(!shown.contains("<b>new</b>"), "{shown}");
    let outline = sandbox.run(&["review", "outline", "--trust-theme"]).ends(0);
    outline.says("### Through the theme").says("The theme makes 4 pages look different.");

    // Beside an edit of the text, the page to look at is another one.
    commit(&sandbox, EDIT, "edit");
    let status = json(&sandbox.run(&["review", "status", "--json", "--trust-theme"]));
    assert_eq!(status["pages"].as_array().unwrap().len(), 2, "{status}");

    // A template that fails is found where it is used, and only there.
    commit(&sandbox, "-- theme/footer.html --\n<footer>{{ nobody.knows }}</footer>\n", "broken");
    let check = |more: &[&str]| {
        let arguments = ["review", "merge-check", "--format", "line", "--no-forecast"];
        sandbox.run(&[&arguments, more].concat())
    };
    check(&[]).says("review/changed-policy").keeps_quiet_about("theme/render");
    check(&["--trust-theme"]).ends(1).says("theme/render");
}
