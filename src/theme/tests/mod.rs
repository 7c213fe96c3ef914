//! The built-in theme, rendered: what every kind of page looks like and weighs.

use std::collections::BTreeMap;
use std::io::Write as _;

use super::views::*;
use super::*;
use crate::base::{SitePath, relative_url};

const BODY: &str = include_str!("kitchen_sink.html");

fn item(title: &str, url: &str) -> NavItem {
    NavItem {
        kind: "page".to_owned(),
        title: title.to_owned(),
        url: Some(url.to_owned()),
        ..NavItem::default()
    }
}

fn link(title: &str, url: &str) -> PageLink {
    PageLink { title: title.to_owned(), url: Some(url.to_owned()), description: String::new() }
}

fn heading(title: &str, id: &str, children: Vec<TocItem>) -> TocItem {
    TocItem { title: title.to_owned(), id: id.to_owned(), level: 2, children }
}

fn nav() -> NavView {
    let mut current = item("Deploy a service", "deploy.html");
    current.current = true;
    current.active = true;
    let mut guides = item("Guides", "index.html");
    guides.active = true;
    guides.section = true;
    guides.children = vec![
        item("Move from another host", "move.html"),
        current,
        NavItem {
            kind: "draft".to_owned(),
            title: "Canary releases".to_owned(),
            ..NavItem::default()
        },
        item("Secrets and how to keep them from the people who need not know", "secrets.html"),
        item("Observability", "observe.html"),
    ];
    guides.more = Some(MoreView { count: 140, url: "all.html".to_owned() });
    let mut reference = item("Reference", "../reference/index.html");
    reference.section = true;
    reference.children_script = Some("../_copydesk/nav/reference.js".to_owned());
    let part = |title: &str| NavItem {
        kind: "part".to_owned(),
        title: title.to_owned(),
        ..NavItem::default()
    };
    let mut first = item("What Desk is", "../index.html");
    first.number = Some("1.".to_owned());
    let mut second = item("Install it", "../install.html");
    second.number = Some("2.".to_owned());
    NavView {
        items: vec![
            part("Start here"),
            first,
            second,
            item("Your first service", "../first.html"),
            part("Day by day"),
            guides,
            reference,
            item("Explanations", "../explanations.html"),
            NavItem { kind: "separator".to_owned(), ..NavItem::default() },
            item("Changes", "../changes.html"),
        ],
        ..NavView::default()
    }
}

fn site(theme: &Theme) -> SiteView {
    SiteView {
        title: "Desk".to_owned(),
        description: "Services without servers".to_owned(),
        language: "en".to_owned(),
        direction: "ltr".to_owned(),
        repository: Some("https://example.org/desk".to_owned()),
        copyable: true,
        default_scheme: "auto".to_owned(),
        print: true,
        strings: theme.strings().clone(),
        ..SiteView::default()
    }
}

fn here(theme: &Theme, page: &SitePath) -> HereView {
    let to = |path: &str| relative_url(page, &SitePath::new(path).unwrap(), false);
    let mut here = HereView {
        root: "../".repeat(page.as_str().matches('/').count()),
        home: to("index.html"),
        print: Some(to("print.html")),
        search: Some(to("_copydesk/search.js")),
        ..HereView::default()
    };
    theme.asset_paths().fill(&mut here, |path| relative_url(page, path, false));
    here
}

