//! `copydesk lint` knows the site: links, redirects, and pages that have gone.

use super::sandbox::Sandbox;

const SITE: &str = "\
-- book.toml --
[lint.rules]
\"link/missing-image\" = \"advice\"
[[lint.paths]]
files = [\"content/drafts/**\"]
rules = { \"link/missing-page\" = \"off\" }
-- content/index.md --
# Home

See [the guide](guide.md#start) and [pump data](more.md).

![](none.png)
-- content/guide.md --
# Guide

## Start here

Begin.
-- content/drafts/a.md --
# A draft

[Somewhere](nowhere.md)
";

#[test]
fn lint_tells_what_a_build_tells() {
    let sandbox = Sandbox::new(SITE);
    let lint =
        |arguments: &[&str]| sandbox.run(&[&["lint", "--format", "line"], arguments].concat());
    let told = "content/index.md:3:17:link/missing-anchor:`content/guide.md` has no heading or id `start`\n\
                content/index.md:3:49:link/missing-page:there is no page `more.md`\n";
    let all = lint(&[]);
    assert_eq!(all.code, 1);
    assert!(all.stdout.contains(told), "{}", all.stdout);
    assert!(all.stdout.contains("link/missing-image"), "{}", all.stdout);
    assert!(!all.stdout.contains("nowhere.md"), "{}", all.stdout);
    assert_eq!(lint(&["content/guide.md"]).code, 0, "findings elsewhere are left out");
    assert_eq!(lint(&["content/index.md"]).stdout, all.stdout);
    let build = sandbox.build(&["--format", "line"]);
    assert!(build.stdout.contains(told), "{}", build.stdout);

    sandbox.write("content/more.md", "# More\n");
    sandbox.write("content/guide.md", "# Guide\n\n## Start\n");
    assert_eq!(lint(&[]).code, 0);
}

#[test]
fn keys_of_the_settings_that_nothing_reads_are_told() {
    let sandbox = Sandbox::new(SITE);
    let book = sandbox.read("site/book.toml");
    sandbox.commit_all();
    sandbox.write("book.toml", format!("[sitte]\n{book}"));
    let told = "book.toml:1:2:config/unknown-key:unknown key `sitte` at the top level\n";
    for arguments in [&["lint"] as &[&str], &["lint", "--since", "HEAD"]] {
        let lint = sandbox.run(&[arguments, &["--format", "line"]].concat());
        assert!(lint.stdout.contains(told), "{}", lint.stdout);
    }
    let page = sandbox.run(&["lint", "--format", "line", "content/index.md"]);
    assert!(!page.stdout.contains("config/"), "{}", page.stdout);
    let off = book.replace("[lint.rules]\n", "[lint.rules]\n\"config/unknown-key\" = \"off\"\n");
    sandbox.write("book.toml", format!("[sitte]\n{off}"));
    let lint = sandbox.run(&["lint", "--format", "line"]);
    assert!(!lint.stdout.contains("config/"), "{}", lint.stdout);
}

#[test]
fn what_a_branch_breaks_in_pages_that_it_does_not_touch_is_new() {
    let sandbox = Sandbox::new(SITE);
    sandbox.commit_all();
    sandbox.git(&["checkout", "-q", "-b", "topic"]);
    let lint = || sandbox.run(&["lint", "--format", "line", "--since", "main"]);
    assert_eq!(lint().stdout, "");
    std::fs::remove_file(sandbox.site("content/guide.md")).unwrap();
    sandbox.git(&["commit", "-qam", "gone"]);
    let found = lint();
    assert_eq!(found.code, 1);
    assert!(
        found
            .stdout
            .contains("content/index.md:3:17:link/missing-page:there is no page `guide.md`"),
        "{}",
        found.stdout
    );
    assert!(
        found
            .stdout
            .contains("redirect/missing:`/guide.html` is gone, which was `content/guide.md`"),
        "{}",
        found.stdout
    );
    assert!(!found.stdout.contains("more.md"), "{}", found.stdout);
    assert_eq!(sandbox.run(&["lint", "--staged"]).code, 0, "nothing is staged");
}

#[test]
fn a_folder_that_is_named_is_checked_as_the_site_that_it_is() {
    let sandbox = Sandbox::new(
        "-- docs/book.toml --\n[lint.rules]\n\"links/vague-text\" = \"error\"\n\
         -- docs/content/index.md --\n# Home\n\nClick [here](gone.md).\n\
         -- other/page.md --\n# Other\n",
    );
    let lint = |paths: &[&str]| {
        let mut arguments = vec!["lint", "--format", "line"];
        arguments.extend(paths);
        sandbox.run(&arguments).stdout
    };
    let named = lint(&["docs"]);
    assert!(named.contains("docs/content/index.md:3:7:links/vague-text:"), "{named}");
    assert!(named.contains(":link/missing-page:"), "{named}");
    // Of several folders none is the site, and a page elsewhere is linted by the default rules.
    assert!(!lint(&["docs", "other"]).contains("link/missing-page"));
}

#[test]
fn what_nobody_can_check_is_told_by_a_build_only() {
    let sandbox =
        Sandbox::new("-- book.toml --\n-- content/index.md --\n# A\n\n[std](../std/x.html)\n");
    let lint = || sandbox.run(&["lint", "--format", "line"]).stdout;
    let built = sandbox.build(&["--format", "line"]).stdout;
    assert!(built.contains("link/outside-content"), "{built}");
    assert_eq!(lint(), "");
    sandbox.write("book.toml", "[lint.rules]\n\"link/outside-content\" = \"warning\"\n");
    assert!(lint().contains("link/outside-content"), "{}", lint());
}

#[test]
fn components_are_the_business_of_a_preprocessor_that_nobody_knows() {
    let page = "-- content/index.md --\n# A\n\n<Quiz number=\"1\">\n\ntext\n\n</Quiz>\n";
    let told = |book: &str| {
        let sandbox = Sandbox::new(&format!("-- book.toml --\n{book}\n{page}"));
        sandbox.build(&["--format", "line"]).stdout
    };
    assert!(told("").contains("foreign/mdx-component"));
    assert!(told("[preprocessor.mermaid]").contains("foreign/mdx-component"));
    let own = told("[preprocessor.quiz]");
    assert!(own.contains("config/preprocessor") && !own.contains("mdx-component"), "{own}");
}
