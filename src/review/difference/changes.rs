//! Gives every change its number, its place on the page, and its size.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::edit::{ChangeId, Changed, Edit, Inner};
use super::part::{Form, Kind, Part, plain};
use super::words::{Piece, count, links};
use crate::base::Span;

/// A change, as a list of them shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its name, which is the id of its place in HTML too.
    pub id: ChangeId,
    /// What happened.
    pub kind: ChangeKind,
    /// To what: the first block of the change.
    pub block: Kind,
    /// The headings above it, the outermost first; of the old page for what is gone.
    pub headings: Vec<String>,
    /// The id of the new page that stands at it or before it.
    pub anchor: Option<String>,
    /// The same of the old page.
    pub old_anchor: Option<String>,
    /// Where it is written: in the new file, for what is gone in the old one.
    pub span: Option<Span>,
    /// The place where it went or came from, of what moved.
    pub partner: Option<ChangeId>,
    /// How many words.
    pub words: Words,
    /// The beginning of its text.
    pub excerpt: String,
}

/// What happened at a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Something new.
    Inserted,
    /// Something is gone.
    Deleted,
    /// Other words, addresses, or properties.
    Changed,
    /// The same words, with other marks.
    Reformatted,
    /// It stood elsewhere.
    MovedHere,
    /// It stands elsewhere.
    MovedAway,
}

/// Counts of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Words {
    /// New ones.
    pub inserted: usize,
    /// Those that are gone.
    pub deleted: usize,
    /// Those that stand elsewhere and are the same.
    pub moved: usize,
    /// Those that got other marks or links.
    pub reformatted: usize,
}

impl Words {
    fn add(&mut self, other: Words) {
        self.inserted += other.inserted;
        self.deleted += other.deleted;
        self.moved += other.moved;
        self.reformatted += other.reformatted;
    }
}

/// How many characters of a change's text its excerpt has.
const EXCERPT: usize = 80;

/// Numbers the changes in the order of the page, and lists them.
pub(super) fn number(edits: &mut [Edit]) -> (Vec<Change>, Words) {
    let mut numbers = Numbers::default();
    numbers.row(edits, None);
    let Numbers { away, here, .. } = numbers;
    join(edits, &away, &here);
    let mut list = List::default();
    list.row(edits, None);
    let mut changes: Vec<Change> = list.changes.into_values().collect();
    let mut total = Words::default();
    for change in &mut changes {
        total.add(change.words);
        let text = change.excerpt.trim();
        change.excerpt = match text.char_indices().nth(EXCERPT) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
            None => text.to_owned(),
        };
    }
    (changes, total)
}

#[derive(Default)]
struct Numbers {
    last: u32,
    /// The changes of the moves by number, where they left and where they arrived.
    away: BTreeMap<u32, ChangeId>,
    here: BTreeMap<u32, ChangeId>,
}

/// What a change that the next block may join is.
#[derive(PartialEq)]
enum Open {
    /// Neighbors that came or went.
    Came,
    Away(u32),
    Here(u32),
}

impl Numbers {
    fn next(&mut self) -> ChangeId {
        self.last += 1;
        ChangeId(self.last)
    }

    /// Numbers a row of neighbors. `whole` is the change that all of them belong to.
    fn row(&mut self, edits: &mut [Edit], whole: Option<ChangeId>) {
        let mut open: Option<(Open, ChangeId)> = None;
        // Moves out of a block or into one that stands right here.
        let mut here = BTreeSet::new();
        wrapped(edits, false, &mut here);
        for edit in edits {
            let joins = |wanted: Open| match &open {
                Some((open, id)) if *open == wanted => Some(*id),
                _ => None,
            };
            match edit {
                Edit::Equal { .. } => open = None,
                Edit::Inserted { change, .. } | Edit::Deleted { change, .. } => {
                    *change = whole.or(joins(Open::Came)).unwrap_or_else(|| self.next());
                    open = Some((Open::Came, *change));
                }
                Edit::Wrapped { change, edits, .. } | Edit::Unwrapped { change, edits, .. } => {
                    *change = whole.or(joins(Open::Came)).unwrap_or_else(|| self.next());
                    open = Some((Open::Came, *change));
                    self.row(edits, Some(*change));
                }
                Edit::MovedAway { change, number, .. } if here.contains(number) => {
                    *change = whole.or(joins(Open::Came)).unwrap_or_else(|| self.next());
                    open = Some((Open::Came, *change));
                    self.away.insert(*number, *change);
                }
                Edit::MovedHere { change, number, edit, .. } if here.contains(number) => {
                    *change = whole.or(joins(Open::Came)).unwrap_or_else(|| self.next());
                    open = Some((Open::Came, *change));
                    self.here.insert(*number, *change);
                    self.row(std::slice::from_mut(edit), Some(*change));
                }
                Edit::MovedAway { change, number, .. } => {
                    let before = number.checked_sub(1).and_then(|before| joins(Open::Away(before)));
                    *change = whole.or(before).unwrap_or_else(|| self.next());
                    self.away.insert(*number, *change);
                    open = Some((Open::Away(*number), *change));
                }
                Edit::MovedHere { change, number, edit, .. } => {
                    let before = number.checked_sub(1).and_then(|before| joins(Open::Here(before)));
                    *change = whole.or(before).unwrap_or_else(|| self.next());
                    self.here.insert(*number, *change);
                    open = Some((Open::Here(*number), *change));
                    self.row(std::slice::from_mut(edit), Some(*change));
                }
                Edit::Changed(changed) => {
                    open = None;
                    self.changed(changed, whole);
                }
            }
        }
    }

