//! A site that is edited and built again and again, and the clean build that it is compared with.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use super::edit::{self, Edit, Focus, Page};
use crate::sandbox::{Outcome, Sandbox, tree};

/// The option that builds without the cache, where the program has one.
pub fn no_cache() -> Option<&'static str> {
    static HAS: OnceLock<bool> = OnceLock::new();
    let has = HAS.get_or_init(|| {
        Sandbox::new("").run(&["build", "--help"]).ends(0).stdout.contains("--no-cache")
    });
    has.then_some("--no-cache")
}

pub struct Workspace {
    pub sandbox: Sandbox,
    focus: Focus,
    settings: BTreeMap<usize, usize>,
    repository: bool,
    commits: u32,
    drafts: bool,
    /// What the next build is besides a build of the folder; see [`Edit`].
    revision: Option<&'static str>,
    interrupt: Option<u8>,
    concurrent: bool,
    builds: usize,
    /// How long the last build took.
    took: Duration,
}

impl Workspace {
    pub fn new(pages: &[(&'static str, Page)], focus: &Focus, repository: bool) -> Workspace {
        let sandbox = Sandbox::new("-- content/index.md --\n# Home\n");
        for (path, page) in pages {
            sandbox.write(path, page.text(path));
        }
        for path in edit::INCLUDED.into_iter().chain(edit::ASSETS) {
            sandbox.write(path, edit::text_of(path, 0));
        }
        let mut workspace = Workspace {
            sandbox,
            focus: focus.clone(),
            settings: BTreeMap::new(),
            repository,
            commits: 0,
            drafts: false,
            revision: None,
            interrupt: None,
            concurrent: false,
            builds: 0,
            took: Duration::ZERO,
        };
        workspace.apply(&Edit::Setting(0, 0));
        workspace.apply(&Edit::Theme(0, 0));
        if repository {
            workspace.git(&["init", "--quiet"]);
            workspace.apply(&Edit::Commit);
        }
        workspace
    }

    /// Runs git, a day later than the last time something was committed. False where it refuses,
    /// as for a merge that conflicts.
    fn git(&self, arguments: &[&str]) -> bool {
        let date = format!("{} +0000", 1_700_000_000 + 86_400 * self.commits);
        let author = if self.commits.is_multiple_of(3) { "Ada" } else { "Grace" };
        let output = self
            .sandbox
            .isolated("git")
            .args(["-c", &format!("user.name={author}"), "-c", "user.email=writer@example.org"])
            .args(["-c", "init.defaultBranch=main", "-c", "advice.detachedHead=false"])
            .args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"])
            .args(arguments)
            .envs([("GIT_AUTHOR_DATE", &date), ("GIT_COMMITTER_DATE", &date)])
            .output()
            .expect("git is installed");
        output.status.success()
    }

    /// Does what an edit says. One that cannot be done, such as moving what is not there, does
    /// nothing.
    pub fn apply(&mut self, edit: &Edit) {
        match edit {
            Edit::Write(path, page) => self.put(path, &page.text(path)),
            Edit::Append(path, block) => {
                let old = std::fs::read_to_string(self.sandbox.site(path)).unwrap_or_default();
                self.put(path, &format!("{old}\n{}", edit::block_text(*block, path)));
            }
            Edit::Swap(path) => self.swap_letters(path),
            Edit::Move(from, to) => self.relocate(from, to),
            Edit::Delete(path) => self.remove(path),
            Edit::Include(path, version) | Edit::Asset(path, version) => {
                self.put(path, &edit::text_of(path, *version));
            }
            Edit::Theme(file, version) => {
                let (path, text) = self.focus.theme_file(*file, *version);
                self.put(path, text);
            }
            Edit::Setting(key, value) => {
                self.settings.insert(*key, *value);
                self.write_settings();
            }
            Edit::NoSetting(key) => {
                self.settings.remove(key);
                self.write_settings();
            }
            Edit::Summary(pages) => {
                let mut text = String::from("# Summary\n\n");
                for (number, page) in pages.iter().enumerate() {
                    let page = page.trim_start_matches("content/");
                    // The second of three stands below the first.
                    let indent = if number % 3 == 1 { "  " } else { "" };
                    text.push_str(&format!("{indent}- [Page {number}](<{page}>)\n"));
                }
                self.put("content/SUMMARY.md", &text);
            }
            Edit::Drafts(drafts) => self.drafts = *drafts,
            Edit::Interrupt(share) => self.interrupt = Some(*share),
            Edit::Concurrent => self.concurrent = true,
            Edit::Ignore(text) => self.put(".gitignore", text),
            _ if self.repository => self.apply_to_repository(edit),
            _ => {}
        }
    }

    fn apply_to_repository(&mut self, edit: &Edit) {
        match edit {
            Edit::Commit | Edit::Amend => {
                self.commits += 1;
                self.git(&["add", "--all"]);
                let message = format!("Commit {}\n\nCo-authored-by: Eve <e@e.e>", self.commits);
                let how: &[&str] = match edit {
                    Edit::Amend => &["commit", "--quiet", "--allow-empty", "--amend"],
                    _ => &["commit", "--quiet", "--allow-empty"],
                };
                self.git(&[how, &["--message", &message]].concat());
            }
            Edit::Switch(branch) => {
                let there = self.git(&["checkout", "--quiet", "--force", branch]);
                if !there {
                    self.git(&["checkout", "--quiet", "-b", branch]);
                }
            }
            Edit::Merge(branch) => {
                self.apply_to_repository(&Edit::Commit);
                self.commits += 1;
                if !self.git(&["merge", "--quiet", "--no-ff", "--no-edit", "-Xtheirs", branch]) {
                    self.git(&["merge", "--abort"]);
                }
            }
            Edit::Detach => {
                self.git(&["checkout", "--quiet", "--detach"]);
            }
            Edit::Discard => {
                self.git(&["reset", "--quiet", "--hard"]);
                self.git(&["clean", "--quiet", "-d", "--force"]);
            }
            Edit::IgnoreRevs => {
                let head = std::fs::read_to_string(self.sandbox.site(".git/ORIG_HEAD"));
                let log = std::fs::read_to_string(self.sandbox.site(".git/logs/HEAD"));
                let last = log.unwrap_or_default();
                let last = last.lines().last().and_then(|line| line.split(' ').nth(1));
                let text = last.map(str::to_owned).unwrap_or(head.unwrap_or_default());
                self.put("revs.txt", &format!("# formatting\n{text}\n"));
            }
            Edit::Revision(branch) => self.revision = Some(branch),
            _ => {}
        }
    }

    /// Writes a file, unless a folder has its name or a file that of its folder.
    fn put(&self, path: &str, text: &str) {
        let file = self.sandbox.site(path);
        if std::fs::create_dir_all(file.parent().unwrap()).is_ok() {
            drop(std::fs::write(file, text));
        }
    }

    fn remove(&self, path: &str) {
        let path = self.sandbox.site(path);
        drop(std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir_all(&path)));
    }

    fn relocate(&self, from: &str, to: &str) {
        let (from, to) = (self.sandbox.site(from), self.sandbox.site(to));
        if std::fs::create_dir_all(to.parent().unwrap()).is_ok() {
            drop(std::fs::rename(from, to));
        }
    }

    /// Other letters in a file of the same size, with the same time of modification.
    fn swap_letters(&self, path: &str) {
        let path = self.sandbox.site(path);
        let Ok(text) = std::fs::read_to_string(&path) else { return };
        let time = std::fs::metadata(&path).unwrap().modified().unwrap();
        let swap = |c| match c {
            'o' => 'e',
            'e' => 'o',
            c => c,
        };
        std::fs::write(&path, text.chars().map(swap).collect::<String>()).unwrap();
        let file = std::fs::File::options().append(true).open(&path).unwrap();
        file.set_modified(time).unwrap();
    }

    fn write_settings(&self) {
        // Two of them may be the same key, which the file must not have twice.
        let lines: BTreeMap<&str, &str> = self
            .settings
            .iter()
            .map(|(key, value)| self.focus.setting(*key, *value))
            .map(|line| (line.split(" = ").next().unwrap(), line))
            .collect();
        let lines: Vec<&str> = lines.into_values().collect();
        self.put("book.toml", &format!("{}\n", lines.join("\n")));
    }

    /// Builds with what the last build left behind, and clean, and compares: every file, what is
    /// said, and how it ends. Says what differs.
    pub fn compare(&mut self) -> Result<(), String> {
        self.builds += 1;
        let mut options = Vec::new();
        if self.drafts {
            options.push("--drafts");
        }
        // What people read and what programs read, in turn.
        if self.builds.is_multiple_of(2) {
            options.extend(["--format", "json"]);
        }
        if let Some(branch) = self.revision.take() {
            options.extend(["--rev", branch]);
        }
        if let Some(share) = self.interrupt.take() {
            self.interrupted(&options, share);
        }
        let beside = std::mem::take(&mut self.concurrent).then(|| self.start(&options, "beside"));
        let start = Instant::now();
        let incremental = self.build(&options, "out");
        self.took = start.elapsed();
        if let Some(mut beside) = beside {
            let code = beside.wait().unwrap().code();
            if !matches!(code, Some(0..=2)) {
                return Err(format!("the build beside ended with {code:?}"));
            }
            drop(std::fs::remove_dir_all(self.sandbox.path("beside")));
        }
        options.extend(no_cache());
        let clean = self.build(&options, "clean");
        let mut differences = Vec::new();
        if incremental.code != clean.code {
            differences.push(format!("exit {} instead of {}", incremental.code, clean.code));
        }
        if incremental.stdout != clean.stdout {
            differences.push(format!("stdout:\n{}\nclean:\n{}", incremental.stdout, clean.stdout));
        }
        let (said, expected) = (lasting(&incremental.stderr), lasting(&clean.stderr));
        if said != expected {
            differences.push(format!("stderr:\n{said}\nclean:\n{expected}"));
        }
        // A build that ends 2 writes nothing, and leaves what the one before has written.
        if clean.code != 2 {
            self.compare_files(&mut differences);
            std::fs::remove_dir_all(self.sandbox.path("clean")).unwrap();
        } else if self.sandbox.path("clean").exists() {
            differences.push("a build that ended 2 has written something".to_owned());
        }
        if differences.is_empty() { Ok(()) } else { Err(differences.join("\n")) }
    }

    fn compare_files(&self, differences: &mut Vec<String>) {
        let (left, right) = (tree(&self.sandbox.path("out")), tree(&self.sandbox.path("clean")));
        for name in left.keys().filter(|name| !right.contains_key(*name)) {
            differences.push(format!("{name}: left behind"));
        }
        for (name, expected) in &right {
            match left.get(name) {
                None => differences.push(format!("{name}: missing")),
                Some(bytes) if bytes != expected => {
                    differences.push(format!("{name}: {}", first_difference(bytes, expected)));
                }
                Some(_) => {}
            }
        }
    }

    fn build(&self, options: &[&str], out: &str) -> Outcome {
        let mut command = self.sandbox.command();
        Outcome::of(command.args(["build", "--out", &format!("../{out}")]).args(options))
    }

    fn start(&self, options: &[&str], out: &str) -> std::process::Child {
        let mut command = self.sandbox.command();
        command.args(["build", "--out", &format!("../{out}")]).args(options);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// A build that is ended on the way.
    fn interrupted(&self, options: &[&str], share: u8) {
        let mut child = self.start(options, "out");
        #[expect(clippy::disallowed_methods, reason = "an arbitrary moment is the point")]
        std::thread::sleep(self.took * u32::from(share) / 100);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// What is said without what differs from build to build: the time that it took, the folder, and
/// how many files were written.
fn lasting(stderr: &str) -> String {
    let mut text = String::new();
    for line in stderr.lines() {
        match line.strip_prefix("built ").and_then(|line| line.split_once(" in ")) {
            Some((what, rest)) => {
                let found = rest.split_once("; ").map_or("", |(_, found)| found);
                text.push_str(&format!("built {what}; {found}\n"));
            }
            None => text.push_str(&format!("{line}\n")),
        }
    }
    text
}

/// The first line in which two texts differ.
fn first_difference(left: &[u8], right: &[u8]) -> String {
    let (left, right) = (String::from_utf8_lossy(left), String::from_utf8_lossy(right));
    let mut lines = left.lines().zip(right.lines()).enumerate();
    match lines.find(|(_, (left, right))| left != right) {
        Some((number, (left, right))) => {
            format!("line {}:\n  {left}\n  clean: {right}", number + 1)
        }
        None => format!("{} bytes instead of {}", left.len(), right.len()),
    }
}

/// The files of the cache.
pub fn cache_files(site: &Path) -> Vec<std::path::PathBuf> {
    let folder = site.join(".copydesk");
    if !folder.is_dir() {
        return Vec::new();
    }
    tree(&folder).into_keys().map(|name| folder.join(name)).collect()
}
