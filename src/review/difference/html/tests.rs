//! What the HTML of a difference says, and what it never says.

use super::*;
use crate::review::difference::tests::{differ, page, side};
use crate::review::difference::{Side, difference};

fn show(difference: &Difference, html: fn(&Difference, &HtmlOptions<'_>) -> String) -> String {
    let address = |_, wanted, to: &str| {
        (wanted == Use::Image || !to.starts_with("secret")).then(|| format!("files/{to}"))
    };
    let address = |version, wanted, to: &str| match to.contains(':') {
        true => Some(to.to_owned()),
        false => address(version, wanted, to),
    };
    html(
        difference,
        &HtmlOptions {
            wording: &Wording::default(),
            words: &markdown::Words::default(),
            address: &address,
            max_bytes: 1 << 20,
        },
    )
}

fn inline(old: &str, new: &str) -> String {
    show(&differ(old, new), inline_html)
}

fn sides(old: &str, new: &str) -> String {
    show(&differ(old, new), side_by_side_html)
}

/// Every element is closed, in order.
fn is_well_formed(html: &str) -> bool {
    const VOID: &[&str] = &["br", "hr", "img", "input"];
    let mut open = Vec::new();
    for tag in html.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else { return false };
        match tag.strip_prefix('/') {
            Some(name) if open.pop() != Some(name) => {
                println!("</{name}> in {html}");
                return false;
            }
            Some(_) => {}
            None => {
                let name = tag.split_whitespace().next().unwrap_or_default();
                if !VOID.contains(&name) {
                    open.push(name);
                }
            }
        }
    }
    open.is_empty()
}

#[test]
fn words_are_marked_in_the_text() {
    let html = inline("The quick fox runs.\n", "The slow fox runs.\n");
    assert_eq!(
        html,
        "<div class=\"difference inline body\">\n\
         <div class=\"change changed\" id=\"change-1\" tabindex=\"-1\" data-change=\"1\" \
         role=\"group\" aria-label=\"1: Changed\">\n\
         <p>The <del><span class=\"visually-hidden\">Deleted: </span>quick</del>\
         <ins><span class=\"visually-hidden\">Inserted: </span>slow</ins> fox runs.</p>\n\
         </div>\n</div>\n"
    );
    let html = sides("The quick fox runs.\n", "The slow fox runs.\n");
    let (old, new) = html.split_once("<div class=\"new\">").unwrap();
    assert!(old.contains("quick</del> fox") && !old.contains("slow"), "{html}");
    assert!(new.contains("slow</ins> fox") && !new.contains("quick"), "{html}");
}

#[test]
fn stretches_that_are_the_same_are_folded() {
    let page = |word: &str| {
        let rest: String = (0..9).map(|n| format!("Paragraph {n} of the page.\n\n")).collect();
        format!("{rest}A {word} one.\n")
    };
    let html = inline(&page("first"), &page("second"));
    assert!(html.contains("<summary>8 blocks unchanged</summary>"), "{html}");
    let (folded, open) = html.split_once("</details>").unwrap();
    assert!(folded.contains("Paragraph 7") && open.contains("Paragraph 8"), "{html}");
}

#[test]
fn items_rows_and_lines_have_their_places() {
    let html = inline("1. One\n2. Two\n3. Three\n", "1. One\n2. Three\n3. Four\n");
    assert!(html.contains("<li class=\"gone change deleted\" id=\"change-1\""), "{html}");
    assert!(html.contains("<li value=\"2\"><p>Three</p>"), "{html}");
    assert!(html.contains("<li value=\"3\" class=\"came change inserted\""), "{html}");

    let table = |rows: &str| format!("| a | b |\n|---|---|\n{rows}");
    let html = inline(&table("| 1 | 2 |\n"), &table("| 1 | 3 |\n| 4 | 5 |\n"));
    assert!(html.contains("<tr class=\"change changed\" id=\"change-1\""), "{html}");
    assert!(html.contains("<tr class=\"came change inserted\" id=\"change-2\""), "{html}");

    let html = inline("```rs\na();\nb();\n```\n", "```rs\na();\nother(1);\n```\n");
    assert!(html.contains("<span class=\"line\">a();\n</span>"), "{html}");
    assert!(html.contains("<ins class=\"line\">other(1);\n</ins>"), "{html}");
    assert!(html.contains("<p class=\"code-name\">rs</p>"), "{html}");
}

