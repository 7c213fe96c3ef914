//! The layers of configuration as one tree: `book.toml`, and the environment over it. Every
//! value knows where it was written.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where something was written. The order is the order of writing, the file first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// In `book.toml`, at these bytes.
    File { start: usize, end: usize },
    /// In the environment variable of this name.
    Variable(Rc<str>),
}

impl From<Range<usize>> for Origin {
    fn from(range: Range<usize>) -> Self {
        Origin::File { start: range.start, end: range.end }
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub value: Value,
    pub origin: Origin,
    /// What an environment variable holds, before it was read as JSON: a variable has no
    /// quotes to tell the text `2024` from the number.
    pub raw: Option<Rc<str>>,
}

/// A value of TOML. Numbers keep their spelling, so that a variable `version = 1.10` is not 1.1.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Whole { text: String, value: Option<i64> },
    Float(String),
    Bool(bool),
    Date(String),
    List(Vec<Node>),
    Table(Table),
}

/// A table: its entries by key.
pub(super) type Table = BTreeMap<String, Entry>;

/// An entry of a table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// Where its key was written.
    pub key: Origin,
    pub node: Node,
}

impl Value {
    /// What it is, as messages say it.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Value::Text(_) => "text",
            Value::Whole { .. } | Value::Float(_) => "a number",
            Value::Bool(true) => "`true`",
            Value::Bool(false) => "`false`",
            Value::Date(_) => "a date",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }

    /// A single value as text.
    pub(super) fn scalar(&self) -> Option<String> {
        match self {
            Value::Text(text)
            | Value::Whole { text, .. }
            | Value::Float(text)
            | Value::Date(text) => Some(text.clone()),
            Value::Bool(value) => Some(value.to_string()),
            Value::List(_) | Value::Table(_) => None,
        }
    }

    /// The value as JSON, for tables that are handed on as they are. Dates become text, and so
    /// do numbers that JSON does not have.
    pub(super) fn json(&self) -> serde_json::Value {
        match self {
            Value::Text(text) | Value::Date(text) => text.clone().into(),
            Value::Whole { text, value } => match value {
                Some(value) => (*value).into(),
                None => text.clone().into(),
            },
            Value::Float(text) => text
                .parse()
                .ok()
                .and_then(serde_json::Number::from_f64)
                .map_or_else(|| text.clone().into(), Into::into),
            Value::Bool(value) => (*value).into(),
            Value::List(items) => items.iter().map(|item| item.value.json()).collect(),
            Value::Table(table) => serde_json::Value::Object(
                table.iter().map(|(key, entry)| (key.clone(), entry.node.value.json())).collect(),
            ),
        }
    }
}

impl Node {
    /// The value as text, where text is wanted.
    pub(super) fn text(&self) -> Option<String> {
        match (&self.value, &self.raw) {
            (Value::Text(text), _) => Some(text.clone()),
            (Value::List(_) | Value::Table(_), _) | (_, None) => None,
            (_, Some(raw)) => Some(raw.to_string()),
        }
    }

    /// The items of a list.
    pub(super) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }
}

/// The node at a dotted path.
pub(super) fn at<'a>(root: &'a Table, path: &str) -> Option<&'a Node> {
    let (folder, last) = path.rsplit_once('.').unwrap_or(("", path));
    let mut table = root;
    for part in folder.split('.').filter(|part| !part.is_empty()) {
        table = table.get(part)?.node.table()?;
    }
    table.get(last).map(|entry| &entry.node)
}

/// Takes out the entry at a dotted path.
pub(super) fn take(root: &mut Table, path: &str) -> Option<Entry> {
    let (folder, last) = path.rsplit_once('.').unwrap_or(("", path));
    let mut table = root;
    for part in folder.split('.').filter(|part| !part.is_empty()) {
        table = match &mut table.get_mut(part)?.node.value {
            Value::Table(table) => table,
            _ => return None,
        };
    }
    table.remove(last)
}

/// Sets the value at a path, in place of whatever stands in the way. Where a table's keys are
/// names of the user's own, a key that differs from the one asked for only in what an
/// environment variable cannot write (capitals, `_` for `-`) is the one that is meant;
/// `is_free` tells such tables by their dotted path.
pub(super) fn set(root: &mut Table, path: &[String], node: Node, is_free: impl Fn(&str) -> bool) {
    let mut node = Some(node);
    let mut table = root;
    let mut folder = String::new();
    for (depth, part) in path.iter().enumerate() {
        let folded = |key: &str| key.to_lowercase().replace('_', "-");
        let key = if table.contains_key(part) || !is_free(&folder) {
            part.clone()
        } else {
            table.keys().find(|key| folded(key) == folded(part)).unwrap_or(part).clone()
        };
        if depth > 0 {
            folder.push('.');
        }
        folder.push_str(part);
        if depth + 1 == path.len() {
            if let Some(node) = node.take() {
                table.insert(key, Entry { key: node.origin.clone(), node });
            }
            return;
        }
        let Some(origin) = node.as_ref().map(|node| node.origin.clone()) else { return };
        let empty =
            || Node { value: Value::Table(Table::new()), origin: origin.clone(), raw: None };
        let entry =
            table.entry(key).or_insert_with(|| Entry { key: origin.clone(), node: empty() });
        if entry.node.table().is_none() {
            *entry = Entry { key: origin.clone(), node: empty() };
        }
        table = match &mut entry.node.value {
            Value::Table(table) => table,
            _ => return,
        };
    }
}

/// The tree of a file. The recursion is bounded by the parser, which refuses deep nesting.
pub(super) fn of_file(table: &DeTable<'_>) -> Table {
    table
        .iter()
        .map(|(key, value)| {
            let entry = Entry { key: key.span().into(), node: of_value(value) };
            (key.get_ref().to_string(), entry)
        })
        .collect()
}

fn of_value(spanned: &Spanned<DeValue<'_>>) -> Node {
    let value = match spanned.get_ref() {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => Value::Whole {
            text: number.to_string(),
            value: i64::from_str_radix(number.as_str(), number.radix()).ok(),
        },
        DeValue::Float(number) => Value::Float(number.to_string()),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(of_value).collect()),
        DeValue::Table(table) => Value::Table(of_file(table)),
    };
    Node { value, origin: spanned.span().into(), raw: None }
}

/// The value of an environment variable: JSON first, else text. `null` says nothing at all.
pub(super) fn of_variable(name: &Rc<str>, text: &str) -> Option<Node> {
    let origin = Origin::Variable(name.clone());
    let value = match serde_json::from_str(text) {
        Ok(value) => of_json(value, &origin)?,
        Err(_) => Value::Text(text.to_owned()),
    };
    Some(Node { value, origin, raw: Some(Rc::from(text)) })
}

fn of_json(json: serde_json::Value, origin: &Origin) -> Option<Value> {
    let node = |value| Node { value, origin: origin.clone(), raw: None };
    Some(match json {
        serde_json::Value::Null => return None,
        serde_json::Value::Bool(value) => Value::Bool(value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(value) => Value::Whole { text: number.to_string(), value: Some(value) },
            None => Value::Float(number.to_string()),
        },
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Array(items) => Value::List(
            items.into_iter().filter_map(|item| of_json(item, origin)).map(node).collect(),
        ),
        serde_json::Value::Object(object) => Value::Table(
            object
                .into_iter()
                .filter_map(|(key, value)| {
                    let node = node(of_json(value, origin)?);
                    Some((key, Entry { key: origin.clone(), node }))
                })
                .collect(),
        ),
    })
}
