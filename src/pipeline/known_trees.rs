//! What is known of the sites in trees of git. Most commits edit a few pages of another one, so what
//! is known of a tree is found out from what is known of one that is close to it.

use std::sync::{Arc, Mutex, PoisonError};

use super::build::known_inputs;
use super::check::{CheckInput, keep_hashes};
use super::inputs::Inputs;
use super::prepare::BuildError;
use super::recheck::{Last, MOST_PAGES};
use super::whole::Whole;
use crate::base::{ContentHash, SourcePath};
use crate::markdown::Detail;
use crate::memo::{Fingerprint, Key, Stage};
use crate::source::{Difference, LaidOver};

/// The state that names the trees that were asked for last, the last one first.
const TREES: &str = "trees";

/// So many trees are remembered: those of the branches that somebody works on.
const MOST_TREES: usize = 8;

/// The trees that were looked at in one run, which may ask for one of them more than once.
#[derive(Default)]
pub(super) struct KnownTrees {
    seen: Mutex<Vec<(String, Arc<Last>)>>,
}

impl KnownTrees {
    /// What is known of the tree of a revision.
    pub(super) fn check(
        &self,
        input: &CheckInput<'_>,
        inputs: &Inputs<'_>,
        tree: &str,
    ) -> Result<Arc<Last>, BuildError> {
        if let Some(known) = self.known(input, inputs, tree) {
            return Ok(known);
        }
        let whole = Whole::new(input, inputs, Detail::Links)?;
        let last = Arc::new(Last::of(&whole, input.arguments()));
        self.keep(input, inputs, tree, &last);
        Ok(last)
    }

    /// What is known of the tree that lies under a source in which some files have other bytes.
    pub(super) fn under(&self, input: &CheckInput<'_>, tree: &str) -> Option<Arc<Last>> {
        let inputs = known_inputs(input.source, input.memo);
        let known = self.known(input, &inputs, tree);
        keep_hashes(&inputs, input.memo);
        known
    }

    /// The same without looking at the whole site.
    fn known(&self, input: &CheckInput<'_>, inputs: &Inputs<'_>, tree: &str) -> Option<Arc<Last>> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, last)) = seen.iter().find(|(known, _)| known == tree) {
            return Some(Arc::clone(last));
        }
        drop(seen);
        let (memo, arguments) = (input.memo, input.arguments());
        let read = |tree: &str| Last::read(memo.get(&key(&arguments, tree)), &arguments);
        if let Some(last) = read(tree) {
            let last = Arc::new(last);
            remember(input, tree);
            self.add(tree, &last);
            return Some(last);
        }
        let close = remembered(input).into_iter().filter(|known| known != tree);
        let differences = |known: String| -> Option<(Vec<Difference>, String)> {
            let files = input.source.differs_from(&known)?;
            (files.len() <= MOST_PAGES).then_some((files, known))
        };
        let mut close: Vec<(Vec<Difference>, String)> = close.filter_map(differences).collect();
        close.sort_by_key(|(files, _)| files.len());
        let staged = |(files, known): &(Vec<Difference>, String)| {
            let key = staged_key(input, known, files);
            Last::read(memo.get(&key), &arguments)
        };
        let edited = |(files, known): &(Vec<Difference>, String)| {
            let edited = files.iter().all(|file| file.stays).then(|| paths(files))?;
            let is_kept = memo.has(&key(&arguments, known));
            is_kept.then(|| read(known))??.after(input, inputs, edited)
        };
        let last = close.iter().find_map(staged).or_else(|| close.iter().take(1).find_map(edited));
        let last = Arc::new(last?);
        self.keep(input, inputs, tree, &last);
        Some(last)
    }

    /// Keeps what is known of what is staged over a tree, for the commit that it becomes.
    pub(super) fn keep_staged(input: &CheckInput<'_>, over: &LaidOver<'_>, last: &Last) {
        if input.memo.writable().is_some()
            && over.files.len() <= MOST_PAGES
            && let Ok(bytes) = postcard::to_allocvec(last)
        {
            input.memo.put(&staged_key(input, &over.tree, &over.files), &bytes);
        }
    }

    fn keep(&self, input: &CheckInput<'_>, inputs: &Inputs<'_>, tree: &str, last: &Arc<Last>) {
        if inputs.moved() {
            return;
        }
        self.add(tree, last);
        if input.memo.writable().is_some()
            && let Ok(bytes) = postcard::to_allocvec(&**last)
        {
            input.memo.put(&key(&input.arguments(), tree), &bytes);
            remember(input, tree);
        }
    }

    fn add(&self, tree: &str, last: &Arc<Last>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push((tree.to_owned(), Arc::clone(last)));
    }
}

fn key(arguments: &ContentHash, tree: &str) -> Key {
    let mut key = Fingerprint::new("checked revision");
    key.hash(arguments).text(tree);
    Key::new(Stage::Check, key.finish())
}

/// The key of a source that is a tree but for these files.
fn staged_key(input: &CheckInput<'_>, tree: &str, files: &[Difference]) -> Key {
    let mut key = Fingerprint::new("staged over revision");
    key.hash(&input.arguments()).text(tree);
    let mut paths: Vec<&SourcePath> = paths(files).collect();
    paths.sort_unstable();
    for path in paths {
        let bytes = input.source.read(path).ok();
        key.text(path.as_str()).maybe(bytes.map(|bytes| ContentHash::of(&bytes)).as_ref());
    }
    Key::new(Stage::Check, key.finish())
}

/// The paths of files.
pub(super) fn paths(files: &[Difference]) -> impl Iterator<Item = &SourcePath> {
    files.iter().map(|file| &file.path)
}

fn remembered(input: &CheckInput<'_>) -> Vec<String> {
    let trees = input.memo.state(TREES).and_then(|trees| String::from_utf8(trees).ok());
    trees.unwrap_or_default().lines().map(str::to_owned).collect()
}

fn remember(input: &CheckInput<'_>, tree: &str) {
    let mut trees = remembered(input);
    if trees.first().is_some_and(|first| first == tree) {
        return;
    }
    trees.retain(|known| known != tree);
    trees.insert(0, tree.to_owned());
    trees.truncate(MOST_TREES);
    input.memo.set_state(TREES, trees.join("\n").as_bytes());
}
