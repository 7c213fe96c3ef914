//! Three versions of a file become one as git does it, without a look at the rest of the tree; and
//! what that tells of whole branches.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use git2::{MergeFileInput, MergeFileOptions, MergeFileResult, Oid, Repository};

use super::landed::unread;
use super::merge::{ConflictKind, in_memory};
use super::tree::{Difference, Trees};

/// Bytes in which git looks for a zero, which makes a file one that it does not merge.
const LOOKED_AT: usize = 8_000;

/// What the two sides make of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joined {
    /// What stands on our side.
    Ours,
    /// Something else.
    Other,
    /// Git cannot tell.
    Conflict(ConflictKind),
}

/// Joins files, and remembers what came of them: stale branches ask for the same ones again.
pub(super) struct Joiner<'r> {
    repository: &'r Repository,
    known: HashMap<(Option<Oid>, Oid, Oid), Joined>,
}

impl<'r> Joiner<'r> {
    pub(super) fn new(repository: &'r Repository) -> Self {
        Joiner { repository, known: HashMap::new() }
    }

    /// What two sides that stay at this path make of `old`.
    ///
    /// # Errors
    /// When a file is not there.
    pub(super) fn join(
        &mut self,
        old: Option<Oid>,
        ours: Option<Oid>,
        theirs: Option<Oid>,
    ) -> Result<Joined, git2::Error> {
        if ours == theirs || theirs == old {
            return Ok(Joined::Ours);
        }
        if ours == old {
            return Ok(Joined::Other);
        }
        let (ours, theirs) = match (ours, theirs) {
            (Some(ours), Some(theirs)) => (ours, theirs),
            (None, _) => return Ok(Joined::Conflict(ConflictKind::RemovedOnBase)),
            (_, None) => return Ok(Joined::Conflict(ConflictKind::RemovedOnBranch)),
        };
        if let Some(known) = self.known.get(&(old, ours, theirs)) {
            return Ok(*known);
        }
        let joined = self.read(old, ours, theirs)?;
        self.known.insert((old, ours, theirs), joined);
        Ok(joined)
    }

    fn read(&self, old: Option<Oid>, ours: Oid, theirs: Oid) -> Result<Joined, git2::Error> {
        let conflict = Joined::Conflict(match old {
            Some(_) => ConflictKind::BothChanged,
            None => ConflictKind::BothAdded,
        });
        let before = old.map(|id| self.repository.find_blob(id)).transpose()?;
        let before = before.as_ref().map_or(&[][..], |blob| blob.content());
        let (ours, theirs) = (self.repository.find_blob(ours)?, self.repository.find_blob(theirs)?);
        let (ours, theirs) = (ours.content(), theirs.content());
        if [before, ours, theirs].into_iter().any(is_binary) {
            return Ok(conflict);
        }
        let merged = merged(before, ours, theirs)?;
        Ok(match merged.is_automergeable() {
            false => conflict,
            true if merged.content() == ours => Joined::Ours,
            true => Joined::Other,
        })
    }
}

fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(LOOKED_AT).any(|byte| *byte == 0)
}

/// How many characters the marks of a conflict have: more than any text is likely to have.
const MARK: u16 = 61;

/// What git makes of three texts.
fn merged(before: &[u8], ours: &[u8], theirs: &[u8]) -> Result<MergeFileResult, git2::Error> {
    let input = |bytes| {
        let mut input = MergeFileInput::new();
        input.content(bytes);
        input
    };
    let mut options = MergeFileOptions::new();
    options.marker_size(MARK);
    git2::merge_file(&input(before), &input(ours), &input(theirs), Some(&mut options))
}

/// Where in our side's bytes stands what cannot be merged, in order; nothing where the file has no
/// lines, or git merges it.
pub(super) fn conflicting(before: &[u8], ours: &[u8], theirs: &[u8]) -> Vec<Range<usize>> {
    if [before, ours, theirs].into_iter().any(is_binary) {
        return Vec::new();
    }
    let Ok(merged) = merged(before, ours, theirs) else { return Vec::new() };
    if merged.is_automergeable() {
        return Vec::new();
    }
    let is_mark = |line: &[u8], mark: u8| {
        let mark = line.iter().take_while(|byte| **byte == mark).count();
        mark == usize::from(MARK)
    };
    let find = |what: &[u8], from: usize| {
        let at = memchr::memmem::find(ours.get(from..)?, what)?;
        Some(from + at..from + at + what.len())
    };
    let (mut found, mut from) = (Vec::new(), 0);
    // The line before a conflict, and our lines of it where one is open.
    let (mut last, mut open): (&[u8], Option<Vec<u8>>) = (&[], None);
    let mut theirs = false;
    for line in merged.content().split_inclusive(|byte| *byte == b'\n') {
        if is_mark(line, b'<') {
            open = Some(Vec::new());
        } else if is_mark(line, b'=') && open.is_some() {
            theirs = true;
        } else if is_mark(line, b'>') {
            theirs = false;
            let lines = open.take().unwrap_or_default();
            // Where our side has no lines of it, it stands behind the line before.
            let what = if lines.is_empty() { last } else { &lines };
            let range = find(what, from).unwrap_or(from..from);
            from = range.end;
            found.push(range);
        } else if let Some(lines) = open.as_mut() {
            if !theirs {
                lines.extend_from_slice(line);
            }
        } else {
            last = line;
        }
    }
    found
}

