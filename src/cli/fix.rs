//! `copydesk lint --fix`: mended files are written, or shown as a diff.

use similar::TextDiff;

use super::Terminal;
use crate::base::{Applicability, Diagnostic, SourcePath};
use crate::pipeline::{Mended, MendedFile};
use crate::report;
use crate::source::FolderSource;

/// What is to be done about what can be mended.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct FixArguments {
    /// Apply fixes that keep the meaning
    #[arg(long)]
    fix: bool,
    /// With `--fix`: apply suggested fixes, too
    #[arg(long, requires = "fix")]
    suggested: bool,
    /// With `--fix`: print what would change as a diff, and write nothing
    #[arg(long, requires = "fix")]
    dry_run: bool,
}

impl FixArguments {
    /// What is to be applied; none where nothing is.
    pub(crate) fn most(self) -> Option<Applicability> {
        match (self.fix, self.suggested) {
            (false, _) => None,
            (true, false) => Some(Applicability::Safe),
            (true, true) => Some(Applicability::Suggested),
        }
    }

    /// Whether changes are only shown.
    pub(crate) fn dry_run(self) -> bool {
        self.dry_run
    }
}

/// Writes files one after the other, each at once. The answer is how many were written; what was
/// not is told. A failure leaves the files before it mended and those behind it as they were.
pub(super) fn write(
    source: &FolderSource,
    files: &[MendedFile],
    terminal: &mut Terminal,
) -> Result<usize, usize> {
    let mut written = 0;
    let mut failed = false;
    for file in files {
        match source.replace(&file.path, &file.before, &file.after) {
            Ok(()) => written += 1,
            Err(error) => {
                terminal.error(&error.to_string(), Some("run the command again"));
                failed = true;
            }
        }
    }
    if failed { Err(written) } else { Ok(written) }
}

/// Says which fixes were not applied and why, for people.
pub(super) fn tell_refused(
    refused: &[(Diagnostic, String)],
    place: &dyn Fn(&Diagnostic) -> String,
    terminal: &mut Terminal,
) {
    const SHOWN: usize = 10;
    for (diagnostic, why) in refused.iter().take(SHOWN) {
        let line = format!("not fixed: {} {}: {why}", place(diagnostic), diagnostic.code);
        terminal.say(&report::harmless(&line));
    }
    if refused.len() > SHOWN {
        terminal.say(&format!("not fixed: {} more", refused.len() - SHOWN));
    }
}

/// `fixed 12 in 5 files, 3 left`
pub(super) fn closing_line(mended: &Mended, dry_run: bool) -> String {
    let files = match mended.files.len() {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    let verb = if dry_run { "would fix" } else { "fixed" };
    format!("{verb} {} in {files}, {} left", mended.fixed, mended.left.len())
}

/// A change of files as a unified diff with `a/` and `b/` before the paths, as git writes it.
pub(super) fn diff(files: &[MendedFile], display: &dyn Fn(&SourcePath) -> String) -> String {
    let mut out = String::new();
    for file in files {
        let path = display(&file.path);
        out.push_str(&diff_of((&path, &file.before), (&path, &file.after)));
    }
    out
}

/// The difference of two files, empty where there is none.
pub(super) fn diff_of(old: (&str, &[u8]), new: (&str, &[u8])) -> String {
    let [before, after] = [old.1, new.1].map(String::from_utf8_lossy);
    let diff = TextDiff::from_lines(&*before, &*after);
    let (old, new) = (report::harmless(old.0), report::harmless(new.0));
    let (old, new) = (format!("a/{old}"), format!("b/{new}"));
    diff.unified_diff().context_radius(3).header(&old, &new).to_string()
}
