//! The highlighted code of a site: each distinct block once, however many pages show it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::ContentHash;
use crate::markdown::highlight;
use crate::memo::{Key, Stage, Store};

/// So many threads can look something up at once.
const SHARDS: usize = 32;

/// Highlighted blocks by language and code, made when they are asked for.
pub(super) struct Highlights<'a> {
    memo: &'a Store,
    shards: Vec<Mutex<HashMap<ContentHash, Arc<str>>>>,
}

impl<'a> Highlights<'a> {
    pub(super) fn new(memo: &'a Store) -> Self {
        Highlights { memo, shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }

    /// Lets all blocks go, to make room once pages are rendered.
    pub(super) fn release(&self) {
        for shard in &self.shards {
            *shard.lock().unwrap_or_else(PoisonError::into_inner) = HashMap::new();
        }
    }

    /// The highlighted form of a block; none for code that is not highlighted.
    pub(super) fn get(&self, language: &str, code: &str) -> Option<Arc<str>> {
        if !highlight::knows(language) {
            return None;
        }
        let hash = highlight::key(language, code);
        let shard = self.shards.get(usize::from(hash.as_bytes()[0]) % SHARDS)?;
        if let Some(html) = shard.lock().unwrap_or_else(PoisonError::into_inner).get(&hash) {
            return Some(Arc::clone(html));
        }
        let key = Key::new(Stage::Highlight, hash);
        let known = self.memo.get(&key).and_then(|bytes| String::from_utf8(bytes).ok());
        let html: Arc<str> = match known {
            Some(html) => Arc::from(html),
            None => {
                let html = highlight::highlight(language, code);
                self.memo.put(&key, html.as_bytes());
                Arc::from(html)
            }
        };
        shard.lock().unwrap_or_else(PoisonError::into_inner).insert(hash, Arc::clone(&html));
        Some(html)
    }
}

/// Makes ready what a first build needs, while whoever calls this goes on: the grammars take
/// longer to load than everything else that a small site needs.
pub fn warm_up() {
    rayon::spawn(highlight::prepare);
}
