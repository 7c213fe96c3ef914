//! The settings of a site, typed, with mdBook's meaning where they are mdBook's.
//!
//! Paths in settings are resolved: those of files are seen from the source's top, those of the
//! published site from its root.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::lint::{Lint, Term};
use super::review::Review;
use super::versions::Versions;
use crate::base::{SitePath, SourcePath, Span};

/// A value and where it was written; no place for defaults and for the environment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Set<T> {
    /// The value.
    pub value: T,
    /// Where `book.toml` says so.
    pub span: Option<Span>,
}

/// Everything `book.toml` says, with defaults filled in.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Settings {
    /// `[book]`
    pub book: Book,
    /// `[build]`
    pub build: Build,
    /// `[output.html]` and its tables, and `[rust]`
    pub html: Html,
    /// `[site]`
    pub site: Site,
    /// `[nav]`
    pub nav: Nav,
    /// `[git]`
    pub git: Git,
    /// `[markdown]`
    pub markdown: Markdown,
    /// `[search]` and `[output.html.search]`
    pub search: Search,
    /// `[lint]`
    pub lint: Lint,
    /// `[review]`
    pub review: Review,
    /// `[terms]`: the words of the project, by how they are written.
    pub terms: BTreeMap<String, Term>,
    /// `[theme]`
    pub theme: Theme,
    /// `[vars]`: `{{ var.name }}` in a page stands for the value.
    pub vars: BTreeMap<String, Set<String>>,
    /// `[versions]`
    pub versions: Versions,
}

/// `[book]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// The site's title; empty where there is none.
    pub title: String,
    /// The authors.
    pub authors: Vec<String>,
    /// What the site is about; empty where not said.
    pub description: String,
    /// The content folder, seen from the source's top, where it is set. Where it is not,
    /// `site` looks for one.
    pub src: Option<Set<SourcePath>>,
    /// The language of the content, as in HTML's `lang`.
    pub language: String,
    /// Writing direction; from the language where it is not set.
    pub text_direction: Direction,
}

/// A writing direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Left to right.
    #[default]
    Ltr,
    /// Right to left.
    Rtl,
}

/// `[build]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// The output folder as written, relative to the folder of `book.toml`. Default `book`.
    pub build_dir: String,
    /// Where `build-dir` is written, for messages about the folder.
    pub build_dir_span: Option<Span>,
    /// mdBook's `create-missing`. We never write sources; kept to word the advice.
    pub create_missing: bool,
}

/// `[output.html]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Html {
    /// `smart-punctuation`, on as in mdBook 0.5.
    pub smart_punctuation: bool,
    /// `definition-lists`, on as in mdBook 0.5.
    pub definition_lists: bool,
    /// `admonitions`, on as in mdBook 0.5.
    pub admonitions: bool,
    /// `mathjax-support`: turns math on.
    pub mathjax_support: bool,
    /// `no-section-label`: no numbers in the navigation.
    pub no_section_label: bool,
    /// `default-theme` as written: `light`, `dark`, or one of mdBook's names.
    pub default_theme: Option<String>,
    /// `preferred-dark-theme` as written.
    pub preferred_dark_theme: Option<String>,
    /// `additional-css`
    pub additional_css: Vec<Set<SourcePath>>,
    /// `additional-js`
    pub additional_js: Vec<Set<SourcePath>>,
    /// `input-404`: the page that `404.html` is made of, seen from the content folder.
    pub input_404: Option<Set<String>>,
    /// `cname`
    pub cname: Option<String>,
    /// `hidelines` of `[output.html.code]`: the prefix of hidden lines by language.
    pub hidelines: BTreeMap<String, String>,
    /// `[output.html.fold]`: whether sections fold, and the level from which they do.
    pub fold: Option<u32>,
    /// `[output.html.print] enable`
    pub print: bool,
    /// `[output.html.print] page-break`
    pub print_page_break: bool,
    /// `[output.html.playground] copyable`
    pub copyable: bool,
    /// `[output.html.playground] line-numbers`
    pub line_numbers: bool,
    /// `[output.html.redirect]`: from and to as written, in order.
    pub redirects: Vec<Redirect>,
    /// `[rust] edition`
    pub rust_edition: Option<String>,
}

/// A line of `[output.html.redirect]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// The old address, as written; may carry a `#fragment`.
    pub from: String,
    /// The new address, as written.
    pub to: String,
    /// Where it is written.
    pub span: Option<Span>,
}

/// `[site]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Site {
    /// `base-url`: scheme, host and path under which the site is published, ending in `/`.
    /// mdBook's `site-url` gives the path alone.
    pub base_url: Option<Set<String>>,
    /// `repository`: the URL of the repository's page.
    pub repository: Option<String>,
    /// `edit-url`: a template with `{path}` (seen from the folder of `book.toml`, as mdBook has
    /// it) for "edit this page".
    pub edit_url: Option<String>,
    /// `issue-url`: a template with `{title}` and `{path}` for "report a problem".
    pub issue_url: Option<String>,
    /// `clean-urls`: `a/b/` instead of `a/b.html`.
    pub clean_urls: bool,
    /// `logo`
    pub logo: Option<Set<SourcePath>>,
    /// `favicon`
    pub favicon: Option<Set<SourcePath>>,
    /// `image`: what stands for pages elsewhere, unless they name another one.
    pub image: Option<Set<SourcePath>>,
    /// `head`: a file whose HTML goes into each page's head.
    pub head: Option<Set<SourcePath>>,
    /// `banner`: a line of Markdown above each page.
    pub banner: Option<Set<String>>,
    /// `noindex`: search engines are asked to stay away.
    pub noindex: bool,
    /// `print-parts`: whether a site that is too long to be printed whole is printed by parts.
    pub print_parts: bool,
}

