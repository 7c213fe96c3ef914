//! Makes the new page of the old one and its difference.

use std::collections::HashMap;
use std::sync::Arc;

use super::edit::{Changed, Edit, Inner, Shell};
use super::part::{Part, Run, push_run};
use super::words::Piece;

/// A difference that does not belong to a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the difference was made from another page")]
pub struct Mismatch;

/// Makes the new parts of the old ones.
pub(super) fn apply(old: &[Arc<Part>], edits: &[Edit]) -> Result<Vec<Arc<Part>>, Mismatch> {
    let mut moved = HashMap::new();
    take_moved(old, edits, &mut moved)?;
    blocks(old, edits, &moved)
}

/// Gathers the blocks that stand elsewhere in the new page, by the number of their move.
fn take_moved(
    old: &[Arc<Part>],
    edits: &[Edit],
    moved: &mut HashMap<u32, Arc<Part>>,
) -> Result<(), Mismatch> {
    let mut left = old.iter();
    for edit in edits {
        match edit {
            Edit::Inserted { .. } | Edit::MovedHere { .. } | Edit::Wrapped { .. } => {}
            Edit::Unwrapped { edits, .. } => {
                take_moved(&left.next().ok_or(Mismatch)?.parts, edits, moved)?;
            }
            Edit::Equal { .. } | Edit::Deleted { .. } => {
                left.next().ok_or(Mismatch)?;
            }
            Edit::MovedAway { number, .. } => {
                moved.insert(*number, Arc::clone(left.next().ok_or(Mismatch)?));
            }
            Edit::Changed(changed) => {
                let part = left.next().ok_or(Mismatch)?;
                if let Inner::Blocks(edits) = &changed.inner {
                    take_moved(&part.parts, edits, moved)?;
                }
            }
        }
    }
    if left.next().is_some() { Err(Mismatch) } else { Ok(()) }
}

fn blocks(
    old: &[Arc<Part>],
    edits: &[Edit],
    moved: &HashMap<u32, Arc<Part>>,
) -> Result<Vec<Arc<Part>>, Mismatch> {
    let mut left = old.iter();
    let mut new = Vec::with_capacity(edits.len());
    let same = |old: Option<&Arc<Part>>, block: &Arc<Part>| match old {
        Some(old) if old == block => Ok(()),
        _ => Err(Mismatch),
    };
    for edit in edits {
        match edit {
            Edit::Equal { block } => {
                let old = left.next();
                same(old, block)?;
                new.extend(old.cloned());
            }
            Edit::Inserted { block, .. } => new.push(Arc::clone(block)),
            Edit::Deleted { block, .. } | Edit::MovedAway { block, .. } => {
                same(left.next(), block)?;
            }
            Edit::Wrapped { block, edits, .. } => {
                let mut part = block.part();
                part.parts = blocks(&[], edits, moved)?;
                new.push(Arc::new(part));
            }
            Edit::Unwrapped { block, edits, .. } => {
                let old = left.next().ok_or(Mismatch)?;
                let rest = blocks(&old.parts, edits, moved)?;
                if !Shell::of(old).same(block) || !rest.is_empty() {
                    return Err(Mismatch);
                }
            }
            Edit::MovedHere { number, edit, .. } => {
                let old = moved.get(number).ok_or(Mismatch)?;
                new.extend(blocks(std::slice::from_ref(old), std::slice::from_ref(edit), moved)?);
            }
            Edit::Changed(changed) => {
                let old = left.next().ok_or(Mismatch)?;
                new.push(Arc::new(part(old, changed, moved)?));
            }
        }
    }
    if left.next().is_some() { Err(Mismatch) } else { Ok(new) }
}

fn part(old: &Part, changed: &Changed, moved: &HashMap<u32, Arc<Part>>) -> Result<Part, Mismatch> {
    if !Shell::of(old).same(&changed.old) {
        return Err(Mismatch);
    }
    let mut new = changed.new.part();
    match &changed.inner {
        Inner::Words(pieces) => new.runs = words(&old.runs, pieces)?,
        Inner::Blocks(edits) => new.parts = blocks(&old.parts, edits, moved)?,
    }
    Ok(new)
}

fn words(old: &[Run], pieces: &[Piece]) -> Result<Vec<Run>, Mismatch> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let add = |list: &mut Vec<Run>, runs: &[Run]| {
        for run in runs {
            push_run(list, run.clone());
        }
    };
    for piece in pieces {
        match piece {
            Piece::Equal { runs } => {
                add(&mut before, runs);
                add(&mut after, runs);
            }
            Piece::Deleted { runs } => add(&mut before, runs),
            Piece::Inserted { runs } => add(&mut after, runs),
            Piece::Reformatted { old, new } => {
                add(&mut before, old);
                add(&mut after, new);
            }
        }
    }
    if before == old { Ok(after) } else { Err(Mismatch) }
}