    fn changed(&mut self, changed: &mut Changed, whole: Option<ChangeId>) {
        let one = is_one(changed);
        if let Some(whole) = whole {
            changed.change = Some(whole);
        } else if one || !changed.old.same(&changed.new) {
            changed.change = Some(self.next());
        }
        let inside = whole.or(changed.change.filter(|_| one));
        if let Inner::Blocks(edits) = &mut changed.inner {
            self.row(edits, inside);
        }
    }
}

/// Gathers the moves within blocks of a row that are new or gone around them.
fn wrapped(edits: &[Edit], inside: bool, numbers: &mut BTreeSet<u32>) {
    for edit in edits {
        match edit {
            Edit::MovedAway { number, .. } | Edit::MovedHere { number, .. } if inside => {
                numbers.insert(*number);
            }
            Edit::Wrapped { edits, .. } | Edit::Unwrapped { edits, .. } => {
                wrapped(edits, true, numbers);
            }
            _ => {}
        }
    }
}

/// Whether all that has changed in a block is one change.
fn is_one(changed: &Changed) -> bool {
    let columns = |form: &Form| form.get("align").map(String::len);
    match changed.new.kind {
        Kind::Row | Kind::Code | Kind::Html | Kind::Source | Kind::FrontMatter => true,
        Kind::Table => columns(&changed.old.form) != columns(&changed.new.form),
        kind => kind.is_leaf(),
    }
}

/// Tells each half of a move where the other one is.
fn join(edits: &mut [Edit], away: &BTreeMap<u32, ChangeId>, here: &BTreeMap<u32, ChangeId>) {
    for edit in edits {
        match edit {
            Edit::MovedAway { to, number, .. } => {
                *to = here.get(number).copied().unwrap_or_default();
            }
            Edit::MovedHere { from, number, edit, .. } => {
                join(std::slice::from_mut(edit), away, here);
                *from = away.get(number).copied().unwrap_or_default();
            }
            Edit::Wrapped { edits, .. } | Edit::Unwrapped { edits, .. } => {
                join(edits, away, here);
            }
            Edit::Changed(changed) => {
                if let Inner::Blocks(edits) = &mut changed.inner {
                    join(edits, away, here);
                }
            }
            Edit::Equal { .. } | Edit::Inserted { .. } | Edit::Deleted { .. } => {}
        }
    }
}

#[derive(Default)]
struct List {
    changes: BTreeMap<ChangeId, Change>,
    /// The headings that are open in the old and in the new page: level and text.
    old: Vec<(String, String)>,
    new: Vec<(String, String)>,
    old_anchor: Option<String>,
    new_anchor: Option<String>,
    /// What arrives stood here already.
    in_place: bool,
}

/// The pages that a block stands in.
#[derive(Clone, Copy)]
struct In {
    old: bool,
    new: bool,
}

const BOTH: In = In { old: true, new: true };
const OLD: In = In { old: true, new: false };
const NEW: In = In { old: false, new: true };

