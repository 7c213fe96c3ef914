use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use super::*;
use crate::config::Set;
use crate::markdown::{LinkKind, NodeKind};
use crate::source::{Listing, SourceError};

/// A few files in memory. A file that says `->outside` is a link that leads out.
#[derive(Default)]
pub(super) struct Files(pub(super) BTreeMap<String, Vec<u8>>);

impl Files {
    fn of(files: &[(&str, &str)]) -> Files {
        Files(files.iter().map(|(p, c)| ((*p).to_owned(), c.as_bytes().to_vec())).collect())
    }
}

impl Source for Files {
    fn list(&self, _: &SourcePath, _: &[SourcePath]) -> Result<Listing, SourceError> {
        Ok(Listing::default())
    }

    fn read(&self, path: &SourcePath) -> Result<Arc<[u8]>, SourceError> {
        match self.0.get(path.as_str()) {
            Some(bytes) if bytes == b"->outside" => Err(SourceError::Outside(path.clone())),
            Some(bytes) => Ok(Arc::from(bytes.as_slice())),
            None => Err(SourceError::Missing(path.clone())),
        }
    }

    fn is_file(&self, path: &SourcePath) -> bool {
        self.0.contains_key(path.as_str())
    }
}

pub(super) fn settings() -> Settings {
    let mut settings = Settings::default();
    let variables = [("version", "1.2"), ("strong", "**x**"), ("long-name", "a")];
    for (name, value) in variables {
        settings.vars.insert(name.to_owned(), Set { value: value.to_owned(), ..Set::default() });
    }
    settings
}

pub(super) fn parse_with(
    page: &[u8],
    files: &Files,
    settings: &Settings,
) -> (Document, Vec<Diagnostic>) {
    parse_so_much(page, files, settings, Detail::Whole)
}

pub(super) fn parse_so_much(
    page: &[u8],
    files: &Files,
    settings: &Settings,
    detail: Detail,
) -> (Document, Vec<Diagnostic>) {
    let input = ParseInput {
        path: &SourcePath::new("docs/page.md").unwrap(),
        bytes: page,
        settings,
        root: &SourcePath::root(),
        source: files,
    };
    parse_detail(&input, detail)
}

fn page(text: &str) -> (Document, Vec<Diagnostic>) {
    parse_with(text.as_bytes(), &Files::default(), &settings())
}

/// The tree as an outline: kinds, and the source of what has no children.
fn outline(document: &Document) -> String {
    let mut out = String::new();
    let mut ends: Vec<NodeEnd> = Vec::new();
    type NodeEnd = u32;
    for (index, node) in document.nodes.iter().enumerate() {
        while ends.last().is_some_and(|end| *end as usize <= index) {
            ends.pop();
        }
        let name = format!("{:?}", node.kind);
        let name = name.split(['(', ' ']).next().unwrap_or_default();
        let _ = write!(out, "{}{name}", "  ".repeat(ends.len()));
        match &node.kind {
            NodeKind::Text(text) | NodeKind::Code(text) | NodeKind::Html(text) => {
                let _ = write!(out, " {text:?}");
            }
            NodeKind::Alert(alert) => {
                let _ = write!(out, " {:?}", alert.kind);
            }
            NodeKind::Item(Some(done)) => {
                let _ = write!(out, " {done}");
            }
            _ => {}
        }
        out.push('\n');
        ends.push(node.end);
    }
    out
}

/// Diagnostics as `code: source text`.
fn told(text: &str, diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .map(|d| {
            assert!(!d.message.ends_with('.') && d.help.is_some(), "{d:?}");
            let span = d.span().unwrap();
            format!("{}: {}", d.code, text.get(span.range()).unwrap_or("?"))
        })
        .collect()
}

fn codes_of(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|d| &*d.code).collect()
}

mod includes {
    use super::*;

    fn included(text: &str, files: &[(&str, &str)]) -> (String, Vec<Diagnostic>) {
        let (document, diagnostics) =
            parse_with(text.as_bytes(), &Files::of(files), &Settings::default());
        (document.text, diagnostics)
    }

    const LINES: &str = "one\ntwo\nthree\nfour\n";
    const ANCHORED: &str =
        "a\n// ANCHOR: x\nb\n// ANCHOR: y\nc\n// ANCHOR_END: y\nd\n// ANCHOR_END: x\ne\n";

    #[test]
    fn ranges_and_anchors() {
        let files = [("docs/l.txt", LINES), ("docs/a.rs", ANCHORED)];
        for (written, expected) in [
            ("l.txt", "one\ntwo\nthree\nfour"),
            ("l.txt:2", "two"),
            ("l.txt:2:", "two\nthree\nfour"),
            ("l.txt::2", "one\ntwo"),
            ("l.txt:2:3", "two\nthree"),
            ("l.txt:3:99", "three\nfour"),
            ("l.txt:0", "one"),
            ("./../docs/l.txt:4", "four"),
            ("/docs/l.txt:4", "four"),
            ("a.rs:x", "b\nc\nd"),
            ("a.rs:y", "c"),
        ] {
            let (text, diagnostics) = included(&format!("<{{{{#include {written}}}}}>"), &files);
            assert_eq!((text, diagnostics), (format!("<{expected}>"), vec![]), "{written}");
        }
    }

