//! What a difference is made of.

use std::fmt;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::part::{Form, Kind, Part, Run};
use super::words::{Piece, links};
use crate::base::Span;

/// What became of a block, or what is new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Edit {
    /// It is the same.
    Equal {
        /// The block as it stands in the new page.
        block: Arc<Part>,
    },
    /// It is new.
    Inserted {
        /// The change it belongs to.
        change: ChangeId,
        /// The block.
        block: Arc<Part>,
    },
    /// It is gone.
    Deleted {
        /// The change it belongs to.
        change: ChangeId,
        /// The block.
        block: Arc<Part>,
    },
    /// It stands elsewhere.
    MovedAway {
        /// The change it belongs to.
        change: ChangeId,
        /// The change that it has become part of.
        to: ChangeId,
        /// The number of the move: the same in both places.
        number: u32,
        /// The block.
        block: Arc<Part>,
    },
    /// It came from elsewhere.
    MovedHere {
        /// The change it belongs to.
        change: ChangeId,
        /// The change at the place where it stood.
        from: ChangeId,
        /// The number of the move: the same in both places.
        number: u32,
        /// What else became of it.
        edit: Box<Edit>,
    },
    /// It is new, and holds blocks that stood elsewhere.
    Wrapped {
        /// The change it belongs to.
        change: ChangeId,
        /// The block without what is in it.
        block: Shell,
        /// What is in it: nothing that was there before.
        edits: Vec<Edit>,
    },
    /// It is gone, and blocks that were in it stand elsewhere.
    Unwrapped {
        /// The change it belongs to.
        change: ChangeId,
        /// The block without what was in it.
        block: Shell,
        /// What became of what was in it: nothing stays there.
        edits: Vec<Edit>,
    },
    /// Something in it is another.
    Changed(Box<Changed>),
}

/// A block that is another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// The change it belongs to; none where only blocks in it have changed, which have changes of
    /// their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeId>,
    /// Every word, address, and id in it is the same: only marks differ.
    pub reformatted: bool,
    /// The block as it was.
    pub old: Shell,
    /// The block as it is.
    pub new: Shell,
    /// What became of what is in it.
    pub inner: Inner,
}

/// A block without what is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shell {
    /// What it is.
    pub kind: Kind,
    /// What else its marks say.
    #[serde(default, skip_serializing_if = "Form::is_empty")]
    pub form: Form,
    /// The id that leads to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<String>,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

impl Shell {
    /// A property.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.form.get(name).map(String::as_str)
    }

    pub(super) fn of(part: &Part) -> Self {
        Shell {
            kind: part.kind,
            form: part.form.clone(),
            anchor: part.anchor.clone(),
            span: part.span.clone(),
        }
    }

    /// The block, with nothing in it.
    pub(super) fn part(&self) -> Part {
        let Shell { kind, form, anchor, span } = self.clone();
        Part { form, anchor, span, ..Part::new(kind) }
    }

    /// Whether it is the same block but for its place and anchor.
    pub(super) fn same(&self, other: &Shell) -> bool {
        self.kind == other.kind && self.form == other.form
    }
}

/// What became of what is in a block.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inner {
    /// Of its text.
    Words(Vec<Piece>),
    /// Of the blocks in it.
    Blocks(Vec<Edit>),
}

/// The name of a change: `change-1` and so on, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ChangeId(pub u32);

impl fmt::Display for ChangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "change-{}", self.0)
    }
}

impl Serialize for ChangeId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ChangeId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = text.strip_prefix("change-").and_then(|number| number.parse().ok());
        number.map(ChangeId).ok_or_else(|| D::Error::custom(format!("`{text}` names no change")))
    }
}

/// Properties that only say how a block looks.
const LOOKS: &[&str] = &["align", "class", "level", "loose", "start"];

impl Changed {
    /// The properties that differ: name, as it was, as it is.
    pub fn properties(&self) -> Vec<(&str, Option<&str>, Option<&str>)> {
        let mut names: Vec<&String> = self.old.form.keys().chain(self.new.form.keys()).collect();
        names.sort_unstable();
        names.dedup();
        names
            .into_iter()
            .map(|name| (name.as_str(), self.old.get(name), self.new.get(name)))
            .filter(|(_, old, new)| old != new)
            // Another number of columns is told by the columns themselves.
            .filter(|(name, old, new)| *name != "align" || old.map(str::len) == new.map(str::len))
            .collect()
    }

    /// Whether nothing but looks differs.
    pub(super) fn only_looks(&self) -> bool {
        let looks = self.properties().iter().all(|(name, ..)| LOOKS.contains(name));
        looks
            && match &self.inner {
                Inner::Words(pieces) => pieces.iter().all(|piece| match piece {
                    Piece::Equal { .. } => true,
                    Piece::Reformatted { old, new } => same_links(old, new),
                    Piece::Inserted { .. } | Piece::Deleted { .. } => false,
                }),
                Inner::Blocks(edits) => edits.iter().all(|edit| match edit {
                    Edit::Equal { .. } => true,
                    Edit::Changed(changed) => changed.reformatted,
                    _ => false,
                }),
            }
    }
}

/// Whether two texts with the same words lead to the same places.
fn same_links(old: &[Run], new: &[Run]) -> bool {
    links(old) == links(new)
}
