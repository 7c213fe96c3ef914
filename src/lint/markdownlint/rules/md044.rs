//! `MD044`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::autolinks::alone;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::html::elements;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::markdown::FormKind;
use crate::markdown::LinkForm;
use std::ops::Range;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD044",
        severity: Severity::Error,
        summary: "a name is written in the wrong case",
        explanation: "Names of products are written as their owners write them.",
        examples: ("A link to javascript.\n", "A link to JavaScript.\n"),
    },
    aliases: &["proper-names"],
    tags: &["spelling"],
    fixes: true,
    suggested: false,
    params: &[
        Param { name: "names", default: ParamDefault::Texts(&[]), doc: "The names." },
        Param {
            name: "code_blocks",
            default: ParamDefault::Bool(true),
            doc: "Whether to look at code.",
        },
        Param {
            name: "html_elements",
            default: ParamDefault::Bool(true),
            doc: "Whether to look at HTML.",
        },
    ],
    config: "{ \"names\": [\"JavaScript\"] }",
    check,
};

/// A name as a pattern that matches it.
fn escaped(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if !c.is_alphanumeric() && c.is_ascii() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// What is read by itself: a line of code or of HTML, or text between brackets.
struct Piece {
    range: Range<usize>,
    /// Whether it is text, in which marks of emphasis divide words.
    prose: bool,
}

/// The pieces of a page, in order.
fn pieces(page: &Page<'_>, code: bool, html: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut prose: Vec<Range<usize>> = Vec::new();
    for (index, node) in page.nodes() {
        match node.kind {
            FormKind::Text => match prose.last_mut() {
                Some(last) if last.end == node.range.start => last.end = node.range.end,
                _ => prose.push(node.range.clone()),
            },
            FormKind::Code if code => {
                let text = page.get(node.range.clone());
                let ticks = text.len() - text.trim_start_matches('`').len();
                let end = node.range.end.saturating_sub(ticks);
                by_line(page, node.range.start + ticks..end, 0, &mut pieces);
            }
            FormKind::CodeBlock { fenced } if code => {
                let lines = page.code_lines(index, fenced).into_iter();
                pieces.extend(lines.map(|(_, range)| Piece { range, prose: false }));
            }
            FormKind::Html if html && !switches(page, &node.range) => {
                by_line(page, node.range.clone(), 3, &mut pieces);
            }
            FormKind::HtmlBlock if page.is_comment(index) => {
                let block = page.block(index);
                if html && !switches(page, &block) {
                    by_line(page, block, 0, &mut pieces);
                }
            }
            FormKind::HtmlBlock => {
                let block = page.block(index);
                let mut at = block.start;
                for element in elements(page, &block) {
                    by_line(page, at..element.start, usize::MAX, &mut pieces);
                    at = element.end;
                    if html && !switches(page, &element) {
                        by_line(page, element, usize::MAX, &mut pieces);
                    }
                }
                by_line(page, at..block.end, usize::MAX, &mut pieces);
            }
            _ => {}
        }
    }
    for range in prose {
        let mut at = range.start;
        for part in page.get(range).split('[') {
            pieces.push(Piece { range: at..at + part.len(), prose: true });
            at += part.len() + 1;
        }
    }
    pieces.sort_by_key(|piece| piece.range.start);
    pieces
}

/// Adds the lines of a range. But for the first one, they begin behind the marks of quotes and items
/// and at most so many spaces.
fn by_line(page: &Page<'_>, range: Range<usize>, spaces: usize, pieces: &mut Vec<Piece>) {
    if range.is_empty() {
        return;
    }
    let first = page.line_of(range.start);
    for line in first..=page.line_of(range.end) {
        let end = page.line_range(line).end.min(range.end);
        let mut start = range.start;
        if line > first {
            start = page.containers().content(line);
            let text = page.get(start..end);
            start += (text.len() - text.trim_start_matches([' ', '\t']).len()).min(spaces);
        }
        if start < end {
            pieces.push(Piece { range: start..end, prose: false });
        }
    }
}

/// Whether HTML is a comment for a linter, in which words are no prose.
fn switches(page: &Page<'_>, range: &Range<usize>) -> bool {
    let text = page.raw.get(range.clone()).and_then(|text| text.strip_prefix("<!--"));
    let is = |text: &str, word: &str| {
        text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    text.map(str::trim_start)
        .is_some_and(|text| is(text, "markdownlint-") || is(text, "copydesk-ignore"))
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let mut names = params.texts("names");
    names.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    names.dedup();
    if names.is_empty() {
        return;
    }
    let mut taken: Vec<Range<usize>> = Vec::new();
    for link in page.links().iter().filter(|link| link.form == LinkForm::Autolink) {
        taken.push(link.range.clone());
    }
    taken.extend(page.bare_addresses().iter().map(|bare| bare.range.clone()));
    let html = params.flag("html_elements");
    let pieces = pieces(page, params.flag("code_blocks"), html);
    let mut texts: Vec<(Range<usize>, usize)> = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        if !piece.prose {
            texts.push((piece.range.clone(), index));
            continue;
        }
        // Marks divide words, whether they make emphasis or not.
        let mut at = piece.range.start;
        for part in page.get(piece.range.clone()).split(['*', '_']) {
            texts.push((at..at + part.len(), index));
            at += part.len() + 1;
        }
    }
    // What comments hold counts, too, unless they are taken for text that is none.
    let get = |piece: &Piece, range: Range<usize>| match piece.prose && !html {
        true => page.get(range),
        false => page.raw.get(range).unwrap_or_default(),
    };
    let mut looked = vec![false; pieces.len()];
    for name in &names {
        let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        let before = if word(name.chars().next()) { r"\b_*" } else { "" };
        let after = if word(name.chars().next_back()) { r"_*\b" } else { "" };
        let source = format!("(?i){before}({}){after}", escaped(name));
        let Some(pattern) = page.patterns.get(&source) else { continue };
        for (text, index) in &texts {
            let (Some(piece), Some(looked)) = (pieces.get(*index), looked.get_mut(*index)) else {
                continue;
            };
            for (_, found) in pattern.groups(get(piece, text.clone()), 1) {
                let place = text.start + found.start..text.start + found.end;
                // Addresses in code and the like stay what they are, too.
                if !std::mem::replace(looked, true) {
                    let whole = get(piece, piece.range.clone());
                    let found = alone(whole, page.patterns).into_iter();
                    let start = piece.range.start;
                    taken.extend(found.map(|one| start + one.start..start + one.end));
                }
                if taken.iter().any(|one| one.start < place.end && place.start < one.end) {
                    continue;
                }
                taken.push(place.clone());
                let actual = get(piece, place.clone());
                if names.contains(&actual) {
                    continue;
                }
                findings.at(place.clone(), format!("`{actual}`"));
                findings.help(format!("write `{name}`"));
                findings.replace(place, *name);
            }
        }
    }
}
