//! Every rule finds its bad example and leaves its good one alone.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::base::{Diagnostic, SourcePath};
use crate::lint::{RuleSet, lint_file};
use crate::source::MemorySource;

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

fn lint(config: &str, text: &str) -> Vec<Diagnostic> {
    let source = MemorySource::site(&format!("-- .markdownlint.json --\n{config}\n"));
    let (rules, notes) = load_forms(&source, &path(""), false, &BTreeMap::new()).unwrap().unwrap();
    assert!(notes.is_empty(), "{config}: {notes:?}");
    let rules = RuleSet::without_styles(&path("")).with_forms(rules);
    lint_file(&rules, &path("a.md"), text.as_bytes()).diagnostics
}

/// `line code` for each finding.
fn found(config: &str, text: &str) -> Vec<String> {
    let show = |found: Diagnostic| {
        let at = found.span().unwrap().start;
        format!("{} {}", text[..at].matches('\n').count() + 1, found.code)
    };
    lint(config, text).into_iter().map(show).collect()
}

#[test]
fn every_rule_finds_its_bad_example_and_not_its_good_one() {
    let ids: Vec<&str> = codes().map(|code| code.id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    assert_eq!(ids.len(), 53);
    assert_eq!(RULES.iter().filter(|rule| rule.fixes).count(), 33);
    for rule in RULES {
        let (id, (bad, good)) = (rule.code.id, rule.code.examples);
        let params = if rule.config.is_empty() { "true" } else { rule.config };
        let config = format!("{{ \"default\": false, \"{id}\": {params} }}");
        let findings = lint(&config, bad);
        assert!(!findings.is_empty(), "{id} does not find its bad example");
        assert_eq!(findings[0].fix.is_some(), rule.fixes && !["MD005"].contains(&id), "{id}");
        assert_eq!(found(&config, good), Vec::<String>::new(), "{id} finds its good example");
    }
}

#[test]
fn parameters_tags_and_comments_count() {
    let text = "---\ntitle: x\n---\n\n# A\n\n- a \n\tb <b>c</b>\n";
    assert_eq!(
        found("{}", text),
        ["5 MD025", "7 MD009", "8 MD010", "8 MD033"],
        "front matter is no line of the page, but counts"
    );
    assert_eq!(
        found("{ \"whitespace\": false, \"MD025\": { \"front_matter_title\": \"\" } }", text),
        ["8 MD033"]
    );
    assert_eq!(found("{ \"default\": false, \"no-inline-html\": true }", text), ["8 MD033"]);
    let one = "# A <!-- markdownlint-disable-line MD018 MD026 -->\n\na\tb\n";
    let more = format!("{one}<!-- markdownlint-configure-file {{ \"MD010\": false }} -->\n");
    assert_eq!(found("{ \"MD033\": false }", one), ["3 MD010"]);
    assert_eq!(found("{ \"MD033\": false }", &more), Vec::<String>::new());
}

#[test]
fn configurations_count_folder_by_folder() {
    let site = "-- .markdownlint-cli2.yaml --\nconfig:\n  default: false\n  MD010: true\n\
                ignores:\n  - old/**\n-- sub/.markdownlint.json --\n\
                { \"extends\": \"../base.json\", \"MD010\": \"warning\" }\n-- base.json --\n\
                { \"default\": false, \"MD009\": true }\n-- sub/deep/a.md --\nx\n";
    let source = MemorySource::site(site);
    let load = |folder: &str| load_forms(&source, &path(folder), false, &BTreeMap::new());
    let (rules, notes) = load("sub/deep").unwrap().unwrap();
    assert!(notes.is_empty() && rules.concerns(&path("sub/deep/a.md")));
    let (rules, notes) = load("").unwrap().unwrap();
    assert!(notes.is_empty(), "{notes:?}");
    let rules = RuleSet::without_styles(&path("")).with_forms(rules);
    let found = |file: &str| -> Vec<String> {
        let all = lint_file(&rules, &path(file), b"a\tb \n").diagnostics;
        all.iter().map(|one| format!("{} {}", one.code, one.severity.word())).collect()
    };
    assert_eq!(found("a.md"), ["MD010 error"]);
    assert_eq!(found("old/a.md"), Vec::<String>::new());
    assert_eq!(found("sub/deep/a.md"), ["MD010 warning", "MD009 error"]);
    let lost = MemorySource::site("-- .markdownlint.json --\n{ \"extends\": \"x.json\" }\n");
    let problems = load_forms(&lost, &path(""), false, &BTreeMap::new()).unwrap_err();
    assert_eq!(problems[0].message, "`extends` names `x.json`, which is no file of the repository");
}

#[test]
fn lines_of_windows_keep_their_ends() {
    let text = "# A\r\ntext\r\n\r\n\r\n- b";
    let edits = |code: &str| -> Vec<(std::ops::Range<usize>, String)> {
        let all = lint("{}", text);
        let fixes = all.iter().filter(|one| one.code == code).filter_map(|one| one.fix.as_ref());
        fixes.flat_map(|fix| &fix.edits).map(|e| (e.span.range(), e.text.clone())).collect()
    };
    assert_eq!(edits("MD022"), [(5..5, "\r\n".to_owned())]);
    assert_eq!(edits("MD012"), [(13..15, String::new())]);
    assert_eq!(edits("MD047"), [(18..18, "\r\n".to_owned())]);
}

/// The places of findings, as `line:column text`.
fn places(config: &str, text: &str) -> Vec<String> {
    let show = |found: Diagnostic| {
        let range = found.span().unwrap().range();
        let before = &text[..range.start];
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        format!("{}:{column} {}", before.matches('\n').count() + 1, &text[range])
    };
    lint(config, text).into_iter().map(show).collect()
}

#[test]
fn names_are_looked_for_in_comments_and_not_in_addresses() {
    let config = "{ \"default\": false, \"MD044\": { \"names\": [\"GitHub\"] } }";
    let names = |text: &str| places(config, text);
    assert_eq!(names("<!-- github -->\n\na <!-- github -->\n"), ["1:6 github", "3:8 github"]);
    assert_eq!(names("<!--\n> github\n-->\n\n> <!--\n> github -->\n").len(), 2);
    assert_eq!(names("<!-- markdownlint-configure-file { \"github\": true } -->\n"), [""; 0]);
    assert_eq!(names("<!-- copydesk-ignore github: so -->\n"), [""; 0]);
    let code = "```sh\ngit clone https://github.com/a github\n```\n";
    assert_eq!(names(code), ["2:32 github"]);
    assert_eq!(names("a `git@github.com` `https://github.com/b`\n"), [""; 0]);
    assert_eq!(names("[https://github.com/a](b)\n"), [""; 0]);
    assert_eq!(names("[see https://github.com/a, github]\n"), ["1:28 github"]);
    let html = "<p>see https://github.com/a <b>github</b>\n<!-- github --></p>\n";
    assert_eq!(names(html), ["1:32 github", "2:6 github"]);
    let off = config.replace("] }", "], \"html_elements\": false }");
    assert_eq!(places(&off, html), ["1:32 github"]);
    assert_eq!(places(&off, "<!-- github -->\n\na <!-- github -->\n"), [""; 0]);
}

#[test]
fn references_of_code_alone_are_not_looked_at() {
    let config = "{ \"default\": false, \"MD052\": { \"shortcut_syntax\": true } }";
    let found = |text: &str| places(config, text);
    for code in ["a [`b`] c\n", "[`b`][]\n", "[`b`][`c`]\n", "[`a` `b`]\n", "[a [`b`]]\n"] {
        assert_eq!(found(code), [""; 0], "{code}");
    }
    assert_eq!(found("[`b`][c]\n"), ["1:6 [c]"]);
    assert_eq!(found("a [b `c`] d\n"), ["1:3 [b `c`]"]);
    assert_eq!(found("[b][`c`]\n"), ["1:1 [b][`c`]"]);
}

#[test]
fn a_pipe_alone_begins_and_ends_a_row() {
    let text = "| a | b |\n|---|---|\n| c | d |\n|\n";
    let style = |style: &str| {
        let config = format!("{{ \"default\": false, \"MD055\": {{ \"style\": \"{style}\" }} }}");
        found(&config, text).into_iter().filter(|one| one.starts_with('4')).count()
    };
    assert_eq!(style("leading_and_trailing"), 0);
    assert_eq!((style("leading_only"), style("trailing_only")), (1, 1));
    assert_eq!(style("no_leading_or_trailing"), 2);
}

#[test]
fn half_of_an_emoji_makes_a_line_too_long() {
    let config = "{ \"default\": false, \"MD013\": { \"line_length\": 4, \"strict\": true } }";
    assert_eq!(places(config, "a b🙂\n"), ["1:4 🙂"]);
    assert_eq!(places(config, "ab🙂\n"), [""; 0]);
    assert_eq!(places(config, "ab🙂c\n"), ["1:4 c"]);
}

/// Pieces of Markdown that rules look at.
const PIECES: &[&str] = &[
    "# ",
    "#",
    "##",
    " #",
    "a",
    "ä",
    "b c",
    " ",
    "  ",
    "    ",
    "\t",
    "\n",
    "\n\n",
    "\n\n\n",
    "- ",
    "* ",
    "1. ",
    "2) ",
    "> ",
    ">",
    "```",
    "~~~",
    "`",
    "``",
    "*",
    "**",
    "_",
    "|",
    "|---|",
    "---",
    "***",
    "===",
    "[",
    "]",
    "(",
    ")",
    "[a](b)",
    "[a]: b",
    "![](",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "<!-- markdownlint-",
    "disable MD010 -->",
    "https://a.b",
    "www.a.b",
    "a@b.cd",
    "[^1]",
    "[^1]: ",
    "$",
    "\\",
    "&amp;",
    ".",
    "🙂",
    "\r\n",
    "{#a}",
    "#a",
    "日本",
];

/// Random Markdown.
pub(crate) fn markdown() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(PIECES);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn places_lie_in_any_text(text in markdown()) {
        for one in lint("{ \"MD044\": { \"names\": [\"Ab\"] }, \"MD043\": { \"headings\": [\"# A\", \"*\"] } }", &text) {
            let fix = one.fix.iter().flat_map(|fix| &fix.edits).map(|edit| &edit.span);
            for span in one.span().into_iter().chain(fix) {
                prop_assert!(text.get(span.range()).is_some(), "{} {:?}", one.code, span);
            }
        }
    }
}
