//! Hugo's shortcodes: those of Hugo itself, and what its themes for documentation (Docsy, Book,
//! Relearn, Hextra) call much the same.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::opaque::Ranges;
use super::arguments::Arguments;
use super::{Block, Mark, Part, alert, alert_block, fence, image, label, lines, link, opening};

/// A shortcode.
struct Shortcode<'a> {
    range: Range<usize>,
    name: &'a str,
    closes: bool,
    /// Closes itself, as in `{{< name />}}`.
    single: bool,
    arguments: Arguments,
}

/// Finds what has an equal.
pub(super) fn find(text: &str, code: &Ranges, marks: &mut Vec<Mark>) {
    let list = read(text, code);
    // A shortcode without its end tag has none.
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    for shortcode in list.iter().filter(|shortcode| shortcode.closes) {
        *ends.entry(shortcode.name).or_default() += 1;
    }
    let mut labels: BTreeMap<&str, &str> = BTreeMap::new();
    let mut skip_to = 0;
    for (index, shortcode) in list.iter().enumerate() {
        let Shortcode { range, name, arguments, .. } = shortcode;
        if range.start < skip_to {
            continue;
        }
        let key = format!("hugo {name}");
        if shortcode.closes {
            marks.push(Mark::close(range.clone(), key));
            continue;
        }
        if let Some(parts) = inline(text, shortcode) {
            marks.push(Mark::replace(range.clone(), parts));
            continue;
        }
        if !lines::can_hold_block(text, range.start) {
            continue;
        }
        if let Some(language) = listing(text, shortcode) {
            // What is between is no Markdown, and holds no shortcodes.
            let rest = list.get(index + 1..).unwrap_or_default();
            let Some(end) = rest.iter().find(|other| other.closes && other.name == *name) else {
                continue;
            };
            let block = Block::Lines(format!("~~~~~~{language}"), "~~~~~~".to_owned());
            marks.push(Mark::open(range.clone(), key.clone(), block));
            marks.push(Mark::close(end.range.clone(), key));
            skip_to = end.range.end;
            continue;
        }
        if let Some(parts) = picture_or_card(text, shortcode) {
            let parts = lines::alone(text, range, parts, &lines::Cuts::new());
            marks.push(Mark::replace(range.clone(), parts));
            continue;
        }
        if matches!(*name, "tabs" | "tabpane") {
            // `{{< tabs "name" "id,Label;id,Label" "first" >}}`
            labels = arguments.at(1).map(|range| names(text, range)).unwrap_or_default();
            if !labels.is_empty() && ends.get(name).copied().unwrap_or_default() == 0 {
                // A bar of labels, with the tabs behind it.
                marks.push(Mark::replace(range.clone(), Vec::new()));
                continue;
            }
        }
        if shortcode.single || ends.get(name).copied().unwrap_or_default() == 0 {
            continue;
        }
        let Some(block) = block(text, shortcode, &labels) else { continue };
        marks.push(Mark::open(range.clone(), key, block));
    }
}

fn read<'a>(text: &'a str, code: &Ranges) -> Vec<Shortcode<'a>> {
    let mut list = Vec::new();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find("{{")).map(|o| at + o) {
        at = open + 2;
        if let Some(range) = code.find(open) {
            at = range.end.max(at);
            continue;
        }
        let rest = text.get(open + 2..).unwrap_or_default();
        let (end, inner) = if rest.starts_with('<') {
            (">}}", open + 3)
        } else if rest.starts_with('%') {
            ("%}}", open + 3)
        } else {
            continue;
        };
        // `{{</* name */>}}` shows a shortcode.
        let Some(body) = text.get(inner..).filter(|body| !body.starts_with("/*")) else { continue };
        let Some(length) = body.find(end) else { continue };
        let content = body.get(..length).unwrap_or_default();
        if content.contains("{{") {
            continue;
        }
        let trimmed = content.trim_start();
        let closes = trimmed.starts_with('/');
        let trimmed = trimmed.strip_prefix('/').unwrap_or(trimmed).trim_start();
        let single = !closes && content.trim_end().ends_with('/');
        let start = inner + (content.len() - trimmed.len());
        let word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/');
        let name = trimmed.bytes().take_while(|b| word(b)).count();
        let name = trimmed.get(..name).unwrap_or_default().trim_end_matches('/');
        let last = inner + content.trim_end().trim_end_matches('/').len();
        let first = (start + name.len()).min(last);
        let range = open..inner + length + end.len();
        at = range.end;
        if !name.is_empty() {
            let arguments = Arguments::read(text, first..last);
            list.push(Shortcode { range, name, closes, single, arguments });
        }
    }
    list
}

/// `id,Label;id,Label`
fn names(text: &str, range: Range<usize>) -> BTreeMap<&str, &str> {
    let list = text.get(range).unwrap_or_default();
    list.split(';').filter_map(|pair| pair.split_once(',')).collect()
}

