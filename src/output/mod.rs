//! What is published: the [`OutputTree`], the formats that list it, and the writer that puts it
//! in place.

mod context;
mod disk;
mod formats;
mod manifest;
mod rendered;
mod tree;
pub mod version;
mod writer;

pub use context::SiteContext;
pub use formats::{
    FORMATS, Format, Frame, NavScripts, SEARCH_FOLDER, SiteMapUrl, body, branch_note, fill, frame,
    joined, markdown_copy, render, search_path, shows_title, site_map_files, tree, version_record,
};
pub use manifest::{FileRecord, MANIFEST, Manifest};
pub use rendered::{PageRef, Rendered};
pub use tree::{Entry, OutputTree};
pub use writer::{Committed, Content, PlacedFile, WriteError, Writer, Written, published};
