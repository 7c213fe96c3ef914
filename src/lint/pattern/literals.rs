//! What a text must hold for a pattern to match in it at all, so that most patterns need not be
//! tried on most texts.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// What a match needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Needs {
    /// One of these texts, ASCII in lower case, compared without regard to the case of ASCII
    /// letters; empty where nothing is known.
    pub texts: Vec<String>,
    /// Whether a match is just one of these texts, and nothing more.
    pub whole: bool,
    /// Whether each match begins with one of the texts.
    pub begins: bool,
    /// Whether each match begins where a word begins or ends.
    pub at_edge: bool,
    /// From each of these sets of characters at least one.
    pub chars: Vec<Chars>,
    /// From each of these sets of neighbors at least one; looked for where there are no texts.
    pub pairs: Vec<Pairs>,
}

/// What a text is made of: its characters, and which kinds of them stand side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Makeup {
    chars: Chars,
    pairs: Pairs,
}

impl Makeup {
    /// That of a text.
    pub(crate) fn of(text: &str) -> Makeup {
        let (mut chars, mut pairs) = (0, 0);
        let mut before: Option<u8> = None;
        for byte in text.bytes() {
            let at = usize::from(byte.min(127));
            chars |= BITS.get(at).copied().unwrap_or_default();
            let kind = KINDS.get(at).copied().unwrap_or_default();
            if let Some(before) = before {
                let pair: u8 = (before << 3) | kind;
                pairs |= 1u64 << (pair & 63);
            }
            before = Some(kind);
        }
        Makeup { chars: Chars(chars), pairs: Pairs(pairs) }
    }
}

impl Needs {
    /// Whether a text of this makeup can hold a match.
    pub(super) fn are_met(&self, makeup: Makeup) -> bool {
        self.pairs.iter().all(|pairs| pairs.0 & makeup.pairs.0 != 0)
            && self.chars.iter().all(|chars| chars.meets(makeup.chars))
    }
}

/// A set of pairs of kinds that stand side by side, a bit for each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pairs(u64);

/// The kind of an ASCII character; that of DEL stands for all bytes that are not ASCII.
const fn kind(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        b' ' | b'\t'..=b'\r' => 3,
        b'.' | b',' | b':' | b';' | b'!' | b'?' => 4,
        b'-' | b'_' | b'/' | b'\'' => 5,
        127.. => 7,
        _ => 6,
    }
}

static KINDS: [u8; 128] = {
    let mut kinds = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte as usize] = kind(byte);
        byte += 1;
    }
    kinds
};

static BITS: [u128; 128] = {
    let mut bits = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        bits[byte] = 1 << byte;
        byte += 1;
    }
    bits
};

/// Pairs that nearly every text has: of small letters, and of one with white space.
const COMMON: u64 = 1 | 1 << 3 | 1 << (3 << 3);

/// A set of ASCII characters; the bit of DEL stands for all that is not ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chars(u128);

const OTHERS: u32 = 127;
/// More texts make a prefilter slower than they save.
const MAX_TEXTS: usize = 64;
/// Texts of this length are rare; longer ones are not looked for in preference.
const RARE: usize = 6;
/// A set with more characters than this stands in nearly every text.
const MAX_CHARS: u32 = 40;

impl Chars {
    /// Whether the two have a character in common.
    pub(super) fn meets(self, other: Chars) -> bool {
        self.0 & other.0 != 0
    }

    fn with(self, other: Chars) -> Chars {
        Chars(self.0 | other.0)
    }

    fn len(self) -> u32 {
        self.0.count_ones()
    }

    fn class(class: &Class) -> Chars {
        let mut set = 0u128;
        let mut add = |start: u32, end: u32| {
            for c in start..=end.min(OTHERS - 1) {
                set |= 1 << c;
            }
            if end >= OTHERS {
                set |= 1 << OTHERS;
            }
        };
        match class {
            Class::Unicode(class) => {
                class.ranges().iter().for_each(|r| add(r.start() as u32, r.end() as u32));
            }
            Class::Bytes(class) => {
                class.ranges().iter().for_each(|r| add(r.start().into(), r.end().into()));
            }
        }
        Chars(set)
    }
}

