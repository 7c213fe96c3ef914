//! What a reader types becomes words that the index knows.

use super::lists::Lists;
use super::rank::MOST_COMMON;
use super::tokens::{self, Role, fold, is_paired};
use super::vocabulary::Form;

/// More words than these are not looked at.
const MOST_WORDS: usize = 16;
/// With fewer forms than these, typos are looked for among all of them; with more, among those
/// with the same first letter.
const SMALL: usize = 20_000;

/// A query, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// The words, in order.
    pub(super) words: Vec<Typed>,
    /// What stands in quotes: words that must follow each other.
    pub(super) phrases: Vec<Vec<String>>,
    /// Words with `-` before them.
    pub(super) without: Vec<String>,
    /// What stood in quotes and is nowhere.
    pub(super) unquoted: Vec<String>,
}

impl Query {
    /// Takes the quotes off phrases: those for which `off` says so. Their words may then be
    /// mistyped, inflected, and apart.
    pub(super) fn unquote(&mut self, off: &[bool]) {
        let mut kept = Vec::new();
        for (phrase, off) in std::mem::take(&mut self.phrases).into_iter().zip(off) {
            if *off {
                self.unquoted.push(phrase.join(" "));
            } else {
                kept.push(phrase);
            }
        }
        for word in &mut self.words {
            word.quoted &= kept.iter().any(|phrase| phrase.contains(&word.text));
        }
        self.phrases = kept;
    }
}

/// A word as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Typed {
    /// The word, folded.
    pub(super) text: String,
    /// Its parts, where it is an identifier or written in camel case.
    pub(super) parts: Vec<String>,
    /// It is an identifier: its parts are words of their own.
    pub(super) whole: bool,
    /// It may be the beginning of a word.
    pub(super) open: bool,
    /// It stands in quotes, so it means exactly this form.
    pub(super) quoted: bool,
}

/// Takes a query apart. `expand`: whether the last word may be the beginning of one.
pub(super) fn parse(text: &str, expand: bool) -> Query {
    let mut query = Query::default();
    let mut excluded: Vec<(usize, &str)> = Vec::new();
    let mut quoted = false;
    for part in text.split(['"', '\u{201c}', '\u{201d}', '\u{201e}']) {
        if quoted {
            let mut phrase = Vec::new();
            for typed in typed(part) {
                let words = if typed.whole && !typed.parts.is_empty() {
                    typed.parts
                } else {
                    vec![typed.text]
                };
                for text in words {
                    phrase.push(text.clone());
                    query.words.push(Typed { text, quoted: true, ..Typed::default() });
                }
            }
            if !phrase.is_empty() {
                query.phrases.push(phrase);
            }
        } else {
            for chunk in part.split_whitespace() {
                match chunk.strip_prefix('-') {
                    Some(word)
                        if word.starts_with(char::is_alphanumeric)
                            && word.chars().nth(1).is_some() =>
                    {
                        excluded.push((query.words.len(), chunk));
                    }
                    _ => query.words.extend(typed(chunk)),
                }
            }
        }
        quoted = !quoted;
    }
    // With nothing else to look for, `-Wall` is a word.
    if query.words.is_empty() {
        query.words = excluded.iter().flat_map(|(_, chunk)| typed(chunk)).collect();
    } else {
        for (_, chunk) in excluded {
            query.without.push(fold(chunk.trim_start_matches('-')).into_owned());
        }
    }
    let mut seen: Vec<String> = Vec::new();
    query.words.retain(|word| {
        let new = !seen.contains(&word.text);
        seen.push(word.text.clone());
        new
    });
    query.words.truncate(MOST_WORDS);
    let ends_open =
        text.ends_with(|c: char| !c.is_whitespace() && !"\"\u{201c}\u{201d}\u{201e}".contains(c));
    if let Some(last) = query.words.last_mut()
        && expand
        && ends_open
        && !last.quoted
        && query.without.is_empty()
    {
        last.open = true;
    }
    query
}

/// The words of a text without quotes.
fn typed(text: &str) -> Vec<Typed> {
    let mut words: Vec<Typed> = Vec::new();
    let mut whole_end = 0;
    tokens::tokens(text, |token| {
        let text = token.text.to_owned();
        let inside = token.start < whole_end;
        match (token.role, words.last_mut()) {
            (Role::Word, Some(whole)) if inside => whole.parts.push(text),
            // The parts of a part do not matter: the part is a word.
            (Role::Part, Some(_)) if inside => {}
            (Role::Part, Some(word)) => word.parts.push(text),
            _ => {
                let whole = token.role == Role::Whole;
                words.push(Typed { text, whole, ..Typed::default() });
            }
        }
        if token.role == Role::Whole {
            whole_end = token.end;
        }
    });
    if words.is_empty()
        && let Some(symbol) = tokens::symbol(text)
    {
        words.push(Typed { text: fold(symbol).into_owned(), ..Typed::default() });
    }
    words
}

