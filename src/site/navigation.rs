//! The navigation: a tree of pages, sections, parts and separators, flat and in preorder, so
//! that no walk needs recursion and each question costs as much as its answer.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::base::{SitePath, Span};

use super::model::PageId;

/// The most siblings that a page shows around its own place.
pub const MOST_SIBLINGS: usize = 100;

/// Position of an item in the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NavId(pub u32);

/// What an item of the navigation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NavKind {
    /// A page.
    Page(PageId),
    /// A page that does not exist yet, or not in this build.
    Draft,
    /// A heading above the items that follow it.
    Part,
    /// A line between items.
    Separator,
    /// A folder without a page of its own.
    Section,
}

/// An item of the navigation.
#[derive(Debug, Clone, PartialEq)]
pub struct NavItem {
    /// What it is.
    pub kind: NavKind,
    /// Its title; empty for a separator.
    pub title: String,
    /// Its number (`1.2.`).
    pub number: Option<String>,
    /// Where it leads: to its page, or to the generated list of what stands below it.
    pub path: Option<SitePath>,
    /// The item that it stands below.
    pub parent: Option<NavId>,
    /// How many items stand above it.
    pub depth: u32,
    /// Where `SUMMARY.md` lists it.
    pub span: Option<Span>,
    /// One past the last item below it.
    end: u32,
    /// Its place among its siblings.
    position: u32,
    /// Where its children stand in [`Navigation::children`].
    children: Range<u32>,
}

/// The navigation of a site.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Navigation {
    /// In preorder.
    items: Vec<NavItem>,
    /// The children of every item, those of one item next to each other; those at the top first.
    children: Vec<NavId>,
    top: u32,
}

/// A row of the navigation that a page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavRow {
    /// The item.
    pub item: NavId,
    /// How many rows above it hold it; rows are in preorder, so this makes them a tree.
    pub depth: u32,
    /// It is the page that is shown.
    pub current: bool,
    /// It is the page that is shown or stands above it.
    pub active: bool,
    /// It has children, shown or not.
    pub section: bool,
    /// Its children are among the rows.
    pub open: bool,
    /// Where it has more children than are shown.
    pub more: Option<More>,
}

/// Where all of many items are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct More {
    /// How many there are.
    pub count: usize,
    /// The page that lists them.
    pub path: SitePath,
}

/// The navigation around a place: at the top, along the way to the place, and below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NavWindow {
    /// In preorder.
    pub rows: Vec<NavRow>,
    /// Where more stand at the top than are shown.
    pub more: Option<More>,
}

/// An item before its place in the tree is known.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) kind: NavKind,
    pub(super) title: String,
    pub(super) number: Option<String>,
    pub(super) parent: Option<NavId>,
    pub(super) span: Option<Span>,
}

