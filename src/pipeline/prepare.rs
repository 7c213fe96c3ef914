//! A source becomes a prepared site: everything that is needed to render any page of it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use super::addresses::{addresses, places};
use super::facts::{HistoryInput, RepositoryInput, site_history};
use super::highlights::Highlights;
use super::images::ImageSizes;
use super::inputs::Inputs;
use super::links::{Linking, Links};
use super::parsed::{self, Documents, MadeFrom, ParsedPage, ParsedPages, Parser};
use super::reading::{self, Joined, Planned};
use super::rendering::Common;
use super::search::SearchBatches;
use super::versions::{Twins, VersionInput};
use super::{Progress, extras};
use crate::base::{Code, ContentHash, Diagnostic, Severity, SitePath, SourcePath, Span};
use crate::config::{self, Overrides, Settings};
use crate::history::{RepositoryFacts, SiteHistory};
use crate::markdown::{Detail, Document, Words};
use crate::memo::{Store, fingerprint_of};
use crate::output::{self, NavScripts, OutputTree, PageRef, Rendered, SiteContext};
use crate::search::{ExportFile, SearchInput};
use crate::site::{PageId, Place, PrintView, PrintViews, Resolved, Site};
use crate::source::{Source, SourceError};
use crate::theme::Theme;
use crate::theme::views::{SharedSite, SiteView};

/// The diagnostics of this room.
pub static CODES: &[&Code] = &[&MISSING_FILE, &NO_PAGES, &UNREADABLE];

/// A setting names a file that does not exist.
pub static MISSING_FILE: Code = Code {
    id: "config/missing-file",
    severity: Severity::Error,
    summary: "a setting names a file that does not exist",
    explanation: "A path in `book.toml` is seen from the folder of `book.toml`. The site is built \
                  without the file. Correct the path, or remove the setting.",
    examples: ("[site]\nlogo = \"logo.svgg\"", "[site]\nlogo = \"logo.svg\""),
};

/// There is nothing to publish.
pub static NO_PAGES: Code = Code {
    id: "site/no-pages",
    severity: Severity::Warning,
    summary: "the site has no pages",
    explanation: "Pages are the Markdown files (`.md`, `.markdown`, `.mdx`) in the content folder: \
                  `book.src` of `book.toml`, else the first of `content`, `src` and `docs` that \
                  holds Markdown, else the folder itself. With a `SUMMARY.md`, only the files that \
                  it lists are published. Check that the command names the right folder.",
    examples: ("", ""),
};

/// A file that was listed cannot be read.
pub static UNREADABLE: Code = Code {
    id: "source/unreadable",
    severity: Severity::Error,
    summary: "a file cannot be read",
    explanation: "The file was there when the folder was listed, and could not be read afterwards: \
                  its permissions forbid it, the disk fails, or something removed it meanwhile. \
                  The site is built without it.",
    examples: ("", ""),
};

/// What a build is given. Everything that is not in the source comes in here: no stage reads a
/// clock, the environment or a home folder.
#[derive(Clone)]
pub struct BuildInput<'a> {
    /// Where files come from.
    pub source: &'a dyn Source,
    /// The folder of `book.toml`, seen from the source's top.
    pub root: SourcePath,
    /// Environment variables that settings can come from.
    pub variables: Vec<(String, String)>,
    /// Settings from the command line.
    pub overrides: Overrides,
    /// What git knows of the repository.
    pub facts: RepositoryFacts,
    /// Where more is to be found of what git knows; none where the files are in no repository.
    pub repository: Option<RepositoryInput>,
    /// Build drafts too.
    pub drafts: bool,
    /// Folders that are no sources: the output, where it lies inside.
    pub except: Vec<SourcePath>,
    /// What was made before.
    pub memo: &'a Store,
    /// Who is told how far the build is.
    pub progress: &'a dyn Progress,
    /// What makes one version of several of it; none for a site that is all.
    pub version: Option<&'a VersionInput<'a>>,
    /// It is previewed, with the versions beside it that its settings ask for.
    pub beside_versions: bool,
}

/// Why there is nothing to build.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// `book.toml` cannot be read.
    #[error("`book.toml` cannot be read")]
    Config(Vec<Diagnostic>),
    /// The source cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
}

