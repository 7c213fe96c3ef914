//! What `book.toml` and the environment come to, and what is said about them.

use proptest::prelude::*;
use snapbox::{IntoData as _, assert_data_eq, str};

use super::*;
use crate::base::{Diagnostic, LineIndex, SourcePath};

struct Case<'a> {
    path: &'a str,
    text: &'a str,
    variables: &'a [(&'a str, &'a str)],
    base_url: Option<&'a str>,
}

impl Default for Case<'_> {
    fn default() -> Self {
        Case { path: "book.toml", text: "", variables: &[], base_url: None }
    }
}

impl Case<'_> {
    fn load(&self) -> (Settings, Vec<Diagnostic>) {
        let path = SourcePath::new(self.path).unwrap();
        let variables: Vec<(String, String)> =
            self.variables.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        load(ConfigInput {
            path: &path,
            text: Some(self.text),
            variables: &variables,
            overrides: &Overrides { base_url: self.base_url.map(str::to_owned) },
        })
    }

    /// The settings, where nothing is to be said about them.
    fn silent(&self) -> Settings {
        assert_eq!(self.said(), "");
        self.load().0
    }

    fn said(&self) -> String {
        let index = LineIndex::new(self.text);
        let mut out = String::new();
        for d in self.load().1 {
            if let Some(span) = d.span() {
                let at = index.position(self.text, span.start);
                out += &format!("{}:{} {:?} ", at.line, at.column, &self.text[span.range()]);
            }
            out += &format!("{}[{}] {}\n", d.severity.word(), d.code, d.message);
            if let Some(help) = d.help {
                out += &format!("  help: {help}\n");
            }
            if let Some(fix) = d.fix {
                out += &format!("  {:?}: {}\n", fix.applicability, fix.title);
            }
        }
        out
    }
}

fn of(text: &str) -> Case<'_> {
    Case { text, ..Case::default() }
}

fn env<'a>(variables: &'a [(&'a str, &'a str)]) -> Case<'a> {
    Case { variables, ..Case::default() }
}

/// `[table]` and `key = value` for a dotted path.
fn written(path: &str, value: &str) -> String {
    match path.rsplit_once('.') {
        Some((table, key)) => format!("[{table}]\n{key} = {value}\n"),
        None => format!("{path} = {value}\n"),
    }
}

/// A value that a key can take and that is not its default.
fn sample(key: &Key) -> String {
    let key = match key.status {
        Status::Alias(target) => find_key(target).unwrap_or(key),
        _ => key,
    };
    match key.path {
        "book.language" => return "\"fr\"".to_owned(),
        "book.text-direction" => return "\"rtl\"".to_owned(),
        "output.html.default-theme" | "output.html.preferred-dark-theme" => {
            return "\"navy\"".to_owned();
        }
        "output.html.search.chapter" => return "{ other = { enable = false } }".to_owned(),
        "output.html.cname" => return "\"a.example\"".to_owned(),
        "site.repository" | "output.html.git-repository-url" => return "\"https://a/\"".to_owned(),
        "site.issue-url" => return "\"https://a/?t={title}\"".to_owned(),
        "site.edit-url" | "output.html.edit-url-template" => {
            return "\"https://a/{path}\"".to_owned();
        }
        "lint.rules" => return "{ \"a/b\" = \"off\" }".to_owned(),
        "review.stages" => {
            return "[{ id = \"editor\", people = [\"ada@example.org\"] }]".to_owned();
        }
        "review.owners" => return "{ \"a/**\" = [\"ada@example.org\"] }".to_owned(),
        "review.review-every" => return "{ \"a/**\" = 180 }".to_owned(),
        "review.roles" => return "{ editor = [\"ada@example.org\"] }".to_owned(),
        "review.waive" | "review.defer" | "review.policy-owners" => {
            return "[\"ada@example.org\"]".to_owned();
        }
        "terms" => return "{ word = { avoid = [\"wrod\"] } }".to_owned(),
        "site.base-url" | "output.html.site-url" => return "\"/docs/\"".to_owned(),
        _ => {}
    }
    match key.kind {
        Kind::Text | Kind::File | Kind::Folder => "\"other\"".to_owned(),
        Kind::Choice(words) => format!("{:?}", words.last().unwrap()),
        Kind::Bool if key.default == "true" => "false".to_owned(),
        Kind::Bool => "true".to_owned(),
        Kind::Whole(..) => "7".to_owned(),
        Kind::Texts | Kind::Files => "[\"other\"]".to_owned(),
        Kind::Tables => "[{ files = [\"a/**\"], rules = { \"a/b\" = \"off\" } }]".to_owned(),
        Kind::Map | Kind::Values | Kind::Open => "{ name = \"value\" }".to_owned(),
    }
}

