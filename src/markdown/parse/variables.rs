//! `{{ var.name }}` stands for a value of `[vars]`.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::Options;

use super::super::codes;
use super::mapped::{Mapped, MappedBuilder};
use super::opaque;
use crate::base::{Diagnostic, nearest};
use crate::config::Set;

/// Replaces the declared variables of a text, except in code.
pub fn replace(
    text: Mapped,
    variables: &BTreeMap<String, Set<String>>,
    options: Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> Mapped {
    if variables.is_empty() || (References { text: &text.text, at: 0 }).next().is_none() {
        return text;
    }
    let code = opaque::find(&text.text, options).code;
    let mut out = MappedBuilder::default();
    let mut done = 0;
    for (range, name) in (References { text: &text.text, at: 0 }) {
        if code.contain(range.start) {
            continue;
        }
        let place = text.span(range.clone());
        if let Some(variable) = variables.get(name) {
            out.copy(&text, done..range.start);
            out.stand_in(&variable.value, &place);
            done = range.end;
        } else if let Some(meant) = nearest(name, variables.keys().map(String::as_str)) {
            let message = format!("there is no variable `{name}`");
            diagnostics.push(
                Diagnostic::new(&codes::UNKNOWN_VARIABLE, message)
                    .at(place)
                    .help(format!("did you mean `{meant}`?")),
            );
        }
    }
    out.copy(&text, done..text.text.len());
    out.finish(text.file)
}

/// What looks like a variable.
struct References<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for References<'a> {
    type Item = (Range<usize>, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let open = self.at + self.text.get(self.at..)?.find("{{")?;
            self.at = open + 1;
            let before = self.text.get(..open).unwrap_or_default();
            if before.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1 {
                // `\{{ var.x }}` is text, as the parser has it.
                self.at = open + 2;
                continue;
            }
            let inner = self.text.get(open + 2..)?;
            let Some(rest) = inner.trim_start_matches([' ', '\t']).strip_prefix("var.") else {
                continue;
            };
            let length = rest
                .bytes()
                .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
                .count();
            let Some((name, after)) = rest.split_at_checked(length) else { continue };
            let Some(after) = after.trim_start_matches([' ', '\t']).strip_prefix("}}") else {
                continue;
            };
            if name.is_empty() {
                continue;
            }
            self.at = self.text.len() - after.len();
            return Some((open..self.at, name));
        }
    }
}
