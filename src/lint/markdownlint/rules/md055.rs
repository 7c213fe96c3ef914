//! `MD055`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD055",
        severity: Severity::Error,
        summary: "rows of tables begin or end with pipes here and without there",
        explanation: "Some programs do not read rows without pipes at their ends. One style throughout a page is easier to read.",
        examples: ("| a | b |\n|---|---|\n| c | d\n", "| a | b |\n|---|---|\n| c | d |\n"),
    },
    aliases: &["table-pipe-style"],
    tags: &["table"],
    fixes: false,
    suggested: false,
    params: &[Param {
        name: "style",
        default: ParamDefault::Word(&[
            "consistent",
            "leading_only",
            "trailing_only",
            "leading_and_trailing",
            "no_leading_or_trailing",
            "per_table",
        ]),
        doc: "Where rows have pipes; `consistent` is as in the first row of the page, `per_table` as in that of the table.",
    }],
    config: "",
    check,
};

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let mut style = params.text("style");
    let by_table = style == "per_table";
    let tables = page.tables().iter();
    for (at, row) in tables.flat_map(|table| table.rows.iter().enumerate()) {
        if by_table && at == 0 {
            style = "consistent";
        }
        let (leading, trailing) = (row.leading(), row.trailing());
        let actual = match (leading, trailing) {
            (true, true) => "leading_and_trailing",
            (true, false) => "leading_only",
            (false, true) => "trailing_only",
            (false, false) => "no_leading_or_trailing",
        };
        if style == "consistent" {
            style = actual;
        }
        let wants = |names: [&str; 2]| names.contains(&style);
        let message = |wanted: bool| if wanted { "there is no" } else { "there is a" };
        let leads = wants(["leading_and_trailing", "leading_only"]);
        if leading != leads {
            let start = row.range.start;
            let width = page.get(row.range.clone()).chars().next().map_or(0, char::len_utf8);
            findings.at(
                start..start + width,
                format!("{} pipe at the beginning of the row", message(leads)),
            );
        }
        let trails = wants(["leading_and_trailing", "trailing_only"]);
        if trailing != trails {
            let end = row.range.end;
            let width = page.get(row.range.clone()).chars().next_back().map_or(0, char::len_utf8);
            findings
                .at(end - width..end, format!("{} pipe at the end of the row", message(trails)));
        }
    }
}
