//! Prose is checked against rules.
//!
//! [`vale::load`](load) reads a configuration and makes a [`RuleSet`]; [`lint_file`] runs it over one
//! file. What comes out is a function of the bytes of the file, its path and the set's hash, so
//! that it can be kept.

mod baseline;
mod blocks;
mod casing;
pub mod codes;
mod engine;
mod fingerprint;
mod formats;
mod ignores;
pub mod markdownlint;
pub mod own;
mod pattern;
mod prose;
mod rules;
mod schema;
mod scope;
mod spelling;
mod suppressions;
#[cfg(test)]
mod tests;
mod vale;

pub use baseline::{Baseline, BaselineEntry};
pub use codes::CODES;
pub use engine::{Dated, FileFindings, lint_file};
pub use fingerprint::{FindingKey, KeyChanges, compare_keys, finding_keys};
pub use markdownlint::{FormRules, MARKDOWNLINT_NAMES, load_forms};
pub use own::{OwnInput, OwnRules};
pub use rules::{RuleInfo, RuleSet, Setting, WordList};
pub use schema::SchemaFiles;
pub use suppressions::{SuppressInput, Suppression, suppress, suppressions};
pub use vale::{Folder, Installation, LoadInput, NAMES, Opened, PackageConfig, PackageFiles, load};

/// Markdown made of random pieces.
#[cfg(test)]
pub(crate) fn random_markdown() -> impl proptest::strategy::Strategy<Value = String> {
    markdownlint::random()
}
