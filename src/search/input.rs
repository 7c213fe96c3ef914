//! What the search takes from a page: its sections with their text and tokens. A pure function of
//! the document, so that it can be kept as long as the page does not change.

use serde::{Deserialize, Serialize};

use super::tokens::{self, fold};
use crate::base::Span;
use crate::markdown::{Document, NodeKind};

/// A page as the search sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchInput {
    /// Its sections, at least one.
    pub sections: Vec<Section>,
}

impl SearchInput {
    /// Lets the tokens go.
    pub(super) fn forget_tokens(&mut self) {
        for section in &mut self.sections {
            section.title_tokens = Tokens::default();
            section.heading_tokens = Tokens::default();
            section.body_tokens = Tokens::default();
            section.code_tokens = Tokens::default();
        }
    }
}

/// A section: a heading and what stands below it, up to the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The id of its heading; empty for the beginning of a page.
    pub id: String,
    /// Its heading; empty for the beginning of a page, which is called as the page.
    pub title: String,
    /// Where it begins.
    pub place: Span,
    /// Its text as results show it; a line for each block.
    pub text: String,
    /// The tokens of its heading.
    pub(super) title_tokens: Tokens,
    /// The tokens of headings in it that begin no section.
    pub(super) heading_tokens: Tokens,
    /// The tokens of its text.
    pub(super) body_tokens: Tokens,
    /// The tokens of its code blocks.
    pub(super) code_tokens: Tokens,
}

/// Before a token that stands where the one before stands.
pub(super) const SAME: char = '\u{1}';
/// Before the first token of a block: phrases do not reach from one block to the next.
pub(super) const BLOCK: char = '\u{2}';
/// How far blocks stand apart.
pub(super) const GAP: u32 = 8;

/// Tokens in order, a space behind each; with [`SAME`] or [`BLOCK`] before them where they do not
/// simply follow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tokens(pub(super) String);

impl Tokens {
    /// Appends the tokens of a block of text.
    pub(super) fn block(&mut self, text: &str) {
        let mut last = None;
        tokens::tokens(text, |token| self.push(token.text, token.position, &mut last));
    }

    /// Appends the tokens of code. Long numbers in it are data.
    fn code(&mut self, text: &str) {
        let mut last = None;
        tokens::tokens(text, |token| {
            let data = token.text.len() > 4
                && token.text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
            if !data {
                self.push(token.text, token.position, &mut last);
            }
        });
    }

    fn push(&mut self, text: &str, position: u32, last: &mut Option<u32>) {
        match last {
            None => self.0.push(BLOCK),
            Some(last) if *last == position => self.0.push(SAME),
            Some(_) => {}
        }
        *last = Some(position);
        self.0.push_str(text);
        self.0.push(' ');
    }
}

/// Takes a page apart: at headings down to `split`.
pub fn input(document: &Document, split: u8) -> SearchInput {
    let top = Section::new("", "", Span::start_of(document.source.clone()));
    let mut reading =
        Reading { done: Vec::new(), section: top, block: String::new(), markup: Markup::default() };
    if let Some(description) = &document.front_matter.description {
        // Found, not shown: it stands in the page's head.
        reading.section.body_tokens.block(description);
    }
    if document.unparsed {
        reading.block.push_str(&document.text);
        reading.flush();
    }
    let title = document.title();
    let mut skip_until = 0;
    for (node, id) in document.nodes.iter().zip(0u32..) {
        if id < skip_until {
            continue;
        }
        match &node.kind {
            NodeKind::Heading(index) => {
                reading.flush();
                let Some(heading) = document.headings.get(*index as usize) else { continue };
                // The heading that gives the page its name begins no section of its own.
                let opens = heading.level <= split && !heading.id.is_empty();
                let names_page = reading.is_at_top() && Some(heading.text.as_str()) == title;
                if opens && !names_page {
                    let place = document.span(&heading.range);
                    reading.done.push(reading.section.clone());
                    reading.section.begin(&heading.id, &heading.text, place);
                    reading.section.title_tokens.block(&heading.text);
                }
                if opens {
                    skip_until = node.end;
                } else {
                    reading.section.heading_tokens.block(&heading.text);
                }
            }
            NodeKind::Text(part) | NodeKind::Math(_, part) => reading.block.push_str(part),
            NodeKind::Code(part) => {
                if let Some(symbol) = tokens::symbol(part) {
                    let symbol = fold(symbol).into_owned();
                    reading.section.body_tokens.push(&symbol, 0, &mut None);
                }
                reading.block.push_str(part);
            }
            NodeKind::SoftBreak | NodeKind::HardBreak => reading.block.push(' '),
            NodeKind::CodeBlock(block) => {
                reading.flush();
                if let Some(title) = &block.options.title {
                    reading.block.push_str(title);
                    reading.flush();
                }
                let section = &mut reading.section;
                section.code_tokens.code(&block.code);
                show(&mut section.text, &block.code);
                skip_until = node.end;
            }
            NodeKind::Html(part) => reading.markup.text(part, &mut reading.block),
            NodeKind::FootnoteReference(_)
            | NodeKind::Emphasis
            | NodeKind::Strong
            | NodeKind::Strikethrough
            | NodeKind::Link(_)
            | NodeKind::Image(_) => {}
            NodeKind::Paragraph
            | NodeKind::BlockQuote
            | NodeKind::Alert(_)
            | NodeKind::List(_)
            | NodeKind::Item(_)
            | NodeKind::HtmlBlock
            | NodeKind::Table(_)
            | NodeKind::TableHead
            | NodeKind::TableRow
            | NodeKind::TableCell
            | NodeKind::ThematicBreak
            | NodeKind::FootnoteDefinition(_)
            | NodeKind::DefinitionList
            | NodeKind::DefinitionTerm(_)
            | NodeKind::DefinitionDetails
            | NodeKind::Directive(_)
            | NodeKind::DirectiveLabel => reading.flush(),
        }
    }
    reading.flush();
    let mut sections = reading.done;
    sections.push(reading.section.clone());
    SearchInput { sections }
}

