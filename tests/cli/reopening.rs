//! What an edit opens again: a page that is approved in three stages, one for each digest, and everything
//! that can happen to it. The manual says the same in short (`how-to/sign-off.md`).

use std::thread;

use super::sandbox::{Outcome, Sandbox};

const SITE: &str = "\
-- book.toml --
[book]
title = \"Pumps\"

[vars]
model = \"X1\"

[review]
self-approval = true
[[review.stages]]
id = \"prose\"
digest = \"prose\"
[[review.stages]]
id = \"source\"
digest = \"source\"
[[review.stages]]
id = \"render\"
digest = \"render\"
-- docs/index.md --
# Home
-- docs/tank.md --
# Tanks

A tank holds water.
-- docs/valve.md --
# Valves

## Open

A valve lets water pass.
-- docs/pump.md --
---
title: Pumps
description: What pumps do.
weight: 2
tags: [water]
---

# Pumps

A pump moves *much* water & air, and is
seen beside [the valve](valve.md).

## Parts

Model {{ var.model }} has a `wheel`.

| Part | Weight |
|------|--------|
| Wheel | 2 kg |

- wheel
- axle

> Mind the floor.

```rust
fn turn() {}
fn stop() {}
```

{{#include ../snippets/note.md}}

```rust
{{#include ../snippets/turn.rs:turn}}
```

![A pump](pump.png)

<p class=\"box\">Wet.</p>

Water flows.[^1]

[^1]: Downwards.
-- snippets/note.md --
Switch it off
at night.
-- snippets/turn.rs --
use pump;
// ANCHOR: turn
fn turn_slowly() {}
// ANCHOR_END: turn
-- docs/pump.png --
a pump
";

const PUMP: &str = "docs/pump.md";

/// What is done, what stands then in the cells of each page, and how it is done. Of each page there are
/// three letters, for `prose`, `source`, and `render`: `.` is still approved, `R` reopened, `o` open
/// without ever having been approved, `n` not needed. `policy` is the row of what reviews are decided by.
type Case = (&'static str, &'static str, fn(&Approved));

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("nothing", "pump ...", |_| {}),

    // Words.
    ("a typo", "pump RRR", |it| it.edit(PUMP, "is loud", "was loud")),
    ("a word in a list", "pump RRR", |it| it.edit(PUMP, "- axle", "- long axle")),
    ("a cell of a table", "pump RRR", |it| it.edit(PUMP, "2 kg", "3 kg")),
    ("a footnote", "pump RRR", |it| it.edit(PUMP, "Downwards", "Upwards")),
    ("a heading", "pump RRR", |it| it.edit(PUMP, "## Parts", "## All parts")),
    ("the text of a link", "pump RRR", |it| it.edit(PUMP, "[the valve]", "[a valve]")),
    ("an alternative text", "pump RRR", |it| it.edit(PUMP, "![A pump]", "![The pump]")),
    ("inline code", "pump RRR", |it| it.edit(PUMP, "`wheel`", "`wheels`")),
    ("words in raw HTML", "pump RRR", |it| it.edit(PUMP, "Wet.", "Dry.")),
    ("the order of paragraphs", "pump RRR", |it| {
        it.edit(PUMP, "> Mind the floor.\n\n", "");
        it.edit(PUMP, "Water flows.", "> Mind the floor.\n\nWater flows.");
    }),
    ("the title", "pump RRR", |it| it.edit(PUMP, "title: Pumps", "title: Water pumps")),
    ("the description", "pump RRR", |it| it.edit(PUMP, "What pumps do", "What a pump does")),

    // How it is written.
    ("line breaks", "pump .R.", |it| it.edit(PUMP, "and is\nseen", "and\nis seen")),
    ("a space at the end of a line", "pump .R.", |it| it.edit(PUMP, "It is loud.", "It is loud. ")),
    ("line ends of Windows", "pump .R.", |it| it.with(PUMP, |text| text.replace('\n', "\r\n"))),
    ("no line end at the end", "pump .R.", |it| it.edit(PUMP, "Downwards.\n", "Downwards.")),
    ("a byte order mark", "pump .R.", |it| it.with(PUMP, |text| format!("\u{feff}{text}"))),
    ("an empty line", "pump .R.", |it| it.edit(PUMP, "## Parts\n", "\n## Parts\n")),
    ("a comment", "pump .R.", |it| it.edit(PUMP, "## Parts", "<!-- all of\nthem -->\n\n## Parts")),
    ("a comment in a line", "pump .R.", |it| it.edit(PUMP, "It is loud", "It is <!-- very --> loud")),
    ("a comment in raw HTML", "pump .R.", |it| it.edit(PUMP, "Wet.", "<!-- why? -->Wet.")),
    ("the mark of emphasis", "pump .R.", |it| it.edit(PUMP, "*much*", "_much_")),
    ("the marks of a list", "pump .R.", |it| it.edit(PUMP, "- wheel\n- axle", "* wheel\n* axle")),
    ("the fence of code", "pump .R.", |it| {
        it.edit(PUMP, "```rust\nfn turn() {}\nfn stop() {}\n```", "~~~rust\nfn turn() {}\nfn stop() {}\n~~~");
    }),
    ("the form of a heading", "pump .R.", |it| it.edit(PUMP, "## Parts", "Parts\n-----")),
    ("the form of a link", "pump .R.", |it| {
        it.edit(PUMP, "[the valve](valve.md)", "[the valve]");
        it.edit(PUMP, "[^1]:", "[the valve]: valve.md\n\n[^1]:");
    }),
    ("an entity", "pump .R.", |it| it.edit(PUMP, "water & air", "water &amp; air")),
    ("the columns of a table", "pump .R.", |it| it.edit(PUMP, "| Wheel | 2 kg |", "|Wheel|2 kg|")),

    // How it looks.
    ("emphasis", "pump .RR", |it| it.edit(PUMP, "is loud", "is *loud*")),
    ("stronger emphasis", "pump .RR", |it| it.edit(PUMP, "*much*", "**much**")),
    ("a hard line break", "pump .RR", |it| it.edit(PUMP, "and is\n", "and is  \n")),
    ("the level of a heading", "pump .RR", |it| it.edit(PUMP, "## Parts", "### Parts")),
    ("the id of a heading", "pump .RR", |it| it.edit(PUMP, "## Parts", "## Parts {#pieces}")),
    ("the alignment of a column", "pump .RR", |it| it.edit(PUMP, "|--------|", "|-------:|")),
    ("a quote becomes an alert", "pump .RR", |it| it.edit(PUMP, "> Mind", "> [!WARNING]\n> Mind")),
    ("code", "pump .RR", |it| it.edit(PUMP, "fn stop() {}", "fn halt() {}")),
    ("the language of code", "pump .RR", |it| it.edit(PUMP, "```rust\nfn turn", "```c\nfn turn")),
    ("a line of code is hidden", "pump .RR", |it| it.edit(PUMP, "\nfn stop", "\n# fn stop")),
    ("where a link leads", "pump .RR", |it| it.edit(PUMP, "(valve.md)", "(tank.md)")),
    ("to which heading it leads", "pump .RR", |it| it.edit(PUMP, "(valve.md)", "(valve.md#open)")),
    ("the title of a link", "pump .RR", |it| it.edit(PUMP, "(valve.md)", "(valve.md \"Valves\")")),
    ("a class in raw HTML", "pump .RR", |it| it.edit(PUMP, "\"box\"", "\"wet box\"")),
    ("another image", "pump .RR", |it| {
        it.edit(PUMP, "pump.png", "other.png");
        it.sandbox.write("docs/other.png", "another pump");
    }),

    // Front matter that readers see, and that they do not see.
    ("tags", "pump .RR", |it| it.edit(PUMP, "[water]", "[water, air]")),
    ("the status", "pump .RR", |it| it.edit(PUMP, "weight: 2", "weight: 2\nstatus: beta")),
    ("the date", "pump .RR", |it| it.edit(PUMP, "weight: 2", "weight: 2\ndate: 2026-01-02")),
    ("the address", "pump .RR", |it| it.edit(PUMP, "weight: 2", "weight: 2\nslug: a-pump")),
    ("the weight", "pump .R.", |it| it.edit(PUMP, "weight: 2", "weight: 3")),
    ("the owners", "pump .R.", |it| it.edit(PUMP, "weight: 2", "weight: 2\nowners: [a@example.org]")),
    ("an alias", "pump .R.", |it| it.edit(PUMP, "weight: 2", "weight: 2\naliases: [/old/]")),
    ("out of the navigation", "pump .R.", |it| it.edit(PUMP, "weight: 2", "weight: 2\nnav: false")),
    ("a key of the theme", "pump .R.", |it| it.edit(PUMP, "weight: 2", "weight: 2\nextra: {wide: true}")),
    ("no draft", "pump .R.", |it| it.edit(PUMP, "weight: 2", "weight: 2\ndraft: false")),
    ("a draft, and so not published", "pump RRR", |it| it.edit(PUMP, "weight: 2", "weight: 2\ndraft: true")),
    ("the order of the keys", "pump .R.", |it| {
        it.edit(PUMP, "weight: 2\ntags: [water]", "tags: [water]\nweight: 2");
    }),

    // Includes.
    ("words of an included file", "pump RRR", |it| it.edit("snippets/note.md", "night", "noon")),
    ("its line breaks", "pump .R.", |it| it.edit("snippets/note.md", "off\nat", "off at")),
    ("included code", "pump .RR", |it| it.edit("snippets/turn.rs", "turn_slowly", "turn_fast")),
    ("code beside what is included", "pump .R.", |it| it.edit("snippets/turn.rs", "use pump", "use pumps")),
    ("an included file gets another name", "pump .R.", |it| {
        it.sandbox.git(&["mv", "snippets/note.md", "snippets/off.md"]);
        it.edit(PUMP, "note.md", "off.md");
    }),
    ("an include is written out", "pump .R.", |it| {
        it.edit(PUMP, "{{#include ../snippets/note.md}}", "Switch it off\nat night.");
    }),
    ("an included file is gone", "pump RRR", |it| {
        it.sandbox.git(&["rm", "--quiet", "snippets/note.md"]);
    }),

    // Other files.
    ("the bytes of an image", "pump ..R", |it| it.sandbox.write("docs/pump.png", "a red pump")),
    ("the name of an image", "pump .R.", |it| {
        it.sandbox.git(&["mv", "docs/pump.png", "docs/one.png"]);
        it.edit(PUMP, "pump.png", "one.png");
    }),
    ("another page", "pump ..., valve ooo", |it| it.edit("docs/valve.md", "water", "oil")),
    ("a new page", "new ooo, pump ...", |it| it.sandbox.write("docs/new.md", "# New\n\nYes.\n")),
    ("a copy", "copy ooo, pump ...", |it| {
        let text = it.read(PUMP);
        it.sandbox.write("docs/copy.md", text);
    }),
    ("the file that a link leads to is renamed", "pump .RR, valves noo", |it| {
        it.sandbox.git(&["mv", "docs/valve.md", "docs/valves.md"]);
        it.edit(PUMP, "(valve.md)", "(valves.md)");
    }),
    ("the page that a link leads to gets another address", "pump ..R, valve noo", |it| {
        it.with("docs/valve.md", |text| format!("---\nslug: tap\n---\n{text}"));
    }),
    ("the navigation", "pump ...", |it| {
        it.sandbox.write("docs/SUMMARY.md", "# Summary\n\n[Home](index.md)\n\n- [T](tank.md)\n- [P](pump.md)\n- [V](valve.md)\n");
    }),

    // Settings and theme.
    ("a variable", "pump R.R", |it| it.edit("book.toml", "\"X1\"", "\"X2\"")),
    ("the title of the book", "pump ...", |it| it.edit("book.toml", "\"Pumps\"", "\"Water\"")),
    ("other quotation marks", "pump R.R", |it| {
        it.edit("book.toml", "[vars]", "[output.html]\nsmart-punctuation = false\n\n[vars]");
    }),
    ("raw HTML is shown as text", "pump ..R", |it| {
        it.edit("book.toml", "[vars]", "[markdown]\nhtml = \"escape\"\n\n[vars]");
    }),
    ("addresses without endings", "pump ..R, tank nno, valve nno", |it| {
        it.edit("book.toml", "[vars]", "[site]\nclean-urls = true\n\n[vars]");
    }),
    ("the look", "policy, pump ...", |it| it.sandbox.write("theme/extra.css", "p { color: red }\n")),
    ("a template", "policy, pump ...", |it| it.sandbox.write("theme/notice.html", "<p>All new</p>\n")),
    ("the policy", "policy, pump ...", |it| it.edit("book.toml", "self-approval = true", "self-approval = false")),
    ("a rule", "policy, pump ...", |it| it.sandbox.write(".vale.ini", "[*.md]\nVale.Terms = YES\n")),
    ("who has several addresses", "policy, pump ...", |it| it.sandbox.write(".mailmap", "A <a@example.org> <b@example.org>\n")),
    ("who may execute the file", "pump ...", |it| {
        it.sandbox.git(&["update-index", "--chmod=+x", PUMP]);
    }),

    // Pages come and go.
    ("renamed", "pumps ..R", |it| {
        it.sandbox.git(&["mv", PUMP, "docs/pumps.md"]);
    }),
    ("renamed and edited", "pumps ooo", |it| {
        it.sandbox.git(&["mv", PUMP, "docs/pumps.md"]);
        it.edit("docs/pumps.md", "is loud", "was loud");
    }),
    ("deleted", "pump RRR", |it| {
        it.sandbox.git(&["rm", "--quiet", PUMP]);
    }),
    ("split", "parts ooo, pump RRR", |it| {
        let text = it.read(PUMP);
        let at = text.find("## Parts").unwrap();
        it.sandbox.write(PUMP, &text[..at]);
        it.sandbox.write("docs/parts.md", &text[at..]);
    }),
    ("two pages become one", "pump RRR, tank ooo", |it| {
        it.edit(PUMP, "Water flows.", "A tank holds water.\n\nWater flows.");
        it.sandbox.git(&["rm", "--quiet", "docs/tank.md"]);
    }),
    ("as the target has it", "", |it| it.edit(PUMP, "It is loud. It isn't \"small\".\n\n", "")),
    ("edited, and back again", "pump ...", |it| {
        it.edit(PUMP, "is loud", "was loud");
        it.commit();
        it.edit(PUMP, "was loud", "is loud");
    }),

    // The target and the history.
    ("all commits become one", "pump ...", |it| {
        it.sandbox.git(&["commit", "--quiet", "--amend", "-m", "in other words"]);
    }),
    ("the target goes on elsewhere", "pump ...", |it| it.target(|it| it.edit("docs/valve.md", "water", "oil"))),
    ("it does, and is merged", "pump ...", |it| {
        it.target(|it| it.edit("docs/valve.md", "water", "oil"));
        it.sandbox.git(&["merge", "--quiet", "main"]);
    }),
    ("it does, and the branch is rebased", "pump ...", |it| {
        it.target(|it| it.edit("docs/valve.md", "water", "oil"));
        it.sandbox.git(&["rebase", "--quiet", "main"]);
    }),
    ("the target edits other lines of the page", "pump RRR", |it| {
        it.target(|it| it.edit(PUMP, "Downwards", "Upwards"));
    }),
    ("it does, and is merged", "pump RRR", |it| {
        it.target(|it| it.edit(PUMP, "Downwards", "Upwards"));
        it.sandbox.git(&["merge", "--quiet", "main"]);
    }),
    ("the target edits the same lines", "pump ooo", |it| {
        it.target(|it| it.edit(PUMP, "## Parts", "It is big.\n\n## Parts"));
    }),
    ("the target edits line breaks of the page", "pump .R.", |it| {
        it.target(|it| it.edit(PUMP, "Water flows.", "Water\nflows."));
    }),
    ("the target edits an included file", "pump RRR", |it| {
        it.target(|it| it.edit("snippets/note.md", "night", "noon"));
    }),
    ("the target edits a variable", "pump R.R", |it| it.target(|it| it.edit("book.toml", "\"X1\"", "\"X2\""))),
    ("the target has another image", "pump ..R", |it| it.target(|it| it.sandbox.write("docs/pump.png", "a red pump"))),
];

/// A repository whose branch `topic` edits the page of pumps, and is approved in every stage.
struct Approved {
    sandbox: Sandbox,
    main: String,
    topic: String,
}

impl Approved {
    fn new() -> Approved {
        let sandbox = Sandbox::new(SITE);
        sandbox.commit_all();
        for (key, value) in [("user.name", "Ada"), ("user.email", "ada@example.org")] {
            sandbox.git(&["config", key, value]);
        }
        sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
        let mut it = Approved { sandbox, main: String::new(), topic: String::new() };
        it.edit(PUMP, "## Parts", "It is loud. It isn't \"small\".\n\n## Parts");
        it.commit();
        for name in ["main", "topic"] {
            let commit = it.sandbox.git(&["rev-parse", name]).trim().to_owned();
            *(if name == "main" { &mut it.main } else { &mut it.topic }) = commit;
        }
        it.review(&["open"]).ends(0);
        for stage in ["prose", "source", "render"] {
            it.review(&["approve", "--all", "--stage", stage]).ends(0);
        }
        it
    }

    fn review(&self, arguments: &[&str]) -> Outcome {
        self.sandbox.run(&[&["review"], arguments].concat())
    }

    fn read(&self, path: &str) -> String {
        self.sandbox.read(&format!("site/{path}"))
    }

    /// Changes a text that stands in a file once.
    #[track_caller]
    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {path}");
        self.sandbox.write(path, text.replace(from, to));
    }

    fn with(&self, path: &str, change: impl Fn(&str) -> String) {
        self.sandbox.write(path, change(&self.read(path)));
    }

    fn commit(&self) {
        self.sandbox.git(&["add", "--all"]);
        self.sandbox.git(&["commit", "--quiet", "--allow-empty", "-m", "edit"]);
    }

    /// Does something on the target, and comes back.
    fn target(&self, change: impl Fn(&Approved)) {
        self.sandbox.git(&["checkout", "--quiet", "main"]);
        change(self);
        self.commit();
        self.sandbox.git(&["checkout", "--quiet", "topic"]);
    }

    /// What stands in the cells after something was done; then everything is as before.
    fn after(&self, change: fn(&Approved)) -> String {
        change(self);
        self.sandbox.git(&["add", "--all"]);
        if !self.sandbox.git(&["status", "--porcelain"]).is_empty() {
            self.sandbox.git(&["commit", "--quiet", "-m", "edit"]);
        }
        let cells = self.cells();
        self.sandbox.git(&["reset", "--quiet", "--hard", &self.topic]);
        self.sandbox.git(&["update-ref", "refs/heads/main", &self.main]);
        cells
    }

    fn cells(&self) -> String {
        let status = self.review(&["status", "topic", "--json"]).ends(0);
        let status: serde_json::Value = serde_json::from_str(&status.stdout).unwrap();
        let mut rows = Vec::new();
        for row in status["sign_off"]["pages"].as_array().unwrap() {
            if row["kind"] == "policy" {
                rows.push("policy".to_owned());
                continue;
            }
            let letters =
                row["cells"].as_array().unwrap().iter().filter(|it| it["stage"] != "policy");
            let letters: String = letters
                .map(|cell| match cell["state"].as_str().unwrap() {
                    "approved" => '.',
                    "reopened" => 'R',
                    "open" => 'o',
                    "not-needed" => 'n',
                    other => panic!("{other}"),
                })
                .collect();
            let path = row["path"].as_str().unwrap();
            let name = path.strip_prefix("docs/").unwrap().strip_suffix(".md").unwrap();
            rows.push(format!("{name} {letters}"));
        }
        rows.sort();
        rows.join(", ")
    }
}

