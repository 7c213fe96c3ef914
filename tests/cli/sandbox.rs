//! A folder to work in, and the binary in an environment that holds nothing else.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A temporary folder with a site in `site`, a home without anything in `home`, and room beside.
pub struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    /// A site from one text: each file begins with a line `-- path --`.
    pub fn new(files: &str) -> Sandbox {
        let sandbox = Sandbox { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir(sandbox.path("home")).unwrap();
        std::fs::create_dir(sandbox.path("site")).unwrap();
        sandbox.add(files);
        sandbox
    }

    /// Adds files to the site, or changes them.
    pub fn add(&self, files: &str) {
        let mut current: Option<(&str, String)> = None;
        for line in files.split_inclusive('\n') {
            let name = line.trim_end().strip_prefix("-- ").and_then(|l| l.strip_suffix(" --"));
            match (name, &mut current) {
                (Some(name), _) => {
                    if let Some((name, text)) = current.replace((name, String::new())) {
                        self.write(name, text);
                    }
                }
                (None, Some((_, text))) => text.push_str(line),
                (None, None) => assert!(line.trim().is_empty(), "text before the first file"),
            }
        }
        if let Some((name, text)) = current {
            self.write(name, text);
        }
    }

    /// A path in the sandbox.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// A path in the site.
    pub fn site(&self, path: &str) -> PathBuf {
        self.path("site").join(path)
    }

    /// Writes a file of the site.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let file = self.site(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }

    /// The text of a file of the sandbox.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        let file = self.path(path);
        std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
    }

    /// The binary, in the site's folder, with nothing in its environment but a home and a path.
    pub fn command(&self) -> Command {
        self.isolated(env!("CARGO_BIN_EXE_copydesk"))
    }

    /// Any program in the same environment.
    pub fn isolated(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .current_dir(self.path("site"))
            .stdin(Stdio::null());
        command
    }

    /// Runs the binary.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(self.command().args(arguments))
    }

    /// Builds the site into `out`, beside it.
    #[track_caller]
    pub fn build(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(self.command().args(["build", "--out", "../out"]).args(arguments))
    }

    /// Runs git in the site's folder, as somebody and at some time that are always the same.
    #[track_caller]
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = self
            .isolated("git")
            .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
            .args(["-c", "init.defaultBranch=main", "-c", "commit.gpgSign=false"])
            .args(["-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false"])
            .args(arguments)
            .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
            .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
            .output()
            .expect("git is installed");
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Makes the site a repository with one commit of everything.
    pub fn commit_all(&self) {
        self.git(&["init", "--quiet"]);
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "All"]);
    }
}

/// How a run ended.
pub struct Outcome {
    /// The exit code.
    pub code: i32,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

impl Outcome {
    /// Runs a command to its end. Panics and signals are failures whatever a test asks for.
    #[track_caller]
    pub fn of(command: &mut Command) -> Outcome {
        let output = command.output().expect("the program starts");
        let outcome = Outcome {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("output in UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("messages in UTF-8"),
        };
        assert!(output.status.code().is_some(), "{}: {outcome}", output.status);
        assert!(!outcome.stderr.contains("panicked at"), "{outcome}");
        outcome
    }

    /// Checks the exit code.
    #[track_caller]
    pub fn ends(self, code: i32) -> Outcome {
        assert_eq!(self.code, code, "{self}");
        self
    }

    /// Checks that a text stands in what was said.
    #[track_caller]
    pub fn says(self, text: &str) -> Outcome {
        let said = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(said, "`{text}` is not said: {self}");
        self
    }

    /// Checks that a text does not stand in what was said.
    #[track_caller]
    pub fn keeps_quiet_about(self, text: &str) -> Outcome {
        let said = self.stdout.contains(text) || self.stderr.contains(text);
        assert!(!said, "`{text}` is said: {self}");
        self
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {}\n--- stdout\n{}\n--- stderr\n{}", self.code, self.stdout, self.stderr)
    }
}

/// Every file below a folder with its bytes; links are not followed.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in std::fs::read_dir(&current).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if path.is_symlink() {
                let target = std::fs::read_link(&path).unwrap();
                files.insert(name, target.into_os_string().into_encoded_bytes());
            } else if path.is_dir() {
                folders.push(path);
            } else {
                files.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Compares two trees and names the files that differ, not their bytes.
#[track_caller]
pub fn same_trees(left: &BTreeMap<String, Vec<u8>>, right: &BTreeMap<String, Vec<u8>>) {
    let names: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let differing: Vec<String> = names
        .into_iter()
        .filter(|name| left.get(*name) != right.get(*name))
        .map(|name| match (left.get(name), right.get(name)) {
            (Some(_), None) => format!("{name}: only left"),
            (None, Some(_)) => format!("{name}: only right"),
            _ => format!("{name}: other bytes"),
        })
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
