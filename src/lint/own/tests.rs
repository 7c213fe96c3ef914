//! Every rule finds its bad example and leaves its good one alone; and what no rule may touch.

use std::collections::BTreeMap;

use super::*;
use crate::base::{Diagnostic, SourcePath};
use crate::config::{ConfigInput, Overrides, Settings};
use crate::lint::{RuleSet, SchemaFiles, lint_file};

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

fn settings(text: &str) -> Settings {
    let overrides = Overrides::default();
    let path = path("book.toml");
    let input =
        ConfigInput { path: &path, text: Some(text), variables: &[], overrides: &overrides };
    let (settings, problems) = crate::config::load(input);
    assert!(problems.is_empty(), "{problems:?}");
    settings
}

fn rules(book: &str) -> (RuleSet, Vec<Diagnostic>) {
    let settings = settings(book);
    let (own, problems) = OwnRules::new(&OwnInput {
        lint: &settings.lint,
        terms: &settings.terms,
        home: path(""),
        others: &["link/missing-page"],
        schemas: &SchemaFiles::new(),
        base_url: settings.site.base_url.as_ref().map(|url| url.value.as_str()),
    });
    (RuleSet::without_styles(&path("")).with_own(own), problems)
}

/// `code "text at the span"` for each finding.
fn found(book: &str, file: &str, text: &str) -> Vec<String> {
    let (rules, problems) = rules(book);
    assert!(problems.is_empty(), "{problems:?}");
    let findings = lint_file(&rules, &path(file), text.as_bytes());
    let due = findings.dated.iter().filter(|dated| dated.after.as_str() < "2026-11-29");
    let due = due.map(|dated| &dated.diagnostic);
    let shown = findings.diagnostics.iter().chain(due).map(|diagnostic| {
        let span = diagnostic.span().unwrap().range();
        format!("{} {:?}", diagnostic.code, &text[span])
    });
    shown.collect()
}

/// That of the examples.
const SCHEMA: &str = "[[lint.front-matter]]\nrequired = [\"title\", \"owners\"]\n\
                      additionalProperties = false\nproperties.title = {}\nproperties.owners = {}\n\
                      properties.status = { enum = [\"draft\", \"stable\"] }\n";

#[test]
fn every_rule_finds_its_bad_example_and_not_its_good_one() {
    let ids: Vec<&str> = codes().map(|code| code.id).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    for rule in RULES {
        let id = rule.code.id;
        let (bad, good) = rule.code.examples;
        let mut book = format!("[lint]\nextends = []\n[lint.rules]\n\"{id}\" = \"warning\"\n");
        if SCHEMA_RULES.contains(&id) {
            book.push_str(SCHEMA);
        }
        for preset in rule.presets {
            assert!(PRESETS.iter().any(|(name, _)| name == preset), "{id}: {preset}");
        }
        if bad.is_empty() || is_across(id) {
            continue;
        }
        assert!(!found(&book, "a.md", bad).is_empty(), "{id} does not find its bad example");
        assert!(found(&book, "a.md", good).is_empty(), "{id} finds its good example");
    }
}

#[test]
fn nothing_fires_in_code_addresses_attributes_and_machinery() {
    let all: String =
        RULES.iter().map(|rule| format!("\"{}\" = \"error\"\n", rule.code.id)).collect();
    let book = format!("[lint.rules]\n{all}");
    let text = "---\ntitle: A page\nkeywords: Github the the\n---\n\n\
                Run `the the Github TODO: simply`, see <https://a.example/Github/the/the>.\n\n\
                ```text\nGithub the the TODO: click recieve **x \n<<<<<<< HEAD\n>>>>>>> b\n```\n\n\
                <b class=\"Github recieve\" title=\"the the\">Bold</b> words.\n\n\
                {{< note \"Github the the\" >}}\n\n{% hint style=\"recieve\" %}\n\n\
                :::note{#Github .recieve}\nText.\n:::\n\n<!-- TODO: the the Github -->\n";
    assert_eq!(found(&book, "a.md", text), Vec::<String>::new());
}

