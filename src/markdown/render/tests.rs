use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::base::SourcePath;
use crate::config::Term;
use crate::markdown::highlight::highlight;
use crate::markdown::{ParseInput, parse, parse_commonmark};
use crate::source::{Listing, Source, SourceError};

mod balance;
mod cases;

/// No files: nothing to include.
struct Nothing;

impl Source for Nothing {
    fn list(&self, _: &SourcePath, _: &[SourcePath]) -> Result<Listing, SourceError> {
        Ok(Listing::default())
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
        Err(SourceError::Missing(path.clone()))
    }

    fn is_file(&self, _: &SourcePath) -> bool {
        false
    }
}

fn document(text: &str, settings: &Settings, commonmark: bool) -> Document {
    let path = SourcePath::new("page.md").unwrap();
    let root = SourcePath::root();
    let input =
        ParseInput { path: &path, bytes: text.as_bytes(), settings, root: &root, source: &Nothing };
    if commonmark { parse_commonmark(&input) } else { parse(&input).0 }
}

struct Page {
    doc: Document,
    settings: Settings,
    targets: Vec<Target>,
    prefix: &'static str,
}

impl Page {
    fn of(text: &str) -> Self {
        Self::with(text, Settings::default())
    }

    fn with(text: &str, settings: Settings) -> Self {
        Page { doc: document(text, &settings, false), settings, targets: Vec::new(), prefix: "" }
    }

    fn html(&self) -> String {
        render(&RenderInput {
            doc: &self.doc,
            targets: &self.targets,
            highlight: &|language, code| Some(highlight(language, code).into()),
            settings: &self.settings,
            id_prefix: self.prefix,
            words: &Words::default(),
        })
    }
}

fn html(text: &str) -> String {
    Page::of(text).html()
}

fn with_raw(text: &str, raw: RawHtml) -> String {
    let mut settings = Settings::default();
    settings.markdown.html = raw;
    Page::with(text, settings).html()
}

fn target(url: &str) -> Target {
    Target { url: url.to_owned(), ..Target::default() }
}

#[test]
fn links_and_images_go_where_the_site_says() {
    let mut page = Page::of("[a](a.md) ![b](b.png \"t\") [c](c.md) ![d](d.png) [e](e.md)");
    page.targets = vec![
        target("x/a.html?q=1&r=2"),
        Target { size: Some((640, 480)), ..target("i/b.0123.png") },
        Target { broken: true, ..Target::default() },
        Target { broken: true, ..target("d.png") },
    ];
    assert_eq!(
        page.html(),
        "<p><a href=\"x/a.html?q=1&amp;r=2\">a</a> \
         <img src=\"i/b.0123.png\" alt=\"b\" title=\"t\" width=\"640\" height=\"480\" decoding=\"async\" /> \
         <a href=\"c.md\" title=\"This link leads nowhere\" class=\"broken\">c</a> \
         <img src=\"d.png\" alt=\"d\" title=\"This image does not exist\" class=\"broken\" loading=\"lazy\" decoding=\"async\" /> \
         <a href=\"e.md\">e</a></p>\n"
    );
}

#[test]
fn addresses_in_raw_html_go_where_the_site_says() {
    let mut page = Page::of(
        "> <div>\n> <a href=\"a.md\"\n>  title='t'><img src=b.png></a>\n\nx <a href='c.md'>y</a>\n",
    );
    page.targets = vec![target("A&'"), target("B"), target("C'\"")];
    assert_eq!(
        page.html(),
        "<blockquote>\n<div>\n<a href=\"A&amp;&#39;\"\n title='t'><img src=\"B\"></a>\n</blockquote>\n\
         <p>x <a href='C&#39;&quot;'>y</a></p>\n"
    );
}

