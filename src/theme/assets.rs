//! Style sheets, scripts and other files that the theme adds to a site.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::views::HereView;
use super::{Overrides, builtin, colour};
use crate::base::{ContentHash, Diagnostic, SitePath};
use crate::config::Settings;

/// A file that the theme adds to the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeAsset {
    /// Where it is published.
    pub path: SitePath,
    /// What it holds.
    pub bytes: Arc<[u8]>,
}

/// Where the theme's style sheets and scripts are published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetPaths {
    /// The style sheets of each page, in order.
    pub styles: Vec<SitePath>,
    /// The script that runs before the first paint.
    pub boot: Option<SitePath>,
    /// The deferred scripts of each page, in order.
    pub scripts: Vec<SitePath>,
    /// The script of the search, where there is one.
    pub search: Option<SitePath>,
    /// The script of redirects.
    pub redirect: Option<SitePath>,
    /// The favicon of the theme folder.
    pub favicon: Option<SitePath>,
}

impl AssetPaths {
    /// Writes the URLs of style sheets and scripts, as `url` gives them, into the view of a page.
    /// A favicon that is there already stays.
    pub fn fill(&self, here: &mut HereView, url: impl Fn(&SitePath) -> String) {
        here.styles.splice(0..0, self.styles.iter().map(&url));
        here.scripts.splice(0..0, self.scripts.iter().map(&url));
        here.boot_script = self.boot.as_ref().map(&url).unwrap_or_default();
        here.search = self.search.as_ref().map(&url);
        if here.favicon.is_none() {
            here.favicon = self.favicon.as_ref().map(&url);
        }
    }
}

/// The folder of our files in the site.
const FOLDER: &str = "_copydesk";

/// Collects the files of the theme.
pub(super) fn build(
    overrides: &Overrides<'_>,
    settings: &Settings,
    strings: &BTreeMap<String, String>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<ThemeAsset>, AssetPaths) {
    let mut assets = Vec::new();
    let mut paths = AssetPaths::default();
    let accent = colour::accent_css(&settings.theme, diagnostics);

    let mut css = String::new();
    for (name, text) in builtin::STYLES {
        css.push_str(text);
        css.push('\n');
        if *name == "variables.css" {
            css.push_str(&accent);
            if let Some(own) = overrides.variables {
                css.push_str(own.trim_end());
                css.push('\n');
            }
        }
    }
    let mut add = |name: Option<SitePath>, bytes: &[u8]| {
        if let Some(path) = &name {
            assets.push(ThemeAsset { path: path.clone(), bytes: bytes.into() });
        }
        name
    };
    paths.styles.extend(add(named("copydesk", "css", css.as_bytes()), css.as_bytes()));
    let boot = builtin::BOOT.as_bytes();
    paths.boot = add(named("boot", "js", boot), boot);
    let more = builtin::MORE.as_bytes();
    let more = add(named("more", "js", more), more);
    let more = more.map(|path| path.to_string()).unwrap_or_default();
    let texts = texts_for(strings, "script_", "texts");
    let script = format!("{texts}copydesk.moreUrl=\"{more}\";\n{}", builtin::SCRIPT);
    let script = script.as_bytes();
    paths.scripts.extend(add(named("copydesk", "js", script), script));
    if settings.search.enable {
        let search = search_script(strings);
        paths.search = add(named("search", "js", search.as_bytes()), search.as_bytes());
    }
    let redirect = builtin::REDIRECT.as_bytes();
    paths.redirect = add(named("redirect", "js", redirect), redirect);

    for font in &overrides.fonts {
        // Fonts are named by style sheets of the site, so they keep their names.
        let path = SitePath::new(format!("{FOLDER}/{}", font.name)).ok();
        let path = add(path, &font.bytes);
        if font.name == "fonts/fonts.css" {
            paths.styles.extend(path);
        }
    }
    if let Some(own) = overrides.css {
        paths.styles.extend(add(named("extra", "css", own.as_bytes()), own.as_bytes()));
    }
    if let Some(own) = overrides.js {
        paths.scripts.extend(add(named("extra", "js", own.as_bytes()), own.as_bytes()));
    }
    if let Some(file) = overrides.favicon {
        let extension = file.name.rsplit('.').next().unwrap_or("ico");
        paths.favicon = add(named("favicon", extension, &file.bytes), &file.bytes);
    }
    assets.sort_by(|a, b| a.path.cmp(&b.path));
    (assets, paths)
}

/// Gives a script its texts: those whose keys begin with `prefix`, without it.
fn texts_for(strings: &BTreeMap<String, String>, prefix: &str, name: &str) -> String {
    let texts: BTreeMap<&str, &str> = strings
        .iter()
        .filter_map(|(key, text)| Some((key.strip_prefix(prefix)?, text.as_str())))
        .collect();
    // Strings serialise always.
    let texts = serde_json::to_string(&texts).unwrap_or_default();
    format!("(window.copydesk=window.copydesk||{{}}).{name}={texts};\n")
}

/// The script of the search, its texts first.
fn search_script(strings: &BTreeMap<String, String>) -> String {
    let texts: BTreeMap<&str, &str> = strings
        .iter()
        .filter_map(|(key, text)| Some((key.strip_prefix("search_")?, text.as_str())))
        .chain(strings.get("search").map(|text| ("search", text.as_str())))
        .collect();
    // Strings serialise always.
    let texts = serde_json::to_string(&texts).unwrap_or_default();
    let mut script = format!("(window.copydesk=window.copydesk||{{}}).searchTexts={texts};\n");
    for part in builtin::SEARCH {
        script.push_str(part);
    }
    script
}

/// `_copydesk/stem-HASH.extension`
fn named(stem: &str, extension: &str, bytes: &[u8]) -> Option<SitePath> {
    let hash = ContentHash::of(bytes).short();
    SitePath::new(format!("{FOLDER}/{stem}-{hash}.{extension}")).ok()
}