/// A site that is ready to be rendered, page by page.
pub struct Prepared<'a> {
    pub(super) inputs: Inputs<'a>,
    pub(super) memo: &'a Store,
    root: SourcePath,
    settings: Settings,
    facts: RepositoryFacts,
    pub(super) history: SiteHistory,
    /// What finding the history has told.
    pub(super) history_diagnostics: Vec<Diagnostic>,
    pub(super) site: Site,
    pub(super) documents: Documents,
    pub(super) parsed: ParsedPages,
    /// The files that the site as a whole was made from: settings, navigation, theme.
    pub(super) read_for_site: BTreeSet<SourcePath>,
    pub(super) places: HashMap<SourcePath, ContentHash>,
    pub(super) common: Common,
    pub(super) theme: Theme,
    /// The files of the theme folder with their names in it.
    pub(super) theme_files: BTreeMap<SourcePath, String>,
    /// What is wrong with the theme.
    pub(super) theme_diagnostics: Vec<Diagnostic>,
    /// What pages have left to their Markdown copies, by page.
    pub(super) left: Vec<Mutex<Option<Links>>>,
    /// The fingerprints of templates that were asked for.
    pub(super) templates: RwLock<HashMap<String, ContentHash>>,
    pub(super) view: SharedSite,
    pub(super) words: Words,
    pub(super) highlights: Highlights<'a>,
    images: ImageSizes,
    extra: BTreeMap<SourcePath, SitePath>,
    pub(super) print: PrintViews,
    pub(super) nav_scripts: NavScripts,
    pub(super) search: OnceLock<Vec<ExportFile>>,
    pub(super) search_batches: OnceLock<SearchBatches>,
    /// What links in other pages call each page.
    pub(super) link_texts: OnceLock<Vec<Vec<String>>>,
    /// What pages that were rendered give to the search, by page.
    pub(super) search_inputs: Vec<Mutex<Option<Arc<SearchInput>>>>,
    /// What was found in no single page.
    diagnostics: Vec<Diagnostic>,
    /// What makes one version of several of it.
    pub(super) version: Option<&'a VersionInput<'a>>,
    leads_to_versions: bool,
}

/// What is known of the build before this one, where the same process made it.
#[derive(Default, Clone, Copy)]
pub(super) struct Before<'b> {
    /// Its pages; those whose files are the same are not parsed again.
    pub(super) parsed: Option<&'b ParsedPages>,
    /// What git knew, and what finding it told; only where git knows nothing else now.
    pub(super) history: Option<(&'b SiteHistory, &'b [Diagnostic])>,
}

/// What a site amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Published pages.
    pub pages: usize,
    /// Words in their prose.
    pub words: usize,
}

