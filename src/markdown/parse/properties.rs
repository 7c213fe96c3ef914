//! What holds for every document.

use proptest::prelude::*;

use super::Detail;
use super::entity::unescape;
use super::tests::{Files, parse_so_much, parse_with, settings};
use crate::config::Settings;
use crate::markdown::{Document, NodeKind};

const PAGE: &str = "docs/page.md";

fn all_on() -> Settings {
    let mut settings = settings();
    settings.markdown.math = true;
    settings
}

fn files() -> Files {
    let mut files = Files::default();
    for (name, content) in [
        ("docs/plain.md", "plain *text* &copy; \"quoted\"\nline\n"),
        ("docs/crlf.md", "one\r\ntwo -- `x`\r\n\r\n- three\r\n"),
        ("docs/nested.md", "> {{#include plain.md:1}}\n\n{{#include crlf.md}}\n"),
        (
            "docs/code.rs",
            "fn main() {\n    // ANCHOR: a\n    let a = 1;\n    // ANCHOR_END: a\n}\n",
        ),
        ("docs/bad.md", "a\u{fffd} {{#include no.md}} {{ var.version }}\n"),
    ] {
        files.0.insert(name.to_owned(), content.as_bytes().to_vec());
    }
    files.0.insert("docs/latin.md".to_owned(), b"caf\xe9\0 \xff*x*\n".to_vec());
    files
}

/// Whether bytes of the text, decoded, are the text of a node.
fn decodes(written: &str, text: &str) -> bool {
    if written == text {
        return true;
    }
    if written.is_empty() {
        // Indentation of which a tab gave only a part.
        return text.len() <= 3 && text.bytes().all(|b| b == b' ');
    }
    match written {
        "\"" => matches!(text, "“" | "”"),
        "'" => matches!(text, "‘" | "’"),
        "..." => text == "…",
        _ if written.len() > 1 && written.bytes().all(|b| b == b'-') => {
            let hyphens: usize = text
                .chars()
                .map(|c| match c {
                    '–' => 2,
                    '—' => 3,
                    _ => 1000,
                })
                .sum();
            hyphens == written.len()
        }
        _ => written.starts_with('&') && unescape(written) == text,
    }
}

fn check(page: &[u8], files: &Files, document: &Document) -> Result<(), TestCaseError> {
    prop_assert_eq!(document.pieces.len(), document.text.len());
    let nodes = &document.nodes;
    let count = u32::try_from(nodes.len()).unwrap();
    // Preorder: each subtree lies in that of its parent, ranges too.
    let mut open: Vec<(u32, std::ops::Range<u32>)> = vec![(count, 0..document.text.len() as u32)];
    let mut last_start = vec![0];
    for (index, node) in nodes.iter().enumerate() {
        let index = u32::try_from(index).unwrap();
        while open.last().unwrap().0 <= index {
            open.pop();
            last_start.pop();
        }
        let (end, range) = open.last().unwrap().clone();
        prop_assert!(index < node.end && node.end <= end, "{index} {node:?}");
        prop_assert!(
            range.start <= node.range.start
                && node.range.start <= node.range.end
                && node.range.end <= range.end,
            "{index} {node:?} in {range:?}"
        );
        let last = last_start.last_mut().unwrap();
        prop_assert!(*last <= node.range.start, "{index} {node:?} goes back");
        *last = node.range.start;
        let slice = document.text.get(node.range.start as usize..node.range.end as usize);
        prop_assert!(slice.is_some(), "{node:?} cuts a character");
        let slice = slice.unwrap();
        match &node.kind {
            NodeKind::Text(text) => {
                prop_assert!(decodes(slice, text), "{slice:?} is not {text:?}");
                prop_assert_eq!(node.end, index + 1);
                sources(page, files, document, &node.range, slice)?;
            }
            NodeKind::Heading(i) => {
                let heading = &document.headings[*i as usize];
                prop_assert_eq!(heading.node, index);
                prop_assert!(!heading.id.is_empty());
            }
            NodeKind::Link(i) | NodeKind::Image(i) => {
                prop_assert_eq!(document.links[*i as usize].node, index);
            }
            NodeKind::DefinitionTerm(i) => {
                prop_assert!(!document.anchors[*i as usize].id.is_empty());
            }
            _ => {}
        }
        open.push((node.end, node.range.clone()));
        last_start.push(node.range.start);
    }
    for link in &document.links {
        let Some(at) = &link.dest_range else { continue };
        let written = document.text.get(at.start as usize..at.end as usize);
        prop_assert!(written.is_some(), "{link:?}");
        let written = written.unwrap();
        if !written.contains(['\\', '&']) {
            prop_assert_eq!(written, link.dest.strip_prefix("mailto:").unwrap_or(&link.dest));
        }
        if let Some(inner) = &link.attribute {
            let NodeKind::Html(html) = &nodes[link.node as usize].kind else {
                return Err(TestCaseError::fail("an attribute outside of HTML"));
            };
            prop_assert_eq!(html.get(inner.start as usize..inner.end as usize), Some(written));
        }
    }
    Ok(())
}

