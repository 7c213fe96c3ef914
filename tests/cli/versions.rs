//! Branches and tags as versions of one site.

use std::collections::BTreeMap;
use std::path::Path;

use crate::sandbox::{Outcome, Sandbox, same_trees, tree};
use crate::serve::Preview;

const BOOK: &str = "-- book.toml --\n[book]\ntitle = \"Product\"\nsrc = \"docs\"\n\n[site]\n\
                    base-url = \"https://docs.example.com/\"\n\n[versions]\nbranches = [\"main\"]\n\
                    tags = [\"v*\"]\n\n[versions.names]\nmain = \"next\"\n\n[versions.aliases]\n\
                    latest = \"current\"\n";

/// A text that is long enough for git to know it again.
fn long(title: &str) -> String {
    let lines: String = (0..20).map(|line| format!("Line {line} of {title}.\n")).collect();
    format!("# {title}\n\n{lines}")
}

/// A product with the versions 1.0, 2.0 and next: pages that stay, change, move, go, and come.
fn product() -> Sandbox {
    let sandbox = Sandbox::new(BOOK);
    sandbox.add(&format!(
        "-- docs/index.md --\n# Product 1\n\nSee [the guide](guide/install.md).\n\
         -- docs/guide/install.md --\n{}-- docs/guide/old-name.md --\n{}\
         -- docs/gone.md --\n# Gone\n\nOnly once.\n-- docs/picture.svg --\n<svg/>\n",
        long("Install"),
        long("Moves")
    ));
    sandbox.commit_all();
    sandbox.git(&["tag", "v1.0"]);
    sandbox.git(&["mv", "docs/guide/old-name.md", "docs/guide/new-name.md"]);
    sandbox.git(&["rm", "--quiet", "docs/gone.md"]);
    sandbox.add("-- docs/index.md --\n# Product 2\n\nSee [the guide](guide/install.md).\n");
    commit(&sandbox);
    sandbox.git(&["tag", "v2.0"]);
    sandbox.add("-- docs/added.md --\n# Added\n\nNew in the next version.\n");
    commit(&sandbox);
    sandbox
}

fn commit(sandbox: &Sandbox) {
    sandbox.git(&["add", "--all"]);
    sandbox.git(&["commit", "--quiet", "--message", "Change"]);
}

fn versions(sandbox: &Sandbox, arguments: &[&str]) -> Outcome {
    let mut all = vec!["--versions"];
    all.extend(arguments);
    sandbox.build(&all)
}

/// The codes of an outcome in the format `line`, each once.
fn codes(outcome: &Outcome) -> Vec<String> {
    let mut codes: Vec<String> = outcome
        .stderr
        .lines()
        .filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0.to_owned()))
        .filter(|code| code.contains('/'))
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

fn has(sandbox: &Sandbox, path: &str) -> bool {
    sandbox.path(path).exists()
}

