//! `markdown/reversed-link`

use std::sync::LazyLock;

use regex::Regex;

use crate::base::Applicability;
use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "markdown/reversed-link",
        severity: Severity::Warning,
        summary: "the brackets of a link are the wrong way round",
        explanation: "A link is written `[text](address)`. With the brackets swapped it is shown as it is written, and leads nowhere.",
        examples: ("See (the guide)[guide.md].\n", "See [the guide](guide.md).\n"),
    },
    presets: &["default"],
    options: &[],
    check,
};

static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\(([^()\[\]]+)\)\[((?:https?://|\.{0,2}/|#)[^\s\[\]]+|[^\s\[\]]+\.md(?:#[^\s\[\]]*)?)\]",
    )
    .ok()
});

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    let Some(pattern) = PATTERN.as_ref() else { return };
    for text in page.texts.iter().filter(|text| text.str().contains(")[")) {
        // Addresses are masked in the text: the source tells.
        let range = text.source(0..text.str().len());
        let written = page.written(range.clone());
        for found in pattern.captures_iter(written) {
            let (Some(all), Some(words), Some(target)) = (found.get(0), found.get(1), found.get(2))
            else {
                continue;
            };
            let at = range.start + all.start()..range.start + all.end();
            findings.at(at.clone(), "the brackets of this link are the wrong way round");
            let right = format!("[{}]({})", words.as_str(), target.as_str());
            findings.help(format!("write `{right}`"));
            findings.replace(at, &right, Applicability::Suggested);
        }
    }
}
