//! The grammars, made ready for reading.
//!
//! The grammars are syntect's, in the format of Sublime Text: contexts with rules, each of which
//! has a regular expression. Contexts and expressions are made ready when they are first met, and
//! are shared by all threads for the life of the program.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock, PoisonError, RwLock};

use onig::{MatchParam, RegexOptions, Region, SearchOptions, Syntax};
use syntect::parsing::syntax_definition::{
    self, ContextId, ContextReference, MatchOperation, MatchPattern,
};
use syntect::parsing::{ClearAmount, Scope, SyntaxReference};

use super::SYNTAXES;
use super::classes::{Effect, effect_of};
use super::first::Start;

/// A context of a grammar.
#[derive(Debug)]
pub(super) struct Context {
    /// Its number: contexts are the same where their numbers are.
    pub id: usize,
    /// Scopes of all text between the matches that open and close the context, these included.
    pub meta: Vec<Effect>,
    /// Scopes of the text between these matches.
    pub content: Vec<Effect>,
    /// The scopes below that do not count in it.
    pub clear: Option<ClearAmount>,
    /// Whether it has expressions that repeat what the match that opened it had found.
    pub repeats: bool,
    /// What is tried before its own rules.
    pub prototype: Option<&'static Context>,
    rules: Vec<&'static Rule>,
    /// The rules that can match at a byte, in their order; the last for the end of the text.
    by_byte: Vec<Box<[u16]>>,
}

/// What a match does to the stack of contexts.
#[derive(Debug)]
pub(super) enum Operation {
    Nothing,
    Pop,
    Push(Vec<&'static Context>),
    Set(Vec<&'static Context>),
}

/// A rule of a context.
#[derive(Debug)]
pub(super) struct Rule {
    /// Its number: rules are the same where their numbers are.
    pub id: usize,
    pub start: Start,
    /// Whether its expression has references to groups.
    pub refers: bool,
    /// Scopes of what it matches.
    pub scopes: Vec<Effect>,
    /// Scopes of groups.
    pub groups: Vec<(usize, Vec<Effect>)>,
    pattern: &'static MatchPattern,
    expression: OnceLock<Option<Expression>>,
    operation: OnceLock<Option<Operation>>,
    prototype: OnceLock<Option<&'static Context>>,
}

/// A regular expression.
#[derive(Debug)]
pub(super) struct Expression(onig::Regex);

/// What trying an expression at a place gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tried {
    /// It matches so many bytes.
    Matches(usize),
    No,
    /// It needed too long and was given up.
    Failed,
}

impl Expression {
    /// Compiles an expression; none where it is in no form.
    pub fn new(text: &str) -> Option<Expression> {
        let options = RegexOptions::REGEX_OPTION_CAPTURE_GROUP;
        onig::Regex::with_options(text, options, Syntax::default()).ok().map(Expression)
    }

    /// Tries the expression at one place. The groups are found in `region`.
    pub fn at(&self, text: &str, at: usize, region: &mut Region) -> Tried {
        let options = SearchOptions::SEARCH_OPTION_NONE;
        match self.0.match_with_param(text, at, options, Some(region), MatchParam::default()) {
            Ok(Some(length)) => Tried::Matches(length),
            Ok(None) => Tried::No,
            Err(_) => Tried::Failed,
        }
    }
}

/// Contexts and rules by where they stand in memory: the grammars stay where they are.
static CONTEXTS: LazyLock<RwLock<HashMap<usize, &'static Context>>> =
    LazyLock::new(RwLock::default);
static RULES: LazyLock<RwLock<HashMap<usize, &'static Rule>>> = LazyLock::new(RwLock::default);

fn address<T>(of: &'static T) -> usize {
    std::ptr::from_ref(of).addr()
}

/// What a store holds for an address; else what is made now.
fn shared<T>(
    store: &RwLock<HashMap<usize, &'static T>>,
    at: usize,
    make: impl FnOnce() -> T,
) -> &'static T {
    if let Some(found) = store.read().unwrap_or_else(PoisonError::into_inner).get(&at) {
        return found;
    }
    // Made without holding the lock, as making needs others; two threads may both do it, and one
    // of them is believed.
    let made = make();
    let mut store = store.write().unwrap_or_else(PoisonError::into_inner);
    store.entry(at).or_insert_with(|| Box::leak(Box::new(made)))
}

