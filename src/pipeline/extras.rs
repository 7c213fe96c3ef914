//! What a site needs besides its content: files that settings name, the theme folder, the head
//! snippet, the banner.

use std::collections::BTreeMap;

use crate::base::{Diagnostic, SitePath, SourcePath, nearest};
use crate::config::{Set, Settings};
use crate::markdown::{self, ParseInput, RenderInput, Words};
use crate::site::Site;
use crate::source::{FileEntry, Source, SourceError};
use crate::theme::{Theme, ThemeFile};

use super::prepare::MISSING_FILE;
use super::versions::without_look;

/// The files of the theme folder, where there is one.
pub(super) fn theme_files(
    source: &dyn Source,
    settings: &Settings,
    root: &SourcePath,
    files: &[FileEntry],
    content: &SourcePath,
) -> Result<Vec<ThemeFile>, SourceError> {
    let Some(folder) = crate::site::theme_folder(settings, root, content, files) else {
        return Ok(Vec::new());
    };
    files
        .iter()
        .filter_map(|file| Some((file, file.path.strip_prefix(&folder)?)))
        .map(|(file, name)| theme_file(source, name.to_string(), &file.path))
        .collect()
}

/// A file of the theme folder.
pub(super) fn theme_file(
    source: &dyn Source,
    name: String,
    path: &SourcePath,
) -> Result<ThemeFile, SourceError> {
    Ok(ThemeFile { name, path: path.clone(), bytes: source.read(path)? })
}

/// Files outside the content folder that settings name, and where they are published: at their
/// path below the folder of `book.toml`, as mdBook has it.
pub(super) fn extra_files(
    source: &dyn Source,
    settings: &Settings,
    root: &SourcePath,
    site: &Site,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<SourcePath, SitePath> {
    let html = &settings.html;
    let named = html
        .additional_css
        .iter()
        .chain(&html.additional_js)
        .chain(&settings.site.logo)
        .chain(&settings.site.favicon)
        .chain(&settings.site.image);
    let mut extra = BTreeMap::new();
    for file in named {
        if site.asset_path(&file.value).is_some() {
            continue;
        }
        if !source.is_file(&file.value) {
            diagnostics.push(missing(source, file));
            continue;
        }
        let below = file.value.strip_prefix(root).unwrap_or_else(|| file.value.clone());
        let below = without_look(&below);
        if let Ok(path) = SitePath::new(below.as_str())
            && site.owner(&path).is_none()
        {
            extra.insert(file.value.clone(), path);
        }
    }
    extra
}

pub(super) fn missing(source: &dyn Source, file: &Set<SourcePath>) -> Diagnostic {
    let path = &file.value;
    let mut diagnostic = Diagnostic::new(&MISSING_FILE, format!("there is no file `{path}`"));
    if let Some(span) = &file.span {
        diagnostic = diagnostic.at(span.clone());
    }
    let near = source.list(&path.parent(), &[]).ok().and_then(|listing| {
        let names: Vec<String> =
            listing.files.iter().map(|file| file.path.to_string()).take(10_000).collect();
        nearest(path.as_str(), names.iter().map(String::as_str)).map(str::to_owned)
    });
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("create the file, or remove the setting"),
    }
}

/// The HTML that `[site] head` names, for the head of each page.
pub(super) fn head_html(
    source: &dyn Source,
    settings: &Settings,
    diagnostics: &mut Vec<Diagnostic>,
) -> String {
    let mut html = String::new();
    if let Some(head) = &settings.site.head {
        match source.read(&head.value) {
            Ok(bytes) => html.push_str(String::from_utf8_lossy(&bytes).trim()),
            Err(_) => diagnostics.push(missing(source, head)),
        }
    }
    html
}

/// The banner: one line of Markdown, without the paragraph around it.
pub(super) fn banner_html(
    source: &dyn Source,
    settings: &Settings,
    root: &SourcePath,
    words: &Words,
) -> String {
    let Some(banner) = &settings.site.banner else { return String::new() };
    let path = banner.span.as_ref().map_or_else(|| root.clone(), |span| span.file.clone());
    let (document, _) = markdown::parse(&ParseInput {
        path: &path,
        bytes: banner.value.as_bytes(),
        settings,
        source,
        root,
    });
    let html = markdown::render(&RenderInput {
        doc: &document,
        targets: &[],
        highlight: &|_, _| None,
        settings,
        id_prefix: "",
        words,
    });
    let html = html.trim();
    match html.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")) {
        Some(line) if !line.contains("<p>") => line.to_owned(),
        _ => html.to_owned(),
    }
}

/// The words that rendering puts into bodies.
pub(super) fn words(theme: &Theme) -> Words {
    // The keys of a theme's strings are written with `_`.
    Words::from_strings(|key| theme.strings().get(&key.replace('-', "_")).map(String::as_str))
}