fn page_info() -> PageInfo {
    PageInfo {
        kind: "page".to_owned(),
        title: "Deploy a service".to_owned(),
        has_h1: true,
        description: "From a folder to an address.".to_owned(),
        path: "guides/deploy.html".to_owned(),
        canonical: Some("https://example.org/guides/deploy.html".to_owned()),
        image: Some(ImageView {
            url: "https://example.org/card.png".to_owned(),
            width: Some(1200),
            height: Some(630),
        }),
        body: BODY.to_owned(),
        toc: vec![
            heading(
                "Build it once by hand",
                "build",
                vec![heading("When it fails", "when-it-fails", vec![])],
            ),
            heading(
                "Choose how it is published",
                "choose",
                vec![heading("Options", "options", vec![])],
            ),
            heading("Step by step", "step-by-step", vec![]),
        ],
        breadcrumbs: vec![link("Desk", "../index.html"), link("Guides", "index.html")],
        previous: Some(link("Move from another host", "move.html")),
        next: Some(link("Secrets and how to keep them", "secrets.html")),
        edit_url: Some("https://example.org/edit".to_owned()),
        issue_url: Some("https://example.org/issues".to_owned()),
        changed: Some("2026-11-20".to_owned()),
        contributors: vec!["Ada Lovelace".to_owned(), "Grace Hopper".to_owned()],
        markdown_url: Some("deploy.md".to_owned()),
        ..PageInfo::default()
    }
}

fn builtin_theme() -> Theme {
    let (theme, diagnostics) = Theme::load(&[], &Settings::default());
    assert_eq!(diagnostics, []);
    theme
}

fn load(files: &[(&str, &str)]) -> (Theme, Vec<Diagnostic>) {
    let files: Vec<ThemeFile> = files
        .iter()
        .map(|(name, text)| ThemeFile {
            name: (*name).to_owned(),
            path: SourcePath::new(format!("theme/{name}")).unwrap(),
            bytes: text.as_bytes().into(),
        })
        .collect();
    Theme::load(&files, &Settings::default())
}

fn render(
    theme: &Theme,
    site: &SharedSite,
    template: &str,
    page: PageInfo,
) -> Result<String, Box<Diagnostic>> {
    let path = SitePath::new(&page.path).unwrap();
    let view = PageView { version: VERSION, site, here: here(theme, &path), nav: nav(), page };
    theme.render_page(template, &view)
}

fn gzip(bytes: &[u8]) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

fn codes(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|d| &*d.code).collect()
}

fn every_page(theme: &Theme, site: &SharedSite) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let kitchen_sink = page_info();
    let section = PageInfo {
        kind: "section".to_owned(),
        title: "Guides".to_owned(),
        has_h1: false,
        path: "guides/index.html".to_owned(),
        body: String::new(),
        toc: vec![],
        children: vec![
            PageLink {
                description: "From a folder to an address.".to_owned(),
                ..link("Deploy a service", "deploy.html")
            },
            link("Secrets", "secrets.html"),
            PageLink { url: None, ..link("Canary releases", "") },
        ],
        ..page_info()
    };
    let not_found = PageInfo {
        kind: "404".to_owned(),
        title: "Page not found".to_owned(),
        path: "404.html".to_owned(),
        ..PageInfo::default()
    };
    let whole = PageInfo {
        kind: "print".to_owned(),
        title: "Desk".to_owned(),
        has_h1: true,
        path: "print.html".to_owned(),
        body: format!("{BODY}{BODY}"),
        ..PageInfo::default()
    };
    for (template, page) in [
        ("page.html", kitchen_sink),
        ("section.html", section),
        ("404.html", not_found),
        ("print.html", whole),
    ] {
        let path = page.path.clone();
        pages.insert(path, render(theme, site, template, page).unwrap());
    }
    let redirect = RedirectView {
        version: VERSION,
        site,
        url: Some("guides/deploy.html".to_owned()),
        canonical: None,
        fragments: BTreeMap::from([("old".to_owned(), "guides/deploy.html#build".to_owned())]),
        script: relative_url(
            &SitePath::new("old.html").unwrap(),
            theme.asset_paths().redirect.as_ref().unwrap(),
            false,
        ),
        styles: Vec::new(),
    };
    pages.insert("old.html".to_owned(), theme.render_redirect(&redirect).unwrap());
    pages
}

