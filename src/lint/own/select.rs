//! Which rules run, with what level and options, and on which files.

use std::collections::BTreeMap;

use super::across::{ACROSS, AcrossRule, AcrossRun};
use super::options::Options;
use super::page::{Findings, Found, Page, Whole};
use super::terms::Terms;
use super::{OwnRule, PRESETS, RULES, SCHEMA_RULES, find};
use crate::base::{Code, ContentHash, Diagnostic, Glob, Severity, SourcePath, nearest};
use crate::config::{Lint, OptionValue, RuleLevel, RuleSetting, Set, Term};
use crate::lint::codes;
use crate::lint::prose::Block;
use crate::lint::rules::{RuleInfo, Setting};
use crate::lint::schema::{SchemaFiles, Schemas};
use crate::markdown::{Document, Mapped};
use crate::site::is_markdown;

/// What rules of our own are chosen by.
#[derive(Debug)]
pub struct OwnInput<'a> {
    /// `[lint]`
    pub lint: &'a Lint,
    /// `[terms]`
    pub terms: &'a BTreeMap<String, Term>,
    /// The folder that globs are seen from.
    pub home: SourcePath,
    /// Codes of other diagnostics whose level may be set.
    pub others: &'a [&'static str],
    /// The files that `[[lint.front-matter]]` names.
    pub schemas: &'a SchemaFiles,
    /// The address that the site is published at.
    pub base_url: Option<&'a str>,
}

/// A rule with its state for files that no path speaks of.
#[derive(Debug, Clone)]
struct State {
    rule: &'static OwnRule,
    level: Option<Severity>,
    options: BTreeMap<String, Set<OptionValue>>,
    settings: Vec<Setting>,
}

/// Levels for some files.
#[derive(Debug)]
struct Paths {
    globs: Vec<Glob>,
    rules: BTreeMap<String, RuleSetting>,
}

/// The rules of our own that run, ready.
#[derive(Debug)]
pub struct OwnRules {
    states: Vec<State>,
    paths: Vec<Paths>,
    exclude: Vec<Glob>,
    /// What is said about findings of the site.
    others: BTreeMap<String, RuleSetting>,
    terms: Terms,
    schemas: Schemas,
    /// Without a slash at its end; none where it is not known.
    site: Option<String>,
    home: SourcePath,
    hash: ContentHash,
}

/// A rule that runs on a file.
pub(crate) struct Running<'a> {
    rule: &'static OwnRule,
    level: Severity,
    options: std::borrow::Cow<'a, BTreeMap<String, Set<OptionValue>>>,
}

