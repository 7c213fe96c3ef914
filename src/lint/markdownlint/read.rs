//! The configurations of a repository are read, folder by folder.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::config::{CLI2, NAMES, Setting, check, entries, merged, read};
use crate::base::{Diagnostic, SourcePath, Span};
use crate::lint::codes;
use crate::source::Source;

/// `extends` may go so deep.
const MAX_EXTENDS: usize = 10;

/// What the configurations of a folder say.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// `.markdownlint-cli2.*`
    pub options: Option<Vec<Setting>>,
    /// `config` in it.
    pub options_config: Option<Vec<Setting>>,
    /// `.markdownlint.*`
    pub config: Option<Vec<Setting>>,
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub folders: BTreeMap<SourcePath, Written>,
    pub notes: Vec<Diagnostic>,
    pub problems: Vec<Diagnostic>,
    /// The files with their bytes.
    pub read: Vec<(SourcePath, Vec<u8>)>,
}

impl Reading {
    /// Reads all configurations below a folder.
    pub(super) fn below(source: &dyn Source, folder: &SourcePath) -> Reading {
        let mut reading = Reading::default();
        let listed = source.list(folder, &[]);
        let files = listed.map(|listing| listing.files).unwrap_or_default();
        let mut found: BTreeMap<SourcePath, BTreeSet<usize>> = BTreeMap::new();
        for file in &files {
            if let Some(index) = NAMES.iter().position(|name| *name == file.path.file_name()) {
                found.entry(file.path.parent()).or_default().insert(index);
            }
        }
        // A configuration that git ignores counts where it is the one that was found.
        for (index, name) in NAMES.iter().enumerate() {
            if folder.join(name).is_ok_and(|path| source.is_file(&path)) {
                found.entry(folder.clone()).or_default().insert(index);
            }
        }
        for (folder, names) in found {
            let mut written = Written::default();
            let cli2 = names.iter().find(|index| **index < CLI2);
            let plain = names.iter().find(|index| **index >= CLI2);
            let path = |index: Option<&usize>| {
                index.and_then(|index| NAMES.get(*index)).and_then(|name| folder.join(name).ok())
            };
            if let Some(path) = path(cli2) {
                written.options = reading.file(source, &path);
                if let Some(options) = &written.options {
                    let config = options.iter().find(|setting| setting.key == "config");
                    let config = config.and_then(table);
                    written.options_config =
                        config.map(|config| reading.extended(source, config, &path, 0));
                    reading.unused(&written.options);
                }
            }
            if let Some(path) = path(plain) {
                written.config = reading
                    .file(source, &path)
                    .map(|config| reading.extended(source, config, &path, 0));
            }
            for setting in written.options_config.iter().chain(&written.config).flatten() {
                reading.notes.extend(check(setting));
            }
            reading.folders.insert(folder, written);
        }
        reading
    }

    fn file(&mut self, source: &dyn Source, path: &SourcePath) -> Option<Vec<Setting>> {
        let bytes = match source.read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let message = error.to_string();
                let said = Diagnostic::new(&codes::BAD_MARKDOWNLINT, message);
                self.problems.push(said.at(Span::start_of(path.clone())));
                return None;
            }
        };
        self.read.push((path.clone(), bytes.to_vec()));
        match read(path, &bytes) {
            Ok(None) => Some(Vec::new()),
            Ok(Some(value)) => {
                let range = value.range.clone();
                let settings = entries(value, path);
                if settings.is_none() {
                    let message = format!("`{path}` holds no table");
                    let said = Diagnostic::new(&codes::BAD_MARKDOWNLINT, message)
                        .at(Span::new(path.clone(), range))
                        .help("write names of rules with what is set of them");
                    self.problems.push(said);
                }
                settings
            }
            Err(said) => {
                self.problems.push(*said);
                None
            }
        }
    }

    /// Settings with what they extend.
    fn extended(
        &mut self,
        source: &dyn Source,
        settings: Vec<Setting>,
        path: &SourcePath,
        depth: usize,
    ) -> Vec<Setting> {
        let Some(extends) = settings.iter().find(|setting| setting.key == "extends").cloned()
        else {
            return settings;
        };
        let rest: Vec<Setting> =
            settings.into_iter().filter(|setting| setting.key != "extends").collect();
        let span = extends.span.clone().unwrap_or_else(|| Span::start_of(path.clone()));
        let Json::String(name) = &extends.value else {
            if !extends.value.is_null() {
                let said = Diagnostic::new(&codes::BAD_MARKDOWNLINT, "`extends` names no file");
                self.problems.push(said.at(span).help("write the path of a configuration"));
            }
            return rest;
        };
        let file = path.parent().join(name).ok().filter(|file| source.is_file(file));
        match file {
            Some(file) if depth < MAX_EXTENDS && file != *path => {
                let below = self.file(source, &file).unwrap_or_default();
                let below = self.extended(source, below, &file, depth + 1);
                merged(below, rest)
            }
            Some(_) => {
                let message = format!("`{name}` extends itself");
                let said = Diagnostic::new(&codes::BAD_MARKDOWNLINT, message).at(span);
                self.problems.push(said.help("break the circle"));
                rest
            }
            None => {
                let message =
                    format!("`extends` names `{name}`, which is no file of the repository");
                let said = Diagnostic::new(&codes::BAD_MARKDOWNLINT, message).at(span);
                self.problems.push(said.help("name a file; packages of npm are not looked for"));
                rest
            }
        }
    }

    /// Tells of options that nothing comes of.
    fn unused(&mut self, options: &Option<Vec<Setting>>) {
        for setting in options.iter().flatten() {
            let why = match setting.key.as_str() {
                "customRules" => "rules written in JavaScript are not run",
                "markdownItPlugins" => "plugins written in JavaScript are not run",
                "outputFormatters" => "`--format` says how findings are printed",
                "fix" => "`copydesk lint --fix` mends",
                _ => continue,
            };
            let message = format!("`{}` has no effect", setting.key);
            let mut said = Diagnostic::new(&codes::IDLE_MARKDOWNLINT, message).help(why);
            if let Some(span) = &setting.span {
                said = said.at(span.clone());
            }
            self.notes.push(said);
        }
    }
}

/// The settings in a value that is a table. Its parts have the place of the whole.
pub(super) fn table(setting: &Setting) -> Option<Vec<Setting>> {
    let Json::Object(map) = &setting.value else { return None };
    let inner = |(key, value): (&String, &Json)| Setting {
        key: key.clone(),
        value: value.clone(),
        span: setting.span.clone(),
    };
    Some(map.iter().map(inner).collect())
}
