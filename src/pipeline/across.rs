//! Rules that compare pages with each other, and the links of pages to other sites. What a page says
//! is gathered file by file and kept; the comparing is done anew each time.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::build::known_inputs;
use super::check::keep_hashes;
use super::gate::{Base, LintInput, Side, apply_suppressions, new_findings};
use super::lint::{LintReport, Wanted};
use crate::base::{Diagnostic, SourcePath, Span};
use crate::lint::codes;
use crate::lint::own::{Across, Fact, external_links, gather};
use crate::memo::{Fingerprint, Key, Stage};
use crate::report::{Counts, keep_gravest};
use crate::site::is_markdown;
use crate::source::{Source, SourceError};

/// Which files a report is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach<'a> {
    /// All of the project.
    Whole,
    /// These: what is found elsewhere is left out, but all pages are compared with.
    Files(&'a [SourcePath]),
}

/// Adds to a report what rules find that look at all pages together, where such rules run. `files`
/// are all files of the project. A file that cannot be read says nothing here.
pub fn lint_across(
    input: LintInput<'_>,
    source: &dyn Source,
    files: &[SourcePath],
    reach: Reach<'_>,
    report: &mut LintReport,
    wanted: Wanted,
) {
    let mut found = judged(input, source, files);
    if let Reach::Files(these) = reach {
        let these: HashSet<&SourcePath> = these.iter().collect();
        found.retain(|found| found.span().is_some_and(|span| these.contains(&span.file)));
    }
    add(input, source, found, report, wanted);
}

