//! Sentence case and title case, as style guides write headings.

use std::collections::BTreeMap;

use crate::lint::pattern::{Pattern, Phrases};

/// How titles are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TitleStyle {
    /// Associated Press: prepositions of four letters and more are capitals.
    Ap,
    /// Chicago: all prepositions are small.
    Chicago,
}

/// Words that are small inside of a title.
const SMALL: [&str; 22] = [
    "a", "an", "and", "as", "at", "but", "by", "en", "for", "if", "in", "nor", "of", "on", "or",
    "per", "the", "to", "v", "via", "vs", "vs.",
];

/// Longer prepositions, small in Chicago's titles.
const PREPOSITIONS: [&str; 30] = [
    "about",
    "above",
    "across",
    "after",
    "against",
    "along",
    "among",
    "around",
    "before",
    "between",
    "beyond",
    "concerning",
    "despite",
    "down",
    "during",
    "following",
    "from",
    "including",
    "into",
    "near",
    "over",
    "since",
    "through",
    "throughout",
    "towards",
    "under",
    "until",
    "upon",
    "with",
    "within",
];

/// Words behind which `to` is a preposition for sure: what follows is no infinitive.
const DETERMINERS: [&str; 18] = [
    "a", "all", "an", "any", "each", "every", "her", "his", "its", "my", "no", "our", "some",
    "that", "the", "their", "this", "your",
];

/// Verbs that headings of documentation like: before them, `to` is that of an infinitive and a
/// capital in title case.
const VERBS: &str = " access achieve act add address adjust allow analyze apply approve ask assign \
    attach authenticate avoid back backup be become begin behave benchmark bind block boot break \
    bring build bundle buy call cancel capture change check choose clean clear clone close code \
    collect combine come commit compare compile complete compress configure connect consider \
    consume contact contain continue contribute control convert copy count create customize deal \
    debug decide declare define delete deliver deploy describe design detect determine develop \
    diagnose disable discover display do document download draw drop edit embed enable encode \
    encrypt end enforce ensure enter escape establish evaluate examine execute exit expand expect \
    explain explore export expose extend extract fetch fill filter find finish fix follow force \
    format fork generate get give go grant handle have help hide identify ignore implement import \
    improve include increase init initialize inject insert inspect install integrate invite invoke \
    issue join keep know launch learn leave let limit link list listen load locate lock log look \
    maintain make manage map mark measure merge migrate mock model modify monitor mount move name \
    navigate need obtain offer open operate optimize order organize output override own pack \
    package paginate parse pass patch pay perform pick pin place plan play port post prepare \
    prevent preview print process produce profile protect provide provision publish pull push put \
    query quote raise reach react read receive recover redirect reduce refer refactor refresh \
    register release reload remember remove rename render repair replace reply report reproduce \
    request require reset resize resolve respond restart restore restrict retrieve return reuse \
    review revoke rewrite roll rotate route run save say scale scan schedule scroll search secure \
    see select send separate serialize serve set setup share ship show sign simplify skip solve \
    sort specify split start stop store stream style submit subscribe support switch sync take \
    talk target tell terminate test think throw toggle trace track train transfer transform \
    translate trigger troubleshoot trust try tune turn type understand undo uninstall unlock \
    update upgrade upload use validate verify view visit visualize wait walk want warn watch work \
    wrap write yield zip ";

/// Converts to one case.
#[derive(Debug)]
pub(crate) struct Casing {
    /// Words with a spelling of their own, by their small letters.
    words: BTreeMap<String, String>,
    /// The same as one pattern that is found inside of words too: `API` in `APIs`.
    inside: Option<Pattern>,
    /// Words and phrases of the list, found in any case; then any word.
    sentence_tokens: Phrases,
    prefix: Option<Pattern>,
    /// Endings behind which the next word is a capital.
    indicators: Vec<String>,
}

impl Casing {
    /// `words` keep their spelling. A beginning of the text that matches `prefix` is left alone.
    pub(crate) fn new(words: &[String], indicators: &[String], prefix: Option<Pattern>) -> Self {
        let mut sorted = words.to_vec();
        sorted.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let alternatives: Vec<String> = sorted.iter().map(|word| format!("(?:{word})")).collect();
        let sentence_tokens = Phrases::new(words, true);
        let inside = match alternatives.is_empty() {
            true => None,
            false => Pattern::new(&alternatives.join("|")).ok(),
        };
        let words = sorted.into_iter().rev().map(|word| (word.to_lowercase(), word)).collect();
        Casing { words, inside, sentence_tokens, prefix, indicators: indicators.to_vec() }
    }

    /// The spelling of a word of the list.
    fn listed(&self, token: &str) -> Option<String> {
        if let Some(word) = self.words.get(&token.to_lowercase()) {
            return Some(word.clone());
        }
        let inside = self.inside.as_ref().is_some_and(|inside| inside.is_match(token));
        inside.then(|| token.to_owned())
    }