    #[test]
    fn rustdoc_includes_hide_the_rest() {
        let files = [("docs/l.txt", LINES), ("docs/a.rs", ANCHORED)];
        let (text, _) = included("{{#rustdoc_include l.txt:2:3}}", &files);
        assert_eq!(text, "# one\ntwo\nthree\n# four");
        let (text, _) = included("{{#rustdoc_include a.rs:y}}", &files);
        assert_eq!(text, "# a\n# b\nc\n# d\n# e");
        let (text, _) = included("{{#rustdoc_include l.txt}}", &files);
        assert_eq!(text, "one\ntwo\nthree\nfour");
    }

    #[test]
    fn playgrounds_are_code() {
        let files = [("docs/m.rs", "fn main() {}")];
        let (text, _) = included("{{#playground m.rs editable hide}}", &files);
        assert_eq!(text, "```rust,editable,hide\nfn main() {}\n```\n");
        let (text, _) = included("{{#playpen m.rs}}", &files);
        assert_eq!(text, "```rust\nfn main() {}\n```\n");
    }

    #[test]
    fn escapes_and_what_is_no_include() {
        let text =
            "\\{{#include x}} }} a\n{{#if x}} {{ #include }} {{#include}} {{x}} {{#include x";
        let (out, diagnostics) = included(text, &[]);
        assert_eq!(out, &text[1..]);
        assert_eq!(diagnostics, []);
    }

    #[test]
    fn in_code_and_nested_with_spans_in_the_right_file() {
        let files = [("docs/sub/b.md", "*b* {{#include c.md}}\n"), ("docs/sub/c.md", "c")];
        let text = "```\n{{#include sub/b.md}}\n```\n";
        let (document, diagnostics) =
            parse_with(text.as_bytes(), &Files::of(&files), &Settings::default());
        assert_eq!(diagnostics, []);
        assert_eq!(document.text, "```\n*b* c\n```\n");
        let c = document.text.find('c').unwrap() as u32;
        let span = document.span(&(c..c + 1));
        assert_eq!((span.file.as_str(), span.range()), ("docs/sub/c.md", 0..1));
        let files: Vec<_> = document.includes.iter().map(SourcePath::as_str).collect();
        assert_eq!(files, ["docs/sub/b.md", "docs/sub/c.md"]);
    }

    #[test]
    fn titles_and_front_matter_of_included_pages() {
        let files = [("docs/b.md", "---\ntitle: B\n---\n# B\n")];
        let text = "{{#title My Page }}\n{{#include b.md}}\n";
        let (document, _) = parse_with(text.as_bytes(), &Files::of(&files), &Settings::default());
        assert_eq!(document.title(), Some("My Page"));
        assert_eq!(document.text, "\n# B\n");
        let text = "---\ntitle: T\n---\n{{#title My Page}}";
        assert_eq!(page(text).0.title(), Some("T"));
    }

    #[test]
    fn failures_stay_as_written() {
        let files = [
            ("docs/a.rs", ANCHORED),
            ("docs/link", "->outside"),
            ("top.md", "t"),
            ("docs/self.md", "{{#include self.md}}"),
        ];
        for (text, code, help) in [
            ("{{#include no.md}}", "include/missing-file", "check the path"),
            ("{{#include top.md}}", "include/missing-file", "write `../top.md`"),
            ("{{#include ../../x}}", "include/outside", "name a file"),
            ("{{#include link}}", "include/outside", "include a file"),
            ("{{#include a.rs:xy}}", "include/missing-anchor", "did you mean `x`?"),
            ("{{#include a.rs:50}}", "include/empty-range", "lines count from 1"),
            ("{{#inclde a.rs}}", "include/unknown-helper", "write `#include`"),
            ("{{#include a\\b}}", "include/missing-file", "name a file"),
        ] {
            let (out, diagnostics) = included(text, &files);
            assert_eq!(out, text);
            assert_eq!(told(text, &diagnostics), [format!("{code}: {text}")]);
            assert!(diagnostics[0].help.as_deref().unwrap().starts_with(help), "{diagnostics:?}");
        }
    }

    #[test]
    fn a_missing_file_is_told_at_each_place() {
        let (_, diagnostics) = included("{{#include no.md}} {{#include no.md}}", &[]);
        assert_eq!(diagnostics.len(), 2);
    }

