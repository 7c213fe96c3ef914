//! Raw HTML, read for its tags, byte by byte: nothing is repaired and nothing is lost, so that
//! every value has its place. One walk, whatever the input.

use std::ops::Range;

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name as written.
    pub name: String,
    /// `</name>`
    pub closing: bool,
    /// The whole tag.
    pub range: Range<usize>,
    /// Its attributes in order.
    pub attributes: Vec<Attribute>,
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name, in lower case.
    pub name: String,
    /// Its value without quotes; empty where it has none.
    pub value: Range<usize>,
}

/// A part of raw HTML. Comments, declarations and the content of scripts and styles are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A tag.
    Tag(Tag),
    /// What stands between tags.
    Text(Range<usize>),
}

/// Elements whose content is not HTML.
const RAW_TEXT: [&str; 5] = ["script", "style", "textarea", "title", "xmp"];

/// The tokens of raw HTML.
pub fn tokens(html: &str) -> Vec<Token> {
    scanned(html).tokens
}

/// Where the comments of raw HTML stand. One that does not end takes what follows it along, which
/// can be seen, so it is none.
pub fn comments(html: &str) -> Vec<Range<usize>> {
    scanned(html).comments
}

/// Elements that mark words and do not part them.
const IN_WORDS: [&str; 22] = [
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "s", "small", "span", "strong", "sub", "sup", "u",
];

/// The words of raw HTML: what stands between its tags, and the alternative texts of images.
pub fn words(html: &str) -> String {
    let mut out = String::new();
    let piece = |range: Range<usize>| html.get(range).unwrap_or_default();
    for token in tokens(html) {
        match token {
            Token::Text(range) => out.push_str(piece(range)),
            Token::Tag(tag) => {
                let name = tag.name.to_ascii_lowercase();
                if !IN_WORDS.contains(&name.as_str()) {
                    out.push(' ');
                }
                for attribute in tag.attributes.into_iter().filter(|it| it.name == "alt") {
                    out.push_str(piece(attribute.value));
                    out.push(' ');
                }
            }
        }
    }
    out
}

fn scanned(html: &str) -> Scanner<'_> {
    let bytes = html.as_bytes();
    let (tokens, comments) = (Vec::new(), Vec::new());
    let mut scanner = Scanner { html, bytes, at: 0, text: 0, tokens, comments };
    scanner.run();
    scanner
}

struct Scanner<'a> {
    html: &'a str,
    bytes: &'a [u8],
    at: usize,
    /// Where the text began that was not told yet.
    text: usize,
    tokens: Vec<Token>,
    comments: Vec<Range<usize>>,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while let Some(open) = self.find("<") {
            self.at = open;
            match self.bytes.get(open + 1) {
                Some(b'!' | b'?') => {
                    self.flush(open);
                    // An unended comment reaches to the end of the block.
                    let end = if self.rest().starts_with("<!--") {
                        // `<!-->` and `<!--->` are comments too.
                        self.at += 2;
                        let end = self.find("-->").map(|end| end + 3);
                        self.comments.extend(end.map(|end| open..end));
                        end
                    } else {
                        self.find(">").map(|end| end + 1)
                    };
                    self.at = end.unwrap_or(self.bytes.len());
                    self.text = self.at;
                }
                Some(b'/' | b'a'..=b'z' | b'A'..=b'Z') => {
                    let Some(tag) = self.tag() else {
                        // A tag that never ends: so does everything after it.
                        self.at = self.bytes.len();
                        break;
                    };
                    self.flush(open);
                    self.at = tag.range.end;
                    self.text = self.at;
                    let lower = tag.name.to_ascii_lowercase();
                    let raw = !tag.closing && RAW_TEXT.contains(&lower.as_str());
                    self.tokens.push(Token::Tag(tag));
                    if raw {
                        self.skip_content(&lower);
                    }
                }
                _ => self.at = open + 1,
            }
        }
        self.flush(self.bytes.len());
    }

    fn rest(&self) -> &str {
        self.html.get(self.at..).unwrap_or_default()
    }

    fn find(&self, text: &str) -> Option<usize> {
        self.rest().find(text).map(|found| self.at + found)
    }

    fn flush(&mut self, end: usize) {
        if self.text < end {
            self.tokens.push(Token::Text(self.text..end));
        }
        self.text = end;
    }

    /// Moves before the closing tag of an element whose content is not HTML.
    fn skip_content(&mut self, name: &str) {
        while let Some(close) = self.find("</") {
            let found = self.bytes.get(close + 2..close + 2 + name.len());
            if found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
                self.at = close;
                self.text = close;
                return;
            }
            self.at = close + 2;
        }
        self.at = self.bytes.len();
        self.text = self.at;
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn skip(&self, mut at: usize, skipped: impl Fn(u8) -> bool) -> usize {
        while self.byte(at).is_some_and(&skipped) {
            at += 1;
        }
        at
    }

    fn tag(&self) -> Option<Tag> {
        let closing = self.byte(self.at + 1) == Some(b'/');
        let name_start = self.at + 1 + usize::from(closing);
        let ends_name = |b: u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'>');
        let name_end = self.skip(name_start, |b| !ends_name(b));
        let mut attributes = Vec::new();
        let mut at = name_end;
        loop {
            at = self.skip(at, |b| b.is_ascii_whitespace() || b == b'/');
            if self.byte(at)? == b'>' {
                break;
            }
            // An attribute's name may begin with `=`.
            let name_end = self.skip(at + 1, |b| !ends_name(b) && b != b'=');
            let name = self.html.get(at..name_end)?.to_ascii_lowercase();
            let equals = self.skip(name_end, |b| b.is_ascii_whitespace());
            if self.byte(equals)? != b'=' {
                attributes.push(Attribute { name, value: name_end..name_end });
                at = name_end;
                continue;
            }
            let start = self.skip(equals + 1, |b| b.is_ascii_whitespace());
            let value = match self.byte(start)? {
                quote @ (b'"' | b'\'') => {
                    let end = self.skip(start + 1, |b| b != quote);
                    self.byte(end)?;
                    at = end + 1;
                    start + 1..end
                }
                _ => {
                    at = self.skip(start, |b| !b.is_ascii_whitespace() && b != b'>');
                    start..at
                }
            };
            attributes.push(Attribute { name, value });
        }
        let name = self.html.get(name_start..name_end)?.to_owned();
        Some(Tag { name, closing, range: self.at..at + 1, attributes })
    }
}

