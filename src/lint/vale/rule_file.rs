//! Rule files: YAML with places, inheritance, and what checks ask of them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::ops::Range;
use std::sync::Arc;

use super::action::Action;
use super::checks::{KINDS, Kind};
use super::library::{Library, Read};
use super::vocabulary::{Exceptions, Vocabulary};
use crate::base::{Code, Diagnostic, Severity, SourcePath, Span, nearest};
use crate::lint::codes;
use crate::lint::pattern::{BadPattern, Pattern, TokenSet, Wrapping};
use crate::lint::scope::Selector;
use crate::lint::spelling::{Dictionaries, Dictionary};
use crate::markdown::{Entry, Value, ValueKind, parse_yaml};

/// Why a rule cannot be used.
pub(crate) type Problem = Box<Diagnostic>;

/// Keys of every rule.
const COMMON: [&str; 14] = [
    "action",
    "code",
    "description",
    "extends",
    "level",
    "limit",
    "link",
    "matchcase",
    "message",
    "name",
    "path",
    "scope",
    "tests",
    "vocab",
];

/// So many rules may build on one another.
const MAX_DEPTH: usize = 10;

/// A text of a rule file and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub text: String,
    pub at: Span,
}

/// A file of which fields are.
#[derive(Debug)]
struct Origin {
    path: SourcePath,
    text: String,
}

/// A key's value and the file that it is from.
#[derive(Debug, Clone)]
struct Field {
    key_at: Range<usize>,
    value: Value,
    origin: Arc<Origin>,
}

impl Field {
    fn at(&self, range: &Range<usize>) -> Span {
        Span::new(self.origin.path.clone(), range.clone())
    }

    fn key_span(&self) -> Span {
        self.at(&self.key_at)
    }

    /// A scalar as it is written; none for lists and maps.
    fn scalar(&self, value: &Value) -> Option<String> {
        match &value.kind {
            ValueKind::Text(text) => Some(text.clone()),
            ValueKind::Null => Some(String::new()),
            ValueKind::Bool(_) | ValueKind::Integer(_) | ValueKind::Float(_) => {
                self.origin.text.get(value.range.clone()).map(|text| text.trim().to_owned())
            }
            ValueKind::List(_) | ValueKind::Map(_) => None,
        }
    }

    fn item(&self, value: &Value) -> Option<Item> {
        Some(Item { text: self.scalar(value)?, at: self.at(&value.range) })
    }
}

/// A rule as its file describes it, with what it inherits.
#[derive(Debug)]
pub(crate) struct RuleFile {
    /// `Style.Rule`
    pub name: String,
    /// Where the rule stands: its `extends`, or the beginning of its file.
    pub span: Span,
    /// The check.
    pub kind: &'static Kind,
    fields: BTreeMap<String, Field>,
    begin: Span,
}

impl RuleFile {
    /// The texts of a list, or a text alone; none of what is neither.
    pub(crate) fn texts(&self, key: &str) -> Vec<String> {
        let Some(field) = self.fields.get(key) else { return Vec::new() };
        let values = match &field.value.kind {
            ValueKind::List(values) => values.as_slice(),
            _ => std::slice::from_ref(&field.value),
        };
        values.iter().filter_map(|value| Some(field.item(value)?.text)).collect()
    }
}

/// Where the files that rules name are looked for, below a styles folder.
pub(crate) const PLACES: [&str; 5] =
    ["", "config/dictionaries/", "config/ignore/", "config/vocabularies/", "config/"];

/// The folder of words, below a styles folder, that `Vale.Spelling` leaves alone.
pub(crate) const IGNORED: &str = "config/ignore";

impl std::fmt::Debug for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

fn problem(code: &'static Code, span: Span, message: impl Into<String>) -> Problem {
    Box::new(Diagnostic::new(code, message).at(span))
}

