use std::ops::Range;

use proptest::prelude::*;

use super::{CodeProblem, code_block};
use crate::config::Settings;
use crate::markdown::CodeBlock;

const FIVE: &str = "a\nb\nc\nd\ne\n";

fn of(info: &str) -> CodeBlock {
    let (block, problems) = code_block(Some(info), FIVE, &Settings::default());
    assert_eq!(problems, [], "{info}");
    block
}

fn problems(info: &str) -> Vec<(String, String)> {
    let (_, problems) = code_block(Some(info), FIVE, &Settings::default());
    problems
        .into_iter()
        .map(|CodeProblem { range, message, .. }| (info[range].to_owned(), message))
        .collect()
}

fn lines(info: &str) -> Vec<Range<u32>> {
    of(info).options.highlighted
}

#[test]
fn the_first_word_is_the_language_and_the_rest_are_classes() {
    for info in ["rust,ignore,editable", "rust ignore editable", "rust\tignore, editable,"] {
        let block = of(info);
        assert_eq!(block.language, "rust");
        assert_eq!(block.classes, ["ignore", "editable"]);
    }
    assert_eq!(of("").language, "");
    assert_eq!(of("language-c++").language, "c++");
    assert_eq!(of("rust,edition2021").classes, ["edition2021"]);
    assert_eq!(of("ruby startline=3 $%@#$").classes, Vec::<String>::new());
}

#[test]
fn languages_in_the_ways_of_other_tools() {
    assert_eq!(of("{.rust .numberLines startFrom=\"7\" #here}").language, "rust");
    assert_eq!(of("{.rust .numberLines startFrom=\"7\"}").options.line_numbers, Some(7));
    assert_eq!(of("{.rust #here}").options.id.as_deref(), Some("here"));
    assert_eq!(of("{.numberLines .rust}").language, "rust");
    assert_eq!(of("{code-block} python").language, "python");
    assert_eq!(of("{r, echo=FALSE}").language, "r");
    assert_eq!(of("{python}").language, "python");
    assert_eq!(of("js{1,3}").language, "js");
    assert_eq!(of("ts:line-numbers=4").language, "ts");
    assert_eq!(of("ts:line-numbers=4").options.line_numbers, Some(4));
    assert_eq!(of("ts:no-line-numbers").options.line_numbers, None);
    assert_eq!(of("diff lang=\"js\"").language, "js");
    assert!(of("diff lang=\"js\"").options.diff_marks);
}

#[test]
fn titles() {
    for info in [
        "js title=\"a b.js\"",
        "js title='a b.js'",
        "js,filename=\"a b.js\"",
        "js {file=\"a b.js\"}",
        "js [a b.js]",
        "title=\"a b.js\"",
    ] {
        assert_eq!(of(info).options.title.as_deref(), Some("a b.js"), "{info}");
    }
    assert_eq!(of("title=x").language, "");
    assert_eq!(of("js title=a.js").options.title.as_deref(), Some("a.js"));
    assert_eq!(of("js title=\"it's\"").options.title.as_deref(), Some("it's"));
    assert_eq!(of("js title=\"\"").options.title, None);
}

#[test]
fn highlighted_lines() {
    for info in [
        "js {1,3-5}",
        "js{1,3-5}",
        "js {1, 3-5}",
        "js hl=\"1,3-5\"",
        "js hl=1,3-5",
        "js hl_lines=\"1 3-5\"",
        "js {hl_lines=[1,\"3-5\"]}",
        "js {linenos=true hl_lines=[1,\"3-5\"]}",
        "js {linenos=table,hl_lines=[1,\"3-5\"],linenostart=199}",
        "{1,3-5}",
        "js mark={1,3-5} mark=\"word\"",
    ] {
        assert_eq!(lines(info), [1..2, 3..6], "{info}");
    }
    assert_eq!(of("js {linenos=table,linenostart=199}").options.line_numbers, Some(199));
    assert_eq!(of("js {1}title=\"x\"").options.title.as_deref(), Some("x"));
    let block = of("js ins={1-2} del={4}");
    assert_eq!((block.options.added, block.options.removed), (vec![0, 1], vec![3]));
}

#[test]
fn line_numbers_and_copy() {
    for info in ["js linenos", "js linenums=\"1\"", "js showLineNumbers", "js,numberLines"] {
        assert_eq!(of(info).options.line_numbers, Some(1), "{info}");
    }
    assert_eq!(of("js linenos=10").options.line_numbers, Some(10));
    assert_eq!(of("js showLineNumbers={10}").options.line_numbers, Some(10));
    assert_eq!(of("js linenos=false").options.line_numbers, None);
    assert!(of("js copy=false").options.no_copy);
    assert!(!of("js copy=true").options.no_copy);
    let mut settings = Settings::default();
    settings.html.line_numbers = true;
    assert_eq!(code_block(Some("rust,editable"), FIVE, &settings).0.options.line_numbers, Some(1));
    assert_eq!(code_block(Some("rust"), FIVE, &settings).0.options.line_numbers, None);
}

