//! Tags, comments and text of raw HTML, each with its place. Nothing is repaired: what is no tag
//! is text.

use std::ops::Range;

/// A part of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HtmlPart {
    /// `<name ...>`; with the attributes that matter here.
    Start(Element),
    /// `</name>`
    End(String),
    /// `<!-- ... -->`: what is between the marks, and the whole.
    Comment(Range<usize>, Range<usize>),
    /// Text, entities as they are written.
    Text(Range<usize>),
}

/// An opening tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its name in lower case.
    pub name: String,
    /// The whole tag.
    pub range: Range<usize>,
    /// The value of `class`.
    pub class: Option<Range<usize>>,
    /// The value of `alt`.
    pub alt: Option<Range<usize>>,
    /// The value of `href`.
    pub href: Option<Range<usize>>,
}

/// Elements that have no content and no closing tag.
pub(crate) const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Elements whose content is no HTML.
const RAW: [&str; 2] = ["script", "style"];

/// Elements that are blocks of their own.
const BLOCKS: [&str; 71] = [
    "address",
    "article",
    "aside",
    "audio",
    "blockquote",
    "body",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "p",
    "pre",
    "script",
    "search",
    "section",
    "select",
    "style",
    "summary",
    "table",
    "tbody",
    "td",
    "template",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "video",
    "canvas",
    "center",
    "menuitem",
    "frame",
    "nextid",
    "plaintext",
];

/// Elements that stand in a line of text.
const INLINE: [&str; 41] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn",
    "em", "font", "i", "img", "input", "ins", "kbd", "label", "mark", "math", "picture", "q", "rp",
    "rt", "ruby", "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var",
];

/// Whether an element is a block of its own.
pub(crate) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name)
}

/// Whether an element stands in a line of text, so that a word may go on through it.
pub(crate) fn is_inline(name: &str) -> bool {
    INLINE.contains(&name)
}

/// Reads HTML; places are those in `html`.
pub(crate) fn parts(html: &str) -> Vec<HtmlPart> {
    let mut parts = Vec::new();
    let mut at = 0;
    let mut text = 0;
    let flush = |parts: &mut Vec<HtmlPart>, from: usize, to: usize| {
        if from < to {
            parts.push(HtmlPart::Text(from..to));
        }
    };
    while let Some(found) = html.get(at..).and_then(|rest| rest.find('<')) {
        let open = at + found;
        let rest = html.get(open..).unwrap_or_default();
        if let Some(inner) = rest.strip_prefix("<!--") {
            flush(&mut parts, text, open);
            let (content, end) = match inner.find("-->") {
                Some(end) => (open + 4..open + 4 + end, open + 4 + end + 3),
                None => (open + 4..html.len(), html.len()),
            };
            parts.push(HtmlPart::Comment(content, open..end));
            at = end;
            text = end;
            continue;
        }
        match rest.as_bytes().get(1) {
            Some(b'!' | b'?') => {
                flush(&mut parts, text, open);
                at = rest.find('>').map_or(html.len(), |end| open + end + 1);
                text = at;
            }
            Some(b'/') => {
                let name = name_of(rest.get(2..).unwrap_or_default());
                match rest.find('>') {
                    Some(end) if !name.is_empty() => {
                        flush(&mut parts, text, open);
                        parts.push(HtmlPart::End(name.to_ascii_lowercase()));
                        at = open + end + 1;
                        text = at;
                    }
                    _ => at = open + 1,
                }
            }
            Some(byte) if byte.is_ascii_alphabetic() => match tag(html, open) {
                Some((element, closed)) => {
                    flush(&mut parts, text, open);
                    let name = element.name.clone();
                    at = element.range.end;
                    text = at;
                    parts.push(HtmlPart::Start(element));
                    if closed || VOID.contains(&name.as_str()) {
                        parts.push(HtmlPart::End(name));
                    } else if RAW.contains(&name.as_str()) {
                        let rest = html.get(at..).unwrap_or_default().to_ascii_lowercase();
                        let end = rest.find(&format!("</{name}")).unwrap_or(rest.len());
                        flush(&mut parts, at, at + end);
                        at += end;
                        text = at;
                    }
                }
                None => at = open + 1,
            },
            _ => at = open + 1,
        }
    }
    flush(&mut parts, text, html.len());
    parts
}

