//! Content that is broken, or written by somebody who means harm. Whatever it is, the rest of the
//! site is published, the place is named, and nothing outside the site is read.

use std::os::unix::fs::symlink;

use crate::sandbox::Sandbox;

const HOME: &str = "-- index.md --\n# Home\n";

/// Builds a site with these files beside a good page, and wants the place to be named.
#[track_caller]
fn named(files: &str, place: &str) -> Sandbox {
    let sandbox = Sandbox::new(HOME);
    sandbox.add(files);
    sandbox.build(&[]).ends(1).says(place);
    good_page(&sandbox);
    sandbox
}

#[track_caller]
fn good_page(sandbox: &Sandbox) {
    assert!(sandbox.read("out/index.html").contains("Home"), "the good page is published");
}

#[test]
fn an_include_cannot_leave_the_root() {
    for path in ["../../secret.txt", "/etc/passwd", "a/../../../secret.txt", "..\\..\\secret.txt"] {
        let sandbox = Sandbox::new(HOME);
        std::fs::write(sandbox.path("secret.txt"), "the secret root:x:0").unwrap();
        sandbox.write("guide/a.md", format!("# A\n\n{{{{#include {path}}}}}\n"));
        sandbox.build(&[]).ends(1).says("a.md:3");
        assert!(!sandbox.read("out/guide/a.html").contains("root:x:0"), "{path}");
    }
}

#[test]
fn an_include_cannot_leave_through_a_link() {
    let sandbox = Sandbox::new(HOME);
    std::fs::write(sandbox.path("secret.txt"), "the secret").unwrap();
    symlink(sandbox.path("secret.txt"), sandbox.site("inside.txt")).unwrap();
    sandbox.write("a.md", "# A\n\n{{#include inside.txt}}\n");
    sandbox.build(&[]).ends(1).says("a.md:3");
    assert!(!sandbox.read("out/a.html").contains("the secret"));
    assert!(!sandbox.path("out/inside.txt").exists(), "nor is it an asset");
}

#[test]
fn a_page_or_a_folder_that_is_a_link_to_outside_is_not_published() {
    let sandbox = Sandbox::new(HOME);
    std::fs::create_dir(sandbox.path("outside")).unwrap();
    std::fs::write(sandbox.path("outside/page.md"), "# The secret\n").unwrap();
    symlink(sandbox.path("outside/page.md"), sandbox.site("page.md")).unwrap();
    symlink(sandbox.path("outside"), sandbox.site("folder")).unwrap();
    symlink("/etc", sandbox.site("etc")).unwrap();
    sandbox.build(&[]).ends(1).says("page.md").says("folder").says("etc");
    for path in ["out/page.html", "out/folder/page.html", "out/etc/passwd", "out/etc"] {
        assert!(!sandbox.path(path).exists(), "{path}");
    }
    good_page(&sandbox);
}

#[test]
fn a_link_that_stays_inside_is_followed_and_one_in_a_circle_ends() {
    let sandbox = Sandbox::new(HOME);
    sandbox.write("real.md", "# Real\n");
    symlink("real.md", sandbox.site("same.md")).unwrap();
    symlink(".", sandbox.site("circle")).unwrap();
    symlink("b.md", sandbox.site("a.md")).unwrap();
    symlink("a.md", sandbox.site("b.md")).unwrap();
    let outcome = sandbox.build(&[]);
    assert!(outcome.code < 2, "{outcome}");
    assert!(sandbox.read("out/same.html").contains("Real"));
    good_page(&sandbox);
}

