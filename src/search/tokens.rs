//! Text becomes tokens, the same way in pages, in queries, and in the client
//! (`themes/default/js/search.js` follows this file line by line).
//!
//! - A **word** is a run of letters and digits. Case, width and Latin and Greek accents do not
//!   count ([`fold`]).
//! - An **identifier** is words that stand together: `snake_case`, `a.b`, `a::b`, `opt-level`,
//!   with what may stand before (`--flag`, `$HOME`, `@param`, `.gitignore`) and behind (`C++`,
//!   `C#`). It is a token as a whole, at the position of its first word, and its words are tokens.
//! - A word in **camel case** is a token, and at the same position so are its parts.
//! - Scripts that put no spaces between words are cut into **pairs** of characters.

use std::borrow::Cow;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// Longer tokens are data, not words.
const LONGEST: usize = 64;

/// A token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is, folded.
    pub text: &'a str,
    /// The number of its word in the text, from 0.
    pub position: u32,
    /// Its bytes in the text.
    pub start: usize,
    /// One past its bytes.
    pub end: usize,
    /// What it is to its word.
    pub role: Role,
}

/// What a token is to the word at its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The word.
    Word,
    /// An identifier that begins with the word.
    Whole,
    /// A part of the word, which is written in camel case.
    Part,
}

/// Calls `each` with the tokens of a text, in order. Answers the number of positions.
pub fn tokens(text: &str, mut each: impl FnMut(Token<'_>)) -> u32 {
    let mut position = 0;
    let mut before: Option<char> = None;
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let end = if is_paired(c) {
            let end = run(text, at, is_paired);
            pairs(text, at, end, &mut position, &mut each);
            end
        } else if is_word(c) || opens(text, at, before) {
            identifier(text, at, &mut position, &mut each)
        } else {
            at + c.len_utf8()
        };
        before = text.get(at..end).and_then(|part| part.chars().next_back());
        at = end;
    }
    position
}

/// The token of inline code that has no words, such as `?` and `->`.
pub fn symbol(code: &str) -> Option<&str> {
    let code = code.trim();
    let fits = !code.is_empty() && code.len() <= 8;
    let plain = |c: char| !c.is_alphanumeric() && !c.is_whitespace() && !c.is_control();
    (fits && code.chars().all(plain)).then_some(code)
}

/// Case, compatibility forms, and accents of Latin and Greek letters do not count.
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(text).to_lowercase();
    let mut bare = String::with_capacity(apart.len());
    let mut after_letter = false;
    for c in apart.chars() {
        if after_letter && is_accent(c) || c.is_whitespace() {
            continue;
        }
        after_letter = c.is_ascii_lowercase() || ('\u{370}'..='\u{3ff}').contains(&c);
        bare.push(c);
    }
    Cow::Owned(ComposingNormalizerBorrowed::new_nfc().normalize(&bare).into_owned())
}

fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Scripts without spaces between words.
pub(super) fn is_paired(c: char) -> bool {
    matches!(u32::from(c), 0xe00..=0xeff | 0x1000..=0x109f | 0x1100..=0x11ff | 0x1780..=0x17ff
        | 0x3005..=0x3007 | 0x3041..=0x309f | 0x30a1..=0x30fa | 0x30fc..=0x30ff
        | 0x3131..=0x318e | 0x31f0..=0x31ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff
        | 0xa960..=0xa97f | 0xac00..=0xd7ff | 0xf900..=0xfaff | 0xff66..=0xff9f
        | 0x20000..=0x3ffff)
}

fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    (c.is_alphanumeric() || is_accent(c)) && !is_paired(c)
}

/// The end of the run of such characters from `at`.
fn run(text: &str, at: usize, is: impl Fn(char) -> bool) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find(|c| !is(c)).unwrap_or(rest.len())
}

fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Whether an identifier begins here with a sign: `--flag`, `-v`, `$HOME`, `@param`, `.env`.
fn opens(text: &str, at: usize, before: Option<char>) -> bool {
    if !before.is_none_or(|c| c.is_whitespace() || "\"'`([{<=,|".contains(c)) {
        return false;
    }
    let first = after_sign(text, at).and_then(|next| char_at(text, next));
    first.is_some_and(|c| is_word(c) && c.is_alphabetic())
}

