//! Digests of a page: what an approval is bound to. They are kept for years, so how they are made has a
//! version, which stands before each: change the version wherever a page would get another digest.

mod shown;

use std::sync::Arc;

use super::difference::{Kind, Mark, Part, Run, RunKind};
use super::event::Digests;
use crate::base::{ContentHash, SitePath, SourcePath};
use crate::config::{RawHtml, Settings};
use crate::markdown::{Document, NodeKind, html_words};

const PROSE: &str = "prose-2";
const SOURCE: &str = "source-1";
const RENDER: &str = "render-2";
const POLICY: &str = "policy-1";

/// What digests of a page are made from.
#[derive(Debug, Clone, Copy)]
pub struct DigestInput<'a> {
    /// The page after includes and variables. Its links have the addresses of the pages that they lead
    /// to.
    pub parts: &'a [Arc<Part>],
    /// The page as it was read, for what its parts do not have: which lines of code are hidden, or
    /// marked as added and removed.
    pub document: Option<&'a Document>,
    /// The settings: some say how a page is shown and are not in its parts.
    pub settings: &'a Settings,
    /// Its title, which the theme shows where the text does not have it.
    pub title: &'a str,
    /// Its address.
    pub url: &'a SitePath,
    /// Of the bytes of its file.
    pub file: ContentHash,
    /// The files that it includes, with hashes of their bytes; none for one that is not there.
    pub includes: &'a [(SourcePath, Option<ContentHash>)],
}

/// The digests of a page.
pub fn digests(input: &DigestInput<'_>) -> Digests {
    let parts = shown::shown(input.parts);
    Digests { prose: prose(input, &parts), source: source(input), render: render(input, &parts) }
}

/// The digest of what a change does to that by which reviews are decided: each file with its bytes,
/// or with none where it is gone.
pub fn policy_digests(files: &[(SourcePath, Option<Vec<u8>>)]) -> Digests {
    let mut bytes = Bytes::default();
    for (path, content) in files {
        bytes.text(path.as_str());
        match content {
            Some(content) => bytes.bytes(content),
            None => bytes.number(usize::MAX),
        }
    }
    let digest = bytes.named(POLICY);
    Digests { prose: digest.clone(), source: digest.clone(), render: digest }
}

/// The words, block by block. How they look, where links lead, and what stands in code is not in it.
fn prose(input: &DigestInput<'_>, parts: &[Arc<Part>]) -> String {
    let mut bytes = Bytes::default();
    bytes.text(&words(input.title));
    for part in parts {
        add_prose(part, &mut bytes);
    }
    bytes.named(PROSE)
}

fn add_prose(part: &Part, bytes: &mut Bytes) {
    match part.kind {
        Kind::Code => return,
        Kind::Html => {
            let said = words(&html_words(&shown::html_of(part)));
            if !said.is_empty() {
                bytes.text(&said);
            }
            return;
        }
        Kind::FrontMatter => {
            let said = |part: &&Arc<Part>| part.get("name") == Some("description");
            for part in part.parts.iter().filter(said) {
                bytes.text(&words(&text(&part.runs)));
            }
            return;
        }
        _ => {}
    }
    let said = words(&text(&part.runs));
    if !said.is_empty() {
        bytes.text(&said);
    }
    for part in &part.parts {
        add_prose(part, bytes);
    }
}

fn text(runs: &[Run]) -> String {
    let mut out = String::new();
    for run in runs {
        match run.kind {
            RunKind::Break => out.push(' '),
            RunKind::Html | RunKind::Footnote => {}
            _ => out.push_str(&run.text),
        }
    }
    out
}

/// The words of a text, one blank between them.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The bytes of the file, and of what it includes.
fn source(input: &DigestInput<'_>) -> String {
    let mut bytes = Bytes::default();
    bytes.bytes(input.file.as_bytes());
    for (path, hash) in input.includes {
        bytes.text(path.as_str());
        match hash {
            Some(hash) => bytes.bytes(hash.as_bytes()),
            None => bytes.number(usize::MAX),
        }
    }
    bytes.named(SOURCE)
}

/// Fields of front matter that readers see.
const SHOWN: [&str; 5] = ["title", "description", "date", "tags", "status"];

