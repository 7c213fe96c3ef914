//! YAML front matter, read from the parser's events, so that places are known, depth is limited
//! and aliases cannot multiply.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr::Scalar;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::Malformed;
use super::value::{Entry, Value, ValueKind};

/// Deeper front matter is refused.
const MAX_DEPTH: usize = 64;
/// More values, aliases counted with all that they stand for, are refused.
const MAX_VALUES: usize = 100_000;
/// Reads YAML; none where it says nothing.
pub fn parse(content: &str) -> Result<Option<Value>, Malformed> {
    let offsets = Offsets::new(content);
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(content);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let at = offsets.byte(error.marker());
            malformed(at..at, error.info())
        })?;
        let range = offsets.byte(&span.start)..offsets.byte(&span.end);
        let range = trimmed(content, range);
        match event {
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
            Event::Scalar(text, style, anchor, tag) => {
                let kind = if style == ScalarStyle::Plain {
                    let text_of = text.to_string();
                    match Scalar::parse_from_cow_and_metadata(text, style, tag.as_ref()) {
                        Some(Scalar::Null) => ValueKind::Null,
                        Some(Scalar::Boolean(truth)) => ValueKind::Bool(truth),
                        Some(Scalar::Integer(number)) => ValueKind::Integer(number),
                        Some(Scalar::FloatingPoint(number)) => ValueKind::Float(*number),
                        Some(Scalar::String(text)) => ValueKind::Text(text.into_owned()),
                        None => ValueKind::Text(text_of),
                    }
                } else {
                    ValueKind::Text(text.into_owned())
                };
                builder.value(Value { kind, range }, anchor, 1)?;
            }
            Event::Alias(anchor) => {
                let Some((mut value, size)) = builder.anchors.get(&anchor).cloned() else {
                    return Err(malformed(range, "an alias stands before its anchor"));
                };
                value.range = range;
                builder.value(value, 0, size)?;
            }
            Event::SequenceStart(anchor, _) => builder.open(range, anchor, None)?,
            Event::MappingStart(anchor, _) => {
                builder.open(range, anchor, Some((Vec::new(), None)))?;
            }
            Event::SequenceEnd | Event::MappingEnd => builder.close(range.end)?,
        }
    }
    Ok(builder.root)
}

fn malformed(at: Range<usize>, message: &str) -> Malformed {
    Malformed { at, message: message.to_owned() }
}

/// Without white space at the end, which the parser counts to some values.
fn trimmed(content: &str, range: Range<usize>) -> Range<usize> {
    let text = content.get(range.clone()).unwrap_or_default();
    range.start..range.start + text.trim_end().len()
}

struct Open {
    start: usize,
    anchor: usize,
    /// The number of values before it.
    before: usize,
    items: Vec<Value>,
    /// For a mapping its entries and the key that waits for its value.
    map: Option<(Vec<Entry>, Option<Value>)>,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: BTreeMap<usize, (Value, usize)>,
    values: usize,
    root: Option<Value>,
}

impl Builder {
    fn open(
        &mut self,
        range: Range<usize>,
        anchor: usize,
        map: Option<(Vec<Entry>, Option<Value>)>,
    ) -> Result<(), Malformed> {
        if self.open.len() >= MAX_DEPTH {
            return Err(malformed(range, "it is nested too deeply"));
        }
        let before = self.values;
        self.open.push(Open { start: range.start, anchor, before, items: Vec::new(), map });
        Ok(())
    }

    fn close(&mut self, end: usize) -> Result<(), Malformed> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let kind = match open.map {
            Some((entries, _)) => ValueKind::Map(entries),
            None => ValueKind::List(open.items),
        };
        let value = Value { kind, range: open.start..end.max(open.start) };
        let size = self.values - open.before + 1;
        // What is inside was counted as it came.
        self.values -= size - 1;
        self.value(value, open.anchor, size)
    }

    fn value(&mut self, value: Value, anchor: usize, size: usize) -> Result<(), Malformed> {
        self.values = self.values.saturating_add(size);
        if self.values > MAX_VALUES {
            return Err(malformed(value.range, "it has too many values"));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, (value.clone(), size));
        }
        match self.open.last_mut() {
            None => {
                if self.root.is_some() {
                    return Err(malformed(value.range, "it has more than one document"));
                }
                self.root = Some(value);
            }
            Some(Open { items, map: None, .. }) => items.push(value),
            Some(Open { map: Some((entries, key)), .. }) => match key.take() {
                None => {
                    if !matches!(
                        value.kind,
                        ValueKind::Text(_)
                            | ValueKind::Integer(_)
                            | ValueKind::Bool(_)
                            | ValueKind::Float(_)
                    ) {
                        return Err(malformed(value.range, "a key must be text"));
                    }
                    *key = Some(value);
                }
                Some(key) => {
                    let name = match key.kind {
                        ValueKind::Text(text) => text,
                        ValueKind::Integer(number) => number.to_string(),
                        ValueKind::Float(number) => number.to_string(),
                        ValueKind::Bool(truth) => truth.to_string(),
                        _ => String::new(),
                    };
                    entries.push(Entry { key: name, at: key.range, value });
                }
            },
        }
        Ok(())
    }
}

/// The parser counts characters; we count bytes.
struct Offsets {
    /// The byte of each character; none where they are the same.
    bytes: Option<Vec<usize>>,
    len: usize,
}

impl Offsets {
    fn new(content: &str) -> Self {
        let bytes = (!content.is_ascii())
            .then(|| content.char_indices().map(|(byte, _)| byte).collect::<Vec<_>>());
        Offsets { bytes, len: content.len() }
    }

    fn byte(&self, marker: &Marker) -> usize {
        match &self.bytes {
            None => marker.index().min(self.len),
            Some(bytes) => bytes.get(marker.index()).copied().unwrap_or(self.len),
        }
    }
}
