use super::*;
use crate::config::{Review, Stage};
use crate::review::event::{Approve, Body, Defer, Draft, Hold, Open, Reject, Release, Waive};

const NOW: i64 = 1_796_000_000;

/// Stages as the preset has them, with one person for each role.
fn policy() -> Policy {
    let stage = |id: &str, digest, after: &[&str]| Stage {
        id: id.to_owned(),
        title: None,
        needs: 1,
        roles: vec![id.to_owned()],
        people: Vec::new(),
        owners: false,
        after: after.iter().map(|id| (*id).to_owned()).collect(),
        digest,
        files: Vec::new(),
        except: Vec::new(),
        first_response: None,
        span: None,
    };
    let roles = ["editor", "dev", "qa", "lead"]
        .map(|role| (role.to_owned(), vec![format!("{role}@example.org")]));
    let review = Review {
        stages: vec![
            stage("editor", Digest::Prose, &[]),
            stage("dev", Digest::Source, &[]),
            stage("qa", Digest::Render, &["editor", "dev"]),
        ],
        roles: roles.into_iter().collect(),
        waive: vec!["lead".to_owned()],
        defer: vec!["lead".to_owned()],
        ..Review::default()
    };
    Policy::new(review, SourcePath::root(), CodeOwners::default())
}

fn digests(version: &str) -> Digests {
    let of = |name: &str| format!("{name}-1:{version}");
    Digests { prose: of("prose"), source: of("source"), render: of("render") }
}

fn page(path: &str, version: &str) -> PageToSign {
    PageToSign {
        kind: SubjectKind::Page,
        path: SourcePath::new(path).unwrap(),
        was: None,
        url: Some(SitePath::new(path.replace(".md", ".html")).unwrap()),
        title: path.to_owned(),
        blob: None,
        before: Some(digests("base")),
        now: digests(version),
        owners: Vec::new(),
        writers: BTreeSet::from(["writer@example.org".to_owned()]),
        conflict: false,
    }
}

/// A change, and what is said about it.
struct Story {
    events: Vec<Event>,
    change: EventId,
}

impl Story {
    fn new() -> Story {
        let open = Open { branch: "topic".to_owned(), title: String::new() };
        let bytes = draft("writer", Body::Open(open)).first().unwrap();
        let event = Event::read(&bytes).unwrap();
        Story { change: event.id, events: vec![event] }
    }

    fn say(&mut self, who: &str, body: Body) -> EventId {
        let bytes = draft(who, body).next(self.change, &self.events).unwrap();
        let event = Event::read(&bytes).unwrap();
        let id = event.id;
        self.events.push(event);
        id
    }

    fn approve(&mut self, who: &str, stage: &str, pages: &[PageToSign]) -> EventId {
        let pages = pages.iter().map(PageToSign::subject).collect();
        let (stage, note) = (stage.to_owned(), String::new());
        self.say(who, Body::Approve(Approve { stage, pages, suggestions: Vec::new(), note }))
    }

    fn reject(&mut self, who: &str, stage: &str, pages: &[PageToSign]) -> EventId {
        let pages = pages.iter().map(PageToSign::subject).collect();
        let (stage, note) = (stage.to_owned(), "no".to_owned());
        self.say(who, Body::Reject(Reject { stage, pages, note }))
    }

    fn with(&self, policy: &Policy, pages: &[PageToSign]) -> SignOff {
        sign_off(&SignOffInput {
            policy,
            pages,
            events: &self.events,
            proofs: &BTreeMap::new(),
            target: "main",
            now: NOW,
        })
    }

    /// The cells of the first page: `editor dev qa`.
    fn cells(&self, pages: &[PageToSign]) -> String {
        states(&self.with(&policy(), pages), 0)
    }
}

fn draft(who: &str, body: Body) -> Draft {
    let author = Author { name: who.to_owned(), email: format!("{who}@example.org") };
    Draft { target: "main".to_owned(), author, time: NOW, body }
}

fn states(found: &SignOff, row: usize) -> String {
    let cells = found.pages[row].cells.iter();
    cells.map(|cell| cell.state.word()).collect::<Vec<_>>().join(" | ")
}

#[test]
fn an_edit_opens_the_cells_again_that_it_touches() {
    let mut story = Story::new();
    let first = page("a.md", "1");
    assert_eq!(story.cells(std::slice::from_ref(&first)), "open | open | waiting");
    story.approve("editor", "editor", std::slice::from_ref(&first));
    story.approve("dev", "dev", std::slice::from_ref(&first));
    story.approve("qa", "qa", std::slice::from_ref(&first));
    let pages = [first.clone()];
    assert_eq!(story.cells(&pages), "approved | approved | approved");
    assert!(story.with(&policy(), &pages).is_complete());
    // A line was broken elsewhere.
    let mut reflowed = first.clone();
    reflowed.now.source = "source-1:2".to_owned();
    assert_eq!(story.cells(&[reflowed]), "approved | reopened | approved");
    // And a word is another one.
    let found = story.with(&policy(), &[page("a.md", "2")]);
    assert_eq!(states(&found, 0), "reopened | reopened | reopened");
    assert_eq!(found.pages[0].cells[0].why, "the words were edited, since editor approved it");
    assert_eq!(found.pages[0].cells[0].closers, ["editor@example.org"]);
    // Nothing differs from the target that the editor looks at.
    let mut only_source = first;
    only_source.now.prose = digests("base").prose;
    assert_eq!(story.cells(&[only_source]), "not needed | approved | approved");
}

