//! `copydesk lint --install-hook`: a hook of git that checks what each commit changes.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::lint::shown;
use super::rules::find_config;
use super::{Exit, Terminal};

/// How a hook is told to be ours.
const MARK: &str = "copydesk lint";

/// Puts the hook where git looks for it: the repository's folder, that of `core.hooksPath`, or
/// that which the working trees of a repository share. A hook that is there already stays.
pub(super) fn install(config: Option<&Path>, terminal: &mut Terminal) -> Exit {
    let Some(config) = find_config(config, None, terminal) else { return Exit::Failed };
    let top = asked(&["--show-toplevel"], terminal);
    let Some((top, hooks)) =
        top.and_then(|top| Some((top, asked(&["--git-path", "hooks"], terminal)?)))
    else {
        return Exit::Failed;
    };
    let script = script(&config, &top);
    let path = hooks.join("pre-commit");
    let written = fs::create_dir_all(&hooks).and_then(|()| {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o755);
        options.open(&path)?.write_all(script.as_bytes())
    });
    match written {
        Ok(()) => {
            terminal.say(&format!("wrote `{}`", shown(&path)));
            Exit::Clean
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let ours = fs::read_to_string(&path).is_ok_and(|text| text.contains(MARK));
            if ours {
                terminal.say(&format!("`{}` calls `{MARK}` already", shown(&path)));
                return Exit::Clean;
            }
            let help = "it stays as it is: let it call `copydesk lint --staged`";
            terminal.error(&format!("there is a hook `{}`", shown(&path)), Some(help));
            Exit::Failed
        }
        Err(error) => {
            terminal.error(&format!("cannot write `{}`: {error}", shown(&path)), None);
            Exit::Failed
        }
    }
}

/// A path that git knows.
fn asked(what: &[&str], terminal: &mut Terminal) -> Option<PathBuf> {
    match Command::new("git").arg("rev-parse").args(what).output() {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout).trim_end_matches('\n').to_owned();
            let here = std::env::current_dir().ok()?;
            // Git answers as seen from the working directory.
            Some(here.join(text))
        }
        Ok(_) => {
            let help = "a hook belongs to a repository: run `git init`, or go to its folder";
            terminal.error("there is no repository here", Some(help));
            None
        }
        Err(error) => {
            terminal.error(&format!("cannot run `git`: {error}"), None);
            None
        }
    }
}

fn script(config: &Path, top: &Path) -> String {
    let top = top.canonicalize().unwrap_or_else(|_| top.to_owned());
    let config = config.canonicalize().unwrap_or_else(|_| config.to_owned());
    let config = config.strip_prefix(&top).unwrap_or(&config);
    let config = config.to_string_lossy().replace('\'', "'\\''");
    format!(
        "#!/bin/sh\n\
         # Checks what a commit changes; `git commit --no-verify` goes without.\n\
         # Written by `copydesk lint --install-hook`.\n\
         cd \"$(git rev-parse --show-toplevel)\" || exit 1\n\
         exec {MARK} --staged --config '{config}'\n"
    )
}
