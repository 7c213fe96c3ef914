//! A file of the cache that is never changed once it is written: many entries, sorted by key.
//!
//! Two files make a segment. `N.data` holds the larger values one behind the other. `N.index`
//! holds, all numbers little-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 16 | [`MAGIC`] |
//! | 4 | the number of entries |
//! | 4 | the length of the small values |
//! | 56 each | the entries, sorted by key: key (32), place (8), stored length (4), length before compression or 0 (4), the first bytes of the stored value's blake3 hash (8) |
//! | | the small values |
//! | 32 | the blake3 hash of all that stands before it |
//!
//! The highest bit of a place is set where the value stands among the small ones. An index that
//! is damaged makes the whole segment empty; a value that is damaged is not found.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// The first bytes of an index; a new form gets a new number.
const MAGIC: &[u8; 16] = b"copydesk memo 1\n";

const HEADER: usize = 24;
const ENTRY: usize = 56;
const HASH: usize = 32;
const SMALL: u64 = 1 << 63;

/// Values up to this length stand in the index, which is read whole: one look-up is then no
/// access to the disk.
pub(super) const MOST_SMALL: usize = 256;

/// Shorter values are not worth the compression.
const LEAST_COMPRESSED: usize = 512;

/// The longest value that is believed; a damaged length must not fill the memory.
const MOST: u32 = 1 << 30;

pub(super) type KeyBytes = [u8; 32];

/// An entry of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    place: u64,
    stored: u32,
    /// The length before compression; 0 where it is not compressed.
    whole: u32,
    check: [u8; 8],
}

impl Row {
    /// How many bytes the entry takes on the disk.
    pub(super) fn size(&self) -> u64 {
        ENTRY as u64 + u64::from(self.stored)
    }
}

/// A value as it is stored.
pub(super) struct Packed {
    pub(super) bytes: Vec<u8>,
    whole: u32,
    check: [u8; 8],
}

fn check_of(bytes: &[u8]) -> [u8; 8] {
    let hash = blake3::hash(bytes);
    hash.as_bytes().first_chunk().copied().unwrap_or_default()
}

/// Compresses a value where that helps.
pub(super) fn pack(value: &[u8]) -> Option<Packed> {
    let length = u32::try_from(value.len()).ok().filter(|length| *length <= MOST)?;
    let compressed = (value.len() >= LEAST_COMPRESSED).then(|| lz4_flex::block::compress(value));
    let (bytes, whole) = match compressed {
        Some(compressed) if compressed.len() < value.len() => (compressed, length),
        _ => (value.to_vec(), 0),
    };
    let check = check_of(&bytes);
    Some(Packed { bytes, whole, check })
}

fn unpack(bytes: Vec<u8>, row: &Row) -> Option<Vec<u8>> {
    match row.whole {
        0 => Some(bytes),
        whole if whole <= MOST => lz4_flex::block::decompress(&bytes, whole as usize).ok(),
        _ => None,
    }
}

/// A segment that is read.
pub(super) struct Segment {
    pub(super) number: u32,
    /// The index file without its hash.
    index: Vec<u8>,
    count: usize,
    /// The first bytes of all keys. To look for one among the entries is to wait for the memory
    /// again and again; these stand close together.
    heads: Vec<u64>,
    data: PathBuf,
    file: OnceLock<Option<File>>,
    /// Held while the file's cursor is used, where the system has no other way to read.
    #[cfg(not(unix))]
    cursor: std::sync::Mutex<()>,
    /// In which build each entry was used last, by position.
    used: Vec<AtomicU32>,
}

