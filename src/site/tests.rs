//! Whole sites in one text each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::base::{Diagnostic, Severity, SitePath, SourcePath};
use crate::config::{Redirect as RedirectSetting, Set, Settings};
use crate::markdown::{Document, ParseInput, parse};
use crate::source::{MemorySource, Source};

struct Built {
    source: MemorySource,
    site: Site,
    documents: BTreeMap<SourcePath, Document>,
    /// Of the scan and the assembly.
    diagnostics: Vec<Diagnostic>,
}

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

fn build(text: &str) -> Built {
    build_with(text, |_| {})
}

fn build_with(text: &str, change: impl FnOnce(&mut Settings)) -> Built {
    build_source(MemorySource::site(text), change, false)
}

fn build_source(source: MemorySource, change: impl FnOnce(&mut Settings), drafts: bool) -> Built {
    let mut settings = Settings::default();
    change(&mut settings);
    let root = SourcePath::root();
    let files = source.list(&root, &[]).unwrap().files;
    let content = content_root(&settings, &root, &files);
    let read = |path: &SourcePath| {
        let bytes = source.read(path).unwrap();
        let input =
            ParseInput { path, bytes: &bytes, settings: &settings, root: &root, source: &source };
        parse(&input).0
    };
    let summary = summary_path(&settings, &content, &files).map(|path| read(&path));
    let (plan, mut diagnostics) = scan(ScanInput {
        settings: &settings,
        root: &root,
        content: &content,
        files: &files,
        summary: summary.as_ref(),
    });
    let documents: Vec<Document> = plan.pages.iter().map(read).collect();
    let outlines = documents.iter().map(|document| Arc::clone(&document.outline)).collect();
    let input = AssembleInput { settings: &settings, plan: &plan, outlines, drafts };
    let (site, found) = assemble(input);
    diagnostics.extend(found);
    let documents =
        documents.into_iter().map(|document| (document.source.clone(), document)).collect();
    Built { source, site, documents, diagnostics }
}

/// A diagnostic as `code file:"text" message; help -> fix`.
fn shown(built: &Built, diagnostic: &Diagnostic) -> String {
    let place = diagnostic.span().map(|span| {
        let bytes = built.source.read(&span.file).unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        let text = text[span.range()].trim();
        if text.is_empty() { format!(" {}", span.file) } else { format!(" {}:{text:?}", span.file) }
    });
    let fix = diagnostic.fix.as_ref().map(|fix| {
        let edit = &fix.edits[0];
        let bytes = built.source.read(&edit.span.file).unwrap();
        let mut text = String::from_utf8(bytes.to_vec()).unwrap();
        let line_start = text[..edit.span.start].rfind('\n').map_or(0, |at| at + 1);
        text.replace_range(edit.span.range(), &edit.text);
        format!(" -> {}", text[line_start..].lines().next().unwrap())
    });
    format!(
        "{}{} {}; {}{}",
        diagnostic.code,
        place.unwrap_or_default(),
        diagnostic.message,
        diagnostic.help.as_deref().unwrap_or("(no help)"),
        fix.unwrap_or_default(),
    )
}

fn problems(built: &Built) -> Vec<String> {
    built.diagnostics.iter().map(|diagnostic| shown(built, diagnostic)).collect()
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic.code.as_ref()).collect()
}

fn no_size(_: &SourcePath) -> Option<(u32, u32)> {
    None
}

impl Built {
    fn page(&self, source: &str) -> &Page {
        self.site.page(self.id(source)).unwrap()
    }

    fn id(&self, source: &str) -> PageId {
        self.site.page_of(&path(source)).unwrap_or_else(|| panic!("no page {source}"))
    }

    fn resolve(&self, source: &str) -> Resolved {
        self.resolve_at(source, Place::Own, &ResolveContext { image_size: &no_size })
    }

    fn resolve_at(&self, source: &str, place: Place<'_>, context: &ResolveContext<'_>) -> Resolved {
        let (document, id) = (&self.documents[&path(source)], self.id(source));
        let resolved = self.site.resolve(id, document, place, context);
        let written = WrittenLinks::of(document);
        assert_eq!(self.site.resolve_written(id, &written, place, context), resolved, "kept links");
        resolved
    }

    fn urls(&self, source: &str) -> Vec<String> {
        self.resolve(source).targets.into_iter().map(|target| target.url).collect()
    }

    fn link_problems(&self, source: &str) -> Vec<String> {
        self.resolve(source).diagnostics.iter().map(|d| shown(self, d)).collect()
    }

    /// The navigation, indented, as `number title -> path`.
    fn nav(&self) -> Vec<String> {
        self.site
            .nav
            .items()
            .iter()
            .map(|item| {
                let kind = match item.kind {
                    NavKind::Page(_) => "",
                    NavKind::Draft => "draft ",
                    NavKind::Part => "# ",
                    NavKind::Separator => "---",
                    NavKind::Section => "section ",
                };
                let number = item.number.as_ref().map(|n| format!("{n} ")).unwrap_or_default();
                let to = item.path.as_ref().map(|p| format!(" -> {p}")).unwrap_or_default();
                let indent = "  ".repeat(item.depth as usize);
                format!("{indent}{kind}{number}{}{to}", item.title)
            })
            .collect()
    }

    fn paths(&self) -> Vec<String> {
        self.site.pages.iter().map(|page| page.path.to_string()).collect()
    }
}

// --- Navigation from SUMMARY.md

#[test]
fn a_summary_rules_order_numbers_and_titles() {
    let built = build(
        "\
-- src/SUMMARY.md --
<!-- a comment -->
# Summary

[Intro *duction*](README.md)

# First `part`

- [One](./one.md)
  - [One and
    a half](a%20b/half.md)
  * [Not yet]()
- [Two](two.md)

---

# Second

* [Three](deep/README)

---
[Appendix](appendix.md)
[More](more.md)
-- src/README.md --
# Welcome
-- src/one.md --
-- src/a b/half.md --
-- src/two.md --
---
title: Front
---
-- src/deep/README.md --
-- src/appendix.md --
-- src/more.md --
",
    );
    assert_eq!(problems(&built), [""; 0]);
    assert_eq!(
        built.nav(),
        [
            "Intro duction -> index.html",
            "# First part",
            "1. One -> one.html",
            "  1.1. One and a half -> a b/half.html",
            "  draft 1.2. Not yet",
            "2. Two -> two.html",
            "---",
            "# Second",
            "3. Three -> deep/index.html",
            "---",
            "Appendix -> appendix.html",
            "More -> more.html",
        ]
    );
    assert_eq!(built.page("src/README.md").title, "Welcome");
    assert_eq!(built.page("src/one.md").title, "One", "from the summary");
    assert_eq!(built.page("src/two.md").title, "Front");
    assert_eq!(built.page("src/one.md").number.as_deref(), Some("1."));
    let half = built.page("src/a b/half.md");
    assert_eq!(half.parent, Some(built.id("src/one.md")));
    assert_eq!(half.previous, Some(built.id("src/one.md")));
    assert_eq!(half.next, Some(built.id("src/two.md")));
    assert_eq!(built.site.first_page, None);
}

