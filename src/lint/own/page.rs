//! What a rule sees of a page, made once for all rules, and what it hands back.

use std::cell::OnceCell;
use std::ops::Range;

use super::terms::Terms;
use super::words::{Word, words};
use crate::base::{Applicability, Code, Diagnostic, Edit, Fix, Severity, Span};
use crate::lint::prose::{Block, PieceText, sentences};
use crate::lint::schema::{Schemas, Violation};
use crate::markdown::{Document, Heading, Mapped, NodeKind, WrittenFrontMatter};

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Body,
    Heading,
    List,
    Quote,
    Cell,
    /// Alternative text of an image.
    Alt,
    Other,
}

/// A stretch of prose. Code, addresses and machinery are asterisks in it.
#[derive(Debug)]
pub(crate) struct Text {
    pub kind: Kind,
    pieces: PieceText,
    sentences: OnceCell<Vec<Range<usize>>>,
    words: OnceCell<Vec<Word>>,
}

impl Text {
    fn of(block: &Block) -> Text {
        let scope = &*block.scope;
        let is = |name: &str| scope.starts_with(name);
        let kind = if is("text.heading") {
            Kind::Heading
        } else if is("text.list") {
            Kind::List
        } else if is("text.blockquote") {
            Kind::Quote
        } else if is("text.table") {
            Kind::Cell
        } else if is("text.attr.alt") {
            Kind::Alt
        } else if block.body {
            Kind::Body
        } else {
            Kind::Other
        };
        let mut pieces = block.text.clone();
        for range in machinery(&pieces.text) {
            pieces.mask(range);
        }
        Text { kind, pieces, sentences: OnceCell::new(), words: OnceCell::new() }
    }

    /// The text.
    pub(crate) fn str(&self) -> &str {
        &self.pieces.text
    }

    /// A part of it.
    pub(crate) fn get(&self, range: Range<usize>) -> &str {
        self.pieces.text.get(range).unwrap_or_default()
    }

    /// Its sentences.
    pub(crate) fn sentences(&self) -> &[Range<usize>] {
        self.sentences.get_or_init(|| sentences(&self.pieces.text))
    }

    /// Its words.
    pub(crate) fn words(&self) -> &[Word] {
        self.words.get_or_init(|| words(&self.pieces.text))
    }

    /// Where a part stands in the text of the document.
    pub(crate) fn source(&self, range: Range<usize>) -> Range<usize> {
        self.pieces.source(range).unwrap_or(0..0)
    }
}

/// Templating that other tools put into prose: `{{ var }}`, `{% hint %}`, `{#- comment -#}`,
/// attributes `{.class}`.
fn machinery(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('{')).map(|o| o + at) {
        let rest = text.get(open..).unwrap_or_default();
        let close = [("{{", "}}"), ("{%", "%}"), ("{#", "}"), ("{:", "}"), ("{.", "}")]
            .iter()
            .find(|(start, _)| rest.starts_with(start))
            .and_then(|(_, end)| rest.find(end).map(|found| open + found + end.len()));
        match close {
            Some(end) => {
                found.push(open..end);
                at = end;
            }
            None => at = open + 1,
        }
    }
    found
}

/// The file of a page as a whole, with its front matter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole<'a> {
    /// Its text, with line feeds alone.
    pub text: &'a Mapped,
    /// Its path as globs name it.
    pub relative: &'a str,
    /// The schemas of the project.
    pub schemas: &'a Schemas,
    /// The address of the published site, without a slash at its end.
    pub site: Option<&'a str>,
}

/// A page.
#[derive(Debug)]
pub(crate) struct Page<'a> {
    /// The parsed page.
    pub document: &'a Document,
    /// The title that front matter gives it.
    pub title: Option<&'a str>,
    /// Its prose, in the order of the page.
    pub texts: Vec<Text>,
    /// The words of the project.
    pub terms: &'a Terms,
    /// Its file.
    pub whole: Whole<'a>,
    front_matter: OnceCell<Option<WrittenFrontMatter>>,
    violations: OnceCell<Vec<Violation>>,
}

impl<'a> Page<'a> {
    pub(super) fn new(
        document: &'a Document,
        title: Option<&'a str>,
        blocks: &[Block],
        terms: &'a Terms,
        whole: Whole<'a>,
    ) -> Self {
        let texts = blocks.iter().map(Text::of).collect();
        let (front_matter, violations) = (OnceCell::new(), OnceCell::new());
        Page { document, title, texts, terms, whole, front_matter, violations }
    }

    /// Its front matter as it is written; none where it has none.
    pub(crate) fn front_matter(&self) -> Option<&WrittenFrontMatter> {
        self.front_matter.get_or_init(|| WrittenFrontMatter::read(self.whole.text)).as_ref()
    }

    /// What its front matter says that the schemas do not allow.
    pub(crate) fn violations(&self) -> &[Violation] {
        self.violations.get_or_init(|| {
            let Whole { text, relative, schemas, .. } = self.whole;
            schemas.ask(relative, text, self.front_matter())
        })
    }

