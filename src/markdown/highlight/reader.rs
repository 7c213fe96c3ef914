//! Reads code by a grammar, line by line.
//!
//! This is what syntect's `ParseState` does, with the same results, but quicker: it goes through
//! the places of a line and tries only the expressions that can match there, where syntect
//! searches the rest of the line for every expression of a context. And it always gets on: rules
//! that send each other back and forth at one place are left by skipping a character.

use std::collections::HashMap;
use std::sync::Arc;

use onig::Region;
use syntect::parsing::ClearAmount;

use super::classes::{Class, Effect};
use super::grammar::{Context, Expression, Operation, Rule, Tried};

/// Contexts are nested at most this deep.
const MAX_DEPTH: usize = 100;
/// Rules that match at one place without reading anything are followed this often. Those of a
/// grammar that works need a few at each level.
const MAX_STEPS: usize = 4 * MAX_DEPTH;

/// How far a grammar has read: all that the reading of the next line depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct State {
    levels: Vec<Level>,
    /// Where levels of the stack begin that a prototype has pushed.
    prototype_starts: Vec<usize>,
    begun: bool,
    scopes: Vec<Effect>,
    /// The class that each scope gives to text, those below it considered.
    classes: Vec<Class>,
    cleared: Vec<Vec<Effect>>,
}

#[derive(Debug, Clone)]
struct Level {
    context: &'static Context,
    prototypes: Vec<&'static Context>,
    /// The groups of the match that pushed it, where its expressions repeat them.
    groups: Option<Groups>,
}

impl Level {
    fn key(&self) -> (usize, impl Iterator<Item = usize>, Option<&Groups>) {
        let prototypes = self.prototypes.iter().map(|context| context.id);
        (self.context.id, prototypes, self.groups.as_ref())
    }
}

impl PartialEq for Level {
    fn eq(&self, other: &Self) -> bool {
        let ((a, b, c), (x, y, z)) = (self.key(), other.key());
        a == x && c == z && b.eq(y)
    }
}

impl Eq for Level {}

impl std::hash::Hash for Level {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        let (context, prototypes, groups) = self.key();
        context.hash(state);
        prototypes.for_each(|id| id.hash(state));
        groups.hash(state);
    }
}

impl State {
    /// The state in which a text begins.
    pub fn new(context: &'static Context) -> State {
        State {
            levels: vec![Level { context, prototypes: Vec::new(), groups: None }],
            prototype_starts: Vec::new(),
            begun: false,
            scopes: Vec::new(),
            classes: Vec::new(),
            cleared: Vec::new(),
        }
    }

    /// The class of the text that follows.
    pub fn class(&self) -> Class {
        self.classes.last().copied().unwrap_or(Class::Plain)
    }

    fn push(&mut self, effect: Effect) {
        self.classes.push(effect.over(self.class()));
        self.scopes.push(effect);
    }

    fn pop(&mut self, count: usize) {
        self.scopes.truncate(self.scopes.len().saturating_sub(count));
        self.classes.truncate(self.scopes.len());
    }

    /// Applies a change of the scopes.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Push(effect) => self.push(effect),
            Change::Pop(count) => self.pop(count),
            Change::Clear(amount) => {
                let keep = match amount {
                    ClearAmount::TopN(count) => self.scopes.len().saturating_sub(count),
                    ClearAmount::All => 0,
                };
                self.cleared.push(self.scopes.split_off(keep));
                self.classes.truncate(keep);
            }
            Change::Restore => {
                for effect in self.cleared.pop().unwrap_or_default() {
                    self.push(effect);
                }
            }
        }
    }
}

/// A change of the scopes of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Push(Effect),
    Pop(usize),
    Clear(ClearAmount),
    Restore,
}

/// What the groups of a match have found, where expressions repeat it.
type Groups = Arc<[String]>;

