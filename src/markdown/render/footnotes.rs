//! Footnotes: numbered in the order of their first reference, shown at the end of the page.

use std::collections::{BTreeMap, BTreeSet};

use crate::markdown::{Document, NodeId, NodeKind};

/// The footnotes of a document as its text is walked.
#[derive(Debug, Default)]
pub(super) struct Footnotes {
    /// The first definition of each label.
    definitions: BTreeMap<String, NodeId>,
    /// Every definition in order; also those that nobody can refer to because there is an
    /// earlier one of the label.
    all: Vec<NodeId>,
    /// All before this one in `all` have a number.
    cursor: usize,
    /// Definitions that have a number, by node: index in `notes`.
    numbered: BTreeMap<NodeId, usize>,
    /// The notes in the order of their numbers.
    pub notes: Vec<Note>,
    /// Ids that are taken.
    taken: BTreeSet<String>,
    /// The number that the next duplicate of an id tries first.
    duplicates: BTreeMap<String, u32>,
}

/// A footnote that has a number.
#[derive(Debug)]
pub(super) struct Note {
    /// The node of its definition.
    pub node: NodeId,
    /// Its id.
    pub id: String,
    /// The ids of the references to it, in order.
    pub references: Vec<String>,
}

impl Footnotes {
    /// The footnotes of a document, none of them referred to yet.
    pub fn of(doc: &Document) -> Self {
        let mut footnotes = Footnotes::default();
        for (node, id) in doc.nodes.iter().zip(0..) {
            if let NodeKind::FootnoteDefinition(label) = &node.kind {
                footnotes.all.push(id);
                footnotes.definitions.entry(label.to_lowercase()).or_insert(id);
            }
        }
        if !footnotes.all.is_empty() {
            footnotes.taken = doc
                .headings
                .iter()
                .map(|heading| heading.id.clone())
                .chain(doc.anchors.iter().map(|anchor| anchor.id.clone()))
                .collect();
        }
        footnotes
    }

    /// A reference to a label: the note's number from 1, its id and the id of the reference.
    /// None where no definition has the label.
    pub fn refer(&mut self, label: &str) -> Option<(usize, String, String)> {
        let node = *self.definitions.get(&label.to_lowercase())?;
        let index = self.number(node, label);
        let note = self.notes.get(index)?;
        let wanted = format!("fr-{}-{}", slug(label), note.references.len() + 1);
        let reference = self.unique(wanted);
        let note = self.notes.get_mut(index)?;
        note.references.push(reference.clone());
        Some((index + 1, note.id.clone(), reference))
    }

    /// The number of a reference in a place where there can be no link.
    pub fn mention(&mut self, label: &str) -> Option<usize> {
        let node = *self.definitions.get(&label.to_lowercase())?;
        Some(self.number(node, label) + 1)
    }

    /// Gives the first definition that has no number the next one. False where all have one.
    pub fn number_next(&mut self, doc: &Document) -> bool {
        while let Some(&node) = self.all.get(self.cursor) {
            self.cursor += 1;
            if self.numbered.contains_key(&node) {
                continue;
            }
            let label = match doc.nodes.get(node as usize).map(|node| &node.kind) {
                Some(NodeKind::FootnoteDefinition(label)) => label.to_string(),
                _ => String::new(),
            };
            self.number(node, &label);
            return true;
        }
        false
    }

    fn number(&mut self, node: NodeId, label: &str) -> usize {
        if let Some(&index) = self.numbered.get(&node) {
            return index;
        }
        let index = self.notes.len();
        self.numbered.insert(node, index);
        let id = self.unique(format!("footnote-{}", slug(label)));
        self.notes.push(Note { node, id, references: Vec::new() });
        index
    }

    fn unique(&mut self, wanted: String) -> String {
        if self.taken.insert(wanted.clone()) {
            return wanted;
        }
        let number = self.duplicates.entry(wanted.clone()).or_insert(1);
        loop {
            *number += 1;
            let id = format!("{wanted}.{number}");
            if self.taken.insert(id.clone()) {
                return id;
            }
        }
    }
}

/// A label as part of an id: an id has no white space.
fn slug(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase()
}
