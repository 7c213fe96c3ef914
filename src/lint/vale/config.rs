//! `.vale.ini`, read and checked.

use std::collections::BTreeMap;

use super::ini::{self, Entry, Ini};
use super::library::Read;
use super::rule_file::{Problem, severity};
use crate::base::{Code, Diagnostic, Glob, Severity, Span};
use crate::lint::codes;
use crate::lint::pattern::Pattern;

/// Whether a rule is switched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Toggle {
    Off,
    On,
    /// On, with a level.
    Level(Severity),
}

/// A text and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub name: String,
    pub at: Span,
}

/// `[glob]`
#[derive(Debug, Default)]
pub(crate) struct Section {
    pub name: String,
    /// None for `[*]`, which is for all files.
    pub glob: Option<Glob>,
    /// `BasedOnStyles`, where it stands there.
    pub styles: Option<Vec<Named>>,
    /// `Style.Rule = value` and `Style = level`.
    pub toggles: BTreeMap<String, (Toggle, Span)>,
    pub block_ignores: Vec<Pattern>,
    pub token_ignores: Vec<Pattern>,
    pub comment_delimiters: Option<(String, String)>,
}

/// Everything that the configuration says.
#[derive(Debug)]
pub(crate) struct Config {
    /// As they are written, the project's last.
    pub styles_paths: Vec<Named>,
    pub min_level: Severity,
    pub vocabularies: Vec<Named>,
    pub ignored_scopes: Vec<String>,
    pub skipped_scopes: Vec<String>,
    pub ignored_classes: Vec<String>,
    pub word_template: Option<String>,
    /// Extension to extension.
    pub formats: BTreeMap<String, String>,
    /// In order, `[*]` among them.
    pub sections: Vec<Section>,
    /// What is read and left alone.
    pub notes: Vec<Diagnostic>,
}

impl Config {
    /// A configuration that says nothing.
    pub(crate) fn empty() -> Config {
        Config {
            styles_paths: Vec::new(),
            min_level: Severity::Advice,
            vocabularies: Vec::new(),
            ignored_scopes: Vec::new(),
            skipped_scopes: Vec::new(),
            ignored_classes: Vec::new(),
            word_template: None,
            formats: BTreeMap::new(),
            sections: Vec::new(),
            notes: Vec::new(),
        }
    }
}

const CORE: [&str; 10] = [
    "StylesPath",
    "MinAlertLevel",
    "IgnoredScopes",
    "WordTemplate",
    "SkippedScopes",
    "IgnoredClasses",
    "Vocab",
    "NLPEndpoint",
    "Packages",
    "Filters",
];
const SYNTAX: [&str; 8] = [
    "BasedOnStyles",
    "IgnorePatterns",
    "BlockIgnores",
    "CommentDelimiters",
    "TokenIgnores",
    "Transform",
    "Lang",
    "View",
];

/// Files of configuration, those of packages first, become one.
pub(crate) fn read(files: &[Read]) -> Result<Config, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut parsed: Vec<(&Read, Ini)> = Vec::new();
    for file in files {
        match ini::parse(&file.text()) {
            Ok(ini) => parsed.push((file, ini)),
            Err(bad) => {
                let span = Span::new(file.path.clone(), bad.at);
                problems.push(problem(&codes::CONFIG, span, bad.message));
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut reader = Reader { problems, config: Config::empty() };
    for (file, ini) in &parsed {
        for section in &ini.sections {
            // In one file the first of equal switches counts; later files come over earlier ones.
            let mut switched = Vec::new();
            for entry in &section.entries {
                let place = Place { file, entry };
                match section.name.as_str() {
                    "" => reader.core(&place),
                    "formats" => {
                        let (from, to) = (&entry.key, &entry.value);
                        reader.config.formats.insert(from.clone(), to.clone());
                    }
                    "asciidoctor" => {}
                    name => {
                        if !switched.contains(&&entry.key) || SYNTAX.contains(&entry.key.as_str()) {
                            reader.syntax(name, &place);
                        }
                        switched.push(&entry.key);
                    }
                }
            }
            if !matches!(section.name.as_str(), "" | "formats" | "asciidoctor") {
                reader.section(&section.name, &Span::start_of(file.path.clone()));
            }
        }
    }
    for section in &mut reader.config.sections {
        section.styles = section.styles.take().map(unique);
    }
    if reader.problems.is_empty() { Ok(reader.config) } else { Err(reader.problems) }
}

fn unique(names: Vec<Named>) -> Vec<Named> {
    let mut kept: Vec<Named> = Vec::new();
    for name in names {
        if !kept.iter().any(|other| other.name == name.name) {
            kept.push(name);
        }
    }
    kept
}

fn problem(code: &'static Code, span: Span, message: impl Into<String>) -> Problem {
    Box::new(Diagnostic::new(code, message).at(span))
}

struct Place<'a> {
    file: &'a Read,
    entry: &'a Entry,
}

impl Place<'_> {
    fn key(&self) -> Span {
        Span::new(self.file.path.clone(), self.entry.at.clone())
    }

    fn value(&self) -> Span {
        Span::new(self.file.path.clone(), self.entry.value_at.clone())
    }

    fn names(&self) -> Vec<Named> {
        let at = self.value();
        let names = ini::list(&self.entry.value).into_iter();
        names.map(|name| Named { name, at: at.clone() }).collect()
    }
}

