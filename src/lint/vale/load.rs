//! From the configuration file to a set of rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::checks::KINDS;
use super::config::{self, Config, Toggle};
use super::library::{Folder, Library, Read};
use super::rule_file::{self, Build, Problem, RuleFile, Surroundings};
use super::vocabulary::{Vocabulary, terms};
use crate::base::{ContentHash, Diagnostic, SourcePath, Span, nearest};
use crate::lint::codes;
use crate::lint::pattern::Pattern;
use crate::lint::rules::{Rule, RuleSet, Setting, WordList};
use crate::lint::spelling::Dictionaries;
use crate::source::Source;

/// The names that the configuration may have, in the order in which they are looked for.
pub const NAMES: [&str; 5] = [".vale", "_vale", "vale.ini", ".vale.ini", "_vale.ini"];

/// A styles folder that lies outside of the source.
pub type Opened = (Arc<dyn Source>, SourcePath);

/// What rules are loaded from.
pub struct LoadInput<'a> {
    /// The source of the configuration and of all files.
    pub source: &'a dyn Source,
    /// The configuration.
    pub config: SourcePath,
    /// Opens a styles folder that the source does not hold, by its path as the configuration
    /// writes it; none where there is no such folder.
    pub open: &'a dyn Fn(&str) -> Option<Opened>,
}

impl std::fmt::Debug for LoadInput<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoadInput").field("config", &self.config).finish_non_exhaustive()
    }
}

