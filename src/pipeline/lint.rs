//! Many files are checked at once. What comes out does not depend on how many threads there are.
//!
//! The cache keeps two entries for a file: how many findings it has, and what they are. Where only
//! the gravest are wanted, most files are only counted, and those of a large site cost little.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::inputs::Inputs;
use crate::base::{ContentHash, Diagnostic, Severity, SourcePath, Span};
use crate::lint::{Dated, FileFindings, RuleSet, Suppression, codes, lint_file};
use crate::memo::{Fingerprint, Key, Stage, StampTable, Store};
use crate::report::{Counts, keep_gravest, least_grave};
use crate::source::{Source, SourceError};

/// So many files are checked before what is not wanted of them is dropped.
const BATCH: usize = 512;

/// Which findings are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All of them.
    All,
    /// So many of the gravest, the first of those that are alike.
    Gravest(usize),
}

/// What was found in files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LintReport {
    /// The findings and problems that were wanted, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
    /// How many there are in all.
    pub counts: Counts,
    /// How many files were checked.
    pub files: usize,
    /// Some file could not be checked, because what it is cannot be told.
    pub failed: bool,
    /// The comments that suppress findings, by file.
    pub suppressions: BTreeMap<SourcePath, Vec<Suppression>>,
}

/// A report before comments have suppressed anything.
pub(super) struct Linted {
    /// What needs no more.
    pub report: LintReport,
    /// All findings of the files with such comments, where only the gravest of others are wanted:
    /// they are neither in the report nor counted.
    pub held: Vec<Diagnostic>,
}

/// What is known of a file without its findings.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Outcome {
    counts: Counts,
    failed: bool,
    unread: bool,
    /// It has comments that suppress findings, so that all of these must be looked at.
    suppresses: bool,
    /// The first day after which there are more findings, which are not counted here.
    after: Option<String>,
}

impl Outcome {
    fn of(findings: &FileFindings) -> Outcome {
        Outcome {
            counts: Counts::of(&findings.diagnostics),
            failed: findings.failed,
            unread: findings.unread,
            suppresses: !findings.suppressions.is_empty(),
            after: findings.dated.iter().map(|dated| dated.after.clone()).min(),
        }
    }

    /// Whether the findings must be looked at, as what they are depends on the day, too.
    fn is_due(&self, today: &str) -> bool {
        self.after.as_deref().is_some_and(|after| after < today)
    }
}

/// What is found in a file, the comments in it that suppress some of it, and what is found after a
/// day.
type Found = (Vec<Diagnostic>, Vec<Suppression>, Vec<Dated>);

/// A file that has been looked at.
struct Checked<'a> {
    path: &'a SourcePath,
    hash: ContentHash,
    outcome: Outcome,
    /// Its findings; none where they were only counted.
    found: Option<Found>,
}

/// Checks files of a source, whatever is suppressed in them. What was found in a file before is
/// taken from the cache, and a file that has not been touched since is not even read.
///
/// # Errors
/// When a file cannot be read.
pub(super) fn lint(
    rules: &RuleSet,
    inputs: &Inputs<'_>,
    files: &[SourcePath],
    memo: &Store,
    today: &str,
    wanted: Wanted,
) -> Result<Linted, SourceError> {
    let checker = Checker { rules, inputs, memo, today };
    let mut report = LintReport::default();
    let mut held = Vec::new();
    let mut counted: Vec<Checked> = Vec::new();
    // A file of each format that is not read, and how many there are.
    let mut unread: BTreeMap<String, (SourcePath, usize)> = BTreeMap::new();
    for batch in files.chunks(BATCH) {
        let check = |path| rules.concerns(path).then(|| checker.check(path, wanted));
        let checked: Vec<_> = batch.par_iter().filter_map(check).collect();
        let least = match wanted {
            Wanted::Gravest(most) => least_grave(&report.diagnostics, most),
            Wanted::All => None,
        };
        for checked in checked {
            let mut checked = checked?;
            if checked.outcome.unread {
                let extension = checked.path.extension().unwrap_or_default().to_owned();
                unread.entry(extension).or_insert_with(|| (checked.path.clone(), 0)).1 += 1;
                continue;
            }
            report.files += 1;
            report.failed |= checked.outcome.failed;
            let holds = checked.outcome.suppresses && wanted != Wanted::All;
            if !holds {
                report.counts.add(checked.outcome.counts);
            }
            match checked.found.take() {
                Some((found, suppressions, _)) => {
                    if !suppressions.is_empty() {
                        report.suppressions.insert(checked.path.clone(), suppressions);
                    }
                    match holds {
                        true => held.extend(found),
                        false => report.diagnostics.extend(
                            found.into_iter().filter(|found| least <= Some(found.severity)),
                        ),
                    }
                }
                None => counted.push(checked),
            }
        }
        if let Wanted::Gravest(most) = wanted {
            keep_gravest(&mut report.diagnostics, most);
        }
    }
    for (extension, (path, count)) in unread {
        let files = if count == 1 { "file is" } else { "files are" };
        let message = format!("{count} `.{extension}` {files} not linted");
        let unread = Diagnostic::new(&codes::UNREAD_FORMAT, message).at(Span::start_of(path));
        let unread = unread.help("name only files of formats that are read");
        report.counts.add(Counts::of([&unread]));
        report.diagnostics.push(unread);
    }
    if let Wanted::Gravest(most) = wanted {
        let needed = needed(&counted, most);
        let found: Result<Vec<_>, SourceError> =
            needed.par_iter().map(|checked| checker.findings(checked)).collect();
        report.diagnostics.extend(found?.into_iter().flatten());
        keep_gravest(&mut report.diagnostics, most);
    }
    Ok(Linted { report, held })
}

