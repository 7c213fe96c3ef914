//! `copydesk lint --since` and `--staged`, suppressions and the baseline as a process.

use super::sandbox::{Outcome, Sandbox};

const SITE: &str = "\
-- book.toml --
[book]
title = \"Pumps\"
-- .vale.ini --
StylesPath = styles
[*.md]
BasedOnStyles = House
-- styles/House/Words.yml --
extends: existence
message: \"No '%s'.\"
level: error
tokens: [utilize, simply]
-- docs/a.md --
# Pumps

## Old

We utilize a pump.

It is simply
the best pump.

## Other

Text.
-- docs/b.md --
# Valves

We utilize a valve.
-- docs/c.md --
# Pipes

This page is long enough to be recognized when it goes elsewhere.

It says what pipes are, and that we utilize them.
";

fn site() -> Sandbox {
    let sandbox = Sandbox::new(SITE);
    sandbox.commit_all();
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    sandbox
}

/// What is found that was not on `main`, and the exit code.
#[track_caller]
fn since(sandbox: &Sandbox, arguments: &[&str]) -> (i32, String) {
    let outcome =
        sandbox.run(&[&["lint", "--format", "line", "--since", "main"], arguments].concat());
    assert!(outcome.code < 2, "{outcome}");
    (outcome.code, outcome.stdout)
}

#[track_caller]
fn nothing_new(sandbox: &Sandbox) {
    assert_eq!(since(sandbox, &[]), (0, String::new()));
}

#[test]
fn only_what_the_branch_made_is_told() {
    let sandbox = site();
    nothing_new(&sandbox);
    sandbox.write("docs/b.md", "# Valves\n\nNew: we utilize it.\n\nWe utilize a valve.\n");
    let new = (1, "docs/b.md:3:9:House.Words:No 'utilize'.\n".to_owned());
    assert_eq!(since(&sandbox, &[]), new, "what is not committed");
    sandbox.git(&["commit", "--quiet", "-am", "x"]);
    assert_eq!(since(&sandbox, &[]), new, "what is committed");
    assert_eq!(since(&sandbox, &["docs/b.md"]), new);
    assert_eq!(since(&sandbox, &["docs/a.md"]).0, 0);
    assert_eq!(since(&sandbox, &["--fail-on", "never"]).0, 0);
    // A page that git does not know yet, and one that it ignores.
    sandbox.add(
        "-- .gitignore --\n/drafts\n-- drafts/d.md --\nWe utilize it.\n-- docs/e.md --\nIt is simply so.\n",
    );
    let all = since(&sandbox, &[]).1;
    assert_eq!(all.lines().count(), 2, "{all}");
    std::fs::remove_dir_all(sandbox.site("drafts")).unwrap();
    // What the base gets meanwhile is not made by the branch.
    sandbox.git(&["stash", "--quiet", "--include-untracked"]);
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.write("docs/c.md", "# Pipes\n");
    sandbox.git(&["commit", "--quiet", "-am", "less"]);
    sandbox.git(&["checkout", "--quiet", "topic"]);
    assert_eq!(since(&sandbox, &[]), new);
}

