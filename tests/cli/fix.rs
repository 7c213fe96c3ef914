//! `copydesk lint --fix` as a process: what is written, what is left alone, and what a diff shows.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;
use std::time::Instant;

use super::sandbox::{Sandbox, tree};

const SITE: &str = "\
-- .vale.ini --
StylesPath = styles
MinAlertLevel = suggestion

[*.md]
BasedOnStyles = House
-- styles/House/Words.yml --
extends: substitution
message: \"Use '%s' instead of '%s'.\"
level: error
action:
  name: replace
swap:
  utilize: use
-- styles/House/Filler.yml --
extends: existence
message: \"Leave out '%s'.\"
level: warning
action:
  name: remove
tokens: [simply]
-- styles/House/Lists.yml --
extends: existence
message: \"No '%s'.\"
level: warning
nonword: true
action:
  name: replace
  params: ['- item']
tokens: [entry]
";

fn site() -> Sandbox {
    let sandbox = Sandbox::new(SITE);
    sandbox.add(
        "-- a.md --\n# Pumps\n\nWe utilize a pump. It is simply done.\n-- docs/b.md --\nfine\n",
    );
    sandbox
}

#[test]
fn fixes_are_written_and_what_is_left_sets_the_exit_code() {
    let sandbox = site();
    sandbox.write("docs/w.md", "\u{feff}We utilize\r\nit.\r\n");
    let safe = sandbox.run(&["lint", "--fix"]);
    assert_eq!(safe.code, 1, "{}", safe.stderr);
    assert!(safe.stderr.contains("fixed 0 in 0 files, 3 left"), "{}", safe.stderr);
    assert!(sandbox.read("site/a.md").contains("utilize"), "suggestions are not applied unasked");

    let all = sandbox.run(&["lint", "--fix", "--suggested"]);
    assert_eq!(all.code, 0, "{}", all.stderr);
    assert!(all.stderr.contains("fixed 3 in 2 files, 0 left"), "{}", all.stderr);
    assert_eq!(sandbox.read("site/a.md"), "# Pumps\n\nWe use a pump. It is done.\n");
    assert_eq!(sandbox.read("site/docs/w.md"), "\u{feff}We use\r\nit.\r\n");
    assert_eq!(sandbox.read("site/docs/b.md"), "fine\n");
    let again = sandbox.run(&["lint", "--fix", "--suggested"]);
    assert!(again.stderr.contains("fixed 0 in 0 files, 0 left"), "{}", again.stderr);
    assert!(sandbox.run(&["lint", "--suggested"]).code == 2, "`--suggested` is for `--fix`");
}

