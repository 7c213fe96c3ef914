//! TOML front matter.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Malformed;
use super::value::{Entry, Value, ValueKind};

/// Reads TOML. The parser limits the depth of nesting itself.
pub fn parse(content: &str) -> Result<Value, Malformed> {
    match DeTable::parse(content) {
        Ok(table) => {
            let range = table.span();
            Ok(Value { kind: map(table.get_ref(), content), range })
        }
        Err(error) => {
            let at = error.span().unwrap_or(0..0);
            Err(Malformed { at, message: error.message().replace('\n', " ") })
        }
    }
}

fn map(table: &DeTable, content: &str) -> ValueKind {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            at: key.span(),
            value: from(value, content),
        })
        .collect();
    entries.sort_by_key(|entry| entry.at.start);
    ValueKind::Map(entries)
}

fn from(value: &Spanned<DeValue>, content: &str) -> Value {
    let range = value.span();
    let kind = match value.get_ref() {
        DeValue::String(text) => ValueKind::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| ValueKind::Text(number.as_str().to_owned()), ValueKind::Integer),
        DeValue::Float(number) => number
            .as_str()
            .parse()
            .map_or_else(|_| ValueKind::Text(number.as_str().to_owned()), ValueKind::Float),
        DeValue::Boolean(truth) => ValueKind::Bool(*truth),
        DeValue::Datetime(date) => ValueKind::Text(
            content.get(range.clone()).map_or_else(|| date.to_string(), str::to_owned),
        ),
        DeValue::Array(values) => {
            ValueKind::List(values.iter().map(|value| from(value, content)).collect())
        }
        DeValue::Table(table) => map(table, content),
    };
    Value { kind, range }
}
