//! Front matter is found, read and checked.

mod toml;
mod value;
mod written;
mod yaml;

use std::ops::Range;

pub use self::value::{Entry, Value, ValueKind};
pub use self::written::WrittenFrontMatter;
pub use self::yaml::parse as parse_yaml;
use super::super::FrontMatter;
use super::super::codes;
use super::mapped::Mapped;
use crate::base::{Code, Diagnostic, nearest};
use crate::config::Set;

/// The keys that mean something to us.
const KEYS: [&str; 17] = [
    "title",
    "description",
    "slug",
    "weight",
    "nav",
    "draft",
    "date",
    "aliases",
    "tags",
    "owners",
    "review_by",
    "image",
    "status",
    "template",
    "toc",
    "search",
    "extra",
];

/// Larger front matter is not read.
const MAX_BYTES: usize = 1 << 18;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Yaml,
    Toml,
}

/// Where front matter stands in a text.
#[derive(Debug)]
pub struct Split {
    format: Format,
    content: Range<usize>,
    /// Where the page begins.
    pub end: usize,
}

/// Why YAML or TOML cannot be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The place in what was read.
    pub at: Range<usize>,
    /// What is wrong with it.
    pub message: String,
}

/// A value of front matter that is text, for a linter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrontMatterText {
    /// Its key.
    pub key: String,
    /// The text, decoded.
    pub text: String,
    /// Where the value stands in the whole text of the file, with its quotes.
    pub range: Range<usize>,
}

/// The values at the top of front matter that are text, in order, and where the page begins.
/// Front matter that cannot be read is a diagnostic.
pub fn texts(text: &Mapped, diagnostics: &mut Vec<Diagnostic>) -> (Vec<FrontMatterText>, usize) {
    let (_, end) = read(text, diagnostics);
    let Some(found) = split(text) else { return (Vec::new(), end) };
    let content = text.text.get(found.content.clone()).unwrap_or_default();
    let parsed = match found.format {
        _ if content.len() > MAX_BYTES => return (Vec::new(), end),
        Format::Yaml => yaml::parse(content),
        Format::Toml => toml::parse(content).map(Some),
    };
    let Ok(Some(Value { kind: ValueKind::Map(entries), .. })) = parsed else {
        return (Vec::new(), end);
    };
    let offset = found.content.start;
    let texts = entries.into_iter().filter_map(|entry| match entry.value.kind {
        ValueKind::Text(text) => Some(FrontMatterText {
            key: entry.key,
            text,
            range: offset + entry.value.range.start..offset + entry.value.range.end,
        }),
        _ => None,
    });
    (texts.collect(), end)
}

/// Finds front matter at the beginning of a text. Lines between `---` that do not look like it
/// are a page that begins with a thematic break.
pub fn split(text: &Mapped) -> Option<Split> {
    let found = fences(&text.text).ok()??;
    let content = text.text.get(found.content.clone())?;
    let is_map = || {
        content.starts_with(['"', '\'', '{'])
            && content.len() <= MAX_BYTES
            && yaml::parse(content).is_ok_and(|value| {
                value.is_some_and(|value| matches!(value.kind, ValueKind::Map(_)))
            })
    };
    (found.format == Format::Toml
        || content.trim().is_empty()
        || looks_like_yaml(content)
        || is_map())
    .then_some(found)
}

