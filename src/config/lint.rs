//! `[lint]` and `[terms]`: which rules run, with what level and options, and the words of the
//! project.
//!
//! Which rules there are and what options they take, the linter knows: it tells of names and
//! values that mean nothing to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::layers::{Entry, Node, Table, Value};
use super::load::Reader;
use super::settings::Set;
use crate::base::{SourcePath, Span};

/// `[lint]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lint {
    /// Whether it says which rules run.
    pub set: bool,
    /// `baseline`: the file of the findings that are known.
    pub baseline: Option<Set<SourcePath>>,
    /// `fail-on`: the level from which findings fail.
    pub fail_on: Option<FailOn>,
    /// `extends`: what the rules begin with; none where not said.
    pub extends: Option<Vec<Set<String>>>,
    /// `exclude`: globs of files that are not linted, seen from the folder of `book.toml`.
    pub exclude: Vec<Set<String>>,
    /// `external-ignore`: addresses of other sites that are not asked for.
    pub external_ignore: Vec<Set<String>>,
    /// `[lint.rules]`, by the code of the rule.
    pub rules: BTreeMap<String, RuleSetting>,
    /// `[[lint.paths]]`, in order.
    pub paths: Vec<PathRules>,
    /// `[[lint.front-matter]]`, in order.
    pub front_matter: Vec<FrontMatterRules>,
}

/// What is said about a rule.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RuleSetting {
    /// Its level, where that is said.
    pub level: Option<RuleLevel>,
    /// Its options.
    pub options: BTreeMap<String, Set<OptionValue>>,
    /// Where it is said.
    pub span: Option<Span>,
}

/// The level of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleLevel {
    /// It does not run.
    Off,
    /// Its findings are advice.
    Advice,
    /// Its findings are warnings.
    Warning,
    /// Its findings are errors.
    Error,
}

/// The level from which findings fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Anything fails.
    Advice,
    /// Warnings and errors fail.
    Warning,
    /// Errors fail.
    Error,
    /// Nothing fails.
    Never,
}

impl FailOn {
    /// The words for them in `book.toml`.
    pub const WORDS: [&'static str; 4] = ["advice", "warning", "error", "never"];

    fn read(word: &str) -> Option<FailOn> {
        let levels = [FailOn::Advice, FailOn::Warning, FailOn::Error, FailOn::Never];
        levels.into_iter().zip(Self::WORDS).find(|(_, name)| *name == word).map(|(level, _)| level)
    }
}

/// The value of an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OptionValue {
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Whole(i64),
    /// A text.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
}

/// `[[lint.paths]]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PathRules {
    /// `files`: globs, seen from the folder of `book.toml`.
    pub files: Vec<Set<String>>,
    /// `rules`, by the code of the rule.
    pub rules: BTreeMap<String, RuleSetting>,
}

/// `[[lint.front-matter]]`: what pages must say about themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FrontMatterRules {
    /// `files`: globs, seen from the folder of `book.toml`; all pages where there are none.
    pub files: Vec<Set<String>>,
    /// `schema`: a file with a JSON Schema.
    pub schema: Option<Set<SourcePath>>,
    /// All other keys: keywords of JSON Schema, as JSON; empty where there are none.
    pub keywords: String,
    /// Where the keywords and what is in them are written, by JSON Pointer.
    pub places: BTreeMap<String, Span>,
    /// Where the table is written.
    pub span: Option<Span>,
}

/// A word of the project: `[terms.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Term {
    /// `avoid`: what is not to be written in its place.
    pub avoid: Vec<String>,
    /// `expands`: what an acronym stands for.
    pub expands: Option<String>,
    /// `definition`: what it means, in Markdown, for the glossary.
    pub definition: Option<String>,
    /// `case`: whether its capitals matter. Where not said: whether it has any.
    pub case: bool,
    /// Where it is written.
    pub span: Option<Span>,
}

impl RuleLevel {
    const WORDS: [(&'static str, RuleLevel); 4] = [
        ("off", RuleLevel::Off),
        ("advice", RuleLevel::Advice),
        ("warning", RuleLevel::Warning),
        ("error", RuleLevel::Error),
    ];

    fn read(word: &str) -> Option<RuleLevel> {
        Self::WORDS.iter().find(|(name, _)| *name == word).map(|(_, level)| *level)
    }

    /// The word for it in `book.toml`.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, level)| *level == self).map_or("off", |(word, _)| word)
    }
}

/// A name as a part of a JSON Pointer (RFC 6901).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

const LEVEL_HELP: &str = "write `\"off\"`, `\"advice\"`, `\"warning\"` or `\"error\"`";

