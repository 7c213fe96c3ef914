//! Rules over whole files: positions, problems, what stays the same.

use proptest::prelude::*;

use super::*;
use crate::base::{Diagnostic, Severity, SourcePath, Span};
use crate::source::MemorySource;

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

const INI: &str = "StylesPath = styles\n[*]\nBasedOnStyles = House\n";

fn loaded(files: &str) -> Result<RuleSet, Vec<Diagnostic>> {
    let mut source = MemorySource::site(files);
    if !files.contains("-- .vale.ini --") {
        source = source.with(path(".vale.ini"), INI.as_bytes().to_vec());
    }
    load(&LoadInput { source: &source, config: path(".vale.ini"), open: &|_| None })
}

/// The rules of a style `House`, each with its name.
fn rules(rules: &[(&str, &str)]) -> RuleSet {
    let files: String = rules
        .iter()
        .map(|(name, text)| format!("-- styles/House/{name}.yml --\n{text}\n"))
        .collect();
    loaded(&files).unwrap()
}

/// `rule "text at the span"` for each finding.
fn found(rules: &RuleSet, file: &str, text: &str) -> Vec<String> {
    let findings = lint_file(rules, &path(file), text.as_bytes());
    assert!(!findings.failed);
    let shown = findings.diagnostics.into_iter().map(|diagnostic| {
        let span = diagnostic.span().unwrap().range();
        format!("{} {:?}", diagnostic.code, &text[span])
    });
    shown.collect()
}

const WORDS: &str = "extends: existence\nmessage: \"'%s'\"\ntokens: [pump, valve]";

#[test]
fn places_are_exact_through_markup() {
    let rules = rules(&[("R", WORDS)]);
    let text = "# The *old* pump {#x}\r\n\r\n> A\u{a0}&amp;&nbsp;**pump** [valve](pump.md \"pump\")\r\n> \
                ~~pump~~\\\r\n> and `pump`.\r\n\r\n| pump | \\| valve |\r\n|--|--|\r\n| a | <b class=\"pump\">pump</b> |\r\n";
    let found = found(&rules, "a.md", text);
    assert_eq!(found.len(), 7, "{found:?}");
    assert!(found.iter().all(|f| f == "House.R \"pump\"" || f == "House.R \"valve\""), "{found:?}");
}

#[test]
fn words_go_on_through_markup_and_not_through_breaks() {
    let rules = rules(&[("R", "extends: existence\nmessage: m\ntokens: [unbelievable, un]")]);
    assert_eq!(found(&rules, "a.md", "un*believ*able"), ["House.R \"un*believ*able\""]);
    assert_eq!(found(&rules, "a.md", "un<br>believable"), ["House.R \"un\""]);
    assert_eq!(found(&rules, "a.md", "un <!-- x --> <Foo/> able"), ["House.R \"un\""]);
}

#[test]
fn what_is_left_out_makes_no_double_space() {
    let rules =
        rules(&[("R", "extends: existence\nmessage: m\nnonword: true\ntokens: ['[a-z]  [a-z]']")]);
    for text in ["a ![x](y) b", "a <!-- c --> b", "a [^1] b\n\n[^1]: c", "*a* b"] {
        assert!(found(&rules, "a.md", text).is_empty(), "{text}");
    }
    assert_eq!(found(&rules, "a.md", "a  b").len(), 1);
}

#[test]
fn links_code_and_emphasis_have_scopes_of_their_own() {
    let scoped =
        |scope: &str| format!("extends: existence\nmessage: m\nscope: {scope}\ntokens: [here]");
    let rules = rules(&[
        ("Code", &scoped("code")),
        ("Emphasis", &scoped("emphasis")),
        ("Link", &scoped("link")),
        ("Strong", &scoped("strong")),
    ]);
    let text = "here [click here](a) `here` *here* **here**";
    assert_eq!(
        found(&rules, "a.md", text),
        [
            "House.Link \"here\"",
            "House.Code \"here\"",
            "House.Emphasis \"here\"",
            "House.Strong \"here\""
        ]
    );
}

