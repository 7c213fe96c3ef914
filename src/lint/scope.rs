//! Which blocks a rule looks at, in Vale's language of scopes.
//!
//! A block's scope is a list of parts, `text.heading.h1.md`. A selector is a list too, and matches
//! where all of its parts are among those of the block, in whatever order. `~` negates, `&` joins
//! conditions, and of several selectors one is enough.

/// A condition on a block's scope.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    parts: Vec<String>,
    negated: bool,
}

/// The scopes of a rule: alternatives of joined conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selector {
    alternatives: Vec<Vec<Condition>>,
}

/// Inline elements that have a scope of their own, beside `text`.
pub(crate) const INLINES: [&str; 4] = ["code", "emphasis", "link", "strong"];

impl Selector {
    /// Reads selectors. An error is one that cannot be meant.
    pub(crate) fn new<'t>(selectors: impl IntoIterator<Item = &'t str>) -> Result<Self, String> {
        let mut alternatives = Vec::new();
        for selector in selectors {
            let mut conditions = Vec::new();
            for condition in selector.split('&') {
                let condition = condition.trim();
                let (negated, name) = match condition.strip_prefix('~') {
                    Some(name) => (true, name.trim_start()),
                    None => (false, condition),
                };
                if name.starts_with("doc(") {
                    return Err(format!("selections, as in `{name}`, are not supported"));
                }
                if name.contains(char::is_whitespace) {
                    return Err(format!("the scope `{name}` has a space in it"));
                }
                let parts = name.split('.').map(str::to_owned).collect();
                conditions.push(Condition { parts, negated });
            }
            alternatives.push(conditions);
        }
        Ok(Selector { alternatives })
    }

    /// Whether a block of this scope is looked at.
    pub(crate) fn matches(&self, scope: &str) -> bool {
        let parts: Vec<&str> = scope.split('.').collect();
        let sized = parts.first().is_some_and(|first| matches!(*first, "raw" | "summary"));
        // Links and the like are looked at by those who ask for them by name.
        let inline = parts.first().is_some_and(|first| INLINES.contains(first));
        self.alternatives.iter().any(|conditions| {
            let named = !inline
                || conditions.iter().any(|condition| {
                    !condition.negated && condition.parts.iter().any(|part| part == parts[0])
                });
            named
                && conditions.iter().all(|condition| {
                    let holds = condition.parts.iter().all(|part| parts.contains(&part.as_str()));
                    if condition.negated { !holds && !sized } else { holds }
                })
        })
    }

    /// Whether any condition names this part.
    pub(crate) fn names(&self, part: &str) -> bool {
        let conditions = self.alternatives.iter().flatten();
        conditions.into_iter().any(|condition| condition.parts.iter().any(|other| other == part))
    }
}

/// Parts of scopes that no file has as a whole.
const PARTS: [&str; 10] = [
    "text",
    "heading",
    "paragraph",
    "sentence",
    "list",
    "blockquote",
    "table",
    "summary",
    "frontmatter",
    "figure",
];

impl Selector {
    /// Whether it can look at a file as it is written, whose scope is `raw` and its extension.
    pub(crate) fn reaches_raw(&self) -> bool {
        self.alternatives.iter().any(|conditions| {
            conditions.iter().all(|condition| {
                let mut parts = condition.parts.iter().map(String::as_str);
                !condition.negated && !parts.any(|part| PARTS.contains(&part))
            })
        })
    }

    /// Whether it looks at files as they are written and at nothing else.
    pub(crate) fn is_raw(&self) -> bool {
        self.alternatives.iter().all(|conditions| {
            conditions.iter().any(|condition| {
                !condition.negated && condition.parts.iter().any(|part| part == "raw")
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Selector;

    #[test]
    fn knows_who_looks_at_whole_files() {
        let looks = |selectors: &[&str]| {
            let selector = Selector::new(selectors.iter().copied()).unwrap();
            (selector.reaches_raw(), selector.is_raw())
        };
        assert_eq!(looks(&["text"]), (false, false));
        assert_eq!(looks(&["raw"]), (true, true));
        assert_eq!(looks(&["raw.md", "raw & md"]), (true, true));
        assert_eq!(looks(&["raw", "heading"]), (true, false));
        assert_eq!(looks(&["md"]), (true, false));
        assert_eq!(looks(&["~raw"]), (false, false));
        assert_eq!(looks(&["~heading"]), (false, false));
    }

    fn matches(selectors: &[&str], scope: &str) -> bool {
        Selector::new(selectors.iter().copied()).unwrap().matches(scope)
    }

    #[test]
    fn parts_in_any_order_joined_negated_and_listed() {
        assert!(matches(&["text"], "text.heading.h1.md"));
        assert!(matches(&["md.heading"], "text.heading.h1.md"));
        assert!(!matches(&["heading.h2"], "text.heading.h1.md"));
        assert!(matches(&["~heading & ~list"], "text.md"));
        assert!(!matches(&["~heading & ~list"], "text.list.md"));
        assert!(matches(&["~heading", "~list"], "text.list.md"));
        assert!(matches(&["paragraph & ~sentence"], "paragraph.text.md"));
    }

    #[test]
    fn negation_reaches_neither_raw_nor_links() {
        assert!(!matches(&["~heading"], "raw.md"));
        assert!(!matches(&["~heading"], "link.md"));
        assert!(!matches(&["text"], "link.md"));
        assert!(matches(&["link"], "link.md"));
    }

    #[test]
    fn spaces_are_mistakes() {
        assert!(Selector::new(["heading h1"]).is_err());
    }
}