/// `COPYDESK_PREVIEW=/some/folder` keeps the site, to be looked at in a browser.
#[test]
fn the_preview_site_holds_together() {
    let theme = builtin_theme();
    let mut view = site(&theme);
    let pages = every_page(&theme, &view.clone().into());
    view.direction = "rtl".to_owned();
    view.language = "ar".to_owned();
    let rtl = render(&theme, &view.into(), "page.html", page_info()).unwrap();

    let temporary = tempfile::tempdir().unwrap();
    let folder = std::env::var_os("COPYDESK_PREVIEW")
        .map_or_else(|| temporary.path().to_owned(), std::path::PathBuf::from);
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    };
    for asset in theme.assets() {
        write(asset.path.as_str(), &asset.bytes);
    }
    let mut deep = item("Deeper", "reference/deep.html");
    deep.children_script = Some("_copydesk/nav/deep.js".to_owned());
    let script = nav_script("reference", &[item("Options", "reference/options.html"), deep]);
    write("_copydesk/nav/reference.js", script.as_bytes());
    write("guides/rtl.html", rtl.as_bytes());
    for (path, html) in &pages {
        write(path, html.as_bytes());
        // Whatever of ours a page asks for is there.
        let mut asked = 0;
        for part in html.split(['"']) {
            if part.contains("_copydesk/")
                && !part.contains("search.js")
                && !part.contains("_copydesk/nav/")
            {
                let page = folder.join(path);
                assert!(page.parent().unwrap().join(part).is_file(), "{path}: {part}");
                asked += 1;
            }
        }
        assert!(asked >= 1, "{path}");
    }
}

