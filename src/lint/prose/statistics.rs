//! Counts of a text and the usual formulas of readability.
//!
//! Syllables are counted by vowel groups, corrected by the rules of Greg Fast's `Lingua::EN::Syllable`
//! as its descendants have extended them (prefixes, suffixes, a list of exceptions), because the
//! grades that style guides demand were set with those counts.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::RandomState;
use regex::Regex;

use super::sentences;

/// What is counted in a text.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Statistics {
    pub characters: f64,
    pub words: f64,
    pub sentences: f64,
    pub syllables: f64,
    /// Words of more than two syllables, common endings not counted.
    pub complex_words: f64,
    /// Words of more than six bytes.
    pub long_words: f64,
    /// Words of more than two syllables.
    pub polysyllabic_words: f64,
}

impl Statistics {
    /// Counts a text whose paragraphs stand apart by empty lines.
    pub(crate) fn of(text: &str) -> Statistics {
        let mut all = Statistics::default();
        for paragraph in text.split("\n\n") {
            for sentence in sentences(paragraph) {
                all.sentences += 1.0;
                let sentence = paragraph.get(sentence).unwrap_or_default();
                for word in words(sentence) {
                    all.word(word, known_syllables(word));
                }
            }
        }
        all
    }

    #[allow(clippy::cast_precision_loss)] // counts of words in a page
    fn word(&mut self, word: &str, syllables: usize) {
        self.words += 1.0;
        let characters = match word.is_ascii() {
            true => word.bytes().filter(u8::is_ascii_alphanumeric).count(),
            false => word.chars().filter(|c| c.is_alphanumeric()).count(),
        };
        self.characters += characters as f64;
        self.syllables += syllables as f64;
        self.long_words += f64::from(u8::from(word.len() > 6));
        self.polysyllabic_words += f64::from(u8::from(syllables > 2));
        let ending = ["es", "ed", "ing"].iter().any(|ending| word.ends_with(ending));
        let counted = syllables - usize::from(ending && syllables > 0);
        self.complex_words += f64::from(u8::from(counted > 2));
    }

    /// Flesch-Kincaid grade level.
    pub(crate) fn flesch_kincaid(&self) -> f64 {
        0.39 * (self.words / self.sentences) + 11.8 * (self.syllables / self.words) - 15.59
    }

    /// Gunning fog index.
    pub(crate) fn gunning_fog(&self) -> f64 {
        0.4 * (self.words / self.sentences + 100.0 * (self.complex_words / self.words))
    }

    /// SMOG grade.
    pub(crate) fn smog(&self) -> f64 {
        1.0430 * (self.polysyllabic_words * 30.0 / self.sentences).sqrt() + 3.1291
    }

    /// Automated readability index.
    pub(crate) fn automated_readability(&self) -> f64 {
        4.71 * (self.characters / self.words) + 0.5 * (self.words / self.sentences) - 21.43
    }

    /// Coleman-Liau index.
    pub(crate) fn coleman_liau(&self) -> f64 {
        let letters = self.characters / self.words * 100.0;
        let sentences = self.sentences / self.words * 100.0;
        0.0588 * letters - 0.296 * sentences - 15.8
    }
}

/// Words that each thread remembers; a language has few that are used.
const MAX_KNOWN: usize = 50_000;

thread_local! {
    /// Syllables of words that were counted: pages share most of theirs.
    static KNOWN: RefCell<HashMap<String, usize, RandomState>> = RefCell::default();
}

fn known_syllables(word: &str) -> usize {
    KNOWN.with_borrow_mut(|known| {
        if let Some(count) = known.get(word) {
            return *count;
        }
        let count = syllables(word);
        if known.len() < MAX_KNOWN {
            known.insert(word.to_owned(), count);
        }
        count
    })
}

/// A pattern of our own; one that is wrong matches nothing, and the tests notice.
fn pattern(source: &str) -> Regex {
    Regex::new(source).unwrap_or_else(|_| NEVER.clone())
}

