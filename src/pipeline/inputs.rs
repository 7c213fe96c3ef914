//! What a build has asked of its source. Whatever the source answered is what the build was made
//! from: an answer that is another one today can make another site, and nothing else can.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};

use super::build::OBJECTS;
use crate::base::{ContentHash, SourcePath};
use crate::memo::{Stamp, StampTable, Store, fingerprint_of};
use crate::site::is_markdown;
use crate::source::{Difference, LaidOver, Listing, ObjectId, Source, SourceError};

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Answer {
    /// Nothing that can be read.
    Absent,
    /// A file; only whether it is there was asked.
    Present,
    /// A file of these bytes.
    Bytes(ContentHash),
}

impl Answer {
    /// Whether somebody who was told this would be told the same now.
    pub(super) fn holds(self, now: Answer) -> bool {
        self == now || (self == Answer::Present && matches!(now, Answer::Bytes(_)))
    }
}

/// All questions with their answers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Asked {
    /// Folders that were listed, with the folders that were left out and a hash of what was found.
    listings: Vec<(SourcePath, Vec<SourcePath>, ContentHash)>,
    /// Paths, sorted.
    files: Vec<(SourcePath, Answer)>,
}

/// Paths that were asked for, with the answers and with the stamps that the files had before they
/// were read.
type Seen = HashMap<SourcePath, (Answer, Option<Stamp>), RandomState>;

/// A source that notes what it is asked, and that hashes files without reading them where it can
/// tell that they have not changed.
pub(super) struct Inputs<'a> {
    source: &'a dyn Source,
    known: Arc<StampTable<ContentHash>>,
    /// The hashes of files by the ids that git gives to their bytes, read once one is asked for,
    /// and what is added to these.
    objects: OnceLock<HashMap<ObjectId, ContentHash>>,
    kept_objects: Option<&'a Store>,
    new_objects: Mutex<Vec<(ObjectId, ContentHash)>>,
    /// The clock of the file system when the build began.
    clock: Option<Stamp>,
    /// Shared with the builds before and after this one as long as nothing in them differs.
    shards: Vec<Mutex<Arc<Seen>>>,
    listings: Mutex<Vec<(SourcePath, Vec<SourcePath>, ContentHash)>>,
    /// Listings that were made to compare them with those of the last build, and not asked for yet.
    listed: Mutex<Vec<(SourcePath, Vec<SourcePath>, Listing)>>,
    /// Files that were read for the site as a whole.
    for_site: Mutex<BTreeSet<SourcePath>>,
    /// Set where a file has changed while the build read it.
    moved: AtomicBool,
    /// The files of which that is known for sure, and not only feared.
    differing: Mutex<BTreeSet<SourcePath>>,
    /// Set once a file is read.
    has_read: AtomicBool,
    /// Pages that one reader has read and another one is to read yet; none where there is one
    /// reader only.
    awaited: Option<Vec<Mutex<Awaited>>>,
}

/// The bytes of pages, with their hashes.
type Awaited = HashMap<SourcePath, (Arc<[u8]>, ContentHash), RandomState>;

/// A table of so many stamps is small.
const FEW: usize = 20_000;

/// More objects than these are forgotten.
const MOST_OBJECTS: usize = 200_000;

/// So many threads can note something at once.
const SHARDS: u8 = 16;

/// The hashes of what git keeps, as the cache has them.
fn kept_objects(memo: &Store) -> Vec<(ObjectId, ContentHash)> {
    memo.state(OBJECTS).and_then(|bytes| postcard::from_bytes(&bytes).ok()).unwrap_or_default()
}

impl<'a> Inputs<'a> {
    /// `known` are the hashes of files by the stamps that they had, and `clock` says what the
    /// clock of their file system says now; without it nothing is believed.
    pub(super) fn new(
        source: &'a dyn Source,
        known: StampTable<ContentHash>,
        clock: Option<Stamp>,
    ) -> Self {
        Inputs {
            source,
            known: Arc::new(known),
            objects: OnceLock::new(),
            kept_objects: None,
            new_objects: Mutex::default(),
            clock,
            shards: (0..SHARDS).map(|_| Mutex::default()).collect(),
            listings: Mutex::default(),
            listed: Mutex::default(),
            for_site: Mutex::default(),
            moved: AtomicBool::new(false),
            differing: Mutex::default(),
            has_read: AtomicBool::new(false),
            awaited: None,
        }
    }

