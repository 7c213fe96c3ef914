//! The files that tell versions of each other: menus, notes, lists of pages, the site map. They
//! change with every version; pages do not.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::places::{Pages, Places, Renames};
use super::select::{Version, VersionState};
use crate::base::{Diagnostic, SitePath, encode_path};
use crate::output::version::{
    self, VERSION_LISTS, VERSION_MENU, VERSION_SCRIPT, VERSION_STYLE, VERSIONS_JSON, VersionRecord,
    address,
};
use crate::theme::Theme;
use crate::theme::views::{self, SharedSite, VersionView, VersionedPage, VersionsPageView};

/// A version that stands in the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) entry: VersionEntry,
    pub(super) record: VersionRecord,
}

/// A version in `versions.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionEntry {
    /// Its name.
    pub name: String,
    /// What readers see.
    pub title: String,
    /// Its folder in the site; empty for the root.
    pub path: SitePath,
    /// What it is to readers.
    pub state: VersionState,
    /// No menu shows it.
    pub hidden: bool,
    /// The branch or tag.
    pub reference: String,
    /// The id of its commit.
    pub commit: String,
    /// Its first page, seen from its folder.
    pub home: String,
    /// How many pages it has.
    pub pages: usize,
}

impl VersionEntry {
    /// The entry of a version of which this is known.
    pub(super) fn of(record: &VersionRecord, version: &Version) -> VersionEntry {
        VersionEntry {
            name: version.name.clone(),
            title: version.title.clone(),
            path: version.path.clone(),
            state: version.state,
            hidden: version.hidden,
            reference: record.reference.clone(),
            commit: record.commit.clone(),
            home: record.home.to_string(),
            pages: record.pages.len(),
        }
    }
}

/// `versions.json`: what a site has, for tools, and for the next build.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionsFile {
    /// The form of the file.
    pub version: u32,
    /// The name of the version that readers are to read.
    pub current: Option<String>,
    /// The versions, the newest first.
    pub versions: Vec<VersionEntry>,
    /// Folders that lead to a version.
    pub aliases: BTreeMap<String, String>,
}

/// The form of [`VersionsFile`] that is written and read here.
const FORM: u32 = 1;

impl VersionsFile {
    /// Reads the text of the file; none where it is of another form.
    pub(super) fn parse(text: &[u8]) -> Option<VersionsFile> {
        let file: VersionsFile = serde_json::from_slice(text).ok()?;
        (file.version == FORM).then_some(file)
    }
}

/// Whether a file belongs to the menus, and not to the pages of a version.
pub(in crate::pipeline) fn is_version_file(path: &SitePath) -> bool {
    let text = path.as_str();
    let is_list = text.strip_prefix(VERSION_LISTS).is_some_and(|rest| rest.starts_with('/'));
    let is_map = text.strip_prefix("sitemap").is_some_and(|rest| {
        let number = rest.strip_suffix(".xml").map(|rest| rest.trim_start_matches('-'));
        number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    });
    is_list
        || is_map
        || [VERSION_SCRIPT, VERSION_MENU, VERSION_STYLE, VERSIONS_JSON].contains(&text)
        || ["robots.txt", "_redirects", ".nojekyll", "CNAME"].contains(&text)
}

/// A file of the menus.
pub(super) type File = (SitePath, Vec<u8>);

/// What the menus of a site are made of.
pub(super) struct Menus<'a> {
    /// The versions, the newest first.
    pub(super) shown: &'a [Shown],
    /// The renames between neighbors.
    pub(super) renames: Vec<Renames>,
    /// The look of the base branch.
    pub(super) theme: &'a Theme,
    /// What pages of the base branch have in common.
    pub(super) site: &'a SharedSite,
    /// Where the whole site is published, ending in `/`; none where that is not known.
    pub(super) base_url: Option<&'a str>,
    /// The path under which it is published, from `/` to `/`.
    pub(super) base_path: &'a str,
    /// `cname`
    pub(super) cname: Option<&'a str>,
    /// Search engines are asked to stay away from everything.
    pub(super) noindex: bool,
    /// Folders that lead to a version, by name of that.
    pub(super) aliases: &'a BTreeMap<String, String>,
}

