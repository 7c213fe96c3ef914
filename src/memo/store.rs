//! The entries of the cache on the disk, in a folder that may be deleted at any time.
//!
//! Many processes may read at once. One of them may write: whoever gets the lock. What it makes
//! becomes visible to others when it closes the store, all at once. A process that is killed
//! leaves the store as it found it.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::key::{Key, Stage};
use super::segment::{KeyBytes, Packed, Row, Rows, Segment, pack};
use super::stamps::Stamp;

/// The most that the entries may take on the disk, in bytes.
const MOST_BYTES: u64 = 1 << 30;

/// What is kept when there were more: so that not every build has to make room.
const KEPT_BYTES: u64 = MOST_BYTES / 4 * 3;

/// More segments than this are put together.
const MOST_SEGMENTS: usize = 12;

/// How many of the largest segments are left alone then.
const LEFT_ALONE: usize = 3;

/// How many states are kept besides those that are always needed. Each output folder has a few,
/// and a site of several versions has as many for each of them.
const MOST_STATES: usize = 400;

/// An entry that no build has used for so many builds goes when its segment is put together with
/// others.
const PATIENCE: u32 = 200;

/// How often a stage found what it asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageCount {
    /// The stage.
    pub stage: Stage,
    /// Entries that were found.
    pub hits: u64,
    /// Entries that were asked for in vain.
    pub misses: u64,
}

/// The cache. It never fails: what cannot be read is not found, and what cannot be written is
/// not kept.
pub struct Store {
    /// None where nothing is kept.
    folder: Option<PathBuf>,
    /// Youngest first.
    segments: Vec<Segment>,
    /// Held while this process may write.
    lock: Option<File>,
    /// The folder was not there before.
    created: bool,
    build: u32,
    pending: Mutex<Pending>,
    counts: [(AtomicU64, AtomicU64); Stage::ALL.len()],
}

/// What this process adds.
#[derive(Default)]
struct Pending {
    rows: Rows,
    found: HashMap<KeyBytes, Row>,
    data: Option<Arc<File>>,
    /// Set when the disk is full or the like: nothing more is added then.
    broken: bool,
}

impl Store {
    /// The cache in a folder, which is created where it is missing. Where that cannot be done
    /// nothing is kept.
    pub fn open(folder: &Path) -> Store {
        let mut store = Store::off();
        store.created = !folder.exists();
        if make_folder(folder).is_err() {
            return store;
        }
        store.folder = Some(folder.to_owned());
        store.lock = lock(folder);
        store.segments = segments(folder);
        if store.lock.is_some() {
            clean(folder, &store.segments);
        }
        let (build, used) = read_used(folder);
        store.build = build.saturating_add(1);
        for segment in &store.segments {
            let Some(used) = used.get(&segment.number) else { continue };
            for (position, build) in used.iter().enumerate() {
                segment.set_used(position, *build);
            }
        }
        store
    }

    /// A cache that keeps nothing beyond the life of this process.
    pub fn off() -> Store {
        Store {
            folder: None,
            segments: Vec::new(),
            lock: None,
            created: false,
            build: 0,
            pending: Mutex::default(),
            counts: Default::default(),
        }
    }

    /// The folder where this process may write, if it may.
    pub fn writable(&self) -> Option<&Path> {
        self.lock.as_ref()?;
        self.folder.as_deref()
    }

    /// The folder, where there is one.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// What the clock of the cache's file system says, as the stamp of a file written now.
    pub fn clock(&self) -> Option<Stamp> {
        super::stamps::clock(self.writable()?)
    }

