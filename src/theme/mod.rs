//! Templates and what they see. A template gets one typed view and nothing else, so that what a
//! page read is known.

mod assets;
mod builtin;
mod colour;
#[cfg(test)]
mod compact;
mod nav_script;
mod reference;
mod review;
mod strings;
mod templates;
#[cfg(test)]
mod tests;
pub mod views;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{Code, Diagnostic, Severity, SourcePath, Span, nearest};
use crate::config::Settings;

pub use assets::{AssetPaths, ThemeAsset};
pub use builtin::REVIEW_STYLE;
pub use nav_script::nav_script;

pub use reference::{reference_markdown, schema};
pub use review::{
    ReviewChange, ReviewEntry, ReviewFinding, ReviewFrame, ReviewGroup, ReviewIndexView,
    ReviewLink, ReviewPage, ReviewPageView, ReviewSaid, ReviewTemplates, ReviewThread,
    ReviewThreadEntry, ReviewThreadView, review_assets,
};
pub use templates::{RENDER, SYNTAX};

use templates::Templates;
use views::{MoreView, NavItem, PageView, RedirectView, VersionsPageView};

/// The script of the menu of versions; its texts stand before it.
pub fn version_menu_script() -> &'static str {
    builtin::VERSION_MENU
}

/// The look of the menu of versions; the name of a version and its note stand behind it.
pub fn versions_style() -> &'static str {
    builtin::VERSIONS_STYLE
}

/// The script that fetches the menu of versions; what versions there are stands before it.
pub fn versions_script() -> &'static str {
    builtin::VERSIONS
}

/// A file of the site's theme folder.
#[derive(Debug, Clone)]
pub struct ThemeFile {
    /// Its path below the theme folder: `header.html`, `fonts/body.woff2`.
    pub name: String,
    /// Where it is in the source.
    pub path: SourcePath,
    /// What it holds.
    pub bytes: Arc<[u8]>,
}

/// The look of a site: the built-in theme with the site's overrides.
#[derive(Debug, Clone)]
pub struct Theme {
    templates: Templates,
    assets: Vec<ThemeAsset>,
    paths: AssetPaths,
    strings: BTreeMap<String, String>,
}

impl Theme {
    /// The built-in theme, overridden by the files of the site's theme folder and by `[theme]`.
    ///
    /// What is wrong in an override is told, and the built-in part is used instead.
    pub fn load(files: &[ThemeFile], settings: &Settings) -> (Theme, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut sorted: Vec<&ThemeFile> = files.iter().collect();
        sorted.sort_by(|a, b| a.name.cmp(&b.name));

        let mut overrides = Overrides::default();
        for file in sorted {
            overrides.take(file, settings, &mut diagnostics);
        }
        overrides.report_unused(&mut diagnostics);

        let strings = strings::load(&settings.book.language, overrides.strings, &mut diagnostics);
        let (assets, paths) = assets::build(&overrides, settings, &strings, &mut diagnostics);
        let templates = Templates::load(&overrides.templates, &mut diagnostics);
        (Theme { templates, assets, paths, strings }, diagnostics)
    }

    /// The files that the theme adds to the site, by path.
    pub fn assets(&self) -> &[ThemeAsset] {
        &self.assets
    }

    /// Where the style sheets and scripts of pages are.
    pub fn asset_paths(&self) -> &AssetPaths {
        &self.paths
    }

    /// The texts of the interface in the site's language, for
    /// [`SiteView::strings`](views::SiteView::strings).
    pub fn strings(&self) -> &BTreeMap<String, String> {
        &self.strings
    }

    /// The template that front matter's `template` names, with or without `.html`.
    ///
    /// # Errors
    /// Where there is no such template: a diagnostic without a place, for the caller to add.
    pub fn template(&self, name: &str) -> Result<String, Box<Diagnostic>> {
        self.templates.find(name)
    }

    /// The site's own templates that a page of a template is made with: file and text.
    pub fn reached(&self, template: &str) -> Vec<(&SourcePath, &str)> {
        self.templates.reached(template)
    }

    /// Whether a page of a template is made with nothing but built-in templates.
    pub fn is_builtin(&self, template: &str) -> bool {
        self.templates.reached(template).is_empty()
    }

    /// A page as HTML.
    ///
    /// # Errors
    /// Where the template fails, with its place where that is known.
    pub fn render_page(
        &self,
        template: &str,
        view: &PageView<'_>,
    ) -> Result<String, Box<Diagnostic>> {
        let room = view.page.body.len() + view.nav.html.len() + (16 << 10);
        self.templates.render(template, view, &view.page.path, room)
    }

