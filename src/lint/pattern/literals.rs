//! What a text must hold for a pattern to match in it at all, so that most patterns need not be
//! tried on most texts.

use regex_syntax::hir::{Class, Hir, HirKind};

/// What a match needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Needs {
    /// One of these texts, ASCII in lower case, compared without regard to the case of ASCII
    /// letters; empty where nothing is known.
    pub texts: Vec<String>,
    /// Whether a match is just one of these texts, and nothing more.
    pub whole: bool,
    /// From each of these sets of characters at least one.
    pub chars: Vec<Chars>,
}

/// A set of ASCII characters; the bit of DEL stands for all that is not ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chars(u128);

const OTHERS: u32 = 127;
/// More texts make a prefilter slower than they save.
const MAX_TEXTS: usize = 64;
/// A set with more characters than this stands in nearly every text.
const MAX_CHARS: u32 = 40;

impl Chars {
    /// The characters of a text.
    pub(crate) fn of(text: &str) -> Chars {
        Chars(text.bytes().fold(0, |set, byte| set | 1u128 << u32::from(byte.min(127))))
    }

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
    let Ok(hir) = regex_syntax::Parser::new().parse(pattern) else { return Needs::default() };
    let whole = exact(&hir).is_some();
    let texts = texts(&hir).filter(|texts| worth(texts)).unwrap_or_default();
    let mut chars = Vec::new();
    collect_chars(&hir, &mut chars);
    chars.retain(|set| set.len() <= MAX_CHARS);
    chars.sort_by_key(|set| set.len());
    chars.truncate(4);
    Needs { texts, whole, chars }
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
                    (shortest.min(6), usize::MAX - texts.len())
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

    fn texts_of(pattern: &str) -> Vec<String> {
        needs(pattern).texts
    }

    #[test]
    fn finds_texts_that_every_match_holds() {
        assert_eq!(texts_of("simply"), ["simply"]);
        assert_eq!(texts_of("(?i)simply"), ["simply"]);
        assert_eq!(texts_of("[Ee]-?mails?"), ["e-mail", "e-mails", "email", "emails"]);
        assert_eq!(texts_of(r"in order\s+to"), ["in order"]);
        assert_eq!(texts_of(r"(?:light|dark) \w+ lamp"), [" lamp"]);
        assert_eq!(texts_of(r"(\w+)-(?s:.*)"), ["-"]);
        assert_eq!(texts_of("foo|bar.*baz"), ["bar", "foo"]);
        assert!(texts_of("[A-Z]{3}").is_empty());
        assert!(texts_of("a").is_empty());
        assert!(texts_of("(?:foo)?").is_empty());
    }

    #[test]
    fn finds_characters_that_every_match_holds() {
        let possible = |pattern: &str, text: &str| {
            let set = Chars::of(text);
            needs(pattern).chars.iter().all(|chars| chars.meets(set))
        };
        assert!(!possible(r"\d+kg", "no numbers here"));
        assert!(possible(r"\d+kg", "1 kg"));
        assert!(!possible("[A-Z]{3}", "small"));
        assert!(!possible("[!?]{2,}", "calm."));
        assert!(!possible("\u{2013}", "ascii - only"));
        assert!(possible("\u{2013}", "a – b"));
    }
}
