//! Which rules run on a file, and what they find there.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::comments;
use super::config::{Setting, merged};
use super::findings::{Findings, Found};
use super::front::{front_matter, without_comments};
use super::globs::Glob;
use super::page::Page;
use super::params::Params;
use super::patterns::{Pattern, Patterns};
use super::read::{Reading, Written};
use super::{FormRule, RULES, find, named};
use crate::base::{
    Applicability, ContentHash, Diagnostic, Edit, Fix, Label, Severity, SourcePath, Span,
};
use crate::config::{OptionValue, RuleLevel, RuleSetting};
use crate::lint::rules::{RuleInfo, Setting as Told};
use crate::markdown::{Mapped, form};
use crate::site::is_markdown;
use crate::source::Source;

/// A rule with what is set of it.
#[derive(Debug, Clone)]
struct State {
    on: bool,
    level: Severity,
    params: Map<String, Json>,
    /// The lines that speak of it.
    settings: Vec<usize>,
}

/// What counts in a folder.
#[derive(Debug)]
struct Folder {
    path: SourcePath,
    settings: Vec<Setting>,
    states: Arc<Vec<State>>,
    ignores: Vec<(SourcePath, Vec<Glob>)>,
    overrides: Vec<(Vec<Glob>, Vec<Setting>)>,
    front: Option<Pattern>,
    comments: bool,
}

/// The rules of markdownlint that run, ready.
#[derive(Debug)]
pub struct FormRules {
    /// The folder of the outermost configuration.
    root: SourcePath,
    /// From the inside out.
    folders: Vec<Folder>,
    /// The files that are looked at; empty for all.
    globs: Vec<Glob>,
    /// What `[lint.rules]` says.
    book: BTreeMap<String, RuleSetting>,
    patterns: Patterns,
    hash: ContentHash,
}

/// The folder of the nearest configuration of markdownlint in a folder or above it.
fn nearest(source: &dyn Source, folder: &SourcePath) -> Option<SourcePath> {
    let mut at = folder.clone();
    loop {
        let mut names = super::config::NAMES.iter();
        if names.any(|name| at.join(name).is_ok_and(|path| source.is_file(&path))) {
            return Some(at);
        }
        if at.is_root() {
            return None;
        }
        at = at.parent();
    }
}

/// Loads the rules of markdownlint for a folder, with what is to be said of their configuration;
/// none where there is no configuration and `anyway` is not set.
///
/// # Errors
/// What is wrong with a configuration, so that nobody knows which rules are meant.
pub fn load_forms(
    source: &dyn Source,
    folder: &SourcePath,
    anyway: bool,
    book: &BTreeMap<String, RuleSetting>,
) -> Result<Option<(FormRules, Vec<Diagnostic>)>, Vec<Diagnostic>> {
    let found = nearest(source, folder);
    let root = match (found, anyway) {
        (Some(root), _) => root,
        (None, true) => folder.clone(),
        (None, false) => return Ok(None),
    };
    let reading = Reading::below(source, &root);
    if !reading.problems.is_empty() {
        return Err(reading.problems);
    }
    let mut made_of = format!("{root}\0{book:?}");
    for (path, bytes) in &reading.read {
        made_of.push_str(&format!("\0{path} {:?}", ContentHash::of(bytes)));
    }
    let notes = reading.notes.clone();
    let rules = FormRules::new(root, &reading.folders, book, ContentHash::of(made_of.as_bytes()));
    Ok(Some((rules, notes)))
}

fn globs(value: &Json) -> Vec<Glob> {
    let texts = match value {
        Json::Array(all) => all.iter().filter_map(Json::as_str).collect(),
        Json::String(one) => vec![one.as_str()],
        _ => Vec::new(),
    };
    texts.into_iter().map(Glob::new).collect()
}

fn option<'a>(options: &'a [Setting], key: &str) -> Option<&'a Json> {
    options.iter().find(|setting| setting.key == key).map(|setting| &setting.value)
}

