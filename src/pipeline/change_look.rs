//! What the theme of a branch makes of pages, where somebody trusts it: the changed site in the look of
//! the target, and in its own.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::change::ChangeInput;
use super::check::CheckInput;
use super::prepare::{BuildError, BuildInput, Prepared, prepare};
use super::progress::Silent;
use crate::base::{ContentHash, Diagnostic, SourcePath};
use crate::history::RepositoryFacts;
use crate::output::PageRef;
use crate::review::{Change, PagePlace};
use crate::site::PageId;
use crate::source::{OverlaySource, Source};

/// The changed site in two looks.
struct Looks<'a> {
    target: Prepared<'a>,
    own: Prepared<'a>,
}

/// The files of the changed side with the theme of the old one. `theme` are the files of the theme that
/// differ.
fn in_target_look<'a>(
    input: &ChangeInput<'a>,
    theme: &[SourcePath],
) -> Result<OverlaySource<'a>, BuildError> {
    let mut overlay = OverlaySource::new(input.new.source);
    for path in theme {
        match input.old.source.is_file(path) {
            true => overlay.set(path.clone(), input.old.source.read(path)?),
            false => overlay.remove(path.clone()),
        }
    }
    Ok(overlay)
}

/// The page to look at, as HTML.
pub(super) struct Look {
    /// Its file.
    pub(super) source: SourcePath,
    /// In the look of the target.
    pub(super) of_target: String,
    /// In its own.
    pub(super) own: String,
}

/// Finds out which pages the theme makes look different, where it is trusted and differs: how many
/// there are, and one to look at, which is among the pages of the change then.
pub(super) fn add_looks(
    input: &ChangeInput<'_>,
    change: &mut Change,
) -> Result<Option<Look>, BuildError> {
    if !input.trust_theme || change.theme.is_empty() {
        return Ok(None);
    }
    let overlay = in_target_look(input, &change.theme)?;
    let looks = Looks::new(input, &overlay)?;
    let differing = looks.differing();
    let known = |place: &&PagePlace| change.pages.iter().any(|page| page.is_at(&place.source));
    let sample = differing.iter().find(|place| !known(place)).or(differing.first()).cloned();
    let look = sample.as_ref().and_then(|place| looks.html(&place.source));
    change.set_look(differing.len(), sample);
    Ok(look)
}

/// What rendering a site in the look of its own theme tells of that theme.
pub(super) fn theme_problems(input: &CheckInput<'_>) -> Result<Vec<Diagnostic>, BuildError> {
    let prepared = prepare(build_of(input, input.source))?;
    let mut found: Vec<Diagnostic> = prepared.found().cloned().collect();
    let rendered: Vec<Vec<Diagnostic>> = prepared.without_index(|cx| {
        let pages = (0..prepared.site.pages.len()).into_par_iter();
        let pages = pages.filter_map(|at| Some(PageRef::Page(PageId(u32::try_from(at).ok()?))));
        let found = pages.map(|page| {
            let mut job = prepared.job(cx, page);
            let known = job.record.take().map(|record| record.diagnostics);
            let found = known.unwrap_or_else(|| prepared.finish(cx, job).diagnostics);
            prepared.let_go(page);
            found
        });
        found.collect()
    });
    found.extend(rendered.into_iter().flatten());
    found.retain(|found| found.code.starts_with("theme/"));
    found.sort();
    found.dedup();
    Ok(found)
}

/// A build of a side without anything that git knows: that is no part of a look.
fn build_of<'a>(input: &CheckInput<'a>, source: &'a dyn Source) -> BuildInput<'a> {
    BuildInput {
        source,
        root: input.root.clone(),
        variables: input.variables.clone(),
        overrides: input.overrides.clone(),
        facts: RepositoryFacts::default(),
        repository: None,
        drafts: input.drafts,
        except: input.except.clone(),
        memo: input.memo,
        progress: &Silent,
        version: None,
        beside_versions: false,
    }
}

impl<'a> Looks<'a> {
    /// Joins the changed site in both looks. `in_target_look` has the files of the theme as they were.
    fn new(
        input: &ChangeInput<'a>,
        in_target_look: &'a OverlaySource<'a>,
    ) -> Result<Looks<'a>, BuildError> {
        let (target, own) = rayon::join(
            || prepare(build_of(&input.new, in_target_look)),
            || prepare(build_of(&input.new, input.new.source)),
        );
        Ok(Looks { target: target?, own: own? })
    }

    /// The pages that look different.
    fn differing(&self) -> Vec<PagePlace> {
        let looks = |prepared: &Prepared<'_>| -> BTreeMap<SourcePath, ContentHash> {
            let hashes: Vec<_> = prepared.without_index(|cx| {
                let pages = (0..prepared.site.pages.len()).into_par_iter();
                pages
                    .filter_map(|at| {
                        let id = PageId(u32::try_from(at).ok()?);
                        let source = prepared.site.page(id)?.source.clone();
                        let job = prepared.job(cx, PageRef::Page(id));
                        let known = job.record.as_ref().map(|record| record.file.hash);
                        let hash = known
                            .unwrap_or_else(|| ContentHash::of(&prepared.finish(cx, job).bytes));
                        prepared.let_go(PageRef::Page(id));
                        Some((source, hash))
                    })
                    .collect()
            });
            hashes.into_iter().collect()
        };
        let (target, own) = rayon::join(|| looks(&self.target), || looks(&self.own));
        let pages = self.own.site.pages.iter();
        let differs = |source: &SourcePath| own.get(source) != target.get(source);
        pages
            .filter(|page| differs(&page.source))
            .map(|page| PagePlace {
                source: page.source.clone(),
                path: page.path.clone(),
                title: page.title.clone(),
            })
            .collect()
    }

    /// A page in both looks; none where there is no such page.
    fn html(&self, source: &SourcePath) -> Option<Look> {
        let html = |prepared: &Prepared<'_>| {
            let id = prepared.site.page_of(source)?;
            let rendered = prepared.without_index(|cx| {
                let job = prepared.job(cx, PageRef::Page(id));
                prepared.finish(cx, job)
            });
            prepared.let_go(PageRef::Page(id));
            Some(String::from_utf8_lossy(&rendered.bytes).into_owned())
        };
        let (of_target, own) = (html(&self.target)?, html(&self.own)?);
        Some(Look { source: source.clone(), of_target, own })
    }
}
