//! What happens to the published site: only what changed is written, only what is ours is
//! removed, and an interruption at any moment leaves each file old or new.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::sandbox::{Outcome, Sandbox, same_trees, tree};

fn site(pages: usize, word: &str) -> String {
    let mut files = format!("-- index.md --\n# Home {word}\n");
    for page in 0..pages {
        files +=
            &format!("-- page-{page:03}.md --\n# Page {page} {word}\n\n{}\n", word.repeat(2_000));
    }
    files
}

#[test]
fn only_what_has_changed_is_written() {
    let sandbox = Sandbox::new(&site(5, "old"));
    sandbox.build(&[]).ends(0);
    let long_ago = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for name in tree(&sandbox.path("out")).keys() {
        let file = std::fs::File::options().append(true).open(sandbox.path("out").join(name));
        file.unwrap().set_modified(long_ago).unwrap();
    }
    sandbox.add("-- page-003.md --\n# Page 3 old\n\nAnother text.\n");
    sandbox.build(&[]).ends(0);
    let written: BTreeSet<String> = tree(&sandbox.path("out"))
        .into_keys()
        .filter(|name| {
            let data = std::fs::metadata(sandbox.path("out").join(name)).unwrap();
            data.modified().unwrap() != long_ago
        })
        .collect();
    assert!(written.contains("page-003.html"), "{written:?}");
    for page in ["index.html", "page-000.html", "page-004.html"] {
        assert!(!written.contains(page), "{page} is written without need: {written:?}");
    }
}

#[test]
fn what_is_gone_is_removed_and_what_is_not_ours_stays() {
    let sandbox = Sandbox::new(&site(3, "old"));
    sandbox.add("-- deep/er/page.md --\n# Deep\n");
    sandbox.build(&[]).ends(0);
    std::fs::write(sandbox.path("out/precious.txt"), "keep").unwrap();
    std::fs::write(sandbox.path("out/deep/note.txt"), "keep").unwrap();
    std::fs::remove_file(sandbox.site("page-001.md")).unwrap();
    std::fs::remove_dir_all(sandbox.site("deep")).unwrap();
    sandbox.build(&[]).ends(0);
    assert!(!sandbox.path("out/page-001.html").exists());
    assert!(!sandbox.path("out/deep/er").exists(), "nor the folder that it left empty");
    assert_eq!(sandbox.read("out/precious.txt"), "keep");
    assert_eq!(sandbox.read("out/deep/note.txt"), "keep");
}

#[test]
fn a_file_that_was_changed_by_hand_is_put_right() {
    let sandbox = Sandbox::new(&site(2, "old"));
    sandbox.build(&[]).ends(0);
    let before = tree(&sandbox.path("out"));
    std::fs::write(sandbox.path("out/page-000.html"), "changed").unwrap();
    std::fs::remove_file(sandbox.path("out/page-001.html")).unwrap();
    sandbox.build(&[]).ends(0);
    same_trees(&before, &tree(&sandbox.path("out")));
}

#[test]
fn a_link_in_the_output_is_not_written_through() {
    let sandbox = Sandbox::new(&site(1, "old"));
    sandbox.build(&[]).ends(0);
    std::fs::write(sandbox.path("outside.html"), "outside").unwrap();
    std::fs::remove_file(sandbox.path("out/page-000.html")).unwrap();
    std::os::unix::fs::symlink(sandbox.path("outside.html"), sandbox.path("out/page-000.html"))
        .unwrap();
    sandbox.add(&site(1, "new"));
    sandbox.build(&[]);
    assert_eq!(sandbox.read("outside.html"), "outside");
}

#[test]
fn a_disk_that_is_full_ends_2_and_leaves_the_old_site() {
    // A limit on the size of files stands for the full disk: eight blocks of 1024 bytes, and
    // pages that are larger.
    let sandbox = Sandbox::new(&site(4, "old"));
    sandbox.build(&[]).ends(0);
    let before = tree(&sandbox.path("out"));
    assert!(before["page-000.html"].len() > 8 * 1024);
    sandbox.add(&site(4, "new"));
    let script = format!("ulimit -f 8; exec {} build --out ../out", env!("CARGO_BIN_EXE_copydesk"));
    Outcome::of(sandbox.isolated("bash").args(["-c", &script])).ends(2).says("out");
    same_trees(&before, &tree(&sandbox.path("out")));
    // And it is none the worse for it.
    sandbox.build(&[]).ends(0);
    assert!(sandbox.read("out/page-000.html").contains("new"));
}

#[test]
fn killed_at_any_moment_every_file_is_the_old_or_the_new_one() {
    const PAGES: usize = 40;
    const KILLS: u32 = 20;
    let (old, new) = (site(PAGES, "old"), site(PAGES, "new"));
    let built = |files: &str| -> (BTreeMap<String, Vec<u8>>, Duration) {
        let sandbox = Sandbox::new(files);
        let start = Instant::now();
        sandbox.build(&[]).ends(0);
        (tree(&sandbox.path("out")), start.elapsed())
    };
    let (old_tree, _) = built(&old);
    let (new_tree, duration) = built(&new);

    let sandbox = Sandbox::new(&old);
    sandbox.build(&[]).ends(0);
    let mut interrupted = 0;
    for kill in 0..KILLS {
        // The moments are spread over the whole build, a little beyond its usual end.
        let moment = duration * (kill + 1) / (KILLS - 2);
        sandbox.add(&new);
        let mut child = sandbox
            .command()
            .args(["build", "--out", "../out"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        #[expect(clippy::disallowed_methods, reason = "an arbitrary moment is the point")]
        std::thread::sleep(moment);
        child.kill().unwrap();
        interrupted += u32::from(child.wait().unwrap().code().is_none());

        let found = tree(&sandbox.path("out"));
        for (name, bytes) in &old_tree {
            // A page of either site; the manifest of the writer is its own affair.
            if name.ends_with(".html") && new_tree.contains_key(name) {
                let now = found.get(name).unwrap_or_else(|| panic!("kill {kill}: {name} is gone"));
                let whole = now == bytes || now == &new_tree[name];
                assert!(whole, "kill {kill}: {name} is neither old nor new");
            }
        }
        // The next build puts everything right, whatever was left behind: leftovers included.
        sandbox.build(&[]).ends(0);
        same_trees(&new_tree, &tree(&sandbox.path("out")));
        sandbox.add(&old);
        sandbox.build(&[]).ends(0);
        same_trees(&old_tree, &tree(&sandbox.path("out")));
    }
    assert!(interrupted > 0, "no build was interrupted: the test tests nothing");
}

#[test]
fn two_builds_at_once_do_not_spoil_each_other() {
    let sandbox = Sandbox::new(&site(20, "old"));
    sandbox.build(&[]).ends(0);
    let expected = tree(&sandbox.path("out"));
    let spawn = || {
        let mut command = sandbox.command();
        command.args(["build", "--out", "../out", "--quiet"]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    let mut builds = [spawn(), spawn(), spawn()];
    for build in &mut builds {
        // One may find the output taken and say so; none may break.
        let code = build.wait().unwrap().code();
        assert!(matches!(code, Some(0 | 2)), "{code:?}");
    }
    sandbox.build(&[]).ends(0);
    same_trees(&expected, &tree(&sandbox.path("out")));
}
