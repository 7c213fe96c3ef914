//! A site is checked as the build sees it, and nothing is rendered: where links lead, what is
//! included, redirects, navigation, and titles.

use std::collections::{BTreeSet, HashMap, HashSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Silent;
use super::addresses::{AddressHashes, addresses};
use super::build::{FILES, OBJECTS, known_inputs};
use super::gate::{Base, LintInput, Side, apply_suppressions, lint_with, new_findings};
use super::images::ImageSizes;
use super::inputs::Inputs;
use super::links::Linking;
use super::lint::{LintReport, Wanted};
use super::parsed::{self, Documents, ParsedPages, Parser};
use super::prepare::{BuildError, UNREADABLE};
use super::reading::{self, Joined, Planned};
use super::recheck::Last;
use super::versions::VersionsBeside;
use crate::base::{Code, ContentHash, Diagnostic, Severity, SitePath, SourcePath, Span};
use crate::config::{Overrides, Settings, UNKNOWN_KEY};
use crate::lint::codes;
use crate::markdown::Detail;
use crate::markdown::codes::{
    FRONT_MATTER_MALFORMED, INCLUDE_UNREADABLE, NOT_UTF8, TOO_DEEP, TOO_LARGE,
};
use crate::memo::{Fingerprint, Key, Stage, Store};
use crate::report::{Counts, keep_gravest};
use crate::site::{
    self, Addresses, Dependencies, Dependency, LINK_OUTSIDE_CONTENT, PageId, Place, Plan, Site,
};
use crate::source::{FileEntry, Source, SourceError};

/// The state under which the last check of a folder is kept.
const LAST: &str = "check";

/// The state that names the tree of the last revision that was checked.
const TREE: &str = "tree";

/// What a check is given.
#[derive(Clone)]
pub struct CheckInput<'a> {
    /// Where files come from: a folder, a revision, or what a change would make of either.
    pub source: &'a dyn Source,
    /// The folder of `book.toml`, seen from the source's top.
    pub root: SourcePath,
    /// Environment variables that settings can come from.
    pub variables: Vec<(String, String)>,
    /// Settings from the command line.
    pub overrides: Overrides,
    /// Check drafts too.
    pub drafts: bool,
    /// Folders that are no sources: the output, where it lies inside.
    pub except: Vec<SourcePath>,
    /// What was made before.
    pub memo: &'a Store,
    /// The versions beside the site, to which its pages may link.
    pub versions: Option<&'a VersionsBeside>,
}

/// What is known of a site once it is checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// What was found, in no order. Of settings only keys that are not known, and nothing about
    /// theme and history: that a build tells.
    pub diagnostics: Vec<Diagnostic>,
    /// The addresses of the site.
    pub addresses: Addresses,
    /// `book.toml`, whether it exists or not.
    pub settings: SourcePath,
}

/// Checks a site. What has not changed since it was last built or checked is neither parsed nor
/// resolved again, and of a revision all is known that was found before.
///
/// # Errors
/// Where `book.toml` cannot be understood, or the source cannot be listed.
pub fn check(input: &CheckInput<'_>) -> Result<Checked, BuildError> {
    let inputs = known_inputs(input.source, input.memo);
    let checked = check_with(input, &inputs);
    keep_hashes(&inputs, input.memo);
    checked
}

/// Keeps the hashes of what was read, by stamps or by git's ids.
pub(super) fn keep_hashes(inputs: &Inputs<'_>, memo: &Store) {
    if inputs.has_stamps() {
        if inputs.has_read() {
            memo.set_state(FILES, &inputs.joined_stamps());
        }
    } else if let Some(objects) = inputs.objects()
        && let Ok(bytes) = postcard::to_allocvec(&objects)
    {
        memo.set_state(OBJECTS, &bytes);
    }
}

