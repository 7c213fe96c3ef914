//! Trees of events: a path for each, and the union of two.

use std::collections::HashSet;

use git2::{FileMode, ObjectType, Oid, Repository, Tree, TreeEntry};

use super::{EventId, StoreError};

/// Folders lie at most so deep.
const MAX_DEPTH: usize = 3;

/// The folder of events and their signatures.
pub(super) const EVENTS: &str = "events";

/// Where an event stands.
pub(super) fn event_path(id: EventId) -> [String; 3] {
    let name = id.to_string();
    [EVENTS.to_owned(), first_two(&name), format!("{name}.json")]
}

/// Where a signature of an event stands. `signature` is the hash of the signature: there can be more
/// than one, and none displaces another one.
pub(super) fn signature_path(id: EventId, signature: EventId) -> [String; 3] {
    let name = id.to_string();
    [EVENTS.to_owned(), first_two(&name), format!("{name}.{}.sig", signature.short())]
}

/// Where a blob stands that events speak of.
pub(super) fn blob_path(id: Oid) -> [String; 3] {
    let name = id.to_string();
    ["blobs".to_owned(), first_two(&name), name]
}

fn first_two(name: &str) -> String {
    name.chars().take(2).collect()
}

/// A tree with more files. What stands there stays.
pub(super) fn with(
    repository: &Repository,
    base: Option<&Tree<'_>>,
    files: &[([String; 3], Oid)],
) -> Result<Oid, StoreError> {
    let mut root = match base {
        Some(base) => base.id(),
        None => repository.treebuilder(None)?.write()?,
    };
    for (path, blob) in files {
        root = set(repository, root, path, *blob)?;
    }
    Ok(root)
}

fn set(repository: &Repository, tree: Oid, path: &[String], blob: Oid) -> Result<Oid, StoreError> {
    let tree = repository.find_tree(tree)?;
    let mut builder = repository.treebuilder(Some(&tree))?;
    match path {
        [name] => {
            if builder.get(name)?.is_none() {
                builder.insert(name, blob, FileMode::Blob.into())?;
            }
        }
        [name, rest @ ..] => {
            let below = match builder.get(name)? {
                Some(entry) if entry.kind() == Some(ObjectType::Tree) => entry.id(),
                _ => repository.treebuilder(None)?.write()?,
            };
            let below = set(repository, below, rest, blob)?;
            builder.insert(name, below, FileMode::Tree.into())?;
        }
        [] => {}
    }
    Ok(builder.write()?)
}

/// All that either of two trees holds. Where both have something under one name, the first one's
/// stays: names are hashes, so only a forger makes them differ, and loading checks them.
pub(super) fn union(
    repository: &Repository,
    ours: &Tree<'_>,
    theirs: &Tree<'_>,
) -> Result<Oid, StoreError> {
    joined(repository, ours, theirs, 0)
}

fn joined(
    repository: &Repository,
    ours: &Tree<'_>,
    theirs: &Tree<'_>,
    depth: usize,
) -> Result<Oid, StoreError> {
    let mut builder = repository.treebuilder(Some(ours))?;
    for entry in theirs {
        let name = entry.name_bytes();
        let mine = builder.get(name)?.map(|entry| (entry.id(), entry.kind()));
        match (mine, entry.kind()) {
            (None, Some(ObjectType::Blob)) => {
                builder.insert(name, entry.id(), FileMode::Blob.into())?;
            }
            (None, Some(ObjectType::Tree)) => {
                builder.insert(name, entry.id(), FileMode::Tree.into())?;
            }
            (Some((mine, Some(ObjectType::Tree))), Some(ObjectType::Tree))
                if mine != entry.id() && depth < MAX_DEPTH =>
            {
                let (mine, other) =
                    (repository.find_tree(mine)?, repository.find_tree(entry.id())?);
                let both = joined(repository, &mine, &other, depth + 1)?;
                builder.insert(name, both, FileMode::Tree.into())?;
            }
            _ => {}
        }
    }
    Ok(builder.write()?)
}

/// Tells the files of events, with their signatures, that a commit has in folders that are not among
/// `seen`, by name and content, and adds these folders.
pub(super) fn new_files(
    repository: &Repository,
    commit: Oid,
    seen: &mut HashSet<Oid>,
    mut tell: impl FnMut(String, Oid),
) -> Result<(), StoreError> {
    let root = repository.find_commit(commit)?.tree()?;
    let is_tree = |entry: &TreeEntry<'_>| entry.kind() == Some(ObjectType::Tree);
    let Some(events) = root.get_name(EVENTS).filter(is_tree) else { return Ok(()) };
    if !seen.insert(events.id()) {
        return Ok(());
    }
    for folder in repository.find_tree(events.id())?.iter().filter(is_tree) {
        if !seen.insert(folder.id()) {
            continue;
        }
        // What has the name of an event and is a folder is none: reading passes it by.
        let is_file = |entry: &TreeEntry<'_>| entry.kind() == Some(ObjectType::Blob);
        for file in repository.find_tree(folder.id())?.iter().filter(is_file) {
            file.name().into_iter().for_each(|name| tell(name.to_owned(), file.id()));
        }
    }
    Ok(())
}

/// How many events a tree holds.
pub(super) fn count(repository: &Repository, tree: &Tree<'_>) -> Result<usize, StoreError> {
    let mut count = 0;
    let Some(events) = tree.get_name(EVENTS) else { return Ok(0) };
    for folder in &repository.find_tree(events.id())? {
        if folder.kind() == Some(ObjectType::Tree) {
            let files = repository.find_tree(folder.id())?;
            let is_event = |name: &str| name.ends_with(".json");
            count += files.iter().filter(|file| file.name().is_ok_and(is_event)).count();
        }
    }
    Ok(count)
}
