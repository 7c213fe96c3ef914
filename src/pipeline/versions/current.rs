//! What a version is told of the current one: where its pages stand there, for search engines.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::build::{Building, path};
use super::input::VersionInput;
use super::places::Renames;
use super::select::{Version, VersionState};
use crate::base::{SitePath, SourcePath};
use crate::history;
use crate::memo::{BUILD, Fingerprint, Key, Stage, Store};
use crate::output::published;
use crate::output::version::{CurrentPages, VERSION_RECORD, VersionPlace, VersionRecord};
use crate::pipeline::prepare::{BuildInput, prepare};
use crate::source::{RevisionSource, Source};

/// The current version, for the others.
#[derive(Default)]
pub(super) struct CurrentBasis {
    pub(super) base_url: Option<String>,
    /// Its commit, and whether its addresses are without `index.html`; none where nothing is known of
    /// its pages.
    record: Option<(String, bool)>,
    sources: Arc<BTreeMap<SourcePath, SitePath>>,
    paths: Arc<BTreeMap<SitePath, SitePath>>,
}

impl CurrentBasis {
    fn of(base_url: Option<String>, record: Option<VersionRecord>) -> Self {
        let Some(record) = record else { return CurrentBasis { base_url, ..Self::default() } };
        let pages = || record.pages.iter();
        let own = pages().map(|page| (page.path.clone(), page.path.clone()));
        let sections = record.sections.iter().map(|path| (path.clone(), path.clone()));
        let moved = record.moved.iter().map(|(from, to)| (from.clone(), to.clone()));
        CurrentBasis {
            base_url,
            sources: Arc::new(
                pages().map(|page| (page.source.clone(), page.path.clone())).collect(),
            ),
            paths: Arc::new(moved.chain(sections).chain(own).collect()),
            record: Some((record.commit, record.clean)),
        }
    }
}

impl Building<'_> {
    /// What a version knows of itself and of the current one.
    pub(super) fn place(
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
                let (of_current, clean) = current.record.as_ref()?;
                Some(CurrentPages {
                    base: current.base_url.clone().filter(|url| url.contains("://")),
                    clean: *clean,
                    sources: Arc::clone(&current.sources),
                    paths: Arc::clone(&current.paths),
                    renamed: self.renames(&commit, of_current, root),
                })
            }),
            commit,
        }
    }

    /// The pages of the current version: as they were built just now, as they stand in the site, or
    /// as they would be built.
    pub(super) fn current_pages(&mut self) -> CurrentBasis {
        let Some(current) = self.selection.current() else { return CurrentBasis::default() };
        let base_url = self.base_url(&current.path);
        let commit = current.reference.commit.as_ref().map(|commit| commit.id.clone());
        let known = self.records.get(&current.name).cloned().or_else(|| {
            let record = self.record_in(&current.path)?;
            (Some(&record.commit) == commit.as_ref().ok() && record.name == current.name)
                .then_some(record)
        });
        let record = known.or_else(|| self.record_unbuilt(current));
        CurrentBasis::of(base_url, record)
    }

    /// What a folder of the site says of the version that stands there.
    pub(super) fn record_in(&self, place: &SitePath) -> Option<VersionRecord> {
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
            twins: self.twins,
        };
        let prepared = prepare(BuildInput {
            source: over.as_ref().map_or(&source as &dyn Source, |over| over),
            root,
            facts: history::facts_of(&self.input.dir, &version.reference),
            ..self.build_input(&source, &of)
        });
        let prepared = prepared.ok()?;
        Some(prepared.with_context(|cx| crate::output::version_record(cx, &of.place)))
    }

    /// The files that were renamed between two commits.
    pub(super) fn renames(&self, from: &str, to: &str, root: &SourcePath) -> Renames {
        renames(&self.input.dir, self.input.memo, from, to, root)
    }
}

/// The files that were renamed between two commits. What git has found once is kept.
pub(super) fn renames(
    dir: &Path,
    memo: &Store,
    from: &str,
    to: &str,
    root: &SourcePath,
) -> Renames {
    if from == to {
        return Renames::new();
    }
    let mut key = Fingerprint::new("renames");
    key.text(BUILD).text(from).text(to).text(root.as_str());
    let key = Key::new(Stage::History, key.finish());
    let known = memo.get(&key).and_then(|bytes| postcard::from_bytes(&bytes).ok());
    known.unwrap_or_else(|| {
        let found = history::renames(dir, from, to, root);
        if let Ok(bytes) = postcard::to_allocvec(&found) {
            memo.put(&key, &bytes);
        }
        found
    })
}
