//! What a build has found, as a preview tells it: like `copydesk lint`, with the levels that `[lint]`
//! gives, and without what comments suppress or the baseline knows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::check::adjusted;
use super::gate::LintInput;
use super::live_known::{baseline, take_out_known};
use super::rule_set::site_rules;
use crate::base::{Diagnostic, SourcePath};
use crate::config::Settings;
use crate::lint::{Baseline, RuleSet};
use crate::memo::Store;
use crate::source::Source;

/// Tells what builds of a site find that keeps changing.
pub struct SiteFindings<'a> {
    source: &'a dyn Source,
    memo: &'a Store,
    /// The day, as `2026-11-25`: suppressions can expire.
    today: String,
    rules: RuleSet,
    baseline: Option<Baseline>,
    /// By file, what was found and what of it is told: most files stay what they are after an edit.
    known: HashMap<SourcePath, (Vec<Diagnostic>, Vec<Diagnostic>)>,
}

impl<'a> SiteFindings<'a> {
    /// For the site with these settings, which stand in a folder of the source.
    pub fn new(
        source: &'a dyn Source,
        memo: &'a Store,
        folder: &SourcePath,
        settings: &Settings,
        today: String,
    ) -> Self {
        SiteFindings {
            source,
            memo,
            today,
            rules: site_rules(source, folder, settings),
            baseline: baseline(source, settings),
            known: HashMap::new(),
        }
    }

    /// These files have changed.
    pub fn change(&mut self, files: &BTreeSet<SourcePath>) {
        self.known.retain(|path, _| !files.contains(path));
    }

    /// What is told of all that is found in the site.
    pub fn of_site(&mut self, found: impl Iterator<Item = Diagnostic>) -> Vec<Diagnostic> {
        let mut by_file: BTreeMap<Option<SourcePath>, Vec<Diagnostic>> = BTreeMap::new();
        for finding in found {
            let file = finding.span().map(|span| span.file.clone());
            by_file.entry(file).or_default().push(finding);
        }
        let mut known = HashMap::with_capacity(by_file.len());
        let mut told = Vec::new();
        for (file, found) in by_file {
            let Some(file) = file else {
                told.extend(self.adjusted(found));
                continue;
            };
            let of_file = match self.known.remove(&file) {
                Some((before, told)) if before == found => told,
                _ => self.adjusted(found.clone()),
            };
            told.extend_from_slice(&of_file);
            known.insert(file, (found, of_file));
        }
        self.known = known;
        self.new_of(told)
    }

    /// What is told of what is found in some files.
    pub fn of_files(&self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        self.new_of(self.adjusted(found))
    }

    fn adjusted(&self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let input = LintInput { rules: &self.rules, today: &self.today, memo: self.memo };
        adjusted(input, self.source, found)
    }

    /// What the baseline does not know.
    fn new_of(&self, mut told: Vec<Diagnostic>) -> Vec<Diagnostic> {
        if let Some(baseline) = &self.baseline {
            take_out_known(baseline, self.source, &mut told);
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Severity;
    use crate::config::Overrides;
    use crate::history::RepositoryFacts;
    use crate::pipeline::{BuildInput, Live, Silent};
    use crate::source::MemorySource;

    /// Levels and messages of what is told of a site, and of one of its files.
    fn told(files: &str, file: &str) -> [Vec<(Severity, String)>; 2] {
        let source = MemorySource::site(files);
        let memo = Store::off();
        let live = Live::start(BuildInput {
            source: &source,
            root: SourcePath::root(),
            variables: Vec::new(),
            overrides: Overrides::default(),
            facts: RepositoryFacts::default(),
            repository: None,
            drafts: false,
            except: Vec::new(),
            memo: &memo,
            progress: &Silent,
            version: None,
            beside_versions: false,
        });
        let mut live = live.unwrap();
        while live.work() {}
        let settings = live.prepared().settings();
        let day = "2026-01-01".to_owned();
        let mut telling = SiteFindings::new(&source, &memo, &SourcePath::root(), settings, day);
        let found = || live.found().filter(|found| found.span().is_some()).cloned();
        let of_site = telling.of_site(found());
        assert_eq!(telling.of_site(found()), of_site, "the second time from what is known");
        let of_file = found().filter(|found| found.span().unwrap().file.as_str() == file);
        let of_file = telling.of_files(of_file.collect());
        let shown = |found: Vec<Diagnostic>| -> Vec<(Severity, String)> {
            found.into_iter().map(|found| (found.severity, found.message)).collect()
        };
        [shown(of_site), shown(of_file)]
    }

    #[test]
    fn findings_of_a_build_are_told_as_the_lint_tells_them() {
        let pages = "-- content/index.md --\n# A\n\n[b](no.md) [c](#no)\n-- content/b.md --\n# B\n\n\
             <!-- copydesk-ignore link/missing-page: it comes with the next release -->\n\
             [x](none.md)\n\n[y](nowhere.md)\n";
        let site = |lint: &str| format!("-- book.toml --\n[book]\ntitle = \"T\"\n{lint}{pages}");
        let page = |severity, name: &str| (severity, format!("there is no page `{name}`"));
        let anchor = (Severity::Error, "this page has no heading or id `no`".to_owned());
        assert_eq!(
            told(&site(""), "content/index.md"),
            [
                vec![
                    page(Severity::Error, "nowhere.md"),
                    page(Severity::Error, "no.md"),
                    anchor.clone()
                ],
                vec![page(Severity::Error, "no.md"), anchor.clone()],
            ]
        );
        let levels = "[lint.rules]\n\"link/missing-page\" = \"warning\"\n\
             \"link/missing-anchor\" = \"off\"\n";
        assert_eq!(
            told(&site(levels), "content/b.md"),
            [
                vec![page(Severity::Warning, "nowhere.md"), page(Severity::Warning, "no.md")],
                vec![page(Severity::Warning, "nowhere.md")],
            ]
        );
    }
}
