//! The highlighted code of a site: each distinct block once, however many pages show it.
//!
//! A grammar can send the highlighter round in circles, and nothing can interrupt it there. So
//! blocks are highlighted by threads that can be left behind: when nothing has been finished for
//! a long time, the blocks in work are given up and shown plain.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use crate::base::{Code, ContentHash, Diagnostic, Severity};
use crate::markdown::{Document, NodeKind, highlight};

/// A block of code was given up.
pub static STOPPED: Code = Code {
    id: "code/highlight-stopped",
    severity: Severity::Warning,
    summary: "a block of code that could not be highlighted",
    explanation: "The rules that find the keywords, strings and comments of this language did not \
                  come to an end with this code, so it is published without colours. The code \
                  itself is complete. Name another language, or `text`, to build without waiting \
                  for it each time.",
    examples: ("", ""),
};

/// How long a block may take while no other one is finished: thousands of times what the slowest
/// need.
const PATIENCE: Duration = Duration::from_secs(10);

/// Blocks that were given up before in the life of this program: their threads are still busy,
/// and another build need not start more.
static GIVEN_UP: LazyLock<Mutex<BTreeSet<ContentHash>>> = LazyLock::new(Mutex::default);

/// Highlighted blocks by language and code.
#[derive(Debug, Default)]
pub struct Highlights {
    blocks: HashMap<ContentHash, Arc<str>>,
}

/// A block, by the document that holds it and its place there.
struct Block {
    key: ContentHash,
    document: Arc<Document>,
    node: usize,
}

impl Block {
    /// Language and code of a node, if it is code that can be highlighted.
    fn code(document: &Document, node: usize) -> Option<(&str, &str)> {
        match &document.nodes.get(node)?.kind {
            NodeKind::CodeBlock(block) if highlight::knows(&block.language) => {
                let code = block.options.full.as_deref().unwrap_or(&block.code);
                Some((&block.language, code))
            }
            _ => None,
        }
    }

    fn highlight(&self) -> Arc<str> {
        let (language, code) = Block::code(&self.document, self.node).unwrap_or_default();
        Arc::from(highlight::highlight(language, code))
    }

    fn report(&self) -> Diagnostic {
        let language = Block::code(&self.document, self.node).map_or("", |(language, _)| language);
        let diagnostic = Diagnostic::new(
            &STOPPED,
            format!("highlighting this `{language}` code did not end, so it is shown plain"),
        )
        .help("name another language, or `text`");
        match self.document.nodes.get(self.node) {
            Some(node) => diagnostic.at(self.document.span(&node.range)),
            None => diagnostic,
        }
    }
}

impl Highlights {
    /// Highlights the code of all documents, and reports what had to be given up.
    pub fn of(documents: &[Arc<Document>]) -> (Self, Vec<Diagnostic>) {
        let mut distinct: BTreeMap<ContentHash, Block> = BTreeMap::new();
        for document in documents {
            for node in 0..document.nodes.len() {
                if let Some((language, code)) = Block::code(document, node) {
                    let key = highlight::key(language, code);
                    distinct.entry(key).or_insert_with(|| Block {
                        key,
                        document: Arc::clone(document),
                        node,
                    });
                }
            }
        }
        let (hopeless, blocks): (Vec<Block>, Vec<Block>) = {
            let given_up = GIVEN_UP.lock().unwrap_or_else(PoisonError::into_inner);
            distinct.into_values().partition(|block| given_up.contains(&block.key))
        };
        let blocks: Arc<[Block]> = blocks.into();
        let threads = rayon::current_num_threads();
        let found = each(&blocks, threads, PATIENCE, Block::highlight);

        let mut highlights = Highlights::default();
        let mut diagnostics: Vec<Diagnostic> = hopeless.iter().map(Block::report).collect();
        for (block, html) in blocks.iter().zip(found) {
            match html {
                Some(html) => {
                    highlights.blocks.insert(block.key, html);
                }
                None => {
                    GIVEN_UP.lock().unwrap_or_else(PoisonError::into_inner).insert(block.key);
                    diagnostics.push(block.report());
                }
            }
        }
        diagnostics.sort_by(|a, b| a.span().cmp(&b.span()));
        (highlights, diagnostics)
    }

    /// The highlighted form of a block, if it was highlighted.
    pub fn get(&self, language: &str, code: &str) -> Option<Arc<str>> {
        self.blocks.get(&highlight::key(language, code)).cloned()
    }
}

/// Works on each item in one of some threads. The answer of an item is missing where it was still
/// in work after nothing at all had been finished for the time of `patience`; its thread is left
/// behind, and another takes its place.
fn each<T, R>(
    items: &Arc<[T]>,
    threads: usize,
    patience: Duration,
    work: fn(&T) -> R,
) -> Vec<Option<R>>
where
    T: Send + Sync + 'static,
    R: Send + 'static,
{
    /// What is known of an item.
    enum State<R> {
        Open,
        Done(R),
        GivenUp,
    }
    let next = Arc::new(AtomicUsize::new(0));
    let start = |done: &Sender<(usize, R)>| {
        let (items, next, done) = (Arc::clone(items), Arc::clone(&next), done.clone());
        std::thread::spawn(move || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(at) else { break };
                // Nobody listens any more where this item was given up.
                if done.send((at, work(item))).is_err() {
                    break;
                }
            }
        });
    };
    let (done, results) = mpsc::channel();
    for _ in 0..threads.clamp(1, items.len().max(1)) {
        start(&done);
    }
    let mut states: Vec<State<R>> = items.iter().map(|_| State::Open).collect();
    let mut left = items.len();
    while left > 0 {
        if let Ok((at, result)) = results.recv_timeout(patience) {
            // What comes too late is reported as given up already.
            if let Some(state @ State::Open) = states.get_mut(at) {
                *state = State::Done(result);
                left -= 1;
            }
            continue;
        }
        let taken = next.load(Ordering::Relaxed);
        let mut stuck = 0;
        for state in states.iter_mut().take(taken) {
            if matches!(state, State::Open) {
                *state = State::GivenUp;
                stuck += 1;
            }
        }
        left -= stuck;
        for _ in 0..stuck.min(left) {
            start(&done);
        }
    }
    states
        .into_iter()
        .map(|state| match state {
            State::Done(result) => Some(result),
            State::Open | State::GivenUp => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_never_ends_is_given_up_and_the_rest_is_done() {
        // More endless items than threads: every one of the first threads is left behind.
        let items: Arc<[u32]> = [1, 0, 2, 0, 0, 3, 4].into();
        let found = each(&items, 2, Duration::from_secs(1), |item| {
            if *item == 0 {
                loop {
                    std::thread::park();
                }
            }
            *item * 2
        });
        assert_eq!(found, [Some(2), None, Some(4), None, None, Some(6), Some(8)]);
    }

    #[test]
    fn nothing_to_do_is_no_work() {
        let items: Arc<[u32]> = [].into();
        assert_eq!(each(&items, 2, PATIENCE, |item| *item), []);
    }
}
