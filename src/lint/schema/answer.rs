//! What a schema says to the front matter of a page, in words for a writer.

use std::ops::Range;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::paths::LocationSegment;
use jsonschema::{JsonType, ValidationError};
use serde_json::Value as Json;

use super::{Schema, remedy};
use crate::base::{Span, nearest};
use crate::markdown::{Mapped, Value, ValueKind, WrittenFrontMatter};

/// Which rule tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A key is missing.
    Missing,
    /// A key is not allowed.
    Forbidden,
    /// A value is not what is asked for.
    Value,
}

/// Something that a schema does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    pub kind: Kind,
    /// In the text of the file: the key where a key is wrong, else the value. Where a key is
    /// missing, the key over it, or the first line of the front matter.
    pub at: Range<usize>,
    pub message: String,
    pub help: String,
    /// What to write instead of what, and the title of that.
    pub fix: Option<(String, Range<usize>, String)>,
    /// Where the schema asks for it.
    pub asked: Option<Span>,
}

/// So many names stand in a help.
const MOST_NAMES: usize = 8;

/// Asks a schema.
pub(super) fn ask(
    schema: &Schema,
    text: &Mapped,
    written: Option<&WrittenFrontMatter>,
) -> Vec<Violation> {
    let json = match written {
        Some(written) => written.value.clone().into_json(),
        None => Json::Object(serde_json::Map::new()),
    };
    let page = Page { schema, text, written, json: &json };
    schema.validator.iter_errors(&json).flat_map(|error| page.told(&error)).collect()
}

struct Page<'a> {
    schema: &'a Schema,
    text: &'a Mapped,
    written: Option<&'a WrittenFrontMatter>,
    json: &'a Json,
}

/// A value of the front matter.
struct Found<'a> {
    /// As messages name it: `extra.team`, `owners[1]`; empty for the front matter itself.
    name: String,
    /// Its key, or its place in a list.
    key: Range<usize>,
    value: Option<&'a Value>,
}

