//! The build of several versions into one site.
//!
//! Each version has a folder of its own, with a manifest of its own, so that one which fails leaves
//! what stood there as it was. The menus are made last, from what each folder says of its version:
//! so they are the same whether versions were built together or one by one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::codes::{KEPT, NO_BOOK, NOT_BUILT, OUTDATED};
use super::input::{Look, Twins, VersionInput};
use super::menus::{self, File, Menus, Shown, VersionEntry, VersionsFile, is_version_file};
use super::places::Renames;
use super::select::{Selection, Version, VersionState, select};
use crate::base::{Diagnostic, SitePath, SourcePath, Span, nearest};
use crate::config::{Overrides, Settings};
use crate::history::{self, BaseNames};
use crate::memo::{BUILD, Fingerprint, Store};
use crate::output::version::{
    CurrentPages, VERSION_RECORD, VERSIONS_JSON, VersionPlace, VersionRecord,
};
use crate::output::{Content, WriteError, Writer, Written, published};
use crate::pipeline::build::{BuildFailure, BuildOutput, build, known_inputs};
use crate::pipeline::facts::RepositoryInput;
use crate::pipeline::prepare::{BuildError, BuildInput, Totals, prepare};
use crate::pipeline::{Progress, reading};
use crate::source::{RevisionSource, Source, SourceError};

/// What versions are built from.
pub struct VersionsInput<'a> {
    /// The folder of `book.toml` in the file system.
    pub dir: PathBuf,
    /// What names the base branch, whose `book.toml` and look count.
    pub base: BaseNames,
    /// The revision that stands for the base branch, where one is asked for.
    pub revision: Option<String>,
    /// The one version that is to be built; all where there is none.
    pub only: Option<String>,
    /// The output folder; that of the settings where there is none.
    pub out: Option<PathBuf>,
    /// Environment variables that settings can come from.
    pub variables: Vec<(String, String)>,
    /// Settings from the command line.
    pub overrides: Overrides,
    /// Build drafts too.
    pub drafts: bool,
    /// What was made before.
    pub memo: &'a Store,
    /// Who is told how far the build is.
    pub progress: &'a dyn Progress,
}

/// A version that was built.
#[derive(Debug, Clone)]
pub struct BuiltVersion {
    /// Its name.
    pub name: String,
    /// Pages and words.
    pub totals: Totals,
    /// What was written.
    pub written: Written,
}

/// What a build of versions has done.
pub struct VersionsBuilt {
    /// The versions that were built, in the order of their building.
    pub versions: Vec<BuiltVersion>,
    /// What was written beside them: menus, lists, the site map.
    pub menus: Written,
    /// What was found, in no order. Places in a version begin with its branch or tag and `:`.
    pub diagnostics: Vec<Diagnostic>,
    /// The output folder.
    pub folder: PathBuf,
    /// The base branch, in which places without such a beginning are.
    pub base: RevisionSource,
    /// The folder of `book.toml` in it.
    pub root: SourcePath,
    /// The sources of the versions by branch or tag.
    pub sources: HashMap<String, RevisionSource>,
}

