//! What must not count, however somebody brings it in who can write to the repository: events in the name
//! of others, copies, and what was taken away. As processes, with the keys of `ssh-keygen`, and with git
//! itself as the forger's tool.

use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::sandbox::{Outcome, Sandbox};

const SITE: &str = "\
-- book.toml --
[book]
title = \"Pumps\"
[review]
allowed-signers = \"allowed\"
revoked-signers = \"revoked\"
waive = [\"lea@example.org\"]
[[review.stages]]
id = \"editor\"
people = [\"bob@example.org\"]
-- revoked --
-- docs/index.md --
# Home
-- docs/pump.md --
# Pumps

A pump moves water.
-- docs/valve.md --
# Valves

A valve lets water pass.
";

/// When everything happens that names no other time: 2026-01-10.
const NOW: &str = "1768003200";

/// A repository whose target counts only what is signed. Ada writes, Bob edits, Eve writes too.
struct Signed {
    sandbox: Sandbox,
}

impl Signed {
    /// With some options of Bob's key in the list of those that count.
    fn with(options: &str) -> Signed {
        let sandbox = Sandbox::new(SITE);
        let it = Signed { sandbox };
        let mut allowed = String::new();
        for name in ["ada", "bob", "eve", "old"] {
            let key = it.key(name);
            let made = it
                .sandbox
                .isolated("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f", &key])
                .status()
                .unwrap();
            assert!(made.success());
            let public = it.public(name);
            match name {
                "bob" => allowed.push_str(&format!("bob@example.org {options} {public}")),
                "old" => {
                    let window = "valid-before=\"20260108\"";
                    allowed.push_str(&format!("bob@example.org {window} {public}"));
                }
                _ => allowed.push_str(&format!("{name}@example.org {public}")),
            }
        }
        it.sandbox.write("allowed", allowed);
        it.sandbox.commit_all();
        it.sandbox.git(&["config", "gpg.format", "ssh"]);
        it.sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
        it.commit("-- docs/pump.md --\n# Pumps\n\nA pump moves much water.\n");
        it.by("ada", "ada", NOW, &["open"]).ends(0);
        it
    }

    fn new() -> Signed {
        Signed::with("namespaces=\"copydesk\"")
    }

    fn key(&self, name: &str) -> String {
        self.sandbox.path(&format!("key-{name}")).to_str().unwrap().to_owned()
    }

    fn public(&self, name: &str) -> String {
        std::fs::read_to_string(format!("{}.pub", self.key(name))).unwrap()
    }

    fn commit(&self, files: &str) {
        self.sandbox.add(files);
        self.sandbox.git(&["add", "--all"]);
        self.sandbox.git(&["commit", "--quiet", "-m", "edit"]);
    }

    /// Changes files of the target, and comes back.
    fn target(&self, files: &str) {
        self.sandbox.git(&["checkout", "--quiet", "main"]);
        self.commit(files);
        self.sandbox.git(&["checkout", "--quiet", "topic"]);
    }

    /// `copydesk review` as somebody, with the key of somebody, at some time.
    fn by(&self, name: &str, key: &str, time: &str, arguments: &[&str]) -> Outcome {
        self.sandbox.git(&["config", "user.name", name]);
        self.sandbox.git(&["config", "user.email", &format!("{name}@example.org")]);
        self.sandbox.git(&["config", "user.signingKey", &self.key(key)]);
        self.at(time, arguments)
    }

    fn at(&self, time: &str, arguments: &[&str]) -> Outcome {
        let mut command = self.sandbox.command();
        Outcome::of(command.env("SOURCE_DATE_EPOCH", time).arg("review").args(arguments))
    }

    fn approve(&self) {
        self.by("bob", "bob", NOW, &["approve", "pump.md"]).ends(0);
        assert_eq!(self.cell(NOW), "approved");
    }

    /// The cell of the page in the stage.
    fn cell(&self, time: &str) -> String {
        let status = self.at(time, &["status", "topic", "--json"]).ends(0);
        let status: Value = serde_json::from_str(&status.stdout).unwrap();
        status["sign_off"]["pages"][0]["cells"][0]["state"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    fn refuses(&self, why: &str) {
        assert_eq!(self.cell(NOW), "open");
        self.at(NOW, &["status", "topic"]).ends(0).says("does not count").says(why);
        self.at(NOW, &["merge-check", "topic", "--no-forecast"])
            .ends(1)
            .says("does not count")
            .says(why);
    }

    /// The ref of the change of `topic`, which is the first one.
    fn reference(&self) -> String {
        let refs = ["for-each-ref", "--format=%(refname)", "refs/copydesk/changes"];
        self.sandbox.git(&refs).lines().next().unwrap().to_owned()
    }

    /// The events of a kind, by path in the tree of a ref.
    fn events(&self, reference: &str, kind: &str) -> Vec<(String, String)> {
        let files = self.sandbox.git(&["ls-tree", "-r", "--name-only", reference, "events"]);
        let events = files.lines().filter(|file| file.ends_with(".json"));
        let read =
            |file: &str| self.sandbox.git(&["cat-file", "-p", &format!("{reference}:{file}")]);
        events
            .map(|file| (file.to_owned(), read(file)))
            .filter(|(_, text)| text.contains(&format!("\"kind\":\"{kind}\"")))
            .collect()
    }

    fn signature(&self, reference: &str, event: &str) -> (String, String) {
        let begins = event.strip_suffix("json").unwrap();
        let files = self.sandbox.git(&["ls-tree", "-r", "--name-only", reference, "events"]);
        let file =
            files.lines().find(|file| file.starts_with(begins) && file.ends_with("sig")).unwrap();
        let text = self.sandbox.git(&["cat-file", "-p", &format!("{reference}:{file}")]);
        (file.to_owned(), text)
    }

    /// Moves a ref on to a commit with some files more and some less, with git alone.
    fn rewrite(&self, reference: &str, add: &[(&str, &str)], remove: &[&str]) {
        let index = self.sandbox.path("index");
        let git = |arguments: &[&str]| -> String {
            let mut command = self.sandbox.isolated("git");
            command.args(["-c", "user.name=Eve", "-c", "user.email=eve@example.org"]);
            let output = command.args(arguments).env("GIT_INDEX_FILE", &index).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        git(&["read-tree", reference]);
        for (path, text) in add {
            let file = self.sandbox.path("object");
            std::fs::write(&file, text).unwrap();
            let blob = git(&["hash-object", "-w", file.to_str().unwrap()]);
            git(&["update-index", "--add", "--cacheinfo", &format!("100644,{blob},{path}")]);
        }
        for path in remove {
            git(&["update-index", "--force-remove", path]);
        }
        let tree = git(&["write-tree"]);
        let commit = git(&["commit-tree", &tree, "-p", reference, "-m", "x"]);
        git(&["update-ref", reference, &commit]);
    }

    /// Somebody else's signature of a text, with a key.
    fn sign(&self, key: &str, text: &str) -> String {
        let file = self.sandbox.path("event");
        std::fs::write(&file, text).unwrap();
        let signature = self.sandbox.path("event.sig");
        drop(std::fs::remove_file(&signature));
        let mut command = self.sandbox.isolated("ssh-keygen");
        command.args(["-q", "-Y", "sign", "-n", "copydesk", "-f", &self.key(key)]).arg(&file);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read_to_string(signature).unwrap()
    }
}

/// Where an event stands, by its bytes.
fn path_of(text: &str) -> String {
    let id = hex(text);
    format!("events/{}/{id}.json", &id[..2])
}

fn signature_path(event: &str, name: &str) -> String {
    format!("{}.{}.sig", path_of(event).strip_suffix(".json").unwrap(), &hex(name)[..10])
}

fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The event with some of its fields changed, as the bytes that are kept.
fn forged(event: &str, change: impl Fn(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(event).unwrap();
    change(&mut value);
    format!("{}\n", serde_json::to_string(&value).unwrap())
}

#[test]
fn nobody_speaks_in_the_name_of_somebody_else() {
    let it = Signed::new();
    // With the name of Bob, and another key than his.
    it.by("bob", "eve", NOW, &["approve", "pump.md"]).ends(0);
    it.refuses("no key that `bob@example.org` may sign with made the signature");
    // With the name of Bob, and no key.
    it.sandbox.git(&["config", "--unset", "user.signingKey"]);
    it.at(NOW, &["approve", "pump.md"]).ends(2).says("git has no key of yours");
    // The same written past the command.
    let reference = it.reference();
    let (_, approval) = it.events(&reference, "approve").remove(0);
    let unsigned = forged(&approval, |event| event["body"]["note"] = "mine".into());
    it.rewrite(&reference, &[(&path_of(&unsigned), &unsigned)], &[]);
    it.refuses("it is not signed");
    // Eve's own signature under what says that Bob said it.
    let renamed = forged(&approval, |event| event["author"]["name"] = "Robert".into());
    let signature = it.sign("eve", &renamed);
    let files = [
        (path_of(&renamed), renamed.as_str()),
        (signature_path(&renamed, "eve"), signature.as_str()),
    ];
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    it.rewrite(&reference, &files, &[]);
    it.refuses("Robert");
    // What is not signed does not hold a merge up either, and says so.
    let hold = forged(&approval, |event| {
        event["kind"] = "hold".into();
        event["body"] = json!({ "reason": "I say so" });
    });
    it.rewrite(&reference, &[(&path_of(&hold), &hold)], &[]);
    it.approve();
    it.at(NOW, &["merge-check", "topic", "--no-forecast", "--fail-on", "error"])
        .ends(0)
        .says("`hold` by bob")
        .keeps_quiet_about("holds the merge up");
}

#[test]
fn an_approval_says_nothing_of_anything_else() {
    let it = Signed::new();
    it.approve();
    let reference = it.reference();
    let (path, approval) = it.events(&reference, "approve").remove(0);
    let (signature_file, signature) = it.signature(&reference, &path);

    // Of other bytes of the page.
    it.commit("-- docs/pump.md --\n# Pumps\n\nA pump moves no water.\n");
    assert_eq!(it.cell(NOW), "reopened");
    // With the digests of these bytes put into it, the signature is of something else.
    let status = it.at(NOW, &["status", "topic", "--json"]).ends(0);
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    let digests = &status["sign_off"]["pages"][0]["digests"];
    let fitting = forged(&approval, |event| event["body"]["pages"][0]["digests"] = digests.clone());
    it.rewrite(
        &reference,
        &[(&path_of(&fitting), &fitting), (&signature_path(&fitting, "bob"), &signature)],
        &[],
    );
    assert_eq!(it.cell(NOW), "reopened");
    it.at(NOW, &["status", "topic"]).ends(0).says("the signature is not of these bytes");

    // Of a merge into another branch: as it was said, and with the name of the other branch in it.
    it.sandbox.git(&["branch", "release", "main"]);
    let change = reference.rsplit('/').next().unwrap();
    let other = ["merge-check", "topic", "--base", "release", "--change", change, "--no-forecast"];
    it.at(NOW, &other).ends(1).says("it is about a merge into `main`");
    it.at(NOW, &["merge-check", "topic", "--base", "release", "--no-forecast"])
        .ends(1)
        .says("is not signed off");

    // Of another branch with the same bytes: its change does not take what was said of this one.
    it.sandbox.git(&["checkout", "--quiet", "-b", "other", "main"]);
    it.commit("-- docs/pump.md --\n# Pumps\n\nA pump moves much water.\n");
    let before = it.sandbox.git(&["for-each-ref", "--format=%(refname)", "refs/copydesk/changes"]);
    it.by("ada", "ada", NOW, &["open"]).ends(0);
    let after = it.sandbox.git(&["for-each-ref", "--format=%(refname)", "refs/copydesk/changes"]);
    let new = after.lines().find(|name| !before.contains(*name)).unwrap();
    it.at(NOW, &["merge-check", "other", "--no-forecast"]).ends(1);
    it.rewrite(new, &[(&path, &approval), (&signature_file, &signature)], &[]);
    it.at(NOW, &["merge-check", "other", "--no-forecast"])
        .ends(2)
        .says("was written for another change");
}

#[test]
fn what_is_taken_away_is_missed_wherever_it_is_looked_for() {
    for what in ["the event", "its signature"] {
        let it = Signed::new();
        it.sandbox.git(&["init", "--quiet", "--bare", "../hub"]);
        it.sandbox.git(&["remote", "add", "origin", "../hub"]);
        it.sandbox.git(&["push", "--quiet", "origin", "main", "topic"]);
        it.by("bob", "bob", NOW, &["reject", "pump.md", "-m", "Too much."]).ends(0);
        it.at(NOW, &["sync"]).ends(0);
        // The last event, which no other one has seen, is taken out by a commit that comes from the
        // tip: nothing is rolled back, and nothing is missing that another event names.
        let reference = it.reference();
        let (path, _) = it.events(&reference, "reject").remove(0);
        let (signature, _) = it.signature(&reference, &path);
        match what {
            "the event" => it.rewrite(&reference, &[], &[&path, &signature]),
            _ => it.rewrite(&reference, &[], &[&signature]),
        }
        it.sandbox.git(&["push", "--quiet", "origin", &reference]);
        it.at(NOW, &["merge-check", "topic"]).ends(2).says("was taken away");
        it.at(NOW, &["status", "topic"]).ends(2).says("was taken away");

        // A clone that has never seen it: as it comes with git alone, and with `sync`.
        it.sandbox.git(&["clone", "--quiet", "--branch", "topic", "../hub", "../clone"]);
        let clone = |program: &str, arguments: &[&str]| {
            let mut command = it.sandbox.isolated(program);
            command.current_dir(it.sandbox.path("clone")).env("SOURCE_DATE_EPOCH", NOW);
            Outcome::of(command.args(arguments))
        };
        let program = env!("CARGO_BIN_EXE_copydesk");
        clone("git", &["fetch", "--quiet", "origin", "+refs/copydesk/*:refs/copydesk/*"]).ends(0);
        clone(program, &["review", "merge-check"]).ends(2).says("was taken away");
        clone(program, &["review", "sync", "--fetch-only"]).ends(0).says("they were put back");
        clone(program, &["review", "merge-check"]).ends(1).says("was rejected by bob");

        // Whoever had it puts it back for all.
        it.at(NOW, &["sync"]).ends(0).says("put back");
        it.at(NOW, &["merge-check", "topic"]).ends(1).says("was rejected by bob");
        clone(program, &["review", "sync", "--fetch-only"]).ends(0);
        clone(program, &["review", "merge-check"]).ends(1).says("was rejected by bob");
    }
}

#[test]
fn a_branch_is_not_taken_away_from_what_was_said_about_it() {
    let it = Signed::new();
    it.by("bob", "bob", NOW, &["reject", "pump.md", "-m", "Too much."]).ends(0);
    // Somebody says, without a key, that the change is of another branch by now.
    let reference = it.reference();
    let (_, rejection) = it.events(&reference, "reject").remove(0);
    let request = forged(&rejection, |event| {
        event["kind"] = "request".into();
        event["lamport"] = 99.into();
        event["body"] = json!({ "branch": "other" });
    });
    it.rewrite(&reference, &[(&path_of(&request), &request)], &[]);
    it.at(NOW, &["merge-check", "topic"]).ends(1).says("was rejected by bob");
}

#[test]
fn a_key_that_is_revoked_or_taken_off_the_list_closes_nothing_any_more() {
    let it = Signed::new();
    it.approve();
    let bob = it.public("bob");
    it.target(&format!("-- revoked --\n{bob}"));
    it.refuses("the key was revoked");
    it.by("bob", "bob", NOW, &["approve", "pump.md"]).ends(0);
    it.refuses("the key was revoked");
    it.target("-- revoked --\n");
    assert_eq!(it.cell(NOW), "approved");
    let allowed = it.sandbox.read("site/allowed");
    let others: String = allowed.lines().filter(|line| !line.contains("bob@")).collect();
    it.target(&format!("-- allowed --\n{others}\n"));
    it.refuses("no key that `bob@example.org` may sign with made the signature");
    // A list that names no key at all, or that is not there, lets nothing pass.
    it.target("-- allowed --\n");
    it.refuses("no key that");
    it.sandbox.git(&["checkout", "--quiet", "main"]);
    it.sandbox.git(&["rm", "--quiet", "allowed"]);
    it.sandbox.git(&["commit", "--quiet", "-m", "no list"]);
    it.sandbox.git(&["checkout", "--quiet", "topic"]);
    it.at(NOW, &["merge-check", "topic"]).ends(2).says("`allowed`");
}

#[test]
fn a_branch_names_no_keys() {
    let it = Signed::new();
    let allowed = it.sandbox.read("site/allowed");
    let eve = it.public("eve");
    it.commit(&format!("-- allowed --\n{allowed}bob@example.org {eve}"));
    it.by("bob", "eve", NOW, &["approve", "pump.md"]).ends(0);
    it.refuses("no key that");
    it.at(NOW, &["merge-check", "topic", "--no-forecast"])
        .ends(1)
        .says("what reviews are decided by (allowed)");
}

#[test]
fn a_key_counts_from_its_first_day_to_its_last() {
    let (before, after) = ("1765324800", "1773100800");
    let it = Signed::with("valid-after=\"20260101\",valid-before=\"20260201\"");
    it.approve();
    // By now it is past its date, and so is what it has signed while it was not.
    assert_eq!(it.cell(after), "open");
    it.at(after, &["status", "topic"]).ends(0).says("the key is not valid at this time, by now");
    // Who has an old key can name an old time.
    it.by("bob", "bob", NOW, &["approve", "pump.md", "--stage", "editor", "-m", "again"]).ends(0);
    assert_eq!(it.cell(after), "open");
    // Before its first day.
    let early = Signed::with("valid-after=\"20260101\",valid-before=\"20260201\"");
    early.by("bob", "bob", before, &["approve", "pump.md"]).ends(0);
    early.refuses("the key is not valid at this time");
}

#[test]
fn one_good_signature_lends_nothing_to_another_event() {
    let it = Signed::new();
    it.approve();
    let reference = it.reference();
    let (_, approval) = it.events(&reference, "approve").remove(0);
    // Whoever has Bob's old key, which is past its date, signs what Bob has signed with his new one...
    let old = it.sign("old", &approval);
    it.rewrite(&reference, &[(&signature_path(&approval, "old"), &old)], &[]);
    assert_eq!(it.cell(NOW), "approved");
    // ...and then an event of their own, from before that date, with both kinds of signatures beside it.
    it.commit("-- docs/pump.md --\n# Pumps\n\nA pump moves no water.\n");
    let status = it.at(NOW, &["status", "topic", "--json"]).ends(0);
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    let digests = &status["sign_off"]["pages"][0]["digests"];
    let own = forged(&approval, |event| {
        event["time"] = 1_767_500_000.into();
        event["lamport"] = 99.into();
        event["body"]["pages"][0]["digests"] = digests.clone();
    });
    let (path, _) = it.events(&reference, "approve").remove(0);
    let (_, good) = it.signature(&reference, &path);
    let files = [
        (path_of(&own), own.clone()),
        (signature_path(&own, "old"), it.sign("old", &own)),
        (signature_path(&own, "bob"), good),
    ];
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    it.rewrite(&reference, &files, &[]);
    assert_eq!(it.cell(NOW), "reopened");
}

#[test]
fn what_a_stranger_writes_stays_text_in_every_format() {
    let it = Signed::new();
    let text = "\u{1b}]0;x\u{7}\u{1b}[31m\u{202e}evil\u{2066} \u{9b}2J\r::error::x\n::set-output name=a::b\n\
                | a | `b` <script>alert(1)</script> [x](javascript:alert(2)) ]]> @all <!-- --> \" ' &amp;";
    it.sandbox.git(&["config", "user.name", "Eve\u{1b}[31m\u{202e}\r::error::y"]);
    it.sandbox.git(&["config", "user.email", "eve@example.org"]);
    it.sandbox.git(&["config", "user.signingKey", &it.key("eve")]);
    it.at(NOW, &["comment", "docs/pump.md:3", "--blocking", "-m", text]).ends(0);
    it.at(NOW, &["hold", "-m", text]).ends(0);
    let bad = |said: &str| {
        said.chars().find(|c| {
        matches!(c, '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
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
        let check =
            it.at(NOW, &["merge-check", "topic", "--no-forecast", "--format", format]).ends(1);
        let said = format!("{}{}", check.stdout, check.stderr);
        assert_eq!(bad(&said), None, "{format}: {said:?}");
        let commands = said.lines().filter(|line| line.starts_with("::"));
        let ours = commands.clone().filter(|line| line.contains("title=review/")).count();
        assert_eq!(commands.count(), ours, "{format}: {said}");
        if ["junit", "checkstyle", "markdown"].contains(&format) {
            let active = said.replace("\\<", "");
            assert!(!active.contains("<script"), "{format}: {said}");
        }
    }
    for arguments in [&["status", "topic"][..], &["status", "topic", "--json"]] {
        let status = it.at(NOW, arguments).ends(0);
        assert_eq!(bad(&status.stdout), None, "{status}");
    }
    // A program that reads the JSON has the text as it was written.
    let status = it.at(NOW, &["status", "topic", "--json"]).ends(0);
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    assert_eq!(status["threads"][0]["text"], text);
}

#[test]
fn nobody_approves_what_is_their_own_work() {
    const APPROVE: [&str; 4] = ["approve", "pump.md", "--stage", "editor"];
    let it = Signed::new();
    it.target("-- .mailmap --\nBob <bob@example.org> <bob@home.example>\n");
    // Bob writes with another address.
    let as_bob = ["-c", "user.name=Bob", "-c", "user.email=bob@home.example"];
    it.sandbox.add("-- docs/pump.md --\n# Pumps\n\nA pump moves water away.\n");
    it.sandbox.git(&[&as_bob[..], &["commit", "--quiet", "--all", "-m", "edit"]].concat());
    it.by("bob", "bob", NOW, &APPROVE).ends(2).says("those who wrote a page");
    it.sandbox.git(&["reset", "--quiet", "--hard", "HEAD^"]);
    it.by("bob", "bob", NOW, &["approve", "pump.md"]).ends(0);

    // Ada commits, and says that Bob wrote it with her.
    it.sandbox.add("-- docs/pump.md --\n# Pumps\n\nA pump moves water away.\n");
    let message = "edit\n\nCo-authored-by: Bob <Bob@example.org>";
    it.sandbox.git(&["commit", "--quiet", "--all", "-m", message]);
    it.by("bob", "bob", NOW, &APPROVE).ends(2).says("those who wrote a page");
    assert_eq!(it.cell(NOW), "open");
    it.sandbox.git(&["reset", "--quiet", "--hard", "HEAD^"]);

    // What Bob suggests and Ada takes over, two have looked at.
    it.by("bob", "bob", NOW, &["suggest", "docs/pump.md:3:8-12", "--replace", "lifts"]).ends(0);
    it.by("ada", "ada", NOW, &["apply", "--all"]).ends(0);
    let log = it.sandbox.git(&["log", "-1", "--format=%B"]);
    assert!(log.contains("Co-authored-by: bob <bob@example.org>"), "{log}");
    it.by("bob", "bob", NOW, &["approve", "pump.md"]).ends(0);
    assert_eq!(it.cell(NOW), "approved");
    // That a commit names a suggestion which there is not helps nobody.
    it.sandbox.git(&[
        "commit",
        "--quiet",
        "--amend",
        "-m",
        "edit\n\n- x: 0123456789\n\nCo-authored-by: Bob <bob@example.org>",
    ]);
    assert_eq!(it.cell(NOW), "open");
}

#[test]
fn what_was_only_heard_from_the_remote_is_not_known() {
    let it = Signed::new();
    let book = it.sandbox.read("site/book.toml");
    it.target(&format!(
        "-- book.toml --\n{}",
        book.replace("[review]", "[review]\nexpect-tip = true")
    ));
    it.sandbox.git(&["init", "--quiet", "--bare", "../hub"]);
    it.sandbox.git(&["remote", "add", "origin", "../hub"]);
    it.sandbox.git(&["push", "--quiet", "origin", "main", "topic"]);
    it.by("bob", "bob", NOW, &["approve", "pump.md"]).ends(0);
    it.at(NOW, &["sync"]).ends(0);
    // The clone that opened the change knows it.
    it.at(NOW, &["merge-check", "topic", "--no-forecast"]).ends(0);
    let tip = it.sandbox.git(&["rev-parse", &it.reference()]);
    it.sandbox.git(&["clone", "--quiet", "--branch", "topic", "../hub", "../job"]);
    let job = |arguments: &[&str]| -> Outcome {
        let mut command: Command = it.sandbox.command();
        command.current_dir(it.sandbox.path("job")).env("SOURCE_DATE_EPOCH", NOW);
        Outcome::of(command.arg("review").args(arguments))
    };
    job(&["sync", "--fetch-only"]).ends(0);
    let check = ["merge-check", "topic", "--base", "origin/main", "--no-forecast"];
    job(&check).ends(2).says("`expect-tip` is set");
    // Neither to look at it, nor to ask again, makes it known.
    job(&["status", "topic"]).ends(0);
    job(&["sync", "--fetch-only"]).ends(0);
    job(&check).ends(2).says("`expect-tip` is set");
    job(&[&check[..], &["--expect-tip", tip.trim()]].concat()).ends(0);
    // From now on it is.
    job(&check).ends(0);
    job(&[&check[..], &["--expect-tip", &"0".repeat(40)]].concat()).ends(2);
    let site = ["site", "topic", "--base", "origin/main", "--out", "../review"];
    job(&[&site[..], &["--expect-tip", &"0".repeat(40)]].concat()).ends(2).says("taken away");
    job(&[&site[..], &["--change", "ffff"]].concat()).ends(2).says("there is no change `ffff`");
    job(&[&site[..], &["--expect-tip", tip.trim()]].concat()).ends(0);
}

#[test]
fn without_ssh_keygen_nothing_that_is_signed_is_decided() {
    let it = Signed::new();
    it.approve();
    let check = ["review", "merge-check", "topic", "--no-forecast"];
    let without = |arguments: &[&str]| {
        let mut command = it.sandbox.command();
        command.env("SOURCE_DATE_EPOCH", NOW).env("PATH", it.sandbox.path("home"));
        Outcome::of(command.args(check).args(arguments))
    };
    without(&[]).ends(2).says("`ssh-keygen` cannot be run");
    it.at(NOW, &check[1..]).ends(0);
    without(&["--no-cache"]).ends(2).says("`ssh-keygen` cannot be run");
}

#[test]
fn another_signature_under_the_name_of_one_is_no_signature() {
    let it = Signed::new();
    it.by("bob", "bob", NOW, &["reject", "pump.md", "-m", "Too much."]).ends(0);
    let reference = it.reference();
    let (path, _) = it.events(&reference, "reject").remove(0);
    let (signature, _) = it.signature(&reference, &path);
    it.rewrite(&reference, &[(&signature, "none")], &[]);
    it.at(NOW, &["merge-check", "topic"]).ends(2).says("was taken away");
    it.at(NOW, &["status", "topic"]).ends(2).says("was taken away");
}
