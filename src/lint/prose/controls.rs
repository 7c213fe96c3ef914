//! Comments in the text that switch rules: `vale off`, `vale Style.Rule = NO`.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Which rules are switched off at a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Controls {
    /// All of them.
    pub off: bool,
    /// By style, rule, or `Style.Rule[match]`: true where switched off.
    switched: BTreeMap<String, bool>,
}

impl Controls {
    /// The same, but not off altogether.
    pub(crate) fn but_on(&self) -> Controls {
        Controls { off: false, switched: self.switched.clone() }
    }

    /// Whether a rule is switched off here.
    pub(crate) fn silence(&self, rule: &str) -> bool {
        if self.off {
            return true;
        }
        if self.switched.is_empty() {
            return false;
        }
        let is_off = |name: &str| self.switched.get(name).copied().unwrap_or(false);
        rule.split_once('.').is_some_and(|(style, _)| is_off(style)) || is_off(rule)
    }

    /// Whether a match of a rule is switched off here.
    pub(crate) fn silence_match(&self, rule: &str, found: &str) -> bool {
        !self.switched.is_empty()
            && self.switched.get(&format!("{rule}[{found}]")).copied().unwrap_or(false)
    }

    /// Takes a comment, without its marks and the white space in them; false where it says nothing
    /// to us. `styles` are those of the file.
    pub(crate) fn take(&mut self, comment: &str, styles: &[String]) -> bool {
        let Some(command) = comment.strip_prefix("vale ") else { return false };
        match command {
            "off" => self.off = true,
            "on" => self.off = false,
            _ => {
                let Some((name, value)) = command.rsplit_once(" = ") else { return false };
                let named = command.split_once(" = ");
                if let Some(("style" | "styles", list)) = named {
                    for style in styles {
                        self.switched.insert(style.clone(), true);
                    }
                    for style in list.split(',') {
                        self.switched.insert(style.trim().to_owned(), false);
                    }
                    return true;
                }
                let off = match value {
                    "NO" | "off" => true,
                    "YES" | "on" => false,
                    _ => return false,
                };
                if name.is_empty() {
                    return false;
                }
                match matches_of(name) {
                    Some((rule, matches)) => {
                        for found in matches {
                            self.switched.insert(format!("{rule}[{found}]"), off);
                        }
                    }
                    None => {
                        self.switched.insert(name.to_owned(), off);
                    }
                }
            }
        }
        true
    }
}

/// `Style.Rule["a","b"]`
fn matches_of(name: &str) -> Option<(&str, Vec<String>)> {
    let at = name.find('[')?;
    let (rule, list) = name.split_at(at);
    let list: Vec<String> = serde_json::from_str(list).ok()?;
    rule.contains('.').then_some((rule, list))
}

/// The controls of a file from place to place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Timeline {
    changes: Vec<(usize, Arc<Controls>)>,
    none: Arc<Controls>,
}

impl Timeline {
    /// What holds now.
    pub(crate) fn current(&self) -> &Arc<Controls> {
        self.changes.last().map_or(&self.none, |(_, controls)| controls)
    }

    /// Takes a comment that ends at a place.
    pub(crate) fn take(&mut self, at: usize, comment: &str, styles: &[String]) {
        if !comment.starts_with("vale ") {
            return;
        }
        let mut controls = Controls::clone(self.current());
        if controls.take(comment, styles) {
            self.changes.push((at, Arc::new(controls)));
        }
    }

    /// The same with all places changed.
    pub(crate) fn moved(&self, place: impl Fn(usize) -> usize) -> Timeline {
        let changes = self.changes.iter().map(|(at, c)| (place(*at), Arc::clone(c))).collect();
        Timeline { changes, none: Arc::clone(&self.none) }
    }

    /// What holds at a place.
    pub(crate) fn at(&self, place: usize) -> &Arc<Controls> {
        let before = self.changes.partition_point(|(at, _)| *at <= place);
        match before.checked_sub(1).and_then(|index| self.changes.get(index)) {
            Some((_, controls)) => controls,
            None => &self.none,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_switch_styles_rules_and_matches() {
        let styles = ["A".to_owned(), "B".to_owned()];
        let mut controls = Controls::default();
        let mut take = |comment: &str| controls.take(comment, &styles);
        assert!(take("vale A.One = NO"));
        assert!(take(r#"vale B.Two["x","y"] = NO"#));
        assert!(!take("vale A.One = no"));
        assert!(!take("vale: off"));
        assert!(controls.silence("A.One"));
        assert!(!controls.silence("A.Two"));
        assert!(controls.silence_match("B.Two", "y"));
        assert!(!controls.silence_match("B.Two", "z"));
        assert!(controls.take("vale style = B", &styles));
        assert!(controls.silence("A.Two") && !controls.silence("B.One"));
        assert!(controls.take("vale off", &styles));
        assert!(controls.silence("B.One"));
    }
}
