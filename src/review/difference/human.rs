//! A difference for a person at a terminal.
//!
//! ```text
//! Guide > Install
//!   change-1  paragraph
//!     ... the server [-with the command line-]{+from your desktop+} before you ...
//!   change-2  item, inserted
//!     {+Wait for a minute.+}
//! ```
//!
//! Without color, words stand in the brackets that git uses for them.

use std::fmt::Write as _;

use super::Difference;
use super::changes::{Change, ChangeKind, relinked};
use super::edit::{ChangeId, Changed, Edit, Inner};
use super::part::{Kind, Part, Run, RunKind};
use super::words::Piece;
use crate::report::harmless;

/// How many words of unchanged text stand before and after a change.
const CONTEXT: usize = 8;

/// How many lines of one inserted or deleted block are shown.
const LINES: usize = 12;

/// Prints a difference: every change with the headings above it, what was deleted, and what was
/// inserted. Empty where nothing has changed.
pub fn human(difference: &Difference, color: bool) -> String {
    let mut printer = Printer { difference, color, out: String::new(), last: None, headings: None };
    if difference.coarse {
        printer.out.push_str("too much has changed to compare all of it word by word\n");
    }
    printer.row(&difference.edits, None);
    printer.out
}

struct Printer<'a> {
    difference: &'a Difference,
    color: bool,
    out: String,
    /// The change that was announced last.
    last: Option<ChangeId>,
    headings: Option<&'a [String]>,
}

/// How text is shown.
#[derive(Clone, Copy, PartialEq)]
enum Look {
    Inserted,
    Deleted,
    Moved,
    Quiet,
}

impl Printer<'_> {
    fn row(&mut self, edits: &[Edit], inside: Option<Kind>) {
        for edit in edits {
            match edit {
                Edit::Equal { .. } => {}
                Edit::Inserted { change, block } => self.block(*change, block, Look::Inserted),
                Edit::Deleted { change, block } => self.block(*change, block, Look::Deleted),
                Edit::Wrapped { change, block, edits } => {
                    self.announce(*change);
                    self.frame(block.kind, Look::Inserted);
                    self.row(edits, inside);
                }
                Edit::Unwrapped { change, block, edits } => {
                    self.announce(*change);
                    self.frame(block.kind, Look::Deleted);
                    self.row(edits, inside);
                }
                Edit::MovedAway { change, .. } => self.announce(*change),
                Edit::MovedHere { change, edit, .. } => match &**edit {
                    Edit::Equal { block } => self.block(*change, block, Look::Moved),
                    edit => self.row(std::slice::from_ref(edit), inside),
                },
                Edit::Changed(changed) => self.changed(changed, inside),
            }
        }
    }

    fn changed(&mut self, changed: &Changed, inside: Option<Kind>) {
        if let Some(id) = changed.change {
            self.announce(id);
            for (name, old, new) in changed.properties() {
                let written = |value: Option<&str>| match value {
                    None => "none".to_owned(),
                    Some("") => "yes".to_owned(),
                    Some(value) => value.to_owned(),
                };
                self.out.push_str("    ");
                self.styled(Look::Quiet, &format!("{name}: "));
                self.styled(Look::Deleted, &written(old));
                self.out.push(' ');
                self.styled(Look::Inserted, &written(new));
                self.out.push('\n');
            }
        }
        match &changed.inner {
            Inner::Words(pieces) => {
                self.out.push_str("    ");
                if changed.new.kind == Kind::Field
                    && let Some(name) = changed.new.get("name")
                {
                    self.styled(Look::Quiet, &format!("{name}: "));
                }
                self.pieces(pieces);
                self.out.push('\n');
                for (old, new) in relinked(pieces) {
                    self.out.push_str("    ");
                    self.styled(Look::Quiet, "link: ");
                    for (look, to) in [(Look::Deleted, old), (Look::Inserted, new)] {
                        if !to.is_empty() {
                            self.styled(look, &to);
                            self.out.push(' ');
                        }
                    }
                    self.out.truncate(self.out.trim_end().len());
                    self.out.push('\n');
                }
            }
            Inner::Blocks(edits) => self.row(edits, Some(changed.new.kind).or(inside)),
        }
    }

    /// Says which change follows, unless it goes on.
    fn announce(&mut self, id: ChangeId) {
        if self.last == Some(id) {
            return;
        }
        self.last = Some(id);
        let index = (id.0 as usize).checked_sub(1);
        let Some(change) = index.and_then(|at| self.difference.changes.get(at)) else { return };
        if self.headings != Some(&change.headings[..]) {
            if !self.out.is_empty() {
                self.out.push('\n');
            }
            let path = match change.headings.is_empty() {
                true => "(top of the page)".to_owned(),
                false => change.headings.join(" > "),
            };
            let path = harmless(&path).into_owned();
            if self.color {
                let _ = writeln!(self.out, "\u{1b}[1m{path}\u{1b}[0m");
            } else {
                let _ = writeln!(self.out, "{path}");
            }
            self.headings = Some(&change.headings);
        }
        let title = title(change);
        self.out.push_str("  ");
        self.styled(Look::Quiet, &format!("{id}  {title}"));
        self.out.push('\n');
    }

    fn block(&mut self, id: ChangeId, block: &Part, look: Look) {
        self.announce(id);
        let mut lines = Vec::new();
        gather(block, "", &mut lines);
        for line in lines.iter().take(LINES) {
            self.out.push_str("    ");
            self.styled(look, line);
            self.out.push('\n');
        }
        if lines.len() > LINES {
            let rest = format!("({} more lines)", lines.len() - LINES);
            self.out.push_str("    ");
            self.styled(Look::Quiet, &rest);
            self.out.push('\n');
        }
    }

    /// A block that came or went around others.
    fn frame(&mut self, kind: Kind, look: Look) {
        self.out.push_str("    ");
        self.styled(look, kind_name(kind));
        self.out.push('\n');
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for (piece, at) in pieces.iter().zip(0..) {
            match piece {
                Piece::Equal { runs } => {
                    let text = context(&shown(runs), at > 0, at + 1 < pieces.len());
                    self.out.push_str(&harmless(&text));
                }
                Piece::Inserted { runs } => self.styled(Look::Inserted, &shown(runs)),
                Piece::Deleted { runs } => self.styled(Look::Deleted, &shown(runs)),
                Piece::Reformatted { new, .. } => self.styled(Look::Moved, &shown(new)),
            }
        }
    }

    fn styled(&mut self, look: Look, text: &str) {
        let text = harmless(text);
        let (plain, color) = match look {
            Look::Inserted => (("{+", "+}"), "32;4"),
            Look::Deleted => (("[-", "-]"), "31;9"),
            Look::Moved => (("{=", "=}"), "35"),
            Look::Quiet => (("", ""), "2"),
        };
        // Writing to a string cannot fail.
        let _ = match self.color {
            true => write!(self.out, "\u{1b}[{color}m{text}\u{1b}[0m"),
            false => write!(self.out, "{}{text}{}", plain.0, plain.1),
        };
    }
}

