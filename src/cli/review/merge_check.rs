//! `copydesk review merge-check`: may it be merged?

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use super::desk::{EventsArguments, branch_of, desk_of};
use super::side::{ChangeArguments, OpenChange, tell};
use super::signed::{damaged, signed};
use super::threads;
use crate::base::{Diagnostic, Severity, SourcePath, Span};
use crate::cli::lint::{FailOn, today};
use crate::cli::{Exit, Terminal};
use crate::history::{self, BranchState, Conflict, Merge};
use crate::lint::Baseline;
use crate::pipeline::{
    self, BranchesAbout, BuildError, Effort, KnownForecasts, MergeCheckError, MergeCheckInput,
    Side, laid_over, merge_check,
};
use crate::report::{self, Counts};
use crate::review::{codes, sign_off};
use crate::source::{RevisionSource, Source};

/// Findings that a person is shown; the rest is counted.
const MAX_SHOWN: usize = 100;

/// Merges the branch into its target in memory, and checks what comes of it.
///
/// Ends 0 when nothing speaks against the merge, 1 when something does: conflicts, new findings,
/// links that break anywhere, pages that go without a redirect. Ends 2 when it cannot be decided.
/// Rules and theme are those of the target. What is not committed is not looked at.
#[derive(Debug, clap::Args)]
pub(crate) struct MergeCheckArguments {
    #[command(flatten)]
    change: ChangeArguments,
    #[command(flatten)]
    events: EventsArguments,
    /// How to print what was found
    #[arg(long, value_name = "FORMAT", default_value = "human",
          value_parser = clap::builder::PossibleValuesParser::new(report::FORMATS.iter().map(|format| format.name)))]
    format: String,
    /// The level from which findings stand in the way of a merge
    #[arg(long, value_name = "LEVEL", value_enum, default_value = "warning")]
    fail_on: FailOn,
    /// A file of findings that are known and do not stand in the way, as `copydesk lint baseline`
    /// writes it
    #[arg(long, value_name = "FILE")]
    baseline: Option<std::path::PathBuf>,
    /// Do not look for conflicts with other open branches
    #[arg(long)]
    no_forecast: bool,
}

pub(crate) fn run(arguments: &MergeCheckArguments, terminal: &mut Terminal) -> Exit {
    let started = Instant::now();
    let Some(open) = arguments.change.open(terminal) else { return Exit::Failed };
    let (folder, ends) = (&open.folder, &open.ends);
    let baseline = match &arguments.baseline {
        Some(path) => match known(path, terminal) {
            Some(baseline) => Some(baseline),
            None => return Exit::Failed,
        },
        None => None,
    };
    let merge = match history::merge(folder, &ends.base_commit, &ends.head_commit) {
        Ok(merge) => merge,
        Err(why) => {
            terminal.error(&format!("cannot decide: {why}"), why.help().as_deref());
            return Exit::Failed;
        }
    };
    let target = match RevisionSource::open(folder, &ends.base_commit) {
        Ok((target, _)) => target,
        Err(error) => {
            terminal.error(&format!("cannot decide: {error}"), None);
            return Exit::Failed;
        }
    };
    let merged = laid_over(&target, &merge);
    let today = today();
    let input = MergeCheckInput {
        target: open.side(&target),
        merged: &merged,
        merge: &merge,
        today: &today,
        trust_theme: open.trust_theme,
    };
    let mut found = match merge_check(&input) {
        Ok(found) => found,
        Err(error) => {
            cannot_decide(&error, &target, terminal);
            return Exit::Failed;
        }
    };
    if let Some(baseline) = &baseline {
        let keys = pipeline::keys_of(Side { source: &merged, findings: &found });
        let come: BTreeSet<usize> = baseline.compare(&keys).come.into_iter().collect();
        let mut at = 0;
        found.retain(|finding| {
            at += 1;
            // A conflict is never known.
            come.contains(&(at - 1)) || finding.code == codes::CONFLICT.id
        });
    }
    match signed_off(&open, &merge, &arguments.events, terminal) {
        Some(more) => found.extend(more),
        None => return Exit::Failed,
    }
    if !arguments.no_forecast {
        found.extend(forecast(&open, &merge));
    }
    open.memo.close();
    report::sort(&mut found);
    let counts = Counts::of(&found);
    if !print(arguments, &found, counts, &merged, terminal) {
        return Exit::Failed;
    }
    let fails = [Severity::Advice, Severity::Warning, Severity::Error]
        .into_iter()
        .any(|severity| counts.get(severity) > 0 && arguments.fail_on.fails(severity));
    if arguments.format == "human" {
        let name = ends.head.as_deref().unwrap_or("the branch");
        let verdict = match (fails, merge.files.is_empty() && merge.conflicts.is_empty()) {
            (true, _) => format!("{name} cannot be merged into {} as it is", ends.base),
            (false, true) => format!("{name} has nothing that {} lacks", ends.base),
            (false, false) => format!("{name} can be merged into {}", ends.base),
        };
        let counted = if counts.total() > 0 { format!(" ({counts})") } else { String::new() };
        let took = crate::cli::build::seconds(started.elapsed());
        terminal.say(&format!("{verdict}{counted}, checked in {took}"));
        if ends.uncommitted {
            terminal.say("what is not committed was not looked at");
        }
    }
    if fails { Exit::Findings } else { Exit::Clean }
}