fn effects(scopes: &[Scope]) -> Vec<Effect> {
    scopes.iter().map(|scope| effect_of(&scope.build_string())).collect()
}

impl Context {
    /// The context in which a text of this grammar begins.
    pub fn first_of(syntax: &SyntaxReference) -> Option<&'static Context> {
        let syntax_index =
            SYNTAXES.syntaxes().iter().position(|other| std::ptr::eq(other, syntax))?;
        // syntect does not say which one it is: the one that matches the empty text and pushes.
        (0..)
            .map_while(|context_index| {
                let id = serde_json::json!({
                    "syntax_index": syntax_index,
                    "context_index": context_index,
                });
                by_id(&id)
            })
            .find(|context| match &*context.patterns {
                [syntax_definition::Pattern::Match(only)] => {
                    only.regex().regex_str().is_empty()
                        && matches!(only.operation, MatchOperation::Push(_))
                }
                _ => false,
            })
            .map(Context::of)
    }

    fn of(source: &'static syntax_definition::Context) -> &'static Context {
        let id = address(source);
        shared(&CONTEXTS, id, || {
            let rules: Vec<&'static Rule> = syntax_definition::context_iter(&SYNTAXES, source)
                .filter_map(|(context, index)| context.match_at(index).ok())
                .map(Rule::of)
                .collect();
            let prototype =
                source.prototype.and_then(|id: ContextId| by_id(&serde_json::to_value(id).ok()?));
            Context {
                id,
                meta: effects(&source.meta_scope),
                content: effects(&source.meta_content_scope),
                clear: source.clear_scopes,
                repeats: source.uses_backrefs,
                prototype: prototype.map(Context::of),
                by_byte: (0..=256).map(|byte| candidates(&rules, byte)).collect(),
                rules,
            }
        })
    }

    /// The rules that can match where a byte stands, in their order; none for the end.
    pub fn rules_at(&self, byte: Option<u8>) -> impl Iterator<Item = &'static Rule> {
        let slot = byte.map_or(256, usize::from);
        let indices = self.by_byte.get(slot).map(|indices| &**indices).unwrap_or_default();
        indices.iter().filter_map(|index| self.rules.get(usize::from(*index)).copied())
    }
}

fn candidates(rules: &[&'static Rule], byte: usize) -> Box<[u16]> {
    let fits = |rule: &Rule| match u8::try_from(byte) {
        Ok(byte) => rule.start.bytes.contains(byte),
        Err(_) => rule.start.end,
    };
    (0..).zip(rules).filter(|(_, rule)| fits(rule)).map(|(index, _)| index).collect()
}

/// The context of a number that syntect gave.
fn by_id(id: &serde_json::Value) -> Option<&'static syntax_definition::Context> {
    let reference = serde_json::json!({ "Direct": id });
    let reference: ContextReference = serde_json::from_value(reference).ok()?;
    reference.resolve(&SYNTAXES).ok()
}

fn resolved(references: &[ContextReference]) -> Option<Vec<&'static Context>> {
    references.iter().map(|context| context.resolve(&SYNTAXES).ok().map(Context::of)).collect()
}

impl Rule {
    fn of(pattern: &'static MatchPattern) -> &'static Rule {
        let id = address(pattern);
        shared(&RULES, id, || Rule {
            id,
            start: Start::of(pattern.regex().regex_str()),
            refers: pattern.has_captures,
            scopes: effects(&pattern.scope),
            groups: pattern
                .captures
                .iter()
                .flatten()
                .map(|(group, scopes)| (*group, effects(scopes)))
                .collect(),
            pattern,
            expression: OnceLock::new(),
            operation: OnceLock::new(),
            prototype: OnceLock::new(),
        })
    }

    /// The text of its expression.
    pub fn text(&self) -> &'static str {
        self.pattern.regex().regex_str()
    }

    /// Its expression as it is written.
    pub fn expression(&self) -> Option<&Expression> {
        self.expression.get_or_init(|| Expression::new(self.text())).as_ref()
    }

    /// What it does; none where it leads to what does not exist.
    pub fn operation(&self) -> Option<&Operation> {
        let make = || {
            Some(match &self.pattern.operation {
                MatchOperation::None => Operation::Nothing,
                MatchOperation::Pop => Operation::Pop,
                MatchOperation::Push(contexts) => Operation::Push(resolved(contexts)?),
                MatchOperation::Set(contexts) => Operation::Set(resolved(contexts)?),
            })
        };
        self.operation.get_or_init(make).as_ref()
    }

