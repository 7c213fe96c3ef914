use proptest::prelude::*;

use super::*;
use crate::base::{Severity, Span};
use crate::source::MemorySource;

/// Swaps of words, as rules that find every place of the first and write the second.
fn finder(
    swaps: &[(&'static str, &'static str, Applicability)],
) -> impl FnMut(&dyn Source) -> Result<Vec<Diagnostic>, SourceError> {
    let swaps = swaps.to_vec();
    move |source| {
        let mut found = Vec::new();
        for file in source.list(&SourcePath::root(), &[])?.files {
            let text = String::from_utf8_lossy(&source.read(&file.path)?).into_owned();
            for (old, new, applicability) in &swaps {
                for (at, _) in text.match_indices(old) {
                    let span = Span::new(file.path.clone(), at..at + old.len());
                    found.push(
                        Diagnostic {
                            labels: Vec::new(),
                            code: (*old).into(),
                            severity: Severity::Warning,
                            message: format!("no `{old}`"),
                            help: None,
                            docs: None,
                            foreign: None,
                            fix: Some(Fix {
                                title: String::new(),
                                applicability: *applicability,
                                edits: vec![Edit { span: span.clone(), text: (*new).to_owned() }],
                            }),
                        }
                        .at(span),
                    );
                }
            }
        }
        Ok(found)
    }
}

const SAFE: Applicability = Applicability::Safe;
const SUGGESTED: Applicability = Applicability::Suggested;

fn mended(
    text: &str,
    swaps: &[(&'static str, &'static str, Applicability)],
    most: Applicability,
) -> (String, Mended) {
    let source = MemorySource::site(&format!("-- a.md --\n{text}"));
    let mended = mend(&source, most, &mut finder(swaps)).unwrap();
    let after = mended.files.first().map(|file| String::from_utf8(file.after.to_vec()).unwrap());
    (after.unwrap_or_else(|| text.to_owned()), mended)
}

#[test]
fn fixes_make_room_for_others_until_nothing_is_left() {
    let swaps = [("aab", "x", SAFE), ("ab", "b", SAFE), ("xc", "done", SAFE)];
    let (text, mended) = mended("aabc and abd.\n", &swaps, SAFE);
    assert_eq!(text, "done and bd.\n");
    assert_eq!((mended.fixed, mended.left.len(), mended.refused.len()), (3, 0, 0));
}

#[test]
fn only_what_is_asked_for_is_applied() {
    let swaps = [("one", "two", SAFE), ("three", "four", SUGGESTED)];
    assert_eq!(mended("one three\n", &swaps, SAFE).0, "two three\n");
    assert_eq!(mended("one three\n", &swaps, SUGGESTED).0, "two four\n");
}

#[test]
fn rules_that_undo_each_other_end() {
    let swaps = [("ping", "pong", SAFE), ("pong", "ping", SAFE)];
    let (text, outcome) = mended("ping\n", &swaps, SAFE);
    assert!(["ping\n", "pong\n"].contains(&text.as_str()));
    assert_eq!(outcome.left.len(), 1);
    let grows = [("a", "aa", SAFE)];
    assert!(mend(&MemorySource::site("-- a.md --\na\n"), SAFE, &mut finder(&grows)).is_ok());
}

#[test]
fn one_bad_fix_does_not_keep_the_others_away() {
    let swaps = [("utilize", "use", SAFE), ("star", "- x", SAFE)];
    let (text, mended) = mended("We utilize\nstar utilize a star.\n\nutilize\n", &swaps, SAFE);
    assert_eq!(text, "We use\nstar use a - x.\n\nuse\n");
    assert_eq!(mended.fixed, 4);
    let [(diagnostic, why)] = mended.refused.as_slice() else { panic!("{mended:?}") };
    assert_eq!(
        (diagnostic.code.as_ref(), why.as_str()),
        ("star", "it would turn a paragraph into a list")
    );
    assert_eq!(mended.left.len(), 1);
}

#[test]
fn one_fix_by_itself() {
    let source = MemorySource::site("-- a.md --\nWe utilize it.\n-- b.toml --\na = 1\n");
    let edit = |file: &str, range: std::ops::Range<usize>, text: &str| Edit {
        span: Span::new(SourcePath::new(file).unwrap(), range),
        text: text.to_owned(),
    };
    let fix = |edits: Vec<Edit>| Fix { title: String::new(), applicability: SAFE, edits };
    let made = apply_fix(&source, &fix(vec![edit("a.md", 3..10, "use")])).unwrap();
    assert_eq!(&*made[0].after, b"We use it.\n");
    assert!(apply_fix(&source, &fix(vec![edit("a.md", 3..99, "use")])).is_err());
    assert!(apply_fix(&source, &fix(vec![edit("c.md", 0..0, "use")])).is_err());
    assert!(apply_fix(&source, &fix(Vec::new())).is_err());
    let toml = apply_fix(&source, &fix(vec![edit("b.toml", 4..5, "")]));
    assert_eq!(toml, Err("the file could not be read any more".to_owned()));
}

