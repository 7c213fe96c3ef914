//! People with a clone each, and the bare remote that they share.

use std::process::Command;

use super::sandbox::{Outcome, Sandbox};

/// Whoever writes has the clone `site`; each other one a clone of their name.
pub struct Team {
    pub sandbox: Sandbox,
    /// When they say what they say, in seconds since 1970; by the clock where there is none.
    pub time: Option<i64>,
}

impl Team {
    /// A site on `main`, which its writer has, and the others, who have `main` checked out. Where `signed`,
    /// everybody has a key, and `allowed_signers` on `main` names all of them.
    pub fn new(site: &str, others: &[&str], signed: bool) -> Team {
        let team = Team { sandbox: Sandbox::new(site), time: None };
        if signed {
            team.make_keys(others);
        }
        let sandbox = &team.sandbox;
        sandbox.commit_all();
        sandbox.git(&["init", "--quiet", "--bare", "../hub"]);
        sandbox.git(&["remote", "add", "origin", "../hub"]);
        sandbox.git(&["push", "--quiet", "origin", "main"]);
        for who in others {
            sandbox.git(&["clone", "--quiet", "../hub", &format!("../{who}")]);
        }
        for who in ["site"].iter().chain(others) {
            team.named(who, signed);
        }
        team
    }

    /// The key of somebody.
    fn key(&self, who: &str) -> std::path::PathBuf {
        self.sandbox.path(&format!("keys/{who}"))
    }

    fn make_keys(&self, others: &[&str]) {
        std::fs::create_dir(self.sandbox.path("keys")).unwrap();
        let mut allowed = String::new();
        for who in ["site"].iter().chain(others) {
            let made = self
                .sandbox
                .isolated("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-N", "", "-f"])
                .arg(self.key(who))
                .status()
                .unwrap();
            assert!(made.success());
            let public = std::fs::read_to_string(self.key(who).with_extension("pub")).unwrap();
            allowed += &format!("{} namespaces=\"copydesk\" {public}", address(who));
        }
        self.sandbox.write("allowed_signers", allowed);
        let book = self.sandbox.read("site/book.toml");
        let book = book.replace("[review]\n", "[review]\nallowed-signers = \"allowed_signers\"\n");
        self.sandbox.write("book.toml", book);
    }

    fn named(&self, who: &str, signed: bool) {
        let name = if who == "site" { "writer" } else { who };
        self.git(who, &["config", "user.name", name]);
        self.git(who, &["config", "user.email", &address(who)]);
        if signed {
            self.git(who, &["config", "gpg.format", "ssh"]);
            self.git(who, &["config", "user.signingKey", self.key(who).to_str().unwrap()]);
        }
    }

    /// A program in somebody's clone.
    pub fn at(&self, who: &str, program: &str) -> Command {
        let mut command = self.sandbox.isolated(program);
        command.current_dir(self.sandbox.path(who));
        if let Some(time) = self.time {
            command.env("SOURCE_DATE_EPOCH", time.to_string());
        }
        command
    }

    /// git in somebody's clone, as them.
    #[track_caller]
    pub fn git(&self, who: &str, arguments: &[&str]) -> String {
        let output = self
            .at(who, "git")
            .args(["-c", "commit.gpgSign=false", "-c", "advice.detachedHead=false"])
            .args(["-c", "protocol.file.allow=always", "-c", "merge.ff=true"])
            .args(arguments)
            .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
            .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{who}: git {arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// `copydesk review` in somebody's clone.
    #[track_caller]
    pub fn review(&self, who: &str, arguments: &[&str]) -> Outcome {
        let program = env!("CARGO_BIN_EXE_copydesk");
        Outcome::of(self.at(who, program).arg("review").args(arguments))
    }

    /// The same where somebody has the branch `topic` as it is on the remote, between two exchanges.
    #[track_caller]
    pub fn on_topic(&self, who: &str, arguments: &[&str]) -> Outcome {
        self.git(who, &["fetch", "--quiet", "origin"]);
        self.git(who, &["checkout", "--quiet", "-B", "topic", "origin/topic"]);
        self.review(who, &["sync"]).ends(0);
        let outcome = self.review(who, arguments);
        self.review(who, &["sync"]).ends(0);
        outcome
    }

    /// Commits everything that the writer has, and pushes both branches.
    pub fn push(&self, message: &str) {
        self.git("site", &["add", "--all"]);
        self.git("site", &["commit", "--quiet", "--allow-empty", "-m", message]);
        self.git("site", &["push", "--quiet", "--force", "origin", "HEAD"]);
    }

    /// The cells of all pages as the writer sees them, a page a line.
    #[track_caller]
    pub fn cells(&self) -> Vec<String> {
        self.review("site", &["sync"]).ends(0);
        let status = self.review("site", &["status", "topic", "--json"]).ends(0);
        let status: serde_json::Value = serde_json::from_str(&status.stdout).unwrap();
        let rows = status["sign_off"]["pages"].as_array().unwrap();
        let line = |row: &serde_json::Value| {
            let cells = row["cells"].as_array().unwrap().iter();
            let cells: Vec<&str> = cells.map(|cell| cell["state"].as_str().unwrap()).collect();
            format!("{} {}", row["path"].as_str().unwrap(), cells.join(" "))
        };
        let mut lines: Vec<String> = rows.iter().map(line).collect();
        lines.sort();
        lines
    }
}

/// Whoever has the clone `site` is `writer@example.org`.
fn address(who: &str) -> String {
    let name = if who == "site" { "writer" } else { who };
    format!("{name}@example.org")
}
