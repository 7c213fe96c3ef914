//! Blocks against blocks: what has the same content is found first, then what is much alike stands
//! together, then the same is done within.
//!
//! What this costs is bounded. Comparing every block of a stretch with every other one costs the
//! product of their numbers, so each comparison is paid out of one purse; when that is empty, a
//! stretch is replaced as a whole, and [`Outcome::coarse`] says so. Steps are counted and not time,
//! so that the same pages always have the same difference.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::edit::{ChangeId, Changed, Edit, Inner, Shell};
use super::part::{Kind, Part, Run, RunKind};
use super::words::{Class, compare, tokens};
use crate::base::ContentHash;

/// How many steps comparing two pages may take in all: words that are looked at while blocks are held
/// side by side. About half a second.
const STEPS: usize = 20_000_000;

/// A stretch that costs more than so many steps to be weighed as a whole is cut at what is the same.
const WEIGHED: usize = 2_000_000;

/// How many pairs of blocks of one stretch are held side by side.
const PAIRS: usize = 250_000;

/// How much of two texts must be common for one to be the other's new version, in hundredths.
const ALIKE: usize = 40;

/// The edits that make the new parts of the old ones, and whether some stretch was too large to be
/// compared. The changes have no numbers yet.
pub(super) struct Outcome {
    pub edits: Vec<Edit>,
    pub coarse: bool,
}

pub(super) fn compare_parts(old: &[Arc<Part>], new: &[Arc<Part>]) -> Outcome {
    let mut scale = Scale::default();
    let a: Vec<Seen> = old.iter().map(|part| scale.see(part)).collect();
    let b: Vec<Seen> = new.iter().map(|part| scale.see(part)).collect();
    let mut comparison = Comparison { steps: STEPS, coarse: false };
    let edits = comparison.blocks(&a, &b);
    Outcome { edits, coarse: comparison.coarse }
}

/// A part as it is compared.
pub(super) struct Seen {
    pub part: Arc<Part>,
    /// The same for equal parts, and for no others.
    pub hash: ContentHash,
    /// Its words as numbers, sorted.
    pub bag: Vec<u32>,
    inside: Vec<Seen>,
}

/// Gives every word a number.
#[derive(Default)]
pub(super) struct Scale {
    numbers: HashMap<String, u32>,
}

impl Scale {
    pub fn see(&mut self, part: &Arc<Part>) -> Seen {
        let inside: Vec<Seen> = part.parts.iter().map(|part| self.see(part)).collect();
        let mut bag = Vec::new();
        let tokens = tokens(&part.runs);
        // A line of code may be nothing but brackets.
        let words = tokens.iter().any(|token| token.class >= Class::Word);
        let least = if part.kind == Kind::Line && !words { Class::Point } else { Class::Word };
        for token in tokens.iter().filter(|token| token.class >= least) {
            bag.push(self.number(token.text));
            if let RunKind::Image { to, .. } = &token.run.kind {
                bag.push(self.number(to));
            }
        }
        for inner in &inside {
            bag.extend(&inner.bag);
        }
        bag.sort_unstable();
        Seen { hash: hash(part, &inside), part: Arc::clone(part), bag, inside }
    }

    fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(word.to_owned(), next);
        next
    }
}

/// A hash that nobody can find a second part for: a branch must not be able to hide a change.
fn hash(part: &Part, inside: &[Seen]) -> ContentHash {
    let mut hasher = blake3::Hasher::new();
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    add(format!("{:?}", part.kind).as_bytes());
    add(format!("{:?}", part.form).as_bytes());
    for Run { kind, text, marks } in &part.runs {
        add(text.as_bytes());
        if *kind != RunKind::Text || !marks.is_empty() {
            add(format!("{kind:?} {marks:?}").as_bytes());
        } else {
            add(b"");
        }
    }
    for inner in inside {
        add(inner.hash.as_bytes());
    }
    hasher.finalize().into()
}

/// How many words two bags have in common.
pub(super) fn common(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                i += 1;
                j += 1;
            }
        }
    }
    common
}

