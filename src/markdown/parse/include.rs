//! `{{#include}}`, `{{#rustdoc_include}}`, `{{#playground}}` and `{{#title}}`, as mdBook reads
//! them: found anywhere in the text, also in code, and replaced by plain text.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use super::super::codes;
use super::decode::decode;
use super::front_matter;
use super::mapped::{Mapped, MappedBuilder};
use crate::base::{Code, Diagnostic, LineIndex, PathError, SourcePath, Span, nearest};
use crate::config::Set;
use crate::source::{Source, SourceError};

/// How deep includes may stand in included files, as in mdBook.
const MAX_DEPTH: usize = 10;

const HELPERS: [&str; 5] = ["include", "rustdoc_include", "playground", "playpen", "title"];

/// What expanding a text gave.
pub struct Expanded {
    /// The text with its includes; none where it would be larger than the limit.
    pub text: Option<Mapped>,
    /// The files that were spliced in, in order of appearance, each once.
    pub includes: Vec<SourcePath>,
    /// What the last `{{#title}}` says.
    pub title: Option<Set<String>>,
}

/// Expands the includes of a page.
pub fn expand(
    text: Mapped,
    source: &dyn Source,
    root: &SourcePath,
    limit: usize,
    diagnostics: &mut Vec<Diagnostic>,
) -> Expanded {
    if !text.text.contains("{{") {
        return Expanded { text: Some(text), includes: Vec::new(), title: None };
    }
    let mut includer = Includer {
        source,
        root,
        limit,
        files: BTreeMap::new(),
        out: MappedBuilder::default(),
        includes: Vec::new(),
        listed: BTreeSet::new(),
        title: None,
        chain: vec![(text.file.clone(), Part::All)],
        told: BTreeSet::new(),
        diagnostics,
        overflow: false,
        spent: 0,
    };
    includer.expand(&text);
    let Includer { out, includes, title, overflow, .. } = includer;
    let finished = out.finish(text.file);
    Expanded { text: (!overflow).then_some(finished), includes, title }
}

/// A file that was read for including, with its lines and anchors.
struct IncludedFile {
    text: Mapped,
    lines: LineIndex,
    /// Lines that hold an anchor mark, in order.
    marks: Vec<Mark>,
    /// The first line that begins each anchor, as an index of `marks`.
    anchors: BTreeMap<String, usize>,
}

struct Mark {
    line: usize,
    start: Option<String>,
    end: Option<String>,
}

/// Which part of a file is included.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    All,
    /// Lines from 0; an open end is the end of the file.
    Lines(usize, Option<usize>),
    Anchor(String),
}

/// What stands between `{{` and `}}`.
#[derive(Debug, PartialEq, Eq)]
enum Helper<'a> {
    Escaped,
    Include {
        path: &'a str,
        part: Part,
    },
    RustdocInclude {
        path: &'a str,
        part: Part,
    },
    Playground {
        path: &'a str,
        attributes: Vec<&'a str>,
    },
    Title(&'a str),
    /// A name that is nearly one of ours.
    Misspelt {
        name: &'a str,
        meant: &'static str,
    },
}

struct Includer<'a> {
    source: &'a dyn Source,
    root: &'a SourcePath,
    limit: usize,
    files: BTreeMap<SourcePath, Option<Rc<IncludedFile>>>,
    out: MappedBuilder,
    includes: Vec<SourcePath>,
    /// The same as a set.
    listed: BTreeSet<SourcePath>,
    title: Option<Set<String>>,
    /// The files that are being expanded, outermost first.
    chain: Vec<(SourcePath, Part)>,
    /// What was reported already: a file that is included twice has its problems once.
    told: BTreeSet<(Span, &'static str)>,
    diagnostics: &'a mut Vec<Diagnostic>,
    overflow: bool,
    /// Bytes looked at: includes that come to nothing must end too.
    spent: usize,
}

