use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

type Site<'a> = &'a [(&'a str, &'a str)];

fn path(text: &str) -> SitePath {
    SitePath::new(text).unwrap()
}

fn fill(writer: &Writer, site: Site<'_>) -> Result<(), WriteError> {
    site.iter().try_for_each(|(name, text)| {
        writer.stage(&path(name), Content::Bytes(text.as_bytes())).map(|_| ())
    })
}

fn build_on(out: &Path, site: Site<'_>, disk: Arc<dyn Disk>) -> Result<Written, WriteError> {
    let writer = Writer::open_on(out, disk)?;
    fill(&writer, site)?;
    writer.commit().map(|committed| committed.written)
}

fn build(out: &Path, site: Site<'_>) -> Result<Written, WriteError> {
    build_on(out, site, Arc::new(RealDisk))
}

/// Every file and every empty folder (with a slash at its end) below a folder.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if !folder.exists() {
        return found;
    }
    for entry in walkdir::WalkDir::new(folder).min_depth(1) {
        let entry = entry.unwrap();
        let name = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        if entry.file_type().is_dir() {
            if fs::read_dir(entry.path()).unwrap().next().is_none() {
                found.insert(name + "/", String::new());
            }
        } else {
            found.insert(name, fs::read_to_string(entry.path()).unwrap_or_default());
        }
    }
    found
}

/// The tree without what the writer keeps for itself.
fn published(folder: &Path) -> BTreeMap<String, String> {
    let mut found = tree(folder);
    found.retain(|name, _| name != MANIFEST && !name.starts_with(STAGE));
    found
}

fn expected(site: Site<'_>) -> BTreeMap<String, String> {
    site.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn a_first_build_a_change_and_no_change() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("deep/book");
    let written = build(&out, &[("index.html", "one"), ("a/b.html", "two"), ("c/d.css", "3")]);
    assert_eq!(written.unwrap(), Written { written: 3, unchanged: 0, removed: 0, bytes: 7 });
    let stamp = fs::metadata(out.join("index.html")).unwrap().modified().unwrap();

    let site: Site = &[("index.html", "one"), ("a/b.html", "TWO!"), ("e/f.js", "")];
    let written = build(&out, site).unwrap();
    assert_eq!(written, Written { written: 2, unchanged: 1, removed: 1, bytes: 4 });
    assert_eq!(published(&out), expected(site), "the folder `c` is gone too");
    assert_eq!(fs::metadata(out.join("index.html")).unwrap().modified().unwrap(), stamp);

    let before = tree(&out);
    let written = build(&out, site).unwrap();
    assert_eq!(written, Written { written: 0, unchanged: 3, removed: 0, bytes: 0 });
    assert_eq!(tree(&out), before);
    assert!(!out.join(STAGE).exists());
}

#[test]
fn the_manifest_does_not_depend_on_history_or_order() {
    let dir = TempDir::new().unwrap();
    let (a, b) = (dir.path().join("a"), dir.path().join("b"));
    build(&a, &[("x", "1"), ("y", "2")]).unwrap();
    build(&b, &[("z", "0"), ("y", "old")]).unwrap();
    build(&b, &[("y", "2"), ("x", "1")]).unwrap();
    assert_eq!(tree(&a), tree(&b));
    let manifest = Manifest::parse(&fs::read(a.join(MANIFEST)).unwrap()).unwrap();
    assert_eq!(manifest.files[&path("x")].hash, ContentHash::of(b"1"));
}

#[test]
fn a_folder_of_somebody_else_is_refused_untouched() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("thesis.doc"), "years of work").unwrap();
    let before = tree(dir.path());
    assert!(matches!(build(dir.path(), &[("a", "1")]), Err(WriteError::NotOurs(_))));
    assert_eq!(tree(dir.path()), before);

    let file = dir.path().join("thesis.doc");
    assert!(matches!(build(&file, &[("a", "1")]), Err(WriteError::Io { .. })));
    assert!(matches!(build(Path::new("/"), &[("a", "1")]), Err(WriteError::Root)));
    assert_eq!(tree(dir.path()), before);
}