/// The same, with what somebody else asks of the source too.
fn check_with(input: &CheckInput<'_>, inputs: &Inputs<'_>) -> Result<Checked, BuildError> {
    let (source, memo) = (input.source, input.memo);
    let arguments = input.arguments();
    let key_of = |tree: &str| {
        let mut key = Fingerprint::new("checked revision");
        key.hash(&arguments).text(tree);
        Key::new(Stage::Check, key.finish())
    };
    if let Some(tree) = source.tree() {
        let key = key_of(&tree);
        let before = memo.state(TREE).and_then(|before| String::from_utf8(before).ok());
        let is_last = before.as_ref() == Some(&tree);
        if let Some(last) = Last::read(memo.get(&key), &arguments) {
            if !is_last {
                memo.set_state(TREE, tree.as_bytes());
            }
            return Ok(last.checked);
        }
        // Mostly, a commit edits a few pages of one that is known.
        let committed = || {
            let before = before.filter(|_| !is_last)?;
            let edited = source.edited_since(&before)?;
            Last::read(memo.get(&key_of(&before)), &arguments)?.committed(input, inputs, &edited)
        };
        let last = match committed() {
            Some(last) => last,
            None => Whole::new(input, inputs, Detail::Links)?.last(arguments),
        };
        if let (false, Ok(bytes)) = (inputs.moved(), postcard::to_allocvec(&last)) {
            memo.put(&key, &bytes);
            memo.set_state(TREE, tree.as_bytes());
        }
        return Ok(last.checked);
    }
    let known = match source.laid_over() {
        Some((tree, changed)) => Last::read(memo.get(&key_of(&tree)), &arguments)
            .and_then(|last| last.with(input, inputs, &changed)),
        None if source.has_stamps() => {
            Last::read(memo.state(LAST), &arguments).and_then(|last| last.now(input, inputs))
        }
        None => None,
    };
    if let Some(checked) = known {
        return Ok(checked);
    }
    let last = Whole::new(input, inputs, Detail::Links)?.last(arguments);
    if source.folder().is_some()
        && memo.folder().is_some()
        && !inputs.moved()
        && let Ok(bytes) = postcard::to_allocvec(&last)
    {
        memo.set_state(LAST, &bytes);
    }
    Ok(last.checked)
}

/// Reports each page of `base` at whose address nothing stands in `head`, and nothing leads on.
/// `renamed` gives the new path of a file that was renamed, where that is known.
pub fn missing_redirects(
    base: &Checked,
    head: &Checked,
    renamed: &dyn Fn(&SourcePath) -> Option<SourcePath>,
) -> Vec<Diagnostic> {
    site::gone(&base.addresses, &head.addresses, renamed, &head.settings)
}

/// Lints files and checks the site that they belong to: what is found, each once and without what
/// is suppressed, in no order. Without `whole`, findings in other files are left out.
///
/// # Errors
/// When a file cannot be read, or as [`check`].
pub fn lint_site(
    input: LintInput<'_>,
    files: &[SourcePath],
    whole: bool,
    wanted: Wanted,
    site: &CheckInput<'_>,
) -> Result<LintReport, BuildError> {
    let inputs = known_inputs(site.source, site.memo).for_two();
    // Much of either is not shared out to threads.
    let linting = || lint_with(input, &inputs, files, wanted);
    let (report, checked) = rayon::join(linting, || check_with(site, &inputs));
    let (mut report, mut checked) = (report?, checked?);
    let mut found = std::mem::take(&mut checked.diagnostics);
    let these: HashSet<&SourcePath> = files.iter().collect();
    found.extend(site.across_versions(&checked, (!whole).then_some(&these)));
    // A report of the gravest does not hold all that it counts.
    let twice = found.iter().filter(|found| SAID_TWICE.iter().any(|code| code.id == found.code));
    let twice = twice.filter_map(|found| these.get(&found.span()?.file).copied().cloned());
    let twice: Vec<SourcePath> = twice.collect::<BTreeSet<_>>().into_iter().collect();
    let linted = lint_with(input, &inputs, &twice, Wanted::All)?;
    let known: HashSet<Same> = linted.diagnostics.iter().map(same).collect();
    found.retain(|found| {
        let here = found.span().is_some_and(|span| these.contains(&span.file));
        (whole || here) && !known.contains(&same(found))
    });
    let found = adjusted(input, site.source, found);
    report.counts.add(Counts::of(&found));
    report.diagnostics.extend(found);
    if let Wanted::Gravest(most) = wanted {
        keep_gravest(&mut report.diagnostics, most);
    }
    keep_hashes(&inputs, input.memo);
    Ok(report)
}

