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
mod language;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use syntect::parsing::{
    BasicScopeStackOp, ParseState, ScopeStack, ScopeStackOp, SyntaxReference, SyntaxSet,
};

use super::render::escape_text;
use crate::base::ContentHash;
use classes::{Class, Classes};

pub use language::{knows, languages};

/// Longer lines are shown plain: they are data, and the grammars' expressions can take far more
/// than linear time.
const MAX_LINE: usize = 10_000;
/// Longer blocks are shown plain.
const MAX_BLOCK: usize = 1 << 20;

/// The grammars; about 200.
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

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
    let mut writer = Writer::new(code.len());
    match language::find(language) {
        _ if code.len() > MAX_BLOCK => escape_text(&mut writer.out, code),
        language::Found::Plain | language::Found::Unknown => escape_text(&mut writer.out, code),
        language::Found::Syntax(syntax) => writer.code(syntax, code),
        language::Found::Session(syntax, prompts) => writer.session(syntax, prompts, code),
    }
    writer.out
}

/// Writes text run by run.
struct Writer {
    out: String,
    /// The class of the element that is open.
    open: Option<Class>,
    /// White space that is in or outside the open element, depending on what follows.
    pending: String,
    classes: Classes,
}

/// How far a grammar has read.
struct Reader {
    state: ParseState,
    scopes: ScopeStack,
    /// The class that each scope on the stack gives to text, those below it considered.
    resolved: Vec<Class>,
}

impl Reader {
    fn new(syntax: &SyntaxReference) -> Self {
        Reader {
            state: ParseState::new(syntax),
            scopes: ScopeStack::new(),
            resolved: Vec::with_capacity(16),
        }
    }
}

impl Writer {
    fn new(length: usize) -> Self {
        Writer {
            out: String::with_capacity(length * 2),
            open: None,
            pending: String::new(),
            classes: Classes::default(),
        }
    }

    fn code(&mut self, syntax: &SyntaxReference, code: &str) {
        let mut reader = Reader::new(syntax);
        for line in code.split_inclusive('\n') {
            self.line(&mut reader, line);
        }
    }

    /// A session at a prompt: what follows a prompt is code, everything else output. Without a
    /// prompt anywhere, all is code.
    fn session(&mut self, syntax: &SyntaxReference, prompts: &[&str], code: &str) {
        let after_prompt = |line: &str| {
            prompts.iter().find_map(|prompt| line.starts_with(prompt).then_some(prompt.len()))
        };
        if !code.lines().any(|line| after_prompt(line).is_some()) {
            self.code(syntax, code);
            return;
        }
        let mut reader = Reader::new(syntax);
        let mut continues = false;
        for line in code.split_inclusive('\n') {
            match after_prompt(line).and_then(|at| line.split_at_checked(at)) {
                Some((prompt, command)) => {
                    // A secondary prompt goes on with the command before it.
                    if !matches!(prompt, "> " | "... " | "...\n") {
                        reader = Reader::new(syntax);
                    }
                    escape_text(&mut self.out, prompt);
                    self.line(&mut reader, command);
                    continues = is_continued(command);
                }
                None if continues => {
                    self.line(&mut reader, line);
                    continues = is_continued(line);
                }
                None => escape_text(&mut self.out, line),
            }
        }
    }

    fn line(&mut self, reader: &mut Reader, line: &str) {
        if line.len() > MAX_LINE {
            escape_text(&mut self.out, line);
            return;
        }
        // The grammars want every line to end.
        let complete = line.ends_with('\n');
        let owned;
        let parsed = if complete {
            line
        } else {
            owned = format!("{line}\n");
            &owned
        };
        let Ok(operations) = reader.state.parse_line(parsed, &SYNTAXES) else {
            escape_text(&mut self.out, line);
            return;
        };
        let mut done = 0;
        for (at, operation) in &operations {
            let at = (*at).min(line.len());
            if let Some(text) = line.get(done..at)
                && at > done
            {
                self.text(reader.resolved.last().copied().unwrap_or(Class::Plain), text);
                done = at;
            }
            self.apply(reader, operation);
        }
        let class = reader.resolved.last().copied().unwrap_or(Class::Plain);
        self.text(class, line.get(done..).unwrap_or_default());
        self.end_of_line();
    }

    fn apply(&mut self, reader: &mut Reader, operation: &ScopeStackOp) {
        let classes = &mut self.classes;
        let resolved = &mut reader.resolved;
        // A failure means that a grammar restores what it never cleared: nothing to undo.
        let _ = reader.scopes.apply_with_hook(operation, |basic, _| match basic {
            BasicScopeStackOp::Push(scope) => {
                let below = resolved.last().copied().unwrap_or(Class::Plain);
                resolved.push(classes.of(scope).over(below));
            }
            BasicScopeStackOp::Pop => {
                resolved.pop();
            }
        });
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
