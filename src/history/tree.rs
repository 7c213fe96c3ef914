//! Trees as git stores them, and what differs between two of them. Equal subtrees are never
//! read, and those read a moment ago are kept, since each commit's tree is the next one's old
//! tree.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;

use git2::{ObjectType, Odb, OdbObject, Oid};

use super::places::Places;

/// An object that is not in the repository, or is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Absent(pub(super) Oid);

/// Why two trees could not be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// An object is not there.
    Absent(Absent),
    /// More files differ than [`MAX_CHANGES`].
    TooMany,
}

impl From<Absent> for Unread {
    fn from(absent: Absent) -> Self {
        Unread::Absent(absent)
    }
}

/// More changed files than this in one commit are not listed: trees of a few bytes can stand
/// for billions of files.
const MAX_CHANGES: usize = 1 << 20;

/// Paths longer than this are no paths of a site.
const MAX_PATH: usize = 4096;

/// How many bytes of trees are kept.
const KEPT: usize = 8 << 20;

/// A file that differs between two trees: the old blob, the new one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Difference {
    pub(super) path: String,
    pub(super) old: Option<Oid>,
    pub(super) new: Option<Oid>,
}

/// The trees of a repository.
pub(super) struct Trees<'r> {
    odb: &'r Odb<'r>,
    recent: HashMap<Oid, Rc<OdbObject<'r>>>,
    bytes: usize,
}

impl<'r> Trees<'r> {
    pub(super) fn new(odb: &'r Odb<'r>) -> Self {
        Trees { odb, recent: HashMap::new(), bytes: 0 }
    }

    fn get(&mut self, id: Oid) -> Result<Rc<OdbObject<'r>>, Absent> {
        if let Some(tree) = self.recent.get(&id) {
            return Ok(Rc::clone(tree));
        }
        let object = self.odb.read(id).map_err(|_| Absent(id))?;
        if object.kind() != ObjectType::Tree {
            return Err(Absent(id));
        }
        let object = Rc::new(object);
        if self.bytes > KEPT {
            self.recent.clear();
            self.bytes = 0;
        }
        self.bytes += object.len();
        self.recent.insert(id, Rc::clone(&object));
        Ok(object)
    }

    /// What stands at `path` below the tree `root`.
    pub(super) fn find(&mut self, root: Oid, path: &str) -> Result<Option<Place>, Absent> {
        let mut here = Place { kind: Kind::Tree, id: root };
        for name in path.split('/').filter(|name| !name.is_empty()) {
            if here.kind != Kind::Tree {
                return Ok(None);
            }
            let tree = self.get(here.id)?;
            let found = Entries(tree.data()).find(|entry| entry.name == name.as_bytes());
            match found {
                Some(entry) => here = Place { kind: entry.kind, id: oid(entry.id) },
                None => return Ok(None),
            }
        }
        Ok(Some(here))
    }

    /// The file at `path` below the tree `root`.
    pub(super) fn file(&mut self, root: Oid, path: &str) -> Result<Option<Oid>, Absent> {
        let place = self.find(root, path)?;
        Ok(place.filter(|place| place.kind == Kind::File).map(|place| place.id))
    }

    /// The files of a place that differ between two trees.
    pub(super) fn compare(
        &mut self,
        old: Option<Oid>,
        new: Option<Oid>,
        places: &Places,
    ) -> Result<Vec<Difference>, Unread> {
        let place = |tree: Option<Oid>| tree.map(|id| Place { kind: Kind::Tree, id });
        let mut differences = Vec::new();
        let mut open = vec![(place(old), place(new), String::new())];
        while let Some((old, new, path)) = open.pop() {
            if old == new {
                continue;
            }
            let blob = |place: Option<Place>| place.filter(|at| at.kind == Kind::File);
            let (old_blob, new_blob) = (blob(old), blob(new));
            // The same content with other rights is no change.
            if old_blob != new_blob && places.has(&path) {
                if differences.len() >= MAX_CHANGES {
                    return Err(Unread::TooMany);
                }
                differences.push(Difference {
                    path: path.clone(),
                    old: old_blob.map(|at| at.id),
                    new: new_blob.map(|at| at.id),
                });
            }
            let tree = |place: Option<Place>| place.filter(|at| at.kind == Kind::Tree);
            let (old, new) = (tree(old), tree(new));
            let inside = path.is_empty() || places.has_in(&path);
            if (old.is_none() && new.is_none()) || !inside {
                continue;
            }
            let old = old.map(|at| self.get(at.id)).transpose()?;
            let new = new.map(|at| self.get(at.id)).transpose()?;
            let old = Entries(old.as_deref().map_or(&[], |tree| tree.data()));
            let new = Entries(new.as_deref().map_or(&[], |tree| tree.data()));
            join(old, new, &mut |old, new| {
                let name = old.or(new).map(|entry| entry.name).unwrap_or_default();
                // Names that are no Unicode have no pages.
                let Ok(name) = std::str::from_utf8(name) else { return };
                let length = path.len() + 1 + name.len();
                if length > MAX_PATH {
                    return;
                }
                let mut below = String::with_capacity(length);
                below.push_str(&path);
                if !path.is_empty() {
                    below.push('/');
                }
                below.push_str(name);
                let place = |entry: Option<Entry<'_>>| {
                    entry.map(|entry| Place { kind: entry.kind, id: oid(entry.id) })
                };
                open.push((place(old), place(new), below));
            });
        }
        Ok(differences)
    }
}