/// Where a page leads on, and what it names as its canonical address.
fn attribute(html: &str, before: &str) -> String {
    let rest = html.split_once(before).unwrap_or_else(|| panic!("{before} in {html}")).1;
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn every_version_stands_in_its_place() {
    let sandbox = product();
    let outcome = versions(&sandbox, &["--strict"]).ends(0);
    assert!(outcome.stderr.contains("built 3 versions"), "{outcome}");
    assert!(sandbox.read("out/index.html").contains("Product 2"));
    assert!(sandbox.read("out/1.0/index.html").contains("Product 1"));
    for path in ["out/next/added.html", "out/1.0/gone.html", "out/1.0/picture.svg"] {
        assert!(has(&sandbox, path), "{path}");
    }
    for path in ["out/2.0", "out/added.html", "out/gone.html", "out/next/gone.html"] {
        assert!(!has(&sandbox, path), "{path}");
    }
    let canonical = |path: &str| attribute(&sandbox.read(path), "rel=\"canonical\" href=\"");
    assert_eq!(canonical("out/guide/install.html"), "https://docs.example.com/guide/install.html");
    assert_eq!(
        canonical("out/1.0/guide/install.html"),
        "https://docs.example.com/guide/install.html"
    );
    assert_eq!(
        canonical("out/1.0/guide/old-name.html"),
        "https://docs.example.com/guide/new-name.html"
    );
    assert_eq!(canonical("out/1.0/gone.html"), "https://docs.example.com/1.0/gone.html");
    let map = sandbox.read("out/sitemap.xml");
    assert_eq!(map.matches("<loc>").count(), 3, "{map}");
    assert!(!map.contains("/1.0/") && map.contains("guide/new-name.html"), "{map}");
    assert!(!has(&sandbox, "out/1.0/sitemap.xml") && !has(&sandbox, "out/1.0/robots.txt"));
    assert_eq!(
        attribute(&sandbox.read("out/latest/guide/install.html"), "content=\"0; url="),
        "../../guide/install.html"
    );
    assert!(sandbox.read("out/_redirects").contains("/latest/* /:splat 302"));
    // Each version has its feed, with its own addresses.
    let feed = sandbox.read("out/1.0/feed.xml");
    assert!(feed.contains("<id>https://docs.example.com/1.0/gone.html</id>"), "{feed}");
    assert!(sandbox.read("out/feed.xml").contains("https://docs.example.com/guide/new-name.html"));
    let page = sandbox.read("out/1.0/guide/install.html");
    assert!(page.contains("href=\"../feed.xml\""), "{page}");
    let json: serde_json::Value =
        serde_json::from_str(&sandbox.read("out/_copydesk/versions.json")).unwrap();
    let states: Vec<String> = json["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| format!("{} {} {}", v["name"], v["path"], v["state"]).replace('"', ""))
        .collect();
    assert_eq!(states, ["next next unreleased", "2.0  current", "1.0 1.0 old"]);
}

#[test]
fn a_page_says_where_it_is_in_other_versions() {
    let sandbox = product();
    versions(&sandbox, &[]).ends(0);
    // The page links to its row in a list, which does without scripts.
    let page = sandbox.read("out/1.0/guide/old-name.html");
    let list = attribute(&page, "<a class=\"version\" href=\"");
    assert_eq!(list, "../_copydesk/versions/guide/index.html#old-name.html");
    let list = sandbox.read("out/1.0/_copydesk/versions/guide/index.html");
    let row = list.split_once("<tr id=\"old-name.html\">").unwrap().1;
    let row = row.split_once("</tr>").unwrap().0;
    assert!(row.contains("href=\"../../../../guide/new-name.html\""), "{row}");
    assert!(row.contains("href=\"../../../../next/guide/new-name.html\""), "{row}");
    let list = sandbox.read("out/1.0/_copydesk/versions/index.html");
    let row = list.split_once("<tr id=\"gone.html\">").unwrap().1;
    let row = row.split_once("</tr>").unwrap().0;
    assert_eq!(row.matches("class=\"none\"").count(), 2, "{row}");
    // The same for the script, and the other way round.
    let script = sandbox.read("out/_copydesk/versions/guide/pages.js");
    assert!(
        script
            .contains("\"new-name.html\":[\"guide/new-name.html\",[1,1,\"guide/old-name.html\"]]"),
        "{script}"
    );
    let script = sandbox.read("out/1.0/_copydesk/versions/pages.js");
    assert!(script.contains("\"gone.html\":[\"gone.html\",[0,0,1]]"), "{script}");
    // Old versions say that they are, without scripts too; the current one does not.
    let style = sandbox.read("out/1.0/_copydesk/version.css");
    assert!(style.contains(".version-note{display:block}") && style.contains("1.0"), "{style}");
    assert!(!sandbox.read("out/_copydesk/version.css").contains("version-note{display:block}"));
    let next = sandbox.read("out/next/_copydesk/version.css");
    assert!(next.contains("not released yet"), "{next}");
}

#[test]
fn pages_do_not_depend_on_other_versions() {
    let sandbox = product();
    versions(&sandbox, &[]).ends(0);
    let before = pages(&sandbox.path("out/1.0"));
    sandbox.git(&["tag", "v1.5", "v1.0"]);
    versions(&sandbox, &[]).ends(0);
    assert!(pages(&sandbox.path("out/1.0")) == before);
    assert!(sandbox.read("out/1.0/_copydesk/version.js").contains("1.5"));
    // Nothing in a page names its version, so that equal texts are equal files.
    for page in ["index.html", "guide/install.html", "guide/old-name.html", "guide/install.md"] {
        let of = |version: &str| sandbox.read(&format!("out/{version}/{page}"));
        assert_eq!(of("1.0"), of("1.5"), "{page}");
    }
}

/// The files of a version but those that tell of others.
fn pages(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = tree(folder);
    files.retain(|path, _| {
        !path.starts_with("_copydesk/versions")
            && !["js", "css"].iter().any(|end| path == &format!("_copydesk/version.{end}"))
            && path != ".copydesk-manifest.json"
    });
    files
}

/// The files of the version at the root.
fn root_pages(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let mut files = pages(&sandbox.path("out"));
    files.retain(|path, _| {
        !["1.0/", "2.0/", "next/", "latest/"].iter().any(|folder| path.starts_with(folder))
    });
    files
}

#[test]
fn together_or_one_at_a_time_gives_the_same_bytes() {
    let sandbox = product();
    versions(&sandbox, &[]).ends(0);
    let together = tree(&sandbox.path("out"));
    for (at, order) in
        [["next", "1.0", "2.0"], ["2.0", "next", "1.0"], ["1.0", "2.0", "next"]].iter().enumerate()
    {
        let out = format!("../alone-{at}");
        for name in order {
            let mut arguments = vec!["build", "--out", &out, "--only-version", name];
            if at == 1 {
                arguments.push("--no-cache");
            }
            sandbox.run(&arguments).ends(0);
        }
        let alone = tree(&sandbox.path(&format!("alone-{at}")));
        let names = |tree: &BTreeMap<String, Vec<u8>>| tree.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&alone), names(&together), "{order:?}");
        for (name, bytes) in &together {
            let (a, b) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&alone[name]));
            assert_eq!(a, b, "{name} after {order:?}");
        }
    }
    // And once more, when nothing has changed.
    let outcome = versions(&sandbox, &[]).ends(0);
    assert!(outcome.stderr.contains(": 0 written"), "{outcome}");
    same_trees(&tree(&sandbox.path("out")), &together);
}

