//! `MD056`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::Params;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD056",
        severity: Severity::Error,
        summary: "a row has more or fewer cells than the head of the table",
        explanation: "Cells that are too many are not shown, and those that are missing are empty.",
        examples: ("| a | b |\n|---|---|\n| c |\n", "| a | b |\n|---|---|\n| c | d |\n"),
    },
    aliases: &["table-column-count"],
    tags: &["table"],
    fixes: false,
    suggested: false,
    params: &[],
    config: "",
    check,
};

fn check(page: &Page<'_>, _: &Params<'_>, findings: &mut Findings<'_>) {
    for table in page.tables() {
        let Some(expected) = table.rows.first().map(|row| row.cells().len()) else { continue };
        for row in &table.rows {
            let cells = row.cells();
            let actual = cells.len();
            if actual == expected {
                continue;
            }
            let place = match cells.get(expected) {
                Some(extra) => extra.start - 1..row.range.end,
                None => {
                    let last = page.get(row.range.clone()).chars().next_back();
                    row.range.end - last.map_or(0, char::len_utf8)..row.range.end
                }
            };
            findings.at(place, format!("{actual} cells, where the head has {expected}"));
        }
    }
}
