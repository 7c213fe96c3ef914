//! A whole build: from a source to the site in its folder. Where nothing has changed since the
//! last build nothing is done but to look.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Progress;
use super::check::keep_hashes;
use super::inputs::{Asked, Inputs};
use super::prepare::{Before, BuildError, BuildInput, Prepared, Totals, prepare_from};
use super::publish::{self, Published, Staged};
use super::versions::is_version_file;
use crate::base::{ContentHash, Diagnostic, SitePath};
use crate::memo::{BUILD, Fingerprint, Reason, StampTable, Store, Trace};
use crate::output::{FileRecord, PlacedFile, WriteError, Writer, Written};
use crate::source::Source;

/// The state under which the stamps of source files are kept.
pub(super) const FILES: &str = "files";

/// The state under which the hashes of files are kept by what git calls their bytes.
pub(super) const OBJECTS: &str = "objects";

/// Where a site is written.
#[derive(Debug, Clone)]
pub struct BuildOutput {
    /// The folder that was asked for; where none was, that of the settings below `root`.
    pub folder: Option<PathBuf>,
    /// The folder of `book.toml` in the file system.
    pub root: PathBuf,
    /// The page, by its source or its address, of which it is asked why it was rendered.
    pub why: Option<String>,
    /// The process ends with this build: what the site was made from is left to the system, which
    /// takes it back at once and not thing by thing.
    pub is_last: bool,
}

/// What a build has done.
#[derive(Debug)]
pub struct Built {
    /// Pages and words.
    pub totals: Totals,
    /// What was written.
    pub written: Written,
    /// What was found, in no order.
    pub diagnostics: Vec<Diagnostic>,
    /// The output folder.
    pub folder: PathBuf,
    /// Why the page that was asked about was rendered: its address and the reason.
    pub why: Vec<(SitePath, Reason)>,
    /// The files of a version of several; none for a site that is all.
    pub files: Vec<(SitePath, FileRecord)>,
}

/// Why nothing was built.
#[derive(Debug, thiserror::Error)]
pub enum BuildFailure {
    /// There is nothing to build.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// It cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What is kept of a build for the next one.
#[derive(Serialize, Deserialize)]
struct Last {
    program: String,
    /// Everything that does not come from the source.
    arguments: ContentHash,
    asked: Asked,
    pages: usize,
    words: usize,
    diagnostics: Vec<Diagnostic>,
    folder: PathBuf,
    /// The hash of the files and what they are, as [`hash_of_files`] makes it. What they are stands
    /// in the manifest, too.
    files: ContentHash,
    /// Those of the files that somebody else looks after, who writes into the same folder.
    apart: Vec<(SitePath, FileRecord)>,
}

/// The names of the states that belong to one output folder.
struct States {
    last: String,
    stamps: String,
    traces: String,
}

impl States {
    fn of(output: &BuildOutput) -> States {
        let folder = output.folder.as_deref().map(absolute);
        let mut name = Fingerprint::new("output");
        name.value(&folder);
        let name = name.finish().short();
        States {
            last: format!("last-{name}"),
            stamps: format!("output-{name}"),
            traces: format!("traces-{name}"),
        }
    }
}

/// A path that means the same in every working directory, as far as the system can tell.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// A source, with what is known of its files.
pub(super) fn known_inputs<'a>(source: &'a dyn Source, memo: &'a Store) -> Inputs<'a> {
    if !source.has_stamps() {
        return Inputs::new(source, StampTable::default(), None).with_objects(memo);
    }
    let known = memo.state(FILES).map(|bytes| StampTable::from_bytes(&bytes)).unwrap_or_default();
    Inputs::new(source, known, memo.clock())
}

impl<'a> BuildInput<'a> {
    /// The source, with what is known of its files.
    pub(super) fn inputs(&self) -> Inputs<'a> {
        known_inputs(self.source, self.memo)
    }

    /// The fingerprint of everything that does not come from the source.
    fn arguments(&self) -> ContentHash {
        let mut arguments = Fingerprint::new("arguments");
        arguments
            .text(self.root.as_str())
            .value(&self.variables)
            .value(&self.overrides)
            .value(&self.facts)
            .value(&self.drafts)
            .value(&self.except);
        match (self.version, &self.repository) {
            // A version is made of its commit alone, wherever branches are.
            (Some(version), _) => version.enter(&mut arguments),
            (None, Some(repository)) => repository.enter(&mut arguments),
            (None, None) => {}
        }
        arguments.finish()
    }
}

