//! The info string of a fenced code block.

use std::ops::Range;

use super::CodeProblem;
use crate::base::nearest;
use crate::markdown::CodeOptions;

/// The attributes that we know, for "did you mean".
const KEYS: &[&str] = &[
    "title",
    "filename",
    "hl",
    "hl_lines",
    "linenos",
    "linenums",
    "linenostart",
    "showLineNumbers",
    "diff-marks",
    "copy",
    "hidelines",
];

/// MyST's names for a code block; the language follows.
const MYST: &[&str] = &["code-block", "code", "sourcecode", "code-cell"];

/// What an info string says.
#[derive(Debug, Default)]
pub(super) struct Info {
    pub language: String,
    pub classes: Vec<String>,
    /// Title, id, copy and diff marks; the rest depends on the code.
    pub options: CodeOptions,
    pub marks: Vec<Mark>,
    pub numbers: Option<bool>,
    pub start: Option<u32>,
    pub hidelines: Option<String>,
    pub problems: Vec<CodeProblem>,
}

/// Some lines that are marked.
#[derive(Debug)]
pub(super) struct Mark {
    pub kind: MarkKind,
    /// From 1, as written.
    pub lines: Range<u32>,
    pub place: Range<usize>,
}

/// How lines are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkKind {
    Highlighted,
    Added,
    Removed,
}

/// Where a word stands in the reading of an info string.
#[derive(Debug, Default)]
struct State {
    /// The language is settled, or the info string has none.
    language_done: bool,
    /// Inside `{...}`.
    group: bool,
    /// The word before was `hl=1`, unquoted: `3-5` after a comma continues it.
    open_mark: Option<MarkKind>,
}

/// Reads an info string.
pub(super) fn read(info: &str) -> Info {
    let mut read = Info::default();
    let mut state = State::default();
    read.words(info, 0, &mut state);
    if read.language == "diff"
        && let Some(at) = read.classes.iter().position(|class| class.starts_with("lang="))
    {
        let class = read.classes.remove(at);
        read.language = class.get("lang=".len()..).unwrap_or_default().to_owned();
        read.options.diff_marks = true;
    }
    read.classes.retain(|class| !class.contains('='));
    read
}

impl Info {
    /// Reads the words of `text`, which begins at `offset` in the info string.
    fn words(&mut self, text: &str, offset: usize, state: &mut State) {
        let mut at = 0;
        while let Some(word) = next_word(text, at) {
            at = word.range.end;
            let place = offset + word.range.start..offset + word.range.end;
            let Some(body) = text.get(word.range.clone()) else { break };
            if !word.closed {
                self.problem(
                    place,
                    format!("`{body}` in the info string of the code block is not closed"),
                    "close the quote or bracket",
                );
                break;
            }
            self.word(body, place, state);
        }
    }