#[test]
fn places_are_exact_and_fixes_fit() {
    let text = "---\ntitle: x\n---\r\n# *Hi*\r\n\r\nOn **Github** and &amp; the\r\nthe end.\r\n";
    assert_eq!(
        found("", "a.md", text),
        ["terms/product-case \"Github\"", "style/doubled-word \"the\\r\\nthe\""]
    );
    let (rules, _) = rules("");
    let fix = lint_file(&rules, &path("a.md"), b"On Github.").diagnostics[0].fix.clone().unwrap();
    assert_eq!((fix.edits[0].span.range(), fix.edits[0].text.as_str()), (3..9, "GitHub"));
}

#[test]
fn levels_presets_paths_and_exclusions() {
    let text = "Simply read the the page.\n";
    assert_eq!(found("", "a.md", text), ["style/doubled-word \"the the\""]);
    let style = "[lint]\nextends = [\"default\", \"style\"]\nexclude = [\"old/**\"]\n\
                 [[lint.paths]]\nfiles = [\"drafts/**\"]\nrules = { \"style/casual\" = \"off\" }\n";
    let both = ["style/casual \"Simply\"", "style/doubled-word \"the the\""];
    assert_eq!(found(style, "a.md", text), both);
    assert_eq!(found(style, "drafts/a.md", text), ["style/doubled-word \"the the\""]);
    assert!(found(style, "old/a.md", text).is_empty());
    let off = "[lint.rules]\n\"style/doubled-word\" = { allow = [\"The\"] }\n";
    assert!(found(off, "a.md", text).is_empty());
    assert!(found("", "a.txt", text).is_empty());
}

#[test]
fn what_means_nothing_is_told() {
    let (_, problems) = rules(
        "[lint]\nextends = [\"defaults\"]\nexclude = [\"{a\"]\n[lint.rules]\n\
         \"style/doubled-wrod\" = \"off\"\n\"Google.We\" = \"off\"\n\"link/missing-page\" = \"off\"\n\
         \"style/long-sentence\" = { words = \"x\", length = 3 }\n",
    );
    let codes: BTreeMap<&str, usize> =
        problems.iter().fold(BTreeMap::new(), |mut counts, problem| {
            *counts.entry(&*problem.code).or_default() += 1;
            counts
        });
    let expected = [
        ("lint/bad-glob", 1),
        ("lint/bad-option", 2),
        ("lint/unknown-preset", 1),
        ("lint/unknown-rule", 1),
    ];
    assert_eq!(codes, BTreeMap::from(expected));
    assert!(problems.iter().all(|problem| problem.span().is_some()));
}

#[test]
fn terms_are_preferred_cased_and_explained() {
    let book = "[terms]\nemail = { avoid = [\"e-mail\", \"electronic mail\"] }\n\
                Copydesk = {}\nTLS = { expands = \"Transport Layer Security\" }\n";
    let text = "E-mail and electronic mail for copydesk over TLS. `e-mail`\n";
    assert_eq!(
        found(book, "a.md", text),
        [
            "terms/preferred \"E-mail\"",
            "terms/preferred \"electronic mail\"",
            "terms/product-case \"copydesk\"",
            "terms/acronym \"TLS\"",
        ]
    );
    let good = "An email over Transport Layer Security (TLS). TLS works.\n";
    assert!(found(book, "a.md", good).is_empty());
}

