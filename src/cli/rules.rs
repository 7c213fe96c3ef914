//! `copydesk rules`, and the project that `lint` and `rules` share: its configuration and its files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::build::CACHE;
use super::ci::Ci;
use super::lint::shown;
use super::{Exit, Terminal, input};
use crate::base::{Diagnostic, LineIndex, SourcePath, Span};
use crate::config::{self, ConfigInput, Overrides, Settings};
use crate::history::BaseNames;
use crate::lint::{MARKDOWNLINT_NAMES, NAMES, RuleInfo, RuleSet};
use crate::memo::Store;
use crate::pipeline::{self, CheckInput, VersionsBeside};
use crate::report;
use crate::source::{FolderSource, Source};

/// Every rule, its state here, and which line of which file set it.
#[derive(Debug, clap::Args)]
pub(crate) struct RulesArguments {
    /// A file that the state is for [default: any that a section names]
    path: Option<PathBuf>,
    /// The configuration [default: the nearest `.vale.ini` or `book.toml` in the working directory
    /// or above, up to the top of the repository]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

const BOOK: &str = "book.toml";

/// A configuration with the files around it.
pub(crate) struct Project {
    source: FolderSource,
    /// The folder at the top of the source.
    top: PathBuf,
    /// The file of the configuration, or the folder that is linted without one.
    config: SourcePath,
    /// The folder of the configuration.
    home: PathBuf,
    /// The same in the source.
    folder: SourcePath,
    /// The working directory.
    here: Option<PathBuf>,
}

/// The configuration that counts: the one that is named, else the nearest one above. None when
/// there is none, which has then been said.
pub(crate) fn find_config(
    named: Option<&Path>,
    near: Option<&Path>,
    terminal: &mut Terminal,
) -> Option<PathBuf> {
    if let Some(named) = named {
        if named.is_file() {
            return std::path::absolute(named).ok();
        }
        terminal.error(&format!("there is no file `{}`", named.display()), None);
        return None;
    }
    if let Some(found) = nearest_config(near) {
        return Some(found);
    }
    // Without any configuration the default rules check what lies here.
    std::env::current_dir().ok()
}

/// The nearest configuration in the working directory or above it, up to the top of the
/// repository. For a file elsewhere, and where there is none, that which is nearest to the file.
pub(crate) fn nearest_config(near: Option<&Path>) -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut starts = vec![here.clone()];
    if let Some(near) = near {
        let near = std::path::absolute(near).unwrap_or_else(|_| near.to_owned());
        // A file elsewhere has rules of its own. So has one below, where there are none here:
        // `lint docs` beside `docs/book.toml`.
        let at = if near.starts_with(&here) { starts.len() } else { 0 };
        starts.insert(at, near);
    }
    for start in starts {
        for folder in start.ancestors() {
            let names = NAMES.iter().copied().chain([BOOK]).chain(MARKDOWNLINT_NAMES);
            if let Some(found) = names.map(|name| folder.join(name)).find(|p| p.is_file()) {
                return Some(found);
            }
            if folder.join(".git").exists() {
                break;
            }
        }
    }
    None
}

impl Project {
    /// Opens the folder, or the repository, of a configuration.
    pub(crate) fn open(config: &Path, terminal: &mut Terminal) -> Option<Project> {
        let is_file = config.is_file();
        let home = if is_file { config.parent().unwrap_or(Path::new(".")) } else { config };
        let opened = FolderSource::open(home).map(|(source, root)| {
            let name = config.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let file = if is_file { root.join(name).unwrap_or(root.clone()) } else { root.clone() };
            (source, file, root)
        });
        match opened {
            Ok((source, config, folder)) => {
                let top = source.folder().map(Path::to_owned).unwrap_or_default();
                let home = top.join(folder.as_str());
                let here = std::env::current_dir().ok().and_then(|here| here.canonicalize().ok());
                Some(Project { source, top, config, home, folder, here })
            }
            Err(error) => {
                terminal.error(&error.to_string(), None);
                None
            }
        }
    }

    /// The cache beside the configuration.
    pub(crate) fn cache(&self) -> Store {
        Store::open(&self.home.join(CACHE))
    }

    /// The versions that the settings of the site ask for.
    pub(crate) fn versions(&self, settings: &Settings) -> Option<VersionsBeside> {
        let ci = Ci::of(|name| std::env::var(name).ok());
        let base = BaseNames { asked: None, ci: ci.base, setting: None };
        VersionsBeside::of(settings, &self.home, &base)
    }

