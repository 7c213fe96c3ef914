//! `copydesk lint --since REV` and `--staged`: only the findings that a branch, or the next commit,
//! made. Where that cannot be told, the command ends 2: a gate that guesses lets things through.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Terminal;
use super::rules::Project;
use crate::base::{Diagnostic, SourcePath, Span};
use crate::config::Settings;
use crate::history::{self, Changes, FileChange, Undecided};
use crate::lint::{Baseline, RuleSet, codes};
use crate::pipeline::{self, Base, BuildError, LintInput, LintReport};
use crate::source::{MemorySource, NEVER, OverlaySource, RevisionSource, Source, SourceError};

/// What findings are compared with.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct GateArguments {
    /// Report only what the branch made: what was not found where the branch and REV part
    #[arg(long, value_name = "REV", conflicts_with_all = ["staged", "stdin", "fix"])]
    since: Option<String>,
    /// Report only what the next commit makes, with files as they are staged
    #[arg(long, conflicts_with_all = ["stdin", "fix"])]
    staged: bool,
}

/// What was found, and the files that it was found in.
pub(crate) struct Gated {
    pub(crate) report: LintReport,
    /// Files that are not as they are in the working tree: the staged ones.
    pub(crate) staged: Vec<(SourcePath, Option<Arc<[u8]>>)>,
}

impl GateArguments {
    /// Whether findings are compared at all.
    pub(crate) fn asked(&self) -> bool {
        self.since.is_some() || self.staged
    }

    /// Checks what differs. `paths` are the only files and folders that findings are wanted of;
    /// all where there are none. None where it cannot be decided, which has then been said.
    pub(crate) fn check(
        &self,
        project: &Project,
        settings: &Settings,
        input: LintInput<'_>,
        paths: &[SourcePath],
        terminal: &mut Terminal,
    ) -> Option<Gated> {
        let folder = project.home();
        let mut roots = vec![project.folder().clone()];
        roots.extend(paths.iter().cloned());
        let index = std::env::var_os("GIT_INDEX_FILE").map(PathBuf::from);
        let index = index.and_then(|index| std::path::absolute(index).ok());
        let changes = match &self.since {
            Some(revision) => history::changes_since(folder, revision, &roots),
            None => history::staged_changes(folder, index.as_deref(), &roots),
        };
        let result = changes.map_err(Failure::from).and_then(|changes| {
            let staged = match self.staged {
                true => staged(folder, index.as_deref(), &changes)?,
                false => Vec::new(),
            };
            let report = compare(project, settings, input, &changes, &staged, &roots, self.staged)?;
            Ok(Gated { report, staged })
        });
        match result {
            Ok(mut gated) => {
                if !paths.is_empty() {
                    gated.report.diagnostics.retain(|finding| {
                        let file = finding.span().map(|span| &span.file);
                        file.is_none_or(|file| paths.iter().any(|path| file.starts_with(path)))
                    });
                }
                Some(gated)
            }
            Err(Failure::Undecided(why)) => {
                let message = format!("cannot decide what is new: {why}");
                terminal.error(&message, why.help().as_deref());
                None
            }
            Err(Failure::Site(error)) => {
                terminal.error(&format!("cannot decide what is new: {error}"), None);
                None
            }
            Err(Failure::Source(error)) => {
                terminal.error(&format!("cannot decide what is new: {error}"), None);
                None
            }
        }
    }
}

enum Failure {
    Undecided(Undecided),
    Source(SourceError),
    Site(BuildError),
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        Failure::Site(error)
    }
}

impl From<Undecided> for Failure {
    fn from(why: Undecided) -> Self {
        Failure::Undecided(why)
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Failure::Source(error)
    }
}

type StagedFile = (SourcePath, Option<Arc<[u8]>>);

/// The files that are staged, as they lie over those of the last commit.
fn staged(
    folder: &Path,
    index: Option<&Path>,
    changes: &Changes,
) -> Result<Vec<StagedFile>, Undecided> {
    let Some(first) = changes.bases.first() else { return Ok(Vec::new()) };
    let mut paths: Vec<SourcePath> = first
        .files
        .iter()
        .flat_map(|change| [&change.before, &change.after])
        .flatten()
        .cloned()
        .collect();
    paths.sort();
    paths.dedup();
    let bytes = history::staged_files(folder, index, &paths)?;
    Ok(paths.into_iter().zip(bytes.into_iter().map(|bytes| bytes.map(Arc::from))).collect())
}

