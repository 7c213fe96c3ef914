//! Many tokens that are looked for as if they were one alternation, `\b(?:a|b|c)\b`: the leftmost
//! match wins, among those at one place the first token. Each is compiled for itself and only when
//! a text holds what it needs, so that a list of thousands costs what the text makes of it.

use std::ops::Range;

use super::literals::Makeup;
use super::prefilter::{Hit, PrefilterBuilder};
use super::{BadPattern, Pattern, Stopped, next_char, translate};

/// A match and the token that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub range: Range<usize>,
    pub token: usize,
}

/// How tokens are wrapped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wrapping<'a> {
    /// Whether case does not matter.
    pub ignore_case: bool,
    /// Whether tokens are whole words.
    pub words: bool,
    /// What stands around the alternation in place of word boundaries, with `%s` for it.
    pub template: Option<&'a str>,
    /// Whether each token is a group of its own, so that flags set in one do not hold for the next.
    pub grouped: bool,
}

/// A pattern that has matched, and where it may match again: nowhere else, where there are places.
struct Cursor<'p> {
    found: Range<usize>,
    token: usize,
    places: &'p [usize],
}

#[derive(Debug)]
enum Matcher {
    /// A text as it is.
    Literal(String),
    Pattern(Pattern),
}

/// Tokens, ready to be looked for.
#[derive(Debug)]
pub(crate) struct TokenSet {
    tokens: Vec<Matcher>,
    ignore_case: bool,
    words: bool,
    /// Tokens that nothing is known of and that are always tried.
    always: Vec<usize>,
}

