//! Excerpts for people, with the place marked.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use annotate_snippets::renderer::{Effects, Renderer, Style};
use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Message, Origin, Padding, Snippet,
};

use super::excerpt::{Excerpt, Mark, excerpts};
use super::harmless::{short, short_lines};
use super::order::{Counts, compare};
use super::text::Texts;
use super::{Options, Report};
use crate::base::{Applicability, Diagnostic, Fix, Position, Severity, SourcePath};

/// Characters of a message, of a label, of a help text that are shown. Messages may quote files.
const MAX_MESSAGE: usize = 500;
const MAX_LABEL: usize = 120;
const MAX_HELP: usize = 2000;

/// Columns that line numbers and the bar beside them take.
const GUTTER: usize = 8;

/// The narrowest width that is reckoned with.
const MIN_WIDTH: usize = 40;

/// The `human` format.
pub struct Human<'a> {
    options: Options<'a>,
}

pub(super) fn report(options: Options<'_>) -> Box<dyn Report + '_> {
    Box::new(Human { options })
}

impl Report for Human<'_> {
    fn write(
        &self,
        diagnostics: &[Diagnostic],
        sources: &dyn Fn(&SourcePath) -> Option<Arc<str>>,
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut shown: Vec<&Diagnostic> = diagnostics.iter().collect();
        shown.sort_by(|a, b| compare(a, b));
        let mut hidden = Vec::new();
        if let Some(max) = self.options.max
            && shown.len() > max
        {
            // The gravest stay, in their order.
            shown.sort_by_key(|d| Reverse(d.severity));
            hidden = shown.split_off(max);
            shown.sort_by(|a, b| compare(a, b));
        }
        let listed = Counts::of(shown.iter().copied());
        let texts = Texts::new(sources);
        let width = self.options.width.max(MIN_WIDTH);
        let renderer = match self.options.color {
            true => Renderer::styled().hyperlink(false),
            false => Renderer::plain(),
        }
        .term_width(width);
        let hidden = match self.options.counts {
            Some(all) => all.without(listed),
            None => Counts::of(hidden),
        };
        let groups: Vec<&[&Diagnostic]> = shown.chunk_by(|a, b| file(a) == file(b)).collect();
        let several = groups.iter().filter(|group| file(group[0]).is_some()).count() > 1;
        for found in groups {
            if several && let Some(file) = file(found[0]) {
                let counts = Counts::of(found.iter().copied());
                // Of a file whose findings are not all shown, nobody is told how many there are.
                let counts = (hidden.total() == 0).then(|| format!(": {counts}"));
                self.heading(file, &counts.unwrap_or_default(), out)?;
            }
            for diagnostic in found {
                let (group, places) = self.group(diagnostic, &texts, width - GUTTER);
                let drawn = renderer.render(&[group]);
                writeln!(out, "{}\n", unseal(&drawn, &places))?;
            }
        }
        if hidden.total() > 0 {
            writeln!(out, "… and {} more ({hidden})\n", hidden.total())?;
        }
        Ok(())
    }
}

