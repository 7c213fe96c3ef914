//! A prepared site is rendered, in parallel, into the writer, which then puts it in place. What
//! the cache knows and what stands there already is not rendered again.

use std::sync::OnceLock;

use rayon::prelude::*;

use super::versions::PATH_CLASH;
use super::{Prepared, Progress};
use crate::base::{Diagnostic, SitePath, Span};
use crate::memo::{Reason, Trace};
use crate::output::{
    self, Committed, Content, Entry, PageRef, PlacedFile, SiteContext, WriteError, Writer, Written,
};

/// A published site.
pub(super) struct Published {
    pub(super) written: Written,
    /// Its files, by path.
    pub(super) files: Vec<PlacedFile>,
    /// What each page was made from, by path.
    pub(super) traces: Vec<(SitePath, Trace)>,
    /// What was done with each page; [`Reason::New`] for one that was rendered.
    pub(super) made: Vec<(SitePath, Reason)>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// How many files a thread renders at most before others can take some of what it has to do: pages
/// differ in what they take, and at the end no thread should be left alone with many.
const FEW: usize = 8;

/// What became of an entry.
#[derive(Default)]
struct Done {
    diagnostics: Vec<Diagnostic>,
    trace: Option<Trace>,
    made: Option<Reason>,
}

/// A site of which every file is staged but those of the search, and the search of a small site too.
pub(super) struct Staged {
    done: Vec<Option<Done>>,
    /// The paths that these belong to.
    paths: Vec<SitePath>,
    clash: Option<Diagnostic>,
    /// The search is staged; and what is said of it.
    search: Option<Option<Diagnostic>>,
}

/// Renders and stages every entry of the site.
pub(super) fn render(
    prepared: &Prepared<'_>,
    writer: &Writer,
    progress: &dyn Progress,
) -> Result<Staged, WriteError> {
    progress.stage("listing", 0);
    let tree: Vec<(SitePath, Entry<PageRef>)> = prepared.without_index(|cx| {
        let listed = output::FORMATS.par_iter().map(|format| (format.entries)(cx)).collect();
        output::joined(listed).into_iter().collect()
    });
    let (mut tree, clash) = prepared.without_taken(tree);
    // What takes longest comes first, so that no thread is left alone with it at the end.
    tree.sort_by_key(|(_, entry)| !matches!(entry, Entry::Page(PageRef::Print(_))));
    prepared.begin_search();
    progress.stage("rendering", tree.len());
    let render = || -> Result<Vec<Option<Done>>, WriteError> {
        let failure = OnceLock::new();
        // There are as many results as entries: each is put into its place.
        let done = prepared.without_index(|cx| {
            let done = tree.par_iter().with_max_len(FEW).map(|(path, entry)| {
                if failure.get().is_some() {
                    return None;
                }
                let done = put(prepared, cx, writer, path, entry, progress);
                progress.advance();
                done.map_err(|error| failure.set(error)).ok()
            });
            done.collect()
        });
        failure.into_inner().map_or(Ok(done), Err)
    };
    let (done, search) = if prepared.searched_beside() {
        let (search, done) = rayon::join(|| prepared.publish_search(writer), render);
        (done?, Some(search?))
    } else {
        (render()?, None)
    };
    let paths = tree.into_iter().map(|(path, _)| path).collect();
    Ok(Staged { done, paths, clash, search })
}

/// Stages the search, where it is not staged, and puts the site in place. The diagnostics are those
/// of preparing and of rendering.
pub(super) fn put_in_place(
    prepared: &Prepared<'_>,
    writer: Writer,
    staged: Staged,
    progress: &dyn Progress,
) -> Result<Published, WriteError> {
    let search = match staged.search {
        Some(search) => search,
        None => {
            // The search comes last: most of it was made while pages were rendered, and their
            // documents have been let go.
            progress.stage("indexing", 0);
            prepared.highlights.release();
            prepared.publish_search(&writer)?
        }
    };
    let mut diagnostics = prepared.diagnostics();
    diagnostics.extend(search);
    diagnostics.extend(staged.clash);
    let mut traces = Vec::with_capacity(staged.paths.len());
    let mut made = Vec::with_capacity(staged.paths.len());
    for (done, path) in staged.done.into_iter().zip(&staged.paths) {
        let Some(done) = done else { continue };
        diagnostics.extend(done.diagnostics);
        traces.extend(done.trace.map(|trace| (path.clone(), trace)));
        made.extend(done.made.map(|reason| (path.clone(), reason)));
    }
    progress.stage("publishing", 0);
    let Committed { written, files } = writer.commit()?;
    Ok(Published { written, files, traces, made, diagnostics })
}

impl Prepared<'_> {
    /// The files of the site without those in folders of other versions, and what is said of them.
    fn without_taken(&self, mut tree: Vec<(SitePath, Entry<PageRef>)>) -> Listed {
        let Some(version) = self.version else { return (tree, None) };
        let page = self.site.pages.iter().find(|page| version.is_taken(&page.path));
        let mut first = page.map(|page| page.path.clone());
        let mut any = false;
        tree.retain(|(path, _)| {
            let is_taken = version.is_taken(path);
            if is_taken && first.is_none() {
                first = Some(path.clone());
            }
            any |= is_taken;
            !is_taken
        });
        let clash = first.filter(|_| any).map(|path| {
            let folder = path.components().next().unwrap_or_default();
            let message = format!("`{path}` would stand in the folder of the version `{folder}`");
            let clash = Diagnostic::new(&PATH_CLASH, message).help(
                "rename the folder of the content or the version, or set `layout = \"named\"` in \
                 `[versions]`",
            );
            match page {
                Some(page) => clash.at(Span::start_of(page.source.clone())),
                None => clash,
            }
        });
        (tree, clash)
    }
}