/// Reads a rule. Rules that it extends are looked for in the library.
pub(crate) fn read(name: &str, file: &Read, library: &Library) -> Result<RuleFile, Vec<Problem>> {
    let begin = Span::start_of(file.path.clone());
    let mut chain: Vec<SourcePath> = Vec::new();
    let mut layers: Vec<BTreeMap<String, Field>> = Vec::new();
    let mut next = file.clone();
    let kind = loop {
        if let Some(at) = chain.iter().position(|path| *path == next.path) {
            let cycle: Vec<String> = chain.iter().skip(at).map(|p| format!("`{p}`")).collect();
            let message = format!("the rule extends itself through {}", cycle.join(", "));
            let span = layers.last().and_then(|fields| fields.get("extends")).map(Field::key_span);
            return Err(vec![problem(&codes::EXTENDS, span.unwrap_or(begin), message)]);
        }
        chain.push(next.path.clone());
        let fields = fields(&next).map_err(|problem| vec![problem])?;
        let Some(extends) = fields.get("extends") else {
            let mut missing =
                Diagnostic::new(&codes::RULE, format!("the rule `{name}` has no `extends`"));
            missing.help = Some(kinds_help());
            return Err(vec![Box::new(missing.at(Span::start_of(next.path.clone())))]);
        };
        let target = extends.scalar(&extends.value).unwrap_or_default();
        let span = extends.at(&extends.value.range);
        if let Some(kind) = KINDS.iter().find(|kind| kind.name == target) {
            layers.push(fields);
            break kind;
        }
        if !target.contains('.') {
            let near = nearest(&target, KINDS.iter().map(|kind| kind.name));
            let mut unknown =
                Diagnostic::new(&codes::RULE, format!("there is no check `{target}`")).at(span);
            unknown.help = Some(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => kinds_help(),
            });
            return Err(vec![Box::new(unknown)]);
        }
        if chain.len() > MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} rules extend one another");
            return Err(vec![problem(&codes::EXTENDS, span, message)]);
        }
        if target.starts_with("Vale.") {
            let message = format!("`{target}` is built in and cannot be extended");
            return Err(vec![problem(&codes::EXTENDS, span, message)]);
        }
        let relative = format!("{}.yml", target.replace('.', "/"));
        let Some(parent) = library.find(&relative) else {
            let mut missing =
                Diagnostic::new(&codes::EXTENDS, format!("there is no rule `{target}`")).at(span);
            missing.help = Some(format!("it is looked for as `{relative}` in the styles folder"));
            return Err(vec![Box::new(missing)]);
        };
        layers.push(fields);
        next = parent;
    };
    let span = layers
        .first()
        .and_then(|fields| fields.get("extends"))
        .map_or_else(|| begin.clone(), Field::key_span);
    let mut merged = layers.pop().unwrap_or_default();
    while let Some(layer) = layers.pop() {
        overlay(&mut merged, layer)?;
    }
    let rule = RuleFile { name: name.to_owned(), span, kind, fields: merged, begin };
    let problems = rule.check();
    if problems.is_empty() { Ok(rule) } else { Err(problems) }
}

fn kinds_help() -> String {
    let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    format!("the checks are {}", names.join(", "))
}

fn fields(file: &Read) -> Result<BTreeMap<String, Field>, Problem> {
    let text = file.text();
    let origin = Arc::new(Origin { path: file.path.clone(), text });
    let parsed = parse_yaml(&origin.text).map_err(|malformed| {
        let message = format!("the rule file is no YAML: {}", malformed.message);
        problem(&codes::RULE, Span::new(file.path.clone(), malformed.at), message)
    })?;
    let entries = match parsed.map(|value| value.kind) {
        Some(ValueKind::Map(entries)) => entries,
        None | Some(ValueKind::Null) => Vec::new(),
        Some(_) => {
            let message = "a rule file must be keys with values";
            return Err(problem(&codes::RULE, Span::start_of(file.path.clone()), message));
        }
    };
    let mut fields: BTreeMap<String, Field> = BTreeMap::new();
    for entry in entries {
        let field = Field { key_at: entry.at, value: entry.value, origin: Arc::clone(&origin) };
        match fields.entry(entry.key.to_lowercase()) {
            Slot::Vacant(slot) => {
                slot.insert(field);
            }
            Slot::Occupied(_) => {
                let message = format!("`{}` is set twice", entry.key);
                return Err(problem(&codes::RULE, field.key_span(), message));
            }
        }
    }
    Ok(fields)
}

