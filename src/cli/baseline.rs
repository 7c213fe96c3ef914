//! `copydesk lint baseline`, and the baseline that `copydesk lint` goes by.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use super::rules::{Project, find_config};
use super::{Exit, Terminal};
use crate::base::{Diagnostic, SourcePath, Span};
use crate::config::Settings;
use crate::lint::{Baseline, BaselineEntry, FindingKey, codes};
use crate::memo::Store;
use crate::pipeline::{self, BuildError, LintInput, Side, Wanted};
use crate::report;
use crate::source::Source;

/// Writes the file of known findings that `[lint] baseline` names; once there is one, only takes
/// out of it what is gone.
///
/// Ends 0 when the file says what is found, 1 when something is found that it does not have, and 2
/// when the files could not be checked.
#[derive(Debug, clap::Args)]
pub(crate) struct BaselineArguments {
    /// The configuration [default: the nearest `.vale.ini` or `book.toml` in the working directory
    /// or above, up to the top of the repository]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Neither read nor write the cache
    #[arg(long)]
    no_cache: bool,
}

/// The baseline of a project.
pub(crate) struct Known {
    path: SourcePath,
    baseline: Baseline,
}

impl Known {
    /// Reads the baseline that the settings name; none where they name none. An error is one that
    /// has been told.
    pub(crate) fn read(
        project: &Project,
        settings: &Settings,
        terminal: &mut Terminal,
    ) -> Result<Option<Known>, Exit> {
        let Some(path) = settings.lint.baseline.as_ref().map(|set| set.value.clone()) else {
            return Ok(None);
        };
        let Some(text) = project.text(&path) else {
            let message = format!("there is no baseline `{}`", project.displayed(&path));
            terminal.error(&message, Some("write it with `copydesk lint baseline`"));
            return Err(Exit::Failed);
        };
        match Baseline::read(&text) {
            Ok(baseline) => Ok(Some(Known { path, baseline })),
            Err((line, why)) => {
                let place = format!("{}:{line}", project.displayed(&path));
                let help = "take the file from git as it was";
                terminal.error(&format!("cannot read the baseline: {place}: {why}"), Some(help));
                Err(Exit::Failed)
            }
        }
    }

    /// Takes known findings out. Where `whole` says that everything was checked, entries whose
    /// findings are gone are told.
    pub(crate) fn take_out(
        &self,
        source: &dyn Source,
        findings: &mut Vec<Diagnostic>,
        whole: bool,
    ) {
        let keys = pipeline::keys_of(Side { source, findings });
        let changes = self.baseline.compare(&keys);
        let mut come = changes.come.iter().peekable();
        let mut at = 0;
        findings.retain(|_| {
            let new = come.next_if(|next| **next == at).is_some();
            at += 1;
            new
        });
        if let (true, Some(first)) = (whole, changes.gone.first()) {
            let message = match changes.gone.len() {
                1 => "a finding of the baseline is gone".to_owned(),
                count => format!("{count} findings of the baseline are gone"),
            };
            let place = Span::new(self.path.clone(), self.baseline.line(*first));
            let stale = Diagnostic::new(&codes::STALE_BASELINE, message).at(place);
            findings.push(stale.help("`copydesk lint baseline` takes them out"));
        }
    }
}

pub(crate) fn run(arguments: &BaselineArguments, today: &str, terminal: &mut Terminal) -> Exit {
    written(arguments, today, terminal).unwrap_or(Exit::Failed)
}

