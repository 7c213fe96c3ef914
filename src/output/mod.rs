//! What is published: the [`OutputTree`], the formats that list it, and the writer that puts it
//! in place.

mod context;
mod disk;
mod formats;
mod manifest;
mod rendered;
mod tree;
mod writer;

pub use context::SiteContext;
pub use formats::{
    FORMATS, Format, Frame, NavScripts, SEARCH_FOLDER, branch_note, fill, frame, has_print, joined,
    markdown_copy, render, search_path, shows_title, tree,
};
pub use manifest::{FileRecord, MANIFEST, Manifest};
pub use rendered::{PageRef, Rendered};
pub use tree::{Entry, OutputTree};
pub use writer::{Committed, Content, WriteError, Writer, Written};