    #[test]
    fn cycles_end_with_their_chain() {
        let files = [
            ("docs/a.md", "a {{#include b.md}}"),
            ("docs/b.md", "b {{#include a.md}}"),
            ("docs/page.md", "p {{#include page.md}}"),
        ];
        let (text, diagnostics) = included("{{#include a.md}}", &files);
        assert_eq!(text, "a b {{#include a.md}}");
        assert_eq!(codes_of(&diagnostics), ["include/cycle"]);
        assert_eq!(
            diagnostics[0].message,
            "`docs/a.md` includes itself: `docs/a.md` → `docs/b.md` → `docs/a.md`"
        );
        assert_eq!(diagnostics[0].span().unwrap().file.as_str(), "docs/b.md");
        let (text, diagnostics) = included("p {{#include page.md}}", &files);
        assert_eq!((text.as_str(), diagnostics.len()), ("p {{#include page.md}}", 1));
    }

    #[test]
    fn a_part_of_the_page_itself_is_no_cycle() {
        let text = "{{#include page.md:x}}\n<!-- ANCHOR: x -->\nx\n<!-- ANCHOR_END: x -->\n";
        let (out, diagnostics) = included(text, &[("docs/page.md", text)]);
        assert!(out.starts_with("x\n"));
        assert_eq!(diagnostics, []);
    }

    #[test]
    fn ten_levels_and_bombs() {
        let names: Vec<String> = (0..13).map(|i| format!("docs/{i}.md")).collect();
        let chain: Vec<String> =
            (0..13).map(|i| format!("{i}{{{{#include {}.md}}}}", i + 1)).collect();
        let files: Vec<(&str, &str)> =
            names.iter().zip(&chain).map(|(n, c)| (n.as_str(), c.as_str())).collect();
        let (text, diagnostics) = included("{{#include 0.md}}", &files);
        assert_eq!(text, "0123456789{{#include 10.md}}");
        assert_eq!(codes_of(&diagnostics), ["include/too-deep"]);

        for leaf in ["x".repeat(1000), String::new()] {
            let bomb: Vec<String> = (0..9)
                .map(|i| format!("{{{{#include {}.md}}}}", i + 1).repeat(20))
                .chain([leaf])
                .collect();
            let files: Vec<(&str, &str)> =
                names.iter().zip(&bomb).map(|(n, c)| (n.as_str(), c.as_str())).collect();
            let mut settings = Settings::default();
            settings.markdown.max_page_bytes = 100_000;
            let text = "{{#include 0.md}}";
            let (document, diagnostics) =
                parse_with(text.as_bytes(), &Files::of(&files), &settings);
            assert!(document.unparsed && document.text == text);
            assert_eq!(codes_of(&diagnostics), ["text/too-large"]);
        }
    }
}

#[test]
fn variables_are_replaced_outside_code() {
    let text = "v{{ var.version }} {{var.strong}} `{{ var.version }}` \\{{ var.version }} \
        {{ version }} {{ var.other }} {{ var.verison }}\n\n    {{ var.version }}\n";
    let (document, diagnostics) = page(text);
    assert_eq!(
        document.text,
        "v1.2 **x** `{{ var.version }}` \\{{ var.version }} {{ version }} {{ var.other }} \
         {{ var.verison }}\n\n    {{ var.version }}\n"
    );
    assert_eq!(told(text, &diagnostics), ["variable/unknown: {{ var.verison }}"]);
    let at = document.text.find("1.2").unwrap() as u32;
    assert_eq!(&text[document.span(&(at..at + 3)).range()], "{{ var.version }}");
    assert!(document.nodes.iter().any(|n| n.kind == NodeKind::Strong));
}

mod tree {
    use super::*;

    #[test]
    fn a_tight_list_a_table_and_a_quote() {
        let (document, diagnostics) =
            page("- [x] a &amp; \"b\"\n- c\n\n| h |\n|:-:|\n| `x\\|y` |\n\n> q\n> r\n");
        assert_eq!(diagnostics, []);
        assert_eq!(
            outline(&document),
            "List\n  Item true\n    Text \"a \"\n    Text \"&\"\n    Text \" \"\n    Text \"“\"\n    \
             Text \"b\"\n    Text \"”\"\n  Item\n    Text \"c\"\nTable\n  TableHead\n    TableCell\n      \
             Text \"h\"\n  TableRow\n    TableCell\n      Code \"x|y\"\nBlockQuote\n  Paragraph\n    \
             Text \"q\"\n    SoftBreak\n    Text \"r\"\n"
        );
    }

    #[test]
    fn code_has_its_text_and_html_is_one_node() {
        let (document, _) =
            page("```rust x\r\na\r\nb\r\n```\r\n<div>\r\n<p>\r\n\r\n> <div\r\n> a>\r\n");
        let code = document.nodes.iter().find_map(|n| match &n.kind {
            NodeKind::CodeBlock(code) => Some((code.code.clone(), code.language.clone())),
            _ => None,
        });
        assert_eq!(code, Some(("a\nb\n".to_owned(), "rust".to_owned())));
        let html: Vec<&str> = document
            .nodes
            .iter()
            .filter_map(|n| match &n.kind {
                NodeKind::Html(html) => Some(&**html),
                _ => None,
            })
            .collect();
        assert_eq!(html, ["<div>\r\n<p>\r\n", "<div\r\n", "a>\r\n"]);
    }

