//! Comments and suggestions as a process: they keep to their text, block and are settled, become
//! one commit, and never touch what is not theirs.

use super::sandbox::{Outcome, Sandbox};

const SITE: &str = "\
-- book.toml --
[book]
title = \"Pumps\"
-- docs/index.md --
# Home

The first page.
-- docs/pumps.md --
# Pumps

## Big

A big pump moves much water in a day.

## Small

A small pump moves little water in a day.
-- docs/valves.md --
# Valves

A valve lets water pass, or does not.
";

/// The site, on a branch `topic` that is open for review.
fn opened() -> Sandbox {
    let sandbox = Sandbox::new(SITE);
    open(&sandbox);
    sandbox
}

/// Commits what there is, and opens a branch `topic` for review.
fn open(sandbox: &Sandbox) {
    sandbox.commit_all();
    sandbox.git(&["config", "user.name", "Ada"]);
    sandbox.git(&["config", "user.email", "ada@example.org"]);
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    commit(sandbox, "-- docs/index.md --\n# Home\n\nThe very first page.\n", "edit");
    sandbox.run(&["review", "open"]).ends(0);
}

fn commit(sandbox: &Sandbox, files: &str, message: &str) {
    sandbox.add(files);
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "-m", message]);
}

/// Runs the binary as somebody.
fn by(sandbox: &Sandbox, name: &str, arguments: &[&str]) -> Outcome {
    sandbox.git(&["config", "user.name", name]);
    sandbox.git(&["config", "user.email", &format!("{}@example.org", name.to_lowercase())]);
    sandbox.run(&[&["review"], arguments].concat())
}

fn id(outcome: &Outcome) -> String {
    assert_eq!(outcome.code, 0, "{outcome}");
    outcome.stdout.trim().to_owned()
}

fn threads(sandbox: &Sandbox) -> serde_json::Value {
    let outcome = sandbox.run(&["review", "status", "--json"]).ends(0);
    let json: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    json["threads"].clone()
}

#[test]
fn a_comment_keeps_to_its_text() {
    let sandbox = opened();
    let place = "docs/pumps.md:5:3-10";
    let first = id(&by(&sandbox, "Bea", &["comment", place, "-m", "How big?"]));
    assert_eq!(first.len(), 64);
    let answer = by(&sandbox, "Ada", &["comment", "--reply", &first[..8], "-m", "As a house."]);
    id(&answer);
    let one = &threads(&sandbox)[0];
    assert_eq!(one["anchor"]["quote"]["exact"], "big pump");
    assert_eq!(one["anchor"]["headings"], serde_json::json!(["Pumps", "Big"]));
    assert_eq!(one["anchor"]["block"], "paragraph");
    assert_eq!(one["place"]["how"], "same");
    assert_eq!(one["answered"][0]["text"], "As a house.");

    // Lines come before it; then its line is edited elsewhere; then it moves to another file.
    let pumps = sandbox.read("site/docs/pumps.md");
    commit(
        &sandbox,
        &format!("-- docs/pumps.md --\n# Pumps\n\nAll of them.\n{}", &pumps[8..]),
        "1",
    );
    let one = &threads(&sandbox)[0];
    assert_eq!((&one["place"]["how"], &one["line"]), (&"moved".into(), &7.into()), "{one}");
    sandbox.git(&["mv", "docs/pumps.md", "docs/all.md"]);
    sandbox.git(&["commit", "--quiet", "-m", "2"]);
    let one = &threads(&sandbox)[0];
    assert_eq!((&one["path"], &one["line"]), (&"docs/all.md".into(), &7.into()), "{one}");
    let edited = sandbox.read("site/docs/all.md").replace("A big pump", "A bigger pump");
    commit(&sandbox, &format!("-- docs/all.md --\n{edited}"), "3");
    assert_eq!(threads(&sandbox)[0]["place"]["how"], "edited");
    let told = sandbox.run(&["review", "status"]);
    told.ends(0).says("docs/all.md:7").says("Bea").says("edited since").says("Ada: As a house.");
    let gone = edited.replace("A bigger pump moves much water in a day.\n\n", "");
    commit(&sandbox, &format!("-- docs/all.md --\n{gone}"), "4");
    assert_eq!(threads(&sandbox)[0]["place"]["how"], "orphan");
    sandbox.run(&["review", "status"]).ends(0).says("its text is gone");

    by(&sandbox, "Ada", &["resolve", &first[..8]]).ends(0);
    let told = sandbox.run(&["review", "status"]).ends(0);
    told.says("threads: 0 open, 1 settled").keeps_quiet_about("How big?");
    by(&sandbox, "Ada", &["resolve", &first[..8], "--reopen"]).ends(0);
    sandbox.run(&["review", "status"]).ends(0).says("threads: 1 open");
}

