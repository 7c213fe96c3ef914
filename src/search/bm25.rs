//! BM25 as tantivy computes it (Robertson and Zaragoza, "The Probabilistic Relevance Framework",
//! with Lucene's idf), in `f32`, from what the export holds.

use tantivy::fieldnorm::FieldNormReader;

const K1: f32 = 1.2;
const B: f32 = 0.75;

/// The lengths that the ids of lengths stand for: 0 to 40 are exact, larger ones are rounded down.
pub(super) fn length(id: u8) -> u32 {
    FieldNormReader::id_to_fieldnorm(id)
}

/// The weight of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weight {
    weight: f32,
    average: f32,
}

impl Weight {
    /// The weight of a list of `count` of `total` sections whose field is `average` long.
    pub(super) fn new(count: u32, total: u32, average: f32) -> Self {
        let count = count.min(total);
        let x = ((total - count) as f32 + 0.5) / (count as f32 + 0.5);
        Weight { weight: (1.0 + x).ln() * (1.0 + K1), average }
    }

    /// The score of a section that has the word `times` times in a field of this length.
    pub(super) fn score(self, length_id: u8, times: u32) -> f32 {
        let norm = K1 * (1.0 - B + B * length(length_id) as f32 / self.average);
        let times = times as f32;
        self.weight * (times / (times + norm))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tantivy::query::Bm25Weight;

    proptest::proptest! {
        #[test]
        fn scores_are_those_of_tantivy(
            (count, total) in (1u32..5000).prop_flat_map(|total| (1..=total, proptest::strategy::Just(total))),
            average in 0.5f32..900.0, id in 0u8..200, times in 1u32..90,
        ) {
            let theirs = Bm25Weight::for_one_term(u64::from(count), u64::from(total), average);
            let ours = Weight::new(count, total, average).score(id, times);
            proptest::prop_assert_eq!(ours, theirs.score(id, times));
        }
    }
    use proptest::strategy::Strategy;
}
