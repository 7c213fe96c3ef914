//! What reports look like.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use snapbox::{IntoData as _, assert_data_eq, str};

use super::*;
use crate::base::{Applicability, Code, Edit, Fix, Severity, Span};

static MISSING: Code = Code {
    id: "link/missing-page",
    severity: Severity::Error,
    summary: "a link leads to a page that does not exist",
    explanation: "The link would lead to \"not found\". Write the path of the page's *source*, \
as in `[Install](../install.md)`; it becomes the address of the published page.\n\nCommon \
causes:\n\n- the page was moved: use `copydesk mv`, which rewrites links\n- the path is that of \
the published page (`install.html`) and not that of its source, which is a mistake that is easy to \
make\n\n```\ncopydesk mv old.md new.md\n```",
    examples: ("[Install](instal.md)\n", "[Install](install.md)\n\nSome\n"),
};

static ORPHAN: Code = Code {
    id: "nav/orphan",
    severity: Severity::Warning,
    summary: "a page is listed nowhere",
    explanation: "Nobody finds it.",
    examples: ("", "```md\n[x](x.md)\n```\n"),
};

static SHALLOW: Code = Code {
    id: "git/shallow",
    severity: Severity::Advice,
    summary: "the history is cut off",
    explanation: "Fetch it all.",
    examples: ("", ""),
};

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

/// The place of `needle` in `text`.
fn at(file: &str, text: &str, needle: &str) -> Span {
    let start = text.find(needle).unwrap();
    Span::new(path(file), start..start + needle.len())
}