    /// The site beside the configuration, in the state that `source` shows; none where there is
    /// no `book.toml`.
    pub(crate) fn site<'a>(
        &self,
        source: &'a dyn Source,
        memo: &'a Store,
        versions: Option<&'a VersionsBeside>,
    ) -> Option<CheckInput<'a>> {
        source.is_file(&self.folder.join(BOOK).ok()?).then(|| CheckInput {
            source,
            root: self.folder.clone(),
            variables: input::variables(),
            overrides: Overrides::default(),
            drafts: false,
            except: Vec::new(),
            memo,
            versions,
        })
    }

    /// Whether one of these paths is the folder of the configuration, or holds it.
    pub(crate) fn is_within(&self, paths: &[PathBuf]) -> bool {
        let Ok(home) = self.home.canonicalize() else { return false };
        paths.iter().filter_map(|path| path.canonicalize().ok()).any(|path| home.starts_with(path))
    }

    /// Whether there is a site beside the configuration.
    pub(crate) fn has_site(&self) -> bool {
        self.folder.join(BOOK).is_ok_and(|book| self.source.is_file(&book))
    }

    /// The file of the configuration, or the folder that is linted without one.
    pub(crate) fn config(&self) -> &SourcePath {
        &self.config
    }

    pub(crate) fn source(&self) -> &FolderSource {
        &self.source
    }

    /// The folder of the configuration.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// The same in the source.
    pub(crate) fn folder(&self) -> &SourcePath {
        &self.folder
    }

    /// A path of the source as one of the operating system.
    pub(crate) fn full(&self, path: &SourcePath) -> PathBuf {
        self.top.join(path.as_str())
    }

    /// The rules; none when they cannot be loaded, which has then been said.
    pub(crate) fn rules(&self, terminal: &mut Terminal) -> Option<RuleSet> {
        match pipeline::load_rules(&self.source, &self.config) {
            Ok(loaded) => {
                if !terminal.quiet() {
                    self.tell(&loaded.notes, terminal);
                }
                Some(loaded.rules)
            }
            Err(problems) => {
                self.tell(&problems, terminal);
                None
            }
        }
    }

    /// The settings of the `book.toml` beside the configuration; none where it cannot be relied
    /// on, which has then been said. What else is to be said of it, `build` says.
    pub(crate) fn settings(&self, terminal: &mut Terminal) -> Option<Settings> {
        let named = self.config.extension() == Some("toml");
        let path = if named { self.config.clone() } else { self.folder.join(BOOK).ok()? };
        let text = self.text(&path);
        let overrides = Overrides::default();
        let input = ConfigInput {
            path: &path,
            text: text.as_deref(),
            variables: &[],
            overrides: &overrides,
        };
        let (settings, problems) = config::load(input);
        if config::is_fatal(&problems) {
            self.tell(&problems, terminal);
            return None;
        }
        Some(settings)
    }

    /// Prints diagnostics for people to standard error.
    pub(crate) fn tell(&self, diagnostics: &[Diagnostic], terminal: &mut Terminal) {
        if diagnostics.is_empty() {
            return;
        }
        let display = |path: &SourcePath| self.displayed(path);
        let options = report::Options {
            color: terminal.color_err(),
            width: terminal.width(),
            max: Some(20),
            counts: None,
            display: &display,
            fingerprints: None,
        };
        let sources = |path: &SourcePath| self.text(path);
        let mut text = Vec::new();
        if let Some(human) = report::format("human")
            && (human.report)(options).write(diagnostics, &sources, &mut text).is_ok()
        {
            terminal.err(&text);
        }
    }

    /// The text of a file.
    pub(crate) fn text(&self, path: &SourcePath) -> Option<Arc<str>> {
        let bytes = self.source.read(path).ok()?;
        Some(Arc::from(String::from_utf8_lossy(&bytes)))
    }

    /// A path as seen from the working directory.
    pub(crate) fn displayed(&self, path: &SourcePath) -> String {
        let full = self.top.join(path.as_str());
        match self.here.as_deref().and_then(|here| full.strip_prefix(here).ok()) {
            Some(below) => below.display().to_string(),
            None => shown(&full),
        }
    }

    /// A path of the operating system as one of the source; none where it lies elsewhere, which
    /// has then been said.
    pub(crate) fn path(&self, path: &Path, terminal: &mut Terminal) -> Option<SourcePath> {
        let absolute = std::path::absolute(path).ok()?;
        // The file need not exist: an editor may not have saved it yet.
        let resolved = absolute.ancestors().find_map(|folder| {
            let rest = absolute.strip_prefix(folder).ok()?;
            Some(folder.canonicalize().ok()?.join(rest))
        });
        let resolved = resolved.unwrap_or(absolute);
        let below = resolved.strip_prefix(&self.top).ok();
        let found = below
            .and_then(Path::to_str)
            .and_then(|below| SourcePath::new(below.replace(std::path::MAIN_SEPARATOR, "/")).ok());
        if found.is_none() {
            let message = format!("`{}` does not lie in `{}`", path.display(), self.top.display());
            let help = "the configuration is for files of its own folder or repository";
            terminal.error(&message, Some(help));
        }
        found
    }

    /// The files that paths name; those below the folder of the configuration where there are
    /// none.
    pub(crate) fn files(
        &self,
        paths: &[PathBuf],
        terminal: &mut Terminal,
    ) -> Option<Vec<SourcePath>> {
        let paths = if paths.is_empty() { vec![self.home.clone()] } else { paths.to_vec() };
        let mut files = Vec::new();
        for path in paths {
            let below = self.path(&path, terminal)?;
            if path.is_file() {
                files.push(below);
                continue;
            }
            if !path.is_dir() {
                terminal.error(&format!("there is no file or folder `{}`", path.display()), None);
                return None;
            }
            match self.source.list(&below, &[]) {
                Ok(listing) => files.extend(listing.files.into_iter().map(|file| file.path)),
                Err(error) => {
                    terminal.error(&error.to_string(), None);
                    return None;
                }
            }
        }
        files.sort();
        files.dedup();
        Some(files)
    }

    /// `path:line` of a place.
    pub(crate) fn place(&self, span: &Span) -> String {
        self.place_in(span, &|path| self.text(path))
    }

    /// `path:line` of a place in a text that may not be that of the file.
    pub(crate) fn place_in(
        &self,
        span: &Span,
        text: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
    ) -> String {
        let text = text(&span.file);
        let line = text.map_or(1, |text| LineIndex::new(&text).position(&text, span.start).line);
        format!("{}:{line}", self.displayed(&span.file))
    }
}

