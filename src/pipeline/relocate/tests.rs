//! After a move all links lead where they led.

use super::*;
use crate::config::Overrides;
use crate::memo::Store;
use crate::pipeline::check;
use crate::source::MemorySource;

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

fn input<'a>(source: &'a dyn Source, memo: &'a Store) -> CheckInput<'a> {
    CheckInput {
        source,
        root: SourcePath::root(),
        variables: Vec::new(),
        overrides: Overrides::default(),
        drafts: true,
        except: Vec::new(),
        memo,
        versions: None,
    }
}

fn moved(site: &str, old: &str, new: &str) -> Result<BTreeMap<String, String>, RelocateError> {
    let source = MemorySource::site(site);
    let memo = Store::off();
    let made = relocate(&input(&source, &memo), &path(old), &path(new))?;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut overlay = OverlaySource::new(&source);
    made.files.iter().for_each(|file| overlay.remove(file.from.clone()));
    made.files.iter().for_each(|file| overlay.set(file.to.clone(), Arc::clone(&file.after)));
    let before = check(&input(&source, &memo)).unwrap().diagnostics.len();
    let after = check(&input(&overlay, &memo)).unwrap();
    assert_eq!(after.diagnostics.len(), before, "{:?}", after.diagnostics);
    Ok(made.files.iter().map(|file| (file.to.to_string(), text(&file.after))).collect())
}

fn refused(site: &str, old: &str, new: &str) -> String {
    moved(site, old, new).unwrap_err().to_string()
}

const SITE: &str = "\
-- book.toml --
[output.html.redirect]
\"/very-old.html\" = \"guide/a.html#x\"
-- content/SUMMARY.md --
# Summary

- [Home](index.md)
- [A](guide/a.md)
- [B](<guide/b.md>)
-- content/index.md --
# Home

[a](guide/a.md#x) [html](guide/a.html) [root](/guide/a.md) [ref] ![i](guide/i.png)
<a href=\"guide/a.md\">raw</a>

[ref]: guide/a.md \"title\"
-- content/guide/a.md --
# A

## X

[b](b.md) [self](#x) [home](../index.md) ![i](i.png) [root](/index.md) [out](https://example.org)

{{#include part.txt}}
-- content/guide/b.md --
---
aliases:
  - /b.html
---
# B

[a](a.md)
-- content/guide/part.txt --
Part.
-- content/guide/i.png --
png
";

#[test]
fn a_page_moves_with_its_links() {
    let files = moved(SITE, "content/guide/a.md", "content/new/place.md").unwrap();
    assert_eq!(
        files["content/index.md"],
        "# Home\n\n[a](new/place.md#x) [html](new/place.md) [root](/new/place.md) [ref] \
         ![i](guide/i.png)\n<a href=\"new/place.md\">raw</a>\n\n[ref]: new/place.md \"title\"\n"
    );
    assert_eq!(
        files["content/new/place.md"],
        "---\naliases: [\"/guide/a.html\"]\n---\n\n# A\n\n## X\n\n[b](../guide/b.md) [self](#x) \
         [home](../index.md) ![i](../guide/i.png) [root](/index.md) [out](https://example.org)\n\n\
         {{#include ../guide/part.txt}}\n"
    );
    assert_eq!(
        files["content/SUMMARY.md"],
        "# Summary\n\n- [Home](index.md)\n- [A](new/place.md)\n- [B](<guide/b.md>)\n"
    );
    assert_eq!(
        files["book.toml"],
        "[output.html.redirect]\n\"/very-old.html\" = \"/new/place.html#x\"\n"
    );
    assert!(files["content/guide/b.md"].ends_with("[a](../new/place.md)\n"));
    assert_eq!(files.len(), 5);
}

#[test]
fn a_folder_moves_as_a_whole() {
    let files = moved(SITE, "content/guide", "content/deep/er").unwrap();
    let b = "---\naliases:\n  - /b.html\n  - \"/guide/b.html\"\n---\n# B\n\n[a](a.md)\n";
    assert_eq!(files["content/deep/er/b.md"], b);
    let a = &files["content/deep/er/a.md"];
    assert!(a.contains("[b](b.md) [self](#x) [home](../../index.md) ![i](i.png)"), "{a}");
    assert!(a.contains("{{#include part.txt}}"), "{a}");
    assert!(files["content/index.md"].contains("![i](deep/er/i.png)"));
    assert!(files["content/SUMMARY.md"].contains("(<deep/er/b.md>)"));
}

#[test]
fn a_page_that_moves_back_leaves_one_redirect() {
    let back = "-- content/new.md --\n---\ntitle: A\naliases: [\"/old.html\"]\n---\nText.\n\
                -- content/index.md --\n[a](new.md)\n";
    let files = moved(back, "content/new.md", "content/old.md").unwrap();
    let text = "---\ntitle: A\naliases: [\"/new.html\"]\n---\nText.\n";
    assert_eq!(files["content/old.md"], text);
    let windows = "-- content/new.md --\n\u{feff}+++\r\ntitle = \"A\"\r\n+++\r\n\r\nText.\r\n";
    let files = moved(windows, "content/new.md", "content/old.md").unwrap();
    let text = "\u{feff}+++\r\naliases = [\"/new.html\"]\r\ntitle = \"A\"\r\n+++\r\n\r\nText.\r\n";
    assert_eq!(files["content/old.md"], text);
    let one = "-- content/new.md --\n---\naliases: /a.html\n---\nText.\n";
    let files = moved(one, "content/new.md", "content/old.md").unwrap();
    assert_eq!(files["content/old.md"], "---\naliases: [/a.html, \"/new.html\"]\n---\nText.\n");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let says = |old: &str, new: &str, text: &str| {
        let said = refused(SITE, old, new);
        assert!(said.contains(text), "{said}");
    };
    says("content/no.md", "content/x.md", "there is no file or folder");
    says("content/index.md", "content/guide/a.md", "is there already");
    says("content/index.md", "content/index.md", "is there already");
    says("content/guide", "content/guide/more", "into itself");
    says("content/index.md", "content/index.txt", "would be no page");
    says("content/SUMMARY.md", "content/S.md", "stays where it is");
    says("content/index.md", "elsewhere/index.md", "only within it");
    says("book.toml", "content/book.toml", "only within it");
}