#[test]
fn what_cannot_be_commented_on_is_said() {
    let sandbox = opened();
    let say = |place: &str| by(&sandbox, "Bea", &["comment", place, "-m", "x"]).ends(2);
    say("docs/none.md:1").says("there is no file `docs/none.md`");
    say("docs/pumps.md:99").says("there is no line 99");
    say("docs/pumps.md:2").says("has no text");
    say("docs/pumps.md:1:5-99").says("line 1 has 7 characters");
    say("../../etc/passwd:1").says("there is no file");
    by(&sandbox, "Bea", &["comment", "-m", " "]).ends(2).says("there is nothing to say");
    by(&sandbox, "Bea", &["comment", "--reply", "00", "-m", "x"])
        .ends(2)
        .says("there is no comment");
    by(&sandbox, "Bea", &["resolve", ""]).ends(2);
    sandbox.git(&["checkout", "--quiet", "-b", "other"]);
    by(&sandbox, "Bea", &["comment", "-m", "x"]).ends(2).says("copydesk review open");
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_blocking_comment_holds_the_merge_up_until_its_author_agrees() {
    let sandbox = opened();
    sandbox.run(&["review", "merge-check"]).ends(0);
    let first = id(&by(
        &sandbox,
        "Bea",
        &["comment", "docs/valves.md:3", "--blocking", "-m", "Is that so?\n\nReally?"],
    ));
    let check = sandbox.run(&["review", "merge-check", "--format", "line"]).ends(1);
    assert!(check.stdout.starts_with("docs/valves.md:3:1:review/open-thread:"), "{check}");
    // Its text goes away, and it goes on blocking.
    commit(&sandbox, "-- docs/valves.md --\n# Valves\n\nNothing.\n", "less");
    sandbox.run(&["review", "merge-check"]).ends(1).says("review/open-thread");
    by(&sandbox, "Ada", &["resolve", &first]).ends(0).says("until Bea agrees");
    sandbox.run(&["review", "merge-check"]).ends(1).says("Ada says that it is settled");
    sandbox.run(&["review", "status"]).ends(0).says("settled, says Ada");
    by(&sandbox, "Bea", &["resolve", &first]).ends(0);
    sandbox.run(&["review", "merge-check"]).ends(0);
}

#[test]
fn who_may_waive_settles_what_others_began() {
    let sandbox = Sandbox::new(SITE);
    sandbox
        .write("book.toml", "[book]\ntitle = \"Pumps\"\n[review]\nwaive = [\"lea@example.org\"]\n");
    open(&sandbox);
    let first =
        id(&by(&sandbox, "Bea", &["comment", "docs/valves.md:3", "--blocking", "-m", "No"]));
    by(&sandbox, "Ada", &["resolve", &first]).ends(0);
    sandbox.run(&["review", "merge-check"]).ends(1).says("review/open-thread");
    by(&sandbox, "Lea", &["resolve", &first]).ends(0);
    sandbox.run(&["review", "merge-check"]).ends(0);
}

#[test]
fn where_signatures_are_asked_for_only_what_is_signed_blocks_or_settles() {
    let sandbox = Sandbox::new(SITE);
    let key = sandbox.path("key");
    let made = sandbox
        .isolated("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&key)
        .status()
        .unwrap();
    assert!(made.success());
    let public = std::fs::read_to_string(key.with_extension("pub")).unwrap();
    sandbox.write("allowed", format!("bea@example.org namespaces=\"copydesk\" {public}"));
    let book = "[book]\ntitle = \"Pumps\"\n[review]\nallowed-signers = \"allowed\"\n";
    sandbox.write("book.toml", book);
    open(&sandbox);
    let comment = ["comment", "docs/valves.md:3", "--blocking", "-m", "Is that so?"];
    by(&sandbox, "Bea", &comment).ends(0).says("main counts only what is signed");
    sandbox.run(&["review", "merge-check"]).ends(0);

    sandbox.git(&["config", "gpg.format", "ssh"]);
    sandbox.git(&["config", "user.signingKey", key.to_str().unwrap()]);
    let signed = id(&by(&sandbox, "Bea", &comment));
    sandbox.run(&["review", "merge-check"]).ends(1).says("Bea is open: Is that so?");
    // Somebody takes her name, and has not her key.
    sandbox.git(&["config", "--unset", "user.signingKey"]);
    by(&sandbox, "Bea", &["resolve", &signed]).ends(0);
    sandbox.run(&["review", "merge-check"]).ends(1);
    sandbox.git(&["config", "user.signingKey", key.to_str().unwrap()]);
    by(&sandbox, "Bea", &["resolve", &signed]).ends(0);
    sandbox.run(&["review", "merge-check"]).ends(0);
}

#[test]
fn suggestions_become_one_commit_that_names_their_authors() {
    let sandbox = opened();
    let one = id(&by(
        &sandbox,
        "Bea",
        &["suggest", "docs/valves.md:3:9-18", "--replace", "lets oil", "-m", "Oil!"],
    ));
    // Edits of the working tree become suggestions; they are taken back then.
    let edited = sandbox.read("site/docs/pumps.md");
    let edited = edited.replace("much water in a day.", "much water.") + "\nThat is all.\n";
    sandbox.add(&format!("-- docs/pumps.md --\n{edited}"));
    let made = by(&sandbox, "Cy", &["suggest", "docs/pumps.md", "--blocking"]).ends(0);
    assert_eq!(made.stdout.lines().count(), 2, "{made}");
    sandbox.git(&["checkout", "--quiet", "docs/pumps.md"]);
    sandbox.run(&["review", "merge-check"]).ends(1).says("a blocking suggestion of Cy is open");

    // What is not committed is left alone, staged or not.
    sandbox.add("-- docs/index.md --\n# Home\n\nOf mine.\n-- docs/new.md --\n# New\n");
    sandbox.git(&["add", "docs/new.md"]);
    let before = sandbox.git(&["status", "--porcelain"]);
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let applied = id(&by(&sandbox, "Ada", &["apply", "--all"]));
    assert_eq!(sandbox.git(&["rev-parse", "HEAD"]).trim(), applied);
    assert_eq!(sandbox.git(&["rev-parse", "HEAD^"]), head);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), before);
    let files = sandbox.git(&["show", "--name-only", "--format=", "HEAD"]);
    assert_eq!(files, "docs/pumps.md\ndocs/valves.md\n");
    assert_eq!(sandbox.read("site/docs/pumps.md"), edited);
    assert!(sandbox.read("site/docs/valves.md").contains("A valve lets oil pass"));
    let trailers = sandbox.git(&["log", "-1", "--format=%(trailers:key=Co-authored-by)"]);
    assert_eq!(
        trailers.trim(),
        "Co-authored-by: Bea <bea@example.org>\nCo-authored-by: Cy <cy@example.org>"
    );
    assert!(threads(&sandbox)[0]["state"]["is"] == "applied");
    by(&sandbox, "Ada", &["apply", &one]).ends(2).says("it is settled");
    by(&sandbox, "Ada", &["apply", "--all"]).ends(0).says("no suggestion is open");
}