impl Includer<'_> {
    fn expand(&mut self, text: &Mapped) {
        let mut done = 0;
        for (range, helper) in Helpers::new(&text.text) {
            if self.overflow {
                return;
            }
            self.out.copy(text, done..range.start);
            done = if self.replace(text, range.clone(), helper) { range.end } else { range.start };
        }
        self.out.copy(text, done..text.text.len());
        self.overflow |= self.out.len() > self.limit;
        self.spent = self.spent.saturating_add(text.text.len() + 64);
        self.overflow |= self.spent > self.limit.saturating_mul(4).saturating_add(4096);
    }

    /// Replaces what stands at `range`; false where it stays as it is written.
    fn replace(&mut self, text: &Mapped, range: Range<usize>, helper: Helper) -> bool {
        let place = text.span(range.clone());
        match helper {
            Helper::Escaped => {
                self.out.copy(text, range.start + 1..range.end);
                true
            }
            Helper::Title(title) => {
                let title = title.trim();
                if !title.is_empty() {
                    self.title = Some(Set { value: title.to_owned(), span: Some(place) });
                }
                true
            }
            Helper::Misspelt { name, meant } => {
                let message = format!("there is no helper `{{{{#{name}}}}}`");
                self.tell(&codes::INCLUDE_UNKNOWN, message, place, &format!("write `#{meant}`"));
                false
            }
            Helper::Include { path, part } => {
                let Some((path, file)) = self.file(path, place.clone()) else { return false };
                let Some(lines) = self.part(&path, &file, &part, &place) else { return false };
                let included = file.cut(&lines);
                self.descend(&path, part, &included, place)
            }
            Helper::RustdocInclude { path, part } => {
                let Some((path, file)) = self.file(path, place.clone()) else { return false };
                let Some(lines) = self.part(&path, &file, &part, &place) else { return false };
                let included = file.hide(&lines, &part);
                self.descend(&path, Part::All, &included, place)
            }
            Helper::Playground { path, attributes } => {
                let Some((path, file)) = self.file(path, place.clone()) else { return false };
                let mut out = MappedBuilder::default();
                let comma = if attributes.is_empty() { "" } else { "," };
                out.stand_in(&format!("```rust{comma}{}\n", attributes.join(",")), &place);
                out.copy(&file.text, 0..file.text.text.len());
                let newline = if file.text.text.ends_with('\n') { "" } else { "\n" };
                out.stand_in(&format!("{newline}```\n"), &place);
                let included = out.finish(path.clone());
                self.descend(&path, Part::All, &included, place)
            }
        }
    }

    /// Expands an included text in turn.
    fn descend(&mut self, path: &SourcePath, part: Part, text: &Mapped, place: Span) -> bool {
        let link = (path.clone(), part);
        if let Some(at) = self.chain.iter().position(|outer| *outer == link) {
            let files: Vec<String> = self
                .chain
                .iter()
                .skip(at)
                .chain([&link])
                .map(|(file, _)| format!("`{file}`"))
                .collect();
            let message = format!("`{path}` includes itself: {}", files.join(" → "));
            self.tell(&codes::INCLUDE_CYCLE, message, place, "remove one of these includes");
            return false;
        }
        if self.chain.len() > MAX_DEPTH {
            let message = format!("`{path}` is included more than {MAX_DEPTH} files deep");
            self.tell(&codes::INCLUDE_DEEP, message, place, "include it closer to the page");
            return false;
        }
        if self.listed.insert(path.clone()) {
            self.includes.push(path.clone());
        }
        self.chain.push(link);
        self.expand(text);
        self.chain.pop();
        true
    }

    /// The file that a path in the file being expanded names.
    fn file(&mut self, written: &str, place: Span) -> Option<(SourcePath, Rc<IncludedFile>)> {
        let folder = self.chain.last().map(|(file, _)| file.parent())?;
        let path = match folder.join(written) {
            Ok(path) => path,
            Err(error) => {
                let code = match error {
                    PathError::Escapes(_) => &codes::INCLUDE_OUTSIDE,
                    _ => &codes::INCLUDE_MISSING,
                };
                let message = match error {
                    PathError::Escapes(_) => format!("`{written}` leads out of the repository"),
                    _ => format!("`{written}` is not a path that can be included"),
                };
                let help = "name a file of the repository, with `/` between folders";
                self.tell(code, message, place, help);
                return None;
            }
        };
        if let Some(known) = self.files.get(&path) {
            if let Some(file) = known.clone() {
                return Some((path, file));
            }
        } else {
            match self.source.read(&path) {
                Ok(bytes) => {
                    let file = Rc::new(IncludedFile::new(&path, &bytes, self.diagnostics));
                    self.files.insert(path.clone(), Some(Rc::clone(&file)));
                    return Some((path, file));
                }
                Err(error) => {
                    self.files.insert(path.clone(), None);
                    self.unreadable(&path, written, &error, place);
                    return None;
                }
            }
        }
        // It could not be read before; say so here too.
        let error = SourceError::Missing(path.clone());
        self.unreadable(&path, written, &error, place);
        None
    }

    fn unreadable(&mut self, path: &SourcePath, written: &str, error: &SourceError, place: Span) {
        match error {
            SourceError::Missing(_) => {
                let folder = self.chain.last().map(|(file, _)| file.parent()).unwrap_or_else(
                    // The chain holds at least the page.
                    SourcePath::root,
                );
                let from_root = self.root.join(written).ok().filter(|p| self.source.is_file(p));
                let help = match from_root {
                    Some(found) => {
                        let (from, to) = (folder.as_str(), found.as_str());
                        format!("write `{}`: paths count from this file", relative(from, to))
                    }
                    None => "check the path: it counts from the folder of this file".to_owned(),
                };
                let message = format!("there is no file `{path}` to include");
                self.tell(&codes::INCLUDE_MISSING, message, place, &help);
            }
            SourceError::Outside(_) => {
                let message = format!("`{path}` is a symbolic link out of the repository");
                let help = "include a file of the repository itself";
                self.tell(&codes::INCLUDE_OUTSIDE, message, place, help);
            }
            other => {
                let message = format!("`{path}` cannot be included: {other}");
                let help = "check that it is a file that you may read";
                self.tell(&codes::INCLUDE_UNREADABLE, message, place, help);
            }
        }
    }

    /// The lines of a part of a file, or none after saying why there are none.
    fn part(
        &mut self,
        path: &SourcePath,
        file: &IncludedFile,
        part: &Part,
        place: &Span,
    ) -> Option<Lines> {
        let count = file.line_count();
        match part {
            Part::All => Some(Lines { range: 0..count, marks: 0..0, whole: true }),
            Part::Lines(start, end) => {
                let range = *start..end.unwrap_or(count).min(count);
                if range.is_empty() && count > 0 {
                    let message = format!("`{path}` has no such lines: it has {count}");
                    let help = "lines count from 1, as in `file.md:2:10`";
                    self.tell(&codes::INCLUDE_EMPTY, message, place.clone(), help);
                    return None;
                }
                Some(Lines { range, marks: 0..0, whole: false })
            }
            Part::Anchor(name) => {
                let Some(first) = file.anchors.get(name).copied() else {
                    let known = file.anchors.keys().map(String::as_str);
                    let help = match nearest(name, known) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("add a line with `ANCHOR: {name}` to the file"),
                    };
                    let message = format!("`{path}` has no anchor `{name}`");
                    self.tell(&codes::INCLUDE_ANCHOR, message, place.clone(), &help);
                    return None;
                };
                let start = file.marks.get(first).map_or(count, |mark| mark.line + 1);
                let last = (first + 1..file.marks.len()).find(|index| {
                    file.marks.get(*index).is_some_and(|m| m.end.as_deref() == Some(name))
                });
                let end = last.and_then(|index| file.marks.get(index)).map_or(count, |m| m.line);
                let marks = first + 1..last.unwrap_or(file.marks.len());
                Some(Lines { range: start..end.max(start), marks, whole: false })
            }
        }
    }

    fn tell(&mut self, code: &'static Code, message: String, place: Span, help: &str) {
        if self.told.insert((place.clone(), code.id)) {
            self.diagnostics.push(Diagnostic::new(code, message).at(place).help(help));
        }
    }
}

