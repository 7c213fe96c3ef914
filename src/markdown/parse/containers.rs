//! Directives are found and checked.
//!
//! The parser does not know them, so it is shown a copy of the text in which each fence is a
//! thematic break of the same length: that interrupts what a fence interrupts, ends with its
//! line, stands in lists and quotes as a fence does, and leaves every position as it is. Where
//! the parser does not see a break (in code, in raw HTML, after too much indentation) there is
//! no fence either, and the text is put back.
//!
//! Only a closing fence right after raw HTML is a blank line instead, which is what ends raw HTML;
//! it belongs to where the HTML ended.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, TagEnd};

use super::super::directives::{self, DirectiveKind, LabelUse};
use super::super::{AlertKind, codes};
use super::fence::{self, Fence, Opening};
use super::mapped::Mapped;
use super::{opaque, translate};
use crate::base::{Code, Diagnostic, nearest};

/// How often a text is parsed to find its fences. Each round removes what was none; more than
/// three are needed only by texts that try.
const ROUNDS: usize = 8;

/// A fence with its place, colons to the end of the line.
#[derive(Debug)]
pub struct Placed {
    /// Where it stands.
    pub range: Range<usize>,
    /// What it is in the tree.
    pub role: Role,
    /// The parser is shown a blank line: it belongs to the end of the raw HTML before it.
    pub after_html: bool,
}

/// What a fence is in the tree.
#[derive(Debug)]
pub enum Role {
    /// It opens an alert.
    Alert(AlertKind, Box<Opening>),
    /// It opens a directive of the registry.
    Directive(&'static DirectiveKind, Box<Opening>),
    /// It closes what was opened last.
    Close,
    /// Something is wrong with it: it is shown as it is written.
    Shown,
}

/// The fences of a text, by where they begin, and the text that the parser is to be shown.
#[derive(Debug, Default)]
pub struct Fences {
    /// The fences.
    pub placed: BTreeMap<usize, Placed>,
    /// The text with thematic breaks in place of fences; none where there are no fences.
    pub masked: Option<String>,
}

/// Finds the fences of a text and reports what is wrong with them.
pub fn find(text: &Mapped, options: Options, diagnostics: &mut Vec<Diagnostic>) -> Fences {
    if !text.text.contains(":::") {
        return Fences::default();
    }
    // The parser would take a fence for a definition: letters are only text.
    let lines: Vec<Range<usize>> = candidate_lines(&text.text).collect();
    let colons = lines.iter().map(|line| (line.start..line.start + 3, 'x'));
    let opaque = opaque::find(&mask(&text.text, colons), options);
    let mut candidates: Vec<Candidate> = Vec::new();
    for range in lines {
        if opaque.code.contain(range.start) {
            continue;
        }
        if let Some(fence) = fence::read(&text.text, range.start, range.end) {
            let after_html =
                opaque.html.contain(range.start) && matches!(fence, Fence::Close { .. });
            candidates.push(Candidate { range, fence, turned: false, after_html });
        }
    }
    let mut masked = String::new();
    let mut links = Vec::new();
    for round in 0..=ROUNDS {
        match ROUNDS - round {
            0 => candidates.clear(),
            1 => candidates.retain(|candidate| !candidate.turned),
            _ => {}
        }
        if candidates.is_empty() {
            return Fences::default();
        }
        let masks =
            candidates.iter().map(|c| (c.range.clone(), if c.after_html { ' ' } else { '_' }));
        masked = mask(&text.text, masks);
        let mut seen = vec![false; candidates.len()];
        links = connect(&masked, options, &candidates, &mut seen);
        if seen.iter().all(|seen| *seen) {
            break;
        }
        let mut seen = seen.into_iter();
        candidates.retain_mut(|candidate| {
            if seen.next().unwrap_or_default() {
                return true;
            }
            // It may follow raw HTML that the parser saw only now, or no longer sees.
            let is_close = matches!(candidate.fence, Fence::Close { .. });
            let again = is_close && !candidate.turned;
            candidate.turned = true;
            candidate.after_html = again && !candidate.after_html;
            again
        });
    }
    let mut checker = Checker { text, diagnostics };
    let roles = checker.roles(candidates.as_slice(), &links);
    let placed = candidates
        .into_iter()
        .zip(roles)
        .map(|(Candidate { range, after_html, .. }, role)| {
            (range.start, Placed { range, role, after_html })
        })
        .collect();
    Fences { placed, masked: Some(masked) }
}

/// How many open directives a closing fence may choose from.
const CLOSABLE: usize = 1000;

struct Candidate {
    range: Range<usize>,
    fence: Fence,
    /// It was first shown to the parser as the other of break and blank line.
    turned: bool,
    /// See [`Placed::after_html`].
    after_html: bool,
}

/// Lines in which only what can introduce a block stands before three colons, from the colons
/// to the end of the line.
fn candidate_lines(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let found = at + text.get(at..)?.find(":::")?;
            let line = text.get(at..found)?.rfind('\n').map_or(at, |newline| at + newline + 1);
            let end = text.get(found..)?.find('\n').map_or(text.len(), |length| found + length);
            let content = text.get(found..end)?.trim_end();
            at = end;
            // `: ::: note` begins a definition, `[^1]: ::: note` a footnote.
            let introduces = |c: char| {
                c.is_ascii_whitespace()
                    || c.is_ascii_digit()
                    || matches!(c, '>' | '-' | '*' | '+' | '.' | ')' | ':')
            };
            let before = text.get(line..found)?;
            let before = match before.split_once("]:") {
                Some((label, rest)) if label.trim_start().starts_with("[^") => rest,
                _ => before,
            };
            if before.chars().all(introduces) {
                return Some(found..found + content.len());
            }
        }
    })
}

