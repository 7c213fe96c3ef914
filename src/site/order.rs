//! The natural order of names: `chapter-2` before `chapter-10`.

use std::cmp::Ordering;

/// Compares names as people order them: runs of digits by value, letters without regard to
/// case. Names that are equal so far are told apart by their bytes, so the order is total.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        match (left.chars().next(), right.chars().next()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (m, n) = (take_digits(&mut left), take_digits(&mut right));
                let (m, n) = (m.trim_start_matches('0'), n.trim_start_matches('0'));
                let order = m.len().cmp(&n.len()).then_with(|| m.cmp(n));
                if order.is_ne() {
                    return order;
                }
            }
            (Some(x), Some(y)) => {
                let order = x.to_lowercase().cmp(y.to_lowercase());
                if order.is_ne() {
                    return order;
                }
                left = left.get(x.len_utf8()..).unwrap_or_default();
                right = right.get(y.len_utf8()..).unwrap_or_default();
            }
        }
    }
}

fn take_digits<'a>(text: &mut &'a str) -> &'a str {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    digits
}

#[cfg(test)]
mod tests {
    use super::natural;

    #[test]
    fn numbers_count_by_value_and_case_does_not_count() {
        let mut names = vec!["b10", "B9", "a", "b010", "b", "Ä", "10", "9", "b9x", ""];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["", "9", "10", "a", "b", "B9", "b9x", "b010", "b10", "Ä"]);
    }

    #[test]
    fn a_number_longer_than_any_integer_is_a_number() {
        let long = format!("v{}", "9".repeat(60));
        assert!(natural("v10", &long).is_lt());
        assert!(natural(&format!("{long}0"), &long).is_gt());
    }
}