/// How alike two bags are, in hundredths: what they have in common of what they have.
pub(super) fn likeness(a: &[u32], b: &[u32]) -> usize {
    (common(a, b) * 200).checked_div(a.len() + b.len()).unwrap_or(100)
}

/// What stands at one place of an alignment.
enum Step {
    Pair(usize, usize),
    Old(usize),
    New(usize),
}

struct Comparison {
    /// How many are left.
    steps: usize,
    coarse: bool,
}

impl Comparison {
    fn blocks(&mut self, old: &[Seen], new: &[Seen]) -> Vec<Edit> {
        let keys = |seen: &[Seen]| seen.iter().map(|seen| seen.hash).collect::<Vec<_>>();
        let steps = self.align(old, new, &keys(old), &keys(new));
        let mut edits = Vec::with_capacity(steps.len());
        for step in steps {
            match step {
                Step::Old(i) => edits.extend(old.get(i).map(deleted)),
                Step::New(j) => edits.extend(new.get(j).map(inserted)),
                Step::Pair(i, j) => {
                    if let (Some(old), Some(new)) = (old.get(i), new.get(j)) {
                        edits.push(self.pair(old, new));
                    }
                }
            }
        }
        edits
    }

    /// Which of the old ones became which of the new ones. `keys` are the same for what is the same.
    fn align(
        &mut self,
        old: &[Seen],
        new: &[Seen],
        old_keys: &[ContentHash],
        new_keys: &[ContentHash],
    ) -> Vec<Step> {
        let mut numbers = HashMap::new();
        let mut number = |key: &ContentHash| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(*key).or_insert(next)
        };
        let a: Vec<u32> = old_keys.iter().map(&mut number).collect();
        let b: Vec<u32> = new_keys.iter().map(&mut number).collect();
        let first = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
        let most = a.len().min(b.len()) - first;
        let last =
            a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        let (i, j) = (first..old.len() - last, first..new.len() - last);
        let mut steps: Vec<Step> = (0..first).map(|at| Step::Pair(at, at)).collect();
        match self.weigh(old, new, (&a, &b), (i.clone(), j.clone())) {
            Some(pairs) => weave(&mut steps, (i.clone(), j.clone()), pairs),
            None => self.anchor(&mut steps, old, new, (&a, &b), (i.clone(), j.clone())),
        }
        steps.extend((i.end..old.len()).zip(j.end..).map(|(i, j)| Step::Pair(i, j)));
        steps
    }

    /// Pairs of what is the same or much alike with as much text in them as possible; none where that
    /// costs too much. Two sections that changed places keep the longer one in place, even if
    /// something has changed in each of its blocks.
    fn weigh(
        &mut self,
        old: &[Seen],
        new: &[Seen],
        (a, b): (&[u32], &[u32]),
        (i, j): (Range<usize>, Range<usize>),
    ) -> Option<Vec<(usize, usize)>> {
        let gap_old = old.get(i.clone())?;
        let gap_new = new.get(j.clone())?;
        let lines = gap_old.first().is_some_and(|seen| seen.part.kind == Kind::Line);
        let cost = cost(gap_old, gap_new);
        // In code, what stands together counts for more than how much it is.
        if lines || gap_old.len().min(gap_new.len()) < 2 || cost > WEIGHED || cost > self.steps {
            return None;
        }
        self.steps -= cost;
        Some(assign(gap_old.len(), gap_new.len(), |x, y| match (gap_old.get(x), gap_new.get(y)) {
            (Some(old), Some(new)) if a.get(i.start + x) == b.get(j.start + y) => {
                // Headings hold a page together: text moves from one to another.
                let heading = if old.part.kind == Kind::Heading { 80 } else { 0 };
                old.bag.len().max(new.bag.len()) * 10 + 20 + heading
            }
            (Some(old), Some(new)) => score(old, new),
            _ => 0,
        }))
    }

    /// The same where there is much: what is the same is found first, then what is alike between.
    fn anchor(
        &mut self,
        steps: &mut Vec<Step>,
        old: &[Seen],
        new: &[Seen],
        (a, b): (&[u32], &[u32]),
        (i, j): (Range<usize>, Range<usize>),
    ) {
        let (from_old, from_new) = (i.start, j.start);
        let (a, b) = (a.get(i).unwrap_or_default(), b.get(j).unwrap_or_default());
        for op in capture_diff_slices(Algorithm::Histogram, a, b) {
            let (i, j) = (op.old_range(), op.new_range());
            let i = from_old + i.start..from_old + i.end;
            let j = from_new + j.start..from_new + j.end;
            if let DiffOp::Equal { .. } = op {
                steps.extend(i.zip(j).map(|(i, j)| Step::Pair(i, j)));
                continue;
            }
            let gap_old = old.get(i.clone()).unwrap_or_default();
            let gap_new = new.get(j.clone()).unwrap_or_default();
            let pairs = self.gap(gap_old, gap_new);
            weave(steps, (i, j), pairs);
        }
    }

    /// Pairs of what is much alike in a stretch in which nothing is the same, in order.
    fn gap(&mut self, old: &[Seen], new: &[Seen]) -> Vec<(usize, usize)> {
        if old.is_empty() || new.is_empty() {
            return Vec::new();
        }
        if let ([a], [b]) = (old, new)
            && only_choice(a, b)
        {
            return vec![(0, 0)];
        }
        let cost = cost(old, new);
        if old.len().saturating_mul(new.len()) > PAIRS || cost > self.steps {
            self.coarse = true;
            return Vec::new();
        }
        self.steps -= cost;
        assign(old.len(), new.len(), |i, j| match (old.get(i), new.get(j)) {
            (Some(old), Some(new)) => score(old, new),
            _ => 0,
        })
    }

    /// What became of a block that is another's old version.
    fn pair(&mut self, old: &Seen, new: &Seen) -> Edit {
        if old.hash == new.hash {
            return Edit::Equal { block: Arc::clone(&new.part) };
        }
        let inner = if old.part.kind.is_leaf() {
            Inner::Words(compare(&old.part.runs, &new.part.runs))
        } else if old.part.kind == Kind::Table && new.part.kind == Kind::Table {
            Inner::Blocks(self.table(&old.inside, &new.inside))
        } else {
            Inner::Blocks(self.blocks(&old.inside, &new.inside))
        };
        changed(&old.part, &new.part, inner)
    }

    /// Rows against rows, where columns may have come and gone.
    fn table(&mut self, old: &[Seen], new: &[Seen]) -> Vec<Edit> {
        let columns = self.columns(old, new);
        // Rows are the same where they are in the columns that both tables have.
        let keys = |rows: &[Seen], own: fn(&Step) -> Option<usize>| -> Vec<ContentHash> {
            rows.iter()
                .map(|row| {
                    let mut hasher = blake3::Hasher::new();
                    hasher.update(format!("{:?}", row.part.form).as_bytes());
                    for at in columns.iter().filter_map(own) {
                        let cell = row.inside.get(at).map(|cell| *cell.hash.as_bytes());
                        hasher.update(&cell.unwrap_or_default());
                    }
                    hasher.finalize().into()
                })
                .collect()
        };
        let old_keys = keys(old, |step| match step {
            Step::Pair(i, _) => Some(*i),
            _ => None,
        });
        let new_keys = keys(new, |step| match step {
            Step::Pair(_, j) => Some(*j),
            _ => None,
        });
        let mut edits = Vec::new();
        for step in self.align(old, new, &old_keys, &new_keys) {
            match step {
                Step::Old(i) => edits.extend(old.get(i).map(deleted)),
                Step::New(j) => edits.extend(new.get(j).map(inserted)),
                Step::Pair(i, j) => {
                    if let (Some(old), Some(new)) = (old.get(i), new.get(j)) {
                        edits.push(self.row(old, new, &columns));
                    }
                }
            }
        }
        edits
    }

    fn row(&mut self, old: &Seen, new: &Seen, columns: &[Step]) -> Edit {
        if old.hash == new.hash {
            return Edit::Equal { block: Arc::clone(&new.part) };
        }
        let mut cells = Vec::new();
        for step in columns {
            let (i, j) = match step {
                Step::Pair(i, j) => (old.inside.get(*i), new.inside.get(*j)),
                Step::Old(i) => (old.inside.get(*i), None),
                Step::New(j) => (None, new.inside.get(*j)),
            };
            match (i, j) {
                (Some(old), Some(new)) => cells.push(self.pair(old, new)),
                (Some(old), None) => cells.push(deleted(old)),
                (None, Some(new)) => cells.push(inserted(new)),
                (None, None) => {}
            }
        }
        changed(&old.part, &new.part, Inner::Blocks(cells))
    }

    /// Which columns of a table became which.
    fn columns(&mut self, old: &[Seen], new: &[Seen]) -> Vec<Step> {
        let columns = |rows: &[Seen]| -> Vec<Seen> {
            let count = rows.iter().map(|row| row.inside.len()).max().unwrap_or(0);
            (0..count)
                .map(|at| {
                    let cells = || rows.iter().filter_map(|row| row.inside.get(at));
                    let mut bag: Vec<u32> =
                        cells().flat_map(|cell| cell.bag.iter().copied()).collect();
                    bag.sort_unstable();
                    let head = cells().next();
                    Seen {
                        part: head
                            .map_or_else(|| Arc::new(Part::new(Kind::Cell)), |h| h.part.clone()),
                        hash: head.map_or_else(|| ContentHash::of(b""), |head| head.hash),
                        bag,
                        inside: Vec::new(),
                    }
                })
                .collect()
        };
        let (old, new) = (columns(old), columns(new));
        let identity = || (0..old.len()).map(|at| Step::Pair(at, at)).collect();
        let heads = |seen: &[Seen]| seen.iter().map(|seen| seen.hash).collect::<Vec<_>>();
        let (old_keys, new_keys) = (heads(&old), heads(&new));
        if old_keys == new_keys {
            return identity();
        }
        let steps = self.align(&old, &new, &old_keys, &new_keys);
        // A table whose columns all are others has other text, not other columns.
        let pairs = steps.iter().filter(|step| matches!(step, Step::Pair(..))).count();
        if old.len() == new.len() && pairs * 2 < old.len() {
            return identity();
        }
        steps
    }
}