/// Lines of a file.
struct Lines {
    range: Range<usize>,
    /// The marks inside, whose lines are left out.
    marks: Range<usize>,
    whole: bool,
}

impl IncludedFile {
    fn new(path: &SourcePath, bytes: &[u8], diagnostics: &mut Vec<Diagnostic>) -> Self {
        let text = decode(path, bytes, diagnostics);
        let lines = LineIndex::new(&text.text);
        let mut marks = Vec::new();
        let mut anchors = BTreeMap::new();
        if text.text.contains("ANCHOR") {
            for line in 0..lines.lines() {
                let content = text.text.get(lines.line_range(line)).unwrap_or_default();
                let (start, end) = (mark(content, "ANCHOR:"), mark(content, "ANCHOR_END:"));
                if start.is_some() || end.is_some() {
                    if let Some(name) = &start {
                        anchors.entry(name.clone()).or_insert(marks.len());
                    }
                    marks.push(Mark { line, start, end });
                }
            }
        }
        IncludedFile { text, lines, marks, anchors }
    }

    /// Without the empty line after the last line ending.
    fn line_count(&self) -> usize {
        let last = self.lines.lines().saturating_sub(1);
        if self.lines.line_range(last).is_empty() { last } else { last + 1 }
    }

    /// The given lines, without the ending of the last one.
    fn cut(&self, lines: &Lines) -> Mapped {
        if lines.whole && is_markdown(&self.text.file) {
            // A page that is included whole leaves its front matter behind.
            let body = front_matter::split(&self.text).map_or(0, |front| front.end);
            let start = self.lines.line(body).max(lines.range.start);
            return self.pieces_of(std::iter::once(start..lines.range.end));
        }
        let mut runs = Vec::new();
        let mut start = lines.range.start;
        for mark in self.marks.get(lines.marks.clone()).unwrap_or_default() {
            runs.push(start..mark.line);
            start = mark.line + 1;
        }
        runs.push(start..lines.range.end);
        self.pieces_of(runs)
    }

