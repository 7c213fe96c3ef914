//! What schemas say, where, and what they offer.

use std::sync::Arc;

use super::*;
use crate::base::LineIndex;
use crate::config::{ConfigInput, Overrides, load};
use crate::lint::own::{OwnInput, OwnRules};
use crate::lint::{FileFindings, RuleSet, lint_file};

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

/// The rules of a `book.toml` beside a file `page.json`.
fn rules(book: &str, schema: &str) -> (RuleSet, Vec<Diagnostic>) {
    let overrides = Overrides::default();
    let at = path("book.toml");
    let input = ConfigInput { path: &at, text: Some(book), variables: &[], overrides: &overrides };
    let (settings, problems) = load(input);
    assert!(problems.is_empty(), "{problems:?}");
    let schemas: SchemaFiles = settings
        .lint
        .front_matter
        .iter()
        .filter_map(|rules| rules.schema.as_ref())
        .map(|file| {
            let is_there = file.value.as_str().starts_with("page.");
            (file.value.clone(), is_there.then(|| Arc::from(schema.as_bytes())))
        })
        .collect();
    let input = OwnInput {
        lint: &settings.lint,
        terms: &settings.terms,
        home: path(""),
        others: &[],
        schemas: &schemas,
        base_url: None,
    };
    let (own, problems) = OwnRules::new(&input);
    (RuleSet::without_styles(&path("")).with_own(own), problems)
}

fn lint(book: &str, schema: &str, page: &str) -> FileFindings {
    let (rules, problems) = rules(book, schema);
    assert!(problems.is_empty(), "{problems:?}");
    lint_file(&rules, &path("a.md"), page.as_bytes())
}

/// `line "text at the span" code: message (help)` for each finding.
fn told(schema: &str, page: &str) -> Vec<String> {
    let book = "[lint]\nextends = []\n[[lint.front-matter]]\nschema = \"page.json\"\n";
    let index = LineIndex::new(page);
    let shown = |found: &Diagnostic| {
        let span = found.span().unwrap();
        let line = index.position(page, span.start).line;
        let code = found.code.strip_prefix("front-matter/").unwrap();
        let help = found.help.as_deref().unwrap();
        format!("{line} {:?} {code}: {} ({help})", &page[span.range()], found.message)
    };
    lint(book, schema, page).diagnostics.iter().map(shown).collect()
}

/// What the page becomes when the first fix is applied.
fn mended(schema: &str, page: &str) -> String {
    let book = "[lint]\nextends = []\n[[lint.front-matter]]\nschema = \"page.json\"\n";
    let found = lint(book, schema, page).diagnostics;
    let fix = found[0].fix.clone().unwrap_or_else(|| panic!("no fix: {:?}", found[0]));
    let after = crate::base::apply_edits(page.as_bytes(), &fix.edits).unwrap();
    String::from_utf8(after).unwrap()
}

