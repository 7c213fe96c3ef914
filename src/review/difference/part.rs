//! A document as it is compared: blocks with their properties and their text, and nothing of how it
//! was written. Where lines break, which marks make a list, and how a link is spelt is no difference.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::Span;

/// A block of a page, or a part of one: a row, a cell, a line of code, a field of front matter.
///
/// It holds either text (`runs`) or other blocks (`parts`). Two are equal where all but their places and
/// anchors is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Part {
    /// What it is.
    pub kind: Kind,
    /// What else its marks say: the level of a heading, the info string of code.
    #[serde(default, skip_serializing_if = "Form::is_empty")]
    pub form: Form,
    /// Its text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Run>,
    /// The blocks in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Arc<Part>>,
    /// The id that leads to it, where it has one. The form has it without a number that only tells
    /// headings of the same text apart: that is no work of the author's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.form == other.form
            && self.runs == other.runs
            && self.parts == other.parts
    }
}

impl Eq for Part {}

/// The properties of a block by name: `level`, `id`, `info`, `start` and the like.
pub type Form = BTreeMap<String, String>;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The front matter; holds fields.
    FrontMatter,
    /// A field of the front matter. Form: `name`.
    Field,
    /// A paragraph, or the text of an item that holds it without one.
    Paragraph,
    /// A heading. Form: `level`, `id`, `class` and other attributes.
    Heading,
    /// A quote.
    Quote,
    /// An alert. Form: `alert` and its attributes.
    Alert,
    /// A list. Form: `start` where it is ordered, `loose` where its items are set apart.
    List,
    /// An item. Form: `task`, `done` or `open`.
    Item,
    /// A code block; holds lines. Form: `info`.
    Code,
    /// A line of code, of raw HTML, or of a page that could not be parsed.
    Line,
    /// A block of raw HTML; holds lines.
    Html,
    /// A table; holds rows. Form: `align`.
    Table,
    /// A row; holds cells. Form: `head` for that of the head.
    Row,
    /// A cell.
    Cell,
    /// A thematic break.
    Break,
    /// The text of a footnote. Form: `label`.
    Footnote,
    /// A definition list.
    Definitions,
    /// A term of it. Form: `id`.
    Term,
    /// What says what a term means.
    Definition,
    /// A directive. Form: `name` and its attributes.
    Directive,
    /// The label of a directive or alert.
    Label,
    /// A page, or what is nested too deeply in one, as its source; holds lines.
    Source,
}

impl Kind {
    /// Whether it holds text, and no other parts.
    pub fn is_leaf(self) -> bool {
        use Kind::{Break, Cell, Field, Heading, Label, Line, Paragraph, Term};
        matches!(self, Field | Paragraph | Heading | Line | Cell | Break | Term | Label)
    }

    /// Whether it holds lines.
    pub fn has_lines(self) -> bool {
        matches!(self, Kind::Code | Kind::Html | Kind::Source)
    }
}

/// Text of one look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// What it is.
    #[serde(default, skip_serializing_if = "RunKind::is_text")]
    pub kind: RunKind,
    /// The text: for an image the alternative text, for a footnote its label, for raw HTML the tag.
    pub text: String,
    /// The marks around it, the outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// What a run is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunKind {
    /// Words.
    #[default]
    Text,
    /// A line break that the author asked for.
    Break,
    /// An image.
    Image {
        /// What it shows.
        to: String,
        /// Its title.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
        /// What the file holds, as a hash, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content: Option<String>,
    },
    /// A piece of raw HTML.
    Html,
    /// A reference to a footnote.
    Footnote,
    /// Math in TeX.
    Math {
        /// On lines of its own.
        display: bool,
    },
}

impl RunKind {
    fn is_text(&self) -> bool {
        *self == RunKind::Text
    }
}

/// What a stretch of text is marked as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Strong emphasis.
    Strong,
    /// Emphasis.
    Emphasis,
    /// Struck text.
    Strikethrough,
    /// Inline code.
    Code,
    /// A link.
    Link {
        /// Where it leads.
        to: String,
        /// Its title.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        title: String,
    },
    /// A harmless element of raw HTML, such as `kbd`; its start tag as written.
    Html(String),
}

impl Part {
    /// A block without text and blocks.
    pub fn new(kind: Kind) -> Self {
        Part {
            kind,
            form: Form::new(),
            runs: Vec::new(),
            parts: Vec::new(),
            anchor: None,
            span: None,
        }
    }

    /// One that holds text.
    pub fn leaf(kind: Kind, runs: Vec<Run>) -> Self {
        Part { runs, ..Part::new(kind) }
    }

    /// One that holds blocks.
    pub fn of(kind: Kind, parts: Vec<Part>) -> Self {
        Part { parts: parts.into_iter().map(Arc::new).collect(), ..Part::new(kind) }
    }

    /// With a property.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.form.insert(name.to_owned(), value.into());
        self
    }

    /// A property.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.form.get(name).map(String::as_str)
    }

    /// Its text without markup, blocks and cells separated by a space.
    pub fn text(&self) -> String {
        fn add(part: &Part, out: &mut String) {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            runs_text(&part.runs, out);
            for part in &part.parts {
                add(part, out);
            }
        }
        let mut out = String::new();
        add(self, &mut out);
        out.truncate(out.trim_end().len());
        out
    }
}

impl Run {
    /// Words without marks.
    pub fn text(text: impl Into<String>) -> Self {
        Run { kind: RunKind::Text, text: text.into(), marks: Vec::new() }
    }
}

fn runs_text(runs: &[Run], out: &mut String) {
    for run in runs {
        match run.kind {
            RunKind::Break => out.push(' '),
            RunKind::Html | RunKind::Footnote => {}
            _ => out.push_str(&run.text),
        }
    }
}

/// The text of some runs without markup.
pub fn plain(runs: &[Run]) -> String {
    let mut out = String::new();
    runs_text(runs, &mut out);
    out
}

/// Adds a run; words join the words before them that look the same.
pub(super) fn push_run(runs: &mut Vec<Run>, run: Run) {
    if run.kind == RunKind::Text {
        if run.text.is_empty() {
            return;
        }
        if let Some(last) = runs.last_mut()
            && last.kind == RunKind::Text
            && last.marks == run.marks
        {
            last.text.push_str(&run.text);
            return;
        }
    }
    runs.push(run);
}