/// None where it failed, which has then been said.
fn written(arguments: &BaselineArguments, today: &str, terminal: &mut Terminal) -> Option<Exit> {
    let config = find_config(arguments.config.as_deref(), None, terminal)?;
    let project = Project::open(&config, terminal)?;
    let settings = project.settings(terminal)?;
    let Some(path) = settings.lint.baseline.as_ref().map(|set| set.value.clone()) else {
        let help = "write `baseline = \"lint-baseline.txt\"` below `[lint]` in `book.toml`";
        terminal.error("no file is named for the baseline", Some(help));
        return None;
    };
    let rules = project.rules(terminal)?;
    let files = project.files(&[], terminal)?;
    let memo = if arguments.no_cache { Store::off() } else { project.cache() };
    let input = LintInput { rules: &rules, today, memo: &memo };
    let versions = project.versions(&settings);
    let report = match project.site(project.source(), &memo, versions.as_ref()) {
        Some(site) => pipeline::lint_site(input, &files, true, Wanted::All, &site),
        None => {
            let report = pipeline::lint_files(input, project.source(), &files, Wanted::All);
            report.map_err(BuildError::from)
        }
    };
    let report = report.map(|mut report| {
        let (source, whole) = (project.source(), pipeline::Reach::Whole);
        pipeline::lint_across(input, source, &files, whole, &mut report, Wanted::All);
        report
    });
    memo.close();
    let report = match report {
        Ok(report) => report,
        Err(error) => {
            terminal.error(&error.to_string(), None);
            return None;
        }
    };
    let mut findings = report.diagnostics;
    // Which file stands for its format is chance.
    findings.retain(|finding| finding.code != codes::UNREAD_FORMAT.id);
    report::sort(&mut findings);
    if report.failed {
        project.tell(&findings, terminal);
        terminal.error("some files cannot be checked, so it is not known what is found", None);
        return None;
    }
    let keys = pipeline::keys_of(Side { source: project.source(), findings: &findings });
    let now = Baseline::new(entries(&findings, &keys));
    if project.text(&path).is_none() {
        let file = project.full(&path);
        let created = OpenOptions::new().write(true).create_new(true).open(&file);
        let result = created.and_then(|mut file| file.write_all(now.text().as_bytes()));
        if let Err(error) = result {
            let shown = project.displayed(&path);
            terminal.error(&format!("cannot write `{shown}`: {error}"), None);
            return None;
        }
        terminal.say(&format!("wrote `{}` with {}", project.displayed(&path), count(now.len())));
        return Some(Exit::Clean);
    }
    let known = Known::read(&project, &settings, terminal).ok().flatten()?;
    let changes = known.baseline.compare(&keys);
    if !changes.come.is_empty() {
        let new: Vec<Diagnostic> =
            changes.come.iter().filter_map(|at| findings.get(*at).cloned()).collect();
        project.tell(&new, terminal);
        let message = format!("the baseline does not have {}", count(new.len()));
        let help = "a baseline only gets shorter: mend what was found, or ignore it in the page \
                    with a reason";
        terminal.error(&message, Some(help));
        return Some(Exit::Findings);
    }
    let shown = project.displayed(&path);
    let (before, after) = (known.baseline.text(), now.text());
    if before == after {
        terminal.say(&format!("`{shown}` stays as it is, with {}", count(now.len())));
        return Some(Exit::Clean);
    }
    let bytes = project.source().read(&path).ok()?;
    if let Err(error) = project.source().replace(&path, &bytes, after.as_bytes()) {
        terminal.error(&error.to_string(), None);
        return None;
    }
    let gone = count(changes.gone.len());
    terminal.say(&format!("took {gone} out of `{shown}`, which leaves {}", count(now.len())));
    Some(Exit::Clean)
}

fn entries(findings: &[Diagnostic], keys: &[FindingKey]) -> Vec<BaselineEntry> {
    let entry = |(finding, key): (&Diagnostic, &FindingKey)| BaselineEntry {
        path: finding.span().map_or_else(String::new, |span| span.file.to_string()),
        code: finding.code.to_string(),
        key: *key,
    };
    findings.iter().zip(keys).map(entry).collect()
}

fn count(findings: usize) -> String {
    if findings == 1 { "1 finding".to_owned() } else { format!("{findings} findings") }
}