/// Why no version was built; nothing has been touched then.
#[derive(Debug, thiserror::Error)]
pub enum VersionsFailure {
    /// There is no repository, or no commit in it.
    #[error("versions are built from a git repository, and there is none here")]
    NoRepository,
    /// The settings ask for no version.
    #[error("`[versions]` in `book.toml` of `{0}` names no branches and no tags")]
    NotAsked(String),
    /// No branch or tag can be built.
    #[error("there is no version to build")]
    Nothing(Vec<Diagnostic>, Box<RevisionSource>),
    /// A name that no version has.
    #[error("there is no version `{name}`")]
    Unknown {
        /// The name.
        name: String,
        /// A version that has nearly this name, else all names.
        help: String,
    },
    /// The settings of the base branch cannot be understood.
    #[error("`book.toml` cannot be read")]
    Config(Vec<Diagnostic>, Box<RevisionSource>),
    /// The base branch cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The site cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Builds versions, and puts each in its place.
///
/// # Errors
/// Where nothing can be built at all. What is wrong with one version is a diagnostic.
pub fn build_versions(input: &VersionsInput<'_>) -> Result<VersionsBuilt, VersionsFailure> {
    let mut diagnostics = Vec::new();
    let (base_name, base_commit) = match &input.revision {
        Some(revision) => (revision.clone(), revision.clone()),
        None => history::base_branch(&input.dir, &input.base, &mut diagnostics)
            .ok_or(VersionsFailure::NoRepository)?,
    };
    let (base, root) = RevisionSource::open(&input.dir, &base_commit)?;
    let inputs = known_inputs(&base, input.memo);
    let (variables, overrides) = (&input.variables, &input.overrides);
    let planned = match reading::plan(&inputs, &root, variables, overrides, Vec::new(), None) {
        Ok(planned) => planned,
        Err(BuildError::Config(found)) => {
            return Err(VersionsFailure::Config(found, Box::new(base)));
        }
        Err(BuildError::Source(error)) => return Err(error.into()),
    };
    if !planned.settings.versions.any() {
        return Err(VersionsFailure::NotAsked(base_name));
    }
    let refs = history::refs(&input.dir).ok_or(VersionsFailure::NoRepository)?;
    let (selection, told) = select(&planned.settings.versions, &refs);
    diagnostics.extend(told);
    if selection.versions.is_empty() {
        return Err(VersionsFailure::Nothing(diagnostics, Box::new(base)));
    }
    if let Some(name) = &input.only
        && selection.find(name).is_none()
    {
        let names = || selection.versions.iter().map(|version| version.name.as_str());
        let help = match nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are: {}", names().collect::<Vec<_>>().join(", ")),
        };
        return Err(VersionsFailure::Unknown { name: name.clone(), help });
    }
    let reading::Planned { settings, files, content, .. } = planned;
    let look = Look::read(&inputs, &settings, &root, &files, &content)?;
    drop(inputs);
    let folder = match &input.out {
        Some(out) => out.clone(),
        None => input.dir.join(&settings.build.build_dir),
    };
    // From here on the folder is ours, also while folders of versions come into it.
    let mut writer = Writer::open(&folder)?;
    let before = writer.read(&path(VERSIONS_JSON)).and_then(|text| VersionsFile::parse(&text));
    writer.set_apart(|_| true);
    writer.commit()?;
    let mut building = Building {
        input,
        settings: &settings,
        selection: &selection,
        before: before.unwrap_or_default(),
        look: &look,
        root: &root,
        folder: &folder,
        twins: Twins::default(),
        records: HashMap::new(),
        failed: Vec::new(),
        built: Vec::new(),
        sources: HashMap::new(),
        diagnostics,
    };
    building.versions()?;
    let menus = building.menus(&base)?;
    let Building { built, sources, diagnostics, .. } = building;
    Ok(VersionsBuilt { versions: built, menus, diagnostics, folder, base, root, sources })
}

fn path(text: &str) -> SitePath {
    SitePath::new(text).unwrap_or_else(|_| SitePath::root())
}

struct Building<'a> {
    input: &'a VersionsInput<'a>,
    /// Those of the base branch.
    settings: &'a Settings,
    selection: &'a Selection,
    /// What stood in the site before.
    before: VersionsFile,
    look: &'a Look,
    root: &'a SourcePath,
    folder: &'a Path,
    twins: Twins,
    /// What is published of versions that stand in their places, by name.
    records: HashMap<String, VersionRecord>,
    /// The names of versions that could not be built.
    failed: Vec<String>,
    built: Vec<BuiltVersion>,
    sources: HashMap<String, RevisionSource>,
    diagnostics: Vec<Diagnostic>,
}

