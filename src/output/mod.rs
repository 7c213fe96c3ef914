//! What is published: the [`OutputTree`], the formats that list it, and the writer that puts it
//! in place.

mod disk;
mod manifest;
mod tree;
mod writer;

pub use manifest::{FileRecord, MANIFEST, Manifest};
pub use tree::{Entry, OutputTree};
pub use writer::{Content, WriteError, Writer, Written};
