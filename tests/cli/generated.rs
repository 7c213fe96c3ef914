//! What the command line writes about itself: completions and manual pages.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::sandbox::{Outcome, Sandbox};

const SHELLS: [&str; 5] = ["bash", "elvish", "fish", "powershell", "zsh"];

#[test]
fn every_shell_gets_a_script_that_knows_commands_and_options() {
    let sandbox = Sandbox::new("");
    for shell in SHELLS {
        let outcome = sandbox.run(&["completions", shell]).ends(0);
        for word in ["build", "base-url", "completions", "strict"] {
            assert!(outcome.stdout.contains(word), "{shell} does not know `{word}`");
        }
        // The other scripts complete no values of arguments.
        if ["bash", "zsh"].contains(&shell) {
            assert!(outcome.stdout.contains("link/missing-page"), "{shell} knows no codes");
        }
        assert_eq!(outcome.stderr, "", "{shell}");
    }
    sandbox.run(&["completions", "tcsh"]).ends(2).says("bash");
    sandbox.run(&["completions"]).ends(2).says("SHELL");
}

#[test]
fn shells_accept_their_scripts() {
    let sandbox = Sandbox::new("");
    for shell in ["bash", "zsh", "fish"] {
        if !installed(shell) {
            // Bash is what the tests themselves are run by.
            assert_ne!(shell, "bash");
            continue;
        }
        let script = sandbox.run(&["completions", shell]).ends(0).stdout;
        std::fs::write(sandbox.path("script"), script).unwrap();
        let script = sandbox.path("script").display().to_string();
        Outcome::of(sandbox.isolated(shell).args(["-n", &script])).ends(0);
    }
}

#[test]
fn bash_completes_options_and_codes() {
    let sandbox = Sandbox::new("");
    let script = sandbox.run(&["completions", "bash"]).ends(0).stdout;
    std::fs::write(sandbox.path("script"), script).unwrap();
    let completed = |words: &[&str]| {
        // What bash does when somebody presses the tabulator behind the last word.
        let program = format!(
            "source ../script; COMP_WORDS=({}); COMP_CWORD={}; _copydesk copydesk '{}' '{}'; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            words.len() - 1,
            words[words.len() - 1],
            words[words.len() - 2],
        );
        let outcome = Outcome::of(sandbox.isolated("bash").args(["-c", &program])).ends(0);
        outcome.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(completed(&["copydesk", "buil"]), ["build"]);
    assert_eq!(completed(&["copydesk", "build", "--stri"]), ["--strict"]);
    assert_eq!(completed(&["copydesk", "build", "--format", "j"]), ["json", "jsonl", "junit"]);
    assert_eq!(completed(&["copydesk", "explain", "link/missing-p"]), ["link/missing-page"]);
}

#[test]
fn manual_pages_tell_of_every_command_and_option() {
    let sandbox = Sandbox::new("");
    let main = sandbox.run(&["man"]).ends(0);
    assert_eq!(main.stderr, "");
    manual_page(&main.stdout, "copydesk");
    let commands = ["build", "explain", "completions", "man"];
    for command in commands {
        let page = sandbox.run(&["man", command]).ends(0).stdout;
        manual_page(&page, &format!("copydesk-{command}"));
        assert!(main.stdout.contains(&format!("copydesk\\-{command}(1)")), "{command}");
        // What the help names, the page names too.
        let help = sandbox.run(&[command, "--help"]).ends(0).stdout;
        for word in help.split_whitespace().filter(|word| word.starts_with("--")) {
            let option = word.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
            let option = option.replace('-', "\\-");
            assert!(page.contains(&option), "{command}: {option}\n{page}");
        }
    }
    sandbox.run(&["man", "biuld"]).ends(2).says("`biuld`").says("did you mean `build`?");
    sandbox.run(&["man", "build", "deeper"]).ends(2).says("`deeper`");
}

/// Checks the parts that every manual page has, and has man(1) read it where there is one.
#[track_caller]
fn manual_page(page: &str, name: &str) {
    let version = env!("CARGO_PKG_VERSION");
    let title = format!(".TH {name} 1  \"copydesk {version}\"");
    assert!(page.lines().any(|line| line.starts_with(&title)), "`{title}` in {page}");
    let headings: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
    for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "\"EXIT STATUS\""] {
        let times = headings.iter().filter(|other| **other == heading).count();
        assert_eq!(times, 1, "{heading} in {headings:?}");
    }
    for (program, arguments) in [
        ("mandoc", &["-T", "lint", "-W", "error"][..]),
        // As man(1) calls it, with warnings of all kinds.
        ("groff", &["-man", "-T", "utf8", "-ww", "-z"]),
    ] {
        if !installed(program) {
            continue;
        }
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.is_empty(), "{program}: {said}\n{page}");
    }
}

fn installed(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}