/// Lays the keys of a rule over those of the rule that it extends: `key` replaces, `key+` adds and
/// `key-` removes.
fn overlay(
    base: &mut BTreeMap<String, Field>,
    layer: BTreeMap<String, Field>,
) -> Result<(), Vec<Problem>> {
    let mut edits = Vec::new();
    let mut replaced = Vec::new();
    for (key, field) in layer {
        if key == "extends" {
            continue;
        }
        match key.strip_suffix(['+', '-']) {
            Some(plain) => edits.push((plain.to_owned(), key.ends_with('+'), field)),
            None => {
                replaced.push(key.clone());
                base.insert(key, field);
            }
        }
    }
    for (key, adds, field) in edits {
        if replaced.contains(&key) {
            let message = format!("`{key}` is both replaced and edited");
            return Err(vec![problem(&codes::EXTENDS, field.key_span(), message)]);
        }
        let Some(target) = base.get_mut(&key) else {
            if adds {
                base.insert(key, field);
                continue;
            }
            let message = format!("the rule that is extended has no `{key}`");
            return Err(vec![problem(&codes::EXTENDS, field.key_span(), message)]);
        };
        edit(target, &field, adds).map_err(|message| {
            vec![problem(&codes::EXTENDS, field.at(&field.value.range), message)]
        })?;
    }
    Ok(())
}

fn edit(target: &mut Field, field: &Field, adds: bool) -> Result<(), String> {
    // Values of two files stand in one list: what is added keeps its text and gives up its place.
    let plain = |value: &Value| match field.scalar(value) {
        Some(text) => Value { kind: ValueKind::Text(text), range: 0..0 },
        None => value.clone(),
    };
    let texts = |value: &Value| -> Vec<Value> {
        match &value.kind {
            ValueKind::List(values) => values.iter().map(plain).collect(),
            _ => vec![plain(value)],
        }
    };
    match (&mut target.value.kind, &field.value.kind) {
        (ValueKind::Map(entries), ValueKind::Map(others)) if adds => {
            for other in others {
                match entries.iter_mut().find(|entry| entry.key == other.key) {
                    Some(entry) => entry.value = plain(&other.value),
                    None => entries.push(Entry { value: plain(&other.value), ..other.clone() }),
                }
            }
        }
        (ValueKind::Map(entries), kind) if !adds => {
            let names: Vec<String> = match kind {
                ValueKind::Map(others) => others.iter().map(|other| other.key.clone()).collect(),
                _ => texts(&field.value).iter().filter_map(|value| field.scalar(value)).collect(),
            };
            for name in names {
                let Some(at) = entries.iter().position(|entry| entry.key == name) else {
                    return Err(format!("the rule that is extended has no `{name}` here"));
                };
                entries.remove(at);
            }
        }
        (ValueKind::List(values), _) if adds => values.extend(texts(&field.value)),
        (ValueKind::List(values), _) => {
            for other in texts(&field.value) {
                let name = field.scalar(&other).unwrap_or_default();
                let same = |value: &Value| matches!(&value.kind, ValueKind::Text(t) if *t == name);
                let Some(at) = values.iter().position(same) else {
                    return Err(format!("the rule that is extended has no `{name}` here"));
                };
                values.remove(at);
            }
        }
        _ => return Err("only lists and maps can be edited".to_owned()),
    }
    Ok(())
}

impl RuleFile {
    fn field_text(&self, key: &str) -> Option<String> {
        let field = self.fields.get(key)?;
        field.scalar(&field.value)
    }

