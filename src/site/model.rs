//! The site as a value.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use crate::base::{SitePath, SourcePath, encode_path, push_relative_url, relative_url};
use crate::config::Set;
use crate::markdown::Outline;

use super::address::{Owner, UrlTable};
use super::files::FileIndex;
use super::navigation::{MOST_SIBLINGS, NavId, NavItem, NavKind, NavWindow, Navigation};
use super::redirects::{Redirect, RedirectTarget};
use super::titles::own_title;

/// Position of a page in [`Site::pages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PageId(pub u32);

/// Position of a file in [`Site::assets`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AssetId(pub u32);

impl PageId {
    pub(super) fn of(index: usize) -> Self {
        PageId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// A page of the site.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its source file.
    pub source: SourcePath,
    /// What is known of its document.
    pub outline: Arc<Outline>,
    /// Where it stands in the site; no two pages stand at the same path.
    pub path: SitePath,
    /// Its title: its own, else that of its entry in `SUMMARY.md`, else its file's name.
    pub title: String,
    /// What its front matter says about it; may be empty.
    pub description: String,
    /// Its number (`1.2.`), where pages are numbered.
    pub number: Option<String>,
    /// Its place in the navigation; none for a page that is not listed.
    pub nav: Option<NavId>,
    /// The nearest page above it.
    pub parent: Option<PageId>,
    /// The listed page before it.
    pub previous: Option<PageId>,
    /// The listed page after it.
    pub next: Option<PageId>,
    /// Places in it that have moved elsewhere, by fragment.
    pub fragments: BTreeMap<String, RedirectTarget>,
    /// The ids of its document in order of their text: positions in the headings and, behind
    /// them, the anchors. They are sorted once a link asks for one: most pages of a build that
    /// changes little are never asked.
    pub(super) ids: OnceLock<Arc<[u32]>>,
}

impl Page {
    /// Whether the navigation lists it.
    pub fn listed(&self) -> bool {
        self.nav.is_some()
    }

    /// Where its Markdown copy stands.
    pub fn markdown_path(&self) -> SitePath {
        let path = self.path.as_str();
        let stem = path.strip_suffix(".html").unwrap_or(path);
        SitePath::new(format!("{stem}.md")).unwrap_or_else(|_| self.path.clone())
    }

    /// Whether something in it has this id.
    pub fn has_id(&self, id: &str) -> bool {
        let ids = self.ids.get_or_init(|| sorted_ids(&self.outline));
        ids.binary_search_by(|index| id_at(&self.outline, *index).cmp(id)).is_ok()
    }
}

/// The ids of a document, sorted by text.
fn sorted_ids(outline: &Outline) -> Arc<[u32]> {
    let count = u32::try_from(outline.headings.len() + outline.anchors.len()).unwrap_or(u32::MAX);
    let mut ids: Vec<u32> = (0..count).filter(|index| !id_at(outline, *index).is_empty()).collect();
    ids.sort_by(|a, b| id_at(outline, *a).cmp(id_at(outline, *b)));
    ids.into()
}

fn id_at(outline: &Outline, index: u32) -> &str {
    let index = index as usize;
    match outline.headings.get(index) {
        Some(heading) => &heading.id,
        None => outline
            .anchors
            .get(index - outline.headings.len())
            .map_or("", |anchor| anchor.id.as_str()),
    }
}

/// The ids of a page, headings first.
fn ids(outline: &Outline) -> impl Iterator<Item = &str> {
    let count = outline.headings.len() + outline.anchors.len();
    (0..count).map(|at| id_at(outline, at as u32))
}

/// Whether a page has the same ids in the same order.
pub fn same_ids(before: &Outline, now: &Outline) -> bool {
    ids(before).eq(ids(now))
}

/// Whether a page would stand in its site as it does, were `now` its outline: with its address and
/// its place in the navigation, and with the same former addresses. What it is called is another
/// matter. Where redirects name places ([`Site::names_places`]), so are its ids ([`same_ids`]).
pub fn stands_alike(before: &Outline, now: &Outline) -> bool {
    let (a, b) = (&before.front_matter, &now.front_matter);
    let value = |set: &Set<String>| set.value.clone();
    a.slug.as_ref().map(value) == b.slug.as_ref().map(value)
        && a.weight == b.weight
        && a.nav == b.nav
        && a.draft == b.draft
        && a.aliases.iter().map(value).eq(b.aliases.iter().map(value))
        && before.unparsed == now.unparsed
        && before.includes == now.includes
}

/// A file that is published as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// The file.
    pub source: SourcePath,
    /// Where it stands in the site.
    pub path: SitePath,
}

