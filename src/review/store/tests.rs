use std::thread;

use super::*;
use crate::review::event::{Body, Hold, Open};

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    Repository::init(folder.path()).unwrap();
    folder
}

fn draft(name: &str, body: Body) -> Draft {
    let author = Author { name: name.to_owned(), email: format!("{name}@example.org") };
    Draft { target: "main".to_owned(), author, time: 1_796_000_000, body }
}

fn entry(bytes: &[u8]) -> Entry<'_> {
    Entry { bytes, signature: None, keep: &[] }
}

fn opened(store: &Store) -> EventId {
    let draft = draft("ada", Body::Open(Open { branch: "topic".into(), title: String::new() }));
    store.start(&draft, entry(&draft.first().unwrap())).unwrap().id
}

fn hold(store: &Store, change: EventId, name: &str, reason: &str) -> EventId {
    let draft = draft(name, Body::Hold(Hold { reason: reason.to_owned(), until: None }));
    let bytes = draft.next(change, &store.load(change).unwrap().events).unwrap();
    store.append(&draft, entry(&bytes)).unwrap().id
}

#[test]
fn events_come_back_in_their_order() {
    let folder = repository();
    let store = Store::open(folder.path()).unwrap();
    let change = opened(&store);
    assert_eq!(opened(&store), change, "the same bytes are the same change");
    let ids: Vec<EventId> =
        (0..5).map(|n| hold(&store, change, "ada", &format!("reason {n}"))).collect();
    let loaded = store.load(change).unwrap();
    assert_eq!(loaded.damage, []);
    let read: Vec<EventId> = loaded.events.iter().skip(1).map(|event| event.id).collect();
    assert_eq!(read, ids);
    assert_eq!(store.changes().unwrap(), [change]);
    assert_eq!(store.find(&change.short()).unwrap(), change);
    assert_eq!(store.seen(change).unwrap(), store.tip(change).unwrap());
}

#[test]
fn two_clones_are_put_together() {
    let folder = repository();
    let store = Store::open(folder.path()).unwrap();
    let change = opened(&store);
    let common = store.tip(change).unwrap().unwrap();
    let one = hold(&store, change, "ada", "one");
    let here = store.tip(change).unwrap().unwrap();
    // As another clone would go on from the common tip.
    let name = format!("{CHANGES}{change}");
    store.repository.reference(&name, Oid::from_str(&common).unwrap(), true, "").unwrap();
    let two = hold(&store, change, "bob", "two");
    let author = Author { name: "ada".into(), email: "ada@example.org".into() };
    let tip = store.join(change, &here, &author, 0).unwrap();
    let mut ids: Vec<EventId> =
        store.load(change).unwrap().events.iter().map(|event| event.id).collect();
    ids.sort();
    let mut expected = vec![change, one, two];
    expected.sort();
    assert_eq!(ids, expected);
    // To join again what is there is nothing.
    assert_eq!(store.join(change, &here, &author, 0).unwrap(), tip);
    assert!(store.is_past_of(&here, &tip) && !store.is_past_of(&tip, &here));
}

#[test]
fn what_was_taken_away_is_missed() {
    let folder = repository();
    let store = Store::open(folder.path()).unwrap();
    let change = opened(&store);
    let dropped = hold(&store, change, "ada", "not yet");
    let by = hold(&store, change, "bob", "me too");
    // The tree of the tip without the event in the middle.
    let tip = Oid::from_str(&store.tip(change).unwrap().unwrap()).unwrap();
    let commit = store.repository.find_commit(tip).unwrap();
    let [events, two, file] = tree::event_path(dropped);
    let root = commit.tree().unwrap();
    let of = |tree: &git2::Tree<'_>, name: &str| {
        store.repository.find_tree(tree.get_name(name).unwrap().id()).unwrap()
    };
    let (all, below) = (of(&root, &events), of(&of(&root, &events), &two));
    let without = |tree: &git2::Tree<'_>, name: &str, other: Option<Oid>| {
        let mut builder = store.repository.treebuilder(Some(tree)).unwrap();
        builder.remove(name).unwrap();
        if let Some(other) = other {
            builder.insert(name, other, git2::FileMode::Tree.into()).unwrap();
        }
        builder.write().unwrap()
    };
    let tree = without(&below, &file, None);
    let tree = without(&root, &events, Some(without(&all, &two, Some(tree))));
    let tree = store.repository.find_tree(tree).unwrap();
    let by_who = signature_of(&Author::default(), 0).unwrap();
    let forged = store.repository.commit(None, &by_who, &by_who, "x", &tree, &[]).unwrap();
    let loaded = store.load_from(change, &forged.to_string()).unwrap();
    assert_eq!(loaded.damage, [Damage::Missing { missing: dropped, by }]);
    assert!(!store.is_past_of(&store.seen(change).unwrap().unwrap(), &forged.to_string()));
}

