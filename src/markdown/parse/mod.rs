//! Bytes become a [`Document`]: decoded, front matter cut, includes spliced in, variables
//! replaced, directives found, parsed.

mod containers;
mod decode;
mod depth;
mod destination;
mod entity;
mod fence;
mod foreign;
mod front_matter;
mod glossary;
mod html_links;
mod html_tags;
mod html_text;
mod ids;
mod include;
mod mapped;
mod opaque;
mod raw_html;
mod translate;
mod tree;
mod variables;
mod words;

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::Options;

pub use self::decode::decode;
pub use self::entity::unescape;
pub use self::front_matter::{Entry, Malformed, Value, ValueKind, WrittenFrontMatter, parse_yaml};
pub use self::front_matter::{
    FrontMatterText, read as read_front_matter, texts as front_matter_texts,
};
pub use self::html_tags::{HtmlTag, html_tags};
pub use self::ids::from_text as heading_id;
pub use self::mapped::{Mapped, MappedBuilder};
pub use self::raw_html::{comments as html_comments, words as html_words};
use super::{Document, FrontMatter, Outline, codes, unseen};
use crate::base::{Diagnostic, SourcePath};
use crate::config::Settings;
use crate::source::Source;

/// What a page is read from.
#[derive(Clone, Copy)]
pub struct ParseInput<'a> {
    /// The file.
    pub path: &'a SourcePath,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// The settings of the site.
    pub settings: &'a Settings,
    /// The folder of `book.toml`.
    pub root: &'a SourcePath,
    /// Where includes are read from; nothing outside of it can be included.
    pub source: &'a dyn Source,
}

/// How much of a page is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// All of it.
    Whole,
    /// What tells where it stands and where it leads: the document is the same, but has no nodes.
    /// Whoever only checks a site holds all its pages at once, and nodes are most of a page.
    Links,
}

/// Reads a page. Whatever the bytes are, there is a document; what is wrong with them is told
/// beside it.
pub fn parse(input: &ParseInput) -> (Document, Vec<Diagnostic>) {
    parse_detail(input, Detail::Whole)
}

/// Reads so much of a page. What is told beside it is the same.
pub fn parse_detail(input: &ParseInput, detail: Detail) -> (Document, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let document = read(input, detail, &mut diagnostics);
    (document, diagnostics)
}

/// Reads a page as CommonMark and nothing else: no front matter, includes, variables,
/// directives or extensions. What the conformance tests compare.
pub fn parse_commonmark(input: &ParseInput) -> Document {
    let options = Options::empty();
    let diagnostics = &mut Vec::new();
    let text = decode(input.path, input.bytes, diagnostics);
    let limit = input.settings.markdown.max_page_bytes.min(u32::MAX as usize / 2);
    if text.text.len() > limit
        || depth::hopeless(&text.text, input.settings.markdown.max_depth, options).is_some()
    {
        return unparsed(text, 0, FrontMatter::default(), Vec::new());
    }
    let fences = containers::Fences::default();
    let settings = input.settings;
    match tree::build(&text, &fences, options, settings, Detail::Whole, diagnostics) {
        Err(_) => unparsed(text, 0, FrontMatter::default(), Vec::new()),
        Ok(tree) => document(text, FrontMatter::default(), tree, Vec::new()),
    }
}

/// Reads the body of a page by itself, as a linter does: nothing is included or replaced, so that
/// the document depends on nothing but the text and the settings. `text` is the body without
/// front matter; its pieces may lead through any change that was made to it before.
pub fn parse_body(text: Mapped, settings: &Settings) -> (Document, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let options = options(settings);
    let limit = settings.markdown.max_page_bytes.min(u32::MAX as usize / 2);
    let max_depth = settings.markdown.max_depth;
    if text.text.len() > limit {
        let message = format!("`{}` has {} bytes", text.file, text.text.len());
        diagnostics.push(too_large(message, limit, &text));
        return (unparsed(text, 0, FrontMatter::default(), Vec::new()), diagnostics);
    }
    if let Some(place) = depth::hopeless(&text.text, max_depth, options) {
        diagnostics.push(too_deep(&text, place, max_depth));
        return (unparsed(text, 0, FrontMatter::default(), Vec::new()), diagnostics);
    }
    let mut found = Vec::new();
    let fences = containers::find(&text, options, &mut found);
    let detail = Detail::Whole;
    let document = match tree::build(&text, &fences, options, settings, detail, &mut found) {
        Err(place) => {
            diagnostics.push(too_deep(&text, place, max_depth));
            unparsed(text, 0, FrontMatter::default(), Vec::new())
        }
        Ok(tree) => {
            diagnostics.append(&mut found);
            document(text, FrontMatter::default(), tree, Vec::new())
        }
    };
    (document, diagnostics)
}