impl Reader<'_, '_> {
    pub(super) fn lint(&mut self) -> Lint {
        let each = |reader: &Self, path: &str| -> Vec<Set<String>> {
            let items = reader.items(path).iter();
            items.filter_map(|item| Some(reader.with_span(item.text()?, item))).collect()
        };
        let mut lint = Lint {
            set: self.table("lint").is_some_and(|table| {
                let others = ["baseline", "external-ignore", "fail-on", "front-matter"];
                table.keys().any(|key| !others.contains(&key.as_str()))
            }) || self
                .node("lint")
                .is_some_and(|node| node.table().is_none_or(Table::is_empty)),
            baseline: self.file("lint.baseline"),
            fail_on: self
                .node("lint.fail-on")
                .and_then(Node::text)
                .as_deref()
                .and_then(FailOn::read),
            extends: self.node("lint.extends").map(|_| each(self, "lint.extends")),
            exclude: each(self, "lint.exclude"),
            external_ignore: each(self, "lint.external-ignore"),
            ..Lint::default()
        };
        if let Some(table) = self.table("lint.rules") {
            lint.rules = self.rule_settings("lint.rules", table);
        }
        for item in self.items("lint.paths") {
            let Some(table) = item.table() else { continue };
            let mut rules = PathRules::default();
            for (name, entry) in table {
                match (name.as_str(), &entry.node.value) {
                    ("files", Value::Text(text)) => {
                        rules.files.push(self.with_span(text.clone(), &entry.node));
                    }
                    ("files", Value::List(items)) => {
                        for item in items {
                            match item.text() {
                                Some(text) => rules.files.push(self.with_span(text, item)),
                                None => self.refuse(
                                    "`lint.paths.files` holds something that is no text",
                                    "write globs in quotes",
                                    item,
                                ),
                            }
                        }
                    }
                    ("rules", Value::Table(table)) => {
                        rules.rules = self.rule_settings("lint.paths.rules", table);
                    }
                    _ => self.refuse(
                        &format!("`lint.paths` takes no `{name}` such as this"),
                        "write `files = [\"drafts/**\"]` and `rules = { \"area/problem\" = \"off\" }`",
                        &entry.node,
                    ),
                }
            }
            if rules.files.is_empty() {
                let help = "write `files = [\"drafts/**\"]`";
                self.refuse("an entry of `lint.paths` names no files", help, item);
            }
            lint.paths.push(rules);
        }
        lint.front_matter = self.front_matter();
        lint
    }

    fn front_matter(&mut self) -> Vec<FrontMatterRules> {
        const PATH: &str = "lint.front-matter";
        let mut all = Vec::new();
        for item in self.items(PATH) {
            let Some(table) = item.table() else { continue };
            let mut rules =
                FrontMatterRules { span: self.span(&item.origin), ..FrontMatterRules::default() };
            let mut keywords = serde_json::Map::new();
            for (name, entry) in table {
                match (name.as_str(), &entry.node.value) {
                    ("files", _) => match self.option("lint.front-matter.files", &entry.node) {
                        Some(OptionValue::Text(text)) => {
                            rules.files.push(self.with_span(text, &entry.node));
                        }
                        Some(OptionValue::Texts(_)) => {
                            for item in entry.node.items() {
                                let text = item.text().unwrap_or_default();
                                rules.files.push(self.with_span(text, item));
                            }
                        }
                        _ => self.refuse(
                            "`files` of `lint.front-matter` holds something that is no text",
                            "write globs in quotes: `files = [\"how-to/**\"]`",
                            &entry.node,
                        ),
                    },
                    ("schema", Value::Text(_)) => {
                        rules.schema = self.file_of("lint.front-matter.schema", &entry.node);
                    }
                    ("schema", _) => self.refuse(
                        "`schema` of `lint.front-matter` is no file",
                        "name a file with a JSON Schema, or write its keywords into this table",
                        &entry.node,
                    ),
                    _ => {
                        let pointer = format!("/{}", escaped(name));
                        if let Some(span) = self.place(entry) {
                            rules.places.insert(pointer.clone(), span);
                        }
                        self.places_in(&entry.node, &pointer, &mut rules.places);
                        keywords.insert(name.clone(), entry.node.value.json());
                    }
                }
            }
            if keywords.is_empty() && rules.schema.is_none() {
                let help = "write `required = [\"title\"]`, or `schema = \"page.schema.json\"`";
                self.refuse("an entry of `lint.front-matter` asks for nothing", help, item);
                continue;
            }
            if !keywords.is_empty() {
                rules.keywords = serde_json::Value::Object(keywords).to_string();
            }
            all.push(rules);
        }
        all
    }