/// What one version has is taken over into the next one only where it means the same there.
#[test]
fn an_equal_page_leads_where_its_version_has_it() {
    let sandbox = product();
    sandbox.add("-- docs/rooted.md --\n# Rooted\n\n[A](/next/added.html), [B](added.md)\n");
    sandbox.add("-- docs/relative.md --\n# Relative\n\n[B](added.md)\n\n```sh\nls\n```\n");
    commit(&sandbox);
    sandbox.git(&["tag", "v3.0"]);
    sandbox.add("-- docs/last.md --\n# Last\n\nIt changes the navigation.\n");
    commit(&sandbox);
    versions(&sandbox, &[]).ends(0);
    for name in ["1.0", "next", "2.0", "3.0"] {
        let arguments = ["build", "--no-cache", "--out", "../alone", "--only-version", name];
        sandbox.run(&arguments).ends(0);
    }
    same_trees(&tree(&sandbox.path("out")), &tree(&sandbox.path("alone")));
    let link = |path: &str| attribute(&sandbox.read(path), "<p><a href=\"");
    assert_eq!(link("out/rooted.html"), "/next/added.html");
    assert_eq!(link("out/next/rooted.html"), "added.html");
    assert_eq!(link("out/next/relative.html"), "added.html");
}

/// Links that begin at the root of the host lead out of most versions, and into one of them.
#[test]
fn a_link_from_the_root_leads_where_its_version_has_it() {
    let sandbox = product();
    sandbox.add("-- docs/elsewhere.md --\n# Elsewhere\n\n[A](/api/added.html), [B](added.md)\n");
    sandbox.add("-- docs/inside.md --\n# Inside\n\n[A](/2.1/added.html), [B](/api/added.html)\n");
    commit(&sandbox);
    for tag in ["v2.1", "v2.2", "v2.3"] {
        sandbox.git(&["tag", tag]);
        sandbox.add(&format!("-- docs/index.md --\n# Product {tag}\n\nChanged.\n"));
        commit(&sandbox);
    }
    // `/api` is nothing of the current version, which takes the whole host.
    versions(&sandbox, &[]).ends(1);
    for name in ["1.0", "next", "2.3", "2.2", "2.1", "2.0"] {
        let arguments = ["build", "--no-cache", "--out", "../alone", "--only-version", name];
        sandbox.run(&arguments);
    }
    same_trees(&tree(&sandbox.path("out")), &tree(&sandbox.path("alone")));
    let link = |path: &str| attribute(&sandbox.read(path), "<p><a href=\"");
    assert_eq!(link("out/2.1/inside.html"), "added.html");
    assert_eq!(link("out/2.2/inside.html"), "/2.1/added.html");
    assert_eq!(link("out/2.2/elsewhere.html"), "/api/added.html");
}

