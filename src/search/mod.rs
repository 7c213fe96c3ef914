//! Search: what pages give to it, the index, the query plan, and the export that readers use
//! without a server.
//!
//! [`input`] takes a page apart, [`SearchIndex::build`] indexes all pages with tantivy,
//! [`SearchIndex::answer`] is the query plan on that index, and [`pieces`], [`make`] and
//! [`finish`] write the same index as files for the client.

mod bm25;
mod export;
mod index;
mod input;
mod lists;
mod numbers;
mod query;
mod rank;
mod reader;
mod snippet;
#[cfg(test)]
mod tests;
mod tokens;
mod vocabulary;

pub use export::{ExportFile, ExportOptions, Made, Piece, finish, make, pieces};
pub use index::{IndexError, IndexedPage, SearchIndex};
pub use input::{SearchInput, Section, input};
pub use rank::{Answer, PageHit, Ranking};
pub use reader::{ExportReader, ReadError, ShownSection};
pub use snippet::{Snippet, snippet};