impl Section {
    fn new(id: &str, title: &str, place: Span) -> Self {
        Section {
            id: id.to_owned(),
            title: title.to_owned(),
            place,
            text: String::new(),
            title_tokens: Tokens::default(),
            heading_tokens: Tokens::default(),
            body_tokens: Tokens::default(),
            code_tokens: Tokens::default(),
        }
    }

    /// Becomes another section, without texts.
    fn begin(&mut self, id: &str, title: &str, place: Span) {
        id.clone_into(&mut self.id);
        title.clone_into(&mut self.title);
        self.place = place;
        self.text.clear();
        self.title_tokens.0.clear();
        self.heading_tokens.0.clear();
        self.body_tokens.0.clear();
        self.code_tokens.0.clear();
    }
}

struct Reading {
    done: Vec<Section>,
    /// The section at hand. Its texts grow in place, from section to section; a copy takes no more
    /// room than it must.
    section: Section,
    block: String,
    markup: Markup,
}

impl Reading {
    fn is_at_top(&self) -> bool {
        self.done.is_empty() && self.section.text.is_empty()
    }

    /// The block ends.
    fn flush(&mut self) {
        let block = std::mem::take(&mut self.block);
        if !block.trim().is_empty() {
            let section = &mut self.section;
            section.body_tokens.block(&block);
            show(&mut section.text, &block);
        }
        self.block = block;
        self.block.clear();
    }
}

/// Appends a line: the words with one space between them.
fn show(text: &mut String, block: &str) {
    let before = text.len();
    for word in block.split_whitespace() {
        if text.len() > before {
            text.push(' ');
        } else if before > 0 {
            text.push('\n');
        }
        text.push_str(word);
    }
}

/// Where in raw HTML, which may come in pieces, the reader stands.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Markup {
    #[default]
    Text,
    Tag,
    Comment,
    /// In an element that is not shown.
    Hidden(&'static str),
}

impl Markup {
    /// Appends the text of a piece of HTML without its tags.
    fn text(&mut self, mut html: &str, out: &mut String) {
        while !html.is_empty() {
            let end = match self {
                Markup::Text => "<",
                Markup::Tag => ">",
                Markup::Comment => "-->",
                Markup::Hidden(end) => end,
            };
            let Some((before, after)) = html.split_once(end) else {
                if *self == Markup::Text {
                    push_decoded(out, html);
                }
                return;
            };
            html = after;
            match self {
                Markup::Text => {
                    push_decoded(out, before);
                    let name = |name: &str| {
                        after.get(..name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name))
                    };
                    *self = if after.starts_with("!--") {
                        Markup::Comment
                    } else if name("script") {
                        Markup::Hidden("</script")
                    } else if name("style") {
                        Markup::Hidden("</style")
                    } else {
                        Markup::Tag
                    };
                }
                Markup::Hidden(_) => *self = Markup::Tag,
                Markup::Tag | Markup::Comment => *self = Markup::Text,
            }
        }
    }
}

fn push_decoded(out: &mut String, text: &str) {
    out.push(' ');
    if text.contains('&') {
        let plain =
            [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&nbsp;", " "), ("&amp;", "&")];
        out.push_str(
            &plain.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to)),
        );
    } else {
        out.push_str(text);
    }
    out.push(' ');
}
