//! The print view holds every listed page, so ids get the page's own in front.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::base::SitePath;

/// What must not stand as it is in a fragment.
const FRAGMENT: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'%').add(b'#').add(b'\\');

use super::model::{PageId, Site};

impl Site {
    /// The id of a page in the print view; an id of the page follows behind `-`.
    pub fn print_id(&self, page: PageId) -> String {
        self.page(page).map(|page| id_of(&page.path)).unwrap_or_default()
    }
}

/// No two pages have the same id, and none holds a `-`, so that no two places have the same
/// either.
pub(super) fn id_of(path: &SitePath) -> String {
    let path = path.as_str();
    let mut id = String::new();
    for character in path.strip_suffix(".html").unwrap_or(path).chars() {
        match character {
            '-' => id.push('.'),
            '/' | '_' => id.push(character),
            c if c.is_alphanumeric() => id.push(c),
            c => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    // Writing to a string cannot fail.
                    let _ = write!(id, "~{byte:02x}");
                }
            }
        }
    }
    id
}

pub(super) fn encode_fragment(text: &str) -> String {
    utf8_percent_encode(text, FRAGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_pages_share_an_id() {
        let id = |text: &str| id_of(&SitePath::new(text).unwrap());
        assert_eq!(id("getting-started/install.html"), "getting.started/install");
        assert_eq!(id("über uns.html"), "über~20uns");
        let paths = ["a-b.html", "a.b.html", "a/b.html", "a_b.html", "a~2eb.html", "a b.html"];
        let mut ids: Vec<String> = paths.iter().map(|path| id(path)).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), paths.len());
        assert!(ids.iter().all(|id| !id.contains('-')));
    }
}