/// What a match of a pattern needs; nothing where the pattern cannot be read.
pub(super) fn needs(pattern: &str) -> Needs {
    let hir = regex_syntax::Parser::new().parse(pattern);
    hir.map_or_else(|_| Needs::default(), |hir| needs_of(&hir))
}

/// The same for a pattern that has been read.
pub(super) fn needs_of(hir: &Hir) -> Needs {
    let whole = exact(hir).is_some();
    let anywhere = texts(hir).filter(|texts| worth(texts));
    let first = beginnings(hir).filter(|texts| worth(texts));
    let shortest = |texts: &Option<Vec<String>>| -> usize {
        let all = texts.iter().flatten();
        all.map(String::len).min().unwrap_or_default().min(RARE)
    };
    // A text with which a match begins says where to look, so it need not be rarer than others.
    let begins = first.is_some() && shortest(&first) >= shortest(&anywhere);
    let texts = if begins { first } else { anywhere }.unwrap_or_default();
    let prefix = hir.properties().look_set_prefix();
    let at_edge = prefix.contains(Look::WordUnicode);
    let mut pairs = Vec::new();
    if texts.is_empty() {
        collect_pairs(hir, &mut pairs);
        pairs.retain(|pairs| pairs.0 & COMMON == 0);
        pairs.sort_by_key(|pairs| pairs.0.count_ones());
        pairs.truncate(3);
    }
    let mut chars = Vec::new();
    collect_chars(hir, &mut chars);
    chars.retain(|set| set.len() <= MAX_CHARS);
    chars.sort_by_key(|set| set.len());
    chars.truncate(4);
    Needs { texts, whole, begins, at_edge, chars, pairs }
}

/// Whether texts are rare enough to look for.
fn worth(texts: &[String]) -> bool {
    !texts.is_empty()
        && texts.len() <= MAX_TEXTS
        && texts.iter().all(|text| {
            text.len() >= 2 || text.chars().all(|c| !c.is_alphanumeric() && !c.is_whitespace())
        })
}

/// All texts that an expression stands for, where they are few.
fn exact(hir: &Hir) -> Option<Vec<String>> {
    let mut texts = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => {
            vec![std::str::from_utf8(&literal.0).ok()?.to_ascii_lowercase()]
        }
        HirKind::Class(Class::Unicode(class)) => {
            let mut chars = Vec::new();
            for range in class.ranges() {
                if range.len() > 8 {
                    return None;
                }
                for c in range.start()..=range.end() {
                    // Folding makes `k` and `s` meet two letters that no prose holds.
                    if !matches!(c, '\u{212a}' | '\u{17f}') {
                        chars.push(c.to_ascii_lowercase().to_string());
                    }
                }
            }
            chars
        }
        HirKind::Class(Class::Bytes(_)) => return None,
        HirKind::Repetition(repetition) if repetition.max == Some(1) && repetition.min == 0 => {
            let mut texts = exact(&repetition.sub)?;
            texts.push(String::new());
            texts
        }
        HirKind::Repetition(_) => return None,
        HirKind::Capture(capture) => exact(&capture.sub)?,
        HirKind::Concat(parts) => {
            let mut texts = vec![String::new()];
            for part in parts {
                texts = product(&texts, &exact(part)?)?;
            }
            texts
        }
        HirKind::Alternation(parts) => {
            let mut texts = Vec::new();
            for part in parts {
                texts.extend(exact(part)?);
            }
            texts
        }
    };
    texts.sort_unstable();
    texts.dedup();
    (texts.len() <= MAX_TEXTS).then_some(texts)
}

fn product(left: &[String], right: &[String]) -> Option<Vec<String>> {
    if left.len() * right.len() > MAX_TEXTS {
        return None;
    }
    Some(left.iter().flat_map(|l| right.iter().map(move |r| format!("{l}{r}"))).collect())
}

