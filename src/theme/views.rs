//! The typed views that templates get. A change of meaning raises [`VERSION`]; the manual's
//! reference of views is generated from the schema of these types.
//!
//! URLs in views are relative to the page that is rendered (absolute paths in `404.html`),
//! percent-encoded, and ready for an HTML attribute. Texts are plain unless a field says HTML.

use std::collections::BTreeMap;

use std::ops::Deref;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// The version of the views.
pub const VERSION: u32 = 1;

/// The view of `page.html`, `section.html`, `404.html`, `print.html` and `search.html`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PageView<'a> {
    /// The version of the views.
    pub version: u32,
    /// The site.
    #[schemars(with = "SiteView")]
    pub site: &'a SharedSite,
    /// URLs that depend on where the page stands.
    pub here: HereView,
    /// The navigation around the page.
    pub nav: NavView,
    /// The page.
    pub page: PageInfo,
}

/// The site's view, made ready for templates once instead of once for each page.
#[derive(Debug, Clone)]
pub struct SharedSite {
    view: SiteView,
    value: tera::Value,
}

impl SharedSite {
    /// Makes the view ready.
    pub fn new(view: SiteView) -> Self {
        // Strings, booleans and JSON always serialise; were it otherwise, templates would say
        // that the site has no such field.
        let value =
            tera::Value::try_from_serializable(&view).unwrap_or_else(|_| tera::Value::none());
        SharedSite { view, value }
    }
}

impl From<SiteView> for SharedSite {
    fn from(view: SiteView) -> Self {
        SharedSite::new(view)
    }
}

impl Deref for SharedSite {
    type Target = SiteView;

    fn deref(&self) -> &SiteView {
        &self.view
    }
}

impl Serialize for SharedSite {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The template engine recognises its own values and shares them.
        self.value.serialize(serializer)
    }
}

/// What is the same on every page.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct SiteView {
    /// The site's title.
    pub title: String,
    /// What it is about; may be empty.
    pub description: String,
    /// The language of the content, as in HTML's `lang`.
    pub language: String,
    /// `ltr` or `rtl`.
    pub direction: String,
    /// The URL of the repository's page.
    pub repository: Option<String>,
    /// The branch that the site shows, where it is another than its base and `[git] branch-note`
    /// is on.
    pub branch: Option<String>,
    /// HTML for each page's head.
    pub head_html: String,
    /// HTML of the banner above each page; empty where there is none.
    pub banner_html: String,
    /// Search engines are asked to stay away.
    pub noindex: bool,
    /// Whether code blocks get a copy button.
    pub copyable: bool,
    /// `light`, `dark` or `auto`: the scheme until the reader chooses one.
    pub default_scheme: String,
    /// Whether pages are to be printed together.
    pub print: bool,
    /// The texts of the interface by key.
    pub strings: BTreeMap<String, String>,
    /// `[theme.extra]`
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// URLs as seen from the page.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct HereView {
    /// From the page to the site's root: empty or ending in `/`. What scripts prefix.
    pub root: String,
    /// The site's first page.
    pub home: String,
    /// Style sheets, in order: the theme's, the site's own, additional ones.
    pub styles: Vec<String>,
    /// The script that must run before the first paint (the colour scheme).
    pub boot_script: String,
    /// Deferred scripts, in order.
    pub scripts: Vec<String>,
    /// The logo.
    pub logo: Option<String>,
    /// The favicon.
    pub favicon: Option<String>,
    /// The print view that the page stands in; where it stands in none, the one of the whole site, or
    /// the list of those of its parts.
    pub print: Option<String>,
    /// Whether the site is too long for one print view, and has one for each part.
    pub print_parts: bool,
    /// The feed of changed pages, where there is one.
    pub feed: Option<String>,
    /// The script of the search, fetched when the reader asks for it; none where there is no
    /// search. It defines `copydesk.search()` and opens at once where `copydesk.searchWanted` is
    /// set.
    pub search: Option<String>,
    /// Where the site is one version of several: what leads to the others.
    pub versions: Option<VersionsView>,
}

/// What a page needs to tell of other versions. It is the same whichever these are: what changes
/// with them stands in the files that it names.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct VersionsView {
    /// The page that says in which versions this one exists.
    pub url: String,
    /// The script that makes a menu of that.
    pub script: String,
    /// The style sheet that names the version, and shows the note that it is not the current one.
    pub style: String,
}

/// The view of `versions.html`, the page that says in which versions pages exist.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VersionsPageView<'a> {
    /// The version of the views.
    pub version: u32,
    /// The site.
    #[schemars(with = "SiteView")]
    pub site: &'a SharedSite,
    /// The version whose pages are listed; none at the root of a site whose versions all stand
    /// under their names.
    pub current: Option<VersionView>,
    /// The versions, the newest first.
    pub versions: Vec<VersionView>,
    /// The pages of one folder.
    pub pages: Vec<VersionedPage>,
    /// The first page of the version that is shown.
    pub home: String,
    /// Style sheets, in order.
    pub styles: Vec<String>,
    /// The script that must run before the first paint.
    pub boot_script: String,
}

/// A version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VersionView {
    /// What readers see.
    pub title: String,
    /// Its first page.
    pub url: String,
    /// `current`, `old`, `unmaintained` or `unreleased`.
    pub state: String,
}