/// A context whose rules are tried, whether it is a prototype, and the level whose groups they repeat.
type Tryable = (bool, &'static Context, Option<usize>);

/// A grammar that leads nowhere.
#[derive(Debug)]
pub(super) struct Broken;

/// Reads lines. What it holds is room to work in; all that counts between lines is the [`State`].
#[derive(Debug)]
pub(super) struct Reader {
    region: Region,
    /// The changes of a line, each with the place before which it happens.
    pub changes: Vec<(usize, Change)>,
    /// Expressions that repeat what others found, by their texts.
    repeating: HashMap<String, Option<Expression>>,
    /// Rules that are not tried any more in this line.
    failed: Vec<usize>,
    /// What is tried at one place.
    chain: Vec<Tryable>,
}

/// So many expressions that repeat what others found are kept.
const MAX_REPEATING: usize = 200;

/// The rule that was found.
struct Found {
    rule: &'static Rule,
    end: usize,
    from_prototype: bool,
    /// It would undo what was just done, without having read anything.
    loops: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Reader {
            region: Region::with_capacity(8),
            changes: Vec::new(),
            repeating: HashMap::new(),
            failed: Vec::new(),
            chain: Vec::new(),
        }
    }
}

impl Reader {
    /// Reads a line, line end and all. The changes of its scopes are in [`Reader::changes`].
    pub fn line(&mut self, state: &mut State, line: &str) -> Result<(), Broken> {
        self.changes.clear();
        self.failed.clear();
        if !state.begun {
            state.begun = true;
            let context = state.levels.last().map(|level| level.context);
            let scope = context.and_then(|context| context.content.first());
            self.changes.extend(scope.map(|scope| (0, Change::Push(*scope))));
        }
        let mut start = 0;
        let mut steps = 0;
        // Where something was pushed without reading anything, and how deep the stack was then.
        let mut pushed = (0, 0);
        loop {
            let depth = state.levels.len();
            while state.prototype_starts.last().is_some_and(|start| *start >= depth) {
                state.prototype_starts.pop();
            }
            let found = self.find(state, line, start, pushed == (start, depth))?;
            let Some(found) = found else { return Ok(()) };
            if found.loops || (steps > MAX_STEPS && found.end <= start) {
                // What was just pushed would be popped: on with the next character.
                let mut rest = line.get(start..).unwrap_or_default().char_indices();
                let Some((next, _)) = rest.nth(1) else { return Ok(()) };
                start += next;
                steps = 0;
                continue;
            }
            if found.end > start {
                steps = 0;
            } else {
                steps += 1;
                if found.rule.pushes() {
                    pushed = (found.end, depth + 1);
                }
            }
            start = found.end;
            if found.from_prototype {
                state.prototype_starts.push(depth);
            }
            self.follow(state, line, found.rule)?;
        }
    }

    /// The first rule that matches at the earliest place from `start` on. Its groups are in
    /// `region`.
    fn find(
        &mut self,
        state: &State,
        line: &str,
        start: usize,
        just_pushed: bool,
    ) -> Result<Option<Found>, Broken> {
        let level = state.levels.last().ok_or(Broken)?;
        // What is tried, in this order: prototypes of the levels from the bottom, that of the
        // context, and the context itself.
        let prototypes_from = state.prototype_starts.last().copied().unwrap_or(0);
        let mut chain = std::mem::take(&mut self.chain);
        chain.clear();
        for (at, level) in state.levels.iter().enumerate().skip(prototypes_from) {
            chain.extend(level.prototypes.iter().map(|context| (true, *context, Some(at))));
        }
        chain.extend(level.context.prototype.map(|context| (false, context, None)));
        chain.push((false, level.context, state.levels.len().checked_sub(1)));
        let found = self.find_of(&chain, state, line, start, just_pushed);
        self.chain = chain;
        Ok(found)
    }

    /// The same, of the rules of these contexts.
    fn find_of(
        &mut self,
        chain: &[Tryable],
        state: &State,
        line: &str,
        start: usize,
        just_pushed: bool,
    ) -> Option<Found> {
        let depth = state.levels.len();
        let bytes = line.as_bytes();
        // Rules whose first match does nothing: they do not count for this search.
        let mut idle: Vec<usize> = Vec::new();
        let mut at = start;
        loop {
            let byte = bytes.get(at).copied();
            let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied();
            let after = bytes.get(at + 1).copied();
            let may_be_boundary = may_be_boundary(before, byte);
            let mut looping = None;
            for (from_prototype, context, level) in chain {
                for rule in context.rules_at(byte) {
                    if (rule.start.line_start && at > 0)
                        || byte.is_some_and(|byte| !rule.start.fits(byte, after, may_be_boundary))
                        || self.failed.contains(&rule.id)
                        || idle.contains(&rule.id)
                    {
                        continue;
                    }
                    let level = level.and_then(|level| state.levels.get(level));
                    let groups = level.and_then(|level| level.groups.as_ref());
                    let length = match self.attempt(rule, groups, line, at) {
                        Tried::Matches(length) => length,
                        Tried::No => continue,
                        Tried::Failed => {
                            self.failed.push(rule.id);
                            continue;
                        }
                    };
                    if (length == 0 && rule.stays()) || (rule.pushes() && depth >= MAX_DEPTH) {
                        idle.push(rule.id);
                        continue;
                    }
                    let end = at + length;
                    let loops = just_pushed && end <= start && rule.pops();
                    let found = Found { rule, end, from_prototype: *from_prototype, loops };
                    if !loops {
                        return Some(found);
                    }
                    looping = Some(found);
                }
            }
            if looping.is_some() {
                return looping;
            }
            at += width(byte?);
        }
    }

