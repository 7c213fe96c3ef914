//! The parsed form of one Markdown file, on which everything else stands: rendering, links,
//! search, lint, review. A flat tree in preorder, so that walking it needs no recursion and no
//! depth of nesting can exhaust the stack.

use std::ops::{Deref, Range};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::front_matter::FrontMatter;
use crate::base::{PieceMap, SourcePath, Span};

/// Position of a node in [`Document::nodes`].
pub type NodeId = u32;

/// A parsed Markdown file.
///
/// All ranges are byte ranges of [`Document::text`]; [`Document::span`] turns them into places
/// in source files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// What the site needs to know of it; its fields are read as if they were the document's.
    pub outline: Arc<Outline>,
    /// What was parsed: the file without byte order mark and front matter, includes spliced in,
    /// variables replaced.
    pub text: String,
    /// Where each byte of `text` comes from.
    pub pieces: PieceMap,
    /// The tree in preorder.
    pub nodes: Vec<Node>,
    /// Every link and image, in order, also those in attributes of raw HTML.
    pub links: Vec<Link>,
}

/// What the site needs to know of a document to give it its place and to lead links to it:
/// everything but its text. It is small, so that a site of unchanged pages is put together
/// without parsing them again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// The file.
    pub source: SourcePath,
    /// The front matter; the default where there is none.
    pub front_matter: FrontMatter,
    /// Every heading, in order, also those written as raw HTML.
    pub headings: Vec<Heading>,
    /// Whether the page begins with the first of them: readers see nothing before it.
    pub leads: bool,
    /// Every id that a link can point at besides those of headings: explicit ids of directives,
    /// terms of definition lists, `id` and `name` attributes in raw HTML.
    pub anchors: Vec<Anchor>,
    /// The files that were spliced in, in order of appearance, each once.
    pub includes: Vec<SourcePath>,
    /// The texts of links that may lead to other pages of the site, in order.
    pub link_texts: Vec<LinkText>,
    /// The number of words of the prose.
    pub words: usize,
    /// Set where the file could not be parsed (too large, nested too deeply): it is then shown
    /// as its source text, and the document has no nodes.
    pub unparsed: bool,
}

impl Outline {
    /// The outline of a page of which nothing is known but its file.
    pub fn empty(source: SourcePath) -> Outline {
        Outline {
            source,
            front_matter: FrontMatter::default(),
            headings: Vec::new(),
            leads: false,
            anchors: Vec::new(),
            includes: Vec::new(),
            link_texts: Vec::new(),
            words: 0,
            unparsed: false,
        }
    }
}

impl Deref for Document {
    type Target = Outline;

    fn deref(&self) -> &Outline {
        &self.outline
    }
}

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its range in the text; for a text node exactly the bytes that stand for it.
    pub range: Range<u32>,
    /// One past the last node of its subtree, so that the children of node `i` lie in
    /// `i + 1 .. end` and a node without children has `end == i + 1`.
    pub end: NodeId,
}

