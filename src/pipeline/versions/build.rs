//! The build of several versions into one site.
//!
//! Each version has a folder of its own, with a manifest of its own, so that one which fails leaves
//! what stood there as it was. The menus are made last, from what each folder says of its version:
//! so they are the same whether versions were built together or one by one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::codes::{NO_BOOK, NOT_BUILT};
use super::current::CurrentBasis;
use super::input::{Look, VersionInput};
use super::menus::VersionsFile;
use super::select::{Selection, Version, VersionState, select};
use super::twins::Twins;
use crate::base::{Diagnostic, SitePath, SourcePath, encode_path, nearest};
use crate::config::{Overrides, Settings};
use crate::history::{self, BaseNames};
use crate::memo::Store;
use crate::output::version::{VERSION_RECORD, VERSIONS_JSON, VersionRecord};
use crate::output::{WriteError, Writer, Written, published};
use crate::pipeline::build::{BuildFailure, BuildOutput, build, known_inputs};
use crate::pipeline::facts::RepositoryInput;
use crate::pipeline::prepare::{BuildError, BuildInput, Totals};
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

pub(super) fn path(text: &str) -> SitePath {
    SitePath::new(text).unwrap_or_else(|_| SitePath::root())
}

/// A build of versions that is under way.
pub(super) struct Building<'a> {
    pub(super) input: &'a VersionsInput<'a>,
    /// Those of the base branch.
    pub(super) settings: &'a Settings,
    pub(super) selection: &'a Selection,
    /// What stood in the site before.
    pub(super) before: VersionsFile,
    pub(super) look: &'a Look,
    pub(super) root: &'a SourcePath,
    pub(super) folder: &'a Path,
    pub(super) twins: Twins,
    /// What is published of versions that stand in their places, by name.
    pub(super) records: HashMap<String, VersionRecord>,
    /// The names of versions that could not be built.
    pub(super) failed: Vec<String>,
    pub(super) built: Vec<BuiltVersion>,
    pub(super) sources: HashMap<String, RevisionSource>,
    pub(super) diagnostics: Vec<Diagnostic>,
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
        self.twins = Twins::of(order.len());
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

    pub(super) fn at(&self, diagnostic: Diagnostic, version: &Version) -> Diagnostic {
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

    pub(super) fn folder_of(&self, place: &SitePath) -> PathBuf {
        match place.is_root() {
            true => self.folder.to_owned(),
            false => self.folder.join(place.as_str()),
        }
    }

    /// Where a version will be published; none where that is not known.
    pub(super) fn base_url(&self, place: &SitePath) -> Option<String> {
        base_url(self.settings, place)
    }

    /// The source of a version; none where it cannot be opened or has no `book.toml`, which has then
    /// been told.
    fn open(&mut self, version: &Version) -> Option<(RevisionSource, SourcePath)> {
        match open(&self.input.dir, version) {
            Ok(opened) => Some(opened),
            Err(told) => {
                self.fail(version, *told);
                None
            }
        }
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
            &BuildOutput {
                folder: Some(folder.clone()),
                root: self.input.dir.clone(),
                why: None,
                is_last: false,
            },
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
    pub(super) fn build_input<'b>(
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
            beside_versions: false,
        }
    }
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

/// The source of a version, and the folder of `book.toml` in it; what is wrong where there is none.
pub(super) fn open(
    dir: &Path,
    version: &Version,
) -> Result<(RevisionSource, SourcePath), Box<Diagnostic>> {
    let what = if version.reference.is_tag { "tag" } else { "branch" };
    let name = &version.reference.name;
    let failed = |why: &dyn std::fmt::Display| {
        let message = format!("the {what} `{name}` cannot be built: {why}");
        Box::new(Diagnostic::new(&NOT_BUILT, message))
    };
    let commit = version.reference.commit.as_ref().map_err(|why| failed(why))?;
    let (source, root) = RevisionSource::open(dir, &commit.id).map_err(|error| failed(&error))?;
    if root.join("book.toml").is_ok_and(|book| source.is_file(&book)) {
        return Ok((source, root));
    }
    let place = match root.is_root() {
        true => String::new(),
        false => format!(" in `{root}`"),
    };
    let help = format!(
        "name its version in `exclude`: `exclude = [\"{}\"]`, or make the pattern narrower",
        version.name
    );
    let message = format!("the {what} `{name}` has no `book.toml`{place}");
    Err(Box::new(Diagnostic::new(&NO_BOOK, message).help(help)))
}

/// Where what stands at a place of a site will be published; none where that is not known.
pub(super) fn base_url(settings: &Settings, place: &SitePath) -> Option<String> {
    let base = &settings.site.base_url.as_ref()?.value;
    Some(match place.is_root() {
        true => base.clone(),
        false => format!("{base}{}/", encode_path(place.as_str())),
    })
}
