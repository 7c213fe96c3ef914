//! The files of `themes/default`, embedded. A new one is a file and a line here. Style sheets and
//! scripts are those that `src/build.rs` has made compact.

macro_rules! embed {
    ($folder:literal, $($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../themes/default/", $folder, "/", $name)))),*]
    };
}

macro_rules! compact {
    ($name:literal) => {
        include_str!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

/// The templates by name, sorted. A site's file of the same name stands for one of them.
pub(super) const TEMPLATES: &[(&str, &str)] = embed!(
    "templates",
    "404.html",
    "base.html",
    "breadcrumbs.html",
    "children.html",
    "components.html",
    "footer.html",
    "head.html",
    "header.html",
    "nav.html",
    "notice.html",
    "page.html",
    "print.html",
    "redirect.html",
    "search.html",
    "section.html",
    "toc-inline.html",
    "toc.html",
    "versions.html",
);

/// The style sheets, in the order in which they become one.
pub(super) const STYLES: &[(&str, &str)] = &[
    ("variables.css", compact!("css/variables.css")),
    ("base.css", compact!("css/base.css")),
    ("layout.css", compact!("css/layout.css")),
    ("content.css", compact!("css/content.css")),
    ("code.css", compact!("css/code.css")),
    ("search.css", compact!("css/search.css")),
    ("print.css", compact!("css/print.css")),
];

/// What a review adds to them.
pub const REVIEW_STYLE: &str = compact!("css/review.css");
/// What the pages around the differences of a review add.
pub(super) const REVIEW_SITE_STYLE: &str = compact!("css/review-site.css");
/// Keys and the switch between versions in a review.
pub(super) const REVIEW_SCRIPT: &str = compact!("js/review.js");
/// The templates of a review, which no site can override.
pub(super) const REVIEW_TEMPLATES: &[(&str, &str)] =
    embed!("review", "base.html", "index.html", "page.html", "thread.html");

/// Runs before the first paint.
pub(super) const BOOT: &str = compact!("js/boot.js");
/// What pages do with scripts.
pub(super) const SCRIPT: &str = compact!("js/copydesk.js");
/// What they do when a reader asks for it.
pub(super) const MORE: &str = compact!("js/more.js");
/// The search: what finds, and what shows.
pub(super) const SEARCH: [&str; 2] = [compact!("js/search-engine.js"), compact!("js/search.js")];
/// The look of the menu of versions and of the note. It stands beside the name of the version, so
/// that sites without versions do without it.
pub(super) const VERSIONS_STYLE: &str = compact!("css/versions.css");
/// Fetches the menu of versions when it is wanted.
pub(super) const VERSIONS: &str = compact!("js/versions.js");
/// The menu of versions, the note on those that are not current, and the search in others.
pub(super) const VERSION_MENU: &str = compact!("js/version-menu.js");
/// Follows fragments of old addresses.
pub(super) const REDIRECT: &str = compact!("js/redirect.js");

/// The texts of the interface by language. The first is where texts of other languages that
/// lack come from.
pub(super) const STRINGS: &[(&str, &str)] = &[
    ("en", include_str!("../../themes/default/strings/en.toml")),
    ("de", include_str!("../../themes/default/strings/de.toml")),
];

/// The built-in template of a name.
pub(super) fn template(name: &str) -> Option<&'static str> {
    TEMPLATES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The names that a site's theme folder can override.
pub(super) fn override_names() -> Vec<&'static str> {
    let others = ["extra.css", "extra.js", "favicon.svg", "strings.toml", "variables.css"];
    TEMPLATES.iter().map(|(name, _)| *name).chain(others).collect()
}