/// Builds a site and puts it in place.
///
/// # Errors
/// Where there is nothing to build, or it cannot be written; nothing of the site that stood there
/// is then touched.
pub fn build(input: BuildInput<'_>, output: &BuildOutput) -> Result<Built, BuildFailure> {
    let progress = input.progress;
    begin(input, output)?.render(progress)?.put_in_place(progress)
}

/// A build that has begun.
pub(super) enum Build<'a> {
    /// The site stands already.
    Stands(Built),
    /// It is being built.
    UnderWay(Box<UnderWay<'a>>),
}

/// A build of which all files but those of the search are staged.
pub(super) enum StagedBuild<'a> {
    /// The site stands already.
    Stands(Built),
    /// It is to be put in place.
    UnderWay(Box<(UnderWay<'a>, Staged)>),
}

/// A site that is being built.
pub(super) struct UnderWay<'a> {
    prepared: Prepared<'a>,
    writer: Writer,
    arguments: ContentHash,
    states: States,
    folder: PathBuf,
    /// The page of which it is asked why it was rendered, and what all were made from before.
    why: Option<(String, Vec<(SitePath, Trace)>)>,
    on_disk: bool,
    /// Nothing comes after it.
    is_last: bool,
}

/// The last build of a version, where it was made from the same, and all that it wrote stands there
/// still.
pub(super) fn standing(input: &BuildInput<'_>, output: &BuildOutput) -> Option<Built> {
    // What a version is made from is among the arguments: its commit, and the look. Of a site that is
    // all, the source would have to be asked as well.
    input.version?;
    let states = States::of(output);
    let last = recall(input.memo, &states.last)?;
    if last.arguments != input.arguments() {
        return None;
    }
    let writer = open(input.memo, &states, &last.folder, true).ok()?;
    stands(&writer, &last, true)
}

/// Begins a build: reads all that there is, and takes hold of the output folder.
pub(super) fn begin<'a>(
    input: BuildInput<'a>,
    output: &BuildOutput,
) -> Result<Build<'a>, BuildFailure> {
    let states = States::of(output);
    let arguments = input.arguments();
    let memo = input.memo;
    let progress = input.progress;
    let is_version = input.version.is_some();
    let on_disk = input.source.folder().is_some();

    progress.stage("looking", 0);
    let (inputs, last) = rayon::join(|| input.inputs(), || recall(memo, &states.last));
    // Of a version, [`standing`] has told whether it stands.
    let comparable = last
        .as_ref()
        .filter(|last| !is_version && output.why.is_none() && last.arguments == arguments);
    // The site most likely goes where it went before: what stands there is read beside.
    let (looked, mut ahead) = rayon::join(
        || match comparable {
            Some(last) if holds(&inputs, &last.asked) => {
                Ok(Looked::Same(Box::new((input, inputs)), last))
            }
            _ => prepare_from(input, inputs, Before::default())
                .map(|prepared| Looked::Prepared(Box::new(prepared))),
        },
        || {
            let folder = &last.as_ref().filter(|last| last.folder.is_dir())?.folder;
            open(memo, &states, folder, is_version).ok()
        },
    );
    let prepared = match looked? {
        Looked::Prepared(prepared) => *prepared,
        Looked::Same(same, last) => {
            let (input, inputs) = *same;
            let writer = match ahead.take() {
                Some(writer) => writer,
                None => open(memo, &states, &last.folder, false)?,
            };
            if let Some(built) = stands(&writer, last, false) {
                if on_disk {
                    memo.set_state(FILES, &inputs.questions().stamp_bytes());
                }
                return Ok(Build::Stands(built));
            }
            ahead = Some(writer);
            prepare_from(input, inputs, Before::default())?
        }
    };
    let folder = match &output.folder {
        Some(folder) => folder.clone(),
        None => output.root.join(&prepared.settings().build.build_dir),
    };
    let is_ahead = last.as_ref().is_some_and(|last| last.folder == absolute(&folder));
    let writer = match ahead.filter(|_| is_ahead) {
        Some(writer) => writer,
        None => open(memo, &states, &folder, is_version)?,
    };
    let why = output.why.clone().map(|page| (page, traces(memo, &states)));
    if !on_disk {
        // The next version may be read before this one stands.
        keep_hashes(&prepared.inputs, memo);
    }
    Ok(Build::UnderWay(Box::new(UnderWay {
        prepared,
        writer,
        arguments,
        states,
        folder,
        why,
        on_disk,
        is_last: output.is_last,
    })))
}