/// Reads the front matter of a text; the default and 0 where there is none, else what it says
/// and where the page begins.
pub fn read(text: &Mapped, diagnostics: &mut Vec<Diagnostic>) -> (FrontMatter, usize) {
    if let Err(line) = fences(&text.text) {
        let message = "front matter is begun but not ended";
        diagnostics.push(
            Diagnostic::new(&codes::FRONT_MATTER_UNCLOSED, message)
                .at(text.span(line))
                .help("end it with a line like its first one"),
        );
    }
    let Some(found) = split(text) else { return (FrontMatter::default(), 0) };
    let mut front = FrontMatter { span: Some(text.span(0..found.end)), ..FrontMatter::default() };
    let content = text.text.get(found.content.clone()).unwrap_or_default();
    let parsed = match found.format {
        _ if content.len() > MAX_BYTES => {
            let message = "it is larger than 256 KiB".to_owned();
            Err(Malformed { at: 0..0, message })
        }
        Format::Yaml => yaml::parse(content),
        Format::Toml => toml::parse(content).map(Some),
    };
    let mut reader = Reader { text, offset: found.content.start, diagnostics };
    match parsed {
        Ok(None) => {}
        Ok(Some(Value { kind: ValueKind::Map(entries), .. })) => reader.fill(&mut front, entries),
        Ok(Some(other)) => {
            let message = "front matter must be keys with values".to_owned();
            reader.malformed(Malformed { at: other.range, message });
        }
        Err(malformed) => reader.malformed(malformed),
    }
    (front, found.end)
}

/// Front matter by its fences alone. An error is the first line of one that is not ended.
fn fences(text: &str) -> Result<Option<Split>, Range<usize>> {
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    let format = match first.trim_end() {
        "---" => Format::Yaml,
        "+++" => Format::Toml,
        _ => return Ok(None),
    };
    if !first.ends_with('\n') {
        return Ok(None);
    }
    let start = first.len();
    let mut at = start;
    let rest = text.get(start..).unwrap_or_default();
    for (index, line) in rest.split_inclusive('\n').enumerate() {
        let bare = line.trim_end();
        if index == 0 && bare.is_empty() {
            return Ok(None);
        }
        let closes = match format {
            Format::Yaml => bare == "---" || bare == "...",
            Format::Toml => bare == "+++",
        };
        if closes {
            return Ok(Some(Split { format, content: start..at, end: at + line.len() }));
        }
        at += line.len();
    }
    let begun = match format {
        Format::Yaml => looks_like_yaml(rest),
        Format::Toml => true,
    };
    if begun { Err(0..first.trim_end().len()) } else { Ok(None) }
}

/// Whether the first line that says something is `key:`.
fn looks_like_yaml(content: &str) -> bool {
    let line = content
        .lines()
        .map(str::trim_end)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .unwrap_or_default();
    line.split_once(':').is_some_and(|(key, rest)| {
        !key.is_empty()
            && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
            && (rest.is_empty() || rest.starts_with([' ', '\t']))
    })
}