/// A list of pages that somebody must show: what stands below a section that has no page of its
/// own, or more than [`MOST_SIBLINGS`] items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The item; none for the top of the site. What is listed is
    /// [`Navigation::children`] of it.
    pub item: Option<NavId>,
    /// Its title.
    pub title: String,
    /// Where the list stands.
    pub path: SitePath,
    /// The page that carries the list; none where a page is to be generated at
    /// [`Section::path`].
    pub page: Option<PageId>,
}

/// Why a file is not published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unpublished {
    /// It is a draft, and drafts are not built.
    Draft,
    /// `SUMMARY.md` does not list it.
    NotInSummary,
    /// Something else has its address.
    Clash,
    /// Another file is the page of its folder.
    SecondSectionPage(SourcePath),
    /// It could not be read.
    Unread,
}

/// The site: every page with its address and its place.
#[derive(Debug, Clone)]
pub struct Site {
    /// The content folder.
    pub content: SourcePath,
    /// The pages: listed ones in the order of the navigation, then the others by path.
    pub pages: Vec<Page>,
    /// The navigation.
    pub nav: Navigation,
    /// The lists that pages must show, in the order of the navigation; that of the top first.
    pub sections: Vec<Section>,
    /// The files that are published as they are, by path.
    pub assets: Vec<Asset>,
    /// The pages that send readers on, by path. None stands where something else stands.
    pub redirects: Vec<Redirect>,
    /// The first page of the site.
    pub home: SitePath,
    /// The page that is also written to `index.html`, because none has that address.
    pub first_page: Option<PageId>,
    /// The page that `404.html` is made of.
    pub not_found: Option<PageId>,
    /// Addresses end in `/` instead of `/index.html`.
    pub clean_urls: bool,
    /// The path under which the site is published, from `/` to `/`.
    pub base_path: String,
    /// Whether the settings say which part of its host the site takes.
    pub(super) knows_host: bool,
    /// Whether a redirect names a place in a page: what the pages' ids are then counts for the site.
    pub names_places: bool,
    /// Folders below its root in which other versions of the site stand.
    pub other_versions: Vec<SitePath>,
    pub(super) urls: UrlTable,
    pub(super) by_source: HashMap<SourcePath, PageId>,
    pub(super) asset_of: HashMap<SourcePath, AssetId>,
    pub(super) unpublished: HashMap<SourcePath, Unpublished>,
    /// The page of each folder of the content that has one.
    pub(super) folder_pages: HashMap<SourcePath, SitePath>,
    pub(super) files: Arc<FileIndex>,
    /// Files that are no content: hidden ones, and those outside of the content folder.
    pub(super) others: Arc<HashSet<SourcePath>>,
    /// The folders that those lie in.
    pub(super) other_folders: Arc<HashSet<SourcePath>>,
}

impl Site {
    /// A page. Ids come from this site, so only a foreign one has none.
    pub fn page(&self, id: PageId) -> Option<&Page> {
        self.pages.get(id.index())
    }

    /// Every page with its id.
    pub fn iter(&self) -> impl Iterator<Item = (PageId, &Page)> {
        self.pages.iter().enumerate().map(|(index, page)| (PageId::of(index), page))
    }

    /// The page that a source file is published as.
    pub fn page_of(&self, source: &SourcePath) -> Option<PageId> {
        self.by_source.get(source).copied()
    }

    /// Whether the site would be the same but for the text of one page, were this the outline of
    /// that page: same address, same title, same navigation, same redirects.
    pub fn takes(&self, outline: &Outline) -> bool {
        let page = self.page_of(&outline.source).and_then(|id| self.page(id));
        page.is_some_and(|page| {
            let before = &page.outline;
            before.front_matter == outline.front_matter
                && own_title(before) == own_title(outline)
                && stands_alike(before, outline)
                && (!self.names_places || same_ids(before, outline))
        })
    }

    /// Gives a page the outline that [`takes`](Site::takes) has allowed.
    pub fn take(&mut self, outline: Arc<Outline>) {
        let id = self.page_of(&outline.source);
        if let Some(page) = id.and_then(|id| self.pages.get_mut(id.index())) {
            page.ids = OnceLock::new();
            page.outline = outline;
        }
    }

    /// Where a file of the content is published as it is.
    pub fn asset_path(&self, source: &SourcePath) -> Option<SitePath> {
        let asset = self.assets.get(self.asset_of.get(source)?.0 as usize)?;
        Some(asset.path.clone())
    }

