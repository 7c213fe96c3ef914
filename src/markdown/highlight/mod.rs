//! Code becomes HTML with a few short classes, which themes give colours.
//!
//! | class | meaning |
//! |---|---|
//! | `k` | keyword; heading in Markdown |
//! | `s` | string, and literal text in markup |
//! | `c` | comment; header of a diff |
//! | `n` | number, constant, unit |
//! | `f` | function, type, macro, tag: what has a name and does something |
//! | `a` | attribute, key, parameter of a shell, property |
//! | `i` | inserted line of a diff |
//! | `d` | deleted line of a diff |
//!
//! Everything else, punctuation and most variables, has no class. Neighbours of one class share
//! an element across the white space between them. No element spans lines, so lines can be
//! wrapped, hidden and marked one by one.

mod classes;
mod first;
mod grammar;
mod language;
mod memo;
mod reader;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

use syntect::parsing::{SyntaxReference, SyntaxSet};

use super::render::escape_text;
use crate::base::ContentHash;
use classes::Class;
use grammar::Context;
use memo::{Memo, StateId};
use reader::{Reader, State};

pub use language::{knows, languages};

/// Longer lines are shown plain: they are data, and the grammars' expressions can take far more
/// than linear time.
const MAX_LINE: usize = 10_000;
/// Longer blocks are shown plain.
const MAX_BLOCK: usize = 1 << 20;

/// The grammars; about 200.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Makes the grammars ready, which takes some milliseconds, for who can wait for them elsewhere.
pub fn prepare() {
    LazyLock::force(&SYNTAXES);
}

/// The version of what [`highlight`] writes, for [`key`].
const VERSION: &str = "1";

/// What identifies the result of [`highlight`]: a site highlights each distinct block once.
pub fn key(language: &str, code: &str) -> ContentHash {
    // The language cannot hold the separator's line break.
    ContentHash::of(format!("highlight {VERSION} {language}\n{code}").as_bytes())
}

/// The HTML of some code: text and `span` elements with the classes of this module's table, to
/// stand inside `<pre><code>`. Code in an unknown language is escaped and nothing else, as is
/// what is too long.
pub fn highlight(language: &str, code: &str) -> String {
    ROOM.with_borrow_mut(|room| {
        room.memo.tidy();
        let mut writer = Writer::new(room, code.len());
        match language::find(language) {
            _ if code.len() > MAX_BLOCK => escape_text(&mut writer.out, code),
            language::Found::Plain | language::Found::Unknown => escape_text(&mut writer.out, code),
            language::Found::Syntax(syntax) => writer.code(syntax, code),
            language::Found::Session(syntax, prompts) => writer.session(syntax, prompts, code),
        }
        writer.out
    })
}

/// What a thread keeps from block to block. Nothing that is written depends on it.
#[derive(Default)]
struct Room {
    reader: Reader,
    memo: Memo,
    /// The first contexts of grammars, by their names.
    first: HashMap<&'static str, Option<&'static Context>>,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

/// Writes text run by run.
struct Writer<'a> {
    room: &'a mut Room,
    out: String,
    /// The class of the element that is open.
    open: Option<Class>,
    /// White space that is in or outside the open element, depending on what follows.
    pending: String,
}

/// How far a grammar has read.
struct Place {
    id: StateId,
    /// The state of this number, where it is at hand.
    state: Option<State>,
}

impl<'a> Writer<'a> {
    fn new(room: &'a mut Room, length: usize) -> Self {
        Writer { room, out: String::with_capacity(length * 2), open: None, pending: String::new() }
    }

    /// Where a text in this grammar begins.
    fn begin(&mut self, syntax: &'static SyntaxReference) -> Option<Place> {
        let first = self.room.first.entry(&syntax.name);
        let state = State::new((*first.or_insert_with(|| Context::first_of(syntax)))?);
        Some(Place { id: self.room.memo.id(&state), state: Some(state) })
    }

    fn code(&mut self, syntax: &'static SyntaxReference, code: &str) {
        let mut place = self.begin(syntax);
        for line in code.split_inclusive('\n') {
            self.line(&mut place, line);
        }
    }

