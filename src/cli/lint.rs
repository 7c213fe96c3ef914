//! `copydesk lint`: prose against rules.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::rules::{Project, find_config};
use super::{Exit, Terminal};
use crate::base::{Applicability, Diagnostic, Edit, Fix, Severity, SourcePath};
use crate::lint::{RuleSet, lint_file};
use crate::memo::Store;
use crate::pipeline::{self, LintReport};
use crate::report;

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
    let near = arguments.stdin_path.as_ref().or_else(|| arguments.paths.first());
    let Some(config) =
        find_config(arguments.config.as_deref(), near.map(PathBuf::as_path), terminal)
    else {
        return Exit::Failed;
    };
    let Some(project) = Project::open(&config, terminal) else { return Exit::Failed };
    let Some(rules) = project.rules(terminal) else { return Exit::Failed };
    let Some((report, typed)) = check(arguments, &project, &rules, terminal) else {
        return Exit::Failed;
    };
    let mut diagnostics = report.diagnostics;
    let human = arguments.format == "human";
    let max = human.then_some(MAX_SHOWN);
    suggest(&rules, &mut diagnostics, arguments.stdin || human, |path| match &typed {
        Some((known, text)) if known == path => Some(Arc::clone(text)),
        _ => project.text(path),
    });
    report::sort(&mut diagnostics);
    let shown: Vec<Diagnostic>;
    let printed = if human && terminal.quiet() {
        shown = diagnostics.iter().filter(|d| d.severity > Severity::Advice).cloned().collect();
        &shown
    } else {
        &diagnostics
    };
    let sources = |path: &SourcePath| match &typed {
        Some((known, text)) if known == path => Some(Arc::clone(text)),
        _ => project.text(path),
    };
    let display = |path: &SourcePath| project.displayed(path);
    let options = report::Options {
        color: human && terminal.color_out(),
        width: terminal.width(),
        max,
        display: &display,
    };
    let mut text = Vec::new();
    let Some(format) = report::format(&arguments.format) else { return Exit::Failed };
    let written = (format.report)(options).write(printed, &sources, &mut text);
    if let Err(error) = written.and_then(|()| terminal.out(&text)) {
        terminal.error(&format!("cannot write the report: {error}"), None);
        return Exit::Failed;
    }
    if human {
        terminal.say(&closing_line(&diagnostics, report.files, started));
        if printed.len() > MAX_SHOWN {
            terminal.say("`--format line` lists every one");
        }
    }
    if report.failed {
        return Exit::Failed;
    }
    let fails = diagnostics.iter().any(|d| arguments.fail_on.fails(d.severity));
    if fails { Exit::Findings } else { Exit::Clean }
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

/// Text that an editor sent, under the path of its file.
type Typed = Option<(SourcePath, Arc<str>)>;

/// Runs the rules over what the arguments name.
fn check(
    arguments: &LintArguments,
    project: &Project,
    rules: &RuleSet,
    terminal: &mut Terminal,
) -> Option<(LintReport, Typed)> {
    if let Some(path) = &arguments.stdin_path {
        let path = project.path(path, terminal)?;
        let mut bytes = Vec::new();
        if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
            terminal.error(&format!("cannot read standard input: {error}"), None);
            return None;
        }
        let findings = lint_file(rules, &path, &bytes);
        let text: Arc<str> = Arc::from(String::from_utf8_lossy(&bytes));
        let report = LintReport {
            diagnostics: findings.diagnostics,
            files: usize::from(!findings.unread),
            failed: findings.failed,
        };
        return Some((report, Some((path, text))));
    }
    let files = project.files(&arguments.paths, terminal)?;
    let memo = if arguments.no_cache { Store::off() } else { project.cache() };
    let report = pipeline::lint(rules, project.source(), &files, &memo);
    memo.close();
    match report {
        Ok(report) => Some((report, None)),
        Err(error) => {
            terminal.error(&error.to_string(), None);
            None
        }
    }
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