/// The text with every byte of some ranges replaced.
fn mask(text: &str, ranges: impl Iterator<Item = (Range<usize>, char)>) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for (range, with) in ranges {
        masked.push_str(text.get(done..range.start).unwrap_or_default());
        masked.extend(std::iter::repeat_n(with, range.len()));
        done = range.end;
    }
    masked.push_str(text.get(done..).unwrap_or_default());
    masked
}

/// How a fence stands to the others, by their indices.
#[derive(Debug, Clone, Default)]
struct Link {
    /// For an opening fence, the one that closes it, and the other way round.
    other: Option<usize>,
    /// The opening fence that it stands in directly.
    parent: Option<usize>,
}

/// Parses the masked text, notes which fences the parser saw, and connects them.
fn connect(
    masked: &str,
    options: Options,
    candidates: &[Candidate],
    seen: &mut [bool],
) -> Vec<Link> {
    let mut links = vec![Link::default(); candidates.len()];
    // Open blocks; a directive is the index of its fence.
    let mut frames: Vec<Option<usize>> = Vec::new();
    for (event, range) in Parser::new_ext(masked, options).into_offset_iter() {
        match event {
            Event::Start(_) => frames.push(None),
            Event::End(tag) => {
                while frames.pop().flatten().is_some() {}
                if tag != TagEnd::HtmlBlock {
                    continue;
                }
                let index = candidates.partition_point(|c| c.range.start < range.end);
                let Some(candidate) = candidates.get(index) else { continue };
                if let Fence::Close { colons } = candidate.fence
                    && candidate.after_html
                    && on_next_line(masked, range.end, candidate.range.start)
                    && let Some(seen) = seen.get_mut(index)
                {
                    *seen = close(colons, index, &mut frames, candidates, &mut links);
                }
            }
            Event::Rule => {
                let found = candidates.binary_search_by_key(&range.start, |c| c.range.start);
                let Ok(index) = found else { continue };
                let (Some(candidate), Some(seen)) = (candidates.get(index), seen.get_mut(index))
                else {
                    continue;
                };
                *seen = true;
                match &candidate.fence {
                    Fence::Open(_) => {
                        if let Some(link) = links.get_mut(index) {
                            link.parent = frames.last().copied().flatten();
                        }
                        frames.push(Some(index));
                    }
                    Fence::Close { colons } => {
                        close(*colons, index, &mut frames, candidates, &mut links);
                    }
                }
            }
            _ => {}
        }
    }
    links
}

/// Whether nothing but what marks its containers stands between the end of a block and a fence.
pub fn on_next_line(text: &str, end: usize, fence: usize) -> bool {
    text.get(end..fence).is_some_and(|between| !between.contains('\n'))
}

/// Connects a closing fence with what it closes; false where there is nothing to close.
fn close(
    colons: usize,
    index: usize,
    frames: &mut Vec<Option<usize>>,
    candidates: &[Candidate],
    links: &mut [Link],
) -> bool {
    let Some(depth) = closed_by(colons, frames, candidates) else { return false };
    let open = frames.get(depth).copied().flatten();
    frames.truncate(depth);
    if let Some(open) = open {
        for (one, other) in [(open, index), (index, open)] {
            if let Some(link) = links.get_mut(one) {
                link.other = Some(other);
            }
        }
    }
    true
}

