//! `copydesk lint`: prose against rules.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::baseline::{self, BaselineArguments, Known};
use super::external::ExternalArguments;
use super::fix::{self, FixArguments};
use super::gate::GateArguments;
use super::hook;
use super::rules::{Project, find_config};
use super::sync::{self, SyncArguments};
use super::{Exit, Terminal};
use crate::base::{Applicability, Diagnostic, Severity, SourcePath};
use crate::config::{self, Settings};
use crate::history::day_of;
use crate::memo::Store;
use crate::pipeline::{self, BuildError, LintInput, LintReport, Reach, VersionsBeside, Wanted};
use crate::report::{self, Counts};
use crate::source::{OverlaySource, Source};

/// Findings that a person is shown; the rest is counted.
const MAX_SHOWN: usize = 100;

/// Checks prose and form: default rules, `[lint]` of `book.toml`, styles of `.vale.ini`.
///
/// Ends 0 when nothing was found at or above the failing level, 1 when something was, and 2 when
/// the files could not be checked: no rules, rules that are wrong, files that cannot be read.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct LintArguments {
    #[command(subcommand)]
    command: Option<LintCommand>,
    /// Files and folders to check [default: the folder of the configuration]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The configuration [default: the nearest `.vale.ini` or `book.toml` in the working directory
    /// or above, up to the top of the repository; where there is none, that nearest to the paths]
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
    ///
    /// Where it is not given, that of `[lint] fail-on`, else `error`.
    #[arg(long, value_name = "LEVEL", value_enum)]
    fail_on: Option<FailOn>,
    /// Check what is read from standard input
    #[arg(long, requires = "stdin_path", conflicts_with = "paths")]
    stdin: bool,
    /// The path of the file that standard input holds; it decides the format and the rules
    #[arg(long, value_name = "PATH", requires = "stdin")]
    stdin_path: Option<PathBuf>,
    #[command(flatten)]
    gate: GateArguments,
    #[command(flatten)]
    fix: FixArguments,
    #[command(flatten)]
    external: ExternalArguments,
    /// Write a hook of git that checks the pages of each commit
    #[arg(long, conflicts_with_all = ["paths", "stdin", "fix"])]
    install_hook: bool,
}

/// What `copydesk lint` does beside checking.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum LintCommand {
    Baseline(BaselineArguments),
    Sync(SyncArguments),
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

impl From<config::FailOn> for FailOn {
    fn from(level: config::FailOn) -> Self {
        match level {
            config::FailOn::Advice => FailOn::Advice,
            config::FailOn::Warning => FailOn::Warning,
            config::FailOn::Error => FailOn::Error,
            config::FailOn::Never => FailOn::Never,
        }
    }
}

