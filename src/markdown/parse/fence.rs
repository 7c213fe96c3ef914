//! The line that opens or closes a directive.

use std::ops::Range;

use super::super::Attributes;

/// A line of three or more colons that means something.
#[derive(Debug, Clone, PartialEq)]
pub enum Fence {
    /// `:::`
    Close {
        /// How many colons.
        colons: usize,
    },
    /// `:::name[label]{attributes}`
    Open(Opening),
}

/// The line that opens a directive. Ranges are those of the text.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// How many colons.
    pub colons: usize,
    /// The name as written.
    pub name: String,
    /// Where the name stands.
    pub name_range: Range<usize>,
    /// Where the label stands, without its brackets.
    pub label: Option<Range<usize>>,
    /// The attributes.
    pub attributes: Attributes,
    /// Where the attributes stand, with their braces.
    pub attributes_range: Range<usize>,
    /// What is wrong with the line, and where.
    pub error: Option<(Range<usize>, &'static str)>,
    /// Written as `:::{name}`.
    pub myst: bool,
}

/// Reads the fence that begins at `start` and ends with its line at `end`. None where the line
/// is only text that begins with colons.
pub fn read(text: &str, start: usize, end: usize) -> Option<Fence> {
    let line = text.get(start..end)?;
    let line = line.trim_end();
    let colons = line.bytes().take_while(|b| *b == b':').count();
    if colons < 3 {
        return None;
    }
    let rest = line.get(colons..)?;
    if rest.is_empty() {
        return Some(Fence::Close { colons });
    }
    // Pandoc's decoration: `::: note :::`.
    let rest = match rest.trim_end_matches(':') {
        bare if bare.ends_with([' ', '\t']) => bare.trim_end(),
        _ => rest,
    };
    let content = rest.trim_start_matches([' ', '\t']);
    let at = start + colons + (rest.len() - content.len());
    let mut reader = Reader { text, at, end: at + content.len() };
    let mut opening = Opening {
        colons,
        name: String::new(),
        name_range: at..at,
        label: None,
        attributes: Attributes::default(),
        attributes_range: at..at,
        error: None,
        myst: false,
    };
    if content.starts_with('{') {
        reader.braced_name(&mut opening)?;
    } else {
        let length = name_length(content);
        if length == 0 {
            return None;
        }
        opening.name = content.get(..length)?.to_owned();
        opening.name_range = at..at + length;
        reader.at += length;
        reader.arguments(&mut opening);
    }
    Some(Fence::Open(opening))
}

/// The length of a name at the beginning of a text: a letter, then letters, digits, `-`, `_`.
fn name_length(text: &str) -> usize {
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return 0;
    }
    text.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')).count()
}

/// Whether a text is the path of something in Python, as mkdocstrings wants one behind colons:
/// names with dots between. Our directives have no dots.
pub fn is_python_path(text: &str) -> bool {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    text.contains('.') && text.split('.').all(is_name)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    end: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    /// MyST's `{name} argument`, and Pandoc's `{.name #id}`.
    fn braced_name(&mut self, opening: &mut Opening) -> Option<()> {
        let rest = self.rest();
        if rest.starts_with("{.") || rest.starts_with("{#") {
            self.attributes(opening);
            if opening.error.is_none() {
                if opening.attributes.classes.is_empty() {
                    return None;
                }
                opening.name = opening.attributes.classes.remove(0);
                opening.name_range = opening.attributes_range.clone();
            }
        } else {
            let length = name_length(rest.get(1..)?);
            let close = rest.get(1 + length..)?;
            if length == 0 || !close.starts_with('}') {
                return None;
            }
            opening.name = rest.get(1..=length)?.to_owned();
            opening.name_range = self.at + 1..self.at + 1 + length;
            opening.myst = true;
            self.at += length + 2;
        }
        self.trailing_label(opening);
        Some(())
    }

    fn arguments(&mut self, opening: &mut Opening) {
        self.space();
        if self.rest().starts_with('[') {
            match bracketed(self.rest()) {
                Some(length) => {
                    opening.label = Some(self.at + 1..self.at + length - 1);
                    self.at += length;
                    self.space();
                }
                None => {
                    opening.error = Some((self.at..self.end, "the label has no closing bracket"));
                    return;
                }
            }
        }
        if self.rest().starts_with('{') {
            self.attributes(opening);
        }
        self.trailing_label(opening);
    }

    /// What is left is a label without brackets, as VitePress and MyST have it.
    fn trailing_label(&mut self, opening: &mut Opening) {
        let before = self.at;
        self.space();
        let rest = self.at..self.end;
        if rest.is_empty() || opening.error.is_some() {
            return;
        }
        if opening.label.is_some() {
            opening.error = Some((rest, "there is something after the label and the attributes"));
        } else if before == self.at && opening.attributes_range.is_empty() && !opening.myst {
            let previous = self.text.as_bytes().get(self.at.wrapping_sub(1));
            if previous.is_some_and(u8::is_ascii_whitespace) {
                opening.label = Some(rest);
            } else {
                opening.error = Some((rest, "the name of a directive has letters and digits"));
            }
        } else {
            opening.label = Some(rest);
        }
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t']).len();
    }

    /// `{#id .class key="value" key=value key}`
    fn attributes(&mut self, opening: &mut Opening) {
        let open = self.at;
        self.at += 1;
        loop {
            let rest = self.rest();
            self.at += rest.len() - rest.trim_start_matches([' ', '\t', ',']).len();
            let item = self.at;
            let rest = self.rest();
            let Some(first) = rest.chars().next() else {
                opening.error = Some((open..self.end, "the attributes have no closing brace"));
                return;
            };
            if first == '}' {
                self.at += 1;
                opening.attributes_range = open..self.at;
                return;
            }
            let bad = |c: char| c.is_whitespace() || matches!(c, '}' | '"' | '\'' | '=' | '{');
            let sigil = matches!(first, '#' | '.');
            let word = rest.get(usize::from(sigil)..).unwrap_or_default();
            let word = word.split(|c| bad(c) || (sigil && matches!(c, '#' | '.'))).next();
            let word = word.unwrap_or_default().to_owned();
            self.at += usize::from(sigil) + word.len();
            if word.is_empty() {
                let end = item + rest.find([' ', '\t', '}']).unwrap_or(rest.len()).max(1);
                opening.error = Some((item..end, "this is no attribute"));
                return;
            }
            match first {
                '#' => opening.attributes.id = Some(word),
                '.' => opening.attributes.classes.push(word),
                _ => {
                    let mut value = None;
                    if self.rest().starts_with('=') {
                        self.at += 1;
                        match self.value() {
                            Some(found) => value = Some(found),
                            None => {
                                let range = item..self.at;
                                opening.error = Some((range, "this attribute has no value"));
                                return;
                            }
                        }
                    }
                    opening.attributes.pairs.push((word, value));
                }
            }
        }
    }

    fn value(&mut self) -> Option<String> {
        let rest = self.rest();
        let first = rest.chars().next()?;
        if matches!(first, '"' | '\'') {
            let inner = rest.get(1..)?;
            let length = inner.find(first)?;
            let value = inner.get(..length)?.to_owned();
            self.at += length + 2;
            return Some(value);
        }
        let length = rest.find([' ', '\t', '}', '"', '\'']).unwrap_or(rest.len());
        let value = rest.get(..length)?.to_owned();
        self.at += length;
        (length > 0).then_some(value)
    }
}