impl Segment {
    /// Opens a segment whose index file is `index`. None where it is damaged.
    pub(super) fn open(number: u32, index: &Path, data: &Path) -> Option<Segment> {
        let mut bytes = std::fs::read(index).ok()?;
        let body = bytes.len().checked_sub(HASH)?;
        let hash = blake3::hash(bytes.get(..body)?);
        if bytes.get(body..)? != hash.as_bytes() || !bytes.starts_with(MAGIC) {
            return None;
        }
        bytes.truncate(body);
        let count = number_at(&bytes, 16)? as usize;
        let small = number_at(&bytes, 20)? as usize;
        if bytes.len() != HEADER.checked_add(count.checked_mul(ENTRY)?)?.checked_add(small)? {
            return None;
        }
        let entries = bytes.get(HEADER..)?.chunks_exact(ENTRY).take(count);
        let heads = entries.map(|entry| entry.first_chunk().map_or(0, head_of)).collect();
        Some(Segment {
            number,
            index: bytes,
            count,
            heads,
            data: data.to_owned(),
            file: OnceLock::new(),
            #[cfg(not(unix))]
            cursor: std::sync::Mutex::default(),
            used: (0..count).map(|_| AtomicU32::new(0)).collect(),
        })
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn used(&self, position: usize) -> u32 {
        self.used.get(position).map_or(0, |used| used.load(Ordering::Relaxed))
    }

    pub(super) fn set_used(&self, position: usize, build: u32) {
        if let Some(used) = self.used.get(position) {
            used.store(build, Ordering::Relaxed);
        }
    }

    pub(super) fn key(&self, position: usize) -> Option<KeyBytes> {
        self.key_at(position).copied()
    }

    fn key_at(&self, position: usize) -> Option<&KeyBytes> {
        self.index.get(HEADER + position * ENTRY..)?.first_chunk()
    }

    pub(super) fn row(&self, position: usize) -> Option<Row> {
        let at = HEADER + position * ENTRY + 32;
        let place = u64::from_le_bytes(self.index.get(at..)?.first_chunk().copied()?);
        Some(Row {
            place,
            stored: number_at(&self.index, at + 8)?,
            whole: number_at(&self.index, at + 12)?,
            check: self.index.get(at + 16..)?.first_chunk().copied()?,
        })
    }

    /// The position of a key. Keys are hashes, spread evenly: how far a key is from another one
    /// tells how many entries are most likely between them, and a few such guesses are most often
    /// enough.
    pub(super) fn find(&self, key: &KeyBytes) -> Option<usize> {
        let head = head_of(key);
        let apart = |distance: u64| -> usize {
            usize::try_from((u128::from(distance) * self.count as u128) >> 64).unwrap_or(usize::MAX)
        };
        let (mut low, mut high) = (0, self.heads.len());
        let mut guess = apart(head);
        let mut looks = 0;
        // Finds the first entry that does not come before the head.
        while low < high {
            let at = guess.clamp(low, high - 1);
            let found = *self.heads.get(at)?;
            looks += 1;
            // From the sixth look on in steps that grow; where the keys are no hashes by halves,
            // which always end.
            let step = |distance: u64| if looks < 6 { apart(distance) } else { 1 << looks.min(12) };
            if found < head {
                low = at + 1;
                guess = at.saturating_add(step(head - found).max(1));
            } else {
                high = at;
                guess = at.saturating_sub(step(found - head).max(1));
            }
            if looks > 12 {
                guess = low + (high - low) / 2;
            }
        }
        let same = self.heads.iter().skip(low).take_while(|other| **other == head).count();
        (low..low + same).find(|at| self.key_at(*at) == Some(key))
    }

    /// A value as it is stored. Small ones need no check of their own: the index was checked whole.
    fn stored(&self, row: &Row) -> Option<Vec<u8>> {
        let length = row.stored as usize;
        if row.place & SMALL != 0 {
            let start = HEADER + self.count * ENTRY + usize::try_from(row.place & !SMALL).ok()?;
            return Some(self.index.get(start..start.checked_add(length)?)?.to_vec());
        }
        if row.stored > MOST {
            return None;
        }
        let bytes = self.read(row.place, length).ok()?;
        (check_of(&bytes) == row.check).then_some(bytes)
    }

    /// The value at a position; none where it is damaged.
    pub(super) fn value(&self, position: usize) -> Option<Vec<u8>> {
        let row = self.row(position)?;
        unpack(self.stored(&row)?, &row)
    }

    /// The value at a position as it is stored, to be copied into another segment; none where it
    /// is damaged.
    pub(super) fn packed(&self, position: usize) -> Option<Packed> {
        let row = self.row(position)?;
        let bytes = self.stored(&row)?;
        Some(Packed { bytes, whole: row.whole, check: row.check })
    }

    fn read(&self, place: u64, length: usize) -> io::Result<Vec<u8>> {
        let file = self.file.get_or_init(|| File::open(&self.data).ok());
        let file = file.as_ref().ok_or(io::ErrorKind::NotFound)?;
        #[cfg(not(unix))]
        let _alone = self.cursor.lock();
        read_at(file, place, length)
    }
}

/// Reads from a place of a file; elsewhere than on Unix, by moving its cursor.
fn read_at(file: &File, place: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    #[cfg(unix)]
    std::os::unix::fs::FileExt::read_exact_at(file, &mut bytes, place)?;
    #[cfg(not(unix))]
    {
        let mut file = file;
        io::Seek::seek(&mut file, io::SeekFrom::Start(place))?;
        io::Read::read_exact(&mut file, &mut bytes)?;
    }
    Ok(bytes)
}

/// The first bytes of a key, as a number.
fn head_of(key: &KeyBytes) -> u64 {
    key.first_chunk().copied().map_or(0, u64::from_be_bytes)
}

fn number_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..)?.first_chunk().copied()?))
}