    /// A session at a prompt: what follows a prompt is code, everything else output. Without a
    /// prompt anywhere, all is code.
    fn session(&mut self, syntax: &'static SyntaxReference, prompts: &[&str], code: &str) {
        let after_prompt = |line: &str| {
            prompts.iter().find_map(|prompt| line.starts_with(prompt).then_some(prompt.len()))
        };
        if !code.lines().any(|line| after_prompt(line).is_some()) {
            self.code(syntax, code);
            return;
        }
        let mut place = self.begin(syntax);
        let mut continues = false;
        for line in code.split_inclusive('\n') {
            match after_prompt(line).and_then(|at| line.split_at_checked(at)) {
                Some((prompt, command)) => {
                    // A secondary prompt goes on with the command before it.
                    if !matches!(prompt, "> " | "... " | "...\n") {
                        place = self.begin(syntax);
                    }
                    escape_text(&mut self.out, prompt);
                    self.line(&mut place, command);
                    continues = is_continued(command);
                }
                None if continues => {
                    self.line(&mut place, line);
                    continues = is_continued(line);
                }
                None => escape_text(&mut self.out, line),
            }
        }
    }

    fn line(&mut self, place: &mut Option<Place>, line: &str) {
        let Some(place) = place.as_mut().filter(|_| line.len() <= MAX_LINE) else {
            escape_text(&mut self.out, line);
            return;
        };
        if let Some((html, next)) = self.room.memo.get(place.id, line) {
            self.out.push_str(html);
            *place = Place { id: next, state: None };
            return;
        }
        let known = || self.room.memo.state(place.id).cloned();
        let Some(mut state) = place.state.take().or_else(known) else {
            escape_text(&mut self.out, line);
            return;
        };
        let from = self.out.len();
        self.read(&mut state, line);
        let next = self.room.memo.id(&state);
        let html = self.out.get(from..).unwrap_or_default();
        self.room.memo.put(place.id, line, html, next);
        *place = Place { id: next, state: Some(state) };
    }

    /// A line that was not seen before in this state.
    fn read(&mut self, state: &mut State, line: &str) {
        // The grammars want every line to end.
        let owned;
        let complete = if line.ends_with('\n') {
            line
        } else {
            owned = format!("{line}\n");
            &owned
        };
        if self.room.reader.line(state, complete).is_err() {
            escape_text(&mut self.out, line);
            return;
        }
        let changes = std::mem::take(&mut self.room.reader.changes);
        let mut done = 0;
        for (at, change) in &changes {
            let at = (*at).min(line.len());
            if let Some(text) = line.get(done..at)
                && at > done
            {
                self.text(state.class(), text);
                done = at;
            }
            state.apply(*change);
        }
        self.room.reader.changes = changes;
        self.text(state.class(), line.get(done..).unwrap_or_default());
        self.end_of_line();
    }

    /// Appends some text of one class, which may begin and end with white space.
    fn text(&mut self, class: Class, text: &str) {
        let body = text.trim_start();
        let lead = text.get(..text.len() - body.len()).unwrap_or_default();
        let trimmed = body.trim_end();
        self.pending.push_str(lead);
        if trimmed.is_empty() {
            return;
        }
        let class = class.of_text(trimmed);
        if class != self.open {
            self.close();
            if let Some(class) = class {
                self.out.push_str("<span class=\"");
                self.out.push_str(class.name());
                self.out.push_str("\">");
            }
            self.open = class;
        } else {
            self.flush();
        }
        escape_text(&mut self.out, trimmed);
        self.pending.push_str(body.get(trimmed.len()..).unwrap_or_default());
    }

    fn flush(&mut self) {
        self.out.push_str(&self.pending);
        self.pending.clear();
    }

    fn close(&mut self) {
        if self.open.take().is_some() {
            self.out.push_str("</span>");
        }
        self.flush();
    }

    fn end_of_line(&mut self) {
        self.close();
    }
}

/// Whether a command goes on in the next line.
fn is_continued(line: &str) -> bool {
    let line = line.trim_end_matches(['\n', '\r']);
    line.ends_with('\\') || line.ends_with('`') || line.ends_with('^')
}