/// Findings of a site with their levels, and without those that comments suppress.
fn adjusted(input: LintInput<'_>, source: &dyn Source, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let found = found.into_iter().filter_map(|finding| input.rules.levelled(finding));
    // A word about what nobody can check here is no finding that a branch could mend.
    let unknown = |finding: &Diagnostic| {
        finding.code == LINK_OUTSIDE_CONTENT.id && finding.severity == Severity::Advice
    };
    let found = found.filter(|finding| !unknown(finding));
    let mut report = LintReport { diagnostics: found.collect(), ..LintReport::default() };
    apply_suppressions(input, source, &[], &mut report);
    // What is wrong with the comments themselves, linting tells.
    let comments = [codes::BAD_IGNORE.id, codes::EXPIRED_IGNORE.id, codes::UNUSED_IGNORE.id];
    report.diagnostics.retain(|finding| !comments.contains(&finding.code.as_ref()));
    report.diagnostics
}

/// What has a place among the files of a commit, and cannot be read: where two sites are compared, all
/// that depends on it would seem to be the same. A file of a folder is told among the findings.
fn readable(input: &CheckInput<'_>, found: &[Diagnostic]) -> Result<(), SourceError> {
    let lost =
        |found: &&Diagnostic| [UNREADABLE.id, INCLUDE_UNREADABLE.id].contains(&found.code.as_ref());
    if input.source.folder().is_some() {
        return Ok(());
    }
    match found.iter().find(lost) {
        Some(lost) => Err(SourceError::Unreadable {
            path: lost.span().map_or_else(SourcePath::root, |span| span.file.clone()),
            why: lost.message.clone(),
        }),
        None => Ok(()),
    }
}

/// Checks a site and what it was, and leaves of the findings those that no base has; beside them
/// pages that have gone without a redirect. `told` are findings that need not be told again.
///
/// # Errors
/// As [`check`], but for a base whose `book.toml` cannot be understood: it has no findings. Where a
/// file of a commit cannot be read.
pub fn check_changes(
    input: LintInput<'_>,
    head: &CheckInput<'_>,
    bases: &[Base<'_>],
    told: &[Diagnostic],
) -> Result<Vec<Diagnostic>, BuildError> {
    let mut now = check(head)?;
    readable(head, &now.diagnostics)?;
    let told: HashSet<Same> = told.iter().map(same).collect();
    let mut found = std::mem::take(&mut now.diagnostics);
    found.extend(head.across_versions(&now, None));
    found.retain(|finding| !told.contains(&same(finding)));
    // What a comment suppressed before and does not any more is new.
    let mut found = adjusted(input, head.source, found);
    let mut new = vec![true; found.len()];
    let mut gone: Option<Vec<Diagnostic>> = None;
    for base in bases {
        let side = CheckInput { source: base.source, ..head.clone() };
        let mut before = match check(&side) {
            Ok(before) => before,
            Err(BuildError::Config(_)) => continue,
            Err(error) => return Err(error),
        };
        readable(&side, &before.diagnostics)?;
        let mut old = std::mem::take(&mut before.diagnostics);
        old.extend(side.across_versions(&before, None));
        let old = adjusted(input, base.source, old);
        let old = Side { source: base.source, findings: &old };
        let now_here = Side { source: head.source, findings: &found };
        for (all, new) in new.iter_mut().zip(new_findings(old, now_here, base.changes)) {
            *all &= new;
        }
        let renamed = |path: &SourcePath| {
            let change = base.changes.iter().find(|one| one.before.as_ref() == Some(path))?;
            change.after.clone()
        };
        let those = missing_redirects(&before, &now, &renamed);
        gone = Some(match gone {
            // In a merge, what one side took away is not missed by it.
            Some(gone) => gone.into_iter().filter(|page| those.contains(page)).collect(),
            None => those,
        });
    }
    let mut new = new.into_iter();
    found.retain(|_| new.next().unwrap_or(true));
    found.extend(adjusted(input, head.source, gone.unwrap_or_default()));
    Ok(found)
}

/// What both the linter and the site tell of a file: that it cannot be read as a page.
const SAID_TWICE: [&Code; 4] = [&FRONT_MATTER_MALFORMED, &NOT_UTF8, &TOO_LARGE, &TOO_DEEP];

/// What two tellings of one finding have in common.
type Same<'a> = (&'a str, Option<(&'a SourcePath, usize)>, &'a str);

/// Both the linter and the site read pages, and tell the same of one that cannot be read.
fn same(found: &Diagnostic) -> Same<'_> {
    let place = found.span().map(|span| (&span.file, span.start));
    (found.code.as_ref(), place, found.message.as_str())
}

