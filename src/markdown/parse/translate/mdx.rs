//! Components of MDX, by the names that Docusaurus, Starlight, Mintlify, Nextra and Fumadocs have
//! for them. Only tags that begin a line count: inside of text, a capitalised word in angle brackets
//! may be anything.

use std::ops::Range;

use super::super::opaque::Ranges;
use super::arguments::Arguments;
use super::{Block, Mark, Part, What, alert, alert_block, fence, label, lines, link, opening};

/// How many lines an opening tag may take.
const LONGEST_TAG: usize = 12;

/// Finds what has an equal. Without `code`, the text is a file of MDX, in which indentation makes no
/// code, and lines of JavaScript mean nothing to readers.
pub(super) fn find(text: &str, code: Option<&Ranges>, marks: &mut Vec<Mark>) {
    let mut done = 0;
    for line in lines::of(text) {
        let content = text.get(line.clone()).unwrap_or_default();
        let trimmed = content.trim_start();
        let start = line.end - trimmed.len();
        if start < done || code.is_some_and(|code| code.contain(start)) {
            continue;
        }
        let bare = trimmed.trim_end();
        if code.is_none() {
            let import = bare.starts_with("import ")
                && (bare.contains(" from ") || bare.starts_with("import '"));
            let comment = bare.starts_with("{/*") && bare.ends_with("*/}");
            if import || comment {
                let range = start..start + bare.len();
                marks.push(Mark::replace(range, Vec::new()));
                continue;
            }
        }
        if trimmed.starts_with('<') {
            done = tags(text, start, line.end, marks);
        }
    }
}

/// The tags of a line, from its beginning; where reading goes on.
fn tags(text: &str, start: usize, line_end: usize, marks: &mut Vec<Mark>) -> usize {
    let Some(tag) = read(text, start) else { return start };
    let Some(mark) = mark(text, &tag) else { return start };
    let end = tag.range.end;
    marks.push(mark);
    if tag.closes || end >= line_end {
        return end;
    }
    // `<Note>Text</Note>`
    let line = text.get(end..line_end).unwrap_or_default();
    let close = format!("</{}>", tag.name);
    if let Some(at) = line
        .rfind(&close)
        .filter(|at| line.get(at + close.len()..).is_some_and(|rest| rest.trim().is_empty()))
    {
        let range = end + at..end + at + close.len();
        marks.push(Mark::close(range, key(tag.name)));
        return line_end;
    }
    end
}

struct Tag<'a> {
    range: Range<usize>,
    name: &'a str,
    closes: bool,
    single: bool,
    arguments: Arguments,
}

fn key(name: &str) -> String {
    format!("mdx {name}")
}

fn read(text: &str, start: usize) -> Option<Tag<'_>> {
    let rest = text.get(start + 1..)?;
    let closes = rest.starts_with('/');
    let rest = if closes { rest.get(1..)? } else { rest };
    let at = text.len() - rest.len();
    if !rest.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'.').count();
    let name = rest.get(..length)?;
    // The end of the tag: a bracket outside of quotes and braces.
    let (mut quote, mut depth, mut newlines) = (None, 0_usize, 0);
    for (offset, byte) in rest.bytes().enumerate().skip(length) {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (None, b'{') => depth += 1,
            (None, b'}') => depth = depth.saturating_sub(1),
            (None, b'\n') => {
                newlines += 1;
                if newlines > LONGEST_TAG {
                    return None;
                }
            }
            (None, b'>') if depth == 0 => {
                let inner = rest.get(length..offset)?;
                let single = inner.trim_end().ends_with('/');
                let inner = inner.trim_end().trim_end_matches('/');
                let from = at + length;
                let arguments = Arguments::read(text, from..from + inner.len());
                let range = start..at + offset + 1;
                return Some(Tag { range, name, closes, single, arguments });
            }
            _ => {}
        }
    }
    None
}

fn mark(text: &str, tag: &Tag<'_>) -> Option<Mark> {
    let arguments = &tag.arguments;
    let directive = |name, label| Some(Block::Directive { name, label, open: false });
    let title = || arguments.named(&["title", "label", "summary", "header"]);
    let block = match tag.name {
        "Tabs" | "TabGroup" => directive("tabs", Vec::new()),
        "Tab" | "TabItem" | "Tabs.Tab" => {
            let name = title().or_else(|| arguments.named(&["value", "name"]));
            let label = label(text, name);
            if label.is_empty() && !tag.closes { None } else { directive("tab", label) }
        }
        "Accordion" | "Details" | "Expandable" | "Collapsible" => {
            directive("details", label(text, title()))
        }
        "CardGroup" | "CardGrid" | "Cards" => directive("cards", Vec::new()),
        "Card" | "LinkCard" => {
            let mut name = label(text, title());
            if let Some(href) = arguments.named(&["href", "to", "link"]) {
                name = link(name, href);
            }
            if name.is_empty() && !tag.closes { None } else { directive("card", name) }
        }
        "Frame" => match label(text, arguments.named(&["caption"])) {
            caption if caption.is_empty() => Some(Block::Nothing),
            caption => directive("figure", caption),
        },
        // Of the Rust book and of what is written like it.
        "Listing" => match listing(text, arguments) {
            caption if caption.is_empty() => Some(Block::Nothing),
            caption => directive("figure", caption),
        },
        "Steps" | "AccordionGroup" | "CodeGroup" | "FileTree" | "Columns" | "Fragment" | "Step"
        | "Column" => Some(Block::Nothing),
        "Callout" | "Admonition" | "Aside" | "Alert" => {
            let kind = arguments.named(&["type", "variant", "kind"]);
            let name = kind.and_then(|range| text.get(range)).and_then(alert).unwrap_or("note");
            Some(alert_block(text, name, title()))
        }
        "Note" | "Tip" | "Info" | "Warning" | "Caution" | "Danger" | "Important" | "Check"
        | "Hint" | "Error" | "Success" => {
            alert(tag.name).map(|name| alert_block(text, name, title()))
        }
        _ => None,
    }?;
    let range = tag.range.clone();
    let key = key(tag.name);
    if tag.closes {
        return Some(Mark::close(range, key));
    }
    // A step has its title in bold, a listing the name of its file as code.
    let (first, around) = match tag.name {
        "Step" => (title(), "**"),
        "Listing" => (arguments.named(&["file-name"]), "`"),
        _ => (None, ""),
    };
    let first = first.map_or_else(Vec::new, |first| {
        let before = Part::Text(format!("\n\n{around}"));
        vec![before, Part::Copy(first), Part::Text(format!("{around}\n\n"))]
    });
    if !tag.single {
        return Some(Mark { range, what: What::Open { key, block, first } });
    }
    // A tag that closes itself has no other half.
    let mut parts = first;
    if let Block::Directive { name, label, open } = block {
        parts = opening(&fence(), name, label, open);
        if let Some(about) = arguments.named(&["description"]) {
            parts.extend([Part::text("\n"), Part::Copy(about)]);
        }
        parts.push(Part::Text(format!("\n{}", fence())));
    }
    let parts = lines::alone(text, &range, parts, &lines::Cuts::new());
    Some(Mark::replace(range, parts))
}

/// The caption of a listing, with its number.
fn listing(text: &str, arguments: &Arguments) -> Vec<Part> {
    let caption = label(text, arguments.named(&["caption"]));
    let Some(number) = arguments.named(&["number"]) else { return caption };
    let mut parts = vec![Part::text("Listing "), Part::Copy(number)];
    if !caption.is_empty() {
        parts.push(Part::text(": "));
        parts.extend(caption);
    }
    parts
}
