//! The list of the files that a build wrote: what the next build may replace and remove. It
//! stands in the output folder and says whose folder that is.

use std::collections::BTreeMap;
use std::io::Write;

use serde::{Deserialize, Serialize};

use crate::base::{ContentHash, SitePath};

/// The name of the manifest's file in the output folder.
pub const MANIFEST: &str = ".copydesk-manifest.json";

/// The form of the file that is written and read here.
const VERSION: u32 = 1;

/// What a build wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The files by path. While files are being replaced it also holds those of the build
    /// before, so that an interrupted build leaves no file that nobody owns.
    pub files: BTreeMap<SitePath, FileRecord>,
}

/// A file of a [`Manifest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Its size in bytes.
    pub size: u64,
    /// The hash of its bytes.
    pub hash: ContentHash,
}

impl FileRecord {
    /// What is told of a file that holds these bytes.
    pub fn of(bytes: &[u8]) -> FileRecord {
        FileRecord { size: bytes.len() as u64, hash: ContentHash::of(bytes) }
    }
}

#[derive(Deserialize)]
struct Header {
    version: u32,
}

#[derive(Deserialize)]
struct Body {
    files: BTreeMap<SitePath, FileRecord>,
}

impl Manifest {
    /// Reads the text of a manifest.
    ///
    /// # Errors
    /// Why it is none, in words: what is owned cannot be guessed.
    pub fn parse(text: &[u8]) -> Result<Manifest, String> {
        let Header { version } = serde_json::from_slice(text).map_err(|e| e.to_string())?;
        if version != VERSION {
            return Err(format!("its version is {version}, and {VERSION} is what is known here"));
        }
        let Body { files } = serde_json::from_slice(text).map_err(|e| e.to_string())?;
        match files.keys().find(|path| is_reserved(path)) {
            Some(path) => Err(format!("it claims `{path}`, which no build writes")),
            None => Ok(Manifest { files }),
        }
    }

    /// The text of the manifest: JSON, a line for each file, sorted, so that it makes readable
    /// differences where the output is kept in git.
    pub fn to_text(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.files.len() * 160 + 64);
        let _ = write!(text, "{{\n\"version\": {VERSION},\n\"files\": {{");
        for (index, (path, FileRecord { size, hash })) in self.files.iter().enumerate() {
            text.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
            // Writing a text into memory cannot fail.
            let _ = serde_json::to_writer(&mut text, path.as_str());
            let _ = write!(text, ": {{\"size\": {size}, \"hash\": \"{hash}\"}}");
        }
        text.extend_from_slice(b"\n}\n}\n");
        text
    }
}

/// Whether a path is the root, the writer's own, or git's: no page or asset stands there. Case
/// counts for nothing, since it does not to some file systems.
pub(super) fn is_reserved(path: &SitePath) -> bool {
    let mut components = path.components();
    components.next().is_none_or(|first| {
        first.eq_ignore_ascii_case(MANIFEST) || first.eq_ignore_ascii_case(super::writer::STAGE)
    }) || path.components().any(|name| name.eq_ignore_ascii_case(".git"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_it_cannot_trust() {
        let record = format!(r#"{{"size": 1, "hash": "{}"}}"#, ContentHash::of(b"x"));
        let with = |path: &str| format!(r#"{{"version": 1, "files": {{"{path}": {record}}}}}"#);
        assert_eq!(Manifest::parse(with("a/b.html").as_bytes()).unwrap().files.len(), 1);
        for path in ["", "../x", "/etc/passwd", "a//b", ".git/config", "a/.GIT/x", MANIFEST] {
            assert!(Manifest::parse(with(path).as_bytes()).is_err(), "{path}");
        }
        for text in ["", "{}", "[]", "{\"version\": 1}", "{\"version\": 1, \"files\": {\"a\": 1}}"]
        {
            assert!(Manifest::parse(text.as_bytes()).is_err(), "{text}");
        }
        let newer = Manifest::parse(b"{\"version\": 2, \"pages\": []}").unwrap_err();
        assert!(newer.contains("version is 2"), "{newer}");
    }

    #[test]
    fn is_sorted_and_has_a_line_for_each_file() {
        let mut manifest = Manifest::default();
        for path in ["b \"q\".html", "a.html"] {
            let record = FileRecord { size: 3, hash: ContentHash::of(b"abc") };
            manifest.files.insert(SitePath::new(path).unwrap(), record);
        }
        let text = String::from_utf8(manifest.to_text()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 7);
        assert!(lines[3].starts_with("\"a.html\": {\"size\": 3, \"hash\": \""), "{text}");
        assert!(lines[4].starts_with("\"b \\\"q\\\".html\""), "{text}");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(paths in prop::collection::btree_map("[^/\\\\\0]{1,8}(/[a-z\"\u{1}é]{1,5})?", any::<u64>(), 0..8)) {
            let mut manifest = Manifest::default();
            for (path, size) in &paths {
                if let Ok(path) = SitePath::new(path) && !is_reserved(&path) {
                    let record = FileRecord { size: *size, hash: ContentHash::of(&size.to_le_bytes()) };
                    manifest.files.insert(path, record);
                }
            }
            prop_assert_eq!(Manifest::parse(&manifest.to_text()), Ok(manifest));
        }
    }
}