#[test]
fn rules_build_on_rules() {
    let set = loaded(
        "-- styles/Base/Words.yml --\nextends: existence\nmessage: \"Base '%s'\"\nlevel: error\ntokens: [one, two]\n\
         -- styles/Base/Swap.yml --\nextends: substitution\nmessage: \"%s for %s\"\nswap:\n  a: b\n  c: 1\n\
         -- styles/House/Words.yml --\nextends: Base.Words\nmessage: \"House '%s'\"\ntokens+: [3]\ntokens-:\n  - two\n\
         -- styles/House/Swap.yml --\nextends: Base.Swap\nswap+:\n  xx: yy\nswap-: [a]\n",
    )
    .unwrap();
    let findings = lint_file(&set, &path("a.md"), b"one two 3 a c xx");
    let told: Vec<_> =
        findings.diagnostics.iter().map(|d| (d.message.as_str(), d.severity)).collect();
    assert_eq!(
        told,
        [
            ("House 'one'", Severity::Error),
            ("House '3'", Severity::Error),
            ("1 for c", Severity::Warning),
            ("yy for xx", Severity::Warning),
        ]
    );
}

fn problems(files: &str) -> Vec<(String, String)> {
    let told = loaded(files).unwrap_err().into_iter();
    told.map(|d| {
        let span = d.span().unwrap().clone();
        (d.code.to_string(), format!("{}:{}", span.file, span.start))
    })
    .collect()
}

#[test]
fn mistakes_in_rules_are_told_where_they_stand() {
    let one = |text: &str| {
        let told = problems(&format!("-- styles/House/R.yml --\n{text}\n"));
        assert_eq!(told.len(), 1, "{text}: {told:?}");
        let (code, place) = told.into_iter().next().unwrap();
        (code, place.strip_prefix("styles/House/R.yml:").unwrap().parse::<usize>().unwrap())
    };
    let rule = |rest: &str| format!("extends: existence\nmessage: m\n{rest}");
    assert_eq!(one(&rule("tokens: [a, '(b']")), ("vale/pattern".into(), 42));
    assert_eq!(one(&rule("tokns: [a]")), ("vale/rule".into(), 30));
    assert_eq!(one(&rule("level: info\ntokens: [a]")), ("vale/rule".into(), 37));
    assert_eq!(one("message: m\ntokens: [a]"), ("vale/rule".into(), 0));
    assert_eq!(one("extends: existance\nmessage: m"), ("vale/rule".into(), 9));
    assert_eq!(one("extends: House.R\nmessage: m").0, "vale/extends");
    assert_eq!(one("extends: House.Nowhere\nmessage: m"), ("vale/extends".into(), 9));
    assert_eq!(
        one("extends: metric\nmessage: m\nformula: words /\ncondition: '> 1'").0,
        "vale/rule"
    );
    assert_eq!(one("extends: spelling\nmessage: m\ndictionaries: [none]").0, "vale/dictionary");
}

#[test]
fn cycles_are_told_once() {
    let told = problems(
        "-- styles/House/A.yml --\nextends: Other.B\nmessage: m\n\
         -- styles/Other/B.yml --\nextends: Other.C\nmessage: m\n\
         -- styles/Other/C.yml --\nextends: Other.B\nmessage: m\n",
    );
    assert_eq!(told, [("vale/extends".to_owned(), "styles/Other/C.yml:0".to_owned())]);
}

#[test]
fn rules_that_are_not_run_are_told_by_name() {
    let set = loaded(
        "-- styles/House/S.yml --\nextends: script\nmessage: m\nscript: 'x'\n\
         -- styles/House/T.yml --\nextends: sequence\nmessage: m\ntokens:\n  - tag: NN\n\
         -- styles/House/R.yml --\nextends: existence\nmessage: m\ntokens: [pump]\n",
    )
    .unwrap();
    let notes: Vec<_> = set.notes().iter().map(|note| note.message.as_str()).collect();
    assert_eq!(
        notes,
        [
            "`House.S` is a `script` rule and is not run",
            "`House.T` is a `sequence` rule and is not run"
        ]
    );
    assert_eq!(found(&set, "a.md", "a pump"), ["House.R \"pump\""]);
}