#[test]
fn a_dry_run_prints_a_diff_that_applies() {
    let sandbox = site();
    let before = sandbox.read("site/a.md");
    let shown = sandbox.run(&["lint", "--fix", "--suggested", "--dry-run"]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(shown.stderr.contains("would fix 2 in 1 file, 0 left"), "{}", shown.stderr);
    assert_eq!(sandbox.read("site/a.md"), before);
    fs::write(sandbox.path("patch"), &shown.stdout).unwrap();
    sandbox.git(&["init", "--quiet"]);
    sandbox.git(&["apply", "../patch"]);
    assert_eq!(sandbox.read("site/a.md"), "# Pumps\n\nWe use a pump. It is done.\n");
}

#[test]
fn a_fix_that_would_break_a_page_is_told_and_not_applied() {
    let sandbox = site();
    sandbox.write("a.md", "The first\nentry is here. We utilize it.\n\n<!-- utilize -->\n");
    let outcome = sandbox.run(&["lint", "--fix", "--suggested", "a.md"]);
    assert!(outcome.stderr.contains("fixed 1 in 1 file, 1 left"), "{}", outcome.stderr);
    assert!(
        outcome.stderr.contains("not fixed: a.md:2: House.Lists: it would "),
        "{}",
        outcome.stderr
    );
    let kept = sandbox.read("site/a.md");
    assert_eq!(kept, "The first\nentry is here. We use it.\n\n<!-- utilize -->\n");
}

#[test]
fn what_is_suppressed_is_not_touched() {
    let sandbox = site();
    let text = "We utilize it.\n\n<!-- vale off -->\n\nWe utilize it.\n\n<!-- vale on -->\n\n\
                We `utilize` it.\n";
    sandbox.write("a.md", text);
    assert_eq!(sandbox.run(&["lint", "--fix", "--suggested", "a.md"]).code, 0);
    assert_eq!(sandbox.read("site/a.md"), text.replacen("utilize", "use", 1));
}

#[test]
fn standard_input_comes_back_fixed() {
    let sandbox = site();
    let mut command = sandbox.command();
    command
        .args(["lint", "--fix", "--suggested", "--stdin", "--stdin-path", "new.md"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"We utilize it.\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "We use it.\n");
    assert!(!sandbox.site("new.md").exists());
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_out_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let sandbox = site();
    fs::write(sandbox.path("outside.md"), "We utilize it.\n").unwrap();
    symlink(sandbox.path("outside.md"), sandbox.site("link.md")).unwrap();
    sandbox.write("locked.md", "We utilize it.\n");
    fs::set_permissions(sandbox.site("locked.md"), fs::Permissions::from_mode(0o444)).unwrap();
    fs::set_permissions(sandbox.site("a.md"), fs::Permissions::from_mode(0o640)).unwrap();
    let outcome = sandbox.run(&["lint", "--fix", "--suggested"]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("`locked.md` is read-only"), "{}", outcome.stderr);
    assert_eq!(sandbox.read("outside.md"), "We utilize it.\n");
    assert_eq!(sandbox.read("site/locked.md"), "We utilize it.\n");
    let mode = sandbox.site("a.md").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert!(sandbox.read("site/a.md").contains("We use"));
}

#[test]
fn killed_at_any_moment_no_page_is_half_written_and_the_next_run_mends_the_rest() {
    const PAGES: usize = 80;
    const KILLS: u32 = 24;
    let old = format!("# Pump\n\n{}", "We utilize a pump.\n\n".repeat(30));
    let new = old.replace("utilize", "use");
    let sandbox = Sandbox::new(SITE);
    sandbox.write("book.toml", "[lint]\nextends = [\"vale\"]\n");
    let names: Vec<String> = (0..PAGES).map(|number| format!("content/{number}.md")).collect();
    let reset = || names.iter().for_each(|name| sandbox.write(name, &old));
    let command = || {
        let mut command = sandbox.command();
        command.args(["lint", "--quiet", "--fix", "--suggested", "--fail-on", "never"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    reset();
    let start = Instant::now();
    assert_eq!(command().status().unwrap().code(), Some(0));
    let duration = start.elapsed();
    let mut interrupted = 0;
    for kill in 0..KILLS {
        reset();
        let mut child = command().spawn().unwrap();
        // The moments are spread over the whole run, closer where files are written.
        let share = f64::from(kill + 1) / f64::from(KILLS);
        #[expect(clippy::disallowed_methods, reason = "an arbitrary moment is the point")]
        std::thread::sleep(duration.mul_f64(share.sqrt()));
        drop(child.kill());
        interrupted += u32::from(child.wait().unwrap().code().is_none());
        for name in &names {
            let text = sandbox.read(&format!("site/{name}"));
            assert!(text == old || text == new, "kill {kill}: {name} is neither old nor new");
        }
        // What a killed run leaves behind is nobody's page and no file of the site.
        sandbox.build(&[]).ends(0);
        let left = tree(&sandbox.path("out")).into_keys().find(|name| name.contains(".tmp"));
        assert_eq!(left, None, "kill {kill}");
        assert_eq!(command().status().unwrap().code(), Some(0));
        for name in &names {
            assert_eq!(sandbox.read(&format!("site/{name}")), new, "kill {kill}: {name}");
        }
    }
    assert!(interrupted > 0, "no run was interrupted: the test tests nothing");
}

#[test]
fn killed_half_way_each_file_is_the_old_or_the_new_one() {
    let old = format!("{}\n", "We utilize a pump.\n\n".repeat(40));
    let new = old.replace("utilize", "use");
    let sandbox = Sandbox::new(SITE);
    let names: Vec<String> = (0..60).map(|number| format!("p/{number}.md")).collect();
    // Ended once the first, the last or some other file has changed. Which ones have changed then
    // is left to chance, and that none is half written is not.
    for watched in [0, 7, 23, 41, 59] {
        for name in &names {
            sandbox.write(name, &old);
        }
        let mut child = sandbox
            .command()
            .args(["lint", "--no-cache", "--quiet", "--fix", "--suggested", "p"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let watched = format!("site/{}", names[watched]);
        while child.try_wait().unwrap().is_none() {
            let text = sandbox.read(&watched);
            assert!(text == old || text == new, "seen half written");
            if text == new {
                break;
            }
            std::thread::yield_now();
        }
        // It may have come to its end by itself.
        drop(child.kill());
        child.wait().unwrap();
        for name in &names {
            let text = sandbox.read(&format!("site/{name}"));
            assert!(text == old || text == new, "{name} is neither the old nor the new one");
        }
        assert_eq!(sandbox.read(&watched), new);
    }
    sandbox.run(&["lint", "--fix", "--suggested", "p"]);
    let outcome = sandbox.run(&["lint", "p"]);
    assert_eq!(outcome.code, 0);
}
