//! The keywords of JSON Schema: those that nobody knows, and those that cannot be compiled.

use jsonschema::ValidationError;
use serde_json::Value;

/// Every keyword of the dialects from draft 4 to 2020-12.
pub(super) const KNOWN: [&str; 62] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$recursiveAnchor",
    "$recursiveRef",
    "$ref",
    "$schema",
    "$vocabulary",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "description",
    "else",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "id",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "then",
    "title",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
];

/// Keywords whose values are schemas by name.
const MAPS: [&str; 6] =
    ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"];
/// Keywords whose value is a schema, or a list of schemas.
const SINGLE: [&str; 16] = [
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "oneOf",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// A name as a part of a JSON Pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Keys of schemas that mean nothing, with their JSON Pointers. Those that begin with `x-` are for
/// other readers.
pub(super) fn unknown(schema: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    each(schema, &mut |pointer, keyword, _| {
        if !KNOWN.contains(&keyword) && !keyword.starts_with("x-") {
            found.push((pointer.to_owned(), keyword.to_owned()));
        }
    });
    found
}

/// Looks at each keyword of a schema and of all schemas in it: its JSON Pointer, itself, its value.
fn each(schema: &Value, look: &mut dyn FnMut(&str, &str, &Value)) {
    let mut waiting: Vec<(String, &Value)> = vec![(String::new(), schema)];
    while let Some((pointer, schema)) = waiting.pop() {
        let Value::Object(schema) = schema else { continue };
        for (keyword, value) in schema {
            let at = format!("{pointer}/{}", escaped(keyword));
            look(&at, keyword, value);
            match value {
                Value::Object(inner) if MAPS.contains(&keyword.as_str()) => {
                    let each = inner.iter();
                    waiting.extend(each.map(|(name, v)| (format!("{at}/{}", escaped(name)), v)));
                }
                Value::Array(items) if SINGLE.contains(&keyword.as_str()) => {
                    let each = items.iter().enumerate();
                    waiting.extend(each.map(|(index, v)| (format!("{at}/{index}"), v)));
                }
                Value::Object(_) if SINGLE.contains(&keyword.as_str()) => {
                    waiting.push((at, value));
                }
                _ => {}
            }
        }
    }
}

/// Where, and why, a schema cannot be compiled that is well formed: a pattern, a format, or a
/// reference.
pub(super) fn refused(schema: &Value, error: &ValidationError<'_>) -> (String, String, String) {
    let mut found: Option<(String, String, String)> = None;
    let why = error.to_string();
    each(schema, &mut |pointer, keyword, value| {
        let Some(text) = value.as_str() else { return };
        if found.is_some() {
            return;
        }
        let told = |message: String, help: &str| (pointer.to_owned(), message, help.to_owned());
        found = match keyword {
            "pattern" if fancy_regex::Regex::new(text).is_err() => Some(told(
                format!("the pattern `{text}` cannot be read"),
                "write a regular expression; a bracket that is meant as itself needs a backslash",
            )),
            "format" if why.contains(text) => Some(told(
                format!("`{text}` is no format that is known"),
                "`date`, `date-time`, `email`, `uri` and `regex` are some that are",
            )),
            "$ref" | "$dynamicRef" if !text.starts_with('#') || why.contains(text) => Some(told(
                format!("`{text}` leads to no schema in this file"),
                "nothing is fetched: put the schema under `$defs` and write `#/$defs/NAME`",
            )),
            _ => None,
        };
    });
    found.unwrap_or_else(|| {
        let at = error.instance_path().as_str().to_owned();
        (at, format!("the schema cannot be used: {why}"), "mend what stands there".to_owned())
    })
}
