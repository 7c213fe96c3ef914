//! What a rule says about mending its finding.

use std::sync::Arc;

use crate::lint::pattern::Pattern;

/// `action:` of a rule.
#[derive(Debug, Clone, Default)]
pub(crate) struct Action {
    /// `replace`, `remove`, `edit`, `suggest`, `convert`; empty where there is none.
    pub name: String,
    /// What it takes.
    pub params: Vec<String>,
    /// What `edit` by `regex` looks for.
    pattern: Option<Arc<Pattern>>,
}

impl Action {
    /// An action; a pattern that cannot be read edits nothing.
    pub(crate) fn new(name: impl Into<String>, params: Vec<String>) -> Action {
        let name = name.into();
        let pattern = match (name.as_str(), params.as_slice()) {
            ("edit", [kind, pattern, _]) if kind == "regex" => Pattern::new(pattern).ok(),
            _ => None,
        };
        Action { name, params, pattern: pattern.map(Arc::new) }
    }

    /// The texts that may stand in place of what was found; none where the action does not say.
    pub(crate) fn texts(&self, found: &str) -> Vec<String> {
        match self.name.as_str() {
            "replace" => self.params.clone(),
            "remove" => vec![String::new()],
            "edit" => self.edit(found).map(|text| text.trim().to_owned()).into_iter().collect(),
            "convert" if self.params.first().is_some_and(|kind| kind == "simple") => {
                vec![simple(found)]
            }
            _ => Vec::new(),
        }
    }

    fn edit(&self, found: &str) -> Option<String> {
        let params: Vec<&str> = self.params.iter().map(String::as_str).collect();
        let set = |chars: &str| chars.chars().collect::<Vec<char>>();
        Some(match params.as_slice() {
            ["regex", _, replacement] => self.pattern.as_ref()?.replace_all(found, replacement),
            ["trim_right", chars] => found.trim_end_matches(set(chars).as_slice()).to_owned(),
            ["trim_left", chars] => found.trim_start_matches(set(chars).as_slice()).to_owned(),
            ["trim", chars] => found.trim_matches(set(chars).as_slice()).to_owned(),
            ["remove", chars] => found.chars().filter(|c| !chars.contains(*c)).collect(),
            ["truncate", mark] => found.split(mark).next()?.to_owned(),
            ["split", mark, index] => found.split(mark).nth(index.parse().ok()?)?.to_owned(),
            _ => return None,
        })
    }
}

/// `camelCase` and `snake_case` as words.
fn simple(text: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in text.chars() {
        let word = c.is_alphanumeric();
        if (before.is_lowercase() && c.is_uppercase()) || !word {
            out.push(' ');
        }
        if word {
            out.extend(c.to_lowercase());
        }
        before = c;
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::Action;

    fn texts(params: &[&str], found: &str) -> Vec<String> {
        let params = params.iter().map(|param| (*param).to_owned()).collect();
        Action::new("edit", params).texts(found)
    }

    #[test]
    fn edits() {
        assert_eq!(texts(&["trim_right", "."], "cache.."), ["cache"]);
        assert_eq!(texts(&["regex", r"(\w+) \w+", "$1"], "the the"), ["the"]);
        assert_eq!(texts(&["truncate", " "], "the the"), ["the"]);
        assert_eq!(texts(&["split", "-", "1"], "a-b"), ["b"]);
        assert_eq!(texts(&["remove", "!"], "a!b!"), ["ab"]);
        assert!(texts(&["split", "-", "9"], "a-b").is_empty());
        let convert = Action::new("convert", vec!["simple".into()]);
        assert_eq!(convert.texts("someThing_else"), ["some thing else"]);
    }
}