    #[test]
    fn alerts_footnotes_terms_and_math() {
        let mut settings = settings();
        settings.markdown.math = true;
        let text = "> [!TIP]\n> t\n\na[^1] $x$\n\n[^1]: f\n\nterm\n: def\n";
        let (document, _) = parse_with(text.as_bytes(), &Files::default(), &settings);
        assert_eq!(
            outline(&document),
            "Alert Tip\n  Paragraph\n    Text \"t\"\nParagraph\n  Text \"a\"\n  FootnoteReference\n  \
             Text \" \"\n  Math\nFootnoteDefinition\n  Paragraph\n    Text \"f\"\nDefinitionList\n  \
             DefinitionTerm\n    Text \"term\"\n  DefinitionDetails\n    Text \"def\"\n"
        );
        assert_eq!(document.anchors[0].id, "term");
    }

    #[test]
    fn words_are_those_of_prose() {
        let (document, _) =
            page("# Two words\n\nAnd `three more`, it's\nso.\n\n    code here\n\n![alt](x)\n");
        assert_eq!(document.words, 7);
    }
}

mod headings {
    use super::*;

    fn ids(text: &str) -> Vec<String> {
        page(text).0.headings.iter().map(|h| h.id.clone()).collect()
    }

    #[test]
    fn ids_are_those_of_mdbook() {
        assert_eq!(
            ids(
                "# A `b` *C* &amp; \"d\" ![alt](x)\n# Über [L](x) <b>raw</b>[^1]\n# !\n# !\n\n[^1]: # Foot\n"
            ),
            ["a-b-c--d", "über-l-raw1", "section", "section-1", "foot"]
        );
        assert_eq!(
            ids("# a\n# a {#a}\n# a\n# a-1\n# b {id=x .k y=z}\n"),
            ["a", "a", "a-1", "a-1-1", "x"]
        );
        assert_eq!(
            ids("Two\nlines\n====\n\ntwo-lines\n: x\n\n# two lines\n"),
            ["two-lines", "two-lines-2"]
        );
        assert_eq!(ids("[^n]: # a\n\n# a[^n]\n# a\n"), ["a", "a1", "a-1"]);
    }

    #[test]
    fn texts_and_attributes() {
        let (document, _) = page("## A `b` ![alt *x*](i) {.c k=v}\n");
        let heading = &document.headings[0];
        assert_eq!((heading.text.as_str(), heading.level), ("A b alt x", 2));
        assert_eq!(heading.classes, ["c"]);
        assert_eq!(heading.attributes, [("k".to_owned(), Some("v".to_owned()))]);
        assert_eq!(document.title(), Some("A b alt x"));
        assert_eq!(document.plain_text(heading.node), "A b alt x");
    }

    #[test]
    fn raw_html_headings_are_listed() {
        let text = "<h2 id=\"x\" class='a b'>An &amp; <em>o</em></h2>\n\n<h3>\n\nMark*down*\n\n</h3>\n\ntext\n";
        let (document, _) = page(text);
        let shown: Vec<_> =
            document.headings.iter().map(|h| (h.level, h.id.as_str(), h.text.as_str())).collect();
        assert_eq!(shown, [(2, "x", "An & o"), (3, "", "Markdown")]);
        assert_eq!(document.headings[0].classes, ["a", "b"]);
        assert!(document.anchors.is_empty());
        let range = document.headings[0].range.clone();
        assert_eq!(&text[range.start as usize..range.end as usize], text.lines().next().unwrap());
    }

    #[test]
    fn the_title_is_the_first_heading_of_the_first_level() {
        assert_eq!(page("## b\n# a\n").0.title(), Some("a"));
        assert_eq!(page("## b\n").0.title(), Some("b"));
        assert_eq!(page("text").0.title(), None);
    }
}

mod links {
    use super::*;

    /// `kind dest <where it is written>`.
    fn links(text: &str) -> Vec<String> {
        let (document, _) = page(text);
        document
            .links
            .iter()
            .map(|link| {
                let at = link.dest_range.clone();
                let at = at.map_or("-", |at| &document.text[at.start as usize..at.end as usize]);
                if let Some(inner) = &link.attribute {
                    let NodeKind::Html(html) = &document.nodes[link.node as usize].kind else {
                        panic!("an attribute outside of HTML")
                    };
                    assert_eq!(&html[inner.start as usize..inner.end as usize], at);
                }
                format!("{:?} {} <{at}>", link.kind, link.dest)
            })
            .collect()
    }

