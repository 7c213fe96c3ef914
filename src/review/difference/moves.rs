//! Finds what was deleted in one place and inserted in another.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::compare::{Scale, Seen, compare_moved, likeness};
use super::edit::{ChangeId, Edit, Inner, Shell};
use super::part::{Kind, Part};

/// A block with fewer words is not said to have moved: the same few words stand in many places.
const WORDS: usize = 5;

/// A block that has changed on its way needs so many words, and so much in common (in hundredths).
const CHANGED_WORDS: usize = 10;
const CHANGED_ALIKE: usize = 75;

/// How many words are looked at in search of those.
const STEPS: usize = 5_000_000;

/// A block that was inserted or deleted, also one within such a block.
struct Loose {
    seen: Seen,
    /// The row of neighbors that it stands in, and its place there.
    row: usize,
    place: usize,
    /// One past the last block within it.
    end: usize,
    /// It lies in a block that moved as a whole.
    covered: bool,
    /// The index of its partner among the other ones.
    partner: Option<usize>,
}

/// Makes moves of what is inserted here and deleted there.
pub(super) fn find_moves(edits: &mut [Edit]) {
    let mut loose = Collection::default();
    loose.collect(edits);
    let Collection { mut gone, mut new, .. } = loose;
    match_same(&mut gone, &mut new);
    extend_runs(&mut gone, &mut new);
    match_alike(&mut gone, &mut new);
    if gone.iter().all(|loose| loose.partner.is_none()) {
        return;
    }
    // Numbers follow the old page.
    let mut numbers = 0..;
    let moved: Vec<Option<u32>> =
        gone.iter().map(|loose| loose.partner.and_then(|_| numbers.next())).collect();
    let mut writer = Writer { gone: &gone, new: &new, moved: &moved, next_gone: 0, next_new: 0 };
    writer.rewrite(edits);
}

#[derive(Default)]
struct Collection {
    scale: Scale,
    gone: Vec<Loose>,
    new: Vec<Loose>,
    rows: usize,
}

impl Collection {
    fn collect(&mut self, edits: &[Edit]) {
        let row = self.rows;
        self.rows += 1;
        for (edit, place) in edits.iter().zip(0..) {
            match edit {
                Edit::Inserted { block, .. } => self.add(block, true, row, place),
                Edit::Deleted { block, .. } => self.add(block, false, row, place),
                Edit::Changed(changed) => {
                    if let Inner::Blocks(edits) = &changed.inner {
                        self.collect(edits);
                    }
                }
                // These are what is made of the others.
                _ => {}
            }
        }
    }

    fn add(&mut self, block: &Arc<Part>, is_new: bool, row: usize, place: usize) {
        let seen = self.scale.see(block);
        let list = if is_new { &mut self.new } else { &mut self.gone };
        let at = list.len();
        list.push(Loose { seen, row, place, end: at + 1, covered: false, partner: None });
        if opens(block) {
            let row = self.rows;
            self.rows += 1;
            for (part, place) in block.parts.iter().zip(0..) {
                self.add(part, is_new, row, place);
            }
        }
        let list = if is_new { &mut self.new } else { &mut self.gone };
        let end = list.len();
        if let Some(loose) = list.get_mut(at) {
            loose.end = end;
        }
    }
}

/// Whether blocks within a block may move out of it or into it.
fn opens(part: &Part) -> bool {
    use Kind::{Alert, Definition, Definitions, Directive, Item, List, Quote};
    matches!(part.kind, Alert | Definition | Definitions | Directive | Item | List | Quote)
}

fn can_move(part: &Part) -> bool {
    !matches!(part.kind, Kind::Line | Kind::Cell | Kind::Field | Kind::FrontMatter | Kind::Label)
}

/// Notes that two blocks are one, unless one of them is part of another move.
fn join(gone: &mut [Loose], new: &mut [Loose], at: usize, to: usize) {
    let free = |list: &[Loose], at: usize| {
        let inside = list.get(at).and_then(|loose| list.get(at..loose.end));
        inside.is_some_and(|all| all.iter().all(|l| l.partner.is_none() && !l.covered))
    };
    if !free(gone, at) || !free(new, to) {
        return;
    }
    for (list, at, partner) in [(gone, at, to), (new, to, at)] {
        let end = list.get(at).map_or(at, |loose| loose.end);
        if let Some(all) = list.get_mut(at..end) {
            all.iter_mut().for_each(|loose| loose.covered = true);
        }
        if let Some(loose) = list.get_mut(at) {
            loose.partner = Some(partner);
        }
    }
}

fn match_same(gone: &mut [Loose], new: &mut [Loose]) {
    let mut places: HashMap<_, VecDeque<usize>> = HashMap::new();
    for (loose, at) in gone.iter().zip(0..) {
        if can_move(&loose.seen.part) && loose.seen.bag.len() >= WORDS {
            places.entry(loose.seen.hash).or_default().push_back(at);
        }
    }
    for to in 0..new.len() {
        let Some(loose) = new.get(to).filter(|loose| !loose.covered) else { continue };
        let Some(queue) = places.get_mut(&loose.seen.hash) else { continue };
        while let Some(at) = queue.pop_front() {
            if gone.get(at).is_some_and(|loose| !loose.covered) {
                join(gone, new, at, to);
                break;
            }
        }
    }
}