#[test]
fn only_those_who_may_close_a_cell_and_not_their_own() {
    let mut story = Story::new();
    let pages = [page("a.md", "1")];
    let by_dev = story.approve("dev", "editor", &pages);
    let found = story.with(&policy(), &pages);
    assert_eq!(states(&found, 0), "open | open | waiting");
    assert_eq!(found.ignored[0].event, by_dev);
    assert!(found.ignored[0].why.contains("may not approve in the stage `editor`"));
    // Capital letters in an address make nobody else.
    story.approve("Editor", "editor", &pages);
    assert_eq!(story.cells(&pages), "approved | open | waiting");
    // Who wrote the page may not, even in the role.
    let mut own = page("a.md", "1");
    own.writers.insert("editor@example.org".to_owned());
    let found = story.with(&policy(), std::slice::from_ref(&own));
    assert_eq!(states(&found, 0), "open | open | waiting");
    let cell = &found.pages[0].cells[0];
    assert_eq!(cell.why, "everybody who may approve it wrote it, or has approved it");
    let mut lax = policy();
    lax.review.self_approval = true;
    assert_eq!(states(&story.with(&lax, &[own]), 0), "approved | open | waiting");
}

#[test]
fn a_rejection_stands_until_it_is_taken_back_or_the_page_is_edited() {
    let mut story = Story::new();
    let pages = [page("a.md", "1")];
    let mut two = policy();
    two.review
        .roles
        .insert("dev".to_owned(), vec!["dev@example.org".into(), "d2@example.org".into()]);
    story.reject("dev", "dev", &pages);
    story.approve("d2", "dev", &pages);
    let found = story.with(&two, &pages);
    assert_eq!(states(&found, 0), "open | rejected | waiting");
    assert_eq!(found.pages[0].cells[1].closers, ["dev@example.org"]);
    let edited = [page("a.md", "2")];
    assert_eq!(states(&story.with(&two, &edited), 0), "open | reopened | waiting");
    story.approve("d2", "dev", &edited);
    assert_eq!(states(&story.with(&two, &edited), 0), "open | approved | waiting");
    story.approve("dev", "dev", &pages);
    assert_eq!(states(&story.with(&two, &pages), 0), "open | approved | waiting");
}

#[test]
fn waivers_and_deferrals_need_somebody_who_may() {
    let mut story = Story::new();
    let pages = [page("a.md", "1"), page("b.md", "1")];
    let waive = |pages: &[PageToSign]| {
        let pages = pages.iter().map(PageToSign::subject).collect();
        Body::Waive(Waive { stage: "qa".to_owned(), pages, reason: "words only".to_owned() })
    };
    story.say("writer", waive(&[]));
    let found = story.with(&policy(), &pages);
    assert_eq!(states(&found, 0), "open | open | waiting");
    assert!(found.ignored[0].why.contains("does not name this address"));
    // Of one page it is said as it is.
    story.say("lead", waive(&pages[..1]));
    assert_eq!(states(&story.with(&policy(), &pages), 0), "open | open | waived");
    assert_eq!(states(&story.with(&policy(), &pages), 1), "open | open | waiting");
    assert_eq!(story.cells(&[page("a.md", "2")]), "open | open | waiting");
    // Of all pages it is said whatever they become.
    story.say("lead", waive(&[]));
    assert_eq!(story.cells(&[page("a.md", "3")]), "open | open | waived");
    // Who objects later is heard.
    story.reject("qa", "qa", &pages[..1]);
    assert_eq!(story.cells(&pages), "open | open | rejected");
    story.say(
        "lead",
        Body::Defer(Defer {
            stage: "qa".to_owned(),
            pages: Vec::new(),
            reason: "after the release".to_owned(),
            until: None,
        }),
    );
    assert_eq!(story.cells(&pages), "open | open | deferred");
}