fn compare(
    project: &Project,
    settings: &Settings,
    input: LintInput<'_>,
    changes: &Changes,
    staged: &[StagedFile],
    roots: &[SourcePath],
    from_index: bool,
) -> Result<LintReport, Failure> {
    let mut sources: Vec<Box<dyn Source>> = Vec::new();
    for base in &changes.bases {
        sources.push(match &base.commit {
            Some(commit) => Box::new(RevisionSource::open(project.home(), commit)?.0),
            None => Box::new(MemorySource::site("")),
        });
    }
    let mut index = sources.first().map(|first| OverlaySource::new(first.as_ref()));
    if let Some(index) = &mut index {
        for (path, bytes) in staged {
            match bytes {
                Some(bytes) => index.set(path.clone(), Arc::clone(bytes)),
                None => index.remove(path.clone()),
            }
        }
    }
    let head: &dyn Source = match &index {
        Some(index) if from_index => index,
        _ => project.source(),
    };
    let bases: Vec<Base> = changes
        .bases
        .iter()
        .zip(&sources)
        .map(|(base, source)| Base { source: source.as_ref(), changes: &base.files })
        .collect();
    let concerns = |path: &SourcePath| {
        roots.iter().any(|root| path.starts_with(root))
            && !path.components().any(|name| NEVER.contains(&name))
            && input.rules.concerns(path)
    };
    let mut report = pipeline::lint_changes(input, head, &bases, &changes.links, &concerns)?;
    let versions = project.versions(settings);
    if let Some(site) = project.site(head, input.memo, versions.as_ref()) {
        let found = pipeline::check_changes(input, &site, &bases, &report.diagnostics)?;
        report.diagnostics.extend(found);
    }
    report.diagnostics.extend(grown(settings, head, &bases));
    // With the first commit everything comes, the rules too.
    if changes.bases.iter().all(|base| base.commit.is_some()) {
        report.diagnostics.extend(changed_rules(project, settings, input.rules, head, &bases));
    }
    Ok(report)
}

/// What the branch adds to the baseline, where there was one before.
fn grown(settings: &Settings, head: &dyn Source, bases: &[Base<'_>]) -> Option<Diagnostic> {
    let path = &settings.lint.baseline.as_ref()?.value;
    let read = |source: &dyn Source| {
        let bytes = source.read(path).ok()?;
        Baseline::read(&String::from_utf8_lossy(&bytes)).ok()
    };
    let now = read(head)?;
    let mut added: Option<Vec<usize>> = None;
    for base in bases {
        let those = now.added_to(&read(base.source)?);
        added = Some(match added {
            Some(added) => added.into_iter().filter(|at| those.contains(at)).collect(),
            None => those,
        });
    }
    let added = added?;
    let first = added.first()?;
    let message = match added.len() {
        1 => "the branch adds a finding to the baseline".to_owned(),
        count => format!("the branch adds {count} findings to the baseline"),
    };
    let place = Span::new(path.clone(), now.line(*first));
    let help = "mend what was found, or ignore it in the page with a reason";
    Some(Diagnostic::new(&codes::GROWN_BASELINE, message).at(place).help(help))
}

/// What the branch changes of that which the rules are made of.
fn changed_rules(
    project: &Project,
    settings: &Settings,
    rules: &RuleSet,
    head: &dyn Source,
    bases: &[Base<'_>],
) -> Vec<Diagnostic> {
    // A style is a folder of rules in the folder of styles.
    let mut styles: Vec<SourcePath> = rules
        .infos()
        .iter()
        .filter_map(|info| Some(info.span.as_ref()?.file.parent().parent()))
        .collect();
    styles.retain(|folder| !folder.is_root());
    styles.dedup();
    let schemas = settings.lint.front_matter.iter().filter_map(|rules| rules.schema.as_ref());
    let schemas: Vec<&SourcePath> = schemas.map(|file| &file.value).collect();
    let concerned = |path: &SourcePath, base: &Base<'_>| {
        let name = path.file_name();
        if name == "book.toml" {
            return path.parent() == *project.folder() && says_otherwise(path, head, base.source);
        }
        crate::lint::NAMES.contains(&name)
            || name.starts_with(".markdownlint")
            || schemas.contains(&path)
            || styles.iter().any(|folder| path.starts_with(folder))
    };
    let of = |base: &Base<'_>| -> Vec<SourcePath> {
        let both = |change: &FileChange| [change.before.clone(), change.after.clone()];
        let paths = base.changes.iter().flat_map(both).flatten();
        paths.filter(|path| concerned(path, base)).collect()
    };
    let mut changed = bases.first().map(of).unwrap_or_default();
    for base in bases.iter().skip(1) {
        let those = of(base);
        changed.retain(|path| those.contains(path));
    }
    changed.sort();
    changed.dedup();
    let Some(first) = changed.first() else { return Vec::new() };
    let names: Vec<String> = changed.iter().take(3).map(|path| format!("`{path}`")).collect();
    let more = match changed.len().saturating_sub(names.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!("the branch changes the rules: {}{more}", names.join(", "));
    let help = "both sides were checked with the rules as they are now; review this change";
    vec![
        Diagnostic::new(&codes::CHANGED_RULES, message)
            .at(Span::start_of(first.clone()))
            .help(help),
    ]
}

/// Whether the tables of `book.toml` that make rules differ; so they do where they cannot be read.
fn says_otherwise(path: &SourcePath, head: &dyn Source, base: &dyn Source) -> bool {
    let tables = |source: &dyn Source| {
        let text = source.read(path).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let table: toml::Table = toml::from_str(&text.unwrap_or_default()).ok()?;
        let of = |name: &str| table.get(name).cloned();
        Some((of("lint"), of("terms")))
    };
    match (tables(head), tables(base)) {
        (Some(now), Some(before)) => now != before,
        _ => true,
    }
}
