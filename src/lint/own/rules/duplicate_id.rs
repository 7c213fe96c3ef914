//! `markdown/duplicate-id`

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::base::{Code, Severity};
use crate::lint::own::OwnRule;
use crate::lint::own::options::Options;
use crate::lint::own::page::{Findings, Page};
use crate::markdown::{Document, NodeKind};

/// The rule.
pub(super) static RULE: OwnRule = OwnRule {
    code: Code {
        id: "markdown/duplicate-id",
        severity: Severity::Warning,
        summary: "two places of a page have the same id",
        explanation: "A link to an id leads to the first place that has it: nobody gets to the second one. Ids are written behind headings and directives as `{#name}`, or in HTML. Those that headings get by themselves are never the same.",
        examples: (
            "## Install {#setup}\n\nText.\n\n:::note{#setup}\nText.\n:::\n",
            "## Install {#setup}\n\nText.\n\n:::note{#setup-note}\nText.\n:::\n",
        ),
    },
    presets: &["default"],
    options: &[],
    check,
};

fn check(page: &Page<'_>, _: &Options<'_>, findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<&str, &Range<u32>> = BTreeMap::new();
    for (id, range) in ids(page.document) {
        let Some(first) = seen.get(id) else {
            seen.insert(id, range);
            continue;
        };
        let range = range.start as usize..range.end as usize;
        let line = page.written(range.clone()).lines().next().unwrap_or_default();
        // What templates make is another one each time.
        if line.contains("{{") {
            continue;
        }
        let message = format!("there is another place with the id `{id}`");
        findings.at(range.start..range.start + line.len(), message);
        findings.help("give it another id, and change the links that mean this place");
        findings.label(first, "the first one");
    }
}

/// The ids of a page with the places that have them, in order.
fn ids(document: &Document) -> Vec<(&str, &Range<u32>)> {
    let mut ids: Vec<(&str, &Range<u32>)> = Vec::new();
    for node in &document.nodes {
        let id = match &node.kind {
            NodeKind::Heading(at) => document.headings.get(*at as usize).map(|one| &one.id),
            NodeKind::Alert(alert) => alert.attributes.id.as_ref(),
            NodeKind::Directive(directive) => directive.attributes.id.as_ref(),
            _ => None,
        };
        ids.extend(id.filter(|id| !id.is_empty()).map(|id| (id.as_str(), &node.range)));
    }
    let mut known: HashMap<&str, Vec<&Range<u32>>> = HashMap::new();
    for (id, range) in &ids {
        known.entry(id).or_default().push(range);
    }
    for anchor in document.anchors.iter().filter(|anchor| !anchor.id.is_empty()) {
        let same = known.get(anchor.id.as_str()).into_iter().flatten();
        let mut same = same.filter(|range| range.contains(&anchor.range.start));
        if same.next().is_none() {
            ids.push((&anchor.id, &anchor.range));
        }
    }
    ids.sort_by_key(|(_, range)| range.start);
    ids
}
