//! What is published: the [`OutputTree`], the formats that list it, and the writer that puts it
//! in place.

mod tree;

pub use tree::{Entry, OutputTree};
