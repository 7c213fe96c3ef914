use std::fs;
use std::path::Path;

use git2::Oid;
use proptest::prelude::*;
use tempfile::TempDir;

use super::testing::{Fixture, signature, write};
use super::*;
use crate::base::Severity;

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

fn listing(source: &dyn Source, folder: &str) -> Listing {
    source.list(&path(folder), &[]).unwrap()
}

fn names(listing: &Listing) -> Vec<&str> {
    listing.files.iter().map(|file| file.path.as_str()).collect()
}

/// Each diagnostic as its code and file.
fn problems(listing: &Listing) -> Vec<(String, String)> {
    let problem = |diagnostic: &Diagnostic| {
        let file = diagnostic.span().map_or("", |span| span.file.as_str());
        (diagnostic.code.to_string(), file.to_owned())
    };
    listing.diagnostics.iter().map(problem).collect()
}

fn problem(code: &str, file: &str) -> (String, String) {
    (code.to_owned(), file.to_owned())
}

fn open(dir: &Path) -> FolderSource {
    FolderSource::open(dir).unwrap().0
}

fn text(source: &dyn Source, name: &str) -> String {
    String::from_utf8(source.read(&path(name)).unwrap().to_vec()).unwrap()
}

mod folder {
    use super::*;

    #[test]
    fn lists_what_git_keeps() {
        let fixture = Fixture::new();
        fixture.write(&[
            (".gitignore", "*.log\n/build/\n!keep.log\ngenerated\n"),
            ("docs/.gitignore", "draft-*\n!draft-ok.md\n"),
            ("docs/a.md", "a"),
            ("docs/.hidden.md", "h"),
            ("docs/new.md", "untracked"),
            ("docs/draft-no.md", "ignored"),
            ("docs/draft-ok.md", "not ignored"),
            ("docs/tracked.log", "tracked although ignored"),
            ("docs/x.log", "ignored"),
            ("docs/keep.log", "kept"),
            ("docs/generated/tracked.md", "tracked in an ignored folder"),
            ("docs/generated/untracked.md", "ignored with its folder"),
            ("docs/generated/deep/er.md", "ignored with its folder"),
            ("docs/node_modules/x/readme.md", "never"),
            ("docs/.copydesk/cache", "never"),
            ("build/x.md", "ignored"),
        ]);
        fixture.add(&["docs/a.md", "docs/tracked.log", "docs/generated/tracked.md"]);
        let (source, seen) = FolderSource::open(&fixture.path().join("docs")).unwrap();
        assert_eq!(seen, path("docs"));
        assert_eq!(source.folder(), Some(&*fixture.path()));
        let listed = listing(&source, "docs");
        assert_eq!(
            names(&listed),
            [
                "docs/.gitignore",
                "docs/.hidden.md",
                "docs/a.md",
                "docs/draft-ok.md",
                "docs/generated/tracked.md",
                "docs/keep.log",
                "docs/new.md",
                "docs/tracked.log",
            ]
        );
        assert_eq!(problems(&listed), []);

        fixture.add(&["docs/x.log"]);
        assert!(names(&listing(&source, "docs")).contains(&"docs/x.log"), "the index is read anew");
        assert!(source.is_file(&path("docs/draft-no.md")), "ignored, but there");
    }

    #[test]
    fn a_folder_that_is_asked_for_is_listed_though_git_ignores_it() {
        let fixture = Fixture::new();
        fixture.write(&[
            (".gitignore", "/generated\n*.log\n"),
            ("generated/a.md", "a"),
            ("generated/b/c.log", "c"),
            ("docs/x.md", "x"),
        ]);
        let source = open(&fixture.path());
        assert_eq!(names(&listing(&source, "generated")), ["generated/a.md", "generated/b/c.log"]);
        assert_eq!(names(&listing(&source, "")), [".gitignore", "docs/x.md"]);
        // Opened there, it has nothing to do with the repository.
        let (source, seen) = FolderSource::open(&fixture.path().join("generated")).unwrap();
        assert_eq!(seen, SourcePath::root());
        assert_eq!(names(&listing(&source, "")), ["a.md", "b/c.log"]);
    }

