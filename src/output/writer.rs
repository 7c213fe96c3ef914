//! Puts a site in place so that whoever reads the folder meanwhile, and whoever finds it after
//! the machine stopped, has each file whole: the old one or the new one.
//!
//! What differs from what stands there is first written into a folder beside the site
//! ([`STAGE`]). Once all of it is there, [`Writer::commit`]
//!
//! 1. writes a manifest that claims the old and the new files together,
//! 2. renames each changed file into its place: assets first, pages after them, and last those
//!    that need a file of the old site out of their way,
//! 3. removes the files that the new site no longer has, and folders that this empties,
//! 4. writes the manifest of the new site, and removes the stage.
//!
//! A build that is killed in between leaves a manifest that claims all that it may have written,
//! so the next build replaces and removes it. Files that no manifest claims are never touched.
//!
//! Files are not forced to the disk one by one, which would make a build many times slower. A
//! loss of power can therefore leave files that are empty; the next build compares bytes, not
//! dates, and mends them. A manifest that was lost in this way is refused.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, btree_map};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::iter::Peekable;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::RandomState;

use super::disk::{CHUNK, Claim, Disk, RealDisk};
use super::manifest::{self, FileRecord, MANIFEST, Manifest, is_reserved};
use crate::base::{ContentHash, SitePath};
use crate::memo::{Stamp, StampTable};

/// The name of the folder in which the writer works, in the output folder.
pub(super) const STAGE: &str = ".copydesk-stage";

/// The bytes of a file of the site.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// These.
    Bytes(&'a [u8]),
    /// Those of this file of the file system.
    File(&'a Path),
}

/// What a build changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// How many files were written.
    pub written: usize,
    /// How many stood there already, byte for byte.
    pub unchanged: usize,
    /// How many files of the build before were removed.
    pub removed: usize,
    /// How many bytes were written.
    pub bytes: u64,
}

/// Why a site cannot be put in place.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder holds files, and no manifest says that they are ours.
    #[error("`{}` is not empty and was not written by Copydesk", .0.display())]
    NotOurs(PathBuf),
    /// The root of a file system.
    #[error("the root of the file system cannot be an output folder")]
    Root,
    /// Another build writes into the folder.
    #[error("another build is writing to `{}`", .0.display())]
    Busy(PathBuf),
    /// The manifest cannot be read, so what is ours is not known.
    #[error("`{}` cannot be used: {reason}", path.display())]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Something that no build wrote stands where a file of the site must go.
    #[error("`{}` is in the way and was not written by Copydesk", .0.display())]
    Foreign(PathBuf),
    /// No file of a site may have this path.
    #[error("`{0}` is a name that the output folder keeps for itself")]
    Reserved(SitePath),
    /// Two files that cannot stand beside each other: of one path, or one in the other.
    #[error("the site has both a file `{first}` and a file `{second}`")]
    Clash {
        /// The one.
        first: SitePath,
        /// The other.
        second: SitePath,
    },
    /// A file of which staging failed before.
    #[error("`{0}` was not staged")]
    Incomplete(SitePath),
    /// A file of the site cannot be read.
    #[error("cannot read `{}`: {error}", path.display())]
    Read {
        /// What was to be copied.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The operating system says no.
    #[error("cannot write `{}`: {error}", path.display())]
    Io {
        /// What was to be written.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl WriteError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            WriteError::NotOurs(_) => Some(
                "choose another folder with `--out`, or delete this one if nothing in it is needed",
            ),
            WriteError::Root | WriteError::Io { .. } => Some("choose another folder with `--out`"),
            WriteError::Busy(_) => {
                Some("wait until it is done, or choose another folder with `--out`")
            }
            WriteError::Manifest { .. } => Some(
                "delete the output folder, if nothing in it but the site is needed, and build again",
            ),
            WriteError::Foreign(_) => Some("move it out of the output folder"),
            WriteError::Reserved(_) | WriteError::Clash { .. } => {
                Some("rename the file, or give the page another `slug`")
            }
            WriteError::Incomplete(_) | WriteError::Read { .. } => None,
        }
    }
}

/// What stands at the path of a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// The new file is being staged, so this is not known yet.
    Unknown,
    Nothing,
    /// A file with the very bytes of the new one.
    Same,
    /// Another file.
    File,
    Folder,
    /// A link, a pipe: never ours.
    Other,
}

#[derive(Debug, Clone, Copy)]
struct New {
    record: FileRecord,
    standing: Standing,
    /// The stamp of what stands there, where that is the file itself.
    stamp: Option<Stamp>,
}

