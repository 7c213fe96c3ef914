//! What has changed on the disk: told once the storm is over, and never while git is in the middle
//! of changing many files.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

use super::ServeError;
use super::builder::Message;
use crate::base::SourcePath;
use crate::pipeline::BuildInput;
use crate::source::discover;

/// An editor writes a file in several steps; after so long a silence it is done.
const QUIET: Duration = Duration::from_millis(4);

/// The same while somebody still has a file open for writing: it may be empty for a moment. Only
/// Linux tells of that.
const QUIET_WHILE_OPEN: Duration = Duration::from_millis(100);

/// The same where many files change: branches are switched, folders copied.
const QUIET_AFTER_MANY: Duration = Duration::from_millis(40);

/// More changes than this are many.
const MANY: usize = 32;

/// However long the storm, something is told after this.
const PATIENCE: Duration = Duration::from_millis(400);

/// git holds its index while it writes files. Where it died meanwhile, it is waited for no longer.
const GIT_PATIENCE: Duration = Duration::from_secs(15);

/// What was seen.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) files: BTreeSet<SourcePath>,
    /// Something in the repository: what is checked out, what is tracked, where branches are.
    pub(super) repository: bool,
    /// Folders came or went, or something may have been missed.
    pub(super) anything: bool,
}

impl Seen {
    pub(super) fn merge(&mut self, other: Seen) {
        self.files.extend(other.files);
        self.repository |= other.repository;
        self.anything |= other.anything;
    }

    fn is_empty(&self) -> bool {
        self.files.is_empty() && !self.repository && !self.anything
    }
}

/// The folders that are watched.
pub(super) struct Folders {
    watcher: Mutex<RecommendedWatcher>,
    watched: Mutex<HashSet<PathBuf>>,
    /// The top of the source.
    top: PathBuf,
    /// Folders that are no sources, absolute.
    except: Mutex<Vec<PathBuf>>,
    /// The folders of the repository's own files: that of this working tree, and where there is more
    /// than one working tree that of all.
    git: Vec<PathBuf>,
}

/// Watches the folder of a source; nothing where its files cannot change.
pub(super) fn start(
    input: &BuildInput<'_>,
    send: Sender<Message>,
) -> Result<Option<Arc<Folders>>, ServeError> {
    let Some(top) = input.source.folder() else { return Ok(None) };
    let top = top.to_owned();
    let root = top.join(input.root.as_str());
    let (events, receive) = mpsc::channel::<notify::Result<Event>>();
    let watcher = notify::recommended_watcher(events).map_err(failed)?;
    let repository = discover(&top).ok().flatten();
    let mut git: Vec<PathBuf> = repository
        .iter()
        .flat_map(|repository| [repository.path(), repository.commondir()])
        .map(Path::to_owned)
        .collect();
    git.dedup();
    let folders = Arc::new(Folders {
        watcher: Mutex::new(watcher),
        watched: Mutex::default(),
        except: Mutex::new(input.except.iter().map(|path| top.join(path.as_str())).collect()),
        top,
        git,
    });
    folders.watch_below(&root);
    for git in &folders.git {
        folders.watch(git);
        let references = git.join("refs");
        folders.watch_all(&references);
    }
    let listening = Arc::clone(&folders);
    std::thread::Builder::new()
        .name("watch".to_owned())
        .spawn(move || listening.listen(&receive, &send))?;
    Ok(Some(folders))
}

fn failed(error: notify::Error) -> ServeError {
    ServeError::System(std::io::Error::other(error))
}

