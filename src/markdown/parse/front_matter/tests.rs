use super::*;
use crate::base::SourcePath;

fn read_page(page: &str) -> (FrontMatter, String, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let file = SourcePath::new("a.md").unwrap();
    let text = super::super::decode::decode(&file, page.as_bytes(), &mut diagnostics);
    let (front, end) = read(&text, &mut diagnostics);
    (front, text.text[end..].to_owned(), diagnostics)
}

fn codes_of(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|d| &*d.code).collect()
}

#[test]
fn yaml_with_every_field() {
    let page = "\u{feff}---\n# comment\ntitle: \"Ünstall: it\"\ndescription: About\nslug: x\nweight: 1.5\n\
        nav: false\ndraft: true\ndate: 2024-01-02\naliases: /old\ntags: [a, 'b']\nowners:\n  - me\n\
        review_by: 2025-01-01\nstatus: since 1.2\ntemplate: wide.html\ntoc: false\nsearch: false\n\
        sidebar: {a: 1, b: [x, null]}\nextra:\n  k: v\n---\nText";
    let (front, rest, diagnostics) = read_page(page);
    assert_eq!(diagnostics, []);
    assert_eq!(rest, "Text");
    let title = front.title.unwrap();
    assert_eq!(title.value, "Ünstall: it");
    assert_eq!(&page[title.span.unwrap().range()], "\"Ünstall: it\"");
    assert_eq!(front.description.as_deref(), Some("About"));
    assert_eq!((front.weight, front.nav, front.draft), (Some(1.5), Some(false), true));
    assert_eq!(front.date.as_deref(), Some("2024-01-02"));
    assert_eq!(&page[front.aliases[0].span.clone().unwrap().range()], "/old");
    assert_eq!((front.tags, front.owners), (vec!["a".into(), "b".into()], vec!["me".to_owned()]));
    assert_eq!(&page[front.review_by.unwrap().span.unwrap().range()], "2025-01-01");
    assert_eq!((front.toc, front.search), (Some(false), Some(false)));
    let extra = serde_json::to_string(&front.extra).unwrap();
    assert_eq!(extra, r#"{"k":"v","sidebar":{"a":1,"b":["x",null]}}"#);
    let span = front.span.unwrap();
    assert_eq!(&page[span.range()], &page[3..page.len() - 4]);
}

#[test]
fn toml_with_crlf() {
    let page = "+++\r\ntitle = 'A'\r\nweight = 0x10\r\ndate = 2024-01-02T03:04:05Z\r\n\
        aliases = ['/x', '/y']\r\n[params]\r\nk = 1.5\r\n+++\r\nText";
    let (front, rest, diagnostics) = read_page(page);
    assert_eq!(diagnostics, []);
    assert_eq!(rest, "Text");
    assert_eq!(front.weight, Some(16.0));
    assert_eq!(front.date.as_deref(), Some("2024-01-02T03:04:05Z"));
    assert_eq!(&page[front.aliases[1].span.clone().unwrap().range()], "'/y'");
    assert_eq!(serde_json::to_string(&front.extra).unwrap(), r#"{"params":{"k":1.5}}"#);
}

#[test]
fn a_thematic_break_is_no_front_matter() {
    for page in [
        "---\n\nText\n\n---\n",
        "---\nJust prose\n---\n",
        "---\n- a\n- b\n---\n",
        "---\nno end",
        "---",
        "----\ntitle: a\n----\n",
        "\n---\ntitle: a\n---\n",
        "---\nprose with \"quote: here\n---\n",
    ] {
        let (front, rest, diagnostics) = read_page(page);
        assert_eq!((front, rest.as_str(), diagnostics.len()), (FrontMatter::default(), page, 0));
    }
}

#[test]
fn empty_front_matter_is_cut() {
    let (front, rest, diagnostics) = read_page("---\n---\nText");
    assert!(front.span.is_some() && front.title.is_none());
    assert_eq!((rest.as_str(), diagnostics.len()), ("Text", 0));
}

#[test]
fn problems_have_their_place() {
    let cases: &[(&str, &str, &str)] = &[
        ("---\ntitle: [a]\n---\n", "front-matter/wrong-type", "[a]"),
        ("---\ntitle: ä\nweight: \"1\"\n---\n", "front-matter/wrong-type", "\"1\""),
        ("---\ndraft: yes\n---\n", "front-matter/wrong-type", "yes"),
        ("---\ntags: [a, [b]]\n---\n", "front-matter/wrong-type", "[b]"),
        ("---\nslug: a/b\n---\n", "front-matter/invalid-value", "a/b"),
        ("---\ntitel: x\n---\n", "front-matter/unknown-key", "titel"),
        ("---\ntitle: x\ntitle: y\n---\n", "front-matter/duplicate-key", "title"),
        ("---\ntitle: x\n\nText", "front-matter/unclosed", "---"),
        ("+++\nweight = 'a'\n+++\n", "front-matter/wrong-type", "'a'"),
        ("+++\ntitle = = 1\n+++\n", "front-matter/malformed", "="),
    ];
    for (page, code, place) in cases {
        let (_, _, diagnostics) = read_page(page);
        assert_eq!(codes_of(&diagnostics), [*code], "{page}");
        assert_eq!(&page[diagnostics[0].span().unwrap().range()], *place, "{page}");
    }
}

#[test]
fn malformed_yaml_is_told_with_its_line_and_cut() {
    let page = "---\ntitle: a\ndescription: b: c\n---\nText";
    let (front, rest, diagnostics) = read_page(page);
    assert_eq!((front.title, rest.as_str()), (None, "Text"));
    assert_eq!(codes_of(&diagnostics), ["front-matter/malformed"]);
    let at = diagnostics[0].span().unwrap().start;
    assert_eq!(page[..at].matches('\n').count(), 2);
}

#[test]
fn numbers_and_truth_values_are_titles_as_written() {
    let (front, ..) = read_page("---\ntitle: 1.10\nstatus: true\n---\n");
    assert_eq!(front.title.unwrap().value, "1.10");
    assert_eq!(front.status.as_deref(), Some("true"));
}

#[test]
fn bombs_are_refused() {
    let mut laughs = "---\na0: &a0 [x, x]\n".to_owned();
    for i in 1..40 {
        laughs.push_str(&format!("a{i}: &a{i} [*a{0}, *a{0}]\n", i - 1));
    }
    laughs.push_str("---\n");
    assert_eq!(codes_of(&read_page(&laughs).2), ["front-matter/malformed"]);
    for nest in ["a: ".to_owned() + &"[".repeat(20_000), "a: ".to_owned() + &"{a: ".repeat(20_000)]
    {
        let (front, ..) = read_page(&format!("---\n{nest}\n---\n"));
        assert!(front.span.is_some());
        let (front, ..) = read_page(&format!("+++\n{}\n+++\n", nest.replace(':', " =")));
        assert!(front.span.is_some());
    }
}