    /// The value of a key.
    pub fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let value = self.look_up(key.bytes());
        if let Some((hits, misses)) = self.counts.get(key.stage() as usize) {
            let count = if value.is_some() { hits } else { misses };
            count.fetch_add(1, Ordering::Relaxed);
        }
        value
    }

    /// Whether a key was kept before this store was opened. Its value can still be damaged.
    pub fn has(&self, key: &Key) -> bool {
        self.segments.iter().any(|segment| segment.find(key.bytes()).is_some())
    }

    /// Whether a key is kept; it then counts as used. Its value can still be damaged.
    pub fn keep(&self, key: &Key) -> bool {
        for segment in &self.segments {
            if let Some(position) = segment.find(key.bytes()) {
                segment.set_used(position, self.build);
                return true;
            }
        }
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.found.contains_key(key.bytes())
    }

    fn look_up(&self, key: &KeyBytes) -> Option<Vec<u8>> {
        if self.lock.is_some() {
            let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(row) = pending.found.get(key).copied() {
                if Rows::is_small(&row) {
                    return pending.rows.small(&row);
                }
                let data = Arc::clone(pending.data.as_ref()?);
                // Elsewhere, reading moves the cursor that others read and write at.
                #[cfg(unix)]
                drop(pending);
                return Rows::large(&row, &data);
            }
        }
        for segment in &self.segments {
            if let Some(position) = segment.find(key)
                && let Some(value) = segment.value(position)
            {
                segment.set_used(position, self.build);
                return Some(value);
            }
        }
        None
    }

    /// Keeps a value. Where this process may not write, nothing happens.
    pub fn put(&self, key: &Key, value: &[u8]) {
        let Some(folder) = self.writable() else { return };
        let Some(packed) = pack(value) else { return };
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        if !pending.broken && pending.add(folder, *key.bytes(), &packed, self.build).is_err() {
            pending.broken = true;
        }
    }

    /// What was last kept under a name: unlike an entry, a state is replaced. None where there
    /// is none or it is damaged.
    pub fn state(&self, name: &str) -> Option<Vec<u8>> {
        read_state(self.folder.as_deref()?, name)
    }

    /// Replaces a state. `name` is a part of a file's name; of those with a `-` only the youngest
    /// are kept. Where this process may not write, nothing happens.
    pub fn set_state(&self, name: &str, value: &[u8]) {
        if let Some(folder) = self.writable() {
            // What is not kept costs the next build time, and nothing else.
            let _ = write_state(folder, name, value);
        }
    }

    /// How often each stage found what it asked for; of those that asked.
    pub fn counts(&self) -> Vec<StageCount> {
        Stage::ALL
            .iter()
            .zip(&self.counts)
            .map(|(stage, (hits, misses))| StageCount {
                stage: *stage,
                hits: hits.load(Ordering::Relaxed),
                misses: misses.load(Ordering::Relaxed),
            })
            .filter(|count| count.hits + count.misses > 0)
            .collect()
    }

    /// Makes what was added visible to others, and keeps the cache within its bounds.
    pub fn close(mut self) {
        self.created = false;
        let (Some(folder), Some(_lock)) = (self.folder.clone(), self.lock.take()) else { return };
        forget_states(&folder);
        // What fails here costs the next build time, and nothing else.
        let _ = self.save(&folder);
    }

    fn save(&mut self, folder: &Path) -> io::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        let pending = pending.into_inner().unwrap_or_else(PoisonError::into_inner);
        let touched = self
            .segments
            .iter()
            .any(|segment| (0..segment.len()).any(|at| segment.used(at) == self.build));
        let mut used: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let next = self.segments.iter().map(|segment| segment.number).max().unwrap_or(0) + 1;
        let mut bytes: u64 = 0;
        for segment in &self.segments {
            used.insert(segment.number, (0..segment.len()).map(|at| segment.used(at)).collect());
            bytes += (0..segment.len())
                .filter_map(|at| segment.row(at))
                .map(|row| row.size())
                .sum::<u64>();
        }
        let adds = !pending.broken && pending.rows.len() > 0;
        if adds {
            bytes += pending.rows.size();
            let (index, builds) = pending.rows.finish();
            write_segment(folder, next, pending.data, &index)?;
            used.insert(next, builds);
        } else if !touched {
            return Ok(());
        }
        let count = used.len();
        if bytes > MOST_BYTES {
            self.merge(folder, &mut used, next, 0, bytes - KEPT_BYTES)?;
        } else if count > MOST_SEGMENTS {
            self.merge(folder, &mut used, next, LEFT_ALONE, 0)?;
        }
        write_used(folder, self.build, &used)
    }

    /// Puts all segments but the largest ones together, without those entries that nothing has
    /// used for long: at least so many bytes of them go.
    fn merge(
        &self,
        folder: &Path,
        used: &mut BTreeMap<u32, Vec<u32>>,
        newest: u32,
        left_alone: usize,
        excess: u64,
    ) -> io::Result<()> {
        let mut segments = segments(folder);
        for segment in &segments {
            for (position, build) in used.get(&segment.number).into_iter().flatten().enumerate() {
                segment.set_used(position, *build);
            }
        }
        let size = |segment: &Segment| -> u64 {
            (0..segment.len()).filter_map(|at| segment.row(at)).map(|row| row.size()).sum()
        };
        segments.sort_by_key(|segment| std::cmp::Reverse(size(segment)));
        let mut merged: Vec<Segment> = segments.split_off(left_alone.min(segments.len()));
        let mut oldest = self.build.saturating_sub(PATIENCE);
        // Of a large segment, too, enough may have become useless.
        let useless = |segment: &Segment| {
            let unused = (0..segment.len()).filter(|at| segment.used(*at) < oldest).count();
            unused * 4 > segment.len()
        };
        merged.extend(segments.into_iter().filter(useless));
        if excess > 0 {
            oldest = oldest.max(first_to_stay(&merged, excess));
        }
        let mut rows = Rows::default();
        let mut data: Option<Arc<File>> = None;
        for segment in &merged {
            for position in 0..segment.len() {
                let build = segment.used(position);
                if build < oldest {
                    continue;
                }
                let (Some(key), Some(packed)) = (segment.key(position), segment.packed(position))
                else {
                    continue;
                };
                append(&mut rows, &mut data, folder, key, &packed, build)?;
            }
        }
        // Equal keys hold equal values, so it does not matter which segment is asked first.
        let number = newest + 1;
        let (index, builds) = rows.finish();
        write_segment(folder, number, data, &index)?;
        used.insert(number, builds);
        for segment in &merged {
            used.remove(&segment.number);
            remove_segment(folder, segment.number);
        }
        Ok(())
    }
}