/// Reads and parses everything, and joins it into a site.
///
/// # Errors
/// Where `book.toml` cannot be understood, or the source cannot be listed. Problems of single
/// files are diagnostics.
pub fn prepare(input: BuildInput<'_>) -> Result<Prepared<'_>, BuildError> {
    let inputs = input.inputs();
    prepare_from(input, inputs, Before::default())
}

/// Like [`prepare`], with a source that has been asked before, and after another build.
pub(super) fn prepare_from<'a>(
    input: BuildInput<'a>,
    inputs: Inputs<'a>,
    before: Before<'_>,
) -> Result<Prepared<'a>, BuildError> {
    let BuildInput {
        root,
        variables,
        overrides,
        facts,
        drafts,
        except,
        memo,
        progress,
        repository,
        version,
        beside_versions,
        ..
    } = input;
    let source: &dyn Source = &inputs;
    progress.stage("listing", 0);
    let planned = reading::plan(&inputs, &root, &variables, &overrides, except, version)?;
    let Planned { settings, files, content, plan, mut diagnostics, told } = planned;
    diagnostics.extend(told);
    let twins = version.map(|version| version.twins);
    let of_twin = twins.and_then(Twins::pages);
    let parser = Parser {
        inputs: &inputs,
        memo,
        settings: &settings,
        root: &root,
        fingerprint: parsed::settings_fingerprint(&settings, &root),
        before: before.parsed.or(of_twin.as_deref()),
        detail: Detail::Whole,
    };

    progress.stage("reading", plan.pages.len());
    let (joined, beside) = rayon::join(
        || {
            let reading = reading::pages(&parser, &plan.pages, progress);
            progress.stage("joining", 0);
            reading::join(reading, &settings, &plan, drafts)
        },
        // Neither git nor the theme knows of pages.
        || {
            let history = || {
                let mut found = Vec::new();
                if let Some((history, told)) = before.history {
                    found.extend_from_slice(told);
                    return (history.clone(), found);
                }
                let begun = progress.now();
                let history = site_history(
                    &HistoryInput {
                        repository: repository.as_ref(),
                        facts: &facts,
                        source,
                        settings: &settings,
                        content: &content,
                        memo,
                        version: version.map(|version| version.place.name.as_str()),
                    },
                    &mut found,
                );
                progress.beside("history", begun);
                (history, found)
            };
            let theme = || {
                let theme = extras::theme_files(source, &settings, &root, &files, &content);
                theme.map(|files| {
                    let (theme, found) = Theme::load(&files, &settings);
                    let names = files.into_iter().map(|file| (file.path, file.name)).collect();
                    (theme, names, found)
                })
            };
            rayon::join(history, theme)
        },
    );
    let Joined { mut site, places, documents, pages, diagnostics: found } = joined;
    site.other_versions = version.map(|version| version.taken.clone()).unwrap_or_default();
    let parsed = ParsedPages { fingerprint: parser.fingerprint, pages };
    if let (Some(twins), false) = (twins, inputs.moved()) {
        twins.keep_pages(&parsed);
    }
    diagnostics.extend(found);
    let ((history, history_diagnostics), theme) = beside;
    let (theme, theme_files, theme_diagnostics) = theme?;
    let words = extras::words(&theme);
    let extra = extras::extra_files(source, &settings, &root, &site, &mut diagnostics);
    let images = ImageSizes::of(&inputs, memo, site.assets.iter().map(|asset| &asset.source));
    let view = SharedSite::new(SiteView {
        title: site_title(&settings, &site),
        description: settings.book.description.clone(),
        language: settings.book.language.clone(),
        direction: match settings.book.text_direction {
            config::Direction::Ltr => "ltr",
            config::Direction::Rtl => "rtl",
        }
        .to_owned(),
        repository: settings.site.repository.clone(),
        branch: output::branch_note(&settings, &facts, &history),
        head_html: extras::head_html(source, &settings, &mut diagnostics),
        banner_html: extras::banner_html(source, &settings, &root, &words),
        noindex: settings.site.noindex,
        copyable: settings.html.copyable,
        default_scheme: scheme(settings.html.default_theme.as_deref()).to_owned(),
        print: settings.html.print,
        strings: theme.strings().clone(),
        extra: settings.theme.extra.clone(),
    });
    let (nav_scripts, addresses) = rayon::join(
        || NavScripts::of(&site),
        || addresses(&settings, &plan, &files, &site, &images),
    );
    let common = Common {
        site: fingerprint_of(&*view),
        markdown: parsed::markdown_fingerprint(&settings),
        addresses,
    };
    let print = site.print_views(&settings);
    let search_inputs = site.pages.iter().map(|_| Mutex::default()).collect();
    let left = site.pages.iter().map(|_| Mutex::default()).collect();
    let is_beside = beside_versions && settings.versions.any() && repository.is_some();
    Ok(Prepared {
        leads_to_versions: version.is_some() || is_beside,
        memo,
        root,
        settings,
        facts,
        history,
        history_diagnostics,
        site,
        documents: Documents::new(Detail::Whole, documents),
        parsed,
        read_for_site: inputs.read_for_site(),
        places,
        common,
        theme,
        theme_files,
        theme_diagnostics,
        left,
        templates: RwLock::default(),
        view,
        words,
        highlights: Highlights::new(memo),
        images,
        extra,
        print,
        nav_scripts,
        search: OnceLock::new(),
        search_batches: OnceLock::new(),
        link_texts: OnceLock::new(),
        search_inputs,
        diagnostics,
        inputs,
        version,
    })
}

/// The title of the site; that of its first page where the settings do not say.
fn site_title(settings: &Settings, site: &Site) -> String {
    if !settings.book.title.is_empty() {
        return settings.book.title.clone();
    }
    let home = site.pages.iter().find(|page| page.path == site.home);
    home.map(|page| page.title.clone()).unwrap_or_default()
}

/// The colour scheme that mdBook's theme names stand for.
fn scheme(theme: Option<&str>) -> &'static str {
    match theme.map(str::to_lowercase).as_deref() {
        Some("light" | "rust") => "light",
        Some("dark" | "coal" | "navy" | "ayu") => "dark",
        _ => "auto",
    }
}

