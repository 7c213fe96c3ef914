//! What came of a change: the events that a landing pins, and whether the pages stand there as it says.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{Digests, Event, EventId, Land, LandedPage, SubjectKind};
use super::sign_off::PageToSign;
use crate::base::SourcePath;

/// The events of a change that whoever wrote one of them had seen, in order.
pub fn pinned(events: &[Event], by: &Event) -> Vec<Event> {
    let known: BTreeMap<EventId, &Event> = events.iter().map(|event| (event.id, event)).collect();
    let mut seen: BTreeSet<EventId> = BTreeSet::new();
    let mut open: Vec<EventId> = by.seen.clone();
    while let Some(id) = open.pop() {
        if let Some(event) = known.get(&id)
            && seen.insert(id)
        {
            open.extend(event.seen.iter().copied());
        }
    }
    events.iter().filter(|event| seen.contains(&event.id)).cloned().collect()
}

/// How many events there are, and the SHA-256 of their sorted ids, one a line.
pub fn set_of(events: &[Event]) -> (usize, EventId) {
    let mut ids: Vec<String> = events.iter().map(|event| format!("{}\n", event.id)).collect();
    ids.sort();
    (ids.len(), EventId::of(ids.concat().as_bytes()))
}

/// A page that a change brought. `approved` is what merging the branch had to make of it.
pub fn landed_page(page: &PageToSign, approved: Option<&Digests>) -> LandedPage {
    LandedPage {
        kind: page.kind,
        path: page.path.clone(),
        url: page.url.clone(),
        blob: page.blob.clone(),
        approved: approved.cloned(),
        landed: page.now.clone(),
        writers: page.writers.iter().cloned().collect(),
    }
}

/// What a landing says of pages, and what is otherwise: each in a sentence.
pub fn contradictions(land: &Land, pages: &[PageToSign]) -> Vec<String> {
    let mut found = Vec::new();
    let key = |kind: SubjectKind, path: &SourcePath| (kind, path.clone());
    let mut said: BTreeMap<_, &LandedPage> =
        land.pages.iter().map(|page| (key(page.kind, &page.path), page)).collect();
    for page in pages {
        match said.remove(&key(page.kind, &page.path)) {
            None => found.push(format!("the landing does not name `{}`", page.path)),
            Some(known) if known.blob != page.blob || !agree(&known.landed, &page.now) => {
                found.push(format!("`{}` is not what the landing says", page.path));
            }
            Some(_) => {}
        }
    }
    let more = said.into_keys().map(|(_, path)| format!("the commit does not change `{path}`"));
    found.extend(more);
    found
}

/// Whether digests are the same; of digests that were made in different ways, nothing is known.
fn agree(one: &Digests, other: &Digests) -> bool {
    let version = |digest: &str| digest.split(':').next().unwrap_or_default().to_owned();
    let pairs =
        [(&one.prose, &other.prose), (&one.source, &other.source), (&one.render, &other.render)];
    pairs.into_iter().all(|(a, b)| a == b || version(a) != version(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::event::{Author, Body, Draft, Hold, Landing, Open};

    fn draft(body: Body) -> Draft {
        let author = Author { name: "Ada".to_owned(), email: "ada@example.org".to_owned() };
        Draft { target: "main".to_owned(), author, time: 1_796_000_000, body }
    }

    #[test]
    fn what_nobody_had_seen_is_not_pinned() {
        let open = Body::Open(Open { branch: "topic".to_owned(), title: String::new() });
        let first = Event::read(&draft(open).first().unwrap()).unwrap();
        let say = |reason: &str, seen: &[Event]| {
            let hold = Body::Hold(Hold { reason: reason.to_owned(), until: None });
            Event::read(&draft(hold).next(first.id, seen).unwrap()).unwrap()
        };
        let one = say("one", std::slice::from_ref(&first));
        let two = say("two", &[first.clone(), one.clone()]);
        // On another clone, at the same time.
        let other = say("other", std::slice::from_ref(&first));
        let last = say("last", &[first.clone(), one.clone(), two.clone()]);
        let all = [first.clone(), one.clone(), two.clone(), other, last.clone()];
        let found = pinned(&all, &last);
        assert_eq!(found, [first.clone(), one.clone(), two.clone()]);
        assert_eq!(set_of(&found), set_of(&[two.clone(), first.clone(), one.clone()]));
        assert_ne!(set_of(&found), set_of(&[first, one]));
    }

    #[test]
    fn a_landing_is_held_to_what_stands_there() {
        let digests = |version: &str| {
            let of = |name: &str| format!("{name}-1:{version}");
            Digests { prose: of("prose"), source: of("source"), render: of("render") }
        };
        let page = |path: &str, version: &str| PageToSign {
            kind: SubjectKind::Page,
            path: SourcePath::new(path).unwrap(),
            was: None,
            url: None,
            title: String::new(),
            blob: Some(version.to_owned()),
            before: None,
            now: digests(version),
            owners: Vec::new(),
            writers: BTreeSet::from(["ada@example.org".to_owned()]),
            conflict: false,
        };
        let at = Landing { commit: String::new(), tree: String::new() };
        let (a, b) = (page("a.md", "1"), page("b.md", "1"));
        let land = Land {
            approved: None,
            before: at.clone(),
            landed: at,
            how: "same-files".to_owned(),
            pages: vec![landed_page(&a, None), landed_page(&b, Some(&b.now))],
            events: 0,
            set: EventId::of(b""),
            differing: Vec::new(),
        };
        assert_eq!(contradictions(&land, &[a.clone(), b.clone()]), Vec::<String>::new());
        assert_eq!(
            contradictions(&land, &[page("a.md", "2"), page("c.md", "1")]),
            [
                "`a.md` is not what the landing says",
                "the landing does not name `c.md`",
                "the commit does not change `b.md`"
            ]
        );
        // A later version makes digests in another way; the bytes are known all the same.
        let mut newer = b.clone();
        newer.now.prose = "prose-2:x".to_owned();
        assert_eq!(contradictions(&land, &[a, newer]), Vec::<String>::new());
    }
}
