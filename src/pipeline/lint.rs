//! Many files are checked at once. What comes out does not depend on how many threads there are.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::inputs::Inputs;
use crate::base::{ContentHash, Diagnostic, SourcePath, Span};
use crate::lint::{FileFindings, RuleSet, Suppression, codes, lint_file};
use crate::memo::{Fingerprint, Key, Stage, StampTable, Store};
use crate::source::{Source, SourceError};

/// The state under which the stamps of linted files are kept.
const FILES: &str = "lint-files";

/// What was found in files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LintReport {
    /// Findings and problems in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
    /// How many files were checked.
    pub files: usize,
    /// Some file could not be checked, because what it is cannot be told.
    pub failed: bool,
    /// The comments that suppress findings, by file.
    pub suppressions: BTreeMap<SourcePath, Vec<Suppression>>,
}

/// Checks files of a source. What was found in a file before is taken from the cache, and a file
/// that has not been touched since is not even read.
///
/// # Errors
/// When a file cannot be read.
pub fn lint(
    rules: &RuleSet,
    source: &dyn Source,
    files: &[SourcePath],
    memo: &Store,
) -> Result<LintReport, SourceError> {
    let on_disk = source.folder().is_some() && memo.folder().is_some();
    let known = if on_disk { memo.state(FILES) } else { None };
    let known = known.map(|bytes| StampTable::from_bytes(&bytes)).unwrap_or_default();
    let inputs = Inputs::new(source, known, memo.clock().filter(|_| on_disk));
    let found: Result<Vec<Option<FileFindings>>, SourceError> = files
        .par_iter()
        .map(|path| match rules.concerns(path) {
            true => remembered(rules, path, &inputs, memo).map(Some),
            false => Ok(None),
        })
        .collect();
    if on_disk {
        memo.set_state(FILES, &inputs.joined_stamps().to_bytes());
    }
    let mut report = LintReport::default();
    // A file of each format that is not read, and how many there are.
    let mut unread: BTreeMap<String, (SourcePath, usize)> = BTreeMap::new();
    for (path, findings) in files.iter().zip(found?) {
        let Some(findings) = findings else { continue };
        if findings.unread {
            let extension = path.extension().unwrap_or_default().to_owned();
            unread.entry(extension).or_insert_with(|| (path.clone(), 0)).1 += 1;
            continue;
        }
        report.files += 1;
        report.failed |= findings.failed;
        report.diagnostics.extend(findings.diagnostics);
        if !findings.suppressions.is_empty() {
            report.suppressions.insert(path.clone(), findings.suppressions);
        }
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
fn remembered(
    rules: &RuleSet,
    path: &SourcePath,
    inputs: &Inputs<'_>,
    memo: &Store,
) -> Result<FileFindings, SourceError> {
    let key = |hash: &ContentHash| {
        let mut fingerprint = Fingerprint::new("lint");
        fingerprint.hash(&rules.hash()).text(path.as_str()).hash(hash);
        Key::new(Stage::Lint, fingerprint.finish())
    };
    let known = |key: &Key| postcard::from_bytes::<FileFindings>(&memo.get(key)?).ok();
    let untouched = inputs.known_hash(path);
    if let Some(findings) = untouched.and_then(|hash| known(&key(&hash))) {
        return Ok(findings);
    }
    let (bytes, hash) = inputs.read_hashed(path)?;
    let key = key(&hash);
    if untouched != Some(hash)
        && let Some(findings) = known(&key)
    {
        return Ok(findings);
    }
    let findings = lint_file(rules, path, &bytes);
    if let Ok(bytes) = postcard::to_stdvec(&findings) {
        memo.put(&key, &bytes);
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{LoadInput, load};
    use crate::memo::StageCount;
    use crate::source::{FolderSource, MemorySource};

    fn path(text: &str) -> SourcePath {
        SourcePath::new(text).unwrap()
    }

    fn rules(token: &str) -> RuleSet {
        let source = MemorySource::site(&format!(
            "-- .vale.ini --\nStylesPath = styles\n[*.md]\nBasedOnStyles = House\n\
             -- styles/House/R.yml --\nextends: existence\nmessage: \"'%s'\"\ntokens: [{token}]\n"
        ));
        let config = path(".vale.ini");
        load(&LoadInput { source: &source, config, open: &|_| None }).unwrap()
    }

    /// Lints `a.md` and `b.md` of a folder: messages, and how many files the cache knew.
    fn run(folder: &std::path::Path, token: &str) -> (Vec<String>, u64) {
        let (source, _) = FolderSource::open(folder).unwrap();
        let memo = Store::open(&folder.join(".copydesk"));
        let files = [path("a.md"), path("b.md")];
        let report = lint(&rules(token), &source, &files, &memo).unwrap();
        let is_lint = |count: &StageCount| count.stage == Stage::Lint;
        let hits = memo.counts().into_iter().find(is_lint).map_or(0, |count| count.hits);
        memo.close();
        (report.diagnostics.into_iter().map(|found| found.message).collect(), hits)
    }

    fn two_files() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.md"), "a pump\n").unwrap();
        std::fs::write(folder.path().join("b.md"), "a valve and a pump\n").unwrap();
        folder
    }

    fn told(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| format!("'{word}'")).collect()
    }

    #[test]
    fn findings_are_kept_by_file_and_rules() {
        let folder = two_files();
        let at = folder.path();
        assert_eq!(run(at, "pump"), (told(&["pump", "pump"]), 0));
        assert_eq!(run(at, "pump"), (told(&["pump", "pump"]), 2));
        assert_eq!(run(at, "valve"), (told(&["valve"]), 0), "other rules find other things");
        std::fs::write(at.join("a.md"), "a valve\n").unwrap();
        assert_eq!(run(at, "valve"), (told(&["valve", "valve"]), 1));
        assert_eq!(run(at, "pump"), (told(&["pump"]), 1));
    }

    #[test]
    fn what_is_damaged_was_never_kept() {
        let folder = two_files();
        let at = folder.path();
        run(at, "pump");
        for entry in std::fs::read_dir(at.join(".copydesk")).unwrap() {
            let file = entry.unwrap().path();
            let mut bytes = std::fs::read(&file).unwrap();
            bytes.iter_mut().for_each(|byte| *byte ^= 0x55);
            std::fs::write(&file, bytes).unwrap();
        }
        assert_eq!(run(at, "pump"), (told(&["pump", "pump"]), 0));
        assert_eq!(run(at, "pump"), (told(&["pump", "pump"]), 2));
    }
}
