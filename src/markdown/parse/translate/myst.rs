//! MyST's directives that ours do not have under the same name: those in fences of backticks, and a
//! few in colons. Options, which are lines of `:key: value` below the opening one, count where there
//! is an equal.

use std::ops::Range;

use super::{Block, Edit, Mark, Part, What, alert, alert_block, image, label, lines, link};

/// The line that opens a directive, with its options.
struct Opening<'a> {
    /// From the fence to the end of the last option.
    range: Range<usize>,
    name: &'a str,
    argument: Option<Range<usize>>,
    options: Vec<(&'a str, Range<usize>)>,
}

impl Opening<'_> {
    fn option(&self, keys: &[&str]) -> Option<Range<usize>> {
        keys.iter().find_map(|key| {
            self.options.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
        })
    }
}

/// A fence that is open.
struct Open {
    mark: u8,
    length: usize,
    /// What closes with it; none for code.
    key: Option<String>,
}

/// Finds what has an equal; math only where the site has it.
pub(super) fn find(text: &str, math: bool, marks: &mut Vec<Mark>) {
    let mut stack: Vec<Open> = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let end = lines::end(text, at);
        let line = text.get(at..end).unwrap_or_default();
        let content = line.trim_start_matches([' ', '\t', '>']);
        let start = end - content.len();
        at = end + 1;
        let Some(mark) = content.bytes().next().filter(|b| matches!(b, b'`' | b'~' | b':')) else {
            continue;
        };
        let length = content.bytes().take_while(|b| *b == mark).count();
        let info = content.get(length..).unwrap_or_default().trim();
        if length < 3 || (mark == b'`' && info.contains('`')) {
            continue;
        }
        if let Some(top) = stack.last()
            && top.mark == mark
            && length >= top.length
            && info.is_empty()
        {
            let key = stack.pop().and_then(|top| top.key);
            if let Some(key) = key {
                let range = start..start + content.trim_end().len();
                marks.push(Mark::close(range, key));
            }
            continue;
        }
        if stack.last().is_some_and(|top| top.key.is_none()) {
            continue;
        }
        let opening = opening(text, start, end, length);
        if mark == b':' {
            if let Some(opening) = opening {
                colons(text, &opening, length, marks);
            }
            continue;
        }
        let mut key = None;
        if let Some(opening) = opening {
            key = fenced(text, &opening, math, marks);
            at = opening.range.end + 1;
        }
        stack.push(Open { mark, length, key });
    }
}

/// `{include} path` as an edit that makes an include of ours.
pub(super) fn includes(text: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("{include}")) {
        let name = at + found;
        at = name + "{include}".len();
        let line = lines::start(text, name);
        let before = text.get(line..name).unwrap_or_default().trim_start();
        let Some(mark) = before.chars().next().filter(|c| matches!(c, '`' | '~' | ':')) else {
            continue;
        };
        if before.len() < 3 || !before.chars().all(|c| c == mark) {
            continue;
        }
        let start = name - before.len();
        let end = lines::end(text, name);
        let Some(opening) = opening(text, start, end, before.len()) else { continue };
        let Some(path) = opening.argument.filter(|_| opening.options.is_empty()) else { continue };
        // Nothing stands in it.
        let close = opening.range.end + 1;
        let closing = text.get(close..lines::end(text, close.min(text.len()))).unwrap_or_default();
        if closing.trim() != before {
            continue;
        }
        let parts = vec![
            Part::Text("{{#include ".to_owned()),
            Part::Copy(path),
            Part::Text("}}".to_owned()),
        ];
        at = close + closing.trim_end().len();
        edits.push((start..at, parts));
    }
    edits
}

fn opening(text: &str, start: usize, end: usize, length: usize) -> Option<Opening<'_>> {
    let info = text.get(start + length..end)?;
    let trimmed = info.trim_start();
    let (name, argument) = trimmed.strip_prefix('{')?.split_once('}')?;
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:".contains(&b)) {
        return None;
    }
    let argument = argument.trim();
    let argument_end = start + length + info.trim_end().len();
    let argument = (!argument.is_empty()).then(|| argument_end - argument.len()..argument_end);
    let (mut options, mut last, mut at) = (Vec::new(), end, end + 1);
    while at < text.len() {
        let stop = lines::end(text, at);
        let line = text.get(at..stop)?.trim();
        let Some((key, value)) = line.strip_prefix(':').and_then(|rest| rest.split_once(':'))
        else {
            break;
        };
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            break;
        }
        let value = value.trim();
        let value_end = at + text.get(at..stop)?.trim_end().len();
        options.push((key, value_end - value.len()..value_end));
        last = stop;
        at = stop + 1;
    }
    Some(Opening { range: start..last, name, argument, options })
}