#[test]
fn an_edit_opens_what_it_touches_and_nothing_else() {
    /// How many work side by side.
    const THREADS: usize = 2;
    let wrong: Vec<String> = thread::scope(|scope| {
        let shares: Vec<_> = (0..THREADS)
            .map(|share| {
                scope.spawn(move || {
                    let it = Approved::new();
                    let mut wrong = Vec::new();
                    for (what, expected, change) in CASES.iter().skip(share).step_by(THREADS) {
                        let found = it.after(*change);
                        if found != *expected {
                            wrong.push(format!("{what}: `{found}`, not `{expected}`"));
                        }
                    }
                    wrong
                })
            })
            .collect();
        shares.into_iter().flat_map(|share| share.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_was_edited_is_closed_by_who_looks_at_it_again() {
    let it = Approved::new();
    it.edit(PUMP, "is loud", "is *loud*");
    it.commit();
    assert_eq!(it.cells(), "pump .RR");
    it.review(&["approve", "pump.md", "--stage", "source"]).ends(0);
    assert_eq!(it.cells(), "pump ..R");
    it.review(&["approve", "pump.md", "--stage", "render"]).ends(0);
    assert_eq!(it.cells(), "pump ...");
    // What was approved first is approved still, should it come back.
    it.edit(PUMP, "is *loud*", "is loud");
    it.commit();
    assert_eq!(it.cells(), "pump ...");
}
