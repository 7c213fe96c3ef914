//! Character references: `&amp;`, `&#228;`.

use std::borrow::Cow;

use pulldown_cmark::{Event, Parser};

/// Longer names of entities do not exist.
const LONGEST: usize = 40;

/// Text with its character references resolved; what is none stays as it is.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.bytes().take(LONGEST).position(|byte| byte == b';');
        let token = end.and_then(|end| from.get(..=end));
        if let Some((token, decoded)) = token.and_then(|t| decode(t).map(|d| (t, d))) {
            out.push_str(&decoded);
            rest = from.get(token.len()..).unwrap_or_default();
        } else {
            out.push('&');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// One reference. The table of names is that of the Markdown parser, so that HTML and Markdown
/// agree.
fn decode(token: &str) -> Option<String> {
    let known = match token {
        "&amp;" => "&",
        "&lt;" => "<",
        "&gt;" => ">",
        "&quot;" => "\"",
        _ => "",
    };
    if !known.is_empty() {
        return Some(known.to_owned());
    }
    if !token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'&' | b'#' | b';')) {
        return None;
    }
    let mut texts = Parser::new(token).filter_map(|event| match event {
        Event::Text(text) => Some(text),
        _ => None,
    });
    let decoded = texts.next()?;
    (texts.next().is_none() && *decoded != *token).then(|| decoded.into_string())
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn references_are_resolved_and_the_rest_stays() {
        assert_eq!(unescape("a?b=1&amp;c&#228;&AElig;"), "a?b=1&cäÆ");
        assert_eq!(unescape("a&b&nosuch;&amp&;"), "a&b&nosuch;&amp&;");
        assert_eq!(unescape("&ngE;"), "≧̸");
    }
}
