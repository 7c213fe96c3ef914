//! Syntax of other tools, which means nothing here: told once for each name.

use std::collections::BTreeSet;
use std::ops::Range;

use super::super::{Node, NodeKind, codes};
use super::mapped::Mapped;
use super::opaque::Ranges;
use super::tree::{Tree, range_of};
use crate::base::{Code, Diagnostic};
use crate::config::Settings;

/// The longest name that is looked at.
const LONGEST: usize = 64;

/// Reports what is foreign in a page.
pub fn report(text: &Mapped, tree: &Tree, settings: &Settings, diagnostics: &mut Vec<Diagnostic>) {
    let mathjax = settings.html.mathjax_support && text.text.contains("\\\\");
    let mut found = Found::default();
    // A program of the book's own may know them.
    for (name, range) in tree.components.iter().filter(|_| !settings.markdown.components) {
        found.add(&codes::MDX_COMPONENT, name.clone(), range.clone());
    }
    if mathjax || text.text.contains('{') {
        let code = code(&tree.nodes);
        braces(&text.text, &code, &mut found);
        if mathjax {
            delimiters(&text.text, &code, &mut found);
        }
    }
    modules(&text.text, &tree.nodes, &mut found);
    found.list.sort_by_key(|(_, _, range)| range.start);
    for (code, name, range) in found.list {
        let (message, help) = wording(code, &name);
        diagnostics.push(Diagnostic::new(code, message).at(text.span(range)).help(help));
    }
}