    /// The same for two readers of the pages: what the one has read, the other one gets.
    pub(super) fn for_two(mut self) -> Self {
        self.awaited = Some((0..SHARDS).map(|_| Mutex::default()).collect());
        self
    }

    /// The same, with hashes of what git keeps, as [`Inputs::objects`] gave them and the cache keeps
    /// them.
    pub(super) fn with_objects(mut self, memo: &'a Store) -> Self {
        self.kept_objects = Some(memo);
        self
    }

    fn by_object(&self) -> &HashMap<ObjectId, ContentHash> {
        self.objects.get_or_init(|| {
            self.kept_objects.map(kept_objects).unwrap_or_default().into_iter().collect()
        })
    }

    /// The hashes of what git keeps, as the cache has them now, with those that were found out here
    /// since they were asked for; none where there are none of these. They are sorted, and forgotten
    /// once they are too many.
    pub(super) fn objects(&self, memo: &Store) -> Option<Vec<(ObjectId, ContentHash)>> {
        let mut new = self.new_objects.lock().unwrap_or_else(PoisonError::into_inner);
        if new.is_empty() {
            return None;
        }
        // Another version may have added some meanwhile.
        let mut all = kept_objects(memo);
        if all.len() > MOST_OBJECTS {
            all.clear();
        }
        all.append(&mut new);
        all.sort_unstable();
        all.dedup();
        Some(all)
    }