    /// Whether it pushes contexts.
    pub fn pushes(&self) -> bool {
        matches!(self.pattern.operation, MatchOperation::Push(_))
    }

    /// Whether it pops a context.
    pub fn pops(&self) -> bool {
        matches!(self.pattern.operation, MatchOperation::Pop)
    }

    /// Whether it leaves the stack of contexts as it is.
    pub fn stays(&self) -> bool {
        matches!(self.pattern.operation, MatchOperation::None)
    }

    /// What is tried first in the contexts that it pushes and in those above them.
    pub fn prototype(&self) -> Option<&'static Context> {
        let make = || {
            let context = self.pattern.with_prototype.as_ref()?;
            context.resolve(&SYNTAXES).ok().map(Context::of)
        };
        *self.prototype.get_or_init(make)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::reader::may_be_boundary;
    use super::*;

    #[test]
    fn every_grammar_begins_somewhere() {
        for syntax in SYNTAXES.syntaxes() {
            let first = Context::first_of(syntax);
            let rules = first.map(|context| context.rules_at(Some(b'a')).count());
            assert_eq!(rules, Some(1), "{}", syntax.name);
        }
    }

    /// The texts of all expressions of all grammars.
    fn expressions() -> BTreeSet<&'static str> {
        let contexts = (0..SYNTAXES.syntaxes().len()).flat_map(|syntax| {
            (0..).map_while(move |context| {
                by_id(&serde_json::json!({ "syntax_index": syntax, "context_index": context }))
            })
        });
        let patterns = contexts.flat_map(|context| &context.patterns);
        patterns
            .filter_map(|pattern| match pattern {
                syntax_definition::Pattern::Match(one) => Some(one.regex().regex_str()),
                syntax_definition::Pattern::Include(_) => None,
            })
            .collect()
    }

    /// Lines with much that expressions look for: words of many languages, signs, numbers, letters that are
    /// others but for their case.
    const LINES: &[&str] = &[
        "  #include <a_b.h> // x::y<int>(0x1F, 1.5e-3, 'c', L\"s\\n\");\n",
        "static constexpr auto end = [&](T&& t) -> decltype(t) { return f->g(t) << 2; };\n",
        "def __init__(self, *args): lambda x: x if not None else @dec b\"\\x00\" % {}\n",
        "$Get-Item -Path:\"C:\\*\" | Where-Object { $_.Name -eq 'a' } # <param>\n",
        "<a href=\"b&amp;\" data-x='1'>text</a> <!-- c --> {{ d | e }} `f` **g** [h](i)\n",
        "SELECT * FROM t WHERE a IS NOT NULL; -- b\tEND fi done esac =begin\n",
        "ſtruct MAßE ﬁ \u{212a} Éa éA ǅ Ⅷ ٣ ʼn a\u{301} $x·y\n",
    ];

    #[test]
    fn expressions_match_only_where_they_are_tried() {
        let expressions = expressions();
        assert!(expressions.len() > 5_000, "{}", expressions.len());
        let mut region = Region::with_capacity(8);
        let mut matches = 0;
        for (number, text) in expressions.into_iter().enumerate() {
            let Some(expression) = Expression::new(text) else { continue };
            let start = Start::of(text);
            // All lines for each would take half a minute.
            for line in [LINES[number % (LINES.len() - 1)], LINES[LINES.len() - 1]] {
                let bytes = line.as_bytes();
                for at in (0..=line.len()).filter(|at| line.is_char_boundary(*at)) {
                    let first = bytes.get(at).copied();
                    let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied();
                    let second = bytes.get(at + 1).copied();
                    let tried = (at == 0 || !start.line_start)
                        && match first {
                            Some(first) => {
                                let boundary = may_be_boundary(before, Some(first));
                                start.bytes.contains(first) && start.fits(first, second, boundary)
                            }
                            None => start.end,
                        };
                    if let Tried::Matches(_) = expression.at(line, at, &mut region) {
                        matches += 1;
                        assert!(tried, "{text:?} at {at} of {line:?}");
                    }
                }
            }
        }
        assert!(matches > 10_000, "{matches}");
    }
}