    /// Why a Markdown file of the content folder is not published; none for one that is, and for
    /// files that do not exist.
    pub fn unpublished(&self, source: &SourcePath) -> Option<&Unpublished> {
        self.unpublished.get(source)
    }

    /// What stands at a path of the site.
    pub fn owner(&self, path: &SitePath) -> Option<Owner> {
        self.urls.get(path)
    }

    /// The pages that the navigation lists, in its order.
    pub fn listed(&self) -> impl Iterator<Item = (PageId, &Page)> {
        self.iter().take_while(|(_, page)| page.listed())
    }

    /// The navigation around a place; around none for a page that is not listed.
    pub fn around(&self, place: Option<NavId>) -> NavWindow {
        self.nav.around(place, |parent| self.list_path(parent))
    }

    /// The page that lists what stands below an item, or at the top.
    pub fn list_path(&self, item: Option<NavId>) -> Option<SitePath> {
        match item {
            Some(id) => self.nav.get(id).and_then(|item| item.path.clone()),
            None => self.section(None).map(|section| section.path.clone()),
        }
    }

    /// The list that belongs to an item, or to the top, where it needs one.
    pub fn section(&self, item: Option<NavId>) -> Option<&Section> {
        let at = self.sections.binary_search_by(|section| section.item.cmp(&item)).ok()?;
        self.sections.get(at)
    }

    /// The items above a place, from the top; not the place itself.
    pub fn breadcrumbs(&self, place: NavId) -> Vec<(NavId, &NavItem)> {
        let ancestors = self.nav.ancestors(place);
        ancestors.into_iter().filter_map(|id| Some((id, self.nav.get(id)?))).collect()
    }

    /// The page of an item of the navigation.
    pub fn page_of_item(&self, item: NavId) -> Option<PageId> {
        match self.nav.get(item)?.kind {
            NavKind::Page(page) => Some(page),
            _ => None,
        }
    }

    /// Whether a page must list its children: it has more than the navigation shows.
    pub fn lists_children(&self, page: &Page) -> bool {
        page.nav.is_some_and(|nav| self.nav.children(Some(nav)).len() > MOST_SIBLINGS)
    }

    /// The URL of `to` as a page at `from` writes it.
    pub fn url(&self, from: &SitePath, to: &SitePath) -> String {
        relative_url(from, to, self.clean_urls)
    }

    /// Appends the URL of `to` as written in a page at `from`.
    pub fn push_url(&self, out: &mut String, from: &SitePath, to: &SitePath) {
        push_relative_url(out, from, to, self.clean_urls);
    }

    /// The URL of `to` from the host's root, as `404.html` needs it.
    pub fn absolute_path(&self, to: &SitePath) -> String {
        let path = if self.clean_urls && to.file_name() == "index.html" {
            let folder = to.parent();
            if folder.is_root() { String::new() } else { format!("{folder}/") }
        } else {
            to.to_string()
        };
        format!("{}{}", self.base_path, encode_path(&path))
    }

    /// The URL from the host's root of what lies above the site's.
    pub(super) fn absolute_above(&self, url: &str) -> String {
        let mut rest = url;
        let mut above = 0;
        while let Some(below) = rest.strip_prefix("../") {
            rest = below;
            above += 1;
        }
        let base: Vec<&str> = self.base_path.split('/').filter(|part| !part.is_empty()).collect();
        let kept = base.get(..base.len().saturating_sub(above)).unwrap_or_default();
        let folders: String = kept.iter().map(|part| format!("{part}/")).collect();
        format!("/{folders}{rest}")
    }

    /// The URL of a redirect's target from the host's root.
    pub fn absolute_redirect_url(&self, target: &RedirectTarget) -> String {
        match target {
            RedirectTarget::External(url) => url.clone(),
            RedirectTarget::Above(url) => self.absolute_above(url),
            RedirectTarget::Internal { path, fragment, .. } => {
                let mut url = self.absolute_path(path);
                if let Some(fragment) = fragment {
                    url.push('#');
                    url.push_str(fragment);
                }
                url
            }
        }
    }

    /// The URL of a redirect's target as a page at `from` writes it.
    pub fn redirect_url(&self, from: &SitePath, target: &RedirectTarget) -> String {
        match target {
            RedirectTarget::External(url) => url.clone(),
            RedirectTarget::Above(url) => {
                format!("{}{url}", "../".repeat(from.parent().components().count()))
            }
            RedirectTarget::Internal { path, fragment, .. } => {
                let mut url = self.url(from, path);
                if let Some(fragment) = fragment {
                    url.push('#');
                    url.push_str(&super::links::encode_rest(fragment));
                }
                url
            }
        }
    }
}
