//! `markdown/spaced-link`

use std::sync::LazyLock;

use regex::Regex;

use crate::base::Applicability;
use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::NodeKind;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "markdown/spaced-link",
        severity: Severity::Warning,
        summary: "a space between text and address keeps a link from being one",
        explanation: "A link is written `[text](address)` without a space in between. With one, both parts are shown as they are.",
        examples: (
            "See [the guide] (https://example.org/).\n",
            "See [the guide](https://example.org/).\n",
        ),
    },
    presets: &["default"],
    options: &[],
    check,
};

static PATTERN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\[[^\[\]\n]+\]( +)\((?:https?://|\.{1,2}/)[^\s()]+\)").ok());

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    let Some(pattern) = PATTERN.as_ref() else { return };
    for text in page.texts.iter().filter(|text| text.str().contains("] ")) {
        let range = text.source(0..text.str().len());
        let written = page.written(range.clone());
        for found in pattern.captures_iter(written) {
            let (Some(all), Some(space)) = (found.get(0), found.get(1)) else { continue };
            let place = |m: regex::Match<'_>| range.start + m.start()..range.start + m.end();
            let in_code = page.document.nodes.iter().any(|node| {
                matches!(node.kind, NodeKind::Code(_))
                    && (node.range.start as usize) < place(all).end
                    && node.range.end as usize > place(all).start
            });
            if in_code {
                continue;
            }
            findings.at(place(all), "a space keeps this from being a link");
            findings.help("remove the space between `]` and `(`");
            findings.replace(place(space), "", Applicability::Suggested);
        }
    }
}
