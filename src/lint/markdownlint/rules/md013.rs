//! `MD013`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD013",
        severity: Severity::Error,
        summary: "a line is too long",
        explanation: "Long lines are hard to read in some editors, and differences between versions of long lines are hard to review. A line without spaces behind the limit, such as one with a long address, cannot be broken and is left alone.",
        examples: ("one two three four\n", "one two\nthree four\n"),
    },
    aliases: &["line-length"],
    tags: &["line_length"],
    fixes: false,
    suggested: false,
    params: &[
        Param {
            name: "line_length",
            default: ParamDefault::Whole(80),
            doc: "So many characters may be in a line.",
        },
        Param {
            name: "heading_line_length",
            default: ParamDefault::Whole(80),
            doc: "The same for headings; where it is not set, that of `line_length`.",
        },
        Param {
            name: "code_block_line_length",
            default: ParamDefault::Whole(80),
            doc: "The same for code; where it is not set, that of `line_length`.",
        },
        Param {
            name: "code_blocks",
            default: ParamDefault::Bool(true),
            doc: "Whether to look at code.",
        },
        Param {
            name: "tables",
            default: ParamDefault::Bool(true),
            doc: "Whether to look at tables.",
        },
        Param {
            name: "headings",
            default: ParamDefault::Bool(true),
            doc: "Whether to look at headings.",
        },
        Param {
            name: "strict",
            default: ParamDefault::Bool(false),
            doc: "Whether to report lines without spaces behind the limit, too.",
        },
        Param {
            name: "stern",
            default: ParamDefault::Bool(false),
            doc: "Whether to report lines that hold spaces anywhere.",
        },
    ],
    config: "{ \"line_length\": 10 }",
    check,
};

/// What lines are.
struct Marks {
    headings: Vec<bool>,
    tables: Vec<bool>,
    definitions: Vec<bool>,
    /// Lines of nothing but links and images.
    links: Vec<bool>,
}

impl Marks {
    fn new(page: &Page<'_>) -> Marks {
        let none = || vec![false; page.lines.len()];
        let mut marks =
            Marks { headings: none(), tables: none(), definitions: none(), links: none() };
        let mut texts = none();
        let mark = |lines: &mut Vec<bool>, first: usize, last: usize| {
            lines.iter_mut().take(last + 1).skip(first).for_each(|mark| *mark = true);
        };
        for (index, node) in page.nodes() {
            let lines = || {
                let last = node.range.end.saturating_sub(1).max(node.range.start);
                (page.line_of(node.range.start), page.line_of(last))
            };
            match node.kind {
                FormKind::Heading { .. } => {
                    let (first, last) = page.block_lines(index);
                    mark(&mut marks.headings, first, last);
                }
                FormKind::Table => {
                    let (first, last) = page.block_lines(index);
                    mark(&mut marks.tables, first, last);
                }
                FormKind::Link(_) | FormKind::Image(_) => {
                    let (first, last) = lines();
                    mark(&mut marks.links, first, last);
                }
                FormKind::Text => {
                    let parent = node.parent.and_then(|parent| page.node(parent));
                    let address = page.bare_addresses().iter().any(|bare| {
                        bare.range.start <= node.range.start && node.range.end <= bare.range.end
                    });
                    if parent.is_some_and(|parent| parent.kind == FormKind::Paragraph) && !address {
                        let (first, last) = lines();
                        mark(&mut texts, first, last);
                    }
                }
                _ => {}
            }
        }
        for bare in page.bare_addresses() {
            let line = page.line_of(bare.range.start);
            mark(&mut marks.links, line, line);
        }
        for (link, text) in marks.links.iter_mut().zip(texts) {
            *link &= !text;
        }
        for one in page.defined() {
            mark(&mut marks.definitions, one.line, page.line_of(one.target.end).max(one.line));
        }
        marks
    }
}

/// Whether a line is one word, with marks of headings and quotes before it.
fn is_one_word(line: &str) -> bool {
    let space = |c: char| c.is_whitespace();
    let Some(last) = line.rfind(space) else { return true };
    let before = line.get(..last).unwrap_or_default();
    before.chars().all(|c| matches!(c, '#' | '>') || c.is_whitespace())
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let usual = params.number("line_length", 0);
    let or = |name: &str| if params.is_set(name) { params.number(name, 0) } else { usual };
    let (heading_limit, code_limit) = (or("heading_line_length"), or("code_block_line_length"));
    let least = usual.min(heading_limit).min(code_limit);
    let (strict, stern) = (params.flag("strict"), params.flag("stern"));
    let mut marks: Option<Marks> = None;
    for (number, range) in page.lines.iter().enumerate() {
        if i64::try_from(range.len()).unwrap_or(i64::MAX) <= least {
            continue;
        }
        let marks = marks.get_or_insert_with(|| Marks::new(page));
        let is = |lines: &[bool]| lines.get(number).copied().unwrap_or(false);
        let (code, heading) = (page.in_code(number), is(&marks.headings));
        let left = (code && !params.flag("code_blocks"))
            || (heading && !params.flag("headings"))
            || (is(&marks.tables) && !params.flag("tables"))
            || (is(&marks.links) && !strict)
            || is(&marks.definitions);
        if left {
            continue;
        }
        let limit = if code {
            code_limit
        } else if heading {
            heading_limit
        } else {
            usual
        };
        let limit = usize::try_from(limit).unwrap_or(0);
        let line = page.get(range.clone());
        let Some(offset) = page.unit(number, limit).filter(|offset| *offset < range.end) else {
            continue;
        };
        // The space before the last word that reaches over the limit counts, too.
        let from = page.unit(number, limit.saturating_sub(1)).unwrap_or(offset);
        let behind = page.get(from..range.end);
        if !strict {
            if stern && is_one_word(line) {
                continue;
            }
            // A space that does not break counts as a part of a word.
            if !stern && !behind.contains(|c: char| c.is_ascii_whitespace()) {
                continue;
            }
        }
        let length = page.units(number);
        findings.at(offset..range.end, format!("line of {length} characters"));
        findings.help(format!("the limit is {limit}"));
    }
}