/// A site of some pages whose search a version puts together in other pieces than a build does.
#[test]
fn a_version_is_searched_and_printed_as_the_build_of_its_commit_is() {
    let sandbox = product();
    for page in 0..40 {
        sandbox.add(&format!("-- docs/more/{page}.md --\n# Page {page}\n\nWord{page} [A](0.md)\n"));
    }
    commit(&sandbox);
    sandbox.git(&["tag", "v3.0"]);
    versions(&sandbox, &[]).ends(0);
    sandbox.run(&["build", "--rev", "v3.0", "--out", "../plain"]).ends(0);
    let of = |folder: &str| {
        let mut files = tree(&sandbox.path(folder));
        files.retain(|path, _| path.starts_with("_copydesk/search/"));
        files
    };
    assert!(of("out").len() > 40);
    same_trees(&of("out"), &of("plain"));
    // The print view, but for the menu of versions in its head.
    let main = |path: &str| {
        let html = sandbox.read(path);
        let (_, rest) = html.split_once("<main").unwrap();
        rest.split_once("</main>").unwrap().0.to_owned()
    };
    assert_eq!(main("out/print.html"), main("plain/print.html"));
}

#[test]
fn one_version_is_published_and_the_pages_of_others_stay() {
    let sandbox = product();
    versions(&sandbox, &[]).ends(0);
    let old = pages(&sandbox.path("out/1.0"));
    let next = pages(&sandbox.path("out/next"));
    let two = pages(&sandbox.path("out"));
    sandbox.add("-- docs/index.md --\n# Product 3\n");
    commit(&sandbox);
    sandbox.git(&["tag", "v3.0"]);
    // The branch has moved on, too, and is not asked for.
    sandbox.add("-- docs/index.md --\n# Product 4\n");
    commit(&sandbox);
    let outcome = sandbox.build(&["--only-version", "3.0"]).ends(0);
    assert!(outcome.stderr.contains("versions/outdated"), "{outcome}");
    assert!(sandbox.read("out/index.html").contains("Product 3"));
    // What stood at the root has its own folder now.
    assert!(sandbox.read("out/2.0/index.html").contains("Product 2"));
    assert!(pages(&sandbox.path("out/1.0")) == old);
    assert!(pages(&sandbox.path("out/next")) == next);
    let style = sandbox.read("out/2.0/_copydesk/version.css");
    assert!(style.contains("which is old. The current version is 3.0"), "{style}");
    for version in ["1.0/", "next/", "2.0/", ""] {
        assert!(sandbox.read(&format!("out/{version}_copydesk/version.js")).contains("\"3.0\""));
    }
    let list = sandbox.read("out/1.0/_copydesk/versions/guide/index.html");
    assert!(list.contains("../../../../2.0/guide/new-name.html"), "{list}");
    assert!(two.contains_key("guide/new-name.html"));
}