    fn pieces_of(&self, runs: impl IntoIterator<Item = Range<usize>>) -> Mapped {
        let mut out = MappedBuilder::default();
        let runs: Vec<Range<usize>> = runs.into_iter().filter(|run| !run.is_empty()).collect();
        for (index, run) in runs.iter().enumerate() {
            let start = self.lines.line_range(run.start).start;
            let mut end = self.lines.line_range(run.end.saturating_sub(1)).end;
            if index + 1 == runs.len() {
                end = start + without_ending(self.text.text.get(start..end).unwrap_or_default());
            }
            out.copy(&self.text, start..end);
        }
        out.finish(self.text.file.clone())
    }

    /// The whole file, with the lines outside the given part marked as hidden.
    fn hide(&self, lines: &Lines, part: &Part) -> Mapped {
        let mut out = MappedBuilder::default();
        let mut marks = self.marks.iter().peekable();
        let mut inside = false;
        let mut ending = None;
        for line in 0..self.line_count() {
            let range = self.lines.line_range(line);
            let mark = marks.next_if(|mark| mark.line == line);
            let shown = match part {
                Part::Anchor(name) => {
                    if let Some(mark) = mark {
                        // An anchor may be opened again further down.
                        let turn = if inside { &mark.end } else { &mark.start };
                        inside ^= turn.as_ref() == Some(name);
                        continue;
                    }
                    inside
                }
                _ => lines.range.contains(&line),
            };
            // The ending of the last line is left out.
            if let Some(ending) = ending.replace({
                let content = self.text.text.get(range.clone()).unwrap_or_default();
                range.start + without_ending(content)..range.end
            }) {
                out.copy(&self.text, ending);
            }
            if !shown {
                out.stand_in("# ", &self.text.span(range.start..range.start));
            }
            let end = ending.as_ref().map_or(range.end, |ending| ending.start);
            out.copy(&self.text, range.start..end);
        }
        out.finish(self.text.file.clone())
    }
}

fn without_ending(line: &str) -> usize {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line).len()
}

fn is_markdown(path: &SourcePath) -> bool {
    matches!(path.extension(), Some("md" | "markdown" | "mdx"))
}

/// The name after an anchor mark in a line.
fn mark(line: &str, word: &str) -> Option<String> {
    let mut rest = line;
    while let Some(at) = rest.find(word) {
        rest = rest.get(at + word.len()..).unwrap_or_default();
        let name: String = rest
            .trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
            .collect();
        if !name.is_empty() {
            return Some(name);
        }
    }
    None
}