/// What stands beside a moved block and is the same too moved with it, however short it is.
fn extend_runs(gone: &mut [Loose], new: &mut [Loose]) {
    let places = |list: &[Loose]| -> HashMap<(usize, usize), usize> {
        list.iter().zip(0..).map(|(loose, at)| ((loose.row, loose.place), at)).collect()
    };
    let (old_places, new_places) = (places(gone), places(new));
    let mut extend = |at: usize, step: fn(usize) -> Option<usize>| {
        let Some(to) = gone.get(at).and_then(|loose| loose.partner) else { return };
        let beside = |list: &[Loose], places: &HashMap<(usize, usize), usize>, at: usize| {
            let loose = list.get(at)?;
            places.get(&(loose.row, step(loose.place)?)).copied()
        };
        let next = (beside(gone, &old_places, at), beside(new, &new_places, to));
        if let (Some(at), Some(to)) = next
            && let (Some(a), Some(b)) = (gone.get(at), new.get(to))
            && can_move(&a.seen.part)
            && a.seen.hash == b.seen.hash
        {
            join(gone, new, at, to);
        }
    };
    for at in 0..old_places.len() {
        extend(at, |place| place.checked_add(1));
    }
    for at in (0..old_places.len()).rev() {
        extend(at, |place| place.checked_sub(1));
    }
}

/// What has changed a little on its way.
fn match_alike(gone: &mut [Loose], new: &mut [Loose]) {
    let candidate = |loose: &Loose| {
        !loose.covered && can_move(&loose.seen.part) && loose.seen.bag.len() >= CHANGED_WORDS
    };
    let words = |list: &[Loose]| {
        let lengths = list.iter().filter(|loose| candidate(loose)).map(|l| l.seen.bag.len());
        lengths.fold((0_usize, 0_usize), |(count, sum), words| (count + 1, sum + words))
    };
    let ((old_count, old_words), (new_count, new_words)) = (words(gone), words(new));
    if old_words.saturating_mul(new_count).saturating_add(new_words.saturating_mul(old_count))
        > STEPS
    {
        return;
    }
    let mut pairs = Vec::new();
    for (a, i) in gone.iter().zip(0..).filter(|(loose, _)| candidate(loose)) {
        for (b, j) in new.iter().zip(0..).filter(|(loose, _)| candidate(loose)) {
            if a.seen.part.kind == b.seen.part.kind {
                let alike = likeness(&a.seen.bag, &b.seen.bag);
                if alike >= CHANGED_ALIKE {
                    pairs.push((std::cmp::Reverse(alike), i, j));
                }
            }
        }
    }
    pairs.sort_unstable();
    for (_, i, j) in pairs {
        if let (Some(a), Some(b)) = (gone.get(i), new.get(j))
            && !a.covered
            && !b.covered
            && compare_moved(&a.seen.part, &b.seen.part).is_some()
        {
            join(gone, new, i, j);
        }
    }
}

/// Writes the moves into the edits, in the order in which these were collected.
struct Writer<'a> {
    gone: &'a [Loose],
    new: &'a [Loose],
    /// The number of the move of each block that is gone.
    moved: &'a [Option<u32>],
    next_gone: usize,
    next_new: usize,
}

impl Writer<'_> {
    fn rewrite(&mut self, edits: &mut [Edit]) {
        for edit in edits {
            let made = match edit {
                Edit::Deleted { block, .. } => self.went(block),
                Edit::Inserted { block, .. } => self.came(block),
                Edit::Changed(changed) => {
                    if let Inner::Blocks(edits) = &mut changed.inner {
                        self.rewrite(edits);
                    }
                    None
                }
                _ => None,
            };
            if let Some(made) = made {
                *edit = made;
            }
        }
    }

    /// What is made of a block that is gone; none where it stays that.
    fn went(&mut self, block: &Arc<Part>) -> Option<Edit> {
        let at = self.next_gone;
        let loose = self.gone.get(at)?;
        let change = ChangeId::default();
        if let Some(number) = self.moved.get(at).copied().flatten() {
            self.next_gone = loose.end;
            let block = Arc::clone(block);
            return Some(Edit::MovedAway { change, to: change, number, block });
        }
        if self.moved.get(at..loose.end)?.iter().all(Option::is_none) {
            self.next_gone = loose.end;
            return None;
        }
        self.next_gone += 1;
        let edits = block.parts.iter().map(|part| {
            let block = Arc::clone(part);
            self.went(part).unwrap_or(Edit::Deleted { change, block })
        });
        let edits = edits.collect();
        Some(Edit::Unwrapped { change, block: Shell::of(block), edits })
    }

    /// The same of a block that is new.
    fn came(&mut self, block: &Arc<Part>) -> Option<Edit> {
        let at = self.next_new;
        let loose = self.new.get(at)?;
        let change = ChangeId::default();
        if let Some(from) = loose.partner {
            self.next_new = loose.end;
            let number = self.moved.get(from).copied().flatten()?;
            let edit = compare_moved(&self.gone.get(from)?.seen.part, block)?;
            let edit = Box::new(edit);
            return Some(Edit::MovedHere { change, from: change, number, edit });
        }
        if self.new.get(at..loose.end)?.iter().all(|loose| loose.partner.is_none()) {
            self.next_new = loose.end;
            return None;
        }
        self.next_new += 1;
        let edits = block.parts.iter().map(|part| {
            let block = Arc::clone(part);
            self.came(part).unwrap_or(Edit::Inserted { change, block })
        });
        let edits = edits.collect();
        Some(Edit::Wrapped { change, block: Shell::of(block), edits })
    }
}
