//! What stands behind the name of a shortcode, block or tag: `key="value"`, values alone, flags.

use std::ops::Range;

/// One argument.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Argument {
    /// Its key; none where it stands by its position.
    pub key: Option<String>,
    /// Where its value stands, without quotes; empty for a key alone.
    pub value: Range<usize>,
}

/// The arguments in a range of a text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Arguments(Vec<Argument>);

impl Arguments {
    /// Reads them. What is in braces, as in JSX, is one value, without its braces and quotes.
    pub(super) fn read(text: &str, range: Range<usize>) -> Arguments {
        let mut list = Vec::new();
        let mut at = range.start;
        let bytes = text.as_bytes().get(..range.end).unwrap_or_default();
        let byte = |at: usize| bytes.get(at).copied();
        while at < range.end {
            if byte(at).is_some_and(|b| b.is_ascii_whitespace() || b == b',') {
                at += 1;
                continue;
            }
            let start = at;
            while byte(at).is_some_and(|b| b.is_ascii_alphanumeric() || b"-_.:@".contains(&b)) {
                at += 1;
            }
            let is_key = at > start && byte(at) == Some(b'=');
            if is_key {
                let key = text.get(start..at).map(str::to_owned);
                let (value, end) = value(bytes, at + 1);
                list.push(Argument { key, value });
                at = end;
            } else {
                let (value, end) = value(bytes, start);
                list.push(Argument { key: None, value });
                at = end.max(start + 1);
            }
        }
        Arguments(list)
    }

    /// The value of the first of some keys that is there and not empty.
    pub(super) fn named(&self, keys: &[&str]) -> Option<Range<usize>> {
        keys.iter().find_map(|key| {
            let found = self.0.iter().find(|argument| argument.key.as_deref() == Some(key));
            found.map(|argument| argument.value.clone()).filter(|value| !value.is_empty())
        })
    }

    /// The value at a position.
    pub(super) fn at(&self, position: usize) -> Option<Range<usize>> {
        let mut alone = self.0.iter().filter(|argument| argument.key.is_none());
        alone.nth(position).map(|argument| argument.value.clone())
    }

    /// Whether a flag or key of this name is there.
    pub(super) fn has(&self, text: &str, name: &str) -> bool {
        self.0.iter().any(|argument| match &argument.key {
            Some(key) => key == name && text.get(argument.value.clone()) != Some("false"),
            None => text.get(argument.value.clone()) == Some(name),
        })
    }
}

/// The value that begins at a place, and where what follows it begins.
fn value(bytes: &[u8], start: usize) -> (Range<usize>, usize) {
    let until = |from: usize, end: u8| {
        let rest = bytes.get(from..).unwrap_or_default();
        rest.iter().position(|b| *b == end).map_or(bytes.len(), |length| from + length)
    };
    match bytes.get(start) {
        Some(quote @ (b'"' | b'\'' | b'`')) => {
            let mut end = until(start + 1, *quote);
            while end < bytes.len() && end > start + 1 && bytes.get(end - 1) == Some(&b'\\') {
                end = until(end + 1, *quote);
            }
            (start + 1..end, (end + 1).min(bytes.len()))
        }
        Some(b'{') => {
            let end = until(start, b'}');
            let inner = bytes.get(start + 1..end).unwrap_or_default();
            let quoted = |b: Option<&u8>| matches!(b, Some(b'"' | b'\'' | b'`'));
            let cut = usize::from(inner.len() > 1 && quoted(inner.first()) && quoted(inner.last()));
            (start + 1 + cut..end - cut, (end + 1).min(bytes.len()))
        }
        _ => {
            let rest = bytes.get(start..).unwrap_or_default();
            let length = rest.iter().take_while(|b| !b.is_ascii_whitespace()).count();
            (start..start + length, start + length)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_named_and_by_position() {
        let text = r#"name "two words" key="a b" other='c' flag bare={"x"} n={3} last=`q`"#;
        let arguments = Arguments::read(text, 4..text.len());
        let shown = |range: Option<Range<usize>>| range.and_then(|range| text.get(range));
        assert_eq!(shown(arguments.at(0)), Some("two words"));
        assert_eq!(shown(arguments.at(1)), Some("flag"));
        assert_eq!(shown(arguments.named(&["none", "key"])), Some("a b"));
        assert_eq!(shown(arguments.named(&["other"])), Some("c"));
        assert_eq!(shown(arguments.named(&["bare"])), Some("x"));
        assert_eq!(shown(arguments.named(&["n"])), Some("3"));
        assert_eq!(shown(arguments.named(&["last"])), Some("q"));
        assert!(arguments.has(text, "flag") && !arguments.has(text, "no"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_read(text in r#"[a-z"'`{}=, \\é]{0,30}"#) {
            let arguments = Arguments::read(&text, 0..text.len());
            for argument in arguments.0 {
                proptest::prop_assert!(argument.value.end <= text.len());
            }
        }
    }
}