#[allow(clippy::expect_used)] // constant, and tried by every test
static NEVER: LazyLock<Regex> = LazyLock::new(|| Regex::new("[^\\s\\S]").expect("a class"));

/// Words: letters, numbers, and apostrophes, `(?:[A-Z]\.){2,}|[\p{N}\p{L}']+`.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'\'';
        let start = loop {
            match bytes.get(at)? {
                byte if is_letter(byte) => break at,
                byte if byte.is_ascii() => at += 1,
                _ => {
                    let c = text.get(at..)?.chars().next()?;
                    if is_other_letter(c) {
                        break at;
                    }
                    at += c.len_utf8();
                }
            }
        };
        // `U.S.`
        let mut initials = 0;
        while let Some([b'A'..=b'Z', b'.']) = bytes.get(start + initials..start + initials + 2) {
            initials += 2;
        }
        if initials >= 4 {
            at = start + initials;
            return text.get(start..at);
        }
        loop {
            match bytes.get(at) {
                Some(byte) if is_letter(byte) => at += 1,
                Some(byte) if !byte.is_ascii() => {
                    let c = text.get(at..)?.chars().next()?;
                    if !is_other_letter(c) {
                        break;
                    }
                    at += c.len_utf8();
                }
                _ => break,
            }
        }
        text.get(start..at)
    })
}

/// Whether a character beyond ASCII is a letter or a number.
fn is_other_letter(c: char) -> bool {
    OTHER_LETTER.is_match(c.encode_utf8(&mut [0; 4]))
}

static OTHER_LETTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\p{N}\p{L}]"));
static VOWELS: LazyLock<Regex> = LazyLock::new(|| pattern("[aeiouy]+"));

/// Endings and sequences that sound as one syllable less than their vowels say.
static FEWER: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    let before_ed = "b|c|ch|dg|f|g|gh|gn|k|l|lch|ll|lv|m|mm|n|nc|ng|nch|nn|p|r|rc|rn|rs|rv|s|sc|sk|\
                     sl|squ|ss|th|v|y|z";
    let before_es = "b|ch|d|f|gh|gn|k|l|lch|ll|lv|m|mm|n|nch|nn|p|r|rn|rs|rv|s|sc|sk|sl|squ|ss|st|t|\
                     th|v|y";
    let before_e = "b|c|ch|d|dg|f|g|gh|gn|k|l|ll|lv|m|mm|n|nc|ng|nn|p|r|rc|rn|rs|rv|s|sc|sk|sl|squ|\
                    ss|st|t|th|v|y|z";
    let sequences = "cia(?:l|$)|tia|cius|cious|[^aeiou]giu|[aeiouy][^aeiouy]ion|iou|sia$|eous$|\
                     [oa]gue$|.[^aeiuoycgltdb]{2,}ed$|.ely$|^jua|uai|eau|^busi$";
    [
        pattern(&format!("{sequences}|[aeiouy](?:{before_ed})ed$|[aeiouy](?:{before_es})es$")),
        pattern(&format!("[aeiouy](?:{before_e})e$")),
    ]
});

/// Sequences that sound as one syllable more.
static MORE: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    [
        pattern(
            "(?:[^aeiouy]ie(?:r|st|t)|[aeiouym]bl|eo|ism|asm|thm|dnt|uity|dea|gean|oa|ua|eings?|\
             [aeiouy]sh?e[rsd])$",
        ),
        pattern("[^gq]ua[^auieo]|[aeiou]{3}|^(?:ia|mc|coa[dglx].)"),
        pattern(
            "[^aeiou]y[ae]|[^l]lien|riet|dien|iu|io|ii|uen|real|iell|eo[^aeiou]|[aeiou]y[aeiou]",
        ),
        pattern("[^s]ia"),
    ]
});

