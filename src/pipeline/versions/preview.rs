//! The versions beside a site that is previewed: which there are, each of them made when somebody
//! asks for it, and the files that tell them of each other.
//!
//! The previewed site stands for one of the versions, at the root: that of the branch that is checked
//! out, else that of the base branch, else the current one. Its settings and its look count, as those
//! of the base branch do in a build.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::build::open;
use super::current::renames;
use super::input::{Look, VersionInput};
use super::menus::{self, Menus, Shown, VersionEntry};
use super::places::Renames;
use super::select::{Version, VersionState, select};
use super::twins::Twins;
use crate::base::{ContentHash, Diagnostic, SitePath, SourcePath};
use crate::config::{Overrides, Settings};
use crate::history::{self, BaseNames, Ref, RefCommit, RepositoryFacts};
use crate::memo::{BUILD, Fingerprint, Key, Stage, Store};
use crate::output::version::{VersionPlace, VersionRecord};
use crate::pipeline::build::known_inputs;
use crate::pipeline::facts::RepositoryInput;
use crate::pipeline::prepare::{BuildError, BuildInput, prepare};
use crate::pipeline::{Live, Prepared, Silent, reading};
use crate::source::Source;

/// What the versions beside a preview are made from.
#[derive(Clone)]
pub struct PreviewInput<'a> {
    /// The files of the previewed site.
    pub source: &'a dyn Source,
    /// The folder of `book.toml` in it.
    pub root: SourcePath,
    /// The same folder in the file system.
    pub dir: PathBuf,
    /// What names the base branch.
    pub base: BaseNames,
    /// Environment variables that settings can come from.
    pub variables: Vec<(String, String)>,
    /// Drafts are shown too.
    pub drafts: bool,
    /// What was made before.
    pub memo: &'a Store,
}

/// The versions beside a preview, and which of them it stands for.
pub struct Preview {
    versions: Vec<Version>,
    aliases: BTreeMap<String, String>,
    own: usize,
    look: Look,
    settings: Settings,
}

/// What a path of the preview belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beside {
    /// A version, by its place in the list, and the path below its folder.
    Version(usize, SitePath),
    /// A version under another name: the path where it stands.
    Alias(SitePath),
}

/// What is known of the versions of a preview: their pages.
pub struct Shelf {
    shown: Vec<Shown>,
    renames: Vec<Renames>,
}

impl Preview {
    /// The versions that the settings of a site ask for; none where these cannot be read.
    pub fn of(input: &PreviewInput<'_>, facts: &RepositoryFacts) -> Option<Preview> {
        let inputs = known_inputs(input.source, input.memo);
        let (variables, overrides) = (&input.variables, Overrides::default());
        let planned =
            reading::plan(&inputs, &input.root, variables, &overrides, Vec::new(), None).ok()?;
        let reading::Planned { settings, files, content, .. } = planned;
        let look = Look::read(&inputs, &settings, &input.root, &files, &content).ok()?;
        let refs = history::refs(&input.dir).unwrap_or_default();
        // What is wrong with the patterns, a build tells.
        let (selection, _) = select(&settings.versions, &refs);
        let mut versions = selection.versions;
        let own = standing(&versions, &settings, facts, &input.dir, &input.base);
        let own = own.unwrap_or_else(|| {
            versions.insert(0, alone(facts));
            0
        });
        for (at, version) in versions.iter_mut().enumerate() {
            version.path = match at == own {
                true => SitePath::root(),
                false => SitePath::new(&version.name).unwrap_or_else(|_| SitePath::root()),
            };
        }
        Some(Preview { versions, aliases: selection.aliases, own, look, settings })
    }

    /// The place in the list of the version that the preview stands for.
    pub fn own(&self) -> usize {
        self.own
    }

