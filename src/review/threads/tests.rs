use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::base::{SourcePath, apply_edits};
use crate::review::anchor::How;
use crate::review::event::{Apply, Comment, Draft, Open, Resolve, Suggest};

const PAGE: &str = "# Valves\n\nA valve lets water pass, or does not.\n\nIt is closed by hand.\n";

/// Events one after the other, of a change that was opened for them.
struct Talk {
    events: Vec<Event>,
}

impl Talk {
    fn new() -> Talk {
        let open = Body::Open(Open { branch: "topic".to_owned(), title: String::new() });
        let bytes = draft("Ada", open).first().unwrap();
        Talk { events: vec![Event::read(&bytes).unwrap()] }
    }

    fn say(&mut self, who: &str, body: Body) -> EventId {
        let bytes = draft(who, body).next(self.events[0].id, &self.events).unwrap();
        self.events.push(Event::read(&bytes).unwrap());
        self.events[self.events.len() - 1].id
    }

    fn threads(&self) -> Vec<Thread> {
        threads(&self.events, &Rules::OPEN)
    }

    fn placed(&self, path: &str, text: &str, files: &[FileChange]) -> Vec<PlacedThread> {
        place_threads(&PlaceInput {
            events: &self.events,
            rules: &Rules::OPEN,
            files,
            read: &|asked| (asked.as_str() == path).then(|| Arc::from(text.as_bytes())),
            blob: &|id| (id == "old").then(|| PAGE.as_bytes().to_vec()),
        })
    }
}

use crate::history::FileChange;

fn draft(who: &str, body: Body) -> Draft {
    let author = Author { name: who.to_owned(), email: format!("{who}@example.org") };
    Draft { target: "main".to_owned(), author, time: 1_796_000_000, body }
}

fn on(text: &str) -> Anchor {
    let start = PAGE.find(text).unwrap();
    let path = SourcePath::new("valves.md").unwrap();
    Anchor::new(&path, "old", PAGE, start..start + text.len(), None)
}

fn remark(anchor: Option<Anchor>, parent: Option<EventId>, blocking: bool) -> Body {
    Body::Comment(Comment { anchor, parent, text: "Why?".to_owned(), blocking })
}

fn settle(comment: EventId, reopen: bool) -> Body {
    Body::Resolve(Resolve { comment, reopen, note: String::new() })
}

fn suggest(text: &str, replacement: &str) -> Body {
    Body::Suggest(Suggest {
        anchor: on(text),
        replacement: replacement.to_owned(),
        text: String::new(),
        blocking: true,
        parent: None,
    })
}

#[test]
fn answers_stand_in_their_thread() {
    let mut talk = Talk::new();
    let first = talk.say("Bea", remark(Some(on("lets water pass")), None, true));
    let answer = talk.say("Ada", remark(None, Some(first), true));
    talk.say("Bea", remark(None, Some(answer), false));
    talk.say("Cy", remark(None, Some(EventId::of(b"gone")), false));
    let threads = talk.threads();
    assert_eq!(threads.len(), 2);
    assert_eq!(threads[0].answered.len(), 2);
    assert!(threads[0].blocks() && !threads[1].blocks());
    assert_eq!(threads[1].author.name, "Cy");
}

#[test]
fn what_blocks_is_settled_by_who_began_it() {
    let mut talk = Talk::new();
    let first = talk.say("Bea", remark(None, None, true));
    talk.say("Ada", settle(first, false));
    assert!(matches!(talk.threads()[0].state, ThreadState::Proposed { .. }));
    assert!(talk.threads()[0].blocks());
    let lead = |key: &str| key == "ada@example.org";
    let rules = Rules { may_settle: &lead, ..Rules::OPEN };
    assert!(!threads(&talk.events, &rules)[0].blocks());
    talk.say("Bea", settle(first, false));
    assert!(!talk.threads()[0].blocks());
    talk.say("Ada", settle(first, false));
    assert!(!talk.threads()[0].blocks(), "what is settled stays so");
    talk.say("Ada", settle(first, true));
    assert!(talk.threads()[0].blocks());
    // What does not count neither blocks nor settles.
    let nobody = |event: &Event| event.author.name != "Bea";
    assert!(!threads(&talk.events, &Rules { counts: &nobody, ..Rules::OPEN })[0].blocks());
}

