//! Many files are checked at once. What comes out does not depend on how many threads there are.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::base::{Diagnostic, SourcePath, Span};
use crate::lint::{FileFindings, RuleSet, codes, lint_file};
use crate::memo::{Fingerprint, Key, Stage, Store};
use crate::source::{Source, SourceError};

/// What was found in files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LintReport {
    /// Findings and problems in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
    /// How many files were checked.
    pub files: usize,
    /// Some file could not be checked, because what it is cannot be told.
    pub failed: bool,
}

/// Checks files of a source. What was found in a file before is taken from the cache.
///
/// # Errors
/// When a file cannot be read.
pub fn lint(
    rules: &RuleSet,
    source: &dyn Source,
    files: &[SourcePath],
    memo: &Store,
) -> Result<LintReport, SourceError> {
    let wanted: Vec<&SourcePath> = files.iter().filter(|path| rules.concerns(path)).collect();
    let found: Result<Vec<FileFindings>, SourceError> = wanted
        .par_iter()
        .map(|path| Ok(remembered(rules, path, &source.read(path)?, memo)))
        .collect();
    let mut report = LintReport::default();
    // A file of each format that is not read, and how many there are.
    let mut unread: BTreeMap<String, (SourcePath, usize)> = BTreeMap::new();
    for (path, findings) in wanted.into_iter().zip(found?) {
        if findings.unread {
            let extension = path.extension().unwrap_or_default().to_owned();
            unread.entry(extension).or_insert_with(|| (path.clone(), 0)).1 += 1;
            continue;
        }
        report.files += 1;
        report.failed |= findings.failed;
        report.diagnostics.extend(findings.diagnostics);
    }
    for (extension, (path, count)) in unread {
        let files = if count == 1 { "file is" } else { "files are" };
        let message = format!("{count} `.{extension}` {files} not linted");
        let unread = Diagnostic::new(&codes::UNREAD_FORMAT, message).at(Span::start_of(path));
        report.diagnostics.push(unread.help("name only files of formats that are read"));
    }
    Ok(report)
}

/// What is found in a file is a function of its bytes, its path and the rules.
fn remembered(rules: &RuleSet, path: &SourcePath, bytes: &[u8], memo: &Store) -> FileFindings {
    let mut inputs = Fingerprint::new("lint");
    inputs.hash(&rules.hash()).text(path.as_str()).bytes(bytes);
    let key = Key::new(Stage::Lint, inputs.finish());
    if let Some(known) = memo.get(&key)
        && let Ok(findings) = postcard::from_bytes(&known)
    {
        return findings;
    }
    let findings = lint_file(rules, path, bytes);
    if let Ok(bytes) = postcard::to_stdvec(&findings) {
        memo.put(&key, &bytes);
    }
    findings
}
