//! What to write instead, where that can be told.

use std::ops::Range;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value as Json;

use super::answer::{is_scalar, one_line};
use crate::base::nearest;
use crate::markdown::{Mapped, Value, ValueKind, WrittenFrontMatter, parse_yaml};

/// The title of a fix, what it replaces in the text of the file, and by what.
pub(super) type Remedy = (String, Range<usize>, String);

/// How to add a key that is missing.
pub(super) fn add(key: &str, wanted: Option<&Json>) -> String {
    let described = wanted.and_then(|wanted| wanted.get("description")).and_then(Json::as_str);
    match described {
        Some(text) => format!("add `{key}`: {}", one_line(text)),
        None => format!("add `{key}`"),
    }
}

/// Adds a key whose value the schema knows.
pub(super) fn insert(
    key: &str,
    wanted: Option<&Json>,
    written: Option<&WrittenFrontMatter>,
) -> Option<Remedy> {
    let wanted = wanted?;
    let only = || match wanted.get("enum")?.as_array()?.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let value = wanted.get("default").or_else(|| wanted.get("const")).or_else(only)?;
    let toml = written.is_some_and(|written| written.toml);
    let value = scalar(value, toml)?;
    // A key that needs quotes is the business of a person.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if key.is_empty() || !key.chars().all(plain) {
        return None;
    }
    let line = match toml {
        true => format!("{key} = {value}\n"),
        false => format!("{key}: {value}\n"),
    };
    let title = format!("add `{}`", line.trim_end());
    Some(match written {
        // Behind the header of a table it would belong to that.
        Some(written) if toml => (title, written.content.start..written.content.start, line),
        Some(written) => (title, written.content.end..written.content.end, line),
        None => (title, 0..0, format!("---\n{line}---\n\n")),
    })
}

/// The allowed value that was probably meant.
pub(super) fn near<'a>(instance: &Json, options: &'a Json) -> Option<&'a str> {
    let options = options.as_array()?.iter().filter_map(Json::as_str);
    nearest(instance.as_str()?, options)
}

/// Writes a value as the schema wants it, where that is plainly the same.
pub(super) fn replace(
    error: &ValidationError<'_>,
    value: &Value,
    written: &WrittenFrontMatter,
    text: &Mapped,
) -> Option<Remedy> {
    let range = written.placed(&value.range);
    let source = text.text.get(range.clone())?;
    let new = match error.kind() {
        ValidationErrorKind::Enum { options } => {
            scalar(&Json::String(near(error.instance(), options)?.to_owned()), written.toml)?
        }
        ValidationErrorKind::Constant { expected_value } if is_scalar(value) => {
            scalar(expected_value, written.toml)?
        }
        ValidationErrorKind::Type { kind } if is_scalar(value) && !source.contains('\n') => {
            let wants = |one: JsonType| match kind {
                TypeKind::Single(only) => *only == one,
                TypeKind::Multiple(set) => set.contains(one),
            };
            match &value.kind {
                ValueKind::Text(said) => {
                    let bare = unquoted(said, written.toml);
                    match bare {
                        Some(ValueKind::Bool(_)) if wants(JsonType::Boolean) => said.clone(),
                        Some(ValueKind::Integer(_))
                            if wants(JsonType::Integer) || wants(JsonType::Number) =>
                        {
                            said.clone()
                        }
                        Some(ValueKind::Float(_)) if wants(JsonType::Number) => said.clone(),
                        _ if wants(JsonType::Array) => format!("[{source}]"),
                        _ => return None,
                    }
                }
                _ if wants(JsonType::String) => format!("\"{source}\""),
                _ if wants(JsonType::Array) => format!("[{source}]"),
                _ => return None,
            }
        }
        _ => return None,
    };
    (new != source).then(|| (format!("write `{new}`"), range, new))
}

/// What a text is without its quotes.
fn unquoted(text: &str, toml: bool) -> Option<ValueKind> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
    if text.is_empty() || !text.chars().all(plain) {
        return None;
    }
    let value = parse_yaml(text).ok()??;
    match value.kind {
        ValueKind::Bool(_) if toml && !matches!(text, "true" | "false") => None,
        kind => Some(kind),
    }
}

/// A single value as it is written in YAML or TOML.
fn scalar(value: &Json, toml: bool) -> Option<String> {
    match value {
        Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
        Json::String(text) => {
            let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '/');
            let is_text = || {
                let read = parse_yaml(text).ok().flatten().map(|value| value.kind);
                matches!(read, Some(ValueKind::Text(read)) if read == *text)
            };
            let starts = text.chars().next().is_some_and(char::is_alphanumeric);
            if !toml && starts && text.chars().all(plain) && is_text() {
                return Some(text.clone());
            }
            // A text of JSON is one of YAML, and one of TOML, but for what nobody writes there.
            let simple = !text.chars().any(|c| c.is_control());
            simple.then(|| value.to_string())
        }
        Json::Array(items) => {
            let items: Option<Vec<String>> =
                items.iter().map(|item| scalar(item, toml).filter(|_| !item.is_array())).collect();
            items.map(|items| format!("[{}]", items.join(", ")))
        }
        _ => None,
    }
}
