use proptest::prelude::*;

use super::*;
use crate::config::Settings;
use crate::markdown::{ParseInput, parse};
use crate::source::MemorySource;

/// Anchors the text between `[[` and `]]`, which are taken out.
fn marked(text: &str) -> (String, Anchor) {
    let start = text.find("[[").unwrap();
    let text = text.replacen("[[", "", 1);
    let end = text.find("]]").unwrap();
    let text = text.replacen("]]", "", 1);
    let anchor = anchor_of(&text, start..end);
    (text, anchor)
}

fn anchor_of(text: &str, range: Range<usize>) -> Anchor {
    let path = SourcePath::new("a.md").unwrap();
    let source = MemorySource::new([] as [(SourcePath, Vec<u8>); 0]);
    let (settings, root) = (Settings::default(), SourcePath::root());
    let bytes = text.as_bytes();
    let input =
        ParseInput { path: &path, bytes, settings: &settings, root: &root, source: &source };
    let document = parse(&input).0;
    Anchor::new(&path, "", text, range, Some(&document))
}

const PAGE: &str = "\
# Pumps

Pumps move water.

## Big pumps

A big pump moves [[much water]] in a day.
It needs oil.

```bash
pump start
```

## Small pumps

A small pump moves little water in a day.
It needs oil.

```bash
pump start
```
";

#[test]
fn an_anchor_says_where_it_stands() {
    let (_, anchor) = marked(PAGE);
    assert_eq!(anchor.headings, ["Pumps", "Big pumps"]);
    assert_eq!(anchor.block, "paragraph");
    assert_eq!(anchor.line, 7);
    assert_eq!(anchor.quote.exact, "much water");
    assert!(anchor.quote.prefix.ends_with("## Big pumps A big pump moves "), "{anchor:?}");
    assert!(anchor.quote.suffix.starts_with(" in a day. It needs oil. ```bash"), "{anchor:?}");
    let (_, code) = marked("- one\n\n  ```\n  [[two]]\n  ```\n");
    assert_eq!(code.block, "code");
    let (_, item) = marked("1. one\n2. [[two]]\n");
    assert_eq!(item.block, "paragraph");
    let json = serde_json::to_string(&anchor).unwrap();
    assert_eq!(serde_json::from_str::<Anchor>(&json).unwrap(), anchor);
}

/// Old version with the text marked, new version with the place marked, and how that is found with the
/// old version at hand, and without. An orphan is nowhere, whatever is marked.
const CASES: &[(&str, &str, &str, How, How)] = &[
    ("the same", "a\n\n[[b c]]\n", "a\n\n[[b c]]\n", How::Same, How::Moved),
    (
        "lines before it",
        "# T\n\nOne line.\n\n[[Another line of text.]]\n",
        "# T\n\nA new line.\n\nOne line.\n\n[[Another line of text.]]\n",
        How::Moved,
        How::Moved,
    ),
    (
        "a word in it",
        "Intro.\n\n[[A pump moves much water in a day.]]\n\nEnd.\n",
        "Intro.\n\n[[A pump moves little water in a day.]]\n\nEnd.\n",
        How::Edited,
        How::Edited,
    ),
    (
        "a word beside it in its line",
        "Intro.\n\nA pump moves [[much water]] in a day.\n\nEnd.\n",
        "Intro.\n\nA small pump moves [[much water]] in a day.\n\nEnd.\n",
        How::Moved,
        How::Edited,
    ),
    (
        "lines that break otherwise",
        "Intro.\n\n[[A pump moves much water\nin a day and a night.]]\n",
        "Intro.\n\n[[A pump moves\nmuch water in a day\nand a night.]]\n",
        How::Moved,
        How::Moved,
    ),
    (
        "the other one of two copies is gone",
        "# A\n\nSee below.\n\n# B\n\n[[See below.]]\n\nEnd of B.\n",
        "# A\n\n# B\n\n[[See below.]]\n\nEnd of B.\n",
        How::Moved,
        How::Edited,
    ),
    (
        "the one of two copies is gone",
        "# A\n\n[[See below.]]\n\nEnd of A.\n\n# B\n\nSee below.\n\nEnd of B.\n",
        "# A\n\nEnd of A.\n\n# B\n\n[[See below.]]\n\nEnd of B.\n",
        How::Orphan,
        How::Edited,
    ),
    (
        "it moved to another section",
        "# A\n\n[[Before you begin, install the server.]]\n\nText of A.\n\n# B\n\nText of B.\n",
        "# A\n\nText of A.\n\n# B\n\n[[Before you begin, install the server.]]\n\nText of B.\n",
        How::Moved,
        How::Moved,
    ),
    (
        "it is gone",
        "# A\n\n[[Before you begin, install the server.]]\n\nText of A.\n",
        "# A\n\n[[Text of A.]]\n",
        How::Orphan,
        How::Orphan,
    ),
    (
        "its neighbor in a list is not it",
        "- Fixed a crash of the editor.\n[[- Fixed a crash of the viewer.]]\n- Added a key.\n",
        "[[- Fixed a crash of the editor.]]\n- Added a key.\n",
        How::Orphan,
        How::Edited,
    ),
    (
        "a short text that is another",
        "Wait for [[10]] minutes, then stop the pump.\n",
        "Wait for [[25]] minutes, then stop the pump.\n",
        How::Orphan,
        How::Orphan,
    ),
    (
        "a short text that is nearly another",
        "Wait for [[10 s]] or so, then stop the pump.\n",
        "Wait for [[20 s]] or so, then stop the pump.\n",
        How::Edited,
        How::Edited,
    ),
    (
        "code that stands twice, of which one is edited",
        "# A\n\n```\n[[pump start]]\n```\n\n# B\n\n```\npump start\n```\n",
        "# A\n\n```\n[[pump start]] --now\n```\n\n# B\n\n```\npump start\n```\n",
        How::Edited,
        How::Edited,
    ),
    (
        "two lines become one",
        "Intro.\n\n[[A pump moves water.]]\nIt needs oil.\n\nEnd.\n",
        "Intro.\n\n[[A pump moves water.]] It needs oil.\n\nEnd.\n",
        How::Moved,
        How::Moved,
    ),
    (
        "a line goes on",
        "# Countries\n\n[[Brazil, Iran]]\n\n# Next\n",
        "# Countries\n\n[[Brazil, Iran, Russia]]\n\n# Next\n",
        How::Edited,
        How::Edited,
    ),
    (
        "line ends of Windows",
        "Intro.\n\n[[A pump moves water.\nIt needs oil.]]\n",
        "Intro.\r\n\r\n[[A pump moves water.\r\nIt needs oil.]]\r\n",
        How::Moved,
        How::Moved,
    ),
    ("nothing is left", "[[A pump moves water.]]\n", "[[]]", How::Orphan, How::Orphan),
];

