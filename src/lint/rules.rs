//! A set of rules, ready to run.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use crate::base::{ContentHash, Diagnostic, Glob, Severity, SourcePath, Span};
use crate::lint::markdownlint::FormRules;
use crate::lint::own::{AcrossRun, OwnRules};
use crate::lint::pattern::{Prefilter, PrefilterBuilder};
use crate::lint::scope::{INLINES, Selector};
use crate::lint::vale::{Action, Check, Config};

/// A line of a configuration that speaks of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The files that it is for: the name of the section.
    pub files: String,
    /// What it says: `BasedOnStyles`, `NO`, a level.
    pub what: String,
    /// Whether it switches the rule on.
    pub on: bool,
    /// Where it stands.
    pub span: Span,
}

/// A rule.
#[derive(Debug)]
pub(crate) struct Rule {
    pub name: String,
    pub kind: &'static str,
    /// Its own level.
    pub level: Severity,
    /// Whether it looks at the page as a whole, whatever its scope says.
    pub page: bool,
    pub selector: Selector,
    /// The most findings in a file; 0 for all.
    pub limit: usize,
    pub message: String,
    pub description: String,
    pub link: String,
    pub action: Action,
    pub span: Span,
    pub settings: Vec<Setting>,
    pub check: Box<dyn Check>,
}

/// What is told about a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// `Style.Rule`
    pub name: String,
    /// What it does: `existence`, `substitution`.
    pub kind: &'static str,
    /// Its own level.
    pub level: Severity,
    /// Whether it runs on files that no section and no path speaks of.
    pub on: bool,
    /// Its message, with the verbs.
    pub message: String,
    /// Why it means something, where the rule says so.
    pub description: String,
    /// Where more can be read, where the rule says so.
    pub link: String,
    /// Where it is written; none for rules of our own.
    pub span: Option<Span>,
    /// The lines of the configuration that speak of it, in order.
    pub settings: Vec<Setting>,
}

/// A file that holds words of the project, one a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordList {
    /// Where it is, or would be: a list that is looked for need not be there.
    pub path: SourcePath,
    /// Its lines are patterns.
    pub patterns: bool,
}

/// Rules and what else a run needs to know.
#[derive(Debug)]
pub struct RuleSet {
    pub(crate) rules: Vec<Rule>,
    pub(crate) config: Config,
    pub(crate) prefilter: Prefilter,
    /// The same for rules that look at whole files as they are written: these are few.
    pub(crate) raw_prefilter: Prefilter,
    notes: Vec<Diagnostic>,
    hash: ContentHash,
    home: SourcePath,
    /// Rules of our own.
    pub(crate) own: Option<OwnRules>,
    /// Rules of markdownlint.
    pub(crate) forms: Option<FormRules>,
    /// Whether any rule asks for links, code and emphasis by themselves.
    pub(crate) inlines: bool,
    /// Whether any rule looks at sentences.
    pub(crate) sentences: bool,
    /// The files that accepted words are added to, by rule.
    word_lists: BTreeMap<String, WordList>,
    /// Which rules look at blocks of a scope.
    scopes: RwLock<HashMap<String, Arc<Vec<bool>>>>,
}

impl RuleSet {
    pub(crate) fn new(
        rules: Vec<Rule>,
        config: Config,
        notes: Vec<Diagnostic>,
        hash: ContentHash,
        config_path: SourcePath,
    ) -> Self {
        let inlines = rules.iter().any(|rule| INLINES.iter().any(|name| rule.selector.names(name)));
        let sentences = rules.iter().any(|rule| rule.selector.names("sentence"));
        let home = config_path.parent();
        let (mut all, mut raw) = (PrefilterBuilder::default(), PrefilterBuilder::default());
        for (number, rule) in rules.iter().enumerate() {
            let Some(tokens) = rule.check.tokens() else { continue };
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            if rule.selector.reaches_raw() {
                tokens.register(number, &mut raw);
            }
            if !rule.selector.is_raw() {
                tokens.register(number, &mut all);
            }
        }
        RuleSet {
            rules,
            config,
            prefilter: all.build(),
            raw_prefilter: raw.build(),
            notes,
            hash,
            home,
            own: None,
            forms: None,
            inlines,
            sentences,
            word_lists: BTreeMap::new(),
            scopes: RwLock::default(),
        }
    }

    /// A set without rules of styles, for files below a folder.
    pub fn without_styles(home: &SourcePath) -> Self {
        let hash = ContentHash::of(b"");
        let mut set = RuleSet::new(Vec::new(), Config::empty(), Vec::new(), hash, home.clone());
        set.home = home.clone();
        set
    }

    /// A finding of the site with the level that the settings give it; none where they leave it
    /// out.
    pub fn levelled(&self, diagnostic: Diagnostic) -> Option<Diagnostic> {
        match &self.own {
            Some(own) => own.levelled(diagnostic),
            None => Some(diagnostic),
        }
    }