    fn word(&mut self, word: &str, place: Range<usize>, state: &mut State) {
        let continued = state.open_mark.take();
        if let Some(inner) = word.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            self.group(inner, place.start + 1, state);
            return;
        }
        if let Some((key, value)) = pair(word) {
            let value_at = place.start + key.len() + 1;
            let known = self.attribute(key, value, value_at, place.clone(), state);
            if known {
                state.language_done = true;
                return;
            }
            if state.language_done {
                self.unknown(key, value, place);
                return;
            }
        }
        if state.group {
            if let Some(id) = word.strip_prefix('#') {
                self.options.id.get_or_insert_with(|| id.to_owned());
                return;
            }
            if let Some(class) = word.strip_prefix('.') {
                if self.language.is_empty() && !is_flag(class) {
                    self.language = class.to_owned();
                    state.language_done = true;
                } else {
                    self.bare(class);
                }
                return;
            }
        }
        if !state.language_done {
            state.language_done = true;
            self.language(word);
            return;
        }
        if let Some(kind) = continued
            && let Some(lines) = range_of(word)
        {
            self.marks.push(Mark { kind, lines, place });
            state.open_mark = Some(kind);
            return;
        }
        if let Some(title) = word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            self.options.title.get_or_insert_with(|| title.to_owned());
            return;
        }
        self.bare(word);
    }

    /// The first word: `rust`, `language-rust`, VitePress's `rust:line-numbers=5`.
    fn language(&mut self, word: &str) {
        let word = word.strip_prefix("language-").unwrap_or(word);
        let (language, suffix) = word.split_once(':').unwrap_or((word, ""));
        let (flag, value) = suffix.split_once('=').unwrap_or((suffix, ""));
        match flag {
            "line-numbers" => {
                self.numbers = Some(true);
                self.start = value.parse().ok();
                self.language = language.to_owned();
            }
            "no-line-numbers" => {
                self.numbers = Some(false);
                self.language = language.to_owned();
            }
            _ => self.language = word.to_owned(),
        }
    }

    /// `{...}`: lines to highlight, Pandoc's or Hugo's attributes, MyST's directive.
    fn group(&mut self, inner: &str, offset: usize, state: &mut State) {
        let only_lines = inner.bytes().all(|b| b.is_ascii_digit() || b", \t-".contains(&b));
        if only_lines {
            state.language_done = true;
            self.ranges(MarkKind::Highlighted, inner, offset);
            return;
        }
        if !state.language_done && MYST.contains(&inner.trim()) {
            return;
        }
        let mut inside = State { group: true, language_done: state.language_done, open_mark: None };
        self.words(inner, offset, &mut inside);
        state.language_done = true;
    }

    /// A word without a value.
    fn bare(&mut self, word: &str) {
        match word.to_ascii_lowercase().as_str() {
            "linenos" | "linenums" | "showlinenumbers" | "numberlines" | "line-numbers"
            | "linenumbers" => self.numbers = Some(true),
            "nolinenumbers" | "no-line-numbers" => self.numbers = Some(false),
            "diff-marks" => self.options.diff_marks = true,
            "nocopy" | "no-copy" => self.options.no_copy = true,
            _ => {
                let is_name = word.starts_with(|c: char| c.is_ascii_alphabetic())
                    && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
                if is_name && !self.classes.iter().any(|class| class == word) {
                    self.classes.push(word.to_owned());
                }
            }
        }
    }

    /// An attribute; false where the key is none of ours.
    fn attribute(
        &mut self,
        key: &str,
        value: &str,
        value_at: usize,
        place: Range<usize>,
        state: &mut State,
    ) -> bool {
        let quoted = value.starts_with(['"', '\'']);
        let (inner, inner_at) = unquote(value, value_at);
        match key.to_ascii_lowercase().as_str() {
            "title" | "filename" | "file" => {
                self.options.title = Some(inner.to_owned()).filter(|title| !title.is_empty());
            }
            "hl" | "hl_lines" | "highlight" | "emphasize-lines" => {
                let (list, list_at) = unbracket(inner, inner_at);
                self.ranges(MarkKind::Highlighted, list, list_at);
                state.open_mark = (!quoted).then_some(MarkKind::Highlighted);
            }
            // Expressive Code has words to mark here too; those are none of our business.
            "mark" | "ins" | "del" if value.starts_with('{') => {
                let kind = match key {
                    "ins" => MarkKind::Added,
                    "del" => MarkKind::Removed,
                    _ => MarkKind::Highlighted,
                };
                let (list, list_at) = unbracket(inner, inner_at);
                self.ranges(kind, list, list_at);
            }
            "linenos" | "linenums" | "linenumbers" | "showlinenumbers" | "line-numbers"
            | "numberlines" => match unbracket(inner, 0).0.to_ascii_lowercase().as_str() {
                "true" | "table" | "inline" | "yes" | "on" | "" => self.numbers = Some(true),
                "false" | "no" | "off" => self.numbers = Some(false),
                number => match number.parse() {
                    Ok(first) => {
                        self.numbers = Some(true);
                        self.start = Some(first);
                    }
                    Err(_) => self.problem(
                        place,
                        format!("`{inner}` is no line number"),
                        "write the number of the first line, as in `linenos=10`, or `linenos` alone",
                    ),
                },
            },
            "linenostart" | "startfrom" | "lineno-start" => match inner.parse() {
                Ok(first) => self.start = Some(first),
                Err(_) => self.problem(
                    place,
                    format!("`{inner}` is no line number"),
                    "write the number of the first line, as in `linenostart=10`",
                ),
            },
            "copy" => match inner.to_ascii_lowercase().as_str() {
                "false" | "no" | "off" => self.options.no_copy = true,
                "true" | "yes" | "on" | "" => self.options.no_copy = false,
                _ => self.problem(
                    place,
                    format!("`copy` takes `true` or `false`, not `{inner}`"),
                    "write `copy=false` for a block without a copy button",
                ),
            },
            "diff-marks" => match inner {
                "false" => self.options.diff_marks = false,
                "true" | "" => self.options.diff_marks = true,
                _ => self.problem(
                    place,
                    format!("`diff-marks` takes `true` or `false`, not `{inner}`"),
                    "write `diff-marks` alone",
                ),
            },
            "id" => self.options.id = Some(inner.to_owned()).filter(|id| !id.is_empty()),
            "hidelines" => {
                self.hidelines = Some(inner.to_owned()).filter(|prefix| !prefix.is_empty());
            }
            _ => return false,
        }
        true
    }

    /// An attribute that is none of ours: another tool's, or a typing mistake.
    fn unknown(&mut self, key: &str, value: &str, place: Range<usize>) {
        if key == "lang" {
            // Only a diff has one; `read` decides once all is read.
            self.classes.push(format!("lang={}", unquote(value, 0).0));
        } else if let Some(meant) = nearest(key, KEYS.iter().copied()) {
            self.problem(
                place,
                format!("a code block has no attribute `{key}`"),
                format!("did you mean `{meant}`?"),
            );
        }
    }

    /// A list of lines: `1,3-5`, `1 3-5`, `1,"3-5"`.
    fn ranges(&mut self, kind: MarkKind, list: &str, offset: usize) {
        let mut at = 0;
        for part in list.split([',', ' ', '\t']) {
            let start = at;
            at += part.len() + 1;
            let bare = part.trim_matches(['"', '\'']);
            if bare.is_empty() {
                continue;
            }
            let place = offset + start..offset + start + part.len();
            match range_of(bare) {
                Some(lines) => self.marks.push(Mark { kind, lines, place }),
                None => self.problem(
                    place,
                    format!("`{bare}` is no line and no range of lines"),
                    "write lines as `3` and ranges as `3-5`, from 1, separated by commas",
                ),
            }
        }
    }

    fn problem(&mut self, range: Range<usize>, message: String, help: impl Into<String>) {
        self.problems.push(CodeProblem { range, message, help: help.into() });
    }
}