#[test]
fn a_version_that_fails_keeps_its_last_good_build() {
    let sandbox = product();
    sandbox.git(&["branch", "v3-documentation"]);
    let book = BOOK.replace("branches = [\"main\"]", "branches = [\"main\", \"v*-documentation\"]");
    sandbox.add(&book);
    commit(&sandbox);
    versions(&sandbox, &[]).ends(0);
    assert!(has(&sandbox, "out/index.html"));
    let good = root_pages(&sandbox);
    sandbox.git(&["checkout", "--quiet", "v3-documentation"]);
    sandbox.add("-- book.toml --\n[book\n");
    commit(&sandbox);
    sandbox.git(&["checkout", "--quiet", "main"]);
    let outcome = versions(&sandbox, &[]).ends(1);
    assert_eq!(codes(&outcome), ["config/syntax", "versions/not-built"]);
    assert!(outcome.stderr.contains("v3-documentation:book.toml:1:"), "{outcome}");
    assert!(root_pages(&sandbox) == good, "3 stays at the root");
    let script = sandbox.read("out/1.0/_copydesk/version.js");
    assert!(script.contains("[\"3\",\"../\",\"current\""), "{script}");
}

#[test]
fn bad_input_is_told_where_it_is_and_the_rest_is_built() {
    let sandbox = product();
    versions(&sandbox, &[]).ends(0);
    sandbox.git(&["branch", "v1.0", "v1.0"]);
    let book = BOOK
        .replace("[\"main\"]", "[\"main\", \"v*\", \"nothing-*\"]")
        .replace("main = \"next\"", "main = \"next\"\n\"v7.0\" = \"../x\"");
    sandbox.add(&book);
    commit(&sandbox);
    sandbox.git(&["tag", "v7.0"]);
    // A tag without `book.toml`, and one whose commit is not there.
    sandbox.git(&["checkout", "--quiet", "-b", "bare"]);
    sandbox.git(&["rm", "--quiet", "book.toml"]);
    commit(&sandbox);
    sandbox.git(&["tag", "v0.5"]);
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.write(".git/refs/tags/v9.0", "1234567890123456789012345678901234567890\n");
    let outcome = versions(&sandbox, &[]).ends(1);
    assert_eq!(
        codes(&outcome),
        [
            "versions/bad-name",
            "versions/no-book",
            "versions/no-match",
            "versions/same-name",
            "versions/unreadable-ref"
        ]
    );
    for place in ["book.toml:9:27", "book.toml:10:9", "book.toml:14:10"] {
        assert!(outcome.stderr.contains(place), "{place}: {outcome}");
    }
    assert!(outcome.stderr.contains("built 3 versions"), "{outcome}");
    assert!(!has(&sandbox, "x") && !has(&sandbox, "out/0.5") && has(&sandbox, "out/1.0/gone.html"));
}

#[test]
fn what_cannot_be_done_touches_nothing() {
    let sandbox = Sandbox::new("-- book.toml --\n[book]\n-- index.md --\n# A\n");
    let outcome = versions(&sandbox, &[]).ends(2);
    assert!(outcome.stderr.contains("there is none here"), "{outcome}");
    sandbox.commit_all();
    let outcome = versions(&sandbox, &[]).ends(2);
    assert!(outcome.stderr.contains("names no branches and no tags"), "{outcome}");
    sandbox.add("-- book.toml --\n[versions]\ntags = [\"v*\"]\n");
    commit(&sandbox);
    let outcome = versions(&sandbox, &[]).ends(2);
    assert!(outcome.stderr.contains("versions/no-match"), "{outcome}");
    assert!(!has(&sandbox, "out"));
    let sandbox = product();
    let outcome = sandbox.build(&["--only-version", "2.00"]).ends(2);
    assert!(outcome.stderr.contains("did you mean `2.0`?"), "{outcome}");
    std::fs::create_dir(sandbox.path("out")).unwrap();
    std::fs::write(sandbox.path("out/mine.txt"), "keep").unwrap();
    versions(&sandbox, &[]).ends(2);
    assert_eq!(tree(&sandbox.path("out")).len(), 1);
    // The folder of one version is not ours: the others are built.
    std::fs::remove_file(sandbox.path("out/mine.txt")).unwrap();
    versions(&sandbox, &[]).ends(0);
    std::fs::remove_dir_all(sandbox.path("out/1.0")).unwrap();
    std::fs::create_dir(sandbox.path("out/1.0")).unwrap();
    std::fs::write(sandbox.path("out/1.0/mine.txt"), "keep").unwrap();
    let outcome = versions(&sandbox, &[]).ends(1);
    assert_eq!(codes(&outcome), ["versions/not-built"]);
    assert_eq!(tree(&sandbox.path("out/1.0")).len(), 1);
}