impl OwnRules {
    /// Chooses rules. Beside them, what in the settings means nothing.
    pub fn new(input: &OwnInput<'_>) -> (OwnRules, Vec<Diagnostic>) {
        let mut problems = Vec::new();
        let mut states: Vec<State> = RULES
            .iter()
            .map(|rule| State { rule, level: None, options: BTreeMap::new(), settings: Vec::new() })
            .collect();
        let usual = vec![Set { value: "default".to_owned(), span: None }];
        for name in input.lint.extends.as_ref().unwrap_or(&usual) {
            if !PRESETS.iter().any(|(preset, _)| *preset == name.value) {
                if !["vale", "markdownlint"].contains(&name.value.as_str()) {
                    problems.push(unknown_preset(name));
                }
                continue;
            }
            for state in &mut states {
                if state.rule.presets.contains(&name.value.as_str()) {
                    state.level = Some(state.rule.code.severity);
                    state.settings.extend(name.span.clone().map(|span| Setting {
                        files: "*".to_owned(),
                        what: format!("extends {}", name.value),
                        on: true,
                        span,
                    }));
                }
            }
        }
        let mut schema_globs = Vec::new();
        for schema in &input.lint.front_matter {
            // Whoever writes a schema wants it to count, whatever the presets.
            let states = states.iter_mut();
            for state in states.filter(|state| SCHEMA_RULES.contains(&state.rule.code.id)) {
                state.level = Some(state.rule.code.severity);
                state.settings.extend(schema.span.clone().map(|span| Setting {
                    files: named(&schema.files),
                    what: "front-matter".to_owned(),
                    on: true,
                    span,
                }));
            }
            schema_globs.push(globs(&schema.files, &mut problems));
        }
        let paths = input.lint.paths.iter().flat_map(|paths| &paths.rules);
        for (name, setting) in input.lint.rules.iter().chain(paths) {
            problems.extend(check(name, setting, input.others));
        }
        for state in &mut states {
            let Some(setting) = input.lint.rules.get(state.rule.code.id) else { continue };
            state.apply(setting);
            state.settings.extend(told("*", setting));
        }
        let mut all = Vec::new();
        for paths in &input.lint.paths {
            for state in &mut states {
                if let Some(setting) = paths.rules.get(state.rule.code.id) {
                    state.settings.extend(told(&named(&paths.files), setting));
                }
            }
            let globs = globs(&paths.files, &mut problems);
            all.push(Paths { globs, rules: paths.rules.clone() });
        }
        let exclude = globs(&input.lint.exclude, &mut problems);
        let schemas =
            Schemas::new(&input.lint.front_matter, schema_globs, input.schemas, &mut problems);
        let site = input.base_url.filter(|url| url.contains("://"));
        let site = site.map(|url| url.trim_end_matches('/').to_owned());
        let mut made_of = format!("{:?}\0{:?}\0{}\0{site:?}", input.lint, input.terms, input.home);
        for (path, bytes) in input.schemas {
            let hash = bytes.as_deref().map(ContentHash::of);
            made_of.push_str(&format!("\0{path} {hash:?}"));
        }
        let rules = OwnRules {
            states,
            paths: all,
            exclude,
            others: input.lint.rules.clone(),
            terms: Terms::new(input.terms),
            schemas,
            site,
            home: input.home.clone(),
            hash: ContentHash::of(made_of.as_bytes()),
        };
        (rules, problems)
    }

    pub(crate) fn hash(&self) -> ContentHash {
        self.hash
    }

    fn relative(&self, path: &SourcePath) -> String {
        path.strip_prefix(&self.home).unwrap_or_else(|| path.clone()).to_string()
    }

    /// Whether a file is left out altogether.
    pub(crate) fn excludes(&self, path: &SourcePath) -> bool {
        !self.exclude.is_empty() && {
            let relative = self.relative(path);
            self.exclude.iter().any(|glob| glob.matches(&relative))
        }
    }

    /// A finding of the site with the level that the settings give it; none where they leave it
    /// out.
    pub(crate) fn levelled(&self, mut diagnostic: Diagnostic) -> Option<Diagnostic> {
        let file = diagnostic.span().map(|span| span.file.clone());
        if file.as_ref().is_some_and(|file| self.excludes(file)) {
            return None;
        }
        let code = diagnostic.code.as_ref();
        let mut level = self.others.get(code).and_then(|setting| setting.level);
        if let (Some(file), false) = (&file, self.paths.is_empty()) {
            let relative = self.relative(file);
            for paths in &self.paths {
                if let Some(setting) = paths.rules.get(code)
                    && paths.globs.iter().any(|glob| glob.matches(&relative))
                {
                    level = setting.level.or(level);
                }
            }
        }
        diagnostic.severity = match level {
            None => diagnostic.severity,
            Some(RuleLevel::Off) => return None,
            Some(RuleLevel::Advice) => Severity::Advice,
            Some(RuleLevel::Warning) => Severity::Warning,
            Some(RuleLevel::Error) => Severity::Error,
        };
        Some(diagnostic)
    }

    /// Whether a file has rules.
    pub(crate) fn concerns(&self, path: &SourcePath) -> bool {
        is_markdown(path) && !self.excludes(path)
    }