#[test]
fn an_empty_folder_is_taken_and_a_dropped_build_leaves_no_trace() {
    let dir = TempDir::new().unwrap();
    build(dir.path(), &[("a", "1")]).unwrap();
    let before = tree(dir.path());
    let writer = Writer::open(dir.path()).unwrap();
    fill(&writer, &[("a", "2"), ("b/c", "3")]).unwrap();
    drop(writer);
    assert_eq!(tree(dir.path()), before);

    let new = dir.path().join("new");
    let writer = Writer::open(&new).unwrap();
    fill(&writer, &[("a", "2")]).unwrap();
    drop(writer);
    assert!(!new.exists());
}

#[test]
fn files_of_others_in_our_folder_stay_and_are_never_overwritten() {
    let dir = TempDir::new().unwrap();
    let out = dir.path();
    build(out, &[("a.html", "1"), ("d/e.html", "2"), ("f", "3"), ("g/h", "4")]).unwrap();
    fs::write(out.join("CNAME"), "docs.example.org").unwrap();
    fs::write(out.join("d/notes.txt"), "mine").unwrap();
    fs::create_dir(out.join("empty")).unwrap();

    for (clash, file) in [
        (&[("a.html", "new"), ("CNAME", "x")][..], "CNAME"),
        // The same bytes do not make it ours: it would be removed with the page one day.
        (&[("a.html", "new"), ("CNAME", "docs.example.org")][..], "CNAME"),
        (&[("a.html", "new"), ("d", "a file now")][..], "d/notes.txt"),
        (&[("a.html", "new"), ("d/notes.txt/x", "a folder now")][..], "d/notes.txt"),
    ] {
        let before = tree(out);
        match build(out, clash) {
            Err(WriteError::Foreign(path)) => {
                assert_eq!(path, out.canonicalize().unwrap().join(file));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(tree(out), before);
    }

    let written = build(out, &[("a.html", "1"), ("empty", "a file now")]).unwrap();
    assert_eq!(written.removed, 3);
    let left = published(out);
    let names: Vec<&str> = left.keys().map(String::as_str).collect();
    assert_eq!(names, ["CNAME", "a.html", "d/notes.txt", "empty"]);
    assert_eq!(left["d/notes.txt"], "mine");
}

#[test]
fn a_file_of_ours_that_was_edited_is_put_right_or_removed() {
    let dir = TempDir::new().unwrap();
    build(dir.path(), &[("a", "1"), ("b", "2")]).unwrap();
    fs::write(dir.path().join("a"), "9").unwrap();
    fs::write(dir.path().join("b"), "edited").unwrap();
    let written = build(dir.path(), &[("a", "1")]).unwrap();
    assert_eq!((written.written, written.removed), (1, 1));
    assert_eq!(published(dir.path()), expected(&[("a", "1")]));
}

#[test]
fn files_become_folders_and_folders_files() {
    let dir = TempDir::new().unwrap();
    let sites: [Site; 4] = [
        &[("a", "1"), ("b/c/d", "2"), ("b/e", "3")],
        &[("a/x/y", "4"), ("b", "5")],
        &[("a/x", "6"), ("b/c/d", "7"), ("b/c.html", "8")],
        &[("a", "9")],
    ];
    for site in sites.iter().chain(sites.iter().rev()) {
        build(dir.path(), site).unwrap();
        assert_eq!(published(dir.path()), expected(site));
    }
}

#[test]
fn files_are_copied_and_compared() {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("out");
    let large = dir.path().join("large");
    let mut bytes: Vec<u8> = (0..CHUNK * 2 + 77).map(|n| (n % 251) as u8).collect();
    fs::write(&large, &bytes).unwrap();
    let copy = |out: &Path| {
        let writer = Writer::open(out)?;
        writer.stage(&path("img/large"), Content::File(&large))?;
        writer.commit().map(|committed| committed.written)
    };
    assert_eq!(copy(&out).unwrap().bytes, bytes.len() as u64);
    assert_eq!(fs::read(out.join("img/large")).unwrap(), bytes);
    let manifest = Manifest::parse(&fs::read(out.join(MANIFEST)).unwrap()).unwrap();
    assert_eq!(manifest.files[&path("img/large")].hash, ContentHash::of(&bytes));
    assert_eq!(copy(&out).unwrap().unchanged, 1);
    let stands = fs::read(out.join(MANIFEST)).unwrap();

    // The last byte alone differs.
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&large, &bytes).unwrap();
    assert_eq!(copy(&out).unwrap().written, 1);
    assert_eq!(fs::read(out.join("img/large")).unwrap(), bytes);
    assert_ne!(fs::read(out.join(MANIFEST)).unwrap(), stands);

    fs::remove_file(&large).unwrap();
    let before = tree(&out);
    match copy(&out) {
        Err(WriteError::Read { path, .. }) => assert_eq!(path, large),
        other => panic!("{other:?}"),
    }
    assert_eq!(tree(&out), before);
}

#[test]
fn clashes_and_reserved_names_are_refused() {
    let dir = TempDir::new().unwrap();
    let writer = Writer::open(dir.path()).unwrap();
    for name in ["", MANIFEST, ".copydesk-stage/x", ".git", "a/.git/config", ".GIT/x"] {
        let result = writer.stage(&path(name), Content::Bytes(b""));
        assert!(matches!(result, Err(WriteError::Reserved(_))), "{name}");
    }
    let clash = |name: &str| match writer.stage(&path(name), Content::Bytes(b"")) {
        Err(WriteError::Clash { first, second }) => format!("{first} {second}"),
        other => format!("{other:?}"),
    };
    fill(&writer, &[("a/b", ""), ("a-b", ""), ("c/d/e", "")]).unwrap();
    assert_eq!(clash("a/b"), "a/b a/b");
    assert_eq!(clash("a/b/c"), "a/b a/b/c");
    assert_eq!(clash("a"), "a a/b");
    assert_eq!(clash("c"), "c c/d/e");
    assert_eq!(clash("c/d"), "c/d c/d/e");
    fill(&writer, &[("a/c", ""), ("c/d/f", "")]).unwrap();
    assert_eq!(writer.commit().unwrap().written.written, 5);
}

#[test]
fn a_name_that_the_system_refuses_is_refused_before_anything_changes() {
    let dir = TempDir::new().unwrap();
    build(dir.path(), &[("a", "1")]).unwrap();
    let before = tree(dir.path());
    let long = "x".repeat(300);
    assert!(matches!(build(dir.path(), &[("a", "2"), (&long, "")]), Err(WriteError::Io { .. })));
    assert_eq!(tree(dir.path()), before);
}

#[test]
fn two_builds_do_not_meet() {
    let dir = TempDir::new().unwrap();
    let first = Writer::open(dir.path()).unwrap();
    fill(&first, &[("a", "first")]).unwrap();
    assert!(matches!(Writer::open(dir.path()), Err(WriteError::Busy(_))));
    first.commit().unwrap();
    build(dir.path(), &[("a", "second")]).unwrap();
    assert_eq!(published(dir.path()), expected(&[("a", "second")]));
}

#[test]
fn builds_that_race_for_a_folder_take_turns() {
    let dir = TempDir::new().unwrap();
    let sites: [Site; 3] =
        [&[("a", "1"), ("b/c", "1")], &[("a/b", "2"), ("b", "2")], &[("a", "3"), ("d/e", "3")]];
    std::thread::scope(|scope| {
        for site in sites {
            let out = dir.path();
            scope.spawn(move || {
                let mut done = 0;
                while done < 20 {
                    match build(out, site) {
                        Ok(_) => done += 1,
                        Err(WriteError::Busy(_)) => std::thread::yield_now(),
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    });
    assert!(sites.iter().any(|site| published(dir.path()) == expected(site)));
    assert!(!dir.path().join(STAGE).exists());
}

#[test]
fn pages_are_staged_from_many_threads() {
    let dir = TempDir::new().unwrap();
    let writer = Writer::open(dir.path()).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let writer = &writer;
            scope.spawn(move || {
                for page in 0..50 {
                    let name = path(&format!("{}/{thread}/{page}.html", page % 5));
                    writer.stage(&name, Content::Bytes(name.as_str().as_bytes())).unwrap();
                }
            });
        }
    });
    assert_eq!(writer.commit().unwrap().written.written, 200);
    let found = published(dir.path());
    assert_eq!(found.len(), 200);
    assert!(found.iter().all(|(name, text)| name == text));
}

#[test]
fn a_damaged_manifest_is_refused_untouched() {
    let dir = TempDir::new().unwrap();
    build(dir.path(), &[("a", "1")]).unwrap();
    for text in ["", "{", "{\"version\": 99, \"files\": {}}"] {
        fs::write(dir.path().join(MANIFEST), text).unwrap();
        let before = tree(dir.path());
        let error = build(dir.path(), &[("b", "2")]).unwrap_err();
        assert!(matches!(error, WriteError::Manifest { .. }), "{error}");
        assert!(error.help().is_some());
        assert_eq!(tree(dir.path()), before);
    }
}

#[test]
fn what_a_killed_build_left_is_cleared_away() {
    let dir = TempDir::new().unwrap();
    fs::create_dir_all(dir.path().join(".copydesk-stage/files/a")).unwrap();
    fs::write(dir.path().join(".copydesk-stage/files/a/b.html"), "half").unwrap();
    fs::write(dir.path().join(".copydesk-stage/lock"), "1234 abc\n").unwrap();
    build(dir.path(), &[("a", "1")]).unwrap();
    let names: Vec<String> = tree(dir.path()).into_keys().collect();
    assert_eq!(names, [MANIFEST, "a"]);
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn no_link_leads_the_writer_out_of_its_folder() {
        let dir = TempDir::new().unwrap();
        let (out, outside) = (dir.path().join("out"), dir.path().join("outside"));
        build(&out, &[("a/b", "1"), ("c", "2"), ("d", "3")]).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("b"), "theirs").unwrap();
        fs::remove_dir_all(out.join("a")).unwrap();
        symlink(&outside, out.join("a")).unwrap();
        fs::remove_file(out.join("c")).unwrap();
        symlink(outside.join("b"), out.join("c")).unwrap();

        // To be replaced: somebody put a link there, and it stays.
        for site in [&[("a/b", "new")][..], &[("a/x", "new")], &[("c", "new")], &[("c/x", "new")]] {
            let before = tree(&out);
            assert!(matches!(build(&out, site), Err(WriteError::Foreign(_))));
            assert_eq!(tree(&out), before);
        }
        // To be removed: what is behind the link is not ours.
        build(&out, &[("d", "3")]).unwrap();
        assert_eq!(fs::read_to_string(outside.join("b")).unwrap(), "theirs");
        assert!(out.join("c").symlink_metadata().unwrap().is_symlink());
    }

    #[test]
    fn a_stage_that_is_a_link_is_refused() {
        let dir = TempDir::new().unwrap();
        let (out, outside) = (dir.path().join("out"), dir.path().join("outside"));
        fs::create_dir_all(outside.join("files")).unwrap();
        fs::write(outside.join("files/theirs"), "1").unwrap();
        fs::write(outside.join("lock"), "theirs").unwrap();
        fs::create_dir(&out).unwrap();
        let before = tree(&outside);
        symlink(&outside, out.join(STAGE)).unwrap();
        assert!(matches!(build(&out, &[("a", "1")]), Err(WriteError::Foreign(_))));
        fs::remove_file(out.join(STAGE)).unwrap();
        fs::create_dir(out.join(STAGE)).unwrap();
        symlink(outside.join("lock"), out.join(STAGE).join("lock")).unwrap();
        assert!(matches!(build(&out, &[("a", "1")]), Err(WriteError::Foreign(_))));
        assert_eq!(tree(&outside), before);
    }

    #[test]
    fn loops_are_errors() {
        let dir = TempDir::new().unwrap();
        symlink("b", dir.path().join("a")).unwrap();
        symlink("a", dir.path().join("b")).unwrap();
        assert!(matches!(build(&dir.path().join("a"), &[]), Err(WriteError::Io { .. })));
        assert!(matches!(build(&dir.path().join("a/x"), &[]), Err(WriteError::Io { .. })));
    }

    #[test]
    fn the_output_folder_may_be_a_link() {
        let dir = TempDir::new().unwrap();
        fs::create_dir(dir.path().join("real")).unwrap();
        symlink("real", dir.path().join("out")).unwrap();
        build(&dir.path().join("out"), &[("a", "1")]).unwrap();
        assert_eq!(published(&dir.path().join("real")), expected(&[("a", "1")]));
    }
}

/// How a disk fails at its n-th operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    /// That one is refused, and the others work.
    Once,
    /// It is full: nothing can be written any more, but files be renamed and removed.
    Full,
    /// The process is killed: nothing happens any more at all.
    Crash,
}

struct FailingDisk {
    at: usize,
    failure: Failure,
    count: AtomicUsize,
}

impl FailingDisk {
    fn new(at: usize, failure: Failure) -> Self {
        FailingDisk { at, failure, count: AtomicUsize::new(0) }
    }

    /// Does an operation, or fails after having done `half` of it.
    fn op<T>(
        &self,
        takes_space: bool,
        whole: impl FnOnce() -> io::Result<T>,
        half: impl FnOnce(),
    ) -> io::Result<T> {
        let n = self.count.fetch_add(1, Ordering::SeqCst);
        let fails = match self.failure {
            Failure::Once => n == self.at,
            Failure::Full => n >= self.at && takes_space,
            Failure::Crash => n >= self.at,
        };
        if !fails {
            return whole();
        }
        // After a crash, only the operation that it interrupts does anything.
        if n == self.at || self.failure == Failure::Full {
            half();
        }
        Err(io::Error::other("injected"))
    }

    fn failed(&self) -> bool {
        self.count.load(Ordering::SeqCst) > self.at
    }
}

impl Disk for FailingDisk {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.op(true, || RealDisk.create_folder(path), || ())
    }

    fn create_folders(&self, path: &Path) -> io::Result<()> {
        self.op(true, || RealDisk.create_folders(path), || ())
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let half = || fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
        self.op(true, || RealDisk.write(path, bytes), half)
    }

    fn copy(&self, from: &Path, to: &Path) -> io::Result<FileRecord> {
        self.op(true, || RealDisk.copy(from, to), || fs::write(to, "half").unwrap())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.op(false, || RealDisk.rename(from, to), || ())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.op(false, || RealDisk.remove_file(path), || ())
    }

    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.op(false, || RealDisk.remove_folder(path), || ())
    }

    fn remove_tree(&self, path: &Path) -> io::Result<()> {
        let half = || {
            let mut files = walkdir::WalkDir::new(path).into_iter().flatten();
            if let Some(file) = files.find(|entry| entry.file_type().is_file()) {
                fs::remove_file(file.path()).unwrap();
            }
        };
        self.op(false, || RealDisk.remove_tree(path), half)
    }

    fn claim(&self, path: &Path) -> io::Result<Claim> {
        self.op(true, || RealDisk.claim(path), || ())
    }
}