/// What such rules find in the files of `head` and in none of the bases, where such rules run.
pub(super) fn across_changes(
    input: LintInput<'_>,
    head: &dyn Source,
    bases: &[Base<'_>],
) -> Result<Vec<Diagnostic>, SourceError> {
    if input.rules.across().is_empty() {
        return Ok(Vec::new());
    }
    let of = |source: &dyn Source| -> Result<Vec<Diagnostic>, SourceError> {
        let listing = source.list(input.rules.home(), &[])?;
        let files: Vec<SourcePath> = listing.files.into_iter().map(|file| file.path).collect();
        let mut report = LintReport::default();
        lint_across(input, source, &files, Reach::Whole, &mut report, Wanted::All);
        Ok(report.diagnostics)
    };
    let mut found = of(head)?;
    for base in bases {
        if found.is_empty() {
            break;
        }
        let before = of(base.source)?;
        let before = Side { source: base.source, findings: &before };
        let now = Side { source: head, findings: &found };
        let mut new = new_findings(before, now, base.changes).into_iter();
        found.retain(|_| new.next().unwrap_or(true));
    }
    Ok(found)
}

/// What such rules find, with its levels.
fn judged(input: LintInput<'_>, source: &dyn Source, files: &[SourcePath]) -> Vec<Diagnostic> {
    let runs = input.rules.across();
    if runs.is_empty() {
        return Vec::new();
    }
    // A revision is always the same.
    let kept = source.tree().map(|tree| {
        let mut key = Fingerprint::new("across revision");
        key.hash(&input.rules.hash()).text(input.rules.home().as_str()).text(&tree).value(&files);
        Key::new(Stage::Lint, key.finish())
    });
    let known = kept.as_ref().and_then(|key| input.memo.get(key));
    if let Some(found) = known.and_then(|known| postcard::from_bytes(&known).ok()) {
        return found;
    }
    let inputs = known_inputs(source, input.memo);
    let facts = |path: &&SourcePath| -> Option<(SourcePath, Vec<Vec<Fact>>)> {
        let mut read: Option<Arc<[u8]>> = None;
        let hash = match inputs.known_hash(path) {
            Some(hash) => hash,
            None => {
                let (bytes, hash) = inputs.read_hashed(path).ok()?;
                read = Some(bytes);
                hash
            }
        };
        let mut key = Fingerprint::new("across facts");
        key.hash(&input.rules.hash()).text(path.as_str()).hash(&hash);
        let key = Key::new(Stage::Lint, key.finish());
        let known = input.memo.get(&key);
        if let Some(facts) = known.and_then(|known| postcard::from_bytes(&known).ok()) {
            return Some(((*path).clone(), facts));
        }
        let bytes = match read {
            Some(bytes) => bytes,
            None => inputs.read_hashed(path).ok()?.0,
        };
        let facts = gather(&runs, path, &bytes);
        if let (false, Ok(bytes)) = (inputs.moved(), postcard::to_allocvec(&facts)) {
            input.memo.put(&key, &bytes);
        }
        Some(((*path).clone(), facts))
    };
    let pages: Vec<&SourcePath> =
        files.iter().filter(|path| is_markdown(path) && input.rules.concerns(path)).collect();
    let mut pages: Vec<(SourcePath, Vec<Vec<Fact>>)> = pages.par_iter().filter_map(facts).collect();
    pages.sort_by(|a, b| a.0.cmp(&b.0));
    let read = |path: &SourcePath| -> Option<Arc<[u8]>> { source.read(path).ok() };
    let mut found = Vec::new();
    for (at, run) in runs.iter().enumerate() {
        let of_rule: Vec<(SourcePath, Vec<Fact>)> = pages
            .iter_mut()
            .map(|(path, all)| (path.clone(), all.get_mut(at).map(std::mem::take)))
            .map(|(path, facts)| (path, facts.unwrap_or_default()))
            .collect();
        let across = Across { pages: &of_rule, files, read: &read };
        found.extend(run.judge(&across));
    }
    let found = found.into_iter().filter_map(|found| input.rules.levelled_across(found));
    let found: Vec<Diagnostic> = found.collect();
    keep_hashes(&inputs, input.memo);
    if let (Some(key), false, Ok(bytes)) = (&kept, inputs.moved(), postcard::to_allocvec(&found)) {
        input.memo.put(key, &bytes);
    }
    found
}

/// Adds findings to a report, without those that comments suppress.
pub fn add_findings(
    input: LintInput<'_>,
    source: &dyn Source,
    found: Vec<Diagnostic>,
    report: &mut LintReport,
) {
    let found = found.into_iter().filter_map(|finding| input.rules.levelled(finding));
    add(input, source, found.collect(), report, Wanted::All);
}

fn add(
    input: LintInput<'_>,
    source: &dyn Source,
    found: Vec<Diagnostic>,
    report: &mut LintReport,
    wanted: Wanted,
) {
    let mut added = LintReport { diagnostics: found, ..LintReport::default() };
    apply_suppressions(input, source, &[], &mut added);
    // What is wrong with the comments themselves, linting the files tells.
    let comments = [codes::BAD_IGNORE.id, codes::EXPIRED_IGNORE.id, codes::UNUSED_IGNORE.id];
    added.diagnostics.retain(|finding| !comments.contains(&finding.code.as_ref()));
    report.counts.add(Counts::of(&added.diagnostics));
    report.diagnostics.extend(added.diagnostics);
    if let Wanted::Gravest(most) = wanted {
        keep_gravest(&mut report.diagnostics, most);
    }
}

/// The addresses of other sites that pages link to, each with its places, in order.
pub fn links_to_other_sites(
    input: LintInput<'_>,
    source: &dyn Source,
    files: &[SourcePath],
) -> BTreeMap<String, Vec<Span>> {
    let of_page = |path: &SourcePath| -> Vec<(String, Span)> {
        if !is_markdown(path) || !input.rules.concerns(path) {
            return Vec::new();
        }
        let bytes = source.read(path);
        bytes.map(|bytes| external_links(path, &bytes)).unwrap_or_default()
    };
    let all: Vec<Vec<(String, Span)>> = files.par_iter().map(of_page).collect();
    let mut links: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    for (address, span) in all.into_iter().flatten() {
        links.entry(address).or_default().push(span);
    }
    for places in links.values_mut() {
        places.sort_by(|a, b| (&a.file, a.start).cmp(&(&b.file, b.start)));
    }
    links
}
