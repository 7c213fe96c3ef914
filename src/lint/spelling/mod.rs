//! Hunspell dictionaries: an English one that is always there, and those of a project.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use foldhash::fast::FixedState;

use crate::base::ContentHash;

/// American English, from SCOWL; see NOTICE.
static ENGLISH_AFF: &str = include_str!("en_US.aff");
static ENGLISH_DIC: &[u8] = include_bytes!("en_US.dic.gz");

/// A dictionary, read when it is first asked.
pub(crate) struct Dictionary {
    inner: OnceLock<Option<Words>>,
    texts: Texts,
    /// What was suggested for a word: several rules may ask for the same.
    suggested: Mutex<HashMap<String, Arc<OnceLock<Vec<String>>>>>,
}

/// Suggestions that are remembered.
const MAX_SUGGESTED: usize = 1000;

/// Suggestions are looked for in the order of a hash table, and of those that are equally good some
/// are left out. So the order must be the same in each run.
type Words = spellbook::Dictionary<FixedState>;

fn words(aff: &str, dic: &str) -> Result<Words, String> {
    let words = Words::new_with_hasher(aff, dic, FixedState::with_seed(0));
    words.map_err(|error| error.to_string())
}

enum Texts {
    English,
    Read(String, String),
}

impl std::fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dictionary")
    }
}

impl Dictionary {
    fn new(inner: OnceLock<Option<Words>>, texts: Texts) -> Self {
        Dictionary { inner, texts, suggested: Mutex::default() }
    }

    fn inner(&self) -> Option<&Words> {
        let read = || match &self.texts {
            Texts::Read(aff, dic) => words(aff, dic).ok(),
            Texts::English => {
                let mut dic = String::new();
                flate2::read::GzDecoder::new(ENGLISH_DIC).read_to_string(&mut dic).ok()?;
                words(ENGLISH_AFF, &dic).ok()
            }
        };
        self.inner.get_or_init(read).as_ref()
    }

    /// Whether it has a word.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.inner().is_some_and(|dictionary| dictionary.check(word))
    }

    /// Words that are spelled nearly so, the likeliest first.
    pub(crate) fn suggest(&self, word: &str) -> Vec<String> {
        let slot = {
            let mut suggested = self.suggested.lock().unwrap_or_else(PoisonError::into_inner);
            if suggested.len() >= MAX_SUGGESTED {
                suggested.clear();
            }
            Arc::clone(suggested.entry(word.to_owned()).or_default())
        };
        let look = || {
            let mut suggestions = Vec::new();
            if let Some(dictionary) = self.inner() {
                dictionary.suggest(word, &mut suggestions);
            }
            suggestions
        };
        slot.get_or_init(look).clone()
    }
}

/// Every dictionary once.
#[derive(Debug, Default)]
pub(crate) struct Dictionaries {
    known: Mutex<Vec<(ContentHash, Arc<Dictionary>)>>,
    english: OnceLock<Arc<Dictionary>>,
}

impl Dictionaries {
    /// American English.
    pub(crate) fn english(&self) -> Arc<Dictionary> {
        let english = || Arc::new(Dictionary::new(OnceLock::new(), Texts::English));
        Arc::clone(self.english.get_or_init(english))
    }

    /// A dictionary of a project. An error says why it is none.
    pub(crate) fn read(&self, aff: &[u8], dic: &[u8]) -> Result<Arc<Dictionary>, String> {
        let hash = ContentHash::of(&[aff, b"\0", dic].concat());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, dictionary)) = known.iter().find(|(other, _)| *other == hash) {
            return Ok(Arc::clone(dictionary));
        }
        let (aff, dic) = (decoded(aff), decoded(dic));
        let inner = words(&aff, &dic)?;
        let texts = Texts::Read(String::new(), String::new());
        let dictionary = Arc::new(Dictionary::new(OnceLock::from(Some(inner)), texts));
        known.push((hash, Arc::clone(&dictionary)));
        Ok(dictionary)
    }
}

/// Older dictionaries are in ISO 8859-1.
fn decoded(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    text.trim_start_matches('\u{feff}').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_is_there() {
        let english = Dictionaries::default().english();
        for word in ["documentation", "Documentation", "don't", "21st"] {
            assert!(english.has(word), "{word}");
        }
        assert!(!english.has("documentatoin"));
        assert_eq!(
            english.suggest("documentatoin").first().map(String::as_str),
            Some("documentation")
        );
    }

    #[test]
    fn suggestions_are_the_same_each_time() {
        let suggest = || {
            let english = Dictionaries::default().english();
            ["localhost", "kubectl", "config", "frontmatter"].map(|word| english.suggest(word))
        };
        let first = suggest();
        assert!(first.iter().all(|suggestions| !suggestions.is_empty()));
        for _ in 0..3 {
            assert_eq!(suggest(), first);
        }
    }

    #[test]
    fn a_dictionary_is_read_once() {
        let dictionaries = Dictionaries::default();
        let read = || dictionaries.read(b"SET UTF-8\n", b"1\nboat\n").unwrap();
        assert!(Arc::ptr_eq(&read(), &read()));
        assert!(read().has("Boat") && !read().has("bote"));
    }
}