/// Builds `old`, then `new` on a disk that fails at operation `at`, then `next` on a good one.
/// Whether the disk came to fail.
fn survives(old: Site<'_>, new: Site<'_>, next: Site<'_>, at: usize, failure: Failure) -> bool {
    let dir = TempDir::new().unwrap();
    let out = dir.path().join("out");
    if !old.is_empty() {
        build(&out, old).unwrap();
        fs::write(out.join("theirs.txt"), "theirs").unwrap();
    }
    let context = format!("{failure:?} at {at}");
    let disk = Arc::new(FailingDisk::new(at, failure));
    let result = build_on(&out, new, Arc::clone(&disk) as Arc<dyn Disk>);
    let (old_files, new_files) = (expected(old), expected(new));

    let found = published(&out);
    for (name, text) in &found {
        let known = [old_files.get(name), new_files.get(name)];
        assert!(
            known.contains(&Some(text)) || name == "theirs.txt" || name.ends_with('/'),
            "{context}: `{name}` holds {text:?}"
        );
    }
    for (name, text) in old_files.iter().filter(|(name, _)| new_files.contains_key(*name)) {
        assert!(found.contains_key(name), "{context}: `{name}` ({text}) is gone");
    }
    if result.is_ok() {
        // What fails once all is in place is no failure of the build.
        let mut files = found.clone();
        files.remove("theirs.txt");
        assert_eq!(files, new_files, "{context}");
    }
    if failure != Failure::Crash && result.is_err() && out.exists() && at > 0 {
        // Cleaned up by the failing build itself, unless its clean-up is what failed.
        assert!(failure == Failure::Once || !out.join(STAGE).join("files").exists(), "{context}");
    }

    build(&out, next).unwrap_or_else(|error| panic!("{context}: {error}"));
    let mut after = published(&out);
    if !old.is_empty() {
        assert_eq!(after.remove("theirs.txt").as_deref(), Some("theirs"), "{context}");
    }
    assert_eq!(after, expected(next), "{context}");
    assert!(!out.join(STAGE).exists(), "{context}");
    disk.failed()
}

