//! "Did you mean": the candidate nearest to a name that does not exist.

/// The candidate that `name` was probably meant to be, or none where nothing is near enough:
/// at most a third of the characters may differ. Ties go to the first candidate in order.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    let limit = (length / 3).max(1);
    let folded = name.to_lowercase();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate.chars().count().abs_diff(length) > limit {
            continue;
        }
        // A name that differs only in case is the best guess there is.
        let distance = if candidate.to_lowercase() == folded {
            0
        } else {
            strsim::damerau_levenshtein(name, candidate)
        };
        if distance <= limit && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_the_typo_and_refuses_the_stranger() {
        let names = ["title", "authors", "language", "src"];
        assert_eq!(nearest("titel", names), Some("title"));
        assert_eq!(nearest("Language", names), Some("language"));
        assert_eq!(nearest("theme", names), None);
        assert_eq!(nearest("scr", names), Some("src"));
    }
}
