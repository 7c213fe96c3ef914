//! The words of a site, and which of them are forms of one word.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use frostem::Stemmer;

use super::tokens::is_paired;

/// A form of a word: a token as it stands in pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    /// The token.
    pub(super) text: Box<str>,
    /// The word that it is a form of.
    pub(super) word: u32,
    /// Its number among the forms of its word.
    pub(super) number: u32,
    /// In how many sections the word stands, those of each field of the pages' own counted for
    /// themselves.
    pub(super) weight: u32,
}

/// How the forms are sorted: as scripts compare text, by the code units of UTF-16.
pub(super) fn order(a: &str, b: &str) -> Ordering {
    a.bytes().map(place).cmp(b.bytes().map(place))
}

/// The beginning of a form as a number: where those of two forms differ, they are in the order of the
/// forms.
pub(super) fn head(form: &str) -> u64 {
    let bytes = form.bytes().map(place).chain(std::iter::repeat(0)).take(8);
    bytes.fold(0, |number, byte| number << 8 | u64::from(byte))
}

/// A byte of UTF-8 by the order of UTF-16. It is the same, but for characters that are two units
/// there, which come before those from U+E000 on.
fn place(byte: u8) -> u8 {
    if byte == 0xee || byte == 0xef { byte + 0x10 } else { byte }
}

/// Which forms belong to one word, says the stemmer of the language, once and for all.
pub(super) struct Stems(Option<Stemmer>);

impl Stems {
    /// The stems of a language as `book.language` has it; every form is a word of its own where
    /// there is no stemmer.
    pub(super) fn of(language: &str) -> Self {
        Stems(stemmer(language))
    }

    /// What all forms of a word have in common.
    pub(super) fn stem<'a>(&self, form: &'a str) -> Cow<'a, str> {
        match &self.0 {
            Some(stemmer) if is_inflected(form) => stemmer.stem(form),
            _ => Cow::Borrowed(form),
        }
    }
}

/// Numbers the words of sorted forms, in the order of their first forms.
pub(super) fn words<'a>(forms: impl Iterator<Item = &'a str>, language: &str) -> Vec<u32> {
    let stems = Stems::of(language);
    let forms: Vec<Cow<'_, str>> = forms.map(|form| stems.stem(form)).collect();
    number(forms.iter().map(|stem| &**stem))
}

/// Numbers stems in the order in which they are first met.
pub(super) fn number<'a>(stems: impl Iterator<Item = &'a str>) -> Vec<u32> {
    let mut known: HashMap<&str, u32> = HashMap::new();
    stems
        .map(|stem| {
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            *known.entry(stem).or_insert(next)
        })
        .collect()
}

fn stemmer(language: &str) -> Option<Stemmer> {
    let base = language.split(['-', '_']).next().unwrap_or_default();
    let name = match base {
        "nb" | "nn" => "no",
        name => name,
    };
    Stemmer::try_from_name(name).ok()
}

/// Identifiers and numbers are not inflected.
fn is_inflected(form: &str) -> bool {
    form.chars().all(|c| c.is_alphabetic() && !is_paired(c)) && form.chars().nth(2).is_some()
}

/// The forms that begin with `prefix`, among sorted ones.
pub(super) fn beginning<'a>(forms: &'a [Form], prefix: &str) -> &'a [Form] {
    let start = forms.partition_point(|form| order(&form.text, prefix).is_lt());
    let rest = forms.get(start..).unwrap_or_default();
    let count = rest.partition_point(|form| form.text.starts_with(prefix));
    rest.get(..count).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word() {
        let forms =
            ["install", "installed", "installer", "installing", "installs", "is", "ownership"];
        let words = words(forms.into_iter(), "en-GB");
        assert_eq!(words, [0, 0, 0, 0, 0, 1, 2]);
        let none = super::words(forms.into_iter(), "xx");
        assert_eq!(none, [0, 1, 2, 3, 4, 5, 6]);
    }

    proptest::proptest! {
        #[test]
        fn the_order_is_that_of_scripts(a in "[a\u{7f}é\u{d7ff}\u{e000}\u{ff01}\u{10000}\u{10ffff}]{0,4}",
                                        b in "[a\u{7f}é\u{d7ff}\u{e000}\u{ff01}\u{10000}\u{10ffff}]{0,4}") {
            proptest::prop_assert_eq!(order(&a, &b), a.encode_utf16().cmp(b.encode_utf16()));
            if head(&a) != head(&b) {
                proptest::prop_assert_eq!(head(&a).cmp(&head(&b)), order(&a, &b));
            }
        }
    }

    #[test]
    fn ranges_by_prefix() {
        let forms: Vec<Form> = ["a", "ab", "abc", "b", "b\u{10000}", "b\u{ff01}"]
            .into_iter()
            .map(|text| Form { text: text.into(), word: 0, number: 0, weight: 1 })
            .collect();
        assert!(forms.is_sorted_by(|a, b| order(&a.text, &b.text).is_lt()));
        let found = |prefix| beginning(&forms, prefix).iter().map(|f| &*f.text).collect::<Vec<_>>();
        assert_eq!(found("ab"), ["ab", "abc"]);
        assert_eq!(found("b"), ["b", "b\u{10000}", "b\u{ff01}"]);
        assert_eq!(found("c"), [""; 0]);
        assert_eq!(found("").len(), 6);
    }
}
