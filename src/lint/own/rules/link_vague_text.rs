//! `links/vague-text`

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::lint::own::{OptionDefault, OptionSpec};
use crate::markdown::NodeKind;

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "links/vague-text",
        severity: Severity::Warning,
        summary: "the text of a link does not say where it leads",
        explanation: "Readers scan a page for its links, and screen readers list them: `here` and `this page` say nothing then. Make the words that name the target the link. `texts` is the list of texts that say nothing.",
        examples: (
            "For webhooks, click [here](webhooks.md).\n",
            "See [how webhooks work](webhooks.md).\n",
        ),
    },
    presets: &["default"],
    options: &[OptionSpec {
        name: "texts",
        default: OptionDefault::Texts(&[
            "here",
            "click here",
            "right here",
            "over here",
            "link",
            "this link",
            "the link",
            "this page",
            "this",
            "this article",
            "this document",
            "this post",
            "this guide",
            "read more",
            "more",
            "learn more",
            "more info",
            "more information",
            "see here",
            "see more",
            "details",
            "this one",
            "go here",
            "found here",
            "check here",
            "this site",
            "this website",
            "following link",
            "the following link",
            "this blog post",
            "page",
        ]),
        doc: "Texts that say nothing, whatever their case and the punctuation around them.",
    }],
    check,
};

fn check(page: &Page<'_>, options: &Options<'_>, findings: &mut Findings<'_>) {
    for (index, node) in page.document.nodes.iter().enumerate() {
        if !matches!(node.kind, NodeKind::Link(_)) {
            continue;
        }
        let text = page.document.plain_text(u32::try_from(index).unwrap_or(u32::MAX));
        let shown = text.trim();
        let bare = shown.trim_matches(|c: char| !c.is_alphanumeric());
        if !bare.is_empty() && options.lists("texts", bare) {
            let range = node.range.start as usize..node.range.end as usize;
            findings.at(range, format!("the link text `{shown}` does not say where it leads"));
            findings.help("make the words that name the target the link");
        }
    }
}
