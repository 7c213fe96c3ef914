use super::*;
use crate::base::{Span, apply_edits};

/// Replaces, in order, each first occurrence of a text behind the last one.
fn checked(text: &str, swaps: &[(&str, &str)], latitude: Latitude) -> Result<(), String> {
    let path = SourcePath::new("a.md").unwrap();
    let mut at = 0;
    let edits: Vec<Edit> = swaps
        .iter()
        .map(|(old, new)| {
            let start = at + text[at..].find(old).unwrap();
            at = start + old.len();
            let span = Span::new(path.clone(), start..start + old.len());
            Edit { span, text: (*new).to_owned() }
        })
        .collect();
    let after = apply_edits(text.as_bytes(), &edits).unwrap();
    let mut settings = Settings::default();
    settings.html.smart_punctuation = false;
    check_meaning(&path, (text.as_bytes(), &after), &edits, latitude, &settings)
        .map_err(|unmeant| unmeant.why)
}

#[track_caller]
fn fine(text: &str, swaps: &[(&str, &str)]) {
    assert_eq!(checked(text, swaps, Latitude::Edits), Ok(()), "{text}");
}

#[track_caller]
fn refused(text: &str, swaps: &[(&str, &str)], why: &str) {
    assert_eq!(checked(text, swaps, Latitude::Edits), Err(why.to_owned()), "{text}");
}

#[test]
fn words_marks_and_addresses_change() {
    fine("# A\n\nWe utilize **it** here.\n", &[("utilize", "use")]);
    fine("\u{feff}---\ntitle: x\n---\n\r\nWe utilize it.\r\n", &[("utilize", "use")]);
    fine("a [b](c) \n", &[(" \n", "\n")]);
    fine("- [b](c)", &[(")", ")\n")]);
    fine("Very big *thing*.\n", &[("Very ", "")]);
    fine("A [b](C.md#x) d ![e](F.png).\n", &[("C.md", "c.md"), ("F.png", "f.png")]);
    fine("[b][r] and [b]\n\n[r]: C.md\n[b]: d.md\n", &[("C.md", "c.md")]);
    fine("* a\n* b\n", &[("*", "-"), ("*", "-")]);
    fine("> * a `x`\n>   b\n", &[("*", "-"), ("b", "c")]);
    fine("Edit config.json now.\n", &[("config.json", "`config.json`")]);
    fine("Edit config.json now.\n", &[("config", "`config"), ("json", "json`")]);
    fine("Select __Save__ now.\n", &[("__", "**"), ("__", "**")]);
    fine("See https://a.example/b now.\n", &[("https://a.example/b", "<https://a.example/b>")]);
    fine("```\nx\n```\n", &[("```", "```text")]);
    fine("a\n\n\n\nb\n", &[("\n\n\n", "\n\n")]);
    fine("<img src=\"A.png\" alt=\"x\"> y\n", &[("A.png", "a.png")]);
    fine("| a | b |\n|---|---|\n| utilize | c |\n", &[("utilize", "use")]);
    fine("---\ntitle: We utilize it\nweight: 2\n---\nx\n", &[("utilize", "use")]);
    fine("a <!-- vale off --> b\n", &[("<!-- vale off -->", "")]);
}

#[test]
fn lists_may_become_loose_and_join() {
    fine("- a\n  ```\n  x\n  ```\n- b\n", &[("  ```", "\n  ```")]);
    fine("* a\n\n- b\n\n* c\n", &[("-", "*")]);
    fine("* a\n  * b\n\n  - c\n", &[("-", "*")]);
    refused("1. a\n\n1) b\n", &[(")", ".")], "it would turn a numbered list into a list item");
    refused("* a\n\nx\n\n- b\n", &[("x\n\n", "")], "it would turn a paragraph into a list item");
    refused("- a\n\n  b\n", &[("\n\n", "\n")], "it would remove a paragraph");
    fine("[a `b` ](c) x\n", &[(" ]", "]")]);
    fine("- a\n\n[b]: c", &[("c", "c\n")]);
}

#[test]
fn everything_else_stays() {
    refused("The year\nxx. A good one.\n", &[("xx", "1")], "it would make a numbered list");
    refused("a\nb\n", &[("b", "- b")], "it would make a list");
    refused(
        "# How to utilize it\n",
        &[("utilize", "use")],
        "it would change the anchor `how-to-utilize-it`",
    );
    refused("a xb c* d\n", &[("x", "*")], "it would change the markup of a paragraph");
    refused("a x b ` c\n", &[("x", "`")], "it would change the markup of a paragraph");
    refused("a  \nb\n", &[("  ", "")], "it would change the markup of a paragraph");
    refused("a\n\nb\n", &[("\n\n", "\n")], "it would remove a paragraph");
    refused("a <!-- utilize --> b\n", &[("utilize", "use")], "it would change a comment");
    refused(
        "{{#include utilize.md}}\n",
        &[("utilize", "use")],
        "it would change an include or a variable",
    );
    refused("---\ntitle: a\n---\nx\n", &[("a", "a: b")], "it would change the front matter");
    refused(
        "---\ntitle: a\nweight: 2\n---\nx\n",
        &[("a\n", "a\ndraft: true\n")],
        "it would change the front matter",
    );
    refused("<p>a</p>\n\nb\n", &[("</p>", "</p")], "it would change the markup of a block of HTML");
    refused("a\n\n    b\n", &[("    b", "b")], "it would turn a code block into a paragraph");
}

#[test]
fn a_suggestion_may_change_its_own_block() {
    let note = [("**Note:**", "> [!NOTE]\n>")];
    let text = "a\n\n**Note:** b\n\n- c\n";
    assert!(checked(text, &note, Latitude::Edits).is_err());
    assert_eq!(checked(text, &note, Latitude::Blocks), Ok(()));
    let heading = [("utilize", "use")];
    assert_eq!(checked("# To utilize\n\n## b\n", &heading, Latitude::Blocks), Ok(()));
    let open = [("b", "```")];
    assert!(checked("a\n\nb\n\nc\n", &open, Latitude::Blocks).is_err());
}

#[test]
fn with_more_latitude_keys_of_front_matter_come_and_change() {
    let page = "---\ntitle: A\nstate: dratf\nweight: 2\n---\nx\n";
    let check = |swaps: &[(&str, &str)]| checked(page, swaps, Latitude::Blocks);
    assert_eq!(check(&[("dratf", "draft")]), Ok(()));
    assert_eq!(check(&[("state", "status")]), Ok(()));
    assert_eq!(check(&[("2\n", "2\nowners: docs\n")]), Ok(()));
    assert_eq!(check(&[("---\ntitle", "---\nowners: docs\ntitle")]), Ok(()));
    let version = "---\nversion: 1.10\n---\nx\n";
    assert_eq!(checked(version, &[("1.10", "\"1.10\"")], Latitude::Blocks), Ok(()));
    assert_eq!(check(&[("state: dratf\n", "")]), Ok(()));
    let moved = Err("it would change the front matter".to_owned());
    // The value of one key runs on into the next one.
    assert_eq!(check(&[("dratf", "\"draft")]), moved);
    // What was read before would not be read any more.
    assert_eq!(check(&[("2", "\"2\"")]), moved);
    assert_eq!(check(&[("A", "A: B")]), moved);
    assert_eq!(check(&[("A", "A\nweight: 1")]), moved);
    assert_eq!(checked("x\n", &[("x", "---\na: b\n---\n\nx")], Latitude::Blocks), Ok(()));
}