/// What a node is. Blocks first, then inlines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum NodeKind {
    /// A paragraph. In a tight list there is none: the item holds its inlines.
    Paragraph,
    /// A heading: its entry in [`Document::headings`].
    Heading(u32),
    /// A quote.
    BlockQuote,
    /// An alert, from `> [!NOTE]` or a directive of such a name.
    Alert(Box<Alert>),
    /// A list; the number of its first item where it is ordered.
    List(Option<u64>),
    /// An item; for a task item whether it is done.
    Item(Option<bool>),
    /// A code block; its children are the text nodes of its code.
    CodeBlock(Box<CodeBlock>),
    /// A block of raw HTML; its children are [`NodeKind::Html`].
    HtmlBlock,
    /// A table with the alignment of each column.
    Table(Vec<Alignment>),
    /// The head of a table; holds cells.
    TableHead,
    /// A row of a table's body; holds cells.
    TableRow,
    /// A cell.
    TableCell,
    /// A thematic break.
    ThematicBreak,
    /// The definition of a footnote, at the place where it is written.
    FootnoteDefinition(Box<str>),
    /// A definition list.
    DefinitionList,
    /// A term; its id in [`Document::anchors`].
    DefinitionTerm(u32),
    /// A definition.
    DefinitionDetails,
    /// A directive that is known; `:::name` other than an alert.
    Directive(Box<Directive>),
    /// A directive's label (`:::name[label]`), first child of its directive or alert; inlines.
    DirectiveLabel,

    /// Text, decoded.
    Text(Box<str>),
    /// Inline code; the code.
    Code(Box<str>),
    /// A piece of raw HTML, as it is; block or inline.
    Html(Box<str>),
    /// Emphasis.
    Emphasis,
    /// Strong emphasis.
    Strong,
    /// Struck text.
    Strikethrough,
    /// A link: its entry in [`Document::links`].
    Link(u32),
    /// An image: its entry in [`Document::links`]; its children are the alternative text.
    Image(u32),
    /// A reference to a footnote.
    FootnoteReference(Box<str>),
    /// Math in TeX; true for display math.
    Math(bool, Box<str>),
    /// A line break in the source.
    SoftBreak,
    /// A line break in the text.
    HardBreak,
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heading {
    /// Its node; that of the raw HTML for a heading written in HTML.
    pub node: NodeId,
    /// 1 to 6.
    pub level: u8,
    /// Its id, unique in the document where the author did not write one twice. Empty for a
    /// heading in raw HTML without an id.
    pub id: String,
    /// Classes from heading attributes.
    pub classes: Vec<String>,
    /// Other heading attributes.
    pub attributes: Vec<(String, Option<String>)>,
    /// Its text without markup.
    pub text: String,
    /// Its range.
    pub range: Range<u32>,
}

/// How something points elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkKind {
    /// `[text](dest)`, `[text][ref]`, `<autolink>`, `href` in raw HTML.
    Link,
    /// `![alt](dest)`, `src` and the like in raw HTML.
    Image,
    /// Something else that must exist: a script, a style sheet, an `iframe`, a video.
    Resource,
}

/// A link, image, or link-like attribute of raw HTML.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Its node. For raw HTML the [`NodeKind::Html`] node that holds the attribute.
    pub node: NodeId,
    /// How it points.
    pub kind: LinkKind,
    /// What it points at, entities and backslashes resolved, otherwise as written.
    pub dest: String,
    /// Its title, empty where there is none.
    pub title: String,
    /// The whole link in the text; for an attribute its value without the quotes, which is
    /// what [`Link::dest_range`] says too.
    pub range: Range<u32>,
    /// Where the destination itself is written: in the link, or in its reference definition.
    /// None where it has no place of its own.
    pub dest_range: Option<Range<u32>>,
    /// For an attribute of raw HTML: where its value stands in the text of its node.
    pub attribute: Option<Range<u32>>,
}

/// The text of a link: what a page calls another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkText {
    /// What the link points at, as in [`Link::dest`].
    pub dest: String,
    /// What readers see of it, without images.
    pub text: String,
}

/// A place that a link can point at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Anchor {
    /// The id.
    pub id: String,
    /// Where it is written.
    pub range: Range<u32>,
}

/// The alignment of a table's column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Alignment {
    /// As the theme has it.
    None,
    /// Left.
    Left,
    /// Centre.
    Center,
    /// Right.
    Right,
}

/// The kind of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertKind {
    /// Worth knowing.
    Note,
    /// Helpful.
    Tip,
    /// Essential.
    Important,
    /// Needs attention.
    Warning,
    /// Dangerous.
    Caution,
}

/// An alert. A title of its own is its [`NodeKind::DirectiveLabel`] child.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Its kind.
    pub kind: AlertKind,
    /// Attributes, where it was written as a directive.
    pub attributes: Attributes,
}