    /// The rules for a file.
    pub(crate) fn running(&self, path: &SourcePath) -> Vec<Running<'_>> {
        if !self.concerns(path) {
            return Vec::new();
        }
        let relative = self.relative(path);
        let asked = self.schemas.concern(&relative);
        let fitting: Vec<&Paths> = self
            .paths
            .iter()
            .filter(|paths| paths.globs.iter().any(|glob| glob.matches(&relative)))
            .collect();
        let state = |state: &'_ State| state.clone();
        self.states
            .iter()
            .filter(|state| asked || !SCHEMA_RULES.contains(&state.rule.code.id))
            .filter_map(|usual| {
                let id = usual.rule.code.id;
                if fitting.iter().all(|paths| !paths.rules.contains_key(id)) {
                    let options = std::borrow::Cow::Borrowed(&usual.options);
                    return Some(Running { rule: usual.rule, level: usual.level?, options });
                }
                let mut state = state(usual);
                for paths in &fitting {
                    if let Some(setting) = paths.rules.get(id) {
                        state.apply(setting);
                    }
                }
                let options = std::borrow::Cow::Owned(state.options);
                Some(Running { rule: usual.rule, level: state.level?, options })
            })
            .collect()
    }

    /// Looks at a page with the rules for it.
    pub(crate) fn run(
        &self,
        running: &[Running<'_>],
        document: &Document,
        title: Option<&str>,
        blocks: &[Block],
        file: (&SourcePath, &Mapped),
    ) -> Vec<Found> {
        let (path, text) = file;
        let relative = self.relative(path);
        let site = self.site.as_deref();
        let whole = Whole { text, relative: &relative, schemas: &self.schemas, site };
        let page = Page::new(document, title, blocks, &self.terms, whole);
        let mut all: Vec<Found> = Vec::new();
        for running in running {
            let code: &'static Code = &running.rule.code;
            let level = running.level;
            let mut findings = Findings { document, whole: text, code, level, found: Vec::new() };
            let options = Options { specs: running.rule.options, set: &running.options };
            (running.rule.check)(&page, &options, &mut findings);
            all.extend(findings.found);
        }
        all
    }

    /// The rules that look at all pages together and run on some.
    pub(crate) fn across(&self) -> Vec<AcrossRun<'_>> {
        let on = |state: &State| {
            let id = state.rule.code.id;
            let somewhere = |paths: &Paths| {
                paths.rules.get(id).is_some_and(|set| set.level != Some(RuleLevel::Off))
            };
            state.level.is_some() || self.paths.iter().any(somewhere)
        };
        let run = |across: &&'static AcrossRule| {
            let state = self.states.iter().find(|state| std::ptr::eq(state.rule, across.rule))?;
            on(state).then(|| AcrossRun::new(across, &state.options))
        };
        ACROSS.iter().filter_map(run).collect()
    }

    /// A finding of such a rule with its level; none where its file is left out.
    pub(crate) fn levelled_across(&self, mut found: Diagnostic) -> Option<Diagnostic> {
        let file = &found.span()?.file;
        found.severity = if is_markdown(file) {
            self.state(&found.code, file)?.1?
        } else {
            let state = self.states.iter().find(|state| found.code == state.rule.code.id)?;
            if self.excludes(file) {
                return None;
            }
            state.level?
        };
        Some(found)
    }

    /// What is told about each rule.
    pub(crate) fn infos(&self) -> Vec<RuleInfo> {
        let info = |state: &State| RuleInfo {
            name: state.rule.code.id.to_owned(),
            kind: "own",
            level: state.level.unwrap_or(state.rule.code.severity),
            on: state.level.is_some(),
            message: state.rule.code.summary.to_owned(),
            description: state.rule.code.explanation.to_owned(),
            link: String::new(),
            span: None,
            settings: state.settings.clone(),
        };
        self.states.iter().map(info).collect()
    }

    /// Whether a rule runs on a file, and with what level; none for a rule that is not ours.
    pub(crate) fn state(&self, rule: &str, path: &SourcePath) -> Option<(bool, Option<Severity>)> {
        find(rule)?;
        let running = self.running(path);
        let level = running.iter().find(|r| r.rule.code.id == rule).map(|r| r.level);
        Some((level.is_some(), level))
    }
}

