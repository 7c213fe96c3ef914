//! Which findings a branch made: what is found on both sides is compared, so that old findings do
//! not stand in the way of new work.
//!
//! Both sides are checked with the same rules. A file that is the same on both sides then has the
//! same findings on both, which need not even be looked for. That is the only shortcut: all others
//! are found as a whole, and compared by what they say and not by their lines.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::across::across_changes;
use super::inputs::Inputs;
use super::lint::{LintReport, Wanted, lint};
use crate::base::{Diagnostic, SourcePath};
use crate::history::FileChange;
use crate::lint::own::is_across;
use crate::lint::{
    FindingKey, RuleSet, SuppressInput, Suppression, compare_keys, finding_keys, suppress,
    suppressions,
};
use crate::memo::{StampTable, Store};
use crate::report::{Counts, keep_gravest};
use crate::source::{Source, SourceError};

/// The state under which the stamps of files are kept that belong to no site.
const FILES: &str = "lint-files";

/// What was found in one state of the files.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The files.
    pub source: &'a dyn Source,
    /// The findings.
    pub findings: &'a [Diagnostic],
}

/// What decides which findings are looked for.
#[derive(Clone, Copy)]
pub struct LintInput<'a> {
    /// The rules.
    pub rules: &'a RuleSet,
    /// The day, as `2026-11-25`: suppressions can expire.
    pub today: &'a str,
    /// The cache.
    pub memo: &'a Store,
}

/// Another state of the files, and what has changed since.
pub struct Base<'a> {
    /// The files as they were.
    pub source: &'a dyn Source,
    /// What differs.
    pub changes: &'a [FileChange],
}

/// Checks files, and takes out what is suppressed in them.
///
/// # Errors
/// When a file cannot be read.
pub fn lint_files(
    input: LintInput<'_>,
    source: &dyn Source,
    files: &[SourcePath],
    wanted: Wanted,
) -> Result<LintReport, SourceError> {
    // What is no folder has no stamps to look up.
    let (known, clock) = match source.has_stamps() {
        true => (input.memo.state(FILES), input.memo.clock()),
        false => (None, None),
    };
    let known = known.map(|bytes| StampTable::from_bytes(&bytes)).unwrap_or_default();
    let inputs = Inputs::new(source, known, clock);
    let report = lint_with(input, &inputs, files, wanted)?;
    if source.has_stamps() && inputs.has_read() {
        input.memo.set_state(FILES, &inputs.joined_stamps());
    }
    Ok(report)
}

/// The same, with what somebody else asks of the source too.
pub(super) fn lint_with(
    input: LintInput<'_>,
    source: &Inputs<'_>,
    files: &[SourcePath],
    wanted: Wanted,
) -> Result<LintReport, SourceError> {
    let linted = lint(input.rules, source, files, input.memo, input.today, wanted)?;
    let (mut report, mut held) = (linted.report, linted.held);
    match wanted {
        Wanted::All => {
            apply_suppressions(input, source, files, &mut report);
            report.counts = Counts::of(&report.diagnostics);
        }
        Wanted::Gravest(most) => {
            take_out(input, &report.suppressions, &mut held, &|_| true);
            report.counts.add(Counts::of(&held));
            report.diagnostics.extend(held);
            keep_gravest(&mut report.diagnostics, most);
        }
    }
    Ok(report)
}

fn take_out(
    input: LintInput<'_>,
    suppressions: &BTreeMap<SourcePath, Vec<Suppression>>,
    findings: &mut Vec<Diagnostic>,
    linted: &dyn Fn(&SourcePath) -> bool,
) {
    let all = SuppressInput { suppressions, today: input.today };
    // What pages have in common is found elsewhere.
    let runs = |rule: &str, file: &SourcePath| {
        linted(file) && input.rules.runs(rule, file) && !is_across(rule)
    };
    suppress(&all, findings, &runs);
}

/// Takes out of a report what comments suppress, also in files that were not linted themselves.
pub fn apply_suppressions(
    input: LintInput<'_>,
    source: &dyn Source,
    linted: &[SourcePath],
    report: &mut LintReport,
) {
    let linted: BTreeSet<&SourcePath> = linted.iter().collect();
    let others: BTreeSet<SourcePath> = report
        .diagnostics
        .iter()
        .filter_map(|finding| Some(&finding.span()?.file))
        .filter(|file| !linted.contains(file))
        .cloned()
        .collect();
    for file in others {
        let Ok(bytes) = source.read(&file) else { continue };
        let found = suppressions(&file, &bytes);
        if !found.is_empty() {
            report.suppressions.insert(file, found);
        }
    }
    take_out(input, &report.suppressions, &mut report.diagnostics, &|file| linted.contains(file));
}