impl<'a> Build<'a> {
    /// Renders the files of the site, and stages them.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub(super) fn render(self, progress: &dyn Progress) -> Result<StagedBuild<'a>, BuildFailure> {
        Ok(match self {
            Build::Stands(built) => StagedBuild::Stands(built),
            Build::UnderWay(of) => {
                let staged = publish::render(&of.prepared, &of.writer, progress)?;
                StagedBuild::UnderWay(Box::new((*of, staged)))
            }
        })
    }
}

impl StagedBuild<'_> {
    /// Puts the site in place.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn put_in_place(self, progress: &dyn Progress) -> Result<Built, BuildFailure> {
        match self {
            StagedBuild::Stands(built) => Ok(built),
            StagedBuild::UnderWay(of) => {
                let (of, staged) = *of;
                of.put_in_place(staged, progress)
            }
        }
    }
}

impl UnderWay<'_> {
    fn put_in_place(self, staged: Staged, progress: &dyn Progress) -> Result<Built, BuildFailure> {
        let UnderWay { prepared, writer, arguments, states, folder, why, on_disk, is_last } = self;
        let memo = prepared.memo;
        let Published { written, files, traces, made, diagnostics } =
            publish::put_in_place(&prepared, writer, staged, progress)?;
        let why = match &why {
            Some((page, before)) => self::why(page, &prepared, before, &traces, &made, memo),
            None => Vec::new(),
        };

        let totals = prepared.totals();
        let records = || files.iter().map(|file| (&file.path, &file.record));
        let is_version = prepared.version.is_some();
        let is_apart = |path: &SitePath| is_version && is_version_file(path);
        let of_version = if is_version { listed(records()) } else { Vec::new() };
        let mut built = Built { totals, written, diagnostics, folder, why, files: of_version };
        if memo.writable().is_none() {
            return Ok(built);
        }
        let inputs = &prepared.inputs;
        if !on_disk {
            keep_hashes(inputs, memo);
        }
        let known = on_disk.then(|| inputs.questions());
        let asked = (!inputs.moved()).then(|| inputs.questions());
        rayon::scope(|scope| {
            // A site is so many small things that to let it go takes as long as to keep it.
            if is_last {
                std::mem::forget(prepared);
            } else {
                scope.spawn(|_| drop(prepared));
            }
            scope.spawn(|_| {
                if let Some(known) = known {
                    memo.set_state(FILES, &known.stamp_bytes());
                }
            });
            scope.spawn(|_| memo.set_state(&states.stamps, &PlacedFile::stamp_bytes(&files)));
            scope.spawn(|_| {
                // They are large: a text that grows bit by bit is copied again and again.
                let room = traces.iter().map(|(_, trace)| trace.parts.len() * 40 + 160).sum();
                if let Ok(bytes) = postcard::to_extend(&traces, Vec::with_capacity(room)) {
                    memo.set_state(&states.traces, &bytes);
                }
            });
            if let Some(asked) = asked {
                let last = Last {
                    program: BUILD.to_owned(),
                    arguments,
                    asked: asked.asked(),
                    pages: totals.pages,
                    words: totals.words,
                    diagnostics: std::mem::take(&mut built.diagnostics),
                    folder: absolute(&built.folder),
                    files: hash_of_files(records().filter(|(path, _)| !is_apart(path))),
                    apart: listed(records().filter(|(path, _)| is_apart(path))),
                };
                if let Ok(bytes) = postcard::to_allocvec(&last) {
                    memo.set_state(&states.last, &bytes);
                }
                built.diagnostics = last.diagnostics;
            }
        });
        Ok(built)
    }
}