/// Whether a verbatim stretch is, byte for byte, in the file that it is said to come from.
fn sources(
    page: &[u8],
    files: &Files,
    document: &Document,
    range: &std::ops::Range<u32>,
    slice: &str,
) -> Result<(), TestCaseError> {
    let range = range.start as usize..range.end as usize;
    if range.is_empty() || !document.pieces.is_verbatim(range.clone()) {
        return Ok(());
    }
    let span = document.pieces.span(range).unwrap();
    let bytes = match span.file.as_str() {
        PAGE => page,
        other => files.0.get(other).unwrap().as_slice(),
    };
    prop_assert_eq!(bytes.get(span.range()), Some(slice.as_bytes()));
    Ok(())
}

fn run(page: &[u8]) -> Result<Document, TestCaseError> {
    let files = files();
    let (document, diagnostics) = parse_with(page, &files, &all_on());
    check(page, &files, &document)?;
    // What a check of links reads says the same.
    let links = parse_so_much(page, &files, &all_on(), Detail::Links);
    let mut bare = document.clone();
    bare.nodes = Vec::new();
    prop_assert_eq!(&links, &(bare, diagnostics.clone()));
    for diagnostic in &diagnostics {
        for label in &diagnostic.labels {
            let len = match label.span.file.as_str() {
                PAGE => page.len(),
                other => files.0.get(other).map_or(0, Vec::len),
            };
            prop_assert!(
                label.span.start <= label.span.end && label.span.end <= len,
                "{diagnostic:?}"
            );
        }
    }
    Ok(document)
}

fn inline() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "word",
        "ä𝄞",
        "&amp;",
        "&nosuch;",
        "&#228;",
        "\\*",
        "\\\\",
        "\"",
        "'",
        "--",
        "---",
        "...",
        "`co de`",
        "``a`b``",
        "{{ var.version }}",
        "{{var.strong}}",
        "\\{{ var.version }}",
        "{{#include plain.md}}",
        "{{#include crlf.md:2}}",
        "{{#include no.md}}",
        "<b>",
        "</b>",
        "<a href='x' id=y>",
        "<https://a.b>",
        "[r]",
        "[x][r]",
        "[x][no]",
        "[^1]",
        "![i](j \"t\")",
        "[l](<m n> 't')",
        "$x$",
        "  \n",
        "\\\n",
        "\n",
        " ",
        "a|b",
        "\u{a0}",
        "{{< x >}}",
        "{a}`b`",
        "{{#title T}}",
        "<!-- c -->",
        "~~s~~",
    ]);
    let leaf = leaf.prop_map(str::to_owned);
    let wrapped = leaf.prop_recursive(3, 16, 4, |inner| {
        (
            prop::sample::select(vec!["*", "**", "_", "~~", "[", "\"", "("]),
            prop::collection::vec(inner, 1..4),
        )
            .prop_map(|(mark, inner)| {
                let inner = inner.concat();
                match mark {
                    "[" => format!("[{inner}](to.md#x)"),
                    "(" => format!("({inner})"),
                    mark => format!("{mark}{inner}{mark}"),
                }
            })
    });
    prop::collection::vec(wrapped, 1..6).prop_map(|parts| parts.join(" "))
}

fn indent(text: &str, first: &str, rest: &str) -> String {
    let mut out = String::new();
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        out.push_str(if index == 0 { first } else { rest });
        out.push_str(line);
    }
    out
}