/// All that a reader can see, with the address of the page and where its links lead.
fn render(input: &DigestInput<'_>, parts: &[Arc<Part>]) -> String {
    let mut bytes = Bytes::default();
    bytes.text(input.url.as_str());
    bytes.text(input.title);
    for part in parts {
        if part.kind == Kind::FrontMatter {
            for field in &part.parts {
                let name = field.get("name").unwrap_or_default();
                if SHOWN.contains(&name) {
                    bytes.text(name);
                    bytes.text(&text(&field.runs));
                }
            }
        } else {
            add_render(part, &mut bytes);
        }
    }
    for node in input.document.map_or(&[][..], |document| document.nodes.as_slice()) {
        let NodeKind::CodeBlock(block) = &node.kind else { continue };
        let options = &block.options;
        for lines in [&options.hidden, &options.added, &options.removed] {
            if !lines.is_empty() {
                bytes.text(&format!("{lines:?}"));
            }
            bytes.number(lines.len());
        }
    }
    // Settings count for those pages alone that have something to be shown by them.
    if parts.iter().any(|part| any(part, &has_html)) {
        bytes.text(match input.settings.markdown.html {
            RawHtml::Allow => "html allowed",
            RawHtml::Escape => "html escaped",
            RawHtml::Sanitize => "html sanitized",
        });
    }
    if input.settings.html.line_numbers && parts.iter().any(|part| any(part, &is_editable)) {
        bytes.text("lines numbered");
    }
    bytes.named(RENDER)
}

/// Whether something holds for a part, or for one in it.
fn any(part: &Part, holds: &dyn Fn(&Part) -> bool) -> bool {
    holds(part) || part.parts.iter().any(|part| any(part, holds))
}

fn has_html(part: &Part) -> bool {
    let of_run = |run: &Run| {
        run.kind == RunKind::Html || run.marks.iter().any(|mark| matches!(mark, Mark::Html(_)))
    };
    part.kind == Kind::Html || part.runs.iter().any(of_run)
}

/// Whether it is code whose lines the settings number.
fn is_editable(part: &Part) -> bool {
    part.kind == Kind::Code && part.get("info").is_some_and(|info| info.contains("editable"))
}

fn add_render(part: &Part, bytes: &mut Bytes) {
    bytes.text(kind(part.kind));
    bytes.number(part.form.len());
    for (name, value) in &part.form {
        bytes.text(name);
        bytes.text(value);
    }
    bytes.number(part.runs.len());
    for run in &part.runs {
        add_run(run, bytes);
    }
    bytes.number(part.parts.len());
    for part in &part.parts {
        add_render(part, bytes);
    }
}

fn add_run(run: &Run, bytes: &mut Bytes) {
    match &run.kind {
        RunKind::Text => bytes.text("text"),
        RunKind::Break => bytes.text("break"),
        RunKind::Image { to, title, content } => {
            bytes.text("image");
            // What it shows counts; the name of the file only where its bytes are not known.
            match content {
                Some(content) => bytes.text(content),
                None => bytes.text(to),
            }
            bytes.text(title);
        }
        RunKind::Html => bytes.text("html"),
        RunKind::Footnote => bytes.text("footnote"),
        RunKind::Math { display } => bytes.text(if *display { "math block" } else { "math" }),
    }
    bytes.text(&run.text);
    bytes.number(run.marks.len());
    for mark in &run.marks {
        match mark {
            Mark::Strong => bytes.text("strong"),
            Mark::Emphasis => bytes.text("emphasis"),
            Mark::Strikethrough => bytes.text("struck"),
            Mark::Code => bytes.text("code"),
            Mark::Link { to, title } => {
                bytes.text("link");
                bytes.text(to);
                bytes.text(title);
            }
            Mark::Html(tag) => {
                bytes.text("tag");
                bytes.text(tag);
            }
        }
    }
}

/// Names that stay when those of the code change.
fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::FrontMatter => "front-matter",
        Kind::Field => "field",
        Kind::Paragraph => "paragraph",
        Kind::Heading => "heading",
        Kind::Quote => "quote",
        Kind::Alert => "alert",
        Kind::List => "list",
        Kind::Item => "item",
        Kind::Code => "code",
        Kind::Line => "line",
        Kind::Html => "html",
        Kind::Table => "table",
        Kind::Row => "row",
        Kind::Cell => "cell",
        Kind::Break => "break",
        Kind::Footnote => "footnote",
        Kind::Definitions => "definitions",
        Kind::Term => "term",
        Kind::Definition => "definition",
        Kind::Directive => "directive",
        Kind::Label => "label",
        Kind::Source => "source",
    }
}

/// Bytes in which each piece has its length before it, so that no two lists of pieces are the same.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn number(&mut self, number: usize) {
        self.0.extend((number as u64).to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len());
        self.0.extend(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn named(&self, name: &str) -> String {
        format!("{name}:{}", ContentHash::of(&self.0))
    }
}
