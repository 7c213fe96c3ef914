//! What an entry of the cache is kept under.

use std::io;

use serde::Serialize;

use crate::base::ContentHash;

/// The id of this build of the program: the hash of its sources, from the build script. Entries
/// of another build are never found.
pub const BUILD: &str = env!("COPYDESK_BUILD_ID");

/// A stage of the pipeline whose results are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// The outline of a parsed file, and what is wrong in it.
    Parse,
    /// A highlighted block of code.
    Highlight,
    /// Where the links of a page lead.
    Links,
    /// The size of an image.
    Image,
    /// A rendered file of the site.
    Render,
    /// What git knows of the files.
    History,
    /// What search knows of a page.
    Search,
    /// What lint found in a file.
    Lint,
    /// What was found in a site at a revision.
    Check,
    /// What a review knows of a state of a site, and of a page in two states.
    Review,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Stage; 10] = [
        Stage::Parse,
        Stage::Highlight,
        Stage::Links,
        Stage::Image,
        Stage::Render,
        Stage::History,
        Stage::Search,
        Stage::Lint,
        Stage::Check,
        Stage::Review,
    ];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Parse => "parse",
            Stage::Highlight => "highlight",
            Stage::Links => "links",
            Stage::Image => "image",
            Stage::Render => "render",
            Stage::History => "history",
            Stage::Search => "search",
            Stage::Lint => "lint",
            Stage::Check => "check",
            Stage::Review => "review",
        }
    }
}

/// The key of an entry: a stage, this build of the program, and all that the result depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    stage: Stage,
    hash: ContentHash,
}

impl Key {
    /// The key of a stage's result. `inputs` is the fingerprint of everything that it depends on.
    pub fn new(stage: Stage, inputs: ContentHash) -> Key {
        let mut key = Fingerprint::new(BUILD);
        key.text(stage.name()).hash(&inputs);
        Key { stage, hash: key.finish() }
    }

    /// The stage.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The hash of all that the result depends on.
    pub fn hash(&self) -> &ContentHash {
        &self.hash
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        self.hash.as_bytes()
    }
}

/// The fingerprint of several inputs, one after the other. Each is written with its length, so
/// that no two lists of inputs have one fingerprint.
pub struct Fingerprint {
    hasher: blake3::Hasher,
}

impl Fingerprint {
    /// Begins a fingerprint; `purpose` keeps it apart from those of other purposes.
    pub fn new(purpose: &str) -> Self {
        let mut fingerprint = Fingerprint { hasher: blake3::Hasher::new() };
        fingerprint.text(purpose);
        fingerprint
    }

    /// Adds bytes.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.hasher.update(&(bytes.len() as u64).to_le_bytes());
        self.hasher.update(bytes);
        self
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    /// Adds a hash.
    pub fn hash(&mut self, hash: &ContentHash) -> &mut Self {
        self.hasher.update(hash.as_bytes());
        self
    }

    /// Adds a hash that may be missing.
    pub fn maybe(&mut self, hash: Option<&ContentHash>) -> &mut Self {
        match hash {
            Some(hash) => self.bytes(&[1]).hash(hash),
            None => self.bytes(&[0]),
        }
    }

    /// Adds a value with all that it holds.
    pub fn value(&mut self, value: &impl Serialize) -> &mut Self {
        let hash = fingerprint_of(value);
        self.hash(&hash)
    }

    /// The fingerprint.
    pub fn finish(&self) -> ContentHash {
        self.hasher.finalize().into()
    }
}

/// Collects what a serializer writes in many small pieces, and hashes it in large ones.
struct Pieces {
    buffer: Vec<u8>,
    hasher: blake3::Hasher,
}

/// How much is collected before it is hashed.
const PIECE: usize = 16 * 1024;

impl io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.buffer.len() + bytes.len() > PIECE {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The fingerprint of a value with all that it holds: the hash of its JSON, in which, unlike in
/// shorter forms, no two different values look alike.
pub fn fingerprint_of(value: &impl Serialize) -> ContentHash {
    let mut pieces = Pieces { buffer: Vec::with_capacity(1024), hasher: blake3::Hasher::new() };
    if serde_json::to_writer(&mut pieces, value).is_err() {
        // A value that has no JSON has none in common with others.
        pieces.hasher.update(b"\xff");
    }
    pieces.hasher.update(&pieces.buffer);
    pieces.hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_inputs_differ_where_their_inputs_do() {
        let of = |parts: &[&str]| {
            let mut fingerprint = Fingerprint::new("test");
            parts.iter().for_each(|part| {
                fingerprint.text(part);
            });
            fingerprint.finish()
        };
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
        assert_ne!(of(&["a", "b"]), of(&["ab"]));
        assert_ne!(of(&["a", "b"]), of(&["b", "a"]));
        assert_ne!(of(&["", "a"]), of(&["a", ""]));
        assert_ne!(Fingerprint::new("a").finish(), Fingerprint::new("b").finish());
    }

    #[test]
    fn stages_have_keys_of_their_own() {
        let inputs = ContentHash::of(b"inputs");
        let parse = Key::new(Stage::Parse, inputs);
        assert_ne!(parse.bytes(), Key::new(Stage::Render, inputs).bytes());
    }

    #[test]
    fn large_values_are_hashed_whole() {
        let texts: Vec<String> = (0..5000).map(|n| n.to_string()).collect();
        let mut other = texts.clone();
        other[4999].push('x');
        assert_ne!(fingerprint_of(&texts), fingerprint_of(&other));
        let json = serde_json::to_vec(&texts).unwrap();
        assert_eq!(fingerprint_of(&texts), ContentHash::of(&json));
    }
}
