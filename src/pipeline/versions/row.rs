//! Versions that do not depend on each other are built in a row: while one is put in place, the next one
//! is read.

use std::path::PathBuf;

use rayon::prelude::*;

use super::build::{Building, BuiltVersion, VersionsFailure, open, path};
use super::codes::NOT_BUILT;
use super::current::CurrentBasis;
use super::input::VersionInput;
use super::select::{Version, VersionState};
use crate::base::{Diagnostic, SitePath, SourcePath};
use crate::history;
use crate::output::published;
use crate::output::version::{VERSION_RECORD, VersionRecord};
use crate::pipeline::Silent;
use crate::pipeline::build::{Build, BuildFailure, BuildOutput, Built, begin, standing};
use crate::pipeline::prepare::{BuildError, BuildInput};
use crate::source::{OverlaySource, RevisionSource, Source};

/// A version that is about to be built.
struct Pending<'a> {
    version: &'a Version,
    /// How places in it are told.
    label: String,
    source: RevisionSource,
    /// The folder of `book.toml` in it.
    root: SourcePath,
    of: VersionInput<'a>,
    /// Where it is published.
    folder: PathBuf,
}

impl Pending<'_> {
    /// Its files with those of the look over them.
    fn over(&self) -> Option<OverlaySource<'_>> {
        self.of.look.map(|look| look.over(&self.source))
    }
}

impl<'a> Building<'a> {
    /// Builds versions that do not depend on each other, one after the other: while one is put in
    /// place, the next one is read.
    pub(super) fn row(
        &mut self,
        versions: &[&'a Version],
        current: Option<&CurrentBasis>,
    ) -> Result<(), VersionsFailure> {
        let mut pending = Vec::with_capacity(versions.len());
        for version in versions {
            match open(&self.input.dir, version) {
                Ok((source, root)) => pending.push(self.pending(version, source, root, current)),
                Err(told) => self.fail(version, *told),
            }
        }
        let overs: Vec<Option<OverlaySource<'_>>> = pending.iter().map(Pending::over).collect();
        let progress = self.input.progress;
        progress.stage("looking", pending.len());
        let stand: Vec<Option<Built>> = pending
            .par_iter()
            .zip(&overs)
            .map(|(of, over)| standing(&self.input_of(of, over.as_ref()), &self.output_of(of)))
            .collect();
        let mut rest = pending.iter().zip(&overs).zip(stand);
        let mut begun = rest.next().map(|(of, stands)| (of.0, self.begin(of, stands, false)));
        while let Some((of, build)) = begun {
            let staged = build.and_then(|build| build.render(progress));
            let next = rest.next();
            let (built, ahead) = rayon::join(
                || staged.and_then(|staged| staged.put_in_place(progress)),
                || next.map(|(of, stands)| (of.0, self.begin(of, stands, true))),
            );
            begun = ahead;
            self.done(of, built)?;
        }
        drop(overs);
        self.sources.extend(pending.into_iter().map(|of| (of.label, of.source)));
        Ok(())
    }

    /// A version that is about to be built.
    fn pending(
        &self,
        version: &'a Version,
        source: RevisionSource,
        root: SourcePath,
        current: Option<&CurrentBasis>,
    ) -> Pending<'a> {
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
            place: self.place(version, current, &root),
            base_url: self.base_url(&version.path),
            noindex: self.settings.site.noindex
                || (self.settings.versions.noindex_old
                    && matches!(version.state, VersionState::Old | VersionState::Unmaintained)),
            look: (!version.own_theme).then_some(self.look),
            taken,
            twins: self.twins,
        };
        let folder = self.folder_of(&version.path);
        Pending { version, label: label(version), source, root, of, folder }
    }

    /// Begins to build a version that does not stand already; `ahead`, while another one is put in
    /// place.
    fn begin<'b>(
        &self,
        (pending, over): (&'b Pending<'a>, &'b Option<OverlaySource<'b>>),
        stands: Option<Built>,
        ahead: bool,
    ) -> Result<Build<'b>, BuildFailure> {
        if let Some(built) = stands {
            return Ok(Build::Stands(built));
        }
        let mut input = self.input_of(pending, over.as_ref());
        if !ahead {
            return begin(input, &self.output_of(pending));
        }
        let begun = input.progress.now();
        input.progress = &Silent;
        let build = begin(input, &self.output_of(pending));
        self.input.progress.beside("reading", begun);
        build
    }

    /// What the build of a version is given.
    fn input_of<'b>(
        &self,
        pending: &'b Pending<'a>,
        over: Option<&'b OverlaySource<'b>>,
    ) -> BuildInput<'b> {
        BuildInput {
            source: over.map_or(&pending.source as &dyn Source, |over| over),
            root: pending.root.clone(),
            facts: history::facts_of(&self.input.dir, &pending.version.reference),
            ..self.build_input(&pending.source, &pending.of)
        }
    }

    /// Where a version is written.
    fn output_of(&self, pending: &Pending<'_>) -> BuildOutput {
        BuildOutput {
            folder: Some(pending.folder.clone()),
            root: self.input.dir.clone(),
            why: None,
            is_last: false,
        }
    }

    /// Notes what has become of a version.
    fn done(
        &mut self,
        pending: &Pending<'a>,
        built: Result<Built, BuildFailure>,
    ) -> Result<(), VersionsFailure> {
        let Pending { version, label, folder, .. } = pending;
        match built {
            Ok(built) => {
                self.twins.add(folder, built.files.iter().map(|(path, file)| (path, file.hash)));
                let found = built.diagnostics.into_iter().map(|found| seen_in(found, label));
                self.diagnostics.extend(found);
                let record = published(folder, &path(VERSION_RECORD));
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
                self.diagnostics.extend(found.into_iter().map(|found| seen_in(found, label)));
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
        Ok(())
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
