//! Links between pages: what is external, percent coding, and the relative URL from one page of
//! the site to another.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::SitePath;

/// What must not stand as it is in the path of a URL inside an HTML attribute.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'\\')
    .add(b'|')
    .add(b'^')
    .add(b'[')
    .add(b']');

/// Whether a link leaves the site: it has a scheme (`https:`, `mailto:`) or names a host (`//`).
/// A single letter before a colon is no scheme.
pub fn is_external(link: &str) -> bool {
    if link.starts_with("//") {
        return true;
    }
    link.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// The parts of a link: path, query with its `?`, fragment without its `#`.
pub fn split_link(link: &str) -> (&str, &str, Option<&str>) {
    let (rest, fragment) = match link.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (link, None),
    };
    let at = rest.find('?').unwrap_or(rest.len());
    let (path, query) = rest.split_at(at);
    (path, query, fragment)
}

/// Percent-decoded text; unchanged where it is not UTF-8 once decoded.
pub fn decode_percent(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8().unwrap_or(Cow::Borrowed(text))
}

/// A site path as the path of a URL. Non-ASCII characters are encoded too.
pub fn encode_path(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// The URL of `to` as written in a page at `from`, percent-encoded. With `clean`, an `index.html`
/// is addressed by its folder.
pub fn relative_url(from: &SitePath, to: &SitePath, clean: bool) -> String {
    let mut url = String::with_capacity(to.as_str().len() + 8);
    push_relative_url(&mut url, from, to, clean);
    url
}

/// Appends what [`relative_url`] gives. Pages have hundreds of URLs, so this allocates nothing.
pub fn push_relative_url(out: &mut String, from: &SitePath, to: &SitePath, clean: bool) {
    let folder = |path: &'_ SitePath| path.as_str().rfind('/').unwrap_or(0);
    let (from_folder, _) = from.as_str().split_at(folder(from));
    let (mut rest, is_folder) = match clean && to.file_name() == "index.html" {
        true => (to.as_str().split_at(folder(to)).0, true),
        false => (to.as_str(), false),
    };
    // Past the folders that both have in common. The last component of a file is never shared
    // with the folder it is seen from.
    let mut above = from_folder;
    while !above.is_empty() {
        let (ours, further) = above.split_once('/').unwrap_or((above, ""));
        let (theirs, below) = match rest.split_once('/') {
            Some(parts) => parts,
            None if is_folder => (rest, ""),
            None => break,
        };
        if ours != theirs {
            break;
        }
        (above, rest) = (further, below);
    }
    let begin = out.len();
    if !above.is_empty() {
        out.push_str("../");
        above.matches('/').for_each(|_| out.push_str("../"));
    } else if rest.split('/').next().is_some_and(|first| first.contains(':')) {
        // `a:b.html` would read as a scheme.
        out.push_str("./");
    }
    out.extend(utf8_percent_encode(rest, PATH));
    if is_folder && !rest.is_empty() {
        out.push('/');
    }
    if out.len() == begin {
        out.push_str("./");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(from: &str, to: &str, clean: bool) -> String {
        relative_url(&SitePath::new(from).unwrap(), &SitePath::new(to).unwrap(), clean)
    }

    #[test]
    fn relative_urls() {
        assert_eq!(url("a/b.html", "a/c.html", false), "c.html");
        assert_eq!(url("a/b.html", "index.html", false), "../index.html");
        assert_eq!(url("index.html", "a/b/c.html", false), "a/b/c.html");
        assert_eq!(url("a/b/c.html", "a/d/e.html", false), "../d/e.html");
        assert_eq!(url("a/a.html", "a/a.html", false), "a.html");
        assert_eq!(url("a/b.html", "a", false), "../a");
        assert_eq!(url("a/b/index.html", "a/index.html", true), "../");
        assert_eq!(url("a/index.html", "a/index.html", true), "./");
        assert_eq!(url("a/index.html", "a/b/index.html", true), "b/");
        assert_eq!(url("index.html", "a b/ü#.html", false), "a%20b/%C3%BC%23.html");
        assert_eq!(url("index.html", "a:b.html", false), "./a:b.html");
        assert_eq!(url("index.html", "a:b/index.html", true), "./a:b/");
        assert_eq!(url("a/b/c.html", "a:b/d.html", false), "../../a:b/d.html");
        assert_eq!(url("a/b/c/index.html", "index.html", true), "../../../");
        assert_eq!(url("ab/c.html", "a/c.html", false), "../a/c.html");
    }

    #[test]
    fn external_links() {
        for link in ["https://a", "mailto:a@b", "//host/x", "vscode://x"] {
            assert!(is_external(link), "{link}");
        }
        for link in ["a.md", "#x", "../a:b.md", "/x", "c:x", "a/b:c"] {
            assert!(!is_external(link), "{link}");
        }
        assert_eq!(split_link("a?b=c#d#e"), ("a", "?b=c", Some("d#e")));
        assert_eq!(split_link("#"), ("", "", Some("")));
    }
}
