//! `copydesk lint` and `copydesk rules` as a process.

use std::io::Write as _;
use std::process::Stdio;

use super::sandbox::{Outcome, Sandbox};

const SITE: &str = "\
-- .vale.ini --
StylesPath = styles
MinAlertLevel = suggestion

[*.md]
BasedOnStyles = House
House.Off = NO
-- styles/House/Words.yml --
extends: substitution
message: \"Use '%s' instead of '%s'.\"
level: error
link: https://style.example/words
action:
  name: replace
swap:
  utilize: use
-- styles/House/Filler.yml --
extends: existence
message: \"Leave out '%s'.\"
level: warning
tokens: [simply]
-- styles/House/Off.yml --
extends: existence
message: \"No '%s'.\"
tokens: [pump]
-- styles/House/Spelling.yml --
extends: spelling
message: \"'%s'?\"
level: suggestion
-- a.md --
# Pumps

We utilize a pump.
-- docs/b.md --
It is simply done.
-- docs/c.md --
All is wel.
";

#[test]
fn findings_go_to_standard_output_and_set_the_exit_code() {
    let sandbox = Sandbox::new(SITE);
    let all = sandbox.run(&["lint"]);
    assert_eq!(all.code, 1);
    assert!(all.stdout.contains("error[House.Words]: Use 'use' instead of 'utilize'."));
    assert!(all.stdout.contains("a.md:3:4") && all.stdout.contains("suggested fix: write `use`"));
    assert!(all.stdout.contains("did you mean `"), "{}", all.stdout);
    assert!(
        all.stderr.contains("checked 3 files in ") && all.stderr.contains("1 error, 1 warning")
    );

    let line =
        |arguments: &[&str]| sandbox.run(&[&["lint", "--format", "line"], arguments].concat());
    assert_eq!(line(&["docs"]).code, 0);
    assert_eq!(line(&["docs"]).stdout.lines().count(), 2);
    assert_eq!(line(&["docs/b.md"]).stdout, "docs/b.md:1:7:House.Filler:Leave out 'simply'.\n");
    assert_eq!(line(&["--fail-on", "warning", "docs/b.md"]).code, 1);
    assert_eq!(line(&["--fail-on", "advice", "docs/c.md"]).code, 1);
    assert_eq!(line(&["--fail-on", "never", "a.md"]).code, 0);
}

#[test]
fn the_configuration_is_looked_for_above_and_no_further_than_the_repository() {
    let sandbox = Sandbox::new(SITE);
    let mut below = sandbox.command();
    below.current_dir(sandbox.site("docs")).args(["lint", "--format", "line", "b.md"]);
    assert_eq!(Outcome::of(&mut below).stdout, "b.md:1:7:House.Filler:Leave out 'simply'.\n");

    std::fs::create_dir(sandbox.site("docs/.git")).unwrap();
    let mut below = sandbox.command();
    below.current_dir(sandbox.site("docs")).args(["lint", "b.md"]);
    let outcome = Outcome::of(&mut below);
    // What stands above the repository is not for it: the default rules run.
    assert_eq!(outcome.code, 0);
    assert!(!outcome.stdout.contains("House.Filler"), "{}", outcome.stdout);
    assert!(outcome.stderr.contains("checked 1 file"), "{}", outcome.stderr);
}