    fn split_prefix<'t>(&self, text: &'t str) -> (&'t str, &'t str) {
        let found = self.prefix.as_ref().and_then(|prefix| prefix.find_at(text, 0).ok().flatten());
        match found {
            Some(found) if found.start == 0 => text.split_at(found.end),
            _ => ("", text),
        }
    }

    /// The words of a text in sentence case, joined by spaces.
    pub(crate) fn sentence(&self, text: &str) -> String {
        let (prefix, rest) = self.split_prefix(text);
        let found = self.sentence_tokens.find_all(rest);
        let tokens: Vec<&str> = found.into_iter().filter_map(|range| rest.get(range)).collect();
        let mut made = Vec::new();
        for (index, token) in tokens.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| tokens.get(before));
            made.push(match self.listed(token) {
                Some(spelling) => spelling,
                None if before.is_none_or(|before| self.indicates(before, index - 1)) => {
                    capitalized(&token.to_lowercase())
                }
                None => token.to_lowercase(),
            });
        }
        format!("{prefix}{}", made.join(" "))
    }

    /// Whether a capital may stand behind a word.
    fn indicates(&self, word: &str, index: usize) -> bool {
        let ending = |ending: &String| word.len() > ending.len() && word.ends_with(ending.as_str());
        self.indicators.iter().any(ending)
            || (index == 0 && word.ends_with('.') && word.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// The text in title case.
    pub(crate) fn title(&self, text: &str, style: TitleStyle) -> String {
        let (prefix, rest) = self.split_prefix(text);
        let mut out = prefix.to_owned();
        let words = title_words(rest);
        let mut last = 0;
        for (index, range) in words.iter().enumerate() {
            let word = rest.get(range.clone()).unwrap_or_default();
            out.push_str(rest.get(last..range.start).unwrap_or_default());
            last = range.end;
            let next = words.get(index + 1).and_then(|next| rest.get(next.clone()));
            let bounding = index == 0 && range.start == 0 || range.end == rest.len();
            let spelling = self.listed(word).unwrap_or_else(|| {
                let small = !bounding
                    && stays_small(word, next, style)
                    && may_be_small(rest, range.start, range.end);
                if small { word.to_lowercase() } else { capitalized(word) }
            });
            out.push_str(&spelling);
        }
        out.push_str(rest.get(last..).unwrap_or_default());
        out
    }
}

/// The words of a title: letters and digits, up to white space, a hyphen or a slash.
fn title_words(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match start {
            None if c.is_alphanumeric() => start = Some(at),
            Some(from) if c.is_whitespace() || matches!(c, '-' | '/') => {
                words.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|from| from..text.len()));
    words
}

fn stays_small(word: &str, next: Option<&str>, style: TitleStyle) -> bool {
    let lower = word.to_lowercase();
    if lower == "to" && style == TitleStyle::Ap {
        // That of an infinitive is a capital. Which it is, only the next word can tell; where it
        // does not, `to` stays as it is written.
        let next = next.unwrap_or_default().to_lowercase();
        if VERBS.contains(&format!(" {next} ")) || DETERMINERS.contains(&next.as_str()) {
            return false;
        }
        return word == lower;
    }
    SMALL.contains(&lower.as_str())
        || (style == TitleStyle::Chicago
            && (PREPOSITIONS.contains(&lower.as_str()) || lower == "without"))
}

/// Behind a colon or a dash even a small word is a capital.
fn may_be_small(text: &str, start: usize, end: usize) -> bool {
    let mut before = text.get(..start).unwrap_or_default().chars().rev();
    let (one, two) = (before.next(), before.next());
    let after = text.get(end..).and_then(|text| text.chars().next());
    matches!(one, Some(' ' | '-' | '/' | '–' | '—'))
        && !matches!(two, Some(':' | '-' | '–' | '—'))
        && (after != Some('-') || one == Some('-'))
}

/// With the first letter a capital; the rest stays.
pub(crate) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn casing(words: &[&str]) -> Casing {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Casing::new(&words, &[":".to_owned()], None)
    }

    #[test]
    fn titles() {
        let ap = |text: &str| casing(&["macOS"]).title(text, TitleStyle::Ap);
        assert_eq!(ap("charging the battery of a boat"), "Charging the Battery of a Boat");
        assert_eq!(ap("Step-By-Step Guide: the Long Way"), "Step-by-Step Guide: The Long Way");
        assert_eq!(ap("What to Wait For"), "What To Wait For");
        assert_eq!(ap("a walk between posts on macos"), "A Walk Between Posts on macOS");
        let chicago = |text: &str| casing(&[]).title(text, TitleStyle::Chicago);
        assert_eq!(chicago("A Walk Between the Posts"), "A Walk between the Posts");
    }

    #[test]
    fn sentences() {
        let casing = casing(&["Boat Hub", "Wi-Fi"]);
        assert_eq!(
            casing.sentence("connect the boat hub To wi-fi"),
            "Connect the Boat Hub to Wi-Fi"
        );
        assert_eq!(casing.sentence("Docking: The Safe Way"), "Docking: The safe way");
        assert_eq!(casing.sentence("1. The Way"), "1. The way");
    }
}