struct Site(BTreeMap<&'static str, String>);

impl Site {
    fn of(files: &[(&'static str, &str)]) -> Self {
        Site(files.iter().map(|(name, text)| (*name, text.to_string())).collect())
    }

    fn report(&self, format: &str, options: Options<'_>, diagnostics: &[Diagnostic]) -> String {
        let sources =
            |file: &SourcePath| self.0.get(file.as_str()).map(|text| Arc::from(text.as_str()));
        let mut out = Vec::new();
        let report = (super::format(format).unwrap().report)(options);
        report.write(diagnostics, &sources, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn human(&self, diagnostics: &[Diagnostic]) -> String {
        self.report("human", options(), diagnostics)
    }
}

fn options() -> Options<'static> {
    Options {
        color: false,
        width: 80,
        max: None,
        counts: None,
        fingerprints: None,
        display: &|file| file.to_string(),
    }
}

const GUIDE: &str = "# Guide\n\nSee [Install](instal.md) first.\n\nThen [Use](use.md#strat).\n";

#[test]
fn a_place_with_help_fix_and_docs() {
    let site = Site::of(&[("guide.md", GUIDE), ("install.md", "# Install\n")]);
    let link = at("guide.md", GUIDE, "instal.md");
    let mut missing = Diagnostic::new(&MISSING, "there is no page `instal.md`")
        .at(link.clone())
        .help("write the path of the page's source")
        .fix(Fix {
            title: "write `install.md`".to_owned(),
            applicability: Applicability::Suggested,
            edits: vec![Edit { span: link, text: "install.md".to_owned() }],
        });
    missing.docs = Some("https://copydesk.example/diagnostics.html#link-missing-page".to_owned());
    let anchor = Diagnostic::new(&MISSING, "`use.md` has no heading `strat`")
        .label(at("guide.md", GUIDE, "strat"), "no such heading")
        .label(Span::start_of(path("install.md")), "nearest: `start`\nhere");
    let advice = Diagnostic::new(&SHALLOW, "the repository is a shallow clone")
        .help("run `git fetch --unshallow`");
    let orphan = Diagnostic::new(&ORPHAN, "`gone.md` is listed nowhere")
        .label(Span::new(path("gone.md"), 5..9), "this one");
    assert_data_eq!(
        site.human(&[anchor, orphan, missing, advice]),
        str![[r#"
advice[git/shallow]: the repository is a shallow clone
 |
 = help: run `git fetch --unshallow`

gone.md: 1 warning

warning[nav/orphan]: `gone.md` is listed nowhere
--> gone.md
 |
 = note: this one

guide.md: 2 errors

error[link/missing-page]: there is no page `instal.md`
 --> guide.md:3:15
  |
3 | See [Install](instal.md) first.
  |               ^^^^^^^^^
  |
  = help: write the path of the page's source
  = suggested fix: write `install.md`
  = docs: https://copydesk.example/diagnostics.html#link-missing-page

error[link/missing-page]: `use.md` has no heading `strat`
 --> guide.md:5:19
  |
5 | Then [Use](use.md#strat).
  |                   ^^^^^ no such heading
  |
 ::: install.md:1:1
  |
1 | # Install
  | - nearest: `start` here


"#]]
        .raw()
    );
}

#[test]
fn help_and_fix_are_not_told_twice() {
    let site = Site::of(&[("book.toml", "titel = 1\n")]);
    let span = at("book.toml", "titel", "titel");
    let said = Diagnostic::new(&ORPHAN, "unknown key `titel`")
        .at(span.clone())
        .help("did you mean `title`?")
        .fix(Fix {
            title: "write `title`".to_owned(),
            applicability: Applicability::Safe,
            edits: vec![Edit { span, text: "title".to_owned() }],
        });
    assert_data_eq!(
        site.human(std::slice::from_ref(&said)),
        str![[r#"
warning[nav/orphan]: unknown key `titel`
 --> book.toml:1:1
  |
1 | titel = 1
  | ^^^^^
  |
  = help: did you mean `title`?


"#]]
        .raw()
    );
    let mut doubled = said.clone();
    doubled.help = Some("remove one".to_owned());
    if let Some(fix) = &mut doubled.fix {
        fix.title = "remove it".to_owned();
        fix.edits[0].text.clear();
    }
    assert!(!site.human(&[doubled]).contains("remove it"));
    assert_data_eq!(
        site.human(&[Diagnostic { help: None, ..said }]),
        str![[r#"
warning[nav/orphan]: unknown key `titel`
 --> book.toml:1:1
  |
1 | titel = 1
  | ^^^^^
  |
  = fix: write `title`


"#]]
        .raw()
    );
}

#[test]
fn several_places_in_one_file() {
    let text = "# One\n\ntext\n\n\n\n\n\n\n# Two\n\n# One\nlast [x](y) and [z](w) here\n";
    let site = Site::of(&[("a.md", text)]);
    let second =
        Span::new(path("a.md"), text.rfind("# One").unwrap()..text.rfind("\nlast").unwrap());
    let twice = Diagnostic::new(&ORPHAN, "two headings have the same text")
        .label(second, "here again")
        .label(Span::new(path("a.md"), 0..5), "first here");
    let near = Diagnostic::new(&ORPHAN, "two links")
        .label(at("a.md", text, "[z](w)"), "")
        .label(at("a.md", text, "[x](y)"), "the other");
    assert_data_eq!(
        site.human(&[twice, near]),
        str![[r#"
warning[nav/orphan]: two headings have the same text
  --> a.md:12:1
   |
12 | # One
   | ^^^^^ here again
   |
  ::: a.md:1:1
   |
 1 | # One
   | ----- first here

warning[nav/orphan]: two links
  --> a.md:13:17
   |
13 | last [x](y) and [z](w) here
   |      ------     ^^^^^^
   |      |
   |      the other


"#]]
        .raw()
    );
}

#[test]
fn ranges_over_lines_are_cut() {
    let text = "a\n:::note\nb\n:::\nc\n".to_owned() + &"line\n".repeat(30) + "end";
    let site = Site::of(&[("a.md", &text)]);
    let span = |range| Span::new(path("a.md"), range);
    let few = Diagnostic::new(&ORPHAN, "over three lines").label(span(2..15), "this");
    let whole_lines = Diagnostic::new(&ORPHAN, "with its line end").at(span(10..12));
    let many = Diagnostic::new(&ORPHAN, "over all").label(span(16..text.len()), "that");
    assert_data_eq!(
        site.human(&[few, whole_lines, many]),
        str![[r#"
warning[nav/orphan]: over three lines
 --> a.md:2:1
  |
2 | / :::note
3 | | b
4 | | :::
  | |___^ this

warning[nav/orphan]: with its line end
 --> a.md:3:1
  |
3 | b
  | ^

warning[nav/orphan]: over all
 --> a.md:5:1
  |
5 | c
  | ^ that (to line 36)


"#]]
        .raw()
    );
}

#[test]
fn ends_of_files_and_empty_files() {
    let site =
        Site::of(&[("a.md", "one\n"), ("b.md", ""), ("c.md", "x\r\n\r\n"), ("d.md", "\u{feff}b")]);
    let point =
        |file: &str, at: usize| Diagnostic::new(&ORPHAN, "here").at(Span::new(path(file), at..at));
    let beyond = Diagnostic::new(&ORPHAN, "beyond").at(Span::new(path("a.md"), 70..90));
    let all = [
        point("a.md", 4),
        point("a.md", 3),
        beyond,
        point("b.md", 0),
        point("c.md", 3),
        point("c.md", 5),
        point("d.md", 0),
    ];
    assert_data_eq!(
        site.human(&all),
        str![[r#"
a.md: 3 warnings

warning[nav/orphan]: here
 --> a.md:1:4
  |
1 | one
  |    ^

warning[nav/orphan]: here
 --> a.md:2:1
  |
2 |
  | ^

warning[nav/orphan]: beyond
 --> a.md:2:1
  |
2 |
  | ^

b.md: 1 warning

warning[nav/orphan]: here
 --> b.md:1:1
  |
1 |
  | ^

c.md: 2 warnings

warning[nav/orphan]: here
 --> c.md:2:1
  |
2 |
  | ^

warning[nav/orphan]: here
 --> c.md:3:1
  |
3 |
  | ^

d.md: 1 warning

warning[nav/orphan]: here
 --> d.md:1:1
  |
1 | b
  | ^


"#]]
        .raw()
    );
}

#[test]
fn long_lines_are_cut_around_the_place() {
    let text = format!("{}needle{}\nshort\n", "ab ".repeat(1000), " yz".repeat(1000));
    let site = Site::of(&[("min.js", &text)]);
    let needle = at("min.js", &text, "needle");
    let all = [
        Diagnostic::new(&ORPHAN, "in the middle").label(needle.clone(), "here"),
        Diagnostic::new(&ORPHAN, "from there on").at(Span::new(path("min.js"), needle.start..5000)),
        Diagnostic::new(&ORPHAN, "at the start").at(Span::new(path("min.js"), 3..5)),
        Diagnostic::new(&ORPHAN, "at the end").at(Span::new(path("min.js"), 6004..6006)),
        Diagnostic::new(&ORPHAN, "far apart")
            .label(Span::new(path("min.js"), 6..8), "one")
            .label(Span::new(path("min.js"), 5001..5003), "two"),
    ];
    let out = site.human(&all);
    assert!(out.lines().all(|line| line.chars().count() <= 100), "{out}");
    assert_data_eq!(
        out,
        str![[r#"
warning[nav/orphan]: at the start
 --> min.js:1:4
  |
1 | ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab …
  |    ^^

warning[nav/orphan]: far apart
 --> min.js:1:7
  |
1 | ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab …
  |       ^^ one
  |
 ::: min.js:1:5002
  |
1 | … yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz…
  |                          -- two

warning[nav/orphan]: in the middle
 --> min.js:1:3001
  |
1 | …ab ab ab ab ab ab ab ab needle yz yz yz yz yz yz yz yz yz yz yz yz yz yz…
  |                          ^^^^^^ here

warning[nav/orphan]: from there on
 --> min.js:1:3001
  |
1 | …ab ab ab ab ab ab ab ab needle yz yz yz yz yz yz yz yz yz yz yz yz yz yz…
  |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

warning[nav/orphan]: at the end
 --> min.js:1:6005
  |
1 | … yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz yz
  |                                                                        ^^


"#]]
        .raw()
    );
}

#[test]
fn a_huge_line_is_quick_to_report() {
    // Were the line walked anew for each finding, this would take hours.
    let text = "x".repeat(20_000_000);
    let site = Site::of(&[("min.js", &text)]);
    let all: Vec<Diagnostic> = (0..2000)
        .map(|n| {
            let start = n * 10_000;
            Diagnostic::new(&ORPHAN, "x".repeat(10_000))
                .label(Span::new(path("min.js"), start..start + 2_000_000), "y".repeat(10_000))
        })
        .collect();
    let out = site.human(&all);
    assert!(out.len() < 3_000_000 && out.contains("min.js:1:19990001"), "{}", out.len());
}

#[test]
fn nothing_that_a_terminal_obeys_gets_through() {
    let text = "ok \u{1b}[2J\u{9b}31m\u{202e}evil\u{2066}\u{7}\u{0}\tend\u{200b} 日本 👩‍💻 x\n";
    let name = "a\u{1b}]0;x\u{7}\nb.md";
    let mut site = Site::of(&[]);
    site.0.insert("a\u{1b}]0;x\u{7}\nb.md", text.to_owned());
    let span = Span::new(path(name), text.find("evil").unwrap()..text.find('\n').unwrap());
    let mut said = Diagnostic::new(&ORPHAN, "msg \u{1b}[31m\n\u{9d}")
        .label(span.clone(), "label \u{1b}c\nnext")
        .help("help \u{1b}c\nsecond line\u{85}")
        .fix(Fix {
            title: "fix \u{1b}c".to_owned(),
            applicability: Applicability::Safe,
            edits: vec![Edit { span, text: String::new() }],
        });
    said.docs = Some("https://x/\u{1b}\\".to_owned());
    said.code = "Google.\u{1b}We".into();
    let out = site.human(std::slice::from_ref(&said));
    assert_data_eq!(
        &out,
        str![[r#"
warning[Google.␛We]: msg ␛[31m �
 --> a␛]0;x␇ b.md:1:13
  |
1 | ok ␛[2J�31m�evil�␇␀    end� 日本 👩💻 x
  |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^ label ␛c next
  |
  = help: help ␛c
          second line�
  = fix: fix ␛c
  = docs: https://x/␛\


"#]]
        .raw()
    );
    assert!(out.chars().all(|c| c == '\n' || !c.is_control()));
    let json = site.report("json", options(), &[said]);
    assert!(json.chars().all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}')));
    let back: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(back["diagnostics"][0]["message"], "msg \u{1b}[31m\n\u{9d}");
}

#[test]
fn colour_only_when_asked() {
    let site = Site::of(&[("guide.md", GUIDE)]);
    let said = [Diagnostic::new(&MISSING, "x").at(at("guide.md", GUIDE, "instal.md"))];
    assert!(!site.human(&said).contains('\u{1b}'));
    let coloured = site.report("human", Options { color: true, ..options() }, &said);
    assert!(coloured.contains("\u{1b}[1m\u{1b}[91merror"), "{coloured:?}");
}

#[test]
fn the_gravest_stay_when_there_are_many() {
    let site = Site::of(&[("a.md", "abcdef\n")]);
    let said: Vec<Diagnostic> = (0..6)
        .map(|n| {
            let code = [&SHALLOW, &ORPHAN, &MISSING][n % 3];
            Diagnostic::new(code, format!("number {n}")).at(Span::new(path("a.md"), n..n + 1))
        })
        .collect();
    let out = site.report("human", Options { max: Some(3), ..options() }, &said);
    assert_data_eq!(
        out,
        str![[r#"
warning[nav/orphan]: number 1
 --> a.md:1:2
  |
1 | abcdef
  |  ^

error[link/missing-page]: number 2
 --> a.md:1:3
  |
1 | abcdef
  |   ^

error[link/missing-page]: number 5
 --> a.md:1:6
  |
1 | abcdef
  |      ^

… and 3 more (1 warning, 2 pieces of advice)


"#]]
        .raw()
    );
    let json = site.report("json", Options { max: Some(1), ..options() }, &said);
    assert_eq!(json.matches("\"number ").count(), 6, "programs get all");
}

#[test]
fn json_holds_everything() {
    let text = "ä [x](y)\n";
    let site = Site::of(&[("a.md", text)]);
    let span = at("a.md", text, "y");
    let mut said = Diagnostic::new(&MISSING, "there is no page `y`")
        .label(span.clone(), "here")
        .label(Span::new(path("gone.md"), 3..4), "there")
        .help("help")
        .fix(Fix {
            title: "write `z`".to_owned(),
            applicability: Applicability::Safe,
            edits: vec![Edit { span, text: "z".to_owned() }],
        });
    said.docs = Some("https://x/".to_owned());
    let nowhere = Diagnostic::new(&SHALLOW, "shallow");
    let display = |file: &SourcePath| format!("../{file}");
    let out = site.report("json", Options { display: &display, ..options() }, &[said, nowhere]);
    assert_data_eq!(
        out,
        str![[r#"
{
  "version": 1,
  "diagnostics": [
    {
      "code": "git/shallow",
      "severity": "advice",
      "message": "shallow",
      "location": null,
      "label": null,
      "related": [],
      "help": null,
      "fix": null,
      "docs": null
    },
    {
      "code": "link/missing-page",
      "severity": "error",
      "message": "there is no page `y`",
      "location": {
        "file": "../a.md",
        "start": {
          "line": 1,
          "column": 7,
          "byte": 7
        },
        "end": {
          "line": 1,
          "column": 8,
          "byte": 8
        }
      },
      "label": "here",
      "related": [
        {
          "location": {
            "file": "../gone.md",
            "start": {
              "line": null,
              "column": null,
              "byte": 3
            },
            "end": {
              "line": null,
              "column": null,
              "byte": 4
            }
          },
          "label": "there"
        }
      ],
      "help": "help",
      "fix": {
        "title": "write `z`",
        "applicability": "safe",
        "edits": [
          {
            "location": {
              "file": "../a.md",
              "start": {
                "line": 1,
                "column": 7,
                "byte": 7
              },
              "end": {
                "line": 1,
                "column": 8,
                "byte": 8
              }
            },
            "text": "z"
          }
        ]
      },
      "docs": "https://x/"
    }
  ],
  "summary": {
    "errors": 1,
    "warnings": 0,
    "advice": 1
  }
}

"#]]
        .raw()
    );
    assert_data_eq!(
        site.report("json", options(), &[]),
        str![[r#"
{
  "version": 1,
  "diagnostics": [],
  "summary": {
    "errors": 0,
    "warnings": 0,
    "advice": 0
  }
}

"#]]
        .raw()
    );
}

#[test]
fn order_and_summary() {
    let one = |code, file: &str, at| Diagnostic::new(code, "m").at(Span::new(path(file), at..at));
    let mut all = vec![
        one(&SHALLOW, "b.md", 1),
        one(&MISSING, "b.md", 1),
        one(&ORPHAN, "a.md", 9),
        one(&ORPHAN, "b.md", 0),
        Diagnostic::new(&SHALLOW, "m"),
    ];
    let expected =
        vec![all[4].clone(), all[2].clone(), all[3].clone(), all[1].clone(), all[0].clone()];
    assert_eq!(summary(&all), "1 error, 2 warnings, 2 pieces of advice");
    sort(&mut all);
    assert_eq!(all, expected);
    assert_eq!(summary(&all[..1]), "1 piece of advice");
    assert_eq!(summary(&[]), "no problems");
}

#[test]
fn explanations() {
    let explained = |code, color, width| {
        let mut out = Vec::new();
        explain(code, &mut out, color, width).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert_data_eq!(
        explained(&MISSING, false, 60),
        str![[r#"
error[link/missing-page]: a link leads to a page that does not exist

The link would lead to "not found". Write the path of the
page's *source*, as in `[Install](../install.md)`; it
becomes the address of the published page.

Common causes:

- the page was moved: use `copydesk mv`, which rewrites
  links
- the path is that of the published page (`install.html`)
  and not that of its source, which is a mistake that is
  easy to make

    copydesk mv old.md new.md

Wrong:

    [Install](instal.md)

Right:

    [Install](install.md)

    Some

"#]]
        .raw()
    );
    assert_data_eq!(
        explained(&SHALLOW, false, 60),
        str![[r#"
advice[git/shallow]: the history is cut off

Fetch it all.

"#]]
        .raw()
    );
    let coloured = explained(&MISSING, true, 60);
    let plain: String = {
        let mut out = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            out += before;
            rest = after.split_once('m').unwrap().1;
        }
        out + rest
    };
    assert_eq!(plain, explained(&MISSING, false, 60).replace('`', ""), "backticks become colour");
    assert_data_eq!(reference_markdown(&[&ORPHAN, &MISSING, &SHALLOW]), str![[r##"
# Diagnostics

Every problem that Copydesk finds has a code, which stands in brackets in its reports. `copydesk explain CODE` shows the same text as this page. An *error* fails a build or a lint; a *warning* fails with `--strict`; *advice* never fails.

## git

### `git/shallow` {#git-shallow}

*Advice*: the history is cut off.

Fetch it all.

## link

### `link/missing-page` {#link-missing-page}

*Error*: a link leads to a page that does not exist.

The link would lead to "not found". Write the path of the page's *source*, as in `[Install](../install.md)`; it becomes the address of the published page.

Common causes:

- the page was moved: use `copydesk mv`, which rewrites links
- the path is that of the published page (`install.html`) and not that of its source, which is a mistake that is easy to make

```
copydesk mv old.md new.md
```

Wrong:

```text
[Install](instal.md)
```

Right:

```text
[Install](install.md)

Some
```

## nav

### `nav/orphan` {#nav-orphan}

*Warning*: a page is listed nowhere.

Nobody finds it.

Right:

````text
```md
[x](x.md)
```
````

"##]].raw());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_text_and_any_range_are_survived(
        lines in prop::collection::vec("[ab\t ü日\r\u{1b}\u{200d}\u{301}\u{10ffff}:]{0,30}|x{100,300}", 0..12),
        ranges in prop::collection::vec((0usize..700, 0usize..700, 0usize..2), 0..5),
        width in 0usize..200,
        color in any::<bool>(),
        bom in any::<bool>(),
    ) {
        let text = format!("{}{}", if bom { "\u{feff}" } else { "" }, lines.join("\n"));
        let site = Site::of(&[("a.md", &text)]);
        let mut said = Diagnostic::new(&ORPHAN, "m");
        for (start, end, file) in ranges {
            said = said.label(Span { file: path(["a.md", "b.md"][file]), start, end }, "label");
        }
        let out = site.report("human", Options { width, color, ..options() }, &[said.clone()]);
        prop_assert!(out.chars().all(|c| matches!(c, '\n' | '\x1b') || !c.is_control()), "control");
        prop_assert!(color || !out.contains('\x1b'), "colour");
        prop_assert!(out.lines().all(|line| line.chars().count() < 600));
        site.report("json", options(), &[said]);
    }
}