/// Pieces of pages that edits like to break.
fn page() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "utilize ",
        "star ",
        "tick ",
        "very ",
        "# ",
        "## ",
        "- ",
        "1. ",
        "> ",
        "\n",
        "\n\n",
        "\r\n",
        "`",
        "**",
        "*",
        "[a](utilize.md) ",
        "![very](star.png)",
        "<b>",
        "</b>",
        "<!-- utilize -->",
        "{{#include star.md}}",
        "```\n",
        "| a | b |\n|---|---|\n",
        "    ",
        "  \n",
        "é",
        "&amp; ",
        ":::note\n",
        ":::\n",
        "\\",
        "_",
        "\t",
        "---\n",
        "word ",
        "x. ",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// What is mended once is mended: a second run changes nothing, and what a fix is not for
    /// stays as it was.
    #[test]
    fn mending_is_idempotent_and_keeps_the_parse(text in page(), bom: bool, front: bool) {
        let swaps = [
            ("utilize", "use", SAFE),
            ("very ", "", SAFE),
            ("star", "- x", SAFE),
            ("tick", "`", SAFE),
            ("word", "*w*", SAFE),
            ("x.", "1.", SAFE),
        ];
        let bom = if bom { "\u{feff}" } else { "" };
        let front = if front { "---\ntitle: star utilize\n---\n" } else { "" };
        let text = format!("{bom}{front}{text}");
        let path = SourcePath::new("a.md").unwrap();
        let source = MemorySource::new([(path.clone(), text.clone().into_bytes())]);
        let first = mend(&source, SAFE, &mut finder(&swaps)).unwrap();
        let after = first.files.first().map_or_else(|| text.clone().into_bytes(), |f| f.after.to_vec());
        let source = MemorySource::new([(path.clone(), after.clone())]);
        let second = mend(&source, SAFE, &mut finder(&swaps)).unwrap();
        prop_assert!(second.files.is_empty(), "{text:?} -> {:?}", String::from_utf8_lossy(&after));
        prop_assert_eq!(text.starts_with('\u{feff}'), after.starts_with("\u{feff}".as_bytes()));
        // The block structure, by a way of its own: the kinds of blocks in order.
        let blocks = |bytes: &[u8]| -> Vec<String> {
            let mut problems = Vec::new();
            let whole = crate::markdown::decode(&path, bytes, &mut problems);
            let (_, start) = crate::markdown::front_matter_texts(&whole, &mut problems);
            let body = whole.slice(start..whole.text.len());
            let (document, _) = crate::markdown::parse_body(body, &SETTINGS);
            // How far items stand apart is no meaning: a tight item has no paragraph.
            let mut items: Vec<u32> = Vec::new();
            let kinds = document.nodes.iter().zip(0u32..).filter_map(|(node, at)| {
                items.retain(|end| *end > at);
                let tight = !items.is_empty() && node.kind == crate::markdown::NodeKind::Paragraph;
                if let crate::markdown::NodeKind::Item(_) = node.kind {
                    items.push(node.end);
                }
                if tight {
                    return None;
                }
                let shown = format!("{:?}", node.kind);
                let name = shown.split(['(', ' ', '{']).next().unwrap_or_default().to_owned();
                let inline = ["Text", "Code", "Emphasis", "SoftBreak", "Html", "Link", "Image",
                    "Strong", "Strikethrough", "HardBreak", "FootnoteReference", "Math"];
                (!inline.contains(&name.as_str())).then_some(name)
            });
            kinds.collect()
        };
        prop_assert_eq!(blocks(text.as_bytes()), blocks(&after), "{:?}", text);
        // Comments and includes are as they were. What the parser takes for text is no comment.
        let comments = |bytes: &[u8]| -> usize {
            let mut problems = Vec::new();
            let whole = crate::markdown::decode(&path, bytes, &mut problems);
            let (_, start) = crate::markdown::front_matter_texts(&whole, &mut problems);
            let body = whole.slice(start..whole.text.len());
            let (document, _) = crate::markdown::parse_body(body, &SETTINGS);
            let html = document.nodes.iter().map(|node| match &node.kind {
                crate::markdown::NodeKind::Html(html) => html.matches("<!-- utilize -->").count(),
                _ => 0,
            });
            html.sum()
        };
        prop_assert_eq!(comments(text.as_bytes()), comments(&after), "{:?}", text);
        let text_after = String::from_utf8(after).unwrap();
        let include = "{{#include star.md}}";
        prop_assert_eq!(text.matches(include).count(), text_after.matches(include).count());
    }
}