struct Reader {
    problems: Vec<Problem>,
    config: Config,
}

impl Reader {
    fn tell(&mut self, at: Span, message: String, help: &str) {
        let diagnostic = Diagnostic::new(&codes::CONFIG, message).at(at).help(help);
        self.problems.push(Box::new(diagnostic));
    }

    fn core(&mut self, place: &Place) {
        let config = &mut self.config;
        let entry = place.entry;
        let add = |list: &mut Vec<String>| list.extend(ini::list(&entry.value));
        match entry.key.as_str() {
            "StylesPath" => {
                config.styles_paths.push(Named { name: entry.value.clone(), at: place.value() });
            }
            "MinAlertLevel" => {
                let last = ini::list(&entry.value).pop().unwrap_or_default();
                match severity(&last) {
                    Some(level) => config.min_level = level,
                    None => self.tell(
                        place.value(),
                        format!("`{last}` is no level"),
                        "write `suggestion`, `warning` or `error`",
                    ),
                }
            }
            "IgnoredScopes" => add(&mut config.ignored_scopes),
            "SkippedScopes" => add(&mut config.skipped_scopes),
            "IgnoredClasses" => add(&mut config.ignored_classes),
            "WordTemplate" => config.word_template = Some(entry.value.clone()),
            "Vocab" => config.vocabularies.extend(place.names()),
            "NLPEndpoint" => self.note(place),
            key if SYNTAX.contains(&key) => self.tell(
                place.key(),
                format!("`{key}` stands above all sections"),
                "put it below a section, such as `[*.md]`",
            ),
            _ => {}
        }
    }

    fn note(&mut self, place: &Place) {
        let message = format!("`{}` has no effect here", place.entry.key);
        self.config.notes.push(Diagnostic::new(&codes::UNSUPPORTED, message).at(place.key()));
    }

    /// The section of a name, made where there is none yet.
    fn section(&mut self, name: &str, at: &Span) -> Option<&mut Section> {
        let known = self.config.sections.iter().position(|section| section.name == name);
        let index = match known {
            Some(index) => index,
            None => {
                let glob = if name == "*" {
                    None
                } else {
                    match Glob::new(name) {
                        Ok(glob) => Some(glob),
                        Err(why) => {
                            let message = format!("`[{name}]` names no files: {why}");
                            self.tell(at.clone(), message, "write a pattern such as `*.md`");
                            return None;
                        }
                    }
                };
                let section = Section { name: name.to_owned(), glob, ..Section::default() };
                self.config.sections.push(section);
                self.config.sections.len() - 1
            }
        };
        self.config.sections.get_mut(index)
    }

