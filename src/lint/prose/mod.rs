//! The prose of a file: blocks of text with a scope and the way back to the bytes.

mod block;
mod controls;
mod extract;
mod html;
mod sentences;
mod statistics;
mod urls;
mod words;

pub(crate) use block::{Block, Origin, PieceText};
pub(crate) use controls::{Controls, Timeline};
pub(crate) use extract::{ExtractOptions, Prose, of_document, of_html};
pub(crate) use sentences::sentences;
pub(crate) use statistics::Statistics;
pub(crate) use words::words;