/// The frame that a fence of so many colons closes: the innermost open directive of the same
/// container with exactly as many, else the innermost with fewer.
fn closed_by(colons: usize, frames: &[Option<usize>], candidates: &[Candidate]) -> Option<usize> {
    let mut fewer = None;
    for (depth, frame) in frames.iter().enumerate().rev().take(CLOSABLE) {
        let Some(open) = frame.and_then(|index| candidates.get(index)) else { break };
        if let Fence::Open(opening) = &open.fence {
            if opening.colons == colons {
                return Some(depth);
            }
            if opening.colons < colons && fewer.is_none() {
                fewer = Some(depth);
            }
        }
    }
    fewer
}

/// The alert of a name, case ignored: those of GitHub, and what others call theirs.
pub fn alert(name: &str) -> Option<AlertKind> {
    Some(match name.to_ascii_lowercase().as_str() {
        "note" | "info" | "seealso" | "see-also" | "abstract" | "summary" => AlertKind::Note,
        "tip" | "hint" | "success" | "check" => AlertKind::Tip,
        "important" => AlertKind::Important,
        "warning" | "warn" | "attention" => AlertKind::Warning,
        "caution" | "danger" | "error" | "failure" | "bug" => AlertKind::Caution,
        _ => return None,
    })
}

const ALERTS: [&str; 5] = ["caution", "important", "note", "tip", "warning"];