/// Finds paths that come in their order in a manifest, in one walk beside them. Where they come in
/// another order, some are not found.
struct Beside<'m> {
    files: Peekable<btree_map::Iter<'m, SitePath, FileRecord>>,
}

impl<'m> Beside<'m> {
    fn of(manifest: &'m Manifest) -> Self {
        Beside { files: manifest.files.iter().peekable() }
    }

    fn find(&mut self, path: &str) -> Option<&'m FileRecord> {
        while self.files.next_if(|(other, _)| other.as_str() < path).is_some() {}
        let (_, record) = self.files.peek().filter(|(other, _)| other.as_str() == path)?;
        Some(record)
    }
}

/// What a build has put in place.
#[derive(Debug)]
pub struct Committed {
    /// What it changed.
    pub written: Written,
    /// The files of the site, by path.
    pub files: Vec<PlacedFile>,
}

/// A file that a build has put in place.
#[derive(Debug, Clone)]
pub struct PlacedFile {
    /// Where it stands.
    pub path: SitePath,
    /// What it is.
    pub record: FileRecord,
    /// Its stamp, where that can be believed: see [`Writer::believe`].
    pub stamp: Option<Stamp>,
}

impl PlacedFile {
    /// What is to be kept of these files for [`Writer::believe`].
    pub fn stamp_bytes(files: &[PlacedFile]) -> Vec<u8> {
        StampTable::bytes_of(files.iter().filter_map(|PlacedFile { path, record, stamp }| {
            Some((path.as_str(), stamp.as_ref()?, record))
        }))
    }
}

#[derive(Default)]
struct Stage {
    /// The files of the site.
    files: BTreeMap<SitePath, New>,
    /// The folders of the site that hold something.
    holding: HashSet<SitePath, RandomState>,
    /// The folders that the stage has.
    folders: BTreeSet<SitePath>,
}

/// Writes a site into a folder. Dropped without [`Writer::commit`], it leaves the folder as it
/// was.
pub struct Writer {
    out: PathBuf,
    disk: Arc<dyn Disk>,
    /// Held until the stage is removed.
    lock: Option<Claim>,
    /// Whether the output folder was created here.
    created: bool,
    old: Manifest,
    /// The text of the manifest that stands in the folder.
    manifest: Option<Vec<u8>>,
    /// What is known of the files that stand in the folder.
    known: StampTable<FileRecord>,
    /// Tells files in the folder that somebody else looks after; see [`Writer::set_apart`].
    apart: fn(&SitePath) -> bool,
    /// Where only some files are looked after here: tells which.
    only: Option<fn(&SitePath) -> bool>,
    stage: Mutex<Stage>,
}

fn io_error(path: &Path, error: io::Error) -> WriteError {
    WriteError::Io { path: path.to_owned(), error }
}

