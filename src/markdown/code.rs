//! Fenced code blocks: what the info string asks for, and what that does to the lines.

mod info;
mod lines;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::CodeBlock;
use crate::config::Settings;
use info::{Info, Mark, MarkKind};

/// Something in an info string that cannot be understood. The block stays usable: what is not
/// understood has no effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeProblem {
    /// Where in the info string, in bytes.
    pub range: Range<usize>,
    /// What is wrong: lower case, no final full stop.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

/// The code block of an info string (none for indented code) and the text between its fences.
///
/// The first word is the language and the others are classes, separated by spaces, tabs or
/// commas, as mdBook has it. Attributes are understood in our form and in those of Hugo,
/// Pandoc, MkDocs, MyST, Docusaurus, VitePress and Expressive Code, so that pages that come from
/// there look right: see `copydesk`'s manual for the list.
pub fn code_block(
    info: Option<&str>,
    raw: &str,
    settings: &Settings,
) -> (CodeBlock, Vec<CodeProblem>) {
    let mut read = info.map(info::read).unwrap_or_default();
    if settings.html.line_numbers && read.classes.iter().any(|class| class == "editable") {
        read.numbers.get_or_insert(true);
    }
    let hiding = hiding(&read, settings);
    let lines = lines::split(raw, &hiding, read.options.diff_marks);
    let count = u32::try_from(lines.code.split_inclusive('\n').count())
        .unwrap_or(u32::MAX)
        .min(u32::MAX - 1);
    let Info { language, classes, mut options, marks, mut problems, numbers, start, .. } = read;
    if numbers == Some(true) {
        options.line_numbers = Some(start.unwrap_or(1));
    }
    options.full = lines.full;
    options.hidden = lines.hidden;
    options.added = lines.added;
    options.removed = lines.removed;
    for mark in &marks {
        if mark.lines.end > count + 1 {
            let last = mark.lines.end - 1;
            problems.push(CodeProblem {
                range: mark.place.clone(),
                message: format!("line {last} is marked, but the code has {count} lines"),
                help: "count the lines that are shown, from 1".to_owned(),
            });
        }
    }
    options.highlighted = merged(&marks, MarkKind::Highlighted, count);
    for (list, kind) in
        [(&mut options.added, MarkKind::Added), (&mut options.removed, MarkKind::Removed)]
    {
        list.extend(merged(&marks, kind, count).into_iter().flatten().map(|line| line - 1));
        list.sort_unstable();
        list.dedup();
    }
    problems.sort_by_key(|problem| problem.range.start);
    let block =
        CodeBlock { info: info.map(str::to_owned), language, classes, options, code: lines.code };
    (block, problems)
}

/// The lines of one kind of mark, clipped to `count` lines, in order and apart from each other,
/// so that nobody who walks them walks further than the code.
fn merged(marks: &[Mark], kind: MarkKind, count: u32) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = marks
        .iter()
        .filter(|mark| mark.kind == kind)
        .map(|mark| mark.lines.start.min(count + 1)..mark.lines.end.min(count + 1))
        .filter(|range| !range.is_empty())
        .collect();
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<u32>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// Which lines are hidden: what the block says, else what its language does.
fn hiding(read: &Info, settings: &Settings) -> lines::Hiding {
    if let Some(prefix) = &read.hidelines {
        return lines::Hiding::Prefix(prefix.clone());
    }
    if matches!(read.language.as_str(), "rust" | "rs") {
        return lines::Hiding::Rust;
    }
    match settings.html.hidelines.get(&read.language) {
        Some(prefix) if !prefix.is_empty() => lines::Hiding::Prefix(prefix.clone()),
        _ => lines::Hiding::None,
    }
}
