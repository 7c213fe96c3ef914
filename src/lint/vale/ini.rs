//! The dialect of INI that `.vale.ini` is written in.
//!
//! `key = value` or `key: value`; comments at the beginning of a line or behind a space; a backslash
//! at the end of a line continues it; quotes around a whole value are taken off; `"""` and a
//! backtick enclose several lines. A repeated key keeps all its values.

use std::ops::Range;

/// A file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ini {
    /// In order; the first one has no name.
    pub sections: Vec<Section>,
}

/// `[name]` and what stands below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Section {
    pub name: String,
    pub entries: Vec<Entry>,
}

/// A key with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub key: String,
    pub value: String,
    /// Where the key stands.
    pub at: Range<usize>,
    /// Where the value stands.
    pub value_at: Range<usize>,
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadLine {
    pub at: Range<usize>,
    pub message: &'static str,
}

/// Reads a file.
pub(crate) fn parse(text: &str) -> Result<Ini, BadLine> {
    let mut ini = Ini { sections: vec![Section::default()] };
    let mut current = 0;
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let len = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let line = rest.get(..len).unwrap_or_default();
        let start = at + (line.len() - line.trim_start().len());
        let bare = line.trim();
        at += len;
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        let place = start..start + bare.len();
        if bare.starts_with('[') {
            let Some(end) = bare.rfind(']') else {
                return Err(BadLine { at: place, message: "the name of a section is not closed" });
            };
            let name = bare.get(1..end).unwrap_or_default().trim().to_owned();
            current = match ini.sections.iter().position(|section| section.name == name) {
                Some(index) => index,
                None => {
                    ini.sections.push(Section { name, entries: Vec::new() });
                    ini.sections.len() - 1
                }
            };
            continue;
        }
        let Some(split) = separator(bare) else {
            return Err(BadLine { at: place, message: "there is neither `=` nor `:` in the line" });
        };
        let key = bare.get(..split).unwrap_or_default().trim();
        let written = bare.get(split + 1..).unwrap_or_default();
        let value_start = start + split + 1 + (written.len() - written.trim_start().len());
        let (value, end) = value(text, value_start);
        if let Some(section) = ini.sections.get_mut(current) {
            section.entries.push(Entry {
                key: key.trim_matches(['"', '`']).to_owned(),
                value,
                at: start..start + key.len(),
                value_at: value_start..end.max(value_start),
            });
        }
        let rest = text.get(end.min(text.len())..).unwrap_or_default();
        at = at.max(end + rest.find('\n').map_or(rest.len(), |line| line + 1));
    }
    Ok(ini)
}

fn separator(line: &str) -> Option<usize> {
    line.find(['=', ':']).filter(|at| *at > 0)
}

/// The value that begins at a place, and where it ends.
fn value(text: &str, start: usize) -> (String, usize) {
    let rest = text.get(start..).unwrap_or_default();
    for (open, close) in [("\"\"\"", "\"\"\""), ("`", "`")] {
        if let Some(inner) = rest.strip_prefix(open)
            && let Some(end) = inner.find(close)
        {
            let value = inner.get(..end).unwrap_or_default();
            return (value.trim().to_owned(), start + open.len() + end + close.len());
        }
    }
    let mut value = String::new();
    let mut at = start;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let len = rest.find('\n').unwrap_or(rest.len());
        let line = rest.get(..len).unwrap_or_default().trim_end_matches('\r');
        let line = without_comment(line);
        let bare = line.trim();
        match bare.strip_suffix('\\') {
            Some(bare) if at + len < text.len() => {
                value.push_str(bare.trim_end());
                at += len + 1;
            }
            _ => {
                value.push_str(bare);
                let trailing = line.len() - line.trim_end().len();
                at += line.len() - trailing;
                break;
            }
        }
    }
    for quote in ['"', '\''] {
        let inner = value.strip_prefix(quote).and_then(|inner| inner.strip_suffix(quote));
        if let Some(inner) = inner.filter(|inner| !inner.contains(quote)) {
            return (inner.to_owned(), at);
        }
    }
    (value, at)
}

/// A line without the comment that a space and a sign begin.
fn without_comment(line: &str) -> &str {
    if line.trim_start().starts_with(['#', ';']) {
        return "";
    }
    let comment = [" #", " ;", "\t#", "\t;"].iter().filter_map(|sign| line.find(sign)).min();
    comment.and_then(|at| line.get(..at)).unwrap_or(line)
}

/// The items of a list, `a, b`. A backslash keeps a comma in an item.
pub(crate) fn list(value: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let last = items.last_mut();
        match (c, last) {
            ('\\', Some(last)) if chars.peek() == Some(&',') => {
                chars.next();
                last.push(',');
            }
            (',', _) => items.push(String::new()),
            (c, Some(last)) => last.push(c),
            _ => {}
        }
    }
    items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> Vec<(String, String)> {
        let ini = parse(text).unwrap();
        let entries = ini.sections.into_iter().flat_map(|section| {
            let name = section.name;
            section.entries.into_iter().map(move |e| (format!("[{name}]{}", e.key), e.value))
        });
        entries.collect()
    }

    #[test]
    fn separators_comments_quotes_and_continuations() {
        let text = "; top\nA=1\nB : two # shown\n\n# section\n[*.md]\nC = x,\\\n  y   ; both\nD = \"a # b\"\nE = a#b\nF =\n";
        let owned = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            entries(text),
            [
                owned("[]A", "1"),
                owned("[]B", "two"),
                owned("[*.md]C", "x,y"),
                owned("[*.md]D", "\"a"),
                owned("[*.md]E", "a#b"),
                owned("[*.md]F", ""),
            ]
        );
    }

    #[test]
    fn values_of_several_lines_and_their_places() {
        let text = "A = \"\"\"x\ny\"\"\"\r\nB = `z`\r\nC = 'q'\r\n";
        let ini = parse(text).unwrap();
        let [a, b, c] = ini.sections[0].entries.as_slice() else { panic!("{ini:?}") };
        assert_eq!((a.value.as_str(), b.value.as_str(), c.value.as_str()), ("x\ny", "z", "q"));
        assert_eq!(&text[b.at.clone()], "B");
        assert_eq!(&text[c.value_at.clone()], "'q'");
    }

    #[test]
    fn repeated_sections_are_one_and_bad_lines_are_errors() {
        let ini = parse("[a]\nx=1\n[b]\n[a]\nx=2").unwrap();
        assert_eq!(ini.sections.len(), 3);
        assert_eq!(ini.sections[1].entries.len(), 2);
        assert_eq!(parse("[a]\nnonsense\n").unwrap_err().at, 4..12);
        assert!(parse("[a\n").is_err());
    }

    #[test]
    fn lists() {
        assert_eq!(list("a, b,, c\\,d "), ["a", "b", "c,d"]);
        assert!(list(" ").is_empty());
    }
}