/// Where the sign of an identifier ends.
fn after_sign(text: &str, at: usize) -> Option<usize> {
    match text.as_bytes().get(at)? {
        b'-' if text.as_bytes().get(at + 1) == Some(&b'-') => Some(at + 2),
        b'-' | b'$' | b'@' | b'.' => Some(at + 1),
        _ => None,
    }
}

fn pairs(
    text: &str,
    start: usize,
    end: usize,
    position: &mut u32,
    each: &mut impl FnMut(Token<'_>),
) {
    let source = text.get(start..end).unwrap_or_default();
    let folded = fold(source);
    let places: Vec<usize> = source.char_indices().map(|(at, _)| start + at).collect();
    let bounds: Vec<usize> =
        folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
    let count = bounds.len() - 1;
    // Where folding joins characters, places are lost, and the whole run stands for each pair.
    let same = places.len() == count;
    let width = if count == 1 { 1 } else { 2 };
    for first in 0..(count + 1).saturating_sub(width) {
        let range = bounds.get(first).zip(bounds.get(first + width));
        let Some(pair) = range.and_then(|(from, to)| folded.get(*from..*to)) else { continue };
        let place = |at: usize, otherwise| {
            if same { places.get(at).copied().unwrap_or(end) } else { otherwise }
        };
        each(Token {
            text: pair,
            position: *position,
            start: place(first, start),
            end: place(first + width, end),
            role: Role::Word,
        });
        *position += 1;
    }
}

/// The words from `at` that stand together. Answers where they end.
fn identifier(
    text: &str,
    at: usize,
    position: &mut u32,
    each: &mut impl FnMut(Token<'_>),
) -> usize {
    let signed = char_at(text, at).is_some_and(|c| !is_word(c));
    let mut end = if signed { after_sign(text, at).unwrap_or(at) } else { at };
    let first = end;
    let mut joints = 0;
    loop {
        end = run(text, end, is_word);
        let joint = match text.as_bytes().get(end) {
            Some(b'.' | b'-') => 1,
            Some(b':') if text.as_bytes().get(end + 1) == Some(&b':') => 2,
            _ => break,
        };
        if !char_at(text, end + joint).is_some_and(is_word) {
            break;
        }
        end += joint;
        joints += 1;
    }
    let behind = text.get(end..).unwrap_or_default();
    let named = joints == 0 && end - first <= 2;
    let tail = ["++", "#"].into_iter().find(|tail| {
        let next = behind.strip_prefix(*tail).map(|rest| rest.chars().next());
        named && next.is_some_and(|c| !c.is_some_and(is_word))
    });
    let words_end = end;
    end += tail.map_or(0, str::len);

    let source = text.get(first..words_end).unwrap_or_default();
    let is_whole = signed || joints > 0 || tail.is_some() || source.trim_matches('_').contains('_');
    if is_whole {
        emit(text.get(at..end), *position, at, end, Role::Whole, each);
    }
    let before = *position;
    for word in source.split(['_', '.', '-', ':']).filter(|word| !word.is_empty()) {
        let start = first + (word.as_ptr() as usize - source.as_ptr() as usize);
        emit(Some(word), *position, start, start + word.len(), Role::Word, each);
        camel(word, start, *position, each);
        *position += 1;
    }
    if is_whole && *position == before {
        *position += 1;
    }
    // The possessive of English is no word.
    let behind = text.get(end..).unwrap_or_default();
    for possessive in ["'s", "\u{2019}s"] {
        if let Some(rest) = behind.strip_prefix(possessive)
            && !rest.chars().next().is_some_and(is_word)
        {
            end += possessive.len();
        }
    }
    end
}

fn emit(
    text: Option<&str>,
    position: u32,
    start: usize,
    end: usize,
    role: Role,
    each: &mut impl FnMut(Token<'_>),
) {
    let folded = fold(text.unwrap_or_default());
    if !folded.is_empty() && folded.len() <= LONGEST {
        each(Token { text: &folded, position, start, end, role });
    }
}

/// The parts of `camelCase` and `HTMLElement`: all of two letters or more, or none.
fn camel(word: &str, start: usize, position: u32, each: &mut impl FnMut(Token<'_>)) {
    if !word.chars().any(char::is_uppercase) || !word.chars().any(char::is_lowercase) {
        return;
    }
    let letters: Vec<(usize, char)> = word.char_indices().collect();
    let mut cuts = vec![0];
    for at in 1..letters.len() {
        let (Some((_, before)), Some((place, here))) = (letters.get(at - 1), letters.get(at))
        else {
            continue;
        };
        let next = letters.get(at + 1).map(|(_, c)| *c);
        let hump =
            here.is_uppercase() && (!before.is_uppercase() || next.is_some_and(char::is_lowercase));
        if hump {
            cuts.push(*place);
        }
    }
    cuts.push(word.len());
    let parts: Vec<&str> =
        cuts.windows(2).filter_map(|pair| word.get(*pair.first()?..*pair.last()?)).collect();
    if parts.len() < 2 || parts.iter().any(|part| part.chars().count() < 2) {
        return;
    }
    let mut from = start;
    for part in parts {
        emit(Some(part), position, from, from + part.len(), Role::Part, each);
        from += part.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut out = Vec::new();
        tokens(text, |token| {
            let mark = match token.role {
                Role::Word => "",
                Role::Whole => "=",
                Role::Part => "~",
            };
            out.push(format!("{}{mark}{}", token.position, token.text));
        });
        out.join(" ")
    }

    #[test]
    fn words_and_identifiers() {
        assert_eq!(shown("Don't panic, it's Rust’s way."), "0don 1t 2panic 3it 4rust 5way");
        assert_eq!(
            shown("HashMap::new() snake_case"),
            "0=hashmap::new 0hashmap 0~hash 0~map 1new 2=snake_case 2snake 3case"
        );
        assert_eq!(shown("--no-deps, -v ($HOME)"), "0=--no-deps 0no 1deps 2=-v 2v 3=$home 3home");
        assert_eq!(shown("a - b -- c x-y"), "0a 1b 2c 3=x-y 3x 4y");
        assert_eq!(
            shown("C++, C# and .gitignore"),
            "0=c++ 0c 1=c# 1c 2and 3=.gitignore 3gitignore"
        );
        assert_eq!(
            shown("HTMLElement iOS IPv4 e.g."),
            "0htmlelement 0~html 0~element 1ios 2ipv4 3=e.g 3e 4g"
        );
        assert_eq!(shown("__init__ _ x"), "0init 1x");
        assert_eq!(shown("src/main.rs"), "0src 1=main.rs 1main 2rs");
    }

    #[test]
    fn scripts_without_spaces_become_pairs() {
        assert_eq!(shown("所有権とは Rust 字"), "0所有 1有権 2権と 3とは 4rust 5字");
        assert_eq!(shown("한국어"), "0한국 1국어");
        assert_eq!(shown("ｶﾞｲﾄﾞ"), "0ガイ 1イド");
    }

    #[test]
    fn folding() {
        assert_eq!(fold("Ünïcode"), "unicode");
        assert_eq!(fold("ΑΛΦΆ"), "αλφα");
        assert_eq!(fold("Йод"), "йод");
        assert_eq!(fold("ﬁＡ１"), "fia1");
    }

    #[test]
    fn symbols() {
        assert_eq!(symbol(" -> "), Some("->"));
        assert_eq!(symbol("a?"), None);
        assert_eq!(symbol(""), None);
    }

    proptest::proptest! {
        #[test]
        fn places_are_places(text in "\\PC{0,40}") {
            let mut last = 0;
            tokens(&text, |token| {
                assert!(text.get(token.start..token.end).is_some_and(|part| !part.is_empty()));
                assert!(token.position >= last && !token.text.contains(char::is_whitespace));
                last = token.position;
            });
        }

        #[test]
        fn folding_again_changes_nothing(text in "\\PC{0,20}") {
            let once = fold(&text).into_owned();
            proptest::prop_assert_eq!(fold(&once).into_owned(), once);
        }
    }
}