impl Building<'_> {
    /// Builds what is to be built: the current version first, as the others are told of its pages.
    fn versions(&mut self) -> Result<(), VersionsFailure> {
        let selection = self.selection;
        let wanted = |version: &&Version| match &self.input.only {
            None => true,
            Some(name) => version.name == *name || self.has_moved(version),
        };
        let mut order: Vec<&Version> = selection.versions.iter().filter(wanted).collect();
        order.sort_by_key(|version| version.state != VersionState::Current);
        // What stands at the root, and is to stand elsewhere, is moved before it is replaced.
        if let Some(at_root) = self.before.versions.iter().find(|entry| entry.path.is_root()) {
            let leaves =
                |version: &&Version| version.name == at_root.name && !version.path.is_root();
            let leaves: Vec<String> =
                order.iter().filter(|v| leaves(v)).map(|v| v.name.clone()).collect();
            order.sort_by_key(|version| !leaves.contains(&version.name));
        }
        let mut current: Option<CurrentBasis> = None;
        for version in order {
            if version.path.is_root() && self.would_lose_root(version) {
                continue;
            }
            if version.state != VersionState::Current && current.is_none() {
                current = Some(self.current_pages());
            }
            self.version(version, current.as_ref())?;
        }
        Ok(())
    }

    /// Whether a version stands elsewhere in the site than it is to stand.
    fn has_moved(&self, version: &Version) -> bool {
        let before = self.before.versions.iter().find(|entry| entry.name == version.name);
        before.is_some_and(|entry| entry.path != version.path)
    }

    /// Whether the version that stands at the root has found no other place yet, so that nothing
    /// may take its place. Says so.
    fn would_lose_root(&mut self, version: &Version) -> bool {
        let at_root = self.before.versions.iter().find(|entry| entry.path.is_root());
        let Some(at_root) = at_root.filter(|entry| entry.name != version.name) else {
            return false;
        };
        if self.built.iter().any(|built| built.name == at_root.name) {
            return false;
        }
        let message = format!(
            "`{}` stays at the root of the site: it could not be built in a folder of its own, and \
             `{}` would replace it",
            at_root.name, version.name
        );
        let help = "make its branch or tag one that can be built, or publish into an empty folder";
        let told = Diagnostic::new(&NOT_BUILT, message).help(help);
        self.diagnostics.push(self.at(told, version));
        self.failed.push(version.name.clone());
        true
    }

    fn at(&self, diagnostic: Diagnostic, version: &Version) -> Diagnostic {
        let span = version.span.as_ref().or(self.settings.versions.span.as_ref());
        match span {
            Some(span) => diagnostic.at(span.clone()),
            None => diagnostic,
        }
    }

    fn fail(&mut self, version: &Version, diagnostic: Diagnostic) {
        self.diagnostics.push(self.at(diagnostic, version));
        self.failed.push(version.name.clone());
    }

    fn folder_of(&self, place: &SitePath) -> PathBuf {
        match place.is_root() {
            true => self.folder.to_owned(),
            false => self.folder.join(place.as_str()),
        }
    }

    /// Where a version will be published; none where that is not known.
    fn base_url(&self, place: &SitePath) -> Option<String> {
        let base = &self.settings.site.base_url.as_ref()?.value;
        Some(match place.is_root() {
            true => base.clone(),
            false => format!("{base}{}/", crate::base::encode_path(place.as_str())),
        })
    }

    /// The source of a version; none where it cannot be opened or has no `book.toml`, which has then
    /// been told.
    fn open(&mut self, version: &Version) -> Option<(RevisionSource, SourcePath)> {
        let commit = version.reference.commit.as_ref().ok()?;
        let what = if version.reference.is_tag { "tag" } else { "branch" };
        let name = &version.reference.name;
        match RevisionSource::open(&self.input.dir, &commit.id) {
            Ok((source, root)) => {
                let book = root.join("book.toml");
                if book.is_ok_and(|book| source.is_file(&book)) {
                    return Some((source, root));
                }
                let place = match root.is_root() {
                    true => String::new(),
                    false => format!(" in `{root}`"),
                };
                let message = format!("the {what} `{name}` has no `book.toml`{place}");
                let help = format!(
                    "name its version in `exclude`: `exclude = [\"{}\"]`, or make the pattern \
                     narrower",
                    version.name
                );
                self.fail(version, Diagnostic::new(&NO_BOOK, message).help(help));
            }
            Err(error) => {
                let message = format!("the {what} `{name}` cannot be built: {error}");
                self.fail(version, Diagnostic::new(&NOT_BUILT, message));
            }
        }
        None
    }

    /// Builds one version into its folder.
    fn version(
        &mut self,
        version: &Version,
        current: Option<&CurrentBasis>,
    ) -> Result<(), VersionsFailure> {
        let Some((source, root)) = self.open(version) else { return Ok(()) };
        let label = label(version);
        let place = self.place(version, current, &root);
        let look = (!version.own_theme).then_some(self.look);
        let over = look.map(|look| look.over(&source));
        let taken = match version.path.is_root() {
            true => {
                let others = self.selection.versions.iter().filter(|other| !other.path.is_root());
                let kept = self.before.versions.iter().map(|entry| entry.path.clone());
                let aliases = self.selection.aliases.keys().map(|alias| path(alias));
                let all = others.map(|other| other.path.clone()).chain(kept).chain(aliases);
                let mut taken: Vec<SitePath> = all.filter(|path| !path.is_root()).collect();
                taken.sort();
                taken.dedup();
                taken
            }
            false => Vec::new(),
        };
        let of = VersionInput {
            place,
            base_url: self.base_url(&version.path),
            noindex: self.settings.site.noindex
                || (self.settings.versions.noindex_old
                    && matches!(version.state, VersionState::Old | VersionState::Unmaintained)),
            look,
            taken,
            twins: &self.twins,
        };
        let folder = self.folder_of(&version.path);
        let built = build(
            BuildInput {
                source: over.as_ref().map_or(&source as &dyn Source, |over| over),
                root,
                facts: history::facts_of(&self.input.dir, &version.reference),
                ..self.build_input(&source, &of)
            },
            &BuildOutput { folder: Some(folder.clone()), root: self.input.dir.clone(), why: None },
        );
        drop(over);
        match built {
            Ok(built) => {
                self.twins.add(&folder, built.files.iter().map(|(path, file)| (path, file.hash)));
                let found = built.diagnostics.into_iter().map(|found| seen_in(found, &label));
                self.diagnostics.extend(found);
                let record = published(&folder, &path(VERSION_RECORD));
                if let Some(record) = record.and_then(|text| VersionRecord::parse(&text)) {
                    self.records.insert(version.name.clone(), record);
                }
                self.built.push(BuiltVersion {
                    name: version.name.clone(),
                    totals: built.totals,
                    written: built.written,
                });
            }
            Err(BuildFailure::Build(BuildError::Config(found))) => {
                self.diagnostics.extend(found.into_iter().map(|found| seen_in(found, &label)));
                let message = format!("`book.toml` of `{label}` cannot be understood");
                let help = format!(
                    "correct it on the branch, or name the version in `exclude`: `{}`",
                    version.name
                );
                self.fail(version, Diagnostic::new(&NOT_BUILT, message).help(help));
            }
            Err(BuildFailure::Build(BuildError::Source(error))) => {
                let message = format!("`{label}` cannot be built: {error}");
                self.fail(version, Diagnostic::new(&NOT_BUILT, message));
            }
            Err(BuildFailure::Write(error)) if version.path.is_root() => return Err(error.into()),
            Err(BuildFailure::Write(error)) => {
                let message =
                    format!("the version `{}` cannot be published: {error}", version.name);
                let told = Diagnostic::new(&NOT_BUILT, message);
                let told = match error.help() {
                    Some(help) => told.help(help),
                    None => told,
                };
                self.fail(version, told);
            }
        }
        self.sources.insert(label, source);
        Ok(())
    }

    /// What a build of any version is given.
    fn build_input<'b>(
        &'b self,
        source: &'b RevisionSource,
        of: &'b VersionInput<'b>,
    ) -> BuildInput<'b> {
        BuildInput {
            source,
            root: self.root.clone(),
            variables: self.input.variables.clone(),
            overrides: Overrides { base_url: None },
            facts: history::RepositoryFacts::default(),
            repository: Some(RepositoryInput {
                dir: self.input.dir.clone(),
                base: BaseNames::default(),
                work_tree: false,
            }),
            drafts: self.input.drafts,
            except: Vec::new(),
            memo: self.input.memo,
            progress: self.input.progress,
            version: Some(of),
        }
    }

    /// What a version knows of itself and of the current one.
    fn place(
        &self,
        version: &Version,
        current: Option<&CurrentBasis>,
        root: &SourcePath,
    ) -> VersionPlace {
        let commit = version.reference.commit.as_ref();
        let commit = commit.map(|commit| commit.id.clone()).unwrap_or_default();
        let of_current = current.filter(|_| version.state != VersionState::Current);
        VersionPlace {
            name: version.name.clone(),
            reference: version.reference.name.clone(),
            current: of_current.and_then(|current| {
                let record = current.record.as_ref()?;
                let pages = || record.pages.iter();
                let own = pages().map(|page| (page.path.clone(), page.path.clone()));
                let sections = record.sections.iter().map(|path| (path.clone(), path.clone()));
                let moved = record.moved.iter().map(|(from, to)| (from.clone(), to.clone()));
                Some(CurrentPages {
                    base: current.base_url.clone().filter(|url| url.contains("://")),
                    clean: record.clean,
                    sources: pages().map(|page| (page.source.clone(), page.path.clone())).collect(),
                    paths: moved.chain(sections).chain(own).collect(),
                    renamed: self.renames(&commit, &record.commit, root),
                })
            }),
            commit,
        }
    }

    /// The pages of the current version: as they were built just now, as they stand in the site, or
    /// as they would be built.
    fn current_pages(&mut self) -> CurrentBasis {
        let Some(current) = self.selection.current() else { return CurrentBasis::default() };
        let base_url = self.base_url(&current.path);
        let commit = current.reference.commit.as_ref().map(|commit| commit.id.clone());
        let known = self.records.get(&current.name).cloned().or_else(|| {
            let record = self.record_in(&current.path)?;
            (Some(&record.commit) == commit.as_ref().ok() && record.name == current.name)
                .then_some(record)
        });
        let record = known.or_else(|| self.record_unbuilt(current));
        CurrentBasis { base_url, record }
    }

    /// What a folder of the site says of the version that stands there.
    fn record_in(&self, place: &SitePath) -> Option<VersionRecord> {
        VersionRecord::parse(&published(&self.folder_of(place), &path(VERSION_RECORD))?)
    }

    /// What would be published of a version.
    fn record_unbuilt(&self, version: &Version) -> Option<VersionRecord> {
        let commit = version.reference.commit.as_ref().ok()?;
        let (source, root) = RevisionSource::open(&self.input.dir, &commit.id).ok()?;
        let look = (!version.own_theme).then_some(self.look);
        let over = look.map(|look| look.over(&source));
        let of = VersionInput {
            place: self.place(version, None, &root),
            base_url: self.base_url(&version.path),
            noindex: self.settings.site.noindex,
            look,
            taken: Vec::new(),
            twins: &self.twins,
        };
        let prepared = prepare(BuildInput {
            source: over.as_ref().map_or(&source as &dyn Source, |over| over),
            root,
            facts: history::facts_of(&self.input.dir, &version.reference),
            ..self.build_input(&source, &of)
        });
        prepared.ok()?.with_context(crate::output::version_record)
    }

    /// The files that were renamed between two commits. What git has found once is kept.
    fn renames(&self, from: &str, to: &str, root: &SourcePath) -> Renames {
        if from == to {
            return Renames::new();
        }
        let mut key = Fingerprint::new("renames");
        key.text(BUILD).text(from).text(to).text(root.as_str());
        let key = crate::memo::Key::new(crate::memo::Stage::History, key.finish());
        let memo = self.input.memo;
        let known = memo.get(&key).and_then(|bytes| postcard::from_bytes(&bytes).ok());
        known.unwrap_or_else(|| {
            let found = history::renames(&self.input.dir, from, to, root);
            if let Ok(bytes) = postcard::to_allocvec(&found) {
                memo.put(&key, &bytes);
            }
            found
        })
    }

    /// The versions that stand in the site, in order: those that are selected, then those that were
    /// published before and are selected no more.
    fn shown(&mut self) -> Vec<Shown> {
        let mut shown = Vec::new();
        let entry = |record: &VersionRecord, version: &Version| VersionEntry {
            name: version.name.clone(),
            title: version.title.clone(),
            path: version.path.clone(),
            state: version.state,
            hidden: version.hidden,
            reference: record.reference.clone(),
            commit: record.commit.clone(),
            home: record.home.to_string(),
            pages: record.pages.len(),
        };
        for version in &self.selection.versions {
            let record = self.records.get(&version.name).cloned();
            let record = record.or_else(|| {
                self.record_in(&version.path).filter(|record| record.name == version.name)
            });
            if let Some(record) = record {
                shown.push(Shown { entry: entry(&record, version), record });
            }
        }
        for old in self.before.versions.clone() {
            if shown.iter().any(|shown| shown.entry.name == old.name)
                || shown.iter().any(|shown| shown.entry.path == old.path)
            {
                continue;
            }
            let Some(record) = self.record_in(&old.path).filter(|r| r.name == old.name) else {
                continue;
            };
            let is_known = self.failed.contains(&old.name)
                || self.selection.unreadable.contains(&old.name)
                || self.selection.find(&old.name).is_some();
            if !is_known {
                let message = format!(
                    "the version `{}` stays in the site, and no pattern selects it",
                    old.name
                );
                let help = format!(
                    "fetch the {} `{}`, or delete the folder `{}` of the site to remove the version",
                    "branch or tag", old.reference, old.path
                );
                let told = Diagnostic::new(&KEPT, message).help(help);
                let span = self.settings.versions.span.clone();
                self.diagnostics.push(match span {
                    Some(span) => told.at(span),
                    None => told,
                });
            }
            let state = match old.state {
                VersionState::Current => VersionState::Old,
                state => state,
            };
            shown.push(Shown { entry: VersionEntry { state, ..old }, record });
        }
        shown
    }

    /// Writes what tells versions of each other.
    fn menus(&mut self, base: &RevisionSource) -> Result<Written, VersionsFailure> {
        let shown = self.shown();
        self.tell_outdated(&shown);
        let of = VersionInput {
            place: VersionPlace::default(),
            base_url: self.base_url(&SitePath::root()),
            noindex: false,
            look: Some(self.look),
            taken: Vec::new(),
            twins: &self.twins,
        };
        let over = self.look.over(base);
        let prepared = match prepare(BuildInput { source: &over, ..self.build_input(base, &of) }) {
            Ok(prepared) => prepared,
            Err(BuildError::Source(error)) => return Err(error.into()),
            Err(BuildError::Config(_)) => return Ok(Written::default()),
        };
        let renames: Vec<Renames> = shown
            .windows(2)
            .map(|pair| match pair {
                [a, b] => self.renames(&a.record.commit, &b.record.commit, self.root),
                _ => Renames::new(),
            })
            .collect();
        let menus = Menus {
            shown: &shown,
            renames,
            theme: &prepared.theme,
            site: &prepared.view,
            base_url: self
                .settings
                .site
                .base_url
                .as_ref()
                .map(|set| set.value.as_str())
                .filter(|url| url.contains("://")),
            base_path: self.settings.site.base_path(),
            cname: self.settings.html.cname.as_deref(),
            noindex: self.settings.site.noindex,
            aliases: &self.selection.aliases,
        };
        let places = menus::places(&shown, &menus.renames);
        let mut told = Vec::new();
        let mut written = Written::default();
        let mut root_files = menus.of_root(&mut told);
        let mut failed = Vec::new();
        for (at, version) in shown.iter().enumerate() {
            let mut files = menus.of_version(&places, at, &mut told);
            if version.entry.path.is_root() {
                root_files.extend(files);
                continue;
            }
            files.sort();
            match self.put(&version.entry.path, &files, is_version_file) {
                Ok(done) => add(&mut written, done),
                Err(error) => failed.push((version.entry.name.clone(), error)),
            }
        }
        for alias in self.selection.aliases.keys() {
            let files = menus.of_alias(alias);
            match self.put(&path(alias), &files, |_| true) {
                Ok(done) => add(&mut written, done),
                Err(error) => failed.push((alias.clone(), error)),
            }
        }
        root_files.sort();
        let has_version = shown.iter().any(|shown| shown.entry.path.is_root());
        let is_ours: fn(&SitePath) -> bool = if has_version { is_version_file } else { |_| true };
        add(&mut written, self.put(&SitePath::root(), &root_files, is_ours)?);
        drop(prepared);
        told.dedup();
        self.diagnostics.extend(told);
        for (name, error) in failed {
            let message = format!("the menus of `{name}` cannot be written: {error}");
            let told = Diagnostic::new(&NOT_BUILT, message);
            let span: Option<Span> = self.settings.versions.span.clone();
            self.diagnostics.push(match span {
                Some(span) => told.at(span),
                None => told,
            });
        }
        Ok(written)
    }

    /// Writes files into a folder, in place of all those that are ours there; all others stay.
    fn put(
        &self,
        place: &SitePath,
        files: &[File],
        is_ours: fn(&SitePath) -> bool,
    ) -> Result<Written, WriteError> {
        let mut writer = Writer::open(&self.folder_of(place))?;
        writer.keep_others(is_ours);
        for (path, bytes) in files {
            // A file of this name in the content goes before ours.
            if self.is_content(place, path) {
                continue;
            }
            writer.stage(path, Content::Bytes(bytes))?;
        }
        writer.commit().map(|done| done.written)
    }

    /// Whether the version at a place publishes a file of its content at this path.
    fn is_content(&self, place: &SitePath, path: &SitePath) -> bool {
        let record = self.records.values().find(|record| {
            self.selection.find(&record.name).is_some_and(|version| version.path == *place)
        });
        match record {
            Some(record) => record.own.contains(path),
            None => self.record_in(place).is_some_and(|record| record.own.contains(path)),
        }
    }

    /// Tells, after one version was built alone, that canonical links of others lead to another
    /// current version.
    fn tell_outdated(&mut self, shown: &[Shown]) {
        let (Some(only), Some(current)) = (&self.input.only, self.selection.current()) else {
            return;
        };
        let was = self.before.current.as_ref();
        if current.name != *only || was.is_none_or(|was| *was == current.name) {
            return;
        }
        let others = shown.iter().filter(|s| !self.built.iter().any(|b| b.name == s.entry.name));
        let names: Vec<String> = others.map(|shown| format!("`{}`", shown.entry.name)).collect();
        if names.is_empty() {
            return;
        }
        let message = format!(
            "canonical links in {} still lead to the pages that `{}` had",
            names.join(", "),
            was.map(String::as_str).unwrap_or_default()
        );
        let help = "`copydesk build --versions` brings them up to date";
        let told = Diagnostic::new(&OUTDATED, message).help(help);
        self.diagnostics.push(self.at(told, current));
    }
}

/// The current version, for the others.
#[derive(Default)]
struct CurrentBasis {
    base_url: Option<String>,
    record: Option<VersionRecord>,
}

fn add(sum: &mut Written, more: Written) {
    sum.written += more.written;
    sum.unchanged += more.unchanged;
    sum.removed += more.removed;
    sum.bytes += more.bytes;
}

/// How places in a version are told: as git writes paths of a revision.
fn label(version: &Version) -> String {
    version.reference.name.clone()
}

/// A diagnostic with its places in a version. What would mend it there cannot be applied.
fn seen_in(mut diagnostic: Diagnostic, label: &str) -> Diagnostic {
    for place in &mut diagnostic.labels {
        if let Ok(file) = SourcePath::new(format!("{label}:{}", place.span.file)) {
            place.span.file = file;
        }
    }
    if diagnostic.labels.is_empty() {
        diagnostic.message.push_str(&format!(" (version `{label}`)"));
    }
    diagnostic.fix = None;
    diagnostic
}