#[test]
fn a_prefix_keeps_the_ids_of_several_documents_apart() {
    let mut page = Page::of(
        "# A\n\n[l](#a) [m](b.md#c) n[^1]\n\n<p id=\"x\"><a href=\"#x\">y</a></p>\n\n\
         Term\n: Definition\n\n:::details{#d}\n:::\n\n[^1]: note\n",
    );
    page.prefix = "p-";
    page.targets = vec![target("#a"), target("#q-c"), target("#x")];
    let html = page.html();
    for expected in [
        "<h1 id=\"p-a\">",
        "class=\"anchor\" href=\"#p-a\"",
        "<a href=\"#p-a\">l</a>",
        "<a href=\"#q-c\">m</a>",
        "<p id=\"p-x\"><a href=\"#p-x\">y</a></p>",
        "<dt id=\"p-term\">",
        "<details id=\"p-d\"",
        "id=\"p-fr-1-1\" href=\"#p-footnote-1\"",
        "<li id=\"p-footnote-1\">",
        "href=\"#p-fr-1-1\"",
    ] {
        assert!(html.contains(expected), "{expected} in\n{html}");
    }
    assert_eq!(html.matches("id=\"").count(), html.matches("id=\"p-").count());
}

#[test]
fn words_of_another_language() {
    let words = Words::from_strings(|key| match key {
        "note" => Some("Hinweis <&>"),
        "permalink" => Some("Link \"hierher\""),
        _ => None,
    });
    let page = Page::of("# A\n\n> [!NOTE]\n> b\n");
    let html = render(&RenderInput {
        doc: &page.doc,
        targets: &[],
        highlight: &|_, _| None,
        settings: &page.settings,
        id_prefix: "",
        words: &words,
    });
    assert!(html.contains("Hinweis &lt;&amp;&gt;</p>"), "{html}");
    assert!(html.contains("aria-label=\"Link &quot;hierher&quot;\""), "{html}");
}

#[test]
fn a_file_that_was_not_parsed_is_shown() {
    let mut settings = Settings::default();
    settings.markdown.max_page_bytes = 8;
    let shown = Page::with("# <b>\n\nlonger\n", settings.clone()).html();
    assert_eq!(
        shown,
        "<p class=\"unparsed-note\" role=\"note\">This page could not be rendered. This is its source.</p>\n\
         <pre class=\"unparsed\" tabindex=\"0\"># &lt;b&gt;\n\nlonger\n</pre>\n"
    );
    let long = Page::with(&"ü".repeat(UNPARSED_BYTES), settings).html();
    assert!(long.len() < UNPARSED_BYTES + 1000);
    assert!(long.contains("copy is complete"));
}

#[test]
fn raw_html_is_shown_as_text_where_it_is_escaped() {
    let text = "a <b onclick=\"x()\">b</b> <!-- c -->\n\n<script>\nalert(1)\n</script>\n\n<!-- d -->\n\n\
                [x](javascript:alert(1)) [y](JaVa&#10;script:alert(1))\n";
    assert_eq!(
        with_raw(text, RawHtml::Escape),
        "<p>a &lt;b onclick=\"x()\"&gt;b&lt;/b&gt; </p>\n\
         <p>&lt;script&gt;\nalert(1)\n&lt;/script&gt;</p>\n\
         <p><a href=\"\">x</a> <a href=\"\">y</a></p>\n"
    );
}

#[test]
fn what_runs_or_imitates_is_taken_out_where_it_is_sanitized() {
    let dirty = with_raw(
        "<div onclick=\"x()\" data-nav=\"//evil\" style=\"position:fixed\" class=\"c\">\n\n**b**\n\n</div>\n\n\
         <script>alert(1)</script>\n\n<iframe src=\"x\"></iframe>\n\n\
         <form action=\"y\"><input type=\"password\" name=\"p\"><button>z</button></form>\n\n\
         [x](javascript:alert(1)) <a href=\"java&#9;script:alert(1)\">y</a> <sc<b>ript>\n\n\
         <svg><style><img src=x onerror=alert(1)></style></svg>\n\n<base href=\"//evil\">\n",
        RawHtml::Sanitize,
    );
    for evil in [
        "onclick",
        "style",
        "<script",
        "iframe",
        "<form",
        "password",
        "<button",
        "javascript",
        "onerror",
        "data-nav",
        "<svg",
        "<base",
    ] {
        assert!(!dirty.contains(evil), "{evil} in\n{dirty}");
    }
    assert!(dirty.contains("<div class=\"c\">"), "{dirty}");
    assert!(dirty.contains("<strong>b</strong>"), "{dirty}");
}