/// Texts of which each match holds at least one.
fn texts(hir: &Hir) -> Option<Vec<String>> {
    if let Some(texts) = exact(hir) {
        return texts.iter().all(|text| !text.is_empty()).then_some(texts);
    }
    match hir.kind() {
        HirKind::Capture(capture) => texts(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => texts(&repetition.sub),
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(texts(part)?);
            }
            all.sort_unstable();
            all.dedup();
            (all.len() <= 4 * MAX_TEXTS).then_some(all)
        }
        HirKind::Concat(parts) => {
            let mut best: Option<Vec<String>> = None;
            let mut offer = |candidate: Vec<String>| {
                let rank = |texts: &[String]| {
                    let shortest = texts.iter().map(String::len).min().unwrap_or(0);
                    (shortest.min(RARE), usize::MAX - texts.len())
                };
                if !candidate.is_empty()
                    && candidate.iter().all(|text| !text.is_empty())
                    && best.as_deref().is_none_or(|best| rank(best) < rank(&candidate))
                {
                    best = Some(candidate);
                }
            };
            let mut run = vec![String::new()];
            for part in parts {
                let joined = exact(part).and_then(|part| product(&run, &part));
                match joined {
                    Some(joined) => run = joined,
                    None => {
                        offer(std::mem::take(&mut run));
                        run = match exact(part) {
                            Some(part) => part,
                            None => {
                                if let Some(inner) = texts(part) {
                                    offer(inner);
                                }
                                vec![String::new()]
                            }
                        };
                    }
                }
            }
            offer(run);
            best
        }
        _ => None,
    }
}

/// The texts of which each match begins with one, where that is known.
fn beginnings(hir: &Hir) -> Option<Vec<String>> {
    if let Some(texts) = exact(hir) {
        return texts.iter().all(|text| !text.is_empty()).then_some(texts);
    }
    match hir.kind() {
        HirKind::Capture(capture) => beginnings(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => beginnings(&repetition.sub),
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(beginnings(part)?);
            }
            all.sort_unstable();
            all.dedup();
            Some(all)
        }
        HirKind::Concat(parts) => {
            let mut run = vec![String::new()];
            for part in parts {
                match exact(part).and_then(|part| product(&run, &part)) {
                    Some(joined) => run = joined,
                    None if run.iter().all(String::is_empty) => return beginnings(part),
                    None => break,
                }
            }
            run.iter().all(|text| !text.is_empty()).then_some(run)
        }
        _ => None,
    }
}

/// Where a match of an expression begins and ends: the kinds of its first and last bytes.
#[derive(Clone, Copy)]
struct Ends {
    /// Whether it can be empty.
    empty: bool,
    first: u8,
    last: u8,
}

impl Ends {
    fn of(hir: &Hir) -> Ends {
        let bit = |byte: Option<&u8>| {
            let at = usize::from(byte.copied().unwrap_or_default().min(127));
            1u8 << KINDS.get(at).copied().unwrap_or_default()
        };
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Ends { empty: true, first: 0, last: 0 },
            HirKind::Literal(literal) => {
                Ends { empty: false, first: bit(literal.0.first()), last: bit(literal.0.last()) }
            }
            HirKind::Class(class) => {
                let Chars(chars) = Chars::class(class);
                let kinds = (0..128u8).filter(|byte| (chars >> byte) & 1 == 1);
                let kinds = kinds.fold(0, |kinds, byte| kinds | bit(Some(&byte)));
                Ends { empty: false, first: kinds, last: kinds }
            }
            HirKind::Repetition(repetition) => {
                let ends = Ends::of(&repetition.sub);
                Ends { empty: ends.empty || repetition.min == 0, ..ends }
            }
            HirKind::Capture(capture) => Ends::of(&capture.sub),
            HirKind::Concat(parts) => {
                let mut all = Ends { empty: true, first: 0, last: 0 };
                for ends in parts.iter().map(Ends::of) {
                    if all.empty {
                        all.first |= ends.first;
                    }
                    all.last = if ends.empty { all.last | ends.last } else { ends.last };
                    all.empty &= ends.empty;
                }
                all
            }
            HirKind::Alternation(parts) => {
                let none = Ends { empty: false, first: 0, last: 0 };
                parts.iter().map(Ends::of).fold(none, |all, ends| Ends {
                    empty: all.empty || ends.empty,
                    first: all.first | ends.first,
                    last: all.last | ends.last,
                })
            }
        }
    }
}

