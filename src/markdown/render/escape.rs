//! Text in HTML. The escapes are those of the CommonMark reference implementations, so that
//! plain Markdown comes out byte for byte as theirs does.

/// Appends text that stands between tags.
pub fn escape_text(out: &mut String, text: &str) {
    escape(out, text, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        _ => None,
    });
}

/// Appends the value of an attribute in double quotes.
pub fn escape_attribute(out: &mut String, text: &str) {
    escape(out, text, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        _ => None,
    });
}

/// Appends a URL as the value of an attribute: what a URL cannot hold is percent-encoded, what
/// is encoded already stays as it is.
pub(super) fn escape_url(out: &mut String, url: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%()*+,-./:;=?@^_~".contains(&byte);
    let mut rest = url;
    while let Some(at) = rest.bytes().position(|byte| !safe(byte)) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let Some(unsafe_char) = from.chars().next() else { return };
        match unsafe_char {
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&#x27;"),
            other => {
                for byte in other.encode_utf8(&mut [0; 4]).bytes() {
                    out.push('%');
                    for digit in [byte >> 4, byte & 15] {
                        out.push(HEX.get(usize::from(digit)).map_or('0', |&b| char::from(b)));
                    }
                }
            }
        }
        rest = from.get(unsafe_char.len_utf8()..).unwrap_or_default();
    }
    out.push_str(rest);
}

fn escape(out: &mut String, text: &str, entity: impl Fn(u8) -> Option<&'static str>) {
    let mut done = 0;
    for (at, byte) in text.bytes().enumerate() {
        if let Some(entity) = entity(byte) {
            out.push_str(text.get(done..at).unwrap_or_default());
            out.push_str(entity);
            done = at + 1;
        }
    }
    out.push_str(text.get(done..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(escape: fn(&mut String, &str), text: &str) -> String {
        let mut out = String::new();
        escape(&mut out, text);
        out
    }

    #[test]
    fn escapes() {
        assert_eq!(with(escape_text, "a<b>&\"ü'"), "a&lt;b&gt;&amp;\"ü'");
        assert_eq!(with(escape_attribute, "a<b>&\"ü'"), "a&lt;b&gt;&amp;&quot;ü'");
        assert_eq!(
            with(escape_url, "a b?c=1&d='ü%20[x]\"\\"),
            "a%20b?c=1&amp;d=&#x27;%C3%BC%20%5Bx%5D%22%5C"
        );
    }
}
