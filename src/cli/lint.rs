//! `copydesk lint`: prose against rules.

use std::borrow::Cow;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::fix::{self, FixArguments};
use super::hook;
use super::rules::{Project, find_config};
use super::{Exit, Terminal};
use crate::base::{Applicability, Diagnostic, Edit, Fix, Severity, SourcePath};
use crate::lint::RuleSet;
use crate::memo::Store;
use crate::pipeline;
use crate::report;
use crate::source::{OverlaySource, Source as _, SourceError};

/// Misspelled words that suggestions are sought for; each takes some milliseconds.
const MAX_SUGGESTIONS: usize = 100;

/// Findings that a person is shown; the rest is counted.
const MAX_SHOWN: usize = 100;

/// Checks prose and form: default rules, `[lint]` of `book.toml`, styles of `.vale.ini`.
///
/// Ends 0 when nothing was found at or above the failing level, 1 when something was, and 2 when
/// the files could not be checked: no rules, rules that are wrong, files that cannot be read.
#[derive(Debug, clap::Args)]
pub(crate) struct LintArguments {
    /// Files and folders to check [default: the folder of the configuration]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The configuration [default: the nearest `.vale.ini` or `book.toml` in the working directory
    /// or above, up to the top of the repository]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How to print what was found
    #[arg(long, value_name = "FORMAT", default_value = "human",
          value_parser = clap::builder::PossibleValuesParser::new(report::FORMATS.iter().map(|format| format.name)))]
    format: String,
    /// Neither read nor write the cache
    #[arg(long)]
    no_cache: bool,
    /// The level from which findings fail
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = FailOn::Error)]
    fail_on: FailOn,
    /// Check what is read from standard input
    #[arg(long, requires = "stdin_path", conflicts_with = "paths")]
    stdin: bool,
    /// The path of the file that standard input holds; it decides the format and the rules
    #[arg(long, value_name = "PATH", requires = "stdin")]
    stdin_path: Option<PathBuf>,
    #[command(flatten)]
    fix: FixArguments,
    /// Write a hook of git that checks the pages of each commit
    #[arg(long, conflicts_with_all = ["paths", "stdin", "fix"])]
    install_hook: bool,
}

/// The level from which findings fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum FailOn {
    /// Anything.
    Advice,
    /// Warnings and errors.
    Warning,
    /// Errors only.
    Error,
    /// Nothing.
    Never,
}

impl FailOn {
    fn fails(self, severity: Severity) -> bool {
        match self {
            FailOn::Advice => true,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Error => severity >= Severity::Error,
            FailOn::Never => false,
        }
    }
}

pub(crate) fn run(arguments: &LintArguments, terminal: &mut Terminal) -> Exit {
    let started = Instant::now();
    if arguments.install_hook {
        return hook::install(arguments.config.as_deref(), terminal);
    }
    let near = arguments.stdin_path.as_ref().or_else(|| arguments.paths.first());
    let Some(config) =
        find_config(arguments.config.as_deref(), near.map(PathBuf::as_path), terminal)
    else {
        return Exit::Failed;
    };
    let Some(project) = Project::open(&config, terminal) else { return Exit::Failed };
    let Some(rules) = project.rules(terminal) else { return Exit::Failed };
    let Some(target) = target(arguments, &project, terminal) else { return Exit::Failed };
    if let Some(most) = arguments.fix.most() {
        return mend(arguments, &project, &rules, &target, most, terminal);
    }
    let memo =
        if arguments.no_cache || target.typed.is_some() { Store::off() } else { project.cache() };
    let found = pipeline::lint(&rules, &target.source(&project), &target.files, &memo);
    memo.close();
    let report = match found {
        Ok(report) => report,
        Err(error) => {
            terminal.error(&error.to_string(), None);
            return Exit::Failed;
        }
    };
    let mut diagnostics = report.diagnostics;
    suggest(&rules, &mut diagnostics, arguments.stdin || arguments.format == "human", |path| {
        target.text(path, &project)
    });
    report::sort(&mut diagnostics);
    if !print(arguments, &project, &diagnostics, &|path| target.text(path, &project), terminal) {
        return Exit::Failed;
    }
    if arguments.format == "human" {
        terminal.say(&closing_line(&diagnostics, report.files, started));
        if worth_showing(&diagnostics, terminal).len() > MAX_SHOWN {
            terminal.say("`--format line` lists every one");
        }
    }
    if report.failed { Exit::Failed } else { exit(arguments, &diagnostics) }
}

