//! What is written once all versions stand in their places: the menus that tell them of each other,
//! and what belongs to none of them.

use rayon::prelude::*;

use super::build::{Building, VersionsFailure, path};
use super::codes::{KEPT, NOT_BUILT, OUTDATED};
use super::input::VersionInput;
use super::menus::{self, File, Menus, Shown, VersionEntry, is_version_file};
use super::places::Renames;
use super::select::VersionState;
use crate::base::{Diagnostic, SitePath, Span};
use crate::output::version::VersionPlace;
use crate::output::{Content, WriteError, Writer, Written};
use crate::pipeline::prepare::{BuildError, BuildInput, prepare};
use crate::source::RevisionSource;

impl Building<'_> {
    /// The versions that stand in the site, in order: those that are selected, then those that were
    /// published before and are selected no more.
    fn shown(&mut self) -> Vec<Shown> {
        let mut shown = Vec::new();
        for version in &self.selection.versions {
            let record = self.records.get(&version.name).cloned();
            let record = record.or_else(|| {
                self.record_in(&version.path).filter(|record| record.name == version.name)
            });
            if let Some(record) = record {
                shown.push(Shown { entry: VersionEntry::of(&record, version), record });
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
    pub(super) fn menus(&mut self, base: &RevisionSource) -> Result<Written, VersionsFailure> {
        let shown = self.shown();
        self.tell_outdated(&shown);
        let of = VersionInput {
            place: VersionPlace::default(),
            base_url: self.base_url(&SitePath::root()),
            noindex: false,
            look: Some(self.look),
            taken: Vec::new(),
            twins: self.twins,
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
        // Each version has a folder of its own.
        let put: Vec<_> = shown
            .par_iter()
            .enumerate()
            .map(|(at, version)| {
                let mut told = Vec::new();
                let mut files = menus.of_version(&places, at, &mut told);
                if version.entry.path.is_root() {
                    return (told, Err(files));
                }
                files.sort();
                (told, Ok(self.put(&version.entry.path, &files, is_version_file)))
            })
            .collect();
        for (version, (of_version, put)) in shown.iter().zip(put) {
            told.extend(of_version);
            match put {
                Err(files) => root_files.extend(files),
                Ok(Ok(done)) => add(&mut written, done),
                Ok(Err(error)) => failed.push((version.entry.name.clone(), error)),
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

fn add(sum: &mut Written, more: Written) {
    sum.written += more.written;
    sum.unchanged += more.unchanged;
    sum.removed += more.removed;
    sum.bytes += more.bytes;
}
