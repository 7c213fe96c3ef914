//! Who has signed off what, as processes on real repositories: clones that share a bare remote.

use std::process::Command;

use super::sandbox::{Outcome, Sandbox};

const SITE: &str = "\
-- book.toml --
[book]
title = \"Pumps\"
[review]
waive = [\"lead\"]
[review.roles]
editor = [\"editor@example.org\"]
dev = [\"dev@example.org\"]
qa = [\"qa@example.org\"]
lead = [\"lead@example.org\"]
[[review.stages]]
id = \"editor\"
roles = [\"editor\"]
digest = \"prose\"
[[review.stages]]
id = \"dev\"
roles = [\"dev\"]
[[review.stages]]
id = \"qa\"
roles = [\"qa\"]
after = [\"editor\", \"dev\"]
digest = \"render\"
-- docs/index.md --
# Home
-- docs/a.md --
# A

Water flows through the pump.
-- docs/b.md --
# B

Water flows through the valve.
";

/// Three people, each with a clone, and the remote that they share.
struct Team {
    sandbox: Sandbox,
}

impl Team {
    /// The branch `topic` edits two pages, and everybody has it checked out.
    fn new() -> Team {
        let sandbox = Sandbox::new(SITE);
        sandbox.commit_all();
        sandbox.git(&["init", "--quiet", "--bare", "../hub"]);
        sandbox.git(&["remote", "add", "origin", "../hub"]);
        sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
        sandbox.add(
            "-- docs/a.md --\n# A\n\nWater flows quickly.\n-- docs/b.md --\n# B\n\nWater waits.\n",
        );
        sandbox.git(&["commit", "--quiet", "--all", "-m", "edit"]);
        sandbox.git(&["push", "--quiet", "origin", "main", "topic"]);
        let team = Team { sandbox };
        for who in ["editor", "dev", "qa"] {
            team.sandbox.git(&[
                "clone",
                "--quiet",
                "--branch",
                "topic",
                "../hub",
                &format!("../{who}"),
            ]);
            team.named(who);
        }
        team.sandbox.git(&["config", "user.name", "writer"]);
        team.sandbox.git(&["config", "user.email", "writer@example.org"]);
        team
    }

    fn named(&self, who: &str) {
        for (key, value) in
            [("user.name", who.to_owned()), ("user.email", format!("{who}@example.org"))]
        {
            let done = self.at(who, "git").args(["config", key, &value]).status().unwrap();
            assert!(done.success());
        }
    }

    fn at(&self, who: &str, program: &str) -> Command {
        let mut command = self.sandbox.isolated(program);
        command.current_dir(self.sandbox.path(who));
        command
    }

    /// `copydesk review` in somebody's clone; the writer's is `site`.
    fn review(&self, who: &str, arguments: &[&str]) -> Outcome {
        let program = env!("CARGO_BIN_EXE_copydesk");
        Outcome::of(self.at(who, program).arg("review").args(arguments))
    }

    /// The same between two exchanges with the remote.
    fn shared(&self, who: &str, arguments: &[&str]) {
        self.review(who, &["sync"]).ends(0);
        self.review(who, arguments).ends(0);
        self.review(who, &["sync"]).ends(0);
    }

    /// The cells of a page as the writer sees them.
    fn cells(&self, page: &str) -> String {
        self.review("site", &["sync"]).ends(0);
        let status = self.review("site", &["status", "topic", "--json"]).ends(0);
        let status: serde_json::Value = serde_json::from_str(&status.stdout).unwrap();
        let rows = status["sign_off"]["pages"].as_array().unwrap();
        let row = rows.iter().find(|row| row["path"] == page).unwrap();
        let cells = row["cells"].as_array().unwrap();
        cells.iter().map(|cell| cell["state"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
    }
}

#[test]
fn a_branch_is_signed_off_by_three_clones() {
    let team = Team::new();
    team.review("site", &["open"]).ends(0).says("opened topic into main for review");
    team.review("site", &["sync"]).ends(0).says("1 event to it");
    // On two clones at the same time.
    team.review("editor", &["sync"]).ends(0);
    team.review("dev", &["sync"]).ends(0);
    team.review("editor", &["approve", "docs/a.md", "b.md"]).ends(0).says("approved 2 pages");
    team.review("dev", &["reject", "a.md", "-m", "Not so \u{1b}[31m\u{202e}fast"]).ends(0);
    team.review("editor", &["sync"]).ends(0);
    team.review("dev", &["sync"]).ends(0);
    assert_eq!(team.cells("docs/a.md"), "approved rejected waiting");
    assert_eq!(team.cells("docs/b.md"), "approved open waiting");
    let status = team.review("site", &["status", "topic"]).ends(0).says("rejected by dev");
    assert!(!status.stdout.contains(['\u{1b}', '\u{202e}']), "{status}");
    team.review("site", &["merge-check", "topic", "--no-forecast"])
        .ends(1)
        .says("`docs/a.md` was rejected by dev in dev");

    // The writer edits one page, and rebases onto a target that went on elsewhere.
    team.sandbox.git(&["checkout", "--quiet", "main"]);
    team.sandbox.add("-- docs/c.md --\n# C\n\nNew on the target.\n");
    team.sandbox.git(&["add", "--all"]);
    team.sandbox.git(&["commit", "--quiet", "-m", "target"]);
    team.sandbox.git(&["checkout", "--quiet", "topic"]);
    team.sandbox.add("-- docs/a.md --\n# A\n\nWater flows slowly.\n");
    team.sandbox.git(&["commit", "--quiet", "--all", "-m", "slowly"]);
    team.sandbox.git(&["rebase", "--quiet", "main"]);
    team.sandbox.git(&["push", "--quiet", "--force", "origin", "main", "topic"]);
    assert_eq!(team.cells("docs/a.md"), "reopened reopened waiting");
    assert_eq!(team.cells("docs/b.md"), "approved open waiting");

    for who in ["editor", "dev", "qa"] {
        let update =
            ["fetch", "--quiet", "origin", "+main:main", "+topic:refs/remotes/origin/topic"];
        assert!(team.at(who, "git").args(update).status().unwrap().success());
        let reset = ["reset", "--quiet", "--hard", "origin/topic"];
        assert!(team.at(who, "git").args(reset).status().unwrap().success());
        team.shared(who, &["approve", "--all"]);
    }
    assert_eq!(team.cells("docs/a.md"), "approved approved approved");
    team.review("site", &["status", "topic"]).ends(0).says("reviews complete");
    team.review("site", &["merge-check", "topic", "--no-forecast"])
        .ends(0)
        .says("sign-offs are advisory");
    team.review("site", &["hold", "-m", "next release"]).ends(0);
    team.review("site", &["merge-check", "topic", "--no-forecast"]).ends(1).says("next release");
    team.review("site", &["release"]).ends(0);
    team.review("site", &["merge-check", "topic", "--no-forecast"]).ends(0);
}

#[test]
fn a_ref_that_is_rolled_back_decides_nothing_until_it_is_put_back() {
    let team = Team::new();
    team.review("site", &["open"]).ends(0);
    let name = team.sandbox.git(&["for-each-ref", "--format=%(refname)", "refs/copydesk/changes"]);
    let before = team.sandbox.git(&["rev-parse", name.trim()]);
    team.review("site", &["hold", "-m", "not yet"]).ends(0);
    let tip = team.sandbox.git(&["rev-parse", name.trim()]);
    team.sandbox.git(&["update-ref", name.trim(), before.trim()]);
    team.review("site", &["merge-check"]).ends(2).says("something was taken away");
    team.review("site", &["status"]).ends(2);
    team.review("site", &["sync"]).ends(0).says("they were put back");
    team.review("site", &["merge-check"]).ends(1).says("not yet");
    team.review("site", &["merge-check", "--expect-tip", tip.trim()]).ends(1);
    team.review("site", &["merge-check", "--expect-tip", &"0".repeat(40)]).ends(2);
    // The remote loses it, and gets it back.
    team.sandbox.git(&["push", "--quiet", "origin", &format!(":{}", name.trim())]);
    team.review("site", &["sync"]).ends(0).says("2 events to it").says("the remote had lost");
    team.review("qa", &["sync"]).ends(0).says("2 events from origin");
}

#[test]
fn a_branch_does_not_judge_itself() {
    let team = Team::new();
    team.review("site", &["open"]).ends(0);
    // It makes its writer an editor, and lets writers approve.
    let book =
        SITE.split("-- docs").next().unwrap().replace("editor@example.org", "writer@example.org");
    team.sandbox.add(&book.replace("waive =", "self-approval = true\nwaive ="));
    team.sandbox.git(&["commit", "--quiet", "--all", "-m", "policy"]);
    team.review("site", &["approve", "a.md", "--stage", "editor"]).ends(2).says("may not approve");
    team.review("site", &["merge-check"]).ends(1).says("what reviews are decided by (book.toml)");
    team.review("site", &["approve", "policy"]).ends(2).says("may not approve");
    team.review("site", &["waive", "--stage", "qa", "-m", "x"]).ends(2).says("may not waive");
}