impl<'a> Page<'a> {
    fn told(&self, error: &ValidationError<'_>) -> Vec<Violation> {
        let found = self.find(error);
        let asked = error.schema_path().as_str();
        let parent = asked.rsplit_once('/').map_or("", |(parent, _)| parent);
        let one = |kind, at: Range<usize>, message: String, help: String| Violation {
            kind,
            at,
            message,
            help,
            fix: None,
            asked: self.schema.places.at(asked),
        };
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                let key = property.as_str().unwrap_or_default();
                let message = match found.name.as_str() {
                    "" => format!("the front matter has no `{key}`"),
                    name => format!("`{name}` has no `{key}`"),
                };
                let wanted = self.schema.json.pointer(&format!("{parent}/properties/{key}"));
                let mut violation =
                    one(Kind::Missing, found.key, message, remedy::add(key, wanted));
                if found.name.is_empty() {
                    violation.fix = remedy::insert(key, wanted, self.written);
                }
                vec![violation]
            }
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected
                .iter()
                .map(|key| {
                    let at = found.value.and_then(|value| value.get(key)).map(|(at, _)| at);
                    let at = at.map_or(found.key.clone(), |at| self.placed(&at));
                    let allowed = self.schema.json.pointer(&format!("{parent}/properties"));
                    let (help, near) = self.instead(key, allowed, found.value);
                    let message = match found.name.as_str() {
                        "" => format!("the front matter may not have `{key}`"),
                        name => format!("`{name}` may not have `{key}`"),
                    };
                    let mut violation = one(Kind::Forbidden, at.clone(), message, help);
                    violation.fix = near.map(|near| (format!("write `{near}`"), at, near));
                    violation
                })
                .collect(),
            ValidationErrorKind::PropertyNames { error } => {
                let key = error.instance().as_str().unwrap_or_default();
                let at = found.value.and_then(|value| value.get(key)).map(|(at, _)| at);
                let at = at.map_or(found.key.clone(), |at| self.placed(&at));
                let what = expected(error).unwrap_or_else(|| "another one".to_owned());
                let message = format!("the key `{key}` may not be called so");
                vec![one(Kind::Forbidden, at, message, format!("its name must be {what}"))]
            }
            ValidationErrorKind::FalseSchema => {
                let message = format!("the front matter may not have `{}`", found.name);
                vec![one(Kind::Forbidden, found.key, message, "remove it".to_owned())]
            }
            _ => {
                let at = match found.value {
                    Some(value) if !found.name.is_empty() => self.placed(&value.range),
                    _ => found.key.clone(),
                };
                let (message, help) = self.said(error, &found, parent);
                let mut violation = one(Kind::Value, at, message, help);
                violation.fix = found
                    .value
                    .zip(self.written)
                    .and_then(|(value, written)| remedy::replace(error, value, written, self.text));
                vec![violation]
            }
        }
    }

    /// What is wrong with a value, and what to do about it.
    fn said(
        &self,
        error: &ValidationError<'_>,
        found: &Found<'_>,
        parent: &str,
    ) -> (String, String) {
        let name = match found.name.as_str() {
            "" => "the front matter".to_owned(),
            name => format!("`{name}`"),
        };
        let described = self.schema.json.pointer(parent).and_then(|at| at.get("description"));
        let described = described.and_then(Json::as_str).map(one_line);
        let what = expected(error);
        match error.kind() {
            ValidationErrorKind::Enum { options } => {
                let said = shown(error.instance());
                let help = remedy::near(error.instance(), options).map_or_else(
                    || format!("write {}", or(&names(options))),
                    |near| format!("did you mean `{near}`?"),
                );
                (format!("{name} may not be {said}"), help)
            }
            ValidationErrorKind::Constant { expected_value } => {
                let said = shown(error.instance());
                (format!("{name} may not be {said}"), format!("write {}", shown(expected_value)))
            }
            ValidationErrorKind::Type { .. } => {
                let is = found.value.map_or("nothing", |value| value.kind.name());
                let what = what.unwrap_or_default();
                let help = described.unwrap_or_else(|| format!("write {what}"));
                (format!("{name} must be {what}, but is {is}"), help)
            }
            ValidationErrorKind::Pattern { pattern } => {
                let help =
                    described.unwrap_or_else(|| format!("it must match the pattern `{pattern}`"));
                (format!("{name} is not written as it is to be"), help)
            }
            ValidationErrorKind::BacktrackLimitExceeded { .. } => (
                format!("the pattern for {name} took too long and was stopped"),
                "write the pattern so that its repetitions cannot match the same text in several \
                 ways"
                    .to_owned(),
            ),
            ValidationErrorKind::Not { .. } => {
                let help =
                    described.unwrap_or_else(|| "the schema rules this value out".to_owned());
                (format!("{name} may not be {}", shown(error.instance())), help)
            }
            _ => {
                let what = what.unwrap_or_else(|| "something else".to_owned());
                let help = described.unwrap_or_else(|| "change the value".to_owned());
                (format!("{name} must be {what}"), help)
            }
        }
    }

    /// What to do about a key that may not be there, and the key that was meant.
    fn instead(
        &self,
        key: &str,
        allowed: Option<&Json>,
        around: Option<&Value>,
    ) -> (String, Option<String>) {
        let allowed = allowed.and_then(Json::as_object);
        let names: Vec<&str> =
            allowed.into_iter().flat_map(|map| map.keys().map(String::as_str)).collect();
        if let Some(near) = nearest(key, names.iter().copied()) {
            let taken = around.is_some_and(|around| around.get(near).is_some());
            let fix = (!taken).then(|| near.to_owned());
            return (format!("did you mean `{near}`?"), fix);
        }
        if names.is_empty() {
            return ("remove it".to_owned(), None);
        }
        let shown: Vec<String> =
            names.iter().take(MOST_NAMES).map(|name| format!("`{name}`")).collect();
        let more = if names.len() > MOST_NAMES { " and others" } else { "" };
        (format!("the schema allows {}{more}", shown.join(", ")), None)
    }

    /// The value that an error is about.
    fn find(&self, error: &ValidationError<'_>) -> Found<'a> {
        let fence = self.written.map_or(0..0, |_| {
            let first = self.text.text.lines().next().unwrap_or_default();
            0..first.trim_end().len()
        });
        let mut found = Found {
            name: String::new(),
            key: fence,
            value: self.written.map(|written| &written.value),
        };
        let mut json = Some(self.json);
        for part in error.instance_path().segments() {
            let key = match &part {
                LocationSegment::Property(key) => key.to_string(),
                LocationSegment::Index(index) => index.to_string(),
            };
            let is_list = json.is_some_and(Json::is_array);
            json = json.and_then(|json| match json {
                Json::Array(items) => items.get(key.parse::<usize>().ok()?),
                json => json.get(&key),
            });
            found.name = match (is_list, found.name.as_str()) {
                (true, name) => format!("{name}[{key}]"),
                (false, "") => key.clone(),
                (false, name) => format!("{name}.{key}"),
            };
            let Some((at, value)) = found.value.and_then(|value| value.get(&key)) else { break };
            found.key = self.placed(&at);
            found.value = Some(value);
        }
        found
    }

    fn placed(&self, range: &Range<usize>) -> Range<usize> {
        self.written.map_or(0..0, |written| written.placed(range))
    }
}