#[test]
fn renamed_moved_and_reflowed_text_is_old_and_repeated_text_is_new() {
    let sandbox = site();
    // Lines break elsewhere.
    let text = sandbox.read("site/docs/a.md").replace("simply\nthe best", "simply the\nbest");
    sandbox.write("docs/a.md", &text);
    nothing_new(&sandbox);
    // A section goes to another place, and to another page.
    let part = "We utilize a pump.\n\n";
    let without = text.replace(part, "");
    sandbox.write("docs/a.md", format!("{without}\n{part}"));
    nothing_new(&sandbox);
    sandbox.write("docs/a.md", &without);
    sandbox.write("docs/b.md", format!("{}\n{part}", sandbox.read("site/docs/b.md")));
    nothing_new(&sandbox);
    // The same text twice is once too often.
    sandbox.write("docs/a.md", &text);
    assert_eq!(since(&sandbox, &[]).1.lines().count(), 1);
    sandbox.git(&["checkout", "--quiet", "docs"]);
    // Pages are renamed, one of them with other words in it.
    std::fs::create_dir(sandbox.site("guide")).unwrap();
    sandbox.git(&["mv", "docs/c.md", "guide/pipes.md"]);
    let text = sandbox.read("site/guide/pipes.md");
    sandbox.write("guide/pipes.md", format!("{text}\nOne more sentence.\n"));
    // It is no page of the site any more, so its address leads elsewhere.
    let first = sandbox.read("site/docs/a.md");
    sandbox.write("docs/a.md", format!("---\naliases: [/c.html]\n---\n{first}"));
    nothing_new(&sandbox);
    sandbox.git(&["commit", "--quiet", "-am", "x"]);
    nothing_new(&sandbox);
    sandbox.write("guide/pipes.md", format!("{text}\nOne simply more sentence.\n"));
    assert_eq!(since(&sandbox, &[]).1, "guide/pipes.md:7:5:House.Words:No 'simply'.\n");
}

#[test]
fn what_cannot_be_decided_ends_with_2_and_a_remedy() {
    let sandbox = site();
    let failed = |sandbox: &Sandbox, arguments: &[&str], told: &str| {
        let outcome = sandbox.run(&[&["lint"], arguments].concat());
        assert_eq!(outcome.code, 2, "{outcome}");
        assert!(outcome.stderr.contains(told), "{told}: {outcome}");
    };
    failed(&sandbox, &["--since", "mian"], "git fetch origin mian");
    sandbox.git(&["checkout", "--quiet", "--orphan", "alone"]);
    sandbox.git(&["commit", "--quiet", "-m", "alone"]);
    failed(&sandbox, &["--since", "main"], "no commit in common");
    failed(&Sandbox::new(SITE), &["--since", "main"], "no git repository");
    failed(&Sandbox::new(SITE), &["--staged"], "no git repository");

    // Two branches that part behind the end of a shallow clone.
    sandbox.git(&["checkout", "--quiet", "topic"]);
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "1"]);
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "2"]);
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "3"]);
    let clone = Sandbox::new("");
    let url = format!("file://{}", sandbox.site("").display());
    clone.git(&["init", "--quiet"]);
    clone.git(&["symbolic-ref", "HEAD", "refs/heads/none"]);
    clone.git(&["fetch", "--quiet", "--depth", "1", &url, "main:main", "topic:topic"]);
    clone.git(&["checkout", "--quiet", "topic"]);
    failed(&clone, &["--since", "main"], "git fetch --unshallow");
    clone.git(&["fetch", "--quiet", "--unshallow", &url, "main", "topic"]);
    nothing_new(&clone);
}

#[test]
fn the_next_commit_is_checked_as_it_is_staged() {
    let sandbox = site();
    let staged = |sandbox: &Sandbox| {
        let outcome = sandbox.run(&["lint", "--staged", "--format", "line"]);
        (outcome.code, outcome.stdout)
    };
    sandbox.write("docs/b.md", "# Valves\n\nNew: we utilize it.\n");
    assert_eq!(staged(&sandbox).0, 0, "it is not staged");
    sandbox.git(&["add", "."]);
    sandbox.write("docs/b.md", "# Valves\n");
    assert_eq!(staged(&sandbox), (1, "docs/b.md:3:9:House.Words:No 'utilize'.\n".to_owned()));
    let outcome = sandbox.run(&["lint", "--staged"]);
    assert!(outcome.stdout.contains("New: we utilize it."), "the staged text is shown: {outcome}");
    sandbox.git(&["add", "."]);
    assert_eq!(staged(&sandbox).0, 0);
    // Both sides of a merge have a right to their findings.
    sandbox.git(&["commit", "--quiet", "-m", "less"]);
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.write("docs/new.md", "# New\n\nSimply new.\n");
    sandbox.git(&["add", "."]);
    assert_eq!(staged(&sandbox).0, 0, "capitals count");
    sandbox.write("docs/new.md", "# New\n\nIt is simply new.\n");
    sandbox.git(&["add", "."]);
    assert_eq!(staged(&sandbox).0, 1);
    sandbox.git(&["commit", "--quiet", "-m", "new"]);
    sandbox.git(&["checkout", "--quiet", "topic"]);
    sandbox.git(&["merge", "--quiet", "--no-commit", "main"]);
    assert_eq!(staged(&sandbox), (0, String::new()));
    // The first commit of all.
    let first = Sandbox::new(SITE);
    first.git(&["init", "--quiet"]);
    first.git(&["add", "."]);
    assert_eq!(staged(&first).1.lines().count(), 4);
}