fn read(input: &ParseInput, detail: Detail, diagnostics: &mut Vec<Diagnostic>) -> Document {
    let settings = input.settings;
    let options = options(settings);
    // Positions in a document are of 32 bits.
    let limit = settings.markdown.max_page_bytes.min(u32::MAX as usize / 2);
    let whole = decode(input.path, input.bytes, diagnostics);
    if input.bytes.len() > limit {
        let (front_matter, start) = front_matter::read(&whole, diagnostics);
        let message = format!("`{}` has {} bytes", input.path, input.bytes.len());
        diagnostics.push(too_large(message, limit, &whole));
        return unparsed(whole, start, front_matter, Vec::new());
    }
    let (mut front_matter, start) = front_matter::read(&whole, diagnostics);
    let body = if start == 0 { whole } else { whole.slice(start..whole.text.len()) };
    let body = translate::includes(body);
    let original = body.text.contains("{{").then(|| body.clone());
    let expanded = include::expand(body, input.source, input.root, limit, diagnostics);
    if let (None, Some(title)) = (&front_matter.title, expanded.title) {
        front_matter.title = Some(title);
    }
    let includes = expanded.includes;
    let text = match (expanded.text, original) {
        (Some(text), _) => text,
        (None, original) => {
            let original = original.unwrap_or_else(|| empty(input.path));
            let message = format!("`{}` with all that it includes is too large", input.path);
            diagnostics.push(too_large(message, limit, &original));
            return unparsed(original, 0, front_matter, includes);
        }
    };
    let max_depth = settings.markdown.max_depth;
    if let Some(place) = depth::hopeless(&text.text, max_depth, options) {
        diagnostics.push(too_deep(&text, place, max_depth));
        return unparsed(text, 0, front_matter, includes);
    }
    let text = variables::replace(text, &settings.vars, options, diagnostics);
    let mdx = input.path.extension() == Some("mdx");
    let text = translate::translate(text, options, mdx, diagnostics);
    let text = glossary::fill(text, &settings.terms, options, diagnostics);
    if text.text.len() > limit {
        diagnostics.push(too_large("a page with its variables is too large".into(), limit, &text));
        return unparsed(text, 0, front_matter, includes);
    }
    let mut found = Vec::new();
    let fences = containers::find(&text, options, &mut found);
    match tree::build(&text, &fences, options, settings, detail, &mut found) {
        Err(place) => {
            diagnostics.push(too_deep(&text, place, max_depth));
            unparsed(text, 0, front_matter, includes)
        }
        Ok(tree) => {
            foreign::report(&text, &tree, settings, &mut found);
            diagnostics.append(&mut found);
            let mut document = document(text, front_matter, tree, includes);
            if detail == Detail::Links {
                document.nodes = Vec::new();
            }
            document
        }
    }
}

fn document(
    text: Mapped,
    front_matter: FrontMatter,
    tree: tree::Tree,
    includes: Vec<SourcePath>,
) -> Document {
    let outline = Outline {
        source: text.file,
        front_matter,
        leads: tree.headings.first().is_some_and(|first| unseen::leads(&tree.nodes, first.node)),
        headings: tree.headings,
        anchors: tree.anchors,
        includes,
        link_texts: tree.link_texts,
        words: tree.words,
        unparsed: false,
    };
    Document {
        outline: Arc::new(outline),
        text: text.text,
        pieces: text.pieces,
        nodes: tree.nodes,
        links: tree.links,
    }
}

fn options(settings: &Settings) -> Options {
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    options.set(Options::ENABLE_SMART_PUNCTUATION, settings.html.smart_punctuation);
    options.set(Options::ENABLE_DEFINITION_LIST, settings.html.definition_lists);
    options.set(Options::ENABLE_GFM, settings.html.admonitions);
    options.set(Options::ENABLE_MATH, settings.markdown.math || settings.html.mathjax_support);
    options
}

fn too_large(message: String, limit: usize, text: &Mapped) -> Diagnostic {
    Diagnostic::new(&codes::TOO_LARGE, message)
        .at(text.span(0..0))
        .help(format!("split it, or raise `[markdown] max-page-bytes` (now {limit})"))
}

fn too_deep(text: &Mapped, place: Range<usize>, limit: usize) -> Diagnostic {
    // Only the first line of what may be a large block.
    let block = text.text.get(place.clone()).unwrap_or_default();
    let line = block.lines().next().unwrap_or_default().len();
    Diagnostic::new(&codes::TOO_DEEP, format!("this is nested more than {limit} levels deep"))
        .at(text.span(place.start..place.start + line))
        .help("nest less, or raise `[markdown] max-depth`")
}

fn empty(path: &SourcePath) -> Mapped {
    MappedBuilder::default().finish(path.clone())
}

/// The document of a file that is shown as its source text.
fn unparsed(
    text: Mapped,
    start: usize,
    front_matter: FrontMatter,
    includes: Vec<SourcePath>,
) -> Document {
    let text = if start == 0 { text } else { text.slice(start..text.text.len()) };
    let outline = Outline {
        source: text.file,
        front_matter,
        headings: Vec::new(),
        leads: false,
        anchors: Vec::new(),
        includes,
        link_texts: Vec::new(),
        words: 0,
        unparsed: true,
    };
    Document {
        outline: Arc::new(outline),
        text: text.text,
        pieces: text.pieces,
        nodes: Vec::new(),
        links: Vec::new(),
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