    #[test]
    fn without_a_repository_nothing_is_ignored() {
        let dir = TempDir::new().unwrap();
        write(&dir.path().join(".gitignore"), "*.md\n");
        write(&dir.path().join("a/b.md"), "x");
        write(&dir.path().join("book/index.html"), "x");
        write(&dir.path().join("bookish.md"), "x");
        let (source, seen) = FolderSource::open(dir.path()).unwrap();
        assert_eq!(seen, SourcePath::root());
        let listed = source.list(&SourcePath::root(), &[path("book")]).unwrap();
        assert_eq!(names(&listed), [".gitignore", "a/b.md", "bookish.md"]);
        assert_eq!(names(&listing(&source, "none")), [""; 0]);
        assert_eq!(names(&listing(&source, "a/b.md")), [""; 0]);
        assert_eq!(source.list(&path("book"), &[path("book")]).unwrap(), Listing::default());
    }

    #[test]
    fn what_is_no_folder_cannot_be_opened() {
        let dir = TempDir::new().unwrap();
        write(&dir.path().join("file"), "x");
        for name in ["none", "file"] {
            let error = FolderSource::open(&dir.path().join(name)).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn a_damaged_repository_is_as_good_as_its_folder() {
        let fixture = Fixture::new();
        fixture.write(&[("docs/a.md", "a"), (".git/config", "[core\nbroken")]);
        let (source, seen) = FolderSource::open(&fixture.path().join("docs")).unwrap();
        assert_eq!(seen, path("docs"));
        assert_eq!(names(&listing(&source, "docs")), ["docs/a.md"]);
    }

    #[test]
    fn a_work_tree_is_a_top_of_its_own() {
        let fixture = Fixture::new();
        fixture.write(&[("docs/a.md", "a"), (".gitignore", "/wt\n")]);
        fixture.commit_all("one");
        let tree = fixture.path().join("wt");
        fixture.repository.worktree("wt", &tree, None).unwrap();
        write(&tree.join("docs/b.md"), "b");
        let (source, seen) = FolderSource::open(&tree.join("docs")).unwrap();
        assert_eq!(seen, path("docs"));
        assert_eq!(source.folder(), Some(&*tree));
        assert_eq!(names(&listing(&source, "")), [".gitignore", "docs/a.md", "docs/b.md"]);
        let (revision, seen) = RevisionSource::open(&tree.join("docs"), "main").unwrap();
        assert_eq!(seen, path("docs"));
        assert_eq!(names(&listing(&revision, "")), [".gitignore", "docs/a.md"]);
    }

    #[test]
    fn reads_are_exact_and_never_private() {
        let fixture = Fixture::new();
        fixture.write(&[("docs/a.md", "a"), (".copydesk/cache", "c")]);
        let source = open(&fixture.path());
        assert_eq!(text(&source, "docs/a.md"), "a");
        for name in ["docs/A.md", "Docs/a.md", "docs", "docs/a.md/x", "none", ""] {
            assert!(!source.is_file(&path(name)), "{name}");
            assert!(matches!(source.read(&path(name)), Err(SourceError::Missing(_))), "{name}");
        }
        for name in [".git/config", ".GIT/config", ".copydesk/cache"] {
            assert!(matches!(source.read(&path(name)), Err(SourceError::Missing(_))), "{name}");
        }
        fixture.write(&[("docs/late.md", "late")]);
        assert_eq!(text(&source, "docs/late.md"), "late");
        fs::remove_file(fixture.path().join("docs/a.md")).unwrap();
        assert!(!source.is_file(&path("docs/a.md")));
    }

    #[test]
    fn a_nested_repository_is_told_and_a_submodule_listed() {
        let fixture = Fixture::new();
        fixture.write(&[("docs/a.md", "a")]);
        let shared = fixture.path().join("docs/shared");
        let inner = git2::Repository::init(&shared).unwrap();
        write(&shared.join("s.md"), "s");
        write(&shared.join("sub/t.md"), "t");
        write(&shared.join("sub/x.tmp"), "x");
        write(&shared.join(".gitignore"), "*.tmp\n");
        let source = open(&fixture.path());
        let listed = listing(&source, "");
        assert_eq!(names(&listed), ["docs/a.md"]);
        assert_eq!(problems(&listed), [problem("source/nested-repository", "docs/shared")]);
        assert_eq!(listed.diagnostics[0].severity, Severity::Advice);

        // A commit there, registered here, makes it a submodule.
        let mut index = inner.index().unwrap();
        index.add_path(Path::new("s.md")).unwrap();
        let tree = inner.find_tree(index.write_tree().unwrap()).unwrap();
        let who = signature();
        let commit = inner.commit(Some("HEAD"), &who, &who, "s", &tree, &[]).unwrap();
        fixture.add_gitlink("docs/shared", commit);
        let listed = listing(&source, "docs");
        assert_eq!(
            names(&listed),
            ["docs/a.md", "docs/shared/.gitignore", "docs/shared/s.md", "docs/shared/sub/t.md"]
        );
        assert_eq!(problems(&listed), []);
        let within = listing(&source, "docs/shared/sub");
        assert_eq!(names(&within), ["docs/shared/sub/t.md"], "its own rules hold inside");

        fs::remove_dir_all(&shared).unwrap();
        fs::create_dir(&shared).unwrap();
        let listed = listing(&source, "docs");
        assert_eq!(problems(&listed), [problem("source/submodule-missing", "docs/shared")]);
        let help = listed.diagnostics[0].help.as_deref().unwrap();
        assert!(help.contains("git submodule update --init docs/shared"), "{help}");
    }

    #[test]
    fn lfs_pointers_are_told_where_lfs_is_used() {
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
        let fixture = Fixture::new();
        fixture.write(&[("a.png", pointer), ("b.png", "small")]);
        let source = open(&fixture.path());
        assert_eq!(problems(&listing(&source, "")), []);
        fixture.write(&[(".gitattributes", "*.png filter=lfs diff=lfs merge=lfs -text\n")]);
        assert_eq!(problems(&listing(&source, "")), [problem("source/lfs-pointer", "a.png")]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_that_cannot_be_published_are_told() {
        use std::os::unix::ffi::OsStrExt;
        let dir = TempDir::new().unwrap();
        fs::create_dir(dir.path().join("docs")).unwrap();
        for name in [&b"bad-\xff.md"[..], b"back\\slash.md", b"good.md"] {
            fs::write(dir.path().join("docs").join(std::ffi::OsStr::from_bytes(name)), "x")
                .unwrap();
        }
        let listed = listing(&open(dir.path()), "");
        assert_eq!(names(&listed), ["docs/good.md"]);
        let messages: Vec<&str> = listed.diagnostics.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`docs/back\\slash.md` is not a portable name",
                "`docs/bad-\u{fffd}.md` is not a Unicode name"
            ]
        );
        assert!(listed.diagnostics.iter().all(|d| d.code == "source/file-name"));
    }

    #[cfg(unix)]
    #[test]
    fn sockets_are_no_files() {
        let dir = TempDir::new().unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(dir.path().join("socket")).unwrap();
        let source = open(dir.path());
        assert_eq!(listing(&source, ""), Listing::default());
        assert!(matches!(source.read(&path("socket")), Err(SourceError::Missing(_))));
    }
}

#[cfg(unix)]
mod links {
    use std::os::unix::fs::symlink;

    use super::*;

    fn link(fixture: &Fixture, name: &str, target: &str) {
        let at = fixture.path().join(name);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        symlink(target, at).unwrap();
    }

    /// The folder and the commit of all of it: what holds for one must hold for the other.
    fn both(fixture: &Fixture) -> [Box<dyn Source>; 2] {
        fixture.commit_all("all");
        let (revision, _) = RevisionSource::open(&fixture.path(), "HEAD").unwrap();
        [Box::new(open(&fixture.path())), Box::new(revision)]
    }

    #[test]
    fn inside_they_are_followed() {
        let fixture = Fixture::new();
        fixture.write(&[("shared/a.md", "a"), ("shared/b/c.md", "c"), ("docs/x.md", "x")]);
        link(&fixture, "docs/shared", "../shared");
        link(&fixture, "docs/one.md", "shared/../shared/b/./c.md");
        link(&fixture, "docs/again", "shared/b");
        link(&fixture, "docs/self.md", "./x.md");
        for source in both(&fixture) {
            let listed = listing(&*source, "docs");
            assert_eq!(
                names(&listed),
                [
                    "docs/again/c.md",
                    "docs/one.md",
                    "docs/self.md",
                    "docs/shared/a.md",
                    "docs/shared/b/c.md",
                    "docs/x.md",
                ]
            );
            assert_eq!(problems(&listed), []);
            assert_eq!(text(&*source, "docs/one.md"), "c");
            assert_eq!(text(&*source, "docs/again/c.md"), "c");
            assert_eq!(names(&listing(&*source, "docs/again")), ["docs/again/c.md"]);
            assert!(source.is_file(&path("docs/shared/b/c.md")));
            assert!(!source.is_file(&path("docs/shared")));
        }
    }

    #[test]
    fn outside_they_are_errors_whatever_is_there() {
        let outside = TempDir::new().unwrap();
        write(&outside.path().join("secret"), "s");
        let fixture = Fixture::new();
        let name = fixture.path().file_name().unwrap().to_str().unwrap().to_owned();
        fixture.write(&[("docs/x.md", "x")]);
        link(&fixture, "docs/a", outside.path().join("secret").to_str().unwrap());
        link(&fixture, "docs/b", "../../nothing");
        link(&fixture, "docs/c", "/etc");
        link(&fixture, "docs/d", "a");
        link(&fixture, "docs/e", "../.git/config");
        // Out and in again: this depends on where the folder stands.
        link(&fixture, "docs/f", &format!("../../{name}/docs/x.md"));
        link(&fixture, "docs/g", fixture.path().join("docs/x.md").to_str().unwrap());
        link(&fixture, "docs/h", "C:\\Users");
        for source in both(&fixture) {
            let listed = listing(&*source, "docs");
            assert_eq!(names(&listed), ["docs/x.md"]);
            let expected: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h"]
                .iter()
                .map(|name| problem("source/symlink-outside", &format!("docs/{name}")))
                .collect();
            assert_eq!(problems(&listed), expected);
            assert!(listed.diagnostics.iter().all(|d| d.severity == Severity::Error));
            for name in ["docs/a", "docs/c/passwd", "docs/d", "docs/e", "docs/g"] {
                assert!(!source.is_file(&path(name)));
                let error = source.read(&path(name)).unwrap_err();
                assert!(matches!(error, SourceError::Outside(_)), "{name}: {error}");
            }
        }
    }

    #[test]
    fn without_an_end_or_target_they_are_left_out() {
        let fixture = Fixture::new();
        fixture.write(&[("docs/x.md", "x"), ("docs/in/y.md", "y")]);
        link(&fixture, "docs/none", "nowhere.md");
        link(&fixture, "docs/file", "x.md/y");
        link(&fixture, "docs/a", "b");
        link(&fixture, "docs/b", "a");
        link(&fixture, "docs/me", "me");
        link(&fixture, "docs/in/up", "..");
        link(&fixture, "docs/in/top", "../..");
        for source in both(&fixture) {
            let listed = listing(&*source, "docs");
            assert_eq!(names(&listed), ["docs/in/y.md", "docs/x.md"]);
            let expected: Vec<_> = ["a", "b", "file", "in/top", "in/up", "me", "none"]
                .iter()
                .map(|name| problem("source/symlink-broken", &format!("docs/{name}")))
                .collect();
            assert_eq!(problems(&listed), expected);
            assert!(matches!(source.read(&path("docs/a")), Err(SourceError::Missing(_))));
            assert_eq!(text(&*source, "docs/in/up/in/up/x.md"), "x", "a path that ends, ends");
        }
    }

    #[test]
    fn two_folders_that_link_to_each_other_have_an_end() {
        let fixture = Fixture::new();
        fixture.write(&[("docs/a/x.md", "x"), ("docs/b/y.md", "y")]);
        link(&fixture, "docs/a/b", "../b");
        link(&fixture, "docs/b/a", "../a");
        for source in both(&fixture) {
            let listed = listing(&*source, "docs");
            let expected = ["docs/a/b/y.md", "docs/a/x.md", "docs/b/a/x.md", "docs/b/y.md"];
            assert_eq!(names(&listed), expected);
            let loops = ["docs/a/b/a", "docs/b/a/b"];
            assert_eq!(problems(&listed), loops.map(|at| problem("source/symlink-broken", at)));
        }
    }

    #[test]
    fn a_tower_of_links_costs_what_its_folders_cost() {
        let fixture = Fixture::new();
        // As paths, these are 2^40 files.
        for floor in 0..40 {
            link(&fixture, &format!("docs/{floor:02}/a"), &format!("../{:02}", floor + 1));
            link(&fixture, &format!("docs/{floor:02}/b"), &format!("../{:02}", floor + 1));
        }
        fixture.write(&[("docs/40/x.md", "x")]);
        for source in both(&fixture) {
            let listed = listing(&*source, "docs");
            assert!(listed.files.len() <= 65, "{}", listed.files.len());
            assert!(names(&listed).contains(&"docs/40/x.md"));
            assert!(problems(&listed).iter().any(|(code, _)| code == "source/symlink-broken"));
        }
    }

    #[test]
    fn to_what_is_never_content_they_are_no_way_around() {
        let fixture = Fixture::new();
        fixture.write(&[
            (".gitignore", "/target\n"),
            ("docs/x.md", "x"),
            ("node_modules/p/readme.md", "p"),
            ("book/index.html", "out"),
            ("target/made.md", "ignored"),
        ]);
        link(&fixture, "docs/p", "../node_modules/p");
        link(&fixture, "docs/out", "../book");
        link(&fixture, "docs/made", "../target");
        link(&fixture, "docs/made.md", "../target/made.md");
        for source in both(&fixture) {
            let listed = source.list(&path("docs"), &[path("book")]).unwrap();
            assert_eq!(names(&listed), ["docs/x.md"]);
        }
    }

    #[test]
    fn a_link_that_git_ignores_is_not_followed() {
        let fixture = Fixture::new();
        fixture.write(&[(".gitignore", "/docs/mine\n"), ("docs/x.md", "x")]);
        link(&fixture, "docs/mine", "/etc");
        assert_eq!(problems(&listing(&open(&fixture.path()), "docs")), []);
    }

    /// Trees of few names, so that links meet files.
    fn any_tree() -> impl Strategy<Value = Vec<(String, Option<String>)>> {
        let name = || prop::sample::select(vec!["a", "b", "c.md"]);
        let place = prop::collection::vec(name(), 1..4).prop_map(|parts| parts.join("/"));
        let step = prop::sample::select(vec!["a", "b", "c.md", "..", "..", ".", ""]);
        let target = prop::collection::vec(step, 1..5)
            .prop_map(|parts| parts.join("/"))
            .prop_filter("no empty link", |target| !target.is_empty());
        prop::collection::vec((place, prop::option::of(target)), 1..10)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_revision_equals_its_clean_checkout(tree in any_tree()) {
            let fixture = Fixture::new();
            for (name, target) in &tree {
                let at = fixture.path().join(name);
                // A link on the way up would lead the fixture itself astray.
                let above = Path::new(name).ancestors().skip(1);
                let is_free = at.symlink_metadata().is_err()
                    && above.into_iter().all(|folder| {
                        let folder = fixture.path().join(folder);
                        folder.symlink_metadata().map_or(true, |meta| meta.is_dir())
                    });
                if !is_free {
                    continue;
                }
                match target {
                    Some(target) => link(&fixture, name, target),
                    None => fixture.write(&[(name, name)]),
                }
            }
            let [folder, revision] = both(&fixture);
            let (in_folder, in_revision) = (listing(&*folder, ""), listing(&*revision, ""));
            prop_assert_eq!(&in_folder, &in_revision);
            let top = fixture.path();
            for file in &in_folder.files {
                let bytes = folder.read(&file.path).unwrap();
                prop_assert_eq!(&bytes, &revision.read(&file.path).unwrap());
                // The operating system agrees about where the links lead.
                prop_assert_eq!(&fs::read(top.join(file.path.as_str())).unwrap(), &bytes.to_vec());
                prop_assert!(folder.is_file(&file.path) && revision.is_file(&file.path));
            }
        }
    }
}

mod revision {
    use super::*;

    #[test]
    fn branches_tags_ids_and_steps() {
        let fixture = Fixture::new();
        fixture.write(&[("docs/a.md", "one")]);
        let one = fixture.commit_all("one");
        fixture.write(&[("docs/a.md", "two"), ("docs/b.md", "new")]);
        let two = fixture.commit_all("two");
        fixture.write(&[("docs/a.md", "not committed")]);
        let repository = &fixture.repository;
        let first = repository.find_object(one, None).unwrap();
        repository.tag("v1", &first, &signature(), "one", false).unwrap();
        repository.tag_lightweight("light", &first, false).unwrap();
        repository.reference("refs/remotes/origin/team/topic", one, false, "").unwrap();
        repository.remote("origin", "https://example.org/x").unwrap();

        let docs = fixture.path().join("docs");
        for rev in [
            "v1",
            "light",
            "HEAD~1",
            "main^",
            "origin/team/topic",
            "team/topic",
            &one.to_string(),
            &one.to_string()[..9],
        ] {
            let (source, seen) = RevisionSource::open(&docs, rev).unwrap();
            assert_eq!((seen, source.commit()), (path("docs"), one.to_string()), "{rev}");
            assert_eq!(text(&source, "docs/a.md"), "one", "{rev}");
            assert!(!source.is_file(&path("docs/b.md")), "{rev}");
            assert_eq!(source.folder(), None);
        }
        for rev in ["HEAD", "main", "refs/heads/main"] {
            let (source, _) = RevisionSource::open(&docs, rev).unwrap();
            assert_eq!(source.commit(), two.to_string());
            assert_eq!(names(&listing(&source, "")), ["docs/a.md", "docs/b.md"]);
            assert_eq!(text(&source, "docs/a.md"), "two");
        }
        let blob = two.to_string() + ":docs/a.md";
        for rev in ["none", "", "v9", "main~9", "a..b", "HEAD:docs", &blob, "\u{1}", "origin", "-h"]
        {
            let error = RevisionSource::open(&docs, rev).unwrap_err();
            assert!(matches!(&error, SourceError::Revision(name) if name == rev), "{rev}: {error}");
        }
    }

    #[test]
    fn bare_repositories_and_none() {
        let fixture = Fixture::bare();
        let blob = fixture.repository.blob(b"text").unwrap();
        let mut tree = fixture.repository.treebuilder(None).unwrap();
        tree.insert("a.md", blob, 0o100_644).unwrap();
        tree.insert("b\\c.md", blob, 0o100_644).unwrap();
        tree.insert(&b"\xff.md"[..], blob, 0o100_755).unwrap();
        tree.insert("run.sh", blob, 0o100_755).unwrap();
        let commit = Oid::from_str("1234567890123456789012345678901234567890").unwrap();
        tree.insert("module", commit, 0o160_000).unwrap();
        fixture.commit_tree("one", tree.write().unwrap());
        let (source, seen) = RevisionSource::open(&fixture.path(), "main").unwrap();
        assert_eq!(seen, SourcePath::root());
        let listed = listing(&source, "");
        assert_eq!(names(&listed), ["a.md", "run.sh"]);
        assert_eq!(
            problems(&listed),
            [
                problem("source/file-name", ""),
                problem("source/file-name", ""),
                problem("source/submodule-missing", "module"),
            ]
        );
        assert!(matches!(source.read(&path("module/x")), Err(SourceError::Missing(_))));
        assert_eq!(problems(&listing(&source, "module")).len(), 1);

        let dir = TempDir::new().unwrap();
        let error = RevisionSource::open(dir.path(), "main").unwrap_err();
        assert!(matches!(error, SourceError::Git { .. }), "{error}");
        // The folder of a bare repository is a folder.
        assert_eq!(FolderSource::open(&fixture.path()).unwrap().1, SourcePath::root());
    }

    #[test]
    fn a_repository_without_commits_has_no_revisions() {
        let fixture = Fixture::new();
        let error = RevisionSource::open(&fixture.path(), "HEAD").unwrap_err();
        assert!(matches!(error, SourceError::Revision(_)), "{error}");
    }

    #[test]
    fn many_threads_read_at_once() {
        let fixture = Fixture::new();
        let files: Vec<String> = (0..40).map(|n| format!("d{}/{n}.md", n % 7)).collect();
        for name in &files {
            fixture.write(&[(name, name)]);
        }
        fixture.commit_all("all");
        let (source, _) = RevisionSource::open(&fixture.path(), "HEAD").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for name in &files {
                        assert_eq!(text(&source, name), **name);
                    }
                    assert_eq!(listing(&source, "").files.len(), 40);
                });
            }
        });
    }

    #[test]
    fn bytes_are_those_of_the_blob() {
        let fixture = Fixture::bare();
        let blob = |bytes: &[u8]| fixture.repository.blob(bytes).unwrap();
        let mut tree = fixture.repository.treebuilder(None).unwrap();
        tree.insert(".gitattributes", blob(b"* text eol=crlf ident\n"), 0o100_644).unwrap();
        tree.insert("a.md", blob(b"$Id$\r\nb\nc\0"), 0o100_644).unwrap();
        fixture.commit_tree("one", tree.write().unwrap());
        let (source, _) = RevisionSource::open(&fixture.path(), "HEAD").unwrap();
        assert_eq!(&*source.read(&path("a.md")).unwrap(), b"$Id$\r\nb\nc\0");
    }
}

