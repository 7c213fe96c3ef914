//! Which rules check the prose of a folder: what the nearest configuration says.

use std::sync::Arc;

use super::codes::codes;
use crate::base::{Diagnostic, SourcePath};
use crate::config::{self, ConfigInput, Lint, Overrides, Settings};
use crate::lint::{
    LoadInput, MARKDOWNLINT_NAMES, NAMES, Opened, OwnInput, OwnRules, RuleSet, SchemaFiles, load,
    load_forms,
};
use crate::source::{FolderSource, Source};

const BOOK: &str = "book.toml";

/// Rules, and what is to be said about what they were read from.
#[derive(Debug)]
pub struct LoadedRules {
    /// The rules.
    pub rules: RuleSet,
    /// What was read and is not used.
    pub notes: Vec<Diagnostic>,
    /// The settings of the `book.toml` that was read.
    pub settings: Settings,
}

/// The configuration that counts for a folder of a source: the nearest `.vale.ini`, `book.toml`, or
/// configuration of markdownlint in it or above it; the folder itself where there is none.
pub fn nearest_rules(source: &dyn Source, folder: &SourcePath) -> SourcePath {
    let mut at = folder.clone();
    loop {
        let names = NAMES.iter().copied().chain([BOOK]).chain(MARKDOWNLINT_NAMES);
        let found = names.filter_map(|name| at.join(name).ok()).find(|path| source.is_file(path));
        if let Some(found) = found {
            return found;
        }
        if at.is_root() {
            return folder.clone();
        }
        at = at.parent();
    }
}

/// Loads the rules of a configuration: a `.vale.ini`, a `book.toml`, or a folder without either.
///
/// With a `.vale.ini` or a configuration of markdownlint and no `[lint]` in the `book.toml` beside
/// it, exactly what those say; else what `[lint]` says, or the default rules. Schemas of front matter count in any case.
///
/// # Errors
/// What is wrong with the configuration, so that there are no rules.
pub fn load_rules(
    source: &dyn Source,
    config: &SourcePath,
) -> Result<LoadedRules, Vec<Diagnostic>> {
    let folder = if source.is_file(config) { config.parent() } else { config.clone() };
    let settings = settings(source, config, &folder)?;
    let vale = NAMES.contains(&config.file_name()).then(|| config.clone());
    let extends = settings.lint.extends.as_ref();
    let asked = extends.is_some_and(|names| names.iter().any(|name| name.value == "vale"));
    let vale = vale.filter(|_| !settings.lint.set || asked);
    let mut rules = match &vale {
        Some(config) => styles(source, config, &folder)?,
        None => RuleSet::without_styles(&folder),
    };
    let mut notes = rules.notes().to_vec();
    let mut lint = settings.lint.clone();
    let asked = extends.is_some_and(|names| names.iter().any(|name| name.value == "markdownlint"));
    let mut forms = false;
    if asked || !lint.set {
        let set = &lint.rules;
        if let Some((found, more)) = load_forms(source, &folder, asked, set)? {
            rules = rules.with_forms(found);
            notes.extend(more);
            forms = true;
        }
    }
    if (vale.is_some() || forms) && !lint.set {
        if lint.front_matter.is_empty() {
            return Ok(LoadedRules { rules, notes, settings });
        }
        lint = Lint { extends: Some(Vec::new()), ..lint };
    }
    let own = own_rules(source, folder, &settings, &lint)?;
    Ok(LoadedRules { rules: rules.with_own(own), notes, settings })
}

/// What `[lint]` of the settings in a folder says of what is found in a site: the levels of its
/// findings. They keep their own ones where it cannot be read.
pub(super) fn site_rules(source: &dyn Source, folder: &SourcePath, settings: &Settings) -> RuleSet {
    let rules = RuleSet::without_styles(folder);
    match own_rules(source, folder.clone(), settings, &settings.lint) {
        Ok(own) => rules.with_own(own),
        Err(_) => rules,
    }
}

/// The rules of our own, as they are set.
fn own_rules(
    source: &dyn Source,
    folder: SourcePath,
    settings: &Settings,
    lint: &Lint,
) -> Result<OwnRules, Vec<Diagnostic>> {
    let named = lint.front_matter.iter().filter_map(|rules| rules.schema.as_ref());
    let schemas: SchemaFiles =
        named.map(|file| (file.value.clone(), source.read(&file.value).ok())).collect();
    let others: Vec<&'static str> = codes().iter().map(|code| code.id).collect();
    let (own, problems) = OwnRules::new(&OwnInput {
        lint,
        terms: &settings.terms,
        home: folder,
        others: &others,
        schemas: &schemas,
        base_url: settings.site.base_url.as_ref().map(|url| url.value.as_str()),
    });
    if problems.is_empty() { Ok(own) } else { Err(problems) }
}

/// The settings of the `book.toml` beside a configuration. What else is to be said of it than
/// that it cannot be relied on, `build` says.
fn settings(
    source: &dyn Source,
    config: &SourcePath,
    folder: &SourcePath,
) -> Result<Settings, Vec<Diagnostic>> {
    let named = config.extension() == Some("toml");
    let Ok(path) = (if named { Ok(config.clone()) } else { folder.join(BOOK) }) else {
        return Ok(Settings::default());
    };
    let bytes = source.read(&path).ok();
    let text = bytes.as_deref().map(String::from_utf8_lossy);
    let overrides = Overrides::default();
    let (settings, problems) = config::load(ConfigInput {
        path: &path,
        text: text.as_deref(),
        variables: &[],
        overrides: &overrides,
    });
    if config::is_fatal(&problems) { Err(problems) } else { Ok(settings) }
}

/// The rules of a `.vale.ini`.
fn styles(
    source: &dyn Source,
    config: &SourcePath,
    folder: &SourcePath,
) -> Result<RuleSet, Vec<Diagnostic>> {
    let home = source.folder().map(|top| top.join(folder.as_str()));
    let open = |path: &str| -> Option<Opened> {
        let (source, root) = FolderSource::open(&home.as_ref()?.join(path)).ok()?;
        Some((Arc::new(source), root))
    };
    load(&LoadInput { source, config: config.clone(), open: &open })
}
