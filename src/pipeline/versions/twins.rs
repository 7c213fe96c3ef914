//! What the versions of one run share. Neighbors have most pages in common: what is made of such a page
//! in one version, and does not depend on the others, is what is made of it in the next one.
//!
//! Nothing here decides what a site is: all of it would be made anew, with the same bytes, were it
//! missing. So it is held in memory, up to a bound.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::base::{ContentHash, SitePath};
use crate::pipeline::parsed::ParsedPages;
use crate::pipeline::search::MadeBatch;
use crate::search::Forms;

/// Rendered text is kept up to so many bytes.
const MOST_TEXTS: usize = 128 << 20;

/// What the search made of pages is kept up to so many bytes.
const MOST_BATCHES: usize = 128 << 20;

/// What versions have that were built before, in the same run.
#[derive(Default)]
pub struct Twins {
    /// There are others to come, so that it is worth while to keep anything.
    keeps: bool,
    /// Files by the hashes of their bytes.
    files: RwLock<HashMap<ContentHash, Arc<Path>>>,
    /// The bodies of pages, and what they are in the print view, by the fingerprints of what that
    /// is made from.
    texts: Kept<str>,
    /// What batches of pages give to the search, by their keys.
    batches: Kept<MadeBatch>,
    /// The pages of the version before.
    pages: Mutex<Option<Arc<ParsedPages>>>,
    /// The forms of words that the search of the version before has.
    forms: Mutex<Option<Forms>>,
}

impl Twins {
    /// For a run that builds one version, or several.
    pub fn of(several: bool) -> Twins {
        Twins { keeps: several, ..Twins::default() }
    }

    /// Whether anything is kept: there are several versions.
    pub(in crate::pipeline) fn keeps(&self) -> bool {
        self.keeps
    }

    /// Adds the files of a version in its folder.
    pub fn add<'f>(&self, folder: &Path, files: impl Iterator<Item = (&'f SitePath, ContentHash)>) {
        let mut known = self.files.write().unwrap_or_else(PoisonError::into_inner);
        for (path, hash) in files {
            known.entry(hash).or_insert_with(|| Arc::from(folder.join(path.as_str())));
        }
    }

    /// A file with bytes of this hash.
    pub fn find(&self, hash: &ContentHash) -> Option<Arc<Path>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
    }

    /// What a page is in the print view: as another version has it, or made.
    pub(in crate::pipeline) fn part(
        &self,
        key: ContentHash,
        make: &dyn Fn() -> String,
    ) -> Arc<str> {
        self.known(&key).unwrap_or_else(|| self.keep_text(key, &make()))
    }

    /// A text that another version has.
    pub(in crate::pipeline) fn known(&self, key: &ContentHash) -> Option<Arc<str>> {
        self.texts.get(key)
    }

    /// Keeps a text for other versions.
    pub(in crate::pipeline) fn keep_text(&self, key: ContentHash, text: &str) -> Arc<str> {
        let text: Arc<str> = Arc::from(text);
        if self.keeps {
            self.texts.keep(key, &text, text.len(), MOST_TEXTS);
        }
        text
    }

    /// What a batch of pages gives to the search.
    pub(in crate::pipeline) fn batch(&self, key: &ContentHash) -> Option<Arc<MadeBatch>> {
        self.batches.get(key)
    }

    /// Keeps what a batch of pages gives to the search.
    pub(in crate::pipeline) fn keep_batch(&self, key: ContentHash, batch: &Arc<MadeBatch>) {
        if self.keeps {
            self.batches.keep(key, batch, batch.size(), MOST_BATCHES);
        }
    }

    /// The forms that the search of the version before has, where it is in this language. Whoever
    /// takes them gives them back.
    pub(in crate::pipeline) fn take_forms(&self, language: &str) -> Option<Forms> {
        let forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner).take();
        forms.filter(|forms| forms.language() == language)
    }

    /// Keeps the forms that the search of a version has.
    pub(in crate::pipeline) fn keep_forms(&self, forms: Forms) {
        if self.keeps {
            *self.forms.lock().unwrap_or_else(PoisonError::into_inner) = Some(forms);
        }
    }

    /// The pages of the version before.
    pub(in crate::pipeline) fn pages(&self) -> Option<Arc<ParsedPages>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the pages of a version for the next one.
    pub(in crate::pipeline) fn keep_pages(&self, pages: &ParsedPages) {
        if self.keeps {
            let pages = Arc::new(pages.clone());
            *self.pages.lock().unwrap_or_else(PoisonError::into_inner) = Some(pages);
        }
    }
}

/// Values by the fingerprints of what they are made from.
struct Kept<T: ?Sized>(Mutex<(HashMap<ContentHash, Arc<T>>, usize)>);

impl<T: ?Sized> Default for Kept<T> {
    fn default() -> Self {
        Kept(Mutex::default())
    }
}

impl<T: ?Sized> Kept<T> {
    fn get(&self, key: &ContentHash) -> Option<Arc<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.get(key).cloned()
    }

    /// Keeps a value of so many bytes, unless all would be more than `most` then.
    fn keep(&self, key: ContentHash, value: &Arc<T>, size: usize, most: usize) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.1 + size <= most && kept.0.insert(key, Arc::clone(value)).is_none() {
            kept.1 += size;
        }
    }
}