impl Human<'_> {
    /// What stands above the findings of a file where there are several.
    fn heading(&self, file: &SourcePath, counts: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let path = short(&(self.options.display)(file), MAX_MESSAGE);
        match self.options.color {
            true => writeln!(out, "{HEADING}{path}{HEADING:#}{counts}\n"),
            false => writeln!(out, "{path}{counts}\n"),
        }
    }

    /// A diagnostic as annotate-snippets takes it, `width` columns of source wide, and the places
    /// for [`unseal`]. All text goes through [`short`], which leaves nothing for a terminal to
    /// obey.
    fn group(
        &self,
        diagnostic: &Diagnostic,
        texts: &Texts<'_>,
        width: usize,
    ) -> (Group<'static>, Vec<String>) {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Advice => Level::INFO.with_name(Severity::Advice.word()),
        };
        let title = level
            .primary_title(short(&diagnostic.message, MAX_MESSAGE))
            .id(short(&diagnostic.code, MAX_LABEL));
        let mut elements: Vec<Element<'static>> = Vec::new();
        let mut messages: Vec<Message<'static>> = Vec::new();
        let mut places = Vec::new();
        let mut ends_with_path = false;
        for (file, marks) in files(diagnostic) {
            let path = short(&(self.options.display)(file), MAX_MESSAGE);
            ends_with_path = false;
            if let Some(text) = texts.get(file) {
                for excerpt in excerpts(&text, marks, width) {
                    let Position { line, column } = excerpt.position;
                    let sealed = format!("{SEAL}{}{SEAL}", places.len());
                    places.push(format!("{path}:{line}:{column}"));
                    elements.push(snippet(excerpt).path(sealed).into());
                }
            } else {
                // The text cannot be shown, what is said about it can.
                if !elements.is_empty() {
                    elements.push(Padding.into());
                }
                elements.push(Origin::path(path).into());
                ends_with_path = true;
                let said = marks.into_iter().map(|mark| mark.text).filter(|said| !said.is_empty());
                messages.extend(said.map(|said| Level::NOTE.message(said)));
            }
        }
        if let Some(help) = &diagnostic.help {
            messages.push(Level::HELP.message(short_lines(help, MAX_HELP)));
        }
        if let Some(fix) = &diagnostic.fix
            && !is_told(fix, diagnostic.help.as_deref())
        {
            let name = match fix.applicability {
                Applicability::Safe => "fix",
                Applicability::Suggested => "suggested fix",
            };
            messages.push(Level::HELP.with_name(name).message(short(&fix.title, MAX_MESSAGE)));
        }
        if let Some(docs) = &diagnostic.docs {
            messages.push(Level::NOTE.with_name("docs").message(short(docs, MAX_MESSAGE)));
        }
        if ends_with_path && !messages.is_empty() {
            elements.push(Padding.into());
        }
        (Group::with_title(title).elements(elements).elements(messages), places)
    }
}

/// How the path above the findings of a file looks.
const HEADING: Style = Style::new().effects(Effects::BOLD.insert(Effects::UNDERLINE));

/// The file that a diagnostic is about.
fn file(diagnostic: &Diagnostic) -> Option<&SourcePath> {
    diagnostic.span().map(|span| &span.file)
}

/// annotate-snippets reckons a place from the excerpt that it is given, which is wrong where a line
/// was cut. So it gets a number between two of these in place of a path, and [`unseal`] puts path
/// and place there. The character stands in no text, because [`super::harmless`] takes it out.
const SEAL: char = '\u{10ffff}';

/// Replaces each sealed number, and the line and column behind it, by its place.
fn unseal(drawn: &str, places: &[String]) -> String {
    let mut out = String::with_capacity(drawn.len());
    let mut parts = drawn.split(SEAL);
    out.push_str(parts.next().unwrap_or_default());
    while let (Some(number), Some(rest)) = (parts.next(), parts.next()) {
        let place = number.parse().ok().and_then(|number: usize| places.get(number));
        out.push_str(place.map_or("", String::as_str));
        out.push_str(rest.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
    }
    out
}

/// Whether the help says already what the fix writes, or that it takes something away.
fn is_told(fix: &Fix, help: Option<&str>) -> bool {
    match (fix.edits.as_slice(), help) {
        ([edit], Some(help)) => {
            let written = edit.text.trim_matches('"');
            match edit.text.is_empty() {
                true => help.starts_with("remove "),
                false => !written.is_empty() && help.contains(&format!("`{written}`")),
            }
        }
        _ => false,
    }
}

/// The labels by file, that of the problem first.
fn files(diagnostic: &Diagnostic) -> Vec<(&SourcePath, Vec<Mark>)> {
    let mut order: Vec<&SourcePath> = Vec::new();
    let mut marks: BTreeMap<&SourcePath, Vec<Mark>> = BTreeMap::new();
    for (index, label) in diagnostic.labels.iter().enumerate() {
        let of_file = marks.entry(&label.span.file).or_insert_with(|| {
            order.push(&label.span.file);
            Vec::new()
        });
        of_file.push(Mark {
            range: label.span.range(),
            text: short(&label.text, MAX_LABEL),
            primary: index == 0,
        });
    }
    order.into_iter().filter_map(|file| marks.remove(file).map(|marks| (file, marks))).collect()
}

fn snippet(excerpt: Excerpt) -> Snippet<'static, Annotation<'static>> {
    let annotations = excerpt.marks.into_iter().map(|mark| {
        let kind = match mark.primary {
            true => AnnotationKind::Primary,
            false => AnnotationKind::Context,
        };
        let annotation = kind.span(mark.range);
        match mark.text.is_empty() {
            true => annotation,
            false => annotation.label(mark.text),
        }
    });
    Snippet::source(excerpt.text).line_start(excerpt.first_line).annotations(annotations)
}