impl State {
    fn apply(&mut self, setting: &RuleSetting) {
        match setting.level {
            Some(RuleLevel::Off) => self.level = None,
            Some(RuleLevel::Advice) => self.level = Some(Severity::Advice),
            Some(RuleLevel::Warning) => self.level = Some(Severity::Warning),
            Some(RuleLevel::Error) => self.level = Some(Severity::Error),
            // Options alone switch a rule on: nobody sets them for nothing.
            None => self.level = self.level.or(Some(self.rule.code.severity)),
        }
        self.options.extend(setting.options.clone());
    }
}

fn told(files: &str, setting: &RuleSetting) -> Option<Setting> {
    Some(Setting {
        files: files.to_owned(),
        what: setting.level.map_or("options", RuleLevel::word).to_owned(),
        on: setting.level != Some(RuleLevel::Off),
        span: setting.span.clone()?,
    })
}

/// The files of a setting, as they are told.
fn named(files: &[Set<String>]) -> String {
    let files: Vec<&str> = files.iter().map(|file| file.value.as_str()).collect();
    if files.is_empty() { "*".to_owned() } else { files.join(", ") }
}

fn globs(texts: &[Set<String>], problems: &mut Vec<Diagnostic>) -> Vec<Glob> {
    let mut globs = Vec::new();
    for text in texts {
        match Glob::new(&text.value) {
            Ok(glob) => globs.push(glob),
            Err(why) => {
                let message = format!("`{}` names no files: {why}", text.value);
                let mut bad = Diagnostic::new(&codes::BAD_GLOB, message)
                    .help("write a pattern such as `drafts/**` or `*.md`");
                if let Some(span) = &text.span {
                    bad = bad.at(span.clone());
                }
                problems.push(bad);
            }
        }
    }
    globs
}

fn unknown_preset(name: &Set<String>) -> Diagnostic {
    let names = || PRESETS.iter().map(|(preset, _)| *preset).chain(["vale", "markdownlint"]);
    let mut said = Diagnostic::new(
        &codes::UNKNOWN_PRESET,
        format!("`lint.extends` names `{}`, which is no preset", name.value),
    );
    said.help = Some(match nearest(&name.value, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", names().collect::<Vec<_>>().join(", ")),
    });
    match &name.span {
        Some(span) => said.at(span.clone()),
        None => said,
    }
}

/// What is wrong with what is said about a rule.
fn check(name: &str, setting: &RuleSetting, others: &[&'static str]) -> Vec<Diagnostic> {
    let placed = |said: Diagnostic, span: &Option<crate::base::Span>| match span {
        Some(span) => said.at(span.clone()),
        None => said,
    };
    let Some(rule) = find(name) else {
        // Rules of other tools have names without a slash.
        if others.contains(&name) || !name.contains('/') {
            return Vec::new();
        }
        let known = super::codes().map(|code| code.id).chain(others.iter().copied());
        let message = format!("there is no rule `{name}`");
        let mut said = Diagnostic::new(&codes::UNKNOWN_RULE, message);
        said.help = Some(match nearest(name, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`copydesk rules` lists all rules".to_owned(),
        });
        return vec![placed(said, &setting.span)];
    };
    let mut problems = Vec::new();
    for (option, value) in &setting.options {
        let spec = rule.options.iter().find(|spec| spec.name == option);
        let (message, help) = match spec {
            None => {
                let names = rule.options.iter().map(|spec| spec.name);
                let help = match nearest(option, names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("`copydesk explain {name}` lists its options"),
                };
                (format!("`{name}` has no option `{option}`"), help)
            }
            Some(spec) => match spec.default.refuses(&value.value) {
                Some(expected) => (
                    format!("`{option}` of `{name}` must be {expected}"),
                    format!("the default is `{}`", spec.default.shown()),
                ),
                None => continue,
            },
        };
        let said = Diagnostic::new(&codes::BAD_OPTION, message).help(help);
        problems.push(placed(said, &value.span));
    }
    problems
}
