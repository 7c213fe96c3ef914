//! Text becomes a [`Document`], and a document becomes HTML. Knows nothing of the site.

pub mod directives;
mod document;
mod front_matter;
mod target;

pub use document::{
    Alert, AlertKind, Alignment, Anchor, Attributes, CodeBlock, CodeOptions, Directive, Document,
    Heading, Link, LinkKind, Node, NodeId, NodeKind,
};
pub use front_matter::FrontMatter;
pub use target::Target;