/// What we render ourselves survives, but for the way that void elements and empty attributes
/// are written.
#[test]
fn sanitizing_keeps_what_is_ours() {
    let text = "# A {.c}\n\n```rust title=\"x\" {1} linenos=3 copy=false\nlet a = 1; // 2345678901234567890\n```\n\n\
                | a | b |\n|:-|-:|\n| [l](m.md) | looooooooooooooooooong |\n\n- [x] a\n- [ ] b\n\n\
                c[^1]\n\n> [!NOTE]\n> d\n\n:::::tabs{sync=x}\n::::tab[e]\nf\n::::\n:::::\n\n\
                :::details[g]{open}\nh\n:::\n\n:::figure[i]\n![j](k.png)\n:::\n\nl\n: m\n\n[^1]: n\n";
    let plain = |html: &str| {
        html.replace(" />", ">").replace("/>", ">").replace("=\"\"", "").replace("&gt;", ">")
    };
    let attributes = |html: &str| {
        // The sanitizer sorts nothing but writes attributes in an order of its own.
        let mut words: Vec<String> = plain(html)
            .split(['<', '>', ' '])
            .filter(|word| !word.trim().is_empty())
            .map(str::to_owned)
            .collect();
        words.sort();
        words
    };
    let clean = with_raw(text, RawHtml::Sanitize);
    assert_eq!(attributes(&clean), attributes(&html(text)));
}

#[test]
fn heading_attributes_cannot_run_anything() {
    let html = html("# A {#x .c onclick=\"f()\" style=\"color:red\" lang=de a\"b=c}\n");
    assert!(html.starts_with("<h1 id=\"x\" class=\"c\" lang=\"de\""), "{html}");
    assert!(!html.contains("onclick") && !html.contains("style"), "{html}");
}

#[test]
fn a_link_to_a_word_of_the_glossary_says_what_it_means() {
    let mut settings = Settings::default();
    let term = Term {
        expands: Some("Transport Layer Security".to_owned()),
        definition: Some("Keeps *secrets*, see [\"the page\"](tls.md).".to_owned()),
        ..Term::default()
    };
    settings.terms.insert("TLS".to_owned(), term);
    settings.terms.insert("email".to_owned(), Term::default());
    let page = |text: &str| Page::with(text, settings.clone()).html();
    assert_eq!(
        page("[TLS](glossary.md#tls)"),
        "<p><a href=\"glossary.md#tls\" class=\"term\" data-about=\"Transport Layer Security: Keeps \
         secrets, see &quot;the page&quot;.\">TLS</a></p>\n"
    );
    for text in ["[more](glossary.md#tls)", "[TLS](tls.md)", "[email](a.md#email)", "[TLS](#tls-1)"]
    {
        assert!(!page(text).contains("class="), "{text}");
    }
}

#[test]
fn formulas_are_mathml_and_what_cannot_be_read_is_shown() {
    let mut settings = Settings::default();
    settings.markdown.math = true;
    let page = |text: &str| Page::with(text, settings.clone()).html();
    assert_eq!(page("$a$"), "<p><span class=\"math\"><math><mi>a</mi></math></span></p>\n");
    assert!(page("$$a$$").contains("<span class=\"math display\"><math display=\"block\">"));
    assert_eq!(page("$\\no<$"), "<p><code class=\"math\">\\no&lt;</code></p>\n");
}