#[test]
fn a_version_that_is_selected_no_more_stays() {
    let sandbox = product();
    versions(&sandbox, &[]).ends(0);
    let old = pages(&sandbox.path("out/1.0"));
    sandbox.git(&["tag", "--delete", "v1.0"]);
    let outcome = versions(&sandbox, &[]).ends(0);
    assert_eq!(codes(&outcome), ["versions/kept"]);
    assert!(pages(&sandbox.path("out/1.0")) == old);
    assert!(sandbox.read("out/_copydesk/version.js").contains("\"1.0\""));
    std::fs::remove_dir_all(sandbox.path("out/1.0")).unwrap();
    versions(&sandbox, &["--strict"]).ends(0);
    assert!(!sandbox.read("out/_copydesk/version.js").contains("\"1.0\""));
}

#[test]
fn all_versions_can_stand_under_their_names() {
    let sandbox = product();
    versions(&sandbox, &[]).ends(0);
    sandbox.add(&BOOK.replace("[versions]", "[versions]\nlayout = \"named\"\nnoindex-old = true"));
    commit(&sandbox);
    versions(&sandbox, &["--strict"]).ends(0);
    assert!(!has(&sandbox, "out/guide/install.html"), "what stood at the root is gone");
    assert_eq!(attribute(&sandbox.read("out/index.html"), "content=\"0; url="), "2.0/index.html");
    assert!(sandbox.read("out/404.html").contains("2.0/index.html"));
    let page = sandbox.read("out/1.0/guide/install.html");
    assert_eq!(
        attribute(&page, "rel=\"canonical\" href=\""),
        "https://docs.example.com/2.0/guide/install.html"
    );
    assert!(page.contains("noindex") && !sandbox.read("out/2.0/index.html").contains("noindex"));
    assert!(sandbox.read("out/sitemap.xml").contains("/2.0/guide/new-name.html"));
    let named = tree(&sandbox.path("out"));
    sandbox.run(&["build", "--versions", "--out", "../fresh"]).ends(0);
    same_trees(&tree(&sandbox.path("fresh")), &named);
    sandbox.add(BOOK);
    commit(&sandbox);
    versions(&sandbox, &["--strict"]).ends(0);
    assert!(has(&sandbox, "out/guide/install.html"));
}

#[test]
fn the_look_is_that_of_the_base_branch() {
    let sandbox = Sandbox::new(BOOK);
    sandbox.add(
        "-- docs/index.md --\n# One\n\n{{ var.word }}\n-- theme/strings.toml --\nnext = \"Old next\"\n\
         -- docs/b.md --\n# B\n-- theme/footer.html --\n<footer>old look</footer>\n",
    );
    sandbox.add(&format!("{BOOK}\n[vars]\nword = \"uno\"\n"));
    sandbox.commit_all();
    sandbox.git(&["tag", "v1.0"]);
    sandbox.add(&format!(
        "{}\n[vars]\nword = \"due\"\n",
        BOOK.replace("[site]", "[site]\nlogo = \"look/logo.svg\"")
    ));
    sandbox.add(
        "-- theme/footer.html --\n<footer>new look</footer>\n-- look/logo.svg --\n<svg/>\n\
         -- theme/variables.css --\n:root { --gap: 3rem; }\n",
    );
    commit(&sandbox);
    versions(&sandbox, &[]).ends(0);
    let page = sandbox.read("out/index.html");
    assert!(page.contains("new look") && page.contains("uno"), "{page}");
    assert!(page.contains("src=\"look/logo.svg\"") && has(&sandbox, "out/look/logo.svg"));
    assert!(sandbox.read("out/next/index.html").contains("due"));
    let own = BOOK.replace("[versions]", "[versions]\nown-theme = [\"1.*\"]");
    sandbox.add(&own);
    commit(&sandbox);
    versions(&sandbox, &[]).ends(0);
    assert!(sandbox.read("out/index.html").contains("old look"));
    assert!(sandbox.read("out/next/index.html").contains("new look"));
}

