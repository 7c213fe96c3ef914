//! What is found in the prose of a site that keeps changing: a page at once when somebody looks at
//! it, the others one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::gate::{LintInput, apply_suppressions};
use super::lint::lint_one;
use super::live_known::{self, KnownFindings};
use super::rule_set::{load_rules, nearest_rules};
use super::spelling::suggest;
use crate::base::{ContentHash, Diagnostic, Fix, Severity, SourcePath};
use crate::lint::{RuleSet, WordList};
use crate::markdown;
use crate::memo::Store;
use crate::source::Source;

/// So many findings of a file are kept for the list of the whole site.
const MOST_KEPT: usize = 4;

/// A file that has been checked.
#[derive(Debug, Default)]
struct Checked {
    /// Errors, warnings, advice.
    counts: [usize; 3],
    /// The errors and warnings, the first ones.
    gravest: Vec<Diagnostic>,
}

/// The findings of a site's files.
pub struct LiveLint<'a> {
    source: &'a dyn Source,
    memo: &'a Store,
    root: SourcePath,
    /// The day, as `2026-11-25`: suppressions can expire.
    today: String,
    /// The rules, once they were needed; nothing where the configuration is wrong.
    rules: Option<Option<RuleSet>>,
    /// What is wrong with the configuration.
    problems: Vec<Diagnostic>,
    /// What the baseline knows.
    known: KnownFindings,
    files: BTreeMap<SourcePath, Checked>,
    /// Files to check, the next one last.
    waiting: Vec<SourcePath>,
}

impl<'a> LiveLint<'a> {
    /// Nothing has been checked yet.
    pub fn new(source: &'a dyn Source, memo: &'a Store, root: SourcePath, today: String) -> Self {
        LiveLint {
            source,
            memo,
            root,
            today,
            rules: None,
            problems: Vec::new(),
            known: KnownFindings::default(),
            files: BTreeMap::new(),
            waiting: Vec::new(),
        }
    }

    /// The site has these files now, and anything may have changed, the rules, too.
    pub fn begin(&mut self, files: BTreeSet<SourcePath>) {
        self.rules = None;
        self.files.retain(|path, _| files.contains(path));
        self.waiting = files.into_iter().rev().collect();
    }

    /// These files have changed, and nothing else.
    pub fn change(&mut self, files: impl IntoIterator<Item = SourcePath>) {
        for path in files {
            self.waiting.retain(|other| *other != path);
            self.waiting.push(path);
        }
    }

    /// Checks the next file; false where none is left.
    pub fn work(&mut self) -> bool {
        let Some(path) = self.waiting.pop() else { return false };
        self.check(&path);
        true
    }

    /// Whether there are files to check.
    pub fn has_work(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// How many errors, warnings and pieces of advice were found so far.
    pub fn counts(&self) -> [usize; 3] {
        let mut sum = severities(&self.problems);
        for checked in self.files.values() {
            sum.iter_mut().zip(checked.counts).for_each(|(sum, count)| *sum += count);
        }
        sum
    }

    /// The gravest findings of the site: `most` of them, in the order of the files.
    pub fn gravest(&self, most: usize) -> Vec<Diagnostic> {
        let of = |severity: Severity| {
            let found = self.files.values().flat_map(|checked| &checked.gravest);
            self.problems.iter().chain(found).filter(move |found| found.severity == severity)
        };
        of(Severity::Error).chain(of(Severity::Warning)).take(most).cloned().collect()
    }

    /// Checks files as they are now, and says all that is found in them, with suggestions.
    pub fn files(&mut self, paths: &[SourcePath]) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        for path in paths {
            self.waiting.retain(|other| other != path);
            found.extend(self.check(path).map(|(_, found)| found).unwrap_or_default());
        }
        self.suggest(&mut found);
        found
    }

    /// The fix of a finding that is in the file still, where its bytes hash to `seen`.
    pub fn fix(
        &mut self,
        file: &SourcePath,
        seen: &str,
        is_meant: impl Fn(&Diagnostic) -> bool,
    ) -> Option<Fix> {
        let (hash, found) = self.check(file)?;
        let mut meant: Vec<Diagnostic> = found.into_iter().filter(|d| is_meant(d)).collect();
        self.suggest(&mut meant);
        meant.into_iter().find_map(|found| found.fix).filter(|_| hash.short() == seen)
    }

    /// The file for words that a rule is to accept: where it is one about spelling, and the source
    /// has a place for them.
    pub fn word_list(&mut self, code: &str) -> Option<WordList> {
        self.rules()?.word_list(code).cloned()
    }

    /// The configuration that counts.
    pub fn config(&self) -> SourcePath {
        nearest_rules(self.source, &self.root)
    }

    fn suggest(&mut self, found: &mut [Diagnostic]) {
        let (source, memo) = (self.source, self.memo);
        let text = |path: &SourcePath| {
            let bytes = source.read(path).ok()?;
            Some(Arc::from(String::from_utf8_lossy(&bytes)))
        };
        if let Some(rules) = self.rules() {
            suggest(rules, found, &text, memo);
        }
    }

