use super::*;

fn draft(body: Body) -> Draft {
    Draft {
        target: "main".to_owned(),
        author: Author { name: "Ada".to_owned(), email: "Ada@example.org".to_owned() },
        time: 1_796_000_000,
        body,
    }
}

fn open() -> Event {
    let open = Open { branch: "topic".to_owned(), title: "Valves".to_owned() };
    Event::read(&draft(Body::Open(open)).first().unwrap()).unwrap()
}

#[test]
fn an_event_is_what_its_bytes_say() {
    let first = open();
    assert_eq!(first.change, first.id);
    let hold = Hold { reason: "next release".to_owned(), until: None };
    let bytes =
        draft(Body::Hold(hold.clone())).next(first.id, std::slice::from_ref(&first)).unwrap();
    let event = Event::read(&bytes).unwrap();
    assert_eq!(event.id, EventId::of(&bytes));
    assert_eq!((event.change, event.lamport), (first.id, 2));
    assert_eq!(event.seen, [first.id]);
    assert_eq!(event.body, Body::Hold(hold));
    assert_eq!(event.author.key(), "ada@example.org");
    // The heads are what nobody has seen yet.
    assert_eq!(heads(&[first, event.clone()]), [event.id]);
}

#[test]
fn what_a_later_version_wrote_is_not_guessed() {
    let first = String::from_utf8(draft(open().body).first().unwrap()).unwrap();
    let later = first.replace("\"v\":1", "\"v\":2");
    assert_eq!(Event::read(later.as_bytes()), Err(EventError::Version(2)));
    let other = first.replace("\"open\"", "\"dance\"");
    assert_eq!(Event::read(other.as_bytes()), Err(EventError::Kind("dance".to_owned())));
    // The same name twice, so that two readers would read two things.
    let twice = first.replace("\"target\":\"main\"", "\"target\":\"main\",\"target\":\"other\"");
    assert!(matches!(Event::read(twice.as_bytes()), Err(EventError::Form(_))));
    assert!(matches!(Event::read(b"{}"), Err(EventError::Form(_))));
    let hold = draft(Body::Hold(Hold { reason: "x".repeat(MAX_BYTES), until: None }));
    assert_eq!(hold.first(), Err(EventError::Size));
}

#[test]
fn ids_have_one_form() {
    let id = EventId::of(b"");
    assert_eq!(id.to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(id.to_string().parse(), Ok(id));
    assert!(id.to_string().to_uppercase().parse::<EventId>().is_err());
    assert!("e3".parse::<EventId>().is_err());
}

#[test]
fn the_manual_has_an_example_of_each_kind() {
    let page = include_str!("../../../content/reference/review-events.md");
    let mut kinds = Vec::new();
    for block in page.split("```json\n").skip(1) {
        let text = block.split("```").next().unwrap();
        let event = Event::read(text.as_bytes()).unwrap_or_else(|why| panic!("{text}: {why}"));
        // Nothing is in the example that is not read.
        let shown: Value = serde_json::from_str(text).unwrap();
        assert_eq!(shown["body"], Value::Object(event.body.fields().unwrap()), "{text}");
        kinds.push(event.body.kind());
    }
    assert_eq!(kinds, Body::KINDS);
}
