//! What is known of a site once a few pages have other words than when it was checked.
//!
//! Most edits change nothing that another page can see: no title, no heading, no link. All that
//! was found is then found again, but for what reading those pages tells, and neither the other
//! pages nor their links are looked at. Where an edit changes more, the site is checked as a whole.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::check::{CheckInput, Checked};
use super::inputs::{Answer, Asked, Inputs};
use super::parsed::{self, ParsedPage, Parser};
use super::reading;
use crate::base::{ContentHash, Diagnostic, SourcePath};
use crate::markdown::{Detail, Outline};
use crate::memo::BUILD;
use crate::site::PageAddress;

/// With more pages than these, the site is checked as a whole.
const MOST_PAGES: usize = 32;

/// What is kept of a check for the next one.
#[derive(Serialize, Deserialize)]
pub(super) struct Last {
    program: String,
    /// Everything that does not come from the source.
    arguments: ContentHash,
    asked: Asked,
    /// Files that were read as more than a page: included ones, and those that make the site.
    shared: Vec<SourcePath>,
    pub(super) checked: Checked,
}

impl Last {
    /// `included` are the files that pages include.
    pub(super) fn new(
        arguments: ContentHash,
        inputs: &Inputs<'_>,
        included: impl Iterator<Item = SourcePath>,
        checked: Checked,
    ) -> Last {
        let mut shared: Vec<SourcePath> = inputs.read_for_site().into_iter().collect();
        shared.extend(included);
        shared.sort();
        shared.dedup();
        Last { program: BUILD.to_owned(), arguments, asked: inputs.asked(), shared, checked }
    }

    /// What was kept, where it is of this program and these arguments.
    pub(super) fn read(bytes: Option<Vec<u8>>, arguments: &ContentHash) -> Option<Last> {
        let last: Last = postcard::from_bytes(&bytes?).ok()?;
        (last.program == BUILD && last.arguments == *arguments).then_some(last)
    }

    /// What is known now; none where the whole site must be looked at.
    pub(super) fn now(mut self, input: &CheckInput<'_>, inputs: &Inputs<'_>) -> Option<Checked> {
        if !inputs.same_listings(&self.asked) {
            return None;
        }
        let asked = std::mem::take(&mut self.asked);
        let changed: Vec<&(SourcePath, Answer)> = asked
            .files()
            .par_iter()
            .filter(|(path, before)| !inputs.holds(path, *before))
            .collect();
        let changed = changed.into_iter().map(|(path, before)| (path, *before));
        self.after(input, inputs, changed)?;
        Some(self.checked)
    }

    /// What is known of the source with other bytes in some files; none where the whole site must
    /// be looked at.
    pub(super) fn with(
        mut self,
        input: &CheckInput<'_>,
        inputs: &Inputs<'_>,
        changed: &[&SourcePath],
    ) -> Option<Checked> {
        let asked = std::mem::take(&mut self.asked);
        let changed = changed.iter().filter_map(|path| {
            let before = asked.answer(path)?;
            (!inputs.holds(path, before)).then_some((*path, before))
        });
        self.after(input, inputs, changed)?;
        Some(self.checked)
    }

    /// The same, to be kept in its turn: most commits edit a few pages.
    pub(super) fn committed(
        mut self,
        input: &CheckInput<'_>,
        inputs: &Inputs<'_>,
        changed: &[SourcePath],
    ) -> Option<Last> {
        let mut asked = std::mem::take(&mut self.asked);
        let of = |path| -> Option<(&SourcePath, Answer)> {
            let before = asked.answer(path)?;
            (!inputs.holds(path, before)).then_some((path, before))
        };
        let changed: Vec<(&SourcePath, Answer)> = changed.iter().filter_map(of).collect();
        self.after(input, inputs, changed.iter().copied())?;
        for (path, before) in changed {
            asked.set(path, inputs.answer(path, before));
        }
        Some(Last { asked, ..self })
    }

    /// Puts what is known now in the place of what was known.
    fn after<'p>(
        &mut self,
        input: &CheckInput<'_>,
        inputs: &Inputs<'_>,
        changed: impl Iterator<Item = (&'p SourcePath, Answer)>,
    ) -> Option<()> {
        let checked = &mut self.checked;
        let changed: Vec<(&SourcePath, Answer)> = changed.take(MOST_PAGES + 1).collect();
        if changed.len() > MOST_PAGES {
            return None;
        }
        if changed.is_empty() {
            return Some(());
        }
        let (variables, overrides) = (&input.variables, &input.overrides);
        let (settings, _) = reading::settings(inputs, &input.root, variables, overrides).ok()?;
        let parser = Parser {
            inputs,
            memo: input.memo,
            settings: &settings,
            root: &input.root,
            fingerprint: parsed::settings_fingerprint(&settings, &input.root),
            before: None,
            detail: Detail::Links,
        };
        for (path, before) in changed {
            // A file that has come or gone changes more.
            let Answer::Bytes(before) = before else { return None };
            if self.shared.binary_search(path).is_ok() {
                return None;
            }
            let page = checked.addresses.pages.iter_mut().find(|page| page.source == *path)?;
            let before = parser.recall(&parser.key(path, &before), before)?.page;
            let now = parser.page(path).ok()?.page;
            if !is_alike(&before, &now) {
                return None;
            }
            tell(page, &mut checked.diagnostics, &before, &now)?;
        }
        Some(())
    }
}

/// Puts what reading a page tells now in the place of what it told; none where something else is
/// said of a place in the page, which may stand elsewhere now.
fn tell(
    page: &mut PageAddress,
    diagnostics: &mut Vec<Diagnostic>,
    before: &ParsedPage,
    now: &ParsedPage,
) -> Option<()> {
    for told in &before.diagnostics {
        let at = diagnostics.iter().position(|known| known == told)?;
        diagnostics.swap_remove(at);
    }
    let mentions = |found: &Diagnostic| {
        let labels = found.labels.iter().map(|label| &label.span.file);
        let edits = found.fix.iter().flat_map(|fix| &fix.edits).map(|edit| &edit.span.file);
        labels.chain(edits).any(|file| *file == page.source)
    };
    if diagnostics.iter().any(mentions) {
        return None;
    }
    diagnostics.extend(now.diagnostics.iter().cloned());
    page.text = Some(now.made_from.text);
    Some(())
}

/// Whether a page looks to all others as it did, and its links are written as they were.
fn is_alike(before: &ParsedPage, now: &ParsedPage) -> bool {
    let (a, b) = (&before.outline, &now.outline);
    let headings = |outline: &Outline| -> Vec<(u8, String, String)> {
        let headings = outline.headings.iter();
        headings.map(|one| (one.level, one.id.clone(), one.text.clone())).collect()
    };
    let anchors = |outline: &Outline| -> Vec<String> {
        outline.anchors.iter().map(|anchor| anchor.id.clone()).collect()
    };
    before.links == now.links
        && a.front_matter == b.front_matter
        && a.unparsed == b.unparsed
        && a.includes == b.includes
        && before.made_from.includes == now.made_from.includes
        && headings(a) == headings(b)
        && anchors(a) == anchors(b)
}