    fn rules(&mut self) -> Option<&RuleSet> {
        let rules = self.rules.get_or_insert_with(|| {
            let config = nearest_rules(self.source, &self.root);
            let loaded = load_rules(self.source, &config);
            self.known = KnownFindings::default();
            let (rules, problems) = match loaded {
                Ok(loaded) => {
                    if let Some(baseline) = live_known::baseline(self.source, &loaded.settings) {
                        self.known = KnownFindings::of(&baseline, self.source);
                    }
                    (Some(loaded.rules), loaded.notes)
                }
                Err(problems) => (None, problems),
            };
            // What is wrong with the settings of the site, the build says.
            self.problems = problems.into_iter().filter(|p| !is_told_by_builds(p)).collect();
            rules
        });
        rules.as_ref()
    }

    fn check(&mut self, path: &SourcePath) -> Option<(ContentHash, Vec<Diagnostic>)> {
        let (source, memo, today) = (self.source, self.memo, self.today.clone());
        let rules = self.rules().filter(|rules| rules.concerns(path));
        let checked = rules
            .and_then(|rules| Some((rules, lint_one(rules, source, path, memo, &today).ok()?)));
        let Some((rules, (hash, mut report))) = checked else {
            self.files.remove(path);
            return None;
        };
        let input = LintInput { rules, today: &today, memo };
        apply_suppressions(input, source, std::slice::from_ref(path), &mut report);
        let mut found = report.diagnostics;
        found.retain(|diagnostic| !is_told_by_builds(diagnostic));
        let again = self.known.take_out(source, path, &mut found);
        self.change(again);
        let grave = found.iter().filter(|found| found.severity > Severity::Advice);
        let checked = Checked {
            counts: severities(&found),
            gravest: grave.take(MOST_KEPT).cloned().collect(),
        };
        self.files.insert(path.clone(), checked);
        Some((hash, found))
    }
}

/// Whether a build says the same.
fn is_told_by_builds(diagnostic: &Diagnostic) -> bool {
    let codes = markdown::CODES.iter().chain(crate::config::CODES);
    codes.into_iter().any(|code| code.id == diagnostic.code)
}

