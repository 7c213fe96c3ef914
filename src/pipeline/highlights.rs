//! The highlighted code of a site: each distinct block once, however many pages show it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::ContentHash;
use crate::markdown::{Document, NodeKind, highlight};

/// Highlighted blocks by language and code.
#[derive(Debug, Default)]
pub struct Highlights {
    blocks: HashMap<ContentHash, Arc<str>>,
}

impl Highlights {
    /// Highlights the code of all documents.
    pub fn of<'a>(documents: impl Iterator<Item = &'a Document>) -> Self {
        let mut distinct: BTreeMap<ContentHash, (&str, &str)> = BTreeMap::new();
        for document in documents {
            for node in &document.nodes {
                if let NodeKind::CodeBlock(block) = &node.kind
                    && highlight::knows(&block.language)
                {
                    let code = block.options.full.as_deref().unwrap_or(&block.code);
                    distinct
                        .entry(highlight::key(&block.language, code))
                        .or_insert((&block.language, code));
                }
            }
        }
        let blocks = distinct
            .into_par_iter()
            .map(|(key, (language, code))| (key, Arc::from(highlight::highlight(language, code))))
            .collect();
        Highlights { blocks }
    }

    /// The highlighted form of a block, if it was highlighted.
    pub fn get(&self, language: &str, code: &str) -> Option<Arc<str>> {
        self.blocks.get(&highlight::key(language, code)).cloned()
    }
}