#[test]
fn numbers_go_on_after_interruptions() {
    let built = build(
        "\
-- src/SUMMARY.md --
- [A](a.md)

<!-- comment -->

- [B](b.md)
  - [C](c.md)

  <!-- comment -->

  - [D](d.md)

## Only mdBook's own book does this

- [E](e.md)
-- src/a.md --
-- src/b.md --
-- src/c.md --
-- src/d.md --
-- src/e.md --
",
    );
    let numbers: Vec<_> = built.site.pages.iter().filter_map(|page| page.number.clone()).collect();
    assert_eq!(numbers, ["1.", "2.", "2.1.", "2.2.", "3."]);
    assert_eq!(codes(&built.diagnostics), ["nav/ignored-heading"]);
    let built = build_with("-- src/SUMMARY.md --\n- [A](a.md)\n-- src/a.md --\n", |settings| {
        settings.html.no_section_label = true;
    });
    assert_eq!(built.nav(), ["A -> a.html"]);
}

#[test]
fn mistakes_of_a_summary_are_told_where_they_stand() {
    let built = build(
        "\
-- src/SUMMARY.md --
# Summary

- [One](on.md)
- [Two](two.md) and more
- [Again](./two.md)
- Nothing
- [Web](https://example.org/)
- [Out](../LICENSE.md)
- [Place](two.md#x)
- [Image](logo.png)
- [Gone](no/such/thing.md)

[End](end.md)

- [Late](late.md)

# Part

[Between](between.md)
-- src/one.md --
-- src/two.md --
-- src/end.md --
-- src/late.md --
-- src/between.md --
-- src/logo.png --
-- LICENSE.md --
",
    );
    assert_eq!(
        problems(&built),
        [
            "nav/missing-file src/SUMMARY.md:\"on.md\" there is no file `on.md`; did you mean `one.md`? -> - [One](one.md)",
            "nav/ignored-text src/SUMMARY.md:\"and more\" the text `and more` is not shown; put it into the link's text, into a page, or into a comment",
            "nav/duplicate-entry src/SUMMARY.md:\"./two.md\" `two.md` is listed twice; remove one of the two entries",
            "nav/bad-entry src/SUMMARY.md:\"- Nothing\" the item `Nothing` is no link; write `[Nothing](file.md)`, or `[Nothing]()` for a draft",
            "nav/bad-entry src/SUMMARY.md:\"https://example.org/\" `https://example.org/` is a web address and cannot be a chapter; link to it from a page",
            "nav/outside-content src/SUMMARY.md:\"../LICENSE.md\" `../LICENSE.md` leads out of the content folder; list a page of the content folder that includes the file",
            "nav/bad-entry src/SUMMARY.md:\"two.md#x\" `two.md#x` is a place in a page and cannot be a chapter; list the page without `#...`",
            "nav/duplicate-entry src/SUMMARY.md:\"two.md#x\" `two.md` is listed twice; remove one of the two entries",
            "nav/bad-entry src/SUMMARY.md:\"logo.png\" `logo.png` is no Markdown file; link to it from a page",
            "nav/missing-file src/SUMMARY.md:\"no/such/thing.md\" there is no file `no/such/thing.md`; create the file, correct the address, or leave it empty for a draft (`[Title]()`)",
            "nav/bad-structure src/SUMMARY.md:\"- [Late](late.md)\" a list cannot follow the chapters without numbers at the end; move it above the first link that stands outside of a list",
            "nav/bad-structure src/SUMMARY.md:\"[Between](between.md)\" a link stands between the heading of a part and its list; make it an item of the list (`- [..](..)`), or move it behind the list",
            "nav/not-in-summary src/one.md `src/one.md` is not published, because `SUMMARY.md` does not list it; list it, or write `nav: false` in its front matter to publish it without listing it",
        ]
    );
    assert_eq!(
        built.nav(),
        [
            "draft 1. One",
            "2. Two -> two.html",
            "draft 3. Again",
            "draft 4. Nothing",
            "draft 5. Web",
            "draft 6. Out",
            "draft 7. Place",
            "draft 8. Image",
            "draft 9. Gone",
            "End -> end.html",
            "10. Late -> late.html",
            "# Part",
            "Between -> between.html",
        ]
    );
}

#[test]
fn only_listed_files_are_published_unless_they_ask() {
    let built = build(
        "\
-- src/SUMMARY.md --
- [A](a.md)
- [Listed](listed.md)
- [Draft](draft.md)
  - [Below](below.md)
-- src/a.md --
{{#include part.md}}
-- src/part.md --
text
-- src/listed.md --
---
nav: false
---
-- src/secret.md --
---
nav: false
---
-- src/stray.md --
-- src/draft.md --
---
draft: true
---
-- src/below.md --
",
    );
    assert_eq!(built.paths(), ["a.html", "listed.html", "below.html", "secret.html"]);
    assert_eq!(codes(&built.diagnostics), ["nav/contradiction", "nav/not-in-summary"]);
    assert_eq!(built.diagnostics[1].span().unwrap().file, path("src/stray.md"));
    assert!(!built.page("src/secret.md").listed());
    assert_eq!(built.page("src/secret.md").previous, None);
    assert_eq!(built.page("src/below.md").next, None);
    // A draft with chapters below it has a place to reach them from.
    assert_eq!(built.nav()[2], "draft 3. Draft -> _copydesk/sections/draft.html");
    assert_eq!(built.site.unpublished(&path("src/draft.md")), Some(&Unpublished::Draft));
    // The first chapter stands at the front too.
    assert_eq!(built.site.first_page, Some(built.id("src/a.md")));
    assert_eq!(built.site.owner(&built.site.home), Some(Owner::FirstPage(built.id("src/a.md"))));
}

// --- Navigation from folders

#[test]
fn folders_are_ordered_by_weight_and_natural_names() {
    let built = build(
        "\
-- docs/index.md --
# Home
-- docs/10-last.md --
-- docs/9-nine.md --
-- docs/heavy.md --
---
weight: 20
---
-- docs/guides/_index.md --
---
title: All guides
weight: 1.5
---
-- docs/guides/b.md --
-- docs/guides/A.md --
-- docs/reference-manual/deep/x.md --
# X
-- docs/lone/README.md --
# Lone
-- docs/img/a.png --
",
    );
    assert_eq!(problems(&built), [""; 0]);
    assert_eq!(
        built.nav(),
        [
            "Home -> index.html",
            "All guides -> guides/index.html",
            "  A -> guides/A.html",
            "  B -> guides/b.html",
            "Heavy -> heavy.html",
            "Nine -> 9-nine.html",
            "Last -> 10-last.html",
            "Lone -> lone/index.html",
            "section Reference manual -> reference-manual/index.html",
            "  section Deep -> reference-manual/deep/index.html",
            "    X -> reference-manual/deep/x.html",
        ]
    );
    let sections: Vec<_> = built
        .site
        .sections
        .iter()
        .map(|section| (section.title.as_str(), section.path.as_str()))
        .collect();
    assert_eq!(
        sections,
        [
            ("Reference manual", "reference-manual/index.html"),
            ("Deep", "reference-manual/deep/index.html"),
        ]
    );
    let x = built.page("docs/reference-manual/deep/x.md");
    assert_eq!(x.parent, None, "no page above it");
    let crumbs: Vec<_> = built.site.breadcrumbs(x.nav.unwrap()).into_iter().collect();
    let crumbs: Vec<_> = crumbs.iter().map(|(_, item)| item.title.as_str()).collect();
    assert_eq!(crumbs, ["Reference manual", "Deep"]);
}

#[test]
fn a_folder_has_one_page_of_its_own() {
    let built = build(
        "\
-- docs/readme.md --
-- docs/_index.md --
-- docs/a/README.md --
# A
-- docs/a/Index.md --
# Index
",
    );
    assert_eq!(built.paths(), ["index.html", "a/index.html"]);
    assert_eq!(built.nav()[1], "Index -> a/index.html");
    assert_eq!(codes(&built.diagnostics), ["nav/two-section-pages", "nav/two-section-pages"]);
    assert_eq!(
        built.site.unpublished(&path("docs/readme.md")),
        Some(&Unpublished::SecondSectionPage(path("docs/_index.md")))
    );
}

#[test]
fn a_hidden_section_hides_what_is_in_it() {
    let built = build(
        "\
-- a.md --
-- x/index.md --
---
nav: false
---
-- x/y/z.md --
-- b.md --
---
nav: false
---
",
    );
    assert_eq!(built.nav(), ["A -> a.html"]);
    assert_eq!(built.paths(), ["a.html", "b.html", "x/index.html", "x/y/z.html"]);
    // Nothing stands at the front: the list of what there is does.
    assert_eq!(built.site.section(None).map(|s| s.path.as_str()), Some("index.html"));
    assert_eq!(built.site.home.as_str(), "index.html");
}

#[test]
fn drafts_are_built_on_request_only() {
    let text = "-- a.md --\n---\ndraft: true\n---\n# A\n-- b.md --\n[a](a.md)\n";
    let built = build(text);
    assert_eq!(built.paths(), ["b.html"]);
    assert_eq!(
        built.link_problems("b.md"),
        [
            "link/unpublished b.md:\"a.md\" `a.md` is not published; it is a draft: publish it, or build with `--drafts`"
        ]
    );
    let built = build_source(MemorySource::site(text), |_| {}, true);
    assert_eq!(built.paths(), ["a.html", "b.html"]);
    assert_eq!(built.urls("b.md"), ["a.html"]);
}

// --- Addresses

#[test]
fn addresses_follow_files_slugs_and_clean_urls() {
    let text = "\
-- index.md --
-- a/b.md --
-- a/c.markdown --
---
slug: see
---
-- a/d.mdx --
---
slug: no good
---
-- a/index.md --
---
slug: other
---
";
    let built = build(text);
    assert_eq!(built.paths(), ["index.html", "a/index.html", "a/b.html", "a/see.html", "a/d.html"]);
    assert_eq!(codes(&built.diagnostics), ["site/bad-slug", "site/bad-slug"]);
    let clean = build_with(text, |settings| settings.site.clean_urls = true);
    assert_eq!(
        clean.paths(),
        ["index.html", "a/index.html", "a/b/index.html", "a/see/index.html", "a/d/index.html"]
    );
    assert_eq!(clean.page("a/b.md").markdown_path().as_str(), "a/b/index.md");
}

#[test]
fn one_address_has_one_owner() {
    let built = build(
        "\
-- a.md --
---
slug: same
---
-- b.md --
---
slug: same
---
-- c.md --
-- c.html --
-- print.md --
-- _copydesk/x.css --
-- robots.txt --
-- CNAME --
-- Same.html --
",
    );
    assert_eq!(built.paths(), ["same.html", "c.html"]);
    assert_eq!(
        problems(&built),
        [
            "site/url-clash b.md:\"same\" `b.md` cannot be published at `same.html`, because `a.md` stands there; rename one of the two, or give a page another `slug`",
            "site/url-clash print.md `print.md` cannot be published at `print.html`, because Copydesk writes that file itself; rename one of the two, or give a page another `slug`",
            "site/url-case Same.html the addresses `Same.html` and `same.html` differ only in upper and lower case; rename one of the two files",
            "site/url-clash _copydesk/x.css `_copydesk/x.css` cannot be published at `_copydesk/x.css`, because Copydesk writes that file itself; rename one of the two, or give a page another `slug`",
            "site/url-clash c.html `c.html` cannot be published at `c.html`, because `c.md` stands there; rename one of the two, or give a page another `slug`",
            "site/own-file robots.txt `robots.txt` is published instead of a generated `robots.txt`; remove the file to have one generated",
        ]
    );
    let assets: Vec<_> = built.site.assets.iter().map(|asset| asset.path.as_str()).collect();
    assert_eq!(assets, ["CNAME", "Same.html", "robots.txt"]);
}

#[test]
fn the_page_for_missing_pages_stands_outside() {
    let built = build("-- index.md --\n-- 404.md --\n# Lost\n[home](index.md)\n");
    assert_eq!(built.paths(), ["index.html", "404.html"]);
    let lost = built.id("404.md");
    assert_eq!(built.site.not_found, Some(lost));
    assert_eq!(built.nav(), ["Home -> index.html"]);
    assert_eq!(problems(&built), [""; 0]);
    let built = build_with("-- index.md --\n-- 404.md --\n[home](index.md#top)\n", |settings| {
        settings.site.base_url =
            Some(Set { value: "https://example.org/docs/".to_owned(), span: None });
        settings.site.clean_urls = true;
    });
    let context = ResolveContext { image_size: &no_size };
    let resolved = built.resolve_at("404.md", Place::Anywhere, &context);
    assert_eq!(resolved.targets[0].url, "/docs/#top");
}

// --- Links

#[test]
fn links_are_written_to_sources_and_published_as_relative_urls() {
    let built = build(
        "\
-- docs/index.md --
-- docs/a/page.md --
[1](other.md) [2](./other.md#part-two) [3](../b%20c/index.md) [4](../b%20c/) [5](../b%20c)
[6](/a/other.md?q=1#part-two) [7](other) [8](other.html#part-two) [9](#here) [10](#top)
[11](https://example.org/a b) [12](mailto:a@b.c) [13](../file.zip) [14](../sec/) [15](../index.html)
![16](../img/x.png) <https://example.org/> <img src=\"../img/x.png\"> <a href=\"other.md\">x</a>
[17](page.md) [18](../../docs/a/other.md) [19](.) [20](../print.html) [21][ref] [22](../README.md)

## Here

[ref]: other.md
-- docs/a/other.md --
## Part two
-- docs/b c/index.md --
-- docs/sec/x.md --
-- docs/file.zip --
-- docs/img/x.png --
",
    );
    let resolved = built.resolve("docs/a/page.md");
    let urls: Vec<&str> = resolved.targets.iter().map(|target| target.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            "other.html",
            "other.html#part-two",
            "../b%20c/index.html",
            "../b%20c/index.html",
            "../b%20c/index.html",
            "other.html?q=1#part-two",
            "other.html",
            "other.html#part-two",
            "#here",
            "#top",
            "mailto:a@b.c",
            "../file.zip",
            "../sec/index.html",
            "../index.html",
            "../img/x.png",
            "https://example.org/",
            "../img/x.png",
            "other.html",
            "page.html",
            "other.html",
            "index.html",
            "../print.html",
            "other.html",
            "../README.md",
        ]
    );
    assert_eq!(
        built.link_problems("docs/a/page.md"),
        [
            "link/missing-page docs/a/page.md:\"../README.md\" there is no page `../README.md`; did you mean `../index.md`? -> [17](page.md) [18](../../docs/a/other.md) [19](.) [20](../print.html) [21][ref] [22](../index.md)",
        ]
    );
    assert!(resolved.targets.iter().all(|target| target.broken == (target.url == "../README.md")));
    assert_eq!(
        resolved.destinations[1],
        Destination::Page(path("docs/a/other.md"), Some("part-two".into()))
    );
    assert_eq!(resolved.destinations[14], Destination::Asset(path("docs/img/x.png")));
    assert_eq!(resolved.destinations[15], Destination::External);
}

#[test]
fn a_miss_says_what_was_probably_meant() {
    let built = build(
        "\
-- docs/guide/page.md --
[a](instal.md)
[b](other/install.md#x)
[c](Install.md)
[d](../../LICENSE)
[e](missing.zip)
![f](pic.pgn)
![g](install.md)
[h]()
[i](nowhere/at/all)
[j](../Guide/)
[k](someone@example.org)
[l](..\\top.md)
[m](../../../../x.md)
[n](install.md#Set-up)
[o](install.md#set-pu)
[p](install.md#nothing-like-it)
[q](<in stal.md>)
[r](setup.md#a) <script src=\"no.js\"></script>
[r][s] [t][s]
[u](.hidden.md)

[s]: instal.md
-- docs/guide/install.md --
## Set up
-- docs/guide/pic.png --
-- docs/guide/.hidden.md --
-- docs/top.md --
---
aliases: [guide/setup.html]
---
-- LICENSE --
",
    );
    let got = built.link_problems("docs/guide/page.md");
    let place = "docs/guide/page.md";
    let expected = [
        format!(
            "link/missing-page {place}:\"instal.md\" there is no page `instal.md`; did you mean `install.md`? -> [a](install.md)"
        ),
        format!(
            "link/missing-page {place}:\"other/install.md#x\" there is no page `other/install.md`; did you mean `install.md`? -> [b](install.md#x)"
        ),
        format!(
            "link/wrong-case {place}:\"Install.md\" `Install.md` differs from the file's name in upper and lower case; write `install.md` -> [c](install.md)"
        ),
        format!(
            "link/outside-content {place}:\"../../LICENSE\" `../../LICENSE` leads out of the content folder; link to the file's web address, or move it into the content folder"
        ),
        format!(
            "link/missing-file {place}:\"missing.zip\" there is no file `missing.zip`; correct the address, or add the file"
        ),
        format!(
            "link/missing-image {place}:\"pic.pgn\" there is no image `pic.pgn`; did you mean `pic.png`? -> ![f](pic.png)"
        ),
        format!(
            "link/missing-image {place}:\"install.md\" `docs/guide/install.md` is a page, not an image; write a link (without `!`), or name an image"
        ),
        format!(
            "link/empty {place}:\"[h]()\" the link has no destination; write the address, or turn the link into plain text"
        ),
        format!(
            "link/missing-page {place}:\"nowhere/at/all\" there is no page `nowhere/at/all`; correct the address, or add the page"
        ),
        format!(
            "link/missing-page {place}:\"../Guide/\" there is no page `../Guide/`; did you mean `../guide/`? -> [j](../guide/)"
        ),
        format!(
            "link/missing-page {place}:\"someone@example.org\" there is no page `someone@example.org`; for a mail address write `mailto:someone@example.org`"
        ),
        format!(
            "link/missing-page {place}:\"..\\\\top.md\" there is no page `..\\top.md`; write `../top.md`"
        ),
        format!(
            "link/outside-content {place}:\"../../../../x.md\" `../../../../x.md` leads out of the site and cannot be checked; if it is right, write its whole address (`https://...`)"
        ),
        format!(
            "link/missing-anchor {place}:\"install.md#Set-up\" `docs/guide/install.md` has no heading or id `Set-up`; did you mean `#set-up`? -> [n](install.md#set-up)"
        ),
        format!(
            "link/missing-anchor {place}:\"install.md#set-pu\" `docs/guide/install.md` has no heading or id `set-pu`; did you mean `#set-up`? -> [o](install.md#set-up)"
        ),
        format!(
            "link/missing-anchor {place}:\"install.md#nothing-like-it\" `docs/guide/install.md` has no heading or id `nothing-like-it`; correct the id, or give the heading one of its own: `## Heading {{#id}}`"
        ),
        format!(
            "link/missing-page {place}:\"in stal.md\" there is no page `in stal.md`; did you mean `install.md`? -> [q](<install.md>)"
        ),
        format!(
            "link/through-redirect {place}:\"setup.md#a\" `setup.md#a` is a former address; write `../top.md` -> [r](../top.md#a) <script src=\"no.js\"></script>"
        ),
        format!(
            "link/missing-anchor {place}:\"setup.md#a\" `docs/top.md` has no heading or id `a`; correct the id, or give the heading one of its own: `## Heading {{#id}}`"
        ),
        format!(
            "link/missing-file {place}:\"no.js\" there is no file `no.js`; correct the address, or add the file"
        ),
        format!(
            "link/missing-page {place}:\"instal.md\" there is no page `instal.md`; did you mean `install.md`? -> [s]: install.md"
        ),
        format!(
            "link/unpublished {place}:\".hidden.md\" `guide/.hidden.md` is hidden and not published; rename what begins with a dot"
        ),
    ];
    for (got, expected) in got.iter().zip(&expected) {
        assert_eq!(got, expected);
    }
    assert_eq!(got.len(), expected.len());
}

#[test]
fn links_from_included_files_are_seen_from_the_page() {
    let built = build(
        "\
-- docs/page.md --
{{#include parts/part.md}}
-- docs/parts/part.md --
[a](near.md) [b](none.md)
-- docs/parts/near.md --
",
    );
    assert_eq!(
        built.link_problems("docs/page.md"),
        [
            "link/missing-page docs/parts/part.md:\"near.md\" there is no page `near.md`; links in an included file are seen from the page that includes it; here that is `parts/near.md`",
            "link/missing-page docs/parts/part.md:\"none.md\" there is no page `none.md`; correct the address, or add the page",
        ]
    );
}

#[test]
fn links_into_a_summary_book_work_as_in_mdbook() {
    let built = build_with(
        "\
-- src/SUMMARY.md --
- [A](a/README.md)
- [B](b.md)
-- src/a/README.md --
[b](../b.md) [b](../b.html) [self](README.md#x) [front](../index.html) [summary](../SUMMARY.md)
[unlisted](../c.md) [absolute](/book/b.html) [absolute](/b.md)

# X
-- src/b.md --
[a](a/README.md) [a](a/index.md) [a](a/index.html) [a](a/README.html) [a](a/)
-- src/c.md --
",
        |settings| {
            settings.site.base_url = Some(Set { value: "/book/".to_owned(), span: None });
        },
    );
    assert_eq!(built.urls("src/b.md"), ["a/index.html"; 5]);
    assert_eq!(
        built.urls("src/a/README.md"),
        [
            "../b.html",
            "../b.html",
            "index.html#x",
            "index.html",
            "../SUMMARY.md",
            "../c.md",
            "../b.html",
            "../b.html"
        ]
    );
    assert_eq!(
        built.link_problems("src/a/README.md"),
        [
            "link/unpublished src/a/README.md:\"../SUMMARY.md\" `SUMMARY.md` is not published; it is no part of the site: link to its web address",
            "link/unpublished src/a/README.md:\"../c.md\" `c.md` is not published; list it in `SUMMARY.md`, or write `nav: false` in its front matter",
        ]
    );
    // The same page at the front sees the others from there.
    let index = SitePath::new("index.html").unwrap();
    let context = ResolveContext { image_size: &no_size };
    let at = built.resolve_at("src/a/README.md", Place::At(&index), &context);
    assert_eq!(at.targets[0].url, "b.html");
    assert_eq!(at.targets[2].url, "a/index.html#x");
}

#[test]
fn links_to_neighbours_on_the_host_are_kept_and_cannot_be_checked() {
    let built = build_with(
        "\
-- docs/a/b.md --
[std](../../std/index.html#x) [other](/other/y.html) [mine](/books/a/none.html) ![i](../../../x.png)
[neighbour](../../std/a.md#x) [mistake](../../LICENCE.md)
-- LICENSE.md --
",
        |settings| {
            settings.site.base_url = Some(Set { value: "/books/mine/".to_owned(), span: None });
        },
    );
    let resolved = built.resolve("docs/a/b.md");
    let codes: Vec<_> =
        resolved.diagnostics.iter().map(|d| (d.code.as_ref(), d.severity)).collect();
    assert_eq!(
        codes,
        [
            ("link/outside-content", Severity::Advice),
            ("link/outside-content", Severity::Advice),
            ("link/outside-content", Severity::Advice),
            ("link/outside-content", Severity::Error),
            ("link/outside-content", Severity::Advice),
            ("link/outside-content", Severity::Error),
        ]
    );
    assert_eq!(resolved.targets[4].url, "../../std/a.html#x");
    let urls = |place| {
        let context = ResolveContext { image_size: &no_size };
        let resolved = built.resolve_at("docs/a/b.md", place, &context);
        resolved.targets.into_iter().map(|target| target.url).take(2).collect::<Vec<_>>()
    };
    assert_eq!(urls(Place::Own), ["../../std/index.html#x", "/other/y.html"]);
    let whole = built.site.print_views(&Settings::default());
    assert_eq!(urls(Place::Print(&whole.views[0])), ["../std/index.html#x", "/other/y.html"]);
    assert_eq!(urls(Place::Anywhere), ["/books/std/index.html#x", "/other/y.html"]);
}

#[test]
fn without_a_base_url_other_folders_of_the_host_may_be_neighbours() {
    let files = "\
-- docs/guide/a.md --
[api](/dotnet/api/x.y) [again](/dotnet/z?view=1#a) [other](/azure/)
[mine](/guide/none) [near](/giude/a) [file](/dotnet/a.md) [top](/none) ![i](/dotnet/i.png)
";
    let built = build(files);
    let resolved = built.resolve("docs/guide/a.md");
    let found: Vec<_> = resolved
        .diagnostics
        .iter()
        .map(|d| (d.code.as_ref(), d.severity, d.message.as_str()))
        .collect();
    let kept = |name: &str| {
        format!("`/{name}` is nothing of this site: links to it are kept and cannot be checked")
    };
    let (dotnet, azure) = (kept("dotnet"), "there is no page `/azure/`".to_owned());
    assert_eq!(
        found,
        [
            ("link/outside-content", Severity::Advice, dotnet.as_str()),
            ("link/missing-page", Severity::Error, azure.as_str()),
            ("link/missing-page", Severity::Error, "there is no page `/guide/none`"),
            ("link/missing-page", Severity::Error, "there is no page `/giude/a`"),
            ("link/missing-page", Severity::Error, "there is no page `/dotnet/a.md`"),
            ("link/missing-page", Severity::Error, "there is no page `/none`"),
            ("link/missing-image", Severity::Error, "there is no image `/dotnet/i.png`"),
        ]
    );
    assert_eq!(resolved.targets[1].url, "/dotnet/z?view=1#a");
    assert!(!resolved.targets[1].broken);
    // Who says what the site takes of its host says what it does not.
    let built = build_with(files, |settings| {
        settings.site.base_url = Some(Set { value: "https://a.example/".to_owned(), span: None });
    });
    let resolved = built.resolve("docs/guide/a.md");
    assert!(resolved.diagnostics.iter().all(|d| d.severity == Severity::Error));
}

#[test]
fn clean_urls_address_folders() {
    let built = build_with(
        "-- index.md --\n[b](a/b.md#x) [c](a/)\n-- a/b.md --\n# X\n[i](../index.md) [c](c.md) [self](b.md) [addr](../c/)\n-- a/c.md --\n",
        |settings| settings.site.clean_urls = true,
    );
    assert_eq!(built.urls("index.md"), ["a/b/#x", "a/"]);
    assert_eq!(built.urls("a/b.md"), ["../../", "../c/", "./", "../c/"]);
    assert_eq!(built.link_problems("a/b.md"), [""; 0]);
}

#[test]
fn images_know_their_size() {
    let built =
        build("-- a.md --\n![x](x.png) [x](x.png) ![y](https://e.org/x.png)\n-- x.png --\n");
    let size = |path: &SourcePath| (path.as_str() == "x.png").then_some((3, 4));
    let resolved = built.resolve_at("a.md", Place::Own, &ResolveContext { image_size: &size });
    let sizes: Vec<_> = resolved.targets.iter().map(|target| target.size).collect();
    assert_eq!(sizes, [Some((3, 4)), None, None]);
}

#[test]
fn the_print_view_links_within_itself() {
    let built = build(
        "\
-- a/x-y.md --
[1](z.md) [2](z.md#part) [3](#own) [4](hidden.md) [5](pic.png) [6](z.md#gone) [7](?q)

## Own
-- a/z.md --
## Part
-- a/hidden.md --
---
nav: false
---
-- a/pic.png --
",
    );
    let context = ResolveContext { image_size: &no_size };
    let id = built.id("a/x-y.md");
    let whole = built.site.print_views(&Settings::default());
    let resolved = built.resolve_at("a/x-y.md", Place::Print(&whole.views[0]), &context);
    let urls: Vec<_> = resolved.targets.iter().map(|target| target.url.as_str()).collect();
    assert_eq!(
        urls,
        ["#a/z", "#a/z-part", "#a/x.y-own", "a/hidden.html", "a/pic.png", "#a/z", "?q"]
    );
    assert_eq!(built.site.print_id(id), "a/x.y");
}

/// The print views of a site that has so many pages on one at most, as `title: pages`.
fn printed(text: &str, most: usize) -> Vec<String> {
    let asked = |settings: &mut Settings| {
        settings.book.title = "Book".to_owned();
        settings.site.print_parts = true;
    };
    let built = build_with(text, asked);
    let mut settings = Settings::default();
    asked(&mut settings);
    let views = built.site.print_views_of(&settings, most);
    assert_eq!(views.list.is_some(), views.views.len() > 1);
    let paths: BTreeSet<_> = views.views.iter().map(|view| &view.path).collect();
    assert_eq!(paths.len(), views.views.len(), "each has a path of its own");
    for (id, page) in built.site.listed() {
        let holding = views.views.iter().filter(|view| view.holds(id)).count();
        assert_eq!(holding, 1, "{}", page.path);
        assert!(views.of(id).is_some_and(|view| view.holds(id)), "{}", page.path);
    }
    settings.site.print_parts = false;
    assert_eq!(
        built.site.print_views_of(&settings, most).views.is_empty(),
        views.list.is_some(),
        "only those who ask get parts"
    );
    let names = |view: &PrintView| -> Vec<String> {
        let pages = view.pages.clone().filter_map(|id| built.site.page(PageId(id)));
        pages.map(|page| page.path.to_string()).collect()
    };
    views.views.iter().map(|view| format!("{}: {}", view.title, names(view).join(" "))).collect()
}

#[test]
fn a_long_site_is_printed_by_parts() {
    let text = "\
-- index.md --
# Home
-- a/index.md --
# A
-- a/one.md --
# One
-- b/one.md --
# One
-- b/two.md --
# Two
-- b/three.md --
# Three
-- b/c/one.md --
# One
-- z.md --
# Z
";
    assert_eq!(
        printed(text, 3),
        [
            "Book (1 / 2): index.html",
            "A: a/index.html a/one.html",
            "C: b/c/one.html",
            "B: b/one.html b/three.html b/two.html",
            "Book (2 / 2): z.html",
        ]
    );
    assert_eq!(printed(text, 8).len(), 1);
}

#[test]
fn headings_of_a_summary_are_parts_of_print() {
    let text = "\
-- SUMMARY.md --
[Before](x.md)

# First

- [A](a.md)
  - [B](b.md)
- [C](c.md)

# Second

- [D](d.md)
- [E](e.md)
-- x.md --
-- a.md --
-- b.md --
-- c.md --
-- d.md --
-- e.md --
";
    assert_eq!(
        printed(text, 3),
        ["Book: x.html", "First: a.html b.html c.html", "Second: d.html e.html"]
    );
    assert_eq!(
        printed(text, 2),
        [
            "Book: x.html",
            "First (1 / 2): a.html b.html",
            "First (2 / 2): c.html",
            "Second: d.html e.html"
        ]
    );
}

#[test]
fn pages_of_another_print_view_are_linked_where_they_stand() {
    let text = "\
-- a/one.md --
[1](two.md#x) [2](../b/one.md#y) [3](../b/hidden.md)
-- a/two.md --
## X
-- b/one.md --
## Y
-- b/hidden.md --
---
nav: false
---
";
    let built = build_with(text, |settings| settings.site.print_parts = true);
    let mut settings = Settings::default();
    settings.site.print_parts = true;
    let views = built.site.print_views_of(&settings, 2);
    let context = ResolveContext { image_size: &no_size };
    let resolved = built.resolve_at("a/one.md", Place::Print(&views.views[0]), &context);
    let urls: Vec<_> = resolved.targets.iter().map(|target| target.url.as_str()).collect();
    assert_eq!(urls, ["#a/two-x", "../../b/one.html#y", "../../b/hidden.html"]);
}

#[test]
fn front_matter_names_the_image_that_a_page_is_shared_with() {
    let text = "\
-- a/one.md --
---
image: ../img/card.png
---
-- a/two.md --
---
image: /img/card.png
---
-- a/three.md --
---
image: https://example.org/card.png
---
-- a/four.md --
---
image: ../img/crad.png
---
-- a/five.md --
-- img/card.png --
";
    let built = build(text);
    let image = |source: &str| built.site.card_image(built.page(source));
    let file = || CardImage::File(path("img/card.png"));
    assert_eq!(image("a/one.md").unwrap(), Some(file()));
    assert_eq!(image("a/two.md").unwrap(), Some(file()));
    let external = CardImage::External("https://example.org/card.png".to_owned());
    assert_eq!(image("a/three.md").unwrap(), Some(external));
    assert_eq!(
        shown(&built, &image("a/four.md").unwrap_err()),
        "site/missing-card-image a/four.md:\"../img/crad.png\" there is no image `../img/crad.png`; \
         did you mean `card.png`?"
    );
    assert_eq!(image("a/five.md").unwrap(), None);
}

// --- Redirects

fn redirect(from: &str, to: &str) -> RedirectSetting {
    RedirectSetting { from: from.to_owned(), to: to.to_owned(), span: None }
}

fn redirected(text: &str, lines: &[(&str, &str)]) -> Built {
    build_with(text, |settings| {
        settings.html.redirects = lines.iter().map(|(from, to)| redirect(from, to)).collect();
    })
}

/// The redirects as `from -> url, #fragment -> url`.
fn redirects(built: &Built) -> Vec<String> {
    let site = &built.site;
    let show = |redirect: &Redirect| {
        let url = |to: &RedirectTarget| site.redirect_url(&redirect.from, to);
        let to = redirect.to.as_ref().map_or("nothing".to_owned(), url);
        let mut text = format!("{} -> {to}", redirect.from);
        for (fragment, to) in &redirect.fragments {
            text.push_str(&format!(", #{fragment} -> {}", url(to)));
        }
        text
    };
    site.redirects.iter().map(show).collect()
}

const BOOK: &str = "\
-- index.md --
-- a/b.md --
## New
-- a/c.md --
";

#[test]
fn redirects_lead_to_the_end() {
    let built = redirected(
        BOOK,
        &[
            ("/old.html", "a/b.html"),
            ("/a/old.html", "b.html#new"),
            ("/old/", "/a/c.html"),
            ("/far.html", "https://example.org/?a b"),
            ("/old.html#x", "a/c.html"),
            ("/first.html", "second.html"),
            ("/second.html", "old.html#new"),
            ("/a/b.html#gone", "c.html"),
            ("/src.html", "a/b.md"),
            ("/x.html#y", "index.html"),
            ("/a/up.html", "../../std/x.html#y"),
            ("/to-up.html", "a/up.html"),
        ],
    );
    assert_eq!(
        redirects(&built),
        [
            "a/old.html -> b.html#new",
            "a/up.html -> ../../std/x.html#y",
            "far.html -> https://example.org/?a b",
            "first.html -> a/b.html#new",
            "old.html -> a/b.html, #x -> a/c.html",
            "old/index.html -> ../a/c.html",
            "second.html -> a/b.html#new",
            "src.html -> a/b.html",
            "to-up.html -> ../std/x.html#y",
            "x.html -> nothing, #y -> index.html",
        ]
    );
    assert_eq!(
        problems(&built),
        [
            "redirect/chain `/second.html` is redirected to `old.html#new`, which is redirected itself; write `a/b.html#new`",
            "redirect/chain `/first.html` is redirected to `second.html`, which is redirected itself; write `a/b.html#new`",
            "redirect/chain `/to-up.html` is redirected to `a/up.html`, which is redirected itself; write `../std/x.html#y`",
            "redirect/fragment-only only places in `/x.html` are redirected, and there is no such page; add a redirect for `/x.html` itself",
        ]
    );
    let page = built.page("a/b.md");
    let gone = page.fragments.get("gone").map(|to| built.site.redirect_url(&page.path, to));
    assert_eq!(gone.as_deref(), Some("c.html"));
}

#[test]
fn redirects_that_cannot_work_are_told_and_dropped() {
    let built = redirected(
        BOOK,
        &[
            ("/one.html", "two.html"),
            ("/two.html", "three.html"),
            ("/three.html", "two.html"),
            ("/self.html", "self.html"),
            ("/dead.html", "a/bb.html"),
            ("/to-dead.html", "dead.html"),
            ("/a/c.html", "b.html"),
            ("/a/b.html#new", "c.html"),
            ("/anchor.html", "a/b.html#nwe"),
            ("/twice.html", "index.html"),
            ("/twice.html", "a/b.html"),
            ("https://example.org/x.html", "index.html"),
            ("/q.html?x", "index.html"),
            ("/print.html", "index.html"),
        ],
    );
    assert_eq!(
        problems(&built),
        [
            "redirect/bad-address `https://example.org/x.html` cannot be a former or new address: it leads out of the site; write a path of this site, such as `/guide/setup.html`",
            "redirect/bad-address `/q.html?x` cannot be a former or new address: it has a query; write a path of this site, such as `/guide/setup.html`",
            "redirect/shadows-page `/a/c.html` cannot be redirected, because `a/c.md` is published there; remove the redirect, or rename the page",
            "redirect/shadows-page `/a/b.html#new` cannot be redirected, because `a/b.md` has that id; remove the redirect, or rename the heading",
            "redirect/duplicate `/twice.html` is redirected twice; remove one of the two",
            "redirect/shadows-page `/print.html` cannot be redirected, because a generated page stands there; remove the redirect",
            "redirect/loop the redirect of `/two.html` leads back to itself; point it at the page that readers are to see",
            "redirect/loop the redirect of `/three.html` leads back to itself; point it at the page that readers are to see",
            "redirect/dead-target `/one.html` is redirected to `two.html`, which leads nowhere; name a page of this site, or remove the redirect",
            "redirect/loop the redirect of `/self.html` leads back to itself; point it at the page that readers are to see",
            "redirect/dead-target `/dead.html` is redirected to `a/bb.html`, which leads nowhere; did you mean `/a/b.html`?",
            "redirect/dead-target `/to-dead.html` is redirected to `dead.html`, which leads nowhere; name a page of this site, or remove the redirect",
            "redirect/dead-target `/anchor.html` is redirected to `#nwe`, which `a/b.md` does not have; name a heading's id of that page, or leave out `#...`",
        ]
    );
    assert_eq!(redirects(&built), ["anchor.html -> a/b.html#nwe", "twice.html -> index.html"]);
}

#[test]
fn aliases_are_former_addresses() {
    let built = build(
        "\
-- a/b.md --
---
aliases: [/old/, c.html, former.md, /a/b.html, v1.2]
---
-- a/d.md --
---
aliases: [/old/index.html]
---
[old](former.md) [old](../old/) [old](/a/c.html#top)
",
    );
    assert_eq!(
        redirects(&built),
        [
            "a/c.html -> b.html",
            "a/former.html -> b.html",
            "a/v1.2/index.html -> ../b.html",
            "old/index.html -> ../a/b.html",
        ]
    );
    assert_eq!(
        problems(&built),
        [
            "redirect/shadows-page a/b.md:\"/a/b.html\" `/a/b.html` is the page's own address; remove the alias",
            "redirect/duplicate a/d.md:\"/old/index.html\" `/old/index.html` is redirected twice; remove one of the two",
        ]
    );
    assert_eq!(built.urls("a/d.md"), ["b.html", "b.html", "b.html#top"]);
    let resolved = built.resolve("a/d.md");
    assert_eq!(codes(&resolved.diagnostics), ["link/through-redirect"; 3]);
    assert!(resolved.diagnostics.iter().all(|d| d.severity == Severity::Advice));
}

// --- Dependencies

#[test]
fn dependencies_lead_both_ways() {
    let built = build(
        "\
-- index.md --
# Home
-- a.md --
{{#include part.txt}}
[b](b.md#x) ![p](p.png) [gone](gone.md)
-- b.md --
-- c.md --
---
nav: false
template: wide.html
---
-- d.md --
---
nav: false
---
[c](c.md)
-- part.txt --
-- p.png --
",
    );
    let all = Dependencies::new(built.site.iter().map(|(id, page)| {
        let mut found = built.site.own_dependencies(id);
        found.extend(built.resolve(page.source.as_str()).dependencies);
        (page.source.clone(), found)
    }));
    let b = || path("b.md");
    assert_eq!(
        all.of(&path("a.md")),
        [
            Dependency::Include(path("part.txt")),
            Dependency::Template("page.html".to_owned()),
            Dependency::Page(b()),
            Dependency::Anchor(b(), "x".to_owned()),
            Dependency::Asset(path("p.png")),
            Dependency::Missing(path("gone.md")),
            Dependency::Previous(path("index.md")),
            Dependency::Next(b()),
            Dependency::Shown(b()),
            Dependency::Shown(path("index.md")),
        ]
    );
    assert_eq!(all.pages_of(&path("part.txt")), [path("a.md")]);
    assert_eq!(all.pages_of(&path("gone.md")), [path("a.md")]);
    assert_eq!(all.pages_of_template("wide.html"), [path("c.md")]);
    let (a, b) = (path("a.md"), b());
    let why: Vec<_> = all.why(&a, &b).filter(|d| !d.is_navigation()).collect();
    assert_eq!(why.len(), 2);
    let orphans = built.site.orphans(&all);
    assert_eq!(codes(&orphans), ["nav/orphan"]);
    assert_eq!(orphans[0].span().map(|span| span.file.as_str()), Some("d.md"));
}

// --- Large and strange sites

#[test]
fn a_section_with_many_pages_is_cut_and_listed() {
    let mut text = String::from("-- docs/index.md --\n-- docs/big/x.md --\n");
    for index in 0..150 {
        text.push_str(&format!("-- docs/big/p{index}.md --\n-- docs/top{index}.md --\n"));
    }
    let built = build(&text);
    let site = &built.site;
    let window = site.around(built.page("docs/big/p75.md").nav);
    let more = window.more.unwrap();
    assert_eq!((more.count, more.path.as_str()), (152, "_copydesk/contents.html"));
    let row = window.rows.iter().find(|row| row.active && row.depth == 0).unwrap();
    let more = row.more.as_ref().unwrap();
    assert_eq!((more.count, more.path.as_str()), (151, "big/index.html"));
    assert_eq!(window.rows.len(), 200);
    assert_eq!(site.section(None).map(|s| s.path.as_str()), Some("_copydesk/contents.html"));
    assert_eq!(site.section(Some(row.item)).and_then(|s| s.page), None);
}

#[test]
fn a_deep_site_needs_no_deep_stack() {
    let folder = "d/".repeat(3000);
    let built = build(&format!("-- index.md --\n-- {folder}x.md --\n[up](../y.md)\n"));
    assert_eq!(built.site.pages.len(), 2);
    let deep = &built.site.pages[1];
    assert_eq!(built.site.around(deep.nav).rows.len(), 3002);
    assert_eq!(codes(&built.resolve(deep.source.as_str()).diagnostics), ["link/missing-page"]);
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("index.md".to_owned()),
        Just("README.md".to_owned()),
        Just("_index.md".to_owned()),
        Just("404.md".to_owned()),
        Just("print.md".to_owned()),
        Just("SUMMARY.md".to_owned()),
        "[a-cA]{1,2}\\.(md|mdx|html|png)",
        "[a-c ]{1,3}",
    ]
}

fn file_path() -> impl Strategy<Value = String> {
    (prop::collection::vec("[a-c]|\\.x|c\\.html", 0..3), name()).prop_map(|(mut parts, name)| {
        parts.push(name);
        parts.join("/")
    })
}

fn body() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        file_path().prop_map(|path| format!("[x]({path})\n")),
        file_path().prop_map(|path| format!("- [x]({path})\n")),
        file_path().prop_map(|path| format!("  - [y](../{path}#a)\n")),
        file_path().prop_map(|path| format!("![z](/{path}?q)\n")),
        "[-*# \\[\\]()./a-c]{0,12}".prop_map(|text| format!("{text}\n")),
        Just("---\n".to_owned()),
        Just("\n".to_owned()),
        Just("# Part\n".to_owned()),
    ];
    let front = prop_oneof![
        4 => Just(String::new()),
        1 => Just("---\nnav: false\n---\n".to_owned()),
        1 => Just("---\ndraft: true\n---\n".to_owned()),
        1 => "[a-c/.]{1,4}".prop_map(|slug| format!("---\nslug: \"{slug}\"\n---\n")),
        1 => file_path().prop_map(|path| format!("---\naliases: [\"/{path}\", a]\nweight: 2\n---\n")),
    ];
    (front, prop::collection::vec(piece, 0..8)).prop_map(|(front, body)| front + &body.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn any_files_make_a_sound_site(
        files in prop::collection::btree_map(file_path(), body(), 0..12),
        lines in prop::collection::vec((file_path(), file_path()), 0..5),
        clean in any::<bool>(),
        drafts in any::<bool>(),
    ) {
        let files = files.into_iter().filter_map(|(name, body)| {
            Some((SourcePath::new(name).ok()?, body.into_bytes()))
        });
        let built = build_source(MemorySource::new(files), |settings| {
            settings.site.clean_urls = clean;
            settings.html.redirects =
                lines.iter().map(|(from, to)| redirect(&format!("/{from}"), to)).collect();
        }, drafts);
        let site = &built.site;

        // Every path is owned by who says so, and no two things share one.
        let mut paths = BTreeSet::new();
        for (id, page) in site.iter() {
            prop_assert!(paths.insert(page.path.clone()));
            prop_assert_eq!(site.owner(&page.path), Some(Owner::Page(id)));
            prop_assert_eq!(site.page_of(&page.source), Some(id));
        }
        for asset in &site.assets {
            prop_assert!(paths.insert(asset.path.clone()));
        }
        for section in site.sections.iter().filter(|section| section.page.is_none()) {
            prop_assert!(paths.insert(section.path.clone()));
        }
        for redirect in &site.redirects {
            prop_assert!(paths.insert(redirect.from.clone()));
        }
        // No file stands where a folder is.
        for path in &paths {
            let mut above = path.parent();
            while !above.is_root() {
                prop_assert!(!paths.contains(&above));
                above = above.parent();
            }
        }

        // Next and previous are one chain through exactly the listed pages.
        let listed: Vec<PageId> = site.listed().map(|(id, _)| id).collect();
        prop_assert_eq!(listed.len(), site.pages.iter().filter(|page| page.listed()).count());
        let mut walked = Vec::new();
        let mut at = listed.first().copied();
        while let Some(id) = at {
            let page = site.page(id).unwrap();
            prop_assert_eq!(page.previous, walked.last().copied());
            prop_assert_eq!(site.page_of_item(page.nav.unwrap()), Some(id));
            walked.push(id);
            at = page.next;
        }
        prop_assert_eq!(walked, listed);

        // Windows are trees, and what they link to exists.
        for (_, page) in site.iter() {
            let window = site.around(page.nav);
            prop_assert_eq!(
                window.rows.iter().filter(|row| row.current).count(),
                usize::from(page.listed())
            );
            for row in &window.rows {
                let item = site.nav.get(row.item).unwrap();
                if let Some(path) = &item.path {
                    prop_assert!(site.owner(path).is_some());
                }
                prop_assert_eq!(item.depth, row.depth);
            }
            let resolved = built.resolve(page.source.as_str());
            let links = built.documents[&page.source].links.len();
            prop_assert_eq!(resolved.targets.len(), links);
            prop_assert_eq!(resolved.destinations.len(), links);
            for (target, destination) in resolved.targets.iter().zip(&resolved.destinations) {
                prop_assert_eq!(target.broken, *destination == Destination::Broken);
            }
            for diagnostic in &resolved.diagnostics {
                let _ = shown(&built, diagnostic);
            }
            let context = ResolveContext { image_size: &no_size };
            for view in built.site.print_views(&Settings::default()).views {
                let print = built.resolve_at(page.source.as_str(), Place::Print(&view), &context);
                prop_assert_eq!(print.targets.len(), resolved.targets.len());
            }
        }
        let _ = problems(&built);
    }

    #[test]
    fn no_page_shows_more_than_a_hundred_siblings(
        counts in prop::collection::vec((0usize..3, 1usize..130), 1..4),
    ) {
        let mut text = String::from("-- SUMMARY.md --\n");
        let mut files = String::new();
        let mut count = 0;
        let mut depth = 0;
        for (level, pages) in counts {
            let level = level.min(depth);
            for _ in 0..pages {
                text.push_str(&format!("{}- [P](p{count}.md)\n", "  ".repeat(level)));
                files.push_str(&format!("-- p{count}.md --\n"));
                count += 1;
            }
            depth = level + 1;
        }
        let built = build(&(text + &files));
        prop_assert_eq!(built.site.pages.len(), count);
        for page in built.site.pages.iter().step_by(7) {
            let window = built.site.around(page.nav);
            let mut by_parent = BTreeMap::new();
            for row in &window.rows {
                let item = built.site.nav.get(row.item).unwrap();
                *by_parent.entry(item.parent).or_insert(0usize) += 1;
                if row.open && built.site.nav.children(Some(row.item)).len() > MOST_SIBLINGS {
                    prop_assert!(row.more.is_some());
                }
            }
            prop_assert!(by_parent.values().all(|count| *count <= MOST_SIBLINGS));
        }
    }
}

#[test]
fn pages_call_each_other_by_the_texts_of_links() {
    let built = build(
        "\
-- content/a.md --
# A

[itself](a.md) [the other](guide/b.md#x) [by address](/guide/b.html) [former](guide/old.html) [case](guide/B.md)
[gone](c.md) [file](d.png) [out](https://e.example/a.md)
-- content/guide/b.md --
---
aliases: [old.html]
---
# B
-- content/d.png --
png
",
    );
    let called = built.site.called_by(built.id("content/a.md"));
    let called: Vec<(PageId, &str)> = called.map(|of| (of.page, of.text)).collect();
    let b = built.id("content/guide/b.md");
    let texts = ["the other", "by address", "former", "case"];
    assert_eq!(called, texts.map(|text| (b, text)));
}