/// Whether a text can stand in brackets as it is.
pub fn is_label(text: &str) -> bool {
    bracketed(&format!("[{text}]")) == Some(text.len() + 2)
}

/// The length of `[…]` at the beginning of a text, brackets in code and after a backslash not
/// counted.
fn bracketed(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0usize;
    let mut at = 0;
    let mut no_close_of = std::collections::BTreeSet::new();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'`' => {
                let run = bytes.iter().skip(at).take_while(|b| **b == b'`').count();
                at += run;
                if !no_close_of.contains(&run) {
                    match code_end(bytes, at, run) {
                        Some(end) => at = end,
                        None => {
                            no_close_of.insert(run);
                        }
                    }
                }
                continue;
            }
            b'[' => depth += 1,
            b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The end of the run of exactly `run` backticks that closes a code span.
fn code_end(bytes: &[u8], mut at: usize, run: usize) -> Option<usize> {
    while at < bytes.len() {
        let length = bytes.iter().skip(at).take_while(|b| **b == b'`').count();
        if length == run {
            return Some(at + length);
        }
        at += length.max(1);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(line: &str) -> Opening {
        match read(line, 0, line.len()) {
            Some(Fence::Open(opening)) => opening,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn names_labels_and_attributes() {
        let line = r#":::name[La [b] `]` \] bel]{#id .a.b key="v w" k='x' n=1 flag}"#;
        let opening = open(line);
        assert_eq!((opening.colons, opening.name.as_str()), (3, "name"));
        assert_eq!(&line[opening.label.unwrap()], r"La [b] `]` \] bel");
        assert_eq!(opening.attributes.id.as_deref(), Some("id"));
        assert_eq!(opening.attributes.classes, ["a", "b"]);
        assert_eq!(opening.attributes.get("key"), Some("v w"));
        assert_eq!(opening.attributes.get("n"), Some("1"));
        assert_eq!(opening.attributes.get("flag"), Some(""));
        assert_eq!(opening.error, None);
    }

    #[test]
    fn the_ways_of_others() {
        let line = "::: tip A *good* one";
        assert_eq!(&line[open(line).label.unwrap()], "A *good* one");
        let line = "::::{Note} Title\r";
        let opening = open(line);
        assert!(opening.myst);
        assert_eq!((opening.name.as_str(), &line[opening.label.unwrap()]), ("Note", "Title"));
        let opening = open("::: {.warning #w}");
        assert_eq!(
            (opening.name.as_str(), opening.attributes.id.as_deref()),
            ("warning", Some("w"))
        );
        assert_eq!(open("::: note :::").name, "note");
        assert_eq!(open(":::note {#x}").attributes.id.as_deref(), Some("x"));
    }

    #[test]
    fn closes_and_text() {
        assert_eq!(read("a :::::  ", 2, 9), Some(Fence::Close { colons: 5 }));
        for line in ["::", "::: 12", ":::{1}", "::::-", ":::é", ":::{#only-id}"] {
            assert_eq!(read(line, 0, line.len()), None, "{line}");
        }
    }

    #[test]
    fn mistakes_have_their_place() {
        for (line, place) in [
            (":::a[b", "[b"),
            (":::a{b", "{b"),
            (":::a{=b}", "=b"),
            (":::a{b=}", "b="),
            (":::a{b=\"c}", "b="),
            (":::a[b] c", "c"),
            (":::a/b", "/b"),
            (":::a{\"x\"}", "\"x\""),
        ] {
            let (range, _) = open(line).error.unwrap();
            assert_eq!(&line[range], place, "{line}");
        }
    }
}
