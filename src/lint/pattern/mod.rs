//! Patterns of rules: translated, compiled when first needed, tried only where they can match.

mod literals;
mod phrases;
mod prefilter;
mod runs;
mod tokens;
mod translate;

use std::ops::Range;
use std::sync::OnceLock;

pub(crate) use literals::Makeup;
pub(crate) use phrases::Phrases;
pub(crate) use prefilter::{Hit, Hits, Prefilter, PrefilterBuilder};
pub(crate) use runs::Runs;
pub(crate) use tokens::{TokenSet, Wrapping};

use literals::{Needs, needs, needs_of};
use regex_automata::meta;
use regex_automata::{Anchored, Input};

/// Steps that a pattern may go back at one place before it is stopped. A match in prose takes
/// some dozens.
const BACKTRACK_LIMIT: usize = 200_000;
/// Bytes that a compiled pattern may take, and the cache of one that is run.
const SIZE_LIMIT: usize = 64 << 20;
const CACHE_LIMIT: usize = 2 << 20;

/// Why a pattern is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadPattern(pub String);

/// A pattern that was stopped, because it went back too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stopped;

enum Engine {
    Linear(meta::Regex),
    Backtracking(Box<fancy_regex::Regex>),
    Failed,
}

/// A pattern that can be compiled, and is when it is first needed.
pub(crate) struct Pattern {
    source: String,
    backtracks: bool,
    carried: String,
    needs: Needs,
    engine: OnceLock<Engine>,
}

impl std::fmt::Debug for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Pattern").field(&self.source).finish()
    }
}

impl Pattern {
    /// Reads a pattern in Vale's dialect.
    pub(crate) fn new(source: &str) -> Result<Pattern, BadPattern> {
        let pattern = Pattern::read(source)?;
        if pattern.backtracks {
            // There are few of them, and only compiling tells.
            pattern.compile()?;
        }
        Ok(pattern)
    }

    /// The same without compiling what only the other engine can tell of.
    fn read(source: &str) -> Result<Pattern, BadPattern> {
        let translated = translate::translate(source).map_err(|why| BadPattern(why.0))?;
        let needs = if translated.backtracks {
            needs(&translated.relaxed)
        } else {
            // Nothing was relaxed then.
            match regex_syntax::Parser::new().parse(&translated.pattern) {
                Ok(hir) => needs_of(&hir),
                Err(error) => return Err(BadPattern(reason(&error))),
            }
        };
        Ok(Pattern {
            source: translated.pattern,
            backtracks: translated.backtracks,
            carried: translated.carried,
            needs,
            engine: OnceLock::new(),
        })
    }

    /// Compiles a pattern that backtracks, for good.
    fn compile(&self) -> Result<(), BadPattern> {
        let engine = backtracking(&self.source).map_err(BadPattern)?;
        drop(self.engine.set(engine));
        Ok(())
    }

    /// The same needs, from a pattern inside of others.
    fn wrapped(self, before: &str, inner: &str, after: &str) -> Pattern {
        Pattern {
            source: format!("{before}{inner}{after}"),
            backtracks: self.backtracks,
            carried: self.carried,
            needs: self.needs,
            engine: OnceLock::new(),
        }
    }

    fn engine(&self) -> &Engine {
        self.engine.get_or_init(|| {
            let compiled = if self.backtracks {
                backtracking(&self.source).ok()
            } else {
                linear(&self.source)
            };
            compiled.unwrap_or(Engine::Failed)
        })
    }

    /// The first match at or behind `start`.
    pub(crate) fn find_at(
        &self,
        text: &str,
        start: usize,
    ) -> Result<Option<Range<usize>>, Stopped> {
        match self.engine() {
            Engine::Linear(regex) => {
                let found = regex.search(&Input::new(text).range(start..));
                Ok(found.map(|found| found.range()))
            }
            Engine::Backtracking(regex) => match regex.find_from_pos(text, start) {
                Ok(found) => Ok(found.map(|found| found.range())),
                Err(_) => Err(Stopped),
            },
            Engine::Failed => Err(Stopped),
        }
    }

    /// The first match that begins at one of the places, which are in order. Nowhere else does
    /// one begin.
    fn find_among(&self, text: &str, places: &[usize]) -> Result<Option<Range<usize>>, Stopped> {
        let Engine::Linear(regex) = self.engine() else {
            // It cannot be tied to a place, but begins to look at the first one.
            return places.first().map_or(Ok(None), |first| self.find_at(text, *first));
        };
        let found = places.iter().find_map(|place| {
            regex.search(&Input::new(text).range(*place..).anchored(Anchored::Yes))
        });
        Ok(found.map(|found| found.range()))
    }

