//! `copydesk lint` with schemas of front matter, as people and CI meet it.

use std::io::Write as _;
use std::process::Stdio;

use super::sandbox::{Outcome, Sandbox};

const SITE: &str = "\
-- book.toml --
[book]
src = \"content\"
[lint]
extends = [\"default\"]
[[lint.front-matter]]
files = [\"content/**\"]
schema = \"schemas/page.json\"
-- schemas/page.json --
{
  \"required\": [\"title\", \"owners\"],
  \"properties\": {
    \"owners\": { \"type\": \"array\", \"items\": { \"enum\": [\"docs\", \"platform\"] } },
    \"status\": { \"enum\": [\"draft\", \"stable\"], \"default\": \"draft\" }
  }
}
-- content/index.md --
---
title: Manual
owners: [docs]
---

See [the guide](guide.md).
-- content/guide.md --
---
title: Guide
owners: docs
status: stabel
---

Back to [the manual](index.md).
";

fn lint(sandbox: &Sandbox, arguments: &[&str]) -> Vec<String> {
    let outcome = sandbox.run(&[&["lint", "--format", "line"], arguments].concat());
    let lines = outcome.stdout.lines().map(str::to_owned);
    lines.collect()
}

const OWNERS: &str =
    "content/guide.md:3:9:front-matter/schema:`owners` must be a list, but is text";
const STATUS: &str = "content/guide.md:4:9:front-matter/schema:`status` may not be `stabel`";

#[test]
fn pages_are_held_to_their_schema_and_mended() {
    let sandbox = Sandbox::new(SITE);
    assert_eq!(lint(&sandbox, &[]), [OWNERS, STATUS]);
    assert_eq!(lint(&sandbox, &[]), [OWNERS, STATUS], "from the cache");
    sandbox.run(&["lint"]).ends(1).says("did you mean `stable`?").says("asked for here");
    sandbox.run(&["explain", "front-matter/schema"]).ends(0).says("`[[lint.front-matter]]`");
    sandbox
        .run(&["rules", "content/guide.md"])
        .ends(0)
        .says("book.toml:5 ([content/**] front-matter)");
    let elsewhere = sandbox.run(&["rules", "README.md"]).ends(0);
    let off = elsewhere.stdout.lines().find(|line| line.starts_with("front-matter/schema"));
    assert!(off.unwrap().contains(" off "), "{elsewhere}");

    sandbox.run(&["lint", "--fix"]).ends(1);
    assert_eq!(lint(&sandbox, &[]), [OWNERS, STATUS], "what was meant is a guess");
    sandbox.run(&["lint", "--fix", "--suggested"]).ends(0).says("fixed 2 in 1 file, 0 left");
    let page = sandbox.read("site/content/guide.md");
    assert!(page.starts_with("---\ntitle: Guide\nowners: [docs]\nstatus: stable\n---\n"), "{page}");

    // The schema counts, whatever the cache knows.
    let schema = sandbox.read("site/schemas/page.json");
    sandbox.write("schemas/page.json", schema.replace("\"owners\"]", "\"status\"]"));
    let status = "content/index.md:1:1:front-matter/missing-key:the front matter has no `status`";
    assert_eq!(lint(&sandbox, &[]), [status]);
    sandbox.run(&["lint", "--fix", "--suggested"]).ends(0);
    assert!(sandbox.read("site/content/index.md").contains("\nstatus: draft\n---\n"));
    sandbox.write("schemas/page.json", "{ \"requierd\": [] }");
    sandbox.run(&["lint"]).ends(2).says("did you mean `required`?").says("schemas/page.json:1");
    std::fs::remove_file(sandbox.site("schemas/page.json")).unwrap();
    sandbox.run(&["lint"]).ends(2).says("there is no schema `schemas/page.json`");
}

#[test]
fn editors_and_branches_are_told_too() {
    let sandbox = Sandbox::new(SITE);
    let mut command = sandbox.command();
    command
        .args(["lint", "--format", "line", "--stdin", "--stdin-path", "content/new.md"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"---\ntitle: New\n---\n\nText.\n").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let missing = "content/new.md:1:1:front-matter/missing-key:the front matter has no `owners`";
    assert!(said.lines().any(|line| line == missing), "{said}");

    sandbox.commit_all();
    let guide = sandbox.read("site/content/guide.md");
    sandbox.write("content/guide.md", guide.replace("title: Guide\n", ""));
    let added = "content/guide.md:1:1:front-matter/missing-key:the front matter has no `title`";
    assert_eq!(lint(&sandbox, &["--since", "HEAD"]), [added]);
    sandbox.git(&["add", "--all"]);
    assert_eq!(lint(&sandbox, &["--staged"]), [added]);
    let schema = sandbox.read("site/schemas/page.json");
    sandbox.write("schemas/page.json", schema.replace("\"title\", ", ""));
    let said = sandbox.run(&["lint", "--since", "HEAD"]).ends(0);
    said.says("the branch changes the rules: `schemas/page.json`");
}

#[test]
fn a_review_is_due_once_its_day_is_over() {
    let sandbox = Sandbox::new(SITE);
    let page = |day: &str, more: &str| {
        let text =
            format!("---\ntitle: Guide\nowners: [docs]\nreview_by: {day}\n---\n\nText.\n{more}");
        sandbox.write("content/guide.md", text);
    };
    page("2020-02-29", "");
    let due =
        "content/guide.md:4:12:front-matter/review-due:the page was to be reviewed by 2020-02-29";
    assert_eq!(lint(&sandbox, &["content/guide.md"]), [due]);
    assert_eq!(lint(&sandbox, &["content/guide.md"]), [due], "from the cache");
    sandbox.run(&["lint", "content/guide.md"]).ends(0).says("ask `docs` to read it");
    sandbox.run(&["lint", "content/guide.md", "--fail-on", "warning"]).ends(1).says("1 warning");
    page("2020-02-29", "\n<!-- copydesk-ignore-file front-matter/review-due: known -->\n");
    assert_eq!(lint(&sandbox, &["content/guide.md"]), Vec::<String>::new());
    page("2999-01-01", "\n<!-- copydesk-ignore-file front-matter/review-due: known -->\n");
    for round in ["found", "kept"] {
        let found = lint(&sandbox, &["content/guide.md"]);
        assert_eq!(found, Vec::<String>::new(), "{round}: the comment waits for its day");
    }
    for later in ["2999-01-01", "null"] {
        page(later, "");
        assert_eq!(lint(&sandbox, &["content/guide.md"]), Vec::<String>::new(), "{later}");
        sandbox.run(&["lint", "content/guide.md"]).ends(0).keeps_quiet_about("warning");
    }
    page("soon", "");
    let odd = "content/guide.md:4:12:front-matter/review-due:`review_by` is no date";
    assert_eq!(lint(&sandbox, &["content/guide.md"]), [odd]);
    let book = sandbox.read("site/book.toml");
    sandbox.write(
        "book.toml",
        format!("{book}\n[lint.rules]\n\"front-matter/review-due\" = \"off\"\n"),
    );
    assert_eq!(lint(&sandbox, &["content/guide.md"]), Vec::<String>::new());
}

#[test]
fn schemas_count_beside_the_styles_of_vale() {
    let sandbox = Sandbox::new(SITE);
    let book = sandbox.read("site/book.toml");
    sandbox.write("book.toml", book.replace("[lint]\nextends = [\"default\"]\n", ""));
    sandbox.add(
        "-- .vale.ini --\nStylesPath = styles\n[*.md]\nBasedOnStyles = House\n\
         -- styles/House/Back.yml --\nextends: existence\nmessage: \"No '%s'.\"\ntokens: [Back]\n",
    );
    let style = "content/guide.md:7:1:House.Back:No 'Back'.";
    assert_eq!(lint(&sandbox, &["content"]), [OWNERS, STATUS, style]);
    let wrong = book.replace("[[lint.front-matter]]", "[lint.front-matter]");
    sandbox.write("book.toml", wrong);
    let said: Outcome = sandbox.run(&["build", "--out", "../out"]);
    said.says("write `[[lint.front-matter]]`, once for each table");
}
