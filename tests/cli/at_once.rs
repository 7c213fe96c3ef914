//! Several people, or several commands of one, say something at the same moment; some of them are ended in
//! the middle of it. `tests/bench/review_writers.py` does the same with more of everything.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use super::sandbox::{Outcome, Sandbox};

const SITE: &str = "-- docs/index.md --\n# Home\n\nThe first page.\n";

/// The site on a branch `topic` that is open for review.
fn opened() -> Sandbox {
    let sandbox = Sandbox::new(SITE);
    sandbox.commit_all();
    sandbox.git(&["config", "user.name", "Ada"]);
    sandbox.git(&["config", "user.email", "ada@example.org"]);
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    sandbox.add("-- docs/index.md --\n# Home\n\nThe very first page.\n");
    sandbox.git(&["commit", "--quiet", "--all", "-m", "edit"]);
    sandbox.run(&["review", "open"]).ends(0);
    sandbox
}

fn review(sandbox: &Sandbox, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = sandbox.command();
    command.current_dir(folder).arg("review").args(arguments);
    command
}

/// Says something; gives the id of the event.
fn comment(sandbox: &Sandbox, folder: &Path, text: &str) -> String {
    let said = review(sandbox, folder, &["comment", "--no-cache", "-m", text]).output().unwrap();
    let said = Outcome {
        code: said.status.code().unwrap_or(-1),
        stdout: String::from_utf8(said.stdout).unwrap(),
        stderr: String::from_utf8(said.stderr).unwrap(),
    };
    said.ends(0).stdout.trim().to_owned()
}

/// The ids of what was said, as a clone has it.
fn known(sandbox: &Sandbox, folder: &Path) -> BTreeSet<String> {
    let status = Outcome::of(&mut review(sandbox, folder, &["status", "--json"])).ends(0);
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    let threads = status["threads"].as_array().unwrap();
    threads.iter().map(|thread| thread["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn in_one_repository_nothing_is_lost() {
    let sandbox = opened();
    let folder = sandbox.path("site");
    let said: Vec<String> = thread::scope(|scope| {
        let writers: Vec<_> = (0..5)
            .map(|writer| {
                let (sandbox, folder) = (&sandbox, &folder);
                scope.spawn(move || -> Vec<String> {
                    let one = |n| comment(sandbox, folder, &format!("{writer} says {n}"));
                    (0..6).map(one).collect()
                })
            })
            .collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    let said: BTreeSet<String> = said.into_iter().collect();
    assert_eq!(said.len(), 30);
    assert_eq!(known(&sandbox, &folder), said);
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
}

#[test]
fn through_a_remote_nothing_is_lost() {
    const CLONES: usize = 4;
    let sandbox = opened();
    sandbox.git(&["init", "--quiet", "--bare", "../hub"]);
    sandbox.git(&["remote", "add", "origin", "../hub"]);
    sandbox.git(&["push", "--quiet", "origin", "main", "topic"]);
    sandbox.run(&["review", "sync"]).ends(0);
    let clones: Vec<_> = (0..CLONES).map(|n| sandbox.path(&format!("clone-{n}"))).collect();
    for (n, clone) in clones.iter().enumerate() {
        let to = clone.to_str().unwrap();
        sandbox.git(&["clone", "--quiet", "--branch", "topic", "../hub", to]);
        for (key, value) in [("user.name", "P"), ("user.email", &format!("p{n}@example.org"))] {
            sandbox.git(&["-C", to, "config", key, value]);
        }
        Outcome::of(&mut review(&sandbox, clone, &["sync"])).ends(0);
    }
    let said: BTreeSet<String> = thread::scope(|scope| {
        let writers: Vec<_> = clones
            .iter()
            .map(|clone| {
                let sandbox = &sandbox;
                scope.spawn(move || -> Vec<String> {
                    let one = |n: u32| {
                        let id = comment(sandbox, clone, &format!("{n}"));
                        Outcome::of(&mut review(sandbox, clone, &["sync"])).ends(0);
                        id
                    };
                    (0..3).map(one).collect()
                })
            })
            .collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(said.len(), 3 * CLONES);
    for clone in &clones {
        Outcome::of(&mut review(&sandbox, clone, &["sync"])).ends(0);
        assert_eq!(known(&sandbox, clone), said);
    }
    sandbox.git(&["-C", "../hub", "fsck", "--strict", "--no-dangling"]);
}

#[test]
fn what_was_said_stays_whenever_the_next_command_is_ended() {
    const KILLS: u32 = 20;
    let sandbox = opened();
    let folder = sandbox.path("site");
    let start = std::time::Instant::now();
    let mut said = BTreeSet::from([comment(&sandbox, &folder, "first")]);
    let duration = start.elapsed();
    for kill in 0..KILLS {
        let text = format!("ended {kill}");
        let mut child = review(&sandbox, &folder, &["comment", "--no-cache", "-m", &text])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        #[expect(clippy::disallowed_methods, reason = "an arbitrary moment is the point")]
        thread::sleep(duration * (kill + 1) / KILLS);
        drop(child.kill());
        let mut told = String::new();
        child.stdout.take().unwrap().read_to_string(&mut told).unwrap();
        child.wait().unwrap();
        // What it told of is written; of the others some are.
        if told.trim().len() == 64 {
            said.insert(told.trim().to_owned());
        }
        if kill % 5 == 4 {
            said.insert(comment(&sandbox, &folder, &format!("after {kill}")));
            assert!(known(&sandbox, &folder).is_superset(&said), "after {kill}");
        }
    }
    sandbox.git(&["fsck", "--strict", "--no-dangling"]);
    // A lock that was left behind is no end of it.
    let change = sandbox.git(&["for-each-ref", "--format=%(refname)", "refs/copydesk/changes"]);
    sandbox.write(&format!(".git/{}.lock", change.trim()), "");
    said.insert(comment(&sandbox, &folder, "last"));
    assert!(known(&sandbox, &folder).is_superset(&said));
}