impl CheckInput<'_> {
    /// The folders of other versions.
    fn folders(&self) -> Vec<SitePath> {
        self.versions.map(VersionsBeside::folders).unwrap_or_default()
    }

    /// What is wrong with links to other versions, in all files or in these.
    fn across_versions(
        &self,
        checked: &Checked,
        files: Option<&HashSet<&SourcePath>>,
    ) -> Vec<Diagnostic> {
        let versions = self.versions.map(|of| of.check(self, &checked.addresses, files));
        versions.unwrap_or_default()
    }

    /// The fingerprint of everything that does not come from the source.
    pub(super) fn arguments(&self) -> ContentHash {
        let mut arguments = Fingerprint::new("check");
        arguments
            .text(self.root.as_str())
            .value(&self.variables)
            .value(&self.overrides)
            .value(&self.drafts)
            .value(&self.except)
            .value(&self.folders());
        arguments.finish()
    }
}

/// A site with all that its links are resolved with.
pub(super) struct Whole<'a> {
    pub(super) inputs: &'a Inputs<'a>,
    memo: &'a Store,
    root: SourcePath,
    pub(super) settings: Settings,
    pub(super) files: Vec<FileEntry>,
    pub(super) plan: Plan,
    pub(super) site: Site,
    parsed: ParsedPages,
    pub(super) documents: Documents,
    places: HashMap<SourcePath, ContentHash>,
    images: ImageSizes,
    addresses: AddressHashes,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Whole<'a> {
    /// Reads the files and joins them.
    pub(super) fn new(
        input: &CheckInput<'a>,
        inputs: &'a Inputs<'a>,
        detail: Detail,
    ) -> Result<Self, BuildError> {
        let (root, memo) = (&input.root, input.memo);
        let except = input.except.clone();
        let planned =
            reading::plan(inputs, root, &input.variables, &input.overrides, except, None)?;
        let Planned { settings, files, plan, mut diagnostics, told, .. } = planned;
        // A key that nothing reads is a mistake in a file of the site. Variables are not of it.
        let unknown = |found: &Diagnostic| found.code == UNKNOWN_KEY.id && found.span().is_some();
        diagnostics.extend(told.into_iter().filter(unknown));
        let parser = Parser {
            inputs,
            memo,
            settings: &settings,
            root,
            fingerprint: parsed::settings_fingerprint(&settings, root),
            before: None,
            detail,
        };
        let reading = reading::pages(&parser, &plan.pages, &Silent);
        let Joined { mut site, places, documents, pages, diagnostics: found } =
            reading::join(reading, &settings, &plan, input.drafts);
        site.other_versions = input.folders();
        let parsed = ParsedPages { fingerprint: parser.fingerprint, pages };
        diagnostics.extend(found);
        diagnostics.extend(parsed.pages.values().flat_map(|page| &page.diagnostics).cloned());
        let images = ImageSizes::of(inputs, memo, site.assets.iter().map(|asset| &asset.source));
        let addresses = addresses(&settings, &plan, &files, &site, &images);
        let documents = Documents::new(detail, documents);
        let root = root.clone();
        Ok(Whole {
            inputs,
            memo,
            root,
            settings,
            files,
            plan,
            site,
            parsed,
            documents,
            places,
            images,
            addresses,
            diagnostics,
        })
    }

    /// Whether all of it could be read, where it is compared with another one.
    ///
    /// # Errors
    /// What could not.
    pub(super) fn readable(&self, input: &CheckInput<'_>) -> Result<(), BuildError> {
        Ok(readable(input, &self.diagnostics)?)
    }

    /// The folder of `book.toml`.
    pub(super) fn root(&self) -> &SourcePath {
        &self.root
    }

    /// What its links are resolved with.
    pub(super) fn linking(&self) -> Linking<'_> {
        Linking {
            inputs: self.inputs,
            memo: self.memo,
            settings: &self.settings,
            root: &self.root,
            site: &self.site,
            parsed: &self.parsed,
            documents: &self.documents,
            places: &self.places,
            images: &self.images,
            addresses: self.addresses,
        }
    }

    /// What is known of it, for the next check.
    fn last(&self, arguments: ContentHash) -> Last {
        let included = self.parsed.pages.values().flat_map(|page| &page.made_from.includes);
        let included = included.map(|(path, _)| path.clone());
        Last::new(arguments, self.inputs, included, self.checked())
    }

    /// What is wrong with it, and its addresses.
    pub(super) fn checked(&self) -> Checked {
        let (linking, site) = (self.linking(), &self.site);
        let linked: Vec<(SourcePath, Vec<Dependency>, Vec<Diagnostic>)> = (0..site.pages.len())
            .into_par_iter()
            .filter_map(|index| {
                let id = PageId(u32::try_from(index).ok()?);
                let page = site.page(id)?;
                let place = if site.not_found == Some(id) { Place::Anywhere } else { Place::Own };
                let record = linking.links(id, place)?.record;
                self.documents.release(&page.source);
                let pages = record.unlisted.into_iter().map(Dependency::Page).collect();
                Some((page.source.clone(), pages, record.diagnostics))
            })
            .collect();
        let mut diagnostics = self.diagnostics.clone();
        let mut leading = Vec::with_capacity(linked.len());
        for (page, pages, found) in linked {
            diagnostics.extend(found);
            leading.push((page, pages));
        }
        diagnostics.extend(site.orphans(&Dependencies::new(leading)));
        diagnostics.extend(site.duplicate_titles(&|id| linking.place_of_title(id)));
        let text = |path: &SourcePath| Some(self.parsed.pages.get(path)?.made_from.text);
        Checked {
            diagnostics,
            addresses: site.addresses(&text),
            settings: self.root.join("book.toml").unwrap_or_else(|_| self.root.clone()),
        }
    }
}

impl Linking<'_> {
    /// Where a page says what it is called; its beginning where it does not.
    fn place_of_title(&self, id: PageId) -> Span {
        let Some(page) = self.site.page(id) else { return Span::start_of(self.root.clone()) };
        let said = page.outline.front_matter.title.as_ref();
        if let Some(span) = said.and_then(|title| title.span.clone()) {
            return span;
        }
        let heading = page.outline.headings.iter().find(|heading| heading.level == 1);
        let heading = heading.and_then(|heading| Some(self.document(id)?.span(&heading.range)));
        heading.unwrap_or_else(|| Span::start_of(page.source.clone()))
    }
}

#[cfg(test)]
mod tests;