/// Settings without the places where they are written.
fn without_spans(settings: &Settings) -> serde_json::Value {
    fn strip(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(object) => {
                for key in ["span", "places", "build_dir_span"] {
                    object.remove(key);
                }
                object.values_mut().for_each(strip);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(settings).unwrap();
    strip(&mut value);
    value
}

#[test]
fn keys_are_sorted_and_single() {
    for pair in KEYS.windows(2) {
        assert!(pair[0].path < pair[1].path, "{} before {}", pair[0].path, pair[1].path);
    }
    for key in KEYS {
        assert_eq!(find_key(key.path), Some(key));
        assert!(key.doc.ends_with('.'), "{}", key.path);
    }
    assert!(CODES.is_sorted_by_key(|code| code.id));
}

#[test]
fn written_defaults_are_the_defaults() {
    for key in KEYS.iter().filter(|key| !key.default.is_empty()) {
        let text = written(key.path, key.default);
        assert_eq!(
            without_spans(&of(&text).silent()),
            without_spans(&Settings::default()),
            "{text}"
        );
    }
}

#[test]
fn keys_do_what_their_status_says() {
    for key in KEYS {
        let mut text = written(key.path, &sample(key));
        // A level folds nothing by itself.
        if key.path == "output.html.fold.level" {
            text += "enable = true\n";
        }
        // The stages of a preset name roles, which somebody must have.
        if key.path == "review.preset" {
            text += "[review.roles]\n";
            for role in ["developer", "editor", "qa"] {
                text += &format!("{role} = [\"ada@example.org\"]\n");
            }
        }
        let case = of(&text);
        let changes = without_spans(&case.load().0) != without_spans(&Settings::default());
        let warns = !case.said().is_empty();
        let expected = match key.status {
            Status::Ours | Status::Honored => (true, false),
            // A table's old name: what stands in it is tested by itself.
            Status::Alias(_) if key.kind == Kind::Open => (false, true),
            Status::Alias(_) => (true, false),
            // `create-missing` words an advice elsewhere.
            Status::Ignored(_) => (key.path == "build.create-missing", false),
            Status::Warned { .. } => (false, true),
        };
        assert_eq!((changes, warns), expected, "{text}{}", case.said());
    }
}

#[test]
fn every_key_refuses_a_wrong_type() {
    for key in KEYS {
        let wrong = if key.kind == Kind::Bool { "[]" } else { "true" };
        let (_, diagnostics) = of(&written(key.path, wrong)).load();
        assert_eq!(diagnostics.len(), 1, "{} {diagnostics:?}", key.path);
        assert_eq!(diagnostics[0].code, "config/wrong-type");
        assert!(is_fatal(&diagnostics));
    }
}

#[test]
fn a_whole_book() {
    let settings = Case {
        path: "docs/book.toml",
        text: r##"
[book]
title = "Handbook"
authors = ["Ann", "Bo"]
description = "How to"
src = "./text/"
language = "he"
multilingual = false

[build]
build-dir = "../public"
create-missing = false

[rust]
edition = "2021"

[output.html]
theme = "look"
curly-quotes = false
mathjax-support = true
additional-css = ["css/a.css", "../shared/b.css"]
site-url = "docs"
git-repository-url = "https://git.example/a"
edit-url-template = "https://git.example/a/edit/main/{path}"
input-404 = ""

[output.html.fold]
enable = true
level = 1

[output.html.playpen]
copyable = false

[output.html.redirect]
"/z.html" = "a.html"
"/a.html#old" = "https://example.com/"
"/m.html" = "b.html"

[output.html.code.hidelines]
python = "~"

[preprocessor.links]
after = ["x"]

[vars]
version = 1.10
year = 2026
beta = true
released = 2026-11-23
name = "Copydesk"

[theme.extra]
depth = { list = [1, 2.5, "x"] }
"##,
        ..Case::default()
    }
    .silent();
    assert_eq!(settings.book.authors, ["Ann", "Bo"]);
    assert_eq!(settings.book.src.as_ref().unwrap().value.as_str(), "docs/text");
    assert_eq!(settings.book.text_direction, Direction::Rtl);
    assert_eq!(settings.build.build_dir, "../public");
    assert!(!settings.html.smart_punctuation && settings.markdown.math && !settings.html.copyable);
    let css: Vec<&str> = settings.html.additional_css.iter().map(|c| c.value.as_str()).collect();
    assert_eq!(css, ["docs/css/a.css", "shared/b.css"]);
    assert_eq!(settings.theme.dir.as_ref().unwrap().value.as_str(), "docs/look");
    assert_eq!(settings.site.base_path(), "/docs/");
    assert_eq!(settings.site.repository.as_deref(), Some("https://git.example/a"));
    assert_eq!(settings.html.input_404.as_ref().unwrap().value, "");
    assert_eq!(settings.html.fold, Some(1));
    let from: Vec<&str> = settings.html.redirects.iter().map(|r| r.from.as_str()).collect();
    assert_eq!(from, ["/z.html", "/a.html#old", "/m.html"], "in the order of writing");
    assert_eq!(settings.html.hidelines["python"], "~");
    let vars: Vec<(&str, &str)> =
        settings.vars.iter().map(|(k, v)| (k.as_str(), v.value.as_str())).collect();
    assert_eq!(
        vars,
        [
            ("beta", "true"),
            ("name", "Copydesk"),
            ("released", "2026-11-23"),
            ("version", "1.10"),
            ("year", "2026"),
        ]
    );
    assert_eq!(settings.theme.extra["depth"], serde_json::json!({ "list": [1, 2.5, "x"] }));
}

#[test]
fn no_file_means_defaults() {
    let path = SourcePath::new("book.toml").unwrap();
    let overrides = Overrides::default();
    let input = ConfigInput { path: &path, text: None, variables: &[], overrides: &overrides };
    assert_eq!(load(input), (Settings::default(), Vec::new()));
}

#[test]
fn syntax_errors_point_at_their_place() {
    let said = [
        "[book]\ntitle = Handbook\n",
        "[book]\ntitle = \"x\nauthors = []\n",
        "[book]\ntitle = \"a\"\ntitle = \"b\"\n",
        "[book]\n[book]\n",
        "[book]\nsrc = \"a\\docs\"\n",
        "[book\n",
        "= 1",
        "title",
    ]
    .map(|text| {
        let (settings, diagnostics) = of(text).load();
        assert_eq!(settings, Settings::default());
        assert!(is_fatal(&diagnostics));
        of(text).said()
    })
    .concat();
    assert_data_eq!(said, str![[r#"
2:9 "Handbook" error[config/syntax] `book.toml` is not valid TOML: string values must be quoted
  help: text stands in quotes: `title = "Handbook"`
2:11 "" error[config/syntax] `book.toml` is not valid TOML: invalid basic string, expected `"`
  help: close the quote on the line where it is opened
3:1 "title" error[config/syntax] `book.toml` is not valid TOML: duplicate key
  help: write each key and each `[table]` once
2:2 "book" error[config/syntax] `book.toml` is not valid TOML: duplicate key
  help: write each key and each `[table]` once
2:10 "" error[config/syntax] `book.toml` is not valid TOML: missing escaped value, expected `b`, `e`, `f`, `n`, `r`, `\`, `"`, `x`, `u`, `U`
  help: a backslash in "..." is written twice; '...' takes text as it is
1:6 "" error[config/syntax] `book.toml` is not valid TOML: unclosed table, expected `]`
1:1 "" error[config/syntax] `book.toml` is not valid TOML: unquoted keys cannot be empty, expected letters, numbers, `-`, `_`
1:6 "" error[config/syntax] `book.toml` is not valid TOML: key with no value, expected `=`

"#]].raw());
}

#[test]
fn unknown_keys_get_a_guess() {
    let case = of(r#"
titel = "x"
[book]
Title = "x"
base-url = "/"
frobnicate = 1
"book.src" = "x"
[outputs.html]
[output.htlm]
[output.html]
print = { enabled = true }
optional = true
[site]
title = "x"
"book.title" = 1
[preprocessors.toc]
"#);
    assert!(!is_fatal(&case.load().1));
    assert_data_eq!(
        case.said(),
        str![[r#"
2:1 "titel" warning[config/unknown-key] unknown key `titel` at the top level
  help: nothing reads it; the reference of `book.toml` lists all keys
4:1 "Title" warning[config/unknown-key] unknown key `Title` in `[book]`
  help: did you mean `title`?
  Suggested: write `title`
5:1 "base-url" warning[config/unknown-key] unknown key `base-url` in `[book]`
  help: `base-url` belongs in `[site]`
6:1 "frobnicate" warning[config/unknown-key] unknown key `frobnicate` in `[book]`
  help: nothing reads it; the reference of `book.toml` lists all keys
7:1 "\"book.src\"" warning[config/unknown-key] unknown key `book.src` in `[book]`
  help: nothing reads it; the reference of `book.toml` lists all keys
8:2 "outputs" warning[config/unknown-key] unknown key `outputs` at the top level
  help: did you mean `output`?
  Suggested: write `output`
9:9 "htlm" warning[config/unknown-key] unknown key `htlm` in `[output]`
  help: did you mean `html`?
  Suggested: write `html`
11:11 "enabled" warning[config/unknown-key] unknown key `enabled` in `[output.html.print]`
  help: did you mean `enable`?
  Suggested: write `enable`
14:1 "title" warning[config/unknown-key] unknown key `title` in `[site]`
  help: `title` belongs in `[book]`
15:1 "\"book.title\"" warning[config/unknown-key] unknown key `book.title` in `[site]`
  help: nothing reads it; the reference of `book.toml` lists all keys
16:2 "preprocessors" warning[config/unknown-key] unknown key `preprocessors` at the top level
  help: did you mean `preprocessor`?
  Suggested: write `preprocessor`

"#]]
        .raw()
    );
}

#[test]
fn wrong_types_say_what_was_expected_and_found() {
    let case = of(r#"
build = "x"
[book]
title = ["a"]
authors = "Ann"
src = 1979-05-27
[rust]
edition = 2021
[output.html]
smart-punctuation = "false"
additional-css = ["a", 1]
redirect = { a = 1 }
no-section-label = "yes"
[output.html.fold]
level = "2"
[output.html.search]
limit-results = -1
[markdown]
html = "sanitise"
max-depth = 99999999999999999999
[vars]
list = []
"#);
    assert_data_eq!(case.said(), str![[r#"
2:9 "\"x\"" error[config/wrong-type] `build` must be a table, not text
4:9 "[\"a\"]" error[config/wrong-type] `book.title` must be text in quotes, not a list
5:11 "\"Ann\"" error[config/wrong-type] `book.authors` must be a list of texts, not text
  help: write `["Ann"]`
  Safe: write `["Ann"]`
6:7 "1979-05-27" error[config/wrong-type] `book.src` must be a folder's path in quotes, not a date
  help: write `"1979-05-27"`
  Safe: write `"1979-05-27"`
8:11 "2021" error[config/wrong-type] `rust.edition` must be text in quotes, not a number
  help: write `"2021"`
  Safe: write `"2021"`
10:21 "\"false\"" error[config/wrong-type] `output.html.smart-punctuation` must be `true` or `false`, not text
  help: write `false`
  Safe: write `false`
11:24 "1" error[config/wrong-type] `output.html.additional-css[]` must be text in quotes, not a number
12:18 "1" error[config/wrong-type] `output.html.redirect.a` must be text in quotes, not a number
13:20 "\"yes\"" error[config/wrong-type] `output.html.no-section-label` must be `true` or `false`, not text
15:9 "\"2\"" error[config/wrong-type] `output.html.fold.level` must be a whole number, not text
  help: write `2`
  Safe: write `2`
17:17 "-1" error[config/bad-value] `output.html.search.limit-results` must be from 0 to 4294967295, not -1
19:8 "\"sanitise\"" error[config/bad-value] `markdown.html` must be `allow`, `sanitize` or `escape`, not `sanitise`
  help: did you mean `sanitize`?
  Suggested: write `"sanitize"`
20:13 "99999999999999999999" error[config/bad-value] `markdown.max-depth` must be from 1 to 10000, not 99999999999999999999
22:8 "[]" error[config/wrong-type] `vars.list` must be text, a number, `true` or `false`, not a list

"#]].raw());
}

#[test]
fn values_are_checked() {
    let case = of(r#"
[book]
src = "../.."
language = "en_US"
[build]
build-dir = " "
[site]
base-url = "docs.example.com"
repository = "git.example/a/b"
edit-url = "https://git.example/a/b"
logo = "img\\logo.svg"
favicon = "/etc/favicon.ico"
head = ""
[output.html]
additional-js = ["https://cdn.example/x.js"]
cname = "https://docs.example.com"
default-theme = "mocha"
[theme]
accent = "red; } body { display: none"
"#);
    assert_data_eq!(case.said(), str![[r#"
3:7 "\"../..\"" error[config/bad-value] `book.src`: `../..` leads out of the folder
  help: files of a site lie in its repository, or where there is none, in the folder of `book.toml`
4:12 "\"en_US\"" warning[config/bad-value] `book.language`: `en_US` is not a language tag
  help: it is read as `en-US`
  Safe: write `"en-US"`
6:13 "\" \"" error[config/bad-value] `build.build-dir` is empty
  help: name a folder for the output, such as `book`
8:12 "\"docs.example.com\"" error[config/bad-value] `site.base-url`: `docs.example.com` is neither a URL nor a path
  help: did you mean `https://docs.example.com/`?
  Suggested: write `"https://docs.example.com/"`
9:14 "\"git.example/a/b\"" warning[config/bad-value] `site.repository`: `git.example/a/b` is not a URL
  help: the link is left out; did you mean `https://git.example/a/b`?
  Suggested: write `"https://git.example/a/b"`
10:12 "\"https://git.example/a/b\"" warning[config/bad-value] `site.edit-url` has no `{path}`
  help: every page would get the same link; `{path}` stands for the page's source
11:8 "\"img\\\\logo.svg\"" error[config/bad-value] `site.logo`: `img\logo.svg` is not a portable path
  help: write `/` between folders
12:11 "\"/etc/favicon.ico\"" error[config/bad-value] `site.favicon`: `/etc/favicon.ico` is an absolute path
  help: paths are seen from the folder of `book.toml`
13:8 "\"\"" error[config/bad-value] `site.head` names no file
  help: write the path of a file
15:18 "\"https://cdn.example/x.js\"" error[config/bad-value] `output.html.additional-js` names a file, not the URL `https://cdn.example/x.js`
  help: put a copy of the file into the repository
16:9 "\"https://docs.example.com\"" warning[config/bad-value] `output.html.cname`: `https://docs.example.com` is not a domain
  help: no `CNAME` is written; write the domain alone, such as `docs.example.com`
17:17 "\"mocha\"" warning[config/unsupported-key] `output.html.default-theme`: there is no theme `mocha`
  help: the reader's own choice of light and dark is followed; write `light` or `dark`
19:10 "\"red; } body { display: none\"" error[config/bad-value] `theme.accent`: `red; } body { display: none` is not a color
  help: write a CSS color such as `#1f55a5` or `rgb(31 85 165)`

"#]].raw());
}

#[test]
fn programs_are_not_run() {
    let case = of(r#"
[preprocessor.links]
[preprocessor.index]
[preprocessor.mermaid]
command = "mdbook-mermaid"
[preprocessor.katex]
[preprocessor.alerts]
[preprocessor.repl]
unknown-key = { is = ["not", "checked"] }
[preprocessor.toc]
optional = true
[preprocessor.my-own]
optional = true
[preprocessor.for-epub]
renderers = ["epub"]
[output.html]
[output.linkcheck]
follow-web-links = true
[output.epub]
[output.own]
optional = true
"#);
    assert_data_eq!(case.said(), str![[r#"
4:15 "mermaid" warning[config/preprocessor] preprocessor `mermaid` is not run: `mermaid` diagrams stay code
  help: include the drawn diagrams as images
6:15 "katex" warning[config/preprocessor] preprocessor `katex` is not run: formulas stay text
  help: set `math = true` in `[markdown]`: math is built in
7:15 "alerts" advice[config/preprocessor] preprocessor `alerts` is not needed: `> [!NOTE]` alerts are built in
  help: the table can go, unless mdBook builds this book too
8:15 "repl" warning[config/preprocessor] preprocessor `repl` is not run: what it adds to pages is missing
  help: remove the table, or put `optional = true` in it to make this advice
10:15 "toc" advice[config/preprocessor] preprocessor `toc` is not needed: each page has a table of contents; `<!-- toc -->` is a comment
  help: the table can go, unless mdBook builds this book too
12:15 "my-own" advice[config/preprocessor] preprocessor `my-own` is not run: what it adds to pages is missing
17:9 "linkcheck" advice[config/renderer] renderer `linkcheck` is not needed: links are checked by every build
  help: the table can go, unless mdBook builds this book too
19:9 "epub" warning[config/renderer] renderer `epub` is not run: no EPUB is made
  help: `print.html` holds the whole site on one page
20:9 "own" advice[config/renderer] renderer `own` is not run: its output is not made

"#]].raw());
    of("[markdown]\nmath = true\n[preprocessor.katex]\n").silent();
}

#[test]
fn lost_settings_are_named_once() {
    let case = of(r#"
[output.html]
google-analytics = "UA-1"
copy-fonts = true
git-repository-icon = "fa-github"
[output.html.playground]
editable = true
runnable = false
"#);
    assert_data_eq!(case.said(), str![[r#"
3:1 "google-analytics" warning[config/unsupported-key] `output.html.google-analytics` is not supported: visits are not counted
  help: remove it, unless mdBook builds this book too
7:1 "editable" warning[config/unsupported-key] `output.html.playground.editable` is not supported: code cannot be edited in the page
  help: remove it, unless mdBook builds this book too

"#]].raw());
}

#[test]
fn the_environment_goes_before_the_file() {
    let mut case = of("[book]\ntitle = 'file'\n[vars]\nproduct_name = 'A'\n");
    case.variables = &[
        ("COPYDESK_BOOK__TITLE", "ours"),
        ("MDBOOK_BOOK__TITLE", "theirs"),
        ("MDBOOK_BOOK__AUTHORS", r#"["Ann"]"#),
        ("MDBOOK_RUST__EDITION", "2021"),
        ("MDBOOK_OUTPUT__HTML__PRINT__ENABLE", "false"),
        ("MDBOOK_OUTPUT__HTML__PLAYPEN", r#"{"copyable":false}"#),
        ("COPYDESK_SITE__BASE_URL", "https://a.example"),
        ("COPYDESK_VARS__PRODUCT_NAME", "B"),
        ("COPYDESK_VARS__VERSION", "1.10"),
        ("MDBOOK_VERSION", "not a setting"),
        ("MDBOOK_SITE__BASE_URL", "not mdBook's"),
        ("COPYDESK_LOG", "not a setting"),
        ("PATH", "/bin"),
    ];
    let settings = case.silent();
    assert_eq!(settings.book.title, "ours");
    assert_eq!(settings.book.authors, ["Ann"]);
    assert_eq!(settings.html.rust_edition.as_deref(), Some("2021"));
    assert!(!settings.html.print && !settings.html.copyable);
    assert_eq!(settings.site.base_url.unwrap().value, "https://a.example/");
    assert_eq!(settings.vars["product_name"].value, "B");
    assert_eq!(settings.vars["version"].value, "1.10");

    // As in mdBook, a table is replaced whole, and its keys are set after it.
    let mut case = of("[book]\ntitle = 'file'\ndescription = 'file'\n");
    case.variables = &[
        ("MDBOOK_BOOK__AUTHORS", r#"["Bo"]"#),
        ("MDBOOK_BOOK", r#"{"title": "env", "language": null}"#),
    ];
    let book = case.silent().book;
    assert_eq!((book.title.as_str(), book.description.as_str()), ("env", ""));
    assert_eq!(book.authors, ["Bo"]);

    let mut case = of("[site]\nnoindex = true\n");
    case.variables = &[("COPYDESK_SITE__NOINDEX", "null")];
    assert!(!case.silent().site.noindex, "`null` takes a key away");
}

#[test]
fn bad_variables_are_named() {
    let case = env(&[
        ("COPYDESK_STIE__BASE_URL", "/"),
        ("COPYDESK_SITE__", "x"),
        ("COPYDESK_SITE__BASE_ULR", "/"),
        ("COPYDESK_SITE__CLEAN_URLS", "yes"),
        ("COPYDESK_SITE__LOGO", "../x"),
        ("MDBOOK_BOOK", "Handbook"),
        ("MDBOOK_BUILD__BUILD_DIR", ""),
        ("MDBOOK_OUTPUT__HTML__ADDITIONAL_CSS", "a.css"),
        ("MDBOOK_OUTPUT__EPUB", "{}"),
    ]);
    assert!(case.load().1.iter().all(|d| d.labels.is_empty()));
    assert_data_eq!(case.said(), str![[r#"
error[config/bad-value] `build.build-dir` is empty (environment variable `MDBOOK_BUILD__BUILD_DIR`)
  help: name a folder for the output, such as `book`
error[config/bad-value] `site.logo`: `../x` leads out of the folder (environment variable `COPYDESK_SITE__LOGO`)
  help: files of a site lie in its repository, or where there is none, in the folder of `book.toml`
warning[config/renderer] renderer `epub` is not run: no EPUB is made (environment variable `MDBOOK_OUTPUT__EPUB`)
  help: `print.html` holds the whole site on one page
warning[config/unknown-key] environment variable `COPYDESK_SITE__` names no setting
  help: `__` stands between table and key, `_` for `-`: `COPYDESK_SITE__BASE_URL` is `base-url` in `[site]`
warning[config/unknown-key] environment variable `COPYDESK_STIE__BASE_URL` names no setting
  help: did you mean `COPYDESK_SITE__...`?
warning[config/unknown-key] unknown key `base-ulr` in `[site]` (environment variable `COPYDESK_SITE__BASE_ULR`)
  help: did you mean `base-url`?
error[config/wrong-type] `book` must be a table, not text (environment variable `MDBOOK_BOOK`)
error[config/wrong-type] `output.html.additional-css` must be a list of files, not text (environment variable `MDBOOK_OUTPUT__HTML__ADDITIONAL_CSS`)
  help: lists and tables are written as JSON in a variable
error[config/wrong-type] `site.clean-urls` must be `true` or `false`, not text (environment variable `COPYDESK_SITE__CLEAN_URLS`)

"#]].raw());
}

#[test]
fn flags_go_before_everything() {
    let mut case = of("[site]\nbase-url = '/file/'\n");
    case.variables = &[("COPYDESK_SITE__BASE_URL", "/env/")];
    case.base_url = Some("https://flag.example");
    assert_eq!(case.silent().site.base_url.unwrap().value, "https://flag.example/");
    case.base_url = Some("flag");
    assert!(is_fatal(&case.load().1));
    assert_data_eq!(
        case.said(),
        str![[r#"
error[config/bad-value] `--base-url`: `flag` is neither a URL nor a path
  help: did you mean `/flag/`?

"#]]
        .raw()
    );
}

#[test]
fn a_byte_order_mark_and_windows_lines_are_read() {
    let case = of("\u{feff}[book]\r\ntitle = 'x'\r\nsrc = 1\r\n");
    assert_eq!(case.load().0.book.title, "x");
    assert_data_eq!(
        case.said(),
        str![[r#"
3:7 "1" error[config/wrong-type] `book.src` must be a folder's path in quotes, not a number
  help: write `"1"`
  Safe: write `"1"`

"#]]
        .raw()
    );
}

#[test]
fn the_reference_lists_every_key_once() {
    let page = reference_markdown();
    for key in KEYS {
        assert_eq!(page.matches(&format!("| `{}` |", key.path)).count(), 1, "{}", key.path);
    }
    assert!(page.contains("| `[preprocessor.mermaid]` | Not run: "));
    let cells = |line: &str| line.matches('|').count() - line.matches("\\|").count();
    for table in page.split("\n\n").filter(|block| block.starts_with("| ")) {
        let mut lines = table.lines();
        let head = cells(lines.next().unwrap());
        assert!(lines.all(|line| cells(line) == head), "{table}");
    }
}

#[test]
fn examples_of_codes_are_true() {
    for code in CODES {
        let finds = |text: &str| {
            let (_, diagnostics) = of(text).load();
            diagnostics.iter().any(|d| d.code == code.id && d.severity == code.severity)
        };
        let (wrong, right) = code.examples;
        assert!(finds(wrong) && !finds(right), "{}", code.id);
    }
}

fn check_spans(text: &str, variables: &[(String, String)]) {
    let path = SourcePath::new("a/book.toml").unwrap();
    let overrides = Overrides::default();
    let (_, diagnostics) =
        load(ConfigInput { path: &path, text: Some(text), variables, overrides: &overrides });
    for d in &diagnostics {
        for label in &d.labels {
            assert!(text.get(label.span.range()).is_some(), "{text:?} {d:?}");
        }
        for edit in d.fix.iter().flat_map(|fix| &fix.edits) {
            assert!(text.get(edit.span.range()).is_some(), "{text:?} {d:?}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_survived(text in "\\PC*") {
        check_spans(&text, &[]);
    }

    #[test]
    fn any_tokens_are_survived(
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "\n", "\r\n", "\"", "'", "\"\"\"",
                "'''", "#", "\\", "\\u", "book", "output", "html", "title", "redirect", "vars",
                "preprocessor", "ü", "\u{feff}", "\u{0}", "1", "-", "1e9", "true", "1979-05-27",
                " ", "\"a\"", "\"../..\"", "site", "base-url", "\"😀\"",
            ]),
            0..40,
        ),
    ) {
        check_spans(&tokens.concat(), &[]);
    }

    #[test]
    fn any_value_is_survived(
        key in prop::sample::select(KEYS),
        value in prop_oneof![
            "\"[a-z./:%ü{}-]{0,12}\"", "-?[0-9]{1,25}", "\\[(\"[a-z/.]{0,5}\",){0,3}\\]",
            Just("{ a.b = 1 }".to_owned()), Just("nan".to_owned()),
        ],
        variable in "[A-Z_.]{0,20}",
    ) {
        let text = written(key.path, &value);
        check_spans(&text, &[(format!("COPYDESK_{variable}"), value.clone())]);
        let name = key.path.replace('.', "__").replace('-', "_").to_uppercase();
        check_spans(&text, &[(format!("COPYDESK_{name}"), value)]);
    }
}

#[test]
fn deep_nesting_is_survived() {
    for text in [
        "a = ".to_owned() + &"[".repeat(100_000),
        "a = ".to_owned() + &"{a=".repeat(100_000),
        "[".to_owned() + &"a.".repeat(100_000) + "a]",
        "[theme.extra]\n".to_owned()
            + &"a.".repeat(70)
            + "a = "
            + &"[".repeat(70)
            + &"]".repeat(70),
    ] {
        check_spans(&text, &[]);
    }
    let name = format!("COPYDESK_THEME__EXTRA{}", "__A".repeat(50_000));
    check_spans("", &[(name, "[".repeat(100_000))]);
}
