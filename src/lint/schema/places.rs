//! Where the parts of a schema are written.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::bad;
use crate::base::{Diagnostic, SourcePath, Span};
use crate::markdown::{Value, parse_yaml};

/// Where the parts of a schema are written, by JSON Pointer (RFC 6901).
#[derive(Debug)]
pub(super) enum Places {
    /// In the settings.
    Settings { places: BTreeMap<String, Span>, whole: Option<Span> },
    /// In a file of its own; without a tree only that is known.
    File { path: SourcePath, tree: Option<Box<Value>> },
}

impl Places {
    pub(super) fn settings(places: &BTreeMap<String, Span>, whole: Option<Span>) -> Places {
        Places::Settings { places: places.clone(), whole }
    }

    /// Where a part is written, or the smallest part around it whose place is known.
    pub(super) fn at(&self, pointer: &str) -> Option<Span> {
        match self {
            Places::Settings { places, whole } => {
                let mut pointer = pointer;
                loop {
                    if let Some(span) = places.get(pointer) {
                        return Some(span.clone());
                    }
                    match pointer.rfind('/') {
                        Some(at) => pointer = pointer.get(..at).unwrap_or_default(),
                        None => return whole.clone(),
                    }
                }
            }
            Places::File { path, tree } => {
                let mut value = tree.as_deref();
                let mut place = 0..0;
                for part in pointer.split('/').skip(1) {
                    let key = part.replace("~1", "/").replace("~0", "~");
                    let Some((at, inner)) = value.and_then(|value| value.get(&key)) else { break };
                    (place, value) = (at, Some(inner));
                }
                Some(Span::new(path.clone(), place))
            }
        }
    }
}

/// Reads a file with a schema, in JSON or in YAML.
pub(super) fn read(path: &SourcePath, bytes: &[u8]) -> Result<(Json, Places), Box<Diagnostic>> {
    let text = String::from_utf8_lossy(bytes);
    // A byte order mark is not counted by the parsers.
    let plain = text.trim_start_matches('\u{feff}');
    let tree = if plain.len() == text.len() { parse_yaml(plain) } else { Ok(None) };
    let is_yaml = matches!(path.extension(), Some("yaml" | "yml"));
    let json = if is_yaml {
        match &tree {
            Ok(Some(value)) => Ok(value.clone().into_json()),
            Ok(None) => parse_yaml(plain)
                .map(|value| value.map_or(Json::Null, Value::into_json))
                .map_err(|malformed| (malformed.at, malformed.message)),
            Err(malformed) => Err((malformed.at.clone(), malformed.message.clone())),
        }
    } else {
        serde_json::from_str(plain).map_err(|error| {
            let at = offset(plain, error.line(), error.column());
            (at..at, error.to_string())
        })
    };
    match json {
        Ok(json) => {
            // What YAML reads otherwise than JSON is not to be trusted with places.
            let tree = tree.ok().flatten().map(Box::new);
            Ok((json, Places::File { path: path.clone(), tree }))
        }
        Err((at, why)) => {
            let message = format!("the schema `{path}` cannot be read: {why}");
            let span = Span::new(path.clone(), at);
            let help = "write JSON, or YAML in a file that ends in `.yaml`";
            Err(Box::new(bad(message, help, Some(span))))
        }
    }
}

/// The byte of a place that is counted in lines and bytes, both from 1.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let mut at = (before + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