    #[test]
    fn every_way_to_write_one() {
        assert_eq!(
            links(
                "[a](b.md#c \"t\") [x]( <d e> ) [![i](j)](k(l)) [](m) [n](o\\_p&amp;q) [r][s] [s][] [s]\n\
                 <https://t.u> <v@w.x> [ `](` ](y)\n\n> [z](\n> w \"t\")\n>\n> [s]:\n> <1 2> 'T'\n"
            ),
            [
                "Link b.md#c <b.md#c>",
                "Link d e <d e>",
                "Link k(l) <k(l)>",
                "Image j <j>",
                "Link m <m>",
                "Link o_p&q <o\\_p&amp;q>",
                "Link 1 2 <1 2>",
                "Link 1 2 <1 2>",
                "Link 1 2 <1 2>",
                "Link https://t.u <https://t.u>",
                "Link mailto:v@w.x <v@w.x>",
                "Link y <y>",
                "Link w <w>",
            ]
        );
    }

    #[test]
    fn attributes_of_raw_html() {
        assert_eq!(
            links(
                "<a href=\"b?c&amp;d\" id='i'>x</a> [m](n) <img\n src=o srcset='p 1x, q 2x'>\n\n\
                 <video poster=r><source src=\"s\"><!-- <a href=t> --></video>\n\n\
                 <script src=u>'<a href=v>'</script>\n\n> <a\n> href='w'>y</a>\n"
            ),
            [
                "Link b?c&d <b?c&amp;d>",
                "Link n <n>",
                "Image o <o>",
                "Image p <p>",
                "Image q <q>",
                "Image r <r>",
                "Resource s <s>",
                "Resource u <u>",
                "Link w <w>",
            ]
        );
        let (document, _) = page("<a name=n></a> <p id=\"q\">\n");
        let ids: Vec<&str> = document.anchors.iter().map(|a| a.id.as_str()).collect();
        assert_eq!(ids, ["n", "q"]);
    }

    #[test]
    fn escaped_html_has_no_links() {
        let mut settings = settings();
        settings.markdown.html = crate::config::RawHtml::Escape;
        let (document, _) =
            parse_with(b"<a href=x id=y>\n\n<h2>z</h2>\n", &Files::default(), &settings);
        assert!(document.links.is_empty() && document.anchors.is_empty());
        assert!(document.headings.is_empty());
    }

    #[test]
    fn undefined_references_are_told_where_they_are_meant() {
        let text = "[a][nope] ![b][no] [c][] [d] x[0][1] - [ ] [^f] `[e][f]`\n";
        let (document, diagnostics) = page(text);
        assert_eq!(
            told(text, &diagnostics),
            [
                "link/undefined-reference: [a][nope]",
                "link/undefined-reference: ![b][no]",
                "link/undefined-reference: [c]"
            ]
        );
        assert!(document.links.is_empty());
    }

    #[test]
    fn what_links_to_pages_say_is_listed() {
        let long = "so ".repeat(50);
        let text = format!(
            "[:gear-2: the *first* `one`](a.md) [:rocket:](b.md) [two\nlines][r] ![alt](i.png) [![alt](i.png)](b.md) [](c.md)\n\
             [here](#id) [out](https://e.example) <https://e.example> <me@e.example> [d.md](d.md#id)\n\
             [{long}](e.md) [https://f.example](f.md) <a href=\"g.md\">g</a>\n\n[r]: ../r.md 'T'\n"
        );
        let (document, _) = page(&text);
        let texts = document.link_texts.iter().map(|l| format!("{} {}", l.dest, l.text));
        assert_eq!(
            texts.collect::<Vec<_>>(),
            ["a.md the first one", "../r.md two lines", "d.md#id d.md"]
        );
    }

    #[test]
    fn a_link_to_a_page_keeps_what_kind_it_is() {
        let (document, _) = page("[a](b.png) ![c](d)");
        assert_eq!(
            document.links.iter().map(|l| l.kind).collect::<Vec<_>>(),
            [LinkKind::Link, LinkKind::Image]
        );
    }
}

mod directives {
    use super::*;

    fn told_of(text: &str) -> Vec<String> {
        told(text, &page(text).1)
    }

    #[test]
    fn alerts_with_labels_and_attributes() {
        let text = ":::note[A *b* `c`]{#x .y}\nText\n\n- item\n:::\nafter\n";
        let (document, diagnostics) = page(text);
        assert_eq!(diagnostics, []);
        assert_eq!(
            outline(&document),
            "Alert Note\n  DirectiveLabel\n    Text \"A \"\n    Emphasis\n      Text \"b\"\n    \
             Text \" \"\n    Code \"c\"\n  Paragraph\n    Text \"Text\"\n  List\n    Item\n      \
             Text \"item\"\nParagraph\n  Text \"after\"\n"
        );
        assert_eq!(document.text, text);
        assert_eq!(document.anchors[0].id, "x");
        assert_eq!(&text[..document.nodes[0].range.end as usize], &text[..text.len() - 7]);
    }

