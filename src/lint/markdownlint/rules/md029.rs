//! `MD029`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::containers::Marker;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD029",
        severity: Severity::Error,
        summary: "the numbers of a list do not follow each other",
        explanation: "Items of a numbered list are all `1.`, or count up. Numbers that skip look as if something were missing, although the page shows others.",
        examples: ("1. A\n3. B\n", "1. A\n2. B\n"),
    },
    aliases: &["ol-prefix"],
    tags: &["ol"],
    fixes: true,
    suggested: true,
    params: &[Param {
        name: "style",
        default: ParamDefault::Word(&["one_or_ordered", "one", "ordered", "zero"]),
        doc: "Which numbers items have.",
    }],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let style = params.text("style");
    for (list, node) in page.of_kind(|kind| kind == FormKind::List { ordered: true }) {
        let markers = page.items(list, node.end);
        let value = |at: usize| -> Option<(u64, usize)> {
            let mark = page.get(markers.get(at)?.mark.clone());
            let digits = mark.trim_end_matches(['.', ')']);
            Some((digits.parse().ok()?, digits.len()))
        };
        let Some((first, _)) = value(0) else { continue };
        let mut wanted = 1;
        let mut counts = false;
        if let Some((second, _)) = value(1)
            && (second != 1 || first == 0)
        {
            counts = true;
            if first == 0 {
                wanted = 0;
            }
        }
        let mut effective = style;
        if style == "one_or_ordered" {
            effective = if counts { "ordered" } else { "one" };
        } else if style == "zero" {
            wanted = 0;
        } else if style == "one" {
            wanted = 1;
        }
        // Numbers that end below each other do so afterwards, too.
        let end = |marker: &&Marker| marker.end - page.line_range(marker.line).start;
        let aligned = markers.iter().all(|marker| Some(end(marker)) == markers.first().map(end));
        let zeros = markers.len() > 1
            && markers.first().is_some_and(|marker| page.get(marker.mark.clone()).starts_with('0'));
        for (at, marker) in markers.iter().enumerate() {
            let Some((actual, digits)) = value(at) else { continue };
            if actual != wanted {
                let whole = marker.mark.start..marker.end;
                findings.at(whole, format!("number {actual}, not {wanted}"));
                let place = marker.mark.start..marker.mark.start + digits;
                let number = match (aligned, zeros) {
                    (true, true) => format!("{wanted:0digits$}"),
                    (true, false) => format!("{wanted:digits$}"),
                    (false, _) => wanted.to_string(),
                };
                findings.replace(place, number);
            }
            if effective == "ordered" {
                wanted += 1;
            }
        }
    }
}