/// A page, and where it stands in the versions.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct VersionedPage {
    /// The fragment that stands for it.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its URL.
    pub url: String,
    /// Its URL in each version, in the order of the versions; none where it does not exist.
    pub versions: Vec<Option<String>>,
}

/// The navigation around a page: its ancestors, siblings and children, at most 100 of each.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct NavView {
    /// The items at the top.
    pub items: Vec<NavItem>,
    /// Where more than 100 stand at the top: the page that lists all.
    pub more: Option<MoreView>,
    /// The list as the built-in `nav.html` shows it. Where this is not empty, `items` is: pages of
    /// a section share nearly all of it, so it is only made into items for sites whose own
    /// templates use them.
    pub html: String,
}

/// An item of the navigation.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct NavItem {
    /// `page`, `draft` (no page yet), `part` (a heading) or `separator`.
    pub kind: String,
    /// Its title; empty for a separator.
    pub title: String,
    /// Its number (`1.2.`), where pages are numbered.
    pub number: Option<String>,
    /// Its page.
    pub url: Option<String>,
    /// It is the page that is shown.
    pub current: bool,
    /// It is the page or one of its ancestors.
    pub active: bool,
    /// It has children, shown here or not.
    pub section: bool,
    /// Its children, where they are shown.
    pub children: Vec<NavItem>,
    /// Where its children are not shown: the script that brings them, written by
    /// [`nav_script`](super::nav_script) with the script's name, without `.js`, as its id.
    pub children_script: Option<String>,
    /// Where more than 100 children stand below it: the page that lists all.
    pub more: Option<MoreView>,
}

/// "All N pages".
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct MoreView {
    /// How many there are.
    pub count: usize,
    /// The page that lists them.
    pub url: String,
}

/// An image.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct ImageView {
    /// Its absolute URL.
    pub url: String,
    /// Its width in pixels, where it is known.
    pub width: Option<u32>,
    /// Its height in pixels, where it is known.
    pub height: Option<u32>,
}

/// A link to a page.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct PageLink {
    /// The page's title.
    pub title: String,
    /// Its URL; none for a draft.
    pub url: Option<String>,
    /// Its description; may be empty.
    pub description: String,
}

/// A page.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct PageInfo {
    /// `page`, `section` (a folder without a page of its own), `404`, `print` or `search`.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Whether the body begins with its own `h1`; where not, the template shows the title.
    pub has_h1: bool,
    /// One or two sentences; may be empty.
    pub description: String,
    /// Its path in the site.
    pub path: String,
    /// The absolute URL of the page, where `base-url` is set.
    pub canonical: Option<String>,
    /// The image that other sites show beside a link to the page; where its address is known.
    pub image: Option<ImageView>,
    /// The body as HTML.
    pub body: String,
    /// The headings of the page, as a tree.
    pub toc: Vec<TocItem>,
    /// The pages above it, from the top; not the page itself.
    pub breadcrumbs: Vec<PageLink>,
    /// The page before it.
    pub previous: Option<PageLink>,
    /// The page after it.
    pub next: Option<PageLink>,
    /// The pages below it: on the page of a section with many or with no text of its own.
    pub children: Vec<PageLink>,
    /// Where its source can be edited.
    pub edit_url: Option<String>,
    /// Where a problem with the page can be reported.
    pub issue_url: Option<String>,
    /// The day of the last commit that changed its source (`2026-11-23`, UTC); none where git does
    /// not know.
    pub changed: Option<String>,
    /// Who made that commit.
    pub changed_by: Option<String>,
    /// The day of the first commit of its source; none where git does not know.
    pub created: Option<String>,
    /// Who has written it, by name, the most frequent first.
    pub contributors: Vec<String>,
    /// Whether the branch changes its source, as seen from the base.
    pub changed_on_branch: bool,
    /// Whether its source is not committed as it is.
    pub uncommitted: bool,
    /// Headings that have moved elsewhere: the old fragment, without `#`, and its new address.
    pub fragments: BTreeMap<String, String>,
    /// Its Markdown copy.
    pub markdown_url: Option<String>,
    /// Whether its front matter says that it is a draft, which is built with `--drafts` alone.
    pub draft: bool,
    /// `status` of its front matter.
    pub status: Option<String>,
    /// `tags` of its front matter.
    pub tags: Vec<String>,
    /// `date` of its front matter, without its time.
    pub date: Option<String>,
    /// The number of words.
    pub words: usize,
    /// `extra` of its front matter.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// A heading in the page's table of contents.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct TocItem {
    /// Its text.
    pub title: String,
    /// Its id.
    pub id: String,
    /// Its level.
    pub level: u8,
    /// The headings below it.
    pub children: Vec<TocItem>,
}

/// The view of `redirect.html`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RedirectView<'a> {
    /// The version of the views.
    pub version: u32,
    /// The site.
    #[schemars(with = "SiteView")]
    pub site: &'a SharedSite,
    /// Where the page has gone; none where only fragments have.
    pub url: Option<String>,
    /// The absolute URL of the new page, where `base-url` is set.
    pub canonical: Option<String>,
    /// Fragments that went elsewhere, without `#`.
    pub fragments: BTreeMap<String, String>,
    /// The script that follows fragments.
    pub script: String,
    /// Style sheets, in order, for where readers stay on the page.
    pub styles: Vec<String>,
}
