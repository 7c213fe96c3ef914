//! `:::glossary` is filled with the words of `[terms]`: a list of definitions, in which each word
//! has an address of its own, as a heading has.

use std::collections::BTreeMap;

use pulldown_cmark::Options;

use super::super::codes;
use super::mapped::{Mapped, MappedBuilder};
use super::opaque;
use crate::base::{Diagnostic, Span};
use crate::config::Term;

/// Fills the glossaries of a text, which begin at the beginning of a line and not in code.
pub fn fill(
    text: Mapped,
    terms: &BTreeMap<String, Term>,
    options: Options,
    diagnostics: &mut Vec<Diagnostic>,
) -> Mapped {
    let mut lines = Vec::new();
    let mut at = 0;
    for line in text.text.split_inclusive('\n') {
        if opens(line) {
            lines.push(at..at + line.len());
        }
        at += line.len();
    }
    if lines.is_empty() {
        return text;
    }
    let code = opaque::find(&text.text, options).code;
    lines.retain(|line| !code.contain(line.start));
    let list = list(terms, options.contains(Options::ENABLE_DEFINITION_LIST));
    let mut out = MappedBuilder::default();
    let mut done = 0;
    for line in lines {
        let content = text.text.get(line.clone()).unwrap_or_default().trim_end().len();
        let place = text.span(line.start..line.start + content);
        if list.is_empty() {
            diagnostics.push(
                Diagnostic::new(&codes::EMPTY_GLOSSARY, "there is nothing to list here")
                    .at(place)
                    .help("give the words in `[terms]` of `book.toml` a `definition`"),
            );
            continue;
        }
        let end = close(&text.text, line.end);
        out.copy(&text, done..end);
        done = end;
        let newline =
            if text.text.get(..end).is_some_and(|t| t.ends_with('\n')) { "" } else { "\n" };
        out.stand_in(&format!("{newline}\n"), &place);
        for (entry, span) in &list {
            out.stand_in(entry, span.as_ref().unwrap_or(&place));
        }
    }
    out.copy(&text, done..text.text.len());
    out.finish(text.file)
}

/// Whether a line opens a glossary, in either way of writing.
fn opens(line: &str) -> bool {
    let colons = line.bytes().take_while(|byte| *byte == b':').count();
    let rest = line.get(colons..).unwrap_or_default().trim_start();
    let rest = match rest.strip_prefix("{glossary}") {
        Some(rest) => Some(rest),
        None => rest.strip_prefix("glossary"),
    };
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || "-_".contains(c));
    colons >= 3 && rest.is_some_and(ends)
}

/// Where the line begins that closes the directive; where none does, the end of the line that
/// opens it.
fn close(text: &str, from: usize) -> usize {
    let mut at = from;
    let mut open = 0;
    for line in text.get(from..).unwrap_or_default().split_inclusive('\n') {
        let bare = line.trim_end();
        if bare.len() >= 3 && bare.bytes().all(|byte| byte == b':') {
            if open == 0 {
                return at;
            }
            open -= 1;
        } else if bare.starts_with(":::") {
            open += 1;
        }
        at += line.len();
    }
    from
}

/// The entries as Markdown, in the order of the alphabet, with the places of the words.
fn list(terms: &BTreeMap<String, Term>, definitions: bool) -> Vec<(String, Option<Span>)> {
    let mut entries: Vec<(String, &str, String, Option<Span>)> = Vec::new();
    for (name, term) in terms {
        let parts = [&term.expands, &term.definition].into_iter().flatten();
        let parts: Vec<&str> = parts.map(|part| part.trim()).filter(|p| !p.is_empty()).collect();
        if parts.is_empty() {
            continue;
        }
        let word = escaped(name);
        let said = parts.join("\n\n");
        let entry = match definitions {
            true => format!("{word}\n: {}\n\n", indented(&said, "  ")),
            false => format!("- **{word}**: {}\n\n", indented(&said, "  ")),
        };
        entries.push((name.to_lowercase(), name, entry, term.span.clone()));
    }
    entries.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    entries.into_iter().map(|(.., entry, span)| (entry, span)).collect()
}