#[test]
fn pages_do_not_stand_in_folders_of_versions() {
    let sandbox = product();
    sandbox.add("-- docs/1.0/page.md --\n# In the way\n");
    commit(&sandbox);
    sandbox.git(&["tag", "v2.1"]);
    let outcome = versions(&sandbox, &[]).ends(1);
    assert_eq!(codes(&outcome), ["versions/path-clash"]);
    assert!(outcome.stderr.contains("v2.1:docs/1.0/page.md"), "{outcome}");
    assert!(has(&sandbox, "out/1.0/gone.html") && !has(&sandbox, "out/1.0/page.html"));
    assert!(has(&sandbox, "out/next/1.0/page.html"));
}

#[test]
fn a_preview_has_every_version_in_its_folder() {
    let sandbox = product();
    sandbox.add("-- docs/draft.md --\n# Just written\n");
    let preview = Preview::start(&sandbox, &[]);
    // The working tree stands for the version of its branch.
    assert!(preview.body("/draft.html").contains("Just written"));
    let script = preview.body("/_copydesk/version.js");
    for row in ["[\"next\",\"\",", "[\"2.0\",\"2.0/\",", "[\"1.0\",\"1.0/\","] {
        assert!(script.contains(row), "{row} in {script}");
    }
    // The others are those that a build makes, but that the current one has a folder here.
    versions(&sandbox, &[]).ends(0);
    for path in ["1.0/gone.html", "1.0/guide/old-name.md", "1.0/picture.svg"] {
        let built = sandbox.read(&format!("out/{path}"));
        let canonical = built.replace("docs.example.com/guide", "docs.example.com/1.0/guide");
        assert_eq!(preview.body(&format!("/{path}")), canonical, "{path}");
    }
    assert!(preview.body("/2.0/").contains("Product 2"));
    assert!(preview.body("/2.0/_copydesk/search/index.js").contains("searchIndex"));
    let (status, answer) = preview.ask("GET", "/2.0", "");
    assert!(status == 307 && answer.contains("location: /2.0/"), "{answer}");
    let (status, answer) = preview.ask("GET", "/latest/guide/install.html", "");
    assert!(status == 307 && answer.contains("location: /2.0/guide/install.html"), "{answer}");
    assert_eq!((preview.status("/2.0/gone.html"), preview.status("/3.0/index.html")), (404, 404));
    // Where pages are in other versions, both ways.
    let list = preview.body("/_copydesk/versions/guide/pages.js");
    let row = "\"new-name.html\":[\"guide/new-name.html\",[1,1,\"guide/old-name.html\"]]";
    assert!(list.contains(row), "{list}");
    let list = preview.body("/1.0/_copydesk/versions/pages.js");
    assert!(list.contains("\"gone.html\":[\"gone.html\",[0,0,1]]"), "{list}");
    // A new tag is a new version, and one that moves is made anew.
    sandbox.git(&["tag", "v1.5", "v1.0"]);
    preview.waits_for("/_copydesk/version.js", "\"1.5\"");
    assert_eq!(preview.status("/1.5/gone.html"), 200);
    sandbox.git(&["tag", "--force", "v1.5", "v2.0"]);
    preview.waits_for("/1.5/index.html", "Product 2");
    assert_eq!(preview.status("/1.5/gone.html"), 404);
    preview.ends();
}