/// The URLs of a `srcset`: ranges of the value.
pub fn srcset(value: &str) -> Vec<Range<usize>> {
    let bytes = value.as_bytes();
    let mut urls = Vec::new();
    let mut at = 0;
    let skip = |mut at: usize, skipped: fn(u8) -> bool| {
        while bytes.get(at).is_some_and(|b| skipped(*b)) {
            at += 1;
        }
        at
    };
    loop {
        at = skip(at, |b| b.is_ascii_whitespace() || b == b',');
        let end = skip(at, |b| !b.is_ascii_whitespace());
        if end == at {
            return urls;
        }
        let url = value.get(at..end).unwrap_or_default();
        let bare = url.trim_end_matches(',');
        urls.push(at..at + bare.len());
        at = end;
        if bare.len() == url.len() {
            // A descriptor follows; commas in parentheses belong to it.
            let mut depth = 0usize;
            while let Some(byte) = bytes.get(at) {
                match byte {
                    b'(' => depth += 1,
                    b')' => depth = depth.saturating_sub(1),
                    b',' if depth == 0 => break,
                    _ => {}
                }
                at += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> Vec<String> {
        tokens(html)
            .into_iter()
            .map(|token| match token {
                Token::Text(range) => format!("{:?}", &html[range]),
                Token::Tag(tag) => {
                    let slash = if tag.closing { "/" } else { "" };
                    let mut text = format!("{slash}{}", tag.name);
                    for Attribute { name, value } in tag.attributes {
                        text.push_str(&format!(" {name}={}", &html[value]));
                    }
                    text
                }
            })
            .collect()
    }

    #[test]
    fn tags_texts_and_what_is_neither() {
        assert_eq!(
            shown(
                "a <b c='d>' E=f g h = \"i\"/>x</b> < 1 <!-- <u v=w> --><!--><k><script src=x>'<a b=c>'</script>"
            ),
            [
                "\"a \"",
                "b c=d> e=f g= h=i",
                "\"x\"",
                "/b",
                "\" < 1 \"",
                "k",
                "script src=x",
                "/script"
            ]
        );
    }

    #[test]
    fn comments_that_end_and_nothing_else() {
        let found =
            |html| -> Vec<&str> { comments(html).into_iter().map(|at| &html[at]).collect() };
        assert_eq!(found("a <!-- <b> --> c <!--> d <!---->"), ["<!-- <b> -->", "<!-->", "<!---->"]);
        assert_eq!(found("<!doctype x> <?php ?> <a title='<!-- -->'> <!-- open"), [""; 0]);
        assert_eq!(found("<style><!-- b {} --></style><!-- x -->"), ["<!-- x -->"]);
    }

    #[test]
    fn words_are_what_is_read() {
        assert_eq!(words("<p>H<sub>2</sub>O<!-- x --> is</p><P>wet</P>"), " H2O is  wet ");
        assert_eq!(words("<img src=a alt='a pump'><script>no</script>"), " a pump   ");
    }

    #[test]
    fn what_does_not_end_is_no_tag() {
        assert_eq!(shown("<a href=\"x"), ["\"<a href=\\\"x\""]);
        assert_eq!(shown("<b>x<!-- y <c d=e>"), ["b", "\"x\""]);
        assert_eq!(shown("<"), ["\"<\""]);
    }

    #[test]
    fn srcset_candidates() {
        let value = "a.png 1x, b.png 2x,c.png, data:x,y 3x , d.png";
        let urls: Vec<&str> = srcset(value).into_iter().map(|range| &value[range]).collect();
        assert_eq!(urls, ["a.png", "b.png", "c.png", "data:x,y", "d.png"]);
    }
}