/// Checks the files of `head` that differ from those of `bases`, and what all files say together,
/// and leaves of the findings those that no base has. `links` are symbolic links, whose files can change without them; `concerns`
/// says which files are looked at at all.
///
/// # Errors
/// When a file cannot be read.
pub fn lint_changes(
    input: LintInput<'_>,
    head: &dyn Source,
    bases: &[Base<'_>],
    links: &[SourcePath],
    concerns: &dyn Fn(&SourcePath) -> bool,
) -> Result<LintReport, SourceError> {
    let after = |base: &Base<'_>| {
        let paths = base.changes.iter().filter_map(|change| change.after.clone());
        present(head, paths, links, concerns)
    };
    let after = bases.iter().map(after).collect::<Result<Vec<_>, _>>()?;
    let files: BTreeSet<SourcePath> = after.iter().flatten().cloned().collect();
    let files: Vec<SourcePath> = files.into_iter().collect();
    let mut report = lint_files(input, head, &files, Wanted::All)?;
    let mut new = vec![true; report.diagnostics.len()];
    for (base, after) in bases.iter().zip(after) {
        let before = base.changes.iter().filter_map(|change| change.before.clone());
        let before = present(base.source, before, links, concerns)?;
        let found = lint_files(input, base.source, &before, Wanted::All)?;
        let before = Side { source: base.source, findings: &found.diagnostics };
        // A file that this base has as it is brings nothing new.
        let differs = |finding: &Diagnostic| {
            finding.span().is_none_or(|span| after.binary_search(&span.file).is_ok())
        };
        let (at, those): (Vec<usize>, Vec<Diagnostic>) = report
            .diagnostics
            .iter()
            .enumerate()
            .filter(|(_, finding)| differs(finding))
            .map(|(at, finding)| (at, finding.clone()))
            .unzip();
        let after = Side { source: head, findings: &those };
        let come = at.into_iter().zip(new_findings(before, after, base.changes));
        let come: BTreeSet<usize> = come.filter(|(_, new)| *new).map(|(at, _)| at).collect();
        for (at, new) in new.iter_mut().enumerate() {
            *new &= come.contains(&at);
        }
    }
    let mut new = new.into_iter();
    report.diagnostics.retain(|_| new.next().unwrap_or(true));
    report.diagnostics.extend(across_changes(input, head, bases)?);
    Ok(report)
}

/// The files that are there, sorted, with those behind links.
fn present(
    source: &dyn Source,
    changed: impl Iterator<Item = SourcePath>,
    links: &[SourcePath],
    concerns: &dyn Fn(&SourcePath) -> bool,
) -> Result<Vec<SourcePath>, SourceError> {
    let mut files: BTreeSet<SourcePath> = changed.collect();
    for link in links {
        if source.is_file(link) {
            files.insert(link.clone());
        } else {
            files.extend(source.list(link, &[])?.files.into_iter().map(|file| file.path));
        }
    }
    Ok(files.into_iter().filter(|file| concerns(file) && source.is_file(file)).collect())
}