    /// The inputs of the build that follows this one: whatever was asked has the answer that it
    /// had, but for the paths that have changed.
    pub(super) fn after(&self, changed: &BTreeSet<SourcePath>) -> Inputs<'a> {
        let shards = self.shards.iter().map(|shard| {
            let mut seen = Arc::clone(&*shard.lock().unwrap_or_else(PoisonError::into_inner));
            for path in changed {
                if seen.contains_key(path) {
                    Arc::make_mut(&mut seen).remove(path);
                }
            }
            Mutex::new(seen)
        });
        Inputs {
            shards: shards.collect(),
            known: Arc::clone(&self.known),
            ..Inputs::new(self.source, StampTable::default(), self.clock)
        }
    }

    /// The inputs of a build of which nobody knows what has changed since this one. Files whose
    /// stamps are what they were are believed to be so, too.
    pub(super) fn afresh(&self, clock: Option<Stamp>) -> Inputs<'a> {
        Inputs::new(self.source, self.stamps(), clock)
    }

    /// The files that were read as those of a source, and not as pages or as parts of pages.
    pub(super) fn read_for_site(&self) -> BTreeSet<SourcePath> {
        self.for_site.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn shard(&self, path: &SourcePath) -> &Mutex<Arc<Seen>> {
        // There are as many shards as this can give, so the first one is never meant.
        self.shards.get(shard_of(path)).unwrap_or(&self.shards[0])
    }

    /// Where a page waits for its second reader.
    fn waiting(&self, path: &SourcePath) -> Option<&Mutex<Awaited>> {
        self.awaited.as_ref().filter(|_| is_markdown(path))?.get(shard_of(path))
    }

    /// The stamp of a file, where it is of any use: without a clock nobody believes it.
    fn stamp_of(&self, path: &SourcePath) -> Option<Stamp> {
        let useful = self.clock.is_some() || !self.known.is_empty();
        if useful { self.source.stamp(path) } else { None }
    }

    fn seen(&self, path: &SourcePath) -> Option<Answer> {
        let shard = self.shard(path).lock().unwrap_or_else(PoisonError::into_inner);
        shard.get(path).map(|(answer, _)| *answer)
    }

    fn note(&self, path: &SourcePath, answer: Answer, stamp: Option<Stamp>) {
        let mut shard = self.shard(path).lock().unwrap_or_else(PoisonError::into_inner);
        match shard.get(path).map(|(before, _)| *before) {
            Some(before) if !before.holds(answer) && !answer.holds(before) => {
                self.moved.store(true, Ordering::Relaxed);
                let mut differing = self.differing.lock().unwrap_or_else(PoisonError::into_inner);
                differing.insert(path.clone());
                if let Some((before, _)) = Arc::make_mut(&mut shard).get_mut(path) {
                    *before = answer;
                }
            }
            // It says no more than is known.
            Some(Answer::Bytes(_)) => {}
            Some(before) if before == answer && stamp.is_none() => {}
            _ => {
                Arc::make_mut(&mut shard).insert(path.clone(), (answer, stamp));
            }
        }
    }

    /// Whether a file has changed while the build read it: what was made of it is of no state
    /// that the source had, and must not be kept.
    pub(super) fn moved(&self) -> bool {
        self.moved.load(Ordering::Relaxed)
    }

    /// Whether a file has another answer than it had. One that cannot be read has none, which may
    /// be so for long.
    pub(super) fn differs(&self) -> bool {
        self.moved() && !self.differing.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Whether no file but these has another answer than it had.
    pub(super) fn differs_only_in(&self, files: &BTreeSet<SourcePath>) -> bool {
        self.differing.lock().unwrap_or_else(PoisonError::into_inner).is_subset(files)
    }

    /// Whether any file was read, so that there may be stamps that were not known.
    pub(super) fn has_read(&self) -> bool {
        self.has_read.load(Ordering::Relaxed)
    }

    /// The hash of a file's bytes.
    pub(super) fn hash(&self, path: &SourcePath) -> Result<ContentHash, SourceError> {
        match self.known_hash(path) {
            Some(hash) => Ok(hash),
            None => self.read_hashed(path).map(|(_, hash)| hash),
        }
    }

    /// The hash of a file's bytes, where it can be told without reading them.
    pub(super) fn known_hash(&self, path: &SourcePath) -> Option<ContentHash> {
        if let Some(Answer::Bytes(hash)) = self.seen(path) {
            return Some(hash);
        }
        let (hash, stamp) = match self.stamp_of(path) {
            Some(stamp) => (self.known.get(path.as_str(), &stamp)?, Some(stamp)),
            None if self.source.has_stamps() => return None,
            None => (*self.by_object().get(&self.source.object(path)?)?, None),
        };
        self.note(path, Answer::Bytes(hash), stamp);
        Some(hash)
    }

    /// The bytes of a file and their hash.
    pub(super) fn read_hashed(
        &self,
        path: &SourcePath,
    ) -> Result<(Arc<[u8]>, ContentHash), SourceError> {
        let waiting = self.waiting(path);
        let kept = waiting
            .and_then(|kept| kept.lock().unwrap_or_else(PoisonError::into_inner).remove(path));
        if let Some(read) = kept {
            return Ok(read);
        }
        // The stamp comes first: where the file changes meanwhile, its bytes are kept under a
        // stamp that it does not have any more.
        let stamp = self.stamp_of(path);
        self.has_read.store(true, Ordering::Relaxed);
        match self.source.read(path) {
            Ok(bytes) => {
                let hash = ContentHash::of(&bytes);
                if stamp.is_none()
                    && !self.source.has_stamps()
                    && let Some(id) = self.source.object(path)
                    && !self.by_object().contains_key(&id)
                {
                    let mut new = self.new_objects.lock().unwrap_or_else(PoisonError::into_inner);
                    new.push((id, hash));
                }
                self.note(path, Answer::Bytes(hash), stamp);
                if let Some(waiting) = waiting {
                    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                    waiting.insert(path.clone(), (Arc::clone(&bytes), hash));
                }
                Ok((bytes, hash))
            }
            Err(error) => {
                if !matches!(error, SourceError::Missing(_) | SourceError::Outside(_)) {
                    // Nobody can tell when it will be another answer.
                    self.moved.store(true, Ordering::Relaxed);
                }
                self.note(path, Answer::Absent, None);
                Err(error)
            }
        }
    }

    /// What stands at a path now.
    pub(super) fn answer(&self, path: &SourcePath, before: Answer) -> Answer {
        match before {
            Answer::Present | Answer::Absent => {
                if self.is_file(path) {
                    Answer::Present
                } else {
                    Answer::Absent
                }
            }
            Answer::Bytes(_) => self.hash(path).map_or(Answer::Absent, Answer::Bytes),
        }
    }

    /// Whether a question has the answer that it had.
    pub(super) fn holds(&self, path: &SourcePath, before: Answer) -> bool {
        before.holds(self.answer(path, before))
    }

    /// Whether all listings are what they were.
    pub(super) fn same_listings(&self, asked: &Asked) -> bool {
        asked.listings.iter().all(|(folder, except, hash)| {
            let Ok(listing) = self.source.list(folder, except) else { return false };
            let is_same = hash_of(&listing) == *hash;
            let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
            listed.push((folder.clone(), except.clone(), listing));
            is_same
        })
    }

    /// Everything that was asked.
    pub(super) fn asked(&self) -> Asked {
        self.questions().asked()
    }

    /// What was asked so far, which stays known when these inputs are gone.
    pub(super) fn questions(&self) -> Questions {
        let shared = |shard: &Mutex<Arc<Seen>>| {
            Arc::clone(&*shard.lock().unwrap_or_else(PoisonError::into_inner))
        };
        Questions {
            shards: self.shards.iter().map(shared).collect(),
            clock: self.clock,
            listings: self.listings.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// What was known before, with the stamps of this run in place of older ones: for runs that
    /// look at a part of the files. Files that are gone are forgotten once they are the most.
    pub(super) fn joined_stamps(&self) -> Vec<u8> {
        let questions = self.questions();
        let mut seen = 0;
        let mut new: HashMap<&str, (Stamp, ContentHash)> = HashMap::new();
        for (path, stamp, hash) in questions.settled() {
            seen += 1;
            if self.known.get(path, stamp) != Some(*hash) {
                new.insert(path, (*stamp, *hash));
            }
        }
        if self.known.len() > 2 * seen + FEW {
            return questions.stamp_bytes();
        }
        self.known.bytes_with(&new)
    }

    /// The stamps that can be believed the next time, of the files that were read or hashed.
    pub(super) fn stamps(&self) -> StampTable<ContentHash> {
        let mut table = StampTable::default();
        for (path, stamp, hash) in self.questions().settled() {
            table.insert(path, *stamp, *hash);
        }
        table
    }
}

/// What a source was asked, apart from it.
pub(super) struct Questions {
    shards: Vec<Arc<Seen>>,
    clock: Option<Stamp>,
    listings: Vec<(SourcePath, Vec<SourcePath>, ContentHash)>,
}

impl Questions {
    /// All questions with their answers.
    pub(super) fn asked(self) -> Asked {
        let count = self.shards.iter().map(|shard| shard.len()).sum();
        let mut files: Vec<(SourcePath, Answer)> = Vec::with_capacity(count);
        for shard in &self.shards {
            files.extend(shard.iter().map(|(path, (answer, _))| (path.clone(), *answer)));
        }
        files.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Asked { listings: self.listings, files }
    }

    /// The stamps of files that can be believed the next time.
    fn settled(&self) -> impl Iterator<Item = (&str, &Stamp, &ContentHash)> {
        let seen = self.shards.iter().flat_map(|shard| shard.iter());
        seen.filter_map(|(path, (answer, stamp))| match (answer, stamp, &self.clock) {
            (Answer::Bytes(hash), Some(stamp), Some(clock)) if stamp.is_settled(clock) => {
                Some((path.as_str(), stamp, hash))
            }
            _ => None,
        })
    }

    /// The same as the bytes of a table.
    pub(super) fn stamp_bytes(&self) -> Vec<u8> {
        StampTable::bytes_of(self.settled())
    }
}

impl Asked {
    /// The paths with their answers.
    pub(super) fn files(&self) -> &[(SourcePath, Answer)] {
        &self.files
    }

    /// Another answer to a question that was asked.
    pub(super) fn set(&mut self, path: &SourcePath, answer: Answer) {
        if let Ok(at) = self.files.binary_search_by(|(known, _)| known.cmp(path))
            && let Some((_, known)) = self.files.get_mut(at)
        {
            *known = answer;
        }
    }

    /// What was answered; none where that path was not asked for.
    pub(super) fn answer(&self, path: &SourcePath) -> Option<Answer> {
        let at = self.files.binary_search_by(|(known, _)| known.cmp(path)).ok()?;
        self.files.get(at).map(|(_, answer)| *answer)
    }
}

/// The shard that answers about a path are kept in.
fn shard_of(path: &SourcePath) -> usize {
    let sum = path.as_str().bytes().fold(0u8, |sum, byte| sum.wrapping_mul(31) ^ byte);
    usize::from(sum % SHARDS)
}

fn hash_of(listing: &Listing) -> ContentHash {
    let files: Vec<&SourcePath> = listing.files.iter().map(|file| &file.path).collect();
    fingerprint_of(&(files, &listing.diagnostics))
}

impl Source for Inputs<'_> {
    fn list(&self, folder: &SourcePath, except: &[SourcePath]) -> Result<Listing, SourceError> {
        let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
        let known = listed.iter().position(|(of, without, _)| of == folder && without == except);
        let known = known.map(|at| listed.swap_remove(at).2);
        drop(listed);
        let listing = match known {
            Some(listing) => listing,
            None => self.source.list(folder, except)?,
        };
        let row = (folder.clone(), except.to_vec(), hash_of(&listing));
        self.listings.lock().unwrap_or_else(PoisonError::into_inner).push(row);
        Ok(listing)
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
        self.for_site.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
        self.read_hashed(path).map(|(bytes, _)| bytes)
    }

    fn is_file(&self, path: &SourcePath) -> bool {
        let is_file = self.source.is_file(path);
        self.note(path, if is_file { Answer::Present } else { Answer::Absent }, None);
        is_file
    }

    fn stamp(&self, path: &SourcePath) -> Option<Stamp> {
        self.source.stamp(path)
    }

    fn has_stamps(&self) -> bool {
        self.source.has_stamps()
    }

    fn object(&self, path: &SourcePath) -> Option<ObjectId> {
        self.source.object(path)
    }

    fn tree(&self) -> Option<String> {
        self.source.tree()
    }

    fn differs_from(&self, tree: &str) -> Option<Vec<Difference>> {
        self.source.differs_from(tree)
    }

    fn laid_over(&self) -> Option<LaidOver<'_>> {
        self.source.laid_over()
    }

    fn folder(&self) -> Option<&Path> {
        self.source.folder()
    }
}

/// What one file asked while it was parsed.
pub(super) struct Reads<'a> {
    inputs: &'a Inputs<'a>,
    asked: Mutex<Vec<(SourcePath, Answer)>>,
}

