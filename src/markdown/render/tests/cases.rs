//! Examples of every construct with the HTML that is expected, in `tests/fixtures/markdown`.
//!
//! A file is a list of cases: a line `%% name`, Markdown, a line `%%`, HTML. In Markdown `→`
//! stands for a tab, `␠` for a space at the end of a line, `␀` for a null character. With `COPYDESK_BLESS=1` the
//! HTML is written anew; read the difference before you commit it.

use std::fmt::Write as _;
use std::path::Path;

use super::html;

fn check(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/markdown").join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut blessed = String::new();
    let mut wrong = String::new();
    for case in text.split("%% ").skip(1) {
        let (name, rest) = case.split_once('\n').unwrap();
        let (markdown, expected) = rest.split_once("%%\n").unwrap();
        let expected = expected.strip_suffix('\n').unwrap_or(expected);
        let actual = html(&markdown.replace('→', "\t").replace('␠', " ").replace('␀', "\0"));
        // What stands in raw HTML is the author's.
        if let Err(error) = super::balance::check(&actual)
            && !markdown.contains('<')
        {
            writeln!(wrong, "{name}: {error}").unwrap();
        }
        if actual != expected {
            writeln!(wrong, "--- {name}\n{markdown}--- expected\n{expected}--- actual\n{actual}")
                .unwrap();
        }
        write!(blessed, "%% {name}\n{markdown}%%\n{actual}\n").unwrap();
    }
    if std::env::var_os("COPYDESK_BLESS").is_some() {
        std::fs::write(&path, blessed).unwrap();
    }
    assert!(wrong.is_empty(), "{file}\n{wrong}");
}

macro_rules! files {
    ($($name:ident: $file:literal,)*) => {
        $(#[test] fn $name() { check($file); })*
    };
}

files! {
    blocks: "blocks.txt",
    inlines: "inlines.txt",
    links: "links.txt",
    lists: "lists.txt",
    raw_html: "raw-html.txt",
    extensions: "extensions.txt",
    code: "code.txt",
    directives: "directives.txt",
}
