//! What cannot be decided: every reason for which a review ends with 2. A gate that guesses lets things
//! through, so that each of them begins with a branch that passes, and takes away what it was decided by.

use std::path::PathBuf;

use super::sandbox::{Outcome, Sandbox};

const SITE: &str = "\
-- book.toml --
[book]
title = \"Pumps\"
-- docs/index.md --
# Home

The first page. It leads to [the pumps](part/pumps.md#big).
-- docs/part/pumps.md --
# Pumps

## Big

A big pump moves much water.
-- docs/part/notes.md --
# Notes

{{#include text.txt}}
-- docs/part/text.txt --
Read the notes first.
-- docs/valves.md --
# Valves

A valve lets water pass, or does not.
";

const EDIT: &str = "-- docs/valves.md --\n# Valves\n\nA valve lets water pass, mostly.\n";

/// What the events of a review need: a target that asks for sign-offs.
const STAGES: &str = "\
-- book.toml --
[book]
title = \"Pumps\"
[review]
expect-tip = true
[[review.stages]]
id = \"editor\"
";

/// A branch `topic` that edits a page, and that can be merged.
fn site() -> Sandbox {
    let sandbox = Sandbox::new(SITE);
    sandbox.commit_all();
    sandbox.git(&["config", "user.name", "Ada"]);
    sandbox.git(&["config", "user.email", "ada@example.org"]);
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    commit(&sandbox, EDIT);
    sandbox
}

fn commit(sandbox: &Sandbox, files: &str) {
    sandbox.add(files);
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message", "commit"]);
}

/// Commits to the target, and comes back.
fn commit_to_target(sandbox: &Sandbox, files: &str) {
    sandbox.git(&["checkout", "--quiet", "main"]);
    commit(sandbox, files);
    sandbox.git(&["checkout", "--quiet", "topic"]);
}

/// The file of an object that is packed with nothing else.
fn object(sandbox: &Sandbox, name: &str) -> PathBuf {
    let id = sandbox.git(&["rev-parse", name]);
    let (folder, file) = id.trim().split_at(2);
    sandbox.site(&format!(".git/objects/{folder}/{file}"))
}

fn lose(sandbox: &Sandbox, name: &str) {
    std::fs::remove_file(object(sandbox, name)).unwrap();
}

fn damage(sandbox: &Sandbox, name: &str) {
    let file = object(sandbox, name);
    std::fs::remove_file(&file).unwrap();
    std::fs::write(file, b"no object at all").unwrap();
}

/// Without what was found before, so that everything has to be read.
fn review(sandbox: &Sandbox, command: &str, arguments: &[&str]) -> Outcome {
    sandbox.run(&[&["review", command, "--no-cache"], arguments].concat())
}

/// A way to take away what a review is decided by.
struct Case {
    name: &'static str,
    prepare: fn(&Sandbox),
    arguments: &'static [&'static str],
    /// What is said.
    says: &'static str,
    /// Whether nothing at all can be said of the branch, and not only of a merge.
    all: bool,
}

/// A case that every command ends with.
const fn of_all(
    name: &'static str,
    prepare: fn(&Sandbox),
    arguments: &'static [&'static str],
    says: &'static str,
) -> Case {
    Case { name, prepare, arguments, says, all: true }
}

/// A case that only a merge check ends with.
const fn of_merge(
    name: &'static str,
    prepare: fn(&Sandbox),
    arguments: &'static [&'static str],
    says: &'static str,
) -> Case {
    Case { name, prepare, arguments, says, all: false }
}