    /// Tries a rule at one place.
    fn attempt(&mut self, rule: &Rule, groups: Option<&Groups>, line: &str, at: usize) -> Tried {
        let expression = match groups {
            Some(groups) if rule.refers => {
                let text = with_groups(rule.text(), groups);
                if self.repeating.len() >= MAX_REPEATING {
                    self.repeating.clear();
                }
                let entry = self.repeating.entry(text);
                entry.or_insert_with_key(|text| Expression::new(text)).as_ref()
            }
            _ => rule.expression(),
        };
        expression.map_or(Tried::Failed, |expression| expression.at(line, at, &mut self.region))
    }

    /// Does what a rule says about scopes and contexts.
    fn follow(&mut self, state: &mut State, line: &str, rule: &Rule) -> Result<(), Broken> {
        let (start, end) = self.region.pos(0).ok_or(Broken)?;
        let operation = rule.operation().ok_or(Broken)?;
        let current = state.levels.last().ok_or(Broken)?.context;
        self.enter(current, operation, start);
        for scope in &rule.scopes {
            self.changes.push((start, Change::Push(*scope)));
        }
        self.groups(rule);
        if !rule.scopes.is_empty() {
            self.changes.push((end, Change::Pop(rule.scopes.len())));
        }
        self.leave(current, operation, end);
        self.switch(state, line, rule, operation)
    }

    /// The scopes of a match's groups, outer ones first, whatever their order.
    fn groups(&mut self, rule: &Rule) {
        let mut changes: Vec<((usize, i64), Change)> = Vec::new();
        for (group, scopes) in &rule.groups {
            let Some((start, end)) = self.region.pos(*group) else { continue };
            if start == end {
                continue;
            }
            let length = i64::try_from(end.saturating_sub(start)).unwrap_or(i64::MAX);
            for scope in scopes {
                changes.push(((start, -length), Change::Push(*scope)));
            }
            changes.push(((end, i64::MIN), Change::Pop(scopes.len())));
        }
        changes.sort_by_key(|(place, _)| *place);
        self.changes.extend(changes.into_iter().map(|((at, _), change)| (at, change)));
    }

    /// The scopes that change before what a rule matched.
    fn enter(&mut self, current: &Context, operation: &Operation, at: usize) {
        let mut change = |change| self.changes.push((at, change));
        match operation {
            Operation::Nothing => {}
            Operation::Pop => {
                if !current.content.is_empty() {
                    change(Change::Pop(current.content.len()));
                }
            }
            Operation::Push(contexts) => {
                for context in contexts {
                    if let Some(amount) = context.clear {
                        change(Change::Clear(amount));
                    }
                    context.meta.iter().for_each(|scope| change(Change::Push(*scope)));
                }
            }
            Operation::Set(contexts) => {
                if current.clear.is_some() {
                    change(Change::Restore);
                }
                for context in contexts {
                    context.meta.iter().for_each(|scope| change(Change::Push(*scope)));
                }
            }
        }
    }

