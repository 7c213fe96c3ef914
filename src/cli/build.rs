//! `copydesk build`: the site, published into a folder.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::progress::TerminalProgress;
use super::{Exit, Terminal, input};
use crate::base::{Diagnostic, Severity, SitePath, SourcePath};
use crate::config::Overrides;
use crate::memo::{Reason, Store};
use crate::output::Written;
use crate::pipeline::{
    self, BuildError, BuildFailure, BuildInput, BuildOutput, Built, Progress, Totals,
};
use crate::report;
use crate::source::Source;

/// The folder of the cache, beside `book.toml`.
pub(super) const CACHE: &str = ".copydesk";

/// Builds the site and publishes it into a folder.
///
/// Ends 0 when all is well, 1 when the content has errors (the site is published all the same)
/// or, with --strict, warnings, and 2, having touched nothing, when it could not be built.
#[derive(Debug, clap::Args)]
pub(crate) struct BuildArguments {
    /// The folder of `book.toml`, or a folder of Markdown files [default: the nearest folder
    /// above the working directory that holds a `book.toml`]
    #[arg(value_hint = clap::ValueHint::DirPath)]
    pub(super) root: Option<PathBuf>,
    /// The output folder [default: `build.build-dir` of `book.toml`, else `book`]
    #[arg(long, short, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(super) out: Option<PathBuf>,
    /// Build this git revision, read from the repository without a checkout
    #[arg(long, value_name = "REV")]
    pub(super) rev: Option<String>,
    /// Compare with this branch or revision [default: what the CI system names, `git.base` of
    /// `book.toml`, the remote's default branch, `main`, or `master`]
    #[arg(long, value_name = "REV")]
    pub(super) base: Option<String>,
    /// Where the site will be published: `https://host/path/`, or the path alone
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    /// Fail on warnings too
    #[arg(long)]
    pub(super) strict: bool,
    /// Build pages that are marked as drafts
    #[arg(long)]
    pub(super) drafts: bool,
    /// Say how long each stage took, what the cache knew, and which pages were slowest
    #[arg(long)]
    pub(super) timings: bool,
    /// Say why a page was rendered, by its source file or its address
    #[arg(long, value_name = "PAGE")]
    why: Option<String>,
    /// Build everything anew, and keep nothing for the next build
    #[arg(long)]
    pub(super) no_cache: bool,
    /// Build all branches and tags that `[versions]` of `book.toml` on the base branch selects, each
    /// as a version in one site
    #[arg(long, conflicts_with_all = ["only_version", "why"])]
    versions: bool,
    /// Build this version alone into the site; the pages of all others stay as they are
    #[arg(long, value_name = "NAME", conflicts_with = "why")]
    pub(super) only_version: Option<String>,
    /// How to print what was found
    #[arg(long, value_name = "FORMAT", default_value = "human",
          value_parser = clap::builder::PossibleValuesParser::new(report::FORMATS.iter().map(|format| format.name)))]
    pub(super) format: String,
}

