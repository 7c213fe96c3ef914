//! Whether the tags of some HTML are balanced and attributes are well formed.

/// What is wrong with the HTML.
pub fn check(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let tag = &rest[at + 1..];
        let end = end_of_tag(tag).ok_or_else(|| format!("`<{tag}` does not end"))?;
        let (tag, after) = (&tag[..end], &tag[end + 1..]);
        rest = after;
        let name_end = tag.find([' ', '/', '\n']).filter(|&at| at > 0).unwrap_or(tag.len());
        if let Some(name) = tag.strip_prefix('/') {
            let top = open.pop();
            if top != Some(name) {
                return Err(format!("`</{name}>` closes {top:?}"));
            }
            continue;
        }
        let name = &tag[..name_end];
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            return Err(format!("`<{tag}>` is no tag"));
        }
        let void = ["br", "hr", "img", "input"].contains(&name);
        // In MathML, a slash at the end closes any tag.
        if void || (tag.ends_with('/') && open.contains(&"math")) {
            continue;
        }
        // What browsers close unasked.
        let in_paragraph = open.last() == Some(&"p");
        let block = [
            "p",
            "div",
            "ul",
            "ol",
            "dl",
            "pre",
            "table",
            "blockquote",
            "section",
            "figure",
            "details",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
        ];
        if in_paragraph && block.contains(&name) {
            return Err(format!("`<{name}>` in a paragraph"));
        }
        open.push(name);
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} is not closed")) }
}

/// Where a tag ends; quotes in it must be closed.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quoted = false;
    for (at, byte) in tag.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Some(at),
            b'<' => return None,
            _ => {}
        }
    }
    None
}

#[test]
fn finds_what_is_wrong() {
    assert!(check("<p>a<br /><a href=\"<>\">b</a></p>").is_err());
    let math = "<p><math><mspace/><mo>[</mo></math></p>";
    for good in ["", "<p>a<br /><a href=\"x>\">b</a></p>", "<ul>\n<li>a</li>\n</ul>", math] {
        assert_eq!(check(good), Ok(()), "{good}");
    }
    for bad in
        ["<p>", "</p>", "<p><b></p></b>", "<p a=\">", "<p><div></div></p>", "<p><b/></p>", "<1>"]
    {
        assert!(check(bad).is_err(), "{bad}");
    }
}