#[test]
fn short_words_of_inline_code_do_not_break_at_hyphens() {
    assert_eq!(html("`--since`"), "<p><code class=\"nb\">--since</code></p>\n");
    assert_eq!(html("`a  --b <c`"), "<p><code>a  <span class=\"nb\">--b</span> &lt;c</code></p>\n");
    let long = "an-option-that-is-wider-than-a-phone";
    assert_eq!(
        html(&format!("`{long}` `ab`")),
        format!("<p><code>{long}</code> <code>ab</code></p>\n")
    );
}

#[test]
fn footnotes_have_unique_ids() {
    let html = html(
        "# footnote-a\n\nx[^a] y[^A] z[^b]\n\n[^a]: one[^b]\n[^b]: two[^a]\n\n[^c]: nobody\n\n[^a]: twice\n",
    );
    let ids: Vec<&str> =
        html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "{html}");
    for fragment in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(ids.contains(&fragment), "{fragment} in\n{html}");
    }
    for text in ["one", "two", "nobody"] {
        assert!(html.contains(text), "{html}");
    }
    // Three references to the first note, two of them in the text.
    assert_eq!(html.matches("href=\"#fr-a-").count(), 3, "{html}");
}

#[test]
fn texts_and_descriptions() {
    let page = Page::of(
        "# Title\n\n[![badge](b.svg)](x)\n\n> [!NOTE]\n> A *note* with `code`[^1],\n> a [link](l.md) and <b>HTML</b>.\n\n[^1]: not this\n",
    );
    assert_eq!(description(&page.doc), "A note with code, a link and HTML.");
    let all = 0..u32::try_from(page.doc.nodes.len()).unwrap();
    assert_eq!(text_of(&page.doc, all), "Title badge A note with code, a link and HTML. not this");
    assert_eq!(description(&Page::of("# Only\n\n```\ncode\n```\n").doc), "");
    assert_eq!(text_of(&Page::of("```\na\n```\n").doc, 0..9), "a");
}

#[test]
fn examples_of_directives_are_in_order() {
    for kind in crate::markdown::directives::REGISTRY {
        let path = SourcePath::new("page.md").unwrap();
        let root = SourcePath::root();
        let mut settings = Settings::default();
        let term = Term { expands: Some("Transport Layer Security".to_owned()), ..Term::default() };
        settings.terms.insert("TLS".to_owned(), term);
        let bytes = kind.example.as_bytes();
        let input =
            ParseInput { path: &path, bytes, settings: &settings, root: &root, source: &Nothing };
        let (_, diagnostics) = parse(&input);
        assert_eq!(diagnostics, [], "{}", kind.name);
        let html = html(kind.example);
        assert!(!html.contains(":::"), "{html}");
        assert!(html.contains(&format!(" class=\"{}\"", kind.name)), "{html}");
        assert_eq!(balance::check(&html), Ok(()), "{html}");
    }
}

#[test]
fn every_highlighted_block_is_listed() {
    let page = Page::of(
        "```rust\n# hidden\nx\n```\n\n    indented\n\n- ```\n  plain\n  ```\n\n> ```sh\n> y\n> ```\n",
    );
    let blocks: Vec<_> = code_blocks(&page.doc).collect();
    assert_eq!(blocks, [("rust", "hidden\nx\n"), ("sh", "y\n")]);
}