fn title(change: &Change) -> String {
    let block = kind_name(change.block);
    match (change.kind, change.partner) {
        (ChangeKind::Changed, _) => block.to_owned(),
        (ChangeKind::Inserted, _) => format!("{block}, inserted"),
        (ChangeKind::Deleted, _) => format!("{block}, deleted"),
        (ChangeKind::Reformatted, _) => format!("{block}, other marks only"),
        (ChangeKind::MovedHere, Some(from)) => format!("{block}, moved from {from}"),
        (ChangeKind::MovedAway, Some(to)) => format!("{block}, moved to {to}"),
        (ChangeKind::MovedHere | ChangeKind::MovedAway, None) => format!("{block}, moved"),
    }
}

/// What people call a block.
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::FrontMatter => "front matter",
        Kind::Field => "field",
        Kind::Paragraph => "paragraph",
        Kind::Heading => "heading",
        Kind::Quote => "quote",
        Kind::Alert => "alert",
        Kind::List => "list",
        Kind::Item => "item",
        Kind::Code => "code",
        Kind::Line => "line",
        Kind::Html => "HTML",
        Kind::Table => "table",
        Kind::Row => "row",
        Kind::Cell => "cell",
        Kind::Break => "break",
        Kind::Footnote => "footnote",
        Kind::Definitions => "definitions",
        Kind::Term => "term",
        Kind::Definition => "definition",
        Kind::Directive => "directive",
        Kind::Label => "label",
        Kind::Source => "source",
    }
}

/// A block as lines of text.
fn gather(part: &Part, indent: &str, lines: &mut Vec<String>) {
    match part.kind {
        Kind::Row => {
            let cells: Vec<String> = part.parts.iter().map(|cell| shown(&cell.runs)).collect();
            lines.push(format!("{indent}{}", cells.join(" | ")));
        }
        Kind::Item | Kind::Definition => {
            let mark = if part.kind == Kind::Item { "- " } else { ": " };
            let first = lines.len();
            for part in &part.parts {
                gather(part, &format!("{indent}  "), lines);
            }
            if let Some(line) = lines.get_mut(first) {
                let text = line.strip_prefix(indent).unwrap_or(line).trim_start().to_owned();
                *line = format!("{indent}{mark}{text}");
            }
        }
        Kind::Heading => {
            let level = part.get("level").and_then(|level| level.parse().ok()).unwrap_or(1);
            lines.push(format!("{indent}{} {}", "#".repeat(level), shown(&part.runs)));
        }
        Kind::Field => {
            let name = part.get("name").unwrap_or_default();
            lines.push(format!("{indent}{name}: {}", shown(&part.runs)));
        }
        Kind::Break => lines.push(format!("{indent}***")),
        _ => {
            if part.kind.is_leaf() {
                lines.push(format!("{indent}{}", shown(&part.runs)));
            }
            for part in &part.parts {
                gather(part, indent, lines);
            }
        }
    }
}

/// Text with what is no text in it.
fn shown(runs: &[Run]) -> String {
    let mut out = String::new();
    for run in runs {
        let text = &run.text;
        // Writing to a string cannot fail.
        let _ = match &run.kind {
            RunKind::Text | RunKind::Html => write!(out, "{text}"),
            RunKind::Break => write!(out, " / "),
            RunKind::Image { to, .. } => write!(out, "![{text}]({to})"),
            RunKind::Footnote => write!(out, "[^{text}]"),
            RunKind::Math { .. } => write!(out, "${text}$"),
        };
    }
    out
}

/// What is the same, but for a few words at its ends that touch changes.
fn context(text: &str, before: bool, after: bool) -> String {
    let ends: Vec<usize> = text.match_indices(' ').map(|(at, _)| at).collect();
    let wanted = usize::from(before) + usize::from(after);
    if ends.len() <= CONTEXT * wanted + 2 {
        return text.to_owned();
    }
    let mut out = String::new();
    if before && let Some(head) = ends.get(CONTEXT).and_then(|at| text.get(..*at)) {
        out.push_str(head);
        out.push(' ');
    }
    out.push_str("...");
    if after
        && let Some(tail) = ends.len().checked_sub(CONTEXT).and_then(|at| ends.get(at))
        && let Some(tail) = text.get(*tail..)
    {
        out.push_str(tail);
    }
    out
}