/// What is found in a file as it is now, whatever is suppressed in it, and what it hashes to.
pub(super) fn lint_one(
    rules: &RuleSet,
    source: &dyn Source,
    path: &SourcePath,
    memo: &Store,
    today: &str,
) -> Result<(ContentHash, LintReport), SourceError> {
    let inputs = Inputs::new(source, StampTable::default(), None);
    let checked = Checker { rules, inputs: &inputs, memo, today }.check(path, Wanted::All)?;
    let (diagnostics, suppressions, _) = checked.found.unwrap_or_default();
    let suppressions = BTreeMap::from([(path.clone(), suppressions)]);
    Ok((checked.hash, LintReport { diagnostics, suppressions, ..LintReport::default() }))
}

/// Those of the files, which are in order, that the gravest findings of all can be in.
fn needed<'c, 'a>(counted: &'c [Checked<'a>], most: usize) -> Vec<&'c Checked<'a>> {
    let mut needed = vec![false; counted.len()];
    let mut sum = 0;
    for severity in [Severity::Error, Severity::Warning, Severity::Advice] {
        for (checked, needed) in counted.iter().zip(&mut needed) {
            let count = checked.outcome.counts.get(severity);
            if sum >= most {
                break;
            }
            *needed |= count > 0;
            sum += count;
        }
    }
    counted.iter().zip(needed).filter_map(|(file, needed)| needed.then_some(file)).collect()
}

/// Checks single files. What is found in a file is a function of its bytes, its path and the rules.
struct Checker<'a> {
    rules: &'a RuleSet,
    inputs: &'a Inputs<'a>,
    memo: &'a Store,
    /// As `2026-11-29`.
    today: &'a str,
}