#[test]
fn every_finding_stands_at_its_key_or_value() {
    let schema = r#"{
      "required": ["title", "owners", "extra"],
      "additionalProperties": false,
      "properties": {
        "title": { "type": "string", "maxLength": 5 },
        "owners": { "type": "array", "items": { "enum": ["docs", "platform"] }, "minItems": 1 },
        "weight": { "type": "integer", "minimum": 1 },
        "slug": { "pattern": "^[a-z-]+$", "description": "lower case\n and hyphens" },
        "date": { "format": "date" },
        "extra": { "type": "object", "required": ["team"], "properties": { "level": { "const": 2 } } },
        "since": { "anyOf": [{ "type": "string" }, { "type": "number", "minimum": 3 }] }
      }
    }"#;
    let yaml = "---\ntitle: Installed\nowners: [docs, dosc]\nweight: 0\nslug: A b\ndate: soon\n\
                extra:\n  level: 3\nsince: [1]\nauthor: Kim\n---\n\nText.\n";
    let said = [
        "2 \"Installed\" schema: `title` must be text of at most 5 characters (change the value)",
        "3 \"dosc\" schema: `owners[1]` may not be `dosc` (did you mean `docs`?)",
        "4 \"0\" schema: `weight` must be at least 1 (change the value)",
        "5 \"A b\" schema: `slug` is not written as it is to be (lower case and hyphens)",
        "6 \"soon\" schema: `date` must be a date, such as `2026-11-29` (change the value)",
        "7 \"extra\" missing-key: `extra` has no `team` (add `team`)",
        "8 \"3\" schema: `extra.level` may not be `3` (write `2`)",
        "9 \"[1]\" schema: `since` must be text or a number (change the value)",
        "10 \"author\" forbidden-key: the front matter may not have `author` (the schema allows \
         `date`, `extra`, `owners`, `since`, `slug`, `title`, `weight`)",
    ];
    assert_eq!(told(schema, yaml), said);
    let toml = "+++\ntitle = 7\nauthor = \"Kim\"\n[extra]\nlevel = 3\n+++\n\nText.\n";
    assert_eq!(
        told(schema, toml),
        [
            "1 \"+++\" missing-key: the front matter has no `owners` (add `owners`)",
            "2 \"7\" schema: `title` must be text, but is a number (write text)",
            "3 \"author\" forbidden-key: the front matter may not have `author` (the schema allows \
             `date`, `extra`, `owners`, `since`, `slug`, `title`, `weight`)",
            "4 \"extra\" missing-key: `extra` has no `team` (add `team`)",
            "5 \"3\" schema: `extra.level` may not be `3` (write `2`)",
        ]
    );
    let none = told(r#"{ "required": ["title"] }"#, "Text.\n");
    assert_eq!(none, ["1 \"\" missing-key: the front matter has no `title` (add `title`)"]);
}

#[test]
fn places_hold_with_other_line_endings_and_marks() {
    let schema = r#"{ "properties": { "status": { "enum": ["draft"] } } }"#;
    let page = "\u{feff}---\r\ntitle: ä\r\nstatus: dratf\r\n---\r\n\r\nText.\r\n";
    assert_eq!(
        told(schema, page),
        ["3 \"dratf\" schema: `status` may not be `dratf` (did you mean `draft`?)"]
    );
    assert_eq!(mended(schema, page), page.replace("dratf", "draft"));
}