/// Whether two blocks that stand alone between what is the same are versions of each other without
/// having much in common.
fn only_choice(a: &Seen, b: &Seen) -> bool {
    let (old, new) = (&a.part, &b.part);
    if old.kind != new.kind {
        return false;
    }
    match old.kind {
        Kind::Field => old.get("name") == new.get("name"),
        Kind::FrontMatter | Kind::Table | Kind::List | Kind::Row | Kind::Cell => true,
        Kind::Heading => old.get("level") == new.get("level"),
        Kind::Directive => old.get("name") == new.get("name"),
        // An image, a word: there is nothing else that could be the same.
        _ => a.bag.len() <= 3 && b.bag.len() <= 3 && old.kind != Kind::Line,
    }
}

/// How good it is to take a block for the new version of another one; 0 where it is none.
fn score(old: &Seen, new: &Seen) -> usize {
    use Kind::{
        Alert, Directive, Field, FrontMatter, Heading, Label, Line, Paragraph, Quote, Term,
    };
    let (a, b) = (old.part.kind, new.part.kind);
    let text = |kind| matches!(kind, Paragraph | Heading | Label | Term);
    let wrapped = |kind| matches!(kind, Quote | Alert | Directive);
    if a != b && !(text(a) && text(b)) && !(wrapped(a) && wrapped(b)) {
        return 0;
    }
    match a {
        Field => return usize::from(old.part.get("name") == new.part.get("name")) * 1000,
        FrontMatter => return 1000,
        _ => {}
    }
    let common = common(&old.bag, &new.bag);
    let alike = (common * 200).checked_div(old.bag.len() + new.bag.len()).unwrap_or(100);
    let needed = match a {
        Line => 50,
        Heading | Paragraph | Label | Term => ALIKE,
        Kind::Item | Kind::Cell => ALIKE,
        // What is in these is compared part by part.
        _ => 25,
    };
    let first = |seen: &Seen| seen.inside.first().map(|cell| cell.hash);
    let same_first = a == Kind::Row && first(old) == first(new) && alike >= 10;
    let same_place = a == Heading && old.part.get("id") == new.part.get("id");
    if alike < needed && !same_first && !same_place {
        return 0;
    }
    // As much text as possible, and of two equally good ones that of the same kind.
    common * 8 + alike / 25 + usize::from(a == b) * 2 + usize::from(same_first) * 4 + 1
}