/// What stands within a line.
fn inline(text: &str, shortcode: &Shortcode<'_>) -> Option<Vec<Part>> {
    let arguments = &shortcode.arguments;
    match shortcode.name {
        "ref" | "relref" => {
            let path = arguments.named(&["path"]).or_else(|| arguments.at(0))?;
            Some(vec![Part::Copy(path)])
        }
        "youtube" | "vimeo" => {
            let id = arguments.named(&["id"]).or_else(|| arguments.at(0))?;
            let id = text.get(id)?;
            let site = match shortcode.name {
                "youtube" => "https://www.youtube.com/watch?v=",
                _ => "https://vimeo.com/",
            };
            Some(vec![Part::Text(format!("<{site}{id}>"))])
        }
        "kbd" => {
            let key = arguments.named(&["key", "text"]).or_else(|| arguments.at(0))?;
            Some(vec![Part::Text("<kbd>".into()), Part::Copy(key), Part::Text("</kbd>".into())])
        }
        "br" => Some(vec![Part::Text("<br>".to_owned())]),
        "figure" | "img" | "image" | "imgproc" | "card" | "cards" => None,
        // Themes have shortcodes of their own for links that open elsewhere.
        _ => {
            let href = arguments.named(&["href"])?;
            let title = arguments.named(&["title", "text"])?;
            let wild = |range: &Range<usize>| {
                text.get(range.clone()).is_none_or(|t| t.contains(['<', '>', '\n']))
            };
            if wild(&href) {
                return None;
            }
            Some(link(label(text, Some(title)), href))
        }
    }
}

/// The language of a listing.
fn listing(text: &str, shortcode: &Shortcode<'_>) -> Option<String> {
    match shortcode.name {
        "mermaid" => Some("mermaid".to_owned()),
        "highlight" => {
            let arguments = &shortcode.arguments;
            let language = arguments.named(&["lang", "language"]).or_else(|| arguments.at(0));
            let language = language.and_then(|range| text.get(range)).unwrap_or_default();
            Some(
                language
                    .chars()
                    .filter(|c| c.is_ascii_alphanumeric() || "+#-_".contains(*c))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// Figures, and cards that hold nothing.
fn picture_or_card(text: &str, shortcode: &Shortcode<'_>) -> Option<Vec<Part>> {
    let arguments = &shortcode.arguments;
    match shortcode.name {
        "figure" => {
            let source = arguments.named(&["src"]).or_else(|| arguments.at(0))?;
            let caption = label(text, arguments.named(&["caption", "title"]));
            let alt = label(text, arguments.named(&["alt"]));
            if caption.is_empty() {
                return Some(image(alt, source));
            }
            let mut parts = opening(&fence(), "figure", caption.clone(), false);
            parts.push(Part::text("\n"));
            parts.extend(image(if alt.is_empty() { caption } else { alt }, source));
            parts.push(Part::Text(format!("\n{}", fence())));
            Some(parts)
        }
        "card" | "link-card" if arguments.named(&["link", "href"]).is_some() => {
            let target = arguments.named(&["link", "href"])?;
            let title = arguments.named(&["title"])?;
            let name = link(label(text, Some(title)), target);
            let mut parts = opening(&fence(), "card", name, false);
            parts.push(Part::text("\n"));
            if let Some(about) = arguments.named(&["subtitle", "description"]) {
                parts.extend([Part::Copy(about), Part::text("\n")]);
            }
            parts.push(Part::Text(fence()));
            Some(parts)
        }
        _ => None,
    }
}

/// What encloses something.
fn block(text: &str, shortcode: &Shortcode<'_>, labels: &BTreeMap<&str, &str>) -> Option<Block> {
    let arguments = &shortcode.arguments;
    let plain = |name| Some(Block::Directive { name, label: Vec::new(), open: false });
    match shortcode.name {
        "tabs" | "tabpane" => plain("tabs"),
        "steps" => Some(Block::Nothing),
        "cards" => plain("cards"),
        "tab" => {
            let title =
                arguments.named(&["header", "name", "title"]).or_else(|| arguments.at(0))?;
            let known = text.get(title.clone()).and_then(|id| labels.get(id));
            let label = match known {
                Some(name) => vec![Part::Text(name.replace(['[', ']'], ""))],
                None => label(text, Some(title)),
            };
            (!label.is_empty()).then_some(Block::Directive { name: "tab", label, open: false })
        }
        "details" | "collapse" | "expand" | "accordion" => {
            let title =
                arguments.named(&["title", "summary", "header"]).or_else(|| arguments.at(0));
            let open = arguments.has(text, "open");
            Some(Block::Directive { name: "details", label: label(text, title), open })
        }
        // The kind is an argument.
        "hint" | "alert" | "notice" | "callout" | "admonition" => {
            let kind = arguments.named(&["type", "color", "style", "context"]);
            let positional = if kind.is_some() { 0 } else { 1 };
            let kind = kind.or_else(|| arguments.at(0));
            let name = kind.and_then(|range| text.get(range)).and_then(alert).unwrap_or("note");
            let title = arguments.named(&["title", "header"]).or_else(|| arguments.at(positional));
            Some(alert_block(text, name, title))
        }
        name => {
            let name = alert(name)?;
            Some(alert_block(text, name, arguments.named(&["title"]).or_else(|| arguments.at(0))))
        }
    }
}
