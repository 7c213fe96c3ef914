//! Addresses that are written out in prose, as GitHub makes links of them.

use std::ops::Range;

const STARTS: [&str; 4] = ["http://", "https://", "ftp://", "www."];

/// The addresses in a text, in order.
pub(crate) fn find(text: &str) -> Vec<Range<usize>> {
    if !text.contains("://") && !text.contains("www.") {
        return Vec::new();
    }
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(start) = next(text, at) {
        let before = text.get(..start).and_then(|text| text.chars().next_back());
        let rest = text.get(start..).unwrap_or_default();
        let opener = STARTS.iter().find(|opener| rest.starts_with(**opener)).map_or(1, |o| o.len());
        if before.is_some_and(char::is_alphanumeric) {
            at = start + opener;
            continue;
        }
        let len = rest.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(rest.len());
        let len = without_trailing(rest.get(..len).unwrap_or_default());
        if len > opener {
            found.push(start..start + len);
        }
        at = start + len.max(opener);
    }
    found
}

fn next(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    STARTS.iter().filter_map(|opener| rest.find(opener)).min().map(|at| from + at)
}

/// The length without punctuation that ends the sentence and not the address.
fn without_trailing(url: &str) -> usize {
    let mut url = url;
    loop {
        let Some(last) = url.chars().next_back() else { return 0 };
        let closes = last == ')' && url.matches(')').count() > url.matches('(').count();
        if !closes
            && !matches!(last, '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '"')
        {
            return url.len();
        }
        url = url.get(..url.len() - last.len_utf8()).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn addresses_end_before_the_sentence_does() {
        let shown = |text: &'static str| -> Vec<&str> {
            find(text).into_iter().map(|range| &text[range]).collect()
        };
        assert_eq!(
            shown("See https://a.example/b. Or (www.b.example/c)?"),
            ["https://a.example/b", "www.b.example/c"]
        );
        assert_eq!(shown("http://a.example/x_(y) and xhttp://b"), ["http://a.example/x_(y)"]);
        assert!(shown("a:// and www. and http://").is_empty());
    }
}
