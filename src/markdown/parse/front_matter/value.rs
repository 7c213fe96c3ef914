//! A value of front matter, or of another file of settings, with its place, whatever it was
//! written in.

use std::ops::Range;

/// A value.
#[derive(Debug, Clone)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where it stands in the front matter.
    pub range: Range<usize>,
}

/// What a value is.
#[derive(Debug, Clone)]
pub enum ValueKind {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// Keys with values, in order.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub at: Range<usize>,
    /// The value.
    pub value: Value,
}

impl ValueKind {
    /// What messages call it.
    pub fn name(&self) -> &'static str {
        match self {
            ValueKind::Null => "nothing",
            ValueKind::Bool(_) => "a truth value",
            ValueKind::Integer(_) | ValueKind::Float(_) => "a number",
            ValueKind::Text(_) => "text",
            ValueKind::List(_) => "a list",
            ValueKind::Map(_) => "a table",
        }
    }
}

impl Value {
    /// The value at a key, or at an index of a list, and where the key or the item is written.
    /// Of a key that is there twice the first one counts.
    pub fn get(&self, key: &str) -> Option<(Range<usize>, &Value)> {
        match &self.kind {
            ValueKind::Map(entries) => {
                let entry = entries.iter().find(|entry| entry.key == key)?;
                Some((entry.at.clone(), &entry.value))
            }
            ValueKind::List(items) => {
                let item = items.get(key.parse::<usize>().ok()?)?;
                Some((item.range.clone(), item))
            }
            _ => None,
        }
    }

    /// As templates and schemas see it. Both readers limit the depth, so that this may recurse.
    pub fn into_json(self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self.kind {
            ValueKind::Null => Json::Null,
            ValueKind::Bool(truth) => Json::Bool(truth),
            ValueKind::Integer(number) => Json::Number(number.into()),
            ValueKind::Float(number) => {
                serde_json::Number::from_f64(number).map_or(Json::Null, Json::Number)
            }
            ValueKind::Text(text) => Json::String(text),
            ValueKind::List(values) => values.into_iter().map(Value::into_json).collect(),
            ValueKind::Map(entries) => {
                let mut map = serde_json::Map::new();
                for entry in entries {
                    map.entry(entry.key).or_insert_with(|| entry.value.into_json());
                }
                Json::Object(map)
            }
        }
    }
}
