//! `copydesk lint --install-hook` as a process, with real commits.

use std::path::Path;

use super::sandbox::{Outcome, Sandbox};

const SITE: &str = "\
-- docs/.vale.ini --
StylesPath = styles
[*.md]
BasedOnStyles = House
-- docs/styles/House/Words.yml --
extends: existence
message: \"No '%s'.\"
level: error
tokens: [utilize]
-- docs/old.md --
We utilize it.
-- code.txt --
x
";

fn install(sandbox: &Sandbox, folder: &str) -> Outcome {
    let mut command = sandbox.command();
    command.current_dir(sandbox.site(folder)).args(["lint", "--install-hook"]);
    Outcome::of(&mut command)
}

/// Whether a commit goes through.
fn commits(sandbox: &Sandbox, folder: &Path) -> bool {
    let binary = Path::new(env!("CARGO_BIN_EXE_copydesk")).parent().unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = sandbox.isolated("git");
    command
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", binary.display()))
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
        .args(["commit", "--quiet", "-m", "x"]);
    command.output().unwrap().status.success()
}

#[cfg(unix)]
#[test]
fn a_commit_is_checked_for_what_it_changes() {
    let sandbox = Sandbox::new(SITE);
    sandbox.git(&["init", "--quiet"]);
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "--quiet", "-m", "old"]);
    let outcome = install(&sandbox, "docs");
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert_eq!(install(&sandbox, "docs").code, 0, "installing it again is no error");

    sandbox.write("code.txt", "y");
    sandbox.git(&["add", "."]);
    assert!(commits(&sandbox, &sandbox.site("")), "no page changes");
    sandbox.write("docs/a page's.md", "We utilize it.\n");
    sandbox.git(&["add", "."]);
    assert!(!commits(&sandbox, &sandbox.site("docs")));
    // What is committed counts, not what lies in the folder.
    sandbox.write("docs/a page's.md", "We use it.\n");
    assert!(!commits(&sandbox, &sandbox.site("docs")));
    sandbox.git(&["add", "."]);
    assert!(commits(&sandbox, &sandbox.site("docs")), "old findings stay");
}

#[cfg(unix)]
#[test]
fn other_hooks_stay_and_their_folder_counts() {
    let sandbox = Sandbox::new(SITE);
    assert_eq!(install(&sandbox, "docs").code, 2, "there is no repository");
    sandbox.git(&["init", "--quiet"]);
    sandbox.git(&["config", "core.hooksPath", "ci/hooks"]);
    assert_eq!(install(&sandbox, "docs").code, 0);
    // Git counts the folder from the top of the working tree.
    assert!(sandbox.site("ci/hooks/pre-commit").is_file());
    sandbox.write("ci/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
    let outcome = install(&sandbox, "docs");
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("pre-commit"), "{}", outcome.stderr);
    assert_eq!(sandbox.read("site/ci/hooks/pre-commit"), "#!/bin/sh\nexit 0\n");
    assert_eq!(install(&sandbox, "").code, 2, "there is no configuration");
}