#[test]
fn a_suggestion_for_another_text_is_refused() {
    let sandbox = opened();
    let suggest =
        |place: &str, text: &str| id(&by(&sandbox, "Bea", &["suggest", place, "--replace", text]));
    let one = suggest("docs/valves.md:3", "A valve is open or closed.");
    let two = suggest("docs/pumps.md:9", "A small pump moves a little water.");
    let other = suggest("docs/pumps.md:9:9-12", "engine");
    commit(
        &sandbox,
        "-- docs/valves.md --\n# Valves\n\nA valve lets water pass, mostly.\n",
        "edit",
    );
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    by(&sandbox, "Ada", &["apply", &one, &two]).ends(2).says("the text has changed since");
    by(&sandbox, "Ada", &["apply", &two, &other]).ends(2).says("the same text as another");
    assert_eq!(sandbox.git(&["rev-parse", "HEAD"]), head);
    // A file with edits of one's own is not touched.
    let pumps = sandbox.read("site/docs/pumps.md");
    sandbox.add(&format!("-- docs/pumps.md --\n{pumps}\nMine.\n"));
    by(&sandbox, "Ada", &["apply", &two]).ends(2).says("has changes that are not committed");
    assert_eq!(sandbox.git(&["rev-parse", "HEAD"]), head);
    sandbox.git(&["checkout", "--quiet", "docs/pumps.md"]);
    // Nor does it need to be checked out.
    sandbox.git(&["checkout", "--quiet", "main"]);
    let applied = id(&by(&sandbox, "Ada", &["apply", &two, "--branch", "topic"]));
    assert_eq!(sandbox.git(&["rev-parse", "topic"]).trim(), applied);
    assert_eq!(sandbox.git(&["status", "--porcelain"]), "");
    assert!(sandbox.git(&["show", "topic:docs/pumps.md"]).contains("moves a little water."));
}