const CASES: &[Case] = &[
    of_all(
        "no repository",
        |sandbox| std::fs::remove_dir_all(sandbox.site(".git")).unwrap(),
        &[],
        "there is no git repository here",
    ),
    of_all(
        "no commit",
        |sandbox| {
            std::fs::remove_dir_all(sandbox.site(".git")).unwrap();
            sandbox.git(&["init", "--quiet"]);
        },
        &[],
        "there is no commit yet",
    ),
    of_all(
        "no commit on the branch",
        |sandbox| {
            sandbox.git(&["checkout", "--quiet", "--orphan", "new"]);
        },
        &[],
        "there is no commit yet",
    ),
    of_all(
        "nothing names the base",
        |sandbox| {
            sandbox.git(&["branch", "--quiet", "--move", "main", "trunk"]);
        },
        &[],
        "nothing says what the branch is to be merged into",
    ),
    of_all("no such base", |_| {}, &["--base", "gone"], "there is no revision `gone`"),
    of_all("no such branch", |_| {}, &["gone"], "there is no revision `gone`"),
    of_all(
        "the base that the target names is not here",
        |sandbox| {
            let book = "-- book.toml --\n[book]\ntitle = \"Pumps\"\n[git]\nbase = \"next\"\n";
            commit_to_target(sandbox, book);
        },
        &[],
        "there is no revision `next`",
    ),
    of_all(
        "branches that never met",
        |sandbox| {
            sandbox.git(&["checkout", "--quiet", "--orphan", "stranger"]);
            sandbox.git(&["commit", "--quiet", "--message", "alone"]);
        },
        &[],
        "`main` and the branch have no commit in common",
    ),
    of_all("a commit of the base is lost", |sandbox| lose(sandbox, "main"), &[], "cannot decide"),
    of_all(
        "a commit of the branch is damaged",
        |sandbox| damage(sandbox, "topic"),
        &["topic"],
        "cannot decide",
    ),
    of_all(
        "a folder of both is lost",
        |sandbox| lose(sandbox, "topic:docs/part"),
        &["topic"],
        "cannot decide",
    ),
    of_all(
        "a folder of the base is damaged",
        |sandbox| damage(sandbox, "main:docs"),
        &["topic"],
        "cannot decide",
    ),
    of_all(
        "a page that nobody edited is lost",
        |sandbox| lose(sandbox, "main:docs/index.md"),
        &["topic"],
        "clone without `--filter`",
    ),
    of_all(
        "a page that nobody edited is damaged",
        |sandbox| damage(sandbox, "main:docs/index.md"),
        &["topic"],
        "`docs/index.md` cannot be read",
    ),
    of_all(
        "an included file is lost",
        |sandbox| lose(sandbox, "main:docs/part/text.txt"),
        &["topic"],
        "cannot be read",
    ),
    of_all(
        "the page as it was is lost",
        |sandbox| lose(sandbox, "main:docs/valves.md"),
        &["topic"],
        "clone without `--filter`",
    ),
    of_all(
        "the page as it is is lost",
        |sandbox| lose(sandbox, "topic:docs/valves.md"),
        &["topic"],
        "clone without `--filter`",
    ),
    of_all(
        "`book.toml` of both is lost",
        |sandbox| lose(sandbox, "main:book.toml"),
        &["topic"],
        "cannot decide",
    ),
    of_all(
        "`book.toml` of the base cannot be read",
        |sandbox| commit_to_target(sandbox, "-- book.toml --\n[book\n"),
        &[],
        "`book.toml` cannot be read",
    ),
    of_all(
        "`book.toml` of the branch cannot be read",
        |sandbox| commit(sandbox, "-- book.toml --\n[book\n"),
        &["topic"],
        "`book.toml` cannot be read",
    ),
    of_merge(
        "rules of the target cannot be read",
        |sandbox| {
            let rules = "-- .vale.ini --\nStylesPath = styles\n[*.md]\nBasedOnStyles = Gone\n";
            commit_to_target(sandbox, rules);
        },
        &["topic"],
        "the rules of the target cannot be read",
    ),
    of_merge(
        "the merge changes a submodule of the site",
        |sandbox| {
            let commit = sandbox.git(&["rev-parse", "main"]);
            let module = format!("160000,{},docs/api", commit.trim());
            sandbox.git(&["update-index", "--add", "--cacheinfo", &module]);
            sandbox.git(&["commit", "--quiet", "--message", "module"]);
        },
        &["topic"],
        "the merge changes the submodule `docs/api`",
    ),
    of_merge(
        "no baseline",
        |_| {},
        &["--baseline", "known.txt"],
        "cannot read the baseline `known.txt`",
    ),
    of_merge(
        "a baseline that is none",
        |sandbox| sandbox.write("known.txt", "docs/a.md what is this\n"),
        &["--baseline", "known.txt"],
        "cannot read the baseline: known.txt:1",
    ),
    of_merge("no such change", |_| {}, &["--change", "abcd"], "there is no change `abcd`"),
    of_merge(
        "a tip that is not here",
        opened,
        &["--expect-tip", "0123456789012345678901234567890123456789"],
        "which was expected",
    ),
    of_merge(
        "the events went back",
        |sandbox| {
            opened(sandbox);
            let name = change(sandbox);
            sandbox.git(&["update-ref", &name, &format!("{name}^")]);
        },
        &[],
        "something was taken away",
    ),
    of_merge(
        "an event is missing",
        |sandbox| {
            opened(sandbox);
            rewrite(sandbox, &|files| drop(files.remove(1)));
        },
        &[],
        "is missing",
    ),
    of_merge(
        "the event that opens the change is missing",
        |sandbox| {
            opened(sandbox);
            rewrite(sandbox, &|files| drop(files.remove(0)));
        },
        &[],
        "cannot decide",
    ),
    of_merge(
        "an event was changed after it was written",
        |sandbox| {
            opened(sandbox);
            rewrite(sandbox, &|files| {
                let other = files[0].1.clone();
                files[1].1 = other;
            });
        },
        &[],
        "was changed after it was written",
    ),
    of_merge(
        "nothing says which events there must be",
        |sandbox| {
            commit_to_target(sandbox, STAGES);
            opened(sandbox);
            let kept = ["refs/copydesk/seen", "refs/copydesk/known"];
            let listed = ["for-each-ref", "--format=%(refname)"];
            for name in sandbox.git(&[&listed[..], &kept[..]].concat()).lines() {
                sandbox.git(&["update-ref", "-d", name]);
            }
        },
        &[],
        "`expect-tip` is set",
    ),
    of_merge(
        "the keys that the policy names are not on the target",
        |sandbox| {
            let book = STAGES.replace("expect-tip = true", "allowed-signers = \"keys\"");
            commit_to_target(sandbox, &book);
        },
        &[],
        "`keys`, which `[review]` of the target names, cannot be read there",
    ),
    of_merge(
        "no branch, where sign-offs are asked for",
        |sandbox| {
            commit_to_target(sandbox, &STAGES.replace("expect-tip = true\n", ""));
            sandbox.git(&["checkout", "--quiet", "--detach"]);
        },
        &[],
        "no branch is checked out",
    ),
];

