//! Parameters of rules: declared with a default, set in a configuration.

use serde_json::{Map, Value};

/// A parameter of a rule.
#[derive(Debug)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// Its value where nothing is said; its kind is that of the parameter.
    pub default: ParamDefault,
    /// One line: what it does.
    pub doc: &'static str,
}

/// The default of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamDefault {
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Whole(i64),
    /// A whole number, or one for each level of heading.
    Wholes(i64),
    /// A text.
    Text(&'static str),
    /// One of several words, of which the first one is the default.
    Word(&'static [&'static str]),
    /// A list of texts.
    Texts(&'static [&'static str]),
}

impl ParamDefault {
    /// What a value should be instead; none where it is fine.
    pub(super) fn refuses(self, value: &Value) -> Option<String> {
        let fine = match self {
            ParamDefault::Bool(_) => value.is_boolean(),
            ParamDefault::Whole(_) => value.as_i64().is_some(),
            ParamDefault::Wholes(_) => {
                let whole = |value: &Value| value.as_i64().is_some();
                whole(value) || value.as_array().is_some_and(|all| all.iter().all(whole))
            }
            ParamDefault::Text(_) => value.is_string(),
            ParamDefault::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            ParamDefault::Texts(_) => {
                value.as_array().is_some_and(|all| all.iter().all(Value::is_string))
            }
        };
        (!fine).then(|| match self {
            ParamDefault::Bool(_) => "`true` or `false`".to_owned(),
            ParamDefault::Whole(_) => "a whole number".to_owned(),
            ParamDefault::Wholes(_) => "a whole number or a list of them".to_owned(),
            ParamDefault::Text(_) => "text".to_owned(),
            ParamDefault::Word(words) => format!("one of `{}`", words.join("`, `")),
            ParamDefault::Texts(_) => "a list of texts".to_owned(),
        })
    }

    /// The words that it can be, where it is one of some.
    pub fn words(self) -> Option<&'static [&'static str]> {
        match self {
            ParamDefault::Word(words) => Some(words),
            _ => None,
        }
    }

    /// The default as JSON.
    pub fn shown(self) -> String {
        match self {
            ParamDefault::Bool(value) => value.to_string(),
            ParamDefault::Whole(value) | ParamDefault::Wholes(value) => value.to_string(),
            ParamDefault::Text(text) => Value::from(text).to_string(),
            ParamDefault::Word(words) => format!("\"{}\"", words.first().unwrap_or(&"")),
            ParamDefault::Texts(texts) => {
                let texts: Vec<String> =
                    texts.iter().map(|text| Value::from(*text).to_string()).collect();
                format!("[{}]", texts.join(", "))
            }
        }
    }
}

/// The parameters of a rule for a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Params<'a> {
    pub(super) specs: &'static [Param],
    pub(super) set: &'a Map<String, Value>,
}

impl<'a> Params<'a> {
    fn default(&self, name: &str) -> Option<ParamDefault> {
        self.specs.iter().find(|spec| spec.name == name).map(|spec| spec.default)
    }

    fn value(&self, name: &str) -> Option<&'a Value> {
        let value = self.set.get(name)?;
        // What is of the wrong kind has been told of, and counts as not said.
        self.default(name).is_some_and(|spec| spec.refuses(value).is_none()).then_some(value)
    }

    /// Whether a parameter is set.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// `true` or `false`
    pub(crate) fn flag(&self, name: &str) -> bool {
        match (self.value(name), self.default(name)) {
            (Some(value), _) => value.as_bool().unwrap_or(false),
            (_, Some(ParamDefault::Bool(value))) => value,
            _ => false,
        }
    }

    /// A number, not below 0.
    pub(crate) fn whole(&self, name: &str) -> usize {
        usize::try_from(self.number(name, 0)).unwrap_or(0)
    }

    /// A number, for the heading of a level where there is one for each.
    pub(crate) fn number(&self, name: &str, level: usize) -> i64 {
        let default = match self.default(name) {
            Some(ParamDefault::Whole(value) | ParamDefault::Wholes(value)) => value,
            _ => 0,
        };
        match self.value(name) {
            Some(Value::Array(all)) => {
                all.get(level.saturating_sub(1)).and_then(Value::as_i64).unwrap_or(default)
            }
            Some(value) => value.as_i64().unwrap_or(default),
            None => default,
        }
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> &'a str {
        match (self.value(name), self.default(name)) {
            (Some(value), _) => value.as_str().unwrap_or_default(),
            (_, Some(ParamDefault::Text(text))) => text,
            (_, Some(ParamDefault::Word(words))) => words.first().copied().unwrap_or_default(),
            _ => "",
        }
    }

    /// A list of texts.
    pub(crate) fn texts(&self, name: &str) -> Vec<&'a str> {
        match (self.value(name), self.default(name)) {
            (Some(Value::Array(all)), _) => all.iter().filter_map(Value::as_str).collect(),
            (_, Some(ParamDefault::Texts(texts))) => texts.to_vec(),
            _ => Vec::new(),
        }
    }
}