    fn syntax(&mut self, name: &str, place: &Place) {
        let entry = place.entry;
        let key = entry.key.as_str();
        if CORE.contains(&key) {
            return self.tell(
                place.key(),
                format!("`{key}` stands below a section"),
                "put it above all sections: it is for all files",
            );
        }
        match key {
            "Transform" | "View" => return self.note(place),
            "Lang" => return,
            _ => {}
        }
        if key == "CommentDelimiters" {
            let delimiters = ini::list(&entry.value);
            let [open, close] = delimiters.as_slice() else {
                let message =
                    format!("`CommentDelimiters` needs two values and has {}", delimiters.len());
                return self.tell(place.value(), message, "write `CommentDelimiters = {/*, */}`");
            };
            let pair = (open.clone(), close.clone());
            if let Some(section) = self.section(name, &place.key()) {
                section.comment_delimiters = Some(pair);
            }
            return;
        }
        if matches!(key, "BlockIgnores" | "TokenIgnores" | "IgnorePatterns") {
            let mut patterns = Vec::new();
            for source in ini::list(&entry.value) {
                match Pattern::new(&source) {
                    Ok(pattern) => patterns.push(pattern),
                    Err(why) => {
                        let message = format!("the pattern `{source}` cannot be read: {}", why.0);
                        self.problems.push(problem(&codes::PATTERN, place.value(), message));
                    }
                }
            }
            if let Some(section) = self.section(name, &place.key()) {
                let list = if key == "TokenIgnores" {
                    &mut section.token_ignores
                } else {
                    &mut section.block_ignores
                };
                list.extend(patterns);
            }
            return;
        }
        let names = place.names();
        let (at, value) = (place.key(), entry.value.as_str());
        let Some(section) = self.section(name, &at) else { return };
        if key == "BasedOnStyles" {
            section.styles.get_or_insert_default().extend(names);
            return;
        }
        let toggle = match value {
            "YES" => Toggle::On,
            level => severity(level).map_or(Toggle::Off, Toggle::Level),
        };
        section.toggles.insert(key.to_owned(), (toggle, at));
    }
}

/// What the configuration says about one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FileRules {
    /// The styles that run.
    pub styles: Vec<String>,
    /// By rule: the last switch of a matching section.
    pub switched: BTreeMap<String, Toggle>,
    /// By rule: the switch of `[*]`.
    pub global: BTreeMap<String, Toggle>,
}

impl Config {
    /// The sections for a path, `[*]` not among them.
    fn matching<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Section> {
        self.sections
            .iter()
            .filter(move |section| section.glob.as_ref().is_some_and(|glob| glob.matches(path)))
    }

    fn global(&self) -> Option<&Section> {
        self.sections.iter().find(|section| section.glob.is_none())
    }

    /// The rules for a file, by its path from the folder of the configuration.
    pub(crate) fn rules_for(&self, path: &str) -> FileRules {
        let names = |styles: &[Named]| styles.iter().map(|style| style.name.clone()).collect();
        let mut rules = FileRules::default();
        if let Some(global) = self.global() {
            rules.styles = global.styles.as_deref().map(names).unwrap_or_default();
            for (name, (toggle, _)) in &global.toggles {
                rules.global.insert(name.clone(), *toggle);
            }
        }
        for section in self.matching(path) {
            if let Some(styles) = &section.styles {
                rules.styles = names(styles);
            }
            for (name, (toggle, _)) in &section.toggles {
                rules.switched.insert(name.clone(), *toggle);
            }
        }
        rules
    }

    /// Whether a file has any rules.
    pub(crate) fn concerns(&self, path: &str) -> bool {
        if self.sections.iter().any(|section| !section.toggles.is_empty()) {
            return !self.rules_for(path).is_empty();
        }
        let global = self.global().into_iter().chain(self.matching(path));
        let styles = global.filter_map(|section| section.styles.as_ref()).last();
        styles.is_some_and(|styles| !styles.is_empty())
    }

    /// Sections whose ignores count for a file: they may also name just its extension.
    pub(crate) fn ignoring<'a>(
        &'a self,
        path: &'a str,
        extensions: &'a [String],
    ) -> impl Iterator<Item = &'a Section> {
        self.sections.iter().filter(move |section| match &section.glob {
            None => true,
            Some(glob) => {
                glob.matches(path) || extensions.iter().any(|extension| glob.matches(extension))
            }
        })
    }
}

impl FileRules {
    /// Whether a rule runs, and with what level where its own does not count.
    pub(crate) fn state(&self, rule: &str) -> (bool, Option<Severity>) {
        let style = rule.split('.').next().unwrap_or_default();
        let level = [&self.switched, &self.global]
            .into_iter()
            .flat_map(|switches| [switches.get(rule), switches.get(style)])
            .flatten()
            .find_map(|toggle| match toggle {
                Toggle::Level(level) => Some(*level),
                _ => None,
            });
        let switch = self.switched.get(rule).or_else(|| self.global.get(rule));
        let on = match switch {
            Some(Toggle::Off) => false,
            Some(_) => true,
            None => self.styles.iter().any(|other| other == style),
        };
        (on, level)
    }

    /// Whether no rule runs at all.
    pub(crate) fn is_empty(&self) -> bool {
        let on = |switches: &BTreeMap<String, Toggle>| {
            switches.values().any(|toggle| *toggle != Toggle::Off)
        };
        self.styles.is_empty() && !on(&self.switched) && !on(&self.global)
    }
}
