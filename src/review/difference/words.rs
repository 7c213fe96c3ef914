//! Text against text, word by word.

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::part::{Mark, Run, RunKind, push_run};

/// A stretch of text in a block that has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Piece {
    /// It is the same.
    Equal {
        /// The text.
        runs: Vec<Run>,
    },
    /// It is new.
    Inserted {
        /// The text.
        runs: Vec<Run>,
    },
    /// It is gone.
    Deleted {
        /// The text.
        runs: Vec<Run>,
    },
    /// Its words are the same, and its marks or the links on it are not.
    Reformatted {
        /// The text as it was.
        old: Vec<Run>,
        /// The text as it is.
        new: Vec<Run>,
    },
}

/// What a token is, from what holds words apart to what is one by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Class {
    Space,
    Point,
    Word,
    /// An image, a tag, math, a footnote's mark, a line break.
    Atom,
}

/// A word, a space, a character of punctuation, or what is no text.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    pub text: &'a str,
    pub class: Class,
    /// The run that it is in.
    pub run: &'a Run,
}

impl Token<'_> {
    fn to_run(&self) -> Run {
        Run {
            kind: self.run.kind.clone(),
            text: self.text.to_owned(),
            marks: self.run.marks.clone(),
        }
    }
}

/// The tokens of some text.
pub(super) fn tokens(runs: &[Run]) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    for run in runs {
        if run.kind != RunKind::Text {
            out.push(Token { text: &run.text, class: Class::Atom, run });
            continue;
        }
        let mut rest = run.text.as_str();
        while let Some((range, class)) = next_token(rest) {
            let (token, behind) = rest.split_at_checked(range.end).unwrap_or((rest, ""));
            out.push(Token { text: token, class, run });
            rest = behind;
        }
    }
    out
}

/// The first token of a text.
fn next_token(text: &str) -> Option<(Range<usize>, Class)> {
    let mut chars = text.char_indices().peekable();
    let (_, first) = chars.next()?;
    if first.is_whitespace() {
        let end = text.find(|c: char| !c.is_whitespace()).unwrap_or(text.len());
        return Some((0..end, Class::Space));
    }
    if !is_word(first) {
        return Some((0..first.len_utf8(), Class::Point));
    }
    if stands_alone(first) {
        return Some((0..first.len_utf8(), Class::Word));
    }
    let mut before = first;
    while let Some((at, c)) = chars.next() {
        let joins = match c {
            // `don't`, `1.5`, `read-only`, `a_b` are words of their own.
            '\'' | '\u{2019}' | '-' => {
                before.is_alphanumeric() && chars.peek().is_some_and(|(_, c)| c.is_alphanumeric())
            }
            '.' | ',' => before.is_numeric() && chars.peek().is_some_and(|(_, c)| c.is_numeric()),
            _ => is_word(c) && !stands_alone(c),
        };
        if !joins {
            return Some((0..at, Class::Word));
        }
        before = c;
    }
    Some((0..text.len(), Class::Word))
}

fn is_word(c: char) -> bool {
    // Marks such as accents of their own and joiners belong to the letter before them.
    c.is_alphanumeric()
        || c == '_'
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
        || ('\u{900}'..='\u{e7f}').contains(&c)
}

/// Whether a character of a script without spaces is a token by itself.
fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

/// Compares the text of two blocks.
pub(super) fn compare(old: &[Run], new: &[Run]) -> Vec<Piece> {
    let (old, new) = (tokens(old), tokens(new));
    let mut numbers = HashMap::new();
    let a = number(&old, &mut numbers);
    let b = number(&new, &mut numbers);
    // Myers as in git: what it costs is bounded, at the price of a longer difference.
    let ops = capture_diff_slices(Algorithm::Myers, &a, &b);
    let mut hunks = Vec::new();
    for op in ops {
        let hunk = match op {
            DiffOp::Equal { .. } => continue,
            DiffOp::Delete { old_index, old_len, new_index } => {
                Hunk { old: old_index..old_index + old_len, new: new_index..new_index }
            }
            DiffOp::Insert { old_index, new_index, new_len } => {
                Hunk { old: old_index..old_index, new: new_index..new_index + new_len }
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                Hunk { old: old_index..old_index + old_len, new: new_index..new_index + new_len }
            }
        };
        hunks.push(hunk);
    }
    join_hunks(&mut hunks, &old);
    for hunk in &mut hunks {
        trim(hunk, &a, &b);
    }
    hunks.retain(|hunk| !hunk.old.is_empty() || !hunk.new.is_empty());
    slide_hunks(&mut hunks, &a, &b, &old, &new);
    pieces(&hunks, &old, &new)
}

/// Gives every token a number: the same for the same words.
fn number<'a>(tokens: &[Token<'a>], numbers: &mut HashMap<Key<'a>, u32>) -> Vec<u32> {
    tokens
        .iter()
        .map(|token| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(Key::of(token)).or_insert(next)
        })
        .collect()
}