impl Drop for Store {
    /// Where nothing came of the build, it leaves no folder either.
    fn drop(&mut self) {
        if let (true, Some(folder), true) = (self.created, &self.folder, self.lock.is_some()) {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// The build from which on entries stay, so that at least so many bytes go.
fn first_to_stay(segments: &[Segment], excess: u64) -> u32 {
    let mut sizes: BTreeMap<u32, u64> = BTreeMap::new();
    for segment in segments {
        for position in 0..segment.len() {
            if let Some(row) = segment.row(position) {
                *sizes.entry(segment.used(position)).or_default() += row.size();
            }
        }
    }
    let mut freed = 0;
    for (build, size) in sizes {
        if freed >= excess {
            return build;
        }
        freed += size;
    }
    u32::MAX
}

impl Pending {
    fn add(&mut self, folder: &Path, key: KeyBytes, packed: &Packed, build: u32) -> io::Result<()> {
        let row = append(&mut self.rows, &mut self.data, folder, key, packed, build)?;
        self.found.insert(key, row);
        Ok(())
    }
}

/// Adds an entry to a segment that is being written.
fn append(
    rows: &mut Rows,
    data: &mut Option<Arc<File>>,
    folder: &Path,
    key: KeyBytes,
    packed: &Packed,
    build: u32,
) -> io::Result<Row> {
    let (row, appended) = rows.add(key, packed, build);
    if let Some(bytes) = appended {
        let file = match data {
            Some(file) => file,
            None => data.insert(Arc::new(
                OpenOptions::new()
                    .read(true)
                    .write(true)
                    .create(true)
                    .truncate(true)
                    .open(folder.join(NEW_DATA))?,
            )),
        };
        let mut file: &File = file;
        // Reading has moved the cursor.
        #[cfg(not(unix))]
        io::Seek::seek(&mut file, io::SeekFrom::End(0))?;
        file.write_all(bytes)?;
    }
    Ok(row)
}

/// Data that belongs to no segment yet.
const NEW_DATA: &str = "data.new";
const NEW_INDEX: &str = "index.new";
const USED: &str = "used";
/// The first bytes of a state; a new form gets a new number.
const STATE_MAGIC: &[u8; 16] = b"copydesk last 2\n";

fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let ignore = folder.join(".gitignore");
    if !ignore.exists() {
        fs::write(ignore, "# The cache of Copydesk. It is safe to delete.\n*\n")?;
    }
    Ok(())
}

/// Takes the lock, without waiting. None where another process has it, or none can be had.
fn lock(folder: &Path) -> Option<File> {
    let path = folder.join("lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path).ok()?;
    file.try_lock().ok()?;
    Some(file)
}

fn index_name(number: u32) -> String {
    format!("{number:08}.index")
}

fn data_name(number: u32) -> String {
    format!("{number:08}.data")
}

/// The segments of a folder, the youngest first. Damaged ones are left out.
fn segments(folder: &Path) -> Vec<Segment> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut numbers: Vec<u32> = entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name();
            name.to_str()?.strip_suffix(".index")?.parse().ok()
        })
        .collect();
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    numbers.dedup();
    numbers
        .into_iter()
        .filter_map(|number| {
            let (index, data) = (index_name(number), data_name(number));
            Segment::open(number, &folder.join(index), &folder.join(data))
        })
        .collect()
}

