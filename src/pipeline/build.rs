//! A whole build: from a source to the site in its folder. Where nothing has changed since the
//! last build nothing is done but to look.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::check::keep_hashes;
use super::inputs::{Asked, Inputs};
use super::prepare::{Before, BuildError, BuildInput, Totals, prepare_from};
use super::publish::{self, Published, Staged};
use super::versions::is_version_file;
use super::{Prepared, Progress};
use crate::base::{ContentHash, Diagnostic, SitePath};
use crate::memo::{BUILD, Fingerprint, Reason, StampTable, Store, Trace};
use crate::output::{FileRecord, WriteError, Writer, Written};
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
    files: Vec<(SitePath, FileRecord)>,
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
    UnderWay(Box<UnderWay<'a>>, Staged),
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
    if output.why.is_none()
        && let Some(last) = &last
        && last.arguments == arguments
        // What a version is made from is among the arguments: its commit, and the look.
        && (is_version || holds(&inputs, &last.asked))
        && let Some(built) = stands(memo, &states, last, is_version)?
    {
        if on_disk {
            memo.set_state(FILES, &inputs.stamps().to_bytes());
        }
        return Ok(Build::Stands(built));
    }

    // The site most likely goes where it went before: what stands there is read beside.
    let (prepared, ahead) = rayon::join(
        || prepare_from(input, inputs, Before::default()),
        || {
            let folder = last.map(|last| last.folder).filter(|folder| folder.is_dir())?;
            let writer = open(memo, &states, &folder, is_version).ok()?;
            Some((folder, writer))
        },
    );
    let prepared = prepared?;
    let folder = match &output.folder {
        Some(folder) => folder.clone(),
        None => output.root.join(&prepared.settings().build.build_dir),
    };
    let writer = match ahead.filter(|(ahead, _)| *ahead == absolute(&folder)) {
        Some((_, writer)) => writer,
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
                StagedBuild::UnderWay(of, staged)
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
            StagedBuild::UnderWay(of, staged) => of.put_in_place(staged, progress),
        }
    }
}

impl UnderWay<'_> {
    fn put_in_place(self, staged: Staged, progress: &dyn Progress) -> Result<Built, BuildFailure> {
        let UnderWay { prepared, writer, arguments, states, folder, why, on_disk } = self;
        let memo = prepared.memo;
        let Published { written, files, stamps, traces, made, diagnostics } =
            publish::put_in_place(&prepared, writer, staged, progress)?;
        let why = match &why {
            Some((page, before)) => self::why(page, &prepared, before, &traces, &made, memo),
            None => Vec::new(),
        };

        let totals = prepared.totals();
        let of_version = if prepared.version.is_some() { files.clone() } else { Vec::new() };
        let mut built = Built { totals, written, diagnostics, folder, why, files: of_version };
        if memo.writable().is_none() {
            return Ok(built);
        }
        let inputs = &prepared.inputs;
        if !on_disk {
            keep_hashes(inputs, memo);
        }
        let known = on_disk.then(|| inputs.stamps());
        let asked = (!inputs.moved()).then(|| inputs.asked());
        rayon::scope(|scope| {
            // A site is so many small things that to let it go takes as long as to keep it.
            scope.spawn(|_| drop(prepared));
            scope.spawn(|_| {
                if let Some(known) = known {
                    memo.set_state(FILES, &known.to_bytes());
                }
            });
            scope.spawn(|_| memo.set_state(&states.stamps, &stamps.to_bytes()));
            scope.spawn(|_| {
                if let Ok(bytes) = postcard::to_allocvec(&traces) {
                    memo.set_state(&states.traces, &bytes);
                }
            });
            if let Some(asked) = asked {
                let last = Last {
                    program: BUILD.to_owned(),
                    arguments,
                    asked,
                    pages: totals.pages,
                    words: totals.words,
                    diagnostics: std::mem::take(&mut built.diagnostics),
                    folder: absolute(&built.folder),
                    files,
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
    writer.believe(stamps(memo, states));
    Ok(writer)
}

fn recall(memo: &Store, state: &str) -> Option<Last> {
    let last: Last = postcard::from_bytes(&memo.state(state)?).ok()?;
    (last.program == BUILD).then_some(last)
}

fn stamps(memo: &Store, states: &States) -> StampTable<FileRecord> {
    memo.state(&states.stamps).map(|bytes| StampTable::from_bytes(&bytes)).unwrap_or_default()
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
fn stands(
    memo: &Store,
    states: &States,
    last: &Last,
    is_version: bool,
) -> Result<Option<Built>, WriteError> {
    let writer = open(memo, states, &last.folder, is_version)?;
    if !writer.owns_exactly(&last.files) {
        return Ok(None);
    }
    let all = last.files.par_iter().all(|(path, record)| {
        writer.stands(path, &record.hash).is_some_and(|(found, _)| found == *record)
    });
    Ok(all.then(|| Built {
        totals: Totals { pages: last.pages, words: last.words },
        written: Written { unchanged: last.files.len(), ..Written::default() },
        diagnostics: last.diagnostics.clone(),
        folder: last.folder.clone(),
        why: Vec::new(),
        files: if is_version { last.files.clone() } else { Vec::new() },
    }))
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