#[test]
fn what_moved_says_where_from() {
    let html = inline(
        "# Page\n\n## One\n\nThese words of the page move to another place.\n\n## Two\n\nText.\n",
        "# Page\n\n## One\n\n## Two\n\nText.\n\nThese words of the page move to another place.\n",
    );
    assert!(html.contains("Moved to <a href=\"#change-2\">Two</a>"), "{html}");
    assert!(html.contains("Moved from <a href=\"#change-1\">One</a>"), "{html}");
}

#[test]
fn links_and_images_are_found_where_the_review_has_them() {
    let html = inline("See [it](a.md).\n", "See [it](b.md).\n");
    assert!(html.contains("<a href=\"files/b.md\" rel=\"noopener noreferrer\">it</a>"), "{html}");
    assert!(html.contains("Link: <del>a.md</del> <ins>b.md</ins>"), "{html}");
    let html = inline("![One](a.png)\n", "![One](b.svg)\n");
    assert!(html.contains("<img src=\"files/a.png\" alt=\"One\""), "{html}");
    assert!(html.contains("<img src=\"files/b.svg\" alt=\"One\""), "{html}");
    let html = inline("See it.\n", "See [it](secret.md).\n");
    assert!(html.contains("<span class=\"link\" title=\"secret.md\">it</span>"), "{html}");
}

#[test]
fn an_image_with_other_bytes_is_another_one() {
    let document = page("![One](a.png)\n");
    let contents = |bytes: &[u8]| [Some(crate::base::ContentHash::of(bytes))];
    let (old, new) = (contents(b"old"), contents(b"new"));
    let side = |contents| Side { contents, ..side(&document) };
    let found = difference(&side(&old), &side(&new));
    assert_eq!(found.changes.len(), 1);
    assert!(difference(&side(&old), &side(&old)).is_empty());
}

#[test]
fn targets_count_and_not_how_they_are_written() {
    let (old, new) = (page("See [it](a.md).\n"), page("See [it](../guide/a.md).\n"));
    let targets = ["guide/a.md".to_owned()];
    let side = |document| Side { targets: &targets, ..side(document) };
    assert!(difference(&side(&old), &side(&new)).is_empty());
}

/// Pages that try to run something, to load something, or to look like the review.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>\n",
    "text <script>alert(1)</script> text\n",
    "<img src=x onerror=alert(1)>\n",
    "text <img src=x onerror=alert(1)> text\n",
    "<a href=\"javascript:alert(1)\">x</a>\n",
    "[x](javascript:alert(1))\n",
    "[x](JaVa\tScRiPt:alert(1))\n",
    "[x](<java\u{1}script:alert(1)>)\n",
    "![x](javascript:alert(1))\n",
    "![x](data:text/html,<script>alert(1)</script>)\n",
    "[x](vbscript:x)\n",
    "<div id=\"change-1\" class=\"change\" style=\"position:fixed;inset:0\">x</div>\n",
    "text <span id=change-2 style=\"position:fixed\" class=\"visually-hidden\">x</span>\n",
    "<form action=/x><input name=id><button>Approve</button></form>\n",
    "<a name=\"change-1\" id=x>x</a>\n",
    "<style>ins { display: none }</style>\n",
    "<link rel=stylesheet href=x.css>\n",
    "<meta http-equiv=refresh content=0;url=x>\n",
    "<base href=//evil.example/>\n",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>\n",
    "<object data=x></object><embed src=x>\n",
    "<svg onload=alert(1)><script>alert(1)</script><style>*{}</style></svg>\n",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>\n",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">\n",
    "<details open ontoggle=alert(1)><summary>x</summary></details>\n",
    "<ins>all of this</ins> <del>and that</del>\n",
    "</div></div></details><h1>Outside</h1>\n",
    "<!-- --><img src=x onerror=alert(1)> -->\n",
    "<img srcset=\"//evil.example/a 1x\" src=\"//evil.example/b\">\n",
    "<video src=x autoplay></video><audio src=x></audio><picture><source srcset=x></picture>\n",
    "<b><i></b></i><kbd onclick=alert(1)>x</kbd>\n",
    "# Heading {#change-1 .change onclick=alert(1) style=x}\n",
    ":::note[x]{#change-1 .change style=\"x\"}\ntext\n:::\n",
    "```js\" onload=\"alert(1)\nx\n```\n",
    "---\ntitle: \"<script>alert(1)</script>\"\n\"<b>\": \"<i>\"\n---\n",
    "Term <b>\n: <script>alert(1)</script>\n",
    "| <script>alert(1)</script> | <td> |\n|---|---|\n| </table> | x |\n",
    "[^<x>]: note\n\ntext[^<x>]\n",
    "![\"><script>alert(1)</script>](x.png \"\\\"><b>\")\n",
];

