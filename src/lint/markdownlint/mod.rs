//! The rules of markdownlint, by the names and with the configuration that they have there.
//!
//! A rule is one file in `rules/` and one line in [`RULES`]. It looks at the form of a file as
//! CommonMark reads it, without what Copydesk adds, and at its lines.

mod autolinks;
mod comments;
mod config;
mod containers;
mod emphasis;
mod findings;
mod front;
mod globs;
mod html;
mod page;
mod params;
mod patterns;
mod read;
mod reference;
mod references;
mod rules;
mod select;
mod tables;
#[cfg(test)]
mod tests;

pub use config::NAMES as MARKDOWNLINT_NAMES;
pub use params::{Param, ParamDefault};
pub use reference::reference_markdown;
pub use rules::RULES;
pub use select::{FormRules, load_forms};

use crate::base::Code;
use findings::Findings;
use page::Page;
use params::Params;

/// A rule of markdownlint.
#[derive(Debug)]
pub struct FormRule {
    /// Its name with level, docs and a bad and a good example.
    pub code: Code,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// The groups that it can be set with.
    pub tags: &'static [&'static str],
    /// Whether there are fixes.
    pub fixes: bool,
    /// Whether its fixes change what a page says, or how it is shown.
    pub suggested: bool,
    /// What can be set.
    pub params: &'static [Param],
    /// Parameters that the examples are for, as JSON; empty for the defaults.
    pub config: &'static str,
    /// Looks at a file.
    check: fn(&Page<'_>, &Params<'_>, &mut Findings<'_>),
}

/// The codes of all rules.
pub fn codes() -> impl Iterator<Item = &'static Code> {
    RULES.iter().map(|rule| &rule.code)
}

/// The rule of a name or an alias, whatever its case.
pub fn find(name: &str) -> Option<&'static FormRule> {
    RULES.iter().copied().find(|rule| is_named(rule, name))
}

/// Whether a rule has a name.
fn is_named(rule: &FormRule, name: &str) -> bool {
    let mut names = rule.aliases.iter().chain(std::iter::once(&rule.code.id));
    names.any(|other| other.eq_ignore_ascii_case(name))
}

/// The rules that a name, an alias or a tag stands for, as bits in the order of [`RULES`].
fn named(name: &str) -> u64 {
    let mut bits = 0;
    for (index, rule) in RULES.iter().enumerate() {
        if is_named(rule, name) || rule.tags.iter().any(|tag| tag.eq_ignore_ascii_case(name)) {
            bits |= 1 << index;
        }
    }
    bits
}

/// Markdown made of random pieces.
#[cfg(test)]
pub(crate) fn random() -> impl proptest::strategy::Strategy<Value = String> {
    tests::markdown()
}