/// Opens the branch for review, and says three things of it.
fn opened(sandbox: &Sandbox) {
    sandbox.run(&["review", "open"]).ends(0);
    for text in ["One.", "Two.", "Three."] {
        sandbox.run(&["review", "comment", "docs/valves.md:3", "-m", text]).ends(0);
    }
    sandbox.run(&["review", "status"]).ends(0);
}

fn change(sandbox: &Sandbox) -> String {
    let refs = sandbox.git(&["for-each-ref", "--format=%(refname)", "refs/copydesk/changes"]);
    refs.trim().to_owned()
}

/// The path and the object of each event.
type Events = Vec<(String, String)>;

/// Writes the events of a change anew, as a further commit: what somebody does who may push. Events
/// are told by their numbers, with the one that opens the change first.
fn rewrite(sandbox: &Sandbox, how: &dyn Fn(&mut Events)) {
    let name = change(sandbox);
    let listed = sandbox.git(&["ls-tree", "-r", &name]);
    let mut events: Vec<(u64, String, String)> = Vec::new();
    let mut others = Vec::new();
    for line in listed.lines() {
        let (about, path) = line.split_once('\t').unwrap();
        let id = about.split(' ').nth(2).unwrap();
        let text = sandbox.git(&["cat-file", "blob", id]);
        let event = serde_json::from_str::<serde_json::Value>(&text).ok();
        match event.as_ref().and_then(|event| event["lamport"].as_u64()) {
            Some(number) => events.push((number, path.to_owned(), id.to_owned())),
            None => others.push((path.to_owned(), id.to_owned())),
        }
    }
    events.sort();
    assert_eq!(events.len(), 4, "{listed}");
    let mut files: Vec<(String, String)> =
        events.into_iter().map(|(_, path, id)| (path, id)).collect();
    how(&mut files);
    let index = sandbox.path("index").display().to_string();
    let git = |arguments: &[&str]| {
        let mut command = sandbox.isolated("git");
        command.env("GIT_INDEX_FILE", &index).args(arguments);
        let outcome = Outcome::of(&mut command);
        outcome.ends(0).stdout.trim().to_owned()
    };
    for (path, id) in files.iter().chain(&others) {
        git(&["update-index", "--add", "--cacheinfo", &format!("100644,{id},{path}")]);
    }
    let tree = git(&["write-tree"]);
    let commit = sandbox.git(&["commit-tree", &tree, "-p", &name, "-m", "events"]);
    sandbox.git(&["update-ref", &name, commit.trim()]);
}