/// Prefixes and suffixes that are counted by themselves, by their syllables.
const PREFIXES: [(usize, &[&str]); 2] = [
    (
        2,
        &[
            "above", "anti", "ante", "counter", "hyper", "afore", "agri", "infra", "intra",
            "inter", "over", "semi", "ultra", "under", "extra", "dia", "micro", "mega", "kilo",
            "pico", "nano", "macro",
        ],
    ),
    (1, &["un", "fore", "ware", "none", "non", "out", "post", "sub", "pre", "pro", "dis", "side"]),
];
const SUFFIXES: [(usize, &[&str]); 3] = [
    (3, &["ology", "ologist", "onomy", "onomist"]),
    (2, &["fully", "berry", "woman", "women"]),
    (
        1,
        &[
            "ly", "less", "some", "ful", "er", "ers", "ness", "cian", "cians", "ment", "ments",
            "ette", "ettes", "ville", "villes", "ships", "ship", "side", "sides", "port", "ports",
            "shire", "shires", "tion", "tioned",
        ],
    ),
];

/// Words that no rule gets right.
const EXCEPTIONS: [(usize, &str); 4] = [
    (
        2,
        " abed adieu cafe cafes chile chloe daphne jesse jukebox maybe people phoebe shoreline zoe ",
    ),
    (
        3,
        " abare acreage adame adobe apache coyote euterpe forever karate machete recipe sesame \
         simile syncope tamale ",
    ),
    (
        4,
        " abalone abruzzese abbruzzese anemone aphrodite apostrophe ariadne calliope catastrophe \
         circe epitome eurydice facsimile gethsemane guacamole hermione hyperbole penelope \
         persephone yosemite ",
    ),
    (5, " aborigine aborigines "),
];

/// The syllables of an English word.
pub(crate) fn syllables(word: &str) -> usize {
    match word.chars().count() {
        0 => return 0,
        1 | 2 => return 1,
        _ => {}
    }
    let word = word.to_lowercase();
    if word == "circe" {
        return 2;
    }
    let padded = format!(" {word} ");
    for (count, words) in EXCEPTIONS {
        if words.contains(&padded) {
            return count;
        }
    }
    let mut rest = word.as_str();
    let mut count = 0usize;
    if let Some((extra, stem)) = PREFIXES.iter().find_map(|(extra, prefixes)| {
        prefixes.iter().find_map(|prefix| Some((*extra, rest.strip_prefix(prefix)?)))
    }) {
        count += extra;
        rest = stem;
    }
    if let Some((extra, stem)) = SUFFIXES.iter().find_map(|(extra, suffixes)| {
        suffixes.iter().find_map(|suffix| Some((*extra, rest.strip_suffix(suffix)?)))
    }) {
        count += extra;
        rest = stem;
    }
    count += VOWELS.find_iter(rest).count();
    let more: usize = MORE.iter().map(|pattern| pattern.find_iter(rest).count()).sum();
    let fewer: usize = FEWER.iter().map(|pattern| pattern.find_iter(rest).count()).sum();
    (count + more).saturating_sub(fewer).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn syllables_of_common_words() {
        for (word, count) in [
            ("a", 1),
            ("the", 1),
            ("keeper", 2),
            ("evening", 3),
            ("because", 2),
            ("people", 2),
            ("recipe", 3),
            ("organisation", 5),
            ("capital", 3),
            ("summary", 3),
        ] {
            assert_eq!(syllables(word), count, "{word}");
        }
    }

    proptest! {
        #[test]
        fn words_are_those_of_the_pattern(text in "[aA-C.' 1é²“Ⅷ\u{300}-]{0,16}") {
            let pattern = Regex::new(r"(?:[A-Z]\.){2,}|[\p{N}\p{L}']+").unwrap();
            let expected: Vec<&str> = pattern.find_iter(&text).map(|word| word.as_str()).collect();
            prop_assert_eq!(words(&text).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn counts_of_a_text() {
        let counts = Statistics::of("One two. Three!\n\nExtraordinarily long words.");
        assert_eq!((counts.sentences, counts.words, counts.long_words), (3.0, 6.0, 1.0));
        assert_eq!(counts.polysyllabic_words, 1.0);
    }
}
