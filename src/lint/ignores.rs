//! `BlockIgnores`, `TokenIgnores` and `CommentDelimiters`: parts of a page that are no prose are
//! made code before it is parsed, and other comments are made HTML's. Every byte keeps its place.

use std::ops::Range;

use crate::base::SourcePath;
use crate::lint::pattern::{Makeup, Pattern};
use crate::markdown::{Mapped, MappedBuilder};

/// Replaces every match by its first group between two texts. The new text stands for the whole
/// match.
pub(crate) fn fence(text: Mapped, pattern: &Pattern, before: &str, after: &str) -> Mapped {
    if !pattern.possible(Makeup::of(&text.text)) {
        return text;
    }
    let Ok(matches) = pattern.captures_all(&text.text) else { return text };
    let mut edits = Vec::new();
    for groups in matches {
        let Some(Some(whole)) = groups.first().cloned() else { continue };
        let inner = groups.get(1).cloned().flatten();
        edits.push((whole, inner));
    }
    if edits.is_empty() {
        return text;
    }
    let mut out = MappedBuilder::default();
    let mut at = 0;
    for (whole, inner) in edits {
        out.copy(&text, at..whole.start);
        let place = text.span(whole.start..whole.start);
        out.stand_in(before, &place);
        match inner {
            Some(inner) if !inner.is_empty() => out.copy(&text, inner),
            // Code of nothing would be none.
            _ => out.stand_in("*", &text.span(whole.clone())),
        }
        out.stand_in(after, &text.span(whole.end..whole.end));
        at = whole.end;
    }
    out.copy(&text, at..text.text.len());
    let file: SourcePath = text.file.clone();
    out.finish(file)
}

/// Replaces every occurrence of a text by another.
pub(crate) fn replace(text: Mapped, from: &str, to: &str) -> Mapped {
    let found: Vec<Range<usize>> =
        text.text.match_indices(from).map(|(at, found)| at..at + found.len()).collect();
    if from.is_empty() || found.is_empty() {
        return text;
    }
    let mut out = MappedBuilder::default();
    let mut at = 0;
    for range in found {
        out.copy(&text, at..range.start);
        out.stand_in(to, &text.span(range.clone()));
        at = range.end;
    }
    out.copy(&text, at..text.text.len());
    let file = text.file.clone();
    out.finish(file)
}