impl TokenSet {
    /// Reads tokens. An error names the token that is wrong.
    pub(crate) fn new<'t>(
        tokens: impl IntoIterator<Item = &'t str>,
        wrapping: Wrapping,
    ) -> Result<TokenSet, (usize, BadPattern)> {
        let flags = if wrapping.ignore_case { "(?i)" } else { "" };
        let (before, after) = match wrapping.template.and_then(|t| t.split_once("%s")) {
            Some((before, after)) if wrapping.words => (before, after),
            _ if wrapping.words => (r"(?m)\b(?:", r")\b"),
            _ => ("(?m)(?:", ")"),
        };
        let mut carried = String::new();
        let mut around: Option<Pattern> = None;
        let mut set = TokenSet {
            tokens: Vec::new(),
            ignore_case: wrapping.ignore_case,
            words: wrapping.words,
            always: Vec::new(),
        };
        for (index, source) in tokens.into_iter().enumerate() {
            let plain = wrapping.template.is_none() && carried.is_empty();
            if plain && is_literal(source, wrapping.ignore_case) {
                set.tokens.push(Matcher::Literal(source.to_owned()));
                continue;
            }
            // What it needs depends on the flags that stand before it.
            let wrong = |why| (index, why);
            let flagged = Pattern::read(&format!("{flags}{carried}{source}")).map_err(wrong)?;
            let around = match &around {
                Some(around) => around,
                None => {
                    let read = Pattern::read(&format!("{flags}{before}{after}"));
                    around.insert(read.map_err(wrong)?)
                }
            };
            let own = translate::translate(source).map_err(|why| (index, BadPattern(why.0)))?;
            if !carried.is_empty() {
                Pattern::read(source).map_err(wrong)?;
            }
            let prefix = format!("{flags}{before}{carried}");
            let mut pattern = flagged.wrapped(&prefix, &own.pattern, after);
            pattern.needs.whole &= wrapping.template.is_none();
            pattern.needs.begins &= wrapping.template.is_none();
            pattern.needs.at_edge |= wrapping.words;
            pattern.needs.at_edge &= wrapping.template.is_none();
            pattern.backtracks = own.backtracks || around.backtracks;
            if pattern.backtracks && pattern.compile().is_err() {
                // By itself first, so that what is wrong is told as it is written.
                Pattern::new(&format!("{flags}{carried}{source}")).map_err(wrong)?;
                Pattern::new(source).map_err(wrong)?;
                pattern.compile().map_err(wrong)?;
            }
            if pattern.needs.texts.is_empty() {
                set.always.push(index);
            }
            set.tokens.push(Matcher::Pattern(pattern));
            if !wrapping.grouped {
                carried.push_str(&own.carried);
            }
        }
        Ok(set)
    }

    /// One pattern, taken as it is.
    pub(crate) fn single(source: &str) -> Result<TokenSet, BadPattern> {
        let pattern = Pattern::new(source)?;
        let always = if pattern.needs.texts.is_empty() { vec![0] } else { Vec::new() };
        let tokens = vec![Matcher::Pattern(pattern)];
        Ok(TokenSet { tokens, ignore_case: false, words: false, always })
    }

    /// Tells a prefilter what texts to look for, under a number of the caller's.
    pub(crate) fn register(&self, owner: u32, builder: &mut PrefilterBuilder) {
        for (index, token) in self.tokens.iter().enumerate() {
            match token {
                Matcher::Literal(text) => builder.add(owner, index, text),
                Matcher::Pattern(pattern) => {
                    pattern.needs.texts.iter().for_each(|text| builder.add(owner, index, text));
                }
            }
        }
    }

    /// Whether a text can hold a match although the prefilter found nothing.
    pub(crate) fn tries(&self, makeup: Makeup) -> bool {
        self.always.iter().any(|index| self.possible(*index, makeup))
    }

    /// Whether there are texts for a prefilter to look for.
    pub(crate) fn has_texts(&self) -> bool {
        self.always.len() < self.tokens.len()
    }

    /// Whether a text holds a match only where the prefilter found one of the texts.
    pub(crate) fn needs_texts(&self) -> bool {
        self.always.is_empty()
    }

    fn possible(&self, index: usize, makeup: Makeup) -> bool {
        match self.tokens.get(index) {
            Some(Matcher::Pattern(pattern)) => pattern.needs.are_met(makeup),
            _ => false,
        }
    }

    /// Every match in a text, one behind the other. `hits` are the tokens that the prefilter found
    /// something of, and where; the text is a part of that which was scanned, from `base` on. The
    /// second value says whether a pattern was stopped.
    pub(crate) fn find(
        &self,
        text: &str,
        hits: &[Hit],
        base: usize,
        makeup: Makeup,
    ) -> (Vec<Found>, bool) {
        let mut stopped = false;
        let mut literals: Vec<(usize, usize)> = Vec::new();
        // Tokens that may match, and where the text stands that they need.
        let mut patterns: Vec<(usize, usize)> = Vec::new();
        for hit in hits {
            let token = hit.token as usize;
            let (Some(start), Some(end)) =
                ((hit.start as usize).checked_sub(base), (hit.end as usize).checked_sub(base))
            else {
                continue;
            };
            match self.tokens.get(token) {
                Some(Matcher::Literal(literal)) if self.stands_at(literal, text, start) => {
                    literals.push((start, token));
                }
                Some(Matcher::Pattern(pattern)) => {
                    // Where the text is all of the match, it must be a word already.
                    let needs = &pattern.needs;
                    let stands = !(self.words && needs.whole)
                        || (is_edge(text, start) && is_edge(text, end));
                    let begins = !(needs.begins && needs.at_edge) || is_edge(text, start);
                    if stands && begins {
                        patterns.push((token, start));
                    }
                }
                Some(Matcher::Literal(_)) | None => {}
            }
        }
        let always = self.always.iter().copied();
        let always = always.filter(|index| self.possible(*index, makeup));
        if patterns.is_empty() && literals.is_empty() && self.always.is_empty() {
            return (Vec::new(), false);
        }
        patterns.sort_unstable();
        patterns.dedup();
        literals.sort_unstable();
        literals.dedup();

        let mut next = |token: usize, from: usize, places: &[usize]| -> Option<Range<usize>> {
            let Some(Matcher::Pattern(pattern)) = self.tokens.get(token) else { return None };
            let mut from = from;
            loop {
                let found = if places.is_empty() {
                    pattern.find_at(text, from)
                } else {
                    // Each match holds one of the texts, so behind the last there is none.
                    let later = places.partition_point(|place| *place < from);
                    let places = places.get(later..).filter(|places| !places.is_empty())?;
                    match pattern.needs.begins {
                        true => pattern.find_among(text, places),
                        false => pattern.find_at(text, from),
                    }
                };
                match found {
                    Ok(Some(found)) if found.is_empty() => {
                        from = next_char(text, found.end);
                        if from > text.len() {
                            return None;
                        }
                    }
                    Ok(found) => return found,
                    Err(Stopped) => {
                        stopped = true;
                        return None;
                    }
                }
            }
        };
        let places: Vec<usize> = patterns.iter().map(|(_, place)| *place).collect();
        let mut cursors: Vec<Cursor<'_>> = Vec::new();
        let mut at = 0;
        for those in patterns.chunk_by(|a, b| a.0 == b.0) {
            let places = places.get(at..at + those.len()).unwrap_or_default();
            at += those.len();
            let Some((token, _)) = those.first() else { continue };
            let found = next(*token, 0, places);
            cursors.extend(found.map(|found| Cursor { found, token: *token, places }));
        }
        for token in always {
            let found = next(token, 0, &[]);
            cursors.extend(found.map(|found| Cursor { found, token, places: &[] }));
        }
        let mut waiting = literals.into_iter().peekable();
        let mut all = Vec::new();
        let mut at = 0;
        loop {
            while waiting.next_if(|(start, _)| *start < at).is_some() {}
            let literal = waiting.peek().copied();
            let pattern = cursors.iter().map(|cursor| (cursor.found.start, cursor.token)).min();
            let (start, token) = match (literal, pattern) {
                (None, None) => break,
                (Some(one), None) | (None, Some(one)) => one,
                (Some(one), Some(other)) => one.min(other),
            };
            let end = match self.tokens.get(token) {
                Some(Matcher::Literal(literal)) => start + literal.len(),
                _ => match cursors.iter().find(|cursor| cursor.token == token) {
                    Some(cursor) => cursor.found.end,
                    None => break,
                },
            };
            all.push(Found { range: start..end, token });
            at = end;
            cursors.retain_mut(|cursor| {
                if cursor.found.start >= at {
                    return true;
                }
                match next(cursor.token, at, cursor.places) {
                    Some(later) => {
                        cursor.found = later;
                        true
                    }
                    None => false,
                }
            });
        }
        (all, stopped)
    }

    fn stands_at(&self, literal: &str, text: &str, start: usize) -> bool {
        let end = start + literal.len();
        let Some(found) = text.get(start..end) else { return false };
        let same =
            if self.ignore_case { found.eq_ignore_ascii_case(literal) } else { found == literal };
        same && (!self.words || (is_edge(text, start) && is_edge(text, end)))
    }
}