    /// The place in the list of the version of a name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.versions.iter().position(|version| version.name == name)
    }

    /// The name of a version, and all that its pages are made from: where that is the same, they are.
    pub fn version(&self, at: usize) -> Option<(&str, ContentHash)> {
        let version = self.versions.get(at)?;
        let mut made_from = Fingerprint::new("previewed version");
        made_from
            .text(&version.name)
            .value(&version.reference.commit.as_ref().map(|commit| &commit.id).ok())
            .value(&version.reference.name)
            .value(&version.own_theme)
            .value(&self.settings.site.base_url)
            .hash(&self.look.hash());
        Some((&version.name, made_from.finish()))
    }

    /// The version in whose folder a path lies.
    pub fn beside(&self, path: &SitePath) -> Option<Beside> {
        let first = path.components().next()?;
        let folder = SitePath::new(first).ok()?;
        let below = path.strip_prefix(&folder)?;
        let found = self.versions.iter().position(|version| version.path == folder);
        if let Some(at) = found {
            return Some(Beside::Version(at, below));
        }
        let name = self.aliases.get(first)?;
        let version = self.versions.iter().find(|version| version.name == *name)?;
        let mut there = version.path.clone();
        for part in below.components() {
            there = there.join(part).ok()?;
        }
        Some(Beside::Alias(there))
    }

    /// Makes a version, and hands it over; what is wrong where there is none.
    ///
    /// # Errors
    /// Where git cannot read it, or its `book.toml` cannot be understood.
    pub fn with(
        &self,
        input: &PreviewInput<'_>,
        at: usize,
        work: &mut dyn FnMut(&mut Live<'_>),
    ) -> Result<(), Vec<Diagnostic>> {
        self.prepared_for(input, at, &mut |build| {
            let mut live = Live::start(build)?;
            work(&mut live);
            Ok(())
        })
    }

    /// What the other versions publish, each as far as it can be made. `stop` says that nobody waits
    /// any more.
    pub fn shelf(
        &self,
        input: &PreviewInput<'_>,
        facts: &RepositoryFacts,
        stop: &dyn Fn() -> bool,
    ) -> Shelf {
        let mut shown = Vec::new();
        for (at, version) in self.versions.iter().enumerate() {
            let record = match at == self.own {
                // Its pages are those of the preview; here its place counts.
                true => Some(VersionRecord {
                    commit: facts.commit.clone().unwrap_or_default(),
                    ..VersionRecord::default()
                }),
                false if stop() => None,
                false => self.record(input, at),
            };
            if let Some(record) = record {
                shown.push(Shown { entry: VersionEntry::of(&record, version), record });
            }
        }
        let between = |pair: &[Shown]| match pair {
            [a, b] if !a.record.commit.is_empty() && !b.record.commit.is_empty() && !stop() => {
                let (from, to) = (&a.record.commit, &b.record.commit);
                renames(&input.dir, input.memo, from, to, &input.root)
            }
            _ => Renames::new(),
        };
        let renames = shown.windows(2).map(between).collect();
        Shelf { shown, renames }
    }

    /// The versions as far as they are known before anybody has read them: each has a first page, and
    /// the search that the previewed site has.
    fn unread(&self, site: &Prepared<'_>) -> Vec<Shown> {
        let own =
            site.with_context(|cx| crate::output::version_record(cx, &VersionPlace::default()));
        let record = VersionRecord {
            home: SitePath::new("index.html").unwrap_or_else(|_| SitePath::root()),
            pages: Vec::new(),
            ..own
        };
        let shown = |version: &Version| Shown {
            entry: VersionEntry::of(&record, version),
            record: record.clone(),
        };
        self.versions.iter().map(shown).collect()
    }

    /// What a version publishes; known from the cache where it was made before.
    fn record(&self, input: &PreviewInput<'_>, at: usize) -> Option<VersionRecord> {
        let (_, made_from) = self.version(at)?;
        let mut key = Fingerprint::new("previewed record");
        key.text(BUILD).hash(&made_from).text(input.root.as_str()).bytes(&[u8::from(input.drafts)]);
        key.value(&input.variables);
        let key = Key::new(Stage::Check, key.finish());
        let known = input.memo.get(&key).and_then(|bytes| VersionRecord::parse(&bytes));
        if known.is_some() {
            return known;
        }
        let mut record = None;
        let made = self.prepared_for(input, at, &mut |build| {
            let version = build.version;
            let prepared = prepare(build)?;
            record = version.map(|version| {
                prepared.with_context(|cx| crate::output::version_record(cx, &version.place))
            });
            Ok(())
        });
        made.ok()?;
        if let Ok(bytes) = serde_json::to_vec(&record) {
            input.memo.put(&key, &bytes);
        }
        record
    }

    /// Calls with what a build of a version is given.
    fn prepared_for(
        &self,
        input: &PreviewInput<'_>,
        at: usize,
        call: &mut dyn FnMut(BuildInput<'_>) -> Result<(), BuildError>,
    ) -> Result<(), Vec<Diagnostic>> {
        let Some(version) = self.versions.get(at) else { return Ok(()) };
        let (source, root) = open(&input.dir, version).map_err(|told| vec![*told])?;
        let look = (!version.own_theme).then_some(&self.look);
        let over = look.map(|look| look.over(&source));
        let twins = Twins::default();
        let commit = version.reference.commit.as_ref().map(|commit| commit.id.clone());
        let of = VersionInput {
            place: VersionPlace {
                name: version.name.clone(),
                reference: version.reference.name.clone(),
                commit: commit.unwrap_or_default(),
                current: None,
            },
            base_url: super::build::base_url(&self.settings, &version.path),
            noindex: self.settings.site.noindex,
            look,
            taken: Vec::new(),
            twins: &twins,
        };
        let build = BuildInput {
            source: over.as_ref().map_or(&source as &dyn Source, |over| over),
            root,
            variables: input.variables.clone(),
            overrides: Overrides::default(),
            facts: history::facts_of(&input.dir, &version.reference),
            repository: Some(RepositoryInput {
                dir: input.dir.clone(),
                base: BaseNames::default(),
                work_tree: false,
            }),
            drafts: input.drafts,
            except: Vec::new(),
            memo: input.memo,
            progress: &Silent,
            version: Some(&of),
            beside_versions: false,
        };
        call(build).map_err(|error| match error {
            BuildError::Config(found) => found,
            BuildError::Source(error) => {
                vec![Diagnostic::new(&crate::pipeline::UNREADABLE, error.to_string())]
            }
        })
    }

    /// The files that tell a version of the others, by their paths below its folder. `site` is the
    /// previewed one. Without a shelf, nothing is known of the pages of the others.
    pub fn files(
        &self,
        shelf: Option<&Shelf>,
        site: &Prepared<'_>,
        at: usize,
    ) -> BTreeMap<SitePath, Arc<[u8]>> {
        let Some(own) = self.versions.get(self.own) else { return BTreeMap::new() };
        let mut shown = match shelf {
            Some(shelf) => shelf.shown.clone(),
            None => self.unread(site),
        };
        if let Some(of_own) = shown.iter_mut().find(|shown| shown.entry.path.is_root()) {
            let place = VersionPlace {
                name: own.name.clone(),
                reference: own.reference.name.clone(),
                commit: of_own.record.commit.clone(),
                current: None,
            };
            let record = site.with_context(|cx| crate::output::version_record(cx, &place));
            *of_own = Shown { entry: VersionEntry::of(&record, own), record };
        }
        let menus = Menus {
            shown: &shown,
            renames: shelf.map(|shelf| shelf.renames.clone()).unwrap_or_default(),
            theme: &site.theme,
            site: &site.view,
            base_url: None,
            base_path: self.settings.site.base_path(),
            cname: None,
            noindex: false,
            aliases: &self.aliases,
        };
        let name = self.versions.get(at).map(|version| version.name.as_str());
        let at = shown.iter().position(|shown| Some(shown.entry.name.as_str()) == name);
        let places = menus::places(&shown, &menus.renames);
        // What is wrong with the theme, its pages tell.
        let files = at.map(|at| menus.of_version(&places, at, &mut Vec::new()));
        let files = files.into_iter().flatten();
        files.map(|(path, bytes)| (path, Arc::from(bytes))).collect()
    }
}

/// Which version a site stands for: that of the branch that is checked out, else that of the base
/// branch, else the current one.
pub(super) fn standing(
    versions: &[Version],
    settings: &Settings,
    facts: &RepositoryFacts,
    dir: &Path,
    base: &BaseNames,
) -> Option<usize> {
    let of_branch = |name: &str| {
        let is_of = |version: &Version| !version.reference.is_tag && version.reference.name == name;
        versions.iter().position(is_of)
    };
    let names = BaseNames { setting: settings.git.base.clone(), ..base.clone() };
    let of_base = || {
        let (name, _) = history::base_branch(dir, &names, &mut Vec::new())?;
        of_branch(&name).or_else(|| of_branch(name.split_once('/')?.1))
    };
    let current = || versions.iter().position(|version| version.state == VersionState::Current);
    facts.branch.as_deref().and_then(of_branch).or_else(of_base).or_else(current)
}

/// A version for a site that stands for none of those that there are.
fn alone(facts: &RepositoryFacts) -> Version {
    let name = facts.branch.clone().or_else(|| facts.tag.clone()).unwrap_or_default();
    let commit = facts.commit.clone().map(|id| RefCommit { id, time: 0 });
    Version {
        title: name.clone(),
        reference: Ref {
            name: name.clone(),
            is_tag: false,
            commit: commit.ok_or_else(|| "no commit".to_owned()),
        },
        name,
        state: VersionState::Current,
        hidden: false,
        own_theme: false,
        path: SitePath::root(),
        span: None,
    }
}
