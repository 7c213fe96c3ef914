//! `MD060`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::lint::markdownlint::tables::{Row, Table};
use std::ops::Range;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD060",
        severity: Severity::Error,
        summary: "the pipes of a table are not set alike",
        explanation: "Pipes stand below each other (`aligned`), with one space around cells (`compact`), or with none (`tight`). With `any`, a table is held to what it is nearest to. Pipes are not moved below each other by a fix.",
        examples: ("|a | b |\n| - | - |\n| ccc | d |\n", "| a | b |\n| - | - |\n| ccc | d |\n"),
    },
    aliases: &["table-column-style"],
    tags: &["table"],
    fixes: true,
    suggested: false,
    params: &[
        Param {
            name: "style",
            default: ParamDefault::Word(&["any", "aligned", "compact", "tight"]),
            doc: "How pipes are set.",
        },
        Param {
            name: "aligned_delimiter",
            default: ParamDefault::Bool(false),
            doc: "Whether the pipes of the second row stand below those of the first one.",
        },
    ],
    config: "",
    check,
};

/// A pipe, what is wrong with it, and the spaces that are to be others.
type Problem = (usize, &'static str, Option<(Range<usize>, &'static str)>);
type Look = fn(&Page<'_>, &Table) -> Vec<Problem>;

const STYLES: [(&str, Look); 3] = [("aligned", aligned), ("compact", compact), ("tight", tight)];

fn aligned(page: &Page<'_>, table: &Table) -> Vec<Problem> {
    columns(page, table, table.rows.get(1..).unwrap_or_default())
}

/// The pipes of rows that stand below none of the first row.
fn columns(page: &Page<'_>, table: &Table, rows: &[Row]) -> Vec<Problem> {
    let mut found = Vec::new();
    let Some(head) = table.rows.first() else { return found };
    let column = |row: &Row, pipe: usize| width(page.get(page.line_range(row.line).start..pipe));
    let wanted: Vec<usize> = head.pipes.iter().map(|pipe| column(head, *pipe)).collect();
    for row in rows {
        let mut left = wanted.clone();
        for pipe in &row.pipes {
            let at = column(row, *pipe);
            match left.iter().position(|one| *one == at) {
                Some(index) => {
                    left.remove(index);
                }
                None if left.is_empty() => break,
                None => found.push((*pipe, "the pipe does not stand below one of the head", None)),
            }
        }
    }
    found
}

fn compact(page: &Page<'_>, table: &Table) -> Vec<Problem> {
    spaces(page, table, 1)
}

fn tight(page: &Page<'_>, table: &Table) -> Vec<Problem> {
    spaces(page, table, 0)
}

/// The pipes with another number of spaces around them.
fn spaces(page: &Page<'_>, table: &Table, wanted: usize) -> Vec<Problem> {
    let mut found = Vec::new();
    for row in &table.rows {
        for pipe in &row.pipes {
            let before = page.get(row.range.start..*pipe);
            let behind = page.get(pipe + 1..row.range.end);
            if !before.is_empty() {
                let count = before.len() - before.trim_end_matches([' ', '\t']).len();
                if count < wanted {
                    let fix = missing(page, row, *pipe);
                    found.push((*pipe, "a space is missing before the pipe", fix));
                } else if count > wanted {
                    let start = pipe - count;
                    let fix = Some((start..start + count - wanted, ""));
                    found.push((*pipe, "there are spaces before the pipe", fix));
                }
            }
            if !behind.is_empty() {
                let count = behind.len() - behind.trim_start_matches([' ', '\t']).len();
                if count < wanted {
                    let fix = missing(page, row, pipe + 1);
                    found.push((*pipe, "a space is missing behind the pipe", fix));
                } else if count > wanted {
                    let fix = Some((pipe + 1..pipe + 1 + count - wanted, ""));
                    found.push((*pipe, "there are spaces behind the pipe", fix));
                }
            }
        }
    }
    found
}

/// A space at a place of a row; none where what stands before it would become the mark of an item.
fn missing(page: &Page<'_>, row: &Row, at: usize) -> Option<(Range<usize>, &'static str)> {
    let before = page.get(page.line_range(row.line).start..at);
    let mark = before.trim_start_matches(|c: char| c == '>' || c.is_whitespace());
    (!["-", "+", "*"].contains(&mark)).then_some((at..at, " "))
}

/// How wide a text is where characters are of one width, and some of two.
fn width(text: &str) -> usize {
    text.chars()
        .map(|c| match u32::from(c) {
            0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
            0x1100..=0x115f
            | 0x2e80..=0x303e
            | 0x3041..=0xa4cf
            | 0xac00..=0xd7a3
            | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f
            | 0xff00..=0xff60
            | 0xffe0..=0xffe6
            | 0x1f300..=0x1f64f
            | 0x1f680..=0x1f6ff
            | 0x1f900..=0x1f9ff
            | 0x20000..=0x3fffd
            | 0x2705
            | 0x274c
            | 0x274e
            | 0x2728
            | 0x2b50
            | 0x231a
            | 0x231b
            | 0x23e9..=0x23ec
            | 0x23f0
            | 0x23f3
            | 0x2614
            | 0x2615
            | 0x26a1
            | 0x2753..=0x2755
            | 0x2757 => 2,
            _ => 1,
        })
        .sum()
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let style = params.text("style");
    let delimiter = params.flag("aligned_delimiter");
    for table in page.tables() {
        let mut least: Option<Vec<Problem>> = None;
        for (name, look) in STYLES {
            if style != "any" && style != name {
                continue;
            }
            let mut found = match delimiter && name != "aligned" {
                true => columns(page, table, table.rows.get(1..2).unwrap_or_default()),
                false => Vec::new(),
            };
            found.extend(look(page, table));
            if least.as_ref().is_none_or(|least| found.len() < least.len()) {
                least = Some(found);
            }
        }
        for (pipe, message, fix) in least.unwrap_or_default() {
            findings.at(pipe..pipe + 1, message);
            if let Some((place, text)) = fix {
                findings.replace(place, text);
            }
        }
    }
}
