//! Links and images with their parts, and the definitions that they lead to.

use std::ops::Range;

use super::page::Page;
use crate::markdown::{FormKind, LinkForm};

/// A link or an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub node: usize,
    pub image: bool,
    pub form: LinkForm,
    pub range: Range<usize>,
    /// Between the first brackets.
    pub label: Range<usize>,
    /// Between the second brackets.
    pub reference: Option<Range<usize>>,
    /// The target as it is written, without angle brackets.
    pub target: Option<Range<usize>>,
    /// Whether a title follows the target.
    pub titled: bool,
}

/// A definition as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Defined {
    pub line: usize,
    pub start: usize,
    /// What it is called by, normalized; those of footnotes begin with `^`.
    pub label: String,
    /// The target as it is written.
    pub target: Range<usize>,
    /// Whether it is a footnote.
    pub footnote: bool,
}

/// A label as labels are compared.
pub(crate) fn normalized(label: &str) -> String {
    let lower = label.to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn written(page: &Page<'_>) -> Vec<Written> {
    let mut found = Vec::new();
    for (index, node) in page.nodes() {
        let (image, form) = match node.kind {
            FormKind::Link(form) => (false, form),
            FormKind::Image(form) => (true, form),
            _ => continue,
        };
        let mut range = node.range.clone();
        // The parser leaves out the brackets that say nothing.
        if form == LinkForm::Collapsed && page.get(range.end..range.end + 2) == "[]" {
            range.end += 2;
        }
        let mut one = Written {
            node: index,
            image,
            form,
            range: range.clone(),
            label: range.start + 1..range.end.saturating_sub(1).max(range.start + 1),
            reference: None,
            target: None,
            titled: false,
        };
        if form != LinkForm::Autolink {
            let open = range.start + 1 + usize::from(image);
            let inner = page.form.nodes.get(index + 1..node.end).unwrap_or_default();
            let last = inner.iter().map(|node| node.range.end).max().unwrap_or(open).max(open);
            let close = page.get(last..range.end).find(']').map_or(range.end, |at| last + at);
            one.label = open..close;
            let behind = page.get(close + 1..range.end);
            match form {
                LinkForm::Inline => {
                    let (target, titled) = resource(behind);
                    one.target = Some(close + 1 + target.start..close + 1 + target.end);
                    one.titled = titled;
                }
                LinkForm::Full if behind.starts_with('[') => {
                    one.reference = Some(close + 2..range.end.saturating_sub(1).max(close + 2));
                }
                _ => {}
            }
        } else {
            one.target = Some(one.label.clone());
        }
        found.push(one);
    }
    found
}

/// The target in `(target "title")`, and whether there is a title.
fn resource(text: &str) -> (Range<usize>, bool) {
    let inner = text.get(1..).unwrap_or_default();
    let skipped = inner.len() - inner.trim_start().len();
    let start = 1 + skipped;
    let (range, end) = destination(text, start);
    let behind = text.get(end..).unwrap_or_default().trim_start();
    (range, behind.starts_with(['"', '\'', '(']))
}

/// A target that begins at a place, without angle brackets, and where it ends with them.
fn destination(text: &str, start: usize) -> (Range<usize>, usize) {
    let rest = text.get(start..).unwrap_or_default();
    let mut escaped = false;
    if rest.starts_with('<') {
        for (at, c) in rest.char_indices().skip(1) {
            match c {
                '\\' if !escaped => {
                    escaped = true;
                    continue;
                }
                '>' if !escaped => return (start + 1..start + at, start + at + 1),
                _ => {}
            }
            escaped = false;
        }
    }
    let mut depth = 0usize;
    for (at, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' if depth == 0 => return (start..start + at, start + at),
            ')' => depth -= 1,
            c if c.is_whitespace() => return (start..start + at, start + at),
            _ => {}
        }
    }
    (start..text.len(), text.len())
}

/// The definitions of a page in order, those of footnotes and those that do not count included.
pub(crate) fn definitions(page: &Page<'_>) -> Vec<Defined> {
    let mut taken = vec![false; page.lines.len()];
    let mut found = Vec::new();
    for (index, node) in page.nodes() {
        match node.kind {
            FormKind::FootnoteDefinition => {
                let start = page.block(index).start;
                let line = page.line_of(start);
                let text = page.get(start..page.line_range(line).end);
                let Some(end) = text.find("]:") else { continue };
                let label = normalized(text.get(1..end).unwrap_or_default());
                found.push(Defined { line, start, label, target: start..start, footnote: true });
            }
            FormKind::Paragraph
            | FormKind::Heading { .. }
            | FormKind::CodeBlock { .. }
            | FormKind::HtmlBlock
            | FormKind::Table
            | FormKind::Rule => {
                let (first, last) = page.block_lines(index);
                taken.iter_mut().take(last + 1).skip(first).for_each(|mark| *mark = true);
            }
            _ => {}
        }
    }
    for (line, taken) in taken.iter().enumerate() {
        if *taken || !page.line(line).contains('[') {
            continue;
        }
        let range = page.line_range(line);
        let from = page.containers().content(line);
        let text = page.get(from..range.end);
        let spaces = text.len() - text.trim_start_matches(' ').len();
        let start = from + spaces;
        let Some(inner) = page.text.get(start..).and_then(|rest| rest.strip_prefix('[')) else {
            continue;
        };
        let Some(end) = label_end(inner) else { continue };
        let label = inner.get(..end).unwrap_or_default();
        if label.starts_with('^') || label.trim().is_empty() {
            continue;
        }
        let behind = start + 1 + end + 2;
        let rest = page.text.get(behind..).unwrap_or_default();
        let at = behind + (rest.len() - rest.trim_start().len());
        let (target, _) = destination(page.text, at);
        found.push(Defined { line, start, label: normalized(label), target, footnote: false });
    }
    found.sort_by_key(|one| one.start);
    found
}

/// Where the label of a definition ends, whose text begins behind `[`.
fn label_end(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().take(1000) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => return None,
            ']' => return text.get(at + 1..)?.starts_with(':').then_some(at),
            _ => {}
        }
    }
    None
}