#[test]
fn what_is_not_understood_is_named_and_has_no_effect() {
    let found = |place: &str, message: &str| vec![(place.to_owned(), message.to_owned())];
    assert_eq!(problems("js {1,x-5 z=1}"), []);
    assert_eq!(problems("js hl=\"1,x\""), found("x", "`x` is no line and no range of lines"));
    assert_eq!(problems("js {5-3}"), found("5-3", "`5-3` is no line and no range of lines"));
    assert_eq!(problems("js {0}"), found("0", "`0` is no line and no range of lines"));
    assert_eq!(problems("js {4-6}"), found("4-6", "line 6 is marked, but the code has 5 lines"));
    assert_eq!(
        problems("js title=\"a"),
        found("title=\"a", "`title=\"a` in the info string of the code block is not closed")
    );
    assert_eq!(
        problems("js {1,3"),
        found("{1,3", "`{1,3` in the info string of the code block is not closed")
    );
    assert_eq!(problems("js linenos=x"), found("linenos=x", "`x` is no line number"));
    assert_eq!(
        problems("js titel=\"x\""),
        found("titel=\"x\"", "a code block has no attribute `titel`")
    );
    assert_eq!(
        problems("js copy=maybe"),
        found("copy=maybe", "`copy` takes `true` or `false`, not `maybe`")
    );
    assert_eq!(problems("js frame=\"none\" wrap live"), []);
    let (block, _) = code_block(Some("js {4-4294967294}"), FIVE, &Settings::default());
    assert_eq!(block.options.highlighted.first(), Some(&(4..6)));
    let (block, _) = code_block(Some("js {4-5,1,2-3,3}"), FIVE, &Settings::default());
    assert_eq!(block.options.highlighted.first(), Some(&(1..6)));
}

fn shown(info: &str, raw: &str) -> CodeBlock {
    code_block(Some(info), raw, &Settings::default()).0
}

#[test]
fn rust_hides_lines_as_rustdoc_does() {
    let block = shown("rust", "# use a;\n#\nfn f() {\n    # let x;\n    ## y\n#[z]\n}\n");
    assert_eq!(block.code, "fn f() {\n    # y\n#[z]\n}\n");
    assert_eq!(block.options.hidden, [0, 1, 3]);
    assert_eq!(
        block.options.full.as_deref(),
        Some("use a;\n\nfn f() {\n    let x;\n    # y\n#[z]\n}\n")
    );
    let plain = shown("sh", "# a comment\nls\n");
    assert_eq!((plain.code.as_str(), plain.options.full), ("# a comment\nls\n", None));
}

#[test]
fn prefixes_hide_lines() {
    let raw = "!!!import a\n  !!!b\nc\n";
    let block = shown("python,hidelines=!!!", raw);
    assert_eq!(block.code, "c\n");
    assert_eq!(block.options.full.as_deref(), Some("import a\n  b\nc\n"));
    let mut settings = Settings::default();
    settings.html.hidelines.insert("python".to_owned(), "!!!".to_owned());
    assert_eq!(code_block(Some("python"), raw, &settings).0.code, "c\n");
    assert_eq!(code_block(Some("js"), raw, &settings).0.code, raw);
}

#[test]
fn diff_marks_are_taken_out() {
    let block = shown("js diff-marks", "+a\n-b\n  c\n\n");
    assert_eq!(block.code, "a\nb\n c\n\n");
    assert_eq!((block.options.added, block.options.removed), (vec![0], vec![1]));
    let block = shown("js diff-marks", "a\n+  b\n  c\n");
    assert_eq!(block.code, "a\n  b\n  c\n");
    let block = shown("rust diff-marks", "# hidden\n+a\n");
    assert_eq!((block.code.as_str(), block.options.added), ("a\n", vec![0]));
    assert_eq!(shown("diff", "+a\n").code, "+a\n");
}

proptest! {
    #[test]
    fn any_info_string_is_read(info in "\\PC*", raw in "[a-z#+ \\-\n]{0,60}") {
        let (block, problems) = code_block(Some(&info), &raw, &Settings::default());
        for problem in problems {
            prop_assert!(info.get(problem.range).is_some());
        }
        prop_assert!(block.code.len() <= raw.len());
    }

    #[test]
    fn any_soup_of_attributes_is_read(
        info in "([a-z]{1,3}|hl=|title=|linenos|copy=|\"|'|\\{|\\}|\\[|\\]|,| |[0-9]|-|=|\\.|#|é){0,20}",
    ) {
        let (_, problems) = code_block(Some(&info), FIVE, &Settings::default());
        for problem in problems {
            prop_assert!(info.get(problem.range).is_some());
        }
    }

    #[test]
    fn the_full_code_holds_the_shown_code(raw in "((# |#|##|x| )*\n){0,8}") {
        let (block, _) = code_block(Some("rust"), &raw, &Settings::default());
        if let Some(full) = &block.options.full {
            let shown: String = full
                .split_inclusive('\n')
                .zip(0_u32..)
                .filter(|(_, line)| !block.options.hidden.contains(line))
                .map(|(line, _)| line)
                .collect();
            prop_assert_eq!(shown, block.code);
        }
    }
}
