//! Front matter as it is written: every key and value with its place, known to us or not.

use std::ops::Range;

use super::value::{Value, ValueKind};
use super::{Format, MAX_BYTES, Mapped, split, toml, yaml};

/// Front matter as it is written.
#[derive(Debug, Clone)]
pub struct WrittenFrontMatter {
    /// Where it stands in the text of the file, with its fences.
    pub range: Range<usize>,
    /// The same without its fences. The places of keys and values count from its beginning.
    pub content: Range<usize>,
    /// Whether it is TOML; else it is YAML.
    pub toml: bool,
    /// Its keys with their values.
    pub value: Value,
}

impl WrittenFrontMatter {
    /// Reads the front matter of a text; none where there is none, or where it cannot be read.
    pub fn read(text: &Mapped) -> Option<WrittenFrontMatter> {
        let found = split(text)?;
        let content = text.text.get(found.content.clone()).filter(|c| c.len() <= MAX_BYTES)?;
        let empty = || Value { kind: ValueKind::Map(Vec::new()), range: 0..0 };
        let value = match found.format {
            Format::Yaml => yaml::parse(content).ok()?.unwrap_or_else(empty),
            Format::Toml => toml::parse(content).ok()?,
        };
        matches!(value.kind, ValueKind::Map(_)).then_some(WrittenFrontMatter {
            range: 0..found.end,
            content: found.content,
            toml: found.format == Format::Toml,
            value,
        })
    }

    /// A range of its content in the text of the file.
    pub fn placed(&self, range: &Range<usize>) -> Range<usize> {
        self.content.start + range.start..self.content.start + range.end
    }
}
