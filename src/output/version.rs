//! What a site that is one version of several publishes for the others, and where its pages find
//! what they need of these. Pages hold nothing that changes with other versions, but for the
//! address of the page in the current version, for search engines.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::{SitePath, SourcePath, encode_path};

/// The script that tells a page of the other versions.
pub const VERSION_SCRIPT: &str = "_copydesk/version.js";

/// The script of the menu of versions.
pub const VERSION_MENU: &str = "_copydesk/version-menu.js";

/// The style sheet that names the version, and shows the note that it is not the current one.
pub const VERSION_STYLE: &str = "_copydesk/version.css";

/// What is published of a version for the others.
pub const VERSION_RECORD: &str = "_copydesk/version.json";

/// The folder of the pages that say where else pages are found.
pub const VERSION_LISTS: &str = "_copydesk/versions";

/// The list of the versions of a site, at its root.
pub const VERSIONS_JSON: &str = "_copydesk/versions.json";

/// What a version knows of itself while it is built.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct VersionPlace {
    /// Its name.
    pub name: String,
    /// The branch or tag.
    pub reference: String,
    /// The id of its commit.
    pub commit: String,
    /// The pages of the current version, where that is another one.
    pub current: Option<CurrentPages>,
}

/// The pages of the current version, as another one sees them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CurrentPages {
    /// The absolute URL of its root, ending in `/`; none where the site has none.
    pub base: Option<String>,
    /// Whether its addresses are without `index.html`.
    pub clean: bool,
    /// Its pages by their sources.
    pub sources: Arc<BTreeMap<SourcePath, SitePath>>,
    /// The same pages, each with itself, and where old addresses lead.
    pub paths: Arc<BTreeMap<SitePath, SitePath>>,
    /// Sources of this version that have another path there.
    pub renamed: BTreeMap<SourcePath, SourcePath>,
}

impl CurrentPages {
    /// Where a page stands in the current version: the page of its source, also where that was
    /// renamed; else what stands at its address.
    pub fn find(&self, source: &SourcePath, path: &SitePath) -> Option<&SitePath> {
        let renamed = || self.sources.get(self.renamed.get(source)?);
        self.sources.get(source).or_else(renamed).or_else(|| self.paths.get(path))
    }

    /// The absolute URL of a page in the current version.
    pub fn url(&self, source: &SourcePath, path: &SitePath) -> Option<String> {
        self.url_of(self.find(source, path)?)
    }

    /// The absolute URL of a generated page in the current version.
    pub fn section_url(&self, path: &SitePath) -> Option<String> {
        self.url_of(self.paths.get(path)?)
    }

    fn url_of(&self, found: &SitePath) -> Option<String> {
        let base = self.base.as_ref()?;
        Some(format!("{base}{}", encode_path(&address(found, self.clean))))
    }
}

/// The path under which readers find a file.
pub fn address(path: &SitePath, clean: bool) -> String {
    match path.as_str().strip_suffix("index.html") {
        Some(folder) if clean && (folder.is_empty() || folder.ends_with('/')) => folder.to_owned(),
        _ => path.to_string(),
    }
}

/// Where it is told in which versions a page exists: the folder below [`VERSION_LISTS`], and the
/// fragment in its page. With clean URLs, each page has a folder of its own, which is told with its
/// neighbours.
pub fn list_place(path: &SitePath, clean: bool) -> (SitePath, String) {
    let folder = path.parent();
    if clean && path.file_name() == "index.html" && !folder.is_root() {
        return (folder.parent(), encode_path(folder.file_name()));
    }
    (folder, encode_path(path.file_name()))
}

/// The page of such a folder.
pub fn list_page(folder: &SitePath) -> SitePath {
    let page = match folder.is_root() {
        true => format!("{VERSION_LISTS}/index.html"),
        false => format!("{VERSION_LISTS}/{folder}/index.html"),
    };
    SitePath::new(page).unwrap_or_else(|_| SitePath::root())
}