impl Prepared<'_> {
    /// The settings that were read.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Whether its pages lead to other versions.
    pub fn leads_to_versions(&self) -> bool {
        self.leads_to_versions
    }

    /// The site.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// What was found so far; rendering pages finds more.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.found().cloned().collect()
    }

    /// The same, where it stands.
    pub(super) fn found(&self) -> impl Iterator<Item = &Diagnostic> {
        let pages = self.parsed.pages.values().flat_map(|page| &page.diagnostics);
        let of_site = self.diagnostics.iter().chain(&self.theme_diagnostics);
        of_site.chain(&self.history_diagnostics).chain(pages)
    }

    /// The folder of `book.toml`, seen from the source's top.
    pub fn root(&self) -> &SourcePath {
        &self.root
    }

    /// What git knows of the repository.
    pub fn facts(&self) -> &RepositoryFacts {
        &self.facts
    }

    /// What git knows of the site.
    pub fn history(&self) -> &SiteHistory {
        &self.history
    }

    /// Pages and words.
    pub fn totals(&self) -> Totals {
        Totals {
            pages: self.site.pages.len(),
            words: self.site.pages.iter().map(|page| page.outline.words).sum(),
        }
    }

    /// Lists the site.
    pub fn tree(&self) -> OutputTree<PageRef> {
        self.with_context(output::tree)
    }

    /// Renders a page that the tree names.
    pub fn render(&self, page: PageRef) -> Rendered {
        self.with_context(|cx| output::render(cx, page))
    }

    /// What links are resolved with.
    pub(super) fn linking(&self) -> Linking<'_> {
        Linking {
            inputs: &self.inputs,
            memo: self.memo,
            settings: &self.settings,
            root: &self.root,
            site: &self.site,
            parsed: &self.parsed,
            documents: &self.documents,
            places: &self.places,
            images: &self.images,
            addresses: self.common.addresses,
        }
    }

    /// What a page was made from.
    pub(super) fn made_from(&self, id: PageId) -> Option<&MadeFrom> {
        Some(&self.parsed.pages.get(&self.site.page(id)?.source)?.made_from)
    }

    /// The document of a page.
    pub(super) fn document(&self, id: PageId) -> Option<Arc<Document>> {
        self.linking().document(id)
    }

    /// Lets the document of a page go, once page and Markdown copy are rendered, unless the print
    /// view of a short site will show it. Those of a long one mostly stand before its pages in the
    /// order of work, and what they lack then is read again.
    pub(super) fn release(&self, id: PageId) {
        if let Some(page) = self.site.page(id)
            && (self.print.list.is_some() || self.print.views.is_empty())
        {
            self.documents.release(&page.source);
        }
    }

    /// Lets all go that rendering a file has left for the next one.
    pub(super) fn let_go(&self, page: PageRef) {
        let (PageRef::Page(id) | PageRef::First(id) | PageRef::Markdown(id)) = page else { return };
        if let Some(page) = self.site.page(id) {
            self.documents.release(&page.source);
        }
        if let Some(left) = self.left.get(id.0 as usize) {
            *left.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        // The cache knows it, should the search be asked for.
        if let Some(input) = self.search_inputs.get(id.0 as usize) {
            *input.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// Puts another text in the place of that of a page, adds the paths where it is shown, and
    /// says whether links may lead to other places in it.
    pub(super) fn replace(
        &mut self,
        page: Arc<ParsedPage>,
        document: Option<Document>,
        paths: &mut Vec<SitePath>,
    ) -> bool {
        let source = page.outline.source.clone();
        let places = places(&page.outline);
        let moved = self.places.insert(source.clone(), places) != Some(places);
        self.documents.replace(&source, document);
        if let Some(id) = self.site.page_of(&source) {
            if let Some(slot) = self.left.get(id.0 as usize) {
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
            if let Some(slot) = self.search_inputs.get(id.0 as usize) {
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
            paths.extend(self.site.page(id).map(|page| page.path.clone()));
        }
        self.site.take(Arc::clone(&page.outline));
        self.parsed.pages.insert(source, page);
        moved
    }

    /// Forgets the files of the search.
    pub(super) fn forget_search(&mut self) {
        self.search = OnceLock::new();
        self.search_batches = OnceLock::new();
        self.link_texts = OnceLock::new();
    }

    /// The links of a page, resolved for a place.
    pub(super) fn resolve(&self, id: PageId, document: &Document, place: Place<'_>) -> Resolved {
        self.linking().resolve(id, document, place)
    }

    pub(super) fn unreadable(path: &SourcePath, error: &SourceError) -> Diagnostic {
        Diagnostic::new(&UNREADABLE, error.to_string()).at(Span::start_of(path.clone()))
    }

    pub(super) fn with_context<T>(&self, work: impl FnOnce(&SiteContext<'_>) -> T) -> T {
        self.context(true, work)
    }

    /// The context of a site whose search index is made later.
    pub(super) fn without_index<T>(&self, work: impl FnOnce(&SiteContext<'_>) -> T) -> T {
        self.context(false, work)
    }

    fn context<T>(&self, with_index: bool, work: impl FnOnce(&SiteContext<'_>) -> T) -> T {
        let highlight = |language: &str, code: &str| self.highlights.get(language, code);
        let document = |id| self.document(id);
        let image_size = |path: &SourcePath| self.images.get(path);
        let print_part =
            |id, view: &PrintView, make: &dyn Fn() -> String| self.print_part(id, view, make);
        let search = || if with_index { self.search_files() } else { &[] };
        let cx = SiteContext {
            settings: &self.settings,
            root: &self.root,
            site: &self.site,
            document: &document,
            theme: &self.theme,
            view: &self.view,
            facts: &self.facts,
            history: &self.history,
            highlight: &highlight,
            words: &self.words,
            image_size: &image_size,
            extra: &self.extra,
            print: &self.print,
            nav_scripts: &self.nav_scripts,
            print_part: &print_part,
            search: &search,
            version: self.version.map(|version| &version.place),
            leads_to_versions: self.leads_to_versions,
        };
        work(&cx)
    }
}