/// `[nav]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nav {
    /// `summary`: whether a `SUMMARY.md` rules the navigation. Default true.
    pub summary: bool,
}

/// `[git]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Git {
    /// `facts`: whether pages show what git knows of them. Default true.
    pub facts: bool,
    /// `branch-note`: whether pages say on which branch they are, where it is not the base.
    /// Default true.
    pub branch_note: bool,
    /// `base`: the branch that others are compared with.
    pub base: Option<String>,
    /// `ignore-revs`: a file in git-blame's format.
    pub ignore_revs: Option<Set<SourcePath>>,
}

/// What happens to raw HTML in Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RawHtml {
    /// It stands as it is.
    #[default]
    Allow,
    /// It is shown as text.
    Escape,
    /// Elements and attributes that can run or imitate something are taken out.
    Sanitize,
}

/// `[markdown]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markdown {
    /// `html`
    pub html: RawHtml,
    /// `math`
    pub math: bool,
    /// `max-page-bytes`: larger files are not parsed. Default 16 MiB.
    pub max_page_bytes: usize,
    /// `max-depth`: deeper nesting is not parsed. Default 100.
    pub max_depth: usize,
    /// `[preprocessor]` names one that nothing is known of. It may give meaning to components in
    /// pages; that it is not run is told once, where it is named.
    pub components: bool,
}

/// `[search]` and `[output.html.search]`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// `enable`
    pub enable: bool,
    /// `limit-results`: how many pages are found at most.
    pub limit: usize,
    /// `teaser-word-count`: how many words of a result are shown.
    pub teaser: usize,
    /// `boost-title`, against 2.
    pub boost_title: usize,
    /// `boost-hierarchy`, against 1.
    pub boost_hierarchy: usize,
    /// `boost-paragraph`, against 1.
    pub boost_paragraph: usize,
    /// `boost-code`, against 1.
    pub boost_code: usize,
    /// `expand`: the last word of a query may be the beginning of one.
    pub expand: bool,
    /// `heading-split-level`: sections begin at headings down to this level.
    pub split: usize,
    /// `exclude`, and `[output.html.search.chapter]`: pages and folders, seen from the content
    /// folder, and whether they are found.
    pub found: BTreeMap<String, bool>,
}

/// `[theme]`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Theme {
    /// `dir`: the folder of overrides; `theme` beside `book.toml` where not set.
    pub dir: Option<Set<SourcePath>>,
    /// `accent`: the accent colour in light and in dark.
    pub accent: Option<String>,
    /// `accent-dark`
    pub accent_dark: Option<String>,
    /// `[theme.extra]`: for a site's own templates.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

impl Default for Book {
    fn default() -> Self {
        Book {
            title: String::new(),
            authors: Vec::new(),
            description: String::new(),
            src: None,
            language: "en".to_owned(),
            text_direction: Direction::Ltr,
        }
    }
}

impl Default for Build {
    fn default() -> Self {
        Build { build_dir: "book".to_owned(), build_dir_span: None, create_missing: true }
    }
}

impl Default for Html {
    fn default() -> Self {
        Html {
            smart_punctuation: true,
            definition_lists: true,
            admonitions: true,
            mathjax_support: false,
            no_section_label: false,
            default_theme: None,
            preferred_dark_theme: None,
            additional_css: Vec::new(),
            additional_js: Vec::new(),
            input_404: None,
            cname: None,
            hidelines: BTreeMap::new(),
            fold: None,
            print: true,
            print_page_break: true,
            copyable: true,
            line_numbers: false,
            redirects: Vec::new(),
            rust_edition: None,
        }
    }
}

impl Default for Git {
    fn default() -> Self {
        Git { facts: true, branch_note: true, base: None, ignore_revs: None }
    }
}

impl Default for Nav {
    fn default() -> Self {
        Nav { summary: true }
    }
}

impl Default for Search {
    fn default() -> Self {
        Search {
            enable: true,
            limit: 30,
            teaser: 30,
            boost_title: 2,
            boost_hierarchy: 1,
            boost_paragraph: 1,
            boost_code: 1,
            expand: true,
            split: 6,
            found: BTreeMap::new(),
        }
    }
}

impl Search {
    /// Whether the page of a file, seen from the content folder, is found: what the longest name
    /// says that is the file or a folder above it.
    pub fn finds(&self, path: &str) -> bool {
        let fits = |name: &str| {
            path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let named = self.found.iter().filter(|(name, _)| fits(name));
        named.max_by_key(|(name, _)| name.len()).is_none_or(|(_, found)| *found)
    }
}

impl Default for Markdown {
    fn default() -> Self {
        Markdown {
            html: RawHtml::Allow,
            math: false,
            max_page_bytes: 16 << 20,
            max_depth: 100,
            components: false,
        }
    }
}

impl Site {
    /// The path under which the site is published, from `/` to `/`.
    pub fn base_path(&self) -> &str {
        let Some(url) = &self.base_url else { return "/" };
        let url = url.value.as_str();
        match url.split_once("://") {
            Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
            None => url,
        }
    }

    /// The absolute URL of a path of the site, where scheme and host are known.
    pub fn absolute_url(&self, path: &SitePath) -> Option<String> {
        let base = self.base_url.as_ref()?;
        base.value
            .contains("://")
            .then(|| format!("{}{}", base.value, crate::base::encode_path(path.as_str())))
    }
}