/// [`VERSION_RECORD`]: what other versions, menus and the site map need of a version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VersionRecord {
    /// The form of the file.
    pub version: u32,
    /// Its name.
    pub name: String,
    /// The branch or tag.
    pub reference: String,
    /// The id of its commit.
    pub commit: String,
    /// The title of the site.
    pub title: String,
    /// Whether its addresses are without `index.html`.
    pub clean: bool,
    /// Whether search engines are asked to stay away.
    pub noindex: bool,
    /// Its first page.
    pub home: SitePath,
    /// The page of its search's results, where it has a search.
    pub search: Option<SitePath>,
    /// The style sheets of its pages.
    pub styles: Vec<SitePath>,
    /// The script that runs before the first paint.
    pub boot: Option<SitePath>,
    /// Its pages, in their order.
    pub pages: Vec<VersionPage>,
    /// The pages of folders that have none of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<SitePath>,
    /// Old addresses and the pages that they lead to.
    pub moved: BTreeMap<SitePath, SitePath>,
    /// The lines of `_redirects`.
    pub redirects: Vec<String>,
    /// Files of its content at paths where files that belong to no version would stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<SitePath>,
}

/// A page of a version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct VersionPage {
    /// Its path below the root of the version.
    pub path: SitePath,
    /// Its source.
    pub source: SourcePath,
    /// Its title.
    pub title: String,
    /// The day of its last change, where git knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<String>,
}

/// The form of [`VersionRecord`] that is written and read here.
pub const RECORD_VERSION: u32 = 1;

impl VersionRecord {
    /// Reads the text of a record; none where it is of another form.
    pub fn parse(text: &[u8]) -> Option<VersionRecord> {
        let record: VersionRecord = serde_json::from_slice(text).ok()?;
        (record.version == RECORD_VERSION).then_some(record)
    }
}

/// The names of files at the root of a site that are there once for all versions.
pub const ROOT_FILES: [&str; 5] = ["robots.txt", "_redirects", ".nojekyll", "CNAME", "sitemap.xml"];

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::new(text).unwrap()
    }

    #[test]
    fn lists_stand_beside_what_they_list() {
        let place = |text: &str, clean| {
            let (folder, fragment) = list_place(&path(text), clean);
            format!("{}#{fragment}", list_page(&folder))
        };
        assert_eq!(place("a/b.html", false), "_copydesk/versions/a/index.html#b.html");
        assert_eq!(place("index.html", true), "_copydesk/versions/index.html#index.html");
        assert_eq!(place("a/b c/index.html", true), "_copydesk/versions/a/index.html#b%20c");
        assert_eq!(address(&path("a/index.html"), true), "a/");
        assert_eq!(address(&path("aindex.html"), true), "aindex.html");
    }

    #[test]
    fn pages_are_found_by_source_then_by_rename_then_by_address() {
        let source = |text: &str| SourcePath::new(text).unwrap();
        let pages = CurrentPages {
            base: Some("https://x.example/".to_owned()),
            sources: Arc::new(
                [(source("b.md"), path("new.html")), (source("c.md"), path("c.html"))].into(),
            ),
            paths: Arc::new(
                [(path("c.html"), path("c.html")), (path("old.html"), path("c.html"))].into(),
            ),
            renamed: [(source("a.md"), source("b.md"))].into(),
            ..CurrentPages::default()
        };
        let url = |from: &str, at: &str| pages.url(&source(from), &path(at));
        assert_eq!(url("b.md", "b.html").as_deref(), Some("https://x.example/new.html"));
        assert_eq!(url("a.md", "a.html").as_deref(), Some("https://x.example/new.html"));
        assert_eq!(url("d.md", "old.html").as_deref(), Some("https://x.example/c.html"));
        assert_eq!(url("d.md", "d.html"), None);
    }
}