#[derive(Serialize)]
struct RuleJson<'a> {
    name: &'a str,
    check: &'static str,
    level: &'static str,
    on: bool,
    message: &'a str,
    link: &'a str,
    file: String,
    settings: Vec<SettingJson<'a>>,
}

#[derive(Serialize)]
struct SettingJson<'a> {
    files: &'a str,
    value: &'a str,
    place: String,
}

pub(crate) fn run(arguments: &RulesArguments, terminal: &mut Terminal) -> Exit {
    let near = arguments.path.as_deref();
    let Some(config) = find_config(arguments.config.as_deref(), near, terminal) else {
        return Exit::Failed;
    };
    let Some(project) = Project::open(&config, terminal) else { return Exit::Failed };
    let Some(rules) = project.rules(terminal) else { return Exit::Failed };
    let file = match &arguments.path {
        Some(path) => match project.path(path, terminal) {
            Some(path) => Some(path),
            None => return Exit::Failed,
        },
        None => None,
    };
    let infos = rules.infos();
    let rows: Vec<RuleJson> =
        infos.iter().map(|info| row(info, &rules, file.as_ref(), &project)).collect();
    let text = if arguments.json {
        match serde_json::to_string_pretty(&rows) {
            Ok(json) => json + "\n",
            Err(error) => {
                terminal.error(&format!("cannot write the rules: {error}"), None);
                return Exit::Failed;
            }
        }
    } else {
        listed(&rows)
    };
    match terminal.out(text.as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => {
            terminal.error(&format!("cannot write to standard output: {error}"), None);
            Exit::Failed
        }
    }
}

fn row<'a>(
    info: &'a RuleInfo,
    rules: &RuleSet,
    file: Option<&SourcePath>,
    project: &Project,
) -> RuleJson<'a> {
    let (on, level) = match file {
        Some(file) => rules.state(&info.name, file),
        None => (info.on, None),
    };
    RuleJson {
        name: &info.name,
        check: info.kind,
        level: level.unwrap_or(info.level).word(),
        on,
        message: &info.message,
        link: &info.link,
        file: info.span.as_ref().map(|span| project.place(span)).unwrap_or_default(),
        settings: info
            .settings
            .iter()
            .filter(|setting| file.is_none_or(|file| rules.is_about(setting, file)))
            .map(|setting| SettingJson {
                files: &setting.files,
                value: &setting.what,
                place: project.place(&setting.span),
            })
            .collect(),
    }
}

fn listed(rows: &[RuleJson]) -> String {
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    let mut out = String::new();
    for row in rows {
        let state = if row.on { row.level } else { "off" };
        let set = row.settings.last().map_or_else(String::new, |setting| {
            format!("{} ([{}] {})", setting.place, setting.files, setting.value)
        });
        let line = format!("{:<width$}  {state:<8} {:<14} {set}", row.name, row.check);
        out.push_str(&report::harmless(line.trim_end()));
        out.push('\n');
    }
    out
}
