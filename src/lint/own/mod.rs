//! Rules of our own: what they are, what they see, and which of them run.
//!
//! A rule is one file in `rules/` and one line in [`RULES`]. What it finds depends on the page,
//! its options and the project's terms alone, so that findings can be kept.

mod across;
mod options;
mod page;
mod rules;
mod select;
mod terms;
#[cfg(test)]
mod tests;
mod words;

pub use across::{Across, AcrossRun, Fact, external_links, gather, is_across, links};
pub use options::{OptionDefault, OptionSpec};
pub(crate) use page::Page;
pub use rules::RULES;
pub(crate) use select::Running;
pub use select::{OwnInput, OwnRules};

use crate::base::Code;
use options::Options;
use page::Findings;

/// A rule of our own.
#[derive(Debug)]
pub struct OwnRule {
    /// Its code with level, docs and a bad and a good example.
    pub code: Code,
    /// What `extends` names to switch it on; `default` is what runs where nothing is said.
    pub presets: &'static [&'static str],
    /// What can be set.
    pub options: &'static [OptionSpec],
    /// Looks at a page.
    check: fn(&Page<'_>, &Options<'_>, &mut Findings<'_>),
}

/// The names that `extends` takes, and what they are for.
pub const PRESETS: &[(&str, &str)] = &[
    ("default", "What nearly every team wants: defects that readers see."),
    ("style", "Plain technical English, as advice."),
    ("inclusive", "Words that leave nobody out, as advice."),
    ("strict", "Form that some teams ask for, as advice."),
];

/// The rules that ask the schemas of front matter. They run where there is a schema for a page.
pub const SCHEMA_RULES: [&str; 3] =
    ["front-matter/forbidden-key", "front-matter/missing-key", "front-matter/schema"];

/// The codes of all rules of our own.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    RULES.iter().map(|rule| &rule.code)
}

/// The rule of a code.
pub fn find(code: &str) -> Option<&'static OwnRule> {
    RULES.iter().copied().find(|rule| rule.code.id == code)
}