#[test]
fn a_rename_takes_approvals_along_only_with_the_same_bytes() {
    let mut story = Story::new();
    let old = page("a.md", "1");
    for stage in ["editor", "dev", "qa"] {
        story.approve(stage, stage, std::slice::from_ref(&old));
    }
    let renamed = |version: &str| {
        let mut page = page("b.md", version);
        page.was = Some(SourcePath::new("a.md").unwrap());
        page.now.render = format!("render-1:{version} at b.html");
        page
    };
    assert_eq!(story.cells(&[renamed("1")]), "approved | approved | reopened");
    assert_eq!(story.cells(&[renamed("2")]), "open | open | waiting");
    // The page is still there, so this is a copy.
    let copy = [page("b.md", "1"), old.clone()];
    assert_eq!(story.cells(&copy), "open | open | waiting");
    // To delete it is another thing than to edit it.
    let mut gone = old;
    gone.kind = SubjectKind::Deleted;
    gone.url = None;
    let found = story.with(&policy(), std::slice::from_ref(&gone));
    assert_eq!(states(&found, 0), "reopened | reopened | reopened");
    assert_eq!(found.pages[0].cells[0].why, "the page is deleted since editor approved it");
    story.approve("editor", "editor", std::slice::from_ref(&gone));
    assert_eq!(story.cells(&[gone]), "approved | reopened | reopened");
}

#[test]
fn an_approval_with_suggestions_counts_once_they_are_applied() {
    let mut story = Story::new();
    let before = page("a.md", "1");
    let mut subject = before.subject();
    subject.after = Some(digests("2"));
    let approve = Approve {
        stage: "editor".to_owned(),
        pages: vec![subject],
        suggestions: vec![EventId::of(b"a suggestion")],
        note: String::new(),
    };
    story.say("editor", Body::Approve(approve));
    assert_eq!(story.cells(std::slice::from_ref(&before)), "suggestions | open | waiting");
    assert_eq!(story.cells(&[page("a.md", "2")]), "approved | open | waiting");
    assert_eq!(story.cells(&[page("a.md", "3")]), "reopened | open | waiting");
}

#[test]
fn holds_end_by_those_who_may_and_on_their_day() {
    let mut story = Story::new();
    let pages = [page("a.md", "1")];
    let hold = |until: Option<&str>| {
        Body::Hold(Hold { reason: "next release".to_owned(), until: until.map(str::to_owned) })
    };
    let held = story.say("dev", hold(None));
    story.say("dev", hold(Some("2026-01-01")));
    story.say("dev", hold(Some("9999-01-01")));
    assert_eq!(story.with(&policy(), &pages).holds.len(), 2);
    let release = || Body::Release(Release { hold: held, note: String::new() });
    story.say("writer", release());
    assert_eq!(story.with(&policy(), &pages).holds.len(), 2);
    story.say("lead", release());
    let found = story.with(&policy(), &pages);
    assert_eq!(found.holds.len(), 1);
    assert!(found.ignored[0].why.contains("release"));
}

#[test]
fn what_is_not_signed_does_not_count_where_it_must_be() {
    let mut story = Story::new();
    let pages = [page("a.md", "1")];
    let one = story.approve("editor", "editor", &pages);
    let two = story.approve("dev", "dev", &pages);
    let mut signed = policy();
    let path = SourcePath::new("signers").unwrap();
    signed.review.allowed_signers = Some(crate::config::Set { value: path, span: None });
    let proofs = BTreeMap::from([
        (story.change, Proof::Signed),
        (one, Proof::Signed),
        (two, Proof::Invalid { why: "the key was revoked".to_owned() }),
    ]);
    let found = sign_off(&SignOffInput {
        policy: &signed,
        pages: &pages,
        events: &story.events,
        proofs: &proofs,
        target: "main",
        now: NOW,
    });
    assert_eq!(states(&found, 0), "approved | open | waiting");
    assert!(!found.advisory);
    assert_eq!(
        (found.ignored[0].event, found.ignored[0].why.as_str()),
        (two, "the key was revoked")
    );
    // What was said of a merge into one branch says nothing of another one.
    let other = SignOffInput {
        policy: &policy(),
        pages: &pages,
        events: &story.events,
        proofs: &proofs,
        target: "release",
        now: NOW,
    };
    assert_eq!(states(&sign_off(&other), 0), "open | open | waiting");
}

#[test]
fn a_first_response_can_be_late() {
    let mut story = Story::new();
    let pages = [page("a.md", "1")];
    let mut policy = policy();
    policy.review.stages[0].first_response = Some(2);
    let at = |story: &Story, days: i64| {
        sign_off(&SignOffInput {
            policy: &policy,
            pages: &pages,
            events: &story.events,
            proofs: &BTreeMap::new(),
            target: "main",
            now: NOW + days * 86_400,
        })
        .late
    };
    assert_eq!(at(&story, 1), []);
    assert_eq!(at(&story, 7), [Late { stage: "editor".into(), days: 5, within: 2 }]);
    story.reject("editor", "editor", &pages);
    assert_eq!(at(&story, 7), []);
}

#[test]
fn digests_of_another_version_say_nothing_but_the_bytes_do() {
    let mut story = Story::new();
    let mut seen = page("a.md", "1");
    seen.now.prose = "prose-0:old".to_owned();
    story.approve("editor", "editor", &[seen]);
    assert_eq!(story.cells(&[page("a.md", "1")]), "approved | open | waiting");
    assert_eq!(story.cells(&[page("a.md", "2")]), "reopened | open | waiting");
}
