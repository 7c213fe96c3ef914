//! Search: what pages give to it, the index, the query plan, and the export that readers use
//! without a server.
//!
//! [`input`] takes a page apart. [`SearchIndex::build`] indexes all pages with tantivy, and
//! [`SearchIndex::answer`] is the query plan on that index. For readers, [`Batch::of`] indexes some
//! pages in a row, and [`Export`] writes the batches of a site as files for the client.

mod batch;
mod bm25;
mod export;
mod forms;
mod fragments;
mod index;
mod input;
mod join;
mod lists;
mod numbers;
mod query;
mod rank;
mod reader;
mod records;
mod segment;
mod snippet;
#[cfg(test)]
mod tests;
mod tokens;
mod vocabulary;

pub use batch::{Batch, BatchSize, batches};
pub use export::{Export, ExportFile, ExportOptions, Shard, VocabularyFiles, export};
pub use forms::{FormNumbers, FormPiece, Forms};
pub use fragments::{Fragment, FragmentName, fragments};
pub use index::{IndexError, IndexedPage, SearchIndex};
pub use input::{SearchInput, Section, input};
pub use rank::{Answer, PageHit, Ranking};
pub use reader::{ExportReader, ReadError, ShownSection};
pub use records::Records;
pub use snippet::{Snippet, snippet};