    /// A page as HTML by the built-in templates, for when an override failed on it. The body of
    /// the page alone should they fail too, so that no text is ever lost.
    pub fn render_builtin(&self, template: &str, view: &PageView<'_>) -> String {
        self.templates.render_builtin(template, view).unwrap_or_else(|| view.page.body.clone())
    }

    /// Whether pages show the navigation as the built-in theme does, so that
    /// [`NavView::html`](views::NavView::html) can be given and its items need not be.
    pub fn has_builtin_nav(&self) -> bool {
        self.templates.has_builtin_nav()
    }

    /// The built-in list of the navigation as HTML: these items, and the link to the page that
    /// lists all. None where the template fails.
    pub fn nav_list(&self, items: &[NavItem], more: Option<&MoreView>) -> Option<String> {
        let all = self.strings.get("all_pages").map(String::as_str).unwrap_or_default();
        self.templates.nav_list(items, more, all)
    }

    /// The page that stands at an address that has moved.
    ///
    /// # Errors
    /// Where the template fails, with its place where that is known.
    pub fn render_redirect(&self, view: &RedirectView<'_>) -> Result<String, Box<Diagnostic>> {
        let page = view.url.as_deref().unwrap_or("a redirect");
        self.templates.render("redirect.html", view, page, 4 << 10)
    }

    /// A page that says in which versions pages exist; by the built-in template, and what was
    /// wrong, where an override failed on it.
    pub fn render_versions(
        &self,
        view: &VersionsPageView<'_>,
    ) -> (String, Option<Box<Diagnostic>>) {
        let room = view.pages.len() * (view.versions.len() + 1) * 100 + (4 << 10);
        match self.templates.render("versions.html", view, "the list of versions", room) {
            Ok(html) => (html, None),
            Err(problem) => {
                let html = self.templates.render_builtin("versions.html", view);
                (html.unwrap_or_default(), Some(problem))
            }
        }
    }

    /// The page at an address that has moved by the built-in template, for when an override
    /// failed on it.
    pub fn render_builtin_redirect(&self, view: &RedirectView<'_>) -> String {
        self.templates.render_builtin("redirect.html", view).unwrap_or_default()
    }
}

/// The files of a theme folder by what they are for.
#[derive(Debug, Default)]
struct Overrides<'a> {
    templates: Vec<(&'a ThemeFile, &'a str)>,
    variables: Option<&'a str>,
    css: Option<&'a str>,
    js: Option<&'a str>,
    strings: Option<(&'a ThemeFile, &'a str)>,
    favicon: Option<&'a ThemeFile>,
    fonts: Vec<&'a ThemeFile>,
}

impl<'a> Overrides<'a> {
    fn take(
        &mut self,
        file: &'a ThemeFile,
        settings: &Settings,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let name = file.name.as_str();
        let mut text = || match std::str::from_utf8(&file.bytes) {
            Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text)),
            Err(error) => {
                let at = error.valid_up_to();
                diagnostics.push(
                    Diagnostic::new(&NOT_TEXT, format!("`{name}` is not UTF-8"))
                        .at(Span::new(file.path.clone(), at..at + 1))
                        .help("save the file as UTF-8"),
                );
                None
            }
        };
        match name {
            "variables.css" => self.variables = text(),
            "extra.css" => self.css = text(),
            "extra.js" => self.js = text(),
            "strings.toml" => self.strings = text().map(|text| (file, text)),
            _ if name.starts_with("fonts/") => self.fonts.push(file),
            _ if name.starts_with("favicon.") => {
                // mdBook has both; every browser of today shows the SVG.
                if self.favicon.is_none() || name.ends_with(".svg") {
                    self.favicon = Some(file);
                }
            }
            _ if name.ends_with(".html") && !name.contains('/') => {
                self.templates.extend(text().map(|text| (file, text)));
            }
            // Notes, licences and files of editors are nobody's business.
            _ if name.starts_with('.') || name.ends_with(".md") || name.starts_with("LICENSE") => {}
            _ if used_by_settings(&file.path, settings) => {}
            _ => diagnostics.push(unknown_file(file)),
        }
    }

    /// A template of a name of its own is for front matter, or a part of another template. One
    /// that is neither is a slip of the pen.
    fn report_unused(&self, diagnostics: &mut Vec<Diagnostic>) {
        for (file, text) in &self.templates {
            let name = file.name.as_str();
            let known = builtin::template(name).is_some()
                || text.contains("<html")
                || ["extends", "component"].iter().any(|tag| has_tag(text, tag))
                || self.templates.iter().any(|(other, text)| {
                    other.name != name
                        && (text.contains(&format!("\"{name}\""))
                            || text.contains(&format!("'{name}'")))
                });
            if !known {
                diagnostics.push(unknown_file(file));
            }
        }
    }
}