#[test]
fn a_pattern_without_end_is_stopped_and_named() {
    let set = rules(&[
        ("Bad", "extends: existence\nmessage: m\nnonword: true\ntokens: ['(?:(a+)\\1?)+c']"),
        ("Good", "extends: existence\nmessage: m\ntokens: [pump]"),
    ]);
    let text = format!("A pump c {}", "a".repeat(60));
    let findings = lint_file(&set, &path("a.md"), text.as_bytes());
    let codes: Vec<_> = findings.diagnostics.iter().map(|d| &*d.code).collect();
    assert_eq!(codes, ["lint/pattern-stopped", "House.Good"]);
    let stopped = &findings.diagnostics[0];
    assert!(stopped.message.contains("`House.Bad`"));
    assert_eq!(stopped.labels[1].span.file, path("styles/House/Bad.yml"));
}

#[test]
fn odd_files_are_told_and_not_lost() {
    let set = rules(&[("R", WORDS)]);
    let codes = |bytes: &[u8]| -> Vec<String> {
        let findings = lint_file(&set, &path("a.md"), bytes);
        findings.diagnostics.iter().map(|d| d.code.to_string()).collect()
    };
    assert_eq!(codes(b"A \xff pump"), ["text/not-utf8", "House.R"]);
    let findings = lint_file(&set, &path("a.md"), b"ok\n\xff pump");
    let place = findings.diagnostics[0].span().unwrap().clone();
    assert_eq!(place, Span::new(path("a.md"), 3..4));
    assert_eq!(codes(&b"a pump\n".repeat(3_000_000)), ["text/too-large"]);
    let findings = lint_file(&set, &path("a.md"), "\u{feff}A pump\r\n\r\nA pump\r\n".as_bytes());
    let places: Vec<_> =
        findings.diagnostics.iter().map(|d| (&*d.code, d.span().unwrap().range())).collect();
    assert_eq!(places, [("House.R", 5..9), ("House.R", 15..19)]);
    assert!(codes(b"").is_empty());
    assert!(lint_file(&set, &path("a.rst"), b"a pump").unread);
}

#[test]
fn fixes_replace_what_was_found() {
    let set = rules(&[
        (
            "Swap",
            "extends: substitution\nmessage: m\naction: {name: replace}\nswap: {utilize: 'use|apply'}",
        ),
        ("Very", "extends: existence\nmessage: m\naction: {name: remove}\ntokens: [very]"),
    ]);
    let fixed = |text: &str| -> Vec<String> {
        let findings = lint_file(&set, &path("a.md"), text.as_bytes());
        let fixes = findings.diagnostics.into_iter().filter_map(|d| d.fix);
        fixes
            .map(|fix| {
                let edit = &fix.edits[0];
                let mut text = text.to_owned();
                text.replace_range(edit.span.range(), &edit.text);
                format!("{}: {text}", fix.title)
            })
            .collect()
    };
    assert_eq!(fixed("*utilize* it"), ["write `use`: *use* it"]);
    assert_eq!(fixed("a very big"), ["remove `very`: a big"]);
    assert_eq!(fixed("big, very"), ["remove `very`: big,"]);
    assert!(fixed("uti*li*ze it").is_empty(), "markup inside is not ours to throw away");
}

#[test]
fn the_hash_changes_with_every_file_that_counts() {
    let set = |token: &str, vocabulary: &str| {
        loaded(&format!(
            "-- .vale.ini --\nStylesPath = styles\nVocab = V\n[*.md]\nBasedOnStyles = House\n\
             -- styles/House/R.yml --\nextends: existence\nmessage: m\ntokens: [{token}]\n\
             -- styles/config/vocabularies/V/accept.txt --\n{vocabulary}\n"
        ))
        .unwrap()
        .hash()
    };
    assert_eq!(set("a", "b"), set("a", "b"));
    assert_ne!(set("a", "b"), set("c", "b"));
    assert_ne!(set("a", "b"), set("a", "c"));
}

