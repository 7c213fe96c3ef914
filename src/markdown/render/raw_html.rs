//! Raw HTML that stands as it is, but for the addresses and ids in its attributes.

use std::ops::Range;

use super::escape::{escape_attribute, escape_text};

/// A value of an attribute and what takes its place.
#[derive(Debug)]
pub(super) struct Edit {
    /// The value in the HTML, without quotes.
    pub range: Range<usize>,
    /// The new value, unescaped.
    pub value: String,
}

/// Appends `html` with some attribute values replaced. `edits` are sorted; one that overlaps
/// the one before it, or does not fit the text, is left out.
pub(super) fn write(out: &mut String, html: &str, edits: &[Edit]) {
    let mut done = 0;
    for Edit { range, value } in edits {
        let Some(before) = html.get(done..range.start) else { continue };
        if html.get(range.clone()).is_none() {
            continue;
        }
        out.push_str(before);
        // A value without quotes gets them: the new one may have characters that need them.
        let bare = before.trim_end().ends_with('=');
        if bare {
            out.push('"');
        }
        let mut escaped = String::new();
        escape_attribute(&mut escaped, value);
        // The quotes around it may be single ones.
        out.push_str(&escaped.replace('\'', "&#39;"));
        if bare {
            out.push('"');
        }
        done = range.end;
    }
    out.push_str(html.get(done..).unwrap_or_default());
}

/// Appends `html` as text. Comments stay invisible.
pub(super) fn write_escaped(out: &mut String, html: &str) {
    let mut rest = html;
    while let Some((before, from)) = rest.split_once("<!--") {
        escape_text(out, before);
        rest = from.split_once("-->").map_or("", |(_, after)| after);
    }
    escape_text(out, rest);
}

/// The edits that put `prefix` before every id that `html` declares, and before every
/// reference to one that is not a link.
pub(super) fn prefix_ids(html: &str, prefix: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    for attribute in attributes(html) {
        let Some(value) = html.get(attribute.value.clone()) else { continue };
        let name = html.get(attribute.name).unwrap_or_default().to_ascii_lowercase();
        let is_id = match name.as_str() {
            "id" | "for" | "headers" | "list" | "aria-labelledby" | "aria-describedby"
            | "aria-controls" | "aria-owns" | "aria-details" | "popovertarget" => true,
            // On a control it names a value of a form.
            "name" => matches!(attribute.tag.to_ascii_lowercase().as_str(), "a" | "map"),
            _ => false,
        };
        if is_id {
            let value = value
                .split_ascii_whitespace()
                .map(|id| format!("{prefix}{id}"))
                .collect::<Vec<_>>()
                .join(" ");
            edits.push(Edit { range: attribute.value, value });
        }
    }
    edits
}

struct Attribute<'a> {
    tag: &'a str,
    name: Range<usize>,
    value: Range<usize>,
}

/// The attributes with values of the start tags in `html`, read as browsers do; comments and
/// what stands in scripts and styles has none.
fn attributes(html: &str) -> Vec<Attribute<'_>> {
    let bytes = html.as_bytes();
    let byte = |at: usize| bytes.get(at).copied();
    let find = |at: usize, wanted: &dyn Fn(u8) -> bool| {
        bytes.iter().skip(at).position(|&b| wanted(b)).map_or(bytes.len(), |n| at + n)
    };
    let space = |b: u8| b.is_ascii_whitespace();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        at = find(at, &|b| b == b'<');
        if html.get(at..).is_some_and(|rest| rest.starts_with("<!--")) {
            let end = html.get(at + 4..).and_then(|rest| rest.find("-->"));
            at = end.map_or(bytes.len(), |end| at + 4 + end + 3);
            continue;
        }
        let name_start = at + 1;
        if !byte(name_start).is_some_and(|b| b.is_ascii_alphabetic()) {
            at = name_start;
            continue;
        }
        at = find(name_start, &|b| space(b) || b == b'>' || b == b'/');
        let tag = html.get(name_start..at).unwrap_or_default();
        loop {
            at = find(at, &|b| !space(b) && b != b'/');
            if at >= bytes.len() || byte(at) == Some(b'>') {
                break;
            }
            let name = at..find(at + 1, &|b| space(b) || b"=>/".contains(&b));
            at = find(name.end, &|b| !space(b));
            if byte(at) != Some(b'=') {
                continue;
            }
            at = find(at + 1, &|b| !space(b));
            let value = match byte(at) {
                Some(quote @ (b'"' | b'\'')) => {
                    let end = find(at + 1, &|b| b == quote);
                    let value = at + 1..end;
                    at = end + 1;
                    value
                }
                _ => {
                    let end = find(at, &|b| space(b) || b == b'>');
                    let value = at..end;
                    at = end;
                    value
                }
            };
            found.push(Attribute { tag, name, value });
        }
        let raw = ["script", "style", "textarea", "title"]
            .into_iter()
            .find(|raw| raw.eq_ignore_ascii_case(tag));
        if let Some(raw) = raw {
            let end = format!("</{raw}");
            while at < bytes.len() {
                at = find(at, &|b| b == b'<');
                let here = bytes.get(at..at + end.len());
                if here.is_some_and(|here| here.eq_ignore_ascii_case(end.as_bytes())) {
                    break;
                }
                at += 1;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn prefixed(html: &str) -> String {
        let mut out = String::new();
        write(&mut out, html, &prefix_ids(html, "p-"));
        out
    }

    #[test]
    fn ids_get_their_prefix() {
        for (html, expected) in [
            ("<a id=\"x\" name='y'>", "<a id=\"p-x\" name='p-y'>"),
            ("<p ID = x>y</p>", "<p ID = \"p-x\">y</p>"),
            ("<p id=x>", "<p id=\"p-x\">"),
            ("<input name=\"q\" id='a'/>", "<input name=\"q\" id='p-a'/>"),
            ("<td headers=\"a b\">", "<td headers=\"p-a p-b\">"),
            ("<!-- <p id=\"x\"> --><p>", "<!-- <p id=\"x\"> --><p>"),
            ("<script>'<p id=\"x\">'</script>", "<script>'<p id=\"x\">'</script>"),
            ("a < b id=\"x\"", "a < b id=\"x\""),
            ("<p title='a>b' id=\"x\"", "<p title='a>b' id=\"p-x\""),
            ("</p id=\"x\">", "</p id=\"x\">"),
        ] {
            assert_eq!(prefixed(html), expected);
        }
    }

    #[test]
    fn new_values_cannot_leave_their_quotes() {
        let edit = |range| Edit { range, value: "'\"><".to_owned() };
        let mut out = String::new();
        write(&mut out, "<a href='x' id=y>", &[edit(9..10), edit(15..16)]);
        assert_eq!(out, "<a href='&#39;&quot;&gt;&lt;' id=\"&#39;&quot;&gt;&lt;\">");
    }

    #[test]
    fn escaped_html_hides_comments() {
        let mut out = String::new();
        write_escaped(&mut out, "<b><!-- no -->x</b><!-- open");
        assert_eq!(out, "&lt;b&gt;x&lt;/b&gt;");
    }

    proptest! {
        #[test]
        fn any_html_keeps_its_bytes(html in "(<|>|a|id|name|=|\"|'| |/|!--|-->|script|é){0,24}") {
            let mut out = String::new();
            write(&mut out, &html, &prefix_ids(&html, ""));
            // Without a prefix only quotes are added and values normalised.
            prop_assert!(out.len() + 64 >= html.len());
            let mut same = String::new();
            write(&mut same, &html, &[]);
            prop_assert_eq!(same, html);
        }
    }
}