const FAILURES: [Failure; 3] = [Failure::Once, Failure::Full, Failure::Crash];

#[test]
fn every_interruption_of_every_step_is_survived() {
    let old: Site = &[
        ("index.html", "old"),
        ("same.html", "same"),
        ("gone/a.html", "old"),
        ("gone/b/c.html", "old"),
        ("gone.css", "old"),
        ("file", "old"),
        ("folder/x.html", "old"),
        ("folder/y/z.html", "old"),
    ];
    let new: Site = &[
        ("index.html", "NEW"),
        ("same.html", "same"),
        ("fresh/a.html", "NEW"),
        ("fresh/b/c.css", "NEW"),
        ("file/inside.html", "NEW"),
        ("folder", "NEW"),
    ];
    let other: Site = &[("index.html", "other"), ("fresh", "other"), ("file", "other")];
    for failure in FAILURES {
        for (old, new, next) in [
            (old, new, new),
            (old, new, old),
            (old, new, other),
            (&[][..], new, new),
            (new, &[], old),
        ] {
            let mut steps = 0;
            while survives(old, new, next, steps, failure) {
                steps += 1;
                assert!(steps < 200, "no end");
            }
            assert!(steps > 8, "{steps} steps are too few to be all");
        }
    }
}

/// Sites of few names, so that they meet; of two names that clash the first counts.
fn any_site() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop::collection::vec(prop::sample::select(vec!["a", "b", "c.html"]), 1..4)
        .prop_map(|parts| parts.join("/"));
    prop::collection::vec((name, "[xy]{0,2}"), 0..7).prop_map(|files| {
        let mut site: Vec<(String, String)> = Vec::new();
        for (name, text) in files {
            let path = path(&name);
            let clashes = |(other, _): &(String, String)| {
                let other = self::path(other);
                other.starts_with(&path) || path.starts_with(&other)
            };
            if !site.iter().any(clashes) {
                site.push((name, text));
            }
        }
        site
    })
}

fn borrowed(site: &[(String, String)]) -> Vec<(&str, &str)> {
    site.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_site_follows_any_site_however_it_is_interrupted(
        old in any_site(),
        new in any_site(),
        next in any_site(),
        at in 0_usize..40,
        failure in prop::sample::select(FAILURES.to_vec()),
    ) {
        survives(&borrowed(&old), &borrowed(&new), &borrowed(&next), at, failure);
    }
}
