//! Patterns such as `[^\s.!?]+`, which cut a text into runs of characters, without an engine.

use std::ops::Range;

use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Look};

use super::translate;

/// A set of characters.
#[derive(Debug)]
struct Set {
    ascii: u128,
    class: ClassUnicode,
}

impl Set {
    /// Whether it holds the characters of words, and no others.
    fn is_word(&self) -> bool {
        let word = regex_syntax::parse(r"\w");
        let class = Class::Unicode(self.class.clone());
        word.is_ok_and(|word| *word.kind() == HirKind::Class(class))
    }

    fn holds(&self, c: char) -> bool {
        match u32::from(c) {
            code @ 0..128 => (self.ascii >> code) & 1 == 1,
            _ => {
                let ranges = self.class.ranges();
                let at = ranges.partition_point(|range| range.end() < c);
                ranges.get(at).is_some_and(|range| range.start() <= c)
            }
        }
    }
}

/// Runs of one or more characters of a set. Of several sets the first counts that holds the
/// character at which a run begins.
#[derive(Debug)]
pub(crate) struct Runs {
    sets: Vec<Set>,
}

impl Runs {
    /// The runs that a pattern finds; none where it finds anything else.
    pub(crate) fn new(pattern: &str) -> Option<Runs> {
        let translated = translate::translate(pattern).ok().filter(|one| !one.backtracks)?;
        let hir = regex_syntax::Parser::new().parse(&translated.pattern).ok()?;
        let mut sets = Vec::new();
        match words(&hir) {
            // Words begin and end where `\b` matches, unless other runs end inside of them.
            Some(word) => collect(word, &mut sets).filter(|()| sets.iter().all(Set::is_word))?,
            None => collect(&hir, &mut sets)?,
        }
        Some(Runs { sets })
    }

    /// Every run, one behind the other, as the pattern matches.
    pub(crate) fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        let mut all = Vec::new();
        let mut chars = text.char_indices().peekable();
        while let Some((start, first)) = chars.next() {
            let Some(set) = self.sets.iter().find(|set| set.holds(first)) else { continue };
            while chars.next_if(|(_, c)| set.holds(*c)).is_some() {}
            all.push(start..chars.peek().map_or(text.len(), |(end, _)| *end));
        }
        all
    }
}

/// What stands between the edges of words in `\b(\w+)\b`.
fn words(hir: &Hir) -> Option<&Hir> {
    match hir.kind() {
        HirKind::Capture(capture) => words(&capture.sub),
        HirKind::Concat(parts) => {
            let edge = |hir: &Hir| *hir.kind() == HirKind::Look(Look::WordUnicode);
            let [first, word, last] = parts.as_slice() else { return None };
            let capture = matches!(word.kind(), HirKind::Capture(_) | HirKind::Repetition(_));
            (edge(first) && edge(last) && capture).then_some(word)
        }
        _ => None,
    }
}

fn collect(hir: &Hir, sets: &mut Vec<Set>) -> Option<()> {
    match hir.kind() {
        HirKind::Capture(capture) => collect(&capture.sub, sets),
        HirKind::Alternation(parts) => parts.iter().try_for_each(|part| collect(part, sets)),
        HirKind::Repetition(run) if (run.min, run.max, run.greedy) == (1, None, true) => {
            let HirKind::Class(Class::Unicode(class)) = run.sub.kind() else { return None };
            let mut ascii = 0u128;
            for range in class.ranges() {
                let (start, end) = (u32::from(range.start()), u32::from(range.end()).min(127));
                (start..=end).for_each(|code| ascii |= 1 << code);
            }
            sets.push(Set { ascii, class: class.clone() });
            Some(())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn other_patterns_are_none() {
        assert!(Runs::new(r"([^\s]+)").is_some());
        for other in [
            r"\b[a-z]+\b",
            r"\b\w+",
            r"[ab]+|\b\w+\b",
            r"\b(\w+|[ab]+)\b",
            r"[^\s]+?",
            r"\w{2,}",
            "a+",
            r"(?=a)\w+",
            r"[^\s]*",
        ] {
            assert!(Runs::new(other).is_none(), "{other}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_an_engine(text in "[a-cA-C .!é“\n]{0,30}") {
            for pattern in [r"\b(\w+)\b", r"([^\s.!?]+)", r"([^\s\.]+|[^\s]+)", r"(?i)([a-b]+|\w+)"] {
                let expected: Vec<_> =
                    regex::Regex::new(pattern).unwrap().find_iter(&text).map(|f| f.range()).collect();
                prop_assert_eq!(Runs::new(pattern).unwrap().find_all(&text), expected);
            }
        }
    }
}