mod memory {
    use super::*;

    #[test]
    fn a_site_in_one_text() {
        let source = MemorySource::site(
            "a comment\n-- a.md --\n# A\n\n-- no path/../x --\n-- b/c.md --\n-- b/empty.md --  \n-- d.md --\nno end",
        );
        assert_eq!(names(&listing(&source, "")), ["a.md", "b/c.md", "b/empty.md", "d.md"]);
        assert_eq!(text(&source, "a.md"), "# A\n\n-- no path/../x --\n");
        assert_eq!(text(&source, "b/c.md"), "");
        assert_eq!(text(&source, "d.md"), "no end");
    }

    #[test]
    fn lists_and_reads_as_a_folder_does() {
        let files = [
            "a/x.md",
            "a-b.md",
            "a/y/z.md",
            "ab/x.md",
            "book/o.html",
            ".git/config",
            "a/node_modules/m.md",
            ".hidden",
        ];
        let source = MemorySource::new(files.map(|name| (path(name), name.as_bytes().to_vec())));
        let dir = TempDir::new().unwrap();
        for name in files.iter().filter(|name| !name.starts_with(".git")) {
            write(&dir.path().join(name), name);
        }
        let folder = open(dir.path());
        for at in ["", "a", "a/y", "none", "a/x.md"] {
            let listed = source.list(&path(at), &[path("book")]).unwrap();
            assert_eq!(listed, folder.list(&path(at), &[path("book")]).unwrap(), "{at:?}");
        }
        assert_eq!(names(&listing(&source, "a")), ["a/x.md", "a/y/z.md"]);
        for at in ["a", "", ".git/config", "A/x.md"] {
            assert!(matches!(source.read(&path(at)), Err(SourceError::Missing(_))), "{at:?}");
        }
        let changed = source.with(path("a/x.md"), *b"new").without(&path("ab/x.md"));
        assert_eq!(text(&changed, "a/x.md"), "new");
        assert!(!changed.is_file(&path("ab/x.md")));
    }
}

#[test]
fn codes_are_sorted_and_explained() {
    assert!(CODES.is_sorted_by_key(|code| code.id));
    assert!(CODES.iter().all(|code| code.id.starts_with("source/") && code.explanation.len() > 80));
}
