//! What other tools write and we have something equal for becomes that, before the page is parsed:
//! Hugo's shortcodes, GitBook's blocks, MyST's directives, components of MDX, the blocks of
//! Python-Markdown that Material for MkDocs uses, and the names of mkdocstrings. Each dialect finds its marks; here they are
//! paired, and become directives of ours. What has no other half, or no equal, stays as it is
//! written, and is reported as foreign.

mod arguments;
mod blocks;
mod gitbook;
mod hugo;
mod lines;
mod mdx;
mod mkdocstrings;
mod myst;

use std::ops::Range;

use pulldown_cmark::Options;

use super::mapped::{Mapped, MappedBuilder};
use super::{fence as line, opaque};
use crate::base::Diagnostic;

/// Fences of ours have this many colons and more, so that those of authors fit between them.
const COLONS: usize = 10;

/// A piece of what stands for a mark.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    /// Text of ours.
    Text(String),
    /// Text of the author, which keeps its place.
    Copy(Range<usize>),
}

impl Part {
    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }
}

/// Something of another tool, and where it stands.
#[derive(Debug)]
struct Mark {
    range: Range<usize>,
    what: What,
}

impl Mark {
    /// Opens what a mark with the same key closes.
    fn open(range: Range<usize>, key: String, block: Block) -> Mark {
        Mark { range, what: What::Open { key, block, first: Vec::new() } }
    }

    /// Closes what was opened last with a key.
    fn close(range: Range<usize>, key: String) -> Mark {
        Mark { range, what: What::Close(key) }
    }

    /// Stands alone.
    fn replace(range: Range<usize>, parts: Vec<Part>) -> Mark {
        Mark { range, what: What::Replace(parts) }
    }
}

#[derive(Debug)]
enum What {
    /// Opens what a mark with the same key closes; `first` is what then stands in it before all
    /// else.
    Open { key: String, block: Block, first: Vec<Part> },
    /// Closes what was opened last with this key.
    Close(String),
    /// Stands alone.
    Replace(Vec<Part>),
}

/// What an opening mark and its other half become.
#[derive(Debug)]
enum Block {
    /// A directive of ours with its label.
    Directive { name: &'static str, label: Vec<Part>, open: bool },
    /// Lines before and after what is enclosed.
    Lines(String, String),
    /// Nothing: only what is enclosed stays.
    Nothing,
}

/// A page with what is foreign in it translated; `mdx` where it is a file of MDX. What has an equal
/// only in part is told.
pub(super) fn translate(
    text: Mapped,
    options: Options,
    mdx: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Mapped {
    let wanted = Wanted::of(&text.text, mdx);
    if !wanted.any() {
        return text;
    }
    let mut marks = Vec::new();
    let mut cuts = lines::Cuts::new();
    if wanted.hugo || wanted.gitbook || (wanted.mdx && !mdx) {
        let code = opaque::find(&text.text, options).code;
        if wanted.hugo {
            hugo::find(&text.text, &code, &mut marks);
        }
        if wanted.gitbook {
            gitbook::find(&text.text, &code, &mut marks);
        }
        if wanted.mdx && !mdx {
            mdx::find(&text.text, Some(&code), &mut marks);
        }
    }
    if wanted.mdx && mdx {
        mdx::find(&text.text, None, &mut marks);
    }
    if wanted.myst {
        myst::find(&text.text, options.contains(Options::ENABLE_MATH), &mut marks);
    }
    if wanted.mkdocstrings {
        mkdocstrings::find(&text, &mut marks, diagnostics);
    }
    if wanted.blocks {
        blocks::find(&text.text, &mut marks, &mut cuts);
    }
    if marks.is_empty() {
        return text;
    }
    marks.sort_by_key(|mark| (mark.range.start, mark.range.end));
    let mut edits = pair(&text.text, marks, mdx, &mut cuts);
    edits.extend(cuts.into_iter().map(|(start, end)| (start..end, Vec::new())));
    apply(text, edits)
}

/// `{include}` of MyST becomes an include of ours, before includes are read.
pub(super) fn includes(text: Mapped) -> Mapped {
    if !text.text.contains("{include}") {
        return text;
    }
    let edits = myst::includes(&text.text);
    if edits.is_empty() { text } else { apply(text, edits) }
}

/// Which dialects may be in a text; a few searches, as most pages have none.
struct Wanted {
    hugo: bool,
    gitbook: bool,
    myst: bool,
    mdx: bool,
    mkdocstrings: bool,
    blocks: bool,
}

impl Wanted {
    fn of(text: &str, mdx: bool) -> Wanted {
        // Tags that count begin a line, which those of `Vec<T>` in code hardly ever do.
        let tag = || {
            text.match_indices('<').any(|(at, _)| {
                text.as_bytes().get(at + 1).is_some_and(u8::is_ascii_uppercase)
                    && text.get(lines::start(text, at)..at).is_some_and(|b| b.trim().is_empty())
            })
        };
        Wanted {
            hugo: text.contains("{{<") || text.contains("{{%"),
            gitbook: text.contains("{%"),
            myst: text.contains("```{") || text.contains("~~~{") || text.contains(":::{"),
            mdx: mdx || tag(),
            mkdocstrings: text.contains(":::") && text.lines().any(mkdocstrings::is_one),
            blocks: text.contains("///")
                || text.contains("!!! ")
                || text.contains("??? ")
                || text.contains("???+ ")
                || text.contains("=== \""),
        }
    }

    fn any(&self) -> bool {
        self.hugo || self.gitbook || self.myst || self.mdx || self.mkdocstrings || self.blocks
    }
}

/// Our alerts.
const OURS: [&str; 5] = ["note", "tip", "important", "warning", "caution"];

/// Our alert for the name that another tool has for one.
fn alert(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "note" | "info" | "abstract" | "summary" | "question" | "quote" | "seealso" | "default"
        | "secondary" | "primary" | "admonition" | "todo" | "example" => "note",
        "tip" | "hint" | "success" | "check" => "tip",
        "important" => "important",
        "warning" | "attention" | "warn" => "warning",
        "caution" | "danger" | "error" | "bug" | "failure" => "caution",
        _ => return None,
    })
}