impl FormRules {
    fn new(
        root: SourcePath,
        written: &BTreeMap<SourcePath, Written>,
        book: &BTreeMap<String, RuleSetting>,
        hash: ContentHash,
    ) -> FormRules {
        let empty = Written::default();
        let mut all: BTreeMap<&SourcePath, &Written> = written.iter().collect();
        all.entry(&root).or_insert(&empty);
        let mut folders = Vec::new();
        for path in all.keys().rev() {
            // From the outside in, what the folders around say.
            let around = all.iter().filter(|(other, _)| path.starts_with(other));
            let mut options: Vec<Setting> = Vec::new();
            let mut config: Option<Vec<Setting>> = None;
            let mut options_config: Option<Vec<Setting>> = None;
            let mut ignores = Vec::new();
            for (other, written) in around {
                if let Some(own) = &written.options {
                    if let Some(own) = option(own, "ignores") {
                        ignores.push(((*other).clone(), globs(own)));
                    }
                    options = merged(options, own.clone());
                }
                if let Some(own) = &written.options_config {
                    let below = options_config.take().unwrap_or_default();
                    options_config = Some(merged(below, own.clone()));
                    config = None;
                }
                if let Some(own) = &written.config {
                    config = Some(own.clone());
                }
            }
            let settings = config.or(options_config).unwrap_or_default();
            let mut overrides = Vec::new();
            if let Some(Json::Array(all)) = option(&options, "overrides") {
                for one in all {
                    let filter = one.get("filter").map(globs).unwrap_or_default();
                    let config = one.get("config").cloned().unwrap_or(Json::Null);
                    let setting = Setting { key: String::new(), value: config, span: None };
                    overrides.push((filter, super::read::table(&setting).unwrap_or_default()));
                }
            }
            let front = option(&options, "frontMatter").and_then(Json::as_str);
            let no_comments = option(&options, "noInlineConfig").and_then(Json::as_bool);
            folders.push(Folder {
                path: (*path).clone(),
                states: Arc::new(states(&settings, book)),
                settings,
                ignores,
                overrides,
                front: front.and_then(|text| Pattern::new(&format!("(?m){text}"))),
                comments: !no_comments.unwrap_or(false),
            });
        }
        let options = written.get(&root).and_then(|written| written.options.as_deref());
        let own = options.and_then(|options| option(options, "globs")).map(globs);
        FormRules {
            root,
            folders,
            globs: own.unwrap_or_default(),
            book: book.clone(),
            patterns: Patterns::default(),
            hash,
        }
    }

    pub(crate) fn hash(&self) -> ContentHash {
        self.hash
    }

    fn folder(&self, path: &SourcePath) -> Option<&Folder> {
        self.folders.iter().find(|folder| path.starts_with(&folder.path))
    }

    /// Whether a file has rules.
    pub(crate) fn concerns(&self, path: &SourcePath) -> bool {
        let Some(folder) = self.folder(path).filter(|_| is_markdown(path)) else { return false };
        let seen = |from: &SourcePath| path.strip_prefix(from).map(|path| path.to_string());
        let ignored = folder.ignores.iter().any(|(from, globs)| {
            seen(from).is_some_and(|path| globs.iter().any(|glob| glob.matches(&path)))
        });
        if ignored {
            return false;
        }
        let Some(path) = seen(&self.root) else { return false };
        // The last one that matches decides.
        let last = self.globs.iter().rev().find(|glob| glob.matches(&path));
        match last {
            Some(glob) => !glob.negated,
            None => self.globs.iter().all(|glob| glob.negated),
        }
    }

    /// The states for a file, comments in it left aside.
    fn states(&self, path: &SourcePath, more: Vec<Setting>) -> Option<Arc<Vec<State>>> {
        let folder = self.folder(path)?;
        let relative = path.strip_prefix(&folder.path)?.to_string();
        let fits = |globs: &[Glob]| globs.iter().any(|glob| glob.matches(&relative));
        let overrides: Vec<Setting> = folder
            .overrides
            .iter()
            .filter(|(globs, _)| fits(globs))
            .flat_map(|(_, settings)| settings.clone())
            .collect();
        if overrides.is_empty() && more.is_empty() {
            return Some(Arc::clone(&folder.states));
        }
        let settings = merged(merged(folder.settings.clone(), overrides), more);
        Some(Arc::new(states(&settings, &self.book)))
    }