/// A word in which nothing is markup.
fn escaped(name: &str) -> String {
    let mut out = String::new();
    for c in name.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if c.is_ascii_punctuation() {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A text whose further lines are indented.
fn indented(text: &str, by: &str) -> String {
    let lines = text.lines().enumerate().map(|(index, line)| match index {
        _ if line.trim().is_empty() => String::new(),
        0 => line.to_owned(),
        _ => format!("{by}{line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Files, parse_with, settings};
    use super::*;
    use crate::base::SourcePath;
    use crate::config::Settings;
    use crate::markdown::{Document, NodeKind};

    fn with_terms() -> Settings {
        let mut settings = settings();
        let book = SourcePath::new("book.toml").unwrap();
        let mut add = |name: &str, expands: &str, definition: &str, at: usize| {
            let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let span = Some(Span::new(book.clone(), at..at + 1));
            let (expands, definition) = (part(expands), part(definition));
            let term = Term { expands, definition, span, ..Term::default() };
            settings.terms.insert(name.to_owned(), term);
        };
        add("TLS", "Transport Layer Security", "Keeps *secrets*, see [the page](tls.md).", 7);
        add("anchor_point", "", "One line.\n\n- and\n- a list", 8);
        add("email", "", "", 9);
        settings
    }

    fn page(text: &str) -> (Document, Vec<Diagnostic>) {
        parse_with(text.as_bytes(), &Files::default(), &with_terms())
    }

    #[test]
    fn words_with_a_meaning_are_listed_in_order_with_addresses() {
        let (document, problems) = page("# Words\n\n:::glossary\nIntro.\n:::\n\nEnd.\n");
        assert!(problems.is_empty(), "{problems:?}");
        let ids: Vec<&str> = document.anchors.iter().map(|anchor| anchor.id.as_str()).collect();
        assert_eq!(ids, ["anchor_point", "tls"]);
        let kinds: Vec<&NodeKind> = document.nodes.iter().map(|node| &node.kind).collect();
        let is_list = |kind: &&&NodeKind| matches!(kind, NodeKind::List(_));
        assert_eq!(kinds.iter().filter(is_list).count(), 1, "{kinds:?}");
        let link = &document.links[0];
        assert_eq!(link.dest, "tls.md");
        // What is wrong in a definition is told where that is written.
        let at = document.span(link.dest_range.as_ref().unwrap());
        assert_eq!((at.file.as_str(), at.start), ("book.toml", 7));
        let text = &document.text;
        assert!(text.find("Intro.") < text.find("anchor") && text.ends_with(":::\n\nEnd.\n"));
    }

    #[test]
    fn code_stays_and_both_ways_of_writing_count() {
        for text in ["```md\n:::glossary\n:::\n```\n", ":::glossary-of-mine\n:::\n", ": glossary\n"]
        {
            assert!(page(text).0.anchors.is_empty(), "{text}");
        }
        for text in [
            ":::{glossary}\n:::\n",
            "::::note\n:::glossary\n:::\n::::\n",
            ":::: glossary {.x}\n:::note\nx\n:::\n::::",
        ] {
            assert_eq!(page(text).0.anchors.len(), 2, "{text}");
        }
    }

    #[test]
    fn without_any_meaning_there_is_nothing_to_list() {
        let (_, problems) = parse_with(b":::glossary\n:::\n", &Files::default(), &settings());
        let codes: Vec<&str> = problems.iter().map(|problem| &*problem.code).collect();
        assert_eq!(codes, ["directive/empty-glossary"]);
    }

    #[test]
    fn without_definition_lists_it_is_a_list() {
        let mut settings = with_terms();
        settings.html.definition_lists = false;
        let (document, _) = parse_with(b":::glossary\n:::\n", &Files::default(), &settings);
        let items = document.nodes.iter().filter(|n| matches!(n.kind, NodeKind::Item(_)));
        assert_eq!(items.count(), 4);
    }
}