/// An alert of ours, without a title that only says its kind.
/// Where it is a plain note, a title that is the name of another kind says which one it is.
fn alert_block(text: &str, name: &'static str, title: Option<Range<usize>>) -> Block {
    let bare = title.and_then(|range| {
        let written = text.get(range.clone())?;
        let bare = written.trim_end().trim_end_matches(':');
        (!bare.trim().is_empty()).then(|| range.start..range.start + bare.len())
    });
    let said = bare.clone().and_then(|range| text.get(range)).unwrap_or_default().trim();
    let kind = OURS.iter().find(|kind| said.eq_ignore_ascii_case(kind));
    let name = kind.copied().filter(|_| name == "note").unwrap_or(name);
    let title = bare.filter(|_| !said.eq_ignore_ascii_case(name));
    Block::Directive { name, label: label(text, title), open: false }
}

/// A text of the author as a label: brackets in it are no end.
fn label(text: &str, range: Option<Range<usize>>) -> Vec<Part> {
    let Some(range) = range else { return Vec::new() };
    let written = text.get(range.clone()).unwrap_or_default();
    if written.trim().is_empty() {
        return Vec::new();
    }
    // Brackets in code are no end, and a backslash in code would be seen.
    let fits = written.contains('`') && !written.contains('\n') && line::is_label(written);
    if !fits && written.contains(['[', ']', '\n', '\\']) {
        let line = written.split_whitespace().collect::<Vec<_>>().join(" ");
        return vec![Part::Text(
            line.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]"),
        )];
    }
    vec![Part::Copy(range)]
}

/// A link; one without a label shows where it leads.
fn link(label: Vec<Part>, target: Range<usize>) -> Vec<Part> {
    let label = if label.is_empty() { vec![Part::Copy(target.clone())] } else { label };
    bracketed("[", label, target)
}

/// An image.
fn image(alt: Vec<Part>, source: Range<usize>) -> Vec<Part> {
    bracketed("![", alt, source)
}

/// The target is in angle brackets, as it may have blanks.
fn bracketed(open: &str, label: Vec<Part>, target: Range<usize>) -> Vec<Part> {
    let mut parts = vec![Part::text(open)];
    parts.extend(label);
    parts.extend([Part::text("](<"), Part::Copy(target), Part::text(">)")]);
    parts
}

/// The line that opens a directive of ours.
fn opening(fence: &str, name: &str, label: Vec<Part>, open: bool) -> Vec<Part> {
    let mut parts = vec![Part::Text(format!("{fence}{name}"))];
    if !label.is_empty() {
        parts.push(Part::text("["));
        parts.extend(label);
        parts.push(Part::text("]"));
    }
    if open {
        parts.push(Part::text("{open}"));
    }
    parts
}

/// The fence of a directive that holds none.
fn fence() -> String {
    ":".repeat(COLONS)
}

/// An opening mark that waits for its other half.
struct Waiting {
    key: String,
    range: Range<usize>,
    block: Block,
    first: Vec<Part>,
    children: Vec<usize>,
}

/// An opening mark whose other half was found.
struct Pair {
    open: Range<usize>,
    close: Range<usize>,
    block: Block,
    /// The pairs that stand in it directly.
    children: Vec<usize>,
}

type Edit = (Range<usize>, Vec<Part>);