/// The findings that a person is to see.
fn worth_showing<'a>(diagnostics: &'a [Diagnostic], terminal: &Terminal) -> Cow<'a, [Diagnostic]> {
    if terminal.quiet() {
        diagnostics.iter().filter(|d| d.severity > Severity::Advice).cloned().collect()
    } else {
        Cow::Borrowed(diagnostics)
    }
}

/// Prints findings; false where that failed, which has then been said.
fn print(
    arguments: &LintArguments,
    project: &Project,
    diagnostics: &[Diagnostic],
    sources: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
    terminal: &mut Terminal,
) -> bool {
    let human = arguments.format == "human";
    let printed =
        if human { worth_showing(diagnostics, terminal) } else { Cow::Borrowed(diagnostics) };
    let display = |path: &SourcePath| project.displayed(path);
    // With fixes, standard output may carry text or a diff; what is left goes beside it.
    let beside = arguments.fix.most().is_some() && human;
    let options = report::Options {
        color: human && if beside { terminal.color_err() } else { terminal.color_out() },
        width: terminal.width(),
        max: human.then_some(MAX_SHOWN),
        display: &display,
    };
    let mut text = Vec::new();
    let Some(format) = report::format(&arguments.format) else { return false };
    let written = (format.report)(options).write(&printed, &sources, &mut text).and_then(|()| {
        if beside {
            terminal.err(&text);
            Ok(())
        } else {
            terminal.out(&text)
        }
    });
    if let Err(error) = written {
        terminal.error(&format!("cannot write the report: {error}"), None);
        return false;
    }
    true
}

fn exit(arguments: &LintArguments, diagnostics: &[Diagnostic]) -> Exit {
    let fails = diagnostics.iter().any(|d| arguments.fail_on.fails(d.severity));
    if fails { Exit::Findings } else { Exit::Clean }
}

/// Applies fixes and prints what is left.
fn mend(
    arguments: &LintArguments,
    project: &Project,
    rules: &RuleSet,
    target: &Target,
    most: Applicability,
    terminal: &mut Terminal,
) -> Exit {
    let memo =
        if arguments.no_cache || target.typed.is_some() { Store::off() } else { project.cache() };
    let mut failed = false;
    let source = target.source(project);
    let mended = pipeline::mend(&source, most, &mut |source| {
        let report = pipeline::lint(rules, source, &target.files, &memo)?;
        failed |= report.failed;
        Ok::<_, SourceError>(report.diagnostics)
    });
    memo.close();
    let mended = match mended {
        Ok(mended) => mended,
        Err(error) => {
            terminal.error(&error.to_string(), None);
            return Exit::Failed;
        }
    };
    let after = |path: &SourcePath| {
        let file = mended.files.iter().find(|file| file.path == *path);
        let bytes = file.map_or_else(|| source.read(path).ok(), |f| Some(Arc::clone(&f.after)))?;
        Some(Arc::from(String::from_utf8_lossy(&bytes)))
    };
    let (dry_run, human) = (arguments.fix.dry_run(), arguments.format == "human");
    let mut written = Ok(0);
    if dry_run && human {
        let diff = fix::diff(&mended.files, &|path| project.displayed(path));
        if let Err(error) = terminal.out(diff.as_bytes()) {
            return terminal.output_failed(&error);
        }
    } else if !dry_run && let Some((path, typed)) = &target.typed {
        let file = mended.files.iter().find(|file| file.path == *path);
        let text = file.map_or(typed, |file| &file.after);
        // Another format is the product itself, and fixes are then only counted.
        if human && let Err(error) = terminal.out(text) {
            return terminal.output_failed(&error);
        }
    } else if !dry_run {
        written = fix::write(project.source(), &mended.files, terminal);
    }
    if !print(arguments, project, &mended.left, &after, terminal) {
        return Exit::Failed;
    }
    let place = |d: &Diagnostic| {
        d.span().map_or_else(String::new, |span| format!("{}:", project.place_in(span, &after)))
    };
    fix::tell_refused(&mended.refused, &place, terminal);
    terminal.say(&fix::closing_line(&mended, dry_run));
    if failed || written.is_err() { Exit::Failed } else { exit(arguments, &mended.left) }
}