/// The entries of a segment that is being written.
#[derive(Default)]
pub(super) struct Rows {
    rows: Vec<(KeyBytes, Row, u32)>,
    small: Vec<u8>,
    length: u64,
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many bytes the entries take on the disk.
    pub(super) fn size(&self) -> u64 {
        self.rows.iter().map(|(_, row, _)| row.size()).sum()
    }

    /// Where a value goes: none where it stands among the small ones, else it is to be appended
    /// to the data. A key that comes again stands for its last value. `used` is the build in
    /// which the entry was used last.
    pub(super) fn add<'p>(
        &mut self,
        key: KeyBytes,
        packed: &'p Packed,
        used: u32,
    ) -> (Row, Option<&'p [u8]>) {
        let stored = u32::try_from(packed.bytes.len()).unwrap_or(u32::MAX);
        let (place, appended) = if packed.bytes.len() <= MOST_SMALL {
            let place = SMALL | self.small.len() as u64;
            self.small.extend_from_slice(&packed.bytes);
            (place, None)
        } else {
            let place = self.length;
            self.length += u64::from(stored);
            (place, Some(packed.bytes.as_slice()))
        };
        let row = Row { place, stored, whole: packed.whole, check: packed.check };
        self.rows.push((key, row, used));
        (row, appended)
    }

    /// Where a value stands that was added.
    pub(super) fn small(&self, row: &Row) -> Option<Vec<u8>> {
        let start = usize::try_from(row.place & !SMALL).ok()?;
        let bytes = self.small.get(start..start + row.stored as usize)?;
        unpack(bytes.to_vec(), row)
    }

    /// Reads a value back from the data that has been written so far.
    pub(super) fn large(row: &Row, file: &File) -> Option<Vec<u8>> {
        unpack(read_at(file, row.place, row.stored as usize).ok()?, row)
    }

    pub(super) fn is_small(row: &Row) -> bool {
        row.place & SMALL != 0
    }

    /// The index file, and for each of its entries the build in which it was used last.
    pub(super) fn finish(mut self) -> (Vec<u8>, Vec<u32>) {
        // Of equal keys the last one that was added comes first, and stays.
        self.rows.reverse();
        self.rows.sort_by_key(|(key, ..)| *key);
        self.rows.dedup_by(|later, first| later.0 == first.0);
        let count = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let small = u32::try_from(self.small.len()).unwrap_or(u32::MAX);
        let mut index =
            Vec::with_capacity(HEADER + self.rows.len() * ENTRY + self.small.len() + HASH);
        index.extend_from_slice(MAGIC);
        index.extend_from_slice(&count.to_le_bytes());
        index.extend_from_slice(&small.to_le_bytes());
        let mut used = Vec::with_capacity(self.rows.len());
        for (key, row, build) in &self.rows {
            index.extend_from_slice(key);
            index.extend_from_slice(&row.place.to_le_bytes());
            index.extend_from_slice(&row.stored.to_le_bytes());
            index.extend_from_slice(&row.whole.to_le_bytes());
            index.extend_from_slice(&row.check);
            used.push(*build);
        }
        index.extend_from_slice(&self.small);
        let hash = blake3::hash(&index);
        index.extend_from_slice(hash.as_bytes());
        (index, used)
    }
}