    /// The rules that look at all pages together.
    pub fn across(&self) -> Vec<AcrossRun<'_>> {
        self.own.as_ref().map(OwnRules::across).unwrap_or_default()
    }

    /// A finding of such a rule with its level; none where its file is left out.
    pub fn levelled_across(&self, found: Diagnostic) -> Option<Diagnostic> {
        self.own.as_ref().and_then(|own| own.levelled_across(found))
    }

    /// The same with rules of our own.
    #[must_use]
    pub fn with_own(mut self, own: OwnRules) -> Self {
        let both = [self.hash.as_bytes().as_slice(), own.hash().as_bytes().as_slice()].concat();
        self.hash = ContentHash::of(&both);
        self.own = Some(own);
        self
    }

    /// The same with rules of markdownlint.
    #[must_use]
    pub fn with_forms(mut self, forms: FormRules) -> Self {
        let both = [self.hash.as_bytes().as_slice(), forms.hash().as_bytes().as_slice()].concat();
        self.hash = ContentHash::of(&both);
        self.forms = Some(forms);
        self
    }

    /// The same with files that accepted words are added to, by rule.
    #[must_use]
    pub(crate) fn with_word_lists(mut self, lists: BTreeMap<String, WordList>) -> Self {
        self.word_lists = lists;
        self
    }

    /// The file for words that a rule is to accept; none where no file of the source is for them.
    pub fn word_list(&self, rule: &str) -> Option<&WordList> {
        self.word_lists.get(rule)
    }

    /// What was read and is not used: kinds of rules that are not run, settings without effect.
    pub fn notes(&self) -> &[Diagnostic] {
        &self.notes
    }

    /// A hash of everything that the rules were made of. Findings are a function of the bytes of a
    /// file, its path and this.
    pub fn hash(&self) -> ContentHash {
        self.hash
    }

    /// The folder whose files they are for.
    pub fn home(&self) -> &SourcePath {
        &self.home
    }

    /// The path of a file as sections name it: from the folder of the configuration.
    pub(crate) fn relative(&self, path: &SourcePath) -> String {
        path.strip_prefix(&self.home).unwrap_or_else(|| path.clone()).to_string()
    }

    /// For each rule whether it looks at blocks of a scope.
    pub(crate) fn looking(&self, scope: &str) -> Arc<Vec<bool>> {
        let known = self.scopes.read().unwrap_or_else(PoisonError::into_inner).get(scope).cloned();
        if let Some(known) = known {
            return known;
        }
        let looking = self.rules.iter().map(|rule| rule.selector.matches(scope)).collect();
        let looking: Arc<Vec<bool>> = Arc::new(looking);
        let mut scopes = self.scopes.write().unwrap_or_else(PoisonError::into_inner);
        // Keys of front matter make scopes, and there may be many.
        if scopes.len() < 1000 {
            scopes.insert(scope.to_owned(), Arc::clone(&looking));
        }
        looking
    }

    /// Whether a file has any rules, so that it is worth reading.
    pub fn concerns(&self, path: &SourcePath) -> bool {
        if let Some(own) = &self.own {
            if own.concerns(path) {
                return true;
            }
            if own.excludes(path) {
                return false;
            }
        }
        if self.forms.as_ref().is_some_and(|forms| forms.concerns(path)) {
            return true;
        }
        self.config.concerns(&self.relative(path))
    }

    /// Every rule, by name.
    pub fn infos(&self) -> Vec<RuleInfo> {
        let info = |rule: &Rule| RuleInfo {
            name: rule.name.clone(),
            kind: rule.kind,
            level: rule.level,
            on: rule.settings.last().is_some_and(|setting| setting.on),
            message: rule.message.clone(),
            description: rule.description.clone(),
            link: rule.link.clone(),
            span: Some(rule.span.clone()),
            settings: rule.settings.clone(),
        };
        let own = self.own.iter().flat_map(OwnRules::infos);
        let forms = self.forms.iter().flat_map(FormRules::infos);
        own.chain(forms).chain(self.rules.iter().map(info)).collect()
    }

    /// Whether a rule runs on a file, and with what level.
    pub fn state(&self, rule: &str, path: &SourcePath) -> (bool, Option<Severity>) {
        let own = self.own.as_ref().and_then(|own| own.state(rule, path));
        let own = own.or_else(|| self.forms.as_ref().and_then(|forms| forms.state(rule, path)));
        own.unwrap_or_else(|| self.config.rules_for(&self.relative(path)).state(rule))
    }

    /// Whether a line of the configuration speaks of a file.
    pub fn is_about(&self, setting: &Setting, path: &SourcePath) -> bool {
        let relative = self.relative(path);
        let matches = |glob: &str| Glob::new(glob).is_ok_and(|glob| glob.matches(&relative));
        setting.files == "*" || matches(&setting.files) || setting.files.split(", ").any(matches)
    }

    /// Whether a rule looks at a file.
    pub fn runs(&self, rule: &str, path: &SourcePath) -> bool {
        let (on, level) = self.state(rule, path);
        if self.own.as_ref().is_some_and(|own| own.excludes(path)) {
            return false;
        }
        match self.rules.iter().find(|other| other.name == rule) {
            Some(found) => on && level.unwrap_or(found.level) >= self.config.min_level,
            None => {
                let own = self.own.as_ref().and_then(|own| own.state(rule, path));
                let form = || self.forms.as_ref().and_then(|forms| forms.state(rule, path));
                on && own.or_else(form).is_some()
            }
        }
    }

    /// Whether a rule checks spelling, so that [`RuleSet::suggestions`] has some.
    pub fn suggests(&self, rule: &str) -> bool {
        self.rules.iter().any(|other| other.name == rule && other.kind == "spelling")
    }

    /// Spellings that were perhaps meant by a word that a rule complained about, the likeliest
    /// first. This takes some milliseconds a word.
    pub fn suggestions(&self, rule: &str, word: &str) -> Vec<String> {
        let rule = self.rules.iter().find(|other| other.name == rule);
        rule.map(|rule| rule.check.suggest(word)).unwrap_or_default()
    }
}