#[test]
fn a_conflict_cannot_be_decided() {
    let sandbox = site();
    sandbox.write("docs/b.md", "# One\n");
    sandbox.git(&["commit", "--quiet", "-am", "one"]);
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.write("docs/b.md", "# Two\n");
    sandbox.git(&["commit", "--quiet", "-am", "two"]);
    let mut merge = sandbox.isolated("git");
    merge.args(["-c", "user.name=A", "-c", "user.email=a@example.org", "merge", "topic"]);
    assert!(!merge.output().unwrap().status.success());
    let outcome = sandbox.run(&["lint", "--staged"]);
    assert_eq!(outcome.code, 2, "{outcome}");
    assert!(outcome.stderr.contains("docs/b.md"), "{outcome}");
}

#[test]
fn a_branch_that_changes_the_rules_is_told() {
    let sandbox = site();
    let rule =
        sandbox.read("site/styles/House/Words.yml").replace("simply", "simply, pump, Valves");
    sandbox.write("styles/House/Words.yml", rule);
    let outcome = sandbox.run(&["lint", "--since", "main", "--format", "line"]);
    assert_eq!(outcome.code, 0, "old findings of a new rule are old: {outcome}");
    assert!(outcome.stdout.contains("lint/changed-rules"), "{outcome}");
    sandbox.git(&["checkout", "--quiet", "styles"]);
    sandbox.write("book.toml", "[book]\ntitle = \"More pumps\"\n");
    nothing_new(&sandbox);
}

#[test]
fn comments_ignore_findings_with_a_reason() {
    let sandbox = site();
    let line = |sandbox: &Sandbox| sandbox.run(&["lint", "--format", "line", "docs/b.md"]).stdout;
    let ignore = "<!-- copydesk-ignore House.Words: a quote (until 2999-12-31) -->";
    sandbox.write("docs/b.md", format!("# Valves\n\n{ignore}\n\nWe utilize a valve.\n"));
    assert_eq!(line(&sandbox), "");
    assert_eq!(line(&sandbox), "", "from the cache");
    let old = ignore.replace("2999", "1999");
    sandbox.write("docs/b.md", format!("# Valves\n\n{old}\n\nWe utilize a valve.\n"));
    assert!(
        line(&sandbox).contains("lint/expired-ignore") && line(&sandbox).contains("House.Words:")
    );
    sandbox.write("docs/b.md", format!("# Valves\n\n{ignore}\n\nWe use a valve.\n"));
    assert!(line(&sandbox).contains("lint/unused-ignore"));
    // Whoever takes a comment away makes a finding.
    sandbox.write("docs/b.md", format!("# Valves\n\n{ignore}\n\nWe utilize a valve.\n"));
    sandbox.git(&["commit", "--quiet", "-am", "x"]);
    sandbox.git(&["branch", "--force", "main"]);
    sandbox.write("docs/b.md", "# Valves\n\nWe utilize a valve.\n");
    assert_eq!(since(&sandbox, &[]).0, 1);
}

const OWN: &str = "\
-- book.toml --
[lint]
baseline = \"lint-baseline.txt\"
fail-on = \"warning\"
-- docs/a.md --
# Pumps