    /// What is wrong with keys that every rule has.
    fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !self.fields.contains_key("message") {
            let message = format!("the rule `{}` has no `message`", self.name);
            problems.push(problem(&codes::RULE, self.begin.clone(), message));
        }
        if let Some(field) = self.fields.get("level")
            && self.field_text("level").and_then(|level| severity(&level)).is_none()
        {
            let mut wrong = Diagnostic::new(&codes::RULE, "the level is none that we know");
            wrong = wrong.at(field.at(&field.value.range));
            wrong.help = Some("write `suggestion`, `warning` or `error`".to_owned());
            problems.push(Box::new(wrong));
        }
        if self.field_text("code").is_some_and(|code| code == "true")
            && let Some(field) = self.fields.get("code")
        {
            let message = "the key `code` was removed: write `scope: raw`";
            problems.push(problem(&codes::RULE, field.key_span(), message));
        }
        if !self.kind.keys.is_empty() {
            for (key, field) in &self.fields {
                let known =
                    COMMON.contains(&key.as_str()) || self.kind.keys.contains(&key.as_str());
                if known {
                    continue;
                }
                let message = format!("`{key}` is no key of `{}` rules", self.kind.name);
                let mut unknown = Diagnostic::new(&codes::RULE, message).at(field.key_span());
                let all = COMMON.iter().chain(self.kind.keys).copied();
                unknown.help = nearest(key, all).map(|near| format!("did you mean `{near}`?"));
                problems.push(Box::new(unknown));
            }
        }
        problems
    }
}

/// A level of Vale's as one of ours.
pub(crate) fn severity(level: &str) -> Option<Severity> {
    Some(match level {
        "suggestion" => Severity::Advice,
        "warning" => Severity::Warning,
        "error" => Severity::Error,
        _ => return None,
    })
}

/// What building a check needs besides the rule's own file.
pub(crate) struct Surroundings<'a> {
    pub vocabulary: Arc<Vocabulary>,
    pub word_template: Option<String>,
    pub library: &'a Library<'a>,
    /// The folder of the configuration.
    pub home: super::library::Folder<'a>,
    pub dictionaries: &'a Dictionaries,
}

/// A rule that is being built.
pub(crate) struct Build<'a> {
    rule: &'a RuleFile,
    surroundings: &'a Surroundings<'a>,
    action: Action,
    message: String,
}

impl<'a> Build<'a> {
    /// Begins with a rule.
    pub(crate) fn new(
        rule: &'a RuleFile,
        surroundings: &'a Surroundings<'a>,
    ) -> Result<Self, Problem> {
        let mut build =
            Build { rule, surroundings, action: Action::default(), message: String::new() };
        build.message = build.text("message")?.unwrap_or_default();
        build.action = build.read_action()?;
        Ok(build)
    }

    fn read_action(&self) -> Result<Action, Problem> {
        let Some(field) = self.rule.fields.get("action") else { return Ok(Action::default()) };
        let ValueKind::Map(entries) = &field.value.kind else {
            let message = "`action` must be keys with values".to_owned();
            return Err(self.problem_at(&field.at(&field.value.range), message));
        };
        let (mut name, mut params) = (String::new(), Vec::new());
        for entry in entries {
            match (entry.key.to_lowercase().as_str(), &entry.value.kind) {
                ("name", _) => name = field.scalar(&entry.value).unwrap_or_default(),
                ("params", ValueKind::List(values)) => {
                    params = values.iter().filter_map(|value| field.scalar(value)).collect();
                }
                ("params", _) => {
                    params = field.scalar(&entry.value).into_iter().collect();
                }
                _ => {}
            }
        }
        Ok(Action::new(name, params))
    }

    /// The message.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The action.
    pub(crate) fn action(&self) -> &Action {
        &self.action
    }

    /// A problem at a key of the rule.
    pub(crate) fn problem(&self, key: &str, message: String) -> Problem {
        let field = self.rule.fields.get(key);
        let span = field.map_or_else(|| self.rule.begin.clone(), |f| f.at(&f.value.range));
        self.problem_at(&span, message)
    }