/// Whether a token is a text that can be compared byte by byte.
fn is_literal(source: &str, ignore_case: bool) -> bool {
    (source.len() > 1 || source.bytes().all(|b| b.is_ascii_punctuation()))
        && !source.is_empty()
        && !source.chars().any(regex_syntax::is_meta_character)
        && !source.contains(['\\', '\n'])
        && (source.is_ascii() || !ignore_case)
}

/// Whether a word begins or ends here, as `\b` sees it.
pub(crate) fn is_edge(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at..).and_then(|text| text.chars().next());
    before.is_some_and(is_word) != after.is_some_and(is_word)
}

fn is_word(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric() || c == '_'
    } else {
        regex_syntax::try_is_word_character(c).unwrap_or_else(|_| c.is_alphanumeric())
    }
}

#[cfg(test)]
mod tests {
    use super::super::prefilter::{Hits, PrefilterBuilder};
    use super::*;
    use proptest::prelude::*;

    fn found(set: &TokenSet, text: &str) -> Vec<(String, usize)> {
        let mut builder = PrefilterBuilder::default();
        set.register(0, &mut builder);
        let prefilter = builder.build();
        let mut hits = Hits::new(1);
        prefilter.scan(text, &mut hits);
        let whole = 0..text.len();
        let (found, stopped) = set.find(text, hits.of(0, &whole), 0, Makeup::of(text));
        assert!(!stopped);
        found.into_iter().map(|found| (text[found.range].to_owned(), found.token)).collect()
    }

    const WORDS: Wrapping =
        Wrapping { ignore_case: false, words: true, template: None, grouped: false };

    #[test]
    fn the_leftmost_match_wins_and_then_the_first_token() {
        let set = TokenSet::new(["mail", "mail server", "mailing list", "[a-z]+ list"], WORDS);
        let found = found(&set.unwrap(), "the mail server and the mailing list, just list");
        let found: Vec<_> = found.iter().map(|(text, token)| (text.as_str(), *token)).collect();
        assert_eq!(found, [("mail", 0), ("mailing list", 2), ("just list", 3)]);
    }

    #[test]
    fn literals_keep_word_boundaries_and_case() {
        let set = TokenSet::new(["just", r"C\+\+", "Maß"], WORDS).unwrap();
        let found = found(&set, "just adjust Just C++ C++x Maß Maße");
        let texts: Vec<_> = found.into_iter().map(|(text, _)| text).collect();
        assert_eq!(texts, ["just", "C++", "Maß"]);
    }

    #[test]
    fn flags_hold_for_what_follows_unless_grouped() {
        let free = TokenSet::new(["(?i)ab", "cd"], WORDS).unwrap();
        assert_eq!(found(&free, "AB CD").len(), 2);
        let grouped = TokenSet::new(["(?i)ab", "cd"], Wrapping { grouped: true, ..WORDS });
        assert_eq!(found(&grouped.unwrap(), "AB CD").len(), 1);
    }

    #[test]
    fn the_bad_token_is_named() {
        assert_eq!(TokenSet::new(["a", "(b"], WORDS).unwrap_err().0, 1);
    }

    proptest! {
        /// The same as one alternation gives.
        #[test]
        fn agrees_with_an_alternation(
            tokens in proptest::collection::vec("[ab]{1,3}|[ab]\\?[bc]{1,2}|[ab]+ c|a b", 1..6),
            text in "[abcAB ]{0,40}",
            ignore_case: bool,
        ) {
            let wrapping = Wrapping { ignore_case, ..WORDS };
            let set = TokenSet::new(tokens.iter().map(String::as_str), wrapping).unwrap();
            let flag = if ignore_case { "(?i)" } else { "" };
            let whole = format!("{flag}(?m)\\b(?:{})\\b", tokens.join("|"));
            let expected: Vec<_> = regex::Regex::new(&whole)
                .unwrap()
                .find_iter(&text)
                .map(|found| found.as_str().to_owned())
                .collect();
            let actual: Vec<_> = found(&set, &text).into_iter().map(|(text, _)| text).collect();
            prop_assert_eq!(actual, expected);
        }
    }
}
