//! Packages take the place of older ones.
//!
//! Everything is written into a folder of its own beside the styles first. Then unit by unit the old
//! one is moved away and the new one into its place. A sync that is stopped in between leaves that
//! folder behind; the next one moves back what it finds there and begins anew.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::lint::Installation;

/// The folder in which packages are made ready.
const STAGE: &str = ".copydesk-sync";

/// Installs packages in a styles folder. After an error everything is as it was.
pub(super) fn install(styles: &Path, installation: &Installation) -> io::Result<()> {
    fs::create_dir_all(styles)?;
    let stage = styles.join(STAGE);
    fs::create_dir_all(&stage)?;
    // A link would lead elsewhere.
    if !stage.symlink_metadata()?.is_dir() {
        return Err(io::Error::new(ErrorKind::NotADirectory, format!("`{STAGE}` is no folder")));
    }
    let lock = File::create(stage.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(io::Error::new(ErrorKind::WouldBlock, "another sync is at work"));
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let (new, old) = (stage.join("new"), stage.join("old"));
    restore(styles, &old)?;
    for folder in [&new, &old] {
        remove(folder)?;
        fs::create_dir(folder)?;
    }
    for (path, bytes) in installation.units.values().flatten() {
        let file = new.join(path.as_str());
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = File::create(file)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    let mut units: BTreeSet<String> =
        installation.units.keys().map(|unit| unit.as_str().to_owned()).collect();
    // Configuration of packages that are no longer named.
    let stale = listed(&styles.join(".vale-config"))?;
    units.extend(stale.into_iter().map(|name| format!(".vale-config/{name}")));
    for (count, unit) in units.iter().enumerate() {
        if let Err(error) = swap(styles, &new, &old, unit) {
            for unit in units.iter().take(count) {
                remove(&styles.join(unit))?;
            }
            restore(styles, &old)?;
            remove(&stage)?;
            return Err(error);
        }
    }
    remove(&stage)
}

/// Puts a unit into the place of the old one.
fn swap(styles: &Path, new: &Path, old: &Path, unit: &str) -> io::Result<()> {
    let place = styles.join(unit);
    real_folders(styles, unit)?;
    if exists(&place) {
        let aside = old.join(unit);
        if let Some(parent) = aside.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::rename(&place, aside)?;
    }
    let ready = new.join(unit);
    if !exists(&ready) {
        return Ok(());
    }
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::rename(ready, place)
}

/// Refuses links above a unit, which would lead elsewhere.
fn real_folders(styles: &Path, unit: &str) -> io::Result<()> {
    let mut folder = styles.to_owned();
    let (above, _) = unit.rsplit_once('/').unwrap_or(("", unit));
    for part in above.split('/').filter(|part| !part.is_empty()) {
        folder.push(part);
        match folder.symlink_metadata() {
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                let message = format!("`{}` is no folder", folder.display());
                return Err(io::Error::new(ErrorKind::NotADirectory, message));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Moves back what was moved away and has nothing in its place.
fn restore(styles: &Path, old: &Path) -> io::Result<()> {
    let mut waiting = vec![PathBuf::new()];
    while let Some(below) = waiting.pop() {
        for name in listed(&old.join(&below))? {
            let unit = below.join(name);
            let (aside, place) = (old.join(&unit), styles.join(&unit));
            if !exists(&place) {
                fs::rename(aside, place)?;
            } else if aside.is_dir() && shared(&unit) {
                waiting.push(unit);
            }
        }
    }
    Ok(())
}

/// Whether a folder holds units and is none.
fn shared(path: &Path) -> bool {
    let mut parts = path.iter();
    match parts.next().and_then(|part| part.to_str()) {
        Some(".vale-config") => parts.next().is_none(),
        Some("config") => parts.count() < 2,
        _ => false,
    }
}

/// The names in a folder, sorted; none where there is no folder.
fn listed(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Removes a file, a link or a folder, where it is there.
fn remove(path: &Path) -> io::Result<()> {
    let removed = match path.symlink_metadata() {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::base::SourcePath;

    fn package(files: &[(&str, &str, &str)]) -> Installation {
        let mut installation = Installation::default();
        for (unit, path, content) in files {
            let unit = SourcePath::new(unit).unwrap();
            let files: &mut BTreeMap<_, _> = installation.units.entry(unit).or_default();
            files.insert(SourcePath::new(path).unwrap(), content.as_bytes().to_vec());
        }
        installation
    }

    fn texts(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut waiting = vec![folder.to_owned()];
        while let Some(folder) = waiting.pop() {
            for name in listed(&folder).unwrap() {
                let path = folder.join(name);
                if path.is_dir() {
                    waiting.push(path);
                } else {
                    found.push(fs::read_to_string(path).unwrap());
                }
            }
        }
        found.sort();
        found
    }

    #[test]
    fn units_take_the_place_of_old_ones_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let styles = folder.path().join("styles");
        let first = package(&[
            ("A", "A/one.yml", "A1"),
            ("A", "A/two.yml", "A2"),
            ("config/vocabularies/V", "config/vocabularies/V/accept.txt", "V"),
            (".vale-config/0-A.ini", ".vale-config/0-A.ini", "ini"),
        ]);
        install(&styles, &first).unwrap();
        fs::create_dir_all(styles.join("config/vocabularies/Own")).unwrap();
        fs::write(styles.join("config/vocabularies/Own/accept.txt"), "own").unwrap();
        fs::write(styles.join("note.txt"), "note").unwrap();
        assert_eq!(texts(&styles), ["A1", "A2", "V", "ini", "note", "own"]);
        install(&styles, &package(&[("A", "A/one.yml", "A3")])).unwrap();
        assert_eq!(texts(&styles), ["A3", "V", "note", "own"]);
        assert!(!styles.join(STAGE).exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_sync_that_fails_or_is_stopped_leaves_the_old_packages() {
        let folder = tempfile::tempdir().unwrap();
        let styles = folder.path().join("styles");
        install(&styles, &package(&[("A", "A/a.yml", "A1"), ("B", "B/b.yml", "B1")])).unwrap();
        // What stands in the way of the second unit is a link above it.
        std::os::unix::fs::symlink(folder.path(), styles.join("config")).unwrap();
        let unit = "config/vocabularies/V";
        let next = package(&[
            ("A", "A/a.yml", "A2"),
            ("AB", "AB/a.yml", "AB"),
            (unit, "config/vocabularies/V/accept.txt", "V"),
        ]);
        assert!(install(&styles, &next).is_err());
        fs::remove_file(styles.join("config")).unwrap();
        assert_eq!(texts(&styles), ["A1", "B1"]);
        // Stopped when `A` was away and the new one not there yet.
        fs::create_dir_all(styles.join(STAGE).join("old")).unwrap();
        fs::rename(styles.join("A"), styles.join(STAGE).join("old/A")).unwrap();
        install(&styles, &package(&[("B", "B/b.yml", "B2")])).unwrap();
        assert_eq!(texts(&styles), ["A1", "B2"]);
    }
}
