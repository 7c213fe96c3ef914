//! `MD044`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
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

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    let mut names = params.texts("names");
    names.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    names.dedup();
    if names.is_empty() {
        return;
    }
    let (code, html) = (params.flag("code_blocks"), params.flag("html_elements"));
    let (mut prose, mut texts): (Vec<Range<usize>>, Vec<Range<usize>>) = Default::default();
    for (index, node) in page.nodes() {
        match node.kind {
            FormKind::Text => match prose.last_mut() {
                Some(last) if last.end == node.range.start => last.end = node.range.end,
                _ => prose.push(node.range.clone()),
            },
            FormKind::Code if code => texts.push(node.range.clone()),
            FormKind::CodeBlock { fenced } if code => {
                texts.extend(page.code_lines(index, fenced).into_iter().map(|(_, range)| range));
            }
            FormKind::Html if html => texts.push(node.range.clone()),
            FormKind::HtmlBlock => {
                let block = page.block(index);
                let mut at = block.start;
                let tags = page.tags().iter().filter(|tag| !html && tag.node == index);
                for tag in tags {
                    texts.push(at..tag.range.start.max(at));
                    at = tag.range.end;
                }
                texts.push(at..block.end.max(at));
            }
            _ => {}
        }
    }
    let mut taken: Vec<Range<usize>> = Vec::new();
    for link in page.links().iter().filter(|link| link.form == LinkForm::Autolink) {
        taken.push(link.range.clone());
    }
    taken.extend(page.bare_addresses().iter().map(|bare| bare.range.clone()));
    for range in prose {
        // Marks divide words, whether they make emphasis or not.
        let mut at = range.start;
        for part in page.get(range).split(['*', '_']) {
            texts.push(at..at + part.len());
            at += part.len() + 1;
        }
    }
    texts.sort_by_key(|text| text.start);
    for name in &names {
        let word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        let before = if word(name.chars().next()) { r"\b_*" } else { "" };
        let after = if word(name.chars().next_back()) { r"_*\b" } else { "" };
        let source = format!("(?i){before}({}){after}", escaped(name));
        let Some(pattern) = page.patterns.get(&source) else { continue };
        for text in &texts {
            for (_, found) in pattern.groups(page.get(text.clone()), 1) {
                let place = text.start + found.start..text.start + found.end;
                if taken.iter().any(|one| one.start < place.end && place.start < one.end) {
                    continue;
                }
                taken.push(place.clone());
                let actual = page.get(place.clone());
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