/// The directive of ours for one of MyST, and what its content begins with.
fn container(text: &str, opening: &Opening<'_>) -> Option<(Block, Vec<Part>)> {
    let argument = opening.argument.clone();
    let directive = |name, label| Some((Block::Directive { name, label, open: false }, Vec::new()));
    match opening.name {
        "tab-set" | "tabs" => directive("tabs", Vec::new()),
        "tab-item" | "tab" => {
            let label = label(text, argument);
            if label.is_empty() { None } else { directive("tab", label) }
        }
        "dropdown" | "details" => {
            let block = Block::Directive {
                name: "details",
                label: label(text, argument),
                open: opening.option(&["open"]).is_some(),
            };
            Some((block, Vec::new()))
        }
        "grid" => directive("cards", Vec::new()),
        "grid-item-card" | "card" => {
            let mut label = label(text, argument);
            if label.is_empty() {
                return None;
            }
            if let Some(target) = opening.option(&["link"]) {
                label = link(label, target);
            }
            directive("card", label)
        }
        "figure" => {
            let block = Block::Directive { name: "figure", label: Vec::new(), open: false };
            Some((block, picture(text, opening)?))
        }
        "admonition" => {
            let class = opening.option(&["class"]).and_then(|range| text.get(range));
            let name = class.and_then(alert).unwrap_or("note");
            Some((alert_block(text, name, argument), Vec::new()))
        }
        // The argument of the others is the beginning of their text.
        name => {
            let block = alert_block(text, alert(name)?, None);
            Some((block, argument.map(Part::Copy).into_iter().collect()))
        }
    }
}

fn picture(text: &str, opening: &Opening<'_>) -> Option<Vec<Part>> {
    Some(image(label(text, opening.option(&["alt"])), opening.argument.clone()?))
}

/// A directive in a fence of backticks: the key that it is closed with; none for code.
fn fenced(text: &str, opening: &Opening<'_>, math: bool, marks: &mut Vec<Mark>) -> Option<String> {
    let range = opening.range.clone();
    let key = format!("myst {}", range.start);
    let fence = text.get(range.start..).unwrap_or_default();
    let mark: String = fence.chars().take_while(|c| matches!(c, '`' | '~')).collect();
    match opening.name {
        "code-block" | "code" | "sourcecode" | "code-cell" | "mermaid" => {
            let language = match opening.name {
                "mermaid" => Some("mermaid"),
                _ => opening.argument.clone().and_then(|range| text.get(range)),
            };
            let mut info = format!("{mark}{}", language.unwrap_or("text"));
            if opening.option(&["linenos", "number-lines", "lineno-start"]).is_some() {
                info.push_str(" linenos");
            }
            let lines = opening.option(&["emphasize-lines"]).and_then(|range| text.get(range));
            if let Some(lines) =
                lines.filter(|lines| lines.starts_with(|c: char| c.is_ascii_digit()))
            {
                info.push_str(&format!(" {{{}}}", lines.replace(' ', "")));
            }
            let caption = opening.option(&["caption", "name"]).and_then(|range| text.get(range));
            if let Some(caption) = caption.filter(|caption| !caption.contains('"')) {
                info.push_str(&format!(" title=\"{caption}\""));
            }
            marks.push(Mark::replace(range, vec![Part::Text(info)]));
            None
        }
        "math" if math => {
            let block = Block::Lines("$$".to_owned(), "$$".to_owned());
            marks.push(Mark::open(range, key.clone(), block));
            Some(key)
        }
        "image" => {
            let (block, first) = (Block::Nothing, picture(text, opening)?);
            marks.push(Mark { range, what: What::Open { key: key.clone(), block, first } });
            Some(key)
        }
        _ => {
            let (block, first) = container(text, opening)?;
            let first = on_lines(first);
            marks.push(Mark { range, what: What::Open { key: key.clone(), block, first } });
            Some(key)
        }
    }
}

/// Parts with a line end on either side, where there are any.
fn on_lines(parts: Vec<Part>) -> Vec<Part> {
    if parts.is_empty() {
        return parts;
    }
    let newline = || std::iter::once(Part::text("\n"));
    newline().chain(parts).chain(newline()).collect()
}

/// A directive in colons gets the name that it has here; its fence stays.
fn colons(text: &str, opening: &Opening<'_>, length: usize, marks: &mut Vec<Mark>) {
    let ours = matches!(
        opening.name,
        "tab-set" | "tab-item" | "dropdown" | "grid" | "grid-item-card" | "figure"
    );
    if !ours && alert(opening.name).is_none() {
        return;
    }
    // What is called the same here is read as it is.
    let same = alert(opening.name).is_some_and(|name| name.eq_ignore_ascii_case(opening.name));
    if !ours && same && opening.options.is_empty() {
        return;
    }
    let Some((block, first)) = container(text, opening) else { return };
    let Block::Directive { name, label, open } = block else { return };
    let mut parts = super::opening(&":".repeat(length), name, label, open);
    parts.extend(on_lines(first));
    marks.push(Mark::replace(opening.range.clone(), parts));
}
