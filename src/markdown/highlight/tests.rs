use proptest::prelude::*;

use super::*;

/// Highlighted code with `<k ...>` for each element.
fn short(language: &str, code: &str) -> String {
    let mut html = highlight(language, code);
    for class in ["k", "s", "c", "n", "f", "a", "i", "d"] {
        html = html.replace(&format!("<span class=\"{class}\">"), &format!("<{class} "));
    }
    html.replace("</span>", ">")
}

#[test]
fn classes_of_rust() {
    assert_eq!(
        short(
            "rust",
            "/// A\npub fn f<'a>(x: &'a str) -> u8 {\n    let y = \"b\\n\"; // c\n    g!(1, true)\n}\n"
        ),
        "<c /// A>\n<k pub fn> <f f>&lt;'a&gt;(x: &amp;'a <k str>) -&gt; <k u8> {\n    \
         <k let> y = <s \"b\\n\">; <c // c>\n    <f g!>(<n 1>, <n true>)\n}\n"
    );
}

#[test]
fn classes_of_data() {
    assert_eq!(
        short("json", "{ \"a\": [\"b\", -1.5, null] }"),
        "{ <a \"a\">: [<s \"b\">, <n -1.5>, <n null>] }"
    );
    assert_eq!(short("yaml", "# a\nb: 'c'\nd: 1\n"), "<c # a>\n<a b>: <s 'c'>\n<a d>: <n 1>\n");
    assert_eq!(short("toml", "[a]\nb = \"c\"\n"), "[<f a>]\n<a b> = <s \"c\">\n");
    assert_eq!(short("ini", "[a]\nb=1\n"), "[<f a>]\n<a b>=<s 1>\n");
}

#[test]
fn classes_of_shells() {
    assert_eq!(
        short("sh", "if ls -l \"$HOME\"; then x; fi # c\n"),
        "<k if> <f ls> <a -l> <s \"$HOME\">; <k then> <f x>; <k fi> <c # c>\n"
    );
    assert_eq!(
        short("console", "$ ls \\\n  -l\nfile -l\n$ pwd\n"),
        "$ <f ls> \\\n  <a -l>\nfile -l\n$ <f pwd>\n"
    );
    // Without a prompt all of it is code.
    assert_eq!(short("console", "ls -l\n"), "<f ls> <a -l>\n");
    assert_eq!(short("pycon", ">>> 1 + 1\n2\n"), "&gt;&gt;&gt; <n 1> + <n 1>\n2\n");
}

#[test]
fn classes_of_markup() {
    assert_eq!(
        short("html", "<a href=\"b\">c</a><!-- d -->\n"),
        "&lt;<f a> <a href>=<s \"b\">&gt;c&lt;/<f a>&gt;<c &lt;!-- d -->\n"
            .replace("d -->\n", "d --&gt;>\n")
    );
    assert_eq!(short("diff", "-a\n+b\n c\n"), "<d -a>\n<i +b>\n c\n");
}

#[test]
fn elements_do_not_span_lines() {
    let html = highlight("c", "/* a\n   b */ int\nx;\n");
    for line in html.lines() {
        assert_eq!(line.matches("<span").count(), line.matches("</span").count(), "{line}");
    }
    assert_eq!(short("c", "/* a\n   b */ int\nx;\n"), "<c /* a>\n   <c b */> <k int>\nx;\n");
}

#[test]
fn unknown_and_plain_languages_are_escaped() {
    for language in ["", "nope", "text", "output"] {
        assert_eq!(highlight(language, "a < \"b\" & c"), "a &lt; \"b\" &amp; c");
    }
}

#[test]
fn what_is_too_long_is_plain() {
    let long = format!("let a = \"{}\";\n", "x".repeat(MAX_LINE));
    let html = highlight("rust", &format!("{long}let b = 1;\n"));
    assert!(html.starts_with("let a = \"x"));
    assert!(html.ends_with("<span class=\"k\">let</span> b = <span class=\"n\">1</span>;\n"));
    let huge = "let a;\n".repeat(MAX_BLOCK / 7 + 1);
    assert_eq!(highlight("rust", &huge), huge);
}

