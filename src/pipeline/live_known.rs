//! What the baseline knows of the findings of a site that keeps changing: they are not told, as
//! `copydesk lint` does not tell them.

use std::collections::{BTreeSet, HashMap};

use super::gate::{Side, keys_of};
use crate::base::{Diagnostic, SourcePath};
use crate::config::Settings;
use crate::lint::{Baseline, FindingKey, compare_keys};
use crate::source::Source;

/// The baseline that the settings name; none where there is none, or none that can be read, which
/// `copydesk lint` says.
pub(super) fn baseline(source: &dyn Source, settings: &Settings) -> Option<Baseline> {
    let bytes = source.read(&settings.lint.baseline.as_ref()?.value).ok()?;
    Baseline::read(&String::from_utf8_lossy(&bytes)).ok()
}

/// Takes out of all findings those that the baseline knows.
pub(super) fn take_out_known(
    baseline: &Baseline,
    source: &dyn Source,
    findings: &mut Vec<Diagnostic>,
) {
    let keys = keys_of(Side { source, findings });
    retain(findings, &baseline.compare(&keys).come);
}

/// Leaves the findings at these places, which are in order.
fn retain(findings: &mut Vec<Diagnostic>, places: &[usize]) {
    let mut places = places.iter().peekable();
    let mut at = 0;
    findings.retain(|_| {
        let stays = places.next_if(|place| **place == at).is_some();
        at += 1;
        stays
    });
}

/// The baseline, for files that are looked at one by one.
#[derive(Debug, Default)]
pub(super) struct KnownFindings {
    /// By file.
    entries: HashMap<String, Vec<FindingKey>>,
    /// What the baseline knows of files that were looked at and is not found in them any more: it
    /// may have moved to another one.
    gone: HashMap<SourcePath, BTreeSet<u128>>,
    /// What was found in files, and the baseline does not know.
    come: HashMap<SourcePath, BTreeSet<u128>>,
}

impl KnownFindings {
    pub(super) fn of(baseline: &Baseline, source: &dyn Source) -> Self {
        let mut known = KnownFindings::default();
        for entry in baseline.entries() {
            known.entries.entry(entry.path.clone()).or_default().push(entry.key);
        }
        // The text of a file that is not there any more may be in another one.
        for (file, entries) in &known.entries {
            let path = SourcePath::new(file).ok().filter(|path| !source.is_file(path));
            if let Some(path) = path {
                known.gone.insert(path, entries.iter().filter_map(|key| key.moved).collect());
            }
        }
        known
    }

    /// Takes out what is known of all the findings of a file. Returns the files in which something
    /// is known now that was not before, as it has moved there from this one.
    pub(super) fn take_out(
        &mut self,
        source: &dyn Source,
        file: &SourcePath,
        findings: &mut Vec<Diagnostic>,
    ) -> Vec<SourcePath> {
        if self.entries.is_empty() {
            return Vec::new();
        }
        let keys = keys_of(Side { source, findings });
        let entries = self.entries.get(file.as_str()).map_or(&[][..], Vec::as_slice);
        let mut changes = compare_keys(entries, &keys);
        let moved = |at: &usize, keys: &[FindingKey]| keys.get(*at).and_then(|key| key.moved);
        let gone: BTreeSet<u128> =
            changes.gone.iter().filter_map(|at| moved(at, entries)).collect();
        let elsewhere =
            |key: u128| self.gone.iter().any(|(other, gone)| other != file && gone.contains(&key));
        changes.come.retain(|at| !moved(at, &keys).is_some_and(elsewhere));
        let come = changes.come.iter().filter_map(|at| moved(at, &keys)).collect();
        retain(findings, &changes.come);
        let again =
            self.come.iter().filter(|(other, come)| *other != file && !come.is_disjoint(&gone));
        let again = again.map(|(other, _)| other.clone()).collect();
        self.come.insert(file.clone(), come);
        self.gone.insert(file.clone(), gone);
        again
    }
}
