//! What holds for all pages.

use proptest::prelude::*;

use super::*;

fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "alpha",
        "beta",
        "gamma",
        "delta",
        "the",
        "of",
        "a",
        "run",
        "it",
        "`code`",
        "**strong**",
        "*soft*",
        "[link](a.md)",
        "[link](b.md)",
        "![i](x.png)",
        "x.",
        "y,",
        "字符",
        "<kbd>K</kbd>",
        "<br>",
        "[^1]",
        "$x^2$",
        "~~no~~",
        "don't",
        "1.5",
        "\n",
        "  \n",
        "&amp;",
        "é",
    ]);
    prop::collection::vec(word, 1..9).prop_map(|words| words.join(" "))
}

fn block() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        6 => words(),
        2 => words().prop_map(|text| format!("## {}", text.replace('\n', " "))),
        1 => words().prop_map(|text| format!("```rust\n{text}\nlet a = 1;\n```")),
        2 => prop::collection::vec(words(), 1..4).prop_map(|cells| {
            let row = cells.iter().map(|cell| cell.replace('\n', " ")).collect::<Vec<_>>().join("|");
            let rule = vec!["--"; cells.len()].join("|");
            format!("|{row}|\n|{rule}|\n|{row}|\n|a|{row}|")
        }),
        1 => words().prop_map(|text| format!("<div>\n{text}\n</div>")),
        1 => words().prop_map(|text| format!("[^1]: {text}")),
        1 => Just("***".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        (0..5_u8, prop::collection::vec(inner, 1..4)).prop_map(|(kind, inner)| {
            let text = inner.join("\n\n");
            let indented = |first: &str, rest: &str| {
                let lines = text.split('\n').zip(0..);
                let line = |(line, at)| format!("{}{line}", if at == 0 { first } else { rest });
                lines.map(line).collect::<Vec<String>>().join("\n")
            };
            match kind {
                0 => indented("- ", "  "),
                1 => indented("1. ", "   "),
                2 => indented("> ", "> "),
                3 => format!(":::note\n{text}\n:::"),
                _ => indented("- [ ] ", "  "),
            }
        })
    })
}

fn blocks() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(block(), 0..8)
}

/// What an author does to a page.
#[derive(Debug, Clone)]
enum Deed {
    Delete(usize),
    Insert(usize, String),
    Move(usize, usize),
    Replace(usize, String, String),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        any::<usize>().prop_map(Deed::Delete),
        (any::<usize>(), block()).prop_map(|(at, text)| Deed::Insert(at, text)),
        (any::<usize>(), any::<usize>()).prop_map(|(from, to)| Deed::Move(from, to)),
        (any::<usize>(), prop::sample::select(vec!["alpha", "the", "a", "**", "- ", "|"]), words())
            .prop_map(|(at, from, to)| Deed::Replace(at, from.to_owned(), to)),
    ];
    prop::collection::vec(deed, 0..5)
}

fn edited(blocks: &[String], deeds: &[Deed]) -> Vec<String> {
    let mut blocks = blocks.to_vec();
    for deed in deeds {
        let len = blocks.len();
        match deed {
            Deed::Insert(at, text) => blocks.insert(at % (len + 1), text.clone()),
            _ if len == 0 => {}
            Deed::Delete(at) => drop(blocks.remove(at % len)),
            Deed::Move(from, to) => {
                let block = blocks.remove(from % len);
                blocks.insert(to % len, block);
            }
            Deed::Replace(at, from, to) => {
                let block = &mut blocks[at % len];
                *block = block.replacen(from.as_str(), to, 1);
            }
        }
    }
    blocks
}

fn holds(old: &str, new: &str) -> Result<(), TestCaseError> {
    let (old, new) = (page(old), page(new));
    let (old, new) = (side(&old), side(&new));
    let found = difference(&old, &new);
    prop_assert_eq!(found.apply(&parts(&old)), Ok(parts(&new)));
    prop_assert_eq!(&found, &difference(&old, &new));
    prop_assert_eq!(found.is_empty(), parts(&old) == parts(&new));
    let text = serde_json::to_string(&found).unwrap();
    prop_assert_eq!(&serde_json::from_str::<Difference>(&text).unwrap(), &found);
    // Numbers stand in the order of the page, and none is left out.
    let ids: Vec<u32> = found.changes.iter().map(|change| change.id.0).collect();
    prop_assert_eq!(&ids, &(1..=ids.len() as u32).collect::<Vec<_>>());
    let same = difference(&new, &new);
    prop_assert!(same.is_empty() && !same.coarse);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_difference_makes_the_new_page_of_the_old_one(blocks in blocks(), deeds in deeds()) {
        holds(&blocks.join("\n\n"), &edited(&blocks, &deeds).join("\n\n"))?;
    }

    #[test]
    fn any_page_can_become_any_other(old in blocks(), new in blocks()) {
        holds(&old.join("\n\n"), &new.join("\n\n"))?;
    }
}

/// Pages that are large and have nothing in common cost little, and say that they were not looked at.
#[test]
fn what_is_too_large_is_replaced() {
    let lines = |word: &str| (0..3000).map(|n| format!("{word} {n}\n\n")).collect::<String>();
    let difference = differ(&lines("old of"), &lines("new of"));
    assert!(difference.coarse);
    assert_eq!(difference.changes.len(), 1);
    assert!(!differ("a b c d e f\n", "g\n").coarse);
}