/// Files of a site, and what is said of those that were left out.
type Listed = (Vec<(SitePath, Entry<PageRef>)>, Option<Diagnostic>);

fn put(
    prepared: &Prepared<'_>,
    cx: &SiteContext<'_>,
    writer: &Writer,
    path: &SitePath,
    entry: &Entry<PageRef>,
    progress: &dyn Progress,
) -> Result<Done, WriteError> {
    let page = match entry {
        Entry::Bytes(bytes) => {
            writer.stage(path, Content::Bytes(bytes))?;
            return Ok(Done::default());
        }
        Entry::Copy(source) => {
            let known = prepared.inputs.hash(source).ok();
            if let Some(hash) = known
                && let Some(standing) = writer.stands(path, &hash)
            {
                writer.keep(path, standing)?;
                return Ok(Done::default());
            }
            return match prepared.inputs.read_hashed(source) {
                Ok((bytes, _)) => {
                    writer.stage(path, Content::Bytes(&bytes))?;
                    Ok(Done::default())
                }
                Err(error) => {
                    let diagnostics = vec![Prepared::unreadable(source, &error)];
                    Ok(Done { diagnostics, ..Done::default() })
                }
            };
        }
        Entry::Page(page) => *page,
    };
    let begun = progress.now();
    let mut job = prepared.job(cx, page);
    let trace = job.trace.take();
    if let Some(record) = &job.record
        && let Some(standing) = writer.stands(path, &record.file.hash)
    {
        writer.keep(path, standing)?;
        let diagnostics = job.record.map(|record| record.diagnostics).unwrap_or_default();
        return Ok(Done { diagnostics, trace, made: Some(Reason::Unchanged) });
    }
    // Another version may have it already.
    if let Some(record) = &job.record
        && let Some(twin) = prepared.version.and_then(|v| v.twins.find(&record.file.hash))
        && writer.stage_twin(path, &twin, &record.file)?
    {
        let diagnostics = job.record.map(|record| record.diagnostics).unwrap_or_default();
        return Ok(Done { diagnostics, trace, made: Some(Reason::Unchanged) });
    }
    let (rendered, record) = prepared.finish_hashed(cx, job);
    match record {
        Some(record) => writer.stage_known(path, &rendered.bytes, record)?,
        None => drop(writer.stage(path, Content::Bytes(&rendered.bytes))?),
    }
    progress.rendered(path, begun);
    Ok(Done { diagnostics: rendered.diagnostics, trace, made: Some(Reason::New) })
}