fn write_segment(
    folder: &Path,
    number: u32,
    data: Option<Arc<File>>,
    index: &[u8],
) -> io::Result<()> {
    if let Some(data) = data {
        drop(data);
        fs::rename(folder.join(NEW_DATA), folder.join(data_name(number)))?;
    }
    // The index comes last: without it nobody looks at the data.
    fs::write(folder.join(NEW_INDEX), index)?;
    fs::rename(folder.join(NEW_INDEX), folder.join(index_name(number)))
}

fn remove_segment(folder: &Path, number: u32) {
    // What is still open elsewhere may stay for now; the index goes first.
    let _ = fs::remove_file(folder.join(index_name(number)));
    let _ = fs::remove_file(folder.join(data_name(number)));
}

/// Removes what belongs to no segment: what a killed process left, and what is damaged.
fn clean(folder: &Path, segments: &[Segment]) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some((stem, ending)) = name.to_str().and_then(|name| name.split_once('.')) else {
            continue;
        };
        let is_ours = matches!(ending, "index" | "data" | "new");
        let in_use = stem
            .parse()
            .is_ok_and(|number: u32| segments.iter().any(|segment| segment.number == number));
        if is_ours && !in_use {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Removes the states that were written longest ago, where there are too many.
fn forget_states(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut states: Vec<(std::time::SystemTime, PathBuf)> = entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let stem = name.to_str().and_then(|name| name.strip_suffix(".state"));
            // Only those that belong to something else than the whole cache have a `-`.
            stem.is_some_and(|stem| stem.contains('-'))
        })
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    states.sort();
    let excess = states.len().saturating_sub(MOST_STATES);
    for (_, path) in states.into_iter().take(excess) {
        let _ = fs::remove_file(path);
    }
}

/// The number of the last build, and for each segment in which build its entries were used last.
fn read_used(folder: &Path) -> (u32, BTreeMap<u32, Vec<u32>>) {
    let read = read_state(folder, USED);
    read.and_then(|bytes| postcard::from_bytes(&bytes).ok()).unwrap_or_default()
}

fn write_used(folder: &Path, build: u32, used: &BTreeMap<u32, Vec<u32>>) -> io::Result<()> {
    let bytes = postcard::to_allocvec(&(build, used)).map_err(io::Error::other)?;
    write_state(folder, USED, &bytes)
}

/// The bytes of a file with its own hash at the end.
fn read_state(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let mut bytes = fs::read(folder.join(format!("{name}.state"))).ok()?;
    let (body, hash) = bytes.split_last_chunk::<32>()?;
    if blake3::hash(body).as_bytes() != hash || !body.starts_with(STATE_MAGIC) {
        return None;
    }
    bytes.truncate(body.len());
    bytes.drain(..STATE_MAGIC.len());
    Some(bytes)
}

fn write_state(folder: &Path, name: &str, value: &[u8]) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(value.len() + STATE_MAGIC.len() + 32);
    bytes.extend_from_slice(STATE_MAGIC);
    bytes.extend_from_slice(value);
    let hash = blake3::hash(&bytes);
    bytes.extend_from_slice(hash.as_bytes());
    // A name of its own: several states may be written at once.
    let new = folder.join(format!("{name}.new"));
    fs::write(&new, bytes)?;
    fs::rename(new, folder.join(format!("{name}.state")))
}

#[cfg(test)]
mod tests;