fn blocks() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        5 => inline(),
        1 => inline().prop_map(|text| format!("# {} {{#i .c}}", text.replace('\n', " "))),
        1 => inline().prop_map(|text| format!("{text}\n===")),
        1 => inline().prop_map(|text| {
            let cell = text.replace('\n', " ");
            format!("| {cell} | b |\n|:--|--:|\n| `\\|` | {cell} |")
        }),
        1 => inline().prop_map(|text| format!("```rust\n{text}\n```")),
        1 => inline().prop_map(|text| indent(&text, "    ", "\t")),
        1 => inline().prop_map(|text| format!("<div>\n{text}\n</div>")),
        1 => inline().prop_map(|text| format!("term {text}\n: {text}")),
        1 => inline().prop_map(|text| format!("[^1]: {text}")),
        1 => prop::sample::select(vec![
            "***", "[r]: to.md 'T'", "{{#include nested.md}}", "{{#include latin.md}}",
            "{{#rustdoc_include code.rs:a}}", "{{#playground code.rs editable}}",
            "{{#include bad.md}}", ":::", "> [!TIP]\n> x", "<h2 id=q>Raw</h2>", "___",
            "import x from 'y'", "-\t\tcode", ">\t\tcode",
        ]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        (0..8u8, 0..3usize, prop::collection::vec(inner, 1..4), inline()).prop_map(
            |(kind, extra, inner, label)| {
                let inner = inner.join("\n\n");
                let label = label.replace(['\n', ']'], "");
                let colons = ":".repeat(3 + extra);
                match kind {
                    0 => indent(&inner, "- ", "  "),
                    1 => indent(&inner, "1. ", "   "),
                    2 => indent(&inner, "> ", "> "),
                    3 => indent(&inner, "- [ ] ", "  "),
                    4 => format!("{colons}note[{label}]{{#id .c}}\n{inner}\n{colons}"),
                    5 => format!("{colons}{{tip}} {label}\n{inner}\n{colons}:"),
                    6 => format!("{colons}nope\n{inner}\n{colons}"),
                    _ => indent(&format!(":::warning\n{inner}\n:::"), "* ", "\t"),
                }
            },
        )
    })
}

fn document() -> impl Strategy<Value = String> {
    (prop::collection::vec(blocks(), 1..6), any::<bool>(), 0..3u8).prop_map(
        |(blocks, crlf, front)| {
            let mut text = match front {
                0 => "---\ntitle: T\n---\n".to_owned(),
                _ => String::new(),
            };
            text.push_str(&blocks.join("\n\n"));
            if crlf { text.replace('\n', "\r\n") } else { text }
        },
    )
}

/// Pieces that mean something, in an order that does not.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "\n",
        "\n\n",
        " ",
        "    ",
        "\t",
        "\r\n",
        "\r",
        "- ",
        "* ",
        "1. ",
        "> ",
        "#",
        "# ",
        "===",
        "---",
        "```",
        "~~~",
        "`",
        "``",
        "*",
        "**",
        "_",
        "~",
        "[",
        "]",
        "](",
        ")",
        "(",
        "![",
        "[^1]",
        "[^1]: ",
        "]: ",
        ":::",
        "::::",
        ":::note",
        ":::{tip}",
        ":::note[",
        "{#a}",
        "{",
        "}",
        "<",
        ">",
        "</",
        "<a ",
        "<!--",
        "-->",
        "<div>",
        "<script>",
        "</script>",
        "<h2>",
        "</h2>",
        "href='",
        "'",
        "\"",
        "&amp;",
        "&",
        ";",
        "|",
        "|-|",
        "$",
        "$$",
        "\\",
        "{{",
        "}}",
        "{{#include ",
        "plain.md",
        ":a",
        "{{ var.version }}",
        "+++",
        ": ",
        "a",
        "b ",
        "ä",
        "\0",
        "\u{feff}",
        "\u{a0}",
        "- [ ] ",
        "[!NOTE]",
        "___",
        "{%",
        "{{<",
        "{a}`",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn documents_keep_their_spans(text in document()) {
        run(text.as_bytes())?;
    }

    #[test]
    fn soup_does_no_harm(text in soup()) {
        run(text.as_bytes())?;
    }

    #[test]
    fn bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        run(&bytes)?;
    }

    #[test]
    fn front_matter_does_no_harm(text in "[-+]{3}\n[a-z]{1,5}[:= ]{1,3}[\\PC\n]{0,60}\n[-+]{3}\n") {
        run(text.as_bytes())?;
    }
}
