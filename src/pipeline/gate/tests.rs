use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::base::Applicability;
use crate::lint::{LoadInput, load};
use crate::pipeline::mend;
use crate::source::MemorySource;

fn path(text: &str) -> SourcePath {
    SourcePath::new(text).unwrap()
}

fn rules() -> RuleSet {
    let source = MemorySource::site(
        "-- .vale.ini --\nStylesPath = styles\nMinAlertLevel = suggestion\n[*.md]\n\
         BasedOnStyles = House\n-- styles/House/Words.yml --\nextends: substitution\n\
         message: \"'%s'\"\naction:\n  name: replace\nswap:\n  utilize: use\n",
    );
    load(&LoadInput { source: &source, config: path(".vale.ini"), open: &|_| None }).unwrap()
}

/// A block around `word`, with or without a comment that ignores what is found in it.
fn block(shape: usize, word: &str, ignored: bool) -> String {
    let one = "<!-- copydesk-ignore House.Words: so -->";
    let (before, inside) = match (ignored, shape % 2) {
        (true, 0) => (format!("{one}\n\n"), String::new()),
        (true, _) => (String::new(), format!(" {one}")),
        _ => (String::new(), String::new()),
    };
    let text = match shape / 2 % 5 {
        0 => format!("We utilize {word}{inside}\nand more.\n"),
        1 => format!("## To utilize {word}{inside}\n"),
        2 => format!("> They utilize {word}{inside}\n"),
        3 => format!("- x\n\n  To utilize {word}{inside}\n"),
        _ => format!("| a | b |\n|---|---|\n| utilize {word} | b{inside} |\n"),
    };
    format!("{before}{text}\n")
}

proptest! {
    #[test]
    fn fixes_leave_alone_what_is_ignored(
        blocks in vec((0usize..10, any::<bool>()), 1..8),
        crlf in any::<bool>(),
    ) {
        let mut text = String::from("# A\n\n");
        for (at, (shape, ignored)) in blocks.iter().enumerate() {
            let word = if *ignored { format!("s{at}.") } else { format!("n{at}.") };
            text.push_str(&block(*shape, &word, *ignored));
            // Two lists or tables in a row would be one.
            text.push_str("Between.\n\n");
        }
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        let source = MemorySource::site(&format!("-- a.md --\n{text}"));
        let rules = rules();
        let memo = Store::off();
        let input = LintInput { rules: &rules, today: "2026-11-25", memo: &memo };
        let mended = mend(&source, Applicability::Suggested, &mut |source| {
            Ok::<_, SourceError>(lint_files(input, source, &[path("a.md")], Wanted::All)?.diagnostics)
        })
        .unwrap();
        let before = source.read(&path("a.md")).unwrap();
        let after = mended.files.first().map_or(before, |file| file.after.clone());
        let after = String::from_utf8(after.to_vec()).unwrap();
        for (at, (_, ignored)) in blocks.iter().enumerate() {
            let kept = after.contains(&format!("utilize s{at}."));
            let fixed = after.contains(&format!("use n{at}."));
            prop_assert!(if *ignored { kept } else { crlf || fixed }, "{at}: {after}");
        }
        prop_assert!(mended.left.iter().all(|found| crlf && found.code == "House.Words"));
    }

    /// What is left out because a file is the same on both sides changes nothing.
    #[test]
    fn checking_what_differs_finds_what_checking_all_finds(
        before in vec(vec(0usize..6, 0..4), 1..5),
        edits in vec((0usize..5, vec(0usize..6, 0..4)), 0..4),
    ) {
        let page = |blocks: &Vec<usize>| -> String {
            let texts = ["We utilize a.", "# A", "To utilize\nb.", "c", "# B", "utilize utilize"];
            blocks.iter().map(|block| format!("{}\n\n", texts[*block])).collect()
        };
        let mut pages: BTreeMap<String, String> =
            before.iter().enumerate().map(|(at, blocks)| (format!("{at}.md"), page(blocks))).collect();
        let source = |pages: &BTreeMap<String, String>| {
            let files = pages.iter().map(|(name, text)| format!("-- {name} --\n{text}"));
            MemorySource::site(&files.collect::<String>())
        };
        let (old, names) = (source(&pages), pages.clone());
        for (at, blocks) in &edits {
            pages.insert(format!("{at}.md"), page(blocks));
        }
        let new = source(&pages);
        let changes: Vec<FileChange> = pages
            .iter()
            .filter(|(name, text)| names.get(*name) != Some(*text))
            .map(|(name, _)| FileChange {
                before: names.contains_key(name).then(|| path(name)),
                after: Some(path(name)),
            })
            .collect();
        let all: Vec<FileChange> = pages
            .keys()
            .map(|name| FileChange {
                before: names.contains_key(name).then(|| path(name)),
                after: Some(path(name)),
            })
            .collect();
        let rules = rules();
        let memo = Store::off();
        let input = LintInput { rules: &rules, today: "2026-11-25", memo: &memo };
        let found = |changes: &[FileChange]| {
            let bases = [Base { source: &old, changes }];
            lint_changes(input, &new, &bases, &[], &|_| true).unwrap().diagnostics
        };
        prop_assert_eq!(found(&changes), found(&all));
    }
}