/// See `ENDLESS` in `language.rs`.
#[test]
fn a_comment_behind_an_expression_ends() {
    for language in ["js", "javascript", "mjs", "jsx", "ts", "tsx", "svelte", "vue", "html"] {
        for code in ["x /*\n", "{ \"a\": \"b\"\n/* c\n*/ }", "<script>\nx /*\n</script>", "{ x /*"]
        {
            assert!(!highlight(language, code).is_empty());
        }
    }
}

/// As above, found in a manual: an array, and a comment that begins in the next line.
#[test]
fn a_comment_below_an_array_ends() {
    let code = "           - all other target kinds are [\"bin\"]\n        /* Whether the target \
                should be documented by `cargo doc`. */\n";
    for language in ["js", "javascript", "mjs", "cjs", "node", "jsx", "ts", "tsx", "babel"] {
        let html = highlight(language, code);
        assert!(html.contains("<span class=\"c\">/*"), "{language}: {html}");
    }
}

#[test]
fn keys_tell_language_and_code_apart() {
    assert_eq!(key("rust", "a"), key("rust", "a"));
    assert_ne!(key("rust", "a"), key("go", "a"));
    assert_ne!(key("rust", "a"), key("rust", "b"));
}

/// The text of highlighted code.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').unwrap().1;
    }
    text.push_str(rest);
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn no_character_is_lost(
        language in prop::sample::select(vec![
            "rust", "js", "ts", "python", "html", "css", "json", "yaml", "toml", "sh", "console", "md",
            "c", "cpp", "go", "java", "php", "ruby", "sql", "xml", "diff", "powershell", "pycon",
        ]),
        tokens in prop::collection::vec(
            prop::sample::select(vec![
                "a", "1", " ", "\n", "\t", "\"", "'", "`", "/*", "*/", "//", "#", "<", ">", "</", "<!--",
                "-->", "{", "}", "(", ")", "[", "]", ";", ":", "=", "$", "\\", "fn", "def", "<script>",
                "<?php", "é", "字", "\u{0}", "\r\n", "$ ", ">>> ", "<<EOF", "---", "&", "@", "%", "|",
            ]),
            0..60,
        ),
    ) {
        let code = tokens.concat();
        let html = highlight(language, &code);
        prop_assert_eq!(text(&html), code);
        for line in html.split('\n') {
            prop_assert_eq!(line.matches("<span class=\"").count(), line.matches("</span>").count());
        }
    }
}

/// Reads lines with syntect's own parser, and with ours. Lines on which ours skips a character
/// because rules send each other back and forth would keep syntect busy for ever: the languages
/// below have no such rules.
fn same_as_syntect(language: &str, code: &str) {
    use syntect::parsing::{ParseState, ScopeStackOp};

    use super::classes::effect_of;
    use super::reader::Change;

    let (language::Found::Syntax(syntax) | language::Found::Session(syntax, _)) =
        language::find(language)
    else {
        panic!("{language} is no language");
    };
    let mut theirs = ParseState::new(syntax);
    let mut ours = State::new(Context::first_of(syntax).unwrap());
    let mut reader = Reader::default();
    for line in code.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        let expected: Vec<(usize, Change)> = theirs
            .parse_line(line, &SYNTAXES)
            .unwrap()
            .into_iter()
            .filter_map(|(at, operation)| {
                let change = match operation {
                    ScopeStackOp::Push(scope) => Change::Push(effect_of(&scope.build_string())),
                    ScopeStackOp::Pop(count) => Change::Pop(count),
                    ScopeStackOp::Clear(amount) => Change::Clear(amount),
                    ScopeStackOp::Restore => Change::Restore,
                    ScopeStackOp::Noop => return None,
                };
                Some((at, change))
            })
            .collect();
        reader.line(&mut ours, line).unwrap();
        for (_, change) in &reader.changes {
            ours.apply(*change);
        }
        assert_eq!(reader.changes, expected, "{language}: {line:?} in {code:?}");
    }
}