/// What stands at a path, links not followed.
fn look(path: &Path) -> Result<Option<fs::Metadata>, WriteError> {
    match path.symlink_metadata() {
        Ok(meta) => Ok(Some(meta)),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(io_error(path, error)),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// The folders above a path, without the root, the nearest first.
fn folders_above(path: &SitePath) -> impl Iterator<Item = SitePath> {
    std::iter::successors(Some(path.parent()), |folder| Some(folder.parent()))
        .take_while(|folder| !folder.is_root())
}

impl Writer {
    /// Takes hold of an output folder: creates it where it is missing, and clears away what a
    /// killed build left. Nothing of the site is touched.
    ///
    /// # Errors
    /// When the folder is not ours, in use, or cannot be written.
    pub fn open(out: &Path) -> Result<Writer, WriteError> {
        Self::open_on(out, Arc::new(RealDisk))
    }

    fn open_on(out: &Path, disk: Arc<dyn Disk>) -> Result<Writer, WriteError> {
        let created = match out.metadata() {
            Ok(meta) if meta.is_dir() => false,
            Ok(_) => return Err(io_error(out, ErrorKind::NotADirectory.into())),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                disk.create_folders(out).map_err(|error| io_error(out, error))?;
                true
            }
            Err(error) => return Err(io_error(out, error)),
        };
        let out = out.canonicalize().map_err(|error| io_error(out, error))?;
        if out.parent().is_none() {
            return Err(WriteError::Root);
        }
        let mut writer = Writer {
            out,
            disk,
            lock: None,
            created,
            old: Manifest::default(),
            manifest: None,
            known: StampTable::default(),
            apart: |_| false,
            only: None,
            stage: Mutex::default(),
        };
        // Once before anything is created in a folder that may not be ours, and once more when
        // nobody else can change it.
        writer.read_manifest()?;
        writer.take_lock()?;
        writer.read_manifest()?;
        let staged = writer.staged_files();
        if look(&staged)?.is_some() {
            writer.disk.remove_tree(&staged).map_err(|error| io_error(&staged, error))?;
        }
        Ok(writer)
    }

    /// Reads the manifest, and refuses a folder that has files and none.
    fn read_manifest(&mut self) -> Result<(), WriteError> {
        if self.load_manifest()? {
            return Ok(());
        }
        for entry in fs::read_dir(&self.out).map_err(|error| io_error(&self.out, error))? {
            let entry = entry.map_err(|error| io_error(&self.out, error))?;
            // The stage alone is that of a build that was killed before it changed anything.
            if entry.file_name() != STAGE {
                // Another build may have begun to write the site just now, manifest first.
                if self.load_manifest()? {
                    return Ok(());
                }
                return Err(WriteError::NotOurs(self.out.clone()));
            }
        }
        Ok(())
    }

    /// Reads the manifest. Whether there is one.
    fn load_manifest(&mut self) -> Result<bool, WriteError> {
        let path = self.out.join(MANIFEST);
        match fs::read(&path) {
            Ok(text) => {
                if self.manifest.as_ref() != Some(&text) {
                    self.old = Manifest::parse(&text)
                        .map_err(|reason| WriteError::Manifest { path, reason })?;
                    self.manifest = Some(text);
                }
                Ok(true)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                (self.old, self.manifest) = (Manifest::default(), None);
                Ok(false)
            }
            Err(error) => Err(io_error(&path, error)),
        }
    }

    fn take_lock(&mut self) -> Result<(), WriteError> {
        let stage = self.out.join(STAGE);
        let path = stage.join("lock");
        // Each round but the last meets a build that ends at this very moment.
        for _ in 0..100 {
            match self.disk.create_folder(&stage) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    return Err(io_error(&stage, error));
                }
                _ => {}
            }
            // Where the output is kept in git, a link here could lead anywhere.
            match look(&stage)? {
                Some(meta) if meta.is_dir() => {}
                Some(_) => return Err(WriteError::Foreign(stage)),
                None => continue,
            }
            if look(&path)?.is_some_and(|meta| !meta.is_file()) {
                return Err(WriteError::Foreign(path));
            }
            match self.disk.claim(&path).map_err(|error| io_error(&path, error))? {
                Claim::Busy => return Err(WriteError::Busy(self.out.clone())),
                Claim::Gone => {}
                claim @ Claim::Taken(_) => {
                    self.lock = Some(claim);
                    return Ok(());
                }
            }
        }
        Err(WriteError::Busy(self.out.clone()))
    }

    fn staged_files(&self) -> PathBuf {
        self.out.join(STAGE).join("files")
    }

    /// Takes over what an earlier build knew of the files that it had put in place, as it kept it
    /// ([`PlacedFile::stamp_bytes`]): as long as a file has the same stamp, it is taken to be the
    /// same without being read. What the manifest does not tell, too, is not believed.
    pub fn believe(&mut self, known: &[u8]) {
        let mut old = Beside::of(&self.old);
        self.known = StampTable::from_bytes_where(known, |path, record| {
            old.find(path).is_some_and(|owned| owned == record)
        });
    }

    /// Says which files in the folder somebody else looks after, who writes into the same folder:
    /// they are neither replaced nor removed, and stay ours.
    pub fn set_apart(&mut self, apart: fn(&SitePath) -> bool) {
        self.apart = apart;
    }

    /// Says which files in the folder are looked after here: all others stay, as for
    /// [`Writer::set_apart`].
    pub fn keep_others(&mut self, is_ours: fn(&SitePath) -> bool) {
        self.only = Some(is_ours);
    }

    /// Whether somebody else looks after a file.
    fn is_apart(&self, path: &SitePath) -> bool {
        (self.apart)(path) || self.only.is_some_and(|is_ours| !is_ours(path))
    }

    /// The bytes of a file that a build wrote; none where there is none, or it has other bytes now.
    pub fn read(&self, path: &SitePath) -> Option<Vec<u8>> {
        let record = self.old.files.get(path)?;
        let bytes = fs::read(self.out.join(path.as_str())).ok()?;
        (ContentHash::of(&bytes) == record.hash).then_some(bytes)
    }

    /// The files of the site that stands there, by path, but for those that somebody else looks
    /// after.
    pub fn owned(&self) -> impl Iterator<Item = (&SitePath, &FileRecord)> {
        self.old.files.iter().filter(|(path, _)| !self.is_apart(path))
    }

    /// The file that stands at a path, where it is known to have bytes of this hash.
    pub fn stands(&self, path: &SitePath, hash: &ContentHash) -> Option<(FileRecord, Stamp)> {
        if self.old.files.is_empty() {
            return None;
        }
        let stamp = Stamp::of(&self.out.join(path.as_str()).symlink_metadata().ok()?)?;
        let record = self.known.get(path.as_str(), &stamp)?;
        (record.hash == *hash).then_some((record, stamp))
    }

    /// Adds a file to the site that [`Writer::stands`] has found in its place.
    ///
    /// # Errors
    /// As for [`Writer::stage`].
    pub fn keep(
        &self,
        path: &SitePath,
        (record, stamp): (FileRecord, Stamp),
    ) -> Result<(), WriteError> {
        if is_reserved(path) {
            return Err(WriteError::Reserved(path.clone()));
        }
        let new = New { record, standing: Standing::Same, stamp: Some(stamp) };
        self.reserve(path, new)
    }

    /// Adds a copy of a file that stands elsewhere, where that has the bytes of this record still.
    /// False where it has not; nothing is added then.
    ///
    /// # Errors
    /// As for [`Writer::stage`].
    pub fn stage_twin(
        &self,
        path: &SitePath,
        twin: &Path,
        record: &FileRecord,
    ) -> Result<bool, WriteError> {
        match fs::read(twin) {
            Ok(bytes) if ContentHash::of(&bytes) == record.hash => {
                self.add(path, Content::Bytes(&bytes), Some(*record)).map(|_| true)
            }
            _ => Ok(false),
        }
    }

    /// Adds a file of which is known what it is.
    ///
    /// # Errors
    /// As for [`Writer::stage`].
    pub fn stage_known(
        &self,
        path: &SitePath,
        bytes: &[u8],
        record: FileRecord,
    ) -> Result<(), WriteError> {
        self.add(path, Content::Bytes(bytes), Some(record)).map(|_| ())
    }

    /// Adds a file to the site, and says what it is. It may be called from many threads at once.
    ///
    /// # Errors
    /// When the path is reserved or clashes with that of another file, or when the file cannot
    /// be read or written. The site that stands in the folder is not touched.
    pub fn stage(&self, path: &SitePath, content: Content<'_>) -> Result<FileRecord, WriteError> {
        self.add(path, content, None)
    }

    /// Adds a file of which it may be known what it is.
    fn add(
        &self,
        path: &SitePath,
        content: Content<'_>,
        known: Option<FileRecord>,
    ) -> Result<FileRecord, WriteError> {
        if is_reserved(path) {
            return Err(WriteError::Reserved(path.clone()));
        }
        let unknown = FileRecord { size: 0, hash: ContentHash::of(b"") };
        self.reserve(path, New { record: unknown, standing: Standing::Unknown, stamp: None })?;
        let target = self.out.join(path.as_str());
        // Nothing stands in a folder that was made just now.
        let meta = if self.created { None } else { look(&target)? };
        let mut standing = match &meta {
            None => Standing::Nothing,
            Some(meta) if meta.is_file() => Standing::File,
            Some(meta) if meta.is_dir() => Standing::Folder,
            Some(_) => Standing::Other,
        };
        let stamp = meta.as_ref().and_then(Stamp::of);
        let size = meta.filter(fs::Metadata::is_file).map(|meta| meta.len());
        let record = match content {
            Content::Bytes(bytes) => {
                let record = known.unwrap_or_else(|| FileRecord::of(bytes));
                if size == Some(record.size) && has_bytes(&target, bytes) {
                    standing = Standing::Same;
                } else {
                    let staged = self.staged_path(path)?;
                    self.disk.write(&staged, bytes).map_err(|error| io_error(&target, error))?;
                }
                record
            }
            Content::File(file) => match same_file(file, &target, size) {
                Ok(Some(record)) => {
                    standing = Standing::Same;
                    record
                }
                Ok(None) => {
                    let staged = self.staged_path(path)?;
                    self.disk.copy(file, &staged).map_err(|error| io_error(&target, error))?
                }
                Err(error) => return Err(WriteError::Read { path: file.to_owned(), error }),
            },
        };
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = stamp.filter(|_| standing == Standing::Same);
        stage.files.insert(path.clone(), New { record, standing, stamp });
        Ok(record)
    }

    /// Notes that a path is taken, and by what as far as that is known, unless it clashes with
    /// another one.
    fn reserve(&self, path: &SitePath, new: New) -> Result<(), WriteError> {
        // Nearly always the folder is known to hold something already.
        let parent = path.parent();
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        let stage = &mut *stage;
        let is_known = parent.is_root() || stage.holding.contains(&parent);
        if is_known
            && !stage.holding.contains(path)
            && let btree_map::Entry::Vacant(place) = stage.files.entry(path.clone())
        {
            place.insert(new);
            return Ok(());
        }
        let mut above = None;
        for folder in folders_above(path) {
            if stage.holding.contains(&folder) {
                // So are those above it, and none of them is a file.
                break;
            }
            if stage.files.contains_key(&folder) {
                above = Some(folder);
                break;
            }
        }
        let below = || {
            if !stage.holding.contains(path) {
                return None;
            }
            // The least name that can stand in a folder of this name.
            let least = SitePath::new(format!("{path}/\u{1}")).ok()?;
            let (next, _) = stage.files.range(least..).next()?;
            next.starts_with(path).then(|| next.clone())
        };
        let same = stage.files.contains_key(path).then(|| path.clone());
        if let Some(other) = same.or(above).or_else(below) {
            let (first, second) =
                if other < *path { (other, path.clone()) } else { (path.clone(), other) };
            return Err(WriteError::Clash { first, second });
        }
        for folder in folders_above(path) {
            if !stage.holding.insert(folder) {
                break;
            }
        }
        stage.files.insert(path.clone(), new);
        Ok(())
    }

    /// Where a file is staged; the folders above it are there afterwards. The stage has the
    /// same folders as the site, so that a name which the file system refuses is refused before
    /// anything is changed.
    fn staged_path(&self, path: &SitePath) -> Result<PathBuf, WriteError> {
        let root = self.staged_files();
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<SitePath> =
            folders_above(path).take_while(|folder| !stage.folders.contains(folder)).collect();
        if stage.folders.insert(SitePath::root()) {
            self.disk.create_folder(&root).map_err(|error| io_error(&root, error))?;
        }
        for folder in missing.into_iter().rev() {
            let os_path = root.join(folder.as_str());
            self.disk.create_folder(&os_path).map_err(|error| io_error(&os_path, error))?;
            stage.folders.insert(folder);
        }
        Ok(root.join(path.as_str()))
    }

    /// Puts the staged files in place and removes those of the previous build that are not part
    /// of the site any more.
    ///
    /// # Errors
    /// [`WriteError::Foreign`] where something that is not ours is in the way; nothing has been
    /// changed then. Where the system says no in the middle, each file is the old or the new
    /// one, and the next build goes on from there.
    pub fn commit(mut self) -> Result<Committed, WriteError> {
        let stage = std::mem::take(&mut self.stage);
        let stage = stage.into_inner().unwrap_or_else(PoisonError::into_inner);
        let new = stage.files;
        if let Some((path, _)) = new.iter().find(|(_, file)| file.standing == Standing::Unknown) {
            return Err(WriteError::Incomplete(path.clone()));
        }
        let plan = self.plan(&new)?;
        let apart: Vec<(SitePath, FileRecord)> = {
            let of_others = self.old.files.iter().filter(|(path, _)| self.is_apart(path));
            let of_others = of_others.filter(|(path, _)| !new.contains_key(*path));
            of_others.map(|(path, record)| (path.clone(), *record)).collect()
        };
        let removed = self.publish(&new, plan, &apart)?;
        let changed = || new.values().filter(|file| file.standing != Standing::Same);
        let written = Written {
            written: changed().count(),
            unchanged: new.len() - changed().count(),
            removed,
            bytes: changed().map(|file| file.record.size).sum(),
        };
        Ok(Committed { written, files: self.placed(new) })
    }

    /// The files that stand in their places now, with their stamps.
    fn placed(&self, new: BTreeMap<SitePath, New>) -> Vec<PlacedFile> {
        let stamp_of =
            |path: &SitePath| Stamp::of(&self.out.join(path.as_str()).symlink_metadata().ok()?);
        let mut files = Vec::with_capacity(new.len());
        files.extend(new.into_iter().map(|(path, New { record, stamp, .. })| {
            let stamp = stamp.or_else(|| stamp_of(&path));
            PlacedFile { path, record, stamp }
        }));
        // The clock is read last: what has the same time could still change unseen.
        let probe = self.out.join(STAGE).join("clock");
        let clock = self.disk.write(&probe, b"").and_then(|()| probe.symlink_metadata());
        let _ = self.disk.remove_file(&probe);
        let clock = clock.ok().as_ref().and_then(Stamp::of);
        for PlacedFile { stamp, .. } in &mut files {
            *stamp = stamp.filter(|stamp| clock.is_some_and(|clock| stamp.is_settled(&clock)));
        }
        files
    }

    /// Looks at everything before anything is changed.
    fn plan(&self, new: &BTreeMap<SitePath, New>) -> Result<Plan, WriteError> {
        let mut plan = Plan::default();
        let mut old = Beside::of(&self.old);
        // The folder that was looked at last: files of one folder most often follow each other.
        let mut last: Option<&str> = None;
        for (path, file) in new {
            let folders = (last != Some(path.parent_str())).then(|| folders_above(path));
            last = Some(path.parent_str());
            for folder in folders.into_iter().flatten() {
                if plan.folders.contains_key(&folder) {
                    break;
                }
                let os_path = self.out.join(folder.as_str());
                let is_there = match look(&os_path)? {
                    Some(meta) if meta.is_dir() => true,
                    Some(meta) if meta.is_file() && self.old.files.contains_key(&folder) => {
                        plan.in_the_way.insert(folder.clone());
                        false
                    }
                    Some(_) => return Err(WriteError::Foreign(os_path)),
                    None => false,
                };
                plan.folders.insert(folder, is_there);
            }
            match file.standing {
                Standing::Nothing => {}
                Standing::Same | Standing::File if old.find(path.as_str()).is_some() => {}
                Standing::Folder => self.check_folder(path)?,
                _ => return Err(WriteError::Foreign(self.out.join(path.as_str()))),
            }
        }
        let mut moves = Vec::new();
        let mut whole: BTreeMap<SitePath, Move> = BTreeMap::new();
        for (path, file) in new.iter().filter(|(_, file)| file.standing != Standing::Same) {
            let is_late = file.standing == Standing::Folder
                || folders_above(path).any(|folder| plan.in_the_way.contains(&folder));
            let is_page = path.extension() == Some("html");
            let missing =
                folders_above(path).filter(|folder| plan.folders.get(folder) == Some(&false));
            match missing.last().filter(|_| !is_late) {
                Some(folder) => {
                    let of = whole.entry(folder.clone()).or_insert_with(|| Move {
                        is_late,
                        is_page,
                        path: folder,
                        files: Vec::new(),
                    });
                    of.is_page |= is_page;
                    of.files.push(path.clone());
                }
                None => {
                    moves.push(Move { is_late, is_page, path: path.clone(), files: Vec::new() })
                }
            }
        }
        moves.extend(whole.into_values());
        moves.sort();
        plan.moves = moves;
        Ok(plan)
    }

    /// Whether nothing but files of ours stands in a folder that a file is to replace.
    fn check_folder(&self, folder: &SitePath) -> Result<(), WriteError> {
        let mut pending = vec![folder.clone()];
        while let Some(folder) = pending.pop() {
            for Found { path, os_path, meta } in self.read_folder(&folder)? {
                match path {
                    Some(path) if meta.is_dir() => pending.push(path),
                    Some(path) if meta.is_file() && self.old.files.contains_key(&path) => {}
                    _ => return Err(WriteError::Foreign(os_path)),
                }
            }
        }
        Ok(())
    }

    /// What stands in a folder of the site.
    fn read_folder(&self, folder: &SitePath) -> Result<Vec<Found>, WriteError> {
        let os_folder = self.out.join(folder.as_str());
        let mut rows = Vec::new();
        for entry in fs::read_dir(&os_folder).map_err(|error| io_error(&os_folder, error))? {
            let entry = entry.map_err(|error| io_error(&os_folder, error))?;
            let os_path = entry.path();
            let meta = entry.metadata().map_err(|error| io_error(&os_path, error))?;
            let name = entry.file_name();
            let path =
                name.to_str().and_then(|name| SitePath::new(format!("{folder}/{name}")).ok());
            rows.push(Found { path, os_path, meta });
        }
        rows.sort_by(|a, b| a.os_path.cmp(&b.os_path));
        Ok(rows)
    }

    /// Changes the folder. Gives the number of files that were removed.
    fn publish(
        &mut self,
        new: &BTreeMap<SitePath, New>,
        mut plan: Plan,
        apart: &[(SitePath, FileRecord)],
    ) -> Result<usize, WriteError> {
        let of_others: HashSet<&SitePath> = apart.iter().map(|(path, _)| path).collect();
        let mut stale: Vec<SitePath> = Vec::new();
        let mut old = self.old.files.keys().peekable();
        let mut grows = false;
        for path in new.keys() {
            while let Some(gone) = old.next_if(|old| *old < path) {
                stale.push(gone.clone());
            }
            grows |= old.next_if_eq(&path).is_none();
        }
        stale.extend(old.cloned());
        stale.retain(|path| !of_others.contains(path));
        let own = new.iter().map(|(path, file)| (path, &file.record));
        if grows {
            let mut both = self.old.clone();
            both.files.extend(own.clone().map(|(path, record)| (path.clone(), *record)));
            both.files.extend(apart.iter().cloned());
            self.write_manifest(both.to_text())?;
        }
        let mut removed = 0;
        for Move { path, files, .. } in &plan.moves {
            if files.is_empty() {
                removed += self.put(path, new, &mut plan.folders)?;
            } else if self.put_folder(path).is_ok() {
                let folders = files.iter().flat_map(folders_above);
                plan.folders.extend(folders.map(|folder| (folder, true)));
            } else {
                // Something has come in the way since it was looked: file by file, then.
                for path in files {
                    removed += self.put(path, new, &mut plan.folders)?;
                }
            }
        }
        removed += self.remove_stale(&stale, &plan.folders)?;
        let text = if apart.is_empty() {
            manifest::text_of(own)
        } else {
            let own = own.map(|(path, record)| (path.clone(), *record));
            Manifest { files: own.chain(apart.iter().cloned()).collect() }.to_text()
        };
        self.write_manifest(text)?;
        Ok(removed)
    }

    /// Replaces the text of the manifest, where it is not this one already.
    fn write_manifest(&mut self, text: Vec<u8>) -> Result<(), WriteError> {
        if self.manifest.as_ref() == Some(&text) {
            return Ok(());
        }
        let staged = self.out.join(STAGE).join("manifest");
        let path = self.out.join(MANIFEST);
        self.disk
            .write(&staged, &text)
            .and_then(|()| self.disk.rename(&staged, &path))
            .map_err(|error| io_error(&path, error))?;
        // From now on the folder is ours and stays.
        self.created = false;
        self.manifest = Some(text);
        Ok(())
    }

    /// Renames a staged folder into its place, where there is nothing.
    fn put_folder(&self, folder: &SitePath) -> io::Result<()> {
        let target = self.out.join(folder.as_str());
        if target.symlink_metadata().is_ok() {
            return Err(ErrorKind::AlreadyExists.into());
        }
        self.disk.rename(&self.staged_files().join(folder.as_str()), &target)
    }

    /// Renames a staged file into its place. Gives the number of files that were in its way.
    fn put(
        &self,
        path: &SitePath,
        new: &BTreeMap<SitePath, New>,
        folders: &mut HashMap<SitePath, bool>,
    ) -> Result<usize, WriteError> {
        let target = self.out.join(path.as_str());
        let mut removed = 0;
        let missing: Vec<SitePath> =
            folders_above(path).take_while(|folder| folders.get(folder) != Some(&true)).collect();
        for folder in missing.into_iter().rev() {
            let os_path = self.out.join(folder.as_str());
            if look(&os_path)?.is_some_and(|meta| meta.is_file())
                && self.old.files.contains_key(&folder)
            {
                self.disk.remove_file(&os_path).map_err(|error| io_error(&os_path, error))?;
                removed += 1;
            }
            self.disk.create_folder(&os_path).map_err(|error| io_error(&os_path, error))?;
            folders.insert(folder, true);
        }
        if new.get(path).is_some_and(|file| file.standing == Standing::Folder) {
            removed += self.clear_folder(path)?;
        }
        let staged = self.staged_files().join(path.as_str());
        self.disk.rename(&staged, &target).map_err(|error| io_error(&target, error))?;
        Ok(removed)
    }

    /// Removes a folder that holds files of ours only. Anything else that has appeared there
    /// since it was looked at stays, and the folder with it.
    fn clear_folder(&self, folder: &SitePath) -> Result<usize, WriteError> {
        let mut removed = 0;
        let mut folders = vec![folder.clone()];
        let mut next = 0;
        while let Some(folder) = folders.get(next).cloned() {
            next += 1;
            for Found { path, os_path, meta } in self.read_folder(&folder)? {
                let Some(path) = path else { continue };
                if meta.is_dir() {
                    folders.push(path);
                } else if meta.is_file() && self.old.files.contains_key(&path) {
                    self.disk.remove_file(&os_path).map_err(|error| io_error(&os_path, error))?;
                    removed += 1;
                }
            }
        }
        // Each folder stands after the one that holds it.
        for folder in folders.iter().rev() {
            let os_path = self.out.join(folder.as_str());
            self.disk.remove_folder(&os_path).map_err(|error| io_error(&os_path, error))?;
        }
        Ok(removed)
    }

    /// Removes files of the old site, and the folders that this empties.
    fn remove_stale(
        &self,
        stale: &[SitePath],
        new_folders: &HashMap<SitePath, bool>,
    ) -> Result<usize, WriteError> {
        let mut removed = 0;
        let mut real_folders: HashMap<SitePath, bool> = HashMap::new();
        let mut emptied: BTreeSet<SitePath> = BTreeSet::new();
        for path in stale {
            // From the top, as long as they are there. A link that took the place of a folder
            // could lead anywhere.
            let above: Vec<SitePath> = folders_above(path).collect();
            let mut is_there = true;
            for folder in above.into_iter().rev() {
                is_there = match real_folders.get(&folder) {
                    Some(is_real) => *is_real,
                    None => {
                        let meta = look(&self.out.join(folder.as_str()))?;
                        let is_real = meta.is_some_and(|meta| meta.is_dir());
                        real_folders.insert(folder.clone(), is_real);
                        is_real
                    }
                };
                if !is_there {
                    break;
                }
                if !new_folders.contains_key(&folder) {
                    emptied.insert(folder);
                }
            }
            let os_path = self.out.join(path.as_str());
            if is_there && look(&os_path)?.is_some_and(|meta| meta.is_file()) {
                match self.disk.remove_file(&os_path) {
                    Ok(()) => removed += 1,
                    Err(error) if is_absent(&error) => {}
                    Err(error) => return Err(io_error(&os_path, error)),
                }
            }
        }
        // In this order a folder comes before the one that holds it.
        for folder in emptied.iter().rev() {
            let os_path = self.out.join(folder.as_str());
            match self.disk.remove_folder(&os_path) {
                Ok(()) => {}
                Err(error) if is_absent(&error) => {}
                Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => {}
                Err(error) => return Err(io_error(&os_path, error)),
            }
        }
        Ok(removed)
    }
}

