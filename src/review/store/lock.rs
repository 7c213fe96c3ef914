//! Who writes, one after the other. A lock of the operating system ends with the process that holds it,
//! however that ends; the lock files of git do not.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How long is waited each time.
const PAUSE: Duration = Duration::from_millis(25);

/// How often git's own lock is waited for before it counts as left behind.
const MOST_WAITS: usize = 200;

/// The lock of all that Copydesk writes into a repository. Where the file system has no locks, there is
/// none, and git's own lock files alone keep writers apart.
pub(super) struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// The lock of those who write.
    pub(super) fn take(git_folder: &Path) -> Lock {
        Lock::named(git_folder, "lock")
    }

    /// The lock of those who exchange events with a remote. Who writes does not wait for a remote.
    pub(super) fn take_exchange(git_folder: &Path) -> Lock {
        Lock::named(git_folder, "exchange.lock")
    }

    fn named(git_folder: &Path, name: &str) -> Lock {
        let file = || {
            let folder = git_folder.join("copydesk");
            fs::create_dir_all(&folder).ok()?;
            let path = folder.join(name);
            let file = File::options().create(true).append(true).open(path).ok()?;
            file.lock().ok()?;
            Some(file)
        };
        Lock { _file: file() }
    }
}

/// Waits until a ref's lock file may be gone; false where there is no hope. As a writer holds [`Lock`],
/// no other process of ours is in the middle of anything: a file that stays for seconds was left by
/// one that was killed, and is taken away.
pub(super) fn wait(git_folder: &Path, name: &str, tries: usize) -> bool {
    if tries < MOST_WAITS {
        // Nothing tells when a file of git's goes; waking early only costs another look.
        thread::park_timeout(PAUSE);
        return true;
    }
    let path: PathBuf = git_folder.join(format!("{name}.lock"));
    tries == MOST_WAITS && fs::remove_file(path).is_ok()
}

/// As [`wait`], for what the installed git locks of a remote: whoever holds the lock of those who exchange
/// events is the only one to fetch.
pub(super) fn wait_for_fetch(git_folder: &Path, refs: &str, tries: usize) -> bool {
    if tries < MOST_WAITS {
        thread::park_timeout(PAUSE);
        return true;
    }
    let folder = git_folder.join(refs);
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let left = files.filter(|file| file.extension().is_some_and(|ending| ending == "lock"));
    let removed = left.filter(|file| fs::remove_file(file).is_ok()).count();
    tries == MOST_WAITS && removed > 0
}
