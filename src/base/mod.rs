//! What every room needs and what needs no room: checked paths, positions in
//! source files, content hashes, and the [`Diagnostic`] in which every problem of a
//! user's files is told. Imports nothing of ours.

mod diagnostic;
mod edits;
mod glob;
mod hash;
mod line_index;
mod nearest;
mod path;
mod pieces;
mod url;

pub use diagnostic::{Applicability, Code, Diagnostic, Edit, Fix, Foreign, Label, Severity};
pub use edits::{EditPlan, apply_edits, edited_ranges};
pub use glob::{Glob, is_like};
pub use hash::ContentHash;
pub use line_index::{LineIndex, Position};
pub use nearest::nearest;
pub use path::{PathError, SitePath, SourcePath};
pub use pieces::{PieceMap, PieceMapBuilder, Span};
pub use url::{
    decode_percent, encode_path, is_external, push_relative_url, relative_url, split_link,
};
