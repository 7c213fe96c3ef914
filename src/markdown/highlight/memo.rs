//! Lines that were highlighted before.
//!
//! Documentation shows the same lines over and over: braces, imports, the same commands. What a
//! line looks like depends on nothing but the line and the state in which it begins, so each
//! thread keeps the lines that it has seen, up to a limit.

use std::collections::HashMap;
use std::sync::Arc;

use super::reader::State;

/// Longer lines hardly come twice.
const MAX_LINE: usize = 160;
/// How many bytes of lines and HTML are kept.
const MAX_BYTES: usize = 8 << 20;
/// How many states are kept.
const MAX_STATES: usize = 20_000;

/// The number of a state.
pub(super) type StateId = usize;

/// What was found out about lines.
#[derive(Debug, Default)]
pub(super) struct Memo {
    states: Vec<Known>,
    ids: HashMap<Arc<State>, StateId>,
    bytes: usize,
}

#[derive(Debug)]
struct Known {
    state: Arc<State>,
    /// By the line: its HTML, and the state in which the next one begins.
    lines: HashMap<Box<str>, (Box<str>, StateId)>,
}

impl Memo {
    /// Forgets all where it has become too much. Numbers of states mean nothing afterwards.
    pub fn tidy(&mut self) {
        if self.bytes > MAX_BYTES || self.states.len() > MAX_STATES {
            *self = Memo::default();
        }
    }

    /// The number of a state.
    pub fn id(&mut self, state: &State) -> StateId {
        if let Some(id) = self.ids.get(state) {
            return *id;
        }
        let id = self.states.len();
        let state = Arc::new(state.clone());
        self.states.push(Known { state: Arc::clone(&state), lines: HashMap::new() });
        self.ids.insert(state, id);
        id
    }

    /// The state of a number.
    pub fn state(&self, id: StateId) -> Option<&State> {
        self.states.get(id).map(|known| &*known.state)
    }

    /// The HTML of a line that begins in a state, and the state behind it.
    pub fn get(&self, id: StateId, line: &str) -> Option<(&str, StateId)> {
        let (html, next) = self.states.get(id)?.lines.get(line)?;
        Some((html, *next))
    }

    /// Keeps what was found out about a line.
    pub fn put(&mut self, id: StateId, line: &str, html: &str, next: StateId) {
        if line.len() <= MAX_LINE
            && let Some(known) = self.states.get_mut(id)
        {
            self.bytes += line.len() + html.len();
            known.lines.insert(line.into(), (html.into(), next));
        }
    }
}