See [here](https://example.org/).
-- docs/b.md --
# Valves

See [here](https://example.org/).
";

fn lint(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    sandbox.run(&[&["lint", "--format", "line"], arguments].concat())
}

#[test]
fn a_baseline_only_gets_shorter() {
    let sandbox = Sandbox::new(OWN);
    let before = lint(&sandbox, &[]);
    assert_eq!(before.code, 2, "{before}");
    assert!(before.stderr.contains("copydesk lint baseline"), "{before}");
    let first = sandbox.run(&["lint", "baseline"]);
    assert_eq!(first.code, 0, "{first}");
    let written = sandbox.read("site/lint-baseline.txt");
    assert_eq!(written.lines().filter(|line| line.ends_with(".md")).count(), 2, "{written}");
    assert_eq!(lint(&sandbox, &[]).code, 0);
    assert_eq!(lint(&sandbox, &[]).stdout, "");

    // A new finding is told, and is not taken in.
    sandbox.write(
        "docs/b.md",
        "# Valves\n\nSee [here](https://example.org/).\n\nOr [here](https://example.org/).\n",
    );
    let new = lint(&sandbox, &[]);
    assert_eq!((new.code, new.stdout.lines().count()), (1, 1), "{new}");
    let refused = sandbox.run(&["lint", "baseline"]);
    assert_eq!(refused.code, 1, "{refused}");
    assert_eq!(sandbox.read("site/lint-baseline.txt"), written);

    // A mended one is told until it is taken out.
    sandbox.write("docs/b.md", "# Valves\n");
    let stale = lint(&sandbox, &[]);
    assert_eq!(stale.code, 0, "{stale}");
    assert!(stale.stdout.starts_with("lint-baseline.txt:"), "{stale}");
    assert!(stale.stdout.contains("lint/stale-baseline"), "{stale}");
    assert_eq!(lint(&sandbox, &["docs"]).stdout, "", "only a part was checked");
    assert_eq!(sandbox.run(&["lint", "baseline"]).code, 0);
    assert_eq!(lint(&sandbox, &[]).stdout, "");
    sandbox.write("lint-baseline.txt", "copydesk-baseline 1\n<<<<<<< HEAD\n");
    let damaged = lint(&sandbox, &[]);
    assert_eq!(damaged.code, 2, "{damaged}");
    assert!(damaged.stderr.contains("lint-baseline.txt:2"), "{damaged}");
}

#[test]
fn a_branch_that_adds_to_the_baseline_is_told() {
    let sandbox = Sandbox::new(OWN);
    assert_eq!(sandbox.run(&["lint", "baseline"]).code, 0);
    sandbox.commit_all();
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    nothing_new(&sandbox);
    sandbox.write("docs/c.md", "# Pipes\n\nAnd [here](https://example.org/) they are.\n");
    std::fs::remove_file(sandbox.site("lint-baseline.txt")).unwrap();
    assert_eq!(sandbox.run(&["lint", "baseline"]).code, 0);
    assert_eq!(lint(&sandbox, &[]).code, 0);
    let told = since(&sandbox, &[]);
    assert_eq!(told.0, 1);
    assert!(
        told.1.contains("lint/grown-baseline") && told.1.contains("docs/c.md:3:"),
        "{}",
        told.1
    );
}

#[test]
fn rules_say_which_line_set_the_level_of_a_page() {
    let sandbox = Sandbox::new(
        "-- book.toml --\n[lint.rules]\n\"style/passive\" = \"warning\"\n\n[[lint.paths]]\n\
         files = [\"docs/reference/**\"]\nrules = { \"style/passive\" = \"off\" }\n\
         -- docs/a.md --\n# A\n-- docs/reference/b.md --\n# B\n",
    );
    let state = |path: &str| {
        let listed = sandbox.run(&["rules", path]).stdout;
        listed.lines().find(|line| line.starts_with("style/passive ")).unwrap_or("").to_owned()
    };
    assert!(state("docs/a.md").contains("warning"), "{}", state("docs/a.md"));
    assert!(state("docs/a.md").contains("book.toml:2 "), "{}", state("docs/a.md"));
    assert!(state("docs/reference/b.md").contains(" off "), "{}", state("docs/reference/b.md"));
    assert!(
        state("docs/reference/b.md").contains("book.toml:6 "),
        "{}",
        state("docs/reference/b.md")
    );
}

#[test]
fn reports_and_the_baseline_tell_a_finding_by_the_same() {
    let sandbox = Sandbox::new(OWN);
    assert_eq!(sandbox.run(&["lint", "baseline"]).code, 0);
    let known = sandbox.read("site/lint-baseline.txt");
    sandbox.write("book.toml", "");
    let text = sandbox.read("site/docs/a.md").replace("See", "\n\nBefore it.\n\nSee");
    sandbox.write("docs/a.md", text);
    let report = sandbox.run(&["lint", "--format", "gitlab"]).stdout;
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let prints: Vec<&str> =
        report.as_array().unwrap().iter().map(|one| one["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), 2);
    assert!(prints.iter().all(|print| known.contains(print)), "{prints:?} {known}");
}

#[test]
fn a_broken_link_that_is_not_ignored_any_more_is_new() {
    let sandbox = Sandbox::new(
        "-- book.toml --\n-- a.md --\n# A\n\n<!-- copydesk-ignore link/missing-page: soon -->\n\n\
         See [the other page](b.md).\n",
    );
    assert_eq!(lint(&sandbox, &[]).stdout, "");
    sandbox.commit_all();
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    nothing_new(&sandbox);
    sandbox.write("a.md", "# A\n\nSee [the other page](b.md).\n");
    let told = since(&sandbox, &[]).1;
    assert!(told.contains("link/missing-page") && told.lines().count() == 1, "{told}");
}

#[test]
fn a_merge_does_not_miss_the_pages_that_the_other_side_took_away() {
    let sandbox = Sandbox::new("-- book.toml --\n-- a.md --\n# A\n-- b.md --\n# B\n\nText.\n");
    sandbox.commit_all();
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "x"]);
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.git(&["rm", "--quiet", "b.md"]);
    let told = lint(&sandbox, &["--staged"]).stdout;
    assert!(told.contains("redirect/missing"), "{told}");
    sandbox.git(&["commit", "--quiet", "-m", "less"]);
    sandbox.git(&["checkout", "--quiet", "topic"]);
    sandbox.git(&["merge", "--quiet", "--no-commit", "main"]);
    assert_eq!(lint(&sandbox, &["--staged"]).stdout, "");
}

#[test]
fn pages_are_compared_with_each_other_for_branches_and_single_files() {
    let long = "Before you install the server, make sure that the machine has four processors, \
                sixteen gibibytes of memory, and a disk that is fast enough for the log of the \
                database.";
    let sandbox = Sandbox::new(&format!(
        "-- book.toml --\n[lint]\nextends = []\n[lint.rules]\n\"text/near-duplicate\" = \"warning\"\n\
         \"assets/unused\" = \"warning\"\n-- docs/a.md --\n# A\n\n{long}\n-- docs/b.md --\n# B\n\n\
         {long}\n-- docs/c.md --\n# C\n\n![A pump](pump.png)\n-- docs/pump.png --\nx\n"
    ));
    sandbox.commit_all();
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    let repeated = "docs/b.md:3:1:text/near-duplicate:`docs/a.md` says the same in a paragraph\n";
    assert_eq!(lint(&sandbox, &[]).stdout, repeated);
    assert_eq!(lint(&sandbox, &["docs/b.md"]).stdout, repeated, "compared with all pages");
    assert_eq!(lint(&sandbox, &["docs/c.md"]).stdout, "");
    nothing_new(&sandbox);
    sandbox.write("docs/c.md", format!("# C\n\n{}\n", long.replace("four", "two")));
    let new = since(&sandbox, &[]).1;
    let told: Vec<&str> = new.lines().filter_map(|line| line.split(':').nth(3)).collect();
    assert_eq!(told, ["text/near-duplicate", "assets/unused"], "{new}");
    sandbox.git(&["add", "docs/c.md"]);
    assert_eq!(lint(&sandbox, &["--staged"]).stdout, new);
    sandbox.git(&["commit", "--quiet", "-m", "x"]);
    assert_eq!(since(&sandbox, &[]).1, new);
    assert_eq!(lint(&sandbox, &["--staged"]).stdout, "");
}
