//! What a merge would make of the site is built and linted before anybody merges, and compared with
//! the target: what is found there already is no reason to hold a branch up.

use std::collections::BTreeSet;
use std::ops::Range;

use super::change_look::theme_problems;
use super::check::{CheckInput, check_changes};
use super::gate::{Base, LintInput, lint_changes};
use super::prepare::BuildError;
use super::reading::site_settings;
use super::rule_set::{load_rules, nearest_rules};
use crate::base::{Diagnostic, SourcePath, Span};
use crate::config::Settings;
use crate::history::{Conflict, FileChange, Merge};
use crate::lint::NAMES;
use crate::review::codes;
use crate::source::{NEVER, Source};

/// The file that says who has several addresses.
pub(super) const MAILMAP: &str = ".mailmap";

/// What is checked.
pub struct MergeCheckInput<'a> {
    /// The site of the target as it stands.
    pub target: CheckInput<'a>,
    /// The files as the merge would leave them.
    pub merged: &'a dyn Source,
    /// The merge.
    pub merge: &'a Merge,
    /// The day, as `2026-11-25`: suppressions can expire.
    pub today: &'a str,
    /// Build what the merge makes with its own theme, too. Otherwise no theme of the branch is used.
    pub trust_theme: bool,
}

/// Why it cannot be decided.
#[derive(Debug, thiserror::Error)]
pub enum MergeCheckError {
    /// The rules of the target cannot be read.
    #[error("the rules of the target cannot be read")]
    Rules(Vec<Diagnostic>),
    /// The target cannot be built.
    #[error("the target: {0}")]
    Target(BuildError),
    /// The merged files cannot be listed.
    #[error(transparent)]
    Merged(BuildError),
    /// The merge changes a submodule of the site, whose files are not in the repository.
    #[error("the merge changes the submodule `{0}`, whose files are in another repository")]
    Module(SourcePath),
}

impl MergeCheckError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        let source = match self {
            MergeCheckError::Target(BuildError::Source(error))
            | MergeCheckError::Merged(BuildError::Source(error)) => error.help(),
            MergeCheckError::Module(_) => {
                Some("check it out with its submodules, and look at it with `copydesk lint`")
            }
            _ => None,
        };
        source.unwrap_or("mend the target first")
    }
}

/// Whatever speaks against a merge: conflicts, what the merged site has that the target has not,
/// pages that go without a redirect, and changes of what reviews are decided by. In no order.
///
/// # Errors
/// Why it cannot be decided.
pub fn merge_check(input: &MergeCheckInput<'_>) -> Result<Vec<Diagnostic>, MergeCheckError> {
    let MergeCheckInput { target, merged, merge, today, trust_theme } = input;
    let root = &target.root;
    if let Some(module) = merge.modules.iter().find(|module| module.starts_with(root)) {
        return Err(MergeCheckError::Module(module.clone()));
    }
    let config = nearest_rules(target.source, root);
    let loaded = load_rules(target.source, &config).map_err(MergeCheckError::Rules)?;
    let lint = LintInput { rules: &loaded.rules, today, memo: target.memo };
    let mut found: Vec<Diagnostic> =
        merge.conflicts.iter().flat_map(|c| conflict(c, merge)).collect();
    let bases = [Base { source: target.source, changes: &merge.changes }];
    let concerns = |path: &SourcePath| {
        path.starts_with(root)
            && !path.components().any(|name| NEVER.contains(&name))
            && loaded.rules.concerns(path)
    };
    let report = lint_changes(lint, *merged, &bases, &[], &concerns)
        .map_err(|error| MergeCheckError::Merged(error.into()))?;
    // That the target's `book.toml` can be read is not for the branch to answer for.
    site_settings(target.source, root, &target.variables).map_err(MergeCheckError::Target)?;
    let head = CheckInput { source: *merged, ..target.clone() };
    match check_changes(lint, &head, &bases, &report.diagnostics) {
        Ok(broken) => found.extend(broken),
        // The branch broke `book.toml`: nothing of the site can be said, and it cannot be merged.
        Err(BuildError::Config(problems)) => found.extend(problems),
        Err(error) => return Err(MergeCheckError::Merged(error)),
    }
    found.extend(report.diagnostics);
    if *trust_theme && !found.iter().any(|found| found.code.starts_with("config/")) {
        let known = theme_problems(target).map_err(MergeCheckError::Target)?;
        let of_merge = theme_problems(&head).map_err(MergeCheckError::Merged)?;
        found.extend(of_merge.into_iter().filter(|found| !known.contains(found)));
    }
    found.extend(changed_policy(&loaded.settings, *merged, target, &merge.changes));
    Ok(found)
}

