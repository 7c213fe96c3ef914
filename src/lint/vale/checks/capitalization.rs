//! `capitalization`: headings in one case.

use super::super::action::Action;
use super::super::rule_file::{Build, Problem};
use super::super::vocabulary::Exceptions;
use super::{Alert, Check, RuleState, View};
use crate::lint::casing::{Casing, TitleStyle, capitalized};
use crate::lint::pattern::{Pattern, Phrases};

#[derive(Debug)]
enum Case {
    Lower,
    Upper,
    Sentence,
    Title(TitleStyle),
    /// A pattern that must be found, and how it is written.
    Pattern(Pattern, String),
}

#[derive(Debug)]
struct Capitalization {
    case: Case,
    casing: Casing,
    /// The words that are compared: those excepted as they are, then any.
    tokens: Phrases,
    exceptions: Exceptions,
    threshold: f64,
    replaces: bool,
}

pub(super) fn build(build: &mut Build) -> Result<Box<dyn Check>, Problem> {
    let wanted = build.text("match")?.unwrap_or_default();
    let style = build.text("style")?.unwrap_or_default();
    let case = match wanted.as_str() {
        "$lower" => Case::Lower,
        "$upper" => Case::Upper,
        "$sentence" => Case::Sentence,
        "$title" if style == "Chicago" => Case::Title(TitleStyle::Chicago),
        "$title" => Case::Title(TitleStyle::Ap),
        pattern => {
            let compiled = Pattern::new(pattern).map_err(|why| build.bad_pattern("match", &why))?;
            Case::Pattern(compiled, pattern.to_owned())
        }
    };
    let prefix = match build.text("prefix")? {
        Some(prefix) if !prefix.is_empty() => {
            Some(Pattern::new(&prefix).map_err(|why| build.bad_pattern("prefix", &why))?)
        }
        _ => None,
    };
    let indicators: Vec<String> =
        build.list("indicators")?.into_iter().map(|item| item.text).collect();
    let threshold = build.number("threshold")?.filter(|number| *number > 0.0).unwrap_or(0.8);
    let words = build.exception_words()?;
    let exceptions = build.exceptions(true)?;
    let tokens = Phrases::new(&words, false);
    let replaces = build.action().name == "replace" && build.action().params.is_empty();
    let casing = Casing::new(&words, &indicators, prefix);
    Ok(Box::new(Capitalization { case, casing, tokens, exceptions, threshold, replaces }))
}

impl Capitalization {
    /// What is expected, and whether the text is that.
    fn judge(&self, text: &str) -> (String, bool) {
        match &self.case {
            Case::Lower => {
                let expected = text.to_lowercase();
                let right = expected == text || self.exceptions.is_in(text);
                (expected, right)
            }
            Case::Upper => {
                let expected = text.to_uppercase();
                let right = expected == text || self.exceptions.is_in(text);
                (expected, right)
            }
            Case::Pattern(pattern, source) => {
                let right = pattern.is_match(text) || self.exceptions.is_in(text);
                (source.clone(), right)
            }
            Case::Title(style) => {
                let expected = self.casing.title(text, *style);
                let right = self.share(text, &expected, |_, word| word == word.to_uppercase());
                (expected, right.is_none_or(|share| share >= self.threshold))
            }
            Case::Sentence => {
                let expected = self.casing.sentence(text);
                let mut fails = false;
                let share = self.share(text, &expected, |index, word| {
                    fails |= index == 0 && word != capitalized(&word.to_lowercase());
                    false
                });
                let right = !fails && share.is_none_or(|share| share >= self.threshold);
                (expected, right)
            }
        }
    }

    /// The share of words that are as expected; `other` may accept one that is not. None where
    /// there are no words.
    #[allow(clippy::cast_precision_loss)] // words of a heading
    fn share(
        &self,
        text: &str,
        expected: &str,
        mut other: impl FnMut(usize, &str) -> bool,
    ) -> Option<f64> {
        if text == expected {
            return Some(1.0);
        }
        let tokens = |text: &str| -> Vec<String> {
            let ranges = self.tokens.find_all(text).into_iter();
            ranges.filter_map(|range| text.get(range).map(str::to_owned)).collect()
        };
        let expected = tokens(expected);
        let words = tokens(text);
        let right = words
            .iter()
            .enumerate()
            .filter(|(index, word)| match expected.get(*index) {
                Some(expected) => {
                    *word == expected || self.exceptions.is_in(word) || other(*index, word)
                }
                None => true,
            })
            .count();
        (!words.is_empty()).then(|| right as f64 / words.len() as f64)
    }
}

impl Check for Capitalization {
    fn run(&self, view: &View, _: &mut RuleState) -> Vec<Alert> {
        let (expected, right) = self.judge(view.text);
        if right {
            return Vec::new();
        }
        let mut alert = Alert::at(0..view.text.len());
        if self.replaces && matches!(self.case, Case::Sentence | Case::Title(_)) {
            let params = vec![expected.clone()];
            alert.action = Some(Action::new("replace", params));
        }
        vec![alert.with(vec![view.text.to_owned(), expected])]
    }
}