/// Loads the rules that a configuration names.
///
/// # Errors
/// Everything that is wrong with the configuration, the styles and the rules, each at its place.
pub fn load(input: &LoadInput) -> Result<RuleSet, Vec<Diagnostic>> {
    let mut outside: Vec<Opened> = Vec::new();
    // Which folders there are says the configuration, and what it says in the end may depend on
    // what packages left in them: first the project's own, then all of it.
    let home = Folder { source: input.source, path: input.config.parent() };
    let scratch = Library::default();
    let Some(own) = scratch.read(input.source, input.config.clone()) else {
        let message = format!("`{}` cannot be read", input.config);
        let span = Span::start_of(input.config.clone());
        return Err(vec![Diagnostic::new(&codes::CONFIG, message).at(span)]);
    };
    let plain = |problems: Vec<Problem>| problems.into_iter().map(|problem| *problem).collect();
    let first = config::read(std::slice::from_ref(&own)).map_err(plain)?;
    for path in &first.styles_paths {
        if inside(&home, &path.name).is_none()
            && let Some(opened) = (input.open)(&path.name)
        {
            outside.push(opened);
        }
    }
    let mut opened = outside.iter();
    let mut library = Library::default();
    let mut problems: Vec<Problem> = Vec::new();
    for path in &first.styles_paths {
        let folder = match inside(&home, &path.name) {
            Some(folder) => Some(folder),
            None => opened
                .next()
                .map(|(source, path)| Folder { source: source.as_ref(), path: path.clone() }),
        };
        match folder {
            Some(folder) => library.folders.push(folder),
            None => {
                let message = format!("there is no folder `{}`", path.name);
                let help = "`StylesPath` counts from the folder of the configuration; put the \
                            styles there, or fetch packages with `copydesk lint sync`";
                let missing = Diagnostic::new(&codes::STYLE, message).at(path.at.clone());
                problems.push(Box::new(missing.help(help)));
            }
        }
    }
    if !problems.is_empty() {
        return Err(plain(problems));
    }
    // The project's styles are searched first.
    library.folders.reverse();
    let mut files = packages(&library);
    files.extend(library.read(input.source, input.config.clone()));
    let config = config::read(&files).map_err(plain)?;
    let mut loader = Loader {
        library: &library,
        config: &config,
        rules: Vec::new(),
        problems: Vec::new(),
        notes: config.notes.clone(),
        files: Vec::new(),
    };
    let vocabulary = Arc::new(loader.vocabulary());
    loader.find_rules(&vocabulary);
    let Loader { rules: found, mut problems, mut notes, .. } = loader;
    let dictionaries = Dictionaries::default();
    let surroundings = Surroundings {
        vocabulary,
        word_template: config.word_template.clone(),
        library: &library,
        home: Folder { source: input.source, path: input.config.parent() },
        dictionaries: &dictionaries,
    };
    let mut rules = Vec::new();
    for file in &found {
        match build(file, &surroundings) {
            Ok(Some(mut rule)) => {
                rule.settings = settings(&config, &rule.name);
                rules.push(rule);
            }
            Ok(None) => {
                let kind = file.kind.name;
                let message = format!("`{}` is a `{kind}` rule and is not run", file.name);
                notes.push(Diagnostic::new(&codes::NOT_RUN, message).at(file.span.clone()));
            }
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(plain(problems));
    }
    let hash = ContentHash::of(format!("{}\0{}", input.config, library.hash()).as_bytes());
    let words = found
        .iter()
        .filter(|file| file.kind.name == "spelling")
        .filter_map(|file| Some((file.name.clone(), word_list(file, &surroundings, &config)?)))
        .collect();
    let rules = RuleSet::new(rules, config, notes, hash, input.config.clone());
    Ok(rules.with_word_lists(words))
}

/// The file of the source that words are added to which a rule about spelling is to accept: of the
/// project's vocabulary, or else of the words that the rule itself leaves alone.
fn word_list(rule: &RuleFile, around: &Surroundings<'_>, config: &Config) -> Option<WordList> {
    let Surroundings { library, home, .. } = around;
    let inside = || library.folders.iter().filter(|f| std::ptr::addr_eq(f.source, home.source));
    let accepted = config.vocabularies.iter().flat_map(|vocabulary| {
        let name = format!("config/vocabularies/{}/accept.txt", vocabulary.name);
        inside().filter_map(move |folder| folder.path.join(&name).ok())
    });
    let accepted = accepted.into_iter().find(|path| home.source.is_file(path));
    if let Some(path) = accepted {
        return Some(WordList { path, patterns: true });
    }
    let path = match rule.name == "Vale.Spelling" {
        true => inside().find_map(|folder| {
            let known = library.list(folder, rule_file::IGNORED);
            let known = known.into_iter().find(|path| path.extension() == Some("txt"));
            known.or_else(|| folder.path.join(&format!("{}/words.txt", rule_file::IGNORED)).ok())
        }),
        false => {
            let mut places = Vec::new();
            for name in rule.texts("ignore") {
                for place in rule_file::PLACES {
                    let name = format!("{place}{name}");
                    places.extend(inside().filter_map(|folder| folder.path.join(&name).ok()));
                }
                places.extend(home.path.join(&name).ok());
            }
            places.into_iter().find(|path| home.source.is_file(path))
        }
    };
    path.map(|path| WordList { path, patterns: false })
}

/// A folder of the same source; none where the path leads out of it or nothing is there.
fn inside<'a>(home: &Folder<'a>, path: &str) -> Option<Folder<'a>> {
    if path.starts_with('/') {
        return None;
    }
    let path = home.path.join(path).ok()?;
    let found = home.source.list(&path, &[]).ok()?;
    (!found.files.is_empty()).then_some(Folder { source: home.source, path })
}

/// Configuration that packages brought.
fn packages(library: &Library) -> Vec<Read> {
    let mut files = Vec::new();
    for folder in library.folders.iter().rev() {
        for path in library.list(folder, ".vale-config") {
            if path.extension() == Some("ini") {
                files.extend(library.read(folder.source, path));
            }
        }
    }
    files
}

struct Loader<'a, 'l> {
    library: &'a Library<'l>,
    config: &'a Config,
    rules: Vec<RuleFile>,
    problems: Vec<Problem>,
    notes: Vec<Diagnostic>,
    files: Vec<SourcePath>,
}