#[test]
fn cases() {
    let mut wrong = Vec::new();
    for (name, old, new, with, without) in CASES {
        let (old, anchor) = marked(old);
        let (new, place) = marked(new);
        for (old, how) in [(Some(old.as_str()), *with), (None, *without)] {
            let range = (how != How::Orphan).then(|| place.range());
            let found = Tracker::new(old, &new).find(&anchor);
            if (found.how, &found.range) != (how, &range) {
                let text = found.range.clone().map_or("", |range| &new[range]);
                wrong.push(format!("{name} ({how:?}, {range:?}): {found:?} {text:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_anchor_that_lies_points_nowhere_silently() {
    let (old, mut anchor) = marked(PAGE);
    (anchor.start, anchor.end) = (0, usize::MAX);
    assert_eq!(Tracker::new(Some(&old), &old).find(&anchor).how, How::Moved);
    anchor.quote.exact = "what nobody ever wrote here".to_owned();
    assert_eq!(Tracker::new(Some(&old), &old).find(&anchor).how, How::Orphan);
    anchor.quote.exact = " \n".to_owned();
    assert_eq!(Tracker::new(Some(&old), &old).find(&anchor).how, How::Orphan);
    anchor.quote.exact = "x ".repeat(MAX_QUOTE);
    assert_eq!(Tracker::new(Some(&old), &old).find(&anchor).how, How::Orphan);
    anchor.line = usize::MAX;
    assert_eq!(Tracker::new(None, &old).find(&anchor).how, How::Orphan);
}

/// Some lines, few of which are alike.
fn lines(pattern: &'static str, count: Range<usize>) -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(pattern, count)
}

proptest! {
    /// What is told to be the same text is the same text, whatever happens.
    #[test]
    fn silent_places_hold_the_quote(
        old in lines("[ab]{0,2}( [ab]{1,2}){0,3}", 1..12),
        new in lines("[ab]{0,2}( [ab]{1,2}){0,3}", 0..12),
        from in 0usize..40,
        length in 1usize..30,
        known: bool,
    ) {
        let (old, new) = (old.join("\n"), new.join("\n"));
        let from = from.min(old.len());
        let range = from..(from + length).min(old.len());
        let anchor = anchor_of(&old, range.clone());
        let place = Tracker::new(known.then_some(old.as_str()), &new).find(&anchor);
        prop_assert_eq!(place.range.is_none(), place.how == How::Orphan);
        prop_assert!(place.near <= new.len());
        if let Some(range) = place.range {
            let text = new.get(range);
            prop_assert!(text.is_some());
            let text = text.unwrap_or_default();
            if place.how != How::Edited {
                prop_assert_eq!(Flat::new(text).text, Flat::new(&anchor.quote.exact).text);
            }
            prop_assert_eq!(place.verbatim, text == anchor.quote.exact);
        }
    }

    /// A line that stays is found where it is, whatever is put around it and taken away there.
    #[test]
    fn lines_that_stay_are_found(
        before in lines("[a-z]{4,8}( [a-z]{2,8}){3,6}", 0..8),
        line in "[A-Z][a-z]{4,8}( [a-z]{4,8}){4,6}",
        behind in lines("[a-z]{4,8}( [a-z]{2,8}){3,6}", 0..8),
        other in lines("[a-z]{4,8}( [a-z]{2,8}){3,6}", 0..8),
        keep: u8,
    ) {
        let old: Vec<&str> =
            before.iter().chain([&line]).chain(&behind).map(String::as_str).collect();
        let kept = |lines: &[String], shift: usize| -> Vec<String> {
            let kept = lines.iter().enumerate().filter(|(at, _)| keep >> ((at + shift) % 8) & 1 == 1);
            kept.map(|(_, line)| line.clone()).collect()
        };
        let mut new = kept(&before, 0);
        new.extend(other.iter().take(other.len() / 2).cloned());
        let at = new.len();
        new.push(line.clone());
        new.extend(other.iter().skip(other.len() / 2).cloned());
        new.extend(kept(&behind, 3));
        let (old_text, new_text) = (old.join("\n\n"), new.join("\n\n"));
        let start = old_text.find(line.as_str()).unwrap();
        let anchor = anchor_of(&old_text, start..start + line.len());
        let expected: usize = new.iter().take(at).map(|line| line.len() + 2).sum();
        for old in [Some(old_text.as_str()), None] {
            let place = Tracker::new(old, &new_text).find(&anchor);
            prop_assert_eq!(place.range, Some(expected..expected + line.len()));
            prop_assert!(place.how <= How::Moved);
        }
    }
}
