//! What the formats list from: everything that is the same for the whole site.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{SitePath, SourcePath};
use crate::config::Settings;
use crate::history::{RepositoryFacts, SiteHistory};
use crate::markdown::{Document, Words};
use crate::search::ExportFile;
use crate::site::{Page, PageId, Place, PrintView, PrintViews, ResolveContext, Resolved, Site};
use crate::theme::Theme;
use crate::theme::views::SharedSite;

use super::formats::NavScripts;
use super::version::VersionPlace;

/// What a page is in a print view, given what makes it where that is not known.
pub type PrintPart<'a> = dyn Fn(PageId, &PrintView, &dyn Fn() -> String) -> Arc<str> + Sync + 'a;

/// The site and all that its pages are made with.
pub struct SiteContext<'a> {
    /// The settings.
    pub settings: &'a Settings,
    /// The folder of `book.toml`, seen from the source's top.
    pub root: &'a SourcePath,
    /// The site.
    pub site: &'a Site,
    /// The documents of the pages; none for one that cannot be read any more.
    pub document: &'a (dyn Fn(PageId) -> Option<Arc<Document>> + Sync),
    /// The look.
    pub theme: &'a Theme,
    /// The part of the view that is the same on every page.
    pub view: &'a SharedSite,
    /// What git knows of the repository.
    pub facts: &'a RepositoryFacts,
    /// What git knows of its files and its branch.
    pub history: &'a SiteHistory,
    /// Where highlighted code comes from.
    pub highlight: &'a (dyn Fn(&str, &str) -> Option<Arc<str>> + Sync),
    /// The words that rendering puts into bodies.
    pub words: &'a Words,
    /// Width and height of an image of the content, where they are known.
    pub image_size: &'a (dyn Fn(&SourcePath) -> Option<(u32, u32)> + Sync),
    /// Files outside the content folder that pages need (logo, additional style sheets), and
    /// where they are published.
    pub extra: &'a BTreeMap<SourcePath, SitePath>,
    /// The print views.
    pub print: &'a PrintViews,
    /// The scripts that bring parts of the navigation.
    pub nav_scripts: &'a NavScripts,
    /// What a page is in a print view: known from another version, or made.
    pub print_part: &'a PrintPart<'a>,
    /// The files of the search, made when they are asked for.
    pub search: &'a (dyn Fn() -> &'a [ExportFile] + Sync),
    /// What it knows of itself where it is one version of several.
    pub version: Option<&'a VersionPlace>,
    /// Its pages lead to other versions: those of a version do, and those of a preview.
    pub leads_to_versions: bool,
}

impl SiteContext<'_> {
    /// The path under which readers find a file: with clean URLs, a folder's `index.html` by
    /// the folder.
    pub fn address(&self, path: &SitePath) -> String {
        let text = path.as_str();
        if self.settings.site.clean_urls
            && let Some(folder) = text.strip_suffix("index.html")
        {
            return folder.to_owned();
        }
        text.to_owned()
    }

    /// The links of a page, resolved for a place where it is shown.
    pub fn resolve(&self, page: PageId, document: &Document, place: Place<'_>) -> Resolved {
        self.site.resolve(page, document, place, &ResolveContext { image_size: self.image_size })
    }

    /// Where a file of the source is published as it is.
    pub fn published(&self, source: &SourcePath) -> Option<SitePath> {
        self.site.asset_path(source).or_else(|| self.extra.get(source).cloned())
    }

    /// The pages of the site, without that of `404.html`.
    pub fn pages(&self) -> impl Iterator<Item = (PageId, &Page)> {
        self.site.iter().filter(|(id, _)| self.site.not_found != Some(*id))
    }

    /// The absolute URL of a page for search engines: of the same page in the current version,
    /// where there is one; else its own.
    pub fn canonical(&self, page: &Page) -> Option<String> {
        let current = self.version.and_then(|version| version.current.as_ref());
        let there = current.and_then(|current| current.url(&page.source, &page.path));
        there.or_else(|| self.absolute(&page.path))
    }

    /// The same of a generated page.
    pub fn canonical_section(&self, path: &SitePath) -> Option<String> {
        let current = self.version.and_then(|version| version.current.as_ref());
        let there = current.and_then(|current| current.section_url(path));
        there.or_else(|| self.absolute(path))
    }

    /// The absolute URL of a file, where `base-url` has scheme and host.
    pub fn absolute(&self, path: &SitePath) -> Option<String> {
        let base = &self.settings.site.base_url.as_ref()?.value;
        base.contains("://")
            .then(|| format!("{base}{}", crate::base::encode_path(&self.address(path))))
    }
}