impl Loader<'_, '_> {
    fn vocabulary(&mut self) -> Vocabulary {
        let mut accepted = Vec::new();
        let mut rejected = Vec::new();
        for vocabulary in &self.config.vocabularies {
            let name = &vocabulary.name;
            let found = self.library.folders.iter().find_map(|folder| {
                let files = self.library.list(folder, &format!("config/vocabularies/{name}"));
                (!files.is_empty()).then_some((folder, files))
            });
            let Some((folder, files)) = found else {
                let message = format!("there is no vocabulary `{name}`");
                let help = format!(
                    "it is looked for in `config/vocabularies/{name}` of the styles folder"
                );
                let missing = Diagnostic::new(&codes::VOCABULARY, message);
                self.problems.push(Box::new(missing.at(vocabulary.at.clone()).help(help)));
                continue;
            };
            for path in files {
                let list = match path.file_name() {
                    "accept.txt" => &mut accepted,
                    "reject.txt" => &mut rejected,
                    _ => continue,
                };
                let Some(read) = self.library.read(folder.source, path) else { continue };
                for (at, term) in terms(&read.text()) {
                    match Pattern::new(term) {
                        Ok(_) => list.push(term.to_owned()),
                        Err(why) => {
                            let message = format!("the term `{term}` cannot be read: {}", why.0);
                            let span = Span::new(read.path.clone(), at);
                            let bad = Diagnostic::new(&codes::PATTERN, message).at(span);
                            self.problems.push(Box::new(bad));
                        }
                    }
                }
            }
        }
        Vocabulary::new(accepted, rejected)
    }

    /// All rules that any section names.
    fn find_rules(&mut self, vocabulary: &Vocabulary) {
        let mut styles: BTreeSet<&str> = BTreeSet::new();
        let mut single: BTreeSet<&str> = BTreeSet::new();
        for section in &self.config.sections {
            for style in section.styles.iter().flatten() {
                if styles.insert(&style.name) && style.name != "Vale" {
                    self.style(&style.name, &style.at);
                }
            }
            for (name, (toggle, _)) in &section.toggles {
                if *toggle != Toggle::Off && name.contains('.') {
                    single.insert(name);
                }
            }
        }
        for name in single {
            let style = name.split('.').next().unwrap_or_default();
            if style == "Vale" {
                styles.insert("Vale");
            } else if !styles.contains(style) {
                let relative = format!("{}.yml", name.replace('.', "/"));
                if let Some(read) = self.library.find(&relative) {
                    self.rule(name, &read);
                }
            }
        }
        if styles.contains("Vale") {
            self.built_in(vocabulary);
        }
        self.rules.sort_by(|a, b| a.name.cmp(&b.name));
    }

    fn style(&mut self, style: &str, at: &Span) {
        for folder in &self.library.folders {
            let files = self.library.list(folder, style);
            let Ok(top) = folder.path.join(style) else { continue };
            if files.is_empty() || style.is_empty() {
                continue;
            }
            for path in files {
                let Some(below) = path.strip_prefix(&top) else { continue };
                let hidden = below.parent().components().any(|part| part.starts_with(['.', '_']));
                if hidden || below.extension() != Some("yml") {
                    continue;
                }
                // Tests of rules stand beside them.
                if below.file_name().ends_with(".test.yml") {
                    continue;
                }
                let stem = below.file_name().split('.').next().unwrap_or_default();
                let folders = below.parent();
                let folders = folders.components().filter(|part| !part.is_empty());
                let name: Vec<&str> = std::iter::once(style).chain(folders).chain([stem]).collect();
                let name = name.join(".");
                if let Some(read) = self.library.read(folder.source, path.clone()) {
                    self.rule(&name, &read);
                }
            }
            return;
        }
        let known = self.known_styles();
        let message = format!("there is no style `{style}`");
        let mut missing = Diagnostic::new(&codes::STYLE, message).at(at.clone());
        missing.help = Some(match nearest(style, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a style is a folder in `StylesPath`; `copydesk lint sync` fetches those of packages"
                .to_owned(),
        });
        self.problems.push(Box::new(missing));
    }

    fn known_styles(&self) -> BTreeSet<String> {
        let mut known = BTreeSet::from(["Vale".to_owned()]);
        for folder in &self.library.folders {
            for path in self.library.list(folder, "") {
                let below = path.strip_prefix(&folder.path);
                known.extend(below.iter().filter_map(|p| p.components().next()).map(str::to_owned));
            }
        }
        known
    }

    fn rule(&mut self, name: &str, read: &Read) {
        if self.rules.iter().any(|rule| rule.name == name) || self.files.contains(&read.path) {
            return;
        }
        self.files.push(read.path.clone());
        match rule_file::read(name, read, self.library) {
            Ok(rule) => self.rules.push(rule),
            Err(problems) => self.problems.extend(problems),
        }
    }

