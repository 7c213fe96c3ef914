//! A site is checked as the build sees it, and nothing is rendered: where links lead, what is
//! included, redirects, navigation, and titles.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::build::{FILES, OBJECTS, known_inputs};
use super::gate::{Base, LintInput, Side, apply_suppressions, lint_with, new_findings};
use super::inputs::Inputs;
use super::known_trees::{KnownTrees, paths};
use super::lint::{LintReport, Wanted};
use super::prepare::{BuildError, UNREADABLE};
use super::recheck::Last;
use super::versions::VersionsBeside;
use super::whole::Whole;
use crate::base::{Code, ContentHash, Diagnostic, Severity, SitePath, SourcePath};
use crate::config::Overrides;
use crate::history::FileChange;
use crate::lint::codes;
use crate::markdown::Detail;
use crate::markdown::codes::{
    FRONT_MATTER_MALFORMED, INCLUDE_UNREADABLE, NOT_UTF8, TOO_DEEP, TOO_LARGE,
};
use crate::memo::{Fingerprint, Store};
use crate::report::{Counts, keep_gravest};
use crate::site::{self, Addresses, LINK_OUTSIDE_CONTENT};
use crate::source::{LaidOver, Source, SourceError};

/// The state under which the last check of a folder is kept.
const LAST: &str = "check";

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
    check_in(input, &KnownTrees::default())
}

/// The same, with what this run knows of trees.
fn check_in(input: &CheckInput<'_>, trees: &KnownTrees) -> Result<Checked, BuildError> {
    let inputs = known_inputs(input.source, input.memo);
    let checked = check_with(input, &inputs, trees);
    keep_hashes(&inputs, input.memo);
    checked
}

/// Keeps the hashes of what was read, by stamps or by git's ids.
pub(super) fn keep_hashes(inputs: &Inputs<'_>, memo: &Store) {
    if inputs.has_stamps() {
        if inputs.has_read() {
            memo.set_state(FILES, &inputs.joined_stamps());
        }
    } else if let Some(objects) = inputs.objects(memo)
        && let Ok(bytes) = postcard::to_allocvec(&objects)
    {
        memo.set_state(OBJECTS, &bytes);
    }
}