#[test]
fn includes_in_a_circle() {
    let files = "
-- a.md --
# A

{{#include b.md}}
-- b.md --
# B

{{#include a.md}}
";
    named(files, "a.md:3").build(&[]).ends(1).says("b.md:3");
    named("-- self.md --\n{{#include self.md}}\n", "self.md:1");
}

#[test]
fn includes_that_double_at_every_step() {
    // Thirty files of two includes each would be a thousand million lines.
    let sandbox = Sandbox::new(HOME);
    for step in 0..30 {
        let next = format!("{{{{#include p{}.md}}}}\n", step + 1);
        sandbox.write(&format!("p{step}.md"), next.repeat(2));
    }
    sandbox.write("p30.md", "text\n");
    sandbox.build(&[]).ends(1).says(".md:1");
    good_page(&sandbox);
}

#[test]
fn an_include_that_is_not_there() {
    named("-- a.md --\n# A\n\n{{#include nothing.rs:1:3}}\n", "a.md:3");
    named("-- a.md --\n# A\n\n{{#include a.txt:nowhere}}\n-- a.txt --\ntext\n", "a.md:3");
}

#[test]
fn text_that_is_not_utf_8() {
    let sandbox = Sandbox::new(HOME);
    sandbox.write("bad.md", b"# Bad\n\nna\xefve\n");
    sandbox.build(&[]).ends(1).says("bad.md:3");
    assert!(sandbox.read("out/bad.html").contains("na"), "shown as far as it can be");
    good_page(&sandbox);
}

#[test]
fn text_with_a_nul() {
    named("-- nul.md --\n# Nul\n\na\0b\n", "nul.md:3");
}

#[test]
fn a_name_that_is_not_utf_8() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::new(HOME);
    let name = std::ffi::OsStr::from_bytes(b"na\xefve.md");
    std::fs::write(sandbox.path("site").join(name), "# Name\n").unwrap();
    sandbox.build(&[]).ends(1).says("ve.md");
    good_page(&sandbox);
}

#[test]
fn a_line_of_fifty_megabytes() {
    let sandbox = Sandbox::new(HOME);
    sandbox.write("long.md", vec![b'a'; 50 << 20]);
    sandbox.build(&[]).ends(1).says("long.md:1");
    good_page(&sandbox);
}

#[test]
fn nesting_of_ten_thousand_levels() {
    let deep = 10_000;
    for (name, text) in
        [("quotes", "> ".repeat(deep) + "x\n"), ("lists", "- ".repeat(deep) + "x\n")]
    {
        let sandbox = Sandbox::new(HOME);
        sandbox.write(&format!("{name}.md"), text);
        sandbox.build(&[]).ends(1).says(&format!("{name}.md:1"));
        good_page(&sandbox);
    }
    // These are not nested in the end, but cost a naive parser its stack or its afternoon.
    for (name, text) in [
        ("brackets", "[".repeat(deep) + "x" + &"](".repeat(deep)),
        ("stars", "*a **a ".repeat(deep)),
        ("ticks", (1..300).map(|n| "`".repeat(n) + " ").collect()),
        ("html", "<div>\n".repeat(deep)),
        ("colons", ":::note\n".repeat(deep)),
        ("pipes", format!("|{}\n|{}\n", "a|".repeat(deep), "-|".repeat(deep))),
        ("references", (0..deep).map(|n| format!("[a{n}]: b\n")).collect::<String>() + "[a1][[a2]"),
        ("entities", "&".repeat(deep)),
    ] {
        let sandbox = Sandbox::new(HOME);
        sandbox.write(&format!("{name}.md"), text);
        let outcome = sandbox.build(&[]);
        assert!(outcome.code < 2, "{name}: {outcome}");
        good_page(&sandbox);
    }
}

#[test]
fn aliases_and_redirects_in_a_circle() {
    named(
        "
-- a.md --
---
aliases: [/b.html]
---
# A
-- b.md --
---
aliases: [/a.html]
---
# B
",
        "a.md:2",
    );
    named(
        "
-- book.toml --
[book]
src = \".\"

[output.html.redirect]
\"/old.html\" = \"older.html\"
\"/older.html\" = \"old.html\"
",
        "book.toml:5",
    );
    named(
        "
-- book.toml --
[book]
src = \".\"

[output.html.redirect]
\"/old.html\" = \"nowhere.html\"
",
        "book.toml:5",
    );
}

#[test]
fn an_alias_that_leads_out() {
    for alias in ["../../evil.html", "/../evil.html", "a/../../../evil.html"] {
        let sandbox = Sandbox::new(HOME);
        sandbox.write("a.md", format!("---\naliases: [\"{alias}\"]\n---\n# A\n"));
        sandbox.build(&[]).ends(1).says("a.md:2");
        assert!(!sandbox.path("evil.html").exists() && !sandbox.path("../evil.html").exists());
    }
}

#[test]
fn two_pages_with_one_address() {
    let files = "
-- a.md --
---
slug: b
---
# A
-- b.md --
# B
";
    named(files, "a.md:2").build(&[]).ends(1).says("b.md");
    named("-- x/index.md --\n# One\n-- x/README.md --\n# Two\n", "x/README.md");
}

#[test]
fn front_matter_that_cannot_be_read() {
    for (text, line) in [
        ("---\ntitle: [\n---\n# A\n", "a.md:"),
        ("---\ntitle: one\ntitle: two\n---\n# A\n", "a.md:"),
        ("+++\ntitle =\n+++\n# A\n", "a.md:2"),
        ("---\ntitle: A\nweight: heavy\n---\n# A\n", "a.md:3"),
        ("---\ntitle: A\n# no end\n", "a.md:1"),
        ("---\na: &a [*a, *a]\n---\n# A\n", "a.md:2"),
    ] {
        let sandbox = Sandbox::new(HOME);
        sandbox.write("a.md", text);
        sandbox.build(&[]).ends(1).says(line);
        assert!(sandbox.path("out/a.html").exists(), "{text}");
        good_page(&sandbox);
    }
}

#[test]
fn yaml_that_swells() {
    let mut text = "---\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for step in 1..12 {
        let last = format!("*a{}", step - 1);
        text += &format!("a{step}: &a{step} [{}]\n", [last.as_str(); 9].join(", "));
    }
    let sandbox = Sandbox::new(HOME);
    sandbox.write("a.md", text + "---\n# A\n");
    sandbox.build(&[]).ends(1).says("a.md:");
    good_page(&sandbox);
}

#[test]
fn a_summary_that_lists_a_page_twice() {
    named(
        "
-- SUMMARY.md --
# Summary

- [Home](index.md)
- [Home again](index.md)
",
        "SUMMARY.md:4",
    );
}

#[test]
fn a_summary_that_leads_out() {
    let sandbox = Sandbox::new(HOME);
    std::fs::write(sandbox.path("secret.md"), "# The secret\n").unwrap();
    sandbox.write("SUMMARY.md", "- [Home](index.md)\n- [Out](../secret.md)\n");
    sandbox.build(&[]).ends(1).says("SUMMARY.md:2");
    good_page(&sandbox);
}

#[test]
fn a_file_that_stands_where_one_of_ours_would() {
    let sandbox = Sandbox::new(HOME);
    sandbox.write("index.html", "<p>Mine</p>");
    let outcome = sandbox.build(&[]).says("index.html");
    assert!(outcome.code == 1, "two files for one address: {outcome}");
}

#[test]
fn a_directive_that_is_unknown_or_never_closed_stays_readable() {
    named("-- a.md --\n# A\n\n:::nonsense\nwords\n:::\n", "a.md:3");
    let sandbox = named("-- a.md --\n# A\n\n:::note\nwords without end\n", "a.md:3");
    assert!(sandbox.read("out/a.html").contains("words without end"));
}

#[test]
fn a_script_in_a_title_is_text() {
    let sandbox = Sandbox::new(HOME);
    let title = "</title><script>alert(1)</script>";
    sandbox
        .write("a.md", format!("---\ntitle: \"{title}\"\ndescription: '\"><script>'\n---\ntext\n"));
    sandbox.write("<b>&\"'.md", "text\n");
    let outcome = sandbox.build(&[]);
    assert!(outcome.code < 2, "{outcome}");
    for page in ["out/a.html", "out/index.html"] {
        assert!(!sandbox.read(page).contains("<script>"), "{page}");
    }
}