/// The way from the folder of one version to that of another.
fn way(from: &SitePath, to: &SitePath) -> String {
    let up = "../".repeat(from.components().count());
    match to.is_root() {
        true => up,
        false => format!("{up}{}/", encode_path(to.as_str())),
    }
}

impl Menus<'_> {
    fn text(&self, key: &str) -> &str {
        self.site.strings.get(key).map(String::as_str).unwrap_or_default()
    }

    fn current(&self) -> Option<&Shown> {
        self.shown.iter().find(|shown| shown.entry.state == VersionState::Current)
    }

    /// Those that menus show in a version: that version itself, and all that are not hidden.
    fn listed(&self, of: usize) -> Vec<usize> {
        let is_listed =
            |at: &usize| *at == of || self.shown.get(*at).is_some_and(|shown| !shown.entry.hidden);
        (0..self.shown.len()).filter(is_listed).collect()
    }

    /// What a version says of itself where it is not the current one.
    fn note(&self, shown: &Shown) -> Option<String> {
        let key = match shown.entry.state {
            VersionState::Current => return None,
            VersionState::Old => "version_is_old",
            VersionState::Unmaintained => "version_is_unmaintained",
            VersionState::Unreleased => "version_is_unreleased",
        };
        let current = self.current().map_or("", |current| &current.entry.title);
        Some(self.text(key).replace("{version}", &shown.entry.title).replace("{current}", current))
    }

    /// The files of one version, seen from its folder, and what is wrong with the theme.
    pub(super) fn of_version(
        &self,
        places: &Places<'_>,
        at: usize,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<File> {
        let Some(shown) = self.shown.get(at) else { return Vec::new() };
        let listed = self.listed(at);
        let mut files = vec![
            file(VERSION_STYLE, self.style(shown)),
            file(VERSION_SCRIPT, self.script(at, shown, &listed)),
            file(VERSION_MENU, self.menu()),
        ];
        let mut folders: BTreeMap<SitePath, Vec<Row>> = BTreeMap::new();
        folders.insert(SitePath::root(), Vec::new());
        for page in &shown.record.pages {
            let (folder, id) = version::list_place(&page.path, shown.record.clean);
            let found = places.of(at, &page.source, &page.path);
            let found = listed.iter().map(|to| {
                let path = found.get(*to).copied().flatten()?;
                Some(address(path, self.shown.get(*to)?.record.clean))
            });
            folders.entry(folder).or_default().push(Row {
                id,
                title: page.title.clone(),
                address: address(&page.path, shown.record.clean),
                found: found.collect(),
            });
        }
        for (folder, rows) in folders {
            let page = version::list_page(&folder);
            let script = page.as_str().replace("index.html", "pages.js");
            files.push(file(&script, pages_script(&rows)));
            let (html, problem) = self.list(Some((at, shown)), &listed, &page, rows);
            diagnostics.extend(problem.map(|problem| *problem));
            files.push((page, html.into_bytes()));
        }
        files
    }

    /// The style sheet that names a version, and shows the note that it is not the current one.
    fn style(&self, shown: &Shown) -> String {
        let mut css = format!(
            "{}\n.version-name::before{{content:{}}}\n",
            crate::theme::versions_style(),
            css_text(&shown.entry.title)
        );
        if let Some(note) = self.note(shown) {
            let _ = write!(
                css,
                ".banner.version-note{{display:block}}\n.version-note::before{{content:{}}}\n",
                css_text(&note)
            );
        }
        css
    }

    /// The script that knows the other versions, and fetches the menu of them.
    fn script(&self, at: usize, shown: &Shown, listed: &[usize]) -> String {
        let rows = listed.iter().filter_map(|to| {
            let there = self.shown.get(*to)?;
            let way = way(&shown.entry.path, &there.entry.path);
            let record = &there.record;
            let search = record.search.as_ref().map(|path| address(path, record.clean));
            Some(json!([
                there.entry.title,
                way,
                there.entry.state,
                encode_path(&address(&record.home, record.clean)),
                search.map(|path| encode_path(&path)),
            ]))
        });
        let place = |wanted: &dyn Fn(usize) -> bool| listed.iter().position(|to| wanted(*to));
        let is_current = |to: usize| {
            self.shown.get(to).is_some_and(|shown| shown.entry.state == VersionState::Current)
        };
        let data = json!({
            "at": place(&|to| to == at),
            "current": place(&is_current),
            "all": rows.collect::<Vec<_>>(),
            "note": self.note(shown),
        });
        format!(
            "(window.copydesk=window.copydesk||{{}}).versions={data};\n{}",
            crate::theme::versions_script()
        )
    }

    /// The script of the menu, with its texts.
    fn menu(&self) -> String {
        let texts: BTreeMap<&str, &str> = self
            .site
            .strings
            .iter()
            .filter_map(|(key, text)| Some((key.strip_prefix("version_")?, text.as_str())))
            .chain([("versions", self.text("versions"))])
            .collect();
        format!("copydesk.versionTexts={};\n{}", json!(texts), crate::theme::version_menu_script())
    }

    /// A page that says in which versions pages exist.
    fn list(
        &self,
        of: Option<(usize, &Shown)>,
        listed: &[usize],
        page: &SitePath,
        rows: Vec<Row>,
    ) -> (String, Option<Box<Diagnostic>>) {
        let up = "../".repeat(page.parent().components().count());
        let root = SitePath::root();
        let here = of.map_or(&root, |(_, shown)| &shown.entry.path);
        let shown: Vec<&Shown> = listed.iter().filter_map(|to| self.shown.get(*to)).collect();
        let way_to = |shown: &Shown| format!("{up}{}", way(here, &shown.entry.path));
        let view = |shown: &&Shown| VersionView {
            title: shown.entry.title.clone(),
            url: format!(
                "{}{}",
                way_to(shown),
                encode_path(&address(&shown.record.home, shown.record.clean))
            ),
            state: state_word(shown.entry.state).to_owned(),
        };
        let url = |to: usize, path: &Option<String>| {
            Some(format!("{}{}", way_to(shown.get(to)?), encode_path(path.as_ref()?)))
        };
        let pages = rows.into_iter().map(|row| VersionedPage {
            url: format!("{up}{}", encode_path(&row.address)),
            versions: row.found.iter().enumerate().map(|(to, path)| url(to, path)).collect(),
            id: row.id,
            title: row.title,
        });
        let assets = match of {
            Some((_, shown)) => (shown.record.styles.clone(), shown.record.boot.clone(), ""),
            // At a root that no version has, the page borrows from the current one.
            None => match self.current() {
                Some(current) => {
                    let record = &current.record;
                    (record.styles.clone(), record.boot.clone(), current.entry.path.as_str())
                }
                None => (Vec::new(), None, ""),
            },
        };
        let asset = |path: &SitePath| match assets.2 {
            "" => format!("{up}{}", encode_path(path.as_str())),
            folder => format!("{up}{}/{}", encode_path(folder), encode_path(path.as_str())),
        };
        let style = SitePath::new(VERSION_STYLE).ok();
        let view = VersionsPageView {
            version: views::VERSION,
            site: self.site,
            current: of.map(|(_, shown)| view(&shown)),
            versions: shown.iter().map(view).collect(),
            pages: pages.collect(),
            home: match of {
                Some((_, shown)) => view(&shown).url,
                None => self.current().map(|current| view(&current).url).unwrap_or_default(),
            },
            styles: style.iter().chain(&assets.0).map(asset).collect(),
            boot_script: assets.1.as_ref().map(asset).unwrap_or_default(),
        };
        self.theme.render_versions(&view)
    }

    /// The files at the root of the site that belong to no version.
    pub(super) fn of_root(&self, diagnostics: &mut Vec<Diagnostic>) -> Vec<File> {
        let mut files = vec![file(VERSIONS_JSON, self.versions_json()), file(".nojekyll", "")];
        files.extend(self.cname.map(|name| file("CNAME", format!("{name}\n"))));
        files.extend(self.site_maps());
        let mut robots = String::from("User-agent: *\n");
        robots.push_str(if self.noindex { "Disallow: /\n" } else { "Allow: /\n" });
        if !self.noindex
            && let Some(base) = self.base_url
        {
            let _ = write!(robots, "\nSitemap: {base}sitemap.xml\n");
        }
        files.push(file("robots.txt", robots));
        let mut rules: Vec<String> =
            self.shown.iter().flat_map(|shown| shown.record.redirects.iter().cloned()).collect();
        for (alias, shown) in self.alias_targets() {
            let base = self.base_path;
            let to = encode_path(shown.entry.path.as_str());
            let slash = if to.is_empty() { "" } else { "/" };
            rules.push(format!("{base}{}/* {base}{to}{slash}:splat 302", encode_path(alias)));
        }
        if !rules.is_empty() {
            files.push(file("_redirects", format!("{}\n", rules.join("\n"))));
        }
        if !self.shown.iter().any(|shown| shown.entry.path.is_root())
            && let Some(current) = self.current()
        {
            let home = encode_path(&address(&current.record.home, current.record.clean));
            let to = format!("{}/{home}", encode_path(current.entry.path.as_str()));
            files.push(file("index.html", self.redirect(&to, "", current)));
            let listed = self.listed(usize::MAX);
            if let Ok(page) = SitePath::new("404.html") {
                let (html, problem) = self.list(None, &listed, &page, Vec::new());
                diagnostics.extend(problem.map(|problem| *problem));
                files.push((page, html.into_bytes()));
            }
        }
        files
    }

    /// The aliases with what they lead to.
    fn alias_targets(&self) -> impl Iterator<Item = (&str, &Shown)> {
        self.aliases.iter().filter_map(|(alias, name)| {
            let shown = self.shown.iter().find(|shown| shown.entry.name == *name)?;
            Some((alias.as_str(), shown))
        })
    }

    /// The files of an alias, seen from its folder: a page at each address that leads on.
    pub(super) fn of_alias(&self, alias: &str) -> Vec<File> {
        let Some((_, shown)) = self.alias_targets().find(|(name, _)| *name == alias) else {
            return Vec::new();
        };
        let folder = &shown.entry.path;
        let mut files: BTreeMap<SitePath, Vec<u8>> = BTreeMap::new();
        let home = (SitePath::new("index.html").ok(), &shown.record.home);
        let pages = shown.record.pages.iter().map(|page| (Some(page.path.clone()), &page.path));
        let moved = shown.record.moved.iter().map(|(from, to)| (Some(from.clone()), to));
        for (from, to) in pages.chain(moved).chain([home]) {
            let Some(from) = from else { continue };
            // From below the alias: out of the folders of the page, and of the alias itself.
            let up = "../".repeat(from.parent().components().count() + 1);
            let there = match folder.is_root() {
                true => String::new(),
                false => format!("{}/", encode_path(folder.as_str())),
            };
            let url = format!("{there}{}", encode_path(&address(to, shown.record.clean)));
            let html = self.redirect(&url, &up, shown);
            files.entry(from).or_insert_with(|| html.into_bytes());
        }
        files.into_iter().collect()
    }

    /// A page that leads to a URL, seen from the root of the site, from a page that has this way up
    /// to it.
    fn redirect(&self, url: &str, up: &str, shown: &Shown) -> String {
        let assets = self.theme.asset_paths();
        let folder = way(&SitePath::root(), &shown.entry.path);
        let script = assets.redirect.as_ref();
        let view = views::RedirectView {
            version: views::VERSION,
            site: self.site,
            url: Some(format!("{up}{url}")),
            canonical: self.base_url.map(|base| format!("{base}{url}")),
            fragments: BTreeMap::new(),
            script: script.map(|path| format!("{up}{folder}{path}")).unwrap_or_default(),
            styles: Vec::new(),
        };
        self.theme
            .render_redirect(&view)
            .unwrap_or_else(|_| self.theme.render_builtin_redirect(&view))
    }

    /// [`VERSIONS_JSON`].
    fn versions_json(&self) -> String {
        let file = VersionsFile {
            version: FORM,
            current: self.current().map(|current| current.entry.name.clone()),
            versions: self.shown.iter().map(|shown| shown.entry.clone()).collect(),
            aliases: self.aliases.clone(),
        };
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The site map: the pages of the current version, and no other, as search engines want one
    /// address for each text.
    fn site_maps(&self) -> Vec<File> {
        let (Some(base), Some(current), false) = (self.base_url, self.current(), self.noindex)
        else {
            return Vec::new();
        };
        if current.record.noindex {
            return Vec::new();
        }
        let way = way(&SitePath::root(), &current.entry.path);
        let urls = current.record.pages.iter().map(|page| crate::output::SiteMapUrl {
            address: format!(
                "{base}{way}{}",
                encode_path(&address(&page.path, current.record.clean))
            ),
            changed: page.changed.clone(),
        });
        crate::output::site_map_files(&urls.collect::<Vec<_>>(), base)
    }
}

/// A page in a list.
struct Row {
    id: String,
    title: String,
    address: String,
    found: Vec<Option<String>>,
}

fn file(path: &str, text: impl Into<Vec<u8>>) -> File {
    (SitePath::new(path).unwrap_or_else(|_| SitePath::root()), text.into())
}

fn state_word(state: VersionState) -> &'static str {
    match state {
        VersionState::Current => "current",
        VersionState::Old => "old",
        VersionState::Unmaintained => "unmaintained",
        VersionState::Unreleased => "unreleased",
    }
}