#[test]
fn a_version_that_cannot_be_made_is_told_in_a_preview() {
    let sandbox = product();
    sandbox.git(&["checkout", "--quiet", "-b", "bare"]);
    sandbox.git(&["rm", "--quiet", "book.toml"]);
    commit(&sandbox);
    sandbox.git(&["tag", "v0.5"]);
    sandbox.git(&["checkout", "--quiet", "main"]);
    let preview = Preview::start(&sandbox, &[]);
    let (status, answer) = preview.ask("GET", "/0.5/index.html", "");
    assert!(status == 500 && answer.contains("versions/no-book"), "{answer}");
    assert_eq!(preview.status("/1.0/index.html"), 200);
    // Where pages are is told of those that can be made.
    let list = preview.body("/_copydesk/versions/pages.js");
    assert!(list.contains("\"index.html\":[\"index.html\",[1,1,1]]"), "{list}");
    preview.ends();
}

#[test]
fn a_preview_without_versions_has_none() {
    let sandbox = Sandbox::new(BOOK);
    sandbox.add("-- docs/index.md --\n# Alone\n");
    // Without a repository there is nothing to choose from.
    let preview = Preview::start(&sandbox, &[]);
    assert!(!preview.body("/index.html").contains("version.js"));
    assert_eq!(preview.status("/1.0/index.html"), 404);
    preview.ends();
}

#[test]
fn links_to_other_versions_are_linted() {
    let sandbox = product();
    sandbox.add(
        "-- docs/index.md --\n# Product 3\n\n\
         [there](https://docs.example.com/1.0/guide/old-name.html#moves),\n\
         [gone](https://docs.example.com/1.0/guide/new-name.html),\n\
         [no heading](https://docs.example.com/1.0/guide/install.html#instal),\n\
         [current](../guide/install.html), [not there](../guide/old-name.html),\n\
         [alias](../latest/guide/new-name.html), [root](/1.0/gone.html),\n\
         [wrong](/1.0/gon.html), [folder](../1.0/), [own](https://docs.example.com/next/x.html)\n",
    );
    let outcome = sandbox.run(&["lint", "--format", "line"]).ends(1);
    let told: Vec<String> = outcome
        .stdout
        .lines()
        .filter(|line| line.contains(":versions/") || line.contains(":link/"))
        .map(|line| line.split(':').skip(1).take(3).collect::<Vec<_>>().join(":"))
        .collect();
    let expected = [
        "4:8:versions/missing-page",
        "5:14:versions/missing-anchor",
        "6:47:versions/missing-page",
        "8:9:versions/missing-page",
    ];
    assert_eq!(told, expected, "{outcome}");
    let outcome = sandbox.run(&["lint"]).ends(1);
    for help in ["did you mean `#install`?", "did you mean `gone.html` of that version?"] {
        assert!(outcome.stdout.contains(help), "{help}: {outcome}");
    }
    commit(&sandbox);
    // With the gate, only what a branch adds is told.
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    sandbox.add("-- docs/added.md --\n# Added\n\n[A](https://docs.example.com/1.0/added.html)\n");
    commit(&sandbox);
    let outcome = sandbox.run(&["lint", "--since", "main", "--format", "line"]).ends(1);
    assert_eq!(outcome.stdout.matches("versions/missing-page").count(), 1, "{outcome}");
    // A build leaves such links as they are, also where they lead into a folder below.
    sandbox.add("-- docs/index.md --\n# Product 3\n\n[A](1.0/gone.html) [B](/1.0/gone.html)\n");
    commit(&sandbox);
    sandbox.git(&["tag", "v3.0"]);
    versions(&sandbox, &["--strict"]).ends(0);
    assert!(sandbox.read("out/index.html").contains("<a href=\"1.0/gone.html\">A</a>"));
    let outcome = sandbox.run(&["explain", "versions/missing-page"]).ends(0);
    assert!(outcome.stdout.contains("another version"), "{outcome}");
}
