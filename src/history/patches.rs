//! Whether two changes are the same as patches: the same lines of the same files, wherever in the
//! files they stand, and whatever their blanks. That is how a commit is known again that was picked
//! or squashed to another place.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use git2::{Oid, Patch, Repository};

use super::landed::same_paths;
use super::tree::Difference;
use crate::base::ContentHash;

/// What is known of patches of single files, by the two files. Branches and releases ask for the same
/// ones again, on all threads.
pub(super) type Known = Mutex<HashMap<(Option<Oid>, Option<Oid>), ContentHash>>;

/// Lines around a change that are looked at. git looks at three; where the same lines can be said to
/// have come in several places, more decide.
const AROUND: usize = 24;

/// Compares patches.
pub(super) struct Patches<'r> {
    repository: &'r Repository,
    known: &'r Known,
}

impl<'r> Patches<'r> {
    pub(super) fn new(repository: &'r Repository, known: &'r Known) -> Self {
        Patches { repository, known }
    }

    /// Whether two changes, each sorted by path, are the same. Files are read only where their
    /// names do not tell.
    ///
    /// # Errors
    /// When a file is not there.
    pub(super) fn same(
        &self,
        one: &[Difference],
        other: &[Difference],
    ) -> Result<bool, git2::Error> {
        if !same_paths(one, other) {
            return Ok(false);
        }
        for (one, other) in one.iter().zip(other) {
            let pairs = ((one.old, one.new), (other.old, other.new));
            let alike = |a: Option<Oid>, b: Option<Oid>| a.is_some() == b.is_some();
            if !alike(one.old, other.old) || !alike(one.new, other.new) {
                return Ok(false);
            }
            if pairs.0 != pairs.1 && self.hash(pairs.0)? != self.hash(pairs.1)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn hash(&self, pair: (Option<Oid>, Option<Oid>)) -> Result<ContentHash, git2::Error> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known().get(&pair) {
            return Ok(*known);
        }
        let read = |id: Option<Oid>| id.map(|id| self.repository.find_blob(id)).transpose();
        let (old, new) = (read(pair.0)?, read(pair.1)?);
        let mut told = Vec::new();
        if old.iter().chain(&new).any(git2::Blob::is_binary) {
            // Of these there are no lines: only the very same change is the same.
            for id in [pair.0, pair.1] {
                told.push(0);
                told.extend_from_slice(id.as_ref().map_or(&[], Oid::as_bytes));
            }
        } else {
            let (old, new) = (old.as_ref(), new.as_ref());
            let (old, new) = differing(
                old.map_or(&[], |blob| blob.content()),
                new.map_or(&[], |blob| blob.content()),
            );
            let mut patch = Patch::from_buffers(old, None, new, None, None)?;
            patch.print(&mut |_, _, line| {
                let origin = line.origin();
                if matches!(origin, ' ' | '+' | '-') {
                    told.push(u8::try_from(origin).unwrap_or_default());
                    let words = line.content().iter().filter(|byte| !byte.is_ascii_whitespace());
                    told.extend(words);
                    told.push(b'\n');
                }
                true
            })?;
        }
        let hash = ContentHash::of(&told);
        known().insert(pair, hash);
        Ok(hash)
    }
}

/// The lines of two texts from the first to the last one that differs, with some around: most changes
/// are small, and files can be large.
fn differing<'a>(old: &'a [u8], new: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    let newline = |byte: &u8| *byte == b'\n';
    let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let before = old.get(..same).unwrap_or_default();
    // The end of the line before the first that is kept.
    let ends = before.iter().enumerate().rev().filter(|(_, byte)| newline(byte));
    let start = ends.map(|(at, _)| at + 1).nth(AROUND).unwrap_or(0);
    let (old, new) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let most = old.len().min(new.len()) - (same - start);
    let same = old.iter().rev().zip(new.iter().rev()).take(most);
    let same = same.take_while(|(old, new)| old == new).count();
    let after = old.get(old.len() - same..).unwrap_or_default();
    let ends = after.iter().enumerate().filter(|(_, byte)| newline(byte));
    let cut = ends.map(|(at, _)| same - at - 1).nth(AROUND).unwrap_or(0);
    let kept = |text: &'a [u8]| text.get(..text.len() - cut).unwrap_or_default();
    (kept(old), kept(new))
}

#[cfg(test)]
mod tests {
    use super::{AROUND, differing};

    #[test]
    fn what_is_the_same_far_away_is_left_out() {
        let text = |changed: &str| {
            let line = |at: usize| if at == 100 { changed.to_owned() } else { format!("{at}\n") };
            (0..200).map(line).collect::<String>()
        };
        let (old, new) = (text("old\n"), text("new\nand more\n"));
        let (old, new) = differing(old.as_bytes(), new.as_bytes());
        let lines = |text: &[u8]| String::from_utf8(text.to_vec()).unwrap().lines().count();
        assert_eq!((lines(old), lines(new)), (2 * AROUND + 1, 2 * AROUND + 2));
        assert!(old.starts_with(b"76\n") && new.ends_with(b"\n124\n"));
        for (old, new) in [("", "a\n"), ("a", "a\na"), ("a\na\n", "a\n"), ("x", "x"), ("ab", "aab")]
        {
            assert_eq!(differing(old.as_bytes(), new.as_bytes()), (old.as_bytes(), new.as_bytes()));
        }
    }
}
