//! `style/bold-note`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::NodeKind;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "style/bold-note",
        severity: Severity::Advice,
        summary: "a paragraph begins with a bold `Note:`",
        explanation: "An admonition has an icon and a color that are the same on all pages, and screen readers announce it. A bold word is text like any other.",
        examples: ("**Note:** Guests cannot do this.\n", "> [!NOTE]\n> Guests cannot do this.\n"),
    },
    presets: &["style"],
    options: &[],
    check,
};

/// Words that begin such a paragraph, and the admonitions that say the same.
const NAMES: [(&str, &str); 9] = [
    ("caution", "CAUTION"),
    ("danger", "CAUTION"),
    ("hint", "TIP"),
    ("important", "IMPORTANT"),
    ("info", "NOTE"),
    ("note", "NOTE"),
    ("notes", "NOTE"),
    ("tip", "TIP"),
    ("warning", "WARNING"),
];

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    let nodes = &page.document.nodes;
    for (index, pair) in nodes.windows(2).enumerate() {
        let [paragraph, strong] = pair else { continue };
        let begins = matches!(paragraph.kind, NodeKind::Paragraph)
            && matches!(strong.kind, NodeKind::Strong)
            && strong.range.start == paragraph.range.start;
        // Nothing but one text stands in it.
        let (Some(inside), true) = (nodes.get(index + 2), strong.end as usize == index + 3) else {
            continue;
        };
        let NodeKind::Text(word) = &inside.kind else { continue };
        if !begins {
            continue;
        }
        let bare = word.trim_end_matches(':');
        let colon = bare.len() < word.len() || {
            let end = strong.range.end as usize;
            page.written(end..(end + 1).min(page.document.text.len())) == ":"
        };
        let found = NAMES.iter().find(|(name, _)| bare.trim().eq_ignore_ascii_case(name));
        if let (Some((_, admonition)), true) = (found, colon) {
            let range = strong.range.start as usize..strong.range.end as usize;
            findings.at(range, format!("bold `{bare}` stands for an admonition"));
            findings.help(format!("write `> [!{admonition}]`, and the text below it behind `> `"));
        }
    }
}