#[derive(Default)]
struct Found {
    seen: BTreeSet<(&'static str, String)>,
    list: Vec<(&'static Code, String, Range<usize>)>,
}

impl Found {
    fn add(&mut self, code: &'static Code, name: String, range: Range<usize>) {
        if self.seen.insert((code.id, name.clone())) {
            self.list.push((code, name, range));
        }
    }
}

fn wording(code: &'static Code, name: &str) -> (String, String) {
    let directive = match name.to_ascii_lowercase().as_str() {
        "hint" | "note" | "tip" | "warning" | "info" | "admonition" | "callout" | "alert"
        | "aside" => Some("note"),
        "tab" | "tabs" | "tabitem" => Some("tabs"),
        "details" | "accordion" | "expand" => Some("details"),
        "figure" => Some("figure"),
        "steps" => Some("steps"),
        "card" | "cards" => Some("cards"),
        _ => None,
    };
    let instead = match directive {
        _ if matches!(name, "ref" | "relref") => {
            "write a link to the file: `[text](../folder/page.md#heading)`".to_owned()
        }
        _ if name == "img" => "write an image: `![what it shows](image.png)`".to_owned(),
        Some(directive) => format!("write the directive `:::{directive}` instead"),
        None => "write it in Markdown, or remove it".to_owned(),
    };
    match code.id {
        "foreign/hugo-shortcode" => {
            (format!("the shortcode `{name}` of Hugo is shown as text"), instead)
        }
        "foreign/gitbook-block" => {
            (format!("the block `{{% {name} %}}` of GitBook or Jekyll is shown as text"), instead)
        }
        "foreign/myst-role" => (
            format!("the role `{{{name}}}` of MyST is shown as text"),
            "write a link, or only the code".to_owned(),
        ),
        "foreign/mathjax-delimiters" => (
            format!("`{name}` does not begin math here"),
            "write `$a$`, or `$$a$$` for math in a line of its own".to_owned(),
        ),
        "foreign/mdx-module" => (
            format!("`{name}` is JavaScript of MDX and is shown as text"),
            "remove the line".to_owned(),
        ),
        _ => (
            format!("`<{name}>` is no HTML element: readers do not see it"),
            match directive {
                Some(directive) => format!("write the directive `:::{directive}` instead"),
                None => format!(
                    "put `<{name}>` in backticks if it is meant as text; components are not run"
                ),
            },
        ),
    }
}

/// Where the page shows code, or has what no reader sees.
fn code(nodes: &[Node]) -> Ranges {
    let mut ranges = Ranges::default();
    for node in nodes {
        let is_code = match &node.kind {
            NodeKind::CodeBlock(_) | NodeKind::Code(_) | NodeKind::Math(..) => true,
            NodeKind::Html(html) => ["<!--", "<script", "<style"]
                .iter()
                .any(|begin| html.trim_start().starts_with(begin)),
            _ => false,
        };
        if is_code {
            ranges.push(range_of(node));
        }
    }
    ranges
}

/// `\\\\(` and `\\\\[`, which mdBook with MathJax takes for math.
fn delimiters(text: &str, code: &Ranges, found: &mut Found) {
    for (at, _) in text.match_indices("\\\\") {
        let is_math = matches!(text.as_bytes().get(at + 2), Some(b'(' | b'['));
        if is_math && !code.contain(at) {
            let range = at..at + 3;
            let name = text.get(range.clone()).unwrap_or_default().to_owned();
            found.add(&codes::MATHJAX_DELIMITERS, name, range);
            return;
        }
    }
}

/// Shortcodes, blocks and roles all begin with a brace.
fn braces(text: &str, code: &Ranges, found: &mut Found) {
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('{')).map(|o| at + o) {
        at = open + 1;
        if let Some(range) = code.find(open) {
            at = range.end.max(at);
            continue;
        }
        let rest = text.get(open..).unwrap_or_default();
        let shortcode = rest.strip_prefix("{{<").or_else(|| rest.strip_prefix("{{%"));
        if let Some(inner) = shortcode {
            if let Some(name) = word(inner.trim_start_matches(['/', ' ', '\t'])) {
                let range = open..open + 3 + inner.find(name).unwrap_or_default() + name.len();
                // `{{</* name */>}}` is how Hugo's own manual shows one.
                if !inner.starts_with("/*") {
                    found.add(&codes::HUGO_SHORTCODE, name.to_owned(), range);
                }
            }
            at = open + 3;
        } else if let Some(inner) = rest.strip_prefix("{%") {
            let inner = inner.trim_start_matches(['-', ' ', '\t']);
            if let Some(name) = word(inner) {
                let end = text.len() - inner.len() + name.len();
                let bare = name.strip_prefix("end").filter(|n| !n.is_empty()).unwrap_or(name);
                found.add(&codes::GITBOOK_BLOCK, bare.to_owned(), open..end);
            }
        } else if let Some(name) = rest.get(1..).and_then(word)
            && rest.get(1 + name.len()..).is_some_and(|after| after.starts_with("}`"))
        {
            let end = open + name.len() + 2;
            if code.find(end).is_some_and(|range| range.start == end) {
                found.add(&codes::MYST_ROLE, name.to_owned(), open..end);
            }
        }
    }
}

/// The name at the beginning of a text.
fn word(text: &str) -> Option<&str> {
    let length = text
        .bytes()
        .take(LONGEST)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.'))
        .count();
    text.get(..length).filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// `import` and `export` lines, which stand at the top of a paragraph of their own.
fn modules(text: &str, nodes: &[Node], found: &mut Found) {
    let mut next = 0;
    while let Some(node) = nodes.get(next) {
        next = (node.end as usize).max(next + 1);
        if node.kind != NodeKind::Paragraph {
            continue;
        }
        let range = range_of(node);
        let content = text.get(range.clone()).unwrap_or_default();
        if !content.starts_with("import ") && !content.starts_with("export ") {
            continue;
        }
        let mut at = range.start;
        for line in content.split_inclusive('\n') {
            let bare = line.trim_end();
            let is_import = bare.starts_with("import ")
                && (bare.contains(" from '")
                    || bare.contains(" from \"")
                    || bare.starts_with("import '")
                    || bare.starts_with("import \""));
            let is_export = ["const ", "default ", "function ", "let ", "async "]
                .iter()
                .any(|word| bare.strip_prefix("export ").is_some_and(|r| r.starts_with(word)));
            if is_import || is_export {
                let name: String = bare.chars().take(60).collect();
                found.add(&codes::MDX_MODULE, name, at..at + bare.len());
            }
            at += line.len();
        }
    }
}
