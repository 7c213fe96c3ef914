//! The checks that a rule can build on, one file each.

mod capitalization;
mod conditional;
mod consistency;
mod existence;
mod metric;
mod occurrence;
mod readability;
mod repetition;
mod spelling;
mod substitution;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::action::Action;
use super::rule_file::{Build, Problem};
use crate::lint::pattern::{Hit, Makeup, TokenSet};
use crate::lint::prose::Statistics;

/// A check that was built for a rule.
pub(crate) trait Check: std::fmt::Debug + Send + Sync {
    /// The tokens to look for beforehand; without any the check runs on every block.
    fn tokens(&self) -> Option<&TokenSet> {
        None
    }

    /// Looks at a block.
    fn run(&self, view: &View, state: &mut RuleState) -> Vec<Alert>;

    /// Spellings that were perhaps meant.
    fn suggest(&self, _word: &str) -> Vec<String> {
        Vec::new()
    }
}

/// A block as checks see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    /// Its text.
    pub text: &'a str,
    /// What was found of the rule's tokens, and where.
    pub hits: &'a [Hit],
    /// Where the text begins in that which was scanned for them.
    pub base: usize,
    /// What the text is made of.
    pub makeup: Makeup,
    /// Counts of the page; only for blocks that hold all of it.
    pub page: Option<&'a Page>,
}

/// Counts of a page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub statistics: Statistics,
    /// By the names that formulas use.
    pub counts: BTreeMap<String, f64>,
}

/// What a rule remembers from block to block of a file.
#[derive(Debug, Default)]
pub(crate) struct RuleState {
    /// Spellings and definitions that were seen.
    pub seen: BTreeSet<String>,
    /// A pattern was stopped.
    pub stopped: bool,
}

/// Something that a check found.
#[derive(Debug, Clone)]
pub(crate) struct Alert {
    /// Where in the text; none for the page as a whole.
    pub range: Option<Range<usize>>,
    /// What fills the verbs of the message; none for the match and what it is to become.
    pub arguments: Option<Vec<String>>,
    /// A remedy for this match in place of the rule's.
    pub action: Option<Action>,
    /// A message in place of the rule's.
    pub message: Option<String>,
}

impl Alert {
    /// A match.
    fn at(range: Range<usize>) -> Alert {
        Alert { range: Some(range), arguments: None, action: None, message: None }
    }

    /// With arguments for the message.
    fn with(self, arguments: Vec<String>) -> Alert {
        Alert { arguments: Some(arguments), ..self }
    }

    /// For the page as a whole.
    fn page(arguments: Vec<String>) -> Alert {
        Alert { range: None, arguments: Some(arguments), action: None, message: None }
    }
}

/// Builds the check of a rule.
pub(crate) type MakeCheck = fn(&mut Build) -> Result<Box<dyn Check>, Problem>;

/// What can be extended.
pub(crate) struct Kind {
    /// Its name.
    pub name: &'static str,
    /// The keys of its own; empty where any key is allowed.
    pub keys: &'static [&'static str],
    /// Builds it; none where rules of this kind are read and not run.
    pub build: Option<MakeCheck>,
    /// Whether it looks at the page as a whole, whatever its scope says.
    pub page: bool,
}

/// Every check, by name.
pub(crate) static KINDS: &[Kind] = &[
    Kind {
        name: "capitalization",
        keys: &["match", "style", "exceptions", "indicators", "threshold", "vocab", "prefix"],
        build: Some(capitalization::build),
        page: false,
    },
    Kind {
        name: "conditional",
        keys: &["exceptions", "first", "second", "ignorecase", "vocab"],
        build: Some(conditional::build),
        page: false,
    },
    Kind { name: "consistency", keys: &[], build: Some(consistency::build), page: false },
    Kind {
        name: "existence",
        keys: &["raw", "tokens", "exceptions", "append", "ignorecase", "nonword", "vocab"],
        build: Some(existence::build),
        page: false,
    },
    Kind {
        name: "metric",
        keys: &["formula", "condition"],
        build: Some(metric::build),
        page: true,
    },
    Kind {
        name: "occurrence",
        keys: &["token", "max", "min", "ignorecase"],
        build: Some(occurrence::build),
        page: false,
    },
    Kind {
        name: "readability",
        keys: &["metrics", "grade"],
        build: Some(readability::build),
        page: true,
    },
    Kind {
        name: "repetition",
        keys: &["tokens", "max", "ignorecase", "alpha", "vocab", "exceptions"],
        build: Some(repetition::build),
        page: false,
    },
    Kind { name: "script", keys: &[], build: None, page: false },
    Kind { name: "sequence", keys: &[], build: None, page: false },
    Kind { name: "spelling", keys: &[], build: Some(spelling::build), page: false },
    Kind {
        name: "substitution",
        keys: &["exceptions", "swap", "ignorecase", "nonword", "vocab", "capitalize", "pos"],
        build: Some(substitution::build),
        page: false,
    },
];