#[test]
fn what_looks_like_a_finding_and_is_none() {
    for text in [
        "I could, of course, do it by hand.",
        "The TLS certificate Certificate Authority file.",
        "It supports AND and OR operators.",
        "- elasticsearch\n- powershell:\n",
        "* **npm run ios**: builds it on iOS.",
        "Some **bold** and *light* **words**, a * b ** c/**/d.",
        "Well, surprise surprise.",
    ] {
        assert_eq!(found("", "a.md", text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn headings_of_quotes_are_no_part_of_the_outline() {
    let book = "[lint]\nextends = [\"default\", \"strict\"]\n";
    let text = "# Pumps\n\n> #### Keywords\n>\n> These are set apart from the rest here.\n\n\
                > # Keywords\n\n> # Keywords\n\n## Start\n\n#### Far below\n";
    let of_headings = |one: &String| one.starts_with("headings/");
    let found: Vec<String> = found(book, "a.md", text).into_iter().filter(of_headings).collect();
    assert_eq!(found, ["headings/level-jump \"#### Far below\\n\""]);
}

#[test]
fn images_in_html_say_what_they_show() {
    let only = "[lint]\nextends = []\n[lint.rules]\n\"images/alt-text\" = \"warning\"\n";
    let text = "<img src=\"a.png\"> and <IMG alt='image' src=b.png>\n\n\
                > <p>\n> <img\n>   src=\"c.png\"\n>   alt=\"c.png\">\n> </p>\n\n\
                <img src=d.png alt> <img alt=\"\" src=e.png> <img alt=\"A &lt;b&gt;\" src=f.png>\n\n\
                <img src=g.png aria-hidden=\"true\"> <img role=none src=h.png>\n\n\
                <img {...props}/> <img src=\"{{ i }}\"> <img src=i.png aria-label=\"An i\">\n\n\
                <!-- <img src=j.png> -->\n\n`<img src=k.png>`\n\n<picture><source srcset=l.png></picture>\n";
    assert_eq!(
        found(only, "a.md", text),
        [
            "images/alt-text \"<img src=\\\"a.png\\\">\"",
            "images/alt-text \"<IMG alt='image' src=b.png>\"",
            "images/alt-text \"<img\\n>   src=\\\"c.png\\\"\\n>   alt=\\\"c.png\\\">\"",
        ]
    );
}

#[test]
fn links_to_the_own_site_are_written_as_files() {
    let book = "[site]\nbase-url = \"https://Docs.example/guide/\"\n[lint.rules]\n\"links/own-site\" = \"error\"\n";
    let text = "[a](https://docs.example/guide/x) [b](https://docs.example/guide2/) \
                [c](https://docs.example/guide#y) [d](http://docs.example/guide/)\n";
    assert_eq!(
        found(book, "a.md", text),
        [
            "links/own-site \"https://docs.example/guide/x\"",
            "links/own-site \"https://docs.example/guide#y\"",
        ]
    );
}

#[test]
fn code_may_be_a_part_of_a_file() {
    let book = "[lint.rules]\n\"markdown/code-syntax\" = \"error\"\n";
    let block = |language: &str, code: &str| format!("```{language}\n{code}\n```\n");
    for (language, code) in [
        ("json", "\"a\": 1,\n\"b\": [2]"),
        ("json", "{\"a\": 1}\n{\"a\": 2}"),
        ("json", "{ ... }"),
        ("json", "{ \"a\": <number> }"),
        ("jsonc", "{ // a\n}"),
        ("yaml", "a: 1\n---\nb:\n  - c"),
        ("yaml", "a: {{ b }}"),
        ("toml", "a = 1\n[b]"),
        ("text", "{"),
        ("", "{"),
    ] {
        assert_eq!(found(book, "a.md", &block(language, code)), Vec::<String>::new(), "{code}");
    }
    for (language, code) in [
        ("json", "{ \"a\": 1 // one\n}"),
        ("JSON", "{ 'a': 1 }"),
        ("yml", "a: b: c"),
        ("yaml", "a:\n\t- b"),
        ("toml", "a = b"),
    ] {
        let found = found(book, "a.md", &block(language, code));
        assert_eq!(found, [format!("markdown/code-syntax \"```{language}\"")], "{code}");
    }
}