/// The script that says in which versions the pages of a folder exist: 1 for the same address, 0
/// for none, or another address.
fn pages_script(rows: &[Row]) -> String {
    let pages: BTreeMap<&str, serde_json::Value> = rows
        .iter()
        .map(|row| {
            let found = row.found.iter().map(|path| match path {
                None => json!(0),
                Some(path) if *path == row.address => json!(1),
                Some(path) => json!(encode_path(path)),
            });
            (row.id.as_str(), json!([encode_path(&row.address), found.collect::<Vec<_>>()]))
        })
        .collect();
    format!("copydesk.versionPages({});\n", json!(pages))
}

/// A text as a string of CSS.
fn css_text(text: &str) -> String {
    let mut css = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => css.extend(['\\', c]),
            c if c.is_control() || c == '<' => {
                let _ = write!(css, "\\{:x} ", c as u32);
            }
            c => css.push(c),
        }
    }
    css.push('"');
    css
}

/// The places of all pages in all versions.
pub(super) fn places<'a>(shown: &'a [Shown], renames: &[Renames]) -> Places<'a> {
    Places::new(shown.iter().map(|shown| Pages::of(&shown.record)).collect(), renames.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SitePath {
        SitePath::new(text).unwrap()
    }

    #[test]
    fn version_folders_find_each_other() {
        assert_eq!(way(&path("11.8"), &path("")), "../");
        assert_eq!(way(&path(""), &path("11.8")), "11.8/");
        assert_eq!(way(&path("11.8"), &path("1 é")), "../1%20%C3%A9/");
    }

    #[test]
    fn texts_stay_texts_in_css() {
        assert_eq!(css_text("a\"b\\</style>\n"), "\"a\\\"b\\\\\\3c /style>\\a \"");
    }

    #[test]
    fn files_of_menus_are_told_from_those_of_pages() {
        for name in [
            "sitemap.xml",
            "sitemap-2.xml",
            "_copydesk/version.js",
            "_copydesk/versions/a/index.html",
        ] {
            assert!(is_version_file(&path(name)), "{name}");
        }
        for name in [
            "sitemaps.html",
            "sitemap-x.xml",
            "_copydesk/version.json",
            "a/robots.txt",
            "index.html",
        ] {
            assert!(!is_version_file(&path(name)), "{name}");
        }
    }
}
