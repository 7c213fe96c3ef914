//! Threads: remarks and suggestions of a change with their answers, whether they are settled, and where
//! they stand in the branch as it is now.

mod place;
mod suggestion;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::Serialize;

use super::event::{Anchor, Author, Body, Event, EventId};

pub use place::{PlaceInput, PlacedThread, place_threads};
pub use suggestion::{EditOf, Planned, Refused, edits_of, plan};

/// A remark or a suggestion with its answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Thread {
    /// The event that began it.
    pub id: EventId,
    /// Who began it.
    pub author: Author,
    /// When, in seconds since 1970, UTC.
    pub time: i64,
    /// What it is about; none for the change as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// What was said, in Markdown.
    pub text: String,
    /// The text that is to stand there, where it is a suggestion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replacement: Option<String>,
    /// The thread that a suggestion answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answers: Option<EventId>,
    /// Whether it must be settled before the merge.
    pub blocking: bool,
    /// What was answered, in order.
    pub answered: Vec<Answer>,
    /// How it stands.
    pub state: ThreadState,
}

/// An answer in a thread.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The event.
    pub id: EventId,
    /// Who.
    pub author: Author,
    /// When, in seconds since 1970, UTC.
    pub time: i64,
    /// What, in Markdown.
    pub text: String,
}

/// How a thread stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum ThreadState {
    /// It waits for an answer or a decision.
    Open,
    /// It is settled.
    Resolved {
        /// By whom.
        by: Author,
    },
    /// Somebody said that it is settled whose word does not suffice, as it is blocking.
    Proposed {
        /// Who.
        by: Author,
    },
    /// The suggestion was applied.
    Applied {
        /// By whom.
        by: Author,
        /// The commit.
        commit: String,
    },
}

impl Thread {
    /// Whether it waits for something.
    pub fn is_open(&self) -> bool {
        matches!(self.state, ThreadState::Open | ThreadState::Proposed { .. })
    }

    /// Whether the change must not be merged because of it.
    pub fn blocks(&self) -> bool {
        self.blocking && self.is_open()
    }

    /// Whether another text is suggested.
    pub fn is_suggestion(&self) -> bool {
        self.replacement.is_some()
    }
}

/// Who decides what counts.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// Whether an event counts. One that does not, such as one without a valid signature where the
    /// policy wants one, is shown, but blocks nothing and settles nothing.
    pub counts: &'a dyn Fn(&Event) -> bool,
    /// Whether somebody, by the key of an author, may settle what somebody else has begun and what
    /// blocks.
    pub may_settle: &'a dyn Fn(&str) -> bool,
}

#[cfg(test)]
impl Rules<'_> {
    /// Every event counts, and whoever begins a blocking thread settles it.
    pub const OPEN: Rules<'static> = Rules { counts: &|_| true, may_settle: &|_| false };
}

impl std::fmt::Debug for Rules<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rules").finish_non_exhaustive()
    }
}

/// The threads of a change; `events` are its events in order. An answer to nothing is a thread by itself.
pub fn threads(events: &[Event], rules: &Rules<'_>) -> Vec<Thread> {
    let mut threads: Vec<Thread> = Vec::new();
    // The thread of each event that began one or answered in one.
    let mut thread_of: BTreeMap<EventId, usize> = BTreeMap::new();
    for event in events {
        let counts = (rules.counts)(event);
        match &event.body {
            Body::Comment(comment) => {
                let parent = comment.parent.and_then(|parent| thread_of.get(&parent).copied());
                if let Some(thread) = parent.and_then(|at| threads.get_mut(at)) {
                    thread_of.insert(event.id, parent.unwrap_or_default());
                    thread.answered.push(Answer {
                        id: event.id,
                        author: event.author.clone(),
                        time: event.time,
                        text: comment.text.clone(),
                    });
                    continue;
                }
                thread_of.insert(event.id, threads.len());
                let thread = begun(event, comment.anchor.clone(), &comment.text);
                threads.push(Thread { blocking: comment.blocking && counts, ..thread });
            }
            Body::Suggest(suggest) => {
                thread_of.insert(event.id, threads.len());
                let thread = begun(event, Some(suggest.anchor.clone()), &suggest.text);
                threads.push(Thread {
                    blocking: suggest.blocking && counts,
                    replacement: Some(suggest.replacement.clone()),
                    answers: suggest.parent,
                    ..thread
                });
            }
            Body::Resolve(resolve) if counts => {
                let at = thread_of.get(&resolve.comment).copied();
                let Some(thread) = at.and_then(|at| threads.get_mut(at)) else { continue };
                if !resolve.note.is_empty() {
                    thread.answered.push(Answer {
                        id: event.id,
                        author: event.author.clone(),
                        time: event.time,
                        text: resolve.note.clone(),
                    });
                }
                let by = event.author.clone();
                let may = !thread.blocking
                    || by.key() == thread.author.key()
                    || (rules.may_settle)(&by.key());
                thread.state = match (resolve.reopen, may) {
                    (true, _) => ThreadState::Open,
                    (false, true) => ThreadState::Resolved { by },
                    // What is settled stays so, whoever says it again.
                    (false, false) if !thread.is_open() => continue,
                    (false, false) => ThreadState::Proposed { by },
                };
            }
            Body::Apply(apply) if counts => {
                for suggestion in &apply.suggestions {
                    let at = thread_of.get(suggestion).copied();
                    let Some(thread) = at.and_then(|at| threads.get_mut(at)) else { continue };
                    // An answer of the thread is no suggestion.
                    if thread.id == *suggestion && thread.is_suggestion() {
                        thread.state = ThreadState::Applied {
                            by: event.author.clone(),
                            commit: apply.commit.clone(),
                        };
                    }
                }
            }
            _ => {}
        }
    }
    threads
}

fn begun(event: &Event, anchor: Option<Anchor>, text: &str) -> Thread {
    Thread {
        id: event.id,
        author: event.author.clone(),
        time: event.time,
        anchor,
        text: text.to_owned(),
        replacement: None,
        answers: None,
        blocking: false,
        answered: Vec::new(),
        state: ThreadState::Open,
    }
}