    #[test]
    fn they_nest_and_stand_in_lists_and_quotes() {
        let text =
            "1. a\n   :::warning\n   b\n   :::\n> ::::tip\n> :::{Important} c\n> :::\n> ::::\n";
        let (document, diagnostics) = page(text);
        assert_eq!(diagnostics, []);
        assert_eq!(
            outline(&document),
            "List\n  Item\n    Text \"a\"\n    Alert Warning\n      Text \"b\"\nBlockQuote\n  \
             Alert Tip\n    Alert Important\n      DirectiveLabel\n        Text \"c\"\n"
        );
    }

    #[test]
    fn same_colons_nest_and_more_colons_close() {
        let (document, diagnostics) = page(":::note\n:::tip\na\n:::::\n:::\n");
        assert_eq!(diagnostics, []);
        assert_eq!(
            outline(&document),
            "Alert Note\n  Alert Tip\n    Paragraph\n      Text \"a\"\n"
        );
    }

    #[test]
    fn a_label_is_inline_whatever_it_begins_with() {
        let (document, _) = page(":::note[# - 1. [l][r] x]\n:::\n\n[r]: t\n");
        assert_eq!(
            outline(&document),
            "Alert Note\n  DirectiveLabel\n    Text \"# - 1. \"\n    Link\n      Text \"l\"\n    \
             Text \" x\"\n"
        );
        assert_eq!(document.links[0].dest, "t");
    }

    #[test]
    fn never_in_code_or_raw_html() {
        for text in [
            "```\n:::note\n:::\n```\n",
            "    :::note\n    :::\n",
            "<div>\n:::note\n:::\n</div>\n",
            "`a\n:::note`\n",
            "text :::note\n",
            "para\n    :::note\n",
            "::: 12\n",
        ] {
            let (document, diagnostics) = page(text);
            assert_eq!(diagnostics, [], "{text}");
            assert!(!outline(&document).contains("Alert"), "{text}");
            assert!(!document.nodes.iter().any(|n| match &n.kind {
                NodeKind::Text(t) | NodeKind::Code(t) | NodeKind::Html(t) => t.contains("__"),
                _ => false,
            }));
        }
    }

    #[test]
    fn mistakes_are_told_and_stay_readable() {
        for (text, expected) in [
            (":::nite\na\n:::\n", "directive/unknown: nite"),
            (":::{toctree}\na\n:::\n", "foreign/myst-directive: toctree"),
            (":::code source=\"a.cs\":::\na\n", "foreign/docfx-extension: code"),
            (":::image type=\"x\" source=\"a b.png\" :::\n", "foreign/docfx-extension: image"),
            (
                ":::row:::\na\n:::row-end:::\n",
                "foreign/docfx-extension: row|foreign/docfx-extension: row-end",
            ),
            (":::note{=x}\na\n:::\n", "directive/bad-attributes: =x"),
            (":::note\na\n", "directive/unclosed: :::note"),
            ("> :::note\n> a\n\n:::\n", "directive/unclosed: :::note|directive/stray-close: :::"),
            ("a\n\n:::\n", "directive/stray-close: :::"),
        ] {
            let (document, _) = page(text);
            assert_eq!(told_of(text).join("|"), expected, "{text}");
            assert!(!outline(&document).contains("Alert"));
            let whole: String = document
                .nodes
                .iter()
                .filter_map(|n| match &n.kind {
                    NodeKind::Text(t) | NodeKind::Html(t) => Some(&**t),
                    _ => None,
                })
                .collect();
            for line in text.lines() {
                let line = line.trim_start_matches("> ");
                assert!(whole.contains(line), "{line:?} is lost from {text:?}: {whole:?}");
            }
        }
        let text = ":::note{colour=red}\na\n:::\n";
        assert_eq!(told_of(text), ["directive/unknown-attribute: {colour=red}"]);
        assert!(outline(&page(text).0).starts_with("Alert Note"));
    }

    #[test]
    fn a_fence_ends_whatever_stands_before_it() {
        for inner in [
            "- item",
            "1. a\n   - b",
            "| a |\n|---|\n| b |",
            "term\n: definition",
            "> quote",
            "[a]: b",
            "text\ntext",
            "# heading",
            "<!-- comment -->",
            "```\ncode\n```",
            "[^1]: foot",
            "***",
            "    code",
            "<div>\nhtml\n</div>",
            "<b>\nhtml",
            "> <div>\n> html",
        ] {
            let text = format!("[^1]\n\n:::note\n{inner}\n:::\nafter\n");
            let (document, diagnostics) = page(&text);
            assert_eq!(diagnostics, [], "{text}");
            let tops: Vec<_> = document.top().collect();
            let shown = outline(&document);
            assert_eq!(tops.len(), 3, "{text}{shown}");
            assert!(shown.contains("\nAlert Note\n"), "{text}{shown}");
            assert!(shown.ends_with("\nParagraph\n  Text \"after\"\n"), "{text}{shown}");
        }
    }