/// How many errors, warnings and pieces of advice there are.
fn severities(found: &[Diagnostic]) -> [usize; 3] {
    [Severity::Error, Severity::Warning, Severity::Advice]
        .map(|severity| found.iter().filter(|found| found.severity == severity).count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemorySource;

    fn path(text: &str) -> SourcePath {
        SourcePath::new(text).unwrap()
    }

    fn messages(found: &[Diagnostic]) -> Vec<&str> {
        found.iter().map(|found| found.message.as_str()).collect()
    }

    #[test]
    fn files_are_checked_one_by_one_and_anew() {
        let mut source = MemorySource::site(
            "-- .vale.ini --\nStylesPath = styles\n[*.md]\nBasedOnStyles = House\n\
             -- styles/House/R.yml --\nextends: existence\nmessage: \"'%s'\"\nlevel: error\n\
             tokens: [pump]\n-- a.md --\na pump\n-- b.md --\npump, pump\n",
        );
        let memo = Store::off();
        {
            let mut lint =
                LiveLint::new(&source, &memo, SourcePath::root(), "2026-01-01".to_owned());
            lint.begin(BTreeSet::from([path("a.md"), path("b.md")]));
            assert_eq!(lint.counts(), [0, 0, 0]);
            assert!(lint.work());
            assert_eq!(lint.counts(), [1, 0, 0], "the first file comes first");
            assert_eq!(messages(&lint.files(&[path("b.md")])), ["'pump'", "'pump'"]);
            assert!(!lint.work(), "what was asked for is not checked again");
            assert_eq!((lint.counts(), lint.gravest(2).len()), ([3, 0, 0], 2));
            lint.change([path("a.md")]);
            assert!(lint.work());
            assert_eq!(lint.counts(), [3, 0, 0]);
            lint.begin(BTreeSet::from([path("a.md")]));
            while lint.work() {}
            assert_eq!(lint.counts(), [1, 0, 0]);
        }
        source =
            MemorySource::site("-- .vale.ini --\n[*.md]\nBasedOnStyles = Gone\n-- a.md --\npump\n");
        let mut lint = LiveLint::new(&source, &memo, SourcePath::root(), "2026-01-01".to_owned());
        lint.begin(BTreeSet::from([path("a.md")]));
        while lint.work() {}
        assert_eq!(lint.counts(), [1, 0, 0], "what is wrong with the configuration is told");
        assert!(lint.files(&[path("a.md")]).is_empty());
    }

    #[test]
    fn what_the_baseline_knows_is_not_told_wherever_it_is() {
        let rules = "-- .vale.ini --\nStylesPath = styles\n[*.md]\nBasedOnStyles = House\n\
             -- styles/House/R.yml --\nextends: existence\nmessage: \"'%s'\"\nlevel: error\n\
             tokens: [pump]\n";
        let site = |files: &str| MemorySource::site(&format!("{rules}{files}"));
        let files = BTreeSet::from([path("a.md"), path("b.md")]);
        let found = |source: &MemorySource, only: &[&str]| {
            let memo = Store::off();
            let root = SourcePath::root();
            let mut lint = LiveLint::new(source, &memo, root, "2026-01-01".to_owned());
            lint.begin(files.clone());
            while lint.work() {}
            let mut counts = vec![lint.counts()[0]];
            counts.extend(only.iter().map(|name| lint.files(&[path(name)]).len()));
            counts
        };
        let before = site("-- a.md --\na pump\n\n-- b.md --\nno\n");
        assert_eq!(found(&before, &["a.md"]), [1, 1]);
        let memo = Store::off();
        let mut lint = LiveLint::new(&before, &memo, SourcePath::root(), "2026-01-01".to_owned());
        let known = lint.files(&[path("a.md")]);
        let keys = super::super::gate::keys_of(super::super::gate::Side {
            source: &before,
            findings: &known,
        });
        let entry = crate::lint::BaselineEntry {
            path: "a.md".to_owned(),
            code: "House.R".to_owned(),
            key: keys[0],
        };
        let baseline = crate::lint::Baseline::new(vec![entry]).text();
        let with = |files: &str| {
            site(&format!(
                "-- book.toml --\n[lint]\nbaseline = \"known.txt\"\n-- known.txt --\n{baseline}{files}"
            ))
        };
        let same = with("-- a.md --\na pump\n\nno\n-- b.md --\none pump\n");
        assert_eq!(found(&same, &["a.md", "b.md"]), [1, 0, 1]);
        let moved = with("-- a.md --\nno\n-- b.md --\na pump\n");
        assert_eq!(found(&moved, &["b.md"]), [0, 0], "the text has moved");
        let back = with("-- b.md --\na pump\n");
        assert_eq!(found(&back, &["b.md"]), [0, 0], "with its file");
        let more = with("-- a.md --\na pump\n\na pump\n-- b.md --\n");
        assert_eq!(found(&more, &["a.md"]), [1, 1], "the same once more is new");
    }

    #[test]
    fn words_have_a_home_without_a_vocabulary() {
        let source = MemorySource::site(
            "-- .vale.ini --\nStylesPath = styles\n[*.md]\nBasedOnStyles = Vale, House\n\
             -- styles/House/Spell.yml --\nextends: spelling\nmessage: \"'%s'\"\nignore: own.txt\n\
             -- styles/House/Bare.yml --\nextends: spelling\nmessage: \"'%s'\"\n\
             -- styles/House/own.txt --\nfoo\n-- styles/config/ignore/own.txt --\nfoo\n",
        );
        let memo = Store::off();
        let mut lint = LiveLint::new(&source, &memo, SourcePath::root(), "2026-01-01".to_owned());
        let list = Some(WordList { path: path("styles/config/ignore/own.txt"), patterns: false });
        assert_eq!(lint.word_list("Vale.Spelling"), list);
        assert_eq!(lint.word_list("House.Spell"), list);
        assert_eq!(lint.word_list("House.Bare"), None);
        let source = MemorySource::site(
            "-- .vale.ini --\nStylesPath = styles\n[*.md]\nBasedOnStyles = Vale\n\
             -- styles/House/R.yml --\nextends: existence\nmessage: m\ntokens: [a]\n",
        );
        let mut lint = LiveLint::new(&source, &memo, SourcePath::root(), "2026-01-01".to_owned());
        let list = Some(WordList { path: path("styles/config/ignore/words.txt"), patterns: false });
        assert_eq!(lint.word_list("Vale.Spelling"), list, "Vale looks for it there");
    }

    #[test]
    fn a_fix_is_for_the_file_as_it_was_seen() {
        let source = MemorySource::site(
            "-- .vale.ini --\nStylesPath = styles\nVocab = V\n[*.md]\nBasedOnStyles = House\n\
             -- styles/config/vocabularies/V/accept.txt --\nfoo\n-- styles/House/R.yml --\n\
             extends: substitution\nmessage: \"'%s'\"\naction:\n  name: replace\nswap:\n  \
             utilize: use\n-- styles/House/Spell.yml --\nextends: spelling\nmessage: \"'%s'\"\n\
             -- a.md --\nutilize it\n",
        );
        let memo = Store::off();
        let mut lint = LiveLint::new(&source, &memo, SourcePath::root(), "2026-01-01".to_owned());
        let accepted = path("styles/config/vocabularies/V/accept.txt");
        let list = WordList { path: accepted, patterns: true };
        assert_eq!(lint.word_list("House.Spell"), Some(list));
        assert_eq!(lint.word_list("House.R"), None);
        let seen = ContentHash::of(b"utilize it\n").short();
        let fix = lint.fix(&path("a.md"), &seen, |found| found.code == "House.R");
        assert_eq!(fix.unwrap().edits[0].text, "use");
        assert!(lint.fix(&path("a.md"), "other", |_| true).is_none());
        assert!(lint.fix(&path("a.md"), &seen, |found| found.code == "House.S").is_none());
        assert!(lint.fix(&path("b.md"), &seen, |_| true).is_none());
    }
}