/// How many words are looked at when each of some blocks is held beside each of others.
fn cost(old: &[Seen], new: &[Seen]) -> usize {
    let words = |seen: &[Seen]| seen.iter().map(|seen| seen.bag.len() + 1).sum::<usize>();
    words(old).saturating_mul(new.len()).saturating_add(words(new).saturating_mul(old.len()))
}

/// Writes pairs, and what stands between them, as steps.
fn weave(steps: &mut Vec<Step>, (i, j): (Range<usize>, Range<usize>), pairs: Vec<(usize, usize)>) {
    let (mut at_old, mut at_new) = (i.start, j.start);
    for (x, y) in pairs.into_iter().map(|(x, y)| (i.start + x, j.start + y)) {
        steps.extend((at_old..x).map(Step::Old));
        steps.extend((at_new..y).map(Step::New));
        steps.push(Step::Pair(x, y));
        (at_old, at_new) = (x + 1, y + 1);
    }
    steps.extend((at_old..i.end).map(Step::Old));
    steps.extend((at_new..j.end).map(Step::New));
}

/// Pairs in order with the highest sum of scores.
fn assign(n: usize, m: usize, score: impl Fn(usize, usize) -> usize) -> Vec<(usize, usize)> {
    let width = m + 1;
    // `best[i * width + j]`: of the first `i` and `j`.
    let mut best = vec![0_usize; (n + 1) * width];
    let mut scores = vec![0_usize; n * m];
    let get = |table: &[usize], at: usize| table.get(at).copied().unwrap_or(0);
    for i in 0..n {
        for j in 0..m {
            let own = score(i, j);
            if let Some(slot) = scores.get_mut(i * m + j) {
                *slot = own;
            }
            let skip = get(&best, i * width + j + 1).max(get(&best, (i + 1) * width + j));
            let take = if own == 0 { 0 } else { get(&best, i * width + j) + own };
            if let Some(slot) = best.get_mut((i + 1) * width + j + 1) {
                *slot = skip.max(take);
            }
        }
    }
    let mut pairs = Vec::new();
    let (mut i, mut j) = (n, m);
    while i > 0 && j > 0 {
        let here = get(&best, i * width + j);
        let own = get(&scores, (i - 1) * m + j - 1);
        if own > 0 && here == get(&best, (i - 1) * width + j - 1) + own {
            pairs.push((i - 1, j - 1));
            i -= 1;
            j -= 1;
        } else if here == get(&best, (i - 1) * width + j) {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    pairs.reverse();
    pairs
}

fn inserted(seen: &Seen) -> Edit {
    Edit::Inserted { change: ChangeId::default(), block: Arc::clone(&seen.part) }
}

fn deleted(seen: &Seen) -> Edit {
    Edit::Deleted { change: ChangeId::default(), block: Arc::clone(&seen.part) }
}

fn changed(old: &Part, new: &Part, inner: Inner) -> Edit {
    let mut changed = Changed {
        change: None,
        reformatted: false,
        old: Shell::of(old),
        new: Shell::of(new),
        inner,
    };
    changed.reformatted = changed.only_looks();
    Edit::Changed(Box::new(changed))
}

/// What became of one block that stands elsewhere now; none where the two have too little in common,
/// or are too large to tell.
pub(super) fn compare_moved(old: &Arc<Part>, new: &Arc<Part>) -> Option<Edit> {
    let outcome = compare_parts(std::slice::from_ref(old), std::slice::from_ref(new));
    let [edit] = <[Edit; 1]>::try_from(outcome.edits).ok()?;
    (!outcome.coarse).then_some(edit)
}