#[test]
fn an_event_of_another_change_or_with_other_bytes_is_told() {
    let folder = repository();
    let store = Store::open(folder.path()).unwrap();
    let change = opened(&store);
    let other = EventId::of(b"another change");
    let draft = draft("eve", Body::Hold(Hold { reason: "x".into(), until: None }));
    let bytes = draft.next(other, &[]).unwrap();
    let foreign = EventId::of(&bytes);
    let odd = EventId::of(b"odd");
    let files = [
        (tree::event_path(foreign), store.repository.blob(&bytes).unwrap()),
        (tree::event_path(odd), store.repository.blob(b"{}").unwrap()),
    ];
    let root = tree::with(&store.repository, None, &files).unwrap();
    let root = store.repository.find_tree(root).unwrap();
    let by = signature_of(&Author::default(), 0).unwrap();
    let commit = store.repository.commit(None, &by, &by, "x", &root, &[]).unwrap();
    let mut damage = store.load_from(change, &commit.to_string()).unwrap().damage;
    damage.sort_by_key(ToString::to_string);
    let mut expected = vec![
        Damage::Altered(odd),
        Damage::Foreign { event: foreign, change: other },
        Damage::NoOpening,
    ];
    expected.sort_by_key(ToString::to_string);
    assert_eq!(damage, expected);
}

#[test]
fn writers_at_the_same_moment_lose_nothing() {
    let folder = repository();
    let store = Store::open(folder.path()).unwrap();
    let change = opened(&store);
    let path = folder.path();
    thread::scope(|scope| {
        for writer in 0..6 {
            scope.spawn(move || {
                let store = Store::open(path).unwrap();
                for n in 0..10 {
                    hold(&store, change, &format!("writer-{writer}"), &format!("{n}"));
                }
            });
        }
    });
    let loaded = store.load(change).unwrap();
    assert_eq!((loaded.events.len(), loaded.damage.len()), (61, 0));
}

#[test]
fn what_an_event_speaks_of_is_kept() {
    let folder = repository();
    let store = Store::open(folder.path()).unwrap();
    let change = opened(&store);
    let blob = store.repository.blob(b"# Valves\n").unwrap();
    let draft = draft("ada", Body::Hold(Hold { reason: "x".into(), until: None }));
    let bytes = draft.next(change, &store.load(change).unwrap().events).unwrap();
    let keep = [blob.to_string(), "f".repeat(40), "no id".to_owned()];
    let entry = Entry { bytes: &bytes, signature: Some(b"a signature"), keep: &keep };
    let event = store.append(&draft, entry).unwrap();
    let loaded = store.load(change).unwrap();
    assert_eq!(loaded.signatures[&event.id], [SignatureOf { text: b"a signature".to_vec() }]);
    let tip = store.repository.find_commit(Oid::from_str(&loaded.tip).unwrap()).unwrap();
    let [folder, two, name] = tree::blob_path(blob);
    let path = format!("{folder}/{two}/{name}");
    assert_eq!(tip.tree().unwrap().get_path(Path::new(&path)).unwrap().id(), blob);
}