fn name_of(text: &str) -> &str {
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '.' | '_')))
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The tag that begins at `open`, and whether it closes itself; none where it never ends.
fn tag(html: &str, open: usize) -> Option<(Element, bool)> {
    let bytes = html.as_bytes();
    let name = name_of(html.get(open + 1..)?);
    let mut at = open + 1 + name.len();
    let mut element = Element {
        name: name.to_ascii_lowercase(),
        range: open..open,
        class: None,
        alt: None,
        href: None,
    };
    let mut closed = false;
    loop {
        match bytes.get(at)? {
            b'>' => {
                element.range.end = at + 1;
                return Some((element, closed));
            }
            b'/' => {
                closed = true;
                at += 1;
            }
            byte if byte.is_ascii_whitespace() => at += 1,
            _ => {
                closed = false;
                let start = at;
                while !matches!(bytes.get(at)?, b'=' | b'>' | b'/' | b' ' | b'\t' | b'\n' | b'\r') {
                    at += 1;
                }
                // A character that begins no name, as `<a "b">`.
                at = at.max(start + 1);
                let key = html.get(start..at).unwrap_or_default().to_ascii_lowercase();
                let mut equals = at;
                while bytes.get(equals)?.is_ascii_whitespace() {
                    equals += 1;
                }
                if bytes.get(equals) != Some(&b'=') {
                    continue;
                }
                at = equals + 1;
                while bytes.get(at)?.is_ascii_whitespace() {
                    at += 1;
                }
                let value = match bytes.get(at)? {
                    quote @ (b'"' | b'\'') => {
                        let from = at + 1;
                        at = from;
                        while bytes.get(at)? != quote {
                            at += 1;
                        }
                        at += 1;
                        from..at - 1
                    }
                    _ => {
                        let from = at;
                        while !matches!(bytes.get(at)?, b'>' | b' ' | b'\t' | b'\n' | b'\r') {
                            at += 1;
                        }
                        from..at
                    }
                };
                match key.as_str() {
                    "class" => element.class = Some(value),
                    "alt" => element.alt = Some(value),
                    "href" => element.href = Some(value),
                    _ => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> Vec<String> {
        parts(html)
            .into_iter()
            .map(|part| match part {
                HtmlPart::Start(element) => {
                    let value = |range: Option<Range<usize>>| {
                        range.map_or(String::new(), |range| format!(" {}", &html[range]))
                    };
                    format!("<{}{}{}>", element.name, value(element.class), value(element.alt))
                }
                HtmlPart::End(name) => format!("</{name}>"),
                HtmlPart::Comment(content, _) => format!("!{}", html[content].trim()),
                HtmlPart::Text(range) => html[range].to_owned(),
            })
            .collect()
    }

    #[test]
    fn tags_comments_and_text() {
        assert_eq!(
            shown("<P class='a b'>x<br/>y <img alt=\"z\"></p><!-- vale off --> 1 < 2"),
            [
                "<p a b>",
                "x",
                "<br>",
                "</br>",
                "y ",
                "<img z>",
                "</img>",
                "</p>",
                "!vale off",
                " 1 < 2"
            ]
        );
    }

    #[test]
    fn scripts_hold_no_tags_and_what_never_ends_is_text() {
        assert_eq!(
            shown("<script>if (a<b) '<p>'</script>c"),
            ["<script>", "if (a<b) '<p>'", "</script>", "c"]
        );
        assert_eq!(shown("a <b c"), ["a <b c"]);
        assert_eq!(shown("<!-- open"), ["!open"]);
        assert_eq!(shown("<a \"b\">x"), ["<a>", "x"]);
    }
}
