//! The search of a site that is large enough to be indexed in several batches.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::holds;
use crate::sandbox::{Sandbox, tree};

/// Enough for three batches or more.
const PAGES: usize = 420;

const WORDS: [&str; 12] = [
    "install",
    "installed",
    "installing",
    "run",
    "running",
    "HashMap::new",
    "snake_case",
    "--flag",
    "café",
    "所有権",
    "new𝒳word",
    "plain",
];

/// What is done to a site between two builds.
#[derive(Debug, Clone)]
enum Edit {
    /// A page gets this text.
    Write(Index, Vec<(bool, &'static str)>),
    /// One page more, somewhere between the others.
    Add(Index),
    Delete(Index),
    Rename(Index),
    /// The search does not find a page any more.
    Hide(Index),
    Setting(&'static str),
}

fn edit() -> impl Strategy<Value = Edit> {
    let text = prop::collection::vec((prop::bool::weighted(0.2), select(&WORDS[..])), 0..40);
    let settings = [
        "search.heading-split-level = 1\nsearch.boost-title = 3",
        "search.heading-split-level = 2\nsearch.teaser-word-count = 7",
        "search.chapter.\"b\".enable = false",
        "search.enable = false",
        "search.limit-results = 4\nsearch.expand = false",
        "site-url = \"/docs/\"",
    ];
    prop_oneof![
        6 => (any::<Index>(), text).prop_map(|(page, text)| Edit::Write(page, text)),
        2 => any::<Index>().prop_map(Edit::Add),
        2 => any::<Index>().prop_map(Edit::Delete),
        2 => any::<Index>().prop_map(Edit::Rename),
        1 => any::<Index>().prop_map(Edit::Hide),
        3 => select(settings.to_vec()).prop_map(Edit::Setting),
    ]
}

fn path(number: usize) -> String {
    format!("content/{}/page-{number:03}.md", ["a", "b", "c"][number * 3 / PAGES.max(number + 1)])
}

fn text(number: usize) -> String {
    let word = WORDS[number % WORDS.len()];
    format!("# Page {number}\n\nAbout {word}.\n\n## More of {word}\n\nWords, n{number}.\n")
}

impl Edit {
    fn apply(&self, sandbox: &Sandbox) {
        let at = |page: &Index| sandbox.site(&path(page.index(PAGES)));
        match self {
            Edit::Write(page, words) => {
                let mut text = String::from("# Another page\n\n");
                for (begins, word) in words {
                    text.push_str(if *begins { "\n\n## " } else { "" });
                    text.push_str(word);
                    text.push_str(if *begins { "\n\n" } else { " " });
                }
                sandbox.write(&path(page.index(PAGES)), text);
            }
            Edit::Add(page) => {
                let path = path(page.index(PAGES)).replace(".md", "-more.md");
                sandbox.write(&path, "# One more\n\nUnheardof words run.\n");
            }
            Edit::Delete(page) => drop(std::fs::remove_file(at(page))),
            Edit::Rename(page) => {
                drop(std::fs::rename(at(page), sandbox.site("content/a/page-000-renamed.md")));
            }
            Edit::Hide(page) => {
                let text = "---\nsearch: false\n---\n# Hidden\n\nSecret words.\n";
                sandbox.write(&path(page.index(PAGES)), text);
            }
            Edit::Setting(lines) => {
                let lines = lines.lines().map(|line| format!("output.html.{line}\n"));
                sandbox.write("book.toml", lines.collect::<String>());
            }
        }
    }
}

#[test]
fn the_search_of_a_large_site_is_what_a_clean_build_makes() {
    let steps = prop::collection::vec(prop::collection::vec(edit(), 1..4), 4);
    holds(3, steps, |steps| {
        let sandbox = Sandbox::new("-- content/index.md --\n# Home\n");
        for number in 0..PAGES {
            sandbox.write(&path(number), text(number));
        }
        sandbox.build(&["--quiet"]);
        for edits in &steps {
            edits.iter().for_each(|edit| edit.apply(&sandbox));
            let build = |options: &[&str]| {
                sandbox.run(&[&["build", "--quiet", "--out"], options].concat()).code
            };
            let code = build(&["../out"]);
            prop_assert_eq!(code, build(&["../clean", "--no-cache"]));
            let (found, expected) = (tree(&sandbox.path("out")), tree(&sandbox.path("clean")));
            let differs = |(name, bytes): &(&String, &Vec<u8>)| expected.get(*name) != Some(bytes);
            let wrong: Vec<&String> =
                found.iter().filter(differs).map(|(name, _)| name).take(5).collect();
            prop_assert!(wrong.is_empty(), "{wrong:?}");
            let missing: Vec<&String> =
                expected.keys().filter(|name| !found.contains_key(*name)).take(5).collect();
            prop_assert!(missing.is_empty(), "{missing:?}");
        }
        Ok(())
    });
}
