//! The lines of a file that labels point at, cut to what fits on a terminal.
//!
//! annotate-snippets draws them. It is given little pieces only, because it works on whole lines
//! and a line may be a minified file of many megabytes.

use std::collections::BTreeMap;
use std::ops::Range;

use super::harmless::stand_in;
use super::text::Text;
use crate::base::Position;

/// Lines between two labels that are still shown as one excerpt.
const GAP: usize = 3;

/// A label over more lines is shown by its first.
const MAX_LINES: usize = 8;

/// A label to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// What it points at; in an [`Excerpt`], there.
    pub range: Range<usize>,
    pub text: String,
    /// Whether it is where the problem is.
    pub primary: bool,
}

/// Some lines of a file, safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// The number of the first line.
    pub first_line: usize,
    /// Where the first mark in it is, or that of the problem.
    pub position: Position,
    pub text: String,
    pub marks: Vec<Mark>,
}

/// The excerpts that show these marks, `width` characters wide: the one with the problem first.
pub(super) fn excerpts(text: &Text, marks: Vec<Mark>, width: usize) -> Vec<Excerpt> {
    let mut placed: Vec<Placed> = marks.into_iter().map(|mark| place(text, mark)).collect();
    placed.sort_by_key(|p| (p.mark.range.start, p.mark.range.end));
    let mut groups: Vec<Vec<Placed>> = Vec::new();
    for next in placed {
        let near = groups.last().and_then(|group| group.last()).is_some_and(|last| {
            let far_in_line = next.mark.range.start > last.mark.range.start.saturating_add(width);
            next.lines.start <= last.lines.end + GAP
                && !(next.lines.start <= last.lines.end && far_in_line)
        });
        match groups.last_mut() {
            Some(group) if near => group.push(next),
            _ => groups.push(vec![next]),
        }
    }
    groups.sort_by_key(|group| !group.iter().any(|p| p.mark.primary));
    groups.into_iter().map(|group| excerpt(text, group, width)).collect()
}

/// A mark brought into its lines.
struct Placed {
    mark: Mark,
    /// Its first and its last line, from 0.
    lines: Range<usize>,
}

fn place(text: &Text, mut mark: Mark) -> Placed {
    let Range { start, end } = text.range(mark.range.clone());
    let first = text.lines.line(start);
    let mut last = text.lines.line(end);
    let mut end = end;
    // A range that ends with a line's ending does not reach into the next line.
    if last > first && end == text.lines.line_range(last).start {
        last -= 1;
        end = text.content(last).end;
    }
    if last - first >= MAX_LINES {
        let more = format!("to line {}", last + 1);
        mark.text = if mark.text.is_empty() { more } else { format!("{} ({more})", mark.text) };
        last = first;
        end = text.content(first).end;
    }
    let within = |offset: usize, line: usize| {
        let content = text.content(line);
        offset.clamp(content.start, content.end)
    };
    let start = within(start, first);
    mark.range = start..within(end, last).max(start);
    Placed { mark, lines: first..last }
}

fn excerpt(text: &Text, group: Vec<Placed>, width: usize) -> Excerpt {
    let first = group.iter().map(|p| p.lines.start).min().unwrap_or_default();
    let last = group.iter().map(|p| p.lines.end).max().unwrap_or_default();
    // Where each end of a mark comes to stand in the excerpt.
    let mut ends: BTreeMap<usize, Option<usize>> = BTreeMap::new();
    for placed in &group {
        ends.insert(placed.mark.range.start, None);
        ends.insert(placed.mark.range.end, None);
    }
    let mut out = String::new();
    for line in first..=last {
        if line > first {
            out.push('\n');
        }
        let content = text.content(line);
        let points: Vec<usize> =
            ends.range(content.start..=content.end).map(|(point, _)| *point).collect();
        let window = window(text, content.clone(), points.first().copied(), width);
        if window.start > content.start {
            out.push('…');
        }
        for point in points.iter().filter(|point| **point < window.start) {
            ends.insert(*point, Some(out.len()));
        }
        let shown = text.text.get(window.clone()).unwrap_or_default();
        let mut due = points.iter().filter(|point| **point >= window.start).peekable();
        for (at, c) in shown.char_indices() {
            while let Some(point) = due.next_if(|point| **point <= window.start + at) {
                ends.insert(*point, Some(out.len()));
            }
            out.push(if c == '\t' { c } else { stand_in(c).unwrap_or(c) });
        }
        for point in due {
            ends.insert(*point, Some(out.len()));
        }
        if window.end < content.end {
            out.push('…');
        }
        // An empty last line would not be taken for a line.
        if line == last && line > first && content.is_empty() {
            out.push(' ');
        }
    }
    let at = |offset: usize| ends.get(&offset).copied().flatten().unwrap_or(out.len());
    let whole = group.iter().find(|p| p.mark.primary).or(group.first());
    let position = text.position(whole.map_or(0, |p| p.mark.range.start));
    let marks = group
        .iter()
        .map(|placed| {
            let range = at(placed.mark.range.start)..at(placed.mark.range.end);
            Mark { range, ..placed.mark.clone() }
        })
        .collect();
    Excerpt { first_line: first + 1, position, text: out, marks }
}

/// The part of a line that is shown: all of it, or `width` characters around the first point.
fn window(text: &Text, content: Range<usize>, point: Option<usize>, width: usize) -> Range<usize> {
    let line = text.text.get(content.clone()).unwrap_or_default();
    if line.chars().nth(width).is_none() {
        return content;
    }
    let point = point.unwrap_or(content.start) - content.start;
    let (before, _) = line.split_at_checked(point).unwrap_or((line, ""));
    // A third of the width is for what stands before; less where little stands after.
    let lead = width / 3;
    let back =
        |count: usize| before.char_indices().rev().nth(count.max(1) - 1).map_or(0, |(at, _)| at);
    let after = line.get(point..).unwrap_or_default().chars().take(width).count();
    let start = back(lead.max(width - after));
    let rest = line.get(start..).unwrap_or_default();
    let end = rest.char_indices().nth(width).map_or(line.len(), |(at, _)| start + at);
    content.start + start..content.start + end
}