    /// A problem at a place.
    pub(crate) fn problem_at(&self, at: &Span, message: String) -> Problem {
        problem(&codes::RULE, at.clone(), message)
    }

    /// A pattern of a key that cannot be compiled.
    pub(crate) fn bad_pattern(&self, key: &str, why: &BadPattern) -> Problem {
        let field = self.rule.fields.get(key);
        let span = field.map_or_else(|| self.rule.begin.clone(), |f| f.at(&f.value.range));
        self.bad_pattern_at(&span, why)
    }

    /// A pattern at a place that cannot be compiled.
    pub(crate) fn bad_pattern_at(&self, at: &Span, why: &BadPattern) -> Problem {
        let message = format!("a pattern of `{}` cannot be read: {}", self.rule.name, why.0);
        problem(&codes::PATTERN, at.clone(), message)
    }

    fn wrong_type(&self, field: &Field, value: &Value, key: &str, wanted: &str) -> Problem {
        let message = format!("`{key}` must be {wanted}, but is {}", value.kind.name());
        self.problem_at(&field.at(&value.range), message)
    }

    /// A text.
    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, Problem> {
        let Some(field) = self.rule.fields.get(key) else { return Ok(None) };
        match field.scalar(&field.value) {
            Some(text) => Ok(Some(text)),
            None => Err(self.wrong_type(field, &field.value, key, "text")),
        }
    }