/// Pairs the marks, and makes edits of them.
fn pair(text: &str, marks: Vec<Mark>, mdx: bool, cuts: &mut lines::Cuts) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut stack: Vec<Waiting> = Vec::new();
    let mut pairs: Vec<Pair> = Vec::new();
    let mut roots = Vec::new();
    let mut done = 0;
    for Mark { range, what } in marks {
        // Two dialects may have seen the same place: the first one has it.
        if range.start < done {
            continue;
        }
        done = range.end;
        match what {
            What::Replace(parts) => edits.push((range, parts)),
            What::Open { key, block, first } => {
                stack.push(Waiting { key, range, block, first, children: Vec::new() });
            }
            What::Close(key) => {
                let Some(at) = stack.iter().rposition(|open| open.key == key) else { continue };
                // What was opened since and never closed stays as it is; what stands in it moves up.
                let unclosed: Vec<usize> =
                    stack.drain(at + 1..).flat_map(|open| open.children).collect();
                let Some(Waiting { range: open, block, first, mut children, .. }) = stack.pop()
                else {
                    continue;
                };
                children.extend(unclosed);
                if !first.is_empty() {
                    edits.push((open.end..open.end, first));
                }
                let index = pairs.len();
                pairs.push(Pair { open, close: range, block, children });
                match stack.last_mut() {
                    Some(parent) => parent.children.push(index),
                    None => roots.push(index),
                }
            }
        }
    }
    roots.extend(stack.into_iter().flat_map(|open| open.children));
    if mdx {
        pairs.iter().for_each(|pair| lines::dedent(text, &pair.open, &pair.close, cuts));
    }
    let heights = heights(&pairs);
    let mut indents = lines::Cuts::new();
    // Children come before their parents, so that what ends at one place ends in the right order.
    for (pair, height) in pairs.iter().zip(&heights) {
        if !is(pair, "tabs") {
            wrap_tabs(text, pair.children.clone(), (&pairs, &heights), cuts, &mut edits);
        }
        let fence = ":".repeat(COLONS + 2 * height);
        let (open, close) = match &pair.block {
            Block::Directive { name, label, open } => {
                (opening(&fence, name, label.clone(), *open), vec![Part::Text(fence)])
            }
            Block::Lines(before, after) => {
                (vec![Part::Text(before.clone())], vec![Part::Text(after.clone())])
            }
            Block::Nothing => (Vec::new(), Vec::new()),
        };
        lines::keep_inside(text, &pair.open, &pair.close, cuts, &mut indents);
        edits.push((pair.open.clone(), lines::alone(text, &pair.open, open, cuts)));
        let close = if pair.close.is_empty() {
            // It ends with its last line, which may be that of a list.
            let indent = lines::indent(text, pair.open.start, cuts);
            std::iter::once(Part::Text(format!("\n{indent}"))).chain(close).collect()
        } else {
            lines::alone(text, &pair.close, close, cuts)
        };
        edits.push((pair.close.clone(), close));
    }
    // Tabs that stand in no `tabs` get one for each run of them.
    wrap_tabs(text, roots, (&pairs, &heights), cuts, &mut edits);
    let spaces = |count| vec![Part::Text(" ".repeat(count))];
    edits.extend(indents.into_iter().map(|(line, count)| (line..line, spaces(count))));
    edits
}

fn is(pair: &Pair, directive: &str) -> bool {
    matches!(&pair.block, Block::Directive { name, .. } if *name == directive)
}

/// How many levels stand below each pair. Children come before their parents.
fn heights(pairs: &[Pair]) -> Vec<usize> {
    let mut heights: Vec<usize> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let below = pair.children.iter().filter_map(|child| heights.get(*child).copied());
        heights.push(below.max().map_or(0, |most| most + 1));
    }
    heights
}

/// Puts `tabs` around tabs that follow each other with nothing between.
fn wrap_tabs(
    text: &str,
    mut run: Vec<usize>,
    (pairs, heights): (&[Pair], &[usize]),
    cuts: &lines::Cuts,
    edits: &mut Vec<Edit>,
) {
    run.retain(|index| pairs.get(*index).is_some_and(|pair| is(pair, "tab")));
    run.sort_by_key(|index| pairs.get(*index).map_or(0, |pair| pair.open.start));
    let mut rest =
        run.into_iter().filter_map(|i| Some((pairs.get(i)?, *heights.get(i)?))).peekable();
    while let Some((first, mut height)) = rest.next() {
        let mut last = first;
        while let Some((next, above)) = rest.peek() {
            let between = text.get(last.close.end..next.open.start).unwrap_or("x");
            if !between.trim().is_empty() {
                break;
            }
            height = height.max(*above);
            last = next;
            rest.next();
        }
        // Twice the colons of a level leave room for this one.
        let fence = ":".repeat(COLONS + 2 * height + 1);
        let indent = lines::indent(text, first.open.start, cuts);
        let open = vec![Part::Text(format!("{fence}tabs\n{indent}"))];
        edits.push((first.open.start..first.open.start, open));
        let close = vec![Part::Text(format!("\n{indent}{fence}"))];
        edits.push((last.close.end..last.close.end, close));
    }
}

/// Puts the edits into the text. Where two overlap, the first one counts.
fn apply(text: Mapped, mut edits: Vec<Edit>) -> Mapped {
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let mut out = MappedBuilder::default();
    let mut done = 0;
    for (range, parts) in edits {
        if range.start < done {
            continue;
        }
        out.copy(&text, done..range.start);
        let place = text.span(range.clone());
        for part in parts {
            match part {
                Part::Text(part) => out.stand_in(&part, &place),
                Part::Copy(range) => out.copy(&text, range),
            }
        }
        done = range.end;
    }
    out.copy(&text, done..text.text.len());
    out.finish(text.file)
}

pub(super) use mkdocstrings::report as report_mkdocstrings;

#[cfg(test)]
mod tests;