fn closing_line(diagnostics: &[Diagnostic], files: usize, started: Instant) -> String {
    let elapsed = started.elapsed();
    let time = if elapsed.as_secs() == 0 {
        format!("{} ms", elapsed.as_millis())
    } else {
        format!("{:.1} s", elapsed.as_secs_f64())
    };
    let what = if files == 1 { "file" } else { "files" };
    format!("checked {files} {what} in {time}: {}", report::summary(diagnostics))
}

/// What is checked.
struct Target {
    files: Vec<SourcePath>,
    /// The bytes that an editor sent, under the path of their file.
    typed: Option<(SourcePath, Arc<[u8]>)>,
}

impl Target {
    /// The files, with what was typed in its place.
    fn source<'a>(&self, project: &'a Project) -> OverlaySource<'a> {
        let mut source = OverlaySource::new(project.source());
        if let Some((path, bytes)) = &self.typed {
            source.set(path.clone(), Arc::clone(bytes));
        }
        source
    }

    /// The text of a file.
    fn text(&self, path: &SourcePath, project: &Project) -> Option<Arc<str>> {
        match &self.typed {
            Some((known, bytes)) if known == path => {
                Some(Arc::from(String::from_utf8_lossy(bytes)))
            }
            _ => project.text(path),
        }
    }
}

/// What the arguments name; none where that cannot be read, which has then been said.
fn target(arguments: &LintArguments, project: &Project, terminal: &mut Terminal) -> Option<Target> {
    let Some(path) = &arguments.stdin_path else {
        return Some(Target { files: project.files(&arguments.paths, terminal)?, typed: None });
    };
    let path = project.path(path, terminal)?;
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
        terminal.error(&format!("cannot read standard input: {error}"), None);
        return None;
    }
    Some(Target { files: vec![path.clone()], typed: Some((path, Arc::from(bytes))) })
}

/// Adds what was perhaps meant to misspelled words. Only where somebody reads it: it takes long.
fn suggest(
    rules: &RuleSet,
    diagnostics: &mut [Diagnostic],
    wanted: bool,
    text: impl Fn(&SourcePath) -> Option<Arc<str>>,
) {
    if !wanted {
        return;
    }
    let mut known: std::collections::BTreeMap<(String, String), Vec<String>> =
        std::collections::BTreeMap::new();
    let mut texts: std::collections::BTreeMap<SourcePath, Option<Arc<str>>> =
        std::collections::BTreeMap::new();
    for diagnostic in diagnostics {
        let Some(span) = diagnostic.span().cloned() else { continue };
        if !rules.suggests(&diagnostic.code) {
            continue;
        }
        let text = texts.entry(span.file.clone()).or_insert_with(|| text(&span.file)).clone();
        let Some(word) = text.as_deref().and_then(|text| text.get(span.range())) else { continue };
        let key = (diagnostic.code.to_string(), word.to_owned());
        if !known.contains_key(&key) {
            if known.len() >= MAX_SUGGESTIONS {
                continue;
            }
            let suggestions = rules.suggestions(&diagnostic.code, word);
            known.insert(key.clone(), suggestions);
        }
        let Some(suggestions) = known.get(&key) else { continue };
        let Some(first) = suggestions.first() else { continue };
        let quoted: Vec<String> = suggestions.iter().take(5).map(|s| format!("`{s}`")).collect();
        diagnostic.help = Some(format!("did you mean {}?", quoted.join(", ")));
        diagnostic.fix = Some(Fix {
            title: format!("write `{first}`"),
            applicability: Applicability::Suggested,
            edits: vec![Edit { span, text: first.clone() }],
        });
    }
}

/// A path as it is to be shown: from the working directory where it lies below it.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.as_deref().and_then(|here| path.strip_prefix(here).ok());
    below.unwrap_or(path).display().to_string()
}
