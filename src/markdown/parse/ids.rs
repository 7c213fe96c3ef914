//! The ids of headings and terms, as mdBook makes them.

use std::collections::{BTreeMap, BTreeSet};

/// The id that a text asks for.
pub fn from_text(text: &str) -> String {
    let id: String = text
        .trim()
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            c if c.is_alphanumeric() || matches!(c, '_' | '-') => Some(c),
            c if c.is_whitespace() => Some('-'),
            _ => None,
        })
        .collect();
    if id.is_empty() { "section".to_owned() } else { id }
}

/// Makes ids unique among those that it made.
#[derive(Debug, Default)]
pub struct Ids {
    used: BTreeSet<String>,
    /// The next number to try for an id that was used.
    next: BTreeMap<String, u32>,
}

impl Ids {
    /// The id itself, or with the first free number behind it.
    pub fn unique(&mut self, id: String) -> String {
        if self.used.insert(id.clone()) {
            return id;
        }
        let next = self.next.entry(id.clone()).or_insert(1);
        loop {
            let candidate = format!("{id}-{next}");
            *next = next.saturating_add(1);
            if self.used.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_mdbook() {
        assert_eq!(from_text(" `--passes`: add Ünit  tests 🐙 "), "--passes-add-ünit--tests-");
        assert_eq!(from_text("中文標題 CJK_title"), "中文標題-cjk_title");
        assert_eq!(from_text("!?"), "section");
    }

    #[test]
    fn repeats_are_numbered_around_collisions() {
        let mut ids = Ids::default();
        let made: Vec<String> =
            ["a", "a", "a-1", "a", "a-1", "a-2"].map(|id| ids.unique(id.to_owned())).into();
        assert_eq!(made, ["a", "a-1", "a-1-1", "a-2", "a-1-2", "a-2-1"]);
    }
}
