//! The forms that stand in batches, each with a number: what is to be found out of a form, as its
//! place among the others and its stem, is found out once, in however many batches it stands, and in
//! however many versions of a site.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::fast::RandomState;

use super::batch::Batch;
use super::vocabulary::{self, Stems};

/// The forms of a language.
#[derive(Debug)]
pub struct Forms {
    /// No other table has it.
    id: u64,
    language: String,
    texts: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32, RandomState>,
    /// The number of each form's stem; those of the last forms may be missing.
    stems: Vec<u32>,
    stem_numbers: HashMap<Box<str>, u32, RandomState>,
    /// The numbers of the forms that have stems, in the order of the forms.
    sorted: Vec<u32>,
}

/// The numbers of the forms of a batch, in their order there.
#[derive(Debug, Clone)]
pub struct FormNumbers {
    table: u64,
    pub(super) numbers: Arc<[u32]>,
}

/// How many forms are looked at in one piece.
const PIECE: usize = if cfg!(test) { 3 } else { 4_000 };

/// What has been found out of some forms.
#[derive(Debug)]
pub struct FormPiece {
    stems: Vec<Box<str>>,
    /// Their numbers, in the order of the forms.
    sorted: Vec<u32>,
}

/// A form that is sorted: heads stand side by side in memory, texts do not.
struct Keyed<'f> {
    head: u64,
    text: &'f str,
    number: u32,
}

impl Keyed<'_> {
    fn order(&self, other: &Self) -> std::cmp::Ordering {
        self.head.cmp(&other.head).then_with(|| vocabulary::order(self.text, other.text))
    }
}

impl Forms {
    /// A table for a language as `book.language` has it.
    pub fn of(language: &str) -> Forms {
        static TABLES: AtomicU64 = AtomicU64::new(0);
        Forms {
            id: TABLES.fetch_add(1, Ordering::Relaxed),
            language: language.to_owned(),
            texts: Vec::new(),
            numbers: HashMap::default(),
            stems: Vec::new(),
            stem_numbers: HashMap::default(),
            sorted: Vec::new(),
        }
    }

    /// The language, as `book.language` has it.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// Whether numbers are those of this table.
    pub fn has(&self, numbers: &FormNumbers) -> bool {
        numbers.table == self.id
    }

    /// The numbers of the forms of a batch. New ones are added.
    pub fn number(&mut self, batch: &Batch) -> FormNumbers {
        let numbers = batch.forms().map(|form| match self.numbers.get(form) {
            Some(number) => *number,
            None => {
                let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
                let text: Arc<str> = Arc::from(form);
                self.texts.push(Arc::clone(&text));
                self.numbers.insert(text, number);
                number
            }
        });
        FormNumbers { numbers: numbers.collect(), table: self.id }
    }

    /// The new forms in pieces, of which what is to be known can be found out side by side, for
    /// [`Forms::settle`].
    pub fn pieces(&self) -> Vec<Range<usize>> {
        let (known, all) = (self.stems.len(), self.texts.len());
        (known..all).step_by(PIECE).map(|start| start..all.min(start + PIECE)).collect()
    }

    /// What is to be known of the forms of a piece.
    pub fn piece(&self, piece: Range<usize>) -> FormPiece {
        let stems = Stems::of(&self.language);
        let texts = self.texts.get(piece.clone()).unwrap_or_default();
        let stems = texts.iter().map(|form| Box::from(&*stems.stem(form))).collect();
        let numbers = (0u32..).take(piece.end).skip(piece.start);
        let mut keyed: Vec<Keyed<'_>> = numbers.map(|number| self.keyed(number)).collect();
        keyed.sort_unstable_by(Keyed::order);
        FormPiece { stems, sorted: keyed.into_iter().map(|form| form.number).collect() }
    }

    /// Takes up what is known of all pieces, in their order: before the table is used, and after the
    /// last batch has its numbers.
    pub fn settle(&mut self, pieces: Vec<FormPiece>) {
        if pieces.is_empty() {
            return;
        }
        for stem in pieces.iter().flat_map(|piece| &piece.stems) {
            let next = u32::try_from(self.stem_numbers.len()).unwrap_or(u32::MAX);
            let number = match self.stem_numbers.get(stem) {
                Some(number) => *number,
                None => *self.stem_numbers.entry(stem.clone()).or_insert(next),
            };
            self.stems.push(number);
        }
        let new = pieces.iter().flat_map(|piece| &piece.sorted);
        let mut all: Vec<Keyed<'_>> =
            self.sorted.iter().chain(new).map(|number| self.keyed(*number)).collect();
        // A stable sort finds the runs that are sorted already, and merges them.
        all.sort_by(Keyed::order);
        self.sorted = all.into_iter().map(|form| form.number).collect();
    }

    fn keyed(&self, number: u32) -> Keyed<'_> {
        let text = self.texts.get(number as usize).map_or("", |text| text);
        Keyed { head: vocabulary::head(text), text, number }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// How many stems there are.
    pub(super) fn stem_count(&self) -> usize {
        self.stem_numbers.len()
    }

    /// The forms in order: number, text, and the number of the stem.
    pub(super) fn sorted(&self) -> impl Iterator<Item = (u32, &str, u32)> {
        self.sorted.iter().filter_map(|number| {
            let at = *number as usize;
            Some((*number, &**self.texts.get(at)?, *self.stems.get(at)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// However batches come, forms stand in order, each once, with those of the same stem.
        #[test]
        fn a_table_is_the_same_however_it_has_grown(
            batches in proptest::collection::vec(
                proptest::collection::btree_set("walk|walks|walked|é|\u{10000}|\u{ff01}|[a-c]{1,2}", 0..9),
                1..5,
            ),
        ) {
            let made: Vec<Batch> = batches.iter().map(Batch::of_forms).collect();
            let (mut slow, mut fast) = (Forms::of("en"), Forms::of("en"));
            let mut numbers = Vec::new();
            for batch in &made {
                numbers.push(slow.number(batch));
                settle(&mut slow);
            }
            made.iter().for_each(|batch| drop(fast.number(batch)));
            settle(&mut fast);
            proptest::prop_assert!(numbers.iter().all(|of| slow.has(of) && !fast.has(of)));
            let all = |table: &Forms| -> Vec<(u32, String, u32)> {
                table.sorted().map(|(number, text, stem)| (number, text.to_owned(), stem)).collect()
            };
            proptest::prop_assert_eq!(all(&slow), all(&fast));
            let texts: Vec<String> = all(&slow).into_iter().map(|(_, text, _)| text).collect();
            proptest::prop_assert!(texts.is_sorted_by(|a, b| vocabulary::order(a, b).is_lt()));
            let mut expected: Vec<&str> = made.iter().flat_map(Batch::forms).collect();
            expected.sort_by(|a, b| vocabulary::order(a, b));
            expected.dedup();
            proptest::prop_assert_eq!(&texts, &expected);
            for (batch, of) in made.iter().zip(&numbers) {
                let texts = of.numbers.iter().map(|number| &*slow.texts[*number as usize]);
                proptest::prop_assert!(texts.eq(batch.forms()));
            }
            let stem = |form: &str| all(&slow).into_iter().find(|(_, text, _)| text == form);
            if let (Some(a), Some(b)) = (stem("walk"), stem("walked")) {
                proptest::prop_assert_eq!(a.2, b.2);
            }
        }
    }

    fn settle(table: &mut Forms) {
        let pieces = table.pieces().into_iter().map(|piece| table.piece(piece)).collect();
        table.settle(pieces);
    }
}