/// `3` or `3-5`; the end of the result is one past the last line.
fn range_of(text: &str) -> Option<Range<u32>> {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u32>().ok()).flatten().filter(|n| (1..u32::MAX).contains(n))
    };
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (number(first)?, number(last)?),
        None => (number(text)?, number(text)?),
    };
    (first <= last).then_some(first..last + 1)
}

/// `key=value`, where the key looks like one.
fn pair(word: &str) -> Option<(&str, &str)> {
    let (key, value) = word.split_once('=')?;
    let is_key = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    is_key.then_some((key, value))
}

fn is_flag(word: &str) -> bool {
    matches!(
        word.to_ascii_lowercase().as_str(),
        "linenos" | "linenums" | "numberlines" | "line-numbers" | "linenumbers"
    )
}

/// A value without its quotes, and where it begins then.
fn unquote(value: &str, at: usize) -> (&str, usize) {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return (inner, at + 1);
        }
    }
    (value, at)
}

/// A list without its brackets, and where it begins then.
fn unbracket(value: &str, at: usize) -> (&str, usize) {
    for (open, close) in [('{', '}'), ('[', ']')] {
        if let Some(inner) = value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            return (inner, at + 1);
        }
    }
    (value, at)
}

struct Word {
    range: Range<usize>,
    closed: bool,
}

/// The next word at or after `at`. Spaces, tabs and commas separate words, except in brackets
/// and in the quotes of a value; a brace begins a word of its own unless it is a value.
fn next_word(text: &str, at: usize) -> Option<Word> {
    let separator = |b: u8| b" \t,\n\r".contains(&b);
    let bytes = text.as_bytes();
    let start = at + bytes.get(at..)?.iter().position(|&b| !separator(b))?;
    let mut depth = 0_usize;
    let mut quote = None;
    let mut before = 0_u8;
    for (index, &byte) in bytes.iter().enumerate().skip(start) {
        match (quote, byte) {
            (Some(open), _) if byte == open => {
                quote = None;
                before = byte;
                continue;
            }
            (Some(_), _) => continue,
            (None, b'"' | b'\'') if before == b'=' || depth > 0 => quote = Some(byte),
            (None, b'{' | b'[') if index == start || before == b'=' || depth > 0 => depth += 1,
            (None, b'{') => return Some(Word { range: start..index, closed: true }),
            (None, b'}' | b']') if depth > 0 => {
                depth -= 1;
                // What follows a closed group is a word of its own: `{1,3}title="x"`.
                if depth == 0 {
                    return Some(Word { range: start..index + 1, closed: true });
                }
            }
            (None, _) if depth == 0 && separator(byte) => {
                return Some(Word { range: start..index, closed: true });
            }
            _ => {}
        }
        before = byte;
    }
    Some(Word { range: start..bytes.len(), closed: depth == 0 && quote.is_none() })
}
