//! Fragments: the text of pages, in files of their own, for what results show.

use serde::{Deserialize, Serialize};

use super::export::{ExportFile, hash_of, script_named};
use super::segment::IndexedPage;

/// How much text of a page is fetched at once, in bytes.
const FRAGMENT: usize = 6_000;
/// How much text of one section is kept for results, in bytes.
const SECTION: usize = 8_000;

/// What the export knows of a fragment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FragmentName {
    /// Twice the number of its sections, and one more where a page begins.
    pub(super) code: u32,
    /// The hash in its file's name.
    pub(super) hash: String,
}

/// A fragment: the text of a page, in one piece or, at sections, in several.
#[derive(Debug)]
pub struct Fragment {
    pub(super) name: FragmentName,
    /// What it holds, as JSON.
    json: String,
}

impl Fragment {
    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        self.json.len()
    }

    /// The file of a fragment that has this number in the site.
    pub fn file(&self, number: usize) -> ExportFile {
        script_named(&self.name.script(number), &self.json)
    }
}

impl FragmentName {
    /// The name of its file, where it has this number in the site.
    pub fn file_name(&self, number: usize) -> String {
        format!("{}.js", self.script(number))
    }

    fn script(&self, number: usize) -> String {
        format!("f{number}-{}", self.hash)
    }
}

/// The fragments of pages.
pub fn fragments(pages: &[IndexedPage]) -> Vec<Fragment> {
    let mut fragments = Vec::with_capacity(pages.len() * 2);
    for page in pages {
        of_page(page, &mut fragments);
    }
    fragments
}

fn of_page(page: &IndexedPage, out: &mut Vec<Fragment>) {
    let sections: Vec<(&str, &str, &str)> = page
        .input
        .sections
        .iter()
        .map(|section| {
            let end = section.text.floor_char_boundary(SECTION.min(section.text.len()));
            let text = section.text.get(..end).unwrap_or_default();
            (section.id.as_str(), section.title.as_str(), text)
        })
        .collect();
    let mut rest = sections.as_slice();
    let mut begins = 1;
    while !rest.is_empty() {
        let mut size = 0;
        let fits = rest.iter().position(|(_, title, text)| {
            let before = size;
            size += title.len() + text.len();
            before > 0 && size > FRAGMENT
        });
        let (part, after) = rest.split_at(fits.unwrap_or(rest.len()));
        rest = after;
        let json = serde_json::to_string(&(&page.url, &page.title, &page.trail, part));
        let json = json.unwrap_or_default();
        let sections = u32::try_from(part.len()).unwrap_or(u32::MAX);
        let name = FragmentName { code: sections * 2 + begins, hash: hash_of(&[&json]) };
        out.push(Fragment { name, json });
        begins = 0;
    }
}