impl<'a> Reads<'a> {
    pub(super) fn new(inputs: &'a Inputs<'a>) -> Self {
        Reads { inputs, asked: Mutex::default() }
    }

    fn note(&self, path: &SourcePath, answer: Answer) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        match asked.iter_mut().find(|(known, _)| known == path) {
            Some((_, known)) if known.holds(answer) => *known = answer,
            Some(_) => {}
            None => asked.push((path.clone(), answer)),
        }
    }

    /// The questions in the order in which they were asked, each once.
    pub(super) fn asked(self) -> Vec<(SourcePath, Answer)> {
        self.asked.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source for Reads<'_> {
    fn list(&self, folder: &SourcePath, except: &[SourcePath]) -> Result<Listing, SourceError> {
        self.inputs.list(folder, except)
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
        let read = self.inputs.read_hashed(path);
        self.note(path, read.as_ref().map_or(Answer::Absent, |(_, hash)| Answer::Bytes(*hash)));
        read.map(|(bytes, _)| bytes)
    }

    fn is_file(&self, path: &SourcePath) -> bool {
        let is_file = self.inputs.is_file(path);
        self.note(path, if is_file { Answer::Present } else { Answer::Absent });
        is_file
    }

    fn folder(&self) -> Option<&Path> {
        self.inputs.folder()
    }
}