/// Whether a value is one that a person would put into quotes or take out of them.
pub(super) fn is_scalar(value: &Value) -> bool {
    !matches!(value.kind, ValueKind::List(_) | ValueKind::Map(_) | ValueKind::Null)
}

/// What was expected, as the end of "must be"; none where words fail.
pub(super) fn expected(error: &ValidationError<'_>) -> Option<String> {
    let items = |count: u64| if count == 1 { "item" } else { "items" };
    let letters = |count: u64| if count == 1 { "character" } else { "characters" };
    let keys = |count: u64| if count == 1 { "key" } else { "keys" };
    Some(match error.kind() {
        ValidationErrorKind::Type { kind } => match kind {
            TypeKind::Single(one) => type_name(*one).to_owned(),
            TypeKind::Multiple(set) => {
                let names: Vec<String> = set.iter().map(|one| type_name(one).to_owned()).collect();
                or(&names)
            }
        },
        ValidationErrorKind::Enum { options } => or(&names(options)),
        ValidationErrorKind::Constant { expected_value } => shown(expected_value),
        ValidationErrorKind::Format { format } => match format.as_str() {
            "date" => "a date, such as `2026-11-29`".to_owned(),
            "date-time" => "a date with a time, such as `2026-11-29T08:00:00Z`".to_owned(),
            "email" => "an email address".to_owned(),
            "uri" => "a URL with its scheme".to_owned(),
            "regex" => "a regular expression".to_owned(),
            other => format!("of the format `{other}`"),
        },
        ValidationErrorKind::Pattern { pattern } => format!("text like `{pattern}`"),
        ValidationErrorKind::Minimum { limit } => format!("at least {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("at most {limit}"),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        ValidationErrorKind::MultipleOf { multiple_of } => format!("a multiple of {multiple_of}"),
        ValidationErrorKind::MinLength { limit } => {
            format!("text of at least {limit} {}", letters(*limit))
        }
        ValidationErrorKind::MaxLength { limit } => {
            format!("text of at most {limit} {}", letters(*limit))
        }
        ValidationErrorKind::MinItems { limit } => {
            format!("a list of at least {limit} {}", items(*limit))
        }
        ValidationErrorKind::MaxItems { limit } => {
            format!("a list of at most {limit} {}", items(*limit))
        }
        ValidationErrorKind::MinProperties { limit } => {
            format!("a table of at least {limit} {}", keys(*limit))
        }
        ValidationErrorKind::MaxProperties { limit } => {
            format!("a table of at most {limit} {}", keys(*limit))
        }
        ValidationErrorKind::UniqueItems => "a list that holds nothing twice".to_owned(),
        ValidationErrorKind::AdditionalItems { limit } => {
            format!("a list of at most {limit} items")
        }
        ValidationErrorKind::Contains => "a list that holds what the schema asks for".to_owned(),
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let forms: Option<Vec<String>> = context.iter().map(|form| form_of(form)).collect();
            or(&forms.filter(|forms| !forms.is_empty())?)
        }
        ValidationErrorKind::OneOfMultipleValid { .. } => {
            "one of the forms of the schema, and no other".to_owned()
        }
        _ => return None,
    })
}

/// What one of several forms expects; none where that is no matter of the value itself.
fn form_of(errors: &[ValidationError<'_>]) -> Option<String> {
    let [error] = errors else { return None };
    match error.kind() {
        ValidationErrorKind::AnyOf { .. } | ValidationErrorKind::OneOfNotValid { .. } => None,
        _ => expected(error),
    }
}

fn type_name(one: JsonType) -> &'static str {
    match one {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "keys with values",
        JsonType::String => "text",
    }
}

/// A value as messages show it.
fn shown(value: &Json) -> String {
    const MOST: usize = 60;
    let text = match value {
        Json::String(text) => one_line(text),
        Json::Null => return "nothing".to_owned(),
        Json::Array(_) => return "such a list".to_owned(),
        Json::Object(_) => return "such a table".to_owned(),
        other => other.to_string(),
    };
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("`{}…`", text.get(..end).unwrap_or_default()),
        None => format!("`{text}`"),
    }
}

/// The values of a list as messages show them.
fn names(options: &Json) -> Vec<String> {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut names: Vec<String> = options.iter().take(MOST_NAMES).map(shown).collect();
    if options.len() > MOST_NAMES {
        names.push("another one that the schema lists".to_owned());
    }
    names
}

/// `a, b or c`.
pub(super) fn or(words: &[String]) -> String {
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