impl FailOn {
    pub(crate) fn fails(self, severity: Severity) -> bool {
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
    let today = today();
    match &arguments.command {
        Some(LintCommand::Baseline(arguments)) => {
            return baseline::run(arguments, &today, terminal);
        }
        Some(LintCommand::Sync(arguments)) => return sync::run(arguments, terminal),
        None => {}
    }
    if arguments.install_hook {
        return hook::install(arguments.config.as_deref(), terminal);
    }
    let near = arguments.stdin_path.clone().or_else(|| common_folder(&arguments.paths));
    let Some(config) = find_config(arguments.config.as_deref(), near.as_deref(), terminal) else {
        return Exit::Failed;
    };
    let Some(project) = Project::open(&config, terminal) else { return Exit::Failed };
    let Some(settings) = project.settings(terminal) else { return Exit::Failed };
    let Some(rules) = project.rules(terminal) else { return Exit::Failed };
    // What a branch made is not known, whatever the baseline says.
    let known = match arguments.gate.asked() {
        true => Ok(None),
        false => Known::read(&project, &settings, terminal),
    };
    let Ok(known) = known else { return Exit::Failed };
    let Some(target) = target(arguments, &project, terminal) else { return Exit::Failed };
    // Of what is typed each state would be kept, so the cache is used only where a whole site is
    // looked at.
    let alone = target.typed.is_some() && !project.has_site();
    let memo = if arguments.no_cache || alone { Store::off() } else { project.cache() };
    let input = LintInput { rules: &rules, today: &today, memo: &memo };
    let failing = arguments.fail_on.or(settings.lint.fail_on.map(FailOn::from));
    let versions = project.versions(&settings);
    let checking =
        Checking { project: &project, settings: &settings, input, known, failing, versions };
    let exit = match arguments.fix.most() {
        Some(most) => mend(arguments, &checking, &target, most, terminal),
        None => report_findings(arguments, &checking, target, started, terminal),
    };
    memo.close();
    exit
}

/// The path that several have in common; of one it is itself.
fn common_folder(paths: &[PathBuf]) -> Option<PathBuf> {
    let whole = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
    let first = whole(paths.first()?);
    let rest: Vec<PathBuf> = paths.iter().skip(1).map(whole).collect();
    let is_common = |above: &&Path| rest.iter().all(|path| path.starts_with(above));
    first.ancestors().find(is_common).map(Path::to_owned)
}

/// Checks and prints.
fn report_findings(
    arguments: &LintArguments,
    checking: &Checking<'_>,
    mut target: Target,
    started: Instant,
    terminal: &mut Terminal,
) -> Exit {
    let project = checking.project;
    let human = arguments.format == "human";
    let report = if arguments.gate.asked() {
        let Some(gated) = arguments.gate.check(
            project,
            checking.settings,
            checking.input,
            &target.files,
            terminal,
        ) else {
            return Exit::Failed;
        };
        target.staged = gated.staged;
        let counts = Counts::of(&gated.report.diagnostics);
        LintReport { counts, ..gated.report }
    } else {
        let all = arguments.paths.is_empty() || project.is_within(&arguments.paths);
        let whole = all && target.typed.is_none();
        // What the baseline knows is told by comparing all findings.
        let counts = human && checking.known.is_none() && !arguments.external.asked();
        let wanted = if counts { Wanted::Gravest(MAX_SHOWN) } else { Wanted::All };
        let source = target.source(project);
        let mut report = match checking.check(&source, &target, whole, wanted) {
            Ok(report) => report,
            Err(error) => {
                terminal.error(&error.to_string(), None);
                return Exit::Failed;
            }
        };
        if arguments.external.asked() {
            let (settings, input) = (checking.settings, checking.input);
            let files = (&source as &dyn Source, target.files.as_slice());
            let (external, into) = (&arguments.external, &mut report);
            if let Err(exit) = external.check(project, settings, input, files, into, terminal) {
                return exit;
            }
        }
        report
    };
    let LintReport { mut diagnostics, counts, .. } = report;
    report::sort(&mut diagnostics);
    let shown = if human { worth_showing(&mut diagnostics, counts, terminal) } else { counts };
    let text = |path: &SourcePath| target.text(path, project);
    let rules = checking.input.rules;
    // Only where somebody reads it: it takes long.
    if (arguments.stdin || human) && pipeline::has_misspelled(rules, &diagnostics) {
        // What an editor sends is not kept, what its words may mean is.
        let own = arguments.stdin && !arguments.no_cache && !project.has_site();
        let own = own.then(|| project.cache());
        let memo = own.as_ref().unwrap_or(checking.input.memo);
        pipeline::suggest(rules, &mut diagnostics, &text, memo);
        if let Some(own) = own {
            own.close();
        }
    }
    if !print(arguments, project, &diagnostics, shown, &text, terminal) {
        return Exit::Failed;
    }
    if human {
        terminal.say(&closing_line(counts, report.files, started));
        if shown.total() > MAX_SHOWN {
            terminal.say("`--format line` lists every one");
        }
    }
    if report.failed { Exit::Failed } else { checking.exit(counts) }
}

/// The day in UTC; suppressions can expire.
pub(crate) fn today() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    day_of(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// What files are checked with.
struct Checking<'a> {
    project: &'a Project,
    settings: &'a Settings,
    input: LintInput<'a>,
    known: Option<Known>,
    failing: Option<FailOn>,
    versions: Option<VersionsBeside>,
}

impl Checking<'_> {
    /// What is found in files, without what is suppressed and what is known. While somebody types,
    /// pages are not compared with each other.
    fn check(
        &self,
        source: &dyn Source,
        target: &Target,
        whole: bool,
        wanted: Wanted,
    ) -> Result<LintReport, BuildError> {
        let files = target.files.as_slice();
        let site = self.project.site(source, self.input.memo, self.versions.as_ref());
        let mut report = match site {
            Some(site) => pipeline::lint_site(self.input, files, whole, wanted, &site)?,
            None => pipeline::lint_files(self.input, source, files, wanted)?,
        };
        if whole {
            pipeline::lint_across(self.input, source, files, Reach::Whole, &mut report, wanted);
        } else if target.typed.is_none() && !self.input.rules.across().is_empty() {
            let all = source.list(self.project.folder(), &[])?.files;
            let all: Vec<SourcePath> = all.into_iter().map(|file| file.path).collect();
            let reach = Reach::Files(files);
            pipeline::lint_across(self.input, source, &all, reach, &mut report, wanted);
        }
        if let Some(known) = &self.known {
            known.take_out(source, &mut report.diagnostics, whole);
            report.counts = Counts::of(&report.diagnostics);
        }
        Ok(report)
    }

    fn exit(&self, counts: Counts) -> Exit {
        let failing = self.failing.unwrap_or(FailOn::Error);
        let fails = [Severity::Advice, Severity::Warning, Severity::Error]
            .into_iter()
            .any(|severity| counts.get(severity) > 0 && failing.fails(severity));
        if fails { Exit::Findings } else { Exit::Clean }
    }
}

