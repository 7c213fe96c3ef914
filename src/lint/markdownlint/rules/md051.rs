//! `MD051`

use crate::base::{Code, Severity};
use crate::lint::markdownlint::FormRule;
use crate::lint::markdownlint::findings::Findings;
use crate::lint::markdownlint::page::Heading;
use crate::lint::markdownlint::page::Page;
use crate::lint::markdownlint::params::{Param, ParamDefault, Params};
use crate::lint::markdownlint::references::Written;
use crate::markdown::FormKind;
use crate::markdown::LinkForm;
use std::collections::HashMap;
use std::ops::Range;

/// The rule.
pub(super) static RULE: FormRule = FormRule {
    code: Code {
        id: "MD051",
        severity: Severity::Error,
        summary: "a link within a page leads to no heading of it",
        explanation: "Links within a page name a heading as GitHub makes names of headings, the `id` of an element, or a name that a heading has in braces: `{#name}`. The links of a site are checked by `link/missing-anchor`, which knows the names that the site gives to its headings.",
        examples: ("# A\n\n[a](#A)\n", "# A\n\n[a](#a)\n"),
    },
    aliases: &["link-fragments"],
    tags: &["links"],
    fixes: true,
    suggested: false,
    params: &[
        Param {
            name: "ignore_case",
            default: ParamDefault::Bool(false),
            doc: "Whether case does not count.",
        },
        Param {
            name: "ignored_pattern",
            default: ParamDefault::Text(""),
            doc: "A pattern for names that are left alone.",
        },
    ],
    config: "",
    check,
};

/// The links and definitions that lead to a name, and where that is written.
fn targets(page: &Page<'_>) -> Vec<(Range<usize>, Range<usize>)> {
    let fits = |range: &Range<usize>| page.get(range.clone()).starts_with('#');
    let links = page.links().iter().filter(|link| !link.image && link.form == LinkForm::Inline);
    // Headings that DocFX makes tabs of.
    let tab = |link: &Written| {
        let target = link.target.clone().map(|target| page.get(target));
        target.is_some_and(|target| target.starts_with("#tab/"))
            && page.above(link.node).any(|(_, node)| matches!(node.kind, FormKind::Heading { .. }))
    };
    let mut found: Vec<_> = links
        .filter(|link| !tab(link))
        .filter_map(|link| Some((link.range.clone(), link.target.clone().filter(fits)?)))
        .collect();
    for one in page.defined() {
        if !one.footnote && fits(&one.target) {
            let end = page.line_range(page.line_of(one.target.end)).end;
            found.push((one.start..end, one.target.clone()));
        }
    }
    found
}

/// The name that GitHub gives to a heading.
fn slug(page: &Page<'_>, heading: &Heading) -> String {
    let mut text = String::new();
    let mut at = heading.node + 1;
    let end = page.node(heading.node).map_or(0, |node| node.end);
    while at < end {
        let Some(node) = page.node(at) else { break };
        match node.kind {
            FormKind::Image(_) => {
                at = node.end;
                continue;
            }
            FormKind::Text => text.push_str(page.get(node.range.clone())),
            FormKind::Code => {
                let code = page.get(node.range.clone()).trim_matches('`');
                let both = code.starts_with(' ') && code.ends_with(' ') && !code.trim().is_empty();
                text.push_str(if both {
                    code.get(1..code.len() - 1).unwrap_or(code)
                } else {
                    code
                });
            }
            _ => {}
        }
        at += 1;
    }
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, '-' | ' ' | '_') || is_mark(*c);
    let name: String = text.to_lowercase().chars().filter(kept).collect();
    format!("#{}", encode(&name.replace(' ', "-")))
}

/// Marks that belong to the letter before, and joiners such as `‿`.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36f | 0x483..=0x489 | 0x591..=0x5bd | 0x610..=0x61a | 0x64b..=0x65f
        | 0x900..=0x903 | 0x93a..=0x94f | 0xe31 | 0xe34..=0xe3a | 0xe47..=0xe4e | 0x203f | 0x2040 | 0x2054
        | 0x20d0..=0x20f0 | 0x302a..=0x302f | 0x3099 | 0x309a | 0xfe00..=0xfe0f | 0xfe20..=0xfe2f | 0xff3f)
}

/// As addresses write it.
fn encode(text: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'!')
        .remove(b'~')
        .remove(b'*')
        .remove(b'\'')
        .remove(b'(')
        .remove(b')');
    percent_encoding::utf8_percent_encode(text, KEPT).to_string()
}

/// Whether a name is one of lines of a file, as GitHub makes them: `L20`, `L19C5-L21C11`.
fn is_line(name: &str) -> bool {
    let part = |part: &str, column: bool| {
        let Some(rest) = part.strip_prefix('L') else { return false };
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match rest.split_once('C') {
            Some((line, at)) => column && digits(line) && digits(at),
            None => digits(rest),
        }
    };
    match name.split_once('-') {
        Some((from, to)) => part(from, true) && part(to, true),
        None => part(name, false),
    }
}

fn check(page: &Page<'_>, params: &Params<'_>, findings: &mut Findings<'_>) {
    if !page.text.contains('#') {
        return;
    }
    let targets = targets(page);
    if targets.is_empty() {
        return;
    }
    let mut names: Vec<String> = vec!["#top".to_owned()];
    let mut counts: HashMap<String, usize> = HashMap::from([("#top".to_owned(), 0)]);
    for heading in page.headings() {
        let name = slug(page, heading);
        if name != "#" {
            let count = counts.get(&name).copied().unwrap_or(0);
            if count > 0 {
                let other = format!("{name}-{count}");
                counts.insert(other.clone(), 0);
                names.push(other);
            }
            counts.insert(name.clone(), count + 1);
            names.push(name);
        }
        let text = page.get(heading.content.clone());
        for part in text.split("{#").skip(1) {
            let Some((name, _)) = part.split_once('}') else { continue };
            let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
            if !name.is_empty() && name.chars().all(fine) {
                names.push(format!("#{name}"));
                counts.entry(format!("#{name}")).or_insert(1);
            }
        }
    }
    for tag in page.tags().iter().filter(|tag| !tag.close) {
        let id = tag.attribute(page, "id");
        let name =
            tag.name.eq_ignore_ascii_case("a").then(|| tag.attribute(page, "name")).flatten();
        for name in id.into_iter().chain(name) {
            names.push(format!("#{name}"));
            counts.insert(format!("#{name}"), 0);
        }
    }
    let ignored = params.text("ignored_pattern");
    let ignored = (!ignored.is_empty()).then(|| page.patterns.get(ignored)).flatten();
    for (link, place) in targets {
        let text = page.get(place.clone());
        let name = text.get(1..).unwrap_or_default();
        let encoded = format!("#{}", encode(name));
        if name.is_empty() || counts.contains_key(text) || counts.contains_key(&encoded) {
            continue;
        }
        if is_line(name) || ignored.as_ref().is_some_and(|pattern| pattern.is_match(name)) {
            continue;
        }
        let line = page.line_of(link.start);
        let single = line == page.line_of(link.end);
        let lower = text.to_lowercase();
        let near = names.iter().find(|name| name.to_lowercase() == lower);
        if near.is_some() && params.flag("ignore_case") {
            continue;
        }
        let message = format!("there is no heading `{text}`");
        if single {
            findings.at(link, message);
        } else {
            findings.line(line, message);
        }
        if let Some(near) = near {
            findings.help(format!("write `{near}`"));
            if single {
                findings.replace(place, near.clone());
            }
        }
    }
}
