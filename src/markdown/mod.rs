//! Text becomes a [`Document`], and a document becomes HTML. Knows nothing of the site.

mod code;
pub mod codes;
pub mod directives;
mod document;
mod form;
mod front_matter;
pub mod highlight;
mod math;
mod meaning;
mod parse;
mod render;
mod target;
mod unseen;

pub use code::{CodeProblem, code_block};
pub use codes::CODES;
pub use document::{
    Alert, AlertKind, Alignment, Anchor, Attributes, CodeBlock, CodeOptions, Directive, Document,
    Heading, Link, LinkKind, LinkText, Node, NodeId, NodeKind, Outline,
};
pub use form::{Definition, Form, FormKind, FormNode, LinkForm, Undefined, form};
pub use front_matter::FrontMatter;
pub use meaning::{Latitude, Unmeant, check_meaning};
pub use parse::{
    Detail, Entry, FrontMatterText, HtmlTag, Malformed, Mapped, MappedBuilder, ParseInput, Value,
    ValueKind, WrittenFrontMatter, decode, front_matter_texts, heading_id, html_comments,
    html_tags, html_words, parse, parse_body, parse_commonmark, parse_detail, parse_yaml, unescape,
};
pub use render::{
    Highlighter, RenderInput, Words, code_blocks, description, escape_attribute, escape_text,
    render, source_of, text_of,
};
pub use target::Target;