    #[test]
    fn raw_html_ends_at_a_closing_fence() {
        let text = "::::tabs\n:::tab[a]\n<div>a</div>\n:::\n:::tab[b]\n<div>\nb\n</div>\n:::\n::::\n\
            <div>\n:::\n:::note\n</div>\n";
        let (document, diagnostics) = page(text);
        assert_eq!(diagnostics, []);
        assert_eq!(
            outline(&document),
            "Directive\n  Directive\n    DirectiveLabel\n      Text \"a\"\n    HtmlBlock\n      \
             Html \"<div>a</div>\\n\"\n  Directive\n    DirectiveLabel\n      Text \"b\"\n    \
             HtmlBlock\n      Html \"<div>\\nb\\n</div>\\n\"\nHtmlBlock\n  \
             Html \"<div>\\n:::\\n:::note\\n</div>\\n\"\n"
        );
        let (document, diagnostics) = page(":::note\n<pre>\n:::\n</pre>\n:::\n");
        assert_eq!(diagnostics, []);
        assert_eq!(
            outline(&document),
            "Alert Note\n  HtmlBlock\n    Html \"<pre>\\n:::\\n</pre>\\n\"\n"
        );
        let (document, _) = page(":::nope\n<div>\n:::\n");
        assert_eq!(
            outline(&document),
            "Paragraph\n  Text \":::nope\"\nHtmlBlock\n  Html \"<div>\\n\"\nParagraph\n  Text \":::\"\n"
        );
    }

    #[test]
    fn the_registry_is_held() {
        let good = "::::tabs{sync=os}\n:::tab[Linux]\na\n:::\n:::tab[macOS]\nb\n:::\n::::\n";
        let (document, diagnostics) = page(good);
        assert_eq!(diagnostics, []);
        let kinds: Vec<_> = document.top().chain(document.children(0)).collect();
        assert_eq!(kinds.len(), 3, "tabs and two children: {}", outline(&document));
        for (text, expected) in [
            (":::tab[a]\nb\n:::\n", "directive/wrong-parent: :::tab[a]"),
            ("::::tabs\n> :::tab[a]\n> b\n> :::\n\n::::\n", "directive/wrong-parent: :::tab[a]"),
            ("::::tabs\n:::tab\nb\n:::\n::::\n", "directive/missing-label: :::tab"),
            ("::::tabs[x]\n:::tab[a]\nb\n:::\n::::\n", "directive/unexpected-label: x"),
            ("::::tabs{snc=a}\n:::tab[a]\nb\n:::\n::::\n", "directive/unknown-attribute: {snc=a}"),
            // What stands in one that is shown as text is not told again.
            ("::::tabs{=}\n:::tab[a]\nb\n:::\n::::\n", "directive/bad-attributes: ="),
        ] {
            assert_eq!(told_of(text).join("|"), expected, "{text}");
        }
    }

    #[test]
    fn the_rest_of_a_bad_one_is_shown_as_usual() {
        let (document, _) = page(":::nite\n- a\n\n:::tip\nb\n:::\n:::\n");
        assert_eq!(
            outline(&document),
            "Paragraph\n  Text \":::nite\"\nList\n  Item\n    Text \"a\"\nAlert Tip\n  Paragraph\n    \
             Text \"b\"\nParagraph\n  Text \":::\"\n"
        );
    }
}

mod foreign {
    use super::*;

    #[test]
    fn each_kind_once_for_each_name() {
        let text = "import Tabs from '@theme/Tabs';\n\n{{< oops >}}x{{< /oops >}} {{% tab %}}\n\n\
            {% hunt style=\"info\" %}\n{% endhunt %}\n\n<Tibs><Tab a='b'>c</Tab></Tibs> {ref}`x` <BR> <Summary>\n\n\
            `{{< code >}} {% raw %} <Note>` {{</* shown */>}}\n\n```\n{% raw %}\n<Note>\n```\n";
        assert_eq!(
            told(text, &page(text).1),
            [
                "foreign/mdx-module: import Tabs from '@theme/Tabs';",
                "foreign/hugo-shortcode: {{< oops",
                "foreign/hugo-shortcode: {{% tab",
                "foreign/gitbook-block: {% hunt",
                "foreign/mdx-component: <Tibs>",
                "foreign/mdx-component: <Tab a='b'>",
                "foreign/myst-role: {ref}",
            ]
        );
    }

    #[test]
    fn prose_is_not_foreign() {
        let text = "import duties are high. {a} `b` {{ x }} { % } export it\n\nexport the file\n";
        assert_eq!(told(text, &page(text).1), Vec::<String>::new());
    }