/// What is not signed off and not settled, by the policy of the target; none where that cannot be told,
/// which has then been said.
fn signed_off(
    open: &OpenChange,
    merge: &Merge,
    events: &EventsArguments,
    terminal: &mut Terminal,
) -> Option<Vec<Diagnostic>> {
    // Where no branch is named, as for a commit, nothing can have been said of one.
    let has_stages = || open.target_review().is_none_or(|review| !review.stages.is_empty());
    if branch_of(&open.ends).is_none() && !events.is_set() && !has_stages() {
        return Some(Vec::new());
    }
    let desk = desk_of(open, events, terminal)?;
    if damaged(&desk, terminal) {
        return None;
    }
    let signed = signed(open, &desk, Some(merge), terminal)?;
    if signed.judge.policy.review.expect_tip && !desk.is_known() {
        let help = "name the tip that was there the last time with `--expect-tip`; `copydesk review \
                    status --json` prints the one of now";
        let message = "cannot decide: `expect-tip` is set, and nothing here knows which events there \
                       must be";
        terminal.error(message, Some(help));
        return None;
    }
    desk.mark_seen();
    let nothing_said = desk.changes.is_empty();
    let mut found = sign_off::diagnostics(&signed.sign_off);
    if let (true, Some(first)) = (nothing_said, found.first_mut()) {
        let help = first.help.take().unwrap_or_default();
        first.help = Some(format!(
            "{help}; the branch was not opened for review here: `copydesk review open`, or `copydesk \
             review sync`"
        ));
    }
    let threads = threads::placed(open, &desk, &signed.judge, open.new.as_ref());
    found.extend(threads::blocking(&threads));
    Some(found)
}

fn known(path: &std::path::Path, terminal: &mut Terminal) -> Option<Baseline> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("cannot read the baseline `{}`: {error}", path.display());
            terminal.error(&message, Some("write it with `copydesk lint baseline`"));
            return None;
        }
    };
    match Baseline::read(&text) {
        Ok(baseline) => Some(baseline),
        Err((line, why)) => {
            let message = format!("cannot read the baseline: {}:{line}: {why}", path.display());
            terminal.error(&message, Some("take the file from git as it was"));
            None
        }
    }
}

fn cannot_decide(error: &MergeCheckError, target: &dyn Source, terminal: &mut Terminal) {
    let problems = match error {
        MergeCheckError::Rules(problems)
        | MergeCheckError::Target(BuildError::Config(problems))
        | MergeCheckError::Merged(BuildError::Config(problems)) => problems.as_slice(),
        _ => &[],
    };
    tell(problems, target, terminal);
    terminal.error(&format!("cannot decide: {error}"), Some(error.help()));
}

/// Other open branches that will meet a conflict with this one.
fn forecast(open: &OpenChange, merge: &Merge) -> Vec<Diagnostic> {
    let (folder, ends, memo) = (&open.folder, &open.ends, &open.memo);
    let touched: BTreeSet<&str> = merge
        .changes
        .iter()
        .flat_map(|change| [&change.before, &change.after])
        .flatten()
        .map(SourcePath::as_str)
        .collect();
    let about = BranchesAbout {
        releases: open.settings.review.releases.clone(),
        content: open.content.to_string(),
    };
    let others = pipeline::open_branches(folder, &ends.base_commit, &about, memo);
    let meets = |other: &&BranchState| {
        other.tip != ends.head_commit
            && other.files.iter().any(|file| touched.contains(file.as_str()))
    };
    let others: Vec<&BranchState> = others.iter().filter(meets).collect();
    let head = ends.head_commit.as_str();
    let pairs = others.iter().map(|other| (head, other.tip.as_str()));
    let mut known = KnownForecasts::read(memo);
    let known = known.look(folder, &ends.base_commit, pairs, Effort::Whole, memo);
    let Ok(forecasts) = known else { return Vec::new() };
    let mut found = Vec::new();
    for other in others {
        let forecast = forecasts.get(&pipeline::in_order((head, &other.tip)));
        let Some(Ok(conflicts)) = forecast else { continue };
        let shared: Vec<&Conflict> =
            conflicts.iter().filter(|conflict| touched.contains(conflict.path.as_str())).collect();
        let Some(first) = shared.first() else { continue };
        let more = match shared.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let message =
            format!("`{}` will conflict with this branch in `{}`{more}", other.name, first.path);
        let found_here = Diagnostic::new(&codes::FORECAST, message);
        let found_here = match SourcePath::new(first.path.as_str()) {
            Ok(path) => found_here.at(Span::start_of(path)),
            Err(_) => found_here,
        };
        found.push(found_here.help("whichever is merged second has to settle it"));
    }
    found
}

/// Prints findings; false where that failed, which has then been said.
fn print(
    arguments: &MergeCheckArguments,
    diagnostics: &[Diagnostic],
    counts: Counts,
    merged: &dyn Source,
    terminal: &mut Terminal,
) -> bool {
    let human = arguments.format == "human";
    let sources = |path: &SourcePath| {
        let bytes = merged.read(path).ok()?;
        Some(Arc::from(String::from_utf8_lossy(&bytes)))
    };
    let fingerprints = ["gitlab", "sarif"]
        .contains(&arguments.format.as_str())
        .then(|| pipeline::fingerprints(diagnostics, &sources));
    let options = report::Options {
        color: human && terminal.color_out(),
        width: terminal.width(),
        max: human.then_some(MAX_SHOWN),
        counts: Some(counts),
        display: &|path: &SourcePath| path.to_string(),
        fingerprints: fingerprints.as_deref(),
    };
    let mut text = Vec::new();
    let Some(format) = report::format(&arguments.format) else { return false };
    let written = (format.report)(options).write(diagnostics, &sources, &mut text);
    match written.and_then(|()| terminal.out(&text)) {
        Ok(()) => true,
        Err(error) => {
            terminal.error(&format!("cannot write the report: {error}"), None);
            false
        }
    }
}