impl Checker<'_> {
    fn key(&self, purpose: &str, path: &SourcePath, hash: &ContentHash) -> Key {
        let mut fingerprint = Fingerprint::new(purpose);
        fingerprint.hash(&self.rules.hash()).text(path.as_str()).hash(hash);
        Key::new(Stage::Lint, fingerprint.finish())
    }

    fn findings_key(&self, path: &SourcePath, hash: &ContentHash) -> Key {
        self.key("lint", path, hash)
    }

    fn check<'p>(&self, path: &'p SourcePath, wanted: Wanted) -> Result<Checked<'p>, SourceError> {
        let untouched = self.inputs.known_hash(path);
        if let Some(checked) = untouched.and_then(|hash| self.known(path, hash, wanted)) {
            return Ok(checked);
        }
        let (bytes, hash) = self.inputs.read_hashed(path)?;
        if untouched != Some(hash)
            && let Some(checked) = self.known(path, hash, wanted)
        {
            return Ok(checked);
        }
        Ok(self.fresh(path, hash, &bytes))
    }

    /// What the cache knows.
    fn known<'p>(
        &self,
        path: &'p SourcePath,
        hash: ContentHash,
        wanted: Wanted,
    ) -> Option<Checked<'p>> {
        let outcome = self.memo.get(&self.key("lint outcome", path, &hash))?;
        let outcome: Outcome = postcard::from_bytes(&outcome).ok()?;
        let is_due = outcome.is_due(self.today);
        if outcome.counts.total() == 0 && !outcome.suppresses && !is_due {
            return Some(Checked { path, hash, outcome, found: Some(Found::default()) });
        }
        let key = self.findings_key(path, &hash);
        if wanted != Wanted::All && !outcome.suppresses && !is_due {
            // Whoever counts findings is to find them later.
            return self.memo.keep(&key).then_some(Checked { path, hash, outcome, found: None });
        }
        let found = postcard::from_bytes(&self.memo.get(&key)?).ok()?;
        Some(self.checked(path, hash, outcome, found))
    }

    /// A file whose findings are known, with those that have come with the days.
    fn checked<'p>(
        &self,
        path: &'p SourcePath,
        hash: ContentHash,
        mut outcome: Outcome,
        mut found: Found,
    ) -> Checked<'p> {
        if outcome.is_due(self.today) {
            let due = found.2.iter().filter(|dated| dated.after.as_str() < self.today);
            found.0.extend(due.map(|dated| dated.diagnostic.clone()));
            outcome.counts = Counts::of(&found.0);
        }
        Checked { path, hash, outcome, found: Some(found) }
    }

    fn fresh<'p>(&self, path: &'p SourcePath, hash: ContentHash, bytes: &Arc<[u8]>) -> Checked<'p> {
        let findings = lint_file(self.rules, path, bytes);
        let outcome = Outcome::of(&findings);
        let found = (findings.diagnostics, findings.suppressions, findings.dated);
        if self.memo.writable().is_none() {
            return self.checked(path, hash, outcome, found);
        }
        if (outcome.counts.total() > 0 || outcome.suppresses || outcome.after.is_some())
            && let Ok(bytes) = postcard::to_stdvec(&found)
        {
            self.memo.put(&self.findings_key(path, &hash), &bytes);
        }
        if let Ok(bytes) = postcard::to_stdvec(&outcome) {
            self.memo.put(&self.key("lint outcome", path, &hash), &bytes);
        }
        self.checked(path, hash, outcome, found)
    }

    /// The findings of a file that were only counted so far.
    fn findings(&self, checked: &Checked) -> Result<Vec<Diagnostic>, SourceError> {
        let Checked { path, hash, .. } = checked;
        let kept = self.memo.get(&self.findings_key(path, hash));
        let kept = kept.and_then(|bytes| postcard::from_bytes::<Found>(&bytes).ok());
        if let Some((found, ..)) = kept {
            return Ok(found);
        }
        // What was kept is damaged.
        let (bytes, hash) = self.inputs.read_hashed(path)?;
        Ok(self.fresh(path, hash, &bytes).found.unwrap_or_default().0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::gate::{LintInput, lint_files};
    use super::*;
    use crate::lint::{LoadInput, load};
    use crate::memo::{StageCount, Stamp};
    use crate::source::{FolderSource, Listing, MemorySource, OverlaySource};

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

    /// Lints `a.md` and `b.md` of a folder: messages, and how many files the cache did not know.
    fn run(folder: &std::path::Path, token: &str) -> (Vec<String>, u64) {
        let (source, _) = FolderSource::open(folder).unwrap();
        let memo = Store::open(&folder.join(".copydesk"));
        let files = [path("a.md"), path("b.md")];
        let rules = rules(token);
        let input = LintInput { rules: &rules, today: "2026-11-25", memo: &memo };
        let report = lint_files(input, &source, &files, Wanted::All).unwrap();
        let is_lint = |count: &StageCount| count.stage == Stage::Lint;
        let misses = memo.counts().into_iter().find(is_lint).map_or(0, |count| count.misses);
        memo.close();
        (report.diagnostics.into_iter().map(|found| found.message).collect(), misses)
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
        assert_eq!(run(at, "pump"), (told(&["pump", "pump"]), 2));
        assert_eq!(run(at, "pump"), (told(&["pump", "pump"]), 0));
        assert_eq!(run(at, "valve"), (told(&["valve"]), 2), "other rules find other things");
        std::fs::write(at.join("a.md"), "a valve\n").unwrap();
        assert_eq!(run(at, "valve"), (told(&["valve", "valve"]), 1));
        assert_eq!(run(at, "pump"), (told(&["pump"]), 1));
    }

    /// A folder that counts how many files are read, with nothing laid over it.
    struct Counting<'a> {
        source: OverlaySource<'a>,
        reads: AtomicUsize,
    }

    impl Source for Counting<'_> {
        fn list(&self, folder: &SourcePath, except: &[SourcePath]) -> Result<Listing, SourceError> {
            self.source.list(folder, except)
        }

        fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
            self.reads.fetch_add(1, Ordering::Relaxed);
            self.source.read(path)
        }

        fn is_file(&self, path: &SourcePath) -> bool {
            self.source.is_file(path)
        }

        fn stamp(&self, path: &SourcePath) -> Option<Stamp> {
            self.source.stamp(path)
        }

        fn has_stamps(&self) -> bool {
            self.source.has_stamps()
        }
    }

    #[cfg(unix)]
    #[test]
    fn files_that_have_not_changed_are_not_read() {
        let folder = two_files();
        let files = [path("a.md"), path("b.md")];
        let rules = rules("pump");
        let reads = || {
            let (under, _) = FolderSource::open(folder.path()).unwrap();
            let source =
                Counting { source: OverlaySource::new(&under), reads: AtomicUsize::new(0) };
            let memo = Store::open(&folder.path().join(".copydesk"));
            let input = LintInput { rules: &rules, today: "2026-11-25", memo: &memo };
            let report = lint_files(input, &source, &files, Wanted::Gravest(1)).unwrap();
            memo.close();
            assert_eq!((report.counts.total(), report.diagnostics.len()), (2, 1));
            source.reads.load(Ordering::Relaxed)
        };
        assert_eq!(reads(), 2);
        // Once the clock of the file system has moved on, the stamps are believed.
        while reads() > 0 {}
        std::fs::write(folder.path().join("b.md"), "a pump\n").unwrap();
        assert_eq!(reads(), 1);
    }

    #[test]
    fn the_gravest_are_those_of_a_whole_report() {
        let levels = ["suggestion", "warning", "error"];
        let mut site = String::from(
            "-- .vale.ini --\nStylesPath = styles\nMinAlertLevel = suggestion\n[*.md]\n\
             BasedOnStyles = House\n",
        );
        for level in levels {
            site.push_str(&format!(
                "-- styles/House/{level}.yml --\nextends: existence\nmessage: \"'%s'\"\n\
                 level: {level}\ntokens: [{level}]\n"
            ));
        }
        let source = MemorySource::site(&site);
        let input = LoadInput { source: &source, config: path(".vale.ini"), open: &|_| None };
        let rules = load(&input).unwrap();
        let folder = tempfile::tempdir().unwrap();
        // More files than a batch holds, with some of each level and some of none.
        let files: Vec<SourcePath> = (0..BATCH + 40).map(|n| path(&format!("{n:04}.md"))).collect();
        for (n, file) in files.iter().enumerate() {
            let words = [levels[n % 3], "nothing", if n % 97 == 5 { "error" } else { "x" }];
            let mut text = words.join(" ");
            if n % 31 == 4 {
                // What is suppressed counts nowhere, what is suppressed in vain is told.
                text.push_str(
                    "\n\n<!-- copydesk-ignore House.error: a reason -->\n\nAn error.\n\n\
                     <!-- copydesk-ignore House.warning: a reason -->\n\nFine.\n",
                );
            }
            std::fs::write(folder.path().join(file.as_str()), text).unwrap();
        }
        let (source, _) = FolderSource::open(folder.path()).unwrap();
        let run = |memo: Store, wanted: Wanted| {
            let input = LintInput { rules: &rules, today: "2026-11-25", memo: &memo };
            let report = lint_files(input, &source, &files, wanted).unwrap();
            memo.close();
            report
        };
        let kept = || Store::open(&folder.path().join(".copydesk"));
        let all = run(Store::off(), Wanted::All);
        assert_eq!(all.counts, Counts::of(&all.diagnostics));
        let vain = (0..files.len()).filter(|n| n % 31 == 4).count();
        assert_eq!(all.counts.total(), files.len() + 6 + vain);
        assert_eq!(all.suppressions.len(), vain);
        for most in [0, 1, 100, 190, 400, 1000] {
            let mut gravest = all.diagnostics.clone();
            keep_gravest(&mut gravest, most);
            let expected = LintReport { diagnostics: gravest, ..all.clone() };
            let wanted = Wanted::Gravest(most);
            assert!(run(Store::off(), wanted) == expected, "{most} without a cache");
            for round in 0..2 {
                assert!(run(kept(), wanted) == expected, "{most} from the cache, {round}");
            }
            // Some are known and some are not.
            std::fs::write(folder.path().join("0007.md"), format!("warning nothing {most}"))
                .unwrap();
            assert!(run(kept(), wanted) == expected, "{most} with a file that has changed");
            std::fs::write(folder.path().join("0007.md"), "warning nothing x").unwrap();
        }
        assert_eq!(run(kept(), Wanted::All), all);
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
        assert_eq!(run(at, "pump"), (told(&["pump", "pump"]), 2));
        assert_eq!(run(at, "pump"), (told(&["pump", "pump"]), 0));
    }
}