impl Folders {
    /// Watches one folder, without those in it.
    fn watch(&self, folder: &Path) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if !watched.insert(folder.to_owned()) {
            return;
        }
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        if watcher.watch(folder, RecursiveMode::NonRecursive).is_err() {
            // It has gone meanwhile, or the system has no room for more.
            watched.remove(folder);
        }
    }

    /// Watches the folders in which sources can be.
    fn watch_below(&self, folder: &Path) {
        let mut waiting = vec![folder.to_owned()];
        while let Some(folder) = waiting.pop() {
            if self.is_left_out(&folder) {
                continue;
            }
            self.watch(&folder);
            waiting.extend(folders_in(&folder));
        }
    }

    fn watch_all(&self, folder: &Path) {
        let mut waiting = vec![folder.to_owned()];
        while let Some(folder) = waiting.pop() {
            self.watch(&folder);
            waiting.extend(folders_in(&folder));
        }
    }

    /// Watches folders outside of the site's own that its pages include files of, and leaves
    /// another output folder alone.
    pub(super) fn learn(&self, included: impl Iterator<Item = SourcePath>, output: PathBuf) {
        for path in included {
            self.watch(&self.top.join(path.parent().as_str()));
        }
        let mut except = self.except.lock().unwrap_or_else(PoisonError::into_inner);
        if !except.contains(&output) {
            except.push(output);
        }
    }

    fn is_left_out(&self, path: &Path) -> bool {
        let name = path.file_name().and_then(|name| name.to_str());
        matches!(name, Some(".git" | ".copydesk" | "node_modules"))
            || self.except.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|e| e == path)
    }

    fn listen(&self, events: &Receiver<notify::Result<Event>>, send: &Sender<Message>) {
        while let Ok(first) = events.recv() {
            let mut seen = Seen::default();
            let mut written = HashSet::new();
            note_written(&first, &mut written);
            if !self.take(first, &mut seen) {
                continue;
            }
            let begun = Instant::now();
            let (mut count, mut last) = (1, begun);
            loop {
                let quiet = match (written.is_empty(), count > MANY) {
                    (false, _) => QUIET_WHILE_OPEN,
                    (true, true) => QUIET_AFTER_MANY,
                    (true, false) => QUIET,
                };
                match events.recv_timeout(quiet.saturating_sub(last.elapsed())) {
                    Ok(event) => {
                        note_written(&event, &mut written);
                        if self.take(event, &mut seen) {
                            count += 1;
                            last = Instant::now();
                        }
                        if begun.elapsed() < PATIENCE && last.elapsed() < quiet {
                            continue;
                        }
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                if !self.git_writes() || begun.elapsed() > GIT_PATIENCE {
                    break;
                }
                last = Instant::now();
            }
            if !seen.is_empty() && send.send(Message::Changed(seen)).is_err() {
                return;
            }
        }
    }

    /// Whether git is in the middle of something.
    pub(super) fn git_writes(&self) -> bool {
        self.git.first().is_some_and(|git| git.join("index.lock").exists())
    }

    /// Notes what an event says; false where nothing has changed. Whoever reads the files of a
    /// large site makes thousands of such events, which must not keep a change from being told.
    fn take(&self, event: notify::Result<Event>, seen: &mut Seen) -> bool {
        let event = match event {
            Ok(event) if event.need_rescan() => {
                seen.anything = true;
                return true;
            }
            Ok(event) => event,
            Err(_) => {
                seen.anything = true;
                return true;
            }
        };
        if matches!(event.kind, EventKind::Access(_)) {
            return false;
        }
        let renamed = matches!(event.kind, EventKind::Modify(ModifyKind::Name(_)));
        for path in event.paths {
            self.take_path(&path, renamed, seen);
        }
        true
    }

    fn take_path(&self, path: &Path, renamed: bool, seen: &mut Seen) {
        if let Some(below) = self.git.iter().find_map(|git| path.strip_prefix(git).ok()) {
            let name = below.to_str().unwrap_or_default();
            let counts =
                matches!(name, "HEAD" | "index" | "packed-refs" | "shallow" | "info/exclude")
                    || (name.starts_with("refs/") && !name.ends_with(".lock"));
            seen.repository |= counts;
            if counts && path.is_dir() {
                self.watch_all(path);
            }
            return;
        }
        if path.file_name().and_then(|name| name.to_str()).is_some_and(is_of_an_editor) {
            return;
        }
        let Ok(below) = path.strip_prefix(&self.top) else { return };
        if path.ancestors().take_while(|p| *p != self.top).any(|part| self.is_left_out(part)) {
            return;
        }
        let Some(source) = below.to_str().and_then(|text| SourcePath::new(text).ok()) else {
            return;
        };
        if path.is_dir() {
            // The rights or times of a known folder are nobody's business.
            let known = self.watched.lock().unwrap_or_else(PoisonError::into_inner).contains(path);
            if !known || renamed {
                self.watch_below(path);
                seen.anything = true;
            }
            return;
        }
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if watched.remove(path) {
            // A folder has gone, with all that was in it; it may come back.
            watched.retain(|other| !other.starts_with(path));
            seen.anything = true;
            return;
        }
        seen.files.insert(source);
    }
}

/// Notes which files are being written: changed, and not closed since.
fn note_written(event: &notify::Result<Event>, written: &mut HashSet<PathBuf>) {
    let Ok(event) = event else { return };
    match event.kind {
        EventKind::Create(CreateKind::File) | EventKind::Modify(ModifyKind::Data(_))
            if cfg!(target_os = "linux") =>
        {
            written.extend(event.paths.iter().cloned());
        }
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Remove(_)
        | EventKind::Modify(ModifyKind::Name(_)) => {
            written.retain(|path| !event.paths.contains(path));
        }
        _ => {}
    }
}

/// Whether a file of this name is what an editor keeps beside the file that it edits.
fn is_of_an_editor(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    name == "4913"
        || name.ends_with('~')
        || name.starts_with(".#")
        || (name.starts_with('#') && name.ends_with('#'))
        || (name.starts_with('.') && ending.len() == 3 && ending.starts_with("sw"))
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .collect()
}
