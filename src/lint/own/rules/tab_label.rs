//! `directives/tab-label`

use std::collections::BTreeMap;

use crate::base::{Code, Diagnostic, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::across::{Across, AcrossRule, Fact, nothing};
use crate::lint::own::options::Options;
use crate::markdown::{Document, NodeKind};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "directives/tab-label",
        severity: Severity::Advice,
        summary: "a tab is called otherwise than the same tab elsewhere",
        explanation: "Tabs that switch together do so by their labels: `macOS` and `MacOS` are two, and a reader who chose one is not shown the other. Labels are compared without capitals, spaces, and punctuation, on all pages; what is written most often is right.",
        examples: (
            "-- a.md --\n::::tabs\n:::tab[macOS]\nText\n:::\n::::\n-- b.md --\n::::tabs\n:::tab[MacOS]\nText\n:::\n::::\n",
            "-- a.md --\n::::tabs\n:::tab[macOS]\nText\n:::\n::::\n-- b.md --\n::::tabs\n:::tab[macOS]\nText\n:::\n::::\n",
        ),
    },
    presets: &["strict"],
    options: &[],
    check: nothing,
};

/// The same for all pages.
pub(super) static ACROSS: AcrossRule = AcrossRule { rule: &RULE, gather, judge };

fn gather(document: &Document, _: &Options<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (at, node) in document.nodes.iter().enumerate() {
        let NodeKind::Directive(directive) = &node.kind else { continue };
        let Some(label) = u32::try_from(at + 1).ok().filter(|_| directive.name == "tab") else {
            continue;
        };
        let Some(node) = document.nodes.get(at + 1) else { continue };
        if node.kind == NodeKind::DirectiveLabel {
            let text = document.plain_text(label).trim().to_owned();
            facts.push(Fact { span: document.span(&node.range), text, numbers: Vec::new() });
        }
    }
    facts
}

fn judge(across: &Across<'_>, _: &Options<'_>) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<String, BTreeMap<&str, Vec<&Fact>>> = BTreeMap::new();
    for (_, fact) in across.facts() {
        let plain: String =
            fact.text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        if !plain.is_empty() {
            groups.entry(plain).or_default().entry(&fact.text).or_default().push(fact);
        }
    }
    let mut found = Vec::new();
    for spellings in groups.values().filter(|spellings| spellings.len() > 1) {
        // Of those that are as frequent, the first in the order of the alphabet.
        let Some((right, places)) = spellings.iter().rev().max_by_key(|(_, all)| all.len()) else {
            continue;
        };
        let Some(first) = places.first() else { continue };
        for (wrong, facts) in spellings.iter().filter(|(text, _)| *text != right) {
            for fact in facts {
                let message = format!("the tab `{wrong}` is called `{right}` elsewhere");
                let said = Diagnostic::new(&RULE.code, message).at(fact.span.clone());
                let said = said.label(first.span.clone(), "such as here");
                found.push(said.help(format!("write `{right}`, so that both switch together")));
            }
        }
    }
    found
}