pub(crate) fn run(arguments: &BuildArguments, terminal: &mut Terminal) -> Exit {
    if arguments.versions || arguments.only_version.is_some() {
        return super::versions::run(arguments, terminal);
    }
    let started = Instant::now();
    let near = arguments.root.as_deref().unwrap_or(Path::new("."));
    if arguments.no_cache || !near.join(CACHE).exists() {
        pipeline::warm_up();
    }
    let revision = arguments.rev.as_deref();
    let base = arguments.base.as_deref();
    let Some(input) = input::open(arguments.root.as_deref(), revision, base, terminal) else {
        return Exit::Failed;
    };
    let progress = TerminalProgress::new(terminal.watched() && !terminal.quiet());
    let except = arguments
        .out
        .as_deref()
        .and_then(|out| inside(input.source.as_ref(), out))
        .into_iter()
        .collect();
    let memo = match arguments.no_cache {
        true => Store::off(),
        false => memo(arguments.rev.is_some(), &input),
    };
    let output = BuildOutput {
        folder: arguments.out.clone(),
        root: input.folder.clone(),
        why: arguments.why.clone(),
        is_last: true,
    };
    let built = pipeline::build(
        BuildInput {
            source: input.source.as_ref(),
            root: input.root.clone(),
            variables: input::variables(),
            overrides: Overrides { base_url: arguments.base_url.clone() },
            facts: input.facts,
            repository: input.repository,
            drafts: arguments.drafts,
            except,
            memo: &memo,
            progress: &progress,
            version: None,
            beside_versions: false,
        },
        &output,
    );
    progress.clear();
    let built = match built {
        Ok(built) => built,
        Err(failure) => {
            match failure {
                BuildFailure::Build(BuildError::Config(diagnostics)) => {
                    tell(arguments, &diagnostics, input.source.as_ref(), &input.root, terminal);
                }
                BuildFailure::Build(error) => terminal.error(&error.to_string(), None),
                BuildFailure::Write(error) => terminal.error(&error.to_string(), error.help()),
            }
            return Exit::Failed;
        }
    };
    progress.stage("saving", 0);
    let counts = memo.counts();
    memo.close();
    if arguments.timings {
        terminal.err(progress.report(&counts).as_bytes());
    }
    if let Some(page) = &arguments.why {
        tell_why(page, &built.why, terminal);
    }
    let Built { totals, written, mut diagnostics, folder, .. } = built;
    diagnostics.extend(input.fact_diagnostics);
    report::sort(&mut diagnostics);
    let told = tell(arguments, &diagnostics, input.source.as_ref(), &input.root, terminal);
    terminal.say(&closing_line(totals, &written, &diagnostics, &folder, started.elapsed()));
    if told { exit(&diagnostics, arguments.strict) } else { Exit::Failed }
}

/// The cache of the site, in the folder of `book.toml`. A bare repository has none: there is no
/// folder that is ours to write in.
pub(crate) fn memo(revision: bool, input: &input::Input) -> Store {
    if revision && is_git_folder(&input.folder) {
        return Store::off();
    }
    Store::open(&input.folder.join(CACHE))
}

/// Whether a folder is what git keeps a repository in: it has the parts without which git does not
/// take a folder for one. A file `HEAD` alone stands in folders of all kinds.
pub(super) fn is_git_folder(folder: &Path) -> bool {
    folder.join("HEAD").exists()
        && ["objects", "refs"].iter().all(|part| folder.join(part).is_dir())
}

/// Says why a page was rendered.
fn tell_why(page: &str, why: &[(SitePath, Reason)], terminal: &mut Terminal) {
    if why.is_empty() {
        terminal.error(
            &format!("`{page}` is no page of the site"),
            Some("name its source file, as `guide/install.md`, or its address"),
        );
    }
    for (path, reason) in why {
        terminal.err(format!("{path}: {reason}\n").as_bytes());
    }
}

/// Prints the findings, whose files are read from the source; see [`tell_from`].
fn tell(
    arguments: &BuildArguments,
    diagnostics: &[Diagnostic],
    source: &dyn Source,
    root: &SourcePath,
    terminal: &mut Terminal,
) -> bool {
    let sources = |path: &SourcePath| {
        let bytes = source.read(path).ok()?;
        Some(std::sync::Arc::from(String::from_utf8_lossy(&bytes)))
    };
    let display = |path: &SourcePath| displayed(source, root, path);
    tell_from(&arguments.format, diagnostics, &sources, &display, terminal)
}

/// Prints the findings: for people to standard error, beside the closing line; other formats
/// are the product and go to standard output. False where that failed.
pub(super) fn tell_from(
    format: &str,
    diagnostics: &[Diagnostic],
    sources: &dyn Fn(&SourcePath) -> Option<std::sync::Arc<str>>,
    display: &dyn Fn(&SourcePath) -> String,
    terminal: &mut Terminal,
) -> bool {
    let human = format == "human";
    let Some(format) = report::format(format) else { return false };
    let options = report::Options {
        color: human && terminal.color_err(),
        width: terminal.width(),
        max: human.then_some(100),
        counts: None,
        display,
        fingerprints: None,
    };
    let wanted: Vec<Diagnostic>;
    let diagnostics = if human && terminal.quiet() {
        wanted = diagnostics.iter().filter(|d| d.severity > Severity::Advice).cloned().collect();
        &wanted
    } else {
        diagnostics
    };
    let mut text = Vec::new();
    let written = (format.report)(options).write(diagnostics, sources, &mut text);
    let told = written.and_then(|()| {
        if human {
            terminal.err(&text);
            Ok(())
        } else {
            terminal.out(&text)
        }
    });
    match told {
        Ok(()) => true,
        Err(error) => {
            terminal.error(&format!("cannot write the report: {error}"), None);
            false
        }
    }
}