/// All pairs of a kind of the first set and one of the second.
fn pairs_of(first: u8, second: u8) -> Pairs {
    let kinds = (0..8).filter(|kind| (first >> kind) & 1 == 1);
    Pairs(kinds.fold(0, |all, kind| all | (u64::from(second) << (kind * 8))))
}

/// The sets of neighbors that a match must meet.
fn collect_pairs(hir: &Hir, out: &mut Vec<Pairs>) {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let kinds: Vec<u8> = literal.0.iter().map(|byte| kind((*byte).min(127))).collect();
            let pairs = kinds.windows(2).filter_map(|pair| match pair {
                [a, b] => Some(pairs_of(1 << a, 1 << b)),
                _ => None,
            });
            out.extend(pairs);
        }
        HirKind::Capture(capture) => collect_pairs(&capture.sub, out),
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            collect_pairs(&repetition.sub, out);
            let ends = Ends::of(&repetition.sub);
            if repetition.min > 1 && !ends.empty {
                out.push(pairs_of(ends.last, ends.first));
            }
        }
        HirKind::Concat(parts) => {
            let ends: Vec<Ends> = parts.iter().map(Ends::of).collect();
            for (at, before) in ends.iter().enumerate().filter(|(_, ends)| !ends.empty) {
                // What can stand next: all that may be empty, up to what may not.
                let later = ends.get(at + 1..).unwrap_or_default();
                let Some(fixed) = later.iter().position(|ends| !ends.empty) else { continue };
                let next = later.iter().take(fixed + 1).fold(0, |next, ends| next | ends.first);
                out.push(pairs_of(before.last, next));
            }
            parts.iter().for_each(|part| collect_pairs(part, out));
        }
        HirKind::Alternation(parts) => {
            let mut all = 0;
            for part in parts {
                let mut inner = Vec::new();
                collect_pairs(part, &mut inner);
                let Some(rarest) = inner.iter().min_by_key(|pairs| pairs.0.count_ones()) else {
                    return;
                };
                all |= rarest.0;
            }
            out.push(Pairs(all));
        }
        _ => {}
    }
    // A long pattern has many; the rarest count.
    if out.len() > 64 {
        out.sort_by_key(|pairs| pairs.0.count_ones());
        out.truncate(8);
    }
}