    /// What is found in a file, sorted by place.
    pub(crate) fn lint(&self, path: &SourcePath, whole: &Mapped, windows: bool) -> Vec<Diagnostic> {
        let Some(folder) = self.folder(path) else { return Vec::new() };
        let text = whole.text.as_str();
        let front = match &folder.front {
            Some(pattern) => {
                pattern.find(text).filter(|found| found.start == 0).map_or(0, |f| f.end)
            }
            None => front_matter(text),
        };
        let raw = text.get(front..).unwrap_or_default();
        let switched = folder.comments && comments::has_comments(raw);
        let more = if switched { comments::configured(raw) } else { Vec::new() };
        let Some(states) = self.states(path, more) else { return Vec::new() };
        let bits = |state: &dyn Fn(&State) -> bool| {
            let on = states.iter().enumerate().filter(|(_, one)| state(one));
            on.fold(0u64, |bits, (index, _)| bits | 1 << index)
        };
        let enabled = bits(&|state| state.on);
        let by_line = switched.then(|| comments::enabled(raw, enabled));
        let running = by_line.iter().flatten().fold(enabled, |all, bits| all | bits);
        if running == 0 {
            return Vec::new();
        }
        let clean = without_comments(raw);
        let clean = clean.as_deref().unwrap_or(raw);
        let Some(form) = form(clean) else { return Vec::new() };
        let front_text = text.get(..front).unwrap_or_default();
        let page = Page::new(clean, raw, front_text, &form, &self.patterns);
        let mut out = Vec::new();
        for (index, (rule, state)) in RULES.iter().zip(states.iter()).enumerate() {
            if running & (1 << index) == 0 {
                continue;
            }
            let mut findings = Findings::new(&page);
            let params = Params { specs: rule.params, set: &state.params };
            (rule.check)(&page, &params, &mut findings);
            for found in findings.found {
                let on = match &by_line {
                    Some(lines) => lines.get(found.line).copied().unwrap_or(enabled),
                    None => enabled,
                };
                if on & (1 << index) != 0 {
                    let place = Place { whole, front, windows };
                    out.push(place.diagnostic(rule, state.level, found));
                }
            }
        }
        out
    }

    /// What is told about each rule.
    pub(crate) fn infos(&self) -> Vec<RuleInfo> {
        let Some(folder) = self.folders.iter().find(|folder| folder.path == self.root) else {
            return Vec::new();
        };
        let info = |(rule, state): (&&FormRule, &State)| RuleInfo {
            name: rule.code.id.to_owned(),
            kind: "markdownlint",
            level: state.level,
            on: state.on,
            message: rule.code.summary.to_owned(),
            description: rule.code.explanation.to_owned(),
            link: String::new(),
            span: None,
            settings: self.told(folder, rule.code.id, state),
        };
        RULES.iter().zip(folder.states.iter()).map(info).collect()
    }

    fn told(&self, folder: &Folder, id: &str, state: &State) -> Vec<Told> {
        let settings = state.settings.iter().filter_map(|at| folder.settings.get(*at));
        let mut told: Vec<Told> = settings
            .filter_map(|setting| {
                let on = setting.value != Json::Bool(false);
                let what = format!("{}: {}", setting.key, setting.value);
                Some(Told { files: "*".to_owned(), what, on, span: setting.span.clone()? })
            })
            .collect();
        if let Some((_, setting)) = self.book.iter().find(|(name, _)| is(name, id)) {
            told.extend(setting.span.clone().map(|span| Told {
                files: "*".to_owned(),
                what: setting.level.map_or("options", RuleLevel::word).to_owned(),
                on: setting.level != Some(RuleLevel::Off),
                span,
            }));
        }
        told
    }

    /// Whether a rule runs on a file, and with what level; none for a rule that is not one of these.
    pub(crate) fn state(&self, rule: &str, path: &SourcePath) -> Option<(bool, Option<Severity>)> {
        let index = RULES.iter().position(|other| other.code.id == rule)?;
        if !self.concerns(path) {
            return Some((false, None));
        }
        let states = self.states(path, Vec::new())?;
        states.get(index).map(|state| (state.on, Some(state.level)))
    }
}

fn is(name: &str, id: &str) -> bool {
    find(name).is_some_and(|rule| rule.code.id == id)
}