#[test]
fn each_kind_of_page_shows_what_it_should() {
    let theme = builtin_theme();
    let pages = every_page(&theme, &site(&theme).into());
    let page = &pages["guides/deploy.html"];
    assert!(page.contains("<title>Deploy a service · Desk</title>"));
    assert!(page.contains(BODY.trim_end()));
    assert!(page.contains("<a href=\"deploy.html\" aria-current=\"page\">Deploy a service</a>"));
    assert!(page.contains("<span class=\"draft\">Canary releases</span>"));
    assert!(page.contains(">All 140 pages</a>"));
    assert!(page.contains("data-nav=\"../_copydesk/nav/reference.js\""));
    assert!(page.contains("<time datetime=\"2026-11-20\">"));
    assert!(page.contains("Ada Lovelace, Grace Hopper"));
    assert_eq!(page.matches("href=\"#when-it-fails\"").count(), 3, "two lists and the heading");

    assert!(page.contains("<meta property=\"og:image\" content=\"https://example.org/card.png\">"));
    assert!(page.contains("<meta property=\"og:image:width\" content=\"1200\">"));

    let section = &pages["guides/index.html"];
    assert!(section.contains("<h1>Guides</h1>"));
    assert!(section.contains("<p class=\"lead\">From a folder to an address.</p>"));
    assert!(section.contains("<span class=\"draft\">Canary releases</span></li>"));

    let missing = &pages["404.html"];
    assert!(missing.contains("<h1>Page not found</h1>"));
    assert!(missing.contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(missing.contains("id=\"nav\""));
    assert!(!missing.contains("class=\"foot\""));

    let whole = &pages["print.html"];
    assert!(!whole.contains("id=\"nav\""));
    assert!(whole.contains("noindex"));

    let moved = &pages["old.html"];
    assert!(moved.contains("<meta http-equiv=\"refresh\" content=\"0; url=guides/deploy.html\">"));
    assert!(
        moved.contains("data-moved=\"{&quot;old&quot;:&quot;guides/deploy.html#build&quot;}\"")
    );
    let script = moved.find("<script").unwrap();
    assert!(script < moved.find("http-equiv").unwrap(), "the script comes first");
}

#[test]
fn texts_are_escaped() {
    let theme = builtin_theme();
    let evil = "<script>alert(1)</script>\"'&";
    let mut view = site(&theme);
    view.title = evil.to_owned();
    view.description = evil.to_owned();
    view.strings.values_mut().for_each(|text| *text = evil.to_owned());
    let crumb = || PageLink {
        title: evil.to_owned(),
        url: Some("a.html?\"<script>".to_owned()),
        description: evil.to_owned(),
    };
    let page = PageInfo {
        title: evil.to_owned(),
        description: evil.to_owned(),
        has_h1: false,
        body: "<p>body</p>".to_owned(),
        toc: vec![heading(evil, "\"<script>", vec![])],
        breadcrumbs: vec![crumb()],
        previous: Some(crumb()),
        next: Some(crumb()),
        children: vec![crumb()],
        status: Some(evil.to_owned()),
        tags: vec![evil.to_owned()],
        contributors: vec![evil.to_owned()],
        changed: Some(evil.to_owned()),
        date: Some(evil.to_owned()),
        fragments: BTreeMap::from([(evil.to_owned(), evil.to_owned())]),
        ..page_info()
    };
    let view = SharedSite::new(view);
    for template in ["page.html", "section.html", "404.html", "print.html"] {
        let html = render(&theme, &view, template, page.clone()).unwrap();
        assert!(!html.contains("<script>"), "{template}");
        assert!(!html.contains("alert(1)</"), "{template}");
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;"), "{template}");
    }
}

/// A strict Content-Security-Policy has nothing to object to.
#[test]
fn nothing_is_inline_and_nothing_comes_from_elsewhere() {
    for (name, text) in builtin::TEMPLATES {
        let lower = text.to_lowercase();
        assert!(!lower.contains("<style"), "{name}");
        assert!(!lower.contains("style="), "{name}");
        assert!(!lower.contains("javascript:"), "{name}");
        for script in lower.split("<script").skip(1) {
            assert!(script.trim_start().starts_with("src="), "{name}");
            assert!(script.contains("></script>"), "{name}");
        }
        for attribute in lower.split_whitespace() {
            let event = attribute.strip_prefix("on").and_then(|rest| rest.split_once('='));
            assert!(event.is_none(), "{name}: {attribute}");
        }
    }
    let theme = builtin_theme();
    for asset in theme.assets() {
        let text = std::str::from_utf8(&asset.bytes).unwrap();
        let text = text.replace("http://www.w3.org/2000/svg", "");
        let css = asset.path.extension() == Some("css");
        for elsewhere in ["http:", "https:", "//cdn", "@import", "eval(", "Function(", "innerHTML"]
        {
            assert!(!text.contains(elsewhere), "{}: {elsewhere}", asset.path);
        }
        if css {
            for url in text.split("url(").skip(1) {
                assert!(url.starts_with("\"data:image/svg+xml"), "{url:.40}");
            }
            assert_eq!(text.matches('{').count(), text.matches('}').count());
            assert!(text.is_ascii());
        }
    }
}

#[test]
fn pages_are_light() {
    let theme = builtin_theme();
    let mut css = 0;
    let mut js = 0;
    let mut search = 0;
    for asset in theme.assets() {
        match asset.path.extension() {
            Some("css") => css += gzip(&asset.bytes),
            Some("js") if asset.path.file_name().starts_with("search") => {
                search += gzip(&asset.bytes);
            }
            // Those that come when they are wanted, and that of pages that have moved.
            Some("js")
                if ["redirect", "more"]
                    .iter()
                    .any(|name| asset.path.file_name().starts_with(name)) => {}
            Some("js") => {
                js += gzip(&asset.bytes);
            }
            _ => {}
        }
    }
    assert!(css <= 12_000, "style sheets: {css}");
    assert!(js <= 6_000, "scripts: {js}");
    assert!(search > 0 && search <= 12_000, "the search: {search}");

    // A hundred siblings with names that do not compress into nothing, and a long toc.
    let words =
        ["install", "deploy", "secure", "observe", "migrate", "review", "rotate", "archive"];
    let name = |i: usize| format!("{} {} {}", words[i % 8], words[i / 8 % 8], i * 7919 % 1000);
    let mut many = NavView::default();
    for i in 0..100 {
        let mut page = item(&name(i), &format!("../{}.html", name(i).replace(' ', "-")));
        page.children_script = Some(format!("../_copydesk/nav/{:016x}.js", i * 2_654_435_761));
        many.items.push(page);
    }
    let shared = SharedSite::new(site(&theme));
    let view = PageView {
        version: VERSION,
        site: &shared,
        here: here(&theme, &SitePath::new("a/b.html").unwrap()),
        nav: many,
        page: PageInfo {
            body: String::new(),
            toc: (0..40).map(|i| heading(&name(i), &name(i).replace(' ', "-"), vec![])).collect(),
            ..page_info()
        },
    };
    let html = theme.render_page("page.html", &view).unwrap();
    let weight = gzip(html.as_bytes());
    assert!(weight <= 8_000, "a page without its text: {weight}");
}

#[test]
fn a_deep_navigation_does_not_fail() {
    let theme = builtin_theme();
    let mut deep = item("bottom", "x.html");
    for level in 0..60 {
        let mut above = item(&format!("level {level}"), "x.html");
        above.children.push(deep);
        deep = above;
    }
    let shared = SharedSite::new(site(&theme));
    let view = PageView {
        version: VERSION,
        site: &shared,
        here: HereView::default(),
        nav: NavView { items: vec![deep], ..NavView::default() },
        page: page_info(),
    };
    let html = theme.render_page("page.html", &view).unwrap();
    assert!(html.contains("level 59") && html.contains("level 44"));
}

#[test]
fn overrides_take_the_place_of_built_in_parts() {
    let (theme, diagnostics) = load(&[
        ("header.html", "<header>{{ site.title }} is mine</header>"),
        ("page-wide.html", "{% extends \"base.html\" %}{% block main %}<b>wide</b>{% endblock %}"),
        ("extra.css", "body { color: red }"),
        ("variables.css", ":root { --accent: teal }"),
        ("extra.js", "go()"),
        ("fonts/fonts.css", "@font-face {}"),
        ("fonts/a.woff2", "font"),
        ("favicon.png", "png"),
        ("favicon.svg", "svg"),
        ("strings.toml", "next = \"Onward\""),
        ("README.md", "ours"),
    ]);
    assert_eq!(diagnostics, []);
    let shared = SharedSite::new(site(&theme));
    let html = render(&theme, &shared, "page.html", page_info()).unwrap();
    assert!(html.contains("<header>Desk is mine</header>"));
    assert!(html.contains("<span>Onward</span>"));
    let template = theme.template("page-wide").unwrap();
    assert!(render(&theme, &shared, &template, page_info()).unwrap().contains("<b>wide</b>"));

    let names: Vec<&str> = theme.asset_paths().styles.iter().map(|p| p.file_name()).collect();
    assert!(names[0].starts_with("copydesk-") && names[1] == "fonts.css");
    assert!(names[2].starts_with("extra-") && names.len() == 3);
    assert_eq!(theme.asset_paths().scripts.len(), 2);
    let favicon = theme.asset_paths().favicon.clone().unwrap();
    assert_eq!(favicon.extension(), Some("svg"));
    let find = |name: &str| theme.assets().iter().find(|a| a.path.as_str() == name);
    assert_eq!(&*find("_copydesk/fonts/a.woff2").unwrap().bytes, b"font");
    let css = find(theme.asset_paths().styles[0].as_str()).unwrap();
    let css = std::str::from_utf8(&css.bytes).unwrap();
    let ours = css.find("--accent:#8ab4f8").unwrap();
    assert!(css.find("--accent: teal").unwrap() > ours, "the site's variables come later");
}

#[test]
fn slips_in_the_theme_folder_are_told() {
    let (_, diagnostics) = load(&[
        ("heder.html", "<p>x</p>"),
        ("varaibles.css", ""),
        ("index.hbs", ""),
        ("css/general.css", ""),
        ("something.bin", ""),
    ]);
    let found: Vec<_> = diagnostics
        .iter()
        .map(|d| (&*d.code, d.span().unwrap().file.file_name(), d.help.as_deref().unwrap()))
        .map(|(code, file, help)| (code, file.to_owned(), help.chars().take(30).collect()))
        .collect::<Vec<(&str, String, String)>>();
    let expect = [
        ("theme/mdbook-file", "general.css", "move what you changed to `extr"),
        ("theme/mdbook-file", "index.hbs", "write what it changes as `base"),
        ("theme/unknown-file", "something.bin", "a theme folder holds templates"),
        ("theme/unknown-file", "varaibles.css", "did you mean `variables.css`?"),
        ("theme/unknown-file", "heder.html", "did you mean `header.html`?"),
    ];
    assert_eq!(found, expect.map(|(a, b, c)| (a, b.to_owned(), c.to_owned())));

    // What `book.toml` names is used, whatever it is called.
    let file = ThemeFile {
        name: "pagetoc.css".to_owned(),
        path: SourcePath::new("theme/pagetoc.css").unwrap(),
        bytes: Arc::from(*b""),
    };
    let mut settings = Settings::default();
    settings.html.additional_css.push(crate::config::Set { value: file.path.clone(), span: None });
    assert_eq!(Theme::load(&[file], &settings).1, []);
}

#[test]
fn a_broken_template_is_told_with_its_place_and_replaced() {
    let text = "<header>\n{% if site.title %}\n{{ site.title | no_such }}{% endif %}</header>";
    for (files, code, place) in [
        (vec![("header.html", "a\n  {% if x %}b")], "theme/syntax", None),
        (vec![("header.html", text)], "theme/syntax", Some("no_such")),
        (vec![("toc.html", "{% include \"gone.html\" %}")], "theme/syntax", Some("\"gone.html\"")),
        (vec![("page-x.html", "{% extends \"gone.html\" %}")], "theme/syntax", None),
        (vec![("nav.html", "{% include \"nav.html\" %}")], "theme/syntax", None),
        // Templates that are fine themselves and take something away from the built-in ones.
        (vec![("components.html", "")], "theme/syntax", None),
        (
            vec![("base.html", "<html>{% block other %}{% endblock other %}</html>")],
            "theme/syntax",
            None,
        ),
        // Two that clash only with each other.
        (
            vec![
                ("a.html", "{% component x() %}1{% endcomponent x %}"),
                ("b.html", "{% component x() %}2{% endcomponent x %}"),
            ],
            "theme/syntax",
            None,
        ),
    ] {
        let (theme, diagnostics) = load(&files);
        assert_eq!(codes(&diagnostics), [code], "{files:?}: {diagnostics:?}");
        let span = diagnostics[0].span().unwrap();
        assert_eq!(span.file.as_str(), format!("theme/{}", files[0].0));
        if let Some(place) = place {
            let at = files[0].1.find(place).unwrap();
            let near = at.saturating_sub(12)..at + place.len();
            assert!(near.contains(&span.start), "{files:?}: {span:?}, not {near:?}");
        }
        let shared = SharedSite::new(site(&theme));
        let html = render(&theme, &shared, "page.html", page_info()).unwrap();
        assert!(html.contains("<header class=\"top\">"));
    }
}

#[test]
fn one_broken_template_does_not_take_the_others_with_it() {
    let (theme, diagnostics) = load(&[
        ("footer.html", "<footer>mine</footer>"),
        ("header.html", "{% if %}"),
        ("toc.html", "{{ x | nope }}"),
    ]);
    assert_eq!(codes(&diagnostics), ["theme/syntax", "theme/syntax"]);
    let shared = SharedSite::new(site(&theme));
    let html = render(&theme, &shared, "page.html", page_info()).unwrap();
    assert!(html.contains("<footer>mine</footer>") && html.contains("<aside class=\"toc\">"));
}

#[test]
fn a_template_that_fails_on_a_page_names_both() {
    let text = "\u{feff}<p>ä\n{{ page.extra.author }}</p>";
    let (theme, diagnostics) = load(&[("footer.html", text)]);
    assert_eq!(diagnostics, []);
    let shared = SharedSite::new(site(&theme));
    let problem = render(&theme, &shared, "page.html", page_info()).unwrap_err();
    assert_eq!(problem.code, "theme/render");
    assert!(
        problem.message.starts_with("`footer.html` failed on `guides/deploy.html`: "),
        "{problem:?}"
    );
    let span = problem.span().unwrap();
    assert_eq!(span.file.as_str(), "theme/footer.html");
    assert!(text[span.range()].contains("author"), "{:?}", &text[span.range()]);

    let problem = theme.template("pag").unwrap_err();
    assert_eq!(
        (&*problem.code, problem.help.as_deref()),
        ("theme/unknown-template", Some("did you mean `page.html`?"))
    );
    assert!(theme.template("nav").is_err(), "a part is no page");
}

#[test]
fn the_site_is_shared_not_copied_into_each_page() {
    let theme = builtin_theme();
    let view = site(&theme);
    let shared = SharedSite::new(view.clone());
    assert_eq!(shared.title, view.title);
    assert_eq!(
        serde_json::to_value(&shared).unwrap(),
        serde_json::to_value(&view).unwrap(),
        "outside of templates it serialises as what it is"
    );
}

#[test]
fn codes_are_sorted_and_explained() {
    assert!(CODES.windows(2).all(|pair| pair[0].id < pair[1].id));
    for code in CODES {
        assert!(code.id.starts_with("theme/") && code.explanation.len() > 80, "{}", code.id);
    }
}

proptest::proptest! {
    /// Whatever a site's template says, it is rendered or reported.
    #[test]
    fn no_template_is_too_odd(pieces in proptest::collection::vec(0..PIECES.len(), 0..12)) {
        let text: String = pieces.iter().map(|piece| PIECES[*piece]).collect();
        let (theme, diagnostics) = load(&[("header.html", &text), ("strings.toml", &text)]);
        for problem in &diagnostics {
            let span = problem.span().unwrap();
            assert!(span.start <= span.end && span.end <= text.len(), "{text:?}: {problem:?}");
        }
        let shared = SharedSite::new(site(&theme));
        if let Err(problem) = render(&theme, &shared, "page.html", page_info()) {
            assert_eq!(problem.code, "theme/render");
            assert_eq!(problem.span().unwrap().file.as_str(), "theme/header.html", "{text:?}");
        }
    }

    #[test]
    fn a_colour_cannot_leave_its_rule(text in "[#a-z0-9(){};:/*<>\"'\\\\ .,%-]{0,24}") {
        let mut settings = Settings::default();
        settings.theme.accent = Some(text.clone());
        let (theme, diagnostics) = Theme::load(&[], &settings);
        let css = &theme.assets().iter().find(|a| a.path.extension() == Some("css")).unwrap().bytes;
        let css = std::str::from_utf8(css).unwrap();
        let taken = !codes(&diagnostics).contains(&"theme/bad-color");
        if taken {
            assert!(!text.contains(['{', '}', ';', '<', '"', '\'', '\\', '*', ':']), "{text:?}");
            assert!(css.contains(&format!(":root{{--accent:{}}}", text.trim())));
        }
    }
}

const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{%",
    "%}",
    "{#",
    "#}",
    " ",
    "\n",
    "ä\u{1F600}",
    "\"",
    "'",
    "<p>",
    "if",
    "endif",
    " for x in ",
    "nav.items",
    "endfor",
    "site.title",
    "page.nothing",
    "page?.nothing",
    "| nope",
    "| json",
    "| fill(count=3)",
    "include \"nav.html\"",
    "extends \"base.html\"",
    "block main",
    "endblock",
    "set x = ",
    "component c(a) ",
    "endcomponent c",
    "<c a={1}/>",
    "{{ site.title }}",
    "{% if page.toc %}",
    "{% endif %}",
    "{{ 1 / 0 }}",
    "{{ page.tags[9] }}",
    "(",
    ")",
    "[",
    "]",
    "=",
    "1",
    "next = \"x\"",
    "{{ throw(message=\"x\") }}",
    "raw",
    "endraw",
    "- ",
    "\r\n",
];