/// The sets of characters that a match must meet.
fn collect_chars(hir: &Hir, out: &mut Vec<Chars>) {
    match hir.kind() {
        HirKind::Literal(literal) => {
            out.extend(literal.0.iter().map(|b| Chars(1u128 << u32::from((*b).min(127)))));
        }
        HirKind::Class(class) => out.push(Chars::class(class)),
        HirKind::Capture(capture) => collect_chars(&capture.sub, out),
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            collect_chars(&repetition.sub, out);
        }
        HirKind::Concat(parts) => parts.iter().for_each(|part| collect_chars(part, out)),
        HirKind::Alternation(parts) => {
            let mut all: Option<Chars> = None;
            for part in parts {
                let mut inner = Vec::new();
                collect_chars(part, &mut inner);
                let Some(rarest) = inner.into_iter().min_by_key(|set| set.len()) else { return };
                all = Some(all.map_or(rarest, |all| all.with(rarest)));
            }
            out.extend(all);
        }
        _ => {}
    }
    // A long pattern has many; the rarest count.
    if out.len() > 64 {
        out.sort_by_key(|set| set.len());
        out.truncate(8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts_of(pattern: &str) -> Vec<String> {
        needs(pattern).texts
    }

    #[test]
    fn finds_texts_that_every_match_holds() {
        assert_eq!(texts_of("simply"), ["simply"]);
        assert_eq!(texts_of("(?i)simply"), ["simply"]);
        assert_eq!(texts_of("[Ee]-?mails?"), ["e-mail", "e-mails", "email", "emails"]);
        assert_eq!(texts_of(r"in order\s+to"), ["in order"]);
        assert_eq!(texts_of(r"(?:light|dark) \w+ lamp"), ["dark ", "light "]);
        assert_eq!(texts_of(r"(\w+)-(?s:.*)"), ["-"]);
        assert_eq!(texts_of("foo|bar.*baz"), ["bar", "foo"]);
        assert!(texts_of("[A-Z]{3}").is_empty());
        assert!(texts_of("a").is_empty());
        assert!(texts_of("(?:foo)?").is_empty());
    }

    #[test]
    fn finds_characters_that_every_match_holds() {
        let possible = |pattern: &str, text: &str| needs(pattern).are_met(Makeup::of(text));
        assert!(!possible(r"\d+kg", "no numbers here"));
        assert!(possible(r"\d+kg", "1 kg"));
        assert!(!possible("[A-Z]{3}", "small"));
        assert!(!possible("[!?]{2,}", "calm."));
        assert!(!possible("\u{2013}", "ascii - only"));
        assert!(possible("\u{2013}", "a – b"));
        assert!(!possible("([A-Z]+[a-z]+){2,}", "Small and Large"));
        assert!(possible("([A-Z]+[a-z]+){2,}", "a CamelCase word"));
        assert!(!possible(r"\b[A-Z]{3,5}s?\b", "One Two A B"));
        assert!(possible(r"\b[A-Z]{3,5}s?\b", "an API"));
        assert!(!possible(r"(?:\d|%)(?: ?)(?:[A-Z]|x\d)", "12. Test: 3"));
        assert!(possible(r"(?:\d|%)(?: ?)(?:[A-Z]|x\d)", "12A"));
        assert!(possible("[é]{2}", "éé"));
    }

    #[test]
    fn knows_how_matches_begin() {
        let begins = |pattern: &str| {
            let needs = needs(pattern);
            (needs.begins, needs.at_edge)
        };
        assert_eq!(begins(r"\b(am|are)\b\s*\w+ed"), (true, true));
        assert_eq!(begins(r"(am|are)\s*\w+ed"), (true, false));
        assert_eq!(begins(r"in order\s+to"), (true, false));
        assert_eq!(begins(r"(?:light|dark) \w+ lamp"), (true, false));
        assert_eq!(begins("(?:foo|bar.*baz)"), (true, false));
        assert_eq!(begins(r"\w+ lamp"), (false, false));
        assert_eq!(begins("a?lamp"), (true, false));
    }

    proptest! {
        /// What a pattern matches meets what it needs.
        #[test]
        fn matches_meet_needs(
            pattern in r"(\\b|[ab]|[A-C]|\d| |-|é|\w|\(a\|B\+\)|\(C\?-\)){1,6}(\{2\}|\+|\?)?",
            text in "[abABC01 .é-]{0,12}",
        ) {
            let Ok(regex) = regex::Regex::new(&pattern) else { return Ok(()) };
            let needs = needs(&pattern);
            for found in regex.find_iter(&text) {
                prop_assert!(needs.are_met(Makeup::of(&text)));
                let edge = super::super::tokens::is_edge(&text, found.start());
                prop_assert!(!needs.at_edge || edge);
                let lower = found.as_str().to_ascii_lowercase();
                let begins = needs.texts.iter().any(|text| lower.starts_with(text));
                prop_assert!(!needs.begins || begins);
                let holds = needs.texts.iter().any(|text| lower.contains(text));
                prop_assert!(needs.texts.is_empty() || holds);
            }
        }
    }
}