/// A path as seen from the working directory, so that a click on it opens the file.
pub(super) fn displayed(source: &dyn Source, root: &SourcePath, path: &SourcePath) -> String {
    let below_root = || path.strip_prefix(root).map_or_else(|| path.to_string(), |p| p.to_string());
    let Some(top) = source.folder() else { return below_root() };
    let Some(here) = std::env::current_dir().ok().and_then(|here| here.canonicalize().ok()) else {
        return below_root();
    };
    match here.strip_prefix(top) {
        Ok(below) => {
            let full = Path::new(path.as_str());
            match full.strip_prefix(below) {
                Ok(rest) => rest.display().to_string(),
                Err(_) => {
                    let up = "../".repeat(below.components().count());
                    format!("{up}{path}")
                }
            }
        }
        Err(_) => match top.strip_prefix(&here) {
            Ok(down) => down.join(path.as_str()).display().to_string(),
            Err(_) => top.join(path.as_str()).display().to_string(),
        },
    }
}

/// A folder of the file system, seen from the working directory where it lies below it.
pub(super) fn shown(folder: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.as_deref().and_then(|here| folder.strip_prefix(here).ok());
    below.unwrap_or(folder).display().to_string()
}

/// The output folder as a path of the source, where it lies inside it.
fn inside(source: &dyn Source, out: &Path) -> Option<SourcePath> {
    let absolute = std::path::absolute(out).ok()?;
    // The folder need not exist yet: resolve the part of it that does.
    let existing = absolute.ancestors().find_map(|folder| {
        let rest = absolute.strip_prefix(folder).ok()?;
        Some(folder.canonicalize().ok()?.join(rest))
    })?;
    let below = existing.strip_prefix(source.folder()?).ok()?;
    SourcePath::new(below.to_str()?).ok().filter(|path| !path.is_root())
}

pub(super) fn exit(diagnostics: &[Diagnostic], strict: bool) -> Exit {
    let failing = if strict { Severity::Warning } else { Severity::Error };
    if diagnostics.iter().any(|diagnostic| diagnostic.severity >= failing) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

fn closing_line(
    Totals { pages, words }: Totals,
    written: &Written,
    diagnostics: &[Diagnostic],
    out: &Path,
    elapsed: Duration,
) -> String {
    let counts = report::summary(diagnostics);
    let counts = if counts.is_empty() { String::new() } else { format!("; {counts}") };
    format!(
        "built {} ({}) in {} into {}: {} written, {} unchanged{}{counts}",
        plural(pages, "page"),
        plural(words, "word"),
        seconds(elapsed),
        shown(out),
        grouped(written.written),
        grouped(written.unchanged),
        if written.removed > 0 {
            format!(", {} removed", grouped(written.removed))
        } else {
            String::new()
        },
    )
}

pub(super) fn plural(count: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(count), if count == 1 { "" } else { "s" })
}

pub(super) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(super) fn seconds(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    if seconds < 1.0 { format!("{:.0} ms", seconds * 1000.0) } else { format!("{seconds:.1} s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_well() {
        assert_eq!(plural(1, "page"), "1 page");
        assert_eq!(plural(1234567, "word"), "1,234,567 words");
        assert_eq!(plural(0, "page"), "0 pages");
        assert_eq!(seconds(Duration::from_millis(345)), "345 ms");
        assert_eq!(seconds(Duration::from_millis(2345)), "2.3 s");
    }
}