struct Reader<'a> {
    text: &'a Mapped,
    offset: usize,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn span(&self, range: &Range<usize>) -> crate::base::Span {
        self.text.span(self.offset + range.start..self.offset + range.end)
    }

    fn tell(&mut self, code: &'static Code, message: String, at: &Range<usize>, help: String) {
        let diagnostic = Diagnostic::new(code, message).at(self.span(at)).help(help);
        self.diagnostics.push(diagnostic);
    }

    fn malformed(&mut self, malformed: Malformed) {
        let message = format!("the front matter cannot be read: {}", malformed.message);
        let help = "a value with `: ` or ` #` in it, or with a quote at its start, needs quotes";
        self.tell(&codes::FRONT_MATTER_MALFORMED, message, &malformed.at, help.to_owned());
    }

    fn fill(&mut self, front: &mut FrontMatter, entries: Vec<Entry>) {
        let mut seen = std::collections::BTreeSet::new();
        for Entry { key, at, value } in entries {
            if !seen.insert(key.clone()) {
                let message = format!("`{key}` is set twice");
                let help = "remove one of them; the first one counts".to_owned();
                self.tell(&codes::FRONT_MATTER_DUPLICATE, message, &at, help);
                continue;
            }
            if matches!(value.kind, ValueKind::Null) && KEYS.contains(&key.as_str()) {
                continue;
            }
            match key.as_str() {
                "title" => front.title = self.text(&key, value),
                "description" => front.description = self.text(&key, value).map(|set| set.value),
                "slug" => front.slug = self.slug(&key, value),
                "weight" => front.weight = self.number(&key, value),
                "nav" => front.nav = self.truth(&key, value),
                "draft" => front.draft = self.truth(&key, value).unwrap_or_default(),
                "date" => front.date = self.text(&key, value).map(|set| set.value),
                "aliases" => front.aliases = self.texts(&key, value),
                "tags" => front.tags = plain(self.texts(&key, value)),
                "owners" => front.owners = plain(self.texts(&key, value)),
                "review_by" => front.review_by = self.text(&key, value),
                "image" => front.image = self.text(&key, value),
                "status" => front.status = self.text(&key, value).map(|set| set.value),
                "template" => front.template = self.text(&key, value),
                "toc" => front.toc = self.truth(&key, value),
                "search" => front.search = self.truth(&key, value),
                "extra" => match value.kind {
                    ValueKind::Map(entries) => {
                        for entry in entries {
                            front.extra.insert(entry.key, entry.value.into_json());
                        }
                    }
                    _ => self.wrong(&key, &value, "keys with values"),
                },
                _ => {
                    if let Some(meant) = nearest(&key, KEYS) {
                        let message = format!("`{key}` is no key that we know");
                        let help = format!("did you mean `{meant}`?");
                        self.tell(&codes::FRONT_MATTER_UNKNOWN, message, &at, help);
                    }
                    front.extra.insert(key, value.into_json());
                }
            }
        }
    }

    fn wrong(&mut self, key: &str, value: &Value, wanted: &str) {
        let message = format!("`{key}` must be {wanted}, but is {}", value.kind.name());
        let help = match (&value.kind, wanted) {
            (ValueKind::Text(_), "true or false") => "write `true` or `false`, without quotes",
            (ValueKind::Text(_), "a number") => "write a number, without quotes",
            _ => "change the value or remove the key",
        };
        self.tell(&codes::FRONT_MATTER_TYPE, message, &value.range, help.to_owned());
    }

    /// Text; numbers and truth values are taken as they are written.
    fn text(&mut self, key: &str, value: Value) -> Option<Set<String>> {
        let written = match &value.kind {
            ValueKind::Text(text) => text.clone(),
            ValueKind::Bool(_) | ValueKind::Integer(_) | ValueKind::Float(_) => {
                let range = self.offset + value.range.start..self.offset + value.range.end;
                self.text.text.get(range).unwrap_or_default().to_owned()
            }
            _ => {
                self.wrong(key, &value, "text");
                return None;
            }
        };
        Some(Set { value: written, span: Some(self.span(&value.range)) })
    }

    fn texts(&mut self, key: &str, value: Value) -> Vec<Set<String>> {
        match value.kind {
            ValueKind::List(values) => {
                values.into_iter().filter_map(|value| self.text(key, value)).collect()
            }
            ValueKind::Map(_) => {
                self.wrong(key, &value, "text or a list of texts");
                Vec::new()
            }
            _ => self.text(key, value).into_iter().collect(),
        }
    }

    #[allow(clippy::cast_precision_loss)]
    fn number(&mut self, key: &str, value: Value) -> Option<f64> {
        match value.kind {
            ValueKind::Integer(number) => Some(number as f64),
            ValueKind::Float(number) if number.is_finite() => Some(number),
            _ => {
                self.wrong(key, &value, "a number");
                None
            }
        }
    }

    fn truth(&mut self, key: &str, value: Value) -> Option<bool> {
        match value.kind {
            ValueKind::Bool(truth) => Some(truth),
            _ => {
                self.wrong(key, &value, "true or false");
                None
            }
        }
    }

    fn slug(&mut self, key: &str, value: Value) -> Option<Set<String>> {
        let range = value.range.clone();
        let slug = self.text(key, value)?;
        let bad = slug.value.trim().is_empty()
            || matches!(slug.value.as_str(), "." | "..")
            || slug.value.contains(['/', '\\', '\0']);
        if bad {
            let message = format!("`{}` is not the last part of an address", slug.value);
            let help = "write one name without slashes".to_owned();
            self.tell(&codes::FRONT_MATTER_VALUE, message, &range, help);
            return None;
        }
        Some(slug)
    }
}

fn plain(values: Vec<Set<String>>) -> Vec<String> {
    values.into_iter().map(|set| set.value).collect()
}

#[cfg(test)]
mod tests;
