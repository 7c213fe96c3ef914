//! `copydesk lint sync` as a process, with a server on loopback.

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::loopback;
use super::sandbox::{Sandbox, same_trees, tree};

fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const RULE: &str = "extends: existence\nmessage: \"No '%s'.\"\nlevel: error\ntokens: [utilize]\n";

type Files = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A server that answers with what it is given by path, until the test process ends.
struct Server {
    port: u16,
    files: Files,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start() -> Server {
        let files = Files::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (known, log) = (Arc::clone(&files), Arc::clone(&asked));
        let port = loopback::serve(move |_, path| {
            log.lock().unwrap().push(path.to_owned());
            match known.lock().unwrap().get(path) {
                Some(body) if body.starts_with(b"to ") => {
                    let to = String::from_utf8_lossy(&body[3..]);
                    (format!("302 Found\r\nLocation: {to}"), Vec::new())
                }
                Some(body) => ("200 OK".to_owned(), body.clone()),
                None => ("404 Not Found".to_owned(), Vec::new()),
            }
        });
        Server { port, files, asked }
    }

    fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) -> String {
        self.files.lock().unwrap().insert(path.to_owned(), bytes.into());
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

/// A project whose configuration names packages.
fn project(packages: &str) -> Sandbox {
    let sandbox = Sandbox::new("-- a.md --\nWe utilize it.\n");
    name(&sandbox, packages);
    sandbox
}

fn name(sandbox: &Sandbox, packages: &str) {
    let ini = format!(
        "StylesPath = styles\nPackages = {packages}\n\n[*.md]\nBasedOnStyles = Net, Dir, Zip\n"
    );
    sandbox.write(".vale.ini", ini);
}

#[test]
fn packages_from_folders_archives_and_addresses_are_installed() {
    let server = Server::start();
    let url = server.put("/x/Net.zip?v=1", zipped(&[("Net/A.yml", RULE), ("Net/meta.json", "{}")]));
    let sandbox = project(&format!("{url}, packages/Dir, packages/Zip.zip"));
    sandbox.write("packages/Dir/A.yml", RULE);
    sandbox.write("packages/Zip.zip", zipped(&[("Zip/A.yml", RULE)]));
    // Linting fetches nothing, and says what to do.
    sandbox.run(&["lint"]).ends(2).says("copydesk lint sync");
    assert_eq!(server.asked(), 0);
    sandbox.run(&["lint", "sync"]).ends(0).says("installed 3 packages in `styles`");
    let outcome = sandbox.run(&["lint", "a.md", "--format", "line"]).ends(1);
    for rule in ["Net.A", "Dir.A", "Zip.A"] {
        assert!(outcome.stdout.contains(rule), "{outcome}");
    }
    assert!(sandbox.site("packages/Dir/A.yml").exists(), "the folder itself stays");
    // Where what was installed is left out of the repository, it counts as well.
    sandbox.write(".gitignore", "styles/\n");
    sandbox.git(&["init", "--quiet"]);
    sandbox.run(&["lint", "a.md"]).ends(1).says("Net.A");
    sandbox.run(&["lint", "sync"]).ends(0);
    sandbox.run(&["lint", "a.md"]).ends(1).says("Net.A");
}

#[test]
fn a_whole_configuration_brings_what_it_needs() {
    let server = Server::start();
    let inner = server.put("/Inner.zip", zipped(&[("Inner/B.yml", RULE)]));
    let ini = format!("Packages = {inner}, Listed\n\n[*.md]\nBasedOnStyles = Outer, Inner\n");
    let outer = zipped(&[
        ("Whole/.vale.ini", &ini),
        ("Whole/styles/Outer/A.yml", RULE),
        ("Whole/styles/config/vocabularies/V/accept.txt", "word\n"),
    ]);
    let url = server.put("/Whole.zip", outer);
    let listed = server.put("/Listed-1.zip", zipped(&[("Listed/C.yml", RULE)]));
    let list = server.put(
        "/library.json",
        format!("[{{\"name\": \"Listed\", \"description\": \"x\", \"url\": \"{listed}\"}}]"),
    );
    let sandbox = Sandbox::new("-- a.md --\nWe utilize it.\n");
    sandbox.write(".vale.ini", format!("StylesPath = styles\nPackages = {url}\n"));
    sandbox.write("styles/config/vocabularies/Own/accept.txt", "mine\n");
    sandbox.run(&["lint", "sync", "--library", &list]).ends(0).says("`Whole`, `Inner`, `Listed`");
    let files: Vec<String> = tree(&sandbox.site("styles")).into_keys().collect();
    assert_eq!(
        files,
        [
            ".vale-config/0-Whole.ini",
            "Inner/B.yml",
            "Listed/C.yml",
            "Outer/A.yml",
            "config/vocabularies/Own/accept.txt",
            "config/vocabularies/V/accept.txt",
        ]
    );
    sandbox.run(&["lint", "a.md"]).ends(1).says("Outer.A").says("Inner.B");
}

#[test]
fn a_sync_that_fails_changes_nothing() {
    let server = Server::start();
    let good = server.put("/Net.zip", zipped(&[("Net/A.yml", RULE)]));
    let sandbox = project(&good);
    sandbox.run(&["lint", "sync"]).ends(0);
    let before = tree(&sandbox.site("styles"));
    server.put("/Net.zip", zipped(&[("Net/A.yml", "new")]));
    let base = good.strip_suffix("/Net.zip").unwrap();
    sandbox.write("broken.zip", "PK\u{3}\u{4}nothing");
    sandbox.write("out.zip", zipped(&[("../evil.yml", RULE)]));
    sandbox.write("bomb.zip", zipped(&[("bomb/a.yml", &"\0".repeat(40 << 20))]));
    let away = server.put("/away.zip", "to http://127.0.0.1:9/other.zip");
    for (package, why) in [
        (format!("{base}/none.zip"), "answers with 404"),
        ("broken.zip".to_owned(), "it is no zip archive"),
        ("out.zip".to_owned(), "leads out of the folder"),
        ("bomb.zip".to_owned(), "it is too large"),
        ("nowhere/Dir".to_owned(), "there is no such file or folder"),
        ("../outside.zip".to_owned(), "it lies outside of the repository"),
        ("/etc".to_owned(), "it lies outside of the repository"),
        ("http://a.example/x.zip".to_owned(), "begins with `https://`"),
        (away, "answers with 302"),
        ("Unlisted".to_owned(), "does not list it"),
    ] {
        name(&sandbox, &format!("{good}, {package}"));
        let list = server.put("/library.json", "[]");
        let outcome = sandbox.run(&["lint", "sync", "--library", &list]).ends(2);
        assert!(outcome.stderr.contains(".vale.ini:2"), "{outcome}");
        assert!(outcome.stderr.contains(why), "`{package}`, `{why}`: {outcome}");
        same_trees(&before, &tree(&sandbox.site("styles")));
    }
    sandbox.write(".vale.ini", format!("StylesPath = ../styles\nPackages = {good}\n"));
    sandbox.git(&["init", "--quiet"]);
    sandbox.run(&["lint", "sync"]).ends(2).says("inside the repository only");
    assert!(!sandbox.path("styles").exists());
    sandbox.write(".vale.ini", format!("Packages = {good}\n"));
    sandbox.run(&["lint", "sync"]).ends(2).says("add `StylesPath = styles`");
    sandbox.write(".vale.ini", "StylesPath = styles\n");
    sandbox.run(&["lint", "sync"]).ends(0).says("names no packages");
    std::fs::remove_file(sandbox.site(".vale.ini")).unwrap();
    sandbox.run(&["lint", "sync"]).ends(2).says("there is no `.vale.ini` here");
}

#[cfg(unix)]
#[test]
fn nothing_is_read_or_written_through_links() {
    let sandbox = project("packages/Dir");
    std::fs::create_dir(sandbox.path("outside")).unwrap();
    std::fs::write(sandbox.path("outside/A.yml"), RULE).unwrap();
    std::fs::create_dir_all(sandbox.site("packages/Dir")).unwrap();
    let link = |to: &str, at: &str| {
        std::os::unix::fs::symlink(sandbox.path(to), sandbox.site(at)).unwrap();
    };
    link("outside/A.yml", "packages/Dir/A.yml");
    sandbox.run(&["lint", "sync"]).ends(2).says("is a link");
    std::fs::remove_file(sandbox.site("packages/Dir/A.yml")).unwrap();
    sandbox.write("packages/Dir/A.yml", RULE);
    link("outside", "styles");
    sandbox.run(&["lint", "sync"]).ends(2).says("inside the repository only");
    assert_eq!(tree(&sandbox.path("outside")).len(), 1);
}

#[test]
fn stopped_at_any_moment_the_next_sync_puts_it_right() {
    const FILES: usize = 60;
    const KILLS: u32 = 12;
    let package = |text: &str| -> Vec<u8> {
        let files: Vec<(String, String)> = (0..FILES)
            .map(|number| (format!("Zip/{number}.yml"), format!("{RULE}# {text}\n")))
            .collect();
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        zipped(&files)
    };
    let sandbox = project("Zip.zip");
    let mut trees = Vec::new();
    let mut duration = Duration::ZERO;
    for text in ["old", "new"] {
        sandbox.write("Zip.zip", package(text));
        let start = Instant::now();
        sandbox.run(&["lint", "sync"]).ends(0);
        duration = start.elapsed();
        trees.push(tree(&sandbox.site("styles/Zip")));
    }
    for kill in 0..KILLS {
        let text = if kill % 2 == 0 { "old" } else { "new" };
        sandbox.write("Zip.zip", package(text));
        let mut child = sandbox
            .command()
            .args(["lint", "sync"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        #[expect(clippy::disallowed_methods, reason = "an arbitrary moment is the point")]
        std::thread::sleep(duration * (kill + 1) / KILLS);
        drop(child.kill());
        child.wait().unwrap();
        // The package is the old one, the new one, or for a moment away, but never a mixture.
        let place = sandbox.site("styles/Zip");
        if place.exists() {
            assert!(trees.contains(&tree(&place)), "kill {kill}: neither old nor new");
        } else {
            let aside = tree(&sandbox.site("styles/.copydesk-sync/old/Zip"));
            assert!(trees.contains(&aside), "kill {kill}: the old one is gone");
        }
        sandbox.run(&["lint", "sync"]).ends(0);
        assert_eq!(tree(&place), trees[usize::from(text == "new")]);
        assert!(!sandbox.site("styles/.copydesk-sync").exists());
    }
}