/// Code that goes through the odder parts of grammars: texts that end where they say themselves,
/// languages in languages, numbers of all kinds, directives.
const ODD: &[(&str, &str)] = &[
    (
        "sh",
        "cat <<-'END' | sort\n\ta $b \\\n\tEND\n[[ $a =~ ^x+$ ]] && echo \"${a[@]:1}\"\ncase x in a|b) ;; esac\n",
    ),
    (
        "cpp",
        "auto s = R\"x(a)\" )x\"; // b\n#define A(x) \\\n  x##y\ntemplate<class T> auto f(T&& a) -> int { return 0x1'000u; }\n",
    ),
    ("c", "#include <a.h>\nstatic const struct s a[] = { [0] = { .b = 'c' } };\n"),
    ("ruby", "a = <<~X\n  b #{c}\nX\n%w[a b].each { |x| puts :x }\n/re#{1}/x\n"),
    ("php", "<p><?php echo <<<A\n $b {$c['d']}\nA;\n?></p>\n"),
    (
        "python",
        "def f(a: int = 1) -> str:\n    return f\"{a!r:>{w}}\" rb'\\d'\n@a.b\nclass C(D): pass\n",
    ),
    ("rust", "let s = r##\"a\"# b\"##;\n/* a /* b */ c */ fn f<'a>() where {}\n"),
    (
        "html",
        "<style>a { b: url(c) }</style><script>var a = `b${c}`; // d\n</script><p title='e'>&amp;</p>\n",
    ),
    ("md", "# a `b`\n\n- *c* [d](e \"f\")\n  ```rust\n  fn f() {}\n  ```\n> g\n"),
    ("yaml", "a: &b |2-\n   c\n   d: e\nf: [1, \"g\", *b] # h\n? i\n: !!str j\n"),
    (
        "cs",
        "var a = $@\"b {c:d} \"\"e\";\n#region f\n[G(1)] public async Task<H?> I() => await j;\n",
    ),
    ("powershell", "$a = @\"\n b $($c.d) `n\n\"@\nGet-Item -Path 'x' | % { $_ } # y\n"),
    ("java", "@A(b = 1) class C<D extends E> { /** {@link f} */ int g = 0b1_0; }\n"),
    ("go", "func (a *B) C(d ...int) (e error) { return `f`[1:2] }\n"),
    ("sql", "SELECT a.\"b\", 'c''d' FROM e -- f\nWHERE g IN (1, 2) /* h */;\n"),
    ("ts", "type A<B> = { [k in keyof B]?: B[k] };\nconst c = <D>(e: D): e is D => `f${g}`;\n"),
    ("lua", "local a = [==[ b ]] ]==] --[[ c ]] function d(...) end\n"),
    ("perl", "my $a = qq{b $c}; s{d}{e}gx; print <<'F';\nG\nF\n"),
    ("makefile", "A := $(shell ls $(B))\n.PHONY: c\nc: d\n\t@echo $< # e\n"),
    ("diff", "--- a\n+++ b\n@@ -1 +1 @@ c\n-d\n+e\n"),
    ("toml", "[a.b]\nc = '''d\ne''' # f\ng = 2020-01-01T00:00:00Z\n"),
    ("xml", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><d e='f'><![CDATA[g]]></d>\n"),
    ("tex", "\\begin{a}[b]{c} $d^2$ % e\n\\verb|f| \\end{a}\n"),
    ("dockerfile", "FROM a AS b\nRUN c && \\\n  d\nENV E=\"f\"\n"),
];

#[test]
fn reads_as_syntect_does() {
    for (language, code) in ODD {
        same_as_syntect(language, code);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    #[test]
    fn reads_all_code_as_syntect_does(
        (language, code) in prop::sample::select(ODD),
        cuts in prop::collection::vec((0_usize..200, 0_usize..40), 1..6),
    ) {
        // Pieces of the code in another order, so that much begins that never ends.
        let chars: Vec<char> = code.chars().collect();
        let mut text: String = cuts
            .iter()
            .flat_map(|(at, length)| chars.iter().cycle().skip(at % chars.len()).take(*length))
            .collect();
        text.push('\n');
        same_as_syntect(language, &text);
    }
}