    /// A truth value.
    pub(crate) fn truth(&self, key: &str) -> Result<Option<bool>, Problem> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        match text.to_lowercase().as_str() {
            "true" | "yes" | "on" | "1" => Ok(Some(true)),
            "false" | "no" | "off" | "0" | "" => Ok(Some(false)),
            _ => Err(self.problem(key, format!("`{key}` must be true or false"))),
        }
    }

    /// A number.
    pub(crate) fn number(&self, key: &str) -> Result<Option<f64>, Problem> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(self.problem(key, format!("`{key}` must be a number"))),
        }
    }

    /// A count.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // checked before
    pub(crate) fn count(&self, key: &str) -> Result<Option<usize>, Problem> {
        match self.number(key)? {
            None => Ok(None),
            Some(number) if (0.0..1e9).contains(&number) => Ok(Some(number as usize)),
            Some(_) => Err(self.problem(key, format!("`{key}` must be a count"))),
        }
    }

    /// A list of texts; a text alone is a list of one.
    pub(crate) fn list(&self, key: &str) -> Result<Vec<Item>, Problem> {
        let Some(field) = self.rule.fields.get(key) else { return Ok(Vec::new()) };
        match &field.value.kind {
            ValueKind::List(values) => values
                .iter()
                .map(|value| {
                    let item = field.item(value);
                    item.ok_or_else(|| self.wrong_type(field, value, key, "a list of texts"))
                })
                .collect(),
            ValueKind::Null => Ok(Vec::new()),
            ValueKind::Map(_) => Err(self.wrong_type(field, &field.value, key, "a list of texts")),
            _ => Ok(field.item(&field.value).into_iter().collect()),
        }
    }

    /// Keys with texts. A list of texts as a value is one text with `|` between.
    pub(crate) fn pairs(&self, key: &str) -> Result<Vec<(Item, String)>, Problem> {
        let Some(field) = self.rule.fields.get(key) else { return Ok(Vec::new()) };
        let ValueKind::Map(entries) = &field.value.kind else {
            if matches!(field.value.kind, ValueKind::Null) {
                return Ok(Vec::new());
            }
            return Err(self.wrong_type(field, &field.value, key, "keys with texts"));
        };
        let mut pairs = Vec::new();
        for entry in entries {
            let value = match &entry.value.kind {
                ValueKind::List(values) => {
                    let texts: Option<Vec<String>> =
                        values.iter().map(|value| field.scalar(value)).collect();
                    texts.map(|texts| texts.join("|"))
                }
                _ => field.scalar(&entry.value),
            };
            let Some(value) = value else {
                return Err(self.wrong_type(field, &entry.value, &entry.key, "text"));
            };
            pairs.push((Item { text: entry.key.clone(), at: field.at(&entry.at) }, value));
        }
        Ok(pairs)
    }

    /// The template of whole words, with `%s` for them.
    pub(crate) fn word_template(&self) -> String {
        let own = self.surroundings.word_template.clone();
        own.unwrap_or_else(|| r"(?m)\b(?:%s)\b".to_owned())
    }

    /// Tokens, ready to be looked for.
    pub(crate) fn token_set(
        &self,
        tokens: &[Item],
        ignore_case: bool,
        words: bool,
        grouped: bool,
    ) -> Result<TokenSet, Problem> {
        let template = self.surroundings.word_template.as_deref();
        let wrapping = Wrapping { ignore_case, words, template, grouped };
        let texts = tokens.iter().map(|token| token.text.as_str());
        TokenSet::new(texts, wrapping).map_err(|(index, why)| {
            let at = tokens.get(index).map_or(&self.rule.begin, |token| &token.at);
            self.bad_pattern_at(at, &why)
        })
    }

    fn minds_vocabulary(&self) -> Result<bool, Problem> {
        // The rules that enforce the vocabulary are not excepted by it.
        Ok(self.truth("vocab")?.unwrap_or(true))
    }

    /// The exceptions of the rule, with the vocabulary where the rule and the check mind it.
    pub(crate) fn exceptions(&self, vocabulary: bool) -> Result<Exceptions, Problem> {
        let mut list = Vec::new();
        for item in self.list("exceptions")? {
            Pattern::new(&item.text).map_err(|why| self.bad_pattern_at(&item.at, &why))?;
            list.push(item.text);
        }
        let minds = vocabulary && self.minds_vocabulary()?;
        Ok(Exceptions::new(&list, minds.then(|| self.vocabulary())))
    }

    /// Exceptions and accepted terms as a list.
    pub(crate) fn exception_words(&self) -> Result<Vec<String>, Problem> {
        let mut words: Vec<String> =
            self.list("exceptions")?.into_iter().map(|item| item.text).collect();
        if self.minds_vocabulary()? {
            words.extend(self.surroundings.vocabulary.accepted.iter().cloned());
        }
        Ok(words)
    }

    /// The project's words.
    pub(crate) fn vocabulary(&self) -> Arc<Vocabulary> {
        Arc::clone(&self.surroundings.vocabulary)
    }

    /// The scopes.
    pub(crate) fn selector(&self) -> Result<Selector, Problem> {
        let scopes = self.list("scope")?;
        if scopes.is_empty() {
            return Selector::new(["text"]).map_err(|message| self.problem("scope", message));
        }
        // Each by itself, so that the one that is wrong is shown.
        for scope in &scopes {
            Selector::new([scope.text.as_str()])
                .map_err(|message| self.problem_at(&scope.at, message))?;
        }
        let texts = scopes.iter().map(|scope| scope.text.as_str());
        Selector::new(texts).map_err(|message| self.problem("scope", message))
    }

    /// The level that the rule gives itself.
    pub(crate) fn level(&self) -> Severity {
        let level = self.rule.field_text("level");
        level.and_then(|level| severity(&level)).unwrap_or(Severity::Warning)
    }

    /// The dictionaries of a spelling rule.
    pub(crate) fn dictionaries(&self) -> Result<Vec<Arc<Dictionary>>, Problem> {
        let asset = |key: &str| -> Result<Option<Read>, Problem> {
            let Some(path) = self.text(key)?.filter(|path| !path.is_empty()) else {
                return Ok(None);
            };
            Ok(self.asset(&path))
        };
        if let (Some(aff), Some(dic)) = (asset("aff")?, asset("dic")?) {
            let dictionary = self.surroundings.dictionaries.read(&aff.bytes, &dic.bytes);
            return dictionary
                .map(|dictionary| vec![dictionary])
                .map_err(|why| self.missing_dictionary("dic", &why));
        }
        let names = self.list("dictionaries")?;
        let folder = self.text("dicpath")?.filter(|path| !path.is_empty());
        let mut found = Vec::new();
        let below = folder.as_deref().unwrap_or("config/dictionaries");
        if let Some(folder) = &folder
            && !self.has_folder(folder)
        {
            let why = format!("there is no folder `{folder}`");
            return Err(self.missing_dictionary("dicpath", &why));
        }
        for name in &names {
            let pair = |extension: &str| {
                self.asset(&format!("{}/{}.{extension}", below.trim_end_matches('/'), name.text))
            };
            match (pair("aff"), pair("dic")) {
                (Some(aff), Some(dic)) => {
                    let read = self.surroundings.dictionaries.read(&aff.bytes, &dic.bytes);
                    found.push(read.map_err(|why| self.missing_dictionary("dictionaries", &why))?);
                }
                _ if matches!(name.text.as_str(), "en_US" | "en_US-web" | "en") => {
                    found.push(self.surroundings.dictionaries.english());
                }
                _ => {
                    let why = format!("there is no `{}.dic` and `.aff` in `{below}`", name.text);
                    return Err(self.missing_dictionary("dictionaries", &why));
                }
            }
        }
        if names.is_empty() {
            // Those that lie in the usual folder count for rules that name none.
            for folder in &self.surroundings.library.folders {
                for path in self.surroundings.library.list(folder, "config/dictionaries") {
                    if path.extension() != Some("dic") {
                        continue;
                    }
                    let Some(stem) = path.as_str().strip_suffix(".dic") else { continue };
                    let Ok(aff) = SourcePath::new(format!("{stem}.aff")) else { continue };
                    let read = |path| self.surroundings.library.read(folder.source, path);
                    if let (Some(aff), Some(dic)) = (read(aff), read(path.clone())) {
                        let read = self.surroundings.dictionaries.read(&aff.bytes, &dic.bytes);
                        found.push(read.map_err(|why| self.missing_dictionary("extends", &why))?);
                    }
                }
            }
        }
        if names.is_empty() || self.truth("append")?.unwrap_or(false) {
            found.push(self.surroundings.dictionaries.english());
        }
        Ok(found)
    }

    fn missing_dictionary(&self, key: &str, why: &str) -> Problem {
        let span = self.problem(key, String::new()).labels.into_iter().next().map(|l| l.span);
        let message = format!("a dictionary of `{}` cannot be read: {why}", self.rule.name);
        problem(&codes::DICTIONARY, span.unwrap_or_else(|| self.rule.begin.clone()), message)
    }

    fn has_folder(&self, path: &str) -> bool {
        let library = self.surroundings.library;
        let mut folders = library.folders.clone();
        folders.push(self.surroundings.home.clone());
        folders.iter().any(|folder| !library.list(folder, path).is_empty())
    }

    /// A file below a styles folder, in one of its `config` folders, or beside the configuration.
    fn asset(&self, path: &str) -> Option<Read> {
        let library = self.surroundings.library;
        PLACES
            .iter()
            .find_map(|place| library.find(&format!("{place}{path}")))
            .or_else(|| library.read_in(&self.surroundings.home, path))
    }

    /// Words of plain lists, in lower case.
    pub(crate) fn word_lists(&self) -> Result<std::collections::BTreeSet<String>, Problem> {
        let mut words = std::collections::BTreeSet::new();
        let library = self.surroundings.library;
        let mut add = |read: &Read| {
            for line in read.text().lines() {
                let word = line.trim();
                if !word.is_empty() && !word.starts_with('#') {
                    words.insert(word.to_lowercase());
                }
            }
        };
        if self.rule.name == "Vale.Spelling" {
            for folder in &library.folders {
                for path in library.list(folder, IGNORED) {
                    if path.extension() == Some("txt")
                        && let Some(read) = library.read(folder.source, path)
                    {
                        add(&read);
                    }
                }
            }
            return Ok(words);
        }
        for item in self.list("ignore")? {
            if let Some(read) = self.asset(&item.text) {
                add(&read);
            }
        }
        Ok(words)
    }
}