/// What the rules of markdownlint find.
fn forms(source: &dyn Source) -> Result<Vec<Diagnostic>, SourceError> {
    let config = SourcePath::new(".markdownlint.json").unwrap();
    let rules = crate::pipeline::load_rules(source, &config).unwrap().rules;
    let file = SourcePath::new("a.md").unwrap();
    Ok(crate::lint::lint_file(&rules, &file, &source.read(&file)?).diagnostics)
}

fn formed(text: &str) -> (String, Mended) {
    formed_with(text, SAFE)
}

fn formed_with(text: &str, most: Applicability) -> (String, Mended) {
    let site = format!("-- .markdownlint.json --\n{{ \"MD013\": false }}\n-- a.md --\n{text}");
    let source = MemorySource::site(&site);
    let mended = mend(&source, most, &mut forms).unwrap();
    let after = mended.files.first().map(|file| String::from_utf8(file.after.to_vec()).unwrap());
    (after.unwrap_or_else(|| text.to_owned()), mended)
}

#[test]
fn the_form_of_a_page_is_mended_in_rounds() {
    let text = "#  A \ntext\n* a\n   * b\n\n\n1. x\n1. y\n```sh\n$ ls\n```\n";
    let after = "# A\n\ntext\n\n* a\n  * b\n\n1. x\n1. y\n\n```sh\nls\n```\n";
    assert_eq!(formed(text).0, after);
    // A fence that nothing closes takes blank lines in.
    assert_eq!(formed("# A\n\n- ```\n* b\n").0, formed(&formed("# A\n\n- ```\n* b\n").0).0);
    let text = "*a* and _b_ and __c__ **d** https://a.b\n";
    assert_eq!(formed(text).0, "*a* and *b* and __c__ __d__ <https://a.b>\n");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn mending_the_form_twice_changes_nothing_more(text in crate::lint::random_markdown()) {
        for most in [SAFE, SUGGESTED] {
            let (once, _) = formed_with(&text, most);
            let (twice, _) = formed_with(&once, most);
            prop_assert_eq!(once, twice);
        }
    }
}

/// Every construct of CommonMark and of what we add to it, and the documents that are written for
/// each rule of markdownlint. The examples of the specification itself are run by
/// `tests/bench/markdownlint.py --examples`.
#[test]
fn mending_the_form_of_every_construct_ends_and_changes_nothing_more() {
    let tests = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut texts: Vec<String> = Vec::new();
    for file in std::fs::read_dir(tests.join("fixtures/markdown")).unwrap() {
        let file = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for case in file.split("%% ").skip(1) {
            let (_, rest) = case.split_once('\n').unwrap();
            let (text, _) = rest.split_once("%%\n").unwrap();
            texts.push(text.replace('→', "\t").replace('␠', " ").replace('␀', "\0"));
        }
    }
    let cases = std::fs::read_to_string(tests.join("bench/markdownlint_cases.txt")).unwrap();
    texts.extend(cases.split("\n=====\n").map(str::to_owned));
    assert!(texts.len() > 150, "{}", texts.len());
    let mut changed = 0;
    for text in &texts {
        // In lists and quotes a construct has other neighbors.
        let indented = |first: &str, mark: &str| {
            let lines = text.lines().enumerate();
            let lines =
                lines.map(|(at, line)| format!("{}{line}", if at == 0 { first } else { mark }));
            lines.collect::<Vec<_>>().join("\n")
        };
        for text in [text.clone(), indented("> ", "> "), indented("- ", "  ")] {
            let (once, _) = formed_with(&text, SUGGESTED);
            let (twice, _) = formed_with(&once, SUGGESTED);
            assert_eq!(once, twice, "{text:?}");
            changed += usize::from(once != text);
        }
    }
    assert!(changed > 100, "{changed}");
}

#[test]
fn fixes_of_a_list_go_together_and_do_not_suffer_from_others() {
    let text = "# A\n\n* a\n\n- b\n- c\n\n## B\n\n* d\n    * e\n        * f\n";
    assert_eq!(
        formed_with(text, SUGGESTED).0,
        "# A\n\n* a\n\n* b\n* c\n\n## B\n\n* d\n  * e\n    * f\n"
    );
    // What follows the inner list would become part of it.
    let kept = "# A\n\n* a\n    * b\n\n    c\n";
    let (text, mended) = formed_with(kept, SUGGESTED);
    assert_eq!(text, kept);
    assert_eq!(mended.refused.len(), 1);
    let quoted = "# A\n\n- a\n\n  > b\n  > ```text\n  > c\n  > ```\n\n## B\n> [!NOTE]\n> d\n";
    let (text, _) = formed_with(quoted, SUGGESTED);
    assert!(
        text.contains("  > b\n  >\n  > ```text") && text.contains("## B\n\n> [!NOTE]"),
        "{text}"
    );
}