/// What stands in a folder.
struct Found {
    /// None for a name that no file of a site has.
    path: Option<SitePath>,
    os_path: PathBuf,
    meta: fs::Metadata,
}

/// What is to be done, as far as it had to be found out beforehand.
#[derive(Default)]
struct Plan {
    /// What is to be renamed into its place, in this order.
    moves: Vec<Move>,
    /// The folders of the new site, and whether they are there.
    folders: HashMap<SitePath, bool>,
    /// Files of the old site where the new one has folders.
    in_the_way: BTreeSet<SitePath>,
}

/// A file that is renamed into its place, or a whole folder that is new: one step for any number
/// of files. In their order, files that have to clear away others come last, and before them
/// pages, so that what they need is there first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Move {
    is_late: bool,
    /// Whether it is a page, or a folder with one.
    is_page: bool,
    path: SitePath,
    /// The files of a folder; none for a file.
    files: Vec<SitePath>,
}

impl Drop for Writer {
    /// Clears the stage away, as far as the system lets it; the next build does the rest.
    fn drop(&mut self) {
        if self.lock.is_some() {
            let stage = self.out.join(STAGE);
            let _ = self.disk.remove_tree(&self.staged_files());
            let _ = self.disk.remove_file(&stage.join("manifest"));
            // In this order, and not as a tree: a build that waits for the lock may create its
            // file anew as soon as it is gone, and then keeps the folder.
            let _ = self.disk.remove_file(&stage.join("lock"));
            let _ = self.disk.remove_folder(&stage);
            self.lock = None;
        }
        if self.created {
            let _ = self.disk.remove_folder(&self.out);
        }
    }
}

