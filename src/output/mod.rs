//! What is published: the [`OutputTree`], the formats that list it, and the writer that puts it
//! in place.

mod context;
mod formats;
mod rendered;
mod tree;

pub use context::SiteContext;
pub use formats::{FORMATS, Format, NavScripts, render, tree};
pub use rendered::{PageRef, Rendered};
pub use tree::{Entry, OutputTree};
