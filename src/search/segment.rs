//! Sections in tantivy: one document for each, in the order of the pages.

use std::io;
use std::sync::Arc;

use tantivy::schema::{
    Field as TantivyField, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use tantivy::{Index, IndexSettings, SegmentReader, TantivyDocument, TantivyError};

use super::input::{BLOCK, GAP, SAME, SearchInput, Tokens};

/// The fields of an entry. Their order is that of the export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    /// The heading of the section; the title of the page for its beginning.
    Title,
    /// Headings in the section that begin none of their own; for the beginning of a page also the
    /// pages above, and what else the page is called.
    Trail,
    /// Text.
    Body,
    /// Code blocks.
    Code,
    /// For the beginning of a page: what links in other pages call it.
    Links,
}

/// The fields in order.
pub(super) const FIELDS: [Field; 5] =
    [Field::Title, Field::Trail, Field::Body, Field::Code, Field::Links];
/// Those of them that hold what stands in a page, in order.
pub(super) const OWN_FIELDS: [Field; 4] = [Field::Title, Field::Trail, Field::Body, Field::Code];

impl Field {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Field::Title => "title",
            Field::Trail => "trail",
            Field::Body => "body",
            Field::Code => "code",
            Field::Links => "links",
        }
    }

    /// Whether places of words are kept.
    pub(super) const fn has_places(self) -> bool {
        matches!(self, Field::Title | Field::Body)
    }

    /// Whether it counts how often a word stands in a section.
    pub(super) const fn has_times(self) -> bool {
        !matches!(self, Field::Links)
    }
}

/// A page of the site, for the index.
#[derive(Debug, Clone)]
pub struct IndexedPage {
    /// Its address as seen from the site's root, ready for a link.
    pub url: String,
    /// Its title.
    pub title: String,
    /// The titles of the pages above it, from the top.
    pub trail: Vec<String>,
    /// What else it is found by: another title, tags, the name of its file.
    pub also: Vec<String>,
    /// What links in other pages call it.
    pub link_texts: Vec<String>,
    /// Its sections.
    pub input: Arc<SearchInput>,
}

/// Why there is no index.
#[derive(Debug, thiserror::Error)]
#[error("the search index cannot be made: {0}")]
pub struct IndexError(#[from] TantivyError);

impl From<io::Error> for IndexError {
    fn from(error: io::Error) -> Self {
        IndexError(error.into())
    }
}

/// A segment of tantivy's, in memory.
pub(super) struct Segment {
    /// None where there are no sections.
    pub(super) reader: Option<SegmentReader>,
    /// Tantivy's names of the fields.
    pub(super) fields: [TantivyField; 5],
    /// The first section of each page, and behind them the number of sections.
    pub(super) first_of_page: Vec<u32>,
}

/// What tantivy's table of terms may take at its beginning; it grows as it must.
const MEMORY: usize = 2 << 20;

/// The same for a site of so few sections that to clear a larger table would take longer than to
/// fill it.
const LITTLE_MEMORY: usize = 100_000;

/// The most sections of which that is so.
const FEW_SECTIONS: usize = 100;

impl Segment {
    /// Writes the sections of pages.
    ///
    /// # Errors
    /// Where tantivy fails, which it does when memory does.
    pub(super) fn write<'p>(
        pages: impl Iterator<Item = &'p IndexedPage>,
    ) -> Result<Segment, IndexError> {
        let mut schema = Schema::builder();
        let fields = FIELDS.map(|field| {
            let record = if field.has_places() {
                IndexRecordOption::WithFreqsAndPositions
            } else {
                IndexRecordOption::WithFreqs
            };
            let indexing =
                TextFieldIndexing::default().set_tokenizer("recorded").set_index_option(record);
            schema
                .add_text_field(field.name(), TextOptions::default().set_indexing_options(indexing))
        });
        let settings =
            IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
        let mut index = Index::builder().schema(schema.build()).settings(settings);
        let tokenizers = tantivy::tokenizer::TokenizerManager::new();
        tokenizers.register("recorded", Recorded::default());
        index = index.tokenizers(tokenizers);
        let directory = tantivy::directory::RamDirectory::create();
        let pages: Vec<&IndexedPage> = pages.collect();
        let sections: usize = pages.iter().map(|page| page.input.sections.len()).sum();
        let memory = if sections <= FEW_SECTIONS { LITTLE_MEMORY } else { MEMORY };
        let mut writer = index.single_segment_index_writer(directory, memory)?;
        let mut first_of_page = Vec::new();
        let mut count = 0u32;
        for page in pages {
            first_of_page.push(count);
            for (at, section) in page.input.sections.iter().enumerate() {
                let mut document = TantivyDocument::default();
                let [title, trail, body, code, links] = fields;
                let mut add = |field, tokens: &Tokens| {
                    if !tokens.0.is_empty() {
                        document.add_text(field, &tokens.0);
                    }
                };
                if at == 0 {
                    let mut above = section.heading_tokens.clone();
                    for text in page.trail.iter().chain(&page.also) {
                        above.block(text);
                    }
                    let mut name = Tokens::default();
                    name.block(&page.title);
                    let mut called = Tokens::default();
                    for text in &page.link_texts {
                        called.block(text);
                    }
                    add(trail, &above);
                    add(title, &name);
                    add(links, &called);
                } else {
                    add(title, &section.title_tokens);
                    add(trail, &section.heading_tokens);
                }
                add(body, &section.body_tokens);
                add(code, &section.code_tokens);
                writer.add_document(document)?;
                count += 1;
            }
        }
        first_of_page.push(count);
        let index = writer.finalize()?;
        let reader = match index.searchable_segments()?.first() {
            Some(segment) => Some(SegmentReader::open(segment)?),
            None => None,
        };
        Ok(Segment { reader, fields, first_of_page })
    }
}

/// Gives tantivy the tokens that were recorded.
#[derive(Debug, Clone, Default)]
struct Recorded {
    token: Token,
}

struct Replay<'a> {
    rest: &'a str,
    token: &'a mut Token,
}

impl Tokenizer for Recorded {
    type TokenStream<'a> = Replay<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Replay<'a> {
        self.token.reset();
        Replay { rest: text, token: &mut self.token }
    }
}

impl TokenStream for Replay<'_> {
    fn advance(&mut self) -> bool {
        // Tokens are short: a loop over them is faster than a search that is made for long texts.
        let end = self.rest.bytes().position(|byte| byte == b' ');
        let Some((item, rest)) = end.and_then(|end| self.rest.split_at_checked(end)) else {
            return false;
        };
        self.rest = rest.strip_prefix(' ').unwrap_or_default();
        let next = self.token.position.wrapping_add(1);
        let (text, position) = match item.strip_prefix(SAME) {
            Some(text) => (text, next.saturating_sub(1)),
            None => match item.strip_prefix(BLOCK) {
                Some(text) if next > 0 => (text, next + GAP as usize),
                Some(text) => (text, 0),
                None => (item, next),
            },
        };
        self.token.position = position;
        self.token.text.clear();
        self.token.text.push_str(text);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
