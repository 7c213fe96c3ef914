//! Rules that compare what a page says with other pages, or with the files beside it.
//!
//! Such a rule is one file in `rules/` and one line in [`ACROSS`], beside that in [`super::RULES`].
//! It gathers facts of each page by itself, which can be kept, and then judges those of all pages
//! together. How long that takes grows with the number of pages and no faster.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::OwnRule;
use super::options::Options;
use super::page::{Findings, Page};
pub use super::rules::ACROSS;
use crate::base::{Diagnostic, SourcePath, Span};
use crate::config::{OptionValue, Set};
use crate::lint::blocks::SETTINGS;
use crate::lint::ignores;
use crate::markdown::{Document, Link, LinkKind, decode, front_matter_texts, parse_body};

/// Something that a page says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Where.
    pub span: Span,
    /// What it is, in words.
    pub text: String,
    /// What it is, in numbers.
    pub numbers: Vec<u32>,
}

/// Pages with their facts, in the order of their paths, and the files of the project.
pub struct Across<'a> {
    /// Of each page.
    pub pages: &'a [(SourcePath, Vec<Fact>)],
    /// All files, pages and others, sorted.
    pub files: &'a [SourcePath],
    /// The bytes of a file.
    pub read: &'a dyn Fn(&SourcePath) -> Option<Arc<[u8]>>,
}

impl Across<'_> {
    /// The facts in order, with the number of their page.
    pub(crate) fn facts(&self) -> impl Iterator<Item = (usize, &Fact)> {
        let pages = self.pages.iter().enumerate();
        pages.flat_map(|(page, (_, facts))| facts.iter().map(move |fact| (page, fact)))
    }
}

/// A rule that looks at all pages together.
#[derive(Debug)]
pub struct AcrossRule {
    /// Its code, presets and options.
    pub rule: &'static OwnRule,
    /// What of a page is compared.
    pub(super) gather: fn(&Document, &Options<'_>) -> Vec<Fact>,
    /// What is wrong with all of them together. Levels are set afterwards.
    pub(super) judge: fn(&Across<'_>, &Options<'_>) -> Vec<Diagnostic>,
}

/// Whether a rule looks at all pages together.
pub fn is_across(code: &str) -> bool {
    ACROSS.iter().any(|across| across.rule.code.id == code)
}

/// Such a rule with its options.
#[derive(Debug, Clone, Copy)]
pub struct AcrossRun<'a> {
    rule: &'static AcrossRule,
    set: &'a BTreeMap<String, Set<OptionValue>>,
}

impl<'a> AcrossRun<'a> {
    pub(super) fn new(
        rule: &'static AcrossRule,
        set: &'a BTreeMap<String, Set<OptionValue>>,
    ) -> AcrossRun<'a> {
        AcrossRun { rule, set }
    }

    /// Its code.
    pub fn code(&self) -> &'static str {
        self.rule.rule.code.id
    }

    fn options(&self) -> Options<'a> {
        Options { specs: self.rule.rule.options, set: self.set }
    }

    /// What is wrong.
    pub fn judge(&self, across: &Across<'_>) -> Vec<Diagnostic> {
        (self.rule.judge)(across, &self.options())
    }
}

/// The facts of a page for each of some rules. They depend on the bytes, the path, and the options
/// alone.
pub fn gather(runs: &[AcrossRun<'_>], path: &SourcePath, bytes: &[u8]) -> Vec<Vec<Fact>> {
    let document = document(path, bytes);
    if document.unparsed {
        return vec![Vec::new(); runs.len()];
    }
    runs.iter().map(|run| (run.rule.gather)(&document, &run.options())).collect()
}

/// The links of a page that lead to other sites, as they are written, with their places.
pub fn external_links(path: &SourcePath, bytes: &[u8]) -> Vec<(String, Span)> {
    let document = document(path, bytes);
    let is_external = |dest: &str| {
        let lower = dest.get(..8).unwrap_or(dest).to_ascii_lowercase();
        lower.starts_with("http://") || lower.starts_with("https://")
    };
    let links = document.links.iter().filter(|link| is_external(&link.dest));
    links.map(|link| (link.dest.clone(), document.span(&link.range))).collect()
}

/// All links of a page, as they are written, with their places.
pub fn links(path: &SourcePath, bytes: &[u8]) -> Vec<(String, Span)> {
    let document = document(path, bytes);
    let links = document.links.iter().filter(|link| link.kind == LinkKind::Link);
    let place = |link: &Link| document.span(link.dest_range.as_ref().unwrap_or(&link.range));
    links.map(|link| (link.dest.clone(), place(link))).collect()
}

fn document(path: &SourcePath, bytes: &[u8]) -> Document {
    let mut problems = Vec::new();
    let whole = decode(path, bytes, &mut problems);
    let whole = ignores::replace(whole, "\r\n", "\n");
    let (_, start) = front_matter_texts(&whole, &mut problems);
    parse_body(whole.slice(start..whole.text.len()), &SETTINGS).0
}

/// What such a rule finds in a page by itself.
pub(super) fn nothing(_: &Page<'_>, _: &Options<'_>, _: &mut Findings<'_>) {}

/// The file that a link of a page means, if it is one; of an address that begins with `/` what
/// follows.
pub(super) fn linked_file(page: &SourcePath, dest: &str) -> Option<(String, bool)> {
    let path = dest.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() || path.contains(':') || path.starts_with("//") {
        return None;
    }
    let path = crate::base::decode_percent(path);
    match path.strip_prefix('/') {
        Some(rest) => Some((rest.to_owned(), true)),
        None => Some((page.parent().join(&path).ok()?.to_string(), false)),
    }
}

#[cfg(test)]
mod tests;
