//! Raw HTML of a branch, made safe to stand in a review.
//!
//! What is left can neither run nor load anything, nor take a name, an id, a class, or a style: it
//! cannot look like the review around it, and no link of the review can lead to it. `ins` and `del` go
//! too, as they would look like changes.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, LazyLock, Mutex};

use ammonia::Builder;

use super::text::is_concealing;

/// More raw HTML in one block is shown as source only.
const MAX_BYTES: usize = 100_000;

static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(builder);

fn builder() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .rm_tags(["area", "del", "ins", "map"])
        .rm_clean_content_tags(["script", "style"])
        .add_clean_content_tags(["script", "style", "svg", "math", "template", "noscript"])
        .add_tag_attributes("details", ["open"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .id_prefix(None)
        .link_rel(Some("noopener noreferrer"));
    builder
}

/// The safe part of some HTML. `image` says under which address an image is shown, `link` where a link
/// leads; without one they are left out.
pub(super) fn sanitize(
    html: &str,
    image: &dyn Fn(&str) -> Option<String>,
    link: &dyn Fn(&str) -> Option<String>,
) -> Option<String> {
    if html.len() > MAX_BYTES {
        return None;
    }
    if !html.contains(['=']) {
        return Some(revealed(&SANITIZER.clean(html).to_string()));
    }
    // A filter of attributes cannot borrow what asks for addresses: the first pass notes which there
    // are, the second one writes them.
    let asked = Arc::new(Mutex::new(HashSet::new()));
    let noted = Arc::clone(&asked);
    let mut first = builder();
    first.attribute_filter(move |element, attribute, value| {
        if let Some(what) = address(element, attribute)
            && let Ok(mut noted) = noted.lock()
        {
            noted.insert((what, value.to_owned()));
        }
        Some(value.into())
    });
    first.clean(html);
    let asked = asked.lock().map(|asked| asked.clone()).unwrap_or_default();
    let known: BTreeMap<(Address, String), String> = asked
        .into_iter()
        .filter_map(|(what, written)| {
            let shown = match what {
                Address::Image => image(&written),
                Address::Link => link(&written),
            };
            shown.map(|shown| ((what, written), shown))
        })
        .collect();
    let mut second = builder();
    second.attribute_filter(move |element, attribute, value| match address(element, attribute) {
        None => Some(value.into()),
        Some(what) => known.get(&(what, value.to_owned())).map(|shown| shown.clone().into()),
    });
    Some(revealed(&second.clean(html).to_string()))
}

/// Characters that turn text round or cannot be seen, also those that were written as entities, are shown as
/// what they are: as plain text, which is safe wherever it stands.
fn revealed(html: &str) -> String {
    if !html.contains(is_concealing) {
        return html.to_owned();
    }
    let mut out = String::with_capacity(html.len());
    for c in html.chars() {
        match is_concealing(c) {
            true => out.push_str(&format!("U+{:04X}", u32::from(c))),
            false => out.push(c),
        }
    }
    out
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Address {
    Image,
    Link,
}

/// What an attribute that holds an address leads to.
fn address(element: &str, attribute: &str) -> Option<Address> {
    match (element, attribute) {
        (_, "src") => Some(Address::Image),
        (_, "href" | "cite" | "longdesc") => Some(Address::Link),
        _ => None,
    }
}

/// An address that is safe to follow: a relative one, or one of the schemes that pages use.
pub(super) fn is_safe(url: &str) -> bool {
    let plain: String = url.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let end = plain.find([':', '/', '?', '#']).unwrap_or(plain.len());
    match plain.get(end..) {
        Some(rest) if rest.starts_with(':') => {
            let scheme = plain.get(..end).unwrap_or_default().to_ascii_lowercase();
            matches!(scheme.as_str(), "http" | "https" | "mailto")
        }
        _ => true,
    }
}
