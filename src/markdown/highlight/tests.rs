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