#[test]
fn comments_of_strangers_say_and_do_nothing_else() {
    let sandbox = opened();
    let text = "\u{1b}[2J\u{202e}evil <script>alert(1)</script> [x](javascript:alert(2))";
    sandbox.git(&["config", "user.name", "Eve\u{1b}[31m"]);
    sandbox.git(&["config", "user.email", "eve@example.org"]);
    sandbox.run(&["review", "comment", "docs/index.md:3", "-m", text]).ends(0);
    let told = sandbox.run(&["review", "status"]).ends(0);
    assert!(!told.stdout.contains('\u{1b}') && !told.stdout.contains('\u{202e}'), "{told}");
    let suggestion = ["review", "suggest", "docs/index.md:3", "--replace", "Fine."];
    sandbox.git(&["config", "user.name", "Eve\u{202e}"]);
    sandbox.run(&suggestion).ends(0);
    let commit = id(&by(&sandbox, "Ada", &["apply", "--all"]));
    let message = sandbox.git(&["log", "-1", "--format=%B", &commit]);
    assert!(!message.contains('\u{202e}'), "{message}");
}

#[test]
fn the_review_shows_threads_at_their_place() {
    let sandbox = opened();
    commit(
        &sandbox,
        "-- docs/valves.md --\n# Valves\n\nA valve lets oil pass.\n\n- one\n- two\n",
        "edit",
    );
    let text = "# Really?\n\n<script>alert(1)</script> <b onclick=\"x()\">bold</b> \u{202e}turned &#x2066;too\n\n\
                ![x](https://example.org/x.png) [a](javascript:alert(2)) [b](https://example.org/)";
    let first =
        id(&by(&sandbox, "Bea", &["comment", "docs/valves.md:3", "--blocking", "-m", text]));
    by(&sandbox, "Ada", &["comment", "--reply", &first, "-m", "Yes."]).ends(0);
    let place = "docs/valves.md:6:3-5";
    id(&by(&sandbox, "Cy", &["suggest", place, "--replace", "2 <b>", "-m", "Shorter."]));
    let gone = id(&by(&sandbox, "Bea", &["comment", "docs/index.md:3", "-m", "This page?"]));
    commit(&sandbox, "-- docs/index.md --\n# Home\n", "less");
    by(&sandbox, "Bea", &["comment", "docs/pumps.md:5", "-m", "Not changed."]).ends(0);
    sandbox.run(&["review", "site", "--out", "../review"]).ends(0);
    for page in ["docs/valves.md.html", "docs/valves.md.sides.html"] {
        let html = sandbox.read(&format!("review/pages/{page}"));
        let at = format!("id=\"thread-{}\"", &first[..10]);
        let (before, thread) = html.split_once(&at).unwrap();
        assert!(before.contains("oil") && !before.contains("<li>two"), "{html}");
        let thread = thread.split_once("class=\"thread-id\"").unwrap().0;
        for shown in [
            "<strong>Really?</strong>",
            "Yes.",
            "U+202E",
            "U+2066",
            "href=\"https://example.org/\"",
        ] {
            assert!(thread.contains(shown), "{shown}\n{thread}");
        }
        for bad in ["<script", "onclick", "<img", "href=\"javascript", "<h1", "\u{202e}"] {
            assert!(!thread.contains(bad), "{bad}\n{thread}");
        }
        assert!(html.contains("2 &lt;b&gt;</ins>"), "{html}");
        assert_eq!(html.matches("data-thread").count(), 2, "each once");
    }
    let home = sandbox.read("review/pages/docs/index.md.html");
    let (above, text) = home.split_once("<article").unwrap();
    assert!(above.contains(&format!("id=\"thread-{}\"", &gone[..10])), "{home}");
    assert!(above.contains("the text is gone") && !text.contains("data-thread"), "{home}");
    let index = sandbox.read("review/index.html");
    assert!(index.contains("4 threads open"), "{index}");
    let link = format!("pages/docs/valves.md.html#thread-{}", &first[..10]);
    assert!(index.contains(&link) && index.contains("docs/pumps.md:5"), "{index}");
}