#[test]
fn threads_follow_their_text() {
    let mut talk = Talk::new();
    talk.say("Bea", remark(Some(on("It is closed by hand.")), None, false));
    talk.say("Bea", remark(Some(on("lets water pass")), None, false));
    let edited = PAGE.replace("It is closed by hand.\n", "It is closed by foot.\n");
    let placed = talk.placed("valves.md", &format!("New.\n\n{edited}"), &[]);
    let found: Vec<(How, Option<usize>)> =
        placed.iter().map(|placed| (placed.place.as_ref().unwrap().how, placed.line)).collect();
    assert_eq!(found, [(How::Moved, Some(5)), (How::Edited, Some(7))]);
    // The file has another name now, as git says.
    let path = |path: &str| Some(SourcePath::new(path).unwrap());
    let renamed = [FileChange { before: path("valves.md"), after: path("taps.md") }];
    for files in [&renamed[..], &[FileChange { before: None, after: path("taps.md") }]] {
        let placed = talk.placed("taps.md", PAGE, files);
        assert!(placed.iter().all(|placed| !placed.is_orphan()), "{placed:?}");
        assert_eq!(placed[0].path, path("taps.md"));
    }
    let gone = talk.placed("other.md", PAGE, &[]);
    assert!(gone.iter().all(PlacedThread::is_orphan));
    assert_eq!(gone[0].path, path("valves.md"));
}

#[test]
fn suggestions_are_applied_where_the_text_is_as_it_was() {
    let mut talk = Talk::new();
    let one = talk.say("Bea", suggest("lets water pass", "lets oil pass"));
    let two = talk.say("Cy", suggest("water", "gas"));
    let three = talk.say("Cy", suggest("closed by hand", "closed by foot"));
    let remark = talk.say("Cy", remark(None, None, false));
    let planned = |text: &str| {
        let placed = talk.placed("valves.md", text, &[]);
        let wanted = [one, two, three, remark];
        let wanted: Vec<&PlacedThread> = wanted
            .iter()
            .filter_map(|id| placed.iter().find(|placed| placed.thread.id == *id))
            .collect();
        plan(&wanted, &|_| Some(text.as_bytes().to_vec()))
    };
    let made = planned(PAGE);
    assert_eq!(made.applied, [one, three]);
    assert_eq!(made.refused, [(two, Refused::Overlaps), (remark, Refused::NoSuggestion)]);
    let (_, after) = &made.files[&SourcePath::new("valves.md").unwrap()];
    let expected = PAGE.replace("lets water", "lets oil").replace("by hand", "by foot");
    assert_eq!(after, expected.as_bytes());
    let made = planned(&PAGE.replace("lets water pass", "lets water through"));
    assert_eq!(made.refused[0], (one, Refused::Changed));
    let mut again = Talk { events: talk.events.clone() };
    again.say("Ada", Body::Apply(Apply { suggestions: vec![one, remark], commit: "c".into() }));
    assert!(matches!(again.threads()[0].state, ThreadState::Applied { .. }));
    assert_eq!(again.threads()[3].state, ThreadState::Open);
}

proptest! {
    /// Edits that were made suggestions, applied again, make the same text.
    #[test]
    fn edits_make_the_other_text(
        old in prop::collection::vec("( {0,2}[ab]{0,2})|", 1..10),
        new in prop::collection::vec("( {0,2}[ab]{0,2})|", 0..10),
    ) {
        let (old, new) = (old.join("\n"), new.join("\n"));
        prop_assume!(!old.trim().is_empty());
        let edits = edits_of(&old, &new);
        for edit in &edits {
            let text = &old[edit.range.clone()];
            prop_assert_eq!(text.trim(), text);
            prop_assert!(!text.is_empty());
        }
        let path = SourcePath::new("a.md").unwrap();
        let edits: Vec<crate::base::Edit> = edits
            .into_iter()
            .map(|edit| crate::base::Edit {
                span: crate::base::Span::new(path.clone(), edit.range),
                text: edit.replacement,
            })
            .collect();
        let made = String::from_utf8(apply_edits(old.as_bytes(), &edits).unwrap()).unwrap();
        prop_assert_eq!(made.trim(), new.trim());
    }
}