/// Markdown that is put together from pieces that are hard on positions.
fn documents() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        "pump",
        "valve",
        " ",
        " ",
        "\n",
        "\n\n",
        "\r\n",
        "*",
        "**",
        "_",
        "`",
        "``",
        "~~",
        "[",
        "](a.md)",
        "![",
        "](pump.png \"pump\")",
        "<b>",
        "</b>",
        "<!-- pump -->",
        "<br>",
        "&amp;",
        "&uuml;",
        "\\*",
        "ü",
        "🚀",
        "日本",
        "# ",
        "> ",
        "- ",
        "1. ",
        "  ",
        "    ",
        "|",
        "\n|--|--|\n",
        "---\n",
        "title: pump\n",
        "<div>\n",
        "</div>\n",
        "```\n",
        "https://pump.example/valve",
        "[^1]",
        "\n[^1]: ",
        ".",
        "\u{feff}",
        "\t",
        ":::note\n",
        ":::\n",
        "<span class=\"x\">",
        "</span>",
        "$$",
        "- [ ] ",
        "<!-- vale off -->",
        "<!-- vale on -->",
        "&rsquo;",
        "<pre>",
        "</pre>",
    ]);
    proptest::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
}

/// Whether a source text is a word that goes on through markup: its characters in their order, from
/// the first to the last one (or the entity that stands for it), with nothing but markup between.
fn is_around(source: &str, word: &str) -> bool {
    let source = source.replace("&uuml;", "ü");
    let mut rest = source.as_str();
    let mut first = true;
    for c in word.chars() {
        let Some((between, after)) = rest.split_once(c) else { return false };
        // Tags and targets of links have letters of their own.
        let markup = between.starts_with(['<', ']', '!', '[', '\\', '*', '_', '`', '~', '&'])
            || between.contains(['<', '>', ']', '[', '*', '_', '`', '~', '\\', '\n']);
        if (first && !between.is_empty()) || !(between.is_empty() || markup) {
            return false;
        }
        first = false;
        rest = after;
    }
    rest.is_empty()
}

proptest! {
    /// The text at the span of a finding is what the rule found.
    #[test]
    fn spans_hold_what_was_found(text in documents(), name in "a\\.(md|html|txt|foo)") {
        let set = rules(&[
            ("Raw", "extends: existence\nmessage: \"%s\"\nscope: raw\nnonword: true\ntokens: [pump, 'ü']"),
            ("Text", "extends: existence\nmessage: \"%s\"\nnonword: true\ntokens: [pump, valve, '日']"),
            ("Sentence", "extends: existence\nmessage: \"%s\"\nscope: sentence\nnonword: true\ntokens: [pump]"),
            ("Alt", "extends: existence\nmessage: \"%s\"\nscope: [alt, link, strong]\nnonword: true\ntokens: [pump]"),
        ]);
        let findings = lint_file(&set, &path(&name), text.as_bytes());
        for diagnostic in findings.diagnostics {
            if !diagnostic.code.starts_with("House.") {
                continue;
            }
            let span = diagnostic.span().unwrap().range();
            let found = text.get(span.clone());
            prop_assert!(found.is_some(), "{diagnostic:?}");
            let found = found.unwrap();
            if found != diagnostic.message {
                prop_assert!(is_around(found, &diagnostic.message), "{found:?} {diagnostic:?}");
            }
        }
    }

    /// Bytes of any kind never panic.
    #[test]
    fn anything_can_be_linted(bytes: Vec<u8>) {
        let set = rules(&[("R", WORDS)]);
        lint_file(&set, &path("a.md"), &bytes);
        lint_file(&set, &path("a.html"), &bytes);
    }
}