impl List {
    fn row(&mut self, edits: &[Edit], arrived: Option<ChangeId>) {
        for edit in edits {
            match edit {
                Edit::Equal { block } => {
                    let side = if arrived.is_some() { NEW } else { BOTH };
                    self.pass_all(block, side);
                    if let Some(id) = arrived.filter(|_| !self.in_place) {
                        let words = Words { moved: part_words(block), ..Words::default() };
                        self.note(id, block, words);
                    }
                }
                Edit::Inserted { change, block } => {
                    self.pass(block.kind, &block.form, &block.anchor, &block_text(block), NEW);
                    let kind = ChangeKind::Inserted;
                    self.open(*change, kind, block.kind, &block.span, None);
                    self.pass_all(block, NEW);
                    let words = Words { inserted: part_words(block), ..Words::default() };
                    self.note(*change, block, words);
                }
                Edit::Deleted { change, block } => {
                    self.pass(block.kind, &block.form, &block.anchor, &block_text(block), OLD);
                    self.open(*change, ChangeKind::Deleted, block.kind, &block.span, None);
                    self.pass_all(block, OLD);
                    let words = Words { deleted: part_words(block), ..Words::default() };
                    self.note(*change, block, words);
                }
                Edit::Wrapped { change, block, edits } => {
                    self.pass(block.kind, &block.form, &block.anchor, "", NEW);
                    self.open(*change, ChangeKind::Changed, block.kind, &block.span, None);
                    self.row(edits, None);
                }
                Edit::Unwrapped { change, block, edits } => {
                    self.pass(block.kind, &block.form, &block.anchor, "", OLD);
                    self.open(*change, ChangeKind::Changed, block.kind, &block.span, None);
                    self.row(edits, None);
                }
                // It stands where it stood, in another block.
                Edit::MovedAway { change, to, block, .. } if change == to => {
                    self.pass_all(block, OLD);
                    self.open(*change, ChangeKind::Changed, block.kind, &block.span, None);
                    self.note(*change, block, Words::default());
                }
                Edit::MovedHere { change, from, edit, .. } if change == from => {
                    self.open(*change, ChangeKind::Changed, Kind::Paragraph, &None, None);
                    let outer = std::mem::replace(&mut self.in_place, true);
                    self.row(std::slice::from_ref(edit), Some(*change));
                    self.in_place = outer;
                }
                Edit::MovedAway { change, to, block, .. } => {
                    self.pass(block.kind, &block.form, &block.anchor, &block_text(block), OLD);
                    let kind = ChangeKind::MovedAway;
                    self.open(*change, kind, block.kind, &block.span, Some(*to));
                    self.pass_all(block, OLD);
                    self.note(*change, block, Words::default());
                }
                Edit::MovedHere { change, from, edit, .. } => {
                    let (kind, form, anchor, span, text) = match &**edit {
                        Edit::Changed(changed) => {
                            let new = &changed.new;
                            (new.kind, &new.form, &new.anchor, &new.span, changed_text(changed))
                        }
                        Edit::Equal { block } | Edit::Inserted { block, .. } => {
                            (block.kind, &block.form, &block.anchor, &block.span, block_text(block))
                        }
                        _ => continue,
                    };
                    self.pass(kind, form, anchor, &text, NEW);
                    self.open(*change, ChangeKind::MovedHere, kind, span, Some(*from));
                    self.row(std::slice::from_ref(edit), Some(*change));
                }
                Edit::Changed(changed) => self.changed(changed, arrived),
            }
        }
    }

    fn changed(&mut self, changed: &Changed, arrived: Option<ChangeId>) {
        let text = changed_text(changed);
        let old_text = match &changed.inner {
            Inner::Words(pieces) => old_text(pieces),
            Inner::Blocks(_) => String::new(),
        };
        if arrived.is_none() {
            self.pass(changed.old.kind, &changed.old.form, &changed.old.anchor, &old_text, OLD);
        }
        self.pass(changed.new.kind, &changed.new.form, &changed.new.anchor, &text, NEW);
        if let Some(id) = changed.change {
            let kind = match changed.reformatted {
                true => ChangeKind::Reformatted,
                false => ChangeKind::Changed,
            };
            self.open(id, kind, changed.new.kind, &changed.new.span, None);
        }
        match &changed.inner {
            Inner::Words(pieces) => {
                if let Some(change) = changed.change.and_then(|id| self.changes.get_mut(&id)) {
                    let arrived = arrived.is_some() && !self.in_place;
                    change.words.add(pieces_words(pieces, arrived));
                    add_text(&mut change.excerpt, &text);
                }
            }
            Inner::Blocks(edits) => self.row(edits, arrived),
        }
    }