    #[test]
    fn comments_and_scripts_are_not_foreign() {
        let text =
            "<!-- {{< x >}} -->\n\n<script>\nlet a = '{% b %}';\n</script>\n\nc <!-- {% d %} -->\n";
        assert_eq!(told(text, &page(text).1), Vec::<String>::new());
    }

    #[test]
    fn delimiters_of_mathjax_are_advice_where_math_is_on() {
        let text = "`\\\\(a\\\\)` \\\\(b\\\\) and \\\\[c\\\\]\n";
        assert!(page(text).1.is_empty());
        let mut settings = settings();
        settings.html.mathjax_support = true;
        let (_, diagnostics) = parse_with(text.as_bytes(), &Files::default(), &settings);
        assert_eq!(told(text, &diagnostics), ["foreign/mathjax-delimiters: \\\\("]);
        assert_eq!(diagnostics[0].span().unwrap().start, text.find(" \\").unwrap() + 1);
    }
}

mod limits {
    use super::*;

    #[test]
    fn large_pages_are_shown_as_source() {
        let mut settings = settings();
        settings.markdown.max_page_bytes = 100;
        let text = format!("---\ntitle: T\n---\n{}", "*a* ".repeat(50));
        let (document, diagnostics) = parse_with(text.as_bytes(), &Files::default(), &settings);
        assert!(document.unparsed && document.nodes.is_empty());
        assert_eq!(document.title(), Some("T"));
        assert_eq!(document.text, "*a* ".repeat(50));
        assert_eq!(codes_of(&diagnostics), ["text/too-large"]);
    }

    #[test]
    fn a_line_of_fifty_megabytes() {
        let (document, diagnostics) =
            parse_with("lorem *x* ".repeat(5_000_000).as_bytes(), &Files::default(), &settings());
        assert!(document.unparsed);
        assert_eq!(codes_of(&diagnostics), ["text/too-large"]);
    }

    #[test]
    fn deep_nesting_of_every_kind() {
        let k = 10_000;
        let directives: String =
            (0..k).map(|i| format!("{}note\n", ":".repeat(3 + (k - i) % 500))).collect();
        let nested: String = (0..200)
            .map(|i| format!("{}note\n", ":".repeat(300 - i)))
            .chain((0..200).map(|i| format!("{}\n", ":".repeat(101 + i))))
            .collect();
        let cases = [
            ("quotes", ">".repeat(k) + "a\n" + &"b\n".repeat(k), true),
            ("lists", "- ".repeat(k) + "a\n" + &"b\n".repeat(k), true),
            ("numbered", "1. ".repeat(k) + "a\n" + &"b\n".repeat(k), true),
            ("both", "> - ".repeat(k) + "a\n" + &"> b\n".repeat(k), true),
            ("emphasis", "*a ".repeat(k) + &" a*".repeat(k), true),
            ("brackets", "[".repeat(k) + "a" + &"](b)".repeat(k), false),
            ("images", "![".repeat(k) + "a" + &"](b)".repeat(k), true),
            ("html", "<div>".repeat(k) + "\n\n" + &"<b>".repeat(k), false),
            ("unclosed directives", directives, false),
            ("directives", nested, true),
            ("a long rule", "- ".repeat(k), false),
            ("code", format!("```\n{}a\n```\n", ">".repeat(k)), false),
        ];
        for (name, text, deep) in cases {
            let (document, diagnostics) = page(&text);
            assert_eq!(document.unparsed, deep, "{name}");
            let told = diagnostics.iter().any(|d| d.code == "text/too-deep");
            assert_eq!(told, deep, "{name}");
            assert_eq!(document.nodes.is_empty(), deep, "{name}");
        }
    }

    #[test]
    fn depth_just_within_the_limit() {
        let max = settings().markdown.max_depth;
        assert!(!page(&(">".repeat(max) + "a")).0.unparsed);
        assert!(page(&(">".repeat(max + 1) + "a")).0.unparsed);
    }
}

#[test]
fn the_examples_of_codes_show_what_they_say() {
    let files = Files::of(&[
        ("docs/ten-lines.rs", "a\nb\nc\nd\ne\nf\n"),
        ("docs/main.rs", "// ANCHOR: start\nx\n// ANCHOR_END: start\n"),
        ("docs/example.md", "x"),
        ("docs/hosts-example.txt", "x"),
        ("docs/this-page.md", "{{#include this-page.md}}"),
    ]);
    let mut settings = settings();
    settings.html.mathjax_support = true;
    for code in crate::markdown::CODES {
        let (bad, good) = code.examples;
        if !bad.is_empty() {
            let (_, diagnostics) = parse_with(bad.as_bytes(), &files, &settings);
            assert!(codes_of(&diagnostics).contains(&code.id), "{}: {diagnostics:?}", code.id);
        }
        let (_, diagnostics) = parse_with(good.as_bytes(), &files, &settings);
        assert_eq!(diagnostics, [], "the good example of {}", code.id);
    }
}