    /// The headings that make the outline of the page: not those of quotes, which are titles of
    /// what is quoted or set apart.
    pub(crate) fn outline(&self) -> Vec<&'a Heading> {
        let quotes = self.document.nodes.iter().enumerate().filter_map(|(at, node)| {
            (node.kind == NodeKind::BlockQuote).then_some(at..node.end as usize)
        });
        let quotes: Vec<Range<usize>> = quotes.collect();
        let quoted = |heading: &&Heading| {
            let before = quotes.partition_point(|quote| quote.start <= heading.node as usize);
            quotes.iter().take(before).any(|quote| quote.contains(&(heading.node as usize)))
        };
        self.document.headings.iter().filter(|heading| !quoted(heading)).collect()
    }

    /// The part of the page's text.
    pub(crate) fn written(&self, range: Range<usize>) -> &str {
        self.document.text.get(range).unwrap_or_default()
    }
}

/// A finding with its place in the text of the document, which decides whether it is silenced.
pub(crate) struct Found {
    pub at: usize,
    pub diagnostic: Diagnostic,
    /// The last day on which it is none yet, as `2026-11-29`; none for findings of every day.
    pub after: Option<String>,
}

/// Where a rule puts what it finds.
pub(crate) struct Findings<'a> {
    pub(super) document: &'a Document,
    pub(super) whole: &'a Mapped,
    pub(super) code: &'static Code,
    pub(super) level: Severity,
    pub(super) found: Vec<Found>,
}

impl Findings<'_> {
    /// A finding at a part of a text.
    pub(crate) fn text(&mut self, text: &Text, range: Range<usize>, message: impl Into<String>) {
        self.at(text.source(range), message);
    }

    /// A finding at a range of the document's text.
    pub(crate) fn at(&mut self, range: Range<usize>, message: impl Into<String>) {
        let spans = self.document.pieces.resolve(range.clone());
        let span = match (spans.first(), spans.last()) {
            (Some(first), Some(last)) if first.file == last.file => {
                Span::new(first.file.clone(), first.start..last.end.max(first.start))
            }
            (Some(first), _) => first.clone(),
            _ => Span::start_of(self.document.source.clone()),
        };
        let diagnostic = Diagnostic::new(self.code, message).severity(self.level).at(span);
        self.found.push(Found { at: range.start, diagnostic, after: None });
    }

    /// A finding at a range of the text of the file, front matter included.
    pub(crate) fn whole(&mut self, range: Range<usize>, message: impl Into<String>) {
        let span = self.whole.span(range);
        let diagnostic = Diagnostic::new(self.code, message).severity(self.level).at(span);
        self.found.push(Found { at: 0, diagnostic, after: None });
    }

    /// Says that the finding before is one only after a day, such as `2026-11-29`. What is found
    /// is kept, so it must not depend on the clock.
    pub(crate) fn only_after(&mut self, day: &str) {
        if let Some(last) = self.found.last_mut() {
            last.after = Some(day.to_owned());
        }
    }

    /// Offers a text in place of a range of the text of the file, where that stands there as it
    /// is.
    pub(crate) fn replace_whole(&mut self, title: &str, range: Range<usize>, text: &str) {
        // An insertion is made where the text around it stands in the file as it is.
        let around = match range.is_empty() {
            true => range.start.saturating_sub(1)..(range.end + 1).min(self.whole.text.len()),
            false => range.clone(),
        };
        if self.whole.pieces.is_verbatim(around)
            && let Some(last) = self.found.last_mut()
        {
            let edits = vec![Edit { span: self.whole.span(range), text: text.to_owned() }];
            let applicability = Applicability::Suggested;
            last.diagnostic.fix = Some(Fix { title: title.to_owned(), applicability, edits });
        }
    }

    /// Says what to do about the finding before.
    pub(crate) fn help(&mut self, help: impl Into<String>) {
        if let Some(last) = self.found.last_mut() {
            last.diagnostic.help = Some(help.into());
        }
    }

    /// Points at a second place for the finding before.
    pub(crate) fn label(&mut self, range: &Range<u32>, text: &str) {
        let span = self.document.span(range);
        self.label_at(span, text);
    }

    /// The same for a place in any file.
    pub(crate) fn label_at(&mut self, span: Span, text: &str) {
        if let Some(last) = self.found.pop() {
            let diagnostic = last.diagnostic.label(span, text);
            self.found.push(Found { diagnostic, ..last });
        }
    }

    /// Offers a text in place of a range, where that stands in the file as it is.
    pub(crate) fn replace(
        &mut self,
        range: Range<usize>,
        text: &str,
        applicability: Applicability,
    ) {
        if !self.document.pieces.is_verbatim(range.clone()) {
            return;
        }
        let Some(span) = self.document.pieces.span(range) else { return };
        let title = match text.is_empty() {
            true => "remove it".to_owned(),
            false => format!("write `{text}`"),
        };
        let edits = vec![Edit { span, text: text.to_owned() }];
        if let Some(last) = self.found.last_mut() {
            last.diagnostic.fix = Some(Fix { title, applicability, edits });
        }
    }
}