/// A word of a query, and the words of the index that stand for it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Resolved {
    /// What was typed.
    pub(super) text: String,
    /// Words of the index, and how much each counts; none where nothing is near.
    pub(super) words: Vec<(u32, f64)>,
    /// Those of the words that it begins and that stand in more than [`MOST_COMMON`] sections: they
    /// are looked for in titles.
    pub(super) long: Vec<u32>,
    /// What results are shown for instead of what was typed.
    pub(super) instead: Option<String>,
    /// In how many sections the first of the words stands.
    pub(super) weight: u32,
    /// The first of the words is what was typed.
    pub(super) exact: bool,
    /// It adds to what its parts find, and no page is without it.
    pub(super) extra: bool,
}

/// How many beginnings are completed, with the whole word known and without.
const COMPLETIONS: [usize; 2] = [4, 10];
/// How much a completion counts, with the whole word known and without.
const COMPLETED: [f64; 2] = [0.3, 0.7];
/// How much a word counts that is one and two edits away.
const MISTYPED: [f64; 2] = [0.7, 0.5];
/// How much a word counts that has the same beginning.
const INFLECTED: f64 = 0.8;
/// How many words stand for one with a typo.
const CORRECTIONS: usize = 3;

/// Finds the words of the index for a word that was typed: itself, what it begins, its parts,
/// and, where there is none of these, what is near. The parts of an identifier are looked for in
/// any case, so that pages are found that write it apart; those that have it as a whole gain.
pub(super) fn resolve<L: Lists>(index: &L, typed: &Typed) -> Result<Vec<Resolved>, L::Error> {
    let forms = index.beginning(&typed.text)?;
    let known = forms.first().filter(|form| *form.text == *typed.text);
    let single = typed.text.chars().count() == 1;
    let paired = single && typed.text.chars().all(is_paired);
    let open = !typed.quoted && (paired || typed.open && !single);
    let found_whole = known.is_some() || open && !forms.is_empty();
    let mut parts = Vec::new();
    if !typed.parts.is_empty() && (typed.whole || !found_whole) {
        let last = typed.parts.len() - 1;
        for (at, text) in typed.parts.iter().enumerate() {
            let open = typed.open && at == last;
            let part = Typed { text: text.clone(), open, ..Typed::default() };
            parts.extend(resolve(index, &part)?);
        }
        if !found_whole {
            return Ok(parts);
        }
    }
    let extra = !parts.is_empty();
    let mut found = Resolved { text: typed.text.clone(), extra, ..Resolved::default() };
    if let Some(form) = known {
        found.words.push((form.word, 1.0));
        found.weight = form.weight;
        found.exact = true;
    }
    if open {
        let kind = usize::from(known.is_none());
        let most = COMPLETIONS.get(kind).copied().unwrap_or_default();
        let factor = COMPLETED.get(kind).copied().unwrap_or_default();
        for form in heaviest(forms.iter().collect(), most, known.map(|form| form.word)) {
            if found.words.is_empty() {
                found.weight = form.weight;
            }
            found.words.push((form.word, factor));
            if f64::from(form.weight) > MOST_COMMON {
                found.long.push(form.word);
            }
        }
        // Where all are such, the rarest counts.
        if found.long.len() == found.words.len() {
            found.long.pop();
        }
    }
    if found.words.is_empty() && !typed.quoted {
        correct(index, &mut found)?;
    }
    parts.push(found);
    Ok(parts)
}

/// The forms that stand in most sections, one for each word.
fn heaviest(mut forms: Vec<&Form>, most: usize, but: Option<u32>) -> Vec<&Form> {
    forms.sort_by_key(|form| std::cmp::Reverse(form.weight));
    let mut chosen: Vec<&Form> = Vec::new();
    for form in forms {
        if chosen.len() == most {
            break;
        }
        if Some(form.word) != but && chosen.iter().all(|other| other.word != form.word) {
            chosen.push(form);
        }
    }
    chosen
}

