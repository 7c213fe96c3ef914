//! The list of the files that a build wrote: what the next build may replace and remove. It
//! stands in the output folder and says whose folder that is.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

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
struct Whole {
    version: u32,
    files: Rows,
}

/// The files in the order in which they stand there. That is most often the order of the map that
/// they become: a map that is made of all of them at once need not look for the place of each.
struct Rows(Vec<(SitePath, FileRecord)>);

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map;

        impl<'de> Visitor<'de> for Map {
            type Value = Rows;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("files by path")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Rows, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = map.next_entry()? {
                    rows.push(row);
                }
                Ok(Rows(rows))
            }
        }

        deserializer.deserialize_map(Map)
    }
}

impl Manifest {
    /// Reads the text of a manifest.
    ///
    /// # Errors
    /// Why it is none, in words: what is owned cannot be guessed.
    pub fn parse(text: &[u8]) -> Result<Manifest, String> {
        let whole = serde_json::from_slice(text);
        let files: BTreeMap<SitePath, FileRecord> = match whole {
            Ok(Whole { version: VERSION, files: Rows(rows) }) => rows.into_iter().collect(),
            Ok(Whole { version, .. }) => return Err(other_version(version)),
            // Another version may have another form.
            Err(error) => match serde_json::from_slice(text) {
                Ok(Header { version }) if version != VERSION => return Err(other_version(version)),
                _ => return Err(error.to_string()),
            },
        };
        match files.keys().find(|path| is_reserved(path)) {
            Some(path) => Err(format!("it claims `{path}`, which no build writes")),
            None => Ok(Manifest { files }),
        }
    }

    /// The text of the manifest: JSON, a line for each file, sorted, so that it makes readable
    /// differences where the output is kept in git.
    pub fn to_text(&self) -> Vec<u8> {
        text_of(self.files.iter())
    }
}

/// The text of the manifest of these files, which come in the order of their paths.
pub(super) fn text_of<'f>(files: impl Iterator<Item = (&'f SitePath, &'f FileRecord)>) -> Vec<u8> {
    let room = files.size_hint().0 * 160 + 64;
    let mut text = Vec::with_capacity(room);
    // Writing a text into memory cannot fail.
    let _ = write!(text, "{{\n\"version\": {VERSION},\n\"files\": {{");
    for (index, (path, FileRecord { size, hash })) in files.enumerate() {
        text.extend_from_slice(if index == 0 { b"\n" } else { b",\n" });
        let _ = serde_json::to_writer(&mut text, path.as_str());
        let _ = write!(text, ": {{\"size\": {size}, \"hash\": \"");
        text.extend_from_slice(hash.to_hex().as_bytes());
        text.extend_from_slice(b"\"}");
    }
    text.extend_from_slice(b"\n}\n}\n");
    text
}

fn other_version(version: u32) -> String {
    format!("its version is {version}, and {VERSION} is what is known here")
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