/// What two tokens must have in common to be the same words. Two images of one address are the same
/// only where they show the same.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    class: Class,
    text: &'a str,
    kind: u8,
    image: Option<(&'a str, &'a str, Option<&'a str>)>,
}

impl<'a> Key<'a> {
    fn of(token: &Token<'a>) -> Self {
        let (kind, image) = match &token.run.kind {
            RunKind::Text => (0, None),
            RunKind::Break => (1, None),
            RunKind::Image { to, title, content } => {
                (2, Some((to.as_str(), title.as_str(), content.as_deref())))
            }
            RunKind::Html => (3, None),
            RunKind::Footnote => (4, None),
            RunKind::Math { display } => (5 + u8::from(*display), None),
        };
        Key { class: token.class, text: token.text, image, kind }
    }
}

/// Tokens that are gone, and those that stand there instead.
#[derive(Debug, Clone)]
struct Hunk {
    old: Range<usize>,
    new: Range<usize>,
}

impl Hunk {
    fn replaces(&self) -> bool {
        !self.old.is_empty() && !self.new.is_empty()
    }
}

/// Joins hunks that only a space, punctuation, or one short word among much that is new holds apart:
/// people read a stretch of words, not a mosaic.
fn join_hunks(hunks: &mut Vec<Hunk>, old: &[Token<'_>]) {
    let words = |range: &Range<usize>| {
        let tokens = old.get(range.clone()).unwrap_or_default();
        tokens.iter().filter(|token| token.class >= Class::Word).count()
    };
    let mut joined: Vec<Hunk> = Vec::with_capacity(hunks.len());
    for hunk in hunks.drain(..) {
        if let Some(last) = joined.last_mut() {
            let between = last.old.end..hunk.old.start;
            let tokens = old.get(between.clone()).unwrap_or_default();
            let count = words(&between);
            let short = tokens.iter().map(|token| token.text.chars().count()).sum::<usize>() <= 4;
            let spaces = tokens.iter().all(|token| token.class == Class::Space);
            let much = |hunk: &Hunk| hunk.replaces() && hunk.old.len().min(hunk.new.len()) >= 5;
            let joins = match count {
                0 if spaces => last.replaces() || hunk.replaces(),
                0 => tokens.len() <= 2 && last.replaces() && hunk.replaces(),
                1 => short && much(last) && much(&hunk),
                _ => false,
            };
            if joins {
                last.old.end = hunk.old.end;
                last.new.end = hunk.new.end;
                continue;
            }
        }
        joined.push(hunk);
    }
    *hunks = joined;
}

/// Takes off a hunk what is the same at its ends: joining hunks may have left it there.
fn trim(hunk: &mut Hunk, a: &[u32], b: &[u32]) {
    while hunk.replaces() && a.get(hunk.old.start) == b.get(hunk.new.start) {
        hunk.old.start += 1;
        hunk.new.start += 1;
    }
    while hunk.replaces() && a.get(hunk.old.end - 1) == b.get(hunk.new.end - 1) {
        hunk.old.end -= 1;
        hunk.new.end -= 1;
    }
}

/// Moves what is only inserted or only deleted to where a sentence or a word begins and ends, as far
/// as the same tokens stand on its other side.
fn slide_hunks(hunks: &mut [Hunk], a: &[u32], b: &[u32], old: &[Token<'_>], new: &[Token<'_>]) {
    for index in 0..hunks.len() {
        let before = match index.checked_sub(1).and_then(|at| hunks.get(at)) {
            Some(hunk) => (hunk.old.end, hunk.new.end),
            None => (0, 0),
        };
        let after = match hunks.get(index + 1) {
            Some(hunk) => (hunk.old.start, hunk.new.start),
            None => (a.len(), b.len()),
        };
        let Some(hunk) = hunks.get_mut(index) else { return };
        if hunk.replaces() {
            continue;
        }
        let inserted = hunk.old.is_empty();
        let (range, ids, tokens) = match inserted {
            true => (hunk.new.clone(), b, new),
            false => (hunk.old.clone(), a, old),
        };
        let (low, high) = match inserted {
            true => (before.1, after.1),
            false => (before.0, after.0),
        };
        /// How far a hunk is moved at most, in tokens.
        const FAR: usize = 200;
        let mut back = 0;
        while range.start - back > low
            && back < FAR
            && ids.get(range.start - back - 1) == ids.get(range.end - back - 1)
        {
            back += 1;
        }
        let mut on = 0;
        while range.end + on < high
            && on < FAR
            && ids.get(range.start + on) == ids.get(range.end + on)
        {
            on += 1;
        }
        let mut best = (i32::MIN, 0_usize);
        // The last of the best: text is written on, and what was added stands behind.
        for shift in 0..=back + on {
            let start = range.start - back + shift;
            let end = range.end - back + shift;
            let score = boundary(tokens, start) + boundary(tokens, end) + lead(tokens, start, end);
            if score >= best.0 {
                best = (score, shift);
            }
        }
        let (start, end) = (range.start - back + best.1, range.end - back + best.1);
        if inserted {
            let moved = hunk.old.start + start - range.start;
            hunk.old = moved..moved;
            hunk.new = start..end;
        } else {
            let moved = hunk.new.start + start - range.start;
            hunk.new = moved..moved;
            hunk.old = start..end;
        }
    }
}

/// How well text is cut before a token.
fn boundary(tokens: &[Token<'_>], at: usize) -> i32 {
    let class = |at: usize| tokens.get(at).map(|token| token.class);
    let Some(before) = at.checked_sub(1).and_then(|at| tokens.get(at)) else { return 6 };
    if at >= tokens.len() {
        return 6;
    }
    let ends = |token: &Token<'_>| {
        token.class == Class::Point && matches!(token.text, "." | "!" | "?" | "。" | "！" | "？")
    };
    if ends(before) && class(at) == Some(Class::Space) {
        return 5;
    }
    if before.class == Class::Space
        && at.checked_sub(2).and_then(|at| tokens.get(at)).is_some_and(ends)
    {
        return 5;
    }
    match (before.class, class(at)) {
        (Class::Space, _) | (_, Some(Class::Space)) => 3,
        (Class::Atom, _) | (_, Some(Class::Atom)) => 2,
        (Class::Point, _) | (_, Some(Class::Point)) => 1,
        _ => 0,
    }
}

/// Prefers stretches that hold the space before their words to those that hold the one behind, and
/// at the beginning of a text the other way round.
fn lead(tokens: &[Token<'_>], start: usize, end: usize) -> i32 {
    let space = |at: usize| tokens.get(at).is_some_and(|token| token.class == Class::Space);
    match start {
        0 => i32::from(end > 0 && space(end - 1)),
        _ => i32::from(space(start)),
    }
}

fn pieces(hunks: &[Hunk], old: &[Token<'_>], new: &[Token<'_>]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    for hunk in hunks {
        equal(&mut pieces, old, at_old..hunk.old.start, new, at_new..hunk.new.start);
        if !hunk.old.is_empty() {
            pieces.push(Piece::Deleted { runs: runs_of(old.get(hunk.old.clone())) });
        }
        if !hunk.new.is_empty() {
            pieces.push(Piece::Inserted { runs: runs_of(new.get(hunk.new.clone())) });
        }
        (at_old, at_new) = (hunk.old.end, hunk.new.end);
    }
    equal(&mut pieces, old, at_old..old.len(), new, at_new..new.len());
    pieces
}

/// Adds tokens that are the same words, cut where their marks begin or cease to be the same.
fn equal(
    pieces: &mut Vec<Piece>,
    old: &[Token<'_>],
    old_range: Range<usize>,
    new: &[Token<'_>],
    new_range: Range<usize>,
) {
    let old = old.get(old_range).unwrap_or_default();
    let new = new.get(new_range).unwrap_or_default();
    let mut start = 0;
    let same = |at: usize| match (old.get(at), new.get(at)) {
        (Some(old), Some(new)) => old.run.marks == new.run.marks,
        _ => true,
    };
    while start < new.len() {
        let is_same = same(start);
        let end = (start..new.len()).find(|&at| same(at) != is_same).unwrap_or(new.len());
        let runs = runs_of(new.get(start..end));
        pieces.push(match is_same {
            true => Piece::Equal { runs },
            false => Piece::Reformatted { old: runs_of(old.get(start..end)), new: runs },
        });
        start = end;
    }
}

fn runs_of(tokens: Option<&[Token<'_>]>) -> Vec<Run> {
    let mut runs = Vec::new();
    for token in tokens.unwrap_or_default() {
        push_run(&mut runs, token.to_run());
    }
    runs
}

/// How many words some text has: what white space holds apart, where there is a letter, a digit, or
/// something that is no text in it; at least one for a text that is not empty.
pub(super) fn count(runs: &[Run]) -> usize {
    let tokens = tokens(runs);
    let mut words = 0;
    let mut inside = false;
    for token in &tokens {
        match token.class {
            Class::Space => inside = false,
            Class::Point => {}
            // Characters of scripts without spaces are words.
            Class::Word if token.text.chars().next().is_some_and(stands_alone) => {
                words += 1;
                inside = false;
            }
            Class::Word | Class::Atom => {
                words += usize::from(!inside);
                inside = true;
            }
        }
    }
    let shown = tokens.iter().any(|token| token.class != Class::Space);
    words.max(usize::from(shown))
}

/// The links in some text, in order.
pub(super) fn links(runs: &[Run]) -> Vec<(&str, &str)> {
    let mut links = Vec::new();
    for run in runs {
        for mark in &run.marks {
            if let Mark::Link { to, title } = mark
                && links.last() != Some(&(to.as_str(), title.as_str()))
            {
                links.push((to.as_str(), title.as_str()));
            }
        }
    }
    links
}