/// Leaves the findings that a person is to see; returns how many there are of these.
fn worth_showing(found: &mut Vec<Diagnostic>, counts: Counts, terminal: &Terminal) -> Counts {
    if !terminal.quiet() {
        return counts;
    }
    found.retain(|finding| finding.severity > Severity::Advice);
    counts.from(Severity::Warning)
}

/// Prints findings, of which there are so many in all; false where that failed, which has then
/// been said.
fn print(
    arguments: &LintArguments,
    project: &Project,
    diagnostics: &[Diagnostic],
    counts: Counts,
    sources: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
    terminal: &mut Terminal,
) -> bool {
    let human = arguments.format == "human";
    let display = |path: &SourcePath| project.displayed(path);
    // That by which findings are compared with those of a base.
    let fingerprints = ["gitlab", "sarif"]
        .contains(&arguments.format.as_str())
        .then(|| pipeline::fingerprints(diagnostics, sources));
    // With fixes, standard output may carry text or a diff; what is left goes beside it.
    let beside = arguments.fix.most().is_some() && human;
    let options = report::Options {
        color: human && if beside { terminal.color_err() } else { terminal.color_out() },
        width: terminal.width(),
        max: human.then_some(MAX_SHOWN),
        counts: Some(counts),
        display: &display,
        fingerprints: fingerprints.as_deref(),
    };
    let mut text = Vec::new();
    let Some(format) = report::format(&arguments.format) else { return false };
    let written = (format.report)(options).write(diagnostics, &sources, &mut text).and_then(|()| {
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

/// Applies fixes and prints what is left.
fn mend(
    arguments: &LintArguments,
    checking: &Checking<'_>,
    target: &Target,
    most: Applicability,
    terminal: &mut Terminal,
) -> Exit {
    let project = checking.project;
    let mut failed = false;
    let source = target.source(project);
    let mended = pipeline::mend(&source, most, &mut |source| {
        let all = arguments.paths.is_empty() || project.is_within(&arguments.paths);
        let whole = all && target.typed.is_none();
        let report = checking.check(source, target, whole, Wanted::All)?;
        failed |= report.failed;
        Ok::<_, BuildError>(report.diagnostics)
    });
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
    let counts = Counts::of(&mended.left);
    let mut left = mended.left.clone();
    let shown = if human { worth_showing(&mut left, counts, terminal) } else { counts };
    if !print(arguments, project, &left, shown, &after, terminal) {
        return Exit::Failed;
    }
    let place = |d: &Diagnostic| {
        d.span().map_or_else(String::new, |span| format!("{}:", project.place_in(span, &after)))
    };
    fix::tell_refused(&mended.refused, &place, terminal);
    terminal.say(&fix::closing_line(&mended, dry_run));
    if failed || written.is_err() { Exit::Failed } else { checking.exit(counts) }
}

fn closing_line(counts: Counts, files: usize, started: Instant) -> String {
    let elapsed = started.elapsed();
    let time = if elapsed.as_secs() == 0 {
        format!("{} ms", elapsed.as_millis())
    } else {
        format!("{:.1} s", elapsed.as_secs_f64())
    };
    let what = if files == 1 { "file" } else { "files" };
    format!("checked {files} {what} in {time}: {counts}")
}

/// What is checked.
struct Target {
    /// The files; where findings are compared, the files and folders that they are wanted of.
    files: Vec<SourcePath>,
    /// The bytes that an editor sent, under the path of their file.
    typed: Option<(SourcePath, Arc<[u8]>)>,
    /// Files that were checked as they are staged.
    staged: Vec<(SourcePath, Option<Arc<[u8]>>)>,
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
        let typed = self.typed.iter().map(|(known, bytes)| (known, Some(bytes)));
        let staged = self.staged.iter().map(|(known, bytes)| (known, bytes.as_ref()));
        match typed.chain(staged).find(|(known, _)| *known == path) {
            Some((_, bytes)) => Some(Arc::from(String::from_utf8_lossy(bytes?))),
            None => project.text(path),
        }
    }
}

/// What the arguments name; none where that cannot be read, which has then been said.
fn target(arguments: &LintArguments, project: &Project, terminal: &mut Terminal) -> Option<Target> {
    let Some(path) = &arguments.stdin_path else {
        let files = match arguments.gate.asked() {
            // Files that are gone from the working tree may be staged.
            true => {
                let paths = arguments.paths.iter().map(|path| project.path(path, terminal));
                paths.collect::<Option<_>>()?
            }
            false => project.files(&arguments.paths, terminal)?,
        };
        return Some(Target { files, typed: None, staged: Vec::new() });
    };
    let path = project.path(path, terminal)?;
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().lock().read_to_end(&mut bytes) {
        terminal.error(&format!("cannot read standard input: {error}"), None);
        return None;
    }
    Some(Target {
        files: vec![path.clone()],
        typed: Some((path, Arc::from(bytes))),
        staged: Vec::new(),
    })
}

/// A path as it is to be shown: from the working directory where it lies below it.
pub(super) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.as_deref().and_then(|here| path.strip_prefix(here).ok());
    below.unwrap_or(path).display().to_string()
}