    /// Notes the beginning of a change, unless that was noted before.
    fn open(
        &mut self,
        id: ChangeId,
        kind: ChangeKind,
        block: Kind,
        span: &Option<Span>,
        partner: Option<ChangeId>,
    ) {
        if let Some(change) = self.changes.get_mut(&id) {
            // Neighbors of which some came and others went.
            let came = |kind| matches!(kind, ChangeKind::Inserted | ChangeKind::Deleted);
            if change.kind != kind && came(change.kind) && came(kind) {
                change.kind = ChangeKind::Changed;
                if kind == ChangeKind::Inserted {
                    change.block = block;
                    change.span.clone_from(span);
                    change.excerpt.clear();
                }
            }
            return;
        }
        let gone = matches!(kind, ChangeKind::Deleted | ChangeKind::MovedAway);
        let open = if gone { &self.old } else { &self.new };
        self.changes.insert(
            id,
            Change {
                id,
                kind,
                block,
                headings: open.iter().map(|(_, text)| text.clone()).collect(),
                anchor: self.new_anchor.clone(),
                old_anchor: self.old_anchor.clone(),
                span: span.clone(),
                partner,
                words: Words::default(),
                excerpt: String::new(),
            },
        );
    }

    fn note(&mut self, id: ChangeId, block: &Part, words: Words) {
        if let Some(change) = self.changes.get_mut(&id) {
            let shown = !(change.kind == ChangeKind::Changed && words.deleted > 0);
            change.words.add(words);
            if shown && change.excerpt.chars().count() <= EXCERPT {
                add_text(&mut change.excerpt, &block_text(block));
            }
        }
    }

    /// Takes note of the headings and ids of a block and all that is in it.
    fn pass_all(&mut self, part: &Part, side: In) {
        self.pass(part.kind, &part.form, &part.anchor, &block_text(part), side);
        for part in &part.parts {
            self.pass_all(part, side);
        }
    }

    fn pass(&mut self, kind: Kind, form: &Form, id: &Option<String>, text: &str, side: In) {
        let id = id.as_ref().filter(|id| !id.is_empty());
        for (inside, open, anchor) in [
            (side.old, &mut self.old, &mut self.old_anchor),
            (side.new, &mut self.new, &mut self.new_anchor),
        ] {
            if !inside {
                continue;
            }
            if let Some(id) = id {
                *anchor = Some(id.clone());
            }
            if kind == Kind::Heading {
                let level = form.get("level").cloned().unwrap_or_default();
                open.retain(|(other, _)| *other < level);
                open.push((level, text.to_owned()));
            }
        }
    }
}

/// The text of a leaf, or of the beginning of what else it is.
fn block_text(part: &Part) -> String {
    if part.kind.is_leaf() {
        return plain(&part.runs);
    }
    let mut text = String::new();
    let mut open = vec![part];
    while let Some(part) = open.pop() {
        add_text(&mut text, &plain(&part.runs));
        if text.chars().nth(EXCERPT).is_some() {
            break;
        }
        open.extend(part.parts.iter().rev().map(|part| &**part));
    }
    text
}

fn add_text(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}

fn changed_text(changed: &Changed) -> String {
    let Inner::Words(pieces) = &changed.inner else { return String::new() };
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Equal { runs } | Piece::Inserted { runs } => text.push_str(&plain(runs)),
            Piece::Reformatted { new, .. } => text.push_str(&plain(new)),
            Piece::Deleted { .. } => {}
        }
    }
    text
}

fn old_text(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Equal { runs } | Piece::Deleted { runs } => text.push_str(&plain(runs)),
            Piece::Reformatted { old, .. } => text.push_str(&plain(old)),
            Piece::Inserted { .. } => {}
        }
    }
    text
}

/// How many words a block has, code included.
pub(super) fn part_words(part: &Part) -> usize {
    let own = count(&part.runs);
    own + part.parts.iter().map(|part| part_words(part)).sum::<usize>()
}

fn pieces_words(pieces: &[Piece], arrived: bool) -> Words {
    let mut words = Words::default();
    for piece in pieces {
        match piece {
            Piece::Equal { runs } if arrived => words.moved += count(runs),
            Piece::Equal { .. } => {}
            Piece::Inserted { runs } => words.inserted += count(runs),
            Piece::Deleted { runs } => words.deleted += count(runs),
            Piece::Reformatted { new, .. } => words.reformatted += count(new),
        }
    }
    words
}

/// Where links of some text led and lead, where that differs: as it was, as it is.
pub(super) fn relinked(pieces: &[Piece]) -> Vec<(String, String)> {
    let mut list: Vec<(String, String)> = Vec::new();
    for piece in pieces {
        let Piece::Reformatted { old, new } = piece else { continue };
        let (old, new) = (links(old), links(new));
        for at in 0..old.len().max(new.len()) {
            let to = |links: &[(&str, &str)]| {
                links.get(at).map_or_else(String::new, |(to, title)| match title.is_empty() {
                    true => (*to).to_owned(),
                    false => format!("{to} \"{title}\""),
                })
            };
            let pair = (to(&old), to(&new));
            if pair.0 != pair.1 && list.last() != Some(&pair) {
                list.push(pair);
            }
        }
    }
    list
}