struct Checker<'a> {
    text: &'a Mapped,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Checker<'_> {
    fn tell(&mut self, code: &'static Code, message: String, at: Range<usize>, help: &str) {
        let place = self.text.span(at);
        self.diagnostics.push(Diagnostic::new(code, message).at(place).help(help));
    }

    fn roles(&mut self, candidates: &[Candidate], links: &[Link]) -> Vec<Role> {
        let mut roles: Vec<Role> = Vec::with_capacity(candidates.len());
        // The directive that each fence stands in, those that are shown as text left out.
        let mut parents: Vec<Option<usize>> = Vec::with_capacity(candidates.len());
        for (candidate, link) in candidates.iter().zip(links) {
            let mut own_parent = None;
            let role = match &candidate.fence {
                Fence::Close { .. } => match link.other {
                    None => {
                        let message = "these colons close no directive".to_owned();
                        let help = "remove the line, or add the one that opens the directive";
                        self.tell(&codes::STRAY_CLOSE, message, candidate.range.clone(), help);
                        Role::Shown
                    }
                    // It is shown where what it closes is.
                    Some(open) => match roles.get(open) {
                        Some(Role::Shown) | None => Role::Shown,
                        Some(_) => Role::Close,
                    },
                },
                Fence::Open(opening) => {
                    // A directive that is shown as text is none for what stands in it.
                    let bad_parent = link
                        .parent
                        .is_some_and(|index| matches!(roles.get(index), Some(Role::Shown)));
                    let parent = if bad_parent {
                        link.parent.and_then(|index| parents.get(index).copied().flatten())
                    } else {
                        link.parent
                    };
                    own_parent = parent;
                    let parent = match parent.and_then(|index| roles.get(index)) {
                        Some(Role::Directive(kind, _)) => Some(kind.name),
                        _ => None,
                    };
                    let closed = link.other.is_some();
                    self.opening(candidate, opening, closed, parent, bad_parent)
                }
            };
            roles.push(role);
            parents.push(own_parent);
        }
        roles
    }

    fn opening(
        &mut self,
        candidate: &Candidate,
        opening: &Opening,
        closed: bool,
        parent: Option<&'static str>,
        bad_parent: bool,
    ) -> Role {
        let name = &opening.name;
        let whole = candidate.range.clone();
        let kind = directives::find(name);
        let alert = if kind.is_none() { alert(name) } else { None };
        if kind.is_none() && alert.is_none() && self.is_docfx(&whole, opening) {
            let message = format!("`:::{name}` is an extension of DocFX and is shown as text");
            let help = match name.as_str() {
                "code" => "write a code block that holds `{{#include PATH}}`",
                "image" => "write an image: `![what it shows](PATH)`",
                _ => "write it in Markdown, or remove it",
            };
            self.tell(&codes::DOCFX_EXTENSION, message, opening.name_range.clone(), help);
            return Role::Shown;
        }
        let written = self.text.text.get(opening.name_range.start..whole.end).unwrap_or_default();
        if !opening.myst && fence::is_python_path(written) {
            // Where other syntax is not translated, or stands in a list.
            let report = translate::report_mkdocstrings(written);
            self.diagnostics.push(report.at(self.text.span(opening.name_range.start..whole.end)));
            return Role::Shown;
        }
        if let Some((at, message)) = &opening.error {
            let message = format!("`:::{name}` cannot be read: {message}");
            let help = "write `:::name[label]{#id .class key=\"value\"}`";
            self.tell(&codes::BAD_ATTRIBUTES, message, at.clone(), help);
            return Role::Shown;
        }
        if kind.is_none() && alert.is_none() {
            self.unknown(opening);
            return Role::Shown;
        }
        if !closed {
            let colons = ":".repeat(opening.colons.min(12));
            let help =
                format!("add a line `{colons}` where it ends, in the same list item or quote");
            self.tell(&codes::UNCLOSED, format!("`:::{name}` is never closed"), whole, &help);
            return Role::Shown;
        }
        let mut opening = Box::new(opening.clone());
        match (kind, alert) {
            (Some(kind), _) => {
                if let Some(wanted) = kind.parent
                    && parent != Some(wanted)
                {
                    if !bad_parent {
                        let message = format!("`{name}` stands outside `{wanted}`");
                        let help =
                            format!("put it directly into `:::{wanted}`, with more colons there");
                        self.tell(&codes::WRONG_PARENT, message, whole, &help);
                    }
                    return Role::Shown;
                }
                if kind.label == LabelUse::Required && opening.label.is_none() {
                    let message = format!("`{name}` needs a label");
                    let help = format!("write `:::{name}[label]`");
                    self.tell(&codes::MISSING_LABEL, message, whole, &help);
                    return Role::Shown;
                }
                if kind.label == LabelUse::None
                    && let Some(label) = opening.label.take()
                {
                    let message = format!("`{name}` takes no label");
                    let help = "write it as a paragraph inside, or remove it";
                    self.tell(&codes::UNEXPECTED_LABEL, message, label, help);
                }
                self.attributes(&mut opening, kind);
                Role::Directive(kind, opening)
            }
            (None, Some(alert)) => {
                let attributes = std::mem::take(&mut opening.attributes.pairs);
                for (key, _) in attributes {
                    let message = format!("`{name}` takes no attribute `{key}`");
                    let help = format!("remove it; a title is a label: `:::{name}[title]`");
                    let at = opening.attributes_range.clone();
                    self.tell(&codes::UNKNOWN_ATTRIBUTE, message, at, &help);
                }
                Role::Alert(alert, opening)
            }
            (None, None) => Role::Shown,
        }
    }

    /// Microsoft's Markdown ends a line such as `:::image source="a.png":::` with colons again.
    fn is_docfx(&self, line: &Range<usize>, opening: &Opening) -> bool {
        let rest = self.text.text.get(opening.name_range.end..line.end).unwrap_or_default();
        let rest = rest.trim_end();
        !opening.myst
            && (rest.ends_with(":::") || matches!(opening.name.as_str(), "moniker" | "zone"))
    }

    fn unknown(&mut self, opening: &Opening) {
        let name = &opening.name;
        let names = directives::REGISTRY.iter().map(|kind| kind.name).chain(ALERTS);
        let near = nearest(name, names);
        let help = match near {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "the manual lists the directives; what is between its lines is shown as \
                     usual"
                .to_owned(),
        };
        let at = opening.name_range.clone();
        if opening.myst {
            let message = format!("there is no directive `{name}`; it is one of MyST or Sphinx");
            self.tell(&codes::MYST_DIRECTIVE, message, at, &help);
        } else {
            let message = format!("there is no directive `{name}`");
            self.tell(&codes::UNKNOWN_DIRECTIVE, message, at, &help);
        }
    }

    /// Takes out attributes that the directive does not take.
    fn attributes(&mut self, opening: &mut Opening, kind: &DirectiveKind) {
        let pairs = std::mem::take(&mut opening.attributes.pairs);
        let at = opening.attributes_range.clone();
        for (key, value) in pairs {
            let Some(known) = kind.attributes.iter().find(|known| known.key == key) else {
                let message = format!("`{}` takes no attribute `{key}`", kind.name);
                let keys = kind.attributes.iter().map(|known| known.key);
                let help = match nearest(&key, keys.clone()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if kind.attributes.is_empty() => "it takes none".to_owned(),
                    None => format!("it takes {}", list(keys)),
                };
                self.tell(&codes::UNKNOWN_ATTRIBUTE, message, at.clone(), &help);
                continue;
            };
            let written = value.as_deref().unwrap_or_default();
            if !known.values.is_empty() && !known.values.contains(&written) {
                let message = format!("`{key}` of `{}` cannot be `{written}`", kind.name);
                let help = format!("it can be {}", list(known.values.iter().copied()));
                self.tell(&codes::UNKNOWN_ATTRIBUTE, message, at.clone(), &help);
                continue;
            }
            opening.attributes.pairs.push((key, value));
        }
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