/// Whether a template has a tag `{% name …`.
fn has_tag(text: &str, name: &str) -> bool {
    text.split("{%").skip(1).any(|tag| {
        let tag = tag.trim_start_matches('-').trim_start();
        tag.strip_prefix(name).is_some_and(|rest| rest.starts_with(char::is_whitespace))
    })
}

/// Files that `book.toml` names may well stand in the theme folder.
fn used_by_settings(path: &SourcePath, settings: &Settings) -> bool {
    let html = &settings.html;
    let site = &settings.site;
    html.additional_css
        .iter()
        .chain(&html.additional_js)
        .chain(&site.logo)
        .chain(&site.favicon)
        .chain(&site.image)
        .chain(&site.head)
        .any(|set| set.value == *path)
}

fn unknown_file(file: &ThemeFile) -> Diagnostic {
    let name = file.name.as_str();
    let place = Span::start_of(file.path.clone());
    let instead = match name {
        "index.hbs" => Some("write what it changes as `base.html` or `page.html`"),
        "head.hbs" => Some("move it to `head.html`, or name the file in `[site] head`"),
        "header.hbs" => Some("move it to `header.html`, or use `[site] banner`"),
        "redirect.hbs" => Some("move it to `redirect.html`"),
        "toc.html.hbs" | "toc.js.hbs" => Some("move it to `nav.html`"),
        "book.js" => Some("move what you added to it to `extra.js`"),
        "highlight.js" | "highlight.css" | "ayu-highlight.css" | "tomorrow-night.css" => {
            Some("delete it: code is highlighted at build, in the colors of `variables.css`")
        }
        "css/variables.css" => Some("move it to `variables.css`, with the names that stand there"),
        _ if name.starts_with("css/") => {
            Some("move what you changed to `extra.css`: the names of elements are others here")
        }
        _ if name.starts_with("FontAwesome/") => Some("delete it: the icons are built in"),
        _ if name.ends_with(".hbs") => Some("templates are Tera's here and end in `.html`"),
        _ => None,
    };
    if let Some(instead) = instead {
        let message = format!("`{name}` is a file of mdBook's theme and is not used");
        return Diagnostic::new(&MDBOOK_FILE, message).at(place).help(instead);
    }
    let candidates = builtin::override_names();
    let help = match nearest(name, candidates.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "a theme folder holds templates (`.html`), `variables.css`, `extra.css`, \
                 `extra.js`, `strings.toml`, `favicon.*` and `fonts/`; other files belong into \
                 the content folder"
            .to_owned(),
    };
    Diagnostic::new(&UNKNOWN_FILE, format!("nothing uses `{name}` in the theme folder"))
        .at(place)
        .help(help)
}

/// A file of the theme folder that is not UTF-8.
static NOT_TEXT: Code = Code {
    id: "theme/not-text",
    severity: Severity::Error,
    summary: "a file of the theme is not UTF-8",
    explanation: "Templates, style sheets, scripts and `strings.toml` are text in UTF-8. The file \
                  was left out and the built-in one is used. Save it as UTF-8 in your editor.",
    examples: ("", ""),
};

/// A file that nothing uses.
static UNKNOWN_FILE: Code = Code {
    id: "theme/unknown-file",
    severity: Severity::Warning,
    summary: "a file in the theme folder is not used",
    explanation: "The theme folder overrides the built-in theme by fixed names: templates \
                  (`base.html`, `header.html` and so on), `variables.css`, `extra.css`, \
                  `extra.js`, `strings.toml`, `favicon.*` and `fonts/`. Templates of other names \
                  are for `template` in front matter, or parts that other templates include. This \
                  file is none of these, so it has no effect: most often its name is misspelt.",
    examples: ("theme/heder.html", "theme/header.html"),
};

/// A file of mdBook's theme.
static MDBOOK_FILE: Code = Code {
    id: "theme/mdbook-file",
    severity: Severity::Warning,
    summary: "a file of mdBook's theme has no effect",
    explanation: "mdBook's themes are Handlebars templates and style sheets for mdBook's own \
                  HTML. The pages here are built by Tera templates with other elements, so the \
                  file is not used. The help names the file that does the same job; often a few \
                  lines in `variables.css` or `extra.css` are enough.",
    examples: ("theme/header.hbs", "theme/header.html"),
};

/// Every kind of problem that this room finds, by id.
pub static CODES: &[&Code] = &[
    &colour::BAD_COLOUR,
    &strings::BAD_STRINGS,
    &colour::LOW_CONTRAST,
    &MDBOOK_FILE,
    &NOT_TEXT,
    &RENDER,
    &SYNTAX,
    &UNKNOWN_FILE,
    &strings::UNKNOWN_STRING,
    &templates::UNKNOWN_TEMPLATE,
];