/// Takes what we add to plain Markdown out again.
fn without_additions(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, from) = rest.split_at(at);
        out.push_str(text);
        let end = from.find('>').map_or(from.len(), |at| at + 1);
        let (tag, after) = from.split_at(end);
        rest = after;
        if tag.starts_with("<div") && tag.ends_with("class=\"code\">") {
            continue;
        }
        if tag.starts_with("<a class=\"anchor\"") {
            rest = rest.strip_prefix("</a>").unwrap();
            continue;
        }
        if tag.starts_with("<figure") && tag.ends_with("class=\"code\">") {
            rest = rest.split_once("</figcaption>").unwrap().1;
            continue;
        }
        if tag == "<span class=\"nb\">" {
            let (word, after) = rest.split_once("</span>").unwrap();
            out.push_str(word);
            rest = after;
            continue;
        }
        if tag == "</pre>" {
            out.push_str(tag);
            let stripped = rest.strip_prefix("</div>").or_else(|| rest.strip_prefix("</figure>"));
            rest = stripped.unwrap();
            continue;
        }
        if tag.starts_with("<pre ") {
            out.push_str("<pre>");
            continue;
        }
        if tag.starts_with("<code class=\"") {
            out.push_str("<code>");
            continue;
        }
        let heading =
            tag.starts_with("<h") && tag.as_bytes().get(2).is_some_and(u8::is_ascii_digit);
        if heading {
            out.push_str(&tag[..3]);
            out.push('>');
            continue;
        }
        out.push_str(&tag.replace(" loading=\"lazy\"", "").replace(" decoding=\"async\"", ""));
    }
    out.push_str(rest);
    out
}

/// The same of the reference, which splits info strings in another way.
fn reference(text: &str) -> String {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, pulldown_cmark::Parser::new(text));
    let mut out = String::new();
    for (part, index) in html.split("<code class=\"language-").zip(0..) {
        if index == 0 {
            out.push_str(part);
        } else {
            out.push_str("<code>");
            out.push_str(part.split_once("\">").unwrap().1);
        }
    }
    out.replace("&#39;", "'")
}

fn commonmark(text: &str) -> String {
    let settings = Settings::default();
    let doc = document(text, &settings, true);
    without_additions(&render(&RenderInput {
        doc: &doc,
        targets: &[],
        highlight: &|_, _| None,
        settings: &settings,
        id_prefix: "",
        words: &Words::default(),
    }))
}

/// Markdown without raw HTML, whose blocks and inlines meet in every way.
fn soup() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a",
        "b ",
        "*",
        "**",
        "_",
        "`",
        "``",
        "~~",
        "[",
        "]",
        "(",
        ")",
        "![",
        "](u)",
        "](<u&v> \"t\")",
        "\\",
        "&amp;",
        "&#0;",
        "  \n",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "+ ",
        "1. ",
        "7) ",
        "# ",
        "## ",
        "\n===\n",
        "\n---\n",
        "***\n",
        "```\n",
        "~~~x y\n",
        "    ",
        "\t",
        "[r]: /u 't'\n",
        "[r]",
        "|",
        "\n|-|:-:|\n",
        "[^1]",
        "\n[^1]: ",
        "[ ] ",
        "[x] ",
        "\n: ",
        "> [!TIP]\n",
        ":::tip[l]\n",
        "::::tabs\n",
        ":::tab[l]\n",
        ":::details\n",
        ":::figure[c]\n",
        ":::\n",
        "::::\n",
        "$",
        "$$",
        "<http://a.b>",
        "é",
        "\"",
        "'",
        "{#i .c}",
        "{",
        "}",
        "&lt;",
        "\u{a0}",
        "!",
        "rust",
        "//",
    ]);
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn plain_markdown_comes_out_as_the_reference_writes_it(text in soup()) {
        prop_assert_eq!(commonmark(&text), reference(&text));
    }

    #[test]
    fn what_we_write_is_balanced(text in soup(), math: bool) {
        let mut settings = Settings::default();
        settings.markdown.math = math;
        let page = Page::with(&text, settings);
        if let Err(error) = balance::check(&page.html()) {
            prop_assert!(false, "{} in\n{}", error, page.html());
        }
    }

    #[test]
    fn anything_is_rendered(text in "\\PC{0,80}", raw in 0..3) {
        let raw = [RawHtml::Allow, RawHtml::Escape, RawHtml::Sanitize][raw as usize];
        with_raw(&text, raw);
    }

    #[test]
    fn descriptions_are_short(text in soup()) {
        let page = Page::of(&text);
        prop_assert!(description(&page.doc).chars().count() <= 161);
    }
}