/// What settings make of the rules.
fn states(settings: &[Setting], book: &BTreeMap<String, RuleSetting>) -> Vec<State> {
    let mut default =
        settings.iter().enumerate().filter(|(_, s)| s.key.eq_ignore_ascii_case("default"));
    let default = default.next_back();
    let mut usual =
        State { on: true, level: Severity::Error, params: Map::new(), settings: Vec::new() };
    if let Some((index, setting)) = default {
        apply(&mut usual, &setting.value);
        usual.settings.push(index);
        usual.params.clear();
    }
    let mut states = vec![usual; RULES.len()];
    for (index, setting) in settings.iter().enumerate() {
        let bits = named(&setting.key);
        if bits == 0 {
            continue;
        }
        for (at, state) in states.iter_mut().enumerate() {
            if bits & (1 << at) != 0 {
                apply(state, &setting.value);
                state.settings.push(index);
            }
        }
    }
    for (name, setting) in book {
        let Some(index) = RULES.iter().position(|rule| is(name, rule.code.id)) else { continue };
        let Some(state) = states.get_mut(index) else { continue };
        state.on = setting.level != Some(RuleLevel::Off);
        state.level = match setting.level {
            Some(RuleLevel::Error) => Severity::Error,
            Some(RuleLevel::Warning) => Severity::Warning,
            Some(RuleLevel::Advice) => Severity::Advice,
            _ => state.level,
        };
        for (option, value) in &setting.options {
            let value = match &value.value {
                OptionValue::Bool(value) => Json::from(*value),
                OptionValue::Whole(value) => Json::from(*value),
                OptionValue::Text(text) => Json::from(text.as_str()),
                OptionValue::Texts(texts) => Json::from(texts.clone()),
            };
            state.params.insert(option.clone(), value);
        }
    }
    states
}

fn apply(state: &mut State, value: &Json) {
    let level = |word: &str| match word {
        "warning" => Severity::Warning,
        _ => Severity::Error,
    };
    state.params = Map::new();
    state.level = Severity::Error;
    match value {
        Json::Object(params) => {
            state.on = params.get("enabled").is_none_or(|on| on != &Json::Bool(false));
            if let Some(word) = params.get("severity").and_then(Json::as_str) {
                state.level = level(word);
            }
            state.params = params.clone();
        }
        Json::Bool(on) => state.on = *on,
        Json::String(word) => {
            state.on = true;
            state.level = level(word);
        }
        Json::Null => state.on = false,
        _ => state.on = true,
    }
}

/// Where places of a page lead.
struct Place<'a> {
    whole: &'a Mapped,
    /// Where the page begins.
    front: usize,
    /// Whether lines end with `\r\n`.
    windows: bool,
}

impl Place<'_> {
    fn span(&self, range: &std::ops::Range<usize>) -> Span {
        let (whole, len) = (self.whole, self.whole.text.len());
        let (start, end) = (range.start + self.front, range.end + self.front);
        let from = if start < len {
            whole.span(start..start + 1).start
        } else {
            whole.span(len.saturating_sub(1)..len).end
        };
        let to = if end <= start { from } else { whole.span(end - 1..end).end };
        Span::new(whole.file.clone(), from..to.max(from))
    }

    fn diagnostic(&self, rule: &FormRule, severity: Severity, found: Found) -> Diagnostic {
        let mut edits: Vec<Edit> = Vec::new();
        for (range, text) in found.edits {
            let text = if self.windows { text.replace('\n', "\r\n") } else { text };
            edits.push(Edit { span: self.span(&range), text });
        }
        let fix = edits.first().map(|edit| {
            let shown = edit.text.trim();
            let removes = edit.span.start < edit.span.end;
            let title = match (removes, shown.is_empty()) {
                (true, true) if edit.text.is_empty() => "remove it".to_owned(),
                (true, true) => "replace it by spaces".to_owned(),
                (false, true) if edit.text.contains('\n') => "add a blank line".to_owned(),
                (false, true) => "add a space".to_owned(),
                (_, false) => format!("write `{shown}`"),
            };
            let applicability = match rule.suggested {
                true => Applicability::Suggested,
                false => Applicability::Safe,
            };
            Fix { title, applicability, edits: edits.clone() }
        });
        Diagnostic {
            labels: vec![Label { span: self.span(&found.range), text: String::new() }],
            code: rule.code.id.into(),
            severity,
            message: found.message,
            help: found.help,
            fix,
            docs: None,
            foreign: None,
        }
    }
}