/// Looks for words that are near.
fn correct<L: Lists>(index: &L, found: &mut Resolved) -> Result<(), L::Error> {
    let typed: Vec<char> = found.text.chars().collect();
    if typed.len() < 4 {
        return Ok(());
    }
    let pool = if index.form_count() <= SMALL {
        index.beginning("")?
    } else {
        let mut pool = Vec::new();
        for letter in typed.iter().take(2) {
            pool = index.beginning(letter.encode_utf8(&mut [0; 4]))?;
            if pool.iter().any(|form| distance(&typed, &form.text, 1).is_some()) {
                break;
            }
        }
        pool
    };
    let near = |most: usize| -> Vec<&Form> {
        let exactly = |form: &&Form| distance(&typed, &form.text, most) == Some(most);
        let mut forms: Vec<&Form> = pool.iter().filter(exactly).collect();
        // Of the forms of one word, one as long as what was typed is likelier meant.
        forms.sort_by_key(|form| form.text.chars().count().abs_diff(typed.len()));
        heaviest(forms, CORRECTIONS, None)
    };
    let inflected = || -> Vec<&Form> {
        let shared = typed.len().saturating_sub(3).max(4);
        let same = |form: &&Form| {
            let common = form.text.chars().zip(&typed).take_while(|(a, b)| a == *b).count();
            common >= shared && form.text.chars().count() <= common + 3
        };
        heaviest(pool.iter().filter(same).collect(), 1, None)
    };
    let mut tries: Vec<(Vec<&Form>, f64)> = vec![(near(1), MISTYPED[0])];
    if tries.iter().all(|(forms, _)| forms.is_empty()) {
        tries.push((inflected(), INFLECTED));
    }
    if tries.iter().all(|(forms, _)| forms.is_empty()) && typed.len() >= 8 {
        tries.push((near(2), MISTYPED[1]));
    }
    for (forms, factor) in tries {
        for form in forms {
            if found.instead.is_none() {
                found.instead = Some(form.text.to_string());
                found.weight = form.weight;
            }
            found.words.push((form.word, factor));
        }
    }
    Ok(())
}

/// The number of edits between two words, if it is at most `most`: a letter more, less, other,
/// or two that changed places (optimal string alignment).
pub(super) fn distance(a: &[char], b: &str, most: usize) -> Option<usize> {
    let b: Vec<char> = b.chars().collect();
    if a.len().abs_diff(b.len()) > most {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        let mut least = i + 1;
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let mut cost = (at(&above, j) + usize::from(x != y))
                .min(at(&above, j + 1) + 1)
                .min(at(&row, j) + 1);
            if i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) {
                cost = cost.min(at(&before, j - 1) + 1);
            }
            least = least.min(cost);
            row.push(cost);
        }
        if least > most {
            return None;
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().filter(|cost| *cost <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let query = parse(text, true);
        let mut out: Vec<String> = query
            .words
            .iter()
            .map(|word| {
                let parts = word.parts.join("+");
                let parts = if parts.is_empty() { parts } else { format!("({parts})") };
                let open = if word.open { "…" } else { "" };
                format!("{}{parts}{open}", word.text)
            })
            .collect();
        out.extend(query.phrases.iter().map(|phrase| format!("\"{}\"", phrase.join(" "))));
        out.extend(query.without.iter().map(|word| format!("-{word}")));
        out.join(" ")
    }

    #[test]
    fn queries_are_taken_apart() {
        assert_eq!(shown("Install rust"), "install rust…");
        assert_eq!(shown("install "), "install");
        assert_eq!(shown("HashMap::new"), "hashmap::new(hashmap+new)…");
        assert_eq!(shown("HashMap x"), "hashmap(hash+map) x…");
        assert_eq!(shown("\"the Book\" rust"), "the book rust… \"the book\"");
        assert_eq!(shown("\"open quote"), "open quote \"open quote\"");
        assert_eq!(shown("cargo -nightly"), "cargo -nightly");
        assert_eq!(shown("-Wall"), "-wall(wall)…");
        assert_eq!(shown("cargo --locked -v"), "cargo --locked(locked) -v(v)…");
        assert_eq!(shown("the the ->"), "the ->…");
        assert_eq!(shown("->"), "->…");
        assert_eq!(shown("所有権"), "所有 有権…");
        assert_eq!(shown("  "), "");
    }

    #[test]
    fn edits_are_counted() {
        let far = |a: &str, b: &str, most| distance(&a.chars().collect::<Vec<_>>(), b, most);
        assert_eq!(far("word", "word", 1), Some(0));
        assert_eq!(far("wrod", "word", 1), Some(1));
        assert_eq!(far("wod", "word", 1), Some(1));
        assert_eq!(far("woord", "word", 1), Some(1));
        assert_eq!(far("ward", "word", 1), Some(1));
        assert_eq!(far("drow", "word", 1), None);
        assert_eq!(far("owrdd", "word", 2), Some(2));
    }
}
