//! A text that is looked for where it may stand with errors: letters that are others, come, or go.

use std::cmp::Reverse;
use std::ops::Range;

/// Where a text stands, more or less.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    /// Its bytes in what was searched.
    pub range: Range<usize>,
    /// How many letters must be changed, put in, or left out.
    pub errors: usize,
}

/// More matches are not looked at.
const MOST: usize = 8;

/// Finds the places where a text stands with at most so many errors, the best first; none overlap.
/// What it costs is the product of both lengths in characters, and is taken from `steps`: where they
/// do not suffice, nothing is found.
///
/// This is Sellers' method: the distance of two texts, where the one may begin and end anywhere in
/// the other.
pub(super) fn approximate(
    text: &str,
    pattern: &str,
    max_errors: usize,
    steps: &mut usize,
) -> Vec<Match> {
    let letters: Vec<char> = pattern.chars().collect();
    let length = text.chars().count();
    let Some(rest) = steps.checked_sub(letters.len().saturating_mul(length)) else {
        return Vec::new();
    };
    *steps = rest;
    if letters.is_empty() {
        return Vec::new();
    }
    // For each beginning of the pattern: the fewest errors with which it ends here, and where in the
    // text it then begins.
    let mut column: Vec<(usize, usize)> = (0..=letters.len()).map(|errors| (errors, 0)).collect();
    let mut ends: Vec<Match> = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        // The pattern may begin behind this letter.
        let mut above = (0, end);
        let mut slots = column.iter_mut();
        let Some(first) = slots.next() else { break };
        let mut diagonal = std::mem::replace(first, above);
        for (slot, letter) in slots.zip(&letters) {
            let left = *slot;
            let changed = (diagonal.0 + usize::from(*letter != c), diagonal.1);
            let (put_in, left_out) = ((left.0 + 1, left.1), (above.0 + 1, above.1));
            // Of equal ones, the one that holds most letters of the text.
            *slot = changed.min(put_in).min(left_out);
            above = *slot;
            diagonal = left;
        }
        if let Some((errors, start)) = column.last().copied()
            && errors <= max_errors
            && start < end
        {
            ends.push(Match { range: start..end, errors });
        }
    }
    ends.sort_by_key(|found| (found.errors, found.range.start, Reverse(found.range.end)));
    let mut best: Vec<Match> = Vec::new();
    for found in ends {
        let apart = |other: &Match| {
            other.range.end <= found.range.start || found.range.end <= other.range.start
        };
        if best.iter().all(apart) {
            best.push(found);
            if best.len() == MOST {
                break;
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, pattern: &str, errors: usize) -> Vec<(String, usize)> {
        let matches = approximate(text, pattern, errors, &mut 1_000_000);
        let shown = |found: Match| (text[found.range].to_owned(), found.errors);
        matches.into_iter().map(shown).collect()
    }

    #[test]
    fn the_best_places_are_found() {
        assert_eq!(found("one pump, two pumps", "pump", 0)[0], ("pump".to_owned(), 0));
        assert_eq!(found("one pump, two pumps", "pump", 0).len(), 2);
        assert_eq!(found("a bug pump", "big pump", 2), [("bug pump".to_owned(), 1)]);
        assert_eq!(found("äöü ß", "aöu", 2), [("äöü".to_owned(), 2)]);
        assert_eq!(found("nothing like it", "zzzz", 2), []);
        assert_eq!(found("", "a", 0), []);
        assert_eq!(found("a", "", 3), []);
        assert!(approximate("abc", "abc", 0, &mut 8).is_empty(), "too dear");
    }

    proptest::proptest! {
        #[test]
        fn the_errors_are_the_distance(text in "[ab ]{0,20}", pattern in "[ab ]{1,8}") {
            let matches = approximate(&text, &pattern, pattern.len(), &mut 1_000_000);
            for found in &matches {
                let stretch = &text[found.range.clone()];
                proptest::prop_assert_eq!(strsim::levenshtein(stretch, &pattern), found.errors);
            }
            // No stretch of the text is nearer than the first one.
            let least = (0..=text.len())
                .flat_map(|start| (start..=text.len()).map(move |end| start..end))
                .filter(|range| !range.is_empty())
                .map(|range| strsim::levenshtein(&text[range], &pattern))
                .min();
            if let Some(least) = least.filter(|least| *least < pattern.len()) {
                proptest::prop_assert_eq!(matches[0].errors, least);
            }
        }
    }
}
