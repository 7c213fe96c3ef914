//! The files of a site are found and read, and joined into a site: what building and checking
//! have in common.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::Progress;
use super::addresses::places;
use super::inputs::Inputs;
use super::parsed::{ParsedPage, Parser};
use super::prepare::{BuildError, NO_PAGES, Prepared};
use super::versions::{VersionInput, own_theme};
use crate::base::{ContentHash, Diagnostic, SourcePath};
use crate::config::{self, ConfigInput, Overrides, Settings};
use crate::markdown::{self, Document, Outline, ParseInput};
use crate::site::{self, AssembleInput, Plan, ScanInput, Site};
use crate::source::{FileEntry, Source, SourceError};

/// A site whose pages have not been read yet.
pub(super) struct Planned {
    pub(super) settings: Settings,
    /// The files below the folder of `book.toml` and in the content folder.
    pub(super) files: Vec<FileEntry>,
    /// The content folder.
    pub(super) content: SourcePath,
    pub(super) plan: Plan,
    /// What is wrong with the files and the navigation.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What is wrong with the settings.
    pub(super) told: Vec<Diagnostic>,
}

/// Reads the settings, lists the files, and finds out what each is.
pub(super) fn plan(
    inputs: &Inputs<'_>,
    root: &SourcePath,
    variables: &[(String, String)],
    overrides: &Overrides,
    mut except: Vec<SourcePath>,
    version: Option<&VersionInput<'_>>,
) -> Result<Planned, BuildError> {
    let source: &dyn Source = inputs;
    let (mut settings, told) = settings(source, root, variables, overrides)?;
    if let Some(version) = version {
        if version.look.is_some() {
            except.extend(own_theme(&settings, root));
        }
        version.adjust(&mut settings);
    }
    if let Ok(out) = root.join(&settings.build.build_dir)
        && !out.is_root()
    {
        except.push(out);
    }
    let mut listing = source.list(root, &except)?;
    if let Some(src) = &settings.book.src
        && !src.value.starts_with(root)
    {
        let elsewhere = source.list(&src.value, &except)?;
        listing.files.extend(elsewhere.files);
        listing.diagnostics.extend(elsewhere.diagnostics);
    }
    let files = listing.files;
    let mut diagnostics = listing.diagnostics;

    let content = site::content_root(&settings, root, &files);
    let summary = match site::summary_path(&settings, &content, &files) {
        Some(path) => {
            let bytes = source.read(&path)?;
            let (document, found) = markdown::parse(&ParseInput {
                path: &path,
                bytes: &bytes,
                settings: &settings,
                source,
                root,
            });
            diagnostics.extend(found);
            Some(document)
        }
        None => None,
    };
    let (plan, found) = site::scan(ScanInput {
        settings: &settings,
        root,
        content: &content,
        files: &files,
        summary: summary.as_ref(),
    });
    diagnostics.extend(found);
    Ok(Planned { settings, files, content, plan, diagnostics, told })
}

/// The settings of the site, and what is wrong with them.
pub(super) fn settings(
    source: &dyn Source,
    root: &SourcePath,
    variables: &[(String, String)],
    overrides: &Overrides,
) -> Result<(Settings, Vec<Diagnostic>), BuildError> {
    let path = root.join("book.toml").unwrap_or_else(|_| root.clone());
    let bytes = match source.read(&path) {
        Ok(bytes) => Some(bytes),
        Err(SourceError::Missing(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let text = bytes.as_deref().map(String::from_utf8_lossy);
    let (settings, found) =
        config::load(ConfigInput { path: &path, text: text.as_deref(), variables, overrides });
    if config::is_fatal(&found) {
        return Err(BuildError::Config(found));
    }
    Ok((settings, found))
}

/// The settings of a site, and its content folder.
///
/// # Errors
/// Where `book.toml` cannot be understood, or the source cannot be listed.
pub fn site_settings(
    source: &dyn Source,
    root: &SourcePath,
    variables: &[(String, String)],
) -> Result<(Settings, SourcePath), BuildError> {
    let (settings, _) = settings(source, root, variables, &Overrides::default())?;
    // Only where the settings do not name it, it is looked for.
    let files = match &settings.book.src {
        Some(_) => Vec::new(),
        None => source.list(root, &[])?.files,
    };
    let content = site::content_root(&settings, root, &files);
    Ok((settings, content))
}

/// What was read of the pages.
pub(super) struct Reading {
    outlines: Vec<Arc<Outline>>,
    documents: Vec<(SourcePath, Option<Document>)>,
    pages: HashMap<SourcePath, Arc<ParsedPage>>,
    diagnostics: Vec<Diagnostic>,
}

/// The site that pages make.
pub(super) struct Joined {
    pub(super) site: Site,
    /// The fingerprints of the places in each page that links can lead to.
    pub(super) places: HashMap<SourcePath, ContentHash>,
    pub(super) documents: Vec<(SourcePath, Option<Document>)>,
    pub(super) pages: HashMap<SourcePath, Arc<ParsedPage>>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// How many pages a thread reads at most before others can take some of what it has to do.
const FEW: usize = 16;

/// Reads the pages, those that the cache does not know.
pub(super) fn pages(parser: &Parser<'_>, pages: &[SourcePath], progress: &dyn Progress) -> Reading {
    let parsed: Vec<_> = pages
        .par_iter()
        .with_max_len(FEW)
        .map(|path| {
            let parsed = parser.page(path);
            progress.advance();
            (path, parsed)
        })
        .collect();
    let mut reading = Reading {
        outlines: Vec::with_capacity(parsed.len()),
        documents: Vec::with_capacity(parsed.len()),
        pages: HashMap::with_capacity(parsed.len()),
        diagnostics: Vec::new(),
    };
    for (path, parsed) in parsed {
        match parsed {
            Ok(parsed) => {
                reading.outlines.push(Arc::clone(&parsed.page.outline));
                reading.documents.push((path.clone(), parsed.document));
                reading.pages.insert(path.clone(), parsed.page);
            }
            // Listed a moment ago, unreadable now: told, and the rest is built.
            Err(error) => reading.diagnostics.push(Prepared::unreadable(path, &error)),
        }
    }
    reading
}

/// Joins pages into a site.
pub(super) fn join(reading: Reading, settings: &Settings, plan: &Plan, drafts: bool) -> Joined {
    let Reading { outlines, documents, pages, mut diagnostics } = reading;
    let places =
        outlines.par_iter().map(|outline| (outline.source.clone(), places(outline))).collect();
    let (site, found) = site::assemble(AssembleInput { settings, plan, outlines, drafts });
    diagnostics.extend(found);
    if site.pages.is_empty() {
        let folder = match plan.content.is_root() {
            true => "the folder".to_owned(),
            false => format!("`{}`", plan.content),
        };
        diagnostics.push(
            Diagnostic::new(&NO_PAGES, format!("there are no Markdown files in {folder}"))
                .help("name the folder that holds them, or set `book.src` in `book.toml`"),
        );
    }
    Joined { site, places, documents, pages, diagnostics }
}
