//! `MD059`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;
use crate::markdown::LinkForm;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD059",
        severity: Severity::Error,
        summary: "the text of a link does not say where it leads",
        explanation: "Who listens to a list of the links of a page hears nothing but \"here\" and \"more\".",
        examples: ("[here](https://example.org/)\n", "[the manual](https://example.org/)\n"),
    },
    aliases: &["descriptive-link-text"],
    tags: &["accessibility", "links"],
    fixes: false,
    suggested: false,
    params: &[Param {
        name: "prohibited_texts",
        default: ParamDefault::Texts(&["click here", "here", "link", "more"]),
        doc: "The texts that say nothing.",
    }],
    config: "",
    check,
};

/// A text in small letters, with nothing but words.
fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let prohibited: Vec<String> =
        params.texts("prohibited_texts").iter().map(|one| plain(one)).collect();
    for link in page.links().iter().filter(|link| !link.image && link.form != LinkForm::Autolink) {
        let mut inner = page.children(link.node);
        let marked = inner.any(|(_, node)| {
            matches!(node.kind, FormKind::Code | FormKind::Html | FormKind::Image(_))
        });
        let text = plain(page.get(link.label.clone()));
        if marked || !prohibited.contains(&text) {
            continue;
        }
        let place = link.label.clone();
        let line = page.line_of(place.start);
        let message = format!("link with the text `{text}`");
        if page.line_of(place.end) == line {
            findings.at(place, message);
        } else {
            findings.line(line, message);
        }
        findings.help("say what the reader finds there");
    }
}