/// The path from a folder to a file.
fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = to.split('/').collect();
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(from.len() - shared);
    format!("{up}{}", to.get(shared..).unwrap_or_default().join("/"))
}

/// Finds the helpers of a text in one walk.
struct Helpers<'a> {
    text: &'a str,
    at: usize,
    /// The next `}` from where it was last looked for, so that none is looked for twice.
    brace: Option<usize>,
    /// The end of the line that was last looked at, and the end of its last `}}`.
    line: (usize, Option<usize>),
}

impl<'a> Helpers<'a> {
    fn new(text: &'a str) -> Self {
        Helpers { text, at: 0, brace: Some(0), line: (0, None) }
    }

    fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }

    /// The helper whose `{{` stands at `at`.
    fn helper(&mut self, at: usize) -> Option<(usize, Helper<'a>)> {
        let inner = self.rest(at + 2).trim_start();
        let inner = inner.strip_prefix('#')?;
        let length =
            inner.bytes().take(32).take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
        let (name, rest) = inner.split_at_checked(length)?;
        let white = rest.chars().next().filter(|c| c.is_whitespace())?;
        let content = self.text.len() - rest.len() + white.len_utf8();
        let brace = self.brace.filter(|brace| *brace >= content).or_else(|| {
            self.brace?;
            self.brace = self.rest(content).find('}').map(|found| content + found);
            self.brace
        })?;
        if brace == content || !self.rest(brace).starts_with("}}") {
            return None;
        }
        let content = self.text.get(content..brace)?;
        let mut words = content.split_whitespace();
        let helper = match name {
            "title" => Helper::Title(content),
            "include" | "rustdoc_include" => {
                let (path, part) = include_path(words.next()?);
                if name == "include" {
                    Helper::Include { path, part }
                } else {
                    Helper::RustdocInclude { path, part }
                }
            }
            "playground" | "playpen" => {
                Helper::Playground { path: words.next()?, attributes: words.collect() }
            }
            _ => Helper::Misspelt { name, meant: nearest(name, HELPERS)? },
        };
        Some((brace + 2, helper))
    }

    /// The end of the last `}}` in the line of `at`, where it lies behind `at`.
    fn last_close(&mut self, at: usize) -> Option<usize> {
        if at >= self.line.0 {
            let end = self.rest(at).find('\n').map_or(self.text.len(), |found| at + found);
            let line = self.text.get(at..end).unwrap_or_default();
            self.line = (end, line.rfind("}}").map(|found| at + found + 2));
        }
        self.line.1.filter(|close| *close > at)
    }
}

impl<'a> Iterator for Helpers<'a> {
    type Item = (Range<usize>, Helper<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let open = self.at + self.rest(self.at).find("{{")?;
            let escaped = open > self.at
                && self.text.as_bytes().get(open - 1) == Some(&b'\\')
                && self.rest(open).starts_with("{{#");
            if escaped && let Some(end) = self.last_close(open + 3) {
                self.at = end;
                return Some((open - 1..end, Helper::Escaped));
            }
            if let Some((end, helper)) = self.helper(open) {
                self.at = end;
                return Some((open..end, helper));
            }
            self.at = open + 1;
        }
    }
}

/// `path`, `path:2`, `path::10`, `path:2:`, `path:2:10`, `path:anchor`.
fn include_path(text: &str) -> (&str, Part) {
    let Some((path, range)) = text.split_once(':') else { return (text, Part::All) };
    let mut parts = range.splitn(3, ':');
    let first = parts.next().unwrap_or_default();
    let start = match first.parse::<usize>() {
        Ok(line) => Some(line.saturating_sub(1)),
        Err(_) if first.is_empty() => None,
        Err(_) => return (path, Part::Anchor(first.to_owned())),
    };
    let part = match (start, parts.next().map(str::parse::<usize>)) {
        (Some(start), Some(Ok(end))) => Part::Lines(start, Some(end)),
        (Some(start), Some(Err(_))) => Part::Lines(start, None),
        (Some(start), None) => Part::Lines(start, Some(start + 1)),
        (None, Some(Ok(end))) => Part::Lines(0, Some(end)),
        (None, _) => Part::All,
    };
    (path, part)
}