/// The bytes of a file in an output folder; none where there is none.
pub fn published(out: &Path, path: &SitePath) -> Option<Vec<u8>> {
    fs::read(out.join(path.as_str())).ok()
}

/// Whether a file has just these bytes. One that cannot be read has not.
fn has_bytes(path: &Path, bytes: &[u8]) -> bool {
    fs::read(path).is_ok_and(|found| found == bytes)
}

/// The record of `file`, where `standing`, a file of size `size`, has the same bytes.
fn same_file(file: &Path, standing: &Path, size: Option<u64>) -> io::Result<Option<FileRecord>> {
    let mut file = File::open(file)?;
    let meta = file.metadata()?;
    if meta.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    if size != Some(meta.len()) {
        return Ok(None);
    }
    let Ok(mut standing) = File::open(standing) else { return Ok(None) };
    let mut hasher = blake3::Hasher::new();
    let mut total = 0;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    loop {
        ours.clear();
        theirs.clear();
        Read::by_ref(&mut file).take(CHUNK as u64).read_to_end(&mut ours)?;
        if Read::by_ref(&mut standing).take(CHUNK as u64).read_to_end(&mut theirs).is_err()
            || ours != theirs
        {
            return Ok(None);
        }
        if ours.is_empty() {
            return Ok(Some(FileRecord { size: total, hash: hasher.finalize().into() }));
        }
        hasher.update(&ours);
        total += ours.len() as u64;
    }
}

#[cfg(test)]
mod tests;