#[test]
fn what_cannot_be_decided_never_passes() {
    let mut wrong = String::new();
    for case in CASES {
        let sandbox = site();
        review(&sandbox, "merge-check", &[]).ends(0);
        (case.prepare)(&sandbox);
        let commands: &[&str] = match case.all {
            true => &["merge-check", "status", "diff", "outline", "site"],
            false => &["merge-check"],
        };
        for command in commands {
            let out: &[&str] = if *command == "site" { &["--out", "../review"] } else { &[] };
            let outcome = review(&sandbox, command, &[case.arguments, out].concat());
            let said = outcome.stdout.contains(case.says) || outcome.stderr.contains(case.says);
            if outcome.code != 2 || !said {
                wrong.push_str(&format!("{}: {command}: {outcome}\n", case.name));
            }
        }
        if sandbox.path("review").exists() {
            wrong.push_str(&format!("{}: a review was written\n", case.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A clone that lacks something, and what is said of it there.
fn clone(arguments: &[&str], says: &str) {
    let sandbox = site();
    sandbox.git(&["config", "uploadpack.allowFilter", "true"]);
    let here = format!("file://{}", sandbox.site("").display());
    sandbox.git(
        &[&["clone", "--quiet", "--branch", "topic"], arguments, &[&here, "../clone"]].concat(),
    );
    for command in ["merge-check", "status"] {
        let arguments = ["review", command, "topic", "--base", "main"];
        let mut process = sandbox.command();
        process.current_dir(sandbox.path("clone")).args(arguments);
        Outcome::of(&mut process).ends(2).says(says);
    }
}

#[test]
fn clones_that_lack_something_decide_nothing() {
    clone(&["--depth=1", "--no-single-branch"], "git fetch --unshallow");
    clone(&["--filter=blob:none"], "clone without `--filter`");
    clone(&["--filter=tree:0"], "cannot decide");
    clone(&["--single-branch"], "git fetch origin main");
}

/// What stops a merge, where it seems that nothing can be said.
#[test]
fn what_is_decided_against_a_merge_is_no_doubt() {
    let stopped = |prepare: fn(&Sandbox), says: &str| {
        let sandbox = site();
        prepare(&sandbox);
        review(&sandbox, "merge-check", &["topic"]).ends(1).says(says);
    };
    // Two tables that are one too many, each on its own side.
    stopped(
        |sandbox| {
            let lines = "# line\n".repeat(20);
            let book = format!("[book]\ntitle = \"Pumps\"\n{lines}");
            let base = sandbox.git(&["rev-parse", "main"]);
            sandbox.git(&["checkout", "--quiet", "-B", "main", base.trim()]);
            commit(sandbox, &format!("-- book.toml --\n{book}"));
            sandbox.git(&["checkout", "--quiet", "-B", "topic"]);
            commit(sandbox, &format!("-- book.toml --\n{book}[git]\nfacts = false\n"));
            let book = book.replacen("# line\n", "[git]\nfacts = true\n", 1);
            commit_to_target(sandbox, &format!("-- book.toml --\n{book}"));
        },
        "book.toml",
    );
    // Pages that are shown as their source.
    stopped(
        |sandbox| {
            let book =
                "-- book.toml --\n[book]\ntitle = \"Pumps\"\n[markdown]\nmax-page-bytes = 400\n";
            commit_to_target(sandbox, book);
            sandbox.git(&["merge", "--quiet", "--no-edit", "main"]);
            commit(sandbox, &format!("-- docs/valves.md --\n# Valves\n\n{}", "water ".repeat(200)));
        },
        "text/too-large",
    );
    stopped(
        |sandbox| {
            commit(sandbox, &format!("-- docs/valves.md --\n# Valves\n\n{}x\n", "> ".repeat(400)))
        },
        "text/too-deep",
    );
    stopped(
        |sandbox| {
            commit_to_target(sandbox, "-- docs/valves.md --\n# Valves\n\nA valve is a valve.\n");
        },
        "review/conflict",
    );
    stopped(
        |sandbox| {
            sandbox.write("docs/valves.md", b"# Valves\n\nA valve \xff\n");
            commit(sandbox, "");
        },
        "text/not-utf8",
    );
}

#[test]
fn a_gate_needs_every_file_of_the_commit_that_it_counts_from() {
    let sandbox = site();
    sandbox.run(&["lint", "--since", "main", "--no-cache"]).ends(0);
    std::fs::remove_file(sandbox.site("docs/part/pumps.md")).unwrap();
    sandbox.run(&["lint", "--since", "main", "--no-cache"]).ends(1);
    // A page that is gone, and that nobody can read: whether it had an address is not known.
    lose(&sandbox, "main:docs/part/pumps.md");
    sandbox
        .run(&["lint", "--since", "main", "--no-cache"])
        .ends(2)
        .says("cannot decide what is new");
}