/// What stands somewhere in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: Kind,
    pub(super) id: Oid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Tree,
    /// A file or a symbolic link.
    File,
    /// A submodule: its files belong to another repository.
    Module,
}

#[derive(Debug, Clone, Copy)]
struct Entry<'a> {
    kind: Kind,
    name: &'a [u8],
    id: &'a [u8],
}

fn oid(bytes: &[u8]) -> Oid {
    Oid::from_bytes(bytes).unwrap_or(Oid::ZERO_SHA1)
}

/// The entries of a tree's bytes: `mode name\0` and the 20 bytes of the id.
struct Entries<'a>(&'a [u8]);

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let space = self.0.iter().take(8).position(|byte| *byte == b' ')?;
        let (mode, rest) = (self.0.get(..space)?, self.0.get(space + 1..)?);
        let end = memchr::memchr(0, rest)?;
        let (name, rest) = (rest.get(..end)?, rest.get(end + 1..)?);
        let id = rest.get(..20)?;
        self.0 = rest.get(20..)?;
        let kind = match mode {
            b"40000" | b"040000" => Kind::Tree,
            b"160000" => Kind::Module,
            _ => Kind::File,
        };
        Some(Entry { kind, name, id })
    }
}

/// Walks two trees side by side and shows what differs. A file and a folder of the same name
/// are two things, and stand at different places in git's order.
fn join<'a>(
    mut old: Entries<'a>,
    mut new: Entries<'a>,
    show: &mut dyn FnMut(Option<Entry<'a>>, Option<Entry<'a>>),
) {
    let (mut left, mut right) = (old.next(), new.next());
    loop {
        match (left, right) {
            (None, None) => return,
            (Some(_), None) => {
                show(left, None);
                left = old.next();
            }
            (None, Some(_)) => {
                show(None, right);
                right = new.next();
            }
            (Some(one), Some(other)) => match order(&one, &other) {
                Ordering::Less => {
                    show(left, None);
                    left = old.next();
                }
                Ordering::Greater => {
                    show(None, right);
                    right = new.next();
                }
                Ordering::Equal => {
                    if one.id != other.id || one.kind != other.kind {
                        show(left, right);
                    }
                    (left, right) = (old.next(), new.next());
                }
            },
        }
    }
}

/// git's order: folders as if their names ended in a slash.
fn order(one: &Entry<'_>, other: &Entry<'_>) -> Ordering {
    let common = one.name.len().min(other.name.len());
    let end = |entry: &Entry<'_>| {
        let slash = if entry.kind == Kind::Tree { b'/' } else { 0 };
        entry.name.get(common).copied().unwrap_or(slash)
    };
    one.name
        .get(..common)
        .cmp(&other.name.get(..common))
        .then_with(|| end(one).cmp(&end(other)))
        .then_with(|| one.name.len().cmp(&other.name.len()))
}