#[test]
fn editors_send_what_is_not_saved() {
    let sandbox = Sandbox::new(SITE);
    let typed = |text: &str| {
        let mut child = sandbox
            .command()
            .args(["lint", "--stdin", "--stdin-path", "docs/new.md", "--format", "rdjsonl"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, out) = typed("ü: utilize, and mispeled.\n");
    assert_eq!(code, Some(1));
    let found: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(found[0]["location"]["range"]["start"]["column"], 5);
    assert_eq!(found[0]["suggestions"][0]["text"], "use");
    assert_eq!(found[1]["suggestions"][0]["text"], "misspelled");
    assert_eq!(typed("").0, Some(0));
    assert_eq!(sandbox.run(&["lint", "--stdin"]).code, 2);
}

#[test]
fn what_is_wrong_with_the_rules_is_shown_and_ends_with_2() {
    for (files, told) in [
        (
            "-- styles/House/Bad.yml --\nextends: existence\nmessage: m\ntokens: ['(a']\n",
            "Bad.yml:3",
        ),
        ("-- styles/House/Bad.yml --\nextends: House.Bad\nmessage: m\n", "extends itself"),
        (
            "-- .vale.ini --\nStylesPath = nowhere\n[*.md]\nBasedOnStyles = House\n",
            "no folder `nowhere`",
        ),
        (
            "-- .vale.ini --\nStylesPath = styles\n[*.md]\nBasedOnStyles = Hous\n",
            "did you mean `House`?",
        ),
        (
            "-- styles/House/Bad.yml --\nextends: spelling\nmessage: m\ndicpath: gone\ndictionaries: [x]\n",
            "no folder `gone`",
        ),
        (
            "-- styles/House/Bad.yml --\nextends: spelling\nmessage: m\ndictionaries: [gone]\n",
            "Bad.yml:3",
        ),
    ] {
        let sandbox = Sandbox::new(SITE);
        sandbox.add(files);
        let outcome = sandbox.run(&["lint", "--format", "vale-json"]);
        assert_eq!(outcome.code, 2, "{files}");
        assert!(outcome.stderr.contains(told), "{files}: {}", outcome.stderr);
        assert_eq!(outcome.stdout, "");
    }
}

#[test]
fn a_page_with_broken_front_matter_does_not_hide_the_others() {
    let sandbox = Sandbox::new(SITE);
    sandbox.write("docs/broken.md", "---\ntitle: a: b\n---\nWe utilize it.\n");
    let outcome = sandbox.run(&["lint", "--format", "line"]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    let codes: Vec<_> = outcome.stdout.lines().filter_map(|line| line.split(':').nth(3)).collect();
    assert_eq!(
        codes,
        ["House.Words", "House.Filler", "front-matter/malformed", "House.Spelling"],
        "{}",
        outcome.stdout
    );
    assert!(outcome.stdout.contains("docs/broken.md:2:"), "{}", outcome.stdout);
}

#[test]
fn runs_give_the_same_bytes_whatever_the_threads() {
    let sandbox = Sandbox::new(SITE);
    for index in 0..40 {
        sandbox.write(&format!("docs/p{index}.md"), "We utilize and simply utilize a tpyo.\n");
    }
    let run = |threads: &str, format: &str, more: &[&str]| {
        let mut command = sandbox.command();
        command.env("RAYON_NUM_THREADS", threads).args(["lint", "--format", format]).args(more);
        Outcome::of(&mut command).stdout
    };
    for format in [
        "human",
        "json",
        "jsonl",
        "line",
        "vale-json",
        "sarif",
        "github",
        "gitlab",
        "junit",
        "checkstyle",
        "rdjson",
        "rdjsonl",
        "markdown",
    ] {
        let first = run("1", format, &["--no-cache"]);
        assert!(first.len() > 1000, "{format}");
        for round in 0..2 {
            assert_eq!(run("4", format, &["--no-cache"]), first, "{format}");
            assert_eq!(run("4", format, &[]), first, "{format} with the cache, {round}");
            assert_eq!(run("1", format, &[]), first, "{format} with the cache, {round}");
        }
    }
}

#[test]
fn a_report_for_people_counts_what_it_does_not_show() {
    let sandbox = Sandbox::new(SITE);
    for index in 0..150 {
        sandbox.write(&format!("many/p{index:03}.md"), "It is simply a pump.\n");
    }
    sandbox.write("many/z.md", "We utilize it.\n");
    // What is checked and what the cache knows are told alike.
    let first = sandbox.run(&["lint", "--no-cache"]);
    for _ in 0..2 {
        let again = sandbox.run(&["lint"]);
        assert_eq!(again.stdout, first.stdout);
        assert_eq!(again.code, 1);
    }
    let out = &first.stdout;
    assert_eq!(out.matches("error[House.Words]").count(), 2, "the gravest are shown: {out}");
    assert_eq!(out.matches("warning[House.Filler]").count(), 98);
    let rest = "… and 54 more (53 warnings, 1 piece of advice)";
    assert!(out.trim_end().ends_with(rest), "{out}");
    let quiet = sandbox.run(&["lint", "--quiet"]);
    assert!(quiet.stdout.trim_end().ends_with("… and 53 more (53 warnings)"), "{}", quiet.stdout);
    // A file that has changed is checked anew, the others are counted.
    sandbox.write("many/z.md", "It is used.\n");
    let changed = sandbox.run(&["lint"]);
    assert!(changed.stderr.contains("1 error, 151 warnings, 1 piece"), "{}", changed.stderr);
}

#[test]
fn what_is_wrong_with_a_page_is_told_and_ends_as_its_level_says() {
    let sandbox = Sandbox::new(SITE);
    let lint = |text: &[u8], more: &[&str]| {
        std::fs::write(sandbox.site("docs/odd.md"), text).unwrap();
        let outcome = sandbox.run(&[&["lint", "--format", "line", "docs/odd.md"], more].concat());
        (outcome.code, outcome.stdout)
    };
    let (code, out) = lint(b"Fine.\n\nNot \xff fine.\n", &[]);
    assert_eq!(code, 1, "{out}");
    assert!(out.starts_with("docs/odd.md:3:5:text/not-utf8:"), "{out}");
    let (code, out) = lint(&b"Simply fine.\n".repeat(1_700_000), &[]);
    assert_eq!(code, 1, "{out}");
    assert!(out.starts_with("docs/odd.md:1:1:text/too-large:"), "{out}");
    assert_eq!(lint(b"\xef\xbb\xbfFine.\r\n\r\nFine.\r\n", &[]), (0, String::new()));

    sandbox.add(
        "-- styles/House/Endless.yml --\nextends: existence\nmessage: m\nnonword: true\n\
         tokens: ['(?:(a+)\\1?)+c']\n",
    );
    let (code, out) =
        lint(format!("A c {}\n", "a".repeat(60)).as_bytes(), &["--fail-on", "warning"]);
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("docs/odd.md:1:1:lint/pattern-stopped:"), "{out}");
    assert!(out.contains("`House.Endless`"), "{out}");
}

#[test]
fn rules_are_listed_with_what_set_them() {
    let sandbox = Sandbox::new(SITE);
    let listed = sandbox.run(&["rules"]);
    assert_eq!(listed.code, 0);
    let lines: Vec<_> = listed.stdout.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[1].starts_with("House.Off") && lines[1].contains("  off "), "{}", lines[1]);
    assert!(lines[1].ends_with(".vale.ini:6 ([*.md] NO)"), "{}", lines[1]);
    let json: serde_json::Value =
        serde_json::from_str(&sandbox.run(&["rules", "--json", "a.txt"]).stdout).unwrap();
    assert!(json.as_array().unwrap().iter().all(|rule| rule["on"] == false));
    assert_eq!(json[3]["file"], "styles/House/Words.yml:1");
}

#[test]
fn rules_are_explained() {
    let sandbox = Sandbox::new(SITE);
    let outcome = sandbox.run(&["explain", "House.Words"]);
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    for part in ["House.Words", "substitution", "https://style.example/words", ".vale.ini:5"] {
        assert!(outcome.stdout.contains(part), "{part}: {}", outcome.stdout);
    }
    assert_eq!(sandbox.run(&["explain", "vale/rule"]).code, 0);
    let missing = sandbox.run(&["explain", "House.Word"]);
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("did you mean `House.Words`?"), "{}", missing.stderr);
}