/// For each finding of `after` whether `before` does not have it. `changes` are the files that
/// differ, with their renames.
pub fn new_findings(before: Side<'_>, after: Side<'_>, changes: &[FileChange]) -> Vec<bool> {
    let changed: BTreeSet<&SourcePath> =
        changes.iter().flat_map(|change| [&change.before, &change.after]).flatten().collect();
    // Where a file is the same, so is what tells a finding from others, and nothing is to be read.
    let same = |finding: &Diagnostic| {
        let span = finding.span().filter(|span| !changed.contains(&span.file))?;
        Some((finding.code.clone(), span.clone()))
    };
    let mut known: HashMap<_, usize> = HashMap::new();
    for place in before.findings.iter().filter_map(same) {
        *known.entry(place).or_default() += 1;
    }
    let mut paired: HashMap<_, usize> = HashMap::new();
    let mut take = |place, counts: &mut HashMap<_, usize>| match counts.get_mut(&place) {
        Some(count) if *count > 0 => {
            *count -= 1;
            *paired.entry(place).or_default() += 1;
            true
        }
        _ => false,
    };
    let left_after: Vec<usize> = (0..after.findings.len())
        .filter(|at| {
            let place = after.findings.get(*at).and_then(same);
            !place.is_some_and(|place| take(place, &mut known))
        })
        .collect();
    let left_before: Vec<usize> = (0..before.findings.len())
        .filter(|at| {
            let place = before.findings.get(*at).and_then(same);
            let count = place.and_then(|place| paired.get_mut(&place)).filter(|count| **count > 0);
            count.map(|count| *count -= 1).is_none()
        })
        .collect();
    let renamed: BTreeMap<&SourcePath, &SourcePath> = changes
        .iter()
        .filter_map(|change| Some((change.before.as_ref()?, change.after.as_ref()?)))
        .collect();
    let now = |path: &SourcePath| renamed.get(path).map_or_else(|| path.clone(), |p| (*p).clone());
    let keys_before = keys(before, &left_before, &now);
    let keys_after = keys(after, &left_after, &SourcePath::clone);
    let come = compare_keys(&keys_before, &keys_after).come;
    let mut new = vec![false; after.findings.len()];
    for at in come.into_iter().filter_map(|at| left_after.get(at)) {
        if let Some(new) = new.get_mut(*at) {
            *new = true;
        }
    }
    new
}

/// The keys of all findings, in their order.
pub fn keys_of(side: Side<'_>) -> Vec<FindingKey> {
    let all: Vec<usize> = (0..side.findings.len()).collect();
    keys(side, &all, &SourcePath::clone)
}

/// The same as texts for reports; `texts` gives the text of a file, where it can be had.
pub fn fingerprints(
    findings: &[Diagnostic],
    texts: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
) -> Vec<String> {
    let files: BTreeSet<&SourcePath> =
        findings.iter().filter_map(|finding| Some(&finding.span()?.file)).collect();
    let texts: HashMap<&SourcePath, Arc<str>> =
        files.into_iter().filter_map(|file| Some((file, texts(file)?))).collect();
    let all: Vec<usize> = (0..findings.len()).collect();
    let bytes = |file: &SourcePath| Some(Arc::from(texts.get(file)?.as_bytes()));
    let keys = keys_in(findings, &all, &bytes, &SourcePath::clone);
    keys.iter().map(FindingKey::digits).collect()
}

/// The keys of some findings; `named` says what a file is called in them.
fn keys(
    side: Side<'_>,
    some: &[usize],
    named: &(dyn Fn(&SourcePath) -> SourcePath + Sync),
) -> Vec<FindingKey> {
    keys_in(side.findings, some, &|file| side.source.read(file).ok(), named)
}

fn keys_in(
    findings: &[Diagnostic],
    some: &[usize],
    read: &(dyn Fn(&SourcePath) -> Option<Arc<[u8]>> + Sync),
    named: &(dyn Fn(&SourcePath) -> SourcePath + Sync),
) -> Vec<FindingKey> {
    let mut files: BTreeMap<&SourcePath, Vec<(usize, &Diagnostic)>> = BTreeMap::new();
    let nowhere = SourcePath::root();
    for (position, at) in some.iter().enumerate() {
        let Some(finding) = findings.get(*at) else { continue };
        let file = finding.span().map_or(&nowhere, |span| &span.file);
        files.entry(file).or_default().push((position, finding));
    }
    let files: Vec<_> = files.into_iter().collect();
    let found: Vec<Vec<(usize, FindingKey)>> = files
        .par_iter()
        .map(|(file, findings)| {
            let bytes = read(file);
            let those: Vec<&Diagnostic> = findings.iter().map(|(_, finding)| *finding).collect();
            let keys = finding_keys(&named(file), bytes.as_deref(), &those);
            findings.iter().map(|(position, _)| *position).zip(keys).collect()
        })
        .collect();
    let mut all: Vec<(usize, FindingKey)> = found.into_iter().flatten().collect();
    all.sort_unstable_by_key(|(position, _)| *position);
    all.into_iter().map(|(_, key)| key).collect()
}

#[cfg(test)]
mod tests;