/// The same, with what somebody else asks of the source too, and with what this run knows of trees.
fn check_with(
    input: &CheckInput<'_>,
    inputs: &Inputs<'_>,
    trees: &KnownTrees,
) -> Result<Checked, BuildError> {
    let (source, memo) = (input.source, input.memo);
    if let Some(tree) = source.tree() {
        return Ok(trees.check(input, inputs, &tree)?.checked());
    }
    let arguments = input.arguments();
    let over = source.laid_over();
    let known = match &over {
        Some(LaidOver { under, tree, files }) if files.iter().all(|file| file.stays) => trees
            .under(&CheckInput { source: *under, ..input.clone() }, tree)
            .and_then(|last| Last::clone(&last).after(input, inputs, paths(files))),
        None if source.has_stamps() => {
            Last::read(memo.state(LAST), &arguments).and_then(|last| last.now(input, inputs))
        }
        _ => None,
    };
    if let Some(last) = known {
        return Ok(last.checked());
    }
    let last = Last::of(&Whole::new(input, inputs, Detail::Links)?, arguments);
    if let (Some(over), false) = (&over, inputs.moved()) {
        KnownTrees::keep_staged(input, over, &last);
    }
    if source.folder().is_some()
        && memo.folder().is_some()
        && !inputs.moved()
        && let Ok(bytes) = postcard::to_allocvec(&last)
    {
        memo.set_state(LAST, &bytes);
    }
    Ok(last.checked())
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
    let (report, checked) =
        rayon::join(linting, || check_with(site, &inputs, &KnownTrees::default()));
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
pub(super) fn adjusted(
    input: LintInput<'_>,
    source: &dyn Source,
    found: Vec<Diagnostic>,
) -> Vec<Diagnostic> {
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
pub(super) fn readable<'d>(
    input: &CheckInput<'_>,
    found: impl IntoIterator<Item = &'d Diagnostic>,
) -> Result<(), SourceError> {
    let lost =
        |found: &&Diagnostic| [UNREADABLE.id, INCLUDE_UNREADABLE.id].contains(&found.code.as_ref());
    if input.source.folder().is_some() {
        return Ok(());
    }
    match found.into_iter().find(lost) {
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
    let trees = KnownTrees::default();
    let check_base = |base: &Base<'_>| -> Result<Option<Checked>, BuildError> {
        let side = CheckInput { source: base.source, ..head.clone() };
        match check_in(&side, &trees) {
            Ok(before) => {
                readable(&side, &before.diagnostics)?;
                Ok(Some(before))
            }
            Err(BuildError::Config(_)) => Ok(None),
            Err(error) => Err(error),
        }
    };
    let check_bases = || bases.iter().map(check_base).collect::<Result<Vec<_>, BuildError>>();
    // What is staged is known from what it lies over, and a folder for itself.
    let (befores, now) = match head.source.has_stamps() {
        true => rayon::join(check_bases, || check_in(head, &trees)),
        false => (check_bases(), check_in(head, &trees)),
    };
    let mut now = now?;
    readable(head, &now.diagnostics)?;
    let mut befores = befores?;
    if let ([base], [Some(before)]) = (bases, befores.as_mut_slice()) {
        leave_out_common(&mut before.diagnostics, &mut now.diagnostics, &head.root, base.changes);
    }
    let told: HashSet<Same> = told.iter().map(same).collect();
    let mut found = std::mem::take(&mut now.diagnostics);
    found.extend(head.across_versions(&now, None));
    found.retain(|finding| !told.contains(&same(finding)));
    // What a comment suppressed before and does not any more is new.
    let mut found = adjusted(input, head.source, found);
    let mut new = vec![true; found.len()];
    let mut gone: Option<Vec<Diagnostic>> = None;
    for (base, before) in bases.iter().zip(befores) {
        let Some(mut before) = before else { continue };
        let side = CheckInput { source: base.source, ..head.clone() };
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

/// Leaves out findings that both have in files below `root` that are the same in both: none of them
/// is new, and nothing needs to be read to tell that.
fn leave_out_common(
    before: &mut Vec<Diagnostic>,
    now: &mut Vec<Diagnostic>,
    root: &SourcePath,
    changes: &[FileChange],
) {
    let changed: HashSet<&SourcePath> =
        changes.iter().flat_map(|change| [&change.before, &change.after]).flatten().collect();
    let stays = |found: &&Diagnostic| {
        let file = found.span().map(|span| &span.file);
        file.is_some_and(|file| file.starts_with(root) && !changed.contains(file))
    };
    let mut common = vec![false; before.len()];
    let mut in_both = vec![false; now.len()];
    let mut known: HashMap<Same, Vec<usize>> = HashMap::new();
    for (at, found) in before.iter().enumerate().filter(|(_, found)| stays(found)) {
        known.entry(same(found)).or_default().push(at);
    }
    for (found, in_both) in now.iter().zip(&mut in_both).filter(|(found, _)| stays(found)) {
        let Some(those) = known.get_mut(&same(found)) else { continue };
        let at = those.iter().position(|at| before.get(*at) == Some(found));
        let at = at.map(|at| those.swap_remove(at));
        if let Some(common) = at.and_then(|at| common.get_mut(at)) {
            (*common, *in_both) = (true, true);
        }
    }
    let mut in_both = in_both.into_iter();
    now.retain(|_| !in_both.next().unwrap_or(false));
    let mut common = common.into_iter();
    before.retain(|_| !common.next().unwrap_or(false));
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
    pub(super) fn folders(&self) -> Vec<SitePath> {
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

#[cfg(test)]
mod tests;