    /// The style that has no folder.
    fn built_in(&mut self, vocabulary: &Vocabulary) {
        let mut files = vec![
            (
                "Vale.Repetition",
                "extends: repetition\nmessage: \"'%s' is repeated!\"\nlevel: error\nignorecase: true\n\
                 alpha: true\naction:\n  name: edit\n  params: [truncate, ' ']\ntokens:\n  - '[^\\s.!?]+'\n"
                    .to_owned(),
            ),
            (
                "Vale.Spelling",
                "extends: spelling\nmessage: \"Did you really mean '%s'?\"\nlevel: error\n\
                 action:\n  name: suggest\n  params: [spellings]\n"
                    .to_owned(),
            ),
        ];
        let quoted = |term: &str| format!("'{}'", term.replace('\'', "''"));
        if !vocabulary.accepted.is_empty() {
            let mut terms: Vec<&String> = Vec::new();
            for term in &vocabulary.accepted {
                // Of spellings that differ in case the last one counts.
                terms.retain(|other| other.to_lowercase() != term.to_lowercase());
                terms.push(term);
            }
            let swaps: String =
                terms.iter().map(|term| format!("  {0}: {0}\n", quoted(term))).collect();
            files.push((
                "Vale.Terms",
                format!(
                    "extends: substitution\nmessage: \"Use '%s' instead of '%s'.\"\nlevel: error\n\
                     ignorecase: true\nvocab: false\nswap:\n{swaps}"
                ),
            ));
        }
        if !vocabulary.rejected.is_empty() {
            let tokens: String =
                vocabulary.rejected.iter().map(|term| format!("  - {}\n", quoted(term))).collect();
            files.push((
                "Vale.Avoid",
                format!("extends: existence\nmessage: \"Avoid using '%s'.\"\nlevel: error\ntokens:\n{tokens}"),
            ));
        }
        for (name, text) in files {
            let Ok(path) = SourcePath::new(format!("{}.yml", name.replace('.', "/"))) else {
                continue;
            };
            let read = Read { path, bytes: Arc::from(text.into_bytes()) };
            self.rule(name, &read);
        }
    }
}

/// A rule that runs; none for kinds that are not run.
fn build(file: &RuleFile, surroundings: &Surroundings) -> Result<Option<Rule>, Problem> {
    let Some(make) = file.kind.build else { return Ok(None) };
    let mut build = Build::new(file, surroundings)?;
    let selector = build.selector()?;
    let check = make(&mut build)?;
    let kind = KINDS.iter().find(|kind| kind.name == file.kind.name);
    Ok(Some(Rule {
        name: file.name.clone(),
        kind: file.kind.name,
        level: build.level(),
        page: kind.is_some_and(|kind| kind.page),
        selector,
        limit: build.count("limit")?.unwrap_or(0),
        message: build.message().to_owned(),
        description: build.text("description")?.unwrap_or_default(),
        link: build.text("link")?.unwrap_or_default(),
        action: build.action().clone(),
        span: file.span.clone(),
        settings: Vec::new(),
        check,
    }))
}

/// Where the configuration speaks of a rule.
fn settings(config: &Config, rule: &str) -> Vec<Setting> {
    let style = rule.split('.').next().unwrap_or_default();
    let mut settings = Vec::new();
    for section in &config.sections {
        for named in section.styles.iter().flatten() {
            if named.name == style {
                let what = "BasedOnStyles".to_owned();
                let files = section.name.clone();
                settings.push(Setting { files, what, on: true, span: named.at.clone() });
            }
        }
        for name in [style, rule] {
            if let Some((toggle, at)) = section.toggles.get(name) {
                let what = match toggle {
                    Toggle::Off => "NO".to_owned(),
                    Toggle::On => "YES".to_owned(),
                    Toggle::Level(level) => level.word().to_owned(),
                };
                let (files, on) = (section.name.clone(), *toggle != Toggle::Off);
                settings.push(Setting { files, what, on, span: at.clone() });
            }
        }
    }
    settings
}