/// Whether merging the commit `tip` into a base would change nothing. `changed` is what the branch
/// changes since both parted. Most branches are decided by one file that has something left; only
/// where a file may have been renamed on the base does git merge everything. `holds` says whether a
/// file of the base may hold a line: what the branch wrote must stand there.
///
/// # Errors
/// When what would decide is not there.
pub(super) fn nothing_left(
    repository: &Repository,
    trees: &mut Trees<'_>,
    joiner: &mut Joiner<'_>,
    base: Base,
    tip: Oid,
    changed: &[Difference],
    holds: &dyn Fn(&[u8]) -> bool,
) -> Result<bool, git2::Error> {
    let mut now = Vec::with_capacity(changed.len());
    for change in changed {
        let blob = trees.file(base.tree, &change.path).map_err(|absent| unread(absent.into()))?;
        // As it was where both parted: what the branch makes of it is left to do.
        if blob == change.old {
            return Ok(false);
        }
        now.push(blob);
    }
    let removed = |change: &Difference, now: Option<Oid>| change.new.is_none() && now.is_none();
    let both_removed = changed.iter().zip(&now).any(|(change, now)| removed(change, *now));
    let (mut unclear, mut unread) = (false, None);
    for (change, now) in changed.iter().zip(now) {
        if now == change.new {
            continue;
        }
        match (change.old, now, change.new) {
            // Gone from the base, perhaps to another name.
            (Some(old), None, Some(new)) => match longest_new_line(repository, old, new) {
                Ok(Some(line)) if !holds(&line) => return Ok(false),
                Ok(_) => unclear = true,
                Err(error) => unread = Some(error),
            },
            // What was renamed to this name on both sides would be merged with what it was.
            (None, Some(_), Some(_)) if both_removed => unclear = true,
            (old, now, new) => match joiner.join(old, now, new) {
                Ok(Joined::Ours) => {}
                Ok(Joined::Other | Joined::Conflict(_)) => return Ok(false),
                // Another file may decide.
                Err(error) => unread = Some(error),
            },
        }
    }
    match (unread, unclear) {
        (Some(error), _) => Err(error),
        (None, false) => Ok(true),
        (None, true) => {
            let merge = in_memory(repository, base.commit, tip)?;
            Ok(merge.files.is_empty() && merge.conflicts.is_empty())
        }
    }
}

/// The longest line that a file gained; none where it only lost some, or is not text.
fn longest_new_line(
    repository: &Repository,
    old: Oid,
    new: Oid,
) -> Result<Option<Vec<u8>>, git2::Error> {
    let (old, new) = (repository.find_blob(old)?, repository.find_blob(new)?);
    if old.is_binary() || new.is_binary() {
        return Ok(None);
    }
    let lines = |blob| <[u8]>::split(blob, |byte| *byte == b'\n');
    let known: HashSet<&[u8]> = lines(old.content()).collect();
    let gained = lines(new.content()).filter(|line| !line.is_empty() && !known.contains(line));
    Ok(gained.max_by_key(|line| line.len()).map(<[u8]>::to_vec))
}

/// The commit of a base and its tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Base {
    pub(super) commit: Oid,
    pub(super) tree: Oid,
}

#[cfg(test)]
mod tests {
    use super::conflicting;

    #[test]
    fn conflicts_stand_where_our_lines_do() {
        let text = |lines: &[&str]| lines.join("\n") + "\n";
        let old = text(&["a", "b", "c", "d", "e", "f", "g", "h"]);
        let ours = text(&["a", "new", "B", "c", "d", "e", "f", "h"]);
        let theirs = text(&["a", "2", "c", "d", "e", "f", "7", "h"]);
        let found = conflicting(old.as_bytes(), ours.as_bytes(), theirs.as_bytes());
        let shown: Vec<&str> = found.iter().map(|range| &ours[range.clone()]).collect();
        assert_eq!(shown, ["new\nB\n", "f\n"]);
        assert!(conflicting(b"a\nb\nc\n", b"a\nb\nC\n", b"A\nb\nc\n").is_empty());
        assert!(conflicting(b"a\0", b"b\0", b"c\0").is_empty());
    }
}
