//! Where a diagnostic is, in the ways that formats count.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::Options;
use super::order::compare;
use super::text::{Text, Texts};
use crate::base::{ContentHash, Diagnostic, SourcePath, Span};

/// A line and a column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub line: usize,
    pub column: usize,
}

/// A place of a file that can be shown.
pub(super) struct Spot {
    /// The path as it is shown.
    pub path: String,
    span: Span,
    text: Option<Rc<Text>>,
}

/// The places of diagnostics.
pub(super) struct Spots<'a> {
    options: Options<'a>,
    texts: Texts<'a>,
    /// The file that was asked for last and its path as it is shown: findings come by file.
    last: RefCell<Option<(SourcePath, String)>>,
}

impl<'a> Spots<'a> {
    pub(super) fn new(
        options: Options<'a>,
        sources: &'a dyn Fn(&SourcePath) -> Option<Arc<str>>,
    ) -> Self {
        Spots { options, texts: Texts::new(sources), last: RefCell::default() }
    }

    /// The place of a span.
    pub(super) fn of(&self, span: &Span) -> Spot {
        Spot { path: self.shown(&span.file), span: span.clone(), text: self.texts.get(&span.file) }
    }

    fn shown(&self, file: &SourcePath) -> String {
        let mut last = self.last.borrow_mut();
        match &*last {
            Some((known, shown)) if known == file => shown.clone(),
            _ => {
                let shown = (self.options.display)(file);
                *last = Some((file.clone(), shown.clone()));
                shown
            }
        }
    }

    /// The place of a diagnostic; none where it has none.
    pub(super) fn primary(&self, diagnostic: &Diagnostic) -> Option<Spot> {
        diagnostic.span().map(|span| self.of(span))
    }
}

impl Spot {
    /// Where it begins, in characters.
    pub(super) fn start(&self) -> At {
        self.at(self.span.start)
    }

    /// One past its end, in characters.
    pub(super) fn end(&self) -> At {
        self.at(self.span.end.max(self.span.start))
    }

    fn at(&self, offset: usize) -> At {
        match &self.text {
            Some(text) => {
                let position = text.position_after(offset);
                At { line: position.line, column: position.column }
            }
            None => At { line: 1, column: 1 },
        }
    }

    /// Where it begins and one past its end, in bytes of the line.
    pub(super) fn bytes(&self) -> (At, At) {
        let at = |offset: usize| match &self.text {
            Some(text) => {
                let offset = text.floor(offset);
                let line = text.lines.line(offset);
                let start = text.content(line).start.min(offset);
                At { line: line + 1, column: offset - start + 1 }
            }
            None => At { line: 1, column: 1 },
        };
        (at(self.span.start), at(self.span.end.max(self.span.start)))
    }

    /// The text there.
    pub(super) fn found(&self) -> &str {
        let Some(text) = &self.text else { return "" };
        text.text.get(text.range(self.span.range())).unwrap_or_default()
    }

    /// How many characters the first line of it has, without its ending.
    pub(super) fn line_length(&self) -> usize {
        let Some(text) = &self.text else { return 0 };
        let line = text.lines.line(text.floor(self.span.start));
        text.text.get(text.content(line)).unwrap_or_default().chars().count()
    }

    /// Its lines without white space that says nothing, and the part before the place: what stays
    /// the same when the text moves.
    fn context(&self) -> (String, String) {
        let Some(text) = &self.text else { return (String::new(), String::new()) };
        let range = text.range(self.span.range());
        let first = text.content(text.lines.line(range.start));
        let last = text.content(text.lines.line(range.end.max(range.start)));
        let plain = |range: Range<usize>| -> String {
            let text = text.text.get(range).unwrap_or_default();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        (plain(first.start..last.end.max(first.start)), plain(first.start..range.start))
    }
}

/// The diagnostics in the order of reports, each with what tells it from others in every run: what
/// is known of it, else rule, file, the text of the line with the place in it. Of several that are
/// alike it tells which one it is.
pub(super) fn with_fingerprints<'d>(
    diagnostics: &'d [Diagnostic],
    options: Options<'_>,
    spots: &Spots,
) -> Vec<(&'d Diagnostic, String)> {
    let known = options.fingerprints.unwrap_or_default();
    let mut sorted: Vec<(&Diagnostic, Option<&String>)> =
        diagnostics.iter().enumerate().map(|(at, found)| (found, known.get(at))).collect();
    sorted.sort_by(|(a, _), (b, _)| compare(a, b));
    let mut seen: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    let short =
        |text: &str| ContentHash::of(text.as_bytes()).to_string().chars().take(32).collect();
    let mut all = Vec::new();
    for (diagnostic, known) in sorted {
        let key = match (known, spots.primary(diagnostic)) {
            (Some(known), _) => known.clone(),
            (None, Some(spot)) => {
                let (line, before) = spot.context();
                let file = &spot.span.file;
                format!("{}\0{file}\0{line}\0{before}\0{}", diagnostic.code, spot.found())
            }
            (None, None) => format!("{}\0\0{}", diagnostic.code, diagnostic.message),
        };
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        let fingerprint = match (known, *count) {
            (Some(known), 1) => known.clone(),
            (_, count) => short(&format!("{key}\0{count}")),
        };
        all.push((diagnostic, fingerprint));
    }
    all
}