/// A directive that the registry knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Directive {
    /// Its name in the registry.
    pub name: String,
    /// Its attributes.
    pub attributes: Attributes,
}

/// `{#id .class key="value"}`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Attributes {
    /// `#id`
    pub id: Option<String>,
    /// `.class`
    pub classes: Vec<String>,
    /// `key="value"` and `key`, in order.
    pub pairs: Vec<(String, Option<String>)>,
}

impl Attributes {
    /// The value of a key; an empty text for a key without one.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_deref().unwrap_or_default())
    }
}

/// A code block.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CodeBlock {
    /// The info string as written; none for indented code.
    pub info: Option<String>,
    /// The first word of the info string: the language, as written. Empty where there is none.
    pub language: String,
    /// The other words of the info string that are no attributes (`ignore`, `editable`).
    pub classes: Vec<String>,
    /// What its attributes ask for.
    pub options: CodeOptions,
    /// The code that is shown, without hidden lines and diff marks.
    pub code: String,
}

/// What a fenced code block's attributes ask for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct CodeOptions {
    /// `title="..."`
    pub title: Option<String>,
    /// Lines to highlight, from 1: `{1,3-5}` or `hl="1,3-5"`.
    pub highlighted: Vec<Range<u32>>,
    /// `linenos`, and the number of the first line (`linenos=10`).
    pub line_numbers: Option<u32>,
    /// Whether lines that start with `+`, `-` are marked as added and removed (`diff-marks`).
    pub diff_marks: bool,
    /// Lines, from 0, of [`CodeOptions::full`] that are hidden until asked for.
    pub hidden: Vec<u32>,
    /// The code with its hidden lines, where there are any.
    pub full: Option<String>,
    /// Added lines of the shown code, from 0.
    pub added: Vec<u32>,
    /// Removed lines of the shown code, from 0.
    pub removed: Vec<u32>,
    /// `copy=false`
    pub no_copy: bool,
    /// `id`
    pub id: Option<String>,
}

impl Outline {
    /// What the page is called: by its front matter or `{{#title}}`, else by its first heading of
    /// the first level, else by its first heading.
    pub fn title(&self) -> Option<&str> {
        if let Some(title) = &self.front_matter.title {
            return Some(&title.value);
        }
        let mut named = self.headings.iter().filter(|heading| !heading.text.is_empty());
        let first = named.clone().find(|heading| heading.level == 1);
        first.or_else(|| named.next()).map(|heading| heading.text.as_str())
    }
}

impl Document {
    /// The place in a source file of a range of the text; that of the file's beginning where the
    /// text has no source.
    pub fn span(&self, range: &Range<u32>) -> Span {
        self.pieces
            .span(range.start as usize..range.end as usize)
            .unwrap_or_else(|| Span::start_of(self.source.clone()))
    }

    /// The text of a node without markup; line breaks are spaces, raw HTML is left out.
    pub fn plain_text(&self, node: NodeId) -> String {
        let start = node as usize;
        let end = self.nodes.get(start).map_or(start, |node| node.end as usize);
        let mut text = String::new();
        for node in self.nodes.get(start..end).unwrap_or_default() {
            match &node.kind {
                NodeKind::Text(part) | NodeKind::Code(part) | NodeKind::Math(_, part) => {
                    text.push_str(part);
                }
                NodeKind::SoftBreak | NodeKind::HardBreak => text.push(' '),
                _ => {}
            }
        }
        text
    }

    /// The children of a node, first to last.
    pub fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.nodes.get(node as usize).map_or(node, |n| n.end);
        self.siblings(node + 1, end)
    }

    /// The nodes at the top.
    pub fn top(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.siblings(0, u32::try_from(self.nodes.len()).unwrap_or(u32::MAX))
    }

    fn siblings(&self, first: NodeId, end: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut next = first;
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let current = next;
            // `end` lies behind its node by construction; `max` keeps a damaged tree finite.
            next = self.nodes.get(current as usize)?.end.max(current + 1);
            Some(current)
        })
    }
}