    /// Whether it matches anywhere.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        match self.engine() {
            Engine::Linear(regex) => regex.is_match(text),
            Engine::Backtracking(regex) => regex.is_match(text).unwrap_or(false),
            Engine::Failed => false,
        }
    }

    /// Every match, one behind the other; empty ones are left out.
    pub(crate) fn find_all(&self, text: &str) -> Result<Vec<Range<usize>>, Stopped> {
        let mut all = Vec::new();
        let mut at = 0;
        while at <= text.len() {
            let Some(found) = self.find_at(text, at)? else { break };
            at = if found.is_empty() { next_char(text, found.end) } else { found.end };
            if !found.is_empty() {
                all.push(found);
            }
        }
        Ok(all)
    }

    /// The groups of every match, from the whole match on; those that took no part are none.
    pub(crate) fn captures_all(
        &self,
        text: &str,
    ) -> Result<Vec<Vec<Option<Range<usize>>>>, Stopped> {
        match self.engine() {
            Engine::Linear(regex) => Ok(regex
                .captures_iter(text)
                .map(|groups| groups.iter().map(|group| group.map(|span| span.range())).collect())
                .collect()),
            Engine::Backtracking(regex) => {
                let mut all = Vec::new();
                for groups in regex.captures_iter(text) {
                    let groups = groups.map_err(|_| Stopped)?;
                    all.push(groups.iter().map(|group| group.map(|g| g.range())).collect());
                }
                Ok(all)
            }
            Engine::Failed => Err(Stopped),
        }
    }

    /// The text with every match replaced; `$1` in the replacement is the text of a group.
    pub(crate) fn replace_all(&self, text: &str, replacement: &str) -> String {
        let Ok(matches) = self.captures_all(text) else { return text.to_owned() };
        let mut out = String::new();
        let mut last = 0;
        for groups in matches {
            let Some(Some(whole)) = groups.first().cloned() else { continue };
            out.push_str(text.get(last..whole.start).unwrap_or_default());
            expand(replacement, text, &groups, &mut out);
            last = whole.end;
        }
        out.push_str(text.get(last..).unwrap_or_default());
        out
    }

    /// Whether a text of this makeup can hold a match.
    pub(crate) fn possible(&self, makeup: Makeup) -> bool {
        self.needs.are_met(makeup)
    }
}

fn linear(source: &str) -> Option<Engine> {
    let config =
        meta::Config::new().nfa_size_limit(Some(SIZE_LIMIT)).hybrid_cache_capacity(CACHE_LIMIT);
    meta::Builder::new().configure(config).build(source).ok().map(Engine::Linear)
}

fn backtracking(source: &str) -> Result<Engine, String> {
    let mut builder = fancy_regex::RegexBuilder::new(source);
    builder
        .backtrack_limit(BACKTRACK_LIMIT)
        .delegate_size_limit(SIZE_LIMIT)
        .delegate_dfa_size_limit(CACHE_LIMIT);
    match builder.build() {
        Ok(regex) => Ok(Engine::Backtracking(Box::new(regex))),
        Err(error) => Err(error.to_string().replace('\n', " ")),
    }
}

/// What an error of the parser says, without the picture of the pattern.
fn reason(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        _ => "it cannot be read".to_owned(),
    }
}

/// Writes a replacement with `$1` and `${1}` filled in.
fn expand(template: &str, text: &str, groups: &[Option<Range<usize>>], out: &mut String) {
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let after = from.get(1..).unwrap_or_default();
        let braced = after.starts_with('{');
        let digits = after.trim_start_matches('{');
        let len = digits.bytes().take_while(u8::is_ascii_digit).count();
        let number = digits.get(..len).and_then(|digits| digits.parse::<usize>().ok());
        match number {
            Some(number) => {
                if let Some(Some(range)) = groups.get(number) {
                    out.push_str(text.get(range.clone()).unwrap_or_default());
                }
                let skip = 1 + len + if braced { 2 } else { 0 };
                rest = from.get(skip..).unwrap_or_default();
            }
            None => {
                out.push('$');
                rest = after;
            }
        }
    }
    out.push_str(rest);
}

/// The offset behind the character at `at`.
pub(crate) fn next_char(text: &str, at: usize) -> usize {
    at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_goes_back_without_end_is_stopped() {
        let pattern = Pattern::new(r"(?:(a+)\1?)+c").unwrap();
        let text = "a".repeat(40);
        assert_eq!(pattern.find_at(&text, 0), Err(Stopped));
    }

    #[test]
    fn groups_are_filled_in() {
        let pattern = Pattern::new(r"(\d+) (March|April)").unwrap();
        assert_eq!(pattern.replace_all("24 March", "$2 $1"), "March 24");
        assert_eq!(pattern.replace_all("24 March", "${1}$ $9x"), "24$ x");
    }

    #[test]
    fn variable_look_behind_and_references_work() {
        let pattern = Pattern::new(r"(?<!(?:data|shopping) )centre").unwrap();
        let text = "data centre, town centre";
        assert_eq!(pattern.find_all(text).unwrap().first(), Some(&(18..24)));
        let pattern = Pattern::new(r"(?i)(\w+)-\1").unwrap();
        assert!(pattern.is_match("So-so"));
    }

    #[test]
    fn bad_patterns_say_why() {
        for bad in ["*pipe", "(pipe", "pi[pe", r"(?<=a)\p{Nonsense}"] {
            assert!(Pattern::new(bad).is_err(), "{bad}");
        }
    }
}
