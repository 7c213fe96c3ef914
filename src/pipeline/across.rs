//! Rules that compare pages with each other, and the links of pages to other sites. What a page says
//! is gathered file by file and kept; the comparing is done anew each time.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::gate::{LintInput, apply_suppressions};
use super::lint::{LintReport, Wanted};
use crate::base::{ContentHash, Diagnostic, SourcePath, Span};
use crate::lint::codes;
use crate::lint::own::{Across, Fact, external_links, gather};
use crate::memo::{Fingerprint, Key, Stage};
use crate::report::{Counts, keep_gravest};
use crate::site::is_markdown;
use crate::source::Source;

/// Adds to a report of all files what rules find that look at all pages together, where such rules
/// run. A file that cannot be read says nothing here.
pub fn lint_across(
    input: LintInput<'_>,
    source: &dyn Source,
    files: &[SourcePath],
    report: &mut LintReport,
    wanted: Wanted,
) {
    let runs = input.rules.across();
    if runs.is_empty() {
        return;
    }
    let facts = |path: &&SourcePath| -> Option<(SourcePath, Vec<Vec<Fact>>)> {
        let bytes = source.read(path).ok()?;
        let mut key = Fingerprint::new("across facts");
        key.hash(&input.rules.hash()).text(path.as_str()).hash(&ContentHash::of(&bytes));
        let key = Key::new(Stage::Lint, key.finish());
        let known = input.memo.get(&key);
        if let Some(facts) = known.and_then(|known| postcard::from_bytes(&known).ok()) {
            return Some(((*path).clone(), facts));
        }
        let facts = gather(&runs, path, &bytes);
        if let Ok(bytes) = postcard::to_allocvec(&facts) {
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
    add(input, source, found.collect(), report, wanted);
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