#[test]
fn fixes_write_what_the_schema_wants() {
    let page = |line: &str| format!("---\ntitle: A\n{line}\n---\n\nText.\n");
    let becomes = |schema: &str, before: &str, after: &str| {
        assert_eq!(mended(schema, &page(before)), page(after), "{schema}");
    };
    let of = |what: &str| format!("{{ \"properties\": {{ \"k\": {what} }} }}");
    becomes(&of(r#"{ "type": "string" }"#), "k: 1.10", "k: \"1.10\"");
    becomes(&of(r#"{ "type": "integer" }"#), "k: '3'", "k: 3");
    becomes(&of(r#"{ "type": "boolean" }"#), "k: \"true\"", "k: true");
    becomes(&of(r#"{ "type": "array" }"#), "k: docs", "k: [docs]");
    becomes(&of(r#"{ "enum": ["in review", "done: yes"] }"#), "k: in-review", "k: in review");
    becomes(&of(r#"{ "enum": ["in review", "done: yes"] }"#), "k: done yes", "k: \"done: yes\"");
    becomes(&of(r#"{ "const": "yes" }"#), "k: no", "k: yes");
    becomes(&of(r#"{ "const": "true" }"#), "k: no", "k: \"true\"");
    becomes(
        r#"{ "additionalProperties": false, "properties": { "title": {}, "status": {} } }"#,
        "sttaus: x",
        "status: x",
    );
    let default = r#"{ "required": ["k"], "properties": { "k": { "default": ["a", "b: c"] } } }"#;
    assert_eq!(mended(default, &page("x: 1")), page("x: 1\nk: [a, \"b: c\"]"));
    assert_eq!(
        mended(default, "+++\n[extra]\nx = 1\n+++\nText.\n"),
        "+++\nk = [\"a\", \"b: c\"]\n[extra]\nx = 1\n+++\nText.\n"
    );
    assert_eq!(mended(default, "Text.\n"), "---\nk: [a, \"b: c\"]\n---\n\nText.\n");
}

#[test]
fn what_is_wrong_with_a_schema_is_told_at_its_place() {
    let told = |book: &str, schema: &str| -> Vec<String> {
        let (_, problems) = rules(book, schema);
        let shown = problems.iter().map(|problem| {
            let span = problem.span().unwrap();
            let text = if span.file == path("book.toml") { book } else { schema };
            format!("{} {:?} {}", problem.code, &text[span.range()], problem.message)
        });
        shown.collect()
    };
    let inline = |text: &str| told(&format!("[[lint.front-matter]]\n{text}\n"), "");
    assert_eq!(
        inline("requried = [\"a\"]"),
        ["lint/bad-schema \"requried = [\\\"a\\\"]\" `requried` is no keyword of JSON Schema"]
    );
    assert_eq!(
        inline("properties.a.type = \"text\""),
        [
            "lint/bad-schema \"type = \\\"text\\\"\" `type` in the schema must be `array`, `boolean`, \
          `integer`, `null`, `number`, `object` or `string` or a list"
        ]
    );
    assert_eq!(
        inline("properties.a.pattern = \"a(\""),
        ["lint/bad-schema \"pattern = \\\"a(\\\"\" the pattern `a(` cannot be read"]
    );
    assert_eq!(
        inline("properties.a.format = \"dat\""),
        ["lint/bad-schema \"format = \\\"dat\\\"\" `dat` is no format that is known"]
    );
    assert_eq!(
        inline("schema = \"nothing.json\""),
        ["lint/missing-schema \"\\\"nothing.json\\\"\" there is no schema `nothing.json`"]
    );
    let file = |schema: &str| told("[[lint.front-matter]]\nschema = \"page.json\"\n", schema);
    assert_eq!(
        file("{\n\t\"properties\": { \"a\": { \"minLength\": -1 } }\n}"),
        ["lint/bad-schema \"\\\"minLength\\\"\" `minLength` in the schema must be at least 0"]
    );
    assert_eq!(
        file("{ \"$ref\": \"https://a.example/b.json\" }"),
        ["lint/bad-schema \"\\\"$ref\\\"\" `https://a.example/b.json` leads to no schema in this \
          file"]
    );
    assert_eq!(
        file("{ \"$schema\": \"https://a.example/own\" }"),
        [
            "lint/bad-schema \"\\\"$schema\\\"\" `https://a.example/own` is no dialect of JSON Schema \
          that is known"
        ]
    );
    assert_eq!(file("{ \"markdownDescription\": \"x\", \"x-order\": 1 }"), Vec::<String>::new());
    let broken = file("{\n  \"a\": }");
    assert!(broken[0].contains("cannot be read"), "{broken:?}");
}

#[test]
fn schemas_are_for_folders_and_add_up() {
    let book = "[lint]\nextends = []\n[[lint.front-matter]]\nrequired = [\"title\"]\n\
                [[lint.front-matter]]\nfiles = [\"how-to/**\"]\nrequired = [\"title\", \"owners\"]\n\
                [[lint.front-matter]]\nfiles = \"ref/**\"\nschema = \"page.yaml\"\n\
                properties.weight.type = \"number\"\n";
    let (rules, problems) = rules(book, "properties:\n  status: { enum: [stable] }\n");
    assert!(problems.is_empty(), "{problems:?}");
    let codes = |file: &str, page: &str| -> Vec<String> {
        let found = lint_file(&rules, &path(file), page.as_bytes());
        found.diagnostics.iter().map(|found| found.message.clone()).collect()
    };
    let no = |key: &str| format!("the front matter has no `{key}`");
    assert_eq!(codes("a.md", "Text.\n"), [no("title")]);
    assert_eq!(codes("how-to/a.md", "Text.\n"), [no("title"), no("owners")]);
    let page = "---\ntitle: x\nstatus: old\nweight: a\n---\n";
    assert_eq!(codes("a.md", page), Vec::<String>::new());
    let said = ["`status` may not be `old`", "`weight` must be a number, but is text"];
    assert_eq!(codes("ref/a.md", page), said);
    assert_eq!(codes("SUMMARY.md", "- [a](a.md)\n"), Vec::<String>::new());
    assert_eq!(codes("a.txt", "Text.\n"), Vec::<String>::new());
}

#[test]
fn a_pattern_that_goes_on_for_ever_is_stopped() {
    let schema = r#"{ "properties": { "k": { "pattern": "^(?:(a+)\\1?)+b$" } } }"#;
    let page = format!("---\nk: {}\n---\n", "a".repeat(60));
    assert_eq!(told(schema, &page).len(), 1);
}
