//! Which files have not changed since they were last read, told without reading them.
//!
//! The system notes when a file was last changed, and when its entry was. As long as size, both
//! times, the file's number and its device are the same, so are its bytes, with one exception: a
//! file that is changed twice within one tick of the system's clock. So a stamp counts only where
//! the clock had moved on when the file was looked at. git does the same with its index.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::marker::PhantomData;
use std::path::Path;

use foldhash::fast::RandomState;
use serde::de::{DeserializeOwned, DeserializeSeed, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A moment of a file system's clock: seconds and nanoseconds.
type Moment = (i64, i64);

/// What the system says of a file without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    device: u64,
    file: u64,
    size: u64,
    modified: Moment,
    changed: Moment,
}

impl Stamp {
    /// The stamp of a file; none for what is no regular file, and on systems that do not tell
    /// enough.
    pub fn of(meta: &fs::Metadata) -> Option<Stamp> {
        if !meta.is_file() {
            return None;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Some(Stamp {
                device: meta.dev(),
                file: meta.ino(),
                size: meta.size(),
                modified: (meta.mtime(), meta.mtime_nsec()),
                changed: (meta.ctime(), meta.ctime_nsec()),
            })
        }
        #[cfg(not(unix))]
        None
    }

    /// Whether the file was last changed before this moment of its file system's clock, so that
    /// any later change gives it another stamp. `clock` is the stamp of a file that has just been
    /// written. A clock that counts whole seconds must have moved on by two of them.
    pub fn is_settled(&self, clock: &Stamp) -> bool {
        let last = self.modified.max(self.changed);
        let coarse = clock.modified.1 == 0 && clock.changed.1 == 0;
        let now = clock.modified.min(clock.changed);
        let least = if coarse { (now.0 - 2, 0) } else { now };
        self.device == clock.device && last < least
    }
}

/// What is known of the files of a folder, by path, as long as their stamps are the same.
#[derive(Debug, Clone)]
pub struct StampTable<V> {
    files: Files<V>,
}

impl<V> Default for StampTable<V> {
    fn default() -> Self {
        StampTable { files: HashMap::default() }
    }
}

impl<V: Copy + Serialize + DeserializeOwned> StampTable<V> {
    /// Reads a table; an empty one where the bytes are none.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self::from_bytes_where(bytes, |_, _| true)
    }

    /// The same with those rows alone that something holds of. They are asked about in the order
    /// of their paths.
    pub fn from_bytes_where(bytes: &[u8], keep: impl FnMut(&str, &V) -> bool) -> Self {
        let read = Rows { keep, value: PhantomData };
        let mut deserializer = postcard::Deserializer::from_bytes(bytes);
        read.deserialize(&mut deserializer).map(|files| StampTable { files }).unwrap_or_default()
    }

    /// The table as bytes, the same ones for the same table.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.bytes_with(&HashMap::new())
    }

    /// The same with what is known of some other files, or of some better than here.
    pub fn bytes_with(&self, other: &HashMap<&str, (Stamp, V)>) -> Vec<u8> {
        let old = self.files.iter().map(|(path, (stamp, value))| (&**path, stamp, value));
        let old = old.filter(|(path, ..)| !other.contains_key(path));
        let new = other.iter().map(|(path, (stamp, value))| (*path, stamp, value));
        Self::bytes_of(old.chain(new))
    }

    /// The bytes of the table with these rows. Who only writes them needs no table.
    pub fn bytes_of<'r>(rows: impl Iterator<Item = (&'r str, &'r Stamp, &'r V)>) -> Vec<u8>
    where
        V: 'r,
    {
        let mut rows: Vec<(&str, &Stamp, &V)> = rows.collect();
        rows.sort_unstable_by_key(|(path, ..)| *path);
        // Room for the path, the numbers of the stamp, and a hash.
        let room = rows.iter().map(|(path, ..)| path.len() + 96).sum();
        postcard::to_extend(&rows, Vec::with_capacity(room)).unwrap_or_default()
    }

    /// What is known of a file that has this stamp now.
    pub fn get(&self, path: &str, stamp: &Stamp) -> Option<V> {
        let (known, value) = self.files.get(path)?;
        (known == stamp).then_some(*value)
    }

    /// Notes what is known of a file that had this stamp before it was read.
    pub fn insert(&mut self, path: &str, stamp: Stamp, value: V) {
        self.files.insert(Box::from(path), (stamp, value));
    }

    /// The number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// The rows of a table, read into the map that they become without a list between.
struct Rows<V, F> {
    keep: F,
    value: PhantomData<V>,
}

/// The rows by path.
type Files<V> = HashMap<Box<str>, (Stamp, V), RandomState>;

impl<'de, V: Deserialize<'de>, F: FnMut(&str, &V) -> bool> DeserializeSeed<'de> for Rows<V, F> {
    type Value = Files<V>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Files<V>, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, V: Deserialize<'de>, F: FnMut(&str, &V) -> bool> Visitor<'de> for Rows<V, F> {
    type Value = Files<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("paths with stamps")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Files<V>, A::Error> {
        // A damaged length must not fill the memory.
        let room = list.size_hint().unwrap_or_default().min(MOST_ROOM);
        let mut files = HashMap::with_capacity_and_hasher(room, RandomState::default());
        while let Some((path, stamp, value)) = list.next_element::<(&str, Stamp, V)>()? {
            if (self.keep)(path, &value) {
                files.insert(Box::from(path), (stamp, value));
            }
        }
        Ok(files)
    }
}

/// For how many rows there is room before the first is read.
const MOST_ROOM: usize = 1 << 16;

/// The stamp of a file that is written now: what the clock of its file system says. None where
/// it cannot be told.
pub(super) fn clock(folder: &Path) -> Option<Stamp> {
    let path = folder.join("clock");
    fs::write(&path, "").ok()?;
    let stamp = Stamp::of(&path.symlink_metadata().ok()?);
    let _ = fs::remove_file(&path);
    stamp
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changes_gets_another_stamp_once_the_clock_has_moved_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let stamp = || Stamp::of(&path.symlink_metadata().unwrap()).unwrap();
        for round in 0..50u8 {
            fs::write(&path, [round]).unwrap();
            let before = stamp();
            let settled = loop {
                let clock = clock(folder.path()).unwrap();
                if before.is_settled(&clock) {
                    break stamp();
                }
            };
            assert_eq!(settled, before);
            // The same size, at once.
            fs::write(&path, [round + 1]).unwrap();
            assert_ne!(stamp(), before);
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "x").unwrap();
        let stamp = Stamp::of(&path.symlink_metadata().unwrap()).unwrap();
        let mut table = StampTable::default();
        table.insert("a/b.md", stamp, 7u32);
        let read = StampTable::<u32>::from_bytes(&table.to_bytes());
        assert_eq!(read.get("a/b.md", &stamp), Some(7));
        let other = Stamp { size: 2, ..stamp };
        assert_eq!(read.get("a/b.md", &other), None);
        assert_eq!(read.get("a/c.md", &stamp), None);
        assert!(StampTable::<u32>::from_bytes(b"\xff\xff\xff").is_empty());
        assert!(Stamp::of(&folder.path().metadata().unwrap()).is_none());
    }
}