    /// The scopes that change behind what a rule matched.
    fn leave(&mut self, current: &Context, operation: &Operation, at: usize) {
        let mut change = |change| self.changes.push((at, change));
        let (contexts, is_set) = match operation {
            Operation::Nothing => return,
            Operation::Pop => {
                if !current.meta.is_empty() {
                    change(Change::Pop(current.meta.len()));
                }
                if current.clear.is_some() {
                    change(Change::Restore);
                }
                return;
            }
            Operation::Push(contexts) => (contexts, false),
            Operation::Set(contexts) => (contexts, true),
        };
        let had = current.meta.len() + current.content.len();
        let anew = (is_set && had > 0)
            || contexts
                .iter()
                .any(|context| !context.content.is_empty() || (is_set && context.clear.is_some()));
        if !anew {
            return;
        }
        // What was pushed before the match goes, and comes back with the scopes of the content
        // in between.
        let pushed: usize = contexts.iter().map(|context| context.meta.len()).sum();
        let pops = pushed + if is_set { had } else { 0 };
        if pops > 0 {
            change(Change::Pop(pops));
        }
        for context in contexts {
            if is_set && let Some(amount) = context.clear {
                change(Change::Clear(amount));
            }
            for scope in context.meta.iter().chain(&context.content) {
                change(Change::Push(*scope));
            }
        }
    }

    /// Changes the stack of contexts.
    fn switch(
        &self,
        state: &mut State,
        line: &str,
        rule: &Rule,
        operation: &Operation,
    ) -> Result<(), Broken> {
        let (contexts, inherited) = match operation {
            Operation::Nothing => return Ok(()),
            Operation::Pop => {
                state.levels.pop();
                return if state.levels.is_empty() { Err(Broken) } else { Ok(()) };
            }
            Operation::Push(contexts) => (contexts, Vec::new()),
            // Prototypes stay until the level is popped to which they were given.
            Operation::Set(contexts) => {
                (contexts, state.levels.pop().map(|level| level.prototypes).unwrap_or_default())
            }
        };
        let mut inherited = Some(inherited);
        for (context, left) in contexts.iter().zip((0..contexts.len()).rev()) {
            let mut prototypes = inherited.take().unwrap_or_default();
            if left == 0 {
                prototypes.extend(rule.prototype());
            }
            let repeats = context.repeats || prototypes.iter().any(|context| context.repeats);
            let groups = repeats.then(|| self.found_groups(line));
            state.levels.push(Level { context, prototypes, groups });
        }
        Ok(())
    }

    fn found_groups(&self, line: &str) -> Groups {
        let text = |group| {
            let range = self.region.pos(group).map(|(start, end)| start..end);
            range.and_then(|range| line.get(range)).unwrap_or_default().to_owned()
        };
        // Expressions refer to groups by one digit.
        (0..self.region.len().min(10)).map(text).collect()
    }
}

/// Whether a word may begin or end between two bytes; certain only in ASCII.
pub(super) fn may_be_boundary(before: Option<u8>, after: Option<u8>) -> bool {
    let kind = |byte: Option<u8>| match byte {
        Some(byte) if !byte.is_ascii() => None,
        byte => Some(byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')),
    };
    match (kind(before), kind(after)) {
        (Some(before), Some(after)) => before != after,
        _ => true,
    }
}

/// How many bytes the character has that begins with this one.
fn width(first: u8) -> usize {
    match first {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0.. => 4,
    }
}

/// An expression with the groups of another match in the place of references to them.
fn with_groups(expression: &str, groups: &[String]) -> String {
    let mut text = String::with_capacity(expression.len());
    let mut chars = expression.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some(digit) if digit.is_ascii_digit() => {
                let group = digit.to_digit(10).and_then(|digit| groups.get(digit as usize));
                for c in group.map_or("", String::as_str).chars() {
                    if r"\.+*?()|[]{}^$#&-~".contains(c) {
                        text.push('\\');
                    }
                    text.push(c);
                }
            }
            Some(c) => text.extend(['\\', c]),
            None => text.push('\\'),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_begin_and_end() {
        assert!(may_be_boundary(None, Some(b'a')));
        assert!(may_be_boundary(Some(b'a'), Some(b' ')));
        assert!(may_be_boundary(Some(0xC3), Some(b'a')));
        assert!(!may_be_boundary(Some(b'a'), Some(b'_')));
        assert!(!may_be_boundary(Some(b' '), None));
    }

    #[test]
    fn groups_are_repeated_as_they_are() {
        let groups = ["all".to_owned(), "a.b".to_owned()];
        assert_eq!(with_groups(r"^\1$\\2\2\w", &groups), r"^a\.b$\\2\w");
    }
}