#[test]
fn nothing_of_a_stranger_gets_through() {
    let other = "Something else stands here.\n";
    for hostile in HOSTILE {
        for (old, new) in [(other, *hostile), (hostile, other), (hostile, hostile), ("", hostile)] {
            for html in [inline(old, new), sides(old, new)] {
                assert!(is_well_formed(&html), "{hostile}");
                let mut ids = Vec::new();
                // What is shown as text is escaped; the tags that are left are looked at.
                for tag in html.split('<').skip(1) {
                    let (tag, _) = tag.split_once('>').unwrap();
                    let lower = tag.to_ascii_lowercase();
                    let name = lower.split_whitespace().next().unwrap_or_default();
                    for bad in [
                        "script", "style", "iframe", "object", "embed", "form", "button", "link",
                        "meta", "base", "svg", "math", "video", "audio", "source", "noscript",
                    ] {
                        assert_ne!(name, bad, "{hostile}: {html}");
                    }
                    for bad in [" on", " style=", " srcset=", " name=", " srcdoc=", "evil"] {
                        // A title tells where a link that is no link would lead.
                        let outside = lower.split("\"").step_by(2).collect::<String>();
                        assert!(!outside.contains(bad), "{hostile}: {tag}");
                    }
                    for attribute in ["href=\"", "src=\""] {
                        if let Some((_, url)) = lower.split_once(attribute) {
                            let url = url.split('"').next().unwrap();
                            assert!(
                                url.starts_with("files/") || url.starts_with("#change-"),
                                "{hostile}: {url}"
                            );
                        }
                    }
                    for id in lower.split(" id=\"").skip(1) {
                        let id = id.split('"').next().unwrap().to_owned();
                        assert!(
                            id.starts_with("change-") && !ids.contains(&id),
                            "{hostile}: {tag}"
                        );
                        ids.push(id);
                    }
                }
            }
        }
    }
}

#[test]
fn what_conceals_is_shown() {
    let html = inline("if admin\n", "if \u{202e}admin\u{2066} x\u{200b}y\n");
    for mark in ["U+202E", "U+2066", "U+200B"] {
        assert!(html.contains(&format!("<span class=\"concealing\">{mark}</span>")), "{html}");
    }
    assert!(!html.contains('\u{202e}'));
}

#[test]
fn html_has_an_end() {
    let text: String = (0..2000).map(|n| format!("Paragraph {n} of a page.\n\n")).collect();
    let difference = differ("", &text);
    let address = |_, _, _: &str| None;
    let options = HtmlOptions {
        wording: &Wording::default(),
        words: &markdown::Words::default(),
        address: &address,
        max_bytes: 10_000,
    };
    for html in [inline_html(&difference, &options), side_by_side_html(&difference, &options)] {
        assert!(html.contains("too long to be shown") && is_well_formed(&html));
    }
}

#[test]
fn pairs_become_well_formed_html() {
    for pair in super::super::tests::pairs(include_str!("../tests/pairs.txt")) {
        for html in [inline(pair.old, pair.new), sides(pair.old, pair.new)] {
            assert!(is_well_formed(&html), "{}", pair.name);
        }
    }
}
