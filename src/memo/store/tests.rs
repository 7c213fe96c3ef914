//! The store, on real folders: kept, lost, damaged, full.

use proptest::prelude::*;

use super::*;
use crate::base::ContentHash;

fn key(number: u32) -> Key {
    Key::new(Stage::Parse, ContentHash::of(&number.to_le_bytes()))
}

/// A value of some length that can be told from others and compresses a little.
fn value(number: u32, length: usize) -> Vec<u8> {
    let mut random = number.wrapping_mul(2_654_435_761).wrapping_add(1);
    (0..length)
        .map(|at| {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            if at % 3 == 0 { 0 } else { random.to_le_bytes()[1] }
        })
        .collect()
}

fn length(number: u32) -> usize {
    [0, 1, 255, 256, 257, 511, 512, 5000, 40_000][number as usize % 9]
}

fn fill(folder: &Path, numbers: std::ops::Range<u32>) {
    let store = Store::open(folder);
    for number in numbers {
        store.put(&key(number), &value(number, length(number)));
    }
    store.close();
}

fn found(folder: &Path, numbers: std::ops::Range<u32>) -> usize {
    let store = Store::open(folder);
    numbers
        .filter(|number| match store.get(&key(*number)) {
            Some(found) => {
                assert_eq!(found, value(*number, length(*number)));
                true
            }
            None => false,
        })
        .count()
}

#[test]
fn what_is_kept_is_found_at_once_and_later() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    for number in 0..200 {
        assert_eq!(store.get(&key(number)), None);
        store.put(&key(number), &value(number, length(number)));
        // Of this very store, before it is closed.
        assert_eq!(store.get(&key(number / 2)), Some(value(number / 2, length(number / 2))));
    }
    let counts = store.counts();
    assert_eq!(counts, [StageCount { stage: Stage::Parse, hits: 200, misses: 200 }]);
    // Nobody else sees it yet.
    assert_eq!(found(folder.path(), 0..200), 0);
    store.close();
    assert_eq!(found(folder.path(), 0..200), 200);
    assert_eq!(found(folder.path(), 200..300), 0);
    assert!(folder.path().join(".gitignore").exists());
}

#[test]
fn one_process_writes_and_others_read() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 0..10);
    let writer = Store::open(folder.path());
    let reader = Store::open(folder.path());
    assert!(writer.writable().is_some());
    assert!(reader.writable().is_none());
    reader.put(&key(100), b"lost");
    assert_eq!(reader.get(&key(100)), None);
    assert!(reader.get(&key(3)).is_some());
    writer.put(&key(101), b"kept");
    writer.close();
    assert!(reader.get(&key(4)).is_some());
    reader.close();
    assert_eq!(Store::open(folder.path()).get(&key(101)).as_deref(), Some(&b"kept"[..]));
}

#[test]
fn a_store_that_is_not_closed_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 0..10);
    let store = Store::open(folder.path());
    for number in 10..50 {
        store.put(&key(number), &value(number, length(number)));
    }
    drop(store);
    assert_eq!(found(folder.path(), 0..10), 10);
    assert_eq!(found(folder.path(), 10..50), 0);
    Store::open(folder.path()).close();
    assert!(!folder.path().join(NEW_DATA).exists());
}

#[test]
fn many_builds_make_few_files() {
    let folder = tempfile::tempdir().unwrap();
    for build in 0..60 {
        fill(folder.path(), build * 10..build * 10 + 10);
        let segments = segments(folder.path()).len();
        assert!(segments <= MOST_SEGMENTS + 1, "{segments}");
    }
    assert_eq!(found(folder.path(), 0..600), 600);
}

#[test]
fn what_nobody_uses_goes() {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), 0..20);
    for build in 0..PATIENCE + 40 {
        let store = Store::open(folder.path());
        // Half of the first entries are used from time to time.
        if build % 50 == 0 {
            (0..10).for_each(|number| assert!(store.get(&key(number)).is_some(), "{build}"));
        }
        store.put(&key(1000 + build), &[1; 300]);
        store.close();
    }
    assert_eq!(found(folder.path(), 0..10), 10);
    assert_eq!(found(folder.path(), 10..20), 0);
}

#[test]
fn the_oldest_go_first_when_there_is_too_much() {
    let folder = tempfile::tempdir().unwrap();
    for build in 0..4 {
        fill(folder.path(), build * 100..build * 100 + 100);
    }
    let store = Store::open(folder.path());
    (0..100).for_each(|number| assert!(store.get(&key(number)).is_some()));
    store.close();
    let store = Store::open(folder.path());
    let mut used = read_used(folder.path()).1;
    let next = store.segments.iter().map(|segment| segment.number).max().unwrap() + 1;
    // As much as one of the four takes.
    let excess = 250_000;
    store.merge(folder.path(), &mut used, next, 0, excess).unwrap();
    drop(store);
    assert_eq!(found(folder.path(), 0..100), 100);
    assert_eq!(found(folder.path(), 100..200), 0);
    assert_eq!(found(folder.path(), 300..400), 100);
}

#[test]
fn a_state_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    assert_eq!(store.state("last"), None);
    store.set_state("last", b"one");
    store.set_state("last", b"two");
    assert_eq!(store.state("last").as_deref(), Some(&b"two"[..]));
    let path = folder.path().join("last.state");
    let mut bytes = fs::read(&path).unwrap();
    bytes[17] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!(store.state("last"), None);
}

#[test]
fn only_the_youngest_states_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..MOST_STATES + 5 {
        let store = Store::open(folder.path());
        store.set_state("files", b"always");
        store.set_state(&format!("last-{number}"), b"x");
        store.close();
    }
    let store = Store::open(folder.path());
    assert!(store.state("files").is_some());
    let kept = (0..MOST_STATES + 5).filter(|n| store.state(&format!("last-{n}")).is_some());
    assert_eq!(kept.count(), MOST_STATES);
    assert!(store.state(&format!("last-{}", MOST_STATES + 4)).is_some());
}

#[test]
fn a_folder_that_cannot_be_had_keeps_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let store = Store::open(&file.join("cache"));
    store.put(&key(1), b"x");
    assert_eq!(store.get(&key(1)), None);
    store.close();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever becomes of the files, what is found is what was kept.
    #[test]
    fn damage_is_never_believed(
        harm in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..4, any::<u8>()), 1..6),
    ) {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path(), 0..40);
        fill(folder.path(), 40..60);
        for (file, at, kind, byte) in harm {
            let mut files: Vec<PathBuf> =
                fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.sort();
            let path = &files[file.index(files.len())];
            let mut bytes = fs::read(path).unwrap();
            let place = at.index(bytes.len() + 1);
            match kind {
                0 => bytes.truncate(place),
                1 => bytes.insert(place, byte),
                _ if place < bytes.len() => bytes[place] ^= byte,
                _ => {}
            }
            fs::write(path, bytes).unwrap();
        }
        found(folder.path(), 0..60);
        // And it can be used again.
        fill(folder.path(), 0..60);
        prop_assert_eq!(found(folder.path(), 0..60), 60);
    }
}