impl NavId {
    pub(super) fn of(index: usize) -> Self {
        NavId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl Navigation {
    /// The tree of items in preorder, each with a parent in front of it.
    pub(super) fn new(drafts: Vec<Draft>) -> Self {
        let count = drafts.len();
        let mut items: Vec<NavItem> = Vec::with_capacity(count);
        let mut counts = vec![0u32; count];
        let mut top = 0u32;
        for draft in drafts {
            let above = draft.parent.and_then(|parent| items.get(parent.index()));
            let depth = above.map_or(0, |above| above.depth + 1);
            let siblings = match draft.parent {
                Some(parent) => counts.get_mut(parent.index()),
                None => Some(&mut top),
            };
            let position = siblings.map_or(0, |count| {
                *count += 1;
                *count - 1
            });
            items.push(NavItem {
                kind: draft.kind,
                title: draft.title,
                number: draft.number,
                path: None,
                parent: draft.parent,
                depth,
                span: draft.span,
                end: u32::try_from(items.len() + 1).unwrap_or(u32::MAX),
                position,
                children: 0..0,
            });
        }
        // Backwards, every child has told its parent where it ends before the parent tells its own.
        for index in (0..items.len()).rev() {
            let Some((end, parent)) = items.get(index).map(|item| (item.end, item.parent)) else {
                continue;
            };
            if let Some(parent) = parent.and_then(|parent| items.get_mut(parent.index())) {
                parent.end = parent.end.max(end);
            }
        }
        let mut next = top;
        for (item, count) in items.iter_mut().zip(&counts) {
            item.children = next..next + count;
            next += count;
        }
        let mut children = vec![NavId(0); items.len()];
        for (index, item) in items.iter().enumerate() {
            let first = match item.parent {
                Some(parent) => items.get(parent.index()).map_or(0, |above| above.children.start),
                None => 0,
            };
            if let Some(place) = children.get_mut((first + item.position) as usize) {
                *place = NavId::of(index);
            }
        }
        Navigation { items, children, top }
    }

    pub(super) fn set_path(&mut self, id: NavId, path: SitePath) {
        if let Some(item) = self.items.get_mut(id.index()) {
            item.path = Some(path);
        }
    }

    /// Every item, in preorder; an item's position is its [`NavId`].
    pub fn items(&self) -> &[NavItem] {
        &self.items
    }

    /// Every item with its id, in preorder.
    pub fn iter(&self) -> impl Iterator<Item = (NavId, &NavItem)> {
        self.items.iter().enumerate().map(|(index, item)| (NavId::of(index), item))
    }

    /// An item. Ids come from this navigation, so only a foreign one has none.
    pub fn get(&self, id: NavId) -> Option<&NavItem> {
        self.items.get(id.index())
    }

    /// The items at the top.
    pub fn top(&self) -> &[NavId] {
        self.children.get(..self.top as usize).unwrap_or_default()
    }

    /// The items directly below an item; those at the top for none.
    pub fn children(&self, id: Option<NavId>) -> &[NavId] {
        let Some(id) = id else { return self.top() };
        let range = self.get(id).map_or(0..0, |item| item.children.clone());
        self.children.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// An item and those that stand beside it.
    pub fn siblings(&self, id: NavId) -> &[NavId] {
        match self.get(id) {
            Some(item) => self.children(item.parent),
            None => &[],
        }
    }

    /// The items above an item, from the top; not the item itself.
    pub fn ancestors(&self, id: NavId) -> Vec<NavId> {
        let mut found = Vec::new();
        let mut above = self.get(id).and_then(|item| item.parent);
        while let Some(parent) = above {
            found.push(parent);
            above = self.get(parent).and_then(|item| item.parent);
        }
        found.reverse();
        found
    }

    /// Everything below an item, in preorder.
    pub fn below(&self, id: NavId) -> Range<u32> {
        self.get(id).map_or(0..0, |item| id.0 + 1..item.end)
    }

    /// At most [`MOST_SIBLINGS`] of the children of an item, centred around `active` where it is
    /// one of them.
    fn window(&self, parent: Option<NavId>, active: Option<NavId>) -> &[NavId] {
        let all = self.children(parent);
        let centre = active
            .and_then(|id| self.get(id))
            .filter(|item| item.parent == parent)
            .map_or(0, |item| item.position as usize);
        let start =
            centre.saturating_sub(MOST_SIBLINGS / 2).min(all.len().saturating_sub(MOST_SIBLINGS));
        let end = all.len().min(start + MOST_SIBLINGS);
        all.get(start..end).unwrap_or_default()
    }

    /// The rows that a place in the navigation shows: the items at the top, those beside each
    /// item on the way to `current`, and those below it. `list` names the page that lists all
    /// children of an item (of the top for none).
    pub(super) fn around(
        &self,
        current: Option<NavId>,
        list: impl Fn(Option<NavId>) -> Option<SitePath>,
    ) -> NavWindow {
        let more = |parent: Option<NavId>| {
            let count = self.children(parent).len();
            let path = if count > MOST_SIBLINGS { list(parent) } else { None };
            path.map(|path| More { count, path })
        };
        let mut way = current.map(|id| self.ancestors(id)).unwrap_or_default();
        way.extend(current);
        // A level is a window of siblings that is being listed, behind the item it hangs from.
        let mut levels: Vec<std::slice::Iter<'_, NavId>> =
            vec![self.window(None, way.first().copied()).iter()];
        // What nearly every page shows: its siblings, and those of the item above it.
        let mut rows = Vec::with_capacity(2 * MOST_SIBLINGS);
        while let Some(level) = levels.last_mut() {
            let Some(id) = level.next().copied() else {
                levels.pop();
                continue;
            };
            let depth = levels.len() - 1;
            let active = way.get(depth) == Some(&id);
            let section = !self.children(Some(id)).is_empty();
            rows.push(NavRow {
                item: id,
                depth: u32::try_from(depth).unwrap_or(u32::MAX),
                current: current == Some(id),
                active,
                section,
                open: active && section,
                more: if active { more(Some(id)) } else { None },
            });
            if active && section {
                levels.push(self.window(Some(id), way.get(depth + 1).copied()).iter());
            }
        }
        NavWindow { rows, more: more(None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A navigation from `depth` of each item in preorder.
    fn tree(depths: &[u32]) -> Navigation {
        let mut way: Vec<NavId> = Vec::new();
        let drafts = depths.iter().enumerate().map(|(index, depth)| {
            way.truncate(*depth as usize);
            let parent = way.last().copied();
            way.push(NavId::of(index));
            Draft {
                kind: NavKind::Draft,
                title: index.to_string(),
                number: None,
                parent,
                span: None,
            }
        });
        Navigation::new(drafts.collect())
    }

    fn ids(list: &[NavId]) -> Vec<u32> {
        list.iter().map(|id| id.0).collect()
    }

    #[test]
    fn the_tree_knows_its_relations() {
        let nav = tree(&[0, 1, 2, 2, 1, 0, 1]);
        assert_eq!(ids(nav.top()), [0, 5]);
        assert_eq!(ids(nav.children(Some(NavId(0)))), [1, 4]);
        assert_eq!(ids(nav.children(Some(NavId(1)))), [2, 3]);
        assert_eq!(ids(nav.siblings(NavId(3))), [2, 3]);
        assert_eq!(ids(&nav.ancestors(NavId(3))), [0, 1]);
        assert_eq!(nav.below(NavId(0)), 1..5);
        assert_eq!(nav.below(NavId(6)), 7..7);
        assert_eq!(nav.get(NavId(3)).map(|item| item.depth), Some(2));
    }

    #[test]
    fn a_place_shows_its_way_and_what_stands_beside_and_below() {
        let nav = tree(&[0, 1, 2, 2, 1, 0, 1]);
        let rows = |current| {
            let window = nav.around(current, |_| None);
            let show = |row: &NavRow| {
                let mark = if row.current {
                    "!"
                } else if row.active {
                    "*"
                } else {
                    ""
                };
                format!("{}{}{mark}", " ".repeat(row.depth as usize), row.item.0)
            };
            window.rows.iter().map(show).collect::<Vec<_>>()
        };
        assert_eq!(rows(Some(NavId(1))), ["0*", " 1!", "  2", "  3", " 4", "5"]);
        assert_eq!(rows(Some(NavId(4))), ["0*", " 1", " 4!", "5"]);
        assert_eq!(rows(None), ["0", "5"]);
    }

    #[test]
    fn many_siblings_are_cut_around_the_place() {
        let mut depths = vec![0];
        depths.extend([1; 250]);
        let nav = tree(&depths);
        let list = |parent: Option<NavId>| parent.map(|_| SitePath::root());
        let window = nav.around(Some(NavId(120)), list);
        assert_eq!(window.rows.len(), 101);
        assert_eq!(
            window.rows.first().and_then(|row| row.more.as_ref()).map(|m| m.count),
            Some(250)
        );
        let shown: Vec<u32> = window.rows.iter().skip(1).map(|row| row.item.0).collect();
        assert_eq!((shown.first(), shown.last()), (Some(&70), Some(&169)));
        let last = nav.around(Some(NavId(250)), list);
        assert_eq!(last.rows.last().map(|row| row.item.0), Some(250));
        assert_eq!(last.rows.len(), 101);
    }
}
