//! The address under which a site is published: `base-url` and mdBook's `site-url`.

/// An address in form; else what is wrong with it, to follow the address in a message, and what
/// was probably meant.
pub(super) type Checked = Result<String, (String, Option<String>)>;

/// Brings an address into the form that [`crate::config::Site::base_url`] promises:
/// `https://host/path/` or `/path/`.
///
/// # Errors
/// See [`Checked`].
pub(super) fn normalise(text: &str) -> Checked {
    let refuse = |why: &str| Err((why.to_owned(), None));
    if let Some(bad) = text.chars().find(|c| {
        c.is_control() || c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\\' | '^' | '`')
    }) {
        return refuse(&format!("holds {}", name_of(bad)));
    }
    if text.contains(['?', '#']) {
        return refuse("has a query or a fragment");
    }
    if text.starts_with("//") {
        return Err(("has no scheme".to_owned(), normalise(&format!("https:{text}")).ok()));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        if text.starts_with('/') {
            return path(text);
        }
        if text.contains(':') && !text.contains('/') {
            return refuse("has no host");
        }
        // `example.com/docs` names a host, `docs` a path: the dot tells them apart.
        let first = text.split('/').next().unwrap_or_default();
        let meant = if first.contains('.') && !first.starts_with('.') {
            normalise(&format!("https://{text}"))
        } else {
            normalise(&format!("/{text}"))
        };
        return Err(("is neither a URL nor a path".to_owned(), meant.ok()));
    };
    let scheme = scheme.to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https") {
        return refuse("begins with neither `https://` nor `http://`");
    }
    let (host, rest) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if host.contains('@') {
        return refuse("holds a user name");
    }
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    };
    let named = !name.is_empty()
        && (name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
            || (name.starts_with('[') && name.ends_with(']')));
    if !named || port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return refuse("has no valid host");
    }
    Ok(format!("{scheme}://{host}{}", path(rest)?))
}

/// mdBook takes any text as `site-url` and writes it as it is; here a path without its slashes
/// and `./` are understood too.
pub(super) fn normalise_lenient(text: &str) -> Checked {
    match normalise(text) {
        Err((_, None)) if text.is_empty() || text == "." => Ok("/".to_owned()),
        Err((_, Some(meant))) if meant.starts_with('/') => Ok(meant),
        result => result,
    }
}

fn path(text: &str) -> Checked {
    let mut path = String::from("/");
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err(("holds `..`".to_owned(), None)),
            part => {
                path.push_str(part);
                path.push('/');
            }
        }
    }
    Ok(path)
}

fn name_of(c: char) -> String {
    match c {
        ' ' => "a space".to_owned(),
        c if c.is_control() || c.is_whitespace() => format!("the character U+{:04X}", c as u32),
        c => format!("`{c}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_in_a_slash() {
        for (given, expected) in [
            ("https://example.com", "https://example.com/"),
            ("HTTPS://example.com:8080/docs", "https://example.com:8080/docs/"),
            ("http://[::1]:3000/a//b/", "http://[::1]:3000/a/b/"),
            ("http://[::1]/", "http://[::1]/"),
            ("/docs", "/docs/"),
            ("/", "/"),
            ("https://bücher.example/ü/", "https://bücher.example/ü/"),
        ] {
            assert_eq!(normalise(given).as_deref(), Ok(expected), "{given}");
        }
    }

    #[test]
    fn other_texts_are_refused_with_a_guess() {
        let meant = |text| normalise(text).unwrap_err().1;
        assert_eq!(meant("example.com/docs").as_deref(), Some("https://example.com/docs/"));
        assert_eq!(meant("//example.com").as_deref(), Some("https://example.com/"));
        assert_eq!(meant("docs").as_deref(), Some("/docs/"));
        for bad in [
            "ftp://example.com",
            "https://",
            "https:///x",
            "https://a b/",
            "https://a/?x",
            "https://a/#x",
            "https://user@a/",
            "https://a:99999/",
            "/a/../b",
            "mailto:a",
            "/\u{1b}[2J",
            "/\"onload=",
        ] {
            assert_eq!(normalise(bad).unwrap_err().1, None, "{bad}");
        }
    }

    #[test]
    fn site_url_is_read_leniently() {
        for (given, expected) in
            [("", "/"), (".", "/"), ("./", "/"), ("docs/", "/docs/"), ("docs", "/docs/")]
        {
            assert_eq!(normalise_lenient(given).as_deref(), Ok(expected), "{given}");
        }
        assert!(normalise_lenient("example.com/x").is_err());
    }
}
