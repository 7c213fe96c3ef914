//! Options of rules: declared with a default, set in `book.toml`.

use std::collections::BTreeMap;

use crate::config::{OptionValue, Set};

/// An option of a rule.
#[derive(Debug)]
pub struct OptionSpec {
    /// Its name in `book.toml`.
    pub name: &'static str,
    /// Its value where nothing is said; its kind is that of the option.
    pub default: OptionDefault,
    /// One line: what it does.
    pub doc: &'static str,
}

/// The default of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionDefault {
    /// `true` or `false`
    Bool(bool),
    /// A whole number, not below 0.
    Whole(usize),
    /// A list of texts.
    Texts(&'static [&'static str]),
}

impl OptionDefault {
    /// Whether a value is of its kind; where not, what is expected.
    pub(super) fn refuses(self, value: &OptionValue) -> Option<&'static str> {
        match (self, value) {
            (OptionDefault::Bool(_), OptionValue::Bool(_))
            | (OptionDefault::Texts(_), OptionValue::Texts(_)) => None,
            (OptionDefault::Whole(_), OptionValue::Whole(number)) if *number >= 0 => None,
            (OptionDefault::Bool(_), _) => Some("`true` or `false`"),
            (OptionDefault::Whole(_), _) => Some("a whole number, not below 0"),
            (OptionDefault::Texts(_), _) => Some("a list of texts"),
        }
    }

    /// The default as TOML.
    pub fn shown(self) -> String {
        match self {
            OptionDefault::Bool(value) => value.to_string(),
            OptionDefault::Whole(value) => value.to_string(),
            OptionDefault::Texts(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
                format!("[{}]", texts.join(", "))
            }
        }
    }
}

/// The options of a rule for a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options<'a> {
    pub(super) specs: &'static [OptionSpec],
    pub(super) set: &'a BTreeMap<String, Set<OptionValue>>,
}

impl Options<'_> {
    fn default(&self, name: &str) -> Option<OptionDefault> {
        self.specs.iter().find(|spec| spec.name == name).map(|spec| spec.default)
    }

    /// A number.
    pub(crate) fn whole(&self, name: &str) -> usize {
        match (self.set.get(name).map(|set| &set.value), self.default(name)) {
            (Some(OptionValue::Whole(value)), _) => usize::try_from(*value).unwrap_or(0),
            (_, Some(OptionDefault::Whole(value))) => value,
            _ => 0,
        }
    }

    /// `true` or `false`
    pub(crate) fn flag(&self, name: &str) -> bool {
        match (self.set.get(name).map(|set| &set.value), self.default(name)) {
            (Some(OptionValue::Bool(value)), _) => *value,
            (_, Some(OptionDefault::Bool(value))) => value,
            _ => false,
        }
    }

    /// Whether a list holds a text, whatever its case.
    pub(crate) fn lists(&self, name: &str, text: &str) -> bool {
        let same = |other: &str| other.to_lowercase() == text.to_lowercase();
        match (self.set.get(name).map(|set| &set.value), self.default(name)) {
            (Some(OptionValue::Texts(texts)), _) => texts.iter().any(|other| same(other)),
            (_, Some(OptionDefault::Texts(texts))) => texts.iter().any(|other| same(other)),
            _ => false,
        }
    }
}