    /// Notes where the parts of a value are written. The depth is bounded by the parser.
    fn places_in(&self, node: &Node, pointer: &str, places: &mut BTreeMap<String, Span>) {
        match &node.value {
            Value::Table(table) => {
                for (name, entry) in table {
                    let pointer = format!("{pointer}/{}", escaped(name));
                    places.extend(self.place(entry).map(|span| (pointer.clone(), span)));
                    self.places_in(&entry.node, &pointer, places);
                }
            }
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    let pointer = format!("{pointer}/{index}");
                    places.extend(self.span(&item.origin).map(|span| (pointer.clone(), span)));
                    self.places_in(item, &pointer, places);
                }
            }
            _ => {}
        }
    }

    fn rule_settings(&mut self, path: &str, table: &Table) -> BTreeMap<String, RuleSetting> {
        let mut rules = BTreeMap::new();
        for (name, entry) in table {
            let mut setting = RuleSetting { span: self.place(entry), ..RuleSetting::default() };
            match &entry.node.value {
                Value::Text(word) => {
                    setting.level = self.level(&format!("{path}.\"{name}\""), word, &entry.node);
                }
                Value::Table(options) => {
                    for (option, entry) in options {
                        let what = format!("{path}.\"{name}\".{option}");
                        match (&entry.node.value, option.as_str()) {
                            (Value::Text(word), "level") => {
                                setting.level = self.level(&what, word, &entry.node);
                            }
                            _ => {
                                if let Some(value) = self.option(&what, &entry.node) {
                                    let value = self.with_span(value, &entry.node);
                                    setting.options.insert(option.clone(), value);
                                }
                            }
                        }
                    }
                }
                _ => self.refuse(
                    &format!("`{path}.\"{name}\"` must be a level or a table"),
                    LEVEL_HELP,
                    &entry.node,
                ),
            }
            rules.insert(name.clone(), setting);
        }
        rules
    }

    /// From the key to the end of the value.
    fn place(&self, entry: &Entry) -> Option<Span> {
        match (self.span(&entry.key), self.span(&entry.node.origin)) {
            (Some(key), Some(value)) if key.end <= value.start => {
                Some(Span { end: value.end, ..key })
            }
            (key, _) => key,
        }
    }

    fn level(&mut self, what: &str, word: &str, node: &Node) -> Option<RuleLevel> {
        let level = RuleLevel::read(word);
        if level.is_none() {
            self.refuse(&format!("`{what}`: `{word}` is no level"), LEVEL_HELP, node);
        }
        level
    }

    fn option(&mut self, what: &str, node: &Node) -> Option<OptionValue> {
        let value = match &node.value {
            Value::Bool(value) => Some(OptionValue::Bool(*value)),
            Value::Whole { value, .. } => value.map(OptionValue::Whole),
            Value::Text(text) => Some(OptionValue::Text(text.clone())),
            Value::List(items) => {
                let texts: Option<Vec<String>> = items.iter().map(Node::text).collect();
                texts.map(OptionValue::Texts)
            }
            _ => None,
        };
        if value.is_none() {
            let help = "options are texts, whole numbers, `true`, `false`, and lists of texts";
            self.refuse(&format!("`{what}` is {}", node.value.what()), help, node);
        }
        value
    }

    pub(super) fn terms(&mut self) -> BTreeMap<String, Term> {
        let mut terms = BTreeMap::new();
        for (name, entry) in self.table("terms").into_iter().flatten() {
            let mut term = Term {
                case: name.chars().any(char::is_uppercase),
                span: self.place(entry),
                ..Term::default()
            };
            let Some(table) = entry.node.table() else {
                let help = "write a table: `{ avoid = [\"e-mail\"] }`";
                self.refuse(&format!("`terms.{name}` must be a table"), help, &entry.node);
                continue;
            };
            for (key, entry) in table {
                match (key.as_str(), self.option(&format!("terms.{name}.{key}"), &entry.node)) {
                    ("avoid", Some(OptionValue::Texts(texts))) => term.avoid = texts,
                    ("avoid", Some(OptionValue::Text(text))) => term.avoid = vec![text],
                    ("expands", Some(OptionValue::Text(text))) => term.expands = Some(text),
                    ("definition", Some(OptionValue::Text(text))) => term.definition = Some(text),
                    ("case", Some(OptionValue::Bool(case))) => term.case = case,
                    (_, None) => {}
                    _ => self.refuse(
                        &format!("`terms.{name}.{key}` means nothing"),
                        "a term takes `avoid` (texts), `expands` and `definition` (text), and \
                         `case` (`true` or `false`)",
                        &entry.node,
                    ),
                }
            }
            terms.insert(name.clone(), term);
        }
        terms
    }
}