/// A conflict, at each place where lines of it stand.
fn conflict(conflict: &Conflict, merge: &Merge) -> Vec<Diagnostic> {
    let told = || {
        let message = format!("`{}` cannot be merged: {}", conflict.path, conflict.kind.text());
        let help = "merge the target into the branch, settle the conflict, and commit";
        Diagnostic::new(&codes::CONFLICT, message).help(help)
    };
    let Ok(path) = SourcePath::new(conflict.path.as_str()) else { return vec![told()] };
    match merge.places.get(&conflict.path) {
        None => vec![told().at(Span::start_of(path))],
        Some(places) => {
            let at = |place: &Range<usize>| told().at(Span::new(path.clone(), place.clone()));
            places.iter().map(at).collect()
        }
    }
}

/// What the merge changes of that which reviews are decided by, where nobody has to sign it off.
fn changed_policy(
    settings: &Settings,
    merged: &dyn Source,
    target: &CheckInput<'_>,
    changes: &[FileChange],
) -> Option<Diagnostic> {
    if !settings.review.stages.is_empty() {
        return None;
    }
    let changed = policy_files(settings, merged, target, changes);
    let first = changed.first()?;
    let names: Vec<String> = changed.iter().take(3).map(|path| format!("`{path}`")).collect();
    let more = match changed.len().saturating_sub(names.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message =
        format!("the branch changes what reviews are decided by: {}{more}", names.join(", "));
    let help = "this check used theme and rules of the target; let somebody who answers for them \
                look at this change";
    let at = Span::start_of(first.clone());
    Some(Diagnostic::new(&codes::CHANGED_POLICY, message).at(at).help(help))
}

/// The files that the merge changes and that reviews are decided by, sorted.
pub(super) fn policy_files(
    settings: &Settings,
    merged: &dyn Source,
    target: &CheckInput<'_>,
    changes: &[FileChange],
) -> Vec<SourcePath> {
    let root = &target.root;
    let schemas =
        settings.lint.front_matter.iter().filter_map(|rules| Some(&rules.schema.as_ref()?.value));
    let review = &settings.review;
    let keys = [&review.allowed_signers, &review.revoked_signers];
    let keys = keys.into_iter().flatten().map(|file| &file.value);
    let named: BTreeSet<&SourcePath> = schemas.chain(keys).collect();
    let (Ok(book), Ok(theme)) = (root.join("book.toml"), root.join("theme")) else {
        return Vec::new();
    };
    let own_theme = settings.theme.dir.as_ref().map(|dir| &dir.value);
    let decides = |path: &SourcePath| {
        let name = path.file_name();
        if *path == book {
            return tables(merged, path) != tables(target.source, path)
                || tables(merged, path).is_none();
        }
        NAMES.contains(&name)
            || name.starts_with(".markdownlint")
            || name == "CODEOWNERS"
            || path.as_str() == MAILMAP
            || path.components().any(|part| part == "styles" || part == ".vale")
            || path.starts_with(&theme)
            || own_theme.is_some_and(|theme| path.starts_with(theme))
            || named.contains(path)
    };
    let paths = changes.iter().flat_map(|change| [&change.before, &change.after]).flatten();
    let changed: BTreeSet<&SourcePath> = paths.filter(|path| decides(path)).collect();
    changed.into_iter().cloned().collect()
}

/// The tables of `book.toml` that decide; none where it cannot be read.
fn tables(source: &dyn Source, path: &SourcePath) -> Option<Vec<Option<toml::Value>>> {
    let bytes = source.read(path).ok()?;
    let table: toml::Table = toml::from_str(&String::from_utf8_lossy(&bytes)).ok()?;
    Some(["lint", "terms", "review", "theme"].map(|name| table.get(name).cloned()).to_vec())
}

/// The same as text that is the same where they are.
pub(super) fn deciding_tables(source: &dyn Source, path: &SourcePath) -> Option<String> {
    serde_json::to_string(&tables(source, path)?).ok()
}

#[cfg(test)]
mod tests;
