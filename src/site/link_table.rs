//! What the links of pages are resolved with, without what stands in the pages: it can be kept, so
//! that the links of a few pages are resolved again and the other pages are not even looked at.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use crate::base::{SitePath, SourcePath};
use crate::markdown::Outline;

use super::address::{Owner, UrlTable};
use super::files::FileIndex;
use super::model::{Asset, AssetId, Page, PageId, Site, Unpublished};
use super::navigation::{NavId, Navigation};
use super::redirects::{Redirect, RedirectTarget};

/// All that the links of a site's pages are resolved with, but for the places inside the pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkTable {
    content: SourcePath,
    pages: Vec<Standing>,
    assets: Vec<Asset>,
    /// What stands where no page and no file of the content does; sorted.
    generated: Vec<(SitePath, Owner)>,
    redirects: Vec<Redirect>,
    home: SitePath,
    first_page: Option<PageId>,
    not_found: Option<PageId>,
    clean_urls: bool,
    base_path: String,
    knows_host: bool,
    other_versions: Vec<SitePath>,
    // These are sorted.
    unpublished: Vec<(SourcePath, Unpublished)>,
    folder_pages: Vec<(SourcePath, SitePath)>,
    files: Vec<SourcePath>,
    others: Vec<SourcePath>,
    other_folders: Vec<SourcePath>,
}

/// Where a page stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Standing {
    source: SourcePath,
    path: SitePath,
    /// Whether the navigation lists it.
    listed: bool,
    fragments: BTreeMap<String, RedirectTarget>,
}

impl Site {
    /// What the links of its pages are resolved with.
    pub fn link_table(&self) -> LinkTable {
        let standing = |page: &Page| Standing {
            source: page.source.clone(),
            path: page.path.clone(),
            listed: page.listed(),
            fragments: page.fragments.clone(),
        };
        let mut generated = self.urls.owners();
        generated.retain(|(_, owner)| !matches!(owner, Owner::Page(_) | Owner::Asset(_)));
        // Where a line stands is of no matter to a link.
        let redirect = |redirect: &Redirect| Redirect { span: None, ..redirect.clone() };
        LinkTable {
            content: self.content.clone(),
            pages: self.pages.iter().map(standing).collect(),
            assets: self.assets.clone(),
            generated,
            redirects: self.redirects.iter().map(redirect).collect(),
            home: self.home.clone(),
            first_page: self.first_page,
            not_found: self.not_found,
            clean_urls: self.clean_urls,
            base_path: self.base_path.clone(),
            knows_host: self.knows_host,
            other_versions: self.other_versions.clone(),
            unpublished: in_order(&self.unpublished),
            folder_pages: in_order(&self.folder_pages),
            files: self.files.paths().to_vec(),
            others: sorted(self.others.iter()),
            other_folders: sorted(self.other_folders.iter()),
        }
    }
}

impl LinkTable {
    /// A site that resolves links as the one did that this is of. It has no navigation, and its
    /// pages are empty until [`Site::take`] fills those that links name.
    pub fn site(self) -> Site {
        let page = |standing: Standing| Page {
            outline: Arc::new(Outline::empty(standing.source.clone())),
            source: standing.source,
            path: standing.path,
            title: String::new(),
            description: String::new(),
            number: None,
            nav: standing.listed.then_some(NavId(0)),
            parent: None,
            previous: None,
            next: None,
            fragments: standing.fragments,
            ids: OnceLock::new(),
        };
        let pages: Vec<Page> = self.pages.into_iter().map(page).collect();
        let page_of = |(at, page): (usize, &Page)| (page.source.clone(), PageId::of(at));
        let by_source: HashMap<SourcePath, PageId> =
            pages.iter().enumerate().map(page_of).collect();
        let asset_id = |at: usize| AssetId(u32::try_from(at).unwrap_or(u32::MAX));
        let asset_of = |(at, asset): (usize, &Asset)| (asset.source.clone(), asset_id(at));
        let asset_of: HashMap<SourcePath, AssetId> =
            self.assets.iter().enumerate().map(asset_of).collect();
        let at_page = |(at, page): (usize, &Page)| (page.path.clone(), Owner::Page(PageId::of(at)));
        let at_asset =
            |(at, asset): (usize, &Asset)| (asset.path.clone(), Owner::Asset(asset_id(at)));
        let owners = pages.iter().enumerate().map(at_page);
        let owners = owners.chain(self.assets.iter().enumerate().map(at_asset));
        let urls = UrlTable::of_owners(owners.chain(self.generated));
        Site {
            content: self.content,
            pages,
            nav: Navigation::default(),
            sections: Vec::new(),
            assets: self.assets,
            redirects: self.redirects,
            home: self.home,
            first_page: self.first_page,
            not_found: self.not_found,
            clean_urls: self.clean_urls,
            base_path: self.base_path,
            knows_host: self.knows_host,
            names_places: false,
            other_versions: self.other_versions,
            urls,
            by_source,
            asset_of,
            unpublished: self.unpublished.into_iter().collect(),
            folder_pages: self.folder_pages.into_iter().collect(),
            files: Arc::new(FileIndex::new(self.files)),
            others: Arc::new(self.others.into_iter().collect()),
            other_folders: Arc::new(self.other_folders.into_iter().collect()),
        }
    }
}

fn in_order<V: Clone>(map: &HashMap<SourcePath, V>) -> Vec<(SourcePath, V)> {
    let mut rows: Vec<(SourcePath, V)> =
        map.iter().map(|(path, value)| (path.clone(), value.clone())).collect();
    rows.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    rows
}

fn sorted<'p>(paths: impl Iterator<Item = &'p SourcePath>) -> Vec<SourcePath> {
    let mut paths: Vec<SourcePath> = paths.cloned().collect();
    paths.sort_unstable();
    paths
}
