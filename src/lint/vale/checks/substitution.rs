//! `substitution`: something to write otherwise.

use super::super::action::Action;
use super::super::message::alternatives;
use super::super::rule_file::{Build, Problem};
use super::super::vocabulary::Exceptions;
use super::{Alert, Check, RuleState, View};
use crate::lint::casing::capitalized;
use crate::lint::pattern::{Pattern, TokenSet};

#[derive(Debug)]
struct Substitution {
    tokens: TokenSet,
    swaps: Vec<Swap>,
    exceptions: Exceptions,
    replaces: bool,
    /// Whether the rule says itself what to replace by.
    own_params: bool,
    capitalize: bool,
    message: String,
}

#[derive(Debug)]
struct Swap {
    value: String,
    /// The key, where the value takes groups of it.
    key: Option<Pattern>,
    /// The value as a pattern of what is right already; none where it is plain text.
    accepts: Option<Pattern>,
}

pub(super) fn build(build: &mut Build) -> Result<Box<dyn Check>, Problem> {
    let mut pairs = build.pairs("swap")?;
    // Of keys that match at one place the longest wins; those of one length in their order.
    pairs.sort_by_key(|(key, _)| std::cmp::Reverse(key.text.len()));
    let ignore_case = build.truth("ignorecase")?.unwrap_or(false);
    let nonword = build.truth("nonword")?.unwrap_or(false);
    let capitalize = build.truth("capitalize")?.unwrap_or(false);
    build.text("pos")?;
    let exceptions = build.exceptions(true)?;
    let replaces = build.action().name == "replace";
    let (keys, values): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
    let tokens = build.token_set(&keys, ignore_case, !nonword, true)?;
    let mut swaps = Vec::new();
    for (key, value) in keys.iter().zip(values) {
        let key = if takes_groups(&value) {
            let flag = if ignore_case { "(?i)" } else { "" };
            Pattern::new(&format!("{flag}{}", key.text)).ok()
        } else {
            None
        };
        let accepts = if replaces || is_plain(&value) {
            None
        } else {
            Pattern::new(&format!("^(?:{value})$")).ok()
        };
        swaps.push(Swap { value, key, accepts });
    }
    let own_params = !build.action().params.is_empty();
    let message = build.message().to_owned();
    let check =
        Substitution { tokens, swaps, exceptions, replaces, own_params, capitalize, message };
    Ok(Box::new(check))
}

/// `$1`
fn takes_groups(value: &str) -> bool {
    value.split('$').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a value is a phrase and no pattern.
fn is_plain(value: &str) -> bool {
    value.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-'))
}

/// `a|b` as its options; an escaped sign is itself.
fn options(value: &str) -> Vec<String> {
    let hidden = value.replace("\\|", "\u{0}");
    let options = hidden.split('|').filter(|option| !option.is_empty());
    options.map(|option| option.replace('\u{0}', "|")).collect()
}

impl Substitution {
    fn expected(&self, swap: &Swap, observed: &str) -> String {
        let value =
            if self.capitalizes(observed) { capitalized(&swap.value) } else { swap.value.clone() };
        match &swap.key {
            Some(key) => key.replace_all(observed, &value),
            None => value,
        }
    }

    fn capitalizes(&self, observed: &str) -> bool {
        self.capitalize && observed.chars().next().is_some_and(char::is_uppercase)
    }
}

impl Check for Substitution {
    fn tokens(&self) -> Option<&TokenSet> {
        Some(&self.tokens)
    }

    fn run(&self, view: &View, state: &mut RuleState) -> Vec<Alert> {
        let (found, stopped) = self.tokens.find(view.text, view.hits, view.base, view.makeup);
        state.stopped |= stopped;
        let mut alerts = Vec::new();
        for found in found {
            let Some(swap) = self.swaps.get(found.token) else { continue };
            let observed = view.text.get(found.range.clone()).unwrap_or_default();
            let mut expected = self.expected(swap, observed);
            let right = if self.replaces {
                options(&expected).iter().any(|option| option == observed)
            } else {
                expected == observed
                    || swap.accepts.as_ref().is_some_and(|accepts| accepts.is_match(observed))
            };
            if right || self.exceptions.cover(view.text, &found.range) {
                continue;
            }
            let mut alert = Alert::at(found.range.clone());
            if self.replaces && !self.own_params {
                let mut params = options(&expected);
                if self.capitalizes(observed) {
                    params.iter_mut().for_each(|param| *param = capitalized(param));
                }
                expected = alternatives(&params);
                alert.action = Some(Action::new("replace", params));
                alert.message = Some(unquoted(&self.message));
            } else {
                expected = recased(expected, observed);
            }
            alerts.push(alert.with(vec![expected, observed.to_owned()]));
        }
        alerts
    }
}

/// The alternatives come with quotes: those of the message would double them.
fn unquoted(message: &str) -> String {
    for verb in ["'%s'", "\"%s\""] {
        if message.matches(verb).count() == 2 {
            return message.replacen(verb, "%s", 1);
        }
    }
    message.to_owned()
}

/// A value that is a pattern of one spelling becomes that spelling: `OAuth2?` for `oauth2` is
/// `OAuth2`.
fn recased(value: String, observed: &str) -> String {
    let mut plain = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(c) if !c.is_alphanumeric() => plain.push(c),
                _ => return value,
            },
            '?' => {}
            '[' | ']' | '(' | ')' | '{' | '}' | '|' | '.' | '*' | '+' | '^' | '$' => return value,
            c => plain.push(c),
        }
    }
    if plain.to_lowercase() == observed.to_lowercase() { plain } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_spellings() {
        assert_eq!(options(r"\||vertical bar"), ["|", "vertical bar"]);
        assert_eq!(recased("Node\\.js".into(), "node.js"), "Node.js");
        assert_eq!(recased("Node\\.js".into(), "nodejs"), "Node\\.js");
        assert_eq!(recased("OAuth2?".into(), "oauth2"), "OAuth2");
        assert!(takes_groups("$2 $1") && !takes_groups("US$"));
    }
}