/// What a look at the source has come to.
enum Looked<'a, 'l> {
    /// It is what it was in the last build.
    Same(Box<(BuildInput<'a>, Inputs<'a>)>, &'l Last),
    /// It is not, and the site was prepared anew.
    Prepared(Box<Prepared<'a>>),
}

/// A list of files and what they are.
fn listed<'f>(
    files: impl Iterator<Item = (&'f SitePath, &'f FileRecord)>,
) -> Vec<(SitePath, FileRecord)> {
    files.map(|(path, file)| (path.clone(), *file)).collect()
}

/// A hash of files and what they are, which come in the order of their paths.
fn hash_of_files<'f>(files: impl Iterator<Item = (&'f SitePath, &'f FileRecord)>) -> ContentHash {
    let mut hash = Fingerprint::new("files");
    for (path, file) in files {
        hash.text(path.as_str()).bytes(&file.size.to_le_bytes()).hash(&file.hash);
    }
    hash.finish()
}

/// Takes hold of an output folder, with what the last build knew of the files in it.
fn open(
    memo: &Store,
    states: &States,
    folder: &Path,
    is_version: bool,
) -> Result<Writer, WriteError> {
    let mut writer = Writer::open(folder)?;
    if is_version {
        writer.set_apart(is_version_file);
    }
    writer.believe(&memo.state(&states.stamps).unwrap_or_default());
    Ok(writer)
}

fn recall(memo: &Store, state: &str) -> Option<Last> {
    let last: Last = postcard::from_bytes(&memo.state(state)?).ok()?;
    (last.program == BUILD).then_some(last)
}

fn traces(memo: &Store, states: &States) -> Vec<(SitePath, Trace)> {
    let bytes = memo.state(&states.traces);
    bytes.and_then(|bytes| postcard::from_bytes(&bytes).ok()).unwrap_or_default()
}

/// Whether the source answers every question as it did.
pub(super) fn holds(inputs: &Inputs<'_>, asked: &Asked) -> bool {
    inputs.same_listings(asked)
        && asked.files().par_iter().all(|(path, answer)| inputs.holds(path, *answer))
}

/// The last build once more, where all that it wrote stands there still.
fn stands(writer: &Writer, last: &Last, is_version: bool) -> Option<Built> {
    if hash_of_files(writer.owned()) != last.files {
        return None;
    }
    let mut files: Vec<(&SitePath, &FileRecord)> = writer.owned().collect();
    files.extend(last.apart.iter().map(|(path, file)| (path, file)));
    files.sort_by_key(|(path, _)| *path);
    let all = files.par_iter().all(|(path, record)| {
        writer.stands(path, &record.hash).is_some_and(|(found, _)| found == **record)
    });
    all.then(|| Built {
        totals: Totals { pages: last.pages, words: last.words },
        written: Written { unchanged: files.len(), ..Written::default() },
        diagnostics: last.diagnostics.clone(),
        folder: last.folder.clone(),
        why: Vec::new(),
        files: if is_version { listed(files.iter().copied()) } else { Vec::new() },
    })
}

/// Why the files of a page were rendered.
fn why(
    page: &str,
    prepared: &Prepared<'_>,
    before: &[(SitePath, Trace)],
    now: &[(SitePath, Trace)],
    made: &[(SitePath, Reason)],
    memo: &Store,
) -> Vec<(SitePath, Reason)> {
    let wanted = page.trim_start_matches("./");
    let is_meant = |path: &SitePath| {
        path.as_str() == wanted
            || prepared.site().pages.iter().any(|page| {
                page.path == *path
                    && (page.source.as_str() == wanted
                        || page.source.as_str().ends_with(&format!("/{wanted}")))
            })
    };
    let find = |traces: &[(SitePath, Trace)], path: &SitePath| {
        traces.iter().find(|(other, _)| other == path).map(|(_, trace)| trace.clone())
    };
    made.iter()
        .filter(|(path, _)| is_meant(path))
        .map(|(path, reason)| {
            let reason = match (reason, find(now, path)) {
                (Reason::New, _) if memo.folder().is_none() => Reason::NoCache,
                (Reason::New, Some(trace)) => Reason::between(find(before, path).as_ref(), &trace),
                (reason, _) => reason.clone(),
            };
            (path.clone(), reason)
        })
        .collect()
}
