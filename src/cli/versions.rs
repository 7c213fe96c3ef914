//! `copydesk build --versions` and `--only-version`: branches and tags, published side by side.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::build::{
    BuildArguments, CACHE, exit, grouped, is_git_folder, plural, seconds, shown, tell_from,
};
use super::ci::Ci;
use super::progress::TerminalProgress;
use super::{Exit, Terminal, input};
use crate::base::{Diagnostic, SourcePath};
use crate::config::Overrides;
use crate::history::BaseNames;
use crate::memo::Store;
use crate::pipeline::{self, Progress, VersionsBuilt, VersionsFailure, VersionsInput};
use crate::report;
use crate::source::{RevisionSource, Source};

pub(super) fn run(arguments: &BuildArguments, terminal: &mut Terminal) -> Exit {
    let started = Instant::now();
    let folder = match &arguments.root {
        Some(root) => root.clone(),
        None => match input::nearest_book(terminal) {
            Some(folder) => folder,
            None => return Exit::Failed,
        },
    };
    if !folder.is_dir() {
        let help = "name the folder that holds `book.toml` in a clone of the repository";
        terminal.error(&format!("there is no folder `{}`", folder.display()), Some(help));
        return Exit::Failed;
    }
    let has_no_cache = arguments.no_cache || is_git_folder(&folder);
    if has_no_cache || !folder.join(CACHE).exists() {
        pipeline::warm_up();
    }
    let memo = if has_no_cache { Store::off() } else { Store::open(&folder.join(CACHE)) };
    let progress = TerminalProgress::new(terminal.watched() && !terminal.quiet());
    let out = match &arguments.out {
        // Git looks for the repository in the file system, whatever the working directory.
        Some(out) => std::path::absolute(out).ok(),
        None => None,
    };
    let ci = Ci::of(|name| std::env::var(name).ok());
    let built = pipeline::build_versions(&VersionsInput {
        dir: folder.clone(),
        base: BaseNames { asked: arguments.base.clone(), ci: ci.base, setting: None },
        revision: arguments.rev.clone(),
        only: arguments.only_version.clone(),
        out,
        variables: input::variables(),
        overrides: Overrides { base_url: arguments.base_url.clone() },
        drafts: arguments.drafts,
        memo: &memo,
        progress: &progress,
    });
    progress.clear();
    let built = match built {
        Ok(built) => built,
        Err(failure) => {
            fail(&failure, arguments, terminal);
            return Exit::Failed;
        }
    };
    progress.stage("saving", 0);
    let counts = memo.counts();
    memo.close();
    if arguments.timings {
        terminal.err(progress.report(&counts).as_bytes());
    }
    let mut diagnostics = built.diagnostics.clone();
    report::sort(&mut diagnostics);
    let told = tell(&diagnostics, &built, arguments, terminal);
    terminal.say(&closing_line(&built, &diagnostics, &built.folder, started));
    if told { exit(&diagnostics, arguments.strict) } else { Exit::Failed }
}

/// Says why nothing was built.
fn fail(failure: &VersionsFailure, arguments: &BuildArguments, terminal: &mut Terminal) {
    let help = match failure {
        VersionsFailure::NoRepository => Some("run it in a clone of the repository".to_owned()),
        VersionsFailure::NotAsked(_) => Some(
            "write patterns of branches or tags, as in `tags = [\"v*\"]`, and commit them there"
                .to_owned(),
        ),
        VersionsFailure::Nothing(diagnostics, base)
        | VersionsFailure::Config(diagnostics, base) => {
            tell_in(diagnostics, base, arguments, terminal);
            match failure {
                VersionsFailure::Config(..) => return,
                _ => None,
            }
        }
        VersionsFailure::Unknown { help, .. } => Some(help.clone()),
        VersionsFailure::Source(_) => None,
        VersionsFailure::Write(error) => error.help().map(str::to_owned),
    };
    terminal.error(&failure.to_string(), help.as_deref());
}

/// Prints what was found, all of it in the base branch.
fn tell_in(
    diagnostics: &[Diagnostic],
    base: &RevisionSource,
    arguments: &BuildArguments,
    terminal: &mut Terminal,
) -> bool {
    let sources =
        |path: &SourcePath| Some(Arc::from(String::from_utf8_lossy(&base.read(path).ok()?)));
    tell_from(&arguments.format, diagnostics, &sources, &|path| path.to_string(), terminal)
}

/// Prints what was found. Files of a version are named as git names them: `v1.0:src/page.md`.
fn tell(
    diagnostics: &[Diagnostic],
    built: &VersionsBuilt,
    arguments: &BuildArguments,
    terminal: &mut Terminal,
) -> bool {
    let sources = |path: &SourcePath| {
        let bytes = match path.as_str().split_once(':') {
            Some((label, file)) if built.sources.contains_key(label) => {
                built.sources.get(label)?.read(&SourcePath::new(file).ok()?)
            }
            _ => built.base.read(path),
        };
        Some(Arc::from(String::from_utf8_lossy(&bytes.ok()?)))
    };
    tell_from(&arguments.format, diagnostics, &sources, &|path| path.to_string(), terminal)
}

fn closing_line(
    built: &VersionsBuilt,
    diagnostics: &[Diagnostic],
    out: &Path,
    started: Instant,
) -> String {
    let counts = report::summary(diagnostics);
    let counts = if counts.is_empty() { String::new() } else { format!("; {counts}") };
    let pages: usize = built.versions.iter().map(|version| version.totals.pages).sum();
    let of = |count: &dyn Fn(&crate::output::Written) -> usize| {
        built.versions.iter().map(|v| count(&v.written)).sum::<usize>() + count(&built.menus)
    };
    let removed = of(&|written| written.removed);
    format!(
        "built {} ({}) in {} into {}: {} written{}{counts}",
        plural(built.versions.len(), "version"),
        plural(pages, "page"),
        seconds(started.elapsed()),
        shown(out),
        grouped(of(&|written| written.written)),
        if removed > 0 { format!(", {} removed", grouped(removed)) } else { String::new() },
    )
}
