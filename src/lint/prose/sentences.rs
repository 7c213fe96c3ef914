//! Where sentences end. English, by rules: a full stop, question or exclamation mark before white
//! space, unless it belongs to an abbreviation, an initial, a number or a parenthesis that goes on.

use std::ops::Range;

/// Abbreviations after which a sentence goes on, in lower case and without their last full stop.
const ABBREVIATIONS: [&str; 96] = [
    "a.m", "adj", "adm", "adv", "approx", "apr", "art", "asst", "aug", "ave", "bldg", "blvd",
    "brig", "bros", "c", "ca", "capt", "cf", "ch", "chap", "cmdr", "co", "col", "comdr", "corp",
    "cpl", "dec", "dept", "dist", "dr", "e.g", "ed", "eds", "eg", "eq", "esp", "esq", "est", "ex",
    "feb", "fig", "figs", "fr", "gen", "gov", "hon", "i.e", "ie", "inc", "incl", "jan", "jr",
    "jul", "jun", "lt", "ltd", "maj", "mar", "max", "messrs", "min", "misc", "mr", "mrs", "ms",
    "mt", "nos", "nov", "oct", "op", "p", "p.m", "pp", "prof", "pt", "pvt", "ref", "rep", "resp",
    "rev", "rs", "sec", "sen", "sep", "sept", "sgt", "sr", "st", "tel", "u.k", "u.s", "univ", "v",
    "viz", "vol", "vs",
];

/// Abbreviations that end a sentence where the next word looks like the beginning of one.
const ENDERS: [&str; 12] =
    ["a.m", "al", "co", "corp", "etc", "inc", "jr", "ltd", "p.m", "sr", "u.k", "u.s"];

/// Abbreviations only before a number.
const BEFORE_NUMBERS: [&str; 3] = ["art", "no", "nr"];

/// Words that often begin a sentence and are seldom names.
const STARTERS: [&str; 40] = [
    "a", "after", "all", "also", "although", "an", "and", "another", "as", "at", "because",
    "before", "but", "by", "each", "for", "from", "he", "here", "how", "however", "i", "if", "in",
    "it", "its", "most", "no", "on", "she", "so", "some", "that", "the", "then", "there", "these",
    "they", "this", "to",
];

/// The sentences of a text, without white space around them.
pub(crate) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let bytes = text.as_bytes();
    while let Some(offset) =
        bytes.get(at..).and_then(|rest| rest.iter().position(|b| matches!(b, b'.' | b'!' | b'?')))
    {
        let mark = at + offset;
        // All marks, then quotes and brackets that close.
        let mut end = mark;
        while bytes.get(end).is_some_and(|b| matches!(b, b'.' | b'!' | b'?')) {
            end += 1;
        }
        let marks = text.get(mark..end).unwrap_or_default();
        let closers: usize = text
            .get(end..)
            .unwrap_or_default()
            .chars()
            .take_while(|c| matches!(c, '"' | '\'' | ')' | ']' | '”' | '’' | '*' | '_'))
            .map(char::len_utf8)
            .sum();
        let closed = end + closers;
        at = closed.max(mark + 1);
        let rest = text.get(closed..).unwrap_or_default();
        if !rest.starts_with(char::is_whitespace) {
            continue;
        }
        let next = rest.trim_start();
        if !next.is_empty() && ends(text, start, mark, marks, closers > 0, next) {
            push(text, start..closed, &mut found);
            start = closed;
        }
    }
    push(text, start..text.len(), &mut found);
    found
}

fn push(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let sentence = text.get(range.clone()).unwrap_or_default();
    let trimmed = sentence.trim();
    if !trimmed.is_empty() {
        let from = range.start + (sentence.len() - sentence.trim_start().len());
        found.push(from..from + trimmed.len());
    }
}

/// Whether marks end a sentence. `closed` where a quote or bracket ends with them.
fn ends(text: &str, start: usize, mark: usize, marks: &str, closed: bool, next: &str) -> bool {
    let word = next.trim_start_matches(['"', '\'', '(', '[', '“', '‘', '*', '_']);
    let first = word.chars().next().unwrap_or(' ');
    if closed && first.is_lowercase() {
        return false;
    }
    if marks.contains(['!', '?']) {
        return true;
    }
    if marks.len() > 1 {
        // Dots that trail off.
        return first.is_uppercase();
    }
    let before = text.get(start..mark).unwrap_or_default();
    let token = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | '“'));
    let token = token.clone().next().unwrap_or_default().to_lowercase();
    let token = token.as_str();
    let starter: String =
        word.chars().take_while(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if ENDERS.contains(&token) {
        return first.is_uppercase() && STARTERS.contains(&starter.as_str());
    }
    if BEFORE_NUMBERS.contains(&token) {
        return !first.is_numeric();
    }
    if ABBREVIATIONS.contains(&token) {
        return false;
    }
    let mut chars = token.chars();
    let is_initial = matches!((chars.next(), chars.next()), (Some(c), None) if c.is_alphabetic());
    // `I` and a variable at the end of a sentence look like an initial.
    if is_initial && token != "i" {
        return first.is_uppercase() && STARTERS.contains(&starter.as_str());
    }
    // `F.B.I.`
    let is_letters = token.contains('.')
        && token
            .split('.')
            .all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic));
    if is_letters {
        return first.is_uppercase() && STARTERS.contains(&starter.as_str());
    }
    // `1. item`
    !(token.chars().all(|c| c.is_ascii_digit()) && before.trim() == token)
}

#[cfg(test)]
mod tests {
    use super::sentences;

    fn shown(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn abbreviations_and_numbers_end_nothing() {
        assert_eq!(
            shown(
                "Mr. Smith came at 3.5 knots, i.e. slowly. Did she wait? No! She left at 5 p.m. and slept."
            ),
            [
                "Mr. Smith came at 3.5 knots, i.e. slowly.",
                "Did she wait?",
                "No!",
                "She left at 5 p.m. and slept."
            ]
        );
        assert_eq!(
            shown("Ropes, tape, etc. The rest follows."),
            ["Ropes, tape, etc.", "The rest follows."]
        );
        assert_eq!(shown("See no. 5 and J. Doe."), ["See no. 5 and J. Doe."]);
    }

    #[test]
    fn quotes_and_line_breaks() {
        assert_eq!(shown("He said \"no.\" Then he\nleft."), ["He said \"no.\"", "Then he\nleft."]);
        assert_eq!(shown("It works (mostly!) and well. "), ["It works (mostly!) and well."]);
        assert_eq!(shown("Wait... what? Yes... He"), ["Wait... what?", "Yes...", "He"]);
        assert!(shown(" \n ").is_empty());
    }
}
